/* Absences: who holds a function meanwhile, from the file to the lists, the rights and the events; and what waits for
 * nobody is told. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "directory_help.h"
#include "mail/mail.h"
#include "office_help.h"

#include "base/banned.h"

/* An académie with a general secretariat (Paul) and an office below it (Zoé); Aline is above all. */
#define STRUCTURES                                                \
	"code;type;nom;parent;département;adresse;courriel;régime\n" \
	"ACA;académie;Académie;;;;;\n"                               \
	"SG;service;Secrétariat général;ACA;;;;application\n"       \
	"B1;service;Bureau des missions;SG;;;;application\n"
#define PERSONS                                                                  \
	"matricule;civilité;prénom;nom;courriel;corps;grade;catégorie;filière\n"  \
	"R1;Mme;Aline;Corbevaux;aline@ac.example;Recteurs;;A;direction\n"          \
	"P1;M.;Paul;Merlival;paul@ac.example;Attachés;;A;administrative\n"         \
	"Z1;Mme;Zoé;Vernelin;zoe@ac.example;Attachés;;A;administrative\n"          \
	"L1;Mme;Léa;Orsaveine;lea@ac.example;Secrétaires;;B;administrative\n"      \
	"N1;M.;Noé;Tarvilan;noe@ac.example;Secrétaires;;C;administrative\n"        \
	"G1;Mme;Marion;Salisson;marion@ac.example;Attachés;;A;administrative\n"
#define APPOINTMENTS                                      \
	"matricule;structure;fonction;quotité;début;fin\n" \
	"R1;ACA;chef de service;100;2022-09-01;\n"          \
	"P1;SG;chef de service;100;2022-09-01;\n"           \
	"Z1;B1;chef de service;100;2022-09-01;\n"           \
	"L1;B1;agent;100;2022-09-01;\n"                     \
	"N1;B1;agent;100;2022-09-01;\n"                     \
	"G1;SG;gestionnaire;100;2022-09-01;\n"
#define INTERIMS "absent;remplaçant;structure;fonction;début;fin;référence;nature;lettres\n"

static const struct text none = { 0 };

static enum guichet_status
import_interims(struct counter *counter, const char *day, struct text interims, struct directory_report *ret_report)
{
	struct date date;
	CHECK(date_read(text_of_string(day), &date));
	const struct directory_import import = { .paths = { [DIRECTORY_INTERIMS] = directory_test_file("interims.csv", interims) },
		.at = instant_of_paris(date, (struct clock_time){ .hour = 12 }) };
	return directory_import(counter->store, counter->arena, &import, ret_report, &directory_test_error);
}

static void
academy_open(struct counter *counter, const char *procedure)
{
	char path[100];
	struct guichet_error error = { 0 };
	struct directory_report report;
	snprintf(path, sizeof path, "%s/data", test_directory());
	counter_open(counter, path, "2024-01-10T10:00");
	counter_must(directory_test_import(counter->store, "2024-01-09", TEXT(STRUCTURES), TEXT(PERSONS), TEXT(APPOINTMENTS), true,
		counter->arena, &report), &directory_test_error);
	counter_must(office_campaign_open(counter->office, procedure, "2024", &error), &error);
	counter->campaign = office_campaigns(counter->office, counter->arena).at[0];
}

#define WITH_ACADEMY_OF(name, procedure) \
	CLEANUP(counter_close) struct counter name = { 0 }; \
	academy_open(&name, procedure)
#define WITH_ACADEMY(name) WITH_ACADEMY_OF(name, COUNTER_MISSION)

static void
interims(struct counter *counter, const char *day, const char *lines)
{
	struct directory_report report;
	const struct text file = arena_format(counter->arena, INTERIMS "%s", lines);
	counter_must(import_interims(counter, day, file, &report), &directory_test_error);
	CHECK_INTEGER(report.refusal_count, 0);
}

/* "chef de service@B1 par intérim de Mme Zoé Vernelin (arrêté)": all the functions of a person now. */
static struct text
functions_of(struct counter *counter, const char *matricule)
{
	struct guichet_error error = { 0 };
	const struct text person = counter_person(counter, matricule);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	struct directory_functions functions;
	counter_must(directory_functions_of(tx, counter->arena, person, date_of_instant(clock_now(counter->clock), NULL), &functions,
		&error), &error);
	struct text all = TEXT("");
	for (size_t i = 0; i < functions.count; i++) {
		const struct directory_function *held = &functions.at[i];
		all = arena_format(counter->arena, TEXT_FORMAT "%s" TEXT_FORMAT "@" TEXT_FORMAT, TEXT_ARGS(all), i ? ", " : "",
			TEXT_ARGS(held->function), TEXT_ARGS(held->structure_code));
		if (held->instead_of.length)
			all = arena_format(counter->arena, TEXT_FORMAT " pour " TEXT_FORMAT " (" TEXT_FORMAT ")", TEXT_ARGS(all),
				TEXT_ARGS(held->instead_of), TEXT_ARGS(held->reference));
	}
	return all;
}

/* The names of the subjects of what waits for a person now. */
static struct text
waiting_for(struct counter *counter, const char *matricule)
{
	const struct office_rows rows = counter_waiting(counter, matricule);
	struct text all = TEXT("");
	for (size_t i = 0; i < rows.count; i++)
		all = arena_format(counter->arena, TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(all), i ? ", " : "",
			TEXT_ARGS(rows.at[i].subject_name));
	return all;
}

/* Who gave the last answer of a dossier, as its events say. */
static struct text
last_answer(struct counter *counter, struct text id)
{
	struct guichet_error error = { 0 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	struct office_dossier dossier;
	counter_must(office_dossier_load(counter->office, tx, counter->arena, id, NULL, clock_now(counter->clock), &dossier, &error),
		&error);
	return dossier_last(&dossier.state)->by;
}

static size_t
alerts(struct counter *counter, struct text *ret_first)
{
	struct guichet_error error = { 0 };
	const struct office_alert *list;
	size_t count;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	counter_must(office_list_alerts(tx, counter->arena, counter->campaign, 10, &list, &count, &error), &error);
	*ret_first = count ? list[0].message : none;
	return count;
}

#define NO_ANSWER ((struct dossier_raws){ 0 })

/* ---- the file ---- */

TEST(interims_are_read_once_and_follow_their_file)
{
	WITH_ACADEMY(a);
	struct directory_report report;
	const struct text file = TEXT(INTERIMS "Z1;L1;B1;chef de service;15/01/2024;26/01/2024;Décision 2024-3\nP1;;;;2024-02-01;;Arrêté 7\n");
	counter_must(import_interims(&a, "2024-01-10", file, &report), &directory_test_error);
	CHECK_INTEGER(report.counts[DIRECTORY_INTERIMS].added, 2);
	counter_must(import_interims(&a, "2024-01-11", file, &report), &directory_test_error);
	CHECK_INTEGER(report.counts[DIRECTORY_INTERIMS].unchanged, 2);
	CHECK_INTEGER(report.counts[DIRECTORY_INTERIMS].added + report.counts[DIRECTORY_INTERIMS].ended, 0);

	/* Changed under way, the same file twice still changes nothing; the days before stay as they were. */
	const struct text other = TEXT(INTERIMS "Z1;N1;B1;chef de service;15/01/2024;30/01/2024;Décision 2024-4\n");
	counter_must(import_interims(&a, "2024-01-17", other, &report), &directory_test_error);
	CHECK_INTEGER(report.counts[DIRECTORY_INTERIMS].changed, 1);
	CHECK_INTEGER(report.counts[DIRECTORY_INTERIMS].ended, 1); /* without --force: an absence may be called off */
	counter_must(import_interims(&a, "2024-01-18", other, &report), &directory_test_error);
	CHECK_INTEGER(report.counts[DIRECTORY_INTERIMS].unchanged, 1);
	counter_at(&a, "2024-01-16T10:00");
	CHECK_TEXT(functions_of(&a, "L1"), TEXT("agent@B1, chef de service@B1 pour Mme Zoé Vernelin (Décision 2024-3)"));
	counter_at(&a, "2024-01-18T10:00");
	CHECK_TEXT(functions_of(&a, "L1"), TEXT("agent@B1"));
	CHECK_TEXT(functions_of(&a, "N1"), TEXT("agent@B1, chef de service@B1 pour Mme Zoé Vernelin (Décision 2024-4)"));
}

TEST(interims_that_cannot_stand_are_refused_line_by_line)
{
	WITH_ACADEMY(a);
	struct directory_report report;
	static const struct {
		const char *line, *message;
	} refused[] = {
		{ "Z1;Z1;;;2024-01-15;;X", "Personne ne se remplace soi-même" },
		{ "Z1;X9;;;2024-01-15;;X", "Le matricule « X9 » n’est pas dans l’annuaire" },
		{ "X9;Z1;;;2024-01-15;;X", "Le matricule « X9 » n’est pas dans l’annuaire" },
		{ "Z1;L1;B7;;2024-01-15;;X", "La structure « B7 » n’est pas dans l’annuaire" },
		{ "Z1;L1;;;2024-01-15;2024-01-14;X", "L’intérim finit avant de commencer" },
		{ "Z1;L1;;;hier;;X", "« hier » n’est pas une date" },
		{ "Z1;L1;;;;;X", "La colonne « début » est vide" },
		{ "Z1;L1;;;2024-01-15;;", "La colonne « référence » est vide" },
		{ "Z1;L1;;;2024-01-15;;X;pouvoir", "La nature « pouvoir » n’est pas connue" },
		{ "Z1;L1;;;2024-01-15;;X;;accord", "Seule une délégation nomme des lettres" },
		{ "Z1;;;;2024-01-15;;X;délégation", "Une délégation dit qui signe" },
	};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		const struct text file = arena_format(a.arena, INTERIMS "%s\nP1;R1;;;2024-01-15;;Arrêté\n", refused[i].line);
		counter_must(import_interims(&a, "2024-01-10", file, &report), &directory_test_error);
		CHECK_INTEGER(report.refusal_count, 1);
		CHECK(text_starts(report.refusals[0].message, text_of_string(refused[i].message)));
		CHECK_INTEGER(report.refusals[0].line, 2);
	}
	CHECK_TEXT(functions_of(&a, "P1"), TEXT("chef de service@SG"));
	counter_at(&a, "2024-01-15T00:00");
	CHECK_TEXT(functions_of(&a, "P1"), TEXT(""));
}

/* ---- who holds what, day by day ---- */

TEST(a_replacement_holds_the_functions_of_who_is_absent_during_the_dates)
{
	WITH_ACADEMY(a);
	interims(&a, "2024-01-10", "Z1;P1;;;15/01/2024;26/01/2024;Décision 3\n");
	CHECK_TEXT(functions_of(&a, "P1"), TEXT("chef de service@SG"));
	counter_at(&a, "2024-01-15T00:00");
	CHECK_TEXT(functions_of(&a, "P1"), TEXT("chef de service@SG, chef de service@B1 pour Mme Zoé Vernelin (Décision 3)"));
	CHECK_TEXT(functions_of(&a, "Z1"), TEXT(""));
	counter_at(&a, "2024-01-26T23:59");
	CHECK_TEXT(functions_of(&a, "Z1"), TEXT(""));
	counter_at(&a, "2024-01-27T00:00");
	CHECK_TEXT(functions_of(&a, "P1"), TEXT("chef de service@SG"));
	CHECK_TEXT(functions_of(&a, "Z1"), TEXT("chef de service@B1"));
}

TEST(an_interim_of_one_function_leaves_the_others)
{
	WITH_ACADEMY(a);
	interims(&a, "2024-01-10", "Z1;L1;SG;;15/01/2024;;Décision 3\nP1;L1;;gestionnaire;15/01/2024;;Décision 4\n");
	counter_at(&a, "2024-01-16T10:00");
	CHECK_TEXT(functions_of(&a, "L1"), TEXT("agent@B1"));
	CHECK_TEXT(functions_of(&a, "Z1"), TEXT("chef de service@B1"));
	CHECK_TEXT(functions_of(&a, "P1"), TEXT("chef de service@SG"));
}

/* What is told of the interims of a person, on the first day given. */
static struct text
told_of(struct counter *counter, const char *matricule)
{
	struct guichet_error error = { 0 };
	const struct text person = counter_person(counter, matricule);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	const struct directory_interim *list;
	size_t count;
	counter_must(directory_interims_of(tx, counter->arena, person, date_of_instant(clock_now(counter->clock), NULL), &list,
		&count, &error), &error);
	struct text all = TEXT("");
	for (size_t i = 0; i < count; i++)
		all = arena_format(counter->arena, TEXT_FORMAT TEXT_FORMAT "\n", TEXT_ARGS(all),
			TEXT_ARGS(directory_interim_french(counter->arena, &list[i], person)));
	return all;
}

TEST(interims_are_told_to_both_persons_until_they_are_over)
{
	WITH_ACADEMY(a);
	interims(&a, "2024-01-10", "Z1;P1;B1;chef de service;15/01/2024;19/01/2024;Décision 3\nZ1;;;;01/02/2024;;Congé\n"
		"P1;G1;;;15/01/2024;;Arrêté 12;délégation;accord refus\n");
	CHECK_TEXT(told_of(&a, "Z1"), TEXT("Du 15 janvier 2024 au 19 janvier 2024, absence, intérim assuré par M. Paul Merlival : "
		"chef de service, Bureau des missions (Décision 3)\nÀ partir du 1er février 2024, absence sans intérim (Congé)\n"));
	CHECK_TEXT(told_of(&a, "G1"), TEXT("À partir du 15 janvier 2024, délégation de signature de M. Paul Merlival : accord "
		"refus (Arrêté 12)\n"));
	counter_at(&a, "2024-01-20T10:00");
	CHECK_TEXT(told_of(&a, "P1"), TEXT("À partir du 15 janvier 2024, délégation de signature donnée à Mme Marion Salisson : "
		"accord refus (Arrêté 12)\n"));
}

/* ---- requests ---- */

TEST(what_waits_for_an_absent_person_goes_to_their_replacement_and_comes_back)
{
	WITH_ACADEMY(a);
	struct guichet_error error = { 0 };
	const struct office_command *lea = counter_file(&a, "L1", "83,33", "autre"), *noe = counter_file(&a, "N1", "80", "soins");
	CHECK_TEXT(waiting_for(&a, "Z1"), TEXT("Orsaveine Léa, Tarvilan Noé"));
	interims(&a, "2024-01-10", "Z1;P1;;;15/01/2024;19/01/2024;Décision 3\n");
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT(""));

	counter_at(&a, "2024-01-16T10:00");
	CHECK_TEXT(waiting_for(&a, "Z1"), TEXT(""));
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT("Orsaveine Léa, Tarvilan Noé"));
	CHECK_INTEGER(counter_act(&a, "Z1", "accepter", lea->dossier, NO_ANSWER)->status, GUICHET_UNKNOWN);
	const struct office_command *done = counter_act(&a, "P1", "accepter", lea->dossier, NO_ANSWER);
	counter_must(done->status, &done->error);
	CHECK(text_find(done->outcome.event.payload, TEXT("\"authority\":\"Décision 3\"")) != SIZE_MAX);
	CHECK(text_find(done->outcome.event.payload, TEXT("chef de service par intérim de Mme Zoé Vernelin")) != SIZE_MAX);
	CHECK(text_find(last_answer(&a, lea->dossier), TEXT("Paul Merlival")) != SIZE_MAX);

	counter_at(&a, "2024-01-20T10:00");
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT(""));
	CHECK_TEXT(waiting_for(&a, "Z1"), TEXT("Tarvilan Noé"));
	CHECK_INTEGER(counter_act(&a, "P1", "accepter", noe->dossier, NO_ANSWER)->status, GUICHET_UNKNOWN);
	struct office_findings findings;
	counter_must(office_verify(a.office, &findings, &error), &error);
	CHECK_INTEGER(findings.broken, 0);
}

TEST(without_a_replacement_it_goes_up_and_comes_back)
{
	WITH_ACADEMY(a);
	const struct office_command *lea = counter_file(&a, "L1", "83,33", "autre");
	interims(&a, "2024-01-10", "Z1;;;;15/01/2024;19/01/2024;Congé\n");
	counter_at(&a, "2024-01-16T10:00");
	const struct office_command *noe = counter_file(&a, "N1", "80", "soins"); /* filed meanwhile */
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT("Orsaveine Léa, Tarvilan Noé"));
	CHECK_TEXT(waiting_for(&a, "R1"), TEXT(""));
	const struct office_command *done = counter_act(&a, "P1", "accepter", lea->dossier, NO_ANSWER);
	counter_must(done->status, &done->error);
	counter_at(&a, "2024-01-20T10:00");
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT(""));
	CHECK_TEXT(waiting_for(&a, "Z1"), TEXT("Tarvilan Noé"));
	counter_must(counter_act(&a, "Z1", "accepter", noe->dossier, NO_ANSWER)->status, &noe->error);
}

/* ---- one's own request ---- */

TEST(nobody_answers_their_own_request_even_by_interim)
{
	WITH_ACADEMY(a);
	const struct office_command *lea = counter_file(&a, "L1", "83,33", "autre");
	interims(&a, "2024-01-10", "Z1;L1;;;15/01/2024;19/01/2024;Décision 3\n");
	counter_at(&a, "2024-01-16T10:00");
	CHECK_TEXT(waiting_for(&a, "L1"), TEXT(""));
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT("Orsaveine Léa"));
	CHECK_INTEGER(counter_act(&a, "L1", "accepter", lea->dossier, NO_ANSWER)->status, GUICHET_REFUSED);
	const struct office_command *done = counter_act(&a, "P1", "accepter", lea->dossier, NO_ANSWER);
	counter_must(done->status, &done->error);
}

TEST(the_request_of_a_head_goes_up_and_the_office_is_told_when_there_is_nobody)
{
	WITH_ACADEMY(a);
	struct text message;
	const struct office_command *zoe = counter_file(&a, "Z1", "83,33", "autre");
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT("Vernelin Zoé"));
	CHECK_INTEGER(counter_act(&a, "Z1", "accepter", zoe->dossier, NO_ANSWER)->status, GUICHET_REFUSED);
	CHECK_INTEGER(alerts(&a, &message), 0);
	const struct office_command *aline = counter_file(&a, "R1", "83,33", "autre");
	CHECK_INTEGER(alerts(&a, &message), 1);
	CHECK_TEXT(message, TEXT("Cette demande attend quelqu’un que l’annuaire ne nomme pas : le chef de service. Complétez "
		"l’annuaire ou désignez un intérim, puis prévenez cette personne."));
	/* Somebody replaces Aline where she works: it waits for them. */
	interims(&a, "2024-01-10", "R1;P1;;;11/01/2024;19/01/2024;Décret\n");
	counter_at(&a, "2024-01-16T10:00");
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT("Vernelin Zoé, Corbevaux Aline"));
	const struct office_command *done = counter_act(&a, "P1", "accepter", aline->dossier, NO_ANSWER);
	counter_must(done->status, &done->error);
}

/* ---- delegation of signature ---- */

/* What becomes of a signature when the letter is not typeset yet: that it is not ready is told only to who may sign. */
static enum dossier_refusal
try_to_sign(struct counter *counter, const char *matricule, struct text dossier)
{
	const struct office_command *command = counter_act(counter, matricule, "signer", dossier, NO_ANSWER);
	CHECK(command->status == GUICHET_REFUSED || command->status == GUICHET_UNKNOWN);
	return command->status == GUICHET_UNKNOWN ? DOSSIER_NOT_THEIRS : command->outcome.refusal;
}

TEST(a_delegation_lets_sign_between_its_dates_and_nothing_else)
{
	WITH_ACADEMY_OF(a, "test/interim/accord");
	const struct office_command *lea = counter_file(&a, "L1", "80", "autre");
	interims(&a, "2024-01-10", "Z1;G1;;chef de service;15/01/2024;19/01/2024;Arrêté 12;délégation;accord\n"
		"Z1;N1;;;15/01/2024;;Arrêté 13;délégation;refus\n");
	CHECK_INTEGER(try_to_sign(&a, "N1", lea->dossier), DOSSIER_NOT_THEIRS);
	CHECK_TEXT(waiting_for(&a, "G1"), TEXT(""));
	/* From the first instant of its first day to the last one of its last. */
	counter_at(&a, "2024-01-14T23:59");
	CHECK_INTEGER(try_to_sign(&a, "G1", lea->dossier), DOSSIER_NOT_THEIRS);
	counter_at(&a, "2024-01-15T00:00");
	CHECK_INTEGER(try_to_sign(&a, "G1", lea->dossier), DOSSIER_TEXT_NOT_READY);

	counter_at(&a, "2024-01-16T10:00");
	CHECK_TEXT(functions_of(&a, "G1"), TEXT("gestionnaire@SG")); /* no function is taken from who gives it */
	CHECK_TEXT(functions_of(&a, "Z1"), TEXT("chef de service@B1"));
	CHECK_TEXT(waiting_for(&a, "G1"), TEXT("Orsaveine Léa"));
	CHECK_TEXT(waiting_for(&a, "Z1"), TEXT("Orsaveine Léa"));
	CHECK_TEXT(waiting_for(&a, "N1"), TEXT("")); /* for another letter */
	CHECK_INTEGER(try_to_sign(&a, "G1", lea->dossier), DOSSIER_TEXT_NOT_READY);
	CHECK_INTEGER(try_to_sign(&a, "Z1", lea->dossier), DOSSIER_TEXT_NOT_READY);
	CHECK_INTEGER(try_to_sign(&a, "N1", lea->dossier), DOSSIER_NOT_THEIRS);
	const struct office_command *other = counter_act(&a, "G1", "écarter", lea->dossier, NO_ANSWER);
	CHECK_INTEGER(other->status, GUICHET_REFUSED);
	CHECK_INTEGER(other->outcome.refusal, DOSSIER_NOT_THEIRS);

	counter_at(&a, "2024-01-19T23:59");
	CHECK_INTEGER(try_to_sign(&a, "G1", lea->dossier), DOSSIER_TEXT_NOT_READY);
	counter_at(&a, "2024-01-20T00:00");
	CHECK_TEXT(waiting_for(&a, "G1"), TEXT(""));
	CHECK_INTEGER(try_to_sign(&a, "G1", lea->dossier), DOSSIER_NOT_THEIRS);
	CHECK_INTEGER(try_to_sign(&a, "Z1", lea->dossier), DOSSIER_TEXT_NOT_READY);
}

TEST(a_delegation_survives_the_absence_of_who_gives_it_but_not_ones_own_request)
{
	WITH_ACADEMY_OF(a, "test/interim/accord");
	const struct office_command *lea = counter_file(&a, "L1", "80", "autre");
	interims(&a, "2024-01-10", "Z1;G1;;;15/01/2024;;Arrêté 12;délégation;\nZ1;L1;;;15/01/2024;;Arrêté 12;délégation;\n"
		"Z1;;;;15/01/2024;;Congé;;\n");
	counter_at(&a, "2024-01-16T10:00");
	CHECK_INTEGER(try_to_sign(&a, "G1", lea->dossier), DOSSIER_TEXT_NOT_READY);
	CHECK_INTEGER(try_to_sign(&a, "L1", lea->dossier), DOSSIER_NOT_THEIRS);
	CHECK_INTEGER(try_to_sign(&a, "Z1", lea->dossier), DOSSIER_NOT_THEIRS);
	CHECK_INTEGER(try_to_sign(&a, "P1", lea->dossier), DOSSIER_TEXT_NOT_READY);
}

/* Who asks gave a delegation: it does not sign their own request, which goes up. */
static void
delegate_of_who_asks(const char *folder)
{
	WITH_ACADEMY_OF(a, folder);
	interims(&a, "2024-01-10", "Z1;G1;;;15/01/2024;;Arrêté 12;délégation;\n");
	counter_at(&a, "2024-01-16T10:00");
	const struct office_command *own = counter_file(&a, "Z1", "80", "autre");
	CHECK_TEXT(waiting_for(&a, "G1"), TEXT(""));
	CHECK_INTEGER(try_to_sign(&a, "G1", own->dossier), DOSSIER_NOT_THEIRS);
	CHECK_INTEGER(try_to_sign(&a, "Z1", own->dossier), DOSSIER_NOT_THEIRS);
	CHECK_INTEGER(try_to_sign(&a, "P1", own->dossier), DOSSIER_TEXT_NOT_READY);
}

TEST(a_delegation_of_who_asks_does_not_sign_their_own_request)
{
	delegate_of_who_asks("test/interim/accord");
}

TEST(a_delegation_of_who_asks_does_not_sign_their_own_request_where_every_chief_above_may)
{
	char folder[200], command[600];
	snprintf(folder, sizeof folder, "%s/accord", test_directory());
	snprintf(command, sizeof command, "cp -r test/interim/accord '%s' && sed -i 's/de: structure}/de: ressort}/' "
		"'%s/procedure.yaml'", folder, folder);
	CHECK(system(command) == 0);
	delegate_of_who_asks(folder);
}

/* ---- absences that people declare ---- */

static enum guichet_status
declare_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	return directory_absence_declare(tx, arena, context, error);
}

static enum guichet_status
declare(struct counter *counter, const char *absent, const char *replacement, const char *from, const char *to,
	struct text *ret_id, struct guichet_error *error)
{
	struct directory_absence absence = { .id = id_new(counter->arena, clock_now(counter->clock)),
		.absent = counter_person(counter, absent), .replacement = *replacement ? counter_person(counter, replacement) : none,
		.at = clock_now(counter->clock) };
	(void)!date_read(text_of_string(from), &absence.from);
	(void)!date_read(text_of_string(to), &absence.to);
	*ret_id = absence.id;
	return store_transact(counter->store, declare_work, &absence, error);
}

static enum guichet_status
end_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct directory_absence *absence = context;
	return directory_absence_end(tx, absence->id, absence->absent, absence->at, error);
}

TEST(an_absence_is_declared_by_who_will_be_away_who_replaces_is_told_on_the_first_day)
{
	WITH_ACADEMY_OF(counter, COUNTER_MISSION);
	struct guichet_error error = { 0 };
	struct text id;
	static const struct { const char *absent, *replacement, *from, *to, *why; } refused[] = {
		{ "Z1", "L1", "2024-01-09", "2024-01-12", "jours passés" },
		{ "Z1", "L1", "2024-01-15", "2024-01-12", "Le dernier jour vient avant" },
		{ "Z1", "L1", "", "2024-01-12", "Donnez le premier" },
		{ "Z1", "L1", "2024-01-15", "2026-01-12", "un an au plus" },
		{ "P1", "P1", "2024-01-15", "2024-01-19", "ne peut pas vous remplacer" },
	};
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		error = (struct guichet_error){ 0 };
		CHECK(declare(&counter, refused[i].absent, refused[i].replacement, refused[i].from, refused[i].to, &id, &error)
			== GUICHET_REFUSED);
		test_case(strstr(error.message, refused[i].why), __FILE__, __LINE__, "%s", error.message);
	}
	counter_must(declare(&counter, "Z1", "P1", "2024-01-15", "2024-01-19", &id, &error), &error);
	CHECK(declare(&counter, "Z1", "", "2024-01-19", "2024-01-20", &id, &error) == GUICHET_REFUSED);
	CHECK(declare(&counter, "L1", "Z1", "2024-01-17", "2024-01-18", &id, &error) == GUICHET_REFUSED);

	/* An import of the employer's own absences leaves it alone. */
	struct directory_report report;
	counter_must(import_interims(&counter, "2024-01-11", TEXT(INTERIMS), &report), &directory_test_error);
	CHECK(report.counts[DIRECTORY_INTERIMS].ended == 0);

	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter.store, &error);
	const struct directory_declared *declared;
	size_t count;
	counter_must(directory_absences_declared(tx, counter.arena, counter_person(&counter, "Z1"), (struct date){ 2024, 1, 11 },
		&declared, &count, &error), &error);
	CHECK(count == 1);
	CHECK_TEXT(declared[0].replacement_name, TEXT("M. Paul Merlival"));
	CHECK(declared[0].to.day == 19);
}

static size_t
mails_to(struct counter *counter, const char *matricule)
{
	struct guichet_error error = { 0 };
	struct mail_list list;
	const struct mail_filter filter = { .person = counter_person(counter, matricule) };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	counter_must(mail_list_for(tx, counter->arena, &filter, NULL, 50, &list, &error), &error);
	size_t count = 0;
	for (size_t i = 0; i < list.count; i++)
		count += text_equal(list.at[i].occasion, TEXT("intérim"));
	return count;
}

TEST(who_replaces_somebody_is_written_to_once_on_the_first_day_and_not_when_it_was_called_off)
{
	WITH_ACADEMY_OF(counter, COUNTER_MISSION);
	struct guichet_error error = { 0 };
	struct text first, second;
	counter_must(declare(&counter, "Z1", "P1", "2024-01-15", "2024-01-19", &first, &error), &error);
	counter_must(declare(&counter, "Z1", "L1", "2024-02-01", "2024-02-02", &second, &error), &error);
	counter_at(&counter, "2024-01-14T23:59");
	CHECK(mails_to(&counter, "P1") == 0);
	counter_at(&counter, "2024-01-15T07:30");
	counter_at(&counter, "2024-01-16T07:30");
	CHECK(mails_to(&counter, "P1") == 1);
	struct directory_absence ending = { .id = second, .absent = counter_person(&counter, "Z1"), .at = clock_now(counter.clock) };
	counter_must(store_transact(counter.store, end_work, &ending, &error), &error);
	CHECK(store_transact(counter.store, end_work, &ending, &error) == GUICHET_REFUSED);
	counter_at(&counter, "2024-02-01T12:00");
	CHECK(mails_to(&counter, "L1") == 0);
	/* nobody ends somebody else's */
	counter_must(declare(&counter, "Z1", "P1", "2024-03-01", "2024-03-02", &first, &error), &error);
	ending = (struct directory_absence){ .id = first, .absent = counter_person(&counter, "P1"), .at = clock_now(counter.clock) };
	CHECK(store_transact(counter.store, end_work, &ending, &error) == GUICHET_REFUSED);
}

TEST(a_role_that_empties_while_a_request_waits_goes_up_and_is_told_when_nobody_is_left)
{
	WITH_ACADEMY(a);
	struct directory_report report;
	struct guichet_error error = { 0 };
	struct text message;
	(void)counter_file(&a, "L1", "83,33", "autre");
	(void)counter_file(&a, "Z1", "83,33", "autre"); /* her own goes up, and stays there */
	counter_at(&a, "2024-01-10T11:00");
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT("Vernelin Zoé"));
	CHECK_TEXT(waiting_for(&a, "Z1"), TEXT("Orsaveine Léa"));
	CHECK_INTEGER(alerts(&a, &message), 0);

	/* Zoé leaves her post: it goes up to Paul, whom nobody had asked. */
	counter_must(directory_test_import(a.store, "2024-01-11", TEXT(STRUCTURES), TEXT(PERSONS),
		TEXT("matricule;structure;fonction;quotité;début;fin\n" "R1;ACA;chef de service;100;2022-09-01;\n"
			"P1;SG;chef de service;100;2022-09-01;\n" "L1;B1;agent;100;2022-09-01;\n" "N1;B1;agent;100;2022-09-01;\n"
			"G1;SG;gestionnaire;100;2022-09-01;\n"), true, a.arena, &report), &directory_test_error);
	counter_at(&a, "2024-01-11T13:00");
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT("Orsaveine Léa, Vernelin Zoé"));
	CHECK_INTEGER(alerts(&a, &message), 0);

	/* Somebody takes the post: it comes back down. */
	counter_must(directory_test_import(a.store, "2024-01-12", TEXT(STRUCTURES), TEXT(PERSONS), TEXT(APPOINTMENTS), true, a.arena,
		&report), &directory_test_error);
	counter_at(&a, "2024-01-12T12:30");
	CHECK_TEXT(waiting_for(&a, "Z1"), TEXT("Orsaveine Léa"));
	CHECK_TEXT(waiting_for(&a, "P1"), TEXT("Vernelin Zoé"));

	/* Then there is no head at all: whoever runs the campaign is told, once. */
	counter_must(directory_test_import(a.store, "2024-01-13", TEXT(STRUCTURES), TEXT(PERSONS),
		TEXT("matricule;structure;fonction;quotité;début;fin\n" "L1;B1;agent;100;2022-09-01;\n"
			"G1;SG;gestionnaire;100;2022-09-01;\n"), true, a.arena, &report), &directory_test_error);
	counter_at(&a, "2024-01-13T12:30");
	counter_must(office_catch_up(a.office, &error), &error);
	counter_at(&a, "2024-01-14T13:00");
	CHECK_INTEGER(alerts(&a, &message), 3); /* one for each request, and one for the role */
	CHECK(text_starts(message, TEXT("Plus personne ne tient le rôle")));
}
