/* Rows of registers: what expressions read, what events write, what the state keeps. Private to dossier/. */
#pragma once

#include "dossier/facts.h"

/* The value of `registre`, rows that are too old left out. BROKEN only. */
enum guichet_status registers_set(struct inputs *inputs, struct guichet_error *error);
/* Adds what an event registered, and lets go of what is too old or too many. False without memory; reader->failed
 * when it cannot be read. */
[[nodiscard]] bool registers_fold(struct json_reader *reader, struct dossier *dossier, const json_t *registered, instant at,
	struct text by, const struct procedure_action *veil, unsigned version);
/* As the state keeps them: nothing when there is none. */
[[nodiscard]] bool registers_put(struct arena *arena, json_t *object, const struct procedure *procedure, const struct dossier *dossier);
void registers_read(struct json_reader *reader, const json_t *array, struct dossier *dossier);
