// What the standard says of values, in a few lines of their own, on values in the form of values.mjs: the kinds that compare,
// equality, order, three-valued logic, ranks. Neither ours nor feelin's: the rules judge both by it.
export const kind = value => value === null || value === undefined ? "null" : Array.isArray(value) ? "list"
	: typeof value === "object" ? Object.keys(value)[0] : typeof value;

const ordered = ["number", "string", "date", "time", "date and time", "years and months duration", "days and time duration"];
const hasZone = value => /(Z|[+-]\d\d:\d\d|@.*)$/.test(value.time ?? value["date and time"].slice(10));
const isClock = value => ["time", "date and time"].includes(kind(value));

// Is `<` true or false between the two (§10.3.2.13.2, table 54)?
export const comparable = (a, b) => kind(a) === kind(b) && ordered.includes(kind(a)) && (!isClock(a) || hasZone(a) === hasZone(b));

// The milliseconds of a clock; as if in UTC in a named zone.
function clock(value) {
	const written = (value.time ? `1970-01-01T${value.time}` : value["date and time"]).replace(/@.*/, "Z");
	return Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(written.slice(10)) ? written : written + "Z");
}

// -1, 0 or 1 between two comparable values; undefined between clocks within a day when one is in a named zone.
export function order(a, b) {
	if (isClock(a)) {
		const gap = clock(a) - clock(b), named = [a, b].some(value => /@/.test(value[kind(value)]));
		return named && Math.abs(gap) < 86400000 ? undefined : Math.sign(gap);
	}
	const [x, y] = typeof a === "string" ? [[...a].map(c => c.codePointAt(0)), [...b].map(c => c.codePointAt(0))] : [[a[kind(a)]], [b[kind(b)]]];
	for (let i = 0; i < Math.min(x.length, y.length); i++)
		if (x[i] !== y[i] && !(typeof x[i] === "number" && Math.abs(x[i] - y[i]) <= 1e-12 * Math.abs(x[i]))) return x[i] < y[i] ? -1 : 1;
	return Math.sign(x.length - y.length);
}

export const less = (a, b) => comparable(a, b) && order(a, b) < 0;

const holds = { "<": n => n < 0, "<=": n => n <= 0, ">": n => n > 0, ">=": n => n >= 0 };
export function compared(sign, a, b) {
	if (!comparable(a, b)) return null;
	const n = order(a, b);
	return n === undefined ? undefined : holds[sign](n);
}

// Tables 50 and 51; undefined is what is not computed here.
export const and = (a, b) => a === false || b === false ? false : a === undefined || b === undefined ? undefined
	: a === true && b === true ? true : null;
export const or = (a, b) => a === true || b === true ? true : a === undefined || b === undefined ? undefined
	: a === false && b === false ? false : null;

// Equality (§10.3.2.13.1, table 53).
export function alike(a, b) {
	if (a === null || b === null) return a === b;
	if (kind(a) !== kind(b)) {
		const both = [a, b].map(value => value["years and months duration"] ?? value["days and time duration"]);
		return both.every(amount => amount !== undefined) ? both.every(amount => amount === 0) : null;
	}
	if (Array.isArray(a)) return a.length === b.length ? a.map((item, i) => alike(item, b[i])).reduce(and, true) : false;
	if (a.context) {
		const names = Object.keys(a.context);
		return names.length === Object.keys(b.context).length && names.every(name => name in b.context)
			? names.map(name => alike(a.context[name], b.context[name])).reduce(and, true) : false;
	}
	if (a.range) return a.range.every((part, i) => typeof part === "string" && /^[[\]()]$/.test(part) && i % 3 === 0 ? part === b.range[i]
		: alike(part, b.range[i]) === true);
	if (typeof a === "boolean") return a === b;
	if (!comparable(a, b)) return false;
	const n = order(a, b);
	if (n === undefined) return a[kind(a)] === b[kind(b)] || undefined;
	return n === 0;
}

// A value under one test (§10.3.2.13, table 55): `sign` is a comparison or "".
export function isIn(value, sign, test) {
	if (sign === "=") return alike(value, test);
	if (sign) return compared(sign, value, test);
	if (kind(test) === "range") {
		const [start, low, high, end] = test.range;
		return and(low === null ? true : compared(start === "[" ? ">=" : ">", value, low), high === null ? true : compared(end === "]" ? "<=" : "<", value, high));
	}
	if (Array.isArray(test)) return alike(value, test) === true || test.some(item => kind(item) === "range" ? isIn(value, "", item) === true : alike(value, item) === true);
	return alike(value, test);
}

// A rank of a list as an index: from 1, or from the end; undefined outside (§10.3.4.4). A fraction is cut, as ours cuts it.
export function rank(list, position) {
	const whole = Math.trunc(position.number), index = whole < 0 ? list.length + whole : whole - 1;
	return index >= 0 && index < list.length ? index : undefined;
}

// Whole months from a day to another (§10.3.4.1, table 73).
export function monthsBetween(from, to) {
	const [[y1, m1, d1], [y2, m2, d2]] = [from, to].map(each => (each.date ?? each["date and time"].slice(0, 10)).split("-").map(Number));
	const months = (y2 - y1) * 12 + m2 - m1;
	return months > 0 && d2 < d1 ? months - 1 : months < 0 && d2 > d1 ? months + 1 : months;
}

// A date and a days and time duration, added or subtracted: the day on which one arrives from midnight (table 60).
export function wholeDays(args, sign) {
	const date = args.find(arg => kind(arg) === "date").date, span = args.find(arg => kind(arg) !== "date")["days and time duration"];
	if (sign === "-" && kind(args[0]) !== "date") return null;
	const arrived = Math.floor((Date.parse(`${date}T00:00:00Z`) + (sign === "-" ? -span : span)) / 86400000) * 86400000;
	return { date: new Date(arrived).toISOString().slice(0, 10) };
}

// A decimal as a whole number of units of 10^-40, from its text.
const unit = 40;
function exact(value) {
	const [, sign, whole, fraction = ""] = /^(-?)(\d*)\.?(\d*)$/.exec(value.written ?? String(value.number)) ?? [];
	if (whole === undefined || fraction.length > unit) return undefined;
	return BigInt(`${sign}${whole || 0}${fraction.padEnd(unit, "0")}`);
}
const ofExact = units => ({ number: Number(units) / 10 ** unit });

// dividend - divisor * floor(dividend / divisor) (§10.3.4.5, table 76).
export function modulo(dividend, divisor) {
	const [a, b] = [exact(dividend), exact(divisor)];
	if (a === undefined || b === undefined) return undefined;
	return b === 0n ? null : ofExact(((a % b) + b) % b);
}

const roundings = {
	floor: (quotient, rest) => rest < 0n ? -1n : 0n,
	ceiling: (quotient, rest) => rest > 0n ? 1n : 0n,
	"round up": (quotient, rest) => rest === 0n ? 0n : rest < 0n ? -1n : 1n,
	"round down": () => 0n,
	"round half up": (quotient, rest, half) => rest >= half ? 1n : rest <= -half ? -1n : 0n,
	"round half down": (quotient, rest, half) => rest > half ? 1n : rest < -half ? -1n : 0n,
	decimal: (quotient, rest, half) => rest > half || (rest === half && quotient % 2n) ? 1n : rest < -half || (rest === -half && quotient % 2n) ? -1n : 0n,
};

// A number rounded to `scale` digits after the point (§10.3.4.5, table 76).
export function rounded(name, value, scale) {
	const digits = scale?.number ?? 0, units = exact(value);
	if (digits < -6111 || digits > 6176) return null;
	if (units === undefined || digits < -6000 || digits > unit) return undefined;
	const step = 10n ** BigInt(unit - digits);
	const quotient = units / step, rest = units % step; // towards zero
	return ofExact((quotient + roundings[name](quotient, rest, step / 2n)) * step);
}

// Relations between two ranges of one kind, as table 78 writes them (§10.3.4.9); null when their ends do not compare.
export function relation(name, a, b) {
	if (![a, b].every(each => kind(each) === "range") || ![1, 2].every(end => comparable(a.range[end], b.range[end]))) return null;
	const [[start1, low1, high1, end1], [start2, low2, high2, end2]] = [a.range, b.range];
	const sameStart = order(low1, low2) === 0 && start1 === start2, sameEnd = order(high1, high2) === 0 && end1 === end2;
	const startsWithin = less(low2, low1) || (order(low1, low2) === 0 && (start1 === "(" || start2 === "["));
	const endsWithin = less(high1, high2) || (order(high1, high2) === 0 && (end1 === ")" || end2 === "]"));
	return { during: startsWithin && endsWithin, starts: sameStart && endsWithin, finishes: sameEnd && startsWithin, coincides: sameStart && sameEnd }[name];
}
