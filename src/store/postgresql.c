/* PostgreSQL 15 behind the store, through libpq. The project's SQL is SQLite's STRICT subset:
 * the schema is rewritten word by word, statements go as they are. The database must have
 * been created with UTF-8 and the collation "C", so that both sort alike (by bytes). */
#include <limits.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/log.h"
#include "store/inside.h"

#include "base/banned.h"

enum {
	TYPE_BYTEA = 17, TYPE_INT8 = 20, TYPE_TEXT = 25, /* object ids, fixed by PostgreSQL */
	MOST_VALUES = 81,
	LARGEST_SCRIPT = 1 << 20,
};

struct store_connection {
	PGconn *link;
	bool prepared[STORE_STATEMENT_COUNT];
};

struct cursor {
	PGresult *result;
	unsigned char *blob; /* the last one read */
};

static const char *const control_texts[STORE_CONTROL_COUNT] = {
	[STORE_BEGIN_READ] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
	[STORE_BEGIN_WRITE] = "BEGIN ISOLATION LEVEL SERIALIZABLE",
	[STORE_COMMIT] = "COMMIT",
	[STORE_ROLLBACK] = "ROLLBACK",
	[STORE_SAVEPOINT] = "SAVEPOINT work",
	[STORE_RELEASE] = "RELEASE work",
	[STORE_UNDO] = "ROLLBACK TO work; RELEASE work",
};

/* --- Errors ---------------------------------------------------------------------- */

/* What a failure is for the person. The first whose SQLSTATE starts so. */
static const struct sentence {
	const char *state;
	enum guichet_status status;
	const char *text;
} sentences[] = {
	{ "40", GUICHET_RETRY,
		"Une autre personne a enregistré au même moment : rien n’a été enregistré pour vous. Recommencez." },
	{ "53100", GUICHET_RETRY,
		"Le disque du serveur est plein : rien n’a été enregistré, rien de ce qui l’était n’est perdu. "
		"Prévenez l’exploitant, puis recommencez." },
	{ "53", GUICHET_RETRY, "La base de données est surchargée : rien n’a été enregistré. Recommencez dans un instant." },
	{ "55P03", GUICHET_RETRY,
		"La base de données est tenue par un autre programme : rien n’a été enregistré. Recommencez dans un instant." },
	{ "57", GUICHET_RETRY, "La base de données s’arrête : rien n’a été enregistré. Recommencez dans un instant." },
	{ "08", GUICHET_RETRY, "La base de données ne répond pas : rien n’a été enregistré. Recommencez dans un instant." },
	{ "XX00", GUICHET_BROKEN,
		"Les fichiers de la base de données sont endommagés. L’exploitant doit arrêter le service, vérifier le "
		"disque et restaurer la dernière sauvegarde." },
	{ "", GUICHET_BROKEN, "La base de données a refusé cette opération : rien n’a été enregistré." },
};

/* Fills *error for a result that failed; values are never logged, so the message of
 * PostgreSQL is told only where it is about our own SQL. */
static enum guichet_status
failure(struct store_connection *connection, const PGresult *result, const char *name, struct guichet_error *error)
{
	const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
	const char *message = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	if (!state)
		state = PQstatus(connection->link) == CONNECTION_OK ? "" : "08000";
	const bool ours = strncmp(state, "42", 2) == 0;
	if (strncmp(state, "40", 2) != 0) /* losing against another server is no failure */
		log_line(LOG_FAILURE, "database", "state=%s statement=%s detail=\"%s\"", state, name,
			ours && message ? message : "");
	const struct sentence *sentence = sentences;
	while (strncmp(state, sentence->state, strlen(sentence->state)) != 0)
		sentence++;
	return guichet_fail(error, sentence->status, "%s", sentence->text);
}

static void
result_clear_at(PGresult **result)
{
	PQclear(*result);
}

static bool
succeeded(const PGresult *result)
{
	const ExecStatusType status = PQresultStatus(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* --- Connections ----------------------------------------------------------------- */

static void
postgresql_close(struct store_connection *connection)
{
	if (!connection)
		return;
	PQfinish(connection->link);
	free(connection);
}
DEFINE_CLEANUP(struct store_connection, postgresql_close)

static void
keep_quiet(void *context, const PGresult *notice)
{
	(void)context, (void)notice;
}

static enum guichet_status
postgresql_open(const char *where, const struct store_options *options, bool writes,
	struct store_connection **ret_connection, struct guichet_error *error)
{
	(void)options, (void)writes;
	CLEANUP(postgresql_close) struct store_connection *connection = calloc(1, sizeof *connection);
	if (!connection)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire du serveur manque. Recommencez dans un instant.");
	connection->link = PQconnectdb(where);
	if (PQstatus(connection->link) != CONNECTION_OK)
		return guichet_fail(error, GUICHET_BROKEN,
			"PostgreSQL ne répond pas. Vérifiez qu’il est démarré et que l’adresse donnée est la bonne.");
	PQsetNoticeReceiver(connection->link, keep_quiet, NULL);
	*ret_connection = TAKE(connection);
	return GUICHET_OK;
}

/* The word of PostgreSQL for a word of our schema. */
static struct text
word_of(struct text word)
{
	static const struct { struct text ours, theirs; } words[] = {
		{ { "STRICT", 6 },  { "", 0 } },
		{ { "INTEGER", 7 }, { "BIGINT", 6 } },
		{ { "BLOB", 4 },    { "BYTEA", 5 } },
	};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_equal(word, words[i].ours))
			return words[i].theirs;
	return word;
}

static bool
is_word(char character)
{
	return character == '_' || (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z')
		|| (character >= '0' && character <= '9');
}

/* Copies a schema, its words put in PostgreSQL's; texts between quotes and comments are left. */
static void
rewrite(const char *sql, struct buffer *out)
{
	while (*sql) {
		size_t length = 1;
		if (sql[0] == '-' && sql[1] == '-') {
			length = strcspn(sql, "\n");
		} else if (*sql == '\'' || *sql == '"') {
			length = 1 + strcspn(sql + 1, *sql == '"' ? "\"" : "'");
			length += sql[length] != '\0';
		} else if (is_word(*sql)) {
			while (is_word(sql[length]))
				length++;
			buffer_add(out, word_of((struct text){ sql, length }));
			sql += length;
			continue;
		}
		buffer_add(out, (struct text){ sql, length });
		sql += length;
	}
	buffer_add(out, (struct text){ "", 1 });
}

static enum guichet_status
postgresql_script(struct store_connection *connection, const char *sql, struct guichet_error *error)
{
	CLEANUP(buffer_release) struct buffer rewritten = buffer_new(LARGEST_SCRIPT);
	rewrite(sql, &rewritten);
	if (rewritten.failed)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire du serveur manque. Recommencez dans un instant.");
	CLEANUP(result_clear) PGresult *result = PQexec(connection->link, rewritten.at);
	return succeeded(result) ? GUICHET_OK : failure(connection, result, "script", error);
}

/* --- Transactions ---------------------------------------------------------------- */

/* A connection that was lost is made again, between transactions only. */
static void
connect_again(struct store_connection *connection)
{
	if (PQstatus(connection->link) == CONNECTION_OK)
		return;
	PQreset(connection->link);
	memset(connection->prepared, 0, sizeof connection->prepared);
}

static enum guichet_status
postgresql_control(struct store_connection *connection, enum store_control control, struct guichet_error *error)
{
	if (control == STORE_BEGIN_READ || control == STORE_BEGIN_WRITE)
		connect_again(connection);
	CLEANUP(result_clear) PGresult *result = PQexec(connection->link, control_texts[control]);
	if (!succeeded(result))
		return failure(connection, result, control_texts[control], error);
	/* Where an error was overlooked, PostgreSQL answers COMMIT by a successful ROLLBACK. */
	if (control == STORE_COMMIT && strcmp(PQcmdStatus(result), "COMMIT") != 0)
		return guichet_fail(error, GUICHET_BROKEN, "%s", sentences[sizeof sentences / sizeof *sentences - 1].text);
	return GUICHET_OK;
}

static bool
postgresql_in_transaction(struct store_connection *connection)
{
	const PGTransactionStatusType status = PQtransactionStatus(connection->link);
	return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

/* --- Statements ------------------------------------------------------------------ */

static enum guichet_status
prepare_once(struct store_connection *connection, enum store_statement statement, struct guichet_error *error)
{
	if (connection->prepared[statement])
		return GUICHET_OK;
	const struct store_text *text = &store_texts[statement];
	const size_t count = strlen(text->types);
	Oid types[MOST_VALUES];
	for (size_t i = 0; i < count && i < MOST_VALUES; i++) {
		const char type = text->types[i] | 0x20;
		types[i] = type == 'i' ? TYPE_INT8 : type == 'b' ? TYPE_BYTEA : TYPE_TEXT;
	}
	if (count > MOST_VALUES)
		return guichet_fail(error, GUICHET_BROKEN, "La requête %s a trop de valeurs.", text->name);
	CLEANUP(result_clear) PGresult *result = PQprepare(connection->link, text->name, text->sql, (int)count, types);
	if (!succeeded(result))
		return failure(connection, result, text->name, error);
	connection->prepared[statement] = true;
	return GUICHET_OK;
}

static enum guichet_status
postgresql_prepare(struct store_connection *connection, enum store_statement statement, int *ret_columns,
	struct guichet_error *error)
{
	const enum guichet_status status = prepare_once(connection, statement, error);
	if (status != GUICHET_OK)
		return status;
	CLEANUP(result_clear) PGresult *result = PQdescribePrepared(connection->link, store_texts[statement].name);
	if (!succeeded(result))
		return failure(connection, result, store_texts[statement].name, error);
	*ret_columns = PQnfields(result);
	return GUICHET_OK;
}

/* Runs it with its values in binary; rows come back as text. NULL after filling *error. */
static PGresult *
execute(struct store_connection *connection, enum store_statement statement, struct store_values values,
	struct guichet_error *error)
{
	if (prepare_once(connection, statement, error) != GUICHET_OK)
		return NULL;
	const char *const types = store_texts[statement].types;
	const char *at[MOST_VALUES];
	int lengths[MOST_VALUES], formats[MOST_VALUES];
	uint8_t integers[MOST_VALUES][8];
	for (size_t i = 0; i < values.count; i++) {
		const struct store_value *value = &values.at[i];
		size_t length = 0;
		at[i] = NULL;
		if (value->type == 'i') {
			for (int byte = 0; byte < 8; byte++)
				integers[i][byte] = (uint8_t)((uint64_t)value->integer >> (56 - 8 * byte));
			at[i] = (const char *)integers[i];
			length = 8;
		} else if (value->type == 't') {
			at[i] = value->text.at ? value->text.at : types[i] < 'a' ? NULL : "";
			length = value->text.length;
		} else if (value->type == 'b') {
			at[i] = value->blob.at ? value->blob.at : types[i] < 'a' ? NULL : "";
			length = value->blob.length;
		}
		if (length > INT_MAX)
			return guichet_fail_null(error, GUICHET_REFUSED, "Ce texte est trop long.");
		lengths[i] = (int)length;
		formats[i] = 1;
	}
	PGresult *result = PQexecPrepared(connection->link, store_texts[statement].name, (int)values.count, at, lengths,
		formats, 0);
	if (succeeded(result))
		return result;
	(void)!failure(connection, result, store_texts[statement].name, error);
	PQclear(result);
	return NULL;
}

static enum guichet_status
postgresql_run(struct store_connection *connection, enum store_statement statement, struct store_values values,
	int64_t *ret_changed, struct guichet_error *error)
{
	CLEANUP(result_clear) PGresult *result = execute(connection, statement, values, error);
	if (!result)
		return error->status;
	int64_t changed = 0;
	if (!text_to_integer(text_of_string(PQcmdTuples(result)), 0, INT64_MAX, &changed))
		changed = 0;
	*ret_changed = changed;
	return GUICHET_OK;
}

static enum guichet_status
postgresql_query(struct store_connection *connection, enum store_statement statement, struct store_values values,
	struct store_rows *rows)
{
	struct cursor *cursor = calloc(1, sizeof *cursor);
	if (!cursor)
		return guichet_fail(rows->error, GUICHET_BROKEN, "La mémoire du serveur manque. Recommencez dans un instant.");
	cursor->result = execute(connection, statement, values, rows->error);
	if (!cursor->result) {
		free(cursor);
		return rows->error->status;
	}
	rows->cursor = cursor;
	return GUICHET_OK;
}

static void
postgresql_end(struct store_rows *rows)
{
	struct cursor *cursor = rows->cursor;
	PQclear(cursor->result);
	PQfreemem(cursor->blob);
	free(cursor);
}

static bool
postgresql_next(struct store_rows *rows)
{
	const struct cursor *cursor = rows->cursor;
	if (++rows->row < PQntuples(cursor->result))
		return true;
	store_rows_end_at(rows);
	return false;
}

static bool
postgresql_is_null(struct store_rows *rows, int column)
{
	const struct cursor *cursor = rows->cursor;
	return PQgetisnull(cursor->result, rows->row, column);
}

static struct text
postgresql_text(struct store_rows *rows, int column)
{
	const struct cursor *cursor = rows->cursor;
	if (PQgetisnull(cursor->result, rows->row, column))
		return (struct text){ 0 };
	return (struct text){ PQgetvalue(cursor->result, rows->row, column),
		(size_t)PQgetlength(cursor->result, rows->row, column) };
}

/* Comparisons are booleans here and integers in SQLite. */
static int64_t
postgresql_integer(struct store_rows *rows, int column)
{
	const struct text text = postgresql_text(rows, column);
	int64_t integer = 0;
	if (text_to_integer(text, INT64_MIN, INT64_MAX, &integer))
		return integer;
	return text_equal(text, TEXT("t"));
}

static struct store_blob
postgresql_blob(struct store_rows *rows, int column)
{
	struct cursor *cursor = rows->cursor;
	const struct text text = postgresql_text(rows, column);
	if (!text.at)
		return (struct store_blob){ 0 };
	PQfreemem(cursor->blob);
	size_t length = 0;
	cursor->blob = PQunescapeBytea((const unsigned char *)text.at, &length);
	if (!cursor->blob)
		rows->status = guichet_fail(rows->error, GUICHET_BROKEN, "La mémoire du serveur manque.");
	return (struct store_blob){ cursor->blob, length };
}

const struct store_backend store_postgresql = {
	.scheme = "postgresql:",
	.attempts = 20,
	.open = postgresql_open,
	.close = postgresql_close,
	.script = postgresql_script,
	.control = postgresql_control,
	.in_transaction = postgresql_in_transaction,
	.prepare = postgresql_prepare,
	.run = postgresql_run,
	.query = postgresql_query,
	.next = postgresql_next,
	.is_null = postgresql_is_null,
	.integer = postgresql_integer,
	.text = postgresql_text,
	.blob = postgresql_blob,
	.end = postgresql_end,
};
