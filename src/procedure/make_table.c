/* Third stroke, a decision table as one expression: its cells translated by the types of its inputs,
 * then read as a box of FEEL (feel/box.h), and what is told of a cell told at its place. */
#include "procedure/table.h"

#include "base/banned.h"

/* ---- what may read names ---- */

const struct cell *
table_source(const struct table *table, int stage, size_t nth)
{
	if (stage == 0)
		return nth < table->input_count ? &table->inputs[nth].expression : NULL;
	if (nth < table->input_count)
		return &table->inputs[nth].values.cell;
	nth -= table->input_count;
	if (nth < table->output_count * 3) {
		const struct table_output *output = &table->outputs[nth / 3];
		return nth % 3 == 0 ? &output->values.cell : nth % 3 == 1 ? &output->otherwise : &output->formula;
	}
	nth -= table->output_count * 3;
	const size_t width = table->input_count + table->output_count;
	if (width == 0 || nth / width >= table->rule_count)
		return NULL;
	const struct table_rule *rule = &table->rules[nth / width];
	const size_t column = nth % width;
	return column < table->input_count ? &rule->tests[column] : &rule->results[column - table->input_count];
}

/* ---- types ---- */

static bool
are_numbers(const struct values *values)
{
	struct feel_value number;
	for (size_t i = 0; i < values->count; i++)
		if (!feel_number_read(values->items[i], &number))
			return false;
	return true;
}

/* Makes an expression of listed values: texts are quoted, and are the words of a type of their own,
 * unless the column has one. The type of the column; NULL: any. */
static const struct feel_type *
list_values(struct reader *reader, struct values *values, const struct feel_type *type)
{
	const bool any = !type || type->kind == FEEL_ANY;
	const bool texts = any ? !are_numbers(values) : type->kind == FEEL_STRING;
	CLEANUP(buffer_release) struct buffer all = buffer_new(1 << 16);
	if (values->count == 0)
		return type;
	for (size_t i = 0; i < values->count; i++) {
		buffer_add(&all, i ? TEXT(", ") : TEXT(""));
		if (texts)
			buffer_add_quoted(&all, values->items[i]);
		else
			buffer_add(&all, values->items[i]);
	}
	values->cell.text = values->cell.feel = arena_text(reader->arena, buffer_text(&all));
	const bool words = texts && (any || !type->words);
	const struct feel_type *made = words ? feel_type_words_of(reader->arena, values->items, values->count) : type;
	reader->findings->broken |= all.failed || !values->cell.text.at || (words && !made);
	return made;
}

void
type_table(struct reader *reader, struct table *table)
{
	for (size_t i = 0; i < table->input_count; i++) {
		struct table_input *input = &table->inputs[i];
		/* A name that a decision reads and that is not there is told by itself. */
		unsigned slot;
		const struct feel_type *type;
		if (table->decision && !input->given && !feel_scope_find(reader->scopes[SCOPE_CASE], input->name, &slot, &type))
			continue;
		const struct feel *feel = read_cell(reader, &input->expression, SCOPE_CASE, WANT_ANY);
		if (table->decision) {
			input->type = feel ? feel_type_of(feel) : &feel_type_any;
			continue;
		}
		const struct feel_type *found = feel ? feel_type_of(feel) : &feel_type_any;
		input->type = list_values(reader, &input->values, input->declared ? input->declared : found);
		table->good &= cell_translate(reader->arena, &input->values.cell, input->type, true, reader->findings);
	}
	for (size_t i = 0; i < table->output_count; i++) {
		struct table_output *output = &table->outputs[i];
		output->type = list_values(reader, &output->values, output->type);
		(void)cell_translate(reader->arena, &output->otherwise, output->type, false, reader->findings);
		table->good &= cell_translate(reader->arena, &output->values.cell, output->type, true, reader->findings);
	}
	for (size_t i = 0; i < table->rule_count; i++) {
		for (size_t k = 0; k < table->input_count; k++)
			table->good &= cell_translate(reader->arena, &table->rules[i].tests[k], table->inputs[k].type, true, reader->findings);
		for (size_t k = 0; k < table->output_count; k++)
			(void)cell_translate(reader->arena, &table->rules[i].results[k], table->outputs[k].type, false, reader->findings);
	}
}

/* ---- the box ---- */

static struct feel_cell
box_cell(const struct cell *cell)
{
	return (struct feel_cell){ cell->feel, cell };
}

/* False without memory. */
static bool
fill(struct reader *reader, struct table *table)
{
	struct feel_table_input *inputs = READER_ARRAY(reader, struct feel_table_input, table->input_count);
	struct feel_table_output *outputs = READER_ARRAY(reader, struct feel_table_output, table->output_count);
	struct feel_table_rule *rules = READER_ARRAY(reader, struct feel_table_rule, table->rule_count);
	const size_t width = table->input_count + table->output_count;
	struct feel_cell *cells = READER_ARRAY(reader, struct feel_cell, width * table->rule_count);
	if (!inputs || !outputs || !rules || !cells)
		return false;
	for (size_t i = 0; i < table->input_count; i++)
		inputs[i] = (struct feel_table_input){ .expression = box_cell(&table->inputs[i].expression),
			.type = table->inputs[i].declared, .values = box_cell(&table->inputs[i].values.cell) };
	for (size_t i = 0; i < table->output_count; i++) {
		const struct table_output *output = &table->outputs[i];
		outputs[i] = (struct feel_table_output){ .name = output->name, .type = output->type,
			.values = box_cell(&output->values.cell), .otherwise = box_cell(&output->otherwise) };
	}
	for (size_t i = 0; i < table->rule_count; i++) {
		struct feel_cell *row = cells + i * width;
		for (size_t k = 0; k < table->input_count; k++)
			row[k] = box_cell(&table->rules[i].tests[k]);
		for (size_t k = 0; k < table->output_count; k++)
			row[table->input_count + k] = box_cell(&table->rules[i].results[k]);
		rules[i] = (struct feel_table_rule){ row, row + table->input_count, table->rules[i].note };
	}
	table->feel = (struct feel_table){ table->name, table->hit, inputs, table->input_count, outputs, table->output_count,
		rules, table->rule_count };
	return true;
}

const struct feel *
make_table(struct reader *reader, struct table *table)
{
	if (table->good && table->decision) {
		const struct feel *feel = make_decision(reader, table);
		table->good = feel != NULL;
		return feel;
	}
	if (!table->good || !fill(reader, table))
		return NULL;
	for (size_t i = 0; i < table->output_count; i++)
		if (table->outputs[i].formula.feel.length)
			table->outputs[i].formula_feel = read_cell(reader, &table->outputs[i].formula, SCOPE_CASE, WANT_ANY);
	CLEANUP(arena_free) struct arena *scratch = arena_new(1 << 16);
	struct feel_findings *found = scratch ? arena_new_of(scratch, struct feel_findings) : NULL;
	if (!found || !reader->scopes[SCOPE_CASE]) {
		reader->findings->broken = true;
		return NULL;
	}
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &table->feel };
	const struct feel *feel = feel_read_box(reader->arena, reader->scopes[SCOPE_CASE], &box, found);
	reader->findings->broken |= found->broken;
	for (size_t i = 0; i < found->count; i++) {
		const struct feel_finding *finding = &found->at[i];
		const struct cell *cell = finding->place;
		const struct span at = cell ? cell_span(cell, finding->offset, finding->length) : table->key->at;
		finding_add(reader->findings, 203, at, finding->remedy, "%.*s", TEXT_ARGS(finding->message));
	}
	table->good = feel && found->count == 0;
	return feel;
}
