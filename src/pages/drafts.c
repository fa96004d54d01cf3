/* What the visitor prepares and has not filed: a card each, on the pages that say where they stand. */
#include "pages/draft.h"
#include "pages/drafts.h"
#include "pages/kin.h"

#include "base/banned.h"

/* Saved is not filed: the card says so, and until when it can be (people believe the contrary). */
static void
write_card(struct request *request, struct html *html, struct text address, struct text title, struct text line,
	instant saved_at)
{
	HTML_IN(html, "li", { "class", TEXT("card todo") });
	{
		HTML_IN(html, "h3", { "class", TEXT("card-title") });
		html_link(html, address, title);
	}
	{
		HTML_IN(html, "p");
		HTML_SAY(html, "span", "Brouillon, pas encore déposé", { "class", TEXT("badge warning") });
	}
	if (line.length)
		HTML_LINE(html, "p", line);
	HTML_IN(html, "p", { "class", TEXT("muted") });
	html_say(html, "Enregistré le ");
	html_text(html, instant_french(request->arena, saved_at));
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
	write_card(request, html, behalf_path(request->arena, campaign, subject.facts.person.external_id),
		arena_format(request->arena, TEXT_FORMAT ", pour " TEXT_FORMAT, TEXT_ARGS(campaign->procedure->title),
			TEXT_ARGS(directory_person_name(request->arena, &subject.facts.person))),
		page_filing_deadline(request->arena, &facts), saved_at);
	return GUICHET_OK;
}

/* The draft of a request of a structure, while the visitor may ask for it. */
static enum guichet_status
structure_draft_card(struct request *request, struct store_tx *tx, struct html *html,
	const struct office_campaign *campaign, struct text id, instant saved_at, struct guichet_error *error)
{
	struct office_actor asking = visitor_of(request)->actor;
	const enum guichet_status status = office_actor_for(tx, request->arena, campaign->procedure, id, request->received_at,
		&asking, error);
	if (status != GUICHET_OK)
		return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
	write_card(request, html, structure_path(request->arena, campaign, asking.facts.structure.code),
		arena_format(request->arena, TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(campaign->procedure->title),
			TEXT_ARGS(asking.facts.structure.name)),
		TEXT(""), saved_at);
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
	write_card(request, html, draft_child_path(request->arena, parent, nature), dossier.procedure->natures[index].label,
		arena_format(request->arena, "Demande n° " TEXT_FORMAT, TEXT_ARGS(dossier.state.number)), saved_at);
	return GUICHET_OK;
}

/* The draft of the visitor's own request: until when it may be filed depends on the windows of its campaign and on those
 * opened longer for them, read with the list. */
static enum guichet_status
own_draft_card(struct request *request, struct html *html, const struct page_drafts *drafts,
	const struct page_draft_row *row, struct guichet_error *error)
{
	const struct office_campaign *campaign = row->campaign;
	struct dossier_exception *exceptions = arena_array_of(request->arena, struct dossier_exception,
		drafts->exception_count + 1);
	size_t count = 0;
	if (!exceptions)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < drafts->exception_count; i++) {
		const struct office_draft_exception *exception = &drafts->exceptions[i];
		const int window = text_equal(exception->campaign, campaign->id)
			? procedure_window_find(campaign->procedure, exception->window) : PROCEDURE_NONE;
		if (window != PROCEDURE_NONE)
			exceptions[count++] = (struct dossier_exception){ .window = window, .until = exception->until };
	}
	const struct dossier_facts facts = { .procedure = campaign->procedure, .campaign = campaign->campaign,
		.exceptions = exceptions, .exception_count = count, .at = request->received_at };
	write_card(request, html, arena_format(request->arena, TEXT_FORMAT "/demande",
		TEXT_ARGS(page_campaign_path(request->arena, campaign))), campaign->procedure->title,
		page_filing_deadline(request->arena, &facts), row->saved_at);
	return GUICHET_OK;
}

static enum guichet_status
draft_card(struct request *request, struct store_tx *tx, struct html *html, const struct page_drafts *drafts,
	const struct page_draft_row *row, struct guichet_error *error)
{
	const struct office_campaign *campaign = row->campaign;
	const struct text about = row->about;
	const instant saved_at = row->saved_at;
	struct text parent, nature;
	struct text subject;
	if (office_behalf_draft_read(about, &subject))
		return behalf_draft_card(request, tx, html, campaign, subject, saved_at, error);
	if (office_child_draft_read(about, &parent, &nature))
		return child_draft_card(request, tx, html, parent, nature, saved_at, error);
	struct text structure;
	if (office_structure_draft_read(about, &structure))
		return structure_draft_card(request, tx, html, campaign, structure, saved_at, error);
	return own_draft_card(request, html, drafts, row, error);
}

enum guichet_status
page_drafts_load(struct request *request, struct store_tx *tx, struct page_drafts *ret_drafts, struct guichet_error *error)
{
	enum { MOST = 50 };
	struct page_draft_row *list = arena_array_of(request->arena, struct page_draft_row, MOST);
	if (!list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, request->arena, STORE_DRAFT_OF_PERSON,
		STORE_VALUES(visitor_of(request)->actor.person), error);
	while (count < MOST && store_next(&rows)) {
		list[count] = (struct page_draft_row){ office_campaign_find(site_of(request)->office, store_text(&rows, 0)),
			store_text(&rows, 2), store_integer(&rows, 1) };
		count += list[count].campaign != NULL;
	}
	struct page_drafts drafts = { .at = list, .count = count };
	enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK && count > 0)
		status = office_draft_exceptions(tx, request->arena, visitor_of(request)->actor.person, &drafts.exceptions,
			&drafts.exception_count, error);
	if (status == GUICHET_OK)
		*ret_drafts = drafts;
	return status;
}

enum guichet_status
page_draft_cards(struct request *request, struct store_tx *tx, struct html *html, const struct page_drafts *drafts,
	struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < drafts->count; i++)
		status = draft_card(request, tx, html, drafts, &drafts->at[i], error);
	return status;
}
