/* The check of what is recorded: every dossier against its own events. Reads only. */
#include "office/inside.h"

#include "base/banned.h"

enum { PAGE = 50 };

struct checking {
	struct office *office;
	struct store_tx *tx;
	struct office_findings *findings;
};

/* Keeps the first thing found; counts them all. */
static void
found(struct checking *checking, struct text number, const char *what)
{
	struct office_findings *findings = checking->findings;
	if (findings->broken++ == 0)
		(void)!guichet_fail(&findings->first, GUICHET_REFUSED, "Dossier " TEXT_FORMAT " : %s", TEXT_ARGS(number), what);
}

/* Its chain is whole up to the head its row names, and its events make its row again. */
static enum guichet_status
check_one(struct checking *checking, const struct office_row *row, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(OFFICE_WORK_ARENA);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct dossier_event *events = NULL;
	size_t count = 0;
	enum guichet_status status = office_events(checking->tx, arena, row->id, &events, &count, error);
	if (status != GUICHET_OK)
		return status;
	struct office_findings *findings = checking->findings;
	findings->dossiers++;
	findings->events += (int64_t)count;
	struct guichet_error why = { 0 };
	struct dossier state = { 0 }, folded = { 0 };
	status = dossier_of_json(arena, row->procedure, row->state, &state, &why);
	if (status == GUICHET_OK)
		status = dossier_chain_verify(events, count, &state.head, &why);
	bool erased = false;
	for (size_t i = 0; i < count; i++)
		erased |= events[i].payload.length == 0;
	for (size_t i = 0; status == GUICHET_OK && !erased && i < count; i++)
		status = dossier_fold(arena, row->procedure, &folded, &events[i], &why);
	if (status == GUICHET_OK && !erased && !text_equal(dossier_to_json(arena, row->procedure, &folded), row->state))
		status = guichet_fail(&why, GUICHET_REFUSED, "son état ne découle pas de ses événements.");
	if (status != GUICHET_OK)
		found(checking, row->number, why.message);
	return GUICHET_OK;
}

static enum guichet_status
check_campaign(struct checking *checking, const struct office_campaign *campaign, struct guichet_error *error)
{
	char last[64] = "";
	struct text after = { last, 0 };
	for (bool more = true; more; ) {
		CLEANUP(arena_free) struct arena *arena = arena_new(PAGE * (size_t)OFFICE_WORK_ARENA);
		if (!arena)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		CLEANUP(store_read_end) struct store_tx *tx = store_read(checking->office->options.store, error);
		if (!tx)
			return error->status;
		checking->tx = tx;
		struct office_rows rows;
		enum guichet_status status = office_list_all(checking->office, tx, arena, campaign, PROCEDURE_NONE, after, PAGE,
			&rows, error);
		for (size_t i = 0; status == GUICHET_OK && i < rows.count; i++)
			status = check_one(checking, &rows.at[i], error);
		if (status != GUICHET_OK)
			return status;
		more = rows.more && rows.count;
		if (more) {
			const struct text id = rows.at[rows.count - 1].id;
			after.length = id.length < sizeof last ? id.length : sizeof last;
			memcpy(last, id.at, after.length);
		}
	}
	return GUICHET_OK;
}

enum guichet_status
office_verify(struct office *office, struct office_findings *ret_findings, struct guichet_error *error)
{
	*ret_findings = (struct office_findings){ 0 };
	struct checking checking = { .office = office, .findings = ret_findings };
	CLEANUP(arena_free) struct arena *arena = arena_new(OFFICE_WORK_ARENA);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct office_campaigns campaigns = office_campaigns(office, arena);
	for (size_t i = 0; i < campaigns.count; i++) {
		const enum guichet_status status = check_campaign(&checking, campaigns.at[i], error);
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}
