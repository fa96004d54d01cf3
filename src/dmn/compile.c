/* From what is written to what is evaluated: types of items, functions of business knowledge models
 * and services, the names that each element sees (exactly what it requires: DMN 1.5, §10.4), its logic. */
#include "dmn/inside.h"

#include "base/banned.h"

enum { MOST_IMPORTS_IN_A_PATH = 3 };

/* ---- types of items ---- */

/* What a function gives: its declared type may be that of the function or of the result. */
static const struct feel_type *
result_of(const struct feel_type *type)
{
	return type && type->kind == FEEL_FUNCTION ? type->of ? type->of : &feel_type_any : type;
}

static bool
read_knowledge_type(struct reading *reading, struct element *element, const struct feel_type *declared)
{
	const struct xml *logic = xml_inside(element->xml, "encapsulatedLogic");
	struct feel_type *type = arena_new_of(reading->arena, struct feel_type);
	struct feel_field *fields = NULL;
	if (!type)
		return reading_broken(reading);
	if (logic && !boxes_parameters(reading, element->of, logic, &fields, &element->field_count))
		return false;
	if (declared->kind == FEEL_ANY && logic)
		declared = type_of_attribute(reading, element->of, logic, declared);
	if (!declared)
		return false;
	element->fields = fields;
	element->external = logic && boxes_external(logic);
	element->result = result_of(declared);
	*type = (struct feel_type){ .kind = FEEL_FUNCTION, .of = element->result, .fields = element->fields,
		.field_count = element->field_count };
	element->item.type = type;
	return true;
}

bool
items_read(struct reading *reading)
{
	for (size_t i = 0; i < reading->model->count; i++) {
		struct element *element = reading->model->elements[i];
		const struct feel_type *type = type_of_attribute(reading, element->of,
			xml_inside(element->xml, "variable"), &feel_type_any);
		if (!type)
			return false;
		element->item.type = type;
		if (element->item.kind == DMN_KNOWLEDGE && !read_knowledge_type(reading, element, type))
			return false;
	}
	return true;
}

/* A context of the names and types of elements; NULL without memory. */
static const struct feel_type *
type_of_elements(struct reading *reading, const struct element **elements, size_t count,
	struct feel_field **ret_fields)
{
	struct feel_field *fields = arena_array_of(reading->arena, struct feel_field, count);
	if (!fields)
		return reading_broken(reading), NULL;
	for (size_t i = 0; i < count; i++)
		fields[i] = (struct feel_field){ elements[i]->called, elements[i]->item.type };
	const struct feel_type *type = feel_type_context_of(reading->arena, fields, count);
	if (!type)
		return reading_broken(reading), NULL;
	*ret_fields = fields;
	return type;
}

static bool
read_service_type(struct reading *reading, struct element *service)
{
	struct feel_field *parameters, *outputs;
	struct feel_type *type = arena_new_of(reading->arena, struct feel_type);
	const struct feel_type *several = type_of_elements(reading, service->outputs, service->output_count,
		&outputs);
	if (!type || !several
		|| !type_of_elements(reading, service->parameters, service->parameter_count, &parameters))
		return reading_broken(reading);
	service->result = result_of(service->item.type);
	if (service->result->kind == FEEL_ANY)
		service->result = service->output_count == 1 ? service->outputs[0]->item.type
			: service->output_count ? several : &feel_type_any;
	*type = (struct feel_type){ .kind = FEEL_FUNCTION, .of = service->result, .fields = parameters,
		.field_count = service->parameter_count };
	service->item.type = type;
	return true;
}

/* ---- names ---- */

static struct binding *
find_inner(struct binding *binding, struct text name)
{
	for (size_t i = 0; i < binding->inner_count; i++)
		if (text_equal(binding->inner[i].name, name))
			return &binding->inner[i];
	return NULL;
}

/* The new inner name, or NULL without memory. */
static struct binding *
add_inner(struct reading *reading, struct binding *binding, struct text name)
{
	if (binding->inner_count == binding->inner_capacity) {
		const size_t capacity = binding->inner_capacity ? binding->inner_capacity * 2 : 4;
		struct binding *inner = arena_array_of(reading->arena, struct binding, capacity);
		if (!inner)
			return reading_broken(reading), NULL;
		if (binding->inner_count)
			memcpy(inner, binding->inner, binding->inner_count * sizeof *inner);
		binding->inner = inner;
		binding->inner_capacity = capacity;
	}
	struct binding *added = &binding->inner[binding->inner_count++];
	*added = (struct binding){ .name = name };
	return added;
}

/* The imports that lead from one file to another, the closest way first. */
static bool
find_path(struct reading *reading, const struct definitions *from, const struct definitions *to,
	unsigned most, const struct import **path, unsigned depth, unsigned *ret_length)
{
	if (!reading_looks(reading, from->import_count + 1))
		return false;
	for (size_t i = 0; i < from->import_count; i++) {
		if (!from->imports[i].of)
			continue;
		path[depth] = &from->imports[i];
		if (from->imports[i].of == to) {
			*ret_length = depth + 1;
			return true;
		}
	}
	for (size_t i = 0; i < from->import_count && depth + 1 < most; i++) {
		if (!from->imports[i].of)
			continue;
		path[depth] = &from->imports[i];
		if (find_path(reading, from->imports[i].of, to, most, path, depth + 1, ret_length))
			return true;
	}
	return false;
}

/* Gives `element` the name of something it requires. */
static bool
bind(struct reading *reading, struct element *element, const struct element *to)
{
	const struct import *path[MOST_IMPORTS_IN_A_PATH];
	unsigned length = 0, most = 1;
	struct binding *group = &element->names;
	if (!reading_looks(reading, group->inner_count + 1))
		return false;
	if (to->of != element->of)
		while (most <= MOST_IMPORTS_IN_A_PATH
			&& !find_path(reading, element->of, to->of, most, path, 0, &length))
			most++;
	if (to->of != element->of && most > MOST_IMPORTS_IN_A_PATH) {
		reading_mistake(reading, element->of, element->xml->line, TEXT("importez son modèle"),
			"« " TEXT_FORMAT " » exige « " TEXT_FORMAT " » d’un modèle qui n’est pas importé",
			TEXT_ARGS(element->item.name), TEXT_ARGS(to->item.name));
		return true;
	}
	for (unsigned i = 0; i < length; i++) {
		if (path[i]->name.length == 0)
			continue;
		struct binding *inner = find_inner(group, path[i]->name);
		if (!inner && !(inner = add_inner(reading, group, path[i]->name)))
			return false;
		if (inner->element)
			goto twice;
		group = inner;
	}
	if (!find_inner(group, to->called)) {
		struct binding *added = add_inner(reading, group, to->called);
		if (!added)
			return false;
		added->element = to;
		added->type = to->shown;
		return true;
	}
twice:
	reading_mistake(reading, element->of, element->xml->line, TEXT("renommez-en une"),
		"deux des choses que « " TEXT_FORMAT " » exige s’appellent « " TEXT_FORMAT " »",
		TEXT_ARGS(element->item.name), TEXT_ARGS(to->called));
	return true;
}

/* Types the groups, from inside out. */
static bool
type_groups(struct reading *reading, struct binding *binding)
{
	struct feel_field *fields = arena_array_of(reading->arena, struct feel_field, binding->inner_count);
	if (!fields)
		return reading_broken(reading);
	for (size_t i = 0; i < binding->inner_count; i++) {
		struct binding *inner = &binding->inner[i];
		if (!inner->element && !type_groups(reading, inner))
			return false;
		fields[i] = (struct feel_field){ inner->name, inner->type };
	}
	binding->type = feel_type_context_of(reading->arena, fields, binding->inner_count);
	return binding->type || reading_broken(reading);
}

/* Declares a name; false without memory. A refused one cannot be read by any expression. */
static bool
declare(struct reading *reading, const struct element *element, struct feel_scope *scope, struct text name,
	const struct feel_type *type, bool *ret_declared)
{
	struct guichet_error error;
	unsigned slot;
	const enum guichet_status status = feel_scope_add(scope, name, type, &slot, &error);
	*ret_declared = status == GUICHET_OK;
	if (status == GUICHET_BROKEN)
		return reading_broken(reading);
	if (status == GUICHET_REFUSED)
		reading_mistake(reading, element->of, element->xml->line, TEXT(""), "« " TEXT_FORMAT " » : %s",
			TEXT_ARGS(element->item.name), error.message);
	return true;
}

/* The scope of an element's logic; its slots are the names inside element->names, then the parameters.
 * NULL without memory. */
static struct feel_scope *
scope_of(struct reading *reading, struct element *element)
{
	struct binding *names = &element->names;
	struct feel_scope *scope = feel_scope_new(reading->arena, element->of->scope);
	size_t kept = 0;
	for (size_t i = 0; i < element->need_count; i++)
		if (!bind(reading, element, element->needs[i]))
			return NULL;
	/* what is called again inside itself */
	if (element->item.kind == DMN_KNOWLEDGE && !find_inner(names, element->called)
		&& !bind(reading, element, element))
		return NULL;
	if (!scope || !type_groups(reading, names))
		return reading_broken(reading), NULL;
	for (size_t i = 0; i < names->inner_count; i++) {
		bool declared;
		if (!declare(reading, element, scope, names->inner[i].name, names->inner[i].type, &declared))
			return NULL;
		if (declared)
			names->inner[kept++] = names->inner[i];
	}
	names->inner_count = kept;
	return scope;
}

/* ---- logic ---- */

/* A business knowledge model's parameters hide what it requires. NULL without memory. */
static struct feel_scope *
scope_of_parameters(struct reading *reading, struct element *element, const struct feel_scope *outer)
{
	struct feel_scope *scope = feel_scope_new(reading->arena, outer);
	if (!scope)
		return reading_broken(reading), NULL;
	for (size_t i = 0; i < element->field_count; i++) {
		bool declared;
		if (!declare(reading, element, scope, element->fields[i].name, element->fields[i].type, &declared))
			return NULL;
		if (!declared) {
			element->reason = TEXT("paramètre mal nommé");
			return scope;
		}
	}
	return scope;
}

/* Where nothing is declared, what the logic gives is what others see: its entries have names, which may
 * hold spaces. */
static bool
show(struct reading *reading, struct element *element)
{
	const struct feel_type *type = element->feel ? feel_type_of(element->feel) : &feel_type_any;
	const bool has_names = type->kind == FEEL_CONTEXT || type->kind == FEEL_LIST || type->kind == FEEL_FUNCTION;
	const struct feel_type *declared = element->item.kind == DMN_DECISION ? element->item.type
		: element->result;
	if (declared->kind != FEEL_ANY || (!has_names && reading->findings->lenient))
		return true;
	element->shown = type;
	if (element->item.kind == DMN_DECISION)
		return true;
	struct feel_type *function = arena_new_of(reading->arena, struct feel_type);
	if (!function)
		return reading_broken(reading);
	*function = *element->item.type;
	function->of = type;
	element->shown = function;
	return true;
}

static bool
read_logic(struct reading *reading, struct element *element)
{
	const struct xml *xml = element->item.kind == DMN_DECISION ? element->xml
		: xml_inside(element->xml, "encapsulatedLogic");
	struct feel_scope *scope = scope_of(reading, element);
	if (scope && element->item.kind == DMN_KNOWLEDGE)
		scope = scope_of_parameters(reading, element, scope);
	if (!scope)
		return false;
	if (element->external)
		reading_mistake(reading, element->of, xml->line, TEXT("écrivez-la en FEEL"),
			"la fonction « " TEXT_FORMAT " » est écrite dans un autre langage",
			TEXT_ARGS(element->item.name));
	if (element->external || element->reason.length)
		return true;
	if (xml && !boxes_read(reading, element->of, xml, &element->box))
		return false;
	if (!element->box) {
		element->reason = TEXT("rien n’est écrit pour la calculer");
		return true;
	}
	*reading->feel = (struct feel_findings){ .lenient = reading->findings->lenient };
	element->feel = feel_read_box(reading->arena, scope, element->box, reading->feel);
	const struct text reason = reading_mistakes_of_feel(reading, element->of, element->xml,
		element->item.kind == DMN_DECISION ? "décision" : "fonction", element->item.name);
	if (!element->feel)
		element->reason = reason.length ? reason : TEXT("expression illisible");
	return !reading->findings->broken && show(reading, element);
}

/* Reads the logic of a business knowledge model after that of those it requires, except where they
 * require each other. */
static bool
read_knowledge(struct reading *reading, struct element *element)
{
	element->begun = true;
	for (size_t i = 0; i < element->need_count; i++) {
		struct element *need = reading->model->elements[element->needs[i]->rank];
		if (need->item.kind == DMN_KNOWLEDGE && !need->begun && !read_knowledge(reading, need))
			return false;
	}
	return read_logic(reading, element);
}

bool
logic_read(struct reading *reading)
{
	const struct dmn_model *model = reading->model;
	for (size_t i = 0; i < model->count; i++) {
		struct element *element = model->elements[i];
		if (element->item.kind == DMN_SERVICE && !read_service_type(reading, element))
			return false;
		element->shown = element->item.type;
	}
	for (size_t i = 0; i < model->count; i++) {
		struct element *element = model->elements[i];
		if (element->item.kind != DMN_KNOWLEDGE && element->item.kind != DMN_SERVICE)
			continue;
		if (!feel_native_new(reading->arena, element->item.type,
			element->item.kind == DMN_SERVICE ? evaluate_service : evaluate_knowledge, element,
			&element->function))
			return reading_broken(reading);
	}
	for (size_t i = 0; i < model->count; i++) {
		struct element *element = model->elements[i];
		if (element->item.kind == DMN_KNOWLEDGE && !element->begun && !read_knowledge(reading, element))
			return false;
	}
	for (size_t i = 0; i < model->order_count; i++)
		if (!read_logic(reading, model->elements[model->order[i]->rank]))
			return false;
	return true;
}
