/* What no rule of a table covers: see space.h. States (column, rules still alive) that
 * leave the same holes are one node of a decision diagram, so that what is missing is
 * told in as few boxes as the columns allow. */
#include "feel/states.h"

#include "base/banned.h"

/* ---- the diagram ---- */

enum { COVERED, HOLE, FIRST_NODE };

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

/* Leaves the rules that pass wherever the input may be. */
static void
keep_always(const struct space *space, const struct space_column *column, uint32_t rule, uint64_t *rules)
{
	(void)rule;
	for (uint32_t slice = 0; slice < column->slice_count; slice++)
		for (uint32_t word = 0; word < space->words; word++)
			rules[word] &= column->slices[slice].rules[word];
}

/* The same, of those that are judged. */
static void
keep_strictly(const struct space *space, const struct space_column *column, uint32_t rule, uint64_t *rules)
{
	keep_always(space, column, rule, rules);
	for (uint32_t word = 0; column->column.unjudged && word < space->words; word++)
		rules[word] &= ~column->column.unjudged[word];
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
		if (!space_spend(space, 2 + words / 4)) {
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
		if (!space_spend(space, 2 + words / 4))
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
		.nodes.arena = space->arena, .always = space_always(space, strictly ? keep_strictly : keep_always, 0),
		.frames = frames_new(space) };
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
