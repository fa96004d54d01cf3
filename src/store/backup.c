/* Copies of a data directory, and their check. The database goes first, by SQLite's backup
 * (one state of it, while the service goes on), then the files that this copy names: so a
 * backup never names what it does not hold. See attachment.h. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/inside.h"

#include "base/banned.h"

enum { LONGEST_PATH = 4096, HEX_LENGTH = 2 * DIGEST_SIZE, COPY_SIZE = 1 << 16, BUSY_MILLISECONDS = 10000 };

static void
database_close_at(sqlite3 **database)
{
	sqlite3_close(*database);
}

static void
file_close_at(int *file)
{
	if (*file >= 0)
		close(*file);
}

static enum guichet_status
database_failure(sqlite3 *database, const char *path, struct guichet_error *error)
{
	log_line(LOG_FAILURE, "backup", "code=%d detail=\"%s\"", sqlite3_extended_errcode(database),
		sqlite3_errmsg(database));
	const int code = sqlite3_errcode(database) & 0xff;
	if (code == SQLITE_FULL)
		return guichet_fail(error, GUICHET_REFUSED, "Le disque de « %s » est plein : la copie est incomplète.", path);
	if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
		return guichet_fail(error, GUICHET_REFUSED,
			"« %s » est endommagé, ou n’est pas une base de données de Guichet. Restaurez la dernière sauvegarde.",
			path);
	return guichet_fail(error, GUICHET_REFUSED, "« %s » ne peut pas être lu ou écrit : %s.", path,
		sqlite3_errmsg(database));
}

static enum guichet_status
system_failure(const char *path, struct guichet_error *error)
{
	return guichet_fail(error, GUICHET_REFUSED, "« %s » ne peut pas être lu ou écrit : %s.", path, strerror(errno));
}

static enum guichet_status
database_open(const char *path, int flags, sqlite3 **ret_database, struct guichet_error *error)
{
	sqlite3 *database = NULL;
	store_sqlite_prepare();
	if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | flags, NULL) != SQLITE_OK) {
		const enum guichet_status status = database_failure(database, path, error);
		sqlite3_close(database);
		return status;
	}
	sqlite3_extended_result_codes(database, 1);
	sqlite3_busy_timeout(database, BUSY_MILLISECONDS);
	*ret_database = database;
	return GUICHET_OK;
}

/* --- Files ----------------------------------------------------------------------- */

/* Reads the whole of `from`, into `to` unless it is negative; its digest. False: errno. */
static bool
pour(int from, int to, struct digest *ret_digest)
{
	char bytes[COPY_SIZE];
	crypto_hash_sha256_state state;
	crypto_hash_sha256_init(&state);
	for (;;) {
		const ssize_t got = read(from, bytes, sizeof bytes);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		if (got == 0)
			break;
		crypto_hash_sha256_update(&state, (const uint8_t *)bytes, (size_t)got);
		for (ssize_t done = 0, written; to >= 0 && done < got; done += written) {
			written = write(to, bytes + done, (size_t)(got - done));
			if (written < 0 && errno == EINTR)
				written = 0;
			if (written < 0)
				return false;
		}
	}
	crypto_hash_sha256_final(&state, ret_digest->bytes);
	return to < 0 || fsync(to) == 0;
}

/* Checks one named file, and copies it when there is a destination. */
static enum guichet_status
file_take(const char *data, const char *destination, struct text hex, struct store_findings *findings,
	struct guichet_error *error)
{
	struct digest named, found;
	char path[LONGEST_PATH], copy[LONGEST_PATH];
	findings->files++;
	if (!digest_read(hex, &named) || snprintf(path, sizeof path, "%s/pieces/%.2s/%.64s", data, hex.at, hex.at)
		>= (int)sizeof path) {
		findings->missing++;
		return GUICHET_OK;
	}
	__attribute__((cleanup(file_close_at))) int from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0 && errno == ENOENT) {
		log_line(LOG_FAILURE, "verify", "file=%.64s found=missing", hex.at);
		findings->missing++;
		return GUICHET_OK;
	}
	if (from < 0)
		return system_failure(path, error);
	__attribute__((cleanup(file_close_at))) int to = -1;
	if (destination) {
		if (snprintf(copy, sizeof copy, "%s/pieces/%.2s", destination, hex.at) >= (int)sizeof copy
			|| (mkdir(copy, 0700) < 0 && errno != EEXIST))
			return system_failure(destination, error);
		snprintf(copy, sizeof copy, "%s/pieces/%.2s/%.64s", destination, hex.at, hex.at);
		to = open(copy, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (to < 0)
			return system_failure(copy, error);
	}
	if (!pour(from, to, &found))
		return system_failure(destination ? copy : path, error);
	if (!digest_equal(&named, &found)) {
		log_line(LOG_FAILURE, "verify", "file=%.64s found=changed", hex.at);
		findings->changed++;
	}
	return GUICHET_OK;
}

/* Every file that the database names. */
static enum guichet_status
files_take(sqlite3 *database, enum store_statement lister, const char *data, const char *destination,
	struct store_findings *findings, struct guichet_error *error)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(database, store_texts[lister].sql, -1, &statement, NULL) != SQLITE_OK)
		return database_failure(database, data, error);
	enum guichet_status status = GUICHET_OK;
	int result;
	while (status == GUICHET_OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
		const struct text hex = text_of_string((const char *)sqlite3_column_text(statement, 0));
		status = file_take(data, destination, hex, findings, error);
	}
	if (status == GUICHET_OK && result != SQLITE_DONE)
		status = database_failure(database, data, error);
	sqlite3_finalize(statement);
	return status;
}

static enum guichet_status
findings_tell(const struct store_findings *findings, struct guichet_error *error)
{
	if (findings->database_damaged)
		return guichet_fail(error, GUICHET_REFUSED,
			"La base de données est endommagée. Restaurez la dernière sauvegarde.");
	if (findings->missing || findings->changed)
		return guichet_fail(error, GUICHET_REFUSED,
			"Sur %lld fichiers nommés par la base, %lld manquent et %lld ont changé. Reprenez-les dans une "
			"sauvegarde plus ancienne.", (long long)findings->files, (long long)findings->missing,
			(long long)findings->changed);
	return GUICHET_OK;
}

/* --- Backup ---------------------------------------------------------------------- */

static enum guichet_status
database_copy(sqlite3 *from, sqlite3 *to, const char *path, struct guichet_error *error)
{
	sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
	if (!backup)
		return database_failure(to, path, error);
	const int result = sqlite3_backup_step(backup, -1);
	sqlite3_backup_finish(backup);
	/* One file, without a log beside it. */
	if (result != SQLITE_DONE || sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) != SQLITE_OK)
		return database_failure(result == SQLITE_DONE || sqlite3_errcode(to) != SQLITE_OK ? to : from, path, error);
	return GUICHET_OK;
}

/* Puts the names of the copy on disk. */
static enum guichet_status
directories_sync(const char *destination, struct guichet_error *error)
{
	char path[LONGEST_PATH];
	for (int first = 0; first < 256; first++) {
		snprintf(path, sizeof path, "%s/pieces/%02x", destination, first);
		if (store_files_system.sync_directory(path) < 0 && errno != ENOENT)
			return system_failure(path, error);
	}
	static const char *const parents[] = { "/pieces", "", "/.." };
	for (size_t i = 0; i < sizeof parents / sizeof *parents; i++) {
		snprintf(path, sizeof path, "%s%s", destination, parents[i]);
		if (store_files_system.sync_directory(path) < 0)
			return system_failure(path, error);
	}
	return GUICHET_OK;
}

enum guichet_status
store_backup(const char *data, const char *destination, enum store_statement lister, struct guichet_error *error)
{
	char from_path[LONGEST_PATH], to_path[LONGEST_PATH], pieces[LONGEST_PATH];
	if (strlen(data) > LONGEST_PATH / 2 || strlen(destination) > LONGEST_PATH / 2)
		return guichet_fail(error, GUICHET_REFUSED, "Le chemin donné est trop long.");
	snprintf(from_path, sizeof from_path, "%s/guichet.db", data);
	snprintf(to_path, sizeof to_path, "%s/guichet.db", destination);
	snprintf(pieces, sizeof pieces, "%s/pieces", destination);
	if (access(from_path, R_OK) < 0)
		return guichet_fail(error, GUICHET_REFUSED,
			"« %s » n’est pas un dossier de données de Guichet : guichet.db n’y est pas lisible.", data);
	if (mkdir(destination, 0700) < 0)
		return errno == EEXIST
			? guichet_fail(error, GUICHET_REFUSED, "« %s » existe déjà. Donnez à la copie un nom nouveau.", destination)
			: system_failure(destination, error);
	if (mkdir(pieces, 0700) < 0)
		return system_failure(pieces, error);
	__attribute__((cleanup(database_close_at))) sqlite3 *from = NULL;
	__attribute__((cleanup(database_close_at))) sqlite3 *to = NULL;
	struct store_findings findings = { 0 };
	enum guichet_status status = database_open(from_path, 0, &from, error);
	if (status == GUICHET_OK)
		status = database_open(to_path, SQLITE_OPEN_CREATE, &to, error);
	if (status == GUICHET_OK)
		status = database_copy(from, to, to_path, error);
	if (status == GUICHET_OK)
		status = files_take(to, lister, data, destination, &findings, error);
	if (status == GUICHET_OK)
		status = directories_sync(destination, error);
	return status == GUICHET_OK ? findings_tell(&findings, error) : status;
}

/* --- Check ----------------------------------------------------------------------- */

/* Whether the first row of a check is the one expected; NULL: no row at all. */
static bool
check_passes(sqlite3 *database, const char *sql, const char *expected)
{
	sqlite3_stmt *statement = NULL;
	bool passes = false;
	if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK) {
		const int result = sqlite3_step(statement);
		passes = expected ? result == SQLITE_ROW
			&& text_equal(text_of_string((const char *)sqlite3_column_text(statement, 0)), text_of_string(expected))
			: result == SQLITE_DONE;
	}
	sqlite3_finalize(statement);
	return passes;
}

enum guichet_status
store_verify(const char *data, enum store_statement lister, struct store_findings *ret_findings,
	struct guichet_error *error)
{
	char path[LONGEST_PATH];
	if (snprintf(path, sizeof path, "%s/guichet.db", data) >= (int)sizeof path)
		return guichet_fail(error, GUICHET_REFUSED, "Le chemin donné est trop long.");
	if (access(path, R_OK) < 0)
		return guichet_fail(error, GUICHET_REFUSED,
			"« %s » n’est pas un dossier de données de Guichet : guichet.db n’y est pas lisible.", data);
	__attribute__((cleanup(database_close_at))) sqlite3 *database = NULL;
	struct store_findings findings = { 0 };
	enum guichet_status status = database_open(path, 0, &database, error);
	if (status != GUICHET_OK)
		return status;
	findings.database_damaged = !check_passes(database, "PRAGMA integrity_check(1)", "ok")
		|| !check_passes(database, "PRAGMA foreign_key_check", NULL);
	if (!findings.database_damaged)
		status = files_take(database, lister, data, NULL, &findings, error);
	if (status != GUICHET_OK)
		return status;
	*ret_findings = findings;
	return findings_tell(&findings, error);
}
