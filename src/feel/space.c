/* See space.h. Holes come from a decision diagram: states (column, rules still alive) that leave the same
 * holes are one node, so that what is missing is told in as few boxes as the columns allow. */
#include "feel/space.h"

#include "feel/number.h"

#include "base/banned.h"

/* ---- domains ---- */

enum { MOST_SPACE_BYTES = 8 << 20 };

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

/* Where a rule is looked at: what is declared of the inputs, or the null that it alone expects. */
static const uint8_t *
regions_of(const struct space_column *column, uint32_t rule)
{
	return set_has(column->expected, rule) ? column->possible : column->reachable;
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
	if (!column_judge(&space->judge, space->table, input, domain, column->domain_count, &axis, &cells))
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

void
space_rest(struct space *space)
{
	space->steps_left = SPACE_MOST_STEPS;
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

/* False once too much has been done. */
static bool
spend(struct space *space, unsigned long steps)
{
	if (space->steps_left <= steps) {
		space->steps_left = 0;
		return false;
	}
	space->steps_left -= steps;
	return true;
}

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
				if (!spend(space, words / 8 + 1))
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

/* ---- the diagram ---- */

enum { COVERED, HOLE, FIRST_NODE };

/* A table of what is known, by hash: offsets of keys in a growing store of words. */
struct memory {
	struct arena *arena;
	uint64_t *store;
	size_t used, capacity;
	size_t *buckets; /* 1 + the place of an entry */
	size_t bucket_count, count;
};

/* An entry: length of the key, what is known, then the key. */
enum { ENTRY_LENGTH, ENTRY_KNOWN, ENTRY_KEY };

static uint64_t
hash_of(const uint64_t *key, size_t length)
{
	uint64_t hash = length * UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = 0; i < length; i++) {
		hash = (hash ^ key[i]) * UINT64_C(0xff51afd7ed558ccd);
		hash ^= hash >> 32;
	}
	return hash;
}

static size_t *
bucket_of(const struct memory *memory, const uint64_t *key, size_t length)
{
	size_t at = hash_of(key, length) & (memory->bucket_count - 1);
	while (memory->buckets[at]) {
		const uint64_t *entry = memory->store + memory->buckets[at] - 1;
		if (entry[ENTRY_LENGTH] == length
			&& memcmp(entry + ENTRY_KEY, key, length * sizeof *key) == 0)
			break;
		at = (at + 1) & (memory->bucket_count - 1);
	}
	return &memory->buckets[at];
}

static bool
memory_grow(struct memory *memory, size_t needed)
{
	if (memory->used + needed > memory->capacity) {
		const size_t capacity = (memory->capacity + needed) * 2 + 1024;
		uint64_t *store = arena_array_of(memory->arena, uint64_t, capacity);
		if (!store)
			return false;
		if (memory->used)
			memcpy(store, memory->store, memory->used * sizeof *store);
		memory->store = store;
		memory->capacity = capacity;
	}
	if (2 * (memory->count + 1) <= memory->bucket_count)
		return true;
	const size_t *old = memory->buckets;
	const size_t old_count = memory->bucket_count, count = old_count ? old_count * 2 : 256;
	size_t *buckets = arena_array_of(memory->arena, size_t, count);
	if (!buckets)
		return false;
	memory->buckets = buckets;
	memory->bucket_count = count;
	for (size_t i = 0; i < old_count; i++) {
		if (!old[i])
			continue;
		const uint64_t *entry = memory->store + old[i] - 1;
		*bucket_of(memory, entry + ENTRY_KEY, entry[ENTRY_LENGTH]) = old[i];
	}
	return true;
}

static bool
memory_find(const struct memory *memory, const uint64_t *key, size_t length, uint64_t *ret_known)
{
	const size_t at = memory->bucket_count ? *bucket_of(memory, key, length) : 0;
	if (at)
		*ret_known = memory->store[at - 1 + ENTRY_KNOWN];
	return at != 0;
}

/* The key is not known yet. */
static bool
memory_add(struct memory *memory, const uint64_t *key, size_t length, uint64_t known)
{
	if (!memory_grow(memory, ENTRY_KEY + length))
		return false;
	uint64_t *entry = memory->store + memory->used;
	entry[ENTRY_LENGTH] = length;
	entry[ENTRY_KNOWN] = known;
	memcpy(entry + ENTRY_KEY, key, length * sizeof *key);
	*bucket_of(memory, key, length) = memory->used + 1;
	memory->used += ENTRY_KEY + length;
	memory->count++;
	return true;
}

/* What the exploration of a column works with, one state at a time. */
struct frame {
	uint64_t *state; /* the column, then the rules alive */
	uint64_t *next;  /* the rules alive after it */
	uint64_t *children; /* the column, then the children two by two */
};

static struct frame *
new_frames(const struct space *space)
{
	const uint32_t words = space->words, columns = space->table->input_count;
	struct frame *frames = arena_array_of(space->arena, struct frame, columns);
	for (uint32_t i = 0; frames && i < columns; i++) {
		const uint32_t slices = space->columns[i].slice_count;
		frames[i].state = arena_array_of(space->arena, uint64_t, words + 1);
		frames[i].next = arena_array_of(space->arena, uint64_t, words);
		frames[i].children = arena_array_of(space->arena, uint64_t, 2 + slices / 2);
		if (!frames[i].state || !frames[i].next || !frames[i].children)
			return NULL;
	}
	return frames;
}

struct diagram_node {
	uint32_t column;
	uint32_t *children; /* by slice of the column */
	uint64_t holes;     /* boxes below */
	uint32_t counted;   /* the last node that counted it among its children */
};

struct diagram {
	struct space *space;
	struct memory states, nodes;
	struct diagram_node *at; /* from FIRST_NODE */
	uint32_t count, capacity;
	const uint64_t *always;  /* by column: rules that pass everywhere from it on */
	struct frame *frames;    /* by column */
	bool strictly;
	bool failed;
};

/* Rules that pass wherever inputs may be, from each column to the last. */
static uint64_t *
gather_always(struct space *space, bool strictly)
{
	const uint32_t words = space->words, columns = space->table->input_count;
	uint64_t *always = arena_array_of(space->arena, uint64_t, (size_t)(columns + 1) * words);
	if (!always)
		return NULL;
	memset(always + (size_t)columns * words, 0xff, words * sizeof *always);
	for (uint32_t i = columns; i-- > 0;) {
		const struct space_column *column = &space->columns[i];
		uint64_t *of = always + (size_t)i * words;
		memcpy(of, of + words, words * sizeof *of);
		for (uint32_t slice = 0; slice < column->slice_count; slice++)
			for (uint32_t word = 0; word < words; word++)
				of[word] &= column->slices[slice].rules[word];
		for (uint32_t word = 0; strictly && column->column.unjudged && word < words; word++)
			of[word] &= ~column->column.unjudged[word];
	}
	return always;
}

static uint32_t
new_node(struct diagram *diagram, uint32_t column, const uint32_t *children)
{
	const uint32_t slices = diagram->space->columns[column].slice_count;
	if (diagram->count == diagram->capacity) {
		const uint32_t capacity = diagram->capacity ? diagram->capacity * 2 : 64;
		struct diagram_node *at = arena_array_of(diagram->space->arena, struct diagram_node, capacity);
		if (!at)
			return 0;
		if (diagram->count)
			memcpy(at, diagram->at, diagram->count * sizeof *at);
		diagram->at = at;
		diagram->capacity = capacity;
	}
	uint32_t *kept = arena_array_of(diagram->space->arena, uint32_t, slices);
	if (!kept)
		return 0;
	memcpy(kept, children, slices * sizeof *kept);
	struct diagram_node *node = &diagram->at[diagram->count++];
	*node = (struct diagram_node){ .column = column, .children = kept };
	bool hole = false;
	for (uint32_t i = 0; i < slices; i++) {
		struct diagram_node *child = kept[i] < FIRST_NODE ? NULL : &diagram->at[kept[i] - FIRST_NODE];
		hole = hole || kept[i] == HOLE;
		if (!child || child->counted == diagram->count)
			continue;
		child->counted = diagram->count;
		if (__builtin_add_overflow(node->holes, child->holes, &node->holes))
			node->holes = UINT64_MAX;
	}
	if (__builtin_add_overflow(node->holes, hole, &node->holes))
		node->holes = UINT64_MAX;
	return diagram->count - 1 + FIRST_NODE;
}

/* The node of these children: the one that has them already, if any. */
static uint32_t
node_of_children(struct diagram *diagram, uint32_t column, uint64_t *key)
{
	const uint32_t slices = diagram->space->columns[column].slice_count;
	const uint32_t *children = (const uint32_t *)(key + 1);
	const size_t length = 1 + ((size_t)slices + 1) / 2;
	uint64_t known;
	bool same = true;
	for (uint32_t i = 1; i < slices; i++)
		same = same && children[i] == children[0];
	if (same)
		return children[0]; /* the column changes nothing */
	key[0] = column;
	if (memory_find(&diagram->nodes, key, length, &known))
		return (uint32_t)known;
	known = new_node(diagram, column, children);
	if (known == 0 || !memory_add(&diagram->nodes, key, length, known)) {
		diagram->failed = diagram->space->broken = true;
		return COVERED;
	}
	return (uint32_t)known;
}

static uint32_t
explore(struct diagram *diagram, uint32_t column, const uint64_t *alive)
{
	struct space *space = diagram->space;
	const uint32_t words = space->words;
	const uint64_t *always = diagram->always + (size_t)column * words;
	uint64_t some = 0, covering = 0, known;
	for (uint32_t i = 0; i < words; i++) {
		some |= alive[i];
		covering |= alive[i] & always[i];
	}
	if (some == 0)
		return HOLE;
	if (covering || column == space->table->input_count || diagram->failed)
		return COVERED;
	const struct space_column *of = &space->columns[column];
	const struct frame *frame = &diagram->frames[column];
	if (of->slice_count == 0)
		return COVERED; /* no input is possible */
	frame->state[0] = column;
	memcpy(frame->state + 1, alive, words * sizeof *alive);
	if (memory_find(&diagram->states, frame->state, words + 1, &known))
		return (uint32_t)known;
	const uint64_t *unjudged = diagram->strictly ? of->column.unjudged : NULL;
	for (uint32_t slice = 0; slice < of->slice_count && !diagram->failed; slice++) {
		if (!spend(space, 2 + words / 4)) {
			diagram->failed = true;
			return COVERED;
		}
		for (uint32_t i = 0; i < words; i++)
			frame->next[i] = alive[i] & of->slices[slice].rules[i] & (unjudged ? ~unjudged[i] : ~UINT64_C(0));
		((uint32_t *)(frame->children + 1))[slice] = explore(diagram, column + 1, frame->next);
	}
	const uint32_t node = diagram->failed ? COVERED : node_of_children(diagram, column, frame->children);
	if (!diagram->failed && !memory_add(&diagram->states, frame->state, words + 1, node))
		diagram->failed = space->broken = true;
	return node;
}

/* ---- holes ---- */

struct holes {
	struct diagram *diagram;
	struct hole *at;
	uint32_t count, most;
	const uint32_t **regions; /* of the box under way, by column */
	uint32_t *counts;
};

/* The regions of all the slices that lead to one child, in order. */
static bool
gather_regions(struct holes *holes, const struct diagram_node *node, uint32_t child)
{
	const struct space *space = holes->diagram->space;
	const struct space_column *column = &space->columns[node->column];
	const uint32_t regions = column_regions(&column->column);
	uint8_t *in = arena_array_of(space->arena, uint8_t, regions);
	uint32_t *kept = arena_array_of(space->arena, uint32_t, regions), count = 0;
	if (!in || !kept)
		return false;
	for (uint32_t i = 0; i < column->slice_count; i++)
		for (uint32_t j = 0; node->children[i] == child && j < column->slices[i].region_count; j++)
			in[column->slices[i].regions[j]] = 1;
	for (uint32_t region = 0; region < regions; region++)
		if (in[region])
			kept[count++] = region;
	holes->regions[node->column] = kept;
	holes->counts[node->column] = count;
	return true;
}

static bool
list_holes(struct holes *holes, uint32_t at)
{
	const struct space *space = holes->diagram->space;
	const uint32_t columns = space->table->input_count;
	if (at == COVERED || holes->count == holes->most)
		return true;
	if (at == HOLE) {
		struct hole *hole = &holes->at[holes->count];
		hole->regions = arena_array_of(space->arena, const uint32_t *, columns);
		hole->counts = arena_array_of(space->arena, uint32_t, columns);
		if (!hole->regions || !hole->counts)
			return false;
		memcpy(hole->regions, holes->regions, columns * sizeof *hole->regions);
		memcpy(hole->counts, holes->counts, columns * sizeof *hole->counts);
		holes->count++;
		return true;
	}
	const struct diagram_node *node = &holes->diagram->at[at - FIRST_NODE];
	const uint32_t slices = space->columns[node->column].slice_count;
	for (uint32_t i = 0; i < slices; i++) {
		bool seen = node->children[i] == COVERED;
		for (uint32_t j = 0; j < i && !seen; j++)
			seen = node->children[j] == node->children[i];
		if (seen)
			continue;
		if (!gather_regions(holes, node, node->children[i]) || !list_holes(holes, node->children[i]))
			return false;
	}
	holes->regions[node->column] = NULL;
	return true;
}

/* Holes one after the other, without looking for what they have in common: when the diagram is too large. */
static bool
list_plainly(struct holes *holes, uint32_t column, const uint64_t *alive)
{
	struct space *space = holes->diagram->space;
	const uint32_t words = space->words;
	uint64_t some = 0, covering = 0;
	for (uint32_t i = 0; i < words; i++) {
		some |= alive[i];
		covering |= alive[i] & holes->diagram->always[(size_t)column * words + i];
	}
	if (some == 0)
		return list_holes(holes, HOLE);
	if (covering || column == space->table->input_count)
		return true;
	const struct space_column *of = &space->columns[column];
	uint64_t *next = holes->diagram->frames[column].next;
	for (uint32_t slice = 0; slice < of->slice_count && holes->count < holes->most; slice++) {
		if (!spend(space, 2 + words / 4))
			break;
		for (uint32_t i = 0; i < words; i++)
			next[i] = alive[i] & of->slices[slice].rules[i];
		holes->regions[column] = of->slices[slice].regions;
		holes->counts[column] = of->slices[slice].region_count;
		if (!list_plainly(holes, column + 1, next))
			return false;
	}
	holes->regions[column] = NULL;
	return true;
}

bool
space_holes(struct space *space, bool strictly, uint32_t most, struct hole *ret_holes, uint32_t *ret_kept,
	uint64_t *ret_count)
{
	const uint32_t columns = space->table->input_count;
	struct diagram diagram = { .space = space, .strictly = strictly, .states.arena = space->arena,
		.nodes.arena = space->arena, .always = gather_always(space, strictly),
		.frames = new_frames(space) };
	struct holes holes = { .diagram = &diagram, .at = ret_holes, .most = most,
		.regions = arena_array_of(space->arena, const uint32_t *, columns),
		.counts = arena_array_of(space->arena, uint32_t, columns) };
	uint64_t *alive = arena_array_of(space->arena, uint64_t, space->words);
	*ret_kept = 0;
	*ret_count = 0;
	if (!diagram.always || !diagram.frames || !holes.regions || !holes.counts || !alive) {
		space->broken = true;
		return false;
	}
	for (uint32_t rule = 0; rule < space->table->rule_count; rule++)
		set_add(alive, rule);
	space->steps_left = SPACE_MOST_STEPS;
	const uint32_t root = explore(&diagram, 0, alive);
	if (diagram.failed && !space->broken) {
		space->steps_left = SPACE_MOST_STEPS / 8;
		space->broken = !list_plainly(&holes, 0, alive);
	} else if (!space->broken) {
		space->broken = !list_holes(&holes, root);
	}
	*ret_kept = *ret_count = holes.count;
	if (diagram.failed || space->broken)
		return false;
	*ret_count = root == COVERED ? 0 : root == HOLE ? 1 : diagram.at[root - FIRST_NODE].holes;
	return true;
}

/* ---- rules that others hide ---- */

struct cover {
	struct space *space;
	uint32_t rule;
	struct memory covered; /* states */
	struct frame *frames;  /* by column; without children */
	const uint64_t *always; /* by column: rules that pass wherever the rule does, from it on */
	bool failed;
};

/* Rules that pass wherever one does, from each column to the last. */
static uint64_t *
gather_covering(struct space *space, uint32_t rule)
{
	const uint32_t words = space->words, columns = space->table->input_count;
	uint64_t *always = arena_array_of(space->arena, uint64_t, (size_t)(columns + 1) * words);
	if (!always)
		return NULL;
	memset(always + (size_t)columns * words, 0xff, words * sizeof *always);
	for (uint32_t i = columns; i-- > 0;) {
		const struct space_column *column = &space->columns[i];
		const uint8_t *regions = regions_of(column, rule);
		uint64_t *of = always + (size_t)i * words;
		uint32_t last = UINT32_MAX;
		memcpy(of, of + words, words * sizeof *of);
		for (uint32_t region = 0; region < column_regions(&column->column); region++) {
			const uint32_t set = column->column.set_of[region];
			const uint64_t *rules = column->column.sets + (size_t)set * words;
			if (!regions[region] || set == last || !set_has(rules, rule))
				continue;
			last = set;
			for (uint32_t word = 0; word < words; word++)
				of[word] &= rules[word];
		}
	}
	return always;
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
		if (!spend(space, 2 + words / 4)) {
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
		.frames = new_frames(space), .always = gather_covering(space, rule) };
	spend(space, space->words);
	if (!cover.frames || !cover.always) {
		space->broken = true;
		return SPACE_UNKNOWN;
	}
	const bool covered = is_covered(&cover, 0, rules);
	return cover.failed ? SPACE_UNKNOWN : covered ? SPACE_YES : SPACE_NO;
}
