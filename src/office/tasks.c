/* What remains to do about the pieces of dossiers, for the completeness desk. */
#include "office/inside.h"

#include "base/banned.h"

enum guichet_status
tasks_write(struct store_tx *tx, struct arena *arena, struct text campaign, struct text dossier,
	const struct dossier_facts *facts, struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	const struct dossier_piece_task *tasks;
	size_t count;
	if (!dossier_has_piece_tasks(procedure))
		return GUICHET_OK;
	enum guichet_status status = dossier_piece_tasks(facts, arena, &tasks, &count, error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_PIECE_TASK_DELETE, STORE_VALUES(dossier), NULL, error);
	/* Nothing will take any more what was sent and never handed in. */
	if (status == GUICHET_OK && dossier_is_ended(procedure, facts->dossier))
		status = store_run(tx, STORE_HANDED_PIECE_FORGET, STORE_VALUES(dossier), NULL, error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		status = store_run(tx, STORE_PIECE_TASK_INSERT, STORE_VALUES(dossier, campaign,
			procedure->pieces[tasks[i].piece].name, tasks[i].kind, tasks[i].since, tasks[i].due,
			tasks[i].action >= 0 ? procedure->actions[tasks[i].action].name : TEXT("")), NULL, error);
	return status;
}

enum guichet_status
office_piece_tasks(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	const struct office_piece_filter *filter, size_t limit, size_t skip, const struct office_piece_task **ret_tasks,
	size_t *ret_count, bool *ret_more, struct guichet_error *error)
{
	struct office_piece_task *tasks = arena_array_of(arena, struct office_piece_task, limit);
	size_t count = 0;
	if (!tasks)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*ret_more = false;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_PIECE_TASK_LIST,
		STORE_VALUES(campaign->id, filter->kind, filter->piece, filter->horizon, filter->person, (int64_t)limit + 1,
			(int64_t)skip, filter->range.from, filter->range.to), error);
	while (!*ret_more && store_next(&rows)) {
		const struct procedure *procedure;
		*ret_more = count == limit;
		if (*ret_more)
			break;
		const enum guichet_status status = office_procedure(office, store_text(&rows, 4), &procedure, error);
		if (status != GUICHET_OK)
			return status;
		const struct text name = store_text(&rows, 5);
		const int piece = procedure_piece_find(procedure, name);
		tasks[count++] = (struct office_piece_task){ .dossier = store_text(&rows, 0), .number = store_text(&rows, 1),
			.subject_name = store_text(&rows, 2), .structure_name = store_text(&rows, 3),
			.piece = piece >= 0 ? procedure->pieces[piece].label : name,
			.kind = (enum dossier_piece_task_kind)store_integer(&rows, 6), .since = store_integer(&rows, 7),
			.due = store_integer(&rows, 8), .action = store_text(&rows, 9) };
	}
	*ret_tasks = tasks;
	*ret_count = count;
	return store_finish(&rows);
}

enum guichet_status
office_piece_task_counts(struct store_tx *tx, const struct office_campaign *campaign,
	const struct office_piece_filter *filter, int64_t ret_counts[DOSSIER_PIECE_TASK_END], struct guichet_error *error)
{
	memset(ret_counts, 0, DOSSIER_PIECE_TASK_END * sizeof *ret_counts);
	struct store_rows rows = filter->within
		? store_query(tx, NULL, STORE_PIECE_TASK_COUNT_WITHIN, STORE_VALUES(campaign->id, filter->horizon, filter->piece,
			filter->person, filter->range.from, filter->range.to), error)
		: store_query(tx, NULL, STORE_PIECE_TASK_COUNT,
			STORE_VALUES(campaign->id, filter->horizon, filter->piece, filter->person), error);
	if (store_next(&rows))
		for (int kind = 1; kind < DOSSIER_PIECE_TASK_END; kind++)
			ret_counts[kind] = store_integer(&rows, kind - 1);
	return store_finish(&rows);
}
