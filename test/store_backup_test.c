/* Backups: what they hold, what they refuse, and what their check finds. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "store/attachment.h"
#include "test.h"

#include "base/banned.h"

static struct guichet_error error;
static char data[128], copy[128];

static enum guichet_status
name_it(struct store_tx *tx, void *context, struct guichet_error *ret_error)
{
	const struct text *hex = context;
	return store_run(tx, STORE_SETTING_SET, STORE_VALUES(*hex, "pièce"), NULL, ret_error);
}

/* A store whose settings name two attachments; STORE_SETTING_LIST lists them. */
static struct store *
open_with_two(struct arena *arena, struct digest digests[2])
{
	snprintf(data, sizeof data, "%s/data", test_directory());
	snprintf(copy, sizeof copy, "%s/copie", test_directory());
	struct store *store = NULL;
	CHECK(store_open(data, NULL, &store, &error) == GUICHET_OK);
	for (int i = 0; i < 2; i++) {
		CHECK(attachment_write(store, i ? TEXT("deux") : TEXT("un"), &digests[i], &error) == GUICHET_OK);
		struct text hex = digest_hex(arena, &digests[i]);
		CHECK(store_transact(store, name_it, &hex, &error) == GUICHET_OK);
	}
	return store;
}

TEST(backup_taken_while_it_serves_opens_and_holds_its_files)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	struct digest digests[2];
	CLEANUP(store_close) struct store *store = open_with_two(arena, digests);
	CHECK(store);
	if (store_backup(data, copy, STORE_SETTING_LIST, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	struct store_findings findings;
	CHECK(store_verify(copy, STORE_SETTING_LIST, &findings, &error) == GUICHET_OK);
	CHECK_INTEGER(findings.files, 2);
	CHECK(store_verify(data, STORE_SETTING_LIST, &findings, &error) == GUICHET_OK);
	CLEANUP(store_close) struct store *restored = NULL;
	CHECK(store_open(copy, NULL, &restored, &error) == GUICHET_OK);
	struct text bytes;
	CHECK(attachment_read(restored, arena, &digests[1], &bytes, &error) == GUICHET_OK);
	CHECK_TEXT(bytes, TEXT("deux"));
	CHECK(store_backup(data, copy, STORE_SETTING_LIST, &error) == GUICHET_REFUSED);
	CHECK(strstr(error.message, "existe déjà"));
	CHECK(store_backup(test_directory(), copy, STORE_SETTING_LIST, &error) == GUICHET_REFUSED);
	CHECK(strstr(error.message, "n’est pas un dossier de données"));
}

TEST(backup_that_lost_or_changed_a_file_is_told)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	struct digest digests[2];
	CLEANUP(store_close) struct store *store = open_with_two(arena, digests);
	CHECK(store);
	CHECK(store_backup(data, copy, STORE_SETTING_LIST, &error) == GUICHET_OK);
	char path[300];
	struct store_findings findings;
	const struct text first = digest_hex(arena, &digests[0]), second = digest_hex(arena, &digests[1]);
	snprintf(path, sizeof path, "%s/pieces/%.2s/%.64s", copy, first.at, first.at);
	CHECK(unlink(path) == 0);
	snprintf(path, sizeof path, "%s/pieces/%.2s/%.64s", copy, second.at, second.at);
	const int file = open(path, O_WRONLY);
	CHECK(file >= 0 && write(file, "D", 1) == 1);
	close(file);
	CHECK(store_verify(copy, STORE_SETTING_LIST, &findings, &error) == GUICHET_REFUSED);
	CHECK(strstr(error.message, "Sur 2 fichiers nommés par la base, 1 manquent et 1 ont changé"));
	CHECK(findings.missing == 1 && findings.changed == 1 && !findings.database_damaged);
}

TEST(backup_with_a_damaged_database_is_told)
{
	static const char noise[60000] = { 1, 2, 3 };
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	struct digest digests[2];
	CLEANUP(store_close) struct store *store = open_with_two(arena, digests);
	CHECK(store);
	CHECK(store_backup(data, copy, STORE_SETTING_LIST, &error) == GUICHET_OK);
	char path[300];
	struct store_findings findings;
	snprintf(path, sizeof path, "%s/guichet.db", copy);
	const int file = open(path, O_WRONLY);
	CHECK(file >= 0 && pwrite(file, noise, sizeof noise, 4096) == sizeof noise);
	close(file);
	CHECK(store_verify(copy, STORE_SETTING_LIST, &findings, &error) == GUICHET_REFUSED);
	CHECK(strstr(error.message, "endommagée"));
}
