// The stage of the stories told over years in the demonstration city: one server, one mailbox, one browser per person; the
// clock of the demonstration moves; mails go to a real SMTP server; PDF are read with other programs. Every page that a
// person meets is checked by axe, once per person and kind of page.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { axe, check, equal, overflows, pdfInfo, pdfText, plain, screenshot, startMailbox, startServer, visitor, withAxe }
	from "./harness.mjs";
import { enter } from "./people.mjs";
import { Client, mainOf } from "./world.mjs";

const run = promisify(execFile);

// ---- What a person does -------------------------------------------------------------------

export const main = async page => plain(await page.locator("main").innerText()).replace(/\s+/g, " ");

export async function see(page, ...words) {
	const text = await main(page);
	for (const part of words)
		check(text.includes(part), `« ${part} » on ${decodeURI(page.url())}:\n${text}`);
}

export async function dontSee(page, ...words) {
	const text = await main(page);
	for (const part of words)
		check(!text.includes(part), `« ${part} » should not be on ${decodeURI(page.url())}:\n${text}`);
}

export const type = (page, label, value) => page.getByLabel(label).first().fill(value);
export const choose = (page, group, option) =>
	page.getByRole("group", { name: group }).first().getByLabel(option, { exact: true }).check();
export const week = async (page, group, days) => {
	for (const day of ["lundi", "mardi", "mercredi", "jeudi", "vendredi"])
		for (const half of ["matin", "après-midi"])
			await page.getByRole("group", { name: group }).first().getByLabel(`${day} ${half}`, { exact: true })
				.setChecked(days.includes(day) || days.includes(`${day} ${half}`));
};

// A page as its reader meets it, no wider than the screen; the same kind of page is judged once per person.
export async function look(stage, page) {
	const kind = `${page.who} ${new URL(page.url()).pathname.replace(/\/dossiers\/[^/]+/, "/dossiers/…")} ${await page.locator("h1").first().innerText()}`;
	if (stage.looked.has(kind))
		return;
	stage.looked.add(kind);
	if (page.scripted)
		equal(await axe(page), [], kind);
	equal(await overflows(page), false, `${kind} is wider than its screen`);
	if (process.env.PLAY_SHOTS)
		await screenshot(page, `play-${String(stage.looked.size).padStart(3, "0")}-${kind.replace(/[^\p{L}\d]+/gu, "-").slice(0, 80)}`);
}

export async function press(stage, page, name) {
	await page.getByRole("button", { name }).first().click();
	await page.waitForLoadState();
	await look(stage, page);
}

export async function follow(stage, page, name) {
	await page.getByRole("link", { name }).first().click();
	await page.waitForLoadState();
	await look(stage, page);
}

// ---- The stage ------------------------------------------------------------------------------

// Raises the curtain on the demonstration city at `clock`: blank, or as its history left it (`lived`). `cast`: who plays, by
// name: { id, first, last, mail } and how they come: { phone, javascript }.
export async function raiseCurtain({ cast, clock, lived = false }) {
	const mailbox = await startMailbox();
	const server = await startServer({ clock: lived ? undefined : clock, smtpPort: mailbox.port, place: "ville", more: lived ? [] : ["--blank"] });
	const stage = { mailbox, server, now: clock, folder: await mkdtemp(join(tmpdir(), "guichet-stage-")), pages: new Map(), looked: new Set(), read: new Map() };
	const hand = new Client(server.url); // moves the clock

	// Somebody at a page; the same person keeps the same browser. Without a path: their page of the dossier.
	stage.as = async (name, path) => {
		if (!stage.pages.has(name)) {
			const { phone, javascript } = cast[name];
			const page = await visitor({ url: server.url, phone, javascript });
			page.scripted = javascript !== false;
			if (page.scripted)
				await withAxe(page);
			page.who = name;
			stage.pages.set(name, page);
			await enter(page, cast[name]);
		}
		const page = stage.pages.get(name);
		const answer = await page.goto(path ?? stage.dossier);
		page.status = answer.status();
		await look(stage, page);
		return page;
	};
	// Does an action of the dossier (or of `on`), from its page; answers the page after it.
	stage.does = async (name, action, fill = () => {}, { on = stage.dossier, button = action, done = "fait=" } = {}) => {
		const page = await stage.as(name, on);
		await follow(stage, page, action);
		await fill(page);
		await page.getByRole("button", { name: button }).first().click();
		await page.waitForURL(url => url.search.includes(done)).catch(async () => {
			throw new Error(`${name} could not « ${action} »:\n${(await main(page)).slice(0, 2000)}`);
		});
		await look(stage, page);
		return page;
	};
	// Legal time moves, and all that is due by then has happened: effects, letters, mails.
	stage.clock = async moment => {
		const moved = await hand.submit("/demo/horloge", "/demo/horloge", { instant: [], moment });
		equal(moved.status, 303, `the clock moves to ${moment}: ${mainOf(moved.html).slice(0, 200)}`);
		stage.now = moment;
		await stage.settle();
	};
	stage.settle = async () => {
		const now = (await run("date", ["-d", `TZ="Europe/Paris" ${stage.now}`, "+%s"])).stdout.trim() + "000000";
		const waiting = `SELECT (SELECT count(*) FROM due WHERE at <= ${now}), (SELECT count(*) FROM job WHERE next_at <= ${now}),
			(SELECT count(*) FROM mail WHERE state = 'waiting' AND not_before <= ${now} + 300000000)`;
		const hour = Number(stage.now.slice(11, 13)), quiet = hour < 8 || hour >= 19 || [0, 6].includes(new Date(stage.now).getDay());
		for (const deadline = Date.now() + 30000; ; await new Promise(resolve => setTimeout(resolve, 50))) {
			const left = (await run("sqlite3", ["-readonly", join(server.data, "guichet.db"), waiting])).stdout.trim();
			if (left === "0|0|0" || (quiet && left.startsWith("0|0|"))) // by night and on week-ends mails wait
				return;
			if (Date.now() > deadline)
				throw new Error(`still at work at ${stage.now} (${left} effects, jobs, mails):\n${server.log().slice(-2000)}`);
		}
	};
	// What somebody received since they were last asked: each mail is told once, here.
	stage.received = async name => {
		await stage.settle();
		const all = await mailbox.messages(cast[name].mail), from = stage.read.get(name) ?? 0;
		stage.read.set(name, all.length);
		return all.slice(from);
	};
	// Somebody received exactly these mails since, each a subject or [subject, ...parts of its text].
	stage.mails = async (name, ...expected) => {
		const got = await stage.received(name);
		const wanted = expected.map(one => [one].flat());
		check(got.length === wanted.length && wanted.every(([subject, ...parts], i) => got[i].subject.includes(subject)
			&& parts.every(part => got[i].text.includes(part))), `mails to ${name}, expected ${JSON.stringify(wanted)}:\n`
			+ got.map(mail => `  ${mail.subject}\n${mail.text}`).join("\n"));
		return got;
	};
	stage.noMail = async (...names) => {
		for (const name of names)
			await stage.mails(name);
	};
	// The text of an act, from its link on a page, in the browser of its reader.
	stage.act = async (page, title, path = page.url()) => {
		for (const deadline = Date.now() + 20000; await page.getByRole("link", { name: `PDF : ${title}` }).count() === 0;) {
			check(Date.now() < deadline, `the act « ${title} » never came: ${(await main(page)).slice(0, 1500)}`);
			await new Promise(resolve => setTimeout(resolve, 150));
			await page.goto(path);
		}
		const link = page.getByRole("link", { name: `PDF : ${title}` }).first();
		const answer = await page.request.get(new URL(await link.getAttribute("href"), page.url()).href);
		equal([answer.status(), answer.headers()["content-type"]], [200, "application/pdf"], title);
		const file = join(stage.folder, "act.pdf");
		await writeFile(file, await answer.body());
		const info = await pdfInfo(file);
		check(plain(info).includes(title) && /Tagged:\s+yes/.test(info) && /A4/.test(info), info);
		return (await pdfText(file)).replace(/\s+/g, " ");
	};
	// What the page answers to somebody who has no business there.
	stage.refused = async (name, path, status, ...words) => {
		const page = await stage.as(name, path);
		equal(page.status, status, `${name} at ${path}: ${(await main(page)).slice(0, 1000)}`);
		await see(page, ...words);
	};
	stage.lower = async () => {
		for (const page of stage.pages.values())
			await page.context().close();
		await server.stop();
		await mailbox.stop();
		await rm(stage.folder, { recursive: true, force: true });
	};
	return stage;
}

export function tells(text, ...parts) {
	for (const part of parts)
		check(text.includes(part), `« ${part} » in the act:\n${text}`);
}

// Plays the chapters of a story in order, on one stage. PLAY_PAGES=1 tells the time of each and pictures every page when one
// fails; PLAY_SHOTS=1 pictures each new kind of page;
// PLAY_ONLY=one,other plays these chapters alone, where they lean on no other.
export async function play(setting, chapters) {
	const stage = await raiseCurtain(setting);
	const began = Date.now();
	let chapter = "";
	try {
		for (const [name, act] of Object.entries(chapters)) {
			if (process.env.PLAY_ONLY && !process.env.PLAY_ONLY.split(",").includes(name))
				continue;
			chapter = name;
			await act(stage);
			if (process.env.PLAY_PAGES)
				console.log(`${name}: ${Math.round((Date.now() - began) / 1000)} s, ${stage.looked.size} pages`);
		}
		for (const page of stage.pages.values())
			equal(page.mistakes, [], "what the browser complained of");
	} catch (error) {
		error.stack = `${chapter}: ${error.stack}`;
		if (process.env.PLAY_PAGES) {
			console.log(stage.server.log().split("\n").filter(line => !/level=info/.test(line)).join("\n").slice(-3000));
			for (const [name, page] of stage.pages)
				await screenshot(page, `play-failed-${name}`).catch(() => {});
		}
		throw error;
	} finally {
		await stage.lower();
	}
}
