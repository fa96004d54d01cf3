/* See point.h. */
#include "feel/point.h"

#include <stdlib.h>

#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

struct axis
axis_of_kind(enum feel_kind kind)
{
	static const uint8_t forms[FEEL_KIND_COUNT] = {
		[FEEL_BOOLEAN] = AXIS_LINE, [FEEL_NUMBER] = AXIS_NUMBER, [FEEL_STRING] = AXIS_TEXT,
		[FEEL_DATE] = AXIS_LINE, [FEEL_TIME] = AXIS_LINE, [FEEL_DATE_TIME] = AXIS_LINE,
		[FEEL_YEARS_MONTHS] = AXIS_LINE, [FEEL_DAYS_TIME] = AXIS_LINE,
	};
	return forms[kind] == AXIS_OPAQUE ? (struct axis){ .form = AXIS_OPAQUE, .kind = FEEL_ANY }
		: (struct axis){ .form = forms[kind], .kind = (uint8_t)kind };
}

struct axis
axis_of(struct feel_value value)
{
	struct axis axis = axis_of_kind(value.kind);
	axis.zoned = (value.kind == FEEL_TIME || value.kind == FEEL_DATE_TIME) && value.zone != FEEL_NO_ZONE;
	return axis;
}

bool
point_of(struct axis axis, struct feel_value value, struct point *ret_point)
{
	if (value.kind != axis.kind)
		return false;
	switch ((enum feel_kind)value.kind) {
	case FEEL_BOOLEAN:
		ret_point->line = value.boolean;
		return true;
	case FEEL_NUMBER:
		ret_point->number = value.number;
		return true;
	case FEEL_STRING:
		ret_point->text = value.string;
		return true;
	case FEEL_DATE:
		ret_point->line = date_day_number(value.date);
		return true;
	case FEEL_TIME:
	case FEEL_DATE_TIME:
		if ((value.zone != FEEL_NO_ZONE) != axis.zoned)
			return false;
		ret_point->line = temporal_line(value);
		return true;
	case FEEL_YEARS_MONTHS:
		ret_point->line = value.months;
		return true;
	case FEEL_DAYS_TIME:
		ret_point->line = value.nanoseconds;
		return true;
	default:
		return false;
	}
}

int
point_order(struct axis axis, const struct point *a, const struct point *b)
{
	if (axis.form == AXIS_NUMBER)
		return number_compare(a->number, b->number);
	if (axis.form == AXIS_TEXT)
		return text_compare(a->text, b->text);
	return (a->line > b->line) - (a->line < b->line);
}

static int
order_numbers(const void *a, const void *b)
{
	return point_order((struct axis){ .form = AXIS_NUMBER }, a, b);
}

static int
order_texts(const void *a, const void *b)
{
	return point_order((struct axis){ .form = AXIS_TEXT }, a, b);
}

static int
order_lines(const void *a, const void *b)
{
	return point_order((struct axis){ .form = AXIS_LINE }, a, b);
}

size_t
points_sort(struct axis axis, struct point *points, size_t count)
{
	size_t kept = 0;
	if (count)
		qsort(points, count, sizeof *points, axis.form == AXIS_NUMBER ? order_numbers
			: axis.form == AXIS_TEXT ? order_texts : order_lines);
	for (size_t i = 0; i < count; i++)
		if (kept == 0 || point_order(axis, &points[kept - 1], &points[i]) != 0)
			points[kept++] = points[i];
	return kept;
}

uint32_t
points_search(struct axis axis, const struct point *points, uint32_t count, const struct point *point)
{
	uint32_t low = 0, high = count;
	while (low < high) {
		const uint32_t middle = low + (high - low) / 2;
		const int order = point_order(axis, &points[middle], point);
		if (order == 0)
			return 2 * middle + 1;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 2 * low;
}

/* ---- values ---- */

static struct feel_time
time_of_line(feel_nanoseconds rest)
{
	return (struct feel_time){ (int8_t)(rest / (3600 * TEMPORAL_SECOND)),
		(int8_t)(rest / (60 * TEMPORAL_SECOND) % 60), (int8_t)(rest / TEMPORAL_SECOND % 60),
		(int32_t)(rest % TEMPORAL_SECOND) };
}

static struct feel_value
date_time_of_line(feel_nanoseconds line, bool zoned)
{
	const feel_nanoseconds micro = line / 1000;
	if (zoned && micro * 1000 == line && micro > -INSTANT_DAY * 1000000 && micro < INSTANT_DAY * 1000000)
		return feel_instant((instant)micro);
	feel_nanoseconds day = line / TEMPORAL_DAY;
	if (line < day * TEMPORAL_DAY)
		day--;
	struct feel_value value = { .kind = FEEL_DATE_TIME, .zone = zoned ? FEEL_OFFSET : FEEL_NO_ZONE };
	value.at.date = date_of_day_number((int64_t)day);
	value.at.time = time_of_line(line - day * TEMPORAL_DAY);
	return value;
}

struct feel_value
point_value(struct axis axis, struct point point)
{
	struct feel_value value = { .kind = axis.kind };
	switch ((enum feel_kind)axis.kind) {
	case FEEL_BOOLEAN:
		value.boolean = point.line != 0;
		break;
	case FEEL_NUMBER:
		value.number = point.number;
		break;
	case FEEL_STRING:
		value.string = point.text;
		break;
	case FEEL_DATE:
		value.date = date_of_day_number((int64_t)point.line);
		break;
	case FEEL_TIME: /* one that has a zone is told in UTC */
		value.zone = axis.zoned ? FEEL_OFFSET : FEEL_NO_ZONE;
		value.at.time = time_of_line((point.line + TEMPORAL_DAY) % TEMPORAL_DAY);
		break;
	case FEEL_DATE_TIME:
		return date_time_of_line(point.line, axis.zoned);
	case FEEL_YEARS_MONTHS:
		value.months = (int64_t)point.line;
		break;
	case FEEL_DAYS_TIME:
		value.nanoseconds = point.line;
		break;
	default: /* opaque: whatever is not null */
		value.kind = FEEL_CONTEXT;
	}
	return value;
}

/* ---- between ---- */

static bool
is_between(struct feel_number number, const struct point *low, const struct point *high)
{
	return (!low || number_compare(low->number, number) < 0)
		&& (!high || number_compare(number, high->number) < 0);
}

/* Beyond `from`, upwards or downwards: the next whole number, or twice as far. */
static bool
number_beyond(struct feel_number from, bool upwards, struct feel_number *ret_number)
{
	struct feel_number number;
	const struct feel_number one = number_of_integer(1);
	if (number_round(from, 0, upwards ? ROUND_FLOOR : ROUND_CEILING, &number)
		&& (upwards ? number_add(number, one, ret_number) : number_subtract(number, one, ret_number))
		&& number_compare(*ret_number, from) == (upwards ? 1 : -1))
		return true;
	/* too large for the unit to count */
	return number_add(from, number_is_negative(from) == upwards ? number_negate(from) : from, ret_number)
		&& number_compare(*ret_number, from) == (upwards ? 1 : -1);
}

static bool
number_between(const struct point *low, const struct point *high, bool whole, struct feel_number *ret_number)
{
	if (!low && !high) {
		*ret_number = number_of_integer(0);
		return true;
	}
	if (!low)
		return number_beyond(high->number, false, ret_number);
	if (!high)
		return number_beyond(low->number, true, ret_number);
	struct feel_number middle, rounded;
	if (!number_subtract(high->number, low->number, &middle)
		|| !number_divide(middle, number_of_integer(2), &middle)
		|| !number_add(low->number, middle, &middle))
		middle = number_of_integer(0); /* the ends are too far apart: on both sides of it */
	for (int scale = 0; scale <= (whole ? 0 : 12); scale++) {
		static const enum number_rounding roundings[] = { ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEILING };
		for (size_t i = 0; i < sizeof roundings / sizeof *roundings; i++) {
			if (!number_round(middle, scale, roundings[i], &rounded) || !is_between(rounded, low, high))
				continue;
			*ret_number = rounded;
			return true;
		}
	}
	if (whole || !is_between(middle, low, high))
		return false;
	*ret_number = middle;
	return true;
}

/* What the axis of a kind holds. */
static void
line_ends(struct axis axis, feel_nanoseconds *ret_first, feel_nanoseconds *ret_last)
{
	const feel_nanoseconds first = date_day_number((struct date){ -TEMPORAL_MOST_YEAR, 1, 1 });
	const feel_nanoseconds last = date_day_number((struct date){ TEMPORAL_MOST_YEAR, 12, 31 });
	switch ((enum feel_kind)axis.kind) {
	case FEEL_BOOLEAN:
		*ret_first = 0, *ret_last = 1;
		break;
	case FEEL_DATE:
		*ret_first = first, *ret_last = last;
		break;
	case FEEL_TIME: /* with a zone, the same hour is one day or the next in UTC */
		*ret_first = axis.zoned ? -TEMPORAL_DAY : 0;
		*ret_last = axis.zoned ? 2 * TEMPORAL_DAY - 1 : TEMPORAL_DAY - 1;
		break;
	case FEEL_DATE_TIME:
		*ret_first = first * TEMPORAL_DAY, *ret_last = (last + 1) * TEMPORAL_DAY - 1;
		break;
	case FEEL_YEARS_MONTHS:
		*ret_first = -INT64_MAX, *ret_last = INT64_MAX;
		break;
	default:
		*ret_first = -((feel_nanoseconds)1 << 120), *ret_last = (feel_nanoseconds)1 << 120;
	}
}

/* The first and the last steps strictly between two points, or of the axis; none when first > last. */
static void
line_within(struct axis axis, const struct point *low, const struct point *high, feel_nanoseconds *ret_first,
	feel_nanoseconds *ret_last)
{
	line_ends(axis, ret_first, ret_last);
	if (low && low->line + 1 > *ret_first)
		*ret_first = low->line + 1;
	if (high && high->line - 1 < *ret_last)
		*ret_last = high->line - 1;
}

static bool
line_between(struct axis axis, const struct point *low, const struct point *high, feel_nanoseconds *ret_line)
{
	static const feel_nanoseconds steps[] = { TEMPORAL_DAY, 3600 * TEMPORAL_SECOND, 60 * TEMPORAL_SECOND,
		TEMPORAL_SECOND, 1 };
	const bool fine = axis.kind == FEEL_TIME || axis.kind == FEEL_DATE_TIME || axis.kind == FEEL_DAYS_TIME;
	feel_nanoseconds first, last;
	line_within(axis, low, high, &first, &last);
	if (first > last)
		return false;
	*ret_line = low || !high ? first : last;
	if (!low && !high) {
		*ret_line = 0;
		return true;
	}
	/* a minute after rather than a nanosecond */
	for (size_t i = 0; fine && i < sizeof steps / sizeof *steps; i++) {
		const feel_nanoseconds at = low ? low->line + steps[i] : high->line - steps[i];
		if (at < first || at > last)
			continue;
		*ret_line = at;
		break;
	}
	return true;
}

bool
point_between(struct axis axis, const struct point *low, const struct point *high, bool whole,
	struct point *ret_point)
{
	if (axis.form == AXIS_NUMBER)
		return number_between(low, high, whole, &ret_point->number);
	if (axis.form == AXIS_LINE)
		return line_between(axis, low, high, &ret_point->line);
	if (axis.form == AXIS_OPAQUE)
		ret_point->line = 0;
	return axis.form == AXIS_OPAQUE;
}

/* The whole numbers strictly between two numbers; false when there are too many to be looked at. */
static bool
whole_within(const struct point *low, const struct point *high, int64_t *ret_first, int64_t *ret_last)
{
	struct feel_number first, last;
	return low && high && number_round(low->number, 0, ROUND_FLOOR, &first)
		&& number_round(high->number, 0, ROUND_CEILING, &last) && number_to_integer(first, ret_first)
		&& number_to_integer(last, ret_last) && !__builtin_add_overflow(*ret_first, 1, ret_first)
		&& !__builtin_sub_overflow(*ret_last, 1, ret_last);
}

size_t
points_between(struct axis axis, const struct point *low, const struct point *high, bool whole,
	struct point *ret_points, size_t most)
{
	feel_nanoseconds first, last;
	int64_t first_whole, last_whole;
	struct point any;
	if (!point_between(axis, low, high, whole, &any))
		return axis.form == AXIS_TEXT ? most + 1 : 0;
	if (axis.form == AXIS_LINE) {
		line_within(axis, low, high, &first, &last);
	} else if (axis.form == AXIS_NUMBER && whole && whole_within(low, high, &first_whole, &last_whole)) {
		first = first_whole;
		last = last_whole;
	} else {
		return most + 1;
	}
	if (last - first >= (feel_nanoseconds)most)
		return most + 1;
	for (feel_nanoseconds at = first; at <= last; at++) {
		if (axis.form == AXIS_LINE)
			ret_points[at - first].line = at;
		else
			ret_points[at - first].number = number_of_integer((int64_t)at);
	}
	return (size_t)(last - first + 1);
}
