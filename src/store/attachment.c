/* See attachment.h. An arriving file is pieces/arrive-<token>; once whole and on disk it
 * is renamed to its digest, and the directory is put on disk too. A file that was
 * already there is made young again, so that the sweep leaves it to its new owner. */
#include "store/attachment.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "store/inside.h"

#include "base/banned.h"

enum { LONGEST_PATH = 4096, HEX_LENGTH = 2 * DIGEST_SIZE };

struct upload {
	struct store *store;
	size_t length, limit;
	crypto_hash_sha256_state state;
	int file;
	int failed;      /* errno of the first failure */
	bool too_long, finished;
	char path[LONGEST_PATH];
};

/* --- The system's files ---------------------------------------------------------- */

static int
system_create(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static int
system_make_directory(const char *path)
{
	return mkdir(path, 0700);
}

static int
system_sync_directory(const char *path)
{
	const int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return -1;
	const int result = fsync(directory), cause = errno;
	close(directory);
	errno = cause;
	return result;
}

const struct store_files store_files_system = {
	.create = system_create,
	.write = write,
	.sync = fsync,
	.close = close,
	.rename = rename,
	.remove = unlink,
	.make_directory = system_make_directory,
	.sync_directory = system_sync_directory,
};

static const struct store_files *
files_of(const struct store *store)
{
	return store->options.files ? store->options.files : &store_files_system;
}

/* What a failure of the disk is for the person. */
static enum guichet_status
disk_failure(int cause, const char *what, struct guichet_error *error)
{
	log_line(LOG_FAILURE, "attachment", "doing=%s cause=\"%s\"", what, strerror(cause));
	if (cause == ENOSPC || cause == EDQUOT || cause == EFBIG)
		return guichet_fail(error, GUICHET_RETRY,
			"Le disque du serveur est plein : ce fichier n’a pas été enregistré. Prévenez l’exploitant, puis recommencez.");
	return guichet_fail(error, GUICHET_BROKEN,
		"Ce fichier n’a pas pu être enregistré ou relu sur le disque du serveur. Prévenez l’exploitant, puis recommencez.");
}

/* --- Paths ----------------------------------------------------------------------- */

static void
digest_text(const struct digest *digest, char text[HEX_LENGTH + 1])
{
	sodium_bin2hex(text, HEX_LENGTH + 1, digest->bytes, DIGEST_SIZE);
}

/* The folder and the path of a digest under `data`. */
static bool
paths_of(const char *data, const struct digest *digest, char *folder, char *path)
{
	char hex[HEX_LENGTH + 1];
	digest_text(digest, hex);
	return snprintf(folder, LONGEST_PATH, "%s/pieces/%.2s", data, hex) < LONGEST_PATH
		&& snprintf(path, LONGEST_PATH, "%s/pieces/%.2s/%s", data, hex, hex) < LONGEST_PATH;
}

/* Makes `path` and puts its name in `parent` on disk. */
static int
make_directory(const struct store_files *files, const char *path, const char *parent)
{
	if (files->make_directory(path) < 0)
		return errno == EEXIST ? 0 : -1;
	return files->sync_directory(parent);
}

/* --- Writing --------------------------------------------------------------------- */

struct upload *
upload_new(struct store *store, size_t limit, struct guichet_error *error)
{
	CLEANUP(upload_free) struct upload *upload = calloc(1, sizeof *upload);
	if (!upload)
		return guichet_fail_null(error, GUICHET_BROKEN, "La mémoire du serveur manque. Recommencez dans un instant.");
	upload->store = store;
	upload->limit = limit;
	upload->file = -1;
	upload->finished = true; /* nothing to remove yet */
	crypto_hash_sha256_init(&upload->state);
	const char *data = store_directory(store);
	char pieces[LONGEST_PATH], random[2 * 16 + 1];
	uint8_t bytes[16];
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2hex(random, sizeof random, bytes, sizeof bytes);
	if (!data || snprintf(pieces, sizeof pieces, "%s/pieces", data) >= (int)sizeof pieces
		|| snprintf(upload->path, sizeof upload->path, "%s/pieces/arrive-%s", data, random) >= (int)sizeof upload->path)
		return guichet_fail_null(error, GUICHET_BROKEN, "Le dossier des pièces n’est pas utilisable.");
	pthread_mutex_lock(&store->pieces_lock);
	const int made = make_directory(files_of(store), pieces, data), cause = errno;
	pthread_mutex_unlock(&store->pieces_lock);
	if (made < 0)
		return (void)!disk_failure(cause, "pieces", error), NULL;
	upload->file = files_of(store)->create(upload->path);
	if (upload->file < 0)
		return (void)!disk_failure(errno, "create", error), NULL;
	upload->finished = false;
	return TAKE(upload);
}

bool
upload_add(struct upload *upload, struct text bytes)
{
	if (upload->failed || upload->too_long)
		return false;
	if (bytes.length > upload->limit - upload->length) {
		upload->too_long = true;
		return false;
	}
	upload->length += bytes.length;
	crypto_hash_sha256_update(&upload->state, (const uint8_t *)bytes.at, bytes.length);
	while (bytes.length) {
		const ssize_t written = files_of(upload->store)->write(upload->file, bytes.at, bytes.length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0) {
			upload->failed = written < 0 ? errno : ENOSPC;
			return false;
		}
		bytes = text_part(bytes, (size_t)written, SIZE_MAX);
	}
	return true;
}

/* Gives the whole file its name, on disk; 0 or the errno. Under the lock. */
static int
settle(struct upload *upload, const char *folder, const char *path)
{
	const struct store_files *files = files_of(upload->store);
	char pieces[LONGEST_PATH];
	if (snprintf(pieces, sizeof pieces, "%s/pieces", store_directory(upload->store)) >= (int)sizeof pieces)
		return ENAMETOOLONG;
	if (make_directory(files, folder, pieces) < 0)
		return errno;
	/* The same content again: the new file takes the old one's place, and is young. */
	if (files->rename(upload->path, path) < 0)
		return errno;
	upload->finished = true;
	return 0;
}

enum guichet_status
upload_finish(struct upload *upload, struct digest *ret_digest, struct guichet_error *error)
{
	const struct store_files *files = files_of(upload->store);
	if (upload->too_long)
		return guichet_fail(error, GUICHET_REFUSED,
			"Ce fichier dépasse la taille permise (%zu Mo). Choisissez un fichier plus petit.",
			upload->limit >> 20 ? upload->limit >> 20 : 1);
	if (!upload->failed && files->sync(upload->file) < 0)
		upload->failed = errno;
	const int closed = files->close(upload->file);
	upload->file = -1;
	if (!upload->failed && closed < 0)
		upload->failed = errno;
	if (upload->failed)
		return disk_failure(upload->failed, "write", error);

	struct digest digest;
	char folder[LONGEST_PATH], path[LONGEST_PATH];
	crypto_hash_sha256_final(&upload->state, digest.bytes);
	if (!paths_of(store_directory(upload->store), &digest, folder, path))
		return guichet_fail(error, GUICHET_BROKEN, "Le dossier des pièces n’est pas utilisable.");
	pthread_mutex_lock(&upload->store->pieces_lock);
	int cause = settle(upload, folder, path);
	pthread_mutex_unlock(&upload->store->pieces_lock);
	if (!cause && files->sync_directory(folder) < 0)
		cause = errno;
	if (cause)
		return disk_failure(cause, "settle", error);
	*ret_digest = digest;
	return GUICHET_OK;
}

void
upload_free(struct upload *upload)
{
	if (!upload)
		return;
	if (upload->file >= 0)
		files_of(upload->store)->close(upload->file);
	if (!upload->finished)
		files_of(upload->store)->remove(upload->path);
	free(upload);
}

enum guichet_status
attachment_write(struct store *store, struct text bytes, struct digest *ret_digest, struct guichet_error *error)
{
	CLEANUP(upload_free) struct upload *upload = upload_new(store, bytes.length, error);
	if (!upload)
		return error->status;
	upload_add(upload, bytes);
	return upload_finish(upload, ret_digest, error);
}

/* --- Reading --------------------------------------------------------------------- */

enum guichet_status
attachment_open(struct store *store, const struct digest *digest, int *ret_file, size_t *ret_size,
	struct guichet_error *error)
{
	char folder[LONGEST_PATH], path[LONGEST_PATH];
	const char *data = store_directory(store);
	if (!data || !paths_of(data, digest, folder, path))
		return guichet_fail(error, GUICHET_BROKEN, "Le dossier des pièces n’est pas utilisable.");
	const int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 && errno == ENOENT) {
		char hex[HEX_LENGTH + 1];
		digest_text(digest, hex);
		log_line(LOG_FAILURE, "attachment", "doing=open file=%s cause=missing", hex);
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce fichier n’est plus sur le serveur. Prévenez l’exploitant.");
	}
	struct stat stat;
	if (file < 0 || fstat(file, &stat) < 0) {
		const int cause = errno;
		if (file >= 0)
			close(file);
		return disk_failure(cause, "open", error);
	}
	*ret_file = file;
	*ret_size = (size_t)stat.st_size;
	return GUICHET_OK;
}

/* Reads `size` bytes; 0 or the errno. */
static int
read_all(int file, char *at, size_t size)
{
	while (size) {
		const ssize_t got = read(file, at, size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? errno : EIO;
		at += got;
		size -= (size_t)got;
	}
	return 0;
}

enum guichet_status
attachment_read(struct store *store, struct arena *arena, const struct digest *digest, struct text *ret_bytes,
	struct guichet_error *error)
{
	int file;
	size_t size;
	enum guichet_status status = attachment_open(store, digest, &file, &size, error);
	if (status != GUICHET_OK)
		return status;
	char *at = arena_alloc(arena, size + 1);
	const int cause = at ? read_all(file, at, size) : 0;
	close(file);
	if (!at)
		return guichet_fail(error, GUICHET_BROKEN, "Ce fichier dépasse la mémoire accordée à cette page.");
	if (cause)
		return disk_failure(cause, "read", error);
	const struct text bytes = { at, size };
	const struct digest found = digest_of(bytes);
	if (!digest_equal(&found, digest)) {
		char hex[HEX_LENGTH + 1];
		digest_text(digest, hex);
		log_line(LOG_FAILURE, "attachment", "doing=read file=%s cause=changed", hex);
		return guichet_fail(error, GUICHET_BROKEN,
			"Ce fichier a changé sur le disque du serveur : il n’est plus celui qui a été déposé. Prévenez l’exploitant.");
	}
	*ret_bytes = bytes;
	return GUICHET_OK;
}

/* --- Sweeping -------------------------------------------------------------------- */

struct sweep {
	struct store *store;
	enum store_statement named;
	int64_t before; /* of the machine's clock, as files have it; in seconds */
	int64_t removed;
	struct guichet_error *error;
};

static enum guichet_status
is_named(struct sweep *sweep, const char *digest, bool *ret_named)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(sweep->store, sweep->error);
	if (!tx)
		return sweep->error->status;
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, NULL, sweep->named, STORE_VALUES(digest), sweep->error);
	const bool named = store_next(&rows);
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_named = named;
	return status;
}

/* Removes the file if it is still old once nobody can be taking it up. */
static void
remove_old(struct sweep *sweep, const char *path)
{
	struct stat stat_of;
	pthread_mutex_lock(&sweep->store->pieces_lock);
	if (stat(path, &stat_of) == 0 && stat_of.st_mtime < sweep->before && files_of(sweep->store)->remove(path) == 0)
		sweep->removed++;
	pthread_mutex_unlock(&sweep->store->pieces_lock);
}

static enum guichet_status
sweep_folder(struct sweep *sweep, const char *folder)
{
	DIR *directory = opendir(folder);
	if (!directory)
		return errno == ENOENT ? GUICHET_OK : disk_failure(errno, "sweep", sweep->error);
	enum guichet_status status = GUICHET_OK;
	struct dirent *entry;
	while (status == GUICHET_OK && (entry = readdir(directory))) {
		char path[LONGEST_PATH];
		struct stat stat_of;
		const bool arriving = strncmp(entry->d_name, "arrive-", 7) == 0;
		bool named = false;
		if ((!arriving && strlen(entry->d_name) != HEX_LENGTH)
			|| snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path
			|| stat(path, &stat_of) < 0 || stat_of.st_mtime >= sweep->before)
			continue;
		if (!arriving)
			status = is_named(sweep, entry->d_name, &named);
		if (status == GUICHET_OK && !named)
			remove_old(sweep, path);
	}
	closedir(directory);
	return status;
}

enum guichet_status
attachment_sweep(struct store *store, enum store_statement named, int64_t seconds, int64_t *ret_removed,
	struct guichet_error *error)
{
	const char *data = store_directory(store);
	struct timespec now; /* not legal time: it is compared with that of files */
	clock_gettime(CLOCK_REALTIME, &now);
	struct sweep sweep = { store, named, now.tv_sec - seconds, 0, error };
	char folder[LONGEST_PATH];
	if (!data || snprintf(folder, sizeof folder, "%s/pieces", data) >= (int)sizeof folder)
		return guichet_fail(error, GUICHET_BROKEN, "Le dossier des pièces n’est pas utilisable.");
	enum guichet_status status = sweep_folder(&sweep, folder);
	for (int first = 0; first < 256 && status == GUICHET_OK; first++) {
		if (snprintf(folder, sizeof folder, "%s/pieces/%02x", data, first) < (int)sizeof folder)
			status = sweep_folder(&sweep, folder);
	}
	if (status == GUICHET_OK)
		*ret_removed = sweep.removed;
	return status;
}
