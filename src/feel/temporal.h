/* Dates, times and durations of FEEL: reading, writing, arithmetic (§10.3.2.3). Inside of feel/. */
#pragma once

#include "feel/value.h"

#define TEMPORAL_SECOND ((feel_nanoseconds)1000000000)
#define TEMPORAL_DAY    (86400 * TEMPORAL_SECOND)
enum { TEMPORAL_MOST_YEAR = 999999999 };

/* XML Schema's forms, the whole text; the zone as an offset, "Z" or "@Europe/Paris". */
[[nodiscard]] bool temporal_read_date(struct text text, struct date *ret_date);
enum [[nodiscard]] temporal_read { TEMPORAL_READ, TEMPORAL_WRONG, TEMPORAL_FULL /* the arena */ };
enum temporal_read temporal_read_time(struct arena *arena, struct text text, struct feel_value *ret_time);
enum temporal_read temporal_read_date_time(struct arena *arena, struct text text,
	struct feel_value *ret_value);
[[nodiscard]] bool temporal_read_duration(struct text text, struct feel_value *ret_duration);
/* Whichever of the four it is, as after "@". */
enum temporal_read temporal_read(struct arena *arena, struct text text, struct feel_value *ret_value);

enum { TEMPORAL_TEXT_SIZE = 160 };
/* "2023-06-16", "10:00:00+02:00", "P1Y2M", "P1DT3H"; returns the length. */
size_t temporal_write(struct feel_value value, char text[TEMPORAL_TEXT_SIZE]);

bool temporal_date_is_valid(struct date date);
bool temporal_equal(struct feel_value a, struct feel_value b);
[[nodiscard]] bool temporal_order(struct feel_value a, struct feel_value b, int *ret_order);

/* Offset in seconds of a date and time (or of a time, on an ordinary day); false without zone. */
[[nodiscard]] bool temporal_offset(struct feel_value value, int *ret_offset);
/* Nanoseconds since 1970 of a date (midnight UTC) or a date and time; without zone, as if UTC. */
feel_nanoseconds temporal_line(struct feel_value value);

/* The arithmetic of the standard: false where it says null. */
[[nodiscard]] bool temporal_add(struct feel_value a, struct feel_value b, struct feel_value *ret_value);
[[nodiscard]] bool temporal_subtract(struct feel_value a, struct feel_value b, struct feel_value *ret_value);
/* Whole months from one day to another, whatever their times; negative when `to` is before. */
int64_t temporal_months_between(struct feel_value from, struct feel_value to);
