/* One thread and a bounded queue, for work too long for an event thread: password hashing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"

struct worker;

/* `waiting`: how many may wait at most. NULL without memory or thread. */
struct worker *worker_new(size_t waiting);
/* Does what is still queued, then ends the thread. */
void worker_free(struct worker *worker);
DEFINE_CLEANUP(struct worker, worker_free)

/* Runs function(context) on the thread, in order. False when the queue is full: answer RETRY. */
[[nodiscard]] bool worker_submit(struct worker *worker, void (*function)(void *), void *context);
