/* Builtins on strings (§10.3.4.3). Patterns are XPath's: see pattern.h. */
#include <unicode/ustring.h>

#include "feel/builtin_all.h"

#include "base/buffer.h"
#include "feel/number.h"
#include "feel/pattern.h"

#include "base/banned.h"

static struct feel_value
full(struct evaluation *evaluation)
{
	return evaluation_stop(evaluation, FEEL_NO_MEMORY);
}

/* What was written, kept in the arena. */
static struct feel_value
string_of_buffer(struct evaluation *evaluation, const struct buffer *buffer)
{
	const struct text kept = buffer->failed ? (struct text){ 0 }
		: arena_text(evaluation->arena, buffer_text(buffer));
	return kept.at ? feel_string(kept) : full(evaluation);
}

BUILTIN(string_of)
{
	if (arguments[0].kind == FEEL_NULL)
		return arguments[0].reason.length ? arguments[0] : feel_null(TEXT("valeur absente donnée à « string »"));
	if (arguments[0].kind == FEEL_STRING)
		return arguments[0];
	const struct text written = feel_value_to_bare_literal(evaluation->arena, arguments[0]);
	return written.at ? feel_string(written) : full(evaluation);
}

/* Byte offset of the character of that index. */
static size_t
offset_of(struct text text, size_t characters)
{
	size_t at = 0;
	while (characters-- && at < text.length)
		text_next(text, &at);
	return at;
}

static bool
truncate_to_integer(struct feel_value number, int64_t *ret_integer)
{
	struct feel_number whole;
	return number_round(number.number, 0, ROUND_DOWN, &whole) && number_to_integer(whole, ret_integer);
}

BUILTIN(substring)
{
	const struct text text = arguments[0].string;
	const int64_t count = (int64_t)text_characters(text);
	int64_t start, length = count;
	(void)evaluation;
	if (!truncate_to_integer(arguments[1], &start) || start == 0 || start > count || start < -count)
		return feel_null(TEXT("position en dehors du texte"));
	if (!is_absent(arguments[2]) && (!truncate_to_integer(arguments[2], &length) || length < 1))
		return feel_null(TEXT("longueur inférieure à 1"));
	start = start < 0 ? count + start : start - 1;
	if (length > count - start)
		length = count - start;
	const size_t from = offset_of(text, (size_t)start);
	const struct text rest = text_part(text, from, text.length);
	return feel_string(text_part(rest, 0, offset_of(rest, (size_t)length)));
}

BUILTIN(string_length)
{
	(void)evaluation;
	return feel_integer((int64_t)text_characters(arguments[0].string));
}

static struct feel_value
change_case(struct evaluation *evaluation, struct text text, bool upper)
{
	UErrorCode error = U_ZERO_ERROR;
	const int32_t capacity = (int32_t)(text.length * 3 + 4);
	if (text.length > (1 << 24))
		return full(evaluation);
	UChar *source = arena_array_of(evaluation->arena, UChar, (size_t)capacity);
	UChar *changed = arena_array_of(evaluation->arena, UChar, (size_t)capacity);
	char *out = arena_alloc(evaluation->arena, (size_t)capacity * 3);
	int32_t length = 0, written = 0;
	if (!source || !changed || !out)
		return full(evaluation);
	u_strFromUTF8(source, capacity, &length, text.at, (int32_t)text.length, &error);
	length = upper ? u_strToUpper(changed, capacity, source, length, "", &error)
		: u_strToLower(changed, capacity, source, length, "", &error);
	u_strToUTF8(out, capacity * 3, &written, changed, length, &error);
	if (U_FAILURE(error))
		return feel_null(TEXT("texte illisible"));
	return feel_string((struct text){ out, (size_t)written });
}

BUILTIN(upper_case) { return change_case(evaluation, arguments[0].string, true); }
BUILTIN(lower_case) { return change_case(evaluation, arguments[0].string, false); }

BUILTIN(substring_before)
{
	const size_t at = text_find(arguments[0].string, arguments[1].string);
	(void)evaluation;
	return feel_string(at == SIZE_MAX ? TEXT("") : text_part(arguments[0].string, 0, at));
}

BUILTIN(substring_after)
{
	const size_t at = text_find(arguments[0].string, arguments[1].string);
	(void)evaluation;
	return feel_string(at == SIZE_MAX ? TEXT("")
		: text_part(arguments[0].string, at + arguments[1].string.length, arguments[0].string.length));
}

BUILTIN(contains)
{
	(void)evaluation;
	return feel_boolean(text_find(arguments[0].string, arguments[1].string) != SIZE_MAX);
}

BUILTIN(starts_with)
{
	(void)evaluation;
	return feel_boolean(text_starts(arguments[0].string, arguments[1].string));
}

BUILTIN(ends_with)
{
	(void)evaluation;
	return feel_boolean(text_ends(arguments[0].string, arguments[1].string));
}

BUILTIN(string_join)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	bool first = true;
	for (size_t i = 0; i < arguments[0].list.count; i++) {
		const struct feel_value item = arguments[0].list.at[i];
		if (item.kind == FEEL_NULL)
			continue;
		if (item.kind != FEEL_STRING)
			return feel_null(TEXT("la liste contient autre chose que des textes"));
		if (!first && arguments[1].kind == FEEL_STRING)
			buffer_add(&out, arguments[1].string);
		buffer_add(&out, item.string);
		first = false;
	}
	return string_of_buffer(evaluation, &out);
}

/* ---- patterns ---- */

static struct feel_value
bad_pattern(struct evaluation *evaluation, struct text source)
{
	const struct text shown = text_whole(text_part(source, 0, 100));
	return evaluation_null(evaluation, "« " TEXT_FORMAT "%s » n’est pas une expression régulière admise",
		TEXT_ARGS(shown), shown.length < source.length ? "…" : "");
}

static struct feel_value
too_hard(void)
{
	return feel_null(TEXT("expression régulière trop longue à chercher, abandonnée"));
}

/* A place between two characters cannot be replaced nor cut at: XPath refuses such patterns. */
static struct feel_value
matches_nothing(struct evaluation *evaluation, struct text source)
{
	return evaluation_null(evaluation, "« " TEXT_FORMAT " » répond à un texte vide : il trouverait partout",
		TEXT_ARGS(source));
}

BUILTIN(matches)
{
	CLEANUP(pattern_release) struct pattern pattern = { 0 };
	if (!pattern_read(evaluation, arguments[1].string, feel_text_of(arguments[2]), &pattern))
		return bad_pattern(evaluation, arguments[1].string);
	const enum pattern_found found = pattern_find(evaluation, &pattern, arguments[0].string, 0);
	return found == PATTERN_TOO_HARD ? too_hard() : feel_boolean(found == PATTERN_FOUND);
}

/* Adds the replacement: $1 is a group, \$ a dollar, \\ a backslash; false when it is ill-written. */
static bool
add_replacement(struct buffer *out, struct text replacement, struct text text, const struct pattern *pattern)
{
	for (size_t i = 0; i < replacement.length; i++) {
		const char c = replacement.at[i], next = i + 1 < replacement.length ? replacement.at[i + 1] : '\0';
		if (c == '\\') {
			if (next != '\\' && next != '$')
				return false;
			buffer_add(out, text_part(replacement, ++i, 1));
		} else if (c == '$') {
			if (next < '0' || next > '9')
				return false;
			unsigned group = (unsigned)(next - '0');
			i++;
			while (i + 1 < replacement.length && replacement.at[i + 1] >= '0' && replacement.at[i + 1] <= '9'
				&& group * 10 + (unsigned)(replacement.at[i + 1] - '0') <= pattern->groups)
				group = group * 10 + (unsigned)(replacement.at[++i] - '0');
			size_t start, end;
			if (pattern_group(pattern, group, &start, &end))
				buffer_add(out, text_part(text, start, end - start));
		} else {
			buffer_add(out, text_part(replacement, i, 1));
		}
	}
	return true;
}

BUILTIN(replace)
{
	const struct text text = arguments[0].string, flags = feel_text_of(arguments[3]);
	const bool literal = text_find(flags, TEXT("q")) != SIZE_MAX;
	CLEANUP(pattern_release) struct pattern pattern = { 0 };
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	if (!pattern_read(evaluation, arguments[1].string, flags, &pattern))
		return bad_pattern(evaluation, arguments[1].string);
	if (pattern_matches_nothing(evaluation, &pattern))
		return matches_nothing(evaluation, arguments[1].string);
	size_t from = 0, copied = 0;
	while (from <= text.length) {
		size_t start, end;
		const enum pattern_found found = pattern_find(evaluation, &pattern, text, from);
		if (found == PATTERN_TOO_HARD)
			return too_hard();
		if (found == PATTERN_NOT_FOUND || !pattern_group(&pattern, 0, &start, &end))
			break;
		buffer_add(&out, text_part(text, copied, start - copied));
		if (literal)
			buffer_add(&out, arguments[2].string);
		else if (!add_replacement(&out, arguments[2].string, text, &pattern))
			return feel_null(TEXT("remplacement mal écrit : $1 désigne un groupe, \\$ un dollar"));
		copied = from = end;
		if (start == end) { /* at an edge such as "$": the next search starts one character on */
			if (from >= text.length)
				break;
			text_next(text, &from);
		}
		if (out.failed)
			return full(evaluation);
	}
	buffer_add(&out, text_part(text, copied, text.length));
	return string_of_buffer(evaluation, &out);
}

BUILTIN(split)
{
	const struct text text = arguments[0].string;
	CLEANUP(pattern_release) struct pattern pattern = { 0 };
	struct items items = { 0 };
	if (!pattern_read(evaluation, arguments[1].string, TEXT(""), &pattern))
		return bad_pattern(evaluation, arguments[1].string);
	if (pattern_matches_nothing(evaluation, &pattern))
		return matches_nothing(evaluation, arguments[1].string);
	size_t copied = 0, from = 0;
	while (from <= text.length) {
		size_t start, end;
		const enum pattern_found found = pattern_find(evaluation, &pattern, text, from);
		if (found == PATTERN_TOO_HARD)
			return too_hard();
		if (found == PATTERN_NOT_FOUND || !pattern_group(&pattern, 0, &start, &end))
			break;
		if (start == end) {
			if (from >= text.length)
				break;
			text_next(text, &from);
			continue;
		}
		if (!items_add(evaluation, &items, feel_string(text_part(text, copied, start - copied))))
			return full(evaluation);
		copied = from = end;
	}
	return items_add(evaluation, &items, feel_string(text_part(text, copied, text.length)))
		? items_list(&items)
		: full(evaluation);
}
