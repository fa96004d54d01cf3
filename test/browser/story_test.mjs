// The whole campaign of the first procedure, as people live it: the announcement, two windows, the three answers of a
// superior (favourable, with a change, unfavourable), silence, the agreement signed by two people, the year and its end.
// Six roles play: agents, a school's head by mailed link, a service's head by login, the support, the office, the help
// desk. Each moves through pages as a person does; mails go to a real SMTP server; PDF are read with other programs.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { check, equal, pdfInfo, pdfStructure, pdfText, screenshot, startMailbox, startServer, test, visitor }
	from "./harness.mjs";
import { casting, enter, listed, nameOf } from "./people.mjs";

const run = promisify(execFile); // STORY_PAGES=1 tells the time of each act, and pictures every page when one fails

// ---- What a person does -------------------------------------------------------------------

// The stage: one server, one mailbox, one browser session per person.
async function raiseCurtain(clock) {
	const mailbox = await startMailbox();
	const server = await startServer({ clock, smtpPort: mailbox.port });
	const folder = await mkdtemp(join(tmpdir(), "guichet-story-"));
	const sessions = new Map();
	const stage = { mailbox, server, folder, pages: [] };

	stage.visit = async options => {
		const page = await visitor({ url: server.url, ...options });
		stage.pages.push(page);
		return page;
	};
	// Enters the demonstration as somebody; the same person keeps the same browser.
	stage.as = async person => {
		if (!sessions.has(person.id)) {
			sessions.set(person.id, await stage.visit());
			await enter(sessions.get(person.id), person);
		}
		return sessions.get(person.id);
	};
	stage.keep = (person, page) => sessions.set(person.id, page);
	// Moves legal time, from the page of the demonstration.
	stage.clock = async moment => {
		const page = await stage.as(stage.cast.helper);
		await page.goto("/demo/horloge");
		await page.getByLabel("Jour et heure").fill(moment);
		await page.getByRole("button", { name: "Avancer", exact: true }).click();
		await page.getByText("Le temps a avancé").waitFor();
	};
	stage.mail = async (person, subject, count = 1) => (await mailbox.waitFor(person.mail, { subject, count })).at(-1);
	stage.noMail = async (person, subject) =>
		equal((await mailbox.messages(person.mail)).filter(message => message.subject.includes(subject)).length, 0,
			`mails to ${nameOf(person)} about « ${subject} »`);
	// The bytes behind a link of the page, with the page's session.
	stage.fetchPdf = async (page, link, name) => {
		const answer = await page.request.get(new URL(await link.getAttribute("href"), page.url()).href);
		equal([answer.status(), answer.headers()["content-type"]], [200, "application/pdf"]);
		const path = join(folder, name);
		await writeFile(path, await answer.body());
		return path;
	};
	stage.lower = async () => {
		for (const page of stage.pages)
			await page.context().close();
		await server.stop();
		await mailbox.stop();
		await rm(folder, { recursive: true, force: true });
	};
	stage.cast = await casting(server.data);
	return stage;
}

const see = (page, text) => page.getByText(text).first().waitFor();

const dontSee = async (page, text) => equal(await page.getByText(text).count(), 0, `« ${text} » on ${page.url()}`);

const press = (page, name) => page.getByRole("button", { name }).first().click();

const follow = (page, name) => page.getByRole("link", { name }).first().click();

// What depends on work in the background: reloads until it is there.
async function await_(page, text, seconds = 15) {
	for (const deadline = Date.now() + seconds * 1000; await page.getByText(text).count() === 0;) {
		if (Date.now() > deadline)
			throw new Error(`« ${text} » never came to ${page.url()}:\n${(await page.locator("main").innerText()).slice(0, 1500)}`);
		await new Promise(resolve => setTimeout(resolve, 150));
		await page.reload();
	}
}

// An insurance certificate, as an insurer's site gives it.
async function insurance(stage) {
	const page = await visitor();
	await page.setContent("<html lang=fr><title>Attestation</title><h1>Attestation d’assurance habitation</h1><p>Le logement est assuré.");
	const path = join(stage.folder, "attestation.pdf");
	await page.pdf({ path });
	await page.context().close();
	return path;
}

// Fills the form up to the summary.
async function prepare(stage, page, { days = ["lundi"], when = "2023-05-30", previous = "Non" } = {}) {
	await page.goto("/");
	await follow(page, "Télétravail des personnels ATSS");
	await follow(page, "Commencer ma demande");
	await page.getByLabel("Date de l’échange").fill(when);
	await page.getByLabel("Nom de votre supérieur hiérarchique direct").fill("Madame Hautecombe");
	await page.getByLabel("Je déclare avoir obtenu l’accord préalable").check();
	await press(page, "Enregistrer et continuer");
	await page.getByLabel("Nombre de jours par semaine").fill(String(days.length));
	for (const day of days)
		await page.getByLabel(day, { exact: true }).check();
	await page.getByLabel("Modalités convenues").fill("Courriers et tableaux de bord ; joignable de 9 h à 16 h 30.");
	await page.getByLabel(previous, { exact: true }).check();
	await press(page, "Enregistrer et continuer");
	await page.getByLabel("Adresse du lieu de télétravail").fill("4 allée des Charmes\n99200 Valmont");
	await press(page, "Enregistrer et continuer");
	await page.getByLabel("Choisissez le fichier").setInputFiles(stage.insurance);
	await press(page, "Envoyer le fichier");
	await see(page, "Le fichier est reçu");
	await follow(page, "Continuer");
	await page.getByRole("heading", { name: /Vérifier et déposer/ }).waitFor();
}

// Files; answers the number of the request.
async function file(page) {
	await press(page, "Déposer ma demande");
	await see(page, "Votre demande est déposée");
	return /n°\s(\S+)/.exec(await page.locator("h1").innerText())[1];
}

async function ask(stage, person, wishes) {
	const page = await stage.as(person);
	await prepare(stage, page, wishes);
	const number = await file(page);
	stage.requests.set(person.id, { number, url: page.url().split("?")[0] });
	const mail = await stage.mail(person, number);
	check(mail.text.includes(number) && mail.text.includes("19 juin 2023"), "the acknowledgement tells the number and what comes next");
	return number;
}

// The same by the forms alone, for those whose filing is not what is watched.
async function askByForms(stage, person, days = ["lundi"]) {
	const page = await stage.as(person), form = "/campagnes/teletravail-academie-2023-2024/demande";
	const field = async (path, name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(await (await page.request.get(path)).text())[1];
	const jeton = await field(form, "jeton");
	const answers = new URLSearchParams({ jeton, etape: "3", date_échange: "2023-05-30", supérieur: "Madame Hautecombe", accord: "oui",
		nombre_jours: String(days.length), modalités: "Courriers et tableaux de bord.", autorisation_précédente: "aucune",
		date_souhaitée: "2023-09-01", adresse: "4 allée des Charmes, 99200 Valmont" });
	for (const day of days)
		answers.append("jours_souhaités", day);
	const typed = { "Content-Type": "application/x-www-form-urlencoded" };
	equal((await page.request.post(form, { data: answers.toString(), headers: typed })).status(), 200, "the answers are saved");
	equal((await page.request.post(`${form}/pieces/assurance`, { multipart: { jeton, fichier: { name: "attestation.pdf",
		mimeType: "application/pdf", buffer: await readFile(stage.insurance) } } })).status(), 200, "the piece is received");
	const unefois = await field(`${form}/recapitulatif`, "unefois");
	const filed = await page.request.post(`${form}/deposer`, { form: { jeton, unefois } });
	check(filed.ok() && filed.url().includes("fait=depot"), `${nameOf(person)} could not file: ${filed.status()}`);
	const number = /n°\s(\S+?)<\/h1>/.exec(await filed.text())[1];
	stage.requests.set(person.id, { number, url: filed.url().split("?")[0] });
	await stage.mail(person, number);
}

const open = async (stage, person, of = person) => {
	const page = await stage.as(person);
	await page.goto(stage.requests.get(of.id).url);
	return page;
};

// The card of one person on a page of opinions.
const card = (page, person) => page.getByRole("article", { name: listed(person) });

// A PDF as its readers meet it: French, titled, tagged.
async function readPdf(path, title) {
	const [text, info, structure] = [await pdfText(path), await pdfInfo(path), await pdfStructure(path)];
	check(info.includes(title), `the title of the document: ${info}`);
	check(/Tagged:\s+yes/.test(info) && /Page size:.*A4/.test(info), info);
	check(/H1/.test(structure), `headings in the structure: ${structure.slice(0, 300)}`);
	const { stdout } = await run("qpdf", ["--json", "--json-key=qpdf", path]);
	check(/"\/Lang": "(u:)?fr/.test(stdout), "the language of the document");
	return text;
}

// ---- The acts -----------------------------------------------------------------------------

// 5 June: the campaign is announced; nothing can be filed yet (TTA-22, TTA-O1).
async function announcement(stage) {
	const { cast } = stage;
	const visitorPage = await stage.visit({ phone: true });
	await visitorPage.goto("/");
	await follow(visitorPage, "Télétravail des personnels ATSS");
	await see(visitorPage, "Attestation d’assurance habitation");
	await see(visitorPage, "Questionnaire d’auto-évaluation");
	await see(visitorPage, "Connectez-vous pour savoir si vous pouvez demander");
	await follow(visitorPage, "Aide");
	await see(visitorPage, "09 99 00 12 34");
	await screenshot(visitorPage, "story-help-phone");


	for (const person of [cast.head, cast.chief]) {
		const told = await stage.mail(person, "Campagne de télétravail 2023-2024 : à faire connaître");
		check(told.text.includes("du mardi 6 juin 2023 au vendredi 16 juin 2023 inclus : Dépôt des demandes"), told.text);
		await visitorPage.goto(told.links[0]);
		await see(visitorPage, "Connectez-vous pour savoir si vous pouvez demander");
	}

	const secretary = await stage.as(cast.secretary);
	await follow(secretary, "Télétravail des personnels ATSS");
	await see(secretary, "Oui, mais pas encore");
	await screenshot(secretary, "story-may-i-not-yet");
	const teacher = await stage.as(cast.teacher);
	await follow(teacher, "Télétravail des personnels ATSS");
	await see(teacher, "Non, vous ne pouvez pas déposer de demande");
	await see(teacher, "Cette campagne est ouverte aux personnels administratifs, techniques, sociaux et de santé");
	const helper = await stage.as(cast.helper);
	await follow(helper, "Aide");
	await see(helper, "du lundi au vendredi, de 9 h 30 à 12 h 30");
}

// 8 and 16 June: requests are filed, one is withdrawn, one stays a draft (TTA-O2, O3, O12).
async function filing(stage) {
	const { cast, cast: { agents, staff } } = stage;
	await stage.clock("2023-06-08T10:00");
	const secretary = await stage.as(cast.secretary);
	await secretary.goto("/");
	await follow(secretary, "Télétravail des personnels ATSS");
	await see(secretary, "Oui, vous pouvez déposer une demande");
	await see(secretary, "16 juin 2023");

	await ask(stage, agents[0], { days: ["mardi", "jeudi"], previous: "Oui, deux jours par semaine" }); // changed by the support
	await screenshot(await stage.as(agents[0]), "story-filed");
	await ask(stage, agents[1]); // refused, confirmed by the support
	await askByForms(stage, agents[2]); // refused, confirmed by time
	await askByForms(stage, agents[3]); // unanswered
	await askByForms(stage, agents[4]); // withdrawn
	await askByForms(stage, staff[0]);
	await askByForms(stage, staff[1], ["vendredi"]);

	const leaving = await open(stage, agents[4]);
	await follow(leaving, "Retirer ma demande");
	await see(leaving, "Votre demande ne sera plus examinée");
	await press(leaving, "Retirer ma demande");
	await see(leaving, "Retirée");
	await stage.mail(agents[4], "retirée");

	// a second request in the same campaign is refused, and says which is the first
	const again = await stage.as(agents[0]);
	await again.goto("/");
	await again.getByRole("link", { name: "Télétravail des personnels ATSS" }).last().click();
	await see(again, `Elle porte le numéro ${stage.requests.get(agents[0].id).number}`);
	equal(await again.getByRole("link", { name: "Commencer ma demande" }).count(), 0);

	await prepare(stage, await stage.as(agents[5])); // ready, but never filed in time
	await stage.clock("2023-06-16T23:50");
	await ask(stage, cast.secretary);
	await screenshot(await stage.as(cast.secretary), "story-filed-last-minute");
}

// 17 June: filing is closed to the second; the draft is kept; the office lets one agent file (TTA-O4, TTA-32).
async function tooLate(stage) {
	const { cast, cast: { agents } } = stage;
	const late = await stage.as(agents[5]);
	await stage.clock("2023-06-17T00:00");
	await press(late, "Déposer ma demande");
	await see(late, "Votre demande n’est pas déposée");
	await screenshot(late, "story-too-late");
	await late.goto("/");
	await see(late, "Brouillon, pas encore déposé");

	await stage.clock("2023-06-17T10:00");
	const office = await stage.as(cast.office);
	await office.goto("/");
	await follow(office, "Gestion");
	await follow(office, "Campagne de télétravail 2023-2024");
	await follow(office, "Dérogations");
	await office.getByLabel("Nom ou matricule de l’agent").fill(agents[5].id);
	await press(office, "Chercher l’agent");
	await follow(office, /Choisir/);
	await office.getByLabel("Jusqu’au").fill("2023-06-18");
	await office.getByLabel("Motif").fill("Absence pour congé de maladie pendant la dernière semaine.");
	await press(office, "Rouvrir pour cet agent");
	await see(office, "La dérogation est enregistrée");
	await see(office, agents[5].last);
	await screenshot(office, "story-exemption");
	await late.goto("/");
	await follow(late, "Télétravail des personnels ATSS"); // the draft comes first
	await follow(late, "Vérifier et déposer");
	stage.requests.set(agents[5].id, { number: await file(late), url: late.url().split("?")[0] });
	const other = await stage.as(agents[6]);
	await other.goto("/");
	await follow(other, "Télétravail des personnels ATSS");
	await see(other, "Trop tard pour déposer");

	// between the windows nobody gives an opinion (TTA-O5, TTA-30)
	const chief = await stage.as(cast.chief);
	await chief.goto("/a-traiter");
	equal(await chief.getByRole("radio").count(), 0, "answers that can be given on 17 June");
	await screenshot(chief, "story-between-windows");
}

// 19 June: one mail to each head of a school, with a link that needs no account (TTA-63, TTA-77, TTA-50).
async function invitation(stage) {
	const { cast, cast: { agents, staff } } = stage;
	await stage.noMail(cast.head, "votre avis est attendu");
	await stage.clock("2023-06-19T08:00");
	const invited = await stage.mail(cast.head, "votre avis est attendu avant le 23 juin 2023");
	const waiting = [agents[0], agents[1], agents[2], agents[3], agents[5], cast.secretary];
	for (const person of waiting)
		check(invited.text.includes(nameOf(person)), `${nameOf(person)} is in the mail:\n${invited.text}`);
	check(!invited.text.includes(nameOf(agents[4])), "a withdrawn request is in the mail");
	check(invited.text.includes("6 demande"), invited.text);
	equal(invited.links.length, 1, "one link for all");
	equal((await stage.mailbox.messages(cast.head.mail)).filter(m => m.subject.includes("votre avis est attendu")).length, 1);
	const told = await stage.mail(cast.chief, "votre avis est attendu");
	check(told.text.includes(nameOf(staff[0])) && !told.links.some(link => link.includes("/lien/")), told.text);
	stage.link = invited.links[0];

	// a mail program that follows the link twice records nothing
	for (let time = 0; time < 2; time++)
		equal((await fetch(stage.link)).status, 200);
	const head = await stage.visit({ phone: true });
	await head.goto(stage.link);
	stage.keep(cast.head, head);
	await see(head, "Rien n’est enregistré tant que vous n’avez pas confirmé");
	equal(await head.getByRole("article").count(), waiting.length, "all are still waiting");
	await screenshot(head, "story-link-phone");
	const page = await open(stage, agents[0]);
	await see(page, "Avis attendu");
}

// The three cases of the circular, by link (TTA-51, 52, 54) and by login.
async function opinions(stage) {
	const { cast, cast: { agents, staff } } = stage;
	const head = await stage.as(cast.head);
	const choose = (person, answer) => card(head, person).getByLabel(answer, { exact: true }).check();
	await choose(cast.secretary, "Favorable");
	await choose(agents[5], "Favorable");
	await choose(agents[0], "Favorable sous réserve de modification");
	await card(head, agents[0]).getByLabel("Modification souhaitée").fill("Un seul jour, le mardi : le jeudi est jour de conseil.");
	await choose(agents[1], "Défavorable");
	await press(head, /Enregistrer/);
	await head.getByRole("alert").first().waitFor(); // an unfavourable answer without grounds is not taken
	await screenshot(head, "story-link-mistake-phone");
	await card(head, agents[1]).getByLabel("Motif du refus").fill("L’accueil du public ne peut pas être assuré à distance.");
	await choose(agents[2], "Défavorable");
	await card(head, agents[2]).getByLabel("Motif du refus").fill("Le poste demande une présence quotidienne à l’infirmerie.");
	await press(head, /Enregistrer/);
	await see(head, "C’est enregistré");
	equal(await head.getByRole("article").count(), 1, "one request still waits");
	await see(head, "Réponses déjà enregistrées");
	await screenshot(head, "story-link-done-phone");
	for (const person of [agents[0], agents[1], agents[2]]) {
		const mail = await stage.mail(cast.head, `${stage.requests.get(person.id).number} : prenez contact`);
		check(mail.text.includes("assistance@ac-valmont.example"), mail.text);
	}
	// until it is confirmed, a refusal is not told to the agent (TTA-A03)
	const page = await open(stage, agents[1]);
	await see(page, "Avis en cours");
	await dontSee(page, "L’accueil du public");

	// the service's head activates an account by mail and logs in
	const chief = await stage.visit();
	await chief.goto("/connexion");
	await follow(chief, "Première connexion");
	await chief.getByLabel("Adresse professionnelle").fill(cast.chief.mail);
	await press(chief, "Recevoir un lien");
	await see(chief, "Regardez votre messagerie");
	await chief.goto((await stage.mail(cast.chief, "Activez votre accès")).links[0]);
	await chief.getByLabel("Nouveau mot de passe").fill("un service public à votre service");
	await press(chief, "Enregistrer ce mot de passe");
	if (await chief.getByLabel("Mot de passe", { exact: true }).count()) {
		await chief.getByLabel("Adresse professionnelle").fill(cast.chief.mail);
		await chief.getByLabel("Mot de passe", { exact: true }).fill("un service public à votre service");
		await press(chief, "Se connecter");
	}
	stage.keep(cast.chief, chief);
	await chief.goto("/");
	await follow(chief, "2 dossiers attendent votre réponse");
	await card(chief, staff[0]).getByLabel("Favorable", { exact: true }).check();
	await card(chief, staff[1]).getByLabel("Favorable", { exact: true }).check();
	await screenshot(chief, "story-waiting");
	await press(chief, /Enregistrer/);
	await see(chief, "C’est enregistré");
	await follow(chief, "Mon service");
	await see(chief, staff[0].last);
	await screenshot(chief, "story-service");
}

// Case 2 and the confirmed case 3: the support changes a request, each change traced and told (TTA-53); confirms a refusal.
async function support(stage) {
	const { cast, cast: { agents } } = stage;
	const support = await stage.as(cast.support);
	await support.goto("/a-traiter");
	await screenshot(support, "story-support");
	await card(support, agents[0]).getByRole("link", { name: /Modifier la demande/ }).click();
	await support.getByLabel("Nombre de jours par semaine").fill("1");
	await support.getByLabel("jeudi", { exact: true }).uncheck();
	await press(support, "Modifier la demande");
	await see(support, "Motif de la modification"); // asked, and what was changed is kept
	check(!await support.getByLabel("jeudi", { exact: true }).isChecked(), "the change is kept after a mistake");
	await support.getByLabel("Motif de la modification").fill("À la demande du chef d’établissement, après échange téléphonique.");
	await screenshot(support, "story-support-change");
	await press(support, "Modifier la demande");
	await see(support, "C’est fait");
	const told = await stage.mail(agents[0], "a été modifiée");
	for (const part of ["Nombre de jours par semaine : 2 jours → 1 jour", "Jours souhaités : mardi et jeudi → mardi", "Motif : À la demande",
		"vous pouvez retirer votre demande"])
		check(told.text.includes(part), told.text);
	const page = await open(stage, agents[0]);
	await see(page, "modifié depuis le dépôt");
	await see(page, "À la demande du chef d’établissement, après échange téléphonique.");
	await see(page, "Demande modifiée");
	await see(page, nameOf(cast.support));
	equal(await page.locator("del").first().innerText() !== "", true, "the old value is shown");
	await screenshot(page, "story-changed");

	await support.goto("/a-traiter");
	await card(support, agents[1]).getByRole("link", { name: /Confirmer le refus/ }).click();
	await press(support, "Confirmer le refus");
	await see(support, "C’est fait");
	await refusal(stage, agents[1], "L’accueil du public ne peut pas être assuré à distance.");
	const unconfirmed = await open(stage, agents[2]);
	await see(unconfirmed, "Avis en cours");
}

// The agent is told in the application, with a decision that gives its grounds and the remedies (TTA-54, TTA-69).
async function refusal(stage, person, grounds) {
	await stage.mail(person, "est refusée");
	const page = await open(stage, person);
	await see(page, "Refusée");
	await dontSee(page, "Début prévu"); // nothing results from a refusal
	await await_(page, "PDF : Décision de refus");
	await screenshot(page, "story-refused");
	const path = await stage.fetchPdf(page, page.getByRole("link", { name: /PDF : Décision de refus/ }), `refus-${person.id}.pdf`);
	const text = (await readPdf(path, "Décision de refus")).replace(/\s+/g, " ");
	for (const part of [person.last, grounds, "tribunal administratif", "deux mois"])
		check(text.includes(part), `« ${part} » in the decision:\n${text}`);
}

// 21 to 24 June: a reminder, then silence, which is neither yes nor no (TTA-67, TTA-33, TTA-O7).
async function silence(stage) {
	const { cast, cast: { agents } } = stage;
	await stage.clock("2023-06-21T08:00");
	const reminder = await stage.mail(cast.head, "Rappel");
	check(reminder.text.includes(nameOf(agents[3])) && !reminder.text.includes(nameOf(agents[0])), reminder.text);
	await stage.noMail(cast.chief, "Rappel");
	await stage.clock("2023-06-23T23:59");
	equal((await fetch(stage.link)).status, 200, "the link on the last minute");
	await stage.clock("2023-06-24T00:00");
	const closed = await stage.visit();
	await closed.goto(stage.link);
	await see(closed, "Ce lien n’ouvre plus rien");
	await screenshot(closed, "story-link-closed");
	const page = await open(stage, agents[3]);
	await await_(page, "Avis en attente");
	await see(page, "Le silence ne vaut ni accord ni refus");
	await screenshot(page, "story-silence");
	// a refusal that nobody confirmed is confirmed by the end of the window; the mail waits for the morning
	await stage.noMail(agents[2], "est refusée");
	await stage.clock("2023-06-24T08:00");
	await refusal(stage, agents[2], "Le poste demande une présence quotidienne à l’infirmerie.");
	const missing = await stage.mail(cast.office, "Avis manquants");
	check(missing.text.includes(nameOf(agents[3])), missing.text);

	// the office reopens the opinion; the head answers late, by a new link
	const office = await stage.as(cast.office);
	await office.goto("/");
	await follow(office, "Gestion");
	await follow(office, "Campagne de télétravail 2023-2024");
	await follow(office, /Avis en attente, délai passé/);
	await see(office, agents[3].last);
	await screenshot(office, "story-desk-silence");
	await follow(office, stage.requests.get(agents[3].id).number);
	await follow(office, "Rouvrir l’avis");
	await office.getByLabel("Avis possible jusqu’au").fill("2023-06-30");
	await office.getByLabel("Motif de la réouverture").fill("Chef d’établissement hospitalisé.");
	await press(office, "Rouvrir l’avis");
	await see(office, "C’est fait");
	const reopened = await stage.mail(cast.head, `${stage.requests.get(agents[3].id).number} : votre avis est attendu`);
	const head = await stage.as(cast.head);
	await head.goto(reopened.links[0]);
	await card(head, agents[3]).getByLabel("Favorable", { exact: true }).check();
	await press(head, /Enregistrer/);
	await see(head, "C’est enregistré");
}

// July: the office draws up agreements, one then all the others, and sends them to be signed (TTA-51, 58, 70).
async function agreements(stage) {
	const { cast, cast: { agents, staff } } = stage;
	await stage.clock("2023-07-05T09:00");
	const office = await stage.as(cast.office);
	const desk = async step => {
		await office.goto("/gestion");
		await follow(office, "Campagne de télétravail 2023-2024");
		await follow(office, step);
	};
	await desk(/Acceptée, convention à établir/);
	await screenshot(office, "story-desk");
	await office.getByLabel("Nom de l’agent ou numéro").fill(cast.secretary.last);
	await press(office, "Chercher");
	equal(await office.locator("tbody tr").count(), 1, "one request by that name");
	await follow(office, stage.requests.get(cast.secretary.id).number);
	await follow(office, "Établir la convention");
	equal(await office.getByLabel("Fin de l’autorisation").inputValue(), "2024-08-31");
	await press(office, "Établir la convention");
	await see(office, "C’est fait");
	await await_(office, "PDF : Convention individuelle de télétravail");
	await screenshot(office, "story-desk-dossier");
	await follow(office, "Envoyer à la signature");
	await press(office, "Envoyer à la signature");
	await see(office, "C’est fait");

	await desk(/Acceptée, convention à établir/);
	await office.getByLabel(/Tous les dossiers de cette étape \(5\)/).check();
	await press(office, "Établir la convention");
	await screenshot(office, "story-batch-prepare");
	await press(office, "Établir la convention");
	await await_(office, "5 sur 5 dossiers traités");
	await screenshot(office, "story-batch");
	await desk(/Convention établie/);
	for (const person of [agents[0], agents[3], agents[5], staff[0], staff[1]])
		await office.getByLabel(`Choisir le dossier de ${listed(person)}`).check();
	await press(office, "Envoyer à la signature");
	await press(office, "Envoyer à la signature");
	await await_(office, "5 sur 5 dossiers traités");
}

// Two signatures on the text as it was shown, printed on an added page (TTA-66, TTA-O8).
async function signatures(stage) {
	const { cast, cast: { staff } } = stage;
	const number = stage.requests.get(cast.secretary.id).number;
	const asked = await stage.mail(cast.head, `Convention ${number} à signer`);
	await stage.noMail(cast.secretary, "est à signer"); // the superior first
	const head = await stage.as(cast.head);
	await head.goto(asked.links[0]);
	await follow(head, /Signer la convention/);
	await await_(head, "Lisez le document");
	await screenshot(head, "story-sign-phone");
	await press(head, "Signer la convention");
	await see(head, "C’est enregistré");

	const told = await stage.mail(cast.secretary, `${number} est à signer`);
	const agent = await stage.as(cast.secretary);
	await agent.goto(told.links[0]);
	await follow(agent, "Signer ma convention");
	await screenshot(agent, "story-sign-agent");
	await press(agent, "Signer ma convention");
	await see(agent, "Autorisation accordée");
	await stage.mail(cast.secretary, `${number} est accordée`);
	await await_(agent, "PDF : Convention individuelle de télétravail");
	await screenshot(agent, "story-granted");
	const link = agent.getByRole("link", { name: /PDF : Convention/ });
	let text = "";
	for (const deadline = Date.now() + 15000; !text.includes(`Signataire Mme ${nameOf(cast.secretary)}`) && Date.now() < deadline;)
		text = (await readPdf(await stage.fetchPdf(agent, link, "convention.pdf"), "Convention individuelle de télétravail"))
			.replace(/\s+/g, " ");
	for (const part of [nameOf(cast.secretary), nameOf(cast.head), "lundi", "4 allée des Charmes", "2023-2024",
		"1er septembre 2023", "31 août 2024", "5 juillet 2023", number])
		check(text.includes(part), `« ${part} » in the agreement:\n${text}`);
	const added = text.slice(text.indexOf("page 1 sur 2"));
	equal([...added.matchAll(/Signataire (?:Mme|M\.) (.*?), (.*?) A signé le (.*?) \(heure de Paris\)/g)].map(match => match.slice(1)),
		[[nameOf(cast.head), "chef d’établissement", "5 juillet 2023 à 9 h 00"],
			[nameOf(cast.secretary), "secrétaire d’intendance", "5 juillet 2023 à 9 h 00"]], "who signed, in which quality, when");
	const read = [...added.matchAll(/Empreinte du texte lu ([0-9a-f]{64})/g)].map(match => match[1]);
	check(read.length === 2 && read[0] === read[1], "both signed the same text");

	// the head of a service signs after logging in
	const chief = await stage.as(cast.chief);
	await chief.goto("/a-traiter");
	await card(chief, staff[0]).getByRole("link", { name: /Signer la convention/ }).click();
	await press(chief, "Signer la convention");
	await see(chief, "C’est fait");
	const signed = await open(stage, staff[0]);
	await follow(signed, "Signer ma convention");
	await press(signed, "Signer ma convention");
	await see(signed, "Autorisation accordée");
}

// 1 September to 31 August: in force, then over, without a silent renewal (TTA-59, 71, 74).
async function theYear(stage) {
	const { cast, cast: { staff } } = stage;
	await stage.clock("2023-09-01T08:00");
	const agent = await open(stage, cast.secretary);
	await await_(agent, "En vigueur");
	await see(agent, "1er septembre 2023");
	await screenshot(agent, "story-in-force");
	const unsigned = await open(stage, staff[1]);
	await see(unsigned, "Convention à signer par le chef");
	const renouncing = await open(stage, staff[0]);
	await follow(renouncing, "Renoncer à mon autorisation");
	await press(renouncing, "Renoncer à mon autorisation");
	await see(renouncing, "C’est fait");
	const office = await stage.as(cast.office);
	await office.goto("/gestion");
	await follow(office, "Campagne de télétravail 2023-2024");
	const list = await office.request.get(new URL(await office.getByRole("link", { name: /Jours autorisés/ }).getAttribute("href"),
		office.url()).href);
	const csv = await list.text();
	check(csv.includes(cast.secretary.last) && !csv.includes(staff[1].last), csv);
	await follow(office, "Indicateurs");
	await screenshot(office, "story-figures");

	await stage.clock("2024-08-31T18:00");
	await agent.reload();
	await see(agent, "En vigueur");
	await stage.clock("2024-09-01T08:00");
	await await_(agent, "Échue");
	const over = await stage.mail(cast.secretary, "a pris fin");
	check(over.text.includes("31 août 2024") && over.text.includes("nouvelle demande"), over.text);
	await screenshot(agent, "story-over");
}

const acts = { announcement, filing, tooLate, invitation, opinions, support, silence, agreements, signatures, theYear };

// ---- The story ----------------------------------------------------------------------------

test("a campaign from its announcement to the end of the year, by six roles", async () => {
	const stage = await raiseCurtain("2023-06-05T10:00");
	const began = Date.now();
	let chapter = "";
	try {
		stage.requests = new Map();
		stage.insurance = await insurance(stage);
		for (const [name, act] of Object.entries(acts)) {
			chapter = name;
			await act(stage);
			if (process.env.STORY_PAGES)
				console.log(`${name}: ${Math.round((Date.now() - began) / 1000)} s`);
		}
		for (const page of stage.pages)
			equal(page.mistakes, [], "what the browser complained of");
	} catch (error) {
		error.stack = `${chapter}: ${error.stack}`;
		if (process.env.STORY_PAGES)
			for (const [i, page] of stage.pages.entries())
				await screenshot(page, `story-failed-${i}`).catch(() => {});
		throw error;
	} finally {
		await stage.lower();
	}
});
