/* See calendar.h. */
#include "base/calendar.h"

#include "base/banned.h"

/* ---- territories ---- */

enum { MOST_OWN = 2 };

struct territory {
	struct text name;
	struct {
		int8_t month, day;   /* of a fixed one; day 0: none */
		int8_t after_easter; /* days, when month is 0 */
		int16_t since;       /* the first year of it */
	} own[MOST_OWN];
};

/* Alsace and Moselle: ordinance of 16 August 1892, art. L3134-13 of the labour code; Good Friday is that of
 * communes with a Protestant church. Overseas, the day slavery was abolished: decree 83-1003 of 23 November
 * 1983, art. L3422-2 of the labour code. */
static const struct territory territories[] = {
	{ { "alsace-moselle", 14 }, { { 0, 0, -2, 1893 }, { 12, 26, 0, 1892 } } },
	{ { "guadeloupe", 10 }, { { 5, 27, 0, 1984 } } },
	{ { "guyane", 6 }, { { 6, 10, 0, 1984 } } },
	{ { "la réunion", sizeof "la réunion" - 1 }, { { 12, 20, 0, 1983 } } },
	{ { "martinique", 10 }, { { 5, 22, 0, 1984 } } },
	{ { "mayotte", 7 }, { { 4, 27, 0, 1984 } } },
};
enum { TERRITORY_COUNT = sizeof territories / sizeof *territories };

const struct territory *
territory_find(struct text name)
{
	for (size_t i = 0; i < TERRITORY_COUNT; i++)
		if (text_equal(territories[i].name, name))
			return &territories[i];
	return NULL;
}

const struct text *
territory_names(size_t *ret_count)
{
	static const struct text names[TERRITORY_COUNT] = { { "alsace-moselle", 14 }, { "guadeloupe", 10 },
		{ "guyane", 6 }, { "la réunion", sizeof "la réunion" - 1 }, { "martinique", 10 }, { "mayotte", 7 } };
	*ret_count = TERRITORY_COUNT;
	return names;
}

static bool
is_own_holiday(const struct territory *territory, struct date date)
{
	const int64_t since_easter = date_day_number(date) - date_day_number(date_easter(date.year));
	for (size_t i = 0; i < MOST_OWN; i++)
		if (territory->own[i].since && date.year >= territory->own[i].since
			&& (territory->own[i].month
				? territory->own[i].month == date.month && territory->own[i].day == date.day
				: territory->own[i].after_easter == since_easter))
			return true;
	return false;
}

/* ---- periods ---- */

const struct text calendar_columns[CALENDAR_COLUMNS] = { TEXT("nature"), TEXT("début"), TEXT("fin"), TEXT("zone"),
	TEXT("nom") };

static const struct {
	struct text name;
	enum calendar_kind kind;
	bool of_school;
} kinds[] = {
	{ TEXT("férié"), CALENDAR_HOLIDAY, false },
	{ TEXT("fermé"), CALENDAR_CLOSED, false },
	{ TEXT("travaillé"), CALENDAR_WORKED, false },
	{ TEXT("année scolaire"), CALENDAR_SCHOOL_YEAR, true },
	{ TEXT("vacances"), CALENDAR_BREAK, true },
};

bool
calendar_read_period(const struct text fields[CALENDAR_COLUMNS], struct calendar_period *ret_period,
	size_t *ret_wrong, const char **ret_sentence, const char **ret_remedy)
{
	enum { LONGEST_DAYS = 400 };
	struct date first, last;
	size_t kind = 0;
	while (kind < sizeof kinds / sizeof *kinds && !text_equal(kinds[kind].name, fields[0]))
		kind++;
	*ret_remedy = "écrivez 01/09/2023 ou 2023-09-01";
	if (kind == sizeof kinds / sizeof *kinds) {
		*ret_wrong = 0;
		*ret_sentence = "nature inconnue";
		*ret_remedy = "écrivez férié, fermé, travaillé, année scolaire ou vacances";
		return false;
	}
	if (!date_read_french(fields[1], &first)) {
		*ret_wrong = 1;
		*ret_sentence = "ce début n’est pas une date";
		return false;
	}
	if (fields[2].length == 0) {
		last = first;
	} else if (!date_read_french(fields[2], &last)) {
		*ret_wrong = 2;
		*ret_sentence = "cette fin n’est pas une date";
		return false;
	}
	const struct calendar_period period = { .kind = kinds[kind].kind, .first = date_day_number(first),
		.last = date_day_number(last), .zone = fields[3], .name = fields[4] };
	*ret_wrong = 2;
	if (period.last < period.first) {
		*ret_sentence = "la fin précède le début";
		*ret_remedy = "inversez les deux dates";
		return false;
	}
	if (period.last - period.first > LONGEST_DAYS) {
		*ret_sentence = "cette période dure plus de 400 jours";
		*ret_remedy = "vérifiez les années, ou écrivez une ligne par année";
		return false;
	}
	if (period.zone.length && !kinds[kind].of_school) {
		*ret_wrong = 3;
		*ret_sentence = "seules les années scolaires et les vacances ont une zone";
		*ret_remedy = "laissez cette case vide";
		return false;
	}
	*ret_period = period;
	return true;
}

static bool
is_in(const struct calendar *calendar, enum calendar_kind kind, int64_t day)
{
	for (size_t i = 0; calendar && i < calendar->count; i++) {
		const struct calendar_period *period = &calendar->periods[i];
		if (period->kind == kind && period->first <= day && day <= period->last)
			return true;
	}
	return false;
}

size_t
calendar_cost(const struct calendar *calendar)
{
	return calendar ? 1 + calendar->count : 1;
}

/* ---- days ---- */

bool
calendar_is_holiday(const struct calendar *calendar, struct date date)
{
	return date_is_holiday(date) || (calendar && calendar->territory && is_own_holiday(calendar->territory, date))
		|| is_in(calendar, CALENDAR_HOLIDAY, date_day_number(date));
}

static bool
is_worked(const struct calendar *calendar, struct date date, int last_weekday)
{
	const int64_t day = date_day_number(date);
	return is_in(calendar, CALENDAR_WORKED, day)
		|| (date_weekday(date) <= last_weekday && !calendar_is_holiday(calendar, date)
			&& !is_in(calendar, CALENDAR_CLOSED, day));
}

bool
calendar_is_ouvre(const struct calendar *calendar, struct date date)
{
	return is_worked(calendar, date, 5);
}

bool
calendar_is_ouvrable(const struct calendar *calendar, struct date date)
{
	return is_worked(calendar, date, 6);
}

bool
calendar_may_end_delay(const struct calendar *calendar, struct date date)
{
	return date_weekday(date) <= 5 && !calendar_is_holiday(calendar, date);
}

/* ---- school ---- */

static bool
is_of_zone(const struct calendar_period *period, struct text zone)
{
	return period->zone.length == 0 || text_equal(period->zone, zone);
}

/* CALENDAR_IN_SCHOOL, with the zone to look for, or why one cannot look. */
static enum calendar_school
choose_zone(const struct calendar *calendar, struct text *zone)
{
	bool years = false, zoned = false, known = false;
	if (calendar && zone->length == 0)
		*zone = calendar->zone;
	for (size_t i = 0; calendar && i < calendar->count; i++) {
		years |= calendar->periods[i].kind == CALENDAR_SCHOOL_YEAR;
		zoned |= calendar->periods[i].zone.length > 0;
		known |= calendar->periods[i].zone.length > 0 && text_equal(calendar->periods[i].zone, *zone);
	}
	if (!years)
		return CALENDAR_NO_SCHOOL;
	if (zone->length == 0)
		return zoned ? CALENDAR_NO_ZONE : CALENDAR_IN_SCHOOL;
	return known ? CALENDAR_IN_SCHOOL : CALENDAR_UNKNOWN_ZONE;
}

enum calendar_school
calendar_school_on(const struct calendar *calendar, struct text zone, struct date date)
{
	const int64_t day = date_day_number(date);
	const enum calendar_school chosen = choose_zone(calendar, &zone);
	if (chosen != CALENDAR_IN_SCHOOL)
		return chosen;
	bool known = false, in_break = false;
	for (size_t i = 0; i < calendar->count; i++) {
		const struct calendar_period *period = &calendar->periods[i];
		if (day < period->first || day > period->last || !is_of_zone(period, zone))
			continue;
		known |= period->kind == CALENDAR_SCHOOL_YEAR;
		in_break |= period->kind == CALENDAR_BREAK;
	}
	return !known ? CALENDAR_OUTSIDE : in_break ? CALENDAR_IN_BREAK : CALENDAR_IN_SCHOOL;
}

enum calendar_school
calendar_next_rentree(const struct calendar *calendar, struct text zone, struct date date, struct date *ret_date)
{
	const int64_t day = date_day_number(date);
	int64_t next = INT64_MAX;
	const enum calendar_school chosen = choose_zone(calendar, &zone);
	if (chosen != CALENDAR_IN_SCHOOL)
		return chosen;
	for (size_t i = 0; i < calendar->count; i++) {
		const struct calendar_period *period = &calendar->periods[i];
		if (period->kind == CALENDAR_SCHOOL_YEAR && period->first > day && period->first < next
			&& is_of_zone(period, zone))
			next = period->first;
	}
	if (next == INT64_MAX)
		return CALENDAR_OUTSIDE;
	*ret_date = date_of_day_number(next);
	return CALENDAR_IN_SCHOOL;
}
