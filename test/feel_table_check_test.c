/* Decision tables checked: cases of test/feel_table/, with the catalogue's printed tables; the witnesses of
 * what is found are evaluated; the index answers as the plain walk does.
 *
 *     # a table and what is found in it
 *     table U                                the hit policy, by its letter: U A P F C C+ C< C> C# R O
 *     avec seuil nombre = 80                 another name that cells may read
 *     entrée quotité nombre entier [0..100]  name, type, what is declared of it
 *     entrée corps parmi "agrégé", "certifié" facultatif
 *     encore quotité                         one more column of the first input
 *     entrée part nombre valeurs < 50, > 80  the values that the table lists
 *     sortie paie valeurs 1, 2               sinon 0
 *     | < 80 | - | 50                        a rule
 *     formule 2 quotité * 2                  decimals of the printed values, and the formula
 *     trou: message → remedy                 all that is found, in order; "rien": nothing is
 */
#include <dirent.h>
#include <stdlib.h>

#include "base/arena.h"
#include "feel/index.h"
#include "feel/table_check.h"
#include "test.h"

#include "base/banned.h"

enum { MOST_COLUMNS = 20, MOST_TEST_RULES = 300, MOST_EXPECTED = 30 };

struct given {
	struct arena *arena;
	const char *path;
	int line;
	struct feel_scope *scope;
	struct feel_value values[MOST_COLUMNS]; /* by slot */
	unsigned slots[MOST_COLUMNS]; /* by column */
	struct feel_table table;
	struct feel_table_input inputs[MOST_COLUMNS];
	struct feel_table_output outputs[MOST_COLUMNS];
	struct feel_table_rule rules[MOST_TEST_RULES];
	struct text formula;
	int decimals;
	struct text expected[MOST_EXPECTED];
	size_t expected_count;
	bool ready; /* a table is under way */
};

/* ---- reading the cases ---- */

static bool
take(struct text *line, const char *word)
{
	const struct text wanted = text_of_string(word);
	if (!text_starts(*line, wanted)
		|| (line->length > wanted.length && strchr(" :", line->at[wanted.length]) == NULL))
		return false;
	*line = text_trim(text_part(*line, wanted.length, line->length));
	return true;
}

static struct feel_value
constant_of(struct arena *arena, struct text source)
{
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	struct feel_run run = { .arena = arena };
	const struct feel *feel = feel_read(arena, NULL, source, findings);
	return feel ? feel_evaluate(feel, &run) : feel_null(TEXT("unreadable"));
}

/* "nombre entier [0..100] facultatif", "parmi "a", "b""; what follows "valeurs" is left in *rest. */
static const struct feel_type *
read_type(struct arena *arena, struct text *rest)
{
	static const struct {
		const char *word;
		const struct feel_type *type;
	} kinds[] = {
		{ "nombre", &feel_type_number }, { "texte", &feel_type_string }, { "date", &feel_type_date },
		{ "heure", &feel_type_time }, { "instant", &feel_type_date_time }, { "durée", &feel_type_days_time },
		{ "mois", &feel_type_years_months }, { "oui/non", &feel_type_boolean },
		{ "quelconque", &feel_type_any }, { "liste", &feel_type_list },
	};
	struct feel_type *type = arena_new_of(arena, struct feel_type);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (take(rest, kinds[i].word))
			*type = *kinds[i].type;
	if (take(rest, "parmi")) {
		struct text *words = arena_array_of(arena, struct text, 50);
		*type = feel_type_string;
		type->words = words;
		while (rest->length && rest->at[0] == '"') {
			*rest = text_part(*rest, 1, rest->length);
			words[type->word_count++] = text_split(rest, '"');
			*rest = text_trim(*rest);
			if (rest->length && rest->at[0] == ',')
				*rest = text_trim(text_part(*rest, 1, rest->length));
		}
	}
	if (take(rest, "entier"))
		type->whole = true;
	if (rest->length && rest->at[0] == '[') {
		const struct text bounds = text_part(*rest, 0, text_find(*rest, TEXT("]")) + 1);
		const struct feel_value range = constant_of(arena, bounds);
		if (range.kind == FEEL_RANGE)
			type->bounds = range.range;
		*rest = text_trim(text_part(*rest, bounds.length, rest->length));
	}
	if (take(rest, "facultatif"))
		type->optional = true;
	if (take(rest, "permis")) {
		struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
		type->allowed = feel_read_unary(arena, NULL, type, *rest, findings);
		*rest = TEXT("");
	}
	return type;
}

static struct text
first_word(struct text *rest)
{
	const struct text word = text_split(rest, ' ');
	*rest = rest->at ? text_trim(*rest) : TEXT("");
	return word;
}

static void
read_name(struct given *given, struct text line, bool is_column)
{
	struct guichet_error error;
	unsigned slot = 0;
	const struct text name = first_word(&line);
	const struct feel_type *type = read_type(given->arena, &line);
	if (feel_scope_add(given->scope, name, type, &slot, &error) != GUICHET_OK || slot >= MOST_COLUMNS) {
		test_case(false, given->path, given->line, "%s", error.message);
		return;
	}
	if (is_column) {
		struct feel_table_input *input = &given->inputs[given->table.input_count];
		given->slots[given->table.input_count++] = slot;
		input->expression.text = name;
		input->expression.place = input;
		if (take(&line, "valeurs"))
			input->values.text = line;
	} else if (take(&line, "=")) {
		given->values[slot] = constant_of(given->arena, line);
	}
}

static void
read_output(struct given *given, struct text line)
{
	struct feel_table_output *output = &given->outputs[given->table.output_count++];
	output->name = first_word(&line);
	const size_t otherwise = text_find(line, TEXT("sinon "));
	if (otherwise != SIZE_MAX) {
		output->otherwise.text = text_part(line, otherwise + sizeof "sinon", line.length);
		line = text_trim(text_part(line, 0, otherwise));
	}
	if (take(&line, "valeurs"))
		output->values.text = line;
}

static void
read_rule(struct given *given, struct text line)
{
	struct feel_table_rule *rule = &given->rules[given->table.rule_count++];
	struct feel_cell *tests = arena_array_of(given->arena, struct feel_cell, MOST_COLUMNS);
	struct feel_cell *results = arena_array_of(given->arena, struct feel_cell, MOST_COLUMNS);
	text_split(&line, '|');
	for (size_t i = 0; line.at && i < given->table.input_count; i++)
		tests[i] = (struct feel_cell){ text_trim(text_split(&line, '|')), &tests[i] };
	for (size_t i = 0; line.at && i < given->table.output_count; i++)
		results[i] = (struct feel_cell){ text_trim(text_split(&line, '|')), &results[i] };
	*rule = (struct feel_table_rule){ .tests = tests, .results = results };
}

static enum feel_hit
read_policy(struct text letter)
{
	static const char *const letters[FEEL_HIT_COUNT] = { "U", "A", "P", "F", "C", "C+", "C<", "C>", "C#", "R",
		"O" };
	for (size_t i = 0; i < FEEL_HIT_COUNT; i++)
		if (text_equal(letter, text_of_string(letters[i])))
			return (enum feel_hit)i;
	return FEEL_UNIQUE;
}

/* ---- findings ---- */

static const char *const problems[FEEL_TABLE_PROBLEM_COUNT] = { "trou", "chevauchement", "inutile", "cachée",
	"non vérifié", "trop grande", "écart" };

/* What the table gives for inputs by column. */
static struct feel_value
evaluate_on(struct given *given, const struct feel *feel, const struct feel_value *inputs)
{
	struct feel_value values[MOST_COLUMNS];
	struct feel_run run = { .arena = given->arena, .inputs = values };
	memcpy(values, given->values, sizeof values);
	for (size_t i = 0; i < given->table.input_count; i++)
		values[given->slots[i]] = inputs[i];
	return feel_evaluate(feel, &run);
}

/* The table itself must show what is said of it. */
static bool
witness_is_right(struct given *given, const struct feel *feel, const struct feel_table_finding *finding)
{
	if (!finding->inputs)
		return finding->problem != FEEL_TABLE_GAP || finding->more;
	const struct feel_value value = evaluate_on(given, feel, finding->inputs);
	switch (finding->problem) {
	case FEEL_TABLE_GAP:
		return value.kind == FEEL_NULL && text_equal(value.reason, TEXT("aucune règle ne s’applique"));
	case FEEL_TABLE_OVERLAP:
		return value.kind == FEEL_NULL && text_find(value.reason, TEXT("s’appliquent ensemble")) != SIZE_MAX;
	case FEEL_TABLE_MASKED:
		return value.kind != FEEL_NULL;
	default:
		return true;
	}
}

static void
check_findings(struct given *given, const struct feel *feel, const struct feel_table_findings *findings)
{
	size_t next = 0;
	if (given->expected_count == 1 && text_equal(given->expected[0], TEXT("rien")))
		given->expected_count = 0;
	for (size_t i = 0; i < findings->count; i++) {
		const struct feel_table_finding *finding = &findings->at[i];
		const struct text expected = next < given->expected_count ? given->expected[next++] : TEXT("(nothing)");
		struct text got = arena_format(given->arena, "%s: " TEXT_FORMAT, problems[finding->problem],
			TEXT_ARGS(finding->message));
		if (text_find(expected, TEXT(" → ")) != SIZE_MAX)
			got = arena_format(given->arena, TEXT_FORMAT " → " TEXT_FORMAT, TEXT_ARGS(got),
				TEXT_ARGS(finding->remedy));
		test_case(text_equal(got, expected), given->path, given->line, "\n    got      " TEXT_FORMAT
			"\n    expected " TEXT_FORMAT, TEXT_ARGS(got), TEXT_ARGS(expected));
		test_case(witness_is_right(given, feel, finding), given->path, given->line,
			"the table does not show it: " TEXT_FORMAT, TEXT_ARGS(got));
	}
	for (; next < given->expected_count; next++)
		test_case(false, given->path, given->line, "not found: " TEXT_FORMAT, TEXT_ARGS(given->expected[next]));
}

static void
check_given(struct given *given)
{
	if (!given->ready)
		return;
	struct feel_findings *mistakes = arena_new_of(given->arena, struct feel_findings);
	struct feel_table_findings *findings = arena_new_of(given->arena, struct feel_table_findings);
	given->table.inputs = given->inputs;
	given->table.outputs = given->outputs;
	given->table.rules = given->rules;
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &given->table };
	const struct feel *feel = feel_read_box(given->arena, given->scope, &box, mistakes);
	if (!feel) {
		test_case(false, given->path, given->line, "unreadable: " TEXT_FORMAT,
			TEXT_ARGS(mistakes->at[0].message));
		return;
	}
	feel_table_check(given->arena, feel, &given->table, findings);
	if (given->formula.length) {
		const struct feel_table_formula formula = { .decimals = given->decimals,
			.feel = feel_read(given->arena, given->scope, given->formula, mistakes) };
		test_case(formula.feel != NULL, given->path, given->line, "unreadable formula");
		if (formula.feel)
			feel_table_compare(given->arena, feel, &given->table, &formula, findings);
	}
	test_case(!findings->broken, given->path, given->line, "no memory");
	check_findings(given, feel, findings);
}

static void
read_line(struct given *given, struct text line)
{
	if (take(&line, "avec")) {
		read_name(given, line, false);
	} else if (take(&line, "entrée")) {
		read_name(given, line, true);
	} else if (take(&line, "encore")) {
		struct feel_table_input *input = &given->inputs[given->table.input_count];
		given->slots[given->table.input_count++] = given->slots[0];
		input->expression = (struct feel_cell){ line, input };
	} else if (take(&line, "sortie")) {
		read_output(given, line);
	} else if (line.at[0] == '|') {
		read_rule(given, line);
	} else if (take(&line, "formule")) {
		given->decimals = line.at[0] - '0';
		given->formula = text_trim(text_part(line, 1, line.length));
	} else if (given->expected_count < MOST_EXPECTED) {
		given->expected[given->expected_count++] = line;
	}
}

static void
run_file(const char *path)
{
	CLEANUP(arena_free) struct arena *files = arena_new(1 << 22);
	struct text rest = test_file(files, path);
	struct given *given = arena_new_of(files, struct given);
	struct arena *arena = NULL;
	int number = 0;
	while (rest.at) {
		struct text line = text_trim(text_split(&rest, '\n'));
		number++;
		if (line.length == 0 || line.at[0] == '#')
			continue;
		if (take(&line, "table")) {
			check_given(given);
			arena_free(arena);
			arena = arena_new(1 << 26);
			*given = (struct given){ .arena = arena, .path = path, .line = number, .ready = true,
				.scope = feel_scope_new(arena, NULL), .table.hit = read_policy(line) };
		} else {
			read_line(given, line);
		}
	}
	check_given(given);
	arena_free(arena);
}

TEST(feel_tables_are_checked)
{
	DIR *directory = opendir("test/feel_table");
	CHECK(directory);
	unsigned files = 0;
	for (struct dirent *entry; (entry = readdir(directory));) {
		char path[300];
		if (!text_ends(text_of_string(entry->d_name), TEXT(".table")))
			continue;
		snprintf(path, sizeof path, "test/feel_table/%s", entry->d_name);
		run_file(path);
		files++;
	}
	closedir(directory);
	CHECK(files > 0);
}

/* ---- the index beside the plain walk ---- */

static uint32_t
chance(uint64_t *seed, uint32_t below)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33) % below;
}

/* Literals of each kind of column: cells and inputs are made of them. */
static const struct pool {
	const char *type;
	const char *literals[12];
	bool ordered;
} pools[] = {
	{ "nombre", { "0", "1", "2", "3.5", "-4", "10", "1e3", "2 * 3", "10.0", "1e-30", "9e6144", "-1e40" }, true },
	{ "texte", { "\"a\"", "\"b\"", "\"\"", "\"é\"", "\"autre\"", "\"A\" + \"B\"", "\"x\"", "\"xx\"",
		"upper case(\"a\")", "\"b \"", "\"ab\"", "\"xxxxx\"" }, false },
	{ "date", { "date(\"2024-01-01\")", "@\"2024-01-02\"", "@\"2024-01-04\"", "@\"2023-12-31\"",
		"@\"-0044-03-15\"",
		"@\"2024-02-29\"", "@\"999999999-12-31\"", "date(2024, 1, 3)", "@\"1970-01-01\"", "@\"2024-03-01\"",
		"@\"2024-01-05\"", "@\"-999999999-01-01\"" }, true },
	{ "heure", { "@\"00:00:00\"", "@\"10:00:00\"", "@\"23:59:59\"", "@\"10:00:00.5\"", "@\"09:59:59\"",
		"@\"12:00:00\"", "time(10, 30, 0)", "@\"10:00:01\"", "@\"08:00:00\"", "@\"18:00:00\"", "@\"18:00:00Z\"",
		"@\"10:00:00+02:00\"" }, true },
	{ "instant", { "@\"2024-01-01T00:00:00\"", "@\"2024-01-01T10:00:00\"", "@\"2024-01-02T00:00:00\"",
		"@\"2024-06-01T00:00:00\"", "@\"2023-01-01T00:00:00\"", "@\"2024-01-01T10:00:01\"",
		"@\"2024-01-01T10:00:00.000000001\"", "@\"2025-01-01T00:00:00\"", "@\"2024-01-01T12:00:00\"",
		"@\"2024-01-01T10:00:00Z\"", "@\"2024-01-01T12:00:00@Europe/Paris\"", "@\"2024-01-01T11:00:00+01:00\"" },
		true },
	{ "durée", { "@\"P1D\"", "@\"PT0S\"", "@\"PT24H\"", "@\"-P1D\"", "@\"P30D\"", "@\"PT1H\"", "@\"PT1.5S\"",
		"@\"P2D\"", "@\"PT90M\"", "@\"P10D\" * 2", "@\"PT1S\"", "@\"P400D\"" }, true },
	{ "mois", { "@\"P1Y\"", "@\"P12M\"", "@\"P0M\"", "@\"-P1M\"", "@\"P3Y\"", "@\"P13M\"", "@\"P2Y6M\"",
		"@\"P30M\"", "@\"P10Y\"", "@\"P1M\"", "@\"P2M\"", "@\"P6M\"" }, true },
	{ "oui/non", { "true", "false", "1 = 1", "1 = 2", "true", "false", "true", "false", "true", "false",
		"not(true)", "not(false)" }, false },
	{ "quelconque", { "1", "2", "\"a\"", "\"b\"", "true", "@\"2024-01-01\"", "[1, 2]", "@\"P0M\"", "@\"PT0S\"",
		"{a: 1}", "3.5", "[1..2]" }, true },
	{ "liste", { "[1, 2]", "[]", "[1]", "[\"a\"]", "[[1]]", "[1, 2, 3]", "[null]", "[1, 2]", "[3]", "[2]",
		"[1..3]", "[true]" }, false },
};

static const char *
literal_of(uint64_t *seed, const struct pool *pool)
{
	return pool->literals[chance(seed, 12)];
}

/* A cell about the literals of its column. */
static struct text
make_cell(struct arena *arena, uint64_t *seed, const struct pool *pool)
{
	const char *a = literal_of(seed, pool), *b = literal_of(seed, pool);
	static const char *const plain[] = { "-", "%1$s", "%1$s, %2$s", "not(%1$s)", "not(%1$s, %2$s)", "null",
		"not(null)", "null, %1$s", "? = %1$s", "? != %1$s or ? = %2$s", "? in (%1$s, %2$s)", "%1$s, null",
		"? = null", "[%1$s, %2$s]", "? instance of number", "? = autre", "if ? = %1$s then true else ? = %2$s",
		"not(? = %1$s)", "count([?]) = 1", "list contains([%1$s, %2$s], ?)", "not(null, %1$s)",
		"(? = %1$s) = false", "%1$s = ?" };
	static const char *const ordered[] = { "< %1$s", "<= %1$s", "> %1$s", ">= %1$s", "[%1$s..%2$s]",
		"]%1$s..%2$s[",
		"(%1$s..%2$s]", "[%1$s..%2$s)", "not([%1$s..%2$s])", "? > %1$s and ? < %2$s", "< %1$s, > %2$s",
		"? between %1$s and %2$s", "not(< %1$s)", "? in [%1$s..%2$s]", "[%1$s..%2$s], null",
		"? < %1$s or ? = null", "%1$s < ?", "? in (< %1$s, %2$s)", "not(? < %1$s)" };
	const uint32_t count = sizeof plain / sizeof *plain, more = sizeof ordered / sizeof *ordered;
	const uint32_t at = chance(seed, pool->ordered ? count + 2 * more : count);
	const char *format = at < count ? plain[at] : ordered[(at - count) % more];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	return arena_format(arena, format, a, b);
#pragma GCC diagnostic pop
}

static struct text
told(struct arena *arena, struct feel_value value)
{
	return arena_format(arena, TEXT_FORMAT " %s" TEXT_FORMAT,
		TEXT_ARGS(feel_value_to_bare_literal(arena, value)), value.kind == FEEL_NULL ? "because " : "",
		TEXT_ARGS(value.kind == FEEL_NULL ? value.reason : TEXT("")));
}

static const struct table *
table_inside(const struct feel *feel)
{
	const struct node *node = feel->root;
	while (node->kind == NODE_COERCE)
		node = node->left;
	return node->kind == NODE_TABLE ? node->table : NULL;
}

/* One table, many inputs, both ways. Returns whether it had an index. */
static bool
compare_ways(struct arena *arena, uint64_t *seed)
{
	const uint32_t columns = 1 + chance(seed, 3), rules = 4 + chance(seed, chance(seed, 8) ? 10 : 150);
	static const enum feel_hit hits[] = { FEEL_UNIQUE, FEEL_FIRST, FEEL_COLLECT, FEEL_RULE_ORDER,
		FEEL_ANY_RULE, FEEL_COLLECT_COUNT };
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct feel_table_input inputs[3] = { 0 };
	const struct pool *of[3] = { 0 };
	struct guichet_error error;
	struct feel_value values[4] = { 0 };
	unsigned slot;
	if (feel_scope_add(scope, TEXT("autre"), &feel_type_any, &slot, &error) != GUICHET_OK)
		return false;
	for (uint32_t i = 0; i < columns; i++) {
		of[i] = &pools[chance(seed, sizeof pools / sizeof *pools)];
		struct text type = text_of_string(of[i]->type);
		const struct text name = arena_format(arena, "x%u", i);
		if (feel_scope_add(scope, name, read_type(arena, &type), &slot, &error) != GUICHET_OK)
			return false;
		inputs[i].expression.text = name;
	}
	struct feel_table_rule *lines = arena_array_of(arena, struct feel_table_rule, rules);
	for (uint32_t i = 0; i < rules; i++) {
		struct feel_cell *cells = arena_array_of(arena, struct feel_cell, columns + 1);
		for (uint32_t j = 0; j < columns; j++)
			cells[j].text = make_cell(arena, seed, of[j]);
		cells[columns].text = arena_format(arena, "%u", chance(seed, 4) ? i : i / 3);
		lines[i] = (struct feel_table_rule){ .tests = cells, .results = cells + columns };
	}
	const struct feel_table_output output = { .name = TEXT("y") };
	const struct feel_table source = { .hit = hits[chance(seed, 6)], .inputs = inputs, .input_count = columns,
		.outputs = &output, .output_count = 1, .rules = lines, .rule_count = rules };
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &source };
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	findings->lenient = true; /* cells of all natures */
	const struct feel *feel = feel_read_box(arena, scope, &box, findings);
	const struct table *table = feel ? table_inside(feel) : NULL;
	if (!table)
		return false;
	/* mistakes of meaning leave a table without index: it is made here */
	struct table indexed = *table, plain = *table;
	CHECK(table_index_new(arena, table, feel->locals, &indexed.index));
	plain.index = NULL;
	const struct node roots[] = { { .kind = NODE_TABLE, .height = feel->root->height, .type = feel->root->type,
		.table = &indexed }, { .kind = NODE_TABLE, .height = feel->root->height, .type = feel->root->type,
		.table = &plain } };
	const struct feel ways[] = { { .root = &roots[0], .source = feel->source, .locals = feel->locals },
		{ .root = &roots[1], .source = feel->source, .locals = feel->locals } };
	for (unsigned i = 0; i < 60; i++) {
		values[0] = constant_of(arena, text_of_string(literal_of(seed, &pools[0])));
		for (uint32_t j = 0; j < columns; j++) {
			const struct pool *pool = chance(seed, 8) ? of[j] : &pools[chance(seed, sizeof pools / sizeof *pools)];
			const char *a = literal_of(seed, pool), *b = literal_of(seed, pool);
			values[j + 1] = constant_of(arena, chance(seed, 10) == 0 ? TEXT("null")
				: chance(seed, 3) ? text_of_string(a)
				: pool == &pools[0] ? arena_format(arena, "(%s + %s) / 2", a, b)
				: pool == &pools[2] ? arena_format(arena, "%s + @\"P1D\"", a) : text_of_string(a));
		}
		struct feel_run runs[2] = { { .arena = arena, .inputs = values }, { .arena = arena, .inputs = values } };
		const struct text by_index = told(arena, feel_evaluate(&ways[0], &runs[0]));
		const struct text by_walk = told(arena, feel_evaluate(&ways[1], &runs[1]));
		if (!text_equal(by_index, by_walk)) {
			for (uint32_t rule = 0; rule < rules; rule++)
				for (uint32_t j = 0; j < columns; j++)
					fprintf(stderr, TEXT_FORMAT "%s", TEXT_ARGS(lines[rule].tests[j].text),
						j + 1 < columns ? " | " : "\n");
			for (uint32_t j = 0; j < columns; j++)
				fprintf(stderr, "x%u = " TEXT_FORMAT "\n", j,
					TEXT_ARGS(feel_value_to_literal(arena, values[j + 1])));
		}
		CHECK_TEXT(by_index, by_walk);
	}
	return indexed.index != NULL;
}

TEST(feel_tables_give_the_same_with_and_without_index)
{
	uint64_t seed = 20260322;
	unsigned indexed = 0;
	for (unsigned i = 0; i < 2000; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 26);
		indexed += compare_ways(arena, &seed);
	}
	CHECK(indexed > 1500);
}

/* As a list of schools: too many rules for each value to have its set. */
TEST(feel_tables_of_thousands_of_rules_are_looked_up)
{
	enum { RULES = 6000 };
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 27);
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	static const struct feel_table_input inputs[] = { { .expression = { TEXT("code"), NULL } },
		{ .expression = { TEXT("rang"), NULL } }, { .expression = { TEXT("zone"), NULL } } };
	static const struct feel_table_output output;
	struct feel_table_rule *rules = arena_array_of(arena, struct feel_table_rule, RULES);
	struct guichet_error error;
	unsigned slot;
	CHECK(feel_scope_add(scope, TEXT("code"), &feel_type_string, &slot, &error) == GUICHET_OK
		&& feel_scope_add(scope, TEXT("rang"), &feel_type_number, &slot, &error) == GUICHET_OK
		&& feel_scope_add(scope, TEXT("zone"), &feel_type_string, &slot, &error) == GUICHET_OK);
	for (unsigned i = 0; i < RULES; i++) {
		struct feel_cell *cells = arena_array_of(arena, struct feel_cell, 4);
		cells[0].text = i % 1000 == 7 ? TEXT("-") : i % 1000 == 8 ? TEXT("starts with(?, \"044\")")
			: arena_format(arena, "\"%05u\"", i / 2);
		cells[1].text = arena_format(arena, "%s %u", i & 1 ? "<" : ">=", i);
		cells[2].text = i % 3 ? TEXT("-") : TEXT("\"B\"");
		cells[3].text = arena_format(arena, "%u", i);
		rules[i] = (struct feel_table_rule){ .tests = cells, .results = cells + 3 };
	}
	const struct feel_table source = { .hit = FEEL_RULE_ORDER, .inputs = inputs, .input_count = 3,
		.outputs = &output, .output_count = 1, .rules = rules, .rule_count = RULES };
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &source };
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	const struct feel *feel = feel_read_box(arena, scope, &box, findings);
	CHECK(feel && table_inside(feel)->index);
	struct table plain = *table_inside(feel);
	plain.index = NULL;
	const struct node root = { .kind = NODE_TABLE, .height = feel->root->height, .type = feel->root->type,
		.table = &plain };
	const struct feel walked = { .root = &root, .source = feel->source, .locals = feel->locals };
	for (unsigned i = 0; i < 40; i++) {
		const unsigned code = i < 4 ? i * 2000 : i * 77;
		const struct feel_value values[] = { feel_string(arena_format(arena, "%05u", code)),
			feel_integer((int64_t)code * 2 + i % 3), feel_string(i % 4 ? TEXT("B") : TEXT("A")) };
		struct feel_run runs[2] = { { .arena = arena, .inputs = values }, { .arena = arena, .inputs = values } };
		const struct text found = told(arena, feel_evaluate(feel, &runs[0]));
		CHECK_TEXT(found, told(arena, feel_evaluate(&walked, &runs[1])));
		CHECK(runs[0].steps < runs[1].steps / 20);
	}
}

TEST(feel_tables_of_thousands_of_rules_are_checked)
{
	enum { RULES = 6000 };
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 27);
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	static const struct feel_table_input input = { .expression = { TEXT("code"), NULL } };
	static const struct feel_table_output output = { .otherwise = { TEXT("\"ailleurs\""), NULL } };
	struct feel_table_rule *rules = arena_array_of(arena, struct feel_table_rule, RULES);
	struct guichet_error error;
	unsigned slot;
	CHECK(feel_scope_add(scope, TEXT("code"), &feel_type_string, &slot, &error) == GUICHET_OK);
	for (unsigned i = 0; i < RULES; i++) {
		struct feel_cell *cells = arena_array_of(arena, struct feel_cell, 2);
		cells[0].text = arena_format(arena, "\"%05u\"", i == 5000 ? 77 : i);
		cells[1].text = TEXT("\"B\"");
		rules[i] = (struct feel_table_rule){ .tests = cells, .results = cells + 1 };
	}
	const struct feel_table source = { .hit = FEEL_UNIQUE, .inputs = &input, .input_count = 1,
		.outputs = &output, .output_count = 1, .rules = rules, .rule_count = RULES };
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &source };
	struct feel_findings *mistakes = arena_new_of(arena, struct feel_findings);
	struct feel_table_findings *findings = arena_new_of(arena, struct feel_table_findings);
	const struct feel *feel = feel_read_box(arena, scope, &box, mistakes);
	CHECK(feel);
	feel_table_check(arena, feel, &source, findings);
	CHECK_INTEGER(findings->count, 1);
	CHECK_TEXT(findings->at[0].message, TEXT("les règles 78 et 5001 s’appliquent ensemble, par exemple pour "
		"code = « 00077 »"));
}

/* ---- what is found beside what every input shows ---- */

/* Small columns of which every input is tried. */
static const struct small {
	const char *type;
	const char *inputs[12];
	const char *cells[24];
} smalls[] = {
	{ "nombre entier [0..9]", { "0", "1", "2", "3", "4", "5", "6", "7", "8", "9" },
		{ "-", "< 5", ">= 5", "[2..7]", "]2..7[", "3", "not(3)", "1, 2, 8", "> 8", "<= 0", "[0..9]", "< 5, > 5",
		"not(< 3, > 6)", "? > 2 and ? < 6", "[5..4]", "> 9", "2.5", "odd(?)", "? * 2 > 7",
		"not(modulo(?, 3) = 1)" } },
	{ "parmi \"a\", \"b\", \"c\"", { "\"a\"", "\"b\"", "\"c\"" },
		{ "-", "\"a\"", "\"b\"", "\"a\", \"b\"", "not(\"a\")", "not(\"b\", \"c\")", "\"c\"", "not(null)",
		"starts with(?, \"a\")", "string length(?) > 1" } },
	{ "oui/non facultatif", { "true", "false", "null" },
		{ "-", "true", "false", "true, false", "not(true)", "null", "not(null)", "? = null", "? != true", "?",
		"not(?)", "? and ?" } },
	{ "mois [@\"P0M\"..@\"P5M\"]", { "@\"P0M\"", "@\"P1M\"", "@\"P2M\"", "@\"P3M\"", "@\"P4M\"", "@\"P5M\"" },
		{ "-", "< @\"P2M\"", ">= @\"P2M\"", "[@\"P1M\"..@\"P3M\"]", "@\"P4M\"", "not(@\"P4M\")",
		"? * 2 > @\"P5M\"", "?.months = 2" } },
};

static uint32_t
count_of(const char *const *list, uint32_t most)
{
	uint32_t count = 0;
	while (count < most && list[count])
		count++;
	return count;
}

enum { MOST_SMALL_RULES = 12 };

/* What all the inputs show. */
struct shown {
	bool hole;
	bool meets[MOST_SMALL_RULES][MOST_SMALL_RULES];
	bool applies[MOST_SMALL_RULES], decides[MOST_SMALL_RULES];
	int64_t ranks[MOST_SMALL_RULES]; /* the lowest decides */
};

static void
try_input(struct arena *arena, const struct feel *collect, const struct feel_value *values,
	struct shown *shown)
{
	struct feel_run run = { .arena = arena, .inputs = values };
	const struct feel_value rules = feel_evaluate(collect, &run);
	shown->hole = shown->hole || rules.kind == FEEL_NULL;
	for (size_t i = 0; rules.kind == FEEL_LIST && i < rules.list.count; i++) {
		int64_t rule = 0, other = 0;
		bool decides = true;
		CHECK(feel_to_integer(rules.list.at[i], &rule));
		for (size_t j = 0; j < rules.list.count; j++) {
			CHECK(feel_to_integer(rules.list.at[j], &other));
			shown->meets[rule][other] = true;
			decides = decides && shown->ranks[rule] <= shown->ranks[other];
		}
		shown->applies[rule] = true;
		shown->decides[rule] = shown->decides[rule] || decides;
	}
}

static void
check_shown(const struct feel_table_findings *findings, const struct shown *shown, enum feel_hit hit,
	uint32_t rules)
{
	unsigned holes = 0, meetings = 0, met = 0, dead = 0, masked = 0;
	for (size_t i = 0; i < findings->count; i++) {
		const struct feel_table_finding *finding = &findings->at[i];
		const unsigned count = finding->more ? (unsigned)finding->more : 1;
		holes += finding->problem == FEEL_TABLE_GAP ? count : 0;
		meetings += finding->problem == FEEL_TABLE_OVERLAP ? count : 0;
		CHECK(finding->problem != FEEL_TABLE_UNVERIFIED && finding->problem != FEEL_TABLE_TOO_LARGE);
		if (finding->problem == FEEL_TABLE_UNREACHABLE) {
			CHECK(!shown->applies[finding->rule]);
			dead++;
		} else if (finding->problem == FEEL_TABLE_MASKED) {
			CHECK(shown->applies[finding->rule] && !shown->decides[finding->rule]);
			masked++;
		} else if (finding->problem == FEEL_TABLE_OVERLAP && !finding->more) {
			CHECK(shown->meets[finding->rule][finding->other]);
		}
	}
	CHECK(shown->hole == (holes > 0));
	for (uint32_t i = 0; i < rules; i++) {
		dead -= !shown->applies[i];
		masked -= hit != FEEL_UNIQUE && shown->applies[i] && !shown->decides[i];
		for (uint32_t j = 0; j < i; j++)
			met += shown->meets[i][j];
	}
	CHECK(dead == 0 && masked == 0);
	CHECK(met == meetings || hit != FEEL_UNIQUE);
}

static void
compare_small(struct arena *arena, uint64_t *seed)
{
	const uint32_t columns = 1 + chance(seed, 3), rules = 1 + chance(seed, MOST_SMALL_RULES);
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct feel_table_input inputs[3] = { 0 };
	const struct small *of[3] = { 0 };
	struct guichet_error error;
	unsigned slot;
	for (uint32_t i = 0; i < columns; i++) {
		of[i] = &smalls[chance(seed, sizeof smalls / sizeof *smalls)];
		struct text type = text_of_string(of[i]->type);
		inputs[i].expression.text = arena_format(arena, "x%u", i);
		CHECK(feel_scope_add(scope, inputs[i].expression.text, read_type(arena, &type), &slot, &error)
			== GUICHET_OK);
	}
	struct feel_table_rule *lines = arena_array_of(arena, struct feel_table_rule, rules);
	for (uint32_t i = 0; i < rules; i++) {
		struct feel_cell *cells = arena_array_of(arena, struct feel_cell, columns + 1);
		for (uint32_t j = 0; j < columns; j++)
			cells[j].text = text_of_string(of[j]->cells[chance(seed, count_of(of[j]->cells, 24))]);
		cells[columns].text = arena_format(arena, "%u", i);
		lines[i] = (struct feel_table_rule){ .tests = cells, .results = cells + columns };
	}
	struct feel_table_output output = { .name = TEXT("y") };
	struct feel_table source = { .hit = FEEL_COLLECT, .inputs = inputs, .input_count = columns,
		.outputs = &output, .output_count = 1, .rules = lines, .rule_count = rules };
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &source };
	struct feel_findings *mistakes = arena_new_of(arena, struct feel_findings);
	mistakes->lenient = true; /* some cells are beside the declared values: that is the point */
	const struct feel *collect = feel_read_box(arena, scope, &box, mistakes);
	static const enum feel_hit hits[] = { FEEL_UNIQUE, FEEL_FIRST, FEEL_PRIORITY };
	struct shown shown = { 0 };
	source.hit = hits[chance(seed, 3)];
	output.values.text = source.hit == FEEL_PRIORITY ? TEXT("0, 1, 2") : TEXT("");
	for (uint32_t rule = 0; rule < rules; rule++) {
		shown.ranks[rule] = source.hit == FEEL_PRIORITY ? chance(seed, 3) : rule;
		((struct feel_cell *)lines[rule].results)->text = arena_format(arena, "%d", (int)shown.ranks[rule]);
	}
	const struct feel *feel = feel_read_box(arena, scope, &box, mistakes);
	struct feel_table_findings *findings = arena_new_of(arena, struct feel_table_findings);
	uint32_t at[3] = { 0 }, i = 0;
	CHECK(collect && feel);
	feel_table_check(arena, feel, &source, findings);
	while (i < columns) {
		struct feel_value values[3];
		for (uint32_t j = 0; j < columns; j++)
			values[j] = constant_of(arena, text_of_string(of[j]->inputs[at[j]]));
		try_input(arena, collect, values, &shown);
		for (i = 0; i < columns && ++at[i] == count_of(of[i]->inputs, 12); i++)
			at[i] = 0;
	}
	check_shown(findings, &shown, source.hit, rules);
}

TEST(feel_tables_are_checked_as_all_their_inputs_show)
{
	uint64_t seed = 7;
	for (unsigned i = 0; i < 400; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 26);
		compare_small(arena, &seed);
	}
}

/* ---- without memory ---- */

static const struct feel *
read_small_table(struct arena *arena, struct feel_table *table, const struct feel_scope **ret_scope,
	struct feel_findings *findings)
{
	static const struct text cells[][2] = { { TEXT("< 50"), TEXT("\"a\"") },
		{ TEXT("[40..60]"), TEXT("\"a\", \"b\"") },
		{ TEXT("> 60"), TEXT("not(\"b\")") }, { TEXT("2 * 35"), TEXT("-") },
		{ TEXT("? > 3 and ? < 2"), TEXT("-") } };
	static const struct text results[] = { TEXT("0"), TEXT("1"), TEXT("x + 1"), TEXT("3"), TEXT("4") };
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct feel_table_input *inputs = arena_array_of(arena, struct feel_table_input, 2);
	struct feel_table_output *output = arena_new_of(arena, struct feel_table_output);
	struct feel_table_rule *rules = arena_array_of(arena, struct feel_table_rule, 5);
	struct feel_cell *all = arena_array_of(arena, struct feel_cell, 15);
	struct guichet_error error;
	unsigned slot;
	if (!scope || !inputs || !output || !rules || !all
		|| feel_scope_add(scope, TEXT("x"), &feel_type_number, &slot, &error) != GUICHET_OK
		|| feel_scope_add(scope, TEXT("corps"), &feel_type_string, &slot, &error) != GUICHET_OK) {
		findings->broken = true;
		return NULL;
	}
	inputs[0].expression.text = TEXT("x");
	inputs[1].expression.text = TEXT("corps");
	for (size_t i = 0; i < 5; i++) {
		all[3 * i].text = cells[i][0];
		all[3 * i + 1].text = cells[i][1];
		all[3 * i + 2].text = results[i];
		rules[i] = (struct feel_table_rule){ .tests = &all[3 * i], .results = &all[3 * i + 2] };
	}
	*table = (struct feel_table){ .hit = FEEL_UNIQUE, .inputs = inputs, .input_count = 2, .outputs = output,
		.output_count = 1, .rules = rules, .rule_count = 5 };
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = table };
	*ret_scope = scope;
	return feel_read_box(arena, scope, &box, findings);
}

TEST(feel_tables_are_read_and_checked_whatever_allocation_fails)
{
	unsigned failures = 0;
	for (unsigned nth = 1;; nth++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
		struct feel_findings *mistakes = arena_new_of(arena, struct feel_findings);
		struct feel_table_findings *findings = arena_new_of(arena, struct feel_table_findings);
		struct feel_table table;
		const struct feel_scope *scope;
		arena_fail_nth(nth);
		const struct feel *feel = read_small_table(arena, &table, &scope, mistakes);
		if (!feel) {
			CHECK(arena_failed() && mistakes->broken);
			failures++;
			continue;
		}
		CHECK(!arena_failed());
		const struct feel_table_formula formula = { .decimals = 1,
			.feel = feel_read(arena, scope, TEXT("x / 3"), mistakes) };
		if (formula.feel) {
			feel_table_check(arena, feel, &table, findings);
			feel_table_compare(arena, feel, &table, &formula, findings);
			CHECK(findings->broken == arena_failed());
		}
		if (arena_failed()) {
			failures++;
			continue;
		}
		arena_fail_nth(0);
		CHECK(failures > 100 && findings->count > 5);
		return;
	}
}

/* ---- inputs that are entries; places ---- */

TEST(feel_tables_are_compared_through_the_entries_of_names)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	static const struct feel_field fields[] = { { TEXT("quotité"), &feel_type_number },
		{ TEXT("heures"), &feel_type_number } };
	static const struct feel_cell cells[] = { { TEXT("50"), "first" }, { TEXT("9"), "nine" },
		{ TEXT("59"), "result" },
		{ TEXT("60"), "second" }, { TEXT("11"), "eleven" }, { TEXT("70"), "other result" } };
	static const struct feel_table_rule rules[] = { { .tests = cells, .results = cells + 2 },
		{ .tests = cells + 3, .results = cells + 5 } };
	static const struct feel_table_input inputs[] = { { .expression = { TEXT("agent.quotité"), "input" },
		.values = { TEXT("50, 60"), NULL } }, { .expression = { TEXT("agent.heures"), NULL },
		.values = { TEXT("9, 11"), NULL } } };
	static const struct feel_table_output output;
	const struct feel_table table = { .inputs = inputs, .input_count = 2, .outputs = &output, .output_count = 1,
		.rules = rules, .rule_count = 2 };
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &table, .type = &feel_type_number };
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct feel_findings *mistakes = arena_new_of(arena, struct feel_findings);
	struct feel_table_findings *findings = arena_new_of(arena, struct feel_table_findings);
	struct guichet_error error;
	unsigned slot;
	CHECK(feel_scope_add(scope, TEXT("agent"), feel_type_context_of(arena, fields, 2), &slot, &error)
		== GUICHET_OK);
	const struct feel *feel = feel_read_box(arena, scope, &box, mistakes);
	const struct feel_table_formula formula = {
		.feel = feel_read(arena, scope, TEXT("agent.quotité + agent.heures"), mistakes) };
	CHECK(feel && formula.feel);
	feel_table_compare(arena, feel, &table, &formula, findings);
	CHECK_INTEGER(findings->count, 1);
	CHECK_INTEGER(findings->at[0].problem, FEEL_TABLE_DIFFERS);
	CHECK(findings->at[0].place == cells[5].place && findings->at[0].rule == 1);
	CHECK_TEXT(findings->at[0].message, TEXT("règle 2 : la table dit 70, la formule donne 71 pour "
		"agent.quotité = 60, agent.heures = 11"));
	feel_table_check(arena, feel, &table, findings);
	CHECK_INTEGER(findings->count, 3);
	CHECK(findings->at[1].problem == FEEL_TABLE_GAP && !findings->at[1].place);
	/* without its source, the same is told, without places */
	struct feel_table_findings *bare = arena_new_of(arena, struct feel_table_findings);
	feel_table_check(arena, feel, NULL, bare);
	CHECK_INTEGER(bare->count, 2);
	CHECK(!bare->at[0].place);
	CHECK_TEXT(bare->at[0].message, findings->at[1].message);
	CHECK_TEXT(bare->at[0].remedy, findings->at[1].remedy);
}

TEST(an_expression_that_is_no_table_has_nothing_to_check)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct feel_findings *mistakes = arena_new_of(arena, struct feel_findings);
	struct feel_table_findings *findings = arena_new_of(arena, struct feel_table_findings);
	const struct feel *feel = feel_read(arena, NULL, TEXT("1 + 2"), mistakes);
	CHECK(feel);
	feel_table_check(arena, feel, NULL, findings);
	const struct feel_table_formula formula = { .feel = feel };
	feel_table_compare(arena, feel, NULL, &formula, findings);
	CHECK(findings->count == 0 && !findings->broken);
}
