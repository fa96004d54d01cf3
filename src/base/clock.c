/* See clock.h. */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "base/banned.h"

struct clock {
	_Atomic int64_t shift;        /* legal time minus the machine's */
	_Atomic int64_t latest;       /* the latest answer: legal time never goes back */
	bool shifted;
};

static int64_t
read_clock(clockid_t which)
{
	struct timespec now;
	clock_gettime(which, &now);
	return now.tv_sec * INSTANT_SECOND + now.tv_nsec / 1000;
}

struct clock *
clock_new(instant start)
{
	struct clock *clock = calloc(1, sizeof *clock);
	if (!clock)
		return NULL;
	clock->shifted = start != INSTANT_NEVER;
	atomic_init(&clock->shift, clock->shifted ? start - read_clock(CLOCK_REALTIME) : 0);
	atomic_init(&clock->latest, INT64_MIN);
	return clock;
}

void
clock_free(struct clock *clock)
{
	free(clock);
}

instant
clock_now(const struct clock *clock)
{
	struct clock *shared = (struct clock *)clock; /* only its atomics change */
	const int64_t now = read_clock(CLOCK_REALTIME) + atomic_load(&shared->shift);
	int64_t latest = atomic_load(&shared->latest);
	while (now > latest && !atomic_compare_exchange_weak(&shared->latest, &latest, now))
		;
	return now > latest ? now : latest;
}

enum guichet_status
clock_advance(struct clock *clock, instant to, struct guichet_error *error)
{
	const instant now = clock_now(clock);
	if (to < now)
		return guichet_fail(error, GUICHET_REFUSED, "L’horloge ne recule pas : choisissez un moment à venir.");
	atomic_fetch_add(&clock->shift, to - now);
	clock->shifted = true;
	return GUICHET_OK;
}

bool
clock_is_shifted(const struct clock *clock)
{
	return clock->shifted;
}

int64_t
clock_steady(void)
{
	return read_clock(CLOCK_MONOTONIC);
}
