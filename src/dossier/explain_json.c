/* Explanations for programs, as JSON: see explanation.h. */
#include "dossier/event.h"
#include "dossier/explain_words.h"
#include "dossier/json.h"

#include "base/banned.h"

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
	struct explain_readings readings = { .procedure = explanation->procedure, .trace = judged->trace };
	struct feel_told told;
	bool well = array != NULL;
	while (well && judged->trace && explain_reading_next(&readings, &told)) {
		const struct procedure_slot *slot = explain_slot_of(explanation, &told);
		const struct dossier_judged *below = explain_computed_before(explanation, judged, slot);
		json_t *one = json_object();
		struct text name;
		well = json_push(array, one) && json_put(one, "name", json_of_text(told.excerpt))
			&& json_put(one, "value", feel_value_to_json(told.value))
			&& json_put(one, "source", json_of_text(explain_source(explanation, slot)))
			&& json_put(one, "cites", json_of_cites(explain_origin_of(explanation, slot)));
		if (well && explain_name(explanation, &told, &name))
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
	[PROCEDURE_AT_FIELD_PROPOSAL] = "proposal", [PROCEDURE_AT_CELL_SHOWN] = "cell shown",
	[PROCEDURE_AT_CELL_CHECK] = "cell check", [PROCEDURE_AT_PIECE_ASKED] = "piece asked",
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
	const struct feel_words words = dossier_explanation_words(explanation);
	struct text because = TEXT(""), source = TEXT("");
	if (judged->feel) {
		because = feel_explain_french(explanation->arena, judged->trace, FEEL_REASON, &words);
		source = feel_source_of(judged->feel);
	}
	json_t *one = json_object();
	return json_push(array, one) && json_put(one, "judged", json_integer((json_int_t)index))
		&& json_put(one, "kind", json_string(place_texts[judged->place.kind]))
		&& json_put(one, "name", json_of_text(judged->place.name))
		&& json_put(one, "label", json_of_text(explain_label(explanation, &judged->place)))
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
