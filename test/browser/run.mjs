// Every browser test: the files named <subject>_test.mjs of this folder, in order of name.
import { readdir } from "node:fs/promises";
import { runTests } from "./harness.mjs";

for (const name of (await readdir(import.meta.dirname ?? new URL(".", import.meta.url).pathname)).sort())
	if (name.endsWith("_test.mjs"))
		await import(`./${name}`);
await runTests();
