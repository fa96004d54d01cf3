/* Second stroke, the lines of a decision table: the first names the columns, the others are rules. */
#include "procedure/table.h"

#include "base/banned.h"

enum column_kind { COLUMN_INPUT, COLUMN_OUTPUT, COLUMN_CITE, COLUMN_NOTE, COLUMN_UNKNOWN };

struct column {
	enum column_kind kind;
	size_t index;
};

/* The columns without those at the end that nothing names. */
static size_t
named_columns(const struct row *header)
{
	size_t count = header->count;
	while (count && header->cells[count - 1].text.length == 0)
		count--;
	return count;
}

static void
tell_unknown_column(struct reader *reader, const struct table *table, const struct cell *cell)
{
	struct text *known = READER_ARRAY(reader, struct text, table->input_count + table->output_count + 2);
	size_t count = 0;
	if (!known)
		return;
	for (size_t i = 0; i < table->input_count; i++)
		known[count++] = table->inputs[i].name;
	for (size_t i = 0; i < table->output_count; i++)
		known[count++] = table->outputs[i].name;
	known[count++] = TEXT("cite");
	known[count++] = TEXT("note");
	if (cell->text.length == 0)
		finding_add(reader->findings, 701, cell_span(cell, 0, 0), nearest_remedy(reader, TEXT(""), known, count),
			"cette colonne n’a pas de nom");
	else
		finding_add(reader->findings, 701, cell_span(cell, 0, cell->text.length),
			nearest_remedy(reader, cell->text, known, count), "aucune entrée ni sortie ne s’appelle « %.*s »",
			TEXT_ARGS(cell->text));
}

static struct column
column_of(const struct table *table, struct text name)
{
	for (size_t i = 0; i < table->input_count; i++)
		if (text_equal(table->inputs[i].name, name))
			return (struct column){ COLUMN_INPUT, i };
	for (size_t i = 0; i < table->output_count; i++)
		if (text_equal(table->outputs[i].name, name))
			return (struct column){ COLUMN_OUTPUT, i };
	return (struct column){ text_equal(name, TEXT("cite")) ? COLUMN_CITE
		: text_equal(name, TEXT("note")) ? COLUMN_NOTE : COLUMN_UNKNOWN, 0 };
}

static bool
has_column(const struct column *columns, size_t count, struct column wanted)
{
	for (size_t i = 0; i < count; i++)
		if (columns[i].kind == wanted.kind && columns[i].index == wanted.index)
			return true;
	return false;
}

/* False after a finding: the lines would only repeat it. */
static bool
read_header(struct reader *reader, const struct table *table, const struct row *header, struct column *columns)
{
	const size_t count = named_columns(header);
	bool good = true;
	for (size_t i = 0; i < count; i++) {
		const struct cell *cell = &header->cells[i];
		columns[i] = column_of(table, cell->text);
		if (columns[i].kind == COLUMN_UNKNOWN) {
			tell_unknown_column(reader, table, cell);
			good = false;
		} else if (has_column(columns, i, columns[i])) {
			finding_add(reader->findings, 701, cell_span(cell, 0, cell->text.length), TEXT("gardez-en une"),
				"deux colonnes s’appellent « %.*s »", TEXT_ARGS(cell->text));
			good = false;
		}
	}
	for (size_t i = 0; good && i < table->input_count + table->output_count; i++) {
		const bool input = i < table->input_count;
		const struct column wanted = { input ? COLUMN_INPUT : COLUMN_OUTPUT, input ? i : i - table->input_count };
		const struct text name = input ? table->inputs[wanted.index].name : table->outputs[wanted.index].name;
		if (has_column(columns, count, wanted))
			continue;
		finding_add(reader->findings, 701, header->at, TEXT("ajoutez-la à la première ligne, et une case à chaque ligne"),
			"il manque la colonne « %.*s »", TEXT_ARGS(name));
		good = false;
	}
	return good;
}

/* "TTA-20", "TTA-20 : la note". */
static struct text
note_of(struct reader *reader, struct text cite, struct text note)
{
	if (!note.length || !cite.length)
		return note.length ? note : cite;
	const struct text both = arena_format(reader->arena, "%.*s : %.*s", TEXT_ARGS(cite), TEXT_ARGS(note));
	if (!both.at)
		reader->findings->broken = true;
	return both;
}

static bool
read_line(struct reader *reader, const struct table *table, const struct row *row, const struct column *columns,
	size_t count, struct table_rule *rule)
{
	*rule = (struct table_rule){ .tests = READER_ARRAY(reader, struct cell, table->input_count),
		.results = READER_ARRAY(reader, struct cell, table->output_count), .row = row };
	if (!rule->tests || !rule->results)
		return false;
	for (size_t i = count; i < row->count; i++)
		if (row->cells[i].text.length) {
			finding_add(reader->findings, 702, cell_span(&row->cells[i], 0, row->cells[i].text.length),
				TEXT("nommez sa colonne sur la première ligne, ou ôtez-la"),
				"cette case est au-delà de la dernière colonne");
			return false;
		}
	size_t needed = count;
	while (needed && (columns[needed - 1].kind == COLUMN_CITE || columns[needed - 1].kind == COLUMN_NOTE))
		needed--; /* these may be left out */
	if (row->count < needed) {
		finding_add(reader->findings, 702, row->at, TEXT("écrivez - dans une case qui accepte tout"),
			"cette ligne a %zu case%s, et la table %zu colonne%s", row->count, row->count > 1 ? "s" : "", count,
			count > 1 ? "s" : "");
		return false;
	}
	struct text cite = { 0 }, note = { 0 };
	bool good = true;
	for (size_t i = 0; i < count && i < row->count; i++) {
		const struct cell *cell = &row->cells[i];
		switch (columns[i].kind) {
		case COLUMN_INPUT:
			rule->tests[columns[i].index] = *cell;
			break;
		case COLUMN_OUTPUT:
			rule->results[columns[i].index] = *cell;
			if (cell->text.length == 0) {
				finding_add(reader->findings, 702, cell_span(cell, 0, 0), TEXT("écrivez un résultat ; null s’il n’y en a pas"),
					"cette ligne n’a pas de résultat");
				good = false;
			}
			break;
		case COLUMN_CITE:
			cite = cell->text;
			if (text_starts(cite, TEXT("[")) && text_ends(cite, TEXT("]"))) /* as a list is written elsewhere */
				cite = text_trim(text_part(cite, 1, cite.length - 2));
			break;
		default:
			note = cell->text;
		}
	}
	rule->note = note_of(reader, cite, note);
	return good;
}

void
read_table_lines(struct reader *reader, struct table *table, const struct grid *grid, struct span at)
{
	if (grid->count < 2) {
		finding_add(reader->findings, 703, grid->count ? grid->rows[0].at : at,
			TEXT("écrivez une ligne de noms, puis une ligne par règle"), "cette table n’a pas de ligne");
		return;
	}
	const struct row *header = &grid->rows[0];
	const size_t count = named_columns(header);
	struct column *columns = READER_ARRAY(reader, struct column, count);
	table->rules = READER_ARRAY(reader, struct table_rule, grid->count);
	if (!columns || !table->rules || !read_header(reader, table, header, columns))
		return;
	table->good = true;
	for (size_t i = 1; i < grid->count; i++) {
		if (reader->without.table == table->key && reader->without.row == i)
			continue;
		if (read_line(reader, table, &grid->rows[i], columns, count, &table->rules[table->rule_count]))
			table->rule_count++;
		else
			table->good = false;
	}
}
