// Values of both sides in one form, to be compared: null, booleans, strings, { number }, { date }, { time }, { "date and time" },
// { "years and months duration": months }, { "days and time duration": milliseconds }, lists, { context: {…} },
// { range: [start sign, low, high, end sign] }, { function: true }, { refused: message }.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
// The luxon that feelin loaded: its values are of its classes.
const luxon = createRequire(require.resolve("feelin"))("luxon");

const temporal = ["date", "time", "date and time"];

// "P1Y2M" in months.
function monthsOf(written) {
	const found = /^(-?)P(?:(\d+)Y)?(?:(\d+)M)?$/.exec(written);
	return (found[1] ? -1 : 1) * (Number(found[2] ?? 0) * 12 + Number(found[3] ?? 0));
}

// "P1DT2H3M4.5S" in milliseconds.
function millisecondsOf(written) {
	const found = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(written);
	const [days, hours, minutes, seconds] = [2, 3, 4, 5].map(i => Number(found[i] ?? 0));
	return (found[1] ? -1 : 1) * Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
}

// A value of `feel-values`.
export function ofOurs(json) {
	if (json === null || typeof json !== "object") return json;
	if (Array.isArray(json)) return json.map(ofOurs);
	if ("null" in json) return null;
	if ("number" in json) return { number: Number(json.number), written: json.number };
	if ("context" in json) return { context: Object.fromEntries(json.context.map(([name, value]) => [name, ofOurs(value)])) };
	if ("range" in json) return { range: [json.range[0], ofOurs(json.range[1]), ofOurs(json.range[2]), json.range[3]] };
	if ("years and months duration" in json)
		return { "years and months duration": monthsOf(json["years and months duration"]), written: json["years and months duration"] };
	if ("days and time duration" in json)
		return { "days and time duration": millisecondsOf(json["days and time duration"]), written: json["days and time duration"] };
	return json;
}

function zoneOf(value) {
	if (value.zone.type === "system") return "";
	if (value.zone.type === "iana") return `@${value.zone.name}`;
	if (value.offset === 0) return "Z";
	const minutes = Math.abs(value.offset), two = number => String(number).padStart(2, "0");
	return `${value.offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

// A value of feelin.
export function ofFeelin(value) {
	if (value === null || value === undefined) return null;
	if (typeof value === "boolean" || typeof value === "string") return value;
	if (typeof value === "number") return { number: value };
	if (typeof value === "function") return { function: true };
	if (Array.isArray(value)) return value.map(ofFeelin);
	if (luxon.Duration.isDuration(value)) {
		const months = value.years * 12 + value.months;
		const milliseconds = value.set({ years: 0, months: 0 }).toMillis();
		const inMonths = ["years", "months"].some(unit => unit in value.toObject()) && milliseconds === 0;
		return inMonths ? { "years and months duration": months } : { "days and time duration": milliseconds, months };
	}
	if (luxon.DateTime.isDateTime(value)) {
		if (!value.isValid) return { refused: "invalid DateTime" };
		const day = value.toFormat("yyyy-MM-dd"), hour = value.toFormat("HH:mm:ss");
		const fraction = value.millisecond ? `.${String(value.millisecond).padStart(3, "0").replace(/0+$/, "")}` : "";
		return { feelin: true, day, hour: hour + fraction, zone: zoneOf(value), isTime: day === "1900-01-01",
			isDate: hour === "00:00:00" && !fraction && value.zone === luxon.FixedOffsetZone.utcInstance };
	}
	if (value.constructor?.name === "Range")
		return { range: [value["start included"] ? "[" : "(", ofFeelin(value.start), ofFeelin(value.end), value["end included"] ? "]" : ")"] };
	if (value.constructor?.name === "FunctionWrapper") return { function: true };
	return { context: Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, ofFeelin(entry)])) };
}

// Binary doubles of feelin beside our 34 digits: what both round to.
function sameNumber(a, b) {
	const gap = Math.abs(a - b);
	return a === b || gap <= 1e-12 || gap <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
}

function sameMoment(ours, theirs) {
	const kind = temporal.find(name => name in ours);
	if (kind === "date") return theirs.isDate && ours.date === theirs.day;
	if (kind === "time") return theirs.isTime && ours.time === theirs.hour + theirs.zone;
	return ours["date and time"] === `${theirs.day}T${theirs.hour}${theirs.zone}`;
}

export function same(ours, theirs) {
	if (ours === null || theirs === null || typeof ours !== "object" || typeof theirs !== "object") return ours === theirs;
	if (Array.isArray(ours) || Array.isArray(theirs))
		return Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length && ours.every((item, i) => same(item, theirs[i]));
	if ("refused" in ours || "refused" in theirs) return "refused" in ours && "refused" in theirs;
	if (theirs.feelin) return temporal.some(name => name in ours) && sameMoment(ours, theirs);
	if ("number" in ours) return "number" in theirs && sameNumber(ours.number, theirs.number);
	if ("context" in ours) {
		const names = Object.keys(ours.context);
		return "context" in theirs && names.length === Object.keys(theirs.context).length
			&& names.every(name => name in theirs.context && same(ours.context[name], theirs.context[name]));
	}
	if ("range" in ours)
		return "range" in theirs && ours.range.every((part, i) => typeof part === "string" ? part === theirs.range[i] : same(part, theirs.range[i]));
	if ("function" in ours) return "function" in theirs;
	const months = ours["years and months duration"], milliseconds = ours["days and time duration"];
	if (months !== undefined)
		return months === theirs["years and months duration"] || (months === 0 && theirs["days and time duration"] === 0 && !theirs.months);
	if (milliseconds !== undefined)
		return (milliseconds === theirs["days and time duration"] && !theirs.months)
			|| (milliseconds === 0 && theirs["years and months duration"] === 0);
	return false;
}

// One of our values as a literal that gives it back; null when none does.
export function literalOf(value) {
	if (value === null) return "null";
	if (typeof value === "string") return JSON.stringify(value).replace(/[\u007f-\uffff]/g, c => c);
	if (typeof value === "boolean") return String(value);
	if (Array.isArray(value)) {
		const items = value.map(literalOf);
		return items.includes(null) ? null : `[${items.join(", ")}]`;
	}
	if ("number" in value) return /e/.test(value.written) ? null : value.written.startsWith("-") ? `(${value.written})` : value.written;
	if ("context" in value) {
		const entries = Object.entries(value.context).map(([name, entry]) => [name, literalOf(entry)]);
		return entries.some(([, entry]) => entry === null) ? null : `{${entries.map(([name, entry]) => `${name}: ${entry}`).join(", ")}}`;
	}
	if ("range" in value) {
		const [start, low, high, end] = value.range, bounds = [literalOf(low), literalOf(high)];
		return low === null || high === null || bounds.includes(null) ? null : `${start}${bounds.join("..")}${end}`;
	}
	if (value.written) return `@"${value.written}"`;
	const kind = temporal.find(name => name in value);
	return kind ? `@"${value[kind]}"` : null;
}

export function show(value) {
	if (value && value.feelin) return `${value.isTime ? "" : value.day}${value.isDate ? "" : `T${value.hour}${value.zone}`}`;
	if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
	return literalOf(value) ?? JSON.stringify(value);
}
