// Fields written in several boxes, parts filled in later, registers: the procedure of test/fields/, served as it is, with and
// without JavaScript, on a phone too.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, check, equal, overflows, screenshot, startServer, test, visitor } from "./harness.mjs";
import { casting, enter, listed, nameOf } from "./people.mjs";

const press = (page, name) => page.getByRole("button", { name }).first().click();

// axe is a script: where there is none the page is the same.
const scripted = new Set();
const clean = async page => scripted.has(page) && equal(await axe(page), []);

// The week, the times and the rows; a mistake in a row on the way.
async function fill(page, name) {
	const week = page.getByRole("group", { name: "Demi-journées aménagées" });
	await week.getByLabel("lundi matin", { exact: true }).check();
	await week.getByLabel("lundi après-midi", { exact: true }).check();
	await week.getByLabel("jeudi matin", { exact: true }).check();
	await page.getByLabel("Heure d’arrivée").fill("08:30");
	const absence = page.getByRole("group", { name: "Période sans aménagement" });
	await absence.getByLabel("Du", { exact: true }).fill("2024-03-05");
	await absence.getByLabel("Au (compris)").fill("2024-03-01");
	await clean(page);
	await screenshot(page, `fields-week-${name}`);
	await press(page, "Enregistrer et continuer");
	await page.getByText("La fin précède le début").first().waitFor();
	await page.getByRole("group", { name: "Période sans aménagement" }).getByLabel("Au (compris)").fill("2024-03-08");
	check(await page.getByLabel("jeudi matin", { exact: true }).isChecked(), "the week is kept");
	await clean(page);
	await screenshot(page, `fields-mistake-${name}`);
	await press(page, "Enregistrer et continuer");

	await page.getByRole("heading", { name: "Vos trajets" }).waitFor();
	const row = n => page.getByRole("group", { name: `Ligne ${n}` });
	equal(await page.getByRole("group", { name: /^Ligne/ }).count(), 2);
	await row(1).getByLabel("Moyen").selectOption({ label: "Train" });
	await row(1).getByLabel("Départ").fill("06:50");
	await row(1).getByLabel("Durée").fill("quarante");
	await row(2).getByLabel("Moyen").selectOption({ label: "Vélo" });
	await page.getByRole("button", { name: "Ajouter une ligne" }).click();
	await row(3).waitFor();
	equal(await row(2).getByLabel("Moyen").inputValue(), "vélo", "what was typed is kept");
	equal(await row(1).getByLabel("Durée").inputValue(), "quarante");
	equal(await page.getByRole("button", { name: "Ajouter une ligne" }).count(), 0, "three rows at most");
	await row(3).getByLabel("Moyen").selectOption({ label: "Voiture" });
	await row(3).getByLabel("Départ").fill("18:05");
	await page.getByRole("button", { name: "Retirer la ligne 2" }).click();
	await row(3).waitFor({ state: "detached" });
	equal(await row(2).getByLabel("Moyen").inputValue(), "voiture", "the third has become the second");
	equal(await row(2).getByLabel("Départ").inputValue(), "18:05");
	await press(page, "Enregistrer et continuer");
	await page.getByRole("link", { name: /Trajets, ligne 1, Durée/ }).waitFor();
	await clean(page);
	await screenshot(page, `fields-rows-${name}`);
	await row(1).getByLabel("Durée").fill("40");
	equal(await overflows(page), false, "wider than the screen");
	await press(page, "Enregistrer et continuer");
}

// Somebody, first by a beginning that is not enough, then as the mistake tells to copy it.
async function nameSomebody(page, name, who) {
	await page.getByRole("heading", { name: "Votre relais" }).waitFor();
	const person = page.getByLabel("Qui vous remplace"), place = page.getByLabel("Service où vous serez");
	check((await place.inputValue()).endsWith(`(${who.code})`), "one’s own service is proposed");
	await person.fill(who.last.slice(0, -1));
	await place.fill("Aucun service de ce nom");
	await press(page, "Enregistrer et continuer");
	await page.getByText("L’annuaire ne connaît pas").first().waitFor();
	equal(await person.inputValue(), who.last.slice(0, -1), "what was typed is kept");
	equal(await person.getAttribute("aria-invalid"), "true");
	await clean(page);
	await screenshot(page, `fields-somebody-${name}`);
	await person.fill(`${who.first} ${who.last} (${who.id}), ${who.structure}`);
	await place.fill(who.code);
	await press(page, "Enregistrer et continuer");
}

// From the form to the summary, where the two ways of filing stand.
async function file(page, name, who) {
	await page.getByRole("heading", { name: "Vérifier et déposer" }).waitFor();
	await page.getByText(`${nameOf(who)} (${who.structure})`).first().waitFor();
	await page.getByText("lundi, jeudi matin").waitFor();
	await page.getByText("du 5 mars 2024 au 8 mars 2024").waitFor();
	await page.getByText("Moyen : Train, Départ : 6 h 50, Durée : 40 min ; Moyen : Voiture, Départ : 18 h 05").waitFor();
	await clean(page);
	await screenshot(page, `fields-summary-${name}`);
	await page.getByRole("region", { name: "Comment voulez-vous déposer" }).getByRole("link", { name: "Déposer en urgence" }).click();
	await page.getByLabel("Motif de l’urgence").fill(" ");
	await press(page, "Déposer en urgence");
	await page.getByRole("link", { name: /Motif de l’urgence/ }).waitFor();
	await clean(page);
	await page.getByLabel("Motif de l’urgence").fill("La crèche ferme.");
	await press(page, "Déposer en urgence");
	await page.getByText("Votre demande est déposée").waitFor();
	await page.getByText("La crèche ferme.").first().waitFor();
	await page.getByRole("cell", { name: "18 h 05" }).waitFor();
	await clean(page);
	await screenshot(page, `fields-filed-${name}`);
}

// The section left for later, then the register, by the head of the service.
async function follow(chief, person, name) {
	await chief.goto("/a-traiter");
	await chief.getByRole("link", { name: new RegExp(listed(person)) }).first().click();
	check(await chief.getByLabel("lundi matin", { exact: true }).isChecked(), "the week is proposed");
	await chief.getByLabel("Date de l’entretien").fill("2024-01-31");
	await chief.getByLabel("Ce qui s’est dit").fill("Nous sommes d’accord.");
	await clean(chief);
	await screenshot(chief, `fields-later-${name}`);
	await press(chief, "Rendre compte de l’entretien");
	await chief.getByText("Nous sommes d’accord.").first().waitFor();
	await chief.getByRole("link", { name: "Accepter" }).first().click();
	await press(chief, "Accepter");
	await chief.getByRole("link", { name: "Rappeler l’agent" }).first().click();
	await chief.getByLabel("Jour", { exact: true }).fill("2024-02-05");
	await press(chief, "Rappeler l’agent");
	await chief.getByRole("heading", { name: "Journées déplacées" }).waitFor();
	await chief.getByRole("cell", { name: "5 février 2024" }).first().waitFor();
	await clean(chief);
	equal(await overflows(chief), false, "wider than the screen");
	await screenshot(chief, `fields-register-${name}`);
}

test("weeks, times, rows and registers are typed and read, with and without JavaScript", async () => {
	const folder = await mkdtemp(join(tmpdir(), "guichet-fields-"));
	const procedures = join(folder, "procedures");
	let server;
	try {
		await cp("test/fields", join(procedures, "amenagement-horaires"), { recursive: true });
		server = await startServer({ clock: "2024-02-01T10:00", procedures });
		const cast = await casting(server.data);
		for (const [i, [name, how]] of Object.entries([["desktop", {}], ["plain", { javascript: false }],
			["phone", { javascript: false, phone: true }]])) {
			const person = cast.staff[i];
			const page = await visitor({ url: server.url, ...how }), chief = await visitor({ url: server.url, ...how });
			for (const visit of how.javascript === false ? [] : [page, chief])
				scripted.add(visit);
			await enter(page, person);
			await page.getByRole("link", { name: "Aménagement d’horaires" }).first().click();
			await page.getByRole("link", { name: "Commencer ma demande" }).first().click();
			await fill(page, name);
			await nameSomebody(page, name, cast.chief);
			await file(page, name, cast.chief);
			await enter(chief, cast.chief);
			await follow(chief, person, name);
			for (const visit of [page, chief]) {
				equal(visit.mistakes, []);
				await visit.context().close();
			}
		}
	} finally {
		await server?.stop();
		await rm(folder, { recursive: true, force: true });
	}
});
