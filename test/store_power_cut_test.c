/* The power is cut at every sync in turn: what was acknowledged is there afterwards, with
 * its attachment, and what was not is there whole or not at all. */
#include <sqlite3.h>
#include <stdio.h>

#include "power_cut.h"
#include "test.h"

#include "base/banned.h"

enum { FILINGS = 4 };

static struct guichet_error error;

struct filing {
	int number;
	struct digest digest;
};

static enum guichet_status
file_it(struct store_tx *tx, void *context, struct guichet_error *ret_error)
{
	const struct filing *filing = context;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 12);
	const enum guichet_status status = store_run(tx, STORE_SETTING_SET,
		STORE_VALUES(arena_format(arena, "dossier %d", filing->number), digest_hex(arena, &filing->digest)), NULL,
		ret_error);
	return status != GUICHET_OK ? status : store_run(tx, STORE_SETTING_SET,
		STORE_VALUES(arena_format(arena, "courriel %d", filing->number), "à envoyer"), NULL, ret_error);
}

/* Files until the power is cut; returns how many were acknowledged. */
static int
live(const char *path)
{
	const struct store_options options = { .vfs = POWER_CUT_VFS, .files = &power_cut_files };
	struct store *store = NULL;
	if (store_open(path, &options, &store, &error) != GUICHET_OK)
		return 0;
	int acknowledged = 0;
	for (int i = 0; i < FILINGS && acknowledged == i; i++) {
		struct filing filing = { .number = i };
		char piece[32];
		snprintf(piece, sizeof piece, "pièce %d", i);
		acknowledged += attachment_write(store, text_of_string(piece), &filing.digest, &error) == GUICHET_OK
			&& store_transact(store, file_it, &filing, &error) == GUICHET_OK;
	}
	store_close(store);
	return acknowledged;
}

static struct text
get(struct store_tx *tx, struct arena *arena, const char *what, int number)
{
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_SETTING_GET,
		STORE_VALUES(arena_format(arena, "%s %d", what, number)), &error);
	return store_next(&rows) ? store_text(&rows, 0) : (struct text){ 0 };
}

static void
check_after(const char *path, int acknowledged)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CLEANUP(store_close) struct store *store = NULL;
	if (store_open(path, NULL, &store, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
	CHECK(tx);
	for (int i = 0; i < FILINGS; i++) {
		const struct text hex = get(tx, arena, "dossier", i);
		CHECK(!hex.at == !get(tx, arena, "courriel", i).at);
		CHECK(hex.at || i >= acknowledged);
		if (!hex.at)
			continue;
		struct digest digest;
		struct text piece;
		CHECK(digest_read(hex, &digest));
		if (attachment_read(store, arena, &digest, &piece, &error) != GUICHET_OK)
			test_fail(__FILE__, __LINE__, "dossier %d has no piece: %s", i, error.message);
	}
}

TEST(power_cut_at_every_sync_loses_nothing_acknowledged)
{
	unsigned cuts = 0;
	for (enum power_cut_keeps keeps = 0; keeps < KEEPS_COUNT; keeps++) {
		bool reached = true;
		for (unsigned nth = 1; reached; nth++) {
			char before[128], after[160];
			snprintf(before, sizeof before, "%s/%d-%u", test_directory(), keeps, nth);
			snprintf(after, sizeof after, "%s-after", before);
			power_cut_start(nth);
			const int acknowledged = live(before);
			reached = power_cut_done();
			cuts += reached;
			CHECK(reached || acknowledged == FILINGS);
			power_cut_restart(keeps, before, after);
			check_after(after, acknowledged);
		}
	}
	CHECK(cuts > 3 * 4 * FILINGS);
	power_cut_start(0);
}

TEST(disk_that_fills_refuses_politely_and_serves_again_once_it_has_room)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	const struct store_options options = { .vfs = POWER_CUT_VFS, .files = &power_cut_files };
	char path[128];
	snprintf(path, sizeof path, "%s/data", test_directory());
	power_cut_start(0);
	CLEANUP(store_close) struct store *store = NULL;
	CHECK(store_open(path, &options, &store, &error) == GUICHET_OK);
	for (int i = 0; i < 3; i++) {
		struct filing filing = { .number = i };
		struct digest digest;
		power_cut_fill(i == 1);
		const enum guichet_status expected = i == 1 ? GUICHET_RETRY : GUICHET_OK;
		CHECK(attachment_write(store, TEXT("pièce"), &digest, &error) == expected);
		CHECK(i != 1 || strstr(error.message, "ce fichier n’a pas été enregistré"));
		CHECK(store_transact(store, file_it, &filing, &error) == expected);
		CHECK(i != 1 || strstr(error.message, "disque du serveur est plein"));
	}
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, &error);
	CHECK(tx && get(tx, arena, "dossier", 0).at && !get(tx, arena, "dossier", 1).at && get(tx, arena, "dossier", 2).at);
}
