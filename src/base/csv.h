/* Reads CSV as people's spreadsheets write it: `;` or `,` (the more frequent of the
 * first line), with or without a byte order mark, UTF-8 or Windows-1252, quoted fields
 * with doubled quotes and line ends inside, CR LF or LF. A row is checked before it is
 * given; what the reader gives is well-formed UTF-8 without control characters.
 *
 * The encoding is decided by the first byte above 127: UTF-8 if it begins a well-formed
 * sequence, else Windows-1252 for the whole file. A file that turns out to be neither is
 * refused where it stops being so. */
#pragma once

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

struct csv;

/* Ceilings. A zero takes the default. */
struct csv_limits {
	size_t file;    /* bytes, 256 MiB by default */
	size_t field;   /* bytes of UTF-8, 4 096 by default */
	size_t columns; /* 100 by default */
};

enum csv_event {
	CSV_ROW,     /* *ret_row holds the next row */
	CSV_END,
	CSV_BAD_ROW, /* this row cannot be read; the next ones can */
	CSV_BAD_FILE /* nothing more can be read */
};

struct csv_row {
	size_t line;  /* where it begins, from 1; a quoted field may hold several lines */
	size_t count;
	const struct text *fields; /* good until the next csv_next() */
	const size_t *columns;     /* where each begins on its line, in characters from 1 */
	const size_t *offsets;     /* and in the source, in bytes; its quote included */
};

struct csv_error {
	size_t line;   /* from 1 */
	size_t column; /* in characters from 1; 0 when the whole line is meant */
	char message[256];
	bool no_memory; /* the machine's fault: with CSV_BAD_FILE */
};

/* Opens a file. NULL after filling *error: the sentence names the file. */
struct csv *csv_open(const char *path, struct csv_limits limits, struct guichet_error *error);
/* The same text in UTF-8 and without mark, decoded as csv_next() does: itself, or a part of it, when
 * it is so already. What is no character of its encoding becomes U+FFFD. `at` NULL: no memory. */
struct text csv_utf8(struct arena *arena, struct text source);
/* Reads from memory, which must live as long. NULL without memory. */
struct csv *csv_of_text(struct text source, struct csv_limits limits);
void csv_free(struct csv *csv);
DEFINE_CLEANUP(struct csv, csv_free)

/* The next row; empty lines are skipped. After CSV_BAD_ROW and CSV_BAD_FILE *ret_error
 * says what is wrong, where, and how to put it right. */
[[nodiscard]] enum csv_event csv_next(struct csv *csv, struct csv_row *ret_row, struct csv_error *ret_error);
