/* The database: named statements, read transactions, and one writer.
 *
 * Reading, from any thread:
 *
 *     CLEANUP(store_read_end) struct store_tx *tx = store_read(store, error);
 *     if (!tx)
 *         return error->status;
 *     CLEANUP(store_rows_end) struct store_rows rows =
 *         store_query(tx, arena, STORE_PERSON_BY_STRUCTURE, STORE_VALUES(structure, today), error);
 *     while (store_next(&rows)) {
 *         id = store_text(&rows, 0);
 *         share = store_integer(&rows, 1);
 *     }
 *     return store_finish(&rows);
 *
 * Writing: a function that changes the database and nothing else, because it may run
 * twice, given to store_submit() (told once it is on disk) or store_transact() (waits).
 *
 * Statements stand in statements/<subject>.def, the schema in migrations/NNNN-<subject>.sql. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/text.h"

struct store;

/* A transaction under way: one that only reads, or the writer's. */
struct store_tx;

enum store_statement {
#define STATEMENT(name, types, sql) STORE_##name,
#include "store/statements.def"
#undef STATEMENT
	STORE_STATEMENT_COUNT
};

/* --- Opening --------------------------------------------------------------------- */

/* Zero in a member means its default. */
struct store_options {
	const char *vfs;         /* SQLite's file layer, for tests; NULL: the system's */
	size_t queue;            /* works that may wait in a lane before RETRY: 1024 */
	int busy_milliseconds;   /* how long another program may hold the database: 5000 */
	unsigned readers;        /* read transactions at once: 16 */
	int64_t page_ceiling;    /* of the SQLite file, in pages, for tests; 0: none */
	const struct store_files *files; /* attachment.h; NULL: the system's */
	bool careless;           /* a power cut may lose all of it: for data that are made again */
	bool existing;           /* refuses to create it: a mistyped directory must not become a new service */
	bool read_only;          /* changes nothing, not even the schema: store_read() alone works */
};

/* Opens the data directory `where` (created when absent) or the PostgreSQL database of an
 * URL that begins with "postgresql:", and applies the migrations it lacks. `options`
 * may be NULL. Refused: a database of a newer program, a damaged or locked one. */
enum guichet_status store_open(const char *where, const struct store_options *options, struct store **ret_store,
	struct guichet_error *error);

/* Runs what is queued, tells each, and closes. No read transaction may be open. Accepts NULL. */
void store_close(struct store *store);
DEFINE_CLEANUP(struct store, store_close)

/* The data directory; NULL on PostgreSQL. */
const char *store_directory(const struct store *store);

/* --- Values ---------------------------------------------------------------------- */

struct store_blob {
	const void *at; /* NULL is NULL */
	size_t length;
};

struct store_value {
	char type; /* 'i', 't', 'b', or 0 for NULL */
	union {
		int64_t integer;
		struct text text;
		struct store_blob blob;
	};
};

struct store_values {
	const struct store_value *at;
	size_t count;
};

static inline struct store_value store_value_of_integer(int64_t integer)
{ return (struct store_value){ .type = 'i', .integer = integer }; }
static inline struct store_value store_value_of_text(struct text text)
{ return (struct store_value){ .type = 't', .text = text }; }
static inline struct store_value store_value_of_string(const char *string)
{ return (struct store_value){ .type = 't', .text = text_of_string(string) }; }
static inline struct store_value store_value_of_blob(struct store_blob blob)
{ return (struct store_value){ .type = 'b', .blob = blob }; }
static inline struct store_value store_value_same(struct store_value value)
{ return value; }
/* Money is in cents and decimals are text: this one does not compile. */
[[gnu::error("a floating number is not stored: give an integer or a text")]]
struct store_value store_value_of_float(double number);

#define STORE_NULL ((struct store_value){ 0 })
#define STORE_BLOB(at, length) ((struct store_blob){ (at), (length) })

/* Any integer (bool and enum too), struct text, string, struct store_blob, struct store_value. */
#define STORE_VALUE(value) _Generic((value),      \
	struct text: store_value_of_text,         \
	const char *: store_value_of_string,      \
	char *: store_value_of_string,            \
	struct store_blob: store_value_of_blob,   \
	struct store_value: store_value_same,     \
	double: store_value_of_float,             \
	float: store_value_of_float,              \
	default: store_value_of_integer)(value)

/* STORE_VALUES(id, name, 3): the values of $1, $2, $3, 81 at most; STORE_VALUES() for none.
 * (A compound literal among them goes between parentheses, for the sake of its commas.)
 * They are checked against the types of the statement: i integer, t text, b blob, or I, T, B
 * where NULL is allowed. A text whose `at` is NULL is NULL for T and empty for t. */
#define STORE_VALUES(...)                                                                            \
	((struct store_values){                                                                      \
		(const struct store_value[]){ STORE_EACH(STORE_VALUE_THEN, __VA_ARGS__) { 0 } },     \
		0 STORE_EACH(STORE_ONE_MORE, __VA_ARGS__) })

/* Statements over a list of texts (…_LISTED): $1, then STORE_LISTED texts from $2 on, then one more when the statement has
 * it. A longer list is asked in parts. */
enum { STORE_LISTED = 32 };
struct store_listed {
	struct store_value at[STORE_LISTED + 2];
};
/* $1, and those of `texts` that a part takes from the first on: the rest is left empty. */
static inline void
store_listed_fill(struct store_listed *ret_values, int64_t first, const struct text *texts, size_t count)
{
	*ret_values = (struct store_listed){ .at[0] = store_value_of_integer(first) };
	for (size_t i = 0; i < STORE_LISTED; i++)
		ret_values->at[i + 1] = store_value_of_text(i < count ? texts[i] : (struct text){ "", 0 });
}

#define STORE_VALUE_THEN(value) STORE_VALUE(value),
#define STORE_ONE_MORE(value)   +1
#define STORE_EACH(macro, ...)            __VA_OPT__(STORE_EXPAND(STORE_EACH_FIRST(macro, __VA_ARGS__)))
#define STORE_EACH_FIRST(macro, one, ...) macro(one) __VA_OPT__(STORE_EACH_REST STORE_PARENTHESES (macro, __VA_ARGS__))
#define STORE_EACH_REST()                 STORE_EACH_FIRST
#define STORE_PARENTHESES                 ()
#define STORE_EXPAND(...)  STORE_EXPAND1(STORE_EXPAND1(STORE_EXPAND1(__VA_ARGS__)))
#define STORE_EXPAND1(...) STORE_EXPAND2(STORE_EXPAND2(STORE_EXPAND2(__VA_ARGS__)))
#define STORE_EXPAND2(...) STORE_EXPAND3(STORE_EXPAND3(STORE_EXPAND3(__VA_ARGS__)))
#define STORE_EXPAND3(...) STORE_EXPAND4(STORE_EXPAND4(STORE_EXPAND4(__VA_ARGS__)))
#define STORE_EXPAND4(...) __VA_ARGS__

/* --- Statements ------------------------------------------------------------------ */

/* Runs a statement that gives no row. `ret_changed` (may be NULL): the rows it changed. */
enum guichet_status store_run(struct store_tx *tx, enum store_statement statement, struct store_values values,
	int64_t *ret_changed, struct guichet_error *error);

/* Rows being read. It remembers its first failure, so the loop needs no check and
 * store_finish() tells. Its members are the store's own. */
struct store_rows {
	struct store_tx *tx;
	struct arena *arena;
	struct guichet_error *error;
	enum guichet_status status;
	void *cursor;
	int row, row_count; /* PostgreSQL */
};

/* Starts a statement that gives rows (also INSERT … RETURNING in the writer). Texts are
 * copied to `arena`; when it is NULL they are borrowed until the next row. What `values`
 * points to lives until the rows end. The same statement may be open several times. */
struct store_rows store_query(struct store_tx *tx, struct arena *arena, enum store_statement statement,
	struct store_values values, struct guichet_error *error);

/* Moves to the next row; false after the last one or a failure. */
bool store_next(struct store_rows *rows);

/* Columns of the row, from 0. A NULL reads as 0, or as a text whose `at` is NULL. */
int64_t store_integer(struct store_rows *rows, int column);
struct text store_text(struct store_rows *rows, int column);
struct store_blob store_blob(struct store_rows *rows, int column);
bool store_is_null(struct store_rows *rows, int column);

/* Ends the reading: GUICHET_OK, or the first failure, which is in *error. */
enum guichet_status store_finish(struct store_rows *rows);

/* For a single row that was not there: the failure of the reading if it failed, else
 * GUICHET_UNKNOWN with this sentence.
 *     if (!store_next(&rows))
 *         return store_absent(&rows, "Ce dossier n’existe pas."); */
enum guichet_status store_absent(struct store_rows *rows, const char *sentence);

/* Gives the statement back; for CLEANUP(store_rows_end), harmless after store_finish(). */
void store_rows_end_at(struct store_rows *rows);

/* --- Transactions ---------------------------------------------------------------- */

/* A read transaction: one state of the database, whatever is written meanwhile. Keep it
 * under a second and never while a connection is suspended. NULL after filling *error. */
struct store_tx *store_read(struct store *store, struct guichet_error *error);
/* The writer's: what it reads may yet be undone. */
bool store_tx_writes(const struct store_tx *tx);
void store_read_end(struct store_tx *tx);
DEFINE_CLEANUP(struct store_tx, store_read_end)

/* Work done inside a transaction, on the writer's thread. It may be called again from the
 * start, so it changes nothing but the database; ids, tokens and instants are made before.
 * When it fails, all it wrote is undone and its error goes to its owner alone. */
typedef enum guichet_status store_work(struct store_tx *tx, void *context, struct guichet_error *error);

/* Told from the writer's thread once the work is on disk or refused. Must be short, and
 * must not wait for the store. `error` is filled unless status is GUICHET_OK. */
typedef void store_done(void *context, enum guichet_status status, const struct guichet_error *error);

enum store_lane {
	STORE_NORMAL, /* what somebody waits for */
	STORE_LOW,    /* batches, rendered documents: after the others, never starved */
	STORE_LANE_COUNT
};

/* Queues a work; `done` will be called exactly once when GUICHET_OK is returned, never
 * otherwise. GUICHET_RETRY at once when the lane is full or the store is closing.
 * From the store GUICHET_RETRY always means: nothing was written, the same may succeed
 * later (queue full, disk full, database locked); its sentence is for the person. */
enum guichet_status store_submit(struct store *store, enum store_lane lane, store_work *work, void *context,
	store_done *done, void *done_context, struct guichet_error *error);

/* The same, and waits. For commands, workers and tests; never from an event thread or a work. */
enum guichet_status store_transact(struct store *store, store_work *work, void *context,
	struct guichet_error *error);

/* Counts rows for the query planner; after an import, before a rush. Waits for the writer. */
enum guichet_status store_optimize(struct store *store, struct guichet_error *error);

/* What the writer has done since it started. */
struct store_counts {
	int64_t works, commits, refusals, reruns;
};
struct store_counts store_counts(struct store *store);

/* For the test of the list: prepares one statement and tells how many columns it gives. */
enum guichet_status store_prepare(struct store *store, enum store_statement statement, int *ret_columns,
	struct guichet_error *error);
/* The name of a statement in the list. */
const char *store_statement_name(enum store_statement statement);
