/* Registers: tables that moves fill, kept with the dossier. The state holds a bounded number of rows; events have
 * them all. */
#include "dossier/registers.h"
#include "dossier/deciding.h"
#include "dossier/state.h"
#include "dossier/view.h"

#include "base/banned.h"

/* ---- rows and time ---- */

/* Is this row still read on that day? */
static bool
is_kept(const struct procedure *procedure, const struct dossier_row *row, struct date day)
{
	const struct procedure_register *one = &procedure->registers[row->register_index];
	if (one->keep_months == 0 && one->keep_days == 0)
		return true;
	const struct date until = date_add_days(date_add_months(date_of_instant(row->at, NULL), one->keep_months),
		one->keep_days);
	return date_compare(day, until) <= 0;
}

/* ---- expressions ---- */

static bool
feel_of_row(struct arena *arena, const struct procedure_register *one, const struct dossier_row *row,
	struct feel_value *ret_value)
{
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, one->column_count + 2);
	if (!entries)
		return false;
	entries[0] = (struct feel_entry){ TEXT("le"), feel_date(date_of_instant(row->at, NULL)) };
	entries[1] = (struct feel_entry){ TEXT("par"), row->by.length > 0 ? feel_string(row->by) : feel_null(TEXT("")) };
	for (size_t i = 0; i < one->column_count; i++)
		entries[i + 2] = (struct feel_entry){ one->columns[i].name, feel_entry_of(row->values, one->columns[i].name) };
	*ret_value = feel_context(entries, one->column_count + 2);
	return true;
}

enum guichet_status
registers_set(struct inputs *inputs, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	const struct dossier *dossier = inputs->facts->dossier;
	const struct date today = date_of_instant(inputs->facts->at, NULL);
	const size_t most = dossier ? dossier->row_count : 0;
	if (procedure->registers_slot < 0)
		return GUICHET_OK;
	struct feel_entry *entries = arena_array_of(inputs->arena, struct feel_entry, procedure->register_count);
	for (size_t i = 0; entries && i < procedure->register_count; i++) {
		struct feel_value *rows = arena_array_of(inputs->arena, struct feel_value, most + 1);
		size_t count = 0;
		for (size_t k = 0; rows && k < most; k++) {
			const struct dossier_row *row = &dossier->rows[k];
			if (row->register_index != (int)i || !is_kept(procedure, row, today))
				continue;
			if (!feel_of_row(inputs->arena, &procedure->registers[i], row, &rows[count++]))
				return OUT_OF_MEMORY(error);
		}
		if (!rows)
			return OUT_OF_MEMORY(error);
		entries[i] = (struct feel_entry){ procedure->registers[i].name, feel_list(rows, count) };
	}
	if (!entries)
		return OUT_OF_MEMORY(error);
	inputs->values[procedure->registers_slot] = feel_context(entries, procedure->register_count);
	return GUICHET_OK;
}

/* ---- events ---- */

enum guichet_status
deciding_put_rows(struct deciding *deciding, const struct consequences *consequences, json_t *result)
{
	json_t *rows = consequences->inscription_count > 0 ? json_put_array(result, "registered") : NULL;
	for (size_t i = 0; i < consequences->inscription_count; i++) {
		const struct procedure_inscription *inscription = &consequences->inscriptions[i];
		const struct procedure_register *one = &deciding->procedure->registers[inscription->register_index];
		json_t *row = json_object();
		bool well = json_push(rows, row) && json_put(row, "register", json_of_text(one->name));
		json_t *values = well ? json_put_object(row, "values") : NULL;
		for (size_t k = 0; values && k < one->column_count; k++) {
			struct feel_value value = feel_null(TEXT(""));
			const enum guichet_status status = inscription->values[k]
				? inputs_evaluate(&deciding->inputs, inscription->values[k], &value, deciding->error) : GUICHET_OK;
			if (status != GUICHET_OK)
				return status;
			/* What is not of the column's type would not be read again. */
			if (!feel_value_is(value, one->columns[k].feel_type))
				value = feel_null(TEXT(""));
			if (!json_put_named(values, one->columns[k].name, feel_value_to_json(value)))
				return OUT_OF_MEMORY(deciding->error);
		}
		if (!values)
			return OUT_OF_MEMORY(deciding->error);
	}
	return GUICHET_OK;
}

/* The values of a row, by column; what is missing is null. */
static struct feel_value
read_values(struct json_reader *reader, const struct procedure_register *one, const json_t *values)
{
	struct feel_entry *entries = arena_array_of(reader->arena, struct feel_entry, one->column_count + 1);
	if (!entries) {
		reader->failed = reader->full = true;
		return feel_null(TEXT(""));
	}
	for (size_t i = 0; i < one->column_count; i++) {
		const struct procedure_field *column = &one->columns[i];
		entries[i] = (struct feel_entry){ column->name,
			json_value(reader, column->feel_type, json_object_getn(values, column->name.at, column->name.length)) };
	}
	return feel_context(entries, one->column_count);
}

static struct dossier_row
read_row(struct json_reader *reader, const json_t *item)
{
	struct dossier_row row = { .register_index = procedure_register_find(reader->procedure,
		json_text_at(reader, item, "register")) };
	if (row.register_index < 0) {
		reader->failed = true;
		return row;
	}
	row.values = read_values(reader, &reader->procedure->registers[row.register_index], json_object_get(item, "values"));
	return row;
}

bool
registers_fold(struct json_reader *reader, struct dossier *dossier, const json_t *registered, instant at, struct text by,
	const struct procedure_action *veil, unsigned version)
{
	const size_t added = json_array_size(registered), most = dossier->row_count + added;
	const struct date today = date_of_instant(at, NULL);
	size_t count = 0, dropped = 0;
	if (added == 0)
		return true;
	struct dossier_row *rows = arena_array_of(reader->arena, struct dossier_row, most + 1);
	if (!rows)
		return false;
	for (size_t i = 0; i < dossier->row_count; i++)
		if (is_kept(reader->procedure, &dossier->rows[i], today))
			rows[count++] = dossier->rows[i];
	for (size_t i = 0; i < added && !reader->failed; i++) {
		struct dossier_row *row = &rows[count++];
		*row = read_row(reader, json_array_get(registered, i));
		row->at = at;
		row->by = by;
		row->veiled_by = veil;
		row->version = version;
	}
	if (count > DOSSIER_ROWS_LIMIT)
		dropped = count - DOSSIER_ROWS_LIMIT;
	dossier->rows = rows + dropped;
	dossier->row_count = count - dropped;
	return true;
}

/* ---- the state ---- */

bool
registers_put(struct arena *arena, json_t *object, const struct procedure *procedure, const struct dossier *dossier)
{
	json_t *array = dossier->row_count > 0 ? json_put_array(object, "rows") : NULL;
	bool well = dossier->row_count == 0 || array;
	for (size_t i = 0; well && i < dossier->row_count; i++) {
		const struct dossier_row *row = &dossier->rows[i];
		json_t *item = json_object();
		well = json_push(array, item)
			&& json_put(item, "register", json_of_text(procedure->registers[row->register_index].name))
			&& json_put(item, "at", json_integer(row->at)) && json_put(item, "by", json_of_text(row->by))
			&& json_put(item, "version", json_integer(row->version))
			&& json_put(item, "values", feel_value_to_json(row->values))
			&& (!row->veiled_by || json_put(item, "veil", state_json_of_veil(arena, procedure, row->veiled_by)));
	}
	return well;
}

void
registers_read(struct json_reader *reader, const json_t *array, struct dossier *dossier)
{
	struct dossier_row *rows = json_items(reader, array, sizeof *rows, DOSSIER_ROWS_LIMIT, &dossier->row_count);
	for (size_t i = 0; i < dossier->row_count; i++) {
		const json_t *item = json_array_get(array, i);
		rows[i] = read_row(reader, item);
		rows[i].at = json_instant(reader, json_object_get(item, "at"));
		rows[i].veiled_by = state_veil_of_json(reader, json_object_get(item, "veil"));
		rows[i].by = json_text_at(reader, item, "by");
		rows[i].version = (unsigned)json_integer_at(reader, item, "version", 0, DOSSIER_EVENTS_LIMIT);
	}
	dossier->rows = rows;
}

/* ---- what a viewer reads ---- */

static bool
row_cells(struct arena *arena, const struct procedure_register *one, const struct dossier_row *row, struct text *cells)
{
	cells[0] = date_french(arena, date_of_instant(row->at, NULL), false);
	cells[1] = row->by;
	bool well = cells[0].at;
	for (size_t i = 0; well && i < one->column_count; i++) {
		cells[i + 2] = procedure_field_text(arena, &one->columns[i], feel_entry_of(row->values, one->columns[i].name));
		well = cells[i + 2].at;
	}
	return well;
}

enum guichet_status
dossier_registers(const struct dossier_facts *facts, const struct dossier_viewer *viewer, struct arena *arena,
	const struct dossier_register_view **ret_views, size_t *ret_count, struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	const struct dossier *dossier = facts->dossier;
	const bool applicant = view_as_applicant(facts, viewer);
	const struct date today = date_of_instant(facts->at, NULL);
	struct dossier_register_view *views = arena_array_of(arena, struct dossier_register_view, procedure->register_count + 1);
	size_t count = 0;
	if (!views)
		return OUT_OF_MEMORY(error);
	for (size_t i = 0; i < procedure->register_count; i++) {
		const struct procedure_register *one = &procedure->registers[i];
		const size_t width = one->column_count + 2;
		struct text *cells = arena_array_of(arena, struct text, width * dossier->row_count + 1);
		size_t rows = 0;
		for (size_t k = 0; cells && k < dossier->row_count; k++) {
			const struct dossier_row *row = &dossier->rows[k];
			if (row->register_index != (int)i || !is_kept(procedure, row, today)
				|| (applicant && view_hides(facts, row->veiled_by, row->version)))
				continue;
			if (!row_cells(arena, one, row, cells + width * rows++))
				return OUT_OF_MEMORY(error);
		}
		if (!cells)
			return OUT_OF_MEMORY(error);
		if (rows > 0)
			views[count++] = (struct dossier_register_view){ one, cells, rows };
	}
	*ret_views = views;
	*ret_count = count;
	return GUICHET_OK;
}
