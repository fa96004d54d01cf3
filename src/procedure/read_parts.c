/* Fields whose value several answers make: weeks by half-days, rows, periods, durations. */
#include "procedure/reader.h"
#include "procedure/week.h"

#include "base/banned.h"

enum { USUAL_ROWS = 20 };

static const struct text weekdays[] = {
#define WEEKDAY(word) { word, sizeof(word) - 1 },
#include "procedure/words.def"
#undef WEEKDAY
};
enum { WEEKDAY_COUNT = sizeof weekdays / sizeof *weekdays, USUAL_DAYS = 5 };

/* Days in the order of the week, whatever the order of writing. */
static void
read_days(struct map map, struct procedure_field *field)
{
	struct reader *reader = map.reader;
	const struct yaml_node *node = map_get(map, "jours");
	const struct text *written = NULL;
	size_t count = 0, kept = 0;
	if (field->type != PROCEDURE_FIELD_WEEK) {
		if (node)
			finding_add(reader->findings, 505, map_key_place(map, "jours"), TEXT("ôtez-les, ou écrivez « type: semaine »"),
				"seule une semaine a des jours");
		return;
	}
	map_texts(map, "jours", &written, &count);
	bool asked[WEEKDAY_COUNT] = { false };
	for (size_t i = 0; i < WEEKDAY_COUNT; i++)
		asked[i] = !node && i < USUAL_DAYS;
	for (size_t i = 0; i < count; i++) {
		size_t day = 0;
		while (day < WEEKDAY_COUNT && !text_equal(written[i], weekdays[day]))
			day++;
		if (day < WEEKDAY_COUNT)
			asked[day] = true;
		else if (written[i].length)
			finding_add(reader->findings, 107, node->at, nearest_remedy(reader, written[i], weekdays, WEEKDAY_COUNT),
				"« %.*s » n’est pas un jour de la semaine", TEXT_ARGS(written[i]));
	}
	struct text *days = READER_ARRAY(reader, struct text, WEEKDAY_COUNT);
	for (size_t i = 0; days && i < WEEKDAY_COUNT; i++)
		if (asked[i])
			days[kept++] = weekdays[i];
	field->days = days;
	field->day_count = kept;
	field->feel_type = week_type(reader->arena, days, kept);
	if (!days || !field->feel_type)
		reader->findings->broken = true;
}

/* The context of a field's parts; NULL without memory. */
static const struct feel_type *
parts_type(struct reader *reader, const struct procedure_field *field, bool with_days)
{
	struct feel_field *fields = READER_ARRAY(reader, struct feel_field, field->part_count + 1);
	for (size_t i = 0; fields && i < field->part_count; i++) {
		const struct procedure_field *part = &field->parts[i];
		const struct feel_type *type = part->compulsory && !part->conditional ? part->feel_type
			: feel_type_optional_of(reader->arena, part->feel_type, true);
		if (!type)
			return NULL;
		fields[i] = (struct feel_field){ part->name, type };
	}
	if (fields && with_days)
		fields[field->part_count] = (struct feel_field){ TEXT("jours"),
			feel_type_number_of(reader->arena, TEXT("jour"), true, NULL) };
	return fields && (!with_days || fields[field->part_count].type)
		? feel_type_context_of(reader->arena, fields, field->part_count + with_days) : NULL;
}

/* The two ends of a period; both or none. */
static const struct procedure_field period_parts[] = {
	{ .name = TEXT("début"), .label = TEXT("Du"), .type = PROCEDURE_FIELD_DATE, .feel_type = &feel_type_date,
		.compulsory = true, .section = PROCEDURE_NONE },
	{ .name = TEXT("fin"), .label = TEXT("Au (compris)"), .type = PROCEDURE_FIELD_DATE, .feel_type = &feel_type_date,
		.compulsory = true, .section = PROCEDURE_NONE },
};

/* Those of the units of delays that people type; see feel/builtin_delay.c. */
static const struct text duration_words[] = { TEXT("jours"), TEXT("semaines"), TEXT("mois"), TEXT("ans"), TEXT("heures") };
static const struct procedure_option duration_options[] = {
	{ TEXT("jours"), TEXT("jours") }, { TEXT("semaines"), TEXT("semaines") }, { TEXT("mois"), TEXT("mois") },
	{ TEXT("ans"), TEXT("ans") }, { TEXT("heures"), TEXT("heures") },
};
enum { DURATION_UNITS = sizeof duration_words / sizeof *duration_words };

static void
make_duration(struct reader *reader, struct procedure_field *field)
{
	struct procedure_field *parts = READER_ARRAY(reader, struct procedure_field, 2);
	if (!parts)
		return;
	parts[0] = (struct procedure_field){ .name = TEXT("nombre"), .label = TEXT("Nombre"),
		.type = PROCEDURE_FIELD_INTEGER, .feel_type = feel_type_number_of(reader->arena, TEXT(""), true, NULL),
		.compulsory = true, .section = PROCEDURE_NONE };
	parts[1] = (struct procedure_field){ .name = TEXT("unité"), .label = TEXT("Unité"), .type = PROCEDURE_FIELD_CHOICE,
		.feel_type = feel_type_words_of(reader->arena, duration_words, DURATION_UNITS), .options = duration_options,
		.option_count = DURATION_UNITS, .compulsory = true, .section = PROCEDURE_NONE };
	field->parts = parts;
	field->part_count = parts[0].feel_type && parts[1].feel_type ? 2 : 0;
	reader->findings->broken |= field->part_count == 0;
}

/* A cell with a condition or checks. */
static bool
has_rules(const struct yaml_node *cell)
{
	static const char *const keys[] = { "si", "contrôle", "contrôles" };
	bool any = false;
	for (size_t i = 0; cell->kind == YAML_MAPPING && i < cell->count; i++)
		for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
			any |= !cell->items[i].left_out && text_equal(cell->items[i].key->scalar, text_of_string(keys[k]));
	return any;
}

/* A scope for the rules of these cells, made when all names are known; NULL without memory, which is noted. */
static struct row_scope *
note_row_scope(struct reader *reader, struct procedure_field *cells, size_t count)
{
	struct row_scope *row = READER_ARRAY(reader, struct row_scope, 1);
	const struct yaml_node **keys = READER_ARRAY(reader, const struct yaml_node *, count);
	if (!row || !keys)
		return NULL;
	*row = (struct row_scope){ .next = reader->row_scopes, .cells = cells, .keys = keys,
		.kind = reader->row_scopes ? reader->row_scopes->kind + 1 : SCOPE_COUNT };
	reader->row_scopes = row;
	reader->row_cell_count += count;
	return row;
}

/* The fields that each row asks. */
static void
read_columns(struct map map, struct procedure_field *field)
{
	struct reader *reader = map.reader;
	const struct yaml_node *node = map_get(map, "champs");
	if (!node)
		finding_add(reader->findings, 106, map.at, TEXT("écrivez « champs: » et une colonne au moins"),
			"un champ de type lignes dit ses colonnes");
	if (!node || !(node = mapping_of(reader, node, "les champs d’une ligne")))
		return;
	if (node->count == 0)
		finding_add(reader->findings, 505, node->at, TEXT(""), "une ligne a au moins un champ");
	struct procedure_field *columns = READER_ARRAY(reader, struct procedure_field, node->count);
	size_t kept = 0;
	for (size_t i = 0; i < node->count; i++)
		field->row_rules |= has_rules(node->items[i].value);
	struct row_scope *row = columns && field->row_rules ? note_row_scope(reader, columns, node->count) : NULL;
	for (size_t i = 0; columns && i < node->count; i++) {
		if (!name_check(reader, node->items[i].key))
			continue;
		if (row)
			row->keys[row->count++] = node->items[i].key;
		read_row_field(reader, &node->items[i], row ? row->kind : SCOPE_CASE, &columns[kept++]);
	}
	field->parts = columns;
	field->part_count = kept;
}

static void
read_rows(struct map map, struct procedure_field *field)
{
	static const char *const keys[] = { "champs", "lignes_minimum", "lignes_maximum" };
	struct reader *reader = map.reader;
	if (field->type != PROCEDURE_FIELD_ROWS) {
		for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
			if (map_get(map, keys[i]))
				finding_add(reader->findings, 505, map_key_place(map, keys[i]),
					TEXT("ôtez cette clé, ou écrivez « type: lignes »"), "seules des lignes ont « %s »", keys[i]);
		return;
	}
	read_columns(map, field);
	const int64_t least = map_integer(map, "lignes_minimum", 1, PROCEDURE_MOST_ROWS, 0),
		most = map_integer(map, "lignes_maximum", 1, PROCEDURE_MOST_ROWS, least > USUAL_ROWS ? least : USUAL_ROWS);
	if (least > most)
		finding_add(reader->findings, 505, map_key_place(map, "lignes_minimum"), TEXT("échangez-les"),
			"« lignes_minimum » dépasse « lignes_maximum »");
	size_t names = 0;
	for (size_t k = 0; k < field->part_count; k++)
		names += field->parts[k].type == PROCEDURE_FIELD_PERSON || field->parts[k].type == PROCEDURE_FIELD_STRUCTURE;
	if (names && (size_t)most > PROCEDURE_MOST_NAMED / names)
		finding_add(reader->findings, 505, map.at, names == 1 ? TEXT("écrivez « lignes_maximum: 40 », ou moins")
			: TEXT("réduisez « lignes_maximum », ou ôtez un champ qui nomme quelqu’un"),
			"des lignes nomment au plus %d personnes ou structures, et celles-ci iraient jusqu’à %lld", PROCEDURE_MOST_NAMED,
			(long long)most * (long long)names);
	field->rows_least = (size_t)least;
	field->rows_most = (size_t)(least > most ? least : most);
}

/* What the directory says of whom an answer names; agent has the same entries, and more. */
static const struct feel_type *
named_type(struct reader *reader, enum procedure_field_type type)
{
	const struct feel_type *unsure = feel_type_optional_of(reader->arena, &feel_type_string, true);
	struct feel_field *place = READER_ARRAY(reader, struct feel_field, 2), *person = READER_ARRAY(reader, struct feel_field, 6);
	if (!unsure || !place || !person)
		return NULL;
	place[0] = (struct feel_field){ TEXT("code"), &feel_type_string };
	place[1] = (struct feel_field){ TEXT("nom"), &feel_type_string };
	const struct feel_type *structure = feel_type_context_of(reader->arena, place, 2);
	if (type == PROCEDURE_FIELD_STRUCTURE || !structure)
		return structure;
	person[0] = (struct feel_field){ TEXT("matricule"), &feel_type_string };
	person[1] = (struct feel_field){ TEXT("civilité"), unsure };
	person[2] = (struct feel_field){ TEXT("nom"), &feel_type_string };
	person[3] = (struct feel_field){ TEXT("prénom"), &feel_type_string };
	person[4] = (struct feel_field){ TEXT("mail"), unsure };
	person[5] = (struct feel_field){ TEXT("structure"), structure };
	return feel_type_context_of(reader->arena, person, 6);
}

void
read_named_type(struct reader *reader, struct procedure_field *field)
{
	if (field->type != PROCEDURE_FIELD_PERSON && field->type != PROCEDURE_FIELD_STRUCTURE)
		return;
	field->feel_type = named_type(reader, field->type);
	reader->findings->broken |= !field->feel_type;
	field->feel_type = field->feel_type ? field->feel_type : &feel_type_any;
}

/* What its value is made of, for the types that several answers make. */
void
read_parts(struct map map, struct procedure_field *field)
{
	struct reader *reader = map.reader;
	read_days(map, field);
	read_rows(map, field);
	if (field->type == PROCEDURE_FIELD_PERIOD) {
		field->parts = period_parts;
		field->part_count = 2;
	} else if (field->type == PROCEDURE_FIELD_DURATION) {
		make_duration(reader, field);
	}
	read_named_type(reader, field);
	if (field->part_count == 0)
		return;
	const struct feel_type *row = parts_type(reader, field, field->type == PROCEDURE_FIELD_PERIOD);
	field->feel_type = row && field->type == PROCEDURE_FIELD_ROWS ? feel_type_list_of(reader->arena, row) : row;
	if (!field->feel_type) {
		reader->findings->broken = true;
		field->feel_type = &feel_type_any;
	}
}
