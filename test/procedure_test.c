/* Reading a procedure and its campaigns. What is told of mistakes is data: test/procedure/. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hole.h"
#include "procedure/procedure.h"

#include "base/banned.h"

#define GOLDEN "procedures/teletravail-academie"

/* What a failed check should print. */
static void
print_findings(const struct procedure_findings *findings)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(1 << 20);
	for (size_t i = 0; i < findings->count; i++)
		procedure_finding_write(&findings->at[i], &out);
	fprintf(stderr, "%.*s", (int)out.length, out.at ? out.at : "");
}

static struct procedure *
read_golden(void)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct procedure *procedure = procedure_read(GOLDEN, NULL, &findings, &error);
	print_findings(&findings);
	CHECK(procedure);
	CHECK_INTEGER(findings.count, 0);
	return procedure;
}

static struct campaign *
read_campaign(struct arena *arena, const struct procedure *procedure)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct campaign *campaign = campaign_read(arena, procedure, TEXT("campagnes/2023-2024.yaml"),
		test_file(arena, GOLDEN "/campagnes/2023-2024.yaml"), &findings, &error);
	print_findings(&findings);
	CHECK(campaign);
	CHECK_INTEGER(findings.count, 0);
	return campaign;
}

TEST(the_procedure_of_the_academie_is_read_whole_and_without_a_finding)
{
	CLEANUP(procedure_free) struct procedure *procedure = read_golden();
	CHECK_TEXT(procedure->name, TEXT("teletravail-academie"));
	CHECK_INTEGER(procedure->step_count, 16);
	CHECK_INTEGER(procedure->action_count, 25);
	CHECK_INTEGER(procedure->form_field_count, 10);
	CHECK_INTEGER(procedure->field_count, 18);
	CHECK_INTEGER(procedure->mail_count, 16);
	CHECK_INTEGER(procedure->letter_count, 3);
	CHECK_TEXT(procedure->roles[procedure->office].name, TEXT("dpae"));
	CHECK(procedure->once && procedure->once_message.length);

	/* TTA-48: the draft is filed during its window. */
	const int file = procedure_action_find(procedure, 0, TEXT("déposer"));
	CHECK(file != PROCEDURE_NONE);
	const struct procedure_action *action = &procedure->actions[file];
	CHECK_TEXT(procedure->windows[action->during].name, TEXT("dépôt"));
	CHECK_TEXT(procedure->steps[action->to].name, TEXT("déposée"));
	CHECK_INTEGER(action->who.count, 1);
	CHECK_INTEGER(procedure->roles[action->who.at[0]].reach, PROCEDURE_APPLICANT);
	CHECK_INTEGER(action->produces.count, 1);

	/* The same action stands at several steps, and its mail follows any of them. */
	const int withdraw = procedure_move_find(procedure, TEXT("retirer"));
	CHECK_INTEGER(procedure->moves[withdraw].actions.count, 9);
	CHECK_INTEGER(procedure_step_find(procedure, TEXT("absente")), PROCEDURE_NONE);
	CHECK_TEXT(procedure->actions[file].origin.file, TEXT("procedure.yaml"));
	CHECK_TEXT(procedure->actions[file].origin.cites[0], TEXT("TTA-24"));
}

TEST(computed_values_come_after_what_they_read)
{
	CLEANUP(procedure_free) struct procedure *procedure = read_golden();
	for (size_t i = 0; i < procedure->computed_count; i++) {
		size_t count;
		const struct feel_use *uses = feel_reads(procedure->computed[i].feel, &count);
		for (size_t k = 0; k < count; k++)
			for (size_t later = i; later < procedure->computed_count; later++)
				CHECK(uses[k].slot != procedure->computed[later].slot);
	}
}

TEST(the_archive_is_read_back_to_the_same_version)
{
	CLEANUP(procedure_free) struct procedure *procedure = read_golden();
	CLEANUP(arena_free) struct arena *arena = arena_new(PROCEDURE_ARENA_LIMIT);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct text archive;
	struct digest hash;
	CHECK(procedure_archive(arena, GOLDEN, &archive, &hash, &error) == GUICHET_OK);
	CHECK_TEXT(archive, procedure->archive);
	CHECK(digest_equal(&hash, &procedure->hash));
	CLEANUP(procedure_free) struct procedure *again = procedure_read_archive(archive, NULL, &findings, &error);
	CHECK(again && findings.count == 0);
	CHECK(digest_equal(&again->hash, &procedure->hash));

	for (size_t cut = 0; cut < archive.length; cut += 997) {
		CLEANUP(procedure_findings_release) struct procedure_findings told = { 0 };
		CHECK(!procedure_read_archive(text_part(archive, 0, cut), NULL, &told, &error));
		CHECK_INTEGER(error.status, GUICHET_REFUSED);
	}
}

TEST(a_campaign_gives_whole_days_of_paris)
{
	CLEANUP(procedure_free) struct procedure *procedure = read_golden();
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	const struct campaign *campaign = read_campaign(arena, procedure);
	const struct campaign_window *filing = &campaign->windows[procedure_window_find(procedure, TEXT("dépôt"))];
	/* TTA-24, TTA-31: 6 June 00:00 to the end of 16 June, two hours ahead of UTC. */
	CHECK_TEXT(instant_iso(arena, filing->opens), TEXT("2023-06-05T22:00:00.000000Z"));
	CHECK_TEXT(instant_iso(arena, filing->closes), TEXT("2023-06-16T22:00:00.000000Z"));
	CHECK_TEXT(date_iso(arena, filing->last_day), TEXT("2023-06-16"));
	CHECK_INTEGER(campaign->contact_count, 3);
	CHECK_INTEGER(campaign->key_date_count, 3);
	CHECK_INTEGER(campaign->function_count, 2);

	struct feel_value *inputs = arena_array_of(arena, struct feel_value, procedure->slot_count);
	inputs[procedure->campaign_slot] = campaign_feel(arena, procedure, campaign);
	inputs[procedure->windows_slot] = campaign_windows_feel(arena, procedure, campaign->windows);
	struct feel_findings findings = { 0 };
	const struct feel *feel = feel_read(arena, procedure->opening_scope,
		TEXT("campagne.fin - campagne.effet > duration(\"P360D\")"
		     " and fenêtre.avis.premier_jour = date(\"2023-06-19\")"), &findings);
	CHECK(feel);
	struct feel_run run = { .arena = arena, .inputs = inputs };
	CHECK(feel_is_true(feel_evaluate(feel, &run)));
}

TEST(a_letter_is_filled_with_markers_and_its_values_apart)
{
	static const struct procedure_file files[] = {
		{ { "procedure.yaml", 14 }, { NULL, 0 } },
		{ { "lettres/l.md", 12 },
			TEXT("# Lettre\n\n{{si quand != null}}\nDu {{quand}} : {{choix}}.\n{{sinon}}\nSans date.\n{{fin}}\n\nFin.\n") },
	};
	static const char yaml[] =
		"guichet: 1\nprocédure: p\ntitre: P\nservice: bureau\nconservation: P1Y\n"
		"rôles: {agent: {libellé: a, est: demandeur}, bureau: {libellé: b, fonction: f, de: partout}}\n"
		"formulaire: {s: {titre: S, champs: {\n"
		"  quand: {libellé: Quand, type: date, pourquoi: p},\n"
		"  choix: {libellé: C, type: choix multiple, options: {un: Premier, deux: Deuxième}, obligatoire: oui, pourquoi: p}}}}\n"
		"circuit:\n  brouillon: {libellé: B, qui: agent, actions: {déposer: {libellé: D, vers: finie, produit: l}}}\n"
		"  finie: {libellé: F, fin: oui}\n"
		"lettres: {l: {titre: L, modèle: l.md}}\n";
	struct procedure_file given[2] = { files[0], files[1] };
	given[0].bytes = (struct text){ yaml, sizeof yaml - 1 };
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read_files(given, 2, NULL, &findings, &error);
	print_findings(&findings);
	CHECK(procedure && findings.count == 0);

	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct feel_value *inputs = arena_array_of(arena, struct feel_value, procedure->slot_count);
	struct feel_run run = { .arena = arena, .inputs = inputs };
	const struct text *holes;
	size_t count;
	const struct feel_value both[] = { feel_string(TEXT("deux")), feel_string(TEXT("un")) };
	inputs[procedure->fields[0].slot] = feel_date((struct date){ 2023, 6, 16 });
	inputs[procedure->fields[1].slot] = feel_list(both, 2);
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_MAIL);
	CHECK(procedure_fill_letter(procedure, &procedure->letters[0].template, &run, &out, &holes, &count, &error) == GUICHET_OK);
	CHECK_TEXT(buffer_text(&out),
		TEXT("# Lettre\n\nDu " HOLE_OPEN "0" HOLE_CLOSE " : " HOLE_OPEN "1" HOLE_CLOSE ".\n\nFin.\n"));
	CHECK_INTEGER(count, 2);
	CHECK_TEXT(holes[0], TEXT("16 juin 2023"));
	CHECK_TEXT(holes[1], TEXT("Deuxième et Premier"));

	/* A value is data: neither a marker nor a control character comes from it. */
	buffer_clear(&out);
	inputs[procedure->fields[0].slot] = feel_null(TEXT(""));
	const struct feel_value odd = feel_string(TEXT("a\x01" HOLE_OPEN "9" HOLE_CLOSE "b"));
	inputs[procedure->fields[1].slot] = feel_list(&odd, 1);
	CHECK(procedure_fill_text(procedure, &procedure->letters[0].template, &run, &out, &error) == GUICHET_OK);
	CHECK_TEXT(buffer_text(&out), TEXT("# Lettre\n\nSans date.\n\nFin.\n"));
}

/* Each allocation of our own fails in its turn: a refusal, never a half-read procedure. */
TEST(reading_survives_every_failed_allocation)
{
	static const struct procedure_file letter = { { "lettres/l.md", 12 }, { "{{quand}} {{si a = 1}}x{{fin}}\n", 31 } };
	static const char yaml[] =
		"guichet: 1\nprocédure: p\ntitre: P\nservice: bureau\nconservation: P1Y\n"
		"campagne: {effet: {libellé: E, type: date}}\nfenêtres: {f: {libellé: F}}\n"
		"rôles: {agent: {libellé: a, est: demandeur}, bureau: {libellé: b, fonction: f, de: partout}}\n"
		"formulaire: {s: {titre: S, champs: {\n"
		"  quand: {libellé: Quand, type: date, obligatoire: oui, pourquoi: p, contrôle: quand >= campagne.effet, message: m},\n"
		"  a: {libellé: A, type: entier, pourquoi: p}}}}\n"
		"circuit:\n  brouillon: {libellé: B, qui: agent, actions: {déposer: {libellé: D, vers: finie, produit: l, pendant: f}}}\n"
		"  finie: {libellé: F, fin: oui}\n"
		"lettres: {l: {titre: L, modèle: l.md}}\n"
		"courriers: {}\n";
	const struct procedure_file files[] = { { TEXT("procedure.yaml"), { yaml, sizeof yaml - 1 } }, letter };
	for (unsigned nth = 1;; nth++) {
		CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
		struct guichet_error error = { 0 };
		arena_fail_nth(nth);
		CLEANUP(procedure_free) struct procedure *procedure = procedure_read_files(files, 2, NULL, &findings, &error);
		const bool failed = arena_failed();
		arena_fail_nth(0);
		if (!failed) {
			print_findings(&findings);
			CHECK(procedure && findings.count == 0 && nth > 100);
			return;
		}
		if (procedure)
			test_fail(__FILE__, __LINE__, "allocation %u failed and the procedure was read, %zu findings", nth,
				findings.count);
		CHECK_INTEGER(error.status, GUICHET_BROKEN);
	}
}

TEST(a_number_beyond_its_bounds_is_refused_with_them)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	const struct feel_range both = { .low = feel_integer(0), .high = feel_integer(100) };
	const struct feel_range least = { .low = feel_integer(1) }, most = { .high = feel_integer(5) };
	struct feel_type type = { .kind = FEEL_NUMBER, .bounds = &both };
	const struct procedure_field share = { .type = PROCEDURE_FIELD_PERCENTAGE, .feel_type = &type };
	const struct procedure_field days = { .type = PROCEDURE_FIELD_INTEGER, .feel_type = &type };
	CHECK_INTEGER(procedure_field_refusal(arena, &share, feel_integer(100)).length, 0);
	CHECK_INTEGER(procedure_field_refusal(arena, &share, feel_null(TEXT(""))).length, 0);
	CHECK_TEXT(procedure_field_refusal(arena, &share, feel_integer(120)),
		TEXT("Écrivez un nombre entre 0 et 100 %."));
	type.bounds = &least;
	CHECK_TEXT(procedure_field_refusal(arena, &days, feel_integer(0)),
		TEXT("Écrivez un nombre qui ne soit pas inférieur à 1."));
	CHECK_INTEGER(procedure_field_refusal(arena, &days, feel_integer(1)).length, 0);
	type.bounds = &most;
	CHECK_TEXT(procedure_field_refusal(arena, &days, feel_integer(6)),
		TEXT("Écrivez un nombre qui ne dépasse pas 5."));
	type.bounds = NULL;
	CHECK_INTEGER(procedure_field_refusal(arena, &days, feel_integer(600)).length, 0);
}

TEST(a_number_is_shown_with_its_unit)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	const struct {
		const char *unit;
		int64_t value;
		const char *expected;
	} cases[] = {
		{ "jour", 0, "0 jour" }, { "jour", 1, "1 jour" }, { "jour", 2, "2 jours" },
		{ "jour", -1, "-1 jour" }, { "jour", -3, "-3 jours" }, { "mois", 4, "4 mois" },
		{ "an", 3, "3 ans" }, { "prix", 2, "2 prix" }, { "bureau", 2, "2 bureaux" },
		{ "cheval", 2, "2 chevaux" }, { "demi-journée", 2, "2 demi-journées" }, { "h", 7, "7 h" },
		{ "km", 12, "12 km" }, { "ETP", 3, "3 ETP" }, { "h par semaine", 35, "35 h par semaine" },
		{ "", 5, "5" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct procedure_field field = { .type = PROCEDURE_FIELD_INTEGER, .unit = text_of_string(cases[i].unit) };
		CHECK_TEXT(procedure_field_text(arena, &field, feel_integer(cases[i].value)), text_of_string(cases[i].expected));
	}
	const struct procedure_field days = { .type = PROCEDURE_FIELD_NUMBER, .unit = TEXT("jour") };
	struct feel_value half;
	CHECK(feel_number_read_french(TEXT("1,5"), &half));
	CHECK_TEXT(procedure_field_text(arena, &days, half), TEXT("1,5 jour")); /* the plural begins at two */
	CHECK_INTEGER(procedure_field_text(arena, &days, feel_null(TEXT(""))).length, 0);
	const struct feel_range both = { .low = feel_integer(1), .high = feel_integer(5) };
	const struct feel_type type = { .kind = FEEL_NUMBER, .bounds = &both };
	const struct procedure_field bounded = { .type = PROCEDURE_FIELD_INTEGER, .unit = TEXT("jour"), .feel_type = &type };
	CHECK_TEXT(procedure_field_bounds(arena, &bounded), TEXT("De 1 à 5 jours."));
}
