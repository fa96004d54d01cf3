/* Which days count: the holidays of the law, and what a calendar adds to them as data: a territory's
 * holidays, days decreed, an employer's closures, days worked all the same, school years and breaks.
 *
 * A calendar is a constant once made, and shared by threads. NULL is the national one: the eleven
 * holidays of the law, no closure, no school. */
#pragma once

#include "base/date.h"

enum calendar_kind {
	CALENDAR_HOLIDAY,     /* férié: of one year, by decree */
	CALENDAR_CLOSED,      /* fermé: the employer's own; extends no legal delay */
	CALENDAR_WORKED,      /* travaillé: a day that counts although it is a holiday, a Sunday, closed */
	CALENDAR_SCHOOL_YEAR, /* année scolaire: begins with its rentrée; nothing is known of other days */
	CALENDAR_BREAK,       /* vacances */
};

struct calendar_period {
	enum calendar_kind kind;
	int64_t first, last; /* day numbers, both included */
	struct text zone;    /* of school years and breaks; empty: every zone */
	struct text name;
};

/* The holidays that one part of the country has besides the eleven. */
struct territory;

struct calendar {
	const struct territory *territory;      /* NULL: none of its own */
	struct text zone;                       /* that of school where none is asked; may be empty */
	const struct calendar_period *periods;
	size_t count;
};

enum { CALENDAR_MOST_PERIODS = 1000, CALENDAR_COLUMNS = 5 };

/* "nature", "début", "fin", "zone", "nom": the header of a file of periods. */
extern const struct text calendar_columns[CALENDAR_COLUMNS];

/* NULL: unknown. */
const struct territory *territory_find(struct text name);
/* The names of all of them. */
const struct text *territory_names(size_t *ret_count);

/* Reads the five fields of a line; an empty end is a single day. The texts are not copied. False: *ret_wrong
 * is the field at fault, *ret_sentence what is wrong with it, *ret_remedy what to do. */
[[nodiscard]] bool calendar_read_period(const struct text fields[CALENDAR_COLUMNS],
	struct calendar_period *ret_period, size_t *ret_wrong, const char **ret_sentence, const char **ret_remedy);

/* What it costs to ask about a day: a number of comparisons. */
size_t calendar_cost(const struct calendar *calendar);
/* One of the eleven, of the territory, or of the data. */
bool calendar_is_holiday(const struct calendar *calendar, struct date date);
/* Monday to Friday (ouvré) or Saturday (ouvrable), without holidays and closures, with the days worked. */
bool calendar_is_ouvre(const struct calendar *calendar, struct date date);
bool calendar_is_ouvrable(const struct calendar *calendar, struct date date);
/* Whether a legal delay may end on that day (art. 642 of the code of civil procedure): no Saturday, no
 * Sunday, no holiday. Closures and days worked do not count: the law does not know them. */
bool calendar_may_end_delay(const struct calendar *calendar, struct date date);

/* ---- school: `zone` as asked, empty for that of the calendar ---- */

enum calendar_school {
	CALENDAR_NO_SCHOOL,    /* no school year at all is known */
	CALENDAR_NO_ZONE,      /* zones differ, and none is said */
	CALENDAR_UNKNOWN_ZONE, /* no line says it */
	CALENDAR_OUTSIDE,      /* the day is in none of the school years that are known */
	CALENDAR_IN_SCHOOL,
	CALENDAR_IN_BREAK,
};

enum calendar_school calendar_school_on(const struct calendar *calendar, struct text zone, struct date date);
/* The first rentrée after the day; CALENDAR_OUTSIDE when none is known, CALENDAR_IN_SCHOOL with *ret_date. */
enum calendar_school calendar_next_rentree(const struct calendar *calendar, struct text zone, struct date date,
	struct date *ret_date);
