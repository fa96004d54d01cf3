/* One action for many dossiers: prepared, confirmed, done in the background, each with its own result. */
#include "pages/desk.h"

#include "base/digest.h"
#include "pages/families.h"

#include "pages/undo.h"

#include "base/banned.h"

enum { MOST_DOSSIERS = 20000, MOST_SHOWN = 500, MOST_JUDGED = 100 };

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

/* All those of a step, and of that of a suivi; version 0: as they will be found. */
static enum guichet_status
chosen_all(struct request *request, struct store_tx *tx, const struct office_campaign *campaign, int step, int beside,
	struct chosen *ret_chosen, struct guichet_error *error)
{
	struct chosen chosen = { arena_array_of(request->arena, struct text, MOST_DOSSIERS),
		arena_array_of(request->arena, int64_t, MOST_DOSSIERS), 0 };
	struct office_id *ids = arena_array_of(request->arena, struct office_id, MOST_DOSSIERS);
	if (!chosen.ids || !chosen.versions || !ids)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const enum guichet_status status = office_ids_at_step(tx, request->arena, campaign, step, beside, NULL, MOST_DOSSIERS,
		ids, &chosen.count, error);
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < chosen.count; i++)
		chosen.ids[i] = ids[i].id;
	*ret_chosen = chosen;
	return GUICHET_OK;
}

/* Those that another batch of this campaign did, to lead them back. */
static enum guichet_status
chosen_of_batch(struct request *request, struct store_tx *tx, const struct office_campaign *campaign, struct text batch,
	struct chosen *ret_chosen, struct guichet_error *error)
{
	struct chosen chosen = { arena_array_of(request->arena, struct text, MOST_DOSSIERS),
		arena_array_of(request->arena, int64_t, MOST_DOSSIERS), 0 };
	struct office_batch_progress progress;
	if (!chosen.ids || !chosen.versions)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = office_batch_load(tx, request->arena, batch, &progress, error);
	if (status == GUICHET_OK && !text_equal(progress.campaign, campaign->id))
		status = guichet_fail(error, GUICHET_UNKNOWN, "Ce lot n’existe pas.");
	if (status != GUICHET_OK)
		return status;
	struct store_rows rows = store_query(tx, request->arena, STORE_BATCH_DONE_ITEMS,
		STORE_VALUES(batch, 0, (int64_t)MOST_DOSSIERS), error);
	while (chosen.count < MOST_DOSSIERS && store_next(&rows))
		chosen.ids[chosen.count++] = store_text(&rows, 1);
	*ret_chosen = chosen;
	return store_finish(&rows);
}

/* ---- what is asked, judged on several of them ---- */

/* The chosen dossiers under whose eyes the form is read: some, evenly spread. */
static size_t
judged_rank(const struct chosen *chosen, size_t i)
{
	return chosen->count <= MOST_JUDGED ? i : i * chosen->count / MOST_JUDGED;
}

static size_t
judged_count(const struct chosen *chosen)
{
	return chosen->count < MOST_JUDGED ? chosen->count : MOST_JUDGED;
}

static bool
same_proposal(const struct dossier_answer *a, const struct dossier_answer *b)
{
	if (a->raw_count != b->raw_count)
		return false;
	for (size_t i = 0; i < a->raw_count; i++)
		if (!text_equal(a->raws[i], b->raws[i]))
			return false;
	return true;
}

/* Reads the form for one dossier; false in *ret_there when it has left the step or is no longer the visitor's. */
static enum guichet_status
form_of(struct request *request, struct store_tx *tx, struct arena *arena, struct text id, int action,
	struct dossier_raws raws, bool fresh, bool *ret_there, struct dossier_form *ret_form, struct guichet_error *error)
{
	struct site *site = site_of(request);
	struct office_dossier *dossier = arena_new_of(arena, struct office_dossier);
	if (!dossier)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = office_dossier_load(site->office, tx, arena, id, &visitor_of(request)->actor,
		clock_now(site->clock), dossier, error);
	*ret_there = status == GUICHET_OK && office_may_see(dossier);
	if (status == GUICHET_UNKNOWN)
		return GUICHET_OK;
	if (*ret_there)
		status = office_named_load(tx, arena, visitor_of(request)->actor.facts.structure.path, raws, &dossier->facts, error);
	return status != GUICHET_OK || !*ret_there ? status
		: dossier_form_read(arena, &dossier->facts, DOSSIER_FORM_ACTION, action, raws, fresh, ret_form, error);
}

/* The form to show. Fresh: what is proposed to all of them alike; where proposals differ the field is left empty, and each
 * dossier keeps its own. Otherwise: *ret_form has mistakes when no dossier accepts what was typed. */
static enum guichet_status
judge(struct request *request, const struct chosen *chosen, int action, struct dossier_raws raws, bool fresh,
	struct dossier_form *ret_form, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	if (!tx || !arena)
		return tx ? guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.") : error->status;
	bool any = false;
	for (size_t i = 0; i < judged_count(chosen); i++) {
		struct dossier_form form;
		bool there = false;
		arena_clear(arena);
		/* The first one is kept: it is shown. */
		const enum guichet_status status = form_of(request, tx, any ? arena : request->arena,
			chosen->ids[judged_rank(chosen, i)], action, raws, fresh, &there, &form, error);
		if (status != GUICHET_OK)
			return status;
		if (!there)
			continue;
		if (!any)
			*ret_form = form;
		for (size_t a = 0; fresh && any && a < form.count && a < ret_form->count; a++)
			if (!same_proposal(&ret_form->answers[a], &form.answers[a]))
				ret_form->answers[a].raw_count = 0;
		any = true;
		if (!fresh && form.mistakes == 0) {
			ret_form->mistakes = 0;
			return GUICHET_OK;
		}
	}
	return any ? GUICHET_OK : guichet_fail(error, GUICHET_REFUSED,
		"Aucun de ces dossiers n’est plus à traiter par vous. Revenez à la liste.");
}

/* What was typed, without the fields left empty where something is proposed: each dossier keeps its own proposal. */
static struct dossier_raws
raws_of_all(struct request *request, const struct procedure *procedure)
{
	const struct dossier_raws typed = page_raws(request, procedure);
	struct dossier_raw *kept = arena_array_of(request->arena, struct dossier_raw, typed.count + 1);
	size_t count = 0;
	for (size_t i = 0; kept && i < typed.count; i++) {
		const int field = procedure_field_find(procedure, typed.at[i].field);
		if (typed.at[i].value.length || field == PROCEDURE_NONE || !procedure->fields[field].prefill)
			kept[count++] = typed.at[i];
	}
	return (struct dossier_raws){ kept, count };
}

/* ---- POST /gestion/:campagne/lots/preparer: what the action asks, for all of them ---- */

static enum guichet_status
prepare_page(struct request *request, struct html *html, const struct office_campaign *campaign, int action,
	const struct chosen *chosen, bool all, struct dossier_form *form, struct text refusal, struct guichet_error *error)
{
	const struct procedure_action *definition = &campaign->procedure->actions[action];
	struct dossier_form fresh;
	if (!form) {
		const enum guichet_status status = judge(request, chosen, action, (struct dossier_raws){ 0 }, true, &fresh, error);
		if (status != GUICHET_OK)
			return status;
		form = &fresh;
	}
	bool own = false;
	for (size_t i = 0; i < form->count; i++)
		own |= form->answers[i].visible && form->answers[i].raw_count == 0 && form->answers[i].field->prefill;
	PAGE_IN(request, html, arena_format(request->arena, TEXT_FORMAT " : %zu dossier%s", TEXT_ARGS(definition->label),
		chosen->count, chosen->count > 1 ? "s" : ""), { TEXT("/"), TEXT("Accueil") }, { TEXT("/gestion"), TEXT("Gestion") },
		{ desk_path(request->arena, campaign, ""), campaign->campaign->title });
	if (refusal.length)
		page_notice(html, NOTICE_ERROR, TEXT("Le lot n’est pas lancé"), refusal);
	page_mistakes(html, form);
	HTML_SAY(html, "p", "Chaque dossier est traité séparément : ceux qui ne peuvent pas l’être "
		"gardent leur état, et la raison est dite.",
		{ "class", TEXT("lead") });
	if (own)
		page_notice(html, NOTICE_INFO, (struct text){ 0 }, TEXT("Un champ laissé vide garde ce "
			"qui est proposé pour chaque dossier."));
	FORM_IN(request, html, desk_path(request->arena, campaign, "/lots"), { "class", TEXT("form") });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("action") }, { "value", definition->name });
	const int step = desk_step(campaign->procedure, form_value(request, "etape"), false);
	const int beside = desk_step(campaign->procedure, form_value(request, "suivi"), true);
	desk_step_fields(html, campaign->procedure, step, beside);
	if (all)
		html_markup(html, "<input type=\"hidden\" name=\"tous\" value=\"oui\">");
	const struct text batch = form_value(request, "lot");
	if (batch.length)
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("lot") }, { "value", batch });
	form_once_field(request, html);
	for (size_t i = 0; !all && !batch.length && i < chosen->count; i++)
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("dossier") },
			{ "value", arena_format(request->arena, TEXT_FORMAT ":%lld", TEXT_ARGS(chosen->ids[i]),
				(long long)chosen->versions[i]) });
	if (definition->confirm.length)
		page_notice(html, NOTICE_WARNING, (struct text){ 0 }, definition->confirm);
	page_questions(html, form);
	page_answers(html, request->arena, form);
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_LINE(html, "button", arena_format(request->arena, TEXT_FORMAT " (%zu dossier%s)", TEXT_ARGS(definition->label),
		chosen->count, chosen->count > 1 ? "s" : ""),
		{ "class", definition->confirm.length ? TEXT("button danger") : TEXT("button") }, { "type", TEXT("submit") });
	html_link(html, desk_list_path(request->arena, campaign, step, beside), TEXT("Revenir à la liste"));
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
	const int step = desk_step(procedure, form_value(request, "etape"), false);
	const int beside = desk_step(procedure, form_value(request, "suivi"), true);
	*ret_action = step == PROCEDURE_NONE ? PROCEDURE_NONE
		: procedure_action_find(procedure, step, form_value(request, "action"));
	if (*ret_action == PROCEDURE_NONE && beside != PROCEDURE_NONE)
		*ret_action = procedure_action_find(procedure, beside, form_value(request, "action"));
	if (*ret_action == PROCEDURE_NONE || !procedure->actions[*ret_action].batch)
		return guichet_fail(error, GUICHET_REFUSED, "Cette action se fait dossier par dossier.");
	*ret_all = text_equal(form_value(request, "tous"), TEXT("oui"));
	const struct text batch = form_value(request, "lot");
	if (*ret_all || batch.length) {
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		status = !tx ? error->status : batch.length
			? chosen_of_batch(request, tx, *ret_campaign, batch, ret_chosen, error)
			: chosen_all(request, tx, *ret_campaign, step, beside, ret_chosen, error);
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
	/* A mistake that no dossier would accept is told before anything starts. */
	const struct dossier_raws raws = raws_of_all(request, campaign->procedure);
	struct dossier_form form;
	status = judge(request, &chosen, action, raws, page_changes_rows(request), &form, error);
	if (status != GUICHET_OK)
		return status;
	if (page_changes_rows(request) || page_has_new_question(request, &form))
		return prepare_page(request, html, campaign, action, &chosen, all, &form, (struct text){ 0 }, error);
	if (form.mistakes) {
		request_status(request, 422);
		return prepare_page(request, html, campaign, action, &chosen, all, &form, (struct text){ 0 }, error);
	}
	struct office_batch *batch = arena_new_of(request->arena, struct office_batch);
	if (!batch)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*batch = (struct office_batch){ .office = site->office, .arena = request->arena, .campaign = campaign,
		.id = id_new(request->arena, request->received_at), .person = visitor_of(request)->actor.person,
		.action = campaign->procedure->actions[action].name, .raws = raws, .dossiers = chosen.ids,
		.versions = chosen.versions, .count = chosen.count,
		.once = form_value(request, "unefois"), .at = request->received_at };
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
	{
		HTML_IN(html, "p", { "class", TEXT("progress-label") }, { "id", TEXT("progression-texte") }, { "role", TEXT("status") });
		html_format(html, "%lld sur %lld dossier%s traité%s", (long long)progress->done, (long long)progress->total,
			progress->total > 1 ? "s" : "", progress->done > 1 ? "s" : "");
		html_text(html, over ? TEXT(", c’est fini.") : TEXT("…"));
	}
	HTML_VOID(html, "progress", { "class", TEXT("progress") }, { "aria-labelledby", TEXT("progression-texte") },
		{ "max", arena_format(request->arena, "%lld", (long long)progress->total) },
		{ "value", arena_format(request->arena, "%lld", (long long)progress->done) });
	html_markup(html, "</progress>");
	if (!over) {
		HTML_IN(html, "p");
		html_say(html, "Vous pouvez quitter cette page : le travail continue. ");
		html_link(html, request->path, TEXT("Actualiser"));
		return;
	}
	if (progress->refused == 0)
		page_notice(html, NOTICE_SUCCESS, TEXT("Tous les dossiers ont été traités"), (struct text){ 0 });
	else
		page_notice(html, NOTICE_WARNING, arena_format(request->arena, "%lld dossier%s n’%s pas pu être traité%s",
			(long long)progress->refused, progress->refused > 1 ? "s" : "", progress->refused > 1 ? "ont" : "a",
			progress->refused > 1 ? "s" : ""), TEXT("La raison est indiquée ci-dessous. L’état de ces dossiers n’a pas changé."));
}

/* The batch actions that the dossiers done may now go through: on, or back. */
static void
what_next(struct request *request, struct html *html, const struct office_campaign *campaign, struct text batch, int move,
	const struct office_batch_progress *progress)
{
	const struct procedure *procedure = campaign->procedure;
	int from = PROCEDURE_NONE, to = PROCEDURE_NONE;
	for (size_t i = 0; i < procedure->action_count; i++)
		if (procedure_list_has(procedure->moves[move].actions, (int)i) && procedure->actions[i].batch) {
			from = procedure->actions[i].step;
			to = procedure->actions[i].to;
		}
	if (to == PROCEDURE_NONE || to == from || progress->done_at == 0 || progress->done == progress->refused)
		return;
	bool any = false;
	const struct procedure_list *actions = &procedure->steps[to].actions;
	for (size_t i = 0; i < actions->count; i++)
		any |= procedure->actions[actions->at[i]].batch;
	if (!any)
		return;
	const int64_t done = progress->done - progress->refused;
	HTML_LINE(html, "h2", arena_format(request->arena, done > 1 ? "Et maintenant, pour ces %lld dossiers"
		: "Et maintenant, pour ce dossier", (long long)done));
	FORM_IN(request, html, desk_path(request->arena, campaign, "/lots/preparer"));
	HTML_VOID(html, "input", { "type", TEXT("hidden") },
		{ "name", procedure->steps[to].track ? TEXT("suivi") : TEXT("etape") }, { "value", procedure->steps[to].name });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("lot") }, { "value", batch });
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	for (size_t i = 0; i < actions->count; i++) {
		const struct procedure_action *action = &procedure->actions[actions->at[i]];
		if (!action->batch)
			continue;
		HTML_LINE(html, "button", action->label, { "type", TEXT("submit") }, { "name", TEXT("action") },
			{ "value", action->name }, { "class", action->to == from ? TEXT("button secondary") : TEXT("button") });
	}
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
		HTML_IN(html, "td", { "data-label", TEXT("Résultat") });
		HTML_LINE(html, "span", !result.at ? TEXT("En attente") : result.length ? TEXT("Refusé") : TEXT("Fait"),
			{ "class", !result.at ? TEXT("badge neutral") : result.length ? TEXT("badge error") : TEXT("badge success") });
		html_markup(html, " ");
		html_text(html, result);
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
	const enum guichet_status status = desk_batch(request, tx, &campaign, &progress, error);
	if (status != GUICHET_OK)
		return status;
	const int move = procedure_move_find(campaign->procedure, progress.action);
	PAGE_IN(request, html, arena_format(request->arena, "%s" TEXT_FORMAT, progress.undoes ? "Lot : retour sur " : "Lot : ",
		TEXT_ARGS(move == PROCEDURE_NONE ? progress.action : campaign->procedure->moves[move].label)),
		{ TEXT("/"), TEXT("Accueil") }, { TEXT("/gestion"), TEXT("Gestion") },
		{ desk_path(request->arena, campaign, ""), campaign->campaign->title });
	{
		HTML_IN(html, "p", { "class", TEXT("muted") });
		html_say(html, "Lancé le ");
		html_text(html, instant_french(request->arena, progress.created_at));
		if (progress.total > MOST_SHOWN)
			html_format(html, ". Le résultat des %d premiers est montré.", MOST_SHOWN);
	}
	HTML_IN(html, "div", { "id", TEXT("progression") },
		{ "data-poll", progress.done_at ? (struct text){ 0 } : request->path });
	progress_bar(request, html, &progress);
	page_batch_undo_offer(request, html, campaign, id, &progress);
	if (move != PROCEDURE_NONE && !progress.undoes)
		what_next(request, html, campaign, id, move, &progress);
	return results(request, tx, html, id, error);
}
