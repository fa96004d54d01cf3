/* The tests of procedures: what their manual shows is played as it is written. */
#include "package.h"

#include "base/banned.h"

#define REFERENCE "procedures/teletravail-academie"

enum { MANUAL_LIMIT = 64 << 10 };

/* The ```yaml blocks of the manual, one after the other; every other line is left empty, so that places are
 * those of the manual. */
static struct text
yaml_of_manual(struct arena *arena, const char *path)
{
	struct text manual = test_file(arena, path);
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
	CHECK(!yaml.failed);
	return arena_text(arena, buffer_text(&yaml));
}

/* The models of the reference procedure's own tests stay; this takes the place of the other files. */
static void
take_place(struct package *package, struct source *source)
{
	CHECK(package->essais.count >= 2);
	CHECK_TEXT(package->essais.sources[0].name, TEXT("essais/annuaire.yaml"));
	package->essais.sources[1] = *source;
	package->essais.roots[1] = yaml_read(package->arena, source, &package->findings);
	package->essais.count = 2;
	CHECK(package->essais.roots[1] && package->findings.errors == 0);
}

TEST(the_examples_of_the_manual_of_tests_pass)
{
	PACKAGE(package, REFERENCE);
	struct source source = { TEXT("essais.md"), yaml_of_manual(package.arena, "doc/manual/essais.md") };
	take_place(&package, &source);
	package.folder = "doc/manual";
	CHECK(package_play(&package) >= 4);
}

TEST(a_sequence_of_steps_that_is_not_there_or_takes_itself_up_is_told)
{
	PACKAGE(package, REFERENCE);
	struct source source = { TEXT("suites.yaml"), TEXT("campagne: 2023-2024\n"
		"suites: {ronde: [{reprend: ronde}], seule: rien}\n"
		"scénarios:\n"
		"  - {titre: Absente, étapes: [{reprend: ailleurs}]}\n"
		"  - {titre: Ronde, étapes: [{reprend: ronde}]}\n"
		"  - {titre: Seule, étapes: [{reprend: seule}]}\n") };
	take_place(&package, &source);
	struct essai_report report = { .arena = package.arena };
	struct guichet_error error = { 0 };
	CHECK(essais_run(&package.essais, package.procedure, &report, &error) == GUICHET_OK);
	CHECK(report.failed == 3 && report.failure_count == 3);
	CHECK(text_find(report.failures[0].message, TEXT("aucune suite d’étapes ne s’appelle « ailleurs »")) != SIZE_MAX);
	CHECK(text_find(report.failures[1].message, TEXT("ces suites se reprennent l’une l’autre")) != SIZE_MAX);
	CHECK(text_find(report.failures[2].message, TEXT("aucune suite d’étapes ne s’appelle « seule »")) != SIZE_MAX);
}

TEST(a_report_counts_adds_shares_out_and_keeps_small_groups_together)
{
	CHECK(package_plays("test/rapport") >= 30);
}

TEST(an_action_is_undone_while_it_may_be_and_nothing_is_left_of_it)
{
	CHECK(package_plays("test/annulation") >= 80);
}

TEST(absences_and_delegations_that_a_test_states_decide_who_answers_and_who_signs)
{
	CHECK(package_plays("test/interim/accord") >= 40);
}
