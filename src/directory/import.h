/* Inside the import: the rows that the files give, checked one by one (import_read.c),
 * before they are compared with the directory (import.c). */
#pragma once

#include "directory/directory.h"
#include "directory/map.h"

/* What is decided of a row of a file. */
enum import_fate { IMPORT_UNDECIDED, IMPORT_REFUSED, IMPORT_ADDED, IMPORT_CHANGED, IMPORT_UNCHANGED };

struct import_row {
	size_t line;
	enum import_fate fate; /* REFUSED or UNDECIDED when read */
	struct text key;       /* code, matricule, or matricule + structure + function (+ first day of an interim); empty when unreadable */
	struct text id;        /* for the row if it is new; made before the transaction */
	union {
		struct directory_structure structure; /* parent: a code */
		struct directory_person person;
		struct {
			struct text external_id, code, function, share_text, from_text, to_text;
			int64_t share;
			int64_t from, to; /* days; from INT64_MIN: not stated */
		} appointment;
		struct {
			struct text external_id, replacement, code, function, from_text, to_text, reference, nature, letters;
			int64_t from, to; /* days */
			bool signing;
		} interim;
	};
};

struct import_file {
	bool given;
	struct import_row *rows;
	size_t count;
	struct map *by_key; /* rows that are not refused */
};

struct import_refusals {
	struct directory_refusal *at; /* room for IMPORT_REFUSALS_KEPT */
	size_t count;
};

enum { IMPORT_REFUSALS_KEPT = 1000, IMPORT_LINES_LIMIT = 2000000 };

/* Notes a refused line; `message` is a format. */
[[gnu::format(printf, 7, 8)]] void import_refuse(struct arena *arena, struct import_refusals *refusals,
	struct directory_report *report, enum directory_kind kind, size_t line, size_t column, const char *format, ...);

/* The key of an interim: matricule of who is absent, structure and function as far as they are stated, first day; of a
 * delegation, who has it and its letters too. `delegate` is empty for an interim. */
struct text import_interim_key(struct arena *arena, struct text external_id, struct text code, struct text function,
	int64_t from, struct text delegate, struct text letters);

/* Reads one file whole. Lines that cannot stand are refused and kept as REFUSED rows with their
 * key when it can be read, so that what the directory says of it is left alone. REFUSED when
 * the file itself cannot be read. Rows live in `work`, messages in `arena`. */
enum guichet_status import_read(struct arena *work, struct arena *arena, enum directory_kind kind, const char *path,
	instant at, struct import_refusals *refusals, struct directory_report *report, struct import_file *ret_file,
	struct guichet_error *error);
