/* Who requires whom (DMN 1.5, §6.3.8 to §6.3.12): references by id, in this file or another, and the
 * order in which decisions can be evaluated. */
#include "dmn/inside.h"

#include <assert.h>
#include <stdlib.h>

#include "base/banned.h"

/* ---- references ---- */

static int
compare_id(const void *key, const void *member)
{
	const struct text *id = key;
	const struct element *const *element = member;
	return text_compare(*id, (*element)->id);
}

/* The element of "#id", "namespace#id" or "id". */
static const struct element *
find_reference(const struct reading *reading, const struct definitions *of, struct text href)
{
	const size_t hash = text_find(href, TEXT("#"));
	const struct text space = hash == SIZE_MAX ? TEXT("") : text_part(href, 0, hash);
	const struct text id = hash == SIZE_MAX ? href : text_part(href, hash + 1, SIZE_MAX);
	if (space.length && !text_equal(space, of->space)) {
		const struct dmn_model *model = reading->model;
		size_t i = 0;
		while (i < model->definitions_count && !text_equal(model->definitions[i]->space, space))
			i++;
		if (i == model->definitions_count)
			return NULL;
		of = model->definitions[i];
	}
	struct element *const *found = of->count && id.length
		? bsearch(&id, of->by_id, of->count, sizeof *of->by_id, compare_id) : NULL;
	return found ? *found : NULL;
}

static const struct link {
	const char *outer, *inner; /* outer NULL: stands in the element itself */
	bool admits[DMN_SERVICE + 1];
} links[] = {
	{ "informationRequirement", "requiredInput", { [DMN_INPUT] = true } },
	{ "informationRequirement", "requiredDecision", { [DMN_DECISION] = true } },
	{ "knowledgeRequirement", "requiredKnowledge", { [DMN_KNOWLEDGE] = true, [DMN_SERVICE] = true } },
	{ NULL, "inputData", { [DMN_INPUT] = true } },
	{ NULL, "inputDecision", { [DMN_DECISION] = true } },
	{ NULL, "outputDecision", { [DMN_DECISION] = true } },
	{ NULL, "encapsulatedDecision", { [DMN_DECISION] = true } },
};

enum { FIRST_OF_KNOWLEDGE = 2, FIRST_OF_SERVICE = 3 };

/* The element that a link names, or NULL with a finding. */
static const struct element *
follow(struct reading *reading, const struct element *from, const struct xml *xml, const struct link *link)
{
	const struct text href = text_trim(xml_attribute(xml, "href"));
	const struct element *to = find_reference(reading, from->of, href);
	if (!to)
		reading_mistake(reading, from->of, xml->line, TEXT(""),
			"« " TEXT_FORMAT " » renvoie à « %.*s », qui n’existe pas", TEXT_ARGS(from->item.name),
			(int)(href.length > 100 ? 100 : href.length), href.at ? href.at : "");
	else if (!link->admits[to->item.kind])
		reading_mistake(reading, from->of, xml->line, TEXT(""),
			"« " TEXT_FORMAT " » renvoie à « " TEXT_FORMAT " », qui ne peut pas servir de « %s »",
			TEXT_ARGS(from->item.name), TEXT_ARGS(to->item.name), link->inner);
	else
		return to;
	return NULL;
}

/* Adds to a list of elements unless it is there: `stamps` tells for each rank the last list it is in. */
static void
add_once(const struct element **list, size_t *count, const struct element *element, unsigned *stamps,
	unsigned stamp)
{
	if (stamps[element->rank] == stamp)
		return;
	stamps[element->rank] = stamp;
	list[(*count)++] = element;
}

static bool
read_needs(struct reading *reading, struct element *element, unsigned *stamps)
{
	size_t most = 0;
	XML_EACH(element->xml, requirement)
		XML_EACH(requirement, inner)
			most++;
	element->needs = arena_array_of(reading->arena, const struct element *, most);
	if (!element->needs)
		return reading_broken(reading);
	XML_EACH(element->xml, requirement) {
		/* a function requires functions only: data come by its parameters */
		const size_t first = element->item.kind == DMN_KNOWLEDGE ? FIRST_OF_KNOWLEDGE : 0;
		for (size_t i = first; i < FIRST_OF_SERVICE; i++) {
			const struct xml *inner = xml_is(requirement, element->xml, links[i].outer)
				? xml_inside(requirement, links[i].inner) : NULL;
			const struct element *to = inner ? follow(reading, element, inner, &links[i]) : NULL;
			if (to)
				add_once(element->needs, &element->need_count, to, stamps, element->rank + 1);
		}
	}
	return true;
}

/* Parameters are the input data, then the input decisions, each in the order of writing. */
static bool
read_service(struct reading *reading, struct element *service, unsigned *stamps)
{
	size_t most = 0;
	XML_EACH(service->xml, xml)
		most++;
	service->parameters = arena_array_of(reading->arena, const struct element *, most);
	service->outputs = arena_array_of(reading->arena, const struct element *, most);
	if (!service->parameters || !service->outputs)
		return reading_broken(reading);
	for (size_t i = FIRST_OF_SERVICE; i < sizeof links / sizeof *links; i++) {
		XML_EACH(service->xml, xml) {
			const struct element *to = xml_is(xml, service->xml, links[i].inner)
				? follow(reading, service, xml, &links[i]) : NULL;
			if (to && text_equal(xml->name, TEXT("outputDecision")))
				service->outputs[service->output_count++] = to;
			else if (to && !text_equal(xml->name, TEXT("encapsulatedDecision")))
				add_once(service->parameters, &service->parameter_count, to, stamps, service->rank + 1);
		}
	}
	if (service->output_count == 0)
		reading_mistake(reading, service->of, service->xml->line, TEXT("ajoutez un « outputDecision »"),
			"le service « " TEXT_FORMAT " » ne rend rien", TEXT_ARGS(service->item.name));
	return true;
}

/* ---- order ---- */

/* A decision whose requirements are being walked. */
struct walk {
	struct element *element;
	size_t next;
};

enum { UNSEEN, UNDER_WAY, ORDERED };

static_assert(DMN_MOST_NAMES < UINT16_MAX, "places of values are 16 bits");

/* Puts a decision after those it requires; one that requires itself in the end has no value. */
static void
order_from(struct reading *reading, struct element *first, struct walk *stack, uint8_t *states)
{
	struct dmn_model *model = reading->model;
	size_t depth = 1;
	stack[0] = (struct walk){ first, 0 };
	states[first->rank] = UNDER_WAY;
	while (depth) {
		struct walk *walk = &stack[depth - 1];
		struct element *element = walk->element;
		if (walk->next == element->need_count) {
			states[element->rank] = ORDERED;
			model->order[model->order_count++] = element;
			depth--;
			continue;
		}
		struct element *need = model->elements[element->needs[walk->next++]->rank];
		if (need->item.kind != DMN_DECISION || states[need->rank] == ORDERED)
			continue;
		if (states[need->rank] == UNSEEN) {
			states[need->rank] = UNDER_WAY;
			stack[depth++] = (struct walk){ need, 0 };
			continue;
		}
		reading_mistake(reading, element->of, element->xml->line, TEXT("retirez une de ces exigences"),
			"les décisions « " TEXT_FORMAT " » et « " TEXT_FORMAT " » s’exigent l’une l’autre",
			TEXT_ARGS(element->item.name), TEXT_ARGS(need->item.name));
		element->reason = TEXT("décisions qui s’exigent l’une l’autre");
	}
}

/* What a call of the service evaluates: what its outputs need, as far as its parameters. */
static bool
plan_service(struct reading *reading, struct element *service)
{
	const struct dmn_model *model = reading->model;
	uint16_t *places = arena_array_of(reading->arena, uint16_t, model->count);
	bool *needed = arena_array_of(reading->arena, bool, model->count);
	if (!places || !needed)
		return reading_broken(reading);
	for (size_t i = 0; i < service->parameter_count; i++)
		places[service->parameters[i]->rank] = (uint16_t)++service->place_count;
	for (size_t i = 0; i < service->output_count; i++)
		needed[service->outputs[i]->rank] = true;
	for (size_t i = model->order_count; i-- > 0;) {
		const struct element *decision = model->order[i];
		if (!needed[decision->rank] || places[decision->rank])
			continue;
		service->plan_count++;
		for (size_t j = 0; j < decision->need_count; j++)
			needed[decision->needs[j]->rank] = true;
	}
	service->plan = arena_array_of(reading->arena, const struct element *, service->plan_count);
	if (!service->plan)
		return reading_broken(reading);
	service->plan_count = 0;
	for (size_t i = 0; i < model->order_count; i++) {
		const struct element *decision = model->order[i];
		if (!needed[decision->rank] || places[decision->rank])
			continue;
		places[decision->rank] = (uint16_t)++service->place_count;
		service->plan[service->plan_count++] = decision;
	}
	service->places = places;
	return reading_looks(reading, model->order_count);
}

bool
requirements_read(struct reading *reading)
{
	struct dmn_model *model = reading->model;
	unsigned *stamps = arena_array_of(reading->arena, unsigned, model->count);
	uint8_t *states = arena_array_of(reading->arena, uint8_t, model->count);
	struct walk *stack = arena_array_of(reading->arena, struct walk, model->count);
	model->order = arena_array_of(reading->arena, const struct element *, model->count);
	if (!stamps || !states || !stack || !model->order)
		return reading_broken(reading);
	for (size_t i = 0; i < model->count; i++) {
		struct element *element = model->elements[i];
		if (element->item.kind == DMN_SERVICE ? !read_service(reading, element, stamps)
			: !read_needs(reading, element, stamps))
			return false;
	}
	for (size_t i = 0; i < model->count; i++)
		if (model->elements[i]->item.kind == DMN_DECISION && states[i] == UNSEEN)
			order_from(reading, model->elements[i], stack, states);
	for (size_t i = 0; i < model->count; i++)
		if (model->elements[i]->item.kind == DMN_SERVICE && !plan_service(reading, model->elements[i]))
			return false;
	return true;
}
