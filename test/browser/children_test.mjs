// Dossiers born of another: an amendment and an appeal, from the button on the parent to the parent changed, with and
// without JavaScript, on a procedure that the program has never heard of.
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, check, equal, overflows, plain, screenshot, startMailbox, startServer, test, visitor } from "./harness.mjs";
import { casting, enter, listed } from "./people.mjs";

const picture = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const press = (page, name) => page.getByRole("button", { name }).first().click();
const follow = (page, name, exact = false) => page.getByRole("link", { name, exact }).first().click();
const textOf = async page => plain(await page.locator("main").innerText());

// The procedure of the tests of the core, opened in June 2023.
async function writeProcedure(own) {
	await cp("test/natures/atelier", own, { recursive: true });
	const path = join(own, "campagnes/2024.yaml");
	await writeFile(path, (await readFile(path, "utf8")).replace("du: 2024-01-01, au: 2024-01-31", "du: 2023-06-01, au: 2023-06-30"));
}

async function looked(page, name, scripted = true) {
	if (scripted) equal(await axe(page), [], name);
	equal(await overflows(page), false, `${name} is too wide`);
	await screenshot(page, name);
}

async function file(page) {
	await page.goto("/");
	await follow(page, "Une place à l’atelier");
	await follow(page, "Commencer ma demande");
	await page.getByLabel("Jours par semaine").fill("3");
	await press(page, "Enregistrer et continuer");
	await page.getByRole("textbox", { name: "Outil" }).fill("rabot");
	await press(page, "Enregistrer et continuer");
	await follow(page, "Continuer");
	await press(page, "Déposer");
	await page.getByText("Votre demande est déposée").waitFor();
	return new URL(page.url()).pathname;
}

async function answer(chief, person, path, action, fields = {}) {
	await chief.goto(path);
	await follow(chief, action);
	for (const [label, value] of Object.entries(fields))
		await chief.getByLabel(label).fill(value);
	await press(chief, action);
	await chief.getByText("C’est fait. Le dossier est à jour.").waitFor();
}

async function amend(page, path, scripted) {
	const name = `children-${scripted ? "amendment" : "amendment-plain"}`;
	await page.goto(path);
	await page.getByRole("heading", { name: "Modifier, contester, renouveler" }).waitFor();
	await looked(page, `${name}-parent`, scripted);
	await follow(page, "Avenant", true);
	equal(await page.getByLabel("Jours par semaine").inputValue(), scripted ? "3" : "2", "proposed: what the parent answers");
	await looked(page, `${name}-form`, scripted);
	await page.getByLabel("Jours par semaine").fill(scripted ? "2" : "1");
	await press(page, "Enregistrer et continuer");
	await press(page, "Enregistrer et continuer");
	await page.getByText("Remplissez ce champ : il est obligatoire.").first().waitFor();
	await page.getByLabel("Raison du changement").fill("Un jour de moins me suffit");
	await press(page, "Enregistrer et revenir plus tard");
	await page.getByRole("link", { name: "Avenant", exact: true }).first().waitFor();
	await looked(page, `${name}-home`, scripted);
	await follow(page, "Avenant", true);
	await follow(page, "Abandonner ce brouillon");
	await looked(page, `${name}-discard`, scripted);
	await follow(page, "Garder le brouillon");
	await page.goto(`${path}/natures/avenant?etape=3`);
	await page.getByLabel("Choisissez le fichier").setInputFiles({ name: "plan.png", mimeType: "image/png", buffer: picture });
	await press(page, "Envoyer le fichier");
	await page.getByRole("link", { name: "plan.png" }).waitFor();
	await looked(page, `${name}-piece`, scripted);
	equal((await page.request.get(`${path}/natures/avenant/pieces/plan`)).headers()["content-type"], "image/png");
	if (!scripted) {
		await press(page, "Retirer");
		await page.getByRole("link", { name: "plan.png" }).waitFor({ state: "detached" });
	}
	await page.goto(`${path}/natures/avenant/recapitulatif`);
	await looked(page, `${name}-summary`, scripted);
	await press(page, "Déposer l’avenant");
	await page.getByText("Votre demande est déposée").waitFor();
	await looked(page, `${name}-filed`, scripted);
	return new URL(page.url()).pathname;
}

async function play(server, cast) {
	const [person, stranger] = cast.staff;
	const page = await visitor({ url: server.url }), chief = await visitor({ url: server.url });
	const bare = await visitor({ url: server.url, javascript: false, phone: true }), other = await visitor({ url: server.url });
	await enter(page, person);
	await enter(chief, cast.chief);
	await enter(other, stranger);
	const parent = await file(page);
	equal(await page.getByRole("link", { name: "Avenant" }).count(), 0, "nothing to amend yet");
	await answer(chief, person, parent, "Accorder");
	await looked(chief, "children-granted-chief");

	const child = await amend(page, parent, true);
	check((await textOf(page)).includes("Avenant de la demande n°"), "the child tells of its parent");
	equal((await other.goto(`${parent}/natures/avenant`)).status(), 404, "not theirs to see");
	equal((await chief.goto(`${parent}/natures/avenant`)).status(), 422, "not the chief’s to open");
	await chief.goto(child);
	await answer(chief, person, child, "Accorder l’avenant");

	// The agent's one timeline: the amendment stands under its parent, and what it did to it is told once.
	await page.goto("/");
	await follow(page, "Mes démarches");
	await page.getByRole("heading", { name: "Mes démarches" }).waitFor();
	await looked(page, "children-life");
	const life = (await textOf(page)).replace(/\s+/g, " ");
	check(life.includes("Rien n’est attendu de vous aujourd’hui"), life);
	equal(life.split("Avenant accordé").length - 1, 2, "where it stands, and what happened");
	check(/Ce qui court Une place à l’atelier, n° \S+ En vigueur depuis le .* Avenant n° \S+-A1 Avenant accordé/.test(life), life);
	await page.goto(parent);
	const told = await textOf(page);
	check(told.includes("Place changée") && told.includes("remplacé"), told);
	await looked(page, "children-parent-changed");
	await follow(page, "Voir les versions de la demande");
	await page.getByRole("heading", { name: "Versions de la demande" }).waitFor();
	check((await textOf(page)).includes("3 2"), await textOf(page));
	await looked(page, "children-versions");
	await page.getByLabel("Voir la version en vigueur le").fill("2023-06-07");
	await press(page, "Voir cette version");
	await page.getByText("La demande n’était pas encore déposée ce jour-là.").waitFor();
	await page.goto(`${parent}/versions?le=hier`);
	await page.getByText("Écrivez une date qui existe").first().waitFor();
	await looked(page, "children-versions-mistaken");

	// The same on a phone without JavaScript.
	await enter(bare, person);
	const second = await amend(bare, parent, false);
	await bare.goto("/mes-demarches");
	await looked(bare, "children-life-plain", false);
	await bare.goto(second);
	await looked(bare, "children-second-plain", false);
	await bare.goto(parent);
	check((await textOf(bare)).includes("est déjà en cours"), "one at a time, and why");

	equal(page.mistakes, []);
	for (const visit of [page, chief, bare, other])
		await visit.context().close();
}

// The office files for an agent who cannot, with and without JavaScript; the agent is told and sees it as theirs.
async function behalf(server, cast, mailbox, person, scripted) {
	const name = `behalf-${scripted ? "full" : "plain"}`;
	const office = await visitor({ url: server.url, javascript: scripted, phone: !scripted });
	const agent = await visitor({ url: server.url });
	await enter(office, cast.office);
	await office.goto("/");
	await follow(office, "Une place à l’atelier");
	await follow(office, "Déposer une demande pour quelqu’un");
	await office.getByLabel("Nom ou matricule de l’agent").fill(person.last);
	await press(office, "Chercher l’agent");
	await looked(office, `${name}-search`, scripted);
	await office.getByRole("listitem").filter({ hasText: person.id }).getByRole("link").click();
	const draft = new URL(office.url()).pathname;
	await looked(office, `${name}-form`, scripted);
	await office.getByLabel("Jours par semaine").fill("2");
	await press(office, "Enregistrer et continuer");
	await office.getByRole("textbox", { name: "Outil" }).fill("scie");
	await press(office, "Enregistrer et revenir plus tard");
	await follow(office, `Une place à l’atelier, pour`);
	await follow(office, "Abandonner ce brouillon");
	await looked(office, `${name}-discard`, scripted);
	await office.goto(`${draft}?etape=3`);
	await looked(office, `${name}-pieces`, scripted);
	await office.goto(`${draft}/recapitulatif`);
	await looked(office, `${name}-summary`, scripted);
	await office.getByLabel("Pourquoi déposez-vous pour cette personne").fill("  ");
	await press(office, "Déposer");
	if (!scripted)
		await office.getByText("la personne le lira").first().waitFor();
	await office.getByLabel("Pourquoi déposez-vous pour cette personne").fill("Elle est en congé maladie.");
	await press(office, "Déposer");
	await office.getByText("La demande est déposée").waitFor();
	await looked(office, `${name}-filed`, scripted);
	const path = new URL(office.url()).pathname;
	const [mail] = await mailbox.waitFor(person.mail, { subject: "Une demande a été déposée pour vous" });
	check(mail.text.includes("Motif : Elle est en congé maladie.") && mail.text.includes(path), mail.text);
	await enter(agent, person);
	await follow(agent, "Une place à l’atelier");
	await agent.goto(path);
	check((await textOf(agent)).includes("Déposée pour vous par"), await textOf(agent));
	await looked(agent, `${name}-agent`);
	equal((await agent.goto(draft)).status(), 403, "files for nobody");
	for (const visit of [office, agent])
		await visit.context().close();
}

test("the office files for an agent, who is told and sees it as theirs", async () => {
	const folder = await mkdtemp(join(tmpdir(), "guichet-behalf-"));
	const procedures = join(folder, "procedures");
	const mailbox = await startMailbox();
	let server;
	try {
		await writeProcedure(join(procedures, "atelier"));
		server = await startServer({ clock: "2023-06-08T10:00", smtpPort: mailbox.port, procedures });
		const cast = await casting(server.data);
		await behalf(server, cast, mailbox, cast.agents[0], true);
		await behalf(server, cast, mailbox, cast.agents[1], false);
	} finally {
		await server?.stop();
		await mailbox.stop();
		await rm(folder, { recursive: true, force: true });
	}
});

test("an amendment goes from the button on its parent to the parent changed, with and without JavaScript", async () => {
	const folder = await mkdtemp(join(tmpdir(), "guichet-children-"));
	const procedures = join(folder, "procedures");
	let server;
	try {
		await writeProcedure(join(procedures, "atelier"));
		server = await startServer({ clock: "2023-06-08T10:00", procedures });
		await play(server, await casting(server.data));
	} finally {
		await server?.stop();
		await rm(folder, { recursive: true, force: true });
	}
});
