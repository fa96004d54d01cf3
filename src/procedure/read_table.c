/* Second stroke, one decision table: what it says of itself, its columns, where its lines are. */
#include "procedure/table.h"

#include "base/banned.h"

enum { MOST_DECIMALS = 20 };

/* ---- hit policies ---- */

static const struct {
	struct text word;
	enum feel_hit hit;
} hits[] = {
#define HIT(word, hit) { { word, sizeof(word) - 1 }, hit },
#include "procedure/words.def"
#undef HIT
};

enum { HIT_COUNT = sizeof hits / sizeof *hits };

static enum feel_hit
read_hit(struct map map)
{
	const struct text word = map_text(map, "choix", TEXT_NAME);
	struct text known[HIT_COUNT];
	for (size_t i = 0; i < HIT_COUNT; i++) {
		if (text_equal(word, hits[i].word))
			return hits[i].hit;
		known[i] = hits[i].word;
	}
	if (word.length)
		finding_add(map.reader->findings, 107, map_get(map, "choix")->at,
			nearest_remedy(map.reader, word, known, HIT_COUNT), "aucune façon de choisir ne s’appelle « %.*s »",
			TEXT_ARGS(word));
	return FEEL_UNIQUE;
}

/* ---- types of columns ---- */

static const struct feel_type whole_number = { .kind = FEEL_NUMBER, .whole = true },
	euros = { .kind = FEEL_NUMBER, .unit = { "€", sizeof "€" - 1 } },
	percentage = { .kind = FEEL_NUMBER, .unit = { "%", 1 } };

static const struct {
	struct text word;
	const struct feel_type *type;
	enum procedure_field_type shown;
} types[] = {
#define COLUMN_TYPE(word, type, shown) { { word, sizeof(word) - 1 }, &type, PROCEDURE_FIELD_##shown },
#include "procedure/words.def"
#undef COLUMN_TYPE
};

enum { TYPE_COUNT = sizeof types / sizeof *types };

static const struct feel_type *
read_type(struct reader *reader, const struct yaml_node *node, enum procedure_field_type *ret_shown)
{
	struct text known[TYPE_COUNT];
	const struct text word = scalar_text(reader, node, TEXT_NAME);
	for (size_t i = 0; i < TYPE_COUNT; i++) {
		if (text_equal(word, types[i].word)) {
			*ret_shown = types[i].shown;
			return types[i].type;
		}
		known[i] = types[i].word;
	}
	if (word.length)
		finding_add(reader->findings, 107, node->at, nearest_remedy(reader, word, known, TYPE_COUNT),
			"aucune colonne n’est du type « %.*s »", TEXT_ARGS(word));
	return NULL;
}

/* ---- declared values ---- */

/* `valeurs: [a, b]` are values one by one, whose type says what they are; `valeurs: "[50..90]"` is an
 * expression. */
static void
read_values(struct map map, struct values *ret_values)
{
	struct reader *reader = map.reader;
	const struct yaml_node *node = map_get(map, "valeurs");
	if (!node)
		return;
	if (node->kind != YAML_SEQUENCE) {
		if (is_expression(reader, node))
			ret_values->cell = cell_of_node(node);
		return;
	}
	struct text *items = READER_ARRAY(reader, struct text, node->count);
	for (size_t i = 0; items && i < node->count; i++)
		items[i] = scalar_text(reader, node->items[i].value, TEXT_LABEL);
	*ret_values = (struct values){ .cell = { .source = node->at.source, .whole = true, .at = node->at },
		.items = items, .count = items ? node->count : 0 };
}

/* ---- columns ---- */

static void
read_input(struct reader *reader, const struct yaml_item *item, struct table_input *input)
{
	*input = (struct table_input){ .name = item->key->scalar, .key = item->key, .expression = cell_of_node(item->key) };
	if (item->value->kind == YAML_SCALAR && item->value->scalar.length) {
		input->expression = cell_of_node(item->value);
		return;
	}
	if (item->value->kind == YAML_SCALAR)
		return; /* `quotité:` reads the value of that name */
	const struct map map = map_open(reader, item->value, item->key->at, &shape_input);
	(void)map_origin(map);
	const struct yaml_node *expression = map_get(map, "valeur");
	if (expression && is_expression(reader, expression))
		input->expression = cell_of_node(expression);
	enum procedure_field_type shown;
	if (map_get(map, "type"))
		input->declared = read_type(reader, map_get(map, "type"), &shown);
	read_values(map, &input->values);
}

static void
read_inputs(struct map map, struct table *table)
{
	struct reader *reader = map.reader;
	const struct yaml_node *section = mapping_of(reader, map_get(map, "entrées"), "les entrées");
	table->inputs = READER_ARRAY(reader, struct table_input, section ? section->count : 0);
	for (size_t i = 0; section && table->inputs && i < section->count; i++)
		if (name_check(reader, section->items[i].key))
			read_input(reader, &section->items[i], &table->inputs[table->input_count++]);
}

/* `arrondi: 2`, or `arrondi: {décimales: 0, sens: vers le haut}`: how the formula becomes what is printed. */
static void
read_rounding(struct map map, struct table_output *output)
{
	static const struct {
		struct text word;
		enum feel_rounding rounding;
	} senses[] = {
#define ROUNDING(word, rounding) { { word, sizeof(word) - 1 }, rounding },
#include "procedure/words.def"
#undef ROUNDING
	};
	enum { COUNT = sizeof senses / sizeof *senses };
	struct reader *reader = map.reader;
	const struct yaml_node *node = map_get(map, "arrondi");
	output->decimals = PROCEDURE_NONE;
	output->rounding = FEEL_HALF_UP;
	if (!node)
		return;
	if (!map_get(map, "formule"))
		finding_add(reader->findings, 107, map_key_place(map, "arrondi"), TEXT("ôtez-le, ou écrivez « formule: »"),
			"« arrondi » est celui de la formule, et il n’y en a pas");
	if (node->kind == YAML_SCALAR) {
		output->decimals = (int)map_integer(map, "arrondi", 0, MOST_DECIMALS, PROCEDURE_NONE);
		return;
	}
	const struct map rounding = map_open(reader, node, map_key_place(map, "arrondi"), &shape_rounding);
	output->decimals = (int)map_integer(rounding, "décimales", 0, MOST_DECIMALS, PROCEDURE_NONE);
	const struct text word = map_text(rounding, "sens", TEXT_NAME);
	struct text known[COUNT];
	bool found = word.length == 0;
	for (size_t i = 0; i < COUNT; i++) {
		known[i] = senses[i].word;
		if (text_equal(word, known[i])) {
			output->rounding = senses[i].rounding;
			found = true;
		}
	}
	if (!found)
		finding_add(reader->findings, 107, map_get(rounding, "sens")->at, nearest_remedy(reader, word, known, COUNT),
			"aucun arrondi ne s’appelle « %.*s »", TEXT_ARGS(word));
}

static void
read_output(struct reader *reader, const struct yaml_item *item, struct table_output *output,
	struct procedure_output *shown)
{
	*output = (struct table_output){ .name = item->key->scalar, .key = item->key };
	*shown = (struct procedure_output){ item->key->scalar, item->key->scalar, PROCEDURE_FIELD_NUMBER, PROCEDURE_NONE };
	if (item->value->kind == YAML_SCALAR) {
		if (item->value->scalar.length)
			output->type = read_type(reader, item->value, &shown->shown);
		return;
	}
	const struct map map = map_open(reader, item->value, item->key->at, &shape_output);
	(void)map_origin(map);
	if (map_get(map, "type"))
		output->type = read_type(reader, map_get(map, "type"), &shown->shown);
	read_values(map, &output->values);
	const struct yaml_node *otherwise = map_get(map, "sinon"), *formula = map_get(map, "formule");
	if (otherwise && is_expression(reader, otherwise))
		output->otherwise = cell_of_node(otherwise);
	if (formula && is_expression(reader, formula))
		output->formula = cell_of_node(formula);
	read_rounding(map, output);
	shown->decimals = (int)map_integer(map, "décimales", 0, MOST_DECIMALS, PROCEDURE_NONE);
	if (map_get(map, "libellé"))
		shown->label = map_text(map, "libellé", TEXT_LABEL);
}

/* An input and an output of one name would be one column. */
static void
tell_both_ways(struct reader *reader, const struct table *table)
{
	for (size_t i = 0; i < table->output_count; i++)
		for (size_t k = 0; k < table->input_count; k++)
			if (text_equal(table->outputs[i].name, table->inputs[k].name))
				finding_add(reader->findings, 202, table->outputs[i].key->at, TEXT("donnez-lui un autre nom"),
					"« %.*s » est déjà le nom d’une entrée", TEXT_ARGS(table->outputs[i].name));
}

static void
read_outputs(struct map map, struct table *table, struct procedure_computed *computed)
{
	struct reader *reader = map.reader;
	const struct yaml_node *section = mapping_of(reader, map_get(map, "sorties"), "les sorties");
	struct procedure_output *shown = READER_ARRAY(reader, struct procedure_output, section ? section->count : 0);
	table->outputs = READER_ARRAY(reader, struct table_output, section ? section->count : 0);
	for (size_t i = 0; section && shown && table->outputs && i < section->count; i++)
		if (name_check(reader, section->items[i].key)) {
			read_output(reader, &section->items[i], &table->outputs[table->output_count], &shown[table->output_count]);
			table->output_count++;
		}
	if (section && section->count == 0)
		finding_add(reader->findings, 107, section->at, TEXT("nommez au moins une sortie"), "une table donne un résultat");
	tell_both_ways(reader, table);
	/* Alone, an output is the value; several are a context. */
	if (table->output_count == 1) {
		computed->shown = shown->shown;
		computed->decimals = shown->decimals;
	} else {
		computed->outputs = shown;
		computed->output_count = table->output_count;
	}
}

/* ---- files ---- */

static void
read_rows(struct map map, struct table *table)
{
	struct reader *reader = map.reader;
	const struct yaml_node *lines = map_get(map, "lignes"), *file = map_get(map, "fichier");
	struct grid grid = { 0 };
	if (!lines == !file) {
		finding_add(reader->findings, 703, map.at,
			lines ? TEXT("gardez « lignes: » ou « fichier: »")
			      : TEXT("écrivez « lignes: | » et les lignes en dessous, ou « fichier: tables/… »"),
			lines ? "cette table a ses lignes deux fois" : "cette table n’a pas de ligne");
		return;
	}
	const struct source *source = lines ? NULL : map_file(map, TEXT("tables/"), 703,
		TEXT("écrivez ce fichier dans le sous-dossier tables/, en CSV ou en DMN"));
	const bool cut = lines ? grid_of_lines(reader->arena, lines, &grid, reader->findings)
		: source && grid_of_csv(reader->arena, source, &grid, reader->findings);
	if (cut)
		read_table_lines(reader, table, &grid, lines ? lines->at : file->at);
}

/* Whether it is written as a decision of a DMN model. */
static bool
names_decision(const struct yaml_node *node)
{
	for (size_t i = 0; node->kind == YAML_MAPPING && i < node->count; i++) {
		const struct yaml_item *item = &node->items[i];
		if (text_equal(item->key->scalar, TEXT("décision"))
			|| (text_equal(item->key->scalar, TEXT("fichier")) && item->value->kind == YAML_SCALAR
				&& text_ends(item->value->scalar, TEXT(".dmn"))))
			return true;
	}
	return false;
}

struct table *
read_table(struct reader *reader, const struct yaml_item *item, struct procedure_computed *computed)
{
	const bool decision = names_decision(item->value);
	const struct map map = map_open(reader, item->value, item->key->at, decision ? &shape_decision : &shape_table);
	struct table *table = READER_ARRAY(reader, struct table, 1);
	if (!table)
		return NULL;
	*computed = (struct procedure_computed){ .origin = map_origin(map), .name = item->key->scalar, .table = true,
		.shown = PROCEDURE_FIELD_NUMBER, .decimals = PROCEDURE_NONE,
		.label = map_text(map, "libellé", TEXT_LABEL) };
	*table = (struct table){ .name = item->key->scalar, .key = item->key };
	if (!map.node)
		return table;
	if (decision) {
		const struct source *source = map_file(map, TEXT("tables/"), 703,
		TEXT("écrivez ce fichier dans le sous-dossier tables/, en CSV ou en DMN"));
		if (map_get(map, "type"))
			(void)read_type(reader, map_get(map, "type"), &computed->shown);
		computed->decimals = (int)map_integer(map, "décimales", 0, MOST_DECIMALS, PROCEDURE_NONE);
		if (source)
			read_decision(map, table, source);
		return table;
	}
	table->hit = read_hit(map);
	read_inputs(map, table);
	read_outputs(map, table, computed);
	if (table->inputs && table->outputs && table->output_count)
		read_rows(map, table);
	return table;
}
