// The browser tests: the files named <subject>_test.mjs of this folder, in order of name; with --files=agent,story those
// subjects only. Other arguments choose tests by a part of their name.
import { readdir } from "node:fs/promises";
import { runTests } from "./harness.mjs";

const given = process.argv.find(argument => argument.startsWith("--files="));
const subjects = given?.slice("--files=".length).split(",");
for (const name of (await readdir(import.meta.dirname ?? new URL(".", import.meta.url).pathname)).sort())
	if (name.endsWith("_test.mjs") && (!subjects || subjects.includes(name.slice(0, -"_test.mjs".length))))
		await import(`./${name}`);
await runTests();
