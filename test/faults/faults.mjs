// What the tests of faults need: the real server on a data folder of its own, visitors who speak plain HTTP,
// what breaks things (a full disk, a damaged file), and what proves that nothing was lost.
// GUICHET=build/sanitized-clang/guichet node test/faults/run.mjs plays the same against another build.
import { AsyncLocalStorage } from "node:async_hooks";
import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export const guichet = process.env.GUICHET ?? "build/guichet";
const base = process.env.GUICHET ? "build/demo-faults" : "build/demo-tests";
export const campaign = "/campagnes/teletravail-academie-2023-2024";
export const draft = `${campaign}/demande`;
export const piece = `${draft}/pieces/assurance`;
export const pause = ms => new Promise(resolve => setTimeout(resolve, ms));

// ---- The server -----------------------------------------------------------------------

// Several tests run side by side: what each one started, and must be gone at its end.
const mine = new AsyncLocalStorage();

// A folder for one test, gone at its end.
export async function folder() {
	const made = await mkdtemp(join(tmpdir(), "guichet-faults-"));
	mine.getStore().folders.push(made);
	return made;
}
export const stopAll = () => Promise.all([...mine.getStore().servers].map(server => server.kill()));

// A program that runs: its words so far, its end.
function follow(program, args) {
	const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
	const running = { child, pid: child.pid, said: "", ended: null };
	for (const stream of [child.stdout, child.stderr])
		stream.setEncoding("utf8").on("data", chunk => { running.said += chunk; });
	running.end = once(child, "close").then(([code, signal]) => running.ended = signal ?? code);
	return running;
}

// Starts the demonstration on `data` (a fresh copy of the académie, or what is there with resume: true).
// `under` is what runs it: ["prlimit", "--nofile=256:"]. Gives
//   { url, port, data, pid, said(), has(words), stop(), kill(), child(name) }
export async function start({ data, resume = false, more = [], clock = "2023-06-08T10:00", under = [] } = {}) {
	data ??= join(await folder(), "data");
	const { servers } = mine.getStore();
	const [program, ...before] = [...under, guichet];
	const running = follow(program, [...before, "demo", base, "--port", "0", "--data", data, "--clock", clock,
		...(resume ? ["--resume"] : []), ...more]);
	let url;
	await until("the server serves", () => {
		if (running.ended !== null) throw new Error(`the server ended (${running.ended}):\n${running.said.slice(-2000)}`);
		return url = /^Guichet, en démonstration\s: (http:\S+)$/m.exec(running.said)?.[1];
	}, 120);
	const end = async signal => {
		if (running.ended === null) { running.child.kill(signal); await running.end; }
		servers.delete(server);
		return running.ended;
	};
	const server = {
		url, port: Number(new URL(url).port), data, pid: running.pid, ended: () => running.ended, said: () => running.said,
		has: words => until(`the log says « ${words} »`, () => running.said.includes(words), 10),
		stop: async () => {
			const status = await end("SIGTERM");
			equal(status, 0, `the server's end, after:\n${running.said.slice(-1500)}`);
		},
		kill: () => end("SIGKILL"),
		child: name => Number([...running.said.matchAll(new RegExp(`name=${name} start=done pid=(\\d+)`, "g"))].at(-1)?.[1]),
	};
	servers.add(server);
	mine.getStore().said.push(() => running.said);
	return server;
}

// Runs the program to its end: { status, said }.
export async function command(...args) {
	const running = follow(guichet, args);
	const timer = setTimeout(() => running.child.kill("SIGKILL"), 20000);
	await running.end;
	clearTimeout(timer);
	return { status: running.ended, said: running.said };
}

export const sql = (data, text) => execFileSync("sqlite3", [`${data}/guichet.db`, text], { encoding: "utf8" }).trim();
// Soft limit on the size of the files that a program writes: 0 is a disk without any room, null gives the room back.
export const limitFiles = (pid, bytes) => promisify(execFile)("prlimit", ["--pid", String(pid), `--fsize=${bytes ?? "unlimited"}:`]);

// The data folder is sound, and each dossier of `receipts` is there once, with its piece.
export async function verify(data, receipts = []) {
	const { status, said } = await command("verify", data);
	equal(status, 0, said);
	const rows = sql(data, "SELECT dossier.id FROM dossier JOIN attachment ON attachment.dossier = dossier.id").split("\n");
	for (const id of receipts)
		equal(rows.filter(row => row === id).length, 1, `dossier ${id} and its piece`);
	equal(sql(data, "SELECT count(*) FROM dossier WHERE (SELECT count(*) FROM mail WHERE mail.dossier = dossier.id) = 0"), "0",
		"requests without a mail");
}

// ---- Visitors -------------------------------------------------------------------------

// One exchange: { status, headers, body }; status 0 when the connection was refused or cut.
export function exchange(url, { method = "GET", headers = {}, body, agent = false } = {}) {
	return new Promise(resolve => {
		const request = http.request(url, { method, headers: { ...headers,
			...(body ? { "Content-Length": Buffer.byteLength(body) } : {}) }, agent }, answer => {
			const chunks = [];
			answer.on("data", chunk => chunks.push(chunk));
			const end = () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks).toString() });
			answer.on("end", end).on("error", end);
		});
		request.on("error", error => resolve({ status: 0, headers: {}, body: "", error }));
		request.end(body);
	});
}

export class Visitor {
	constructor(server) { this.server = server; this.cookies = new Map(); this.token = ""; }

	async send(path, options = {}) {
		const answer = await exchange(this.server.url + encodeURI(path), { ...options, headers: { ...options.headers,
			Cookie: [...this.cookies].map(pair => pair.join("=")).join("; ") } });
		for (const cookie of answer.headers["set-cookie"] ?? []) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie);
			this.cookies.set(name, value);
		}
		this.token = /name="jeton" value="([^"]+)"/.exec(answer.body)?.[1] ?? this.token;
		return answer;
	}
	get(path) { return this.send(path); }
	post(path, fields) {
		return this.send(path, { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" },
			body: new URLSearchParams([["jeton", this.token], ...Object.entries(fields)]).toString() });
	}
	// A multipart form whose file is `bytes`.
	upload(bytes, name = "attestation.pdf", { path = piece, token = this.token, boundary = "----limite" } = {}) {
		const body = Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="jeton"\r\n\r\n${token}\r\n`
			+ `--${boundary}\r\nContent-Disposition: form-data; name="fichier"; filename="${name}"\r\n`
			+ "Content-Type: application/octet-stream\r\n\r\n"), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
		return this.send(path, { method: "POST", headers: { "Content-Type": `multipart/form-data; boundary=${boundary}` }, body });
	}

	// Enters as somebody of the académie.
	async enter(person) {
		this.person = person;
		await this.get("/demo");
		const answer = await this.post("/demo", { personne: person });
		equal(answer.status, 303, `entering as ${person}`);
		await this.get("/aide");
		return this;
	}
	save(fields = answers) { return this.post(draft, { etape: "3", suite: "continuer", ...fields }); }
	// Files what is drafted: the answer, with the receipt's number when there is one.
	async file() {
		const page = await this.get(`${draft}/recapitulatif`);
		const form = page.body.split("<form").find(part => part.includes("/demande/deposer"));
		if (!form) return { ...page, status: page.status === 200 ? -1 : page.status };
		return this.fileWith(form);
	}
	// The form of the last page, to be sent later.
	async filingForm() {
		return (await this.get(`${draft}/recapitulatif`)).body.split("<form").find(part => part.includes("/demande/deposer"));
	}
	// The same from the form of that page; without `receipt`, its page is not looked at.
	async fileWith(form, receipt = true) {
		this.form = form;
		const fields = Object.fromEntries([...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
		const answer = await this.post(`${draft}/deposer`, fields);
		if (answer.status === 303)
			answer.dossier = answer.headers.location.split(/[/?]/)[2];
		if (answer.status === 303 && receipt)
			answer.number = receiptNumber((await this.get(answer.headers.location)).body);
		return answer;
	}
	// Everything but the filing.
	async prepare() {
		equal((await this.save()).status, 303, "saving the draft");
		equal((await this.upload(pdf(this.person))).status, 303, "sending the piece");
		return this;
	}
}

// The number of a receipt, as its page tells it.
export const receiptNumber = body => /\b20\d\d-[A-Z]+-\d+-[A-Z]\b/.exec(words(body))?.[0];

// People who may ask, each once for the whole run.
let people;
export function agent(server) {
	people ??= sql(server.data, `SELECT external_id FROM person JOIN person_version ON person_version.person = person.id
		WHERE filiere = 'administrative' AND mail <> '' ORDER BY external_id`).split("\n").slice(100);
	return people.shift();
}
export const visitor = server => new Visitor(server).enter(agent(server));

// A complete request, as the form sends it.
export const answers = { "date_échange": "2023-06-02", "supérieur": "Mme Claude Tressange", accord: "oui", nombre_jours: "1",
	"jours_souhaités": "jeudi", "modalités": "Dossiers et appels.", "autorisation_précédente": "aucune",
	"date_souhaitée": "2023-09-01", adresse: "3 rue des Tilleuls\n99100 Valmont-la-Ville" };

// A PDF of one page that says `word`.
export function pdf(word, extra = "") {
	const content = `BT /F 12 Tf 20 40 Td (${word}) Tj ET`;
	const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>>",
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", `<</Length ${content.length}>>\nstream\n${content}\nendstream`];
	let body = "%PDF-1.4\n";
	const at = objects.map((object, index) => {
		const where = body.length;
		body += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return where;
	});
	const table = body.length;
	body += `xref\n0 6\n0000000000 65535 f \n${at.map(where => `${String(where).padStart(10, "0")} 00000 n \n`).join("")}`
		+ `trailer\n<</Size 6/Root 1 0 R${extra}>>\nstartxref\n${table}\n%%EOF\n`;
	return Buffer.from(body, "latin1");
}

// What a person reads: the page without its markup.
export const words = body => body.replace(/<(script|style|head)\b.*?<\/\1>/gs, " ").replace(/<[^>]+>/g, " ")
	.replace(/&#39;/g, "'").replace(/&quot;/g, '"').replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&").replace(/\s+/g, " ");

// ---- The runner -----------------------------------------------------------------------

const tests = [];
export const test = (name, body) => tests.push({ name, body });

export function check(condition, message = "check failed") {
	if (!condition) throw new Error(message);
}
export function equal(got, expected, message = "") {
	const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];
	if (a !== b) throw new Error(`${message}${message && ": "}got ${a}, expected ${b}`);
}
// An answer has this status, and says these words.
export function says(answer, status, ...sentences) {
	equal(answer.status, status, words(answer.body).slice(0, 700));
	for (const sentence of sentences)
		check(words(answer.body).includes(sentence), `« ${sentence} » is not in: ${words(answer.body).slice(0, 1500)}`);
}
export async function until(what, condition, seconds = 15) {
	for (const deadline = Date.now() + seconds * 1000; ; await pause(30)) {
		const value = await condition();
		if (value) return value;
		if (Date.now() > deadline) throw new Error(`after ${seconds} s it is still not so: ${what}`);
	}
}

async function runOne({ name, body }) {
	const started = { folders: [], servers: new Set(), said: [] }, begun = Date.now();
	return mine.run(started, async () => {
		let passed = true;
		try {
			await body();
			for (const said of started.said)
				check(!/Sanitizer|runtime error/.test(said()), said().slice(-3000));
			console.log(`ok ${name} (${Date.now() - begun} ms)`);
		} catch (error) {
			passed = false;
			console.log(`FAILED ${name}\n  ${String(error?.stack ?? error).split("\n").slice(0, 12).join("\n  ")}`);
			for (const server of started.servers)
				console.log(server.said().split("\n").filter(line => /level=(?!info)/.test(line)).slice(-15).join("\n"));
		}
		await stopAll();
		await Promise.all(started.folders.map(made => rm(made, { recursive: true, force: true })));
		return passed;
	});
}

// Runs the tests whose name contains an argument of the command line (all without one), some side by side because most of
// their time is waiting; ends with "N passed, N failed".
export async function runTests() {
	const wanted = process.argv.slice(2);
	const left = tests.filter(({ name }) => !wanted.length || wanted.some(part => name.includes(part)));
	const results = [];
	const lane = async () => { while (left.length) results.push(await runOne(left.shift())); };
	await Promise.all(Array.from({ length: 4 }, lane));
	const failed = results.filter(passed => !passed).length;
	console.log(`${results.length - failed} passed, ${failed} failed`);
	process.exit(failed > 0 || results.length === 0 ? 1 : 0);
}
