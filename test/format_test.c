/* Formatting: the same bytes and the same length as the library's, whatever the room. */
#include "base/format.h"

#include <limits.h>
#include <stdio.h>

#include "base/text.h"
#include "test.h"

#include "base/banned.h"

/* Written in rooms of every size up to that: as the library would. */
[[gnu::format(printf, 2, 3)]] static bool
is_as_the_library(size_t most, const char *format, ...)
{
	bool same = true;
	for (size_t size = 0; size <= most; size++) {
		char ours[200], theirs[200];
		memset(ours, '?', sizeof ours);
		memset(theirs, '?', sizeof theirs);
		va_list arguments, again;
		va_start(arguments, format);
		va_copy(again, arguments);
		const int length = format_write(ours, size, format, arguments),
			expected = vsnprintf(theirs, size, format, again);
		va_end(again);
		va_end(arguments);
		same = same && length == expected && memcmp(ours, theirs, sizeof ours) == 0;
	}
	return same;
}

TEST(formatting_gives_the_bytes_of_the_library)
{
	const char *volatile none = NULL; /* so that no compiler knows it */
	const struct text text = TEXT("été\0 et après"), part = { "abcdef", 3 };
	CHECK(is_as_the_library(10, "%s", ""));
	CHECK(is_as_the_library(40, "rien à mettre"));
	CHECK(is_as_the_library(40, "[" TEXT_FORMAT "|" TEXT_FORMAT "]", TEXT_ARGS(text), TEXT_ARGS(part)));
	CHECK(is_as_the_library(40, "%s%s%s", "a", "", "bcd"));
	CHECK(is_as_the_library(60, "%d %d %d %d", 0, -7, INT_MAX, INT_MIN));
	CHECK(is_as_the_library(60, "%u %zu %zu", UINT_MAX, (size_t)0, SIZE_MAX));
	CHECK(is_as_the_library(60, "%02d:%02d %04d %09d %02u", 5, 123, -5, -123, 7U));
	CHECK(is_as_the_library(40, "%.*s%.*s|", 0, none, -1, "tout"));
	CHECK(is_as_the_library(40, "%s, %.*s", none, 12, none)); /* what the library says of NULL */
	CHECK(is_as_the_library(60, "%s %c %x %5d %lld %.2f %%", "avant", 'c', 255U, 42, 1234567890123LL, 1.5));
}
