/* Decision tables, read cell by cell: see box.h and table.h. DMN 1.5, §8.2. */
#include "feel/table.h"
#include "feel/boxes.h"
#include "feel/index.h"

#include "base/banned.h"

/* A table under construction. */
struct reading {
	struct boxes *boxes;
	const struct feel_table *source;
	const void *place;             /* of what is said of the whole */
	struct table *table;
	struct table_input *inputs;
	struct table_output *outputs;
	struct local *tested;          /* by input, then by output: `?` in its cells */
	unsigned height;
};

/* ---- what hit policies ask of outputs ---- */

static const struct policy {
	struct text name;
	bool list;       /* gives a list of what the rules say */
	bool ordered;    /* by the output values */
	bool aggregates; /* one output, of which one value is made */
} policies[FEEL_HIT_COUNT] = {
	[FEEL_UNIQUE] = { .name = { "UNIQUE", 6 } },
	[FEEL_ANY_RULE] = { .name = { "ANY", 3 } },
	[FEEL_PRIORITY] = { .name = { "PRIORITY", 8 }, .ordered = true },
	[FEEL_FIRST] = { .name = { "FIRST", 5 } },
	[FEEL_COLLECT] = { .name = { "COLLECT", 7 }, .list = true },
	[FEEL_COLLECT_SUM] = { .name = { "COLLECT SUM", 11 }, .aggregates = true },
	[FEEL_COLLECT_MIN] = { .name = { "COLLECT MIN", 11 }, .aggregates = true },
	[FEEL_COLLECT_MAX] = { .name = { "COLLECT MAX", 11 }, .aggregates = true },
	[FEEL_COLLECT_COUNT] = { .name = { "COLLECT COUNT", 13 }, .aggregates = true },
	[FEEL_RULE_ORDER] = { .name = { "RULE ORDER", 10 }, .list = true },
	[FEEL_OUTPUT_ORDER] = { .name = { "OUTPUT ORDER", 12 }, .list = true, .ordered = true },
};

static void
check_policy(struct reading *reading)
{
	const struct feel_table *source = reading->source;
	const struct policy *policy = &policies[source->hit];
	bool has_values = false;
	for (size_t i = 0; i < source->output_count; i++)
		has_values |= !box_cell_is_empty(&source->outputs[i].values);
	if (policy->aggregates && source->output_count > 1)
		box_mistake(reading->boxes, reading->place, TEXT(""),
			"une table " TEXT_FORMAT " n’a qu’une sortie", TEXT_ARGS(policy->name));
	if (policy->ordered && !has_values)
		box_mistake(reading->boxes, reading->place,
			TEXT("énumérez-les, de la plus importante à la moins importante"),
			"une table " TEXT_FORMAT " dit dans quel ordre vont les valeurs de ses sorties",
			TEXT_ARGS(policy->name));
	for (size_t i = 0; i < source->output_count && source->output_count > 1; i++) {
		if (source->outputs[i].name.length == 0)
			box_mistake(reading->boxes, reading->place, TEXT("donnez un nom à chaque sortie"),
				"la sortie %zu n’a pas de nom", i + 1);
		for (size_t j = 0; j < i; j++)
			if (text_equal(source->outputs[i].name, source->outputs[j].name))
				box_mistake(reading->boxes, reading->place, TEXT("donnez-leur deux noms"),
					"deux sorties s’appellent « " TEXT_FORMAT " »", TEXT_ARGS(source->outputs[i].name));
	}
}

/* The types of which one value can be made. */
static void
check_aggregated(struct reading *reading, const struct feel_type *type)
{
	const enum feel_hit hit = reading->source->hit;
	const enum feel_kind kind = type->kind;
	if (kind == FEEL_ANY || kind == FEEL_NULL || !policies[hit].aggregates || hit == FEEL_COLLECT_COUNT)
		return;
	if (hit == FEEL_COLLECT_SUM ? kind != FEEL_NUMBER && kind != FEEL_YEARS_MONTHS && kind != FEEL_DAYS_TIME
		: kind < FEEL_NUMBER || kind > FEEL_DAYS_TIME)
		box_mistake(reading->boxes, reading->place, TEXT(""), hit == FEEL_COLLECT_SUM
			? "on ne peut pas additionner les sorties de cette table : " TEXT_FORMAT
			: "les sorties de cette table n’ont pas d’ordre : " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(reading->boxes->reader.arena, type)));
}

/* ---- tests and values ---- */

static void
count_height(struct reading *reading, const struct node *node)
{
	if (node && node->height > reading->height)
		reading->height = node->height;
}

/* The test of a cell in *ret_test, NULL when any value passes; false when the reader stopped. */
static bool
read_test(struct reading *reading, const struct feel_cell *cell, const struct local *tested,
	const struct node **ret_test)
{
	*ret_test = NULL;
	if (box_cell_is_empty(cell) || text_equal(text_trim(cell->text), TEXT("-")))
		return true;
	*ret_test = box_tests(reading->boxes, cell, tested);
	count_height(reading, *ret_test);
	return *ret_test != NULL;
}

/* The tests that commas separate, in the order of writing; NULL when the arena is full. */
static const struct node **
alternatives(struct reader *reader, const struct node *tests, uint32_t *ret_count)
{
	uint32_t count = 1;
	for (const struct node *node = tests; node->kind == NODE_OR; node = node->left)
		count++;
	const struct node **split = arena_array_of(reader->arena, const struct node *, count);
	if (!split)
		return reader_broken(reader), NULL;
	*ret_count = count;
	for (; tests->kind == NODE_OR; tests = tests->left)
		split[--count] = tests->right;
	split[0] = tests;
	return split;
}

/* The type of the texts that the tests enumerate, or `type` when they are something else. */
static const struct feel_type *
enumerated(struct reader *reader, const struct feel_type *type, const struct node *const *tests,
	uint32_t count)
{
	if ((type->kind != FEEL_STRING && type->kind != FEEL_ANY) || type->words || type->allowed)
		return type;
	struct text *words = arena_array_of(reader->arena, struct text, count);
	for (uint32_t i = 0; words && i < count; i++) {
		if (tests[i]->kind != NODE_TEST || tests[i]->left->kind != NODE_CONSTANT
			|| tests[i]->left->constant.kind != FEEL_STRING)
			return type;
		words[i] = tests[i]->left->constant.string;
	}
	struct feel_type *made = words ? arena_new_of(reader->arena, struct feel_type) : NULL;
	if (!made)
		return reader_broken(reader), NULL;
	*made = *type;
	made->kind = FEEL_STRING;
	made->words = words;
	made->word_count = count;
	return made;
}

/* ---- columns ---- */

static bool
read_input(struct reading *reading, uint32_t i)
{
	struct reader *reader = &reading->boxes->reader;
	const struct feel_table_input *source = &reading->source->inputs[i];
	struct table_input *input = &reading->inputs[i];
	struct local *tested = &reading->tested[i];
	uint32_t count;
	input->expression = box_as(reading->boxes, box_expression(reading->boxes, &source->expression),
		source->type);
	if (!input->expression)
		return false;
	count_height(reading, input->expression);
	/* What the column declares of its values counts, when it declares more than their kind. */
	const bool declares = source->type
		&& (source->type->whole || source->type->bounds || source->type->words || source->type->allowed);
	input->type = declares ? source->type : input->expression->type;
	*tested = (struct local){ .name = TEXT("?"), .type = input->type, .place = reading->table->local + i };
	if (!read_test(reading, &source->values, tested, &input->values))
		return false;
	const struct node **split = input->values ? alternatives(reader, input->values, &count) : NULL;
	if (!input->values)
		return true;
	/* What an input of unknown type is is not told by what it should be. */
	if (split && input->type->kind == FEEL_STRING)
		input->type = tested->type = enumerated(reader, input->type, split, count);
	return split && input->type;
}

static bool
read_output(struct reading *reading, uint32_t i)
{
	struct reader *reader = &reading->boxes->reader;
	const struct feel_table_output *source = &reading->source->outputs[i];
	struct table_output *output = &reading->outputs[i];
	struct local *tested = &reading->tested[reading->table->input_count + i];
	const struct node *values;
	output->name = source->name;
	output->type = source->type;
	*tested = (struct local){ .name = TEXT("?"), .type = source->type ? source->type : &feel_type_any,
		.place = reading->table->local + reading->table->input_count + i };
	if (!read_test(reading, &source->values, tested, &values))
		return false;
	if (values) {
		output->values = alternatives(reader, values, &output->value_count);
		if (!output->values
			|| !(output->type = enumerated(reader, tested->type, output->values, output->value_count)))
			return false;
	}
	if (box_cell_is_empty(&source->otherwise))
		return true;
	output->otherwise = box_as(reading->boxes, box_expression(reading->boxes, &source->otherwise),
		output->type);
	count_height(reading, output->otherwise);
	return output->otherwise != NULL;
}

/* ---- rules ---- */

static bool
read_rule(struct reading *reading, const struct feel_table_rule *source, struct table_rule *rule)
{
	struct table *table = reading->table;
	struct reader *reader = &reading->boxes->reader;
	rule->note = source->note;
	rule->offset = reading->boxes->cursor;
	rule->tests = arena_array_of(reader->arena, const struct node *, table->input_count);
	rule->results = arena_array_of(reader->arena, const struct node *, table->output_count);
	if (!rule->tests || !rule->results)
		return reader_broken(reader), false;
	for (uint32_t i = 0; i < table->input_count; i++)
		if (!read_test(reading, &source->tests[i], &reading->tested[i], &rule->tests[i]))
			return false;
	for (uint32_t i = 0; i < table->output_count; i++) {
		rule->results[i] = box_as(reading->boxes, box_expression(reading->boxes, &source->results[i]),
			reading->outputs[i].type);
		if (!rule->results[i])
			return false;
		count_height(reading, rule->results[i]);
	}
	rule->length = reader->end > rule->offset ? reader->end - rule->offset : 0;
	return true;
}

/* What an output is known to be once all that it may give is read. */
static const struct feel_type *
output_type(struct reading *reading, uint32_t i)
{
	const struct table *table = reading->table;
	const struct table_output *output = &table->outputs[i];
	if (output->type)
		return output->type;
	const struct feel_type *type = output->otherwise ? output->otherwise->type : &feel_type_null;
	for (uint32_t rule = 0; type && rule < table->rule_count; rule++)
		type = feel_type_join(reading->boxes->reader.arena, type, table->rules[rule].results[i]->type);
	return type;
}

/* The type of what the table gives; NULL when the arena is full. */
static const struct feel_type *
table_type(struct reading *reading)
{
	struct arena *arena = reading->boxes->reader.arena;
	const struct table *table = reading->table;
	struct feel_field *fields = arena_array_of(arena, struct feel_field, table->output_count);
	for (uint32_t i = 0; fields && i < table->output_count; i++) {
		fields[i].name = table->outputs[i].name;
		fields[i].type = reading->outputs[i].type = output_type(reading, i);
		if (!fields[i].type)
			return NULL;
		check_aggregated(reading, fields[i].type);
	}
	if (!fields)
		return NULL;
	if (table->hit == FEEL_COLLECT_COUNT)
		return &feel_type_number;
	const struct feel_type *type = table->output_count == 1 ? fields[0].type
		: feel_type_context_of(arena, fields, table->output_count);
	return type && policies[table->hit].list ? feel_type_list_of(arena, type) : type;
}

/* ---- the table ---- */

static bool
read_columns(struct reading *reading)
{
	const struct table *table = reading->table;
	for (uint32_t i = 0; i < table->input_count; i++)
		if (!read_input(reading, i))
			return false;
	for (uint32_t i = 0; i < table->output_count; i++)
		if (!read_output(reading, i))
			return false;
	return true;
}

const struct node *
table_read(struct boxes *boxes, const struct feel_table *source, const void *place)
{
	struct reader *reader = &boxes->reader;
	const struct mark mark = reader_mark_locals(reader);
	const size_t offset = boxes->cursor;
	struct reading reading = { .boxes = boxes, .source = source, .place = place };
	if (source->output_count == 0) {
		box_mistake(boxes, place, TEXT(""), "cette table n’a pas de sortie");
		return node_finish(reader, node_constant(reader, offset, feel_null(TEXT("table sans sortie")),
			&feel_type_any));
	}
	struct table *table = reading.table = arena_new_of(reader->arena, struct table);
	reading.inputs = arena_array_of(reader->arena, struct table_input, source->input_count);
	reading.outputs = arena_array_of(reader->arena, struct table_output, source->output_count);
	reading.tested = arena_array_of(reader->arena, struct local, source->input_count + source->output_count);
	struct table_rule *rules = arena_array_of(reader->arena, struct table_rule, source->rule_count);
	if (!table || !reading.inputs || !reading.outputs || !reading.tested || !rules)
		return reader_broken(reader);
	check_policy(&reading);
	*table = (struct table){ .name = source->name, .hit = source->hit,
		.inputs = reading.inputs, .input_count = (uint32_t)source->input_count,
		.outputs = reading.outputs, .output_count = (uint32_t)source->output_count,
		.rules = rules, .rule_count = (uint32_t)source->rule_count };
	table->local = box_reserve(boxes, table->input_count + table->output_count);
	if (!read_columns(&reading))
		return NULL;
	for (uint32_t i = 0; i < table->rule_count; i++)
		if (!read_rule(&reading, &source->rules[i], &rules[i]))
			return NULL;
	reader_drop_locals(reader, mark);
	const struct feel_type *type = table_type(&reading);
	struct node *node = type ? node_new(reader, NODE_TABLE, offset, type) : reader_broken(reader);
	if (!node)
		return NULL;
	if (!reader->mistaken && !table_index_new(reader->arena, table, reader->most_locals, &table->index))
		return reader_broken(reader);
	node->table = table;
	node->local = table->local;
	node->height = (uint16_t)(reading.height + 1);
	return node_finish(reader, node);
}
