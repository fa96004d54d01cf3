/* A decision taken out of its model as one box, for expressions that are read elsewhere: what it
 * requires comes with it, in a context whose result it is. */
#include "dmn/inside.h"

#include "base/banned.h"

/* What is gathered: each after those it requires. */
struct gathering {
	struct arena *arena;
	const struct dmn_model *model;
	const struct element **elements, **inputs;
	size_t count, input_count;
	bool *seen; /* by rank */
	struct guichet_error *error;
};

static enum guichet_status
gather(struct gathering *gathering, const struct element *element)
{
	gathering->seen[element->rank] = true;
	for (size_t i = 0; i < element->need_count; i++) {
		const struct element *need = element->needs[i];
		if (gathering->seen[need->rank])
			continue;
		if (need->of != element->of || need->item.kind == DMN_SERVICE || need->external)
			return guichet_fail(gathering->error, GUICHET_REFUSED, "« " TEXT_FORMAT " » exige « " TEXT_FORMAT
				" », qui est %s : écrivez la décision sans en dépendre.", TEXT_ARGS(element->item.name),
				TEXT_ARGS(need->item.name), need->of != element->of ? "d’un autre modèle"
				: need->external ? "écrit dans un autre langage" : "un service");
		if (need->item.kind == DMN_INPUT) {
			gathering->seen[need->rank] = true;
			gathering->inputs[gathering->input_count++] = need;
			continue;
		}
		const enum guichet_status status = gather(gathering, need);
		if (status != GUICHET_OK)
			return status;
	}
	if (!element->box)
		return guichet_fail(gathering->error, GUICHET_REFUSED,
			"Rien n’est écrit pour calculer « " TEXT_FORMAT " ».", TEXT_ARGS(element->item.name));
	gathering->elements[gathering->count++] = element;
	return GUICHET_OK;
}

static enum guichet_status
gather_from(struct gathering *gathering, struct text name)
{
	const struct dmn_model *model = gathering->model;
	const struct element *element = (const struct element *)dmn_find(model, name, DMN_DECISION);
	if (!element)
		element = (const struct element *)dmn_find(model, name, DMN_KNOWLEDGE);
	if (!element)
		return guichet_fail(gathering->error, GUICHET_REFUSED,
			"Le modèle n’a pas de décision « %.*s ».", (int)(name.length > 100 ? 100 : name.length),
			name.at);
	if (element->external)
		return guichet_fail(gathering->error, GUICHET_REFUSED,
			"« " TEXT_FORMAT " » est écrit dans un autre langage que FEEL.", TEXT_ARGS(element->item.name));
	gathering->elements = arena_array_of(gathering->arena, const struct element *, model->count);
	gathering->inputs = arena_array_of(gathering->arena, const struct element *, model->count);
	gathering->seen = arena_array_of(gathering->arena, bool, model->count);
	if (!gathering->elements || !gathering->inputs || !gathering->seen)
		return guichet_fail(gathering->error, GUICHET_BROKEN, "Mémoire insuffisante.");
	return gather(gathering, element);
}

/* The logic of an element as a value: a business knowledge model is a function. NULL without memory. */
static const struct feel_box *
box_of(struct arena *arena, const struct element *element)
{
	if (element->item.kind == DMN_DECISION)
		return boxes_typed(arena, element->box, element->item.type);
	struct feel_box *function = arena_new_of(arena, struct feel_box);
	const struct feel_box *body = boxes_typed(arena, element->box, element->result);
	if (!function || !body)
		return NULL;
	*function = (struct feel_box){ .kind = FEEL_BOX_FUNCTION, .parts = body, .count = 1,
		.parameters = element->fields, .parameter_count = element->field_count };
	return function;
}

const struct feel_box *
dmn_box(struct arena *arena, const struct dmn_model *model, struct text name, struct guichet_error *error)
{
	struct gathering gathering = { .arena = arena, .model = model, .error = error };
	if (gather_from(&gathering, name) != GUICHET_OK)
		return NULL;
	if (gathering.count == 1) {
		const struct feel_box *alone = box_of(arena, gathering.elements[0]);
		return alone ? alone : guichet_fail_null(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	}
	struct feel_box *parts = arena_array_of(arena, struct feel_box, gathering.count);
	struct text *names = arena_array_of(arena, struct text, gathering.count);
	struct feel_box *context = arena_new_of(arena, struct feel_box);
	if (!parts || !names || !context)
		return guichet_fail_null(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	for (size_t i = 0; i < gathering.count; i++) {
		const struct feel_box *part = box_of(arena, gathering.elements[i]);
		if (!part)
			return guichet_fail_null(error, GUICHET_BROKEN, "Mémoire insuffisante.");
		parts[i] = *part;
		names[i] = i + 1 < gathering.count ? gathering.elements[i]->called : TEXT("");
	}
	*context = (struct feel_box){ .kind = FEEL_BOX_CONTEXT, .parts = parts, .count = gathering.count,
		.names = names, .name_count = gathering.count };
	return context;
}

const struct dmn_item **
dmn_box_inputs(struct arena *arena, const struct dmn_model *model, struct text name, size_t *ret_count)
{
	struct guichet_error error;
	struct gathering gathering = { .arena = arena, .model = model, .error = &error };
	const enum guichet_status status = gather_from(&gathering, name);
	if (status == GUICHET_BROKEN)
		return NULL;
	const struct dmn_item **items = arena_array_of(arena, const struct dmn_item *, gathering.input_count);
	for (size_t i = 0; items && status == GUICHET_OK && i < gathering.input_count; i++)
		items[i] = &gathering.inputs[i]->item;
	if (items)
		*ret_count = status == GUICHET_OK ? gathering.input_count : 0;
	return items;
}
