/* Due effects that cannot happen: somebody is told, the row stays, and the word goes when it is over. */
#include <sqlite3.h>
#include <stdio.h>

#include "office/inside.h"
#include "office_help.h"

#include "base/banned.h"

struct due {
	size_t count;
	instant at; /* of the first */
};

static struct due
due_now(struct counter *counter)
{
	struct guichet_error error = { 0 };
	struct due due = { 0 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	struct store_rows rows = store_query(tx, NULL, STORE_DUE_NEXT, STORE_VALUES(INSTANT_NEVER), &error);
	if (store_next(&rows))
		due = (struct due){ 1, store_integer(&rows, 0) };
	counter_must(store_finish(&rows), &error);
	return due;
}

/* What the office's list tells of this campaign. */
static size_t
alerts(struct counter *counter, struct office_alert *ret_first)
{
	struct guichet_error error = { 0 };
	const struct office_alert *list;
	size_t count;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter->store, &error);
	CHECK(tx);
	counter_must(office_list_alerts(tx, counter->arena, counter->campaign, 10, &list, &count, &error), &error);
	if (count)
		*ret_first = list[0];
	return count;
}

/* Somebody else writes in the database. */
static void
by_hand(const char *sql)
{
	sqlite3 *database;
	char path[200], *message = NULL;
	snprintf(path, sizeof path, "%s/data/guichet.db", test_directory());
	CHECK(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	sqlite3_busy_timeout(database, 5000);
	const int result = sqlite3_exec(database, sql, NULL, NULL, &message);
	if (result != SQLITE_OK)
		fprintf(stderr, "%s\n", message);
	sqlite3_free(message);
	sqlite3_close(database);
	CHECK(result == SQLITE_OK);
}

static struct text
begin(struct counter *counter)
{
	static const struct dossier_raw raws[] = { { TEXT("jours"), TEXT("2") } };
	counter_begin_with(counter, "test/timers");
	const struct office_command *command = counter_act(counter, "L1", "déposer", (struct text){ 0 },
		(struct dossier_raws){ raws, 1 });
	counter_must(command->status, &command->error);
	return command->dossier;
}

static instant
at(const char *moment)
{
	instant when;
	CHECK(instant_read(text_of_string(moment), &when));
	return when;
}

TEST(an_effect_that_cannot_happen_is_told_and_kept_until_it_can)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct office_alert alert = { 0 };
	const struct text id = begin(&counter);
	counter_at(&counter, "2024-03-01T10:00");
	CHECK_TEXT(counter_step(&counter, id), TEXT("ouverte"));
	CHECK_INTEGER(alerts(&counter, &alert), 1);
	CHECK_TEXT(alert.role, TEXT("bureau"));
	CHECK_TEXT(alert.dossier, id);
	CHECK(text_find(alert.message, TEXT("fait.noter.par")) != SIZE_MAX);
	struct due due = due_now(&counter);
	CHECK_INTEGER(due.count, 1);
	CHECK(due.at > at("2024-03-01T10:00") && due.at < at("2024-03-01T12:00"));
	/* An hour later it is tried again, and told once. */
	counter_at(&counter, "2024-03-01T13:00");
	CHECK_INTEGER(alerts(&counter, &alert), 1);
	CHECK(due_now(&counter).at > at("2024-03-01T13:00"));
	/* Somebody does what was missing: it happens, and nothing is told any more. */
	const struct office_command *noted = counter_act(&counter, "P1", "noter", id, (struct dossier_raws){ 0 });
	counter_must(noted->status, &noted->error);
	CHECK_INTEGER(alerts(&counter, &alert), 0);
	counter_at(&counter, "2024-03-01T13:01");
	CHECK_TEXT(counter_step(&counter, id), TEXT("relancée"));
	CHECK_INTEGER(due_now(&counter).count, 0);
	CHECK_INTEGER(alerts(&counter, &alert), 0);
}

TEST(an_alert_that_was_seen_comes_back_when_it_is_not_over_a_day_later)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct guichet_error error = { 0 };
	struct office_alert alert = { 0 };
	begin(&counter);
	counter_at(&counter, "2024-03-01T10:00");
	CHECK_INTEGER(alerts(&counter, &alert), 1);
	struct office_alert_seen seen = { .id = alert.id, .campaign = counter.campaign, .at = clock_now(counter.clock) };
	counter_must(store_transact(counter.store, office_alert_see, &seen, &error), &error);
	CHECK_INTEGER(alerts(&counter, &alert), 0);
	counter_at(&counter, "2024-03-01T16:00");
	CHECK_INTEGER(alerts(&counter, &alert), 0);
	counter_at(&counter, "2024-03-02T16:00");
	CHECK_INTEGER(alerts(&counter, &alert), 1);
	CHECK_INTEGER(due_now(&counter).count, 1);
}

TEST(an_effect_that_the_circuit_no_longer_has_is_told_and_kept)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct office_alert alert = { 0 };
	const struct text id = begin(&counter);
	by_hand("UPDATE due SET name = 'disparue'");
	counter_at(&counter, "2024-03-01T10:00");
	CHECK_TEXT(counter_step(&counter, id), TEXT("ouverte"));
	CHECK_INTEGER(alerts(&counter, &alert), 1);
	CHECK(text_find(alert.message, TEXT("disparue")) != SIZE_MAX);
	CHECK_INTEGER(due_now(&counter).count, 1);
}

TEST(an_effect_fires_once_when_its_row_is_left_behind)
{
	CLEANUP(counter_close) struct counter counter = { 0 };
	struct office_alert alert = { 0 };
	const struct text id = begin(&counter);
	const struct office_command *noted = counter_act(&counter, "P1", "noter", id, (struct dossier_raws){ 0 });
	counter_must(noted->status, &noted->error);
	counter_at(&counter, "2024-03-01T10:00");
	CHECK_TEXT(counter_step(&counter, id), TEXT("relancée"));
	by_hand("INSERT INTO due (at, id, campaign, dossier, name) SELECT 1709300000000000, 'd:' || id || ':relance', campaign,"
		" id, 'relance' FROM dossier");
	counter_at(&counter, "2024-03-02T10:00");
	CHECK_TEXT(counter_step(&counter, id), TEXT("relancée"));
	struct guichet_error error = { 0 };
	const struct dossier_event *events;
	size_t count;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter.store, &error);
	CHECK(tx);
	counter_must(office_events(tx, counter.arena, id, 0, 10, &events, &count, &error), &error);
	CHECK_INTEGER(count, 3);
	CHECK_INTEGER(alerts(&counter, &alert), 1); /* nobody knows where that row came from: somebody looks */
}
