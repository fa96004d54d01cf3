/* One explanation being told: values, names and reasons in French. Inside of feel/. */
#pragma once

#include "base/buffer.h"
#include "feel/trace.h"

enum { TELLING_MOST_REASONS = 12, TELLING_MOST_NAMES = 60 };

struct telling {
	struct arena *arena;
	const struct feel_trace *trace;
	const struct feel_words *words; /* may be NULL */
	bool exact;                     /* values are not cut */
	struct buffer out;
	size_t lines;
	struct text reasons[TELLING_MOST_REASONS], names[TELLING_MOST_NAMES];
	size_t heads[TELLING_MOST_REASONS]; /* of each reason, how much tells the subject and its value; 0: all of it */
	size_t reason_count, name_count;
};

/* A value inside a sentence; `exact`: cut as little as can be. */
void telling_add_value(struct buffer *out, struct arena *arena, struct feel_value value, bool exact);
/* "est faux", "vaut 3", "est le 16 juin 2023", "n’a pas de valeur (division par zéro)". */
void telling_value(struct telling *telling, struct feel_value value);
/* The value of a name, in people's words where there are some. */
void telling_value_of(struct telling *telling, const struct trace_entry *entry);
/* A name as it is, anything else between quotes. */
void telling_subject(struct telling *telling, const struct trace_entry *entry);
/* A name is told once, with what is most worth telling of it: false when it was told before. */
bool telling_take_name(struct telling *telling, struct text name);

/* reasons.c: adds to `reasons` what decided this entry. */
void telling_reasons(struct telling *telling, uint32_t index);
