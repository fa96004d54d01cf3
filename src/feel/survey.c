/* What a test compares its value with, and what it reads besides: see survey.h. */
#include "feel/survey.h"

#include "base/banned.h"

enum { MOST_JUDGING_STEPS = 4000000, MOST_CONSTANT_STEPS = 50000 };

bool
judge_start(struct judge *judge, struct arena *arena, struct arena *passing, struct evaluation *evaluation,
	struct feel_run *run, uint32_t locals)
{
	*run = (struct feel_run){ .arena = passing };
	*evaluation = (struct evaluation){ .run = run, .arena = passing,
		.locals = arena_array_of(arena, struct feel_value, locals + 1) };
	*judge = (struct judge){ .arena = arena, .passing = passing, .evaluation = evaluation,
		.steps_left = MOST_JUDGING_STEPS };
	return evaluation->locals != NULL;
}

/* Evaluates within what is left to spend; false when there is too little. */
bool
judge_evaluate(struct judge *judge, const struct node *node, struct feel_value *ret_value)
{
	struct evaluation *evaluation = judge->evaluation;
	const unsigned long given = judge->steps_left < MOST_CONSTANT_STEPS ? judge->steps_left
		: MOST_CONSTANT_STEPS;
	evaluation->run->stop = FEEL_COMPLETE;
	evaluation->steps_left = given;
	evaluation->depth = node->height;
	const struct feel_value value = evaluate_node(evaluation, node);
	judge->steps_left -= given - evaluation->steps_left;
	if (evaluation->run->stop == FEEL_NO_MEMORY)
		judge->no_memory = true;
	if (evaluation->run->stop != FEEL_COMPLETE)
		return false;
	*ret_value = value;
	return true;
}

/* ---- survey ---- */

/* How much of the value tested is in an expression. */
enum grade {
	GRADE_NONE,     /* something else: not to be judged */
	GRADE_CONSTANT, /* nothing */
	GRADE_STEPS,    /* changes only where the value passes one of the constants */
	GRADE_VALUE,    /* it is the value */
};

static enum grade grade_of(struct judge *judge, const struct node *node);

static enum grade
obstacle(struct judge *judge, enum cell_obstacle why)
{
	if (judge->obstacle == CELL_CLEAR)
		judge->obstacle = why;
	return GRADE_NONE;
}

static bool
add_constant(struct judge *judge, struct feel_value value, bool ordered)
{
	if (judge->constant_count == judge->constant_capacity) {
		const size_t capacity = judge->constant_capacity ? judge->constant_capacity * 2 : 32;
		struct feel_value *grown = arena_array_of(judge->arena, struct feel_value, capacity);
		if (!grown) {
			judge->no_memory = true;
			return false;
		}
		if (judge->constant_count)
			memcpy(grown, judge->constants, judge->constant_count * sizeof *grown);
		judge->constants = grown;
		judge->constant_capacity = capacity;
	}
	judge->constants[judge->constant_count++] = value;
	judge->orders_text = judge->orders_text || (ordered && value.kind == FEEL_STRING);
	return true;
}

/* What a value is compared with, or is searched in: its points. */
static bool
add_points(struct judge *judge, struct feel_value value, bool ordered, bool inside)
{
	if (inside && value.kind == FEEL_RANGE)
		return add_constant(judge, value.range->low, true) && add_constant(judge, value.range->high, true);
	/* a list is itself what another list may be equal to */
	if (!add_constant(judge, value, ordered))
		return false;
	if (!inside || value.kind != FEEL_LIST)
		return true;
	for (size_t i = 0; i < value.list.count; i++) {
		const struct feel_value item = value.list.at[i];
		const bool added = item.kind == FEEL_RANGE
			? add_constant(judge, item.range->low, true) && add_constant(judge, item.range->high, true)
			: add_constant(judge, item, false);
		if (!added)
			return false;
	}
	return true;
}

/* The value is compared with a constant expression. */
static enum grade
compared(struct judge *judge, const struct node *constant, bool ordered, bool inside)
{
	struct feel_value value;
	if (!judge_evaluate(judge, constant, &value) || !add_points(judge, value, ordered, inside))
		return obstacle(judge, CELL_TOO_LARGE);
	return GRADE_STEPS;
}

static enum grade
join(struct judge *judge, enum grade a, enum grade b)
{
	if (a == GRADE_NONE || b == GRADE_NONE)
		return GRADE_NONE;
	if (a == GRADE_VALUE || b == GRADE_VALUE)
		return obstacle(judge, CELL_COMPUTES);
	return a > b ? a : b;
}

static enum grade
grade_of_parts(struct judge *judge, const struct node *node)
{
	enum grade all = GRADE_CONSTANT;
	for (uint32_t i = 0; i < node->count && all != GRADE_NONE; i++)
		all = join(judge, all, grade_of(judge, node->parts[i]));
	return all;
}

static enum grade
grade_of_comparison(struct judge *judge, const struct node *node)
{
	const bool ordered = node->kind != NODE_EQUAL && node->kind != NODE_DIFFERENT;
	const enum grade left = grade_of(judge, node->left);
	const enum grade right = left ? grade_of(judge, node->right) : GRADE_NONE;
	if (left == GRADE_VALUE && right == GRADE_CONSTANT)
		return compared(judge, node->right, ordered, false);
	if (left == GRADE_CONSTANT && right == GRADE_VALUE)
		return compared(judge, node->left, ordered, false);
	return join(judge, left, right);
}

static enum grade
grade_of_between(struct judge *judge, const struct node *node)
{
	if (grade_of(judge, node->parts[0]) != GRADE_VALUE)
		return grade_of_parts(judge, node);
	const enum grade low = grade_of(judge, node->parts[1]);
	const enum grade high = low ? grade_of(judge, node->parts[2]) : GRADE_NONE;
	if (low != GRADE_CONSTANT || high != GRADE_CONSTANT)
		return low && high ? obstacle(judge, CELL_COMPUTES) : GRADE_NONE;
	return compared(judge, node->parts[1], true, false) ? compared(judge, node->parts[2], true, false)
		: GRADE_NONE;
}

/* "value in tests": the tests look at the value under another name. */
static enum grade
grade_of_in(struct judge *judge, const struct node *node)
{
	const enum grade left = grade_of(judge, node->left);
	if (left == GRADE_NONE)
		return left;
	if (left != GRADE_VALUE)
		return left == GRADE_CONSTANT && node_is_constant(node) ? GRADE_CONSTANT
			: obstacle(judge, CELL_COMPUTES);
	if (judge->place_count == sizeof judge->places / sizeof *judge->places)
		return obstacle(judge, CELL_TOO_LARGE);
	judge->places[judge->place_count++] = node->local;
	const enum grade right = grade_of(judge, node->right);
	judge->place_count--;
	return right == GRADE_VALUE ? obstacle(judge, CELL_COMPUTES) : right;
}

static bool
is_place(const struct judge *judge, uint32_t local)
{
	for (unsigned i = 0; i < judge->place_count; i++)
		if (judge->places[i] == local)
			return true;
	return false;
}

static bool
tells_the_time(const struct node *node)
{
	for (uint32_t i = 0; i < node->builtin.choice_count; i++)
		if (text_equal(node->builtin.choices[i]->name, TEXT("now"))
			|| text_equal(node->builtin.choices[i]->name, TEXT("today")))
			return true;
	return false;
}

static enum grade
grade_of(struct judge *judge, const struct node *node)
{
	if (++judge->nodes > CELL_MOST_NODES)
		return obstacle(judge, CELL_TOO_LARGE);
	switch ((enum node_kind)node->kind) {
	case NODE_CONSTANT:
		return node->constant.kind == FEEL_FUNCTION ? obstacle(judge, CELL_COMPUTES) : GRADE_CONSTANT;
	case NODE_INPUT:
		return obstacle(judge, CELL_READS_NAMES);
	case NODE_LOCAL:
		return is_place(judge, node->local) ? GRADE_VALUE : obstacle(judge, CELL_READS_NAMES);
	case NODE_NEGATE:
	case NODE_NOT:
		return join(judge, grade_of(judge, node->left), GRADE_CONSTANT);
	case NODE_CALCULATIONS:
	case NODE_AND:
	case NODE_OR: {
		const enum grade left = grade_of(judge, node->left);
		return left ? join(judge, left, grade_of(judge, node->right)) : GRADE_NONE;
	}
	case NODE_COMPARISONS:
		return grade_of_comparison(judge, node);
	case NODE_BETWEEN:
		return grade_of_between(judge, node);
	case NODE_IF:
	case NODE_LIST:
		return grade_of_parts(judge, node);
	case NODE_RANGE: {
		const enum grade low = node->left ? grade_of(judge, node->left) : GRADE_CONSTANT;
		return low ? join(judge, low, node->right ? grade_of(judge, node->right) : GRADE_CONSTANT)
			: GRADE_NONE;
	}
	case NODE_ENTRY:
	case NODE_COERCE:
		return join(judge, grade_of(judge, node->left), GRADE_CONSTANT);
	case NODE_BUILTIN:
		return tells_the_time(node) ? obstacle(judge, CELL_READS_NAMES) : grade_of_parts(judge, node);
	case NODE_IN:
		return grade_of_in(judge, node);
	case NODE_TEST: {
		const enum grade tests = grade_of(judge, node->left);
		if (tests == GRADE_NONE)
			return tests;
		if (!is_place(judge, node->local) || tests != GRADE_CONSTANT)
			return obstacle(judge, CELL_COMPUTES);
		return compared(judge, node->left, false, true);
	}
	default:
		return obstacle(judge, CELL_COMPUTES);
	}
}

/* The locals that hold the value tested. */
static void
judge_places(struct judge *judge, uint32_t place)
{
	judge->places[0] = place;
	judge->place_count = 1;
	for (unsigned i = 0; i < judge->alias_count; i++)
		judge->places[judge->place_count++] = judge->aliases[i];
}

enum cell_obstacle
survey(struct judge *judge, const struct node *test, uint32_t place)
{
	judge_places(judge, place);
	judge->nodes = 0;
	judge->orders_text = false;
	judge->obstacle = CELL_CLEAR;
	const size_t before = judge->constant_count;
	if (!test)
		return CELL_CLEAR;
	const enum grade grade = grade_of(judge, test);
	if (grade == GRADE_VALUE)
		obstacle(judge, CELL_COMPUTES);
	if (judge->orders_text)
		obstacle(judge, CELL_ORDERS_TEXT);
	if (judge->obstacle != CELL_CLEAR)
		judge->constant_count = before;
	return judge->obstacle;
}

/* What evaluating a test left. */
void
judge_clear(struct judge *judge)
{
	if (judge->passing != judge->arena)
		arena_clear(judge->passing);
}

enum cell_obstacle
judge_survey(struct judge *judge, const struct node *test, uint32_t place)
{
	const enum cell_obstacle why = survey(judge, test, place);
	judge_clear(judge);
	return why;
}

/* Reads nothing, and calls nothing that could. */
static bool
is_constant_within(const struct node *node, unsigned *nodes)
{
	if (!node)
		return true;
	if (++*nodes > CELL_MOST_NODES)
		return false;
	switch ((enum node_kind)node->kind) {
	case NODE_CONSTANT:
		return node->constant.kind != FEEL_FUNCTION;
	case NODE_BUILTIN:
		if (tells_the_time(node))
			return false;
		break;
	case NODE_NEGATE:
	case NODE_CALCULATIONS:
	case NODE_COMPARISONS:
	case NODE_AND:
	case NODE_OR:
	case NODE_BETWEEN:
	case NODE_IF:
	case NODE_LIST:
	case NODE_RANGE:
	case NODE_ENTRY:
	case NODE_COERCE:
		break;
	default:
		return false;
	}
	for (uint32_t i = 0; node->parts && i < node->count; i++)
		if (!is_constant_within(node->parts[i], nodes))
			return false;
	return is_constant_within(node->left, nodes) && is_constant_within(node->right, nodes);
}

bool
node_is_constant(const struct node *node)
{
	unsigned nodes = 0;
	return is_constant_within(node, &nodes);
}

bool
judge_constant(struct judge *judge, const struct node *node, struct feel_value *ret_value)
{
	judge->evaluation->arena = judge->arena;
	const bool known = node_is_constant(node) && judge_evaluate(judge, node, ret_value);
	judge->evaluation->arena = judge->passing;
	return known;
}

/* ---- tests that may be asked on each value ---- */

/* The value tested and constants are all that it reads; else says what it is about. */
static bool
reads_only(struct judge *judge, const struct node *node)
{
	if (!node)
		return true;
	if (++judge->nodes > CELL_MOST_NODES)
		return obstacle(judge, CELL_TOO_LARGE);
	switch ((enum node_kind)node->kind) {
	case NODE_LOCAL:
	case NODE_TEST:
		if (!is_place(judge, node->local))
			return obstacle(judge, CELL_READS_NAMES);
		break;
	case NODE_IN: {
		if (judge->place_count == sizeof judge->places / sizeof *judge->places)
			return obstacle(judge, CELL_TOO_LARGE);
		if (!reads_only(judge, node->left))
			return false;
		judge->places[judge->place_count++] = node->local;
		const bool alone = reads_only(judge, node->right);
		judge->place_count--;
		return alone;
	}
	case NODE_BUILTIN:
		if (tells_the_time(node))
			return obstacle(judge, CELL_READS_NAMES);
		break;
	case NODE_CONSTANT:
		return node->constant.kind != FEEL_FUNCTION || obstacle(judge, CELL_COMPUTES);
	case NODE_INPUT:
		return obstacle(judge, CELL_READS_NAMES);
	case NODE_CONTEXT:
	case NODE_FILTER:
	case NODE_FOR:
	case NODE_SOME:
	case NODE_EVERY:
	case NODE_FUNCTION:
	case NODE_CALL:
	case NODE_EXTERNAL:
	case NODE_TABLE:
		return obstacle(judge, CELL_COMPUTES);
	default:
		break;
	}
	for (uint32_t i = 0; node->parts && i < node->count; i++)
		if (!reads_only(judge, node->parts[i]))
			return false;
	return reads_only(judge, node->left) && reads_only(judge, node->right);
}

enum cell_obstacle
judge_reads_only(struct judge *judge, const struct node *test, uint32_t place)
{
	judge_places(judge, place);
	judge->nodes = 0;
	judge->obstacle = CELL_CLEAR;
	return reads_only(judge, test) ? CELL_CLEAR : judge->obstacle;
}
