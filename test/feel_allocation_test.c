/* Every allocation fails in its turn, while expressions, decisions, types and models of decisions are read, evaluated,
 * explained and written: what comes out is right or refused, never wrong, and nothing is left behind. */
#include <jansson.h>

#include "allocation.h"
#include "feel/box.h"
#include "test.h"

#include "base/banned.h"

/* 16 June 2023, 10:00 in Paris. */
static const instant test_now = 1686902400 * INSTANT_SECOND;

enum { MOST_SAID = 8 }; /* texts that one piece of work gives */

/* What a piece of work gives, kept from its run without failure. */
struct expected {
	struct arena *arena;
	struct text said[MOST_SAID];
	bool known;
};

/* The n-th text given is the expected one; or it is missing, after a failure. */
static const char *
compare(struct expected *expected, size_t nth, struct text said)
{
	if (!expected->known) {
		expected->said[nth] = arena_text(expected->arena, said);
		return NULL;
	}
	if (text_equal(said, expected->said[nth]) || (allocation_failed() && said.length == 0))
		return NULL;
	static char wrong[800];
	snprintf(wrong, sizeof wrong, "text %zu is\n    %.300s\n  not\n    %.300s\n ", nth,
		said.length ? arena_text(expected->arena, said).at : "nothing", expected->said[nth].at);
	return wrong;
}

/* ---- expressions ---- */

static const struct text sources[] = {
	TEXT("if jours in [1..2] and some x in [1, 2] satisfies x = jours then {a: sum([jours, 1]), b: a + 1}.b else 0"),
	TEXT("for x in sort([3, 1, 2], function(a, b) a < b), y in 1..2 return string(x + y) + upper case(\"é\")"),
	TEXT("[{a: 1}, {a: 2}][a > 1].a[1] + (function(x: number) x * 2)(jours) + count(split(\"a b\", \" \"))"),
	TEXT("@\"2023-06-16T10:00:00@Europe/Rome\" + duration(\"P1D\") > date and time(\"2023-06-16T10:00:00@Europe/Paris\")"),
	TEXT("replace(\"abc\", \"(b)\", \"$1$1\") in (\"a\", \"abbc\")"),
	TEXT("[matches(\"abc\", \"b+\"), split(\"a;b;;c\", \";\"), replace(\"aXbx\", \"x\", \"-\", \"i\")]"),
	TEXT("[concatenate([1], [2, 3]), append([1], 2), insert before([1, 2], 1, 0), remove([1, 2], 1), reverse([1, 2])]"),
	TEXT("[distinct values([1, 2, 1]), union([1], [1, 2]), flatten([[1], [[2]]]), index of([1, 2, 1], 1), sublist([1, 2], 2)]"),
	TEXT("[list replace([1, 2], 1, 9), list replace([1, 2], function(item, new) item = 2, 9), mode([1, 2, 2]), median([3, 1])]"),
	TEXT("context merge([{a: 1, b: {c: [1, 2]}}, context put({}, \"d e\", get entries({x: 1})), context([{key: \"k\", value: 1}])])"),
	TEXT("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r"),
	TEXT("[now(), today(), date(2023, 6, 16), time(\"10:00:00+02:00\"), duration(\"P1Y2M\"), @\"PT36H\", [1..2), (> 3)]"),
	TEXT("[substring(\"école\", 2, 3), string join([\"a\", \"b\"], \", \"), lower case(\"ÉÀ\"), substring after(\"a=b\", \"=\")]"),
	TEXT("[string({a: [1, \"x\"]}), string(date(\"2023-06-16\")), number(\"1 234,5\", \" \", \",\"), string(duration(\"P1D\"))]"),
	TEXT("every x in [[1, 2], [3]] satisfies count(x) > 0 and x[1] instance of number and x instance of list<number>"),
	TEXT("{a: jours ouvrés(date(\"2023-05-01\"), date(\"2023-05-31\")), b: fin de mois(date(\"2023-02-03\")), c: est férié(date(\"2023-05-01\"))}"),
	TEXT("if jours > 1 then 1 / 0 else 2 + null"),
	TEXT("[1, 2, 3][item > 1 and not(item = 3)][1] ** 2 between 1 and 5"),
	TEXT("inconnu + \"a\" + 1 and jour(2)"),
	TEXT("sort([{n: 2}, {n: 1}], function(a: context<n: number>, b: context<n: number>) a.n < b.n)"),
	TEXT("range(\"[1..3]\")"),
	TEXT("-jours * (2 + 3) / 7 - jours ** -1"),
	TEXT("\"\\u00e9\\n\\\"\" + 'x'"),
};

struct work {
	struct text source;
	struct expected expected;
};

static const char *
say_value(struct arena *arena, struct feel_value value, struct expected *expected)
{
	const char *wrong = compare(expected, 0, feel_value_to_bare_literal(arena, value));
	if (!wrong)
		wrong = compare(expected, 1, feel_value_to_french(arena, value));
	const struct text json = feel_value_to_json_text(arena, value);
	if (!wrong)
		wrong = compare(expected, 2, json);
	struct feel_value copy;
	if (!wrong && feel_value_copy(arena, value, &copy))
		wrong = compare(expected, 3, feel_value_to_literal(arena, copy));
	const struct feel_type *type = feel_type_of_value(arena, value);
	if (!wrong && type)
		wrong = compare(expected, 4, feel_type_text(arena, type));
	/* And back from JSON. */
	allocation_spare(true); /* jansson 2.14 loses a character that it has no room for, and says nothing */
	json_t *read = type && json.length ? json_loadb(json.at, json.length, JSON_DECODE_ANY, NULL) : NULL;
	allocation_spare(false);
	struct feel_value back;
	struct guichet_error error;
	if (read && !wrong && feel_value_of_json(arena, type, read, &back, &error) == GUICHET_OK)
		wrong = compare(expected, 5, feel_value_to_literal(arena, back));
	json_decref(read);
	return wrong;
}

/* Evaluates twice, without and with a trace. */
static const char *
evaluate(struct arena *arena, const struct feel *feel, const struct feel_value *inputs, struct expected *expected)
{
	struct feel_run run = { .arena = arena, .inputs = inputs, .now = test_now };
	const struct feel_value value = feel_evaluate(feel, &run);
	if (run.stop == FEEL_COMPLETE) {
		const char *wrong = say_value(arena, value, expected);
		if (wrong)
			return wrong;
	} else if (!allocation_failed() || run.stop != FEEL_NO_MEMORY || value.kind != FEEL_NULL) {
		return "stopped for another reason";
	}
	struct feel_trace *trace = feel_trace_new(arena);
	struct feel_run traced = { .arena = arena, .inputs = inputs, .now = test_now, .trace = trace };
	const struct feel_value again = feel_evaluate(feel, &traced);
	if (traced.stop != FEEL_COMPLETE)
		return allocation_failed() && again.kind == FEEL_NULL ? NULL : "stopped for another reason";
	const char *wrong = compare(expected, 0, feel_value_to_bare_literal(arena, again));
	if (!wrong && trace) {
		/* A trace that could not be kept whole is cut, and says so. */
		const struct text sentence = feel_explain_french(arena, trace, FEEL_SENTENCE, NULL);
		const struct text everything = feel_explain_french(arena, trace, FEEL_EVERYTHING, NULL);
		if (!feel_trace_is_cut(trace) || !allocation_failed())
			wrong = compare(expected, 6, sentence);
		if (!wrong && (!feel_trace_is_cut(trace) || !allocation_failed()))
			wrong = compare(expected, 7, everything);
	}
	return wrong;
}

/* The scope is made before: only what is looked at fails. */
static const char *
say_refusal(struct arena *arena, const struct feel_findings *findings, struct text source, struct expected *expected)
{
	if (findings->broken)
		return allocation_failed() ? NULL : "broken without a failure";
	if (findings->count == 0)
		return "refused without a word";
	return compare(expected, 0, feel_finding_text(arena, &findings->at[0], source));
}

static const char *
expression(void *context)
{
	struct work *work = context;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct feel_scope *scope = arena ? feel_scope_new(arena, NULL) : NULL;
	struct feel_findings *findings = scope ? arena_new_of(arena, struct feel_findings) : NULL;
	struct guichet_error error = { 0 };
	unsigned slot;
	if (!findings)
		return allocation_failed() ? NULL : "no scope";
	if (feel_scope_add(scope, TEXT("jours"), &feel_type_number, &slot, &error) != GUICHET_OK)
		return error.status == GUICHET_BROKEN ? NULL : "refused a name";
	const struct feel_value inputs[] = { feel_integer(2) };
	const struct feel *feel = feel_read(arena, scope, work->source, findings);
	return feel ? evaluate(arena, feel, inputs, &work->expected)
		: say_refusal(arena, findings, work->source, &work->expected);
}

/* First without a failure, which says what is expected; then with each. */
static unsigned
sweep(allocation_work *work, void *context, struct expected *expected, const char *what)
{
	const char *wrong = work(context);
	if (wrong)
		test_fail(__FILE__, __LINE__, "%s: %s", what, wrong);
	expected->known = true;
	return allocation_fail_each(work, context, what);
}

TEST(expressions_survive_every_failed_allocation)
{
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
		struct work work = { .source = sources[i], .expected.arena = arena };
		CHECK(sweep(expression, &work, &work.expected, sources[i].at) > 10);
	}
}
