/* The first page: what is open, what is mine, what awaits me, the dates that matter.   GET / */
#include "pages/draft.h"
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

/* The draft of a request for an agent, while the visitor may file for them. */
static enum guichet_status
behalf_draft_card(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	struct text person, instant saved_at, struct guichet_error *error)
{
	struct office_actor subject;
	struct dossier_facts facts;
	const enum guichet_status status = office_facts_on_behalf(site_of(request)->office, tx, request->arena, campaign,
		&visitor_of(request)->actor, person, request->received_at, &subject, &facts, error);
	if (status != GUICHET_OK)
		return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
	HTML_IN(html, "li", { "class", TEXT("card todo") });
	{
		HTML_IN(html, "h3", { "class", TEXT("card-title") });
		html_link(html, behalf_path(request->arena, campaign, subject.facts.person.external_id), arena_format(request->arena,
			TEXT_FORMAT ", pour " TEXT_FORMAT, TEXT_ARGS(campaign->procedure->title),
			TEXT_ARGS(directory_person_name(request->arena, &subject.facts.person))));
	}
	{
		HTML_IN(html, "p");
		HTML_SAY(html, "span", "Brouillon, pas encore déposé", { "class", TEXT("badge warning") });
	}
	HTML_LINE(html, "p", page_filing_deadline(request->arena, &facts));
	HTML_IN(html, "p", { "class", TEXT("muted") });
	html_say(html, "Enregistré le ");
	html_text(html, instant_french(request->arena, saved_at));
	return GUICHET_OK;
}

/* The draft of a dossier born of another, while its parent is theirs to see. */
static enum guichet_status
child_draft_card(struct request *request, struct store_tx *tx, struct html *html, struct text parent, struct text nature,
	instant saved_at, struct guichet_error *error)
{
	struct office_dossier dossier;
	const enum guichet_status status = office_dossier_load(site_of(request)->office, tx, request->arena, parent,
		&visitor_of(request)->actor, request->received_at, &dossier, error);
	const int index = status == GUICHET_OK ? procedure_nature_find(dossier.procedure, nature) : PROCEDURE_NONE;
	if (status != GUICHET_OK || index < 0 || !office_may_see(&dossier))
		return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
	HTML_IN(html, "li", { "class", TEXT("card todo") });
	{
		HTML_IN(html, "h3", { "class", TEXT("card-title") });
		html_link(html, draft_child_path(request->arena, parent, nature), dossier.procedure->natures[index].label);
	}
	{
		HTML_IN(html, "p");
		HTML_SAY(html, "span", "Brouillon, pas encore déposé", { "class", TEXT("badge warning") });
	}
	{
		HTML_IN(html, "p");
		html_say(html, "Demande n° ");
		html_text(html, dossier.state.number);
	}
	HTML_IN(html, "p", { "class", TEXT("muted") });
	html_say(html, "Enregistré le ");
	html_text(html, instant_french(request->arena, saved_at));
	return GUICHET_OK;
}

/* Saved is not filed: the card says so, and until when it can be (people believe the contrary). */
static enum guichet_status
draft_card(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	struct text about, instant saved_at, struct guichet_error *error)
{
	struct text parent, nature;
	struct text subject;
	if (office_behalf_draft_read(about, &subject))
		return behalf_draft_card(request, tx, html, campaign, subject, saved_at, error);
	if (office_child_draft_read(about, &parent, &nature))
		return child_draft_card(request, tx, html, parent, nature, saved_at, error);
	struct dossier_facts facts;
	const enum guichet_status status = office_facts_before_filing(site_of(request)->office, tx, request->arena, campaign,
		&visitor_of(request)->actor, request->received_at, &facts, error);
	if (status != GUICHET_OK)
		return status;
	HTML_IN(html, "li", { "class", TEXT("card todo") });
	{
		HTML_IN(html, "h3", { "class", TEXT("card-title") });
		html_link(html, arena_format(request->arena, TEXT_FORMAT "/demande",
			TEXT_ARGS(page_campaign_path(request->arena, campaign))), campaign->procedure->title);
	}
	{
		HTML_IN(html, "p");
		HTML_SAY(html, "span", "Brouillon, pas encore déposé", { "class", TEXT("badge warning") });
	}
	HTML_LINE(html, "p", page_filing_deadline(request->arena, &facts));
	HTML_IN(html, "p", { "class", TEXT("muted") });
	html_say(html, "Enregistré le ");
	html_text(html, instant_french(request->arena, saved_at));
	return GUICHET_OK;
}

/* What comes next, as the timeline says it; nothing when nothing is dated. */
static enum guichet_status
next_line(struct request *request, struct html *html, const struct dossier_facts *facts,
	const struct dossier_viewer *viewer, struct guichet_error *error)
{
	const struct dossier_moment *moments;
	size_t count;
	const enum guichet_status status = dossier_timeline(facts, viewer, NULL, 0, request->arena, &moments, &count, error);
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
dossier_card(struct request *request, struct html *html, const struct office_row *row, struct guichet_error *error)
{
	struct dossier state;
	struct dossier_facts facts;
	const struct dossier_viewer viewer = { .person = visitor_of(request)->actor.person };
	const struct procedure_step *step = &row->procedure->steps[row->step];
	const enum guichet_status status = office_row_facts(request->arena, row, request->received_at, &state, &facts, error);
	if (status != GUICHET_OK)
		return status;
	bool mine = false; /* it waits for me */
	for (size_t i = 0; i < step->awaits.count && !step->sense; i++)
		mine |= row->procedure->roles[step->awaits.at[i]].reach == PROCEDURE_APPLICANT;
	HTML_IN(html, "li", { "class", mine ? TEXT("card todo") : TEXT("card") });
	{
		HTML_IN(html, "h3", { "class", TEXT("card-title") });
		const struct procedure_nature *nature = page_nature(row->procedure, state.nature);
		html_link(html, page_dossier_path(request->arena, row->id), !nature ? row->procedure->title
			: arena_format(request->arena, TEXT_FORMAT " : " TEXT_FORMAT, TEXT_ARGS(row->procedure->title),
				TEXT_ARGS(nature->label)));
	}
	{
		HTML_IN(html, "p");
		HTML_LINE(html, "span", dossier_label(&facts, &viewer), { "class", page_step_class(step) });
	}
	if (mine)
		HTML_SAY(html, "p", "C’est à vous : ouvrez-la pour répondre.");
	else if (!step->final) {
		const enum guichet_status told = next_line(request, html, &facts, &viewer, error);
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
my_dossiers(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	enum { MOST = 50 };
	struct office_rows rows;
	const struct office_campaign *campaigns[MOST];
	instant saved_at[MOST];
	struct text abouts[MOST];
	size_t draft_count = 0;
	const struct text person = visitor_of(request)->actor.person;
	enum guichet_status status = office_list_of_subject(site_of(request)->office, tx, request->arena, person, &rows, error);
	if (status != GUICHET_OK)
		return status;
	struct store_rows drafts = store_query(tx, request->arena, STORE_DRAFT_OF_PERSON, STORE_VALUES(person), error);
	while (draft_count < MOST && store_next(&drafts)) {
		campaigns[draft_count] = office_campaign_find(site_of(request)->office, store_text(&drafts, 0));
		saved_at[draft_count] = store_integer(&drafts, 1);
		abouts[draft_count] = store_text(&drafts, 2);
		draft_count += campaigns[draft_count] != NULL;
	}
	status = store_finish(&drafts);
	HTML_SAY(html, "h2", "Mes demandes");
	if (draft_count + rows.count == 0) {
		HTML_SAY(html, "p", "Vous n’avez aucune demande. Choisissez une campagne ci-dessous pour commencer.",
			{ "class", TEXT("empty") });
		return status;
	}
	HTML_IN(html, "ul", { "class", TEXT("cards") });
	for (size_t i = 0; status == GUICHET_OK && i < draft_count; i++)
		status = draft_card(request, tx, html, campaigns[i], abouts[i], saved_at[i], error);
	for (size_t i = 0; status == GUICHET_OK && i < rows.count; i++)
		status = dossier_card(request, html, &rows.at[i], error);
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
	if (status == GUICHET_OK)
		status = my_dossiers(request, tx, html, error);
	campaigns(request, html);
	return status;
}
