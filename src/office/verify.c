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

/* Follows the chain and folds the events, as far as they can be: *ret_erased when the content of one is gone. */
static enum guichet_status
follow(struct checking *checking, const struct office_row *row, struct office_past *past, struct dossier_chain *chain,
	bool *ret_erased, struct guichet_error *why, struct guichet_error *error)
{
	enum guichet_status sound = GUICHET_OK;
	do {
		const enum guichet_status status = office_past_read(past, checking->tx, row->id, row->procedure, error);
		if (status != GUICHET_OK)
			return status;
		checking->findings->events += (int64_t)past->count;
		sound = dossier_chain_follow(chain, past->events, past->count, why);
		chain->dossier = row->id; /* the page goes */
		for (size_t i = 0; i < past->count; i++)
			*ret_erased |= past->events[i].payload.length == 0;
		for (size_t i = 0; sound == GUICHET_OK && !*ret_erased && i < past->count; i++)
			sound = dossier_fold(past->page, row->procedure, &past->folded, &past->events[i], why);
	} while (sound == GUICHET_OK && past->count);
	return GUICHET_OK;
}

/* Its chain is whole up to the head its row names, and its events make its row again: what a row of before says is
 * compared once raised. */
static enum guichet_status
check_one(struct checking *checking, const struct office_row *row, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(OFFICE_WORK_ARENA);
	CLEANUP(office_past_end) struct office_past past = { 0 };
	struct guichet_error why = { 0 };
	struct dossier state = { 0 };
	struct dossier_chain chain = { .dossier = row->id };
	bool erased = false;
	enum guichet_status status = arena ? office_past_new(&past, error)
		: guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	checking->findings->dossiers++;
	if (status == GUICHET_OK)
		status = follow(checking, row, &past, &chain, &erased, &why, error);
	if (status != GUICHET_OK)
		return status;
	if (why.status == GUICHET_OK)
		(void)!dossier_of_json(arena, row->procedure, row->state, &state, &why);
	if (why.status == GUICHET_OK && !digest_equal(&chain.hash, &state.head))
		(void)!guichet_fail(&why, GUICHET_REFUSED,
			"La chaîne du dossier s’arrête trop tôt : ses derniers événements manquent.");
	if (why.status == GUICHET_OK && !erased && !text_equal(dossier_to_json(past.page, row->procedure, &past.folded),
		dossier_to_json(arena, row->procedure, &state)))
		(void)!guichet_fail(&why, GUICHET_REFUSED, "son état ne découle pas de ses événements.");
	if (why.status != GUICHET_OK)
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
		enum guichet_status status = office_list_all(checking->office, tx, arena, campaign, after, PAGE, &rows,
			error);
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
