// The database held by another program, damaged under the running server, or without one of its files.
import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, renameSync, statSync, writeSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { Visitor, answers, check, command, equal, pause, says, sql, start, test, verify, visitor, words } from "./faults.mjs";

test("another program holds the database longer than we wait: told so, reading goes on, and it works once released", async () => {
	const server = await start();
	const filer = await (await visitor(server)).prepare();
	const writer = await visitor(server);
	const holder = spawn("sqlite3", [join(server.data, "guichet.db")], { stdio: ["pipe", "pipe", "inherit"] });
	holder.stdin.write("BEGIN EXCLUSIVE;\nSELECT 'held';\n");
	await once(holder.stdout, "data");
	const begun = Date.now();
	const [saving, reading, filing] = await Promise.all([writer.save({ etape: "2", ...answers, "modalités": "Tenu." }),
		new Visitor(server).get("/aide"), filer.file()]);
	equal(reading.status, 200, "reading goes on");
	says(saving, 503, "tenue par un autre programme", "pas encore enregistrée");
	check(saving.body.includes("Tenu."), "what was typed is there");
	says(filing, 503, "tenue par un autre programme", "Votre brouillon est intact");
	check(Date.now() - begun > 4000, "it was waited for");
	const patient = writer.save({ etape: "3", ...answers });
	await pause(300);
	holder.stdin.end("COMMIT;\n");
	await once(holder, "exit");
	equal((await patient).status, 303, "released in time: nobody noticed");
	const filed = await filer.file();
	equal(filed.status, 303, words(filed.body).slice(0, 300));
	await server.stop();
	await verify(server.data, [filed.dossier]);
});

test("a database damaged under the running server: an error page, a loud log, no crash; the backup has everything", async () => {
	const server = await start();
	const filer = await (await visitor(server)).prepare();
	const filed = await filer.file();
	const copy = `${server.data}-copie`;
	const backup = await command("backup", server.data, copy);
	equal(backup.status, 0, backup.said);
	sql(server.data, "PRAGMA wal_checkpoint(TRUNCATE)");
	const path = join(server.data, "guichet.db"), size = statSync(path).size;
	const file = openSync(path, "r+");
	for (let at = 4096; at < size; at += 4096) // every page but the first: what is read next is garbage
		writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, at);
	closeSync(file);
	// What is in memory may still answer: ask for what is not.
	const statuses = [];
	for (let i = 0; i < 12; i++) {
		const who = new Visitor(server);
		statuses.push((await who.get(`/demo?nom=Zo${i}`)).status, (await who.get("/connexion")).status);
	}
	check(statuses.every(status => [200, 500, 503].includes(status)), String(statuses));
	check(statuses.includes(500), String(statuses));
	await server.has("event=database code=11");
	check(server.said().includes("guichet verify"), "the log says what to do");
	equal(server.ended(), null, "it still runs");
	const stopped = await server.stop().then(() => 0, error => error);
	equal(stopped, 0);
	const again = await command("serve", server.data, "--port", "0");
	equal(again.status, 1, again.said);
	check(again.said.includes("endommagé"), again.said);
	await verify(copy, [filed.dossier]);
	const back = await start({ data: copy, resume: true });
	await back.stop();
});

test("a piece that is no longer on the disk: its page says so, the log says which, the check counts it", async () => {
	const server = await start();
	const filer = await (await visitor(server)).prepare();
	const filed = await filer.file();
	const page = await filer.get(filed.headers.location);
	const link = /href="(\/dossiers\/[^"]+\/pieces\/[^"]+)"/.exec(page.body)?.[1];
	check(link, "the request shows its piece");
	equal((await filer.get(link)).status, 200);
	const digest = sql(server.data, "SELECT digest FROM attachment");
	const path = join(server.data, "pieces", digest.slice(0, 2), digest);
	renameSync(path, `${server.data}-ailleurs`);
	says(await filer.get(link), 404, "plus sur le serveur", "Prévenez l’exploitant");
	await server.has(digest);
	const missing = await command("verify", server.data);
	equal(missing.status, 1, missing.said);
	check(missing.said.includes("1 manquent"), missing.said);
	check(missing.said.includes(digest), missing.said);
	// Put back changed, then put back as it was.
	execFileSync("sh", ["-c", `echo change > '${path}'`]);
	says(await filer.get(link), 500, "Une erreur de notre côté");
	renameSync(`${server.data}-ailleurs`, path);
	equal((await filer.get(link)).status, 200);
	await server.stop();
	await verify(server.data, [filed.dossier]);
});
