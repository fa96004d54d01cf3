/* Dossiers born of another: what expressions read of the parent and of a child, and both in the facts that events
 * store. At its filing a child's event keeps the whole state of the parent, by which its opening is judged; later events
 * only what `parent` gives. */
#include "dossier/facts.h"

#include "base/banned.h"

/* numéro, état, nature, and every value by name: the type of the slot takes those it has. */
static enum guichet_status
set_relative(struct inputs *inputs, int slot, const struct dossier *dossier, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	if (slot < 0 || !dossier)
		return GUICHET_OK;
	struct feel_entry *entries = arena_array_of(inputs->arena, struct feel_entry, dossier->value_count + 4);
	if (!entries)
		return OUT_OF_MEMORY(error);
	size_t count = 0;
	entries[count++] = (struct feel_entry){ TEXT("numéro"), feel_string(dossier->number) };
	entries[count++] = (struct feel_entry){ TEXT("état"), feel_string(procedure->steps[dossier->step].name) };
	entries[count++] = (struct feel_entry){ TEXT("nature"), feel_string(dossier->nature.length > 0 ? dossier->nature
		: TEXT("demande")) };
	if (procedure->done_slot >= 0) {
		entries[count].name = TEXT("fait");
		if (!inputs_feel_of_done(inputs->arena, procedure, dossier, &entries[count++].value))
			return OUT_OF_MEMORY(error);
	}
	for (size_t i = 0; i < dossier->value_count; i++)
		entries[count++] = (struct feel_entry){ dossier->values[i].name, dossier->values[i].value };
	return inputs_set_context(inputs, slot, entries, count, error);
}

enum guichet_status
inputs_set_kin(struct inputs *inputs, struct guichet_error *error)
{
	const struct dossier_facts *facts = inputs->facts;
	const struct procedure *procedure = facts->procedure;
	if (procedure->nature_count == 0)
		return GUICHET_OK;
	const enum guichet_status status = set_relative(inputs, procedure->parent_slot,
		facts_nature(facts) ? facts->parent : NULL, error);
	return status != GUICHET_OK || !facts->child ? status
		: set_relative(inputs, procedure->child_slot, facts->child->dossier, error);
}

/* ---- as events store them ---- */

/* Is it one that `parent` and `enfant` give? */
static bool
is_told(const struct procedure *procedure, struct text name)
{
	const int field = procedure_field_find(procedure, name);
	return field >= 0 ? field < (int)procedure->form_field_count : procedure_posed_find(procedure, name) >= 0;
}

static bool
put_relative(json_t *object, const struct procedure *procedure, const struct dossier *dossier)
{
	json_t *values = json_put_object(object, "values"), *done = json_put_array(object, "done");
	bool well = values && done && json_put(object, "id", json_of_text(dossier->id))
		&& json_put(object, "number", json_of_text(dossier->number))
		&& json_put(object, "step", json_of_text(procedure->steps[dossier->step].name))
		&& (dossier->nature.length == 0 || json_put(object, "nature", json_of_text(dossier->nature)));
	for (size_t i = 0; well && procedure->done_slot >= 0 && i < dossier->done_count; i++)
		well = json_push(done, json_of_done(procedure, &dossier->done[i]));
	for (size_t i = 0; well && i < dossier->value_count; i++)
		well = !is_told(procedure, dossier->values[i].name)
			|| json_put_named(values, dossier->values[i].name, feel_value_to_json(dossier->values[i].value));
	return well;
}

static bool
put_child(json_t *object, const struct procedure *procedure, const struct dossier_child *child)
{
	json_t *acts = json_put_array(object, "acts");
	bool well = acts && put_relative(object, procedure, child->dossier)
		&& json_put(object, "move", json_of_text(child->move)) && json_put(object, "effect", json_boolean(child->effect))
		&& json_put(object, "from", json_of_text(procedure->steps[child->from].name));
	for (size_t i = 0; well && i < child->act_count; i++) {
		json_t *act = json_object();
		well = json_push(acts, act) && json_put(act, "number", json_of_text(child->acts[i].number))
			&& json_put(act, "letter", json_of_text(procedure->letters[child->acts[i].letter].name));
	}
	return well;
}

bool
json_put_kin(struct arena *arena, json_t *object, const struct dossier_facts *facts)
{
	const struct procedure *procedure = facts->procedure;
	bool well = true;
	if (!facts->dossier && facts->nature.length > 0) {
		json_t *whole = facts->parent ? json_of_dossier(arena, procedure, facts->parent) : NULL;
		well = json_put(object, "nature", json_of_text(facts->nature)) && json_put(object, "parent", whole);
	} else if (facts_nature(facts) && facts->parent) {
		well = put_relative(json_put_object(object, "parent"), procedure, facts->parent);
	}
	return well && (!facts->child || put_child(json_put_object(object, "child"), procedure, facts->child));
}

static struct dossier *
relative_of_json(struct json_reader *reader, const json_t *json)
{
	struct dossier *dossier = arena_new_of(reader->arena, struct dossier);
	json_t *values = json_object_get(json, "values");
	const size_t count = json_object_size(values);
	struct dossier_value *items = count <= PROCEDURE_MOST_ITEMS
		? arena_array_of(reader->arena, struct dossier_value, count + 1) : NULL;
	if (!dossier || !items) {
		reader->failed = reader->full = true;
		return NULL;
	}
	*dossier = (struct dossier){
		.id = json_text_at(reader, json, "id"),
		.number = json_text_at(reader, json, "number"),
		.nature = json_text_at(reader, json, "nature"),
		.step = procedure_step_find(reader->procedure, json_text_at(reader, json, "step")),
		.values = items,
	};
	reader->failed |= dossier->step < 0;
	const json_t *array = json_object_get(json, "done");
	struct dossier_done *done = json_items(reader, array, sizeof *done, 2 * PROCEDURE_MOST_ITEMS, &dossier->done_count);
	for (size_t i = 0; i < dossier->done_count; i++)
		done[i] = json_done(reader, json_array_get(array, i));
	dossier->done = done;
	const char *key;
	json_t *value;
	json_object_foreach(values, key, value) {
		const struct text name = arena_text(reader->arena, text_of_string(key));
		const struct feel_type *type = name.at ? value_type_find(reader->procedure, name) : NULL;
		if (!type) {
			reader->failed = true;
			return dossier;
		}
		items[dossier->value_count++] = (struct dossier_value){ .name = name, .value = json_value(reader, type, value) };
	}
	return dossier;
}

static const struct dossier_child *
child_of_json(struct json_reader *reader, const json_t *json)
{
	struct dossier_child *child = arena_new_of(reader->arena, struct dossier_child);
	struct dossier *dossier = relative_of_json(reader, json);
	if (!child || !dossier) {
		reader->failed = reader->full = true;
		return NULL;
	}
	*child = (struct dossier_child){
		.dossier = dossier,
		.move = json_text_at(reader, json, "move"),
		.effect = json_boolean_at(reader, json, "effect"),
		.from = procedure_step_find(reader->procedure, json_text_at(reader, json, "from")),
	};
	const json_t *array = json_object_get(json, "acts");
	struct dossier_act *acts = json_items(reader, array, sizeof *acts, DOSSIER_ACTS_LIMIT, &child->act_count);
	for (size_t i = 0; i < child->act_count; i++) {
		const json_t *item = json_array_get(array, i);
		acts[i] = (struct dossier_act){ .number = json_text_at(reader, item, "number"),
			.letter = procedure_letter_find(reader->procedure, json_text_at(reader, item, "letter")) };
		reader->failed |= acts[i].letter < 0;
	}
	child->acts = acts;
	reader->failed |= child->from < 0;
	return child;
}

void
json_kin(struct json_reader *reader, const json_t *json, struct dossier_facts *facts)
{
	const json_t *parent = json_object_get(json, "parent"), *child = json_object_get(json, "child");
	facts->nature = json_text_at(reader, json, "nature");
	if (parent && facts->nature.length > 0) {
		struct dossier *whole = arena_new_of(reader->arena, struct dossier);
		if (whole)
			*whole = json_dossier(reader, parent);
		else
			reader->failed = reader->full = true;
		facts->parent = whole;
	} else if (parent) {
		facts->parent = relative_of_json(reader, parent);
	}
	if (child)
		facts->child = child_of_json(reader, child);
}

enum guichet_status
dossier_parent_of_act(struct arena *arena, const struct procedure *procedure, const struct dossier_event *events,
	size_t count, const struct dossier_act *act, const struct dossier **ret_parent, struct guichet_error *error)
{
	*ret_parent = NULL;
	for (size_t i = 0; i < count; i++) {
		const struct dossier_event *event = &events[i];
		if (event->at != act->decided_at || event->type == DOSSIER_COMPOSED_EVENT || event->payload.length == 0)
			continue;
		CLEANUP(json_decref) json_t *payload = json_parse(event->payload, "Un événement du dossier", error);
		if (!payload)
			return error->status;
		struct json_reader reader = { .arena = arena, .procedure = procedure };
		const json_t *acts = json_object_get(json_object_get(payload, "result"), "acts");
		bool made = false;
		for (size_t k = 0; k < json_array_size(acts); k++)
			made |= text_equal(json_text_at(&reader, json_array_get(acts, k), "number"), act->number);
		if (!made)
			continue;
		struct dossier_facts facts = { .procedure = procedure };
		json_kin(&reader, json_object_get(payload, "facts"), &facts);
		if (reader.failed)
			return guichet_fail(error, reader.full ? GUICHET_BROKEN : GUICHET_REFUSED, "L’événement %u ne se lit pas.",
				event->number);
		*ret_parent = facts.parent;
		return GUICHET_OK;
	}
	return GUICHET_OK;
}
