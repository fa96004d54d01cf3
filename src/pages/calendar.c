/* What will happen by itself in a campaign, what needs a person, and windows reopened for one agent. */
#include "base/digest.h"
#include "pages/desk.h"
#include "pages/families.h"

#include "base/banned.h"

enum { MOST_LINES = 200 };

/* ---- GET /gestion/:campagne/calendrier ---- */

static void
alerts(struct request *request, struct html *html, const struct office_alert *list, size_t count)
{
	HTML_SAY(html, "h2", "À regarder");
	if (count == 0) {
		HTML_SAY(html, "p", "Rien ne demande votre attention.", { "class", TEXT("empty") });
		return;
	}
	HTML_IN(html, "ul", { "class", TEXT("files") });
	for (size_t i = 0; i < count; i++) {
		HTML_IN(html, "li");
		{
			HTML_IN(html, "span");
			HTML_LINE(html, "strong", list[i].message);
			html_markup(html, "<br>");
			if (list[i].dossier.length) {
				html_link(html, page_dossier_path(request->arena, list[i].dossier), list[i].number);
				html_say(html, ", ");
				html_text(html, list[i].subject_name);
				html_say(html, ", ");
			}
			html_say(html, "depuis le ");
			html_text(html, instant_french(request->arena, list[i].at));
		}
		FORM_IN(request, html, request->path);
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("alerte") }, { "value", list[i].id });
		HTML_IN(html, "button", { "class", TEXT("button secondary") }, { "type", TEXT("submit") });
		html_say(html, "C’est vu");
		HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
		html_format(html, " : " TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(list[i].message), TEXT_ARGS(list[i].number));
	}
}

/* A day, with the hour when it is not its first instant. */
static struct text
moment_words(struct arena *arena, instant at)
{
	const struct date day = date_of_instant(at, NULL);
	return at == instant_of_day(day) ? date_french(arena, day, true) : instant_french(arena, at);
}

enum guichet_status
page_calendar(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_campaign *campaign;
	const struct office_coming *coming;
	const struct office_alert *alert_list;
	size_t count, alert_count;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	enum guichet_status status = desk_campaign(request, &campaign, error);
	if (status == GUICHET_OK)
		status = office_list_coming(tx, request->arena, campaign, clock_now(site_of(request)->clock), MOST_LINES, &coming,
			&count, error);
	if (status == GUICHET_OK)
		status = office_list_alerts(tx, request->arena, campaign, MOST_LINES, &alert_list, &alert_count, error);
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, TEXT("Calendrier et alertes"), { TEXT("/"), TEXT("Accueil") },
		{ TEXT("/gestion"), TEXT("Gestion") }, { desk_path(request->arena, campaign, ""), campaign->campaign->title });
	desk_tabs(request, html, campaign);
	alerts(request, html, alert_list, alert_count);
	HTML_SAY(html, "h2", "Ce qui va arriver de soi-même");
	{
		HTML_IN(html, "p");
		html_link(html, arena_format(request->arena, "/agenda?campagne=" TEXT_FORMAT, TEXT_ARGS(campaign->id)),
			TEXT("Un jour en détail : l’agenda"));
	}
	if (count == 0) {
		HTML_SAY(html, "p", "Plus rien n’est prévu.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	HTML_IN(html, "ul", { "class", TEXT("key-dates") });
	for (size_t i = 0; i < count; i++) {
		HTML_IN(html, "li");
		HTML_LINE(html, "span", moment_words(request->arena, coming[i].at), { "class", TEXT("day") });
		html_markup(html, " ");
		HTML_IN(html, "span");
		html_text(html, coming[i].label);
		if (coming[i].count)
			html_format(html, " (%lld dossier%s)", (long long)coming[i].count, coming[i].count > 1 ? "s" : "");
	}
	return GUICHET_OK;
}

/* ---- POST /gestion/:campagne/calendrier: an alert was looked at ---- */

enum guichet_status
page_alert_see(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct office_alert_seen *seen = arena_new_of(request->arena, struct office_alert_seen);
	if (!seen)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*seen = (struct office_alert_seen){ .id = form_value(request, "alerte"), .at = request->received_at };
	request->state = seen;
	const enum guichet_status status = desk_campaign(request, &seen->campaign, error);
	return status != GUICHET_OK ? status : page_write(request, office_alert_see, seen, &seen->status, &seen->error, error);
}

enum guichet_status
page_alert_seen(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct office_alert_seen *seen = request->state;
	if (seen->status != GUICHET_OK) {
		*error = seen->error;
		return seen->status;
	}
	return request_redirect(request, 303, arena_format(request->arena, TEXT_FORMAT "?fait=alerte",
		TEXT_ARGS(desk_path(request->arena, seen->campaign, "/calendrier"))));
}

/* ---- /gestion/:campagne/derogations ---- */

static enum guichet_status
given_list(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	struct guichet_error *error)
{
	const instant now = clock_now(site_of(request)->clock);
	HTML_SAY(html, "h2", "Dérogations données");
	struct store_rows rows = store_query(tx, request->arena, STORE_EXEMPTION_LIST,
		STORE_VALUES(campaign->id, (int64_t)MOST_LINES, date_day_number(date_of_instant(now, NULL))), error);
	size_t count = 0;
	for (; store_next(&rows); count++) {
		const int window = procedure_window_find(campaign->procedure, store_text(&rows, 1));
		const instant until = store_integer(&rows, 2);
		if (count == 0)
			html_markup(html, "<ul class=\"files\">");
		HTML_IN(html, "li");
		{
			HTML_IN(html, "span");
			HTML_LINE(html, "strong", store_text(&rows, 8).length ? store_text(&rows, 8)
				: arena_format(request->arena, TEXT_FORMAT " " TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(store_text(&rows, 5)),
					TEXT_ARGS(store_text(&rows, 6)), TEXT_ARGS(store_text(&rows, 7))));
			html_say(html, " : ");
			html_text(html, window == PROCEDURE_NONE ? store_text(&rows, 1) : campaign->procedure->windows[window].label);
			html_say(html, " jusqu’au ");
			html_text(html, date_french(request->arena, date_of_instant(until - 1, NULL), false));
			html_markup(html, "<br>");
			html_text(html, store_text(&rows, 3));
		}
		HTML_LINE(html, "span", until > now ? TEXT("en cours") : TEXT("passée"),
			{ "class", until > now ? TEXT("badge success") : TEXT("badge closed") });
	}
	if (count)
		html_markup(html, "</ul>");
	else
		HTML_SAY(html, "p", "Aucune pour l’instant.", { "class", TEXT("muted") });
	return store_finish(&rows);
}

/* Finds the agent: by name, several may answer. */
static enum guichet_status
agent_search(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	enum { MOST_FOUND = 20 };
	const struct text query = text_trim(request_query(request, "nom"));
	page_agent_search(request, html, query);
	if (query.length == 0)
		return GUICHET_OK;
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	struct directory_search found;
	const enum guichet_status status = directory_search(tx, request->arena, query, &everywhere,
		date_of_instant(clock_now(site_of(request)->clock), NULL), MOST_FOUND, &found, error);
	if (status != GUICHET_OK)
		return status;
	if (found.count == 0) {
		HTML_SAY(html, "p", "Personne ne porte ce nom ni ce matricule dans l’annuaire "
			"d’aujourd’hui.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	HTML_IN(html, "ul", { "class", TEXT("files") });
	for (size_t i = 0; i < found.count; i++) {
		const struct directory_found *one = &found.at[i];
		HTML_IN(html, "li");
		{
			HTML_IN(html, "span");
			HTML_LINE(html, "strong", directory_person_name(request->arena, &one->person));
			html_format(html, ", " TEXT_FORMAT ", " TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(one->person.external_id),
				TEXT_ARGS(one->person.corps), TEXT_ARGS(one->structure_name));
		}
		HTML_IN(html, "a", { "class", TEXT("button secondary") }, { "href", arena_format(request->arena,
			TEXT_FORMAT "?agent=" TEXT_FORMAT, TEXT_ARGS(request->path), TEXT_ARGS(one->person.external_id)) });
		html_say(html, "Choisir");
		HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
		html_markup(html, " ");
		html_text(html, directory_person_name(request->arena, &one->person));
	}
	if (found.more)
		HTML_SAY(html, "li", "D’autres personnes répondent : précisez le prénom.");
	return GUICHET_OK;
}

/* Finds the structure, by its code. */
static void
structure_search(struct request *request, struct html *html)
{
	const struct text code = text_trim(request_query(request, "agent"));
	HTML_IN(html, "form", { "class", TEXT("filters") }, { "method", TEXT("get") }, { "action", request->path },
		{ "role", TEXT("search") });
	{
		HTML_IN(html, "div", { "class", TEXT("field grow") });
		HTML_SAY(html, "label", "Code de la structure", { "for", TEXT("agent") });
		HTML_VOID(html, "input", { "type", TEXT("search") }, { "id", TEXT("agent") }, { "name", TEXT("agent") },
			{ "value", code }, { "required", TEXT("") }, { "autocomplete", TEXT("off") });
	}
	HTML_SAY(html, "button", "Chercher la structure", { "class", TEXT("button") }, { "type", TEXT("submit") });
	if (code.length)
		HTML_SAY(html, "p", "Aucune structure n’a ce code dans l’annuaire d’aujourd’hui. Le code d’un établissement est son "
			"numéro UAI.", { "class", TEXT("empty") });
}

static void
exemption_form(struct request *request, struct html *html, const struct office_campaign *campaign,
	const struct directory_facts *agent)
{
	const struct procedure *procedure = campaign->procedure;
	const bool of_structures = procedure->of_structures;
	FORM_IN(request, html, request->path, { "class", TEXT("form") });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("matricule") },
		{ "value", of_structures ? agent->structure.code : agent->person.external_id });
	if (of_structures) {
		HTML_IN(html, "dl", { "class", TEXT("data compact") });
		HTML_SAY(html, "dt", "Structure");
		HTML_LINE(html, "dd", agent->structure.name);
		HTML_SAY(html, "dt", "Code");
		HTML_LINE(html, "dd", agent->structure.code);
	} else {
		HTML_IN(html, "dl", { "class", TEXT("data compact") });
		HTML_SAY(html, "dt", "Agent");
		HTML_LINE(html, "dd", directory_person_name(request->arena, &agent->person));
		HTML_SAY(html, "dt", "Matricule");
		HTML_LINE(html, "dd", agent->person.external_id);
		HTML_SAY(html, "dt", "Corps et structure");
		HTML_LINE(html, "dd", arena_format(request->arena, TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(agent->person.corps),
			TEXT_ARGS(agent->structure.name)));
	}
	{
		HTML_IN(html, "div", { "class", TEXT("field") });
		HTML_SAY(html, "label", "Fenêtre rouverte", { "for", TEXT("fenetre") });
		HTML_IN(html, "select", { "id", TEXT("fenetre") }, { "name", TEXT("fenetre") }, { "class", TEXT("medium") });
		for (size_t i = 0; i < procedure->exception_count; i++) {
			const struct procedure_window *window = &procedure->windows[procedure->exceptions[i].window];
			HTML_LINE(html, "option", window->label, { "value", window->name });
		}
	}
	page_field(html, &(struct page_field){ .name = TEXT("jusquau"), .label = TEXT("Jusqu’au (ce jour compris)"),
		.type = "date", .width = TEXT("medium"), .value = form_value(request, "jusquau"), .required = true });
	page_field(html, &(struct page_field){ .name = TEXT("motif"), .label = TEXT("Motif"), .type = "textarea", .rows = 3,
		.help = of_structures ? TEXT("Il est enregistré, et qui demande pour la structure le lit dans le dossier.")
			: TEXT("Il est enregistré, et l’agent le lit dans son dossier."),
		.longest = 500, .value = form_value(request, "motif"), .required = true });
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_LINE(html, "button", of_structures ? TEXT("Rouvrir pour cette structure") : TEXT("Rouvrir pour cet agent"),
		{ "class", TEXT("button") }, { "type", TEXT("submit") });
	html_link(html, request->path, of_structures ? TEXT("Choisir une autre structure") : TEXT("Choisir quelqu’un d’autre"));
}

/* The agent of a matricule today, or the structure of a code; nobody when there is none. */
static enum guichet_status
agent_load(struct request *request, struct store_tx *tx, const struct procedure *procedure, struct text matricule,
	struct directory_facts *ret_agent, struct guichet_error *error)
{
	const struct date today = date_of_instant(clock_now(site_of(request)->clock), NULL);
	struct directory_person person;
	enum guichet_status status;
	if (procedure->of_structures) {
		status = directory_structure_by_code(tx, request->arena, matricule, today, &ret_agent->structure, error);
		return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
	}
	status = directory_person_by_external_id(tx, request->arena, matricule, today, &person, error);
	if (status == GUICHET_OK)
		status = directory_facts(tx, request->arena, person.id, today, ret_agent, error);
	return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
}

static enum guichet_status
exemption_page(struct request *request, struct html *html, struct text mistake, struct guichet_error *error)
{
	const struct office_campaign *campaign;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	enum guichet_status status = desk_campaign(request, &campaign, error);
	struct directory_facts agent = { 0 };
	const struct text chosen = text_trim(request->method == METHOD_POST ? form_value(request, "matricule")
		: request_query(request, "agent"));
	if (status == GUICHET_OK && chosen.length)
		status = agent_load(request, tx, campaign->procedure, chosen, &agent, error);
	if (status != GUICHET_OK)
		return status;
	const struct procedure *procedure = campaign->procedure;
	PAGE_IN(request, html, TEXT("Dérogations"), { TEXT("/"), TEXT("Accueil") }, { TEXT("/gestion"), TEXT("Gestion") },
		{ desk_path(request->arena, campaign, ""), campaign->campaign->title });
	desk_tabs(request, html, campaign);
	HTML_LINE(html, "p", procedure->of_structures
		? TEXT("Une dérogation rouvre une fenêtre pour une seule structure, avec un motif enregistré, que peut lire qui demande "
			"pour elle.")
		: TEXT("Une dérogation rouvre une fenêtre pour un seul agent, avec un motif enregistré, que l’agent peut lire."),
		{ "class", TEXT("lead") });
	if (procedure->exception_count == 0) {
		HTML_SAY(html, "p", "Cette procédure n’en prévoit pas.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	if (mistake.length)
		page_notice(html, NOTICE_ERROR, TEXT("La dérogation n’est pas enregistrée"), mistake);
	if (agent.person.id.length || (procedure->of_structures && agent.structure.id.length))
		exemption_form(request, html, campaign, &agent);
	else if (procedure->of_structures)
		structure_search(request, html);
	else if ((status = agent_search(request, tx, html, error)) != GUICHET_OK)
		return status;
	return given_list(request, tx, html, campaign, error);
}

enum guichet_status
page_exemptions(struct request *request, struct html *html, struct guichet_error *error)
{
	return exemption_page(request, html, (struct text){ 0 }, error);
}

/* Reads the form; *ret_mistake says what is wrong with it. */
static enum guichet_status
exemption_read(struct request *request, struct office_exemption *exemption, struct text *ret_mistake,
	struct guichet_error *error)
{
	enum guichet_status status = desk_campaign(request, &exemption->campaign, error);
	if (status != GUICHET_OK)
		return status;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct directory_facts chosen = { 0 };
	status = agent_load(request, tx, exemption->campaign->procedure, text_trim(form_value(request, "matricule")), &chosen,
		error);
	if (status != GUICHET_OK)
		return status;
	const bool of_structures = exemption->campaign->procedure->of_structures;
	exemption->person = chosen.person.id;
	exemption->structure = of_structures ? chosen.structure.id : (struct text){ 0 };
	exemption->window = procedure_window_find(exemption->campaign->procedure, form_value(request, "fenetre"));
	exemption->reason = text_trim(form_value(request, "motif"));
	if (of_structures && !exemption->structure.length)
		*ret_mistake = TEXT("Aucune structure n’a ce code. Vérifiez-le.");
	else if (!of_structures && !exemption->person.length)
		*ret_mistake = TEXT("Aucun agent n’a ce matricule. Cherchez l’agent par son nom.");
	else if (exemption->window == PROCEDURE_NONE)
		*ret_mistake = TEXT("Choisissez la fenêtre à rouvrir.");
	else if (!date_read_french(form_value(request, "jusquau"), &exemption->last_day))
		*ret_mistake = TEXT("Donnez le dernier jour, par exemple 30/06/2023.");
	else if (exemption->reason.length == 0)
		*ret_mistake = TEXT("Donnez le motif : il est enregistré et l’agent peut le lire.");
	return GUICHET_OK;
}

enum guichet_status
page_exempt(struct request *request, struct html *html, struct guichet_error *error)
{
	struct office_exemption *exemption = arena_new_of(request->arena, struct office_exemption);
	if (!exemption)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*exemption = (struct office_exemption){ .office = site_of(request)->office, .arena = request->arena,
		.by = visitor_of(request)->actor.person, .id = id_new(request->arena, request->received_at),
		.at = request->received_at };
	request->state = exemption;
	struct text mistake = { 0 };
	const enum guichet_status status = exemption_read(request, exemption, &mistake, error);
	if (status != GUICHET_OK)
		return status;
	if (mistake.length) {
		request_status(request, 422);
		return exemption_page(request, html, mistake, error);
	}
	return page_write(request, office_exempt, exemption, &exemption->status, &exemption->error, error);
}

enum guichet_status
page_exempted(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_exemption *exemption = request->state;
	if (exemption->status == GUICHET_REFUSED) {
		request_status(request, 422);
		return exemption_page(request, html, text_of_string(exemption->error.message), error);
	}
	if (exemption->status != GUICHET_OK) {
		*error = exemption->error;
		return exemption->status;
	}
	return request_redirect(request, 303, arena_format(request->arena, "/gestion/" TEXT_FORMAT "/derogations?fait=derogation",
		TEXT_ARGS(exemption->campaign->id)));
}
