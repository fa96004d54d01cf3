/* A CSV whose first line names its columns, read whole: for imports whose lines are each judged alone. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

enum { LINES_MOST = 200000, LINES_COLUMNS = 100, LINES_MOST_TOLD = 1000 };

struct line {
	size_t number;             /* in the file, from 1 */
	const struct text *fields; /* by column; trimmed */
};

struct line_refusal {
	size_t number, column; /* column in characters from 1; 0: the whole line */
	struct text message;
};

struct lines {
	const struct text *columns; /* folded: without accents, in small letters */
	const struct text *names;   /* as they are written */
	size_t column_count;
	const struct line *at;
	size_t count;
	const struct line_refusal *refusals; /* of the lines that cannot be read */
	size_t refusal_count;
};

/* Everything lives in `arena`. REFUSED when there is no line of names, a name stands twice, or the file cannot be read
 * to its end. */
enum guichet_status lines_read(struct arena *arena, struct text source, struct lines *ret_lines,
	struct guichet_error *error);
/* The column of that name, accents and case apart; -1 when there is none. */
int lines_column(const struct lines *lines, struct arena *arena, const char *name);
/* The field of a line; empty without the column. */
struct text lines_field(const struct line *line, int column);
