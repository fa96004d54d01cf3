/* Files by the hash of their content: <data>/pieces/ab/abcdef…, beside the database.
 *
 * A file is on disk, and its name too, before the transaction that names it: write it
 * first, then submit the work. What nobody names is swept after a day.
 *
 *     CLEANUP(upload_free) struct upload *upload = upload_new(store, LIMIT, error);
 *     while (…) upload_add(upload, bytes);
 *     status = upload_finish(upload, &digest, error);   … then the work that names it */
#pragma once

#include <sys/types.h>

#include "base/digest.h"
#include "store/store.h"

/* The file operations, so that a test can cut the power. Each behaves as its namesake of
 * POSIX: negative (errno set) when it fails. */
struct store_files {
	int (*create)(const char *path); /* new, for writing; a descriptor */
	ssize_t (*write)(int file, const void *bytes, size_t length);
	int (*sync)(int file);
	int (*close)(int file);
	int (*rename)(const char *from, const char *to);
	int (*remove)(const char *path);
	int (*make_directory)(const char *path);
	int (*sync_directory)(const char *path);
};
extern const struct store_files store_files_system;

/* A file that is arriving. It belongs to one thread at a time. */
struct upload;

/* Starts one of at most `limit` bytes. NULL after filling *error. */
struct upload *upload_new(struct store *store, size_t limit, struct guichet_error *error);
/* Adds bytes; remembers its first failure, which upload_finish() tells. False once failed:
 * the caller may stop reading. */
bool upload_add(struct upload *upload, struct text bytes);
/* Puts the whole on disk under its digest. REFUSED: longer than the limit. RETRY: disk full. */
enum guichet_status upload_finish(struct upload *upload, struct digest *ret_digest, struct guichet_error *error);
/* Forgets it (and what was written, unless finished). Accepts NULL. */
void upload_free(struct upload *upload);
DEFINE_CLEANUP(struct upload, upload_free)

/* All of it for bytes in memory. */
enum guichet_status attachment_write(struct store *store, struct text bytes, struct digest *ret_digest,
	struct guichet_error *error);

/* A read-only descriptor of the file, and its size. UNKNOWN: no such file. The caller closes it. */
enum guichet_status attachment_open(struct store *store, const struct digest *digest, int *ret_file,
	size_t *ret_size, struct guichet_error *error);

/* The whole file in `arena`, checked against its digest. BROKEN: it is missing or has changed. */
enum guichet_status attachment_read(struct store *store, struct arena *arena, const struct digest *digest,
	struct text *ret_bytes, struct guichet_error *error);

/* Removes the files last written or written again more than `seconds` ago that nobody names.
 * `named` is a statement "t" that gives a row when its digest (64 hexadecimal digits) is named. */
enum guichet_status attachment_sweep(struct store *store, enum store_statement named, int64_t seconds,
	int64_t *ret_removed, struct guichet_error *error);

/* Copies the database (as one state of it, while it serves) then the files it names into the new
 * directory `destination`. `lister` is a statement "" whose first column is each named digest. */
enum guichet_status store_backup(const char *data, const char *destination, enum store_statement lister,
	struct guichet_error *error);

/* What store_verify() found. */
struct store_findings {
	int64_t files, missing, changed;
	bool database_damaged;
};

/* Checks a data directory or a backup: the database's structure, its references, and each
 * named file against its digest. GUICHET_REFUSED with a sentence when something is wrong. */
enum guichet_status store_verify(const char *data, enum store_statement lister, struct store_findings *ret_findings,
	struct guichet_error *error);
