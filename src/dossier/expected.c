/* What is expected of a person now, wherever a dossier stands: their answers, the pieces they hand in or renew. */
#include "dossier/decide.h"
#include "dossier/event.h"
#include "dossier/view.h"

#include "base/banned.h"

enum { RENEWAL_DAYS = 60 }; /* what is good for longer need not be renewed yet */

/* By what the viewer may do it here and now; NULL when they cannot. */
static const struct dossier_option *
option_of(const struct dossier_option *options, size_t count, int action)
{
	for (size_t i = 0; action >= 0 && i < count; i++)
		if (options[i].action == action && options[i].allowed)
			return &options[i];
	return NULL;
}

/* Where it is their turn. What is decided is theirs to enjoy, and what is veiled is not theirs to know. */
static bool
awaits(const struct dossier_facts *facts, dossier_roles roles, bool applicant, const struct dossier_stand *stand)
{
	if (stand->step < 0)
		return false;
	const struct procedure_step *step = &facts->procedure->steps[stand->step];
	return (stand_awaited(facts->procedure, stand) & roles) && step->sense == PROCEDURE_NO_SENSE && !step->final
		&& !(applicant && view_step_is_veiled(step));
}

/* The last instant at which one of those that the viewer has in this step may be done; NEVER without an end. */
static instant
latest_end(const struct dossier_option *options, size_t count, int step)
{
	instant end = 0;
	for (size_t i = 0; i < count; i++)
		if (options[i].definition->step == step && options[i].allowed && options[i].closes_at > end)
			end = options[i].closes_at;
	return end ? end : INSTANT_NEVER;
}

enum guichet_status
dossier_expected(const struct dossier_facts *facts, const struct dossier_viewer *viewer,
	const struct dossier_option *options, size_t option_count, struct arena *arena,
	const struct dossier_expected **ret_expected, size_t *ret_count, struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	const dossier_roles roles = facts_roles(facts, viewer->person, viewer->roles);
	const bool applicant = view_as_applicant(facts, viewer);
	const struct dossier_expected *list = NULL;
	const struct dossier_piece_task *tasks;
	size_t count = 0, task_count;
	*ret_expected = NULL;
	*ret_count = 0;
	if (dossier_is_ended(procedure, facts->dossier))
		return GUICHET_OK;
	for (size_t track = 0; track < procedure->track_count; track++) {
		const struct dossier_stand stand = dossier_stand_in(procedure, facts->dossier, (int)track);
		const struct dossier_expected answer = { .step = stand.step, .piece = PROCEDURE_NONE, .action = PROCEDURE_NONE,
			.until = stand.step < 0 ? INSTANT_NEVER : latest_end(options, option_count, stand.step) };
		if (awaits(facts, roles, applicant, &stand) && !ITEMS_ADD(arena, &list, &count, &answer))
			return OUT_OF_MEMORY(error);
	}
	const enum guichet_status status = dossier_piece_tasks(facts, arena, &tasks, &task_count, error);
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < task_count; i++) {
		const struct dossier_piece_task *task = &tasks[i];
		if (task->kind == DOSSIER_PIECE_TO_EXAMINE || !option_of(options, option_count, task->action)
			|| (task->kind == DOSSIER_PIECE_TO_RENEW && task->due > facts->at + RENEWAL_DAYS * INSTANT_DAY))
			continue;
		const struct dossier_expected piece = { .step = PROCEDURE_NONE, .piece = task->piece, .task = task->kind,
			.action = task->action, .until = task->due };
		if (!ITEMS_ADD(arena, &list, &count, &piece))
			return OUT_OF_MEMORY(error);
	}
	*ret_expected = list;
	*ret_count = count;
	return GUICHET_OK;
}
