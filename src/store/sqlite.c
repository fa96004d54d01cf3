/* SQLite behind the store: one file, WAL, synchronous=FULL. Each connection keeps its
 * prepared statements; a statement that is open twice at once is prepared twice. */
#include <errno.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/inside.h"

#include "base/banned.h"

enum {
	LONGEST_PATH = 4096,
	STEPS_BETWEEN_LOOKS = 20000,     /* of SQLite's machine, about a millisecond */
	LONGEST_READ = 5 * 1000 * 1000, /* microseconds, then its statement is interrupted */
};

struct prepared {
	sqlite3_stmt *statement;
	struct prepared *next; /* the same statement, open at the same time */
	bool busy;
	unsigned char place[]; /* SQLite's number of $1, $2 … */
};

struct store_connection {
	sqlite3 *database;
	bool writes;
	int64_t deadline; /* of the read transaction; clock_steady() */
	sqlite3_stmt *controls[STORE_CONTROL_COUNT];
	struct prepared *prepared[STORE_STATEMENT_COUNT];
};

static const char *const control_texts[STORE_CONTROL_COUNT] = {
	[STORE_BEGIN_READ] = "BEGIN",
	[STORE_BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[STORE_COMMIT] = "COMMIT",
	[STORE_ROLLBACK] = "ROLLBACK",
	[STORE_SAVEPOINT] = "SAVEPOINT work",
	[STORE_RELEASE] = "RELEASE work",
	[STORE_UNDO] = "ROLLBACK TO work",
};

/* --- Errors ---------------------------------------------------------------------- */

/* What a failure of SQLite is for the person. The first whose code matches. */
static const struct sentence {
	int code; /* primary result code */
	enum guichet_status status;
	const char *text;
} sentences[] = {
	{ SQLITE_FULL, GUICHET_RETRY,
		"Le disque du serveur est plein : rien n’a été enregistré, rien de ce qui l’était n’est perdu. "
		"Prévenez l’exploitant, puis recommencez." },
	{ SQLITE_BUSY, GUICHET_RETRY,
		"La base de données est tenue par un autre programme : rien n’a été enregistré. Recommencez dans un instant." },
	{ SQLITE_LOCKED, GUICHET_RETRY,
		"La base de données est tenue par un autre programme : rien n’a été enregistré. Recommencez dans un instant." },
	{ SQLITE_CORRUPT, GUICHET_BROKEN,
		"Le fichier de la base de données est endommagé. L’exploitant doit arrêter le service, vérifier le disque, "
		"mettre à l’abri le dossier de données et restaurer la dernière sauvegarde que « guichet verify » trouve saine." },
	{ SQLITE_NOTADB, GUICHET_BROKEN,
		"Le fichier guichet.db n’est pas une base de données de Guichet, ou il est endommagé. Vérifiez le dossier de "
		"données, ou restaurez la dernière sauvegarde que « guichet verify » trouve saine." },
	{ SQLITE_CANTOPEN, GUICHET_BROKEN,
		"Le fichier de la base de données ne peut pas être ouvert. Vérifiez le dossier de données et ses droits." },
	{ SQLITE_READONLY, GUICHET_BROKEN,
		"Le fichier de la base de données ne peut pas être écrit. Vérifiez les droits du dossier de données." },
	{ SQLITE_PERM, GUICHET_BROKEN,
		"Le fichier de la base de données ne peut pas être ouvert. Vérifiez le dossier de données et ses droits." },
	{ SQLITE_IOERR, GUICHET_RETRY,
		"Le disque du serveur a refusé une lecture ou une écriture : rien n’a été enregistré. Prévenez l’exploitant, "
		"puis recommencez." },
	{ SQLITE_NOMEM, GUICHET_BROKEN, "La mémoire du serveur manque. Recommencez dans un instant." },
	{ SQLITE_INTERRUPT, GUICHET_BROKEN, "Cette lecture demande trop de temps. Restreignez la recherche." },
	{ 0, GUICHET_BROKEN, "La base de données a refusé cette opération : rien n’a été enregistré." },
};

static bool
disk_is_full(sqlite3 *database, int code)
{
	if (code != SQLITE_IOERR)
		return false;
	const int cause = sqlite3_system_errno(database);
	return cause == ENOSPC || cause == EDQUOT || cause == EFBIG;
}

/* Fills *error for what SQLite just answered; the detail goes to the log. `name` is the
 * statement's. */
static enum guichet_status
failure(sqlite3 *database, int result, const char *name, struct guichet_error *error)
{
	int code = result & 0xff;
	log_line(LOG_FAILURE, "database", "code=%d system=%d statement=%s detail=\"%s\"",
		database ? sqlite3_extended_errcode(database) : result, database ? sqlite3_system_errno(database) : 0, name,
		database ? sqlite3_errmsg(database) : sqlite3_errstr(result));
	if (database && disk_is_full(database, code))
		code = SQLITE_FULL;
	const struct sentence *sentence = sentences;
	while (sentence->code && sentence->code != code)
		sentence++;
	return guichet_fail(error, sentence->status, "%s", sentence->text);
}

static enum guichet_status
no_memory(struct guichet_error *error)
{
	return guichet_fail(error, GUICHET_BROKEN, "La mémoire du serveur manque. Recommencez dans un instant.");
}

/* --- Connections ----------------------------------------------------------------- */

static void
sqlite_close(struct store_connection *connection)
{
	if (!connection)
		return;
	for (size_t i = 0; i < STORE_CONTROL_COUNT; i++)
		sqlite3_finalize(connection->controls[i]);
	for (size_t i = 0; i < STORE_STATEMENT_COUNT; i++) {
		while (connection->prepared[i]) {
			struct prepared *prepared = connection->prepared[i];
			connection->prepared[i] = prepared->next;
			sqlite3_finalize(prepared->statement);
			free(prepared);
		}
	}
	sqlite3_close(connection->database);
	free(connection);
}
DEFINE_CLEANUP(struct store_connection, sqlite_close)

static int
read_is_too_long(void *context)
{
	const struct store_connection *connection = context;
	return connection->deadline && clock_steady() > connection->deadline;
}

static enum guichet_status
sqlite_script(struct store_connection *connection, const char *sql, struct guichet_error *error)
{
	const int result = sqlite3_exec(connection->database, sql, NULL, NULL, NULL);
	return result == SQLITE_OK ? GUICHET_OK : failure(connection->database, result, "script", error);
}

static enum guichet_status
configure(struct store_connection *connection, const struct store_options *options, struct guichet_error *error)
{
	sqlite3_extended_result_codes(connection->database, 1);
	sqlite3_busy_timeout(connection->database, options->busy_milliseconds);
	sqlite3_db_config(connection->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	char ceiling[64];
	snprintf(ceiling, sizeof ceiling, "PRAGMA max_page_count = %lld", (long long)options->page_ceiling);
	enum guichet_status status = sqlite_script(connection,
		"PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;",
		error);
	if (status == GUICHET_OK && !options->read_only)
		status = sqlite_script(connection, "PRAGMA journal_mode = WAL", error);
	if (status == GUICHET_OK && options->careless)
		status = sqlite_script(connection, "PRAGMA synchronous = OFF", error);
	if (status == GUICHET_OK && options->page_ceiling)
		status = sqlite_script(connection, ceiling, error);
	if (status != GUICHET_OK)
		return status;
	if (connection->writes)
		return sqlite_script(connection,
			"PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000; PRAGMA analysis_limit = 1000", error);
	sqlite3_progress_handler(connection->database, STEPS_BETWEEN_LOOKS, read_is_too_long, connection);
	return sqlite_script(connection, "PRAGMA query_only = ON", error);
}

/* Makes the data directory, when absent, and puts its name on disk. */
static int
make_directory(const char *where)
{
	char parent[LONGEST_PATH];
	if (mkdir(where, 0700) < 0)
		return errno == EEXIST ? 0 : -1;
	snprintf(parent, sizeof parent, "%s/..", where);
	return store_files_system.sync_directory(parent);
}

static void
configure_process(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

void
store_sqlite_prepare(void)
{
	static pthread_once_t configured = PTHREAD_ONCE_INIT;
	pthread_once(&configured, configure_process);
}

/* Why an existing database cannot be opened, and what to do. */
static enum guichet_status
absent(const char *where, int cause, struct guichet_error *error)
{
	if (cause == ENOENT)
		return guichet_fail(error, GUICHET_REFUSED, "Il n’y a pas de guichet.db dans « %s » : ce n’est pas un dossier de données "
			"de Guichet. Vérifiez le chemin, restaurez une sauvegarde, ou créez-le avec « guichet import ».", where);
	return guichet_fail(error, GUICHET_REFUSED, "Le dossier de données « %s » ne peut pas être lu et écrit : %s. Vérifiez le "
		"chemin, et les droits de l’utilisateur qui lance Guichet.", where, strerror(cause));
}

static enum guichet_status
sqlite_open(const char *where, const struct store_options *options, bool writes,
	struct store_connection **ret_connection, struct guichet_error *error)
{
	store_sqlite_prepare();
	char path[LONGEST_PATH];
	if (snprintf(path, sizeof path, "%s/guichet.db", where) >= (int)sizeof path)
		return guichet_fail(error, GUICHET_REFUSED, "Le chemin du dossier de données est trop long.");
	if (writes && options->existing && access(path, R_OK | W_OK) < 0)
		return absent(where, errno, error);
	if (writes && make_directory(where) < 0)
		return guichet_fail(error, GUICHET_REFUSED, "Le dossier de données « %s » ne peut pas être créé : %s.",
			where, strerror(errno));
	CLEANUP(sqlite_close) struct store_connection *connection = calloc(1, sizeof *connection);
	if (!connection)
		return no_memory(error);
	connection->writes = writes;
	const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (writes ? SQLITE_OPEN_CREATE : 0);
	const int result = sqlite3_open_v2(path, &connection->database, flags, options->vfs);
	if (result != SQLITE_OK)
		return failure(connection->database, result, "open", error);
	const enum guichet_status status = configure(connection, options, error);
	if (status == GUICHET_OK)
		*ret_connection = TAKE(connection);
	return status;
}

/* --- Transactions ---------------------------------------------------------------- */

static enum guichet_status
sqlite_control(struct store_connection *connection, enum store_control control, struct guichet_error *error)
{
	sqlite3_stmt **place = &connection->controls[control];
	int result = SQLITE_OK;
	if (control == STORE_BEGIN_READ)
		connection->deadline = clock_steady() + LONGEST_READ;
	if (control == STORE_ROLLBACK)
		connection->deadline = 0;
	if (!*place)
		result = sqlite3_prepare_v3(connection->database, control_texts[control], -1, SQLITE_PREPARE_PERSISTENT,
			place, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_step(*place);
	sqlite3_reset(*place);
	if (result != SQLITE_DONE)
		return failure(connection->database, result, control_texts[control], error);
	return control == STORE_UNDO ? sqlite_control(connection, STORE_RELEASE, error) : GUICHET_OK;
}

static bool
sqlite_in_transaction(struct store_connection *connection)
{
	return !sqlite3_get_autocommit(connection->database);
}

/* --- Statements ------------------------------------------------------------------ */

/* Where $1, $2 … stand for SQLite, which numbers them by first appearance. */
static bool
places_find(struct prepared *prepared, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char name[24];
		snprintf(name, sizeof name, "$%zu", i + 1);
		const int place = sqlite3_bind_parameter_index(prepared->statement, name);
		if (place == 0 || place > UCHAR_MAX)
			return false;
		prepared->place[i] = (unsigned char)place;
	}
	return sqlite3_bind_parameter_count(prepared->statement) == (int)count;
}

/* A prepared statement that nobody is reading, marked as busy. NULL after filling *error. */
static struct prepared *
prepared_take(struct store_connection *connection, enum store_statement statement, struct guichet_error *error)
{
	struct prepared *prepared = connection->prepared[statement];
	while (prepared && prepared->busy)
		prepared = prepared->next;
	if (prepared) {
		prepared->busy = true;
		return prepared;
	}
	const struct store_text *text = &store_texts[statement];
	const size_t count = strlen(text->types);
	prepared = calloc(1, sizeof *prepared + count);
	if (!prepared)
		return (void)!no_memory(error), NULL;
	const int result = sqlite3_prepare_v3(connection->database, text->sql, -1, SQLITE_PREPARE_PERSISTENT,
		&prepared->statement, NULL);
	if (result != SQLITE_OK || !places_find(prepared, count)) {
		if (result != SQLITE_OK)
			(void)!failure(connection->database, result, text->name, error);
		else
			(void)!guichet_fail(error, GUICHET_BROKEN, "La requête %s n’emploie pas exactement ses %zu valeurs.",
				text->name, count);
		sqlite3_finalize(prepared->statement);
		free(prepared);
		return NULL;
	}
	prepared->busy = true;
	prepared->next = connection->prepared[statement];
	connection->prepared[statement] = prepared;
	return prepared;
}

static void
prepared_give(struct prepared *prepared)
{
	sqlite3_reset(prepared->statement);
	prepared->busy = false;
}

static int
bind(const struct prepared *prepared, const char *types, struct store_values values)
{
	int result = SQLITE_OK;
	for (size_t i = 0; i < values.count && result == SQLITE_OK; i++) {
		const struct store_value *value = &values.at[i];
		const int place = prepared->place[i];
		const bool may_be_null = types[i] < 'a';
		if (value->type == 'i')
			result = sqlite3_bind_int64(prepared->statement, place, value->integer);
		else if (value->type == 't' && (value->text.at || !may_be_null))
			result = sqlite3_bind_text64(prepared->statement, place, value->text.at ? value->text.at : "",
				value->text.length, SQLITE_STATIC, SQLITE_UTF8);
		else if (value->type == 'b' && (value->blob.at || !may_be_null))
			result = sqlite3_bind_blob64(prepared->statement, place, value->blob.at ? value->blob.at : "",
				value->blob.length, SQLITE_STATIC);
		else
			result = sqlite3_bind_null(prepared->statement, place);
	}
	return result;
}

static enum guichet_status
sqlite_prepare(struct store_connection *connection, enum store_statement statement, int *ret_columns,
	struct guichet_error *error)
{
	struct prepared *prepared = prepared_take(connection, statement, error);
	if (!prepared)
		return error->status;
	*ret_columns = sqlite3_column_count(prepared->statement);
	prepared_give(prepared);
	return GUICHET_OK;
}

static enum guichet_status
sqlite_run(struct store_connection *connection, enum store_statement statement, struct store_values values,
	int64_t *ret_changed, struct guichet_error *error)
{
	struct prepared *prepared = prepared_take(connection, statement, error);
	if (!prepared)
		return error->status;
	int result = bind(prepared, store_texts[statement].types, values);
	if (result == SQLITE_OK)
		do
			result = sqlite3_step(prepared->statement);
		while (result == SQLITE_ROW);
	enum guichet_status status = GUICHET_OK;
	if (result != SQLITE_DONE)
		status = failure(connection->database, result, store_texts[statement].name, error);
	else
		*ret_changed = sqlite3_stmt_readonly(prepared->statement) ? 0 : sqlite3_changes64(connection->database);
	prepared_give(prepared);
	return status;
}

static enum guichet_status
sqlite_query(struct store_connection *connection, enum store_statement statement, struct store_values values,
	struct store_rows *rows)
{
	struct prepared *prepared = prepared_take(connection, statement, rows->error);
	if (!prepared)
		return rows->error->status;
	const int result = bind(prepared, store_texts[statement].types, values);
	if (result != SQLITE_OK) {
		prepared_give(prepared);
		return failure(connection->database, result, store_texts[statement].name, rows->error);
	}
	rows->cursor = prepared;
	return GUICHET_OK;
}

static sqlite3_stmt *
cursor(struct store_rows *rows)
{
	return ((struct prepared *)rows->cursor)->statement;
}

static void
sqlite_end(struct store_rows *rows)
{
	prepared_give(rows->cursor);
}

static bool
sqlite_next(struct store_rows *rows)
{
	const int result = sqlite3_step(cursor(rows));
	if (result == SQLITE_ROW)
		return true;
	if (result != SQLITE_DONE)
		rows->status = failure(rows->tx->connection->database, result, "rows", rows->error);
	store_rows_end_at(rows); /* a step after the end would start again */
	return false;
}

static bool
sqlite_is_null(struct store_rows *rows, int column)
{
	return sqlite3_column_type(cursor(rows), column) == SQLITE_NULL;
}

static int64_t
sqlite_integer(struct store_rows *rows, int column)
{
	return sqlite3_column_int64(cursor(rows), column);
}

static struct text
sqlite_text(struct store_rows *rows, int column)
{
	const char *at = (const char *)sqlite3_column_text(cursor(rows), column);
	return (struct text){ at, at ? (size_t)sqlite3_column_bytes(cursor(rows), column) : 0 };
}

static struct store_blob
sqlite_blob(struct store_rows *rows, int column)
{
	const void *at = sqlite3_column_blob(cursor(rows), column);
	const size_t length = (size_t)sqlite3_column_bytes(cursor(rows), column);
	if (!at && sqlite3_column_type(cursor(rows), column) != SQLITE_NULL)
		at = ""; /* SQLite gives NULL for an empty one */
	return (struct store_blob){ at, length };
}

const struct store_backend store_sqlite = {
	.scheme = "",
	.attempts = 1, /* the only writer: nobody wins over it */
	.open = sqlite_open,
	.close = sqlite_close,
	.script = sqlite_script,
	.control = sqlite_control,
	.in_transaction = sqlite_in_transaction,
	.prepare = sqlite_prepare,
	.run = sqlite_run,
	.query = sqlite_query,
	.next = sqlite_next,
	.is_null = sqlite_is_null,
	.integer = sqlite_integer,
	.text = sqlite_text,
	.blob = sqlite_blob,
	.end = sqlite_end,
};
