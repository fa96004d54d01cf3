/* See throttle.h. Two tables of the same make, each a hash table of fixed size where a newcomer takes the
 * place of the one that failed longest ago among the few places it may have. */
#include "web/throttle.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"

#include "base/banned.h"

enum { PLACES = 8 }; /* where one key may stand */

struct entry {
	uint64_t key;    /* of the digest; 0: free */
	uint32_t failures;
	int64_t last;    /* clock_steady() of the last failure */
};

struct throttle {
	pthread_mutex_t lock;
	size_t size;     /* entries of each table */
	struct entry *accounts, *addresses;
};

enum { FREE_ACCOUNT = 5, FREE_ADDRESS = 20, LONGEST_WAIT = 15 * 60 };

struct throttle *
throttle_new(size_t entries)
{
	const size_t size = entries < PLACES ? PLACES : entries;
	struct throttle *throttle = calloc(1, sizeof *throttle);
	if (!throttle)
		return NULL;
	throttle->size = size;
	throttle->accounts = calloc(size, sizeof *throttle->accounts);
	throttle->addresses = calloc(size, sizeof *throttle->addresses);
	pthread_mutex_init(&throttle->lock, NULL);
	if (!throttle->accounts || !throttle->addresses) {
		throttle_free(throttle);
		return NULL;
	}
	return throttle;
}

void
throttle_free(struct throttle *throttle)
{
	if (!throttle)
		return;
	pthread_mutex_destroy(&throttle->lock);
	free(throttle->accounts);
	free(throttle->addresses);
	free(throttle);
}

static uint64_t
key_of(struct text name)
{
	const struct digest digest = digest_of(name);
	uint64_t key;
	memcpy(&key, digest.bytes, sizeof key);
	return key ? key : 1;
}

static bool
is_calm(const struct entry *entry, int64_t now)
{
	return entry->key == 0 || now - entry->last > INSTANT_HOUR;
}

/* The entry of a key; without one, NULL or, to write in, the calmest of its places. */
static struct entry *
entry_find(struct entry *table, size_t size, uint64_t key, int64_t now, bool make)
{
	struct entry *calmest = NULL;
	for (size_t i = 0; i < PLACES; i++) {
		struct entry *entry = &table[(key + i) % size];
		if (entry->key == key) {
			if (is_calm(entry, now))
				entry->failures = 0;
			return entry;
		}
		if (!calmest || (calmest->key && (!entry->key || entry->last < calmest->last)))
			calmest = entry;
	}
	if (!make)
		return NULL;
	*calmest = (struct entry){ .key = key };
	return calmest;
}

/* Seconds left: none for the free failures, then 2, 4, 8 … after the last one. */
static int64_t
wait_of(const struct entry *entry, uint32_t free_failures, int64_t now)
{
	if (!entry || entry->failures < free_failures)
		return 0;
	const uint32_t over = entry->failures - free_failures;
	const int64_t wait = over > 9 ? LONGEST_WAIT : INT64_C(2) << over;
	const int64_t left = entry->last + (wait < LONGEST_WAIT ? wait : LONGEST_WAIT) * INSTANT_SECOND - now;
	return left > 0 ? (left + INSTANT_SECOND - 1) / INSTANT_SECOND : 0;
}

int64_t
throttle_check(struct throttle *throttle, struct text account, struct text address, int64_t now)
{
	const uint64_t account_key = key_of(account), address_key = key_of(address);
	pthread_mutex_lock(&throttle->lock);
	const struct entry *by_account = entry_find(throttle->accounts, throttle->size, account_key, now, false),
		*by_address = entry_find(throttle->addresses, throttle->size, address_key, now, false);
	const int64_t for_account = account.length ? wait_of(by_account, FREE_ACCOUNT, now) : 0,
		for_address = wait_of(by_address, FREE_ADDRESS, now);
	pthread_mutex_unlock(&throttle->lock);
	return for_account > for_address ? for_account : for_address;
}

static void
count(struct entry *table, size_t size, uint64_t key, int64_t now)
{
	struct entry *entry = entry_find(table, size, key, now, true);
	if (entry->failures < UINT32_MAX)
		entry->failures++;
	entry->last = now;
}

void
throttle_failed(struct throttle *throttle, struct text account, struct text address, int64_t now)
{
	const uint64_t account_key = key_of(account), address_key = key_of(address);
	pthread_mutex_lock(&throttle->lock);
	count(throttle->accounts, throttle->size, account_key, now);
	count(throttle->addresses, throttle->size, address_key, now);
	pthread_mutex_unlock(&throttle->lock);
}

void
throttle_succeeded(struct throttle *throttle, struct text account)
{
	const uint64_t key = key_of(account);
	pthread_mutex_lock(&throttle->lock);
	struct entry *entry = entry_find(throttle->accounts, throttle->size, key, 0, false);
	if (entry)
		*entry = (struct entry){ 0 };
	pthread_mutex_unlock(&throttle->lock);
}
