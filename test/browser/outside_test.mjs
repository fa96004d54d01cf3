// What each structure sets for itself, the dossiers that this goes against, and the agenda of a day: a procedure of the
// test's own, in the académie.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { axe, check, equal, overflows, plain, screenshot, startServer, test, visitor } from "./harness.mjs";
import { casting, enter, listed } from "./people.mjs";

const run = promisify(execFile);
const campaign = "presence-2023";

const files = {
	"procedure.yaml": `guichet: 1
procédure: presence
titre: Jours choisis d’un service
résumé: Choisir un jour hors du service.
service: division
conservation: P2Y
fenêtres:
  dépôt: {libellé: Dépôt des demandes, fermeture: jamais}
rôles:
  agent: {libellé: l’agent, est: demandeur}
  chef: {libellé: le chef de service, fonction: chef de service, de: structure}
  division: {libellé: la division, fonction: gestionnaire DPAE, de: partout}
réglages:
  jour_commun: {libellé: Jour où tous sont présents, aide: Personne n’est absent ce jour-là., type: choix, options: {lundi: lundi, mardi: mardi, jeudi: jeudi}, qui: chef}
  plafond: {libellé: Absents au plus, type: entier, minimum: 1, maximum: 20, qui: [chef]}
formulaire:
  demande:
    titre: Votre demande
    champs:
      jour:
        libellé: Jour choisi
        type: choix
        options: {lundi: lundi, mardi: mardi, jeudi: jeudi}
        obligatoire: oui
        contrôle: réglage.jour_commun = null or jour != réglage.jour_commun
        message: Tout le service est présent ce jour-là.
        pourquoi: Pour l’organiser.
circuit:
  brouillon:
    libellé: Brouillon
    qui: agent
    actions:
      demander: {libellé: Demander, pendant: dépôt, vers: accordée, si: réglage.plafond = null or réglage.plafond > 1}
  accordée:
    libellé: Accordée
    sens: favorable
    attend: agent
    si_rien: L’accord dure.
    actions:
      arrêter: {libellé: Arrêter, qui: agent, vers: arrêtée}
    échéances:
      rappel: {libellé: Rappel du bilan, quand: 'échéance(dossier.déposé_le, 5, "jours ouvrés")', alerte: division}
      révision: {libellé: Révision, quand: 'if réglage.plafond = null then null else échéance(dossier.déposé_le, 10, "jours ouvrés")', vers: arrêtée}
  arrêtée: {libellé: Arrêtée, fin: oui, libère: oui}
semaine: {jours: 'if affectation.actif then [jour] else []', étapes: [accordée]}
liste: {colonnes: [{titre: Jour, valeur: jour}, {titre: Au plus, valeur: réglage.plafond}]}
`,
	"campagnes/2023.yaml": `campagne: 2023
procédure: presence
titre: Jours choisis
fenêtres:
  dépôt: {du: 2023-06-01, fermeture: jamais}
`,
};

async function good(page, name) {
	equal(await axe(page), [], name);
	check(!await overflows(page), `${name} is wider than its screen`);
	await screenshot(page, `outside-${name}`);
}

// The agent asks for Monday, then their head makes Monday the day of all.
async function play(server, cast, [person, another], javascript) {
	const page = await visitor({ url: server.url, javascript }), chief = await visitor({ url: server.url, javascript, phone: !javascript });
	const press = (where, name) => where.getByRole("button", { name }).first().click();
	await enter(page, person);
	await page.goto(`/campagnes/${campaign}/demande?etape=1`);
	await page.getByLabel("lundi").check();
	await press(page, "Enregistrer et continuer");
	await press(page, "Demander");
	await page.getByText("Votre demande est déposée").waitFor();

	await enter(chief, cast.chief);
	await chief.getByRole("link", { name: "Réglages" }).click();
	await chief.getByRole("heading", { name: "Réglages du service" }).waitFor();
	if (javascript) await good(chief, "structures");
	await chief.getByRole("link", { name: cast.chief.structure }).first().click();
	await chief.getByText("Aujourd’hui : rien n’est réglé").first().waitFor();
	const card = chief.getByRole("region", { name: "Jour où tous sont présents" });
	await card.getByLabel("lundi").check();
	await card.getByRole("button", { name: "Voir ce que cela changerait" }).click();
	await chief.getByRole("heading", { name: "Ce que ce réglage contredirait" }).waitFor();
	await chief.getByText("Rien n’est encore enregistré").waitFor();
	await chief.getByText(listed(person)).first().waitFor();
	check(await card.getByLabel("lundi").isChecked(), "what was chosen stays");
	if (javascript) await good(chief, "tried");
	await card.getByLabel("À partir du").fill("2023-06-01");
	await card.getByRole("button", { name: "Enregistrer" }).click();
	await chief.getByText("ce qui est passé ne change plus").first().waitFor();
	if (javascript) await good(chief, "refused");
	await card.getByLabel("lundi").check();
	await card.getByLabel("À partir du").fill("2023-06-08");
	await card.getByRole("button", { name: "Enregistrer" }).click();
	await chief.getByText("Le réglage est enregistré").waitFor();
	await chief.getByText("à partir du 8 juin 2023 : lundi").first().waitFor();
	await chief.getByText("Tout le service est présent ce jour-là.").first().waitFor();
	if (javascript) await good(chief, "set");

	// What a setting dates is told on the first page as on the dossier's own.
	await chief.locator("input[name=plafond]").fill("5");
	await chief.getByRole("region", { name: "Absents au plus" }).getByRole("button", { name: "Enregistrer" }).click();
	await chief.getByText("Le réglage est enregistré").waitFor();
	await page.goto("/");
	await page.getByText(/Ensuite, le .*22 juin 2023/).waitFor();

	// It is a rule at once: another who asks for Monday is told so.
	const other = await visitor({ url: server.url, javascript });
	await enter(other, another);
	await other.goto(`/campagnes/${campaign}/demande?etape=1`);
	await other.getByLabel("lundi").check();
	await press(other, "Enregistrer et continuer");
	await other.getByText("Tout le service est présent ce jour-là.").first().waitFor();

	await card.getByRole("button", { name: "Ôter ce réglage" }).click();
	await chief.getByText("réglage ôté").first().waitFor();
	for (const path of [`/reglages/${campaign}/NULLE-PART`, `/reglages/nulle/${cast.chief.code}`])
		equal((await chief.request.get(path)).status(), 404, path);

	// So is the week of the service, whose days hang on the post.
	await chief.goto("/service");
	await chief.getByText("accordé", { exact: true }).first().waitFor();

	// Nobody else sets it: not the agent, not another head.
	for (const [who, status] of [[page, 403], [other, 403]])
		equal((await who.request.get(`/reglages/${campaign}/${cast.chief.code}`)).status(), status);
	for (const visit of [page, chief, other]) {
		equal(visit.mistakes, []);
		await visit.context().close();
	}
}

// What will happen on 15 June, the fifth working day after the 8th, for who runs the campaign.
async function agenda(server, cast) {
	const office = await visitor({ url: server.url });
	await enter(office, cast.office);
	await office.goto(`/gestion/${campaign}`);
	await office.getByRole("cell", { name: "5", exact: true }).first().waitFor();
	await office.goto(`/gestion/${campaign}/calendrier`);
	await office.getByRole("link", { name: "Un jour en détail" }).click();
	await office.getByRole("heading", { name: "Agenda" }).waitFor();
	await office.getByText("Rien n’est prévu ce jour-là").waitFor();
	await good(office, "agenda-empty");
	await office.getByLabel("Jour", { exact: true }).fill("2023-06-15");
	await office.getByRole("button", { name: "Montrer" }).click();
	await office.getByRole("heading", { name: "Dossiers (1)" }).waitFor();
	await office.getByText("Rappel du bilan").waitFor();
	await good(office, "agenda");
	await office.getByRole("link", { name: "Jour suivant" }).click();
	await office.getByText("vendredi 16 juin 2023").waitFor();
	equal((await office.request.get("/agenda?campagne=nulle")).status(), 404);
	equal((await office.request.get("/agenda?jour=demain")).status(), 422);
	equal(office.mistakes, []);
	await office.context().close();
}

test("a head sets what their service sets, sees the dossiers it goes against; the office reads the agenda of a day", async () => {
	const folder = await mkdtemp(join(tmpdir(), "guichet-outside-"));
	const procedures = join(folder, "procedures"), own = join(procedures, "presence");
	let server;
	try {
		for (const [name, text] of Object.entries(files)) {
			await mkdir(dirname(join(own, name)), { recursive: true });
			await writeFile(join(own, name), text);
		}
		const { stdout } = await run("build/guichet", ["check", own]);
		equal(plain(stdout).trim(), "1 procédure : 0 erreur, 0 avertissement");
		server = await startServer({ clock: "2023-06-08T10:00", procedures });
		const cast = await casting(server.data);
		const [first, second, third] = cast.staff;
		await play(server, cast, [first, second], true);
		await agenda(server, cast);
		await play(server, cast, [third, second], false);
	} finally {
		await server?.stop();
		await rm(folder, { recursive: true, force: true });
	}
});
