/* Where dossiers stand in the suivis beside their main circuit, for lists, batches and exports. */
#include "office/inside.h"

#include "base/banned.h"

/* Their steps as they were last written, by track; NULL without. */
static enum guichet_status
stands_load(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, struct text id,
	const struct text **ret_steps, struct guichet_error *error)
{
	struct text *steps = arena_array_of(arena, struct text, procedure->track_count);
	if (!steps)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_STANDS, STORE_VALUES(id), error);
	while (store_next(&rows)) {
		const int track = procedure_track_find(procedure, store_text(&rows, 0));
		if (track > 0)
			steps[track] = store_text(&rows, 1);
	}
	*ret_steps = steps;
	return store_finish(&rows);
}

static enum guichet_status
move(struct store_tx *tx, struct text campaign, struct text id, const struct procedure *procedure, int track, int step,
	struct text before, struct guichet_error *error)
{
	const struct text now = procedure->steps[step].name;
	if (text_equal(before, now))
		return GUICHET_OK;
	enum guichet_status status = store_run(tx, STORE_DOSSIER_STAND_SET,
		STORE_VALUES(id, procedure->tracks[track].name, now, campaign), NULL, error);
	if (status == GUICHET_OK && before.length)
		status = store_run(tx, STORE_COUNTER_ADD, STORE_VALUES(campaign, before, -1), NULL, error);
	return status != GUICHET_OK ? status
		: store_run(tx, STORE_COUNTER_ADD, STORE_VALUES(campaign, now, 1), NULL, error);
}

enum guichet_status
stands_write(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, struct text campaign,
	struct text id, const struct dossier *dossier, struct guichet_error *error)
{
	const struct text *before;
	if (procedure->track_count < 2 || dossier->nature.length)
		return GUICHET_OK;
	enum guichet_status status = stands_load(tx, arena, procedure, id, &before, error);
	for (size_t track = 1; status == GUICHET_OK && track < procedure->track_count; track++) {
		const int step = dossier_stand_in(procedure, dossier, (int)track).step;
		if (step >= 0)
			status = move(tx, campaign, id, procedure, (int)track, step, before[track], error);
	}
	return status;
}

enum guichet_status
stands_differ(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, struct text id,
	const struct dossier *dossier, bool *ret_differ, struct guichet_error *error)
{
	const struct text *before;
	*ret_differ = false;
	if (procedure->track_count < 2 || dossier->nature.length)
		return GUICHET_OK;
	const enum guichet_status status = stands_load(tx, arena, procedure, id, &before, error);
	for (size_t track = 1; status == GUICHET_OK && track < procedure->track_count; track++) {
		const int step = dossier_stand_in(procedure, dossier, (int)track).step;
		*ret_differ |= step >= 0 && !text_equal(before[track], procedure->steps[step].name);
	}
	return status;
}
