/* Lists of dossiers: rights and filters are in the statements, never per item. */
#include "office/inside.h"

#include "base/fold.h"

#include "base/banned.h"

/* One row of DOSSIER_ROW. False when its campaign was opened by another server a moment ago: the next look finds it. */
static bool
row_read(struct office *office, struct store_rows *rows, int role, struct office_row *ret_row, struct guichet_error *error)
{
	struct office_row row = { .id = store_text(rows, 0), .number = store_text(rows, 1), .subject = store_text(rows, 4),
		.subject_name = store_text(rows, 6), .structure_name = store_text(rows, 7), .filed_at = store_integer(rows, 8),
		.stepped_at = store_integer(rows, 9), .version = store_integer(rows, 10), .state = store_text(rows, 11),
		.sort_key = store_blob(rows, 12), .structure = store_text(rows, 13),
		.parent_state = store_text(rows, 14), .role = role, .office = office };
	row.campaign = office_campaign_find(office, store_text(rows, 2));
	const struct text hash = store_text(rows, 3), step = store_text(rows, 5);
	if (!row.campaign)
		return false;
	if (text_equal(hash, row.campaign->procedure_hash))
		row.procedure = row.campaign->procedure;
	else if (office_procedure(office, hash, &row.procedure, error) != GUICHET_OK)
		return false;
	row.step = procedure_step_find(row.procedure, step);
	*ret_row = row;
	return true;
}

enum guichet_status
office_rows_read(struct office *office, struct store_rows *rows, struct arena *arena, size_t limit, int role,
	struct office_rows *ret_rows, struct guichet_error *error)
{
	struct office_rows list = { .at = arena_array_of(arena, struct office_row, limit) };
	if (!list.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	while (store_next(rows)) {
		if (list.count == limit) {
			list.more = true;
			break;
		}
		error->status = GUICHET_OK;
		if (row_read(office, rows, role, &list.at[list.count], error))
			list.count++;
		else if (error->status != GUICHET_OK)
			return error->status;
	}
	const enum guichet_status status = store_finish(rows);
	if (status == GUICHET_OK)
		*ret_rows = list;
	return status;
}

enum guichet_status
office_list_of_subject(struct office *office, struct store_tx *tx, struct arena *arena, struct text person,
	struct office_rows *ret_rows, struct guichet_error *error)
{
	enum { MOST = 200 };
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_OF_SUBJECT,
		STORE_VALUES(person), error);
	return office_rows_read(office, &rows, arena, MOST, PROCEDURE_NONE, ret_rows, error);
}

/* Was this structure looked at for a function before? */
static bool
is_again(const struct directory_functions *functions, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (text_equal(functions->at[i].structure, functions->at[at].structure))
			return true;
	return false;
}

enum guichet_status
office_list_of_structures(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_actor *actor,
	struct office_rows *ret_rows, struct guichet_error *error)
{
	enum { MOST = 200 };
	struct office_rows list = { 0 };
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < actor->functions.count; i++) {
		const struct text structure = actor->functions.at[i].structure;
		struct office_rows found;
		if (is_again(&actor->functions, i))
			continue;
		CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_OF_STRUCTURE,
			STORE_VALUES(structure), error);
		status = office_rows_read(office, &rows, arena, MOST, PROCEDURE_NONE, &found, error);
		size_t kept = 0;
		for (size_t k = 0; status == GUICHET_OK && k < found.count; k++)
			if (office_asks_for(actor, found.at[k].procedure, structure))
				found.at[kept++] = found.at[k];
		found.count = status == GUICHET_OK ? kept : 0;
		if (status == GUICHET_OK)
			status = office_rows_append(arena, &list, &found, actor->person, MOST, error);
	}
	if (status == GUICHET_OK)
		*ret_rows = list;
	return status;
}

enum guichet_status
office_rows_append(struct arena *arena, struct office_rows *list, const struct office_rows *more, struct text own,
	size_t limit, struct guichet_error *error)
{
	struct office_row *grown = arena_array_of(arena, struct office_row, list->count + more->count);
	if (!grown && list->count + more->count)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = list->count;
	if (count)
		memcpy(grown, list->at, count * sizeof *grown);
	for (size_t i = 0; i < more->count; i++)
		if (!text_equal(more->at[i].subject, own) && count < limit)
			grown[count++] = more->at[i];
	*list = (struct office_rows){ grown, count, list->more || more->more || count == limit };
	return GUICHET_OK;
}

/* May one of the delegations sign something where this dossier stands? Which one, and for whom, is judged at the act. */
static bool
waits_for_signature(const struct office_row *row, const struct directory_functions *delegations)
{
	const struct procedure *procedure = row->procedure;
	for (size_t i = 0; i < procedure->action_count; i++) {
		const struct procedure_action *action = &procedure->actions[i];
		/* Where it stands in a suivi is not in the row. */
		if ((action->step != row->step && procedure->steps[action->step].track == 0)
			|| !procedure_list_has(action->who, row->role))
			continue;
		for (size_t d = 0; d < delegations->count; d++)
			if (office_delegation_covers(&delegations->at[d], procedure, action))
				return true;
	}
	return false;
}

/* The dossiers whose role is resolved in a structure where the actor holds it, by `functions` of theirs; `statement` says waiting or not. */
static enum guichet_status
list_of_places(struct office *office, struct store_tx *tx, struct arena *arena, enum store_statement statement,
	const struct office_campaign *campaign, int index, const struct office_actor *actor,
	const struct directory_functions *functions, size_t limit, struct office_rows *list, struct guichet_error *error)
{
	const struct procedure_role *role = &campaign->procedure->roles[index];
	const bool delegated = functions == &actor->delegations;
	for (size_t f = 0; f < functions->count; f++) {
		struct office_rows found;
		if (!office_gives_place(functions, f, role))
			continue;
		CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, statement,
			STORE_VALUES(functions->at[f].structure, role->name, (int64_t)limit + 1), error);
		enum guichet_status status = office_rows_read(office, &rows, arena, limit, index, &found, error);
		size_t kept = 0; /* another campaign's role may bear the same name */
		for (size_t i = 0; status == GUICHET_OK && i < found.count; i++)
			if (found.at[i].campaign == campaign && (!delegated || waits_for_signature(&found.at[i], functions)))
				found.at[kept++] = found.at[i];
		found.count = kept;
		for (size_t i = 0; i < kept; i++)
			found.at[i].delegated = delegated;
		if (status == GUICHET_OK)
			status = office_rows_append(arena, list, &found, actor->person, limit, error);
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}

static enum guichet_status
waiting_for_role(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	int index, const struct office_actor *actor, size_t limit, struct office_rows *list, struct guichet_error *error)
{
	const struct procedure_role *role = &campaign->procedure->roles[index];
	struct office_rows found;
	if (role->reach != PROCEDURE_EVERYWHERE) {
		enum guichet_status status = list_of_places(office, tx, arena, STORE_DOSSIER_WAITING_AT, campaign, index,
			actor, &actor->functions, limit, list, error);
		if (status == GUICHET_OK)
			status = list_of_places(office, tx, arena, STORE_DOSSIER_WAITING_AT, campaign, index, actor,
				&actor->delegations, limit, list, error);
		return status != GUICHET_OK ? status
			: office_list_risen(office, tx, arena, campaign, index, actor, limit, list, error);
	}
	if (!office_holds_somewhere(actor, role))
		return GUICHET_OK;
	static const enum store_statement statements[] = { STORE_DOSSIER_WAITING_FOR, STORE_DOSSIER_WAITING_TOO };
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < sizeof statements / sizeof *statements; i++) {
		CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, statements[i],
			STORE_VALUES(campaign->id, role->name, (int64_t)limit + 1), error);
		status = office_rows_read(office, &rows, arena, limit, index, &found, error);
		if (status == GUICHET_OK)
			status = office_rows_append(arena, list, &found, actor->person, limit, error);
	}
	return status;
}

enum guichet_status
office_list_waiting(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_actor *actor,
	size_t limit, struct office_rows *ret_rows, struct guichet_error *error)
{
	struct office_rows list = { 0 };
	const struct office_campaigns campaigns = office_campaigns(office, arena);
	for (size_t c = 0; c < campaigns.count; c++)
		for (size_t i = 0; i < campaigns.at[c]->procedure->role_count; i++) {
			const enum procedure_reach reach = campaigns.at[c]->procedure->roles[i].reach;
			if (reach == PROCEDURE_APPLICANT)
				continue;
			const enum guichet_status status = waiting_for_role(office, tx, arena, campaigns.at[c], (int)i, actor,
				limit, &list, error);
			if (status != GUICHET_OK)
				return status;
		}
	*ret_rows = list;
	return GUICHET_OK;
}

enum guichet_status
office_list_answered(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_actor *actor,
	size_t limit, struct office_rows *ret_rows, struct guichet_error *error)
{
	struct office_rows list = { 0 };
	const struct office_campaigns campaigns = office_campaigns(office, arena);
	for (size_t c = 0; c < campaigns.count; c++)
		for (size_t i = 0; i < campaigns.at[c]->procedure->role_count; i++) {
			const enum procedure_reach reach = campaigns.at[c]->procedure->roles[i].reach;
			if (reach != PROCEDURE_STRUCTURE && reach != PROCEDURE_DISTRICT)
				continue;
			const enum guichet_status status = list_of_places(office, tx, arena, STORE_DOSSIER_ANSWERED_AT,
				campaigns.at[c], (int)i, actor, &actor->functions, limit, &list, error);
			if (status != GUICHET_OK)
				return status;
		}
	*ret_rows = list;
	return GUICHET_OK;
}

static enum guichet_status
search(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	struct text query, size_t limit, struct office_rows *ret_rows, struct guichet_error *error)
{
	/* Numbers begin with the year, names never with a digit. */
	const bool number = query.at[0] >= '0' && query.at[0] <= '9';
	const struct text from = number ? query : text_fold(arena, query), to = text_after(arena, from);
	if (!from.at || !to.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena,
		number ? STORE_DOSSIER_SEARCH_NUMBER : STORE_DOSSIER_SEARCH,
		STORE_VALUES(campaign->id, from, to, (int64_t)limit + 1), error);
	return office_rows_read(office, &rows, arena, limit, PROCEDURE_NONE, ret_rows, error);
}

/* Empty: any. */
static struct text
step_name(const struct office_campaign *campaign, int step)
{
	return step == PROCEDURE_NONE ? TEXT("") : campaign->procedure->steps[step].name;
}

/* Are there so few in this subtree, for a page of `limit`, that reading them all costs less than walking the names of the
 * whole campaign until the page is full? */
static enum guichet_status
few_within(struct store_tx *tx, const struct office_campaign *campaign, const struct directory_range *range, int64_t limit,
	int64_t *ret_few, struct guichet_error *error)
{
	enum { FEW_PAGES = 40 }; /* a few milliseconds, read or walked among a million */
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	const int64_t most = limit * FEW_PAGES;
	*ret_few = 0;
	if (text_equal(range->from, everywhere.from) && text_equal(range->to, everywhere.to))
		return GUICHET_OK;
	struct store_rows rows = store_query(tx, NULL, STORE_DOSSIER_COUNT_WITHIN,
		STORE_VALUES(campaign->id, range->from, range->to, most + 1), error);
	if (store_next(&rows) && store_integer(&rows, 0) <= most)
		*ret_few = most;
	return store_finish(&rows);
}

enum guichet_status
office_list(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	const struct office_filter *filter, size_t limit, struct office_rows *ret_rows, struct guichet_error *error)
{
	const struct text query = text_trim(filter->search);
	if (query.length)
		return search(office, tx, arena, campaign, query, limit, ret_rows, error);
	const struct store_blob key = filter->after_key.at ? filter->after_key : (struct store_blob){ "", 0 };
	const struct text id = filter->after_id.at ? filter->after_id : TEXT("");
	const struct text step = step_name(campaign, filter->step);
	const struct directory_range range = filter->range;
	const int64_t most = (int64_t)limit + 1;
	if (filter->beside != PROCEDURE_NONE) {
		CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_LIST_BESIDE,
			STORE_VALUES(campaign->id, step_name(campaign, filter->beside), step, range.from, range.to, key, id, most), error);
		return office_rows_read(office, &rows, arena, limit, PROCEDURE_NONE, ret_rows, error);
	}
	int64_t few;
	const enum guichet_status status = few_within(tx, campaign, &range, most, &few, error);
	if (status != GUICHET_OK)
		return status;
	CLEANUP(store_rows_end) struct store_rows rows = few
		? store_query(tx, arena, STORE_DOSSIER_LIST_FEW, STORE_VALUES(campaign->id, step, range.from, range.to, key, id, most,
			few), error)
		: step.length ? store_query(tx, arena, STORE_DOSSIER_LIST_STEP, STORE_VALUES(campaign->id, step, range.from, range.to,
			key, id, most), error)
		: store_query(tx, arena, STORE_DOSSIER_LIST, STORE_VALUES(campaign->id, range.from, range.to, key, id, most), error);
	return office_rows_read(office, &rows, arena, limit, PROCEDURE_NONE, ret_rows, error);
}

enum guichet_status
office_list_within(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, const struct directory_range *range, size_t limit,
	struct office_rows *ret_rows, struct guichet_error *error)
{
	const struct office_filter filter = { .step = PROCEDURE_NONE, .beside = PROCEDURE_NONE, .range = *range };
	return office_list(office, tx, arena, campaign, &filter, limit, ret_rows, error);
}

enum guichet_status
office_list_all(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	struct text after_id, size_t limit, struct office_rows *ret_rows, struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_ALL,
		STORE_VALUES(campaign->id, after_id, (int64_t)limit + 1), error);
	const enum guichet_status status = office_rows_read(office, &rows, arena, limit, PROCEDURE_NONE, ret_rows, error);
	for (size_t i = 0; status == GUICHET_OK && i < ret_rows->count; i++)
		ret_rows->at[i].office = NULL;
	return status;
}

enum guichet_status
office_ids_at_step(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign, int step, int beside,
	const struct office_id *after, size_t limit, struct office_id *ret_ids, size_t *ret_count, struct guichet_error *error)
{
	const struct office_id first = { TEXT(""), { "", 0 } };
	size_t count = 0;
	if (!after)
		after = &first;
	struct store_rows rows = beside == PROCEDURE_NONE
		? store_query(tx, arena, STORE_DOSSIER_IDS_AT_STEP, STORE_VALUES(campaign->id, step_name(campaign, step),
			after->sort_key, after->id, (int64_t)limit), error)
		: store_query(tx, arena, STORE_DOSSIER_IDS_BESIDE, STORE_VALUES(campaign->id, step_name(campaign, beside),
			step_name(campaign, step), after->sort_key, after->id, (int64_t)limit), error);
	while (count < limit && store_next(&rows))
		ret_ids[count++] = (struct office_id){ store_text(&rows, 0), store_blob(&rows, 1) };
	*ret_count = count;
	return store_finish(&rows);
}

enum guichet_status
office_counts(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	const int64_t **ret_counts, struct guichet_error *error)
{
	int64_t *counts = arena_array_of(arena, int64_t, campaign->procedure->step_count);
	if (!counts)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(tx, arena, STORE_COUNTER_LIST, STORE_VALUES(campaign->id), error);
	while (store_next(&rows)) {
		const int step = procedure_step_find(campaign->procedure, store_text(&rows, 0));
		if (step != PROCEDURE_NONE)
			counts[step] = store_integer(&rows, 1);
	}
	*ret_counts = counts;
	return store_finish(&rows);
}

/* The subject of a dated mail, as far as the campaign alone says it. */
static struct text
subject_words(struct arena *arena, const struct office_campaign *campaign, int mail, instant at)
{
	const struct procedure_template *subject = &campaign->procedure->mails[mail].subject;
	const struct dossier_facts facts = { .procedure = campaign->procedure, .campaign = campaign->campaign,
		.agent = feel_null(TEXT("")), .at = at };
	struct text words = TEXT("");
	for (size_t i = 0; i < subject->count; i++) {
		const struct procedure_part *part = &subject->parts[i];
		struct guichet_error ignored;
		struct feel_value value;
		struct text more = part->text;
		if (part->kind != PROCEDURE_TEXT && part->kind != PROCEDURE_HOLE)
			continue;
		if (part->kind == PROCEDURE_HOLE)
			more = dossier_evaluate(&facts, part->feel, arena, &value, &ignored) == GUICHET_OK && value.kind != FEEL_NULL
				? feel_value_to_french(arena, value) : TEXT("…");
		words = arena_format(arena, TEXT_FORMAT TEXT_FORMAT, TEXT_ARGS(words), TEXT_ARGS(more));
	}
	return words;
}

/* What a deadline does, when its author gave it no label. */
static struct text
deadline_words(struct arena *arena, const struct procedure *procedure, int move)
{
	const struct procedure_move *named = &procedure->moves[move];
	if (named->deadlines.count == 0 || !text_equal(named->label, named->name))
		return named->label;
	const struct procedure_deadline *deadline = &procedure->deadlines[named->deadlines.at[0]];
	const struct text from = procedure->steps[deadline->step].label;
	if (deadline->to != PROCEDURE_NONE && deadline->to != deadline->step)
		return arena_format(arena, "« " TEXT_FORMAT " » devient « " TEXT_FORMAT " »", TEXT_ARGS(from),
			TEXT_ARGS(procedure->steps[deadline->to].label));
	return deadline->alerts.count
		? arena_format(arena, "Alerte pour ce qui est encore « " TEXT_FORMAT " »", TEXT_ARGS(from))
		: arena_format(arena, "Échéance de « " TEXT_FORMAT " »", TEXT_ARGS(from));
}

enum guichet_status
office_list_due(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	const struct directory_range *range, instant from, instant until, size_t limit, const struct office_due **ret_dues,
	size_t *ret_count, bool *ret_more, struct guichet_error *error)
{
	struct office_due *list = arena_array_of(arena, struct office_due, limit);
	size_t count = 0;
	if (!list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	int64_t few;
	const enum guichet_status status = few_within(tx, campaign, range, (int64_t)limit + 1, &few, error);
	if (status != GUICHET_OK)
		return status;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, few ? STORE_DUE_WITHIN : STORE_DUE_AMONG,
		STORE_VALUES(campaign->id, range->from, range->to, from, until, (int64_t)limit + 1), error);
	*ret_more = false;
	while (!*ret_more && store_next(&rows)) {
		struct office_due *due = &list[count];
		*ret_more = count == limit;
		error->status = GUICHET_OK;
		if (*ret_more || !row_read(office, &rows, PROCEDURE_NONE, &due->row, error)) {
			if (error->status != GUICHET_OK)
				return error->status;
			continue;
		}
		const int move = procedure_move_find(due->row.procedure, store_text(&rows, 16));
		due->at = store_integer(&rows, 15);
		due->label = move == PROCEDURE_NONE ? store_text(&rows, 16) : deadline_words(arena, due->row.procedure, move);
		count++;
	}
	*ret_dues = list;
	*ret_count = count;
	return store_finish(&rows);
}

enum guichet_status
office_list_coming(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign, instant from,
	size_t limit, const struct office_coming **ret_coming, size_t *ret_count, struct guichet_error *error)
{
	struct office_coming *list = arena_array_of(arena, struct office_coming, limit);
	if (!list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	const struct procedure *procedure = campaign->procedure;
	struct store_rows rows = store_query(tx, arena, STORE_DUE_COMING, STORE_VALUES(campaign->id, from, (int64_t)limit),
		error);
	while (count < limit && store_next(&rows)) {
		const struct text name = store_text(&rows, 1);
		const int64_t dossiers = store_integer(&rows, 3);
		const int mail = procedure_mail_find(procedure, name), move = procedure_move_find(procedure, name);
		struct text label = name;
		if (text_equal(name, OFFICE_ANNOUNCEMENT))
			label = TEXT("Annonce de la campagne aux responsables des structures");
		else if (dossiers && move != PROCEDURE_NONE)
			label = deadline_words(arena, procedure, move);
		else if (mail != PROCEDURE_NONE)
			label = arena_format(arena, "Courrier : « " TEXT_FORMAT " »",
				TEXT_ARGS(subject_words(arena, campaign, mail, store_integer(&rows, 0))));
		list[count++] = (struct office_coming){ store_integer(&rows, 0), label, dossiers };
	}
	*ret_coming = list;
	*ret_count = count;
	return store_finish(&rows);
}

enum guichet_status
office_list_alerts(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign, size_t limit,
	const struct office_alert **ret_alerts, size_t *ret_count, struct guichet_error *error)
{
	struct office_alert *list = arena_array_of(arena, struct office_alert, limit);
	if (!list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	struct store_rows rows = store_query(tx, arena, STORE_ALERT_OPEN, STORE_VALUES(campaign->id, (int64_t)limit), error);
	while (count < limit && store_next(&rows))
		list[count++] = (struct office_alert){ .id = store_text(&rows, 0), .dossier = store_text(&rows, 1),
			.role = store_text(&rows, 2), .message = store_text(&rows, 3), .at = store_integer(&rows, 4),
			.number = store_text(&rows, 5), .subject_name = store_text(&rows, 6) };
	*ret_alerts = list;
	*ret_count = count;
	return store_finish(&rows);
}

enum guichet_status
office_alert_see(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct office_alert_seen *seen = context;
	return store_run(tx, STORE_ALERT_SEEN, STORE_VALUES(seen->id, seen->campaign->id, seen->at), NULL, error);
}
