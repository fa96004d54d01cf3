/* What can be said of a decision table before it is used: inputs that no rule covers, rules that meet
 * although the hit policy forbids it, rules that never apply, and a table that does not say what its formula
 * says. Each with inputs that show it.
 *
 *     struct feel_table_findings *findings = arena_new_of(arena, struct feel_table_findings);
 *     feel_table_check(arena, feel, &table, findings);
 *     for (size_t i = 0; i < findings->count; i++) …
 */
#pragma once

#include "feel/box.h"

enum feel_table_problem {
	FEEL_TABLE_GAP,         /* no rule applies to these inputs, and there is no value for that case */
	FEEL_TABLE_OVERLAP,     /* `rule` and `other` both apply, which the hit policy does not allow */
	FEEL_TABLE_UNREACHABLE, /* the rule never applies: the cell at `column` lets no possible value through */
	FEEL_TABLE_MASKED,      /* the rule applies, but others always win over it */
	FEEL_TABLE_UNVERIFIED,  /* cells that cannot be judged alone; what they prevent is not known */
	FEEL_TABLE_TOO_LARGE,   /* too many combinations: what is listed is right, but there may be more */
	FEEL_TABLE_DIFFERS,     /* the rule does not say what the formula gives: the table wins */
	FEEL_TABLE_PROBLEM_COUNT
};

enum {
	FEEL_NOWHERE = -1,
	FEEL_MOST_TABLE_FINDINGS = 20, /* of one problem; a last one tells how many more */
};

struct feel_table_finding {
	enum feel_table_problem problem;
	long rule, other, column; /* from 0; FEEL_NOWHERE: the whole table, or the whole rule */
	const void *place;        /* of the cell, the first cell of the rule, the input; NULL: the whole table */
	const struct feel_value *inputs; /* by column: such a case; NULL: there is none to show */
	struct feel_value printed, computed; /* of DIFFERS: what the table says, what the formula gives, rounded */
	unsigned long more;       /* others of this problem that are not listed; told by the message too */
	struct text message;      /* a French sentence without the final point */
	struct text remedy;       /* or empty */
};

/* Start from zero. In the arena given. */
struct feel_table_findings {
	struct feel_table_finding at[FEEL_TABLE_PROBLEM_COUNT * (FEEL_MOST_TABLE_FINDINGS + 1)];
	size_t count;
	bool broken; /* no memory: the list may be incomplete */
};

/* Checks the table that `feel` is (or that is the body of the function, or the coerced value, that it is),
 * over what is declared of its inputs: the values listed by the table, words, bounds, whole numbers, values
 * that a type allows; a null only where the type is optional. `source`: what it was read from, for the
 * places of its cells; may be NULL. Nothing is found in an expression that is no table. */
void feel_table_check(struct arena *arena, const struct feel *feel, const struct feel_table *source,
	struct feel_table_findings *findings);

enum feel_rounding { FEEL_HALF_UP, FEEL_HALF_EVEN, FEEL_HALF_DOWN, FEEL_ROUND_UP, FEEL_ROUND_DOWN };

/* The formula that a table was printed from. */
struct feel_table_formula {
	const struct feel *feel; /* read in the scope of the table */
	size_t output;           /* that it computes */
	int decimals;            /* of the printed values */
	enum feel_rounding rounding;
};

/* Compares each rule with the formula, on the values of its cells, or the ends of its intervals. The inputs
 * of the table must be names, or entries of names, and the formula read no others: else UNVERIFIED. */
void feel_table_compare(struct arena *arena, const struct feel *feel, const struct feel_table *source,
	const struct feel_table_formula *formula, struct feel_table_findings *findings);
