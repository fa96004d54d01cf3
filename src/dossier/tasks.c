/* What remains to do about the pieces of a dossier: for the completeness desk. */
#include "dossier/clocks.h"
#include "dossier/facts.h"

#include "base/banned.h"

bool
dossier_has_piece_tasks(const struct procedure *procedure)
{
	for (size_t i = 0; i < procedure->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[i];
		if (piece->examined || piece->later || piece->valid_until)
			return true;
	}
	return false;
}

/* The first instant after the nearest end of the clocks that run; never, when none does. */
static enum guichet_status
nearest_end(struct inputs *inputs, instant *ret_end, struct guichet_error *error)
{
	const struct dossier *dossier = inputs->facts->dossier;
	*ret_end = INSTANT_NEVER;
	for (size_t i = 0; i < dossier->clock_count; i++) {
		struct dossier_clock_view view;
		const enum guichet_status status = clocks_view(inputs, dossier->clocks[i].clock, &view, error);
		if (status != GUICHET_OK)
			return status;
		if (!view.end.year || view.suspended_on.year)
			continue;
		const instant end = instant_of_day(date_add_days(view.end, 1));
		*ret_end = end < *ret_end ? end : *ret_end;
	}
	return GUICHET_OK;
}

/* The action, where the dossier stands now, that hands the piece in, or examines it; NONE. */
static int
action_of(const struct dossier_facts *facts, int piece, bool examines)
{
	const struct procedure *procedure = facts->procedure;
	for (size_t track = 0; track < procedure->track_count; track++) {
		const int step = dossier_stand_in(procedure, facts->dossier, (int)track).step;
		for (size_t i = 0; step >= 0 && i < procedure->steps[step].actions.count; i++) {
			const int index = procedure->steps[step].actions.at[i];
			const struct procedure_action *action = &procedure->actions[index];
			if (procedure_list_has(examines ? action->examines : action->joins, piece))
				return index;
		}
	}
	return PROCEDURE_NONE;
}

enum guichet_status
dossier_piece_tasks(const struct dossier_facts *facts, struct arena *arena, const struct dossier_piece_task **ret_tasks,
	size_t *ret_count, struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	struct dossier_piece_task *tasks = arena_array_of(arena, struct dossier_piece_task, 2 * procedure->piece_count + 1);
	struct inputs inputs;
	size_t count = 0;
	instant end = INSTANT_NEVER;
	*ret_tasks = tasks;
	*ret_count = 0;
	if (!tasks)
		return OUT_OF_MEMORY(error);
	if (!dossier_has_piece_tasks(procedure) || dossier_is_ended(procedure, facts->dossier))
		return GUICHET_OK;
	enum guichet_status status = inputs_new(arena, facts, &inputs, error);
	if (status == GUICHET_OK)
		status = nearest_end(&inputs, &end, error);
	for (size_t i = 0; status == GUICHET_OK && i < procedure->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[i];
		const struct dossier_piece *kept = dossier_piece_find(facts->dossier, piece->name);
		const int joins = action_of(facts, (int)i, false);
		const instant since = kept ? kept->at : facts->dossier->last_at;
		bool asked = false;
		if (kept && piece->examined && kept->state == PROCEDURE_PIECE_HANDED_IN)
			tasks[count++] = (struct dossier_piece_task){ (int)i, DOSSIER_PIECE_TO_EXAMINE, since, INSTANT_NEVER,
				action_of(facts, (int)i, true) };
		else if (kept && kept->state == PROCEDURE_PIECE_SENT_BACK)
			tasks[count++] = (struct dossier_piece_task){ (int)i, DOSSIER_PIECE_TO_REPLACE, since, end, joins };
		if (kept && kept->valid_until.year)
			tasks[count++] = (struct dossier_piece_task){ (int)i, DOSSIER_PIECE_TO_RENEW, since,
				instant_of_day(date_add_days(kept->valid_until, 1)), joins };
		if (!kept && piece->compulsory && joins >= 0 && dossier_awaits_action(procedure, facts->dossier, joins)) {
			status = inputs_condition(&inputs, piece->condition, &asked, error);
			if (asked)
				tasks[count++] = (struct dossier_piece_task){ (int)i, DOSSIER_PIECE_AWAITED, since, end, joins };
		}
	}
	*ret_count = count;
	return status;
}
