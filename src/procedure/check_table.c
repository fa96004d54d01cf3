/* Checks of decision tables over what is declared of their inputs: cases that no line covers, lines that
 * meet, lines that serve for nothing; and the formula that a table was printed from, whose differences
 * are told although the table wins. Each with a case that shows it. */
#include "procedure/check.h"
#include "procedure/table.h"

#include "feel/table_check.h"

#include "base/banned.h"

enum { SCRATCH = 32 << 20 };

static const int numbers[FEEL_TABLE_PROBLEM_COUNT] = {
	[FEEL_TABLE_GAP] = 711,
	[FEEL_TABLE_OVERLAP] = 712,
	[FEEL_TABLE_UNREACHABLE] = 713,
	[FEEL_TABLE_MASKED] = 713,
	[FEEL_TABLE_DIFFERS] = 714,
	[FEEL_TABLE_UNVERIFIED] = 715,
	[FEEL_TABLE_TOO_LARGE] = 715,
};

static struct span
place_of(struct check *check, const struct table *table, const void *place)
{
	const struct cell *cell = place;
	return table->decision ? decision_place(check->reader, table, place)
		: cell ? cell_span(cell, 0, cell->feel.length) : table->key->at;
}

static void
tell(struct check *check, const struct table *table, const struct feel_table_findings *found)
{
	struct procedure_findings *findings = check->reader->findings;
	findings->broken |= found->broken;
	for (size_t i = 0; i < found->count; i++) {
		const struct feel_table_finding *finding = &found->at[i];
		finding_add(findings, numbers[finding->problem], place_of(check, table, finding->place), finding->remedy,
			"%.*s", TEXT_ARGS(finding->message));
	}
}

/* The most decimals that a result of the column is printed with. */
static int
printed_decimals(const struct table *table, size_t output)
{
	int most = 0;
	for (size_t i = 0; i < table->rule_count; i++) {
		const struct text text = table->rules[i].results[output].feel;
		struct feel_value number;
		const char *point = memchr(text.at, '.', text.length);
		const int decimals = point ? (int)(text.at + text.length - point) - 1 : 0;
		if (feel_number_read(text, &number) && decimals > most)
			most = decimals;
	}
	return most;
}

static void
check_one(struct check *check, const struct table *table, const struct feel *feel, struct arena *scratch)
{
	struct feel_table_findings *found = arena_new_of(scratch, struct feel_table_findings);
	if (!found) {
		check->reader->findings->broken = true;
		return;
	}
	const struct feel_table *source = &table->feel;
	if (table->decision) {
		source = table->decision->box->kind == FEEL_BOX_TABLE ? table->decision->box->table : NULL;
		feel = decision_alone(check->reader, table, scratch);
	}
	if (feel)
		feel_table_check(scratch, feel, source, found);
	for (size_t i = 0; i < table->output_count; i++) {
		const struct table_output *output = &table->outputs[i];
		const struct feel_table_formula formula = { .feel = output->formula_feel, .output = i,
			.decimals = output->decimals == PROCEDURE_NONE ? printed_decimals(table, i) : output->decimals,
			.rounding = output->rounding };
		if (formula.feel)
			feel_table_compare(scratch, feel, &table->feel, &formula, found);
	}
	tell(check, table, found);
}

void
check_tables(struct check *check)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(SCRATCH);
	if (!scratch) {
		check->reader->findings->broken = true;
		return;
	}
	for (size_t i = 0; i < check->reader->derived_count; i++) {
		const struct derived *derived = &check->reader->derived[i];
		arena_clear(scratch);
		if (derived->table && derived->table->good)
			check_one(check, derived->table, *derived->ret_feels[0], scratch);
	}
}
