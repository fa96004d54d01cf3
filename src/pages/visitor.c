/* Who visits, and what routes they may use. */
#include "directory/account.h"
#include "pages/families.h"
#include "web/session.h"

#include "base/banned.h"

/* The roles that the person holds in one campaign at least. */
static void
weigh(struct visitor *visitor, const struct procedure *procedure)
{
	for (size_t i = 0; i < procedure->role_count; i++) {
		const struct procedure_role *role = &procedure->roles[i];
		if (role->reach == PROCEDURE_APPLICANT)
			continue;
		visitor->handles |= office_signs_somewhere(&visitor->actor, role);
		if (!office_holds_somewhere(&visitor->actor, role))
			continue;
		visitor->handles = true;
		visitor->superior |= role->reach == PROCEDURE_STRUCTURE;
		visitor->office |= procedure->office == (int)i;
		for (size_t k = 0; k < procedure->local_count; k++)
			visitor->sets |= procedure_list_has(procedure->locals[k].who, (int)i);
		for (size_t k = 0; k < procedure->report_count; k++)
			visitor->reports |= procedure_list_has(procedure->reports[k].who, (int)i);
	}
}

/* A session lasts no longer than what opened it: an account that is closed, or whose password has changed since (from
 * another program too), admits nobody. One opened by the demonstration needs no account. */
static enum guichet_status
session_holds(struct request *request, struct store_tx *tx, bool *ret_holds, struct guichet_error *error)
{
	struct account account;
	*ret_holds = true;
	if (request->session->demo && site_of(request)->demo)
		return GUICHET_OK;
	const enum guichet_status status = account_of_person(tx, request->arena, request->session->person, &account, error);
	*ret_holds = status == GUICHET_OK && account.disabled_at == 0 && request->session->created_at >= account.password_at;
	return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
}

static enum guichet_status
visitor_load(struct request *request, struct guichet_error *error)
{
	struct site *site = site_of(request);
	struct visitor *visitor = arena_new_of(request->arena, struct visitor);
	if (!visitor)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site->store, error);
	if (!tx)
		return error->status;
	bool holds;
	enum guichet_status status = session_holds(request, tx, &holds, error);
	if (status == GUICHET_OK && !holds) {
		sessions_forget(site->sessions, request->session->hash, (struct text){ 0 });
		request_disown_session(request);
	}
	if (status != GUICHET_OK || !holds)
		return status;
	status = office_actor(site->office, tx, request->arena, request->session->person, clock_now(site->clock), &visitor->actor,
		error);
	if (status == GUICHET_UNKNOWN) /* left the employer: as nobody */
		return GUICHET_OK;
	if (status != GUICHET_OK)
		return status;
	const struct office_campaigns campaigns = office_campaigns(site->office, request->arena);
	for (size_t i = 0; i < campaigns.count; i++)
		weigh(visitor, campaigns.at[i]->procedure);
	request->visitor = visitor;
	return GUICHET_OK;
}

enum guichet_status
site_authorise(struct request *request, unsigned right, struct guichet_error *error)
{
	if (!site_of(request)->ready)
		return guichet_fail(error, GUICHET_RETRY, "Guichet démarre. Réessayez dans quelques secondes.");
	const enum guichet_status status = request->session ? visitor_load(request, error) : GUICHET_OK;
	if (status != GUICHET_OK)
		return status;
	const struct visitor *visitor = visitor_of(request);
	bool may = false;
	switch ((enum right)right) {
	case RIGHT_PUBLIC:
	case RIGHT_LINK:
		may = true;
		break;
	case RIGHT_PERSON:
		may = visitor;
		break;
	case RIGHT_SUPERIOR:
		may = visitor && visitor->superior;
		break;
	case RIGHT_HANDLER:
		may = visitor && visitor->handles;
		break;
	case RIGHT_OFFICE:
		may = visitor && visitor->office;
		break;
	case RIGHT_DEMO:
		if (!site_of(request)->demo)
			return guichet_fail(error, GUICHET_UNKNOWN, "Cette page n’existe pas.");
		may = true;
		break;
	case RIGHT_NOBODY:
	case RIGHT_COUNT:
		break;
	}
	return may ? GUICHET_OK
		: guichet_fail(error, GUICHET_REFUSED, "Cette page est réservée à d’autres fonctions que la vôtre.");
}

enum guichet_status
page_campaign(struct request *request, const struct office_campaign **ret_campaign, struct guichet_error *error)
{
	*ret_campaign = office_campaign_find(site_of(request)->office, request_parameter(request, "campagne"));
	return *ret_campaign ? GUICHET_OK : guichet_fail(error, GUICHET_UNKNOWN, "Cette campagne n’existe pas.");
}

enum guichet_status
page_dossier(struct request *request, struct store_tx *tx, struct office_dossier *ret_dossier, struct guichet_error *error)
{
	struct site *site = site_of(request);
	const enum guichet_status status = office_dossier_load(site->office, tx, request->arena,
		request_parameter(request, "id"), &visitor_of(request)->actor, clock_now(site->clock), ret_dossier, error);
	if (status == GUICHET_OK && !office_may_see(ret_dossier))
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce dossier n’existe pas, ou il n’est pas à vous.");
	return status;
}

struct dossier_viewer
page_viewer(struct request *request, const struct office_dossier *dossier)
{
	return (struct dossier_viewer){ visitor_of(request)->actor.person, dossier->roles, dossier->signs };
}

/* ---- problems ---- */

static struct text
problem_title(const struct problem *problem)
{
	switch (problem->status) {
	case 404:
		return TEXT("Page introuvable");
	case 403:
		return problem->reason == PROBLEM_NOT_ALLOWED ? TEXT("Page réservée") : TEXT("À renvoyer");
	case 405:
		return TEXT("Adresse à ne pas utiliser ainsi");
	case 413:
		return TEXT("Envoi trop volumineux");
	case 422:
		return TEXT("Impossible pour l’instant");
	case 503:
		return TEXT("Un instant");
	case 500:
		return TEXT("Une erreur de notre côté");
	default:
		return TEXT("Demande illisible");
	}
}

void
site_error_page(struct request *request, struct html *html, const struct problem *problem)
{
	/* A file too large never comes to its page, yet the mistake belongs beside its field. */
	struct guichet_error error = { 0 };
	if (problem->reason == PROBLEM_TOO_LARGE && request->route && request->route->begin == page_draft_piece_send
		&& visitor_of(request) && page_draft_piece_too_large(request, html, &error) == GUICHET_OK)
		return;
	if (problem->reason == PROBLEM_TOO_LARGE && request->route && request->route->begin == page_action_do
		&& visitor_of(request) && page_action_too_large(request, html, &error) == GUICHET_OK)
		return;
	PAGE_IN(request, html, problem_title(problem), { TEXT("/"), TEXT("Accueil") });
	{
		HTML_IN(html, "p", { "class", TEXT("lead") });
		html_text(html, problem->sentence);
	}
	const bool ours = problem->reason == PROBLEM_FAILED && problem->status >= 500;
	if (problem->reason == PROBLEM_LOGGED_OUT || problem->reason == PROBLEM_STALE_FORM || (ours && form_may_retype(request)))
		form_retype(request, html);
	{
		HTML_IN(html, "p", { "class", TEXT("buttons") });
		HTML_SAY(html, "a", "Revenir à l’accueil", { "class", TEXT("button secondary") }, { "href", TEXT("/") });
		HTML_SAY(html, "a", "Aide et contacts", { "class", TEXT("button quiet") }, { "href", TEXT("/aide") });
	}
	HTML_IN(html, "p", { "class", TEXT("muted") });
	html_say(html, "Si cela se reproduit, donnez ce repère à l’assistance : ");
	HTML_LINE(html, "code", request->id);
}
