/* What is certain of an expression before it is evaluated: see feel.h. One walk of the tree in
 * which each node gives what is known of its value (known.h). The walk carries facts: what the
 * conditions on the way here have made certain of each path ("agent.grade", an item…), so that
 * `x != null and x > 3` is at ease with x, and `x < 3 and x > 5` is not.
 *
 * Told: what is never true where it stands; what is always true by its types alone (a last
 * `else if` may well be certain given the others: it is how people write); what may be missing. */
#include "feel/known.h"

#include "base/buffer.h"
#include "feel/builtin.h"
#include "feel/reader.h"

#include "base/banned.h"

enum {
	MOST_STEPS = 100000,
	MOST_MEMORY = 128 << 20, /* more than so many steps can take: no more is memory that fails */
	MOST_QUOTED = 60,
	MOST_NESTED_CONDITIONS = 8,
	MOST_DOUBTED = 40, /* height of a tree: each node of a chain nests, and nobody wrote a higher one by hand */
};

/* What is certain of a path, here. */
struct fact {
	const struct fact *next;
	const struct node *path;
	struct known known;
};

struct facts {
	const struct fact *last;
	bool dead; /* nobody comes here: what leads here is never true */
};

struct doubt {
	struct arena *arena; /* of facts */
	struct reader *reader; /* of findings */
	const struct feel_given *given;
	struct facts base;   /* what is given */
	unsigned steps;
	unsigned quiet;      /* nothing is told */
	unsigned conditions; /* of presence, under way */
	bool needed, broken;
	size_t told;
};

static struct known know(struct doubt *doubt, struct facts facts, const struct node *node);

enum when { WHEN_TRUE, WHEN_FALSE, WHEN_NOT_TRUE };

static struct facts narrow(struct doubt *doubt, struct facts facts, const struct node *node, enum when when);

/* ---- paths ---- */

static bool
is_path(const struct node *node)
{
	while (node->kind == NODE_ENTRY)
		node = node->left;
	return node->kind == NODE_INPUT || node->kind == NODE_LOCAL;
}

static bool
same_path(const struct node *a, const struct node *b)
{
	for (; a->kind == b->kind && a->kind == NODE_ENTRY; a = a->left, b = b->left)
		if (!text_equal(a->name, b->name))
			return false;
	return a->kind == b->kind && a->local == b->local && (a->kind == NODE_INPUT || a->kind == NODE_LOCAL);
}

static struct facts
learn(struct doubt *doubt, struct facts facts, const struct node *path, struct known known)
{
	struct fact *fact = doubt->steps++ < MOST_STEPS ? arena_new_of(doubt->arena, struct fact) : NULL;
	if (!fact) { /* less is known, nothing wrong is said */
		doubt->broken |= doubt->steps <= MOST_STEPS;
		doubt->steps = MOST_STEPS + 1;
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

static struct known
know_path(struct doubt *doubt, struct facts facts, const struct node *node)
{
	for (const struct fact *fact = facts.last; fact; fact = fact->next) {
		if (!same_path(fact->path, node))
			continue;
		struct known known = fact->known;
		if (known.missing && is_path(known.missing) && node->length)
			known.missing = node; /* this reading of it, not the first one */
		return known;
	}
	if (node->kind == NODE_ENTRY)
		return know_entry(doubt, facts, node);
	const struct known known = known_of_type(node->type, node);
	return node->kind == NODE_INPUT && known_may(known, MAY_BE_NULL) && is_sure(doubt, facts, node)
		? known_present(known) : known;
}

static struct known
know_quietly(struct doubt *doubt, struct facts facts, const struct node *node)
{
	doubt->quiet++;
	const struct known known = know(doubt, facts, node);
	doubt->quiet--;
	return known;
}

/* ---- telling ---- */

static bool
is_silent(const struct doubt *doubt, struct facts facts)
{
	return doubt->quiet || facts.dead || doubt->steps >= MOST_STEPS;
}

/* "agent.grade", as it is written, cut when it is long. */
static struct text
quoted(const struct doubt *doubt, const struct node *node)
{
	struct text text = text_part(doubt->reader->source, node->offset, node->length);
	size_t shown = 0;
	for (size_t count = 0; shown < text.length && count < MOST_QUOTED; count++)
		text_next(text, &shown);
	if (shown == text.length)
		return text;
	const struct text cut = arena_format(doubt->reader->arena, TEXT_FORMAT "…", (int)shown, text.at);
	return cut.at ? cut : TEXT("…");
}

static bool
is_moment(struct feel_value value)
{
	return value.kind == FEEL_DATE || value.kind == FEEL_DATE_TIME;
}

static void
describe_bound(struct buffer *out, struct arena *arena, struct feel_value bound, bool open, bool low)
{
	if (is_moment(bound))
		buffer_add(out, low ? open ? TEXT("vient après le ") : TEXT("ne vient pas avant le ")
			: open ? TEXT("vient avant le ") : TEXT("ne vient pas après le "));
	else
		buffer_add(out, low ? open ? TEXT("dépasse ") : TEXT("vaut au moins ")
			: open ? TEXT("reste sous ") : TEXT("ne dépasse pas "));
	buffer_add(out, feel_value_to_french(arena, bound));
}

/* " : ici, « x » reste sous 3", when something is known of this operand; else nothing is added. */
static bool
describe(struct doubt *doubt, struct facts facts, const struct node *node, struct buffer *out)
{
	struct feel_value value;
	struct arena *arena = doubt->reader->arena;
	if (!is_path(node))
		return false;
	const struct known known = know_quietly(doubt, facts, node);
	const struct known before = know_quietly(doubt, doubt->base, node);
	const struct feel_range *bounds = &known.bounds, *declared = &before.bounds;
	const bool low = bounds->low.kind != FEEL_NULL, high = bounds->high.kind != FEEL_NULL;
	const bool here = known.may != before.may || known.words != before.words
		|| low != (declared->low.kind != FEEL_NULL) || high != (declared->high.kind != FEEL_NULL)
		|| (low && !feel_is_true(feel_equal(bounds->low, declared->low)))
		|| (high && !feel_is_true(feel_equal(bounds->high, declared->high)))
		|| bounds->low_open != declared->low_open || bounds->high_open != declared->high_open;
	const bool single = known_is_single(known_present(known), &value);
	if (!single && !low && !high)
		return false;
	buffer_add(out, here ? TEXT(" : ici, « ") : TEXT(" : « "));
	buffer_add(out, quoted(doubt, node));
	buffer_add(out, TEXT(" » "));
	if (single) {
		const struct text french = value.kind != FEEL_BOOLEAN ? feel_value_to_french(arena, value)
			: value.boolean ? TEXT("vrai") : TEXT("faux");
		buffer_add(out, value.kind == FEEL_STRING ? TEXT("vaut « ") : is_moment(value) ? TEXT("est le ")
			: value.kind == FEEL_BOOLEAN ? TEXT("est ") : TEXT("vaut "));
		buffer_add(out, french);
		buffer_add(out, value.kind == FEEL_STRING ? TEXT(" »") : TEXT(""));
	} else if (low && high && !is_moment(bounds->low) && !bounds->low_open && !bounds->high_open) {
		buffer_add(out, TEXT("va de "));
		buffer_add(out, feel_value_to_french(arena, bounds->low));
		buffer_add(out, TEXT(" à "));
		buffer_add(out, feel_value_to_french(arena, bounds->high));
	} else {
		if (low)
			describe_bound(out, arena, bounds->low, bounds->low_open, true);
		if (low && high)
			buffer_add(out, TEXT(" et "));
		if (high)
			describe_bound(out, arena, bounds->high, bounds->high_open, false);
	}
	return true;
}

static void
tell_certain(struct doubt *doubt, struct facts facts, const struct node *node, const char *what, bool truth,
	bool may_be_null, const struct node *a, const struct node *b)
{
	if (is_silent(doubt, facts))
		return;
	CLEANUP(buffer_release) struct buffer why = buffer_new(1000);
	if (a && b && is_path(a) && is_path(b) && same_path(a, b))
		buffer_add(&why, TEXT(" : les deux côtés sont la même chose"));
	else if (!(a && describe(doubt, facts, a, &why)) && b)
		(void)describe(doubt, facts, b, &why);
	const struct text reason = why.failed ? TEXT("") : buffer_text(&why);
	doubt->reader->about = FEEL_ABOUT_CERTAINTY;
	reader_mistake(doubt->reader, node->offset, node->length,
		truth ? TEXT("ôtez-la, ou corrigez ce qu’elle compare") : TEXT("corrigez-la, car elle ne laisse rien passer"),
		"%s %s" TEXT_FORMAT, what, truth ? may_be_null ? "n’est jamais fausse" : "est toujours vraie"
		: "n’est jamais vraie", TEXT_ARGS(reason));
	doubt->told++;
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
judge(struct doubt *doubt, struct facts facts, const struct node *node, struct known known, size_t told_before,
	const char *what, const struct node *a, const struct node *b)
{
	const unsigned truth = known.may & (MAY_BE_TRUE | MAY_BE_FALSE);
	if (is_silent(doubt, facts) || doubt->told != told_before || asks_for_null(a, b) || known_may(known, MAY_BE_OTHER))
		return;
	if (truth == MAY_BE_FALSE) {
		tell_certain(doubt, facts, node, what, false, false, a, b);
	} else if (truth == MAY_BE_TRUE) {
		/* certain by its types, not only by what was asked before */
		const struct known alone = know_quietly(doubt, doubt->base, node);
		if ((alone.may & (MAY_BE_TRUE | MAY_BE_FALSE)) == MAY_BE_TRUE)
			tell_certain(doubt, doubt->base, node, what, true, known_may(alone, MAY_BE_NULL), a, b);
	}
}

/* ---- conditions ---- */

static struct known
know_comparison(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const size_t told = doubt->told;
	const struct known left = know(doubt, facts, node->left), right = know(doubt, facts, node->right);
	struct known known = known_compare(node->kind, left, right);
	if (is_path(node->left) && is_path(node->right) && same_path(node->left, node->right) && !left.loose)
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
	const struct facts then = narrow(doubt, facts, node->left, WHEN_TRUE);
	const struct known right = know(doubt, then, node->right);
	/* after a null, the right side is evaluated too */
	const struct known otherwise = known_may(left, MAY_BE_NULL) ? know_quietly(doubt, facts, node->right)
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
	const struct facts otherwise = narrow(doubt, facts, node->left, WHEN_NOT_TRUE);
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
	struct known known = known_truth((a.may & b.may & MAY_BE_TRUE) | ((a.may | b.may) & (MAY_BE_FALSE | MAY_BE_NULL)));
	if (decided)
		known.may = 0;
	known.missing = a.missing ? a.missing : b.missing;
	return known;
}

static void
tell_inverted(struct doubt *doubt, struct facts facts, const struct node *low, const struct node *high)
{
	if (is_silent(doubt, facts))
		return;
	doubt->reader->about = FEEL_ABOUT_CERTAINTY;
	reader_mistake(doubt->reader, low->offset, high->offset + high->length - low->offset,
		TEXT("écrivez la plus petite d’abord"), "rien ne tient entre ces bornes");
	doubt->told++;
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
		tell_inverted(doubt, facts, node->parts[1], node->parts[2]);
	}
	judge(doubt, facts, node, between, told, "cette comparaison", value, NULL);
	return between;
}

/* ---- tests of a local ---- */

/* A node for the local of a test, to be a path like others. */
static const struct node *
local_path(struct doubt *doubt, unsigned place, const struct feel_type *type)
{
	struct node *path = doubt->steps++ < MOST_STEPS ? arena_new_of(doubt->arena, struct node) : NULL;
	if (!path) {
		doubt->broken |= doubt->steps <= MOST_STEPS;
		doubt->steps = MOST_STEPS + 1;
		return NULL;
	}
	path->kind = NODE_LOCAL;
	path->local = place;
	path->type = type;
	return path;
}

static struct known know_test_of(struct doubt *doubt, struct facts facts, struct known tested, const struct node *against,
	bool alone);

static struct known
know_test_of_list(struct doubt *doubt, struct facts facts, struct known tested, const struct node *list)
{
	unsigned may = MAY_BE_FALSE;
	for (uint32_t i = 0; i < list->count; i++) {
		const struct known one = know_test_of(doubt, facts, tested, list->parts[i], false);
		may |= one.may & MAY_BE_TRUE;
		if ((one.may & (MAY_BE_FALSE | MAY_BE_NULL)) == 0)
			may &= ~(unsigned)MAY_BE_FALSE;
	}
	return known_truth(may);
}

static struct known
know_test_of(struct doubt *doubt, struct facts facts, struct known tested, const struct node *against, bool alone)
{
	const size_t told = doubt->told;
	struct known known;
	switch ((enum node_kind)against->kind) {
	case NODE_RANGE: {
		const struct known nothing = known_truth(MAY_BE_TRUE);
		const struct known low = against->left ? know(doubt, facts, against->left) : nothing;
		const struct known high = against->right ? know(doubt, facts, against->right) : nothing;
		known = both(against->left ? known_compare(against->low_open ? NODE_GREATER : NODE_GREATER_EQUAL, tested, low)
			: nothing, against->right ? known_compare(against->high_open ? NODE_LESS : NODE_LESS_EQUAL, tested, high)
			: nothing);
		if (against->left && against->right && known_is_inverted(low, against->low_open, high, against->high_open)) {
			known.may &= (uint8_t)~MAY_BE_TRUE;
			tell_inverted(doubt, facts, against->left, against->right);
		}
		break;
	}
	case NODE_LIST:
		(void)alone;
		return know_test_of_list(doubt, facts, tested, against);
	default: {
		const struct known value = know(doubt, facts, against);
		const enum feel_kind kind = against->type->kind;
		if (kind == FEEL_LIST || kind == FEEL_RANGE || kind == FEEL_ANY || value.loose || tested.loose)
			return known_truth(MAY_BE_TRUE | MAY_BE_FALSE | (kind == FEEL_LIST ? 0 : MAY_BE_NULL));
		known = known_compare(NODE_EQUAL, tested, value);
		break;
	}
	}
	if ((known.may & (MAY_BE_TRUE | MAY_BE_FALSE)) == MAY_BE_FALSE && doubt->told == told
		&& !asks_for_null(against, NULL) && !is_silent(doubt, facts)) {
		struct feel_value value;
		doubt->reader->about = FEEL_ABOUT_CERTAINTY;
		CLEANUP(buffer_release) struct buffer why = buffer_new(1000);
		if (known_is_single(known_present(tested), &value) && value.kind == FEEL_STRING)
			buffer_format(&why, " : ici, elle vaut « " TEXT_FORMAT " »", TEXT_ARGS(value.string));
		reader_mistake(doubt->reader, against->offset, against->length, TEXT("ôtez ce cas, ou corrigez-le"),
			"la valeur examinée ne répond jamais à ce test" TEXT_FORMAT, TEXT_ARGS(buffer_text(&why)));
		doubt->told++;
	}
	return known;
}

static struct known
know_test(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const struct node *path = local_path(doubt, node->local, &feel_type_any);
	return path ? know_test_of(doubt, facts, know_path(doubt, facts, path), node->left, true)
		: known_truth(MAY_BE_ANYTHING);
}

static struct known
know_in(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const size_t told = doubt->told;
	const struct known left = know(doubt, facts, node->left);
	const struct node *path = local_path(doubt, node->local, node->left->type);
	if (!path)
		return known_truth(MAY_BE_ANYTHING);
	const struct known known = know(doubt, learn(doubt, facts, path, left), node->right);
	judge(doubt, facts, node, known, told, "cette comparaison", node->left, NULL);
	return known;
}

/* ---- if, lists, iterations ---- */

static void
tell_missing(struct doubt *doubt, const struct node *missing, bool condition)
{
	struct reader *reader = doubt->reader;
	const struct text quote = quoted(doubt, missing);
	reader->about = FEEL_ABOUT_NULL;
	doubt->told++;
	switch ((enum node_kind)missing->kind) {
	case NODE_FILTER:
		reader_mistake(reader, missing->offset, missing->length,
			TEXT("comptez d’abord ce que la liste contient : if count(…) > 0 then … else …"),
			"« " TEXT_FORMAT " » peut ne rien trouver", TEXT_ARGS(quote));
		return;
	case NODE_BUILTIN:
		reader_mistake(reader, missing->offset, missing->length,
			TEXT("comptez d’abord ce que la liste contient : if count(…) > 0 then … else …"),
			"« " TEXT_FORMAT " » ne donne rien quand la liste est vide", TEXT_ARGS(quote));
		return;
	case NODE_DIVIDE:
		reader_mistake(reader, missing->right->offset, missing->right->length,
			arena_format(reader->arena, "écrivez d’abord : if " TEXT_FORMAT " = 0 then … else …",
				TEXT_ARGS(quoted(doubt, missing->right))),
			"« " TEXT_FORMAT " » peut valoir zéro, et la division ne donnerait rien",
			TEXT_ARGS(quoted(doubt, missing->right)));
		return;
	default:
		reader_mistake(reader, missing->offset, missing->length, condition
			? arena_format(reader->arena, "écrivez « " TEXT_FORMAT " != null and … », ou « = null or … »",
				TEXT_ARGS(quote))
			: arena_format(reader->arena, "écrivez « if " TEXT_FORMAT " = null then … else … »", TEXT_ARGS(quote)),
			condition ? "« " TEXT_FORMAT " » peut être vide : la condition ne serait alors ni vraie ni fausse"
			: "« " TEXT_FORMAT " » peut être vide, et ceci n’aurait pas de valeur", TEXT_ARGS(quote));
		return;
	}
}

static struct known
know_if(struct doubt *doubt, struct facts facts, const struct node *node)
{
	const struct node *const condition = node->parts[0];
	const struct known decides = know(doubt, facts, condition);
	if (is_literal(condition) && condition->type->kind == FEEL_BOOLEAN)
		tell_certain(doubt, facts, condition, "cette condition", condition->constant.boolean, false, NULL, NULL);
	if (doubt->needed && decides.missing && known_may(decides, MAY_BE_NULL) && !is_silent(doubt, facts))
		tell_missing(doubt, decides.missing, true);
	const struct facts yes = narrow(doubt, facts, condition, WHEN_TRUE),
		no = narrow(doubt, facts, condition, WHEN_NOT_TRUE);
	const struct known then = know(doubt, yes, node->parts[1]), otherwise = know(doubt, no, node->parts[2]);
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
		tell_inverted(doubt, facts, node->left, node->right);
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

/* Builtins that take a null and give a value. */
static bool
bears_null(struct text name, uint32_t argument)
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

static bool
is_one_of(struct text name, const struct text *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(names[i], name))
			return true;
	return false;
}
#define IS_ONE_OF(name, ...) \
	is_one_of((name), (const struct text[]){ __VA_ARGS__ }, sizeof((const struct text[]){ __VA_ARGS__ }) / sizeof(struct text))

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
		if (known_may(argument, MAY_BE_NULL) && !bears_null(name, i))
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
	if (doubt->steps >= MOST_STEPS)
		return (struct known){ .may = MAY_BE_ANYTHING, .loose = true };
	doubt->steps++;
	switch ((enum node_kind)node->kind) {
	case NODE_CONSTANT:
		return known_of_value(node->constant);
	case NODE_INPUT:
	case NODE_LOCAL:
	case NODE_ENTRY:
		return is_path(node) ? know_path(doubt, facts, node) : know_entry(doubt, facts, node);
	case NODE_NEGATE:
		return know(doubt, facts, node->left).may & MAY_BE_NULL ? known_of_type(&feel_type_any, node)
			: node->type->kind == FEEL_NUMBER
			? known_arithmetic(NODE_SUBTRACT, known_of_value(feel_integer(0)), know_quietly(doubt, facts, node->left))
			: known_of_type(node->type, node);
	case NODE_ADD:
	case NODE_SUBTRACT:
	case NODE_MULTIPLY:
	case NODE_DIVIDE:
	case NODE_POWER:
		return know_arithmetic(doubt, facts, node);
	case NODE_EQUAL:
	case NODE_DIFFERENT:
	case NODE_LESS:
	case NODE_LESS_EQUAL:
	case NODE_GREATER:
	case NODE_GREATER_EQUAL:
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

/* ---- narrowing ---- */

/* The node has a value: so do the paths without which it would not. */
static struct facts
require(struct doubt *doubt, struct facts facts, const struct node *node)
{
	if (is_path(node)) {
		const struct known known = know_quietly(doubt, facts, node);
		if (known_may(known, MAY_BE_NULL))
			facts = learn(doubt, facts, node, known_present(known));
		return node->kind == NODE_ENTRY && node->left->type->kind != FEEL_LIST ? require(doubt, facts, node->left)
			: facts;
	}
	if (node->kind == NODE_NEGATE)
		return require(doubt, facts, node->left);
	if (node->kind >= NODE_ADD && node->kind <= NODE_POWER)
		return require(doubt, require(doubt, facts, node->left), node->right);
	for (uint32_t i = 0; node->kind == NODE_BUILTIN && node->builtin.choice_count && i < node->count; i++)
		if (!bears_null(node->builtin.choices[0]->name, i))
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
		const struct known now = know_path(doubt, a, fact->path), other = know_quietly(doubt, b, fact->path);
		joined = learn(doubt, joined, fact->path, known_join(now, other));
	}
	return joined;
}

/* One side of a comparison that held, or did not. */
static struct facts
narrow_side(struct doubt *doubt, struct facts facts, const struct node *path, enum node_kind kind,
	const struct node *against, enum when when)
{
	if (!is_path(path))
		return facts;
	const bool ordered = kind != NODE_EQUAL && kind != NODE_DIFFERENT;
	const struct known known = know_quietly(doubt, facts, path), other = know_quietly(doubt, facts, against);
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
	return learn(doubt, facts, path, narrowed);
}

static struct facts
narrow_comparison(struct doubt *doubt, struct facts facts, enum node_kind kind, const struct node *left,
	const struct node *right, enum when when)
{
	if (kind != NODE_EQUAL && kind != NODE_DIFFERENT && when != WHEN_NOT_TRUE)
		facts = require(doubt, require(doubt, facts, left), right);
	const struct facts before = facts;
	facts = narrow_side(doubt, facts, left, kind, right, when);
	const struct facts mirrored = narrow_side(doubt, before, right, known_mirror(kind), left, when);
	if (mirrored.last != before.last)
		facts = learn(doubt, facts, right, mirrored.last->known);
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
			if (when == WHEN_TRUE)
				any = join_facts(doubt, facts, narrow_test(doubt, facts, local, against->parts[i], when), any);
			else
				facts = narrow_test(doubt, facts, local, against->parts[i], when);
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
	const struct node *local = local_path(doubt, node->local, node->left->type);
	if (!local || !is_path(node->left))
		return facts;
	const struct facts inside = narrow(doubt, learn(doubt, facts, local, know_quietly(doubt, facts, node->left)),
		node->right, when);
	/* only what was learned of the value comes out */
	return learn(doubt, facts, node->left, inside.dead ? known_truth(0) : know_path(doubt, inside, local));
}

static enum when
opposite(enum when when)
{
	return when == WHEN_TRUE ? WHEN_FALSE : WHEN_TRUE;
}

/* The facts once the node is true, is false, or is not true (false or null). */
static struct facts
narrow(struct doubt *doubt, struct facts facts, const struct node *node, enum when when)
{
	if (doubt->steps++ >= MOST_STEPS || facts.dead)
		return facts;
	const bool conjunction = node->kind == NODE_AND;
	switch ((enum node_kind)node->kind) {
	case NODE_CONSTANT:
		facts.dead |= feel_is_true(node->constant) != (when == WHEN_TRUE);
		return facts;
	case NODE_AND:
	case NODE_OR: {
		if (conjunction == (when == WHEN_TRUE))
			return narrow(doubt, narrow(doubt, facts, node->left, when), node->right, when);
		/* the left decided, or it was passed and the right did; false wins over a null on the left */
		const struct facts passed = when == WHEN_FALSE ? facts
			: narrow(doubt, facts, node->left, conjunction ? WHEN_TRUE : WHEN_NOT_TRUE);
		return join_facts(doubt, facts, narrow(doubt, facts, node->left, when),
			narrow(doubt, passed, node->right, when));
	}
	case NODE_NOT:
		return when == WHEN_NOT_TRUE ? facts : narrow(doubt, facts, node->left, opposite(when));
	case NODE_EQUAL:
	case NODE_DIFFERENT:
	case NODE_LESS:
	case NODE_LESS_EQUAL:
	case NODE_GREATER:
	case NODE_GREATER_EQUAL:
		return narrow_comparison(doubt, facts, node->kind, node->left, node->right, when);
	case NODE_BETWEEN:
		if (when != WHEN_TRUE)
			return facts;
		facts = narrow_comparison(doubt, facts, NODE_GREATER_EQUAL, node->parts[0], node->parts[1], when);
		return narrow_comparison(doubt, facts, NODE_LESS_EQUAL, node->parts[0], node->parts[2], when);
	case NODE_IN:
		return narrow_in(doubt, facts, node, when);
	case NODE_TEST: {
		const struct node *local = local_path(doubt, node->local, &feel_type_any);
		return local ? narrow_test(doubt, facts, local, node->left, when) : facts;
	}
	case NODE_INPUT:
	case NODE_LOCAL:
	case NODE_ENTRY:
		if (!is_path(node))
			return facts;
		return learn(doubt, facts, node, known_narrow(know_quietly(doubt, facts, node), NODE_EQUAL,
			known_truth(when == WHEN_TRUE ? MAY_BE_TRUE : when == WHEN_FALSE ? MAY_BE_FALSE
				: MAY_BE_FALSE | MAY_BE_NULL), false));
	case NODE_INSTANCE:
		return when == WHEN_TRUE && node->tested_type->kind != FEEL_NULL ? require(doubt, facts, node->left) : facts;
	case NODE_BUILTIN:
		if (when == WHEN_NOT_TRUE)
			return facts;
		if (node->builtin.choice_count && text_equal(node->builtin.choices[0]->name, TEXT("not")) && node->count == 1)
			return narrow(doubt, facts, node->parts[0], opposite(when));
		return require(doubt, facts, node);
	default:
		return facts;
	}
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
			doubt.base = narrow(&doubt, doubt.base, doubt.given->holds[i]->root, WHEN_TRUE);
	doubt.base.dead = false;
	const struct known known = know(&doubt, doubt.base, feel->root);
	if (needed && findings && known_may(known, MAY_BE_NULL) && known.missing && !is_silent(&doubt, doubt.base))
		tell_missing(&doubt, known.missing, feel->root->type->kind == FEEL_BOOLEAN);
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
