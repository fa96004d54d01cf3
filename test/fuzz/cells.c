/* Any bytes as the cells of a decision table: its index finds what the plain walk finds, and what is found
 * in it is shown by its witnesses.
 *
 *     Unsd            hit policy, then the kind of each input
 *     < 5 | "a" | -   a rule
 *     =3 | "b" | null inputs to try
 */
#include <stdlib.h>

#include "feel/index.h"
#include "feel/table_check.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_COLUMNS = 4, MOST_RULES = 200, MOST_STEPS = 200000 };

struct target {
	struct arena *arena;
	struct feel_scope *scope;
	struct feel_table table;
	struct feel_table_input inputs[MOST_COLUMNS];
	struct feel_table_output output;
	struct feel_table_rule rules[MOST_RULES];
	const struct feel *indexed, *walked;
};

static bool
read_columns(struct target *target, struct text line)
{
	static const struct text names[] = { TEXT("a"), TEXT("b"), TEXT("c"), TEXT("d") };
	static const char hits[] = "UAFCR#";
	static const enum feel_hit policies[] = { FEEL_UNIQUE, FEEL_ANY_RULE, FEEL_FIRST, FEEL_COLLECT,
		FEEL_RULE_ORDER, FEEL_COLLECT_COUNT };
	static const struct feel_type whole = { .kind = FEEL_NUMBER, .whole = true, .optional = true };
	static const struct {
		char letter;
		const struct feel_type *type;
	} kinds[] = { { 'n', &feel_type_number }, { 's', &feel_type_string }, { 'd', &feel_type_date },
		{ 't', &feel_type_time }, { 'i', &feel_type_date_time }, { 'm', &feel_type_years_months },
		{ 'p', &feel_type_days_time }, { 'b', &feel_type_boolean }, { 'l', &feel_type_list },
		{ 'w', &whole } };
	const char *hit = line.length ? strchr(hits, line.at[0]) : NULL;
	target->table.hit = policies[hit && *hit ? hit - hits : 0];
	for (size_t i = 1; i < line.length && i <= MOST_COLUMNS; i++) {
		const struct feel_type *type = &feel_type_any;
		struct guichet_error error;
		unsigned slot;
		for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
			if (kinds[k].letter == line.at[i])
				type = kinds[k].type;
		if (feel_scope_add(target->scope, names[i - 1], type, &slot, &error) != GUICHET_OK)
			return false;
		target->inputs[target->table.input_count++].expression.text = names[i - 1];
	}
	return true;
}

static bool
read_rule(struct target *target, struct text line)
{
	struct feel_cell *cells = arena_array_of(target->arena, struct feel_cell, MOST_COLUMNS + 1);
	if (!cells || target->table.rule_count == MOST_RULES)
		return false;
	for (size_t i = 0; line.at && i < target->table.input_count; i++)
		cells[i].text = text_trim(text_split(&line, '|'));
	cells[MOST_COLUMNS].text = arena_format(target->arena, "%zu", target->table.rule_count / 2);
	if (!cells[MOST_COLUMNS].text.at)
		return false;
	target->rules[target->table.rule_count++] = (struct feel_table_rule){ .tests = cells,
		.results = cells + MOST_COLUMNS };
	return true;
}

/* The table twice, with and without its index. */
static bool
read_table(struct target *target)
{
	struct feel_findings *findings = arena_new_of(target->arena, struct feel_findings);
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &target->table };
	target->table.inputs = target->inputs;
	target->table.outputs = &target->output;
	target->table.output_count = 1;
	target->table.rules = target->rules;
	if (!findings)
		return false;
	target->indexed = feel_read_box(target->arena, target->scope, &box, findings);
	if (!target->indexed || target->indexed->root->kind != NODE_TABLE)
		return false;
	struct table *plain = arena_new_of(target->arena, struct table);
	struct node *root = arena_new_of(target->arena, struct node);
	struct feel *walked = arena_new_of(target->arena, struct feel);
	if (!plain || !root || !walked)
		return false;
	*plain = *target->indexed->root->table;
	plain->index = NULL;
	*root = *target->indexed->root;
	root->table = plain;
	*walked = *target->indexed;
	walked->root = root;
	target->walked = walked;
	return true;
}

static void
try_inputs(struct target *target, struct text line)
{
	struct feel_value values[MOST_COLUMNS] = { 0 };
	for (size_t i = 0; line.at && i < MOST_COLUMNS; i++) {
		struct feel_findings *findings = arena_new_of(target->arena, struct feel_findings);
		struct feel_run run = { .arena = target->arena, .most_steps = 1000 };
		const struct feel *feel = findings ? feel_read(target->arena, NULL, text_trim(text_split(&line, '|')),
			findings) : NULL;
		if (feel)
			values[i] = feel_evaluate(feel, &run);
	}
	struct feel_run one = { .arena = target->arena, .inputs = values, .most_steps = MOST_STEPS }, two = one;
	const struct text found = feel_value_to_literal(target->arena, feel_evaluate(target->indexed, &one));
	const struct text walked = feel_value_to_literal(target->arena, feel_evaluate(target->walked, &two));
	if (one.stop == FEEL_COMPLETE && two.stop == FEEL_COMPLETE && found.at && walked.at
		&& !text_equal(found, walked))
		abort();
}

/* No rule applies to the inputs of a hole; too many do where rules meet. */
static void
check(struct target *target)
{
	struct feel_table_findings *findings = arena_new_of(target->arena, struct feel_table_findings);
	if (!findings)
		return;
	feel_table_check(target->arena, target->indexed, &target->table, findings);
	for (size_t i = 0; i < findings->count; i++) {
		const struct feel_table_finding *finding = &findings->at[i];
		if (finding->message.length == 0)
			abort();
		if (!finding->inputs || (finding->problem != FEEL_TABLE_GAP && finding->problem != FEEL_TABLE_OVERLAP))
			continue;
		struct feel_run run = { .arena = target->arena, .inputs = finding->inputs, .most_steps = MOST_STEPS };
		const struct feel_value value = feel_evaluate(target->walked, &run);
		if (run.stop == FEEL_COMPLETE && value.kind != FEEL_NULL)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 25);
	struct target *target = arena ? arena_new_of(arena, struct target) : NULL;
	struct text rest = { (const char *)data, size }, inputs[20];
	size_t input_count = 0;
	if (!target)
		return 0;
	target->arena = arena;
	target->scope = feel_scope_new(arena, NULL);
	if (!target->scope || !read_columns(target, text_split(&rest, '\n')))
		return 0;
	while (rest.at) {
		const struct text line = text_split(&rest, '\n');
		if (line.length && line.at[0] == '=' && input_count < 20)
			inputs[input_count++] = text_part(line, 1, line.length);
		else if (!read_rule(target, line))
			return 0;
	}
	if (!read_table(target))
		return 0;
	for (size_t i = 0; i < input_count; i++)
		try_inputs(target, inputs[i]);
	check(target);
	return 0;
}
