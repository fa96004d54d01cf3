/* A file read whole. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

/* Its bytes, in the arena, which sets `limit` of them aside. REFUSED, with a sentence for people, when it cannot be read
 * or has `limit` bytes or more; BROKEN without memory. */
enum guichet_status file_read(struct arena *arena, const char *path, size_t limit, struct text *ret_bytes,
	struct guichet_error *error);
