/* The first page: what is open, what is mine, what awaits me, the dates that matter.   GET / */
#include "pages/draft.h"
#include "pages/drafts.h"
#include "pages/kin.h"

#include "base/banned.h"

/* What can be said of a campaign to everybody: what it is, when. */
static void
campaign_card(struct request *request, struct html *html, const struct office_campaign *campaign)
{
	const struct procedure *procedure = campaign->procedure;
	HTML_IN(html, "li", { "class", TEXT("card") });
	{
		HTML_IN(html, "h3", { "class", TEXT("card-title") });
		html_link(html, page_campaign_path(request->arena, campaign), procedure->title);
	}
	{
		HTML_IN(html, "p");
		html_text(html, procedure->summary);
	}
	page_key_dates(request, html, campaign);
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

/* What comes next, as the timeline says it; nothing when nothing is dated. */
static enum guichet_status
next_line(struct request *request, struct html *html, const struct dossier_facts *facts,
	const struct dossier_viewer *viewer, struct guichet_error *error)
{
	const struct dossier_moment *moments;
	size_t count;
	const enum guichet_status status = dossier_timeline(DOSSIER_PRESENT(facts, request->arena), viewer, NULL, 0, &moments,
		&count, error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		if (moments[i].kind != DOSSIER_NEXT || !moments[i].at)
			continue;
		HTML_IN(html, "p");
		html_say(html, "Ensuite, le ");
		html_text(html, moments[i].whole_day
			? date_french(request->arena, date_of_instant(moments[i].at, NULL), true)
			: instant_french(request->arena, moments[i].at));
		html_say(html, " : ");
		html_text(html, moments[i].title);
		break;
	}
	return status;
}

static enum guichet_status
dossier_card(struct request *request, struct html *html, const struct office_row *row, const struct dossier_facts *facts,
	struct guichet_error *error)
{
	const struct dossier_viewer viewer = page_own_viewer(row, visitor_of(request)->actor.person);
	const struct procedure_step *step = &row->procedure->steps[row->step];
	bool mine = false; /* it waits for me */
	for (size_t i = 0; i < step->awaits.count && !step->sense; i++)
		mine |= row->procedure->roles[step->awaits.at[i]].reach == PROCEDURE_APPLICANT;
	HTML_IN(html, "li", { "class", mine ? TEXT("card todo") : TEXT("card") });
	{
		HTML_IN(html, "h3", { "class", TEXT("card-title") });
		const struct procedure_nature *nature = page_nature(row->procedure, facts->dossier->nature);
		html_link(html, page_dossier_path(request->arena, row->id), page_dossier_title(request->arena, row, nature));
	}
	{
		HTML_IN(html, "p");
		HTML_LINE(html, "span", dossier_label(facts, &viewer), { "class", page_step_class(step) });
	}
	if (mine)
		HTML_SAY(html, "p", "C’est à vous : ouvrez-la pour répondre.");
	else if (!step->final) {
		const enum guichet_status told = next_line(request, html, facts, &viewer, error);
		if (told != GUICHET_OK)
			return told;
	}
	HTML_IN(html, "p", { "class", TEXT("muted") });
	html_say(html, "N° ");
	html_text(html, row->number);
	html_say(html, ", déposée le ");
	html_text(html, instant_french(request->arena, row->filed_at));
	return GUICHET_OK;
}

static enum guichet_status
dossier_cards(struct request *request, struct store_tx *tx, struct html *html, const struct office_rows *rows,
	struct guichet_error *error)
{
	struct office_row_list list;
	enum guichet_status status = office_row_list(tx, request->arena, rows, request->received_at, true, &list, error);
	for (size_t i = 0; status == GUICHET_OK && i < rows->count; i++)
		status = dossier_card(request, html, &rows->at[i], &list.facts[i], error);
	return status;
}

static enum guichet_status
my_dossiers(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	struct office_rows rows, of_structures;
	struct page_drafts drafts;
	const struct text person = visitor_of(request)->actor.person;
	enum guichet_status status = office_list_of_subject(site_of(request)->office, tx, request->arena, person, &rows, error);
	if (status == GUICHET_OK)
		status = office_list_of_structures(site_of(request)->office, tx, request->arena, &visitor_of(request)->actor,
			&of_structures, error);
	if (status == GUICHET_OK)
		status = page_drafts_load(request, tx, &drafts, error);
	if (status != GUICHET_OK)
		return status;
	HTML_SAY(html, "h2", "Mes demandes");
	if (drafts.count + rows.count + of_structures.count == 0) {
		HTML_SAY(html, "p", "Vous n’avez aucune demande. Pour en commencer une, choisissez une campagne.",
			{ "class", TEXT("empty") });
		return status;
	}
	{
		HTML_IN(html, "ul", { "class", TEXT("cards") });
		status = page_draft_cards(request, tx, html, &drafts, error);
		if (status == GUICHET_OK)
			status = dossier_cards(request, tx, html, &rows, error);
		if (status == GUICHET_OK)
			status = dossier_cards(request, tx, html, &of_structures, error);
	}
	HTML_IN(html, "p");
	html_link(html, TEXT("/mes-demarches"), TEXT("Mes démarches : ce qui est attendu de vous, ce qui court, ce qui viendra, "
		"ce qui s’est passé"));
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
		HTML_SAY(html, "p", "Déposez votre demande, suivez-la, recevez la décision et ses raisons. "
			"Chaque date et chaque règle est expliquée.", { "class", TEXT("lead") });
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
	HTML_IN(html, "div", { "class", TEXT("columns") });
	{
		HTML_IN(html, "div");
		if (status == GUICHET_OK)
			status = my_dossiers(request, tx, html, error);
	}
	HTML_IN(html, "div");
	campaigns(request, html);
	return status;
}
