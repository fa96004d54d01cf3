/* The space of all inputs of a decision table, cut by its columns: what no rule covers, which rules meet,
 * which rule others hide. Everything lives in a scratch arena; work is bounded. Inside of feel/. */
#pragma once

#include "feel/column.h"

/* Regions of a column that the same rules let through. */
struct slice {
	const uint64_t *rules; /* an unjudged cell is taken to pass */
	uint32_t region_count;
	const uint32_t *regions; /* in order; only those that the inputs may take */
};

struct space_column {
	struct column column;
	const struct cell *cells; /* by rule, then the domain's */
	uint32_t domain_count;
	uint32_t same_as;         /* the first column of the same expression, where its tests are; or itself */
	bool whole;               /* only whole numbers come */
	bool vague;               /* what values are expected cannot be judged */
	const uint8_t *possible;  /* by region: some input may be there */
	const uint8_t *reachable; /* the same, or a null of which nothing was declared */
	const uint64_t *somewhere; /* the rules that pass in some reachable region */
	const uint64_t *expected;  /* the rules that pass in some possible one */
	const struct slice *slices;
	uint32_t slice_count;
};

struct space {
	const struct table *table; /* the tests of columns of the same expression put together */
	struct arena *arena;
	struct judge judge;
	struct evaluation evaluation;
	struct feel_run run;
	struct space_column *columns;
	uint32_t words;           /* of a set of rules */
	const uint64_t *unjudged; /* rules with a cell that is not judged */
	bool has_unjudged;
	unsigned long steps_left;
	bool broken;              /* no memory */
	bool too_large;           /* a column */
};

enum { SPACE_MOST_STEPS = 4000000, SPACE_MOST_RULES = 12000 };

/* `locals`: those of the expression that holds the table. False: no memory (space->broken) or too large. */
[[nodiscard]] bool space_build(struct space *space, struct arena *arena, const struct table *table,
	uint32_t locals);

/* True, and the space is broken no more, when memory lacks because the
 * table asks for more than half of `most`. */
bool space_asks_too_much(struct space *space, size_t most);

/* Grants the work of one more question about all rules. */
void space_rest(struct space *space);
/* False once too much has been done. */
static inline bool
space_spend(struct space *space, unsigned long steps)
{
	if (space->steps_left <= steps) {
		space->steps_left = 0;
		return false;
	}
	space->steps_left -= steps;
	return true;
}

/* Takes out of a set the rules that do not pass wherever one may be in this column. */
typedef void space_narrow(const struct space *space, const struct space_column *column, uint32_t rule,
	uint64_t *rules);
/* By column, and one after the last, the rules that `narrow` leaves in from that column to the last. `rule` is
 * for `narrow`. NULL: no memory. */
uint64_t *space_always(struct space *space, space_narrow *narrow, uint32_t rule);

/* ---- rules that meet ---- */

/* By rule, the set of rules that some input lets through together with it, itself included; unjudged cells
 * are taken to pass. NULL: no memory, or too much work. */
uint64_t *space_meetings(struct space *space);

static inline bool
set_has(const uint64_t *set, uint32_t rule)
{
	return set[rule / COLUMN_BITS] >> rule % COLUMN_BITS & 1;
}

static inline void
set_add(uint64_t *set, uint32_t rule)
{
	set[rule / COLUMN_BITS] |= UINT64_C(1) << rule % COLUMN_BITS;
}

/* ---- what no rule covers ---- */

/* A hole is a box: by column, the regions where no rule applies whatever the others are in the box. */
struct hole {
	const uint32_t **regions; /* by column; NULL: wherever the input is */
	uint32_t *counts;
};

/* The holes, `most` of them in *ret_holes and their number in *ret_count. An unjudged cell is taken to pass,
 * or `strictly` not to. False: no memory, or too much work: what is given is right, but there may be more. */
[[nodiscard]] bool space_holes(struct space *space, bool strictly, uint32_t most, struct hole *ret_holes,
	uint32_t *ret_kept, uint64_t *ret_count);

/* ---- rules that others hide ---- */

enum space_answer { SPACE_NO, SPACE_YES, SPACE_UNKNOWN /* too much work */ };

/* Whether the rules of a set together apply wherever `rule` does, over what is declared of the inputs. */
enum space_answer space_covers(struct space *space, const uint64_t *rules, uint32_t rule);

/* A value in a region of a column. */
[[nodiscard]] bool space_sample(struct space *space, uint32_t column, uint32_t region,
	struct feel_value *ret_value);
/* The first region of a column where both rules pass (`other` may be the same); false when none. */
[[nodiscard]] bool space_common_region(const struct space *space, uint32_t column, uint32_t rule,
	uint32_t other, uint32_t *ret_region);
