/* The first page: what is open, what is mine, what awaits me, the dates that matter.   GET / */
#include "pages/families.h"

#include "base/banned.h"

/* What can be said of a campaign to everybody: its windows. */
static void
campaign_card(struct request *request, struct html *html, const struct office_campaign *campaign)
{
	const struct procedure *procedure = campaign->procedure;
	const instant now = clock_now(site_of(request)->clock);
	HTML_IN(html, "li", { "class", TEXT("card") });
	{
		HTML_IN(html, "h3", { "class", TEXT("card-title") });
		html_link(html, page_campaign_path(request->arena, campaign), procedure->title);
	}
	{
		HTML_IN(html, "p");
		html_text(html, procedure->summary);
	}
	HTML_IN(html, "ul", { "class", TEXT("key-dates") });
	for (size_t i = 0; i < procedure->window_count; i++) {
		const struct campaign_window *window = &campaign->campaign->windows[i];
		HTML_IN(html, "li");
		{
			HTML_IN(html, "span", { "class", TEXT("day") });
			html_say(html, "Du ");
			html_text(html, date_french(request->arena, window->first_day, false));
			html_say(html, " au ");
			html_text(html, date_french(request->arena, window->last_day, false));
		}
		html_markup(html, " ");
		HTML_LINE(html, "span", procedure->windows[i].label);
		html_markup(html, " ");
		if (now < window->opens)
			HTML_SAY(html, "span", "à venir", { "class", TEXT("badge neutral") });
		else if (now < window->closes)
			HTML_SAY(html, "span", "en cours", { "class", TEXT("badge success") });
		else
			HTML_SAY(html, "span", "terminé", { "class", TEXT("badge closed") });
	}
}

static void
campaigns(struct request *request, struct html *html)
{
	const struct office_campaigns all = office_campaigns(site_of(request)->office, request->arena);
	HTML_SAY(html, "h2", "Campagnes");
	if (all.count == 0) {
		HTML_SAY(html, "p", "Aucune campagne n’est annoncée pour l’instant.", { "class", TEXT("empty") });
		return;
	}
	HTML_IN(html, "ul", { "class", TEXT("cards") });
	for (size_t i = 0; i < all.count; i++)
		campaign_card(request, html, all.at[i]);
}

static enum guichet_status
my_dossiers(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	struct office_rows rows;
	const struct text person = visitor_of(request)->actor.person;
	enum guichet_status status = office_list_of_subject(site_of(request)->office, tx, request->arena, person, &rows, error);
	if (status != GUICHET_OK)
		return status;
	HTML_SAY(html, "h2", "Mes demandes");
	struct store_rows drafts = store_query(tx, request->arena, STORE_DRAFT_OF_PERSON, STORE_VALUES(person), error);
	size_t shown = 0;
	HTML_IN(html, "ul", { "class", TEXT("cards") });
	while (store_next(&drafts)) {
		const struct office_campaign *campaign = office_campaign_find(site_of(request)->office, store_text(&drafts, 0));
		if (!campaign)
			continue;
		shown++;
		HTML_IN(html, "li", { "class", TEXT("card todo") });
		{
			HTML_IN(html, "h3", { "class", TEXT("card-title") });
			html_link(html, arena_format(request->arena, "/campagnes/" TEXT_FORMAT "/demande", TEXT_ARGS(campaign->id)),
				campaign->procedure->title);
		}
		HTML_SAY(html, "span", "Brouillon, pas encore déposé", { "class", TEXT("badge warning") });
		HTML_IN(html, "p");
		html_say(html, "Enregistré le ");
		html_text(html, instant_french(request->arena, store_integer(&drafts, 1)));
	}
	status = store_finish(&drafts);
	for (size_t i = 0; status == GUICHET_OK && i < rows.count; i++) {
		const struct office_row *row = &rows.at[i];
		struct dossier state;
		struct dossier_facts facts;
		status = office_row_facts(request->arena, row, clock_now(site_of(request)->clock), &state, &facts, error);
		if (status != GUICHET_OK)
			return status;
		shown++;
		const struct dossier_viewer viewer = { .person = person };
		HTML_IN(html, "li", { "class", TEXT("card") });
		{
			HTML_IN(html, "h3", { "class", TEXT("card-title") });
			html_link(html, arena_format(request->arena, "/dossiers/" TEXT_FORMAT, TEXT_ARGS(row->id)),
				row->procedure->title);
		}
		HTML_LINE(html, "span", dossier_label(&facts, &viewer), { "class", page_step_class(&row->procedure->steps[row->step]) });
		HTML_IN(html, "p");
		html_say(html, "Demande n° ");
		html_text(html, row->number);
		html_say(html, ", déposée le ");
		html_text(html, instant_french(request->arena, row->filed_at));
	}
	if (shown == 0)
		HTML_SAY(html, "li", "Vous n’avez aucune demande. Choisissez une campagne ci-dessous pour commencer.",
			{ "class", TEXT("empty") });
	return status;
}

static enum guichet_status
waiting(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	enum { MOST = 500 };
	struct office_rows rows;
	const enum guichet_status status = office_list_waiting(site_of(request)->office, tx, request->arena,
		&visitor_of(request)->actor, MOST, &rows, error);
	if (status != GUICHET_OK || rows.count == 0)
		return status;
	HTML_IN(html, "div", { "class", TEXT("notice warning") });
	HTML_IN(html, "p", { "class", TEXT("notice-title") });
	HTML_IN(html, "a", { "href", TEXT("/a-traiter") });
	html_format(html, rows.count == 1 ? "%zu dossier attend votre réponse" : "%zu dossiers attendent votre réponse",
		rows.count);
	return GUICHET_OK;
}

enum guichet_status
page_home(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct visitor *visitor = visitor_of(request);
	if (!visitor) {
		PAGE_IN(request, html, TEXT("Vos demandes, de la campagne à la décision"));
		HTML_SAY(html, "p", "Déposez votre demande, suivez-la, recevez la décision et ses raisons. Chaque date et chaque règle est "
			"expliquée.", { "class", TEXT("lead") });
		{
			HTML_IN(html, "p", { "class", TEXT("buttons") });
			HTML_SAY(html, "a", "Se connecter", { "class", TEXT("button large") }, { "href", TEXT("/connexion") });
		}
		campaigns(request, html);
		return GUICHET_OK;
	}
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	PAGE_IN(request, html, arena_format(request->arena, "Bonjour " TEXT_FORMAT,
		TEXT_ARGS(visitor->actor.facts.person.first_name)));
	enum guichet_status status = visitor->handles ? waiting(request, tx, html, error) : GUICHET_OK;
	if (status == GUICHET_OK)
		status = my_dossiers(request, tx, html, error);
	campaigns(request, html);
	return status;
}
