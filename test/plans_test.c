/* How SQLite means to run every statement, over the real schema: nothing that grows is read whole, or sorted, to show a
 * page or to run a timer. Twice: without statistics, as a new database is, and with those of a first large campaign. */
#include "store/inside.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "test.h"

#include "base/banned.h"

/* What a statement may do that another may not. A word of no list here fails the test, by the name of its statement. */
struct permit {
	enum store_statement statement;
	bool sorts;
	const char *scans; /* tables, as the statement calls them, that it may read whole */
	const char *why;
};

#define WHOLE_IMPORT "an import or an export compares everything"
#define OF_A_PERSON "few rows: those of one person"
#define OF_A_STRUCTURE "few rows: those that one structure asked for itself"
#define OF_A_FEW "few rows: those of the thirty-two listed, found by their keys"
#define OF_A_DOSSIER "few rows: those of one dossier"
#define SMALL_TABLE "a table that stays small"
#define FOUND_FIRST "what is scanned was found through an index just before"

static const struct permit permits[] = {
	{ STORE_MIGRATION_LIST, false, "migration", SMALL_TABLE },
	{ STORE_SETTING_LIST, false, "setting", SMALL_TABLE },
	{ STORE_CAMPAIGN_LIST, false, "campaign", SMALL_TABLE },
	{ STORE_CAMPAIGN_COUNT, false, "campaign", SMALL_TABLE },
	{ STORE_COUNTER_LIST, false, "counter", SMALL_TABLE },
	{ STORE_CLOSED_DAY_LIST, true, "closed_day", SMALL_TABLE },
	{ STORE_DOSSIER_REPORTED, false, "p", "the procedures: a few" },

	{ STORE_DIRECTORY_STRUCTURES_ALL, false, "s", WHOLE_IMPORT },
	{ STORE_DIRECTORY_PERSONS_ALL, false, "v", WHOLE_IMPORT },
	{ STORE_DIRECTORY_APPOINTMENTS_ALL, true, "a st", WHOLE_IMPORT },
	{ STORE_DIRECTORY_INTERIMS_ALL, true, "i p", WHOLE_IMPORT },
	{ STORE_DIRECTORY_STAFFED, false, "s", "every structure, once for each change of the directory and each day" },
	{ STORE_ATTACHMENT_NAMED, true, "draft_piece handed_piece attachment", "a backup copies every file" },
	{ STORE_SESSION_SWEEP, false, "session", "now and then: those that nobody will open again" },

	{ STORE_DIRECTORY_PERSON_BY_MAIL, true, "", "those who share a mail" },
	{ STORE_DIRECTORY_FACTS, true, "", OF_A_PERSON },
	{ STORE_DIRECTORY_FUNCTIONS, true, "h", OF_A_PERSON },
	{ STORE_DIRECTORY_DELEGATIONS, true, "", OF_A_PERSON },
	{ STORE_DIRECTORY_INTERIMS_OF, true, "", OF_A_PERSON },
	{ STORE_DIRECTORY_ABSENCES_DECLARED, true, "", OF_A_PERSON },
	{ STORE_DRAFT_OF_PERSON, true, "", OF_A_PERSON },
	{ STORE_SESSION_LIST, true, "", OF_A_PERSON },
	{ STORE_EVENT_OF_SUBJECT, true, "", OF_A_PERSON },
	{ STORE_EXEMPTION_OF_PERSON, true, "", OF_A_PERSON },
	{ STORE_COUNTER_ENTRIES, true, "", OF_A_PERSON },

	{ STORE_EVENT_OF_STRUCTURE, true, "", OF_A_STRUCTURE },
	{ STORE_EXEMPTION_OF_STRUCTURE, true, "", OF_A_STRUCTURE },
	{ STORE_COUNTER_ENTRIES_OF_STRUCTURE, true, "", OF_A_STRUCTURE },

	{ STORE_DOSSIER_CHILDREN, true, "", OF_A_DOSSIER },
	{ STORE_ACT_OF_DOSSIER, true, "", OF_A_DOSSIER },
	{ STORE_DUE_OF_DOSSIER, true, "", OF_A_DOSSIER },
	{ STORE_DUE_ALL_OF_DOSSIER, true, "", OF_A_DOSSIER },

	{ STORE_DIRECTORY_FACTS_LISTED, true, "", OF_A_FEW },
	{ STORE_COUNTER_ENTRIES_LISTED, true, "", OF_A_FEW },
	{ STORE_COUNTER_ENTRIES_OF_STRUCTURES, true, "", OF_A_FEW },
	{ STORE_SETTING_LISTED, true, "", OF_A_FEW },

	{ STORE_DIRECTORY_HOLDERS, true, "h", "few rows: who holds some functions in a structure and above it" },
	{ STORE_DIRECTORY_HOLDERS_WITHIN, true, "h", "few rows: who holds some functions; all of them are shown" },
	{ STORE_DOSSIER_PLACES_AWAY, true, "", "few rows: who is away" },
	{ STORE_DIRECTORY_INTERIMS_TO_TELL, true, "", "few rows: those that begin today" },
	{ STORE_DIRECTORY_COLLEAGUES, true, "place", "who may replace somebody, by name: read when an absence is declared" },
	{ STORE_DIRECTORY_SEARCH, true, "found", FOUND_FIRST },
	{ STORE_SETTING_OF_PATH, true, "", "few rows: of a structure and those above it" },
	{ STORE_EXEMPTION_LIST, true, "", "few rows: exceptions of a campaign" },

	{ STORE_DOSSIER_LAST, false, "dossier", "stops at the first row" },
	{ STORE_DOSSIER_COUNT_WITHIN, false, "found", FOUND_FIRST },
	{ STORE_DOSSIER_LIST_FEW, true, "few", FOUND_FIRST },
	{ STORE_DOSSIER_SEARCH, true, "", "only those of the same name are sorted" },
	{ STORE_DUE_WITHIN, true, "", "few rows: a small subtree" },
	{ STORE_DOSSIER_ANSWERED_AT, true, "", "those of one structure" },
	{ STORE_DOSSIER_WAITING_TOO, true, "", "those that wait for several roles at once" },
	{ STORE_DOSSIER_ROLE_WAITING, true, "", "once a day and after each import: all that waits is looked at" },
	{ STORE_BATCH_WAITING, true, "b", "the open batches, by an index that has no other" },
	{ STORE_MAIL_LIST_WAITING, false, "mail", "in the order of an index that has no other, until the page is full" },

	{ STORE_ABSENCES_OF_DAY, true, "", "few rows: of one day" },
	{ STORE_POSTS_OF_DAY, true, "", "few rows: of one day" },
	{ STORE_SETTINGS_OF_DAY, true, "", "few rows: of one day" },
};
enum { PERMITS = sizeof permits / sizeof *permits };

static const struct permit *
permit_find(enum store_statement statement)
{
	for (size_t i = 0; i < PERMITS; i++)
		if (permits[i].statement == statement)
			return &permits[i];
	return NULL;
}

static bool
may_scan(const struct permit *permit, struct text table)
{
	for (struct text rest = text_of_string(permit ? permit->scans : ""); rest.length;)
		if (text_equal(text_split(&rest, ' '), table))
			return true;
	return false;
}

/* Judges a line of a plan; `used` is set when it needed its permit. */
static void
line_judge(enum store_statement statement, const char *line, bool used[PERMITS])
{
	const struct permit *permit = permit_find(statement);
	const bool scans = strncmp(line, "SCAN ", 5) == 0 && strcmp(line, "SCAN CONSTANT ROW") != 0;
	const bool sorts = strstr(line, "TEMP B-TREE") || strstr(line, "AUTOMATIC");
	if (!scans && !sorts)
		return;
	struct text rest = text_of_string(line + 5);
	const bool may = scans ? may_scan(permit, text_split(&rest, ' ')) : permit && permit->sorts;
	if (permit)
		used[permit - permits] = true;
	test_case(may, __FILE__, __LINE__, "%s reads a table whole, or sorts: \"%s\". Give it an index, or say in permits[] why it "
		"may.", store_statement_name(statement), line);
}

static void
plans_judge(sqlite3 *database, bool used[PERMITS])
{
	for (int statement = 0; statement < STORE_STATEMENT_COUNT; statement++) {
		char sql[8192];
		sqlite3_stmt *plan = NULL;
		CHECK(snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", store_texts[statement].sql) < (int)sizeof sql);
		if (sqlite3_prepare_v2(database, sql, -1, &plan, NULL) != SQLITE_OK)
			test_fail(__FILE__, __LINE__, "%s: %s", store_statement_name(statement), sqlite3_errmsg(database));
		while (sqlite3_step(plan) == SQLITE_ROW)
			line_judge(statement, (const char *)sqlite3_column_text(plan, 3), used);
		sqlite3_finalize(plan);
	}
}

TEST(no_statement_reads_or_sorts_what_grows)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct guichet_error error;
	struct store *store;
	char path[200];
	bool used[PERMITS] = { 0 };
	snprintf(path, sizeof path, "%s/data", test_directory());
	CHECK(arena && store_open(path, NULL, &store, &error) == GUICHET_OK);
	store_close(store);
	snprintf(path, sizeof path, "%s/data/guichet.db", test_directory());
	sqlite3 *database;
	CHECK(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	plans_judge(database, used);
	CHECK(sqlite3_exec(database, "ANALYZE; DELETE FROM sqlite_stat1", NULL, NULL, NULL) == SQLITE_OK);
	const struct text statistics = test_file(arena, "test/plans/first-campaign.sql");
	char *script = arena_alloc(arena, statistics.length + 1);
	CHECK(script);
	memcpy(script, statistics.at, statistics.length);
	CHECK(sqlite3_exec(database, script, NULL, NULL, NULL) == SQLITE_OK);
	sqlite3_close(database);
	CHECK(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
	plans_judge(database, used);
	sqlite3_close(database);
	for (size_t i = 0; i < PERMITS; i++)
		test_case(used[i], __FILE__, __LINE__, "%s neither reads a table whole nor sorts: it needs no permit.",
			store_statement_name(permits[i].statement));
}
