/* A decision table that has been read: what NODE_TABLE holds. DMN 1.5, §8.2. Written by table.c,
 * evaluated by hit.c; which rules apply is asked of match.c alone. Inside of feel/. */
#pragma once

#include "feel/box.h"
#include "feel/evaluation.h"

struct table_input {
	const struct node *expression; /* of type `type` */
	const struct feel_type *type;
	const struct node *values;     /* a test of the local of this input that every value passes; NULL: any */
};

struct table_output {
	struct text name;              /* empty: the only output */
	const struct feel_type *type;
	const struct node **values;    /* tests of the local of this output, most important first */
	uint32_t value_count;          /* 0: any value */
	const struct node *otherwise;  /* the value when no rule applies; NULL: none is declared */
};

struct table_rule {
	const struct node **tests;     /* by input: each tests the local of its input; NULL: any value */
	const struct node **results;   /* by output, of its type */
	struct text note;
	size_t offset, length;         /* of its cells in the source */
};

struct table_index;

/* Input i is evaluated once, into local + i; output o, when it has values, is tested in
 * local + input_count + o. */
struct table {
	struct text name;
	enum feel_hit hit;
	uint32_t local;
	const struct table_input *inputs;
	uint32_t input_count;
	const struct table_output *outputs;
	uint32_t output_count;
	const struct table_rule *rules;
	uint32_t rule_count;
	const struct table_index *index; /* says which rules apply; NULL: they are tried one after the other */
};

/* ---- which rules apply (match.c) ---- */

enum { TABLE_MOST_INDEXED = 16 }; /* columns */

/* What the index says of some inputs: one set of rules per column that says something. */
struct table_search {
	const uint64_t *sets[TABLE_MOST_INDEXED];
	uint32_t set_count;
	const uint32_t *rules, *end; /* and the list of another column, when there is one; NULL */
};

/* The search for the rules that apply, in their order, the inputs being in their locals. */
struct match {
	const struct table *table;
	uint32_t next;      /* the first rule not yet tried; with the index, the next word of its sets */
	bool indexed;
	uint64_t candidates; /* rules that the index gives, of the word before `next` */
	struct table_search search;
};

struct match match_of(struct evaluation *evaluation, const struct table *table);
/* The next rule that applies; false when there is none, or when the evaluation is stopped. */
[[nodiscard]] bool match_next(struct evaluation *evaluation, struct match *match, uint32_t *ret_rule);
