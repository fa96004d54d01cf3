/* See text.h. */
#include "base/text.h"

#include "base/banned.h"

uint64_t
text_hash(struct text text)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < text.length; i++)
		hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(1099511628211);
	return hash ^ hash >> 32;
}

bool
text_starts(struct text text, struct text start)
{
	return text.length >= start.length && text_equal((struct text){ text.at, start.length }, start);
}

bool
text_ends(struct text text, struct text end)
{
	return text.length >= end.length
		&& text_equal((struct text){ text.at + text.length - end.length, end.length }, end);
}

int
text_compare(struct text a, struct text b)
{
	const size_t shared = a.length < b.length ? a.length : b.length;
	const int order = shared ? memcmp(a.at, b.at, shared) : 0;
	return order ? order : (a.length > b.length) - (a.length < b.length);
}

struct text
text_part(struct text text, size_t from, size_t length)
{
	if (from >= text.length)
		return (struct text){ text.at ? text.at + text.length : NULL, 0 };
	const size_t left = text.length - from;
	return (struct text){ text.at + from, length < left ? length : left };
}

static bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

struct text
text_trim(struct text text)
{
	while (text.length && is_space(text.at[0]))
		text = text_part(text, 1, text.length);
	while (text.length && is_space(text.at[text.length - 1]))
		text.length--;
	return text;
}

size_t
text_find(struct text text, struct text part)
{
	if (part.length == 0)
		return 0;
	const char *found = text.length ? memmem(text.at, text.length, part.at, part.length) : NULL;
	return found ? (size_t)(found - text.at) : SIZE_MAX;
}

struct text
text_split(struct text *rest, char separator)
{
	const char *cut = rest->length ? memchr(rest->at, separator, rest->length) : NULL;
	struct text first = *rest;
	if (!cut) {
		*rest = (struct text){ 0 };
		return first;
	}
	first.length = (size_t)(cut - rest->at);
	*rest = text_part(*rest, first.length + 1, rest->length);
	return first;
}

bool
text_to_integer(struct text text, int64_t min, int64_t max, int64_t *ret_value)
{
	const bool negative = text.length && text.at[0] == '-';
	if (negative)
		text = text_part(text, 1, text.length);
	if (text.length == 0)
		return false;
	int64_t value = 0;
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
		const int64_t digit = text.at[i] - '0';
		if (__builtin_mul_overflow(value, 10, &value)
			|| __builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	if (value < min || value > max)
		return false;
	*ret_value = value;
	return true;
}

/* The length in bytes of the well-formed sequence at `at`, or 0. */
static size_t
sequence(const unsigned char *at, size_t left, uint32_t *ret_point)
{
	if (at[0] < 0x80) {
		*ret_point = at[0];
		return 1;
	}
	const size_t length = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
	if (at[0] < 0xc2 || at[0] > 0xf4 || left < length)
		return 0;
	uint32_t point = at[0] & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		point = point << 6 | (at[i] & 0x3f);
	}
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	if (point < least[length] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return 0;
	*ret_point = point;
	return length;
}

bool
text_is_utf8(struct text text)
{
	uint32_t point;
	for (size_t at = 0; at < text.length;) {
		const size_t length = sequence((const unsigned char *)text.at + at, text.length - at, &point);
		if (length == 0)
			return false;
		at += length;
	}
	return true;
}

struct text
text_whole(struct text text)
{
	size_t last = text.length; /* one past the first byte of the last character */
	while (last && text.length - last < 3 && ((unsigned char)text.at[last - 1] & 0xc0) == 0x80)
		last--;
	if (last == 0)
		return text;
	const unsigned char first = (unsigned char)text.at[last - 1];
	const size_t wanted = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
	if (text.length - (last - 1) < wanted)
		text.length = last - 1;
	return text;
}

size_t
text_characters(struct text text)
{
	size_t count = 0;
	for (size_t i = 0; i < text.length; i++)
		count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
	return count;
}

uint32_t
text_next(struct text text, size_t *at)
{
	uint32_t point;
	const size_t length = sequence((const unsigned char *)text.at + *at, text.length - *at, &point);
	*at += length ? length : 1;
	return length ? point : 0xfffd;
}
