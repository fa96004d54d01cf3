/* The evaluator: one walk of the typed tree. Nothing here fails: what has no value is null
 * with a reason, and what costs too much ends the whole evaluation. DMN 1.5, §10.3.2. The work on values is
 * in arithmetic.c, entry.c, iterate.c, call.c and hit.c; what is counted, in evaluation.c. */
#include "feel/evaluation.h"

#include "feel/number.h"

#include "base/banned.h"

/* ---- comparison and logic ---- */

struct feel_value
evaluate_equal(struct evaluation *evaluation, struct feel_value a, struct feel_value b)
{
	unsigned long steps = 0;
	const struct feel_value same = feel_equal_counting(a, b, &steps);
	return evaluation_steps(evaluation, steps) ? same : evaluation_stop(evaluation, FEEL_TOO_LONG);
}

bool
evaluate_order(struct evaluation *evaluation, struct feel_value a, struct feel_value b, int *ret_order)
{
	if (a.kind == FEEL_STRING && b.kind == FEEL_STRING) {
		const size_t shared = a.string.length < b.string.length ? a.string.length : b.string.length;
		if (shared > FEEL_BYTES_A_STEP && !evaluation_steps(evaluation, shared / FEEL_BYTES_A_STEP))
			return false;
	}
	return feel_order(a, b, ret_order);
}

static struct feel_value
compare(struct evaluation *evaluation, enum node_kind kind, struct feel_value a, struct feel_value b)
{
	if (kind == NODE_EQUAL || kind == NODE_DIFFERENT) {
		struct feel_value same = evaluate_equal(evaluation, a, b);
		if (same.kind == FEEL_BOOLEAN && kind == NODE_DIFFERENT)
			same.boolean = !same.boolean;
		return same;
	}
	if (a.kind == FEEL_NULL || b.kind == FEEL_NULL)
		return feel_null(TEXT("comparaison avec une valeur absente"));
	int order;
	if (!evaluate_order(evaluation, a, b, &order))
		return feel_null(TEXT("comparaison de valeurs qui n’ont pas d’ordre commun"));
	switch (kind) {
	case NODE_LESS: return feel_boolean(order < 0);
	case NODE_LESS_EQUAL: return feel_boolean(order <= 0);
	case NODE_GREATER: return feel_boolean(order > 0);
	default: return feel_boolean(order >= 0);
	}
}

static struct feel_value
compare_numbers(enum node_kind kind, struct feel_number a, struct feel_number b)
{
	switch (kind) {
	case NODE_EQUAL: return feel_boolean(number_equal(a, b));
	case NODE_DIFFERENT: return feel_boolean(!number_equal(a, b));
	case NODE_LESS: return feel_boolean(number_compare(a, b) < 0);
	case NODE_LESS_EQUAL: return feel_boolean(number_compare(a, b) <= 0);
	case NODE_GREATER: return feel_boolean(number_compare(a, b) > 0);
	default: return feel_boolean(number_compare(a, b) >= 0);
	}
}

/* false wins over null in a conjunction, true in a disjunction. */
static struct feel_value
logic(struct evaluation *evaluation, const struct node *node, struct feel_value left)
{
	const bool winner = node->kind == NODE_OR;
	if (left.kind == FEEL_BOOLEAN && left.boolean == winner)
		return left;
	const struct feel_value right = evaluate_node(evaluation, node->right);
	if (right.kind == FEEL_BOOLEAN && right.boolean == winner)
		return right;
	if (left.kind == FEEL_BOOLEAN && right.kind == FEEL_BOOLEAN)
		return feel_boolean(!winner);
	return evaluation_not_a_condition(left.kind == FEEL_BOOLEAN ? right : left);
}

/* ---- chains: walked, not nested ---- */

/* An explanation tells each step of a chain, when it is short and nesting the steps is safe. */
enum { MOST_TRACED_HEIGHT = 8, MOST_TRACED_DEPTH = 90 };

static bool
is_nested(const struct evaluation *evaluation, const struct node *node)
{
	return !node->links || (evaluation->trace && node->height <= MOST_TRACED_HEIGHT
		&& evaluation->depth <= MOST_TRACED_DEPTH);
}

/* The operators of a chain, the last to be evaluated first; what they begin with. */
static struct feel_value
begin_chain(struct evaluation *evaluation, const struct node *node, const struct node *chain[MOST_LINKS + 1])
{
	for (unsigned i = 0; i <= node->links; i++)
		chain[i] = i ? chain[i - 1]->left : node;
	evaluation_steps(evaluation, node->links);
	return evaluate_node(evaluation, chain[node->links]->left);
}

static struct feel_value
calculate(struct evaluation *evaluation, const struct node *node, struct feel_value left)
{
	const struct feel_value right = evaluate_node(evaluation, node->right);
	if (left.kind == FEEL_NUMBER && right.kind == FEEL_NUMBER)
		return arithmetic_of_numbers(node->kind, left.number, right.number);
	return arithmetic_of(evaluation, node->kind, left, right);
}

static struct feel_value
evaluate_chain(struct evaluation *evaluation, const struct node *node)
{
	const struct node *chain[MOST_LINKS + 1];
	struct feel_value value = begin_chain(evaluation, node, chain);
	const bool calculates = node_is_arithmetic(node);
	for (unsigned i = node->links + 1u; i-- > 0;)
		value = calculates ? calculate(evaluation, chain[i], value) : logic(evaluation, chain[i], value);
	return value;
}

/* ---- tests ---- */

static struct feel_value
both(struct feel_value a, struct feel_value b)
{
	if (a.kind == FEEL_BOOLEAN && !a.boolean)
		return a;
	if (b.kind == FEEL_BOOLEAN && !b.boolean)
		return b;
	return a.kind == FEEL_NULL ? a : b;
}

static struct feel_value
range_holds(struct evaluation *evaluation, struct feel_value range, struct feel_value value)
{
	const struct feel_range *bounds = range.range;
	struct feel_value above = feel_boolean(true), below = feel_boolean(true);
	if (bounds->low.kind == FEEL_NULL && bounds->high.kind == FEEL_NULL)
		return feel_null(TEXT("intervalle sans bornes"));
	if (bounds->low.kind != FEEL_NULL)
		above = compare(evaluation, bounds->low_open ? NODE_GREATER : NODE_GREATER_EQUAL, value, bounds->low);
	if (bounds->high.kind != FEEL_NULL)
		below = compare(evaluation, bounds->high_open ? NODE_LESS : NODE_LESS_EQUAL, value, bounds->high);
	return both(above, below);
}

/* `tested` in `value`, as unary tests have it: equal, in the list, in the range. */
static struct feel_value
find_in(struct evaluation *evaluation, struct feel_value tested, struct feel_value value)
{
	if (value.kind == FEEL_RANGE && tested.kind != FEEL_RANGE)
		return range_holds(evaluation, value, tested);
	if (value.kind != FEEL_LIST)
		return evaluate_equal(evaluation, tested, value);
	if (tested.kind == FEEL_LIST && feel_is_true(evaluate_equal(evaluation, tested, value)))
		return feel_boolean(true);
	if (!evaluation_steps(evaluation, value.list.count))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	for (size_t i = 0; i < value.list.count; i++) {
		const struct feel_value item = value.list.at[i];
		const struct feel_value found = item.kind == FEEL_RANGE && tested.kind != FEEL_RANGE
			? range_holds(evaluation, item, tested)
			: evaluate_equal(evaluation, tested, item);
		if (feel_is_true(found))
			return found;
	}
	return feel_boolean(false);
}

/* ---- lists, contexts, ranges, instances ---- */

static struct feel_value
evaluate_list(struct evaluation *evaluation, const struct node *node)
{
	struct feel_value *items = arena_array_of(evaluation->arena, struct feel_value, node->count);
	if (!items)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	for (uint32_t i = 0; i < node->count; i++)
		items[i] = evaluate_node(evaluation, node->parts[i]);
	return feel_list(items, node->count);
}

static struct feel_value
evaluate_context(struct evaluation *evaluation, const struct node *node)
{
	struct feel_entry *entries = arena_array_of(evaluation->arena, struct feel_entry, node->count);
	if (!entries)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	for (uint32_t i = 0; i < node->count; i++) {
		entries[i].name = node->names[i];
		entries[i].value = evaluate_node(evaluation, node->parts[i]);
		evaluation->locals[node->local + i] = entries[i].value;
	}
	if (node->left)
		return evaluate_node(evaluation, node->left);
	return feel_context(entries, node->count);
}

static struct feel_value
evaluate_range(struct evaluation *evaluation, const struct node *node)
{
	struct feel_range *range = arena_new_of(evaluation->arena, struct feel_range);
	if (!range)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	range->low_open = node->low_open;
	range->high_open = node->high_open;
	if (node->left)
		range->low = evaluate_node(evaluation, node->left);
	if (node->right)
		range->high = evaluate_node(evaluation, node->right);
	if ((node->left && range->low.kind == FEEL_NULL) || (node->right && range->high.kind == FEEL_NULL))
		return feel_null(TEXT("intervalle dont une borne est absente"));
	if (node->left && node->right && range->low.kind != range->high.kind)
		return feel_null(TEXT("intervalle entre valeurs de nature différente"));
	if (!feel_kind_has_order(node->left ? range->low.kind : range->high.kind))
		return feel_null(TEXT("intervalle entre valeurs qui n’ont pas d’ordre"));
	return (struct feel_value){ .kind = FEEL_RANGE, .range = range };
}

static bool
is_instance(struct evaluation *evaluation, struct feel_value value, const struct feel_type *type)
{
	if (value.kind == FEEL_NULL)
		return type->kind == FEEL_NULL;
	if (type->kind == FEEL_ANY)
		return true;
	if (value.kind == FEEL_FUNCTION && type->kind == FEEL_FUNCTION && type->of) {
		const struct feel_function *function = value.function;
		if ((function->node || function->native) && evaluation_steps(evaluation, 20))
			return feel_type_is(function->node ? function->node->type : function->type, type);
	}
	const bool is = feel_value_is_within(value, type, &evaluation->steps_left);
	if (evaluation_is_stopped(evaluation))
		evaluation_stop(evaluation, FEEL_TOO_LONG);
	return is;
}

/* ---- the walk ---- */

/* Within evaluate_node(): a call more for each node would cost a fifth. */
[[gnu::always_inline]] static inline struct feel_value
walk(struct evaluation *evaluation, const struct node *node)
{
	switch ((enum node_kind)node->kind) {
	case NODE_CONSTANT:
		return node->constant;
	case NODE_INPUT:
		return evaluation->inputs[node->local];
	case NODE_LOCAL:
		return evaluation->locals[node->local];
	case NODE_NEGATE:
		return arithmetic_negate(evaluation, evaluate_node(evaluation, node->left));
	case NODE_CALCULATIONS:
		return is_nested(evaluation, node) ? calculate(evaluation, node, evaluate_node(evaluation, node->left))
			: evaluate_chain(evaluation, node);
	case NODE_COMPARISONS: {
		const struct feel_value left = evaluate_node(evaluation, node->left);
		const struct feel_value right = evaluate_node(evaluation, node->right);
		if (left.kind == FEEL_NUMBER && right.kind == FEEL_NUMBER)
			return compare_numbers(node->kind, left.number, right.number);
		return compare(evaluation, node->kind, left, right);
	}
	case NODE_AND:
	case NODE_OR:
		return is_nested(evaluation, node) ? logic(evaluation, node, evaluate_node(evaluation, node->left))
			: evaluate_chain(evaluation, node);
	case NODE_BETWEEN: {
		const struct feel_value value = evaluate_node(evaluation, node->parts[0]);
		const struct feel_value low = evaluate_node(evaluation, node->parts[1]);
		const struct feel_value high = evaluate_node(evaluation, node->parts[2]);
		return both(compare(evaluation, NODE_GREATER_EQUAL, value, low),
			compare(evaluation, NODE_LESS_EQUAL, value, high));
	}
	case NODE_IF:
		return evaluate_node(evaluation,
			node->parts[feel_is_true(evaluate_node(evaluation, node->parts[0])) ? 1 : 2]);
	case NODE_ENTRY:
		return evaluate_entry(evaluation, evaluate_node(evaluation, node->left), node->name);
	case NODE_FILTER:
		return evaluate_filter(evaluation, node);
	case NODE_LIST:
		return evaluate_list(evaluation, node);
	case NODE_RANGE:
		return evaluate_range(evaluation, node);
	case NODE_CONTEXT:
		return evaluate_context(evaluation, node);
	case NODE_FOR:
	case NODE_SOME:
	case NODE_EVERY:
		return evaluate_iteration(evaluation, node);
	case NODE_FUNCTION:
		return evaluate_function_made(evaluation, node);
	case NODE_CALL:
	case NODE_BUILTIN:
		return evaluate_call(evaluation, node);
	case NODE_INSTANCE:
		return feel_boolean(is_instance(evaluation, evaluate_node(evaluation, node->left), node->tested_type));
	case NODE_IN:
		evaluation->locals[node->local] = evaluate_node(evaluation, node->left);
		return evaluate_node(evaluation, node->right);
	case NODE_TEST: {
		const struct feel_value value = evaluate_node(evaluation, node->left);
		if (value.kind == FEEL_NULL && node->left->kind == NODE_RANGE)
			return value;
		return find_in(evaluation, evaluation->locals[node->local], value);
	}
	case NODE_NOT: {
		const struct feel_value value = evaluate_node(evaluation, node->left);
		return value.kind == FEEL_BOOLEAN ? feel_boolean(!value.boolean) : evaluation_not_a_condition(value);
	}
	case NODE_COERCE:
		return evaluate_coerced(evaluation, evaluate_node(evaluation, node->left), node->tested_type);
	case NODE_EXTERNAL:
		evaluation->run->external = true;
		return feel_null(TEXT("fonction écrite dans un autre langage, qui n’est pas exécutée"));
	case NODE_TABLE:
		return evaluate_table(evaluation, node);
	}
	return feel_null(TEXT(""));
}

struct feel_value
evaluate_walk(struct evaluation *evaluation, const struct node *node)
{
	return walk(evaluation, node);
}

struct feel_value
evaluate_node(struct evaluation *evaluation, const struct node *node)
{
	if (evaluation->steps_left <= 1)
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	evaluation->steps_left--;
	return evaluation->trace ? trace_node(evaluation, node) : walk(evaluation, node);
}

struct feel_value
feel_evaluate(const struct feel *feel, struct feel_run *run)
{
	struct feel_value few[8] = { 0 };
	const unsigned long most_steps = run->most_steps ? run->most_steps : FEEL_MOST_STEPS;
	struct evaluation evaluation = { .run = run, .arena = run->arena, .inputs = run->inputs, .locals = few,
		.steps_left = most_steps, .depth = run->depth + feel->root->height, .trace = run->trace,
		.source = feel->source };
	run->stop = FEEL_COMPLETE;
	if (evaluation.depth > FEEL_MOST_DEPTH)
		return evaluation_stop(&evaluation, FEEL_TOO_DEEP);
	if (feel->locals > 8)
		evaluation.locals = arena_array_of(run->arena, struct feel_value, feel->locals);
	if (!evaluation.locals)
		return evaluation_stop(&evaluation, FEEL_NO_MEMORY);
	if (feel->unary && run->tested)
		evaluation.locals[0] = *run->tested;
	const struct feel_value value = evaluate_node(&evaluation, feel->root);
	run->steps = most_steps - evaluation.steps_left;
	return run->stop == FEEL_COMPLETE ? value : evaluation_stop(&evaluation, run->stop);
}
