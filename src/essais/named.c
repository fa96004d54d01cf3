/* People and structures that answers name, looked up in the directory of the tests. */
#include "essais/world.h"

#include "base/fold.h"

#include "base/banned.h"

/* Does a person's name begin so, in either order; is it in a structure's? */
static bool
answers_to(struct arena *arena, enum procedure_field_type type, struct text name, struct feel_value value)
{
	const struct text folded = text_fold(arena, name), last = feel_entry_text(value, TEXT("nom")),
		first = feel_entry_text(value, TEXT("prénom"));
	if (folded.length == 0)
		return false;
	if (type == PROCEDURE_FIELD_STRUCTURE)
		return text_find(text_fold(arena, last), folded) != SIZE_MAX;
	return text_starts(text_fold(arena, arena_format(arena, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(last), TEXT_ARGS(first))),
			folded)
		|| text_starts(text_fold(arena, arena_format(arena, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(first), TEXT_ARGS(last))),
			folded);
}

/* How the office would find it: 3 by its key, 2 by its whole name, 1 by a part of it, 0 not at all. */
static int
rank_of(struct arena *arena, const struct dossier_named *named, struct feel_value value)
{
	const struct dossier_named_query query = dossier_named_query(named->raw);
	const struct text key = dossier_named_key(named->type, value);
	if (key.length && (text_equal(key, query.key) || text_equal(key, query.whole)))
		return 3;
	if (dossier_named_is_whole(arena, named->type, query.name, value)
		|| dossier_named_is_whole(arena, named->type, query.whole, value))
		return 2;
	return answers_to(arena, named->type, query.name, value);
}

/* The best ones, in the order of the directory: who works nowhere is not found. */
static bool
find(struct world *world, struct dossier_named *named)
{
	const bool person = named->type == PROCEDURE_FIELD_PERSON;
	const struct yaml_node *all = yaml_get(world->directory, person ? "personnes" : "structures");
	const struct feel_type *type = dossier_named_type(world->procedure, named->type);
	struct feel_value *found = arena_array_of(world->arena, struct feel_value, DOSSIER_NAMED_LIMIT);
	int best = 0;
	for (size_t i = 0; found && type && all && all->kind == YAML_MAPPING && i < all->count; i++) {
		const struct yaml_node *node = all->items[i].value;
		struct feel_value value;
		if (!world_context(world, type, node, &value))
			return false;
		const int rank = rank_of(world->arena, named, value);
		if (rank == 0 || rank < best || (person && !world_structure(world, yaml_scalar(yaml_get(node, "structure")))))
			continue;
		if (rank > best) {
			named->count = 0;
			named->more = false;
		}
		best = rank;
		named->more |= named->count == DOSSIER_NAMED_LIMIT;
		if (named->count < DOSSIER_NAMED_LIMIT)
			found[named->count++] = value;
	}
	named->found = found;
	return found;
}

enum guichet_status
world_named(struct world *world, struct dossier_raws raws, struct dossier_facts *facts, struct guichet_error *error)
{
	struct dossier_named *named;
	bool well = dossier_named_wanted(world->arena, world->procedure, raws, &named, &facts->named_count);
	for (size_t i = 0; well && i < facts->named_count; i++)
		well = find(world, &named[i]);
	if (!well)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	facts->named = named;
	return GUICHET_OK;
}

bool
world_named_value(struct world *world, enum procedure_field_type type, struct text raw, struct feel_value *ret_value)
{
	struct dossier_named named = { .type = type, .raw = raw };
	struct text mistake;
	if (raw.length == 0 || !find(world, &named))
		return false;
	*ret_value = dossier_named_value(world->arena, type, &named, 1, raw, &mistake);
	return mistake.at && mistake.length == 0;
}
