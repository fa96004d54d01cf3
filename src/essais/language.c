/* What may be written in a file of essais/, key by key: see procedure/shape.h. */
#include "essais/play.h"

#include "base/banned.h"

#define SHAPE(id, article, ...) \
	const struct shape shape_essai_##id = { #id, article, KEYS(__VA_ARGS__) }

static const struct text nothing[] = { { "rien", 4 } }, no[] = { { "non", 3 } },
	verdicts[] = { { "acceptée", sizeof "acceptée" - 1 }, { "renvoyée", sizeof "renvoyée" - 1 } },
	channels[] = { { "application", 11 }, { "lien", 4 }, { "lot", 3 } };

#define WORDS(name) .words = &(const struct words){ name, sizeof name / sizeof *name }
#define TITLE KEY("titre", FORM_TEXT, HOLD_ONE, "De quoi il s’agit.")
#define CITE KEY("cite", FORM_TEXT, HOLD_ONE_OR_LIST, "Les exigences que cet essai montre.")
#define NOTE KEY("note", FORM_TEXT, HOLD_ONE, "Une remarque, que rien ne lit.")
#define AT(about) KEY("à", FORM_INSTANT, HOLD_ONE, about)
#define CAMPAIGN KEY("campagne", FORM_TEXT, HOLD_ONE, "Le nom d’un fichier de campagnes/, sans « .yaml ».")
#define ANSWERS \
	KEY("comme", FORM_TEXT, HOLD_ONE, "Le nom d’un modèle de réponses."), \
	KEY("avec", FORM_ANYTHING, HOLD_NAMED_FREELY, "Les réponses, telles qu’on les tape ; elles s’ajoutent à celles du modèle.")

SHAPE(mail, "un courrier attendu",
	KEY("à", FORM_TEXT, HOLD_ONE, "Qui le reçoit."),
	KEY("courrier", FORM_TEXT, HOLD_ONE, "Le nom du courrier."),
	KEY("objet", FORM_TEXT, HOLD_ONE, "Une partie de son objet."),
	KEY("contient", FORM_TEXT, HOLD_ONE_OR_LIST, "Des parties de son texte."),
	KEY("sans", FORM_TEXT, HOLD_ONE_OR_LIST, "Ce qu’il ne doit pas contenir."),
	KEY("lien", FORM_FLAG, HOLD_ONE, "oui : il porte un lien de réponse."));

SHAPE(parts, "un texte attendu",
	KEY("contient", FORM_TEXT, HOLD_ONE_OR_LIST, "Des parties du texte."),
	KEY("sans", FORM_TEXT, HOLD_ONE_OR_LIST, "Ce qu’il ne doit pas contenir."));

#define EXPECTATION(name, expect, forms, holder, about) KEY(name, forms, holder, about, WORDS(nothing), \
	.of = (forms) & FORM_MAPPING ? (holder) & HOLD_NAMED_FREELY ? &shape_essai_parts : &shape_essai_mail : NULL),
const struct shape shape_essai_expected = { "expected", "une attente", (const struct key[]){
#include "essais/expectations.def"
	{ .name = NULL } } };
#undef EXPECTATION

SHAPE(example_expected, "ce qu’un exemple attend",
	KEY("erreurs", FORM_ANYTHING, HOLD_ONE, "Les champs en erreur, et eux seuls : une liste, ou {champ: message}."),
	KEY("réponses", FORM_ANYTHING, HOLD_NAMED_FREELY, "Les valeurs lues dans les réponses."),
	KEY("valeurs", FORM_ANYTHING, HOLD_NAMED_FREELY, "Des expressions et leur valeur ; « rien » pour null."),
	KEY("refus", FORM_TEXT, HOLD_ONE, "Une partie de ce que le contrôle dit de la campagne lue, ou « rien »."));

SHAPE(example, "un exemple", TITLE, CITE,
	AT("L’instant où l’on saisit, heure de Paris : 2023-06-10T10:00."),
	KEY("agent", FORM_TEXT, HOLD_ONE, "Qui saisit : un nom de l’annuaire des essais."),
	ANSWERS,
	KEY("données", FORM_FEEL, HOLD_NAMED_FREELY, "Des valeurs données directement : champs et valeurs posées."),
	KEY("état", FORM_TEXT, HOLD_ONE, "L’étape où se trouve le dossier."),
	KEY("cas", FORM_TEXT, HOLD_ONE, "Beaucoup de cas en lignes, après « | », comme une table de décision."),
	KEY("campagne lue", FORM_TEXT, HOLD_ONE, "Le texte d’un fichier de campagne, après « | »."),
	KEY("attend", FORM_MAPPING, HOLD_ONE, "Ce qui doit être.", .of = &shape_essai_example_expected));

SHAPE(exception, "une dérogation",
	KEY("de", FORM_TEXT, HOLD_ONE, "Qui l’accorde."),
	KEY("fenêtre", FORM_TEXT, HOLD_ONE, "La fenêtre rouverte."),
	KEY("jusquau", FORM_DATE, HOLD_ONE, "Le dernier jour."),
	KEY("motif", FORM_TEXT, HOLD_ONE, "Pourquoi."));

SHAPE(sent_back, "une pièce renvoyée",
	KEY("renvoyée", FORM_TEXT, HOLD_ONE, "Pourquoi : la personne le lira."));

SHAPE(directory, "l’annuaire des essais",
	KEY("structures", FORM_ANYTHING, HOLD_NAMED_FREELY, "Les structures : code, nom, type, régime, « dans » ; leurs « réglages » et « compteurs » d’avant."),
	KEY("personnes", FORM_ANYTHING, HOLD_NAMED_FREELY, "Les personnes, sous le nom qu’on leur donne dans les essais."),
	KEY("absences", FORM_ANYTHING, HOLD_NAMED_FREELY,
		"Les absences, chacune sous un nom : absent, remplaçant (sans lui, on monte), du, au, référence."),
	KEY("délégations", FORM_ANYTHING, HOLD_NAMED_FREELY,
		"Les délégations de signature, chacune sous un nom : de, à, du, au, lettres (toutes, à défaut), référence."));

SHAPE(setting, "un réglage",
	KEY("nom", FORM_TEXT, HOLD_ONE, "Le nom du réglage."),
	KEY("structure", FORM_TEXT, HOLD_ONE, "La structure : un nom de l’annuaire des essais ; à défaut, celle de qui règle."),
	KEY("valeur", FORM_ANYTHING, HOLD_ONE, "La réponse, telle qu’on la tape."),
	KEY("du", FORM_DATE, HOLD_ONE, "Le premier jour ; à défaut, ce jour."));

SHAPE(closed, "un jour fermé",
	KEY("du", FORM_DATE, HOLD_ONE, "Le jour, ou le premier jour."),
	KEY("au", FORM_DATE, HOLD_ONE, "Le dernier jour compris, quand il y en a plusieurs."),
	KEY("férié", FORM_FLAG, HOLD_ONE, "oui : un jour férié décidé par un texte ; à défaut, une fermeture."),
	KEY("libellé", FORM_TEXT, HOLD_ONE, "Pourquoi."));

SHAPE(step, "une étape d’essai",
	AT("L’instant, heure de Paris ; à défaut, le même qu’avant."),
	KEY("en tant que", FORM_TEXT, HOLD_ONE, "Qui agit : un nom de l’annuaire des essais."),
	KEY("dossier", FORM_TEXT, HOLD_ONE, "Lequel : la clé de qui l’a déposé ; à défaut, le dernier."),
	KEY("pour", FORM_TEXT, HOLD_ONE, "Pour déposer à la place d’un agent, ou pour une structure : lequel."),
	KEY("motif", FORM_ANYTHING, HOLD_ONE, "Pourquoi on dépose pour lui."),
	KEY("nature", FORM_TEXT, HOLD_ONE, "Pour déposer un dossier né d’un autre : sa nature."),
	KEY("parent", FORM_TEXT, HOLD_ONE, "De quel dossier il naît ; à défaut, du dernier."),
	KEY("fait", FORM_TEXT, HOLD_ONE, "Le nom d’une action ; sans elle, l’étape ne fait que regarder."),
	KEY("reprend", FORM_TEXT, HOLD_ONE_OR_LIST, "Au lieu de « fait » : les noms de suites d’étapes, jouées ici."),
	KEY("défait", FORM_TEXT, HOLD_ONE, "Au lieu de « fait » : le nom de l’action annulable sur laquelle elle revient."),
	ANSWERS,
	KEY("pièces", FORM_TEXT, HOLD_NAMED_FREELY, "Des noms de fichiers : {devis: devis.pdf}."),
	KEY("examine", FORM_WORD | FORM_MAPPING, HOLD_NAMED_FREELY,
		"Ce qui est dit de chaque pièce : {plan: acceptée, devis: {renvoyée: Il manque le cachet.}}.", WORDS(verdicts),
		.of = &shape_essai_sent_back),
	KEY("confirme", FORM_WORD, HOLD_ONE, "non : la personne ne coche pas la confirmation.", WORDS(no)),
	KEY("canal", FORM_WORD, HOLD_ONE, "Par où elle agit ; à défaut, l’application.", WORDS(channels)),
	KEY("version", FORM_INTEGER, HOLD_ONE, "La version du dossier qu’elle avait sous les yeux.", .least = 0,
		.most = DOSSIER_EVENTS_LIMIT),
	KEY("texte", FORM_TEXT, HOLD_ONE, "L’empreinte du texte signé, quand ce n’est pas celui qui est montré."),
	KEY("dérogation", FORM_MAPPING, HOLD_ONE, "Au lieu de « fait ».", .of = &shape_essai_exception),
	KEY("réglage", FORM_MAPPING, HOLD_ONE, "Au lieu de « fait » : la personne règle une valeur de sa structure.",
		.of = &shape_essai_setting),
	KEY("annuaire", FORM_MAPPING, HOLD_ONE, "Au lieu de « fait » : ce que l’annuaire dit désormais, en plus du reste.",
		.of = &shape_essai_directory),
	KEY("ferme", FORM_MAPPING, HOLD_ONE, "Au lieu de « fait » : un jour ajouté aux calendriers.", .of = &shape_essai_closed),
	KEY("compose", FORM_WORD, HOLD_ONE, "non : les documents produits restent à composer.", WORDS(no)),
	KEY("attend", FORM_MAPPING, HOLD_ONE, "Ce qui doit être.", .of = &shape_essai_expected),
	CITE, NOTE);

SHAPE(scenario, "un scénario", TITLE, CITE, CAMPAIGN,
	KEY("étapes", FORM_MAPPING, HOLD_LIST, "Ce qui se passe, dans l’ordre.", .of = &shape_essai_step));

SHAPE(file, "un fichier d’essais", TITLE, CITE, CAMPAIGN,
	KEY("annuaire", FORM_MAPPING, HOLD_ONE, "Les personnes et les structures ; à défaut, celles de essais/annuaire.yaml.",
		.of = &shape_essai_directory),
	KEY("modèles", FORM_ANYTHING, HOLD_NAMED_FREELY, "Des réponses toutes faites, employées par « comme »."),
	KEY("suites", FORM_ANYTHING, HOLD_NAMED_FREELY, "Des suites d’étapes, que des scénarios reprennent par leur nom."),
	KEY("exemples", FORM_MAPPING, HOLD_LIST, "Une saisie, et ce qui en est lu.", .of = &shape_essai_example),
	KEY("scénarios", FORM_MAPPING, HOLD_LIST, "Des histoires : qui fait quoi, quand, et ce qui doit arriver.",
		.of = &shape_essai_scenario));

const struct shape *
essais_shape(void)
{
	return &shape_essai_file;
}
