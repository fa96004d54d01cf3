/* Dates and instants. Legal time is Europe/Paris; instants are UTC microseconds
 * since 1970. The calendar is the proleptic Gregorian one. Time zone rules come
 * from the system's tzdata through ICU, never from TZ. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct date {
	int32_t year; /* -999999..999999 */
	int8_t month; /* 1..12 */
	int8_t day;   /* 1..31 */
};

struct clock_time {
	int8_t hour, minute, second;
	int32_t microsecond;
};

/* Microseconds since 1970-01-01T00:00:00Z. */
typedef int64_t instant;
#define INSTANT_SECOND INT64_C(1000000)
#define INSTANT_MINUTE (60 * INSTANT_SECOND)
#define INSTANT_HOUR   (60 * INSTANT_MINUTE)
#define INSTANT_DAY    (24 * INSTANT_HOUR)
#define INSTANT_NEVER  INT64_MAX

bool date_is_valid(struct date date);
/* Days since 1970-01-01, and back. */
int64_t date_day_number(struct date date);
struct date date_of_day_number(int64_t number);
int date_compare(struct date a, struct date b);
/* 1 Monday … 7 Sunday (ISO 8601). */
int date_weekday(struct date date);
int date_days_in_month(int year, int month);
struct date date_add_days(struct date date, int64_t days);
/* A day that the month does not have becomes its last one (31 January + 1 month = 28 or 29 February). */
struct date date_add_months(struct date date, int64_t months);
struct date date_easter(int year);

/* "2023-06-16", the whole text. */
[[nodiscard]] bool date_read(struct text text, struct date *ret_date);
/* "16/06/2023" or "2023-06-16", as people type. */
[[nodiscard]] bool date_read_french(struct text text, struct date *ret_date);

/* The day and the time of day in Paris at an instant; `time` may be NULL. */
struct date date_of_instant(instant at, struct clock_time *time);
/* Seconds that Paris is ahead of UTC at an instant: 3600 or 7200 these days. */
int paris_offset(instant at);
/* The instant at which Paris shows this day and time. In the hour that summer time
 * skips, the instant after the jump; in the hour lived twice, the first. */
instant instant_of_paris(struct date date, struct clock_time time);
/* The first instant of a day in Paris; the first of the next day is its end, excluded. */
instant instant_of_day(struct date date);

/* "2023-06-08T10:00", "2023-06-08T10:00:30" or "2023-06-08" in Paris, or with "Z" in UTC. */
[[nodiscard]] bool instant_read(struct text text, instant *ret_at);

/* French public holidays: the eleven of the mainland (art. L3133-1 of the labour code), each from the year
 * of its law on: 8 May since 1982. What a calendar adds to them: calendar.h. */
bool date_is_holiday(struct date date);
/* The holiday's French name, or an empty text. */
struct text date_holiday_name(struct date date);
/* Monday to Friday without holidays (ouvré); Monday to Saturday without holidays (ouvrable). */
bool date_is_ouvre(struct date date);
bool date_is_ouvrable(struct date date);

/* "2023-06-16". */
struct text date_iso(struct arena *arena, struct date date);
/* "16/06/2023". */
struct text date_short(struct arena *arena, struct date date);
/* "vendredi 16 juin 2023", "1er septembre 2023" (the weekday on demand). */
struct text date_french(struct arena *arena, struct date date, bool with_weekday);
/* "2023-06-16T21:59:59.999999Z". */
struct text instant_iso(struct arena *arena, instant at);
/* "16 juin 2023 à 23 h 59", in Paris. */
struct text instant_french(struct arena *arena, instant at);
