/* The lines of a decision table as rows of cells, each knowing its place: see grid.h. */
#include "procedure/grid.h"

#include "base/csv.h"

#include "base/banned.h"

enum { MOST_COLUMNS = 100, MOST_CELL = 4000 };

/* ---- places ---- */

struct cell
cell_of_node(const struct yaml_node *node)
{
	struct cell cell = { .source = node->at.source, .scalar = node };
	if (node->kind == YAML_SCALAR)
		cell.text = cell.feel = node->scalar;
	return cell;
}

/* A byte of a CSV field between quotes: each pair of quotes in it is one. */
static size_t
place_in_quotes(const struct cell *cell, size_t offset)
{
	const struct text bytes = cell->source->bytes;
	size_t at = cell->start;
	for (size_t i = 0; i < offset && at < bytes.length; i++)
		at += bytes.at[at] == '"' ? 2 : bytes.at[at] == '\r' ? 2 : 1;
	return at;
}

static size_t
place(const struct cell *cell, size_t offset)
{
	if (cell->from)
		offset = offset < cell->feel.length ? cell->from[offset] : cell->text.length;
	if (cell->scalar)
		return yaml_place(cell->scalar, cell->start + offset);
	return cell->quoted ? place_in_quotes(cell, offset) : cell->start + offset;
}

struct span
cell_span(const struct cell *cell, size_t offset, size_t length)
{
	if (cell->whole)
		return cell->at;
	const size_t start = place(cell, offset);
	const size_t end = length ? place(cell, offset + length - 1) + 1 : start + 1;
	return (struct span){ cell->source, start, end > start ? end : start + 1 };
}

/* ---- rows ---- */

/* Where rows go, and what is wrong with them. */
struct cutting {
	struct arena *arena;
	struct procedure_findings *findings;
};

/* NULL without memory, which is noted. */
static void *
array_of(struct cutting *cutting, size_t size, size_t count)
{
	void *array = arena_array(cutting->arena, size, count);
	if (!array)
		cutting->findings->broken = true;
	return array;
}

/* Room for one more of `size` bytes each, in the arena; NULL without memory. */
static void *
grow(struct cutting *cutting, void *items, size_t size, size_t count)
{
	if (count & (count - 1) || (count && count < 8))
		return items;
	void *grown = array_of(cutting, size, count < 8 ? 8 : count * 2);
	if (grown && count)
		memcpy(grown, items, size * count);
	return grown;
}

static bool
add_row(struct cutting *cutting, struct grid *grid, const struct cell *cells, size_t count, struct span at)
{
	grid->rows = grow(cutting, grid->rows, sizeof *grid->rows, grid->count);
	struct cell *copy = array_of(cutting, sizeof(struct cell), count);
	if (!grid->rows || !copy)
		return false;
	memcpy(copy, cells, count * sizeof *copy);
	grid->rows[grid->count++] = (struct row){ copy, count, at };
	return true;
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Cuts spaces off both ends, its start following. */
static void
trim(struct cell *cell, size_t from, size_t to, struct text whole)
{
	while (from < to && is_space(whole.at[from]))
		from++;
	while (to > from && is_space(whole.at[to - 1]))
		to--;
	cell->text = cell->feel = text_part(whole, from, to - from);
	cell->start = from;
}

/* ---- lines of procedure.yaml ---- */

/* The next `|` out of quotes from `at` on, or `end`. */
static size_t
next_bar(struct text text, size_t at, size_t end)
{
	bool quoted = false;
	for (; at < end; at++) {
		if (text.at[at] == '"' && !(quoted && at > 0 && text.at[at - 1] == '\\'))
			quoted = !quoted;
		if (text.at[at] == '|' && !quoted)
			return at;
	}
	return end;
}

/* A line of dashes, bars and colons, as under the header of a Markdown table. */
static bool
is_ornament(struct text line)
{
	bool dashes = false;
	for (size_t i = 0; i < line.length; i++) {
		if (!strchr("-|:+ \t\r", line.at[i]))
			return false;
		dashes |= line.at[i] == '-' && i + 1 < line.length && line.at[i + 1] == '-';
	}
	return dashes;
}

static size_t
cut_line(struct cutting *cutting, const struct yaml_node *node, size_t start, size_t end, struct cell *cells)
{
	const struct text whole = node->scalar;
	while (start < end && is_space(whole.at[start]))
		start++;
	while (end > start && is_space(whole.at[end - 1]))
		end--;
	if (start < end && whole.at[start] == '|')
		start++;
	if (end > start && whole.at[end - 1] == '|' && next_bar(whole, start, end) < end)
		end--;
	size_t count = 0;
	for (size_t at = start; at <= end;) {
		const size_t bar = next_bar(whole, at, end);
		if (count == MOST_COLUMNS) {
			finding_add(cutting->findings, 109, (struct span){ node->at.source, yaml_place(node, at),
				yaml_place(node, at) + 1 }, TEXT("partagez la table en plusieurs"),
				"une table a %d colonnes au plus", MOST_COLUMNS);
			return 0;
		}
		cells[count] = (struct cell){ .source = node->at.source, .scalar = node };
		trim(&cells[count++], at, bar, whole);
		at = bar + 1;
	}
	return count;
}

bool
grid_of_lines(struct arena *arena, const struct yaml_node *node, struct grid *ret_grid,
	struct procedure_findings *findings)
{
	struct cutting cutting = { arena, findings };
	struct grid grid = { 0 };
	struct cell *cells = array_of(&cutting, sizeof(struct cell), MOST_COLUMNS);
	if (!cells)
		return false;
	if (node->kind != YAML_SCALAR || node->plain || !memchr(node->scalar.at, '\n', node->scalar.length)) {
		finding_add(findings, 106, node->at,
			TEXT("écrivez « lignes: | », puis une ligne par règle, ses cases séparées par |"),
			"les lignes d’une table s’écrivent l’une sous l’autre");
		return false;
	}
	const struct text whole = node->scalar;
	for (size_t start = 0; start < whole.length;) {
		const char *newline = memchr(whole.at + start, '\n', whole.length - start);
		const size_t end = newline ? (size_t)(newline - whole.at) : whole.length;
		const struct text line = text_part(whole, start, end - start);
		if (text_trim(line).length && !is_ornament(line)) {
			const size_t count = cut_line(&cutting, node, start, end, cells);
			const struct span at = count ? cell_span(&cells[0], 0, cells[0].feel.length) : node->at;
			if (!count || !add_row(&cutting, &grid, cells, count, at))
				return false;
		}
		start = end + 1;
	}
	*ret_grid = grid;
	return true;
}

/* ---- CSV ---- */

static struct cell
csv_cell(struct cutting *cutting, const struct source *source, const struct csv_row *row, size_t nth)
{
	struct cell cell = { .source = source };
	const size_t offset = row->offsets[nth];
	cell.quoted = offset < source->bytes.length && source->bytes.at[offset] == '"';
	const struct text copy = arena_text(cutting->arena, row->fields[nth]);
	if (!copy.at)
		cutting->findings->broken = true;
	trim(&cell, 0, copy.length, copy);
	const size_t spaces = cell.start;
	cell.start = offset + cell.quoted;
	cell.start = place(&cell, spaces);
	return cell;
}

static bool
tell_bad_characters(struct cutting *cutting, const struct source *source)
{
	const size_t at = text_find(source->bytes, TEXT("\ufffd"));
	if (at == SIZE_MAX)
		return false;
	finding_add(cutting->findings, 704, (struct span){ source, at, at + 3 }, TEXT("enregistrez ce fichier en UTF-8"),
		"ce caractère n’est ni de l’UTF-8 ni du Windows-1252");
	return true;
}

/* "Du texte suit un guillemet fermant ; doublez…" as a sentence and its remedy. */
static void
tell_csv(struct cutting *cutting, const struct source *source, const struct csv_error *error)
{
	const struct text message = text_of_string(error->message);
	const struct text join = TEXT(" ; ");
	const size_t cut = text_find(message, join);
	struct text sentence = cut == SIZE_MAX ? message : text_part(message, 0, cut);
	struct text remedy = cut == SIZE_MAX ? TEXT("") : text_part(message, cut + join.length, SIZE_MAX);
	if (text_ends(remedy, TEXT(".")))
		remedy.length--;
	if (text_ends(sentence, TEXT(".")))
		sentence.length--;
	/* Findings begin without a capital. */
	char first[] = { sentence.at[0] };
	first[0] = (char)(first[0] >= 'A' && first[0] <= 'Z' ? first[0] + 32 : first[0]);
	const size_t at = source_offset(source, (unsigned)error->line, error->column ? (unsigned)error->column : 1);
	finding_add(cutting->findings, 704, (struct span){ source, at, at + 1 }, remedy, "%.1s%.*s", first,
		TEXT_ARGS(text_part(sentence, 1, SIZE_MAX)));
}

bool
grid_of_csv(struct arena *arena, const struct source *source, struct grid *ret_grid,
	struct procedure_findings *findings)
{
	struct cutting cutting = { arena, findings };
	struct grid grid = { 0 };
	CLEANUP(csv_free) struct csv *csv = csv_of_text(source->bytes,
		(struct csv_limits){ .file = PROCEDURE_FILE_LIMIT * 3, .field = MOST_CELL, .columns = MOST_COLUMNS });
	struct cell *cells = array_of(&cutting, sizeof(struct cell), MOST_COLUMNS);
	if (!csv || !cells) {
		findings->broken = true;
		return false;
	}
	bool good = !tell_bad_characters(&cutting, source);
	struct csv_row row;
	struct csv_error error;
	for (enum csv_event event; (event = csv_next(csv, &row, &error)) != CSV_END;) {
		if (event == CSV_BAD_FILE && error.no_memory) {
			findings->broken = true;
			return false;
		}
		if (event != CSV_ROW) {
			tell_csv(&cutting, source, &error);
			good = false;
			if (event == CSV_BAD_FILE)
				return false;
			continue;
		}
		bool empty = true;
		for (size_t i = 0; i < row.count; i++) {
			cells[i] = csv_cell(&cutting, source, &row, i);
			empty &= cells[i].text.length == 0;
		}
		if (!empty && !add_row(&cutting, &grid, cells, row.count, cell_span(&cells[0], 0, cells[0].text.length)))
			return false;
	}
	*ret_grid = grid;
	return good && !findings->broken;
}
