/* What was judged and what it read, in the words of the procedure: see explain_words.h. */
#include "dossier/explain_words.h"

#include "base/banned.h"

#define SPACE "\u00a0" /* that does not break */

/* ---- names ---- */

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

/* See struct feel_words. */
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
	const struct procedure_field *field = procedure_slot_field(procedure, slot);
	if (field)
		label = field->label;
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
	const struct procedure_field *field = nth >= 0 ? &procedure->locals[nth].field
		: slot ? procedure_slot_field(procedure, slot) : NULL;
	if (!field || (nth < 0 && !text_equal(path, slot->name)))
		return false;
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

bool
explain_name(const struct dossier_explanation *explanation, const struct feel_told *told, struct text *ret_name)
{
	return name_words(explanation, told->slot, told->excerpt, ret_name);
}

struct feel_words
dossier_explanation_words(const struct dossier_explanation *explanation)
{
	return (struct feel_words){ .name = name_words, .value = value_words, .data = explanation };
}

struct text
explain_label(const struct dossier_explanation *explanation, const struct procedure_place *place)
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

/* ---- what is read ---- */

bool
explain_reading_next(struct explain_readings *readings, struct feel_told *ret_told)
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

const struct procedure_slot *
explain_slot_of(const struct dossier_explanation *explanation, const struct feel_told *told)
{
	return &explanation->procedure->slots[told->slot];
}

const struct procedure_origin *
explain_origin_of(const struct dossier_explanation *explanation, const struct procedure_slot *slot)
{
	const struct procedure *procedure = explanation->procedure;
	const struct procedure_parameter_value *value;
	switch (slot->kind) {
	case PROCEDURE_SLOT_PARAMETER:
		value = parameter_value(explanation, slot->index);
		return value && value->origin.cite_count > 0 ? &value->origin : &procedure->parameters[slot->index].origin;
	case PROCEDURE_SLOT_FIELD:
	case PROCEDURE_SLOT_CELL:
		return &procedure_slot_field(procedure, slot)->origin;
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

struct text
explain_source(const struct dossier_explanation *explanation, const struct procedure_slot *slot)
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
	case PROCEDURE_SLOT_CELL:
		return TEXT("réponse de la ligne");
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

const struct dossier_judged *
explain_computed_before(const struct dossier_explanation *explanation, const struct dossier_judged *judged,
	const struct procedure_slot *slot)
{
	if (slot->kind != PROCEDURE_SLOT_COMPUTED)
		return NULL;
	for (const struct dossier_judged *at = judged; at-- > explanation->judged;)
		if (at->place.kind == PROCEDURE_AT_COMPUTED && at->place.index == slot->index)
			return at;
	return NULL;
}

struct text
explain_read_value(const struct dossier_explanation *explanation, const struct feel_told *told)
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
