/* See french.h. */
#include "base/french.h"

#include "base/buffer.h"

#include "base/banned.h"

/* ---- spaces that do not break ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Does `rest` begin with `word`, and end there or go on with what is no letter? */
static bool
word_is(struct text rest, struct text word)
{
	if (!text_starts(rest, word))
		return false;
	const unsigned char next = rest.length > word.length ? (unsigned char)rest.at[word.length] : ' ';
	return next < 0x80 && !(next >= 'a' && next <= 'z') && !(next >= 'A' && next <= 'Z') && next != '_';
}

/* A sign that a space precedes: it stands alone, before a space, the end, or what closes. */
static bool
is_high_sign(struct text rest)
{
	static const char closes[] = " \n\t)]*_\"";
	if (text_starts(rest, TEXT("»")))
		return true;
	if (rest.length == 0 || !memchr(":;?!", rest.at[0], 4))
		return false;
	size_t end = 1;
	while (end < rest.length && memchr("?!", rest.at[end], 2))
		end++;
	return end == rest.length || memchr(closes, rest.at[end], sizeof closes - 1)
		|| text_starts(text_part(rest, end, SIZE_MAX), TEXT(FRENCH_SPACE))
		|| text_starts(text_part(rest, end, SIZE_MAX), TEXT("»"));
}

static bool
is_unit(struct text rest)
{
	static const struct text units[] = {
		{ "h", 1 }, { "min", 3 }, { "%", 1 }, { "€", 3 }, { "o", 1 }, { "ko", 2 }, { "Mo", 2 }, { "Go", 2 }, { "km", 2 },
	};
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (word_is(rest, units[i]))
			return true;
	return false;
}

/* "à 9 h": a number, a space and h. */
static bool
ends_an_hour(struct text text)
{
	if (!text_ends(text, TEXT("h")))
		return false;
	const struct text number = text_part(text, 0, text.length - 1);
	const size_t space = text_ends(number, TEXT(FRENCH_SPACE)) ? 2 : text_ends(number, TEXT(" ")) ? 1 : 0;
	return space && number.length > space && is_digit(number.at[number.length - space - 1]);
}

/* Should the space at `at` hold together what stands on both sides of it? */
static bool
holds(struct text text, size_t at)
{
	const struct text before = text_part(text, 0, at), after = text_part(text, at + 1, SIZE_MAX);
	if (text_ends(before, TEXT("«")) || text_ends(before, TEXT("n°")) || text_ends(before, TEXT("N°")))
		return true;
	if (after.length == 0 || text_ends(before, TEXT("\n")))
		return false;
	if (is_high_sign(after))
		return true;
	if (at == 0) /* what precedes is a value: {{taux}} % */
		return word_is(after, TEXT("%")) || word_is(after, TEXT("€"));
	if (is_digit(before.at[at - 1]) && is_unit(after))
		return true;
	return is_digit(after.at[0]) && ends_an_hour(before);
}

struct text
french_spaces(struct arena *arena, struct text text)
{
	size_t count = 0, length = 0;
	for (size_t i = 0; i < text.length; i++)
		count += text.at[i] == ' ' && holds(text, i);
	if (count == 0)
		return text;
	char *set = arena_alloc(arena, text.length + count);
	if (!set)
		return (struct text){ 0 };
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] == ' ' && holds(text, i)) {
			memcpy(set + length, FRENCH_SPACE, 2);
			length += 2;
		} else {
			set[length++] = text.at[i];
		}
	}
	return (struct text){ set, length };
}

/* ---- the same but for them ---- */

/* The next byte of a text whose no-break spaces, narrow or not, are read as spaces. */
static char
next_byte(struct text *rest)
{
	const size_t wide = text_starts(*rest, TEXT(FRENCH_SPACE)) ? 2 : text_starts(*rest, TEXT("\xE2\x80\xAF")) ? 3 : 0;
	const char byte = wide ? ' ' : rest->at[0];
	*rest = text_part(*rest, wide ? wide : 1, SIZE_MAX);
	return byte;
}

static bool
starts(struct text whole, struct text part, struct text *ret_rest)
{
	while (part.length) {
		if (whole.length == 0 || next_byte(&whole) != next_byte(&part))
			return false;
	}
	*ret_rest = whole;
	return true;
}

bool
french_equal(struct text a, struct text b)
{
	struct text rest;
	return starts(a, b, &rest) && rest.length == 0;
}

bool
french_contains(struct text whole, struct text part)
{
	struct text rest;
	for (size_t i = 0; i <= whole.length; i++)
		if (starts(text_part(whole, i, SIZE_MAX), part, &rest))
			return true;
	return false;
}
