/* Builtins of ours on counters: a sum of dated entries over a period, and the periods that texts use.
 *
 * An entry is a context: `quantité`, `du`, `au` (both days included). One that only partly stands in the period counts
 * for its days that do: five days from Thursday to Wednesday, asked by the week, are 5 × 4/7 then 5 × 3/7. */
#include "feel/builtin_all.h"

#include "base/calendar.h"
#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

/* ---- periods ---- */

static struct feel_value
days(struct evaluation *evaluation, struct date first, struct date last)
{
	struct feel_range *range = arena_new_of(evaluation->arena, struct feel_range);
	if (!range)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (!temporal_date_is_valid(first) || !temporal_date_is_valid(last))
		return feel_null(TEXT("date trop lointaine"));
	*range = (struct feel_range){ .low = feel_date(first), .high = feel_date(last) };
	return (struct feel_value){ .kind = FEEL_RANGE, .range = range };
}

BUILTIN(week_of)
{
	const struct date date = arguments[0].date, monday = date_add_days(date, 1 - date_weekday(date));
	return days(evaluation, monday, date_add_days(monday, 6));
}

BUILTIN(month_of)
{
	struct date first = arguments[0].date, last = first;
	first.day = 1;
	last.day = (int8_t)date_days_in_month(last.year, last.month);
	return days(evaluation, first, last);
}

BUILTIN(year_of)
{
	const int32_t year = arguments[0].date.year;
	return days(evaluation, (struct date){ year, 1, 1 }, (struct date){ year, 12, 31 });
}

BUILTIN(school_year_of)
{
	const struct date date = arguments[0].date;
	const int64_t day = date_day_number(date);
	const struct calendar *calendar = evaluation->calendar;
	const struct text zone = arguments[1].kind == FEEL_STRING ? arguments[1].string : calendar ? calendar->zone : TEXT("");
	if (!evaluation_steps(evaluation, calendar_cost(calendar)))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	for (size_t i = 0; calendar && i < calendar->count; i++) {
		const struct calendar_period *period = &calendar->periods[i];
		if (period->kind == CALENDAR_SCHOOL_YEAR && period->first <= day && day <= period->last
			&& (period->zone.length == 0 || text_equal(period->zone, zone)))
			return days(evaluation, date_of_day_number(period->first), date_of_day_number(period->last));
	}
	return evaluation_null(evaluation, "le calendrier ne dit pas l’année scolaire du %02d/%02d/%04d", date.day, date.month,
		date.year);
}

BUILTIN(sliding)
{
	struct feel_value before;
	if (!temporal_subtract(arguments[0], arguments[1], &before) || before.kind != FEEL_DATE)
		return feel_null(TEXT("date trop lointaine"));
	const struct date first = date_add_days(before.date, 1);
	return date_compare(first, arguments[0].date) > 0 ? feel_null(TEXT("une période glissante dure un jour au moins"))
		: days(evaluation, first, arguments[0].date);
}

/* ---- sums ---- */

/* The days of a range that has both ends. */
static bool
range_days(const struct feel_range *range, int64_t *ret_first, int64_t *ret_last)
{
	if (range->low.kind != FEEL_DATE || range->high.kind != FEEL_DATE)
		return false;
	*ret_first = date_day_number(range->low.date) + range->low_open;
	*ret_last = date_day_number(range->high.date) - range->high_open;
	return true;
}

/* What an entry counts for in those days; false when it is no entry, or too great. */
static bool
part_of(struct feel_value entry, int64_t first, int64_t last, struct feel_number *ret_part, bool *ret_inside)
{
	const struct feel_value quantity = feel_entry_of(entry, TEXT("quantité")), from = feel_entry_of(entry, TEXT("du")),
		until = feel_entry_of(entry, TEXT("au"));
	*ret_inside = false;
	if (quantity.kind != FEEL_NUMBER || from.kind != FEEL_DATE || (until.kind != FEEL_DATE && until.kind != FEEL_NULL))
		return false;
	const int64_t begins = date_day_number(from.date),
		ends = until.kind == FEEL_DATE ? date_day_number(until.date) : begins, whole = ends - begins + 1;
	if (whole < 1)
		return false;
	const int64_t low = begins > first ? begins : first, high = ends < last ? ends : last;
	*ret_part = quantity.number;
	*ret_inside = low <= high;
	if (!*ret_inside || high - low + 1 == whole)
		return true;
	return number_multiply(quantity.number, number_of_integer(high - low + 1), ret_part)
		&& number_divide(*ret_part, number_of_integer(whole), ret_part);
}

static struct feel_value
total_of(struct evaluation *evaluation, struct feel_value entries, int64_t first, int64_t last)
{
	struct feel_number total = number_of_integer(0);
	if (!evaluation_steps(evaluation, entries.list.count))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	for (size_t i = 0; i < entries.list.count; i++) {
		struct feel_number part;
		bool inside;
		if (!part_of(entries.list.at[i], first, last, &part, &inside))
			return feel_null(TEXT("une entrée d’un compteur a une quantité, un premier et un dernier jour"));
		if (!inside)
			continue;
		if (!number_add(total, part, &total))
			return feel_null(TEXT("somme trop grande"));
		if (evaluation->trace) {
			/* Which entries count is what people ask. */
			trace_open(evaluation, TRACE_ITEM, TEXT("entrée"), i + 1, entries.list.at[i]);
			trace_close(evaluation);
		}
	}
	return (struct feel_value){ .kind = FEEL_NUMBER, .number = total };
}

BUILTIN(total_over)
{
	int64_t first, last;
	return range_days(arguments[1].range, &first, &last) ? total_of(evaluation, arguments[0], first, last)
		: feel_null(TEXT("une période a un premier et un dernier jour"));
}

BUILTIN(total) { return total_of(evaluation, arguments[0], INT64_MIN / 4, INT64_MAX / 4); }
