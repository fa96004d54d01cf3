/* The parts of the directory that somebody leads, for the pages of superiors. */
#include "pages/inbox.h"

#include "base/banned.h"

/* Does this function make its holder a superior in the procedure? */
static bool
leads(const struct procedure *procedure, const struct directory_function *held)
{
	const struct directory_functions one = { held, 1 };
	for (size_t i = 0; i < procedure->role_count; i++) {
		const struct procedure_role *role = &procedure->roles[i];
		if (role->reach != PROCEDURE_STRUCTURE && role->reach != PROCEDURE_DISTRICT)
			continue;
		for (size_t n = 0; n < role->function_count; n++)
			if (directory_has_function(&one, role->functions[n], (struct text){ 0 }))
				return true;
	}
	return false;
}

/* Stands one of the functions before this one at or above its structure? Its dossiers are there already. */
static bool
covered(const struct procedure *procedure, const struct directory_functions *functions, size_t index)
{
	for (size_t i = 0; i < functions->count; i++) {
		const struct text above = functions->at[i].path, path = functions->at[index].path;
		const bool before = i < index || above.length < path.length;
		if (i != index && before && text_starts(path, above) && leads(procedure, &functions->at[i]))
			return true;
	}
	return false;
}

size_t
inbox_led(struct arena *arena, const struct procedure *procedure, const struct office_actor *actor,
	struct directory_range ret_ranges[static INBOX_RANGES])
{
	size_t count = 0;
	for (size_t f = 0; f < actor->functions.count && count < INBOX_RANGES; f++) {
		if (leads(procedure, &actor->functions.at[f]) && !covered(procedure, &actor->functions, f))
			ret_ranges[count++] = directory_subtree(arena, actor->functions.at[f].path);
	}
	return count;
}
