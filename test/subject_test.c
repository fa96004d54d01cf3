/* Requests of structures: the procedure of test/subject/ lives in its own tests. */
#include "package.h"

#include "base/banned.h"

static const char folder[] = "test/subject/enquete";

TEST(the_request_of_a_structure_lives_as_its_procedure_says)
{
	CHECK(package_plays(folder) > 15);
}

static bool
is_subject(const struct procedure_mutant *rule)
{
	return text_find(rule->description, TEXT("sujet")) != SIZE_MAX;
}

TEST(no_rule_of_the_request_of_a_structure_is_left_untested)
{
	CHECK(package_misses(folder, package_cited_rule) > 0);
	CHECK(package_misses(folder, is_subject) > 0);
}

/* The example of the manual is that of the procedure. */
TEST(the_manual_shows_the_request_of_a_structure)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	const struct text manual = test_file(arena, "doc/manual/langage.md"),
		procedure = test_file(arena, "test/subject/enquete/procedure.yaml");
	const size_t at = text_find(manual, TEXT("    sujet: structure\n"));
	CHECK(at != SIZE_MAX);
	struct text rest = text_part(manual, at, SIZE_MAX);
	size_t lines = 0;
	for (struct text line = text_split(&rest, '\n'); text_starts(line, TEXT("    ")); line = text_split(&rest, '\n'), lines++)
		CHECK(text_find(procedure, text_part(line, 4, SIZE_MAX)) != SIZE_MAX);
	CHECK(lines == 4);
}
