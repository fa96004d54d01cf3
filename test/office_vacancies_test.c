/* Roles that nobody holds: told when they become so, again until somebody holds them, no more after. */
#include "base/buffer.h"
#include "directory_help.h"
#include "office_help.h"

#include "base/banned.h"

#define STRUCTURES                                                \
	"code;type;nom;parent;département;adresse;courriel;régime\n" \
	"SG;service;Secrétariat général;;;;;application\n"          \
	"B1;service;Bureau des missions;SG;;;;application\n"         \
	"AG;service;Agence;;;;;application\n"
#define PERSONS                                                                 \
	"matricule;civilité;prénom;nom;courriel;corps;grade;catégorie;filière\n" \
	"P1;M.;Paul;Merlival;paul@ac.example;Attachés;;A;administrative\n"        \
	"L1;Mme;Léa;Orsaveine;lea@ac.example;Secrétaires;;B;administrative\n"     \
	"N1;M.;Noé;Tarvilan;noe@ac.example;Secrétaires;;C;administrative\n"       \
	"G1;Mme;Marion;Salisson;marion@ac.example;Attachés;;A;administrative\n"
#define COLUMNS "matricule;structure;fonction;quotité;début;fin\n"
#define HEAD "P1;SG;chef de service;100;2022-09-01;\n"
#define AGENT "L1;B1;agent;100;2022-09-01;\n"
#define OFFICE "G1;SG;gestionnaire;100;2022-09-01;\n"

static void
import(struct counter *counter, const char *day, struct text appointments)
{
	counter_import_all(counter, day, TEXT(STRUCTURES), TEXT(PERSONS), appointments);
}

static void
begin(struct counter *counter, struct text appointments)
{
	counter_begin_among(counter, COUNTER_MISSION, TEXT(STRUCTURES), TEXT(PERSONS), appointments);
}

/* What nobody holds on a day, a line each. */
static struct text
vacant(struct counter *counter, const char *day)
{
	struct guichet_error error = { 0 };
	const struct office_vacancy *list;
	size_t count;
	struct date date;
	struct text all = TEXT("");
	CHECK(date_read(text_of_string(day), &date));
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	counter_must(office_vacancies(counter->office, tx, counter->arena, NULL, date, &list, &count, &error), &error);
	for (size_t i = 0; i < count; i++)
		all = arena_format(counter->arena, TEXT_FORMAT TEXT_FORMAT "\n", TEXT_ARGS(all),
			TEXT_ARGS(office_vacancy_text(counter->arena, &list[i])));
	return all;
}

/* The alerts that are still to be looked at, and what the desk shows all the same. */
static size_t
alerts(struct counter *counter, size_t *ret_shown, struct office_alert *ret_first)
{
	struct guichet_error error = { 0 };
	const struct office_alert *list;
	const struct text *messages;
	size_t count;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	counter_must(office_list_alerts(tx, counter->arena, counter->campaign, 10, &list, &count, &error), &error);
	counter_must(office_vacancies_told(tx, counter->arena, counter->campaign, &messages, ret_shown, &error), &error);
	if (count)
		*ret_first = list[0];
	return count;
}

static void
see(struct counter *counter, const struct office_alert *alert)
{
	struct guichet_error error = { 0 };
	struct office_alert_seen seen = { .id = alert->id, .campaign = counter->campaign, .at = clock_now(counter->clock) };
	counter_must(store_transact(counter->store, office_alert_see, &seen, &error), &error);
	counter_must(seen.status, &seen.error);
}

TEST(the_last_holder_of_a_role_held_everywhere_is_missed_until_somebody_holds_it)
{
	CLEANUP(counter_close) struct counter c = { 0 };
	struct office_alert first = { 0 };
	size_t shown;
	begin(&c, TEXT(COLUMNS HEAD AGENT OFFICE));
	counter_at(&c, "2024-01-10T11:00");
	CHECK_INTEGER(alerts(&c, &shown, &first), 0);
	CHECK_INTEGER(shown, 0);

	import(&c, "2024-01-11", TEXT(COLUMNS HEAD AGENT));
	counter_at(&c, "2024-01-11T13:00");
	CHECK_INTEGER(alerts(&c, &shown, &first), 1);
	CHECK_INTEGER(shown, 1);
	CHECK_TEXT(first.role, TEXT("")); /* those who run the campaign are those who are missing: the operator */
	CHECK_FRENCH(first.message, TEXT("Personne ne tient le rôle « le bureau » (gestionnaire). Ce qui l’attend n’avance plus : "
		"complétez l’annuaire ou désignez un intérim."));
	/* Once looked at, it leaves the list for the day, not the desk. */
	see(&c, &first);
	counter_at(&c, "2024-01-11T18:00");
	CHECK_INTEGER(alerts(&c, &shown, &first), 0);
	CHECK_INTEGER(shown, 1);
	/* The next day it is back. */
	counter_at(&c, "2024-01-12T00:01");
	CHECK_INTEGER(alerts(&c, &shown, &first), 1);
	/* And over when somebody is appointed. */
	import(&c, "2024-01-12", TEXT(COLUMNS HEAD AGENT OFFICE));
	counter_at(&c, "2024-01-12T13:00");
	CHECK_INTEGER(alerts(&c, &shown, &first), 0);
	CHECK_INTEGER(shown, 0);
}

TEST(an_absence_and_the_end_of_an_appointment_leave_a_role_to_nobody)
{
	CLEANUP(counter_close) struct counter c = { 0 };
	struct office_alert first = { 0 };
	struct directory_report report;
	size_t shown;
	begin(&c, TEXT(COLUMNS HEAD AGENT "G1;SG;gestionnaire;100;2022-09-01;2024-01-31\n"));
	CHECK_TEXT(vacant(&c, "2024-01-31"), TEXT(""));
	CHECK(text_starts(vacant(&c, "2024-02-01"), TEXT("Personne ne tient le rôle")));
	const struct directory_import absence = { .paths = { [DIRECTORY_INTERIMS] = directory_test_file("interims.csv",
		TEXT("absent;remplaçant;structure;fonction;début;fin;référence;nature;lettres\nG1;;;;2024-01-15;2024-01-17;congé;;\n")) },
		.at = clock_now(c.clock) };
	counter_must(directory_import(c.store, c.arena, &absence, &report, &directory_test_error), &directory_test_error);
	CHECK_TEXT(vacant(&c, "2024-01-14"), TEXT(""));
	CHECK(vacant(&c, "2024-01-15").length > 0);
	CHECK_TEXT(vacant(&c, "2024-01-18"), TEXT(""));
	/* By themselves, on the day. */
	counter_at(&c, "2024-01-16T09:00");
	CHECK_INTEGER(alerts(&c, &shown, &first), 1);
	counter_at(&c, "2024-01-18T09:00");
	CHECK_INTEGER(alerts(&c, &shown, &first), 0);
	counter_at(&c, "2024-02-01T09:00");
	CHECK_INTEGER(alerts(&c, &shown, &first), 1);
}

/* What the agenda of a day says, a line each. */
static struct text
agenda_on(struct counter *counter, struct date day)
{
	struct guichet_error error = { 0 };
	struct office_agenda agenda;
	struct text all = TEXT("");
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	counter_must(office_agenda_of(counter->office, tx, counter->arena, day, NULL, &agenda, &error), &error);
	for (size_t i = 0; i < agenda.count; i++)
		all = arena_format(counter->arena, TEXT_FORMAT TEXT_FORMAT "\n", TEXT_ARGS(all), TEXT_ARGS(agenda.lines[i].what));
	return all;
}

TEST(the_agenda_says_which_role_will_be_left_to_nobody_and_why)
{
	CLEANUP(counter_close) struct counter c = { 0 };
	struct directory_report report;
	begin(&c, TEXT(COLUMNS AGENT "P1;SG;chef de service;100;2022-09-01;2024-02-14\n"
		"G1;SG;gestionnaire;100;2022-09-01;2024-01-31\n"));
	CHECK_FRENCH(agenda_on(&c, (struct date){ 2024, 2, 1 }), TEXT("Plus personne ne tiendra le rôle « le bureau » : fin de "
		"poste de Mme Marion Salisson (Secrétariat général)\n"));
	CHECK(french_contains(agenda_on(&c, (struct date){ 2024, 2, 15 }), TEXT("Bureau des missions : fin de poste de M. Paul Merlival "
		"(Secrétariat général)")));
	CHECK_FRENCH(agenda_on(&c, (struct date){ 2024, 2, 2 }), TEXT(""));
	const struct directory_import absence = { .paths = { [DIRECTORY_INTERIMS] = directory_test_file("interims.csv",
		TEXT("absent;remplaçant;structure;fonction;début;fin;référence;nature;lettres\nG1;;;;2024-01-15;2024-01-17;congé;;\n")) },
		.at = clock_now(c.clock) };
	counter_must(directory_import(c.store, c.arena, &absence, &report, &directory_test_error), &directory_test_error);
	CHECK_FRENCH(agenda_on(&c, (struct date){ 2024, 1, 15 }), TEXT("Absence\nPlus personne ne tiendra le rôle « le bureau » : "
		"absence de Mme Marion Salisson (Secrétariat général)\nAvis des chefs : ouverture\n"));
}

TEST(structures_without_a_head_there_or_above_are_named)
{
	CLEANUP(counter_close) struct counter c = { 0 };
	struct office_alert first = { 0 };
	size_t shown;
	/* Noé works where nobody directs; Léa has no head of her own, but there is one above. */
	begin(&c, TEXT(COLUMNS HEAD AGENT OFFICE "N1;AG;agent;100;2022-09-01;\n"));
	counter_at(&c, "2024-01-10T11:00");
	CHECK_INTEGER(alerts(&c, &shown, &first), 1);
	CHECK_TEXT(first.role, TEXT("bureau"));
	CHECK_FRENCH(first.message, TEXT("Personne ne tient le rôle « le chef de service » (chef de service) pour 1 structure, ni "
		"au-dessus : Agence. Une demande venue de là s’arrêterait : complétez l’annuaire ou désignez un intérim."));
	import(&c, "2024-01-11", TEXT(COLUMNS HEAD AGENT OFFICE));
	counter_at(&c, "2024-01-11T13:00");
	CHECK_INTEGER(alerts(&c, &shown, &first), 0);
}

TEST(a_campaign_that_is_over_misses_nobody)
{
	CLEANUP(counter_close) struct counter c = { 0 };
	begin(&c, TEXT(COLUMNS HEAD AGENT));
	CHECK(vacant(&c, "2024-01-10").length > 0);
	CHECK_TEXT(vacant(&c, "2030-01-01"), TEXT(""));
}
