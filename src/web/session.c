/* See session.h. */
#include "web/session.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/digest.h"
#include "store/store.h"
#include "web/inside.h"

#include "base/banned.h"

enum {
	BUCKETS = 4096,
	CACHED_MOST = 32768,
	BOOT_LENGTH = 36,
};
#define IDLE        (SESSION_IDLE_MINUTES * INSTANT_MINUTE)
#define LIFE        (SESSION_LIFE_HOURS * INSTANT_HOUR)
#define SEEN_EVERY  (10 * INSTANT_MINUTE) /* how coarse seen_at is */

/* A session in use. */
struct cached {
	struct cached *next;             /* in its bucket */
	struct cached *newer, *older;    /* by last use */
	struct digest hash;
	int64_t seen, seen_stored, expires; /* clock_steady() */
	instant created; /* legal */
	bool demo;
	size_t person_length;
	char person[];
};

struct sessions {
	struct store *store;
	struct web_key key;
	pthread_mutex_t lock;
	uint64_t generation; /* grows with each sessions_forget(): what was read before is not kept */
	size_t count;
	struct cached *newest, *oldest;
	struct cached *buckets[BUCKETS];
	char boot[BOOT_LENGTH + 1];
};

/* -- The key -------------------------------------------------------------------------------------- */

static enum guichet_status
key_create(const char *directory, const char *path, struct web_key *ret_key, struct guichet_error *error)
{
	struct web_key key;
	randombytes_buf(key.bytes, sizeof key.bytes);
	const int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	const int folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const bool written = file >= 0 && folder >= 0
		&& write(file, key.bytes, sizeof key.bytes) == (ssize_t)sizeof key.bytes
		&& fsync(file) == 0 && fsync(folder) == 0;
	const int why = errno;
	if (file >= 0)
		close(file);
	if (folder >= 0)
		close(folder);
	if (!written) {
		if (file >= 0)
			unlink(path);
		return guichet_fail(error, GUICHET_BROKEN, "La clé « %s » ne peut pas être créée : %s.", path, strerror(why));
	}
	*ret_key = key;
	return GUICHET_OK;
}

enum guichet_status
web_key_load(const char *directory, struct web_key *ret_key, struct guichet_error *error)
{
	char path[4096];
	if (snprintf(path, sizeof path, "%s/cle-web", directory) >= (int)sizeof path)
		return guichet_fail(error, GUICHET_REFUSED, "Le chemin du dossier de données est trop long.");
	const int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0 && errno == ENOENT)
		return key_create(directory, path, ret_key, error);
	struct web_key key;
	const ssize_t got = file >= 0 ? read(file, key.bytes, sizeof key.bytes) : -1;
	if (file >= 0)
		close(file);
	if (got != (ssize_t)sizeof key.bytes)
		return guichet_fail(error, GUICHET_BROKEN, "La clé « %s » ne peut pas être lue. Supprimez-la pour en "
			"créer une autre : les formulaires ouverts seront à envoyer une seconde fois.", path);
	*ret_key = key;
	return GUICHET_OK;
}

struct web_key
sessions_key(const struct sessions *sessions)
{
	return sessions->key;
}

const char *
cookie_session(const struct web *web)
{
	return web->options.secure ? "__Host-guichet" : "guichet";
}

const char *
cookie_presession(const struct web *web)
{
	return web->options.secure ? "__Host-guichet-avant" : "guichet-avant";
}

/* -- The cache ------------------------------------------------------------------------------------ */

/* Which start of the machine this is: the monotonic clock means something within one only. */
static void
read_boot(char *boot)
{
	const int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	const ssize_t got = file >= 0 ? read(file, boot, BOOT_LENGTH) : -1;
	if (file >= 0)
		close(file);
	boot[got > 0 ? got : 0] = '\0'; /* unknown: no session is of this start, and legal time counts */
}

struct sessions *
sessions_new(struct store *store, const struct web_key *key)
{
	struct sessions *sessions = calloc(1, sizeof *sessions);
	if (!sessions)
		return NULL;
	sessions->store = store;
	sessions->key = *key;
	pthread_mutex_init(&sessions->lock, NULL);
	read_boot(sessions->boot);
	return sessions;
}

static struct cached **
bucket_of(struct sessions *sessions, const struct digest *hash)
{
	return &sessions->buckets[(hash->bytes[0] | hash->bytes[1] << 8) % BUCKETS];
}

static void
unlink_age(struct sessions *sessions, struct cached *cached)
{
	*(cached->newer ? &cached->newer->older : &sessions->newest) = cached->older;
	*(cached->older ? &cached->older->newer : &sessions->oldest) = cached->newer;
}

static void
link_newest(struct sessions *sessions, struct cached *cached)
{
	cached->newer = NULL;
	cached->older = sessions->newest;
	*(sessions->newest ? &sessions->newest->newer : &sessions->oldest) = cached;
	sessions->newest = cached;
}

static void
cache_drop(struct sessions *sessions, struct cached *cached)
{
	struct cached **place = bucket_of(sessions, &cached->hash);
	while (*place != cached)
		place = &(*place)->next;
	*place = cached->next;
	unlink_age(sessions, cached);
	sessions->count--;
	free(cached);
}

void
sessions_free(struct sessions *sessions)
{
	if (!sessions)
		return;
	while (sessions->newest)
		cache_drop(sessions, sessions->newest);
	pthread_mutex_destroy(&sessions->lock);
	sodium_memzero(&sessions->key, sizeof sessions->key);
	free(sessions);
}

static struct cached *
cache_find(struct sessions *sessions, const struct digest *hash)
{
	struct cached *cached = *bucket_of(sessions, hash);
	while (cached && !digest_equal(&cached->hash, hash))
		cached = cached->next;
	return cached;
}

/* Keeps a copy, if it was not ended meanwhile. */
static void
cache_keep(struct sessions *sessions, const struct cached *read, struct text person, uint64_t generation)
{
	struct cached *cached = malloc(sizeof *cached + person.length);
	if (!cached)
		return; /* only slower */
	*cached = *read;
	cached->person_length = person.length;
	memcpy(cached->person, person.at, person.length);
	pthread_mutex_lock(&sessions->lock);
	if (generation != sessions->generation || cache_find(sessions, &cached->hash)) {
		pthread_mutex_unlock(&sessions->lock);
		free(cached);
		return;
	}
	if (sessions->count == CACHED_MOST)
		cache_drop(sessions, sessions->oldest);
	struct cached **bucket = bucket_of(sessions, &cached->hash);
	cached->next = *bucket;
	*bucket = cached;
	link_newest(sessions, cached);
	sessions->count++;
	pthread_mutex_unlock(&sessions->lock);
}

void
sessions_forget(struct sessions *sessions, struct text hash, struct text person)
{
	struct digest digest;
	const bool one = digest_read(hash, &digest);
	pthread_mutex_lock(&sessions->lock);
	sessions->generation++;
	struct cached *cached = one ? cache_find(sessions, &digest) : NULL;
	if (cached)
		cache_drop(sessions, cached);
	for (cached = person.length ? sessions->newest : NULL; cached; ) {
		struct cached *older = cached->older;
		if (text_equal(person, (struct text){ cached->person, cached->person_length }))
			cache_drop(sessions, cached);
		cached = older;
	}
	pthread_mutex_unlock(&sessions->lock);
}

/* -- Finding -------------------------------------------------------------------------------------- */

struct seen {
	char hash[2 * DIGEST_SIZE + 1], boot[BOOT_LENGTH + 1];
	instant now;
	int64_t steady;
};

static enum guichet_status
write_seen(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct seen *seen = context;
	return store_run(tx, STORE_SESSION_SEEN, STORE_VALUES((const char *)seen->hash, seen->now,
		(const char *)seen->boot, seen->steady), NULL, error);
}

static void
seen_done(void *context, enum guichet_status status, const struct guichet_error *error)
{
	(void)status, (void)error; /* coarse: the next page will try again */
	free(context);
}

/* Notes now and then that a session is in use; nobody waits for it. */
static void
note_seen(struct sessions *sessions, const struct digest *hash, instant now, int64_t steady)
{
	struct guichet_error error = { 0 };
	struct seen *seen = calloc(1, sizeof *seen);
	if (!seen)
		return;
	sodium_bin2hex(seen->hash, sizeof seen->hash, hash->bytes, DIGEST_SIZE);
	memcpy(seen->boot, sessions->boot, sizeof seen->boot);
	seen->now = now;
	seen->steady = steady;
	if (store_submit(sessions->store, STORE_LOW, write_seen, seen, seen_done, seen, &error) != GUICHET_OK)
		free(seen);
}

/* From the cache; false when it is not there. */
static bool
find_cached(struct sessions *sessions, struct arena *arena, const struct digest *hash, instant now,
	struct session *ret_session)
{
	const int64_t steady = clock_steady();
	bool note = false, found = false;
	pthread_mutex_lock(&sessions->lock);
	struct cached *cached = cache_find(sessions, hash);
	if (cached && (steady > cached->expires || steady - cached->seen > IDLE)) {
		cache_drop(sessions, cached); /* the database will say the same */
		cached = NULL;
	}
	if (cached) {
		found = true;
		cached->seen = steady;
		unlink_age(sessions, cached);
		link_newest(sessions, cached);
		note = steady - cached->seen_stored > SEEN_EVERY;
		if (note)
			cached->seen_stored = steady;
		ret_session->demo = cached->demo;
		ret_session->created_at = cached->created;
		ret_session->person = arena_text(arena, (struct text){ cached->person, cached->person_length });
	}
	pthread_mutex_unlock(&sessions->lock);
	if (note)
		note_seen(sessions, hash, now, steady);
	return found;
}

static enum guichet_status
find_stored(struct sessions *sessions, struct arena *arena, const struct digest *digest, instant now,
	struct session *ret_session, struct guichet_error *error)
{
	pthread_mutex_lock(&sessions->lock);
	const uint64_t generation = sessions->generation;
	pthread_mutex_unlock(&sessions->lock);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(sessions->store, error);
	if (!tx)
		return error->status;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_SESSION_FIND,
		STORE_VALUES(ret_session->hash), error);
	if (!store_next(&rows))
		return store_finish(&rows); /* nobody */
	const struct text person = store_text(&rows, 0);
	const bool demo = store_integer(&rows, 1) != 0;
	const int64_t steady = clock_steady();
	int64_t seen = store_integer(&rows, 5), expires = store_integer(&rows, 6);
	const instant created = store_integer(&rows, 7);
	if (!text_equal(store_text(&rows, 4), text_of_string(sessions->boot))) {
		/* The machine has restarted since: legal time, brought to this start's clock. */
		seen = steady - (now - store_integer(&rows, 2));
		expires = steady + (store_integer(&rows, 3) - now);
	}
	const enum guichet_status status = store_finish(&rows);
	if (status != GUICHET_OK || steady > expires || steady - seen > IDLE)
		return status;
	ret_session->person = person;
	ret_session->demo = demo;
	ret_session->created_at = created;
	const struct cached read = {
		.hash = *digest, .seen = steady, .seen_stored = seen, .expires = expires, .created = created, .demo = demo,
	};
	cache_keep(sessions, &read, person, generation);
	return GUICHET_OK;
}

enum guichet_status
sessions_find(struct sessions *sessions, struct arena *arena, struct text token, instant now,
	struct session *ret_session, struct guichet_error *error)
{
	const struct digest digest = digest_of(token);
	struct session session = { .hash = digest_hex(arena, &digest) };
	if (!session.hash.at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire épuisée.");
	if (!find_cached(sessions, arena, &digest, now, &session)) {
		const enum guichet_status status = find_stored(sessions, arena, &digest, now, &session, error);
		if (status != GUICHET_OK)
			return status;
	}
	*ret_session = session;
	return GUICHET_OK;
}

/* -- Changing ------------------------------------------------------------------------------------- */

enum guichet_status
session_begin(struct store_tx *tx, struct text token, struct text person, bool demo, struct text previous,
	instant now, struct guichet_error *error)
{
	char hash[2 * DIGEST_SIZE + 1], boot[BOOT_LENGTH + 1];
	const struct digest digest = digest_of(token);
	sodium_bin2hex(hash, sizeof hash, digest.bytes, DIGEST_SIZE);
	read_boot(boot);
	const int64_t steady = clock_steady();
	if (previous.length) {
		const enum guichet_status status = session_end(tx, previous, error);
		if (status != GUICHET_OK)
			return status;
	}
	return store_run(tx, STORE_SESSION_INSERT, STORE_VALUES((const char *)hash, person, demo, now, now, now + LIFE,
		(const char *)boot, steady, steady + LIFE), NULL, error);
}

enum guichet_status
session_end(struct store_tx *tx, struct text hash, struct guichet_error *error)
{
	return store_run(tx, STORE_SESSION_END, STORE_VALUES(hash), NULL, error);
}

enum guichet_status
session_end_all(struct store_tx *tx, struct text person, struct text except, struct guichet_error *error)
{
	return store_run(tx, STORE_SESSION_END_ALL, STORE_VALUES(person, except), NULL, error);
}

enum guichet_status
session_sweep(struct store_tx *tx, instant now, struct guichet_error *error)
{
	char boot[BOOT_LENGTH + 1];
	read_boot(boot);
	return store_run(tx, STORE_SESSION_SWEEP, STORE_VALUES(now, (const char *)boot, clock_steady()), NULL, error);
}
