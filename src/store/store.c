/* Opening the store, and reading: the pool of read transactions, statements by name,
 * values checked against their types. See store.h. */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/inside.h"

#include "base/banned.h"

enum {
	DEFAULT_QUEUE = 1024,
	DEFAULT_BUSY_MILLISECONDS = 5000,
	DEFAULT_READERS = 16,
	READER_WAIT_SECONDS = 1,
	LONGEST_READ = 1000000, /* microseconds, then it is told in the log */
};

const struct store_text store_texts[STORE_STATEMENT_COUNT] = {
#define STATEMENT(name, types, sql) [STORE_##name] = { #name, types, sql },
#include "store/statements.def"
#undef STATEMENT
};

static const struct store_backend *const backends[] = { &store_sqlite, &store_postgresql };

static const struct store_backend *
backend_of(const char *where)
{
	for (size_t i = 0; i < sizeof backends / sizeof *backends; i++)
		if (*backends[i]->scheme && strncmp(where, backends[i]->scheme, strlen(backends[i]->scheme)) == 0)
			return backends[i];
	return &store_sqlite;
}

enum guichet_status
store_open(const char *where, const struct store_options *options, struct store **ret_store,
	struct guichet_error *error)
{
	CLEANUP(store_close) struct store *store = calloc(1, sizeof *store);
	if (!store)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque pour ouvrir la base de données.");
	pthread_mutex_init(&store->readers_lock, NULL);
	pthread_mutex_init(&store->pieces_lock, NULL);
	pthread_condattr_t steady;
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&store->reader_idle, &steady);
	pthread_condattr_destroy(&steady);
	store->backend = backend_of(where);
	store->options = options ? *options : (struct store_options){ 0 };
	if (!store->options.queue)
		store->options.queue = DEFAULT_QUEUE;
	if (!store->options.busy_milliseconds)
		store->options.busy_milliseconds = DEFAULT_BUSY_MILLISECONDS;
	if (!store->options.readers)
		store->options.readers = DEFAULT_READERS;
	store->where = strdup(where);
	if (!store->where)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque pour ouvrir la base de données.");

	if (store->options.read_only) { /* a failure is told by the first reading */
		*ret_store = TAKE(store);
		return GUICHET_OK;
	}
	store->write = (struct store_tx){ .store = store, .writes = true };
	enum guichet_status status = store->backend->open(where, &store->options, true, &store->write.connection,
		error);
	if (status == GUICHET_OK)
		status = store_migrate(store, error);
	if (status == GUICHET_OK)
		status = writer_start(store, error);
	if (status == GUICHET_OK)
		*ret_store = TAKE(store);
	return status;
}

void
store_close(struct store *store)
{
	if (!store)
		return;
	writer_stop(store);
	while (store->idle) {
		struct store_tx *tx = store->idle;
		store->idle = tx->next;
		store->backend->close(tx->connection);
		free(tx);
	}
	if (store->backend)
		store->backend->close(store->write.connection);
	pthread_cond_destroy(&store->reader_idle);
	pthread_mutex_destroy(&store->readers_lock);
	pthread_mutex_destroy(&store->pieces_lock);
	free(store->where);
	free(store);
}

bool
store_tx_writes(const struct store_tx *tx)
{
	return tx->writes;
}

const char *
store_directory(const struct store *store)
{
	return store->backend == &store_sqlite ? store->where : NULL;
}

/* --- Read transactions ----------------------------------------------------------- */

/* An idle reader, or NULL with *ret_may_open when one more may be opened. */
static struct store_tx *
reader_take(struct store *store, bool *ret_may_open)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += READER_WAIT_SECONDS;
	pthread_mutex_lock(&store->readers_lock);
	int waited = 0;
	while (!store->idle && store->reader_count >= store->options.readers && !waited)
		waited = pthread_cond_timedwait(&store->reader_idle, &store->readers_lock, &until);
	struct store_tx *tx = store->idle;
	*ret_may_open = !tx && store->reader_count < store->options.readers;
	if (tx)
		store->idle = tx->next;
	else if (*ret_may_open)
		store->reader_count++;
	pthread_mutex_unlock(&store->readers_lock);
	return tx;
}

static void
reader_give(struct store *store, struct store_tx *tx)
{
	pthread_mutex_lock(&store->readers_lock);
	if (tx) {
		tx->next = store->idle;
		store->idle = tx;
	} else {
		store->reader_count--;
	}
	pthread_cond_signal(&store->reader_idle);
	pthread_mutex_unlock(&store->readers_lock);
}

static struct store_tx *
reader_open(struct store *store, struct guichet_error *error)
{
	struct store_tx *tx = calloc(1, sizeof *tx);
	if (!tx)
		return guichet_fail_null(error, GUICHET_BROKEN, "La mémoire manque pour lire la base de données.");
	tx->store = store;
	if (store->backend->open(store->where, &store->options, false, &tx->connection, error) == GUICHET_OK)
		return tx;
	free(tx);
	return NULL;
}

struct store_tx *
store_read(struct store *store, struct guichet_error *error)
{
	bool may_open;
	struct store_tx *tx = reader_take(store, &may_open);
	if (!tx && !may_open)
		return guichet_fail_null(error, GUICHET_RETRY,
			"Le service est très demandé en ce moment. Recommencez dans un instant.");
	if (!tx)
		tx = reader_open(store, error);
	if (!tx) {
		reader_give(store, NULL);
		return NULL;
	}
	tx->since = clock_steady();
	if (store->backend->control(tx->connection, STORE_BEGIN_READ, error) == GUICHET_OK)
		return tx;
	reader_give(store, tx);
	return NULL;
}

void
store_read_end(struct store_tx *tx)
{
	if (!tx)
		return;
	struct guichet_error ignored;
	const int64_t lasted = clock_steady() - tx->since;
	if (lasted > LONGEST_READ)
		log_line(LOG_WARNING, "long_read", "microseconds=%lld", (long long)lasted);
	(void)!tx->store->backend->control(tx->connection, STORE_ROLLBACK, &ignored);
	reader_give(tx->store, tx);
}

/* --- Statements ------------------------------------------------------------------ */

static enum guichet_status
check_values(enum store_statement statement, struct store_values values, struct guichet_error *error)
{
	const struct store_text *text = &store_texts[statement];
	const size_t expected = strlen(text->types);
	if (values.count != expected)
		return guichet_fail(error, GUICHET_BROKEN, "La requête %s attend %zu valeurs et en reçoit %zu.",
			text->name, expected, values.count);
	for (size_t i = 0; i < values.count; i++) {
		const char type = text->types[i], given = values.at[i].type;
		if (given ? (given | 0x20) != (type | 0x20) : type >= 'a')
			return guichet_fail(error, GUICHET_BROKEN,
				"La requête %s attend pour $%zu une valeur de type %c et reçoit %c.", text->name, i + 1,
				type, given ? given : '0');
	}
	return GUICHET_OK;
}

enum guichet_status
store_run(struct store_tx *tx, enum store_statement statement, struct store_values values, int64_t *ret_changed,
	struct guichet_error *error)
{
	const enum guichet_status status = check_values(statement, values, error);
	if (status != GUICHET_OK)
		return status;
	int64_t changed = 0;
	return tx->store->backend->run(tx->connection, statement, values, ret_changed ? ret_changed : &changed, error);
}

struct store_rows
store_query(struct store_tx *tx, struct arena *arena, enum store_statement statement, struct store_values values,
	struct guichet_error *error)
{
	struct store_rows rows = { .tx = tx, .arena = arena, .error = error, .row = -1 };
	rows.status = check_values(statement, values, error);
	if (rows.status == GUICHET_OK)
		rows.status = tx->store->backend->query(tx->connection, statement, values, &rows);
	return rows;
}

bool
store_next(struct store_rows *rows)
{
	return rows->status == GUICHET_OK && rows->cursor && rows->tx->store->backend->next(rows);
}

bool
store_is_null(struct store_rows *rows, int column)
{
	return rows->tx->store->backend->is_null(rows, column);
}

int64_t
store_integer(struct store_rows *rows, int column)
{
	return rows->tx->store->backend->integer(rows, column);
}

struct text
store_text(struct store_rows *rows, int column)
{
	const struct text text = rows->tx->store->backend->text(rows, column);
	if (!rows->arena || !text.at)
		return text;
	const struct text copy = arena_text(rows->arena, text);
	if (!copy.at && rows->status == GUICHET_OK)
		rows->status = guichet_fail(rows->error, GUICHET_BROKEN, "Cette page dépasse la mémoire qui lui est accordée.");
	return copy;
}

struct store_blob
store_blob(struct store_rows *rows, int column)
{
	const struct store_blob blob = rows->tx->store->backend->blob(rows, column);
	if (!rows->arena || !blob.at)
		return blob;
	const struct text copy = arena_text(rows->arena, (struct text){ blob.at, blob.length });
	if (!copy.at && rows->status == GUICHET_OK)
		rows->status = guichet_fail(rows->error, GUICHET_BROKEN, "Cette page dépasse la mémoire qui lui est accordée.");
	return (struct store_blob){ copy.at, copy.length };
}

void
store_rows_end_at(struct store_rows *rows)
{
	if (rows->cursor)
		rows->tx->store->backend->end(rows);
	rows->cursor = NULL;
}

enum guichet_status
store_finish(struct store_rows *rows)
{
	store_rows_end_at(rows);
	return rows->status;
}

enum guichet_status
store_absent(struct store_rows *rows, const char *sentence)
{
	store_rows_end_at(rows);
	if (rows->status != GUICHET_OK)
		return rows->status;
	return guichet_fail(rows->error, GUICHET_UNKNOWN, "%s", sentence);
}

static enum guichet_status
analyze(struct store_tx *tx, void *context, struct guichet_error *error)
{
	(void)context;
	return tx->store->backend->script(tx->connection, "ANALYZE", error);
}

enum guichet_status
store_optimize(struct store *store, struct guichet_error *error)
{
	return store_transact(store, analyze, NULL, error);
}

enum guichet_status
store_prepare(struct store *store, enum store_statement statement, int *ret_columns, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, error);
	return tx ? store->backend->prepare(tx->connection, statement, ret_columns, error) : error->status;
}

const char *
store_statement_name(enum store_statement statement)
{
	return store_texts[statement].name;
}
