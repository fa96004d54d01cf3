/* A value of FEEL (OMG DMN 1.5, §10.3.2): small, immutable, passed by value. What it
 * points to (characters, items, entries) lives in the arena it was made in. */
#pragma once

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/text.h"

/* In the order of the standard's table of types. A zeroed value is null without a reason. */
enum feel_kind {
	FEEL_NULL,
	FEEL_BOOLEAN,
	FEEL_NUMBER,
	FEEL_STRING,
	FEEL_DATE,
	FEEL_TIME,
	FEEL_DATE_TIME,
	FEEL_YEARS_MONTHS, /* years and months duration */
	FEEL_DAYS_TIME,    /* days and time duration */
	FEEL_LIST,
	FEEL_CONTEXT,
	FEEL_RANGE,
	FEEL_FUNCTION,
	FEEL_ANY, /* of types only: no value has this kind */
	FEEL_KIND_COUNT
};

/* IEEE 754 decimal128, 34 digits; only number.c looks inside. */
struct feel_number {
	_Alignas(16) uint64_t words[2];
};

struct feel_time {
	int8_t hour, minute, second; /* 0..23, 0..59, 0..59 */
	int32_t nanosecond;          /* 0..999999999 */
};

enum feel_zone { FEEL_NO_ZONE, FEEL_OFFSET, FEEL_NAMED_ZONE };

__extension__ typedef __int128 feel_nanoseconds;

struct feel_entry;
struct feel_range;
struct feel_function;

struct feel_value {
	uint8_t kind;  /* enum feel_kind */
	uint8_t zone;  /* enum feel_zone, of a time or a date and time */
	int32_t offset; /* seconds ahead of UTC, with FEEL_OFFSET */
	const struct text *zone_name; /* "Europe/Paris", with FEEL_NAMED_ZONE */
	union {
		struct text reason; /* of a null: why, in French; may be empty */
		bool boolean;
		struct feel_number number;
		struct text string;
		struct date date; /* the part `at.date` stands at the same place */
		struct {
			struct date date; /* of a date and time */
			struct feel_time time;
		} at;
		int64_t months;               /* FEEL_YEARS_MONTHS */
		feel_nanoseconds nanoseconds; /* FEEL_DAYS_TIME */
		struct {
			const struct feel_value *at;
			size_t count;
		} list;
		struct {
			const struct feel_entry *at; /* in the order of writing */
			size_t count;
		} context;
		const struct feel_range *range;
		const struct feel_function *function;
	};
};

struct feel_entry {
	struct text name;
	struct feel_value value;
};

/* A bound that is null is absent (`< 5` has no low one). */
struct feel_range {
	struct feel_value low, high;
	bool low_open, high_open; /* true: the bound is outside */
};

/* ---- making values: none of these copies what it is given ---- */

static inline struct feel_value
feel_null(struct text reason)
{
	return (struct feel_value){ .kind = FEEL_NULL, .reason = reason };
}

static inline struct feel_value
feel_boolean(bool boolean)
{
	return (struct feel_value){ .kind = FEEL_BOOLEAN, .boolean = boolean };
}

static inline struct feel_value
feel_string(struct text string)
{
	return (struct feel_value){ .kind = FEEL_STRING, .string = string };
}

static inline struct feel_value
feel_date(struct date date)
{
	return (struct feel_value){ .kind = FEEL_DATE, .date = date };
}

static inline struct feel_value
feel_list(const struct feel_value *items, size_t count)
{
	return (struct feel_value){ .kind = FEEL_LIST, .list = { items, count } };
}

static inline struct feel_value
feel_context(const struct feel_entry *entries, size_t count)
{
	return (struct feel_value){ .kind = FEEL_CONTEXT, .context = { entries, count } };
}

static inline struct feel_value
feel_of_number(struct feel_number number)
{
	return (struct feel_value){ .kind = FEEL_NUMBER, .number = number };
}

struct feel_value feel_integer(int64_t integer);
/* The date and time that Paris shows at an instant, zone Europe/Paris. */
struct feel_value feel_instant(instant at);

/* ---- looking at values ---- */

/* True for the boolean true and nothing else. */
static inline bool
feel_is_true(struct feel_value value)
{
	return value.kind == FEEL_BOOLEAN && value.boolean;
}

/* True when the value is a whole number that fits; else *ret_integer is left alone. */
[[nodiscard]] bool feel_to_integer(struct feel_value value, int64_t *ret_integer);
/* The instant of a date and time (without zone: in Paris) or of the start of a date in Paris. */
[[nodiscard]] bool feel_to_instant(struct feel_value value, instant *ret_at);
/* The entry of a context; null with a reason when there is none or it is no context. */
struct feel_value feel_entry_of(struct feel_value context, struct text name);
/* The text of a string; empty for every other value. The same of an entry. */
struct text feel_text_of(struct feel_value value);
struct text feel_entry_text(struct feel_value context, struct text name);
/* "number", "days and time duration"… as the standard spells it. */
struct text feel_kind_text(enum feel_kind kind);
/* "un nombre", "une durée"… for messages. */
struct text feel_kind_french(enum feel_kind kind);

/* Equality of the standard (§10.3.2.13, table 53): true, false, or null between kinds that
 * cannot be compared. null = null is true. */
struct feel_value feel_equal(struct feel_value a, struct feel_value b);
/* Numbers, texts, dates, times, durations: what `<` compares, each kind with itself. */
static inline bool
feel_kind_has_order(enum feel_kind kind)
{
	return kind >= FEEL_NUMBER && kind <= FEEL_DAYS_TIME;
}
/* True with -1, 0 or 1 when the two values have an order (numbers, strings, dates…). */
[[nodiscard]] bool feel_order(struct feel_value a, struct feel_value b, int *ret_order);

/* Numbers by FEEL's arithmetic; false when one is no number, or the result is none. */
[[nodiscard]] bool feel_number_add(struct feel_value a, struct feel_value b, struct feel_value *ret_sum);
[[nodiscard]] bool feel_number_divide(struct feel_value a, struct feel_value b, struct feel_value *ret_quotient);

/* ---- reading and writing values ---- */

/* The whole text as a number: "87.62", "-1", ".5", "1e3"; with French habits: "1 234,5". */
[[nodiscard]] bool feel_number_read(struct text text, struct feel_value *ret_number);
[[nodiscard]] bool feel_number_read_french(struct text text, struct feel_value *ret_number);
/* Canonical: no exponent, no trailing zero: "87.62", "100", "0.1". */
struct text feel_number_text(struct arena *arena, struct feel_value number);

/* One FEEL literal that reads back to the same value: 87.62, "a\"b", @"2024-02-29" is
 * written date("2024-02-29") inside lists and contexts and 2024-02-29 alone when `bare`. */
struct text feel_value_to_literal(struct arena *arena, struct feel_value value);
struct text feel_value_to_bare_literal(struct arena *arena, struct feel_value value);
/* For people: "87,62", "16 juin 2023", "oui", "lundi et mardi", "2 mois". A null is "". */
struct text feel_value_to_french(struct arena *arena, struct feel_value value);

/* A number with at most so many decimals, rounded half up: "87,62". */
struct text feel_number_to_french(struct arena *arena, struct feel_value number, int decimals);

struct feel_type;
struct json_t;

/* Canonical JSON, lossless when read back with the value's type: numbers, dates, times and
 * durations as JSON strings holding their canonical text ("87.62", "2023-06-16", "P2M"),
 * strings as strings, booleans, lists, contexts (keys in order of writing), null. Ranges and
 * functions are written as null. A new reference, NULL without memory. */
struct json_t *feel_value_to_json(struct feel_value value);
/* The same text, compact, in the arena. */
struct text feel_value_to_json_text(struct arena *arena, struct feel_value value);
/* The value that `json` is, according to `type`; a number may also be a JSON integer or real.
 * With an Any type, strings stay strings and JSON numbers become numbers. REFUSED names the
 * entry at fault. */
enum guichet_status feel_value_of_json(struct arena *arena, const struct feel_type *type,
	const struct json_t *json, struct feel_value *ret_value, struct guichet_error *error);

/* A copy that depends on nothing but `arena` (functions excepted). False when it is full. */
[[nodiscard]] bool feel_value_copy(struct arena *arena, struct feel_value value, struct feel_value *ret_copy);
