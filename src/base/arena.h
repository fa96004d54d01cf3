/* Memory of one lifetime (a request, a procedure, a job), released as one. */
#pragma once

#include <stddef.h>

#include "base/cleanup.h"
#include "base/text.h"

struct arena;

/* An arena hands out at most `limit` bytes in its whole life. NULL without memory. */
struct arena *arena_new(size_t limit);

/* Runs the deferred calls, last first, then frees everything. Accepts NULL. */
void arena_free(struct arena *arena);
DEFINE_CLEANUP(struct arena, arena_free)

/* Empties it and keeps its first block, ready for the next use. */
void arena_clear(struct arena *arena);

/* Zeroed memory aligned for any type, or NULL once the limit is reached. */
[[gnu::alloc_size(2)]] void *arena_alloc(struct arena *arena, size_t size);
void *arena_array(struct arena *arena, size_t size, size_t count);

/* Bytes handed out so far, for limits and tests. */
size_t arena_used(const struct arena *arena);

/* Arranges for release(thing) to run when the arena is freed or cleared. False
 * when the arena is full; release has then been called already. */
[[nodiscard]] bool arena_defer(struct arena *arena, void (*release)(void *), void *thing);

/* A copy of `text` that lives as long as the arena, followed by a NUL that is not
 * counted. Its `at` is NULL when the arena is full. */
struct text arena_text(struct arena *arena, struct text text);

/* The same from a format. */
[[gnu::format(printf, 2, 3)]] struct text arena_format(struct arena *arena, const char *format, ...);

#define arena_new_of(arena, type)          ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array_of(arena, type, count) ((type *)arena_array((arena), sizeof(type), (count)))

/* Tests only: makes the nth allocation of this thread fail, counted from now; 0
 * switches it off. arena_failed() says whether that one was reached. */
void arena_fail_nth(unsigned nth);
bool arena_failed(void);
