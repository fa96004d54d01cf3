/* Values that stand on an axis: numbers, texts, dates…, compared without going through the standard's
 * comparison each time. The columns of a decision table are judged on one axis each. Inside of feel/. */
#pragma once

#include "feel/value.h"

enum axis_form {
	AXIS_OPAQUE, /* any value: only told from null */
	AXIS_NUMBER,
	AXIS_TEXT,   /* only equal or not */
	AXIS_LINE,   /* steps that can be counted: booleans, days, months, nanoseconds */
};

struct axis {
	uint8_t form; /* enum axis_form */
	uint8_t kind; /* enum feel_kind of the values; FEEL_ANY on an opaque one */
	bool zoned;   /* dates and times that have a zone */
};

struct point {
	union {
		struct feel_number number;
		struct text text;
		feel_nanoseconds line; /* false and true; days, months or nanoseconds from the origin */
	};
};

/* The axis on which a value stands. Opaque: none. */
struct axis axis_of(struct feel_value value);
/* The one of the values of a kind; `zoned` is left to whoever knows. */
struct axis axis_of_kind(enum feel_kind kind);
static inline bool
axis_equal(struct axis a, struct axis b)
{
	return a.form == b.form && a.kind == b.kind && a.zoned == b.zoned;
}

/* False for a value that does not stand on this axis; none stands on an opaque one. */
[[nodiscard]] bool point_of(struct axis axis, struct feel_value value, struct point *ret_point);
/* Negative, zero, positive. */
int point_order(struct axis axis, const struct point *a, const struct point *b);
/* Puts points in order, each once; returns how many are left. */
size_t points_sort(struct axis axis, struct point *points, size_t count);
/* The place of a point among others in order: 2i + 1 when it is the i-th, 2i before it. */
uint32_t points_search(struct axis axis, const struct point *points, uint32_t count,
	const struct point *point);
/* The value at a point; a date and time that has a zone is told in Paris. */
struct feel_value point_value(struct axis axis, struct point point);

/* A point strictly between two others (NULL: the end of the axis), the plainest to read: 85 rather than
 * 84.37. `whole`: a whole number. False when there is none. Not for texts. */
[[nodiscard]] bool point_between(struct axis axis, const struct point *low, const struct point *high,
	bool whole, struct point *ret_point);

/* All the points strictly between two others, when they can be counted: at most `most` in *ret_points, in
 * order. Returns how many; more than `most`: too many, or countless. */
size_t points_between(struct axis axis, const struct point *low, const struct point *high, bool whole,
	struct point *ret_points, size_t most);
