/* Evaluation of a model (DMN 1.5, §10.4): the decisions that one needs, each once, in their order. */
#include "dmn/inside.h"

#include "base/banned.h"

/* One evaluation under way: of a decision, or of a service, which knows nothing of what is outside. */
struct pass {
	struct feel_run *run;      /* what is left of it, and how it ends */
	const uint16_t *places;    /* by rank, in `values`; NULL: the ranks themselves */
	struct feel_value *values;
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

static struct feel_value *
value_at(const struct pass *pass, const struct element *element)
{
	return &pass->values[pass->places ? pass->places[element->rank] : element->rank];
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
	if (binding->element->item.kind == DMN_KNOWLEDGE || binding->element->item.kind == DMN_SERVICE)
		return binding->element->function;
	return *value_at(pass, binding->element);
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
evaluate_decision(const struct pass *pass, const struct element *decision)
{
	struct feel_value value = feel_null(decision->reason);
	if (decision->feel) {
		const struct feel_value *inputs = inputs_of(pass, decision, 0);
		value = inputs ? evaluate_within(pass->run, decision->feel, inputs) : no_memory(pass->run);
		value = feel_coerce(pass->run, value, decision->item.type);
	}
	*value_at(pass, decision) = value;
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
	const struct pass pass = { .run = run }; /* a function sees other functions and its parameters */
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
	const struct pass pass = { run, service->places,
		arena_array_of(run->arena, struct feel_value, service->place_count + 1) };
	if (!pass.values)
		return no_memory(run);
	pass.values[0] = feel_null(TEXT("donnée d’entrée que le service ne reçoit pas"));
	for (size_t i = 0; i < service->parameter_count; i++)
		*value_at(&pass, service->parameters[i]) = arguments[i];
	for (size_t i = 0; i < service->plan_count && run->stop == FEEL_COMPLETE; i++)
		evaluate_decision(&pass, service->plan[i]);
	if (run->stop != FEEL_COMPLETE)
		return stopped(run);
	if (service->output_count == 1)
		return *value_at(&pass, service->outputs[0]);
	struct feel_entry *entries = arena_array_of(run->arena, struct feel_entry, service->output_count);
	if (!entries)
		return no_memory(run);
	for (size_t i = 0; i < service->output_count; i++)
		entries[i] = (struct feel_entry){ service->outputs[i]->called, *value_at(&pass, service->outputs[i]) };
	return feel_context(entries, service->output_count);
}

/* ---- the doors ---- */

static const struct element *
find_element(const struct dmn_model *model, struct text name)
{
	return (const struct element *)dmn_find(model, name, -1);
}

/* What is known of each element, by rank. */
enum { UNKNOWN, NEEDED, KNOWN };

struct asked {
	const struct dmn_model *model;
	struct pass pass;
	uint8_t *states;
};

static bool
ask(struct asked *asked, const struct dmn_model *model, struct feel_run *run)
{
	*asked = (struct asked){ model, { .run = run, .values = arena_array_of(run->arena, struct feel_value,
		model->count) }, arena_array_of(run->arena, uint8_t, model->count) };
	if (!asked->pass.values || !asked->states)
		return false;
	for (size_t i = 0; i < model->count; i++)
		if (model->elements[i]->item.kind == DMN_INPUT)
			asked->pass.values[i] = feel_null(TEXT("donnée d’entrée non fournie"));
	return true;
}

/* Evaluates what is marked as needed, and what that needs, each once. */
static void
answer(struct asked *asked)
{
	const struct dmn_model *model = asked->model;
	for (size_t i = model->order_count; i-- > 0;) {
		const struct element *decision = model->order[i];
		if (asked->states[decision->rank] != NEEDED)
			continue;
		for (size_t j = 0; j < decision->need_count; j++)
			if (asked->states[decision->needs[j]->rank] == UNKNOWN)
				asked->states[decision->needs[j]->rank] = NEEDED;
	}
	for (size_t i = 0; i < model->order_count && asked->pass.run->stop == FEEL_COMPLETE; i++)
		if (asked->states[model->order[i]->rank] == NEEDED)
			evaluate_decision(&asked->pass, model->order[i]);
}

/* Gives a value to what is called so in a file: an input data, a decision, or, behind the name of an
 * import, one of those it holds, by a path (« Grilles.Indice ») or as entries of a context. */
static bool
give_in(struct asked *asked, const struct definitions *of, struct text name, struct feel_value value,
	unsigned depth)
{
	for (size_t i = 0; i < of->count; i++) {
		const struct element *element = of->elements[i];
		if ((element->item.kind != DMN_INPUT && element->item.kind != DMN_DECISION)
			|| !text_equal(element->item.name, name))
			continue;
		asked->pass.values[element->rank] = feel_coerce(asked->pass.run, value, element->item.type);
		asked->states[element->rank] = KNOWN;
		return true;
	}
	for (size_t i = 0; i < of->import_count && depth < 3; i++) {
		const struct import *import = &of->imports[i];
		if (!import->of || import->name.length == 0 || !text_starts(name, import->name))
			continue;
		const struct text rest = text_part(name, import->name.length, SIZE_MAX);
		if (text_starts(rest, TEXT("."))
			&& give_in(asked, import->of, text_part(rest, 1, SIZE_MAX), value, depth + 1))
			return true;
		if (rest.length || value.kind != FEEL_CONTEXT)
			continue;
		for (size_t j = 0; j < value.context.count; j++)
			give_in(asked, import->of, value.context.at[j].name, value.context.at[j].value, depth + 1);
		return true;
	}
	return false;
}

static void
give(struct asked *asked, const struct dmn_input *input)
{
	const struct dmn_model *model = asked->model;
	for (size_t i = 0; i < model->definitions_count; i++)
		if ((input->space.length == 0 || text_equal(model->definitions[i]->space, input->space))
			&& give_in(asked, model->definitions[i], input->name, input->value, 0))
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
	struct asked asked;
	if (!element)
		return feel_null(TEXT("le modèle n’a rien de ce nom"));
	if (element->item.kind == DMN_KNOWLEDGE || element->item.kind == DMN_SERVICE)
		return element->function;
	if (!ask(&asked, model, &inner))
		return run_end(run, &inner, no_memory(&inner));
	for (size_t i = 0; i < run->input_count; i++)
		give(&asked, &run->inputs[i]);
	if (asked.states[element->rank] == UNKNOWN)
		asked.states[element->rank] = NEEDED;
	answer(&asked);
	return run_end(run, &inner, asked.pass.values[element->rank]);
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
