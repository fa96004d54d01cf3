/* What a state keeps as events follow one another: its size is that of the procedure, whatever its age. */
#pragma once

#include "dossier/json.h"

/* One more action or effect, happened `one->count` times; all the items are copied. False when the arena is full. */
[[nodiscard]] bool state_done_add(struct arena *arena, struct dossier *dossier, const struct dossier_done *one);
/* Its action, when it led to a step that the applicant sees under a gentler label; else NULL. */
const struct procedure_action *state_veiling(const struct procedure *procedure, const struct dossier_done *done);
/* Leaves out the cancelled acts whose letter was made again since: their rows stay in the database. What is left depends
 * on all the acts there were and not on when each was left out. False when the arena is full. */
[[nodiscard]] bool state_acts_keep(struct arena *arena, struct dossier *dossier);
/* Leaves out the changes of all events but the last of theirs. */
void state_changes_keep(struct dossier *dossier);

/* "step/action" of what led to a veiled step, and back: NULL when there is none. */
json_t *state_json_of_veil(struct arena *arena, const struct procedure *procedure, const struct procedure_action *veil);
const struct procedure_action *state_veil_of_json(struct json_reader *reader, const json_t *json);
