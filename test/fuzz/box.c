/* Any lines as a box: refused with a reason, or evaluated within bounds. A line is a kind of box, a
 * number of parts and a name, then come its parts; or a kind and a text:
 *
 *     c2       a context of two parts; l list, r relation of two columns, f function, i invocation,
 *     =1       ? if, * for, s some, e every, [ filter, x external, n nothing, = an expression
 *     =a       (the entries are named a, b, c…)
 *     t3112    a table: hit policy 3, one input, one output, two rules; then its cells, one a line */
#include <stdio.h>
#include <stdlib.h>

#include "feel/table_check.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_BOXES = 3000, MOST_DEPTH = 300 };

struct making {
	struct arena *arena;
	struct text rest;
	unsigned boxes, depth;
};

static const struct text names[] = { TEXT("a"), TEXT("b"), TEXT("nombre de jours"), TEXT("d"), TEXT("e"),
	TEXT("f"), TEXT("g"), TEXT("h"), TEXT("") };
static const struct feel_field parameters[] = { { TEXT("a"), NULL }, { TEXT("b"), &feel_type_number } };
static const char kinds[] = "n=clrfxi?*se[t";

static struct text
next_line(struct making *making)
{
	return making->rest.at ? text_split(&making->rest, '\n') : TEXT("");
}

static struct feel_cell
next_cell(struct making *making)
{
	const struct text line = next_line(making);
	return (struct feel_cell){ line, line.at };
}

static size_t
digit(struct text line, size_t at)
{
	return at < line.length && line.at[at] >= '0' && line.at[at] <= '9' ? (size_t)(line.at[at] - '0') : 0;
}

static struct feel_cell *
next_cells(struct making *making, size_t count)
{
	struct feel_cell *cells = arena_array_of(making->arena, struct feel_cell, count);
	for (size_t i = 0; cells && i < count; i++)
		cells[i] = next_cell(making);
	return cells;
}

static struct feel_table *
make_table(struct making *making, struct text line)
{
	const size_t inputs = digit(line, 2), outputs = digit(line, 3), rules = digit(line, 4);
	struct feel_table *table = arena_new_of(making->arena, struct feel_table);
	struct feel_table_input *input = arena_array_of(making->arena, struct feel_table_input, inputs);
	struct feel_table_output *output = arena_array_of(making->arena, struct feel_table_output, outputs);
	struct feel_table_rule *rule = arena_array_of(making->arena, struct feel_table_rule, rules);
	if (!table || !input || !output || !rule)
		return NULL;
	*table = (struct feel_table){ .hit = (line.length > 1 ? (unsigned char)line.at[1] : 0) % FEEL_HIT_COUNT,
		.inputs = input, .input_count = inputs, .outputs = output, .output_count = outputs,
		.rules = rule, .rule_count = rules };
	for (size_t i = 0; i < inputs; i++)
		input[i] = (struct feel_table_input){ .expression = next_cell(making), .values = next_cell(making) };
	for (size_t i = 0; i < outputs; i++)
		output[i] = (struct feel_table_output){ .name = names[i % 8], .values = next_cell(making),
			.otherwise = next_cell(making) };
	for (size_t i = 0; i < rules; i++)
		if (!(rule[i].tests = next_cells(making, inputs)) || !(rule[i].results = next_cells(making, outputs)))
			return NULL;
	return table;
}

static bool
make(struct making *making, struct feel_box *box)
{
	const struct text line = next_line(making);
	const char *kind = line.length && line.at[0] ? strchr(kinds, line.at[0]) : NULL;
	*box = (struct feel_box){ .kind = kind ? (enum feel_box_kind)(kind - kinds) : FEEL_BOX_NOTHING,
		.cell = { text_part(line, 1, line.length), line.at } };
	if (++making->boxes > MOST_BOXES || making->depth > MOST_DEPTH)
		box->kind = FEEL_BOX_NOTHING;
	if (box->kind == FEEL_BOX_TABLE)
		return (box->table = make_table(making, line)) != NULL;
	if (box->kind == FEEL_BOX_NOTHING || box->kind == FEEL_BOX_EXPRESSION)
		return true;
	const size_t count = digit(line, 1);
	struct feel_box *parts = arena_array_of(making->arena, struct feel_box, count);
	making->depth++;
	for (size_t i = 0; i < count; i++)
		if (!parts || !make(making, &parts[i]))
			return false;
	making->depth--;
	box->parts = parts;
	box->count = count;
	box->names = names;
	box->name_count = box->kind == FEEL_BOX_RELATION ? 2 : sizeof names / sizeof *names;
	box->parameters = parameters;
	box->parameter_count = digit(line, 2) % 3;
	if (line.length > 3)
		box->type = feel_type_find(text_part(line, 3, line.length));
	return true;
}

/* What the checker finds has inputs that show it: where none applies, the table gives nothing. */
static void
check_table(struct arena *arena, const struct feel *feel, const struct feel_table *table, bool is_text)
{
	struct feel_table_findings *found = arena_new_of(arena, struct feel_table_findings);
	if (!found)
		return;
	feel_table_check(arena, feel, table, found);
	for (size_t i = 0; i < found->count; i++) {
		const struct feel_table_finding *finding = &found->at[i];
		const bool single = table->hit == FEEL_UNIQUE && finding->problem == FEEL_TABLE_OVERLAP;
		if (finding->message.length == 0 || (is_text && !text_is_utf8(finding->message)))
			abort();
		if (!finding->inputs || (finding->problem != FEEL_TABLE_GAP && !single))
			continue;
		struct feel_value inputs[2] = { feel_null(TEXT("")), feel_null(TEXT("")) };
		bool named = true;
		for (size_t j = 0; j < table->input_count; j++) {
			const struct text name = text_trim(table->inputs[j].expression.text);
			const size_t slot = text_equal(name, TEXT("n")) ? 0 : 1;
			named &= slot == 0 || text_equal(name, TEXT("x"));
			/* One name in two columns may have two values. */
			for (size_t k = 0; k < j; k++)
				named &= !text_equal(name, text_trim(table->inputs[k].expression.text));
			inputs[slot] = finding->inputs[j];
		}
		for (size_t j = 0; j < table->output_count; j++)
			named &= text_trim(table->outputs[j].otherwise.text).length == 0;
		struct feel_run run = { .arena = arena, .inputs = inputs, .most_steps = 20000 };
		const struct feel_value value = named ? feel_evaluate(feel, &run) : feel_null(TEXT(""));
		const bool nothing = value.kind == FEEL_NULL || (table->hit >= FEEL_COLLECT
			&& (value.kind == FEEL_LIST ? value.list.count == 0 : feel_is_true(feel_equal(value, feel_integer(0)))));
		if (run.stop == FEEL_COMPLETE && !nothing) {
			fprintf(stderr, TEXT_FORMAT "\n  gives " TEXT_FORMAT "\n", TEXT_ARGS(finding->message),
				TEXT_ARGS(feel_value_to_literal(arena, value)));
			abort();
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 23);
	struct feel_scope *scope = arena ? feel_scope_new(arena, NULL) : NULL;
	struct making making = { arena, { (const char *)data, size }, 0, 0 };
	struct guichet_error error;
	struct feel_box box;
	unsigned slot;
	if (!scope || feel_scope_add(scope, TEXT("n"), &feel_type_number, &slot, &error) != GUICHET_OK
		|| feel_scope_add(scope, TEXT("x"), &feel_type_any, &slot, &error) != GUICHET_OK
		|| !make(&making, &box))
		return 0;
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	if (!findings)
		return 0;
	findings->lenient = size % 2;
	const struct feel *feel = feel_read_box(arena, scope, &box, findings);
	if (!feel && !findings->broken && findings->count == 0)
		abort(); /* a refusal must say why */
	for (size_t i = 0; i < findings->count; i++)
		if (findings->at[i].line == 0 || findings->at[i].message.length == 0)
			abort();
	if (!feel)
		return 0;
	if (box.kind == FEEL_BOX_TABLE && !box.type)
		check_table(arena, feel, box.table, text_is_utf8((struct text){ (const char *)data, size }));
	/* Without a trace a table is searched by its index; with one, every test is made: the same rules apply. */
	static const int64_t numbers[] = { 2, 0, 1, 3, 10, -1, 50 };
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		const struct feel_value inputs[] = { feel_integer(numbers[i]), i % 3 == 0 ? feel_string(TEXT("texte"))
			: i % 3 == 1 ? feel_null(TEXT("")) : feel_integer(numbers[i] + 1) };
		struct feel_run run = { .arena = arena, .inputs = inputs, .most_steps = 20000 };
		struct feel_run traced = { .arena = arena, .inputs = inputs, .most_steps = 20000,
			.trace = feel_trace_new(arena) };
		const struct feel_value value = feel_evaluate(feel, &run), same = feel_evaluate(feel, &traced);
		if ((run.stop != FEEL_COMPLETE && value.kind != FEEL_NULL)
			|| (traced.stop != FEEL_COMPLETE && same.kind != FEEL_NULL))
			abort();
		const struct text literal = feel_value_to_literal(arena, value), again = feel_value_to_literal(arena, same);
		if (run.stop == FEEL_COMPLETE && traced.stop == FEEL_COMPLETE && literal.at && again.at
			&& !text_equal(literal, again)) {
			fprintf(stderr, TEXT_FORMAT "\n  traced:\n" TEXT_FORMAT "\n", TEXT_ARGS(literal), TEXT_ARGS(again));
			abort();
		}
	}
	return 0;
}
