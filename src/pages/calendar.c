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
	HTML_IN(html, "ul");
	for (size_t i = 0; i < count; i++) {
		HTML_IN(html, "li");
		html_text(html, instant_french(request->arena, list[i].at));
		html_say(html, " : ");
		if (list[i].dossier.length)
			html_link(html, page_dossier_path(request->arena, list[i].dossier), list[i].number);
		html_markup(html, " ");
		html_text(html, list[i].subject_name);
		html_say(html, ", ");
		html_text(html, list[i].message);
	}
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
	if (count == 0) {
		HTML_SAY(html, "p", "Plus rien n’est prévu.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	HTML_IN(html, "ul", { "class", TEXT("key-dates") });
	for (size_t i = 0; i < count; i++) {
		HTML_IN(html, "li");
		HTML_LINE(html, "span", instant_french(request->arena, coming[i].at), { "class", TEXT("day") });
		html_markup(html, " ");
		html_text(html, coming[i].label);
		if (coming[i].count)
			html_format(html, " (%lld dossier%s)", (long long)coming[i].count, coming[i].count > 1 ? "s" : "");
	}
	return GUICHET_OK;
}

/* ---- /gestion/:campagne/derogations ---- */


static enum guichet_status
given_list(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	struct guichet_error *error)
{
	const int64_t today = date_day_number(date_of_instant(clock_now(site_of(request)->clock), NULL));
	HTML_SAY(html, "h2", "Dérogations données");
	struct store_rows rows = store_query(tx, request->arena, STORE_EXEMPTION_LIST,
		STORE_VALUES(campaign->id, (int64_t)MOST_LINES, today), error);
	size_t count = 0;
	HTML_IN(html, "ul");
	while (store_next(&rows)) {
		const int window = procedure_window_find(campaign->procedure, store_text(&rows, 1));
		count++;
		HTML_IN(html, "li");
		html_format(html, TEXT_FORMAT " " TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(store_text(&rows, 5)),
			TEXT_ARGS(store_text(&rows, 6)), TEXT_ARGS(store_text(&rows, 7)));
		html_say(html, ", ");
		html_text(html, window == PROCEDURE_NONE ? store_text(&rows, 1) : campaign->procedure->windows[window].label);
		html_say(html, " jusqu’au ");
		html_text(html, date_french(request->arena, date_of_instant(store_integer(&rows, 2) - 1, NULL), false));
		html_say(html, " : ");
		html_text(html, store_text(&rows, 3));
	}
	if (count == 0)
		HTML_SAY(html, "li", "Aucune pour l’instant.");
	return store_finish(&rows);
}

static enum guichet_status
exemption_page(struct request *request, struct html *html, struct text mistake, struct guichet_error *error)
{
	const struct office_campaign *campaign;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	const enum guichet_status status = desk_campaign(request, &campaign, error);
	if (status != GUICHET_OK)
		return status;
	const struct procedure *procedure = campaign->procedure;
	PAGE_IN(request, html, TEXT("Dérogations"), { TEXT("/"), TEXT("Accueil") }, { TEXT("/gestion"), TEXT("Gestion") },
		{ desk_path(request->arena, campaign, ""), campaign->campaign->title });
	desk_tabs(request, html, campaign);
	HTML_SAY(html, "p", "Une dérogation rouvre une fenêtre pour un seul agent, avec un motif enregistré et montré dans son dossier.",
		{ "class", TEXT("lead") });
	if (procedure->exception_count == 0) {
		HTML_SAY(html, "p", "Cette procédure n’en prévoit pas.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	if (mistake.length)
		page_notice(html, NOTICE_ERROR, TEXT("La dérogation n’est pas enregistrée"), mistake);
	{
		FORM_IN(request, html, request->path, { "class", TEXT("form") });
		page_field(html, &(struct page_field){ .name = TEXT("matricule"), .label = TEXT("Matricule de l’agent"),
			.type = "text", .value = form_value(request, "matricule"), .required = true });
		{
			HTML_IN(html, "div", { "class", TEXT("field") });
			HTML_SAY(html, "label", "Fenêtre rouverte", { "for", TEXT("fenetre") });
			HTML_IN(html, "select", { "id", TEXT("fenetre") }, { "name", TEXT("fenetre") });
			for (size_t i = 0; i < procedure->exception_count; i++) {
				const struct procedure_window *window = &procedure->windows[procedure->exceptions[i].window];
				HTML_LINE(html, "option", window->label, { "value", window->name });
			}
		}
		page_field(html, &(struct page_field){ .name = TEXT("jusquau"), .label = TEXT("Jusqu’au (ce jour compris)"),
			.type = "date", .value = form_value(request, "jusquau"), .required = true });
		page_field(html, &(struct page_field){ .name = TEXT("motif"), .label = TEXT("Motif"), .type = "textarea",
			.longest = 500, .value = form_value(request, "motif"), .required = true });
		page_submit(html, TEXT("Rouvrir pour cet agent"));
	}
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
	struct directory_person person;
	status = directory_person_by_external_id(tx, request->arena, text_trim(form_value(request, "matricule")),
		date_of_instant(exemption->at, NULL), &person, error);
	if (status != GUICHET_OK && status != GUICHET_UNKNOWN)
		return status;
	exemption->window = procedure_window_find(exemption->campaign->procedure, form_value(request, "fenetre"));
	exemption->reason = text_trim(form_value(request, "motif"));
	if (status == GUICHET_UNKNOWN)
		*ret_mistake = TEXT("Aucun agent n’a ce matricule. Vérifiez-le dans la fiche de l’agent.");
	else if (exemption->window == PROCEDURE_NONE)
		*ret_mistake = TEXT("Choisissez la fenêtre à rouvrir.");
	else if (!date_read_french(form_value(request, "jusquau"), &exemption->last_day))
		*ret_mistake = TEXT("Donnez le dernier jour, par exemple 30/06/2023.");
	else if (exemption->reason.length == 0)
		*ret_mistake = TEXT("Donnez le motif : il est enregistré et l’agent peut le lire.");
	else
		exemption->person = person.id;
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
