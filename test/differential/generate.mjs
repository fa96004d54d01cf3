// Expressions of FEEL made at random, by type, from a seed: the same seed gives the same expressions.
//
// An expression is a tree: { construct, parts }, parts being texts and trees. A tree that binds variables also has
// { names, lists, body }, in `parts` too. text(tree) writes it. A production is one line of the table below.

// A generator of numbers in [0, 1) from a seed (mulberry32).
export function random(seed) {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

export const text = tree => typeof tree === "string" ? tree : tree.parts.map(text).join("");
export const leaf = (construct, written) => ({ construct, parts: [written] });

// The trees that stand in a tree, those that a variable makes depend on it included.
export const children = tree => tree.parts.filter(part => typeof part !== "string");

// The same tree where the variables of these names are literals.
export function substitute(tree, bindings) {
	if (typeof tree === "string") return tree;
	if (tree.construct === "variable") return bindings[tree.parts[0]] ?? tree;
	let inner = bindings;
	if (tree.names && tree.names.some(name => name in bindings)) {
		inner = { ...bindings };
		for (const name of tree.names) delete inner[name];
	}
	const made = new Map();
	const parts = tree.parts.map(part => {
		if (typeof part === "string") return part;
		made.set(part, substitute(part, part === tree.body ? inner : bindings));
		return made.get(part);
	});
	return { ...tree, parts, body: made.get(tree.body), lists: tree.lists?.map(list => made.get(list)) };
}

export const isClosed = (tree, known = []) => tree.construct === "variable" ? known.includes(tree.parts[0])
	: children(tree).every(child => isClosed(child, child === tree.body ? [...known, ...tree.names] : known));

const simple = ["number", "string", "boolean", "date", "time", "date and time", "years and months duration",
	"days and time duration"];
const ordered = simple.filter(type => type !== "boolean");
const listed = ["number", "string", "boolean", "date"];

const words = ["", "a", "ab", "abc", "Été", "été", "l'agent", "a b c", "bonjour", "x,y;z", "\\\"", "a\\\\b", "\\n", "é\\u00e8", "🐎ab",
	"12", "1.5", "true"];
const patterns = ["a", "b+", "[a-c]", "^a", "c$", "a|b", "(a)(b)", ".", "\\\\s", "[^a]", "a?b", "\\\\d+", "é"];
const days = ["2023-06-16", "2024-02-29", "2023-01-31", "2023-12-31", "2024-01-01", "2000-02-29", "1999-12-31", "2023-03-26"];
const hours = ["10:30:00", "00:00:00", "23:59:59", "12:00:00", "08:15:30", "10:30:00Z", "12:30:00+02:00", "10:30:00.5"];
const zones = ["", "", "", "Z", "+02:00", "-05:00", "@Europe/Paris"];
const months = ["P1Y", "P2M", "P1Y2M", "-P1M", "P0M", "P13M", "P12M"];
const spans = ["P1D", "PT1H", "P1DT12H", "-PT30M", "PT0S", "PT36H", "PT1.5S", "P10D"];
const numbers = ["0", "1", "2", "3", "5", "7", "10", "12", "100", "0.5", "1.5", "2.25", "0.1", "0.2", "3.14159", "-1", "-2", "-7.5", "1000000"];

// type, weight, construct, what it makes from (g: an expression of a type, pick, chance, make: a tree under construction)
const productions = [
	// ---- numbers ----
	["number", 4, "+", g => ["(", g("number"), " + ", g("number"), ")"]],
	["number", 4, "-", g => ["(", g("number"), " - ", g("number"), ")"]],
	["number", 4, "*", g => ["(", g("number"), " * ", g("number"), ")"]],
	["number", 3, "/", g => ["(", g("number"), " / ", g("number"), ")"]],
	["number", 1, "**", (g, pick) => ["(", g("number"), " ** ", leaf("literal", pick(["0", "1", "2", "3", "-1"])), ")"]],
	["number", 1, "negation", g => ["-(", g("number"), ")"]],
	["number", 1, "chain", (g, pick) => [Array.from({ length: 4 }, () => pick(["1", "2", "3", "4"])).reduce((made, next) =>
		made + pick([" + ", " - ", " * ", " / ", " ** "]) + next)]],
	["number", 1, "abs", g => ["abs(", g("number"), ")"]],
	["number", 1, "floor", g => ["floor(", g("number"), ")"]],
	["number", 1, "ceiling", g => ["ceiling(", g("number"), ")"]],
	["number", 1, "floor", g => ["floor(", g("number"), ", ", g("scale"), ")"]],
	["number", 1, "ceiling", g => ["ceiling(", g("number"), ", ", g("scale"), ")"]],
	["number", 1, "decimal", g => ["decimal(", g("number"), ", ", g("scale"), ")"]],
	["number", 1, "round up", g => ["round up(", g("number"), ", ", g("scale"), ")"]],
	["number", 1, "round down", g => ["round down(", g("number"), ", ", g("scale"), ")"]],
	["number", 1, "round half up", g => ["round half up(", g("number"), ", ", g("scale"), ")"]],
	["number", 1, "round half down", g => ["round half down(", g("number"), ", ", g("scale"), ")"]],
	["number", 1, "modulo", g => ["modulo(", g("number"), ", ", g("number"), ")"]],
	["number", 1, "modulo", g => ["modulo(dividend: ", g("number"), ", divisor: ", g("number"), ")"]],
	["number", 1, "sqrt", g => ["sqrt(", g("number"), ")"]],
	["number", 0.5, "exp", (g, pick) => ["exp(", leaf("literal", pick(["0", "1", "2", "-1", "0.5"])), ")"]],
	["number", 0.5, "log", g => ["log(", g("number"), ")"]],
	["number", 1, "string length", g => ["string length(", g("string"), ")"]],
	["number", 1, "count", (g, pick) => ["count(", g("list of " + pick(listed)), ")"]],
	["number", 1, "sum", g => ["sum(", g("list of number"), ")"]],
	["number", 1, "min", g => ["min(", g("list of number"), ")"]],
	["number", 1, "max", g => ["max(", g("number"), ", ", g("number"), ")"]],
	["number", 1, "mean", g => ["mean(", g("list of number"), ")"]],
	["number", 1, "median", g => ["median(", g("list of number"), ")"]],
	["number", 1, "product", g => ["product(", g("list of number"), ")"]],
	["number", 1, "stddev", g => ["stddev(", g("list of number"), ")"]],
	["number", 1, "number()", (g, pick) => ["number(", leaf("literal", pick(['"1"', '"1.5"', '"-2"', '"abc"', '""', '"1,5"', '"1 000"',
		'"1e2"'])), ", ", leaf("literal", pick(["null", '" "', '","', '"."'])), ", ", leaf("literal", pick(["null", '","', '"."'])), ")"]],
	["number", 1, "property", (g, pick) => ["(", g("date"), ")", pick([".year", ".month", ".day", ".weekday"])]],
	["number", 1, "property", (g, pick) => ["(", g("date and time"), ")", pick([".year", ".month", ".day", ".weekday", ".hour", ".minute", ".second"])]],
	["number", 1, "property", (g, pick) => ["(", g("time"), ")", pick([".hour", ".minute", ".second"])]],
	["number", 0.5, "property", (g, pick) => ["(", g("years and months duration"), ")", pick([".years", ".months"])]],
	["number", 0.5, "property", (g, pick) => ["(", g("days and time duration"), ")", pick([".days", ".hours", ".minutes", ".seconds"])]],
	["number", 0.5, "property", (g, pick) => ["(", g("range of number"), ")", pick([".start", ".end"])]],
	["number", 0.5, "day of year", g => ["day of year(", g("date"), ")"]],
	["number", 0.5, "week of year", g => ["week of year(", g("date"), ")"]],
	["number", 0.5, "/", g => ["(", g("days and time duration"), " / ", g("days and time duration"), ")"]],
	["number", 0.5, "/", g => ["(", g("years and months duration"), " / ", g("years and months duration"), ")"]],
	["number", 2, "rank", (g, pick) => ["(", g("list of number"), ")[", leaf("literal", pick(["1", "2", "-1", "3", "0", "9"])), "]"]],
	["number", 2, "path", g => ["(", g("context"), ").n"]],
	["number", 1, "get value", (g, pick) => ["get value(", g("context"), ", ", leaf("literal", pick(['"n"', '"s"', '"z"'])), ")"]],
	// ---- truth ----
	...["=", "!="].map(sign => ["boolean", 3, sign, (g, pick) => {
		const type = pick([...simple, "list of number", "context", "range of number"]);
		return ["(", g(type), ` ${sign} `, g(type), ")"];
	}]),
	...["<", "<=", ">", ">="].map(sign => ["boolean", 3, sign, (g, pick) => {
		const type = pick(ordered);
		return ["(", g(type), ` ${sign} `, g(type), ")"];
	}]),
	["boolean", 1, "=", (g, pick) => ["(", g(pick(simple)), " = ", g(pick(simple)), ")"]],
	["boolean", 1, "<", (g, pick) => ["(", g(pick(simple)), " < ", g(pick(simple)), ")"]],
	["boolean", 3, "and", g => ["(", g("boolean"), " and ", g("boolean"), ")"]],
	["boolean", 3, "or", g => ["(", g("boolean"), " or ", g("boolean"), ")"]],
	["boolean", 2, "not", g => ["not(", g("boolean"), ")"]],
	["boolean", 2, "between", (g, pick) => {
		const type = pick(ordered);
		return ["(", g(type), " between ", g(type), " and ", g(type), ")"];
	}],
	["boolean", 2, "in range", (g, pick) => {
		const type = pick(["number", "number", "date", "days and time duration"]);
		return ["(", g(type), " in ", g("range of " + type), ")"];
	}],
	["boolean", 1, "in list", (g, pick) => {
		const type = pick(listed);
		return ["(", g(type), " in ", g("list of " + type), ")"];
	}],
	["boolean", 1, "in tests", (g, pick) => ["(", g("number"), " in (", pick(["< ", ">= ", ""]), g("number"), ", ", pick(["> ", "<= ", ""]),
		g("number"), "))"]],
	["boolean", 1, "list contains", (g, pick) => {
		const type = pick(listed);
		return ["list contains(", g("list of " + type), ", ", g(type), ")"];
	}],
	["boolean", 1, "contains", g => ["contains(", g("string"), ", ", g("string"), ")"]],
	["boolean", 1, "contains", g => ["contains(match: ", g("string"), ", string: ", g("string"), ")"]],
	["boolean", 1, "starts with", g => ["starts with(", g("string"), ", ", g("string"), ")"]],
	["boolean", 1, "ends with", g => ["ends with(", g("string"), ", ", g("string"), ")"]],
	["boolean", 1, "matches", (g, pick) => ["matches(", g("string"), ", ", leaf("literal", `"${pick(patterns)}"`), ")"]],
	["boolean", 0.5, "matches", (g, pick) => ["matches(", g("string"), ", ", leaf("literal", `"${pick(patterns)}"`), ", ",
		leaf("literal", pick(['"i"', '"s"', '"m"', '""'])), ")"]],
	["boolean", 1, "all", g => ["all(", g("list of boolean"), ")"]],
	["boolean", 1, "any", g => ["any(", g("list of boolean"), ")"]],
	["boolean", 0.5, "odd", g => ["odd(", g("number"), ")"]],
	["boolean", 0.5, "even", g => ["even(", g("number"), ")"]],
	["boolean", 1, "is", (g, pick) => {
		const type = pick(simple);
		return ["is(", g(type), ", ", g(chanceOf(pick) ? type : pick(simple)), ")"];
	}],
	...["before", "after"].map(name => ["boolean", 0.7, name, (g, pick) => {
		const type = pick(["number", "date"]);
		return [`${name}(`, g(pick([type, "range of " + type])), ", ", g(pick([type, "range of " + type])), ")"];
	}]),
	...["meets", "met by", "overlaps"].map(name => ["boolean", 0.7, name, g => [`${name}(`, g("range of number"), ", ",
		g("range of number"), ")"]]),
	["boolean", 0.7, "includes", (g, pick) => ["includes(", g("range of number"), ", ", g(pick(["number", "range of number"])), ")"]],
	...["during", "starts", "finishes", "coincides"].map(name => ["boolean", 0.1, name, g => [`${name}(`, g("range of number"), ", ",
		g("range of number"), ")"]]),
	["boolean", 0.5, "property", (g, pick) => ["(", g("range of number"), ")", pick([".start included", ".end included"])]],
	["boolean", 0.3, "instance of", (g, pick) => ["((", g(pick(simple)), ") instance of ", pick(simple), ")"]],
	["boolean", 1, "path", g => ["(", g("context"), ").b"]],
	["boolean", 1, "rank", (g, pick) => ["(", g("list of boolean"), ")[", leaf("literal", pick(["1", "2", "-1"])), "]"]],
	// ---- texts ----
	["string", 4, "+", g => ["(", g("string"), " + ", g("string"), ")"]],
	["string", 2, "substring", (g, pick) => ["substring(", g("string"), ", ", leaf("literal", pick(["1", "2", "3", "-1", "-2", "0"])), ")"]],
	["string", 2, "substring", (g, pick) => ["substring(", g("string"), ", ", leaf("literal", pick(["1", "2", "-2"])), ", ",
		leaf("literal", pick(["1", "2", "3"])), ")"]],
	["string", 1, "substring", g => ["substring(string: ", g("string"), ", start position: ", leaf("literal", "2"), ")"]],
	["string", 1, "upper case", g => ["upper case(", g("string"), ")"]],
	["string", 1, "lower case", g => ["lower case(", g("string"), ")"]],
	["string", 1, "substring before", g => ["substring before(", g("string"), ", ", g("string"), ")"]],
	["string", 1, "substring after", g => ["substring after(", g("string"), ", ", g("string"), ")"]],
	["string", 1, "replace", (g, pick) => ["replace(", g("string"), ", ", leaf("literal", `"${pick(patterns)}"`), ", ",
		leaf("literal", pick(['"x"', '""', '"[$0]"'])), ")"]],
	["string", 1, "string join", g => ["string join(", g("list of string"), ", ", g("string"), ")"]],
	["string", 0.5, "string join", g => ["string join(", g("list of string"), ")"]],
	["string", 1, "string()", (g, pick) => ["string(", g(pick([...simple, "list of number", "list of string", "context"])), ")"]],
	["string", 0.5, "day of week", g => ["day of week(", g("date"), ")"]],
	["string", 0.5, "month of year", g => ["month of year(", g("date"), ")"]],
	["string", 1, "path", g => ["(", g("context"), ").s"]],
	["string", 1, "rank", (g, pick) => ["(", g("list of string"), ")[", leaf("literal", pick(["1", "2", "-1"])), "]"]],
	// ---- dates, times, durations ----
	["date", 3, "+", (g, pick) => ["(", g("date"), " + ", g(pick(["years and months duration", "days and time duration"])), ")"]],
	["date", 2, "-", (g, pick) => ["(", g("date"), " - ", g(pick(["years and months duration", "days and time duration"])), ")"]],
	["date", 1, "date()", (g, pick) => ["date(", leaf("literal", pick(["2023", "2024"])), ", ", leaf("literal", pick(["1", "2", "12", "13"])), ", ",
		leaf("literal", pick(["1", "29", "31"])), ")"]],
	["date", 1, "date()", (g, pick) => ["date(", leaf("literal", `"${pick([...days, "2023-02-29", "2023-6-1", "mardi", ""])}"`), ")"]],
	["date", 1, "date()", g => ["date(", g("date and time"), ")"]],
	["time", 1, "+", g => ["(", g("time"), " + ", g("days and time duration"), ")"]],
	["time", 1, "-", g => ["(", g("time"), " - ", g("days and time duration"), ")"]],
	["time", 1, "time()", (g, pick) => ["time(", leaf("literal", `"${pick([...hours, "24:00:00", "10:30", ""])}"`), ")"]],
	["time", 1, "time()", (g, pick) => ["time(", leaf("literal", pick(["0", "10", "23"])), ", ", leaf("literal", pick(["0", "59"])), ", ",
		leaf("literal", pick(["0", "30"])), ")"]],
	["time", 1, "time()", g => ["time(", g("date and time"), ")"]],
	["date and time", 3, "+", (g, pick) => ["(", g("date and time"), " + ", g(pick(["years and months duration", "days and time duration"])), ")"]],
	["date and time", 2, "-", (g, pick) => ["(", g("date and time"), " - ", g(pick(["years and months duration", "days and time duration"])), ")"]],
	["date and time", 1, "date and time()", g => ["date and time(", g("date"), ", ", g("time"), ")"]],
	["date and time", 1, "date and time()", (g, pick) => ["date and time(", leaf("literal", `"${pick(days)}T${pick(["10:30:00", "00:00:00",
		"24:00:00"])}${pick(zones)}"`), ")"]],
	["years and months duration", 2, "+", g => ["(", g("years and months duration"), " + ", g("years and months duration"), ")"]],
	["years and months duration", 1, "-", g => ["(", g("years and months duration"), " - ", g("years and months duration"), ")"]],
	["years and months duration", 1, "years and months duration()", g => ["years and months duration(", g("date"), ", ", g("date"), ")"]],
	["years and months duration", 1, "duration()", (g, pick) => ["duration(", leaf("literal", `"${pick([...months, "P", "1Y"])}"`), ")"]],
	["years and months duration", 0.3, "*", (g, pick) => ["(", g("years and months duration"), " * ", leaf("literal", pick(["2", "3"])), ")"]],
	["days and time duration", 2, "+", g => ["(", g("days and time duration"), " + ", g("days and time duration"), ")"]],
	["days and time duration", 1, "-", g => ["(", g("days and time duration"), " - ", g("days and time duration"), ")"]],
	["days and time duration", 2, "-", (g, pick) => {
		const type = pick(["date", "date and time", "time"]);
		return ["(", g(type), " - ", g(type), ")"];
	}],
	["days and time duration", 1, "duration()", (g, pick) => ["duration(", leaf("literal", `"${pick([...spans, "PT", "P1DT"])}"`), ")"]],
	["days and time duration", 0.3, "*", (g, pick) => ["(", g("days and time duration"), " * ", leaf("literal", pick(["2", "0.5"])), ")"]],
	// ---- lists ----
	...listed.flatMap(type => [
		["list of " + type, 4, "list", (g, pick) => ["[", ...Array.from({ length: pick([0, 1, 2, 3, 3, 4]) }, (_, i) => i ? [", ", g(type)]
			: [g(type)]).flat(), "]"]],
		["list of " + type, 1, "sublist", (g, pick) => ["sublist(", g("list of " + type), ", ", leaf("literal", pick(["1", "2", "-1"])), ")"]],
		["list of " + type, 1, "sublist", (g, pick) => ["sublist(", g("list of " + type), ", ", leaf("literal", pick(["1", "2", "-2"])), ", ",
			leaf("literal", pick(["1", "2"])), ")"]],
		["list of " + type, 1, "append", g => ["append(", g("list of " + type), ", ", g(type), ")"]],
		["list of " + type, 1, "concatenate", g => ["concatenate(", g("list of " + type), ", ", g("list of " + type), ")"]],
		["list of " + type, 0.7, "insert before", (g, pick) => ["insert before(", g("list of " + type), ", ", leaf("literal",
			pick(["1", "2", "3", "-1"])), ", ", g(type), ")"]],
		["list of " + type, 0.7, "remove", (g, pick) => ["remove(", g("list of " + type), ", ", leaf("literal", pick(["1", "2", "-1"])), ")"]],
		["list of " + type, 0.7, "list replace", (g, pick) => ["list replace(", g("list of " + type), ", ", leaf("literal",
			pick(["1", "2", "-1"])), ", ", g(type), ")"]],
		["list of " + type, 0.7, "reverse", g => ["reverse(", g("list of " + type), ")"]],
		["list of " + type, 0.7, "union", g => ["union(", g("list of " + type), ", ", g("list of " + type), ")"]],
		["list of " + type, 0.7, "distinct values", g => ["distinct values(", g("list of " + type), ")"]],
		["list of " + type, 0.7, "flatten", g => ["flatten([", g("list of " + type), ", [", g("list of " + type), "]])"]],
		["list of " + type, 1.5, "for", (g, pick, make) => make.iteration("for", pick(listed), type)],
		["list of " + type, 1.5, "filter", (g, pick, make) => make.filter(type)],
	]),
	["list of number", 1, "for range", (g, pick, make) => make.range(pick)],
	["list of number", 0.7, "mode", g => ["mode(", g("list of number"), ")"]],
	["list of number", 0.7, "index of", (g, pick) => {
		const type = pick(listed);
		return ["index of(", g("list of " + type), ", ", g(type), ")"];
	}],
	["list of number", 1, "sort", (g, pick) => ["sort(", g("list of number"), `, function(x, y) x ${pick(["<", ">"])} y)`]],
	["list of string", 1, "sort", g => ["sort(", g("list of string"), ", function(x, y) x < y)"]],
	["list of string", 1, "split", (g, pick) => ["split(", g("string"), ", ", leaf("literal", pick(['","', '";"', '"\\\\s"', '"b"'])), ")"]],
	["list of number", 1, "path", g => ["[", g("context"), ", ", g("context"), "].n"]],
	// ---- contexts and ranges ----
	["context", 5, "context", g => ["{n: ", g("number"), ", s: ", g("string"), ", b: ", g("boolean"), "}"]],
	["context", 1, "context", g => ["{n: ", g("number"), ", s: ", g("string"), ", b: n > 1}"]],
	["context", 1, "context put", (g, pick) => ["context put(", g("context"), ", ", leaf("literal", pick(['"n"', '"z"'])), ", ", g("number"), ")"]],
	["context", 1, "context put", (g, pick) => ["context put(", g("context"), ", ", leaf("literal", pick(['["n"]', '["z", "t"]', "[]"])), ", ",
		g("number"), ")"]],
	["context", 1, "context merge", g => ["context merge([", g("context"), ", ", g("context"), "])"]],
	["context", 1, "context()", g => ["context([{key: \"n\", value: ", g("number"), "}, {key: \"s\", value: ", g("string"), "}])"]],
	["context", 1, "context()", g => ["context(get entries(", g("context"), "))"]],
	["context", 1, "rank", (g, pick) => ["get entries(", g("context"), ")[", leaf("literal", pick(["1", "-1"])), "]"]],
	...["number", "date", "days and time duration"].map(type => ["range of " + type, 1, "range", (g, pick) => [pick(["[", "(", "]"]), g(type), "..",
		g(type), pick(["]", ")", "["])]]),
	// ---- of every type ----
	...[...simple, ...listed.map(type => "list of " + type), "context"].flatMap(type => [
		[type, 1.5, "if", g => ["(if ", g("boolean"), " then ", g(type), " else ", g(type), ")"]],
		[type, 0.7, "call", (g, pick, make) => make.call(pick(listed), type)],
		[type, 0.3, "if", g => ["(if ", g("any"), " then ", g(type), " else ", g(type), ")"]],
	]),
	...["some", "every"].map(kind => ["boolean", 1.5, kind, (g, pick, make) => make.iteration(kind, pick(listed), "boolean")]),
];

const chanceOf = pick => pick([true, false]);

const byType = new Map();
for (const production of productions) {
	if (!byType.has(production[0])) byType.set(production[0], []);
	byType.get(production[0]).push(production);
}

// Makes expressions; `wrong` is how often a value of another kind stands where one of a type is due.
export class Generator {
	constructor(seed, wrong = 0.05) {
		this.random = random(seed);
		this.wrong = wrong;
		this.variables = [];
		this.made = 0;
	}

	pick = items => items[Math.floor(this.random() * items.length)];

	literal(type) {
		const pick = this.pick;
		const zoned = () => `@"${pick(days)}T${pick(["10:30:00", "00:00:00", "23:59:59", "02:30:00"])}${pick(zones)}"`;
		const write = {
			number: () => pick(numbers),
			scale: () => pick(["0", "1", "2", "-1"]),
			string: () => `"${pick(words)}"`,
			boolean: () => pick(["true", "false", "null"]),
			date: () => `@"${pick(days)}"`,
			time: () => `@"${pick(hours)}"`,
			"date and time": zoned,
			"years and months duration": () => `@"${pick(months)}"`,
			"days and time duration": () => `@"${pick(spans)}"`,
			context: () => `{n: ${pick(numbers)}, s: "${pick(words)}", b: ${pick(["true", "false"])}}`,
			null: () => "null",
		}[type];
		return write ? leaf("literal", write()) : null;
	}

	// An expression of the type, at most `depth` deep.
	make(type, depth) {
		if (type === "any" || this.random() < this.wrong)
			type = this.pick([...simple, "list of number", "context", "null"]);
		const known = this.variables.filter(variable => variable.type === type);
		if (known.length && this.random() < 0.5)
			return leaf("variable", this.pick(known).name);
		const choices = byType.get(type);
		if (!choices || depth <= 0 || this.random() < 0.15) {
			const literal = this.literal(type);
			if (literal) return literal;
			if (!choices) throw new Error(`no way to make ${type}`);
		}
		const usable = depth <= 0 ? choices.filter(choice => ["list", "range"].includes(choice[2])) : choices;
		let weight = this.random() * usable.reduce((sum, choice) => sum + choice[1], 0);
		const chosen = usable.find(choice => (weight -= choice[1]) < 0) ?? usable[0];
		const g = inner => this.make(inner, depth - 1);
		const parts = chosen[3](g, this.pick, {
			iteration: (kind, from, to) => this.iteration(kind, from, to, depth),
			filter: of => this.filter(of, depth),
			range: pick => this.overRange(pick, depth),
			call: (from, to) => this.call(from, to, depth),
		});
		return Array.isArray(parts) ? { construct: chosen[2], parts } : parts;
	}

	// Inside, a variable of this type has the name.
	within(name, type, body) {
		this.variables.push({ name, type });
		const made = body();
		this.variables.pop();
		return made;
	}

	iteration(kind, from, to, depth) {
		const name = `v${++this.made}`, list = this.make("list of " + from, depth - 1);
		const body = this.within(name, from, () => this.make(to, depth - 1));
		const parts = ["(", kind, ` ${name} in `, list, kind === "for" ? " return " : " satisfies ", body, ")"];
		return { construct: kind, parts, names: [name], lists: [list], body };
	}

	overRange(pick, depth) {
		const name = `v${++this.made}`, low = leaf("literal", pick(["-1", "0", "1", "3"])), high = leaf("literal", pick(["1", "2", "4"]));
		const body = this.within(name, "number", () => this.make("number", depth - 1));
		return { construct: "for range", parts: [`(for ${name} in `, low, "..", high, " return ", body, ")"], names: [name], body, lists: [] };
	}

	filter(of, depth) {
		const list = this.make("list of " + of, depth - 1);
		const body = this.within("item", of, () => this.make("boolean", depth - 1));
		return { construct: "filter", parts: ["(", list, ")[", body, "]"], names: ["item"], lists: [list], body };
	}

	call(from, to, depth) {
		const name = `v${++this.made}`, argument = this.make(from, depth - 1);
		const body = this.within(name, from, () => this.make(to, depth - 1));
		return { construct: "call", parts: [`(function(${name}) `, body, ")(", argument, ")"], names: [name], body, lists: [argument] };
	}

	// One expression of any type.
	expression() {
		const type = this.pick([...simple, ...simple, "number", "boolean", "boolean", "list of number", "list of string", "list of boolean",
			"list of date", "context", "range of number"]);
		return this.make(type, this.pick([1, 2, 2, 3, 3, 4]));
	}

	// Unary tests after the value they test: "? 3 | > 2, 1".
	tests() {
		const type = this.pick(ordered), g = () => this.make(type, 1);
		const test = () => this.pick([
			() => [g()],
			() => [this.pick(["< ", "<= ", "> ", ">= "]), g()],
			() => [this.make("range of " + this.pick(["number", "date"]), 1)],
		])();
		const parts = [...test()];
		if (this.random() < 0.5) parts.push(", ", ...test());
		const negated = this.random() < 0.25;
		return { construct: "unary tests", parts: ["? ", g(), " | ", ...negated ? ["not(", ...parts, ")"] : parts] };
	}
}
