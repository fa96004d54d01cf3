// What a circuit may say, as people see it: a request filed late with its reason, two opinions in parallel, what is lent
// followed beside the request, what one is warned of.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { axe, check, equal, overflows, screenshot, startMailbox, startServer, test, visitor } from "./harness.mjs";
import { casting, enter, listed } from "./people.mjs";

const files = {
	"procedure.yaml": `guichet: 1
procédure: pret-de-materiel
titre: Prêt de matériel
résumé: Emprunter un équipement pour quelques mois.
service: bureau
conservation: P2Y
fenêtres:
  dépôt: {libellé: Demandes de prêt}
rôles:
  agent: {libellé: l’agent, est: demandeur}
  chef: {libellé: le chef de service, fonction: chef de service, de: structure}
  support: {libellé: la personne support, fonction: personne support, de: partout}
  bureau: {libellé: le bureau du matériel, fonction: gestionnaire DPAE, de: partout}
formulaire:
  prêt:
    titre: Le prêt
    champs:
      objet: {libellé: Équipement, type: texte, obligatoire: oui, pourquoi: C’est l’objet de la demande.}
circuit:
  brouillon:
    libellé: Brouillon
    qui: agent
    actions:
      déposer: {libellé: Déposer, pendant: dépôt, vers: avis}
      déposer_tard:
        libellé: Déposer hors délai
        fait: Demande déposée hors délai
        hors: dépôt
        saisit:
          retard: {libellé: Pourquoi si tard, type: texte, obligatoire: oui, pourquoi: Une demande tardive s’explique.}
        vers: avis
  avis:
    libellé: Avis attendus
    explique: Votre chef et la personne support se prononcent.
    attend: [chef, support]
    attend_tous: oui
    si_rien: La demande attend les deux avis.
    avertit:
      - {si: retard != null, message: Cette demande est venue après la période., à: [chef, bureau]}
    actions:
      avis_du_chef:
        libellé: Donner mon avis
        fait: Avis du chef donné
        qui: chef
        saisit: {avis_chef: {libellé: Mon avis, type: choix, options: {pour: Pour, contre: Contre}, obligatoire: oui, pourquoi: L’avis décide.}}
      avis_technique:
        libellé: Donner l’avis technique
        fait: Avis technique donné
        qui: support
        saisit: {avis_support: {libellé: Avis technique, type: choix, options: {pour: Pour, contre: Contre}, obligatoire: oui, pourquoi: L’avis décide.}}
    passages:
      accord: {libellé: Accord, fait: Prêt accordé, si: avis_chef = "pour" and avis_support = "pour", vers: en_cours}
      désaccord: {libellé: Désaccord, si: avis_chef = "contre" or avis_support = "contre", vers: close}
  en_cours:
    libellé: Prêt en cours
    attend: bureau
    si_rien: Le prêt continue.
    actions:
      terminer: {libellé: Terminer le prêt, qui: bureau, vers: close}
  close: {libellé: Close, fin: oui}
suivis:
  matériel:
    libellé: Matériel
    étapes:
      rien: {libellé: Rien de prêté, passages: {à_prêter: {libellé: À prêter, si: 'dossier.état = "en_cours"', vers: à_remettre}}}
      à_remettre:
        libellé: À remettre
        attend: support
        si_rien: Le matériel attend.
        actions:
          remettre: {libellé: Remettre le matériel, fait: Matériel remis, qui: support, vers: prêté, saisit: {inventaire: {libellé: Numéro d’inventaire, type: texte, obligatoire: oui, pourquoi: Pour le retrouver.}}}
      prêté:
        libellé: Prêté
        actions:
          relever: {libellé: Relever l’inventaire, fait: Inventaire relevé, qui: bureau, par_lot: oui, vers: relevé}
      relevé: {libellé: Relevé}
exports:
  relevés:
    titre: Matériel relevé
    étapes: [en_cours, relevé]
    colonnes: [{titre: Équipement, valeur: objet}]
liste:
  colonnes:
    - {titre: Équipement, valeur: objet}
    - {titre: Inventaire, valeur: inventaire}
`,
	"campagnes/2023.yaml": `campagne: "2023"
procédure: pret-de-materiel
titre: Prêts de matériel 2023
fenêtres:
  dépôt: {du: 2023-05-01, au: 2023-05-31}
`,
};

async function write(folder) {
	await mkdir(join(folder, "campagnes"), { recursive: true });
	for (const [name, text] of Object.entries(files))
		await writeFile(join(folder, name), text);
}

const press = (where, name) => where.getByRole("button", { name }).first().click();
const follow = (page, name) => page.getByRole("link", { name }).first().click();

async function fileLate(page, person) {
	await enter(page, person);
	await follow(page, "Prêt de matériel");
	await page.getByText("La période est passée. Vous pouvez encore déposer").waitFor();
	equal(await axe(page), []);
	await follow(page, "Commencer ma demande");
	await page.getByLabel("Équipement").fill("Un écran");
	await press(page, "Enregistrer et continuer");
	await page.getByRole("heading", { name: "Déposer hors délai" }).waitFor();
	await page.getByLabel("Pourquoi si tard").fill("J’arrive seulement.");
	equal(await axe(page), []);
	await press(page, "Enregistrer et continuer");
	await page.getByRole("heading", { name: "Vérifier et déposer" }).waitFor();
	equal(await page.getByRole("button", { name: "Déposer", exact: true }).count(), 0, "the period is over");
	await screenshot(page, "circuit-late");
	await press(page, "Déposer hors délai");
	await page.getByText("Votre demande est déposée").waitFor();
	await page.getByText("Réponse attendue : le chef de service, la personne support.").first().waitFor();
	check(!await overflows(page), "on a phone");
	equal(await axe(page), []);
	return page.url();
}

async function answer(page, who, address, button, field) {
	await enter(page, who);
	await page.goto(new URL(address).pathname);
	await follow(page, button);
	await page.getByLabel(field, { exact: true }).check();
	await press(page, button);
}

// The office finds what is lent by its suivi, and does to all of them what the suivi offers.
async function batch(server, cast, office) {
	const plain = await visitor({ url: server.url, javascript: false });
	await enter(plain, cast.office);
	for (const page of [office, plain]) {
		await page.goto("/gestion/pret-de-materiel-2023");
		await page.getByLabel("Suivi").selectOption({ label: "Prêté (1)" });
		await press(page, "Chercher");
		equal(await page.locator("tbody tr").count(), 1);
		equal(await page.getByLabel("Suivi").inputValue(), "prêté", "the filter is kept");
		await page.goto("/gestion/pret-de-materiel-2023?suivi=rien");
		await page.getByText("Aucun dossier ici").waitFor();
		await page.goto("/gestion/pret-de-materiel-2023?etape=close&suivi=" + encodeURIComponent("prêté"));
		await page.getByText("Aucun dossier ici").waitFor();
		await page.goto("/gestion/pret-de-materiel-2023?etape=en_cours&suivi=" + encodeURIComponent("prêté"));
		equal(await page.locator("tbody tr").count(), 1);
		await page.getByLabel("Tous les dossiers de cette étape et de ce suivi").check();
		await press(page, "Relever l’inventaire");
		await page.getByRole("heading", { name: "Relever l’inventaire : 1 dossier" }).waitFor();
		const back = new URL(await page.getByRole("link", { name: "Revenir à la liste" }).getAttribute("href"), server.url);
		equal([back.searchParams.get("etape"), back.searchParams.get("suivi")], ["en_cours", "prêté"]);
		if (page === office) equal(await axe(page), []);
	}
	await screenshot(plain, "circuit-batch");
	await press(plain, "Relever l’inventaire (1 dossier)");
	for (let i = 0; i < 50 && !await plain.getByText("c’est fini").count(); i++)
		await plain.reload();
	await plain.getByText("Tous les dossiers ont été traités").waitFor();
	await office.setViewportSize({ width: 390, height: 800 });
	await office.goto("/gestion/pret-de-materiel-2023?suivi=" + encodeURIComponent("relevé"));
	equal(await office.locator("tbody tr").count(), 1);
	equal(await axe(office), []);
	check(!await overflows(office), "the list on a phone");
	await screenshot(office, "circuit-list");
	const csv = await (await office.request.get("/gestion/pret-de-materiel-2023/exports/" + encodeURIComponent("relevés"))).text();
	check(csv.includes("Un écran"), csv);
	equal(plain.mistakes, []);
	await plain.context().close();
}

async function play(server, cast) {
	const [person] = cast.staff;
	const page = await visitor({ url: server.url, phone: true });
	const chief = await visitor({ url: server.url }), support = await visitor({ url: server.url }),
		office = await visitor({ url: server.url });
	const address = await fileLate(page, person);
	await enter(office, cast.office);
	await office.goto("/gestion/pret-de-materiel-2023");
	await office.getByText("Cette demande est venue après la période.").waitFor();
	equal(await axe(office), []);
	await answer(chief, cast.chief, address, "Donner mon avis", "Pour");
	await chief.goto(new URL(address).pathname);
	await chief.getByText("Réponse donnée : le chef de service ; attendue : la personne support.").first().waitFor();
	await chief.getByText("Cette demande est venue après la période.").waitFor();
	equal(await chief.getByRole("link", { name: "Donner mon avis" }).count(), 0, "each answers once");
	equal(await axe(chief), []);
	await answer(support, cast.support, address, "Donner l’avis technique", "Pour");
	await page.goto(new URL(address).pathname);
	await page.getByText("Prêt accordé").waitFor();
	await page.getByText("Matériel : À remettre").first().waitFor();
	equal(await axe(page), []);
	await screenshot(page, "circuit-followed");
	await page.goto("/mes-demarches");
	await page.getByText("Matériel : À remettre").first().waitFor();
	equal(await axe(page), []);
	check(!await overflows(page), "one’s timeline on a phone");
	await support.goto("/a-traiter");
	await support.getByRole("heading", { name: "Matériel : À remettre" }).waitFor();
	await support.getByRole("article", { name: listed(person) }).getByRole("link", { name: "Remettre le matériel" }).click();
	await support.getByLabel("Numéro d’inventaire").fill("INV-7");
	await press(support, "Remettre le matériel");
	await page.goto(new URL(address).pathname);
	await page.getByText("Matériel remis").waitFor();
	await page.getByText("Matériel : Prêté").first().waitFor();
	await batch(server, cast, office);
	await page.goto(new URL(address).pathname);
	await page.getByText("Inventaire relevé").waitFor();
	for (const visit of [page, chief, support, office]) {
		equal(visit.mistakes, []);
		await visit.context().close();
	}
}

test("a late request, two opinions at once, and what is lent followed beside it", async () => {
	const folder = await mkdtemp(join(tmpdir(), "guichet-circuit-"));
	const mailbox = await startMailbox();
	let server;
	try {
		const procedures = join(folder, "procedures"); // its demonstration stands beside
		await write(join(procedures, "pret-de-materiel"));
		server = await startServer({ clock: "2023-06-08T10:00", smtpPort: mailbox.port, procedures });
		await play(server, await casting(server.data));
	} finally {
		await server?.stop();
		await mailbox.stop();
		await rm(folder, { recursive: true, force: true });
	}
});
