/* The first look at a test, for cell.c: constants are gathered, obstacles named. Inside of feel/. */
#pragma once

#include "feel/cell.h"

/* judge_survey(), whose constants may be looked at until judge_clear(). */
enum cell_obstacle survey(struct judge *judge, const struct node *test, uint32_t place);
/* Forgets what evaluating tests left. */
void judge_clear(struct judge *judge);
/* Evaluates within what is left to spend; false when there is too little. */
[[nodiscard]] bool judge_evaluate(struct judge *judge, const struct node *node, struct feel_value *ret_value);
/* Whether the value of `place` and constants are all that a test reads; else what it reads. */
enum cell_obstacle judge_reads_only(struct judge *judge, const struct node *test, uint32_t place);
