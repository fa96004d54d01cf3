/* A campaign as everybody reads it before starting: what it is, when, with what, who will answer; and for who is logged
 * in, the answer to « Puis-je ? ».
 *
 * GET /campagnes/:campagne */
#include "pages/draft.h"

#include "base/banned.h"

struct text
page_campaign_path(struct arena *arena, const struct office_campaign *campaign)
{
	return arena_format(arena, "/campagnes/" TEXT_FORMAT, TEXT_ARGS(campaign->id));
}

/* ---- dates ---- */

struct day {
	struct date from, to;
	struct text label;
	bool window;
};

static struct text
day_text(struct arena *arena, const struct day *day)
{
	if (day->to.year == 0)
		return arena_format(arena, "à partir du " TEXT_FORMAT, TEXT_ARGS(date_french(arena, day->from, false)));
	if (date_compare(day->from, day->to) == 0)
		return date_french(arena, day->from, true);
	return arena_format(arena, "du " TEXT_FORMAT " au " TEXT_FORMAT " inclus", TEXT_ARGS(date_french(arena, day->from, false)),
		TEXT_ARGS(date_french(arena, day->to, false)));
}

/* Windows and key dates together, in order. NULL without memory. */
static struct day *
list_days(struct arena *arena, const struct office_campaign *campaign, size_t *ret_count)
{
	const struct campaign *dates = campaign->campaign;
	struct day *days = arena_array_of(arena, struct day, dates->window_count + dates->key_date_count + 1);
	size_t count = 0;
	for (size_t i = 0; days && i < dates->window_count; i++)
		days[count++] = (struct day){ dates->windows[i].first_day, dates->windows[i].last_day,
			campaign->procedure->windows[i].label, true };
	for (size_t i = 0; days && i < dates->key_date_count; i++)
		days[count++] = (struct day){ dates->key_dates[i].from, dates->key_dates[i].to, dates->key_dates[i].label, false };
	for (size_t i = 1; i < count; i++)
		for (size_t at = i; at > 0 && date_compare(days[at].from, days[at - 1].from) < 0; at--) {
			const struct day moved = days[at];
			days[at] = days[at - 1];
			days[at - 1] = moved;
		}
	*ret_count = count;
	return days;
}

void
page_key_dates(struct request *request, struct html *html, const struct office_campaign *campaign)
{
	const struct date today = date_of_instant(request->received_at, NULL);
	size_t count;
	const struct day *days = list_days(request->arena, campaign, &count);
	HTML_IN(html, "ul", { "class", TEXT("key-dates") });
	for (size_t i = 0; days && i < count; i++) {
		const bool past = days[i].to.year != 0 && date_compare(days[i].to, today) < 0, now = !past && date_compare(days[i].from, today) <= 0;
		HTML_IN(html, "li", { "class", past ? TEXT("past") : now ? TEXT("now") : (struct text){ 0 } });
		HTML_LINE(html, "span", day_text(request->arena, &days[i]), { "class", TEXT("day") });
		HTML_IN(html, "span");
		html_text(html, days[i].label);
		html_markup(html, " ");
		if (past)
			HTML_SAY(html, "span", "passé", { "class", TEXT("badge closed") });
		else if (now && days[i].window)
			HTML_SAY(html, "span", "en cours", { "class", TEXT("badge success") });
	}
}

/* ---- Puis-je ? ---- */

static void
why(struct html *html, const struct dossier_can *can)
{
	if (can->verdict_count == 0)
		return;
	HTML_IN(html, "details");
	HTML_SAY(html, "summary", "Pourquoi cette réponse ?");
	HTML_SAY(html, "p", "Les règles de la campagne, appliquées à ce que l’annuaire dit de vous aujourd’hui :");
	HTML_IN(html, "ul");
	for (size_t i = 0; i < can->verdict_count; i++) {
		const struct dossier_verdict *verdict = &can->verdicts[i];
		HTML_IN(html, "li");
		if (verdict->passed)
			HTML_SAY(html, "span", "rempli", { "class", TEXT("badge success") });
		else
			HTML_SAY(html, "span", "non rempli", { "class", TEXT("badge error") });
		html_markup(html, " ");
		html_text(html, verdict->explanation);
	}
}

static void
big_link(struct html *html, struct text path, struct text label, bool main)
{
	HTML_IN(html, "p", { "class", TEXT("buttons") });
	HTML_LINE(html, "a", label, { "class", main ? TEXT("button large") : TEXT("button secondary") }, { "href", path });
}

/* Is the only way left the one of those who come after the period? */
static bool
is_late(const struct draft *draft)
{
	const struct procedure_action *filing = draft_filing(draft);
	return draft->can.may && filing && filing->beyond >= 0;
}

static void
answer(struct request *request, struct html *html, const struct draft *draft)
{
	struct arena *arena = request->arena;
	const struct text start = draft_path(arena, draft, "");
	const bool saved = draft->saved.updated_at;
	if (draft->other.length) {
		page_notice(html, NOTICE_SUCCESS, TEXT("Votre demande est déposée"),
			arena_format(arena, "Elle porte le numéro " TEXT_FORMAT ". " TEXT_FORMAT, TEXT_ARGS(draft->facts.other),
				TEXT_ARGS(draft->can.message)));
		big_link(html, page_dossier_path(arena, draft->other), TEXT("Voir ma demande"), true);
		return;
	}
	if (draft->choice_count) {
		HTML_IN(html, "section", { "class", TEXT("card") });
		HTML_SAY(html, "h2", "Pour quelle structure demandez-vous ?", { "class", TEXT("card-title") });
		HTML_IN(html, "ul");
		for (size_t i = 0; i < draft->choice_count; i++) {
			HTML_IN(html, "li");
			html_link(html, structure_path(arena, draft->campaign, draft->choices[i].code), draft->choices[i].name);
		}
		return;
	}
	if (!draft->can.eligible) {
		page_notice(html, NOTICE_WARNING, TEXT("Non, vous ne pouvez pas déposer de demande"), draft->can.message);
		return;
	}
	if (saved && !draft->can.may && !draft->can.opens_at)
		page_notice(html, NOTICE_ERROR, TEXT("Trop tard : votre brouillon n’a pas été déposé"), draft->can.message);
	else if (saved)
		page_notice(html, NOTICE_WARNING, TEXT("Vous avez un brouillon, pas encore déposé"), arena_format(arena,
			"Enregistré le " TEXT_FORMAT ". " TEXT_FORMAT, TEXT_ARGS(instant_french(arena, draft->saved.updated_at)),
			TEXT_ARGS(is_late(draft) ? draft->can.message : page_filing_deadline(arena, &draft->facts))));
	else if (draft->can.may)
		page_notice(html, NOTICE_SUCCESS, TEXT("Oui, vous pouvez déposer une demande"), is_late(draft) ? draft->can.message
			: page_filing_deadline(arena, &draft->facts));
	else if (draft->can.opens_at)
		page_notice(html, NOTICE_INFO, TEXT("Oui, mais pas encore"), page_filing_deadline(arena, &draft->facts));
	else
		page_notice(html, NOTICE_WARNING, TEXT("Trop tard pour déposer"), draft->can.message);
	if (saved && !draft->can.may && !draft->can.opens_at)
		big_link(html, start, TEXT("Relire mon brouillon"), false);
	else if (saved)
		big_link(html, start, TEXT("Reprendre mon brouillon"), true);
	else if (draft->can.may)
		big_link(html, start, TEXT("Commencer ma demande"), true);
	else if (draft->can.opens_at)
		big_link(html, start, TEXT("Préparer ma demande"), true);
}

static void
answer_to_stranger(struct request *request, struct html *html)
{
	page_notice(html, NOTICE_INFO, TEXT("Puis-je demander ?"),
		TEXT("Connectez-vous pour savoir si vous pouvez demander : la réponse tient compte de ce que l’annuaire dit de vous."));
	big_link(html, arena_format(request->arena, "/connexion?vers=" TEXT_FORMAT, TEXT_ARGS(request->path)),
		TEXT("Se connecter"), true);
}

/* ---- what to read, what to have at hand ---- */

static void
documents(struct html *html, const struct procedure *procedure, bool before_form, struct text title)
{
	size_t count = 0;
	for (size_t i = 0; i < procedure->document_count; i++)
		count += procedure->documents[i].before_form == before_form;
	if (count == 0)
		return;
	HTML_LINE(html, "h2", title);
	HTML_IN(html, "ul");
	for (size_t i = 0; i < procedure->document_count; i++) {
		if (procedure->documents[i].before_form != before_form)
			continue;
		HTML_IN(html, "li");
		html_link(html, procedure->documents[i].address, procedure->documents[i].title);
	}
}

/* TTA-45: told before the form, not at its end. */
static void
pieces(struct request *request, struct html *html, const struct procedure *procedure)
{
	bool any = false;
	for (size_t i = 0; i < procedure->piece_count; i++)
		any |= procedure_piece_is_theirs(procedure, i);
	if (!any)
		return;
	HTML_SAY(html, "h2", "Pièces à préparer");
	HTML_IN(html, "ul");
	for (size_t i = 0; i < procedure->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[i];
		if (!procedure_piece_is_theirs(procedure, i))
			continue;
		HTML_IN(html, "li");
		HTML_LINE(html, "strong", piece->label);
		if (piece->later)
			html_say(html, " (plus tard)");
		else if (!piece->compulsory)
			html_say(html, " (facultatif)");
		else if (piece->condition)
			html_say(html, " (selon votre situation)");
		html_say(html, " : ");
		html_text(html, dossier_formats_text(request->arena, piece->formats));
		html_say(html, ", 10 Mo au plus.");
		if (piece->help.length) {
			HTML_IN(html, "p", { "class", TEXT("muted") });
			html_text(html, piece->help);
		}
	}
}

/* ---- the page ---- */

static void
aside(struct request *request, struct html *html, const struct office_campaign *campaign)
{
	HTML_IN(html, "div");
	{
		HTML_IN(html, "section", { "class", TEXT("card") });
		HTML_SAY(html, "h2", "Dates clés", { "class", TEXT("card-title") });
		page_key_dates(request, html, campaign);
	}
	const bool others = visitor_of(request) && office_files_for_others(&visitor_of(request)->actor, campaign->procedure);
	if (!others && campaign->campaign->contact_count == 0)
		return;
	HTML_IN(html, "section", { "class", TEXT("card") });
	HTML_SAY(html, "h2", "Une question ?", { "class", TEXT("card-title") });
	if (others) {
		HTML_IN(html, "p");
		html_link(html, behalf_path(request->arena, campaign, (struct text){ 0 }), TEXT("Déposer une demande pour quelqu’un"));
	}
	page_contacts(html, campaign->campaign);
}

enum guichet_status
page_campaign_show(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_campaign *campaign;
	struct draft draft;
	enum guichet_status status = page_campaign(request, &campaign, error);
	if (status == GUICHET_OK && visitor_of(request)) {
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		status = tx ? draft_load(request, tx, &draft, error) : error->status;
	}
	if (status != GUICHET_OK)
		return status;
	const struct procedure *procedure = campaign->procedure;
	PAGE_IN(request, html, procedure->title, { TEXT("/"), TEXT("Accueil") });
	HTML_LINE(html, "p", campaign->campaign->title, { "class", TEXT("muted") });
	HTML_LINE(html, "p", procedure->summary, { "class", TEXT("lead") });
	HTML_IN(html, "div", { "class", TEXT("columns aside") });
	{
		HTML_IN(html, "div");
		if (visitor_of(request)) {
			answer(request, html, &draft);
			why(html, &draft.can);
		} else {
			answer_to_stranger(request, html);
		}
		/* Who cannot file any more has nothing to prepare. */
		const bool ahead = !visitor_of(request) || (draft_may_prepare(&draft) && (draft.can.may || draft.can.opens_at));
		if (ahead) {
			documents(html, procedure, true, TEXT("À faire avant de commencer"));
			pieces(request, html, procedure);
		}
		if (ahead && visitor_of(request)) {
			HTML_SAY(html, "h2", "Après le dépôt");
			draft_after(request, html, &draft.can);
		}
		documents(html, procedure, false, TEXT("Documents de référence"));
	}
	aside(request, html, campaign);
	return GUICHET_OK;
}
