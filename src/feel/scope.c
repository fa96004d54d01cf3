/* Names an expression may use: see type.h. */
#include "feel/scope.h"

#include "base/banned.h"

struct feel_scope *
feel_scope_new(struct arena *arena, const struct feel_scope *parent)
{
	struct feel_scope *scope = arena_new_of(arena, struct feel_scope);
	if (scope)
		*scope = (struct feel_scope){ .arena = arena, .parent = parent, .first_slot = parent ? feel_scope_size(parent) : 0 };
	return scope;
}

unsigned
feel_scope_size(const struct feel_scope *scope)
{
	return scope ? scope->first_slot + scope->count : 0;
}

enum guichet_status
feel_scope_add(struct feel_scope *scope, struct text name, const struct feel_type *type, unsigned *ret_slot,
	struct guichet_error *error)
{
	if (!name_is_valid(name))
		return guichet_fail(error, GUICHET_REFUSED,
			"« " TEXT_FORMAT " » ne peut pas servir de nom : un nom commence par une lettre et ne contient que "
			"des lettres, des chiffres, des espaces et . / - ’ + *", TEXT_ARGS(name));
	for (unsigned i = 0; i < scope->count; i++)
		if (text_equal(scope->names[i].name, name))
			return guichet_fail(error, GUICHET_REFUSED, "Le nom « " TEXT_FORMAT " » est déjà pris : "
				"choisissez-en un autre.", TEXT_ARGS(name));
	if (scope->count == scope->capacity) {
		const unsigned capacity = scope->capacity ? scope->capacity * 2 : 16;
		struct scope_name *names = arena_array_of(scope->arena, struct scope_name, capacity);
		if (!names)
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
		if (scope->count)
			memcpy(names, scope->names, scope->count * sizeof *names);
		scope->names = names;
		scope->capacity = capacity;
	}
	scope->names[scope->count] = (struct scope_name){ name, type };
	*ret_slot = scope->first_slot + scope->count++;
	return GUICHET_OK;
}

bool
feel_scope_find(const struct feel_scope *scope, struct text name, unsigned *ret_slot, const struct feel_type **ret_type)
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
