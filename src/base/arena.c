/* See arena.h. Blocks double in size; each keeps a red zone that AddressSanitizer
 * knows, so that an overrun inside an arena is reported like any other. */
#include "base/arena.h"

#include "base/format.h"
#include "base/sanitized.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef SANITIZED
#include <sanitizer/asan_interface.h>
#define RED_ZONE 16
#else
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define RED_ZONE 0
#endif

#include "base/banned.h"

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

struct block {
	struct block *previous;
	size_t size, used;
	alignas(max_align_t) char at[];
};

struct deferred {
	struct deferred *previous;
	void (*release)(void *);
	void *thing;
};

struct arena {
	struct block *last;
	struct deferred *deferred;
	size_t limit, used;
};

static _Thread_local unsigned fail_countdown;
static _Thread_local bool fail_reached;

void
arena_fail_nth(unsigned nth)
{
	fail_countdown = nth;
	fail_reached = false;
}

bool
arena_failed(void)
{
	return fail_reached;
}

static struct block *
block_new(struct block *previous, size_t size)
{
	struct block *block = malloc(sizeof *block + size);
	if (!block)
		return NULL;
	block->previous = previous;
	block->size = size;
	block->used = 0;
	ASAN_POISON_MEMORY_REGION(block->at, size);
	return block;
}

struct arena *
arena_new(size_t limit)
{
	struct arena *arena = calloc(1, sizeof *arena);
	if (!arena)
		return NULL;
	arena->limit = limit;
	return arena;
}

static void
run_deferred(struct arena *arena)
{
	while (arena->deferred) {
		struct deferred *deferred = arena->deferred;
		arena->deferred = deferred->previous;
		deferred->release(deferred->thing);
	}
}

void
arena_clear(struct arena *arena)
{
	run_deferred(arena);
	while (arena->last && arena->last->previous) {
		struct block *block = arena->last;
		arena->last = block->previous;
		free(block);
	}
	if (arena->last) {
		ASAN_POISON_MEMORY_REGION(arena->last->at, arena->last->size);
		arena->last->used = 0;
	}
	arena->used = 0;
}

void
arena_free(struct arena *arena)
{
	if (!arena)
		return;
	arena_clear(arena);
	free(arena->last);
	free(arena);
}

void *
arena_alloc(struct arena *arena, size_t size)
{
	if (fail_countdown && --fail_countdown == 0) {
		fail_reached = true;
		return NULL;
	}
	size_t rounded;
	if (__builtin_add_overflow(size, RED_ZONE + alignof(max_align_t) - 1, &rounded))
		return NULL;
	rounded &= ~(alignof(max_align_t) - 1);
	if (rounded == 0)
		rounded = alignof(max_align_t);
	if (rounded > arena->limit - arena->used)
		return NULL;
	if (!arena->last || arena->last->size - arena->last->used < rounded) {
		size_t block_size = arena->last ? arena->last->size * 2 : FIRST_BLOCK;
		if (block_size > LARGEST_BLOCK)
			block_size = LARGEST_BLOCK;
		if (block_size < rounded)
			block_size = rounded;
		struct block *block = block_new(arena->last, block_size);
		if (!block)
			return NULL;
		arena->last = block;
	}
	void *at = arena->last->at + arena->last->used;
	arena->last->used += rounded;
	arena->used += rounded;
	ASAN_UNPOISON_MEMORY_REGION(at, size ? size : 1);
	return memset(at, 0, size);
}

void *
arena_array(struct arena *arena, size_t size, size_t count)
{
	size_t total;
	return __builtin_mul_overflow(size, count, &total) ? NULL : arena_alloc(arena, total);
}

size_t
arena_used(const struct arena *arena)
{
	return arena->used;
}

bool
arena_defer(struct arena *arena, void (*release)(void *), void *thing)
{
	struct deferred *deferred = arena_new_of(arena, struct deferred);
	if (!deferred) {
		release(thing);
		return false;
	}
	*deferred = (struct deferred){ arena->deferred, release, thing };
	arena->deferred = deferred;
	return true;
}

struct text
arena_text(struct arena *arena, struct text text)
{
	char *copy = text.length == SIZE_MAX ? NULL : arena_alloc(arena, text.length + 1);
	if (!copy)
		return (struct text){ 0 };
	if (text.length)
		memcpy(copy, text.at, text.length);
	return (struct text){ copy, text.length };
}

struct text
arena_format(struct arena *arena, const char *format, ...)
{
	char few[256]; /* most are short: written once */
	va_list arguments, again;
	va_start(arguments, format);
	va_copy(again, arguments);
	const int length = format_write(few, sizeof few, format, arguments);
	va_end(arguments);
	char *at = length < 0 ? NULL : arena_alloc(arena, (size_t)length + 1);
	if (at && (size_t)length < sizeof few)
		memcpy(at, few, (size_t)length);
	else if (at)
		format_write(at, (size_t)length + 1, format, again);
	va_end(again);
	return at ? (struct text){ at, (size_t)length } : (struct text){ 0 };
}
