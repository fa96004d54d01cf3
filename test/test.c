/* See test.h. */
#include "test.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/digest.h"

#include "base/banned.h"

static struct test *registered;
static jmp_buf after_failure;
static unsigned passed, failed;
static char directory[64];

void
test_register(struct test *test)
{
	struct test **place = &registered;
	while (*place && strcmp((*place)->name, test->name) < 0)
		place = &(*place)->next;
	test->next = *place;
	*place = test;
}

void
test_fail(const char *file, int line, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "%s:%d: ", file, line);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	longjmp(after_failure, 1);
}

void
test_case(bool ok, const char *file, int line, const char *format, ...)
{
	if (ok) {
		passed++;
		return;
	}
	failed++;
	va_list arguments;
	va_start(arguments, format);
	fprintf(stderr, "FAILED %s:%d: ", file, line);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
}

const char *
test_directory(void)
{
	if (!directory[0]) {
		snprintf(directory, sizeof directory, "/tmp/guichet-test-XXXXXX");
		if (!mkdtemp(directory))
			abort();
	}
	return directory;
}

struct text
test_file(struct arena *arena, const char *path)
{
	CLEANUP(buffer_release) struct buffer bytes = buffer_new(1 << 20);
	FILE *file = fopen(path, "r");
	char part[4096];
	size_t length;
	while (file && (length = fread(part, 1, sizeof part, file)) > 0)
		buffer_add(&bytes, (struct text){ part, length });
	const bool read = file && !ferror(file) && !bytes.failed;
	if (file)
		fclose(file);
	if (!read)
		test_fail(path, 1, "this file cannot be read, or not whole");
	return arena_text(arena, buffer_text(&bytes));
}

static int
remove_entry(const char *path, const struct stat *stat, int kind, struct FTW *at)
{
	(void)stat, (void)kind, (void)at;
	return remove(path);
}

static void
remove_directory(void)
{
	if (directory[0])
		nftw(directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	directory[0] = '\0';
}

static bool
chosen(const struct test *test, int count, char **patterns)
{
	for (int i = 1; i < count; i++)
		if (strstr(test->name, patterns[i]))
			return true;
	return count < 2;
}

int
main(int argc, char **argv)
{
	if (!digest_start())
		return 2;
	for (struct test *test = registered; test; test = test->next) {
		if (!chosen(test, argc, argv))
			continue;
		if (setjmp(after_failure) == 0) {
			test->run();
			passed++;
		} else {
			failed++;
			fprintf(stderr, "FAILED %s\n", test->name);
		}
		remove_directory();
	}
	printf("%u passed, %u failed\n", passed, failed);
	return failed > 0;
}
