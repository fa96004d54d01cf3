/* What an HR officer writes in a cell, as FEEL. The words a field may take stand without quotes, oui
 * and non for true and false, dates as dates. A comma between two digits is where French and FEEL part:
 * in a result it is the decimal comma, in a test it may be read in two ways and is refused. */
#include "procedure/grid.h"

#include <stdio.h>

#include "base/banned.h"

struct writing {
	struct text from;
	char *at;          /* room for the longest translation */
	uint32_t *places;
	size_t length;
	bool changed;
};

/* Adds `text`, which stands for `length` bytes of the cell: its first byte for the first, its last for the last. */
static void
put(struct writing *writing, struct text text, size_t place, size_t length)
{
	for (size_t i = 0; i < text.length; i++) {
		const size_t last = i + 1 == text.length || i >= length ? length - 1 : i;
		writing->at[writing->length] = text.at[i];
		writing->places[writing->length++] = (uint32_t)(place + last);
	}
}

/* Adds `length` bytes of the cell as they are. */
static void
keep(struct writing *writing, size_t at, size_t length)
{
	for (size_t i = at; i < at + length; i++)
		put(writing, text_part(writing->from, i, 1), i, 1);
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_word(char c)
{
	return (unsigned char)c >= 0x80 || c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The end of the string that opens at `at`. */
static size_t
string_end(struct text text, size_t at)
{
	for (size_t i = at + 1; i < text.length; i++) {
		if (text.at[i] == '\\')
			i++;
		else if (text.at[i] == '"')
			return i + 1;
	}
	return text.length;
}

/* ---- words ---- */

static bool
is_keyword(struct text word)
{
	static const char *const keywords[] = { "null", "true", "false", "and", "or", "not", "if", "then", "else", "for", "in",
		"return", "some", "every", "satisfies", "between", "instance", "of", "function", "item", "-", "?" };
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (text_equal(word, text_of_string(keywords[i])))
			return true;
	return false;
}

/* The longest word of the type that stands whole at `at`. */
static struct text
word_at(const struct feel_type *type, struct text text, size_t at)
{
	struct text best = { 0 };
	for (size_t i = 0; i < type->word_count; i++) {
		const struct text word = type->words[i], rest = text_part(text, at, SIZE_MAX);
		if (word.length <= best.length || is_keyword(word) || !text_starts(rest, word))
			continue;
		const bool ends = rest.length == word.length || !is_word(word.at[word.length - 1])
			|| !is_word(rest.at[word.length]);
		if (ends && !(rest.length > word.length && rest.at[word.length] == '('))
			best = word;
	}
	return best;
}

/* `agrégé` → `"agrégé"`, `oui` → `true`. The number of bytes translated, or 0. */
static size_t
put_word(struct writing *writing, const struct feel_type *type, size_t at)
{
	const struct text word = type->kind == FEEL_STRING ? word_at(type, writing->from, at) : (struct text){ 0 };
	if (word.length) {
		put(writing, TEXT("\""), at, 1);
		for (size_t i = 0; i < word.length; i++) {
			if (word.at[i] == '"' || word.at[i] == '\\')
				put(writing, TEXT("\\"), at + i, 1);
			keep(writing, at + i, 1);
		}
		put(writing, TEXT("\""), at + word.length - 1, 1);
		return word.length;
	}
	size_t end = at;
	while (end < writing->from.length && is_word(writing->from.at[end]))
		end++;
	const struct text name = text_part(writing->from, at, end - at);
	if (type->kind != FEEL_BOOLEAN || !(text_equal(name, TEXT("oui")) || text_equal(name, TEXT("non"))))
		return 0;
	put(writing, text_equal(name, TEXT("oui")) ? TEXT("true") : TEXT("false"), at, name.length);
	return name.length;
}

/* ---- dates ---- */

/* `2022-09-01` and `01/09/2022` → `@"2022-09-01"`. The number of bytes translated, or 0. */
static size_t
put_date(struct writing *writing, size_t at)
{
	enum { LENGTH = 10 };
	const struct text text = text_part(writing->from, at, LENGTH);
	struct date date;
	if (text.length < LENGTH || (at + LENGTH < writing->from.length && is_word(writing->from.at[at + LENGTH]))
		|| !date_read_french(text, &date))
		return 0;
	char literal[32];
	const int length = snprintf(literal, sizeof literal, "@\"%04d-%02d-%02d\"", date.year, date.month, date.day);
	put(writing, (struct text){ literal, (size_t)length }, at, LENGTH);
	return LENGTH;
}

/* ---- numbers ---- */

/* `87,62` and `1 054,35` → `87.62`, `1054.35`, when it is the whole of a result. */
static bool
put_number(struct writing *writing)
{
	const struct text text = writing->from;
	struct feel_value number;
	if (!memchr(text.at, ',', text.length) || memchr(text.at, 'e', text.length) || memchr(text.at, 'E', text.length)
		|| !feel_number_read_french(text, &number))
		return false;
	for (size_t i = 0; i < text.length; i++) {
		if (is_digit(text.at[i]) || text.at[i] == '-')
			keep(writing, i, 1);
		else if (text.at[i] == ',')
			put(writing, TEXT("."), i, 1);
	}
	return true;
}

/* A comma stuck between two digits of a test: 83,33 may be one number or two. */
static bool
tell_comma(struct arena *arena, const struct cell *cell, struct procedure_findings *findings)
{
	const struct text text = cell->text;
	for (size_t i = 1; i + 1 < text.length; i++) {
		if (text.at[i] == '"')
			i = string_end(text, i) - 1;
		if (i + 1 >= text.length || text.at[i] != ',' || !is_digit(text.at[i - 1]) || !is_digit(text.at[i + 1]))
			continue;
		size_t start = i, end = i + 1;
		while (start > 0 && is_digit(text.at[start - 1]))
			start--;
		while (end < text.length && is_digit(text.at[end]))
			end++;
		const struct text left = text_part(text, start, i - start), right = text_part(text, i + 1, end - i - 1);
		/* In a range only the number makes sense. */
		const bool ranges = text_find(text, TEXT("..")) != SIZE_MAX;
		const struct text remedy = ranges ? arena_format(arena, "écrivez « %.*s.%.*s »", TEXT_ARGS(left), TEXT_ARGS(right))
			: arena_format(arena, "écrivez « %.*s.%.*s » pour ce nombre, ou « %.*s, %.*s » pour l’un ou l’autre",
				TEXT_ARGS(left), TEXT_ARGS(right), TEXT_ARGS(left), TEXT_ARGS(right));
		struct cell as_written = *cell;
		as_written.from = NULL;
		finding_add(findings, 705, cell_span(&as_written, start, end - start), remedy,
			"cette case se lit de deux façons : un nombre à virgule, ou deux nombres");
		return true;
	}
	return false;
}

/* ---- the whole cell ---- */

static void
translate(struct writing *writing, const struct feel_type *type)
{
	const struct text from = writing->from;
	for (size_t at = 0; at < from.length;) {
		const char c = from.at[at];
		if (c == '"') {
			const size_t end = string_end(from, at);
			keep(writing, at, end - at);
			at = end;
			continue;
		}
		const bool begins = at == 0 || (!is_word(from.at[at - 1]) && from.at[at - 1] != '@');
		const bool entry = at > 1 && from.at[at - 1] == '.' && from.at[at - 2] != '.';
		const bool dated = type->kind == FEEL_DATE && is_digit(c);
		const size_t done = !begins || entry ? 0 : dated ? put_date(writing, at) : put_word(writing, type, at);
		writing->changed |= done > 0;
		if (!done)
			keep(writing, at, 1);
		at += done ? done : 1;
	}
}

bool
cell_translate(struct arena *arena, struct cell *cell, const struct feel_type *type, bool test,
	struct procedure_findings *findings)
{
	if (cell->text.length == 0)
		return true;
	if (!type)
		type = &feel_type_any;
	if (type->kind == FEEL_LIST && type->of)
		type = type->of;
	if (test && tell_comma(arena, cell, findings))
		return false;
	/* A word of one letter becomes `"x"`, a date of ten `@"2022-09-01"`. */
	const size_t most = cell->text.length * 4 + 16;
	struct writing writing = { .from = cell->text, .at = arena_alloc(arena, most),
		.places = arena_array_of(arena, uint32_t, most) };
	if (!writing.at || !writing.places) {
		findings->broken = true;
		return false;
	}
	writing.changed = !test && put_number(&writing);
	if (!writing.changed)
		translate(&writing, type);
	if (!writing.changed)
		return true;
	cell->feel = (struct text){ writing.at, writing.length };
	cell->from = writing.places;
	return true;
}
