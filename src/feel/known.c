/* See known.h. */
#include "feel/known.h"

#include "feel/number.h"

#include "base/banned.h"

enum { MOST_WORDS = 64 };

/* ---- making ---- */

static bool
is_ordered(uint8_t kind)
{
	return kind >= FEEL_NUMBER && kind <= FEEL_DAYS_TIME;
}

struct known
known_truth(unsigned may)
{
	return (struct known){ .may = (uint8_t)may };
}

struct known
known_of_type(const struct feel_type *type, const struct node *node)
{
	struct known known = { .may = MAY_BE_OTHER, .whole = type->whole, .assumed = !type->optional };
	switch (type->kind) {
	case FEEL_ANY:
	case FEEL_FUNCTION:
		return (struct known){ .may = MAY_BE_ANYTHING, .loose = true,
			.missing = type->optional ? node : NULL };
	case FEEL_NULL:
		return known_truth(MAY_BE_NULL);
	case FEEL_BOOLEAN:
		known.may = MAY_BE_TRUE | MAY_BE_FALSE;
		break;
	case FEEL_STRING:
		if (type->words && type->word_count && type->word_count <= MOST_WORDS) {
			known.words_of = type;
			known.words = type->word_count == 64 ? UINT64_MAX : (UINT64_C(1) << type->word_count) - 1;
		}
		break;
	default:
		break;
	}
	if (type->bounds && is_ordered(type->kind))
		known.bounds = *type->bounds;
	if (type->optional) {
		known.may |= MAY_BE_NULL;
		known.missing = node;
	}
	return known;
}

struct known
known_of_value(struct feel_value value)
{
	if (value.kind == FEEL_NULL)
		return known_truth(MAY_BE_NULL);
	if (value.kind == FEEL_BOOLEAN)
		return known_truth(value.boolean ? MAY_BE_TRUE : MAY_BE_FALSE);
	struct known known = { .may = MAY_BE_OTHER };
	if (is_ordered(value.kind)) {
		known.bounds = (struct feel_range){ .low = value, .high = value };
		known.whole = value.kind == FEEL_NUMBER && number_is_whole(value.number);
	}
	return known;
}

/* ---- bounds ---- */

static bool
has(struct feel_value bound)
{
	return bound.kind != FEEL_NULL;
}

/* False when the two cannot be ordered. */
static bool
order(struct feel_value a, struct feel_value b, int *ret_order)
{
	return has(a) && has(b) && feel_order(a, b, ret_order);
}

/* No value lies between. */
static bool
is_void(const struct feel_range *bounds)
{
	int sign;
	return order(bounds->low, bounds->high, &sign)
		&& (sign > 0 || (sign == 0 && (bounds->low_open || bounds->high_open)));
}

/* Bounds of whole numbers are whole and closed. */
static void
round_bound(struct feel_value *bound, bool *open, bool low)
{
	struct feel_number rounded;
	if (bound->kind != FEEL_NUMBER
		|| !number_round(bound->number, 0, low ? ROUND_CEILING : ROUND_FLOOR, &rounded))
		return;
	if (*open && number_equal(rounded, bound->number)) {
		const struct feel_number one = number_of_integer(1);
		if (!(low ? number_add(rounded, one, &rounded) : number_subtract(rounded, one, &rounded)))
			return;
	}
	bound->number = rounded;
	*open = false;
}

static void
settle(struct known *known)
{
	if (known->whole) {
		round_bound(&known->bounds.low, &known->bounds.low_open, true);
		round_bound(&known->bounds.high, &known->bounds.high_open, false);
	}
	if (is_void(&known->bounds) || (known->words_of && known->words == 0))
		known->may &= (uint8_t)~MAY_BE_OTHER;
}

static void
raise_low(struct feel_range *bounds, struct feel_value low, bool open)
{
	int sign;
	if (!has(low))
		return;
	if (!has(bounds->low)) {
		bounds->low = low;
		bounds->low_open = open;
	} else if (order(low, bounds->low, &sign) && sign >= 0) {
		bounds->low_open = sign > 0 ? open : bounds->low_open || open;
		bounds->low = low;
	}
}

static void
lower_high(struct feel_range *bounds, struct feel_value high, bool open)
{
	int sign;
	if (!has(high))
		return;
	if (!has(bounds->high)) {
		bounds->high = high;
		bounds->high_open = open;
	} else if (order(high, bounds->high, &sign) && sign <= 0) {
		bounds->high_open = sign < 0 ? open : bounds->high_open || open;
		bounds->high = high;
	}
}

bool
known_is_inverted(struct known low, bool low_open, struct known high, bool high_open)
{
	const struct feel_range between = { low.bounds.low, high.bounds.high, low_open || low.bounds.low_open,
		high_open || high.bounds.high_open };
	return is_void(&between);
}

/* ---- words ---- */

/* The bit of a text among the words; 0 when it is none of them. */
static uint64_t
word_bit(const struct feel_type *type, struct text word)
{
	for (size_t i = 0; i < type->word_count; i++)
		if (text_equal(type->words[i], word))
			return UINT64_C(1) << i;
	return 0;
}

/* The words of `of` that `known` may be; all of them when it cannot be said. */
static uint64_t
words_among(const struct feel_type *of, struct known known)
{
	struct feel_value value;
	if (known.words_of && known.words_of->words == of->words)
		return known.words;
	if (known_is_single(known, &value) && value.kind == FEEL_STRING)
		return word_bit(of, value.string);
	return UINT64_MAX;
}

bool
known_is_single(struct known known, struct feel_value *ret_value)
{
	int sign;
	if (known.may == MAY_BE_TRUE || known.may == MAY_BE_FALSE) {
		*ret_value = feel_boolean(known.may == MAY_BE_TRUE);
		return true;
	}
	if (known.may != MAY_BE_OTHER)
		return false;
	if (known.words_of && known.words && (known.words & (known.words - 1)) == 0) {
		*ret_value = feel_string(known.words_of->words[__builtin_ctzll(known.words)]);
		return true;
	}
	if (!order(known.bounds.low, known.bounds.high, &sign) || sign != 0 || known.bounds.low_open
		|| known.bounds.high_open)
		return false;
	*ret_value = known.bounds.low;
	return true;
}

/* ---- either ---- */

struct known
known_join(struct known a, struct known b)
{
	struct known known = { .may = a.may | b.may, .whole = a.whole && b.whole, .loose = a.loose || b.loose,
		.assumed = a.assumed || b.assumed,
		.missing = a.missing ? a.missing : b.missing, .empty = a.empty ? a.empty : b.empty };
	/* what one of them cannot be says nothing of its bounds */
	if (!known_may(a, MAY_BE_OTHER) || !known_may(b, MAY_BE_OTHER)) {
		const struct known *one = known_may(a, MAY_BE_OTHER) ? &a : &b;
		known.whole = one->whole;
		known.bounds = one->bounds;
		known.words_of = one->words_of;
		known.words = one->words;
		return known;
	}
	int sign;
	if (order(a.bounds.low, b.bounds.low, &sign)) {
		known.bounds.low = sign <= 0 ? a.bounds.low : b.bounds.low;
		known.bounds.low_open = sign < 0 ? a.bounds.low_open : sign > 0 ? b.bounds.low_open
			: a.bounds.low_open && b.bounds.low_open;
	}
	if (order(a.bounds.high, b.bounds.high, &sign)) {
		known.bounds.high = sign >= 0 ? a.bounds.high : b.bounds.high;
		known.bounds.high_open = sign > 0 ? a.bounds.high_open : sign < 0 ? b.bounds.high_open
			: a.bounds.high_open && b.bounds.high_open;
	}
	if (a.words_of && b.words_of && a.words_of->words == b.words_of->words) {
		known.words_of = a.words_of;
		known.words = a.words | b.words;
	}
	return known;
}

struct known
known_extreme(struct known a, struct known b, bool least)
{
	struct known known = known_join(a, b);
	struct feel_range *bounds = &known.bounds;
	known.words_of = NULL;
	/* the least is no more than either, the greatest no less */
	if (least) {
		*bounds = (struct feel_range){ .low = bounds->low, .low_open = bounds->low_open };
		lower_high(bounds, a.bounds.high, a.bounds.high_open);
		lower_high(bounds, b.bounds.high, b.bounds.high_open);
	} else {
		*bounds = (struct feel_range){ .high = bounds->high, .high_open = bounds->high_open };
		raise_low(bounds, a.bounds.low, a.bounds.low_open);
		raise_low(bounds, b.bounds.low, b.bounds.low_open);
	}
	return known;
}

/* ---- comparing ---- */

/* Values other than null: may they be equal, may they differ? */
static bool
may_equal(struct known a, struct known b)
{
	if (a.may & b.may & (MAY_BE_TRUE | MAY_BE_FALSE))
		return true;
	if (!known_may(a, MAY_BE_OTHER) || !known_may(b, MAY_BE_OTHER))
		return false;
	if (a.words_of && !(a.words & words_among(a.words_of, b)))
		return false;
	if (b.words_of && !(b.words & words_among(b.words_of, a)))
		return false;
	struct feel_range common = a.bounds;
	raise_low(&common, b.bounds.low, b.bounds.low_open);
	lower_high(&common, b.bounds.high, b.bounds.high_open);
	return !is_void(&common);
}

static bool
may_differ(struct known a, struct known b)
{
	struct feel_value one, other;
	a.may &= (uint8_t)~MAY_BE_NULL;
	b.may &= (uint8_t)~MAY_BE_NULL;
	if (!a.may || !b.may)
		return false;
	return !known_is_single(a, &one) || !known_is_single(b, &other) || !feel_is_true(feel_equal(one, other));
}

static struct known
compare_equal(struct known a, struct known b)
{
	const bool null_a = known_may(a, MAY_BE_NULL), null_b = known_may(b, MAY_BE_NULL);
	const bool value_a = known_may(a, (enum may)~MAY_BE_NULL), value_b = known_may(b, (enum may)~MAY_BE_NULL);
	unsigned may = 0;
	if ((null_a && null_b) || may_equal(a, b))
		may |= MAY_BE_TRUE;
	if ((null_a && value_b) || (null_b && value_a) || may_differ(a, b))
		may |= MAY_BE_FALSE;
	return known_truth(may);
}

/* a < b, or a <= b, of values other than null. */
static unsigned
compare_order(struct known a, struct known b, bool or_equal)
{
	int sign;
	unsigned may = MAY_BE_TRUE | MAY_BE_FALSE;
	if (order(a.bounds.low, b.bounds.high, &sign)) {
		const bool reached = !a.bounds.low_open && !b.bounds.high_open;
		if (sign > 0 || (sign == 0 && !(or_equal && reached)))
			may &= ~(unsigned)MAY_BE_TRUE;
	}
	if (order(a.bounds.high, b.bounds.low, &sign)) {
		const bool reached = !a.bounds.high_open && !b.bounds.low_open;
		if (sign < 0 || (sign == 0 && (or_equal || !reached)))
			may &= ~(unsigned)MAY_BE_FALSE;
	}
	return may;
}

struct known
known_compare(enum node_kind kind, struct known a, struct known b)
{
	struct known known = { 0 };
	if (a.loose || b.loose) {
		known = known_truth(MAY_BE_TRUE | MAY_BE_FALSE | MAY_BE_NULL);
		if (kind != NODE_EQUAL && kind != NODE_DIFFERENT)
			known.missing = a.missing ? a.missing : b.missing;
		return known;
	}
	switch (kind) {
	case NODE_EQUAL:
		return compare_equal(a, b);
	case NODE_DIFFERENT:
		known = compare_equal(a, b);
		return known_truth((known_may(known, MAY_BE_TRUE) ? MAY_BE_FALSE : 0)
			| (known_may(known, MAY_BE_FALSE) ? MAY_BE_TRUE : 0));
	case NODE_LESS:
	case NODE_LESS_EQUAL:
		known.may = (uint8_t)compare_order(a, b, kind == NODE_LESS_EQUAL);
		break;
	default:
		known.may = (uint8_t)compare_order(b, a, kind == NODE_GREATER_EQUAL);
		break;
	}
	const struct known *missing = known_may(a, MAY_BE_NULL) ? &a : &b;
	if (a.may == MAY_BE_NULL || b.may == MAY_BE_NULL)
		known.may = 0;
	if (known_may(*missing, MAY_BE_NULL)) {
		known.may |= MAY_BE_NULL;
		known.missing = a.missing ? a.missing : b.missing;
	}
	return known;
}

/* ---- arithmetic ---- */

typedef bool combine(struct feel_number a, struct feel_number b, struct feel_number *ret_result);

/* The least and the greatest of what the corners give; nothing when one is missing. Rounding keeps
 * their order, so that no result passes them. */
static void
corners(struct known *known, combine *by, struct feel_range a, struct feel_range b)
{
	const struct feel_value left[] = { a.low, a.high }, right[] = { b.low, b.high };
	struct feel_range hull = { 0 };
	for (size_t i = 0; i < 2; i++) {
		for (size_t k = 0; k < 2; k++) {
			struct feel_value corner = { .kind = FEEL_NUMBER };
			if (left[i].kind != FEEL_NUMBER || right[k].kind != FEEL_NUMBER
				|| !by(left[i].number, right[k].number, &corner.number))
				return;
			if (!has(hull.low) || number_compare(corner.number, hull.low.number) < 0)
				hull.low = corner;
			if (!has(hull.high) || number_compare(corner.number, hull.high.number) > 0)
				hull.high = corner;
		}
	}
	known->bounds = hull;
}

static void
sum_bound(struct feel_value a, struct feel_value b, combine *by, struct feel_value *ret_bound)
{
	struct feel_value bound = { .kind = FEEL_NUMBER };
	if (a.kind == FEEL_NUMBER && b.kind == FEEL_NUMBER && by(a.number, b.number, &bound.number))
		*ret_bound = bound;
}

struct known
known_arithmetic(enum node_kind kind, struct known a, struct known b)
{
	struct known known = { .may = MAY_BE_OTHER };
	const struct feel_number zero = number_of_integer(0);
	switch (kind) {
	case NODE_ADD:
		sum_bound(a.bounds.low, b.bounds.low, number_add, &known.bounds.low);
		sum_bound(a.bounds.high, b.bounds.high, number_add, &known.bounds.high);
		break;
	case NODE_SUBTRACT:
		sum_bound(a.bounds.low, b.bounds.high, number_subtract, &known.bounds.low);
		sum_bound(a.bounds.high, b.bounds.low, number_subtract, &known.bounds.high);
		break;
	case NODE_MULTIPLY:
		corners(&known, number_multiply, a.bounds, b.bounds);
		break;
	case NODE_DIVIDE:
		if (b.bounds.low.kind == FEEL_NUMBER && b.bounds.high.kind == FEEL_NUMBER
			&& (number_compare(b.bounds.low.number, zero) > 0 || number_compare(b.bounds.high.number, zero) < 0))
			corners(&known, number_divide, a.bounds, b.bounds);
		break;
	default:
		break;
	}
	known.whole = a.whole && b.whole && (kind == NODE_ADD || kind == NODE_SUBTRACT || kind == NODE_MULTIPLY);
	return known;
}

/* ---- narrowing ---- */

struct known
known_asked(struct known known)
{
	if (known.assumed)
		known.may |= MAY_BE_NULL;
	return known;
}

struct known
known_present(struct known known)
{
	known.assumed = false;
	known.may &= (uint8_t)~MAY_BE_NULL;
	known.missing = NULL;
	return known;
}

static struct known
narrow_equal(struct known known, struct known other)
{
	if (!known_may(other, MAY_BE_NULL))
		known = known_present(known);
	if (!known_may(other, MAY_BE_OTHER))
		known.may &= (uint8_t)~MAY_BE_OTHER;
	known.may &= (uint8_t)(other.may | ~(MAY_BE_TRUE | MAY_BE_FALSE));
	raise_low(&known.bounds, other.bounds.low, other.bounds.low_open);
	lower_high(&known.bounds, other.bounds.high, other.bounds.high_open);
	if (known.words_of)
		known.words &= words_among(known.words_of, other);
	return known;
}

static struct known
narrow_different(struct known known, struct known other)
{
	struct feel_value value;
	int sign;
	if (other.may == MAY_BE_NULL)
		return known_present(known);
	if (!known_is_single(other, &value))
		return known;
	if (value.kind == FEEL_BOOLEAN)
		known.may &= (uint8_t)~(value.boolean ? MAY_BE_TRUE : MAY_BE_FALSE);
	if (known.words_of && value.kind == FEEL_STRING)
		known.words &= ~word_bit(known.words_of, value.string);
	known.bounds.low_open |= order(known.bounds.low, value, &sign) && sign == 0;
	known.bounds.high_open |= order(known.bounds.high, value, &sign) && sign == 0;
	return known;
}

struct known
known_narrow(struct known known, enum node_kind kind, struct known other, bool denied)
{
	static const uint8_t denials[] = {
		[NODE_EQUAL] = NODE_DIFFERENT, [NODE_DIFFERENT] = NODE_EQUAL, [NODE_LESS] = NODE_GREATER_EQUAL,
		[NODE_LESS_EQUAL] = NODE_GREATER, [NODE_GREATER] = NODE_LESS_EQUAL, [NODE_GREATER_EQUAL] = NODE_LESS,
	};
	const enum node_kind held = denied ? denials[kind] : kind;
	if (known.loose || other.loose)
		return held == NODE_DIFFERENT && other.may == MAY_BE_NULL ? known_present(known) : known;
	switch (held) {
	case NODE_EQUAL:
		known = narrow_equal(known, other);
		break;
	case NODE_DIFFERENT:
		known = narrow_different(known, other);
		break;
	case NODE_LESS:
	case NODE_LESS_EQUAL:
		lower_high(&known.bounds, other.bounds.high, other.bounds.high_open || held == NODE_LESS);
		break;
	default:
		raise_low(&known.bounds, other.bounds.low, other.bounds.low_open || held == NODE_GREATER);
		break;
	}
	settle(&known);
	return known;
}

bool
known_admits(struct known known, struct feel_value value)
{
	int sign;
	const struct feel_range *bounds = &known.bounds;
	if (known.loose)
		return true;
	if (value.kind == FEEL_NULL)
		return known_may(known, MAY_BE_NULL);
	if (value.kind == FEEL_BOOLEAN)
		return known_may(known, value.boolean ? MAY_BE_TRUE : MAY_BE_FALSE);
	return known_may(known, MAY_BE_OTHER)
		&& (!order(bounds->low, value, &sign) || sign < 0 || (sign == 0 && !bounds->low_open))
		&& (!order(value, bounds->high, &sign) || sign < 0 || (sign == 0 && !bounds->high_open))
		&& (!known.whole || value.kind != FEEL_NUMBER || number_is_whole(value.number))
		&& (!known.words_of || value.kind != FEEL_STRING || (known.words & word_bit(known.words_of, value.string)));
}
