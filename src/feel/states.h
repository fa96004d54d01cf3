/* What is known of the states that a search of a table's space has met: columns gone through, rules alive.
 * Inside of feel/. */
#pragma once

#include "feel/space.h"

/* A table of what is known, by hash: offsets of keys in a growing store of words. */
struct memory {
	struct arena *arena;
	uint64_t *store;
	size_t used, capacity;
	size_t *buckets; /* 1 + the place of an entry */
	size_t bucket_count, count;
};

/* What was kept under a key of `length` words. */
[[nodiscard]] bool memory_find(const struct memory *memory, const uint64_t *key, size_t length,
	uint64_t *ret_known);
/* Keeps it; the key is not known yet. False without memory. */
[[nodiscard]] bool memory_add(struct memory *memory, const uint64_t *key, size_t length, uint64_t known);

/* What the exploration of a column works with, one state at a time. */
struct frame {
	uint64_t *state; /* the column, then the rules alive */
	uint64_t *next;  /* the rules alive after it */
	uint64_t *children; /* the column, then the children two by two */
};

/* One by column; NULL without memory. */
struct frame *frames_new(const struct space *space);
