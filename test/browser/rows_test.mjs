// Rows whose cells have rules and name somebody, several ways of filing, rows and files in one form, an action that is no
// longer to be done: the procedure of test/rows/, served as it is, with and without JavaScript, on a phone too.
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, check, equal, overflows, screenshot, startServer, test, visitor } from "./harness.mjs";
import { casting, enter, nameOf } from "./people.mjs";
import { pdfOf } from "./world.mjs";

const press = (page, name) => page.getByRole("button", { name }).first().click();
const scripted = new Set();
const clean = async page => scripted.has(page) && equal(await axe(page), []);

async function fill(page, name, who) {
	const row = n => page.getByRole("group", { name: `Ligne ${n}` });
	await page.getByLabel("Jour du départ").fill("2024-03-04");
	equal(await row(1).getByLabel("Précision").count(), 0, "hidden until it is another expense");
	await row(1).getByLabel("Nature").selectOption({ label: "Autre" });
	await row(1).getByLabel("Jour", { exact: true }).fill("2024-03-03");
	await row(1).getByLabel("Montant").fill("12");
	await press(page, "Ajouter une ligne");
	await row(2).waitFor();
	await row(1).getByLabel("Précision").waitFor();
	await row(2).getByLabel("Nature").selectOption({ label: "Repas" });
	await row(2).getByLabel("Jour", { exact: true }).fill("2024-03-04");
	await row(2).getByLabel("Montant").fill("25");
	await press(page, "Enregistrer et continuer");
	await page.getByRole("link", { name: /ligne 1, Précision.*Dites de quoi/ }).waitFor();
	await page.getByRole("link", { name: /ligne 1, Jour.*avant le départ/ }).waitFor();
	await page.getByRole("link", { name: /ligne 2, Montant.*20/ }).waitFor();
	await clean(page);
	await screenshot(page, `rows-mistakes-${name}`);
	await row(1).getByLabel("Précision").fill("Parapluie");
	await row(1).getByLabel("Jour", { exact: true }).fill("2024-03-04");
	await row(2).getByLabel("Montant").fill("15");
	await row(2).getByLabel("Avec qui").fill(who.id);
	equal(await overflows(page), false, "wider than the screen");
	await press(page, "Enregistrer et continuer");
	await page.getByRole("heading", { name: /Vérifier et déposer, étape 2 sur 2/ }).waitFor();
}

// Several ways of filing: each asks its own on the summary, once chosen; changing one's mind loses nothing.
async function choose(page, name) {
	const ways = page.getByRole("region", { name: "Comment voulez-vous déposer ?" });
	await ways.getByRole("link", { name: "Déposer en urgence" }).waitFor();
	equal(await page.getByLabel("Motif de l’urgence").count(), 0, "a form before its way is chosen");
	equal(await page.getByRole("button", { name: /^Déposer/ }).count(), 0, "a button before its way is chosen");
	await screenshot(page, `rows-ways-${name}`);
	await ways.getByRole("link", { name: "Déposer en urgence" }).click();
	check(page.url().endsWith("?facon=d%C3%A9poser_en_urgence"), page.url());
	await page.getByLabel("Motif de l’urgence").fill("Un train à prendre");
	equal(await page.getByLabel("Note au service").count(), 0, "only the way that was chosen");
	await clean(page);
	await ways.getByRole("button", { name: "Déposer", exact: true }).click();
	await page.getByLabel("Note au service").fill("Merci");
	equal(await page.getByLabel("Motif de l’urgence").count(), 0, "only the way that was chosen");
	await ways.getByRole("button", { name: "Déposer en urgence" }).click();
	await page.getByLabel("Motif de l’urgence").waitFor();
	equal(await page.getByLabel("Motif de l’urgence").inputValue(), "Un train à prendre", "what was typed is kept");
	await page.getByLabel("Motif de l’urgence").fill("");
	await page.locator("main form").getByRole("button", { name: "Déposer en urgence" }).click();
	await page.getByText("Votre demande n’est pas déposée").waitFor();
	await page.getByLabel("Motif de l’urgence").fill("Un avion à prendre");
	await ways.getByRole("button", { name: "Déposer", exact: true }).click();
	equal(await page.getByLabel("Note au service").inputValue(), "Merci", "what was typed is kept");
	equal(await overflows(page), false, "wider than the screen");
	await clean(page);
	await screenshot(page, `rows-way-${name}`);
	equal(await page.getByText("Besoin d’aide ?").count(), 0, "no card without contacts");
	await page.locator("main form").getByRole("button", { name: "Déposer", exact: true }).click();
	await page.getByText("Votre demande est déposée").waitFor();
	await page.getByText(/Façon de déposer.*Déposer/).waitFor();
}

async function justify(page, name, pdf) {
	const row = n => page.getByRole("group", { name: `Ligne ${n}` });
	await page.getByRole("link", { name: "Justifier" }).first().click();
	await page.getByLabel(/Choisissez le fichier/).setInputFiles(pdf);
	await page.getByRole("group", { name: "Un imprévu" }).getByLabel("Oui").check();
	await press(page, "Justifier");
	await page.getByText("Il reste une question").waitFor();
	await page.getByText("recu.pdf").first().waitFor();
	check(await page.getByRole("group", { name: "Un imprévu" }).getByLabel("Oui").isChecked(), "the answer is kept");
	await row(1).getByLabel("Quoi").fill("Grève");
	await press(page, "Ajouter une ligne");
	await row(2).waitFor();
	equal(await row(1).getByLabel("Quoi").inputValue(), "Grève", "what was typed is kept");
	await page.getByText("recu.pdf").first().waitFor();
	await row(2).getByLabel("Quoi").fill("Retard");
	await press(page, "Retirer la ligne 1");
	await row(2).waitFor({ state: "detached" });
	equal(await row(1).getByLabel("Quoi").inputValue(), "Retard");
	await clean(page);
	equal(await overflows(page), false, "wider than the screen");
	await screenshot(page, `rows-files-${name}`);
	await page.locator("main form button.button:not(.small):not(.secondary)", { hasText: "Justifier" }).last().click();
	await page.getByRole("cell", { name: "Retard" }).waitFor();
	const again = await page.goto(new URL(page.url()).pathname + "/actions/justifier");
	equal(again.status(), 422, "not a form that could not be sent");
	await page.getByRole("heading", { name: "Ce n’est plus possible" }).waitFor();
	await page.getByText("le dossier a avancé entre-temps").waitFor();
	await clean(page);
	await screenshot(page, `rows-impossible-${name}`);
	await page.getByRole("link", { name: "Revenir à la demande" }).click();
	await page.getByRole("cell", { name: "Retard" }).waitFor();
	const other = await page.goto(new URL(page.url()).pathname + "/actions/viser");
	equal(other.status(), 422);
	await page.getByText("revient à quelqu’un d’autre").waitFor();
}

test("cells of rows have their rules; rows and files share a form; what is no longer possible says so", async () => {
	const folder = await mkdtemp(join(tmpdir(), "guichet-rows-"));
	const procedures = join(folder, "procedures"), pdf = { name: "recu.pdf", mimeType: "application/pdf", buffer: pdfOf("recu") };
	let server;
	try {
		await cp("test/rows", join(procedures, "frais-de-deplacement"), { recursive: true });
		server = await startServer({ clock: "2024-02-01T10:00", procedures });
		const cast = await casting(server.data);
		for (const [i, [name, how]] of Object.entries([["desktop", {}], ["plain", { javascript: false }],
			["phone", { javascript: false, phone: true }]])) {
			const person = cast.staff[i];
			const page = await visitor({ url: server.url, ...how });
			if (how.javascript !== false)
				scripted.add(page);
			await enter(page, person);
			await page.getByRole("link", { name: "Frais de déplacement" }).first().click();
			await page.getByRole("link", { name: "Commencer ma demande" }).first().click();
			await fill(page, name, cast.chief);
			await page.getByText(nameOf(cast.chief)).first().waitFor();
			await clean(page);
			await screenshot(page, `rows-summary-${name}`);
			await choose(page, name);
			await justify(page, name, pdf);
			equal(page.mistakes, []);
			await page.context().close();
		}
	} finally {
		await server?.stop();
		await rm(folder, { recursive: true, force: true });
	}
});
