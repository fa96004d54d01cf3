/* Explanations told to people, in the terminal and on pages: see explanation.h. */
#include "dossier/event.h"
#include "dossier/explain_words.h"

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

/* ---- what was judged ---- */

/* How each kind is called, and what true and false are then. */
static const struct {
	const char *before, *after; /* around the label */
	const char *yes, *no;       /* NULL: the value as it is */
} kinds[] = {
	[PROCEDURE_AT_POPULATION] = { "Condition pour déposer", "", "remplie", "non remplie" },
	[PROCEDURE_AT_FIELD_SHOWN] = { "Question «" SPACE, SPACE "»", "posée", "non posée" },
	[PROCEDURE_AT_SECTION_SHOWN] = { "Partie «" SPACE, SPACE "»", "posée", "non posée" },
	[PROCEDURE_AT_FIELD_CHECK] = { "Contrôle de «" SPACE, SPACE "»", "respecté", "non respecté" },
	[PROCEDURE_AT_CELL_SHOWN] = { "Question «" SPACE, SPACE "» d’une ligne", "posée", "non posée" },
	[PROCEDURE_AT_CELL_CHECK] = { "Contrôle de «" SPACE, SPACE "» dans une ligne", "respecté", "non respecté" },
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

/* As pages show it; the exact value where its decimals are cut. */
static struct text
computed_text(const struct dossier_explanation *explanation, const struct procedure_computed *computed,
	struct feel_value value)
{
	struct arena *arena = explanation->arena;
	if (computed->decimals == PROCEDURE_NONE && computed->unit.length == 0 && computed->shown != PROCEDURE_FIELD_MONEY
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

/* ---- in lines ---- */

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
	size_t characters = 0, at = 0, from = 0; /* `from`: of the word that goes on */
	bool space = false;
	while (at < words.length && characters < MOST_SOURCE) {
		const size_t first = at;
		const uint32_t character = text_next(words, &at);
		if (character == ' ' || character == '\n' || character == '\t' || character == '\r') {
			if (!space)
				buffer_add(&out, text_part(words, from, first - from));
			space = true;
			continue;
		}
		if (space) {
			buffer_add(&out, TEXT(" "));
			from = first;
		}
		space = false;
		characters++;
	}
	if (!space)
		buffer_add(&out, text_part(words, from, at - from));
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
	struct explain_readings readings = { .procedure = explanation->procedure, .trace = judged->trace };
	struct feel_told told;
	while (explain_reading_next(&readings, &told)) {
		const struct procedure_slot *slot = explain_slot_of(explanation, &told);
		const struct procedure_origin *origin = explain_origin_of(explanation, slot);
		const struct dossier_judged *below = explain_computed_before(explanation, judged, slot);
		struct text name;
		line(telling, indentation, "- lu" SPACE ": ");
		if (explain_name(explanation, &told, &name))
			buffer_format(telling->out, TEXT_FORMAT " (" TEXT_FORMAT ")", TEXT_ARGS(name), TEXT_ARGS(told.excerpt));
		else
			buffer_add(telling->out, told.excerpt);
		buffer_format(telling->out, SPACE ": " TEXT_FORMAT " [" TEXT_FORMAT,
			TEXT_ARGS(explain_read_value(explanation, &told)), TEXT_ARGS(explain_source(explanation, slot)));
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
		buffer_add(out, explain_label(explanation, place));
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
		arena_array_of(explanation->arena, bool, explanation->count + 1), dossier_explanation_words(explanation) };
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
	const struct procedure_slot *slot = explain_slot_of(explanation, told);
	const struct procedure_origin *origin = explain_origin_of(explanation, slot);
	const struct text value = explain_read_value(explanation, told), source = explain_source(explanation, slot);
	struct text name;
	CLEANUP(buffer_release) struct buffer out = buffer_new(MOST_OUTPUT);
	if (!explain_name(explanation, told, &name))
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
	struct telling telling = { explanation, FEEL_SENTENCE, &out, told, dossier_explanation_words(explanation) };
	tell_judged(&telling, judged, 0);
	/* Without the line end and the dash of lists. */
	const struct text text = buffer_text(&out);
	return out.failed ? (struct text){ 0 } : arena_text(explanation->arena, text_part(text, sizeof "\n- " - 1, SIZE_MAX));
}

static bool
add_lines(const struct dossier_explanation *explanation, const struct dossier_judged *judged, bool *told,
	const struct text **lines, size_t *count)
{
	struct explain_readings readings = { .procedure = explanation->procedure, .trace = judged->trace };
	struct feel_told read;
	told[judged - explanation->judged] = true;
	if (!add_line(explanation, lines, count, sentence_text(explanation, judged, told)))
		return false;
	const bool table = judged->place.kind == PROCEDURE_AT_COMPUTED
		&& explanation->procedure->computed[judged->place.index].table;
	if (!table && !add_line(explanation, lines, count, arena_format(explanation->arena, "Règle" SPACE ": «" SPACE
			TEXT_FORMAT SPACE "»", TEXT_ARGS(source_line(explanation, judged->feel)))))
		return false;
	while (explain_reading_next(&readings, &read)) {
		const struct dossier_judged *below = explain_computed_before(explanation, judged, explain_slot_of(explanation, &read));
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
