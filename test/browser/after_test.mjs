// What comes after a decision, in the demonstration city as its history left it on 3 June 2024: a refusal and its two
// appeals, in time and too late; two people who decide at once; authorisations that stop, by the agent, by the direction, by
// a change of post; one that is suspended and resumes; a batch taken back; the report of the year, which tells just that.
// Some come with a telephone, some without JavaScript.
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { axe, check, equal, overflows, plain, screenshot, test } from "./harness.mjs";
import { choose, dontSee, follow, look, main, play, press, see, tells, type } from "./stage.mjs";

const run = promisify(execFile);
const campaign = "teletravail-collectivite-permanente";
const report = "/rapports/teletravail-collectivite/annuel";

const somebody = (id, first, last, how = {}) => ({ id, first, last, mail: `${first}.${last}`.toLowerCase()
	.normalize("NFD").replace(/\p{Mn}/gu, "") + "@ormeval.example", ...how });
const cast = {
	perol: somebody("O1227", "Zélie", "Perol", { phone: true }),
	louier: somebody("O1232", "Flora", "Louier", { javascript: false }),
	espuis: somebody("O1463", "Étienne", "Espuis"),
	lamuis: somebody("O1244", "Elsa", "Lamuis"),
	querin: somebody("O1178", "Adèle", "Querin"),
	tourancon: somebody("O1096", "Alba", "Tourançon"),
	claret: somebody("O1228", "Bérénice", "Claret", { phone: true }),
	sauay: somebody("O1233", "Naïma", "Sauay", { javascript: false }),
	courol: somebody("O1238", "Adèle", "Courol"),
	douret: somebody("O1092", "Diane", "Douret"),
	valelle: somebody("O1231", "Anaïs", "Valelle"),
	vauigny: somebody("O1073", "Anaïs", "Vauigny"),
	chief: somebody("O1037", "Maxence", "Merois"),
	home: somebody("O1038", "Katell", "Chaerac"),
	budget: somebody("O1018", "Sylvain", "Néran"),
	director: somebody("O1008", "Gaspard", "Prasède"),
	finance: somebody("O1001", "Victor", "Valan"),
	office: somebody("O1058", "Judith", "Brisier"),
	authority: somebody("O1062", "Kamel", "Clarier"),
	commission: somebody("O1069", "Maxence", "Rivançon"),
	stock: somebody("O1064", "Maëlle", "Néreau"),
};

// ---- What this story needs of the stage -----------------------------------------------------------

const sql = async (stage, text) =>
	(await run("sqlite3", ["-readonly", join(stage.server.data, "guichet.db"), text])).stdout.trim();

// The page of somebody's request, or of the appeal born of it.
const of = async (stage, name, nature = "") => {
	const id = await sql(stage, `SELECT d.id FROM dossier d JOIN person p ON p.id = d.subject WHERE p.external_id = '${cast[name].id}'
		AND d.nature = '${nature}' ORDER BY d.filed_at DESC LIMIT 1`);
	check(id, `no dossier of ${name} ${nature}`);
	return `/dossiers/${id}`;
};

// Somebody does an action of somebody's dossier, from its page.
const does = async (stage, who, whose, action, fill, more = {}) =>
	stage.does(who, action, fill, { on: await of(stage, whose, more.nature), ...more });

// ---- The chapters -----------------------------------------------------------------------------

// 3 June 2024: the year as it stands; what the report says before, for it to be compared.
async function before(stage) {
	stage.before = await figures(stage);
	// a long past is folded but for its end, and opened by the keyboard
	const page = await stage.as("vauigny", await of(stage, "vauigny"));
	const fold = page.locator("summary", { hasText: "étapes plus anciennes" }), filed = page.getByText("Demande déposée").first();
	equal(await filed.isVisible(), false, "what is old is folded");
	await fold.focus();
	await page.keyboard.press("Enter");
	await filed.waitFor();
	equal(await axe(page), [], "the past, unfolded");
}

// The report of the year as its CSV tells it: { "Demandes refusées": 3, … }, of all.
async function figures(stage) {
	const page = await stage.as("office", `${report}?annee=2024`);
	const link = await page.getByRole("link", { name: "Les tableaux, pour un tableur (CSV)" }).getAttribute("href");
	const answer = await page.request.get(new URL(link, page.url()).href);
	equal(answer.status(), 200);
	const [head, ...lines] = plain(await answer.text()).replace(/^\ufeff/, "").trim().split(/\r?\n/)
		.map(line => line.split(";").map(cell => cell.replace(/^"|"$/g, "")));
	const all = lines.find(cells => cells.includes("Ensemble"));
	check(all, `no line for all: ${JSON.stringify(lines)}`);
	return Object.fromEntries(head.map((title, i) => [title, Number(all[i]?.replace(",", "."))]).filter(([, value]) => !Number.isNaN(value)));
}

// 5 to 11 June: no refusal without an interview, nor without grounds; the decision says them, and how to contest it.
async function refusal(stage) {
	const dossier = await of(stage, "perol");
	await stage.refused("director", `${dossier}/actions/refuser`, 422, "Ce n’est pas possible",
		"« Refuser la demande » ne se fait pas à cette étape : le dossier en est à « Entretien à tenir ».");
	await stage.clock("2024-06-05T11:00");
	await does(stage, "chief", "perol", "Enregistrer l’entretien", async page => {
		await type(page, "Date de l’entretien", "2024-06-05");
		await type(page, "Personnes présentes", "Zélie Perol, Maxence Merois");
		for (const skill of ["Autonomie", "Capacité à rendre compte", /^Communication/, "Maîtrise des outils de communication", "Maîtrise des logiciels métiers"])
			await choose(page, skill, "Acquise");
	});
	await stage.received("perol");
	await does(stage, "perol", "perol", "Signer le compte rendu");
	const chief = await stage.as("chief", dossier);
	await follow(stage, chief, "Proposer de refuser");
	await type(chief, "Avis motivé", "L’accueil du public ne se fait pas à distance.");
	await press(stage, chief, "Proposer de refuser");
	await see(chief, "elle est obligatoire");
	await does(stage, "chief", "perol", "Proposer de refuser", async page => {
		await page.getByLabel("Accueil ou présence physique").check();
		await type(page, "Avis motivé", "L’accueil du public ne se fait pas à distance.");
	});
	await stage.clock("2024-06-11T10:00");
	await stage.received("perol");
	const director = await stage.as("director", dossier);
	await follow(stage, director, "Refuser la demande");
	await type(director, "Motivation", "  ");
	await press(stage, director, "Refuser la demande");
	await see(director, "Remplissez ce champ");
	const refused = async page => {
		await page.getByLabel("Accueil ou présence physique").check();
		await page.getByLabel("Permanence physique").check();
		await type(page, "Motivation", "Deux personnes tiennent l’accueil chaque jour.");
	};
	await does(stage, "director", "perol", "Refuser la demande", refused);
	await stage.mails("perol", ["refus"]);
	const page = await stage.as("perol", dossier);
	await see(page, "Refusée", "Accueil ou présence physique", "Permanence physique", "Deux personnes tiennent l’accueil");
	const letter = await stage.act(page, "Décision de refus");
	tells(letter, "5 juin 2024", "Accueil ou présence physique", "Permanence physique", "Deux personnes tiennent l’accueil",
		"recours gracieux", "commission administrative paritaire", "Gaspard Prasède");

	// against the opinion of the superior
	await does(stage, "director", "louier", "Refuser la demande", async page => {
		await page.getByLabel("Logiciels dont l’usage à distance").check();
		await type(page, "Motivation", "Le logiciel d’instruction ne s’ouvre pas à distance.");
	});
	await stage.as("louier", await of(stage, "louier"));
}

// 11 June: the agent withdraws in one browser while the director accepts in another.
async function race(stage) {
	const dossier = await of(stage, "espuis");
	const agent = await stage.as("espuis", dossier), director = await stage.as("director", dossier);
	await follow(stage, agent, "Retirer ma demande");
	await follow(stage, director, "Accepter la demande");
	await Promise.all([[agent, "Retirer ma demande"], [director, "Accepter la demande"]].map(async ([page, name]) => {
		const answered = page.waitForResponse(response => response.request().method() === "POST");
		await page.getByRole("button", { name }).first().click();
		await answered;
		await page.waitForLoadState();
	}));
	const won = [agent, director].filter(page => page.url().includes("fait="));
	equal(won.length, 1, "one of the two wins");
	const lost = won[0] === agent ? director : agent;
	stage.withdrawn = won[0] === agent;
	await look(stage, lost);
	await see(lost, stage.withdrawn ? "Demande retirée" : "Demande acceptée", "Espuis");
	await see(await stage.as("espuis", dossier), stage.withdrawn ? "Retirée" : "Convention à rédiger");
}

// 11 June: the recourse of a decision of March is too late, and the page says what is still possible.
async function tooLate(stage) {
	const dossier = await of(stage, "lamuis");
	const page = await stage.as("lamuis", dossier);
	await see(page, "Refusée", "Saisine de la CAP ou de la CCP");
	equal(await page.getByRole("link", { name: "Recours gracieux" }).count(), 0, "too late, it is not offered");
	await stage.refused("lamuis", `${dossier}/natures/recours_gracieux`, 422, "Le délai de recours est passé.",
		"Vous pouvez toujours déposer une nouvelle demande.");
	await stage.as("lamuis", dossier);
	await follow(stage, page, "Saisine de la CAP ou de la CCP");
	await see(page, "Votre recours");
}

// 11 June to 17 July: what stops, who says so, and when. Each gives back the computer.
async function endings(stage) {
	// the authorisation begins, and the direction stops it within the adaptation: two weeks
	await does(stage, "office", "douret", "Délivrer l’attestation d’autorisation");
	await see(await stage.as("douret", await of(stage, "douret")), "En vigueur");
	const ends = async (who, whose, earliest, early, date) => {
		const page = await stage.as(who, await of(stage, whose));
		await follow(stage, page, "Mettre fin au télétravail");
		equal(await page.getByLabel("Le télétravail cesse le").inputValue(), earliest);
		await type(page, "Date de l’entretien avec l’agent", "2024-06-10");
		await choose(page, "Motif", "Résultats attendus manifestement non atteints");
		await type(page, "Motivation", "Les livrables convenus ne viennent pas.");
		await type(page, "Le télétravail cesse le", early);
		await press(stage, page, "Mettre fin au télétravail");
		await see(page, "Le délai de prévenance est de deux mois, de deux semaines pendant l’adaptation");
		await type(page, "Le télétravail cesse le", date);
		await page.getByRole("button", { name: "Mettre fin au télétravail" }).first().click();
		await page.waitForURL(/fait=/);
		await see(page, "Fin prévue");
	};
	await stage.received("douret");
	await ends("finance", "douret", "2024-06-25", "2024-06-24", "2024-06-25");
	await stage.mails("douret", ["Fin du télétravail", "25 juin 2024"]);
	tells(await stage.act(await stage.as("douret", await of(stage, "douret")), "Fin du télétravail"), "10 juin 2024", "25 juin 2024", "recours gracieux");
	await ends("finance", "vauigny", "2024-08-11", "2024-08-10", "2024-08-11"); // two months afterwards

	// the agent stops it, with a telephone and without JavaScript
	for (const name of ["claret", "sauay"]) {
		await stage.received(name);
		const page = await stage.as(name, await of(stage, name));
		await follow(stage, page, "Renoncer au télétravail");
		await see(page, "Vous n’avez pas à vous justifier");
		await type(page, "Dernier jour convenu avec votre direction", "2024-06-03");
		await page.getByRole("button", { name: "Renoncer au télétravail" }).first().click();
		const yes = page.getByRole("dialog").getByRole("button", { name: "Renoncer au télétravail" });
		if (page.scripted && await yes.isVisible().catch(() => false))
			await yes.click();
		await page.waitForLoadState();
		await see(page, "Indiquez une date à venir");
		await type(page, "Dernier jour convenu avec votre direction", "2024-06-28");
		await page.getByRole("button", { name: "Renoncer au télétravail" }).first().click();
		if (page.scripted && await yes.isVisible().catch(() => false))
			await yes.click();
		await page.waitForURL(/fait=/);
		await look(stage, page);
		await see(page, "Fin prévue");
		await stage.mails(name, ["Fin du télétravail", "29 juin 2024", "Rendez l’équipement"]);
	}
	await stage.clock("2024-06-24T23:50");
	await see(await stage.as("douret", await of(stage, "douret")), "Fin prévue");
	await stage.clock("2024-06-25T00:00");
	await see(await stage.as("douret", await of(stage, "douret")), "Terminée");
	await stage.clock("2024-06-29T00:00");
	for (const name of ["claret", "sauay"])
		await see(await stage.as(name, await of(stage, name)), "Terminée", "Rendez l’équipement sans délai");
	await stage.as("stock", "/a-traiter");
	await does(stage, "stock", "claret", "Constater la restitution");
}

// Since 27 May an apprentice is there: the tutor does not telework, and resumes on the day after.
async function suspension(stage) {
	const dossier = await of(stage, "courol");
	await stage.clock("2024-07-01T10:00");
	await see(await stage.as("courol", dossier), "En vigueur", "15 juin 2024 à 0 h 00 Télétravail repris");
	await see(await stage.as("home", "/service?semaine=2024-07-08"), "Courol Adèle présent présent accordé présent accordé");
	await stage.does("courol", "Déclarer une période de présence", async page => {
		const period = page.getByRole("group", { name: "Période de présence" }).first();
		await period.locator("input").nth(0).fill("2024-07-08");
		await period.locator("input").nth(1).fill("2024-07-19");
	}, { on: dossier });
	await see(await stage.as("courol", dossier), "lundi 8 juillet 2024", "Télétravail suspendu");
	await stage.received("courol");
	await stage.clock("2024-07-08T09:00");
	await stage.mails("courol", ["Télétravail suspendu ou repris"]);
	await see(await stage.as("courol", dossier), "Télétravail suspendu", "samedi 20 juillet 2024", "En vigueur");
	await see(await stage.as("home", "/service?semaine=2024-07-08"), "Courol Adèle présent présent présent présent présent");
}

// The directory moves somebody on 15 July: told a week before, the authorisation ends on that day, by right.
async function newPost(stage) {
	const dossier = await of(stage, "valelle");
	const lines = (await readFile("demonstration/ville/affectations.csv", "utf8"))
		.replace("O1231;CCAS-AUT-ACC;agent;100;2015-01-01;", "O1231;CCAS-AUT-ACC;agent;100;2015-01-01;2024-07-14\nO1231;CCAS-AUT-DOM;agent;100;2024-07-15;");
	const file = join(stage.folder, "affectations.csv");
	await writeFile(file, lines);
	await run("build/guichet", ["import", stage.server.data, "--affectations", file, "--date", "2024-07-08"]);
	await stage.received("valelle");
	await stage.clock("2024-07-12T17:00");
	await stage.clock("2024-07-14T23:50");
	await see(await stage.as("valelle", dossier), "En vigueur");
	await stage.clock("2024-07-15T08:00");
	for (const deadline = Date.now() + 20000; !(await main(await stage.as("valelle", dossier))).includes("Terminée");)
		check(Date.now() < deadline, `the new post does not end it:\n${await main(stage.pages.get("valelle"))}`);
	const page = await stage.as("valelle", dossier);
	await see(page, "Terminée", "Changement de poste", "Rendez l’équipement sans délai");
	await stage.settle();
	await stage.mails("valelle", ["Fin du télétravail", "15 juillet 2024"]);
	await see(await stage.as("home", "/service?semaine=2024-07-15"), "Courol Adèle");
}

// 12 August: the last day of the recourse (the 11th is a Sunday), with a telephone and without JavaScript; the office passes
// both on in one go, takes that back, passes them on again. One is upheld. The other goes to the commission.
async function appeals(stage) {
	await stage.clock("2024-08-12T17:00");
	await stage.received("office");
	for (const [name, why] of [["perol", "L’accueil peut se tenir à trois."], ["louier", "Le logiciel s’ouvre à distance depuis mai."]]) {
		const page = await stage.as(name, await of(stage, name));
		await follow(stage, page, "Recours gracieux");
		await type(page, "Pourquoi contestez-vous la décision", why);
		await press(stage, page, "Enregistrer et continuer");
		await see(page, "Vérifier et déposer", why);
		await page.getByRole("button", { name: "Former le recours gracieux" }).click();
		await page.getByText("Votre demande est déposée").first().waitFor();
		await look(stage, page);
		await see(await stage.as(name, await of(stage, name)), "Recours reçu");
	}
	await stage.mails("office", ["Recours gracieux", "L’accueil peut se tenir à trois."], ["Recours gracieux", "Le logiciel s’ouvre à distance"]);

	const office = await stage.as("office", `/gestion/${campaign}?etape=${encodeURIComponent("recours_reçu")}`);
	await office.getByLabel("Tous les dossiers de cette étape (2)").check();
	await press(stage, office, "Transmettre à l’autorité territoriale");
	await press(stage, office, "Transmettre à l’autorité territoriale (2 dossiers)");
	await office.getByText("c’est fini").waitFor();
	await look(stage, office);
	await see(office, "Vous pouvez encore revenir sur ce lot");
	await see(await stage.as("authority", await of(stage, "perol", "recours_gracieux")), "Recours à décider");
	await follow(stage, office, "Revenir sur ce lot");
	await press(stage, office, "Oui, revenir dessus (2 dossiers)");
	await office.getByText("c’est fini").waitFor();
	await look(stage, office);
	await see(await stage.as("authority", await of(stage, "perol", "recours_gracieux")), "Recours reçu");
	for (const name of ["perol", "louier"])
		await does(stage, "office", name, "Transmettre à l’autorité territoriale", undefined, { nature: "recours_gracieux" });

	await stage.clock("2024-08-26T10:00");
	await stage.received("perol");
	await stage.received("louier");
	await does(stage, "authority", "louier", "Accueillir le recours", undefined, { nature: "recours_gracieux" });
	await does(stage, "authority", "perol", "Rejeter le recours", page => type(page, "Motivation", "Trois personnes ne tiennent pas deux accueils."),
		{ nature: "recours_gracieux" });
	await stage.mails("louier", ["Recours accueilli"]);
	await stage.mails("perol", ["Recours rejeté"]);
	await see(await stage.as("louier", await of(stage, "louier")), "Convention à rédiger", "Refus annulé après recours");
	tells(await stage.act(await stage.as("perol", await of(stage, "perol", "recours_gracieux")), "Rejet du recours"),
		"Trois personnes ne tiennent pas deux accueils.", "tribunal administratif");
	// of a recourse of May nobody said anything
	await see(await stage.as("tourancon", await of(stage, "tourancon", "recours_gracieux")), "Recours rejeté", "Deux mois sans réponse");

	// the commission gives its opinion, and the direction follows it
	await stage.clock("2024-09-16T10:00");
	await stage.received("commission");
	const perol = await stage.as("perol", await of(stage, "perol"));
	await follow(stage, perol, "Saisine de la CAP ou de la CCP");
	await type(perol, "Pourquoi contestez-vous la décision", "Deux accueils ont fusionné.");
	await press(stage, perol, "Enregistrer et continuer");
	await perol.getByRole("button", { name: "Saisir la commission" }).click();
	await perol.getByText("Votre demande est déposée").first().waitFor();
	await stage.mails("commission", ["Saisine de la commission", "Deux accueils ont fusionné."]);
	await does(stage, "commission", "perol", "Rendre l’avis de la commission", async page => {
		await choose(page, "Avis sur le refus", "Favorable à la demande de l’agent");
		await type(page, "Motifs de l’avis", "Un jour par semaine reste possible.");
	}, { nature: "saisine" });
	await does(stage, "director", "perol", "Accepter la demande après cet avis", undefined, { nature: "saisine" });
	await see(await stage.as("perol", await of(stage, "perol")), "Convention à rédiger");
}

// 31 December: the report of the year is the one of before, and what this story did.
async function told(stage) {
	await stage.clock("2024-12-31T10:00");
	const after = await figures(stage), before = stage.before;
	const gained = Object.fromEntries(Object.keys(after).map(title => [title, after[title] - before[title]]));
	// ended: by the direction two, and one announced before; by the agent two; by a new post one
	const did = { "Demandes": 0, "Demandes acceptées": stage.withdrawn ? 0 : 1, "Demandes refusées": 2, "Attestations délivrées": 1,
		"Recours et saisines": 3, "Autorisations terminées": 6, "Avenants": 0, "Demandes rejetées faute de pièces": 0 };
	equal(Object.fromEntries(Object.keys(did).map(title => [title, gained[title]])), did, "what the report of the year gained");
	// the same on screen, and on paper
	const page = await stage.as("office", `${report}?annee=2024`);
	for (const [title, value] of Object.entries(after))
		if (did[title] !== undefined)
			await see(page, `${String(value).replace(".", ",")} ${title}`);
	await page.emulateMedia({ media: "print" });
	equal(await overflows(page), false, "the report on paper");
	if (process.env.PLAY_SHOTS)
		await screenshot(page, "play-report-paper");
	await page.emulateMedia({ media: "screen" });
	await see(page, "Accueil ou présence physique", "Fins par auteur", "mobilité");
}

const chapters = { before, refusal, race, tooLate, endings, suspension, newPost, appeals, told };

test("what comes after a decision, in the city of the demonstration", () =>
	play({ cast, clock: "2024-06-03T10:00", lived: true }, chapters));
