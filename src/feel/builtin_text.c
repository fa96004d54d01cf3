/* Builtins on strings (§10.3.4.3). Patterns are XPath's, run by PCRE2 with limits. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <unicode/ustring.h>

#include "feel/builtin_all.h"

#include "base/buffer.h"
#include "feel/number.h"

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
		return arguments[0];
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

static void
code_free(pcre2_code *code)
{
	pcre2_code_free(code);
}
DEFINE_CLEANUP(pcre2_code, code_free)

static void
match_free(pcre2_match_data *match)
{
	pcre2_match_data_free(match);
}
DEFINE_CLEANUP(pcre2_match_data, match_free)

static void
context_free(pcre2_match_context *context)
{
	pcre2_match_context_free(context);
}
DEFINE_CLEANUP(pcre2_match_context, context_free)

/* XPath's flags: s, m, i, x and q; false on any other. */
static bool
read_flags(struct feel_value flags, uint32_t *ret_options)
{
	uint32_t options = PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
	for (size_t i = 0; flags.kind == FEEL_STRING && i < flags.string.length; i++) {
		switch (flags.string.at[i]) {
		case 's': options |= PCRE2_DOTALL; break;
		case 'm': options |= PCRE2_MULTILINE; break;
		case 'i': options |= PCRE2_CASELESS; break;
		case 'x': options |= PCRE2_EXTENDED; break;
		case 'q': options |= PCRE2_LITERAL; break;
		default: return false;
		}
	}
	if (options & PCRE2_LITERAL)
		options &= PCRE2_LITERAL | PCRE2_UTF | PCRE2_CASELESS;
	*ret_options = options;
	return true;
}

/* XPath has neither lookaround, atomic or named groups, nor verbs: refused rather than run differently. */
static bool
is_of_xpath(struct text pattern)
{
	bool in_class = false;
	for (size_t i = 0; i < pattern.length; i++) {
		const char c = pattern.at[i], next = i + 1 < pattern.length ? pattern.at[i + 1] : '\0';
		if (c == '\\') {
			if (next && strchr("AzZbBGKQEhHRXNVCoxuUgk", next))
				return false;
			i++;
		} else if (c == '[') {
			in_class = true;
		} else if (c == ']') {
			in_class = false;
		} else if (c == '(' && !in_class && next == '*') {
			return false;
		} else if (c == '(' && !in_class && next == '?'
			&& (i + 2 >= pattern.length || pattern.at[i + 2] != ':')) {
			return false;
		} else if (!in_class && (c == '*' || c == '+' || c == '?' || c == '}') && next == '+') {
			return false;
		}
	}
	return true;
}

/* A pattern ready to run on texts. */
struct pattern {
	pcre2_code *code;
	pcre2_match_data *match;
	pcre2_match_context *context;
	uint32_t references; /* \1 in the pattern, which compare more than one character */
};

/* What one search may cost: PCRE2's own limit is for each place where the text may match. */
enum { MOST_SEARCH_STEPS = 200000 };

struct search {
	unsigned long left;
	PCRE2_SIZE last; /* place of the last step */
	PCRE2_SIZE each; /* steps of a reference to a group */
};

/* PCRE2 calls this before each item of the pattern that it tries. */
static int
count_step(pcre2_callout_block *block, void *data)
{
	struct search *search = data;
	const PCRE2_SIZE at = block->current_position;
	const PCRE2_SIZE moved = at > search->last ? at - search->last : search->last - at;
	const unsigned long steps = 1 + search->each + moved / FEEL_BYTES_A_STEP;
	search->last = at;
	if (search->left <= steps)
		return PCRE2_ERROR_CALLOUT;
	search->left -= steps;
	return 0;
}

static void
pattern_release_at(struct pattern *pattern)
{
	code_free(pattern->code);
	match_free(pattern->match);
	context_free(pattern->context);
}

static bool
pattern_new(struct evaluation *evaluation, struct text source, struct feel_value flags,
	struct pattern *ret_pattern)
{
	uint32_t options, references = 0;
	size_t size = 0;
	int error;
	PCRE2_SIZE at;
	if (!read_flags(flags, &options) || (!(options & PCRE2_LITERAL) && !is_of_xpath(source))
		|| source.length > 4096)
		return false;
	CLEANUP(code_free) pcre2_code *code = pcre2_compile((PCRE2_SPTR)(source.at ? source.at : ""),
		source.length, options | PCRE2_AUTO_CALLOUT,
		&error, &at, NULL);
	if (!code || pcre2_pattern_info(code, PCRE2_INFO_SIZE, &size) != 0
		|| pcre2_pattern_info(code, PCRE2_INFO_BACKREFMAX, &references) != 0
		|| !evaluation_steps(evaluation, size / 16))
		return false;
	CLEANUP(match_free) pcre2_match_data *match = pcre2_match_data_create_from_pattern(code, NULL);
	CLEANUP(context_free) pcre2_match_context *context = pcre2_match_context_create(NULL);
	if (!match || !context)
		return false;
	pcre2_set_match_limit(context, 200000);
	pcre2_set_depth_limit(context, 2000);
	pcre2_set_heap_limit(context, 4096);
	*ret_pattern = (struct pattern){ TAKE(code), TAKE(match), TAKE(context), references };
	return true;
}

/* The number of groups found plus one; PCRE2_ERROR_NOMATCH; another negative when given up. */
static int
pattern_find(struct evaluation *evaluation, const struct pattern *pattern, struct text text, size_t from)
{
	if (!evaluation_steps(evaluation, 20 + (text.length - from) / FEEL_BYTES_A_STEP))
		return PCRE2_ERROR_MATCHLIMIT;
	struct search search = { .left = MOST_SEARCH_STEPS, .last = from,
		.each = pattern->references ? text.length / FEEL_BYTES_A_STEP : 0 };
	if (search.left > evaluation->steps_left)
		search.left = evaluation->steps_left;
	const unsigned long most = search.left;
	pcre2_set_callout(pattern->context, count_step, &search);
	const int found = pcre2_match(pattern->code, (PCRE2_SPTR)(text.at ? text.at : ""), text.length, from, 0,
		pattern->match, pattern->context);
	return evaluation_steps(evaluation, most - search.left) ? found : PCRE2_ERROR_MATCHLIMIT;
}

static struct feel_value
bad_pattern(struct evaluation *evaluation, struct text source)
{
	return evaluation_null(evaluation, "« " TEXT_FORMAT " » n’est pas une expression régulière admise",
		TEXT_ARGS(source));
}

static struct feel_value
too_hard(void)
{
	return feel_null(TEXT("expression régulière trop longue à chercher, abandonnée"));
}

BUILTIN(matches)
{
	CLEANUP(pattern_release) struct pattern pattern = { 0 };
	if (!pattern_new(evaluation, arguments[1].string, arguments[2], &pattern))
		return bad_pattern(evaluation, arguments[1].string);
	const int found = pattern_find(evaluation, &pattern, arguments[0].string, 0);
	if (found < 0 && found != PCRE2_ERROR_NOMATCH)
		return too_hard();
	return feel_boolean(found > 0);
}

/* Adds the replacement: $1 is a group, \$ a dollar, \\ a backslash; false when it is ill-written. */
static bool
add_replacement(struct buffer *out, struct text replacement, struct text text, const struct pattern *pattern,
	int groups)
{
	const PCRE2_SIZE *places = pcre2_get_ovector_pointer(pattern->match);
	uint32_t most = 0;
	pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &most);
	for (size_t i = 0; i < replacement.length; i++) {
		const char c = replacement.at[i], next = i + 1 < replacement.length ? replacement.at[i + 1] : '\0';
		if (c == '\\') {
			if (next != '\\' && next != '$')
				return false;
			buffer_add(out, text_part(replacement, ++i, 1));
		} else if (c == '$') {
			if (next < '0' || next > '9')
				return false;
			uint32_t group = (uint32_t)(next - '0');
			i++;
			while (i + 1 < replacement.length && replacement.at[i + 1] >= '0' && replacement.at[i + 1] <= '9'
				&& group * 10 + (uint32_t)(replacement.at[i + 1] - '0') <= most)
				group = group * 10 + (uint32_t)(replacement.at[++i] - '0');
			if ((int)group < groups && places[2 * group] != PCRE2_UNSET)
				buffer_add(out, text_part(text, places[2 * group],
					places[2 * group + 1] - places[2 * group]));
		} else {
			buffer_add(out, text_part(replacement, i, 1));
		}
	}
	return true;
}

BUILTIN(replace)
{
	const struct text text = arguments[0].string;
	const bool literal = arguments[3].kind == FEEL_STRING
		&& text_find(arguments[3].string, TEXT("q")) != SIZE_MAX;
	CLEANUP(pattern_release) struct pattern pattern = { 0 };
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	if (!pattern_new(evaluation, arguments[1].string, arguments[3], &pattern))
		return bad_pattern(evaluation, arguments[1].string);
	size_t from = 0, copied = 0;
	while (from <= text.length) {
		const int found = pattern_find(evaluation, &pattern, text, from);
		if (found == PCRE2_ERROR_NOMATCH)
			break;
		if (found < 0)
			return too_hard();
		const PCRE2_SIZE *places = pcre2_get_ovector_pointer(pattern.match);
		buffer_add(&out, text_part(text, copied, places[0] - copied));
		if (literal)
			buffer_add(&out, arguments[2].string);
		else if (!add_replacement(&out, arguments[2].string, text, &pattern, found))
			return feel_null(TEXT("remplacement mal écrit : $1 désigne un groupe, \\$ un dollar"));
		copied = places[1];
		from = copied;
		if (places[0] == places[1]) { /* an empty match: the next search starts one character on */
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
	if (!pattern_new(evaluation, arguments[1].string, absent(), &pattern))
		return bad_pattern(evaluation, arguments[1].string);
	size_t start = 0, from = 0;
	while (from <= text.length) {
		const int found = pattern_find(evaluation, &pattern, text, from);
		if (found == PCRE2_ERROR_NOMATCH)
			break;
		if (found < 0)
			return too_hard();
		const PCRE2_SIZE *places = pcre2_get_ovector_pointer(pattern.match);
		if (places[0] == places[1]) {
			if (from >= text.length)
				break;
			text_next(text, &from);
			continue;
		}
		if (!items_add(evaluation, &items, feel_string(text_part(text, start, places[0] - start))))
			return full(evaluation);
		start = from = places[1];
	}
	return items_add(evaluation, &items, feel_string(text_part(text, start, text.length)))
		? items_list(&items)
		: full(evaluation);
}
