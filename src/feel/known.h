/* What is known of a value before it is evaluated: whether it may be null, true or false, between
 * which bounds, among which words. Everything here errs on one side: what is not certain is possible.
 * Inside of feel/. */
#pragma once

#include "feel/node.h"

enum may {
	MAY_BE_NULL = 1,
	MAY_BE_TRUE = 2,
	MAY_BE_FALSE = 4,
	MAY_BE_OTHER = 8, /* any other value, within the bounds and the words */
	MAY_BE_ANYTHING = 15,
};

struct known {
	uint8_t may;
	bool whole;                      /* of numbers */
	bool assumed;                    /* not null because its type says so: it may still be asked for */
	bool loose;                      /* of no known kind: comparing it may give null, and says nothing */
	const struct node *missing;      /* what makes it null, when that is worth telling */
	const struct node *empty;        /* what makes a list empty, when that is worth telling */
	struct feel_range bounds;        /* a bound that is null is absent */
	const struct feel_type *words_of; /* whose words are numbered by `words`; NULL: any text */
	uint64_t words;                  /* the possible ones */
};

/* What the type says of its values; `node` is what may be missing. */
struct known known_of_type(const struct feel_type *type, const struct node *node);
struct known known_of_value(struct feel_value value);
struct known known_truth(unsigned may);

static inline bool
known_may(struct known known, enum may may)
{
	return (known.may & may) != 0;
}

/* One value only, which is not null. */
bool known_is_single(struct known known, struct feel_value *ret_value);
/* One or the other. */
struct known known_join(struct known a, struct known b);

/* The least of the two, or the greatest. */
struct known known_extreme(struct known a, struct known b, bool least);

/* What a comparison of two values gives: bits of `may`, and what may be missing. */
struct known known_compare(enum node_kind kind, struct known a, struct known b);
/* Of numbers: sums, differences, products, quotients. */
struct known known_arithmetic(enum node_kind kind, struct known a, struct known b);

/* The value once it is certain that it compares so with the other (`kind`) or, `denied`, that it does
 * not. May be left with no possible value. */
struct known known_narrow(struct known known, enum node_kind kind, struct known other, bool denied);
/* The value when it is asked whether it is null: in a draft, what must be there may not be yet. */
struct known known_asked(struct known known);
/* The value once it is certain that it is not null. */
struct known known_present(struct known known);
/* True when no value is both at least `low` and at most `high`. */
bool known_is_inverted(struct known low, bool low_open, struct known high, bool high_open);

/* What is known of the value of an expression (doubt.c). False without memory. `given` may be NULL. */
[[nodiscard]] bool known_of_feel(const struct feel *feel, const struct feel_given *given,
	struct known *ret_known);
/* True when the value is one of those: for tests. */
bool known_admits(struct known known, struct feel_value value);
