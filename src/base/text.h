/* Text that carries its length: no copy to take a part, NUL bytes are data. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct text {
	const char *at; /* UTF-8, not NUL-terminated */
	size_t length;  /* in bytes */
};

#define TEXT(literal)   ((struct text){ "" literal, sizeof(literal) - 1 })
#define TEXT_FORMAT     "%.*s"
#define TEXT_ARGS(text) (int)(text).length, (text).at

/* The text of a NUL-terminated string; empty for NULL. */
static inline struct text
text_of_string(const char *string)
{
	return (struct text){ string, string ? strlen(string) : 0 };
}

static inline bool
text_equal(struct text a, struct text b)
{
	return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

/* FNV-1a, mixed: for tables in memory whose keys nobody gains by choosing badly, or that are bounded. */
uint64_t text_hash(struct text text);

bool text_starts(struct text text, struct text start);
bool text_ends(struct text text, struct text end);

/* By bytes: negative, zero or positive as for memcmp. */
int text_compare(struct text a, struct text b);

/* The part from byte `from` on, `length` bytes at most; clamped to the text. */
struct text text_part(struct text text, size_t from, size_t length);

/* Without the spaces, tabs and line ends around it. */
struct text text_trim(struct text text);

/* The byte offset of the first `part`, or SIZE_MAX. */
size_t text_find(struct text text, struct text part);

/* Cuts at the first `separator`: returns what stands before it and leaves the
 * rest in *rest; without one, returns all and leaves *rest with at == NULL. */
struct text text_split(struct text *rest, char separator);

/* True when the whole of `text` is a decimal integer within [min, max]. On
 * false, *ret_value is left alone. */
[[nodiscard]] bool text_to_integer(struct text text, int64_t min, int64_t max, int64_t *ret_value);

/* True when `text` is well-formed UTF-8 (no surrogates, no overlong forms). */
bool text_is_utf8(struct text text);

/* Without the character that a cut left incomplete at its end. */
struct text text_whole(struct text text);

/* The number of characters (code points) of well-formed UTF-8. */
size_t text_characters(struct text text);

/* Reads the code point at *at and moves past it; U+FFFD and one byte when malformed.
 * *at must be below text.length. */
uint32_t text_next(struct text text, size_t *at);
