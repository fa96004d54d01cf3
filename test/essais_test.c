/* The tests of procedures: what their manual shows is played as it is written. */
#include "essais/essais.h"

#include <stdio.h>

#include "test.h"

#include "base/banned.h"

enum { MANUAL_LIMIT = 64 << 10 };

/* The ```yaml blocks of the manual, one after the other; every other line is left empty, so that places are
 * those of the manual. */
static struct text
yaml_of_manual(struct arena *arena, const char *path)
{
	FILE *file = fopen(path, "rb");
	CHECK(file);
	char *bytes = arena_alloc(arena, MANUAL_LIMIT);
	CHECK(bytes);
	struct text manual = { bytes, fread(bytes, 1, MANUAL_LIMIT, file) };
	(void)fclose(file);
	CHECK(manual.length < MANUAL_LIMIT);
	CLEANUP(buffer_release) struct buffer yaml = buffer_new(MANUAL_LIMIT);
	bool inside = false;
	while (manual.at) {
		const struct text line = text_split(&manual, '\n');
		const bool fence = text_starts(line, TEXT("```"));
		if (inside && !fence)
			buffer_add(&yaml, line);
		buffer_add(&yaml, TEXT("\n"));
		inside = fence ? text_equal(line, TEXT("```yaml")) : inside;
	}
	return arena_text(arena, buffer_text(&yaml));
}

TEST(the_examples_of_the_manual_of_tests_pass)
{
	static const char manual[] = "doc/manual/essais.md";
	const char *folder = "procedures/teletravail-academie";
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct essais essais;
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	CHECK(procedure && essais_load(arena, folder, &essais, &findings, &error) == GUICHET_OK);
	/* The models of the procedure's own tests stay; the manual takes the place of the other files. */
	struct source source = { TEXT("essais.md"), yaml_of_manual(arena, manual) };
	struct yaml_node *root = yaml_read(arena, &source, &findings);
	CHECK(root && findings.errors == 0);
	CHECK(essais.count >= 2);
	CHECK_TEXT(essais.sources[0].name, TEXT("essais/annuaire.yaml"));
	essais.sources[1] = source;
	essais.roots[1] = root;
	essais.count = 2;
	struct essai_report report = { .arena = arena };
	CHECK(essais_run(&essais, procedure, &report, &error) == GUICHET_OK);
	for (size_t i = 0; i < report.failure_count; i++)
		test_case(false, manual, (int)report.failures[i].line, "%.*s : %.*s", TEXT_ARGS(report.failures[i].title),
			TEXT_ARGS(report.failures[i].message));
	CHECK(report.passed >= 4);
}

TEST(a_sequence_of_steps_that_is_not_there_or_takes_itself_up_is_told)
{
	const char *folder = "procedures/teletravail-academie";
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct essais essais;
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	CHECK(procedure && essais_load(arena, folder, &essais, &findings, &error) == GUICHET_OK && essais.count >= 2);
	struct source source = { TEXT("suites.yaml"), TEXT("campagne: 2023-2024\n"
		"suites: {ronde: [{reprend: ronde}], seule: rien}\n"
		"scénarios:\n"
		"  - {titre: Absente, étapes: [{reprend: ailleurs}]}\n"
		"  - {titre: Ronde, étapes: [{reprend: ronde}]}\n"
		"  - {titre: Seule, étapes: [{reprend: seule}]}\n") };
	essais.sources[1] = source;
	essais.roots[1] = yaml_read(arena, &source, &findings);
	essais.count = 2;
	CHECK(essais.roots[1] && findings.errors == 0);
	struct essai_report report = { .arena = arena };
	CHECK(essais_run(&essais, procedure, &report, &error) == GUICHET_OK);
	CHECK(report.failed == 3 && report.failure_count == 3);
	CHECK(text_find(report.failures[0].message, TEXT("aucune suite d’étapes ne s’appelle « ailleurs »")) != SIZE_MAX);
	CHECK(text_find(report.failures[1].message, TEXT("ces suites se reprennent l’une l’autre")) != SIZE_MAX);
	CHECK(text_find(report.failures[2].message, TEXT("aucune suite d’étapes ne s’appelle « seule »")) != SIZE_MAX);
}

/* The tests of a folder pass, `least` of them at least. */
static void
must_pass(const char *folder, size_t least)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct essais essais;
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	CHECK(procedure && findings.count == 0 && essais_load(arena, folder, &essais, &findings, &error) == GUICHET_OK);
	struct essai_report report = { .arena = arena };
	CHECK(essais_run(&essais, procedure, &report, &error) == GUICHET_OK);
	for (size_t i = 0; i < report.failure_count; i++)
		test_case(false, folder, (int)report.failures[i].line, "%.*s", TEXT_ARGS(report.failures[i].message));
	CHECK(report.passed >= least && report.failed == 0);
}

TEST(a_report_counts_adds_shares_out_and_keeps_small_groups_together)
{
	must_pass("test/rapport", 30);
}

TEST(an_action_is_undone_while_it_may_be_and_nothing_is_left_of_it)
{
	must_pass("test/annulation", 80);
}

TEST(absences_and_delegations_that_a_test_states_decide_who_answers_and_who_signs)
{
	must_pass("test/interim/accord", 40);
}
