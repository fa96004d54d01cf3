/* Requests of structures: the procedure of test/subject/ lives in its own tests. */
#include "test.h"

#include "essais/essais.h"

#include "base/banned.h"

static const char folder[] = "test/subject/enquete", file[] = "test/subject/enquete/essais/vie.yaml";

TEST(the_request_of_a_structure_lives_as_its_procedure_says)
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
		test_case(false, file, (int)report.failures[i].line, "%.*s : %.*s", TEXT_ARGS(report.failures[i].title),
			TEXT_ARGS(report.failures[i].message));
	CHECK(report.passed > 15);
}

/* Every rule that the procedure cites is missed by a test when it is left out. */
TEST(no_rule_of_the_request_of_a_structure_is_left_untested)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct essais essais;
	struct essai_mutants mutants;
	bool subject = false;
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	CHECK(procedure && essais_load(arena, folder, &essais, &findings, &error) == GUICHET_OK);
	CHECK(essais_mutate(&essais, procedure, &mutants, &error) == GUICHET_OK);
	for (size_t i = 0; i < mutants.count; i++) {
		test_case(mutants.verdicts[i] == ESSAI_NOTICED || mutants.mutants[i].cites.length == 0,
			"test/subject/enquete/procedure.yaml", (int)mutants.mutants[i].line, "survives: %.*s",
			TEXT_ARGS(mutants.mutants[i].description));
		subject |= text_find(mutants.mutants[i].description, TEXT("sujet")) != SIZE_MAX;
	}
	CHECK(subject);
}

static struct text
text_of_file(struct arena *arena, const char *path)
{
	enum { MOST = 1 << 20 };
	FILE *opened = fopen(path, "rb");
	char *bytes = arena_alloc(arena, MOST);
	CHECK(opened && bytes);
	const size_t length = fread(bytes, 1, MOST, opened);
	fclose(opened);
	return (struct text){ bytes, length };
}

/* The example of the manual is that of the procedure. */
TEST(the_manual_shows_the_request_of_a_structure)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	const struct text manual = text_of_file(arena, "doc/manual/langage.md"),
		procedure = text_of_file(arena, "test/subject/enquete/procedure.yaml");
	const size_t at = text_find(manual, TEXT("    sujet: structure\n"));
	CHECK(at != SIZE_MAX);
	struct text rest = text_part(manual, at, SIZE_MAX);
	size_t lines = 0;
	for (struct text line = text_split(&rest, '\n'); text_starts(line, TEXT("    ")); line = text_split(&rest, '\n'), lines++)
		CHECK(text_find(procedure, text_part(line, 4, SIZE_MAX)) != SIZE_MAX);
	CHECK(lines == 4);
}
