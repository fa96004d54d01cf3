/* What changes outside dossiers, with a database: settings of structures, the directory, closed days, counters; and the
 * due effects that are computed again. */
#include "base/french.h"
#include "directory_help.h"
#include "dossier/explanation.h"
#include "office/inside.h"
#include "office_help.h"

#include "base/banned.h"

#define PERMANENCE "test/outside/permanence"
#define FLOTTANTS "test/outside/flottants"

static struct dossier_raws
day(struct counter *counter, const char *name)
{
	return COUNTER_TYPED(counter, { TEXT("jour"), text_of_string(name) });
}

static struct dossier_raws
days(struct counter *counter, const char *from, const char *to)
{
	return COUNTER_TYPED(counter, { TEXT("premier"), text_of_string(from) }, { TEXT("dernier"), text_of_string(to) });
}

/* The events of a dossier, judged again from what they stored. */
static void
check_replay(struct counter *counter, struct text id)
{
	struct guichet_error error = { 0 };
	const struct office_dossier dossier = counter_load(counter, id);
	const struct dossier_event *events;
	size_t count;
	struct dossier state = { 0 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_events(tx, counter->arena, id, 0, 100, &events, &count, &error), &error);
	for (size_t i = 0; i < count; i++) {
		counter_must(dossier_replay(counter->arena, dossier.procedure, &state, &events[i], &error), &error);
		counter_must(dossier_fold(counter->arena, dossier.procedure, &state, &events[i], &error), &error);
	}
}

/* "name@2024-01-17" for each due effect, spaces between. */
static struct text
dues_of(struct counter *counter, struct text id)
{
	struct guichet_error error = { 0 };
	struct text dues = TEXT("");
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	struct store_rows rows = store_query(tx, counter->arena, STORE_DUE_ALL_OF_DOSSIER, STORE_VALUES(id), &error);
	while (store_next(&rows)) {
		const struct text name = store_text(&rows, 1);
		dues = arena_format(counter->arena, "%.*s%s%.*s@%.*s", TEXT_ARGS(dues), dues.length ? " " : "", TEXT_ARGS(name),
			TEXT_ARGS(date_iso(counter->arena, date_of_instant(store_integer(&rows, 0), NULL))));
	}
	counter_must(store_finish(&rows), &error);
	return dues;
}

static enum guichet_status
set(struct counter *counter, const char *matricule, const char *code, const char *name, const char *value, const char *from,
	struct guichet_error *error)
{
	struct office_setting setting = { .office = counter->office, .arena = counter->arena, .campaign = counter->campaign,
		.person = counter_person(counter, matricule), .structure = counter_structure(counter, code),
		.local = procedure_local_find(counter->campaign->procedure, text_of_string(name)), .clear = value == NULL };
	CHECK(date_read(text_of_string(from), &setting.from));
	if (value)
		setting.raws = COUNTER_TYPED(counter, { text_of_string(name), text_of_string(value) });
	return store_transact(counter->store, office_setting_set, &setting, error);
}

TEST(a_structure_sets_a_value_from_a_day_and_those_below_have_it)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct guichet_error error = { 0 };
	counter_begin_with(&counter, PERMANENCE);
	CHECK_INTEGER(set(&counter, "L1", "SG", "jour_commun", "lundi", "2024-01-10", &error), GUICHET_REFUSED);
	CHECK(text_starts(text_of_string(error.message), TEXT("Ce réglage revient à quelqu’un d’autre")));
	CHECK_INTEGER(set(&counter, "P1", "ACA", "jour_commun", "lundi", "2024-01-10", &error), GUICHET_REFUSED);
	CHECK_INTEGER(set(&counter, "P1", "SG", "jour_commun", "dimanche", "2024-01-10", &error), GUICHET_REFUSED);
	CHECK_INTEGER(set(&counter, "P1", "SG", "jour_commun", "lundi", "2024-01-09", &error), GUICHET_REFUSED);
	counter_must(set(&counter, "P1", "SG", "jour_commun", "lundi", "2024-01-11", &error), &error);

	struct office_command *command = counter_act(&counter, "L1", "demander", (struct text){ 0 }, day(&counter, "lundi"));
	counter_must(command->status, &command->error);
	counter_at(&counter, "2024-01-11T10:00");
	command = counter_act(&counter, "N1", "demander", (struct text){ 0 }, day(&counter, "lundi"));
	CHECK_INTEGER(command->status, GUICHET_REFUSED);
	CHECK_INTEGER(command->outcome.refusal, DOSSIER_INCOMPLETE);

	/* Taken back: as above, where nothing is set. */
	counter_must(set(&counter, "P1", "SG", "jour_commun", NULL, "2024-01-11", &error), &error);
	command = counter_act(&counter, "N1", "demander", (struct text){ 0 }, day(&counter, "lundi"));
	counter_must(command->status, &command->error);
	check_replay(&counter, command->dossier);
}

static void
import_posts(struct counter *counter, const char *on, struct text appointments)
{
	struct directory_report report;
	counter_must(directory_test_import(counter->store, on,
		TEXT("code;type;nom;parent;département;adresse;courriel;régime\nACA;académie;Académie;;;;;\n"
			"SG;service;Secrétariat général;ACA;;;;application\n"),
		TEXT(COUNTER_PERSONS), appointments, true, counter->arena, &report), &directory_test_error);
}

static struct text
agenda_on(struct counter *counter, struct date day)
{
	struct guichet_error error = { 0 };
	struct office_agenda agenda;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_agenda_of(counter->office, tx, counter->arena, day, NULL, &agenda, &error), &error);
	struct text text = TEXT("");
	for (size_t i = 0; i < agenda.count; i++)
		text = arena_format(counter->arena, TEXT_FORMAT TEXT_FORMAT "\n", TEXT_ARGS(text), TEXT_ARGS(agenda.lines[i].what));
	return text;
}

TEST(a_change_of_post_ends_what_it_ends_on_its_day)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	counter_begin_with(&counter, PERMANENCE);
	struct office_command *command = counter_act(&counter, "L1", "demander", (struct text){ 0 }, day(&counter, "lundi")),
		*other = counter_act(&counter, "N1", "demander", (struct text){ 0 }, day(&counter, "lundi"));
	counter_must(command->status, &command->error);
	counter_must(other->status, &other->error);
	/* Known in advance: nothing happens before its day, and nothing but the day brings it. */
	import_posts(&counter, "2024-01-12", TEXT("matricule;structure;fonction;quotité;début;fin\n"
		"L1;SG;agent;100;2022-09-01;2024-01-31\nL1;ACA;agent;100;2024-02-01;\nN1;SG;agent;100;2022-09-01;\n"
		"P1;SG;chef de service;100;2022-09-01;\nG1;SG;gestionnaire;100;2022-09-01;\n"));
	counter_at(&counter, "2024-01-31T23:00");
	CHECK_TEXT(counter_step(&counter, command->dossier), TEXT("accordée"));
	CHECK_FRENCH(agenda_on(&counter, (struct date){ 2024, 2, 1 }),
		TEXT("Fin de poste : Secrétariat général (agent)\nPrise de poste : Académie (agent)\n"
			"Changement de service, par suite de « Fin de poste : Secrétariat général (agent) »\n"));
	CHECK_FRENCH(agenda_on(&counter, (struct date){ 2024, 2, 2 }), TEXT(""));
	counter_at(&counter, "2024-02-01T06:00");
	CHECK_TEXT(counter_step(&counter, command->dossier), TEXT("arrêtée"));
	CHECK_TEXT(counter_step(&counter, other->dossier), TEXT("accordée"));
	check_replay(&counter, command->dossier);

	/* Who leaves the directory. */
	import_posts(&counter, "2024-02-05", TEXT("matricule;structure;fonction;quotité;début;fin\n"
		"L1;ACA;agent;100;2024-02-01;\nP1;SG;chef de service;100;2022-09-01;\nG1;SG;gestionnaire;100;2022-09-01;\n"));
	counter_at(&counter, "2024-02-05T18:00");
	CHECK_TEXT(counter_step(&counter, other->dossier), TEXT("arrêtée"));
	check_replay(&counter, other->dossier);
}

TEST(a_closed_day_moves_the_delays_that_count_it)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct guichet_error error = { 0 };
	counter_begin_with(&counter, PERMANENCE);
	struct office_command *command = counter_act(&counter, "L1", "demander", (struct text){ 0 }, day(&counter, "lundi"));
	counter_must(command->status, &command->error);
	CHECK_TEXT(dues_of(&counter, command->dossier), TEXT("réflexion@2024-01-17"));
	struct office_closed_change change = { .now = clock_now(counter.clock),
		.day = { .id = TEXT("c1"), .first = { 2024, 1, 15 }, .last = { 2024, 1, 16 }, .label = TEXT("Travaux") } };
	counter_must(store_transact(counter.store, office_closed_day_add, &change, &error), &error);
	counter_must(office_catch_up(counter.office, &error), &error);
	CHECK_TEXT(dues_of(&counter, command->dossier), TEXT("réflexion@2024-01-19"));
	CHECK_FRENCH(agenda_on(&counter, (struct date){ 2024, 1, 16 }), TEXT("Jour fermé : Travaux\n"));
	CHECK_FRENCH(agenda_on(&counter, (struct date){ 2024, 1, 19 }), TEXT("Fin du délai de réflexion\n"));

	/* A second time nothing is written; a day that came is closed for good. */
	counter_must(office_catch_up(counter.office, &error), &error);
	counter_must(store_transact(counter.store, office_closed_day_remove, &change, &error), &error);
	counter_must(office_catch_up(counter.office, &error), &error);
	CHECK_TEXT(dues_of(&counter, command->dossier), TEXT("réflexion@2024-01-17"));
	CHECK_INTEGER(store_transact(counter.store, office_closed_day_remove, &change, &error), GUICHET_REFUSED);
	change.day.first = (struct date){ 2024, 1, 10 };
	CHECK_INTEGER(store_transact(counter.store, office_closed_day_add, &change, &error), GUICHET_REFUSED);
	change.day = (struct office_closed_day){ .id = TEXT("c2"), .first = { 2024, 1, 11 }, .last = { 2024, 1, 11 },
		.label = TEXT("Neige") };
	counter_must(store_transact(counter.store, office_closed_day_add, &change, &error), &error);
	counter_at(&counter, "2024-01-18T01:00");
	check_replay(&counter, command->dossier);
	change.now = clock_now(counter.clock);
	CHECK_INTEGER(store_transact(counter.store, office_closed_day_remove, &change, &error), GUICHET_REFUSED);
}

static struct text
total_of(struct counter *counter, const char *matricule, const char *name)
{
	struct guichet_error error = { 0 };
	struct feel_value counters;
	const struct text person = counter_person(counter, matricule);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_counters_of(tx, counter->arena, counter->campaign->procedure, person, &counters, &error), &error);
	const struct feel_value list = feel_entry_of(counters, text_of_string(name));
	struct text total = TEXT("");
	for (size_t i = 0; i < list.list.count; i++)
		total = arena_format(counter->arena, "%.*s%s%.*s", TEXT_ARGS(total), i ? " " : "",
			TEXT_ARGS(feel_value_to_literal(counter->arena, feel_entry_of(list.list.at[i], TEXT("quantité")))));
	return total;
}

TEST(what_dossiers_count_is_read_by_the_next_ones)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	counter_begin_with(&counter, FLOTTANTS);
	struct office_command *first = counter_act(&counter, "L1", "demander", (struct text){ 0 },
		days(&counter, "15/01/2024", "16/01/2024"));
	counter_must(first->status, &first->error);
	CHECK_TEXT(total_of(&counter, "L1", "jours_flottants"), TEXT("2"));
	CHECK_TEXT(total_of(&counter, "L1", "déplacements"), TEXT("1"));
	CHECK_TEXT(total_of(&counter, "N1", "jours_flottants"), TEXT(""));
	struct office_command *refused = counter_act(&counter, "L1", "demander", (struct text){ 0 },
		days(&counter, "18/01/2024", "19/01/2024"));
	CHECK_INTEGER(refused->status, GUICHET_REFUSED);
	CHECK(text_starts(refused->outcome.because, TEXT("")) && refused->outcome.because.length > 0);

	struct office_command *back = counter_act(&counter, "L1", "rendre", first->dossier, (struct dossier_raws){ 0 });
	counter_must(back->status, &back->error);
	CHECK_TEXT(total_of(&counter, "L1", "jours_flottants"), TEXT(""));
	CHECK_TEXT(total_of(&counter, "L1", "déplacements"), TEXT("1"));
	struct office_command *second = counter_act(&counter, "L1", "demander", (struct text){ 0 },
		days(&counter, "18/01/2024", "19/01/2024"));
	counter_must(second->status, &second->error);
	counter_at(&counter, "2024-01-20T00:30");
	CHECK_TEXT(counter_step(&counter, second->dossier), TEXT("finis"));
	CHECK_TEXT(total_of(&counter, "L1", "déplacements"), TEXT("1 1 0.5"));
	check_replay(&counter, first->dossier);
	check_replay(&counter, second->dossier);
}

/* The list of all one's dossiers knows of each what the dossier alone does. */
static void
check_life(struct counter *counter, const char *matricule, size_t count)
{
	struct guichet_error error = { 0 };
	struct office_actor actor;
	struct office_life life;
	const instant now = clock_now(counter->clock);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_actor_load(tx, counter->arena, counter_person(counter, matricule), now, &actor, &error), &error);
	counter_must(office_life(counter->office, tx, counter->arena, &actor, now, &life, &error), &error);
	CHECK_INTEGER(life.count, count);
	for (size_t i = 0; i < life.count; i++) {
		const struct dossier_facts *listed = &life.dossiers[i].facts;
		const struct office_dossier alone = counter_load(counter, life.dossiers[i].row->id);
		CHECK_TEXT(feel_value_to_french(counter->arena, listed->agent), feel_value_to_french(counter->arena,
			alone.facts.agent));
		CHECK(listed->counters.kind == FEEL_CONTEXT);
		CHECK_TEXT(feel_value_to_french(counter->arena, listed->counters), feel_value_to_french(counter->arena,
			alone.facts.counters));
		CHECK_INTEGER(listed->posting.kind, alone.facts.posting.kind);
		CHECK_INTEGER(listed->locals.kind, alone.facts.locals.kind);
		CHECK_INTEGER(listed->closed_count, alone.facts.closed_count);
		CHECK_INTEGER(listed->exception_count, alone.facts.exception_count);
	}
}

/* All the rows of the campaign, asked together, know what each dossier alone does. */
static size_t
check_rows(struct counter *counter)
{
	struct guichet_error error = { 0 };
	struct office_rows rows;
	enum { MOST = 100 };
	struct dossier states[MOST];
	struct dossier_facts facts[MOST], *listed[MOST];
	const struct office_row *at[MOST];
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_list_all(counter->office, tx, counter->arena, counter->campaign, TEXT(""), MOST, &rows, &error),
		&error);
	for (size_t i = 0; i < rows.count; i++) {
		at[i] = &rows.at[i];
		listed[i] = &facts[i];
		counter_must(office_row_facts(counter->arena, at[i], clock_now(counter->clock), &states[i], &facts[i], &error),
			&error);
	}
	counter_must(office_rows_outside(tx, counter->arena, at, listed, rows.count, &error), &error);
	for (size_t i = 0; i < rows.count; i++) {
		const struct office_dossier alone = counter_load(counter, at[i]->id);
		CHECK_TEXT(feel_value_to_french(counter->arena, facts[i].posting), feel_value_to_french(counter->arena,
			alone.facts.posting));
		CHECK_TEXT(feel_value_to_french(counter->arena, facts[i].locals), feel_value_to_french(counter->arena,
			alone.facts.locals));
		CHECK_TEXT(feel_value_to_french(counter->arena, facts[i].counters), feel_value_to_french(counter->arena,
			alone.facts.counters));
		CHECK_INTEGER(facts[i].counters.kind, alone.facts.counters.kind);
		CHECK_INTEGER(facts[i].closed_count, alone.facts.closed_count);
	}
	return rows.count;
}

TEST(the_rows_of_a_list_are_read_together_as_each_dossier_alone)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct guichet_error error = { 0 };
	counter_begin_with(&counter, PERMANENCE);
	for (size_t i = 0; i < 3; i++) {
		static const char *const people[] = { "L1", "N1", "P1" };
		const struct office_command *command = counter_act(&counter, people[i], "demander", (struct text){ 0 },
			day(&counter, "lundi"));
		counter_must(command->status, &command->error);
	}
	counter_must(set(&counter, "P1", "SG", "jour_commun", "mardi", "2024-01-11", &error), &error);
	struct office_closed_change change = { .now = clock_now(counter.clock),
		.day = { .id = TEXT("c1"), .first = { 2024, 1, 15 }, .last = { 2024, 1, 16 }, .label = TEXT("Travaux") } };
	counter_must(store_transact(counter.store, office_closed_day_add, &change, &error), &error);
	counter_at(&counter, "2024-01-12T10:00");
	CHECK_INTEGER(check_rows(&counter), 3);
	/* One moves, one leaves. */
	import_posts(&counter, "2024-01-13", TEXT("matricule;structure;fonction;quotité;début;fin\n"
		"L1;ACA;agent;100;2024-01-13;\nP1;SG;chef de service;100;2022-09-01;\nG1;SG;gestionnaire;100;2022-09-01;\n"));
	counter_at(&counter, "2024-01-14T10:00");
	CHECK_INTEGER(check_rows(&counter), 3);
}

TEST(the_rows_of_a_list_have_each_the_counters_of_their_own)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	counter_begin_with(&counter, FLOTTANTS);
	static const struct { const char *who, *from, *to; } asked[] = { { "L1", "15/01/2024", "16/01/2024" },
		{ "N1", "17/01/2024", "17/01/2024" }, { "L1", "18/01/2024", "18/01/2024" }, { "P1", "19/01/2024", "19/01/2024" },
		{ "N1", "22/01/2024", "23/01/2024" } };
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		const struct office_command *command = counter_act(&counter, asked[i].who, "demander", (struct text){ 0 },
			days(&counter, asked[i].from, asked[i].to));
		counter_must(command->status, &command->error);
	}
	CHECK_INTEGER(check_rows(&counter), 5);
}

TEST(what_a_dossier_counts_moves_the_dues_of_the_others)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	counter_begin_with(&counter, FLOTTANTS);
	struct office_command *first = counter_act(&counter, "L1", "demander", (struct text){ 0 },
		days(&counter, "29/01/2024", "31/01/2024"));
	counter_must(first->status, &first->error);
	CHECK_TEXT(dues_of(&counter, first->dossier), TEXT("fin@2024-02-01"));
	struct office_command *second = counter_act(&counter, "L1", "demander", (struct text){ 0 },
		days(&counter, "12/02/2024", "14/02/2024"));
	counter_must(second->status, &second->error);
	CHECK_TEXT(dues_of(&counter, first->dossier), TEXT("fin@2024-02-01"));
	struct office_command *third = counter_act(&counter, "L1", "demander", (struct text){ 0 },
		days(&counter, "12/03/2024", "12/03/2024"));
	counter_must(third->status, &third->error);
	CHECK_TEXT(dues_of(&counter, first->dossier), TEXT("beaucoup@2024-01-31 fin@2024-02-01"));
	check_life(&counter, "L1", 3);
	third = counter_act(&counter, "L1", "rendre", third->dossier, (struct dossier_raws){ 0 });
	counter_must(third->status, &third->error);
	CHECK_TEXT(dues_of(&counter, first->dossier), TEXT("fin@2024-02-01"));
	check_replay(&counter, first->dossier);
}

TEST(an_explanation_tells_the_entries_that_count)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct guichet_error error = { 0 };
	counter_begin_with(&counter, FLOTTANTS);
	struct office_command *first = counter_act(&counter, "L1", "demander", (struct text){ 0 },
		days(&counter, "15/01/2024", "15/01/2024"));
	struct office_command *second = counter_act(&counter, "L1", "demander", (struct text){ 0 },
		days(&counter, "18/01/2024", "19/01/2024"));
	counter_must(first->status, &first->error);
	counter_must(second->status, &second->error);
	const struct office_dossier dossier = counter_load(&counter, second->dossier);
	const struct dossier_event *events;
	size_t count;
	struct dossier_explanation explanation;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter.store, &error);
	CLEANUP(buffer_release) struct buffer out = buffer_new(1 << 16);
	CHECK(tx);
	counter_must(office_events(tx, counter.arena, second->dossier, 0, 1, &events, &count, &error), &error);
	counter_must(dossier_explain_event(counter.arena, dossier.procedure, NULL, &events[0], &explanation, &error), &error);
	CHECK(dossier_explanation_write(&explanation, FEEL_STEPS, TEXT(""), &out));
	const struct text told = buffer_text(&out);
	CHECK(french_contains(told, TEXT("1 le 15 janvier 2024")));
	CHECK(french_contains(told, TEXT("Compté, « Jours flottants »")));
}

/* ---- imports ---- */

static struct office_import_report
import_counters(struct counter *counter, const char *lines)
{
	struct guichet_error error = { 0 };
	struct office_import_report report;
	counter_must(office_import_counters(counter->store, counter->arena, text_of_string(lines), clock_now(counter->clock),
		&report, &error), &error);
	return report;
}

TEST(the_history_of_counters_is_imported_once)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct guichet_error error = { 0 };
	struct office_import_report report;
	counter_begin_with(&counter, FLOTTANTS);
	static const char history[] = "matricule;compteur;du;au;quantité;référence\n"
		"L1;jours_flottants;31/12/2023;01/01/2024;2;A1\n"
		"L1;jours_flottants;2019-05-02;;1,5;A2\n"
		"X9;jours_flottants;2019-05-02;;1;A3\n"
		"N1;jours_flottants;2019-05-32;;1;A4\n"
		"N1;jours_flottants;2019-05-02;;deux;A5\n"
		"N1;jours_flottants;2019-05-02;2019-05-01;2;A6\n"
		"N1;jours_flottants;2019-05-02;;1;\n"
		"N1;jours_flottants;2019-05-02;;1;A7;trop\n";
	report = import_counters(&counter, history);
	CHECK_INTEGER(report.lines, 8);
	CHECK_INTEGER(report.added, 2);
	CHECK_INTEGER(report.refused, 6);
	CHECK_INTEGER(report.refusals[1].line, 4);
	CHECK_FRENCH(report.refusals[1].message, TEXT("L’annuaire ne connaît pas le matricule « X9 »."));
	CHECK_TEXT(total_of(&counter, "L1", "jours_flottants"), TEXT("1.5 2"));

	report = import_counters(&counter, history);
	CHECK_INTEGER(report.added, 0);
	CHECK_INTEGER(report.unchanged, 2);
	report = import_counters(&counter, "matricule;compteur;du;au;quantité;référence\n"
		"L1;jours_flottants;2019-05-02;;3;A2\nN1;jours_flottants;2019-05-02;;3;A1\n");
	CHECK_INTEGER(report.changed, 1);
	CHECK_INTEGER(report.refused, 1);
	CHECK_TEXT(total_of(&counter, "L1", "jours_flottants"), TEXT("3 2"));
	CHECK_INTEGER(office_import_counters(counter.store, counter.arena, TEXT("matricule;compteur;du\nL1;x;2019-05-02\n"),
		clock_now(counter.clock), &report, &error), GUICHET_REFUSED);
	CHECK_FRENCH(text_of_string(error.message), TEXT("Il manque à ce fichier la colonne « quantité »."));

	/* It counts: one of the two days of the year's turn is in January. */
	struct office_command *command = counter_act(&counter, "L1", "demander", (struct text){ 0 },
		days(&counter, "15/01/2024", "17/01/2024"));
	CHECK_INTEGER(command->status, GUICHET_REFUSED);
	command = counter_act(&counter, "L1", "demander", (struct text){ 0 }, days(&counter, "15/01/2024", "16/01/2024"));
	counter_must(command->status, &command->error);
	check_replay(&counter, command->dossier);
}

TEST(running_decisions_are_taken_over_each_once)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct guichet_error error = { 0 };
	struct office_import_report report;
	counter_begin_with(&counter, PERMANENCE);
	const struct office_import_dossiers import = { .campaign = counter.campaign, .action = TEXT("reprendre"),
		.author = counter_person(&counter, "G1") };
	const struct text file = TEXT("matricule;référence;jour\nL1;R1;lundi\nN1;R2;dimanche\nX9;R3;lundi\nL1;;mardi\n");
	counter_must(office_import_dossiers(counter.office, counter.arena, &import, file, &report, &error), &error);
	CHECK_INTEGER(report.added, 1);
	CHECK_INTEGER(report.refused, 3);
	CHECK_INTEGER(report.refusals[0].line, 3);
	CHECK_FRENCH(report.refusals[0].message, TEXT("« jour » : Choisissez parmi les réponses proposées."));
	counter_must(office_import_dossiers(counter.office, counter.arena, &import, file, &report, &error), &error);
	CHECK_INTEGER(report.added, 0);
	CHECK_INTEGER(report.unchanged, 1);

	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter.store, &error);
	CHECK(tx);
	struct store_rows rows = store_query(tx, counter.arena, STORE_TAKEOVER_LOAD,
		STORE_VALUES(counter.campaign->id, "R1"), &error);
	CHECK(store_next(&rows));
	const struct text id = store_text(&rows, 0);
	counter_must(store_finish(&rows), &error);
	const struct office_dossier dossier = counter_load(&counter, id);
	CHECK_TEXT(dossier.state.subject, counter_person(&counter, "L1"));
	CHECK_TEXT(dossier.state.author, import.author);
	CHECK_FRENCH(dossier.state.ground, TEXT("Reprise d’une décision en cours : R1"));
	CHECK_TEXT(counter_step(&counter, id), TEXT("accordée"));
	check_replay(&counter, id);

	/* Not by somebody who may not, nor by an action of the agent, nor with a column nobody knows. */
	const struct office_import_dossiers stranger = { .campaign = counter.campaign, .action = TEXT("reprendre"),
		.author = counter_person(&counter, "N1") };
	counter_must(office_import_dossiers(counter.office, counter.arena, &stranger,
		TEXT("matricule;référence;jour\nP1;R9;lundi\n"), &report, &error), &error);
	CHECK_INTEGER(report.refused, 1);
	CHECK_INTEGER(office_import_dossiers(counter.office, counter.arena, &import, TEXT("matricule;référence;heure\nP1;R9;1\n"),
		&report, &error), GUICHET_REFUSED);
}
