/* A column of a decision table cut into regions (cell.h), with the set of rules that each lets through.
 * Inside of feel/. */
#pragma once

#include "feel/cell.h"
#include "feel/table.h"

enum { COLUMN_BITS = 64 };

static inline uint32_t
words_of_rules(uint32_t rule_count)
{
	return (rule_count + COLUMN_BITS - 1) / COLUMN_BITS;
}

struct column {
	struct axis axis;
	const struct point *cuts; /* of all its cells, in order */
	uint32_t cut_count;
	const int64_t *whole_cuts; /* the same, when they are whole numbers; else NULL */
	uint32_t words;           /* of a set of rules */
	const uint64_t *sets;     /* each set of rules once, `words` long; NULL: lists, or nothing is known */
	const uint32_t *lists;    /* or the rules themselves, one set after the other */
	const uint32_t *starts;   /* of each set in the lists, and the end */
	uint32_t set_count;
	const uint32_t *set_of;   /* by region: which set; the last one, 2 * cut_count + 1, is null's */
	const uint64_t *unjudged; /* rules whose cell is not: they are in every set; NULL: none */
	bool any;                 /* every cell lets everything through */
};

static inline uint32_t
column_regions(const struct column *column)
{
	return 2 * column->cut_count + 2; /* null is one */
}

static inline const uint64_t *
column_set(const struct column *column, uint32_t region)
{
	return column->sets + (size_t)column->set_of[region] * column->words;
}

/* How the sets of rules are kept. */
enum column_form { COLUMN_SETS, COLUMN_LISTS /* for many rules, few of which pass at once */ };

enum { MOST_LISTED = 1 << 20 /* rules in all the lists of a column */ };

/* A test that every value of the column passes, in its own local. */
struct column_domain {
	const struct node *test;
	uint32_t place;
};

/* Judges column `input` of a table: its cells in *ret_cells, by rule, in the judge's arena. The tests of
 * `domain` are judged with them, and follow. False without memory. */
[[nodiscard]] bool column_judge(struct judge *judge, const struct table *table, uint32_t input,
	const struct column_domain *domain, uint32_t domain_count, struct axis *ret_axis,
	struct cell **ret_cells);
/* Makes the column of `count` cells, the first `rule_count` of which are those of the rules; the others only
 * add their cuts. It lives in `arena`, and takes at most `most` bytes there for its sets. False: no memory
 * (judge->no_memory), or too large. */
[[nodiscard]] bool column_build(struct judge *judge, struct arena *arena, struct axis axis,
	const struct cell *cells, uint32_t rule_count, uint32_t count, enum column_form form, size_t most,
	struct column *ret_column);

/* The region where a value stands; false when the column says nothing of such values. */
[[nodiscard]] bool column_locate(const struct column *column, const struct feel_value *value,
	uint32_t *ret_region);
