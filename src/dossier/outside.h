/* What comes from outside the dossier, and changes without it: where the subject works today, what their structure
 * sets, their counters, days closed since. Read before the question, kept with its event. */
#pragma once

#include "dossier/facts.h"

/* Adds to the facts of an event what the procedure reads of it: events of other procedures are as they were. */
bool outside_put(struct arena *arena, json_t *object, const struct dossier_facts *facts);
void outside_read(struct json_reader *reader, const json_t *object, struct dossier_facts *facts);

/* The context `compteur`, each list there even when it is empty. False when the arena is full. */
bool outside_counters(struct arena *arena, const struct dossier_facts *facts, struct feel_value *ret_value);
/* The calendar of the procedure with the closed days of the facts; NULL: that of the procedure alone. */
bool outside_calendar(struct arena *arena, const struct dossier_facts *facts, const struct calendar **ret_calendar);
/* The counters once the outcome's entries are there and those it takes back are gone. False when the arena is full. */
bool outside_count(struct arena *arena, const struct procedure *procedure, struct feel_value before,
	const struct dossier_outcome *outcome, struct feel_value *ret_after);
