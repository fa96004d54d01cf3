/* Decimal arithmetic of FEEL: IEEE 754 decimal128, 34 digits, half-even, on Intel's library.
 * A result that is not finite has no value: the functions return false. Inside of feel/. */
#pragma once

#include "feel/value.h"

struct feel_number number_of_integer(int64_t integer);
[[nodiscard]] bool number_to_integer(struct feel_number number,
	int64_t *ret_integer); /* whole and in range */
bool number_is_whole(struct feel_number number);
bool number_is_zero(struct feel_number number);
bool number_is_negative(struct feel_number number);

struct feel_number number_negate(struct feel_number number);
struct feel_number number_absolute(struct feel_number number);
[[nodiscard]] bool number_add(struct feel_number a, struct feel_number b, struct feel_number *ret_sum);
[[nodiscard]] bool number_subtract(struct feel_number a, struct feel_number b,
	struct feel_number *ret_difference);
[[nodiscard]] bool number_multiply(struct feel_number a, struct feel_number b,
	struct feel_number *ret_product);
[[nodiscard]] bool number_divide(struct feel_number a, struct feel_number b,
	struct feel_number *ret_quotient);
[[nodiscard]] bool number_power(struct feel_number base, struct feel_number exponent,
	struct feel_number *ret_power);
/* dividend - divisor * floor(dividend / divisor): the sign of the divisor. */
[[nodiscard]] bool number_modulo(struct feel_number a, struct feel_number b, struct feel_number *ret_modulo);
[[nodiscard]] bool number_root(struct feel_number number, struct feel_number *ret_root);
[[nodiscard]] bool number_exp(struct feel_number number, struct feel_number *ret_exp);
[[nodiscard]] bool number_log(struct feel_number number, struct feel_number *ret_log);

bool number_equal(struct feel_number a, struct feel_number b);
int number_compare(struct feel_number a, struct feel_number b);

enum number_rounding { ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEILING, ROUND_DOWN, ROUND_HALF_UP, ROUND_UP,
	ROUND_HALF_DOWN };
/* To `scale` decimals (negative: tens, hundreds…); scale within -6111..6176. */
[[nodiscard]] bool number_round(struct feel_number number, int scale, enum number_rounding rounding,
	struct feel_number *ret_rounded);

/* The whole of `text`: digits, an optional point, an optional exponent, an optional minus sign. */
[[nodiscard]] bool number_read(struct text text, struct feel_number *ret_number);
enum { NUMBER_TEXT_SIZE = 80 };
/* Writes the canonical text and returns its length. */
size_t number_write(struct feel_number number, char text[NUMBER_TEXT_SIZE]);
