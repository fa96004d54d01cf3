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
import { Client, mainOf, textOf } from "./world.mjs";

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
	await stage.as("vauigny", await of(stage, "vauigny"));
}

// The figures of the report as its CSV gives them: { "Demandes refusées": "3", … } of the whole.
async function figures(stage, year = 2024) {
	const page = await stage.as("office", `${report}?periode=${year}`);
	const answer = await page.request.get(new URL(`${report}/csv?periode=${year}`, page.url()).href);
	equal(answer.status(), 200);
	return plain(await answer.text()).replace(/^\ufeff/, "").trim().split(/\r?\n/).map(line => line.split(";"));
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
	await see(lost, stage.withdrawn ? "Demande retirée" : "Demande acceptée", "Étienne Espuis".split(" ")[1]);
	await see(await stage.as("espuis", dossier), stage.withdrawn ? "Retirée" : "Convention à rédiger");
}

const chapters = { before, refusal, race };

test("what comes after a decision, in the city of the demonstration", () =>
	play({ cast, clock: "2024-06-03T10:00", lived: true }, chapters));
