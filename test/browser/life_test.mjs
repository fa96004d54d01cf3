// Two years of one authorisation in the demonstration city: asked for, interviewed, granted, signed, completed, lent a
// computer, amended, renewed, lapsing, recalled and ended. Each person has their own browser; the clock of the
// demonstration moves; mails go to a real SMTP server; PDF are read with other programs. Every page that a person meets is
// checked by axe, once per person and kind of page.
import { check, equal, plain, test } from "./harness.mjs";
import { choose, dontSee, follow, look, play, press, see, tells, type, week } from "./stage.mjs";
import { pdfOf } from "./world.mjs";

const campaign = "teletravail-collectivite-permanente";

// Who plays, as demonstration/ville names them.
const cast = {
	agent: { id: "O1073", first: "Anaïs", last: "Vauigny", mail: "anais.vauigny@ormeval.example" },
	colleague: { id: "O1076", first: "Pauline", last: "Montan", mail: "pauline.montan@ormeval.example" },
	chief: { id: "O1018", first: "Sylvain", last: "Néran", mail: "sylvain.neran@ormeval.example" },
	director: { id: "O1001", first: "Victor", last: "Valan", mail: "victor.valan@ormeval.example" },
	office: { id: "O1058", first: "Judith", last: "Brisier", mail: "judith.brisier@ormeval.example" },
	authority: { id: "O1062", first: "Kamel", last: "Clarier", mail: "kamel.clarier@ormeval.example" },
	stock: { id: "O1064", first: "Maëlle", last: "Néreau", mail: "maelle.nereau@ormeval.example" },
};

// ---- The chapters ---------------------------------------------------------------------------

// 3 July 2023: the request, with the grid of the week and rows; three days are too many, a slow line too.
async function asking(stage) {
	const page = await stage.as("agent", "/");
	await follow(stage, page, "Télétravail des agents de la Ville");
	await follow(stage, page, "Commencer ma demande");
	equal(await page.getByLabel("Ville d’Ormeval", { exact: true }).isChecked(), true, "the directory knows the employer");
	equal(await page.getByLabel("Date de prise de votre poste").inputValue(), "2020-03-01");
	await type(page, "Votre direction", "Direction des finances");
	await type(page, "Vos fonctions", "Gestionnaire budgétaire");
	await choose(page, "travailleur handicapé", "Non");
	await press(stage, page, "Enregistrer et continuer");
	await choose(page, "Durée d’une journée", "7 h 16");
	await choose(page, "Temps de travail", "Temps complet");
	await choose(page, "décharge syndicale", "Non");
	await choose(page, "astreintes", "Non");
	await press(stage, page, "Enregistrer et continuer");
	const row = (legend, n) => page.getByRole("group", { name: legend }).getByRole("group", { name: `Ligne ${n}` });
	await row("Activités proposées", 1).getByLabel("Activité", { exact: true }).fill("Préparation du budget");
	await row("Activités proposées", 1).getByLabel("Demi-journées").fill("3");
	await page.getByRole("button", { name: "Ajouter une ligne" }).click();
	await row("Activités proposées", 2).getByLabel("Activité", { exact: true }).fill("Notes");
	await row("Activités proposées", 2).getByLabel("Demi-journées").fill("1");
	await press(stage, page, "Enregistrer et continuer");
	await week(page, "Demi-journées de télétravail", ["lundi", "mardi", "jeudi"]);
	await press(stage, page, "Enregistrer et continuer");
	await see(page, "Le règlement permet deux jours de télétravail par semaine au plus");
	await week(page, "Demi-journées de télétravail", ["lundi", "jeudi"]);
	await press(stage, page, "Enregistrer et continuer");
	await type(page, "Date souhaitée", "2023-09-04");
	await press(stage, page, "Enregistrer et continuer");
	for (const [label, hour] of [["Le matin, de", "08:30"], ["Le matin, jusqu’à", "12:00"], ["L’après-midi, de", "13:00"], ["L’après-midi, jusqu’à", "16:46"]])
		await type(page, label, hour);
	await type(page, "Téléphone où vous joindre", "09 99 00 45 12");
	await press(stage, page, "Enregistrer et continuer");
	await type(page, "Trajet entre votre domicile", "30");
	await row("Lieux de télétravail", 1).getByLabel("Lieu", { exact: true }).selectOption({ label: "Domicile" });
	await row("Lieux de télétravail", 1).getByLabel("Adresse complète").fill("8 rue des Lilas, 99410 Vaubois");
	await row("Lieux de télétravail", 1).getByLabel("Trajet jusqu’au travail").fill("30");
	await press(stage, page, "Enregistrer et continuer");
	await type(page, "Débit de réception", "48,5");
	await type(page, "Débit d’émission", "0,4");
	await type(page, "Latence", "21");
	await type(page, "Date du test", "2023-06-20");
	await press(stage, page, "Enregistrer et continuer");
	await see(page, "Il faut au moins 0,5 Mb/s en émission");
	await type(page, "Débit d’émission", "9");
	await press(stage, page, "Enregistrer et continuer");
	await page.getByLabel("J’ai pris connaissance des conditions").check();
	await page.getByLabel("J’atteste sur l’honneur").check();
	await press(stage, page, "Enregistrer et continuer");
	await see(page, "Vérifier et déposer", "lundi, jeudi", "Préparation du budget", "8 rue des Lilas");
	await page.getByRole("link", { name: "Déposer ma demande", exact: true }).click(); // two ways to file: the first
	await page.getByRole("button", { name: "Déposer ma demande", exact: true }).click();
	await page.getByText("Votre demande est déposée").first().waitFor();
	await look(stage, page);
	stage.dossier = new URL(page.url()).pathname;
	stage.number = /n°\s(\S+)/.exec(plain(await page.locator("h1").innerText()))[1];
	await stage.mails("agent", [`Votre demande ${stage.number} est déposée`, "entretien"]);
	await stage.received("chief"); // the campaign was announced to chiefs and directors
	tells(await stage.act(page, "Accusé de réception"), stage.number, "Anaïs Vauigny", "3 juillet 2023");

	// a second request, and a colleague who looks in
	const again = await stage.as("agent", `/campagnes/${campaign}`);
	await see(again, "Vous avez déjà une demande ou une autorisation");
	await stage.refused("colleague", stage.dossier, 404);
}

// 7 July: the superior meets the agent and moves her days; she reads and signs the report; he proposes, with grounds.
async function interview(stage) {
	await stage.does("chief", "Inviter à l’entretien", page => type(page, "Date de l’entretien", "2023-07-07"));
	await stage.mails("agent", ["Entretien sur votre demande", "7 juillet 2023"]);
	await stage.refused("director", `${stage.dossier}/actions/accepter`, 422, "Ce n’est pas possible",
		"« Accepter la demande » ne se fait pas à cette étape : le dossier en est à « Entretien à tenir ».");
	await stage.clock("2023-07-07T11:00");
	const held = async page => {
		check(await page.getByLabel("lundi matin", { exact: true }).isChecked(), "the days that were asked for are proposed");
		await week(page, "Demi-journées de télétravail", ["mardi", "jeudi"]);
		await type(page, "Date de l’entretien", "2023-07-07");
		await type(page, "Personnes présentes", "Anaïs Vauigny, Sylvain Néran");
		for (const skill of ["Autonomie", "Capacité à rendre compte", /^Communication/, "Maîtrise des logiciels métiers"])
			await choose(page, skill, "Acquise");
		await choose(page, "Maîtrise des outils de communication", "À renforcer");
		await type(page, "Ajustements convenus", "Les mardis plutôt que les lundis.");
	};
	await stage.does("chief", "Enregistrer l’entretien", held);
	await stage.mails("agent", ["Compte rendu d’entretien à signer", "7 juillet 2023"]);
	const page = await stage.as("agent");
	await see(page, "Compte rendu d’entretien à signer", "mardi, jeudi", "Entretien enregistré");
	tells(await stage.act(page, "Compte rendu d’entretien"), "7 juillet 2023", "mardi, jeudi", "Les mardis plutôt que les lundis.");
	await stage.does("agent", "Signer le compte rendu");

	await stage.refused("director", `${stage.dossier}/actions/proposer_acceptation`, 422,
		"quelqu’un d’autre : le supérieur hiérarchique direct");
	const chief = await stage.as("chief", "/a-traiter");
	await see(chief, "Vauigny Anaïs");
	await stage.as("chief");
	await follow(stage, chief, "Proposer d’accepter");
	await type(chief, "Avis motivé", "  ");
	await press(stage, chief, "Proposer d’accepter");
	await see(chief, "Remplissez ce champ");
	await type(chief, "Avis motivé", "Autonome et bien équipée.");
	await press(stage, chief, "Proposer d’accepter");
	await stage.mails("director", ["Télétravail, toute l’année"], ["Décision attendue", "Anaïs Vauigny"]);
}

// 12 July: the director agrees; the insurance and the computer are asked for.
async function agreement(stage) {
	await stage.clock("2023-07-12T09:00");
	await stage.does("director", "Accepter la demande");
	await stage.mails("agent", ["est acceptée", "attestation"]);
	await stage.mails("stock", ["Équipement à préparer", "ordinateur"]);
	const page = await stage.as("agent");
	await see(page, "Convention à rédiger", "Joindre l’attestation d’assurance");
}

// 13 to 21 July: the convention is written, checked, signed by three people in order; the computer is lent meanwhile.
async function signatures(stage) {
	await stage.clock("2023-07-13T10:00");
	const written = async page => {
		await type(page, "Tâches télétravaillées", "Préparation du budget ; point chaque lundi.");
		await type(page, "Numéro de l’ordinateur", "PC-12");
		const delay = async (legend, count) => {
			const group = page.getByRole("group", { name: legend });
			await group.locator("input").first().fill(count);
			await group.locator("select").first().selectOption({ label: "jours" });
		};
		await delay("Délai de prévenance d’un rappel", "3");
		await delay("Délai de prévenance d’un report", "2");
		await press(stage, page, "Rédiger la convention");
		await see(page, "TIC- suivi de quatre chiffres");
		await type(page, "Numéro de l’ordinateur", "TIC-0042");
	};
	await stage.does("director", "Rédiger la convention", written);
	await stage.does("stock", "Remettre l’équipement", async page => {
		for (const thing of ["Ordinateur portable", "Sacoche"])
			await page.getByLabel(thing, { exact: true }).check();
	});
	await stage.does("chief", "Viser la convention", page => page.getByLabel("J’ai pris connaissance du règlement").check());
	await stage.mails("agent", [`Convention ${stage.number} à signer`]);
	await stage.noMail("authority");

	// the director cannot sign before the agent; the agent cannot sign twice
	await stage.refused("director", `${stage.dossier}/actions/signer_directeur`, 422, "ne se fait pas à cette étape");
	await stage.as("agent");
	const page = stage.pages.get("agent");
	tells(await stage.act(page, "Convention individuelle de télétravail"), "Anaïs Vauigny", "Victor Valan", "mardi, jeudi",
		"8 rue des Lilas", "TIC-0042", "48,5 Mb/s", "12 juillet 2023", "prévenance de 3 jours", "la Ville d’Ormeval");
	await follow(stage, page, "Signer ma convention");
	const twice = await page.context().newPage();
	await twice.goto(page.url());
	await page.getByRole("button", { name: "Signer ma convention" }).click();
	await page.waitForURL(/fait=/);
	await twice.getByRole("button", { name: "Signer ma convention" }).click();
	await twice.waitForLoadState();
	await see(twice, "Vous avez déjà répondu à cette demande le 13 juillet 2023", "Convention signée par l’agent");
	await twice.close();
	await stage.mails("director", [`Convention ${stage.number} à signer`]);
	await stage.does("director", "Signer la convention pour la direction");
	await stage.mails("authority", [`Convention ${stage.number} à signer`]);
	await stage.clock("2023-07-21T10:00");
	await stage.does("authority", "Signer la convention pour l’autorité territoriale");
	await stage.settle();
	const signed = await stage.as("agent");
	await see(signed, "Dossier à vérifier");
	let text = "";
	for (const deadline = Date.now() + 15000; !text.includes("Kamel Clarier, signataire") && Date.now() < deadline;)
		text = await stage.act(signed, "Convention individuelle de télétravail");
	equal([...text.matchAll(/Signataire (?:Mme|M\.) (.*?), (.*?) A signé le (.*?) \(heure de Paris\)/g)].map(match => match.slice(1)),
		[["Anaïs Vauigny", "agent", "13 juillet 2023 à 10 h 00"], ["Victor Valan", "directeur", "13 juillet 2023 à 10 h 00"],
			["Kamel Clarier", "signataire du pôle RH", "21 juillet 2023 à 10 h 00"]], "who signed, in which quality, when");
}

// 1 to 24 August: the certificate is missing, asked for, sent back once with a ground, handed in again within the month.
async function completeness(stage) {
	await stage.clock("2023-08-01T10:00");
	const office = await stage.as("office", `/gestion/${campaign}/pieces`);
	await see(office, "Vauigny Anaïs", "Attestation d’assurance multirisque habitation attendue");
	await stage.as("office");
	await follow(stage, office, "Délivrer l’attestation d’autorisation");
	await press(stage, office, "Délivrer l’attestation d’autorisation");
	await see(office, "L’attestation d’assurance n’est pas encore acceptée : sans elle, l’autorisation est refusée.");
	await stage.does("office", "Signaler ce qui manque", page => type(page, "Ce qui manque", "L’attestation d’assurance."));
	await stage.mails("agent", [`Dossier ${stage.number} à compléter avant le 1er septembre 2023`, "L’attestation d’assurance.", "1er septembre 2023 inclus"]);
	const page = await stage.as("agent");
	await see(page, "Dossier incomplet", "jusqu’au vendredi 1er septembre 2023 inclus, il reste 31 jours");
	await stage.as("office", `/gestion/${campaign}/pieces`);
	await see(office, "1er septembre 2023");

	await stage.clock("2023-08-10T10:00");
	const insured = (file, from, until) => async page => {
		await page.getByLabel(/Choisissez le fichier|Remplacer ce fichier/).setInputFiles({ name: `${file}.pdf`, mimeType: "application/pdf", buffer: pdfOf(file) });
		await type(page, "Valable du", from);
		await type(page, "Valable jusqu’au", until);
		await page.getByLabel("L’assureur y atteste").check();
	};
	stage.insured = insured;
	await stage.does("agent", "Joindre l’attestation d’assurance", insured("habitation", "2023-01-01", "2023-12-31"));
	await stage.mails("office", [`Attestation d’assurance à examiner : ${stage.number}`, "Anaïs Vauigny"]);
	await stage.as("office", `/gestion/${campaign}/pieces`);
	await see(office, "Attestation d’assurance multirisque habitation à examiner");
	await stage.does("office", "Examiner l’attestation d’assurance", async page => {
		await page.getByLabel("Je la renvoie").check();
		await type(page, "Motif du renvoi", "Le télétravail n’y est pas mentionné.");
	});
	await stage.mails("agent", [`Attestation d’assurance à fournir de nouveau : ${stage.number}`, "Le télétravail n’y est pas mentionné."]);
	await stage.as("agent");
	await see(page, "renvoyée", "Le télétravail n’y est pas mentionné.");
	await stage.as("office", `/gestion/${campaign}/pieces`);
	await see(office, "Attestation d’assurance multirisque habitation renvoyée");

	await stage.clock("2023-08-24T10:00");
	await stage.does("agent", "Joindre l’attestation d’assurance", insured("habitation-teletravail", "2023-01-01", "2024-12-31"));
	await stage.mails("office", [`Attestation d’assurance à examiner : ${stage.number}`]);
	await stage.does("office", "Examiner l’attestation d’assurance", page => page.getByLabel("Je l’accepte").check());
	await stage.does("office", "Délivrer l’attestation d’autorisation");
	for (const name of ["agent", "chief", "director"])
		await stage.received(name).then(mails => {
			const last = mails.at(-1);
			check(last?.subject === `Télétravail autorisé : ${stage.number}`, `${name}: ${last?.subject}`);
			tells(last.text.replace(/\s+/g, " "), "4 septembre 2023", "mardi, jeudi", "3 décembre 2023");
		});
	await stage.as("office", `/gestion/${campaign}/pieces`);
	await see(office, "Rien à faire ici");
	await stage.as("agent");
	await see(page, "Attestée", "Il commence à la date que l’attestation indique");
	tells(await stage.act(page, "Attestation d’autorisation"), stage.number, "à compter du 4 septembre 2023", "mardi, jeudi", "3 décembre 2023", "3 septembre 2024");
	await see(page, "Ensuite, le lundi 4 septembre 2023 : En vigueur");
	await see(await stage.as("chief", "/a-venir"), "lundi 4 septembre 2023 « Attestée » devient « En vigueur » Vauigny Anaïs");
	await see(await stage.as("chief", "/a-traiter"), "Rien ne vous attend.");
}

// 4 September to 4 December: the authorisation takes effect by itself, the service sees who is away, the adaptation ends.
async function inForce(stage) {
	await stage.clock("2023-09-03T23:59");
	await see(await stage.as("agent"), "Attestée");
	await stage.clock("2023-09-04T00:00");
	await see(await stage.as("agent"), "En vigueur", "Vous êtes autorisé à télétravailler",
		"Puis, le mercredi 4 septembre 2024 : Reconduction annuelle : Année achevée");
	await see(await stage.as("chief", "/service"), "Semaine du 4 septembre 2023", "Vauigny Anaïs présent accordé présent accordé présent");
	await see(await stage.as("chief", "/a-venir"), "mercredi 4 octobre 2023 Bilan du mois à remplir Vauigny Anaïs");
	await stage.clock("2023-10-04T02:00");
	await stage.noMail("agent");
	await stage.clock("2023-10-04T08:00");
	await stage.mails("agent", [`Bilan d’activité du mois : ${stage.number}`]);
	await stage.does("agent", "Remplir mon bilan du mois", async page => {
		await type(page, "Tâches du mois", "Notes de conjoncture.");
		await type(page, "Production", "Quatre notes sur quatre.");
	});
	await stage.mails("chief", [`Bilan d’activité à viser : ${stage.number}`]);
	await stage.does("chief", "Viser le bilan");

	// the last day of the adaptation, then the day after: two weeks of notice, then two months
	const notice = async expected => {
		const page = await stage.as("director");
		await follow(stage, page, "Mettre fin au télétravail");
		equal(await page.getByLabel("Le télétravail cesse le").inputValue(), expected);
	};
	await stage.clock("2023-12-03T10:00");
	await notice("2023-12-17");
	await stage.clock("2023-12-04T10:00");
	await notice("2024-02-04");
}

// January 2024: an amendment moves the days; the act that replaces the former, the versions.
async function amendment(stage) {
	await stage.clock("2024-01-08T10:00");
	await stage.received("agent");
	await stage.received("chief");
	const page = await stage.as("agent");
	await follow(stage, page, "Avenant");
	await see(page, "Ce qui change, étape 1 sur 8"); // the motive first, then what it corrects
	await choose(page, "Motif de l’avenant", "Jours de télétravail");
	await type(page, "Explication", "Réunion le mardi.");
	for (let steps = 0; await page.getByRole("button", { name: "Enregistrer et continuer" }).count(); steps++) {
		check(steps < 9, `the amendment has no end: ${page.url()}`);
		if (await page.getByRole("group", { name: "Demi-journées de télétravail" }).count())
			await week(page, "Demi-journées de télétravail", ["lundi", "jeudi"]);
		await press(stage, page, "Enregistrer et continuer");
	}
	await press(stage, page, "Demander l’avenant");
	await page.getByText("Votre demande est déposée").first().waitFor();
	const child = new URL(page.url()).pathname;
	await stage.mails("chief", ["Avenant à valider", "Réunion le mardi."]);
	await see(await stage.as("agent"), "mardi, jeudi");
	await stage.act(await stage.as("chief", child), "Avenant à la convention");
	await stage.does("chief", "Valider et signer l’avenant", undefined, { on: child });
	await stage.mails("agent", ["Avenant à recevoir"]);
	await stage.clock("2024-01-15T10:00");
	await stage.does("agent", "Recevoir et signer l’avenant", undefined, { on: child });
	await stage.mails("office", ["Avenant transmis"]);
	await see(await stage.as("agent"), "Demi-journées de télétravail lundi, jeudi", "Avenant n°", "Attestation à délivrer",
		"Avenant reçu ; les jours changent");
	await see(await stage.as("chief", "/service"), "Vauigny Anaïs accordé présent présent accordé présent");
	// another amendment, while this one runs
	await stage.refused("agent", `${stage.dossier}/natures/avenant`, 422, "est déjà en cours");
	await stage.clock("2024-01-17T10:00");
	await stage.does("office", "Délivrer la nouvelle attestation", undefined, { on: child });
	await stage.mails("agent", ["Nouvelle attestation"]);
	tells(await stage.act(await stage.as("agent", child), "Attestation d’autorisation modifiée"), "lundi, jeudi", "remplace la précédente");
	await see(await stage.as("agent"), "remplacé");
	const versions = await stage.as("agent", `${stage.dossier}/versions`);
	await see(versions, "Avenant reçu ; les jours changent, le 15 janvier 2024 à 10 h 00, dossier n°", "mardi, jeudi lundi, jeudi");
	await type(versions, "Voir la version en vigueur le", "2023-10-02");
	await press(stage, versions, "Voir cette version");
	await see(versions, "En vigueur le lundi 2 octobre 2023", "Demi-journées de télétravail mardi, jeudi");
}

// 2024: the first tacit renewal; then the insurance lapses, is recalled three times, and comes at last.
async function renewal(stage) {
	await stage.clock("2024-09-03T23:59");
	await stage.received("agent");
	await stage.received("chief");
	await stage.received("director");
	await stage.received("office");
	await see(await stage.as("chief", "/a-venir"), "mercredi 4 septembre 2024 Anniversaire de l’autorisation Vauigny Anaïs",
		"vendredi 1er novembre 2024 Assurance à renouveler dans soixante jours");
	await stage.clock("2024-09-04T00:00");
	await stage.noMail("agent", "chief"); // nobody is woken up
	await stage.clock("2024-09-04T08:00");
	const [renewed] = await stage.mails("agent", [`Autorisation ${stage.number} reconduite`, "reconduite jusqu’au 3 septembre 2025."]);
	check(!renewed.text.includes("accusé annuel"), "no certificate was accepted this year: nothing to find in the dossier");
	await stage.mails("chief", [`Autorisation ${stage.number} reconduite`]);
	await see(await stage.as("agent"), "En vigueur", "Puis, le jeudi 4 septembre 2025 : Reconduction annuelle");

	for (const [day, count] of [["2024-11-01", 1], ["2024-12-01", 1], ["2024-12-31", 1]]) {
		await stage.clock(`${day}T02:00`);
		await stage.noMail("agent");
		await stage.clock(`${day}T09:00`);
		await stage.mails("agent", ...Array(count).fill([`Assurance à renouveler : ${stage.number}`, "31 décembre 2024"]));
	}
	await see(await stage.as("office", `/gestion/${campaign}/pieces`), "Attestation d’assurance multirisque habitation à renouveler", "31 décembre 2024");
	await stage.clock("2025-01-01T00:00");
	await stage.noMail("agent", "chief", "director", "office");
	await stage.clock("2025-01-02T08:00");
	for (const name of ["agent", "chief", "director", "office"])
		await stage.mails(name, [`Assurance expirée : ${stage.number}`]);
	await see(await stage.as("agent"), "Votre assurance n’est plus valable", "En vigueur");
	await see(await stage.as("office", `/gestion/${campaign}/pieces`), "Attestation d’assurance multirisque habitation à renouveler 31 décembre 2024 dépassé de 2 jours");
	const alerts = await stage.as("office", `/gestion/${campaign}/calendrier`);
	await see(alerts, "Bilan en retard", "Assurance expirée");
	await dontSee(alerts, "que l’annuaire ne nomme pas"); // a step that was left at once waited for nobody
	await see(await stage.as("chief"), "Les obligations du règlement ne sont plus remplies");

	// a certificate that is already over, then the right one
	const page = await stage.as("agent");
	await follow(stage, page, "Joindre l’attestation d’assurance");
	await stage.insured("perimee", "2024-01-01", "2024-12-31")(page);
	await press(stage, page, "Joindre l’attestation d’assurance");
	await page.getByText("Cette assurance n’est plus valable").first().waitFor();
	await stage.does("agent", "Joindre l’attestation d’assurance", stage.insured("annee-2025", "2025-01-01", "2025-12-31"));
	await stage.mails("office", [`Attestation d’assurance à examiner : ${stage.number}`]);
	await stage.does("office", "Examiner l’attestation d’assurance", page => page.getByLabel("Je l’accepte").check());
	await stage.mails("agent", [`Accusé annuel de conformité : ${stage.number}`]);
	tells(await stage.act(await stage.as("agent"), "Accusé annuel de conformité"), "3 septembre 2025", stage.number);
}

// March 2025: the agent is called back on a day of hers; too soon first, then as agreed, and it is written in the register.
async function recall(stage) {
	await stage.clock("2025-03-10T10:00");
	await stage.received("agent");
	await stage.refused("colleague", `${stage.dossier}/actions/rappeler`, 404);
	const chief = await stage.as("chief");
	await follow(stage, chief, "Rappeler l’agent sur site");
	await choose(chief, "Motif du rappel", "Organisation du service");
	await type(chief, "Jour du rappel", "2025-03-11");
	await type(chief, "Précision", "Conseil municipal.");
	await press(stage, chief, "Rappeler l’agent sur site");
	await see(chief, "Le délai de prévenance de la convention n’est pas tenu ; seule l’urgence le réduit.");
	await type(chief, "Jour du rappel", "2025-03-13");
	await chief.getByRole("button", { name: "Rappeler l’agent sur site" }).first().click();
	await chief.waitForURL(/fait=/);
	await stage.mails("agent", [`Une journée de télétravail change : ${stage.number}`, "Agent rappelé sur site"]);
	const page = await stage.as("agent");
	await see(page, "Journées déplacées", "Rappel sur site", "13 mars 2025", "Conseil municipal.");
	await see(await stage.as("chief", "/service"), "Semaine du 10 mars 2025", "Jeudi 13/03", "rappel");
}

// May to July 2025: notice is given, too short then with its two months; it ends on the day; the computer is given back.
async function ending(stage) {
	await stage.clock("2025-05-05T10:00");
	await stage.received("agent");
	await stage.received("office");
	await stage.received("stock");
	const director = await stage.as("director");
	await follow(stage, director, "Mettre fin au télétravail");
	await type(director, "Date de l’entretien avec l’agent", "2025-05-02");
	await choose(director, "Motif", "Résultats attendus manifestement non atteints");
	await type(director, "Motivation", "Les livrables convenus ne sont pas rendus.");
	await type(director, "Le télétravail cesse le", "2025-07-04");
	await press(stage, director, "Mettre fin au télétravail");
	await see(director, "Le délai de prévenance est de deux mois");
	await type(director, "Le télétravail cesse le", "2025-07-05");
	await director.getByRole("button", { name: "Mettre fin au télétravail" }).first().click();
	await director.waitForURL(/fait=/);
	for (const name of ["agent", "office", "stock"])
		await stage.mails(name, [`Fin du télétravail : ${stage.number}`, "5 juillet 2025", "Rendez l’équipement"]);
	const page = await stage.as("agent");
	tells(await stage.act(page, "Fin du télétravail"), "2 mai 2025", "5 juillet 2025", "Les livrables convenus", "Victor Valan", "recours gracieux");
	await stage.clock("2025-07-04T23:59");
	await see(await stage.as("agent"), "Fin prévue");
	await stage.clock("2025-07-05T00:00");
	await see(await stage.as("agent"), "Terminée", "Rendez l’équipement sans délai");
	await see(await stage.as("stock", "/a-traiter"), "Vauigny Anaïs");
	await stage.clock("2025-07-20T02:00");
	await stage.noMail("agent", "director");
	await stage.clock("2025-07-20T08:00");
	await stage.mails("agent", [`Équipement à rendre : ${stage.number}`, "Ordinateur portable"]);
	await stage.clock("2025-07-21T10:00");
	await stage.does("stock", "Constater la restitution");
	await see(await stage.as("stock", "/a-traiter"), "Rien ne vous attend.");
	await see(await stage.as("office", `/gestion/${campaign}`), `${stage.number} Vauigny Anaïs Service du budget Terminée`);
	await see(await stage.as("office", `/gestion/${campaign}/pieces`), "Rien à faire ici");
	const over = await stage.as("agent");
	await see(over, "Terminée", "Votre télétravail a pris fin. Vous pouvez demander de nouveau.");
	await dontSee(over, "Rendez l’équipement sans délai à la direction", "Attendu de");
	await stage.refused("stock", `${stage.dossier}/actions/constater_restitution`, 422, "Ce n’est plus possible");
}

const chapters = { asking, interview, agreement, signatures, completeness, inForce, amendment, renewal, recall, ending };

test("two years of an authorisation, from the request to the equipment given back", () =>
	play({ cast, clock: "2023-07-03T10:00" }, chapters));
