/* Making and applying events: what decisions need of event.c. */
#pragma once

#include "dossier/json.h"

/* Fills commitment and hash from the rest. */
void event_seal(struct dossier_event *event);

/* dossier_fold() on a payload already read. */
enum guichet_status event_fold(struct arena *arena, const struct procedure *procedure, struct dossier *dossier,
	const struct dossier_event *event, const json_t *payload, struct guichet_error *error);

/* Who acted, as a timeline tells it: by the function that gave them the role, unless it is their own request. `at` is
 * NULL when the arena is full. */
struct text event_by(struct arena *arena, const struct dossier_person *person, struct text subject);

/* The items and one more, in the arena. False when it is full. */
bool event_items_add(struct arena *arena, const void **items, size_t *count, size_t size, const void *item);
#define ITEMS_ADD(arena, items, count, item) \
	event_items_add((arena), (const void **)(items), (count), sizeof **(items), (item))
