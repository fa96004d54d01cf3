/* What may be written in a file of ours: each mapping, key by key. The readers know no other key than
 * these, and `guichet schema` tells the same to editors. Constants: nothing here is ever freed. */
#pragma once

#include <stdint.h>

#include "base/buffer.h"
#include "base/text.h"

struct shape;

/* Words between which one chooses. */
struct words {
	const struct text *at;
	size_t count;
};

/* What a value may be: one of these bits, or one of several. */
enum form {
	FORM_TEXT = 1 << 0,     /* `most` characters at most; 0: no limit but the file's */
	FORM_WORD = 1 << 1,     /* one of `words` */
	FORM_FLAG = 1 << 2,     /* oui, non */
	FORM_INTEGER = 1 << 3,  /* from `least` to `most` */
	FORM_NUMBER = 1 << 4,   /* 12, 12.5, 12,5 */
	FORM_DATE = 1 << 5,     /* 2023-06-16 */
	FORM_INSTANT = 1 << 6,  /* 2023-06-16T17:00 */
	FORM_DURATION = 1 << 7, /* P5Y */
	FORM_FEEL = 1 << 8,     /* an expression */
	FORM_MAPPING = 1 << 9,  /* `of`, or `or_of` */
	FORM_EMPTY = 1 << 10,   /* nothing after the colon */
	FORM_ANYTHING = 1 << 11,
};

/* How many of them, and how they are held. */
enum holder {
	HOLD_ONE = 0,
	HOLD_LIST = 1 << 0,        /* a list of them */
	HOLD_ONE_OR_LIST = 1 << 1, /* one alone, or a list */
	HOLD_NAMED = 1 << 2,       /* under names the author gives, as any of the above */
	HOLD_NAMED_FREELY = 1 << 3, /* the same, whatever the names are written with */
	HOLD_OR_NAMES = 1 << 4,     /* or, instead of all that, the name of one, or a list of names */
};

struct key {
	const char *name;
	unsigned forms;   /* enum form */
	unsigned holder;  /* enum holder */
	const char *about; /* one sentence, read by the author */
	enum { OPTIONAL, NEEDED, NEEDED_AND_TOLD_APART } needed; /* apart: its absence has a finding of its own */
	const char *instead; /* the key that may stand instead of a needed one; NULL: none */
	int64_t least, most;
	const struct words *words;
	const struct shape *of, *or_of;
};

struct shape {
	const char *name;       /* in the schema: letters and _, unique */
	const char *what;       /* "un champ", for sentences */
	const struct key *keys; /* ends with one without a name */
};

/* NULL when there is none. */
const struct key *shape_key_find(const struct shape *shape, struct text name);

/* The files of a procedure. Those of essais are essais_shape(). */
extern const struct shape shape_procedure, shape_campaign;

/* Writes the JSON Schema (draft 7, which editors read best) of the files whose whole is `shape`.
 * The buffer says when its ceiling was too low. */
void schema_write(const struct shape *shape, const char *title, struct buffer *out);

/* How a shape is written: KEYS(KEY("du", FORM_DATE, HOLD_ONE, "Le premier jour."), …). */
#define KEY(name_, forms_, holder_, ...) { .name = (name_), .forms = (forms_), .holder = (holder_), .about = __VA_ARGS__ }
#define KEYS(...) (const struct key[]){ __VA_ARGS__, { .name = NULL } }
