/* The language of a procedure and of its campaigns, key by key: what the readers accept, what
 * `guichet schema` tells. A sentence here is what the author reads in the editor. */
#include "procedure/reader.h"

#include "base/banned.h"

#define MUST .needed = NEEDED
#define MUST_APART .needed = NEEDED_AND_TOLD_APART
#define WORDS(name) .words = &(const struct words){ name, sizeof name / sizeof *name }

/* ---- words ---- */

#define WORD(word) { word, sizeof(word) - 1 }
#define FIELD_TYPE(type, word, feel, where) WORD(word),
static const struct text field_types[] = {
#include "procedure/words.def"
};
#undef FIELD_TYPE
#define FIELD_TYPE(type, word, feel, where) where(word)
#define ANYWHERE(word) WORD(word),
#define IN_ROWS(word)
#define IN_FORMS(word)
#define AS_DATA(word) WORD(word),
static const struct text data_types[] = {
#include "procedure/words.def"
};
#undef AS_DATA
#define AS_DATA(word)
static const struct text register_types[] = {
#include "procedure/words.def"
};
#undef IN_ROWS
#define IN_ROWS(word) WORD(word),
static const struct text row_types[] = {
#include "procedure/words.def"
};
#undef FIELD_TYPE
#undef ANYWHERE
#undef IN_ROWS
#undef AS_DATA
#undef IN_FORMS
#define WEEKDAY(word) WORD(word),
static const struct text weekdays[] = {
#include "procedure/words.def"
};
#undef WEEKDAY
#define COLUMN_TYPE(word, type, shown) WORD(word),
static const struct text column_types[] = {
#include "procedure/words.def"
};
#undef COLUMN_TYPE
#define HIT(word, hit) WORD(word),
static const struct text hits[] = {
#include "procedure/words.def"
};
#undef HIT
#define ROUNDING(word, rounding) WORD(word),
static const struct text roundings[] = {
#include "procedure/words.def"
};
#undef ROUNDING
#define REACH(word, reach) WORD(word),
static const struct text reaches[] = {
#include "procedure/words.def"
};
#undef REACH
#define SENSE(word, sense) WORD(word),
static const struct text senses[] = {
#include "procedure/words.def"
};
#undef SENSE
#define SILENCE(word, silence) WORD(word),
static const struct text silences[] = {
#include "procedure/words.def"
};
#undef SILENCE
#define FORMAT(word, format) WORD(word),
static const struct text formats[] = {
#include "procedure/words.def"
};
#undef FORMAT
#define PERIOD(word, period) WORD(word),
static const struct text periods[] = {
#include "procedure/words.def"
};
#undef PERIOD
#define DELAY(word) WORD(word),
static const struct text delays[] = {
#include "procedure/words.def"
};
#undef DELAY
#define PHASE(word, later) WORD(word),
static const struct text phases[] = {
#include "procedure/words.def"
};
#undef PHASE
static const struct text applicant[] = { WORD("demandeur") }, form[] = { WORD("formulaire") },
	subject[] = { WORD("structure") }, never[] = { WORD("jamais") };

/* ---- keys that many mappings have ---- */

#define CITE KEY("cite", FORM_TEXT, HOLD_ONE_OR_LIST, \
	"Les références que cette règle sert : article, paragraphe, exigence.", \
	.most = TEXT_LABEL)
#define LABEL(about) KEY("libellé", FORM_TEXT, HOLD_ONE, about, MUST, .most = TEXT_LABEL)
#define TITLE(about) KEY("titre", FORM_TEXT, HOLD_ONE, about, MUST, .most = TEXT_LABEL)
#define SENTENCE(name, about) KEY(name, FORM_TEXT, HOLD_ONE, about, .most = TEXT_SENTENCE)
#define CONDITION(about) KEY("si", FORM_FEEL, HOLD_ONE, about)
#define NAMES(name, about) KEY(name, FORM_TEXT, HOLD_ONE_OR_LIST, about, .most = TEXT_NAME)
#define NAME(name, about) KEY(name, FORM_TEXT, HOLD_ONE, about, .most = TEXT_NAME)
#define SENSE_KEY(about) KEY("sens", FORM_WORD, HOLD_ONE, about, WORDS(senses))
#define KEEP(about) KEY("conservation", FORM_DURATION, HOLD_ONE, about)
#define DECIMALS(about) KEY("décimales", FORM_INTEGER, HOLD_ONE, about, .least = 0, .most = 20)
#define COLUMNS(name, about) KEY(name, FORM_MAPPING, HOLD_LIST, about, .of = &shape_column)

#define SHAPE(id, article, ...) \
	const struct shape shape_##id = { #id, article, KEYS(__VA_ARGS__) }

SHAPE(rule, "une règle",
	KEY("règle", FORM_FEEL, HOLD_ONE, "Une condition : elle doit être vraie.", MUST),
	KEY("message", FORM_TEXT, HOLD_ONE, "Ce que la personne lit quand la règle n’est pas suivie.", MUST,
		.most = TEXT_SENTENCE),
	CITE);

SHAPE(column, "une colonne",
	TITLE("Le titre de la colonne."),
	KEY("valeur", FORM_FEEL, HOLD_ONE, "L’expression dont la colonne montre la valeur.", MUST),
	CITE);

/* ---- before the form ---- */

SHAPE(source, "une source",
	TITLE("Le titre du texte qui fonde la procédure."),
	NAME("catalogue", "Le préfixe des exigences tirées de ce texte."),
	SENTENCE("adresse", "Où lire ce texte."),
	CITE);

SHAPE(document, "un document",
	TITLE("Le titre du document."),
	KEY("adresse", FORM_TEXT, HOLD_ONE, "Son adresse, qui commence par https://.", MUST, .most = TEXT_SENTENCE),
	KEY("avant", FORM_WORD, HOLD_ONE, "« formulaire » : il est montré avec insistance avant la saisie.", WORDS(form)),
	CITE);

SHAPE(parameter_value, "la valeur d’un paramètre",
	KEY("à partir du", FORM_DATE, HOLD_ONE, "Le premier jour où cette valeur s’applique.", MUST),
	KEY("valeur", FORM_FEEL, HOLD_ONE, "La valeur : un nombre, une date, un texte entre guillemets…", MUST),
	CITE);

SHAPE(parameter, "un paramètre",
	LABEL("Ce que ce paramètre fixe."),
	NAME("unité", "L’unité d’un nombre, vérifiée partout où on le lit : jour, h, €…"),
	KEY("valeurs", FORM_MAPPING, HOLD_LIST, "Ses valeurs, de la plus ancienne à la plus récente.", MUST,
		.of = &shape_parameter_value),
	CITE);

#define FIELD_TYPE_KEY(words) KEY("type", FORM_WORD, HOLD_ONE, "La sorte de réponse.", MUST, WORDS(words))
#define SIMPLE_FIELD_KEYS \
	KEY("longueur", FORM_INTEGER, HOLD_ONE, "Le nombre de caractères d’un texte, au plus.", .least = 1, \
		.most = 20000), \
	NAME("unité", "L’unité d’un nombre, montrée à côté de la case et vérifiée dans les règles."), \
	KEY("minimum", FORM_NUMBER, HOLD_ONE, "Le plus petit nombre accepté."), \
	KEY("maximum", FORM_NUMBER, HOLD_ONE, "Le plus grand nombre accepté."), \
	KEY("options", FORM_TEXT, HOLD_NAMED, \
		"Les réponses d’un choix : un nom pour les règles, un libellé pour la personne.", \
		.most = TEXT_LABEL), \
	SENTENCE("message", "Ce que la personne lit quand le contrôle refuse, ou quand la réponse manque."), \
	SENTENCE("aide", "Une phrase sous le libellé, qui aide à répondre.")
#define FIELD_KEYS \
	SIMPLE_FIELD_KEYS, \
	KEY("contrôle", FORM_FEEL, HOLD_ONE, \
		"Une condition que la réponse doit remplir ; « message » dit quoi corriger."), \
	KEY("contrôles", FORM_MAPPING, HOLD_LIST, "Plusieurs conditions, chacune avec son message.", .of = &shape_rule), \
	CITE

SHAPE(campaign_data, "une donnée de campagne",
	LABEL("Ce que cette donnée fixe."), FIELD_TYPE_KEY(data_types), FIELD_KEYS);

SHAPE(row_field, "un champ de ligne",
	LABEL("Ce que la personne lit devant la case."), FIELD_TYPE_KEY(row_types),
	KEY("obligatoire", FORM_FLAG, HOLD_ONE, "oui : une ligne commencée ne peut pas s’en passer, quand la case est montrée."),
	CONDITION("La case n’est montrée que si cette condition est vraie ; elle lit la ligne par les noms de ses cases."),
	FIELD_KEYS);

SHAPE(register_column, "une colonne de registre",
	LABEL("Le titre de la colonne."), FIELD_TYPE_KEY(register_types),
	KEY("obligatoire", FORM_FLAG, HOLD_ONE, "oui : elle est toujours remplie."),
	SIMPLE_FIELD_KEYS, CITE);

SHAPE(field, "un champ",
	LABEL("Ce que la personne lit devant la case."), FIELD_TYPE_KEY(field_types),
	KEY("obligatoire", FORM_FLAG, HOLD_ONE, "oui : on ne peut pas déposer sans répondre."),
	KEY("préremplir", FORM_FEEL, HOLD_ONE, "La valeur proposée, que la personne peut changer."),
	CONDITION("Le champ n’est montré que si cette condition est vraie ; elle ne lit que ce qui vient avant."),
	KEY("pourquoi", FORM_TEXT, HOLD_ONE, "Pourquoi on le demande : la personne le lit.", MUST_APART,
		.most = TEXT_SENTENCE),
	KEEP("Combien de temps on garde cette réponse, quand c’est moins que le dossier."),
	NAMES("lisible_par", "Les rôles qui peuvent le lire, avec qui l’a rempli ; à défaut, ceux de sa partie, ou tous."),
	KEY("jours", FORM_WORD, HOLD_ONE_OR_LIST, "Les jours d’une semaine ; à défaut, du lundi au vendredi.", WORDS(weekdays)),
	KEY("champs", FORM_MAPPING, HOLD_NAMED, "Ce que chaque ligne demande.", .of = &shape_row_field),
	KEY("lignes_minimum", FORM_INTEGER, HOLD_ONE, "Le nombre de lignes à remplir, au moins.", .least = 1,
		.most = PROCEDURE_MOST_ROWS),
	KEY("lignes_maximum", FORM_INTEGER, HOLD_ONE, "Le nombre de lignes, au plus ; à défaut, 20.", .least = 1,
		.most = PROCEDURE_MOST_ROWS),
	FIELD_KEYS);

SHAPE(register, "un registre",
	LABEL("Ce que le registre garde."),
	KEY("garde", FORM_DURATION, HOLD_ONE, "Combien de temps une ligne se lit ; à défaut, autant que le dossier."),
	KEY("colonnes", FORM_MAPPING, HOLD_NAMED, "Ce que dit chaque ligne, en plus du jour et de qui l’a inscrite.", MUST,
		.of = &shape_register_column),
	CITE);

SHAPE(calendar, "« calendrier »",
	NAME("territoire", "Le territoire dont les jours fériés comptent."),
	KEY("fichier", FORM_TEXT, HOLD_ONE, "Le fichier de calendriers/ : vacances, fermetures, jours fériés ajoutés.",
		.most = TEXT_LABEL),
	NAME("zone", "La zone de vacances, telle que le fichier l’écrit."));

SHAPE(window, "une fenêtre",
	LABEL("Ce qui se fait pendant cette fenêtre."),
	KEY("fermeture", FORM_WORD, HOLD_ONE, "jamais : une campagne peut la laisser ouverte sans fin.", WORDS(never)),
	CITE);

/* ---- what comes from outside the dossier ---- */

SHAPE(local, "un réglage",
	LABEL("Ce que chaque structure règle."), FIELD_TYPE_KEY(data_types),
	KEY("qui", FORM_TEXT, HOLD_ONE_OR_LIST, "Les rôles qui le règlent, pour la structure où on les tient.", MUST,
		.most = TEXT_NAME),
	SIMPLE_FIELD_KEYS, CITE);

SHAPE(counter, "un compteur",
	LABEL("Ce que l’on compte pour chaque personne."),
	NAME("unité", "L’unité de ce que l’on compte, au singulier : jour, h…"),
	CITE);

SHAPE(role, "un rôle",
	LABEL("Comment on nomme ce rôle dans une phrase : le chef de service."),
	KEY("est", FORM_WORD, HOLD_ONE, "« demandeur » : le rôle de qui demande ; il y en a exactement un.",
		WORDS(applicant)),
	KEY("fonction", FORM_TEXT, HOLD_ONE_OR_LIST, "La fonction de l’annuaire qui donne ce rôle, ou plusieurs.",
		.most = TEXT_LABEL),
	KEY("de", FORM_WORD, HOLD_ONE,
		"Où chercher cette fonction : dans la structure de l’agent, dans son ressort, ou partout.", WORDS(reaches)),
	KEY("canal", FORM_FEEL, HOLD_ONE, "Comment la personne répond : \"application\" ou \"lien\"."),
	CITE);

SHAPE(once, "« une_par_campagne »",
	KEY("message", FORM_TEXT, HOLD_ONE, "Ce que lit la personne qui a déjà une demande.", MUST, .most = TEXT_SENTENCE),
	CITE);

SHAPE(entitled, "« de_droit »",
	KEY("si", FORM_FEEL, HOLD_ONE, "Tant que cette condition est vraie, rien de défavorable ne peut arriver.", MUST),
	KEY("message", FORM_TEXT, HOLD_ONE, "Ce que lit qui veut refuser.", MUST, .most = TEXT_SENTENCE),
	CITE);

SHAPE(behalf, "« pour_autrui »",
	KEY("qui", FORM_TEXT, HOLD_ONE_OR_LIST, "Les rôles qui peuvent déposer pour un agent.", MUST, .most = TEXT_NAME),
	KEY("motif", FORM_TEXT, HOLD_ONE, "La question posée à qui dépose pour un autre : pourquoi le fait-il ?", MUST,
		.most = TEXT_LABEL),
	CITE);

SHAPE(exception, "une dérogation",
	KEY("qui", FORM_TEXT, HOLD_ONE_OR_LIST, "Les rôles qui peuvent rouvrir cette fenêtre pour un agent.", MUST,
		.most = TEXT_NAME),
	CITE);

/* ---- the form ---- */

SHAPE(section, "une partie du formulaire",
	TITLE("Le titre de cette page du formulaire."),
	SENTENCE("aide", "Une phrase sous le titre."),
	CONDITION("La partie n’est montrée que si cette condition est vraie."),
	NAMES("lisible_par", "Les rôles qui peuvent la lire, avec qui l’a remplie ; à défaut, tous ceux qui lisent le dossier."),
	KEY("plus_tard", FORM_FLAG, HOLD_ONE, "oui : on ne la remplit pas au dépôt, mais par une action qui la « saisit »."),
	KEY("champs", FORM_MAPPING, HOLD_NAMED, "Les champs, dans l’ordre où on les montre.", MUST, .of = &shape_field),
	CITE);

SHAPE(piece, "une pièce",
	LABEL("Le nom de la pièce."),
	SENTENCE("aide", "Une phrase qui aide à la fournir."),
	KEY("attendue", FORM_WORD, HOLD_ONE, "« dépôt », à défaut : jointe en déposant la demande ; « plus tard » : par une action qui la joint.",
		WORDS(phases)),
	KEY("obligatoire", FORM_FLAG, HOLD_ONE, "oui : on ne peut pas déposer, ou faire l’action qui la joint, sans elle."),
	SENTENCE("message", "Ce que la personne lit quand elle manque."),
	KEY("formats", FORM_WORD, HOLD_ONE_OR_LIST, "Les sortes de fichiers acceptées ; à défaut, toutes.",
		WORDS(formats)),
	CONDITION("La pièce n’est demandée que si cette condition est vraie."),
	KEY("examen", FORM_FLAG, HOLD_ONE, "oui : quelqu’un l’accepte ou la renvoie, par une action qui l’examine."),
	KEY("valable_jusquau", FORM_FEEL, HOLD_ONE, "Le dernier jour où elle vaut : une date, calculée quand elle est jointe."),
	NAMES("lisible_par", "Les rôles qui peuvent l’ouvrir ; à défaut, tous ceux qui lisent le dossier."),
	KEY("pourquoi", FORM_TEXT, HOLD_ONE, "Pourquoi on la demande : la personne le lit.", MUST_APART,
		.most = TEXT_SENTENCE),
	KEEP("Combien de temps on garde cette pièce, quand c’est moins que le dossier."),
	CITE);

SHAPE(computed, "un calcul",
	LABEL("Ce que vaut ce calcul, en quelques mots."),
	KEY("valeur", FORM_FEEL, HOLD_ONE, "L’expression qui le calcule.", MUST),
	NAME("unité", "L’unité du nombre qu’il donne, montrée avec lui et vérifiée partout où on le lit : %, €, h, jour…"),
	DECIMALS("Combien de décimales on montre, au plus."),
	CITE);

/* ---- decision tables ---- */

#define COLUMN_TYPE_KEY(about) KEY("type", FORM_WORD, HOLD_ONE, about, WORDS(column_types))
#define VALUES(about) KEY("valeurs", FORM_TEXT | FORM_FEEL, HOLD_ONE_OR_LIST, about)

SHAPE(input, "une entrée",
	KEY("valeur", FORM_FEEL, HOLD_ONE, "L’expression lue ; à défaut, la valeur du même nom."),
	COLUMN_TYPE_KEY("La sorte de valeur."),
	VALUES("Les valeurs qu’elle peut prendre : une liste, ou des tests entre guillemets."),
	CITE);

SHAPE(rounding, "un arrondi",
	KEY("décimales", FORM_INTEGER, HOLD_ONE, "Le nombre de décimales.", MUST, .least = 0, .most = 20),
	KEY("sens", FORM_WORD, HOLD_ONE, "De quel côté on arrondit.", WORDS(roundings)));

SHAPE(output, "une sortie",
	KEY("libellé", FORM_TEXT, HOLD_ONE, "Le nom de la sortie, tel qu’on le lit.", .most = TEXT_LABEL),
	COLUMN_TYPE_KEY("La sorte de valeur."),
	VALUES("Les valeurs possibles, la plus importante d’abord."),
	KEY("sinon", FORM_FEEL, HOLD_ONE, "Ce qu’elle vaut quand aucune ligne ne convient."),
	KEY("formule", FORM_FEEL, HOLD_ONE, "L’expression dont la table imprime les valeurs : le contrôle compare."),
	KEY("arrondi", FORM_INTEGER | FORM_MAPPING, HOLD_ONE, "Comment la formule devient ce qui est imprimé.", .least = 0,
		.most = 20, .of = &shape_rounding),
	DECIMALS("Combien de décimales on montre, au plus."),
	CITE);

#define TABLE_FILE(about, ...) KEY("fichier", FORM_TEXT, HOLD_ONE, about, .most = TEXT_LABEL __VA_OPT__(,) __VA_ARGS__)

SHAPE(table, "une table",
	LABEL("Ce que la table décide."),
	KEY("choix", FORM_WORD, HOLD_ONE, "Ce qui se passe quand plusieurs lignes conviennent ; à défaut, unique.",
		WORDS(hits)),
	KEY("entrées", FORM_FEEL | FORM_MAPPING | FORM_EMPTY, HOLD_NAMED,
		"Ce que la table lit : un nom et une expression, ou un nom seul.", MUST, .of = &shape_input),
	KEY("sorties", FORM_WORD | FORM_MAPPING | FORM_EMPTY, HOLD_NAMED,
		"Ce que la table donne : un nom et un type.", MUST,
		WORDS(column_types), .of = &shape_output),
	KEY("lignes", FORM_TEXT, HOLD_ONE, "Les lignes, après « | » : les noms des colonnes, puis une règle par ligne."),
	TABLE_FILE("Ou bien un fichier CSV : tables/…"),
	CITE);

SHAPE(decision, "une décision",
	LABEL("Ce que la décision donne."),
	TABLE_FILE("Le modèle : tables/….dmn", MUST),
	KEY("décision", FORM_TEXT, HOLD_ONE, "Le nom de la décision dans le modèle.", MUST, .most = TEXT_LABEL),
	KEY("entrées", FORM_FEEL, HOLD_NAMED_FREELY,
		"Les données du modèle, quand elles n’ont pas le nom d’une valeur d’ici."),
	COLUMN_TYPE_KEY("La sorte de valeur, telle qu’on la lit."),
	DECIMALS("Combien de décimales on montre, au plus."),
	CITE);

/* ---- the circuit ---- */

SHAPE(opens, "« ouvre »",
	KEY("fenêtre", FORM_TEXT, HOLD_ONE, "La fenêtre rouverte pour ce dossier.", MUST, .most = TEXT_NAME),
	KEY("jusquau", FORM_FEEL, HOLD_ONE, "Jusqu’à quand : une date ou une date et une heure.", MUST));

SHAPE(counting, "ce que l’on compte",
	KEY("quantité", FORM_FEEL, HOLD_ONE, "Combien : un nombre.", MUST),
	KEY("du", FORM_FEEL, HOLD_ONE, "Le jour, ou le premier jour.", MUST),
	KEY("au", FORM_FEEL, HOLD_ONE, "Le dernier jour compris, quand il y en a plusieurs."));

#define REPORTS NAMES("reporte", "Ce qu’un avenant ou un recours copie dans le dossier dont il est né : champs et valeurs posées.")
#define INSCRIPTIONS KEY("inscrit", FORM_ANYTHING, HOLD_NAMED, \
	"Une ligne ajoutée à un registre, ou plusieurs : chaque colonne et son expression.")
#define SETTINGS KEY("pose", FORM_FEEL, HOLD_NAMED, "Des valeurs notées au passage, qu’on lit ensuite par leur nom.")
#define COUNTS KEY("compte", FORM_MAPPING, HOLD_NAMED, "Ce que l’on ajoute aux compteurs de la personne.", \
	.of = &shape_counting), \
	NAMES("décompte", "Les compteurs dont on ôte ce que ce dossier y avait mis.")
#define PRODUCES NAMES("produit", "Les lettres produites.")
#define CANCELS NAMES("annule", "Les lettres annulées.")

SHAPE(action, "une action",
	LABEL("Le texte du bouton."),
	NAMES("qui", "Les rôles qui peuvent la faire ; à défaut, ceux de l’étape."),
	NAME("pendant", "La fenêtre hors de laquelle elle est refusée."),
	NAME("hors", "Au lieu de « pendant » : une fenêtre qui doit être fermée."),
	CONDITION("La condition sans laquelle on ne la voit pas."),
	KEY("exige", FORM_MAPPING, HOLD_LIST, "Des règles sans lesquelles elle est refusée, avec leurs messages.",
		.of = &shape_rule),
	NAME("vers", "L’étape où elle mène, la même si l’on y reste ; la réponse d’un rôle parmi tous n’en a pas."),
	SENSE_KEY("Le sens de la décision ; défavorable, elle exige un motif."),
	KEY("fait", FORM_TEXT, HOLD_ONE, "Comment on la raconte ensuite : « Demande déposée ».", .most = TEXT_LABEL),
	SENTENCE("confirme", "La question posée avant de la faire."),
	KEY("saisit", FORM_MAPPING, HOLD_NAMED | HOLD_OR_NAMES,
		"Ce qu’on remplit au moment de la faire : des champs, ou le nom de parties du formulaire.", .of = &shape_field),
	NAMES("modifie", "Les champs du formulaire qu’elle peut changer."),
	NAMES("joint", "Les pièces jointes en la faisant."),
	NAMES("examine", "Les pièces acceptées ou renvoyées en la faisant."),
	INSCRIPTIONS, SETTINGS, COUNTS,
	KEY("ouvre", FORM_MAPPING, HOLD_ONE, "Rouvre une fenêtre pour ce dossier.", .of = &shape_opens),
	CANCELS, PRODUCES,
	NAME("signe", "La lettre que la personne signe."),
	KEY("par_lot", FORM_FLAG, HOLD_ONE, "oui : peut se faire sur plusieurs dossiers à la fois."),
	KEY("annulable", FORM_TEXT, HOLD_ONE, "Combien de temps on peut la défaire : PT30M trente minutes, PT2H, P1D.",
		.most = 20),
	REPORTS,
	CITE);

#define HAPPENS(what) \
	KEY("libellé", FORM_TEXT, HOLD_ONE, "Comment on " what " nomme dans l’historique.", .most = TEXT_LABEL), \
	KEY("fait", FORM_TEXT, HOLD_ONE, "Comment on " what " raconte ensuite ; à défaut, le libellé.", .most = TEXT_LABEL)

SHAPE(passage, "un passage",
	HAPPENS("le"),
	KEY("si", FORM_FEEL, HOLD_ONE, "Dès que cette condition est vraie, le dossier passe ; jugée après chaque événement.",
		MUST),
	NAME("vers", "L’étape où il mène."),
	PRODUCES, CANCELS,
	NAMES("alerte", "Les rôles prévenus sur leur bureau."),
	INSCRIPTIONS, SETTINGS, COUNTS, REPORTS, CITE);

SHAPE(deadline, "une échéance",
	HAPPENS("la"),
	KEY("quand", FORM_FEEL, HOLD_ONE, "Une date (son premier instant) ou une date et une heure.", MUST_APART,
		.instead = "sur"),
	NAMES("sur", "Au lieu d’une date : ce qui arrive à un dossier né de celui-ci, « avenant.accorder »."),
	CONDITION("Jugée au moment de l’échéance : fausse, il n’arrive rien."),
	KEY("répète", FORM_FLAG, HOLD_ONE, "oui : elle arrive de nouveau chaque fois que sa date devient plus tardive."),
	KEY("au_plus", FORM_INTEGER, HOLD_ONE, "Combien de fois elle arrive dans la vie du dossier, au plus.", .least = 1,
		.most = 1000),
	KEY("silence", FORM_WORD, HOLD_ONE, "Ce que vaut l’absence de réponse : acceptation, refus, ou rien.", WORDS(silences)),
	NAME("vers", "L’étape où elle mène."),
	PRODUCES, CANCELS,
	NAMES("alerte", "Les rôles prévenus sur leur bureau."),
	INSCRIPTIONS, SETTINGS, COUNTS, REPORTS, CITE);

SHAPE(warning, "un avertissement",
	KEY("si", FORM_FEEL, HOLD_ONE, "Tant que cette condition est vraie, on avertit.", MUST),
	KEY("message", FORM_TEXT, HOLD_ONE, "Ce qu’on lit.", MUST, .most = TEXT_SENTENCE),
	KEY("à", FORM_TEXT, HOLD_ONE_OR_LIST, "Les rôles avertis.", MUST, .most = TEXT_NAME),
	CITE);

SHAPE(step, "une étape",
	LABEL("Le nom de l’étape."),
	KEY("libellé_agent", FORM_TEXT, HOLD_ONE, "Son nom pour le demandeur, quand il diffère.", .most = TEXT_LABEL),
	SENTENCE("explique", "Dit au demandeur où en est sa demande."),
	NAMES("qui", "Qui fait les actions de l’étape, quand elles ne le disent pas."),
	SENSE_KEY("Le sens de cette étape pour le demandeur."),
	NAMES("attend", "Le rôle dont c’est le tour."),
	KEY("attend_tous", FORM_FLAG, HOLD_ONE, "oui : chacun des rôles attendus répond une fois, en parallèle."),
	SENTENCE("si_rien", "Ce qui arrive si personne ne fait rien : on le lira."),
	KEY("avertit", FORM_MAPPING, HOLD_LIST, "Ce que l’on signale à certains rôles tant que c’est vrai.", .of = &shape_warning),
	KEY("actions", FORM_MAPPING, HOLD_NAMED, "Ce que quelqu’un peut faire à cette étape.", .of = &shape_action),
	KEY("passages", FORM_MAPPING, HOLD_NAMED, "Ce qui arrive de soi-même dès qu’une condition est vraie.",
		.of = &shape_passage),
	KEY("échéances", FORM_MAPPING, HOLD_NAMED, "Ce qui arrive de soi-même à une date.", .of = &shape_deadline),
	KEY("fin", FORM_FLAG, HOLD_ONE, "oui : la demande s’arrête ici."),
	KEY("libère", FORM_FLAG, HOLD_ONE, "oui : on peut alors déposer une autre demande."),
	CITE);

SHAPE(clock, "un délai",
	LABEL("Ce que ce délai laisse le temps de faire."),
	KEY("depuis", FORM_TEXT, HOLD_ONE_OR_LIST, "Les actions, échéances ou passages qui le font courir, ou repartir.", MUST,
		.most = TEXT_NAME),
	NAMES("arrêt", "Les actions, échéances ou passages qui l’arrêtent."),
	KEY("nombre", FORM_FEEL, HOLD_ONE, "Sa longueur : un nombre, ou un paramètre.", MUST),
	KEY("unité", FORM_WORD, HOLD_ONE, "Ce que l’on compte.", MUST, WORDS(delays)),
	KEY("prorogé", FORM_FLAG, HOLD_ONE, "oui : fini un samedi, un dimanche ou un jour férié, il va au premier jour qui suit."),
	NAMES("suspendu", "Les étapes pendant lesquelles il ne court pas."),
	CITE);

SHAPE(nature, "une nature",
	LABEL("Comment on la nomme : « Avenant », « Recours »."),
	KEY("départ", FORM_TEXT, HOLD_ONE, "L’étape du circuit dont les actions la déposent.", MUST, .most = TEXT_NAME),
	KEY("depuis", FORM_TEXT, HOLD_ONE_OR_LIST, "Les étapes du dossier d’origine où l’on peut l’ouvrir.", MUST,
		.most = TEXT_NAME),
	CONDITION("Sans quoi on ne l’ouvre pas ; elle lit le dossier d’origine."),
	SENTENCE("message", "Ce que lit la personne quand cette condition n’est pas vraie."),
	KEY("qui", FORM_TEXT, HOLD_ONE_OR_LIST, "Les rôles qui peuvent l’ouvrir.", MUST, .most = TEXT_NAME),
	NAMES("formulaire", "Les parties du formulaire demandées ; le reste garde les réponses du dossier d’origine."),
	NAMES("pièces", "Les pièces demandées."),
	KEY("un_seul", FORM_FLAG, HOLD_ONE, "oui : pas deux en cours à la fois pour un même dossier."),
	CITE);

SHAPE(track, "un suivi",
	LABEL("Ce que l’on suit à côté de la demande."),
	KEY("étapes", FORM_MAPPING, HOLD_NAMED, "Les étapes du suivi ; il part de la première, dès le dépôt.", MUST,
		.of = &shape_step),
	CITE);

/* ---- letters, mails, lists ---- */

#define MODEL(about) KEY("modèle", FORM_TEXT, HOLD_ONE, about, MUST, .most = TEXT_LABEL)

SHAPE(letter, "une lettre",
	TITLE("Le titre de la lettre ou de l’acte."),
	MODEL("Le fichier de lettres/ qui la compose."),
	NAMES("signent", "Les rôles qui signent, dans l’ordre."),
	SENSE_KEY("Défavorable, elle dit les voies de recours."),
	NAMES("remplace", "Les lettres du dossier d’origine que celle-ci remplace, quand un avenant la produit."),
	CITE);

SHAPE(mail, "un courrier",
	KEY("à", FORM_TEXT, HOLD_ONE_OR_LIST, "Les rôles qui le reçoivent.", MUST_APART,
		.most = TEXT_NAME),
	NAMES("après", "Les actions ou les échéances qu’il suit."),
	KEY("moment", FORM_FEEL, HOLD_ONE, "Ou bien une date : il part alors pour chaque dossier."),
	NAMES("étapes", "Les étapes des dossiers d’un courrier daté."),
	CONDITION("Le courrier ne part que si cette condition est vraie."),
	KEY("groupé", FORM_FLAG, HOLD_ONE, "oui : un seul message par personne, pour tous ses dossiers."),
	NAMES("lien", "Les actions que la personne peut faire depuis le message."),
	KEY("lien_jusquau", FORM_FEEL, HOLD_ONE, "Jusqu’à quand le lien de réponse vaut."),
	KEY("objet", FORM_TEXT, HOLD_ONE, "L’objet du message, qui peut avoir des trous {{ }}.", MUST, .most = TEXT_LABEL),
	MODEL("Le fichier de courriers/ qui le compose."),
	CITE);

SHAPE(week, "« semaine »",
	KEY("jours", FORM_FEEL, HOLD_ONE, "La liste des jours d’absence, « lundi » ou « lundi matin ».", MUST),
	KEY("du", FORM_FEEL, HOLD_ONE, "Le premier jour où l’on peut être absent."),
	KEY("au", FORM_FEEL, HOLD_ONE, "Le dernier jour où l’on peut être absent, compris."),
	KEY("présence", FORM_FEEL, HOLD_ONE, "Le jour, ou les jours, où tous sont présents."),
	KEY("écarts", FORM_FEEL, HOLD_ONE, "Ce qui change à certaines dates : une liste de {jour, absent, libellé}."),
	KEY("étapes", FORM_TEXT, HOLD_ONE_OR_LIST, "Les étapes des demandes accordées.", MUST, .most = TEXT_NAME),
	NAMES("demandées", "Les étapes des demandes encore en cours."),
	CITE);

SHAPE(list, "« liste »",
	COLUMNS("colonnes", "Les colonnes ajoutées à la liste du service."), CITE);

SHAPE(export, "un export",
	TITLE("Le titre du fichier CSV."),
	NAMES("étapes", "Les étapes des demandes exportées ; à défaut, toutes celles qui sont déposées."),
	KEY("colonnes", FORM_MAPPING, HOLD_LIST, "Les colonnes, dans l’ordre.", MUST, .of = &shape_column),
	CITE);

SHAPE(measure, "une mesure",
	LABEL("Ce que l’on compte."),
	KEY("si", FORM_FEEL, HOLD_ONE, "Les dossiers pour lesquels cette condition est vraie sont comptés.", MUST),
	CITE);

SHAPE(measures, "« indicateurs »",
	COLUMNS("par", "Ce par quoi on répartit les nombres."),
	KEY("mesures", FORM_MAPPING, HOLD_NAMED, "Ce que l’on compte.", MUST, .of = &shape_measure),
	CITE);

SHAPE(report_measure, "une mesure d’un rapport",
	LABEL("Ce que l’on compte : le titre de la colonne."),
	CONDITION("Les dossiers pour lesquels elle est vraie ; à défaut, tous."),
	KEY("somme", FORM_FEEL, HOLD_ONE, "Le nombre que l’on additionne, au lieu de compter les dossiers."),
	KEY("moyenne", FORM_FEEL, HOLD_ONE, "Le nombre dont on fait la moyenne, au lieu de compter les dossiers."),
	CITE);

SHAPE(report_list, "une liste d’un rapport",
	TITLE("Le titre de la liste."),
	CONDITION("Les dossiers pour lesquels elle est vraie ; à défaut, tous."),
	KEY("valeur", FORM_FEEL, HOLD_ONE, "La valeur dont on compte les dossiers ; d’une liste, chacune compte.", MUST),
	CITE);

SHAPE(report, "un rapport",
	TITLE("Le titre du rapport."),
	KEY("période", FORM_WORD, HOLD_ONE, "Les jours dont il parle ; les expressions les lisent : « période ».", MUST,
		WORDS(periods)),
	NAMES("qui", "Les rôles qui le lisent."),
	KEY("secret", FORM_INTEGER, HOLD_ONE, "Ce qui parlerait de moins de dossiers n’est pas montré seul : un groupe, une case.",
		.least = 2, .most = 1000),
	KEY("compte", FORM_TEXT, HOLD_ONE_OR_LIST, "Les natures de dossiers comptées ; « demande » : celles qui ne sont nées d’aucune autre. À défaut, toutes."),
	COLUMNS("par", "Ce par quoi on répartit les mesures : un tableau pour chaque."),
	KEY("mesures", FORM_MAPPING, HOLD_NAMED, "Ce que l’on compte.", MUST, .of = &shape_report_measure),
	KEY("listes", FORM_MAPPING, HOLD_NAMED, "Des valeurs, avec le nombre de dossiers de chacune.",
		.of = &shape_report_list),
	CITE);

/* ---- a procedure ---- */

SHAPE(procedure, "une procédure",
	KEY("guichet", FORM_INTEGER, HOLD_ONE, "La version de cette langue : 1.", MUST, .least = 1, .most = 1),
	KEY("procédure", FORM_TEXT, HOLD_ONE, "Le nom de la procédure : minuscules sans accent, chiffres et tirets.", MUST,
		.most = TEXT_NAME),
	TITLE("Le titre que les gens lisent."),
	SENTENCE("résumé", "Une phrase ou deux, sur la page d’accueil."),
	KEY("sujet", FORM_WORD, HOLD_ONE, "De qui sont les demandes, quand ce n’est pas d’un agent : structure.",
		WORDS(subject)),
	KEY("service", FORM_TEXT, HOLD_ONE, "Le rôle du bureau qui gère les demandes.", MUST, .most = TEXT_NAME),
	KEEP("Combien de temps on garde les dossiers : P5Y cinq ans, P6M six mois."),
	KEY("sources", FORM_MAPPING, HOLD_NAMED_FREELY, "Les textes qui fondent la procédure.", .of = &shape_source),
	KEY("documents", FORM_MAPPING, HOLD_NAMED_FREELY, "Les documents à lire.", .of = &shape_document),
	KEY("paramètres", FORM_MAPPING, HOLD_NAMED, "Ce que la loi ou une décision fixe, avec ses dates.",
		.of = &shape_parameter),
	KEY("campagne", FORM_MAPPING, HOLD_NAMED, "Les données que chaque campagne donne.", .of = &shape_campaign_data),
	KEY("calendrier", FORM_MAPPING, HOLD_ONE, "Les jours qui comptent : territoire, vacances, fermetures.",
		.of = &shape_calendar),
	KEY("fenêtres", FORM_MAPPING, HOLD_NAMED, "Les périodes que chaque campagne date.", .of = &shape_window),
	KEY("réglages", FORM_MAPPING, HOLD_NAMED, "Ce que chaque structure règle pour elle, avec ses dates.",
		.of = &shape_local),
	KEY("compteurs", FORM_MAPPING, HOLD_NAMED, "Ce que l’on compte pour chaque personne, d’un dossier à l’autre.",
		.of = &shape_counter),
	KEY("rôles", FORM_MAPPING, HOLD_NAMED, "Qui fait quoi ; exactement un rôle est celui du demandeur.", MUST,
		.of = &shape_role),
	KEY("population", FORM_MAPPING, HOLD_LIST, "Qui peut demander : des règles, toutes vraies.", .of = &shape_rule),
	KEY("une_par_campagne", FORM_MAPPING, HOLD_ONE, "Refuse une deuxième demande.", .of = &shape_once),
	KEY("pour_autrui", FORM_MAPPING, HOLD_ONE, "Qui peut déposer pour un agent, et en disant pourquoi.",
		.of = &shape_behalf),
	KEY("registres", FORM_MAPPING, HOLD_NAMED, "Des tableaux que les actions remplissent, gardés avec le dossier.",
		.of = &shape_register),
	KEY("de_droit", FORM_MAPPING, HOLD_ONE, "Quand la demande ne peut pas être refusée.", .of = &shape_entitled),
	KEY("formulaire", FORM_MAPPING, HOLD_NAMED, "Les parties du formulaire, dans l’ordre.", MUST,
		.of = &shape_section),
	KEY("pièces", FORM_MAPPING, HOLD_NAMED, "Les fichiers à joindre.", .of = &shape_piece),
	KEY("calculs", FORM_MAPPING, HOLD_NAMED, "Les valeurs tirées des autres.", .of = &shape_computed),
	KEY("tables", FORM_MAPPING, HOLD_NAMED, "Les tables de décision.", .of = &shape_table, .or_of = &shape_decision),
	KEY("circuit", FORM_MAPPING, HOLD_NAMED, "Les étapes, dans l’ordre ; la première est le brouillon.", MUST,
		.of = &shape_step),
	KEY("délais", FORM_MAPPING, HOLD_NAMED, "Le temps laissé à quelqu’un, qui court, s’arrête, se suspend.",
		.of = &shape_clock),
	KEY("natures", FORM_MAPPING, HOLD_NAMED, "Les dossiers nés d’un autre : avenant, recours, renouvellement.",
		.of = &shape_nature),
	KEY("suivis", FORM_MAPPING, HOLD_NAMED, "Ce que l’on suit à côté : des circuits qui ont chacun leur étape.",
		.of = &shape_track),
	KEY("dérogations", FORM_MAPPING, HOLD_NAMED, "Qui peut rouvrir une fenêtre pour un seul agent.",
		.of = &shape_exception),
	KEY("lettres", FORM_MAPPING, HOLD_NAMED, "Les lettres et les actes.", .of = &shape_letter),
	KEY("courriers", FORM_MAPPING, HOLD_NAMED, "Les messages envoyés aux personnes.", .of = &shape_mail),
	KEY("semaine", FORM_MAPPING, HOLD_ONE, "Qui est absent quel jour.", .of = &shape_week),
	KEY("liste", FORM_MAPPING, HOLD_ONE, "La liste du service.", .of = &shape_list),
	KEY("exports", FORM_MAPPING, HOLD_NAMED, "Les fichiers CSV que le service télécharge.", .of = &shape_export),
	KEY("indicateurs", FORM_MAPPING, HOLD_ONE, "Ce que l’on compte.", .of = &shape_measures),
	KEY("rapports", FORM_MAPPING, HOLD_NAMED, "Les rapports de chaque année.", .of = &shape_report));

/* ---- a campaign ---- */

SHAPE(campaign_window, "une fenêtre de campagne",
	KEY("du", FORM_DATE | FORM_INSTANT, HOLD_ONE, "Le premier jour, ou l’heure d’ouverture.", MUST),
	KEY("au", FORM_DATE | FORM_INSTANT, HOLD_ONE, "Le dernier jour compris, ou l’heure de fermeture.", MUST_APART,
		.instead = "fermeture"),
	KEY("fermeture", FORM_WORD, HOLD_ONE, "Au lieu de « au » : jamais, elle reste ouverte.", WORDS(never)));

SHAPE(contact, "un contact",
	LABEL("Qui l’on joint."),
	SENTENCE("adresse", "Une page, qui commence par https://."),
	KEY("téléphone", FORM_TEXT, HOLD_ONE, "Le numéro.", .most = TEXT_LABEL),
	KEY("mail", FORM_TEXT, HOLD_ONE, "L’adresse de courriel.", .most = TEXT_LABEL),
	KEY("horaires", FORM_TEXT, HOLD_ONE, "Quand on répond.", .most = TEXT_LABEL));

SHAPE(key_date, "une date clé",
	KEY("date", FORM_DATE, HOLD_ONE, "Le jour, ou le premier jour.", MUST),
	KEY("jusquau", FORM_DATE, HOLD_ONE, "Le dernier jour, quand il y en a plusieurs."),
	LABEL("Ce qui a lieu ce jour-là."));

SHAPE(campaign, "une campagne",
	KEY("campagne", FORM_TEXT, HOLD_ONE, "Son nom : minuscules sans accent, chiffres et tirets.", MUST,
		.most = TEXT_NAME),
	KEY("procédure", FORM_TEXT, HOLD_ONE, "Le nom de la procédure.", MUST, .most = TEXT_NAME),
	TITLE("Le titre que les gens lisent."),
	KEY("annonce", FORM_DATE, HOLD_ONE, "Le jour où l’on prévient les fonctions de « diffusion »."),
	KEY("diffusion", FORM_TEXT, HOLD_ONE_OR_LIST, "Les fonctions prévenues de l’ouverture.", .most = TEXT_LABEL),
	KEY("fenêtres", FORM_MAPPING, HOLD_NAMED, "Les dates de chaque fenêtre de la procédure.",
		.of = &shape_campaign_window),
	KEY("données", FORM_TEXT, HOLD_NAMED | HOLD_ONE_OR_LIST, "Les données que la procédure demande.",
		.most = TEXT_SENTENCE),
	KEY("contacts", FORM_MAPPING, HOLD_LIST, "Qui joindre.", .of = &shape_contact),
	KEY("dates_clés", FORM_MAPPING, HOLD_LIST, "Les jours à retenir.", .of = &shape_key_date),
	CITE);

const struct key *
shape_key_find(const struct shape *shape, struct text name)
{
	for (const struct key *key = shape->keys; key->name; key++)
		if (text_equal(text_of_string(key->name), name))
			return key;
	return NULL;
}
