/* See column.h. One pass from the lowest region to the highest: a rule enters the set where its cell
 * begins to pass and leaves it where it ends, so that sets are compared by a hash kept up to date. */
#include "feel/column.h"

#include <stdlib.h>

#include "feel/number.h"

#include "base/banned.h"

/* ---- cuts ---- */

/* The cuts of all cells, in order, each once; texts are copied. */
static bool
gather_cuts(struct arena *scratch, struct arena *arena, const struct cell *cells, uint32_t count,
	struct column *column)
{
	size_t all = 0, kept = 0;
	for (uint32_t i = 0; i < count; i++)
		all += cells[i].cut_count;
	struct point *cuts = arena_array_of(scratch, struct point, all);
	if (!cuts || all > UINT32_MAX / 4)
		return false;
	all = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (cells[i].cut_count)
			memcpy(cuts + all, cells[i].cuts, cells[i].cut_count * sizeof *cuts);
		all += cells[i].cut_count;
	}
	kept = points_sort(column->axis, cuts, all);
	struct point *own = arena_array_of(arena, struct point, kept);
	if (!own)
		return false;
	for (size_t i = 0; i < kept; i++) {
		own[i] = cuts[i];
		if (column->axis.form == AXIS_TEXT && !(own[i].text = arena_text(arena, cuts[i].text)).at)
			return false;
	}
	column->cuts = own;
	column->cut_count = (uint32_t)kept;
	return true;
}

/* Whole numbers are found faster. */
static bool
gather_whole_cuts(struct arena *arena, struct column *column)
{
	if (column->axis.form != AXIS_NUMBER)
		return true;
	int64_t *whole = arena_array_of(arena, int64_t, column->cut_count);
	if (!whole)
		return false;
	for (uint32_t i = 0; i < column->cut_count; i++)
		if (!number_to_integer(column->cuts[i].number, &whole[i]))
			return true;
	column->whole_cuts = whole;
	return true;
}

/* The region where a point is. */
static uint32_t
region_of(const struct column *column, const struct point *point)
{
	return points_search(column->axis, column->cuts, column->cut_count, point);
}

/* ---- sets ---- */

/* A rule enters or leaves at a region. */
struct change {
	uint32_t region, rule;
};

struct sweep {
	struct arena *scratch;
	struct column *column;
	uint64_t *set;     /* at the region under way */
	uint64_t hash;     /* of the set */
	uint64_t *sets;
	uint32_t count, capacity;
	uint64_t *hashes;  /* by set */
	uint32_t *buckets; /* of hashes: a set + 1 */
	uint32_t bucket_count;
	size_t most;       /* bytes of all the sets */
	bool too_large;
	enum column_form form;
	uint32_t *lists, *starts; /* instead of sets */
	size_t listed, list_capacity;
};

static uint64_t
hash_of_rule(uint32_t rule)
{
	uint64_t hash = (rule + 1) * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ (hash >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	hash = (hash ^ (hash >> 27)) * UINT64_C(0x94d049bb133111eb);
	return hash ^ (hash >> 31);
}

static void
toggle(struct sweep *sweep, uint32_t rule)
{
	sweep->set[rule / COLUMN_BITS] ^= UINT64_C(1) << rule % COLUMN_BITS;
	sweep->hash ^= hash_of_rule(rule);
}

static bool
sweep_grow(struct sweep *sweep)
{
	const uint32_t words = sweep->column->words, capacity = sweep->capacity ? sweep->capacity * 2 : 16;
	const uint32_t bucket_count = capacity * 2;
	if ((size_t)sweep->count * words * sizeof *sweep->sets >= sweep->most) {
		sweep->too_large = true;
		return false;
	}
	uint64_t *sets = arena_array_of(sweep->scratch, uint64_t, (size_t)capacity * words);
	uint64_t *hashes = arena_array_of(sweep->scratch, uint64_t, capacity);
	uint32_t *buckets = arena_array_of(sweep->scratch, uint32_t, bucket_count);
	if (!sets || !hashes || !buckets)
		return false;
	if (sweep->count) {
		memcpy(sets, sweep->sets, (size_t)sweep->count * words * sizeof *sets);
		memcpy(hashes, sweep->hashes, sweep->count * sizeof *hashes);
	}
	for (uint32_t i = 0; i < sweep->count; i++) {
		uint32_t at = (uint32_t)hashes[i] & (bucket_count - 1);
		while (buckets[at])
			at = (at + 1) & (bucket_count - 1);
		buckets[at] = i + 1;
	}
	sweep->sets = sets;
	sweep->hashes = hashes;
	sweep->buckets = buckets;
	sweep->capacity = capacity;
	sweep->bucket_count = bucket_count;
	return true;
}

/* The set as it stands, as one more list. */
static bool
sweep_list(struct sweep *sweep, uint32_t *ret_set)
{
	const uint32_t words = sweep->column->words;
	size_t count = 0;
	for (uint32_t word = 0; word < words; word++)
		count += (size_t)__builtin_popcountll(sweep->set[word]);
	if (sweep->listed + count > MOST_LISTED) {
		sweep->too_large = true;
		return false;
	}
	if (sweep->listed + count > sweep->list_capacity) {
		const size_t capacity = (sweep->listed + count) * 2;
		uint32_t *lists = arena_array_of(sweep->scratch, uint32_t, capacity);
		if (!lists)
			return false;
		if (sweep->listed)
			memcpy(lists, sweep->lists, sweep->listed * sizeof *lists);
		sweep->lists = lists;
		sweep->list_capacity = capacity;
	}
	for (uint32_t word = 0; word < words; word++)
		for (uint64_t left = sweep->set[word]; left; left &= left - 1)
			sweep->lists[sweep->listed++] = word * COLUMN_BITS + (uint32_t)__builtin_ctzll(left);
	*ret_set = sweep->count++;
	sweep->starts[sweep->count] = (uint32_t)sweep->listed;
	return true;
}

/* The number of the set as it stands, known or new. */
static bool
sweep_keep(struct sweep *sweep, uint32_t *ret_set)
{
	const uint32_t words = sweep->column->words;
	if (sweep->form == COLUMN_LISTS)
		return sweep_list(sweep, ret_set);
	if (sweep->count == sweep->capacity && !sweep_grow(sweep))
		return false;
	uint32_t at = (uint32_t)sweep->hash & (sweep->bucket_count - 1);
	for (; sweep->buckets[at]; at = (at + 1) & (sweep->bucket_count - 1)) {
		const uint32_t known = sweep->buckets[at] - 1;
		if (sweep->hashes[known] == sweep->hash && memcmp(sweep->sets + (size_t)known * words, sweep->set,
			words * sizeof *sweep->set) == 0) {
			*ret_set = known;
			return true;
		}
	}
	memcpy(sweep->sets + (size_t)sweep->count * words, sweep->set, words * sizeof *sweep->set);
	sweep->hashes[sweep->count] = sweep->hash;
	sweep->buckets[at] = sweep->count + 1;
	*ret_set = sweep->count++;
	return true;
}

/* The changes that a cell makes, from its own regions to those of the column. Returns how many. */
static uint32_t
changes_of(const struct column *column, const struct cell *cell, uint32_t rule, struct change *changes)
{
	uint32_t count = 0;
	bool inside = false;
	uint32_t start = 0; /* of the cell's region, in the column */
	for (uint32_t i = 0; i <= 2 * cell->cut_count; i++) {
		const bool passes = cell->passes[i];
		if (i & 1)
			start = region_of(column, &cell->cuts[i / 2]);
		else if (i)
			start++;
		if (passes != inside)
			changes[count++] = (struct change){ start, rule };
		inside = passes;
	}
	return count;
}

static int
order_changes(const void *a, const void *b)
{
	const struct change *left = a, *right = b;
	return (left->region > right->region) - (left->region < right->region);
}

/* The rules that let null through enter the set, or leave it. */
static void
toggle_null(struct sweep *sweep, const struct cell *cells, uint32_t rule_count)
{
	for (uint32_t rule = 0; rule < rule_count; rule++)
		if (!cells[rule].obstacle && !cells[rule].any && cells[rule].null_passes)
			toggle(sweep, rule);
}

/* What every rule does from the lowest region to the highest; those that are everywhere are put in. */
static bool
gather_changes(struct sweep *sweep, const struct cell *cells, uint32_t rule_count, uint64_t *unjudged,
	struct change **ret_changes, size_t *ret_count)
{
	struct column *column = sweep->column;
	size_t most = 0, count = 0;
	for (uint32_t i = 0; i < rule_count; i++)
		most += 2 * (size_t)cells[i].cut_count + 1;
	struct change *changes = arena_array_of(sweep->scratch, struct change, most);
	if (!changes)
		return false;
	column->any = true;
	for (uint32_t rule = 0; rule < rule_count; rule++) {
		const struct cell *cell = &cells[rule];
		column->any = column->any && cell->any;
		if (cell->obstacle) {
			unjudged[rule / COLUMN_BITS] |= UINT64_C(1) << rule % COLUMN_BITS;
			column->unjudged = unjudged;
		}
		if (cell->obstacle || cell->any)
			toggle(sweep, rule);
		else
			count += changes_of(column, cell, rule, changes + count);
	}
	if (count)
		qsort(changes, count, sizeof *changes, order_changes);
	*ret_changes = changes;
	*ret_count = count;
	return true;
}

/* The sets, or the lists, in the arena of the column. */
static bool
keep_sets(struct sweep *sweep, struct arena *arena)
{
	struct column *column = sweep->column;
	column->set_count = sweep->count;
	if (sweep->form == COLUMN_LISTS) {
		uint32_t *lists = arena_array_of(arena, uint32_t, sweep->listed);
		uint32_t *starts = arena_array_of(arena, uint32_t, sweep->count + 1);
		if (!lists || !starts)
			return false;
		if (sweep->listed)
			memcpy(lists, sweep->lists, sweep->listed * sizeof *lists);
		memcpy(starts, sweep->starts, (sweep->count + 1) * sizeof *starts);
		column->lists = lists;
		column->starts = starts;
		return true;
	}
	if (arena == sweep->scratch) {
		column->sets = sweep->sets;
		return true;
	}
	uint64_t *sets = arena_array_of(arena, uint64_t, (size_t)sweep->count * column->words);
	if (!sets)
		return false;
	memcpy(sets, sweep->sets, (size_t)sweep->count * column->words * sizeof *sets);
	column->sets = sets;
	return true;
}

static bool
build_sets(struct sweep *sweep, struct arena *arena, const struct cell *cells, uint32_t rule_count)
{
	struct column *column = sweep->column;
	const uint32_t regions = column_regions(column), words = column->words;
	uint64_t *unjudged = arena_array_of(arena, uint64_t, words);
	uint32_t *set_of = arena_array_of(arena, uint32_t, regions);
	struct change *changes;
	size_t count, next = 0;
	sweep->set = arena_array_of(sweep->scratch, uint64_t, words);
	if (sweep->form == COLUMN_LISTS)
		sweep->starts = arena_array_of(sweep->scratch, uint32_t, regions + 1);
	if (!sweep->set || !unjudged || !set_of || (sweep->form == COLUMN_LISTS && !sweep->starts)
		|| !gather_changes(sweep, cells, rule_count, unjudged, &changes, &count))
		return false;
	toggle_null(sweep, cells, rule_count);
	bool kept = sweep_keep(sweep, &set_of[regions - 1]);
	toggle_null(sweep, cells, rule_count);
	for (uint32_t region = 0; kept && region + 1 < regions; region++) {
		const bool changed = next < count && changes[next].region == region;
		for (; next < count && changes[next].region == region; next++)
			toggle(sweep, changes[next].rule);
		if (region && !changed)
			set_of[region] = set_of[region - 1];
		else
			kept = sweep_keep(sweep, &set_of[region]);
	}
	column->set_of = set_of;
	return kept && keep_sets(sweep, arena);
}

/* ---- the doors ---- */

/* The tests of the column, those of its domain last. */
static struct column_domain
test_at(const struct table *table, uint32_t input, const struct column_domain *domain, uint32_t rank)
{
	return rank < table->rule_count
		? (struct column_domain){ table->rules[rank].tests[input], table->local + input }
		: domain[rank - table->rule_count];
}

/* All of them are looked at together first: they must speak of one axis. */
bool
column_judge(struct judge *judge, const struct table *table, uint32_t input,
	const struct column_domain *domain, uint32_t domain_count, struct axis *ret_axis, struct cell **ret_cells)
{
	const uint32_t count = table->rule_count + domain_count;
	struct cell *cells = arena_array_of(judge->arena, struct cell, count);
	if (!cells) {
		judge->no_memory = true;
		return false;
	}
	judge->constant_count = 0;
	for (uint32_t i = 0; i < count; i++) {
		const struct column_domain at = test_at(table, input, domain, i);
		cells[i].obstacle = judge_survey(judge, at.test, at.place);
	}
	const bool one_axis = judge_axis(table->inputs[input].type, judge->constants, judge->constant_count,
		ret_axis);
	judge->constant_count = 0;
	for (uint32_t i = 0; i < count && !judge->no_memory; i++) {
		const struct column_domain at = test_at(table, input, domain, i);
		if (cells[i].obstacle == CELL_CLEAR)
			cells[i] = judge_cell(judge, at.test, at.place, *ret_axis);
		if (!one_axis && !cells[i].any && cells[i].obstacle == CELL_CLEAR)
			cells[i] = (struct cell){ .obstacle = CELL_MIXES_KINDS };
	}
	*ret_cells = cells;
	return !judge->no_memory;
}

bool
column_build(struct judge *judge, struct arena *arena, struct axis axis, const struct cell *cells,
	uint32_t rule_count, uint32_t count, enum column_form form, size_t most, struct column *ret_column)
{
	struct column column = { .axis = axis, .words = words_of_rules(rule_count) };
	struct sweep sweep = { .scratch = judge->arena, .column = &column, .form = form, .most = most };
	if (!gather_cuts(judge->arena, arena, cells, count, &column) || !gather_whole_cuts(arena, &column)
		|| !build_sets(&sweep, arena, cells, rule_count)) {
		judge->no_memory = !sweep.too_large;
		return false;
	}
	*ret_column = column;
	return true;
}

static uint32_t
region_of_whole(const struct column *column, int64_t whole)
{
	uint32_t low = 0, high = column->cut_count;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		if (column->whole_cuts[middle] == whole)
			return 2 * middle + 1;
		if (column->whole_cuts[middle] < whole)
			low = middle + 1;
		else
			high = middle;
	}
	return 2 * low;
}

bool
column_locate(const struct column *column, const struct feel_value *value, uint32_t *ret_region)
{
	struct point point;
	int64_t whole;
	if (value->kind == FEEL_NULL) {
		*ret_region = column_regions(column) - 1;
		return true;
	}
	if (column->axis.form == AXIS_OPAQUE) {
		*ret_region = 0;
		return true;
	}
	if (!point_of(column->axis, *value, &point))
		return false;
	if (column->whole_cuts && number_to_integer(point.number, &whole)) {
		*ret_region = region_of_whole(column, whole);
		return true;
	}
	const uint32_t region = region_of(column, &point);
	*ret_region = column->axis.form == AXIS_TEXT && !(region & 1) ? 0 : region;
	return true;
}
