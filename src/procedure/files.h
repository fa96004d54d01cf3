/* The files of a procedure in memory: from a folder, or from the canonical bytes. */
#pragma once

#include "procedure/finding.h"

struct files {
	struct procedure_file *at; /* sorted by name */
	size_t count;
};

/* Reads procedure.yaml, lettres/, courriers/, tables/ and calendriers/. What cannot be read is a finding, and
 * the rest is there. BROKEN without memory or when the folder cannot be listed. */
enum guichet_status files_of_folder(struct arena *arena, const char *folder, struct files *ret_files,
	struct procedure_findings *findings, struct guichet_error *error);
/* A sorted copy. REFUSED: two of the same name, too many, too large. */
enum guichet_status files_of_list(struct arena *arena, const struct procedure_file *list, size_t count,
	struct files *ret_files, struct guichet_error *error);
enum guichet_status files_of_archive(struct arena *arena, struct text archive, struct files *ret_files,
	struct guichet_error *error);
/* The canonical bytes. */
enum guichet_status files_archive(struct arena *arena, const struct files *files, struct text *ret_archive,
	struct guichet_error *error);
