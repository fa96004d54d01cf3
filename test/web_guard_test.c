/* What guards the door: the key, sessions in the database, throttling, the worker. */
#include "test.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "store/store.h"
#include "web/inside.h"
#include "web/session.h"
#include "web/throttle.h"
#include "web/worker.h"

#include "base/banned.h"

TEST(web_the_key_is_made_once_and_for_us_alone)
{
	struct web_key first, second;
	struct guichet_error error = { 0 };
	char path[200];
	struct stat stat_;
	CHECK(web_key_load(test_directory(), &first, &error) == GUICHET_OK);
	CHECK(web_key_load(test_directory(), &second, &error) == GUICHET_OK);
	CHECK(memcmp(&first, &second, sizeof first) == 0);
	snprintf(path, sizeof path, "%s/cle-web", test_directory());
	CHECK(stat(path, &stat_) == 0 && (stat_.st_mode & 0777) == 0600);
	CHECK(truncate(path, 5) == 0);
	CHECK(web_key_load(test_directory(), &second, &error) == GUICHET_BROKEN);
	CHECK(web_key_load("/nonexistent", &second, &error) == GUICHET_BROKEN);
}

struct opening {
	struct text token, previous;
	instant now;
};

static enum guichet_status
open_one(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct opening *opening = context;
	return session_begin(tx, opening->token, TEXT("agent-7"), true, opening->previous, opening->now, error);
}

static enum guichet_status
sweep(struct store_tx *tx, void *context, struct guichet_error *error)
{
	return session_sweep(tx, *(const instant *)context, error);
}

static struct text
person_of(struct sessions *sessions, struct arena *arena, struct text token, instant now)
{
	struct session session = { 0 };
	struct guichet_error error = { 0 };
	CHECK(sessions_find(sessions, arena, token, now, &session, &error) == GUICHET_OK);
	return session.person;
}

TEST(web_sessions_live_in_the_database_and_turn_at_login)
{
	struct guichet_error error = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	CLEANUP(store_close) struct store *store = NULL;
	CHECK(store_open(test_directory(), NULL, &store, &error) == GUICHET_OK);
	const struct web_key key = { { 1 } };
	CLEANUP(sessions_free) struct sessions *sessions = sessions_new(store, &key);
	CLEANUP(sessions_free) struct sessions *other = sessions_new(store, &key);
	CHECK(sessions && other);
	const instant now = 1000 * INSTANT_DAY;
	const struct text first = token_new(arena), second = token_new(arena);

	struct opening opening = { first, TEXT(""), now };
	CHECK(store_transact(store, open_one, &opening, &error) == GUICHET_OK);
	CHECK_TEXT(person_of(sessions, arena, first, now), TEXT("agent-7"));
	CHECK_TEXT(person_of(other, arena, first, now), TEXT("agent-7"));
	/* Legal time may jump a month ahead: nobody is logged out. */
	CHECK_TEXT(person_of(sessions, arena, first, now + 30 * INSTANT_DAY), TEXT("agent-7"));
	sessions_forget(other, TEXT(""), TEXT("agent-7"));
	CHECK_TEXT(person_of(other, arena, first, now + 30 * INSTANT_DAY), TEXT("agent-7"));

	opening = (struct opening){ second, token_hash(arena, first), now };
	CHECK(store_transact(store, open_one, &opening, &error) == GUICHET_OK);
	sessions_forget(sessions, opening.previous, TEXT(""));
	CHECK(!person_of(sessions, arena, first, now).at);
	CHECK_TEXT(person_of(sessions, arena, second, now), TEXT("agent-7"));
	instant later = now;
	CHECK(store_transact(store, sweep, &later, &error) == GUICHET_OK);
	sessions_forget(sessions, TEXT(""), TEXT("agent-7"));
	CHECK_TEXT(person_of(sessions, arena, second, now), TEXT("agent-7"));
	CHECK(!person_of(sessions, arena, TEXT(""), now).at);
	CHECK(!person_of(sessions, arena, TEXT("faux"), now).at);
}

TEST(web_guessing_gets_slower_and_is_forgiven)
{
	CLEANUP(throttle_free) struct throttle *throttle = throttle_new(64);
	const struct text account = TEXT("agent@exemple.example"), here = TEXT("192.0.2.1"), there = TEXT("192.0.2.2");
	int64_t now = 5 * INSTANT_HOUR;
	CHECK(throttle);
	for (int i = 0; i < 4; i++)
		throttle_failed(throttle, account, here, now);
	CHECK_INTEGER(throttle_check(throttle, account, here, now), 0);
	throttle_failed(throttle, account, here, now);
	CHECK_INTEGER(throttle_check(throttle, account, here, now), 2);
	CHECK_INTEGER(throttle_check(throttle, account, there, now), 2);
	CHECK_INTEGER(throttle_check(throttle, TEXT("autre"), here, now), 0);
	CHECK_INTEGER(throttle_check(throttle, account, here, now + 2 * INSTANT_SECOND), 0);
	throttle_failed(throttle, account, here, now + 2 * INSTANT_SECOND);
	CHECK_INTEGER(throttle_check(throttle, account, here, now + 2 * INSTANT_SECOND), 4);
	for (int i = 0; i < 100; i++)
		throttle_failed(throttle, account, here, now);
	CHECK_INTEGER(throttle_check(throttle, account, here, now), 15 * 60);
	CHECK_INTEGER(throttle_check(throttle, TEXT("autre"), here, now), 15 * 60);
	throttle_succeeded(throttle, account);
	CHECK_INTEGER(throttle_check(throttle, account, there, now), 0);
	CHECK_INTEGER(throttle_check(throttle, account, here, now + INSTANT_HOUR + 1), 0);
}

TEST(web_many_names_do_not_grow_the_throttle)
{
	CLEANUP(throttle_free) struct throttle *throttle = throttle_new(64);
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	for (int i = 0; i < 5000; i++)
		throttle_failed(throttle, arena_format(arena, "n%d", i), arena_format(arena, "a%d", i), i);
	CHECK_INTEGER(throttle_check(throttle, TEXT("n4999"), TEXT("a4999"), 5000), 0);
}

struct count {
	pthread_mutex_t gate;
	_Atomic int done;
};

static void
count_one(void *context)
{
	struct count *count = context;
	pthread_mutex_lock(&count->gate);
	pthread_mutex_unlock(&count->gate);
	atomic_fetch_add(&count->done, 1);
}

TEST(web_the_worker_has_a_ceiling_and_finishes_what_it_took)
{
	struct count count = { .gate = PTHREAD_MUTEX_INITIALIZER };
	struct worker *worker = worker_new(4);
	int taken = 0;
	CHECK(worker && !worker_new(0));
	pthread_mutex_lock(&count.gate);
	while (taken < 20 && worker_submit(worker, count_one, &count))
		taken++;
	pthread_mutex_unlock(&count.gate);
	worker_free(worker);
	CHECK(taken == 4 || taken == 5);
	CHECK_INTEGER(atomic_load(&count.done), taken);
	worker_free(NULL);
}
