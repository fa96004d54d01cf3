/* Undoing: what an action left to come back to, kept for as long as it may be undone. */
#include "office/inside.h"

#include "mail/mail.h"

#include "base/banned.h"

enum guichet_status
office_undo_load(struct store_tx *tx, struct arena *arena, struct text dossier, struct dossier_undo *ret_undo,
	instant *ret_recorded_at, struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_UNDO_LOAD, STORE_VALUES(dossier), error);
	if (!store_next(&rows))
		return store_absent(&rows, "Il n’y a rien, ici, sur quoi revenir.");
	*ret_undo = (struct dossier_undo){ .action = store_text(&rows, 0), .version = (unsigned)store_integer(&rows, 1),
		.changed = (unsigned)store_integer(&rows, 2), .until = store_integer(&rows, 3), .author = store_text(&rows, 4),
		.to = store_text(&rows, 5), .state = store_text(&rows, 6) };
	if (ret_recorded_at)
		*ret_recorded_at = store_integer(&rows, 7);
	return store_finish(&rows);
}

bool
office_may_undo(const struct office_dossier *dossier, const struct office_actor *actor, const struct dossier_undo *undo)
{
	struct guichet_error ignored = { 0 };
	const struct dossier_actor acting = { { .id = actor->person }, dossier->roles, dossier->signs };
	return dossier_undo_check(&dossier->facts, undo, &acting, &ignored) == GUICHET_OK;
}

enum guichet_status
office_undo_sweep(struct store_tx *tx, instant now, struct guichet_error *error)
{
	return store_run(tx, STORE_UNDO_SWEEP, STORE_VALUES(now), NULL, error);
}

/* What it counted is taken back, and what it took back counts again, before anything is read. */
static enum guichet_status
uncount(struct store_tx *tx, struct text dossier, const struct dossier_undo *undo, instant recorded_at, instant now,
	struct guichet_error *error)
{
	const enum guichet_status status = store_run(tx, STORE_COUNTER_ENTRY_RESTORE, STORE_VALUES(dossier,
		(int64_t)undo->version, recorded_at), NULL, error);
	return status != GUICHET_OK ? status : store_run(tx, STORE_COUNTER_ENTRY_UNDO, STORE_VALUES(dossier,
		(int64_t)undo->version, now), NULL, error);
}

/* A dossier born of this one since then read what would be undone. */
static enum guichet_status
refuse_born(struct store_tx *tx, struct arena *arena, struct text dossier, instant since, struct guichet_error *error)
{
	bool born = false;
	struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_CHILDREN, STORE_VALUES(dossier), error);
	while (store_next(&rows))
		born |= store_integer(&rows, 4) >= since;
	const enum guichet_status status = store_finish(&rows);
	return status == GUICHET_OK && born ? guichet_fail(error, GUICHET_REFUSED, "Une autre demande est née de celle-ci depuis : on ne "
		"peut plus revenir dessus.") : status;
}

enum guichet_status
office_undo_act(struct store_tx *tx, struct office_command *command, const struct office_actor *actor,
	struct guichet_error *error)
{
	struct arena *arena = command->arena;
	const instant now = clock_now(command->office->options.clock);
	struct dossier_undo undo;
	struct office_dossier dossier;
	struct office_place place;
	instant recorded_at;
	enum guichet_status status = office_undo_load(tx, arena, command->dossier, &undo, &recorded_at, error);
	if (status == GUICHET_OK)
		status = uncount(tx, command->dossier, &undo, recorded_at, now, error);
	if (status == GUICHET_OK)
		status = office_load(command->office, tx, arena, command->dossier, command->received_at, 0, &dossier, &place, error);
	if (status == GUICHET_UNKNOWN)
		return guichet_fail(error, GUICHET_REFUSED, "Il n’y a rien, ici, sur quoi revenir : le délai est passé, ou quelque "
			"chose a suivi.");
	if (status != GUICHET_OK)
		return status;
	office_roles_find(&dossier, place.seats, actor);
	if (!office_may_see(&dossier)) /* the same answer as for a dossier that does not exist */
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce dossier n’existe pas, ou il n’est pas à vous.");
	if (command->command.action.length && !text_equal(command->command.action, undo.action))
		return guichet_fail(error, GUICHET_REFUSED, "Quelque chose a suivi : on ne peut plus revenir dessus.");
	status = refuse_born(tx, arena, command->dossier, recorded_at, error);
	if (status != GUICHET_OK)
		return status;
	struct dossier_person acting;
	status = office_person_acting(arena, &dossier, place.seats, actor, undo.action, &acting, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_input input = { .facts = dossier.facts, .actor = { acting, dossier.roles, dossier.signs },
		.decided_at = now, .salt = command->salt };
	status = dossier_undo(&input, &undo, arena, &command->outcome, error);
	if (status == GUICHET_OK)
		status = mail_drop(tx, command->dossier, recorded_at, error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_UNDO_DELETE, STORE_VALUES(command->dossier), NULL, error);
	if (status == GUICHET_OK)
		status = office_record(command->office, tx, arena, &place, &dossier.facts, &command->outcome, NULL, now,
			command->seed, error);
	if (status == GUICHET_OK)
		command->number = dossier.state.number;
	return status;
}
