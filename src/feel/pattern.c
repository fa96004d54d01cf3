/* See pattern.h. A pattern is rewritten for PCRE2: what XPath and PCRE2 write the same way
 * but mean differently (\w, \s, ".", \i, \c, blocks, subtraction in classes,
 * back-references), and what only PCRE2 knows is refused. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <unicode/uchar.h>
#include <unicode/uset.h>

#include "feel/pattern.h"

#include "base/buffer.h"

#include "base/banned.h"

enum { MOST_SOURCE = 4096, MOST_GROUPS = 99, MOST_OPEN = 100, MOST_CLASSES = 20 };

struct flags {
	bool dot_all, multiline, caseless, spaces_dropped, literal;
};

/* A pattern being rewritten. */
struct rewriting {
	struct text source;
	size_t at;
	struct buffer *out;
	struct flags flags;
	unsigned groups;
	bool closed[MOST_GROUPS + 1]; /* by group: a reference may follow */
	unsigned open[MOST_OPEN];     /* groups under way, 0 for (?:…) */
	unsigned depth;
};

static bool
read_flags(struct text written, struct flags *ret_flags)
{
	struct flags flags = { 0 };
	for (size_t i = 0; i < written.length; i++) {
		switch (written.at[i]) {
		case 's': flags.dot_all = true; break;
		case 'm': flags.multiline = true; break;
		case 'i': flags.caseless = true; break;
		case 'x': flags.spaces_dropped = true; break;
		case 'q': flags.literal = true; break;
		default: return false;
		}
	}
	*ret_flags = flags;
	return true;
}

/* The next byte, or NUL at the end. */
static char
peek(const struct rewriting *rewriting)
{
	return rewriting->at < rewriting->source.length ? rewriting->source.at[rewriting->at] : '\0';
}

static bool
take(struct rewriting *rewriting, char c)
{
	if (rewriting->at >= rewriting->source.length || rewriting->source.at[rewriting->at] != c)
		return false;
	rewriting->at++;
	return true;
}

/* ---- escapes ---- */

#define NAME_START                                                                                  \
	":A-Z_a-z\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{2FF}\\x{370}-\\x{37D}\\x{37F}-\\x{1FFF}" \
	"\\x{200C}-\\x{200D}\\x{2070}-\\x{218F}\\x{2C00}-\\x{2FEF}\\x{3001}-\\x{D7FF}"             \
	"\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFFD}\\x{10000}-\\x{EFFFF}"

/* What stands in a class for these letters; the last two only outside of one, negated. */
static const struct {
	char letter;
	bool negated;
	struct text inside;
} sets[] = {
	{ 's', false, TEXT(" \\t\\n\\r") },
	{ 'S', false, TEXT("\\x{0}-\\x{8}\\x{B}\\x{C}\\x{E}-\\x{1F}\\x{21}-\\x{10FFFF}") },
	{ 'd', false, TEXT("\\p{Nd}") },
	{ 'D', false, TEXT("\\P{Nd}") },
	{ 'w', false, TEXT("\\p{L}\\p{M}\\p{N}\\p{S}") },
	{ 'W', false, TEXT("\\p{P}\\p{Z}\\p{C}") },
	{ 'i', false, TEXT(NAME_START) },
	{ 'c', false, TEXT(NAME_START "\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}-\\x{2040}") },
	{ 'I', true, TEXT(NAME_START) },
	{ 'C', true, TEXT(NAME_START "\\-.0-9\\x{B7}\\x{300}-\\x{36F}\\x{203F}-\\x{2040}") },
};

/* The characters of a block, such as "BasicLatin", or all the others. */
static bool
add_block(struct buffer *out, struct text name, bool negated)
{
	char block[64];
	UChar32 first = 0, last = 0;
	if (name.length >= sizeof block)
		return false;
	snprintf(block, sizeof block, TEXT_FORMAT, TEXT_ARGS(name));
	const int32_t value = u_getPropertyValueEnum(UCHAR_BLOCK, block);
	if (value == UCHAR_INVALID_CODE)
		return false;
	UErrorCode error = U_ZERO_ERROR;
	USet *set = uset_openEmpty();
	uset_applyIntPropertyValue(set, UCHAR_BLOCK, value, &error);
	uset_getItem(set, 0, &first, &last, NULL, 0, &error);
	uset_close(set);
	if (U_FAILURE(error) || last < first)
		return false;
	if (!negated)
		buffer_format(out, "\\x{%x}-\\x{%x}", (unsigned)first, (unsigned)last);
	if (negated && first > 0)
		buffer_format(out, "\\x{0}-\\x{%x}", (unsigned)first - 1);
	if (negated && last < 0x10ffff)
		buffer_format(out, "\\x{%x}-\\x{10ffff}", (unsigned)last + 1);
	return true;
}

/* \p{Lu}, \P{IsBasicLatin}: what stands after the backslash. */
static bool
add_property(struct rewriting *rewriting, struct buffer *out)
{
	const bool negated = peek(rewriting) == 'P';
	rewriting->at++;
	if (!take(rewriting, '{'))
		return false;
	struct text name = text_part(rewriting->source, rewriting->at, rewriting->source.length);
	name.length = text_find(name, TEXT("}"));
	if (name.length == SIZE_MAX)
		return false;
	rewriting->at += name.length + 1;
	if (text_starts(name, TEXT("Is")))
		return add_block(out, text_part(name, 2, name.length), negated);
	if (name.length < 1 || name.length > 2 || !strchr("LMNPZSC", name.at[0]))
		return false;
	buffer_format(out, "\\%c{" TEXT_FORMAT "}", negated ? 'P' : 'p', TEXT_ARGS(name));
	return true;
}

/* After a backslash, inside a class or outside. */
static bool
add_escape(struct rewriting *rewriting, struct buffer *out, bool in_class)
{
	const char c = peek(rewriting);
	if (c == 'p' || c == 'P') {
		/* the flag i says nothing of categories; in a class it cannot be undone */
		buffer_add(out, in_class ? TEXT("") : TEXT("(?-i:["));
		const bool done = add_property(rewriting, out);
		buffer_add(out, in_class ? TEXT("") : TEXT("])"));
		return done;
	}
	rewriting->at++;
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		if (sets[i].letter != c)
			continue;
		if (in_class && sets[i].negated)
			return false;
		buffer_add(out, in_class ? TEXT("") : sets[i].negated ? TEXT("[^") : TEXT("["));
		buffer_add(out, sets[i].inside);
		buffer_add(out, in_class ? TEXT("") : TEXT("]"));
		return true;
	}
	if (!c || !strchr("nrt\\|.?*+(){}-[]^$", c))
		return false;
	buffer_format(out, "\\%c", c);
	return true;
}

/* \1 to \99, as many digits as make a group already closed. */
static bool
add_reference(struct rewriting *rewriting)
{
	unsigned group = (unsigned)(peek(rewriting) - '0');
	rewriting->at++;
	const char next = peek(rewriting);
	if (next >= '0' && next <= '9' && group * 10 + (unsigned)(next - '0') <= rewriting->groups) {
		group = group * 10 + (unsigned)(next - '0');
		rewriting->at++;
	}
	if (group > rewriting->groups || !rewriting->closed[group])
		return false;
	buffer_format(rewriting->out, "\\g{%u}", group);
	return true;
}

/* ---- classes ---- */

/* From "[" on: "[a-z-[aeiou]]" becomes "(?:(?![aeiou])[a-z])". */
static bool
add_class(struct rewriting *rewriting, struct buffer *out, unsigned nesting)
{
	CLEANUP(buffer_release) struct buffer inside = buffer_new(1 << 16), less = buffer_new(1 << 16);
	if (nesting > MOST_CLASSES || !take(rewriting, '['))
		return false;
	const bool negated = take(rewriting, '^');
	const size_t start = rewriting->at;
	while (peek(rewriting) != ']' || rewriting->at == start) {
		const size_t first = rewriting->at;
		const struct text rest = text_part(rewriting->source, first, rewriting->source.length);
		if (rest.length == 0 || rest.at[0] == '[' || rest.at[0] == ']')
			return false;
		if (take(rewriting, '\\')) {
			if (!add_escape(rewriting, &inside, true))
				return false;
		} else if (text_starts(rest, TEXT("-[")) && first > start) {
			rewriting->at++;
			if (!add_class(rewriting, &less, nesting + 1) || peek(rewriting) != ']')
				return false;
		} else if (take(rewriting, '-')) {
			/* itself at either end, else between the two ends of a range */
			buffer_add(&inside, first == start || peek(rewriting) == ']' ? TEXT("\\-") : TEXT("-"));
		} else {
			text_next(rewriting->source, &rewriting->at);
			const unsigned char c = (unsigned char)rest.at[0];
			if (c < 0x80 && strchr("^&~|#", c) && c)
				buffer_add(&inside, TEXT("\\"));
			buffer_add(&inside, text_part(rest, 0, rewriting->at - first));
		}
	}
	rewriting->at++;
	const struct text set = buffer_text(&inside), without = buffer_text(&less);
	if (inside.failed || less.failed || set.length == 0)
		return false;
	if (without.length)
		buffer_format(out, "(?:(?!" TEXT_FORMAT ")", TEXT_ARGS(without));
	buffer_add(out, negated ? TEXT("[^") : TEXT("["));
	buffer_add(out, set);
	buffer_add(out, without.length ? TEXT("])") : TEXT("]"));
	return true;
}

/* ---- the rest ---- */

static bool
add_open(struct rewriting *rewriting)
{
	rewriting->at++;
	const bool named = peek(rewriting) == '?';
	if (named && !text_starts(text_part(rewriting->source, rewriting->at, 2), TEXT("?:")))
		return false; /* nothing else of (?…) is XPath's */
	if (rewriting->depth == MOST_OPEN || (!named && rewriting->groups == MOST_GROUPS) || peek(rewriting) == '*')
		return false;
	rewriting->open[rewriting->depth++] = named ? 0 : ++rewriting->groups;
	rewriting->at += named ? 2 : 0;
	buffer_add(rewriting->out, named ? TEXT("(?:") : TEXT("("));
	return true;
}

/* {2}, {2,} or {2,3}, from the brace on. */
static bool
add_braces(struct rewriting *rewriting)
{
	const size_t start = rewriting->at++;
	const size_t digits = rewriting->at;
	while (peek(rewriting) >= '0' && peek(rewriting) <= '9')
		rewriting->at++;
	if (rewriting->at == digits)
		return false;
	if (take(rewriting, ','))
		while (peek(rewriting) >= '0' && peek(rewriting) <= '9')
			rewriting->at++;
	if (!take(rewriting, '}'))
		return false;
	buffer_add(rewriting->out, text_part(rewriting->source, start, rewriting->at - start));
	return true;
}

static void
drop_spaces(struct rewriting *rewriting)
{
	while (rewriting->flags.spaces_dropped && peek(rewriting) && strchr(" \t\n\r", peek(rewriting)))
		rewriting->at++;
}

/* A quantifier may be reluctant, and be followed by no other. */
static bool
add_quantifier(struct rewriting *rewriting)
{
	const char c = peek(rewriting);
	if (c == '{' && !add_braces(rewriting))
		return false;
	if (c != '{') {
		rewriting->at++;
		buffer_format(rewriting->out, "%c", c);
	}
	drop_spaces(rewriting);
	if (take(rewriting, '?'))
		buffer_add(rewriting->out, TEXT("?"));
	drop_spaces(rewriting);
	const char next = peek(rewriting);
	return !next || !strchr("?*+{", next);
}

static bool
add_piece(struct rewriting *rewriting)
{
	const char c = peek(rewriting);
	switch (c) {
	case '\\': {
		rewriting->at++;
		const char next = peek(rewriting);
		return next >= '1' && next <= '9' ? add_reference(rewriting)
			: add_escape(rewriting, rewriting->out, false);
	}
	case '[':
		return add_class(rewriting, rewriting->out, 0);
	case '(':
		return add_open(rewriting);
	case ')':
		if (rewriting->depth == 0)
			return false;
		rewriting->closed[rewriting->open[--rewriting->depth]] = true;
		rewriting->at++;
		buffer_add(rewriting->out, TEXT(")"));
		return true;
	case '?':
	case '*':
	case '+':
	case '{':
		return add_quantifier(rewriting);
	case ']':
	case '}':
		return false;
	case '.':
		rewriting->at++;
		buffer_add(rewriting->out, rewriting->flags.dot_all ? TEXT(".") : TEXT("[^\\n\\r]"));
		return true;
	default: {
		const size_t first = rewriting->at;
		text_next(rewriting->source, &rewriting->at);
		buffer_add(rewriting->out, text_part(rewriting->source, first, rewriting->at - first));
		return true;
	}
	}
}

/* The same pattern for PCRE2. */
static bool
rewrite(struct text source, struct flags flags, struct buffer *out, unsigned *ret_groups)
{
	struct rewriting rewriting = { .source = source, .out = out, .flags = flags };
	for (drop_spaces(&rewriting); rewriting.at < source.length; drop_spaces(&rewriting))
		if (!add_piece(&rewriting))
			return false;
	*ret_groups = rewriting.groups;
	return rewriting.depth == 0 && !out->failed;
}

/* ---- the doors ---- */

void
pattern_release_at(struct pattern *pattern)
{
	pcre2_code_free(pattern->code);
	pcre2_match_data_free(pattern->match);
	pcre2_match_context_free(pattern->context);
}

static bool
no_memory(struct evaluation *evaluation)
{
	evaluation_stop(evaluation, FEEL_NO_MEMORY);
	return false;
}

bool
pattern_read(struct evaluation *evaluation, struct text source, struct text written_flags,
	struct pattern *ret_pattern)
{
	CLEANUP(buffer_release) struct buffer rewritten = buffer_new(1 << 17);
	CLEANUP(pattern_release) struct pattern pattern = { 0 };
	struct flags flags;
	uint32_t references = 0;
	size_t size = 0;
	int error;
	PCRE2_SIZE at;
	if (!read_flags(written_flags, &flags) || source.length > MOST_SOURCE)
		return false;
	uint32_t options = PCRE2_UTF | PCRE2_AUTO_CALLOUT | (flags.caseless ? PCRE2_CASELESS : 0);
	if (flags.literal) {
		options |= PCRE2_LITERAL;
		buffer_add(&rewritten, source);
	} else {
		options |= PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY
			| (flags.dot_all ? PCRE2_DOTALL : 0) | (flags.multiline ? PCRE2_MULTILINE : 0);
		if (!rewrite(source, flags, &rewritten, &pattern.groups) && !rewritten.failed)
			return false;
	}
	if (rewritten.failed)
		return no_memory(evaluation);
	const struct text text = buffer_text(&rewritten);
	pattern.code = pcre2_compile((PCRE2_SPTR)(text.at ? text.at : ""), text.length, options, &error, &at, NULL);
	if (!pattern.code && error == PCRE2_ERROR_HEAP_FAILED)
		return no_memory(evaluation);
	if (!pattern.code || pcre2_pattern_info(pattern.code, PCRE2_INFO_SIZE, &size) != 0
		|| pcre2_pattern_info(pattern.code, PCRE2_INFO_BACKREFMAX, &references) != 0
		|| !evaluation_steps(evaluation, size / 16))
		return false;
	pattern.refers = references > 0;
	pattern.match = pcre2_match_data_create_from_pattern(pattern.code, NULL);
	pattern.context = pattern.match ? pcre2_match_context_create(NULL) : NULL;
	if (!pattern.context)
		return no_memory(evaluation);
	pcre2_set_match_limit(pattern.context, 200000);
	pcre2_set_depth_limit(pattern.context, 2000);
	pcre2_set_heap_limit(pattern.context, 4096);
	*ret_pattern = pattern;
	pattern = (struct pattern){ 0 };
	return true;
}

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

enum pattern_found
pattern_find(struct evaluation *evaluation, const struct pattern *pattern, struct text text, size_t from)
{
	if (!evaluation_steps(evaluation, 20 + (text.length - from) / FEEL_BYTES_A_STEP))
		return PATTERN_TOO_HARD;
	struct search search = { .left = MOST_SEARCH_STEPS, .last = from,
		.each = pattern->refers ? text.length / FEEL_BYTES_A_STEP : 0 };
	if (search.left > evaluation->steps_left)
		search.left = evaluation->steps_left;
	const unsigned long most = search.left;
	pcre2_set_callout(pattern->context, count_step, &search);
	const int found = pcre2_match(pattern->code, (PCRE2_SPTR)(text.at ? text.at : ""), text.length, from, 0,
		pattern->match, pattern->context);
	if (found == PCRE2_ERROR_NOMEMORY)
		evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (!evaluation_steps(evaluation, most - search.left))
		return PATTERN_TOO_HARD;
	return found > 0 ? PATTERN_FOUND : found == PCRE2_ERROR_NOMATCH ? PATTERN_NOT_FOUND : PATTERN_TOO_HARD;
}

bool
pattern_group(const struct pattern *pattern, unsigned group, size_t *ret_start, size_t *ret_end)
{
	const PCRE2_SIZE *places = pcre2_get_ovector_pointer(pattern->match);
	if (group > pattern->groups || places[2 * group] == PCRE2_UNSET)
		return false;
	*ret_start = places[2 * group];
	*ret_end = places[2 * group + 1];
	return true;
}

bool
pattern_matches_nothing(struct evaluation *evaluation, const struct pattern *pattern)
{
	return pattern_find(evaluation, pattern, TEXT(""), 0) == PATTERN_FOUND;
}
