/* See package.h. */
#include "package.h"

#include "base/banned.h"

enum { PACKAGE_ARENA_LIMIT = 256 << 20 };

struct package
package_read(const char *folder)
{
	struct package package = { .folder = folder, .arena = arena_new(PACKAGE_ARENA_LIMIT) };
	struct guichet_error error = { 0 };
	CHECK(package.arena);
	package.procedure = procedure_read(folder, NULL, &package.findings, &error);
	if (!package.procedure || package.findings.errors > 0
		|| essais_load(package.arena, folder, &package.essais, &package.findings, &error) != GUICHET_OK)
		test_fail(folder, 1, "%s " TEXT_FORMAT, error.message,
			TEXT_ARGS(package.findings.count > 0 ? package.findings.at[0].sentence : TEXT("")));
	return package;
}

void
package_release(struct package *package)
{
	procedure_free(package->procedure);
	procedure_findings_release(&package->findings);
	arena_free(package->arena);
}

size_t
package_play(struct package *package)
{
	struct essai_report report = { .arena = package->arena };
	struct guichet_error error = { 0 };
	CHECK(essais_run(&package->essais, package->procedure, &report, &error) == GUICHET_OK);
	for (size_t i = 0; i < report.failure_count; i++) {
		const struct essai_failure *failure = &report.failures[i];
		test_case(false, arena_format(package->arena, "%s/" TEXT_FORMAT, package->folder, TEXT_ARGS(failure->file)).at,
			(int)failure->line, TEXT_FORMAT " : " TEXT_FORMAT, TEXT_ARGS(failure->title), TEXT_ARGS(failure->message));
	}
	CHECK(report.failed == report.failure_count);
	return report.passed;
}

size_t
package_plays(const char *folder)
{
	PACKAGE(package, folder);
	for (size_t i = 0; i < package.findings.count; i++)
		test_case(false, folder, (int)package.findings.at[i].line, "%d " TEXT_FORMAT, package.findings.at[i].number,
			TEXT_ARGS(package.findings.at[i].sentence));
	return package_play(&package);
}

bool
package_any_rule(const struct procedure_mutant *rule)
{
	(void)rule;
	return true;
}

bool
package_cited_rule(const struct procedure_mutant *rule)
{
	return rule->cites.length > 0;
}

size_t
package_misses(const char *folder, package_rules *which)
{
	PACKAGE(package, folder);
	struct essai_mutants all;
	struct guichet_error error = { 0 };
	size_t count = 0;
	CHECK(essais_mutate(&package.essais, package.procedure, &all, &error) == GUICHET_OK);
	for (size_t i = 0; i < all.count; i++) {
		const struct procedure_mutant *rule = &all.mutants[i];
		if (!which(rule))
			continue;
		count++;
		test_case(all.verdicts[i] == ESSAI_NOTICED, arena_format(package.arena, "%s/" TEXT_FORMAT, folder,
			TEXT_ARGS(rule->file)).at, (int)rule->line, "survives: " TEXT_FORMAT, TEXT_ARGS(rule->description));
	}
	return count;
}
