/* What the store was asked, kept and given to bare SQLite: the same statements, the same values. For one file of a bench. */
#pragma once

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "store/inside.h"

/* ---- what is asked of the database, kept ---- */

struct kept {
	enum store_statement statement;
	unsigned work; /* rank of the work that wrote it, from 1 */
	size_t count;
	struct store_value *values;
};

struct record {
	struct arena *arena;
	struct kept *at;
	size_t count, room;
	unsigned works;
	bool reads; /* kept too */
};

static struct record *recording; /* of the pass that records */

static void
keep(enum store_statement statement, struct store_values values)
{
	struct record *record = recording;
	if (record->count == record->room) {
		record->room = record->room ? 2 * record->room : 1 << 16;
		record->at = reallocarray(record->at, record->room, sizeof *record->at);
		if (!record->at)
			abort();
	}
	struct kept *kept = &record->at[record->count++];
	*kept = (struct kept){ statement, record->works, values.count,
		arena_array_of(record->arena, struct store_value, values.count + 1) };
	if (!kept->values)
		abort();
	for (size_t i = 0; i < values.count; i++) {
		struct store_value *value = &kept->values[i];
		*value = values.at[i];
		if (value->type == 't' && value->text.at)
			value->text = arena_text(record->arena, value->text);
		if (value->type == 'b' && value->blob.at) {
			const struct text copy = arena_text(record->arena, (struct text){ value->blob.at, value->blob.length });
			value->blob.at = copy.at;
		}
	}
}

static enum guichet_status
record_run(struct store_connection *connection, enum store_statement statement, struct store_values values,
	int64_t *ret_changed, struct guichet_error *error)
{
	keep(statement, values);
	return store_sqlite.run(connection, statement, values, ret_changed, error);
}

static enum guichet_status
record_query(struct store_connection *connection, enum store_statement statement, struct store_values values,
	struct store_rows *rows)
{
	if (recording->reads || strncmp(store_texts[statement].sql, "SELECT", 6) != 0) /* it writes, and says what */
		keep(statement, values);
	return store_sqlite.query(connection, statement, values, rows);
}

static enum guichet_status
record_control(struct store_connection *connection, enum store_control control, struct guichet_error *error)
{
	recording->works += control == STORE_SAVEPOINT;
	return store_sqlite.control(connection, control, error);
}

/* SQLite's, which keeps what is asked in `recording`. */
static struct store_backend
record_backend(void)
{
	struct store_backend recorder = store_sqlite;
	recorder.run = record_run;
	recorder.query = record_query;
	recorder.control = record_control;
	return recorder;
}

/* ---- bare SQLite ---- */

struct bare {
	sqlite3 *database;
	sqlite3_stmt *prepared[STORE_STATEMENT_COUNT];
	int places[STORE_STATEMENT_COUNT][24];
};

static void
bare_must(struct bare *bare, bool good)
{
	if (good)
		return;
	fprintf(stderr, "bench: bare SQLite: %s\n", sqlite3_errmsg(bare->database));
	exit(1);
}

static void
bare_script(struct bare *bare, const char *sql)
{
	bare_must(bare, sqlite3_exec(bare->database, sql, NULL, NULL, NULL) == SQLITE_OK);
}

static void
bare_run(struct bare *bare, const struct kept *kept)
{
	sqlite3_stmt **statement = &bare->prepared[kept->statement];
	int *places = bare->places[kept->statement];
	if (!*statement) {
		bare_must(bare, sqlite3_prepare_v3(bare->database, store_texts[kept->statement].sql, -1, SQLITE_PREPARE_PERSISTENT,
			statement, NULL) == SQLITE_OK);
		for (size_t i = 0; i < kept->count; i++) {
			char name[24];
			snprintf(name, sizeof name, "$%zu", i + 1);
			places[i] = sqlite3_bind_parameter_index(*statement, name);
		}
	}
	for (size_t i = 0; i < kept->count; i++) {
		const struct store_value *value = &kept->values[i];
		if (value->type == 'i')
			sqlite3_bind_int64(*statement, places[i], value->integer);
		else if (value->type == 't' && value->text.at)
			sqlite3_bind_text64(*statement, places[i], value->text.at, value->text.length, SQLITE_STATIC, SQLITE_UTF8);
		else if (value->type == 'b' && value->blob.at)
			sqlite3_bind_blob64(*statement, places[i], value->blob.at, value->blob.length, SQLITE_STATIC);
		else if (store_texts[kept->statement].types[i] < 'a')
			sqlite3_bind_null(*statement, places[i]);
		else
			sqlite3_bind_text(*statement, places[i], "", 0, SQLITE_STATIC);
	}
	int result;
	while ((result = sqlite3_step(*statement)) == SQLITE_ROW)
		;
	bare_must(bare, result == SQLITE_DONE);
	sqlite3_reset(*statement);
}
