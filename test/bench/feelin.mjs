// The same formula in feelin (npm), the FEEL of bpmn.io: its library reads the text at each evaluation and offers
// nothing else.     node test/bench/feelin.mjs      prints "feelin per_second=N", the best of five rounds
import { evaluate } from "feelin";

const formula = "if quotite >= 80 then quotite * 4/7 + 40 else quotite";
const round = count => {
	const start = process.hrtime.bigint();
	for (let i = 0; i < count; i++) {
		const result = evaluate(formula, { quotite: 50 + i % 50 });
		const value = result?.value ?? result; // from its version 5 on, with warnings beside
		if (typeof value !== "number") throw new Error(`feelin: ${value}`);
	}
	return count / (Number(process.hrtime.bigint() - start) / 1e9);
};
round(1000);
console.log(`feelin per_second=${Math.round(Math.max(...Array.from({ length: 5 }, () => round(2000))))}`);
