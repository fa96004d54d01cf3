/* Boxed expressions and decision tables: each kind of box, each hit policy, and what is refused, in its
 * cell. Tables are written as people draw them:
 *
 *     jours | filière || montant          the inputs, then the outputs
 *     values: | "a", "b" || 10, 20        (or "default: || 0"), a line of cells for each
 *     <= 2 | - || 10                      the rules
 */
#include <stdlib.h>

#include "feel/box.h"
#include "test.h"

#include "base/banned.h"

enum { MOST_COLUMNS = 8 };

/* What every test needs, and the last findings. */
struct bench {
	struct arena *arena;
	struct feel_scope *scope;
	struct feel_value inputs[8];
	struct feel_findings *findings;
	struct feel_run run;
};

static struct bench
bench_new(struct arena *arena)
{
	struct bench bench = { .arena = arena, .scope = feel_scope_new(arena, NULL),
		.findings = arena_new_of(arena, struct feel_findings) };
	return bench;
}

static void
bench_name(struct bench *bench, const char *name, const struct feel_type *type, struct feel_value value)
{
	struct guichet_error error;
	unsigned slot;
	CHECK(feel_scope_add(bench->scope, text_of_string(name), type, &slot, &error) == GUICHET_OK);
	bench->inputs[slot] = value;
}

static struct feel_value
text_value(const char *text)
{
	return feel_string(text_of_string(text));
}

/* The value of a literal, or "! " and the first finding, "@cell" being the text of its cell. */
static struct text
result_of(struct bench *bench, const struct feel_box *box)
{
	*bench->findings = (struct feel_findings){ .lenient = bench->findings->lenient };
	const struct feel *feel = feel_read_box(bench->arena, bench->scope, box, bench->findings);
	if (!feel) {
		const struct feel_finding *finding = &bench->findings->at[0];
		if (bench->findings->count == 0)
			return TEXT("! nothing said");
		return arena_format(bench->arena, "! " TEXT_FORMAT "%s" TEXT_FORMAT " @%s:%zu:%zu",
			TEXT_ARGS(finding->message), finding->remedy.length ? " : " : "", TEXT_ARGS(finding->remedy),
			finding->place ? (const char *)finding->place : "", finding->line, finding->column);
	}
	bench->run = (struct feel_run){ .arena = bench->arena, .inputs = bench->inputs };
	return feel_value_to_bare_literal(bench->arena, feel_evaluate(feel, &bench->run));
}

#define CHECK_BOX(bench, box, expected) CHECK_TEXT(result_of((bench), (box)), TEXT(expected))

/* ---- tables as text ---- */

static struct feel_cell
cell_of(struct arena *arena, struct text text)
{
	const struct text kept = arena_text(arena, text_trim(text));
	return (struct feel_cell){ kept, kept.at };
}

/* Cuts "a | b || c" into inputs and outputs. */
static void
cut_line(struct arena *arena, struct text line, struct feel_cell *inputs, size_t *ret_inputs,
	struct feel_cell *outputs, size_t *ret_outputs)
{
	const size_t bar = text_find(line, TEXT("||"));
	struct text left = bar == SIZE_MAX ? TEXT("") : text_part(line, 0, bar);
	struct text right = bar == SIZE_MAX ? line : text_part(line, bar + 2, line.length);
	*ret_inputs = *ret_outputs = 0;
	while (left.at && text_trim(left).length && *ret_inputs < MOST_COLUMNS)
		inputs[(*ret_inputs)++] = cell_of(arena, text_split(&left, '|'));
	while (right.at && *ret_outputs < MOST_COLUMNS)
		outputs[(*ret_outputs)++] = cell_of(arena, text_split(&right, '|'));
}

static struct feel_table *
table_of(struct arena *arena, enum feel_hit hit, const char *drawing)
{
	struct feel_table *table = arena_new_of(arena, struct feel_table);
	struct feel_table_input *inputs = arena_array_of(arena, struct feel_table_input, MOST_COLUMNS);
	struct feel_table_output *outputs = arena_array_of(arena, struct feel_table_output, MOST_COLUMNS);
	struct feel_table_rule *rules = arena_array_of(arena, struct feel_table_rule, 64);
	struct text rest = text_of_string(drawing);
	*table = (struct feel_table){ .name = TEXT("essai"), .hit = hit, .inputs = inputs, .outputs = outputs,
		.rules = rules };
	for (unsigned line_number = 0; rest.at; line_number++) {
		struct text line = text_split(&rest, '\n');
		const bool values = text_starts(line, TEXT("values:")), otherwise = text_starts(line, TEXT("default:"));
		struct feel_cell *tests = arena_array_of(arena, struct feel_cell, MOST_COLUMNS);
		struct feel_cell *results = arena_array_of(arena, struct feel_cell, MOST_COLUMNS);
		size_t test_count, result_count;
		if (values || otherwise)
			line = text_part(line, values ? 7 : 8, line.length);
		cut_line(arena, line, tests, &test_count, results, &result_count);
		for (size_t i = 0; i < test_count && (line_number == 0 || values); i++)
			*(values ? &inputs[i].values : &inputs[i].expression) = tests[i];
		for (size_t i = 0; i < result_count && (line_number == 0 || values || otherwise); i++) {
			if (line_number == 0)
				outputs[i].name = results[i].text;
			else
				*(values ? &outputs[i].values : &outputs[i].otherwise) = results[i];
		}
		if (line_number == 0) {
			table->input_count = test_count;
			table->output_count = result_count;
		} else if (!values && !otherwise) {
			rules[table->rule_count++] = (struct feel_table_rule){ tests, results, TEXT("") };
		}
	}
	return table;
}

static struct text
table_gives(struct bench *bench, enum feel_hit hit, const char *drawing)
{
	const struct feel_table *table = table_of(bench->arena, hit, drawing);
	return result_of(bench, &(struct feel_box){ .kind = FEEL_BOX_TABLE, .table = table,
		.cell.place = "table" });
}

#define CHECK_TABLE(bench, hit, drawing, expected) \
	CHECK_TEXT(table_gives((bench), (hit), (drawing)), TEXT(expected))

/* Names of every table test: jours = 3, filière = "b", liste = [1, 2], rien = null. */
static struct bench
table_bench(struct arena *arena)
{
	struct bench bench = bench_new(arena);
	struct feel_value *items = arena_array_of(arena, struct feel_value, 2);
	items[0] = feel_integer(1);
	items[1] = feel_integer(2);
	bench_name(&bench, "jours", &feel_type_number, feel_integer(3));
	bench_name(&bench, "filière", &feel_type_string, text_value("b"));
	bench_name(&bench, "liste", feel_type_list_of(arena, &feel_type_number), feel_list(items, 2));
	bench_name(&bench, "rien", &feel_type_any, feel_null(TEXT("")));
	return bench;
}

TEST(a_unique_table_gives_what_its_rule_says)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	CHECK_TABLE(&bench, FEEL_UNIQUE, "jours | filière || montant\n<= 2 | - || 10\n> 2 | \"a\" || 20\n"
		"> 2 | \"b\", \"c\" || jours * 10", "30");
	CHECK_TABLE(&bench, FEEL_UNIQUE, "jours||\n<= 2 || 10", "null");
	CHECK_TABLE(&bench, FEEL_UNIQUE, "jours||\ndefault: || 7\n<= 2 || 10", "7");
	CHECK_TABLE(&bench, FEEL_UNIQUE, "jours||\n||5", "5");
}

TEST(a_unique_table_whose_rules_overlap_gives_null_and_names_them)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct feel_box box = { .kind = FEEL_BOX_TABLE,
		.table = table_of(arena, FEEL_UNIQUE, "jours||\n<= 3 || 10\n1 || 20\n3 || 30\n[2..4] || 40") };
	const struct feel *feel = feel_read_box(arena, bench.scope, &box, bench.findings);
	CHECK(feel);
	bench.run = (struct feel_run){ .arena = arena, .inputs = bench.inputs };
	const struct feel_value value = feel_evaluate(feel, &bench.run);
	CHECK(value.kind == FEEL_NULL);
	CHECK_TEXT(value.reason, TEXT("les règles 1, 3 et 4 s’appliquent ensemble, alors qu’une seule le peut"));
}

TEST(an_any_table_wants_its_rules_to_agree)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	CHECK_TABLE(&bench, FEEL_ANY_RULE, "jours||\n<= 3 || 10\n3 || 10", "10");
	CHECK_TABLE(&bench, FEEL_ANY_RULE, "jours||\n<= 3 || 10\n3 || 11", "null");
	CHECK_TABLE(&bench, FEEL_ANY_RULE, "jours||a | b\n<= 3 || 10 | \"x\"\n3 || 10 | \"x\"",
		"{a: 10, b: \"x\"}");
}

TEST(a_priority_table_gives_the_most_important_output)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	CHECK_TABLE(&bench, FEEL_PRIORITY, "jours||\nvalues:||\"haut\", \"moyen\", \"bas\"\n"
		"<= 3||\"bas\"\n3||\"moyen\"\n> 4||\"haut\"", "\"moyen\"");
	/* the first output decides, then the second */
	CHECK_TABLE(&bench, FEEL_PRIORITY, "jours||a|b\nvalues:||1, 2|\"x\", \"y\"\n"
		"3||2|\"x\"\n3||1|\"y\"\n3||1|\"x\"", "{a: 1, b: \"x\"}");
	CHECK_TABLE(&bench, FEEL_PRIORITY, "jours||a\n3||2",
		"! une table PRIORITY dit dans quel ordre vont les valeurs de ses sorties : énumérez-les, de la plus "
		"importante à la moins importante @table:1:1");
}

TEST(a_first_table_stops_at_the_first_rule)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\n> 5||1\n> 2||2\n-||3", "2");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\n> 5||1", "null");
}

TEST(tables_that_give_lists_give_them_in_their_order)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	CHECK_TABLE(&bench, FEEL_RULE_ORDER, "jours||\n> 1||\"c\"\n> 5||\"z\"\n> 2||\"a\"", "[\"c\", \"a\"]");
	CHECK_TABLE(&bench, FEEL_COLLECT, "jours||\n> 1||\"c\"\n> 5||\"z\"\n> 2||\"a\"", "[\"c\", \"a\"]");
	CHECK_TABLE(&bench, FEEL_OUTPUT_ORDER, "jours||\nvalues:||\"a\", \"b\", \"c\"\n> 1||\"c\"\n> 0||\"b\"\n"
		"> 2||\"a\"\n-||\"b\"", "[\"a\", \"b\", \"b\", \"c\"]");
	CHECK_TABLE(&bench, FEEL_OUTPUT_ORDER, "jours||n|t\nvalues:||2, 1|\n> 1||1|\"x\"\n> 2||2|\"y\"",
		"[{n: 2, t: \"y\"}, {n: 1, t: \"x\"}]");
}

TEST(tables_that_aggregate)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	static const char drawing[] = "jours||\n> 1||10\n> 5||99\n> 2||5\n3||5";
	CHECK_TABLE(&bench, FEEL_COLLECT_SUM, drawing, "20");
	CHECK_TABLE(&bench, FEEL_COLLECT_MIN, drawing, "5");
	CHECK_TABLE(&bench, FEEL_COLLECT_MAX, drawing, "10");
	CHECK_TABLE(&bench, FEEL_COLLECT_COUNT, drawing, "3");
	CHECK_TABLE(&bench, FEEL_COLLECT_SUM, "jours||\n> 5||99", "null");
	CHECK_TABLE(&bench, FEEL_COLLECT_COUNT, "jours||\n> 5||99", "0");
	CHECK_TABLE(&bench, FEEL_COLLECT_SUM, "jours||a|b\n> 5||99|1",
		"! une table COLLECT SUM n’a qu’une sortie @table:1:1");
	CHECK_TABLE(&bench, FEEL_COLLECT_SUM, "jours||\n> 5||\"x\"",
		"! on ne peut pas additionner les sorties de cette table : un texte @table:1:1");
}

TEST(inputs_of_a_table_may_be_a_list_or_nothing)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	CHECK_TABLE(&bench, FEEL_FIRST, "rien||\n> 2||1\nnull||2\n-||3", "2");
	CHECK_TABLE(&bench, FEEL_FIRST, "liste||\nlist contains(?, 3)||1\nlist contains(?, 2)||2", "2");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours + 1 | filière||\n? > 10 | -||1\n? > 3 | ? = \"b\" or ? = \"c\"||2",
		"2");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\nnot(3)||1\nnot(4)||2", "2");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\nliste||1\n[jours..5]||2", "2");
}

TEST(a_table_says_which_values_its_inputs_and_outputs_take)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\nvalues: [0..2] ||\n-||1", "null");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\nvalues: [0..5] ||\n-||1", "1");
	CHECK_TABLE(&bench, FEEL_FIRST, "filière||\nvalues: \"a\", \"b\" ||\n\"a\"||1\n\"c\"||2",
		"! « c » n’est pas une valeur possible : les valeurs possibles sont \"a\", \"b\" @\"c\":1:1");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\nvalues: || \"oui\", \"non\"\n1||\"oui\"\n-||\"nom\"",
		"! « nom » n’est pas une valeur possible : vouliez-vous « non » ? @\"nom\":1:1");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\nvalues: || 1, 2\n-||jours", "null");
}

TEST(a_mistake_in_a_table_is_told_in_its_cell)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	CHECK_TABLE(&bench, FEEL_FIRST, "jour||\n-||1", "! nom inconnu « jour » : vouliez-vous « jours » ? @jour:1:1");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\n\"a\"||1",
		"! on ne peut pas comparer un nombre à un texte @\"a\":1:1");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\n> 1, >||1", "! l’expression s’arrête ici, il manque une valeur @> 1, >:1:7");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\n1||1 +\n2||\"é\" + 2", "! l’expression s’arrête ici, il manque une valeur @1 +:1:4");
	CHECK_INTEGER(bench.findings->count, 2); /* a cell that cannot be read does not hide the next ones */
	CHECK_INTEGER(bench.findings->at[1].column, 1);
	CHECK_TEXT(text_of_string(bench.findings->at[1].place), TEXT("\"é\" + 2"));
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\n1||1 2", "! il faut un opérateur ou la fin de l’expression ici @1 2:1:3");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||a|\n1||1|2", "! la sortie 2 n’a pas de nom : donnez un nom à chaque sortie @table:1:1");
}

TEST(the_type_of_a_table_is_known)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	static const struct {
		enum feel_hit hit;
		const char *drawing, *type;
	} cases[] = {
		{ FEEL_UNIQUE, "jours||\n1||2", "number" },
		{ FEEL_COLLECT, "jours||\n1||2", "list<number>" },
		{ FEEL_COLLECT_COUNT, "jours||\n1||\"a\"", "number" },
		{ FEEL_COLLECT_MAX, "jours||\n1||\"a\"", "string" },
		{ FEEL_RULE_ORDER, "jours||a|b\n1||2|\"x\"", "list<context<a: number, b: string>>" },
		{ FEEL_FIRST, "jours||a|b\n1||2|\"x\"\n-||null|true", "context<a: number, b: Any>" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct feel_box box = { .kind = FEEL_BOX_TABLE,
			.table = table_of(arena, cases[i].hit, cases[i].drawing) };
		const struct feel *feel = feel_read_box(arena, bench.scope, &box, bench.findings);
		CHECK(feel);
		CHECK_TEXT(feel_type_text(arena, feel_type_of(feel)), text_of_string(cases[i].type));
	}
}
