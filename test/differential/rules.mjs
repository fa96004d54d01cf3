// What our FEEL and feelin 4.6 disagree on, and what the text of the standard (OMG DMN 1.5, formal/24-01-01) decides.
//
// A rule is tried on the smallest expression that disagrees: its arguments are values on which both agree, or ours put in
// the place of theirs. `construct` is that of generate.mjs. `when` says by what the disagreement is known: the arguments,
// their kinds, both results. `standard` computes what the standard gives (undefined: not computed here), and ours must be
// that, so that no mistake of ours is taken for one of feelin's. `right` is "ours", or "both" where the standard leaves it
// open; a rule where feelin is right may not stay: ours is mended.
import { isIn, alike, comparable, compared, kind, less, modulo, monthsBetween, and, or, rank, relation, rounded, wholeDays } from "./standard.mjs";

const durations = ["years and months duration", "days and time duration"];
const number = value => ({ number: value });
const missing = args => args.some(arg => arg === null);
const isDuration = value => durations.includes(kind(value));
const listOf = value => Array.isArray(value) ? value : [value];
const at = (list, position, change) => {
	const index = rank(list, position);
	if (index === undefined) return null;
	const copy = [...list];
	change(copy, index);
	return copy;
};
const scaled = (duration, by) => {
	const name = kind(duration), amount = duration[name] * by;
	return { [name]: name === durations[0] ? Math.trunc(amount) : Math.round(amount) };
};
const lacks = /^(not implemented|Right-hand side of 'instanceof')/;

export const rules = [
	// ---- conditions, three values ----
	{ id: "if, a condition that is no boolean", construct: "if", clause: "§10.3.2.15, table 48: the else part when the condition is not true",
		when: ({ kinds }) => !["boolean", "null"].includes(kinds[0]), standard: ([, , otherwise]) => otherwise },
	{ id: "some, conditions that are null", construct: "some", clause: "§10.3.2.14: the disjunction of the conditions, in three values (table 51)",
		when: ({ bodies }) => bodies.some(body => typeof body !== "boolean"), standard: (_, { bodies }) => bodies.reduce(or, false) },
	{ id: "every, conditions that are null", construct: "every", clause: "§10.3.2.14: the conjunction of the conditions, in three values (table 50)",
		when: ({ bodies }) => bodies.some(body => typeof body !== "boolean"), standard: (_, { bodies }) => bodies.reduce(and, true) },
	{ id: "some, every over null", construct: ["some", "every"], clause: "§10.3.2.14: null is no list", when: ({ args }) => args[0] === null, standard: () => null },
	{ id: "for, some, every over one value", construct: ["for", "some", "every"], clause: "§10.3.2.9.4: a value stands for the list of it",
		when: ({ kinds, theirs }) => !["list", "range", "null"].includes(kinds[0]) && theirs === null,
		standard: (_, { construct, bodies }) => construct === "for" ? bodies : construct === "some" ? bodies.reduce(or, false) : bodies.reduce(and, true) },
	// ---- equality and order ----
	{ id: "= between two kinds", construct: "=", clause: "§10.3.2.13.1, table 53: null between two kinds",
		when: ({ args }) => kind(args[0]) !== kind(args[1]) && !missing(args), standard: () => null },
	{ id: "!= between two kinds", construct: "!=", clause: "§10.3.2.13.1, table 53: null between two kinds, and != negates =",
		when: ({ args }) => kind(args[0]) !== kind(args[1]) && !missing(args), standard: () => null },
	{ id: "= with null", construct: ["=", "!="], clause: "§10.3.2.13.1, table 53: null equals null alone",
		when: ({ args }) => missing(args), standard: (args, { construct }) => (args[0] === args[1]) === (construct === "=") },
	{ id: "= between lists", construct: ["=", "!="], clause: "§10.3.2.13.1, table 53: as long, and item by item in three values",
		when: ({ args }) => args.every(Array.isArray), standard: (args, { construct }) => construct === "=" ? alike(...args) : not(alike(...args)) },
	{ id: "= between ranges", construct: ["=", "!="], clause: "§10.3.2.13.1, table 53: the same bounds, in or out",
		when: ({ args }) => args.every(arg => kind(arg) === "range"), standard: (args, { construct }) => construct === "=" ? alike(...args) : not(alike(...args)) },
	{ id: "order of texts", construct: ["<", "<=", ">", ">="], clause: "§10.3.2.13.2, table 54: texts have the order of their code points",
		when: ({ refusal }) => /^illegal range/.test(refusal), standard: (args, { construct }) => compared(construct, ...args) },
	{ id: "order of durations in months", construct: ["<", "<=", ">", ">="], clause: "§10.3.2.13.2, table 54: by the number of months",
		when: ({ args }) => args.every(arg => kind(arg) === durations[0]), standard: (args, { construct }) => compared(construct, ...args) },
	{ id: "no common order", construct: ["<", "<=", ">", ">="],
		clause: "§10.3.2.13.2, table 54: null between two kinds, with null, between times of which one has no zone",
		when: ({ args }) => !comparable(...args), standard: () => null },
	{ id: "between", construct: "between", clause: "§10.3.2.13.2, table 54: e1 >= e2 and e1 <= e3, in three values (feelin makes a range of one kind, either way up)",
		when: ({ args: [value, low, high], refusal, text }) => kind(low) === "string" || kind(high) === "string" || !comparable(value, low) || !comparable(value, high)
			|| kind(low) === durations[0] || less(high, low) || (/^unsupported range/.test(refusal) && /T00:00:00Z/.test(text)), standard: ([value, low, high]) => and(compared(">=", value, low), compared("<=", value, high)) },
	// ---- in, unary tests ----
	{ id: "in null", construct: ["in range", "in list"], clause: "§10.3.2.13, table 55: e1 in e2 is e1 = e2 when e2 is neither a list nor a range",
		when: ({ args }) => args[1] === null, standard: ([value]) => value === null },
	{ id: "in what is no list", construct: "in list", clause: "§10.3.2.13, table 55: e1 in e2 is e1 = e2 when e2 is neither a list nor a range",
		when: ({ args }) => !Array.isArray(args[1]), standard: ([value, other]) => isIn(value, "", other) },
	{ id: "in a range", construct: "in range", clause: "§10.3.2.13, tables 54 and 55: above the start and below the end, in three values",
		when: ({ args }) => kind(args[1]) !== "list", standard: ([value, range]) => isIn(value, "", range) },
	{ id: "in tests, in three values", construct: "in tests", clause: "§10.3.2.13, table 55: the disjunction of the tests, in three values (table 51)",
		when: () => true, standard: (args, { tests }) => tests.map(({ sign, value }) => isIn(args[0], sign, value)).reduce(or, false) },
	{ id: "unary tests, in three values", construct: "unary tests",
		clause: "§10.3.2.13, table 55, grammar rules 7, 13, 14: the disjunction of the tests, negated by not, in three values (tables 50, 51)",
		when: () => true, standard: (args, { tests, negated }) => {
			const all = tests.map(({ sign, value }) => isIn(args[0], sign, value)).reduce(or, false);
			return negated ? not(all) : all;
		} },
	// ---- ranges ----
	{ id: "a range of no kind", construct: "range", clause: "§10.3.2.7: the two ends are of one kind that has an order",
		when: ({ args }) => !comparable(...args), standard: () => null },
	{ id: "a range of texts", construct: ["range", "literal"], clause: "§10.3.2.7: texts have an order (table 54)", when: ({ text, refusal }) => /^illegal range/.test(refusal) && /"\.\."/.test(text) },
	{ id: "an end outside, written [", construct: "any", clause: "grammar rule 11: an open interval end is \")\" or \"[\"",
		when: ({ text, refusal, ours }) => /\.\.[^\]]*\[/.test(text) && /^(Unrecognized|Incomplete)/.test(refusal) && ours?.refused === undefined },
	{ id: "a text that ends with a backslash", construct: "any", clause: "grammar rule 65: \"\\\\\" is a backslash, and what follows ends the text",
		when: ({ text, refusal, ours }) => /\\\\"/.test(text) && /^(Unrecognized|Incomplete)/.test(refusal) && ours?.refused === undefined },
	// ---- arithmetic ----
	{ id: "durations multiplied, divided by a number", construct: ["*", "/"], clause: "§10.3.2.14, table 59",
		when: ({ args, theirs }) => theirs === null && args.some(isDuration) && args.some(arg => kind(arg) === "number"),
		standard: ([a, b], { construct }) => construct === "/" ? isDuration(a) && b.number ? scaled(a, 1 / b.number) : null
			: isDuration(a) ? scaled(a, b.number) : scaled(b, a.number) },
	{ id: "durations divided by each other", construct: "/", clause: "§10.3.2.14, table 59: a number, of months by months; null by nothing",
		when: ({ args }) => args.every(isDuration) && kind(args[0]) === kind(args[1]),
		standard: ([a, b]) => b[kind(b)] ? number(a[kind(a)] / b[kind(b)]) : null },
	{ id: "durations of two kinds", construct: ["+", "-", "*", "/"], clause: "§10.3.2.14, tables 58 to 60: no result between months and days",
		when: ({ args }) => args.every(isDuration) && kind(args[0]) !== kind(args[1]), standard: () => null },
	{ id: "a date and hours", construct: ["+", "-"], clause: "§10.3.2.14, table 60: a date and a days and time duration make a date",
		when: ({ args }) => args.some(arg => kind(arg) === "date") && args.some(arg => kind(arg) === durations[1]),
		standard: (args, { construct }) => wholeDays(args, construct) },
	{ id: "a difference where one has no zone", construct: "-", clause: "§10.3.2.14, table 60: both with a zone or both without",
		when: ({ args }) => args.every(arg => ["date", "time", "date and time"].includes(kind(arg))) && !args.every(arg => kind(arg) === "date")
			&& (kind(args[0]) === kind(args[1]) ? !comparable(...args) : true),
		standard: args => kind(args[0]) === kind(args[1]) || args.some(arg => kind(arg) === "time") ? null : undefined },
	{ id: "days of a named zone", construct: ["+", "-"], clause: "§10.3.2.14, table 60: a days and time duration is a length of time, the day of 23 hours or not",
		when: ({ args }) => args.some(arg => /@/.test(arg?.["date and time"] ?? "")) && args.some(arg => kind(arg) === durations[1]) },
	{ id: "a division of what has none", construct: "/", clause: "§10.3.2.14, tables 57 to 59: no result between these kinds",
		when: ({ args: [a, b] }) => !(isDuration(a) && (isDuration(b) || kind(b) === "number")) && !(kind(a) === "number" && kind(b) === "number"), standard: () => null },
	{ id: "a product of what has none", construct: "*", clause: "§10.3.2.14, tables 57 to 59: no result between these kinds",
		when: ({ args: [a, b] }) => !(isDuration(a) && kind(b) === "number") && !(isDuration(b) && kind(a) === "number") && !(kind(a) === "number" && kind(b) === "number"),
		standard: () => null },
	{ id: "a power without value", construct: "**", clause: "§10.3.2.14, table 57: zero has no inverse", when: ({ args }) => args[0].number === 0, standard: () => null },
	{ id: "a duration negated", construct: "negation", clause: "§10.3.2.14, table 61: durations have an opposite", when: ({ args }) => isDuration(args[0]),
		standard: ([value]) => scaled(value, -1) },
	{ id: "temporal values and others", construct: ["+", "-"], clause: "§10.3.2.14, tables 58 to 60: no result between these kinds",
		when: ({ args: [a, b], construct }) => !pairs.some(([sign, x, y]) => sign === construct && x === kind(a) && y === kind(b)), standard: () => null },
	// ---- texts ----
	{ id: "substring outside of the text", construct: "substring", clause: "§10.3.4.3, table 74: from 1 to the length, or as far from the end",
		when: ({ args }) => typeof args[0] === "string" && kind(args[1]) === "number" && rank([...args[0]], args[1]) === undefined, standard: () => null },
	{ id: "substring from the end, in characters", construct: "substring", clause: "§10.3.4.3, table 74: positions are of characters",
		when: ({ args }) => typeof args[0] === "string" && args[1]?.number < 0 && [...args[0]].length !== args[0].length,
		standard: ([string, start, length]) => [...string].slice(rank([...string], start)).slice(0, length?.number).join("") },
	{ id: "string() of durations", construct: "string()", clause: "§10.3.2.3.7, §10.3.2.3.8: the canonical text, one sign before P, days for a days and time duration",
		when: ({ args }) => isDuration(args[0]), standard: ([value]) => value.written },
	{ id: "string() of what feelin takes for a date", construct: "string()", clause: "§10.3.2.3.6: a date and time at midnight UTC is no date",
		when: ({ args }) => /T00:00:00Z$/.test(args[0]?.["date and time"] ?? ""), standard: ([value]) => value["date and time"] },
	{ id: "string() of fractions of seconds", construct: "string()", right: "both", clause: "§10.3.4.1, table 73: the text of a time is not unique",
		when: ({ args }) => /\.\d/.test(args[0]?.time ?? args[0]?.["date and time"] ?? ""), standard: ([value]) => value.time ?? value["date and time"] },
	{ id: "string() of a list or a context", construct: "string()", right: "both",
		clause: "§10.3.4.1, table 73: the text of what holds values is not told; ours reads back: escapes, 34 digits, @\"…\"",
		when: ({ kinds, ours, theirs }) => ["list", "context"].includes(kinds[0]) && /\\n|\.\d{16}|@"/.test(ours + theirs) },
	{ id: "string() of a number", construct: "string()", clause: "§10.3.2.3.1: 34 digits, where a double has 17", when: ({ kinds }) => kinds[0] === "number",
		standard: ([value]) => value.written },
	{ id: "number(), no digits", construct: "number()", clause: "§10.3.4.1, table 73: the text is a numeric literal", when: ({ args }) => args[0] === "", standard: () => null },
	{ id: "number(), the two separators", construct: "number()", clause: "§10.3.4.1, table 73: the separators are different",
		when: ({ args }) => typeof args[1] === "string" && args[1] === args[2], standard: () => null },
	// ---- dates ----
	{ id: "hour 24", construct: ["time()", "date and time()"], clause: "§10.3.2.3.5: from 00:00:00 to 23:59:59", when: ({ text }) => /"[^"]*24:00:00/.test(text),
		standard: () => null },
	{ id: "a time without seconds", construct: "time()", clause: "§10.3.2.3.5: the lexical space of xsd:time", when: ({ text }) => text === 'time("10:30")', standard: () => null },
	{ id: "a day that does not exist", construct: "date()", clause: "§10.3.4.1, table 73: the three parts make a date",
		when: ({ args }) => args.length === 3 && new Date(Date.UTC(args[0].number, args[1].number - 1, args[2].number)).getUTCMonth() !== args[1].number - 1, standard: () => null },
	{ id: "date() of a date and time with a zone", construct: "date()", clause: "§10.3.4.1, table 73: the day of it, in its zone",
		when: ({ args, kinds }) => args.length === 1 && kinds[0] === "date and time", standard: ([point]) => ({ date: point["date and time"].slice(0, 10) }) },
	{ id: "date() of a text that is no date", construct: ["date()", "date and time()"], clause: "§10.3.2.3.4: the lexical space of xsd:date, year, month and day",
		when: ({ args }) => args.length === 1 && typeof args[0] === "string" && !/^-?\d{4,}-\d\d-\d\d/.test(args[0]), standard: () => null },
	{ id: "date() of a time", construct: "date()", clause: "§10.3.4.1, table 73: from a text or a date and time", when: ({ args, kinds }) => args.length === 1 && kinds[0] === "time",
		standard: () => null },
	{ id: "years and months duration() of times", construct: "years and months duration()", clause: "§10.3.4.1, table 73: between dates, or dates and times",
		when: ({ kinds }) => kinds.includes("time"), standard: () => null },
	{ id: "times in a named zone", construct: ["+", "-", "<", "<=", ">", ">=", "=", "!="], right: "both", clause: "§10.3.2.3.5: the offset of a zone at a time without a date is not told",
		when: ({ args, kinds }) => kinds[0] === "time" && args.some(arg => /@/.test(arg?.time ?? "")) },
	{ id: "a day within hours that do not exist", construct: ["literal", "+", "-"], right: "both", clause: "§10.3.2.3.6: the hours that a zone skips are not spoken of",
		when: ({ text, ours }) => /(2023-03-26|2024-03-31)T02:30:00@Europe\/Paris/.test(ours?.["date and time"] ?? text) },
	{ id: "a duration without parts", construct: "duration()", clause: "§10.3.2.3.8: the lexical space of xsd:duration: a part after P and after T",
		when: ({ text }) => /"P(T|1DT)?"/.test(text), standard: () => null },
	{ id: "date and time() of a date with a zone", construct: "date and time()", clause: "§10.3.4.1, table 73: the day of the first, the time and the zone of the second",
		when: ({ args }) => args.length === 2 && !missing(args),
		standard: ([date, time]) => !/^date/.test(kind(date)) ? null : kind(time) === "time" ? { "date and time": `${(date.date ?? date["date and time"]).slice(0, 10)}T${time.time}` } : undefined },
	{ id: "years and months duration()", construct: "years and months duration()", clause: "§10.3.4.1, table 73: whole months, the day of the month counting",
		when: ({ args }) => args.every(arg => /^date/.test(kind(arg))), standard: ([from, to]) => ({ [durations[0]]: monthsBetween(from, to) }) },
	{ id: "the parts of a duration", construct: "property", clause: "§10.3.2.3.7, §10.3.2.3.8, table 65: P12M is one year, PT36H one day and twelve hours",
		when: ({ args }) => isDuration(args[0]), standard: ([value], { text }) => {
			const amount = value[kind(value)], name = text.slice(text.lastIndexOf(".") + 1);
			const parts = kind(value) === durations[0] ? { years: amount / 12, months: amount % 12 }
				: { days: amount / 86400000, hours: amount % 86400000 / 3600000, minutes: amount % 3600000 / 60000 };
			return name in parts ? number(Math.trunc(parts[name])) : name === "seconds" ? number(amount % 60000 / 1000) : undefined;
		} },
	{ id: "the hour of a date", construct: "property", clause: "§10.3.2.3.4, table 65: a date has a year, a month, a day and a weekday",
		when: ({ args, text }) => kind(args[0]) === "date" && /\.(hour|minute|second)$/.test(text), standard: () => null },
	{ id: "the day of a time", construct: ["property", "day of year", "day of week", "month of year", "week of year"], clause: "§10.3.2.3.5, table 65: a time has no day",
		when: ({ construct, kinds, text }) => kinds[0] === "time" && (construct !== "property" || /(year|month|day)$/.test(text)),
		standard: () => null },
	{ id: "is, of two kinds", construct: "is", clause: "§10.3.4.6, table 77: the same element of the domain; two kinds have none in common",
		when: ({ args }) => kind(args[0]) !== kind(args[1]), standard: () => false },
	{ id: "instance of", construct: "instance of", clause: "§10.3.2.3.1, grammar rule 48: the type of the value; feelin lacks it",
		when: ({ refusal, theirs }) => lacks.test(refusal) || theirs === false, standard: ([value], { text }) => kind(value) === text.match(/ instance of ([^)]*)\)$/)[1] },
	// ---- lists ----
	{ id: "sublist outside of the list", construct: "sublist", clause: "§10.3.4.4, table 75: positions of the list, counted from 1 or from the end",
		when: ({ args }) => kind(args[1]) === "number" && args[0] !== null,
		standard: ([list, start, length]) => {
			const from = rank(listOf(list), start);
			return from === undefined || (length && from + length.number > listOf(list).length) ? null : listOf(list).slice(from, length ? from + length.number : undefined);
		} },
	{ id: "remove outside of the list, or from its end", construct: "remove", clause: "§10.3.4.4, table 75: positions of the list, counted from 1 or from the end",
		when: ({ args }) => args[0] !== null && kind(args[1]) === "number", standard: ([list, position]) => at(listOf(list), position, (copy, index) => copy.splice(index, 1)) },
	{ id: "insert before outside of the list, or from its end", construct: "insert before",
		clause: "§10.3.4.4, table 75: positions of the list, counted from 1 or from the end",
		when: ({ args }) => args[0] !== null && kind(args[1]) === "number", standard: ([list, position, item]) => at(listOf(list), position, (copy, index) => copy.splice(index, 0, item)) },
	{ id: "list replace outside of the list, or from its end", construct: "list replace",
		clause: "§10.3.4.4, table 75: positions of the list, counted from 1 or from the end",
		when: ({ args }) => args[0] !== null && kind(args[1]) === "number", standard: ([list, position, item]) => at(listOf(list), position, (copy, index) => (copy[index] = item)) },
	{ id: "a null list", construct: ["concatenate", "union", "append", "count", "reverse", "flatten", "distinct values", "list contains", "index of", "remove", "insert before",
		"list replace", "sublist", "sort", "string join"], clause: "§10.3.2.13.3: an argument outside of the domain of its parameter makes null",
		when: ({ args }) => args.slice(0, 2).includes(null), standard: ([first, second], { construct }) =>
			first === null || (["concatenate", "union"].includes(construct) && second === null) ? null : undefined },
	{ id: "union of a value", construct: "union", clause: "§10.3.2.9.4: a value stands for the list of it", when: ({ args, refusal }) => !missing(args) && /reduce/.test(refusal),
		standard: args => args.map(listOf).flat().filter((item, i, all) => !all.slice(0, i).some(other => alike(item, other) === true)) },
	{ id: "a date and a date and time are distinct", construct: ["union", "distinct values"], clause: "§10.3.4.4, table 75: by equality, null between two kinds (table 53)",
		when: ({ args }) => args.flat().some(item => kind(item) === "date and time"),
		standard: args => args.map(listOf).flat().filter((item, i, all) => !all.slice(0, i).some(other => alike(item, other) === true)) },
	{ id: "a list holds by equality", construct: "list contains", clause: "§10.3.4.4, table 75: an item equal to the element",
		when: ({ args }) => Array.isArray(args[0]), standard: ([list, element]) => list.some(item => alike(item, element) === true) },
	{ id: "index of, by equality", construct: "index of", clause: "§10.3.4.4, table 75: the ranks of the items equal to the element",
		when: ({ args }) => args[0] !== null, standard: ([list, element]) => listOf(list).map((item, i) => alike(item, element) === true ? number(i + 1) : null).filter(Boolean) },
	{ id: "sort of texts", construct: "sort", clause: "§10.3.4.8, table 54: texts have the order of their code points", when: ({ refusal }) => /^illegal range/.test(refusal),
		standard: ([list]) => listOf(list).every(item => typeof item === "string") ? [...listOf(list)].sort((a, b) => less(a, b) ? -1 : 1) : null },
	{ id: "sort of what has no order", construct: "sort", clause: "§10.3.4.8: precedes gives a boolean for each pair",
		when: ({ args }) => args[0] !== null && listOf(args[0]).some(item => !comparable(item, listOf(args[0])[0])), standard: () => null },
	{ id: "a filter keeps null and false", construct: "filter", clause: "§10.3.2.5: the items for which the condition is true, whatever they are",
		when: ({ args, bodies }) => args[0] !== null && bodies.every(body => body === null || typeof body === "boolean"),
		standard: ([list], { bodies }) => listOf(list).filter((_, i) => bodies[i] === true) },
	{ id: "a filter of null", construct: "filter", clause: "§10.3.2.5: null stands for an empty list", when: ({ args }) => args[0] === null, standard: () => [] },
	{ id: "a filter that is no condition", construct: "filter", clause: "§10.3.2.5: a number or a boolean stands in the brackets",
		when: ({ bodies }) => bodies.some(body => body !== null && typeof body !== "boolean" && kind(body) !== "number"), standard: () => null },
	{ id: "a filter that is a rank", construct: "filter", clause: "§10.3.2.5: a number is a rank of the list", when: ({ bodies }) => bodies.some(body => kind(body) === "number"),
		standard: ([list], { bodies }) => listOf(list)[rank(listOf(list), bodies.find(body => kind(body) === "number"))] ?? null },
	// ---- numbers ----
	{ id: "median by value", construct: "median", clause: "§10.3.4.4, table 75: the middle of the numbers in order (feelin's order is that of their texts)",
		when: ({ args }) => listOf(args[0]).every(item => kind(item) === "number"), standard: ([list]) => {
			const sorted = listOf(list).map(item => item.number).sort((a, b) => a - b), half = sorted.length / 2;
			return number(Number.isInteger(half) ? (sorted[half] + sorted[half - 1]) / 2 : sorted[Math.floor(half)]);
		} },
	{ id: "mode in order", construct: "mode", clause: "§10.3.4.4, table 75: sorted in ascending order", when: ({ args }) => listOf(args[0]).every(item => kind(item) === "number"),
		standard: ([list]) => {
			const count = new Map();
			for (const { number: value } of listOf(list)) count.set(value, (count.get(value) ?? 0) + 1);
			const most = Math.max(...count.values());
			return [...count].filter(([, times]) => times === most).map(([value]) => number(value)).sort((a, b) => a.number - b.number);
		} },
	{ id: "lists of other things than numbers", construct: ["median", "mode", "sum", "mean", "product", "stddev"],
		clause: "§10.3.4.4, table 75: a list of numbers (feelin takes a list of one for its item)",
		when: ({ args }) => listOf(args[0]).some(item => kind(item) !== "number") && !listOf(args[0]).every(isDuration), standard: () => null },
	{ id: "sum of durations", construct: ["sum", "mean"], right: "both", clause: "§10.3.4.4, table 75 speaks of numbers; ours adds durations of one kind too, as + does",
		when: ({ args }) => listOf(args[0]).every(isDuration), standard: ([list], { construct }) => {
			const all = listOf(list), name = kind(all[0]);
			if (all.length === 0 || all.some(item => kind(item) !== name)) return null;
			const total = all.reduce((sum, item) => sum + item[name], 0);
			return { [name]: construct === "sum" ? total : Math.trunc(total / all.length) };
		} },
	{ id: "max of lists of one among values", construct: "max", right: "both", clause: "§10.3.2.9.4: a list of one for its item, where the parameter is of any type",
		when: ({ args }) => args.length === 2 && args.some(arg => Array.isArray(arg) && arg.length === 1) },
	{ id: "min, max of other things than numbers", construct: ["min", "max"], clause: "§10.3.4.4, table 75: of comparable items",
		when: ({ args }) => args.flat().some(item => kind(item) !== "number"),
		standard: (args, { construct }) => {
			const all = args.length === 1 ? listOf(args[0]) : args;
			return all.length === 0 || all.some(item => !comparable(item, all[0])) ? null
				: all.reduce((best, item) => (construct === "min" ? less(item, best) : less(best, item)) ? item : best);
		} },
	{ id: "modulo exact", construct: "modulo", clause: "§10.3.4.5, table 76: dividend - divisor * floor(dividend / divisor), in decimals",
		when: ({ args }) => args.every(arg => kind(arg) === "number") && args[1].number !== 0,
		standard: args => modulo(...args) },
	{ id: "roundings exact", construct: ["floor", "ceiling", "decimal", "round up", "round down", "round half up", "round half down"],
		clause: "§10.3.2.3.1, §10.3.4.5, table 76: of the decimal, not of the nearest double",
		when: ({ args }) => kind(args[0]) === "number" && (args.length === 1 || Number.isInteger(args[1]?.number)), standard: (args, { construct }) => rounded(construct, ...args) },
	{ id: "a scale that is no integer", construct: ["floor", "ceiling", "decimal", "round up", "round down", "round half up", "round half down"], right: "both",
		clause: "§10.3.4.5, table 76: the scale is an integer; ours is cut towards zero", when: ({ args }) => { const scale = listOf(args[1])[0]; return kind(scale) === "number" && !Number.isInteger(scale.number); } },
	{ id: "abs of a duration", construct: "abs", clause: "§10.3.4.5, table 76: of a number or of a duration", when: ({ args }) => isDuration(args[0]),
		standard: ([value]) => ({ [kind(value)]: Math.abs(value[kind(value)]) }) },
	// ---- relations between ranges ----
	{ id: "before, after of what has no order", construct: ["before", "after"], clause: "§10.3.4.9, table 78: comparable points and ends", when: ({ ours }) => ours === null,
		standard: ([a, b], { construct }) => {
			const ends = arg => kind(arg) === "range" ? [arg.range[1], arg.range[2]] : [arg, arg];
			return comparable(...construct === "before" ? [ends(a)[1], ends(b)[0]] : [ends(a)[0], ends(b)[1]]) ? undefined : null;
		} },
	{ id: "before, after of dates and times", construct: ["before", "after"], clause: "§10.3.4.9, table 78: by equality, not identity, of the points",
		when: ({ args }) => args.every(arg => kind(arg) === "date" || (kind(arg) === "range" && kind(arg.range[1]) === "date")),
		standard: ([a, b], { construct }) => {
			const ends = arg => kind(arg) === "range" ? arg.range : ["[", arg, arg, "]"], [first, second] = construct === "before" ? [a, b] : [b, a];
			const [, , high, end] = ends(first), [start, low] = ends(second);
			return less(high, low) || (!less(low, high) && (end === ")" || start === "("));
		} },
	{ id: "relations that feelin lacks", construct: ["during", "starts", "finishes", "coincides"], clause: "§10.3.4.9, table 78", when: ({ theirs, refusal }) => theirs === null || lacks.test(refusal),
		standard: (args, { construct }) => relation(construct, ...args) },
	{ id: "overlaps of what has no order", construct: "overlaps", clause: "§10.3.4.9, table 78: comparable ends",
		when: ({ args }) => args.some(arg => kind(arg) !== "range") || !comparable(args[0].range[1], args[1].range[1]), standard: () => null },
	{ id: "includes of what has no order", construct: "includes", clause: "§10.3.4.9, table 78: comparable points and ends",
		when: ({ args, ours }) => ours === null && (kind(args[0]) !== "range" || !comparable(args[0].range[1], kind(args[1]) === "range" ? args[1].range[1] : args[1])), standard: () => null },
	// ---- contexts ----
	{ id: "context put in what is no context", construct: "context put", clause: "§10.3.4.10, table 79: context put() of each context along the keys; null in what is none",
		when: ({ text, args }) => text.includes('["z", "t"]') && kind(args[0]) === "context" && kind(args[0].context.z) !== "context", standard: () => null },
	{ id: "a name of two words that no entry has", construct: "property", right: "both", clause: "§10.3.1.2, grammar rules 25 to 28: a name of several words is known by its scope",
		when: ({ kinds, ours, theirs }) => kinds[0] === "context" && "refused" in Object(ours) && theirs === null },
	{ id: "an entry compared with a number", construct: "context", clause: "§10.3.2.13.2, table 54: null between two kinds", when: ({ args, text }) => /b: n > 1\}$/.test(text),
		standard: ([n, s]) => ({ context: { n, s, b: compared(">", n, number(1)) } }) },
];

function not(value) {
	return value === undefined ? undefined : value === null ? null : !value;
}

// The pairs of kinds that + and - have a value for (tables 57 to 60).
const pairs = [["+", "number", "number"], ["+", "string", "string"], ["-", "number", "number"],
	...["date", "date and time"].flatMap(point => durations.flatMap(span => [["+", point, span], ["+", span, point], ["-", point, span]])),
	["+", "time", durations[1]], ["+", durations[1], "time"], ["-", "time", durations[1]], ["-", "time", "time"],
	...["date", "date and time"].flatMap(a => ["date", "date and time"].map(b => ["-", a, b])), ...durations.flatMap(span => [["+", span, span], ["-", span, span]])];
