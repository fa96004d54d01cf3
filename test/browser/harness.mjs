// What a browser test needs: the server, a browser, visitors, mails, PDF, and a tiny runner.
// Each run has its own ports and folders, so that several runs may share a machine.
import { spawn, execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { mkdtemp, mkdir, readFile, readdir, rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const run = promisify(execFile);
const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const screenshots = "build/screenshots";

// What a test that failed left running ends with us.
const children = new Set();
process.on("exit", () => { for (const child of children) if (child.exitCode === null) child.kill("SIGKILL"); });

// ---- The server -----------------------------------------------------------------------

// The one place that knows how the server is started for a test.
function serverCommand({ port, data, clock, smtpPort, procedures, place, more }) {
	// each place is filled once for all tests; each server has its own copy
	const base = procedures ? join(procedures, "..", "base") : place?.includes("/") ? `${place}-filled`
		: place ? `build/demo-tests-${place}` : "build/demo-tests";
	return ["build/guichet", ["demo", base, "--port", String(port), "--data", data,
		...(place ? ["--place", place] : []),
		...(clock ? ["--clock", clock] : []),
		...(smtpPort ? ["--smtp", `smtp://127.0.0.1:${smtpPort}`] : []),
		...(procedures ? ["--procedures", procedures] : []), ...(more ?? [])]];
}

export async function freePort() {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	server.close();
	await once(server, "close");
	return port;
}

// Starts the server on a free port with its own data folder; answers once it serves.
//   startServer({ clock: "2023-06-08T10:00" }) -> { url, data, port, log(), stop(), kill() }
export async function startServer({ clock, smtpPort, procedures, place, more, data, port, patience = 120 } = {}) {
	const owned = !data;
	data ??= await mkdtemp(join(tmpdir(), "guichet-browser-"));
	port ??= 0; // any free one: the line that says it serves tells which
	const [program, args] = serverCommand({ port, data, clock, smtpPort, procedures, place, more });
	const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
	let log = "", ended = null;
	child.stdout.on("data", chunk => { log = (log + chunk).slice(-200000); });
	child.stderr.on("data", chunk => { log = (log + chunk).slice(-200000); });
	child.on("exit", (code, signal) => { ended = signal ?? code; });
	child.on("error", error => { ended = error.message; });
	children.add(child);
	const deadline = Date.now() + patience * 1000;
	let url = null;
	for (;;) {
		if (ended !== null) throw new Error(`the server ended (${ended}):\n${log.slice(-3000)}`);
		url = /^Guichet, en démonstration\s: (http:\S+)$/m.exec(log)?.[1];
		if (url) break;
		if (Date.now() > deadline) { child.kill("SIGKILL"); throw new Error(`the server does not answer:\n${log.slice(-3000)}`); }
		await new Promise(resolve => setTimeout(resolve, 50));
	}
	const end = async signal => {
		if (ended === null) { child.kill(signal); await once(child, "exit"); }
		if (owned) await rm(data, { recursive: true, force: true });
		return ended;
	};
	return { url, data, port: Number(new URL(url).port), pid: child.pid, log: () => log, stop: () => end("SIGTERM"), kill: () => end("SIGKILL") };
}

// ---- The browser and its visitors -----------------------------------------------------

let browser;

async function theBrowser() {
	browser ??= await chromium.launch({
		executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
		args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
			"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"],
	});
	return browser;
}

// A new visitor with a page and cookies of their own.
//   visitor({ javascript: false, phone: true, url }) -> page; page.context().close() ends the visit
// page.mistakes collects what the browser complained of: script errors and refused resources.
export async function visitor({ javascript = true, phone = false, url } = {}) {
	const context = await (await theBrowser()).newContext({
		javaScriptEnabled: javascript, locale: "fr-FR", timezoneId: "Europe/Paris", baseURL: url,
		viewport: phone ? { width: 375, height: 740 } : { width: 1280, height: 900 },
		deviceScaleFactor: phone ? 2 : 1, isMobile: phone, hasTouch: phone, acceptDownloads: true,
	});
	context.setDefaultTimeout(Number(process.env.PATIENCE ?? 15) * 1000);
	const page = await context.newPage();
	page.mistakes = [];
	page.on("pageerror", error => page.mistakes.push(String(error)));
	page.on("console", message => {
		// a page that answers 4xx on purpose is no mistake of the browser's
		if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) page.mistakes.push(message.text());
	});
	return page;
}

// The accessibility violations of a page, one line each: an empty list is a good page. Injected
// by evaluate, because the Content-Security-Policy admits no other script; needs JavaScript.
export async function axe(page) {
	if (!await page.evaluate(() => "axe" in window))
		await page.evaluate(axeSource);
	return page.evaluate(async () => {
		const { violations } = await axe.run(document, { resultTypes: ["violations"],
			runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
		return violations.map(v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(node => node.html.slice(0, 120)).join(" | ")}`);
	});
}

// Has axe ready in every page of a visitor who will be shown many.
export const withAxe = page => page.context().addInitScript({ content: axeSource });

// No page may be wider than its screen.
export async function overflows(page) {
	return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

// build/screenshots/<name>.png, the whole page.
export async function screenshot(page, name) {
	await mkdir(screenshots, { recursive: true });
	await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true, scale: "css" });
}

// A text with ordinary spaces where French puts some that do not break, to be compared with what a test writes.
export const plain = text => text?.replace(/[\u00a0\u202f]/g, " ");

// ---- Mails ----------------------------------------------------------------------------

// A real SMTP server that files each message; test/mail/smtp_server.py says what it can do.
//   startMailbox() -> { port, messages(address), waitFor(address, {count, subject}), stop() }
// A message: { from, to: […], subject, text, messageId, links: […], headers }
export async function startMailbox(...options) {
	const folder = await mkdtemp(join(tmpdir(), "guichet-mail-"));
	const child = spawn("/usr/bin/python3", ["test/mail/smtp_server.py", "--folder", folder, ...options],
		{ stdio: ["ignore", "pipe", "inherit"] });
	children.add(child);
	const [line] = await once(createInterface(child.stdout), "line");
	const port = Number(/port (\d+)/.exec(line)[1]);
	const messages = async address => {
		const names = (await readdir(folder)).filter(name => name.endsWith(".json")).sort();
		const all = (await Promise.all(names.map(async name => JSON.parse(await readFile(join(folder, name), "utf8")))))
			.map(message => ({ ...message, subject: plain(message.subject), text: plain(message.text) }));
		return address ? all.filter(message => message.to.includes(address)) : all;
	};
	return {
		port, folder, messages,
		async waitFor(address, { count = 1, subject, seconds = 20 } = {}) {
			for (const deadline = Date.now() + seconds * 1000; ; await new Promise(r => setTimeout(r, 100))) {
				const found = (await messages(address)).filter(message => !subject || message.subject.includes(subject));
				if (found.length >= count) return found;
				if (Date.now() > deadline)
					throw new Error(`${found.length} mails for ${address}, ${count} expected${subject ? ` about « ${subject} »` : ""}`);
			}
		},
		async stop() {
			child.kill("SIGTERM");
			await once(child, "exit");
			await rm(folder, { recursive: true, force: true });
		},
	};
}

// ---- PDF ------------------------------------------------------------------------------

export const pdfText = async path => plain((await run("pdftotext", ["-layout", path, "-"])).stdout);
export const pdfInfo = async path => (await run("pdfinfo", [path])).stdout;
// Needs a tagged document: the outline of its structure.
export const pdfStructure = async path => (await run("pdfinfo", ["-struct", path])).stdout;

// ---- The runner -----------------------------------------------------------------------

const tests = [];

// test("what must be true", async () => { … }): throws when it is not.
export const test = (name, body) => tests.push({ name, body });

export function check(condition, message = "check failed") {
	if (!condition) throw new Error(message);
}

export function equal(got, expected, message = "") {
	const [a, b] = [JSON.stringify(got), JSON.stringify(expected)];
	if (a !== b) throw new Error(`${message}${message && ": "}got ${a}, expected ${b}`);
}

// Runs the tests in order (those whose name contains an argument of the command line, if
// any); ends with "N passed, N failed".
export async function runTests() {
	const wanted = process.argv.slice(2).filter(argument => !argument.startsWith("--"));
	let passed = 0, failed = 0;
	for (const { name, body } of tests) {
		if (wanted.length && !wanted.some(part => name.includes(part))) continue;
		let timer;
		try {
			await Promise.race([body(), new Promise((_, reject) => {
				timer = setTimeout(() => reject(new Error("took over four minutes")), 240000); })]);
			passed++;
		} catch (error) {
			failed++;
			console.log(`FAILED ${name}\n  ${String(error?.stack ?? error).split("\n").slice(0, 8).join("\n  ")}`);
		} finally {
			clearTimeout(timer);
		}
	}
	await browser?.close();
	console.log(`${passed} passed, ${failed} failed`);
	process.exit(failed > 0 || passed === 0 ? 1 : 0);
}
