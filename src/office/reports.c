/* Reports: every dossier that a reader may count, in one pass. */
#include "office/inside.h"

#include "dossier/report.h"

#include "base/banned.h"

enum { PAGE_OF_ROWS = 500, PAGE_ARENA = 256 << 20, SCRATCH = 8 << 20 };

static bool
gives(const struct procedure_role *role, const struct directory_function *held)
{
	for (size_t i = 0; i < role->function_count; i++)
		if (text_equal(role->functions[i], held->function))
			return true;
	return false;
}

enum guichet_status
office_report_reach(struct arena *arena, const struct office_actor *actor, const struct procedure *procedure,
	const struct procedure_report *report, struct office_reach *ret_reach, struct guichet_error *error)
{
	const size_t most = actor->functions.count + 1;
	struct directory_range *ranges = arena_array_of(arena, struct directory_range, most);
	struct text *names = arena_array_of(arena, struct text, most), *paths = arena_array_of(arena, struct text, most);
	if (!ranges || !names || !paths)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	for (size_t i = 0; i < report->who.count; i++) {
		const struct procedure_role *role = &procedure->roles[report->who.at[i]];
		if (role->reach == PROCEDURE_EVERYWHERE && office_holds_somewhere(actor, role)) {
			ranges[0] = DIRECTORY_EVERYWHERE;
			names[0] = TEXT("");
			*ret_reach = (struct office_reach){ ranges, names, 1 };
			return GUICHET_OK;
		}
	}
	for (size_t f = 0; f < actor->functions.count; f++) {
		const struct directory_function *held = &actor->functions.at[f];
		bool reads = false;
		for (size_t i = 0; i < report->who.count; i++) {
			const struct procedure_role *role = &procedure->roles[report->who.at[i]];
			reads |= role->reach != PROCEDURE_APPLICANT && gives(role, held);
		}
		for (size_t k = 0; reads && k < count; k++)
			reads = !text_starts(held->path, paths[k]);
		if (!reads)
			continue;
		size_t kept = 0; /* those that stand under this one are read with it */
		for (size_t k = 0; k < count; k++) {
			if (text_starts(paths[k], held->path))
				continue;
			paths[kept] = paths[k];
			names[kept] = names[k];
			ranges[kept++] = ranges[k];
		}
		count = kept;
		paths[count] = held->path;
		names[count] = held->structure_name;
		ranges[count] = directory_subtree(arena, held->path);
		if (!ranges[count++].to.at)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	}
	*ret_reach = (struct office_reach){ ranges, names, count };
	return GUICHET_OK;
}

const struct office_campaign *
office_campaign_of_procedure(struct office *office, struct text name)
{
	const struct office_campaign *found = NULL;
	pthread_rwlock_rdlock(&office->lock);
	for (size_t i = 0; i < office->campaign_count; i++)
		if (text_equal(office->campaigns[i]->procedure->name, name))
			found = office->campaigns[i];
	pthread_rwlock_unlock(&office->lock);
	return found;
}

/* One page of rows, in a read of its own. */
static enum guichet_status
rows_after(struct office *office, struct arena *arena, const struct office_campaign *campaign, struct text only,
	instant before, const struct directory_range *range, struct text after, struct office_rows *ret_rows,
	struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
	if (!tx)
		return error->status;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_REPORTED,
		STORE_VALUES(campaign->procedure->name, before, range->from, range->to, only, after, (int64_t)PAGE_OF_ROWS + 1),
		error);
	const enum guichet_status status = office_rows_read(office, &rows, arena, PAGE_OF_ROWS, PROCEDURE_NONE, ret_rows, error);
	for (size_t i = 0; status == GUICHET_OK && i < ret_rows->count; i++)
		ret_rows->at[i].office = NULL; /* read once: not kept */
	return status;
}

static enum guichet_status
count_range(struct office *office, struct arena *arena, const struct office_campaign *campaign, struct text only,
	const struct directory_range *range, instant at, struct dossier_report *report, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *page = arena_new(PAGE_ARENA);
	CLEANUP(arena_free) struct arena *scratch = arena_new(SCRATCH);
	if (!page || !scratch)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const instant before = instant_of_day(date_add_days(report->days.high.date, 1));
	struct text after = TEXT("");
	for (bool more = true; more;) {
		struct office_rows rows;
		arena_clear(page);
		enum guichet_status status = rows_after(office, page, campaign, only, before, range, after, &rows, error);
		for (size_t i = 0; status == GUICHET_OK && i < rows.count; i++) {
			struct dossier state;
			struct dossier_facts facts;
			arena_clear(scratch);
			status = office_row_facts(scratch, &rows.at[i], at, &state, &facts, error);
			if (status == GUICHET_OK)
				status = dossier_report_add(report, &facts, scratch, error);
		}
		if (status != GUICHET_OK)
			return status;
		more = rows.more;
		if (rows.count)
			after = arena_text(arena, rows.at[rows.count - 1].id);
		if (!after.at)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	}
	return GUICHET_OK;
}

enum guichet_status
office_report(struct office *office, struct arena *arena, const struct office_campaign *campaign, int index, int year,
	const struct office_reach *reach, instant at, struct dossier_report *ret_report, struct guichet_error *error)
{
	const struct procedure_report *definition = &campaign->procedure->reports[index];
	const struct text only = definition->period == PROCEDURE_CAMPAIGN ? campaign->id : TEXT("");
	struct dossier_report report;
	enum guichet_status status = dossier_report_begin(arena, campaign->procedure, index,
		dossier_report_days(definition, campaign->campaign, year, date_of_instant(at, NULL)), &report, error);
	for (size_t i = 0; status == GUICHET_OK && i < reach->count; i++)
		status = count_range(office, arena, campaign, only, &reach->at[i], at, &report, error);
	if (status == GUICHET_OK)
		status = dossier_report_end(&report, error);
	if (status == GUICHET_OK)
		*ret_report = report;
	return status;
}
