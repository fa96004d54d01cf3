/* Decision models: the cases of test/dmn/cases, the mistakes of test/dmn/mistakes, what the runner of
 * kits tells, hostile files, decisions taken out of their model. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "dmn/dmn.h"
#include "dmn/kit.h"
#include "dmn/xml.h"
#include "test.h"

#include "base/banned.h"

/* 16 June 2023, 10:00 in Paris. */
static const instant test_now = 1686902400 * INSTANT_SECOND;

#define MODEL(body) \
	"<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" namespace=\"urn:m\">" body \
	"</definitions>"
#define DECISION(name, needs, text) \
	"<decision name=\"" name "\" id=\"" name "\"><variable name=\"" name "\"/>" needs \
	"<literalExpression><text>" text "</text></literalExpression></decision>"
#define INPUT(name, type) \
	"<inputData name=\"" name "\" id=\"" name "\"><variable name=\"" name "\" typeRef=\"" type "\"/>" \
	"</inputData>"
#define NEEDS_INPUT(id) "<informationRequirement><requiredInput href=\"#" id "\"/></informationRequirement>"
#define NEEDS_DECISION(id) \
	"<informationRequirement><requiredDecision href=\"#" id "\"/></informationRequirement>"
#define NEEDS_KNOWLEDGE(id) "<knowledgeRequirement><requiredKnowledge href=\"#" id "\"/></knowledgeRequirement>"

static struct dmn_model *
read_model(struct arena *arena, struct text bytes, struct dmn_findings *findings)
{
	const struct dmn_source source = { TEXT("essai.dmn"), bytes };
	return dmn_read(arena, &source, 1, findings);
}

/* ---- cases ---- */

static void
case_counts(void *context, const struct kit_result *result)
{
	(void)context;
	test_case(result->outcome != KIT_FAILED, "test/dmn", 0, TEXT_FORMAT ", " TEXT_FORMAT ", " TEXT_FORMAT
		"\n    got      " TEXT_FORMAT " " TEXT_FORMAT "\n    expected " TEXT_FORMAT, TEXT_ARGS(result->file),
		TEXT_ARGS(result->test), TEXT_ARGS(result->node), TEXT_ARGS(result->got), TEXT_ARGS(result->reason),
		TEXT_ARGS(result->expected));
}

TEST(dmn_cases_of_ours_give_what_they_expect)
{
	struct guichet_error error;
	CHECK(kit_run("test/dmn/cases", test_now, case_counts, NULL, &error) == GUICHET_OK);
}

TEST(dmn_cases_of_the_shared_kit_give_what_they_expect)
{
	struct guichet_error error;
	struct stat there;
	if (stat("../shared/dmn-tck", &there) == 0)
		CHECK(kit_run("../shared/dmn-tck", test_now, case_counts, NULL, &error) == GUICHET_OK);
}

struct told {
	struct buffer text;
	unsigned outcomes[3];
};

static void
tell(void *context, const struct kit_result *result)
{
	struct told *told = context;
	told->outcomes[result->outcome]++;
	if (result->outcome == KIT_FAILED)
		buffer_format(&told->text, TEXT_FORMAT ": " TEXT_FORMAT " | " TEXT_FORMAT " | " TEXT_FORMAT "\n",
			TEXT_ARGS(result->test), TEXT_ARGS(result->expected), TEXT_ARGS(result->got),
			TEXT_ARGS(result->reason));
}

TEST(dmn_kit_tells_what_differs_and_why)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	struct told told = { .text = buffer_new(1 << 16) };
	struct guichet_error error;
	const enum guichet_status status = kit_run("test/dmn/failing", test_now, tell, &told, &error);
	const struct text text = arena_text(arena, buffer_text(&told.text));
	buffer_release(&told.text);
	CHECK(status == GUICHET_OK);
	CHECK_INTEGER(told.outcomes[KIT_PASSED], 1);
	CHECK_INTEGER(told.outcomes[KIT_SKIPPED], 0);
	CHECK_TEXT(text, TEXT(
		"too far: 1.00000001001 | 1 | \n"
		"kind: \"1\" | 1 | \n"
		"null: 0 | null | division par zéro\n"
		"entries: {a: 1} | {a: 1, b: 2} | \n"
		"unknown: 0 | null | le modèle n’a rien de ce nom\n"
		"unreadable: … | rien | la valeur attendue est illisible\n"
		"1: … | rien | absent.dmn, ligne 1 : fichier illisible (No such file or directory)\n"
		"?: … | rien | ce n’est pas un document XML\n"));
}

TEST(dmn_kit_skips_what_another_language_decides)
{
	struct told told = { .text = buffer_new(1 << 16) };
	struct guichet_error error;
	const enum guichet_status status = kit_run("test/dmn/cases/external", test_now, tell, &told, &error);
	buffer_release(&told.text);
	CHECK(status == GUICHET_OK);
	CHECK_INTEGER(told.outcomes[KIT_PASSED], 2);
	CHECK_INTEGER(told.outcomes[KIT_SKIPPED], 5);
}

TEST(dmn_kit_refuses_a_folder_without_cases)
{
	struct told told = { .text = buffer_new(1 << 10) };
	struct guichet_error error;
	CHECK(kit_run("test/dmn/nowhere", test_now, tell, &told, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message),
		TEXT("test/dmn/nowhere : dossier illisible (No such file or directory)."));
	CHECK(kit_run("test/dmn/mistakes", test_now, tell, &told, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("test/dmn/mistakes : aucun fichier de cas (*-test*.xml)."));
}

/* ---- mistakes, as data ---- */

static void
check_mistakes(const char *name)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	char path[512];
	snprintf(path, sizeof path, "test/dmn/mistakes/%s", name);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	struct text rest = test_file(arena, path);
	const struct dmn_model *model = dmn_read_file(arena, path, findings);
	size_t told = 0;
	while (rest.at) {
		const struct text line = text_split(&rest, '\n');
		if (!text_starts(line, TEXT("! ")))
			continue;
		const struct text got = told < findings->count
			? dmn_finding_text(arena, &findings->at[told]) : TEXT("(nothing)");
		told++;
		test_case(text_equal(got, text_part(line, 2, SIZE_MAX)), path, (int)told,
			"\n    got      " TEXT_FORMAT "\n    expected " TEXT_FORMAT, TEXT_ARGS(got),
			TEXT_ARGS(text_part(line, 2, SIZE_MAX)));
	}
	for (size_t i = told; i < findings->count; i++) {
		const struct text more = dmn_finding_text(arena, &findings->at[i]);
		test_case(false, path, 0, "one more: " TEXT_FORMAT, TEXT_ARGS(more));
	}
	test_case(!model && told, path, 0, "a model with mistakes was read, or none is told");
}

TEST(dmn_mistakes_are_told_where_they_are)
{
	struct dirent **entries;
	const int count = scandir("test/dmn/mistakes", &entries, NULL, alphasort);
	CHECK(count > 2);
	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.')
			check_mistakes(entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

/* ---- reading ---- */

TEST(dmn_items_are_those_of_the_model_itself)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	const struct dmn_model *model = dmn_read_file(arena, "test/dmn/cases/imports/paie.dmn", findings);
	size_t count;
	CHECK(model && findings->count == 0);
	const struct dmn_item *const *items = dmn_items(model, &count);
	CHECK_INTEGER(count, 11);
	CHECK_TEXT(items[0]->name, TEXT("Quotité"));
	CHECK(items[0]->kind == DMN_INPUT && items[0]->type->kind == FEEL_NUMBER);
	CHECK(dmn_find(model, TEXT("Traitement"), DMN_DECISION) == items[1]);
	CHECK(!dmn_find(model, TEXT("Traitement"), DMN_INPUT) && !dmn_find(model, TEXT("Indice"), -1));
	CHECK(dmn_type_find(model, TEXT("tÉchelons"))->kind == FEEL_LIST);
	CHECK(dmn_type_find(model, TEXT("Grilles.tÉchelon"))->allowed);
	CHECK(!dmn_type_find(model, TEXT("tÉchelon")));
}

TEST(dmn_allowed_values_are_known_to_the_checkers)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	const struct dmn_model *model = dmn_read_file(arena, "test/dmn/cases/types/types.dmn", findings);
	CHECK(!model); /* some of its decisions are mistaken on purpose */
	*findings = (struct dmn_findings){ 0 };
	model = dmn_read_file(arena, "test/dmn/cases/avance/avance.dmn", findings);
	CHECK(model && findings->count == 0);
	const struct feel_type *risk = dmn_type_find(model, TEXT("tRisque"));
	CHECK_INTEGER(risk->word_count, 4);
	CHECK_TEXT(risk->words[3], TEXT("faible"));
	const struct feel_type *agent = dmn_type_find(model, TEXT("tAgent"));
	CHECK_TEXT(agent->fields[0].name, TEXT("âge"));
	int64_t youngest;
	CHECK(agent->fields[0].type->bounds && !agent->fields[0].type->bounds->low_open);
	CHECK(feel_to_integer(agent->fields[0].type->bounds->low, &youngest) && youngest == 18);
	CHECK(!agent->fields[1].type->bounds && !agent->fields[1].type->words);
}

TEST(dmn_an_import_that_is_missing_is_told)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	const struct text bytes = test_file(arena, "test/dmn/cases/imports/paie.dmn");
	CHECK(!read_model(arena, bytes, findings) && findings->count > 0);
	CHECK_TEXT(dmn_finding_text(arena, &findings->at[0]),
		TEXT("essai.dmn, ligne 3 : modèle importé introuvable "
		"« https://modeles.example/grades » : mettez son fichier .dmn dans le même dossier"));
}

TEST(dmn_an_import_is_the_one_at_its_location)
{
#define VERSION(value) "<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"v\" " \
	"namespace=\"urn:v\">" DECISION("valeur", "", value) "</definitions>"
#define IMPORTING(location) MODEL("<import name=\"v\" namespace=\"urn:v\" " location \
	" importType=\"https://www.omg.org/spec/DMN/20230324/MODEL/\"/><decision name=\"a\" id=\"a\">" \
	"<informationRequirement><requiredDecision href=\"urn:v#valeur\"/></informationRequirement>" \
	"<literalExpression><text>v.valeur</text></literalExpression></decision>")
	static const char *const importing[] = { IMPORTING(""), IMPORTING("locationURI=\"./deux.dmn\"") };
	for (int i = 0; i < 2; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
		struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
		const struct dmn_source sources[] = { { TEXT("m.dmn"), text_of_string(importing[i]) },
			{ TEXT("un.dmn"), TEXT(VERSION("1")) }, { TEXT("deux.dmn"), TEXT(VERSION("2")) } };
		const struct dmn_model *model = dmn_read(arena, sources, 3, findings);
		CHECK(model);
		struct dmn_run run = { .arena = arena };
		int64_t got;
		CHECK(feel_to_integer(dmn_evaluate(model, TEXT("a"), &run), &got) && got == i + 1);
	}
}

TEST(dmn_a_decision_is_evaluated_once)
{
	/* thirty decisions that each read the one before twice: a billion if each were evaluated again */
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	struct buffer bytes = buffer_new(1 << 20);
	buffer_add(&bytes, TEXT("<definitions xmlns=\"https://www.omg.org/spec/DMN/20230324/MODEL/\" name=\"m\" "
		"namespace=\"urn:m\"><decision name=\"d0\" id=\"d0\"><literalExpression><text>1</text>"
		"</literalExpression></decision>"));
	for (int i = 1; i <= 30; i++)
		buffer_format(&bytes, "<decision name=\"d%d\" id=\"d%d\"><informationRequirement><requiredDecision "
			"href=\"#d%d\"/></informationRequirement><literalExpression><text>d%d + d%d</text>"
			"</literalExpression></decision>", i, i, i - 1, i - 1, i - 1);
	buffer_add(&bytes, TEXT("</definitions>"));
	const struct text text = arena_text(arena, buffer_text(&bytes));
	buffer_release(&bytes);
	const struct dmn_model *model = read_model(arena, text, findings);
	CHECK(model);
	struct dmn_run run = { .arena = arena };
	int64_t got;
	CHECK(feel_to_integer(dmn_evaluate(model, TEXT("d30"), &run), &got) && got == 1 << 30);
	CHECK(run.stop == FEEL_COMPLETE && run.steps < 200);
}

TEST(dmn_the_budget_is_that_of_the_whole)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(256 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	const struct dmn_model *model = read_model(arena, TEXT(MODEL(
		DECISION("a", "", "count(for i in 1..4000 return i)")
		DECISION("b", "", "count(for i in 1..4000 return i)")
		DECISION("c", NEEDS_DECISION("a") NEEDS_DECISION("b"), "a + b"))), findings);
	CHECK(model);
	struct dmn_run run = { .arena = arena, .most_steps = 100000 };
	int64_t got;
	CHECK(feel_to_integer(dmn_evaluate(model, TEXT("c"), &run), &got) && got == 8000);
	run.most_steps = run.steps - 100;
	const struct feel_value value = dmn_evaluate(model, TEXT("c"), &run);
	CHECK(value.kind == FEEL_NULL && run.stop == FEEL_TOO_LONG);
	CHECK_TEXT(value.reason, TEXT("calcul trop long, abandonné"));
}

TEST(dmn_services_that_call_themselves_end)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(256 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	const struct dmn_model *model = read_model(arena, TEXT(MODEL(
		DECISION("a", NEEDS_KNOWLEDGE("s"), "s()")
		"<decisionService name=\"s\" id=\"s\"><outputDecision href=\"#a\"/></decisionService>")), findings);
	CHECK(model);
	struct dmn_run run = { .arena = arena };
	CHECK(dmn_evaluate(model, TEXT("a"), &run).kind == FEEL_NULL && run.stop == FEEL_TOO_DEEP);
}

TEST(dmn_functions_that_call_themselves_end)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(256 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	const struct dmn_model *model = dmn_read_file(arena, "test/dmn/cases/functions/functions.dmn", findings);
	CHECK(!model && findings->count); /* some of its calls are mistaken on purpose */
	*findings = (struct dmn_findings){ .lenient = true };
	model = dmn_read_file(arena, "test/dmn/cases/functions/functions.dmn", findings);
	CHECK(model);
	struct dmn_run run = { .arena = arena };
	CHECK(dmn_evaluate(model, TEXT("Sans fin"), &run).kind == FEEL_NULL && run.stop == FEEL_TOO_DEEP);
}

TEST(dmn_a_function_does_not_see_data)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	findings->lenient = true;
	const struct dmn_model *model = read_model(arena, TEXT(MODEL(INPUT("x", "number")
		"<businessKnowledgeModel name=\"f\" id=\"f\"><encapsulatedLogic><literalExpression><text>x</text>"
		"</literalExpression></encapsulatedLogic>" NEEDS_INPUT("x") "</businessKnowledgeModel>"
		DECISION("a", NEEDS_KNOWLEDGE("f"), "f()"))), findings);
	CHECK(model && findings->count == 1);
	CHECK_TEXT(findings->at[0].message, TEXT("fonction « f » : nom inconnu « x »"));
	const struct dmn_input input = { .name = TEXT("x"), .value = feel_integer(1) };
	struct dmn_run run = { .arena = arena, .inputs = &input, .input_count = 1 };
	CHECK(dmn_evaluate(model, TEXT("a"), &run).kind == FEEL_NULL);
}

TEST(dmn_a_service_does_not_see_what_it_does_not_receive)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	const struct dmn_model *model = read_model(arena, TEXT(MODEL(INPUT("x", "number") INPUT("y", "number")
		DECISION("a", NEEDS_INPUT("x") NEEDS_INPUT("y"), "[x, y]")
		"<decisionService name=\"s\" id=\"s\"><outputDecision href=\"#a\"/><inputData href=\"#x\"/>"
		"</decisionService>"
		DECISION("b", NEEDS_KNOWLEDGE("s"), "s(1)"))), findings);
	CHECK(model);
	const struct dmn_input inputs[] = { { .name = TEXT("x"), .value = feel_integer(5) },
		{ .name = TEXT("y"), .value = feel_integer(6) } };
	struct dmn_run run = { .arena = arena, .inputs = inputs, .input_count = 2 };
	CHECK_TEXT(feel_value_to_literal(arena, dmn_evaluate(model, TEXT("a"), &run)), TEXT("[5, 6]"));
	CHECK_TEXT(feel_value_to_literal(arena, dmn_evaluate(model, TEXT("b"), &run)), TEXT("[1, null]"));
	CHECK_TEXT(feel_value_to_literal(arena, dmn_invoke(model, TEXT("s"), &run)), TEXT("[5, null]"));
}

TEST(dmn_a_model_is_shared_and_left_as_it_was)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	const struct dmn_model *model = read_model(arena, TEXT(MODEL(INPUT("x", "number")
		DECISION("double", NEEDS_INPUT("x"), "x * 2"))), findings);
	CHECK(model);
	const size_t used = arena_used(arena);
	for (int i = 0; i < 100; i++) {
		CLEANUP(arena_free) struct arena *own = arena_new(1 << 20);
		const struct dmn_input input = { .name = TEXT("x"), .value = feel_integer(i) };
		struct dmn_run run = { .arena = own, .inputs = &input, .input_count = 1 };
		int64_t got;
		CHECK(feel_to_integer(dmn_evaluate(model, TEXT("double"), &run), &got) && got == 2 * i);
	}
	CHECK_INTEGER(arena_used(arena), used);
}

/* ---- hostile files ---- */

static struct text
refusal_of(struct arena *arena, struct text bytes)
{
	struct xml_mistake mistake;
	return xml_read(arena, bytes, &mistake) ? TEXT("(read)") : mistake.message;
}

TEST(dmn_xml_of_strangers_is_bounded)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(256 << 20);
	CLEANUP(buffer_release) struct buffer bytes = buffer_new(32 << 20);
	CHECK_TEXT(refusal_of(arena, TEXT("")), TEXT("fichier vide"));
	CHECK_TEXT(refusal_of(arena, TEXT("\0\0\0\0")), TEXT("ce n’est pas un document XML"));
	CHECK_TEXT(refusal_of(arena, TEXT("<a>\xff</a>")), TEXT("un caractère interdit en XML"));
	for (int i = 0; i < 1000; i++)
		buffer_add(&bytes, TEXT("<a>"));
	CHECK_TEXT(refusal_of(arena, buffer_text(&bytes)), TEXT("éléments trop imbriqués"));
	buffer_clear(&bytes);
	buffer_add(&bytes, TEXT("<a>"));
	for (int i = 0; i < XML_MOST_ELEMENTS + 1; i++)
		buffer_add(&bytes, TEXT("<b/>"));
	CHECK_TEXT(refusal_of(arena, buffer_text(&bytes)), TEXT("trop d’éléments dans ce fichier"));
	buffer_clear(&bytes);
	while (bytes.length <= XML_MOST_BYTES)
		buffer_add(&bytes, TEXT("                                                                "));
	CHECK_TEXT(refusal_of(arena, buffer_text(&bytes)), TEXT("fichier trop grand"));
	buffer_clear(&bytes);
	buffer_add(&bytes, TEXT("<a "));
	for (int i = 0; i < 200; i++)
		buffer_format(&bytes, "x%d='' ", i);
	buffer_add(&bytes, TEXT("/>"));
	CHECK_TEXT(refusal_of(arena, buffer_text(&bytes)), TEXT("trop d’attributs dans un élément"));
}

TEST(dmn_xml_keeps_texts_attributes_and_lines)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct xml_mistake mistake;
	const struct xml *root = xml_read(arena, TEXT("<?xml version='1.0'?>\n<!-- rien -->\n<a:r xmlns:a='urn:a' "
		"x='&lt;&amp;&#233;' a:x='2'>\n un <b/><a:c>&gt;<![CDATA[<&>]]></a:c>\ndeux</a:r>"), &mistake);
	CHECK(root);
	CHECK_TEXT(root->name, TEXT("r"));
	CHECK_TEXT(root->space, TEXT("urn:a"));
	CHECK_TEXT(root->text, TEXT("\n un \ndeux"));
	CHECK_TEXT(xml_attribute(root, "x"), TEXT("<&é"));
	CHECK(!xml_attribute(root, "y").at);
	CHECK_INTEGER(root->line, 3);
	CHECK(!xml_inside(root, "b"));
	const struct xml *c = xml_inside(root, "c");
	CHECK(c && c->line == 4 && xml_first(root) == c && !xml_next(c));
	CHECK_TEXT(c->text, TEXT("><&>"));
}

/* Reads a model again and again, one more allocation failing each time, until none does. */
static void
fail_each_allocation(const struct dmn_source *sources, size_t count)
{
	for (unsigned nth = 1;; nth++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
		struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
		findings->lenient = true;
		arena_fail_nth(nth);
		const struct dmn_model *model = dmn_read(arena, sources, count, findings);
		const bool failed = arena_failed();
		arena_fail_nth(0);
		if (!failed) {
			CHECK(model && nth > 100);
			return;
		}
		/* what failed may have been a word of a message, when there is one */
		CHECK(model ? !findings->broken && findings->count > 0 : findings->broken);
	}
}

TEST(dmn_reading_survives_every_failed_allocation)
{
	static const char *const paths[] = { "services/services", "functions/functions", "boxes/boxes",
		"types/types",
		"types/neighbours", "tables/tables", "external/external", "names/names", "versions/dmn-1-1" };
	CLEANUP(arena_free) struct arena *files = arena_new(1 << 22);
	const struct dmn_source imports[] = {
		{ TEXT("paie.dmn"), test_file(files, "test/dmn/cases/imports/paie.dmn") },
		{ TEXT("grades.dmn"), test_file(files, "test/dmn/cases/imports/grades.dmn") },
	};
	fail_each_allocation(imports, 2);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		char path[200];
		snprintf(path, sizeof path, "test/dmn/cases/%s.dmn", paths[i]);
		const struct dmn_source source = { text_of_string(paths[i]), test_file(files, path) };
		fail_each_allocation(&source, 1);
	}
}

TEST(dmn_evaluation_survives_every_failed_allocation)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	const struct dmn_model *model = dmn_read_file(arena, "test/dmn/cases/imports/paie.dmn", findings);
	CHECK(model);
	const struct dmn_input inputs[] = { { .name = TEXT("Échelon"), .value = feel_integer(4) },
		{ .name = TEXT("Quotité"), .value = feel_integer(50) } };
	for (unsigned nth = 1;; nth++) {
		CLEANUP(arena_free) struct arena *own = arena_new(1 << 22);
		struct dmn_run run = { .arena = own, .inputs = inputs, .input_count = 2 };
		arena_fail_nth(nth);
		const struct feel_value services = dmn_evaluate(model, TEXT("Par le service"), &run);
		const bool failed = arena_failed();
		arena_fail_nth(0);
		if (!failed) {
			CHECK(services.kind == FEEL_LIST && nth > 3);
			return;
		}
		CHECK(services.kind == FEEL_NULL ? run.stop == FEEL_NO_MEMORY : services.kind == FEEL_LIST);
	}
}

/* ---- a decision out of its model ---- */

static const char bonus_model[] = MODEL(
	"<itemDefinition name=\"tPoints\"><typeRef>number</typeRef><allowedValues><text>[0..100]</text>"
	"</allowedValues></itemDefinition>"
	INPUT("ans", "number")
	DECISION("base", NEEDS_INPUT("ans"), "ans * 2")
	"<businessKnowledgeModel name=\"bonus\" id=\"bonus\"><variable name=\"bonus\" typeRef=\"number\"/>"
	"<encapsulatedLogic><formalParameter name=\"n\" typeRef=\"number\"/><literalExpression>"
	"<text>if n &lt; 1 then 0 else 1 + bonus(n - 1)</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
	"<decision name=\"points\" id=\"points\"><variable name=\"points\" typeRef=\"tPoints\"/>"
	NEEDS_DECISION("base") NEEDS_KNOWLEDGE("bonus")
	"<literalExpression><text>base + bonus(3)</text></literalExpression></decision>"
	"<decision name=\"table\" id=\"table\"><variable name=\"table\"/>" NEEDS_INPUT("ans")
	"<decisionTable><input><inputExpression><text>ans</text></inputExpression></input><output/><rule>"
	"<inputEntry><text>&gt; 5</text></inputEntry><outputEntry><text>\"oui\"</text></outputEntry></rule>"
	"</decisionTable></decision>"
	"<decisionService name=\"s\" id=\"s\"><outputDecision href=\"#base\"/><inputData href=\"#ans\"/>"
	"</decisionService>"
	DECISION("par service", NEEDS_KNOWLEDGE("s"), "s(1)")
	"<decision name=\"rien\" id=\"rien\"/>");

/* The literal of a decision taken out of its model, where `ans` is that. */
static struct text
taken_out(struct arena *arena, const struct dmn_model *model, struct text name, int64_t years)
{
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	struct guichet_error error;
	unsigned slot;
	const struct feel_box *box = dmn_box(arena, model, name, &error);
	if (!box)
		return arena_text(arena, text_of_string(error.message));
	CHECK(feel_scope_add(scope, TEXT("autre"), &feel_type_any, &slot, &error) == GUICHET_OK);
	CHECK(feel_scope_add(scope, TEXT("ans"), &feel_type_number, &slot, &error) == GUICHET_OK);
	const struct feel *feel = feel_read_box(arena, scope, box, findings);
	CHECK(feel && findings->count == 0);
	const struct feel_value inputs[] = { feel_null(TEXT("")), feel_integer(years) };
	struct feel_run run = { .arena = arena, .inputs = inputs };
	return feel_value_to_literal(arena, feel_evaluate(feel, &run));
}

TEST(dmn_a_decision_is_taken_out_with_what_it_requires)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct dmn_findings *findings = arena_new_of(arena, struct dmn_findings);
	const struct dmn_model *model = read_model(arena, text_of_string(bonus_model), findings);
	CHECK(model);
	CHECK_TEXT(taken_out(arena, model, TEXT("base"), 10), TEXT("20"));
	CHECK_TEXT(taken_out(arena, model, TEXT("points"), 10), TEXT("23"));
	CHECK_TEXT(taken_out(arena, model, TEXT("points"), 60), TEXT("null"));
	CHECK_TEXT(taken_out(arena, model, TEXT("table"), 6), TEXT("\"oui\""));
	CHECK_TEXT(taken_out(arena, model, TEXT("table"), 5), TEXT("null"));
	CHECK_TEXT(taken_out(arena, model, TEXT("par service"), 5),
		TEXT("« par service » exige « s », qui est un service : écrivez la décision sans en dépendre."));
	CHECK_TEXT(taken_out(arena, model, TEXT("rien"), 5), TEXT("Rien n’est écrit pour calculer « rien »."));
	CHECK_TEXT(taken_out(arena, model, TEXT("prime"), 5),
		TEXT("Le modèle n’a pas de décision « prime »."));
	struct guichet_error error;
	CHECK(dmn_box(arena, model, TEXT("table"), &error)->kind == FEEL_BOX_TABLE);
	size_t count;
	const struct dmn_item **inputs = dmn_box_inputs(arena, model, TEXT("points"), &count);
	CHECK(inputs && count == 1);
	CHECK_TEXT(inputs[0]->name, TEXT("ans"));
}
