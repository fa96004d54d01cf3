/* What comes from outside a dossier: the procedures of test/outside/ and their essais. */
#include "essais/essais.h"

#include "test.h"

#include "base/banned.h"

/* The folder is read without a finding, and all its essais pass. */
static void
play(const char *folder, size_t least)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct essais essais;
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	CHECK(arena && procedure);
	for (size_t i = 0; i < findings.count; i++)
		test_case(false, folder, (int)findings.at[i].line, "%.*s", TEXT_ARGS(findings.at[i].sentence));
	CHECK(essais_load(arena, folder, &essais, &findings, &error) == GUICHET_OK);
	struct essai_report report = { .arena = arena };
	CHECK(essais_run(&essais, procedure, &report, &error) == GUICHET_OK);
	for (size_t i = 0; i < report.failure_count; i++)
		test_case(false, folder, (int)report.failures[i].line, "%.*s : %.*s", TEXT_ARGS(report.failures[i].title),
			TEXT_ARGS(report.failures[i].message));
	CHECK(report.passed >= least);
}

TEST(what_comes_from_outside_is_read_kept_and_replayed)
{
	play("test/outside/permanence", 30);
}
