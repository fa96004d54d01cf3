/* Evaluation of a model (DMN 1.5, §10.4): the decisions that one needs, each once, in their order. */
#include "dmn/inside.h"

#include "base/banned.h"

/* One evaluation under way: of a decision, or of a service, which knows nothing of what is outside. */
struct pass {
	const struct dmn_model *model;
	struct feel_run *run;      /* what is left of it, and how it ends */
	struct feel_value *values; /* by rank */
	enum { UNKNOWN, NEEDED, KNOWN } *states;
};

static struct feel_value
no_memory(struct feel_run *run)
{
	run->stop = FEEL_NO_MEMORY;
	return feel_null(TEXT("mémoire insuffisante"));
}

/* Evaluates an expression with what is left of a run. */
static struct feel_value
evaluate_within(struct feel_run *run, const struct feel *feel, const struct feel_value *inputs)
{
	const unsigned long most = run->most_steps ? run->most_steps : FEEL_MOST_STEPS;
	if (run->steps >= most)
		run->stop = FEEL_TOO_LONG;
	if (run->stop != FEEL_COMPLETE)
		return feel_null(TEXT("calcul trop long, abandonné"));
	struct feel_run part = { .arena = run->arena, .inputs = inputs, .now = run->now,
		.most_steps = most - run->steps, .depth = run->depth, .trace = run->trace };
	const struct feel_value value = feel_evaluate(feel, &part);
	run->steps += part.steps;
	run->stop = part.stop;
	run->external |= part.external;
	return value;
}

/* ---- what an element sees ---- */

static bool
pass_begin(struct pass *pass, const struct dmn_model *model, struct feel_run *run)
{
	*pass = (struct pass){ .model = model, .run = run };
	pass->values = arena_array_of(run->arena, struct feel_value, model->count);
	pass->states = arena_alloc(run->arena, model->count * sizeof *pass->states);
	return pass->values && pass->states;
}

static struct feel_value
value_of(const struct pass *pass, const struct binding *binding)
{
	if (!binding->element) {
		struct feel_entry *entries = arena_array_of(pass->run->arena, struct feel_entry, binding->inner_count);
		for (size_t i = 0; entries && i < binding->inner_count; i++)
			entries[i] = (struct feel_entry){ binding->inner[i].name, value_of(pass, &binding->inner[i]) };
		return entries ? feel_context(entries, binding->inner_count) : no_memory(pass->run);
	}
	switch (binding->element->item.kind) {
	case DMN_KNOWLEDGE:
	case DMN_SERVICE:
		return binding->element->function;
	case DMN_INPUT:
		if (pass->states[binding->element->rank] != KNOWN)
			return feel_null(TEXT("donnée d’entrée non fournie"));
		break;
	case DMN_DECISION:
		break;
	}
	return pass->values[binding->element->rank];
}

/* The values of what an element sees, with room for `more`; NULL without memory. */
static struct feel_value *
inputs_of(const struct pass *pass, const struct element *element, size_t more)
{
	const struct binding *names = &element->names;
	struct feel_value *inputs = arena_array_of(pass->run->arena, struct feel_value, names->inner_count + more);
	for (size_t i = 0; inputs && i < names->inner_count; i++)
		inputs[i] = value_of(pass, &names->inner[i]);
	return inputs;
}

static void
pass_give(struct pass *pass, const struct element *element, struct feel_value value)
{
	pass->values[element->rank] = value;
	pass->states[element->rank] = KNOWN;
}

static void
evaluate_decision(struct pass *pass, const struct element *decision)
{
	struct feel_value value = feel_null(decision->reason);
	if (decision->feel) {
		const struct feel_value *inputs = inputs_of(pass, decision, 0);
		value = inputs ? evaluate_within(pass->run, decision->feel, inputs) : no_memory(pass->run);
		value = feel_coerce(pass->run, value, decision->item.type);
	}
	pass_give(pass, decision, value);
}

/* Evaluates what is marked as needed, and what that needs, each once. */
static void
pass_run(struct pass *pass)
{
	const struct dmn_model *model = pass->model;
	for (size_t i = model->order_count; i-- > 0;) {
		const struct element *decision = model->order[i];
		if (pass->states[decision->rank] != NEEDED)
			continue;
		for (size_t j = 0; j < decision->need_count; j++) {
			const struct element *need = decision->needs[j];
			if (need->item.kind == DMN_DECISION && pass->states[need->rank] == UNKNOWN)
				pass->states[need->rank] = NEEDED;
		}
	}
	for (size_t i = 0; i < model->order_count && pass->run->stop == FEEL_COMPLETE; i++)
		if (pass->states[model->order[i]->rank] == NEEDED)
			evaluate_decision(pass, model->order[i]);
}

static struct feel_value
stopped(const struct feel_run *run)
{
	return feel_null(run->stop == FEEL_TOO_DEEP ? TEXT("appels de fonctions trop imbriqués, calcul abandonné")
		: run->stop == FEEL_NO_MEMORY ? TEXT("résultat trop grand, calcul abandonné")
		: TEXT("calcul trop long, abandonné"));
}

/* ---- functions ---- */

struct feel_value
evaluate_knowledge(const void *data, struct feel_run *run, const struct feel_value *arguments)
{
	const struct element *knowledge = data;
	const struct pass pass = { .model = knowledge->model, .run = run };
	if (knowledge->external) {
		run->external = true;
		return feel_null(TEXT("fonction écrite dans un autre langage"));
	}
	if (!knowledge->feel)
		return feel_null(knowledge->reason);
	struct feel_value *inputs = inputs_of(&pass, knowledge, knowledge->field_count);
	if (!inputs)
		return no_memory(run);
	for (size_t i = 0; i < knowledge->field_count; i++)
		inputs[knowledge->names.inner_count + i] = arguments[i];
	return evaluate_within(run, knowledge->feel, inputs); /* coerced by whoever calls */
}

struct feel_value
evaluate_service(const void *data, struct feel_run *run, const struct feel_value *arguments)
{
	const struct element *service = data;
	struct pass pass;
	if (!pass_begin(&pass, service->model, run))
		return no_memory(run);
	for (size_t i = 0; i < service->parameter_count; i++)
		pass_give(&pass, service->parameters[i], arguments[i]);
	for (size_t i = 0; i < service->output_count; i++)
		if (pass.states[service->outputs[i]->rank] == UNKNOWN)
			pass.states[service->outputs[i]->rank] = NEEDED;
	pass_run(&pass);
	if (run->stop != FEEL_COMPLETE)
		return stopped(run);
	if (service->output_count == 1)
		return pass.values[service->outputs[0]->rank];
	struct feel_entry *entries = arena_array_of(run->arena, struct feel_entry, service->output_count);
	if (!entries)
		return no_memory(run);
	for (size_t i = 0; i < service->output_count; i++)
		entries[i] = (struct feel_entry){ service->outputs[i]->called, pass.values[service->outputs[i]->rank] };
	return feel_context(entries, service->output_count);
}

/* ---- the doors ---- */

static const struct element *
find_element(const struct dmn_model *model, struct text name)
{
	return (const struct element *)dmn_find(model, name, -1);
}

/* Gives a value to what is called so in a file: an input data, a decision, or, behind the name of an
 * import, one of those it holds, by a path (« Grilles.Indice ») or as entries of a context. */
static bool
give_in(struct pass *pass, const struct definitions *of, struct text name, struct feel_value value,
	unsigned depth)
{
	for (size_t i = 0; i < of->count; i++) {
		const struct element *element = of->elements[i];
		if ((element->item.kind != DMN_INPUT && element->item.kind != DMN_DECISION)
			|| !text_equal(element->item.name, name))
			continue;
		pass_give(pass, element, feel_coerce(pass->run, value, element->item.type));
		return true;
	}
	for (size_t i = 0; i < of->import_count && depth < 3; i++) {
		const struct import *import = &of->imports[i];
		if (!import->of || import->name.length == 0 || !text_starts(name, import->name))
			continue;
		const struct text rest = text_part(name, import->name.length, SIZE_MAX);
		if (text_starts(rest, TEXT("."))
			&& give_in(pass, import->of, text_part(rest, 1, SIZE_MAX), value, depth + 1))
			return true;
		if (rest.length || value.kind != FEEL_CONTEXT)
			continue;
		for (size_t j = 0; j < value.context.count; j++)
			give_in(pass, import->of, value.context.at[j].name, value.context.at[j].value, depth + 1);
		return true;
	}
	return false;
}

static void
give(struct pass *pass, const struct dmn_input *input)
{
	const struct dmn_model *model = pass->model;
	for (size_t i = 0; i < model->definitions_count; i++)
		if ((input->space.length == 0 || text_equal(model->definitions[i]->space, input->space))
			&& give_in(pass, model->definitions[i], input->name, input->value, 0))
			return;
}

/* A run of expressions for a run of ours. */
static struct feel_run
run_begin(struct dmn_run *run)
{
	run->stop = FEEL_COMPLETE;
	run->steps = 0;
	run->external = false;
	return (struct feel_run){ .arena = run->arena, .now = run->now, .most_steps = run->most_steps };
}

static struct feel_value
run_end(struct dmn_run *run, const struct feel_run *done, struct feel_value value)
{
	run->stop = done->stop;
	run->steps = done->steps;
	run->external = done->external;
	return done->stop == FEEL_COMPLETE ? value : stopped(done);
}

struct feel_value
dmn_evaluate(const struct dmn_model *model, struct text name, struct dmn_run *run)
{
	const struct element *element = find_element(model, name);
	struct feel_run inner = run_begin(run);
	struct pass pass;
	if (!element)
		return feel_null(TEXT("le modèle n’a rien de ce nom"));
	if (element->item.kind == DMN_KNOWLEDGE || element->item.kind == DMN_SERVICE)
		return element->function;
	if (!pass_begin(&pass, model, &inner))
		return run_end(run, &inner, no_memory(&inner));
	for (size_t i = 0; i < run->input_count; i++)
		give(&pass, &run->inputs[i]);
	if (pass.states[element->rank] == UNKNOWN) {
		pass.values[element->rank] = feel_null(TEXT("donnée d’entrée non fournie"));
		pass.states[element->rank] = NEEDED;
	}
	pass_run(&pass);
	return run_end(run, &inner, pass.values[element->rank]);
}

struct feel_value
dmn_invoke(const struct dmn_model *model, struct text name, struct dmn_run *run)
{
	const struct element *element = find_element(model, name);
	struct feel_run inner = run_begin(run);
	if (!element || (element->item.kind != DMN_KNOWLEDGE && element->item.kind != DMN_SERVICE))
		return feel_null(TEXT("le modèle n’a pas de fonction de ce nom"));
	const struct feel_type *type = element->item.type;
	struct feel_value *arguments = arena_array_of(run->arena, struct feel_value, type->field_count);
	if (!arguments)
		return run_end(run, &inner, no_memory(&inner));
	for (size_t i = 0; i < type->field_count; i++) {
		arguments[i] = feel_null(TEXT("donnée d’entrée non fournie"));
		for (size_t j = 0; j < run->input_count; j++)
			if (text_equal(run->inputs[j].name, type->fields[i].name))
				arguments[i] = feel_coerce(&inner, run->inputs[j].value, type->fields[i].type);
	}
	const struct feel_value value = element->item.kind == DMN_SERVICE
		? evaluate_service(element, &inner, arguments) : evaluate_knowledge(element, &inner, arguments);
	return run_end(run, &inner, feel_coerce(&inner, value, element->result));
}
