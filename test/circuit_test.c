/* What a circuit may say: each folder of test/circuit/ is a procedure with its own tests, which all pass and miss
 * none of its cited rules. */
#include <dirent.h>
#include <stdlib.h>

#include "essais/essais.h"
#include "test.h"

#include "base/banned.h"

static int
is_folder(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void
check_mutants(const struct essais *essais, const struct procedure *procedure, const char *folder)
{
	struct essai_mutants all;
	struct guichet_error error = { 0 };
	CHECK(essais_mutate(essais, procedure, &all, &error) == GUICHET_OK);
	for (size_t i = 0; i < all.count; i++)
		test_case(all.verdicts[i] != ESSAI_SURVIVES || all.mutants[i].cites.length == 0, folder, (int)all.mutants[i].line, "survives: %.*s",
			TEXT_ARGS(all.mutants[i].description));
}

static void
check_folder(const char *folder)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = NULL;
	struct guichet_error error = { 0 };
	struct essais essais;
	procedure = procedure_read(folder, NULL, &findings, &error);
	for (size_t i = 0; i < findings.count; i++)
		test_case(false, folder, (int)findings.at[i].line, "%d %.*s", findings.at[i].number,
			TEXT_ARGS(findings.at[i].sentence));
	CHECK(procedure && essais_load(arena, folder, &essais, &findings, &error) == GUICHET_OK);
	struct essai_report report = { .arena = arena };
	CHECK(essais_run(&essais, procedure, &report, &error) == GUICHET_OK);
	for (size_t i = 0; i < report.failure_count; i++)
		test_case(false, folder, (int)report.failures[i].line, "%.*s : %.*s", TEXT_ARGS(report.failures[i].title),
			TEXT_ARGS(report.failures[i].message));
	CHECK(report.passed > 0);
	check_mutants(&essais, procedure, folder);
}

TEST(circuits_do_what_they_say)
{
	struct dirent **entries = NULL;
	const int count = scandir("test/circuit", &entries, is_folder, alphasort);
	CHECK(count > 0);
	for (int i = 0; i < count; i++) {
		char folder[300];
		snprintf(folder, sizeof folder, "test/circuit/%s", entries[i]->d_name);
		free(entries[i]);
		check_folder(folder);
	}
	free(entries);
}
