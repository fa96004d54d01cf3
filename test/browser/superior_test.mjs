// The superior's paths: opinions by login and by the link of a mail, by keyboard, two at once, too late; the support
// person's modification; the signature by link; and what each must not see.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { axe, check, equal, overflows, pdfText, screenshot, startMailbox, startServer, test, visitor } from "./harness.mjs";

const run = promisify(execFile);
const seed = process.env.GUICHET_SEED ?? "build/release-gcc/seed";
const guichet = process.env.GUICHET ?? "build/release-gcc/guichet";

// Places and persons of the invented académie: the same seed gives the same ones.
const school = { code: "9920030S", head: "V001973", deputy: "V001974" };
const otherHead = "V000703"; // of another structure
const service = { head: "V000487", above: "V000474" }; // of the staff of primary schools, and of the department
const support = "V000003", office = "V000041";
const opening = "2023-06-19T09:00";

// ---- Setting the scene ----

const scenes = [];
process.on("exit", () => { for (const folder of scenes) rmSync(folder, { recursive: true, force: true }); });

// A server whose data holds requests of one structure's agents, filed on 8 June.
//   -> the server, with dossiers: [{ number, id, agent, head }]
async function scene({ dossiers = 3, structure = school.code, clock = opening, smtpPort, interims } = {}) {
	const first = await startServer({ clock: "2023-06-08T10:00" });
	const kept = `${first.data}-scene`;
	scenes.push(kept);
	await run("cp", ["-r", first.data, kept]);
	await first.stop();
	const { stdout } = await run(seed, [kept, "--dossiers", String(dossiers), "--structure", structure]);
	if (interims) {
		const file = `${kept}/interims.csv`;
		await writeFile(file, `absent;remplaçant;début;fin;référence\n${interims}\n`);
		await run(guichet, ["import", kept, "--interims", file, "--date", "2023-06-08"]);
	}
	const lines = stdout.trim().split("\n").map(line => line.split(" "));
	const server = await startServer({ clock, data: kept, smtpPort, more: ["--resume"] });
	return { ...server, dossiers: lines.map(([number, id, agent, , head]) => ({ number, id, agent, head })),
		end: () => server.stop() };
}

async function become(page, person) {
	const form = await (await page.request.get("/demo")).text();
	const answer = await page.request.post("/demo", { form: { jeton: /name="jeton" value="([^"]+)"/.exec(form)[1], personne: person } });
	equal(answer.status(), 200, `entering as ${person}`);
}

async function enter(server, person, options = {}) {
	const page = await visitor({ url: server.url, ...options });
	await become(page, person);
	return page;
}

async function moveClock(page, moment) {
	const form = await (await page.request.get("/demo/horloge")).text();
	const fields = { jeton: /name="jeton" value="([^"]+)"/.exec(form)[1], moment };
	equal((await page.request.post("/demo/horloge", { form: fields })).status(), 200, `moving to ${moment}`);
}

// Waits until a page says something: what is due happens a moment after the clock moved.
async function until(what, condition, seconds = 20) {
	for (const deadline = Date.now() + seconds * 1000; ; await new Promise(resolve => setTimeout(resolve, 150))) {
		const value = await condition();
		if (value) return value;
		if (Date.now() > deadline) throw new Error(`still not: ${what}`);
	}
}

// Waits until so many cards await the visitor.
async function awaiting(page, count, path = "/a-traiter") {
	await until(`${count} cards on ${path}`, async () => {
		await page.goto(path);
		return await page.locator("article.card").count() === count;
	});
}

async function look(page, name) {
	equal(await axe(page), [], name);
	check(!await overflows(page), `${name} is wider than its screen`);
	await screenshot(page, name);
}

const card = (page, dossier) => page.locator(`article[id="${dossier.id}"]`);
const choose = (page, dossier, label) => card(page, dossier).getByRole("radio", { name: label, exact: true }).check();
const save = page => page.getByRole("button", { name: /^Enregistrer/ }).click();
const mine = server => server.dossiers.filter(dossier => dossier.head === school.head);

async function stepOf(server, dossier, person) {
	const page = await enter(server, person);
	await page.goto(`/dossiers/${dossier.id}`);
	const step = await page.locator(".badge").first().textContent();
	await page.context().close();
	return step;
}

// The link of the mail written to a person, as they would find it.
async function mailedLink(mailbox, server, subject) {
	const [mineFirst] = mine(server);
	const message = await until(`a mail « ${subject} »`, async () => (await mailbox.messages()).find(one => one.subject.includes(subject)
		&& (one.subject + one.text).includes(mineFirst.number) && one.links.some(link => link.includes("/lien/"))));
	const link = message.links.find(one => one.includes("/lien/"));
	return { message, path: new URL(link).pathname };
}

// Files a request by the pages' own forms.
async function file(server, agent) {
	const page = await enter(server, agent);
	const path = "/campagnes/teletravail-academie-2023-2024/demande";
	const token = async () => /name="jeton" value="([^"]+)"/.exec(await (await page.request.get(path)).text())[1];
	const answers = { date_échange: "2023-06-02", supérieur: "Claire Delorme", accord: "oui", nombre_jours: "1", jours_souhaités: "jeudi",
		modalités: "Tableaux de suivi.", autorisation_précédente: "aucune", date_souhaitée: "2023-09-01", adresse: "3 rue des Tilleuls" };
	await page.request.post(path, { form: { jeton: await token(), etape: "1", ...answers } });
	const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
	await page.request.post(`${path}/pieces/assurance`, { multipart: { jeton: await token(),
		fichier: { name: "attestation.png", mimeType: "image/png", buffer: png } } });
	const filed = await page.request.post(`${path}/deposer`, { form: { jeton: await token() }, maxRedirects: 0 });
	equal(filed.status(), 303, `filing as ${agent}`);
	await page.context().close();
	return { id: /dossiers\/([^?]+)/.exec(filed.headers().location)[1] };
}

// Does an action that asks nothing else than what is given, by its own form.
async function act(page, dossier, action, fields = {}) {
	const path = `/dossiers/${dossier.id}/actions/${action}`;
	const form = await (await page.request.get(path)).text();
	const hidden = name => new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? "";
	const answer = await page.request.post(path, { form: { jeton: hidden("jeton"), unefois: hidden("unefois"), version: hidden("version"),
		...fields }, maxRedirects: 0 });
	equal(answer.status(), 303, `${action}: ${answer.status()}`);
}

// ---- By interim ----

test("what waits for an absent head is answered by interim during the dates, and comes back after (TTA-26)", async () => {
	const server = await scene({ dossiers: 6, interims: `${school.head};${school.deputy};19/06/2023;20/06/2023;Arrêté 2023-12` });
	const page = await enter(server, school.deputy), absent = await enter(server, school.head);
	const theirs = mine(server).filter(dossier => dossier.agent !== school.deputy), [one, two] = theirs;
	await awaiting(page, theirs.length);
	await look(page, "interim-inbox");
	await choose(page, one, "Favorable");
	await save(page);
	await page.goto(`/dossiers/${one.id}`);
	check((await page.textContent("main")).includes("par intérim de"), "the quality is not told");
	await page.goto("/mon-compte");
	check((await page.textContent("main")).includes("intérim de"), "the interim is not told");
	await look(page, "interim-account");
	equal((await absent.request.get(`/dossiers/${two.id}`)).status(), 404, "the absent head still sees it");
	await moveClock(page, "2023-06-21T09:00");
	await awaiting(absent, mine(server).length - 1);
	equal((await page.request.get(`/dossiers/${two.id}`)).status(), 404, "the replacement still sees it");
	await server.end();
});

// ---- By login ----

test("a head gives several opinions at once; what is refused stays with what was typed, the rest is recorded (TTA-26, TTA-54, TTA-57)", async () => {
	const server = await scene({ dossiers: 6 });
	const page = await enter(server, school.head);
	const [one, two, three, four] = mine(server);
	await awaiting(page, mine(server).length);
	await page.getByText("vendredi 23 juin 2023 inclus").waitFor();
	await page.getByText("n’est ni acceptée ni refusée").waitFor();
	await look(page, "a-traiter");
	equal(page.mistakes, []);

	// Nothing chosen: said, and nothing recorded.
	await save(page);
	await page.getByText("choisissez une réponse pour une demande au moins").waitFor();

	// One complete, one without its grounds, one with.
	await choose(page, one, "Favorable");
	await choose(page, two, "Défavorable");
	check(!await card(page, two).getByLabel("Modification souhaitée").isVisible(), "what another choice asks is not shown");
	await choose(page, three, "Favorable sous réserve de modification");
	await card(page, three).getByLabel("Modification souhaitée").fill("Le mardi plutôt que le lundi.");
	await choose(page, four, "Défavorable");
	await card(page, four).getByLabel("Motif du refus").fill("Accueil du public à assurer chaque jour.");
	await save(page);
	await page.getByRole("heading", { name: "Pas enregistré" }).waitFor();
	await look(page, "a-traiter-refus");
	equal(await card(page, one).count(), 0, "a recorded one is gone");
	equal(await card(page, three).count(), 0);
	equal(await card(page, four).count(), 0);
	check(await card(page, two).getByRole("radio", { name: "Défavorable" }).isChecked(), "the choice is kept");
	await card(page, two).getByText("Cette réponse n’est pas enregistrée").waitFor();
	await card(page, two).getByLabel("Motif du refus").fill("Équipe réduite toute l’année.");
	await save(page);
	await page.getByText("Réponses déjà enregistrées").waitFor();
	await look(page, "a-traiter-ensuite");
	equal(await page.getByText("par vous").count(), 4);

	check((await stepOf(server, one, one.agent)).includes("Acceptée"), "the agent sees the acceptance");
	check((await stepOf(server, two, two.agent)).includes("Avis en cours"), "a refusal to confirm is veiled");
	const veiled = await enter(server, two.agent);
	await veiled.goto("/mes-demarches");
	const life = await veiled.locator("main").innerText();
	check(life.includes("Avis en cours") && !/défavorable|refus|Équipe réduite/i.test(life), `veiled in one’s timeline too: ${life}`);

	// The timeline names the function by which they acted.
	const agent = await enter(server, one.agent);
	await agent.goto(`/dossiers/${one.id}`);
	await agent.getByText(/chef d’établissement/).first().waitFor();

	// The week, on a desk and on a phone.
	await page.goto("/service");
	await page.getByRole("columnheader", { name: "Vendredi" }).waitFor();
	await look(page, "service");
	await agent.context().close();
	for (const path of ["/a-traiter", "/service"]) {
		const phone = await enter(server, school.head, { phone: true });
		await phone.goto(path);
		await look(phone, `${path.slice(1)}-phone`);
		await phone.context().close();
	}
	await page.context().close();
	await server.end();
});

test("twelve opinions are given on one page with Tab and Enter only", async () => {
	const server = await scene({ dossiers: 14 });
	equal(mine(server).length, 12, "twelve await the head");
	const page = await enter(server, school.head);
	await awaiting(page, 12);
	const pressed = async key => { await page.keyboard.press(key); };
	let chosen = 0;
	await page.locator("h1").evaluate(heading => { heading.tabIndex = -1; heading.focus(); });
	for (let presses = 0; presses < 400; presses++) {
		await pressed("Tab");
		const on = await page.evaluate(() => {
			const focused = document.activeElement;
			return { type: focused.type, label: focused.labels?.[0]?.textContent ?? focused.textContent, name: focused.name,
				done: focused.name && [...document.getElementsByName(focused.name)].some(other => other.checked) };
		});
		// Eleven favourable, the last unfavourable with its grounds: each choice is a stop.
		const wanted = chosen < 11 ? "Favorable" : "Défavorable";
		if (on.type === "radio" && !on.done && on.label === wanted) {
			await pressed("Enter");
			chosen++;
		} else if (on.type === "textarea") {
			await page.keyboard.type("Accueil du public à assurer.");
		} else if (on.type === "submit" && on.label.startsWith("Enregistrer")) {
			await pressed("Enter");
			break;
		}
	}
	equal(chosen, 12);
	await page.getByText("C’est enregistré.").waitFor();
	await page.getByText("Rien ne vous attend.").waitFor();
	equal(await page.getByText("par vous").count(), 12);
	await look(page, "a-traiter-vide");
	await page.context().close();
	await server.end();
});

test("opinions are given without JavaScript", async () => {
	const server = await scene({ dossiers: 4 });
	const page = await enter(server, school.head, { javascript: false });
	const [one, two] = mine(server);
	await awaiting(page, mine(server).length);
	await choose(page, one, "Favorable");
	await choose(page, two, "Favorable sous réserve de modification");
	await card(page, two).getByLabel("Modification souhaitée").fill("Un seul jour.");
	await save(page);
	await page.getByText("C’est enregistré.").waitFor();
	equal(await page.locator("article.card").count(), mine(server).length - 2);
	await page.context().close();
	await server.end();
});

test("before the window nothing awaits, and the page says when something will", async () => {
	const server = await scene({ dossiers: 2, clock: "2023-06-12T10:00" });
	const page = await enter(server, school.head);
	await page.goto("/a-traiter");
	await page.getByText("lundi 19 juin 2023").waitFor();
	await look(page, "a-traiter-avant");
	await page.goto("/service");
	await look(page, "service-vide");
	await page.context().close();
	await server.end();
});

// ---- By the link of a mail ----

test("a head without account answers by the link of one mail; opening it records nothing (TTA-09, TTA-50, TTA-A04)", async () => {
	const mailbox = await startMailbox();
	const server = await scene({ dossiers: 5, clock: "2023-06-16T10:00", smtpPort: mailbox.port });
	const page = await visitor({ url: server.url });
	await moveClock(page, opening);
	const { message, path } = await mailedLink(mailbox, server, "votre avis est attendu");
	for (const dossier of mine(server))
		check(message.text.includes(dossier.number), `the mail lists ${dossier.number}`);
	const [one, two, three] = mine(server);

	// As mail programs do: twice, and a HEAD.
	for (let i = 0; i < 2; i++) equal((await page.request.get(path)).status(), 200);
	equal((await page.request.head(path)).status(), 200);
	await page.goto(path);
	equal(await page.locator("article.card").count(), mine(server).length, "all of them wait still");
	await page.getByText("Rien n’est enregistré tant que vous n’avez pas confirmé").waitFor();
	check(!(await page.content()).includes("/pieces/"), "no piece is offered by a link");
	await look(page, "lien");
	equal(page.mistakes, []);

	// No session: nothing else opens, not even the dossier.
	check((await page.request.get(`/dossiers/${one.id}`)).url().includes("/connexion"), "the link opens no session");
	check((await page.request.get(`/dossiers/${one.id}/pieces/assurance`)).url().includes("/connexion"));

	await choose(page, one, "Favorable");
	await choose(page, two, "Défavorable");
	await card(page, two).getByLabel("Motif du refus").fill("Accueil du public.");
	await save(page);
	await page.getByText("C’est enregistré.").waitFor();
	equal(await page.locator("article.card").count(), mine(server).length - 2, "the rest waits");
	equal(await page.getByText("par vous, depuis le lien d’un courriel").count(), 2);
	await look(page, "lien-ensuite");

	// By another channel meanwhile: told by whom and when, the first answer is kept.
	const other = await visitor({ url: server.url });
	await other.goto(path);
	await choose(other, three, "Favorable");
	const head = await enter(server, school.head);
	await head.goto("/a-traiter");
	await choose(head, three, "Favorable sous réserve de modification");
	await card(head, three).getByLabel("Modification souhaitée").fill("Un seul jour.");
	await save(head);
	await head.getByText("C’est enregistré.").waitFor();
	await save(other);
	await other.getByText("Vous avez déjà répondu à cette demande le 19 juin 2023").waitFor();
	await look(other, "lien-deja");
	check((await stepOf(server, three, three.agent)).includes("Modification en cours"), "the first answer is the one kept");

	// A link that nobody wrote; one that was cut; another person's dossier.
	for (const wrong of ["/lien/abc", path.slice(0, -3)]) {
		const answer = await page.goto(wrong);
		equal(answer.status(), 404);
		await page.getByText("Ce lien n’est pas valable").waitFor();
	}
	await look(page, "lien-inconnu");

	const phone = await visitor({ url: server.url, phone: true });
	await phone.goto(path);
	await look(phone, "lien-phone");

	// The window closed: nothing can be done, and the page says since when.
	await other.goto(path);
	await moveClock(page, "2023-06-24T09:00");
	const late = await other.goto(path);
	equal(late.status(), 404);
	await other.getByText("Ce lien ne sert plus depuis le 24 juin 2023 à 0 h 00").waitFor();
	await look(other, "lien-expire");
	for (const visit of [page, other, head, phone]) await visit.context().close();
	await server.end();
	await mailbox.stop();
});

test("a page kept open until the window closed is told it is too late, by login too (TTA-30, TTA-33)", async () => {
	const server = await scene({ dossiers: 4 });
	const page = await enter(server, school.head);
	const [one] = mine(server);
	await awaiting(page, mine(server).length);
	await choose(page, one, "Favorable");
	await moveClock(page, "2023-06-24T09:00");
	await save(page);
	await page.getByRole("heading", { name: "Pas enregistré" }).waitFor();
	await look(page, "a-traiter-trop-tard");
	check((await stepOf(server, one, one.agent)).includes("Avis en attente"));
	await page.context().close();
	await server.end();
});

test("a form sent twice answers once; two heads at once, one answer is kept and the other is told whose", async () => {
	const server = await scene({ dossiers: 4 });
	const [one, two] = mine(server);
	const page = await enter(server, school.head);
	await awaiting(page, mine(server).length);
	const fields = await page.locator("form:has(article)").evaluate(form =>
		Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string")));
	const first = { ...fields, [`${one.id}.choix`]: "favorable" };
	equal((await page.request.post("/a-traiter", { form: first, maxRedirects: 0 })).status(), 303);
	equal((await page.request.post("/a-traiter", { form: first, maxRedirects: 0 })).status(), 303, "the same form, the same receipt");
	// The same page in two windows, sent at the same time with different answers: tokens differ, as do the pages.
	const again = await (await page.request.get("/a-traiter")).text();
	const token = new RegExp(`name="${two.id}.unefois" value="([^"]+)"`);
	const pages = [fields, { ...fields, [`${two.id}.unefois`]: token.exec(again)[1] }];
	const both = await Promise.all([
		page.request.post("/a-traiter", { form: { ...pages[0], [`${two.id}.choix`]: "favorable" }, maxRedirects: 0 }),
		page.request.post("/a-traiter", { form: { ...pages[1], [`${two.id}.choix`]: "défavorable",
			[`${two.id}.défavorable.motif_refus`]: "Accueil." }, maxRedirects: 0 })]);
	equal(both.map(answer => answer.status()).sort(), [303, 422]);
	check((await both.find(answer => answer.status() === 422).text()).includes("déjà répondu"));
	await page.context().close();
	await server.end();
});

// ---- What each must not see ----

test("a head sees and answers nothing of another structure, and nobody else enters", async () => {
	const server = await scene({ dossiers: 3 });
	const [one] = mine(server);
	const stranger = await enter(server, otherHead);
	await stranger.goto("/a-traiter");
	equal(await stranger.locator(`article[id="${one.id}"]`).count(), 0);
	equal((await stranger.goto(`/dossiers/${one.id}`)).status(), 404);
	await stranger.goto("/service");
	check(!(await stranger.content()).includes(one.number));
	const token = /name="jeton" value="([^"]+)"/.exec(await stranger.content())[1];
	const forged = await stranger.request.post("/a-traiter", { form: { jeton: token, [`${one.id}.choix`]: "favorable" }, maxRedirects: 0 });
	equal(forged.status(), 422);
	check((await forged.text()).includes("n’est pas à vous"));
	const agent = await enter(server, one.agent);
	for (const path of ["/a-traiter", "/service"]) equal((await agent.goto(path)).status(), 403, path);
	const nobody = await visitor({ url: server.url });
	for (const path of ["/a-traiter", "/service"]) {
		await nobody.goto(path);
		check(nobody.url().includes("/connexion?vers="), path);
	}
	check((await stepOf(server, one, one.agent)).includes("Avis attendu"), "nothing was recorded");
	for (const visit of [stranger, agent, nobody]) await visit.context().close();
	await server.end();
});

test("a head's own request goes to the level above, never to themselves (TTA-15, TTA-A13)", async () => {
	const server = await startServer({ clock: "2023-06-08T10:00" });
	const own = await file(server, service.head);
	const page = await enter(server, service.head);
	await moveClock(page, opening);
	await become(page, service.above);
	await until("it awaits the level above", async () => {
		await page.goto("/a-traiter");
		return await page.locator(`article[id="${own.id}"]`).count() === 1;
	});
	await become(page, service.head);
	await page.goto("/a-traiter");
	equal(await page.locator(`article[id="${own.id}"]`).count(), 0);
	const token = /name="jeton" value="([^"]+)"/.exec(await page.content())[1];
	const forged = await page.request.post("/a-traiter", { form: { jeton: token, [`${own.id}.choix`]: "favorable" } });
	equal(forged.status(), 422, "nobody answers their own request");
	await become(page, service.above);
	await page.goto("/a-traiter");
	await choose(page, own, "Favorable");
	await save(page);
	await page.getByText("C’est enregistré.").waitFor();
	await page.context().close();
	await server.stop();
});

// ---- The support person ----

test("the support person changes a request on the head's word; the agent sees each change and gets a mail (TTA-52, TTA-53, TTA-55)", async () => {
	const mailbox = await startMailbox();
	const server = await scene({ dossiers: 4, smtpPort: mailbox.port });
	const [one, two] = mine(server);
	const head = await enter(server, school.head);
	await awaiting(head, mine(server).length);
	await choose(head, one, "Favorable sous réserve de modification");
	await card(head, one).getByLabel("Modification souhaitée").fill("Le mercredi, un seul jour.");
	await choose(head, two, "Défavorable");
	await card(head, two).getByLabel("Motif du refus").fill("Accueil du public.");
	await save(head);
	await head.getByText("C’est enregistré.").waitFor();

	const page = await enter(server, support);
	await page.goto("/a-traiter");
	await card(page, one).getByText("Le mercredi, un seul jour.").waitFor();
	await card(page, two).getByText("Accueil du public.").waitFor();
	await look(page, "a-traiter-support");
	await card(page, one).getByRole("link", { name: /^Modifier la demande/ }).click();
	await page.getByRole("heading", { name: "Modifier la demande" }).waitFor();
	await page.getByText("Le mercredi, un seul jour.").waitFor();
	check(await page.getByLabel("Modalités convenues").inputValue() !== "", "the answers are there");
	await look(page, "modifier");

	// The reason is compulsory, and what was typed stays.
	await page.getByLabel("Nombre de jours par semaine").fill("1");
	for (const day of ["lundi", "mardi", "jeudi", "vendredi"]) await page.getByLabel(day, { exact: true }).uncheck();
	await page.getByLabel("mercredi", { exact: true }).check();
	await page.locator("form.form").evaluate(form => { form.noValidate = true; });
	await page.getByRole("button", { name: "Modifier la demande" }).click();
	await page.getByText("Remplissez ce champ").first().waitFor();
	check(await page.getByLabel("mercredi", { exact: true }).isChecked(), "what was typed stays");
	await look(page, "modifier-refus");
	await page.getByLabel("Motif de la modification").fill("À la demande du chef, réunion de service le lundi.");
	await page.getByRole("button", { name: "Modifier la demande" }).click();
	await page.getByText("C’est fait.").waitFor();
	equal(await page.locator("ins").filter({ hasText: "mercredi" }).count() > 0, true, "old and new are shown");
	await look(page, "modifier-fait");

	const agent = await enter(server, one.agent);
	await agent.goto(`/dossiers/${one.id}`);
	await agent.locator("ins").filter({ hasText: "mercredi" }).first().waitFor();
	await agent.getByText("réunion de service le lundi").first().waitFor();
	await until("the agent's mail", async () => (await mailbox.messages()).some(message => message.subject.includes("a été modifiée")));
	for (const visit of [head, page, agent]) await visit.context().close();
	await server.end();
	await mailbox.stop();
});

// ---- Signing by link ----

test("a head signs by the link of a mail, after reading; the signed copy is theirs to download (TTA-51, TTA-66)", async () => {
	const mailbox = await startMailbox();
	const server = await scene({ dossiers: 4, smtpPort: mailbox.port });
	const [one] = mine(server);
	const head = await enter(server, school.head);
	await awaiting(head, mine(server).length);
	await choose(head, one, "Favorable");
	await save(head);
	await head.getByText("C’est enregistré.").waitFor();
	const staff = await enter(server, office);
	await act(staff, one, "générer", { fin_décidée: "2024-08-31" });
	await act(staff, one, "envoyer");

	const { path } = await mailedLink(mailbox, server, "à signer");
	const page = await visitor({ url: server.url });
	await page.goto(path);
	await page.getByRole("link", { name: /^Signer/ }).click();
	await until("the text to sign is composed", async () => {
		await page.reload();
		return await page.locator(".letter").count() === 1;
	});
	await look(page, "lien-signer");
	await page.getByRole("button", { name: /^Signer/ }).click();
	await page.getByText("C’est enregistré.").waitFor();
	await look(page, "lien-signe");
	const signed = await until("the signed copy", async () => {
		const answer = await page.request.get(await page.getByRole("link", { name: /PDF/ }).first().getAttribute("href"));
		check(answer.headers()["content-type"] === "application/pdf", "a PDF comes");
		await writeFile(`${server.data}/signed.pdf`, await answer.body());
		const text = await pdfText(`${server.data}/signed.pdf`);
		return text.includes("chef d’établissement") && text.includes("19 juin 2023") ? text : null;
	});
	check(signed.length > 200);
	// The acknowledgement and the insurance are not the link's to give.
	equal((await page.request.get(`${path}/dossiers/${one.id}/documents/1/pdf`)).status(), 404);
	check((await stepOf(server, one, one.agent)).includes("signer par l’agent"));
	const phone = await visitor({ url: server.url, phone: true });
	await phone.goto(path);
	await look(phone, "lien-signe-phone");
	for (const visit of [head, staff, page, phone]) await visit.context().close();
	await server.end();
	await mailbox.stop();
});
