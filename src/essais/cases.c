/* `cas: |`, examples as lines: a column that names a field or a posed value gives it, any other is an
 * expression and what it must be worth. The tables of a circular are proved line by line. */
#include "base/french.h"
#include "essais/play.h"
#include "procedure/grid.h"

#include "base/banned.h"

enum column_kind { COLUMN_GIVEN, COLUMN_EXPECTED, COLUMN_WORDS };

struct column {
	enum column_kind kind;
	struct text name;
	const struct feel_type *type; /* of what is given */
	const struct feel *feel;      /* of what is expected; NULL: told */
};

static struct yaml_node
node_of(const struct cell *cell)
{
	return (struct yaml_node){ .kind = YAML_SCALAR, .at = cell_span(cell, 0, cell->text.length), .scalar = cell->text };
}

static struct column
column_of(struct playing *playing, const struct cell *cell)
{
	static const char *const words[] = { "cite", "note", "titre" };
	const struct procedure *procedure = playing->procedure;
	const struct text name = cell->text;
	const int field = procedure_field_find(procedure, name), posed = procedure_posed_find(procedure, name);
	if (field >= 0 || posed >= 0)
		return (struct column){ COLUMN_GIVEN, name,
			field >= 0 ? procedure->fields[field].feel_type : procedure->posed[posed].type, NULL };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_equal(name, text_of_string(words[i])))
			return (struct column){ COLUMN_WORDS, name, NULL, NULL };
	struct feel_findings findings = { 0 };
	const struct yaml_node node = node_of(cell);
	const struct feel *feel = feel_read(playing->arena, procedure->case_scope, name, &findings);
	if (!feel)
		essai_check(playing, &node, playing->report->first_only, "« %.*s » : %.*s", TEXT_ARGS(name),
			TEXT_ARGS(findings.count ? findings.at[0].message : TEXT("illisible")));
	return (struct column){ COLUMN_EXPECTED, name, NULL, feel };
}

/* A given value; false when it cannot be read, which is told. */
static bool
give(struct playing *playing, const struct dossier_facts *facts, const struct column *column, struct cell cell,
	struct dossier_value *ret_value)
{
	CLEANUP(procedure_findings_release) struct procedure_findings told = { 0 };
	struct feel_findings findings = { 0 };
	struct guichet_error error = { 0 };
	const struct yaml_node node = node_of(&cell);
	const int field = procedure_field_find(playing->procedure, column->name);
	*ret_value = (struct dossier_value){ .name = column->name };
	if (field >= 0 && essai_typed(playing, &playing->procedure->fields[field], &node, &ret_value->value))
		return true;
	const bool translated = cell_translate(playing->arena, &cell, column->type, false, &told);
	const struct feel *feel = translated
		? feel_read(playing->arena, playing->procedure->case_scope, cell.feel, &findings) : NULL;
	if (feel && dossier_evaluate(facts, feel, playing->arena, &ret_value->value, &error) == GUICHET_OK)
		return true;
	essai_check(playing, &node, playing->report->first_only, "« %.*s » n’est pas une donnée lisible",
		TEXT_ARGS(column->name));
	return false;
}

/* A value may also be told as it is shown: its decimals, its sign. */
static bool
is_shown_as(struct playing *playing, const struct column *column, struct feel_value value, struct text expected)
{
	return value.kind != FEEL_NULL
		&& french_equal(procedure_value_text(playing->arena, playing->procedure, column->name, value), expected);
}

static void
expect(struct playing *playing, const struct dossier_facts *facts, const struct column *column, const struct cell *cell)
{
	const struct yaml_node node = node_of(cell);
	struct guichet_error error = { 0 };
	struct feel_value value;
	if (!column->feel || cell->text.length == 0)
		return;
	if (dossier_evaluate(facts, column->feel, playing->arena, &value, &error) != GUICHET_OK) {
		essai_check(playing, &node, false, "« %.*s » : %s", TEXT_ARGS(column->name), error.message);
		return;
	}
	essai_check(playing, &node, essai_value_is(playing, value, &node) || is_shown_as(playing, column, value, cell->text),
		"« %.*s » vaut %.*s, pas %.*s", TEXT_ARGS(column->name), TEXT_ARGS(essai_value_text(playing, value)),
		TEXT_ARGS(cell->text));
}

static void
play_line(struct playing *playing, const struct dossier_facts *facts, const struct dossier *dossier,
	const struct column *columns, size_t count, const struct row *row)
{
	struct dossier one = *dossier;
	struct dossier_facts with = *facts;
	struct dossier_value *values = arena_array_of(playing->arena, struct dossier_value, count);
	if (!values)
		return;
	if (row->count > count) {
		const struct yaml_node extra = node_of(&row->cells[count]);
		essai_check(playing, &extra, extra.scalar.length == 0, "cette case est au-delà de la dernière colonne");
	}
	for (size_t i = 0; i < count && i < row->count; i++)
		if (columns[i].kind == COLUMN_GIVEN && row->cells[i].text.length)
			one.value_count += give(playing, facts, &columns[i], row->cells[i], &values[one.value_count]);
	one.values = values;
	with.dossier = &one;
	for (size_t i = 0; i < count && i < row->count; i++)
		if (columns[i].kind == COLUMN_EXPECTED)
			expect(playing, &with, &columns[i], &row->cells[i]);
}

enum guichet_status
essai_play_cases(struct playing *playing, const struct yaml_node *node, const struct dossier_facts *facts,
	const struct dossier *dossier)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct grid grid = { 0 };
	const bool cut = grid_of_lines(playing->arena, node, &grid, &findings);
	for (size_t i = 0; i < findings.count; i++)
		essai_check(playing, node, false, "%.*s : %.*s", TEXT_ARGS(findings.at[i].sentence),
			TEXT_ARGS(findings.at[i].remedy));
	if (findings.broken)
		return guichet_fail(playing->error, GUICHET_BROKEN, "La mémoire manque.");
	if (!cut || grid.count < 2) {
		essai_check(playing, node, false, "aucun cas : écrivez une ligne de noms, puis une ligne par cas");
		return GUICHET_OK;
	}
	const struct row *header = &grid.rows[0];
	struct column *columns = arena_array_of(playing->arena, struct column, header->count);
	if (!columns)
		return guichet_fail(playing->error, GUICHET_BROKEN, "La mémoire manque.");
	for (size_t i = 0; i < header->count; i++)
		columns[i] = column_of(playing, &header->cells[i]);
	for (size_t i = 1; i < grid.count && !essai_must_stop(playing); i++)
		play_line(playing, facts, dossier, columns, header->count, &grid.rows[i]);
	return GUICHET_OK;
}
