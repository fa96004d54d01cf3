/* See files.h. The canonical bytes are a mark, then for each file in the order of names: the
 * length of the name as 8 bytes little-endian, the name, the length of the content, the content. */
#include "procedure/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/banned.h"

static const struct text mark = { "guichet procedure 1\n", 20 };

static const struct {
	const char *folder, *ending;
} folders[] = {
	{ "calendriers", ".csv" },
	{ "courriers", ".txt" },
	{ "lettres", ".md" },
	{ "tables", ".csv" },
	{ "tables", ".dmn" },
};

static void
close_descriptor_at(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
}

static void
close_folder(DIR *folder)
{
	if (folder)
		closedir(folder);
}
DEFINE_CLEANUP(DIR, close_folder)

static enum guichet_status
no_memory(struct guichet_error *error)
{
	return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante pour lire la procédure.");
}

/* Adds one file; what is wrong with it is a finding. False without memory. */
static bool
add_file(struct arena *arena, int folder, const char *path, struct text name, struct files *files,
	struct procedure_findings *findings)
{
	__attribute__((cleanup(close_descriptor_at))) int descriptor =
		openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat facts;
	const struct text copy = arena_text(arena, name);
	if (!copy.at)
		return false;
	const struct source source = { copy, TEXT("") };
	const struct span whole = { &source, SIZE_MAX, 0 };
	if (descriptor < 0 || fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
		finding_add(findings, 102, whole, TEXT("vérifiez son nom et ses droits"),
			"ce fichier est absent ou ne peut pas être lu");
		return true;
	}
	if (facts.st_size > PROCEDURE_FILE_LIMIT) {
		finding_add(findings, 109, whole, TEXT("découpez-le"), "ce fichier dépasse %d Kio",
			PROCEDURE_FILE_LIMIT >> 10);
		return true;
	}
	char *bytes = arena_alloc(arena, (size_t)facts.st_size + 1);
	if (!bytes)
		return false;
	size_t length = 0;
	while (length < (size_t)facts.st_size) {
		const ssize_t got = read(descriptor, bytes + length, (size_t)facts.st_size - length);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	files->at[files->count++] = (struct procedure_file){ copy, { bytes, length } };
	return true;
}

static int
by_name(const void *left, const void *right)
{
	const struct procedure_file *a = left, *b = right;
	return text_compare(a->name, b->name);
}

static enum guichet_status
add_folder(struct arena *arena, int folder, size_t nth, struct files *files, struct procedure_findings *findings,
	struct guichet_error *error)
{
	const int descriptor = openat(folder, folders[nth].folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (descriptor < 0)
		return GUICHET_OK; /* a procedure need not have it */
	CLEANUP(close_folder) DIR *listing = fdopendir(descriptor);
	if (!listing) {
		close(descriptor);
		return no_memory(error);
	}
	const struct text ending = text_of_string(folders[nth].ending);
	for (struct dirent *entry; (entry = readdir(listing));) {
		const struct text name = text_of_string(entry->d_name);
		if (name.at[0] == '.' || !text_ends(name, ending))
			continue;
		if (files->count == PROCEDURE_MOST_FILES)
			return guichet_fail(error, GUICHET_REFUSED, "Une procédure a %d fichiers au plus.", PROCEDURE_MOST_FILES);
		const struct text path = arena_format(arena, "%s/%s", folders[nth].folder, entry->d_name);
		if (!path.at || !add_file(arena, folder, path.at, path, files, findings))
			return no_memory(error);
	}
	return GUICHET_OK;
}

enum guichet_status
files_of_folder(struct arena *arena, const char *folder, struct files *ret_files, struct procedure_findings *findings,
	struct guichet_error *error)
{
	__attribute__((cleanup(close_descriptor_at))) int root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return guichet_fail(error, GUICHET_REFUSED, "« %s » n’est pas un dossier que l’on peut lire.", folder);
	struct files files = { arena_array_of(arena, struct procedure_file, PROCEDURE_MOST_FILES), 0 };
	if (!files.at || !add_file(arena, root, "procedure.yaml", TEXT("procedure.yaml"), &files, findings))
		return no_memory(error);
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		const enum guichet_status status = add_folder(arena, root, i, &files, findings, error);
		if (status != GUICHET_OK)
			return status;
	}
	return files_of_list(arena, files.at, files.count, ret_files, error);
}

enum guichet_status
files_of_list(struct arena *arena, const struct procedure_file *list, size_t count, struct files *ret_files,
	struct guichet_error *error)
{
	if (count > PROCEDURE_MOST_FILES)
		return guichet_fail(error, GUICHET_REFUSED, "Une procédure a %d fichiers au plus.", PROCEDURE_MOST_FILES);
	struct procedure_file *files = arena_array_of(arena, struct procedure_file, count);
	if (!files)
		return no_memory(error);
	size_t total = 0;
	for (size_t i = 0; i < count; i++) {
		files[i] = list[i];
		total += list[i].name.length + list[i].bytes.length + 16;
		if (total > PROCEDURE_ARCHIVE_LIMIT)
			return guichet_fail(error, GUICHET_REFUSED, "Une procédure pèse %d Mio au plus.",
				PROCEDURE_ARCHIVE_LIMIT >> 20);
	}
	if (count > 1)
		qsort(files, count, sizeof *files, by_name);
	for (size_t i = 1; i < count; i++)
		if (text_equal(files[i - 1].name, files[i].name))
			return guichet_fail(error, GUICHET_REFUSED, "Deux fichiers s’appellent « %.*s ».", TEXT_ARGS(files[i].name));
	*ret_files = (struct files){ files, count };
	return GUICHET_OK;
}

static bool
take_text(struct text *rest, struct text *ret_text)
{
	if (rest->length < 8)
		return false;
	uint64_t length = 0;
	for (size_t i = 0; i < 8; i++)
		length |= (uint64_t)(uint8_t)rest->at[i] << (8 * i);
	if (length > rest->length - 8)
		return false;
	*ret_text = (struct text){ rest->at + 8, (size_t)length };
	*rest = text_part(*rest, 8 + (size_t)length, SIZE_MAX);
	return true;
}

enum guichet_status
files_of_archive(struct arena *arena, struct text archive, struct files *ret_files, struct guichet_error *error)
{
	struct procedure_file *files = arena_array_of(arena, struct procedure_file, PROCEDURE_MOST_FILES);
	if (!files)
		return no_memory(error);
	if (!text_starts(archive, mark) || archive.length > PROCEDURE_ARCHIVE_LIMIT + mark.length)
		return guichet_fail(error, GUICHET_REFUSED, "Ces octets ne sont pas ceux d’une procédure.");
	struct text rest = text_part(archive, mark.length, SIZE_MAX);
	size_t count = 0;
	while (rest.length) {
		if (count == PROCEDURE_MOST_FILES || !take_text(&rest, &files[count].name) || !take_text(&rest, &files[count].bytes)
			|| (count > 0 && text_compare(files[count - 1].name, files[count].name) >= 0))
			return guichet_fail(error, GUICHET_REFUSED, "Les octets de la procédure sont abîmés.");
		count++;
	}
	*ret_files = (struct files){ files, count };
	return GUICHET_OK;
}

static char *
put_text(char *at, struct text text)
{
	for (size_t i = 0; i < 8; i++)
		*at++ = (char)(uint8_t)((uint64_t)text.length >> (8 * i));
	if (text.length)
		memcpy(at, text.at, text.length);
	return at + text.length;
}

enum guichet_status
files_archive(struct arena *arena, const struct files *files, struct text *ret_archive, struct guichet_error *error)
{
	size_t total = mark.length;
	for (size_t i = 0; i < files->count; i++)
		total += 16 + files->at[i].name.length + files->at[i].bytes.length;
	char *bytes = arena_alloc(arena, total);
	if (!bytes)
		return no_memory(error);
	memcpy(bytes, mark.at, mark.length);
	char *at = bytes + mark.length;
	for (size_t i = 0; i < files->count; i++) {
		at = put_text(at, files->at[i].name);
		at = put_text(at, files->at[i].bytes);
	}
	*ret_archive = (struct text){ bytes, total };
	return GUICHET_OK;
}

enum guichet_status
procedure_archive(struct arena *arena, const char *folder, struct text *ret_archive, struct digest *ret_hash,
	struct guichet_error *error)
{
	struct files files;
	struct text archive;
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	enum guichet_status status = files_of_folder(arena, folder, &files, &findings, error);
	if (status != GUICHET_OK)
		return status;
	if (findings.count || findings.broken)
		return findings_fail(&findings, error);
	status = files_archive(arena, &files, &archive, error);
	if (status != GUICHET_OK)
		return status;
	*ret_archive = archive;
	*ret_hash = digest_of(archive);
	return GUICHET_OK;
}
