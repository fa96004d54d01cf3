/* States of dossiers lately read, kept as they were understood: the same bytes under the same procedure give the same
 * state, so that nothing kept can be out of date. What is looked up are the bytes just read from the database; who may
 * see them is judged each time, elsewhere. */
#include "office/inside.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/banned.h"

enum { BUCKETS = 4096, KEPT_BYTES = 16 << 20 };

/* One state, shared by the list and by those who read it; the last one frees it. */
struct kept {
	struct kept *next;              /* of its bucket */
	struct kept *newer, *older;     /* by last use */
	size_t bucket, size;
	atomic_uint users;
	struct arena *arena;
	const struct procedure *procedure;
	struct text id, json;
	struct dossier dossier;
};

struct office_states {
	pthread_mutex_t lock;
	struct kept *buckets[BUCKETS], *newest, *oldest;
	size_t bytes;
};

static size_t
bucket_of(struct text id)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < id.length; i++)
		hash = (hash ^ (unsigned char)id.at[i]) * UINT64_C(1099511628211);
	return (hash ^ hash >> 32) % BUCKETS;
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
list_find(struct office_states *states, size_t bucket, struct text id)
{
	struct kept *kept = states->buckets[bucket];
	while (kept && !text_equal(kept->id, id))
		kept = kept->next;
	return kept;
}

static void
unlink_use(struct office_states *states, struct kept *kept)
{
	*(kept->newer ? &kept->newer->older : &states->newest) = kept->older;
	*(kept->older ? &kept->older->newer : &states->oldest) = kept->newer;
}

static void
link_use(struct office_states *states, struct kept *kept)
{
	kept->newer = NULL;
	kept->older = states->newest;
	*(states->newest ? &states->newest->newer : &states->oldest) = kept;
	states->newest = kept;
}

static void
list_remove(struct office_states *states, struct kept *kept)
{
	struct kept **place = &states->buckets[kept->bucket];
	while (*place != kept)
		place = &(*place)->next;
	*place = kept->next;
	unlink_use(states, kept);
	states->bytes -= kept->size;
	kept_leave(kept);
}

static void
list_add(struct office_states *states, struct kept *kept)
{
	struct kept *before = list_find(states, kept->bucket, kept->id);
	if (before)
		list_remove(states, before);
	atomic_fetch_add(&kept->users, 1);
	kept->next = states->buckets[kept->bucket];
	states->buckets[kept->bucket] = kept;
	link_use(states, kept);
	states->bytes += kept->size;
	while (states->bytes > KEPT_BYTES)
		list_remove(states, states->oldest);
}

/* --- one state --- */

/* The state kept for these very bytes, one more user; NULL when there is none. */
static struct kept *
take(struct office_states *states, const struct procedure *procedure, struct text id, struct text json)
{
	const size_t bucket = bucket_of(id);
	pthread_mutex_lock(&states->lock);
	struct kept *kept = list_find(states, bucket, id);
	if (kept) {
		atomic_fetch_add(&kept->users, 1);
		unlink_use(states, kept);
		link_use(states, kept);
	}
	pthread_mutex_unlock(&states->lock);
	if (!kept || (kept->procedure == procedure && text_equal(kept->json, json)))
		return kept;
	kept_leave(kept);
	return NULL;
}

static struct kept *
make(const struct procedure *procedure, struct text id, struct text json, struct guichet_error *error)
{
	struct kept *kept = calloc(1, sizeof *kept);
	struct arena *arena = arena_new(OFFICE_WORK_ARENA);
	if (kept && arena) {
		*kept = (struct kept){ .arena = arena, .procedure = procedure, .id = arena_text(arena, id),
			.json = arena_text(arena, json), .bucket = bucket_of(id) };
		atomic_init(&kept->users, 1);
	}
	if (!kept || !arena || !kept->id.at || !kept->json.at) {
		(void)guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	} else if (dossier_of_json(arena, procedure, kept->json, &kept->dossier, error) == GUICHET_OK) {
		kept->size = sizeof *kept + 2 * arena_used(arena); /* blocks double: as much may be unused */
		return kept;
	}
	arena_free(arena);
	free(kept);
	return NULL;
}

enum guichet_status
office_state(struct office *office, struct arena *arena, const struct procedure *procedure, struct text id,
	struct text json, struct dossier *ret_dossier, struct guichet_error *error)
{
	struct office_states *states = office->states;
	struct kept *kept = take(states, procedure, id, json);
	if (!kept) {
		if (!(kept = make(procedure, id, json, error)))
			return error->status;
		pthread_mutex_lock(&states->lock);
		list_add(states, kept);
		pthread_mutex_unlock(&states->lock);
	}
	*ret_dossier = kept->dossier;
	return arena_defer(arena, kept_leave, kept) ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

struct office_states *
office_states_new(void)
{
	struct office_states *states = calloc(1, sizeof *states);
	if (states)
		pthread_mutex_init(&states->lock, NULL);
	return states;
}

void
office_states_free(struct office_states *states)
{
	if (!states)
		return;
	while (states->oldest)
		list_remove(states, states->oldest);
	pthread_mutex_destroy(&states->lock);
	free(states);
}
