/* While something is judged for an explanation: called by facts.c, and by refusal.c for windows. */
#pragma once

#include "dossier/explanation.h"

/* The trace that the evaluation of that expression fills; NULL: it is not one that explanations tell. */
struct feel_trace *judged_begin(struct dossier_explanation *explanation, const struct feel *feel,
	struct procedure_place *ret_place);
void judged_end(struct dossier_explanation *explanation, const struct procedure_place *place, const struct feel *feel,
	const struct feel_trace *trace, struct feel_value value);

/* A window that an action asks for is open. */
void judged_window(struct dossier_explanation *explanation, int window, instant opens, instant closes);
