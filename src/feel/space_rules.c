/* What the rules of a table do to each other: which meet, which are hidden by others. See space.h. */
#include "feel/states.h"

#include "base/banned.h"

/* ---- rules that meet ---- */

/* A null of which nothing was declared counts for the rules that expect it alone. */
static void
meet_in_null(struct space *space, const struct space_column *column, uint64_t *met)
{
	const uint32_t words = space->words, null = column_regions(&column->column) - 1;
	const uint64_t *rules = column_set(&column->column, null);
	if (column->possible[null] || !column->reachable[null])
		return;
	for (uint32_t rule = 0; rule < space->table->rule_count; rule++)
		for (uint32_t i = 0; set_has(rules, rule) && i < words; i++)
			met[(size_t)rule * words + i] |= set_has(column->expected, rule) ? rules[i] & ~column->expected[i]
				: rules[i];
}

/* Rules met in one column, for each rule. Those that pass everywhere meet all that pass somewhere: they are
 * not looked at region by region. */
static bool
meet_in_column(struct space *space, const struct space_column *column, uint64_t *met)
{
	const uint32_t words = space->words;
	uint64_t *everywhere = arena_array_of(space->arena, uint64_t, words);
	if (!everywhere) {
		space->broken = true;
		return false;
	}
	memset(everywhere, 0xff, words * sizeof *everywhere);
	memset(met, 0, (size_t)space->table->rule_count * words * sizeof *met);
	for (uint32_t slice = 0; slice < column->slice_count; slice++)
		for (uint32_t i = 0; i < words; i++)
			everywhere[i] &= column->slices[slice].rules[i];
	for (uint32_t rule = 0; rule < space->table->rule_count; rule++)
		if (set_has(everywhere, rule))
			memcpy(met + (size_t)rule * words, column->expected, words * sizeof *met);
	for (uint32_t slice = 0; slice < column->slice_count; slice++) {
		const uint64_t *rules = column->slices[slice].rules;
		for (uint32_t word = 0; word < words; word++) {
			for (uint64_t left = rules[word] & ~everywhere[word]; left; left &= left - 1) {
				uint64_t *of = met + ((size_t)word * COLUMN_BITS + (uint32_t)__builtin_ctzll(left)) * words;
				if (!space_spend(space, words / 8 + 1))
					return false;
				for (uint32_t i = 0; i < words; i++)
					of[i] |= rules[i];
			}
		}
	}
	meet_in_null(space, column, met);
	return true;
}

uint64_t *
space_meetings(struct space *space)
{
	const size_t size = (size_t)space->table->rule_count * space->words;
	uint64_t *all = arena_array_of(space->arena, uint64_t, size);
	uint64_t *met = arena_array_of(space->arena, uint64_t, size);
	if (!all || !met) {
		space->broken = true;
		return NULL;
	}
	memset(all, 0xff, size * sizeof *all);
	space->steps_left = SPACE_MOST_STEPS;
	for (uint32_t i = 0; i < space->table->input_count; i++) {
		if (!meet_in_column(space, &space->columns[i], met))
			return NULL;
		for (size_t word = 0; word < size; word++)
			all[word] &= met[word];
	}
	const uint32_t rest = space->table->rule_count % COLUMN_BITS; /* of a table without inputs */
	for (size_t i = space->words; rest && i <= size; i += space->words)
		all[i - 1] &= (UINT64_C(1) << rest) - 1;
	return all;
}

/* ---- rules that others hide ---- */

void
space_rest(struct space *space)
{
	space->steps_left = SPACE_MOST_STEPS;
}

/* Where a rule is looked at: what is declared of the inputs, or the null that it alone expects. */
static const uint8_t *
regions_of(const struct space_column *column, uint32_t rule)
{
	return set_has(column->expected, rule) ? column->possible : column->reachable;
}

struct cover {
	struct space *space;
	uint32_t rule;
	struct memory covered; /* states */
	struct frame *frames;  /* by column; without children */
	const uint64_t *always; /* by column: rules that pass wherever the rule does, from it on */
	bool failed;
};

/* Leaves the rules that pass wherever one does. */
static void
keep_covering(const struct space *space, const struct space_column *column, uint32_t rule, uint64_t *rules)
{
	const uint8_t *regions = regions_of(column, rule);
	uint32_t last = UINT32_MAX;
	for (uint32_t region = 0; region < column_regions(&column->column); region++) {
		const uint32_t set = column->column.set_of[region];
		const uint64_t *passing = column->column.sets + (size_t)set * space->words;
		if (!regions[region] || set == last || !set_has(passing, rule))
			continue;
		last = set;
		for (uint32_t word = 0; word < space->words; word++)
			rules[word] &= passing[word];
	}
}

/* Whether the rules alive cover what is left of the rule, from a column on. */
static bool
is_covered(struct cover *cover, uint32_t column, const uint64_t *alive)
{
	struct space *space = cover->space;
	const uint32_t words = space->words;
	uint64_t some = 0, covering = 0, known;
	for (uint32_t i = 0; i < words; i++) {
		some |= alive[i];
		covering |= alive[i] & cover->always[(size_t)column * words + i];
	}
	if (some == 0 || cover->failed)
		return false;
	if (covering)
		return true;
	const struct space_column *of = &space->columns[column];
	const uint8_t *regions = regions_of(of, cover->rule);
	const struct frame *frame = &cover->frames[column];
	frame->state[0] = column;
	memcpy(frame->state + 1, alive, words * sizeof *alive);
	if (memory_find(&cover->covered, frame->state, words + 1, &known))
		return true;
	uint32_t last = UINT32_MAX;
	for (uint32_t region = 0; region < column_regions(&of->column); region++) {
		const uint32_t set = of->column.set_of[region];
		const uint64_t *rules = of->column.sets + (size_t)set * words;
		if (!regions[region] || set == last || !set_has(rules, cover->rule))
			continue;
		last = set;
		if (!space_spend(space, 2 + words / 4)) {
			cover->failed = true;
			return false;
		}
		for (uint32_t i = 0; i < words; i++)
			frame->next[i] = alive[i] & rules[i];
		if (!is_covered(cover, column + 1, frame->next))
			return false;
	}
	if (!memory_add(&cover->covered, frame->state, words + 1, 1))
		cover->failed = space->broken = true;
	return !cover->failed;
}

enum space_answer
space_covers(struct space *space, const uint64_t *rules, uint32_t rule)
{
	struct cover cover = { .space = space, .rule = rule, .covered.arena = space->arena,
		.frames = frames_new(space), .always = space_always(space, keep_covering, rule) };
	for (uint32_t i = 0; i < space->table->input_count; i++)
		space_spend(space, column_regions(&space->columns[i].column) / 8);
	if (!cover.frames || !cover.always) {
		space->broken = true;
		return SPACE_UNKNOWN;
	}
	const bool covered = is_covered(&cover, 0, rules);
	return cover.failed ? SPACE_UNKNOWN : covered ? SPACE_YES : SPACE_NO;
}
