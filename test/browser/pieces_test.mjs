// Pieces in phases, as people live them: handed in, sent back with a ground, replaced, accepted; the wrong file, a file too
// heavy, the same form twice, and who may open what. Then the completeness desk of the office.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { axe, check, equal, overflows, plain, screenshot, startServer, test, visitor } from "./harness.mjs";
import { casting, enter, listed } from "./people.mjs";
import { Client, mainOf, pdfOf } from "./world.mjs";

const run = promisify(execFile);

const files = {
	"procedure.yaml": `guichet: 1
procédure: badge
titre: Badge d’accès au laboratoire
résumé: Entrer au laboratoire en dehors des heures d’ouverture.
service: accueil
conservation: P2Y
fenêtres:
  dépôt: {libellé: Dépôt des demandes}
rôles:
  agent: {libellé: l’agent, est: demandeur}
  chef: {libellé: le chef de service, fonction: chef de service, de: structure}
  accueil: {libellé: le bureau des badges, fonction: gestionnaire DPAE, de: partout}
  support: {libellé: la personne support, fonction: personne support, de: partout}
formulaire:
  demande:
    titre: Votre demande
    champs:
      motif: {libellé: Motif de la demande, type: texte, obligatoire: oui, pourquoi: C’est l’objet de la demande.}
pièces:
  formation: {libellé: Attestation de formation à la sécurité, obligatoire: oui, examen: oui, formats: [PDF], pourquoi: On entre formé.}
  aptitude: {libellé: Avis d’aptitude, attendue: plus tard, lisible_par: support, formats: [PDF, PNG], pourquoi: Pour votre santé.}
  assurance: {libellé: Attestation d’assurance, attendue: plus tard, obligatoire: oui, examen: oui, valable_jusquau: fin_assurance, aide: Celle de l’année., pourquoi: Pour être couvert.}
circuit:
  brouillon:
    libellé: Brouillon
    qui: agent
    actions:
      déposer: {libellé: Déposer ma demande, fait: Demande déposée, pendant: dépôt, vers: examen}
  examen:
    libellé: Examen des pièces
    attend: accueil
    si_rien: La demande attend.
    actions:
      examiner: {libellé: Examiner les pièces, fait: Pièces examinées, qui: accueil, examine: [formation, assurance], vers: examen}
      signaler: {libellé: Demander de compléter, fait: Dossier incomplet, qui: accueil, vers: incomplet}
      attribuer: {libellé: Attribuer le badge, fait: Badge attribué, qui: accueil, exige: [{règle: 'pièces.formation.état = "acceptée"', message: Acceptez d’abord l’attestation de formation.}], vers: attribué}
  incomplet:
    libellé: Dossier incomplet
    attend: agent
    actions:
      compléter:
        libellé: Compléter mon dossier
        fait: Dossier complété
        qui: agent
        joint: [formation, assurance, aptitude]
        saisit:
          fin_assurance: {libellé: L’assurance vaut jusqu’au, type: date, obligatoire: oui, contrôle: fin_assurance > aujourdhui, message: Cette attestation ne vaut plus., pourquoi: Pour demander la suivante à temps.}
        vers: examen
    échéances:
      abandon: {quand: délai.complétude.fin, vers: classé}
  attribué: {libellé: Badge attribué, sens: favorable, fin: oui}
  classé: {libellé: Demande classée, fin: oui}
délais:
  complétude: {libellé: Délai pour compléter, depuis: signaler, arrêt: [compléter, abandon], nombre: 1, unité: mois}
liste:
  colonnes: [{titre: Motif, valeur: motif}]
`,
	"campagnes/2023.yaml": `campagne: 2023
procédure: badge
titre: Badges 2023
fenêtres:
  dépôt: {du: 2023-06-01, au: 2023-06-30}
contacts: [{libellé: Bureau des badges, mail: badges@ac-valmont.example}]
`,
};

async function withServer(body) {
	const folder = await mkdtemp(join(tmpdir(), "guichet-pieces-"));
	const procedures = join(folder, "procedures"), own = join(procedures, "badge");
	let server;
	try {
		for (const [name, text] of Object.entries(files)) {
			await mkdir(dirname(join(own, name)), { recursive: true });
			await writeFile(join(own, name), text);
		}
		const { stdout } = await run("build/guichet", ["check", own]);
		equal(plain(stdout).trim(), "1 procédure : 0 erreur, 0 avertissement");
		server = await startServer({ clock: "2023-06-08T10:00", procedures });
		await body(server, await casting(server.data));
	} finally {
		await server?.stop();
		await rm(folder, { recursive: true, force: true });
	}
}

const pdf = (name, word) => ({ name, mimeType: "application/pdf", buffer: pdfOf(word) });
const press = (where, name) => where.getByRole("button", { name }).first().click();
const follow = (where, name) => where.getByRole("link", { name }).first().click();

async function file(server, person, more) {
	const page = await visitor({ url: server.url, ...more });
	await enter(page, person);
	await page.goto("/campagnes/badge-2023/demande?etape=1");
	await page.getByLabel("Motif de la demande").fill("Mesures de nuit");
	await press(page, "Enregistrer et continuer");
	await page.getByRole("heading", { name: "Pièces à joindre" }).first().waitFor();
	equal(await page.getByText("Attestation d’assurance").count(), 0, "a piece of later is not asked at the filing");
	await page.locator("input[type=file]").first().setInputFiles(pdf("securite.pdf", "securite"));
	await press(page, "Envoyer le fichier");
	await page.getByText("securite.pdf").first().waitFor();
	await follow(page, "Continuer");
	await press(page, "Déposer ma demande");
	await page.getByText("Votre demande est déposée").waitFor();
	return page;
}

const good = async (page, name) => {
	equal(await axe(page), [], name);
	equal(await overflows(page), false, `${name} is wider than its screen`);
	await screenshot(page, name);
};

async function client(server, person) {
	const one = new Client(server.url);
	await one.submit("/demo", "/demo", { personne: person.id });
	return one;
}

test("a piece is sent back with its ground, replaced, and accepted", () => withServer(async (server, cast) => {
	const [person, other] = cast.staff;
	const page = await file(server, person), office = await visitor({ url: server.url });
	const dossier = new URL(page.url()).pathname;
	await page.getByText("à examiner").waitFor();

	// the office: an examination without a verdict, without a ground, then well
	await enter(office, cast.office);
	await office.goto(dossier);
	await follow(office, "Attribuer le badge");
	await press(office, "Attribuer le badge");
	await office.getByText("Acceptez d’abord l’attestation de formation.").waitFor();
	await office.goto(dossier);
	await follow(office, "Examiner les pièces");
	await good(office, "pieces-examiner");
	await press(office, "Examiner les pièces");
	await office.getByText("Acceptez ou renvoyez au moins une des pièces à examiner.").waitFor();
	await office.getByLabel("Je la renvoie").check();
	await press(office, "Examiner les pièces");
	await office.getByText("Dites pourquoi vous la renvoyez").first().waitFor();
	check(await office.getByLabel("Je la renvoie").isChecked(), "what was chosen is still there");
	await good(office, "pieces-examiner-faute");
	await office.getByLabel("Motif du renvoi").fill("La <page> 2 manque.");
	await press(office, "Examiner les pièces");
	await office.waitForURL(/fait=action/);
	await follow(office, "Demander de compléter");
	await press(office, "Demander de compléter");
	await office.waitForURL(/fait=action/);

	// the desk of the office: what is due soonest first, filtered, and nothing for who does not run the campaign
	const desk = "/gestion/badge-2023/pieces";
	await office.goto("/gestion/badge-2023");
	await follow(office, "Pièces");
	const rows = () => office.locator("tbody tr").allTextContents();
	equal((await rows()).map(row => plain(row).includes("8 juillet 2023")), [true, true]);
	check((await rows()).some(row => /Attestation de formation à la sécurité renvoyée/.test(plain(row))), String(await rows()));
	check((await rows()).some(row => /Attestation d’assurance attendue/.test(plain(row))), String(await rows()));
	await good(office, "pieces-bureau");
	await office.getByRole("navigation", { name: "Ce qui reste à faire" }).getByRole("link", { name: "Renvoyées" }).click();
	equal((await rows()).length, 1);
	await office.getByLabel("Pièce", { exact: true }).selectOption("assurance");
	await press(office, "Filtrer");
	await office.getByText("Rien à faire ici").waitFor();
	await good(office, "pieces-bureau-rien");
	equal((await (await client(server, cast.chief)).get(desk)).status, 403);
	equal((await (await client(server, person)).get(desk)).status, 403);
	equal((await new Client(server.url).get(desk)).status, 303);

	// the agent’s timeline: the answer and each piece, until when, by what, and what comes of it otherwise
	await page.goto("/mes-demarches");
	await good(page, "pieces-mes-demarches");
	const life = plain(await page.locator("main").innerText()).replace(/\s+/g, " ");
	for (const told of ["Dossier incomplet", "Attestation de formation à la sécurité : renvoyée, à remplacer La <page> 2 manque.",
		"Attestation d’assurance : à joindre À donner jusqu’au samedi 8 juillet 2023 inclus",
		"Sans action de votre part, le dimanche 9 juillet 2023 : Demande classée",
		"Délai pour compléter : jusqu’au samedi 8 juillet 2023 inclus, il reste 30 jours"])
		check(life.includes(told), `« ${told} » in ${life}`);
	equal(await page.locator("main").getByRole("link", { name: "Compléter mon dossier" }).count(), 1, "asked twice, done once");
	// printed, a year that was folded is there
	await page.locator("details").last().evaluate(year => { year.open = false; });
	await page.emulateMedia({ media: "print" });
	await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
	await page.getByText("Pièces examinées").first().waitFor();
	equal(await overflows(page), false, "printed");
	await screenshot(page, "pieces-mes-demarches-imprime");
	await page.evaluate(() => dispatchEvent(new Event("afterprint")));
	equal(await page.locator("details[open]").count(), 0, "folded again");
	await page.emulateMedia({ media: null });

	// the agent: what to do and until when
	await page.goto(dossier);
	await page.getByText("renvoyée", { exact: true }).waitFor();
	await page.getByText("La <page> 2 manque.").first().waitFor();
	check(/Délai pour compléter : jusqu’au samedi 8 juillet 2023 inclus, il reste 30 jours/.test(plain(await page.textContent("main"))),
		await page.textContent("main"));
	await page.getByText("pas encore jointe").first().waitFor();
	await good(page, "pieces-renvoyee");
	await follow(page, "En joindre une autre");
	await good(page, "pieces-completer");

	// the wrong file beside a right one: the right one is kept
	const input = label => page.getByLabel(new RegExp(`Choisissez le fichier.*${label}`));
	await input("sécurité").setInputFiles({ name: "securite.pdf", mimeType: "application/pdf", buffer: Buffer.from("ceci n’est pas un PDF") });
	await page.getByLabel("L’assurance vaut jusqu’au").fill("2024-05-31");
	await input("assurance").setInputFiles(pdf("assurance.pdf", "assurance"));
	await press(page, "Compléter mon dossier");
	await page.getByText("Des pièces sont à corriger").waitFor();
	await page.getByText("assurance.pdf").first().waitFor();
	await good(page, "pieces-completer-faute");

	// too heavy: told before it leaves, and by the server to who has no script
	await writeFile(join(server.data, "lourd.pdf"), Buffer.alloc(11 << 20, "a"));
	await input("sécurité").setInputFiles(join(server.data, "lourd.pdf"));
	await press(page, "Compléter mon dossier");
	await page.getByText("Ce fichier est trop lourd").waitFor();

	// a mistake in a field keeps the files
	await input("sécurité").setInputFiles(pdf("complete.pdf", "complete"));
	await page.getByLabel("L’assurance vaut jusqu’au").fill("2023-01-01");
	await press(page, "Compléter mon dossier");
	await page.getByText("Cette attestation ne vaut plus.").first().waitFor();
	await page.getByText("complete.pdf").first().waitFor();
	await good(page, "pieces-pretes");
	const [opened] = await Promise.all([page.waitForEvent("download"), follow(page, "complete.pdf")]);
	equal(opened.suggestedFilename(), "complete.pdf");

	// nobody else sees them, nor leaves files here
	const stranger = await client(server, other), chief = await client(server, cast.chief), clerk = await client(server, cast.office);
	for (const [who, status] of [[stranger, 404], [chief, 404], [clerk, 404]])
		equal((await who.get(`${dossier}/actions/${encodeURIComponent("compléter")}/pieces/formation`)).status, status);
	equal((await stranger.get(`${dossier}/pieces/formation`)).status, 404);
	equal((await new Client(server.url).get(`${dossier}/pieces/formation`)).status, 303, "to the login page");

	// an optional one is taken out, then another is chosen
	await input("aptitude").setInputFiles(pdf("erreur.pdf", "erreur"));
	await page.getByLabel("L’assurance vaut jusqu’au").fill("2023-01-01");
	await press(page, "Compléter mon dossier");
	await press(page, "Retirer le fichier erreur.pdf");
	await page.getByText("erreur.pdf").first().waitFor({ state: "detached" });
	await input("aptitude").setInputFiles(pdf("aptitude.pdf", "aptitude"));
	await page.getByLabel("L’assurance vaut jusqu’au").fill("2024-05-31");
	await press(page, "Compléter mon dossier");
	await page.waitForURL(/fait=action/);
	await page.getByText("complete.pdf").first().waitFor();
	await page.getByText("vaut jusqu’au 31 mai 2024").waitFor();
	check(!/Délai pour compléter/.test(await page.textContent("main")), "the clock is stopped");
	// what the first file was, folded: who, when, what became of it; it opens as it was
	const fold = page.locator("#pieces details");
	equal(await fold.count(), 1, "one piece had another file");
	await fold.locator("summary").click();
	const former = plain(await fold.innerText()).replace(/\s+/g, " ");
	for (const told of ["Versions précédentes (1) : Attestation de formation à la sécurité", "securite.pdf", "Jointe le 8 juin 2023 par M",
		"Renvoyée le 8 juin 2023 : La <page> 2 manque. Remplacée le 8 juin 2023."])
		check(former.includes(told), `« ${told} » in ${former}`);
	const [before] = await Promise.all([page.waitForEvent("download"), follow(fold, "securite.pdf")]);
	equal(before.suggestedFilename(), "securite.pdf");
	const old = await fold.getByRole("link").getAttribute("href"), sha = old.split("/").at(-1);
	const mine = await client(server, person), [present, previous] = [await mine.get(`${dossier}/pieces/formation`), await mine.get(old)];
	equal(previous.status, 200);
	check(previous.html.includes("securite") && !present.html.includes("securite"), "the bytes of that time");
	const same = new Set(["content-type", "content-security-policy", "cache-control", "x-content-type-options", "referrer-policy"]);
	const told = one => [...one.headers].filter(([name]) => same.has(name)).concat([["disposition",
		one.headers.get("content-disposition")?.replace(/complete|securite/g, "")]]);
	equal(told(previous), told(present), "headers");
	// who opens the piece of today opens it, and nobody else; what is not its own is not there
	for (const [who, status] of [[clerk, 200], [chief, 200], [stranger, 404]])
		equal([(await who.get(`${dossier}/pieces/formation`)).status, (await who.get(old)).status], [status, status]);
	equal((await new Client(server.url).get(old)).status, 303, "to the login page");
	const nothing = [];
	for (const path of [`${dossier}/pieces/assurance/versions/${sha}`, `${dossier}/pieces/formation/versions/${"0".repeat(64)}`,
		`${dossier}/pieces/formation/versions/x`, `${dossier}/pieces/rien/versions/${sha}`]) {
		const got = await mine.get(path);
		equal(got.status, 404, path);
		nothing.push(mainOf(got.html).replace(/repère à l’assistance.*/, ""));
	}
	equal(new Set(nothing).size, 1, `the same page for all that is not there: ${nothing.join("\n")}`);
	await good(page, "pieces-completees");

	// who may open the medical opinion
	equal((await clerk.get(`${dossier}/pieces/aptitude`)).status, 404, "the office may not");
	equal((await clerk.get(`${dossier}/pieces/assurance`)).status, 200);
	equal((await (await client(server, person)).get(`${dossier}/pieces/aptitude`)).status, 200, "who handed it in may");
	equal((await (await client(server, cast.support)).get(`${dossier}/pieces/aptitude`)).status, 200, "the support may");
	await office.goto(dossier);
	await office.getByText("jointe. Peuvent l’ouvrir : la personne support, et qui l’a jointe.").waitFor();

	// on the desk again: to examine, and to renew soon
	const narrow = await visitor({ url: server.url, phone: true, javascript: false });
	await narrow.context().addCookies((await office.context().cookies()));
	await narrow.goto(desk);
	await narrow.getByText("à examiner").first().waitFor();
	await office.goto(`${desk}?quoi=renouveler`);
	equal((await rows()).length, 0, "it is good for a year");
	await narrow.getByLabel("Code de structure").fill(person.code);
	await narrow.getByRole("button", { name: "Filtrer" }).click();
	await narrow.getByText("et de ce qui en dépend").waitFor();
	await narrow.getByText("à examiner").first().waitFor();
	await screenshot(narrow, "pieces-bureau-structure");
	await narrow.getByRole("link", { name: "Renvoyées" }).click();
	equal(await narrow.getByLabel("Code de structure").inputValue(), person.code, "the filter is kept");
	await narrow.goto(`${desk}?structure=${cast.head.code}`);
	await narrow.getByText("Rien à faire ici").waitFor();
	await narrow.goto(`${desk}?structure=rien`);
	await narrow.getByText("Ce code de structure n’existe pas").waitFor();
	await office.goto(`${desk}?quoi=examiner&piece=formation&page=1`);
	await office.keyboard.press("Tab");
	await good(office, "pieces-bureau-examiner");
	await office.getByRole("link", { name: /Examiner Attestation de formation/ }).focus();
	await office.keyboard.press("Enter");
	await office.getByRole("heading", { name: "Examiner les pièces" }).waitFor();

	// accepted, on a phone
	const phone = await visitor({ url: server.url, phone: true });
	await enter(phone, cast.office);
	await phone.goto(dossier);
	await phone.locator("#pieces summary").click();
	await good(phone, "pieces-versions-telephone");
	await phone.goto(desk);
	await good(phone, "pieces-bureau-telephone");
	await phone.goto(`${dossier}/actions/examiner`);
	await phone.getByRole("group", { name: "Attestation de formation à la sécurité" }).getByLabel("Je l’accepte").check();
	await good(phone, "pieces-examiner-telephone");
	await press(phone, "Examiner les pièces");
	await phone.waitForURL(/fait=action/);
	await follow(phone, "Attribuer le badge");
	await press(phone, "Attribuer le badge");
	await phone.waitForURL(/fait=action/);
	for (const visit of [page, office, phone, narrow]) {
		equal(visit.mistakes, []);
		await visit.context().close();
	}
}));

test("pieces without script: the wrong file, none, too heavy, and the same form twice", () => withServer(async (server, cast) => {
	const [person] = cast.staff;
	const filed = await file(server, person, { javascript: false });
	const dossier = new URL(filed.url()).pathname, form = `${dossier}/actions/${encodeURIComponent("compléter")}`;
	const office = await client(server, cast.office), agent = await client(server, person);
	await filed.context().close();
	equal((await office.submit(`${dossier}/actions/examiner`, null, { "pièce.formation": "renvoyée", "pièce.formation.motif": "Illisible." })).status, 303);
	equal((await office.submit(`${dossier}/actions/signaler`, null, {})).status, 303);
	const send = given => agent.submit(form, null, given, { multipart: true });
	const none = await send({ fin_assurance: "31/05/2024" });
	equal(none.status, 422);
	check(/Attestation d’assurance : Joignez la pièce/.test(plain(mainOf(none.html))), mainOf(none.html));
	const wrong = await send({ fin_assurance: "31/05/2024", "fichier.formation": pdfOf("ok"), "fichier.assurance": Buffer.from("rien") });
	equal(wrong.status, 422);
	check(/Fichier prêt : attestation.pdf/.test(plain(mainOf(wrong.html))), mainOf(wrong.html));
	check(/value="(31\/05\/2024|2024-05-31)"/.test(wrong.html), "what was typed is still there");
	const heavy = await send({ "fichier.assurance": Buffer.alloc(11 << 20, "a") });
	equal(heavy.status, 413);
	check(/Un fichier est trop lourd/.test(mainOf(heavy.html)), mainOf(heavy.html));
	const last = await agent.form(form, null, { fin_assurance: "31/05/2024", "fichier.assurance": pdfOf("assurance") });
	equal((await agent.post(last.action, last.fields, { multipart: true })).status, 303);
	const again = await agent.post(last.action, last.fields, { multipart: true });
	check([303, 422].includes(again.status), String(again.status));
	check(/Dossier complété/.test(mainOf((await agent.get(dossier)).html)), "done once");
	equal((mainOf((await agent.get(dossier)).html).match(/Dossier complété/g) ?? []).length, 1);
	// who cannot act leaves nothing
	const stranger = await client(server, cast.staff[1]);
	equal((await stranger.post(form, { ...Object.fromEntries(last.fields), "fichier.assurance": pdfOf("autre") }, { multipart: true })).status, 403);
}));
