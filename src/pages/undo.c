/* Coming back on what was just done: one dossier, or a whole batch. What may be undone, by whom and until when is the
 * core's to say; here it is offered, confirmed, and told. */
#include "pages/undo.h"

#include "pages/desk.h"
#include "pages/families.h"

#include "base/banned.h"

/* "jusqu’à 10 h 30", with its day when it is not today. */
static struct text
until_text(struct request *request, instant until)
{
	struct clock_time time;
	const struct date day = date_of_instant(until, &time), today = date_of_instant(clock_now(site_of(request)->clock), NULL);
	return date_compare(day, today) == 0 ? arena_format(request->arena, "jusqu’à %d h %02d", time.hour, time.minute)
		: arena_format(request->arena, "jusqu’au %.*s", TEXT_ARGS(instant_french(request->arena, until)));
}

static struct text
done_text(const struct procedure *procedure, struct text action)
{
	const int move = procedure_move_find(procedure, action);
	return move == PROCEDURE_NONE ? action : procedure->moves[move].done;
}

/* What could be undone by this visitor; false when there is nothing. */
static bool
find(struct request *request, struct store_tx *tx, const struct office_dossier *dossier, struct dossier_undo *ret_undo)
{
	struct guichet_error ignored = { 0 };
	return office_undo_load(tx, request->arena, dossier->id, ret_undo, NULL, &ignored) == GUICHET_OK
		&& office_may_undo(dossier, &visitor_of(request)->actor, ret_undo);
}

void
page_undo_offer(struct request *request, struct store_tx *tx, struct html *html, const struct office_dossier *dossier)
{
	struct dossier_undo undo;
	if (!find(request, tx, dossier, &undo))
		return;
	HTML_IN(html, "div", { "class", TEXT("notice info no-print") });
	HTML_LINE(html, "p", arena_format(request->arena, "« " TEXT_FORMAT " » : vous pouvez encore revenir dessus " TEXT_FORMAT,
		TEXT_ARGS(done_text(dossier->procedure, undo.action)), TEXT_ARGS(until_text(request, undo.until))),
		{ "class", TEXT("notice-title") });
	HTML_IN(html, "p");
	html_say(html, "Les courriers qui l’annoncent attendent jusque-là. ");
	html_link(html, arena_format(request->arena, TEXT_FORMAT "/annuler", TEXT_ARGS(page_dossier_path(request->arena,
		dossier->id))), TEXT("Revenir dessus"));
}

/* ---- /dossiers/:id/annuler ---- */

static enum guichet_status
undo_page(struct request *request, struct html *html, struct text refusal, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct office_dossier dossier;
	struct dossier_undo undo;
	const enum guichet_status status = page_dossier(request, tx, &dossier, error);
	if (status != GUICHET_OK)
		return status;
	const bool may = find(request, tx, &dossier, &undo);
	const struct text path = page_dossier_path(request->arena, dossier.id);
	if (!may && refusal.length == 0)
		request_status(request, 422);
	PAGE_IN(request, html, may ? arena_format(request->arena, "Revenir sur « " TEXT_FORMAT " »",
		TEXT_ARGS(done_text(dossier.procedure, undo.action))) : TEXT("Revenir sur une action"), { TEXT("/"), TEXT("Accueil") },
		{ path, arena_format(request->arena, "Dossier n° " TEXT_FORMAT, TEXT_ARGS(dossier.state.number)) });
	if (refusal.length || !may)
		page_notice(html, NOTICE_ERROR, TEXT("Ce n’est pas défait"), refusal.length ? refusal
			: TEXT("Il n’y a rien, ici, sur quoi vous puissiez revenir : le délai est passé, ou quelque chose a suivi."));
	if (!may) {
		HTML_IN(html, "p");
		html_link(html, path, TEXT("Revenir au dossier"));
		return GUICHET_OK;
	}
	HTML_LINE(html, "p", arena_format(request->arena, "Le dossier redeviendra ce qu’il était avant : son étape, ce qui y était noté, "
		"ses documents. Les courriers qui devaient l’annoncer ne partiront pas. C’est possible " TEXT_FORMAT ".",
		TEXT_ARGS(until_text(request, undo.until))), { "class", TEXT("lead") });
	FORM_IN(request, html, arena_format(request->arena, TEXT_FORMAT "/annuler", TEXT_ARGS(path)), { "class", TEXT("form") });
	form_once_field(request, html);
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("action") }, { "value", undo.action });
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_SAY(html, "button", "Oui, revenir dessus", { "class", TEXT("button danger") }, { "type", TEXT("submit") });
	html_link(html, path, TEXT("Ne rien changer"));
	return GUICHET_OK;
}

enum guichet_status
page_undo(struct request *request, struct html *html, struct guichet_error *error)
{
	return undo_page(request, html, (struct text){ 0 }, error);
}

enum guichet_status
page_undo_do(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct office_command *command = office_command_new(site_of(request)->office, request->arena,
		visitor_of(request)->actor.person, request->received_at);
	if (!command)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		struct office_dossier dossier;
		const enum guichet_status status = tx ? page_dossier(request, tx, &dossier, error) : error->status;
		if (status != GUICHET_OK)
			return status;
	}
	request->state = command;
	command->dossier = request_parameter(request, "id");
	command->undo = true;
	command->command.action = form_value(request, "action");
	command->once = form_value(request, "unefois");
	return page_write(request, office_act, command, &command->status, &command->error, error);
}

enum guichet_status
page_undo_done(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_command *command = request->state;
	if (command->status == GUICHET_REFUSED) {
		request_status(request, 422);
		return undo_page(request, html, text_of_string(command->error.message), error);
	}
	if (command->status != GUICHET_OK) {
		*error = command->error;
		return command->status;
	}
	office_wake(site_of(request)->office);
	return request_redirect(request, 303, arena_format(request->arena, TEXT_FORMAT "?fait=annule",
		TEXT_ARGS(page_dossier_path(request->arena, command->dossier))));
}

/* ---- a batch ---- */

/* Until when the last of its dossiers may be undone; 0 when none may any more. */
static instant
batch_until(const struct office_campaign *campaign, const struct office_batch_progress *progress, instant now)
{
	const int move = procedure_move_find(campaign->procedure, progress->action);
	instant longest = 0;
	for (size_t i = 0; move != PROCEDURE_NONE && i < campaign->procedure->moves[move].actions.count; i++) {
		const instant one = campaign->procedure->actions[campaign->procedure->moves[move].actions.at[i]].undo_for;
		longest = one > longest ? one : longest;
	}
	const bool may = longest && progress->done_at && !progress->undoes && progress->done > progress->refused
		&& now < progress->done_at + longest;
	return may ? progress->done_at + longest : 0;
}

static struct text
batch_path(struct request *request, const struct office_campaign *campaign, struct text batch, const char *part)
{
	return arena_format(request->arena, "/gestion/" TEXT_FORMAT "/lots/" TEXT_FORMAT "%s", TEXT_ARGS(campaign->id),
		TEXT_ARGS(batch), part);
}

void
page_batch_undo_offer(struct request *request, struct html *html, const struct office_campaign *campaign, struct text batch,
	const struct office_batch_progress *progress)
{
	const instant until = batch_until(campaign, progress, clock_now(site_of(request)->clock));
	if (!until)
		return;
	HTML_IN(html, "div", { "class", TEXT("notice info no-print") });
	HTML_LINE(html, "p", arena_format(request->arena, "Vous pouvez encore revenir sur ce lot " TEXT_FORMAT " environ",
		TEXT_ARGS(until_text(request, until))), { "class", TEXT("notice-title") });
	HTML_IN(html, "p");
	html_say(html, "Les courriers qu’il annonce attendent jusque-là. ");
	html_link(html, batch_path(request, campaign, batch, "/annuler"), TEXT("Revenir sur ce lot"));
}

static enum guichet_status
batch_page(struct request *request, struct html *html, struct text refusal, struct guichet_error *error)
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
	const instant until = batch_until(campaign, &progress, clock_now(site_of(request)->clock));
	const long long count = (long long)(progress.done - progress.refused);
	if (!until && refusal.length == 0)
		request_status(request, 422);
	PAGE_IN(request, html, arena_format(request->arena, "Revenir sur le lot « " TEXT_FORMAT " »",
		TEXT_ARGS(done_text(campaign->procedure, progress.action))), { TEXT("/"), TEXT("Accueil") },
		{ TEXT("/gestion"), TEXT("Gestion") }, { desk_path(request->arena, campaign, ""), campaign->campaign->title },
		{ batch_path(request, campaign, id, ""), TEXT("Lot") });
	if (refusal.length || !until)
		page_notice(html, NOTICE_ERROR, TEXT("Ce n’est pas défait"), refusal.length ? refusal
			: TEXT("On ne peut pas, ou plus, revenir sur ce lot. Un dossier se change encore depuis sa page."));
	if (!until)
		return GUICHET_OK;
	HTML_LINE(html, "p", arena_format(request->arena, "Chacun des %lld dossier%s traité%s redeviendra ce qu’il était, si rien ne l’a "
		"suivi et si son délai n’est pas passé. Sinon il reste comme il est, et la raison est dite.", count, count > 1 ? "s" : "",
		count > 1 ? "s" : ""), { "class", TEXT("lead") });
	FORM_IN(request, html, batch_path(request, campaign, id, "/annuler"), { "class", TEXT("form") });
	form_once_field(request, html);
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_LINE(html, "button", arena_format(request->arena, "Oui, revenir dessus (%lld dossier%s)", count, count > 1 ? "s" : ""),
		{ "class", TEXT("button danger") }, { "type", TEXT("submit") });
	html_link(html, batch_path(request, campaign, id, ""), TEXT("Ne rien changer"));
	return GUICHET_OK;
}

enum guichet_status
page_batch_undo(struct request *request, struct html *html, struct guichet_error *error)
{
	return batch_page(request, html, (struct text){ 0 }, error);
}

enum guichet_status
page_batch_undo_do(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct office_campaign *campaign;
	const enum guichet_status status = desk_campaign(request, &campaign, error);
	struct office_batch *batch = arena_new_of(request->arena, struct office_batch);
	if (status != GUICHET_OK || !batch)
		return status != GUICHET_OK ? status : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*batch = (struct office_batch){ .office = site_of(request)->office, .arena = request->arena, .campaign = campaign,
		.id = id_new(request->arena, request->received_at), .person = visitor_of(request)->actor.person,
		.undoes = request_parameter(request, "lot"), .once = form_value(request, "unefois"), .at = request->received_at };
	request->state = batch;
	return page_write(request, office_batch_undo, batch, &batch->status, &batch->error, error);
}

enum guichet_status
page_batch_undo_done(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_batch *batch = request->state;
	if (batch->status == GUICHET_REFUSED) {
		request_status(request, 422);
		return batch_page(request, html, text_of_string(batch->error.message), error);
	}
	if (batch->status != GUICHET_OK) {
		*error = batch->error;
		return batch->status;
	}
	office_wake(site_of(request)->office);
	return request_redirect(request, 303, batch_path(request, batch->campaign, batch->id, ""));
}
