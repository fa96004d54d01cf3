/* One evaluation under way, for the evaluator and the builtins. Inside of feel/. */
#pragma once

#include "feel/builtin.h"
#include "feel/node.h"

struct evaluation {
	struct feel_run *run;
	struct arena *arena;
	const struct feel_value *inputs;
	struct feel_value *locals;
	unsigned long steps_left;
	unsigned depth; /* sum of the heights of the bodies being evaluated */
	struct feel_trace *trace;
	struct text source; /* of the nodes being evaluated: what explanations quote */
	const struct calendar *calendar; /* of the call of a builtin under way, or NULL */
};

/* A function made by an expression, with the locals and the inputs it saw; or one that is not
 * written in FEEL; or a builtin. */
struct feel_function {
	const struct node *node;           /* NODE_FUNCTION, or NULL */
	const struct feel_value *captured; /* node->local values */
	const struct feel_value *inputs;   /* not copied: one of them may be this very function */
	feel_native *native;               /* or NULL */
	const void *data;
	const struct feel_type *type;      /* of a native */
	struct text builtin;               /* name, when neither is there */
	struct text source;                /* that `node` was read from */
};

struct feel_value evaluate_node(struct evaluation *evaluation, const struct node *node);

/* ---- arithmetic (arithmetic.c): `kind` is one of those of node_is_arithmetic() ---- */

struct feel_value arithmetic_of_numbers(enum node_kind kind, struct feel_number a, struct feel_number b);
/* Of any values: null where the standard has it, with the natures of both as its reason. */
struct feel_value arithmetic_of(struct evaluation *evaluation, enum node_kind kind, struct feel_value a,
	struct feel_value b);
struct feel_value arithmetic_negate(struct evaluation *evaluation, struct feel_value value);

/* ---- functions (call.c) ---- */

/* NODE_FUNCTION: the function, with the locals it sees. */
struct feel_value evaluate_function_made(struct evaluation *evaluation, const struct node *node);
/* NODE_CALL and NODE_BUILTIN. */
struct feel_value evaluate_call(struct evaluation *evaluation, const struct node *node);
/* The value as the type has it, or null. */
struct feel_value evaluate_coerced(struct evaluation *evaluation, struct feel_value value,
	const struct feel_type *type);
struct feel_value evaluate_function(struct evaluation *evaluation, struct feel_value function,
	const struct feel_value *arguments, const struct text *names, size_t count);

/* A builtin chosen by its name. */
struct feel_value evaluate_builtin(struct evaluation *evaluation, struct text name,
	const struct feel_value *arguments, const struct text *names, size_t count);

/* ---- iterations (iterate.c) ---- */

/* NODE_FOR, NODE_SOME, NODE_EVERY; NODE_FILTER. */
struct feel_value evaluate_iteration(struct evaluation *evaluation, const struct node *node);
struct feel_value evaluate_filter(struct evaluation *evaluation, const struct node *node);

/* ---- counting and ending (evaluation.c) ---- */

/* Counts work done outside of nodes; false once there is too much of it: give up. */
bool evaluation_steps(struct evaluation *evaluation, unsigned long steps);
static inline bool
evaluation_is_stopped(const struct evaluation *evaluation)
{
	return evaluation->steps_left == 0;
}

/* Ends the evaluation for a reason of ours. */
struct feel_value evaluation_stop(struct evaluation *evaluation, enum feel_stop stop);
/* A null whose reason names what went wrong. */
[[gnu::format(printf, 2, 3)]] struct feel_value evaluation_null(struct evaluation *evaluation,
	const char *format, ...);

/* What stands for a value where a condition was awaited: null, and why. */
static inline struct feel_value
evaluation_not_a_condition(struct feel_value value)
{
	return value.kind == FEEL_NULL ? value : feel_null(TEXT("une condition n’est ni vraie ni fausse"));
}

/* In entry.c: an entry of a context, a property of a date, of each item of a list. */
struct feel_value evaluate_entry(struct evaluation *evaluation, struct feel_value of, struct text name);

/* A list under construction. */
struct items {
	struct feel_value *at;
	size_t count, capacity;
};
/* False when the arena is full: the evaluation is stopped. */
[[nodiscard]] bool items_add(struct evaluation *evaluation, struct items *items, struct feel_value value);
static inline struct feel_value
items_list(const struct items *items)
{
	return feel_list(items->at, items->count);
}

/* What is compared without being walked costs a step for so many bytes, or names. */
enum { FEEL_BYTES_A_STEP = 64, FEEL_NAMES_A_STEP = 16 };

/* feel_order(), which counts what it costs; false also when there has been too much. */
[[nodiscard]] bool evaluate_order(struct evaluation *evaluation, struct feel_value a, struct feel_value b,
	int *ret_order);
/* feel_equal(), which counts what it costs. */
struct feel_value evaluate_equal(struct evaluation *evaluation, struct feel_value a, struct feel_value b);
/* In value.c: the steps taken are added to *steps. */
struct feel_value feel_equal_counting(struct feel_value a, struct feel_value b, unsigned long *steps);
/* In type.c: feel_value_is() in *steps at most, which are taken from it;
 * false with 0 left when they do not do. */
bool feel_value_is_within(struct feel_value value, const struct feel_type *type, unsigned long *steps);

/* A run for an evaluation that is part of this one, with what is left of its budget; and the count
 * of what it cost: false when everything ends with it. */
struct feel_run evaluation_lend(const struct evaluation *evaluation);
bool evaluation_settle(struct evaluation *evaluation, const struct feel_run *lent);

/* A decision table, in hit.c. */
struct feel_value evaluate_table(struct evaluation *evaluation, const struct node *node);

/* evaluate_node() when there is no trace. */
struct feel_value evaluate_walk(struct evaluation *evaluation, const struct node *node);

/* ---- explanation (trace.c): only called with a trace ---- */

/* The node, its value, and under it all that is evaluated for it. */
struct feel_value trace_node(struct evaluation *evaluation, const struct node *node);

enum trace_group {
	TRACE_NODE,
	TRACE_ITEM, /* of an iteration or a filter; name: the variable; rank: from 1; value: the item */
	TRACE_CALL, /* the body of a function; under it its parameters, then the body */
	TRACE_PARAMETER, /* of a call; name and value */
	TRACE_RULE, /* of a decision table, that applies; name: its annotation; rank: its row, from 1 */
};

/* Begins a group, under which stands what is evaluated until trace_close(). */
void trace_open(struct evaluation *evaluation, enum trace_group group, struct text name, size_t rank,
	struct feel_value value);
/* Ends the group begun last. */
void trace_close(struct evaluation *evaluation);
/* Begins that of a function's body, with the parameters of its type and their values. */
void trace_call(struct evaluation *evaluation, const struct feel_type *function,
	const struct feel_value *values);
