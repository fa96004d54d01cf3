/* An expression on inputs of declared types. The bytes before the first line end choose a value for each input; the
 * rest is the expression. What was said of it before evaluation must hold of every value it then has:
 *
 *     its type; that it may be null; that its condition is always true, or never;
 *     twice the same value, traced or not; its copy, and what JSON and a literal give back, are the same. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "feel/feel.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

enum { INPUTS = 16, MOST_VALUES = 6 };

/* Names, and the literals of the values they may have: all of the declared type, null where it is optional. */
static const struct {
	struct text name;
	const char *values[MOST_VALUES];
} names[INPUTS] = {
	{ TEXT("n"), { "0", "-1.5", "87.62", "1e30", "0.000001", "12" } },
	{ TEXT("jours"), { "0", "31", "2", "15", "1", "30" } },
	{ TEXT("taux"), { "null", "100", "0", "null", "50", "33.33" } },
	{ TEXT("s"), { "\"\"", "\"texte\"", "\"é\"", "\"aaab\"", "\"2023-06-16\"", "\"1,5\"" } },
	{ TEXT("mot"), { "\"a\"", "\"b\"", "\"c\"", "\"a\"", "\"b\"", "\"c\"" } },
	{ TEXT("d"), { "@\"2023-06-16\"", "@\"2024-02-29\"", "@\"-0001-12-31\"", "@\"999999999-12-31\"",
		"@\"1900-01-01\"", "@\"2023-12-31\"" } },
	{ TEXT("h"), { "@\"10:00:00\"", "@\"00:00:00Z\"", "@\"23:59:59.999999999\"", "@\"10:00:00+02:00\"",
		"@\"10:00:00@Europe/Paris\"", "@\"12:00:00\"" } },
	{ TEXT("dh"), { "@\"2023-06-16T10:00:00\"", "@\"2023-03-26T02:30:00@Europe/Paris\"", "@\"2023-06-16T10:00:00Z\"",
		"@\"2023-06-16T10:00:00-05:00\"", "@\"0001-01-01T00:00:00\"", "@\"2023-10-29T02:30:00@Europe/Paris\"" } },
	{ TEXT("durée"), { "@\"P1D\"", "@\"-PT1S\"", "@\"PT0S\"", "@\"P1000000D\"", "@\"PT36H\"", "@\"PT0.5S\"" } },
	{ TEXT("mois"), { "@\"P1Y2M\"", "@\"-P1M\"", "@\"P0M\"", "@\"P999999Y\"", "@\"P12M\"", "@\"P2M\"" } },
	{ TEXT("b"), { "true", "false", "true", "false", "true", "false" } },
	{ TEXT("l"), { "[]", "[1]", "[3, 1, 2]", "[1, 1, 2]", "[0.1, -5]", "[1, 2, 3, 4, 5]" } },
	{ TEXT("c"), { "{a: 1, \"le nom\": \"x\"}", "{a: 0, \"le nom\": \"\"}", "{a: -1, \"le nom\": \"é\"}",
		"{a: 2.5, \"le nom\": \"y\"}", "{a: 1e10, \"le nom\": \"x\"}", "{a: 3, \"le nom\": \"z\"}" } },
	{ TEXT("lignes"), { "[]", "[{a: 1, \"le nom\": \"x\"}]", "[{a: 1, \"le nom\": \"x\"}, {a: 2, \"le nom\": \"y\"}]",
		"[{a: 2, \"le nom\": \"y\"}, {a: 1, \"le nom\": \"x\"}]", "[]", "[{a: 0, \"le nom\": \"\"}]" } },
	{ TEXT("plage"), { "[1..5]", "(1..5)", "[0..0]", "(>= 3)", "(< 10)", "[-5..100)" } },
	{ TEXT("x"), { "null", "1", "\"texte\"", "[1, \"a\", null]", "{a: {b: 2}}", "@\"2023-06-16\"" } },
};

static struct arena *kept;
static struct feel_scope *scope;
static struct feel_value values[INPUTS][MOST_VALUES];

static const struct feel_type *
type_of_input(size_t nth)
{
	static const struct text words[] = { TEXT("a"), TEXT("b"), TEXT("c") };
	static const struct feel_field fields[] = { { TEXT("a"), &feel_type_number }, { TEXT("le nom"), &feel_type_string } };
	static const struct feel_type *const simple[INPUTS] = { [0] = &feel_type_number, [3] = &feel_type_string,
		[5] = &feel_type_date, [6] = &feel_type_time, [7] = &feel_type_date_time, [8] = &feel_type_days_time,
		[9] = &feel_type_years_months, [10] = &feel_type_boolean, [15] = &feel_type_any };
	struct feel_range *month = arena_new_of(kept, struct feel_range);
	*month = (struct feel_range){ feel_integer(0), feel_integer(31), false, false };
	const struct feel_type *row = feel_type_context_of(kept, fields, 2);
	switch (nth) {
	case 1:
		return feel_type_number_of(kept, TEXT(""), true, month);
	case 2:
		return feel_type_optional_of(kept, &feel_type_number, true);
	case 4:
		return feel_type_words_of(kept, words, 3);
	case 11:
		return feel_type_list_of(kept, &feel_type_number);
	case 12:
		return row;
	case 13:
		return feel_type_list_of(kept, row);
	case 14:
		return feel_type_range_of(kept, &feel_type_number);
	default:
		return simple[nth];
	}
}

static struct feel_value
value_of(const char *literal)
{
	struct feel_findings *findings = arena_new_of(kept, struct feel_findings);
	const struct feel *feel = feel_read(kept, NULL, text_of_string(literal), findings);
	struct feel_run run = { .arena = kept };
	if (!feel)
		abort();
	return feel_evaluate(feel, &run);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	struct guichet_error error;
	unsigned slot;
	kept = arena_new(1 << 22);
	scope = feel_scope_new(kept, NULL);
	for (size_t i = 0; i < INPUTS; i++) {
		const struct feel_type *type = type_of_input(i);
		if (feel_scope_add(scope, names[i].name, type, &slot, &error) != GUICHET_OK)
			abort();
		for (size_t j = 0; j < MOST_VALUES; j++) {
			values[i][j] = value_of(names[i].values[j]);
			if (!feel_value_is(values[i][j], type))
				abort();
		}
	}
	return 0;
}

/* Tells what does not hold, and with which inputs, then stops. */
static void
fault(const char *what, struct text source, const struct feel_value *inputs, struct text value)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	fprintf(stderr, "%s: " TEXT_FORMAT "\n    gives " TEXT_FORMAT "\n", what, TEXT_ARGS(source), TEXT_ARGS(value));
	for (size_t i = 0; i < INPUTS; i++)
		fprintf(stderr, "    " TEXT_FORMAT " = " TEXT_FORMAT "\n", TEXT_ARGS(names[i].name),
			TEXT_ARGS(feel_value_to_literal(arena, inputs[i])));
	abort();
}

/* True when a value holds a function, which has no literal. */
static bool
is_closed(struct text literal)
{
	return literal.at && literal.length < 4096 && text_find(literal, TEXT("function")) == SIZE_MAX;
}

static const char *
goes_and_comes_back(struct arena *arena, struct feel_value value, struct text literal)
{
	struct feel_value back;
	struct guichet_error error;
	if (feel_value_copy(arena, value, &back) && !text_equal(feel_value_to_literal(arena, back), literal))
		return "a copy differs";
	const struct feel_type *type = feel_type_of_value(arena, value);
	if (!type || !feel_value_is(value, type))
		return type ? "a value is not of its type" : NULL;
	/* JSON keeps neither ranges, functions nor what stands beside values of several kinds. */
	const struct text json = feel_value_to_json_text(arena, value);
	json_t *read = json.at ? json_loadb(json.at, json.length, JSON_DECODE_ANY, NULL) : NULL;
	const bool done = read && feel_value_of_json(arena, type, read, &back, &error) == GUICHET_OK;
	json_decref(read);
	if (done) {
		const struct text again = feel_value_to_json_text(arena, back);
		if (again.at && !text_equal(again, json))
			return "JSON does not come back";
	}
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	const struct feel *feel = findings ? feel_read(arena, NULL, literal, findings) : NULL;
	struct feel_run run = { .arena = arena };
	if (!feel)
		return NULL; /* nested too deeply */
	back = feel_evaluate(feel, &run);
	return run.stop == FEEL_COMPLETE && !text_equal(feel_value_to_literal(arena, back), literal)
		? "a literal does not read back" : NULL;
}

/* What feel_doubt() says of the whole condition. */
static const char *
contradicted(struct arena *arena, const struct feel *feel, size_t length, struct feel_value value)
{
	struct feel_findings *doubts = arena_new_of(arena, struct feel_findings);
	if (!doubts)
		return NULL;
	feel_doubt(arena, feel, NULL, true, doubts);
	for (size_t i = 0; i < doubts->count; i++) {
		const struct feel_finding *doubt = &doubts->at[i];
		if (doubt->about != FEEL_ABOUT_CERTAINTY || doubt->offset != 0 || doubt->length != length)
			continue;
		const bool is_true = feel_is_true(value), is_false = value.kind == FEEL_BOOLEAN && !value.boolean;
		if (text_find(doubt->message, TEXT("est toujours vraie")) != SIZE_MAX && !is_true)
			return "it was said to be always true";
		if (text_find(doubt->message, TEXT("n’est jamais vraie")) != SIZE_MAX && is_true)
			return "it was said never to be true";
		if (text_find(doubt->message, TEXT("n’est jamais fausse")) != SIZE_MAX && is_false)
			return "it was said never to be false";
	}
	return NULL;
}

/* What the type declares of values, which their kind does not say. */
static bool
is_as_declared(struct feel_value value, const struct feel_type *type, unsigned depth)
{
	int64_t integer;
	int order;
	if (value.kind == FEEL_NULL || depth > 20)
		return true;
	if (type->whole && value.kind == FEEL_NUMBER && feel_to_integer(value, &integer) == false
		&& feel_order(value, feel_integer(INT32_MAX), &order) && order < 0
		&& feel_order(value, feel_integer(INT32_MIN), &order) && order > 0)
		return false;
	if (type->bounds && type->bounds->low.kind != FEEL_NULL && feel_order(value, type->bounds->low, &order)
		&& (order < 0 || (order == 0 && type->bounds->low_open)))
		return false;
	if (type->bounds && type->bounds->high.kind != FEEL_NULL && feel_order(value, type->bounds->high, &order)
		&& (order > 0 || (order == 0 && type->bounds->high_open)))
		return false;
	for (size_t i = 0; value.kind == FEEL_LIST && type->kind == FEEL_LIST && type->of && i < value.list.count; i++)
		if (!is_as_declared(value.list.at[i], type->of, depth + 1))
			return false;
	for (size_t i = 0; value.kind == FEEL_CONTEXT && type->kind == FEEL_CONTEXT && i < type->field_count; i++)
		if (!is_as_declared(feel_entry_of(value, type->fields[i].name), type->fields[i].type, depth + 1))
			return false;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text source = { (const char *)data, size };
	const struct text chosen = text_split(&source, '\n');
	if (!source.at)
		return 0;
	struct feel_value inputs[INPUTS];
	for (size_t i = 0; i < INPUTS; i++)
		inputs[i] = values[i][i < chosen.length ? (unsigned char)chosen.at[i] % MOST_VALUES : 0];
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	const struct feel *feel = feel_read(arena, scope, source, findings);
	if (!feel)
		return 0;
	struct feel_run run = { .arena = arena, .inputs = inputs, .most_steps = 20000 };
	const struct feel_value value = feel_evaluate(feel, &run);
	struct feel_run again = { .arena = arena, .inputs = inputs, .most_steps = 20000,
		.trace = feel_trace_new(arena) };
	const struct feel_value same = feel_evaluate(feel, &again);
	if (run.stop != FEEL_COMPLETE || again.stop != FEEL_COMPLETE)
		return 0;
	const struct text literal = feel_value_to_literal(arena, value), traced = feel_value_to_literal(arena, same);
	if (!literal.at || !traced.at)
		return 0;
	const char *wrong = NULL;
	if (!text_equal(literal, traced))
		wrong = "a trace changes the value";
	else if (!feel_value_is(value, feel_type_of(feel)))
		wrong = "it is not of the type that was said";
	else if (!is_as_declared(value, feel_type_of(feel), 0))
		wrong = "it is not as its type declares";
	if (!wrong)
		wrong = contradicted(arena, feel, source.length, value);
	if (!wrong && is_closed(literal))
		wrong = goes_and_comes_back(arena, value, literal);
	if (wrong)
		fault(wrong, source, inputs, literal);
	return 0;
}
