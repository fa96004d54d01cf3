/* Every builtin, given every kind of value at each of its places: a value, or a null that says why. */
#include <ctype.h>

#include "base/buffer.h"
#include "feel/builtin.h"
#include "feel/feel.h"
#include "test.h"

#include "base/banned.h"

/* A good argument of each type that signatures name. */
static const struct {
	const char *type, *literal;
} good[] = {
	{ "any", "1" }, { "boolean", "true" }, { "number", "1" }, { "string", "\"a\"" },
	{ "date", "@\"2023-06-16\"" }, { "time", "@\"10:00:00\"" }, { "date and time", "@\"2023-06-16T10:00:00\"" },
	{ "years and months duration", "@\"P1Y\"" }, { "days and time duration", "@\"PT2H\"" }, { "list", "[1]" },
	{ "context", "{a: 1}" }, { "range", "[1..2]" }, { "function", "function(a, b) a < b" },
};

static const char *const values[] = {
	"null", "true", "1", "-1", "1.5", "1e30", "\"\"", "\"a\"", "\"[\"", "@\"2023-06-16\"", "@\"10:00:00\"",
	"@\"2023-06-16T10:00:00Z\"", "@\"P1Y\"", "@\"P1D\"", "[]", "[null]", "[1, \"a\"]", "[[1]]", "{}", "{key: 1}",
	"[1..2]", "[@\"2023-01-01\"..@\"2023-12-31\"]", "function(x) x", "function(a, b) 1", "1 / 0",
};

/* The words after "NAME: ": the type, as the table writes it. */
static struct text
type_word(const struct builtin *builtin, size_t place)
{
	struct text rest = text_of_string(builtin->signature), type = { 0 };
	for (size_t i = 0; i <= place; i++) {
		type = text_split(&rest, ',');
		text_split(&type, ':');
	}
	return text_trim(type);
}

static const char *
good_literal(const struct builtin *builtin, size_t place)
{
	const struct text type = type_word(builtin, place);
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		if (text_equal(type, text_of_string(good[i].type)))
			return good[i].literal;
	return NULL;
}

/* A French reason: some words, without a capital nor a final point, as it follows a colon. */
static bool
is_reason(struct text reason)
{
	static const struct text english[] = { TEXT("argument is"), TEXT(" the "), TEXT("invalid"), TEXT("null") };
	for (size_t i = 0; i < sizeof english / sizeof *english; i++)
		if (text_find(reason, english[i]) != SIZE_MAX)
			return false;
	return text_find(reason, TEXT(" ")) != SIZE_MAX && !isupper((unsigned char)reason.at[0])
		&& reason.at[reason.length - 1] != '.';
}

/* The reason of the null that a call gives; nothing when it gives a value. */
static void
check_call(struct arena *arena, struct text call)
{
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	findings->lenient = true;
	const struct feel *feel = feel_read(arena, NULL, call, findings);
	struct feel_run run = { .arena = arena };
	if (!feel) {
		test_case(false, __FILE__, __LINE__, "unreadable: " TEXT_FORMAT, TEXT_ARGS(call));
		return;
	}
	const struct feel_value value = feel_evaluate(feel, &run);
	test_case(run.stop == FEEL_COMPLETE && (value.kind != FEEL_NULL || is_reason(value.reason)), __FILE__,
		__LINE__, TEXT_FORMAT " gives null because \"" TEXT_FORMAT "\"", TEXT_ARGS(call), TEXT_ARGS(value.reason));
}

/* "NAME(good, VALUE, good)", the argument of `place` being `value`; by name when `named`. */
static struct text
write_call(struct arena *arena, const struct builtin *builtin, size_t place, const char *value, bool named)
{
	CLEANUP(buffer_release) struct buffer call = buffer_new(4096);
	struct parameter parameters[MOST_PARAMETERS];
	const size_t count = builtin_parameters(builtin, parameters);
	buffer_format(&call, TEXT_FORMAT "(", TEXT_ARGS(builtin->name));
	for (size_t i = 0; i < count; i++) {
		buffer_add(&call, i ? TEXT(", ") : TEXT(""));
		if (named)
			buffer_format(&call, TEXT_FORMAT ": ", TEXT_ARGS(parameters[i].name));
		buffer_format(&call, "%s", i == place ? value : good_literal(builtin, i));
	}
	buffer_add(&call, TEXT(")"));
	return arena_text(arena, buffer_text(&call));
}

TEST(a_null_of_a_builtin_says_why_in_french)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	for (size_t b = 0; b < builtin_count; b++) {
		struct parameter parameters[MOST_PARAMETERS];
		const size_t count = builtin_parameters(&builtins[b], parameters);
		for (size_t place = 0; place < count; place++) {
			if (!good_literal(&builtins[b], place)) {
				test_case(false, __FILE__, __LINE__, "no good value for " TEXT_FORMAT,
					TEXT_ARGS(type_word(&builtins[b], place)));
				return;
			}
			for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
				check_call(arena, write_call(arena, &builtins[b], place, values[v], false));
				check_call(arena, write_call(arena, &builtins[b], place, values[v], true));
				arena_clear(arena);
			}
		}
		check_call(arena, arena_format(arena, TEXT_FORMAT "(1, 2, 3, 4, 5, 6, 7, 8, 9)",
			TEXT_ARGS(builtins[b].name)));
		check_call(arena, arena_format(arena, TEXT_FORMAT "(inconnu: 1)", TEXT_ARGS(builtins[b].name)));
		if (count)
			check_call(arena, arena_format(arena, TEXT_FORMAT "()", TEXT_ARGS(builtins[b].name)));
		arena_clear(arena);
	}
}
