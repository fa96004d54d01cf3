/* Choosing for whom to file a request (`pour_autrui`); the request itself is prepared by the pages of drafts.
 *
 * GET /campagnes/:campagne/pour?nom=… */
#include "pages/draft.h"

#include "base/banned.h"

enum { MOST_FOUND = 20 };

struct text
behalf_path(struct arena *arena, const struct office_campaign *campaign, struct text external_id)
{
	return arena_format(arena, TEXT_FORMAT "/pour%s" TEXT_FORMAT, TEXT_ARGS(page_campaign_path(arena, campaign)),
		external_id.length ? "/" : "", TEXT_ARGS(external_id));
}

/* Only those for whom the visitor may file: the others are not there. */
static enum guichet_status
person_line(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	const struct directory_found *one, size_t *told, struct guichet_error *error)
{
	struct office_actor subject;
	struct dossier_facts facts;
	const struct text name = directory_person_name(request->arena, &one->person);
	const enum guichet_status status = office_facts_on_behalf(site_of(request)->office, tx, request->arena, campaign,
		&visitor_of(request)->actor, one->person.id, request->received_at, &subject, &facts, error);
	if (status == GUICHET_UNKNOWN || text_equal(one->person.id, visitor_of(request)->actor.person))
		return GUICHET_OK;
	if (status != GUICHET_OK)
		return status;
	++*told;
	HTML_IN(html, "li");
	{
		HTML_IN(html, "span");
		HTML_LINE(html, "strong", name);
		html_format(html, ", " TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(one->person.external_id),
			TEXT_ARGS(one->structure_name));
	}
	HTML_IN(html, "a", { "class", TEXT("button secondary") },
		{ "href", behalf_path(request->arena, campaign, one->person.external_id) });
	html_say(html, "Déposer pour cette personne");
	HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
	html_say(html, " : ");
	html_text(html, name);
	return GUICHET_OK;
}

static enum guichet_status
results(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	struct text query, struct guichet_error *error)
{
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	struct directory_search found;
	size_t told = 0;
	enum guichet_status status = directory_search(tx, request->arena, query, &everywhere,
		date_of_instant(clock_now(site_of(request)->clock), NULL), MOST_FOUND, &found, error);
	if (status != GUICHET_OK)
		return status;
	if (found.count) {
		HTML_IN(html, "ul", { "class", TEXT("files") });
		for (size_t i = 0; status == GUICHET_OK && i < found.count; i++)
			status = person_line(request, tx, html, campaign, &found.at[i], &told, error);
		if (found.more)
			HTML_SAY(html, "li", "D’autres personnes répondent : précisez le prénom.");
		if (told == 0 && !found.more)
			HTML_SAY(html, "li", "Aucune des personnes trouvées n’est de celles pour qui vous pouvez déposer.");
	} else {
		HTML_SAY(html, "p", "Personne ne porte ce nom ni ce matricule dans l’annuaire d’aujourd’hui.",
			{ "class", TEXT("empty") });
	}
	return status;
}

enum guichet_status
page_behalf(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_campaign *campaign;
	const struct text query = text_trim(request_query(request, "nom"));
	enum guichet_status status = page_campaign(request, &campaign, error);
	if (status != GUICHET_OK)
		return status;
	if (!office_files_for_others(&visitor_of(request)->actor, campaign->procedure))
		return guichet_fail(error, GUICHET_UNKNOWN, "Cette page n’existe pas.");
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	PAGE_IN(request, html, TEXT("Déposer une demande pour quelqu’un"), { TEXT("/"), TEXT("Accueil") },
		{ page_campaign_path(request->arena, campaign), campaign->campaign->title });
	HTML_SAY(html, "p", "Choisissez la personne. La demande sera la sienne : elle sera prévenue, et la suivra comme si elle "
		"l’avait déposée. Votre nom et votre motif y seront inscrits.", { "class", TEXT("lead") });
	page_agent_search(request, html, query);
	return query.length ? results(request, tx, html, campaign, query, error) : GUICHET_OK;
}
