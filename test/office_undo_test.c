/* Undoing, in the office: mails that waited and never leave, acts, counters, whole batches; and what happens when two
 * people act at the same instant. */
#include <pthread.h>
#include <sqlite3.h>

#include "office_help.h"

#include "base/banned.h"

/* ---- what is recorded ---- */

static int64_t
number_of(const char *sql)
{
	char path[120];
	sqlite3 *database = NULL;
	sqlite3_stmt *statement = NULL;
	snprintf(path, sizeof path, "%s/data/guichet.db", test_directory());
	CHECK(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
	const int prepared = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);
	const int64_t number = prepared == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW
		? sqlite3_column_int64(statement, 0) : -1;
	sqlite3_finalize(statement);
	sqlite3_close(database);
	return number;
}

/* Each dossier is what its events make, and each event judges the same again. */
static void
must_hold(struct counter *counter)
{
	struct guichet_error error = { 0 };
	struct office_findings findings;
	counter_must(office_verify(counter->office, &findings, &error), &error);
	if (findings.broken)
		test_fail(__FILE__, __LINE__, "%s", findings.first.message);
}

static struct text
file(struct counter *counter, const char *matricule, const char *days)
{
	struct office_command *command = counter_act(counter, matricule, "déposer", TEXT(""),
		COUNTER_TYPED(counter, { TEXT("jours"), text_of_string(days) }));
	counter_must(command->status, &command->error);
	return command->dossier;
}

static struct office_command *
command_of(struct counter *counter, const char *matricule, const char *action, struct text dossier)
{
	struct office_command *command = office_command_new(counter->office, counter->arena, counter_person(counter, matricule),
		clock_now(counter->clock));
	CHECK(command);
	command->dossier = dossier;
	command->undo = action == NULL;
	command->command.action = action ? text_of_string(action) : TEXT("");
	command->command.confirmed = true;
	return command;
}

static struct office_command *
run(struct counter *counter, struct office_command *command)
{
	struct guichet_error error = { 0 };
	command->status = store_transact(counter->store, office_act, command, &error);
	command->error = error;
	return command;
}

static struct office_command *
undo(struct counter *counter, const char *matricule, struct text dossier)
{
	return run(counter, command_of(counter, matricule, NULL, dossier));
}

TEST(what_is_undone_in_time_leaves_no_mail_no_act_no_counter)
{
	CLEANUP(counter_close) struct counter counter;
	counter_begin_with(&counter, "test/annulation");
	const struct text id = file(&counter, "L1", "3");
	const int64_t mails = number_of("SELECT count(*) FROM mail");
	struct office_command *accepted = run(&counter, command_of(&counter, "P1", "accepter", id));
	counter_must(accepted->status, &accepted->error);
	CHECK_TEXT(counter_step(&counter, id), TEXT("acceptée"));
	CHECK(number_of("SELECT count(*) FROM mail") == mails + 1);
	CHECK(number_of("SELECT count(*) FROM mail WHERE state = 'waiting' AND not_before - created_at >= 1790000000") == 1);
	CHECK(number_of("SELECT count(*) FROM counter_entry WHERE cancelled_at IS NULL") == 1);
	CHECK(number_of("SELECT count(*) FROM act WHERE letter = 'accord' AND cancelled_at IS NULL") == 1);
	CHECK(number_of("SELECT count(*) FROM act WHERE letter = 'accusé' AND cancelled_at IS NULL") == 0);

	struct office_command *not_theirs = undo(&counter, "L1", id);
	CHECK(not_theirs->status == GUICHET_REFUSED);
	CHECK(number_of("SELECT count(*) FROM counter_entry WHERE cancelled_at IS NULL") == 1);

	struct office_command *undone = undo(&counter, "P1", id);
	counter_must(undone->status, &undone->error);
	CHECK_TEXT(counter_step(&counter, id), TEXT("demandée"));
	CHECK(number_of("SELECT count(*) FROM mail") == mails);
	CHECK(number_of("SELECT count(*) FROM counter_entry WHERE cancelled_at IS NULL") == 0);
	CHECK(number_of("SELECT count(*) FROM act WHERE letter = 'accord' AND cancelled_at IS NULL") == 0);
	CHECK(number_of("SELECT count(*) FROM act WHERE letter = 'accusé' AND cancelled_at IS NULL") == 1);
	CHECK(number_of("SELECT value FROM counter WHERE step = 'demandée'") == 1);
	CHECK(number_of("SELECT value FROM counter WHERE step = 'acceptée'") == 0);
	CHECK(number_of("SELECT count(*) FROM dossier_role WHERE waiting = 1") > 0);
	CHECK(undo(&counter, "P1", id)->status == GUICHET_REFUSED);
	must_hold(&counter);

	/* Done again and left alone, it holds. */
	accepted = run(&counter, command_of(&counter, "G1", "accepter", id));
	counter_must(accepted->status, &accepted->error);
	counter_at(&counter, "2024-01-10T10:31");
	struct office_command *late = undo(&counter, "G1", id);
	CHECK(late->status == GUICHET_REFUSED);
	CHECK(text_find(text_of_string(late->error.message), TEXT("trop tard")) != SIZE_MAX);
	CHECK_TEXT(counter_step(&counter, id), TEXT("acceptée"));
	CHECK(number_of("SELECT count(*) FROM act WHERE letter = 'accord' AND cancelled_at IS NULL") == 1);
	must_hold(&counter);
}

/* ---- batches ---- */

static struct office_batch *
batch_of(struct counter *counter, struct text undoes, const struct text *dossiers, const int64_t *versions, size_t count)
{
	struct guichet_error error = { 0 };
	struct office_batch *batch = arena_new_of(counter->arena, struct office_batch);
	CHECK(batch);
	*batch = (struct office_batch){ .office = counter->office, .arena = counter->arena, .campaign = counter->campaign,
		.id = id_new(counter->arena, clock_now(counter->clock)), .person = counter_person(counter, "G1"),
		.action = TEXT("accepter"), .dossiers = dossiers, .versions = versions, .count = count, .undoes = undoes,
		.at = clock_now(counter->clock) };
	batch->status = store_transact(counter->store, undoes.length ? office_batch_undo : office_batch_start, batch, &error);
	batch->error = error;
	return batch;
}

static struct office_batch_progress
finish(struct counter *counter, struct text id)
{
	struct guichet_error error = { 0 };
	struct office_batch_progress progress;
	counter_must(office_catch_up(counter->office, &error), &error);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_batch_load(tx, counter->arena, id, &progress, &error), &error);
	return progress;
}

TEST(a_batch_is_undone_each_dossier_with_its_own_result)
{
	CLEANUP(counter_close) struct counter counter;
	counter_begin_with(&counter, "test/annulation");
	const struct text ids[] = { file(&counter, "L1", "3"), file(&counter, "N1", "12") };
	const int64_t versions[] = { 1, 1 };
	struct office_batch *batch = batch_of(&counter, TEXT(""), ids, versions, 2);
	counter_must(batch->status, &batch->error);
	struct office_batch_progress progress = finish(&counter, batch->id);
	CHECK(progress.total == 2 && progress.done == 2 && progress.refused == 0 && progress.done_at && !progress.undoes);
	CHECK_TEXT(counter_step(&counter, ids[1]), TEXT("suivie"));

	struct office_command *confirmed = run(&counter, command_of(&counter, "L1", "confirmer", ids[0]));
	counter_must(confirmed->status, &confirmed->error);
	struct office_batch *undoing = batch_of(&counter, batch->id, NULL, NULL, 0);
	counter_must(undoing->status, &undoing->error);
	progress = finish(&counter, undoing->id);
	CHECK(progress.total == 2 && progress.done == 2 && progress.refused == 1 && progress.undoes);
	CHECK_TEXT(progress.action, TEXT("accepter"));
	CHECK_TEXT(counter_step(&counter, ids[0]), TEXT("close"));
	CHECK_TEXT(counter_step(&counter, ids[1]), TEXT("demandée"));
	CHECK(number_of("SELECT count(*) FROM batch_item WHERE result LIKE '%a suivi%'") == 1);
	CHECK(batch_of(&counter, undoing->id, NULL, NULL, 0)->status == GUICHET_REFUSED);
	CHECK(batch_of(&counter, TEXT("rien"), NULL, NULL, 0)->status == GUICHET_UNKNOWN);
	must_hold(&counter);
}

/* ---- races ---- */

struct racer {
	struct counter *counter;
	struct office_command *command;
	pthread_barrier_t *start;
};

static void *
race(void *context)
{
	struct racer *racer = context;
	(void)pthread_barrier_wait(racer->start);
	(void)run(racer->counter, racer->command);
	return NULL;
}

/* Both at once: exactly one happens, and the other is told why not. */
static void
one_wins(struct counter *counter, struct office_command *a, struct office_command *b)
{
	pthread_barrier_t start;
	pthread_t threads[2];
	struct racer racers[2] = { { counter, a, &start }, { counter, b, &start } };
	CHECK(pthread_barrier_init(&start, NULL, 2) == 0);
	for (size_t i = 0; i < 2; i++)
		CHECK(pthread_create(&threads[i], NULL, race, &racers[i]) == 0);
	for (size_t i = 0; i < 2; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
	(void)pthread_barrier_destroy(&start);
	CHECK((a->status == GUICHET_OK) != (b->status == GUICHET_OK));
	const struct office_command *loser = a->status == GUICHET_OK ? b : a;
	CHECK(loser->status == GUICHET_REFUSED || loser->status == GUICHET_RETRY);
	CHECK(strlen(loser->error.message) > 20);
}

enum { RACES = 12 };

TEST(two_who_answer_at_once_one_wins_and_the_other_is_told)
{
	CLEANUP(counter_close) struct counter counter;
	counter_begin_with(&counter, "test/annulation");
	for (int i = 0; i < RACES; i++) {
		const struct text id = file(&counter, "L1", "3");
		struct office_command *accepts = command_of(&counter, "P1", "accepter", id),
			*refuses = command_of(&counter, "G1", "refuser", id);
		refuses->command.raws = COUNTER_TYPED(&counter, { TEXT("motif"), TEXT("Nécessités de service") });
		accepts->command.expected = refuses->command.expected = i % 2 ? 1 : 0; /* seen by both, or not stated */
		one_wins(&counter, accepts, refuses);
		const struct text step = counter_step(&counter, id);
		CHECK(text_equal(step, accepts->status == GUICHET_OK ? TEXT("acceptée") : TEXT("refusée")));
	}
	CHECK(number_of("SELECT count(*) FROM event WHERE type = 'acted'") == RACES);
	must_hold(&counter);
}

TEST(the_agent_withdraws_while_the_office_decides_one_wins)
{
	CLEANUP(counter_close) struct counter counter;
	counter_begin_with(&counter, "test/annulation");
	for (int i = 0; i < RACES; i++) {
		const struct text id = file(&counter, "L1", "3");
		struct office_command *withdraws = command_of(&counter, "L1", "retirer", id),
			*decides = command_of(&counter, "G1", "accepter", id);
		withdraws->command.expected = decides->command.expected = i % 2 ? 1 : 0;
		one_wins(&counter, withdraws, decides);
		CHECK_TEXT(counter_step(&counter, id), withdraws->status == GUICHET_OK ? TEXT("retirée") : TEXT("acceptée"));
	}
	must_hold(&counter);
}

TEST(the_agent_confirms_while_the_office_undoes_one_wins)
{
	CLEANUP(counter_close) struct counter counter;
	counter_begin_with(&counter, "test/annulation");
	for (int i = 0; i < RACES; i++) {
		const struct text id = file(&counter, "L1", "3");
		struct office_command *accepted = run(&counter, command_of(&counter, "G1", "accepter", id));
		counter_must(accepted->status, &accepted->error);
		struct office_command *confirms = command_of(&counter, "L1", "confirmer", id),
			*undoes = command_of(&counter, "G1", NULL, id);
		one_wins(&counter, confirms, undoes);
		CHECK_TEXT(counter_step(&counter, id), confirms->status == GUICHET_OK ? TEXT("close") : TEXT("demandée"));
	}
	must_hold(&counter);
}

TEST(two_who_undo_at_once_it_is_undone_once)
{
	CLEANUP(counter_close) struct counter counter;
	counter_begin_with(&counter, "test/annulation");
	const struct text id = file(&counter, "L1", "3");
	struct office_command *accepted = run(&counter, command_of(&counter, "P1", "accepter", id));
	counter_must(accepted->status, &accepted->error);
	one_wins(&counter, command_of(&counter, "P1", NULL, id), command_of(&counter, "G1", NULL, id));
	CHECK(number_of("SELECT count(*) FROM event WHERE type = 'undone'") == 1);
	CHECK_TEXT(counter_step(&counter, id), TEXT("demandée"));
	must_hold(&counter);
}
