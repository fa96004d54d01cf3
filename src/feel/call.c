/* Functions made, called, and given arguments of the types they declare. DMN 1.5, §10.3.2. */
#include "feel/evaluation.h"

#include "base/banned.h"

struct feel_value
evaluate_function_made(struct evaluation *evaluation, const struct node *node)
{
	struct feel_function *function = arena_new_of(evaluation->arena, struct feel_function);
	struct feel_value *captured = arena_array_of(evaluation->arena, struct feel_value, node->local);
	if (!function || !captured)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (node->local)
		memcpy(captured, evaluation->locals, node->local * sizeof *captured);
	function->node = node;
	function->captured = captured;
	function->inputs = evaluation->inputs;
	function->source = evaluation->source;
	const struct feel_value value = { .kind = FEEL_FUNCTION, .function = function };
	if (node->self)
		captured[node->self - 1] = value;
	return value;
}

struct feel_value
evaluate_builtin(struct evaluation *evaluation, struct text name, const struct feel_value *arguments,
	const struct text *names, size_t count)
{
	const struct builtin *choices[16];
	size_t choice_count = 0;
	for (size_t i = 0; i < builtin_count && choice_count < 16; i++)
		if (text_equal(builtins[i].name, name))
			choices[choice_count++] = &builtins[i];
	return builtin_call(evaluation, choices, choice_count, arguments, names, count);
}

struct feel_value
evaluate_coerced(struct evaluation *evaluation, struct feel_value value, const struct feel_type *type)
{
	if (value.kind == FEEL_NULL || (value.kind == type->kind && value.kind < FEEL_LIST && !type->words
		&& !type->allowed))
		return value; /* the most frequent, for free */
	struct feel_run lent = evaluation_lend(evaluation);
	const struct feel_value coerced = feel_coerce(&lent, value, type);
	return evaluation_settle(evaluation, &lent) ? coerced : evaluation_stop(evaluation, FEEL_TOO_LONG);
}

/* The place of each argument among the parameters of the function type; count when it has none. */
static size_t
parameter_place(const struct feel_type *type, size_t position, struct text name)
{
	if (name.length == 0)
		return position;
	size_t place = 0;
	while (place < type->field_count && !text_equal(type->fields[place].name, name))
		place++;
	return place;
}

/* Puts the arguments in the order of the parameters, each as its declared type; true, or false with
 * the null to give instead. */
static bool
order_arguments(struct evaluation *evaluation, const struct feel_type *type,
	const struct feel_value *arguments, const struct text *names, size_t count, struct feel_value *ret_ordered,
	struct feel_value *ret_null)
{
	if (count != type->field_count) {
		*ret_null = feel_null(TEXT("nombre d’arguments différent de celui des paramètres"));
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const size_t place = parameter_place(type, i, names ? names[i] : TEXT(""));
		if (place == count) {
			*ret_null = evaluation_null(evaluation, "paramètre inconnu « " TEXT_FORMAT " »", TEXT_ARGS(names[i]));
			return false;
		}
		const struct feel_field *field = &type->fields[place];
		ret_ordered[place] = evaluate_coerced(evaluation, arguments[i], field->type);
		if (ret_ordered[place].kind == FEEL_NULL && arguments[i].kind != FEEL_NULL) {
			*ret_null = evaluation_null(evaluation, "« " TEXT_FORMAT " » n’est pas du type attendu",
				TEXT_ARGS(field->name));
			return false;
		}
	}
	return true;
}

static struct feel_value
call_function(struct evaluation *evaluation, const struct feel_function *function,
	const struct feel_value *arguments, const struct text *names, size_t count)
{
	const struct node *node = function->node;
	struct feel_value *locals = arena_array_of(evaluation->arena, struct feel_value, node->locals);
	struct feel_value refusal;
	if (!locals)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (node->local)
		memcpy(locals, function->captured, node->local * sizeof *locals);
	if (!order_arguments(evaluation, node->type, arguments, names, count, locals + node->local, &refusal))
		return refusal;
	const unsigned height = node->left->height;
	if (evaluation->depth + height > FEEL_MOST_DEPTH)
		return evaluation_stop(evaluation, FEEL_TOO_DEEP);
	struct feel_value *const outer = evaluation->locals;
	const struct feel_value *const inputs = evaluation->inputs;
	const struct text source = evaluation->source;
	evaluation->locals = locals;
	evaluation->inputs = function->inputs;
	evaluation->source = function->source;
	evaluation->depth += height;
	if (evaluation->trace)
		trace_call(evaluation, node->type, locals + node->local);
	const struct feel_value value = evaluate_node(evaluation, node->left);
	if (evaluation->trace)
		trace_close(evaluation);
	evaluation->depth -= height;
	evaluation->source = source;
	evaluation->inputs = inputs;
	evaluation->locals = outer;
	return value;
}

/* What a native may itself call is deeper by what its own frames may take. */
enum { NATIVE_DEPTH = 8 };

static struct feel_value
call_native(struct evaluation *evaluation, const struct feel_function *function,
	const struct feel_value *arguments, const struct text *names, size_t count)
{
	struct feel_value refusal;
	struct feel_value *ordered = arena_array_of(evaluation->arena, struct feel_value, count);
	if (!ordered)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (!order_arguments(evaluation, function->type, arguments, names, count, ordered, &refusal))
		return refusal;
	if (evaluation->depth + NATIVE_DEPTH > FEEL_MOST_DEPTH)
		return evaluation_stop(evaluation, FEEL_TOO_DEEP);
	struct feel_run lent = evaluation_lend(evaluation);
	lent.depth += NATIVE_DEPTH;
	lent.trace = evaluation->trace;
	const struct feel_value value = function->native(function->data, &lent, ordered);
	if (!evaluation_settle(evaluation, &lent))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	return function->type->of ? evaluate_coerced(evaluation, value, function->type->of) : value;
}

bool
feel_native_new(struct arena *arena, const struct feel_type *type, feel_native *call, const void *data,
	struct feel_value *ret_function)
{
	struct feel_function *function = arena_new_of(arena, struct feel_function);
	if (!function)
		return false;
	*function = (struct feel_function){ .native = call, .data = data, .type = type };
	*ret_function = (struct feel_value){ .kind = FEEL_FUNCTION, .function = function };
	return true;
}

struct feel_value
evaluate_function(struct evaluation *evaluation, struct feel_value function,
	const struct feel_value *arguments, const struct text *names, size_t count)
{
	if (function.kind != FEEL_FUNCTION)
		return function.kind == FEEL_NULL ? function
			: feel_null(TEXT("appel d’une valeur qui n’est pas une fonction"));
	if (function.function->node)
		return call_function(evaluation, function.function, arguments, names, count);
	if (function.function->native)
		return call_native(evaluation, function.function, arguments, names, count);
	return evaluate_builtin(evaluation, function.function->builtin, arguments, names, count);
}

/* A call, of a function or of a builtin. */
struct feel_value
evaluate_call(struct evaluation *evaluation, const struct node *node)
{
	struct feel_value few[6], *arguments = few;
	if (node->count > 6)
		arguments = arena_array_of(evaluation->arena, struct feel_value, node->count);
	if (!arguments)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	struct feel_value function = { 0 };
	if (node->kind == NODE_CALL)
		function = evaluate_node(evaluation, node->left);
	for (uint32_t i = 0; i < node->count; i++)
		arguments[i] = evaluate_node(evaluation, node->parts[i]);
	if (evaluation_is_stopped(evaluation))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	if (node->kind == NODE_CALL)
		return evaluate_function(evaluation, function, arguments, node->names, node->count);
	evaluation->calendar = evaluation->run->calendar ? evaluation->run->calendar : node->builtin.calendar;
	return builtin_call(evaluation, node->builtin.choices, node->builtin.choice_count, arguments, node->names,
		node->count);
}
