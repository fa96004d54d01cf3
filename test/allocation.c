/* See allocation.h. */
#include "allocation.h"

#define PCRE2_CODE_UNIT_WIDTH 8

#include <jansson.h>
#include <libxml/xmlmemory.h>
#include <pcre2.h>
#include <stdlib.h>

#include "base/arena.h"
#include "test.h"

#include "base/banned.h"

static _Thread_local unsigned countdown;
static _Thread_local bool reached, spared;

/* True when this one is to fail. */
static bool
fails(void)
{
	if (spared || countdown == 0 || --countdown > 0)
		return false;
	reached = true;
	return true;
}

/* ---- what the linker gives us in the place of the system's ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *at, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *at, size_t size);

void *
__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *
__wrap_realloc(void *at, size_t size)
{
	return fails() ? NULL : __real_realloc(at, size);
}

/* PCRE2 would allocate in its own library: its doors fail as they do then. */
pcre2_code *__real_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE length, uint32_t options, int *error,
	PCRE2_SIZE *offset, pcre2_compile_context *context);
pcre2_match_data *__real_pcre2_match_data_create_from_pattern_8(const pcre2_code *code,
	pcre2_general_context *context);
pcre2_match_context *__real_pcre2_match_context_create_8(pcre2_general_context *context);
int __real_pcre2_match_8(const pcre2_code *code, PCRE2_SPTR subject, PCRE2_SIZE length, PCRE2_SIZE from,
	uint32_t options, pcre2_match_data *data, pcre2_match_context *context);
pcre2_code *__wrap_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE length, uint32_t options, int *error,
	PCRE2_SIZE *offset, pcre2_compile_context *context);
pcre2_match_data *__wrap_pcre2_match_data_create_from_pattern_8(const pcre2_code *code,
	pcre2_general_context *context);
pcre2_match_context *__wrap_pcre2_match_context_create_8(pcre2_general_context *context);
int __wrap_pcre2_match_8(const pcre2_code *code, PCRE2_SPTR subject, PCRE2_SIZE length, PCRE2_SIZE from,
	uint32_t options, pcre2_match_data *data, pcre2_match_context *context);

pcre2_code *
__wrap_pcre2_compile_8(PCRE2_SPTR pattern, PCRE2_SIZE length, uint32_t options, int *error,
	PCRE2_SIZE *offset, pcre2_compile_context *context)
{
	if (fails()) {
		*error = PCRE2_ERROR_HEAP_FAILED;
		return NULL;
	}
	return __real_pcre2_compile_8(pattern, length, options, error, offset, context);
}

pcre2_match_data *
__wrap_pcre2_match_data_create_from_pattern_8(const pcre2_code *code, pcre2_general_context *context)
{
	return fails() ? NULL : __real_pcre2_match_data_create_from_pattern_8(code, context);
}

pcre2_match_context *
__wrap_pcre2_match_context_create_8(pcre2_general_context *context)
{
	return fails() ? NULL : __real_pcre2_match_context_create_8(context);
}

int
__wrap_pcre2_match_8(const pcre2_code *code, PCRE2_SPTR subject, PCRE2_SIZE length, PCRE2_SIZE from,
	uint32_t options, pcre2_match_data *data, pcre2_match_context *context)
{
	return fails() ? PCRE2_ERROR_NOMEMORY
		: __real_pcre2_match_8(code, subject, length, from, options, data, context);
}

/* ---- what libraries let us give them ---- */

static char *
copy_string(const char *string)
{
	const size_t size = strlen(string) + 1;
	char *copy = malloc(size);
	return copy ? memcpy(copy, string, size) : NULL;
}

static void *
take(size_t size)
{
	return malloc(size);
}

static void *
take_again(void *at, size_t size)
{
	return realloc(at, size);
}

static void
give_back(void *at)
{
	free(at);
}

/* Before anything of theirs is allocated. */
__attribute__((constructor)) static void
hold_libraries(void)
{
	json_set_alloc_funcs(take, give_back);
	xmlMemSetup(give_back, take, take_again, copy_string);
}

/* ---- the sweep ---- */

enum { MOST_ALLOCATIONS = 200000 };

void
allocation_spare(bool spared_now)
{
	spared = spared_now;
}

bool
allocation_failed(void)
{
	return reached || arena_failed();
}

static void
choose(enum allocation sort, unsigned nth)
{
	reached = false;
	arena_fail_nth(sort == ALLOCATION_OF_ARENA ? nth : 0);
	countdown = sort == ALLOCATION_OF_SYSTEM ? nth : 0;
}

unsigned
allocation_fail_each(allocation_work *work, void *context, const char *what)
{
	static const char *const sorts[] = { "of an arena", "of the system" };
	unsigned count = 0;
	for (int sort = 0; sort < ALLOCATION_SORTS; sort++) {
		for (unsigned nth = 1;; nth++) {
			choose(sort, nth);
			const char *wrong = work(context);
			const bool met = allocation_failed();
			choose(sort, 0);
			if (wrong || nth == MOST_ALLOCATIONS)
				test_fail(__FILE__, __LINE__, "%s: %s, allocation %u %s%s", what,
					wrong ? wrong : "does not end", nth, sorts[sort], met ? " having failed" : " not met");
			if (!met)
				break;
			count++;
		}
	}
	return count;
}
