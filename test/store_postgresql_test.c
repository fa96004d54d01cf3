/* One list of statements, two databases. */
#include "postgresql.h"

#include <pthread.h>

#include "store/store.h"
#include "test.h"

#include "base/banned.h"

static struct guichet_error error;

static struct store *
open_at(const char *where)
{
	struct store *store = NULL;
	if (store_open(where, NULL, &store, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	return store;
}

static enum guichet_status
write_some(struct store_tx *tx, void *context, struct guichet_error *ret_error)
{
	enum guichet_status *end = context;
	int64_t changed = 0;
	enum guichet_status status =
		store_run(tx, STORE_SETTING_SET, STORE_VALUES("b", TEXT("é")), &changed, ret_error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_SETTING_SET, STORE_VALUES("a", (struct text){ 0 }), NULL, ret_error);
	if (status == GUICHET_OK && changed != 1)
		return guichet_fail(ret_error, GUICHET_BROKEN, "changed");
	if (status == GUICHET_OK && *end != GUICHET_OK)
		return guichet_fail(ret_error, *end, "Refusé par l’essai.");
	return status;
}

static enum guichet_status
break_a_rule(struct store_tx *tx, void *context, struct guichet_error *ret_error)
{
	(void)context;
	enum guichet_status status = store_run(tx, STORE_MIGRATION_INSERT, STORE_VALUES("x", "y"), NULL, ret_error);
	return status != GUICHET_OK ? status
		: store_run(tx, STORE_MIGRATION_INSERT, STORE_VALUES("x", "z"), NULL, ret_error);
}

/* What both databases must answer alike. */
static void
scenario(struct store *store)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	enum guichet_status end = GUICHET_REFUSED;
	CHECK(store_transact(store, write_some, &end, &error) == GUICHET_REFUSED);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
	CHECK(tx);
	CLEANUP(store_rows_end) struct store_rows none = store_query(tx, arena, STORE_SETTING_LIST, STORE_VALUES(), &error);
	CHECK(!store_next(&none));
	CHECK(store_absent(&none, "Rien.") == GUICHET_UNKNOWN);
	CHECK(store_run(tx, STORE_SETTING_SET, STORE_VALUES("a", "b"), NULL, &error) == GUICHET_BROKEN);
	store_read_end(TAKE(tx));

	CHECK(store_transact(store, break_a_rule, NULL, &error) == GUICHET_BROKEN);
	end = GUICHET_OK;
	CHECK(store_transact(store, write_some, &end, &error) == GUICHET_OK);
	tx = store_read(store, &error);
	CHECK(tx);
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_SETTING_LIST, STORE_VALUES(), &error);
	CHECK(store_next(&rows));
	CHECK_TEXT(store_text(&rows, 0), TEXT("a"));
	CHECK(!store_is_null(&rows, 1));
	CHECK_TEXT(store_text(&rows, 1), TEXT(""));
	CLEANUP(store_rows_end) struct store_rows again =
		store_query(tx, arena, STORE_SETTING_LIST, STORE_VALUES(), &error);
	CHECK(store_next(&again));
	CHECK(store_next(&rows));
	CHECK_TEXT(store_text(&again, 0), TEXT("a"));
	CHECK_TEXT(store_text(&rows, 1), TEXT("é"));
	CHECK(!store_next(&rows) && !store_next(&rows));
	CHECK(store_finish(&rows) == GUICHET_OK);
	CHECK(store_optimize(store, &error) == GUICHET_OK);
}

enum { INCREMENTS = 30 };

static enum guichet_status
increment(struct store_tx *tx, void *context, struct guichet_error *ret_error)
{
	(void)context;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 12);
	int64_t count = 0;
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, STORE_SETTING_GET, STORE_VALUES("compte"), ret_error);
	if (store_next(&rows) && !text_to_integer(store_text(&rows, 0), 0, INT64_MAX, &count))
		return guichet_fail(ret_error, GUICHET_BROKEN, "compte");
	enum guichet_status status = store_finish(&rows);
	return status != GUICHET_OK ? status : store_run(tx, STORE_SETTING_SET,
		STORE_VALUES("compte", arena_format(arena, "%lld", (long long)count + 1)), NULL, ret_error);
}

static void *
increment_often(void *store)
{
	struct guichet_error told;
	for (int i = 0, lost = 0; i < INCREMENTS; i++) {
		const enum guichet_status status = store_transact(store, increment, NULL, &told);
		if (status == GUICHET_RETRY && lost++ < INCREMENTS)
			i--; /* it lost against the other many times in a row: the caller comes back */
		else if (status != GUICHET_OK)
			return store;
	}
	return NULL;
}

/* Two servers on one PostgreSQL: a work that lost against the other's runs again. */
static void
two_servers_count_together(struct store *one, const char *url)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 12);
	CLEANUP(store_close) struct store *other = open_at(url);
	pthread_t thread;
	void *failed;
	CHECK(pthread_create(&thread, NULL, increment_often, other) == 0);
	CHECK(!increment_often(one));
	pthread_join(thread, &failed);
	CHECK(!failed);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(one, &error);
	CHECK(tx);
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, STORE_SETTING_GET, STORE_VALUES("compte"), &error);
	CHECK(store_next(&rows));
	CHECK_INTEGER(store_integer(&rows, 0), 2 * INCREMENTS);
}

TEST(every_statement_is_prepared_on_both_databases)
{
	char path[128];
	snprintf(path, sizeof path, "%s/data", test_directory());
	CLEANUP(store_close) struct store *sqlite = open_at(path);
	const char *url = postgresql_start();
	CLEANUP(store_close) struct store *postgresql = open_at(url);
	for (int statement = 0; statement < STORE_STATEMENT_COUNT; statement++) {
		int here = -1, there = -2;
		const char *name = store_statement_name(statement);
		if (store_prepare(sqlite, statement, &here, &error) != GUICHET_OK)
			test_fail(__FILE__, __LINE__, "%s is refused by SQLite: %s", name, error.message);
		if (store_prepare(postgresql, statement, &there, &error) != GUICHET_OK)
			test_fail(__FILE__, __LINE__, "%s is refused by PostgreSQL: %s", name, error.message);
		if (here != there)
			test_fail(__FILE__, __LINE__, "%s gives %d columns on SQLite, %d on PostgreSQL", name, here, there);
	}
	scenario(sqlite);
	scenario(postgresql);
	two_servers_count_together(postgresql, url);
	store_close(TAKE(postgresql));
	postgresql = open_at(url); /* its migrations are known */
	store_close(TAKE(postgresql));
	postgresql_stop();
}
