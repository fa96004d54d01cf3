/* See number.h. The Intel library's functions take values, a rounding mode and a place
 * for flags (its "000" variant). */
#include "feel/number.h"

#include <stdio.h>

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
#include <bid_functions.h>

#include "base/banned.h"

enum { HALF_EVEN = BID_ROUNDING_TO_NEAREST };

static inline BID_UINT128
bid(struct feel_number number)
{
	return (BID_UINT128){ { number.words[0], number.words[1] } };
}

static inline struct feel_number
unbid(BID_UINT128 number)
{
	return (struct feel_number){ { number.w[0], number.w[1] } };
}

/* Infinities and NaNs have the four bits 1111 after the sign. */
static inline bool
keep(BID_UINT128 result, struct feel_number *ret_number)
{
	if ((result.w[BID_HIGH_128W] & 0x7800000000000000u) == 0x7800000000000000u)
		return false;
	*ret_number = unbid(result);
	return true;
}

struct feel_number
number_of_integer(int64_t integer)
{
	return unbid(bid128_from_int64(integer));
}

bool
number_to_integer(struct feel_number number, int64_t *ret_integer)
{
	_IDEC_flags flags = 0;
	const int64_t integer = bid128_to_int64_xint(bid(number), &flags);
	if (flags)
		return false; /* inexact or out of range */
	*ret_integer = integer;
	return true;
}

bool
number_is_zero(struct feel_number number)
{
	return bid128_isZero(bid(number));
}

bool
number_is_negative(struct feel_number number)
{
	return bid128_isSigned(bid(number)) && !number_is_zero(number);
}

bool
number_is_whole(struct feel_number number)
{
	_IDEC_flags flags = 0;
	const BID_UINT128 whole = bid128_round_integral_zero(bid(number), &flags);
	return bid128_quiet_equal(whole, bid(number), &flags);
}

struct feel_number
number_negate(struct feel_number number)
{
	return number_is_zero(number) ? number : unbid(bid128_negate(bid(number)));
}

struct feel_number
number_absolute(struct feel_number number)
{
	return unbid(bid128_abs(bid(number)));
}

bool
number_add(struct feel_number a, struct feel_number b, struct feel_number *ret_sum)
{
	_IDEC_flags flags = 0;
	return keep(bid128_add(bid(a), bid(b), HALF_EVEN, &flags), ret_sum);
}

bool
number_subtract(struct feel_number a, struct feel_number b, struct feel_number *ret_difference)
{
	_IDEC_flags flags = 0;
	return keep(bid128_sub(bid(a), bid(b), HALF_EVEN, &flags), ret_difference);
}

bool
number_multiply(struct feel_number a, struct feel_number b, struct feel_number *ret_product)
{
	_IDEC_flags flags = 0;
	return keep(bid128_mul(bid(a), bid(b), HALF_EVEN, &flags), ret_product);
}

bool
number_divide(struct feel_number a, struct feel_number b, struct feel_number *ret_quotient)
{
	_IDEC_flags flags = 0;
	return keep(bid128_div(bid(a), bid(b), HALF_EVEN, &flags), ret_quotient);
}

bool
number_power(struct feel_number base, struct feel_number exponent, struct feel_number *ret_power)
{
	_IDEC_flags flags = 0;
	int64_t times;
	if (!number_to_integer(exponent, &times) || times > 9999 || times < -9999)
		return keep(bid128_pow(bid(base), bid(exponent), HALF_EVEN, &flags), ret_power);
	/* Exact as long as the digits last, which the logarithms of the library are not. */
	BID_UINT128 power = bid128_from_int64(1), square = bid(base);
	for (uint64_t left = (uint64_t)(times < 0 ? -times : times); left; left >>= 1) {
		if (left & 1)
			power = bid128_mul(power, square, HALF_EVEN, &flags);
		if (left > 1)
			square = bid128_mul(square, square, HALF_EVEN, &flags);
	}
	if (times < 0)
		power = bid128_div(bid128_from_int64(1), power, HALF_EVEN, &flags);
	return keep(power, ret_power);
}

bool
number_modulo(struct feel_number a, struct feel_number b, struct feel_number *ret_modulo)
{
	if (number_is_zero(b))
		return false;
	_IDEC_flags flags = 0;
	BID_UINT128 rest = bid128_fmod(bid(a), bid(b), &flags); /* exact, with the sign of the dividend */
	if (!bid128_isZero(rest) && bid128_isSigned(rest) != bid128_isSigned(bid(b)))
		rest = bid128_add(rest, bid(b), HALF_EVEN, &flags);
	return keep(rest, ret_modulo);
}

bool
number_root(struct feel_number number, struct feel_number *ret_root)
{
	_IDEC_flags flags = 0;
	return keep(bid128_sqrt(bid(number), HALF_EVEN, &flags), ret_root);
}

bool
number_exp(struct feel_number number, struct feel_number *ret_exp)
{
	_IDEC_flags flags = 0;
	return keep(bid128_exp(bid(number), HALF_EVEN, &flags), ret_exp);
}

bool
number_log(struct feel_number number, struct feel_number *ret_log)
{
	_IDEC_flags flags = 0;
	if (number_is_zero(number) || number_is_negative(number))
		return false;
	return keep(bid128_log(bid(number), HALF_EVEN, &flags), ret_log);
}

bool
number_equal(struct feel_number a, struct feel_number b)
{
	_IDEC_flags flags = 0;
	return bid128_quiet_equal(bid(a), bid(b), &flags);
}

int
number_compare(struct feel_number a, struct feel_number b)
{
	_IDEC_flags flags = 0;
	if (bid128_quiet_less(bid(a), bid(b), &flags))
		return -1;
	return !bid128_quiet_equal(bid(a), bid(b), &flags);
}

bool
number_round(struct feel_number number, int scale, enum number_rounding rounding,
	struct feel_number *ret_rounded)
{
	_IDEC_flags flags = 0;
	const bool negative = bid128_isSigned(bid(number));
	/* Already coarser than asked: nothing to do (and a finer quantum may not fit in 34 digits). */
	const BID_UINT128 value = bid(number);
	if (bid128_quantexp(value, &flags) >= -scale) {
		*ret_rounded = number;
		return true;
	}
	_IDEC_round mode = BID_ROUNDING_TO_NEAREST;
	switch (rounding) {
	case ROUND_HALF_EVEN: mode = BID_ROUNDING_TO_NEAREST; break;
	case ROUND_FLOOR:     mode = BID_ROUNDING_DOWN; break;
	case ROUND_CEILING:   mode = BID_ROUNDING_UP; break;
	case ROUND_DOWN:
	case ROUND_HALF_DOWN: mode = BID_ROUNDING_TO_ZERO; break;
	case ROUND_HALF_UP:   mode = BID_ROUNDING_TIES_AWAY; break;
	case ROUND_UP:        mode = negative ? BID_ROUNDING_DOWN : BID_ROUNDING_UP; break;
	}
	const BID_UINT128 one = bid128_from_int64(1);
	const BID_UINT128 quantum = bid128_scalbn(one, -scale, HALF_EVEN, &flags);
	BID_UINT128 rounded = bid128_quantize(value, quantum, mode, &flags);
	if (rounding == ROUND_HALF_DOWN) {
		/* Cut towards zero, then away when what was cut is more than half a quantum. */
		const BID_UINT128 cut = bid128_abs(bid128_sub(value, rounded, HALF_EVEN, &flags));
		const BID_UINT128 half = bid128_mul(quantum, bid128_from_string("0.5", HALF_EVEN, &flags), HALF_EVEN,
			&flags);
		if (bid128_quiet_greater(cut, half, &flags))
			rounded = bid128_add(rounded, negative ? bid128_negate(quantum) : quantum, HALF_EVEN, &flags);
	}
	struct feel_number result;
	if (!keep(rounded, &result))
		return false;
	*ret_rounded = number_is_zero(result) ? number_absolute(result) : result;
	return true;
}

bool
number_read(struct text text, struct feel_number *ret_number)
{
	char copy[256];
	size_t at = 0, digits = 0;
	if (text.length >= sizeof copy || text.length == 0)
		return false;
	if (text.at[at] == '-')
		at++;
	for (; at < text.length && text.at[at] >= '0' && text.at[at] <= '9'; at++)
		digits++;
	if (at < text.length && text.at[at] == '.')
		for (at++; at < text.length && text.at[at] >= '0' && text.at[at] <= '9'; at++)
			digits++;
	if (digits == 0)
		return false;
	if (at < text.length && (text.at[at] == 'e' || text.at[at] == 'E')) {
		if (++at < text.length && (text.at[at] == '+' || text.at[at] == '-'))
			at++;
		const size_t first = at;
		while (at < text.length && text.at[at] >= '0' && text.at[at] <= '9')
			at++;
		if (at == first || at - first > 9)
			return false;
	}
	if (at != text.length)
		return false;
	memcpy(copy, text.at, text.length);
	copy[text.length] = '\0';
	_IDEC_flags flags = 0;
	return keep(bid128_from_string(copy, HALF_EVEN, &flags), ret_number);
}

size_t
number_write(struct feel_number number, char text[NUMBER_TEXT_SIZE])
{
	/* "+8762E-2": sign, coefficient, exponent. */
	char raw[64];
	_IDEC_flags flags = 0;
	bid128_to_string(raw, bid(number), &flags);
	const char *digits = raw + 1;
	const char *e = strchr(digits, 'E');
	if (number_is_zero(number) || !e)
		return (size_t)snprintf(text, NUMBER_TEXT_SIZE, "0");
	size_t count = (size_t)(e - digits);
	int exponent = 0;
	for (const char *c = e + 2; *c; c++)
		exponent = exponent * 10 + (*c - '0');
	if (e[1] == '-')
		exponent = -exponent;
	while (count > 1 && digits[count - 1] == '0')
		count--, exponent++;
	while (count > 1 && *digits == '0')
		digits++, count--;
	const int point = (int)count + exponent; /* digits before the point */
	size_t out = 0;
	if (raw[0] == '-')
		text[out++] = '-';
	if (point > 40 || point < -30) {
		text[out++] = digits[0];
		if (count > 1)
			text[out++] = '.';
		memcpy(text + out, digits + 1, count - 1);
		out += count - 1;
		return out + (size_t)snprintf(text + out, NUMBER_TEXT_SIZE - out, "e%d", point - 1);
	}
	if (point <= 0) {
		text[out++] = '0';
		text[out++] = '.';
		for (int i = point; i < 0; i++)
			text[out++] = '0';
	}
	for (int i = 0; i < (int)count || i < point; i++) {
		if (i == point && point > 0)
			text[out++] = '.';
		text[out++] = i < (int)count ? digits[i] : '0';
	}
	text[out] = '\0';
	return out;
}
