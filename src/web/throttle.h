/* Slows down who guesses passwords: after a few failures on one account, or from one address, each new
 * attempt must wait longer. On the monotonic clock; bounded; forgets after an hour of calm. Safe from any
 * thread. */
#pragma once

#include "base/cleanup.h"
#include "base/text.h"

struct throttle;

/* Remembers at most `entries` accounts and as many addresses; the calmest leave first. NULL without
 * memory. */
struct throttle *throttle_new(size_t entries);
void throttle_free(struct throttle *throttle);
DEFINE_CLEANUP(struct throttle, throttle_free)

/* Seconds to wait before `account` may be tried from `address`: 0 when it may be now. `now` is
 * clock_steady(). */
int64_t throttle_check(struct throttle *throttle, struct text account, struct text address, int64_t now);
/* Counts an attempt that failed: five for an account, twenty for an address are free of charge; then the
 * wait doubles from 2 seconds to 15 minutes. */
void throttle_failed(struct throttle *throttle, struct text account, struct text address, int64_t now);
/* Clears the account; the address keeps its count. */
void throttle_succeeded(struct throttle *throttle, struct text account);
