/* What is certain of an expression before it is evaluated: see feel.h. One walk of the tree in
 * which each node gives what is known of its value (known.h). The walk carries facts: what the
 * conditions on the way here have made certain of each path ("agent.grade", an item…), so that
 * `x != null and x > 3` is at ease with x, and `x < 3 and x > 5` is not.
 *
 * Told: what is never true where it stands; what is always true by its types alone (a last
 * `else if` may well be certain given the others: it is how people write); what may be missing. */
#include "feel/doubt.h"

#include "base/banned.h"

enum {
	MOST_MEMORY = 128 << 20, /* more than so many steps can take: no more is memory that fails */
	MOST_NESTED_CONDITIONS = 8,
	MOST_DOUBTED = 40,       /* height of a tree: each node of a chain nests, and nobody writes a higher one */
};

/* ---- paths ---- */

bool
doubt_same_path(const struct node *a, const struct node *b)
{
	for (; a->kind == b->kind && a->kind == NODE_ENTRY; a = a->left, b = b->left)
		if (!text_equal(a->name, b->name))
			return false;
	return a->kind == b->kind && a->local == b->local && (a->kind == NODE_INPUT || a->kind == NODE_LOCAL);
}

struct facts
doubt_learn(struct doubt *doubt, struct facts facts, const struct node *path, struct known known)
{
	struct fact *fact = doubt->steps++ < MOST_DOUBT_STEPS ? arena_new_of(doubt->arena, struct fact) : NULL;
	if (!fact) { /* less is known, nothing wrong is said */
		doubt->broken |= doubt->steps <= MOST_DOUBT_STEPS;
		doubt->steps = MOST_DOUBT_STEPS + 1;
		return facts;
	}
	*fact = (struct fact){ facts.last, path, known };
	return (struct facts){ fact, facts.dead || known.may == 0 };
}

/* Properties of dates and durations that stay between bounds. */
static const struct {
	struct text name;
	int8_t low, high;
} properties[] = {
	{ TEXT("month"), 1, 12 }, { TEXT("day"), 1, 31 }, { TEXT("weekday"), 1, 7 }, { TEXT("hour"), 0, 23 },
	{ TEXT("minute"), 0, 59 }, { TEXT("months"), -11, 11 }, { TEXT("hours"), -23, 23 },
	{ TEXT("minutes"), -59, 59 },
};

static struct known know(struct doubt *doubt, struct facts facts, const struct node *node);

static struct known
know_entry(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const struct known of = know(doubt, facts, node->left);
	struct known known = known_of_type(node->type, node);
	const enum feel_kind kind = node->left->type->kind;
	for (size_t i = 0; kind != FEEL_CONTEXT && i < sizeof properties / sizeof *properties; i++) {
		if (!text_equal(properties[i].name, node->name) || node->type->kind != FEEL_NUMBER)
			continue;
		known.bounds.low = feel_integer(properties[i].low);
		known.bounds.high = feel_integer(properties[i].high);
	}
	if (known_may(of, MAY_BE_NULL) && kind != FEEL_LIST) {
		known.may |= MAY_BE_NULL;
		known.missing = of.missing ? of.missing : known.missing;
	}
	known.empty = of.empty;
	return known;
}

/* An input that the circumstances say is there. */
static bool
is_sure(struct doubt *doubt, struct facts facts, const struct node *input)
{
	const struct feel_given *given = doubt->given;
	if (given->sure && given->sure[input->local])
		return true;
	const struct feel *when = given->present_when ? given->present_when[input->local] : NULL;
	if (!when || doubt->conditions == MOST_NESTED_CONDITIONS || when->root->height > MOST_DOUBTED)
		return false;
	doubt->conditions++;
	doubt->quiet++;
	const struct known known = know(doubt, facts, when->root);
	doubt->quiet--;
	doubt->conditions--;
	return known.may == MAY_BE_TRUE;
}

struct known
doubt_know_path(struct doubt *doubt, struct facts facts, const struct node *node)
{
	for (const struct fact *fact = facts.last; fact; fact = fact->next) {
		if (!doubt_same_path(fact->path, node))
			continue;
		struct known known = fact->known;
		if (known.missing && node_is_path(known.missing) && node->length)
			known.missing = node; /* this reading of it, not the first one */
		return known;
	}
	if (node->kind == NODE_ENTRY)
		return know_entry(doubt, facts, node);
	const struct known known = known_of_type(node->type, node);
	return node->kind == NODE_INPUT && known_may(known, MAY_BE_NULL) && is_sure(doubt, facts, node)
		? known_present(known) : known;
}

struct known
doubt_know_quietly(struct doubt *doubt, struct facts facts, const struct node *node)
{
	doubt->quiet++;
	const struct known known = know(doubt, facts, node);
	doubt->quiet--;
	return known;
}

/* ---- judging ---- */

bool
doubt_is_silent(const struct doubt *doubt, struct facts facts)
{
	return doubt->quiet || facts.dead || doubt->steps >= MOST_DOUBT_STEPS;
}

static bool
is_literal(const struct node *node)
{
	return node->kind == NODE_CONSTANT;
}

/* A path that is compared with null may stand empty in a draft, whatever its type says. */
static bool
asks_for_null(const struct node *a, const struct node *b)
{
	return (a && a->type->kind == FEEL_NULL) || (b && b->type->kind == FEEL_NULL);
}

/* Tells a condition that decides nothing, unless something in it was told already. */
static void
judge(struct doubt *doubt, struct facts facts, const struct node *node, struct known known,
	size_t told_before, const char *what, const struct node *a, const struct node *b)
{
	const unsigned truth = known.may & (MAY_BE_TRUE | MAY_BE_FALSE);
	if (doubt_is_silent(doubt, facts) || doubt->told != told_before || asks_for_null(a, b)
		|| known_may(known, MAY_BE_OTHER))
		return;
	if (truth == MAY_BE_FALSE) {
		doubt_tell_certain(doubt, facts, node, what, false, false, a, b);
	} else if (truth == MAY_BE_TRUE) {
		/* certain by its types, not only by what was asked before */
		const struct known alone = doubt_know_quietly(doubt, doubt->base, node);
		if ((alone.may & (MAY_BE_TRUE | MAY_BE_FALSE)) == MAY_BE_TRUE)
			doubt_tell_certain(doubt, doubt->base, node, what, true, known_may(alone, MAY_BE_NULL), a, b);
	}
}

/* ---- conditions ---- */

static struct known
know_comparison(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const size_t told = doubt->told;
	struct known left = know(doubt, facts, node->left), right = know(doubt, facts, node->right);
	if (asks_for_null(node->left, node->right)) {
		left = known_asked(left);
		right = known_asked(right);
	}
	struct known known = known_compare(node->kind, left, right);
	if (node_is_path(node->left) && node_is_path(node->right) && doubt_same_path(node->left, node->right)
		&& !left.loose)
		known.may &= (uint8_t)~(node->kind == NODE_EQUAL || node->kind == NODE_LESS_EQUAL
			|| node->kind == NODE_GREATER_EQUAL ? MAY_BE_FALSE : MAY_BE_TRUE);
	judge(doubt, facts, node, known, told, "cette comparaison", node->left, node->right);
	return known;
}

static struct known
know_and(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const size_t told = doubt->told;
	const struct known left = know(doubt, facts, node->left);
	const struct facts then = doubt_narrow(doubt, facts, node->left, WHEN_TRUE);
	const struct known right = know(doubt, then, node->right);
	/* after a null, the right side is evaluated too */
	const struct known otherwise = known_may(left, MAY_BE_NULL) ? doubt_know_quietly(doubt, facts, node->right)
		: known_truth(0);
	unsigned may = left.may & MAY_BE_FALSE;
	if (known_may(left, MAY_BE_TRUE) && !then.dead)
		may |= right.may;
	if (otherwise.may & MAY_BE_FALSE)
		may |= MAY_BE_FALSE;
	if (otherwise.may & (MAY_BE_TRUE | MAY_BE_NULL))
		may |= MAY_BE_NULL;
	struct known known = known_truth(may & (MAY_BE_TRUE | MAY_BE_FALSE | MAY_BE_NULL));
	known.missing = left.missing ? left.missing : right.missing;
	if (!is_literal(node->left) && !is_literal(node->right))
		judge(doubt, facts, node, known, told, "cette condition", NULL, NULL);
	return known;
}

static struct known
know_or(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const size_t told = doubt->told;
	const struct known left = know(doubt, facts, node->left);
	const struct facts otherwise = doubt_narrow(doubt, facts, node->left, WHEN_NOT_TRUE);
	const struct known right = know(doubt, otherwise, node->right);
	unsigned may = left.may & MAY_BE_TRUE;
	if (!otherwise.dead) {
		may |= right.may & MAY_BE_TRUE;
		if (known_may(left, MAY_BE_FALSE))
			may |= right.may & (MAY_BE_FALSE | MAY_BE_NULL);
		if (known_may(left, MAY_BE_NULL) && (right.may & (MAY_BE_FALSE | MAY_BE_NULL)))
			may |= MAY_BE_NULL;
	}
	struct known known = known_truth(may);
	known.missing = left.missing ? left.missing : right.missing;
	if (!is_literal(node->left) && !is_literal(node->right))
		judge(doubt, facts, node, known, told, "cette condition", NULL, NULL);
	return known;
}

static struct known
denied(struct known known)
{
	struct known other = known_truth((known.may & MAY_BE_NULL)
		| (known_may(known, MAY_BE_TRUE) ? MAY_BE_FALSE : 0) | (known_may(known, MAY_BE_FALSE) ? MAY_BE_TRUE : 0));
	other.missing = known.missing;
	return other;
}

/* Both must hold. */
static struct known
both(struct known a, struct known b)
{
	const bool decided = a.may == 0 || b.may == 0;
	struct known known = known_truth((a.may & b.may & MAY_BE_TRUE)
		| ((a.may | b.may) & (MAY_BE_FALSE | MAY_BE_NULL)));
	if (decided)
		known.may = 0;
	known.missing = a.missing ? a.missing : b.missing;
	return known;
}

static struct known
know_between(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const size_t told = doubt->told;
	const struct node *const value = node->parts[0];
	const struct known known = know(doubt, facts, value), low = know(doubt, facts, node->parts[1]),
		high = know(doubt, facts, node->parts[2]);
	struct known between = both(known_compare(NODE_GREATER_EQUAL, known, low),
		known_compare(NODE_LESS_EQUAL, known, high));
	if (known_is_inverted(low, false, high, false)) {
		between.may &= (uint8_t)~MAY_BE_TRUE;
		doubt_tell_inverted(doubt, facts, node->parts[1], node->parts[2]);
	}
	judge(doubt, facts, node, between, told, "cette comparaison", value, NULL);
	return between;
}

/* ---- tests of a local ---- */

const struct node *
doubt_local(struct doubt *doubt, unsigned place, const struct feel_type *type)
{
	struct node *path = doubt->steps++ < MOST_DOUBT_STEPS ? arena_new_of(doubt->arena, struct node) : NULL;
	if (!path) {
		doubt->broken |= doubt->steps <= MOST_DOUBT_STEPS;
		doubt->steps = MOST_DOUBT_STEPS + 1;
		return NULL;
	}
	path->kind = NODE_LOCAL;
	path->local = place;
	path->type = type;
	return path;
}

static struct known know_test_of(struct doubt *doubt, struct facts facts, struct known tested,
	const struct node *against);

static struct known
know_test_of_list(struct doubt *doubt, struct facts facts, struct known tested, const struct node *list)
{
	unsigned may = MAY_BE_FALSE;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct node *part = list->parts[i]; /* a list in the list is equal or not, and is not searched */
		const struct known one = part->kind == NODE_LIST ? known_truth(MAY_BE_TRUE | MAY_BE_FALSE)
			: know_test_of(doubt, facts, tested, part);
		may |= one.may & MAY_BE_TRUE;
		if ((one.may & (MAY_BE_FALSE | MAY_BE_NULL)) == 0)
			may &= ~(unsigned)MAY_BE_FALSE;
	}
	return known_truth(may);
}

static struct known
know_test_of(struct doubt *doubt, struct facts facts, struct known tested, const struct node *against)
{
	const size_t told = doubt->told;
	struct known known;
	switch ((enum node_kind)against->kind) {
	case NODE_RANGE: {
		const struct known nothing = known_truth(MAY_BE_TRUE);
		const struct known low = against->left ? know(doubt, facts, against->left) : nothing;
		const struct known high = against->right ? know(doubt, facts, against->right) : nothing;
		const enum node_kind above = against->low_open ? NODE_GREATER : NODE_GREATER_EQUAL;
		const enum node_kind below = against->high_open ? NODE_LESS : NODE_LESS_EQUAL;
		known = both(against->left ? known_compare(above, tested, low) : nothing,
			against->right ? known_compare(below, tested, high) : nothing);
		if (against->left && against->right
			&& known_is_inverted(low, against->low_open, high, against->high_open)) {
			known.may &= (uint8_t)~MAY_BE_TRUE;
			doubt_tell_inverted(doubt, facts, against->left, against->right);
		}
		break;
	}
	case NODE_LIST:
		return know_test_of_list(doubt, facts, tested, against);
	default: {
		const struct known value = know(doubt, facts, against);
		const enum feel_kind kind = against->type->kind;
		if (kind == FEEL_LIST || kind == FEEL_RANGE || kind == FEEL_ANY || value.loose || tested.loose)
			return known_truth(MAY_BE_TRUE | MAY_BE_FALSE | (kind == FEEL_LIST ? 0 : MAY_BE_NULL));
		known = known_compare(NODE_EQUAL, kind == FEEL_NULL ? known_asked(tested) : tested, value);
		break;
	}
	}
	if ((known.may & (MAY_BE_TRUE | MAY_BE_FALSE)) == MAY_BE_FALSE && doubt->told == told
		&& !asks_for_null(against, NULL))
		doubt_tell_never(doubt, facts, against, tested);
	return known;
}

static struct known
know_test(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const struct node *path = doubt_local(doubt, node->local, &feel_type_any);
	return path ? know_test_of(doubt, facts, doubt_know_path(doubt, facts, path), node->left)
		: known_truth(MAY_BE_ANYTHING);
}

static struct known
know_in(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const size_t told = doubt->told;
	const struct known left = know(doubt, facts, node->left);
	const struct node *path = doubt_local(doubt, node->local, node->left->type);
	if (!path)
		return known_truth(MAY_BE_ANYTHING);
	const struct known known = know(doubt, doubt_learn(doubt, facts, path, left), node->right);
	judge(doubt, facts, node, known, told, "cette comparaison", node->left, NULL);
	return known;
}

/* ---- if, lists, iterations ---- */

static struct known
know_if(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const struct node *const condition = node->parts[0];
	const struct known decides = know(doubt, facts, condition);
	if (is_literal(condition) && condition->type->kind == FEEL_BOOLEAN)
		doubt_tell_certain(doubt, facts, condition, "cette condition", condition->constant.boolean, false, NULL,
			NULL);
	if (doubt->needed && decides.missing && known_may(decides, MAY_BE_NULL) && !doubt_is_silent(doubt, facts))
		doubt_tell_missing(doubt, decides.missing, true);
	const struct facts yes = doubt_narrow(doubt, facts, condition, WHEN_TRUE),
		no = doubt_narrow(doubt, facts, condition, WHEN_NOT_TRUE);
	const struct known then = know(doubt, yes, node->parts[1]);
	const struct known otherwise = know(doubt, no, node->parts[2]);
	if (yes.dead || !known_may(decides, MAY_BE_TRUE))
		return otherwise;
	if (no.dead || decides.may == MAY_BE_TRUE)
		return then;
	return known_join(then, otherwise);
}

static struct known
know_filter(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const struct known list = know(doubt, facts, node->left);
	(void)know(doubt, facts, node->right);
	struct known known = known_of_type(node->type, node);
	known.may &= (uint8_t)~MAY_BE_NULL;
	known.missing = NULL;
	if (node->right->type->kind == FEEL_BOOLEAN) {
		known.empty = node;
		return known;
	}
	known.may |= MAY_BE_NULL;
	if (node->right->type->kind == FEEL_NUMBER)
		known.missing = list.empty ? node : known_may(list, MAY_BE_NULL) ? list.missing : NULL;
	return known;
}

static struct known
know_iteration(struct doubt *doubt, struct facts facts, const struct node *node)
{
	struct known known = node->kind == NODE_FOR ? (struct known){ .may = MAY_BE_OTHER }
		: known_truth(MAY_BE_TRUE | MAY_BE_FALSE);
	for (uint32_t i = 0; i + 1 < node->count; i++) {
		const struct known list = know(doubt, facts, node->parts[i]);
		if (list.empty)
			known.empty = list.empty;
		if (known_may(list, MAY_BE_NULL)) {
			known.may |= MAY_BE_NULL;
			known.missing = known.missing ? known.missing : list.missing;
		}
	}
	const struct known body = know(doubt, facts, node->parts[node->count - 1]);
	if (node->kind != NODE_FOR && known_may(body, MAY_BE_NULL)) {
		known.may |= MAY_BE_NULL;
		known.missing = known.missing ? known.missing : body.missing;
	}
	return known;
}

static struct known
know_range(struct doubt *doubt, struct facts facts, const struct node *node)
{
	struct known known = { .may = MAY_BE_OTHER };
	const struct known low = node->left ? know(doubt, facts, node->left) : known;
	const struct known high = node->right ? know(doubt, facts, node->right) : known;
	if (node->left && node->right && !node->may_descend
		&& known_is_inverted(low, node->low_open, high, node->high_open))
		doubt_tell_inverted(doubt, facts, node->left, node->right);
	if (known_may(low, MAY_BE_NULL) || known_may(high, MAY_BE_NULL)) {
		known.may |= MAY_BE_NULL;
		known.missing = low.missing ? low.missing : high.missing;
	}
	return known;
}

/* ---- arithmetic and functions ---- */

static struct known
know_arithmetic(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const struct known left = know(doubt, facts, node->left), right = know(doubt, facts, node->right);
	struct known known = known_of_type(node->type, node);
	if (node->left->type->kind == FEEL_NUMBER && node->right->type->kind == FEEL_NUMBER)
		known = known_arithmetic(node->kind, left, right);
	if (known_may(left, MAY_BE_NULL) || known_may(right, MAY_BE_NULL)) {
		known.may |= MAY_BE_NULL;
		known.missing = left.missing ? left.missing : right.missing;
	}
	if (node->kind == NODE_DIVIDE && node->right->type->kind == FEEL_NUMBER) {
		const struct known zero = known_compare(NODE_EQUAL, right, known_of_value(feel_integer(0)));
		/* of what is not bounded at all, nothing is said: it would be said too often */
		const bool bounded = right.bounds.low.kind != FEEL_NULL;
		if (known_may(zero, MAY_BE_TRUE))
			known.may |= MAY_BE_NULL;
		if (known_may(zero, MAY_BE_TRUE) && bounded && !known.missing)
			known.missing = node;
	}
	return known;
}

static struct known
know_negated(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const struct known operand = know(doubt, facts, node->left);
	struct known known = known_of_type(node->type, node);
	if (node->type->kind == FEEL_NUMBER)
		known = known_arithmetic(NODE_SUBTRACT, known_of_value(feel_integer(0)), operand);
	if (known_may(operand, MAY_BE_NULL)) {
		known.may |= MAY_BE_NULL;
		known.missing = operand.missing;
	}
	return known;
}

static bool
is_one_of(struct text name, const struct text *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(names[i], name))
			return true;
	return false;
}
#define IS_ONE_OF(name, ...) \
	is_one_of((name), (const struct text[]){ __VA_ARGS__ }, \
		sizeof((const struct text[]){ __VA_ARGS__ }) / sizeof(struct text))

static struct known
know_builtin(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const struct text name = node->builtin.choice_count ? node->builtin.choices[0]->name : TEXT("");
	const bool least = text_equal(name, TEXT("min")), extreme = least || text_equal(name, TEXT("max"));
	struct known known = known_of_type(node->type, node), values = { 0 };
	struct known first = { 0 };
	known.missing = NULL;
	known.may |= MAY_BE_NULL; /* most have their reasons to give one */
	for (uint32_t i = 0; i < node->count; i++) {
		const struct known argument = know(doubt, facts, node->parts[i]);
		first = i ? first : argument;
		if (known_may(argument, MAY_BE_NULL) && !doubt_bears_null(name, i))
			known.missing = known.missing ? known.missing : argument.missing;
		values = !i ? argument : extreme ? known_extreme(values, argument, least) : known_join(values, argument);
	}
	if (node->count == 1 && first.empty
		&& IS_ONE_OF(name, TEXT("min"), TEXT("max"), TEXT("mean"), TEXT("median"), TEXT("mode")))
		known.missing = known.missing ? known.missing : node;
	if (text_equal(name, TEXT("not")) && node->count == 1)
		return node->parts[0]->type->kind == FEEL_BOOLEAN ? denied(first) : known;
	if (IS_ONE_OF(name, TEXT("count"), TEXT("string length")))
		known.bounds.low = feel_integer(0);
	if (extreme && node->count > 1 && node->type->kind != FEEL_ANY && !values.loose)
		known.bounds = values.bounds;
	if (!known.missing && IS_ONE_OF(name, TEXT("count"), TEXT("string length"), TEXT("today"), TEXT("now"),
		TEXT("list contains"), TEXT("min"), TEXT("max"), TEXT("contains"), TEXT("starts with"), TEXT("ends with"))
		&& !known_may(values, MAY_BE_NULL) && !values.loose && (!extreme || node->count > 1))
		known.may &= (uint8_t)~MAY_BE_NULL;
	return known;
}

static void
know_parts(struct doubt *doubt, struct facts facts, const struct node *node)
{
	if (node->left)
		(void)know(doubt, facts, node->left);
	for (uint32_t i = 0; node->parts && i < node->count; i++) /* a function has a count and no parts */
		(void)know(doubt, facts, node->parts[i]);
}

static struct known
know(struct doubt *doubt, struct facts facts, const struct node *node)
{
	if (doubt->steps >= MOST_DOUBT_STEPS)
		return (struct known){ .may = MAY_BE_ANYTHING, .loose = true };
	doubt->steps++;
	switch ((enum node_kind)node->kind) {
	case NODE_CONSTANT:
		return known_of_value(node->constant);
	case NODE_INPUT:
	case NODE_LOCAL:
	case NODE_ENTRY:
		return node_is_path(node) ? doubt_know_path(doubt, facts, node) : know_entry(doubt, facts, node);
	case NODE_NEGATE:
		return know_negated(doubt, facts, node);
	case NODE_CALCULATIONS:
		return know_arithmetic(doubt, facts, node);
	case NODE_COMPARISONS:
		return know_comparison(doubt, facts, node);
	case NODE_AND:
		return know_and(doubt, facts, node);
	case NODE_OR:
		return know_or(doubt, facts, node);
	case NODE_NOT:
		return denied(know(doubt, facts, node->left));
	case NODE_BETWEEN:
		return know_between(doubt, facts, node);
	case NODE_IN:
		return know_in(doubt, facts, node);
	case NODE_TEST:
		return know_test(doubt, facts, node);
	case NODE_IF:
		return know_if(doubt, facts, node);
	case NODE_FILTER:
		return know_filter(doubt, facts, node);
	case NODE_FOR:
	case NODE_SOME:
	case NODE_EVERY:
		return know_iteration(doubt, facts, node);
	case NODE_RANGE:
		return know_range(doubt, facts, node);
	case NODE_BUILTIN:
		return know_builtin(doubt, facts, node);
	case NODE_INSTANCE:
		(void)know(doubt, facts, node->left);
		return known_truth(MAY_BE_TRUE | MAY_BE_FALSE);
	case NODE_LIST:
	case NODE_CONTEXT:
	case NODE_FUNCTION:
		know_parts(doubt, facts, node);
		return (struct known){ .may = MAY_BE_OTHER, .loose = node->type->kind == FEEL_ANY };
	case NODE_CALL:
	case NODE_COERCE:
	case NODE_EXTERNAL:
	case NODE_TABLE:
		break;
	}
	if (node->kind != NODE_TABLE)
		know_parts(doubt, facts, node);
	struct known known = known_of_type(node->type, node);
	known.may |= MAY_BE_NULL;
	known.missing = NULL;
	return known;
}

/* ---- the doors ---- */

static const struct feel_given nothing_given;

/* Walks the expression; what it gives. Nothing is told without `findings`, and `arena` is for what is
 * told. False without memory. */
static bool
walk(struct arena *arena, const struct feel *feel, const struct feel_given *given, bool needed,
	struct feel_findings *findings, struct known *ret_known)
{
	if (feel->root->height > MOST_DOUBTED) {
		*ret_known = known_of_type(feel->root->type, feel->root);
		return true;
	}
	CLEANUP(arena_free) struct arena *scratch = arena_new(MOST_MEMORY);
	if (!scratch)
		return false;
	struct feel_findings unread = { 0 };
	struct reader reader = { .arena = arena, .source = feel->source, .findings = findings ? findings : &unread };
	struct doubt doubt = { .arena = scratch, .reader = &reader, .given = given ? given : &nothing_given,
		.needed = needed, .quiet = findings ? 0 : 1 };
	for (size_t i = 0; i < doubt.given->hold_count; i++)
		if (doubt.given->holds[i]->root->height <= MOST_DOUBTED)
			doubt.base = doubt_narrow(&doubt, doubt.base, doubt.given->holds[i]->root, WHEN_TRUE);
	doubt.base.dead = false;
	const struct known known = know(&doubt, doubt.base, feel->root);
	if (needed && findings && known_may(known, MAY_BE_NULL) && known.missing
		&& !doubt_is_silent(&doubt, doubt.base))
		doubt_tell_missing(&doubt, known.missing, feel->root->type->kind == FEEL_BOOLEAN);
	*ret_known = known;
	return !doubt.broken;
}

void
feel_doubt(struct arena *arena, const struct feel *feel, const struct feel_given *given, bool needed,
	struct feel_findings *findings)
{
	struct known known;
	if (!walk(arena, feel, given, needed, findings, &known))
		findings->broken = true;
}

bool
known_of_feel(const struct feel *feel, const struct feel_given *given, struct known *ret_known)
{
	return walk(NULL, feel, given, false, NULL, ret_known);
}

bool
feel_may_be_null(const struct feel *feel, const struct feel_given *given, bool *ret_may)
{
	struct known known;
	if (!known_of_feel(feel, given, &known))
		return false;
	*ret_may = known_may(known, MAY_BE_NULL) && known.missing;
	return true;
}
