/* What was lately understood, kept: each thing under its key, with the proof that it still holds, which whoever asks has
 * just read from the database. A state of a dossier is proved by its very bytes; what the directory says, by the
 * directory's generation. So nothing kept can be out of date, and who may see it is judged each time, elsewhere. */
#include "office/inside.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/banned.h"

enum { BUCKETS = 4096, KEPT_BYTES = 16 << 20 };

/* One thing, shared by the list and by those who read it; the last one frees it. */
struct kept {
	struct kept *next;              /* of its bucket */
	struct kept *newer, *older;     /* by last use */
	size_t bucket, size;
	atomic_uint users;
	struct arena *arena;
	const struct procedure *procedure; /* under which it was understood; may be NULL */
	struct text key, proof;
	void *thing;
};

struct office_memory {
	pthread_mutex_t lock;
	struct kept *buckets[BUCKETS], *newest, *oldest;
	size_t bytes;
};

static size_t
bucket_of(struct text key)
{
	return text_hash(key) % BUCKETS;
}

static void
kept_leave(void *thing)
{
	struct kept *kept = thing;
	if (atomic_fetch_sub(&kept->users, 1) > 1)
		return;
	arena_free(kept->arena);
	free(kept);
}

/* --- the list, under its lock --- */

static struct kept *
list_find(struct office_memory *memory, size_t bucket, const struct procedure *procedure, struct text key)
{
	struct kept *kept = memory->buckets[bucket];
	while (kept && (kept->procedure != procedure || !text_equal(kept->key, key)))
		kept = kept->next;
	return kept;
}

static void
unlink_use(struct office_memory *memory, struct kept *kept)
{
	*(kept->newer ? &kept->newer->older : &memory->newest) = kept->older;
	*(kept->older ? &kept->older->newer : &memory->oldest) = kept->newer;
}

static void
link_use(struct office_memory *memory, struct kept *kept)
{
	kept->newer = NULL;
	kept->older = memory->newest;
	*(memory->newest ? &memory->newest->newer : &memory->oldest) = kept;
	memory->newest = kept;
}

static void
list_remove(struct office_memory *memory, struct kept *kept)
{
	struct kept **place = &memory->buckets[kept->bucket];
	while (*place != kept)
		place = &(*place)->next;
	*place = kept->next;
	unlink_use(memory, kept);
	memory->bytes -= kept->size;
	kept_leave(kept);
}

static void
list_add(struct office_memory *memory, struct kept *kept)
{
	struct kept *before = list_find(memory, kept->bucket, kept->procedure, kept->key);
	if (before)
		list_remove(memory, before);
	atomic_fetch_add(&kept->users, 1);
	kept->next = memory->buckets[kept->bucket];
	memory->buckets[kept->bucket] = kept;
	link_use(memory, kept);
	memory->bytes += kept->size;
	while (memory->bytes > KEPT_BYTES)
		list_remove(memory, memory->oldest);
}

/* --- one thing --- */

void *
office_kept_find(struct office *office, struct arena *arena, const struct procedure *procedure, struct text key,
	struct text proof)
{
	struct office_memory *memory = office->memory;
	const size_t bucket = bucket_of(key);
	pthread_mutex_lock(&memory->lock);
	struct kept *kept = list_find(memory, bucket, procedure, key);
	if (kept) {
		atomic_fetch_add(&kept->users, 1);
		unlink_use(memory, kept);
		link_use(memory, kept);
	}
	pthread_mutex_unlock(&memory->lock);
	if (!kept)
		return NULL;
	if (text_equal(kept->proof, proof))
		return arena_defer(arena, kept_leave, kept) ? kept->thing : NULL;
	kept_leave(kept);
	return NULL;
}

enum guichet_status
office_keep(struct office *office, struct arena *arena, struct arena *made, const struct procedure *procedure,
	struct text key, struct text proof, void *thing, struct guichet_error *error)
{
	struct office_memory *memory = office->memory;
	struct kept *kept = calloc(1, sizeof *kept);
	if (kept) {
		*kept = (struct kept){ .arena = made, .procedure = procedure, .key = arena_text(made, key),
			.proof = arena_text(made, proof), .bucket = bucket_of(key), .thing = thing };
		atomic_init(&kept->users, 1);
	}
	if (!kept || !kept->key.at || !kept->proof.at) {
		arena_free(made);
		free(kept);
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	}
	kept->size = sizeof *kept + 2 * arena_used(made); /* blocks double: as much may be unused */
	pthread_mutex_lock(&memory->lock);
	list_add(memory, kept);
	pthread_mutex_unlock(&memory->lock);
	return arena_defer(arena, kept_leave, kept) ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

enum guichet_status
office_state(struct office *office, struct arena *arena, const struct procedure *procedure, struct text id,
	struct text json, struct dossier *ret_dossier, struct guichet_error *error)
{
	struct dossier *dossier = office_kept_find(office, arena, procedure, id, json);
	if (!dossier) {
		CLEANUP(arena_free) struct arena *made = arena_new(OFFICE_WORK_ARENA);
		dossier = made ? arena_new_of(made, struct dossier) : NULL;
		if (!dossier)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		enum guichet_status status = dossier_of_json(made, procedure, json, dossier, error);
		if (status == GUICHET_OK)
			status = office_keep(office, arena, TAKE(made), procedure, id, json, dossier, error);
		if (status != GUICHET_OK)
			return status;
	}
	*ret_dossier = *dossier;
	return GUICHET_OK;
}

struct office_memory *
office_memory_new(void)
{
	struct office_memory *memory = calloc(1, sizeof *memory);
	if (memory)
		pthread_mutex_init(&memory->lock, NULL);
	return memory;
}

void
office_memory_free(struct office_memory *memory)
{
	if (!memory)
		return;
	while (memory->oldest)
		list_remove(memory, memory->oldest);
	pthread_mutex_destroy(&memory->lock);
	free(memory);
}
