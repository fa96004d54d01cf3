/* Pieces in phases and the clocks of dossiers: the procedures of test/pieces/ are without a remark, their essais pass,
 * and none of their rules can be left out unnoticed. */
#include "essais/essais.h"
#include "test.h"

#include "base/banned.h"

static const char *const folders[] = { "test/pieces/logement", "test/pieces/formation" };
enum { FOLDER_COUNT = sizeof folders / sizeof *folders };

static struct procedure *
procedure_of(const char *folder, struct procedure_findings *findings)
{
	struct guichet_error error = { 0 };
	struct procedure *procedure = procedure_read(folder, NULL, findings, &error);
	for (size_t i = 0; i < findings->count; i++)
		test_case(false, folder, (int)findings->at[i].line, "%d %.*s", findings->at[i].number,
			TEXT_ARGS(findings->at[i].sentence));
	CHECK(procedure);
	return procedure;
}

TEST(pieces_and_clocks_live_as_their_essais_tell)
{
	for (size_t i = 0; i < FOLDER_COUNT; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
		CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
		struct guichet_error error = { 0 };
		CLEANUP(procedure_free) struct procedure *procedure = procedure_of(folders[i], &findings);
		struct essais essais;
		struct essai_report report = { .arena = arena };
		CHECK(essais_load(arena, folders[i], &essais, &findings, &error) == GUICHET_OK);
		CHECK(essais_run(&essais, procedure, &report, &error) == GUICHET_OK);
		CHECK(report.passed >= 10);
		for (size_t k = 0; k < report.failure_count; k++)
			test_case(false, folders[i], (int)report.failures[k].line, "%.*s: %.*s", TEXT_ARGS(report.failures[k].title),
				TEXT_ARGS(report.failures[k].message));
	}
}

TEST(no_rule_of_pieces_and_clocks_goes_untested)
{
	for (size_t i = 0; i < FOLDER_COUNT; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(256 << 20);
		CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
		struct guichet_error error = { 0 };
		CLEANUP(procedure_free) struct procedure *procedure = procedure_of(folders[i], &findings);
		struct essais essais;
		struct essai_mutants mutants;
		CHECK(essais_load(arena, folders[i], &essais, &findings, &error) == GUICHET_OK);
		CHECK(essais_mutate(&essais, procedure, &mutants, &error) == GUICHET_OK);
		CHECK(mutants.count > 10);
		for (size_t k = 0; k < mutants.count; k++)
			test_case(mutants.verdicts[k] == ESSAI_NOTICED, folders[i], (int)mutants.mutants[k].line, "%.*s survives",
				TEXT_ARGS(mutants.mutants[k].description));
	}
}
