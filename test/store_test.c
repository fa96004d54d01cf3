/* The store on SQLite: statements, transactions, the writer. */
#include "store/store.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "test.h"

#include "base/banned.h"

static struct guichet_error error;

static struct store *
open_fresh(const struct store_options *options)
{
	char path[128];
	snprintf(path, sizeof path, "%s/data", test_directory());
	struct store *store = NULL;
	if (store_open(path, options, &store, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	return store;
}

/* A work: sets a setting, then ends with `status`. */
struct setting {
	const char *name, *value;
	enum guichet_status status;
	int runs;
};

static enum guichet_status
set(struct store_tx *tx, void *context, struct guichet_error *ret_error)
{
	struct setting *setting = context;
	setting->runs++;
	enum guichet_status status =
		store_run(tx, STORE_SETTING_SET, STORE_VALUES(setting->name, setting->value), NULL, ret_error);
	if (status == GUICHET_OK && setting->status != GUICHET_OK)
		return guichet_fail(ret_error, setting->status, "Refusé par l’essai.");
	return status;
}

static struct text
get(struct store *store, struct arena *arena, const char *name)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
	CHECK(tx);
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, STORE_SETTING_GET, STORE_VALUES(name), &error);
	return store_next(&rows) ? store_text(&rows, 0) : TEXT("-");
}

TEST(store_keeps_what_was_acknowledged_and_undoes_what_was_refused)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CLEANUP(store_close) struct store *store = open_fresh(NULL);
	struct setting kept = { "a", "é", GUICHET_OK, 0 }, refused = { "b", "2", GUICHET_REFUSED, 0 };
	CHECK(store_transact(store, set, &kept, &error) == GUICHET_OK);
	CHECK(store_transact(store, set, &refused, &error) == GUICHET_REFUSED);
	CHECK_TEXT(text_of_string(error.message), TEXT("Refusé par l’essai."));
	CHECK_TEXT(get(store, arena, "a"), TEXT("é"));
	CHECK_TEXT(get(store, arena, "b"), TEXT("-"));
	store_close(TAKE(store));
	store = open_fresh(NULL);
	CHECK_TEXT(get(store, arena, "a"), TEXT("é"));
}

/* --- The writer ------------------------------------------------------------------ */

/* Holds the writer's thread inside a work until it is let go, so that others gather. */
struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool entered, open;
	int told;                 /* works told so far */
	int order[4096];          /* their numbers */
	enum guichet_status statuses[4096];
	int runs[4096];
};

static void
gate_init(struct gate *gate)
{
	*gate = (struct gate){ .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
}

static enum guichet_status
wait_at_gate(struct store_tx *tx, void *context, struct guichet_error *ret_error)
{
	(void)tx, (void)ret_error;
	struct gate *gate = context;
	pthread_mutex_lock(&gate->lock);
	gate->entered = true;
	pthread_cond_broadcast(&gate->changed);
	while (!gate->open)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
	return GUICHET_OK;
}

static void
gate_open(struct gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->open = true;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

static void
gate_wait_told(struct gate *gate, int count)
{
	pthread_mutex_lock(&gate->lock);
	while (gate->told < count)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

static void
ignore(void *context, enum guichet_status status, const struct guichet_error *told)
{
	(void)context, (void)status, (void)told;
}

/* Makes the writer wait; returns once it does. */
static void
gate_close(struct gate *gate, struct store *store)
{
	gate_init(gate);
	CHECK(store_submit(store, STORE_NORMAL, wait_at_gate, gate, ignore, NULL, &error) == GUICHET_OK);
	pthread_mutex_lock(&gate->lock);
	while (!gate->entered)
		pthread_cond_wait(&gate->changed, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}

/* A numbered work; refuses when its number is a multiple of `refuses`. */
struct numbered {
	struct gate *gate;
	int number, refuses;
	size_t size; /* of the value it writes */
};

static enum guichet_status
write_number(struct store_tx *tx, void *context, struct guichet_error *ret_error)
{
	const struct numbered *numbered = context;
	numbered->gate->runs[numbered->number]++;
	char name[32];
	snprintf(name, sizeof name, "n%05d", numbered->number);
	CLEANUP(arena_free) struct arena *arena = arena_new(numbered->size + 4096);
	char *value = arena_alloc(arena, numbered->size + 1);
	memset(value, 'x', numbered->size);
	enum guichet_status status = store_run(tx, STORE_SETTING_SET,
		STORE_VALUES(name, ((struct text){ value, numbered->size })), NULL, ret_error);
	if (status == GUICHET_OK && numbered->refuses && numbered->number % numbered->refuses == 0)
		return guichet_fail(ret_error, GUICHET_REFUSED, "Non, %d.", numbered->number);
	return status;
}

static void
number_told(void *context, enum guichet_status status, const struct guichet_error *told)
{
	const struct numbered *numbered = context;
	struct gate *gate = numbered->gate;
	(void)told;
	pthread_mutex_lock(&gate->lock);
	gate->statuses[numbered->number] = status;
	gate->order[gate->told++] = numbered->number;
	pthread_cond_broadcast(&gate->changed);
	pthread_mutex_unlock(&gate->lock);
}

static int64_t
count_settings(struct store *store)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
	CHECK(tx);
	int64_t count = 0;
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, NULL, STORE_SETTING_LIST, STORE_VALUES(), &error);
	while (store_next(&rows))
		count++;
	CHECK(store_finish(&rows) == GUICHET_OK);
	return count;
}

TEST(writer_commits_together_what_gathered_in_order_and_undoes_only_the_refused)
{
	enum { WORKS = 200 };
	static struct gate gate;
	static struct numbered numbered[WORKS];
	CLEANUP(store_close) struct store *store = open_fresh(NULL);
	gate_close(&gate, store);
	for (int i = 0; i < WORKS; i++) {
		numbered[i] = (struct numbered){ &gate, i, 7, 10 };
		CHECK(store_submit(store, STORE_NORMAL, write_number, &numbered[i], number_told, &numbered[i], &error)
			== GUICHET_OK);
	}
	CHECK_INTEGER(gate.told, 0); /* nothing is told before it is on disk */
	gate_open(&gate);
	gate_wait_told(&gate, WORKS);
	for (int i = 0; i < WORKS; i++) {
		CHECK_INTEGER(gate.order[i], i);
		CHECK(gate.statuses[i] == (i % 7 ? GUICHET_OK : GUICHET_REFUSED));
	}
	CHECK_INTEGER(count_settings(store), WORKS - (WORKS + 6) / 7);
	const struct store_counts counts = store_counts(store);
	CHECK(counts.works >= WORKS && counts.commits <= 4);
	CHECK_INTEGER(counts.reruns, 0);
	CHECK_INTEGER(counts.refusals, (WORKS + 6) / 7);
}

TEST(writer_answers_at_once_when_its_queue_is_full)
{
	static struct gate gate;
	static struct numbered numbered[4];
	const struct store_options options = { .queue = 3 };
	CLEANUP(store_close) struct store *store = open_fresh(&options);
	gate_close(&gate, store);
	for (int i = 0; i < 4; i++) {
		numbered[i] = (struct numbered){ &gate, i, 0, 10 };
		const enum guichet_status status =
			store_submit(store, STORE_NORMAL, write_number, &numbered[i], number_told, &numbered[i], &error);
		CHECK(status == (i < 3 ? GUICHET_OK : GUICHET_RETRY));
	}
	CHECK(strstr(error.message, "Recommencez"));
	gate_open(&gate);
	gate_wait_told(&gate, 3);
	CHECK_INTEGER(count_settings(store), 3);
	CHECK_INTEGER(gate.runs[3], 0);
}

TEST(writer_gives_batch_work_its_share_and_no_more)
{
	enum { NORMAL = 900, LOW = 100 };
	static struct gate gate;
	static struct numbered numbered[NORMAL + LOW];
	CLEANUP(store_close) struct store *store = open_fresh(NULL);
	gate_close(&gate, store);
	for (int i = 0; i < NORMAL + LOW; i++) {
		numbered[i] = (struct numbered){ &gate, i, 0, 10 };
		CHECK(store_submit(store, i < LOW ? STORE_LOW : STORE_NORMAL, write_number, &numbered[i], number_told,
			&numbered[i], &error) == GUICHET_OK);
	}
	gate_open(&gate);
	gate_wait_told(&gate, NORMAL + LOW);
	int low = 0;
	for (int i = 0; i < 500; i++)
		low += gate.order[i] < LOW;
	CHECK(low > 0 && low <= 500 / 8 + 1);
	CHECK(gate.order[0] >= LOW);
}

TEST(writer_drains_its_queue_when_it_closes)
{
	enum { WORKS = 600 };
	static struct gate gate;
	static struct numbered numbered[WORKS];
	struct store *store = open_fresh(NULL);
	gate_close(&gate, store);
	for (int i = 0; i < WORKS; i++) {
		numbered[i] = (struct numbered){ &gate, i, 0, 10 };
		CHECK(store_submit(store, i % 2 ? STORE_LOW : STORE_NORMAL, write_number, &numbered[i], number_told,
			&numbered[i], &error) == GUICHET_OK);
	}
	gate_open(&gate);
	store_close(store);
	CHECK_INTEGER(gate.told, WORKS);
	store = open_fresh(NULL);
	CHECK_INTEGER(count_settings(store), WORKS);
	store_close(store);
}

/* Each of these would fit; together they do not. */
TEST(writer_runs_a_batch_again_one_by_one_when_the_disk_fills)
{
	enum { WORKS = 40, SIZE = 20000 };
	static struct gate gate;
	static struct numbered numbered[WORKS];
	const struct store_options options = { .page_ceiling = 250 };
	CLEANUP(store_close) struct store *store = open_fresh(&options);
	gate_close(&gate, store);
	for (int i = 0; i < WORKS; i++) {
		numbered[i] = (struct numbered){ &gate, i, 0, SIZE };
		CHECK(store_submit(store, STORE_NORMAL, write_number, &numbered[i], number_told, &numbered[i], &error)
			== GUICHET_OK);
	}
	gate_open(&gate);
	gate_wait_told(&gate, WORKS);
	int done = 0, refused = 0;
	for (int i = 0; i < WORKS; i++) {
		done += gate.statuses[i] == GUICHET_OK;
		refused += gate.statuses[i] == GUICHET_RETRY;
	}
	CHECK(done > 3 && refused > 3 && done + refused == WORKS);
	CHECK_INTEGER(gate.runs[0], 2);
	CHECK_INTEGER(count_settings(store), done);
	CHECK(store_counts(store).reruns > 0);
	struct setting small = { "petit", "1", GUICHET_OK, 0 };
	struct numbered big = { &gate, 4000, 0, 200000 };
	CHECK(store_transact(store, write_number, &big, &error) == GUICHET_RETRY);
	CHECK(strstr(error.message, "disque du serveur est plein"));
	CHECK(store_transact(store, set, &small, &error) == GUICHET_OK);
}

TEST(reader_sees_one_state_while_others_write)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CLEANUP(store_close) struct store *store = open_fresh(NULL);
	struct setting first = { "a", "1", GUICHET_OK, 0 }, second = { "a", "2", GUICHET_OK, 0 };
	CHECK(store_transact(store, set, &first, &error) == GUICHET_OK);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
	for (int i = 0; i < 2; i++) {
		CLEANUP(store_rows_end) struct store_rows rows =
			store_query(tx, arena, STORE_SETTING_GET, STORE_VALUES("a"), &error);
		CHECK(store_next(&rows));
		CHECK_TEXT(store_text(&rows, 0), TEXT("1"));
		CHECK(store_finish(&rows) == GUICHET_OK);
		CHECK(store_transact(store, set, &second, &error) == GUICHET_OK);
	}
	CHECK_TEXT(get(store, arena, "a"), TEXT("2"));
}

TEST(readers_are_bounded)
{
	const struct store_options options = { .readers = 1 };
	CLEANUP(store_close) struct store *store = open_fresh(&options);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
	CHECK(tx);
	CHECK(!store_read(store, &error));
	CHECK(error.status == GUICHET_RETRY);
	store_read_end(TAKE(tx));
	tx = store_read(store, &error);
	CHECK(tx);
}

/* --- Values and rows ------------------------------------------------------------- */

TEST(values_are_checked_against_their_statement)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CLEANUP(store_close) struct store *store = open_fresh(NULL);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
	const struct { struct store_values values; const char *told; } cases[] = {
		{ STORE_VALUES(), "attend 1 valeurs et en reçoit 0" },
		{ STORE_VALUES("a", "b"), "attend 1 valeurs et en reçoit 2" },
		{ STORE_VALUES(3), "de type t et reçoit i" },
		{ STORE_VALUES(STORE_NULL), "de type t et reçoit 0" },
		{ STORE_VALUES(STORE_BLOB("a", 1)), "de type t et reçoit b" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct store_rows rows = store_query(tx, arena, STORE_SETTING_GET, cases[i].values, &error);
		CHECK(!store_next(&rows));
		CHECK(store_finish(&rows) == GUICHET_BROKEN);
		CHECK(strstr(error.message, cases[i].told));
	}
}

TEST(rows_survive_every_failed_allocation)
{
	CLEANUP(store_close) struct store *store = open_fresh(NULL);
	struct setting setting = { "a", "une valeur", GUICHET_OK, 0 };
	CHECK(store_transact(store, set, &setting, &error) == GUICHET_OK);
	for (unsigned nth = 1; ; nth++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
		CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
		arena_fail_nth(nth);
		struct store_rows rows = store_query(tx, arena, STORE_SETTING_LIST, STORE_VALUES(), &error);
		while (store_next(&rows))
			store_text(&rows, 0), store_text(&rows, 1);
		const enum guichet_status status = store_finish(&rows);
		if (!arena_failed()) {
			arena_fail_nth(0);
			CHECK(status == GUICHET_OK && nth == 3);
			return;
		}
		CHECK(status == GUICHET_BROKEN);
	}
}

/* --- Databases that cannot be used ----------------------------------------------- */

static sqlite3 *
open_raw(void)
{
	char path[160];
	snprintf(path, sizeof path, "%s/data/guichet.db", test_directory());
	sqlite3 *database;
	CHECK(sqlite3_open(path, &database) == SQLITE_OK);
	return database;
}

TEST(database_held_by_another_program_is_told_and_nothing_is_lost)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	const struct store_options options = { .busy_milliseconds = 20 };
	CLEANUP(store_close) struct store *store = open_fresh(&options);
	struct setting setting = { "a", "1", GUICHET_OK, 0 };
	sqlite3 *other = open_raw();
	CHECK(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
	CHECK(store_transact(store, set, &setting, &error) == GUICHET_RETRY);
	CHECK(strstr(error.message, "tenue par un autre programme"));
	CHECK_INTEGER(setting.runs, 0);
	CHECK_TEXT(get(store, arena, "a"), TEXT("-"));
	sqlite3_close(other);
	CHECK(store_transact(store, set, &setting, &error) == GUICHET_OK);
	CHECK_TEXT(get(store, arena, "a"), TEXT("1"));
}

TEST(database_of_a_newer_program_is_refused)
{
	store_close(open_fresh(NULL));
	sqlite3 *raw = open_raw();
	CHECK(sqlite3_exec(raw, "INSERT INTO migration VALUES ('9999-future', 'x')", NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(raw);
	char path[128];
	snprintf(path, sizeof path, "%s/data", test_directory());
	struct store *store = NULL;
	CHECK(store_open(path, NULL, &store, &error) == GUICHET_REFUSED);
	CHECK(!store && strstr(error.message, "plus récente de Guichet (étape « 9999-future »"));
}

static void
overwrite(long from, const char *with, size_t length)
{
	char path[160];
	snprintf(path, sizeof path, "%s/data/guichet.db", test_directory());
	FILE *file = fopen(path, "r+b");
	CHECK(file && fseek(file, from, SEEK_SET) == 0);
	CHECK(fwrite(with, 1, length, file) == length);
	fclose(file);
}

TEST(damaged_database_is_told)
{
	static const char noise[60000] = { 1, 2, 3 };
	struct store *store = open_fresh(NULL);
	struct gate gate;
	gate_init(&gate);
	for (int i = 0; i < 5; i++) {
		struct numbered numbered = { &gate, i, 0, 3000 };
		CHECK(store_transact(store, write_number, &numbered, &error) == GUICHET_OK);
	}
	store_close(store);
	overwrite(4096, noise, sizeof noise);
	char path[128];
	snprintf(path, sizeof path, "%s/data", test_directory());
	store = NULL;
	CHECK(store_open(path, NULL, &store, &error) == GUICHET_BROKEN);
	CHECK(!store && strstr(error.message, "endommagé"));
	overwrite(0, "ceci n’est pas une base", 24);
	CHECK(store_open(path, NULL, &store, &error) == GUICHET_BROKEN);
	CHECK(!store && strstr(error.message, "n’est pas une base de données de Guichet"));
}

TEST(data_directory_that_cannot_be_used_is_told)
{
	char path[160];
	struct store *store = NULL;
	snprintf(path, sizeof path, "%s/absent/data", test_directory());
	CHECK(store_open(path, NULL, &store, &error) == GUICHET_REFUSED);
	CHECK(!store && strstr(error.message, "absent/data » ne peut pas être créé"));
	snprintf(path, sizeof path, "%s/file", test_directory());
	fclose(fopen(path, "w"));
	CHECK(store_open(path, NULL, &store, &error) == GUICHET_BROKEN);
	CHECK(!store && strstr(error.message, "ne peut pas être ouvert"));
}
