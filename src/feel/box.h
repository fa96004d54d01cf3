/* Boxed expressions (DMN 1.5, §10.2.2) and decision tables (§8.2): pieces of FEEL text laid out in
 * boxes, read into one expression that is evaluated, typed and explained like any other.
 *
 *     struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &table };
 *     struct feel *feel = feel_read_box(arena, scope, &box, &findings);
 */
#pragma once

#include "feel/feel.h"

/* A piece of text and where its author finds it again: `place` comes back in the findings. */
struct feel_cell {
	struct text text;
	const void *place;
};

/* ---- decision tables ---- */

enum feel_hit {
	FEEL_UNIQUE,
	FEEL_ANY_RULE, /* several rules may apply when they say the same */
	FEEL_PRIORITY, /* the rule whose outputs come first among the output values */
	FEEL_FIRST,
	FEEL_COLLECT,
	FEEL_COLLECT_SUM,
	FEEL_COLLECT_MIN,
	FEEL_COLLECT_MAX,
	FEEL_COLLECT_COUNT,
	FEEL_RULE_ORDER,
	FEEL_OUTPUT_ORDER,
	FEEL_HIT_COUNT
};

struct feel_table_input {
	struct feel_cell expression;
	const struct feel_type *type; /* NULL: that of the expression */
	struct feel_cell values;      /* unary tests that every value passes; empty: any value */
};

struct feel_table_output {
	struct text name;             /* may be empty when there is one output only */
	const struct feel_type *type; /* NULL: any */
	struct feel_cell values;      /* expressions, most important first; empty: any value */
	struct feel_cell otherwise;   /* the value when no rule applies; empty: null */
};

struct feel_table_rule {
	const struct feel_cell *tests;   /* by input: unary tests; empty or "-": any value */
	const struct feel_cell *results; /* by output: expressions */
	struct text note;                /* annotation, told in explanations: "TTA-20"; may be empty */
};

struct feel_table {
	struct text name; /* for explanations; may be empty */
	enum feel_hit hit;
	const struct feel_table_input *inputs;
	size_t input_count;
	const struct feel_table_output *outputs; /* one at least */
	size_t output_count;
	const struct feel_table_rule *rules;
	size_t rule_count;
};

/* ---- boxes ---- */

enum feel_box_kind {
	FEEL_BOX_NOTHING,    /* an empty box: null */
	FEEL_BOX_EXPRESSION, /* cell */
	FEEL_BOX_CONTEXT,    /* parts by names; a last part whose name is empty is the result */
	FEEL_BOX_LIST,       /* parts */
	FEEL_BOX_RELATION,   /* names: the columns; parts: the cells, row after row */
	FEEL_BOX_FUNCTION,   /* parameters; parts: the body */
	FEEL_BOX_EXTERNAL,   /* parameters; cell: a function in another language, that is never run */
	FEEL_BOX_INVOCATION, /* parts: the function, then the arguments, named by `names` of the same rank */
	FEEL_BOX_IF,         /* parts: condition, then, else */
	FEEL_BOX_FOR,        /* names[0]: the variable; parts: in, return (that sees `partial`) */
	FEEL_BOX_SOME,       /* names[0]: the variable; parts: in, satisfies */
	FEEL_BOX_EVERY,
	FEEL_BOX_FILTER,     /* parts: in, match (that sees `item` and its entries) */
	FEEL_BOX_TABLE,
};

struct feel_box {
	enum feel_box_kind kind;
	const struct feel_type *type; /* declared: the value is coerced to it (§10.3.2.9.4); NULL: as it comes */
	struct feel_cell cell;
	const struct feel_box *parts;
	size_t count;
	const struct text *names;
	size_t name_count;
	const struct feel_field *parameters;
	size_t parameter_count;
	const struct feel_table *table;
};

enum { FEEL_MOST_BOXED_SOURCE = 4 << 20, FEEL_MOST_RULES = 20000 };

/* Reads a box as feel_read() reads a text. The findings give the place of the cell, and offset,
 * line and column in its text. Everything in `box` is copied or read; only names, types and texts
 * of annotations must live as long as the result. */
struct feel *feel_read_box(struct arena *arena, const struct feel_scope *scope, const struct feel_box *box,
	struct feel_findings *findings);
