/* Builtins on numbers, booleans and conversions to numbers (§10.3.4.5). */
#include "feel/builtin_all.h"

#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

static bool
is_separator(struct feel_value value, struct text allowed)
{
	if (value.kind == FEEL_NULL)
		return true;
	return value.string.length == 1 && memchr(allowed.at, value.string.at[0], allowed.length);
}

BUILTIN(number_of_text_with)
{
	const struct feel_value group = arguments[1], decimal = arguments[2];
	char copy[256];
	size_t length = 0;
	if (!is_separator(group, TEXT(" ,.")) || !is_separator(decimal, TEXT(",."))
		|| (group.kind == FEEL_STRING && decimal.kind == FEEL_STRING
			&& text_equal(group.string, decimal.string)))
		return feel_null(TEXT("séparateurs de nombre inconnus"));
	for (size_t i = 0; i < arguments[0].string.length && length < sizeof copy; i++) {
		const char c = arguments[0].string.at[i];
		if (group.kind == FEEL_STRING && c == group.string.at[0])
			continue;
		if (decimal.kind == FEEL_STRING ? c == decimal.string.at[0] : c == '.')
			copy[length++] = '.';
		else
			copy[length++] = c == '.' ? '?' : c;
	}
	struct feel_value value;
	return length < sizeof copy && feel_number_read((struct text){ copy, length }, &value) ? value
		: evaluation_null(evaluation, "« " TEXT_FORMAT " » n’est pas un nombre",
		TEXT_ARGS(arguments[0].string));
}

BUILTIN(not_of)
{
	struct feel_value value = arguments[0];
	(void)evaluation;
	if (value.kind == FEEL_LIST && value.list.count == 1)
		value = value.list.at[0];
	return value.kind == FEEL_BOOLEAN ? feel_boolean(!value.boolean)
		: value.kind == FEEL_NULL && value.reason.length ? value
		: feel_null(TEXT("« not » d’une valeur ni vraie ni fausse"));
}

static struct feel_value
round_to(struct feel_value number, struct feel_value scale, enum number_rounding rounding)
{
	int64_t digits = 0;
	struct feel_number rounded, whole;
	if (scale.kind == FEEL_NUMBER && (!number_round(scale.number, 0, ROUND_DOWN, &whole)
		|| !number_to_integer(whole, &digits)))
		digits = INT64_MAX;
	if (scale.kind == FEEL_NULL && !is_absent(scale))
		return scale;
	if (digits < -6111 || digits > 6176 || !number_round(number.number, (int)digits, rounding, &rounded))
		return feel_null(TEXT("arrondi impossible"));
	return feel_of_number(rounded);
}

BUILTIN(decimal) { (void)evaluation; return round_to(arguments[0], arguments[1], ROUND_HALF_EVEN); }
BUILTIN(floor_of) { (void)evaluation; return round_to(arguments[0], arguments[1], ROUND_FLOOR); }
BUILTIN(ceiling_of) { (void)evaluation; return round_to(arguments[0], arguments[1], ROUND_CEILING); }
BUILTIN(round_up) { (void)evaluation; return round_to(arguments[0], arguments[1], ROUND_UP); }
BUILTIN(round_down) { (void)evaluation; return round_to(arguments[0], arguments[1], ROUND_DOWN); }
BUILTIN(round_half_up) { (void)evaluation; return round_to(arguments[0], arguments[1], ROUND_HALF_UP); }
BUILTIN(round_half_down) { (void)evaluation; return round_to(arguments[0], arguments[1], ROUND_HALF_DOWN); }

BUILTIN(absolute)
{
	struct feel_value value = arguments[0];
	(void)evaluation;
	if (value.kind == FEEL_NUMBER)
		value.number = number_absolute(value.number);
	else if (value.kind == FEEL_YEARS_MONTHS && value.months < 0 && value.months != INT64_MIN)
		value.months = -value.months;
	else if (value.kind == FEEL_DAYS_TIME && value.nanoseconds < 0)
		value.nanoseconds = (feel_nanoseconds)-(unsigned __int128)value.nanoseconds;
	return value;
}

BUILTIN(modulo)
{
	struct feel_value value = { .kind = FEEL_NUMBER };
	(void)evaluation;
	return number_modulo(arguments[0].number, arguments[1].number, &value.number) ? value
		: feel_null(TEXT("reste d’une division par zéro"));
}

BUILTIN(square_root)
{
	struct feel_value value = { .kind = FEEL_NUMBER };
	(void)evaluation;
	return number_root(arguments[0].number, &value.number) ? value
		: feel_null(TEXT("racine d’un nombre négatif"));
}

BUILTIN(logarithm)
{
	struct feel_value value = { .kind = FEEL_NUMBER };
	(void)evaluation;
	return number_log(arguments[0].number, &value.number) ? value
		: feel_null(TEXT("logarithme d’un nombre négatif ou nul"));
}

BUILTIN(exponential)
{
	struct feel_value value = { .kind = FEEL_NUMBER };
	(void)evaluation;
	return number_exp(arguments[0].number, &value.number) ? value : feel_null(TEXT("résultat trop grand"));
}

static struct feel_value
has_parity(struct feel_value number, int64_t parity)
{
	struct feel_number rest;
	int64_t whole;
	if (!number_modulo(number.number, number_of_integer(2), &rest))
		return feel_null(TEXT(""));
	return feel_boolean(number_to_integer(rest, &whole) && whole == parity);
}

BUILTIN(is_odd) { (void)evaluation; return has_parity(arguments[0], 1); }
BUILTIN(is_even) { (void)evaluation; return has_parity(arguments[0], 0); }
