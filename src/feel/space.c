/* See space.h: columns, and where their inputs may be. */
#include "feel/space.h"

#include "feel/number.h"

#include "base/banned.h"

/* ---- domains ---- */

enum { MOST_SPACE_BYTES = 32 << 20 };

enum { MOST_DOMAIN_TESTS = 4 * (1 + CELL_MOST_ALIASES) };

/* A test that the value of `place` is in a constant list or range. */
static const struct node *
test_in(struct arena *arena, struct feel_value constant, uint32_t place)
{
	struct node *of = arena_new_of(arena, struct node), *test = arena_new_of(arena, struct node);
	if (!of || !test)
		return NULL;
	*of = (struct node){ .kind = NODE_CONSTANT, .height = 1, .type = &feel_type_any, .constant = constant };
	*test = (struct node){ .kind = NODE_TEST, .height = 2, .type = &feel_type_boolean, .left = of,
		.local = place };
	return test;
}

static struct feel_value
list_of_words(struct arena *arena, const struct feel_type *type)
{
	struct feel_value *items = arena_array_of(arena, struct feel_value, type->word_count);
	for (size_t i = 0; items && i < type->word_count; i++)
		items[i] = feel_string(type->words[i]);
	return items ? feel_list(items, type->word_count) : feel_null(TEXT(""));
}

/* What the values of an input are known to pass; one of the type's tests of its own looks at local 0. */
static void
add_domain(struct space *space, uint32_t input, struct column_domain domain[MOST_DOMAIN_TESTS],
	uint32_t *count)
{
	const struct table_input *column = &space->table->inputs[input];
	const struct feel_type *type = column->type;
	const uint32_t place = space->table->local + input;
	if (column->values)
		domain[(*count)++] = (struct column_domain){ column->values, place };
	if (type->words) {
		const struct feel_value words = list_of_words(space->arena, type);
		domain[(*count)++] = (struct column_domain){ words.kind == FEEL_LIST
			? test_in(space->arena, words, place) : NULL, place };
	}
	if (type->bounds)
		domain[(*count)++] = (struct column_domain){ test_in(space->arena,
			(struct feel_value){ .kind = FEEL_RANGE, .range = type->bounds }, place), place };
	if (type->allowed)
		domain[(*count)++] = (struct column_domain){ type->allowed->root, 0 };
}

/* What a column's values are known to pass, the columns of the same expression included. */
static bool
gather_domain(struct space *space, uint32_t input, struct column_domain domain[MOST_DOMAIN_TESTS],
	uint32_t *ret_count)
{
	uint32_t count = 0;
	add_domain(space, input, domain, &count);
	for (uint32_t i = input + 1; i < space->table->input_count; i++)
		if (space->columns[i].same_as == input)
			add_domain(space, i, domain, &count);
	for (uint32_t i = 0; i < count; i++)
		if (!domain[i].test)
			return false;
	*ret_count = count;
	return true;
}

/* ---- columns of the same expression ---- */

static bool
same_expression(const struct node *a, const struct node *b)
{
	while (a->kind == b->kind && (a->kind == NODE_ENTRY || a->kind == NODE_COERCE)) {
		if (a->kind == NODE_ENTRY && !text_equal(a->name, b->name))
			return false;
		a = a->left;
		b = b->left;
	}
	return a->kind == b->kind && (a->kind == NODE_INPUT || a->kind == NODE_LOCAL) && a->local == b->local;
}

/* Both tests, either of which may be missing. */
static const struct node *
test_both(struct space *space, const struct node *a, const struct node *b)
{
	if (!a || !b)
		return a ? a : b;
	struct node *both = arena_new_of(space->arena, struct node);
	if (!both) {
		space->broken = true;
		return NULL;
	}
	*both = (struct node){ .kind = NODE_AND, .type = &feel_type_boolean, .left = a, .right = b,
		.height = (uint16_t)((a->height > b->height ? a->height : b->height) + 1) };
	return both;
}

/* Puts the tests of a column with those of the first one of the same expression. */
static void
put_together(struct space *space, struct table_rule *rules, uint32_t first, uint32_t other)
{
	for (uint32_t i = 0; i < space->table->rule_count; i++) {
		rules[i].tests[first] = test_both(space, rules[i].tests[first], rules[i].tests[other]);
		rules[i].tests[other] = NULL;
	}
	space->columns[other].same_as = first;
}

/* Looks for columns of the same expression: two of them cannot have different values. */
static bool
join_columns(struct space *space)
{
	const struct table *table = space->table;
	struct table *joined = arena_new_of(space->arena, struct table);
	struct table_rule *rules = arena_array_of(space->arena, struct table_rule, table->rule_count);
	if (!joined || !rules)
		return false;
	*joined = *table;
	joined->rules = rules;
	for (uint32_t i = 0; i < table->rule_count; i++) {
		rules[i] = table->rules[i];
		rules[i].tests = arena_array_of(space->arena, const struct node *, table->input_count);
		if (!rules[i].tests)
			return false;
		memcpy(rules[i].tests, table->rules[i].tests, table->input_count * sizeof *rules[i].tests);
	}
	space->table = joined;
	for (uint32_t i = 0; i < table->input_count; i++) {
		unsigned same = 0;
		space->columns[i].same_as = i;
		for (uint32_t j = 0; j < i; j++) {
			if (!same_expression(table->inputs[i].expression, table->inputs[j].expression))
				continue;
			if (space->columns[j].same_as == j && same < CELL_MOST_ALIASES)
				put_together(space, rules, j, i);
			same++;
		}
	}
	return !space->broken;
}

/* The region of a cell of its own where a region of the column is. */
static uint32_t
region_in_cell(const struct column *column, const struct cell *cell, uint32_t region)
{
	uint32_t low = 0, high = cell->cut_count;
	const struct point *at = &column->cuts[region / 2]; /* the cut, or the one just above */
	while (low < high && region / 2 < column->cut_count) {
		const uint32_t middle = low + (high - low) / 2;
		const int order = point_order(column->axis, &cell->cuts[middle], at);
		if (order == 0)
			return region & 1 ? 2 * middle + 1 : 2 * middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return region / 2 < column->cut_count ? 2 * low : 2 * cell->cut_count;
}

static bool
cell_passes(const struct column *column, const struct cell *cell, uint32_t region)
{
	if (cell->any || cell->obstacle)
		return true;
	if (region + 1 == column_regions(column))
		return cell->null_passes;
	return cell->passes[region_in_cell(column, cell, region)];
}

/* ---- columns ---- */

static bool
gather_possible(struct space *space, uint32_t input, struct space_column *column)
{
	const struct table_input *clause = &space->table->inputs[input];
	const struct cell *domain = column->cells + space->table->rule_count;
	const uint32_t regions = column_regions(&column->column);
	uint8_t *possible = arena_array_of(space->arena, uint8_t, regions);
	uint8_t *reachable = arena_array_of(space->arena, uint8_t, regions);
	if (!possible || !reachable)
		return false;
	for (uint32_t i = 0; i < column->domain_count; i++)
		column->vague = column->vague || domain[i].obstacle;
	for (uint32_t region = 0; region + 1 < regions; region++) {
		struct feel_value sample;
		bool inside = space_sample(space, input, region, &sample);
		if (!inside && column->column.axis.form == AXIS_TEXT && region == 0)
			return false; /* no memory */
		for (uint32_t i = 0; inside && i < column->domain_count; i++)
			inside = cell_passes(&column->column, &domain[i], region);
		possible[region] = reachable[region] = inside;
	}
	/* the values that the table lists come first among the domain: null is one of them or is refused */
	const bool refused = clause->values && !cell_passes(&column->column, &domain[0], regions - 1);
	possible[regions - 1] = clause->type->optional && !refused;
	reachable[regions - 1] = !refused;
	column->possible = possible;
	column->reachable = reachable;
	return true;
}

/* Regions together, by the rules that they let through. */
static bool
gather_slices(struct space *space, struct space_column *column)
{
	const struct column *of = &column->column;
	const uint32_t regions = column_regions(of);
	uint32_t *slice_of = arena_array_of(space->arena, uint32_t, of->set_count);
	struct slice *slices = arena_array_of(space->arena, struct slice, of->set_count);
	uint32_t *ordered = arena_array_of(space->arena, uint32_t, regions), count = 0;
	if (!slice_of || !slices || !ordered)
		return false;
	for (uint32_t region = 0; region < regions; region++) {
		if (!column->possible[region])
			continue;
		uint32_t *slice = &slice_of[of->set_of[region]]; /* 1 + its rank */
		if (*slice == 0) {
			slices[count].rules = column_set(of, region);
			*slice = ++count;
		}
		slices[*slice - 1].region_count++;
	}
	for (uint32_t i = 0; i < count; i++) {
		slices[i].regions = ordered;
		ordered += slices[i].region_count;
		slices[i].region_count = 0;
	}
	for (uint32_t region = 0; region < regions; region++) {
		if (!column->possible[region])
			continue;
		struct slice *slice = &slices[slice_of[of->set_of[region]] - 1];
		((uint32_t *)slice->regions)[slice->region_count++] = region;
	}
	column->slices = slices;
	column->slice_count = count;
	return true;
}

/* The rules that pass somewhere among these regions. */
static const uint64_t *
rules_among(struct space *space, const struct space_column *column, const uint8_t *regions)
{
	uint64_t *rules = arena_array_of(space->arena, uint64_t, space->words);
	uint32_t last = UINT32_MAX;
	for (uint32_t region = 0; rules && region < column_regions(&column->column); region++) {
		const uint32_t set = column->column.set_of[region];
		if (!regions[region] || set == last)
			continue;
		last = set;
		for (uint32_t i = 0; i < space->words; i++)
			rules[i] |= column_set(&column->column, region)[i];
	}
	return rules;
}

static bool
gather_somewhere(struct space *space, struct space_column *column)
{
	column->somewhere = rules_among(space, column, column->reachable);
	column->expected = rules_among(space, column, column->possible);
	return column->somewhere && column->expected;
}

/* ---- columns of few values ---- */

enum { MOST_VALUES = 300 };

/* All the values that come to a column, when they are few: false when they are not, or cannot be listed. */
static bool
list_values(struct space *space, const struct column *of, const struct cell *domain, uint32_t domain_count,
	bool whole, struct point points[MOST_VALUES], uint32_t *ret_count)
{
	size_t count = 0;
	for (uint32_t region = 0; region + 1 < column_regions(of); region++) {
		struct feel_value sample;
		bool inside = region_sample(space->arena, of->axis, of->cuts, of->cut_count, region, whole, &sample);
		for (uint32_t i = 0; inside && i < domain_count; i++)
			inside = cell_passes(of, &domain[i], region);
		if (!inside || (whole && sample.kind == FEEL_NUMBER && !number_is_whole(sample.number)))
			continue;
		if (region & 1 && count < MOST_VALUES)
			points[count++] = of->cuts[region / 2];
		else if (region & 1)
			return false;
		else
			count += points_between(of->axis, region ? &of->cuts[region / 2 - 1] : NULL,
				region / 2 < of->cut_count ? &of->cuts[region / 2] : NULL, whole, points + count,
				MOST_VALUES - count);
		if (count > MOST_VALUES)
			return false;
	}
	*ret_count = (uint32_t)count;
	return true;
}

static bool
may_be_asked(const struct cell *cell)
{
	return cell->obstacle == CELL_COMPUTES || cell->obstacle == CELL_ORDERS_TEXT;
}

/* Cells that compute on the value are asked on each, where the column's values are few. False without
 * memory. */
static bool
ask_cells(struct space *space, uint32_t input, struct axis axis, struct cell *cells, uint32_t domain_count)
{
	const uint32_t rules = space->table->rule_count;
	const struct cell *domain = cells + rules;
	struct column listed;
	uint32_t asked = 0, count;
	for (uint32_t i = 0; i < rules; i++)
		asked += may_be_asked(&cells[i]);
	for (uint32_t i = 0; i < domain_count; i++)
		if (domain[i].obstacle)
			return true;
	if (asked == 0 || axis.form == AXIS_OPAQUE)
		return true;
	struct point *points = arena_array_of(space->arena, struct point, MOST_VALUES);
	if (!points || !column_build(&space->judge, space->arena, axis, domain, 0, domain_count, COLUMN_SETS,
		MOST_SPACE_BYTES, &listed))
		return false;
	if (!list_values(space, &listed, domain, domain_count, space->table->inputs[input].type->whole, points,
		&count))
		return true;
	for (uint32_t i = 0; i < rules; i++)
		if (may_be_asked(&cells[i]))
			cells[i] = judge_cell_on(&space->judge, space->table->rules[i].tests[input],
				space->table->local + input, axis, points, count);
	return !space->judge.no_memory;
}

static bool
build_column(struct space *space, uint32_t input)
{
	struct space_column *column = &space->columns[input];
	struct column_domain domain[MOST_DOMAIN_TESTS];
	struct cell *cells;
	uint32_t aliases[CELL_MOST_ALIASES];
	if (!gather_domain(space, input, domain, &column->domain_count))
		return false;
	space->judge.aliases = aliases;
	space->judge.alias_count = 0;
	for (uint32_t i = input + 1; i < space->table->input_count; i++)
		if (space->columns[i].same_as == input)
			aliases[space->judge.alias_count++] = space->table->local + i;
	struct axis axis;
	if (!column_judge(&space->judge, space->table, input, domain, column->domain_count, &axis, &cells)
		|| !ask_cells(space, input, axis, cells, column->domain_count))
		return false;
	if (!column_build(&space->judge, space->arena, axis, cells, space->table->rule_count,
		space->table->rule_count + column->domain_count, COLUMN_SETS, MOST_SPACE_BYTES, &column->column)) {
		space->too_large = !space->judge.no_memory;
		return false;
	}
	column->cells = cells;
	space->judge.alias_count = 0;
	column->whole = space->table->inputs[input].type->whole;
	return gather_possible(space, input, column) && gather_slices(space, column)
		&& gather_somewhere(space, column);
}

bool
space_build(struct space *space, struct arena *arena, const struct table *table, uint32_t locals)
{
	*space = (struct space){ .table = table, .arena = arena, .words = words_of_rules(table->rule_count),
		.steps_left = SPACE_MOST_STEPS };
	for (uint32_t i = 0; i < table->input_count; i++)
		if (table->inputs[i].type->allowed && table->inputs[i].type->allowed->locals > locals)
			locals = table->inputs[i].type->allowed->locals;
	space->columns = arena_array_of(arena, struct space_column, table->input_count);
	uint64_t *unjudged = arena_array_of(arena, uint64_t, space->words);
	space->broken = true;
	if (!space->columns || !unjudged
		|| !judge_start(&space->judge, arena, arena, &space->evaluation, &space->run, locals))
		return false;
	space->broken = false;
	if (table->rule_count > SPACE_MOST_RULES)
		return false;
	if (!join_columns(space)) {
		space->broken = true;
		return false;
	}
	for (uint32_t i = 0; i < table->input_count; i++) {
		if (!build_column(space, i)) {
			space->broken = !space->too_large;
			return false;
		}
		const uint64_t *of_column = space->columns[i].column.unjudged;
		for (uint32_t word = 0; of_column && word < space->words; word++)
			unjudged[word] |= of_column[word];
		space->has_unjudged = space->has_unjudged || of_column;
	}
	space->unjudged = unjudged;
	return true;
}

bool
space_sample(struct space *space, uint32_t column, uint32_t region, struct feel_value *ret_value)
{
	const struct space_column *of = &space->columns[column];
	if (region + 1 == column_regions(&of->column)) {
		*ret_value = feel_null(TEXT(""));
		return true;
	}
	if (of->whole && of->column.axis.form == AXIS_NUMBER && (region & 1)
		&& !number_is_whole(of->column.cuts[region / 2].number))
		return false;
	return region_sample(space->arena, of->column.axis, of->column.cuts, of->column.cut_count, region,
		of->whole, ret_value);
}

bool
space_common_region(const struct space *space, uint32_t column, uint32_t rule, uint32_t other,
	uint32_t *ret_region)
{
	const struct space_column *of = &space->columns[column];
	for (uint32_t region = 0; region < column_regions(&of->column); region++) {
		const uint64_t *set = column_set(&of->column, region);
		/* null is the last one: a null of which nothing was declared comes after all the rest */
		if (!of->reachable[region] || !set_has(set, rule) || !set_has(set, other))
			continue;
		*ret_region = region;
		return true;
	}
	return false;
}

uint64_t *
space_always(struct space *space, space_narrow *narrow, uint32_t rule)
{
	const uint32_t words = space->words, columns = space->table->input_count;
	uint64_t *always = arena_array_of(space->arena, uint64_t, (size_t)(columns + 1) * words);
	if (!always)
		return NULL;
	memset(always + (size_t)columns * words, 0xff, words * sizeof *always);
	for (uint32_t i = columns; i-- > 0;) {
		uint64_t *of = always + (size_t)i * words;
		memcpy(of, of + words, words * sizeof *of);
		narrow(space, &space->columns[i], rule, of);
	}
	return always;
}

bool
space_asks_too_much(struct space *space, size_t most)
{
	if (!(space->broken || space->judge.no_memory) || !space->arena || arena_used(space->arena) <= most / 2)
		return false;
	space->broken = space->judge.no_memory = false;
	return true;
}
