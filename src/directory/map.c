/* See map.h. Open addressing; at most two thirds full. */
#include "directory/map.h"

#include "base/banned.h"

struct slot {
	struct text key;
	void *thing; /* NULL: free */
};

struct map {
	struct arena *arena;
	struct slot *slots;
	size_t capacity; /* a power of two */
	size_t count;
};

static struct slot *
slot_of(const struct map *map, struct text key)
{
	size_t at = text_hash(key) & (map->capacity - 1);
	while (map->slots[at].thing && !text_equal(map->slots[at].key, key))
		at = (at + 1) & (map->capacity - 1);
	return &map->slots[at];
}

struct map *
map_new(struct arena *arena)
{
	struct map *map = arena_new_of(arena, struct map);
	if (!map)
		return NULL;
	*map = (struct map){ .arena = arena, .capacity = 64 };
	map->slots = arena_array_of(arena, struct slot, map->capacity);
	return map->slots ? map : NULL;
}

void *
map_find(const struct map *map, struct text key)
{
	return slot_of(map, key)->thing;
}

static bool
grow(struct map *map)
{
	struct map larger = *map;
	larger.capacity *= 2;
	larger.slots = arena_array_of(map->arena, struct slot, larger.capacity);
	if (!larger.slots)
		return false;
	for (size_t i = 0; i < map->capacity; i++)
		if (map->slots[i].thing)
			*slot_of(&larger, map->slots[i].key) = map->slots[i];
	*map = larger;
	return true;
}

bool
map_put(struct map *map, struct text key, void *thing)
{
	if (3 * (map->count + 1) > 2 * map->capacity && !grow(map))
		return false;
	struct slot *slot = slot_of(map, key);
	map->count += !slot->thing;
	*slot = (struct slot){ key, thing };
	return true;
}
