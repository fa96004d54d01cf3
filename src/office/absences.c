/* What comes up by an absence: a dossier keeps waiting where it would wait if nobody were away, and whoever holds the
 * role meanwhile is looked for when lists are read. Nothing is written when an absence begins or ends. */
#include "office/inside.h"

#include "base/banned.h"

enum { MOST_PLACES = 200 }; /* below one function of one actor, on one day */

/* What is looked for below one function of the actor. */
struct risen {
	struct office *office;
	struct store_tx *tx;
	struct arena *arena;
	const struct office_campaign *campaign;
	int index; /* of the role */
	const struct office_actor *actor;
	size_t limit;
	struct date day;
	struct text above; /* the structure where the actor holds the role */
};

static bool
is_holder(const struct directory_holders *holders, struct text person)
{
	for (size_t i = 0; i < holders->count; i++)
		if (text_equal(holders->at[i].person.id, person))
			return true;
	return false;
}

/* Does a dossier that waits in this structure come up to the actor? Who holds the role there for anybody (`holders`) holds
 * it for its subject too, unless the subject is one of them; for a structure, those who ask for it answer nothing. */
static enum guichet_status
comes_up(const struct risen *risen, struct text structure, const struct directory_holders *holders,
	const struct office_row *row, bool *ret_comes, struct guichet_error *error)
{
	const struct procedure_role *role = &risen->campaign->procedure->roles[risen->index];
	struct directory_holders others = *holders;
	enum guichet_status status = GUICHET_OK;
	if (row->procedure->of_structures)
		status = office_role_seek(risen->tx, risen->arena, row->procedure, role, TEXT(""), row->structure, risen->day,
			&others, error);
	else if (is_holder(holders, row->subject))
		status = directory_holders(risen->tx, risen->arena, role->functions, role->function_count, structure, row->subject,
			risen->day, &others, error);
	*ret_comes = status == GUICHET_OK && is_holder(&others, risen->actor->person) && text_equal(others.at[0].structure, risen->above);
	return status;
}

static enum guichet_status
list_of_place(const struct risen *risen, struct text structure, struct office_rows *list, struct guichet_error *error)
{
	const struct procedure_role *role = &risen->campaign->procedure->roles[risen->index];
	struct directory_holders holders;
	struct office_rows found;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(risen->tx, risen->arena, STORE_DOSSIER_WAITING_AT,
		STORE_VALUES(structure, role->name, (int64_t)risen->limit + 1), error);
	enum guichet_status status = office_rows_read(risen->office, &rows, risen->arena, risen->limit, risen->index, &found,
		error);
	if (status != GUICHET_OK || found.count == 0)
		return status;
	status = directory_holders(risen->tx, risen->arena, role->functions, role->function_count, structure, TEXT(""),
		risen->day, &holders, error);
	size_t kept = 0;
	for (size_t i = 0; status == GUICHET_OK && i < found.count; i++) {
		bool comes = false;
		if (found.at[i].campaign == risen->campaign)
			status = comes_up(risen, structure, &holders, &found.at[i], &comes, error);
		if (comes)
			found.at[kept++] = found.at[i];
	}
	found.count = kept;
	return status != GUICHET_OK ? status
		: office_rows_append(risen->arena, list, &found, risen->actor->person, risen->limit, error);
}

/* Where something may come up from, in one look: below the structure of this path, somebody is away and something waits. */
static enum guichet_status
places_away(const struct risen *risen, struct text path, struct text *ret_places, size_t *ret_count,
	struct guichet_error *error)
{
	const struct procedure_role *role = &risen->campaign->procedure->roles[risen->index];
	const struct directory_range range = directory_subtree(risen->arena, path);
	struct text f[DIRECTORY_FUNCTIONS_LIMIT];
	size_t count = 0;
	bool full = !range.to.at;
	for (size_t i = 0; i < DIRECTORY_FUNCTIONS_LIMIT; i++) {
		f[i] = i < role->function_count ? directory_function_of(risen->arena, role->functions[i]) : TEXT("");
		full |= !f[i].at;
	}
	if (full)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(risen->tx, risen->arena, STORE_DOSSIER_PLACES_AWAY, STORE_VALUES(f[0], f[1], f[2],
		f[3], f[4], f[5], range.from, range.to, date_day_number(risen->day), role->name, (int64_t)MOST_PLACES), error);
	while (count < MOST_PLACES && store_next(&rows))
		ret_places[count++] = store_text(&rows, 0);
	*ret_count = count;
	return store_finish(&rows);
}

enum guichet_status
office_list_risen(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	int index, const struct office_actor *actor, size_t limit, struct office_rows *list, struct guichet_error *error)
{
	const struct procedure_role *role = &campaign->procedure->roles[index];
	struct risen risen = { .office = office, .tx = tx, .arena = arena, .campaign = campaign, .index = index,
		.actor = actor, .limit = limit, .day = date_of_instant(clock_now(office->options.clock), NULL) };
	for (size_t f = 0; f < actor->functions.count; f++) {
		struct text places[MOST_PLACES];
		size_t count = 0;
		if (!office_gives_place(&actor->functions, f, role))
			continue;
		const struct directory_function *held = &actor->functions.at[f];
		risen.above = held->structure;
		enum guichet_status status = places_away(&risen, held->path, places, &count, error);
		for (size_t i = 0; status == GUICHET_OK && i < count; i++)
			status = list_of_place(&risen, places[i], list, error);
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}
