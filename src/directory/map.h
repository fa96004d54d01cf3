/* A map from texts to things, in an arena: the import compares tens of thousands of rows
 * by key without a query each. Keys are not copied. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

struct map;

/* NULL when the arena is full. */
struct map *map_new(struct arena *arena);

/* The thing of a key, or NULL. */
void *map_find(const struct map *map, struct text key);

/* Sets or replaces it; `thing` is not NULL. False when the arena is full. */
[[nodiscard]] bool map_put(struct map *map, struct text key, void *thing);
