// A procedure the program has never heard of, written here in some forty lines: it is checked, served, filed, judged and
// printed by the program as it is built. Nothing of a procedure is in C.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { axe, check, equal, pdfInfo, pdfText, plain, screenshot, startMailbox, startServer, test, visitor } from "./harness.mjs";
import { casting, enter, listed, nameOf } from "./people.mjs";

const run = promisify(execFile);

const files = {
	"procedure.yaml": `guichet: 1
procédure: conge-formation
titre: Congé de formation professionnelle
résumé: Suivre une formation longue en gardant une partie de sa rémunération.
service: formation
conservation: P2Y
campagne:
  rentrée: {libellé: Premier jour possible, type: date}
fenêtres:
  dépôt: {libellé: Dépôt des dossiers}
rôles:
  agent: {libellé: l’agent, est: demandeur}
  chef: {libellé: le chef de service, fonction: chef de service, de: structure}
  formation: {libellé: le bureau de la formation, fonction: gestionnaire DPAE, de: partout}
population:
  - {règle: agent.filière != "enseignement", message: Les enseignants demandent ce congé par une autre campagne.}
formulaire:
  projet:
    titre: Votre projet
    champs:
      intitulé: {libellé: Intitulé de la formation, type: texte, longueur: 120, obligatoire: oui, pourquoi: C’est l’objet du congé.}
      mois: {libellé: Durée, type: entier, unité: mois, obligatoire: oui, contrôle: mois >= 1 and mois <= 10, message: Un congé dure d’un à dix mois., pourquoi: Pour prévoir le remplacement.}
      besoin: {libellé: Pourquoi plus de six mois, type: texte, si: mois > 6, pourquoi: Pour prévoir le remplacement.}
      début: {libellé: Premier jour, type: date, obligatoire: oui, contrôle: début >= campagne.rentrée, message: Le congé commence à la rentrée au plus tôt., pourquoi: Pour prévoir le remplacement.}
calculs:
  retour: {libellé: Retour au service, valeur: 'début + duration("P" + string(mois) + "M")'}
tables:
  allocation:
    libellé: Part du traitement versée
    entrées: {mois: {valeurs: "[1..10]"}}
    sorties: {allocation: {type: pourcentage, décimales: 1}}
    lignes: |
      mois   | allocation
      [1..3] | 85
      > 3    | 85 * 3 / mois
circuit:
  brouillon:
    libellé: Brouillon
    qui: agent
    actions:
      déposer: {libellé: Déposer mon dossier, pendant: dépôt, vers: déposé}
  déposé:
    libellé: Avis du chef attendu
    attend: chef
    si_rien: Le dossier attend votre avis.
    actions:
      accorder: {libellé: Accorder, qui: chef, sens: favorable, vers: accordé, produit: accord}
      refuser: {libellé: Refuser, qui: chef, sens: défavorable, vers: refusé, produit: refus, saisit: {motif: {libellé: Motif, type: texte long, obligatoire: oui, pourquoi: Un refus est motivé.}}}
    échéances:
      relance: {quand: fenêtre.dépôt.fermeture, alerte: formation}
  accordé: {libellé: Congé accordé, fin: oui, sens: favorable}
  refusé: {libellé: Congé refusé, fin: oui, sens: défavorable}
lettres:
  accord: {titre: Accord de congé de formation, modèle: accord.md}
  refus: {titre: Refus de congé de formation, modèle: refus.md, sens: défavorable}
courriers:
  décision: {à: agent, après: [accorder, refuser], objet: "Dossier {{dossier.numéro}} : la décision est prise", modèle: decision.txt}
`,
	"lettres/accord.md": `# Accord de congé de formation

{{agent.prénom}} {{agent.nom}} suivra « {{intitulé}} » pendant {{mois}} à partir du {{début}} et reviendra le {{retour}}.

{{si besoin != null}}
Une durée longue : {{besoin}}.
{{fin}}

Cette absence est payée à {{allocation}}.
`,
	"lettres/refus.md": `# Refus de congé de formation

Motif : {{motif}}

Voies de recours : vous pouvez saisir le tribunal administratif dans les deux mois.
`,
	"courriers/decision.txt": `Bonjour {{agent.prénom}},

Votre dossier est jugé : {{dossier.état_libellé}}. La lettre vous attend : {{lien.dossier}}
`,
	"campagnes/2023.yaml": `campagne: 2023
procédure: conge-formation
titre: Congés de formation 2023
fenêtres:
  dépôt: {du: 2023-06-01, au: 2023-06-30}
données: {rentrée: 2023-09-01}
contacts: [{libellé: Bureau de la formation, mail: formation@ac-valmont.example}]
`,
};

async function writeProcedure(folder) {
	for (const [name, text] of Object.entries(files)) {
		await mkdir(dirname(join(folder, name)), { recursive: true });
		await writeFile(join(folder, name), text);
	}
}

// From « may I » to the letter, with a mistake on the way.
async function play(server, mailbox, cast, folder) {
	const [person] = cast.staff;
	const page = await visitor({ url: server.url }), chief = await visitor({ url: server.url });
	const follow = name => page.getByRole("link", { name }).first().click();
	const press = (where, name) => where.getByRole("button", { name }).first().click();
	await enter(page, person);
	await follow("Congé de formation professionnelle");
	await page.getByText("Oui, vous pouvez déposer une demande").waitFor();
	await follow("Commencer ma demande");
	await page.getByLabel("Intitulé de la formation").fill("Licence « droit & gestion » des <organisations>");
	equal(await page.getByLabel("Pourquoi plus de six mois").count(), 0, "what no answer asks for");
	await page.getByLabel("Durée").fill("11");
	await page.getByLabel("Pourquoi plus de six mois").waitFor(); // asked of the server, once the draft is saved
	await page.getByText("Question ajoutée : Pourquoi plus de six mois").waitFor();
	equal(await page.evaluate(() => document.activeElement.id), "mois", "the focus stays");
	equal(await page.getByLabel("Intitulé de la formation").inputValue(), "Licence « droit & gestion » des <organisations>");
	equal(await axe(page), []);
	await screenshot(page, "second-procedure-field-added");
	await page.getByLabel("Durée").fill("5");
	await page.getByLabel("Pourquoi plus de six mois").waitFor({ state: "detached" });
	await page.getByLabel("Durée").fill("11");
	await page.getByLabel("Premier jour").fill("2023-10-31");
	await press(page, "Enregistrer et continuer");
	await page.getByText("Un congé dure d’un à dix mois.").first().waitFor();
	await page.getByLabel("Durée").fill("4");
	equal(await axe(page), []);
	await press(page, "Enregistrer et continuer");
	await page.getByRole("heading", { name: "Vérifier et déposer" }).waitFor();
	await screenshot(page, "second-procedure-summary");
	/* No mail follows the filing, it produces no document and nothing withdraws it: none of these is promised. */
	const before = plain(await page.locator("main").innerText());
	check(before.includes("Vous recevez aussitôt un numéro, à l’écran."), before);
	check(!/accusé|courriel|retirer/i.test(before), before);
	await press(page, "Déposer mon dossier");
	const receipt = page.locator(".notice", { hasText: "Votre demande est déposée" });
	await receipt.waitFor();
	check(/Elle porte le numéro .* et a été reçue le /.test(plain(await receipt.innerText())), await receipt.innerText());
	check(!/accusé|courriel|adresse|se télécharge/i.test(plain(await receipt.innerText())), await receipt.innerText());

	await enter(chief, cast.chief);
	await chief.getByRole("link", { name: "1 dossier attend votre réponse" }).click();
	await chief.getByRole("article", { name: listed(person) }).getByLabel("Accorder", { exact: true }).check();
	await screenshot(chief, "second-procedure-opinion");
	await press(chief, /Enregistrer/);
	await chief.getByText("C’est enregistré").waitFor();

	const [mail] = await mailbox.waitFor(person.mail, { subject: "la décision est prise" });
	check(mail.text.includes("Congé accordé"), mail.text);
	await page.goto(mail.links[0]);
	const link = page.getByRole("link", { name: "PDF : Accord de congé de formation" });
	for (const deadline = Date.now() + 20000; await link.count() === 0 && Date.now() < deadline;) {
		await new Promise(resolve => setTimeout(resolve, 150));
		await page.reload();
	}
	equal(await axe(page), []);
	await screenshot(page, "second-procedure-granted");
	const answer = await page.request.get(await link.getAttribute("href"));
	const path = join(folder, "accord.pdf");
	await writeFile(path, await answer.body());
	const text = (await pdfText(path)).replace(/\s+/g, " ");
	check(text.includes(`${nameOf(person)} suivra « Licence « droit & gestion » des <organisations> » pendant 4 mois à partir du `
		+ "31 octobre 2023 et reviendra le 29 février 2024."), text);
	check(text.includes("payée à 63,8 %"), text); /* by the table: 63,75, with one decimal */
	await page.locator("dd").filter({ hasText: /^\s*63,8\s%/ }).waitFor();
	check(/Title:\s+Accord de congé de formation/.test(await pdfInfo(path)), await pdfInfo(path));
	for (const visit of [page, chief]) {
		equal(visit.mistakes, []);
		await visit.context().close();
	}
}

test("another procedure, in forty lines of text, runs from filing to PDF without a rebuild", async () => {
	const folder = await mkdtemp(join(tmpdir(), "guichet-second-"));
	const procedures = join(folder, "procedures"), own = join(procedures, "conge-formation");
	const mailbox = await startMailbox();
	let server;
	try {
		await writeProcedure(own);
		const { stdout } = await run("build/guichet", ["check", own]);
		equal(plain(stdout).trim(), "1 procédure : 0 erreur, 0 avertissement");
		server = await startServer({ clock: "2023-06-08T10:00", smtpPort: mailbox.port, procedures });
		await play(server, mailbox, await casting(server.data), folder);
	} finally {
		await server?.stop();
		await mailbox.stop();
		await rm(folder, { recursive: true, force: true });
	}
});
