/* Lines of cells written as text, in procedure.yaml, in essais/ or in a CSV file: a small door of this
 * folder, beside procedure.h and yaml.h. */
#pragma once

#include "feel/type.h"
#include "procedure/yaml.h"

/* ---- cells (grid.c): a piece of text, and where each of its bytes stands in its file ---- */

struct cell {
	struct text text;               /* trimmed; the quotes of CSV undone */
	struct text feel;               /* the FEEL it says; cell_translate() */
	const uint32_t *from;           /* by byte of `feel`, that of `text`; NULL: the same */
	const struct source *source;
	const struct yaml_node *scalar; /* the text of procedure.yaml it stands in; NULL: in the source itself */
	size_t start;                   /* of `text` in the scalar or the source */
	bool quoted;                    /* of CSV, its quotes doubled */
	bool whole;                     /* places inside are not told: all of `at` is */
	struct span at;                 /* when whole */
};

/* A YAML scalar as one cell. */
struct cell cell_of_node(const struct yaml_node *node);
/* Where bytes [offset, offset + length) of cell.feel stand; an empty cell is a point. */
struct span cell_span(const struct cell *cell, size_t offset, size_t length);

struct row {
	struct cell *cells;
	size_t count;
	struct span at;
};

/* The first row is the header. */
struct grid {
	struct row *rows;
	size_t count;
};

/* `quotité | part`, a line per row; a line of dashes is an ornament. False after a finding, or without memory
 * (findings->broken). */
bool grid_of_lines(struct arena *arena, const struct yaml_node *node, struct grid *ret_grid,
	struct procedure_findings *findings);
/* CSV, as base/csv.h reads it. False after a finding. */
bool grid_of_csv(struct arena *arena, const struct source *source, struct grid *ret_grid,
	struct procedure_findings *findings);

/* ---- translation (cell.c) ---- */

/* What an HR officer writes in a cell, as FEEL: the words of the type without quotes, oui and non,
 * dates, the decimal comma of a result. `test`: the cell is a test and not a result. False after a
 * finding, when it may be read in two ways. */
bool cell_translate(struct arena *arena, struct cell *cell, const struct feel_type *type, bool test,
	struct procedure_findings *findings);
