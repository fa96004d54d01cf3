/* Decision tables under way: from their lines (of procedure.yaml, or of a CSV file) to one FEEL
 * expression each, which is a computed value like any other. */
#pragma once

#include "dmn/dmn.h"
#include "feel/box.h"
#include "feel/table_check.h"
#include "procedure/grid.h"
#include "procedure/reader.h"

/* ---- tables ---- */

/* The values declared of a column. */
struct values {
	struct cell cell;         /* unary tests, or expressions; made of the items when there are some */
	const struct text *items; /* written as a list */
	size_t count;
};

struct table_input {
	struct text name;
	const struct yaml_node *key;
	struct cell expression;
	struct values values;
	bool given;                       /* of a decision: by `entrées`, and not the value of that name */
	const struct feel_type *declared; /* NULL: as its expression says */
	const struct feel_type *type;     /* by which its cells are read */
};

struct table_output {
	struct text name;
	const struct yaml_node *key;
	const struct feel_type *type; /* NULL: any */
	struct values values;
	struct cell otherwise, formula;
	const struct feel *formula_feel; /* NULL: none, or told */
	int decimals;                    /* to which the formula is rounded; NONE: those of the cells */
	enum feel_rounding rounding;
};

struct table_rule {
	struct cell *tests, *results;
	struct text note;             /* "P2T-O07", "P2T-O07 : imprimé 87,62" */
	const struct row *row;
};

/* A decision of a DMN model. */
struct decision {
	const struct dmn_model *model;
	const struct feel_box *box;
	const struct yaml_node *node; /* its name in procedure.yaml */
};

struct table {
	struct text name;
	const struct yaml_node *key;
	enum feel_hit hit;
	struct table_input *inputs;
	size_t input_count;
	struct table_output *outputs;
	size_t output_count;
	struct table_rule *rules;
	size_t rule_count;
	const struct decision *decision; /* instead of rules; or NULL */
	struct feel_table feel;       /* for the checker, once read */
	bool good;                    /* it was read without a finding */
};

/* Reads the description and the lines; expressions are only noted. NULL without memory. */
struct table *read_table(struct reader *reader, const struct yaml_item *item, struct procedure_computed *computed);
/* Its rules from its lines; `at` is where an absence of lines is told. (table_lines.c) */
void read_table_lines(struct reader *reader, struct table *table, const struct grid *grid, struct span at);
/* Every text that may read names, for the order of computed values: those known before the types of
 * the inputs (stage 0), and after (stage 1). NULL once there are no more. */
const struct cell *table_source(const struct table *table, int stage, size_t nth);
/* Reads the expressions of the inputs, and translates the cells by their types. */
void type_table(struct reader *reader, struct table *table);
/* The expression of the whole; NULL after a finding or without memory. */
const struct feel *make_table(struct reader *reader, struct table *table);

/* ---- decisions of DMN models (decision.c) ---- */

/* Reads the model and finds the decision; its input data become the inputs of the table. */
void read_decision(struct map map, struct table *table, const struct source *source);
/* Its expression, in a context of the inputs that `entrées` gives. NULL after a finding or without memory. */
const struct feel *make_decision(struct reader *reader, struct table *table);
/* The decision alone, its input data being names of their types, for the checker; NULL after a finding. */
const struct feel *decision_alone(struct reader *reader, const struct table *table, struct arena *arena);
/* Where a place of the model is told. */
struct span decision_place(struct reader *reader, const struct table *table, const void *place);
