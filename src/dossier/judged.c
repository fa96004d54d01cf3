/* What a judgement evaluated, kept for its explanation: see explanation.h. */
#include "dossier/decide.h"
#include "dossier/event.h"
#include "dossier/judged.h"

#include "base/banned.h"

enum { MOST_JUDGED = 3000 };

struct feel_trace *
judged_begin(struct dossier_explanation *explanation, const struct feel *feel, struct procedure_place *ret_place)
{
	if (explanation->count == MOST_JUDGED) {
		explanation->cut = true;
		return NULL;
	}
	if (!procedure_place_of(explanation->procedure, feel, ret_place))
		return NULL;
	struct feel_trace *trace = feel_trace_new(explanation->arena);
	explanation->full |= !trace;
	return trace;
}

void
judged_end(struct dossier_explanation *explanation, const struct procedure_place *place, const struct feel *feel,
	const struct feel_trace *trace, struct feel_value value)
{
	const struct dossier_judged judged = { .place = *place, .feel = feel, .trace = trace, .value = value,
		.after = explanation->after };
	if (!ITEMS_ADD(explanation->arena, &explanation->judged, &explanation->count, &judged))
		explanation->full = true;
}

void
judged_window(struct dossier_explanation *explanation, int window, instant opens, instant closes)
{
	const struct procedure_window *definition = &explanation->procedure->windows[window];
	const struct dossier_judged judged = {
		.place = { PROCEDURE_AT_WINDOW, window, definition->name, definition->label, TEXT(""), &definition->origin },
		.value = feel_boolean(true), .opens = opens, .closes = closes, .after = explanation->after };
	if (!ITEMS_ADD(explanation->arena, &explanation->judged, &explanation->count, &judged))
		explanation->full = true;
}

const struct dossier_judged *
dossier_judged_find(const struct dossier_explanation *explanation, enum procedure_place_kind kind, int index)
{
	for (size_t i = explanation->count; i-- > 0;) {
		const struct dossier_judged *judged = &explanation->judged[i];
		if (judged->place.kind == kind && judged->place.index == index)
			return judged;
	}
	return NULL;
}

/* Notes the computed values that an expression reads; true when it reads a value of that name itself. */
static bool
reads(const struct procedure *procedure, const struct feel *feel, enum procedure_slot_kind kind, struct text name,
	bool *below)
{
	size_t count;
	bool found = false;
	const struct feel_use *uses = feel_reads(feel, &count);
	for (size_t i = 0; i < count; i++) {
		const struct procedure_slot *slot = &procedure->slots[uses[i].slot];
		/* A cell is of its field. */
		const bool cell = slot->kind == PROCEDURE_SLOT_CELL && slot->index >= 0;
		found |= (cell ? PROCEDURE_SLOT_FIELD : slot->kind) == kind
			&& (name.length == 0 || text_equal(cell ? procedure->fields[slot->index].name : slot->name, name));
		if (slot->kind == PROCEDURE_SLOT_COMPUTED)
			below[slot->index] = true;
	}
	return found;
}

bool
dossier_expression_reads(const struct procedure *procedure, const struct feel *feel, enum procedure_slot_kind kind,
	struct text name)
{
	bool below[PROCEDURE_MOST_ITEMS] = { false };
	bool found = reads(procedure, feel, kind, name, below);
	/* Computed values read only those before them. */
	for (size_t i = procedure->computed_count; i-- > 0;)
		if (below[i])
			found |= reads(procedure, procedure->computed[i].feel, kind, name, below);
	return found;
}

enum guichet_status
dossier_event_procedure(struct arena *arena, const struct dossier_event *event, struct text *ret_hash,
	struct guichet_error *error)
{
	*ret_hash = TEXT("");
	if (event->payload.length == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Le contenu de l’événement %u a été effacé.", event->number);
	CLEANUP(json_decref) json_t *payload = json_parse(event->payload, "L’événement", error);
	if (!payload)
		return error->status;
	const json_t *hash = json_object_get(json_object_get(payload, "facts"), "procedure");
	if (!json_is_string(hash))
		return GUICHET_OK;
	*ret_hash = arena_text(arena, (struct text){ json_string_value(hash), json_string_length(hash) });
	return ret_hash->at ? GUICHET_OK : OUT_OF_MEMORY(error);
}
