// ./dev bench: one page of measures, each beside what the machine gives without us, in the same run. About ten minutes.
//
//   node test/bench/run.mjs [PART…]        parts: feel, filing, rush, pages, lists, memory, life, timers; all of
//                                              them without a word; alone, lists and life go to a million dossiers and
//                                              timers fires a million effects
//
// On a machine that does something else at the same time the figures fall and the ratios remain.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpus, tmpdir } from "node:os";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { Client, enter, pause } from "../client/client.mjs";
import { campaign } from "../client/request.mjs";

const out = "build/release-gcc";
const wanted = process.argv.slice(2), alone = wanted.length === 1;
const folder = mkdtempSync(join(tmpdir(), "guichet-bench-"));
const children = [];

const run = (program, ...args) => execFileSync(program, args, { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] });
const values = line => Object.fromEntries([...line.matchAll(/(\w+)=([\d.]+)/g)].map(([, name, value]) => [name, Number(value)]));
const sqlite = (directory, sql) => run("sqlite3", "-separator", "\t", join(directory, "guichet.db"), sql).trim();
const number = value => Math.round(value).toLocaleString("fr-FR").replace(/\u202f/g, " ");
const decimal = (value, digits = 1) => value.toFixed(digits).replace(".", ",");

function row(what, ours, bare = "", ratio = "") {
	console.log(`  ${what.padEnd(58)}${ours.padStart(18)}${bare.padStart(18)}${ratio.padStart(8)}`);
}

function title(text, ours = "Guichet", bare = "", part = bare ? "part" : "") {
	console.log(`\n${text}`);
	row("", ours, bare, part);
}

function start(program, args, ready) {
	const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
	children.push(child);
	return new Promise((resolve, reject) => {
		child.on("exit", code => reject(new Error(`${program} ended (${code})`)));
		createInterface(child.stdout).on("line", line => { if (ready.test(line)) resolve({ child, found: ready.exec(line) }); });
	});
}

async function stop({ child }) {
	child.removeAllListeners("exit");
	child.kill("SIGTERM");
	await once(child, "exit");
}

const serve = async data => {
	const served = await start("build/guichet", ["demo", join(folder, "base"), "--data", data, "--resume", "--port", "0"],
		/en démonstration\s: http:\/\/127\.0\.0\.1:(\d+)/);
	return { ...served, port: Number(served.found[1]) };
};

// wrk: requests per second and latencies in milliseconds.
function wrk(seconds, connections, url, cookie) {
	const said = run("wrk", `-t${Math.min(2, connections)}`, `-c${connections}`, `-d${seconds}s`, "--latency", ...(cookie ? ["-H", `Cookie: ${cookie}`] : []), url);
	const time = part => {
		const [, value, unit] = new RegExp(`${part}%\\s+([\\d.]+)(us|ms|s)`).exec(said);
		return Number(value) * { us: 0.001, ms: 1, s: 1000 }[unit];
	};
	if (/Non-2xx/.test(said)) throw new Error(`${url}: ${/Non-2xx.*/.exec(said)[0]}`);
	return { perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(said)[1]), p50: time(50), p99: time(99) };
}

// ---- The parts ----------------------------------------------------------------------------

const pristine = () => join(folder, "base", readdirSync(join(folder, "base")).find(name => name.startsWith("pristine-")));

async function makePristine() {
	const first = await serve(join(folder, "first"));
	await stop(first);
	rmSync(join(folder, "first"), { recursive: true });
}

// A measure, what it must reach, whether it does.
const judged = (what, ours, goal, reached) => row(what, ours, goal, reached ? "atteint" : "MANQUÉ");

function feel() {
	title("Langage de règles, un fil", "mesuré", "à atteindre", " ");
	const said = Object.fromEntries(run(join(out, "bench-feel")).trim().split("\n").map(line => [line.split(" ")[0], values(line)]));
	const feelin = values(run("node", "test/bench/feelin.mjs")).per_second, ours = said.formula.per_second;
	const rate = value => `${number(value)} /s`;
	judged("if quotite >= 80 then quotite * 4/7 + 40 else quotite", rate(ours), "3 000 000 /s", ours >= 3e6);
	row("    en relisant son texte à chaque fois", rate(said.reread.per_second));
	row("    la même dans feelin, qui relit toujours", rate(feelin));
	judged("    combien de fois feelin", `× ${number(ours / feelin)}`, "× 100", ours >= 100 * feelin);
	for (const [name, what] of [["points", "une entrée"], ["points_two", "deux entrées"]])
		if (said[name])
			judged(`table de points, 45 lignes, ${what}`, rate(said[name].per_second), "1 000 000 /s", said[name].per_second >= 1e6);
	row("deux fils qui partagent la formule : combien de fois un", `× ${decimal(said.threads.gain, 2)}`);
	judged(`lire et vérifier une procédure de ${said.procedure.rules} règles`, `${decimal(said.procedure.ms, 2)} ms`, "10 ms",
		said.procedure.ms < 10);
	row(`lire une expression (${number(said.reading.bytes)} octets en moyenne)`, rate(said.reading.per_second));
}

function filing() {
	title("Écrire durablement, 64 demandes à la fois (sans HTTP)", "Guichet /s", "SQLite seul /s");
	for (const line of run(join(out, "bench-filing"), pristine(), join(folder, "filing"), "2500").trim().split("\n")) {
		const said = values(line);
		const name = line.startsWith("draft") ? "enregistrer un brouillon et sa pièce" : "déposer";
		row(`${name} (${decimal(said.rows, 0)} lignes, ${decimal(said.per_commit, 0)} par validation)`, number(said.per_second),
			number(said.bare_per_second), `${said.percent} %`);
		row("    temps de processeur du fil qui écrit, chacun", `${number(said.writer_us)} µs`, `${number(said.bare_us)} µs`,
			`${said.processor_percent} %`);
		row("    attente, médiane et 99e centile", `${decimal(said.p50_ms)} / ${decimal(said.p99_ms)} ms`);
	}
	rmSync(join(folder, "filing"), { recursive: true });
}

async function rush() {
	const data = join(folder, "rush"), people = join(folder, "people");
	const served = await serve(data);
	writeFileSync(people, sqlite(data, `SELECT p.external_id FROM person p JOIN person_version v ON v.person = p.id
		JOIN appointment a ON a.person = p.id WHERE a.function = 'agent' AND v.mail <> ''
		AND v.filiere IN ('administrative', 'technique', 'sociale', 'santé') GROUP BY p.id ORDER BY p.id LIMIT 640`));
	const said = values(run("node", "test/load/filing.mjs", String(served.port), people, "64"));
	await stop(served);
	rmSync(data, { recursive: true });
	title("Les dernières minutes : 640 agents, 64 connexions HTTP, accusé compris", "dépôts/s");
	row("déposer, de bout en bout (le client est sur la même machine)", number(said.per_second));
	row("    attente, médiane et 99e centile", `${decimal(said.p50_ms)} / ${decimal(said.p99_ms)} ms`);
	row("préparer : entrer, trois étapes, une pièce jugée", number(said.prepared_per_second));
}

let seeded;

// 5 000 dossiers, without the letters that would be set all along.
function makeSeeded() {
	if (seeded) return seeded;
	const data = join(folder, "seeded");
	const lines = run(join(out, "seed"), data, "--from", pristine(), "--dossiers", "5000", "--pieces", "20").trim().split("\n");
	sqlite(data, "DELETE FROM job; ANALYZE");
	const [, id, agent] = lines[2500].split(" ");
	const desk = sqlite(data, `SELECT p.external_id FROM person p JOIN appointment a ON a.person = p.id
		WHERE a.function = 'gestionnaire DPAE' LIMIT 1`);
	seeded = { data, id, agent, desk, name: sqlite(data, `SELECT subject_name FROM dossier WHERE id = '${id}'`).split(" ")[0] };
	return seeded;
}

const cookieOf = async (port, matricule) => {
	const client = new Client(port);
	await enter(client, matricule);
	client.close();
	return [...client.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
};

async function pages() {
	const { data, id, agent, desk } = makeSeeded();
	const served = await serve(data);
	await pause(1000); /* mails without a relay are put away */
	const agentCookie = await cookieOf(served.port, agent), deskCookie = await cookieOf(served.port, desk);
	const list = [["connexion, personne de connecté", "/connexion", ""], ["accueil de l’agent", "/", agentCookie],
		["un dossier, vu de l’agent", `/dossiers/${id}`, agentCookie], ["liste de 50 dossiers sur 5 000", `/gestion/${campaign}`, deskCookie]];
	const files = [];
	for (const [i, [, path, cookie]] of list.entries()) {
		files.push(join(folder, `page-${i}`));
		writeFileSync(files[i], run("curl", "-s", "-H", `Cookie: ${cookie}`, `http://127.0.0.1:${served.port}${path}`));
	}
	const bare = await start(join(out, "bench-bare"), files, /port (\d+)/);
	title(`Pages, 32 connexions, wrk ; à côté : libmicrohttpd seul, mêmes octets, mêmes ${Math.min(8, cpus().length)} fils`, "pages/s", "nu /s");
	for (const [i, [name, path, cookie]] of list.entries()) {
		const ours = wrk(4, 32, `http://127.0.0.1:${served.port}${path}`, cookie);
		const alone = wrk(3, 32, `http://127.0.0.1:${bare.found[1]}/${i}`);
		row(`${name} (${decimal(statSync(files[i]).size / 1000)} ko)`, number(ours.perSecond), number(alone.perSecond),
			`${Math.round(100 * ours.perSecond / alone.perSecond)} %`);
		row("    attente, médiane et 99e centile", `${decimal(ours.p50)} / ${decimal(ours.p99)} ms`, `${decimal(alone.p50)} / ${decimal(alone.p99)}`);
	}
	await stop(bare);
	await stop(served);
}

async function listsOf(data, port, cookie, name, school, count) {
	const total = count.toLocaleString("fr-FR").replace(/\u202f/g, " ");
	for (const [what, query] of [["première page", ""], ["première page, une étape", "?etape=d%C3%A9pos%C3%A9e"],
		["première page, un établissement", `?structure=${school}`], ["recherche par nom", `?recherche=${encodeURIComponent(name)}`]]) {
		const said = wrk(2, 1, `http://127.0.0.1:${port}/gestion/${campaign}${query}`, cookie);
		row(`${total} dossiers : ${what}`, `${decimal(said.p50, 2)} ms`, `${decimal(said.p99, 2)} ms`);
	}
}

// The same rows again under other ids, by numbers of [from, to): what lists and searches read. A small structure stays small:
// what was one in so many of all still is.
function multiply(data, from, to) {
	const columns = "id, number, campaign, procedure, subject, step, waits_for, version, holds_place, structure, structure_path, "
		+ "structure_name, subject_name, search, sort_key, filed_at, stepped_at, state, parent, nature, about";
	const made = columns.replace("id, number", "d.id || '-' || n, d.number || '-' || n").replace("holds_place", "0")
		.replace("subject_name, search", "subject_name || ' ' || n, search || ' ' || n");
	sqlite(data, `PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; BEGIN;
		CREATE TEMP TABLE k AS WITH RECURSIVE k(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM k WHERE n < ${to - 1}) SELECT n FROM k;
		CREATE TEMP TABLE d AS SELECT * FROM dossier WHERE id NOT LIKE '%-%' ORDER BY id;
		INSERT INTO dossier (${columns}) SELECT ${made} FROM d CROSS JOIN k; COMMIT; PRAGMA analysis_limit = 1000; ANALYZE`);
	sqlite(data, "UPDATE counter SET value = (SELECT count(*) FROM dossier d WHERE d.campaign = counter.campaign AND d.step = counter.step)");
}

async function lists() {
	const { data, desk, name } = makeSeeded();
	const school = sqlite(data, "SELECT s.code FROM dossier d JOIN structure s ON s.id = d.structure GROUP BY 1 ORDER BY count(*) DESC LIMIT 1");
	title("Listes du service gestionnaire, une connexion", "médiane", "99e centile");
	let done = 1;
	for (const copies of alone ? [1, 20, 200] : [1, 20]) {
		if (copies > done) multiply(data, done, copies);
		done = copies;
		const served = await serve(data);
		await pause(1000);
		await listsOf(data, served.port, await cookieOf(served.port, desk), name, school, 5000 * copies);
		await stop(served);
	}
}

async function memory() {
	const { data } = makeSeeded();
	const served = await serve(data);
	await pause(3000);
	title("Au repos, 5 secondes après le démarrage", "mémoire (PSS)");
	const ids = [served.child.pid];
	for (const thread of readdirSync(`/proc/${served.child.pid}/task`))
		ids.push(...readFileSync(`/proc/${served.child.pid}/task/${thread}/children`, "utf8").trim().split(" ").filter(Boolean));
	let all = 0;
	for (const id of ids) {
		const pss = Number(/Pss:\s+(\d+)/.exec(readFileSync(`/proc/${id}/smaps_rollup`, "utf8"))[1]) / 1000;
		row(readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0").slice(0, 2).join(" "), `${decimal(pss)} Mo`);
		all += pss;
	}
	row("ensemble", `${decimal(all)} Mo`);
	await stop(served);
	const stripped = join(folder, "stripped");
	run("strip", "-o", stripped, "build/guichet");
	row("le programme, sans ses symboles", `${decimal(statSync(stripped).size / 1e6)} Mo`);
}

const quiet = (program, ...args) => execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

function life() {
	const lines = quiet(join(out, "bench-life"), "life", join(folder, "life"), alone ? "1000000" : "100000").trim().split("\n");
	rmSync(join(folder, "life"), { recursive: true });
	title("Ce que coûte une action, processeur du fil qui écrit, et combien de fois la première ; à côté : SQLite seul, de même", "médiane", "SQLite seul", " ");
	for (const [kind, what] of [["age", "événements de ce dossier"], ["number", "dossiers dans la base"]]) {
		const said = lines.filter(line => line.startsWith(kind)).map(values);
		for (const one of said)
			row(`${number(one.events ?? one.dossiers)} ${what}`,
				`${number(one.processor_us)} µs, × ${decimal(one.processor_us / said[0].processor_us, 2)}`,
				one.bare_us ? `${number(one.bare_us)} µs, × ${decimal(one.bare_us / said[0].bare_us, 2)}` : "");
	}
}

function timers() {
	const lines = quiet(join(out, "bench-life"), "timers", join(folder, "timers"), ...(alone ? ["1000000"] : ["200000", "60"]));
	rmSync(join(folder, "timers"), { recursive: true });
	const said = values(lines.trim().split("\n").at(-1));
	title(`${number(said.due)} échéances dues à la même minute, pendant que 16 agents déposent à la fois`, "mesuré", "à atteindre", " ");
	judged("échéances arrivées", `${number(said.per_second)} /s`, "5 000 /s", said.per_second >= 5000);
	judged("déposer, 99e centile de l’attente", `${decimal(said.p99_ms)} ms`, "250 ms", said.p99_ms < 250);
	row("    processeurs occupés par tout cela, en moyenne", decimal(said.processors, 2));
	row("    médiane, et combien de dépôts", `${decimal(said.p50_ms)} ms`, `${number(said.filings_per_second)} /s`);
	judged("arrivées deux fois, ou dites impossibles", `${number(said.twice + said.alerts)}`, "0", said.twice + said.alerts === 0);
	judged("arrivées ou encore dues", number(said.fired + said.left), number(said.due), said.fired + said.left === said.due);
}

const parts = { feel, filing, rush, pages, memory, lists, life, timers };
const unknown = wanted.filter(name => !parts[name]);
if (unknown.length) {
	console.error(`bench: ${unknown.join(", ")}: no such part; parts: ${Object.keys(parts).join(", ")}`);
	process.exit(2);
}
const began = Date.now();
let status = 0;
try {
	console.log(`${cpus()[0].model.trim()}, ${cpus().length} processeurs, ${run("uname", "-r").trim()}, SQLite ${run("sqlite3", "--version").split(" ")[0]}`);
	if (wanted.length === 0 || wanted.some(name => !["feel", "life", "timers"].includes(name))) await makePristine();
	for (const [name, part] of Object.entries(parts))
		if (wanted.length === 0 || wanted.includes(name)) await part();
	console.log(`\n${Math.round((Date.now() - began) / 1000)} secondes`);
} catch (error) {
	console.error(error.stack);
	status = 1;
}
for (const child of children) {
	child.removeAllListeners("exit");
	child.kill("SIGKILL");
}
rmSync(folder, { recursive: true, force: true });
process.exit(status);
