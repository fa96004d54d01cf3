/* The due effects of dossiers, computed again after something outside them changed: an import of the directory or of
 * counters, a setting, a closed day; and on the days when an appointment or a setting begins or ends.
 *
 * A generation tells apart what was known: that of the directory and that of the rest. Each campaign whose procedure
 * reads anything outside (or has suivis whose place is not written yet) is gone through page by page, in the background; how far stands in the table recompute, so
 * that a stopped program goes on where it was. Only dossiers whose effects differ are written. */
#include "base/log.h"
#include "office/inside.h"

#include "base/banned.h"

enum { PAGE = 100 };

/* One page of one campaign. */
struct page {
	struct office *office;
	const struct office_campaign *campaign;
	struct text target, after;
	const struct text *ids; /* those whose rows differ */
	size_t count;
	bool over;
};

/* ---- days that turn ---- */

struct turn {
	int64_t last, today;
	bool bumps;
};

static enum guichet_status
turn_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct turn *turn = context;
	enum guichet_status status = store_run(tx, STORE_SERIAL_SET, STORE_VALUES("outside-day", turn->today), NULL, error);
	if (status == GUICHET_OK && turn->bumps)
		status = store_run(tx, STORE_SERIAL_BUMP, STORE_VALUES("outside"), NULL, error);
	return status;
}

static enum guichet_status
serial_load(struct store_tx *tx, const char *name, int64_t *ret_value, struct guichet_error *error)
{
	struct store_rows rows = store_query(tx, NULL, STORE_SERIAL_LOAD, STORE_VALUES(name), error);
	if (store_next(&rows))
		*ret_value = store_integer(&rows, 0);
	return store_finish(&rows);
}

/* A new day: does something begin or end since the last one looked at? */
static enum guichet_status
look_at_day(struct office *office, struct guichet_error *error)
{
	struct turn turn = { .today = date_day_number(date_of_instant(clock_now(office->options.clock), NULL)) };
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		if (!tx)
			return error->status;
		enum guichet_status status = serial_load(tx, "outside-day", &turn.last, error);
		if (status != GUICHET_OK || turn.last >= turn.today)
			return status;
		if (turn.last > 0) {
			struct store_rows rows = store_query(tx, NULL, STORE_OUTSIDE_TURNS, STORE_VALUES(turn.last, turn.today), error);
			turn.bumps = store_next(&rows);
			status = store_finish(&rows);
		}
		if (status != GUICHET_OK)
			return status;
	}
	return store_transact(office->options.store, turn_write, &turn, error);
}

/* ---- one dossier ---- */

static bool
same_dues(struct store_tx *tx, struct arena *arena, struct text id, const struct dossier_due *dues, size_t count,
	enum guichet_status *ret_status, struct guichet_error *error)
{
	size_t found = 0, rows_count = 0;
	struct store_rows rows = store_query(tx, arena, STORE_DUE_ALL_OF_DOSSIER, STORE_VALUES(id), error);
	while (store_next(&rows)) {
		const instant at = store_integer(&rows, 0);
		const struct text name = store_text(&rows, 1);
		rows_count++;
		for (size_t i = 0; i < count; i++)
			found += !dues[i].at_once && dues[i].at == at && text_equal(dues[i].effect, name);
	}
	*ret_status = store_finish(&rows);
	return found == count && rows_count == count;
}

static enum guichet_status
project(struct office *office, struct store_tx *tx, struct arena *arena, struct text id, struct office_dossier *dossier,
	const struct dossier_due **ret_dues, size_t *ret_count, struct guichet_error *error)
{
	struct office_place place;
	struct dossier_columns columns;
	const enum guichet_status status = office_load(office, tx, arena, id, clock_now(office->options.clock), 0, dossier,
		&place, error);
	return status != GUICHET_OK ? status
		: dossier_project(&dossier->facts, arena, ret_dues, ret_count, &columns, error);
}

enum guichet_status
office_recompute_dossier(struct office *office, struct store_tx *tx, struct arena *arena, struct text id,
	struct guichet_error *error)
{
	struct office_dossier dossier;
	const struct dossier_due *dues = NULL;
	size_t count = 0;
	struct guichet_error failed = { 0 };
	enum guichet_status status = project(office, tx, arena, id, &dossier, &dues, &count, &failed);
	if (status == GUICHET_RETRY)
		*error = failed;
	else if (status != GUICHET_OK)
		log_error("recompute", &failed); /* its rows stay, and tell the office when they come */
	if (status != GUICHET_OK)
		return status == GUICHET_RETRY ? status : GUICHET_OK;
	status = store_run(tx, STORE_DUE_DELETE_OF_DOSSIER, STORE_VALUES(id), NULL, error);
	if (status == GUICHET_OK)
		status = tasks_write(tx, arena, dossier.campaign->id, id, &dossier.facts, error);
	if (status == GUICHET_OK)
		status = stands_write(tx, arena, dossier.procedure, dossier.campaign->id, id, &dossier.state, error);
	/* A passage that opened is gone through as what is due now. */
	for (size_t k = 0; status == GUICHET_OK && k < count; k++)
		status = store_run(tx, STORE_DUE_INSERT, STORE_VALUES(dues[k].at, arena_format(arena,
			"d:" TEXT_FORMAT ":" TEXT_FORMAT, TEXT_ARGS(id), TEXT_ARGS(dues[k].effect)), dossier.campaign->id, id,
			dues[k].effect), NULL, error);
	return status;
}

static enum guichet_status
page_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct page *page = context;
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < page->count; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(OFFICE_WORK_ARENA);
		if (!arena)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		status = office_recompute_dossier(page->office, tx, arena, page->ids[i], error);
	}
	return status != GUICHET_OK ? status : store_run(tx, STORE_RECOMPUTE_PUT,
		STORE_VALUES(page->campaign->id, page->target, page->after, page->over ? 1 : 0), NULL, error);
}

/* ---- a page ---- */

/* Looks at the next dossiers of the campaign and keeps those whose effects differ. */
static enum guichet_status
page_read(struct page *page, struct store_tx *tx, struct arena *arena, struct guichet_error *error)
{
	struct text *all = arena_array_of(arena, struct text, PAGE), *differ = arena_array_of(arena, struct text, PAGE);
	size_t count = 0;
	if (!all || !differ)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(tx, arena, STORE_RECOMPUTE_DOSSIERS,
		STORE_VALUES(page->campaign->id, page->after, (int64_t)PAGE), error);
	while (count < PAGE && store_next(&rows))
		all[count++] = store_text(&rows, 0);
	enum guichet_status status = store_finish(&rows);
	page->over = count < PAGE;
	page->ids = differ;
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		CLEANUP(arena_free) struct arena *scratch = arena_new(OFFICE_WORK_ARENA);
		struct office_dossier dossier;
		const struct dossier_due *dues = NULL;
		size_t due_count = 0;
		if (!scratch)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		const enum guichet_status projected = project(page->office, tx, scratch, all[i], &dossier, &dues, &due_count, error);
		bool differs = false;
		if (projected == GUICHET_OK)
			differs = !same_dues(tx, scratch, all[i], dues, due_count, &status, error);
		if (projected == GUICHET_OK && status == GUICHET_OK && !differs)
			status = stands_differ(tx, scratch, dossier.procedure, all[i], &dossier.state, &differs, error);
		if (projected == GUICHET_OK && differs)
			differ[page->count++] = all[i];
		else if (projected != GUICHET_OK && projected != GUICHET_RETRY)
			log_error("recompute", error); /* its rows stay, and tell the office when they come */
		page->after = all[i];
	}
	return status;
}

static bool
reads_outside(const struct procedure *procedure)
{
	const struct dossier_outside reads = dossier_reads_outside(procedure);
	return reads.posting || reads.locals || reads.counters || reads.days;
}

/* Where the campaign stands for this generation; *ret_done when there is nothing left to do. */
static enum guichet_status
place_load(struct store_tx *tx, struct arena *arena, struct page *page, bool *ret_done, struct guichet_error *error)
{
	struct store_rows rows = store_query(tx, arena, STORE_RECOMPUTE_LOAD, STORE_VALUES(page->campaign->id), error);
	page->after = TEXT("");
	*ret_done = false;
	if (store_next(&rows) && text_equal(store_text(&rows, 0), page->target)) {
		page->after = store_text(&rows, 1);
		*ret_done = store_integer(&rows, 2) != 0;
	}
	return store_finish(&rows);
}

enum guichet_status
office_recompute(struct office *office, bool *ret_more, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	*ret_more = false;
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = look_at_day(office, error);
	if (status != GUICHET_OK)
		return status;
	struct page page = { .office = office };
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		if (!tx)
			return error->status;
		int64_t directory = 0, outside = 0;
		bool done = true;
		status = directory_generation(tx, &directory, error);
		if (status == GUICHET_OK)
			status = serial_load(tx, "outside", &outside, error);
		const struct text target = arena_format(arena, "%lld.%lld", (long long)directory, (long long)outside);
		if (status != GUICHET_OK || !target.at)
			return status != GUICHET_OK ? status : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		const struct office_campaigns campaigns = office_campaigns(office, arena);
		for (size_t i = 0; status == GUICHET_OK && done && i < campaigns.count; i++) {
			const struct procedure *procedure = campaigns.at[i]->procedure;
			if (!reads_outside(procedure) && procedure->track_count < 2)
				continue;
			page.campaign = campaigns.at[i];
			/* Suivis alone are gone through once, for the dossiers of before dossier_stand. */
			page.target = !reads_outside(procedure) ? TEXT("stands") : procedure->track_count < 2 ? target
				: arena_format(arena, TEXT_FORMAT ".stands", TEXT_ARGS(target));
			if (!page.target.at)
				return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
			status = place_load(tx, arena, &page, &done, error);
		}
		if (status == GUICHET_OK && !done)
			status = page_read(&page, tx, arena, error);
		if (status != GUICHET_OK || done)
			return status;
	}
	status = store_transact(office->options.store, page_write, &page, error);
	if (status == GUICHET_OK) {
		*ret_more = true;
		if (page.count)
			office_wake(office); /* something may be due now */
	}
	return status;
}
