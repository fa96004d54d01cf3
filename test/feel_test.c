/* The expression language: cases of test/feel/ and of the manual, and what is not an expression. */
#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/calendar.h"
#include "base/french.h"
#include "feel/builtin.h"
#include "feel/feel.h"
#include "test.h"

#include "base/banned.h"

/* 16 June 2023, 10:00 in Paris: what now() tells in tests. */
static const instant test_now = 1686902400 * INSTANT_SECOND;

/* ---- cases as data ---- */

/* A file of cases under way: names declared by "avec NOM = LITTÉRAL" serve the cases after. After a line
 * "indulgent", mistakes of meaning give null, as the standard has it, instead of a refusal. */
struct cases {
	const char *path;
	int line;
	bool lenient;
	struct arena *arena;
	struct feel_scope *scope;
	struct feel_value inputs[64];
	struct calendar calendar;
};

/* False when the value is, or holds, a null that does not say why. */
static bool
has_reasons(struct feel_value value)
{
	if (value.kind == FEEL_NULL)
		return value.reason.length > 0;
	for (size_t i = 0; value.kind == FEEL_LIST && i < value.list.count; i++)
		if (!has_reasons(value.list.at[i]))
			return false;
	for (size_t i = 0; value.kind == FEEL_CONTEXT && i < value.context.count; i++)
		if (!has_reasons(value.context.at[i].value))
			return false;
	return true;
}

/* The value of an expression, or "! " and the first line of the refusal; "null // reason" when it is wanted. */
static struct text
result_of(struct cases *cases, struct arena *arena, struct text source, bool reason)
{
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	struct feel_run run = { .arena = arena, .inputs = cases->inputs, .now = test_now };
	struct feel_value tested;
	const struct feel *feel;
	findings->lenient = cases->lenient;
	if (text_starts(source, TEXT("? "))) {
		/* "? value | tests" */
		struct text tests = text_part(source, 2, source.length);
		const struct text value = text_split(&tests, '|');
		feel = feel_read(arena, cases->scope, value, findings);
		if (!feel)
			return TEXT("! unreadable tested value");
		tested = feel_evaluate(feel, &run);
		run.tested = &tested;
		source = text_trim(tests);
		feel = feel_read_unary(arena, cases->scope, feel_type_of_value(arena, tested), source, findings);
	} else {
		feel = feel_read(arena, cases->scope, source, findings);
	}
	if (!feel) {
		if (findings->count == 0)
			return TEXT("! nothing said");
		struct text rest = feel_finding_text(arena, &findings->at[0], source);
		const struct text first = text_split(&rest, '\n');
		return arena_format(arena, "! " TEXT_FORMAT, TEXT_ARGS(first));
	}
	const struct feel_value value = feel_evaluate(feel, &run);
	/* A null that the case did not write itself says why there is no value. */
	if (cases->lenient && !has_reasons(value) && text_find(source, TEXT("null")) == SIZE_MAX)
		return TEXT("a null without a reason");
	if (reason && value.kind == FEEL_NULL)
		return arena_format(arena, "null // " TEXT_FORMAT, TEXT_ARGS(value.reason));
	return feel_value_to_bare_literal(arena, value);
}

/* The doubts about an expression whose value is needed: "~ colonnes 3 à 7 : message : remedy", the
 * columns being those underlined; "~ rien". */
static struct text
doubts_of(struct cases *cases, struct arena *arena, struct text source)
{
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	const struct feel *feel = feel_read(arena, cases->scope, source, findings);
	if (!feel)
		return findings->count ? findings->at[0].message : TEXT("~ unreadable");
	feel_doubt(arena, feel, NULL, true, findings);
	struct text told = findings->count ? TEXT("~") : TEXT("~ rien");
	for (size_t i = 0; i < findings->count; i++) {
		const struct feel_finding *finding = &findings->at[i];
		told = arena_format(arena, TEXT_FORMAT "%s colonnes %zu à %zu : " TEXT_FORMAT "%s" TEXT_FORMAT,
			TEXT_ARGS(told), i ? " |" : "", finding->column,
			finding->column + text_characters(text_part(source, finding->offset, finding->length)) - 1,
			TEXT_ARGS(finding->message), finding->remedy.length ? " : " : "", TEXT_ARGS(finding->remedy));
	}
	return told;
}

static void
check_case(struct cases *cases, struct text source, struct text expected)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	const struct text got = text_starts(expected, TEXT("~")) ? doubts_of(cases, arena, source)
		: result_of(cases, arena, source, text_starts(expected, TEXT("null // ")));
	test_case(text_equal(got, expected), cases->path, cases->line, TEXT_FORMAT "\n    got      " TEXT_FORMAT
		"\n    expected " TEXT_FORMAT, TEXT_ARGS(source), TEXT_ARGS(got), TEXT_ARGS(expected));
}

/* What a declaration says of its values: "unité h", "entier", "facultatif", "dans [0..100]",
 * "parmi [\"a\", \"b\"]", parted by semicolons. */
static const struct feel_type *
declared_type(struct cases *cases, const struct feel_type *type, struct text facts)
{
	struct feel_type made = *type;
	struct feel_type *kept = arena_new_of(cases->arena, struct feel_type);
	while (kept && facts.at) {
		const struct text fact = text_trim(text_split(&facts, ';'));
		struct text rest = fact;
		const struct text word = text_split(&rest, ' ');
		struct feel_findings *findings = arena_new_of(cases->arena, struct feel_findings);
		struct feel_run run = { .arena = cases->arena };
		struct feel_value value = { 0 };
		if (text_equal(word, TEXT("dans")) || text_equal(word, TEXT("parmi"))) {
			const struct feel *feel = feel_read(cases->arena, NULL, rest, findings);
			if (feel)
				value = feel_evaluate(feel, &run);
		}
		if (text_equal(word, TEXT("unité"))) {
			made.unit = rest;
		} else if (text_equal(word, TEXT("entier"))) {
			made.whole = true;
		} else if (text_equal(word, TEXT("facultatif"))) {
			made.optional = true;
		} else if (value.kind == FEEL_RANGE) {
			made.bounds = value.range;
		} else if (value.kind == FEEL_LIST) {
			struct text *words = arena_array_of(cases->arena, struct text, value.list.count);
			for (size_t i = 0; words && i < value.list.count; i++)
				words[i] = value.list.at[i].string;
			const struct feel_type *item = words ? feel_type_words_of(cases->arena, words,
				value.list.count) : NULL;
			if (made.kind == FEEL_LIST) {
				made.of = item;
			} else {
				made.words = words;
				made.word_count = value.list.count;
			}
		} else {
			test_case(false, cases->path, cases->line, "unreadable declaration");
		}
	}
	*kept = made;
	return kept;
}

/* "avec jours = 2", "avec quotité = 80 // unité %; dans [0..100]" */
static bool
read_declaration(struct cases *cases, struct text line)
{
	if (!text_starts(line, TEXT("avec ")))
		return false;
	struct text value = text_part(line, 5, line.length);
	const struct text name = text_trim(text_split(&value, '='));
	struct feel_findings *findings = arena_new_of(cases->arena, struct feel_findings);
	struct feel_run run = { .arena = cases->arena };
	const struct feel *feel = feel_read(cases->arena, NULL, value, findings);
	struct guichet_error error;
	unsigned slot;
	if (!feel || feel_scope_size(cases->scope) == 64) {
		test_case(false, cases->path, cases->line, "unreadable declaration");
		return true;
	}
	const struct feel_value made = feel_evaluate(feel, &run);
	const struct feel_type *type = feel_type_of_value(cases->arena, made);
	const size_t comment = text_find(value, TEXT("//"));
	if (comment != SIZE_MAX)
		type = declared_type(cases, type, text_part(value, comment + 2, value.length));
	if (feel_scope_add(cases->scope, name, type, &slot, &error) != GUICHET_OK)
		test_case(false, cases->path, cases->line, "%s", error.message);
	else
		cases->inputs[slot] = made;
	return true;
}

/* "calendrier vacances;22/10/2022;06/11/2022;B;Toussaint" is a line of the calendar of the file, "territoire
 * mayotte" its territory, "zone B" that of school: from there on, the expressions are read with it. */
static bool
read_calendar_line(struct cases *cases, struct text line)
{
	struct calendar *calendar = &cases->calendar;
	if (text_starts(line, TEXT("territoire "))) {
		calendar->territory = territory_find(text_part(line, 11, line.length));
		test_case(calendar->territory, cases->path, cases->line, "unknown territory");
	} else if (text_starts(line, TEXT("zone "))) {
		calendar->zone = text_part(line, 5, line.length);
	} else if (text_starts(line, TEXT("calendrier "))) {
		struct calendar_period *grown = arena_array_of(cases->arena, struct calendar_period, calendar->count + 1);
		struct text fields[CALENDAR_COLUMNS], rest = text_part(line, 11, line.length);
		const char *sentence = "no memory", *remedy;
		size_t wrong;
		for (size_t i = 0; i < CALENDAR_COLUMNS; i++)
			fields[i] = text_split(&rest, ';');
		if (calendar->count)
			memcpy(grown, calendar->periods, calendar->count * sizeof *grown);
		if (!calendar_read_period(fields, &grown[calendar->count], &wrong, &sentence, &remedy))
			test_case(false, cases->path, cases->line, "%s", sentence);
		else
			calendar->count++;
		calendar->periods = grown;
	} else {
		return false;
	}
	feel_scope_set_calendar(cases->scope, calendar);
	return true;
}

static void
run_cases(const char *path)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	struct cases cases = { .path = path, .arena = arena, .scope = feel_scope_new(arena, NULL) };
	struct text rest = test_file(arena, path), source = { 0 };
	while (rest.at) {
		const struct text line = text_trim(text_split(&rest, '\n'));
		cases.line++;
		if (line.length == 0) {
			if (source.at)
				test_case(false, path, cases.line, "expression without value");
			source = (struct text){ 0 };
		} else if (source.at) {
			check_case(&cases, source, line);
			source = (struct text){ 0 };
		} else if (text_equal(line, TEXT("indulgent"))) {
			cases.lenient = true;
		} else if (line.at[0] != '#' && !read_calendar_line(&cases, line) && !read_declaration(&cases, line)) {
			source = line;
		}
	}
}

TEST(feel_cases)
{
	DIR *directory = opendir("test/feel");
	CHECK(directory);
	unsigned files = 0;
	for (struct dirent *entry; (entry = readdir(directory));) {
		char path[300];
		if (!text_ends(text_of_string(entry->d_name), TEXT(".feel")))
			continue;
		snprintf(path, sizeof path, "test/feel/%s", entry->d_name);
		run_cases(path);
		files++;
	}
	closedir(directory);
	CHECK(files > 0);
}

/* Blocks ```feel of the manual: expressions, each followed by "=> value" or "=> ! refusal". */
TEST(feel_manual_tells_the_truth)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	struct cases cases = { .path = "doc/manual/feel.md", .arena = arena,
		.scope = feel_scope_new(arena, NULL) };
	struct text rest = test_file(arena, cases.path), source = { 0 };
	bool inside = false;
	unsigned count = 0;
	CHECK(rest.length);
	while (rest.at) {
		const struct text line = text_split(&rest, '\n');
		cases.line++;
		if (text_starts(line, TEXT("```"))) {
			inside = text_equal(line, TEXT("```feel"));
		} else if (inside && text_starts(line, TEXT("=> "))) {
			check_case(&cases, source, text_part(line, 3, line.length));
			source = (struct text){ 0 };
			count++;
		} else if (inside && line.length && !read_calendar_line(&cases, line)
			&& !read_declaration(&cases, line)) {
			if (source.at) /* an expression may take several lines */
				source.length = (size_t)(line.at + line.length - source.at);
			else
				source = line;
		}
	}
	CHECK(count > 20);
}

TEST(feel_manual_lists_every_function)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	const struct text manual = test_file(arena, "doc/manual/feel.md");
	for (size_t i = 0; i < builtin_count; i++) {
		const struct text line = arena_format(arena, "- `" TEXT_FORMAT "(%s)`" FRENCH_SPACE ": " TEXT_FORMAT "\n",
			TEXT_ARGS(builtins[i].name), builtins[i].signature,
			TEXT_ARGS(french_spaces(arena, (struct text){ builtins[i].does, strlen(builtins[i].does) })));
		test_case(text_find(manual, line) != SIZE_MAX, "doc/manual/feel.md", 1, "missing: " TEXT_FORMAT,
			TEXT_ARGS(line));
	}
}

/* ---- the reader ---- */

TEST(feel_finds_several_mistakes_at_once)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct feel_findings findings = { 0 };
	const struct text source = TEXT("1 + \"a\" = 2 and\nqueltié > 3 or 4");
	CHECK(!feel_read(arena, NULL, source, &findings));
	CHECK_INTEGER(findings.count, 3);
	CHECK_INTEGER(findings.at[1].line, 2);
	CHECK_INTEGER(findings.at[1].column, 1);
	CHECK_INTEGER(findings.at[2].column, 16);
}

TEST(feel_shows_the_mistake_under_the_text)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct feel_findings findings = { 0 };
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct guichet_error error;
	unsigned slot;
	CHECK(feel_scope_add(scope, TEXT("jours"), &feel_type_number, &slot, &error) == GUICHET_OK);
	const struct text source = TEXT("\"é\" = \"à\" or jour > 2");
	CHECK(!feel_read(arena, scope, source, &findings));
	CHECK_TEXT(feel_finding_text(arena, &findings.at[0], source),
		TEXT("ligne 1, colonne 14 : nom inconnu « jour » : vouliez-vous « jours » ?\n"
		     "    \"é\" = \"à\" or jour > 2\n"
		     "                 ^^^^"));
}

TEST(feel_knows_the_values_a_choice_may_take)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	static const struct text words[] = { TEXT("administrative"), TEXT("technique") };
	struct feel_findings findings = { 0 };
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct guichet_error error;
	unsigned slot;
	CHECK(feel_scope_add(scope, TEXT("filière"), feel_type_words_of(arena, words, 2), &slot,
		&error) == GUICHET_OK);
	CHECK(feel_read(arena, scope, TEXT("filière in (\"administrative\", \"technique\")"), &findings));
	CHECK(!feel_read(arena, scope, TEXT("filière in (\"administrative\", \"tecnique\")"), &findings));
	CHECK_INTEGER(findings.count, 1);
	CHECK_INTEGER(findings.at[0].column, 31);
	CHECK_TEXT(findings.at[0].remedy, TEXT("vouliez-vous « technique » ?"));
	findings.count = 0;
	CHECK(!feel_read_unary(arena, scope, feel_type_words_of(arena, words, 2), TEXT("\"sociale\""),
		&findings));
	CHECK_TEXT(findings.at[0].remedy, TEXT("les valeurs possibles sont \"administrative\", \"technique\""));
}

TEST(feel_tells_what_it_reads)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	const struct feel_field structure[] = { { TEXT("type"), &feel_type_string } };
	const struct feel_field agent[] = { { TEXT("structure"), feel_type_context_of(arena, structure, 1) },
		{ TEXT("date d’entrée"), &feel_type_date } };
	struct feel_findings findings = { 0 };
	struct feel_scope *outer = feel_scope_new(arena, NULL), *scope = feel_scope_new(arena, outer);
	struct guichet_error error;
	unsigned slot;
	CHECK(feel_scope_add(outer, TEXT("seuil"), &feel_type_number, &slot, &error) == GUICHET_OK);
	scope = feel_scope_new(arena, outer);
	CHECK(feel_scope_add(scope, TEXT("agent"), feel_type_context_of(arena, agent, 2), &slot,
		&error) == GUICHET_OK);
	CHECK_INTEGER(slot, 1);
	const struct feel *feel = feel_read(arena, scope,
		TEXT("agent.structure.type = \"EPLE\" and agent.date d'entrée.year > seuil and agent . structure . type != \"x\""),
		&findings);
	CHECK(feel);
	size_t count;
	const struct feel_use *uses = feel_reads(feel, &count);
	CHECK_INTEGER(count, 3);
	CHECK_TEXT(uses[0].path, TEXT("agent.structure.type"));
	CHECK_TEXT(uses[1].path, TEXT("agent.date d’entrée"));
	CHECK_TEXT(uses[2].path, TEXT("seuil"));
	CHECK_INTEGER(uses[2].slot, 0);
}

TEST(feel_names_may_hold_operators_and_the_longest_wins)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	static const struct text names[] = { TEXT("a"), TEXT("b"), TEXT("a-b"), TEXT("nombre de jours"),
		TEXT("nombre"),
		TEXT("jour de l’an") };
	struct feel_value inputs[6];
	struct feel_findings findings = { 0 };
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct guichet_error error;
	for (unsigned i = 0; i < 6; i++) {
		unsigned slot;
		CHECK(feel_scope_add(scope, names[i], &feel_type_number, &slot, &error) == GUICHET_OK);
		inputs[slot] = feel_integer(1 << i);
	}
	static const struct { struct text source; int value; } cases[] = {
		{ TEXT("a-b"), 4 }, { TEXT("a - b"), -1 }, { TEXT("nombre  de\n jours + nombre"), 24 },
		{ TEXT("jour de l'an"), 32 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct feel *feel = feel_read(arena, scope, cases[i].source, &findings);
		CHECK(feel);
		struct feel_run run = { .arena = arena, .inputs = inputs };
		int64_t value;
		CHECK(feel_to_integer(feel_evaluate(feel, &run), &value));
		CHECK_INTEGER(value, cases[i].value);
	}
	unsigned slot;
	CHECK(feel_scope_add(scope, TEXT("if"), &feel_type_number, &slot, &error) == GUICHET_REFUSED);
	CHECK(feel_scope_add(scope, TEXT("2 jours"), &feel_type_number, &slot, &error) == GUICHET_REFUSED);
	CHECK(feel_scope_add(scope, TEXT("a"), &feel_type_number, &slot, &error) == GUICHET_REFUSED);
}

/* ---- values ---- */

static struct feel_value
value_of(struct arena *arena, struct text source)
{
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	const struct feel *feel = feel_read(arena, NULL, source, findings);
	CHECK(feel);
	struct feel_run run = { .arena = arena, .now = test_now };
	return feel_evaluate(feel, &run);
}

TEST(feel_values_as_people_read_them)
{
	static const struct { struct text source, french; } cases[] = {
		{ TEXT("87.62"), TEXT("87,62") },
		{ TEXT("-34433"), TEXT("-34\u202f433") },
		{ TEXT("2023"), TEXT("2023") },
		{ TEXT("date(\"2023-06-16\")"), TEXT("16 juin 2023") },
		{ TEXT("date and time(\"2023-09-01T09:05:00\")"), TEXT("1er septembre 2023 à 9 h 05") },
		{ TEXT("true"), TEXT("oui") },
		{ TEXT("[\"lundi\", \"mardi\"]"), TEXT("lundi et mardi") },
		{ TEXT("[\"lundi\", \"mardi\", \"jeudi\"]"), TEXT("lundi, mardi et jeudi") },
		{ TEXT("duration(\"P14M\")"), TEXT("1 an et 2 mois") },
		{ TEXT("duration(\"-P1DT4H5M\")"), TEXT("moins 1 jour, 4 heures et 5 minutes") },
		{ TEXT("[1..5)"), TEXT("de 1 à 5 (exclu)") },
		{ TEXT("(<= 3)"), TEXT("au plus 3") },
		{ TEXT("null"), TEXT("") },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
		CHECK_TEXT(feel_value_to_french(arena, value_of(arena, cases[i].source)), cases[i].french);
	}
	struct feel_value number;
	CHECK(feel_number_read_french(TEXT(" 1 234,50 "), &number));
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	CHECK_TEXT(feel_number_text(arena, number), TEXT("1234.5"));
	CHECK(!feel_number_read_french(TEXT("1,2,3"), &number));
}

TEST(feel_values_go_to_json_and_back)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	const struct feel_value value = value_of(arena, TEXT(
		"{n: 87.6200000000000000000000000000001, \"le jour\": date(\"2023-06-16\"), "
		"à: date and time(\"2023-06-16T10:00:00@Europe/Paris\"), "
		"d: duration(\"P2M\"), l: [true, null, \"é\"], v: []}"));
	const struct text json = feel_value_to_json_text(arena, value);
	CHECK_TEXT(json, TEXT("{\"n\":\"87.6200000000000000000000000000001\",\"le jour\":\"2023-06-16\","
		"\"à\":\"2023-06-16T10:00:00@Europe/Paris\",\"d\":\"P2M\",\"l\":[true,null,\"é\"],\"v\":[]}"));
	json_t *read = json_loadb(json.at, json.length, 0, NULL);
	struct feel_value back;
	struct guichet_error error;
	CHECK(feel_value_of_json(arena, feel_type_of_value(arena, value), read, &back, &error) == GUICHET_OK);
	json_decref(read);
	CHECK_TEXT(feel_value_to_literal(arena, back), feel_value_to_literal(arena, value));
	read = json_loads("{\"jours\": \"deux\"}", 0, NULL);
	const struct feel_field fields[] = { { TEXT("jours"), &feel_type_number } };
	CHECK(feel_value_of_json(arena, feel_type_context_of(arena, fields, 1), read, &back,
		&error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("« jours » : un nombre est attendu."));
	json_decref(read);
}

TEST(feel_literals_read_back_to_the_same_value)
{
	static const struct text sources[] = {
		TEXT("{a: 1, \"b-c\": [date(\"2023-06-16\"), \"x\\\"y\\n\"], d: [1..2), e: (> 3)}"),
		TEXT("[@\"PT36H\", @\"-P1Y2M\", @\"10:00:00+02:00\", @\"2023-06-16T10:00:00.5Z\", -0.001, 1e33, 1e60]"),
	};
	for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
		const struct feel_value value = value_of(arena, sources[i]);
		const struct text literal = feel_value_to_literal(arena, value);
		const struct feel_value back = value_of(arena, literal);
		CHECK(feel_is_true(feel_equal(value, back)));
		CHECK_TEXT(feel_value_to_literal(arena, back), literal);
		struct feel_value copy;
		CHECK(feel_value_copy(arena, value, &copy));
		CHECK_TEXT(feel_value_to_literal(arena, copy), literal);
	}
}

TEST(feel_dates_become_instants_of_paris)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	instant at, again;
	CHECK(instant_read(TEXT("2023-06-16"), &again));
	CHECK(feel_to_instant(value_of(arena, TEXT("@\"2023-06-16\"")), &at) && at == again);
	CHECK(feel_to_instant(value_of(arena, TEXT("@\"2023-06-16T00:00:00\"")), &at) && at == again);
	CHECK(feel_to_instant(value_of(arena, TEXT("@\"2023-06-15T22:00:00Z\"")), &at) && at == again);
	CHECK(feel_to_instant(value_of(arena, TEXT("@\"2023-06-16T00:00:00@Europe/Paris\"")), &at) && at == again);
	CHECK(!feel_to_instant(value_of(arena, TEXT("@\"999999999-01-01\"")), &at));
	CHECK(!feel_to_instant(feel_integer(3), &at));
	CHECK(feel_is_true(feel_equal(feel_instant(again), value_of(arena, TEXT("@\"2023-06-15T22:00:00Z\"")))));
}

/* Generated expressions are long chains: they are read, evaluated, doubted and explained like others. */
TEST(feel_takes_chains_of_a_thousand_operators)
{
	static const struct {
		const char *first, *next, *value;
	} chains[] = {
		{ "1", " + 1", "1001" }, { "jours", " - 1 * 2", "-1998" }, { "1", " * jours / 2", "1" },
		{ "jours > 3", " or jours = 3", "false" }, { "jours = 2", " and jours > 1 or false", "true" },
		{ "\"\"", " + \"é\"", NULL }, { "jours", " + null", "null" },
	};
	for (size_t i = 0; i < sizeof chains / sizeof *chains; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 26);
		CLEANUP(buffer_release) struct buffer source = buffer_new(1 << 20);
		struct feel_scope *scope = feel_scope_new(arena, NULL);
		struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
		struct guichet_error error;
		unsigned slot;
		CHECK(feel_scope_add(scope, TEXT("jours"), &feel_type_number, &slot, &error) == GUICHET_OK);
		buffer_add(&source, text_of_string(chains[i].first));
		for (int k = 0; k < 1000; k++)
			buffer_add(&source, text_of_string(chains[i].next));
		const struct feel *feel = feel_read(arena, scope, buffer_text(&source), findings);
		CHECK(feel);
		const struct feel_value jours = feel_integer(2);
		struct feel_run run = { .arena = arena, .inputs = &jours };
		const struct feel_value plain = feel_evaluate(feel, &run);
		run.trace = feel_trace_new(arena);
		const struct feel_value traced = feel_evaluate(feel, &run);
		CHECK(run.stop == FEEL_COMPLETE && feel_is_true(feel_equal(plain, traced)));
		CHECK(feel_explain_french(arena, run.trace, FEEL_EVERYTHING, NULL).length > 0);
		feel_doubt(arena, feel, NULL, true, findings);
		if (chains[i].value)
			CHECK_TEXT(feel_value_to_literal(arena, plain), text_of_string(chains[i].value));
		else
			CHECK_INTEGER(text_characters(plain.string), 1000);
	}
}
