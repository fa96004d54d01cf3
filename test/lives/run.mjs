// Random lives of dossiers on every package of procedures/, then the same lives on an engine in which a mistake was
// planted: each mistake of bugs.txt must be found by the rules. Ends with "N passed, N failed".
//
//   node test/lives/run.mjs [--lives N] [--seed N] [--bugs-only] [--bug WORDS]      100000 lives in all, seed 1
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
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

// The lives of a program: how many kept the rules, and what the first ones broke.
function lives(program, count) {
	const run = spawnSync(program, ["--seed", seed, "--lives", String(count), ...procedures], { encoding: "utf8" });
	const last = /(\d+) passed, (\d+) failed\s*$/.exec(run.stdout ?? "");
	return { kept: Number(last?.[1] ?? 0), broken: Number(last?.[2] ?? 1), told: run.stderr ?? "", all: run.stdout ?? "" };
}

// "== title", a file's path, the text that it has exactly once after "-- was", what takes its place after "-- becomes".
function bugs() {
	return readFileSync("test/lives/bugs.txt", "utf8").split(/^== /m).slice(1).map(text => {
		const [, title, path, was, becomes] = /^(.*)\n(\S+)\n-- was\n([\s\S]*?)\n-- becomes\n([\s\S]*?)\n*$/.exec(text);
		return { title, path, was, becomes };
	});
}

// The object of the file as it would be with the mistake, linked with all the others.
function plant(bug, rank) {
	const source = readFileSync(bug.path, "utf8");
	if (source.split(bug.was).length !== 2)
		return `« ${bug.was} » does not stand exactly once in ${bug.path}`;
	const planted = `${out}/lives-bugs/${rank}/${basename(bug.path)}`;
	mkdirSync(dirname(planted), { recursive: true });
	writeFileSync(planted, source.replace(bug.was, () => bug.becomes));
	return make(`BUG=${rank}`, `BUGGY=${bug.path}`, `${out}/lives-bug`) ? "" : "it does not build";
}

if (!make(`${out}/lives`))
	process.exit(1);
if (!process.argv.includes("--bugs-only")) {
	const sound = lives(`${out}/lives`, Math.ceil(total / procedures.length));
	process.stdout.write(sound.all.replace(/.* passed, .* failed\s*$/, ""));
	process.stderr.write(sound.told);
	passed += sound.kept;
	failed += sound.broken;
}
for (const [rank, bug] of bugs().entries()) {
	if (!bug.title.includes(option("--bug", "")))
		continue;
	const mistake = plant(bug, rank);
	// A few lives first: most mistakes show at once.
	const sick = mistake ? null : [300, 2000].map(count => () => lives(`${out}/lives-bug`, count))
		.reduce((found, again) => found?.broken ? found : again(), null);
	if (sick?.broken) {
		passed++;
		console.log(`found: ${bug.title}\n  ${sick.told.split("\n")[0]}`);
	} else {
		failed++;
		console.error(`not found: ${bug.title}${mistake ? `: ${mistake}` : ""}`);
	}
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
