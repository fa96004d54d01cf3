/* Which rules of a decision table apply: see table.h. The index, where there is one and it knows the natures
 * of the inputs, gives the few rules that may; only what it could not judge is then tested. A traced
 * evaluation makes every test, for they are what it tells. */
#include "feel/index.h"

#include "base/banned.h"

struct match
match_of(struct evaluation *evaluation, const struct table *table)
{
	struct match match = { .table = table };
	match.indexed = table->index && !evaluation->trace
		&& table_index_search(table->index, evaluation->locals + table->local, &match.search);
	return match;
}

static bool
passes(struct evaluation *evaluation, const struct node *test)
{
	return !test || feel_is_true(evaluate_node(evaluation, test));
}

/* The tests that the index could not make. */
static bool
rest_passes(struct evaluation *evaluation, const struct table *table, uint32_t rule)
{
	if (!table_index_must_test_some(table->index, rule))
		return true;
	for (uint32_t i = 0; i < table->input_count; i++)
		if (table_index_must_test(table->index, i, rule) && !passes(evaluation, table->rules[rule].tests[i]))
			return false;
	return true;
}

/* The list of one column, less what is not in the sets of the others. */
static bool
next_of_list(struct evaluation *evaluation, struct match *match, uint32_t *ret_rule)
{
	while (match->search.rules < match->search.end) {
		const uint32_t rule = *match->search.rules++;
		if (!evaluation_steps(evaluation, 1))
			return false;
		if (!table_search_has(&match->search, rule) || !rest_passes(evaluation, match->table, rule))
			continue;
		*ret_rule = rule;
		return evaluation->steps_left > 0;
	}
	return false;
}

static bool
next_of_index(struct evaluation *evaluation, struct match *match, uint32_t *ret_rule)
{
	const struct table *table = match->table;
	const uint32_t words = words_of_rules(table->rule_count);
	if (match->search.rules)
		return next_of_list(evaluation, match, ret_rule);
	for (;;) {
		while (match->candidates == 0) {
			if (match->next == words || !evaluation_steps(evaluation, 1))
				return false;
			match->candidates = table_search_word(&match->search, match->next++);
			if (match->next == words && table->rule_count % COLUMN_BITS)
				match->candidates &= (UINT64_C(1) << table->rule_count % COLUMN_BITS) - 1;
		}
		const uint32_t rule = (match->next - 1) * COLUMN_BITS + (uint32_t)__builtin_ctzll(match->candidates);
		match->candidates &= match->candidates - 1;
		if (!rest_passes(evaluation, table, rule))
			continue;
		*ret_rule = rule;
		return evaluation->steps_left > 0;
	}
}

static bool
next_of_all(struct evaluation *evaluation, struct match *match, uint32_t *ret_rule)
{
	const struct table *table = match->table;
	while (match->next < table->rule_count) {
		const uint32_t rule = match->next++;
		const struct node *const *tests = table->rules[rule].tests;
		uint32_t i = 0;
		if (!evaluation_steps(evaluation, 1))
			return false;
		while (i < table->input_count && passes(evaluation, tests[i]))
			i++;
		if (i < table->input_count)
			continue;
		*ret_rule = rule;
		return evaluation->steps_left > 0;
	}
	return false;
}

bool
match_next(struct evaluation *evaluation, struct match *match, uint32_t *ret_rule)
{
	return match->indexed ? next_of_index(evaluation, match, ret_rule)
		: next_of_all(evaluation, match, ret_rule);
}
