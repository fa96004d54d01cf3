/* A test registers itself; the run ends with "N passed, N failed".
 *
 *     TEST(a_late_request_is_refused)
 *     {
 *         CHECK(…);
 *         CHECK_TEXT(got, TEXT("expected"));
 *     }
 *
 * A failed check tells its place and ends its test. `tests PATTERN…` runs those whose
 * name contains a pattern. Tests run from the root of the project. */
#pragma once

#include <stdio.h>

#include "base/arena.h"
#include "base/french.h"
#include "base/text.h"

struct test {
	const char *name;
	void (*run)(void);
	struct test *next;
};

void test_register(struct test *test);
__attribute__((noreturn, format(printf, 3, 4)))
void test_fail(const char *file, int line, const char *format, ...);
/* A fresh directory that is removed, with all in it, when the test ends. */
const char *test_directory(void);
/* What a file holds, a megabyte at most; the test fails when it cannot be read. */
struct text test_file(struct arena *arena, const char *path);
/* For tests made of data: counts one more case, passed or failed, and goes on. */
__attribute__((format(printf, 4, 5)))
void test_case(bool passed, const char *file, int line, const char *format, ...);

#define TEST(test_name)                                                                       \
	static void test_name(void);                                                          \
	__attribute__((constructor)) static void register_##test_name(void)                   \
	{                                                                                     \
		static struct test test = { #test_name, test_name, NULL };                    \
		test_register(&test);                                                         \
	}                                                                                     \
	static void test_name(void)

#define CHECK(condition) \
	((condition) ? (void)0 : test_fail(__FILE__, __LINE__, "%s", #condition))

#define CHECK_TEXT(got, expected)                                                             \
	do {                                                                                  \
		const struct text got_ = (got), expected_ = (expected);                       \
		if (!text_equal(got_, expected_))                                             \
			test_fail(__FILE__, __LINE__, "got \"%.*s\", expected \"%.*s\"",      \
				TEXT_ARGS(got_), TEXT_ARGS(expected_));                       \
	} while (0)

/* The same, whatever its no-break spaces. */
#define CHECK_FRENCH(got, expected)                                                           \
	do {                                                                                  \
		const struct text got_french = (got), expected_french = (expected);           \
		if (!french_equal(got_french, expected_french))                               \
			CHECK_TEXT(got_french, expected_french);                              \
	} while (0)

#define CHECK_INTEGER(got, expected)                                                          \
	do {                                                                                  \
		const long long got_ = (got), expected_ = (expected);                         \
		if (got_ != expected_)                                                        \
			test_fail(__FILE__, __LINE__, "got %lld, expected %lld", got_, expected_); \
	} while (0)
