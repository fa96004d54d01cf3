/* guichet test DIR…: the tests of procedures. --mutate removes each cited rule in turn and tells those
 * that no test misses. */
#include "commands.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "dossier/json.h"
#include "essais/essais.h"

#include "base/banned.h"

enum { TESTS_ARENA_LIMIT = 64 << 20, REPORT_ARENA_LIMIT = 64 << 20 };

struct options {
	bool json, mutate;
};

/* Totals over all folders. */
struct totals {
	size_t passed, failed, removed, survivors;
	json_t *failures, *alive; /* with --json */
};

static void
write_findings(const struct procedure_findings *findings)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(1 << 20);
	for (size_t i = 0; i < findings->count; i++) {
		if (findings->at[i].severity == PROCEDURE_ERROR)
			procedure_finding_write(&findings->at[i], &out);
	}
	fprintf(stderr, "%.*s", TEXT_ARGS(buffer_text(&out)));
}

static void
tell_failures(const char *folder, const struct essai_report *report, const struct options *options,
	struct totals *totals)
{
	for (size_t i = 0; i < report->failure_count; i++) {
		const struct essai_failure *failure = &report->failures[i];
		if (!options->json) {
			fprintf(stderr, "%s/%.*s:%u:%u : %.*s : %.*s\n", folder, TEXT_ARGS(failure->file), failure->line,
				failure->column, TEXT_ARGS(failure->title), TEXT_ARGS(failure->message));
			continue;
		}
		json_t *item = json_object();
		(void)(json_push(totals->failures, item) && json_put(item, "folder", json_string(folder))
			&& json_put(item, "file", json_of_text(failure->file)) && json_put(item, "line", json_integer(failure->line))
			&& json_put(item, "column", json_integer(failure->column))
			&& json_put(item, "test", json_of_text(failure->title))
			&& json_put(item, "message", json_of_text(failure->message)));
	}
}

/* ---- mutants ---- */

static void
tell_survivor(const char *folder, const struct procedure_mutant *mutant, const struct options *options,
	struct totals *totals)
{
	totals->survivors++;
	if (!options->json) {
		printf("%s/%.*s:%u : survit : %.*s (%.*s) [%.*s]\n", folder, TEXT_ARGS(mutant->file), mutant->line,
			TEXT_ARGS(mutant->description), TEXT_ARGS(mutant->path), TEXT_ARGS(mutant->cites));
		return;
	}
	json_t *item = json_object();
	(void)(json_push(totals->alive, item) && json_put(item, "folder", json_string(folder))
		&& json_put(item, "file", json_of_text(mutant->file))
		&& json_put(item, "line", json_integer(mutant->line)) && json_put(item, "path", json_of_text(mutant->path))
		&& json_put(item, "description", json_of_text(mutant->description))
		&& json_put(item, "cites", json_of_text(mutant->cites)));
}

static int
mutate(const char *folder, const struct essais *essais, const struct procedure *procedure, const struct options *options,
	struct totals *totals)
{
	struct essai_mutants all;
	struct guichet_error error = { 0 };
	if (essais_mutate(essais, procedure, &all, &error) != GUICHET_OK) {
		fprintf(stderr, "%s\n", error.message);
		return EXIT_REFUSED;
	}
	totals->removed += all.count;
	for (size_t i = 0; i < all.count; i++) {
		if (all.verdicts[i] == ESSAI_BROKE_OFF)
			fprintf(stderr, "%s : sans %.*s, les essais s’interrompent.\n", folder, TEXT_ARGS(all.mutants[i].path));
		else if (all.verdicts[i] == ESSAI_SURVIVES)
			tell_survivor(folder, &all.mutants[i], options, totals);
	}
	return EXIT_DONE;
}

/* ---- the command ---- */

static int
test_folder(const char *folder, const struct options *options, struct totals *totals)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new(TESTS_ARENA_LIMIT);
	CLEANUP(arena_free) struct arena *report_arena = arena_new(REPORT_ARENA_LIMIT);
	struct guichet_error error = { 0 };
	struct essais essais;
	if (!arena || !report_arena) {
		fprintf(stderr, "La mémoire manque.\n");
		return EXIT_REFUSED;
	}
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	if (!procedure || findings.errors > 0 || essais_load(arena, folder, &essais, &findings, &error) != GUICHET_OK) {
		write_findings(&findings);
		if (findings.errors == 0)
			fprintf(stderr, "%s : %s\n", folder, error.message);
		totals->failed++;
		return EXIT_REFUSED;
	}
	struct essai_report report = { .arena = report_arena };
	if (essais_run(&essais, procedure, &report, &error) != GUICHET_OK) {
		fprintf(stderr, "%s : %s\n", folder, error.message);
		totals->failed++;
		return EXIT_REFUSED;
	}
	totals->passed += report.passed;
	totals->failed += report.failed;
	tell_failures(folder, &report, options, totals);
	if (report.passed + report.failed == 0)
		fprintf(stderr, "%s : aucun essai (attendus dans %s/essais/*.yaml).\n", folder, folder);
	/* Without its own tests passing, a missing rule would tell nothing. */
	if (options->mutate && report.failed == 0)
		return mutate(folder, &essais, procedure, options, totals);
	return report.failed > 0 ? EXIT_REFUSED : EXIT_DONE;
}

static int
print_json(const struct options *options, struct totals *totals)
{
	json_t *whole = json_object();
	bool well = json_put(whole, "passed", json_integer((json_int_t)totals->passed))
		&& json_put(whole, "failed", json_integer((json_int_t)totals->failed))
		&& json_put(whole, "failures", json_incref(totals->failures));
	if (options->mutate)
		well = well && json_put(whole, "removed", json_integer((json_int_t)totals->removed))
			&& json_put(whole, "survivors", json_incref(totals->alive));
	if (well)
		(void)json_dumpf(whole, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
	printf("\n");
	json_decref(whole);
	return well ? EXIT_DONE : EXIT_REFUSED;
}

int
command_test(int argc, char **argv)
{
	struct options options = { 0 };
	struct totals totals = { .failures = json_array(), .alive = json_array() };
	size_t folders = 0;
	int result = EXIT_DONE;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			options.json = true;
		else if (strcmp(argv[i], "--mutate") == 0)
			options.mutate = true;
		else if (argv[i][0] == '-')
			result = EXIT_USAGE;
		else
			folders++;
	}
	if (folders == 0)
		result = EXIT_USAGE;
	if (result == EXIT_USAGE)
		fprintf(stderr, "Usage : guichet %s %s\n", argv[0], COMMAND_TEST_USAGE);
	for (int i = 1; i < argc && result != EXIT_USAGE; i++) {
		if (argv[i][0] == '-')
			continue;
		if (test_folder(argv[i], &options, &totals) != EXIT_DONE)
			result = EXIT_REFUSED;
	}
	if (result != EXIT_USAGE && options.json) {
		if (print_json(&options, &totals) != EXIT_DONE)
			result = EXIT_REFUSED;
	} else if (result != EXIT_USAGE) {
		printf("%zu passed, %zu failed\n", totals.passed, totals.failed);
		if (options.mutate)
			printf("%zu removed, %zu survivors\n", totals.removed, totals.survivors);
	}
	if (totals.survivors > 0)
		result = EXIT_REFUSED;
	json_decref(totals.failures);
	json_decref(totals.alive);
	return result;
}
