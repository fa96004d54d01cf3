/* Lists of a campaign, page by page: all, a subtree that has few dossiers or many, at one step or whatever the step. */
#include <sqlite3.h>

#include "office_help.h"

#include "base/banned.h"

enum { COPIES = 900, PAGE = 7 }; /* up to 320 in a subtree are few */

/* Copies of the one dossier: under other names, one in twenty in a school, the others in another; one in three at no step. */
static void
copy_dossiers(void)
{
	char path[120];
	sqlite3 *database = NULL;
	snprintf(path, sizeof path, "%s/data/guichet.db", test_directory());
	CHECK(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	static const char sql[] = "WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < 900)"
		" INSERT INTO dossier (id, number, campaign, procedure, subject, step, waits_for, version, holds_place, structure,"
		" structure_path, structure_name, subject_name, search, sort_key, filed_at, stepped_at, state)"
		" SELECT id || '-' || n, number || '-' || n, campaign, procedure, subject,"
		" CASE WHEN n % 3 = 0 THEN 'ailleurs' ELSE step END, waits_for, version, 0, structure,"
		" CASE WHEN n % 20 = 0 THEN '/A/E1/' ELSE '/A/E2/' END, structure_name, subject_name, search,"
		" CAST((n * 7919) % 97 AS BLOB), filed_at, stepped_at, state FROM dossier, k";
	const int result = sqlite3_exec(database, sql, NULL, NULL, NULL);
	sqlite3_close(database);
	CHECK_INTEGER(result, SQLITE_OK);
}

static bool
in_order(const struct office_row *one, const struct office_row *next)
{
	const size_t shorter = one->sort_key.length < next->sort_key.length ? one->sort_key.length : next->sort_key.length;
	const int keys = memcmp(one->sort_key.at, next->sort_key.at, shorter);
	if (keys || one->sort_key.length != next->sort_key.length)
		return keys < 0 || (keys == 0 && one->sort_key.length < next->sort_key.length);
	return text_compare(one->id, next->id) < 0;
}

/* How many rows the list has, whose pages follow one another by name without a gap nor a repetition. */
static size_t
count_by_pages(struct counter *counter, struct store_tx *tx, const char *from, const char *to, int step)
{
	struct guichet_error error = { 0 };
	struct office_filter filter = { .step = step, .beside = PROCEDURE_NONE, .range = { text_of_string(from), text_of_string(to) } };
	struct office_row last = { 0 };
	size_t count = 0;
	for (bool more = true; more;) {
		struct office_rows rows;
		counter_must(office_list(counter->office, tx, counter->arena, counter->campaign, &filter, PAGE, &rows, &error), &error);
		for (size_t i = 0; i < rows.count; i++) {
			CHECK(!last.id.at || in_order(&last, &rows.at[i]));
			CHECK(step < 0 || rows.at[i].step == step);
			last = rows.at[i];
		}
		CHECK(!rows.more || rows.count == PAGE);
		count += rows.count;
		more = rows.more;
		filter.after_key = last.sort_key;
		filter.after_id = last.id;
	}
	return count;
}

TEST(a_list_gives_each_dossier_once_in_order_of_names_whatever_the_subtree)
{
	struct counter counter;
	counter_begin(&counter);
	counter_file(&counter, "L1", "80", "soins");
	copy_dossiers();
	struct guichet_error error = { 0 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(counter.store, &error);
	CHECK(tx);
	/* Where the one dossier waits. */
	struct office_rows rows;
	const struct office_filter all = { .step = PROCEDURE_NONE, .beside = PROCEDURE_NONE, .range = DIRECTORY_EVERYWHERE };
	counter_must(office_list(counter.office, tx, counter.arena, counter.campaign, &all, 1000, &rows, &error), &error);
	CHECK_INTEGER(rows.count, COPIES + 1);
	int step = PROCEDURE_NONE;
	for (size_t i = 0; i < rows.count; i++)
		step = rows.at[i].step >= 0 ? rows.at[i].step : step;

	CHECK_INTEGER(count_by_pages(&counter, tx, "/", "0", PROCEDURE_NONE), COPIES + 1);
	CHECK_INTEGER(count_by_pages(&counter, tx, "/", "0", step), COPIES * 2 / 3 + 1);
	CHECK_INTEGER(count_by_pages(&counter, tx, "/A/E1/", "/A/E10", PROCEDURE_NONE), COPIES / 20);
	CHECK_INTEGER(count_by_pages(&counter, tx, "/A/E1/", "/A/E10", step), COPIES / 30);
	CHECK_INTEGER(count_by_pages(&counter, tx, "/A/E2/", "/A/E20", PROCEDURE_NONE), COPIES * 19 / 20);
	CHECK_INTEGER(count_by_pages(&counter, tx, "/A/E2/", "/A/E20", step), COPIES * 2 / 3 - COPIES / 30);
	CHECK_INTEGER(count_by_pages(&counter, tx, "/A/", "/A0", step), COPIES * 2 / 3);
	CHECK_INTEGER(count_by_pages(&counter, tx, "/B/", "/B0", PROCEDURE_NONE), 0);

	/* The same ones, by their ids alone. */
	struct office_id ids[PAGE], after = { 0 };
	size_t found = 0;
	for (size_t count = PAGE; count == PAGE; found += count) {
		counter_must(office_ids_at_step(tx, counter.arena, counter.campaign, step, PROCEDURE_NONE, found ? &after : NULL, PAGE, ids, &count,
			&error), &error);
		after = count ? ids[count - 1] : after;
	}
	CHECK_INTEGER(found, COPIES * 2 / 3 + 1);
	store_read_end(TAKE(tx));
	counter_close(&counter);
}
