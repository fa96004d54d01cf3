/* One error, for two readers: a status for the program, a sentence in French
 * for the person, a place in the source for the log. */
#pragma once

#include <stddef.h>

enum [[nodiscard]] guichet_status {
	GUICHET_OK,
	GUICHET_UNKNOWN, /* nothing there, or not theirs to see: the same answer */
	GUICHET_REFUSED, /* the person can put it right: show the message */
	GUICHET_RETRY,   /* another transaction won: run the work again */
	GUICHET_BROKEN,  /* our fault or the machine's: log it, apologise */
};

struct guichet_error {
	enum guichet_status status;
	const char *file; /* where it was raised, for the log */
	int line;
	char message[1024]; /* one sentence (or a quoted excerpt), for a person */
};

/* Fills *error and returns its status, so that a failure is one line:
 *     return guichet_fail(error, GUICHET_REFUSED, "La date est passée."); */
#define guichet_fail(error, status, ...) \
	guichet_fail_at((error), (status), __FILE__, __LINE__, __VA_ARGS__)
/* The same where a pointer is returned. */
#define guichet_fail_null(...) ((void)!guichet_fail(__VA_ARGS__), NULL)

[[gnu::format(printf, 5, 6)]] enum guichet_status guichet_fail_at(struct guichet_error *error,
	enum guichet_status status, const char *file, int line, const char *format, ...);
