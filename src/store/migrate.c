/* Brings a database to the schema of this program: each numbered file of migrations/ in a
 * transaction of its own, once, in order of name. A database that has received a file
 * this program does not know, or another text of it, is refused. */
#include "base/digest.h"
#include "base/log.h"
#include "store/inside.h"
#include "store/migrations.h"

#include "base/banned.h"

enum { MIGRATIONS_SIZE = 1 << 20 };

struct received {
	struct text name, digest;
	struct received *next;
};

static enum guichet_status
received_load(struct store_tx *tx, struct arena *arena, struct received **ret_first, struct guichet_error *error)
{
	struct received *first = NULL;
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, STORE_MIGRATION_LIST, STORE_VALUES(), error);
	while (store_next(&rows)) {
		struct received *one = arena_new_of(arena, struct received);
		if (!one)
			return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque pour ouvrir la base de données.");
		*one = (struct received){ store_text(&rows, 0), store_text(&rows, 1), first };
		first = one;
	}
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_first = first;
	return status;
}

static const struct store_migration *
migration_find(struct text name)
{
	for (const struct store_migration *migration = store_migrations; migration->name; migration++)
		if (text_equal(text_of_string(migration->name), name))
			return migration;
	return NULL;
}

static struct text
migration_digest(struct arena *arena, const struct store_migration *migration)
{
	const struct digest digest = digest_of(text_of_string(migration->sql));
	return digest_hex(arena, &digest);
}

/* Refuses what this program cannot be trusted to read. */
static enum guichet_status
received_check(const struct received *first, struct arena *arena, struct guichet_error *error)
{
	for (const struct received *one = first; one; one = one->next) {
		const struct store_migration *known = migration_find(one->name);
		if (!known)
			return guichet_fail(error, GUICHET_REFUSED,
				"Cette base a été mise à jour par une version plus récente de Guichet (étape « " TEXT_FORMAT
				" » inconnue ici). Installez cette version, ou restaurez une sauvegarde plus ancienne.",
				TEXT_ARGS(one->name));
		if (!text_equal(migration_digest(arena, known), one->digest))
			return guichet_fail(error, GUICHET_REFUSED,
				"L’étape « " TEXT_FORMAT " » de cette base n’est pas celle de ce programme. Employez la "
				"version de Guichet qui a créé cette base.", TEXT_ARGS(one->name));
	}
	return GUICHET_OK;
}

static bool
is_received(const struct received *first, const struct store_migration *migration)
{
	for (; first; first = first->next)
		if (text_equal(first->name, text_of_string(migration->name)))
			return true;
	return false;
}

static enum guichet_status
migration_apply(struct store_tx *tx, struct arena *arena, const struct store_migration *migration,
	struct guichet_error *error)
{
	const struct store_backend *backend = tx->store->backend;
	enum guichet_status status = backend->control(tx->connection, STORE_BEGIN_WRITE, error);
	if (status != GUICHET_OK)
		return status;
	status = backend->script(tx->connection, migration->sql, error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_MIGRATION_INSERT,
			STORE_VALUES(migration->name, migration_digest(arena, migration)), NULL, error);
	if (status == GUICHET_OK)
		status = backend->control(tx->connection, STORE_COMMIT, error);
	struct guichet_error ignored;
	if (status != GUICHET_OK && backend->in_transaction(tx->connection))
		(void)!backend->control(tx->connection, STORE_ROLLBACK, &ignored);
	if (status != GUICHET_OK)
		log_line(LOG_FAILURE, "migration", "name=%s", migration->name);
	return status;
}

enum guichet_status
store_migrate(struct store *store, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(MIGRATIONS_SIZE);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque pour ouvrir la base de données.");
	struct received *received = NULL;
	enum guichet_status status = store->backend->script(store->write.connection, store_migrations[0].sql, error);
	if (status == GUICHET_OK)
		status = received_load(&store->write, arena, &received, error);
	if (status == GUICHET_OK)
		status = received_check(received, arena, error);
	int applied = 0;
	for (size_t i = 1; status == GUICHET_OK && store_migrations[i].name; i++) {
		if (is_received(received, &store_migrations[i]))
			continue;
		status = migration_apply(&store->write, arena, &store_migrations[i], error);
		applied++;
	}
	if (applied && received && status == GUICHET_OK)
		log_line(LOG_INFO, "migrated", "count=%d", applied);
	return status;
}
