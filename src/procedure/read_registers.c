/* Second stroke, registers: their columns, and the rows that moves add to them. */
#include "procedure/reader.h"

#include "base/banned.h"

static void
read_keep(struct map map, struct procedure_register *one)
{
	const struct text keep = map_duration(map, "garde");
	int64_t number = 0;
	if (keep.length == 0 || !text_to_integer(text_part(keep, 1, keep.length - 2), 1, 36500, &number))
		return;
	const char unit = keep.at[keep.length - 1];
	if (unit == 'D')
		one->keep_days = (int)number;
	else
		one->keep_months = (int)number * (unit == 'Y' ? 12 : 1);
}

/* Each row begins with these. */
static bool
is_taken(struct text name)
{
	return text_equal(name, TEXT("le")) || text_equal(name, TEXT("par"));
}

static void
read_columns(struct map map, struct procedure_register *one)
{
	struct reader *reader = map.reader;
	const struct yaml_node *node = mapping_of(reader, map_get(map, "colonnes"), "les colonnes d’un registre");
	struct procedure_field *columns = node ? READER_ARRAY(reader, struct procedure_field, node->count) : NULL;
	size_t kept = 0;
	for (size_t i = 0; columns && i < node->count; i++) {
		const struct yaml_item *item = &node->items[i];
		if (!name_check(reader, item->key))
			continue;
		if (is_taken(item->key->scalar))
			finding_add(reader->findings, 202, item->key->at, TEXT("donnez-lui un autre nom"),
				"chaque ligne d’un registre a déjà « %.*s »", TEXT_ARGS(item->key->scalar));
		else
			read_register_column(reader, item, &columns[kept++]);
	}
	if (node && node->count == 0)
		finding_add(reader->findings, 505, node->at, TEXT(""), "un registre a au moins une colonne");
	one->columns = columns;
	one->column_count = kept;
}

void
read_registers(struct reader *reader, struct map top)
{
	const struct yaml_node *section = mapping_of(reader, map_get(top, "registres"), "les registres");
	if (!section)
		return;
	struct procedure_register *registers = READER_ARRAY(reader, struct procedure_register, section->count);
	size_t kept = 0;
	for (size_t i = 0; registers && i < section->count; i++) {
		const struct yaml_item *item = &section->items[i];
		if (!name_check(reader, item->key))
			continue;
		const struct map map = map_open(reader, item->value, item->key->at, &shape_register);
		struct procedure_register *one = &registers[kept++];
		*one = (struct procedure_register){ .origin = map_origin(map), .name = item->key->scalar,
			.label = map_text(map, "libellé", TEXT_LABEL) };
		read_keep(map, one);
		read_columns(map, one);
	}
	reader->procedure->registers = registers;
	reader->procedure->register_count = kept;
}

/* ---- rows ---- */

static int
column_find(const struct procedure_register *one, struct text name)
{
	for (size_t i = 0; i < one->column_count; i++)
		if (text_equal(one->columns[i].name, name))
			return (int)i;
	return PROCEDURE_NONE;
}

static struct text
nearest_column(struct reader *reader, const struct procedure_register *one, struct text name)
{
	struct text *known = READER_ARRAY(reader, struct text, one->column_count);
	for (size_t i = 0; known && i < one->column_count; i++)
		known[i] = one->columns[i].name;
	return known ? nearest_remedy(reader, name, known, one->column_count) : TEXT("");
}

static void
read_row(struct reader *reader, const struct yaml_node *node, int index, struct procedure_inscription *row)
{
	const struct procedure_register *one = &reader->procedure->registers[index];
	const struct feel **values = READER_ARRAY(reader, const struct feel *, one->column_count);
	row->register_index = index;
	row->values = values;
	node = mapping_of(reader, node, "ce qu’on inscrit");
	if (!values || !node)
		return;
	bool *seen = READER_ARRAY(reader, bool, one->column_count);
	for (size_t i = 0; seen && i < node->count; i++) {
		const struct text name = node->items[i].key->scalar;
		const int column = column_find(one, name);
		if (column == PROCEDURE_NONE) {
			finding_add(reader->findings, 201, node->items[i].key->at, nearest_column(reader, one, name),
				"le registre « %.*s » n’a pas de colonne « %.*s »", TEXT_ARGS(one->name), TEXT_ARGS(name));
			continue;
		}
		seen[column] = true;
		want_feel(reader, node->items[i].value, SCOPE_CASE, WANT_ANY, one->columns[column].feel_type, &values[column]);
	}
	for (size_t i = 0; seen && i < one->column_count; i++)
		if (one->columns[i].compulsory && !seen[i])
			finding_add(reader->findings, 105, node->at, TEXT("dites ce que vaut cette colonne obligatoire"),
				"il manque « %.*s: » à ce qu’on inscrit", TEXT_ARGS(one->columns[i].name));
}

void
read_inscriptions(struct map map, const struct procedure_inscription **ret_rows, size_t *ret_count)
{
	struct reader *reader = map.reader;
	const struct procedure *procedure = reader->procedure;
	const struct yaml_node *section = mapping_of(reader, map_get(map, "inscrit"), "ce qu’on inscrit");
	size_t most = 0, kept = 0;
	for (size_t i = 0; section && i < section->count; i++)
		most += section->items[i].value->kind == YAML_SEQUENCE ? section->items[i].value->count : 1;
	struct procedure_inscription *rows = section ? READER_ARRAY(reader, struct procedure_inscription, most) : NULL;
	for (size_t i = 0; rows && i < section->count; i++) {
		const struct yaml_item *item = &section->items[i];
		const int index = procedure_register_find(procedure, item->key->scalar);
		if (index == PROCEDURE_NONE) {
			finding_add(reader->findings, 201, item->key->at, TEXT("déclarez-le sous « registres: »"),
				"aucun registre ne s’appelle « %.*s »", TEXT_ARGS(item->key->scalar));
			continue;
		}
		if (item->value->kind != YAML_SEQUENCE)
			read_row(reader, item->value, index, &rows[kept++]);
		for (size_t k = 0; item->value->kind == YAML_SEQUENCE && k < item->value->count; k++)
			read_row(reader, item->value->items[k].value, index, &rows[kept++]);
	}
	*ret_rows = rows;
	*ret_count = kept;
}
