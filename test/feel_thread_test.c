/* Expressions, tables and models read once are shared: threads evaluate them at the same time,
 * each with its own run and arena, and find what one thread alone finds. Under ThreadSanitizer
 * this is where a shared write would show. */
#include <pthread.h>
#include <stdatomic.h>

#include "dmn/dmn.h"
#include "test.h"

#include "base/banned.h"

enum { THREADS = 4, TURNS = 40, INPUTS = 20 };

static const instant test_now = 1686902400 * INSTANT_SECOND;

static const struct text sources[] = {
	TEXT("if quotite >= 80 then quotite * 4/7 + 40 else quotite"),
	TEXT("for x in sort([quotite, 3, 1], function(a, b) a < b) return string(x) + upper case(lieu)"),
	TEXT("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(modulo(quotite, 12))}.r"),
	TEXT("replace(lieu + string(quotite), \"([0-9]+)\", \"<$1>\")"),
	TEXT("date and time(\"2023-06-16T10:00:00@Europe/Paris\") + duration(\"PT1H\") * quotite"),
	TEXT("[date and time(\"2023-10-29T02:30:00@Europe/Rome\").time offset, now(), today()]"),
	TEXT("jours ouvrés(date(\"2023-05-01\"), date(\"2023-05-01\") + duration(\"P1D\") * quotite)"),
	TEXT("[1, 2, 3][item > modulo(quotite, 3)]"),
	TEXT("matches(lieu, \"^[a-c]$\") and lieu in (\"a\", \"b\") or quotite / 0 = 1"),
	TEXT("context put({a: quotite}, \"b\", range(\"[1..3]\"))"),
	TEXT("distinct values(for i in 1..20 return modulo(i * quotite, 7))"),
	TEXT("number(\"1 234,5\", \" \", \",\") + quotite"),
};
enum { SOURCES = sizeof sources / sizeof *sources, FEELS = SOURCES + 2 };

struct shared {
	struct arena *arena;
	const struct feel *feels[FEELS];
	const struct dmn_model *model;
	struct feel_value inputs[INPUTS][2];
	struct text expected[FEELS][INPUTS], decided;
	atomic_uint wrong;
};

static struct text
value_of(struct shared *shared, struct arena *work, size_t which, size_t input)
{
	struct feel_run run = { .arena = work, .inputs = shared->inputs[input], .now = test_now };
	return feel_value_to_literal(work, feel_evaluate(shared->feels[which], &run));
}

/* Every decision of the model, one after the other. */
static struct text
decide(struct shared *shared, struct arena *work)
{
	size_t count;
	struct text all = TEXT("");
	const struct dmn_item *const *items = dmn_items(shared->model, &count);
	for (size_t i = 0; i < count; i++) {
		struct dmn_run run = { .arena = work, .now = test_now };
		if (items[i]->kind == DMN_DECISION)
			all = arena_format(work, TEXT_FORMAT "\n" TEXT_FORMAT, TEXT_ARGS(all),
				TEXT_ARGS(feel_value_to_literal(work, dmn_evaluate(shared->model, items[i]->name, &run))));
	}
	return all;
}

static void *
evaluate_all(void *context)
{
	struct shared *shared = context;
	CLEANUP(arena_free) struct arena *work = arena_new(1 << 24);
	for (size_t turn = 0; work && turn < TURNS; turn++) {
		for (size_t i = 0; i < FEELS; i++) {
			const size_t input = (turn + i) % INPUTS;
			if (!text_equal(value_of(shared, work, i, input), shared->expected[i][input]))
				atomic_fetch_add(&shared->wrong, 1);
		}
		if (!text_equal(decide(shared, work), shared->decided))
			atomic_fetch_add(&shared->wrong, 1);
		/* Reading is everyone's too: nothing is kept between two texts. */
		struct feel_findings *findings = arena_new_of(work, struct feel_findings);
		if (!findings || !feel_read(work, NULL, TEXT("replace(\"abc\", \"b+\", \"$0\") + string(1/3)"), findings))
			atomic_fetch_add(&shared->wrong, 1);
		arena_clear(work);
	}
	if (!work)
		atomic_fetch_add(&shared->wrong, 1);
	return NULL;
}

/* A scale of 45 lines, and one that no index serves because its tests are formulas. */
static void
read_tables(struct shared *shared, const struct feel_scope *scope, struct feel_findings *findings)
{
	enum { LINES = 45 };
	static const struct feel_table_input inputs[] = { { .expression = { { "quotite", 7 }, NULL } },
		{ .expression = { { "lieu", 4 }, NULL } } };
	static const struct feel_table_output outputs[] = { { .type = &feel_type_number,
		.otherwise = { { "-1", 2 }, NULL } } };
	for (size_t t = 0; t < 2; t++) {
		struct feel_cell *cells = arena_array_of(shared->arena, struct feel_cell, 3 * LINES);
		struct feel_table_rule *rules = arena_array_of(shared->arena, struct feel_table_rule, LINES);
		for (int i = 0; i < LINES; i++) {
			cells[3 * i].text = t ? arena_format(shared->arena, "? + 0 = %d", 20 + i)
				: arena_format(shared->arena, "%d", 20 + i);
			cells[3 * i + 1].text = TEXT("\"a\", \"b\"");
			cells[3 * i + 2].text = arena_format(shared->arena, "%d", i * i);
			rules[i] = (struct feel_table_rule){ &cells[3 * i], &cells[3 * i + 2], TEXT("") };
		}
		const struct feel_table table = { .hit = FEEL_UNIQUE, .inputs = inputs, .input_count = 2,
			.outputs = outputs, .output_count = 1, .rules = rules, .rule_count = LINES };
		const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &table };
		shared->feels[SOURCES + t] = feel_read_box(shared->arena, scope, &box, findings);
		CHECK(shared->feels[SOURCES + t]);
	}
}

TEST(threads_share_what_has_been_read)
{
	CLEANUP(arena_free) struct arena *arena = arena_new((size_t)1 << 26);
	struct shared *shared = arena_new_of(arena, struct shared);
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	struct dmn_findings *told = arena_new_of(arena, struct dmn_findings);
	struct guichet_error error;
	unsigned slot;
	shared->arena = arena;
	CHECK(feel_scope_add(scope, TEXT("quotite"), &feel_type_number, &slot, &error) == GUICHET_OK);
	CHECK(feel_scope_add(scope, TEXT("lieu"), &feel_type_string, &slot, &error) == GUICHET_OK);
	for (size_t i = 0; i < SOURCES; i++) {
		shared->feels[i] = feel_read(arena, scope, sources[i], findings);
		if (!shared->feels[i])
			test_fail(__FILE__, __LINE__, TEXT_FORMAT, TEXT_ARGS(findings->at[0].message));
	}
	read_tables(shared, scope, findings);
	told->lenient = true;
	shared->model = dmn_read_file(arena, "test/dmn/cases/services/services.dmn", told);
	CHECK(shared->model);
	for (int64_t i = 0; i < INPUTS; i++) {
		shared->inputs[i][0] = feel_integer(15 + 5 * i);
		shared->inputs[i][1] = feel_string(i % 3 ? TEXT("a") : TEXT("bc"));
	}
	for (size_t i = 0; i < FEELS; i++)
		for (size_t j = 0; j < INPUTS; j++)
			shared->expected[i][j] = value_of(shared, arena, i, j);
	shared->decided = decide(shared, arena);

	pthread_t threads[THREADS];
	for (size_t i = 0; i < THREADS; i++)
		CHECK(pthread_create(&threads[i], NULL, evaluate_all, shared) == 0);
	for (size_t i = 0; i < THREADS; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	CHECK_INTEGER(atomic_load(&shared->wrong), 0);
}
