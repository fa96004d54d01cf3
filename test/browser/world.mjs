// The demonstration académie at work, for the tests that go through the whole site: requests filed, who is who, and a
// visitor made of plain HTTP that sends forms as a browser without script does.
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startServer } from "./harness.mjs";

const run = promisify(execFile);

export const campaign = "teletravail-academie-2023-2024";
// A page that is blank, whole enough for any reader; the word makes it a file of its own.
export function pdfOf(word = "blanc") {
	const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]>>", `(${word})`];
	let body = "%PDF-1.4\n";
	const places = objects.map((object, i) => {
		const at = body.length;
		body += `${i + 1} 0 obj\n${object}\nendobj\n`;
		return `${String(at).padStart(10, "0")} 00000 n \n`;
	});
	return Buffer.from(`${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join("")}`
		+ `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${body.length}\n%%EOF\n`);
}
export const pdf = pdfOf();

// { method, path, right } of each route, as the program itself tells.
export const routes = async () => JSON.parse((await run("build/guichet", ["routes"])).stdout);

// ---- plain HTTP -----------------------------------------------------------------------

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", "#10": "\n" };
const decode = text => text.replace(/&(#?\w+);/g, (whole, name) => entities[name] ?? whole);
const attribute = (tag, name) => {
	const found = new RegExp(`\\s${name}(?:="([^"]*)")?(?=[\\s>/])`).exec(tag);
	return found ? decode(found[1] ?? "") : null;
};
export const textOf = html => decode(html.replace(/<script[\s\S]*?<\/script>|<[^>]*>/g, " ").replace(/\s+/g, " ")).trim();
// The main part of a page, in words.
export const mainOf = html => textOf(/<main[\s\S]*<\/main>/.exec(html)?.[0] ?? html);

// The POST forms of a page: [{ action, fields: [[name, value]…] }], as they would be sent untouched.
export function formsOf(html) {
	return [...html.matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/g)].map(([form]) => {
		const fields = [];
		for (const [tag] of form.matchAll(/<(?:input|textarea|select)\b[^>]*>(?:([^<]*)<\/textarea>|([\s\S]*?)<\/select>)?/g)) {
			const name = attribute(tag, "name"), type = attribute(tag, "type");
			if (!name || ["file", "submit"].includes(type) || (["radio", "checkbox"].includes(type) && attribute(tag, "checked") === null))
				continue;
			if (tag.startsWith("<textarea"))
				fields.push([name, decode(/>([^<]*)<\/textarea>/.exec(tag)[1])]);
			else
				fields.push([name, tag.startsWith("<select") ? attribute(/<option[^>]*>/.exec(tag)[0], "value") : attribute(tag, "value") ?? ""]);
		}
		const open = /<form\b[^>]*>/.exec(form)[0];
		return { action: attribute(open, "action"), method: attribute(open, "method"), fields };
	});
}

// Somebody's browser without script: cookies, pages, forms.
export class Client {
	constructor(url) {
		this.url = url;
		this.cookies = new Map();
	}

	async send(method, path, { body, headers = {} } = {}) {
		const response = await fetch(this.url + path, { method, body, redirect: "manual", headers: {
			...(this.cookies.size ? { Cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ") } : {}), ...headers } });
		for (const line of response.headers.getSetCookie?.() ?? [response.headers.get("set-cookie")].filter(Boolean)) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
			value ? this.cookies.set(name, value) : this.cookies.delete(name);
		}
		return { status: response.status, headers: response.headers, location: response.headers.get("location"), html: await response.text() };
	}

	get(path) {
		return this.send("GET", path);
	}

	// `fields`: [[name, value]…] or an object; a Buffer value is a file. With a file or `multipart`, as multipart/form-data.
	post(path, fields, { headers = {}, multipart = false } = {}) {
		const list = Array.isArray(fields) ? fields : Object.entries(fields);
		if (!multipart && !list.some(([, value]) => value instanceof Buffer))
			return this.send("POST", path, { body: new URLSearchParams(list), headers });
		const body = new FormData();
		for (const [name, value] of list)
			value instanceof Buffer ? body.append(name, new Blob([value]), "attestation.pdf") : body.append(name, value);
		return this.send("POST", path, { body, headers });
	}

	// The form of the page `from` whose action is `action` (default: that page), with `given` in place of its values.
	async form(from, action, given = {}) {
		const page = await this.get(from);
		const wanted = action ?? from.split("?")[0];
		const form = formsOf(page.html).find(one => one.method === "post" && decodeURI(one.action) === decodeURI(wanted));
		if (!form)
			throw new Error(`no form to ${wanted} on ${from} (${page.status}): ${mainOf(page.html).slice(0, 300)}`);
		const names = new Set(Object.keys(given));
		const fields = form.fields.filter(([name]) => !names.has(name));
		for (const [name, value] of Object.entries(given))
			for (const one of Array.isArray(value) ? value : [value])
				fields.push([name, one]);
		return { action: form.action, fields };
	}

	// Fills and sends it.
	async submit(from, action, given, options) {
		const form = await this.form(from, action, given);
		return this.post(form.action, form.fields, options);
	}
}

// ---- the académie ---------------------------------------------------------------------

// A server on 8 June 2023 with `dossiers` requests filed, and its people. The same requests each time.
//   requests: [{ number, id, agent, structure, chef }]; people(function): those that /demo proposes
//   as(matricule) -> its Client, logged in; as(null): nobody
//   moveTo("2023-06-19T08:00"): all that is due by then has happened when it returns
export async function startWorld({ dossiers = 150 } = {}) {
	const data = await mkdtemp(join(tmpdir(), "guichet-world-"));
	await (await startServer({ data, clock: "2023-06-08T09:00" })).stop();
	const told = (await run("build/release-gcc/seed", [data, "--dossiers", String(dossiers)], { maxBuffer: 1 << 24 })).stdout;
	const requests = told.trim().split("\n").map(line => {
		const [number, id, agent, structure, chef] = line.split(" ");
		return { number, id, agent, structure, chef };
	});
	const server = await startServer({ data, clock: "2023-06-08T10:30", more: ["--resume"] });
	const nobody = new Client(server.url);
	const known = new Map();
	const proposed = [...(await nobody.get("/demo")).html.matchAll(/<tr>([\s\S]*?)<\/tr>/g)].map(([, row]) => ({
		matricule: /name="personne" value="([^"]*)"/.exec(row)?.[1],
		role: textOf(/data-label="Fonction">([^<]*)</.exec(row)?.[1] ?? ""),
		structure: textOf(/data-label="Structure">([^<]*)</.exec(row)?.[1] ?? ""),
	})).filter(one => one.matricule);
	const world = {
		now: Date.parse("2023-06-08T10:30+02:00") * 1000,
		server, url: server.url, data, requests,
		people: role => proposed.filter(one => one.role === role),
		client: () => new Client(server.url),
		// A new session of somebody.
		async enter(matricule) {
			const client = new Client(server.url);
			const entered = matricule ? await client.submit("/demo", "/demo", { personne: matricule }) : null;
			if (entered && entered.status !== 303)
				throw new Error(`${matricule} cannot enter: ${mainOf(entered.html).slice(0, 200)}`);
			return client;
		},
		// One session of each for a whole run.
		async as(matricule) {
			if (!matricule)
				return new Client(server.url);
			if (!known.has(matricule))
				known.set(matricule, this.enter(matricule));
			return known.get(matricule);
		},
		async moveTo(moment) {
			const moved = await nobody.submit("/demo/horloge", "/demo/horloge", { instant: [], moment });
			if (moved.status !== 303)
				throw new Error(`the clock does not move to ${moment}: ${mainOf(moved.html).slice(0, 300)}`);
			this.now = Date.parse(`${moment}+02:00`) * 1000; // every campaign of the tests runs in summer time
			await this.settle();
		},
		// Waits until all that is due has happened: effects, letters, batches.
		async settle(seconds = 60) {
			const waiting = `SELECT (SELECT count(*) FROM due WHERE at <= ${this.now}) + (SELECT count(*) FROM job WHERE next_at <= ${this.now})
				+ (SELECT count(*) FROM batch WHERE done_at IS NULL)`;
			for (const deadline = Date.now() + seconds * 1000; (await this.sql(waiting)) !== "0"; await new Promise(resolve => setTimeout(resolve, 100)))
				if (Date.now() > deadline)
					throw new Error(`still at work after ${seconds} s:\n${server.log().slice(-2000)}`);
		},
		async sql(text) {
			return (await run("sqlite3", ["-readonly", join(data, "guichet.db"), text])).stdout.trim();
		},
		// How much the record holds: what a page that only shows must leave alone.
		async counts() {
			const tables = ["event", "dossier", "draft", "draft_piece", "mail", "act", "due", "link", "once", "exemption", "batch", "account", "account_token"];
			const sql = tables.map(table => `SELECT '${table}', count(*) FROM ${table}`).join(" UNION ALL ");
			return Object.fromEntries((await this.sql(sql)).split("\n").map(line => line.split("|")).map(([name, count]) => [name, Number(count)]));
		},
		// The links of mails about `subject` still to be read on the page of the demonstration.
		async links(subject, address) {
			const list = (await nobody.get(`/demo/courriels${address ? `?adresse=${encodeURIComponent(address)}` : ""}`)).html;
			const mails = [...list.matchAll(/href="(\/demo\/courriels\/[^"?]+)"[^>]*>([^<]*)</g)].filter(([, , words]) => decode(words).includes(subject));
			const found = [];
			for (const [, path] of mails)
				for (const [, token] of (await nobody.get(path)).html.matchAll(/\/lien\/([\w-]+)/g))
					found.push(token);
			return [...new Set(found)];
		},
		async stop() {
			await server.stop();
			await rm(data, { recursive: true, force: true });
		},
	};
	await world.settle();
	return world;
}

// A complete draft of a person who has none: every step, its piece. Ends on the page that files.
export async function prepareDraft(client, { piece = true, days = ["mardi"] } = {}) {
	const path = `/campagnes/${campaign}/demande`;
	const steps = [
		{ date_échange: "2023-06-07", supérieur: "Mme Odile Fauvert", accord: "oui", autodiagnostic_fait: "oui" },
		{ nombre_jours: String(days.length), jours_souhaités: days, modalités: "Instruction des dossiers, joignable de 9 h à 17 h.",
			autorisation_précédente: "aucune", date_souhaitée: "2023-09-01" },
		{ adresse: "4 rue des Tilleuls, 99100 Rovoncey" },
	];
	for (let step = 0; step < steps.length; step++) {
		const sent = await client.submit(`${path}?etape=${step + 1}`, path, { ...steps[step], suite: "continuer" });
		if (sent.status !== 303)
			throw new Error(`step ${step + 1} is refused (${sent.status}): ${mainOf(sent.html).slice(0, 400)}`);
	}
	if (piece) {
		const sent = await client.submit(`${path}?etape=4`, `${path}/pieces/assurance`, { fichier: pdf });
		if (sent.status !== 303)
			throw new Error(`the piece is refused (${sent.status}): ${mainOf(sent.html).slice(0, 400)}`);
	}
	return `${path}/recapitulatif`;
}
