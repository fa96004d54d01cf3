/* Explanations told to people, and to programs: see explanation.h. */
#include "dossier/explanation.h"

#include "dossier/event.h"
#include "dossier/facts.h"
#include "dossier/json.h"

#include "base/banned.h"

#define SPACE "\u00a0" /* that does not break */

enum { MOST_OUTPUT = 4 << 20, MOST_SOURCE = 400 };

/* One explanation being told. */
struct telling {
	const struct dossier_explanation *explanation;
	enum feel_depth depth;
	struct buffer *out;
	bool *told; /* by judged: computed values are explained once */
	struct feel_words words;
};

/* ---- words ---- */

/* The entries of contexts that are the same in every procedure. */
static const struct {
	enum procedure_slot_kind kind;
	struct text entry;
	const char *words; /* before the label, of a window or of what is done */
} entries[] = {
#define ENTRY(kind, entry, words) { PROCEDURE_SLOT_##kind, { entry, sizeof entry - 1 }, words }
	ENTRY(WINDOWS, "ouverture", "l’ouverture de"),
	ENTRY(WINDOWS, "fermeture", "la fermeture de"),
	ENTRY(WINDOWS, "premier_jour", "le premier jour de"),
	ENTRY(WINDOWS, "dernier_jour", "le dernier jour de"),
	ENTRY(PIECES, "fichier", "le fichier de"),
	ENTRY(PIECES, "état", "l’état de"),
	ENTRY(PIECES, "le", "le jour de"),
	ENTRY(PIECES, "motif", "le motif du renvoi de"),
	ENTRY(PIECES, "valable_jusquau", "la fin de validité de"),
	ENTRY(CLOCKS, "depuis", "le départ de"),
	ENTRY(CLOCKS, "échéance", "le dernier jour de"),
	ENTRY(CLOCKS, "fin", "la fin de"),
	ENTRY(CLOCKS, "suspendu", "la suspension de"),
	ENTRY(CLOCKS, "jours_suspendus", "le nombre de jours suspendus de"),
	ENTRY(CLOCKS, "restant", "le nombre de jours restants de"),
	ENTRY(CAMPAIGN, "titre", "le titre de la campagne"),
	ENTRY(CAMPAIGN, "contacts", "les contacts de la campagne"),
	ENTRY(POSTING, "depuis", "le début de l’affectation du moment"),
	ENTRY(POSTING, "actif", "la présence dans l’annuaire"),
	ENTRY(POSTING, "structure", "la structure du moment"),
	ENTRY(DOSSIER, "déposé_le", "la date du dépôt"),
	ENTRY(DOSSIER, "déposé_à", "l’instant du dépôt"),
	ENTRY(DOSSIER, "état", "l’étape du dossier"),
	ENTRY(DOSSIER, "actions", "les actions du dossier"),
	ENTRY(DOSSIER, "nature", "la nature du dossier"),
	ENTRY(PARENT, "numéro", "le numéro du dossier d’origine"),
	ENTRY(PARENT, "état", "l’étape du dossier d’origine"),
	ENTRY(PARENT, "nature", "la nature du dossier d’origine"),
	ENTRY(CHILD, "numéro", "le numéro du dossier né de celui-ci"),
	ENTRY(CHILD, "état", "l’étape du dossier né de celui-ci"),
	ENTRY(CHILD, "nature", "la nature du dossier né de celui-ci"),
	ENTRY(DONE, "le", "la date de"),
	ENTRY(DONE, "à", "l’instant de"),
	ENTRY(DONE, "premier_le", "la première date de"),
	ENTRY(DONE, "fois", "le nombre de fois de"),
	ENTRY(DONE, "par", "l’auteur de"),
#undef ENTRY
};

static const char *
entry_words(enum procedure_slot_kind kind, struct text entry)
{
	for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
		if (entries[i].kind == kind && text_equal(entries[i].entry, entry))
			return entries[i].words;
	return NULL;
}

/* What the procedure calls a window, what is done, a piece, a clock; empty for the rest. */
static struct text
entry_label(const struct procedure *procedure, enum procedure_slot_kind kind, struct text name)
{
	int index = PROCEDURE_NONE;
	switch (kind) {
	case PROCEDURE_SLOT_WINDOWS:
		index = procedure_window_find(procedure, name);
		return index < 0 ? TEXT("") : procedure->windows[index].label;
	case PROCEDURE_SLOT_DONE:
		index = procedure_move_find(procedure, name);
		return index < 0 ? TEXT("") : procedure->moves[index].label;
	case PROCEDURE_SLOT_PIECES:
		index = procedure_piece_find(procedure, name);
		return index < 0 ? TEXT("") : procedure->pieces[index].label;
	case PROCEDURE_SLOT_CLOCKS:
		index = procedure_clock_find(procedure, name);
		return index < 0 ? TEXT("") : procedure->clocks[index].label;
	default:
		return TEXT("");
	}
}

/* « l’ouverture de « Avis des chefs » » : what people call an entry of the campaign, of a window, of the dossier. */
static bool
path_words(const struct dossier_explanation *explanation, const struct procedure_slot *slot, struct text path,
	struct text *ret_name)
{
	const struct procedure *procedure = explanation->procedure;
	struct text rest = path;
	(void)text_split(&rest, '.');
	struct text first = text_trim(text_split(&rest, '.'));
	const struct text label = entry_label(procedure, slot->kind, first);
	if (label.length > 0) {
		const char *words = rest.at ? entry_words(slot->kind, text_trim(rest))
			: slot->kind == PROCEDURE_SLOT_PIECES ? "la pièce" : NULL;
		if (!words)
			return false;
		*ret_name = arena_format(explanation->arena, "%s «" SPACE TEXT_FORMAT SPACE "»", words, TEXT_ARGS(label));
		return ret_name->at != NULL;
	}
	const int local = slot->kind == PROCEDURE_SLOT_LOCALS ? procedure_local_find(procedure, first) : PROCEDURE_NONE,
		counter = slot->kind == PROCEDURE_SLOT_COUNTERS ? procedure_counter_find(procedure, first) : PROCEDURE_NONE;
	if (!rest.at && (local >= 0 || counter >= 0)) {
		*ret_name = arena_format(explanation->arena, "%s «" SPACE TEXT_FORMAT SPACE "»",
			local >= 0 ? "le réglage" : "le compteur",
			TEXT_ARGS(local >= 0 ? procedure->locals[local].field.label : procedure->counters[counter].label));
		return ret_name->at != NULL;
	}
	if (slot->kind == PROCEDURE_SLOT_POSTING && text_equal(first, TEXT("structure")) && rest.at) {
		*ret_name = arena_format(explanation->arena, "« " TEXT_FORMAT " » de la structure du moment", TEXT_ARGS(rest));
		return ret_name->at != NULL;
	}
	if (rest.at)
		return false;
	for (size_t i = 0; slot->kind == PROCEDURE_SLOT_CAMPAIGN && i < procedure->campaign_data_count; i++) {
		if (!text_equal(procedure->campaign_data[i].name, first))
			continue;
		*ret_name = arena_format(explanation->arena, "«" SPACE TEXT_FORMAT SPACE "»",
			TEXT_ARGS(procedure->campaign_data[i].label));
		return ret_name->at != NULL;
	}
	const bool kin = slot->kind == PROCEDURE_SLOT_PARENT || slot->kind == PROCEDURE_SLOT_CHILD;
	const int field = kin ? procedure_field_find(procedure, first) : PROCEDURE_NONE;
	if (field >= 0) {
		*ret_name = arena_format(explanation->arena, "«" SPACE TEXT_FORMAT SPACE "» %s",
			TEXT_ARGS(procedure->fields[field].label),
			slot->kind == PROCEDURE_SLOT_PARENT ? "du dossier d’origine" : "du dossier né de celui-ci");
		return ret_name->at != NULL;
	}
	const char *words = slot->kind == PROCEDURE_SLOT_WINDOWS || slot->kind == PROCEDURE_SLOT_DONE ? NULL
		: entry_words(slot->kind, first);
	*ret_name = text_of_string(words);
	return words != NULL;
}

/* « Nombre de jours par semaine »: what the procedure calls its own names. */
static bool
name_words(const void *data, unsigned slot_index, struct text path, struct text *ret_name)
{
	const struct dossier_explanation *explanation = data;
	const struct procedure *procedure = explanation->procedure;
	const struct procedure_slot *slot = slot_index < procedure->slot_count ? &procedure->slots[slot_index] : NULL;
	struct text label = TEXT("");
	if (!slot)
		return false;
	if (!text_equal(path, slot->name))
		return text_starts(path, slot->name) && path_words(explanation, slot, path, ret_name);
	if (slot->kind == PROCEDURE_SLOT_TODAY) {
		*ret_name = TEXT("aujourd’hui");
		return true;
	}
	if (slot->kind == PROCEDURE_SLOT_FIELD)
		label = procedure->fields[slot->index].label;
	else if (slot->kind == PROCEDURE_SLOT_PARAMETER)
		label = procedure->parameters[slot->index].label;
	else if (slot->kind == PROCEDURE_SLOT_COMPUTED)
		label = procedure->computed[slot->index].label;
	if (label.length == 0)
		return false;
	*ret_name = arena_format(explanation->arena, "«" SPACE TEXT_FORMAT SPACE "»", TEXT_ARGS(label));
	return ret_name->at != NULL;
}

/* "2 du 4 au 5 mars 2025, 1 le 12 mai 2025": the entries of a counter, the latest when there are many. */
static struct text
entries_text(struct arena *arena, struct feel_value list)
{
	enum { MOST_TOLD = 12 };
	const size_t count = list.list.count, first = count > MOST_TOLD ? count - MOST_TOLD : 0;
	struct text text = count == 0 ? TEXT("aucune entrée") : first ? TEXT("…") : TEXT("");
	for (size_t i = first; i < count && text.at; i++) {
		const struct feel_value entry = list.list.at[i], from = feel_entry_of(entry, TEXT("du")),
			to = feel_entry_of(entry, TEXT("au"));
		const struct text quantity = feel_value_to_french(arena, feel_entry_of(entry, TEXT("quantité")));
		if (from.kind != FEEL_DATE || to.kind != FEEL_DATE)
			return feel_value_to_french(arena, list);
		const bool one = date_compare(from.date, to.date) == 0;
		text = arena_format(arena, "%.*s%s%.*s %s%.*s%s%.*s", TEXT_ARGS(text), text.length ? ", " : "", TEXT_ARGS(quantity),
			one ? "le " : "du ", TEXT_ARGS(date_french(arena, from.date, false)), one ? "" : " au ",
			TEXT_ARGS(one ? TEXT("") : date_french(arena, to.date, false)));
	}
	return text;
}

/* The labels of options, amounts with their sign. */
static bool
value_words(const void *data, struct arena *arena, unsigned slot_index, struct text path, struct feel_value value,
	struct text *ret_words)
{
	const struct dossier_explanation *explanation = data;
	const struct procedure *procedure = explanation->procedure;
	const struct procedure_slot *slot = slot_index < procedure->slot_count ? &procedure->slots[slot_index] : NULL;
	if (slot && slot->kind == PROCEDURE_SLOT_COUNTERS && value.kind == FEEL_LIST) {
		*ret_words = entries_text(arena, value);
		return ret_words->at != NULL;
	}
	const bool local = slot && slot->kind == PROCEDURE_SLOT_LOCALS && text_starts(path, slot->name)
		&& path.length > slot->name.length;
	const int nth = local ? procedure_local_find(procedure, text_part(path, slot->name.length + 1, SIZE_MAX))
		: PROCEDURE_NONE;
	if (!slot || (nth < 0 && (slot->kind != PROCEDURE_SLOT_FIELD || !text_equal(path, slot->name))))
		return false;
	const struct procedure_field *field = nth >= 0 ? &procedure->locals[nth].field : &procedure->fields[slot->index];
	static const bool worded[PROCEDURE_FIELD_TYPE_COUNT] = { [PROCEDURE_FIELD_CHOICE] = true,
		[PROCEDURE_FIELD_CHOICES] = true, [PROCEDURE_FIELD_MONEY] = true, [PROCEDURE_FIELD_PERCENTAGE] = true,
		[PROCEDURE_FIELD_WEEK] = true, [PROCEDURE_FIELD_ROWS] = true, [PROCEDURE_FIELD_PERIOD] = true,
		[PROCEDURE_FIELD_DURATION] = true, [PROCEDURE_FIELD_PERSON] = true, [PROCEDURE_FIELD_STRUCTURE] = true };
	if (!worded[field->type])
		return false;
	*ret_words = procedure_field_text(arena, field, value);
	if (field->type == PROCEDURE_FIELD_CHOICE)
		*ret_words = arena_format(arena, "«" SPACE TEXT_FORMAT SPACE "»", TEXT_ARGS(*ret_words));
	return ret_words->length > 0;
}

static struct feel_words
words_of(const struct dossier_explanation *explanation)
{
	return (struct feel_words){ .name = name_words, .value = value_words, .data = explanation };
}

/* ---- what is told of one expression ---- */

/* How each kind is called, and what true and false are then. */
static const struct {
	const char *before, *after; /* around the label */
	const char *yes, *no;       /* NULL: the value as it is */
} kinds[] = {
	[PROCEDURE_AT_POPULATION] = { "Condition pour déposer", "", "remplie", "non remplie" },
	[PROCEDURE_AT_FIELD_SHOWN] = { "Question «" SPACE, SPACE "»", "posée", "non posée" },
	[PROCEDURE_AT_SECTION_SHOWN] = { "Partie «" SPACE, SPACE "»", "posée", "non posée" },
	[PROCEDURE_AT_FIELD_CHECK] = { "Contrôle de «" SPACE, SPACE "»", "respecté", "non respecté" },
	[PROCEDURE_AT_FIELD_PROPOSAL] = { "Valeur proposée pour «" SPACE, SPACE "»", NULL, NULL },
	[PROCEDURE_AT_PIECE_ASKED] = { "Pièce «" SPACE, SPACE "»", "demandée", "non demandée" },
	[PROCEDURE_AT_PIECE_VALID] = { "Validité de la pièce «" SPACE, SPACE "»", NULL, NULL },
	[PROCEDURE_AT_CLOCK] = { "Longueur du délai «" SPACE, SPACE "»", NULL, NULL },
	[PROCEDURE_AT_COMPUTED] = { "", "", NULL, NULL },
	[PROCEDURE_AT_ACTION_OFFERED] = { "Action «" SPACE, SPACE "»", "possible", "impossible" },
	[PROCEDURE_AT_ACTION_REQUIRES] = { "Exigence de l’action «" SPACE, SPACE "»", "remplie", "non remplie" },
	[PROCEDURE_AT_INSCRIPTION] = { "Inscrit, «" SPACE, SPACE "»", NULL, NULL },
	[PROCEDURE_AT_COUNTING] = { "Compté, «" SPACE, SPACE "»", NULL, NULL },
	[PROCEDURE_AT_SETTING] = { "Noté, «" SPACE, SPACE "»", NULL, NULL },
	[PROCEDURE_AT_OPENING] = { "Période rouverte, «" SPACE, SPACE "», jusqu’au", NULL, NULL },
	[PROCEDURE_AT_DEADLINE] = { "Échéance «" SPACE, SPACE "»", NULL, NULL },
	[PROCEDURE_AT_DEADLINE_HAPPENS] = { "Condition de l’échéance «" SPACE, SPACE "»", "remplie", "non remplie" },
	[PROCEDURE_AT_WARNING] = { "Avertissement à l’étape «" SPACE, SPACE "»", "donné", "non donné" },
	[PROCEDURE_AT_ENTITLED] = { "Demande de droit", "", "oui", "non" },
	[PROCEDURE_AT_PASSAGE] = { "Condition du passage «" SPACE, SPACE "»", "remplie", "non remplie" },
	[PROCEDURE_AT_NATURE] = { "Ouverture de «" SPACE, SPACE "»", "possible", "impossible" },
	[PROCEDURE_AT_WINDOW] = { "Période «" SPACE, SPACE "»", "ouverte", "fermée" },
};

/* What people call what an expression is for: a deadline without a label is called by where it leads. */
static struct text
label_of(const struct dossier_explanation *explanation, const struct procedure_place *place)
{
	if (place->label.length > 0)
		return place->label;
	if (place->kind == PROCEDURE_AT_DEADLINE || place->kind == PROCEDURE_AT_DEADLINE_HAPPENS
		|| place->kind == PROCEDURE_AT_PASSAGE) {
		const struct procedure_deadline *deadline = &explanation->procedure->deadlines[place->index];
		return deadline->to >= 0 ? explanation->procedure->steps[deadline->to].label
			: explanation->procedure->moves[deadline->move].label;
	}
	return place->name;
}

/* As pages show it; the exact value where its decimals are cut. */
static struct text
computed_text(const struct dossier_explanation *explanation, const struct procedure_computed *computed,
	struct feel_value value)
{
	struct arena *arena = explanation->arena;
	if (computed->decimals == PROCEDURE_NONE && computed->shown != PROCEDURE_FIELD_MONEY
		&& computed->shown != PROCEDURE_FIELD_PERCENTAGE)
		return feel_value_told(arena, value);
	const struct text shown = procedure_computed_text(arena, computed, value), whole = feel_value_to_french(arena, value);
	return text_starts(shown, whole) ? shown
		: arena_format(arena, TEXT_FORMAT " (exactement " TEXT_FORMAT ")", TEXT_ARGS(shown), TEXT_ARGS(whole));
}

static struct text
value_text(const struct dossier_explanation *explanation, const struct dossier_judged *judged)
{
	const struct feel_value value = judged->value;
	if (judged->place.kind == PROCEDURE_AT_WINDOW && judged->closes == INSTANT_NEVER)
		return arena_format(explanation->arena, "ouverte depuis le " TEXT_FORMAT ", sans fin",
			TEXT_ARGS(instant_french(explanation->arena, judged->opens)));
	if (judged->place.kind == PROCEDURE_AT_WINDOW)
		return arena_format(explanation->arena, "ouverte, du " TEXT_FORMAT " au " TEXT_FORMAT " (exclu)",
			TEXT_ARGS(instant_french(explanation->arena, judged->opens)),
			TEXT_ARGS(instant_french(explanation->arena, judged->closes)));
	if (judged->place.kind == PROCEDURE_AT_COMPUTED && value.kind == FEEL_NUMBER)
		return computed_text(explanation, &explanation->procedure->computed[judged->place.index], value);
	if (kinds[judged->place.kind].yes && value.kind == FEEL_BOOLEAN)
		return text_of_string(value.boolean ? kinds[judged->place.kind].yes : kinds[judged->place.kind].no);
	if (value.kind == FEEL_NULL && value.reason.length > 0)
		return arena_format(explanation->arena, "aucune valeur (" TEXT_FORMAT ")", TEXT_ARGS(value.reason));
	return feel_value_told(explanation->arena, value);
}

static void
add_cites(struct buffer *out, const struct procedure_origin *origin)
{
	for (size_t i = 0; i < origin->cite_count; i++)
		buffer_format(out, "%s" TEXT_FORMAT, i > 0 ? ", " : "", TEXT_ARGS(origin->cites[i]));
}

/* What the expressions read: told once each. The names of a function made elsewhere are not those of the procedure. */
struct readings {
	const struct procedure *procedure;
	const struct feel_trace *trace;
	size_t position;
	struct text seen[100];
	size_t count;
};

static bool
reading_next(struct readings *readings, struct feel_told *ret_told)
{
	while (feel_trace_next(readings->trace, &readings->position, ret_told)) {
		const struct procedure *procedure = readings->procedure;
		bool seen = ret_told->kind != FEEL_TOLD_READ || ret_told->slot >= procedure->slot_count
			|| !text_starts(ret_told->excerpt, procedure->slots[ret_told->slot].name);
		for (size_t i = 0; i < readings->count && !seen; i++)
			seen = text_equal(readings->seen[i], ret_told->excerpt);
		if (seen)
			continue;
		if (readings->count < 100)
			readings->seen[readings->count++] = ret_told->excerpt;
		return true;
	}
	return false;
}

static const struct procedure_parameter_value *
parameter_value(const struct dossier_explanation *explanation, int index)
{
	const struct procedure_parameter *parameter = &explanation->procedure->parameters[index];
	for (size_t i = parameter->value_count; i-- > 0;)
		if (date_compare(parameter->values[i].from, explanation->filed) <= 0)
			return &parameter->values[i];
	return NULL;
}

static const struct procedure_slot *
slot_of(const struct dossier_explanation *explanation, const struct feel_told *told)
{
	return &explanation->procedure->slots[told->slot];
}

/* The requirements that what is read cites; NULL: it cites none of its own. */
static const struct procedure_origin *
origin_of(const struct dossier_explanation *explanation, const struct procedure_slot *slot)
{
	const struct procedure *procedure = explanation->procedure;
	const struct procedure_parameter_value *value;
	switch (slot->kind) {
	case PROCEDURE_SLOT_PARAMETER:
		value = parameter_value(explanation, slot->index);
		return value && value->origin.cite_count > 0 ? &value->origin : &procedure->parameters[slot->index].origin;
	case PROCEDURE_SLOT_FIELD:
		return &procedure->fields[slot->index].origin;
	case PROCEDURE_SLOT_COMPUTED:
		return &procedure->computed[slot->index].origin;
	case PROCEDURE_SLOT_LOCALS: /* one alone says which text it serves */
		return procedure->local_count == 1 ? &procedure->locals[0].field.origin : NULL;
	case PROCEDURE_SLOT_COUNTERS:
		return procedure->counter_count == 1 ? &procedure->counters[0].origin : NULL;
	default:
		return NULL;
	}
}

/* Where what is read comes from. */
static struct text
source_text(const struct dossier_explanation *explanation, const struct procedure_slot *slot)
{
	const struct procedure_parameter_value *value;
	switch (slot->kind) {
	case PROCEDURE_SLOT_PARAMETER:
		value = parameter_value(explanation, slot->index);
		return !value ? TEXT("paramètre sans valeur à cette date") : arena_format(explanation->arena,
			"paramètre, valeur à partir du " TEXT_FORMAT,
			TEXT_ARGS(date_french(explanation->arena, value->from, false)));
	case PROCEDURE_SLOT_AGENT:
		return TEXT("annuaire, au dépôt");
	case PROCEDURE_SLOT_POSTING:
		return TEXT("annuaire, ce jour-là");
	case PROCEDURE_SLOT_LOCALS:
		return TEXT("réglage de la structure, ce jour-là");
	case PROCEDURE_SLOT_COUNTERS:
		return TEXT("compteur de la personne");
	case PROCEDURE_SLOT_CAMPAIGN:
		return TEXT("campagne");
	case PROCEDURE_SLOT_WINDOWS:
		return TEXT("période de la campagne");
	case PROCEDURE_SLOT_TODAY:
		return TEXT("jour du jugement");
	case PROCEDURE_SLOT_FIELD:
		return TEXT("réponse du dossier");
	case PROCEDURE_SLOT_POSED:
		return TEXT("noté au dossier");
	case PROCEDURE_SLOT_PIECES:
		return TEXT("pièces du dossier");
	case PROCEDURE_SLOT_CLOCKS:
		return TEXT("délai du dossier");
	case PROCEDURE_SLOT_COMPUTED:
		return TEXT("valeur calculée");
	case PROCEDURE_SLOT_DOSSIER:
		return TEXT("dossier");
	case PROCEDURE_SLOT_PARENT:
		return TEXT("dossier d’origine");
	case PROCEDURE_SLOT_CHILD:
		return TEXT("dossier né de celui-ci");
	case PROCEDURE_SLOT_DONE:
		return TEXT("historique du dossier");
	default:
		return TEXT("dossier");
	}
}

/* What computed the value that was read: the last evaluation before the one that read it. */
static const struct dossier_judged *
computed_before(const struct dossier_explanation *explanation, const struct dossier_judged *judged,
	const struct procedure_slot *slot)
{
	if (slot->kind != PROCEDURE_SLOT_COMPUTED)
		return NULL;
	for (const struct dossier_judged *at = judged; at-- > explanation->judged;)
		if (at->place.kind == PROCEDURE_AT_COMPUTED && at->place.index == slot->index)
			return at;
	return NULL;
}

static struct text
read_value(const struct dossier_explanation *explanation, const struct feel_told *told)
{
	struct text words;
	if (told->value.kind == FEEL_NULL && told->value.reason.length > 0)
		return arena_format(explanation->arena, "aucune valeur (" TEXT_FORMAT ")", TEXT_ARGS(told->value.reason));
	if (told->value.kind == FEEL_BOOLEAN)
		return told->value.boolean ? TEXT("oui") : TEXT("non");
	if (told->value.kind != FEEL_NULL
		&& value_words(explanation, explanation->arena, told->slot, told->excerpt, told->value, &words))
		return words;
	return feel_value_told(explanation->arena, told->value);
}

/* ---- for people ---- */

static void
line(struct telling *telling, size_t indentation, const char *begins)
{
	buffer_add(telling->out, TEXT("\n"));
	for (size_t i = 0; i < indentation; i++)
		buffer_add(telling->out, TEXT("  "));
	buffer_add(telling->out, text_of_string(begins));
}

/* A text of several lines, each under the same indentation. */
static void
lines(struct telling *telling, size_t indentation, struct text text)
{
	while (text.at && text.length > 0) {
		line(telling, indentation, "");
		buffer_add(telling->out, text_split(&text, '\n'));
	}
}

/* On one line, cut when it is long. */
static struct text
source_line(const struct dossier_explanation *explanation, const struct feel *feel)
{
	struct text words = text_trim(feel_source_of(feel));
	CLEANUP(buffer_release) struct buffer out = buffer_new(MOST_OUTPUT);
	bool space = false;
	size_t characters = 0;
	for (size_t at = 0; at < words.length && characters < MOST_SOURCE;) {
		const size_t from = at;
		const uint32_t character = text_next(words, &at);
		if (character == ' ' || character == '\n' || character == '\t' || character == '\r') {
			space = true;
			continue;
		}
		buffer_add(&out, space ? TEXT(" ") : TEXT(""));
		buffer_add(&out, text_part(words, from, at - from));
		space = false;
		characters++;
	}
	if (characters == MOST_SOURCE)
		buffer_add(&out, TEXT("…"));
	const struct text kept = out.failed ? (struct text){ 0 } : arena_text(explanation->arena, buffer_text(&out));
	return kept.at ? kept : TEXT("");
}

static void tell_judged(struct telling *telling, const struct dossier_judged *judged, size_t indentation);

static void
tell_readings(struct telling *telling, const struct dossier_judged *judged, size_t indentation)
{
	const struct dossier_explanation *explanation = telling->explanation;
	struct readings readings = { .procedure = explanation->procedure, .trace = judged->trace };
	struct feel_told told;
	while (reading_next(&readings, &told)) {
		const struct procedure_slot *slot = slot_of(explanation, &told);
		const struct procedure_origin *origin = origin_of(explanation, slot);
		const struct dossier_judged *below = computed_before(explanation, judged, slot);
		struct text name;
		line(telling, indentation, "- lu" SPACE ": ");
		if (name_words(explanation, told.slot, told.excerpt, &name))
			buffer_format(telling->out, TEXT_FORMAT " (" TEXT_FORMAT ")", TEXT_ARGS(name), TEXT_ARGS(told.excerpt));
		else
			buffer_add(telling->out, told.excerpt);
		buffer_format(telling->out, SPACE ": " TEXT_FORMAT " [" TEXT_FORMAT,
			TEXT_ARGS(read_value(explanation, &told)), TEXT_ARGS(source_text(explanation, slot)));
		if (origin && origin->cite_count > 0) {
			buffer_add(telling->out, TEXT(SPACE "; "));
			add_cites(telling->out, origin);
		}
		buffer_add(telling->out, TEXT("]"));
		if (!below)
			continue;
		bool *seen = &telling->told[below - explanation->judged];
		if (*seen) {
			buffer_add(telling->out, TEXT(", expliquée plus haut"));
		} else {
			*seen = true;
			tell_judged(telling, below, indentation + 1);
		}
	}
}

static void
tell_judged(struct telling *telling, const struct dossier_judged *judged, size_t indentation)
{
	const struct dossier_explanation *explanation = telling->explanation;
	const struct procedure_place *place = &judged->place;
	struct buffer *out = telling->out;
	telling->words.told = false;
	struct text reason = TEXT("");
	if (judged->trace)
		reason = feel_explain_french(explanation->arena, judged->trace, FEEL_REASON, &telling->words);
	line(telling, indentation, "- ");
	buffer_format(out, "%s", kinds[place->kind].before);
	if (place->kind == PROCEDURE_AT_POPULATION)
		buffer_format(out, " n°" SPACE "%d", place->index + 1);
	else
		buffer_add(out, label_of(explanation, place));
	buffer_format(out, "%s" SPACE ": " TEXT_FORMAT, kinds[place->kind].after,
		TEXT_ARGS(value_text(explanation, judged)));
	if (reason.length > 0)
		buffer_format(out, ", car " TEXT_FORMAT, TEXT_ARGS(reason));
	buffer_add(out, TEXT("."));
	if (place->origin->cite_count > 0) {
		buffer_add(out, TEXT(" ("));
		add_cites(out, place->origin);
		buffer_add(out, TEXT(")"));
	}
	if (telling->depth == FEEL_SENTENCE || !judged->feel)
		return;
	line(telling, indentation + 1, "- règle" SPACE ": ");
	if (place->kind == PROCEDURE_AT_COMPUTED && explanation->procedure->computed[place->index].table)
		buffer_add(out, TEXT("table de décision"));
	else
		buffer_format(out, "«" SPACE TEXT_FORMAT SPACE "»", TEXT_ARGS(source_line(explanation, judged->feel)));
	buffer_format(out, " [" TEXT_FORMAT ", ligne %u]", TEXT_ARGS(place->origin->file), place->origin->line);
	if (place->message.length > 0 && !feel_is_true(judged->value)) {
		line(telling, indentation + 1, "- dit" SPACE ": ");
		buffer_add(out, place->message);
	}
	tell_readings(telling, judged, indentation + 1);
	telling->words.told = telling->depth == FEEL_STEPS;
	const struct text told = feel_explain_french(explanation->arena, judged->trace, telling->depth, &telling->words);
	if (told.length == 0)
		return;
	line(telling, indentation + 1, telling->depth == FEEL_STEPS ? "- étapes" SPACE ":" : "- tout" SPACE ":");
	lines(telling, indentation + 2, told);
}

/* Is it worth telling by itself, in this half? Computed values are told where they are read, and at the end when the
 * event changed them. */
static bool
is_told(const struct dossier_explanation *explanation, const struct dossier_judged *judged, bool after,
	struct text only)
{
	const struct dossier_judged *end = explanation->judged + explanation->count;
	if (judged->after != after || (only.length > 0 && !text_equal(only, judged->place.name)))
		return false;
	for (const struct dossier_judged *later = judged + 1; later < end && judged->feel; later++)
		if (later->feel == judged->feel && later->after == after)
			return false;
	if (only.length > 0 || judged->place.kind != PROCEDURE_AT_COMPUTED)
		return true;
	if (!after)
		return false;
	struct feel_value before = feel_null(TEXT(""));
	for (const struct dossier_judged *earlier = explanation->judged; earlier < judged; earlier++)
		if (earlier->feel == judged->feel && !earlier->after)
			before = earlier->value;
	const bool known = explanation->type != DOSSIER_FILED && explanation->event > 0;
	return known ? !feel_is_true(feel_equal(before, judged->value)) : judged->value.kind != FEEL_NULL;
}

static bool
tell_half(struct telling *telling, bool after, struct text only)
{
	const struct dossier_explanation *explanation = telling->explanation;
	bool something = false;
	for (size_t i = 0; i < explanation->count; i++) {
		if (!is_told(explanation, &explanation->judged[i], after, only))
			continue;
		if (!something)
			line(telling, 0, after ? "Ce qui en résulte" SPACE ":" : "Ce qui a été jugé" SPACE ":");
		something = true;
		telling->told[i] = true;
		tell_judged(telling, &explanation->judged[i], 0);
	}
	return something;
}

bool
dossier_explanation_write(const struct dossier_explanation *explanation, enum feel_depth depth, struct text only,
	struct buffer *out)
{
	struct telling telling = { explanation, depth, out,
		arena_array_of(explanation->arena, bool, explanation->count + 1), words_of(explanation) };
	if (!telling.told) {
		out->failed = true;
		return false;
	}
	const bool before = tell_half(&telling, false, only), after = tell_half(&telling, true, only);
	if (explanation->cut)
		line(&telling, 0, "… (la suite n’est pas gardée)");
	return before || after;
}

/* ---- for pages ---- */

enum { MOST_LINES = 40 };

static bool
add_line(const struct dossier_explanation *explanation, const struct text **lines, size_t *count, struct text line)
{
	return line.at && (*count == MOST_LINES || ITEMS_ADD(explanation->arena, lines, count, &line));
}

/* "« Quotité demandée » : 83,33 % (réponse du dossier ; MIS-04)". */
static struct text
reading_text(const struct dossier_explanation *explanation, const struct feel_told *told)
{
	const struct procedure_slot *slot = slot_of(explanation, told);
	const struct procedure_origin *origin = origin_of(explanation, slot);
	const struct text value = read_value(explanation, told), source = source_text(explanation, slot);
	struct text name;
	CLEANUP(buffer_release) struct buffer out = buffer_new(MOST_OUTPUT);
	if (!name_words(explanation, told->slot, told->excerpt, &name))
		name = told->excerpt;
	buffer_format(&out, TEXT_FORMAT SPACE ": " TEXT_FORMAT " (" TEXT_FORMAT, TEXT_ARGS(name), TEXT_ARGS(value),
		TEXT_ARGS(source));
	if (origin && origin->cite_count > 0) {
		buffer_add(&out, TEXT(SPACE "; "));
		add_cites(&out, origin);
	}
	buffer_add(&out, TEXT(")"));
	return out.failed ? (struct text){ 0 } : arena_text(explanation->arena, buffer_text(&out));
}

static struct text
sentence_text(const struct dossier_explanation *explanation, const struct dossier_judged *judged, bool *told)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(MOST_OUTPUT);
	struct telling telling = { explanation, FEEL_SENTENCE, &out, told, words_of(explanation) };
	tell_judged(&telling, judged, 0);
	/* Without the line end and the dash of lists. */
	const struct text text = buffer_text(&out);
	return out.failed ? (struct text){ 0 } : arena_text(explanation->arena, text_part(text, sizeof "\n- " - 1, SIZE_MAX));
}

static bool
add_lines(const struct dossier_explanation *explanation, const struct dossier_judged *judged, bool *told,
	const struct text **lines, size_t *count)
{
	struct readings readings = { .procedure = explanation->procedure, .trace = judged->trace };
	struct feel_told read;
	told[judged - explanation->judged] = true;
	if (!add_line(explanation, lines, count, sentence_text(explanation, judged, told)))
		return false;
	const bool table = judged->place.kind == PROCEDURE_AT_COMPUTED
		&& explanation->procedure->computed[judged->place.index].table;
	if (!table && !add_line(explanation, lines, count, arena_format(explanation->arena, "Règle" SPACE ": «" SPACE
			TEXT_FORMAT SPACE "»", TEXT_ARGS(source_line(explanation, judged->feel)))))
		return false;
	while (reading_next(&readings, &read)) {
		const struct dossier_judged *below = computed_before(explanation, judged, slot_of(explanation, &read));
		if (!below && !add_line(explanation, lines, count, reading_text(explanation, &read)))
			return false;
		if (below && !told[below - explanation->judged] && !add_lines(explanation, below, told, lines, count))
			return false;
	}
	return true;
}

bool
dossier_judged_lines(const struct dossier_explanation *explanation, const struct dossier_judged *judged,
	const struct text **ret_lines, size_t *ret_count)
{
	const struct text *lines = NULL;
	size_t count = 0;
	bool *told = arena_array_of(explanation->arena, bool, explanation->count + 1);
	if (!told || (judged->trace && !add_lines(explanation, judged, told, &lines, &count)))
		return false;
	*ret_lines = lines;
	*ret_count = count;
	return true;
}

struct feel_words
dossier_explanation_words(const struct dossier_explanation *explanation)
{
	return words_of(explanation);
}

/* ---- for programs ---- */

static json_t *
json_of_cites(const struct procedure_origin *origin)
{
	json_t *cites = json_array();
	bool well = cites != NULL;
	for (size_t i = 0; well && origin && i < origin->cite_count; i++)
		well = json_push(cites, json_of_text(origin->cites[i]));
	if (well)
		return cites;
	json_decref(cites);
	return NULL;
}

static bool
put_readings(json_t *object, const struct dossier_explanation *explanation, const struct dossier_judged *judged)
{
	json_t *array = json_put_array(object, "reads");
	struct readings readings = { .procedure = explanation->procedure, .trace = judged->trace };
	struct feel_told told;
	bool well = array != NULL;
	while (well && judged->trace && reading_next(&readings, &told)) {
		const struct procedure_slot *slot = slot_of(explanation, &told);
		const struct dossier_judged *below = computed_before(explanation, judged, slot);
		json_t *one = json_object();
		struct text name;
		well = json_push(array, one) && json_put(one, "name", json_of_text(told.excerpt))
			&& json_put(one, "value", feel_value_to_json(told.value))
			&& json_put(one, "source", json_of_text(source_text(explanation, slot)))
			&& json_put(one, "cites", json_of_cites(origin_of(explanation, slot)));
		if (well && name_words(explanation, told.slot, told.excerpt, &name))
			well = json_put(one, "label", json_of_text(name));
		if (well && below)
			well = json_put(one, "judged", json_integer(below - explanation->judged));
	}
	return well;
}

static const char *const kind_texts[] = {
	[FEEL_TOLD_READ] = "read", [FEEL_TOLD_LOCAL] = "local", [FEEL_TOLD_CONDITION] = "condition",
	[FEEL_TOLD_CHOICE] = "choice", [FEEL_TOLD_VALUE] = "value", [FEEL_TOLD_TABLE] = "table",
	[FEEL_TOLD_RULE] = "rule", [FEEL_TOLD_ITEM] = "item", [FEEL_TOLD_CALL] = "call",
	[FEEL_TOLD_PARAMETER] = "parameter",
};

/* The tree laid flat: each thing before what is under it, with its depth. */
static bool
put_tree(json_t *object, const struct feel_trace *trace)
{
	json_t *array = json_put_array(object, "tree");
	size_t position = 0;
	struct feel_told told;
	bool well = array != NULL;
	while (well && trace && feel_trace_next(trace, &position, &told)) {
		json_t *one = json_object();
		well = json_push(array, one) && json_put(one, "depth", json_integer(told.depth))
			&& json_put(one, "kind", json_string(kind_texts[told.kind]))
			&& json_put(one, "value", feel_value_to_json(told.value))
			&& (told.excerpt.length == 0 || json_put(one, "text", json_of_text(told.excerpt)))
			&& (told.name.length == 0 || json_put(one, "name", json_of_text(told.name)))
			&& (told.rank == 0 || json_put(one, "rank", json_integer((json_int_t)told.rank)))
			&& (told.left_out == 0 || json_put(one, "left_out", json_integer((json_int_t)told.left_out)));
		if (well && told.value.kind == FEEL_NULL && told.value.reason.length > 0)
			well = json_put(one, "reason", json_of_text(told.value.reason));
	}
	return well && json_put(object, "cut", json_boolean(trace && feel_trace_is_cut(trace)));
}

static const char *const place_texts[] = {
	[PROCEDURE_AT_POPULATION] = "population", [PROCEDURE_AT_FIELD_SHOWN] = "field shown",
	[PROCEDURE_AT_SECTION_SHOWN] = "section shown", [PROCEDURE_AT_FIELD_CHECK] = "check",
	[PROCEDURE_AT_FIELD_PROPOSAL] = "proposal", [PROCEDURE_AT_PIECE_ASKED] = "piece asked",
	[PROCEDURE_AT_PIECE_VALID] = "piece validity", [PROCEDURE_AT_CLOCK] = "clock", [PROCEDURE_AT_COMPUTED] = "computed", [PROCEDURE_AT_ACTION_OFFERED] = "action offered",
	[PROCEDURE_AT_ACTION_REQUIRES] = "requirement", [PROCEDURE_AT_SETTING] = "setting",
	[PROCEDURE_AT_INSCRIPTION] = "inscription", [PROCEDURE_AT_COUNTING] = "counting",
	[PROCEDURE_AT_OPENING] = "opening", [PROCEDURE_AT_DEADLINE] = "deadline",
	[PROCEDURE_AT_DEADLINE_HAPPENS] = "deadline condition", [PROCEDURE_AT_PASSAGE] = "passage condition",
	[PROCEDURE_AT_WARNING] = "warning", [PROCEDURE_AT_ENTITLED] = "entitlement",
	[PROCEDURE_AT_WINDOW] = "window",
	[PROCEDURE_AT_NATURE] = "nature",
};

static bool
put_judged(json_t *array, const struct dossier_explanation *explanation, size_t index)
{
	const struct dossier_judged *judged = &explanation->judged[index];
	const struct feel_words words = words_of(explanation);
	struct text because = TEXT(""), source = TEXT("");
	if (judged->feel) {
		because = feel_explain_french(explanation->arena, judged->trace, FEEL_REASON, &words);
		source = feel_source_of(judged->feel);
	}
	json_t *one = json_object();
	return json_push(array, one) && json_put(one, "judged", json_integer((json_int_t)index))
		&& json_put(one, "kind", json_string(place_texts[judged->place.kind]))
		&& json_put(one, "name", json_of_text(judged->place.name))
		&& json_put(one, "label", json_of_text(label_of(explanation, &judged->place)))
		&& json_put(one, "after", json_boolean(judged->after))
		&& json_put(one, "value", feel_value_to_json(judged->value))
		&& json_put(one, "reason", json_of_text(judged->value.kind == FEEL_NULL ? judged->value.reason : TEXT("")))
		&& json_put(one, "because", json_of_text(because)) && json_put(one, "expression", json_of_text(source))
		&& json_put(one, "file", json_of_text(judged->place.origin->file))
		&& json_put(one, "line", json_integer(judged->place.origin->line))
		&& json_put(one, "cites", json_of_cites(judged->place.origin))
		&& put_readings(one, explanation, judged) && put_tree(one, judged->trace);
}

json_t *
dossier_explanation_json(const struct dossier_explanation *explanation, struct text only)
{
	json_t *object = json_object(), *array = json_put_array(object, "judged");
	bool well = array && json_put(object, "event", json_integer(explanation->event))
		&& json_put(object, "type", json_of_text(dossier_event_type_text(explanation->type)))
		&& json_put(object, "at", json_of_text(instant_iso(explanation->arena, explanation->at)))
		&& json_put(object, "title", json_of_text(explanation->title))
		&& json_put(object, "cut", json_boolean(explanation->cut));
	for (size_t i = 0; well && i < explanation->count; i++)
		/* With the computed values that it may read. */
		if (only.length == 0 || text_equal(only, explanation->judged[i].place.name)
			|| explanation->judged[i].place.kind == PROCEDURE_AT_COMPUTED)
			well = put_judged(array, explanation, i);
	if (well)
		return object;
	json_decref(object);
	return NULL;
}
