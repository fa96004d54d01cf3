/* See temporal.h. */
#include "feel/temporal.h"

#include <stdio.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#include "base/banned.h"

/* ---- reading ---- */

/* Reads `least` to `most` digits at *at. */
static bool
read_digits(struct text text, size_t *at, size_t least, size_t most, int64_t *ret_value)
{
	size_t count = 0;
	int64_t value = 0;
	while (*at + count < text.length && count < most && text.at[*at + count] >= '0'
		&& text.at[*at + count] <= '9')
		value = value * 10 + (text.at[*at + count++] - '0');
	if (count < least)
		return false;
	*at += count;
	*ret_value = value;
	return true;
}

static bool
read_character(struct text text, size_t *at, char c)
{
	if (*at >= text.length || text.at[*at] != c)
		return false;
	++*at;
	return true;
}

bool
temporal_date_is_valid(struct date date)
{
	return date.year >= -TEMPORAL_MOST_YEAR && date.year <= TEMPORAL_MOST_YEAR && date.month >= 1
		&& date.month <= 12 && date.day >= 1 && date.day <= date_days_in_month(date.year, date.month);
}

static bool
read_date_part(struct text text, size_t *at, struct date *ret_date)
{
	int64_t year, month, day;
	const bool negative = read_character(text, at, '-');
	const size_t first = *at;
	if (!read_digits(text, at, 4, 9, &year) || (*at - first > 4 && text.at[first] == '0')
		|| !read_character(text, at, '-') || !read_digits(text, at, 2, 2, &month)
		|| !read_character(text, at, '-') || !read_digits(text, at, 2, 2, &day) || month > 12
		|| (negative && year == 0))
		return false;
	const struct date date = { (int32_t)(negative ? -year : year), (int8_t)month, (int8_t)day };
	if (!temporal_date_is_valid(date))
		return false;
	*ret_date = date;
	return true;
}

/* ICU's name of a zone; false when it knows none of that name. */
static bool
zone_known(struct text name, UChar *ret_id, int32_t capacity)
{
	UErrorCode error = U_ZERO_ERROR;
	UBool is_system = false;
	UChar canonical[128];
	int32_t length = 0;
	u_strFromUTF8(ret_id, capacity, &length, name.at, (int32_t)name.length, &error);
	if (U_FAILURE(error) || length == 0 || length >= capacity)
		return false;
	ucal_getCanonicalTimeZoneID(ret_id, length, canonical, 128, &is_system, &error);
	return U_SUCCESS(error) && is_system;
}

/* "Z", "+02:00", "@Europe/Paris" or nothing, up to the end of the text. */
static enum temporal_read
read_zone(struct arena *arena, struct text text, size_t at, struct feel_value *value)
{
	if (at == text.length)
		return TEMPORAL_READ;
	const char sign = text.at[at++];
	if (sign == 'Z' || sign == 'z') {
		value->zone = FEEL_OFFSET;
		return at == text.length ? TEMPORAL_READ : TEMPORAL_WRONG;
	}
	if (sign == '@') {
		const struct text name = text_part(text, at, text.length);
		UChar id[128];
		if (name.length > 100 || !zone_known(name, id, 128))
			return TEMPORAL_WRONG;
		struct text *kept = arena_new_of(arena, struct text);
		if (!kept || !(*kept = arena_text(arena, name)).at)
			return TEMPORAL_FULL;
		value->zone = FEEL_NAMED_ZONE;
		value->zone_name = kept;
		return TEMPORAL_READ;
	}
	int64_t hour, minute, second = 0;
	if ((sign != '+' && sign != '-') || !read_digits(text, &at, 2, 2, &hour)
		|| !read_character(text, &at, ':')
		|| !read_digits(text, &at, 2, 2, &minute)
		|| (at < text.length
			&& (!read_character(text, &at, ':') || !read_digits(text, &at, 2, 2, &second)))
		|| at != text.length || minute > 59 || second > 59)
		return TEMPORAL_WRONG;
	const int64_t offset = hour * 3600 + minute * 60 + second;
	if (offset > 14 * 3600)
		return TEMPORAL_WRONG;
	value->zone = FEEL_OFFSET;
	value->offset = (int32_t)(sign == '-' ? -offset : offset);
	return TEMPORAL_READ;
}

static bool
read_time_part(struct text text, size_t *at, struct feel_time *ret_time)
{
	int64_t hour, minute, second, nanosecond = 0;
	if (!read_digits(text, at, 2, 2, &hour) || !read_character(text, at, ':')
		|| !read_digits(text, at, 2, 2, &minute) || !read_character(text, at, ':')
		|| !read_digits(text, at, 2, 2, &second) || hour > 23 || minute > 59 || second > 59)
		return false;
	if (read_character(text, at, '.')) {
		int64_t unit = 100000000;
		const size_t first = *at;
		for (; *at < text.length && text.at[*at] >= '0' && text.at[*at] <= '9'; ++*at, unit /= 10)
			nanosecond += (text.at[*at] - '0') * unit;
		if (*at == first)
			return false;
	}
	*ret_time = (struct feel_time){ (int8_t)hour, (int8_t)minute, (int8_t)second, (int32_t)nanosecond };
	return true;
}

bool
temporal_read_date(struct text text, struct date *ret_date)
{
	size_t at = 0;
	struct date date;
	if (!read_date_part(text, &at, &date) || at != text.length)
		return false;
	*ret_date = date;
	return true;
}

enum temporal_read
temporal_read_time(struct arena *arena, struct text text, struct feel_value *ret_time)
{
	struct feel_value value = { .kind = FEEL_TIME };
	size_t at = 0;
	if (!read_time_part(text, &at, &value.at.time))
		return TEMPORAL_WRONG;
	const enum temporal_read zone = read_zone(arena, text, at, &value);
	if (zone == TEMPORAL_READ)
		*ret_time = value;
	return zone;
}

enum temporal_read
temporal_read_date_time(struct arena *arena, struct text text, struct feel_value *ret_value)
{
	struct feel_value value = { .kind = FEEL_DATE_TIME };
	size_t at = 0;
	if (!read_date_part(text, &at, &value.at.date) || !read_character(text, &at, 'T')
		|| !read_time_part(text, &at, &value.at.time))
		return TEMPORAL_WRONG;
	const enum temporal_read zone = read_zone(arena, text, at, &value);
	if (zone == TEMPORAL_READ)
		*ret_value = value;
	return zone;
}

bool
temporal_read_duration(struct text text, struct feel_value *ret_duration)
{
	static const struct {
		char letter;
		bool after_t, months;
		int64_t unit; /* in months or seconds */
	} parts[] = {
		{ 'Y', false, true, 12 }, { 'M', false, true, 1 }, { 'D', false, false, 86400 },
		{ 'H', true, false, 3600 }, { 'M', true, false, 60 }, { 'S', true, false, 1 },
	};
	size_t at = 0, next = 0;
	const bool negative = read_character(text, &at, '-');
	bool after_t = false, has_months = false, has_days = false, needs_part = true;
	int64_t months = 0;
	feel_nanoseconds nanoseconds = 0;
	if (!read_character(text, &at, 'P'))
		return false;
	while (at < text.length) {
		if (!after_t && read_character(text, &at, 'T')) {
			after_t = needs_part = true;
			continue;
		}
		int64_t count, fraction = 0;
		bool fractional = false;
		if (!read_digits(text, &at, 1, 17, &count))
			return false;
		if (read_character(text, &at, '.')) {
			fractional = true;
			int64_t unit = 100000000;
			const size_t first = at;
			for (; at < text.length && text.at[at] >= '0' && text.at[at] <= '9'; at++, unit /= 10)
				fraction += (text.at[at] - '0') * unit;
			if (at == first)
				return false;
		}
		if (at == text.length)
			return false;
		while (next < sizeof parts / sizeof *parts
			&& (parts[next].letter != text.at[at] || parts[next].after_t != after_t))
			next++;
		if (next == sizeof parts / sizeof *parts || (fractional && parts[next].letter != 'S'))
			return false;
		if (parts[next].months) {
			has_months = true;
			int64_t more;
			if (__builtin_mul_overflow(count, parts[next].unit, &more)
				|| __builtin_add_overflow(months, more, &months))
				return false;
		} else {
			has_days = true;
			nanoseconds += (feel_nanoseconds)count * parts[next].unit * TEMPORAL_SECOND + fraction;
		}
		needs_part = false;
		at++;
		next++;
	}
	if (needs_part || has_months == has_days)
		return false;
	if (has_months)
		*ret_duration = (struct feel_value){ .kind = FEEL_YEARS_MONTHS, .months = negative ? -months : months };
	else
		*ret_duration = (struct feel_value){ .kind = FEEL_DAYS_TIME,
			.nanoseconds = negative ? -nanoseconds : nanoseconds };
	return true;
}

enum temporal_read
temporal_read(struct arena *arena, struct text text, struct feel_value *ret_value)
{
	struct date date;
	if (temporal_read_date(text, &date)) {
		*ret_value = feel_date(date);
		return TEMPORAL_READ;
	}
	if (temporal_read_duration(text, ret_value))
		return TEMPORAL_READ;
	const enum temporal_read point = temporal_read_date_time(arena, text, ret_value);
	return point == TEMPORAL_WRONG ? temporal_read_time(arena, text, ret_value) : point;
}

/* ---- zones ---- */

/* Seconds that a named zone is ahead of UTC at an instant. */
static int
zone_offset(struct text name, instant at)
{
	if (text_equal(name, TEXT("Europe/Paris")))
		return paris_offset(at);
	UChar id[128];
	if (!zone_known(name, id, 128))
		return 0;
	UErrorCode error = U_ZERO_ERROR;
	UCalendar *calendar = ucal_open(id, -1, "fr", UCAL_GREGORIAN, &error);
	ucal_setMillis(calendar, (double)(at / 1000), &error);
	const int32_t offset = ucal_get(calendar, UCAL_ZONE_OFFSET, &error) + ucal_get(calendar, UCAL_DST_OFFSET,
		&error);
	ucal_close(calendar);
	return U_SUCCESS(error) ? offset / 1000 : 0;
}

/* Floor division. */
static feel_nanoseconds
floor_divide(feel_nanoseconds a, feel_nanoseconds b)
{
	return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static instant
microseconds(feel_nanoseconds line)
{
	const feel_nanoseconds most = (feel_nanoseconds)1 << 61;
	const feel_nanoseconds value = floor_divide(line, 1000);
	return (instant)(value > most ? most : value < -most ? -most : value);
}

static feel_nanoseconds
time_of_day(struct feel_time time)
{
	const feel_nanoseconds seconds = time.hour * 3600 + time.minute * 60 + time.second;
	return seconds * TEMPORAL_SECOND + time.nanosecond;
}

/* Nanoseconds shown by the calendar and the clock, zone ignored. */
static feel_nanoseconds
local_line(struct feel_value value)
{
	if (value.kind == FEEL_TIME)
		return time_of_day(value.at.time);
	const feel_nanoseconds days = (feel_nanoseconds)date_day_number(value.at.date) * TEMPORAL_DAY;
	return value.kind == FEEL_DATE ? days : days + time_of_day(value.at.time);
}

bool
temporal_offset(struct feel_value value, int *ret_offset)
{
	if (value.zone == FEEL_NO_ZONE)
		return false;
	if (value.zone == FEEL_OFFSET) {
		*ret_offset = value.offset;
		return true;
	}
	const feel_nanoseconds local = local_line(value);
	const int before = zone_offset(*value.zone_name, microseconds(local - TEMPORAL_DAY));
	const int after = zone_offset(*value.zone_name, microseconds(local + TEMPORAL_DAY));
	const int at_before = zone_offset(*value.zone_name, microseconds(local - before * TEMPORAL_SECOND));
	*ret_offset = at_before == before ? before : after;
	return true;
}

feel_nanoseconds
temporal_line(struct feel_value value)
{
	int offset = 0;
	if (value.kind != FEEL_DATE && !temporal_offset(value, &offset))
		offset = 0;
	return local_line(value) - offset * TEMPORAL_SECOND;
}

static struct feel_time
time_of(feel_nanoseconds rest)
{
	return (struct feel_time){ (int8_t)(rest / (3600 * TEMPORAL_SECOND)),
		(int8_t)(rest / (60 * TEMPORAL_SECOND) % 60),
		(int8_t)(rest / TEMPORAL_SECOND % 60), (int32_t)(rest % TEMPORAL_SECOND) };
}

/* The value of the same kind and zone as `like` that stands at `line`. */
static bool
value_of_line(struct feel_value like, feel_nanoseconds line, struct feel_value *ret_value)
{
	int offset = 0;
	if (like.zone == FEEL_NAMED_ZONE)
		offset = zone_offset(*like.zone_name, microseconds(line));
	else if (like.zone == FEEL_OFFSET)
		offset = like.offset;
	const feel_nanoseconds local = line + offset * TEMPORAL_SECOND;
	const feel_nanoseconds day = floor_divide(local, TEMPORAL_DAY);
	if (day > (feel_nanoseconds)400000000000 || day < -(feel_nanoseconds)400000000000)
		return false;
	const struct date date = date_of_day_number((int64_t)day);
	if (!temporal_date_is_valid(date))
		return false;
	if (like.kind == FEEL_DATE) {
		*ret_value = feel_date(date);
		return true;
	}
	like.at.date = date;
	like.at.time = time_of(local - day * TEMPORAL_DAY);
	*ret_value = like;
	return true;
}

/* ---- comparison ---- */

bool
temporal_order(struct feel_value a, struct feel_value b, int *ret_order)
{
	if ((a.zone == FEEL_NO_ZONE) != (b.zone == FEEL_NO_ZONE))
		return false;
	const feel_nanoseconds left = temporal_line(a), right = temporal_line(b);
	*ret_order = (left > right) - (left < right);
	return true;
}

bool
temporal_equal(struct feel_value a, struct feel_value b)
{
	int order;
	return temporal_order(a, b, &order) && order == 0;
}

/* ---- arithmetic ---- */

#define MOST_NANOSECONDS ((feel_nanoseconds)1 << 120)

/* Moves a date or a date and time; a missing day becomes the last of its month. */
static bool
add_months(struct feel_value value, int64_t months, struct feel_value *ret_value)
{
	if (months > (int64_t)12 * 2 * TEMPORAL_MOST_YEAR || months < -(int64_t)12 * 2 * TEMPORAL_MOST_YEAR)
		return false;
	const struct date from = value.kind == FEEL_DATE ? value.date : value.at.date;
	const int64_t year = (int64_t)from.year + months / 12;
	if (year > TEMPORAL_MOST_YEAR || year < -TEMPORAL_MOST_YEAR)
		return false;
	const struct date moved = date_add_months(from, months);
	if (!temporal_date_is_valid(moved))
		return false;
	if (value.kind == FEEL_DATE)
		value.date = moved;
	else
		value.at.date = moved;
	*ret_value = value;
	return true;
}

static bool
add_nanoseconds(struct feel_value value, feel_nanoseconds nanoseconds, struct feel_value *ret_value)
{
	if (value.kind == FEEL_TIME) {
		const feel_nanoseconds sum = time_of_day(value.at.time) + nanoseconds % TEMPORAL_DAY;
		value.at.time = time_of(sum - floor_divide(sum, TEMPORAL_DAY) * TEMPORAL_DAY);
		*ret_value = value;
		return true;
	}
	feel_nanoseconds line;
	return !__builtin_add_overflow(temporal_line(value), nanoseconds, &line)
		&& value_of_line(value, line, ret_value);
}

static bool
is_point(struct feel_value value)
{
	return value.kind == FEEL_DATE || value.kind == FEEL_DATE_TIME || value.kind == FEEL_TIME;
}

bool
temporal_add(struct feel_value a, struct feel_value b, struct feel_value *ret_value)
{
	if (is_point(b) && !is_point(a))
		return temporal_add(b, a, ret_value);
	if (a.kind == FEEL_YEARS_MONTHS && b.kind == FEEL_YEARS_MONTHS) {
		if (__builtin_add_overflow(a.months, b.months, &a.months) || a.months == INT64_MIN)
			return false;
		*ret_value = a;
		return true;
	}
	if (a.kind == FEEL_DAYS_TIME && b.kind == FEEL_DAYS_TIME) {
		if (__builtin_add_overflow(a.nanoseconds, b.nanoseconds, &a.nanoseconds)
			|| a.nanoseconds > MOST_NANOSECONDS || a.nanoseconds < -MOST_NANOSECONDS)
			return false; /* every duration has an opposite */
		*ret_value = a;
		return true;
	}
	if (is_point(a) && b.kind == FEEL_DAYS_TIME)
		return add_nanoseconds(a, b.nanoseconds, ret_value);
	if ((a.kind == FEEL_DATE || a.kind == FEEL_DATE_TIME) && b.kind == FEEL_YEARS_MONTHS)
		return add_months(a, b.months, ret_value);
	return false;
}

bool
temporal_subtract(struct feel_value a, struct feel_value b, struct feel_value *ret_value)
{
	if (b.kind == FEEL_YEARS_MONTHS && b.months != INT64_MIN) {
		b.months = -b.months;
		return temporal_add(a, b, ret_value);
	}
	if (b.kind == FEEL_DAYS_TIME) {
		feel_nanoseconds negative;
		if (__builtin_sub_overflow((feel_nanoseconds)0, b.nanoseconds, &negative))
			return false;
		b.nanoseconds = negative;
		return temporal_add(a, b, ret_value);
	}
	if (!is_point(a) || !is_point(b) || (a.kind == FEEL_TIME) != (b.kind == FEEL_TIME))
		return false;
	/* A date stands at midnight UTC beside a date and time. */
	const bool a_zoned = a.zone != FEEL_NO_ZONE || (a.kind == FEEL_DATE && b.kind == FEEL_DATE_TIME);
	const bool b_zoned = b.zone != FEEL_NO_ZONE || (b.kind == FEEL_DATE && a.kind == FEEL_DATE_TIME);
	if (a_zoned != b_zoned)
		return false;
	*ret_value = (struct feel_value){ .kind = FEEL_DAYS_TIME,
		.nanoseconds = temporal_line(a) - temporal_line(b) };
	return true;
}

int64_t
temporal_months_between(struct feel_value from, struct feel_value to)
{
	const struct date first = from.kind == FEEL_DATE ? from.date : from.at.date;
	const struct date last = to.kind == FEEL_DATE ? to.date : to.at.date;
	int64_t months = ((int64_t)last.year - first.year) * 12 + last.month - first.month;
	const int order = (last.day > first.day) - (last.day < first.day);
	if (months > 0 && order < 0)
		months--;
	else if (months < 0 && order > 0)
		months++;
	return months;
}

/* ---- instants ---- */

struct feel_value
feel_instant(instant at)
{
	static const struct text paris = { "Europe/Paris", 12 };
	struct clock_time time;
	struct feel_value value = { .kind = FEEL_DATE_TIME, .zone = FEEL_NAMED_ZONE, .zone_name = &paris };
	value.at.date = date_of_instant(at, &time);
	value.at.time = (struct feel_time){ time.hour, time.minute, time.second, time.microsecond * 1000 };
	return value;
}

bool
feel_to_instant(struct feel_value value, instant *ret_at)
{
	enum { MOST_INSTANT_YEAR = 200000 }; /* microseconds have room for a little more */
	const struct date date = value.kind == FEEL_DATE ? value.date : value.at.date;
	if ((value.kind == FEEL_DATE || value.kind == FEEL_DATE_TIME)
		&& (date.year > MOST_INSTANT_YEAR || date.year < -MOST_INSTANT_YEAR))
		return false;
	if (value.kind == FEEL_DATE) {
		*ret_at = instant_of_day(value.date);
		return true;
	}
	if (value.kind != FEEL_DATE_TIME)
		return false;
	if (value.zone == FEEL_NO_ZONE) {
		const struct feel_time time = value.at.time;
		*ret_at = instant_of_paris(value.at.date,
			(struct clock_time){ time.hour, time.minute, time.second, time.nanosecond / 1000 });
		return true;
	}
	*ret_at = microseconds(temporal_line(value));
	return true;
}

/* ---- writing ---- */

static size_t
write_date(struct date date, char *text, size_t size)
{
	return (size_t)snprintf(text, size, "%s%04d-%02d-%02d", date.year < 0 ? "-" : "",
		date.year < 0 ? -date.year : date.year, date.month, date.day);
}

/* ".5" for half a second; nothing for none. */
static size_t
write_fraction(int32_t nanosecond, char *text, size_t size)
{
	if (nanosecond == 0)
		return 0;
	size_t length = (size_t)snprintf(text, size, ".%09d", nanosecond);
	while (text[length - 1] == '0')
		length--;
	return length;
}

static size_t
write_zone(struct feel_value value, char *text, size_t size)
{
	if (value.zone == FEEL_NAMED_ZONE)
		return (size_t)snprintf(text, size, "@" TEXT_FORMAT, TEXT_ARGS(*value.zone_name));
	if (value.zone == FEEL_NO_ZONE)
		return 0;
	if (value.offset == 0)
		return (size_t)snprintf(text, size, "Z");
	const int offset = value.offset < 0 ? -value.offset : value.offset;
	size_t length = (size_t)snprintf(text, size, "%c%02d:%02d", value.offset < 0 ? '-' : '+', offset / 3600,
		offset / 60 % 60);
	if (offset % 60)
		length += (size_t)snprintf(text + length, size - length, ":%02d", offset % 60);
	return length;
}

static size_t
write_time(struct feel_value value, char *text, size_t size)
{
	const struct feel_time time = value.at.time;
	size_t length = (size_t)snprintf(text, size, "%02d:%02d:%02d", time.hour, time.minute, time.second);
	length += write_fraction(time.nanosecond, text + length, size - length);
	return length + write_zone(value, text + length, size - length);
}

static size_t
write_months(int64_t months, char *text, size_t size)
{
	const uint64_t count = months < 0 ? -(uint64_t)months : (uint64_t)months;
	size_t length = (size_t)snprintf(text, size, "%sP", months < 0 ? "-" : "");
	if (count / 12)
		length += (size_t)snprintf(text + length, size - length, "%lluY", (unsigned long long)(count / 12));
	if (count % 12 || count == 0)
		length += (size_t)snprintf(text + length, size - length, "%lluM", (unsigned long long)(count % 12));
	return length;
}

/* Decimal digits of a count too large for printf. */
static size_t
write_count(unsigned __int128 count, char *text)
{
	char digits[48];
	size_t length = 0;
	do
		digits[length++] = (char)('0' + (int)(count % 10));
	while (count /= 10);
	for (size_t i = 0; i < length; i++)
		text[i] = digits[length - 1 - i];
	return length;
}

static size_t
write_nanoseconds(feel_nanoseconds nanoseconds, char *text, size_t size)
{
	const unsigned __int128 total = nanoseconds < 0 ? -(unsigned __int128)nanoseconds
		: (unsigned __int128)nanoseconds;
	const unsigned __int128 days = total / (unsigned __int128)TEMPORAL_DAY;
	const struct feel_time rest = time_of((feel_nanoseconds)(total % (unsigned __int128)TEMPORAL_DAY));
	size_t length = (size_t)snprintf(text, size, "%sP", nanoseconds < 0 ? "-" : "");
	if (days) {
		length += write_count(days, text + length);
		text[length++] = 'D';
		text[length] = '\0';
	}
	if (days && rest.hour == 0 && rest.minute == 0 && rest.second == 0 && rest.nanosecond == 0)
		return length;
	text[length++] = 'T';
	if (rest.hour)
		length += (size_t)snprintf(text + length, size - length, "%dH", rest.hour);
	if (rest.minute)
		length += (size_t)snprintf(text + length, size - length, "%dM", rest.minute);
	if (rest.second || rest.nanosecond || total == 0) {
		length += (size_t)snprintf(text + length, size - length, "%d", rest.second);
		length += write_fraction(rest.nanosecond, text + length, size - length);
		text[length++] = 'S';
	}
	text[length] = '\0';
	return length;
}

size_t
temporal_write(struct feel_value value, char text[TEMPORAL_TEXT_SIZE])
{
	size_t length;
	switch ((enum feel_kind)value.kind) {
	case FEEL_DATE:
		return write_date(value.date, text, TEMPORAL_TEXT_SIZE);
	case FEEL_TIME:
		return write_time(value, text, TEMPORAL_TEXT_SIZE);
	case FEEL_DATE_TIME:
		length = write_date(value.at.date, text, TEMPORAL_TEXT_SIZE);
		text[length++] = 'T';
		return length + write_time(value, text + length, TEMPORAL_TEXT_SIZE - length);
	case FEEL_YEARS_MONTHS:
		return write_months(value.months, text, TEMPORAL_TEXT_SIZE);
	case FEEL_DAYS_TIME:
		return write_nanoseconds(value.nanoseconds, text, TEMPORAL_TEXT_SIZE);
	default:
		text[0] = '\0';
		return 0;
	}
}
