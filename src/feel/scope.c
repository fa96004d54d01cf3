/* Names an expression may use: see type.h. */
#include "feel/scope.h"

#include <assert.h>

#include "base/banned.h"

struct feel_scope *
feel_scope_new(struct arena *arena, const struct feel_scope *parent)
{
	return feel_scope_new_at(arena, parent, feel_scope_size(parent));
}

struct feel_scope *
feel_scope_new_at(struct arena *arena, const struct feel_scope *parent, unsigned first_slot)
{
	struct feel_scope *scope = arena_new_of(arena, struct feel_scope);
	assert(first_slot >= feel_scope_size(parent));
	if (scope)
		*scope = (struct feel_scope){ .arena = arena, .parent = parent, .first_slot = first_slot };
	return scope;
}

unsigned
feel_scope_size(const struct feel_scope *scope)
{
	return scope ? scope->first_slot + scope->count : 0;
}

/* Adds to one of the two lists of a scope, which grow alike. */
static enum guichet_status
add_name(struct arena *arena, struct scope_name **names, unsigned *count, unsigned *capacity,
	struct scope_name name,
	struct guichet_error *error)
{
	static const struct text keywords[] = {
		TEXT("and"), TEXT("or"), TEXT("in"), TEXT("between"), TEXT("instance"), TEXT("of"), TEXT("if"),
			TEXT("then"),
		TEXT("else"), TEXT("for"), TEXT("return"), TEXT("some"), TEXT("every"), TEXT("satisfies"),
		TEXT("function"),
		TEXT("true"), TEXT("false"), TEXT("null"), TEXT("not"), TEXT("?"),
	};
	if (!name_is_valid(name.name))
		return guichet_fail(error, GUICHET_REFUSED,
			"« " TEXT_FORMAT " » ne peut pas servir de nom : un nom commence par une lettre et ne contient que "
			"des lettres, des chiffres, des espaces et . / - ’ + *", TEXT_ARGS(name.name));
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
		if (text_equal(keywords[i], name.name))
			return guichet_fail(error, GUICHET_REFUSED, "« " TEXT_FORMAT " » est un mot du langage des "
				"règles : choisissez un autre nom.", TEXT_ARGS(name.name));
	for (unsigned i = 0; i < *count; i++)
		if (text_equal((*names)[i].name, name.name))
			return guichet_fail(error, GUICHET_REFUSED, "Le nom « " TEXT_FORMAT " » est déjà pris : "
				"choisissez-en un autre.", TEXT_ARGS(name.name));
	if (*count == *capacity) {
		const unsigned larger = *capacity ? *capacity * 2 : 16;
		struct scope_name *grown = arena_array_of(arena, struct scope_name, larger);
		if (!grown)
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
		if (*count)
			memcpy(grown, *names, *count * sizeof *grown);
		*names = grown;
		*capacity = larger;
	}
	(*names)[(*count)++] = name;
	return GUICHET_OK;
}

enum guichet_status
feel_scope_add(struct feel_scope *scope, struct text name, const struct feel_type *type, unsigned *ret_slot,
	struct guichet_error *error)
{
	const enum guichet_status status = add_name(scope->arena, &scope->names, &scope->count, &scope->capacity,
		(struct scope_name){ name, type }, error);
	if (status == GUICHET_OK)
		*ret_slot = scope->first_slot + scope->count - 1;
	return status;
}

enum guichet_status
feel_scope_add_type(struct feel_scope *scope, struct text name, const struct feel_type *type,
	struct guichet_error *error)
{
	return add_name(scope->arena, &scope->types, &scope->type_count, &scope->type_capacity,
		(struct scope_name){ name, type }, error);
}

bool
feel_scope_find(const struct feel_scope *scope, struct text name, unsigned *ret_slot,
	const struct feel_type **ret_type)
{
	for (; scope; scope = scope->parent) {
		for (unsigned i = 0; i < scope->count; i++) {
			if (!text_equal(scope->names[i].name, name))
				continue;
			*ret_slot = scope->first_slot + i;
			*ret_type = scope->names[i].type;
			return true;
		}
	}
	return false;
}

void
feel_scope_set_calendar(struct feel_scope *scope, const struct calendar *calendar)
{
	scope->calendar = calendar;
}

const struct calendar *
scope_calendar(const struct feel_scope *scope)
{
	while (scope && !scope->calendar)
		scope = scope->parent;
	return scope ? scope->calendar : NULL;
}
