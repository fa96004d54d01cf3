/* Builtins on dates, times and durations (§10.3.4.1, §10.3.4.7, §10.3.4.8). */
#include "feel/builtin_all.h"

#include <stdio.h>

#include "feel/temporal.h"

#include "base/banned.h"

BUILTIN(date_of_text)
{
	struct date date;
	return temporal_read_date(arguments[0].string, &date) ? feel_date(date)
		: evaluation_null(evaluation, "« " TEXT_FORMAT " » n’est pas une date : écrivez AAAA-MM-JJ",
			TEXT_ARGS(arguments[0].string));
}

BUILTIN(date_of_point)
{
	(void)evaluation;
	return feel_date(arguments[0].at.date);
}

static bool
small(struct feel_value value, int64_t least, int64_t most, int64_t *ret_value)
{
	return feel_to_integer(value, ret_value) && *ret_value >= least && *ret_value <= most;
}

static bool
date_of_numbers(const struct feel_value *parts, struct date *ret_date)
{
	int64_t year, month, day;
	if (!small(parts[0], -TEMPORAL_MOST_YEAR, TEMPORAL_MOST_YEAR, &year) || !small(parts[1], 1, 12, &month)
		|| !small(parts[2], 1, 31, &day))
		return false;
	*ret_date = (struct date){ (int32_t)year, (int8_t)month, (int8_t)day };
	return temporal_date_is_valid(*ret_date);
}

BUILTIN(date_of_parts)
{
	struct date date;
	(void)evaluation;
	return date_of_numbers(arguments, &date) ? feel_date(date) : feel_null(TEXT("date qui n’existe pas"));
}

BUILTIN(date_time_of_text)
{
	struct feel_value value;
	struct date date;
	const enum temporal_read read = temporal_read_date_time(evaluation->arena, arguments[0].string, &value);
	if (read != TEMPORAL_WRONG)
		return read == TEMPORAL_READ ? value : evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (temporal_read_date(arguments[0].string, &date)) {
		value = (struct feel_value){ .kind = FEEL_DATE_TIME };
		value.at.date = date;
		return value;
	}
	return evaluation_null(evaluation,
		"« " TEXT_FORMAT " » n’est pas une date avec heure : écrivez AAAA-MM-JJTHH:MM:SS",
		TEXT_ARGS(arguments[0].string));
}

BUILTIN(date_time_of_both)
{
	struct feel_value value = arguments[1];
	(void)evaluation;
	value.kind = FEEL_DATE_TIME;
	value.at.date = arguments[0].at.date;
	value.at.time = arguments[1].at.time;
	return value;
}

/* The same day and time, in a named zone. */
static struct feel_value
in_zone(struct evaluation *evaluation, struct feel_value value, struct text zone)
{
	char text[TEMPORAL_TEXT_SIZE];
	const size_t length = temporal_write(value, text);
	const struct text written = arena_format(evaluation->arena, "%.*s@" TEXT_FORMAT, (int)length, text,
		TEXT_ARGS(zone));
	if (!written.at)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	const enum temporal_read read = temporal_read_date_time(evaluation->arena, written, &value);
	if (read == TEMPORAL_FULL)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	return read == TEMPORAL_READ ? value : feel_null(TEXT("fuseau inconnu"));
}

/* An hour, a minute and a second that may have a fraction. */
static bool
time_of_numbers(const struct feel_value *parts, struct feel_time *ret_time)
{
	char text[TEMPORAL_TEXT_SIZE];
	int64_t hour, minute, second;
	struct feel_value fraction;
	if (!small(parts[0], 0, 23, &hour) || !small(parts[1], 0, 59, &minute))
		return false;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 12);
	const struct text seconds = arena ? feel_number_text(arena, parts[2]) : TEXT("x");
	if (!seconds.at || seconds.length > 60)
		return false;
	struct text rest = seconds;
	const struct text whole = text_split(&rest, '.');
	if (!text_to_integer(whole, 0, 59, &second))
		return false;
	const size_t length = (size_t)snprintf(text, sizeof text, "00:00:00%s" TEXT_FORMAT,
		rest.at ? "." : "", TEXT_ARGS(rest));
	if (temporal_read_time(arena, (struct text){ text, length }, &fraction) != TEMPORAL_READ)
		return false;
	*ret_time = (struct feel_time){ (int8_t)hour, (int8_t)minute, (int8_t)second, fraction.at.time.nanosecond };
	return true;
}

static bool
set_offset(struct feel_value *value, struct feel_value offset)
{
	if (offset.kind == FEEL_NULL)
		return true;
	const feel_nanoseconds seconds = offset.nanoseconds / TEMPORAL_SECOND;
	if (seconds > 14 * 3600 || seconds < -14 * 3600)
		return false;
	value->zone = FEEL_OFFSET;
	value->offset = (int32_t)seconds;
	return true;
}

BUILTIN(date_time_of_parts)
{
	struct feel_value value = { .kind = FEEL_DATE_TIME };
	if (!date_of_numbers(arguments, &value.at.date) || !time_of_numbers(arguments + 3, &value.at.time))
		return feel_null(TEXT("date qui n’existe pas"));
	if (arguments[6].kind == FEEL_STRING)
		return in_zone(evaluation, value, arguments[6].string);
	return set_offset(&value, arguments[6]) ? value : feel_null(TEXT("décalage trop grand"));
}

BUILTIN(time_of_text)
{
	struct feel_value value;
	const enum temporal_read read = temporal_read_time(evaluation->arena, arguments[0].string, &value);
	if (read == TEMPORAL_FULL)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	return read == TEMPORAL_READ ? value
		: evaluation_null(evaluation, "« " TEXT_FORMAT " » n’est pas une heure : écrivez HH:MM:SS",
			TEXT_ARGS(arguments[0].string));
}

BUILTIN(time_of_point)
{
	struct feel_value value = arguments[0];
	(void)evaluation;
	value.kind = FEEL_TIME;
	value.at.date = (struct date){ 0 };
	return value;
}

BUILTIN(time_of_parts)
{
	struct feel_value value = { .kind = FEEL_TIME };
	(void)evaluation;
	if (!time_of_numbers(arguments, &value.at.time) || !set_offset(&value, arguments[3]))
		return feel_null(TEXT("heure qui n’existe pas"));
	return value;
}

BUILTIN(duration_of_text)
{
	struct feel_value value;
	return temporal_read_duration(arguments[0].string, &value) ? value
		: evaluation_null(evaluation, "« " TEXT_FORMAT " » n’est pas une durée : écrivez P2M, P10D ou PT4H",
			TEXT_ARGS(arguments[0].string));
}

BUILTIN(months_between)
{
	(void)evaluation;
	return (struct feel_value){ .kind = FEEL_YEARS_MONTHS,
		.months = temporal_months_between(arguments[0], arguments[1]) };
}

BUILTIN(is_same)
{
	const struct feel_value a = arguments[0], b = arguments[1];
	(void)evaluation;
	if (a.kind != b.kind)
		return feel_boolean(false);
	if (a.kind == FEEL_TIME || a.kind == FEEL_DATE_TIME)
		return feel_boolean(date_compare(a.at.date, b.at.date) == 0 && a.at.time.hour == b.at.time.hour
			&& a.at.time.minute == b.at.time.minute && a.at.time.second == b.at.time.second
			&& a.at.time.nanosecond == b.at.time.nanosecond && a.zone == b.zone && a.offset == b.offset
			&& (a.zone != FEEL_NAMED_ZONE || text_equal(*a.zone_name, *b.zone_name)));
	return feel_boolean(feel_is_true(feel_equal(a, b)));
}

BUILTIN(now)
{
	(void)arguments;
	return feel_instant(evaluation->run->now);
}

BUILTIN(today)
{
	(void)arguments;
	return feel_date(date_of_instant(evaluation->run->now, NULL));
}

BUILTIN(day_of_year)
{
	const struct date date = arguments[0].at.date;
	(void)evaluation;
	return feel_integer(date_day_number(date) - date_day_number((struct date){ date.year, 1, 1 }) + 1);
}

BUILTIN(day_of_week)
{
	static const struct text days[] = { TEXT("Monday"), TEXT("Tuesday"), TEXT("Wednesday"), TEXT("Thursday"),
		TEXT("Friday"), TEXT("Saturday"), TEXT("Sunday") };
	(void)evaluation;
	return feel_string(days[date_weekday(arguments[0].at.date) - 1]);
}

BUILTIN(month_of_year)
{
	static const struct text months[] = { TEXT("January"), TEXT("February"), TEXT("March"), TEXT("April"),
		TEXT("May"),
		TEXT("June"), TEXT("July"), TEXT("August"), TEXT("September"), TEXT("October"), TEXT("November"),
		TEXT("December") };
	(void)evaluation;
	return feel_string(months[arguments[0].at.date.month - 1]);
}

BUILTIN(week_of_year)
{
	/* ISO 8601: the week belongs to the year of its Thursday. */
	const struct date date = arguments[0].at.date;
	const struct date thursday = date_add_days(date, 4 - date_weekday(date));
	(void)evaluation;
	const int64_t day = date_day_number(thursday) - date_day_number((struct date){ thursday.year, 1, 1 });
	return feel_integer(day / 7 + 1);
}
