/* Expressions of a procedure tried with values: what is known for sure at that place of the circuit has a sample, what is
 * not is tried with and without, and what may be one of a few values is tried with each.
 *
 *     trial_forget(&trial);
 *     trial_want(&trial, feel);
 *     trial_vary(&trial, &occasion);
 *     do
 *             … trial_ready(&trial, &run) && trial_evaluate(&trial, feel, &run) …
 *     while (trial_next(&trial));
 *
 * Inside of procedure/. */
#pragma once

#include "procedure/check.h"

enum { TRIAL_MOST_VARIED = 12, TRIAL_MOST_VALUES = 16, TRIAL_MOST_TRIALS = 4096, TRIAL_MOST_PATHS = 60 };

/* A slot, an entry of one, or a piece, that is tried with several values. */
struct varied {
	unsigned slot;
	int piece;        /* index into the pieces, or NONE */
	struct text path; /* the entries followed from the slot, "structure.nom"; empty: the slot itself */
	struct text name; /* for messages */
	struct feel_value values[TRIAL_MOST_VALUES];
	size_t count, now;
};

/* When an expression is evaluated: what is known then, and how to say it. */
struct occasion {
	const uint64_t *known; /* flow.words words */
	struct procedure_list signers, to;
	const struct way *way; /* NULL: at a date */
};

struct trial {
	struct check *check;
	struct arena *arena; /* of one evaluation */
	struct feel_value *samples, *inputs;
	struct feel_entry *piece_entries;
	struct feel_value *piece_samples;
	struct varied varied[TRIAL_MOST_VARIED];
	size_t varied_count;
	bool *wanted;        /* by slot: read by the expressions, computed values followed */
	bool *wanted_pieces;
	struct feel_use paths[TRIAL_MOST_PATHS]; /* what they read, each once */
	size_t path_count;
	bool full;           /* there was no room for all of it: what is not varied is not proved */
};

/* The arenas live as long as the trial. False without memory. */
[[nodiscard]] bool trial_prepare(struct trial *trial, struct check *check, struct arena *scratch);
void trial_forget(struct trial *trial);
/* Notes everything that an expression depends on: computed values are followed, and the conditions of the fields and
 * pieces it reads. NULL: nothing. */
void trial_want(struct trial *trial, const struct feel *feel);
/* What is to be varied of it, on that occasion. */
void trial_vary(struct trial *trial, const struct occasion *occasion);
/* Tries also the values that an expression names: numbers and those beside, texts, dates. */
void trial_vary_named(struct trial *trial, const struct feel *feel);
/* Sets the inputs with the present values, in trial->inputs, and starts *ret_run. False when no form could hold them. */
[[nodiscard]] bool trial_ready(struct trial *trial, struct feel_run *ret_run);
/* The computed values again, once some of trial->inputs have been changed. */
void trial_compute(struct trial *trial, struct feel_run *run);
/* The next values; false after the last. */
[[nodiscard]] bool trial_next(struct trial *trial);
struct feel_value trial_evaluate(struct trial *trial, const struct feel *feel, struct feel_run *run);
/* The same context with another value at "a.b"; itself when it has no such entry. */
struct feel_value trial_with(struct trial *trial, struct feel_value context, struct text path, struct feel_value value);
