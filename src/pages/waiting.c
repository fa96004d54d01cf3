/* What awaits who is logged in, over all campaigns and roles.   GET, POST /a-traiter */
#include "pages/inbox.h"
#include "pages/families.h"

#include "base/banned.h"

enum { ANSWERED = 30 };

/* When something will await them: the windows to come of what their roles may do. */
static void
when(struct request *request, struct html *html)
{
	struct arena *arena = request->arena;
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, arena);
	const instant now = clock_now(site_of(request)->clock);
	HTML_IN(html, "div", { "class", TEXT("empty") });
	HTML_SAY(html, "p", "Rien ne vous attend.");
	for (size_t c = 0; c < campaigns.count; c++) {
		const struct procedure *procedure = campaigns.at[c]->procedure;
		for (size_t w = 0; w < procedure->window_count; w++) {
			const struct campaign_window *window = &campaigns.at[c]->campaign->windows[w];
			bool theirs = false;
			for (size_t a = 0; a < procedure->action_count; a++)
				for (size_t r = 0; procedure->actions[a].during == (int)w && r < procedure->actions[a].who.count; r++)
					theirs |= office_holds_somewhere(&visitor_of(request)->actor,
						&procedure->roles[procedure->actions[a].who.at[r]]);
			if (!theirs || now >= window->closes)
				continue;
			HTML_IN(html, "p");
			html_text(html, campaigns.at[c]->campaign->title);
			html_say(html, "\u00a0: ");
			html_text(html, procedure->windows[w].label);
			const bool ends = window->closes != INSTANT_NEVER;
			html_text(html, ends ? TEXT(", du ") : TEXT(", à partir du "));
			HTML_LINE(html, "strong", date_french(arena, window->first_day, true));
			if (ends) {
				html_say(html, " au ");
				HTML_LINE(html, "strong", date_french(arena, window->last_day, true));
			}
			html_text(html, now < window->opens
				? TEXT(". Les demandes apparaîtront ici le premier jour ; un courriel vous préviendra.")
				: TEXT(". Une demande qui arrive apparaît ici aussitôt."));
		}
	}
}

static enum guichet_status
waiting_page(struct request *request, struct html *html, const struct inbox_sending *sending, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	const struct visitor *visitor = visitor_of(request);
	struct inbox inbox = { .request = request, .actor = &visitor->actor, .sending = sending };
	struct office_rows rows;
	enum guichet_status status = office_list_waiting(site_of(request)->office, tx, request->arena, &visitor->actor, INBOX_ROWS,
		&rows, error);
	if (status == GUICHET_OK)
		status = inbox_load(&inbox, tx, &rows, error);
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, TEXT("À traiter"), { TEXT("/"), TEXT("Accueil") });
	inbox_results(&inbox, html);
	if (inbox.count == 0)
		when(request, html);
	status = inbox_write(&inbox, tx, html, TEXT("/a-traiter"), error);
	return status != GUICHET_OK ? status : inbox_answered(&inbox, tx, html, ANSWERED, error);
}

enum guichet_status
page_waiting(struct request *request, struct html *html, struct guichet_error *error)
{
	return waiting_page(request, html, NULL, error);
}

enum guichet_status
page_waiting_send(struct request *request, struct html *html, struct guichet_error *error)
{
	bool waits;
	const enum guichet_status status = inbox_send(request, &visitor_of(request)->actor, NULL, &waits, error);
	return status != GUICHET_OK || waits ? status : page_waiting_sent(request, html, error);
}

enum guichet_status
page_waiting_sent(struct request *request, struct html *html, struct guichet_error *error)
{
	struct inbox_sending *sending = request->state;
	if (inbox_ended(sending))
		return request_redirect(request, 303, TEXT("/a-traiter?fait=avis"));
	return waiting_page(request, html, sending, error);
}
