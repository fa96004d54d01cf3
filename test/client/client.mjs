// A visitor without a browser: plain HTTP, cookies, the forms that pages hold. For the tests that kill and load the server.
import http from "node:http";
import { createHash } from "node:crypto";

const entities = { amp: "&", lt: "<", gt: ">", quot: "\"", "#39": "'" };
export const decode = text => text.replace(/&(#39|amp|lt|gt|quot);/g, (_, name) => entities[name]);

const attribute = (tag, name) => {
	const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag);
	return found ? decode(found[1]) : undefined;
};

// The form of a page that posts to this address (the only one, or the one that contains `inside`): its hidden fields and
// its tokens, ready to be completed. Throws with the page's title when it is not there.
export function formOf(page, action, inside = "") {
	for (const [, open, content] of page.text.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
		if (attribute(open, "action") !== action || !content.includes(inside)) continue;
		const fields = [];
		for (const [, tag] of content.matchAll(/<input([^>]*)>/g))
			if (attribute(tag, "type") === "hidden") fields.push([attribute(tag, "name"), attribute(tag, "value") ?? ""]);
		return fields;
	}
	throw Object.assign(new Error(`no form to ${action} on « ${titleOf(page)} » (${page.status})`), { status: page.status });
}

export const titleOf = page => decode(/<title>([^<]*)/.exec(page.text)?.[1] ?? "no title");

// What a visitor's browser does, and no more: `client.get(path)` and `client.post(path, fields, file)` answer
// { status, location, headers, body, text }; a connection that breaks throws, with error.network true.
export class Client {
	constructor(port, { timeout = 20000 } = {}) {
		this.port = port;
		this.timeout = timeout;
		this.cookies = new Map();
		this.agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
	}

	close() {
		this.agent.destroy();
	}

	send(method, path, type, body) {
		const headers = { Host: `127.0.0.1:${this.port}` };
		if (this.cookies.size) headers.Cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
		if (type) Object.assign(headers, { "Content-Type": type, "Content-Length": body.length });
		return new Promise((resolve, reject) => {
			const broken = error => reject(Object.assign(new Error(`${method} ${path}: ${error.message}`), { network: true }));
			const request = http.request({ host: "127.0.0.1", port: this.port, method, path, headers, agent: this.agent,
				timeout: this.timeout }, answer => {
				const chunks = [];
				answer.on("data", chunk => chunks.push(chunk));
				answer.on("error", broken);
				answer.on("end", () => {
					if (!answer.complete) return broken(new Error("cut"));
					for (const line of answer.headers["set-cookie"] ?? []) {
						const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
						if (value === "" || /Max-Age=0\b/i.test(line)) this.cookies.delete(name);
						else this.cookies.set(name, value);
					}
					const bytes = Buffer.concat(chunks);
					resolve({ status: answer.statusCode, location: answer.headers.location, headers: answer.headers, body: bytes,
						get text() { return bytes.toString("utf8"); } });
				});
			});
			request.on("timeout", () => request.destroy(new Error("no answer")));
			request.on("error", broken);
			request.end(body);
		});
	}

	get(path) {
		return this.send("GET", path);
	}

	// `fields` is a list of [name, value]; with a file { field, name, type, bytes } the form is a multipart one.
	post(path, fields, file) {
		if (!file)
			return this.send("POST", path, "application/x-www-form-urlencoded", Buffer.from(new URLSearchParams(fields).toString()));
		const boundary = `limite-${createHash("sha256").update(file.bytes).digest("hex").slice(0, 24)}`;
		const parts = fields.map(([name, value]) =>
			Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`));
		parts.push(Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${file.field}"; filename="${file.name}"\r\n`
			+ `Content-Type: ${file.type}\r\n\r\n`), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`));
		return this.send("POST", path, `multipart/form-data; boundary=${boundary}`, Buffer.concat(parts));
	}
}

// In the demonstration anybody is entered by their matricule.
export async function enter(client, matricule) {
	client.cookies.clear();
	const fields = formOf(await client.get("/connexion"), "/connexion").filter(([name]) => name === "jeton");
	const answer = await client.post("/demo", [...fields, ["personne", matricule]]);
	if (answer.status !== 303)
		throw Object.assign(new Error(`${matricule} does not enter: « ${titleOf(answer)} »`), { status: answer.status });
}

// A page of one line, whole enough for any reader, with a text that tells it from the others.
export function smallPdf(text) {
	const content = `BT /F 12 Tf 20 40 Td (${text.replace(/[()\\]/g, "")}) Tj ET`;
	const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>>",
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", `<</Length ${content.length}>>\nstream\n${content}\nendstream`];
	let pdf = "%PDF-1.4\n";
	const at = objects.map((object, i) => {
		const start = pdf.length;
		pdf += `${i + 1} 0 obj\n${object}\nendobj\n`;
		return start;
	});
	const table = pdf.length;
	pdf += `xref\n0 6\n0000000000 65535 f \n${at.map(start => `${String(start).padStart(10, "0")} 00000 n \n`).join("")}`
		+ `trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
	return Buffer.from(pdf, "latin1");
}

// Numbers that the same seed gives again.
export function random(seed) {
	let state = seed >>> 0 || 1;
	const next = () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = Math.imul(state ^ state >>> 15, 1 | state);
		t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
		return ((t ^ t >>> 14) >>> 0) / 4294967296;
	};
	return { real: next, below: limit => Math.floor(next() * limit), pick: list => list[Math.floor(next() * list.length)] };
}

export const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
