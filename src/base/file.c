/* See file.h. */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/banned.h"

enum guichet_status
file_read(struct arena *arena, const char *path, size_t limit, struct text *ret_bytes, struct guichet_error *error)
{
	char *bytes = arena_alloc(arena, limit);
	if (!bytes)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	FILE *file = fopen(path, "re");
	if (!file)
		return guichet_fail(error, GUICHET_REFUSED, "Impossible de lire « %s » : %s.", path, strerror(errno));
	const size_t length = fread(bytes, 1, limit, file);
	const bool whole = feof(file) && !ferror(file);
	(void)fclose(file);
	if (!whole)
		return guichet_fail(error, GUICHET_REFUSED, "Le fichier « %s » est trop long ou illisible.", path);
	*ret_bytes = (struct text){ bytes, length };
	return GUICHET_OK;
}
