// Kills the service while thousands of due effects happen, again and again until none is left, and then counts by events:
// each happened once, and every chain of events is whole.
//
//   node test/kill/timers.mjs [--dossiers N] [--seed N]      3000 dossiers, seed 1; ends with "N passed, N failed"
//
// On the first day of the opinions every dossier filed before has an effect due at the same instant. The service is started
// on that day and killed after some hundreds of them, where the seed says.
import { spawn, execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { pause, random } from "../client/client.mjs";

const option = (name, otherwise) => {
	const at = process.argv.indexOf(name);
	return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const wanted = option("--dossiers", 3000), chance = random(option("--seed", 1));
const firstDay = "2023-06-08T10:00", opinionDay = "2023-06-19T09:00";
const folder = mkdtempSync(join(tmpdir(), "guichet-timers-")), data = join(folder, "data");
let failures = 0, passes = 0;

function check(good, what) {
	if (good) passes++;
	else failures++;
	console.log(`${good ? "ok    " : "FAILED"} ${what}`);
}

const number = sql => Number(execFileSync("sqlite3", ["-cmd", ".timeout 10000", join(data, "guichet.db"), sql],
	{ encoding: "utf8" }).trim());
const happened = () => number("SELECT count(*) FROM event WHERE type = 'elapsed'");
const left = () => number("SELECT count(*) FROM due WHERE dossier IS NOT NULL AND name = 'ouverture_des_avis'");

async function start(clock) {
	const child = spawn("build/guichet", ["demo", "--data", data, "--port", "0", "--clock", clock, "--resume"],
		{ stdio: ["ignore", "pipe", "ignore"] });
	for await (const line of createInterface(child.stdout))
		if (/http:\/\/127\.0\.0\.1/.test(line)) return child;
	throw new Error(`the service does not start on ${clock}`);
}

async function end(child, signal) {
	const ended = once(child, "exit");
	child.kill(signal);
	await ended;
}

async function run() {
	await end(await start(firstDay), "SIGTERM");
	execFileSync("build/release-gcc/seed", [data, "--dossiers", String(wanted), "--pieces", "5"], { maxBuffer: 1 << 26 });
	execFileSync("sqlite3", [join(data, "guichet.db"), "DELETE FROM job"]); // letters are another test
	const dossiers = number("SELECT count(*) FROM dossier"); // who works twice is one agent
	check(dossiers > wanted * 0.8 && left() === dossiers, `each of ${dossiers} dossiers has an effect due`);

	let kills = 0, inside = 0;
	for (let done = 0; done < dossiers && kills < 40; kills++) {
		const child = await start(opinionDay), goal = Math.min(done + 100 + chance.below(300), dossiers);
		for (let waited = 0; waited < 2000 && (done = happened()) < goal; waited++)
			await pause(5);
		await end(child, "SIGKILL");
		done = happened();
		inside += done > 0 && done < dossiers;
	}
	console.log(`${kills} kills, ${inside} of them with effects still due`);
	check(inside >= 3, "the service was killed while effects happened");
	await end(await start(opinionDay), "SIGTERM");

	check(happened() === dossiers, `every effect happened (${happened()} of ${dossiers})`);
	check(number("SELECT count(*) FROM (SELECT 1 FROM event WHERE type = 'elapsed' GROUP BY dossier HAVING count(*) > 1)") === 0,
		"none happened twice, by the events of each dossier");
	check(number("SELECT count(*) FROM dossier WHERE step = 'déposée'") === 0, "no dossier stayed where it was");
	check(number("SELECT count(*) FROM alert") === 0, "nobody was told that one could not happen");
	const said = await promisify(execFile)("build/guichet", ["verify", data], { maxBuffer: 1 << 26 }).then(() => "", error => error.stderr);
	check(said === "", `guichet verify finds each chain of events whole${said}`);
}

try {
	await run();
} catch (error) {
	check(false, `the run goes to its end: ${error.stack}`);
}
rmSync(folder, { recursive: true, force: true });
console.log(`${passes} passed, ${failures} failed`);
process.exit(failures ? 1 : 0);
