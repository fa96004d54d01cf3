// The rush of the last minutes, over HTTP: people who have prepared their request all file at once.
//
//   node test/load/filing.mjs PORT PEOPLE [AT_ONCE]     PEOPLE is a file of matricules, one a line; 64 at once
//
// Each enters, answers, sends a piece; then, AT_ONCE connections at a time, each files. Prints one line: how many filings a
// second, and how long the answer to a filing took.
import { readFileSync } from "node:fs";
import { Client, enter, smallPdf } from "../client/client.mjs";
import * as request from "../client/request.mjs";

const [port, people, atOnce = "64"] = process.argv.slice(2);
const matricules = readFileSync(people, "utf8").split("\n").filter(Boolean);

async function each(list, width, work) {
	let next = 0;
	await Promise.all(Array.from({ length: Number(width) }, async () => {
		while (next < list.length) {
			const i = next++;
			await work(list[i], i);
		}
	}));
}

const ready = [];
const prepared = Date.now();
await each(matricules, 16, async (matricule, rank) => {
	const client = new Client(Number(port), { timeout: 60000 });
	await enter(client, matricule);
	for (let section = 0; section < request.sections; section++) await request.saveSection(client, section, rank);
	await request.sendPiece(client, smallPdf(`Attestation ${matricule}`));
	ready.push({ client, form: await request.filingForm(client) });
});
const began = Date.now(), waits = [];
await each(ready, atOnce, async visit => {
	const from = process.hrtime.bigint();
	visit.id = await request.file(visit.client, visit.form);
	waits.push(Number(process.hrtime.bigint() - from) / 1e6);
});
const seconds = (Date.now() - began) / 1000;
waits.sort((a, b) => a - b);
const at = part => waits[Math.min(waits.length - 1, Math.floor(waits.length * part))].toFixed(1);
console.log(`filings=${ready.length} per_second=${(ready.length / seconds).toFixed(0)} p50_ms=${at(0.5)} p99_ms=${at(0.99)} `
	+ `prepared_per_second=${(ready.length / ((began - prepared) / 1000)).toFixed(0)}`);
for (const visit of ready) visit.client.close();
