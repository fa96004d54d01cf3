/* What is proved of a whole procedure: each family of checks in its file. */
#pragma once

#include "procedure/reader.h"

/* What is true on every path: of each step, which action fields are filled, which posed values
 * are set, which letters exist, what has happened, which clocks run and which registers have a row when a dossier is
 * there. Numbered fields, then posed, letters, moves, clocks, registers. */
struct flow {
	size_t bits, words;
	uint64_t *at_step; /* words per step */
	bool *reached;     /* a dossier may come there */
	int *reached_by;   /* a move that leads there, for messages */
	bool *natures;     /* by nature, then by step: see flow_may_be() */
	uint64_t *lost;    /* words per circuit: what the ways of the others may take away at any moment */
	uint64_t *scratch; /* twice words */
};


/* One way from a step: an action or a deadline that leaves it or stays. */
struct way {
	int step, to; /* to: NONE when it moves nothing */
	const struct procedure_action *action;     /* or */
	const struct procedure_deadline *deadline;
};

struct check {
	struct reader *reader;
	const struct procedure *procedure;
	struct way *ways;
	size_t way_count;
	struct flow flow;
};

bool flow_compute(struct check *check); /* flow.c; false without memory */
size_t flow_field(const struct check *check, int field);
size_t flow_posed(const struct check *check, int posed);
size_t flow_letter(const struct check *check, int letter);
size_t flow_move(const struct check *check, int move);
size_t flow_clock(const struct check *check, int clock);
size_t flow_register(const struct check *check, int index);
/* May a dossier of this nature (PROCEDURE_NONE: born of none) come to this step? */
bool flow_may_be(const struct check *check, int nature, int step);
bool flow_has(const uint64_t *set, size_t bit);
/* What is true when a way is taken; `set` has flow.words words. */
void flow_before(const struct check *check, const struct way *way, uint64_t *set);
/* Then what is true once it has been taken. */
void flow_after(const struct check *check, const struct way *way, uint64_t *set);

struct span check_place(const struct check *check, const struct procedure_origin *origin);
struct procedure_origin way_origin(const struct way *way);
struct text way_name(const struct way *way);

void check_circuit(struct check *check);
void check_passages(struct check *check);
void check_reminders(struct check *check);
void check_pieces(struct check *check);
void check_natures(struct check *check);
void check_form(struct check *check);
void check_outside(struct check *check);
void check_doubts(struct check *check);
void check_headings(struct check *check);
void check_words(struct check *check);
void check_holes(struct check *check);
void check_tables(struct check *check);
