/* The inside of reading boxes, for box.c and table.c. All texts are laid out one after the other in one
 * source, and each is read with a reader that sees no further than its end: so that nodes have places
 * in one source, whatever the number of cells.
 * Functions that give a node give NULL once the reader stopped, and have then said why; a mistake of
 * syntax in a cell stops that cell only. */
#pragma once

#include "feel/box.h"
#include "feel/parser.h"

struct boxes {
	struct reader reader;
	struct source_part *parts; /* reader.parts, under construction */
	char *source;
	size_t cursor;           /* where the next cell will stand */
	size_t length, count;    /* of all cells; of cells and boxes */
};

/* Nothing but spaces. */
bool box_cell_is_empty(const struct feel_cell *cell);
/* The expression of a cell. */
const struct node *box_expression(struct boxes *boxes, const struct feel_cell *cell);
/* The tests of a cell on the value that `tested` names, which is known as `?`. */
const struct node *box_tests(struct boxes *boxes, const struct feel_cell *cell, const struct local *tested);
/* The same value, as a declared type (NULL: as it is); says when it can never be. */
const struct node *box_as(struct boxes *boxes, const struct node *node, const struct feel_type *type);
/* Says a mistake of a box, rather than of what a cell says, where the next cell stands. */
[[gnu::format(printf, 4, 5)]] void box_mistake(struct boxes *boxes, const void *place, struct text remedy,
	const char *format, ...);
/* Keeps `count` places of locals for the construct under way; the first. */
unsigned box_reserve(struct boxes *boxes, unsigned count);

/* ---- table.c ---- */

const struct node *table_read(struct boxes *boxes, const struct feel_table *table, const void *place);
