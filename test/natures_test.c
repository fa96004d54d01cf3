/* Dossiers born of another: the procedure of test/natures/ lives in its own tests; here what they cannot say. */
#include "test.h"

#include "essais/essais.h"

#include "base/banned.h"

static const char folder[] = "test/natures/atelier";

TEST(amendments_and_appeals_live_as_their_procedure_says)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct essais essais;
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	CHECK(procedure && findings.count == 0);
	CHECK(essais_load(arena, folder, &essais, &findings, &error) == GUICHET_OK);
	struct essai_report report = { .arena = arena };
	CHECK(essais_run(&essais, procedure, &report, &error) == GUICHET_OK);
	for (size_t i = 0; i < report.failure_count; i++)
		test_case(false, "test/natures/atelier/essais/vie.yaml", (int)report.failures[i].line, "%.*s : %.*s",
			TEXT_ARGS(report.failures[i].title), TEXT_ARGS(report.failures[i].message));
	CHECK(report.passed > 100);
}

/* Every rule that the procedure cites is missed by a test when it is left out. */
TEST(no_rule_of_amendments_is_left_untested)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct essais essais;
	struct essai_mutants mutants;
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	CHECK(procedure && essais_load(arena, folder, &essais, &findings, &error) == GUICHET_OK);
	CHECK(essais_mutate(&essais, procedure, &mutants, &error) == GUICHET_OK);
	for (size_t i = 0; i < mutants.count; i++)
		test_case(mutants.verdicts[i] == ESSAI_NOTICED || mutants.mutants[i].cites.length == 0,
			"test/natures/atelier/procedure.yaml", (int)mutants.mutants[i].line, "survives: %.*s",
			TEXT_ARGS(mutants.mutants[i].description));
}

TEST(the_number_of_a_child_is_checked_like_its_parent_s)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	const struct text parent = TEXT("2024-A-00001-K");
	CHECK(dossier_number_is_valid(parent));
	const struct text child = dossier_child_number(arena, parent, TEXT("avenant"), 12),
		grandchild = dossier_child_number(arena, child, TEXT("échange"), 1);
	CHECK_TEXT(child, TEXT("2024-A-00001-K-A12"));
	CHECK_TEXT(grandchild, TEXT("2024-A-00001-K-A12-E1"));
	CHECK(dossier_number_is_valid(child) && dossier_number_is_valid(grandchild));
	CHECK(!dossier_number_is_valid(TEXT("2024-A-00001-M-A12")));
	CHECK(!dossier_number_is_valid(TEXT("2024-A-00001-K-12")));
	CHECK(!dossier_number_is_valid(TEXT("A1")));
}
