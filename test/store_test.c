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
