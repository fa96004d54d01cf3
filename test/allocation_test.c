/* Every allocation fails in its turn, while expressions, decisions, types and models of decisions are read,
 * evaluated, explained and written, and procedures read: what comes out is right or refused, never wrong, and
 * nothing is left behind. */
#include <jansson.h>

#include "allocation.h"
#include "base/buffer.h"
#include "dmn/dmn.h"
#include "procedure/procedure.h"
#include "test.h"

#include "base/banned.h"

/* 16 June 2023, 10:00 in Paris. */
static const instant test_now = 1686902400 * INSTANT_SECOND;

enum { MOST_SAID = 64 }; /* texts that one piece of work gives */

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
	TEXT("if jours in [1..2] and some x in [1, 2] satisfies x = jours then {a: sum([jours, 1]), b: "
		"a + 1}.b else 0"),
	TEXT("for x in sort([3, 1, 2], function(a, b) a < b), y in 1..2 return string(x + y) + upper case(\"é\")"),
	TEXT("[{a: 1}, {a: 2}][a > 1].a[1] + (function(x: number) x * 2)(jours) + count(split(\"a b\", \" \"))"),
	TEXT("@\"2023-06-16T10:00:00@Europe/Rome\" + duration(\"P1D\") > date and "
		"time(\"2023-06-16T10:00:00@Europe/Paris\")"),
	TEXT("replace(\"abc\", \"(b)\", \"$1$1\") in (\"a\", \"abbc\")"),
	TEXT("[matches(\"abc\", \"b+\"), split(\"a;b;;c\", \";\"), replace(\"aXbx\", \"x\", \"-\", \"i\")]"),
	TEXT("[concatenate([1], [2, 3]), append([1], 2), insert before([1, 2], 1, 0), remove([1, 2], "
		"1), reverse([1, 2])]"),
	TEXT("[distinct values([1, 2, 1]), union([1], [1, 2]), flatten([[1], [[2]]]), index of([1, 2, "
		"1], 1), sublist([1, 2], 2)]"),
	TEXT("[list replace([1, 2], 1, 9), list replace([1, 2], function(item, new) item = 2, 9), "
		"mode([1, 2, 2]), median([3, 1])]"),
	TEXT("context merge([{a: 1, b: {c: [1, 2]}}, context put({}, \"d e\", get entries({x: 1})), "
		"context([{key: \"k\", value: 1}])])"),
	TEXT("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r"),
	TEXT("[now(), today(), date(2023, 6, 16), time(\"10:00:00+02:00\"), duration(\"P1Y2M\"), "
		"@\"PT36H\", [1..2), (> 3)]"),
	TEXT("[substring(\"école\", 2, 3), string join([\"a\", \"b\"], \", \"), lower case(\"ÉÀ\"), "
		"substring after(\"a=b\", \"=\")]"),
	TEXT("[string({a: [1, \"x\"]}), string(date(\"2023-06-16\")), number(\"1 234,5\", \" \", "
		"\",\"), string(duration(\"P1D\"))]"),
	TEXT("every x in [[1, 2], [3]] satisfies count(x) > 0 and x[1] instance of number and x "
		"instance of list<number>"),
	TEXT("{a: jours ouvrés(date(\"2023-05-01\"), date(\"2023-05-31\")), b: fin de "
		"mois(date(\"2023-02-03\")), c: est férié(date(\"2023-05-01\"))}"),
	TEXT("[échéance(date(\"2023-05-01\"), 3, \"jours ouvrés\"), échéance(now(), 48, \"heures\"), "
		"en vacances(date(\"2023-05-01\")), échéance(date(\"2023-05-01\"), 1.5, \"mo\" + \"is\")]"),
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
evaluate(struct arena *arena, const struct feel *feel, const struct feel_value *inputs,
	struct expected *expected)
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
		for (enum feel_depth depth = FEEL_REASON; depth <= FEEL_EVERYTHING && !wrong; depth++) {
			const struct text told = feel_explain_french(arena, trace, depth, NULL);
			if (!feel_trace_is_cut(trace) || !allocation_failed())
				wrong = compare(expected, 6 + depth, told);
		}
	}
	return wrong;
}

/* The scope is made before: only what is looked at fails. */
static const char *
say_refusal(struct arena *arena, const struct feel_findings *findings, struct text source,
	struct expected *expected)
{
	if (findings->broken)
		return allocation_failed() ? NULL : "broken without a failure";
	if (findings->count == 0)
		return "refused without a word";
	return compare(expected, 0, feel_finding_text(arena, &findings->at[0], source));
}

/* What the trials read: jours and lieu. NULL when memory failed, or for a reason of *ret_wrong. */
static struct feel_scope *
scope_of(struct arena *arena, struct feel_findings **ret_findings, const char **ret_wrong)
{
	struct feel_scope *scope = arena ? feel_scope_new(arena, NULL) : NULL;
	struct guichet_error error = { 0 };
	unsigned slot;
	*ret_findings = scope ? arena_new_of(arena, struct feel_findings) : NULL;
	if (!*ret_findings) {
		*ret_wrong = allocation_failed() ? NULL : "no scope";
		return NULL;
	}
	if (feel_scope_add(scope, TEXT("jours"), &feel_type_number, &slot, &error) != GUICHET_OK
		|| feel_scope_add(scope, TEXT("lieu"), &feel_type_string, &slot, &error) != GUICHET_OK) {
		*ret_wrong = error.status == GUICHET_BROKEN ? NULL : "refused a name";
		return NULL;
	}
	return scope;
}

static const char *
expression(void *context)
{
	struct work *work = context;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	const char *wrong = NULL;
	struct feel_findings *findings;
	struct feel_scope *scope = scope_of(arena, &findings, &wrong);
	if (!scope)
		return wrong;
	const struct feel_value inputs[] = { feel_integer(2), feel_string(TEXT("a")) };
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

/* ---- decisions ---- */

#define CELL(string)       { { "" string, sizeof(string) - 1 }, string }
#define EXPRESSION(string) { .kind = FEEL_BOX_EXPRESSION, .cell = CELL(string) }

static const struct feel_table_input table_inputs[] = {
	{ .expression = CELL("jours"), .type = &feel_type_number },
	{ .expression = CELL("lieu"), .values = CELL("\"a\", \"b\"") },
};
static const struct feel_table_output table_outputs[] = {
	{ .name = { "n", 1 }, .type = &feel_type_number, .values = CELL("3, 2, 1, 0") },
	{ .name = { "m", 1 }, .otherwise = CELL("\"rien\"") },
};
static const struct feel_cell table_tests[][2] = {
	{ CELL("<= 2"), CELL("-") }, { CELL("[1..5]"), CELL("\"a\"") }, { CELL("> jours - 1"), CELL("not(\"b\")") },
};
static const struct feel_cell table_results[][2] = {
	{ CELL("1"), CELL("\"x\" + lieu") }, { CELL("2"), CELL("upper case(lieu)") }, { CELL("3"), CELL("null") },
};
static const struct feel_table_rule table_rules[] = {
	{ table_tests[0], table_results[0], { "R1", 2 } }, { table_tests[1], table_results[1], { "R2", 2 } },
	{ table_tests[2], table_results[2], { "", 0 } },
};

struct decision {
	struct feel_box box;
	struct feel_table table;
	struct expected expected;
};

static const char *
decision(void *context)
{
	struct decision *decision = context;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 23);
	const char *wrong = NULL;
	struct feel_findings *findings;
	struct feel_scope *scope = scope_of(arena, &findings, &wrong);
	if (!scope)
		return wrong;
	const struct feel_value inputs[] = { feel_integer(2), feel_string(TEXT("a")) };
	const struct feel *feel = feel_read_box(arena, scope, &decision->box, findings);
	if (!feel && !allocation_failed())
		return findings->count ? arena_text(decision->expected.arena, findings->at[0].message).at : "not a word";
	if (!feel)
		return findings->broken ? NULL : "refused for another reason";
	return evaluate(arena, feel, inputs, &decision->expected);
}

TEST(decision_tables_survive_every_failed_allocation)
{
	static const char *const names[] = { "U", "A", "P", "F", "C", "C+", "C<", "C>", "C#", "R", "O" };
	for (int hit = FEEL_ANY_RULE; hit < FEEL_HIT_COUNT; hit++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
		/* Sums and extremes are of one output. */
		const size_t outputs = hit >= FEEL_COLLECT_SUM && hit <= FEEL_COLLECT_COUNT ? 1 : 2;
		struct decision work = { .expected.arena = arena };
		work.table = (struct feel_table){ .name = TEXT("table"), .hit = hit, .inputs = table_inputs,
			.input_count = 2, .outputs = table_outputs, .output_count = outputs, .rules = table_rules,
			.rule_count = 3 };
		work.box = (struct feel_box){ .kind = FEEL_BOX_TABLE, .table = &work.table };
		CHECK(sweep(decision, &work, &work.expected, names[hit]) > 50);
	}
}

TEST(boxes_survive_every_failed_allocation)
{
	static const struct text columns[] = { TEXT("a"), TEXT("b") }, variable[] = { TEXT("x") };
	static const struct text entries[] = { TEXT("r"), TEXT("f"), TEXT("i"), TEXT("l"), TEXT("o"), TEXT("s"),
		TEXT("e"), TEXT("t"), TEXT("") };
	static const struct feel_box cells[] = { EXPRESSION("1"), EXPRESSION("\"u\""), EXPRESSION("2"), { 0 } };
	static const struct feel_box body[] = { EXPRESSION("n * jours + n") };
	static const struct feel_field parameters[] = { { { "n", 1 }, &feel_type_number } };
	static const struct text argument[] = { TEXT(""), TEXT("n") };
	static const struct feel_box call[] = { EXPRESSION("f"), EXPRESSION("3") };
	static const struct feel_box choice[] = { EXPRESSION("jours > 1"), EXPRESSION("r[b = \"u\"].a"),
		EXPRESSION("0") };
	static const struct feel_box loop[] = { EXPRESSION("r"), EXPRESSION("x.a + count(partial)") };
	static const struct feel_box some[] = { EXPRESSION("[1, 2]"), EXPRESSION("x = jours") };
	static const struct feel_box filter[] = { EXPRESSION("r"), EXPRESSION("a > 1") };
	static const struct feel_table table = { .hit = FEEL_FIRST, .inputs = table_inputs, .input_count = 2,
		.outputs = table_outputs, .output_count = 2, .rules = table_rules, .rule_count = 3 };
	static const struct feel_box parts[] = {
		{ .kind = FEEL_BOX_RELATION, .names = columns, .name_count = 2, .parts = cells, .count = 4 },
		{ .kind = FEEL_BOX_FUNCTION, .parameters = parameters, .parameter_count = 1, .parts = body, .count = 1 },
		{ .kind = FEEL_BOX_INVOCATION, .names = argument, .name_count = 2, .parts = call, .count = 2,
			.type = &feel_type_number },
		{ .kind = FEEL_BOX_IF, .parts = choice, .count = 3 },
		{ .kind = FEEL_BOX_FOR, .names = variable, .name_count = 1, .parts = loop, .count = 2 },
		{ .kind = FEEL_BOX_SOME, .names = variable, .name_count = 1, .parts = some, .count = 2 },
		{ .kind = FEEL_BOX_FILTER, .parts = filter, .count = 2 },
		{ .kind = FEEL_BOX_TABLE, .table = &table },
		EXPRESSION("[r, i, l, o, s, e, t, f(1)]"),
	};
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct decision work = { .expected.arena = arena,
		.box = { .kind = FEEL_BOX_CONTEXT, .names = entries, .name_count = 9, .parts = parts, .count = 9 } };
	CHECK(sweep(decision, &work, &work.expected, "boxes") > 200);
}

/* ---- models of decisions ---- */

struct model {
	struct dmn_source sources[2];
	size_t count;
	struct expected expected;
};

/* Each decision of the model, its input data being missing. */
static const char *
model(void *context)
{
	struct model *model = context;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	struct dmn_findings *findings = arena ? arena_new_of(arena, struct dmn_findings) : NULL;
	if (!findings)
		return allocation_failed() ? NULL : "no findings";
	findings->lenient = true;
	struct dmn_model *read = dmn_read(arena, model->sources, model->count, findings);
	if (!read || findings->broken)
		return allocation_failed() && findings->broken ? NULL : "refused for another reason";
	size_t count, said = 0;
	const struct dmn_item *const *items = dmn_items(read, &count);
	for (size_t i = 0; i < count; i++) {
		if (items[i]->kind != DMN_DECISION || said == MOST_SAID)
			continue;
		struct dmn_run run = { .arena = arena, .now = test_now };
		const struct feel_value value = dmn_evaluate(read, items[i]->name, &run);
		const char *wrong = NULL;
		if (run.stop == FEEL_COMPLETE)
			wrong = compare(&model->expected, said, feel_value_to_literal(arena, value));
		else if (!allocation_failed() || run.stop != FEEL_NO_MEMORY) /* some call themselves for ever */
			wrong = compare(&model->expected, said, value.reason);
		if (wrong)
			return wrong;
		said++;
	}
	return said ? NULL : "no decision";
}

TEST(models_of_decisions_survive_every_failed_allocation)
{
	static const char *const files[][2] = { { "boxes/boxes.dmn" }, { "tables/tables.dmn" },
		{ "services/services.dmn" },
		{ "types/types.dmn" }, { "functions/functions.dmn" }, { "imports/paie.dmn", "imports/grades.dmn" } };
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
		struct model work = { .expected.arena = arena };
		for (; work.count < 2 && files[i][work.count]; work.count++) {
			const struct text path = arena_format(arena, "test/dmn/cases/%s", files[i][work.count]);
			work.sources[work.count] = (struct dmn_source){ path, test_file(arena, path.at) };
		}
		CHECK(sweep(model, &work, &work.expected, files[i][0]) > 100);
	}
}

/* ---- procedures ---- */

struct reading {
	const char *folder;
	struct expected expected;
};

static const char *
read_procedure(void *context)
{
	struct reading *reading = context;
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(reading->folder, NULL, &findings,
		&error);
	if (!procedure && !allocation_failed())
		return arena_text(reading->expected.arena, text_of_string(error.message)).at;
	if (!procedure)
		return error.status == GUICHET_BROKEN ? NULL : "refused for another reason";
	/* What is known of values may be less without memory: that is no mistake, a part left out would be one. */
	allocation_spare(true);
	CLEANUP(buffer_release) struct buffer said = buffer_new(1 << 16);
	buffer_format(&said, "%zu findings, %zu fields, %zu steps, %zu moves, %zu actions, %zu deadlines, "
		"%zu letters, %zu mails, %zu computed, %zu posed, %zu pieces, %zu roles", findings.count,
		procedure->field_count, procedure->step_count, procedure->move_count, procedure->action_count,
		procedure->deadline_count, procedure->letter_count, procedure->mail_count, procedure->computed_count,
		procedure->posed_count, procedure->piece_count, procedure->role_count);
	for (size_t i = 0; i < procedure->computed_count; i++)
		buffer_format(&said, "; " TEXT_FORMAT, TEXT_ARGS(feel_source_of(procedure->computed[i].feel)));
	for (size_t i = 0; i < procedure->letter_count; i++)
		buffer_format(&said, "; %zu parts", procedure->letters[i].template.count);
	const char *wrong = compare(&reading->expected, 0, buffer_text(&said));
	allocation_spare(false);
	return wrong;
}

TEST(whole_procedures_survive_every_failed_allocation)
{
	/* A circuit with letters and mails; tables of CSV; a calendar; a decision of a DMN model. */
	static const char *const folders[] = { "test/procedure/base", "test/tables/prive-1d",
		"test/tables/prive-2d", "test/procedure/calendar", "test/tables/decision" };
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
		struct reading reading = { .folder = folders[i], .expected.arena = arena };
		CHECK(sweep(read_procedure, &reading, &reading.expected, reading.folder) > 500);
	}
}
