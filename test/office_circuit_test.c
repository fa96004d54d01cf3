/* What the office does of a circuit in one transaction: the passages that a command opens, each an event of its own. */
#include <sqlite3.h>

#include "office/inside.h"
#include "office_help.h"

#include "base/banned.h"

static struct dossier_raws
raws_of(struct counter *counter, struct text field, const char *value)
{
	return COUNTER_TYPED(counter, { field, text_of_string(value) });
}

static void
check_step(const struct office_dossier *dossier, struct text name)
{
	CHECK_TEXT(dossier->procedure->steps[dossier->state.step].name, name);
}

TEST(a_filing_goes_through_its_passages_in_the_same_transaction)
{
	struct counter counter;
	counter_begin_with(&counter, "test/circuit/passages");
	struct office_command *command = counter_act(&counter, "L1", "déposer", (struct text){ 0 },
		raws_of(&counter, TEXT("jours"), "2"));
	counter_must(command->status, &command->error);
	size_t events;
	const struct office_dossier dossier = counter_dossier(&counter, command->dossier, &events, NULL);
	check_step(&dossier, TEXT("acceptée"));
	CHECK(events >= 2); /* the letter may be composed already */
	CHECK_INTEGER(dossier.state.done_count, 2);
	CHECK_TEXT(dossier.procedure->moves[dossier.state.done[1].move].name, TEXT("petite"));
	counter_close(&counter);
}

static void
must_act(struct counter *counter, const char *matricule, const char *action, struct text dossier, struct text field,
	const char *value)
{
	struct office_command *command = counter_act_with(counter, matricule, action, dossier,
		raws_of(counter, field, value));
	counter_must(command->status, &command->error);
}

TEST(a_dossier_waits_for_every_role_of_every_circuit)
{
	struct counter counter;
	counter_begin_with(&counter, "test/circuit/suivis");
	struct office_command *command = counter_act(&counter, "L1", "déposer", (struct text){ 0 },
		raws_of(&counter, TEXT("objet"), "Écran"));
	counter_must(command->status, &command->error);
	const struct text id = command->dossier;
	CHECK_INTEGER(counter_waiting(&counter, "P1").count, 1); /* the head… */
	CHECK_INTEGER(counter_waiting(&counter, "N1").count, 1); /* …and the technician, at once */
	CHECK_INTEGER(counter_waiting(&counter, "G1").count, 0);
	must_act(&counter, "N1", "avis_technique", id, TEXT("avis_si"), "oui_si");
	CHECK_INTEGER(counter_waiting(&counter, "N1").count, 0);
	must_act(&counter, "P1", "avis_du_chef", id, TEXT("avis_chef"), "oui_chef");
	CHECK_INTEGER(counter_waiting(&counter, "P1").count, 0);
	CHECK_INTEGER(counter_waiting(&counter, "N1").count, 1); /* the equipment, beside… */
	CHECK_INTEGER(counter_waiting(&counter, "G1").count, 1); /* …the main circuit */
	must_act(&counter, "N1", "remettre", id, TEXT("inventaire"), "INV-7");
	size_t events;
	struct office_dossier dossier = counter_dossier(&counter, id, &events, NULL);
	check_step(&dossier, TEXT("en_cours"));
	CHECK_INTEGER(counter_waiting(&counter, "N1").count, 0);
	/* A due effect of a suivi, by its row. */
	counter_at(&counter, "2024-02-10T00:00");
	dossier = counter_dossier(&counter, id, &events, NULL);
	CHECK_INTEGER(dossier.state.stand_count, 2);
	CHECK_INTEGER(dossier.state.stands[0].fired_count, 1);
	must_act(&counter, "G1", "terminer", id, TEXT(""), "");
	CHECK_INTEGER(counter_waiting(&counter, "N1").count, 1); /* what is lent keeps it open */
	must_act(&counter, "N1", "reprendre", id, TEXT(""), "");
	CHECK_INTEGER(counter_waiting(&counter, "N1").count, 0);
	counter_close(&counter);
}

/* How many dossiers a list of a suivi's step shows, and the count beside its name. */
static void
check_beside(struct counter *counter, const char *step, const char *beside, size_t expected)
{
	const struct procedure *procedure = counter->campaign->procedure;
	const struct office_filter filter = { .range = DIRECTORY_EVERYWHERE, .after_id = TEXT(""),
		.step = step ? procedure_step_find(procedure, text_of_string(step)) : PROCEDURE_NONE,
		.beside = procedure_step_find(procedure, text_of_string(beside)) };
	struct guichet_error error = { 0 };
	struct office_rows rows;
	const int64_t *counts;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_list(counter->office, tx, counter->arena, counter->campaign, &filter, 10, &rows, &error), &error);
	CHECK_INTEGER(rows.count, expected);
	struct office_id ids[10];
	size_t count;
	counter_must(office_ids_at_step(tx, counter->arena, counter->campaign, filter.step, filter.beside, NULL, 10, ids, &count,
		&error), &error);
	CHECK_INTEGER(count, expected);
	counter_must(office_counts(tx, counter->arena, counter->campaign, &counts, &error), &error);
	if (!step)
		CHECK_INTEGER(counts[filter.beside], expected);
}

/* Runs a batch of one to its end, and says how many it refused. */
static int64_t
batch_refuses(struct counter *counter, const char *action, struct text id)
{
	struct guichet_error error = { 0 };
	const int64_t version = 0;
	struct office_batch *batch = arena_new_of(counter->arena, struct office_batch);
	CHECK(batch);
	*batch = (struct office_batch){ .office = counter->office, .arena = counter->arena, .campaign = counter->campaign,
		.id = id_new(counter->arena, clock_now(counter->clock)), .person = counter_person(counter, "G1"),
		.action = text_of_string(action), .dossiers = &id, .versions = &version, .count = 1,
		.at = clock_now(counter->clock) };
	counter_must(store_transact(counter->store, office_batch_start, batch, &error), &error);
	for (bool more = true; more;)
		counter_must(office_run_batches(counter->office, &more, &error), &error);
	struct office_batch_progress progress = { 0 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_batch_load(tx, counter->arena, batch->id, &progress, &error), &error);
	CHECK_INTEGER(progress.done, 1);
	return progress.refused;
}

/* The database is made what it was before the table. */
static void
forget_stands(void)
{
	char path[120];
	sqlite3 *database = NULL;
	snprintf(path, sizeof path, "%s/data/guichet.db", test_directory());
	CHECK(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	CHECK(sqlite3_exec(database, "DELETE FROM dossier_stand; DELETE FROM recompute; DELETE FROM counter WHERE step IN"
		" ('rien', 'à_remettre', 'à_faire', 'faite')", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(database);
}

TEST(lists_and_batches_go_by_where_a_suivi_stands)
{
	struct counter counter;
	counter_begin_with(&counter, "test/circuit/suivis");
	const struct text id = counter_act(&counter, "L1", "déposer", (struct text){ 0 },
		raws_of(&counter, TEXT("objet"), "Écran"))->dossier;
	check_beside(&counter, NULL, "rien", 1);
	check_beside(&counter, "avis", "rien", 1);
	check_beside(&counter, "en_cours", "rien", 0);
	must_act(&counter, "N1", "avis_technique", id, TEXT("avis_si"), "oui_si");
	must_act(&counter, "P1", "avis_du_chef", id, TEXT("avis_chef"), "oui_chef");
	check_beside(&counter, NULL, "rien", 0);
	check_beside(&counter, "en_cours", "à_remettre", 1);
	check_beside(&counter, NULL, "à_faire", 1);
	CHECK_INTEGER(batch_refuses(&counter, "former", id), 0);
	check_beside(&counter, NULL, "faite", 1);
	check_beside(&counter, NULL, "à_faire", 0);
	CHECK_INTEGER(batch_refuses(&counter, "former", id), 1); /* it is done */
	/* A dossier of before its place was written finds it again, once. */
	struct guichet_error error = { 0 };
	forget_stands();
	check_beside(&counter, NULL, "faite", 0);
	for (bool more = true; more;)
		counter_must(office_recompute(counter.office, &more, &error), &error);
	check_beside(&counter, "en_cours", "faite", 1);
	check_beside(&counter, NULL, "à_remettre", 1);
	counter_close(&counter);
}

static void
check_told(struct counter *counter, struct text message)
{
	struct guichet_error error = { 0 };
	const struct office_alert *alerts;
	size_t count;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_list_alerts(tx, counter->arena, counter->campaign, 10, &alerts, &count, &error), &error);
	CHECK_INTEGER(count, 1);
	CHECK_TEXT(alerts[0].message, message);
}

TEST(passages_that_go_round_in_circles_stop_and_somebody_is_told)
{
	struct counter counter;
	counter_begin_with(&counter, "test/tourne");
	struct office_command *command = counter_act(&counter, "L1", "déposer", (struct text){ 0 },
		raws_of(&counter, TEXT("jours"), "139"));
	counter_must(command->status, &command->error);
	size_t events;
	(void)counter_dossier(&counter, command->dossier, &events, NULL);
	CHECK_INTEGER(events, 1 + DOSSIER_MOST_PASSAGES);
	check_told(&counter, DOSSIER_PASSAGES_LOOP);
	/* Acting goes on. */
	must_act(&counter, "G1", "clore", command->dossier, TEXT(""), "");
	counter_close(&counter);
}
