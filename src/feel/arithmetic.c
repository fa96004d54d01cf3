/* Arithmetic on values: numbers, durations, dates, and the joining of texts. DMN 1.5, §10.3.2. */
#include "feel/evaluation.h"

#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

struct feel_value
arithmetic_of_numbers(enum node_kind kind, struct feel_number a, struct feel_number b)
{
	struct feel_value value = { .kind = FEEL_NUMBER };
	bool done = false;
	switch (kind) {
	case NODE_ADD: done = number_add(a, b, &value.number); break;
	case NODE_SUBTRACT: done = number_subtract(a, b, &value.number); break;
	case NODE_MULTIPLY: done = number_multiply(a, b, &value.number); break;
	case NODE_DIVIDE:
		if (number_is_zero(b))
			return feel_null(TEXT("division par zéro"));
		done = number_divide(a, b, &value.number);
		break;
	default: done = number_power(a, b, &value.number); break;
	}
	return done ? value : feel_null(TEXT("résultat trop grand ou sans valeur"));
}

static bool
is_duration(struct feel_value value)
{
	return value.kind == FEEL_YEARS_MONTHS || value.kind == FEEL_DAYS_TIME;
}

/* The months, or the nanoseconds, of a duration. */
static bool
amount_of(struct feel_value duration, struct feel_number *ret_amount)
{
	if (duration.kind == FEEL_YEARS_MONTHS) {
		*ret_amount = number_of_integer(duration.months);
		return true;
	}
	/* nanoseconds may pass 64 bits: seconds and the rest apart */
	const feel_nanoseconds seconds = duration.nanoseconds / TEMPORAL_SECOND;
	if (seconds > INT64_MAX || seconds < INT64_MIN)
		return false;
	const struct feel_number rest = number_of_integer((int64_t)(duration.nanoseconds % TEMPORAL_SECOND));
	return number_multiply(number_of_integer((int64_t)seconds), number_of_integer(1000000000), ret_amount)
		&& number_add(*ret_amount, rest, ret_amount);
}

/* A duration multiplied or divided by a number: months are cut towards zero. */
static bool
scale_duration(struct feel_value duration, struct feel_number by, bool divide, struct feel_value *ret_value)
{
	struct feel_number amount, result;
	if (!amount_of(duration, &amount))
		return false;
	if (divide ? number_is_zero(by) || !number_divide(amount, by, &result)
		: !number_multiply(amount, by, &result))
		return false;
	if (!number_round(result, 0, ROUND_DOWN, &result))
		return false;
	int64_t whole;
	if (duration.kind == FEEL_YEARS_MONTHS) {
		if (!number_to_integer(result, &whole) || whole == INT64_MIN)
			return false;
		duration.months = whole;
	} else {
		struct feel_number seconds, rest, billion = number_of_integer(1000000000);
		int64_t rest_whole;
		if (!number_divide(result, billion, &seconds) || !number_round(seconds, 0, ROUND_DOWN, &seconds)
			|| !number_to_integer(seconds, &whole) || !number_multiply(seconds, billion, &rest)
			|| !number_subtract(result, rest, &rest) || !number_to_integer(rest, &rest_whole))
			return false;
		duration.nanoseconds = (feel_nanoseconds)whole * TEMPORAL_SECOND + rest_whole;
	}
	*ret_value = duration;
	return true;
}

static struct feel_value
join(struct evaluation *evaluation, struct text a, struct text b)
{
	char *joined = arena_alloc(evaluation->arena, a.length + b.length + 1);
	if (!joined)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (a.length)
		memcpy(joined, a.at, a.length);
	if (b.length)
		memcpy(joined + a.length, b.at, b.length);
	return feel_string((struct text){ joined, a.length + b.length });
}

static const char *const signs[] = {
	[NODE_ADD] = "+", [NODE_SUBTRACT] = "-", [NODE_MULTIPLY] = "*", [NODE_DIVIDE] = "/", [NODE_POWER] = "**",
};

struct feel_value
arithmetic_of(struct evaluation *evaluation, enum node_kind kind, struct feel_value a, struct feel_value b)
{
	struct feel_value value;
	if (a.kind == FEEL_NUMBER && b.kind == FEEL_NUMBER)
		return arithmetic_of_numbers(kind, a.number, b.number);
	if (a.kind == FEEL_NULL)
		return a;
	if (b.kind == FEEL_NULL)
		return b;
	if (kind == NODE_ADD && a.kind == FEEL_STRING && b.kind == FEEL_STRING)
		return join(evaluation, a.string, b.string);
	bool done = false;
	if (kind == NODE_ADD) {
		done = temporal_add(a, b, &value);
	} else if (kind == NODE_SUBTRACT) {
		done = temporal_subtract(a, b, &value);
	} else if (kind == NODE_MULTIPLY && is_duration(a) && b.kind == FEEL_NUMBER) {
		done = scale_duration(a, b.number, false, &value);
	} else if (kind == NODE_MULTIPLY && is_duration(b) && a.kind == FEEL_NUMBER) {
		done = scale_duration(b, a.number, false, &value);
	} else if (kind == NODE_DIVIDE && is_duration(a) && b.kind == FEEL_NUMBER) {
		done = scale_duration(a, b.number, true, &value);
	} else if (kind == NODE_DIVIDE && is_duration(a) && a.kind == b.kind) {
		struct feel_number left, right;
		if (amount_of(a, &left) && amount_of(b, &right))
			return arithmetic_of_numbers(kind, left, right);
	}
	if (done)
		return value;
	return evaluation_null(evaluation, "« %s » sans valeur entre " TEXT_FORMAT " et " TEXT_FORMAT,
		signs[kind], TEXT_ARGS(feel_kind_french(a.kind)), TEXT_ARGS(feel_kind_french(b.kind)));
}

struct feel_value
arithmetic_negate(struct evaluation *evaluation, struct feel_value value)
{
	if (value.kind == FEEL_NUMBER)
		return feel_of_number(number_negate(value.number));
	if (value.kind == FEEL_YEARS_MONTHS && value.months != INT64_MIN)
		value.months = -value.months;
	else if (value.kind == FEEL_DAYS_TIME)
		value.nanoseconds = (feel_nanoseconds)-(unsigned __int128)value.nanoseconds;
	else if (value.kind != FEEL_NULL)
		return evaluation_null(evaluation, "signe moins devant " TEXT_FORMAT,
			TEXT_ARGS(feel_kind_french(value.kind)));
	return value;
}
