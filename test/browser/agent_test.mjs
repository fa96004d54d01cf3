// The agent's path: may I, the form in steps, the pieces, the summary, the filing, and what each refuses.
import { readFile } from "node:fs/promises";
import { axe, check, equal, overflows, pdfText, screenshot, startServer, test, visitor } from "./harness.mjs";

const campaign = "/campagnes/teletravail-academie-2023-2024";
const request = `${campaign}/demande`;

// Persons of the invented académie, by number: the same seed gives the same persons.
const agents = { first: "V000553", second: "V000554", third: "V000557", fourth: "V000556", phone: "V000560", late: "V000559" };
const outsider = "V000474"; // an inspector: not one of the campaign's professions

// ---- Files ----

// The smallest file that is really a PDF of one page, with room to weigh what is wanted.
function pdf({ weight = 0 } = {}) {
	const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>", `<</Length ${weight}>>\nstream\n${" ".repeat(weight)}\nendstream`];
	let body = "%PDF-1.4\n";
	const at = objects.map((object, index) => {
		const start = body.length;
		body += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return start;
	});
	const table = body.length;
	body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`
		+ at.map(start => `${String(start).padStart(10, "0")} 00000 n \n`).join("")
		+ `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
	return Buffer.from(body, "latin1");
}
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const file = (name, buffer, mimeType = "application/pdf") => ({ name, mimeType, buffer });

// ---- Visits ----

async function enter(server, person, options = {}) {
	const page = await visitor({ url: server.url, ...options });
	await become(page, person);
	return page;
}

async function become(page, person) {
	const form = await (await page.request.get("/demo")).text();
	const answer = await page.request.post("/demo", { form: { jeton: /name="jeton" value="([^"]+)"/.exec(form)[1], personne: person } });
	equal(answer.status(), 200, `entering as ${person}`);
}

async function moveClock(page, day, hour) {
	const form = await (await page.request.get("/demo/horloge")).text();
	const fields = { jeton: /name="jeton" value="([^"]+)"/.exec(form)[1], moment: `${day}T${hour}` };
	equal((await page.request.post("/demo/horloge", { form: fields })).status(), 200, `moving to ${day}`);
}

// Looks at a page as a critic would, and leaves a picture of it.
async function look(page, name) {
	equal(await axe(page), [], name);
	check(!await overflows(page), `${name} is wider than its screen`);
	await screenshot(page, name);
}

const next = page => page.getByRole("button", { name: "Enregistrer et continuer" }).click();

async function fillExchange(page) {
	await page.getByLabel("Date de l’échange").fill("2023-06-02");
	await page.getByLabel("Nom de votre supérieur hiérarchique direct").fill("Claire Delorme");
	await page.getByLabel("Je déclare avoir obtenu l’accord préalable").check();
}

async function fillRequest(page) {
	await page.getByLabel("Nombre de jours par semaine").fill("1");
	await page.getByLabel("jeudi").check();
	await page.getByLabel("Modalités convenues avec votre supérieur").fill("Bilans et tableaux de suivi ; joignable de 9 h à 17 h.");
	await page.getByLabel("Non", { exact: true }).check();
}

async function sendPiece(page, piece) {
	await page.setInputFiles("input[type=file]", piece);
	await page.getByRole("button", { name: /^Envoyer le/ }).click();
}

// From the first step to the summary.
async function prepare(page) {
	await page.goto(request);
	await fillExchange(page);
	await next(page);
	await page.getByRole("heading", { name: /^Votre demande/ }).waitFor();
	await fillRequest(page);
	await next(page);
	await page.getByLabel("Adresse du lieu de télétravail").fill("3 rue des Tilleuls\n80000 Valmont");
	await next(page);
	await sendPiece(page, file("attestation.pdf", pdf()));
	await page.getByText("Le fichier est reçu.").waitFor();
	await page.getByRole("link", { name: "Continuer" }).click();
	await page.getByRole("heading", { name: /^Vérifier et déposer/ }).waitFor();
}

let server;
const served = async () => server ??= await startServer({ clock: "2023-06-08T10:00" });

// ---- Stories ----

test("anybody reads what the campaign is, and must log in to know whether they may (TTA-01, TTA-24, TTA-34, TTA-45)", async () => {
	const page = await visitor({ url: (await served()).url });
	await page.goto(campaign);
	await page.getByText("Connectez-vous pour savoir si vous pouvez demander").waitFor();
	await page.getByText("Attestation d’assurance habitation").first().waitFor();
	await page.getByText("du 6 juin 2023 au 16 juin 2023 inclus").waitFor();
	await page.getByText("de 9 h 30 à 12 h 30").waitFor();
	await look(page, "campagne-visiteur");
	equal((await page.goto(request)).status(), 200);
	check(page.url().includes("/connexion?vers="), "a stranger is sent to log in, with the way back");
	equal(page.mistakes, []);
	await page.context().close();
});

test("who is not of the population is told so, why, and whom to ask (TTA-16)", async () => {
	const page = await enter(await served(), outsider);
	await page.goto(campaign);
	await page.getByText("Non, vous ne pouvez pas déposer de demande").waitFor();
	await page.getByText("Votre filière n’en fait pas partie").first().waitFor();
	equal(await page.getByRole("link", { name: "Commencer ma demande" }).count(), 0);
	await page.getByText("Pourquoi cette réponse ?").click();
	await look(page, "campagne-non");
	await page.goto(request);
	equal(new URL(page.url()).pathname, campaign);
	equal(page.mistakes, []);
	await page.context().close();
});

test("an agent files a request, with a mistake and a wrong file on the way (TTA-06, TTA-20, TTA-35, TTA-62)", async () => {
	const page = await enter(await served(), agents.first);
	await page.goto(campaign);
	await page.getByText("Oui, vous pouvez déposer une demande").waitFor();
	await page.getByText("Pourquoi cette réponse ?").click();
	await look(page, "campagne-oui");
	await page.getByRole("link", { name: "Commencer ma demande" }).click();
	await look(page, "demande-etape-1");

	// A mistake costs nothing of what was typed.
	await page.getByLabel("Nom de votre supérieur hiérarchique direct").fill("Claire Delorme");
	await page.getByLabel("Date de l’échange").fill("2023-06-30");
	await next(page);
	await page.getByText("L’échange précède la demande.").first().waitFor();
	equal(await page.inputValue("[name=supérieur]"), "Claire Delorme");
	equal(await page.inputValue("[name=date_échange]"), "2023-06-30");
	await look(page, "demande-etape-1-erreurs");
	await fillExchange(page);
	await next(page);

	await page.getByRole("heading", { name: /^Votre demande/ }).waitFor();
	equal(await page.inputValue("[name=date_souhaitée]"), "2023-09-01", "the proposed date");
	await fillRequest(page);
	await page.getByLabel("Nombre de jours par semaine").fill("3");
	await next(page);
	await page.getByText("La charte permet un ou deux jours").first().waitFor();
	check(await page.getByLabel("jeudi").isChecked(), "the ticked day is kept");
	await page.getByLabel("Nombre de jours par semaine").fill("1");
	await next(page);
	await page.getByLabel("Adresse du lieu de télétravail").fill("3 rue des Tilleuls\n80000 Valmont");
	await next(page);

	// The file is judged by what it is, not by its name.
	await page.getByRole("heading", { name: /^Pièces à joindre/ }).waitFor();
	await look(page, "demande-pieces");
	const refused = words => page.locator(".error-message", { hasText: words }).waitFor();
	await sendPiece(page, file("attestation.pdf", Buffer.from("Bonjour, ceci est du texte.")));
	await refused("n’est ni un PDF");
	await look(page, "demande-pieces-refus");
	await sendPiece(page, file("abîmée.pdf", pdf().subarray(0, 150)));
	await refused("abîmée.pdf");
	await sendPiece(page, file("vide.pdf", Buffer.alloc(0)));
	await refused("vide.pdf » est vide");
	await sendPiece(page, file("lourde.pdf", pdf({ weight: 11 << 20 })));
	await refused("trop lourd");
	await sendPiece(page, file("attestation n° 1.png", png, "image/png"));
	await page.getByText("Le fichier est reçu.").waitFor();
	await sendPiece(page, file("attestation définitive.pdf", pdf()));
	await page.getByRole("link", { name: "attestation définitive.pdf" }).waitFor();
	await look(page, "demande-pieces-recue");
	equal((await page.request.get(`${request}/pieces/assurance`)).headers()["content-type"], "application/pdf");

	await page.getByRole("link", { name: "Continuer" }).click();
	await page.getByText("Votre demande est complète.").waitFor();
	await page.getByText("L’avis sera demandé à").waitFor();
	await look(page, "demande-recapitulatif");

	// The same form sent twice gives the same receipt.
	const form = Object.fromEntries(await page.locator("form[action$='/deposer'] input[type=hidden]").evaluateAll(
		inputs => inputs.map(input => [input.name, input.value])));
	await page.getByRole("button", { name: "Déposer ma demande" }).click();
	await page.getByText("Votre demande est déposée").first().waitFor();
	const receipt = page.url().split("?")[0];
	await look(page, "dossier-depose");
	// A date that is computed says by which rule, and from which answers.
	await page.locator("dd", { hasText: "Pourquoi" }).first().locator("summary").click();
	await page.locator("dd li", { hasText: "réponse du dossier" }).first().waitFor();
	await look(page, "dossier-pourquoi");
	const again = await page.request.post(`${request}/deposer`, { form });
	equal(again.url().split("?")[0], receipt, "the same receipt");

	// A second one is refused, with the way to the first.
	const second = await page.request.post(`${request}/deposer`, { form: { ...form, unefois: "autre" } });
	equal(second.status(), 422);
	check((await second.text()).includes("Vous avez déjà une demande"), "the duplicate is told");
	await page.goto(campaign);
	await page.getByRole("link", { name: "Voir ma demande" }).waitFor();
	await look(page, "campagne-deposee");
	await page.goto("/");
	await look(page, "accueil-agent");
	equal(page.mistakes, []);
	await page.context().close();
});

test("the acknowledgement is a numbered page, a PDF and a mail (TTA-62)", async () => {
	const page = await enter(await served(), agents.first);
	await page.goto("/");
	await page.locator("main").getByRole("link", { name: "Télétravail des personnels ATSS" }).first().click();
	const number = /\d{4}-[A-Z]+-\d+-[A-Z0-9]/.exec(await page.locator("main").textContent())[0];
	const link = page.getByRole("link", { name: /PDF/ }).first();
	for (let tries = 0; await link.count() === 0 && tries < 50; tries++) {
		await new Promise(resolve => setTimeout(resolve, 200));
		await page.reload();
	}
	const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
	check((await pdfText(await download.path())).includes(number), "the PDF bears the number");
	await page.goto("/demo/courriels");
	await page.getByRole("link", { name: new RegExp(`Votre demande ${number} est déposée`) }).first().click();
	await page.getByText(number).first().waitFor();
	await page.context().close();
});

test("before the opening a request is prepared, not filed (TTA-O1)", async () => {
	const early = await startServer({ clock: "2023-06-05T23:58" });
	const page = await enter(early, agents.first);
	await page.goto(campaign);
	await page.getByText("Oui, mais pas encore").waitFor();
	await page.getByRole("link", { name: "Préparer ma demande" }).click();
	await prepare(page);
	await page.getByText("Vous ne pouvez pas déposer pour l’instant").waitFor();
	await look(page, "demande-recapitulatif-trop-tot");
	const jeton = await page.locator("input[name=jeton]").first().inputValue();
	const refused = await page.request.post(`${request}/deposer`, { form: { jeton, unefois: "tôt" } });
	equal(refused.status(), 422);
	check((await refused.text()).includes("ce sera possible à partir du"), "it says from when");
	equal(page.mistakes, []);
	await page.context().close();
	equal(await early.stop(), 0, "the server stopped well");
});

test("what is typed saves itself; a draft says that it is not filed", async () => {
	const page = await enter(await served(), agents.second);
	await page.goto(request);
	await page.getByLabel("Nom de votre supérieur hiérarchique direct").fill("Paul Verdier");
	await page.getByText(/^Enregistré à \d+ h \d\d$/).waitFor();
	await page.reload();
	equal(await page.inputValue("[name=supérieur]"), "Paul Verdier");
	// A box that is unticked stays so.
	await page.goto(`${request}?etape=2`);
	await page.getByLabel("lundi").check();
	await page.getByRole("button", { name: "Étape précédente" }).click();
	await page.goto(`${request}?etape=2`);
	check(await page.getByLabel("lundi").isChecked(), "the box is kept");
	await page.getByLabel("lundi").uncheck();
	await page.getByRole("button", { name: "Enregistrer et revenir plus tard" }).click();
	await page.getByText("Il n’est pas encore déposé").waitFor();
	await page.getByText("Brouillon, pas encore déposé").waitFor();
	await look(page, "accueil-brouillon");
	await page.goto(`${request}?etape=2`);
	check(!await page.getByLabel("lundi").isChecked(), "the box is unticked");
	await page.goto(`${request}/recapitulatif`);
	await page.getByText("Avant de déposer, il reste à compléter").waitFor();
	equal(await page.getByRole("button", { name: "Déposer ma demande" }).count(), 0);
	await look(page, "demande-recapitulatif-incomplet");
	await page.goto(`${request}/abandonner`);
	await look(page, "demande-abandon");
	await page.getByRole("button", { name: "Effacer le brouillon" }).click();
	await page.getByText("Votre brouillon est effacé.").waitFor();
	await page.goto(campaign);
	await page.getByText("Oui, vous pouvez déposer une demande").waitFor();
	equal(page.mistakes, []);
	await page.context().close();
});

test("a draft that cannot be saved says it loudly", async () => {
	const page = await enter(await served(), agents.second);
	await page.goto(request);
	await page.request.post("/deconnexion", { form: { jeton: await page.inputValue("[name=jeton] >> nth=0") } });
	await page.getByLabel("Nom de votre supérieur hiérarchique direct").fill("Ne me perdez pas");
	await page.getByRole("alert").getByText("Votre saisie n’est pas enregistrée").waitFor();
	await page.context().close();
});

test("everything is done without JavaScript, and a file too large is refused beside its field", async () => {
	const page = await enter(await served(), agents.third, { javascript: false });
	await prepare(page);
	await page.getByRole("link", { name: /Modifier.*Pièces/ }).click();
	await page.setInputFiles("input[type=file]", file("enorme.pdf", pdf({ weight: 11 << 20 })));
	const [answer] = await Promise.all([page.waitForResponse(one => one.request().method() === "POST"),
		page.getByRole("button", { name: /^Envoyer le/ }).click()]);
	equal(answer.status(), 413);
	await page.getByText("Ce fichier est trop lourd : 10 Mo au plus.").waitFor();
	await page.getByRole("link", { name: "attestation.pdf" }).waitFor();
	await page.getByRole("button", { name: /^Retirer/ }).click();
	await page.getByText("Le fichier est retiré.").waitFor();
	await sendPiece(page, file("photo.png", png, "image/png"));
	await page.getByRole("link", { name: "Continuer" }).click();
	await page.getByRole("button", { name: "Déposer ma demande" }).click();
	await page.getByText("Votre demande est déposée").first().waitFor();
	// And taken back, which frees the place.
	await page.getByRole("link", { name: "Retirer ma demande" }).click();
	await page.getByRole("button", { name: "Retirer ma demande" }).click();
	await page.getByText("Retirée").first().waitFor();
	await page.goto(campaign);
	await page.getByText("Oui, vous pouvez déposer une demande").waitFor();
	await page.context().close();
});

test("the whole path fits a phone", async () => {
	const page = await enter(await served(), agents.phone, { phone: true });
	await page.goto("/");
	await look(page, "accueil-phone");
	await page.goto(campaign);
	await look(page, "campagne-phone");
	await page.goto(request);
	await next(page);
	await look(page, "demande-etape-1-phone");
	await page.goto(`${request}?etape=2`);
	await look(page, "demande-etape-2-phone");
	await prepare(page);
	await look(page, "demande-recapitulatif-phone");
	await page.goto(`${request}?etape=4`);
	await look(page, "demande-pieces-phone");
	await page.goto(`${request}/recapitulatif`);
	await page.getByRole("button", { name: "Déposer ma demande" }).click();
	await page.getByText("Votre demande est déposée").first().waitFor();
	await look(page, "dossier-phone");
	await page.getByRole("link", { name: "Retirer ma demande" }).click();
	await look(page, "dossier-retirer-phone");
	equal(page.mistakes, []);
	await page.context().close();
});

test("a minute too late is too late, told exactly, and the draft stays (TTA-O3, TTA-O4, TTA-32)", async () => {
	const page = await enter(await served(), agents.late);
	await prepare(page);
	const form = Object.fromEntries(await page.locator("form[action$='/deposer'] input[type=hidden]").evaluateAll(
		inputs => inputs.map(input => [input.name, input.value])));
	await moveClock(page, "2023-06-17", "00:00");
	const late = await page.request.post(`${request}/deposer`, { form });
	equal(late.status(), 422);
	check((await late.text()).includes("c’était possible jusqu’au vendredi 16 juin 2023 inclus"), "the exact sentence");
	await page.goto(campaign);
	await page.getByText("Trop tard : votre brouillon n’a pas été déposé").waitFor();
	await look(page, "campagne-trop-tard");
	await page.getByRole("link", { name: "Relire mon brouillon" }).click();
	equal(await page.inputValue("[name=supérieur]"), "Claire Delorme");
	equal(page.mistakes, []);
	await page.context().close();
	equal(await server.stop(), 0, "the server stopped well");
});
