/* The history of a place of the demonstration: played through the office, and refused with the line that is wrong. */
#include "demo_history.h"

#include <unistd.h>

#include "base/french.h"
#include "demo_place.h"
#include "document/typesetter.h"
#include "office_help.h"
#include "processes.h"

#include "base/banned.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#define BEGINNING "titre: Une année\ncampagne: mission-2024\n" \
	"modèles:\n  soin: {quotité: 60, motif: soins}\n" \
	"suites:\n  acceptée:\n    - {après: 2 jours ouvrés, en tant que: chef, fait: accepter}\n"

/* Plays this text at a counter of missions; what became of it. */
static enum guichet_status
play(struct counter *counter, const char *text, struct guichet_error *error)
{
	char path[200];
	snprintf(path, sizeof path, "%s/histoire.yaml", test_directory());
	FILE *file = fopen(path, "w");
	CHECK(file && fputs(text, file) >= 0 && fclose(file) == 0);
	const struct demo_stage stage = { .office = counter->office, .store = counter->store, .clock = counter->clock,
		.folder = test_directory(), .start = clock_now(counter->clock) + 60 * INSTANT_DAY };
	CHECK(demo_history_exists(test_directory()));
	return demo_history_play(&stage, error);
}

static struct text
state_of(struct counter *counter, struct text person)
{
	struct guichet_error error = { 0 };
	struct office_rows rows;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_list_of_subject(counter->office, tx, counter->arena, person, &rows, &error), &error);
	return rows.count == 0 ? TEXT("rien") : rows.at[0].procedure->steps[rows.at[0].step].name;
}

TEST(a_history_is_played_in_the_order_of_time_and_what_is_due_between_happens)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct guichet_error error = { 0 };
	counter_begin(&counter);
	counter_must(play(&counter, BEGINNING
		"histoires:\n"
		"  - {titre: Oubliée, agent: N1, étapes: [{à: 2024-01-16T09:00, fait: déposer, comme: soin, avec: {quotité: 90}}]}\n"
		"  - titre: Acceptée\n    agent: L1\n    étapes:\n"
		"      - {à: 2024-01-11T09:00, fait: déposer, comme: soin, avec: {quotité: 90}}\n"
		"      - {reprend: acceptée}\n", &error), &error);
	CHECK_TEXT(state_of(&counter, counter_person(&counter, "L1")), TEXT("acceptée"));
	CHECK_TEXT(state_of(&counter, counter_person(&counter, "N1")), TEXT("classée"));
	CHECK_INTEGER(date_of_instant(clock_now(counter.clock), NULL).month, 3);
}

/* What a wrong line is told: where, and why. */
static void
check_told(const char *rest, const char *sentence)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 10);
	struct guichet_error error = { 0 };
	counter_begin(&counter);
	const struct text text = arena_format(arena, BEGINNING "histoires:\n%s", rest);
	const enum guichet_status status = play(&counter, text.at, &error);
	const struct text told = text_of_string(error.message);
	test_case(status == GUICHET_REFUSED && french_contains(told, text_of_string(sentence))
		&& french_contains(told, TEXT("histoire.yaml, ligne ")), __FILE__, __LINE__,
		"%s told « %s », not « %s »", rest, error.message, sentence);
	CHECK_TEXT(state_of(&counter, counter_person(&counter, "L1")), TEXT("rien"));
}

#define STORY(step) "  - titre: T\n    agent: L1\n    étapes:\n      - " step "\n"

TEST(a_wrong_line_of_a_history_is_told_before_anything_is_played)
{
	static const struct { const char *rest, *sentence; } cases[] = {
		{ STORY("{à: 2024-01-11T09:00, faire: déposer}"), "ligne 12 : « faire » n’est pas une clé d’une étape." },
		{ STORY("{à: 2024-01-11T09:00, fait: demander}"), "La procédure n’a pas d’action « demander »." },
		{ STORY("{à: 2024-01-11T09:00, fait: déposer, comme: soins}"), "Aucun modèle ne s’appelle « soins »." },
		{ STORY("{à: 2024-01-11T09:00, fait: déposer, avec: {part: 3}}"), "« part » n’est pas un champ de la procédure." },
		{ STORY("{à: 2024-01-11T09:00, fait: déposer, pièces: {devis: devis.pdf}}"), "La procédure n’a pas cette pièce." },
		{ STORY("{fait: déposer}"), "La première étape d’une histoire est datée" },
		{ STORY("{à: le 11 janvier, fait: déposer}"), "n’est pas un moment" },
		{ STORY("{après: 3 lunes, fait: déposer}"), "n’est pas une durée" },
		{ STORY("{à: 2025-01-11T09:00, fait: déposer}"), "Cette étape viendrait après le début de la démonstration." },
		{ STORY("{à: 2024-01-11T09:00, reprend: refusée}"), "Aucune suite d’étapes ne s’appelle « refusée »." },
		{ STORY("{à: 2024-01-11T09:00, réglage: {nom: jour, structure: SG}}"), "La procédure n’a pas de réglage « jour »." },
		{ STORY("{à: 2024-01-11T09:00, fait: déposer, comme: soin}\n      - {à: 2024-01-10T09:00, fait: accepter}"),
			"ligne 13 : Le temps recule." },
		/* What only playing shows. */
		{ STORY("{à: 2024-01-11T09:00, en tant que: X9, fait: déposer, comme: soin}"),
			"« X9 » n’est ni un rôle" },
		{ STORY("{à: 2024-01-11T09:00, fait: déposer, avec: {quotité: 30, motif: soins}}"),
			"« quotité » : La quotité va de 50 à 90" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_told(cases[i].rest, cases[i].sentence);
}

#ifndef __SANITIZE_ADDRESS__

static void
restart(void *processes)
{
	processes_restart(processes, PROCESS_TYPESET);
}

/* Each place of the tree that has one; a line that no longer holds is this test's to tell. */
TEST(the_history_of_the_city_is_played_to_its_end)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(16 << 20);
	CLEANUP(processes_free) struct processes *processes = NULL;
	CLEANUP(typesetter_free) struct typesetter *typesetter = NULL;
	CLEANUP(store_close) struct store *store = NULL;
	CLEANUP(office_close) struct office *office = NULL;
	struct guichet_error error = { 0 };
	struct directory_report report;
	struct demo_place place;
	char path[200];
	snprintf(path, sizeof path, "%s/data", test_directory());
	counter_must(demo_place_read(arena, "ville", &place, &error), &error);
	CLEANUP(clock_free) struct clock *clock = clock_new(place.filled);
	processes = processes_new(NULL, &error);
	typesetter = typesetter_new(16, restart, processes, &error);
	CHECK(processes && typesetter);
	counter_must(processes_start(processes, PROCESS_TYPESET, typesetter_attach, typesetter, &error), &error);
	const struct store_options careless = { .careless = true };
	counter_must(store_open(path, &careless, &store, &error), &error);
	const struct directory_import import = { .at = place.filled, .force = true, .paths = {
		[DIRECTORY_STRUCTURES] = "demonstration/ville/structures.csv", [DIRECTORY_PERSONS] = "demonstration/ville/personnes.csv",
		[DIRECTORY_APPOINTMENTS] = "demonstration/ville/affectations.csv" } };
	counter_must(directory_import(store, arena, &import, &report, &error), &error);
	const struct office_options options = { .store = store, .clock = clock, .typesetter = typesetter,
		.organisation = TEXT("Ville"), .public_address = TEXT("http://guichet.example") };
	counter_must(office_open(&options, &office, &error), &error);
	counter_must(office_campaign_open(office, "procedures/teletravail-collectivite", "permanente", &error), &error);
	const struct demo_stage stage = { .office = office, .store = store, .clock = clock, .typesetter = typesetter,
		.folder = place.folder, .start = place.start };
	counter_must(demo_history_play(&stage, &error), &error);

	struct office_findings findings;
	counter_must(office_verify(office, &findings, &error), &error);
	CHECK_INTEGER(findings.broken, 0);
	CHECK(findings.dossiers >= 60);

	/* Who heads services from above finds what waits for them, besides what waits for heads of services. */
	struct office_actor director;
	struct office_rows rows;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
		struct directory_person person;
		CHECK(tx);
		counter_must(directory_person_by_external_id(tx, arena, TEXT("O1008"), date_of_instant(place.start, NULL), &person,
			&error), &error);
		counter_must(office_actor_load(tx, arena, person.id, place.start, &director, &error), &error);
		counter_must(office_list_waiting(office, tx, arena, &director, 50, &rows, &error), &error);
	}
	CHECK_INTEGER(rows.count, 2);
	CHECK_TEXT(rows.at[0].procedure->steps[rows.at[0].step].name, TEXT("décision"));

	/* Nothing that should have happened by itself failed to. */
	const struct office_alert *alerts;
	size_t count;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
		CHECK(tx);
		counter_must(office_list_alerts(tx, arena, office_campaigns(office, arena).at[0], 100, &alerts, &count, &error), &error);
	}
	for (size_t i = 0; i < count; i++)
		test_case(text_find(alerts[i].message, TEXT("annuaire à cette date")) == SIZE_MAX, __FILE__, __LINE__, "%.*s",
			TEXT_ARGS(alerts[i].message));
	processes_stop(processes);
}

#endif
