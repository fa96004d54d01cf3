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
		const bool values = text_starts(line, TEXT("values:")), otherwise = text_starts(line,
			TEXT("default:"));
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
	CHECK_TABLE(&bench, FEEL_FIRST, "jour||\n-||1",
		"! nom inconnu « jour » : vouliez-vous « jours » ? @jour:1:1");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\n\"a\"||1",
		"! on ne peut pas comparer un nombre à un texte @\"a\":1:1");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\n> 1, >||1",
		"! l’expression s’arrête ici, il manque une valeur @> 1, >:1:7");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\n1||1 +\n2||\"é\" + 2",
		"! l’expression s’arrête ici, il manque une valeur @1 +:1:4");
	CHECK_INTEGER(bench.findings->count, 2); /* a cell that cannot be read does not hide the next ones */
	CHECK_INTEGER(bench.findings->at[1].column, 1);
	CHECK_TEXT(text_of_string(bench.findings->at[1].place), TEXT("\"é\" + 2"));
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||\n1||1 2",
		"! il faut un opérateur ou la fin de l’expression ici @1 2:1:3");
	CHECK_TABLE(&bench, FEEL_FIRST, "jours||a|\n1||1|2",
		"! la sortie 2 n’a pas de nom : donnez un nom à chaque sortie @table:1:1");
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

/* ---- boxes ---- */

#define CELL(literal)       { .text = { "" literal, sizeof(literal) - 1 }, .place = literal }
#define EXPRESSION(literal) { .kind = FEEL_BOX_EXPRESSION, .cell = CELL(literal) }
#define PARTS(list)         .parts = (list), .count = sizeof(list) / sizeof *(list)
#define NAMES(list)         .names = (list), .name_count = sizeof(list) / sizeof *(list)

TEST(a_boxed_context_gives_its_entries_or_its_result)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct text names[] = { TEXT("prix net"), TEXT("taxe"), TEXT("") };
	const struct feel_box parts[] = { EXPRESSION("jours * 10"), EXPRESSION("prix net * 0.2"),
		EXPRESSION("prix net + taxe") };
	struct feel_box box = { .kind = FEEL_BOX_CONTEXT, PARTS(parts), NAMES(names) };
	CHECK_BOX(&bench, &box, "36");
	box.count = 2;
	CHECK_BOX(&bench, &box, "{prix net: 30, taxe: 6}");
	const struct feel *feel = feel_read_box(arena, bench.scope, &box, bench.findings);
	CHECK_TEXT(feel_type_text(arena, feel_type_of(feel)), TEXT("context<prix net: number, taxe: number>"));
	CHECK_TEXT(feel_source_of(feel), TEXT("jours * 10\nprix net * 0.2\n"));
	const struct text twice[] = { TEXT("a"), TEXT("a") };
	box.names = twice;
	box.count = 1;
	CHECK_BOX(&bench, &box, "{a: 30}");
	const struct feel_box again[] = { EXPRESSION("1"), EXPRESSION("2") };
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_CONTEXT, PARTS(again), NAMES(twice) }),
		"! le nom « a » sert deux fois : donnez-leur deux noms @2:1:1");
}

TEST(boxed_lists_and_relations)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct feel_box parts[] = { EXPRESSION("1"), EXPRESSION("\"x\""), EXPRESSION("jours"), { 0 } };
	const struct text names[] = { TEXT("rang"), TEXT("nom") };
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_LIST, PARTS(parts) }), "[1, \"x\", 3, null]");
	struct feel_box relation = { .kind = FEEL_BOX_RELATION, PARTS(parts), NAMES(names),
		.cell.place = "lignes" };
	CHECK_BOX(&bench, &relation, "[{rang: 1, nom: \"x\"}, {rang: 3, nom: null}]");
	relation.count = 3;
	CHECK_BOX(&bench, &relation, "! une ligne n’a pas autant de cases qu’il y a de colonnes @lignes:1:1");
	/* a cell does not see the others */
	const struct feel_box blind[] = { EXPRESSION("1"), EXPRESSION("rang * 2") };
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_RELATION, PARTS(blind), NAMES(names) }),
		"! nom inconnu « rang » : vouliez-vous « range » ? @rang * 2:1:1");
}

TEST(a_boxed_function_is_called_and_may_call_itself)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct feel_field parameters[] = { { TEXT("n"), &feel_type_number } };
	const struct feel_box bodies[] = { EXPRESSION("if n <= 1 then 1 else n * produit(n - 1)") };
	const struct feel_box call[] = { EXPRESSION("produit"), EXPRESSION("jours + 2") };
	const struct text argument[] = { TEXT(""), TEXT("n") }, wrong[] = { TEXT(""), TEXT("m") };
	const struct text names[] = { TEXT("produit"), TEXT("") };
	struct feel_box parts[] = {
		{ .kind = FEEL_BOX_FUNCTION, .parameters = parameters, .parameter_count = 1, PARTS(bodies) },
		{ .kind = FEEL_BOX_INVOCATION, PARTS(call), NAMES(argument) },
	};
	const struct feel_box box = { .kind = FEEL_BOX_CONTEXT, PARTS(parts), NAMES(names) };
	CHECK_BOX(&bench, &box, "120");
	parts[1].names = wrong;
	CHECK_BOX(&bench, &box, "! paramètre inconnu « m » @jours + 2:1:1");
	parts[1].names = argument;
	const struct feel_box text[] = { EXPRESSION("produit"), EXPRESSION("\"a\"") };
	parts[1].parts = text;
	CHECK_BOX(&bench, &box, "! un nombre est attendu ici, et non un texte @\"a\":1:1");
	/* for ever */
	const struct feel_box endless[] = { EXPRESSION("produit(n)") };
	parts[0].parts = endless;
	parts[1].parts = call;
	CHECK_BOX(&bench, &box, "null");
	CHECK_INTEGER(bench.run.stop, FEEL_TOO_DEEP);
}

TEST(a_table_that_calls_itself_for_ever_is_stopped)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	struct bench bench = table_bench(arena);
	const struct feel_field parameters[] = { { TEXT("n"), &feel_type_number } };
	const struct feel_box bodies[] = { { .kind = FEEL_BOX_TABLE,
		.table = table_of(arena, FEEL_PRIORITY, "n | n + 1 || a | b\nvalues:||1, 2|\n"
			"> 0 | - || t(n - 1).a | n\n"
			"<= 0 | - || 2 | t(n).b") } };
	const struct text names[] = { TEXT("t"), TEXT("") };
	const struct feel_box parts[] = {
		{ .kind = FEEL_BOX_FUNCTION, .parameters = parameters, .parameter_count = 1, PARTS(bodies) },
		EXPRESSION("t(5)"),
	};
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_CONTEXT, PARTS(parts), NAMES(names) }), "null");
	CHECK_INTEGER(bench.run.stop, FEEL_TOO_DEEP);
}

TEST(a_builtin_is_invoked_by_its_name)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct feel_box parts[] = { EXPRESSION(" starts with "), EXPRESSION("filière"),
		EXPRESSION("\"b\"") };
	const struct text names[] = { TEXT(""), TEXT("string"), TEXT("match") };
	struct feel_box box = { .kind = FEEL_BOX_INVOCATION, PARTS(parts), NAMES(names) };
	CHECK_BOX(&bench, &box, "true");
	box.count = 2;
	CHECK_BOX(&bench, &box, "! « starts with » ne s’emploie pas avec ces arguments : écrivez "
		"starts with(string: string, match: string) @ starts with :1:2");
	const struct feel_box number[] = { EXPRESSION("jours") };
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_INVOCATION, PARTS(number) }),
		"! une fonction est attendue ici, et non un nombre @jours:1:1");
}

TEST(boxed_conditions_iterations_and_filters)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct feel_box choice[] = { EXPRESSION("jours > 2"), EXPRESSION("\"oui\""),
		EXPRESSION("\"non\"") };
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_IF, PARTS(choice) }), "\"oui\"");
	const struct text variable[] = { TEXT("jour de semaine") };
	const struct feel_box sum[] = { EXPRESSION("[1..4]"), EXPRESSION("jour de semaine + count(partial)") };
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_FOR, PARTS(sum), NAMES(variable) }),
		"[1, 3, 5, 7]");
	const struct feel_box test[] = { EXPRESSION("liste"), EXPRESSION("jour de semaine > 1") };
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_SOME, PARTS(test), NAMES(variable) }), "true");
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_EVERY, PARTS(test), NAMES(variable) }), "false");
	const struct feel_box filter[] = { EXPRESSION("[{a: 1, b: 2}, {a: 3, b: 4}]"),
		EXPRESSION("item.a > 2 and b = 4") };
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_FILTER, PARTS(filter) }), "[{a: 3, b: 4}]");
	const struct feel_box wrong[] = { EXPRESSION("liste"), EXPRESSION("\"a\"") };
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_FILTER, PARTS(wrong) }),
		"! entre crochets, une condition ou un nombre est attendu, et non un texte : mettez une "
		"condition ou un rang @\"a\":1:1");
	CHECK_BOX(&bench, &((struct feel_box){ .kind = FEEL_BOX_IF, .cell.place = "si" }),
		"! il manque une partie de cette expression @si:1:1");
}

TEST(a_box_is_of_its_declared_type)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct feel_type *list = feel_type_list_of(arena, &feel_type_number);
	const struct text words[] = { TEXT("oui"), TEXT("non") };
	const struct feel_type *answer = feel_type_words_of(arena, words, 2);
	struct feel_box box = EXPRESSION("jours");
	box.type = &feel_type_number;
	CHECK_BOX(&bench, &box, "3");
	box.type = &feel_type_string;
	CHECK_BOX(&bench, &box, "! un texte est attendu ici, et non un nombre @jours:1:1");
	struct feel_box open = EXPRESSION("get value({a: 3}, \"a\")");
	open.type = &feel_type_string;
	CHECK_BOX(&bench, &open, "null");
	open.type = list;
	CHECK_BOX(&bench, &open, "[3]");
	struct feel_box word = EXPRESSION("\"oui\"");
	word.type = answer;
	CHECK_BOX(&bench, &word, "\"oui\"");
	struct feel_box other = EXPRESSION("\"nom\"");
	other.type = answer;
	CHECK_BOX(&bench, &other,
		"! « nom » n’est pas une valeur possible : vouliez-vous « non » ? @\"nom\":1:1");
	/* what a conformance suite wants of the same */
	bench.findings->lenient = true;
	box.type = list;
	CHECK_BOX(&bench, &box, "[3]");
	box.type = &feel_type_string;
	CHECK_BOX(&bench, &box, "null");
}

TEST(a_function_is_of_a_type_that_its_parameters_and_result_allow)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct feel_field parameters[] = { { TEXT("n"), &feel_type_number } };
	const struct feel_type type = { .kind = FEEL_FUNCTION, .of = &feel_type_number, .fields = parameters,
		.field_count = 1 };
	static const struct {
		struct text source;
		enum feel_kind kind;
	} cases[] = {
		{ { "function(x) x + 1", 17 }, FEEL_FUNCTION },
		{ { "function(x: number) 1", 21 }, FEEL_FUNCTION },
		{ { "abs", 3 }, FEEL_FUNCTION },
		{ { "function(x: string) 1", 21 }, FEEL_NULL },
		{ { "function(x) \"a\"", 15 }, FEEL_NULL },
		{ { "function() 1", 12 }, FEEL_NULL },
	};
	bench.findings->lenient = true;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct feel_box box = { .kind = FEEL_BOX_EXPRESSION, .type = &type,
			.cell.text = cases[i].source };
		const struct feel *feel = feel_read_box(arena, bench.scope, &box, bench.findings);
		struct feel_run run = { .arena = arena, .inputs = bench.inputs };
		CHECK(feel);
		CHECK_INTEGER(feel_evaluate(feel, &run).kind, cases[i].kind);
	}
}

TEST(rows_that_differ_keep_what_they_share)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct feel_box cells[] = { EXPRESSION("1"), EXPRESSION("\"x\""), EXPRESSION("2"), { 0 } };
	const struct text names[] = { TEXT("rang"), TEXT("nom") };
	const struct feel_box relation = { .kind = FEEL_BOX_RELATION, PARTS(cells), NAMES(names) };
	const struct feel *feel = feel_read_box(arena, bench.scope, &relation, bench.findings);
	CHECK_TEXT(feel_type_text(arena, feel_type_of(feel)), TEXT("list<context<rang: number, nom: string>>"));
	const struct feel_box entry = EXPRESSION("(if jours > 1 then {a: 1, b: 2} else {a: 3}).a + \"x\"");
	CHECK_BOX(&bench, &entry, "! on ne peut pas ajouter un nombre et un texte : écrivez string(…) autour de "
		"ce qui n’est pas un texte @(if jours > 1 then {a: 1, b: 2} else {a: 3}).a + \"x\":1:2");
}

TEST(a_type_that_allows_some_values_coerces_the_others_to_null)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct feel *few = feel_read_unary(arena, feel_scope_new(arena, NULL), &feel_type_number,
		TEXT("[0..10]"), bench.findings);
	const struct feel_type small = { .kind = FEEL_NUMBER, .allowed = few };
	const struct feel_type *smalls = feel_type_list_of(arena, &small);
	struct feel_box box = EXPRESSION("jours * 2");
	box.type = &small;
	CHECK_BOX(&bench, &box, "6");
	struct feel_box large = EXPRESSION("jours * 20");
	large.type = &small;
	CHECK_BOX(&bench, &large, "null");
	large.type = smalls;
	bench.findings->lenient = true;
	CHECK_BOX(&bench, &large, "null");
	struct feel_box constant = EXPRESSION("11");
	constant.type = &small;
	bench.findings->lenient = false;
	CHECK_BOX(&bench, &constant, "! cette valeur n’est pas de celles que permet le type déclaré @11:1:1");
	struct feel_run run = { .arena = arena };
	struct feel_value items[] = { feel_integer(1), feel_integer(11) };
	CHECK(feel_coerce(&run, feel_list(items, 2), smalls).kind == FEEL_NULL);
	CHECK(feel_coerce(&run, feel_list(items, 1), smalls).kind == FEEL_LIST);
	CHECK(run.steps > 0 && run.stop == FEEL_COMPLETE);
	run.most_steps = 1;
	CHECK(feel_coerce(&run, feel_list(items, 1), smalls).kind == FEEL_NULL);
	CHECK_INTEGER(run.stop, FEEL_TOO_LONG);
}

/* ---- functions ---- */

TEST(a_function_of_another_language_is_never_run)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench bench = table_bench(arena);
	const struct feel_field parameters[] = { { TEXT("angle"), &feel_type_number } };
	const struct feel_box call[] = { EXPRESSION("cosinus"), EXPRESSION("jours") };
	const struct text names[] = { TEXT("cosinus"), TEXT("") }, argument[] = { TEXT(""), TEXT("angle") };
	const struct feel_box parts[] = {
		{ .kind = FEEL_BOX_EXTERNAL, .parameters = parameters, .parameter_count = 1, .cell = CELL("java") },
		{ .kind = FEEL_BOX_INVOCATION, PARTS(call), NAMES(argument) },
	};
	const struct feel_box box = { .kind = FEEL_BOX_CONTEXT, PARTS(parts), NAMES(names) };
	CHECK_BOX(&bench, &box, "! les fonctions externes ne sont pas admises : écrivez-la en FEEL @java:1:1");
	bench.findings->lenient = true;
	CHECK_BOX(&bench, &box, "null");
	CHECK(bench.run.external);
	const struct feel_box text = EXPRESSION("{f: function(a, b) external {java: {class: \"C\", "
		"method signature: \"m(int)\"}}, r: f(1, 2), s: jours}");
	CHECK_BOX(&bench, &text, "{f: function, r: null, s: 3}");
	CHECK(bench.run.external);
	const struct feel_box unused = EXPRESSION("{f: function(a) external {java: {}}, s: jours}.s");
	CHECK_BOX(&bench, &unused, "3");
	CHECK(!bench.run.external);
}

TEST(a_function_reads_the_inputs_it_was_made_with)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct bench maker = table_bench(arena), caller = bench_new(arena);
	const struct feel *make = feel_read(arena, maker.scope, TEXT("function(x) x + jours"), maker.findings);
	struct feel_run run = { .arena = arena, .inputs = maker.inputs };
	CHECK(make);
	bench_name(&caller, "autre", &feel_type_string, text_value("z"));
	bench_name(&caller, "ajoute", feel_type_of(make), feel_evaluate(make, &run));
	const struct feel_box box = EXPRESSION("[autre, ajoute(10), autre]");
	CHECK_BOX(&caller, &box, "[\"z\", 13, \"z\"]");
}

/* A native that evaluates `data`, a feel whose only input is the function itself, then its argument. */
struct loop {
	const struct feel *feel;
	struct feel_value self;
};

static struct feel_value
call_loop(const void *data, struct feel_run *run, const struct feel_value *arguments)
{
	const struct loop *loop = data;
	const struct feel_value inputs[] = { loop->self, arguments[0] };
	struct feel_run inner = { .arena = run->arena, .inputs = inputs, .now = run->now,
		.most_steps = run->most_steps, .depth = run->depth };
	const struct feel_value value = feel_evaluate(loop->feel, &inner);
	run->steps += inner.steps;
	run->stop = inner.stop;
	return value;
}

TEST(a_native_shares_the_budget_of_its_caller)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	struct bench bench = bench_new(arena);
	const struct feel_field parameters[] = { { TEXT("n"), &feel_type_number } };
	const struct feel_type type = { .kind = FEEL_FUNCTION, .of = &feel_type_number, .fields = parameters,
		.field_count = 1 };
	struct loop loop = { 0 };
	CHECK(feel_native_new(arena, &type, call_loop, &loop, &loop.self));
	bench_name(&bench, "compte", &type, loop.self);
	bench_name(&bench, "n", &feel_type_number, feel_integer(20));
	loop.feel = feel_read(arena, bench.scope, TEXT("if n = 0 then 0 else 1 + compte(n - 1)"), bench.findings);
	CHECK(loop.feel);
	const struct feel_box box = EXPRESSION("compte(n: 20)");
	CHECK_BOX(&bench, &box, "20");
	CHECK_INTEGER(bench.run.stop, FEEL_COMPLETE);
	CHECK(bench.run.steps > 20 * 7);
	const struct feel_box wrong = EXPRESSION("compte(20, 1)");
	bench.findings->lenient = true;
	CHECK_BOX(&bench, &wrong, "null");
	const struct feel_box deep = EXPRESSION("compte(1e6)");
	CHECK_BOX(&bench, &deep, "null");
	CHECK_INTEGER(bench.run.stop, FEEL_TOO_DEEP);
	struct feel_run run = { .arena = arena, .inputs = bench.inputs, .most_steps = 50 };
	CHECK(feel_evaluate(feel_read_box(arena, bench.scope, &box, bench.findings), &run).kind == FEEL_NULL);
	CHECK_INTEGER(run.stop, FEEL_TOO_LONG);
}

/* ---- hostile ---- */

TEST(a_box_that_is_too_deep_or_too_long_is_refused)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 26);
	struct bench bench = bench_new(arena);
	enum { DEPTH = 10000 };
	struct feel_box *boxes = arena_array_of(arena, struct feel_box, DEPTH);
	for (size_t i = 0; i < DEPTH; i++)
		boxes[i] = (struct feel_box){ .kind = FEEL_BOX_LIST, .parts = &boxes[i + 1], .count = 1,
			.cell.place = "ici" };
	boxes[DEPTH - 1] = (struct feel_box)EXPRESSION("1");
	CHECK_BOX(&bench, boxes, "! décision trop imbriquée : découpez-la en plusieurs @ici:1:1");
	CHECK_BOX(&bench, &boxes[DEPTH - 20], "[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]");

	struct feel_table_rule *rules = arena_array_of(arena, struct feel_table_rule, FEEL_MOST_RULES + 1);
	const struct feel_cell tests[] = { CELL("2") }, results[] = { CELL("1") };
	const struct feel_table_input inputs[] = { { .expression = CELL("1") } };
	const struct feel_table_output outputs[] = { { .name = TEXT("") } };
	struct feel_table table = { .hit = FEEL_FIRST, .inputs = inputs, .input_count = 1, .outputs = outputs,
		.output_count = 1, .rules = rules, .rule_count = FEEL_MOST_RULES + 1 };
	for (size_t i = 0; i <= FEEL_MOST_RULES; i++)
		rules[i] = (struct feel_table_rule){ tests, results, TEXT("") };
	const struct feel_box box = { .kind = FEEL_BOX_TABLE, .table = &table, .cell.place = "table" };
	CHECK_BOX(&bench, &box, "! la table a trop de règles : découpez-la en plusieurs @table:1:1");
	table.rule_count = FEEL_MOST_RULES;
	CHECK_BOX(&bench, &box, "null");

	char *spaces = arena_alloc(arena, FEEL_MOST_SOURCE + 1);
	memset(spaces, ' ', FEEL_MOST_SOURCE + 1);
	struct feel_box *items = arena_array_of(arena, struct feel_box, 70);
	for (size_t i = 0; i < 70; i++)
		items[i] = (struct feel_box){ .kind = FEEL_BOX_EXPRESSION,
			.cell = { { spaces, FEEL_MOST_SOURCE }, "vide" } };
	struct feel_box long_list = { .kind = FEEL_BOX_LIST, .parts = items, .count = 70 };
	CHECK_BOX(&bench, &long_list, "! décision trop longue : découpez-la en plusieurs @vide:1:1");
	long_list.count = 1;
	items[0].cell.text.length++;
	CHECK_BOX(&bench, &long_list, "! expression trop longue : découpez-la en plusieurs @vide:1:1");
}

TEST(a_box_survives_every_failed_allocation)
{
	for (unsigned nth = 1;; nth++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
		struct bench bench = table_bench(arena);
		const struct text names[] = { TEXT("f"), TEXT("t"), TEXT("") };
		const struct feel_field parameters[] = { { TEXT("n"), NULL } };
		const struct feel_box bodies[] = { EXPRESSION("n + jours") };
		const struct feel_box call[] = { EXPRESSION("f"), EXPRESSION("t.a") };
		const struct feel_box parts[] = {
			{ .kind = FEEL_BOX_FUNCTION, .parameters = parameters, .parameter_count = 1, PARTS(bodies) },
			{ .kind = FEEL_BOX_TABLE, .table = table_of(arena, FEEL_PRIORITY, "jours | filière || a | b\n"
				"values: | \"a\", \"b\" || 1, 2 | \ndefault: || 1 | null\n> 2 | - || 2 | \"x\"") },
			{ .kind = FEEL_BOX_INVOCATION, PARTS(call) },
		};
		const struct feel_box box = { .kind = FEEL_BOX_CONTEXT, PARTS(parts), NAMES(names) };
		arena_fail_nth(nth);
		const struct feel *feel = feel_read_box(arena, bench.scope, &box, bench.findings);
		const bool failed = arena_failed();
		bench.run = (struct feel_run){ .arena = arena, .inputs = bench.inputs };
		const struct feel_value value = feel ? feel_evaluate(feel, &bench.run) : feel_null(TEXT(""));
		const bool failed_later = arena_failed();
		arena_fail_nth(0);
		if (failed)
			CHECK(!feel && bench.findings->broken);
		else if (failed_later)
			CHECK(value.kind == FEEL_NULL);
		if (!failed_later) {
			CHECK_TEXT(feel_value_to_bare_literal(arena, value), TEXT("5"));
			return;
		}
	}
}
