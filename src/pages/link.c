/* The personal link of a mail: what awaits its person in its role, without an account.   GET, POST /lien/:jeton
 *
 * GET shows and changes nothing: mail programs follow links by themselves. Only a confirming POST acts, in the name of the
 * person the link was written for, and no session is opened. */
#include "pages/inbox.h"
#include "pages/families.h"
#include "pages/impossible.h"

#include "document/document.h"

#include "base/banned.h"

enum { ANSWERED = 50 };

/* The link of the path's ":jeton" and its person, for the page. */
struct opened {
	struct office_link link;
	struct office_actor actor;
	struct text path; /* "/lien/<jeton>" */
};

static enum guichet_status
open_link(struct request *request, struct store_tx *tx, struct opened *ret_opened, struct guichet_error *error)
{
	struct site *site = site_of(request);
	const struct text token = request_parameter(request, "jeton");
	const instant now = clock_now(site->clock);
	struct opened opened = { .path = arena_format(request->arena, "/lien/" TEXT_FORMAT, TEXT_ARGS(token)) };
	enum guichet_status status = office_link_load(site->office, tx, request->arena, token, now, &opened.link, error);
	if (status == GUICHET_OK)
		status = office_actor_load(tx, request->arena, opened.link.person, now, &opened.actor, error);
	if (status == GUICHET_UNKNOWN)
		status = guichet_fail(error, GUICHET_REFUSED, "La personne à qui ce lien était adressé n’est plus dans l’annuaire : "
			"demandez au service qui a écrit de l’adresser à qui la remplace.");
	if (status == GUICHET_OK)
		*ret_opened = opened;
	return status;
}

/* What to do with a link that opens nothing. */
static enum guichet_status
closed_page(struct request *request, struct html *html, const struct guichet_error *error)
{
	request_status(request, 404);
	PAGE_IN(request, html, TEXT("Ce lien n’ouvre plus rien"));
	HTML_LINE(html, "p", text_of_string(error->message), { "class", TEXT("lead") });
	HTML_IN(html, "p", { "class", TEXT("buttons") });
	HTML_SAY(html, "a", "Se connecter", { "class", TEXT("button") }, { "href", TEXT("/connexion") });
	HTML_SAY(html, "a", "Aide et contacts", { "class", TEXT("button secondary") }, { "href", TEXT("/aide") });
	return GUICHET_OK;
}

/* The function by which the link's person holds its role; empty when they hold it no more. */
static struct text
function_of(const struct opened *opened)
{
	const struct procedure *procedure = opened->link.campaign->procedure;
	const int role = procedure_role_find(procedure, opened->link.role);
	const struct directory_functions *held = &opened->actor.functions;
	for (size_t i = 0; role != PROCEDURE_NONE && i < held->count; i++) {
		const struct directory_functions one = { &held->at[i], 1 };
		for (size_t n = 0; n < procedure->roles[role].function_count; n++)
			if (directory_has_function(&one, procedure->roles[role].functions[n], (struct text){ 0 }))
				return held->at[i].function;
	}
	return (struct text){ 0 };
}

/* Who is spoken to: a link may be opened by somebody else by mistake. */
static void
addressed(struct request *request, struct html *html, const struct opened *opened, bool awaited)
{
	const struct text function = function_of(opened);
	HTML_IN(html, "p", { "class", TEXT("lead") });
	html_say(html, "Ce lien est personnel. Vous répondez au nom de ");
	HTML_LINE(html, "strong", directory_person_name(request->arena, &opened->actor.facts.person));
	if (function.length) {
		html_say(html, ", ");
		html_text(html, function);
	}
	html_text(html, awaited ? TEXT(". Rien n’est enregistré tant que vous n’avez pas confirmé.") : TEXT("."));
}

static enum guichet_status
link_page(struct request *request, struct html *html, const struct inbox_sending *sending, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct opened opened;
	struct office_rows rows;
	enum guichet_status status = open_link(request, tx, &opened, error);
	if (status == GUICHET_REFUSED)
		return closed_page(request, html, error);
	struct inbox inbox = { .request = request, .actor = &opened.actor, .link = &opened.link, .sending = sending };
	if (status == GUICHET_OK)
		status = office_list_of_link(site_of(request)->office, tx, request->arena, &opened.link, INBOX_ROWS, &rows, error);
	if (status == GUICHET_OK)
		status = inbox_load(&inbox, tx, &rows, error);
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, inbox.count ? TEXT("Votre réponse est attendue") : TEXT("Plus rien ne vous attend ici"));
	inbox_results(&inbox, html);
	addressed(request, html, &opened, inbox.count > 0);
	if (inbox.count == 0)
		HTML_SAY(html, "p", "Les demandes de ce lien ont reçu une réponse, ou n’en attendent plus de vous. "
			"Vous pouvez fermer cette page.", { "class", TEXT("empty") });
	status = inbox_write(&inbox, tx, html, opened.path, error);
	if (status == GUICHET_OK)
		status = inbox_answered(&inbox, tx, html, ANSWERED, error);
	if (opened.link.campaign->campaign->contact_count == 0)
		return status;
	HTML_SAY(html, "h2", "Une question ?");
	page_contacts(html, opened.link.campaign->campaign);
	return status;
}

enum guichet_status
page_link(struct request *request, struct html *html, struct guichet_error *error)
{
	return link_page(request, html, NULL, error);
}

enum guichet_status
page_link_send(struct request *request, struct html *html, struct guichet_error *error)
{
	struct opened opened;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		const enum guichet_status status = open_link(request, tx, &opened, error);
		if (status == GUICHET_REFUSED)
			return closed_page(request, html, error);
		if (status != GUICHET_OK)
			return status;
	}
	bool waits;
	const enum guichet_status status = inbox_send(request, &opened.actor, &opened.link, &waits, error);
	return status != GUICHET_OK || waits ? status : page_link_sent(request, html, error);
}

enum guichet_status
page_link_sent(struct request *request, struct html *html, struct guichet_error *error)
{
	struct inbox_sending *sending = request->state;
	if (inbox_ended(sending))
		return request_redirect(request, 303, arena_format(request->arena, "/lien/" TEXT_FORMAT "?fait=avis",
			TEXT_ARGS(request_parameter(request, "jeton"))));
	return link_page(request, html, sending, error);
}

/* ---- /lien/:jeton/dossiers/:id/actions/:action: what is done on a page of its own, as signing ---- */

/* The dossier of the path, with the link's role and no other; UNKNOWN when the link does not open it. */
static enum guichet_status
link_dossier(struct request *request, struct store_tx *tx, const struct opened *opened, struct office_dossier *ret_dossier,
	struct guichet_error *error)
{
	enum guichet_status status = office_dossier_load(site_of(request)->office, tx, request->arena,
		request_parameter(request, "id"), &opened->actor, clock_now(site_of(request)->clock), ret_dossier, error);
	if (status != GUICHET_OK)
		return status;
	const int role = procedure_role_find(ret_dossier->procedure, opened->link.role);
	ret_dossier->roles &= role == PROCEDURE_NONE ? 0 : DOSSIER_ROLE(role);
	if (ret_dossier->roles == 0 || ret_dossier->campaign != opened->link.campaign
		|| (opened->link.dossier.length && !text_equal(opened->link.dossier, ret_dossier->id)))
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce dossier n’existe pas, ou ce lien ne l’ouvre pas.");
	return GUICHET_OK;
}

/* The link and the dossier of the path; REFUSED when the link opens nothing. */
static enum guichet_status
open_dossier(struct request *request, struct store_tx *tx, struct opened *ret_opened, struct office_dossier *ret_dossier,
	struct guichet_error *error)
{
	const enum guichet_status status = open_link(request, tx, ret_opened, error);
	return status == GUICHET_OK ? link_dossier(request, tx, ret_opened, ret_dossier, error) : status;
}

static enum guichet_status
link_action_page(struct request *request, struct html *html, const struct dossier_form *form, struct text refusal,
	struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct opened opened;
	struct office_dossier dossier;
	const enum guichet_status status = open_dossier(request, tx, &opened, &dossier, error);
	if (status != GUICHET_OK)
		return status == GUICHET_REFUSED ? closed_page(request, html, error) : status;
	const int index = dossier_action_find(dossier.procedure, &dossier.state, request_parameter(request, "action"));
	struct page_possible possible = { .dossier = &dossier, .action = index, .link = &opened.link, .path = opened.path,
		.viewer = { opened.actor.person, dossier.roles, dossier.signs & dossier.roles } };
	const enum guichet_status judged = page_possible_load(request, &possible, error);
	if (judged != GUICHET_OK)
		return judged;
	if (!possible.allowed)
		request_status(request, 422);
	PAGE_IN(request, html, possible.allowed ? dossier.procedure->actions[index].label : page_impossible_title(&possible),
		{ opened.path, TEXT("Ce qui vous attend") });
	{
		HTML_IN(html, "p", { "class", TEXT("lead") });
		html_text(html, dossier.subject_name);
		html_say(html, ", ");
		html_text(html, dossier.structure_name);
	}
	if (!possible.allowed) {
		addressed(request, html, &opened, false);
		return page_impossible(request, tx, html, &possible, refusal, error);
	}
	addressed(request, html, &opened, true);
	return page_action_form(request, tx, html, &dossier, index, form, NULL, refusal, request->path, error);
}

enum guichet_status
page_link_action(struct request *request, struct html *html, struct guichet_error *error)
{
	return link_action_page(request, html, NULL, (struct text){ 0 }, error);
}

enum guichet_status
page_link_action_do(struct request *request, struct html *html, struct guichet_error *error)
{
	struct office_command *command;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		struct opened opened;
		struct office_dossier dossier;
		enum guichet_status status = open_dossier(request, tx, &opened, &dossier, error);
		if (status != GUICHET_OK)
			return status == GUICHET_REFUSED ? closed_page(request, html, error) : status;
		if (!office_link_allows(&opened.link, request_parameter(request, "action")))
			return guichet_fail(error, GUICHET_UNKNOWN, "Ce lien ne permet pas cela.");
		command = office_command_new(site_of(request)->office, request->arena, opened.actor.person, request->received_at);
		if (!command)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		request->state = command;
		command->dossier = dossier.id;
		command->only = dossier.roles;
		command->command.action = request_parameter(request, "action");
		command->command.channel = TEXT("lien");
		page_command_read(request, dossier.procedure, command);
		const int action = dossier_action_find(dossier.procedure, &dossier.state, command->command.action);
		bool again = false;
		struct dossier_form form;
		if (action != PROCEDURE_NONE)
			status = page_form_again(request, tx, opened.actor.facts.structure.path, action, command->command.raws,
				&dossier.facts, &again, &form, error);
		if (status != GUICHET_OK || again)
			return status != GUICHET_OK ? status : link_action_page(request, html, &form, (struct text){ 0 }, error);
	}
	return page_write(request, office_act, command, &command->status, &command->error, error);
}

enum guichet_status
page_link_action_done(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_command *command = request->state;
	if (command->status == GUICHET_REFUSED) {
		request_status(request, 422);
		return link_action_page(request, html, &command->outcome.form, page_refusal(request->arena, command), error);
	}
	if (command->status != GUICHET_OK) {
		*error = command->error;
		return command->status;
	}
	office_wake(site_of(request)->office);
	return request_redirect(request, 303, arena_format(request->arena, "/lien/" TEXT_FORMAT "?fait=avis",
		TEXT_ARGS(request_parameter(request, "jeton"))));
}

/* ---- GET /lien/:jeton/dossiers/:id/documents/:rang/pdf: what the link's role signs, and nothing else ---- */

enum guichet_status
page_link_pdf(struct request *request, struct html *html, struct guichet_error *error)
{
	struct office_act_file file;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		struct opened opened;
		struct office_dossier dossier;
		enum guichet_status status = open_dossier(request, tx, &opened, &dossier, error);
		if (status != GUICHET_OK)
			return status == GUICHET_REFUSED ? closed_page(request, html, error) : status;
		int64_t rank;
		const struct dossier_act *act = text_to_integer(request_parameter(request, "rang"), 1, UINT32_MAX, &rank)
			? dossier_act_at(&dossier.state, (unsigned)rank) : NULL;
		const struct procedure_list *signers = act ? &dossier.procedure->letters[act->letter].signers : NULL;
		bool signs = false;
		for (size_t i = 0; signers && i < signers->count; i++)
			signs |= (dossier.roles & DOSSIER_ROLE(signers->at[i])) != 0;
		if (!signs)
			return guichet_fail(error, GUICHET_UNKNOWN, "Ce document n’existe pas, ou ce lien ne l’ouvre pas.");
		status = office_act_load(tx, request->arena, act->number, &file, error);
		if (status != GUICHET_OK)
			return status;
	}
	return page_send_act(request, &file, error);
}
