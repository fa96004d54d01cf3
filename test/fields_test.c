/* Fields written in several boxes, parts filled in later, registers: the procedure of test/fields/ says by its own tests what
 * they are worth, and each of its rules is missed by one of them. What is typed comes back as it was. */
#include "package.h"

#include "base/banned.h"

static const char folder[] = "test/fields";

TEST(the_tests_of_fields_pass)
{
	CHECK(package_plays(folder) > 100);
}

TEST(no_rule_of_fields_goes_untested)
{
	CHECK(package_misses(folder, package_any_rule) >= 20);
}

/* ---- what is typed ---- */

static struct dossier_answer
typed(struct arena *arena, const struct procedure *procedure, const char *field, const struct dossier_raw *raws, size_t count)
{
	struct dossier_answer answer;
	struct guichet_error error = { 0 };
	const int index = procedure_field_find(procedure, text_of_string(field));
	CHECK(index >= 0);
	CHECK(dossier_answer_typed(arena, &procedure->fields[index], (struct dossier_raws){ raws, count }, &answer, &error)
		== GUICHET_OK);
	return answer;
}

TEST(a_time_is_read_as_browsers_and_as_people_write_it)
{
	static const struct { struct text typed, read; } cases[] = {
		{ TEXT("8h30"), TEXT("08:30:00") }, { TEXT("08:30"), TEXT("08:30:00") }, { TEXT(" 8 h 30 "), TEXT("08:30:00") },
		{ TEXT("8h"), TEXT("08:00:00") }, { TEXT("23:59:00"), TEXT("23:59:00") }, { TEXT("0H05"), TEXT("00:05:00") },
		{ TEXT("8 h 30 min"), TEXT("08:30:00") },
		{ TEXT("24:00"), TEXT("") }, { TEXT("8:"), TEXT("") }, { TEXT("8"), TEXT("") }, { TEXT("h30"), TEXT("") },
		{ TEXT("8h300"), TEXT("") }, { TEXT("008h30"), TEXT("") }, { TEXT("8h30 demain"), TEXT("") }, { TEXT(""), TEXT("") },
		{ TEXT("8h60"), TEXT("") },
	};
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct feel_value time;
		const bool read = procedure_time_read(cases[i].typed, &time);
		CHECK_INTEGER(read, cases[i].read.length > 0);
		if (read)
			CHECK_TEXT(feel_value_to_bare_literal(arena, time), cases[i].read);
	}
}

TEST(rows_come_back_as_they_were_typed)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	CHECK(procedure);
	const struct dossier_raw raws[] = {
		{ TEXT("trajets.1.moyen"), TEXT("train") }, { TEXT("trajets.1.départ"), TEXT("6h") },
		{ TEXT("trajets.3.départ"), TEXT("tôt") },
		/* Nobody's: none of them makes a row, nor is one read out of its place. */
		{ TEXT("trajets.0.moyen"), TEXT("train") }, { TEXT("trajets.101.moyen"), TEXT("train") },
		{ TEXT("trajets.02.moyen"), TEXT("train") }, { TEXT("trajets.99999999999999999999.moyen"), TEXT("x") },
		{ TEXT("trajets.-1.moyen"), TEXT("train") }, { TEXT("trajets."), TEXT("train") }, { TEXT("trajets"), TEXT("train") },
		{ TEXT("trajets.2.autre"), TEXT("train") }, { TEXT("trajetsx.9.moyen"), TEXT("train") },
	};
	const struct dossier_answer answer = typed(arena, procedure, "trajets", raws, sizeof raws / sizeof *raws);
	CHECK(answer.given);
	CHECK_INTEGER(answer.row_count, 3);
	CHECK_TEXT(answer.rows[0].answers[1].raws[0], TEXT("6h"));
	CHECK_INTEGER(answer.rows[1].answers[0].raw_count, 0);
	CHECK_TEXT(answer.rows[2].answers[1].name, TEXT("trajets.3.départ"));
	CHECK_TEXT(answer.rows[2].answers[1].raws[0], TEXT("tôt"));
	CHECK_TEXT(answer.rows[2].answers[1].mistake, TEXT("Écrivez une heure qui existe, par exemple 8h30."));
	CHECK(answer.rows[2].answers[0].mistake.length > 0);
	CHECK(answer.value.kind == FEEL_NULL);

	/* Nothing typed: as many blank rows as are asked. */
	const struct dossier_answer blank = typed(arena, procedure, "trajets", NULL, 0);
	CHECK(!blank.given && blank.value.kind == FEEL_NULL && blank.mistake.length == 0);
	CHECK_INTEGER(blank.row_count, 2);
}
