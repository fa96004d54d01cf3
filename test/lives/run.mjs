// Random lives of dossiers on every package of procedures/, then the same lives on an engine in which a mistake was
// planted: each mistake of bugs.txt must be found by the rules, by the lives of the package that it names. From 3000 lives on,
// every step, action and due effect of each package must have been come to, but those of unreached.txt, with the reason.
// Ends with "N passed, N failed".
//
//   node test/lives/run.mjs [--lives N] [--seed N] [--bugs-only] [--bug WORDS]      100000 lives in all, seed 1
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname } from "node:path";

const out = "build/release-gcc";
const option = (name, otherwise) => {
	const at = process.argv.indexOf(name);
	return at < 0 ? otherwise : process.argv[at + 1];
};
const total = Number(option("--lives", 100000)), seed = option("--seed", "1");
// Every package, and one that uses every construct of the language.
const procedures = ["procedures", "test/lives/procedures"].flatMap(folder =>
	readdirSync(folder).sort().map(name => `${folder}/${name}`));
let passed = 0, failed = 0;

function make(...goals) {
	const made = spawnSync("make", ["-s", "-j2", ...goals], { encoding: "utf8" });
	if (made.status !== 0)
		console.error(made.stdout, made.stderr);
	return made.status === 0;
}

// Runs a command beside others: its exit status, and what it said.
const run = (command, ...words) => new Promise(resolve => {
	const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
	let all = "", told = "";
	child.stdout.on("data", bytes => { all += bytes; });
	child.stderr.on("data", bytes => { told += bytes; });
	child.on("close", status => resolve({ status, all, told }));
});

// The lives of a program: how many kept the rules, and what the first ones broke.
async function lives(program, count, ...words) {
	const { all, told } = await run(program, "--seed", seed, "--lives", String(count), ...words);
	const last = /(\d+) passed, (\d+) failed\s*$/.exec(all);
	return { kept: Number(last?.[1] ?? 0), broken: Number(last?.[2] ?? 1), told, all };
}

// "== title", a file's path and the package that shows it, the text that the file has exactly once after "-- was", what takes
// its place after "-- becomes".
function bugs() {
	return readFileSync("test/lives/bugs.txt", "utf8").split(/^== /m).slice(1).map(text => {
		const [, title, path, on, was, becomes] = /^(.*)\n(\S+) (\S+)\n-- was\n([\s\S]*?)\n-- becomes\n([\s\S]*?)\n*$/.exec(text);
		return { title, path, package: procedures.find(procedure => basename(procedure) === on), was, becomes };
	});
}

// The program as it would be with the mistake: one object is another, linked with all the others.
async function plant(bug, folder, rank) {
	const source = readFileSync(bug.path, "utf8");
	if (source.split(bug.was).length !== 2)
		return `« ${bug.was} » does not stand exactly once in ${bug.path}`;
	if (!bug.package)
		return "no such package";
	const planted = `${folder}/${basename(bug.path)}`;
	mkdirSync(dirname(planted), { recursive: true });
	writeFileSync(planted, source.replace(bug.was, () => bug.becomes));
	const made = await run("make", "-s", `BUG=${rank}`, `BUGGY=${bug.path}`, `${folder}/lives`);
	return made.status === 0 ? "" : `it does not build: ${made.told}`;
}

async function find(bug, rank) {
	const folder = `${out}/lives-bugs/${rank}`;
	const mistake = await plant(bug, folder, rank);
	const sick = mistake ? null : await lives(`${folder}/lives`, Math.ceil(total / procedures.length), "--first", bug.package);
	rmSync(folder, { recursive: true, force: true });
	if (sick?.broken) {
		passed++;
		console.log(`found: ${bug.title}\n  ${sick.told.split("\n")[0]}`);
	} else {
		failed++;
		console.error(`not found: ${bug.title}${mistake ? `: ${mistake}` : ""}`);
	}
}

if (!make(`${out}/lives`))
	process.exit(1);
if (!process.argv.includes("--bugs-only")) {
	const reach = total >= 3000 ? ["--reach", "test/lives/unreached.txt"] : [];
	const sound = await lives(`${out}/lives`, Math.ceil(total / procedures.length), ...reach, ...procedures);
	process.stdout.write(sound.all.replace(/.* passed, .* failed\s*$/, ""));
	process.stderr.write(sound.told);
	passed += sound.kept;
	failed += sound.broken;
}
const planted = bugs().map((bug, rank) => [bug, rank]).filter(([bug]) => bug.title.includes(option("--bug", "")));
// Two at a time: one is built while the other is played.
await Promise.all([0, 1].map(async () => {
	while (planted.length > 0)
		await find(...planted.shift());
}));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
