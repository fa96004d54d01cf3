/* Attachments: content-addressed files, their refusals and their sweep. */
#include "store/attachment.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

#include "base/banned.h"

static struct guichet_error error;

static struct store *
open_fresh(void)
{
	char path[128];
	snprintf(path, sizeof path, "%s/data", test_directory());
	struct store *store = NULL;
	if (store_open(path, NULL, &store, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	return store;
}

static void
path_of(struct store *store, const struct digest *digest, char *path, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 12);
	const struct text hex = digest_hex(arena, digest);
	snprintf(path, size, "%s/pieces/%.2s/%.64s", store_directory(store), hex.at, hex.at);
}

static int
entries(struct store *store)
{
	char path[256];
	snprintf(path, sizeof path, "%s/pieces", store_directory(store));
	int count = 0;
	DIR *directory = opendir(path);
	CHECK(directory);
	for (struct dirent *entry; (entry = readdir(directory)); )
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

TEST(attachment_is_read_back_under_its_digest)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CLEANUP(store_close) struct store *store = open_fresh();
	struct digest digest, again;
	const struct text bytes = TEXT("%PDF-1.7\0une attestation");
	CHECK(attachment_write(store, bytes, &digest, &error) == GUICHET_OK);
	CHECK(attachment_write(store, bytes, &again, &error) == GUICHET_OK);
	const struct digest expected = digest_of(bytes);
	CHECK(digest_equal(&digest, &expected) && digest_equal(&digest, &again));
	struct text read;
	CHECK(attachment_read(store, arena, &digest, &read, &error) == GUICHET_OK);
	CHECK_TEXT(read, bytes);
	CHECK_INTEGER(entries(store), 1); /* its folder, no arriving file left */
}

TEST(attachment_too_long_or_left_in_the_middle_leaves_nothing)
{
	CLEANUP(store_close) struct store *store = open_fresh();
	struct digest digest;
	CLEANUP(upload_free) struct upload *upload = upload_new(store, 10, &error);
	CHECK(upload && upload_add(upload, TEXT("0123456789")));
	CHECK(!upload_add(upload, TEXT("a")));
	CHECK(!upload_add(upload, TEXT("")));
	CHECK(upload_finish(upload, &digest, &error) == GUICHET_REFUSED);
	upload_free(TAKE(upload));
	CHECK_INTEGER(entries(store), 0);
	upload = upload_new(store, 10, &error);
	CHECK(upload && upload_add(upload, TEXT("01234")));
	CHECK_INTEGER(entries(store), 1);
	upload_free(TAKE(upload));
	CHECK_INTEGER(entries(store), 0);
}

TEST(attachment_missing_or_changed_is_told)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CLEANUP(store_close) struct store *store = open_fresh();
	struct digest digest = digest_of(TEXT("rien"));
	struct text read = TEXT("intact");
	CHECK(attachment_read(store, arena, &digest, &read, &error) == GUICHET_UNKNOWN);
	CHECK(attachment_write(store, TEXT("un contenu"), &digest, &error) == GUICHET_OK);
	char path[256];
	path_of(store, &digest, path, sizeof path);
	const int file = open(path, O_WRONLY);
	CHECK(file >= 0 && write(file, "UN", 2) == 2);
	close(file);
	CHECK(attachment_read(store, arena, &digest, &read, &error) == GUICHET_BROKEN);
	CHECK_TEXT(read, TEXT("intact"));
}

TEST(attachment_without_disk_is_refused_politely)
{
	if (access("/dev/full", W_OK) != 0)
		return;
	CLEANUP(store_close) struct store *store = open_fresh();
	CLEANUP(upload_free) struct upload *upload = upload_new(store, 100, &error);
	CHECK(upload);
	/* The arriving file becomes a device that is always full. */
	char path[256] = "";
	for (int i = 3; i < 64; i++) {
		char link[64], target[256];
		snprintf(link, sizeof link, "/proc/self/fd/%d", i);
		const ssize_t length = readlink(link, target, sizeof target - 1);
		target[length > 0 ? length : 0] = '\0';
		if (strstr(target, "/pieces/arrive-")) {
			const int full = open("/dev/full", O_WRONLY);
			CHECK(full >= 0 && dup2(full, i) == i);
			close(full);
			memcpy(path, target, sizeof target);
		}
	}
	CHECK(path[0]);
	struct digest digest;
	CHECK(!upload_add(upload, TEXT("trop")));
	CHECK(upload_finish(upload, &digest, &error) == GUICHET_RETRY);
	CHECK(strstr(error.message, "plein"));
	upload_free(TAKE(upload));
	CHECK(access(path, F_OK) != 0);
}

struct names {
	struct text digest;
};

static enum guichet_status
name_it(struct store_tx *tx, void *context, struct guichet_error *ret_error)
{
	const struct names *names = context;
	return store_run(tx, STORE_SETTING_SET, STORE_VALUES(names->digest, "essai"), NULL, ret_error);
}

TEST(attachment_sweep_takes_what_is_old_and_named_by_nobody)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CLEANUP(store_close) struct store *store = open_fresh();
	struct digest named, orphan, young;
	CHECK(attachment_write(store, TEXT("nommé"), &named, &error) == GUICHET_OK);
	CHECK(attachment_write(store, TEXT("orphelin"), &orphan, &error) == GUICHET_OK);
	CHECK(attachment_write(store, TEXT("jeune"), &young, &error) == GUICHET_OK);
	struct names names = { digest_hex(arena, &named) };
	CHECK(store_transact(store, name_it, &names, &error) == GUICHET_OK);
	const struct timespec old[2] = { { 1000000, 0 }, { 1000000, 0 } };
	char path[256];
	path_of(store, &named, path, sizeof path);
	CHECK(utimensat(AT_FDCWD, path, old, 0) == 0);
	path_of(store, &orphan, path, sizeof path);
	CHECK(utimensat(AT_FDCWD, path, old, 0) == 0);
	int64_t removed = 0;
	CHECK(attachment_sweep(store, STORE_SETTING_GET, 86400, &removed, &error) == GUICHET_OK);
	CHECK_INTEGER(removed, 1);
	struct text read;
	CHECK(attachment_read(store, arena, &orphan, &read, &error) == GUICHET_UNKNOWN);
	CHECK(attachment_read(store, arena, &named, &read, &error) == GUICHET_OK);
	CHECK(attachment_read(store, arena, &young, &read, &error) == GUICHET_OK);
}
