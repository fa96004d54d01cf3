/* What the files that show a dossier share: who looks, and what the applicant must not learn yet. */
#pragma once

#include "dossier/dossier.h"

/* Does this viewer see the dossier as its applicant, and as nobody else? */
bool view_as_applicant(const struct dossier_facts *facts, const struct dossier_viewer *viewer);
/* Does the applicant see this step under a gentler label? */
bool view_step_is_veiled(const struct procedure_step *step);
/* The label of a step, the gentler one for the applicant. */
struct text view_label(const struct dossier_facts *facts, int step, bool applicant);

/* Must the applicant not see what that event did? What somebody did to lead to a veiled step, and what followed while
 * the dossier stands there. `veiling`: the action of the event when it led to a veiled step, else NULL. */
bool view_hides(const struct dossier_facts *facts, const struct procedure_action *veiling, unsigned version);
