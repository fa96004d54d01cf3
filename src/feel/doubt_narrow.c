/* What becomes certain once a condition is true, is false, or is not true: see doubt.h. */
#include "feel/doubt.h"

#include "base/banned.h"

/* Builtins that take a null and give a value. */
bool
doubt_bears_null(struct text name, uint32_t argument)
{
	static const struct {
		struct text name;
		uint32_t from; /* the first argument that may be null */
	} patient[] = {
		{ TEXT("list contains"), 1 }, { TEXT("is"), 0 }, { TEXT("append"), 1 }, { TEXT("insert before"), 2 },
		{ TEXT("list replace"), 2 }, { TEXT("index of"), 1 }, { TEXT("context put"), 2 }, { TEXT("union"), 0 },
		{ TEXT("concatenate"), 0 }, { TEXT("distinct values"), 0 }, { TEXT("flatten"), 0 },
		{ TEXT("string join"), 1 }, { TEXT("all"), 0 }, { TEXT("any"), 0 },
	};
	for (size_t i = 0; i < sizeof patient / sizeof *patient; i++)
		if (text_equal(patient[i].name, name))
			return argument >= patient[i].from;
	return false;
}

/* The node has a value: so do the paths without which it would not. */
static struct facts
require(struct doubt *doubt, struct facts facts, const struct node *node)
{
	if (node_is_path(node)) {
		const struct known known = doubt_know_quietly(doubt, facts, node);
		if (known_may(known, MAY_BE_NULL))
			facts = doubt_learn(doubt, facts, node, known_present(known));
		return node->kind == NODE_ENTRY && node->left->type->kind != FEEL_LIST ? require(doubt, facts, node->left)
			: facts;
	}
	if (node->kind == NODE_NEGATE)
		return require(doubt, facts, node->left);
	if (node->kind >= NODE_ADD && node->kind <= NODE_POWER)
		return require(doubt, require(doubt, facts, node->left), node->right);
	for (uint32_t i = 0; node->kind == NODE_BUILTIN && node->builtin.choice_count && i < node->count; i++)
		if (!doubt_bears_null(node->builtin.choices[0]->name, i))
			facts = require(doubt, facts, node->parts[i]);
	return facts;
}

/* Either way of coming here. */
static struct facts
join_facts(struct doubt *doubt, struct facts base, struct facts a, struct facts b)
{
	if (a.dead || b.dead)
		return a.dead ? b : a;
	struct facts joined = base;
	for (const struct fact *fact = a.last; fact && fact != base.last; fact = fact->next) {
		const struct known now = doubt_know_path(doubt, a, fact->path);
		const struct known other = doubt_know_quietly(doubt, b, fact->path);
		joined = doubt_learn(doubt, joined, fact->path, known_join(now, other));
	}
	return joined;
}

/* One side of a comparison that held, or did not. */
static struct facts
narrow_side(struct doubt *doubt, struct facts facts, const struct node *path, enum node_kind kind,
	const struct node *against, enum when when)
{
	if (!node_is_path(path))
		return facts;
	const bool ordered = kind != NODE_EQUAL && kind != NODE_DIFFERENT;
	struct known known = doubt_know_quietly(doubt, facts, path);
	if (against->type->kind == FEEL_NULL)
		known = known_asked(known);
	const struct known other = doubt_know_quietly(doubt, facts, against);
	/* not true may be null, which says nothing of the values */
	if (ordered && when == WHEN_NOT_TRUE && known_may(other, MAY_BE_NULL))
		return facts;
	struct known narrowed = known_narrow(known, kind, other, when != WHEN_TRUE);
	if (ordered && when == WHEN_NOT_TRUE) {
		narrowed.may |= known.may & MAY_BE_NULL;
		narrowed.missing = known.missing;
	} else if (ordered) {
		narrowed = known_present(narrowed);
	}
	return doubt_learn(doubt, facts, path, narrowed);
}

static struct facts
narrow_comparison(struct doubt *doubt, struct facts facts, enum node_kind kind, const struct node *left,
	const struct node *right, enum when when)
{
	if (kind != NODE_EQUAL && kind != NODE_DIFFERENT && when != WHEN_NOT_TRUE)
		facts = require(doubt, require(doubt, facts, left), right);
	const struct facts before = facts;
	facts = narrow_side(doubt, facts, left, kind, right, when);
	const struct facts mirrored = narrow_side(doubt, before, right, node_mirror(kind), left, when);
	if (mirrored.last != before.last)
		facts = doubt_learn(doubt, facts, right, mirrored.last->known);
	return facts;
}

static struct facts
narrow_test(struct doubt *doubt, struct facts facts, const struct node *local, const struct node *against,
	enum when when)
{
	const enum feel_kind kind = against->type->kind;
	switch ((enum node_kind)against->kind) {
	case NODE_RANGE:
		if (when != WHEN_TRUE)
			return facts;
		if (against->left)
			facts = narrow_comparison(doubt, facts, against->low_open ? NODE_GREATER : NODE_GREATER_EQUAL, local,
				against->left, when);
		if (against->right)
			facts = narrow_comparison(doubt, facts, against->high_open ? NODE_LESS : NODE_LESS_EQUAL, local,
				against->right, when);
		return facts;
	case NODE_LIST: {
		struct facts any = { .dead = true };
		for (uint32_t i = 0; i < against->count; i++) {
			const struct node *part = against->parts[i]; /* a list in the list is equal or not: nothing is learned */
			const struct facts one = part->kind == NODE_LIST ? facts : narrow_test(doubt, facts, local, part, when);
			if (when == WHEN_TRUE)
				any = join_facts(doubt, facts, one, any);
			else
				facts = one;
		}
		return when == WHEN_TRUE && against->count ? any : facts;
	}
	default:
		return kind == FEEL_LIST || kind == FEEL_RANGE || kind == FEEL_ANY ? facts
			: narrow_comparison(doubt, facts, NODE_EQUAL, local, against, when);
	}
}

static struct facts
narrow_in(struct doubt *doubt, struct facts facts, const struct node *node, enum when when)
{
	const struct node *local = doubt_local(doubt, node->local, node->left->type);
	if (!local || !node_is_path(node->left))
		return facts;
	const struct facts before = doubt_learn(doubt, facts, local, doubt_know_quietly(doubt, facts, node->left));
	const struct facts inside = doubt_narrow(doubt, before, node->right, when);
	/* only what was learned of the value comes out */
	return doubt_learn(doubt, facts, node->left, inside.dead ? known_truth(0)
		: doubt_know_path(doubt, inside, local));
}

static enum when
opposite(enum when when)
{
	return when == WHEN_TRUE ? WHEN_FALSE : WHEN_TRUE;
}

/* The facts once the node is true, is false, or is not true (false or null). */
struct facts
doubt_narrow(struct doubt *doubt, struct facts facts, const struct node *node, enum when when)
{
	if (doubt->steps++ >= MOST_DOUBT_STEPS || facts.dead)
		return facts;
	const bool conjunction = node->kind == NODE_AND;
	switch ((enum node_kind)node->kind) {
	case NODE_CONSTANT:
		facts.dead |= feel_is_true(node->constant) != (when == WHEN_TRUE);
		return facts;
	case NODE_AND:
	case NODE_OR: {
		if (conjunction == (when == WHEN_TRUE))
			return doubt_narrow(doubt, doubt_narrow(doubt, facts, node->left, when), node->right, when);
		/* the left decided, or it was passed and the right did; false wins over a null on the left */
		const struct facts passed = when == WHEN_FALSE ? facts
			: doubt_narrow(doubt, facts, node->left, conjunction ? WHEN_TRUE : WHEN_NOT_TRUE);
		return join_facts(doubt, facts, doubt_narrow(doubt, facts, node->left, when),
			doubt_narrow(doubt, passed, node->right, when));
	}
	case NODE_NOT:
		return when == WHEN_NOT_TRUE ? facts : doubt_narrow(doubt, facts, node->left, opposite(when));
	case NODE_COMPARISONS:
		return narrow_comparison(doubt, facts, node->kind, node->left, node->right, when);
	case NODE_BETWEEN:
		if (when != WHEN_TRUE)
			return facts;
		facts = narrow_comparison(doubt, facts, NODE_GREATER_EQUAL, node->parts[0], node->parts[1], when);
		return narrow_comparison(doubt, facts, NODE_LESS_EQUAL, node->parts[0], node->parts[2], when);
	case NODE_IN:
		return narrow_in(doubt, facts, node, when);
	case NODE_TEST: {
		const struct node *local = doubt_local(doubt, node->local, &feel_type_any);
		return local ? narrow_test(doubt, facts, local, node->left, when) : facts;
	}
	case NODE_INPUT:
	case NODE_LOCAL:
	case NODE_ENTRY:
		if (!node_is_path(node))
			return facts;
		return doubt_learn(doubt, facts, node, known_narrow(doubt_know_quietly(doubt, facts, node), NODE_EQUAL,
			known_truth(when == WHEN_TRUE ? MAY_BE_TRUE : when == WHEN_FALSE ? MAY_BE_FALSE
				: MAY_BE_FALSE | MAY_BE_NULL), false));
	case NODE_INSTANCE:
		return when == WHEN_TRUE && node->tested_type->kind != FEEL_NULL ? require(doubt, facts, node->left)
			: facts;
	case NODE_BUILTIN:
		if (when == WHEN_NOT_TRUE)
			return facts;
		if (node->builtin.choice_count && text_equal(node->builtin.choices[0]->name, TEXT("not"))
			&& node->count == 1)
			return doubt_narrow(doubt, facts, node->parts[0], opposite(when));
		return require(doubt, facts, node);
	default:
		return facts;
	}
}
