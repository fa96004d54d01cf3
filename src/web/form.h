/* Reads what a browser sends: queries, application/x-www-form-urlencoded and multipart/form-data, piece
 * by piece as it arrives, within the ceilings of web.h. Knows nothing of the server: fuzzed alone.
 * Private to web/. */
#pragma once

#include "web/web.h"

struct form {
	struct form_field *fields; /* in order, valid UTF-8 without NUL */
	size_t count;
	struct form_file *uploads;    /* in order, without those where no file was chosen */
	size_t upload_count;
};

enum form_outcome {
	FORM_GOOD,
	FORM_BAD,       /* not a form, cut short, not UTF-8, too many fields */
	FORM_TOO_LARGE,
	FORM_NO_ROOM,   /* disk or memory */
};

enum form_files {
	FORM_FILES_REFUSED, /* a file is FORM_BAD */
	FORM_FILES_DROPPED, /* read and thrown away */
	FORM_FILES_KEPT,
};

struct form_reader;

/* A reader for a body of this Content-Type, which lives in `arena`. NULL when the type is not one of a
 * form (*ret_outcome FORM_BAD) or without memory (FORM_NO_ROOM). */
struct form_reader *form_reader_new(struct arena *arena, struct text content_type, enum form_files files,
	const char *upload_directory, enum form_outcome *ret_outcome);
/* The next bytes. After anything but FORM_GOOD it wants no more. */
enum form_outcome form_reader_feed(struct form_reader *reader, struct text bytes);
/* The end of the body. *ret_form changes only on FORM_GOOD. */
enum form_outcome form_reader_end(struct form_reader *reader, struct form *ret_form);

/* A query or an urlencoded body whole. Decodes in place: `bytes` is changed and pointed at. */
enum form_outcome form_read_urlencoded(struct arena *arena, char *bytes, size_t length, struct form *ret_form);

/* Decodes %XX in place ('+' too on demand) and returns the new length; SIZE_MAX when a % is not followed
 * by two hexadecimal digits, or what comes out is not UTF-8 or has a NUL. */
size_t percent_decode(char *bytes, size_t length, bool plus_is_space);
