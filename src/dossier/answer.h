/* Reading one answer of a form. Private to dossier/. */
#pragma once

#include "dossier/dossier.h"

/* Answers being read; remembers that memory was short. */
struct answering {
	struct arena *arena;
	bool full;
	const struct dossier_facts *facts; /* whom answers may name, and what they were; NULL: nobody */
	struct feel_value proposed;        /* of the answer being read, when nothing was typed: whom it names is known */
};

/* Finds in `raws` what was typed for answer->field under answer->name; `given` says whether anything was. */
void answer_collect(struct answering *reading, struct dossier_raws raws, struct dossier_answer *answer);
/* Its value, or its mistake. */
void answer_read(struct answering *reading, struct dossier_answer *answer);
/* The texts that a form shows for a value: what reads back to it. */
void answer_show(struct answering *reading, struct dossier_answer *answer, struct feel_value value);
/* The same again, for rows some of whose cells are shown or hidden since. */
void answer_read_again(struct answering *reading, struct dossier_answer *answer);
/* What is wrong with a cell of a row of it, from 0. */
void answer_refuse_cell(struct answering *reading, struct dossier_answer *answer, size_t row, struct dossier_answer *cell,
	struct text message);
/* A mistake when it is compulsory and missing. */
void answer_oblige(struct answering *reading, struct dossier_answer *answer);
/* Without its mistake, nor those of its parts. */
void answer_forgive(struct dossier_answer *answer);
