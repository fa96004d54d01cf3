/* Builtins on ranges (§10.3.4.9, Allen's relations, table 78) and range(). */
#include "feel/builtin_all.h"

#include "base/banned.h"

/* A point seen as the range that holds it alone. */
static bool
bounds_of(struct feel_value value, struct feel_range *ret_bounds)
{
	if (value.kind == FEEL_LIST && value.list.count == 1) /* one item stands for itself */
		value = value.list.at[0];
	if (value.kind == FEEL_RANGE) {
		*ret_bounds = *value.range;
		return true;
	}
	*ret_bounds = (struct feel_range){ .low = value, .high = value };
	return value.kind != FEEL_NULL;
}

/* The order of two bounds; false when they have none. */
struct order {
	bool known;
	int sign;
};

static struct order
order_of(struct feel_value a, struct feel_value b)
{
	struct order order = { 0 };
	order.known = feel_order(a, b, &order.sign);
	return order;
}

static struct feel_value
no_order(void)
{
	return feel_null(TEXT("intervalles qu’on ne peut pas comparer"));
}

/* Ranges, or points where `points` says so. */
static bool
both_bounds(const struct feel_value *arguments, struct feel_range *ret_a, struct feel_range *ret_b)
{
	return bounds_of(arguments[0], ret_a) && bounds_of(arguments[1], ret_b);
}

static struct feel_value
is_before(const struct feel_range *a, const struct feel_range *b)
{
	const struct order order = order_of(a->high, b->low);
	if (!order.known)
		return no_order();
	return feel_boolean(order.sign < 0 || (order.sign == 0 && (a->high_open || b->low_open)));
}

BUILTIN(range_before)
{
	struct feel_range a, b;
	(void)evaluation;
	return both_bounds(arguments, &a, &b) ? is_before(&a, &b) : no_order();
}

BUILTIN(range_after)
{
	struct feel_range a, b;
	(void)evaluation;
	return both_bounds(arguments, &a, &b) ? is_before(&b, &a) : no_order();
}

static struct feel_value
meets(const struct feel_range *a, const struct feel_range *b)
{
	const struct order order = order_of(a->high, b->low);
	return order.known ? feel_boolean(order.sign == 0 && !a->high_open && !b->low_open) : no_order();
}

BUILTIN(range_meets) { (void)evaluation; return meets(arguments[0].range, arguments[1].range); }
BUILTIN(range_met_by) { (void)evaluation; return meets(arguments[1].range, arguments[0].range); }

/* Does a start before (or with) b's start? -1, 0, 1 with open bounds counted as later. */
static struct order
order_of_starts(const struct feel_range *a, const struct feel_range *b)
{
	struct order order = order_of(a->low, b->low);
	if (order.known && order.sign == 0)
		order.sign = (int)a->low_open - (int)b->low_open;
	return order;
}

static struct order
order_of_ends(const struct feel_range *a, const struct feel_range *b)
{
	struct order order = order_of(a->high, b->high);
	if (order.known && order.sign == 0)
		order.sign = (int)b->high_open - (int)a->high_open;
	return order;
}

BUILTIN(range_overlaps)
{
	const struct feel_range *a = arguments[0].range, *b = arguments[1].range;
	const struct feel_value before = is_before(a, b), after = is_before(b, a);
	(void)evaluation;
	if (before.kind == FEEL_NULL || after.kind == FEEL_NULL)
		return no_order();
	return feel_boolean(!before.boolean && !after.boolean);
}

static struct feel_value
overlaps_before(const struct feel_range *a, const struct feel_range *b)
{
	const struct order starts = order_of_starts(a, b), ends = order_of_ends(a, b);
	const struct feel_value apart = is_before(a, b);
	if (!starts.known || !ends.known || apart.kind == FEEL_NULL)
		return no_order();
	return feel_boolean(starts.sign < 0 && !apart.boolean && ends.sign <= 0);
}

static struct feel_value
overlaps_after(const struct feel_range *a, const struct feel_range *b)
{
	const struct order starts = order_of_starts(a, b), ends = order_of_ends(a, b);
	const struct feel_value apart = is_before(b, a);
	if (!starts.known || !ends.known || apart.kind == FEEL_NULL)
		return no_order();
	return feel_boolean(starts.sign > 0 && !apart.boolean && ends.sign >= 0);
}

BUILTIN(range_overlaps_before)
{
	(void)evaluation;
	return overlaps_before(arguments[0].range, arguments[1].range);
}

BUILTIN(range_overlaps_after)
{
	(void)evaluation;
	return overlaps_after(arguments[0].range, arguments[1].range);
}

static struct feel_value
includes(const struct feel_range *a, const struct feel_range *b)
{
	const struct order starts = order_of_starts(a, b), ends = order_of_ends(a, b);
	return starts.known && ends.known ? feel_boolean(starts.sign <= 0 && ends.sign >= 0) : no_order();
}

/* a ends with b, and starts within it. */
static struct feel_value
finishes(const struct feel_range *a, bool point, const struct feel_range *b)
{
	const struct order ends = order_of_ends(a, b), starts = order_of_starts(a, b);
	if (!ends.known || !starts.known)
		return no_order();
	return feel_boolean(ends.sign == 0 && (point || starts.sign >= 0));
}

static struct feel_value
starts_with(const struct feel_range *a, bool point, const struct feel_range *b)
{
	const struct order ends = order_of_ends(a, b), starts = order_of_starts(a, b);
	if (!ends.known || !starts.known)
		return no_order();
	return feel_boolean(starts.sign == 0 && (point || ends.sign <= 0));
}

#define RELATION(function, call)                                              \
	BUILTIN(function)                                                     \
	{                                                                     \
		struct feel_range a, b;                                       \
		(void)evaluation;                                             \
		return both_bounds(arguments, &a, &b) ? (call) : no_order();  \
	}

RELATION(range_includes, includes(&a, &b))
RELATION(range_during, includes(&b, &a))
RELATION(range_finishes, finishes(&a, arguments[0].kind != FEEL_RANGE, &b))
RELATION(range_finished_by, finishes(&b, arguments[1].kind != FEEL_RANGE, &a))
RELATION(range_starts, starts_with(&a, arguments[0].kind != FEEL_RANGE, &b))
RELATION(range_started_by, starts_with(&b, arguments[1].kind != FEEL_RANGE, &a))

BUILTIN(range_coincides)
{
	struct feel_range a, b;
	(void)evaluation;
	if (!both_bounds(arguments, &a, &b)
		|| (arguments[0].kind == FEEL_RANGE) != (arguments[1].kind == FEEL_RANGE))
		return no_order();
	const struct order starts = order_of_starts(&a, &b), ends = order_of_ends(&a, &b);
	return starts.known && ends.known ? feel_boolean(starts.sign == 0 && ends.sign == 0) : no_order();
}

/* A bound of a range literal: a literal, or a call that reads one (rule 67). */
static bool
is_endpoint(const struct node *node)
{
	return !node || node->kind == NODE_CONSTANT
		|| (node->kind == NODE_NEGATE && node->left->kind == NODE_CONSTANT);
}

/* "(..5]" and "[1..)" as "(<=5)" and "(>=1)", which FEEL reads; the others as they are. */
static struct text
half_range(struct arena *arena, struct text source)
{
	const struct text inside = text_trim(text_part(source, 1, source.length - 2));
	const char start = source.at[0], end = source.at[source.length - 1];
	if (text_starts(inside, TEXT("..")) && (start == '(' || start == ']')
		&& (end == ']' || end == ')' || end == '['))
		return arena_format(arena, "(<%s" TEXT_FORMAT ")", end == ']' ? "=" : "",
			TEXT_ARGS(text_part(inside, 2, inside.length)));
	if (text_ends(inside, TEXT("..")) && (end == ')' || end == '[')
		&& (start == '[' || start == '(' || start == ']'))
		return arena_format(arena, "(>%s" TEXT_FORMAT ")", start == '[' ? "=" : "",
			TEXT_ARGS(text_part(inside, 0, inside.length - 2)));
	return source;
}

BUILTIN(range_of_text)
{
	const struct text given = arguments[0].string, trimmed = text_trim(given);
	struct feel_findings *findings = arena_new_of(evaluation->arena, struct feel_findings);
	if (!findings)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (!evaluation_steps(evaluation, 100 + given.length))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	/* A range written with a comparison is no range literal. */
	const bool literal = trimmed.length > 2 && text_find(trimmed, TEXT("..")) != SIZE_MAX;
	const struct text source = literal ? half_range(evaluation->arena, trimmed) : TEXT("");
	const struct feel *feel = literal && source.at ? feel_read(evaluation->arena, NULL, source, findings) : NULL;
	if (findings->broken || !source.at)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (feel && feel->root->kind == NODE_RANGE && is_endpoint(feel->root->left)
		&& is_endpoint(feel->root->right)) {
		struct feel_run run = evaluation_lend(evaluation);
		const struct feel_value value = feel_evaluate(feel, &run);
		if (!evaluation_settle(evaluation, &run))
			return evaluation_stop(evaluation, FEEL_NO_MEMORY);
		int order = 0;
		if (value.kind == FEEL_RANGE
			&& !(feel_order(value.range->low, value.range->high, &order) && order > 0))
			return value;
	}
	return evaluation_null(evaluation, "« " TEXT_FORMAT " » n’est pas un intervalle", TEXT_ARGS(given));
}
