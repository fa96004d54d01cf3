// Many at once, slow ones on purpose, and the order to stop in the middle of it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createConnection } from "node:net";
import { join } from "node:path";
import http from "node:http";
import { answers, check, draft, equal, exchange, pause, start, test, until, Visitor, verify, visitor, words, sql } from "./faults.mjs";

// `count` visitors, prepared a few at a time.
async function prepared(server, count, prepare = who => who.prepare()) {
	const all = [];
	for (let at = 0; at < count; at += 10)
		all.push(...await Promise.all(Array.from({ length: Math.min(10, count - at) }, async () => prepare(await visitor(server)))));
	return all;
}

test("two hundred at once, and two hundred who never finish their sentence for ten seconds: everybody else is served", async () => {
	const server = await start({ under: ["prlimit", "--nofile=256:"] }); // as stingy as a shell may be
	const people = await prepared(server, 20);
	const slow = Array.from({ length: 200 }, () => {
		const socket = createConnection(server.port, "127.0.0.1");
		socket.on("error", () => {});
		socket.write("POST /connexion HTTP/1.1\r\nHost: localhost\r\nX-Lent: ");
		const drip = setInterval(() => socket.write("a"), 500);
		return { end: () => { clearInterval(drip); socket.destroy(); } };
	});
	const begun = Date.now();
	let served = 0;
	while (Date.now() - begun < 3000) {
		const page = await exchange(`${server.url}/aide`);
		equal(page.status, 200);
		served++;
		await pause(50);
	}
	check(served > 10, `${served} pages`);
	const crowd = await Promise.all(Array.from({ length: 200 }, (_, i) => exchange(`${server.url}${["/", "/aide", "/connexion"][i % 3]}`)));
	equal(crowd.filter(answer => answer.status !== 200).length, 0, "two hundred at once");
	const filed = await Promise.all(people.map(who => who.file()));
	for (const answer of filed) equal(answer.status, 303, words(answer.body).slice(0, 300));
	while (Date.now() - begun < 10000) {
		equal((await exchange(`${server.url}/connexion`)).status, 200);
		await pause(200);
	}
	for (const one of slow) one.end();
	await server.stop();
	await verify(server.data, filed.map(answer => answer.dossier));
});

test("the queue is full: a polite refusal that says when to come back, what was typed comes back, nothing is lost", async () => {
	const server = await start();
	const who = await visitor(server);
	equal((await who.save()).status, 303);
	const holder = spawn("sqlite3", [join(server.data, "guichet.db")], { stdio: ["pipe", "pipe", "inherit"] });
	holder.stdin.write("BEGIN EXCLUSIVE;\nSELECT 'held';\n");
	await once(holder.stdout, "data");
	const all = Array.from({ length: 1500 }, (_, i) => who.save({ etape: "2", ...answers, "modalités": `Essai ${i}.` }));
	const refusal = await Promise.race(all);
	equal(refusal.status, 503);
	check(refusal.headers["retry-after"], "says when to come back");
	check(words(refusal.body).includes("Beaucoup de personnes"), words(refusal.body).slice(0, 500));
	check(/Essai \d+\./.test(refusal.body), "what was typed is there");
	holder.stdin.end("COMMIT;\n");
	await once(holder, "exit");
	const statuses = (await Promise.all(all)).map(answer => answer.status);
	check(statuses.every(status => status === 303 || status === 503), [...new Set(statuses)].join(" "));
	check(statuses.filter(status => status === 303).length > 1000, "those who waited are saved");
	equal((await who.save()).status, 303, "and the one refused succeeds later");
	await server.stop();
	await verify(server.data);
});

test("SIGTERM in the middle of filings: each is answered or cleanly refused, and a new start has them all", async () => {
	const server = await start();
	const people = await prepared(server, 20);
	const forms = await Promise.all(people.map(who => who.filingForm()));
	const filing = people.map((who, i) => pause(i * 2).then(() => who.fileWith(forms[i], false)));
	await pause(25);
	const stopping = server.stop();
	const results = await Promise.all(filing);
	await stopping;
	for (const result of results)
		check([0, 303, 503].includes(result.status), `${result.status}: ${words(result.body).slice(0, 300)}`);
	const acknowledged = results.filter(result => result.status === 303).map(result => result.dossier);
	const again = await start({ data: server.data, resume: true });
	for (const [i, who] of people.entries()) {
		if (results[i].status === 303) continue;
		who.server = again;
		const later = await who.fileWith(forms[i]); // the same form, its token still good
		check(later.status === 303, `after the new start: ${later.status} ${words(later.body).slice(0, 300)}`);
		acknowledged.push(later.dossier);
	}
	equal(new Set(acknowledged).size, people.length);
	equal(sql(again.data, "SELECT count(*) FROM dossier"), String(people.length));
	await again.stop();
	await verify(again.data, acknowledged);
});
