/* What will happen by itself on a day, for who runs campaigns.   GET /agenda?jour=2026-05-15&campagne=… */
#include "pages/families.h"

#include "base/banned.h"

static struct text
address_of(struct arena *arena, struct date day, const struct office_campaign *only)
{
	return arena_format(arena, "/agenda?jour=" TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(date_iso(arena, day)),
		only ? "&campagne=" : "", TEXT_ARGS(only ? only->id : TEXT("")));
}

/* The day and the campaign, and the days around. */
static void
filters(struct request *request, struct html *html, struct date day, const struct office_campaign *only)
{
	struct arena *arena = request->arena;
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, arena);
	{
		HTML_IN(html, "form", { "class", TEXT("filters") }, { "method", TEXT("get") }, { "action", request->path });
		{
			HTML_IN(html, "div", { "class", TEXT("field") });
			HTML_SAY(html, "label", "Jour", { "for", TEXT("jour") });
			HTML_VOID(html, "input", { "type", TEXT("date") }, { "id", TEXT("jour") }, { "name", TEXT("jour") },
				{ "value", date_iso(arena, day) }, { "required", TEXT("") });
		}
		{
			HTML_IN(html, "div", { "class", TEXT("field grow") });
			HTML_SAY(html, "label", "Campagne", { "for", TEXT("campagne") });
			HTML_IN(html, "select", { "id", TEXT("campagne") }, { "name", TEXT("campagne") });
			HTML_SAY(html, "option", "Toutes celles que je gère", { "value", TEXT("") });
			for (size_t i = 0; i < campaigns.count; i++)
				if (office_runs(&visitor_of(request)->actor, campaigns.at[i]->procedure))
					HTML_LINE(html, "option", campaigns.at[i]->campaign->title, { "value", campaigns.at[i]->id },
						{ "selected", HTML_WHEN(campaigns.at[i] == only) });
		}
		HTML_SAY(html, "button", "Montrer", { "class", TEXT("button") }, { "type", TEXT("submit") });
	}
	HTML_IN(html, "p", { "class", TEXT("buttons") });
	HTML_SAY(html, "a", "Jour précédent", { "class", TEXT("button quiet") },
		{ "href", address_of(arena, date_add_days(day, -1), only) });
	HTML_SAY(html, "a", "Jour suivant", { "class", TEXT("button quiet") },
		{ "href", address_of(arena, date_add_days(day, 1), only) });
}

/* "0 h 00"; what closes at the end of the day says so. */
static struct text
hour_of(struct arena *arena, const struct office_agenda_line *line, struct date day)
{
	struct clock_time time;
	if (date_compare(date_of_instant(line->at, &time), day) > 0)
		return TEXT("en fin de journée");
	return time.hour == 0 && time.minute == 0 ? TEXT("dès minuit")
		: arena_format(arena, "à %d h %02d", time.hour, time.minute);
}

static void
line_show(struct request *request, struct html *html, const struct office_agenda_line *line, struct date day, bool all)
{
	HTML_IN(html, "li");
	HTML_LINE(html, "span", hour_of(request->arena, line, day), { "class", TEXT("day") });
	html_markup(html, " ");
	HTML_IN(html, "span");
	HTML_LINE(html, "strong", line->what);
	if (line->number.length) {
		html_say(html, ", dossier ");
		html_link(html, page_dossier_path(request->arena, line->dossier), line->number);
	}
	if (line->who.length) {
		html_say(html, ", ");
		html_text(html, line->who);
	}
	if (all && line->campaign)
		html_format(html, " (" TEXT_FORMAT ")", TEXT_ARGS(line->campaign->campaign->title));
}

/* Lines of campaigns that somebody else runs are not theirs. */
static bool
is_theirs(struct request *request, const struct office_agenda_line *line)
{
	return !line->campaign || office_runs(&visitor_of(request)->actor, line->campaign->procedure);
}

static size_t
part(struct request *request, struct html *html, const struct office_agenda *agenda, enum office_agenda_kind kind,
	struct date day, bool all)
{
	size_t shown = 0;
	for (size_t i = 0; i < agenda->count; i++)
		shown += agenda->lines[i].kind == kind && is_theirs(request, &agenda->lines[i]);
	if (shown == 0)
		return 0;
	HTML_LINE(html, "h3", arena_format(request->arena, TEXT_FORMAT " (%zu)", TEXT_ARGS(office_agenda_kind_text(kind)), shown));
	HTML_IN(html, "ul", { "class", TEXT("key-dates") });
	for (size_t i = 0; i < agenda->count; i++)
		if (agenda->lines[i].kind == kind && is_theirs(request, &agenda->lines[i]))
			line_show(request, html, &agenda->lines[i], day, all);
	return shown;
}

enum guichet_status
page_agenda(struct request *request, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	const struct text asked = request_query(request, "campagne");
	const struct office_campaign *only = asked.length ? office_campaign_find(site->office, asked) : NULL;
	struct date day = date_add_days(date_of_instant(clock_now(site->clock), NULL), 1);
	struct office_agenda agenda;
	if (request_query(request, "jour").length && !date_read_french(request_query(request, "jour"), &day))
		return guichet_fail(error, GUICHET_REFUSED, "Écrivez le jour comme 15/05/2026.");
	if (asked.length && (!only || !office_runs(&visitor_of(request)->actor, only->procedure)))
		return guichet_fail(error, GUICHET_UNKNOWN, "Cette campagne n’existe pas, ou elle n’est pas gérée par vous.");
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site->store, error);
		const enum guichet_status status = tx ? office_agenda_of(site->office, tx, request->arena, day, only, &agenda, error)
			: error->status;
		if (status != GUICHET_OK)
			return status;
	}
	PAGE_IN(request, html, TEXT("Agenda"), { TEXT("/"), TEXT("Accueil") }, { TEXT("/gestion"), TEXT("Gestion") });
	HTML_SAY(html, "p", "Ce qui arrivera de soi-même ce jour-là, si rien ne change d’ici là.", { "class", TEXT("lead") });
	filters(request, html, day, only);
	HTML_LINE(html, "h2", date_french(request->arena, day, true));
	size_t shown = 0;
	for (int kind = 0; kind < OFFICE_AGENDA_KINDS; kind++)
		shown += part(request, html, &agenda, (enum office_agenda_kind)kind, day, only == NULL);
	if (shown == 0)
		HTML_SAY(html, "p", "Rien n’est prévu ce jour-là.", { "class", TEXT("empty") });
	if (agenda.more)
		HTML_SAY(html, "p", "Il y en a d’autres : choisissez une campagne.", { "class", TEXT("muted") });
	return GUICHET_OK;
}
