/* The one writer. Works wait in two bounded lanes; the thread takes what has gathered
 * while the previous commit was reaching the disk, runs each work in a savepoint, commits
 * them all at once, and only then tells their owners. Low works are taken one at a time, after
 * the normal ones of a batch: as many as leave no normal one waiting long.
 *
 * After an error the whole transaction may be gone, works already released included (a
 * full disk does that): the batch is then run again one by one. */
#include <assert.h>
#include <signal.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/inside.h"

#include "base/banned.h"

enum {
	LARGEST_BATCH = 256,
	CROWD = 32,              /* normal works in a batch and behind it: people wait for one another */
	LOW_SHARE = 8,           /* then one low work for so many normal ones */
	LOW_TIME = 12000,        /* else microseconds of low works in a batch, when normal ones wait */
	LONGEST_BATCH = 30000,   /* microseconds of work before committing what is done */
};

struct item {
	store_work *work;
	void *context;
	store_done *done;
	void *done_context;
	enum guichet_status status;
};

struct lane {
	struct item *items; /* a ring of options.queue */
	size_t first, count;
};

struct writer {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t arrived, room;
	bool started, waiting, closing;
	size_t capacity;
	struct lane lanes[STORE_LANE_COUNT];
	struct store_counts counts;
	/* Of the thread alone: */
	struct item batch[LARGEST_BATCH];
	struct guichet_error errors[LARGEST_BATCH];
};

/* --- Lanes (under the lock) ------------------------------------------------------ */

static size_t
lane_take(struct writer *writer, enum store_lane which, struct item *batch, size_t limit)
{
	struct lane *lane = &writer->lanes[which];
	size_t taken = 0;
	for (; taken < limit && lane->count; taken++, lane->count--) {
		batch[taken] = lane->items[lane->first];
		lane->first = (lane->first + 1) % writer->capacity;
	}
	return taken;
}

/* The normal works that wait, or one low when there is none. */
static size_t
batch_take(struct writer *writer)
{
	const size_t normal = lane_take(writer, STORE_NORMAL, writer->batch, LARGEST_BATCH - LARGEST_BATCH / LOW_SHARE);
	return normal ? normal : lane_take(writer, STORE_LOW, writer->batch, 1);
}

/* One more low work after `count` works, `low` of them low ones that took so long; 0 when it is time to commit. */
static size_t
low_take(struct writer *writer, size_t count, size_t low, int64_t taken)
{
	if (count == LARGEST_BATCH)
		return 0;
	pthread_mutex_lock(&writer->lock);
	const size_t waiting = writer->lanes[STORE_NORMAL].count, normal = count - low;
	const bool more = normal + waiting >= CROWD ? low < normal / LOW_SHARE : !waiting || taken < LOW_TIME;
	const size_t more_count = more ? lane_take(writer, STORE_LOW, writer->batch + count, 1) : 0;
	pthread_mutex_unlock(&writer->lock);
	return more_count;
}

/* --- The thread ------------------------------------------------------------------ */

/* Runs one work in a savepoint. False when the whole transaction is gone or cannot go on. */
static bool
work_run(struct store *store, struct item *item, struct guichet_error *error)
{
	const struct store_backend *backend = store->backend;
	struct store_connection *connection = store->write.connection;
	item->status = backend->control(connection, STORE_SAVEPOINT, error);
	if (item->status != GUICHET_OK)
		return false;
	item->status = item->work(&store->write, item->context, error);
	if (!backend->in_transaction(connection)) {
		if (item->status == GUICHET_OK)
			item->status = guichet_fail(error, GUICHET_RETRY,
				"L’enregistrement a été interrompu : rien n’a été enregistré. Recommencez.");
		return false;
	}
	if (item->status == GUICHET_OK) {
		item->status = backend->control(connection, STORE_RELEASE, error);
		return item->status == GUICHET_OK;
	}
	if (item->status == GUICHET_RETRY && backend->attempts > 1)
		return false;
	struct guichet_error undoing;
	return backend->control(connection, STORE_UNDO, &undoing) == GUICHET_OK;
}

static void
roll_back(struct store *store)
{
	struct guichet_error ignored;
	if (store->backend->in_transaction(store->write.connection))
		(void)!store->backend->control(store->write.connection, STORE_ROLLBACK, &ignored);
}

static void
fail_all(struct item *items, struct guichet_error *errors, size_t count, const struct guichet_error *error)
{
	for (size_t i = 0; i < count; i++) {
		items[i].status = error->status;
		errors[i] = *error;
	}
}

/* Runs up to *count works from the one of rank `at` in one transaction and returns how many have their final
 * status: at least one, unless the transaction was lost and they were several: 0. With `together` low works may be
 * added at the end. */
static size_t
transaction_run(struct store *store, size_t at, size_t *count, bool together)
{
	struct guichet_error error;
	struct writer *writer = store->writer;
	struct item *items = writer->batch + at;
	struct guichet_error *errors = writer->errors + at;
	const struct store_backend *backend = store->backend;
	const size_t before = *count;
	if (backend->control(store->write.connection, STORE_BEGIN_WRITE, &error) != GUICHET_OK) {
		fail_all(items, errors, *count, &error);
		return *count;
	}
	const int64_t start = clock_steady();
	int64_t low_start = 0, now = start;
	size_t done = 0;
	/* However long the normal ones took, low ones have their turn. */
	while (done == 0 || now - start < LONGEST_BATCH || (together && done == *count && done == before)) {
		if (done == *count) {
			low_start = low_start ? low_start : now;
			if (!together || !low_take(writer, at + done, done - before, now - low_start))
				break;
			errors[done].status = GUICHET_OK, errors[done].message[0] = '\0';
			++*count;
		}
		if (!work_run(store, &items[done], &errors[done])) {
			roll_back(store);
			return *count == 1;
		}
		done++;
		now = clock_steady();
	}
	if (backend->control(store->write.connection, STORE_COMMIT, &error) != GUICHET_OK) {
		roll_back(store);
		if (*count > 1)
			return 0;
		if (items->status == GUICHET_OK)
			fail_all(items, errors, 1, &error);
	}
	return done;
}

static void
tell(struct writer *writer, struct item *items, struct guichet_error *errors, size_t count)
{
	int64_t refusals = 0;
	for (size_t i = 0; i < count; i++)
		refusals += items[i].status != GUICHET_OK;
	pthread_mutex_lock(&writer->lock);
	writer->counts.commits++;
	writer->counts.works += (int64_t)count;
	writer->counts.refusals += refusals;
	pthread_mutex_unlock(&writer->lock);
	for (size_t i = 0; i < count; i++)
		items[i].done(items[i].done_context, items[i].status, &errors[i]);
}

static void
batch_run(struct store *store, size_t count)
{
	struct writer *writer = store->writer;
	bool together = true;
	int attempt = 1;
	for (size_t at = 0; at < count; ) {
		for (size_t i = at; i < count; i++)
			writer->errors[i].status = GUICHET_OK, writer->errors[i].message[0] = '\0';
		size_t some = together ? count - at : 1;
		const size_t given = some, done = transaction_run(store, at, &some, together);
		count += some - given;
		const bool again = done == 1 && writer->batch[at].status == GUICHET_RETRY
			&& attempt++ < store->backend->attempts;
		if (done == 0 || again) {
			together = false;
			pthread_mutex_lock(&writer->lock);
			writer->counts.reruns++;
			pthread_mutex_unlock(&writer->lock);
			continue;
		}
		tell(writer, writer->batch + at, writer->errors + at, done);
		at += done;
		attempt = 1;
	}
}

static void *
writer_run(void *context)
{
	struct store *store = context;
	struct writer *writer = store->writer;
	pthread_mutex_lock(&writer->lock);
	for (;;) {
		const size_t count = batch_take(writer);
		if (count) {
			pthread_cond_broadcast(&writer->room);
			pthread_mutex_unlock(&writer->lock);
			batch_run(store, count);
			pthread_mutex_lock(&writer->lock);
		} else if (writer->closing) {
			break;
		} else {
			writer->waiting = true;
			pthread_cond_wait(&writer->arrived, &writer->lock);
			writer->waiting = false;
		}
	}
	pthread_mutex_unlock(&writer->lock);
	return NULL;
}

/* The thread takes no signal: they are for whoever started the program. */
static bool
thread_start(struct store *store, struct writer *writer)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const int result = pthread_create(&writer->thread, NULL, writer_run, store);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result == 0;
}

enum guichet_status
writer_start(struct store *store, struct guichet_error *error)
{
	struct writer *writer = store->writer = calloc(1, sizeof *writer);
	bool made = writer;
	if (writer) {
		writer->capacity = store->options.queue;
		pthread_mutex_init(&writer->lock, NULL);
		pthread_cond_init(&writer->arrived, NULL);
		pthread_cond_init(&writer->room, NULL);
		for (size_t i = 0; i < STORE_LANE_COUNT; i++) {
			writer->lanes[i].items = calloc(writer->capacity, sizeof(struct item));
			made = made && writer->lanes[i].items;
		}
	}
	if (made)
		writer->started = thread_start(store, writer);
	if (!made || !writer->started)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque pour ouvrir la base de données.");
	return GUICHET_OK;
}

void
writer_stop(struct store *store)
{
	struct writer *writer = store->writer;
	if (!writer)
		return;
	if (writer->started) {
		pthread_mutex_lock(&writer->lock);
		writer->closing = true;
		pthread_cond_broadcast(&writer->arrived);
		pthread_cond_broadcast(&writer->room);
		pthread_mutex_unlock(&writer->lock);
		pthread_join(writer->thread, NULL);
	}
	pthread_cond_destroy(&writer->arrived);
	pthread_cond_destroy(&writer->room);
	pthread_mutex_destroy(&writer->lock);
	for (size_t i = 0; i < STORE_LANE_COUNT; i++)
		free(writer->lanes[i].items);
	free(writer);
	store->writer = NULL;
}

/* --- Submitting ------------------------------------------------------------------ */

static enum guichet_status
enqueue(struct store *store, enum store_lane which, const struct item *item, bool wait, struct guichet_error *error)
{
	struct writer *writer = store->writer;
	struct lane *lane = &writer->lanes[which];
	pthread_mutex_lock(&writer->lock);
	while (wait && !writer->closing && lane->count == writer->capacity)
		pthread_cond_wait(&writer->room, &writer->lock);
	const bool taken = !writer->closing && lane->count < writer->capacity;
	if (taken) {
		lane->items[(lane->first + lane->count++) % writer->capacity] = *item;
		if (writer->waiting)
			pthread_cond_signal(&writer->arrived);
	}
	pthread_mutex_unlock(&writer->lock);
	if (!taken)
		return guichet_fail(error, GUICHET_RETRY,
			"Beaucoup de personnes enregistrent en même temps : rien n’a été enregistré pour vous, votre "
			"saisie est gardée. Recommencez dans un instant.");
	return GUICHET_OK;
}

enum guichet_status
store_submit(struct store *store, enum store_lane lane, store_work *work, void *context, store_done *done,
	void *done_context, struct guichet_error *error)
{
	const struct item item = { work, context, done, done_context, GUICHET_OK };
	return enqueue(store, lane, &item, false, error);
}

struct waiter {
	pthread_mutex_t lock;
	pthread_cond_t told;
	bool done;
	enum guichet_status status;
	struct guichet_error *error;
};

static void
waiter_tell(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct waiter *waiter = context;
	pthread_mutex_lock(&waiter->lock);
	waiter->status = status;
	if (status != GUICHET_OK)
		*waiter->error = *error;
	waiter->done = true;
	pthread_cond_signal(&waiter->told);
	pthread_mutex_unlock(&waiter->lock);
}

enum guichet_status
store_transact(struct store *store, store_work *work, void *context, struct guichet_error *error)
{
	assert(!pthread_equal(pthread_self(), store->writer->thread)); /* it would wait for itself */
	struct waiter waiter = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, GUICHET_OK, error };
	const struct item item = { work, context, waiter_tell, &waiter, GUICHET_OK };
	const enum guichet_status status = enqueue(store, STORE_NORMAL, &item, true, error);
	if (status != GUICHET_OK)
		return status;
	pthread_mutex_lock(&waiter.lock);
	while (!waiter.done)
		pthread_cond_wait(&waiter.told, &waiter.lock);
	pthread_mutex_unlock(&waiter.lock);
	return waiter.status;
}

struct store_counts
store_counts(struct store *store)
{
	pthread_mutex_lock(&store->writer->lock);
	const struct store_counts counts = store->writer->counts;
	pthread_mutex_unlock(&store->writer->lock);
	return counts;
}
