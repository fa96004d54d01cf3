/* See date.h. */
#include "base/date.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <unicode/ucal.h>

#include "base/banned.h"

/* ---- the calendar: days counted from 1 March 0000 in eras of 400 years ---- */

int64_t
date_day_number(struct date date)
{
	const int64_t year = (int64_t)date.year - (date.month <= 2);
	const int64_t era = (year >= 0 ? year : year - 399) / 400;
	const int64_t year_of_era = year - era * 400;
	const int64_t month = (date.month + 9) % 12;
	const int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

struct date
date_of_day_number(int64_t number)
{
	number += 719468;
	const int64_t era = (number >= 0 ? number : number - 146096) / 146097;
	const int64_t day = number - era * 146097;
	const int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	const int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
	const int64_t month = (5 * day_of_year + 2) / 153;
	const int civil = (int)(month < 10 ? month + 3 : month - 9);
	return (struct date){ (int32_t)(year + era * 400 + (civil <= 2)), (int8_t)civil,
		(int8_t)(day_of_year - (153 * month + 2) / 5 + 1) };
}

int
date_days_in_month(int year, int month)
{
	static const int8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

bool
date_is_valid(struct date date)
{
	return date.year >= -999999 && date.year <= 999999 && date.month >= 1 && date.month <= 12
		&& date.day >= 1 && date.day <= date_days_in_month(date.year, date.month);
}

int
date_compare(struct date a, struct date b)
{
	const int64_t difference = date_day_number(a) - date_day_number(b);
	return (difference > 0) - (difference < 0);
}

int
date_weekday(struct date date)
{
	const int64_t number = date_day_number(date) + 3; /* 1970-01-01 was a Thursday */
	return (int)((number % 7 + 7) % 7) + 1;
}

struct date
date_add_days(struct date date, int64_t days)
{
	return date_of_day_number(date_day_number(date) + days);
}

struct date
date_add_months(struct date date, int64_t months)
{
	const int64_t total = (int64_t)date.year * 12 + date.month - 1 + months;
	const int64_t year = (total >= 0 ? total : total - 11) / 12;
	struct date moved = { (int32_t)year, (int8_t)(total - year * 12 + 1), date.day };
	const int last = date_days_in_month(moved.year, moved.month);
	if (moved.day > last)
		moved.day = (int8_t)last;
	return moved;
}

struct date
date_easter(int year)
{
	/* The Gregorian computus, in Butcher's form. */
	const int a = year % 19, b = year / 100, c = year % 100;
	const int d = b / 4, e = b % 4, g = (8 * b + 13) / 25;
	const int h = (19 * a + b - d - g + 15) % 30;
	const int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	const int m = (a + 11 * h + 19 * l) / 433;
	const int month = (h + l - 7 * m + 90) / 25;
	return (struct date){ year, (int8_t)month, (int8_t)((h + l - 7 * m + 33 * month + 19) % 32) };
}

/* Those without a year are older than any delay counted here. The holiday of 8 May that the law made from
 * 1953 to 1959 is left out. */
static const struct holiday {
	int8_t month, day;   /* of a fixed one */
	int8_t after_easter; /* days, when month is 0 */
	struct text name;
	int16_t since;       /* the first year of it */
} holidays[] = {
	{ 1, 1, 0, { "jour de l’an", sizeof "jour de l’an" - 1 }, 0 },
	{ 0, 0, 1, { "lundi de Pâques", sizeof "lundi de Pâques" - 1 }, 1886 },
	{ 5, 1, 0, { "fête du Travail", sizeof "fête du Travail" - 1 }, 1947 },
	{ 5, 8, 0, { "victoire de 1945", sizeof "victoire de 1945" - 1 }, 1982 },
	{ 0, 0, 39, { "Ascension", sizeof "Ascension" - 1 }, 0 },
	{ 0, 0, 50, { "lundi de Pentecôte", sizeof "lundi de Pentecôte" - 1 }, 1886 },
	{ 7, 14, 0, { "fête nationale", sizeof "fête nationale" - 1 }, 1880 },
	{ 8, 15, 0, { "Assomption", sizeof "Assomption" - 1 }, 0 },
	{ 11, 1, 0, { "Toussaint", sizeof "Toussaint" - 1 }, 0 },
	{ 11, 11, 0, { "armistice de 1918", sizeof "armistice de 1918" - 1 }, 1922 },
	{ 12, 25, 0, { "Noël", sizeof "Noël" - 1 }, 0 },
};

struct text
date_holiday_name(struct date date)
{
	const int64_t since_easter = date_day_number(date) - date_day_number(date_easter(date.year));
	for (size_t i = 0; i < sizeof holidays / sizeof *holidays; i++) {
		const struct holiday *holiday = &holidays[i];
		if (date.year < holiday->since)
			continue;
		if (holiday->month ? holiday->month == date.month && holiday->day == date.day
				: holiday->after_easter == since_easter)
			return holiday->name;
	}
	return (struct text){ 0 };
}

bool
date_is_holiday(struct date date)
{
	return date_holiday_name(date).length > 0;
}

bool
date_is_ouvre(struct date date)
{
	return date_weekday(date) <= 5 && !date_is_holiday(date);
}

bool
date_is_ouvrable(struct date date)
{
	return date_weekday(date) <= 6 && !date_is_holiday(date);
}

/* ---- reading ---- */

static bool
read_parts(struct text year, struct text month, struct text day, struct date *ret_date)
{
	int64_t y, m, d;
	if (year.length != 4 || month.length != 2 || day.length != 2
		|| !text_to_integer(year, 0, 9999, &y) || !text_to_integer(month, 1, 12, &m)
		|| !text_to_integer(day, 1, 31, &d))
		return false;
	const struct date date = { (int32_t)y, (int8_t)m, (int8_t)d };
	if (!date_is_valid(date))
		return false;
	*ret_date = date;
	return true;
}

bool
date_read(struct text text, struct date *ret_date)
{
	return text.length == 10 && text.at[4] == '-' && text.at[7] == '-'
		&& read_parts(text_part(text, 0, 4), text_part(text, 5, 2), text_part(text, 8, 2), ret_date);
}

bool
date_read_french(struct text text, struct date *ret_date)
{
	text = text_trim(text);
	if (date_read(text, ret_date))
		return true;
	struct text rest = text;
	struct text day = text_split(&rest, '/');
	struct text month = text_split(&rest, '/');
	char two[2][2];
	if (day.length == 1)
		day = (struct text){ memcpy(two[0], (char[]){ '0', day.at[0] }, 2), 2 };
	if (month.length == 1)
		month = (struct text){ memcpy(two[1], (char[]){ '0', month.at[0] }, 2), 2 };
	return read_parts(rest, month, day, ret_date);
}

bool
instant_read(struct text text, instant *ret_at)
{
	const bool utc = text_ends(text, TEXT("Z"));
	if (utc)
		text.length--;
	struct date date;
	if (!date_read(text_part(text, 0, 10), &date))
		return false;
	int64_t hour = 0, minute = 0, second = 0;
	if (text.length != 10) {
		if ((text.length != 16 && text.length != 19) || text.at[10] != 'T' || text.at[13] != ':'
			|| !text_to_integer(text_part(text, 11, 2), 0, 23, &hour)
			|| !text_to_integer(text_part(text, 14, 2), 0, 59, &minute))
			return false;
		if (text.length == 19
			&& (text.at[16] != ':' || !text_to_integer(text_part(text, 17, 2), 0, 59, &second)))
			return false;
	}
	if (utc)
		*ret_at = date_day_number(date) * INSTANT_DAY + hour * INSTANT_HOUR + minute * INSTANT_MINUTE
			+ second * INSTANT_SECOND;
	else
		*ret_at = instant_of_paris(date, (struct clock_time){ (int8_t)hour, (int8_t)minute, (int8_t)second, 0 });
	return true;
}

/* ---- Paris: every change of offset from 1900 to 2100, asked from ICU once ---- */

enum { MOST_CHANGES = 600 };

static struct paris {
	int first_offset;
	int count;
	struct change { instant at; int offset; } changes[MOST_CHANGES];
} paris;
static pthread_once_t paris_once = PTHREAD_ONCE_INIT;

static int
icu_offset(UCalendar *calendar, UErrorCode *error)
{
	return (ucal_get(calendar, UCAL_ZONE_OFFSET, error) + ucal_get(calendar, UCAL_DST_OFFSET, error)) / 1000;
}

static void
paris_load(void)
{
	UErrorCode error = U_ZERO_ERROR;
	UCalendar *calendar = ucal_open(u"Europe/Paris", -1, "fr", UCAL_GREGORIAN, &error);
	const UDate start = -2208988800000.0, end = 4133980800000.0;
	ucal_setMillis(calendar, start, &error);
	paris.first_offset = icu_offset(calendar, &error);
	UDate next;
	while (paris.count < MOST_CHANGES
		&& ucal_getTimeZoneTransitionDate(calendar, UCAL_TZ_TRANSITION_NEXT, &next, &error) && next < end) {
		ucal_setMillis(calendar, next, &error);
		paris.changes[paris.count].at = (instant)next * 1000;
		paris.changes[paris.count++].offset = icu_offset(calendar, &error);
	}
	ucal_close(calendar);
	assert(U_SUCCESS(error) && "ICU without time zones");
}

int
paris_offset(instant at)
{
	pthread_once(&paris_once, paris_load);
	int low = 0, high = paris.count; /* the number of changes at or before `at` */
	while (low < high) {
		const int middle = (low + high) / 2;
		if (paris.changes[middle].at <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? paris.changes[low - 1].offset : paris.first_offset;
}

struct date
date_of_instant(instant at, struct clock_time *time)
{
	const int64_t local = at + paris_offset(at) * INSTANT_SECOND;
	const int64_t day = (local >= 0 ? local : local - (INSTANT_DAY - 1)) / INSTANT_DAY;
	if (time) {
		const int64_t rest = local - day * INSTANT_DAY;
		*time = (struct clock_time){ (int8_t)(rest / INSTANT_HOUR), (int8_t)(rest / INSTANT_MINUTE % 60),
			(int8_t)(rest / INSTANT_SECOND % 60), (int32_t)(rest % INSTANT_SECOND) };
	}
	return date_of_day_number(day);
}

instant
instant_of_paris(struct date date, struct clock_time time)
{
	const int64_t local = date_day_number(date) * INSTANT_DAY + time.hour * INSTANT_HOUR
		+ time.minute * INSTANT_MINUTE + time.second * INSTANT_SECOND + time.microsecond;
	/* The offsets of the day before and after bracket any change; the larger one gives
	 * the earlier instant, kept when it is consistent. */
	const int before = paris_offset(local - INSTANT_DAY), after = paris_offset(local + INSTANT_DAY);
	const instant first = local - before * INSTANT_SECOND, second = local - after * INSTANT_SECOND;
	if (paris_offset(first) == before)
		return first;
	if (paris_offset(second) == after)
		return second;
	return first; /* in the skipped hour: as if the clock had not jumped yet */
}

instant
instant_of_day(struct date date)
{
	return instant_of_paris(date, (struct clock_time){ 0 });
}

/* ---- writing ---- */

struct text
date_iso(struct arena *arena, struct date date)
{
	return arena_format(arena, "%04d-%02d-%02d", date.year, date.month, date.day);
}

struct text
date_short(struct arena *arena, struct date date)
{
	return arena_format(arena, "%02d/%02d/%04d", date.day, date.month, date.year);
}

struct text
date_french(struct arena *arena, struct date date, bool with_weekday)
{
	static const char *const months[] = { "janvier", "février", "mars", "avril", "mai", "juin",
		"juillet", "août", "septembre", "octobre", "novembre", "décembre" };
	static const char *const days[] = { "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
		"dimanche" };
	return arena_format(arena, "%s%s%d%s %s %d", with_weekday ? days[date_weekday(date) - 1] : "",
		with_weekday ? " " : "", date.day, date.day == 1 ? "er" : "", months[date.month - 1], date.year);
}

struct text
instant_iso(struct arena *arena, instant at)
{
	const int64_t day = (at >= 0 ? at : at - (INSTANT_DAY - 1)) / INSTANT_DAY;
	const int64_t rest = at - day * INSTANT_DAY;
	const struct date date = date_of_day_number(day);
	return arena_format(arena, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", date.year, date.month, date.day,
		(int)(rest / INSTANT_HOUR), (int)(rest / INSTANT_MINUTE % 60), (int)(rest / INSTANT_SECOND % 60),
		(int)(rest % INSTANT_SECOND));
}

struct text
instant_french(struct arena *arena, instant at)
{
	struct clock_time time;
	const struct date date = date_of_instant(at, &time);
	const struct text day = date_french(arena, date, false);
	return arena_format(arena, TEXT_FORMAT " à %d h %02d", TEXT_ARGS(day), time.hour, time.minute);
}
