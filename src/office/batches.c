/* Batches: one action for many dossiers, each with its own result, done in the background. */
#include "office/inside.h"

#include "base/banned.h"

enum { ITEMS_AT_ONCE = 100, ITEMS_OF_EACH = 10 };

/* The same form sent twice: the batch it started. */
static enum guichet_status
find_repeat(struct store_tx *tx, struct office_batch *batch, struct text hash, bool *ret_found, struct guichet_error *error)
{
	*ret_found = false;
	if (hash.length == 0)
		return GUICHET_OK;
	struct store_rows rows = store_query(tx, batch->arena, STORE_ONCE_LOAD, STORE_VALUES(hash), error);
	if (store_next(&rows)) {
		*ret_found = true;
		batch->id = store_text(&rows, 0);
	}
	return store_finish(&rows);
}

enum guichet_status
office_batch_start(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct office_batch *batch = context;
	const struct text hash = batch->once.length ? token_hash(batch->arena, batch->once) : (struct text){ 0 };
	struct office_actor actor;
	bool repeated;
	enum guichet_status status = find_repeat(tx, batch, hash, &repeated, error);
	if (status != GUICHET_OK || repeated)
		return status;
	status = office_actor_load(tx, batch->arena, batch->person, batch->at, &actor, error);
	if (status != GUICHET_OK)
		return status;
	if (!office_runs(&actor, batch->campaign->procedure))
		return guichet_fail(error, GUICHET_UNKNOWN, "Cette campagne n’est pas gérée par vous.");
	const int move = procedure_move_find(batch->campaign->procedure, batch->action);
	bool allowed = false;
	for (size_t i = 0; move != PROCEDURE_NONE && i < batch->campaign->procedure->moves[move].actions.count; i++)
		allowed |= batch->campaign->procedure->actions[batch->campaign->procedure->moves[move].actions.at[i]].batch;
	if (!allowed)
		return guichet_fail(error, GUICHET_REFUSED, "Cette action se fait dossier par dossier.");
	if (batch->count == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Cochez au moins un dossier.");
	const struct text content = dossier_raws_to_json(batch->arena, batch->raws);
	if (!content.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	status = store_run(tx, STORE_BATCH_INSERT, STORE_VALUES(batch->id, batch->campaign->id, batch->action, batch->person,
		content, batch->at, 0), NULL, error);
	for (size_t i = 0; status == GUICHET_OK && i < batch->count; i++)
		status = store_run(tx, STORE_BATCH_ITEM_INSERT, STORE_VALUES(batch->id, (int64_t)i + 1, batch->dossiers[i],
			batch->versions[i]), NULL, error);
	return status == GUICHET_OK && hash.length
		? store_run(tx, STORE_ONCE_INSERT, STORE_VALUES(hash, batch->id, batch->at), NULL, error) : status;
}

enum guichet_status
office_batch_undo(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct office_batch *batch = context;
	const struct text hash = batch->once.length ? token_hash(batch->arena, batch->once) : (struct text){ 0 };
	struct office_actor actor;
	struct office_batch_progress done;
	bool repeated;
	enum guichet_status status = find_repeat(tx, batch, hash, &repeated, error);
	if (status != GUICHET_OK || repeated)
		return status;
	status = office_actor_load(tx, batch->arena, batch->person, batch->at, &actor, error);
	if (status == GUICHET_OK)
		status = office_batch_load(tx, batch->arena, batch->undoes, &done, error);
	if (status != GUICHET_OK)
		return status;
	if (!office_runs(&actor, batch->campaign->procedure) || !text_equal(done.campaign, batch->campaign->id))
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce lot n’existe pas, ou il n’est pas géré par vous.");
	if (!done.done_at || done.undoes)
		return guichet_fail(error, GUICHET_REFUSED, done.undoes ? "Ce lot revenait déjà sur un autre."
			: "Ce lot n’est pas fini. Attendez sa fin, puis recommencez.");
	const struct text action = arena_format(batch->arena, OFFICE_BATCH_UNDO "%.*s", TEXT_ARGS(done.action));
	if (!action.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	status = store_run(tx, STORE_BATCH_INSERT, STORE_VALUES(batch->id, batch->campaign->id, action, batch->person, TEXT("{}"),
		batch->at, 0), NULL, error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_BATCH_ITEM_UNDO, STORE_VALUES(batch->id, batch->undoes), NULL, error);
	return status == GUICHET_OK && hash.length
		? store_run(tx, STORE_ONCE_INSERT, STORE_VALUES(hash, batch->id, batch->at), NULL, error) : status;
}

enum guichet_status
office_batch_load(struct store_tx *tx, struct arena *arena, struct text id, struct office_batch_progress *ret_progress,
	struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_BATCH_LOAD, STORE_VALUES(id), error);
	if (!store_next(&rows))
		return store_absent(&rows, "Ce lot n’existe pas.");
	struct office_batch_progress progress = { .campaign = store_text(&rows, 0), .action = store_text(&rows, 1),
		.person = store_text(&rows, 2), .created_at = store_integer(&rows, 4), .done_at = store_integer(&rows, 5) };
	progress.undoes = text_starts(progress.action, TEXT(OFFICE_BATCH_UNDO));
	if (progress.undoes)
		progress.action = text_part(progress.action, sizeof OFFICE_BATCH_UNDO - 1, SIZE_MAX);
	enum guichet_status status = store_finish(&rows);
	if (status != GUICHET_OK)
		return status;
	struct store_rows counts = store_query(tx, arena, STORE_BATCH_COUNTS, STORE_VALUES(id), error);
	if (store_next(&counts)) {
		progress.total = store_integer(&counts, 0);
		progress.done = store_integer(&counts, 1);
		progress.refused = store_integer(&counts, 2);
	}
	status = store_finish(&counts);
	if (status == GUICHET_OK)
		*ret_progress = progress;
	return status;
}

/* ---- doing it ---- */

struct item {
	struct office *office;
	struct text batch, dossier, action, person, content, result;
	int64_t rank, version;
	struct office_command *command;
};

static enum guichet_status
item_act(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct item *item = context;
	const enum guichet_status status = office_act(tx, item->command, error);
	return status != GUICHET_OK ? status
		: store_run(tx, STORE_BATCH_ITEM_DONE, STORE_VALUES(item->batch, item->rank, ""), NULL, error);
}

static enum guichet_status
item_refuse(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct item *item = context;
	return store_run(tx, STORE_BATCH_ITEM_DONE, STORE_VALUES(item->batch, item->rank, item->result), NULL, error);
}

static enum guichet_status
close_batch(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct item *item = context;
	return store_run(tx, STORE_BATCH_CLOSE, STORE_VALUES(item->batch, clock_now(item->office->options.clock)), NULL,
		error);
}

/* What to tell of a refused item: its first mistake when the form is at fault. */
static struct text
why_refused(struct arena *arena, const struct office_command *command, const struct guichet_error *error)
{
	const struct dossier_form *form = &command->outcome.form;
	for (size_t i = 0; i < form->count; i++)
		if (form->answers[i].mistake.length)
			return form->answers[i].mistake;
	return arena_text(arena, error->message[0] ? text_of_string(error->message) : TEXT("Refusé."));
}

static enum guichet_status
item_run(struct item *item, struct guichet_error *error)
{
	struct store *store = item->office->options.store;
	CLEANUP(arena_free) struct arena *arena = arena_new(OFFICE_WORK_ARENA);
	struct office_command *command = arena ? office_command_new(item->office, arena, item->person,
		clock_now(item->office->options.clock)) : NULL;
	if (!command)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	item->command = command;
	command->dossier = item->dossier;
	command->command.action = item->action;
	command->command.channel = TEXT("lot");
	command->command.confirmed = true;
	command->command.expected = (unsigned)item->version;
	command->undo = text_starts(item->action, TEXT(OFFICE_BATCH_UNDO));
	if (command->undo)
		command->command.action = text_part(item->action, sizeof OFFICE_BATCH_UNDO - 1, SIZE_MAX);
	enum guichet_status status = dossier_raws_of_json(arena, item->content, &command->command.raws, error);
	if (status == GUICHET_OK)
		status = store_transact(store, item_act, item, error);
	if (status == GUICHET_OK || status == GUICHET_RETRY)
		return status;
	item->result = why_refused(arena, command, error);
	return store_transact(store, item_refuse, item, error);
}

enum guichet_status
office_run_batches(struct office *office, bool *ret_more, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	struct item *items = arena ? arena_array_of(arena, struct item, ITEMS_AT_ONCE) : NULL;
	if (!items)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	enum guichet_status status;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		if (!tx)
			return error->status;
		struct store_rows rows = store_query(tx, arena, STORE_BATCH_WAITING,
			STORE_VALUES((int64_t)ITEMS_AT_ONCE, (int64_t)ITEMS_OF_EACH), error);
		while (count < ITEMS_AT_ONCE && store_next(&rows))
			items[count++] = (struct item){ .office = office, .batch = store_text(&rows, 0), .rank = store_integer(&rows, 1),
				.dossier = store_text(&rows, 2), .version = store_integer(&rows, 3), .action = store_text(&rows, 4),
				.person = store_text(&rows, 5), .content = store_text(&rows, 6) };
		status = store_finish(&rows);
	}
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		status = item_run(&items[i], error);
		const bool last = i + 1 == count || !text_equal(items[i].batch, items[i + 1].batch);
		if (status == GUICHET_OK && last)
			status = store_transact(office->options.store, close_batch, &items[i], error);
	}
	*ret_more = count > 0;
	if (count)
		office_wake(office); /* letters were asked for */
	return status;
}
