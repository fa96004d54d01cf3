/* See lines.h. */
#include "office/lines.h"

#include <stdio.h>

#include "base/csv.h"
#include "base/fold.h"

#include "base/banned.h"

static bool
copy_fields(struct arena *arena, const struct csv_row *row, size_t count, struct text *ret_fields)
{
	for (size_t i = 0; i < count; i++) {
		ret_fields[i] = i < row->count ? arena_text(arena, text_trim(row->fields[i])) : TEXT("");
		if (!ret_fields[i].at)
			return false;
	}
	return true;
}

static enum guichet_status
no_memory(struct guichet_error *error)
{
	return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire pour lire ce fichier.");
}

static enum guichet_status
read_names(struct arena *arena, struct csv *csv, struct lines *lines, struct guichet_error *error)
{
	struct csv_row row;
	struct csv_error wrong = { 0 };
	if (csv_next(csv, &row, &wrong) != CSV_ROW)
		return wrong.no_memory ? no_memory(error)
			: guichet_fail(error, GUICHET_REFUSED, "La première ligne de ce fichier doit nommer ses colonnes. %s", wrong.message);
	struct text *columns = arena_array_of(arena, struct text, row.count), *names = arena_array_of(arena, struct text, row.count);
	if (!columns || !names || !copy_fields(arena, &row, row.count, names))
		return no_memory(error);
	for (size_t i = 0; i < row.count; i++) {
		columns[i] = text_fold(arena, names[i]);
		if (!columns[i].at)
			return no_memory(error);
		for (size_t k = 0; k < i; k++)
			if (text_equal(columns[k], columns[i]))
				return guichet_fail(error, GUICHET_REFUSED, "La colonne « %.*s » est nommée deux fois.",
					TEXT_ARGS(text_part(names[i], 0, 100)));
	}
	lines->columns = columns;
	lines->names = names;
	lines->column_count = row.count;
	return GUICHET_OK;
}

enum guichet_status
lines_read(struct arena *arena, struct text source, struct lines *ret_lines, struct guichet_error *error)
{
	struct lines lines = { 0 };
	CLEANUP(csv_free) struct csv *csv = csv_of_text(source, (struct csv_limits){ .columns = LINES_COLUMNS });
	struct line_refusal *refusals = arena_array_of(arena, struct line_refusal, LINES_MOST_TOLD);
	struct line *at = NULL;
	size_t capacity = 0;
	if (!csv || !refusals)
		return no_memory(error);
	const enum guichet_status status = read_names(arena, csv, &lines, error);
	if (status != GUICHET_OK)
		return status;
	for (;;) {
		struct csv_row row;
		struct csv_error wrong = { 0 };
		const enum csv_event event = csv_next(csv, &row, &wrong);
		if (event == CSV_END)
			break;
		if (event == CSV_BAD_FILE)
			return wrong.no_memory ? no_memory(error)
				: guichet_fail(error, GUICHET_REFUSED, "Ligne %zu : %s", wrong.line, wrong.message);
		if (event == CSV_ROW && row.count > lines.column_count) {
			wrong = (struct csv_error){ .line = row.line, .column = row.columns[lines.column_count] };
			snprintf(wrong.message, sizeof wrong.message, "Cette ligne a plus de cases que de colonnes.");
		}
		if (wrong.line) {
			if (lines.refusal_count < LINES_MOST_TOLD)
				refusals[lines.refusal_count++] = (struct line_refusal){ wrong.line, wrong.column,
					arena_text(arena, text_of_string(wrong.message)) };
			continue;
		}
		if (lines.count == LINES_MOST)
			return guichet_fail(error, GUICHET_REFUSED, "Ce fichier a plus de %d lignes : coupez-le en plusieurs.", LINES_MOST);
		if (lines.count == capacity) {
			capacity = capacity ? capacity * 2 : 256;
			struct line *grown = arena_array_of(arena, struct line, capacity);
			if (!grown)
				return no_memory(error);
			if (lines.count)
				memcpy(grown, at, lines.count * sizeof *grown);
			at = grown;
		}
		struct text *fields = arena_array_of(arena, struct text, lines.column_count);
		if (!fields || !copy_fields(arena, &row, lines.column_count, fields))
			return no_memory(error);
		at[lines.count++] = (struct line){ row.line, fields };
	}
	lines.at = at;
	lines.refusals = refusals;
	*ret_lines = lines;
	return GUICHET_OK;
}

int
lines_column(const struct lines *lines, struct arena *arena, const char *name)
{
	const struct text folded = text_fold(arena, text_of_string(name));
	for (size_t i = 0; folded.at && i < lines->column_count; i++)
		if (text_equal(lines->columns[i], folded))
			return (int)i;
	return -1;
}

struct text
lines_field(const struct line *line, int column)
{
	return column < 0 ? TEXT("") : line->fields[column];
}
