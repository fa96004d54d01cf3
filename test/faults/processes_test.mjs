// The processes that work beside the server are killed, stopped, or have nobody to talk to.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { createInterface } from "node:readline";
import { check, equal, folder, pause, pdf, sql, start, test, until, verify, visitor, words } from "./faults.mjs";

const visitors = (server, count) => Promise.all(Array.from({ length: count }, () => visitor(server)));
const kill = (server, name) => { try { process.kill(server.child(name), "SIGKILL"); } catch { /* already dead */ } };

test("typeset killed while it reads files and makes letters: tried again, at worst told; every letter comes", async () => {
	const server = await start();
	const senders = await visitors(server, 6);
	for (const sender of senders) equal((await sender.save()).status, 303);
	// Now and then: nobody notices.
	let working = true;
	const murders = (async () => { while (working) { kill(server, "typeset"); await pause(300 + Math.random() * 1200); } })();
	for (const sender of senders.slice(1))
		await until("the file is taken", async () => {
			const sent = await sender.upload(pdf("encore"));
			check([303, 503].includes(sent.status), `${sent.status}: ${words(sent.body).slice(0, 300)}`);
			return sent.status === 303;
		}, 30);
	const filed = await Promise.all(senders.slice(1).map(sender => sender.file()));
	for (const answer of filed) equal(answer.status, 303, words(answer.body).slice(0, 300));
	working = false;
	await murders;
	// Each time: told so beside the file, and the draft stays.
	working = true;
	const massacre = (async () => { while (working) { kill(server, "typeset"); await pause(2); } })();
	const sent = await senders[0].upload(pdf("jamais"));
	working = false;
	await massacre;
	check([303, 503].includes(sent.status), `${sent.status} ${words(sent.body).slice(0, 300)}`);
	if (sent.status === 503) check(words(sent.body).includes("Votre brouillon est intact"), words(sent.body).slice(0, 600));
	await until("the file is taken", async () => (await senders[0].upload(pdf("enfin"))).status === 303, 25);
	const last = await senders[0].file();
	equal(last.status, 303);
	await until("every letter is made", () => sql(server.data, "SELECT count(*) FROM job") === "0"
		|| sql(server.data, "SELECT count(*) FROM job WHERE attempts = 0") === "0", 25);
	equal(server.ended(), null);
	await server.stop();
	await verify(server.data, [...filed, last].map(answer => answer.dossier));
});

test("typeset no longer answers: replaced after its patience, and the file is taken all the same", async () => {
	const server = await start();
	const sender = await visitor(server);
	equal((await sender.save()).status, 303);
	await until("typeset runs", () => server.child("typeset"));
	const first = server.child("typeset");
	process.kill(first, "SIGSTOP");
	equal((await sender.upload(pdf("patience"))).status, 303);
	check(server.child("typeset") !== first, "another one did it");
	await server.stop();
	await verify(server.data);
});

// The SMTP server of the tests behind a door that may be shut.
async function mailbox() {
	const place = await folder();
	const child = spawn("/usr/bin/python3", ["test/mail/smtp_server.py", "--folder", place], { stdio: ["ignore", "pipe", "inherit"] });
	const [line] = await once(createInterface(child.stdout), "line");
	const port = Number(/port (\d+)/.exec(line)[1]);
	const box = { open: true, child };
	const door = createServer(socket => {
		socket.on("error", () => {});
		if (!box.open) return socket.destroy();
		const inside = createConnection(port, "127.0.0.1");
		inside.on("error", () => socket.destroy());
		socket.pipe(inside).pipe(socket);
	}).listen(0, "127.0.0.1");
	await once(door, "listening");
	box.url = `smtp://127.0.0.1:${door.address().port}`;
	box.mails = () => readdirSync(place).filter(name => name.endsWith(".json")).map(name => JSON.parse(readFileSync(`${place}/${name}`)));
	box.close = () => { door.close(); child.kill(); };
	return box;
}

test("the relay is away, deliver is killed: mails wait, the log says so, and each one arrives", async () => {
	const box = await mailbox();
	box.open = false;
	const server = await start({ more: ["--smtp", box.url] });
	const senders = await visitors(server, 8);
	const filed = [];
	for (const sender of senders) filed.push((await (await sender.prepare()).file()).dossier);
	await server.has("event=relay state=unreachable");
	equal(box.mails().length, 0);
	const waiting = Number(sql(server.data, "SELECT count(*) FROM mail WHERE state = 'waiting'"));
	check(waiting >= filed.length, `${waiting} wait`);
	equal(sql(server.data, "SELECT count(*) FROM mail WHERE state = 'failed' OR attempts > 0"), "0", "no patience was used up");
	// A new start in between loses nothing.
	await server.stop();
	const again = await start({ data: server.data, resume: true, more: ["--smtp", box.url] });
	box.open = true;
	for (let i = 0; i < 5; i++) {
		kill(again, "deliver");
		await pause(120);
	}
	await until("each mail arrived", () => sql(again.data, "SELECT count(*) FROM mail WHERE state = 'waiting'") === "0", 30);
	const ids = new Set(box.mails().map(mail => mail.messageId));
	const expected = Number(sql(again.data, "SELECT count(*) FROM mail WHERE state = 'sent'"));
	equal(ids.size, expected, "one Message-ID for each mail");
	await again.stop();
	await verify(again.data, filed);
	box.close();
});
