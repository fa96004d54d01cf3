/* Builtins of ours on the days of a calendar (base/calendar.h): working days, delays, school.
 *
 * Delays are those of the code of civil procedure, art. 640 to 642, whose reckoning the counters of the
 * administration follow: the day of the act does not count; a delay in months or years ends on the day of the
 * last month that has the same number, or on its last day; it ends at the end of that day. A delay of clear
 * days (francs) counts neither its first nor its last day: one may act until the day after.
 *
 * Whether a delay that ends on a Sunday goes to Monday (art. 642) depends on who has it: an appeal does; a
 * delay given to the administration, from which silence means something, mostly does not. So that it is never
 * done here by itself: whoever writes the rule says « prorogée ». */
#include "feel/builtin_all.h"

#include "feel/delay.h"
#include "feel/temporal.h"

#include "base/calendar.h"

#include "base/banned.h"

enum { MOST_YEARS = 100, MOST_DAYS = 366 * MOST_YEARS, MOST_HOURS = 24 * MOST_DAYS };

/* ---- counting ---- */

/* Counts the cost of looking at so many days. */
static bool
look_at_days(struct evaluation *evaluation, int64_t days)
{
	return evaluation_steps(evaluation, (unsigned long)days * calendar_cost(evaluation->calendar));
}

static struct feel_value
count_days(struct evaluation *evaluation, const struct feel_value *arguments,
	bool (*counts)(const struct calendar *, struct date))
{
	const int64_t first = date_day_number(arguments[0].date), last = date_day_number(arguments[1].date);
	int64_t count = 0;
	if (last - first > MOST_DAYS)
		return feel_null(TEXT("période de plus de cent ans"));
	if (last >= first && !look_at_days(evaluation, last - first + 1))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	for (int64_t day = first; day <= last; day++)
		count += counts(evaluation->calendar, date_of_day_number(day));
	return feel_integer(count);
}

BUILTIN(working_days) { return count_days(evaluation, arguments, calendar_is_ouvre); }
BUILTIN(open_days) { return count_days(evaluation, arguments, calendar_is_ouvrable); }

BUILTIN(is_working_day)
{
	return look_at_days(evaluation, 1) ? feel_boolean(calendar_is_ouvre(evaluation->calendar, arguments[0].date))
		: evaluation_stop(evaluation, FEEL_TOO_LONG);
}

BUILTIN(is_holiday)
{
	return look_at_days(evaluation, 1) ? feel_boolean(calendar_is_holiday(evaluation->calendar, arguments[0].date))
		: evaluation_stop(evaluation, FEEL_TOO_LONG);
}

BUILTIN(end_of_month)
{
	struct date date = arguments[0].date;
	(void)evaluation;
	date.day = (int8_t)date_days_in_month(date.year, date.month);
	return feel_date(date);
}

/* ---- delays ---- */

enum unit { DAYS, CLEAR_DAYS, OUVRES, OUVRABLES, WEEKS, MONTHS, CLEAR_MONTHS, YEARS, HOURS, UNIT_COUNT };

static const struct text unit_names[UNIT_COUNT] = {
	[DAYS] = TEXT("jours"), [CLEAR_DAYS] = TEXT("jours francs"), [OUVRES] = TEXT("jours ouvrés"),
	[OUVRABLES] = TEXT("jours ouvrables"), [WEEKS] = TEXT("semaines"), [MONTHS] = TEXT("mois"),
	[CLEAR_MONTHS] = TEXT("mois francs"), [YEARS] = TEXT("ans"), [HOURS] = TEXT("heures"),
};

const struct feel_type delay_units = { .kind = FEEL_STRING, .words = unit_names, .word_count = UNIT_COUNT };

static enum unit
unit_find(struct text name)
{
	size_t unit = 0;
	while (unit < UNIT_COUNT && !text_equal(unit_names[unit], name))
		unit++;
	return (enum unit)unit;
}

static struct feel_value
unknown_unit(struct evaluation *evaluation, struct text unit)
{
	return evaluation_null(evaluation, "« " TEXT_FORMAT " » n’est pas une unité de délai : écrivez jours, jours francs, "
		"jours ouvrés, jours ouvrables, semaines, mois, mois francs, ans ou heures", TEXT_ARGS(unit));
}

/* The day that is so many days that count after another; before it when there are fewer than none. */
static struct feel_value
walk_days(struct evaluation *evaluation, struct date start, int64_t count,
	bool (*counts)(const struct calendar *, struct date))
{
	const int64_t first = date_day_number(start), step = count < 0 ? -1 : 1;
	int64_t day = first, left = count * step;
	while (left) {
		day += step;
		if (!look_at_days(evaluation, 1))
			return evaluation_stop(evaluation, FEEL_TOO_LONG);
		if ((day - first) * step > MOST_DAYS)
			return feel_null(TEXT("délai de plus de cent ans"));
		left -= counts(evaluation->calendar, date_of_day_number(day));
	}
	return feel_date(date_of_day_number(day));
}

/* A whole number of units, within a hundred years; else the null that says so. */
static bool
read_count(struct feel_value number, int64_t most, int64_t *ret_count, struct feel_value *ret_null)
{
	if (!feel_to_integer(number, ret_count)) {
		*ret_null = feel_null(TEXT("un délai est un nombre entier"));
		return false;
	}
	*ret_null = feel_null(TEXT("délai de plus de cent ans"));
	return *ret_count >= -most && *ret_count <= most;
}

BUILTIN(delay_of_days)
{
	static const int64_t most[UNIT_COUNT] = { [DAYS] = MOST_DAYS, [CLEAR_DAYS] = MOST_DAYS, [OUVRES] = MOST_DAYS,
		[OUVRABLES] = MOST_DAYS, [WEEKS] = 53 * MOST_YEARS, [MONTHS] = 12 * MOST_YEARS,
		[CLEAR_MONTHS] = 12 * MOST_YEARS, [YEARS] = MOST_YEARS };
	const struct date start = arguments[0].date;
	const enum unit unit = unit_find(arguments[2].string);
	struct feel_value value;
	int64_t count;
	if (unit == UNIT_COUNT)
		return unknown_unit(evaluation, arguments[2].string);
	if (unit == HOURS)
		return feel_null(TEXT("un délai en heures part d’une date avec heure"));
	if (!read_count(arguments[1], most[unit], &count, &value))
		return value;
	/* Counted back, a clear delay ends the day before: "at least three clear days before". */
	const int64_t clear = count < 0 ? -1 : 1;
	struct date end = start;
	switch (unit) {
	case OUVRES: return walk_days(evaluation, start, count, calendar_is_ouvre);
	case OUVRABLES: return walk_days(evaluation, start, count, calendar_is_ouvrable);
	case DAYS: end = date_add_days(start, count); break;
	case CLEAR_DAYS: end = date_add_days(start, count + clear); break;
	case WEEKS: end = date_add_days(start, 7 * count); break;
	case MONTHS: end = date_add_months(start, count); break;
	case CLEAR_MONTHS: end = date_add_days(date_add_months(start, count), clear); break;
	case YEARS: end = date_add_months(start, 12 * count); break;
	case HOURS:
	case UNIT_COUNT: break;
	}
	return temporal_date_is_valid(end) ? feel_date(end) : feel_null(TEXT("date trop lointaine"));
}

BUILTIN(delay_of_hours)
{
	const enum unit unit = unit_find(arguments[2].string);
	struct feel_value value;
	int64_t count;
	instant start;
	if (unit == UNIT_COUNT)
		return unknown_unit(evaluation, arguments[2].string);
	if (unit != HOURS)
		return evaluation_null(evaluation, "un délai en " TEXT_FORMAT " part d’un jour : écrivez date(…) autour du départ",
			TEXT_ARGS(arguments[2].string));
	if (!read_count(arguments[1], MOST_HOURS, &count, &value))
		return value;
	/* Hours are those that pass: the night of summer time has one less. */
	return feel_to_instant(arguments[0], &start) ? feel_instant(start + count * INSTANT_HOUR)
		: feel_null(TEXT("date trop lointaine"));
}

BUILTIN(prorogued)
{
	struct date date = arguments[0].date;
	for (;; date = date_add_days(date, 1)) {
		if (!look_at_days(evaluation, 1))
			return evaluation_stop(evaluation, FEEL_TOO_LONG);
		if (calendar_may_end_delay(evaluation->calendar, date))
			break;
	}
	return temporal_date_is_valid(date) ? feel_date(date) : feel_null(TEXT("date trop lointaine"));
}

/* ---- school ---- */

/* Why the calendar does not say. */
static struct feel_value
school_null(struct evaluation *evaluation, enum calendar_school school, struct text zone, struct date date)
{
	switch (school) {
	case CALENDAR_NO_SCHOOL: return feel_null(TEXT("le calendrier n’a pas d’année scolaire"));
	case CALENDAR_NO_ZONE: return feel_null(TEXT("le calendrier scolaire a plusieurs zones : dites laquelle"));
	case CALENDAR_UNKNOWN_ZONE:
		return evaluation_null(evaluation, "le calendrier scolaire n’a pas de zone « " TEXT_FORMAT " »",
			TEXT_ARGS(zone.length ? zone : evaluation->calendar->zone));
	default:
		return evaluation_null(evaluation, "le calendrier scolaire ne dit rien du %02d/%02d/%04d", date.day,
			date.month, date.year);
	}
}

BUILTIN(is_in_break)
{
	const struct text zone = feel_text_of(arguments[1]);
	if (!look_at_days(evaluation, 1))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	const enum calendar_school school = calendar_school_on(evaluation->calendar, zone, arguments[0].date);
	return school == CALENDAR_IN_SCHOOL || school == CALENDAR_IN_BREAK ? feel_boolean(school == CALENDAR_IN_BREAK)
		: school_null(evaluation, school, zone, arguments[0].date);
}

BUILTIN(next_rentree)
{
	const struct text zone = feel_text_of(arguments[1]);
	struct date date;
	if (!look_at_days(evaluation, 1))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	const enum calendar_school school = calendar_next_rentree(evaluation->calendar, zone, arguments[0].date, &date);
	if (school == CALENDAR_IN_SCHOOL)
		return feel_date(date);
	return school != CALENDAR_OUTSIDE ? school_null(evaluation, school, zone, arguments[0].date)
		: evaluation_null(evaluation, "le calendrier scolaire n’a pas de rentrée après le %02d/%02d/%04d",
			arguments[0].date.day, arguments[0].date.month, arguments[0].date.year);
}

/* Weeks are blocks of seven days from the first on, whatever its weekday; one is of school when its last day
 * is. That is how a year of work is cut on the weeks that circulars print. */
static struct feel_value
week_of(struct evaluation *evaluation, struct text zone, struct date last, bool *ret_of_school)
{
	if (!look_at_days(evaluation, 1))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	const enum calendar_school school = calendar_school_on(evaluation->calendar, zone, last);
	*ret_of_school = school == CALENDAR_IN_SCHOOL;
	return school == CALENDAR_IN_SCHOOL || school == CALENDAR_IN_BREAK ? feel_boolean(true)
		: school_null(evaluation, school, zone, last);
}

BUILTIN(school_weeks)
{
	const struct text zone = feel_text_of(arguments[2]);
	const int64_t first = date_day_number(arguments[0].date), last = date_day_number(arguments[1].date);
	int64_t count = 0;
	if (last - first > MOST_DAYS)
		return feel_null(TEXT("période de plus de cent ans"));
	for (int64_t end = first + 6; end <= last; end += 7) {
		bool of_school;
		const struct feel_value known = week_of(evaluation, zone, date_of_day_number(end), &of_school);
		if (known.kind == FEEL_NULL)
			return known;
		count += of_school;
	}
	return feel_integer(count);
}

BUILTIN(end_of_school_weeks)
{
	const struct text zone = feel_text_of(arguments[2]);
	int64_t wanted, end = date_day_number(arguments[0].date) - 1;
	struct feel_value known;
	if (!feel_to_integer(arguments[1], &wanted) || wanted < 1)
		return feel_null(TEXT("le nombre de semaines scolaires est un entier, 1 ou plus"));
	/* Ends: every school year does, and beyond it the calendar says nothing. */
	for (int64_t left = wanted;;) {
		bool of_school;
		known = week_of(evaluation, zone, date_of_day_number(end + 7), &of_school);
		if (left == 0 && (known.kind == FEEL_NULL || of_school))
			return evaluation_is_stopped(evaluation) ? known : feel_date(date_of_day_number(end));
		if (known.kind == FEEL_NULL)
			return known;
		left -= of_school;
		end += 7;
	}
}
