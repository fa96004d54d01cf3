// Our FEEL beside feelin's (npm), on expressions made at random. Every disagreement is brought down to the smallest
// expression that shows it, and must be told by a rule of rules.mjs, which says what the standard's text decides.
//
//   node test/differential/run.mjs [--count N] [--seed N] [--all]       12000 expressions, seed 1; --all shows each disagreement
//
// Two values agree when they are equal once written the same way (values.mjs); feelin computes in binary doubles, so numbers
// agree within 1e-9. An expression whose disagreements are all told passes. When part of an expression disagrees, that part
// is replaced by our value and the rest is compared again, so that a rule never hides what stands around.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Generator, children, isClosed, leaf, substitute, text } from "./generate.mjs";
import { rules } from "./rules.mjs";
import { alike, kind, rank } from "./standard.mjs";
import { literalOf, ofFeelin, ofOurs, same, show } from "./values.mjs";

process.env.TZ = "UTC"; // what feelin takes for a time without a zone
const { evaluate, unaryTest } = await import("feelin");

const option = (name, otherwise) => {
	const at = process.argv.indexOf(name);
	return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const count = option("--count", 12000), seed = option("--seed", 1), all = process.argv.includes("--all");

// ---- The two sides ----------------------------------------------------------------------

const program = spawn("build/release-gcc/feel-values", [], { stdio: ["pipe", "pipe", "inherit"] });
const waiting = [];
createInterface(program.stdout).on("line", line => waiting.shift()?.(ofOurs(JSON.parse(line))));
program.on("close", () => waiting.splice(0).forEach(resolve => resolve({ refused: "the program ended" })));

const known = new Map();
function oursOf(written) {
	if (!known.has(written))
		known.set(written, new Promise(resolve => {
			waiting.push(resolve);
			program.stdin.write(written + "\n");
		}));
	return known.get(written);
}

function feelinOf(written) {
	try {
		const found = /^\? (.*) \| (.*)$/s.exec(written);
		return ofFeelin(found ? unaryTest(found[2], { "?": evaluate(found[1], {}) }) : evaluate(written, {}));
	} catch (error) {
		return { refused: String(error.message) };
	}
}

// ---- What a disagreement comes from -----------------------------------------------------

const used = new Map(rules.map(rule => [rule, 0]));
const unexplained = new Map();
const computed = new Map(rules.map(rule => [rule, 0])); // those where ours was found to be what the standard gives
let inconsistent = 0;

// The values that the variable of a tree takes, as literals.
async function instances(tree) {
	if (tree.construct === "for range") {
		const [low, high] = children(tree).slice(0, 2).map(child => Number(text(child)));
		return Array.from({ length: Math.abs(high - low) + 1 }, (_, i) => String(low + (high < low ? -i : i)));
	}
	const value = await oursOf(text(tree.lists[0]));
	const values = tree.construct === "call" ? [value] : Array.isArray(value) ? value : value === null ? [] : [value];
	return values.map(literalOf).filter(literal => literal !== null);
}

const bodyOf = (tree, literal) => substitute(tree.body, { [tree.names[0]]: leaf("literal", literal) });

// What our values of the body, one by one, make of the whole: our own answer must be that one.
async function fromBodies(tree, literals) {
	const values = await Promise.all(literals.map(literal => oursOf(text(bodyOf(tree, literal)))));
	const decides = tree.construct === "some";
	switch (tree.construct) {
	case "call": return values[0];
	case "for": case "for range": return values;
	case "filter": {
		const odd = values.find(value => value !== null && typeof value !== "boolean");
		const items = await Promise.all(literals.map(oursOf));
		return odd === undefined ? items.filter((_, i) => values[i] === true) : kind(odd) === "number" ? items[rank(items, odd)] ?? null : null;
	}
	default: return values.includes(decides) ? decides : values.every(value => value === !decides) ? !decides : null;
	}
}

// The comparison that stands before each operand of tests: "< ", "[" of a range, ", "…
const testsOf = (tree, args) => {
	const found = [];
	let sign = "";
	for (const part of tree.parts) {
		if (typeof part === "string") sign = /(<=|>=|<|>|=) ?$/.exec(part)?.[1] ?? "";
		else found.push({ sign, value: args[found.length] });
	}
	return found.slice(1);
};

// Ours is what the standard gives, numbers within what doubles round to.
function isStandard(ours, expected) {
	if (expected === null || typeof expected !== "object") return ours === expected;
	if (Array.isArray(expected)) return Array.isArray(ours) && ours.length === expected.length && expected.every((item, i) => isStandard(ours[i], item));
	return alike(ours, expected) === true;
}

function told(tree, args, bodies, ours, theirs) {
	const seen = { construct: tree.construct, text: text(tree), tree, args, kinds: args.map(kind), bodies, ours, theirs,
		refusal: theirs?.refused ?? "", tests: testsOf(tree, args), negated: text(tree).includes(" | not(") };
	const rule = rules.find(each => [each.construct].flat().some(name => name === tree.construct || name === "any") && each.when(seen));
	const expected = rule?.standard?.(args, seen);
	if (!rule || (expected !== undefined && !isStandard(ours, expected))) {
		unexplained.set(text(tree), `${tree.construct}: ${text(tree)}\n    ours   ${show(ours)}\n    feelin ${show(theirs)}`
			+ (rule ? `\n    but by "${rule.id}" ${show(expected)}` : ""));
		return false;
	}
	used.set(rule, used.get(rule) + 1);
	if (expected !== undefined) computed.set(rule, computed.get(rule) + 1);
	if (all) console.log(`${rule.id}: ${text(tree)}   ours ${show(ours)}   feelin ${show(theirs)}`);
	return true;
}

// True when the two sides agree on the tree, or when all that they disagree on is told.
async function examine(tree) {
	const ours = await oursOf(text(tree)), theirs = feelinOf(text(tree));
	if (same(ours, theirs)) return true;
	let good = true, blamed = false;
	const parts = [];
	for (const part of tree.parts) {
		if (typeof part === "string" || part === tree.body || !isClosed(part)
			|| same(await oursOf(text(part)), feelinOf(text(part)))) {
			parts.push(part);
			continue;
		}
		good = await examine(part) && good;
		blamed = true;
		const literal = literalOf(await oursOf(text(part)));
		parts.push(literal === null ? part : leaf("literal", literal));
	}
	if (tree.body && isClosed(tree)) {
		const literals = await instances(tree);
		let inside = false;
		for (const literal of new Set(literals)) {
			const body = bodyOf(tree, literal);
			if (same(await oursOf(text(body)), feelinOf(text(body)))) continue;
			good = await examine(body) && good;
			inside = true;
		}
		if (inside) {
			const expected = await fromBodies(tree, literals);
			if (isStandard(ours, expected)) return good;
			inconsistent++;
			unexplained.set(text(tree), `${text(tree)}\n    ours   ${show(ours)}\n    by its parts ${show(expected)}`);
			return false;
		}
	}
	if (blamed) {
		const replaced = { ...tree, parts };
		if (tree.body) replaced.lists = tree.lists.map(list => parts[tree.parts.indexOf(list)] ?? list);
		return text(replaced) === text(tree) ? good : await examine(replaced) && good;
	}
	const args = await Promise.all(children(tree).filter(part => part !== tree.body && isClosed(part))
		.map(part => oursOf(text(part))));
	const bodies = tree.body && isClosed(tree) ? await Promise.all((await instances(tree)).map(literal => oursOf(text(bodyOf(tree, literal))))) : [];
	return told(tree, args, bodies, ours, theirs);
}

// ---- The run ----------------------------------------------------------------------------

const generator = new Generator(seed);
const trees = new Map();
while (trees.size < count) {
	const tree = generator.random() < 0.08 ? generator.tests() : generator.expression();
	if (text(tree).length < 1500) trees.set(text(tree), tree);
}
let passed = 0, failed = 0, agreed = 0;
for (const written of trees.keys()) void oursOf(written);
for (const [written, tree] of trees) {
	if (same(await oursOf(written), feelinOf(written))) agreed++;
	if (await examine(tree)) passed++;
	else failed++;
}
program.stdin.end();

console.log(`${trees.size} expressions, ${agreed} alike; disagreements, by the rule that tells them (of which ours computed anew):`);
for (const [rule, times] of [...used].sort((a, b) => b[1] - a[1]))
	console.log(`${String(times).padStart(7)} (${computed.get(rule)})  ${rule.id}, ${rule.right ?? "ours"} (${rule.clause})${times ? "" : "   never used"}`);
if (inconsistent) console.log(`${inconsistent} of ours are not what their parts make`);
for (const each of [...unexplained.values()].slice(0, all ? Infinity : 40)) console.log(`UNEXPLAINED ${each}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
