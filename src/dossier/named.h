/* Answers that name somebody or a structure: reading them, and keeping what was meant with the event. Private to
 * dossier/. */
#pragma once

#include "dossier/facts.h"

/* Adds to the facts of an event who was meant, and back. */
bool named_put(struct arena *arena, json_t *object, const struct dossier_facts *facts);
void named_read(struct json_reader *reader, const json_t *object, struct dossier_facts *facts);
