/* The guided visit of the demonstration: follows one request through its circuit, and tells at each step what to do next
 * and as whom, with one button. Everything comes from the model: any procedure has its visit. */
#include "pages/demo.h"

#include "base/banned.h"

/* The way forward from a step: an action or a deadline, the one a visitor would like to see. */
struct forward {
	const struct procedure_action *action;     /* NULL: */
	const struct procedure_deadline *deadline; /* it happens by itself; both NULL: the end */
	int to;
};

/* A step that ends the request otherwise than favourably after a good life is no way forward. */
static bool
is_way_out(const struct procedure *procedure, int step)
{
	return procedure->steps[step].final && procedure->steps[step].sense != PROCEDURE_FAVOURABLE;
}

static struct forward
way_forward(const struct procedure *procedure, int step)
{
	const struct procedure_step *here = &procedure->steps[step];
	for (size_t i = 0; i < here->actions.count; i++) {
		const struct procedure_action *action = &procedure->actions[here->actions.at[i]];
		if (action->to > step && action->sense != PROCEDURE_UNFAVOURABLE && !is_way_out(procedure, action->to))
			return (struct forward){ action, NULL, action->to };
	}
	for (size_t i = 0; i < here->deadlines.count; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[here->deadlines.at[i]];
		if (deadline->to != PROCEDURE_NONE && deadline->to != step)
			return (struct forward){ NULL, deadline, deadline->to };
	}
	/* Back, rather than nowhere. */
	for (size_t i = 0; i < here->actions.count; i++) {
		const struct procedure_action *action = &procedure->actions[here->actions.at[i]];
		if (action->to != step && !is_way_out(procedure, action->to))
			return (struct forward){ action, NULL, action->to };
	}
	return (struct forward){ NULL, NULL, PROCEDURE_NONE };
}

/* ---- before the filing ---- */

/* An agent who may file in the campaign and has not. */
static enum guichet_status
find_applicant(struct request *request, struct store_tx *tx, const struct office_campaign *campaign,
	struct directory_person *ret_person, struct text *ret_place, struct guichet_error *error)
{
	enum { TRIED = 60 };
	struct site *site = site_of(request);
	const instant now = clock_now(site->clock);
	const struct text function = TEXT("agent");
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	struct directory_holders holders;
	enum guichet_status status = directory_holders_within(tx, request->arena, &function, 1, &everywhere,
		date_of_instant(now, NULL), TRIED, &holders, error);
	for (size_t i = 0; status == GUICHET_OK && i < holders.count; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
		struct office_actor actor;
		struct dossier_facts facts;
		struct dossier_can can;
		if (!arena)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		status = office_actor_load(tx, arena, holders.at[i].person.id, now, &actor, error);
		if (status == GUICHET_OK)
			status = office_facts_before_filing(site->office, tx, arena, campaign, &actor, now, &facts, error);
		if (status == GUICHET_OK)
			status = dossier_can(&facts, arena, &can, error);
		if (status == GUICHET_OK && can.eligible && facts.other.length == 0) {
			*ret_person = holders.at[i].person;
			*ret_place = holders.at[i].structure_name;
			return GUICHET_OK;
		}
	}
	return status;
}

static enum guichet_status
to_file(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	struct guichet_error *error)
{
	const instant now = clock_now(site_of(request)->clock);
	const struct procedure *procedure = campaign->procedure;
	int window = PROCEDURE_NONE;
	for (size_t i = 0; i < procedure->steps[0].actions.count && window == PROCEDURE_NONE; i++)
		window = procedure->actions[procedure->steps[0].actions.at[i]].during;
	const struct campaign_window *filing = window == PROCEDURE_NONE ? NULL : &campaign->campaign->windows[window];
	if (filing && now >= filing->closes) {
		HTML_SAY(html, "p", "La période de dépôt est passée. Relancez la démonstration pour revenir à son début, "
			"ou rouvrez-la pour un agent depuis la gestion de la campagne, page « Dérogations ».",
			{ "class", TEXT("timeline-text") });
		return GUICHET_OK;
	}
	if (filing && now < filing->opens) {
		HTML_SAY(html, "p", "La période de dépôt n’est pas encore ouverte.", { "class", TEXT("timeline-text") });
		demo_jump(request, html, filing->opens + 8 * INSTANT_HOUR, TEXT("Aller au premier matin"), TEXT("/demo"));
		return GUICHET_OK;
	}
	struct directory_person person = { 0 };
	struct text place = { 0 };
	const enum guichet_status status = find_applicant(request, tx, campaign, &person, &place, error);
	if (status != GUICHET_OK || !person.id.length)
		return status;
	HTML_SAY(html, "p", "Remplissez la demande, joignez n’importe quel petit PDF ou une image, et déposez. Puis revenez ici.",
		{ "class", TEXT("timeline-text") });
	demo_enter(request, html, &person, place, page_campaign_path(request->arena, campaign));
	return GUICHET_OK;
}

/* ---- after ---- */

/* Somebody who may do the action. */
static enum guichet_status
find_doer(struct request *request, struct store_tx *tx, const struct office_dossier *dossier,
	const struct procedure_action *action, struct directory_person *ret_person, struct text *ret_function,
	struct text *ret_to, struct guichet_error *error)
{
	const struct date today = date_of_instant(clock_now(site_of(request)->clock), NULL);
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	const struct procedure *procedure = dossier->procedure;
	*ret_to = page_dossier_path(request->arena, dossier->id);
	for (size_t i = 0; i < action->who.count; i++) {
		const int role = action->who.at[i];
		const struct procedure_role *held = &procedure->roles[role];
		if (held->reach == PROCEDURE_APPLICANT) {
			*ret_function = TEXT("agent");
			return directory_person_load(tx, request->arena, dossier->state.subject, today, ret_person, error);
		}
		for (size_t h = 0; h < dossier->facts.holder_count; h++) {
			if (dossier->facts.holders[h].role != role)
				continue;
			*ret_function = dossier->facts.holders[h].person.quality;
			return directory_person_load(tx, request->arena, dossier->facts.holders[h].person.id, today, ret_person, error);
		}
		struct directory_holders holders;
		const enum guichet_status status = directory_holders_within(tx, request->arena, held->functions, held->function_count,
			&everywhere, today, 1, &holders, error);
		if (status != GUICHET_OK)
			return status;
		if (holders.count == 0)
			continue;
		*ret_person = holders.at[0].person;
		*ret_function = holders.at[0].function;
		if (role == procedure->office)
			*ret_to = arena_format(request->arena, "/gestion/" TEXT_FORMAT "?etape=" TEXT_FORMAT,
				TEXT_ARGS(dossier->campaign->id), TEXT_ARGS(procedure->steps[action->step].name));
		return GUICHET_OK;
	}
	return GUICHET_OK;
}

/* "Favorable, Favorable sous réserve de modification ou Défavorable". */
static void
choices(struct html *html, const struct procedure *procedure, const struct procedure_action *shown)
{
	const struct procedure_list *actions = &procedure->steps[shown->step].actions;
	bool any = false;
	for (size_t i = 0; i < actions->count; i++) {
		const struct procedure_action *other = &procedure->actions[actions->at[i]];
		bool same = other->who.count == shown->who.count;
		for (size_t w = 0; same && w < other->who.count; w++)
			same = other->who.at[w] == shown->who.at[w];
		if (!same)
			continue;
		html_text(html, any ? TEXT(", ou « ") : TEXT("« "));
		html_text(html, other->label);
		html_say(html, " »");
		any = true;
	}
}

static enum guichet_status
to_act(struct request *request, struct store_tx *tx, struct html *html, const struct office_dossier *dossier,
	const struct procedure_action *action, struct guichet_error *error)
{
	const instant now = clock_now(site_of(request)->clock);
	instant opens = 0, closes = INSTANT_NEVER;
	if (action->during != PROCEDURE_NONE)
		dossier_window(&dossier->facts, action->during, &opens, &closes);
	if (now < opens) {
		HTML_SAY(html, "p", "Personne ne peut encore agir : la période n’est pas ouverte.", { "class", TEXT("timeline-text") });
		demo_jump(request, html, opens + 8 * INSTANT_HOUR, TEXT("Aller à son premier matin"), TEXT("/demo"));
		return GUICHET_OK;
	}
	struct directory_person person = { 0 };
	struct text function = { 0 }, to;
	const enum guichet_status status = find_doer(request, tx, dossier, action, &person, &function, &to, error);
	if (status != GUICHET_OK || !person.id.length)
		return status;
	{
		HTML_IN(html, "p", { "class", TEXT("timeline-text") });
		html_say(html, "À choisir : ");
		choices(html, dossier->procedure, action);
		html_say(html, ".");
	}
	demo_enter(request, html, &person, function, to);
	if (person.mail.length) {
		HTML_IN(html, "p", { "class", TEXT("small") });
		html_link(html, arena_format(request->arena, "/demo/courriels?adresse=" TEXT_FORMAT, TEXT_ARGS(person.mail)),
			TEXT("Lire d’abord les courriels qu’elle ou il a reçus"));
	}
	return GUICHET_OK;
}

static enum guichet_status
to_wait(struct request *request, struct store_tx *tx, struct html *html, const struct office_dossier *dossier,
	struct guichet_error *error)
{
	struct store_rows rows = store_query(tx, request->arena, STORE_DUE_OF_DOSSIER, STORE_VALUES(dossier->id), error);
	const instant at = store_next(&rows) ? store_integer(&rows, 0) : 0;
	const enum guichet_status status = store_finish(&rows);
	if (status != GUICHET_OK || at == 0)
		return status;
	HTML_SAY(html, "p", "La suite arrive d’elle-même, à sa date.", { "class", TEXT("timeline-text") });
	/* Mails do not leave at night: the morning shows more. */
	demo_jump(request, html, at > clock_now(site_of(request)->clock) ? at + 8 * INSTANT_HOUR : at + 9 * INSTANT_HOUR,
		TEXT("Aller à ce matin-là"), TEXT("/demo"));
	return GUICHET_OK;
}

static enum guichet_status
now_line(struct request *request, struct store_tx *tx, struct html *html, const struct office_dossier *dossier, int step,
	struct guichet_error *error)
{
	const struct procedure_step *here = &dossier->procedure->steps[step];
	const struct forward forward = way_forward(dossier->procedure, step);
	HTML_IN(html, "li", { "class", TEXT("current") });
	HTML_LINE(html, "span", here->label, { "class", TEXT("timeline-title") });
	if (here->final || (!forward.action && !forward.deadline)) {
		HTML_SAY(html, "p", "Cette demande est allée au bout. Suivez-en une autre ci-dessous.",
			{ "class", TEXT("timeline-text") });
		return GUICHET_OK;
	}
	return forward.action ? to_act(request, tx, html, dossier, forward.action, error)
		: to_wait(request, tx, html, dossier, error);
}

static void
coming_lines(struct html *html, const struct procedure *procedure, int step)
{
	for (size_t i = 0; i < procedure->step_count; i++) {
		const struct forward forward = way_forward(procedure, step);
		if (forward.to == PROCEDURE_NONE || forward.to <= step)
			return;
		step = forward.to;
		HTML_IN(html, "li", { "class", TEXT("future") });
		HTML_LINE(html, "span", procedure->steps[step].label, { "class", TEXT("timeline-title") });
	}
}

static enum guichet_status
visit_of_dossier(struct request *request, struct store_tx *tx, struct html *html, struct text id,
	struct guichet_error *error)
{
	struct site *site = site_of(request);
	struct office_dossier dossier;
	enum guichet_status status = office_dossier_load(site->office, tx, request->arena, id, NULL, clock_now(site->clock),
		&dossier, error);
	if (status != GUICHET_OK)
		return status;
	HTML_IN(html, "ol", { "class", TEXT("timeline") });
	{
		HTML_IN(html, "li", { "class", TEXT("done") });
		HTML_LINE(html, "span", instant_french(request->arena, dossier.state.filed_at), { "class", TEXT("timeline-date") });
		HTML_IN(html, "span", { "class", TEXT("timeline-title") });
		html_text(html, dossier.subject_name);
		html_say(html, " a déposé la demande ");
		html_text(html, dossier.state.number);
	}
	const int step = dossier.state.step;
	status = now_line(request, tx, html, &dossier, step, error);
	if (status == GUICHET_OK)
		coming_lines(html, dossier.procedure, step);
	return status;
}

enum guichet_status
demo_guide(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, request->arena);
	const bool again = text_equal(request_query(request, "visite"), TEXT("nouvelle"));
	struct text id = request_query(request, "dossier");
	enum guichet_status status = GUICHET_OK;
	if (!id.length && !again) {
		struct store_rows rows = store_query(tx, request->arena, STORE_DOSSIER_LAST,
			STORE_VALUES(site_of(request)->demo_sight_count ? site_of(request)->demo_start : (int64_t)0), error);
		if (store_next(&rows))
			id = store_text(&rows, 0);
		if ((status = store_finish(&rows)) != GUICHET_OK)
			return status;
	}
	HTML_SAY(html, "h2", "Visite guidée");
	if (id.length) {
		status = visit_of_dossier(request, tx, html, id, error);
		if (status != GUICHET_OK)
			return status;
		HTML_IN(html, "p");
		html_link(html, TEXT("/demo?visite=nouvelle"), TEXT("Recommencer avec un autre agent"));
		return GUICHET_OK;
	}
	for (size_t c = 0; status == GUICHET_OK && c < campaigns.count; c++) {
		const struct procedure *procedure = campaigns.at[c]->procedure;
		HTML_LINE(html, "h3", campaigns.at[c]->campaign->title);
		HTML_IN(html, "ol", { "class", TEXT("timeline") });
		{
			HTML_IN(html, "li", { "class", TEXT("current") });
			HTML_SAY(html, "span", "Un agent dépose sa demande", { "class", TEXT("timeline-title") });
			status = to_file(request, tx, html, campaigns.at[c], error);
		}
		if (status == GUICHET_OK)
			coming_lines(html, procedure, 0);
	}
	return status;
}
