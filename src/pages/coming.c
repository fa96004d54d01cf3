/* What will happen by itself in a service: renewals, notices that end, certificates that expire. Read only.
 * GET /a-venir */
#include "pages/inbox.h"
#include "pages/families.h"

#include "base/banned.h"

enum { MOST = 200, DAYS = 120 };

static void
line(struct request *request, struct html *html, const struct office_due *due)
{
	struct arena *arena = request->arena;
	HTML_IN(html, "tr");
	HTML_LINE(html, "td", date_french(arena, date_of_instant(due->at, NULL), true), { "data-label", TEXT("Jour") });
	HTML_LINE(html, "td", due->label, { "data-label", TEXT("Ce qui arrivera") });
	{
		HTML_IN(html, "td", { "data-label", TEXT("Agent") });
		HTML_LINE(html, "a", due->row.subject_name, { "href",
			arena_format(arena, "/dossiers/" TEXT_FORMAT, TEXT_ARGS(due->row.id)) });
		HTML_LINE(html, "span", due->row.structure_name, { "class", TEXT("over") });
	}
	HTML_LINE(html, "td", due->row.step >= 0 ? due->row.procedure->steps[due->row.step].label : TEXT(""),
		{ "data-label", TEXT("Aujourd’hui") });
}

static void
table(struct request *request, struct html *html, const struct office_due *dues, size_t count)
{
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", TEXT("À venir") });
	HTML_IN(html, "table", { "class", TEXT("table") });
	HTML_SAY(html, "caption", "Dans les quatre mois, le plus proche d’abord", { "class", TEXT("visually-hidden") });
	html_markup(html, "<thead><tr><th scope=\"col\">Jour</th><th scope=\"col\">Ce qui arrivera</th>"
		"<th scope=\"col\">Agent</th><th scope=\"col\">Aujourd’hui</th></tr></thead>");
	HTML_IN(html, "tbody");
	for (size_t i = 0; i < count; i++)
		line(request, html, &dues[i]);
}

/* The table of one campaign, one for each part of the directory that is led; nothing when nothing will come. */
static enum guichet_status
campaign_section(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	bool *shown, struct guichet_error *error)
{
	struct directory_range ranges[INBOX_RANGES];
	const instant now = clock_now(site_of(request)->clock);
	const size_t count = inbox_led(request->arena, campaign->procedure, &visitor_of(request)->actor, ranges);
	bool titled = false;
	for (size_t r = 0; r < count; r++) {
		const struct office_due *dues;
		size_t due_count;
		bool more;
		const enum guichet_status status = office_list_due(site_of(request)->office, tx, request->arena, campaign,
			&ranges[r], now, now + DAYS * INSTANT_DAY, MOST, &dues, &due_count, &more, error);
		if (status != GUICHET_OK)
			return status;
		if (due_count == 0)
			continue;
		if (!titled)
			HTML_LINE(html, "h2", campaign->campaign->title);
		titled = *shown = true;
		table(request, html, dues, due_count);
		if (more)
			HTML_SAY(html, "p", "Il y en a d’autres : seules les premières dates sont montrées.");
	}
	return GUICHET_OK;
}

enum guichet_status
page_coming(struct request *request, struct html *html, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	PAGE_IN(request, html, TEXT("Ce qui vient dans mon service"), { TEXT("/"), TEXT("Accueil") });
	HTML_SAY(html, "p", "Ce qui arrivera de soi-même dans les quatre mois : reconductions, fins, délais qui s’achèvent. "
		"Pour qu’il en soit autrement, ouvrez le dossier avant ce jour : il dit ce que vous pouvez faire.",
		{ "class", TEXT("lead") });
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, request->arena);
	bool shown = false;
	enum guichet_status status = GUICHET_OK;
	for (size_t i = campaigns.count; status == GUICHET_OK && i > 0; i--)
		status = campaign_section(request, tx, html, campaigns.at[i - 1], &shown, error);
	if (status == GUICHET_OK && !shown) {
		HTML_IN(html, "div", { "class", TEXT("empty") });
		HTML_SAY(html, "p", "Rien n’arrivera de soi-même d’ici quatre mois dans les dossiers de votre service.");
	}
	return status;
}
