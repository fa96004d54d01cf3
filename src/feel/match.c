/* Which rules of a decision table apply: see table.h. */
#include "feel/table.h"

#include "base/banned.h"

struct match
match_of(struct evaluation *evaluation, const struct table *table)
{
	(void)evaluation;
	return (struct match){ .table = table };
}

bool
match_next(struct evaluation *evaluation, struct match *match, uint32_t *ret_rule)
{
	const struct table *table = match->table;
	while (match->next < table->rule_count) {
		const uint32_t rule = match->next++;
		const struct node *const *tests = table->rules[rule].tests;
		uint32_t i = 0;
		if (!evaluation_steps(evaluation, 1))
			return false;
		while (i < table->input_count && (!tests[i] || feel_is_true(evaluate_node(evaluation, tests[i]))))
			i++;
		if (i < table->input_count)
			continue;
		*ret_rule = rule;
		return evaluation->steps_left > 0;
	}
	return false;
}
