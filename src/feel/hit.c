/* Evaluation of decision tables: the inputs, the rules that apply, and what the hit policy makes of
 * them. DMN 1.5, §8.2.8 to §8.2.12. */
#include "feel/table.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

/* What one rule gives. */
struct hit {
	uint32_t rule;
	struct feel_value value;
	const uint32_t *ranks; /* by output, when the hit policy orders by output values */
	uint32_t rank_count;
};

struct hits {
	struct hit *at;
	size_t count, capacity;
};

static bool
add_hit(struct evaluation *evaluation, struct hits *hits, struct hit hit)
{
	if (hits->count == hits->capacity) {
		const size_t capacity = hits->capacity ? hits->capacity * 2 : 4;
		struct hit *at = arena_array_of(evaluation->arena, struct hit, capacity);
		if (!at) {
			evaluation_stop(evaluation, FEEL_NO_MEMORY);
			return false;
		}
		if (hits->count)
			memcpy(at, hits->at, hits->count * sizeof *at);
		hits->at = at;
		hits->capacity = capacity;
	}
	hits->at[hits->count++] = hit;
	return true;
}

/* ---- one rule ---- */

/* The rank of a value among those that the output may take; value_count when it is none of them. */
static uint32_t
rank_of(struct evaluation *evaluation, const struct table *table, uint32_t output, struct feel_value value)
{
	const struct table_output *clause = &table->outputs[output];
	struct feel_trace *const trace = evaluation->trace;
	uint32_t rank = 0;
	evaluation->trace = NULL; /* explains nothing */
	evaluation->locals[table->local + table->input_count + output] = value;
	while (rank < clause->value_count && !feel_is_true(evaluate_node(evaluation, clause->values[rank])))
		rank++;
	evaluation->trace = trace;
	return rank;
}

/* The value of an output, and its rank where the output has values. */
static struct feel_value
evaluate_output(struct evaluation *evaluation, const struct table *table, uint32_t output,
	const struct node *result, uint32_t *ret_rank)
{
	const struct table_output *clause = &table->outputs[output];
	const struct feel_value value = evaluate_node(evaluation, result);
	*ret_rank = clause->value_count ? rank_of(evaluation, table, output, value) : 0;
	if (value.kind != FEEL_NULL && clause->value_count && *ret_rank == clause->value_count)
		return evaluation_null(evaluation, "la table donne une valeur qui n’est pas parmi celles prévues%s"
			TEXT_FORMAT, clause->name.length ? " pour " : "", TEXT_ARGS(clause->name));
	return value;
}

/* The only output, or a context of the outputs by their names. */
static struct feel_value
gather(struct evaluation *evaluation, const struct table *table, const struct feel_value *outputs)
{
	if (table->output_count == 1)
		return outputs[0];
	struct feel_entry *entries = arena_array_of(evaluation->arena, struct feel_entry, table->output_count);
	if (!entries)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	for (uint32_t i = 0; i < table->output_count; i++)
		entries[i] = (struct feel_entry){ table->outputs[i].name, outputs[i] };
	return feel_context(entries, table->output_count);
}

/* False when the evaluation is stopped. */
static bool
evaluate_rule(struct evaluation *evaluation, const struct table *table, uint32_t rule, struct hit *ret_hit)
{
	const struct table_rule *applied = &table->rules[rule];
	const bool ranked = table->hit == FEEL_PRIORITY || table->hit == FEEL_OUTPUT_ORDER;
	struct feel_value few[4], *outputs = few;
	uint32_t rank, *ranks = NULL;
	if (table->output_count > 4)
		outputs = arena_array_of(evaluation->arena, struct feel_value, table->output_count);
	if (ranked)
		ranks = arena_array_of(evaluation->arena, uint32_t, table->output_count);
	if (!outputs || (ranked && !ranks)) {
		evaluation_stop(evaluation, FEEL_NO_MEMORY);
		return false;
	}
	for (uint32_t i = 0; i < table->output_count; i++) {
		outputs[i] = evaluate_output(evaluation, table, i, applied->results[i], &rank);
		if (ranks)
			ranks[i] = rank;
	}
	*ret_hit = (struct hit){ rule, gather(evaluation, table, outputs), ranks, table->output_count };
	return evaluation->steps_left > 0;
}

/* The next rule that applies. An explanation tells those only: what was tried before is not kept. */
static bool
next_rule(struct evaluation *evaluation, struct match *match, uint32_t *ret_rule)
{
	struct feel_trace *const trace = evaluation->trace;
	evaluation->trace = NULL;
	const bool found = match_next(evaluation, match, ret_rule);
	evaluation->trace = trace;
	return found;
}

/* evaluate_rule(), with its tests, as explanations keep it. */
static bool
trace_rule(struct evaluation *evaluation, const struct table *table, uint32_t rule, struct hit *ret_hit)
{
	const struct table_rule *applied = &table->rules[rule];
	trace_open(evaluation, TRACE_RULE, applied->note, (size_t)rule + 1, (struct feel_value){ 0 });
	for (uint32_t i = 0; i < table->input_count; i++)
		if (applied->tests[i])
			(void)evaluate_node(evaluation, applied->tests[i]);
	const bool goes_on = evaluate_rule(evaluation, table, rule, ret_hit);
	trace_close(evaluation);
	return goes_on;
}

/* ---- hit policies ---- */

static int
compare_ranks(const void *left, const void *right)
{
	const struct hit *a = left, *b = right;
	for (uint32_t i = 0; i < a->rank_count; i++)
		if (a->ranks[i] != b->ranks[i])
			return a->ranks[i] < b->ranks[i] ? -1 : 1;
	return a->rule < b->rule ? -1 : a->rule > b->rule;
}

/* "la règle 1 et la règle 3": of a null, which quotes as many as it can. */
static struct feel_value
disagreement(struct evaluation *evaluation, const struct table *table, const struct hits *hits)
{
	char rules[120] = "";
	size_t length = 0;
	for (size_t i = 0; i < hits->count && length < sizeof rules - 30; i++) {
		const char *before = i == 0 ? "" : i + 1 == hits->count ? " et " : ", ";
		length += (size_t)snprintf(rules + length, sizeof rules - length, "%s%lu", before,
			(unsigned long)hits->at[i].rule + 1);
	}
	return evaluation_null(evaluation, table->hit == FEEL_UNIQUE
		? "les règles %s s’appliquent ensemble, alors qu’une seule le peut"
		: "les règles %s s’appliquent ensemble et ne disent pas la même chose", rules);
}

static struct feel_value
values_of(struct evaluation *evaluation, const struct hits *hits)
{
	struct feel_value *values = arena_array_of(evaluation->arena, struct feel_value, hits->count);
	if (!values)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	for (size_t i = 0; i < hits->count; i++)
		values[i] = hits->at[i].value;
	return feel_list(values, hits->count);
}

/* What all the rules that apply say; a null when they do not agree. */
static struct feel_value
same_value(struct evaluation *evaluation, const struct table *table, const struct hits *hits)
{
	for (size_t i = 1; i < hits->count; i++)
		if (!feel_is_true(evaluate_equal(evaluation, hits->at[0].value, hits->at[i].value)))
			return disagreement(evaluation, table, hits);
	return hits->at[0].value;
}

static struct feel_value
aggregate(struct evaluation *evaluation, struct text builtin, const struct hits *hits)
{
	const struct feel_value values = values_of(evaluation, hits);
	return values.kind == FEEL_LIST ? evaluate_builtin(evaluation, builtin, &values, NULL, 1) : values;
}

/* One rule at least applies. */
static struct feel_value
conclude(struct evaluation *evaluation, const struct table *table, struct hits *hits)
{
	switch (table->hit) {
	case FEEL_UNIQUE:
		return hits->count > 1 ? disagreement(evaluation, table, hits) : hits->at[0].value;
	case FEEL_ANY_RULE:
		return same_value(evaluation, table, hits);
	case FEEL_FIRST:
		return hits->at[0].value;
	case FEEL_PRIORITY:
		qsort(hits->at, hits->count, sizeof *hits->at, compare_ranks);
		return hits->at[0].value;
	case FEEL_OUTPUT_ORDER:
		qsort(hits->at, hits->count, sizeof *hits->at, compare_ranks);
		return values_of(evaluation, hits);
	case FEEL_COLLECT_SUM:
		return aggregate(evaluation, TEXT("sum"), hits);
	case FEEL_COLLECT_MIN:
		return aggregate(evaluation, TEXT("min"), hits);
	case FEEL_COLLECT_MAX:
		return aggregate(evaluation, TEXT("max"), hits);
	case FEEL_COLLECT_COUNT:
		return feel_integer((int64_t)hits->count);
	case FEEL_COLLECT:
	case FEEL_RULE_ORDER:
	case FEEL_HIT_COUNT:
		break;
	}
	return values_of(evaluation, hits);
}

/* No rule applies: what the outputs say for that case (§8.2.11). */
static struct feel_value
conclude_without(struct evaluation *evaluation, const struct table *table)
{
	struct feel_value few[4], *outputs = few;
	bool declared = false;
	uint32_t rank;
	if (table->output_count > 4)
		outputs = arena_array_of(evaluation->arena, struct feel_value, table->output_count);
	if (!outputs)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	for (uint32_t i = 0; i < table->output_count; i++) {
		const struct node *otherwise = table->outputs[i].otherwise;
		declared |= otherwise != NULL;
		outputs[i] = otherwise ? evaluate_output(evaluation, table, i, otherwise, &rank)
			: feel_null(TEXT("aucune règle ne s’applique"));
	}
	if (declared)
		return gather(evaluation, table, outputs);
	if (table->hit == FEEL_COLLECT_COUNT)
		return feel_integer(0);
	return feel_null(TEXT("aucune règle ne s’applique"));
}

/* ---- the table ---- */

/* Evaluates the inputs into their locals; true, or false with the null to give instead. */
static bool
evaluate_inputs(struct evaluation *evaluation, const struct table *table, struct feel_value *ret_null)
{
	for (uint32_t i = 0; i < table->input_count; i++) {
		const struct table_input *input = &table->inputs[i];
		evaluation->locals[table->local + i] = evaluate_node(evaluation, input->expression);
		if (!input->values || feel_is_true(evaluate_node(evaluation, input->values)))
			continue;
		*ret_null = evaluation_null(evaluation,
			"l’entrée %lu de la table n’est pas parmi les valeurs prévues", (unsigned long)i + 1);
		return false;
	}
	return true;
}

struct feel_value
evaluate_table(struct evaluation *evaluation, const struct node *node)
{
	const struct table *table = node->table;
	struct hit few[4];
	struct hits hits = { few, 0, 4 };
	struct feel_value refusal;
	uint32_t rule;
	if (!evaluate_inputs(evaluation, table, &refusal))
		return refusal;
	struct match match = match_of(evaluation, table);
	while (next_rule(evaluation, &match, &rule)) {
		struct hit hit;
		const bool goes_on = evaluation->trace ? trace_rule(evaluation, table, rule, &hit)
			: evaluate_rule(evaluation, table, rule, &hit);
		if (!goes_on || !add_hit(evaluation, &hits, hit))
			break;
		if (table->hit == FEEL_FIRST)
			break;
	}
	if (evaluation->steps_left == 0)
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	return hits.count ? conclude(evaluation, table, &hits) : conclude_without(evaluation, table);
}
