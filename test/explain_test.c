/* Explanations: cases of test/feel/explanations.txt and of the manual, told at three depths; what is
 * kept of long evaluations; no-break spaces. */
#include "base/buffer.h"
#include "feel/box.h"
#include "feel/feel.h"
#include "test.h"

#include "base/banned.h"

/* 16 June 2023, 10:00 in Paris: what now() tells in tests. */
static const instant test_now = 1686902400 * INSTANT_SECOND;

/* ---- cases as data ----
 *
 *     avec jours = 3
 *     > jours <= 2
 *     phrase : « jours <= 2 » est faux, car jours vaut 3, plus de 2.
 *     étapes :
 *       jours vaut 3
 *       « jours <= 2 » est faux
 *     tout :
 *       …
 *
 * Any of the three may be left out. No-break spaces are written as spaces. */

struct cases {
	const char *path;
	int line;
	struct arena *arena;
	struct feel_scope *scope;
	struct feel_value inputs[64];
	struct text source;
	enum feel_depth depth;
	int depth_line;
	struct buffer expected;
	bool expecting;
	unsigned count;
};

static void
declare(struct cases *cases, struct text declaration)
{
	const struct text name = text_trim(text_split(&declaration, '='));
	struct feel_findings *findings = arena_new_of(cases->arena, struct feel_findings);
	struct feel_run run = { .arena = cases->arena, .now = test_now };
	const struct feel *feel = feel_read(cases->arena, cases->scope, declaration, findings);
	struct guichet_error error;
	unsigned slot;
	if (!feel || feel_scope_size(cases->scope) == 64) {
		test_case(false, cases->path, cases->line, "unreadable declaration");
		return;
	}
	run.inputs = cases->inputs;
	const struct feel_value made = feel_evaluate(feel, &run);
	if (feel_scope_add(cases->scope, name, feel_type_of_value(cases->arena, made), &slot, &error) != GUICHET_OK)
		test_case(false, cases->path, cases->line, "%s", error.message);
	else
		cases->inputs[slot] = made;
}

/* With spaces for no-break ones. */
static struct text
plain(struct arena *arena, struct text text)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(1 << 20);
	for (size_t at = 0; at < text.length;) {
		const size_t from = at;
		const uint32_t character = text_next(text, &at);
		buffer_add(&out, character == 0xa0 || character == 0x202f ? TEXT(" ") : text_part(text, from, at - from));
	}
	return arena_text(arena, buffer_text(&out));
}

/* Compares what was expected up to here. */
static void
conclude(struct cases *cases)
{
	if (!cases->expecting)
		return;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	struct feel_trace *trace = feel_trace_new(arena);
	struct feel_run run = { .arena = arena, .inputs = cases->inputs, .now = test_now, .trace = trace };
	const struct feel *feel = feel_read(arena, cases->scope, cases->source, findings);
	struct text got = TEXT("unreadable");
	if (feel) {
		feel_evaluate(feel, &run);
		got = plain(arena, feel_explain_french(arena, trace, cases->depth, NULL));
	}
	const struct text expected = text_trim(buffer_text(&cases->expected));
	test_case(text_equal(got, expected), cases->path, cases->depth_line, TEXT_FORMAT "\n--- got\n" TEXT_FORMAT
		"\n--- expected\n" TEXT_FORMAT, TEXT_ARGS(cases->source), TEXT_ARGS(got), TEXT_ARGS(expected));
	buffer_clear(&cases->expected);
	cases->expecting = false;
	cases->count++;
}

static bool
expects(struct cases *cases, struct text line)
{
	static const struct text depths[] = {
		[FEEL_REASON] = { "raison :", 8 }, [FEEL_SENTENCE] = { "phrase :", 8 },
		[FEEL_STEPS] = { "étapes :", 9 }, [FEEL_EVERYTHING] = { "tout :", 6 },
	};
	for (unsigned i = 0; i < 4; i++) {
		if (!text_starts(line, depths[i]))
			continue;
		conclude(cases);
		cases->depth = (enum feel_depth)i;
		cases->depth_line = cases->line;
		cases->expecting = true;
		buffer_add(&cases->expected, text_trim(text_part(line, depths[i].length, SIZE_MAX)));
		return true;
	}
	return false;
}

static void
read_line(struct cases *cases, struct text line)
{
	if (text_starts(line, TEXT("  ")) && cases->expecting) {
		buffer_add(&cases->expected, text_part(line, 2, SIZE_MAX));
		buffer_add(&cases->expected, TEXT("\n"));
	} else if (text_starts(line, TEXT("avec "))) {
		conclude(cases);
		declare(cases, text_part(line, 5, SIZE_MAX));
	} else if (text_starts(line, TEXT("> "))) {
		conclude(cases);
		cases->source = text_part(line, 2, SIZE_MAX);
	} else if (!expects(cases, line)) {
		conclude(cases);
		if (line.length && line.at[0] != '#')
			test_case(false, cases->path, cases->line, "not understood");
	}
}

/* The lines of a file; those of its blocks of that kind only, when it is a page of the manual. */
static unsigned
run_cases(const char *path, struct text block)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	struct cases cases = { .path = path, .arena = arena, .scope = feel_scope_new(arena, NULL),
		.expected = buffer_new(1 << 20) };
	struct text rest = test_file(arena, path);
	bool inside = block.length == 0;
	while (rest.at) {
		const struct text line = text_split(&rest, '\n');
		cases.line++;
		if (block.length && text_starts(line, TEXT("```"))) {
			conclude(&cases);
			inside = text_equal(line, block);
		} else if (inside) {
			read_line(&cases, line);
		}
	}
	conclude(&cases);
	buffer_release(&cases.expected);
	return cases.count;
}

TEST(explanations_as_data)
{
	CHECK(run_cases("test/feel/explanations.txt", TEXT("")) > 20);
}

/* ---- in C: what data cannot say ---- */

struct told {
	struct arena *arena;
	const struct feel *feel;
	struct feel_trace *trace;
	struct feel_value value;
};

/* Evaluates with the name n = 3. */
static struct told
told_of(struct arena *arena, struct text source)
{
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct guichet_error error;
	unsigned slot;
	CHECK(feel_scope_add(scope, TEXT("n"), &feel_type_number, &slot, &error) == GUICHET_OK);
	const struct feel_value inputs[] = { feel_integer(3) };
	struct told told = { .arena = arena, .feel = feel_read(arena, scope, source, findings),
		.trace = feel_trace_new(arena) };
	CHECK(told.feel);
	struct feel_run run = { .arena = arena, .inputs = inputs, .trace = told.trace };
	told.value = feel_evaluate(told.feel, &run);
	return told;
}

TEST(explanations_do_not_break_between_quotation_marks)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	const struct told told = told_of(arena, TEXT("n <= 2 or n > 1000000"));
	CHECK_TEXT(feel_explain_french(arena, told.trace, FEEL_SENTENCE, NULL),
		TEXT("«\u00a0n <= 2 or n > 1000000\u00a0» est faux, car n vaut 3, plus de 2 et au plus 1\u202f000\u202f000."));
}

/* The first items are kept, and the last one: it decided. */
TEST(explanations_of_long_iterations_keep_the_item_that_decides)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	const struct told told = told_of(arena, TEXT("every x in 1..5000 satisfies x < 4000"));
	CHECK(told.value.kind == FEEL_BOOLEAN && !told.value.boolean);
	CHECK_TEXT(feel_explain_french(arena, told.trace, FEEL_REASON, NULL),
		TEXT("x vaut 4000, au moins 4000"));
	const struct text everything = feel_explain_french(arena, told.trace, FEEL_EVERYTHING, NULL);
	CHECK(text_find(everything, TEXT("… et 3941 autres")) != SIZE_MAX);
	CHECK(!feel_trace_is_cut(told.trace));
}

TEST(explanations_of_huge_evaluations_say_that_they_are_cut)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	const struct told told = told_of(arena,
		TEXT("count(for x in 1..50, y in 1..50 return if x + y > n then x * y else x - y)"));
	CHECK_INTEGER(told.value.kind, FEEL_NUMBER);
	CHECK(feel_trace_is_cut(told.trace));
	const struct text everything = feel_explain_french(arena, told.trace, FEEL_EVERYTHING, NULL);
	CHECK(everything.length && text_ends(everything, TEXT("… (la suite n’est pas gardée)")));
	/* The whole keeps its value. */
	CHECK(text_find(everything, TEXT("vaut 2500")) != SIZE_MAX);
}

/* An arena that is full in the middle: the value is the same, the explanation is shorter. */
TEST(explanations_never_change_a_result)
{
	for (size_t limit = 1 << 12; limit < 1 << 18; limit += 4096) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
		CLEANUP(arena_free) struct arena *small = arena_new(limit);
		struct feel_trace *trace = feel_trace_new(small);
		struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
		const struct feel *feel = feel_read(arena, NULL, TEXT("sum(for x in 1..100 return x * x)"), findings);
		CHECK(feel && trace);
		struct feel_run run = { .arena = arena, .trace = trace };
		const struct feel_value value = feel_evaluate(feel, &run);
		int64_t sum = 0;
		CHECK(feel_to_integer(value, &sum) && sum == 338350);
		feel_explain_french(small, trace, FEEL_EVERYTHING, NULL);
	}
}

TEST(explanations_can_be_walked)
{
	static const struct { enum feel_told_kind kind; unsigned depth; const char *excerpt; } expected[] = {
		{ FEEL_TOLD_CONDITION, 0, "n < 2 and n > 1" },
		{ FEEL_TOLD_CONDITION, 1, "n < 2" },
		{ FEEL_TOLD_READ, 2, "n" },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	const struct told told = told_of(arena, TEXT("n < 2 and n > 1"));
	size_t position = 0, count = 0;
	for (struct feel_told at; feel_trace_next(told.trace, &position, &at); count++) {
		CHECK(count < 3);
		CHECK_INTEGER(at.kind, expected[count].kind);
		CHECK_INTEGER(at.depth, expected[count].depth);
		CHECK_TEXT(at.excerpt, text_of_string(expected[count].excerpt));
	}
	CHECK_INTEGER(count, 3);
}

TEST(explanations_of_the_manual)
{
	CHECK(run_cases("doc/manual/feel.md", TEXT("```explication")) > 5);
}
