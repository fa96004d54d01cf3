/* See demo_history.h. Reads the whole file first: every name in it is looked for, every moment computed; then plays
 * the steps of all the stories in the order of time, each after what was due before it. */
#include "demo_history.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/file.h"
#include "directory/directory.h"
#include "document/document.h"
#include "document/typesetter.h"
#include "essais/play.h"
#include "procedure/shape.h"
#include "procedure/yaml.h"

#include "base/banned.h"

enum { FILE_LIMIT = 1 << 20, MOST_STEPS = 5000, MOST_RAWS = 400, MOST_NESTED = 5, MOST_TURNS = 60, PIECE_LIMIT = 4 << 20 };

#define SHAPE(id, article, ...) \
	static const struct shape shape_##id = { #id, article, KEYS(__VA_ARGS__) }

SHAPE(setting, "un réglage",
	KEY("nom", FORM_TEXT, HOLD_ONE, "Le nom du réglage."),
	KEY("structure", FORM_TEXT, HOLD_ONE, "Le code de la structure."),
	KEY("valeur", FORM_ANYTHING, HOLD_ONE, "La réponse, telle qu’on la tape."),
	KEY("du", FORM_DATE, HOLD_ONE, "Le premier jour ; à défaut, ce jour."));

SHAPE(closed, "un jour fermé",
	KEY("du", FORM_DATE, HOLD_ONE, "Le jour, ou le premier jour."),
	KEY("au", FORM_DATE, HOLD_ONE, "Le dernier jour compris, quand il y en a plusieurs."),
	KEY("férié", FORM_FLAG, HOLD_ONE, "oui : un jour férié décidé par un texte ; à défaut, une fermeture."),
	KEY("libellé", FORM_TEXT, HOLD_ONE, "Pourquoi."));

SHAPE(absence, "une absence",
	KEY("du", FORM_DATE, HOLD_ONE, "Le premier jour."),
	KEY("au", FORM_DATE, HOLD_ONE, "Le dernier jour compris."),
	KEY("remplaçant", FORM_TEXT, HOLD_ONE, "Le matricule de qui remplace ; à défaut, ce qui attend monte."));

SHAPE(takeover, "une reprise de décisions en cours",
	KEY("fichier", FORM_TEXT, HOLD_ONE, "Un fichier du dossier, comme pour « guichet import --dossiers »."),
	KEY("action", FORM_TEXT, HOLD_ONE, "L’action par laquelle chaque ligne entre."));

SHAPE(step, "une étape",
	KEY("à", FORM_INSTANT, HOLD_ONE, "L’instant, heure de Paris ; à défaut, le même qu’avant."),
	KEY("après", FORM_TEXT, HOLD_ONE, "Au lieu de « à » : « 3 jours ouvrés », « 1 mois », « 20 minutes » plus tard."),
	KEY("en tant que", FORM_TEXT, HOLD_ONE, "Qui agit : un rôle de la procédure, ou un matricule ; à défaut, l’agent."),
	KEY("dossier", FORM_TEXT, HOLD_ONE, "Lequel : « demande », ou une nature ; à défaut, le dernier touché."),
	KEY("nature", FORM_TEXT, HOLD_ONE, "Pour déposer un dossier né de la demande : sa nature."),
	KEY("fait", FORM_TEXT, HOLD_ONE, "Le nom d’une action ; sans elle, les réponses restent en brouillon."),
	KEY("reprend", FORM_TEXT, HOLD_ONE_OR_LIST, "Au lieu de « fait » : les noms de suites d’étapes, jouées ici."),
	KEY("jusquau", FORM_DATE, HOLD_ONE, "Avec « reprend » : les suites recommencent jusqu’à ce jour."),
	KEY("comme", FORM_TEXT, HOLD_ONE_OR_LIST, "Le nom d’un modèle de réponses, ou plusieurs."),
	KEY("avec", FORM_ANYTHING, HOLD_NAMED_FREELY,
		"Les réponses, telles qu’on les tape ; « J », « J+30 » : un jour compté de l’étape."),
	KEY("pièces", FORM_TEXT, HOLD_NAMED_FREELY,
		"Des fichiers du dossier : {assurance: assurance.md} ; un texte devient un PDF."),
	KEY("examine", FORM_ANYTHING, HOLD_NAMED_FREELY, "{plan: acceptée, devis: {renvoyée: Il manque le cachet.}}."),
	KEY("réglage", FORM_MAPPING, HOLD_ONE, "La personne règle une valeur d’une structure.", .of = &shape_setting),
	KEY("ferme", FORM_MAPPING, HOLD_ONE, "Un jour ajouté aux calendriers.", .of = &shape_closed),
	KEY("absence", FORM_MAPPING, HOLD_ONE, "La personne déclare une absence.", .of = &shape_absence),
	KEY("import", FORM_MAPPING, HOLD_ONE, "La personne reprend des décisions en cours.", .of = &shape_takeover),
	KEY("note", FORM_TEXT, HOLD_ONE, "Une remarque, que rien ne lit."));

SHAPE(story, "une histoire",
	KEY("titre", FORM_TEXT, HOLD_ONE, "De quoi il s’agit."),
	KEY("agent", FORM_TEXT, HOLD_ONE, "Le matricule de qui demande."),
	KEY("étapes", FORM_MAPPING, HOLD_LIST, "Ce qui se passe, dans l’ordre.", .of = &shape_step),
	KEY("note", FORM_TEXT, HOLD_ONE, "Une remarque, que rien ne lit."));

SHAPE(file, "une histoire de démonstration",
	KEY("titre", FORM_TEXT, HOLD_ONE, "De quoi il s’agit."),
	KEY("campagne", FORM_TEXT, HOLD_ONE, "La campagne où tout se passe : « procédure-campagne »."),
	KEY("modèles", FORM_ANYTHING, HOLD_NAMED_FREELY, "Des réponses toutes faites, employées par « comme »."),
	KEY("suites", FORM_ANYTHING, HOLD_NAMED_FREELY, "Des suites d’étapes, que des histoires reprennent par leur nom."),
	KEY("histoires", FORM_MAPPING, HOLD_LIST, "Ce qui est arrivé à chacun.", .of = &shape_story));

/* One agent, or what concerns nobody. */
struct story {
	size_t rank;
	struct text matricule, title;
	struct text request, child, last; /* ids of dossiers; empty: none yet */
};

struct planned {
	instant at;
	size_t rank; /* as written */
	struct story *story;
	const struct yaml_node *node;
};

struct history {
	const struct demo_stage *stage;
	struct arena *arena;
	struct source source;
	const struct yaml_node *root;
	const struct office_campaign *campaign;
	struct planned *steps;
	size_t count;
};

/* ---- telling ---- */

[[gnu::format(printf, 4, 5)]] static enum guichet_status
wrong(const struct history *history, const struct yaml_node *node, struct guichet_error *error, const char *format, ...)
{
	char sentence[700];
	unsigned line, column;
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(sentence, sizeof sentence, format, arguments);
	va_end(arguments);
	source_locate(&history->source, node->at.start, &line, &column);
	return guichet_fail(error, GUICHET_REFUSED, "%.*s, ligne %u : %s", TEXT_ARGS(history->source.name), line, sentence);
}

static enum guichet_status
without_memory(struct guichet_error *error)
{
	return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

/* What the office refused, said of the step. */
static enum guichet_status
told(const struct history *history, const struct yaml_node *node, enum guichet_status status, struct guichet_error *error)
{
	if (status != GUICHET_REFUSED && status != GUICHET_UNKNOWN)
		return status;
	char sentence[700];
	snprintf(sentence, sizeof sentence, "%.690s", error->message);
	return wrong(history, node, error, "%s", sentence);
}

/* ---- reading ---- */

/* Every key of a mapping is one of the shape's, and of the mappings that these hold. */
static enum guichet_status
check_keys(const struct history *history, const struct yaml_node *node, const struct shape *shape,
	struct guichet_error *error)
{
	enum guichet_status status = node->kind == YAML_MAPPING ? GUICHET_OK
		: wrong(history, node, error, "%s s’écrit avec des clés et leurs valeurs.", shape->what);
	for (size_t i = 0; status == GUICHET_OK && i < node->count; i++) {
		const struct text name = node->items[i].key->scalar;
		const struct key *key = shape_key_find(shape, name);
		if (!key)
			status = wrong(history, node->items[i].key, error, "« %.*s » n’est pas une clé d’%s.", TEXT_ARGS(name), shape->what);
		else if (key->of && key->holder == HOLD_ONE)
			status = check_keys(history, node->items[i].value, key->of, error);
	}
	return status;
}

/* "3 jours ouvrés" after an instant. What is counted in days or months ends on a day worked. */
static bool
later(struct text text, instant from, instant *ret_at)
{
	int64_t number;
	struct text unit = text;
	struct clock_time time;
	struct date date = date_of_instant(from, &time);
	if (!text_to_integer(text_split(&unit, ' '), 0, 500, &number))
		return false;
	if (text_starts(unit, TEXT("minute")) || text_starts(unit, TEXT("heure"))) {
		*ret_at = from + number * (text_starts(unit, TEXT("minute")) ? INSTANT_MINUTE : INSTANT_HOUR);
		return true;
	}
	if (text_equal(unit, TEXT("jour ouvré")) || text_equal(unit, TEXT("jours ouvrés"))) {
		for (; number > 0; number--)
			do
				date = date_add_days(date, 1);
			while (!date_is_ouvre(date));
	} else if (text_equal(unit, TEXT("mois"))) {
		date = date_add_months(date, number);
	} else if (text_equal(unit, TEXT("jour")) || text_equal(unit, TEXT("jours"))) {
		date = date_add_days(date, number);
	} else {
		return false;
	}
	while (!date_is_ouvre(date))
		date = date_add_days(date, 1);
	*ret_at = instant_of_paris(date, time);
	return true;
}

/* When a step happens. */
static enum guichet_status
moment_of(const struct history *history, const struct yaml_node *step, instant before, instant *ret_at,
	struct guichet_error *error)
{
	const struct yaml_node *at = yaml_get(step, "à"), *after = yaml_get(step, "après");
	*ret_at = before;
	if (at && !instant_read(yaml_scalar(at), ret_at))
		return wrong(history, at, error, "« %.*s » n’est pas un moment : écrivez 2023-09-04T09:30.", TEXT_ARGS(yaml_scalar(at)));
	if (after && (before == INSTANT_NEVER || !later(yaml_scalar(after), before, ret_at)))
		return wrong(history, after, error, "« %.*s » n’est pas une durée : écrivez « 3 jours ouvrés », « 1 mois » ou "
			"« 20 minutes », après une étape datée.", TEXT_ARGS(yaml_scalar(after)));
	if (*ret_at == INSTANT_NEVER)
		return wrong(history, step, error, "La première étape d’une histoire est datée : à: 2023-09-04T09:30.");
	if (before != INSTANT_NEVER && *ret_at < before)
		return wrong(history, step, error, "Le temps recule.");
	return *ret_at < history->stage->start ? GUICHET_OK
		: wrong(history, step, error, "Cette étape viendrait après le début de la démonstration.");
}

static const struct yaml_node *
model_find(const struct history *history, struct text name)
{
	return yaml_get_named(yaml_get(history->root, "modèles"), name);
}

/* Every name that a map of answers gives is one of the procedure's fields. */
static enum guichet_status
check_answers(const struct history *history, const struct yaml_node *answers, struct guichet_error *error)
{
	for (size_t i = 0; answers && i < answers->count; i++) {
		const struct yaml_node *name = answers->items[i].key;
		if (!name || procedure_field_find(history->campaign->procedure, name->scalar) < 0)
			return wrong(history, answers->items[i].value, error, "« %.*s » n’est pas un champ de la procédure.",
				TEXT_ARGS(name ? name->scalar : TEXT("")));
	}
	return GUICHET_OK;
}

static enum guichet_status
check_names(const struct history *history, const struct yaml_node *step, const struct story *story,
	struct guichet_error *error)
{
	const struct procedure *procedure = history->campaign->procedure;
	const struct yaml_node *does = yaml_get(step, "fait"), *nature = yaml_get(step, "nature"), *like = yaml_get(step, "comme"),
		*pieces = yaml_get(step, "pièces"), *verdicts = yaml_get(step, "examine"), *setting = yaml_get(step, "réglage"),
		*takeover = yaml_get(step, "import");
	if (takeover)
		does = yaml_get(takeover, "action");
	if (does && procedure_move_find(procedure, yaml_scalar(does)) < 0)
		return wrong(history, does, error, "La procédure n’a pas d’action « %.*s ».", TEXT_ARGS(yaml_scalar(does)));
	if (nature && procedure_nature_find(procedure, yaml_scalar(nature)) < 0)
		return wrong(history, nature, error, "La procédure n’a pas de nature « %.*s ».", TEXT_ARGS(yaml_scalar(nature)));
	for (size_t i = 0; like && i < essai_item_count(like); i++)
		if (!model_find(history, yaml_scalar(essai_item_at(like, i))))
			return wrong(history, like, error, "Aucun modèle ne s’appelle « %.*s ».",
				TEXT_ARGS(yaml_scalar(essai_item_at(like, i))));
	for (size_t m = 0; m < 2; m++) {
		const struct yaml_node *named = m ? verdicts : pieces;
		for (size_t i = 0; named && i < named->count; i++)
			if (!named->items[i].key || procedure_piece_find(procedure, named->items[i].key->scalar) < 0)
				return wrong(history, named, error, "La procédure n’a pas cette pièce.");
	}
	if (setting && procedure_local_find(procedure, yaml_scalar(yaml_get(setting, "nom"))) < 0)
		return wrong(history, setting, error, "La procédure n’a pas de réglage « %.*s ».",
			TEXT_ARGS(yaml_scalar(yaml_get(setting, "nom"))));
	if (!story->matricule.length && !yaml_get(step, "en tant que") && !yaml_get(step, "ferme"))
		return wrong(history, step, error, "Dites qui : « agent » de l’histoire, ou « en tant que ».");
	return check_answers(history, yaml_get(step, "avec"), error);
}

static enum guichet_status plan_steps(struct history *history, struct story *story, const struct yaml_node *list,
	instant *at, unsigned depth, struct guichet_error *error);

/* The sequences that a step takes up, once, or again and again until a day. */
static enum guichet_status
plan_sequences(struct history *history, struct story *story, const struct yaml_node *step, instant *at, unsigned depth,
	struct guichet_error *error)
{
	const struct yaml_node *names = yaml_get(step, "reprend"), *last = yaml_get(step, "jusquau");
	struct date day = { 0 };
	enum guichet_status status = GUICHET_OK;
	if (last && !date_read(yaml_scalar(last), &day))
		return wrong(history, last, error, "« %.*s » n’est pas un jour : écrivez 2024-05-31.", TEXT_ARGS(yaml_scalar(last)));
	for (int turn = 0; status == GUICHET_OK && turn < (last ? MOST_TURNS : 1); turn++) {
		const instant before = *at;
		const size_t planned = history->count;
		for (size_t i = 0; status == GUICHET_OK && i < essai_item_count(names); i++) {
			const struct text name = yaml_scalar(essai_item_at(names, i));
			const struct yaml_node *list = yaml_get_named(yaml_get(history->root, "suites"), name);
			status = list ? plan_steps(history, story, list, at, depth + 1, error)
				: wrong(history, names, error, "Aucune suite d’étapes ne s’appelle « %.*s ».", TEXT_ARGS(name));
		}
		/* One that would begin after that day is not played. */
		if (last && (history->count == planned || status != GUICHET_OK
			|| date_compare(date_of_instant(*at, NULL), day) > 0)) {
			history->count = planned;
			*at = before;
			return GUICHET_OK;
		}
	}
	return status;
}

static enum guichet_status
plan_steps(struct history *history, struct story *story, const struct yaml_node *list, instant *at, unsigned depth,
	struct guichet_error *error)
{
	if (depth > MOST_NESTED)
		return wrong(history, list, error, "Ces suites se reprennent l’une l’autre.");
	if (list->kind != YAML_SEQUENCE)
		return wrong(history, list, error, "Une liste d’étapes est attendue ici.");
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < list->count; i++) {
		const struct yaml_node *step = list->items[i].value;
		status = check_keys(history, step, &shape_step, error);
		if (status == GUICHET_OK)
			status = moment_of(history, step, *at, at, error);
		if (status == GUICHET_OK && yaml_get(step, "reprend")) {
			status = plan_sequences(history, story, step, at, depth, error);
			continue;
		}
		if (status == GUICHET_OK)
			status = check_names(history, step, story, error);
		if (status == GUICHET_OK && history->count == MOST_STEPS)
			status = wrong(history, step, error, "Une histoire a %d étapes au plus.", MOST_STEPS);
		if (status == GUICHET_OK) {
			history->steps[history->count] = (struct planned){ *at, history->count, story, step };
			history->count++;
		}
	}
	return status;
}

static int
by_time(const void *a, const void *b)
{
	const struct planned *one = a, *other = b;
	return one->at != other->at ? one->at < other->at ? -1 : 1 : (one->rank > other->rank) - (one->rank < other->rank);
}

/* The file as a tree whose keys and names are known, and its steps in the order of time. */
static enum guichet_status
history_read(struct history *history, struct guichet_error *error)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	const struct text path = arena_format(history->arena, "%.200s/histoire.yaml", history->stage->folder);
	history->steps = arena_array_of(history->arena, struct planned, MOST_STEPS);
	if (!path.at || !history->steps)
		return without_memory(error);
	history->source.name = path;
	enum guichet_status status = file_read(history->arena, path.at, FILE_LIMIT, &history->source.bytes, error);
	if (status != GUICHET_OK)
		return status;
	history->root = yaml_read(history->arena, &history->source, &findings);
	if (!history->root || findings.errors > 0)
		return findings_fail(&findings, error);
	status = check_keys(history, history->root, &shape_file, error);
	if (status != GUICHET_OK)
		return status;
	const struct yaml_node *campaign = yaml_get(history->root, "campagne"), *stories = yaml_get(history->root, "histoires"),
		*models = yaml_get(history->root, "modèles");
	history->campaign = office_campaign_find(history->stage->office, yaml_scalar(campaign));
	if (!history->campaign)
		return wrong(history, campaign ? campaign : history->root, error, "« campagne » nomme une campagne ouverte de ce lieu.");
	if (!stories || stories->kind != YAML_SEQUENCE)
		return wrong(history, history->root, error, "« histoires » est la liste de ce qui est arrivé à chacun.");
	for (size_t i = 0; models && status == GUICHET_OK && i < models->count; i++)
		status = check_answers(history, models->items[i].value, error);
	struct story *all = arena_array_of(history->arena, struct story, stories->count + 1);
	if (!all)
		return without_memory(error);
	for (size_t i = 0; status == GUICHET_OK && i < stories->count; i++) {
		const struct yaml_node *node = stories->items[i].value, *steps;
		instant at = INSTANT_NEVER;
		status = check_keys(history, node, &shape_story, error);
		if (status != GUICHET_OK)
			return status;
		all[i] = (struct story){ .rank = i, .matricule = yaml_scalar(yaml_get(node, "agent")),
			.title = yaml_scalar(yaml_get(node, "titre")) };
		steps = yaml_get(node, "étapes");
		status = steps ? plan_steps(history, &all[i], steps, &at, 0, error)
			: wrong(history, node, error, "Une histoire a des étapes.");
	}
	qsort(history->steps, history->count, sizeof *history->steps, by_time);
	return status;
}

/* ---- who ---- */

/* A step being played. */
struct playing_step {
	const struct history *history;
	struct story *story;
	const struct yaml_node *node;
	struct arena *arena;
	instant at;
	struct text dossier;                /* the id of the one it touches; empty: none */
	struct office_dossier loaded;       /* that one, when there is one */
};

/* Somebody, by matricule. */
static enum guichet_status
person_of(const struct playing_step *step, struct store_tx *tx, struct text matricule, struct directory_person *ret_person,
	struct guichet_error *error)
{
	const enum guichet_status status = directory_person_by_external_id(tx, step->arena, matricule,
		date_of_instant(step->at, NULL), ret_person, error);
	return status != GUICHET_UNKNOWN ? status : wrong(step->history, step->node, error,
		"« %.*s » n’est ni un rôle de la procédure, ni un matricule de l’annuaire.", TEXT_ARGS(matricule));
}

/* Who holds a role for the dossier; those held everywhere go round from one story to the next. */
static enum guichet_status
holder_of(const struct playing_step *step, struct store_tx *tx, int role, struct directory_person *ret_person,
	struct guichet_error *error)
{
	const struct procedure_role *wanted = &step->history->campaign->procedure->roles[role];
	const struct date day = date_of_instant(step->at, NULL);
	if (wanted->reach == PROCEDURE_APPLICANT)
		return person_of(step, tx, step->story->matricule, ret_person, error);
	for (size_t i = 0; step->dossier.length && i < step->loaded.facts.holder_count; i++)
		if (step->loaded.facts.holders[i].role == role)
			return directory_person_load(tx, step->arena, step->loaded.facts.holders[i].person.id, day, ret_person, error);
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	struct directory_holders holders = { 0 };
	const enum guichet_status status = wanted->reach != PROCEDURE_EVERYWHERE ? GUICHET_OK
		: directory_holders_within(tx, step->arena, wanted->functions, wanted->function_count, &everywhere, day, 50,
			&holders, error);
	if (status != GUICHET_OK)
		return status;
	if (holders.count == 0)
		return wrong(step->history, step->node, error, "Personne ne tient ici le rôle « %.*s ».", TEXT_ARGS(wanted->name));
	*ret_person = holders.at[step->story->rank % holders.count].person;
	return GUICHET_OK;
}

static enum guichet_status
somebody(const struct playing_step *step, struct store_tx *tx, struct text name, struct directory_person *ret_person,
	struct guichet_error *error)
{
	if (name.length == 0)
		return person_of(step, tx, step->story->matricule, ret_person, error);
	const int role = procedure_role_find(step->history->campaign->procedure, name);
	return role >= 0 ? holder_of(step, tx, role, ret_person, error) : person_of(step, tx, name, ret_person, error);
}

/* ---- what is typed ---- */

/* "J", "J+30", "J-5": a day counted from the step, as people type it. */
static bool
read_day(struct arena *arena, struct text typed, instant at, struct text *ret_day)
{
	int64_t days = 0;
	if (!text_starts(typed, TEXT("J")))
		return false;
	const struct text rest = text_part(typed, 1, typed.length);
	const bool minus = text_starts(rest, TEXT("-")), plus = text_starts(rest, TEXT("+"));
	if (rest.length && (!(minus || plus) || !text_to_integer(text_part(rest, 1, rest.length), 0, 5000, &days)))
		return false;
	const struct date day = date_add_days(date_of_instant(at, NULL), minus ? -days : days);
	*ret_day = arena_format(arena, "%02d/%02d/%04d", day.day, day.month, (int)day.year);
	return ret_day->at;
}

/* "{{agent}} et {{n1}}": the names of who holds these roles; "{{rang}}": the number of the story, which no other has. */
static enum guichet_status
fill_names(const struct playing_step *step, struct store_tx *tx, struct text typed, struct text *ret_filled,
	struct guichet_error *error)
{
	struct text filled = TEXT("");
	for (;;) {
		const size_t open = text_find(typed, TEXT("{{")), close = open == SIZE_MAX ? SIZE_MAX
			: text_find(text_part(typed, open, typed.length), TEXT("}}"));
		if (close == SIZE_MAX)
			break;
		struct directory_person person;
		const struct text name = text_trim(text_part(typed, open + 2, close - 2)), before = text_part(typed, 0, open);
		struct text value = arena_format(step->arena, "%04zu", step->story->rank + 1);
		if (!text_equal(name, TEXT("rang"))) {
			const enum guichet_status status = somebody(step, tx, name, &person, error);
			if (status != GUICHET_OK)
				return status;
			value = arena_format(step->arena, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(person.first_name),
				TEXT_ARGS(person.last_name));
		}
		filled = arena_format(step->arena, TEXT_FORMAT TEXT_FORMAT TEXT_FORMAT, TEXT_ARGS(filled), TEXT_ARGS(before),
			TEXT_ARGS(value));
		if (!filled.at)
			return without_memory(error);
		typed = text_part(typed, open + close + 2, typed.length);
	}
	*ret_filled = filled.length ? arena_format(step->arena, TEXT_FORMAT TEXT_FORMAT, TEXT_ARGS(filled), TEXT_ARGS(typed))
		: typed;
	return ret_filled->at ? GUICHET_OK : without_memory(error);
}

/* What the models and `avec` give together; what comes later wins. */
static enum guichet_status
answers_of(const struct playing_step *step, struct store_tx *tx, struct dossier_raws *ret_raws, struct guichet_error *error)
{
	enum { MOST_MAPS = 10 };
	const struct yaml_node *maps[MOST_MAPS], *like = yaml_get(step->node, "comme"), *with = yaml_get(step->node, "avec"),
		*verdicts = yaml_get(step->node, "examine");
	size_t map_count = 0, count = 0;
	struct dossier_raw *raws = arena_array_of(step->arena, struct dossier_raw, MOST_RAWS);
	if (!raws)
		return without_memory(error);
	for (size_t i = 0; like && i < essai_item_count(like) && map_count + 1 < MOST_MAPS; i++)
		maps[map_count++] = model_find(step->history, yaml_scalar(essai_item_at(like, i)));
	if (with)
		maps[map_count++] = with;
	for (size_t m = 0; m < map_count; m++)
		for (size_t i = 0; i < maps[m]->count; i++) {
			const struct text field = maps[m]->items[i].key->scalar;
			const struct yaml_node *value = maps[m]->items[i].value;
			bool replaced = value->kind == YAML_SCALAR && value->plain && value->scalar.length == 0;
			for (size_t other = m + 1; !replaced && other < map_count; other++)
				replaced = yaml_get_named(maps[other], field) != NULL;
			if (!replaced)
				essai_type(step->arena, field, value, raws, &count, MOST_RAWS);
		}
	for (size_t i = 0; verdicts && i < verdicts->count && count + 2 <= MOST_RAWS; i++) {
		const struct yaml_node *value = verdicts->items[i].value;
		const bool back = value->kind == YAML_MAPPING && value->count == 1;
		const struct text field = arena_format(step->arena, "pièce." TEXT_FORMAT, TEXT_ARGS(verdicts->items[i].key->scalar)),
			ground = arena_format(step->arena, TEXT_FORMAT ".motif", TEXT_ARGS(field));
		raws[count++] = (struct dossier_raw){ field, back ? value->items[0].key->scalar : yaml_scalar(value) };
		if (back)
			raws[count++] = (struct dossier_raw){ ground, yaml_scalar(value->items[0].value) };
	}
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		if (!read_day(step->arena, raws[i].value, step->at, &raws[i].value))
			status = fill_names(step, tx, raws[i].value, &raws[i].value, error);
	*ret_raws = (struct dossier_raws){ raws, count };
	return status;
}

/* ---- what is handed in ---- */

/* A text of the folder becomes a PDF, as who sent it would have had it from their insurer or their doctor. */
static enum guichet_status
typeset(const struct playing_step *step, struct store_tx *tx, struct text bytes, struct text *ret_pdf,
	struct guichet_error *error)
{
	struct text markdown = bytes;
	const struct text title = text_trim(text_split(&bytes, '\n'));
	enum guichet_status status = fill_names(step, tx, markdown, &markdown, error);
	const struct document_request request = { .markdown = markdown, .language = TEXT("fr"),
		.title = text_trim(text_part(title, text_starts(title, TEXT("# ")) ? 2 : 0, title.length)), .at = step->at,
		.place_date = arena_format(step->arena, "Le " TEXT_FORMAT,
			TEXT_ARGS(date_french(step->arena, date_of_instant(step->at, NULL), false))) };
	return status != GUICHET_OK ? status
		: typesetter_render_wait(step->history->stage->typesetter, step->arena, &request, ret_pdf, error);
}

static enum guichet_status
piece_of(const struct playing_step *step, struct store_tx *tx, const struct yaml_item *item,
	struct dossier_piece *ret_piece, struct guichet_error *error)
{
	static const char *const kinds[] = { [DOCUMENT_UNKNOWN] = "", [DOCUMENT_PDF] = "PDF", [DOCUMENT_JPEG] = "JPEG",
		[DOCUMENT_PNG] = "PNG" };
	const struct demo_stage *stage = step->history->stage;
	const struct procedure *procedure = step->history->campaign->procedure;
	const struct procedure_piece *wanted = &procedure->pieces[procedure_piece_find(procedure, item->key->scalar)];
	struct text name = yaml_scalar(item->value), bytes;
	const struct text path = arena_format(step->arena, "%.200s/%.*s", stage->folder, TEXT_ARGS(name));
	struct document_facts facts;
	if (!path.at)
		return without_memory(error);
	enum guichet_status status = file_read(step->arena, path.at, PIECE_LIMIT, &bytes, error);
	if (status == GUICHET_OK && text_ends(name, TEXT(".md"))) {
		status = typeset(step, tx, bytes, &bytes, error);
		name = arena_format(step->arena, TEXT_FORMAT "pdf", TEXT_ARGS(text_part(name, 0, name.length - 2)));
	}
	if (status == GUICHET_OK)
		status = typesetter_inspect_wait(stage->typesetter, bytes, name, &facts, error);
	if (status != GUICHET_OK)
		return told(step->history, item->value, status, error);
	*ret_piece = (struct dossier_piece){ .name = wanted->name, .file = document_name(step->arena, name),
		.kind = text_of_string(kinds[facts.kind]), .size = (int64_t)bytes.length };
	const struct text unfit = dossier_piece_unfit(step->arena, wanted, ret_piece->kind);
	if (unfit.length)
		return wrong(step->history, item->value, error, "%.*s", TEXT_ARGS(unfit));
	return office_file_write(stage->office, step->arena, bytes, &ret_piece->digest, error);
}

static enum guichet_status
pieces_of(const struct playing_step *step, struct store_tx *tx, struct dossier_piece **ret_pieces, size_t *ret_count,
	struct guichet_error *error)
{
	const struct yaml_node *node = yaml_get(step->node, "pièces");
	const size_t count = node ? node->count : 0;
	struct dossier_piece *pieces = arena_array_of(step->arena, struct dossier_piece, count + 1);
	enum guichet_status status = pieces ? GUICHET_OK : without_memory(error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		status = piece_of(step, tx, &node->items[i], &pieces[i], error);
	*ret_pieces = pieces;
	*ret_count = count;
	return status;
}

/* ---- what is done ---- */

struct doing {
	const struct playing_step *step;
	struct office_command *command;
	struct text about;             /* of the draft */
	struct dossier_raws answers;
	struct dossier_piece *pieces;
	size_t piece_count;
	bool drafts, files;            /* the answers go to a draft; the draft is filed */
};

/* A draft saved as the form saves it, then filed; or an action with its files, as its form sends them. */
static enum guichet_status
doing_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct doing *doing = context;
	const instant now = doing->command->received_at;
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && doing->drafts && i < doing->piece_count + 1; i++) {
		struct office_draft_change change = { .arena = doing->step->arena, .campaign = doing->step->history->campaign->id,
			.person = doing->command->person, .about = doing->about, .raws = i == 0 ? doing->answers : (struct dossier_raws){ 0 },
			.piece = i ? &doing->pieces[i - 1] : NULL, .at = now };
		status = office_draft_save(tx, &change, error);
	}
	if (status == GUICHET_OK && !doing->drafts && doing->piece_count) {
		struct office_handed_change change = { .dossier = doing->command->dossier, .person = doing->command->person,
			.pieces = doing->pieces, .piece_count = doing->piece_count, .at = now };
		status = office_handed_save(tx, &change, error);
	}
	return status != GUICHET_OK || (doing->drafts && !doing->files) ? status : office_act(tx, doing->command, error);
}

/* The first mistakes of the form, for who wrote the line. */
static enum guichet_status
refusal(const struct playing_step *step, const struct office_command *command, enum guichet_status status,
	struct guichet_error *error)
{
	const struct dossier_form *form = &command->outcome.form;
	const struct text *pieces = command->outcome.piece_mistakes;
	const bool incomplete = status == GUICHET_REFUSED && command->outcome.refusal == DOSSIER_INCOMPLETE;
	for (size_t i = 0; incomplete && i < form->count; i++)
		if (form->answers[i].mistake.length)
			return wrong(step->history, step->node, error, "« %.*s » : %.*s", TEXT_ARGS(form->answers[i].name),
				TEXT_ARGS(form->answers[i].mistake));
	for (size_t i = 0; incomplete && pieces && i < step->history->campaign->procedure->piece_count; i++)
		if (pieces[i].length)
			return wrong(step->history, step->node, error, "%.*s", TEXT_ARGS(pieces[i]));
	return told(step->history, step->node, status, error);
}

/* What they sign is what they see. */
static void
sign(const struct playing_step *step, struct office_command *command)
{
	const struct procedure *procedure = step->history->campaign->procedure;
	const int action = step->dossier.length ? dossier_action_find(procedure, &step->loaded.state, command->command.action)
		: PROCEDURE_NONE;
	const struct dossier_act *shown = action >= 0 && procedure->actions[action].signs >= 0
		? dossier_act_find(&step->loaded.state, procedure->actions[action].signs) : NULL;
	if (shown)
		command->command.text_hash = shown->text_hash;
}

static enum guichet_status
act(struct playing_step *step, const struct directory_person *person, struct dossier_raws raws,
	struct dossier_piece *pieces, size_t piece_count, struct guichet_error *error)
{
	const struct history *history = step->history;
	const struct demo_stage *stage = history->stage;
	const struct text action = yaml_scalar(yaml_get(step->node, "fait")), nature = yaml_scalar(yaml_get(step->node, "nature"));
	struct office_command *command = office_command_new(stage->office, step->arena, person->id, clock_now(stage->clock));
	if (!command)
		return without_memory(error);
	struct doing doing = { .step = step, .command = command, .answers = raws, .pieces = pieces, .piece_count = piece_count,
		.files = action.length > 0 };
	const bool again = step->dossier.length
		&& dossier_action_find(history->campaign->procedure, &step->loaded.state, action) >= 0;
	command->command.action = action;
	command->command.confirmed = true;
	doing.drafts = nature.length || !step->dossier.length || (!again
		&& procedure_action_find(history->campaign->procedure, 0, action) >= 0);
	if (nature.length) {
		command->parent = step->story->request;
		command->nature = nature;
		doing.about = office_child_draft(step->arena, command->parent, nature);
	} else if (doing.drafts) {
		command->campaign = history->campaign;
	} else {
		command->dossier = step->dossier;
		command->command.raws = raws;
		sign(step, command);
	}
	const enum guichet_status status = store_transact(stage->store, doing_work, &doing, error);
	if (status != GUICHET_OK)
		return refusal(step, command, status, error);
	if (!doing.files || !doing.drafts)
		return GUICHET_OK;
	struct text *kept = nature.length ? &step->story->child : &step->story->request;
	*kept = step->story->last = arena_text(history->arena, command->dossier);
	return kept->at ? GUICHET_OK : without_memory(error);
}

/* ---- what is done outside a dossier ---- */

static enum guichet_status
set(struct playing_step *step, const struct directory_person *person, const struct yaml_node *node,
	struct guichet_error *error)
{
	const struct history *history = step->history;
	const struct procedure *procedure = history->campaign->procedure;
	const struct text name = yaml_scalar(yaml_get(node, "nom")), code = yaml_scalar(yaml_get(node, "structure"));
	const struct yaml_node *value = yaml_get(node, "valeur"), *from = yaml_get(node, "du");
	struct dossier_raw raws[20];
	size_t count = 0;
	struct directory_structure structure;
	struct office_setting setting = { .office = history->stage->office, .arena = step->arena, .campaign = history->campaign,
		.person = person->id, .local = procedure_local_find(procedure, name), .clear = !value,
		.from = date_of_instant(step->at, NULL) };
	if (from && !date_read(yaml_scalar(from), &setting.from))
		return wrong(history, from, error, "« du » est un jour : 2024-01-08.");
	if (value)
		essai_type(step->arena, name, value, raws, &count, sizeof raws / sizeof *raws);
	setting.raws = (struct dossier_raws){ raws, count };
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(history->stage->store, error);
		if (!tx)
			return error->status;
		const enum guichet_status status = directory_structure_by_code(tx, step->arena, code, date_of_instant(step->at, NULL),
			&structure, error);
		if (status == GUICHET_UNKNOWN)
			return wrong(history, node, error, "Aucune structure n’a le code « %.*s ».", TEXT_ARGS(code));
		if (status != GUICHET_OK)
			return status;
	}
	setting.structure = structure.id;
	return told(history, node, store_transact(history->stage->store, office_setting_set, &setting, error), error);
}

static enum guichet_status
close_days(struct playing_step *step, const struct yaml_node *node, struct guichet_error *error)
{
	const struct yaml_node *to = yaml_get(node, "au");
	struct office_closed_change change = { .now = clock_now(step->history->stage->clock),
		.day = { .id = id_new(step->arena, step->at), .label = yaml_scalar(yaml_get(node, "libellé")),
			.holiday = text_equal(yaml_scalar(yaml_get(node, "férié")), TEXT("oui")) } };
	if (!date_read(yaml_scalar(yaml_get(node, "du")), &change.day.first)
		|| !date_read(to ? yaml_scalar(to) : yaml_scalar(yaml_get(node, "du")), &change.day.last))
		return wrong(step->history, node, error, "« du » et « au » sont des jours : 2024-05-10.");
	const enum guichet_status status = store_transact(step->history->stage->store, office_closed_day_add, &change, error);
	return told(step->history, node, status, error);
}

struct declared {
	struct arena *arena;
	struct directory_absence absence;
};

static enum guichet_status
absence_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct declared *declared = context;
	return directory_absence_declare(tx, declared->arena, &declared->absence, error);
}

static enum guichet_status
be_absent(struct playing_step *step, const struct directory_person *person, const struct yaml_node *node,
	struct guichet_error *error)
{
	const struct history *history = step->history;
	const struct yaml_node *replacement = yaml_get(node, "remplaçant");
	struct declared declared = { step->arena, { .id = id_new(step->arena, step->at),
		.absent = person->id, .replacement = TEXT(""), .at = clock_now(history->stage->clock) } };
	if (!date_read(yaml_scalar(yaml_get(node, "du")), &declared.absence.from)
		|| !date_read(yaml_scalar(yaml_get(node, "au")), &declared.absence.to))
		return wrong(history, node, error, "« du » et « au » sont des jours : 2024-05-10.");
	if (replacement) {
		struct directory_person other;
		CLEANUP(store_read_end) struct store_tx *tx = store_read(history->stage->store, error);
		if (!tx)
			return error->status;
		const enum guichet_status status = person_of(step, tx, yaml_scalar(replacement), &other, error);
		if (status != GUICHET_OK)
			return status;
		declared.absence.replacement = other.id;
	}
	return told(history, node, store_transact(history->stage->store, absence_work, &declared, error), error);
}

/* The same file as « guichet import --dossiers », by the same code. */
static enum guichet_status
take_over(struct playing_step *step, const struct directory_person *person, const struct yaml_node *node,
	struct guichet_error *error)
{
	const struct history *history = step->history;
	const struct text path = arena_format(step->arena, "%.200s/%.*s", history->stage->folder,
		TEXT_ARGS(yaml_scalar(yaml_get(node, "fichier"))));
	const struct office_import_dossiers import = { .campaign = history->campaign,
		.action = yaml_scalar(yaml_get(node, "action")), .author = person->id };
	struct office_import_report report;
	struct text bytes;
	if (!path.at)
		return without_memory(error);
	enum guichet_status status = file_read(step->arena, path.at, PIECE_LIMIT, &bytes, error);
	if (status == GUICHET_OK)
		status = office_import_dossiers(history->stage->office, step->arena, &import, bytes, &report, error);
	if (status != GUICHET_OK)
		return told(history, node, status, error);
	if (report.refused)
		return guichet_fail(error, GUICHET_REFUSED, "%s, ligne %zu : %.*s", path.at, report.refusals[0].line,
			TEXT_ARGS(text_part(report.refusals[0].message, 0, 700)));
	return GUICHET_OK;
}

/* ---- playing ---- */

/* The dossier that a step touches. */
static struct text
dossier_of(const struct playing_step *step)
{
	const struct text named = yaml_scalar(yaml_get(step->node, "dossier"));
	return named.length == 0 ? step->story->last : text_equal(named, TEXT("demande")) ? step->story->request
		: step->story->child;
}

/* The same; where the story filed none and the action does not file, the last that the agent has: taken over, it was. */
static enum guichet_status
find_dossier(struct playing_step *step, struct store_tx *tx, struct guichet_error *error)
{
	const struct procedure *procedure = step->history->campaign->procedure;
	const struct text action = yaml_scalar(yaml_get(step->node, "fait"));
	struct office_rows rows = { 0 };
	struct directory_person agent;
	step->dossier = dossier_of(step);
	if (step->dossier.length || !step->story->matricule.length || !action.length
		|| procedure_action_find(procedure, 0, action) >= 0)
		return GUICHET_OK;
	enum guichet_status status = person_of(step, tx, step->story->matricule, &agent, error);
	if (status == GUICHET_OK)
		status = office_list_of_subject(step->history->stage->office, tx, step->arena, agent.id, &rows, error);
	if (status != GUICHET_OK || rows.count == 0)
		return status;
	step->dossier = step->story->request = arena_text(step->history->arena, rows.at[0].id);
	return step->dossier.at ? GUICHET_OK : without_memory(error);
}

static enum guichet_status
play_step(struct playing_step *step, struct guichet_error *error)
{
	const struct demo_stage *stage = step->history->stage;
	const struct yaml_node *setting = yaml_get(step->node, "réglage"), *closed = yaml_get(step->node, "ferme"),
		*absence = yaml_get(step->node, "absence"), *takeover = yaml_get(step->node, "import");
	struct directory_person person = { 0 };
	struct dossier_raws raws = { 0 };
	struct dossier_piece *pieces = NULL;
	size_t piece_count = 0;
	enum guichet_status status = GUICHET_OK;
	if (closed)
		return close_days(step, closed, error);
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(stage->store, error);
		if (!tx)
			return error->status;
		status = find_dossier(step, tx, error);
		if (status == GUICHET_OK && step->dossier.length)
			status = office_dossier_load(stage->office, tx, step->arena, step->dossier, NULL, step->at, &step->loaded, error);
		if (status == GUICHET_OK)
			status = somebody(step, tx, yaml_scalar(yaml_get(step->node, "en tant que")), &person, error);
		if (status == GUICHET_OK)
			status = answers_of(step, tx, &raws, error);
		if (status == GUICHET_OK)
			status = pieces_of(step, tx, &pieces, &piece_count, error);
		if (status != GUICHET_OK)
			return told(step->history, step->node, status, error);
	}
	if (setting)
		return set(step, &person, setting, error);
	if (absence)
		return be_absent(step, &person, absence, error);
	if (takeover)
		return take_over(step, &person, takeover, error);
	if (step->dossier.length)
		step->story->last = step->dossier;
	return act(step, &person, raws, pieces, piece_count, error);
}

/* A line that many stories take up is wrong in one of them. */
static enum guichet_status
name_story(const struct playing_step *step, enum guichet_status status, struct guichet_error *error)
{
	struct guichet_error plain = *error;
	return status != GUICHET_REFUSED ? status : guichet_fail(error, status,
		"%.800s (histoire « %.*s », %.*s, %.*s)", plain.message,
		TEXT_ARGS(text_part(step->story->title, 0, 80)), TEXT_ARGS(text_part(step->story->matricule, 0, 30)),
		TEXT_ARGS(instant_french(step->arena, step->at)));
}

/* Legal time goes to `to`, stopping at each thing due before it. */
static enum guichet_status
go_to(const struct demo_stage *stage, instant to, struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	for (bool due = true; due && status == GUICHET_OK;) {
		instant next = INSTANT_NEVER;
		{
			CLEANUP(store_read_end) struct store_tx *tx = store_read(stage->store, error);
			if (!tx)
				return error->status;
			struct store_rows rows = store_query(tx, NULL, STORE_DUE_FIRST, STORE_VALUES(), error);
			if (store_next(&rows) && !store_is_null(&rows, 0))
				next = store_integer(&rows, 0);
			status = store_finish(&rows);
		}
		due = next < to;
		const instant stop = due ? next : to;
		if (status == GUICHET_OK && stop > clock_now(stage->clock))
			status = clock_advance(stage->clock, stop, error);
		if (status == GUICHET_OK)
			status = office_catch_up(stage->office, error);
	}
	return status;
}

bool
demo_history_exists(const char *folder)
{
	char path[300];
	snprintf(path, sizeof path, "%.250s/histoire.yaml", folder);
	return access(path, F_OK) == 0;
}

enum guichet_status
demo_history_play(const struct demo_stage *stage, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct history history = { .stage = stage, .arena = arena };
	enum guichet_status status = arena ? history_read(&history, error) : without_memory(error);
	for (size_t i = 0; status == GUICHET_OK && i < history.count; i++) {
		CLEANUP(arena_free) struct arena *work = arena_new(128 << 20);
		struct playing_step step = { .history = &history, .story = history.steps[i].story, .node = history.steps[i].node,
			.arena = work, .at = history.steps[i].at };
		if (!work)
			return without_memory(error);
		status = go_to(stage, step.at, error);
		if (status == GUICHET_OK)
			status = name_story(&step, play_step(&step, error), error);
	}
	/* The last minute is that of who opens the first page. */
	return status == GUICHET_OK ? go_to(stage, stage->start - INSTANT_MINUTE, error) : status;
}
