/* See index.h. */
#include "feel/index.h"

#include "base/banned.h"

struct table_index {
	uint32_t input_count;
	const uint64_t *unjudged; /* rules that have a cell to test; NULL: none */
	struct column columns[];
};

enum { MOST_SCRATCH = 64 << 20, FEWEST_RULES = 4 };

/* The rules that have a cell to test, whatever the column. */
static bool
gather_unjudged(struct table_index *index, struct arena *arena)
{
	uint64_t *all = NULL;
	for (uint32_t i = 0; i < index->input_count; i++) {
		const struct column *column = &index->columns[i];
		if (!column->unjudged)
			continue;
		if (!all && !(all = arena_array_of(arena, uint64_t, column->words)))
			return false;
		for (uint32_t word = 0; word < column->words; word++)
			all[word] |= column->unjudged[word];
	}
	index->unjudged = all;
	return true;
}

/* False without memory; *ret_useful: it is worth keeping. */
static bool
build(struct table_index *index, struct arena *arena, struct arena *scratch, const struct table *table,
	uint32_t locals, bool *ret_useful)
{
	struct judge judge;
	struct evaluation evaluation;
	struct feel_run run;
	bool useful = false;
	if (!judge_start(&judge, scratch, &evaluation, &run, locals))
		return false;
	for (uint32_t i = 0; i < table->input_count; i++) {
		struct column *column = &index->columns[i];
		if (!column_build(&judge, arena, table, i, NULL, 0, column, NULL))
			return !judge.no_memory;
		useful = useful || column->set_count > 1;
	}
	*ret_useful = useful;
	return gather_unjudged(index, arena);
}

bool
table_index_new(struct arena *arena, const struct table *table, uint32_t locals,
	const struct table_index **ret_index)
{
	bool useful = false;
	if (table->rule_count < FEWEST_RULES || table->input_count == 0
		|| table->input_count > TABLE_MOST_INDEXED) {
		*ret_index = NULL;
		return true;
	}
	struct table_index *index = arena_alloc(arena, sizeof *index + table->input_count * sizeof *index->columns);
	CLEANUP(arena_free) struct arena *scratch = arena_new(MOST_SCRATCH);
	if (!index || !scratch)
		return false;
	index->input_count = table->input_count;
	if (!build(index, arena, scratch, table, locals, &useful))
		return false;
	*ret_index = useful ? index : NULL;
	return true;
}

bool
table_index_search(const struct table_index *index, const struct feel_value *inputs,
	struct table_search *ret_search)
{
	ret_search->set_count = 0;
	for (uint32_t i = 0; i < index->input_count; i++) {
		const struct column *column = &index->columns[i];
		uint32_t region;
		if (column->any)
			continue;
		if (!column_locate(column, &inputs[i], &region))
			return false;
		ret_search->sets[ret_search->set_count++] = column_set(column, region);
	}
	return true;
}

bool
table_index_must_test(const struct table_index *index, uint32_t input, uint32_t rule)
{
	const uint64_t *unjudged = index->columns[input].unjudged;
	return unjudged && (unjudged[rule / COLUMN_BITS] >> rule % COLUMN_BITS & 1);
}

bool
table_index_must_test_some(const struct table_index *index, uint32_t rule)
{
	return index->unjudged && (index->unjudged[rule / COLUMN_BITS] >> rule % COLUMN_BITS & 1);
}
