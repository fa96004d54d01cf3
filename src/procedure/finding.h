/* Making findings while reading: a place in a text, a sentence, a remedy. */
#pragma once

#include "procedure/procedure.h"

/* A file in memory, whose places findings tell. */
struct source {
	struct text name, bytes;
};

/* Bytes [start, end) of a source; start SIZE_MAX is the file as a whole. */
struct span {
	const struct source *source;
	size_t start, end;
};

/* Adds a finding; the sentence comes from the format, the remedy is copied. The ceiling
 * reached, only the count of errors grows. */
[[gnu::format(printf, 5, 6)]] void finding_add(struct procedure_findings *findings, int number, struct span at,
	struct text remedy, const char *format, ...);

/* Line and column (from 1, in characters) of a byte. */
void source_locate(const struct source *source, size_t at, unsigned *ret_line, unsigned *ret_column);

/* The byte at a line and column; the end of the source when there is no such place. */
size_t source_offset(const struct source *source, unsigned line, unsigned column);

/* procedure.yaml first, then by file, line, column and number. */
void findings_sort(struct procedure_findings *findings);

/* Fills *error with the first error found, or with a want of memory. */
enum guichet_status findings_fail(const struct procedure_findings *findings, struct guichet_error *error);
