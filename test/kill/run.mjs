// Kills the three processes of the service under load, again and again, and then counts: every receipt that the client was
// given is there, once, with its piece, and its one mail by Message-ID as a real SMTP server received it.
//
//   node test/kill/run.mjs [--kills N] [--seed N]      200 kills, seed 1; ends with "N passed, N failed"
//
// Agents enter, save drafts, send a piece, file and read their receipt; for the last quarter the clock is on the first day
// of the opinions and chefs answer. What breaks is tried again by the client, as a person reloads a page: a filing always
// with the same form. The order of kills and of pauses follows the seed; what they fall upon depends on the machine.
import { spawn, execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Client, enter, formOf, pause, random, smallPdf } from "../client/client.mjs";
import * as request from "../client/request.mjs";

const option = (name, otherwise) => {
	const at = process.argv.indexOf(name);
	return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const kills = option("--kills", 200), seed = option("--seed", 1);
const workers = 10, chefs = 3, firstDay = "2023-06-08T10:00", opinionDay = "2023-06-19T09:00";
const folder = mkdtempSync(join(tmpdir(), "guichet-kill-")), data = join(folder, "data");
const chance = random(seed);
let failures = 0, passes = 0;

function check(good, what) {
	if (good) passes++;
	else failures++;
	console.log(`${good ? "ok    " : "FAILED"} ${what}`);
	return good;
}

const sqlite = (directory, sql) => JSON.parse(execFileSync("sqlite3", ["-json", "-cmd", ".timeout 10000",
	join(directory, "guichet.db"), sql], { encoding: "utf8", maxBuffer: 1 << 28 }) || "[]");

// ---- The relay and the service ----------------------------------------------------------

async function startRelay() {
	const mails = mkdtempSync(join(folder, "mails-"));
	const child = spawn("/usr/bin/python3", ["test/mail/smtp_server.py", "--folder", mails], { stdio: ["ignore", "pipe", "inherit"] });
	const [line] = await once(createInterface(child.stdout), "line");
	return { child, mails, port: Number(/port (\d+)/.exec(line)[1]) };
}

// Below the ports that the system gives to connections: else, while the service is down, a client that calls it may get its
// very port.
async function freePort() {
	for (;;) {
		const port = 20000 + Math.floor(Math.random() * 12000), server = createServer();
		const taken = await new Promise(resolve => server.once("error", () => resolve(true)).listen(port, "127.0.0.1", () => resolve(false)));
		if (taken) continue;
		server.close();
		await once(server, "close");
		return port;
	}
}

const service = { port: await freePort(), child: null, log: "", starts: 0, slowest: 0 };

async function start(relay) {
	const began = Date.now();
	const child = spawn("build/guichet", ["demo", "--data", data, "--port", String(service.port), "--clock", firstDay,
		"--smtp", `smtp://127.0.0.1:${relay.port}`, "--resume"], { stdio: ["ignore", "pipe", "pipe"] });
	const keep = chunk => { service.log = (service.log + chunk).slice(-400000); };
	child.stdout.on("data", keep);
	child.stderr.on("data", keep);
	service.child = child;
	service.starts++;
	for (;;) {
		if (child.exitCode !== null || child.signalCode !== null)
			throw new Error(`the service does not start:\n${service.log.slice(-3000)}`);
		const client = new Client(service.port, { timeout: 2000 });
		const up = await client.get("/connexion").then(answer => answer.status === 200, () => false);
		client.close();
		if (up) break;
		if (Date.now() - began > 120000) throw new Error(`the service does not answer:\n${service.log.slice(-3000)}`);
		await pause(20);
	}
	if (service.starts > 1) service.slowest = Math.max(service.slowest, Date.now() - began);
}

// The ids of the children by their command: typeset, deliver.
function children() {
	const found = {};
	try {
		for (const thread of readdirSync(`/proc/${service.child.pid}/task`))
			for (const id of readFileSync(`/proc/${service.child.pid}/task/${thread}/children`, "utf8").trim().split(" "))
				if (id) found[readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0")[1]] = Number(id);
	} catch { /* one of them has just gone */ }
	return found;
}

// ---- The client -------------------------------------------------------------------------

const load = { stopped: false, opinions: false };
const receipts = [];  // what the client was told, and when nothing else counts
const opinions = [];  // dossier ids whose favourable opinion was answered 303
const waits = [];
let broken = 0;

// Does a step until it is done; after a break of the network or a 5xx, does it again; enters again when told to.
async function insist(visit, what, step) {
	for (let attempt = 1; ; attempt++) {
		try {
			return await step();
		} catch (error) {
			const out = error.answer?.status === 303 && /^\/connexion/.test(error.answer.location ?? "");
			if (!(error.network || error.status >= 500 || out) || attempt > 400)
				throw new Error(`${visit.matricule}, ${what}: ${error.message}`);
			broken++;
			await pause(50 + 10 * Math.min(attempt, 20));
			if (out) await enter(visit.client, visit.matricule).catch(() => {});
		}
	}
}

async function agentFiles(agent, rank) {
	const visit = { client: new Client(service.port), matricule: agent.matricule };
	const client = visit.client, pdf = smallPdf(`Attestation ${seed} ${rank} ${agent.matricule}`);
	await insist(visit, "entering", () => enter(client, agent.matricule));
	for (let section = 0; section < request.sections; section++)
		await insist(visit, `section ${section}`, () => request.saveSection(client, section, rank));
	await insist(visit, "the piece", () => request.sendPiece(client, pdf));
	const form = await insist(visit, "the summary", () => request.filingForm(client));
	const began = Date.now();
	const id = await insist(visit, "filing", () => request.file(client, form));
	const number = await insist(visit, "the receipt", () => request.receipt(client, id));
	waits.push(Date.now() - began);
	receipts.push({ ...agent, id, number, pdf });
	client.close();
}

async function chefAnswers(dossier) {
	const visit = { client: new Client(service.port), matricule: dossier.chef };
	await insist(visit, "entering", () => enter(visit.client, dossier.chef));
	await insist(visit, "the opinion", async () => {
		const address = `/dossiers/${dossier.id}/actions/favorable`;
		const page = await visit.client.get(address);
		/* The answer was lost, the opinion was not: the action is no longer there. Nothing was told to the client. */
		if (visit.sent && page.status === 422) return;
		const form = formOf(page, address);
		visit.sent = true;
		const answer = await visit.client.post(address, form);
		if (answer.status !== 303) throw Object.assign(new Error(`opinion: ${answer.status}`), { status: answer.status });
		opinions.push(dossier.id);
	});
	visit.client.close();
}

async function agentWorker(agents) {
	const mine = random(chance.below(2 ** 31));
	while (!load.stopped && !load.opinions && agents.length) {
		const [rank, agent] = agents.shift();
		await agentFiles(agent, rank);
		await pause(mine.below(300));
	}
}

async function chefWorker(dossiers) {
	const mine = random(chance.below(2 ** 31));
	while (!load.stopped && dossiers.length) {
		await chefAnswers(dossiers.shift());
		await pause(mine.below(200));
	}
}

// ---- The kills --------------------------------------------------------------------------

const killed = { demo: 0, typeset: 0, deliver: 0 };

async function killOnce(relay) {
	await pause(30 + chance.below(370));
	const which = chance.pick(["demo", "typeset", "deliver"]);
	let there = children();
	for (let wait = 0; which !== "demo" && !there[which] && wait < 40; wait++) {
		await pause(50); /* it is being started again */
		there = children();
	}
	if (which !== "demo" && there[which]) {
		process.kill(there[which], "SIGKILL");
		killed[which]++;
		return;
	}
	const ended = once(service.child, "exit");
	process.kill(service.child.pid, "SIGKILL");
	await ended;
	killed.demo++;
	await start(relay);
}

// ---- The whole --------------------------------------------------------------------------

async function until(what, seconds, condition) {
	for (const deadline = Date.now() + seconds * 1000; ; await pause(200)) {
		if (await condition()) return true;
		if (Date.now() > deadline) return false;
	}
}

function takenMails(relay) {
	return readdirSync(relay.mails).filter(name => name.endsWith(".json"))
		.map(name => JSON.parse(readFileSync(join(relay.mails, name), "utf8")));
}

async function run(relay) {
	await start(relay);
	const agents = sqlite(data, `SELECT p.external_id AS matricule, min(v.mail) AS mail FROM person p
		JOIN person_version v ON v.person = p.id JOIN appointment a ON a.person = p.id
		WHERE a.function = 'agent' AND v.mail <> '' AND v.filiere IN ('administrative', 'technique', 'sociale', 'santé')
		GROUP BY p.id ORDER BY p.id`);
	for (let i = agents.length - 1; i > 0; i--) {
		const j = chance.below(i + 1);
		[agents[i], agents[j]] = [agents[j], agents[i]];
	}
	const queue = agents.map((agent, rank) => [rank, agent]);
	const mistakes = [];
	const begin = (count, work) => Array.from({ length: count }, () => work().catch(error => mistakes.push(error.message)));
	let working = begin(workers, () => agentWorker(queue));
	const turn = Math.ceil(kills * 3 / 4);
	for (let done = 0; done < kills; done++) {
		if (done === turn) { /* the agents finish what they began, then the chefs' turn comes */
			load.opinions = true;
			await Promise.all(working);
			const anybody = { client: new Client(service.port), matricule: agents[0].matricule };
			await insist(anybody, "entering", () => enter(anybody.client, anybody.matricule));
			await insist(anybody, "the clock", () => request.moveClock(anybody.client, opinionDay));
			anybody.client.close();
			const waiting = () => sqlite(data, `SELECT d.id, min(p.external_id) AS chef FROM dossier d
				JOIN dossier_role r ON r.dossier = d.id AND r.role = 'chef' AND r.waiting = 1
				JOIN appointment a ON a.structure = r.structure AND a.function LIKE 'chef d%' AND a.person <> d.subject
				JOIN person p ON p.id = a.person GROUP BY d.id ORDER BY d.id`);
			check(await until("opinions open", 30, () => waiting().length > 0), "the due effects of the opinions' first day happened");
			const dossiers = waiting();
			working = begin(chefs, () => chefWorker(dossiers));
		}
		await killOnce(relay);
	}
	load.stopped = true;
	await Promise.all(working);
	console.log(`${kills} kills (service ${killed.demo}, typeset ${killed.typeset}, deliver ${killed.deliver}), seed ${seed}: `
		+ `${receipts.length} receipts, ${opinions.length} opinions, ${broken} steps broken and done again, `
		+ `slowest start ${service.slowest} ms`);
	check(mistakes.length === 0, `no step failed for good${mistakes.length ? `: ${mistakes.slice(0, 5).join(" | ")}` : ""}`);
	check(receipts.length >= kills / 4 && opinions.length >= Math.min(kills / 20, 5), "there was a load");

	// A last start of its own: what waits is sent and set without a kill.
	service.child.kill("SIGTERM");
	await once(service.child, "exit");
	await start(relay);
	check(await until("mails", 60, () => sqlite(data, `SELECT count(*) AS n FROM mail
		WHERE state = 'waiting' AND occasion = 'accusé_de_réception'`)[0].n === 0), "no acknowledgement waits in the outbox");
	check(await until("letters", 60, () => sqlite(data, "SELECT count(*) AS n FROM job")[0].n === 0), "no letter waits to be set");
	await verify(relay, agents);
}

async function verify(relay) {
	const rows = sqlite(data, `SELECT d.id, d.number, d.step, p.external_id AS matricule, a.digest AS letter FROM dossier d
		JOIN person p ON p.id = d.subject LEFT JOIN act a ON a.dossier = d.id`);
	const byId = new Map(rows.map(row => [row.id, row]));
	const lost = receipts.filter(r => byId.get(r.id)?.number !== r.number || byId.get(r.id)?.matricule !== r.matricule);
	check(lost.length === 0, `every receipt of the client's list is there (${lost.length} of ${receipts.length} are not)`);
	const twice = receipts.filter(r => rows.filter(row => row.matricule === r.matricule).length !== 1);
	check(twice.length === 0, `each once: one dossier of that person in the campaign (${twice.length} are not)`);
	check(new Set(rows.map(row => row.number)).size === rows.length, "no number was given twice");
	check(rows.every(row => row.letter), "each dossier has its acknowledgement as a file");

	let wrong = 0;
	for (const receipt of receipts) {
		const client = new Client(service.port);
		await enter(client, receipt.matricule);
		const same = await request.receipt(client, receipt.id) === receipt.number
			&& (await request.piece(client, receipt.id)).equals(receipt.pdf);
		wrong += !same;
		client.close();
	}
	check(wrong === 0, `each opens for its agent with its number and its piece, byte for byte (${wrong} do not)`);

	const mails = takenMails(relay), ids = new Map();
	for (const mail of mails) {
		const number = /\d{4}-[A-Z]+-\d+-[A-Z2]/.exec(mail.subject)?.[0];
		if (!number || !mail.subject.includes("est déposée")) continue;
		const key = `${number} ${mail.to[0]}`;
		ids.set(key, (ids.get(key) ?? new Set()).add(mail.messageId));
	}
	const unread = receipts.filter(r => ids.get(`${r.number} ${r.mail}`)?.size !== 1);
	check(unread.length === 0, `each has exactly one acknowledgement mail by Message-ID (${unread.length} have not)`);
	const all = new Set(mails.map(mail => mail.messageId));
	console.log(`${mails.length} mails taken by the relay, ${all.size} by Message-ID`);
	const lostOpinions = opinions.filter(id => byId.get(id)?.step === "avis_attendu" || byId.get(id)?.step === "déposée");
	check(lostOpinions.length === 0, `every opinion answered is there (${lostOpinions.length} of ${opinions.length} are not)`);

	service.child.kill("SIGTERM");
	await once(service.child, "exit");
	check(await guichetVerify(data) === "", "guichet verify finds the database, the files and each chain of events whole");
	await verifyTells("an event changed", "UPDATE event SET payload = CAST(replace(CAST(payload AS TEXT), 'Tressange', 'Tressangé') AS BLOB)"
		+ " WHERE rowid = (SELECT max(rowid) FROM event WHERE type = 'filed')", "modifié après coup");
	await verifyTells("an event removed", "DELETE FROM event WHERE rowid = (SELECT max(rowid) FROM event)", "chaîne");
	await verifyTells("a row changed", "UPDATE dossier SET state = replace(state, 'rue des Tilleuls', 'rue des Ormes')"
		+ " WHERE rowid = (SELECT max(rowid) FROM dossier)", "ne découle pas");
}

// What the command says when it refuses; empty when all is well.
async function guichetVerify(directory) {
	return promisify(execFile)("build/guichet", ["verify", directory], { maxBuffer: 1 << 26 })
		.then(() => "", error => error.code === 1 ? error.stderr : `status ${error.code}: ${error.stderr}`);
}

async function verifyTells(what, sql, expected) {
	const copy = join(folder, "copy");
	cpSync(data, copy, { recursive: true });
	execFileSync("sqlite3", [join(copy, "guichet.db"), sql]);
	const said = await guichetVerify(copy);
	check(said.replace(/\u00a0/g, " ").includes(expected), `guichet verify tells ${what}${said.replace(/\u00a0/g, " ").includes(expected) ? "" : `: « ${said} »`}`);
	rmSync(copy, { recursive: true });
}

const relay = await startRelay();
try {
	await run(relay);
} catch (error) {
	check(false, `the run goes to its end: ${error.stack}`);
	console.log(service.log.split("\n").filter(line => /level=(failure|warning)/.test(line)).slice(-20).join("\n"));
}
if (service.child?.exitCode === null && service.child?.signalCode === null) service.child.kill("SIGKILL");
relay.child.kill();
if (failures) console.log(`data kept in ${folder}`);
else rmSync(folder, { recursive: true, force: true });
console.log(`${passes} passed, ${failures} failed`);
process.exit(failures > 0 || passes === 0 ? 1 : 0);
