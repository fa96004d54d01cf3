// Every page of the site, in the states a campaign goes through, on a desk and on a phone, without JavaScript and at twice
// the size; every form, sent without JavaScript, once with a mistake and once without.
//
// The table of routes of the program is walked: a route that no line below visits fails, named.
import { axe, check, equal, overflows, screenshot, test, visitor, withAxe } from "./harness.mjs";
import { campaign, pdf, prepareDraft, routes, startWorld } from "./world.mjs";

const demande = `/campagnes/${campaign}/demande`;
const gestion = `/gestion/${campaign}`;
const day = { filing: "2023-06-08T10:45", opinions: "2023-06-19T08:30", missing: "2023-06-26T09:00", summer: "2023-07-03T09:00",
	autumn: "2023-09-04T09:00", end: "2024-09-02T09:00" };

// ---- the tour ---------------------------------------------------------------------------
//
// Lives of a campaign, in order. In each: `before` prepares, pages are visited, mistakes are made, forms are sent.
//   visits    [name, route, who, path, more]: `who` and `path` may be functions of the cast. more: { status: 404 } or
//             { file: "application/pdf" } for what is no page
//   mistakes  [name, route, who, from, fill, press, keeps]: the form of `from` is refused with 422, shows what was typed
//             (`keeps`, a text of the page or of a field), and is itself a page to look at
//   posts     [name, route, who, from, fill, press, leads]: accepted; the browser ends on a page whose address has `leads`
// A `fill` names fields as their form does: a text is typed, true ticks, a list chooses, a Buffer is a file.

const tour = [{
	at: day.filing,
	before: async cast => {
		cast.newcomer = cast.spare();
		cast.complete = cast.spare();
		await prepareDraft(await cast.as(cast.complete));
		cast.mistaken = cast.spare();
		await prepareDraft(await cast.as(cast.mistaken), { piece: false });
		await (await cast.as(cast.mistaken)).submit(`${demande}?etape=2`, demande, { nombre_jours: "3", suite: "continuer" });
		cast.leaving = cast.spare();
		cast.account_person = cast.spare();
		cast.account = (await cast.world.sql("SELECT login FROM account ORDER BY login LIMIT 1"));
	},
	visits: [
		["accueil-visiteur", "GET /", null, "/"],
		["accueil-nouveau", "GET /", "newcomer", "/"],
		["accueil-brouillon", "GET /", "mistaken", "/"],
		["accueil-deposee", "GET /", c => c.request.agent, "/"],
		["accueil-chef-rien", "GET /", c => c.request.chef, "/"],
		["accueil-support", "GET /", "support", "/"],
		["accueil-gestion", "GET /", "office", "/"],
		["accessibilite", "GET /accessibilite", null, "/accessibilite"],
		["activation", "GET /activation", null, "/activation"],
		["aide", "GET /aide", null, "/aide"],
		["campagne-visiteur", "GET /campagnes/:campagne", null, `/campagnes/${campaign}`],
		["campagne-nouveau", "GET /campagnes/:campagne", "newcomer", `/campagnes/${campaign}`],
		["campagne-deposee", "GET /campagnes/:campagne", c => c.request.agent, `/campagnes/${campaign}`],
		["campagne-brouillon", "GET /campagnes/:campagne", "mistaken", `/campagnes/${campaign}`],
		["campagne-non", "GET /campagnes/:campagne", "ineligible", `/campagnes/${campaign}`],
		["campagne-inconnue", "GET /campagnes/:campagne", null, "/campagnes/nulle-part", { status: 404 }],
		["connexion", "GET /connexion", null, "/connexion?vers=/mon-compte"],
		["donnees-personnelles", "GET /donnees-personnelles", null, "/donnees-personnelles"],
		["mot-de-passe", "GET /mot-de-passe", null, "/mot-de-passe"],
		["absences", "GET /mon-compte/absences", c => c.request.chef, "/mon-compte/absences"],
		["absences-agent", "GET /mon-compte/absences", c => c.request.agent, "/mon-compte/absences"],
		["mes-demarches-deposee", "GET /mes-demarches", c => c.request.agent, "/mes-demarches"],
		["mes-demarches-rien", "GET /mes-demarches", "support", "/mes-demarches"],
		["mes-demarches-brouillon", "GET /mes-demarches", "mistaken", "/mes-demarches"],
		["mon-compte", "GET /mon-compte", c => c.request.agent, "/mon-compte"],
		["mon-compte-gestion", "GET /mon-compte", "office", "/mon-compte"],
		["etape-1", `GET /campagnes/:campagne/demande`, "newcomer", `${demande}?etape=1`],
		["etape-2", `GET /campagnes/:campagne/demande`, "newcomer", `${demande}?etape=2`],
		["etape-3", `GET /campagnes/:campagne/demande`, "newcomer", `${demande}?etape=3`],
		["etape-4-pieces", `GET /campagnes/:campagne/demande`, "newcomer", `${demande}?etape=4`],
		["etape-2-fautes", `GET /campagnes/:campagne/demande`, "mistaken", `${demande}?etape=2&verifier=oui`],
		["etape-4-piece-jointe", `GET /campagnes/:campagne/demande`, "complete", `${demande}?etape=4`],
		["recapitulatif-vide", `GET /campagnes/:campagne/demande/recapitulatif`, "newcomer", `${demande}/recapitulatif`],
		["recapitulatif-fautes", `GET /campagnes/:campagne/demande/recapitulatif`, "mistaken", `${demande}/recapitulatif`],
		["recapitulatif", `GET /campagnes/:campagne/demande/recapitulatif`, "complete", `${demande}/recapitulatif`],
		["abandonner", `GET /campagnes/:campagne/demande/abandonner`, "complete", `${demande}/abandonner`],
		["piece-du-brouillon", `GET /campagnes/:campagne/demande/pieces/:piece`, "complete", `${demande}/pieces/assurance`, { file: "application/pdf" }],
		["dossier-deposee", "GET /dossiers/:id", c => c.request.agent, c => `/dossiers/${c.request.id}`],
		["dossier-deposee-chef", "GET /dossiers/:id", c => c.request.chef, c => `/dossiers/${c.request.id}`],
		["accuse", "GET /dossiers/:id/documents/:rang", c => c.request.agent, c => `/dossiers/${c.request.id}/documents/1`],
		["accuse-pdf", "GET /dossiers/:id/documents/:rang/pdf", c => c.request.agent, c => `/dossiers/${c.request.id}/documents/1/pdf`, { file: "application/pdf" }],
		["piece", "GET /dossiers/:id/pieces/:piece", c => c.request.agent, c => `/dossiers/${c.request.id}/pieces/assurance`, { file: "application/pdf" }],
		["piece-version", "GET /dossiers/:id/pieces/:piece/versions/:empreinte", c => c.request.agent,
			async c => `/dossiers/${c.request.id}/pieces/assurance/versions/${await c.world.sql(
				`SELECT digest FROM attachment WHERE dossier = '${c.request.id}' AND piece = 'assurance'`)}`, { file: "application/pdf" }],
		["piece-en-attente", "GET /dossiers/:id/actions/:action/pieces/:piece", c => c.request.agent,
			c => `/dossiers/${c.request.id}/actions/retirer/pieces/assurance`, { status: 404 }],
		["retirer", "GET /dossiers/:id/actions/:action", c => c.request.agent, c => `/dossiers/${c.request.id}/actions/retirer`],
		["a-traiter-rien", "GET /a-traiter", c => c.request.chef, "/a-traiter"],
		["annuler-rien", "GET /dossiers/:id/annuler", c => c.request.agent, c => `/dossiers/${c.request.id}/annuler`, { status: 422 }],
		["annuler-lot-inconnu", "GET /gestion/:campagne/lots/:lot/annuler", "office", `${gestion}/lots/aucun/annuler`, { status: 404 }],
		["rapports-support", "GET /rapports", "support", "/rapports"],
		["rapports", "GET /rapports", "office", "/rapports"],
		["rapport", "GET /rapports/:procedure/:rapport", "office", "/rapports/teletravail-academie/bilan"],
		["rapport-fichier", "GET /rapports/:procedure/:rapport/csv", "office", "/rapports/teletravail-academie/bilan/csv?tableau=mesures",
			{ file: "text/csv" }],
		["service-rien", "GET /service", c => c.request.chef, "/service"],
		["a-venir-rien", "GET /a-venir", c => c.request.chef, "/a-venir"],
		["agenda", "GET /agenda", "office", "/agenda?jour=2023-06-19"],
		["reglages-aucun", "GET /reglages", "office", "/reglages"],
		["gestion", "GET /gestion", "office", "/gestion"],
		["gestion-campagne", "GET /gestion/:campagne", "office", gestion],
		["gestion-cherche", "GET /gestion/:campagne", "office", c => `${gestion}?cherche=${c.request.number}`],
		["gestion-vide", "GET /gestion/:campagne", "office", `${gestion}?etape=${encodeURIComponent("refusée")}`],
		["calendrier", "GET /gestion/:campagne/calendrier", "office", `${gestion}/calendrier`],
		["pieces-aucune", "GET /gestion/:campagne/pieces", "office", `${gestion}/pieces`],
		["derogations-aucune", "GET /gestion/:campagne/derogations", "office", `${gestion}/derogations`],
		["derogations-cherche", "GET /gestion/:campagne/derogations", "office", `${gestion}/derogations?nom=gav`],
		["derogations-agent", "GET /gestion/:campagne/derogations", "office", c => `${gestion}/derogations?agent=${c.leaving}`],
		["export", "GET /gestion/:campagne/exports/:export", "office", `${gestion}/exports/demandes`, { file: "text/csv" }],
		["indicateurs", "GET /gestion/:campagne/indicateurs", "office", `${gestion}/indicateurs`],
		["demo", "GET /demo", null, "/demo"],
		["demo-cherche", "GET /demo", null, "/demo?nom=gav"],
		["demo-personne", "GET /demo", null, "/demo?nom=zzzz"],
		["courriels", "GET /demo/courriels", null, "/demo/courriels"],
		["courriels-aucun", "GET /demo/courriels", null, "/demo/courriels?adresse=personne@ac-valmont.example"],
		["courriel", "GET /demo/courriels/:id", null, c => c.mail],
		["horloge", "GET /demo/horloge", null, "/demo/horloge"],
		["lien-inconnu", "GET /lien/:jeton", null, "/lien/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", { status: 404 }],
		["page-introuvable", null, null, "/nulle/part", { status: 404 }],
		["page-introuvable-agent", null, "newcomer", "/nulle/part", { status: 404 }],
		["page-reservee", "GET /gestion", "newcomer", "/gestion", { status: 403 }],
		["dossier-d-un-autre", "GET /dossiers/:id", "newcomer", c => `/dossiers/${c.request.id}`, { status: 404 }],
	],
	mistakes: [
		["connexion-refusee", "POST /connexion", null, "/connexion", { adresse: "personne@ac-valmont.example", "mot-de-passe": "pas celui-là" }, "Se connecter", "personne@ac-valmont.example"],
		["mot-de-passe-refuse", "POST /mot-de-passe", null, "/mot-de-passe", { adresse: "pas une adresse" }, "Recevoir un lien", "pas une adresse"],
		["activation-refusee", "POST /activation", null, "/activation", { code: "pas-un-code", nouveau: "court" }, "Enregistrer ce mot de passe", "pas-un-code"],
		["etape-1-refusee", "POST /campagnes/:campagne/demande", "newcomer", `${demande}?etape=1`, { supérieur: "Mme Fauvert" }, "Enregistrer et continuer", "Mme Fauvert"],
		["etape-2-refusee", "POST /campagnes/:campagne/demande", "newcomer", `${demande}?etape=2`, { nombre_jours: "3", jours_souhaités: ["lundi"] }, "Enregistrer et continuer", "3"],
		["piece-refusee", "POST /campagnes/:campagne/demande/pieces/:piece", "mistaken", `${demande}?etape=4`, { fichier: Buffer.from("ceci n’est pas un PDF") }, "Envoyer le fichier"],
		["piece-absente", "POST /campagnes/:campagne/demande/pieces/:piece", "mistaken", `${demande}?etape=4`, {}, "Envoyer le fichier"],
		["horloge-refusee", "POST /demo/horloge", null, "/demo/horloge", { moment: "2023-01-01T08:00" }, "Avancer", "2023-01-01T08:00"],
		["derogation-refusee", "POST /gestion/:campagne/derogations", "office", c => `${gestion}/derogations?agent=${c.leaving}`, { jusquau: "2023-06-01", motif: "Congé de maladie" }, "Rouvrir pour cet agent", "Congé de maladie"],
	],
	posts: [
		["horloge", "POST /demo/horloge", null, "/demo/horloge", { moment: "2023-06-08T11:00" }, "Avancer", "fait=horloge"],
		["entrer", "POST /demo", null, "/demo", {}, /^Entrer/, "/"],
		["connexion", "POST /connexion", null, "/connexion?vers=/mon-compte", { adresse: c => c.account, "mot-de-passe": "le guichet est ouvert" }, "Se connecter", "/mon-compte"],
		["deconnexions", "POST /mon-compte/sessions", "leaving", "/mon-compte", {}, "Se déconnecter partout", "?fait=deconnexions"],
		["deconnexion", "POST /deconnexion", "account_person", "/aide", {}, "Se déconnecter", "?fait=deconnexion"],
		["mot-de-passe", "POST /mot-de-passe", null, "/mot-de-passe", { adresse: c => c.account }, "Recevoir un lien", "/mot-de-passe"],
		["activation", "POST /activation", null, c => c.activation(), { nouveau: "une phrase assez longue" }, "Enregistrer ce mot de passe", "?fait=motdepasse"],
		["etape-1", "POST /campagnes/:campagne/demande", "newcomer", `${demande}?etape=1`, { date_échange: "2023-06-07", supérieur: "Mme Fauvert", accord: true, autodiagnostic_fait: ["oui"] }, "Enregistrer et continuer", "etape=2"],
		["etape-2", "POST /campagnes/:campagne/demande", "newcomer", `${demande}?etape=2`, { nombre_jours: "2", jours_souhaités: ["mardi", "jeudi"], modalités: "Instruction des dossiers.", autorisation_précédente: ["aucune"] }, "Enregistrer et continuer", "etape=3"],
		["etape-3", "POST /campagnes/:campagne/demande", "newcomer", `${demande}?etape=3`, { adresse: "4 rue des Tilleuls" }, "Enregistrer et continuer", "etape=4"],
		["piece", "POST /campagnes/:campagne/demande/pieces/:piece", "newcomer", `${demande}?etape=4`, { fichier: pdf }, "Envoyer le fichier", "fait=piece"],
		["piece-retiree", "POST /campagnes/:campagne/demande/pieces/:piece/retirer", "newcomer", `${demande}?etape=4`, {}, /^Retirer/, "fait=piece-retiree"],
		["piece-encore", "POST /campagnes/:campagne/demande/pieces/:piece", "newcomer", `${demande}?etape=4`, { fichier: pdf }, "Envoyer le fichier", "fait=piece"],
		["abandon", "POST /campagnes/:campagne/demande/abandonner", "mistaken", `${demande}/abandonner`, {}, "Effacer le brouillon", "?fait=abandon"],
		["depot", "POST /campagnes/:campagne/demande/deposer", "newcomer", `${demande}/recapitulatif`, {}, "Déposer ma demande", "fait=depot"],
		["depot-d-un-autre", "POST /campagnes/:campagne/demande/deposer", "complete", `${demande}/recapitulatif`, {}, "Déposer ma demande", "fait=depot"],
		["retrait", "POST /dossiers/:id/actions/:action", c => c.withdrawn.agent, c => `/dossiers/${c.withdrawn.id}/actions/retirer`, {}, "Retirer ma demande", "fait=action"],
		["derogation", "POST /gestion/:campagne/derogations", "office", c => `${gestion}/derogations?agent=${c.leaving}`, { jusquau: "2023-06-30", motif: "Congé de maladie" }, "Rouvrir pour cet agent", "fait=derogation"],
	],
}, {
	at: day.filing,
	visits: [
		["dossier-apres-depot", "GET /dossiers/:id", "newcomer", async c => `/dossiers/${await c.idOf("newcomer")}?fait=depot`],
		["dossier-retiree", "GET /dossiers/:id", c => c.withdrawn.agent, c => `/dossiers/${c.withdrawn.id}`],
		["derogations", "GET /gestion/:campagne/derogations", "office", `${gestion}/derogations`],
	],
}, {
	at: day.opinions,
	before: async cast => {
		cast.link = (await cast.linkOf(cast.request.chef))[0];
		cast.otherLink = (await cast.linkOf(cast.pair.chef))[0];
		cast.newcomerId = await cast.idOf("newcomer");
		cast.newcomerChef = await cast.chefOf(cast.newcomerId);
	},
	visits: [
		["accueil-chef", "GET /", "newcomerChef", "/"],
		["a-traiter", "GET /a-traiter", "newcomerChef", "/a-traiter"],
		["service", "GET /service", "newcomerChef", "/service"],
		["lien", "GET /lien/:jeton", null, c => `/lien/${c.otherLink}`],
		["lien-action", "GET /lien/:jeton/dossiers/:id/actions/:action", null, c => `/lien/${c.link}/dossiers/${c.request.id}/actions/${encodeURIComponent("réserve")}`],
		["dossier-avis-attendu", "GET /dossiers/:id", c => c.request.agent, c => `/dossiers/${c.request.id}`],
		["dossier-avis-attendu-chef", "GET /dossiers/:id", c => c.request.chef, c => `/dossiers/${c.request.id}`],
		["avis-defavorable", "GET /dossiers/:id/actions/:action", c => c.request.chef, c => `/dossiers/${c.request.id}/actions/${encodeURIComponent("défavorable")}`],
	],
	mistakes: [
		["a-traiter-refuse", "POST /a-traiter", "newcomerChef", "/a-traiter", { "*.choix": ["défavorable"] }, /^Enregistrer m/],
		["lien-refuse", "POST /lien/:jeton", null, c => `/lien/${c.otherLink}`, { "*.choix": ["réserve"] }, /^Enregistrer m/],
		["lien-action-refusee", "POST /lien/:jeton/dossiers/:id/actions/:action", null, c => `/lien/${c.link}/dossiers/${c.request.id}/actions/${encodeURIComponent("réserve")}`, {}, "Favorable sous réserve de modification"],
		["avis-refuse", "POST /dossiers/:id/actions/:action", c => c.request.chef, c => `/dossiers/${c.request.id}/actions/${encodeURIComponent("défavorable")}`, { motif_refus: "" }, "Défavorable"],
	],
	posts: [
		["a-traiter", "POST /a-traiter", "newcomerChef", "/a-traiter", c => ({ [`${c.newcomerId}.choix`]: ["favorable"] }), /^Enregistrer m/, "fait=avis"],
		["lien", "POST /lien/:jeton", null, c => `/lien/${c.otherLink}`, { "*.choix": ["favorable"] }, /^Enregistrer m/, "fait=avis"],
		["lien-action", "POST /lien/:jeton/dossiers/:id/actions/:action", null, c => `/lien/${c.link}/dossiers/${c.request.id}/actions/${encodeURIComponent("réserve")}`, { modification_demandée: "Un autre jour que le mardi." }, "Favorable sous réserve de modification", "/lien/"],
		["oubliee", "POST /dossiers/:id/actions/:action", c => c.forgotten.chef, c => `/dossiers/${c.forgotten.id}/actions/${encodeURIComponent("réserve")}`, { modification_demandée: "Un autre jour que le mardi." }, "Favorable sous réserve de modification", "fait=action"],
		["defavorable", "POST /dossiers/:id/actions/:action", c => c.refused.chef, c => `/dossiers/${c.refused.id}/actions/${encodeURIComponent("défavorable")}`, { motif_refus: "L’accueil du public doit être assuré chaque jour." }, "Défavorable", "fait=action"],
	],
}, {
	at: day.opinions,
	visits: [
		["a-traiter-repondu", "GET /a-traiter", "newcomerChef", "/a-traiter"],
		["service-plein", "GET /service", "newcomerChef", "/service"],
		["service-septembre", "GET /service", "newcomerChef", "/service?semaine=2023-09-04"],
		["a-venir", "GET /a-venir", "newcomerChef", "/a-venir"],
		["lien-repondu", "GET /lien/:jeton", null, c => `/lien/${c.otherLink}`],
		["lien-action-passee", "GET /lien/:jeton/dossiers/:id/actions/:action", null, c => `/lien/${c.link}/dossiers/${c.request.id}/actions/favorable`, { status: 422 }],
		["action-passee", "GET /dossiers/:id/actions/:action", c => c.request.chef, c => `/dossiers/${c.request.id}/actions/favorable`, { status: 422 }],
		["a-traiter-support", "GET /a-traiter", "support", "/a-traiter"],
		["modifier", "GET /dossiers/:id/actions/:action", "support", c => `/dossiers/${c.request.id}/actions/modifier`],
		["dossier-modification", "GET /dossiers/:id", c => c.request.agent, c => `/dossiers/${c.request.id}`],
		["dossier-modification-support", "GET /dossiers/:id", "support", c => `/dossiers/${c.request.id}`],
		["dossier-refus-a-confirmer-agent", "GET /dossiers/:id", c => c.refused.agent, c => `/dossiers/${c.refused.id}`],
		["dossier-refus-a-confirmer-support", "GET /dossiers/:id", "support", c => `/dossiers/${c.refused.id}`],
		["versions", "GET /dossiers/:id/versions", c => c.request.agent, c => `/dossiers/${c.request.id}/versions`],
		["dossier-accepte", "GET /dossiers/:id", "newcomer", c => `/dossiers/${c.newcomerId}`],
	],
	mistakes: [
		["modifier-refuse", "POST /dossiers/:id/actions/:action", "support", c => `/dossiers/${c.request.id}/actions/modifier`, { modalités: "Le jeudi plutôt que le mardi.", nombre_jours: "4" }, "Modifier la demande", "Le jeudi plutôt que le mardi."],
	],
	posts: [
		["modifier", "POST /dossiers/:id/actions/:action", "support", c => `/dossiers/${c.request.id}/actions/modifier`, { modalités: "Le jeudi plutôt que le mardi.", motif_modification: "Accordé avec le chef par téléphone." }, "Modifier la demande", "fait=action"],
	],
}, {
	at: day.missing,
	visits: [
		["accueil-chef-trop-tard", "GET /", c => c.silent.chef, "/"],
		["lien-expire", "GET /lien/:jeton", null, c => `/lien/${c.otherLink}`, { status: 404 }],
		["dossier-modifiee", "GET /dossiers/:id", c => c.request.agent, c => `/dossiers/${c.request.id}`],
		["dossier-avis-manquant", "GET /dossiers/:id", c => c.silent.agent, c => `/dossiers/${c.silent.id}`],
		["dossier-avis-manquant-gestion", "GET /dossiers/:id", "office", c => `/dossiers/${c.silent.id}`],
		["dossier-refusee", "GET /dossiers/:id", c => c.refused.agent, c => `/dossiers/${c.refused.id}`],
		["refus", "GET /dossiers/:id/documents/:rang", c => c.refused.agent, c => `/dossiers/${c.refused.id}/documents/2`],
		["classer", "GET /dossiers/:id/actions/:action", "office", c => `/dossiers/${c.closed.id}/actions/classer`],
		["campagne-fermee", "GET /campagnes/:campagne", "mistaken", `/campagnes/${campaign}`],
		["gestion-avis-manquants", "GET /gestion/:campagne", "office", `${gestion}?etape=avis_manquant`],
		["gestion-instruction", "GET /gestion/:campagne", "office", `${gestion}?etape=instruction`],
		["a-traiter-gestion", "GET /a-traiter", "office", "/a-traiter"],
		["calendrier-apres", "GET /gestion/:campagne/calendrier", "office", `${gestion}/calendrier`],
		["indicateurs-apres", "GET /gestion/:campagne/indicateurs", "office", `${gestion}/indicateurs`],
		["accueil-refusee", "GET /", c => c.refused.agent, "/"],
	],
	mistakes: [
		["classer-refuse", "POST /dossiers/:id/actions/:action", "office", c => `/dossiers/${c.closed.id}/actions/classer`, { motif_classement: "" }, "Classer sans suite"],
		["lot-sans-dossier", "POST /gestion/:campagne/lots/preparer", "office", `${gestion}?etape=avis_manquant`, {}, "Rouvrir l’avis"],
	],
	posts: [
		["classer", "POST /dossiers/:id/actions/:action", "office", c => `/dossiers/${c.closed.id}/actions/classer`, { motif_classement: "L’agent a changé d’académie." }, "Classer sans suite", "fait=action"],
		["rouvrir-un", "POST /dossiers/:id/actions/:action", "office", c => `/dossiers/${c.reopened.id}/actions/rouvrir_avis`, { avis_jusquau: "2023-06-30", motif_réouverture: "Chef absent." }, "Rouvrir l’avis", "fait=action"],
		["preparer", "POST /gestion/:campagne/lots/preparer", "office", `${gestion}?etape=instruction`, { tous: true }, "Établir la convention", "/lots/preparer", [
			{ name: "lot-prepare", fill: { fin_décidée: "2025-01-01" }, press: /^Établir la convention/, leads: "/lots", status: [422] },
			{ name: "lot-refuse", fill: { fin_décidée: "2024-08-31" }, press: /^Établir la convention/, leads: "/lots/", status: [303] },
		]],
	],
}, {
	at: day.missing,
	before: async cast => { cast.lot = await cast.world.sql("SELECT id FROM batch LIMIT 1"); },
	visits: [
		["lot", "GET /gestion/:campagne/lots/:lot", "office", c => `${gestion}/lots/${c.lot}`],
		["dossier-classee", "GET /dossiers/:id", c => c.closed.agent, c => `/dossiers/${c.closed.id}`],
		["dossier-rouvert-chef", "GET /dossiers/:id", c => c.reopened.chef, c => `/dossiers/${c.reopened.id}`],
		["dossier-etablie", "GET /dossiers/:id", "office", c => `/dossiers/${c.request.id}`],
		["document-a-signer-gestion", "GET /dossiers/:id/documents/:rang", "office", c => `/dossiers/${c.request.id}/documents/2`],
		["gestion-etablies", "GET /gestion/:campagne", "office", `${gestion}?etape=${encodeURIComponent("convention_prête")}`],
	],
	posts: [
		["envoyer", "POST /dossiers/:id/actions/:action", "office", c => `/dossiers/${c.request.id}/actions/envoyer`, {}, "Envoyer à la signature", "fait=action"],
		["envoyer-deux", "POST /dossiers/:id/actions/:action", "office", c => `/dossiers/${c.newcomerId}/actions/envoyer`, {}, "Envoyer à la signature", "fait=action"],
	],
}, {
	at: day.summer,
	before: async cast => { cast.signing = (await cast.linkOf(cast.request.chef, "à signer"))[0]; },
	visits: [
		["lien-a-signer", "GET /lien/:jeton", null, c => `/lien/${c.signing}`],
		["lien-signer", "GET /lien/:jeton/dossiers/:id/actions/:action", null, c => `/lien/${c.signing}/dossiers/${c.request.id}/actions/signer_chef`],
		["lien-pdf", "GET /lien/:jeton/dossiers/:id/documents/:rang/pdf", null, c => `/lien/${c.signing}/dossiers/${c.request.id}/documents/2/pdf`, { file: "application/pdf" }],
		["a-traiter-a-signer", "GET /a-traiter", "newcomerChef", "/a-traiter"],
		["signer-chef", "GET /dossiers/:id/actions/:action", "newcomerChef", c => `/dossiers/${c.newcomerId}/actions/signer_chef`],
		["dossier-a-signer-chef", "GET /dossiers/:id", c => c.request.agent, c => `/dossiers/${c.request.id}`],
	],
	posts: [
		["lien-signer", "POST /lien/:jeton/dossiers/:id/actions/:action", null, c => `/lien/${c.signing}/dossiers/${c.request.id}/actions/signer_chef`, {}, "Signer la convention", "/lien/"],
	],
}, {
	at: day.summer,
	visits: [
		["accueil-a-signer", "GET /", c => c.request.agent, "/"],
		["mes-demarches-a-signer", "GET /mes-demarches", c => c.request.agent, "/mes-demarches"],
		["dossier-a-signer-agent", "GET /dossiers/:id", c => c.request.agent, c => `/dossiers/${c.request.id}`],
		["signer-agent", "GET /dossiers/:id/actions/:action", c => c.request.agent, c => `/dossiers/${c.request.id}/actions/signer_agent`],
	],
	posts: [
		["signer-agent", "POST /dossiers/:id/actions/:action", c => c.request.agent, c => `/dossiers/${c.request.id}/actions/signer_agent`, {}, "Signer ma convention", "fait=action"],
	],
}, {
	at: day.autumn,
	visits: [
		["accueil-en-vigueur", "GET /", c => c.request.agent, "/"],
		["mes-demarches-en-vigueur", "GET /mes-demarches", c => c.request.agent, "/mes-demarches"],
		["mes-demarches-avant", "GET /mes-demarches", c => c.request.agent, "/mes-demarches?avant=1686600000000"],
		["dossier-en-vigueur", "GET /dossiers/:id", c => c.request.agent, c => `/dossiers/${c.request.id}`],
		["document-signe", "GET /dossiers/:id/documents/:rang", c => c.request.agent, c => `/dossiers/${c.request.id}/documents/2`],
		["gestion-rentree", "GET /gestion/:campagne", "office", gestion],
		["calendrier-alerte", "GET /gestion/:campagne/calendrier", "office", `${gestion}/calendrier`],
	],
	posts: [
		["alerte-vue", "POST /gestion/:campagne/calendrier", "office", `${gestion}/calendrier`, {}, /^(Vu|C’est vu|J’ai vu|Marquer)/, "fait=alerte"],
	],
}, {
	at: day.end,
	visits: [
		["dossier-echue", "GET /dossiers/:id", c => c.request.agent, c => `/dossiers/${c.request.id}`],
		["horloge-fin", "GET /demo/horloge", null, "/demo/horloge"],
		["calendrier-fin", "GET /gestion/:campagne/calendrier", "office", `${gestion}/calendrier`],
	],
}];

// What only scripts send; rights_test.mjs tries it.
const scripted = ["POST /campagnes/:campagne/demande/brouillon"];
// What only several ways of filing, or rows that one asks, send: rows_test.mjs goes through it.
const ways = ["POST /campagnes/:campagne/demande/recapitulatif"];
// The drafts of dossiers born of another, and those for somebody else or a structure: no procedure of this world has any.
// children_test.mjs and subject_test.mjs go through them.
const children = ["/dossiers/:id/natures/:nature", "/campagnes/:campagne/pour/:personne",
	"/campagnes/:campagne/structures/:structure"].flatMap(begin =>
	Object.entries({ GET: ["", "/abandonner", "/pieces/:piece", "/recapitulatif"],
		POST: ["", "/abandonner", "/brouillon", "/deposer", "/pieces/:piece", "/pieces/:piece/retirer", "/recapitulatif"] })
		.flatMap(([method, rests]) => rests.map(rest => `${method} ${begin}${rest}`))).concat("GET /campagnes/:campagne/pour");
// What structures set: the procedure of this world has nothing to set. outside_test.mjs goes through them.
const settings = ["GET", "POST"].map(method => `${method} /reglages/:campagne/:structure`)
	.concat("POST /reglages/:campagne/:structure/essai");

// ---- who plays --------------------------------------------------------------------------

async function castOf(world) {
	const filed = new Set(world.requests.map(one => one.agent));
	const free = world.people("agent").filter(one => !filed.has(one.matricule)).map(one => one.matricule);
	// those whose chefs answer by the link of a mail
	const linked = new Set((await world.sql("SELECT code FROM structure JOIN structure_version ON structure = id WHERE regime = 'lien'")).split("\n"));
	const schools = world.requests.filter(one => linked.has(one.structure));
	const [request, refused, silent, closed, reopened, withdrawn, pair, forgotten] = schools;
	const cast = {
		world, request, refused, silent, closed, reopened, withdrawn, pair, forgotten, as: person => world.as(person),
		support: world.people("personne support")[0].matricule, office: world.people("gestionnaire DPAE")[0].matricule,
		ineligible: world.people("chef d’établissement")[0].matricule,
		spare: () => free.shift() ?? check(false, "no agent is left who has not filed"),
		idOf: async name => world.sql(`SELECT id FROM dossier WHERE subject = (SELECT id FROM person WHERE external_id = '${cast[name] ?? name}') ORDER BY id DESC LIMIT 1`),
		linkOf: async (matricule, subject = "votre avis est attendu") => world.links(subject, await cast.mailOf(matricule)),
		mailOf: async matricule => world.sql(`SELECT mail FROM person_version WHERE person = (SELECT id FROM person WHERE external_id = '${matricule}') LIMIT 1`),
		chefOf: async id => world.sql(`SELECT external_id FROM person WHERE id = (SELECT a.person FROM appointment a WHERE a.structure = (SELECT structure FROM dossier WHERE id = '${id}') AND a.function LIKE 'chef%' LIMIT 1)`),
		activation: async () => {
			const mail = /\/activation\?jeton=[\w-]+/.exec((await world.client().get((await cast.mails(cast.account))[0])).html);
			return mail[0];
		},
		mails: async address => [...(await world.client().get(`/demo/courriels?adresse=${encodeURIComponent(address)}`)).html.matchAll(/href="(\/demo\/courriels\/[^"]+)"/g)].map(found => found[1]),
	};
	cast.mail = (await cast.mails(await cast.mailOf(request.agent)))[0];
	return cast;
}

const told = async (value, cast) => typeof value === "function" ? value(cast) : value;
const who = async (person, cast) => {
	const found = person === null ? null : typeof person === "function" ? person(cast) : cast[person];
	check(found !== undefined, `nobody plays ${person}`);
	return found;
};

// ---- a visit ----------------------------------------------------------------------------

const shapes = { bureau: {}, telephone: { phone: true }, nojs: { javascript: false } };

// The pages of one worker, one of each shape, that visitors take in turn: contexts are slow to make.
const newDesk = () => new Map();

async function enter(cast, desk, person, shape) {
	if (!desk.has(shape)) {
		const page = await visitor({ url: cast.world.url, ...shapes[shape] });
		page.context().setDefaultTimeout(20000);
		if (shape !== "nojs")
			await withAxe(page);
		desk.set(shape, page);
	}
	const page = desk.get(shape), context = page.context();
	await context.clearCookies();
	await page.evaluate(() => sessionStorage.clear()).catch(() => {}); // the first page is blank
	if (shape === "bureau")
		await page.setViewportSize({ width: 1280, height: 900 });
	if (person) {
		const { cookies } = await cast.as(person);
		await context.addCookies([...cookies].map(([name, value]) => ({ name, value, url: cast.world.url })));
	}
	page.mistakes.length = 0;
	return page;
}

// What is wrong with a page as it stands, in words.
async function look(page, name, shape) {
	const faults = [];
	if (await page.locator("main h1").count() !== 1)
		faults.push("not one main heading");
	if (shape === "nojs") {
		const unusable = await page.evaluate(() => [...document.querySelectorAll("form")].filter(form =>
			![...form.querySelectorAll("button, input[type=submit]")].some(button => button.type === "submit" && button.offsetParent)
			|| (form.method === "post" && !form.querySelector("[name=jeton]"))).map(form => form.getAttribute("action")));
		return [...faults, ...unusable.map(action => `the form ${action} cannot be sent without JavaScript`)];
	}
	await screenshot(page, `${name}-${shape}`);
	if (await overflows(page))
		faults.push("wider than its screen");
	faults.push(...await axe(page), ...page.mistakes);
	if (shape === "bureau") {
		await page.setViewportSize({ width: 640, height: 450 }); // 1280 at twice the size
		if (await overflows(page))
			faults.push("wider than its screen at 200 %");
	}
	return faults;
}

async function visit(cast, desk, [name, , person, path, more = {}]) {
	const [someone, address] = [await who(person, cast), await told(path, cast)];
	const faults = [];
	if (more.file) {
		const got = await (someone ? await cast.as(someone) : cast.world.client()).get(address);
		return got.status === 200 && got.headers.get("content-type").startsWith(more.file) ? []
			: [`${address} answers ${got.status} ${got.headers.get("content-type")}`];
	}
	for (const shape in shapes) {
		const page = await enter(cast, desk, someone, shape);
		const response = await page.goto(address);
		if (response.status() !== (more.status ?? 200))
			faults.push(`${shape}: ${address} answers ${response.status()}`);
		faults.push(...(await look(page, name, shape)).map(fault => `${shape}: ${fault}`));
	}
	return faults;
}

// ---- a form -----------------------------------------------------------------------------

async function fillIn(page, form, fill, cast) {
	for (let [name, value] of Object.entries(await told(fill, cast))) {
		value = await told(value, cast);
		const named = name.startsWith("*") ? `[name$="${name.slice(1)}"]` : `[name="${name}"]`;
		const fields = form.locator(`${named}:not([type=hidden])`);
		if (Buffer.isBuffer(value))
			await fields.setInputFiles({ name: "attestation.pdf", mimeType: "application/pdf", buffer: value });
		else if (value === true)
			await fields.check();
		else if (Array.isArray(value)) {
			for (const ticked of await form.locator(`${named}[type=checkbox]:checked`).all())
				await ticked.uncheck();
			for (const one of value)
				await form.locator(`${named}[value="${one}"]`).first().check();
		} else
			await fields.fill(value);
	}
}

// Fills the form that holds the button and sends it; the answer to its POST.
async function send(page, fill, press, cast) {
	const button = page.locator("main, header").getByRole("button", { name: press, ...(press instanceof RegExp ? {} : { exact: true }) }).first();
	const form = button.locator("xpath=ancestor::form");
	await form.evaluate(element => { element.noValidate = true; }); // the server must see the mistake
	await fillIn(page, form, fill, cast);
	const answer = page.waitForResponse(response => response.request().method() === "POST");
	await button.click();
	const response = await answer;
	await page.waitForLoadState();
	return response;
}

async function mistake(cast, desk, [name, , person, from, fill, press, keeps]) {
	const faults = [];
	for (const shape in shapes) {
		const page = await enter(cast, desk, await who(person, cast), shape);
		await page.goto(await told(from, cast));
		const response = await send(page, fill, press, cast);
		if (response.status() !== 422)
			faults.push(`${shape}: answers ${response.status()}, not 422`);
		const kept = await page.evaluate(() => document.querySelector("main").innerText
			+ [...document.querySelectorAll("input, textarea")].map(field => `\n${field.value}`).join(""));
		if (keeps && !kept.includes(keeps))
			faults.push(`${shape}: « ${keeps} » was lost`);
		faults.push(...(await look(page, name, shape)).map(fault => `${shape}: ${fault}`));
	}
	return faults;
}

async function post(cast, desk, [, , person, from, fill, press, leads, then]) {
	const page = await enter(cast, desk, await who(person, cast), "nojs");
	const faults = [];
	const sent = async (fill, press, leads, status) => {
		const response = await send(page, fill, press, cast);
		if (!status.includes(response.status()) || !page.url().includes(leads))
			faults.push(`answers ${response.status()}, then ${page.url()}: ${(await page.locator("main").innerText()).slice(0, 300)}`);
	};
	await page.goto(await told(from, cast));
	await sent(fill, press, leads, [303, 200]);
	for (const next of then ?? []) {
		await screenshot(page, `${next.name}-bureau`);
		await sent(next.fill, next.press, next.leads, next.status);
	}
	return faults;
}

// ---- the tests --------------------------------------------------------------------------

const lines = kind => tour.flatMap(part => part[kind] ?? []);
const batch = ["POST /gestion/:campagne/lots"]; // sent from the page that preparing shows
const undone = ["POST /dossiers/:id/annuler", "POST /gestion/:campagne/lots/:lot/annuler", // undo_test.mjs
	"POST /mon-compte/absences", "POST /mon-compte/absences/fin"]; // absence_test.mjs

test("every route of the program is in the tour, and the tour in the program", async () => {
	const known = (await routes()).map(one => `${one.method} ${one.path}`);
	const visited = new Set([...lines("visits"), ...lines("posts")].map(line => line[1]).concat(scripted, ways, children, settings, batch, undone));
	equal(known.filter(route => !visited.has(route)), [], "never visited");
	equal([...visited].filter(route => route && !known.includes(route)), [], "not in the program");
	const names = [...lines("visits"), ...lines("mistakes")].map(line => line[0]);
	equal(names.filter((name, i) => names.indexOf(name) !== i), [], "two pictures of one name");
});

// At most `desks` at a time; what is wrong, each with the name of its line. VISIT=<pattern> in the environment looks only
// at the lines of that name.
async function all(work, cast, list, desks) {
	const faults = [], waiting = list.filter(line => work === post || new RegExp(process.env.VISIT ?? "").test(line[0]));
	await Promise.all(desks.map(async desk => {
		for (let line; (line = waiting.shift());)
			try {
				faults.push(...(await work(cast, desk, line)).map(fault => `${line[0]}: ${fault}`));
			} catch (error) {
				faults.push(`${line[0]}: ${String(error.message).split("\n").slice(0, 4).join(" ")}`);
			}
	}));
	return faults;
}

let world, cast;
const desks = [newDesk(), newDesk(), newDesk()];

tour.forEach((part, i) => test(`every page is for everybody, on any screen, with or without script: ${i + 1}, ${part.at}`, async () => {
	world ??= await startWorld();
	cast ??= await castOf(world);
	try {
		if (part.at !== tour[i - 1]?.at)
			await world.moveTo(part.at);
		await world.settle();
		await part.before?.(cast);
		const faults = [...await all(visit, cast, part.visits ?? [], desks), ...await all(mistake, cast, part.mistakes ?? [], desks)];
		for (const line of part.posts ?? []) // in their order
			faults.push(...await all(post, cast, [line], desks.slice(0, 1)));
		for (const fault of faults)
			console.log(`  ${fault}`);
		equal(faults.length, 0, "faults");
	} finally {
		if (i === tour.length - 1) {
			for (const page of desks.flatMap(desk => [...desk.values()]))
				await page.context().close();
			await world.stop();
		}
	}
}));
