/* One action for many dossiers: prepared, confirmed, done in the background, each with its own result. */
#include "pages/desk.h"

#include "base/digest.h"
#include "pages/families.h"

#include "base/banned.h"

enum { MOST_DOSSIERS = 20000, PAGE_OF_IDS = 1000, MOST_SHOWN = 500 };

struct chosen {
	struct text *ids;
	int64_t *versions;
	size_t count;
};

/* What the form's checkboxes say: "<id>:<version>". */
static enum guichet_status
chosen_read(struct request *request, struct chosen *ret_chosen, struct guichet_error *error)
{
	const struct text *values;
	const size_t count = form_values(request, "dossier", &values);
	struct chosen chosen = { arena_array_of(request->arena, struct text, count),
		arena_array_of(request->arena, int64_t, count), 0 };
	if (count && (!chosen.ids || !chosen.versions))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < count; i++) {
		struct text rest = values[i];
		const struct text id = text_split(&rest, ':');
		int64_t version;
		if (!text_to_integer(rest, 0, UINT32_MAX, &version))
			continue;
		chosen.ids[chosen.count] = id;
		chosen.versions[chosen.count++] = version;
	}
	*ret_chosen = chosen;
	return GUICHET_OK;
}

/* All those of a step; version 0: as they will be found. */
static enum guichet_status
chosen_all(struct request *request, struct store_tx *tx, const struct office_campaign *campaign, int step,
	struct chosen *ret_chosen, struct guichet_error *error)
{
	struct chosen chosen = { arena_array_of(request->arena, struct text, MOST_DOSSIERS),
		arena_array_of(request->arena, int64_t, MOST_DOSSIERS), 0 };
	if (!chosen.ids || !chosen.versions)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	CLEANUP(arena_free) struct arena *page = arena_new(128 << 20);
	struct text after = TEXT("");
	for (bool more = page; more && chosen.count < MOST_DOSSIERS;) {
		struct office_rows rows;
		arena_clear(page);
		const enum guichet_status status = office_list_all(site_of(request)->office, tx, page, campaign, step, after,
			PAGE_OF_IDS, &rows, error);
		if (status != GUICHET_OK)
			return status;
		for (size_t i = 0; i < rows.count && chosen.count < MOST_DOSSIERS; i++)
			chosen.ids[chosen.count++] = arena_text(request->arena, rows.at[i].id);
		more = rows.more;
		if (chosen.count)
			after = chosen.ids[chosen.count - 1];
	}
	*ret_chosen = chosen;
	return GUICHET_OK;
}

/* ---- POST /gestion/:campagne/lots/preparer: what the action asks, for all of them ---- */

static enum guichet_status
prepare_page(struct request *request, struct html *html, const struct office_campaign *campaign, int action,
	const struct chosen *chosen, bool all, struct dossier_form *form, struct text refusal, struct guichet_error *error)
{
	const struct procedure_action *definition = &campaign->procedure->actions[action];
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct office_dossier first;
	struct dossier_form fresh;
	enum guichet_status status = office_dossier_load(site_of(request)->office, tx, request->arena, chosen->ids[0],
		&visitor_of(request)->actor, clock_now(site_of(request)->clock), &first, error);
	if (status == GUICHET_OK && !form) {
		status = dossier_form_read(request->arena, &first.facts, DOSSIER_FORM_ACTION, action, (struct dossier_raws){ 0 },
			true, &fresh, error);
		form = &fresh;
	}
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, arena_format(request->arena, TEXT_FORMAT " : %zu dossier%s", TEXT_ARGS(definition->label),
		chosen->count, chosen->count > 1 ? "s" : ""), { TEXT("/"), TEXT("Accueil") }, { TEXT("/gestion"), TEXT("Gestion") },
		{ desk_path(request->arena, campaign, ""), campaign->campaign->title });
	if (refusal.length)
		page_notice(html, NOTICE_ERROR, TEXT("Le lot n’est pas lancé"), refusal);
	page_mistakes(html, form);
	HTML_SAY(html, "p", "Chaque dossier est traité séparément : ceux qui ne peuvent pas l’être gardent leur état, et la raison est dite.");
	FORM_IN(request, html, desk_path(request->arena, campaign, "/lots"), { "class", TEXT("form") });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("action") }, { "value", definition->name });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("etape") },
		{ "value", campaign->procedure->steps[definition->step].name });
	if (all)
		html_markup(html, "<input type=\"hidden\" name=\"tous\" value=\"oui\">");
	for (size_t i = 0; !all && i < chosen->count; i++)
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("dossier") },
			{ "value", arena_format(request->arena, TEXT_FORMAT ":%lld", TEXT_ARGS(chosen->ids[i]),
				(long long)chosen->versions[i]) });
	if (definition->confirm.length)
		page_notice(html, NOTICE_WARNING, (struct text){ 0 }, definition->confirm);
	page_answers(html, request->arena, form);
	page_submit(html, definition->label);
	return GUICHET_OK;
}

/* Reads what both POSTs carry. */
static enum guichet_status
batch_read(struct request *request, const struct office_campaign **ret_campaign, int *ret_action, struct chosen *ret_chosen,
	bool *ret_all, struct guichet_error *error)
{
	enum guichet_status status = desk_campaign(request, ret_campaign, error);
	if (status != GUICHET_OK)
		return status;
	const struct procedure *procedure = (*ret_campaign)->procedure;
	const int step = procedure_step_find(procedure, form_value(request, "etape"));
	*ret_action = step == PROCEDURE_NONE ? PROCEDURE_NONE
		: procedure_action_find(procedure, step, form_value(request, "action"));
	if (*ret_action == PROCEDURE_NONE || !procedure->actions[*ret_action].batch)
		return guichet_fail(error, GUICHET_REFUSED, "Cette action se fait dossier par dossier.");
	*ret_all = text_equal(form_value(request, "tous"), TEXT("oui"));
	if (*ret_all) {
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		status = tx ? chosen_all(request, tx, *ret_campaign, step, ret_chosen, error) : error->status;
	} else {
		status = chosen_read(request, ret_chosen, error);
	}
	if (status == GUICHET_OK && ret_chosen->count == 0)
		return guichet_fail(error, GUICHET_REFUSED,
			"Aucun dossier n’est coché. Revenez à la liste et cochez ceux que vous voulez traiter.");
	return status;
}

enum guichet_status
page_batch_prepare(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_campaign *campaign;
	struct chosen chosen;
	int action;
	bool all;
	const enum guichet_status status = batch_read(request, &campaign, &action, &chosen, &all, error);
	return status != GUICHET_OK ? status
		: prepare_page(request, html, campaign, action, &chosen, all, NULL, (struct text){ 0 }, error);
}

/* ---- POST /gestion/:campagne/lots ---- */

enum guichet_status
page_batch_start(struct request *request, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	const struct office_campaign *campaign;
	struct chosen chosen;
	int action;
	bool all;
	enum guichet_status status = batch_read(request, &campaign, &action, &chosen, &all, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_raws raws = page_raws(request, campaign->procedure);
	{
		/* What was typed for all is judged on the first, so that a mistake is told before anything starts. */
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site->store, error);
		if (!tx)
			return error->status;
		struct office_dossier first;
		struct dossier_form form;
		status = office_dossier_load(site->office, tx, request->arena, chosen.ids[0], &visitor_of(request)->actor,
			clock_now(site->clock), &first, error);
		if (status == GUICHET_OK)
			status = dossier_form_read(request->arena, &first.facts, DOSSIER_FORM_ACTION, action, raws, false, &form, error);
		if (status != GUICHET_OK)
			return status;
		if (form.mistakes) {
			request_status(request, 422);
			return prepare_page(request, html, campaign, action, &chosen, all, &form, (struct text){ 0 }, error);
		}
	}
	struct office_batch *batch = arena_new_of(request->arena, struct office_batch);
	if (!batch)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*batch = (struct office_batch){ .office = site->office, .arena = request->arena, .campaign = campaign,
		.id = id_new(request->arena, request->received_at), .person = visitor_of(request)->actor.person,
		.action = campaign->procedure->actions[action].name, .raws = raws, .dossiers = chosen.ids,
		.versions = chosen.versions, .count = chosen.count, .at = request->received_at };
	request->state = batch;
	return page_write(request, office_batch_start, batch, &batch->status, &batch->error, error);
}

enum guichet_status
page_batch_started(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct office_batch *batch = request->state;
	if (batch->status != GUICHET_OK) {
		*error = batch->error;
		return batch->status;
	}
	office_wake(site_of(request)->office);
	return request_redirect(request, 303, arena_format(request->arena, "/gestion/" TEXT_FORMAT "/lots/" TEXT_FORMAT,
		TEXT_ARGS(batch->campaign->id), TEXT_ARGS(batch->id)));
}

/* ---- GET /gestion/:campagne/lots/:lot: progress and results ---- */

static void
progress_bar(struct request *request, struct html *html, const struct office_batch_progress *progress)
{
	const bool over = progress->done_at != 0;
	HTML_IN(html, "div", { "id", TEXT("progression") }, { "aria-live", TEXT("polite") },
		{ "data-poll", over ? (struct text){ 0 } : request->path });
	{
		HTML_IN(html, "p", { "class", TEXT("progress-label") }, { "id", TEXT("progression-texte") });
		html_format(html, "%lld sur %lld dossiers traités", (long long)progress->done, (long long)progress->total);
		html_text(html, over ? TEXT(", c’est fini.") : TEXT("…"));
	}
	HTML_VOID(html, "progress", { "class", TEXT("progress") }, { "aria-labelledby", TEXT("progression-texte") },
		{ "max", arena_format(request->arena, "%lld", (long long)progress->total) },
		{ "value", arena_format(request->arena, "%lld", (long long)progress->done) });
	html_markup(html, "</progress>");
	if (!over) {
		HTML_SAY(html, "p", "Vous pouvez quitter cette page : le travail continue.");
		return;
	}
	if (progress->refused == 0)
		page_notice(html, NOTICE_SUCCESS, TEXT("Tous les dossiers ont été traités"), (struct text){ 0 });
	else
		page_notice(html, NOTICE_WARNING, arena_format(request->arena, "%lld dossier(s) n’ont pas pu être traités",
			(long long)progress->refused), TEXT("La raison est indiquée pour chacun ci-dessous. Leur état n’a pas changé."));
}

static enum guichet_status
results(struct request *request, struct store_tx *tx, struct html *html, struct text batch, struct guichet_error *error)
{
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", TEXT("Résultats") });
	HTML_IN(html, "table", { "class", TEXT("table") });
	HTML_SAY(html, "caption", "Résultat de chaque dossier");
	html_markup(html, "<thead><tr><th scope=\"col\">Numéro</th><th scope=\"col\">Agent</th>"
		"<th scope=\"col\">Résultat</th></tr></thead>");
	HTML_IN(html, "tbody");
	struct store_rows rows = store_query(tx, request->arena, STORE_BATCH_RESULTS,
		STORE_VALUES(batch, 0, (int64_t)MOST_SHOWN), error);
	while (store_next(&rows)) {
		const struct text result = store_text(&rows, 2);
		HTML_IN(html, "tr");
		{
			HTML_IN(html, "td", { "data-label", TEXT("Numéro") });
			html_link(html, page_dossier_path(request->arena, store_text(&rows, 1)), store_text(&rows, 3));
		}
		HTML_LINE(html, "td", store_text(&rows, 4), { "data-label", TEXT("Agent") });
		HTML_LINE(html, "td", !result.at ? TEXT("En attente") : result.length ? result : TEXT("Fait"),
			{ "data-label", TEXT("Résultat") });
	}
	return store_finish(&rows);
}

enum guichet_status
page_batch(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_campaign *campaign;
	struct office_batch_progress progress;
	const struct text id = request_parameter(request, "lot");
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	enum guichet_status status = desk_campaign(request, &campaign, error);
	if (status == GUICHET_OK)
		status = office_batch_load(tx, request->arena, id, &progress, error);
	if (status != GUICHET_OK)
		return status;
	if (!text_equal(progress.campaign, campaign->id))
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce lot n’existe pas.");
	const int move = procedure_move_find(campaign->procedure, progress.action);
	PAGE_IN(request, html, arena_format(request->arena, "Lot : " TEXT_FORMAT,
		TEXT_ARGS(move == PROCEDURE_NONE ? progress.action : campaign->procedure->moves[move].label)),
		{ TEXT("/"), TEXT("Accueil") }, { TEXT("/gestion"), TEXT("Gestion") },
		{ desk_path(request->arena, campaign, ""), campaign->campaign->title });
	progress_bar(request, html, &progress);
	return results(request, tx, html, id, error);
}
