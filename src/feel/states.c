/* See states.h. */
#include "feel/states.h"

#include "base/banned.h"

/* An entry: length of the key, what is known, then the key. */
enum { ENTRY_LENGTH, ENTRY_KNOWN, ENTRY_KEY };

static uint64_t
hash_of(const uint64_t *key, size_t length)
{
	uint64_t hash = length * UINT64_C(0x9e3779b97f4a7c15);
	for (size_t i = 0; i < length; i++) {
		hash = (hash ^ key[i]) * UINT64_C(0xff51afd7ed558ccd);
		hash ^= hash >> 32;
	}
	return hash;
}

static size_t *
bucket_of(const struct memory *memory, const uint64_t *key, size_t length)
{
	size_t at = hash_of(key, length) & (memory->bucket_count - 1);
	while (memory->buckets[at]) {
		const uint64_t *entry = memory->store + memory->buckets[at] - 1;
		if (entry[ENTRY_LENGTH] == length
			&& memcmp(entry + ENTRY_KEY, key, length * sizeof *key) == 0)
			break;
		at = (at + 1) & (memory->bucket_count - 1);
	}
	return &memory->buckets[at];
}

static bool
memory_grow(struct memory *memory, size_t needed)
{
	if (memory->used + needed > memory->capacity) {
		const size_t capacity = (memory->capacity + needed) * 2 + 1024;
		uint64_t *store = arena_array_of(memory->arena, uint64_t, capacity);
		if (!store)
			return false;
		if (memory->used)
			memcpy(store, memory->store, memory->used * sizeof *store);
		memory->store = store;
		memory->capacity = capacity;
	}
	if (2 * (memory->count + 1) <= memory->bucket_count)
		return true;
	const size_t *old = memory->buckets;
	const size_t old_count = memory->bucket_count, count = old_count ? old_count * 2 : 256;
	size_t *buckets = arena_array_of(memory->arena, size_t, count);
	if (!buckets)
		return false;
	memory->buckets = buckets;
	memory->bucket_count = count;
	for (size_t i = 0; i < old_count; i++) {
		if (!old[i])
			continue;
		const uint64_t *entry = memory->store + old[i] - 1;
		*bucket_of(memory, entry + ENTRY_KEY, entry[ENTRY_LENGTH]) = old[i];
	}
	return true;
}

bool
memory_find(const struct memory *memory, const uint64_t *key, size_t length, uint64_t *ret_known)
{
	const size_t at = memory->bucket_count ? *bucket_of(memory, key, length) : 0;
	if (at)
		*ret_known = memory->store[at - 1 + ENTRY_KNOWN];
	return at != 0;
}

/* The key is not known yet. */
bool
memory_add(struct memory *memory, const uint64_t *key, size_t length, uint64_t known)
{
	if (!memory_grow(memory, ENTRY_KEY + length))
		return false;
	uint64_t *entry = memory->store + memory->used;
	entry[ENTRY_LENGTH] = length;
	entry[ENTRY_KNOWN] = known;
	memcpy(entry + ENTRY_KEY, key, length * sizeof *key);
	*bucket_of(memory, key, length) = memory->used + 1;
	memory->used += ENTRY_KEY + length;
	memory->count++;
	return true;
}

struct frame *
frames_new(const struct space *space)
{
	const uint32_t words = space->words, columns = space->table->input_count;
	struct frame *frames = arena_array_of(space->arena, struct frame, columns);
	for (uint32_t i = 0; frames && i < columns; i++) {
		const uint32_t slices = space->columns[i].slice_count;
		frames[i].state = arena_array_of(space->arena, uint64_t, words + 1);
		frames[i].next = arena_array_of(space->arena, uint64_t, words);
		frames[i].children = arena_array_of(space->arena, uint64_t, 2 + slices / 2);
		if (!frames[i].state || !frames[i].next || !frames[i].children)
			return NULL;
	}
	return frames;
}
