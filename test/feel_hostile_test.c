/* Expressions written to harm: each ends in a refusal, in a null with its reason, or in a value, within
 * bounds of steps, of memory and of stack that are stated here. Nothing looks at a clock.
 *
 * Every case runs in a thread with 1.5 MiB of stack (about 1 MiB is used at most): the server's threads take
 * the system's usual one, 8 MiB, or 2 MiB where no limit is set, and have frames of their own. */
#include <pthread.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/sanitized.h"
#include "dmn/dmn.h"
#include "test.h"

#include "base/banned.h"

#ifdef SANITIZED
enum { STACK = 8 << 20 }; /* its frames are many times larger */
#else
enum { STACK = 3 << 19 };
#endif

enum {
	MEMORY = 32 << 20,      /* of one evaluation */
	BYTES_READ_EACH = 200, /* that reading may take for each byte of the source… */
	BYTES_READ = 64 << 10   /* …and besides */
};

enum end { REFUSED, NULL_BECAUSE, TOO_LONG, TOO_DEEP, NO_MEMORY, GIVES };

/* `start`, `count` times `middle`, `heart`, `count` times `after`, `end`. */
struct hostile {
	const char *start;
	unsigned count;
	const char *middle, *heart, *after, *end;
	enum end ends;
	const char *says; /* the finding, the reason, or the literal */
};

/* Runs in its thread: a failed check says so in `wrong`. */
struct trial {
	struct text source;
	const struct hostile *hostile;
	char wrong[400];
};

#define WRONG(trial, ...) (snprintf((trial)->wrong, sizeof (trial)->wrong, __VA_ARGS__), (void *)NULL)

static const enum feel_stop stops[] = {
	[NULL_BECAUSE] = FEEL_COMPLETE, [GIVES] = FEEL_COMPLETE, [TOO_LONG] = FEEL_TOO_LONG,
	[TOO_DEEP] = FEEL_TOO_DEEP, [NO_MEMORY] = FEEL_NO_MEMORY,
};

static void *
judge(struct trial *trial, const struct feel *feel, struct arena *work)
{
	const struct hostile *hostile = trial->hostile;
	struct feel_run run = { .arena = work };
	const struct feel_value value = feel_evaluate(feel, &run);
	if (run.steps > FEEL_MOST_STEPS)
		return WRONG(trial, "%lu steps", run.steps);
	if (run.stop != stops[hostile->ends])
		return WRONG(trial, "stop %d, of " TEXT_FORMAT, run.stop, TEXT_ARGS(feel_value_to_literal(work, value)));
	if (run.stop != FEEL_COMPLETE && (value.kind != FEEL_NULL || value.reason.length == 0))
		return WRONG(trial, "stopped without a reason");
	if (hostile->ends == NULL_BECAUSE
		&& (value.kind != FEEL_NULL || text_find(value.reason, text_of_string(hostile->says)) == SIZE_MAX))
		return WRONG(trial, "reason \"" TEXT_FORMAT "\" of " TEXT_FORMAT, TEXT_ARGS(value.reason),
			TEXT_ARGS(feel_value_to_literal(work, value)));
	/* However large the value, writing it ends. */
	const struct text literal = feel_value_to_bare_literal(work, value);
	feel_value_to_french(work, value);
	feel_value_to_json_text(work, value);
	struct feel_value copy;
	(void)!feel_value_copy(work, value, &copy);
	feel_type_of_value(work, value);
	if (hostile->ends == GIVES && hostile->says && !text_equal(literal, text_of_string(hostile->says)))
		return WRONG(trial, "gives " TEXT_FORMAT, TEXT_ARGS(literal));
	return NULL;
}

static void *
try_one(void *context)
{
	struct trial *trial = context;
	const struct hostile *hostile = trial->hostile;
	CLEANUP(arena_free) struct arena *arena = arena_new((size_t)1 << 28);
	CLEANUP(arena_free) struct arena *work = arena_new(MEMORY);
	struct feel_findings *findings = arena ? arena_new_of(arena, struct feel_findings) : NULL;
	if (!findings || !work)
		return WRONG(trial, "no memory");
	const size_t before = arena_used(arena);
	const struct feel *feel = feel_read(arena, NULL, trial->source, findings);
	const size_t most = trial->source.length > FEEL_MOST_SOURCE ? BYTES_READ
		: trial->source.length * BYTES_READ_EACH + BYTES_READ;
	if (arena_used(arena) - before > most)
		return WRONG(trial, "reading %zu bytes took %zu", trial->source.length, arena_used(arena) - before);
	if (!feel) {
		if (findings->broken || findings->count == 0)
			return WRONG(trial, "refused without a word");
		if (hostile->ends != REFUSED
			|| text_find(findings->at[0].message, text_of_string(hostile->says)) == SIZE_MAX)
			return WRONG(trial, "refused: " TEXT_FORMAT, TEXT_ARGS(findings->at[0].message));
		return NULL;
	}
	feel_doubt(arena, feel, NULL, true, findings);
	bool may;
	(void)!feel_may_be_null(feel, NULL, &may);
	return hostile->ends == REFUSED ? WRONG(trial, "is read") : judge(trial, feel, work);
}

static void
repeat(struct buffer *out, unsigned count, const char *part)
{
	for (unsigned i = 0; part && i < count; i++)
		buffer_add(out, text_of_string(part));
}

static void
run_hostile(const struct hostile *hostiles, size_t count)
{
	pthread_attr_t attributes;
	CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, STACK) == 0);
	for (size_t i = 0; i < count; i++) {
		const struct hostile *hostile = &hostiles[i];
		CLEANUP(buffer_release) struct buffer source = buffer_new(16 << 20);
		repeat(&source, 1, hostile->start);
		repeat(&source, hostile->count, hostile->middle);
		repeat(&source, 1, hostile->heart);
		repeat(&source, hostile->count, hostile->after);
		repeat(&source, 1, hostile->end);
		struct trial trial = { .source = buffer_text(&source), .hostile = hostile };
		pthread_t thread;
		CHECK(!source.failed && pthread_create(&thread, &attributes, try_one, &trial) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
		test_case(trial.wrong[0] == '\0', __FILE__, __LINE__, "%.100s%s%s… (%u times): %s", hostile->start,
			hostile->middle ? hostile->middle : "", hostile->heart ? hostile->heart : "", hostile->count,
			trial.wrong);
	}
	pthread_attr_destroy(&attributes);
}

#define RUN_HOSTILE(hostiles) run_hostile((hostiles), sizeof (hostiles) / sizeof *(hostiles))
/* A case of one piece. */
#define ALONE(source, ends, says) { (source), 0, NULL, NULL, NULL, NULL, (ends), (says) }

/* ---- shapes ---- */

TEST(hostile_sources_are_refused_or_read_within_bounds)
{
	static const struct hostile cases[] = {
		{ "1", 10 << 20, " ", NULL, NULL, NULL, REFUSED, "expression trop longue" },
		{ "\"", 10 << 20, "a", NULL, NULL, "\"", REFUSED, "expression trop longue" },
		{ "", 10000, "(", "1", ")", "", REFUSED, "imbriquée" },
		{ "", 10000, "[", "1", "]", "", REFUSED, "imbriquée" },
		{ "", 10000, "{a:", "1", "}", "", REFUSED, "imbriquée" },
		{ "", 3000, "if true then ", "1", " else 0", "", REFUSED, "imbriquée" },
		{ "", 2500, "if ", "true", " then true else false", "", REFUSED, "imbriquée" },
		{ "", 10000, "not(", "true", ")", "", REFUSED, "imbriquée" },
		{ "", 10000, "-", "1", NULL, "", REFUSED, "il faut une valeur ici" },
		{ "", 3000, "function(x) ", "1", NULL, "", REFUSED, "imbriquée" },
		{ "", 3000, "for x in 1 return ", "x", NULL, "", REFUSED, "imbriquée" },
		{ "", 2500, "some x in 1 satisfies ", "true", NULL, "", REFUSED, "imbriquée" },
		{ "1", 3000, " in (1", NULL, NULL, "", REFUSED, "" },
		{ "{a: 1}", 10000, "[1]", NULL, NULL, "", REFUSED, "trop longue" },
		{ "{a: 1}", 10000, ".a", NULL, NULL, "", REFUSED, "" },
		{ "1 instance of ", 10000, "list<", "number", ">", "", REFUSED, "imbriqué" },
		{ "", 10000, "\"a\" in (", "1", ")", "", REFUSED, "" },
		{ "date", 10000, "(\"2023-01-01\")", NULL, NULL, "", REFUSED, "" },
		{ "[1", 20000, ",1", NULL, NULL, "]", GIVES, NULL },
		{ "max(1", 20000, ",1", NULL, NULL, ")", REFUSED, "trop d’arguments" },
		{ "{a: 1", 3000, ", a: 1", NULL, NULL, "}", REFUSED, "a" },
		{ "1 in (1", 20000, ",1", NULL, NULL, ")", REFUSED, "trop longue" },
		{ "1", 3900, " + 1", NULL, NULL, "", GIVES, NULL },
		{ "1", 10000, " * 1", NULL, NULL, "", REFUSED, "trop longue" },
		{ "1 = 2", 3900, " or 1 = 2", NULL, NULL, "", GIVES, NULL },
		{ "", 100, "(1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + ", "1", ")", "", GIVES, NULL },
		{ "\"", 60000, "\\", "n", NULL, "\"", GIVES, NULL },
		{ "1", 20000, "/*", NULL, NULL, "", REFUSED, "" },
		{ "", 20000, "/*", NULL, "*/", "1", REFUSED, "" },
		{ "", 60000, "\xff", NULL, NULL, "", REFUSED, "" },
		{ "", 20000, "a ", NULL, NULL, "", REFUSED, "" },
		{ "", 20000, "é", NULL, NULL, "", REFUSED, "" },
		{ "", 60000, "9", NULL, NULL, "", REFUSED, "" },
		{ "1e", 60000, "9", NULL, NULL, "", REFUSED, "" },
	};
	RUN_HOSTILE(cases);
}

TEST(hostile_chains_of_operators_end)
{
	static const char *const operators[] = { "+1", "-1", "*1", "/1", "**1", " and true", " or false", "=1" };
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new((size_t)1 << 26);
		CLEANUP(buffer_release) struct buffer source = buffer_new(FEEL_MOST_SOURCE);
		struct feel_findings findings = { 0 };
		repeat(&source, 1, i == 5 || i == 6 ? "true" : "1");
		repeat(&source, strlen(operators[i]) > 3 ? 6000 : 10000, operators[i]);
		const struct feel *feel = feel_read(arena, NULL, buffer_text(&source), &findings);
		CHECK(!findings.broken && (feel ? findings.count == 0 : findings.count > 0));
		struct feel_run run = { .arena = arena };
		if (feel)
			feel_evaluate(feel, &run);
		CHECK(run.stop == FEEL_COMPLETE && run.steps < 100000);
		/* Nine hundred are read: rules may be long. */
		buffer_clear(&source);
		repeat(&source, 1, i == 5 || i == 6 ? "true" : "1");
		repeat(&source, 900, operators[i]);
		findings.count = 0;
		feel = feel_read(arena, NULL, buffer_text(&source), &findings);
		if (i < 7)
			CHECK(feel && feel_evaluate(feel, &run).kind != FEEL_NULL && run.stop == FEEL_COMPLETE);
	}
}

/* Entries each made of the one before, twice: small to write, 2 to the 45th when unfolded. */
static void
unfold(struct buffer *out, const char *name, const char *seed, const char *format)
{
	buffer_format(out, "%s0: %s", name, seed);
	for (int i = 1; i < 45; i++) {
		buffer_format(out, ", %s%d: ", name, i);
		for (const char *c = format; *c; c++) {
			if (*c == '@')
				buffer_format(out, "%s%d", name, i - 1);
			else
				buffer_add(out, (struct text){ c, 1 });
		}
	}
}

TEST(hostile_values_and_types_that_unfold_end)
{
	static const struct { const char *seed, *format, *result; enum end ends; const char *says; } cases[] = {
		{ "1", "{x: @, y: @}", "a44 = b44", GIVES, "true" },
		{ "1", "{x: @, y: @}", "if a0 = 1 then a44 else b44", GIVES, NULL },
		{ "1", "{x: @, y: @}", "[a44, b44]", GIVES, NULL },
		{ "1", "{x: @, y: @}", "string(a44)", NO_MEMORY, NULL },
		{ "1", "{x: @, y: @}", "a44 + 1", REFUSED, "un ensemble de champs" },
		{ "1", "{x: @, y: @}", "a44.x.z", REFUSED, "z" },
		{ "1", "{x: @, y: @}", "distinct values([a44, b44, a43])", GIVES, NULL },
		{ "[1]", "[@, @]", "a44 = b44", GIVES, "true" },
		{ "[1]", "[@, @]", "flatten(a44)", NO_MEMORY, NULL },
		{ "[1]", "[@, @]", "string(a44)", NO_MEMORY, NULL },
		{ "[1]", "[@, @]", "if a0 = [1] then a44 else b44", GIVES, NULL },
		{ "[1]", "[@, @]", "list contains(a44, b43)", GIVES, NULL },
		{ "[1]", "[@, @]", "a44 instance of list<list<list<list<list<list<list<list<list<list<list<list<list<"
			"list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<list<"
			"list<list<list<list<list<list<list<list<list<list<list<list<list<list<"
			"number>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>", TOO_LONG, NULL },
		{ "function(x: number) x", "function(x: number) {a: @(x), b: @(x)}", "a44(1)", NO_MEMORY, NULL },
		{ "function(x: number) x", "function(x: number) @(x) + @(x)", "a44(1)", NO_MEMORY, NULL },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEANUP(buffer_release) struct buffer source = buffer_new(FEEL_MOST_SOURCE);
		buffer_add(&source, TEXT("{"));
		unfold(&source, "a", cases[i].seed, cases[i].format);
		buffer_add(&source, TEXT(", "));
		unfold(&source, "b", cases[i].seed, cases[i].format);
		buffer_format(&source, ", r: %s}.r", cases[i].result);
		buffer_add(&source, (struct text){ "", 1 });
		CHECK(!source.failed);
		const struct hostile hostile = ALONE(source.at, cases[i].ends, cases[i].says);
		run_hostile(&hostile, 1);
	}
}

/* ---- work ---- */

/* A text of 2 to the 20th letters, as s. */
#define LONG_TEXT "s: (for x in 1..20 return if x = 1 then \"aa\" else partial[-1] + partial[-1])[-1]"
#define LONG_LIST "l: for x in 1..50000 return x"
#define AAAA      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"

TEST(hostile_iterations_end)
{
	static const struct hostile cases[] = {
		ALONE("count(for x in 1..10**30 return x)", NULL_BECAUSE, "qu’on ne peut pas parcourir"),
		ALONE("for x in 1..10**15 return x", NO_MEMORY, NULL),
		ALONE("some x in 1..10**15 satisfies x < 0", TOO_LONG, NULL),
		ALONE("every x in 1..9000, y in 1..9000 satisfies x + y > 0", TOO_LONG, NULL),
		ALONE("count(for x in 1..9000, y in 1..9000 return 1)", NO_MEMORY, NULL),
		ALONE("count(for d in date(\"-999999999-01-01\")..date(\"999999999-12-31\") return d)", NO_MEMORY, NULL),
		ALONE("some x in [1..10**15] satisfies x < 0", TOO_LONG, NULL),
		ALONE("some x in 10**15..1 satisfies x < 0", TOO_LONG, NULL),
		ALONE("count(for x in 1..5000 return [partial[-1]])", GIVES, "5000"),
		ALONE("flatten(for x in 1..60 return [partial[-1], partial[-1]])", NO_MEMORY, NULL),
		ALONE("(for x in 1..60 return [partial[-1], partial[-1]]) = "
			"(for x in 1..60 return [partial[-1], partial[-1]])", GIVES, "true"),
		ALONE("count(for x in 1..300 return if x = 1 then [1] else concatenate(partial[-1], partial[-1]))",
			NO_MEMORY, NULL),
		ALONE("string length((for x in 1..60 return if x = 1 then \"ab\" else partial[-1] + partial[-1])[-1])",
			NO_MEMORY, NULL),
		ALONE("string(for x in 1..40 return [partial[-1], partial[-1]])", NO_MEMORY, NULL),
		ALONE("{" LONG_TEXT ", r: for i in 1..100000 return s}.r", GIVES, NULL),
	};
	RUN_HOSTILE(cases);
}

TEST(hostile_calls_end)
{
	static const struct hostile cases[] = {
		ALONE("{f: function(g) g(g), r: f(f)}.r", TOO_DEEP, NULL),
		ALONE("(function(x, y) x)(1, 2)", GIVES, "1"),
		ALONE("{f: function(n) f(n + 1), r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n, g, h) g(n + 1, h, g), r: f(0, f, f)}.r", TOO_DEEP, NULL),
		ALONE("{a: function(x, b, a) b(x, a, b), b: function(x, a, b) a(x, b, a), r: a(1, b, a)}.r", TOO_DEEP,
			NULL),
		ALONE("{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(60)}.r", NO_MEMORY, NULL),
		ALONE("{f: function(n) count([f(n + 1)]), r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n) sort([2, 1], function(a, b) f(n + 1) = 1), r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n) list replace([1], function(i, x) f(n + 1), 1), r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n) [1][f(n + 1)], r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n) for x in f(n + 1) return x, r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n) some x in [1] satisfies f(n + 1), r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n) {a: f(n + 1)}, r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n) 1 in (f(n + 1)), r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n) [f(n + 1)..2], r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n) f(n + 1).x, r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n, m) max(f(m: n, n: m + 1), 2), r: f(0, 0)}.r", TOO_DEEP, NULL),
		ALONE("{f: function(n) if f(n + 1) = 1 then 1 else 2, r: f(0)}.r", TOO_DEEP, NULL),
		ALONE("sort(for x in 1..5000 return modulo(x * 7919, 5003), function(a, b) true)[1] > 0", GIVES, "true"),
		ALONE("sort(for x in 1..5000 return x, function(a, b) modulo(a + b, 2) = 0)[1] > 0", GIVES, "true"),
		ALONE("sort(for x in 1..5000 return x, function(a, b) null)", NULL_BECAUSE, "ordre"),
		ALONE("sort(for x in 1..5000 return x, function(a) true)", NULL_BECAUSE, "ordre"),
		ALONE("count(sort(for x in 1..100000 return -x, function(a, b) a < b))", NO_MEMORY, NULL),
	};
	RUN_HOSTILE(cases);
}

TEST(hostile_patterns_end)
{
	static const struct hostile cases[] = {
		ALONE("matches(\"" AAAA "\", \"(a+)+$\")", NULL_BECAUSE, "trop longue à chercher"),
		ALONE("matches(\"" AAAA "\", \"(a|aa)+$\")", NULL_BECAUSE, "trop longue à chercher"),
		ALONE("matches(\"" AAAA "\", \"^(a?){50}a{50}$\")", NULL_BECAUSE, "trop longue à chercher"),
		ALONE("replace(\"" AAAA "\", \"(a+)+$\", \"x\")", NULL_BECAUSE, "trop longue à chercher"),
		ALONE("split(\"" AAAA "\", \"(a+)+$\")", NULL_BECAUSE, "trop longue à chercher"),
		ALONE("count(for i in 1..100000 return matches(\"" AAAA "\", \"(a+)+$\"))", TOO_LONG, NULL),
		/* What each place costs is little, and there are a million places. */
		ALONE("{" LONG_TEXT ", r: matches(s, \"(a|aa){14}[bc]\")}.r", NULL_BECAUSE, "trop longue à chercher"),
		ALONE("{" LONG_TEXT ", r: matches(s, \"a*[bc]\")}.r", NULL_BECAUSE, "trop longue à chercher"),
		ALONE("{" LONG_TEXT ", r: matches(s, \"(.*)(.*)(.*)[bc]\")}.r", NULL_BECAUSE, "trop longue à chercher"),
		ALONE("{" LONG_TEXT ", r: matches(s, \"(a+)[^c]*\\1[bc]\")}.r", NULL_BECAUSE, "trop longue à chercher"),
		ALONE("{" LONG_TEXT ", r: replace(s, \"a\", \"b\")}.r", TOO_LONG, NULL),
		ALONE("{" LONG_TEXT ", r: replace(s, \"[ab]\", \"xxxxxxxxxxxxxxxxxxxxxxxx\")}.r", TOO_LONG, NULL),
		ALONE("{" LONG_TEXT ", r: replace(s, \"^.+$\", \"$0$0$0$0$0$0$0$0$0\")}.r", NO_MEMORY, NULL),
		ALONE("{" LONG_TEXT ", r: count(split(s, \"a\"))}.r", TOO_LONG, NULL),
		ALONE("matches(\"a\", \"((((a{1,60000}){1,60000}){1,60000}))\")", NULL_BECAUSE, "expression régulière"),
		ALONE("matches(\"a\", \"[\\p{L}-[aeiou]]{65535}{65535}\")", NULL_BECAUSE, "expression régulière"),
		{ "matches(\"a\", \"", 4000, "(", "a", ")", "\")", NULL_BECAUSE, "expression régulière" },
		{ "matches(\"a\", \"", 60000, "a", NULL, NULL, "\")", NULL_BECAUSE, "expression régulière" },
		ALONE("count(for i in 1..1000000 return matches(\"a\", \"((((a{1,99}){1,9}){1,9}))\"))", TOO_LONG, NULL),
	};
	RUN_HOSTILE(cases);
}

TEST(hostile_work_on_large_values_is_counted)
{
	static const struct hostile cases[] = {
		ALONE("{" LONG_TEXT ", t: s + \"\", r: some i in 1..10**15 satisfies s < t}.r", TOO_LONG, NULL),
		ALONE("{" LONG_TEXT ", t: s + \"\", r: some i in 1..10**15 satisfies s != t}.r", TOO_LONG, NULL),
		ALONE("{" LONG_TEXT ", r: some i in 1..10**15 satisfies contains(s, \"bb\")}.r", TOO_LONG, NULL),
		ALONE("{" LONG_TEXT ", r: some i in 1..10**15 satisfies string length(s) < 0}.r", TOO_LONG, NULL),
		ALONE("{" LONG_TEXT ", t: for i in 1..100 return s + \"\", r: some i in 1..10**15 satisfies min(t) = \"b\"}.r",
			NO_MEMORY, NULL),
		ALONE("{" LONG_TEXT ", r: some i in 1..10**15 satisfies before([s..s + s], [s + s..s])}.r", NO_MEMORY,
			NULL),
		ALONE("{" LONG_LIST ", r: some i in 1..10**15 satisfies sum(l) < 0}.r", TOO_LONG, NULL),
		ALONE("{" LONG_LIST ", r: some i in 1..10**15 satisfies 0 in l}.r", TOO_LONG, NULL),
		ALONE("{" LONG_LIST ", r: some i in 1..10**15 satisfies list contains(l, 0)}.r", TOO_LONG, NULL),
		ALONE("{" LONG_LIST ", r: some i in 1..10**15 satisfies l instance of list<string>}.r", TOO_LONG, NULL),
		ALONE("{" LONG_LIST ", r: every i in 1..10**15 satisfies l instance of list<number>}.r", TOO_LONG, NULL),
		ALONE("{" LONG_LIST ", f: function(x: list<number>) 1, r: every i in 1..10**15 satisfies f(l) = 1}.r",
			TOO_LONG, NULL),
		ALONE("{l: for x in 1..9000 return {a: x}, r: every i in 1..10**15 satisfies l instance of "
			"list<context<a: number>>}.r", TOO_LONG, NULL),
		ALONE("{c: context(for i in 1..2000 return {key: \"k\" + string(i), value: i}), "
			"r: every i in 1..10**15 satisfies get value(c, \"k2000\") = 2000}.r", TOO_LONG, NULL),
		ALONE("count(distinct values(for x in 1..20000 return x))", TOO_LONG, NULL),
		ALONE("count(get entries(context(for i in 1..100000 return {key: string(i), value: i})))", TOO_LONG, NULL),
		ALONE("insert before([1], 10**20, 1)", NULL_BECAUSE, "rang"),
		ALONE("list replace([1], -10**20, 1)", NULL_BECAUSE, "rang"),
		ALONE("count(for x in 1..2000 return list replace(for y in 1..1000 return y, 1, x))", NO_MEMORY, NULL),
		ALONE("context put({}, for i in 1..1000 return \"k\", 1)", NULL_BECAUSE, "chemin"),
	};
	RUN_HOSTILE(cases);
}

TEST(hostile_numbers_and_dates_have_an_end)
{
	static const struct hostile cases[] = {
		ALONE("10 ** 1000000", NULL_BECAUSE, "trop grand"),
		ALONE("10 ** -1000000", GIVES, "0"),
		ALONE("1.0000001 ** 99999999999999999999", NULL_BECAUSE, "trop grand"),
		ALONE("9 ** 9 ** 9 ** 9 ** 9 ** 9 ** 9", NULL_BECAUSE, "trop grand"),
		ALONE("9.999999999999999999999999999999999E6144 * 10", NULL_BECAUSE, "trop grand"),
		ALONE("9.999999999999999999999999999999999E6144 + 9E6144", NULL_BECAUSE, "trop grand"),
		ALONE("1E-6176 / 10", GIVES, "0"),
		ALONE("1E6145", REFUSED, "nombre trop grand"),
		ALONE("1E-99999999999999999999", REFUSED, ""),
		ALONE("decimal(1/3, 6111)", GIVES, "0.3333333333333333333333333333333333"),
		ALONE("decimal(1/3, -6111)", GIVES, "0"),
		ALONE("decimal(1/3, 10**40)", NULL_BECAUSE, "arrondi"),
		ALONE("decimal(1/3, -10**40)", NULL_BECAUSE, "arrondi"),
		ALONE("floor(9.999999999999999999999999999999999E6144)", GIVES, NULL),
		ALONE("modulo(1E6144, 7)", GIVES, NULL),
		ALONE("modulo(1E34, 1E-34)", GIVES, NULL),
		ALONE("exp(100000)", NULL_BECAUSE, "trop grand"),
		ALONE("product(for x in 1..10000 return 10)", NULL_BECAUSE, "trop grand"),
		ALONE("date(\"999999999-12-31\") + duration(\"P1D\")", NULL_BECAUSE, "sans valeur"),
		ALONE("date(\"-999999999-01-01\") - duration(\"P1D\")", NULL_BECAUSE, "sans valeur"),
		ALONE("date(\"999999999-12-31\") + duration(\"P1M\")", NULL_BECAUSE, "sans valeur"),
		ALONE("date(\"999999999-12-31\") - date(\"-999999999-01-01\")", GIVES, "P730484999633D"),
		ALONE("date and time(\"999999999-12-31T23:59:59Z\") + duration(\"PT1S\")", NULL_BECAUSE, "sans valeur"),
		ALONE("date and time(\"-999999999-01-01T00:00:00+14:00\") < date and time(\"999999999-12-31T23:59:59-14:00\")",
			GIVES, "true"),
		ALONE("duration(\"P999999999Y\") * 1e30", NULL_BECAUSE, "sans valeur"),
		ALONE("duration(\"P99999999999999999999Y\")", REFUSED, "n’est pas une durée"),
		ALONE("duration(\"PT99999999999999999999999999999999S\")", REFUSED, "n’est pas une durée"),
		ALONE("duration(\"P999999999D\") * 999999999999", NULL_BECAUSE, "sans valeur"),
		ALONE("duration(\"P2M\") * 9223372036854775807", NULL_BECAUSE, "sans valeur"),
		ALONE("jours ouvrés(date(\"-999999-01-01\"), date(\"999999-12-31\"))", NULL_BECAUSE, "cent ans"),
		ALONE("échéance(date(\"999999999-12-31\"), 36600, \"jours ouvrés\")", NULL_BECAUSE, "cent ans"),
		ALONE("échéance(date(\"-999999999-01-01\"), -1200, \"mois francs\")", NULL_BECAUSE, "trop lointaine"),
		ALONE("échéance(date(\"2023-01-01\"), 9223372036854775807, \"heures\")", NULL_BECAUSE, "date avec heure"),
		ALONE("échéance(date and time(\"2023-01-01T00:00:00\"), 9223372036854775807, \"heures\")", NULL_BECAUSE,
			"cent ans"),
		ALONE("échéance(date and time(\"999999-12-31T00:00:00\"), 1, \"heures\")", NULL_BECAUSE, "trop lointaine"),
		ALONE("échéance(date(\"2023-01-01\"), -9223372036854775808, \"semaines\")", NULL_BECAUSE, "cent ans"),
		ALONE("prorogée(date(\"999999999-12-31\"))", GIVES, NULL),
		ALONE("[for i in 1..1000 return échéance(date(\"2023-01-01\"), 25000, \"jours ouvrés\")]", TOO_LONG, NULL),
		ALONE("sum(for i in 1..10000000 return duration(\"P99999999999Y\"))", NO_MEMORY, NULL),
		ALONE("sum(for i in 1..10 return duration(\"P9999999999Y\") * 10000000)", NULL_BECAUSE, "trop grande"),
	};
	RUN_HOSTILE(cases);
}

/* ---- decisions ---- */

/* A function whose body is a table whose output calls the function, and its first call. */
static const struct feel *
read_calling_table(struct arena *arena, struct feel_findings *findings)
{
	static const struct feel_cell any[] = { { { "-", 1 }, NULL } }, again[] = { { { "f(n + 1)", 8 }, NULL } };
	static const struct feel_table_input inputs[] = { { .expression = { { "n", 1 }, NULL } } };
	static const struct feel_table_output outputs[] = { { .name = { "", 0 } } };
	static const struct feel_table_rule rules[] = { { any, again, { "", 0 } } };
	static const struct feel_table table = { .hit = FEEL_UNIQUE, .inputs = inputs, .input_count = 1,
		.outputs = outputs, .output_count = 1, .rules = rules, .rule_count = 1 };
	static const struct feel_box body = { .kind = FEEL_BOX_TABLE, .table = &table };
	static const struct feel_field parameters[] = { { { "n", 1 }, &feel_type_number } };
	static const struct text names[] = { { "f", 1 }, { "", 0 } };
	const struct feel_box parts[] = {
		{ .kind = FEEL_BOX_FUNCTION, .parameters = parameters, .parameter_count = 1, .parts = &body, .count = 1 },
		{ .kind = FEEL_BOX_EXPRESSION, .cell = { { "f(0)", 4 }, NULL } },
	};
	const struct feel_box box = { .kind = FEEL_BOX_CONTEXT, .parts = parts, .count = 2, .names = names,
		.name_count = 2 };
	return feel_read_box(arena, NULL, &box, findings);
}

static void *
try_calling_table(void *context)
{
	struct trial *trial = context;
	CLEANUP(arena_free) struct arena *arena = arena_new(MEMORY);
	struct feel_findings *findings = arena ? arena_new_of(arena, struct feel_findings) : NULL;
	const struct feel *feel = findings ? read_calling_table(arena, findings) : NULL;
	if (!feel)
		return WRONG(trial, "refused: " TEXT_FORMAT, TEXT_ARGS(findings->at[0].message));
	return judge(trial, feel, arena);
}

/* Some decisions of these models call themselves, through functions, knowledge models and services. */
static void *
try_model(void *context)
{
	struct trial *trial = context;
	CLEANUP(arena_free) struct arena *arena = arena_new(MEMORY);
	struct dmn_findings *findings = arena ? arena_new_of(arena, struct dmn_findings) : NULL;
	if (!findings)
		return WRONG(trial, "no memory");
	findings->lenient = true;
	const struct dmn_model *model = dmn_read_file(arena, trial->source.at, findings);
	size_t count = 0, deep = 0;
	const struct dmn_item *const *items = model ? dmn_items(model, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		struct dmn_run run = { .arena = arena };
		if (items[i]->kind != DMN_DECISION)
			continue;
		const struct feel_value value = dmn_evaluate(model, items[i]->name, &run);
		if (run.stop != FEEL_COMPLETE && (value.kind != FEEL_NULL || value.reason.length == 0))
			return WRONG(trial, "stopped without a reason");
		deep += run.stop == FEEL_TOO_DEEP;
	}
	return deep ? NULL : WRONG(trial, "nothing was too deep");
}

static void
in_small_stack(void *(*work)(void *), struct trial *trial)
{
	pthread_attr_t attributes;
	pthread_t thread;
	CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, STACK) == 0);
	CHECK(pthread_create(&thread, &attributes, work, trial) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	pthread_attr_destroy(&attributes);
	CHECK_TEXT(text_of_string(trial->wrong), TEXT(""));
}

TEST(a_decision_that_calls_itself_ends)
{
	static const struct hostile deep = ALONE("", TOO_DEEP, NULL);
	struct trial table = { .hostile = &deep };
	in_small_stack(try_calling_table, &table);
	struct trial functions = { .source = TEXT("test/dmn/cases/functions/functions.dmn") };
	in_small_stack(try_model, &functions);
}

TEST(what_is_cut_ends_with_a_whole_character)
{
	static const struct { const char *cut; size_t length, whole; } cases[] = {
		{ "", 0, 0 }, { "ab", 2, 2 }, { "aé", 3, 3 }, { "aé", 2, 1 }, { "a€", 4, 4 }, { "a€", 3, 1 },
		{ "a€", 2, 1 }, { "\xf0\x9f\x98\x80", 4, 4 }, { "\xf0\x9f\x98\x80", 3, 0 }, { "\xf0\x9f\x98\x80", 1, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_INTEGER(text_whole((struct text){ cases[i].cut, cases[i].length }).length, cases[i].whole);
	CLEANUP(buffer_release) struct buffer source = buffer_new(4096);
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	buffer_add(&source, TEXT("matches(\"a\", \"("));
	repeat(&source, 200, "é€");
	buffer_add(&source, TEXT("\")"));
	struct feel_findings findings = { 0 };
	const struct feel *feel = feel_read(arena, NULL, buffer_text(&source), &findings);
	CHECK(feel);
	struct feel_run run = { .arena = arena };
	CHECK(text_is_utf8(feel_evaluate(feel, &run).reason));
}
