/* A test of one value, seen as the set of the values that pass it: what a decision table's cell is for the
 * index and for the checker. Nothing is guessed of the tests: the tree says where the answer may change
 * (the constants that the value is compared with), and the evaluator itself is asked on each side.
 * Inside of feel/. */
#pragma once

#include "feel/evaluation.h"
#include "feel/point.h"

/* Why a test cannot be judged alone. */
enum cell_obstacle {
	CELL_CLEAR,
	CELL_READS_NAMES,  /* other names than the value tested */
	CELL_COMPUTES,     /* on the value: "? * 2 > 5", a function of it */
	CELL_ORDERS_TEXT,  /* < and > between texts */
	CELL_MIXES_KINDS,  /* compared with values of different natures */
	CELL_TOO_LARGE,
};

/* Places on an axis, numbered from 0: below the first cut, the first cut itself, between the first and the
 * second, …, above the last: 2 * cuts + 1. Texts that are no cut are all in region 0. */
struct cell {
	enum cell_obstacle obstacle; /* not CLEAR: nothing below is known */
	bool any;                    /* everything passes, null too */
	bool null_passes;
	const struct point *cuts;    /* in order */
	uint32_t cut_count;
	const uint8_t *passes;       /* by region: 2 * cut_count + 1; of an empty region, it says nothing */
};

enum {
	CELL_MOST_CUTS = 300, /* of what neither "or" nor "and" joins */
	CELL_MOST_NODES = 20000,
	CELL_MOST_ALIASES = 7,
};

/* Finds out about tests. One for a table: what it may cost in all is bounded. */
struct judge {
	struct arena *arena;   /* where cells are made */
	struct arena *passing; /* where tests are evaluated; cleared after each cell when it is another one */
	struct evaluation *evaluation; /* of its own, without inputs: judge_start() */
	unsigned long steps_left;
	bool no_memory;
	const uint32_t *aliases; /* other locals that hold the value tested */
	unsigned alias_count;    /* CELL_MOST_ALIASES at most */
	/* of the test under way */
	uint32_t places[16];  /* locals that hold the value tested */
	unsigned place_count;
	struct feel_value *constants; /* that it is compared with */
	size_t constant_count, constant_capacity;
	bool orders_text;
	unsigned nodes;
	enum cell_obstacle obstacle;
};

/* `locals`: as many as the tests use. `passing` may be `arena`. False without memory. */
[[nodiscard]] bool judge_start(struct judge *judge, struct arena *arena, struct arena *passing,
	struct evaluation *evaluation, struct feel_run *run, uint32_t locals);

/* First look: the constants that a test compares the value of `place` with are added to the judge's, for
 * judge_axis() alone, which only looks at their kinds; returns what prevents more. */
enum cell_obstacle judge_survey(struct judge *judge, const struct node *test, uint32_t place);
/* The axis for tests of a value of this type, compared with these constants. False: they are of several
 * natures; the axis is then opaque. */
[[nodiscard]] bool judge_axis(const struct feel_type *type, const struct feel_value *constants, size_t count,
	struct axis *ret_axis);
/* The test (NULL: any value) as a set on the axis. */
struct cell judge_cell(struct judge *judge, const struct node *test, uint32_t place, struct axis axis);

/* The same for a test of which judge_cell() could not say where its answer may change, when only these points
 * come: it is asked on each. The cell keeps `points`. Still unjudged when it reads anything else. */
struct cell judge_cell_on(struct judge *judge, const struct node *test, uint32_t place, struct axis axis,
	const struct point *points, uint32_t count);

/* A value that is in a region of these cuts; false: the region is empty, or, for texts' region 0 alone, there
 * is no memory. */
[[nodiscard]] bool region_sample(struct arena *arena, struct axis axis, const struct point *cuts,
	uint32_t count, uint32_t region, bool whole, struct feel_value *ret_value);

/* The value of a node that reads nothing; false when it costs too much. */
[[nodiscard]] bool judge_constant(struct judge *judge, const struct node *node, struct feel_value *ret_value);
/* True when the node is a constant, or made of constants only. */
bool node_is_constant(const struct node *node);
