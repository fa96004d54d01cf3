// Every test of faults: the files named <subject>_test.mjs of this folder, in order of name.
import { readdir } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { runTests } from "./faults.mjs";

for (const name of (await readdir(dirname(fileURLToPath(import.meta.url)))).sort())
	if (name.endsWith("_test.mjs"))
		await import(`./${name}`);
await runTests();
