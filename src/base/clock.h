/* The one door by which time enters. Legal time may be shifted, forward only, for
 * demonstrations, tests and rehearsals; waiting and throttling use clock_steady(). */
#pragma once

#include "base/date.h"

struct clock;

/* A clock that shows `start` now, or the real time when start is INSTANT_NEVER. */
struct clock *clock_new(instant start);
void clock_free(struct clock *clock);
DEFINE_CLEANUP(struct clock, clock_free)

/* Legal time now. Safe from any thread; never goes back. */
instant clock_now(const struct clock *clock);

/* Moves legal time to `to`; refused when that is in its past. */
enum guichet_status clock_advance(struct clock *clock, instant to, struct guichet_error *error);

/* True once the clock shows another time than the machine's. */
bool clock_is_shifted(const struct clock *clock);

/* Microseconds of the monotonic clock, unrelated to legal time: session expiry,
 * throttling, retries. */
int64_t clock_steady(void);
