/* Looks up in the directory the people and structures that answers name, before they are judged. Nobody learns more of
 * others than a search tells: only those of their own organisation, and few at a time. */
#include "office/inside.h"

#include "base/banned.h"

enum { MOST_STRUCTURES = 20000, STRUCTURES_ARENA = 64 << 20 };

/* Everything under the first structure of a path: "/VAL/RECT/" gives "/VAL/". */
static struct text
organisation_of(struct text path)
{
	size_t length = 1;
	while (length < path.length && path.at[length] != '/')
		length++;
	return length < path.length ? text_part(path, 0, length + 1) : path;
}

struct lookup {
	struct store_tx *tx;
	struct arena *arena;
	struct directory_range range;
	struct text organisation;
	struct date day;
	struct dossier_named *named;
	struct dossier_named_query query;
	struct feel_value *found; /* room for DOSSIER_NAMED_LIMIT */
};

static struct feel_value
string_or_null(struct text text)
{
	return text.length ? feel_string(text) : feel_null(TEXT("l’annuaire ne le dit pas"));
}

/* False without memory. */
[[nodiscard]] static bool
place_feel(struct arena *arena, struct text code, struct text name, struct feel_value *ret_value)
{
	const struct feel_entry entries[] = { { TEXT("code"), string_or_null(code) }, { TEXT("nom"), string_or_null(name) } };
	return feel_value_copy(arena, feel_context(entries, 2), ret_value);
}

[[nodiscard]] static bool
person_feel(struct arena *arena, const struct directory_found *found, struct feel_value *ret_value)
{
	struct feel_value place;
	if (!place_feel(arena, found->structure_code, found->structure_name, &place))
		return false;
	const struct feel_entry entries[] = {
		{ TEXT("matricule"), string_or_null(found->person.external_id) },
		{ TEXT("civilité"), string_or_null(found->person.civility) },
		{ TEXT("nom"), string_or_null(found->person.last_name) },
		{ TEXT("prénom"), string_or_null(found->person.first_name) },
		{ TEXT("mail"), string_or_null(found->person.mail) },
		{ TEXT("structure"), place },
	};
	return feel_value_copy(arena, feel_context(entries, sizeof entries / sizeof *entries), ret_value);
}

/* Namesakes by matricule: a mistake told twice is the same. */
static void
order_namesakes(struct directory_found *found, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k > 0; k--) {
			const struct directory_person *before = &found[k - 1].person, *person = &found[k].person;
			if (!text_equal(before->last_name, person->last_name) || !text_equal(before->first_name, person->first_name)
				|| text_compare(before->external_id, person->external_id) <= 0)
				break;
			const struct directory_found swapped = found[k];
			found[k] = found[k - 1];
			found[k - 1] = swapped;
		}
}

static enum guichet_status
search_people(struct lookup *lookup, struct text query, bool key, struct guichet_error *error)
{
	struct directory_search found;
	enum guichet_status status = directory_search(lookup->tx, lookup->arena, query, &lookup->range, lookup->day,
		DOSSIER_NAMED_LIMIT, &found, error);
	struct directory_found *ordered = arena_array_of(lookup->arena, struct directory_found, DOSSIER_NAMED_LIMIT);
	if (status == GUICHET_OK && !ordered)
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < found.count; i++)
		ordered[i] = found.at[i];
	order_namesakes(ordered, found.count);
	for (size_t i = 0; status == GUICHET_OK && i < found.count; i++) {
		if (key && !text_equal(ordered[i].person.external_id, query))
			continue;
		if (!person_feel(lookup->arena, &ordered[i], &lookup->found[lookup->named->count++]))
			status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	}
	lookup->named->more = !key && found.more;
	return status;
}

static enum guichet_status
find_people(struct lookup *lookup, struct guichet_error *error)
{
	const enum guichet_status status = search_people(lookup, lookup->query.key, true, error);
	return status != GUICHET_OK || lookup->named->count ? status
		: search_people(lookup, lookup->query.name, false, error);
}

static enum guichet_status
add_structure(struct lookup *lookup, const struct directory_structure *structure, struct guichet_error *error)
{
	struct dossier_named *named = lookup->named;
	if (named->count == DOSSIER_NAMED_LIMIT)
		named->more = true;
	else if (!place_feel(lookup->arena, structure->code, structure->name, &lookup->found[named->count++]))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	return GUICHET_OK;
}

/* Those that bear the whole name; without any, those whose name holds it. */
static enum guichet_status
find_structures_named(struct lookup *lookup, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *own = arena_new(STRUCTURES_ARENA);
	struct directory_structures all;
	const struct text name = own ? text_fold(own, lookup->query.name) : (struct text){ 0 },
		whole = own ? text_fold(own, lookup->query.whole) : (struct text){ 0 };
	if (!name.at || !whole.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = name.length == 0 ? GUICHET_UNKNOWN
		: directory_structures(lookup->tx, own, &lookup->range, TEXT(""), lookup->day, MOST_STRUCTURES, &all, error);
	if (status != GUICHET_OK)
		return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
	for (int exact = 1; exact >= 0 && lookup->named->count == 0; exact--)
		for (size_t i = 0; status == GUICHET_OK && i < all.count; i++) {
			const struct text folded = text_fold(own, all.at[i].name);
			if (!folded.at)
				return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
			if (exact ? text_equal(folded, name) || text_equal(folded, whole) : text_find(folded, name) != SIZE_MAX)
				status = add_structure(lookup, &all.at[i], error);
		}
	return status;
}

static enum guichet_status
find_structures(struct lookup *lookup, struct guichet_error *error)
{
	const struct text codes[] = { lookup->query.key, lookup->query.whole };
	for (size_t i = 0; i < 2; i++) {
		struct directory_structure structure;
		const enum guichet_status status = directory_structure_by_code(lookup->tx, lookup->arena, codes[i], lookup->day,
			&structure, error);
		if (status == GUICHET_OK && text_starts(structure.path, lookup->organisation))
			return add_structure(lookup, &structure, error);
		if (status != GUICHET_OK && status != GUICHET_UNKNOWN)
			return status;
	}
	return find_structures_named(lookup, error);
}

enum guichet_status
office_named_load(struct store_tx *tx, struct arena *arena, struct text path, struct dossier_raws raws,
	struct dossier_facts *facts, struct guichet_error *error)
{
	struct dossier_named *named;
	size_t count;
	facts->named = NULL;
	facts->named_count = 0;
	if (!dossier_named_wanted(arena, facts->procedure, raws, &named, &count))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct lookup lookup = { .tx = tx, .arena = arena, .day = date_of_instant(facts->at, NULL),
		.organisation = organisation_of(path) };
	if (count && path.length) {
		lookup.range = directory_subtree(arena, lookup.organisation);
		if (!lookup.range.to.at)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	}
	for (size_t i = 0; i < count && path.length; i++) {
		lookup.named = &named[i];
		lookup.query = dossier_named_query(named[i].raw);
		lookup.found = arena_array_of(arena, struct feel_value, DOSSIER_NAMED_LIMIT);
		named[i].found = lookup.found;
		if (!lookup.found)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		const enum guichet_status status = named[i].type == PROCEDURE_FIELD_PERSON ? find_people(&lookup, error)
			: find_structures(&lookup, error);
		if (status != GUICHET_OK)
			return status;
	}
	facts->named = named;
	facts->named_count = count;
	return GUICHET_OK;
}
