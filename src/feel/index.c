/* See index.h. */
#include "feel/index.h"

#include "base/banned.h"

enum column_state {
	STATE_NOTHING, /* every cell lets everything through */
	STATE_SETS,
	STATE_LISTS,   /* one column at most */
	STATE_TESTED,  /* too large: its cells are tested */
};

struct table_index {
	uint32_t input_count;
	bool tests_all;           /* a column is tested */
	const uint64_t *unjudged; /* rules that have a cell to test; NULL: none */
	struct indexed {
		enum column_state state;
		struct column column;
	} columns[];
};

enum { MOST_SCRATCH = 64 << 20, MOST_INDEX_BYTES = 4 << 20, FEWEST_RULES = 4 };

struct building {
	struct table_index *index;
	struct arena *arena;   /* of the index */
	struct arena *scratch; /* cleared after each column */
	struct arena *passing; /* cleared after each cell */
	const struct table *table;
	uint32_t locals;
	size_t left;           /* bytes of sets */
	bool listed;
	bool no_memory;
};

/* The rules that have a cell to test, whatever the column. */
static bool
gather_unjudged(struct table_index *index, struct arena *arena)
{
	uint64_t *all = NULL;
	for (uint32_t i = 0; i < index->input_count; i++) {
		const struct column *column = &index->columns[i].column;
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

/* What was made for a column is too much, or memory is short: the
 * first when the scratch arena is at fault. */
static bool
give_up(struct building *building, const struct judge *judge)
{
	building->no_memory = judge->no_memory && arena_used(building->scratch) < MOST_SCRATCH / 2
		&& arena_used(building->passing) < MOST_SCRATCH / 2;
	return building->no_memory;
}

/* As sets of rules, or as lists, or not at all. */
static void
build_column(struct building *building, uint32_t input)
{
	struct indexed *indexed = &building->index->columns[input];
	const uint32_t rules = building->table->rule_count;
	struct judge judge;
	struct evaluation evaluation;
	struct feel_run run;
	struct axis axis;
	struct cell *cells;
	indexed->state = STATE_TESTED;
	arena_clear(building->scratch);
	if (!judge_start(&judge, building->scratch, building->passing, &evaluation, &run, building->locals)) {
		building->no_memory = true;
		return;
	}
	if (!column_judge(&judge, building->table, input, NULL, 0, &axis, &cells)) {
		give_up(building, &judge);
		return;
	}
	if (column_build(&judge, building->arena, axis, cells, rules, rules, COLUMN_SETS, building->left,
		&indexed->column)) {
		const size_t size = (size_t)indexed->column.set_count * indexed->column.words * sizeof(uint64_t);
		building->left -= size < building->left ? size : building->left;
		indexed->state = indexed->column.any ? STATE_NOTHING : STATE_SETS;
	} else if (!give_up(building, &judge) && !building->listed) {
		judge.no_memory = false;
		if (column_build(&judge, building->arena, axis, cells, rules, rules, COLUMN_LISTS, 0,
			&indexed->column)) {
			indexed->state = STATE_LISTS;
			building->listed = true;
		} else {
			give_up(building, &judge);
		}
	}
}

/* False without memory; *ret_useful: the index is worth keeping. */
static bool
build(struct building *building, bool *ret_useful)
{
	struct table_index *index = building->index;
	for (uint32_t i = 0; i < index->input_count && !building->no_memory; i++) {
		const struct indexed *indexed = &index->columns[i];
		build_column(building, i);
		index->tests_all = index->tests_all || indexed->state == STATE_TESTED;
		*ret_useful = *ret_useful || ((indexed->state == STATE_SETS || indexed->state == STATE_LISTS)
			&& indexed->column.set_count > 1);
	}
	return !building->no_memory && gather_unjudged(index, building->arena);
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
	CLEANUP(arena_free) struct arena *scratch = arena_new(MOST_SCRATCH), *passing = arena_new(MOST_SCRATCH);
	if (!index || !scratch || !passing)
		return false;
	index->input_count = table->input_count;
	struct building building = { .index = index, .arena = arena, .scratch = scratch, .passing = passing,
		.table = table, .locals = locals, .left = MOST_INDEX_BYTES };
	if (!build(&building, &useful))
		return false;
	*ret_index = useful ? index : NULL;
	return true;
}

bool
table_index_search(const struct table_index *index, const struct feel_value *inputs,
	struct table_search *ret_search)
{
	ret_search->set_count = 0;
	ret_search->rules = NULL;
	for (uint32_t i = 0; i < index->input_count; i++) {
		const struct indexed *indexed = &index->columns[i];
		const struct column *column = &indexed->column;
		uint32_t region;
		if (indexed->state == STATE_NOTHING || indexed->state == STATE_TESTED)
			continue;
		if (!column_locate(column, &inputs[i], &region))
			return false;
		if (indexed->state == STATE_SETS) {
			ret_search->sets[ret_search->set_count++] = column_set(column, region);
		} else {
			const uint32_t set = column->set_of[region];
			ret_search->rules = column->lists + column->starts[set];
			ret_search->end = column->lists + column->starts[set + 1];
		}
	}
	return true;
}

bool
table_index_must_test(const struct table_index *index, uint32_t input, uint32_t rule)
{
	const struct indexed *indexed = &index->columns[input];
	const uint64_t *unjudged = indexed->column.unjudged;
	return indexed->state == STATE_TESTED
		|| (unjudged && (unjudged[rule / COLUMN_BITS] >> rule % COLUMN_BITS & 1));
}

bool
table_index_must_test_some(const struct table_index *index, uint32_t rule)
{
	return index->tests_all
		|| (index->unjudged && (index->unjudged[rule / COLUMN_BITS] >> rule % COLUMN_BITS & 1));
}
