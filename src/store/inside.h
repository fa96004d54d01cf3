/* What the files of this folder share and nobody else sees: the table of functions that
 * a database is, the statements, and the store itself. */
#pragma once

#include <pthread.h>

#include "store/attachment.h"
#include "store/store.h"

/* --- Statements ------------------------------------------------------------------ */

struct store_text {
	const char *name, *types, *sql;
};
extern const struct store_text store_texts[STORE_STATEMENT_COUNT];

/* --- Backends -------------------------------------------------------------------- */

/* One connection, used by one thread at a time. Each backend has its own. */
struct store_connection;

enum store_control {
	STORE_BEGIN_READ,
	STORE_BEGIN_WRITE,
	STORE_COMMIT, /* returns once on disk */
	STORE_ROLLBACK,
	STORE_SAVEPOINT,
	STORE_RELEASE,
	STORE_UNDO, /* back to the savepoint, which is released */
	STORE_CONTROL_COUNT
};

struct store_backend {
	const char *scheme; /* how its URL begins; "" for the one that takes a directory */
	int attempts;       /* of a work that another server's transaction made RETRY */
	/* `where` is what store_open() was given. A connection that does not write may refuse to. */
	enum guichet_status (*open)(const char *where, const struct store_options *options, bool writes,
		struct store_connection **ret_connection, struct guichet_error *error);
	void (*close)(struct store_connection *connection); /* accepts NULL */
	/* Several statements in the project's SQL, as in a migration. */
	enum guichet_status (*script)(struct store_connection *connection, const char *sql,
		struct guichet_error *error);
	enum guichet_status (*control)(struct store_connection *connection, enum store_control control,
		struct guichet_error *error);
	/* False when an error has already undone the whole transaction. */
	bool (*in_transaction)(struct store_connection *connection);
	/* Prepares a statement and tells how many columns it gives, for the test of them all. */
	enum guichet_status (*prepare)(struct store_connection *connection, enum store_statement statement,
		int *ret_columns, struct guichet_error *error);
	/* Values have been checked against the statement's types. */
	enum guichet_status (*run)(struct store_connection *connection, enum store_statement statement,
		struct store_values values, int64_t *ret_changed, struct guichet_error *error);
	/* Sets rows->cursor; rows->tx and rows->error are set already. */
	enum guichet_status (*query)(struct store_connection *connection, enum store_statement statement,
		struct store_values values, struct store_rows *rows);
	bool (*next)(struct store_rows *rows);
	bool (*is_null)(struct store_rows *rows, int column);
	int64_t (*integer)(struct store_rows *rows, int column);
	struct text (*text)(struct store_rows *rows, int column);
	struct store_blob (*blob)(struct store_rows *rows, int column);
	void (*end)(struct store_rows *rows);
};

extern const struct store_backend store_sqlite, store_postgresql;

/* Before any use of SQLite, which takes its settings only then: no lock around each allocation for statistics that
 * nobody reads. May be called again. */
void store_sqlite_prepare(void);

/* --- The store ------------------------------------------------------------------- */

struct store_tx {
	struct store *store;
	struct store_connection *connection;
	bool writes;
	int64_t since;         /* clock_steady() at its start */
	struct store_tx *next; /* among the idle readers */
};

/* The writer's thread, its queues and its batch: writer.c. */
struct writer;

struct store {
	const struct store_backend *backend;
	char *where; /* as given to store_open() */
	struct store_options options;

	pthread_mutex_t readers_lock;
	pthread_cond_t reader_idle;
	struct store_tx *idle;
	unsigned reader_count;

	pthread_mutex_t pieces_lock; /* a name given to an attachment, or taken from it */

	struct store_tx write; /* of the writer's thread */
	struct writer *writer;
};

enum guichet_status store_migrate(struct store *store, struct guichet_error *error);

enum guichet_status writer_start(struct store *store, struct guichet_error *error);
/* Runs what is queued, then ends the thread. */
void writer_stop(struct store *store);
