/* Makes one allocation fail, to see what becomes of it. Of two sorts, which are counted apart: those of arenas,
 * and those that our own code asks of the system (malloc, calloc, realloc), with those of jansson, libxml2
 * and PCRE2 that it causes. The libraries that give no hold on theirs (ICU, libfyaml, SQLite…) are left alone.
 *
 * The system's are caught by the linker (--wrap in the Makefile), on this thread only. */
#pragma once

#include <stdbool.h>

#include "base/text.h"

enum allocation { ALLOCATION_OF_ARENA, ALLOCATION_OF_SYSTEM, ALLOCATION_SORTS };

/* One attempt at some work. `failed()` is allocation_failed(), true once the allocation chosen has failed.
 * Returns NULL when all went as it should: with no failure, all is right; with one, what is given is right
 * all the same, or is refused. Else what is wrong, a text of the program. */
typedef const char *allocation_work(void *context);

/* Does the work with the first allocation failing, then the second… until it is done without meeting it, for
 * each sort. Fails the test when the work says so. Returns the number of allocations that failed. */
unsigned allocation_fail_each(allocation_work *work, void *context, const char *what);

/* While true, the system's allocations are neither counted nor made
 * to fail: for what a library does badly. */
void allocation_spare(bool spared);

/* True once the chosen allocation has failed in this attempt. */
bool allocation_failed(void);
