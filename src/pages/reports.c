/* Yearly reports: on screen, printed, and for spreadsheets. Who reads them, and on whose dossiers, is the procedure's
 * to say; everything is counted in one pass, by the office. */
#include "pages/families.h"

#include <stdlib.h>

#include "dossier/report.h"

#include "base/banned.h"

enum { CSV_LIMIT = 16 << 20, MOST_YEARS = 40, MANY_MEASURES = 6 /* wider than a page */ };

static struct text
report_path(struct arena *arena, const struct procedure *procedure, const struct procedure_report *report)
{
	return arena_format(arena, "/rapports/" TEXT_FORMAT "/" TEXT_FORMAT, TEXT_ARGS(procedure->name), TEXT_ARGS(report->name));
}

/* The year, or the campaign, that a report may be of. */
struct choice {
	const struct office_campaign *campaign;
	int year;
	struct text query, label;
};

/* What the address asks for. */
struct asked {
	const struct office_campaign *campaign;
	const struct procedure_report *report;
	int index;
	struct office_reach reach;
	struct choice *choices; /* newest first */
	size_t choice_count, chosen;
};

/* ---- GET /rapports ---- */

/* Is it the campaign that gives the reports of its procedure? */
static bool
gives_reports(struct request *request, const struct office_campaign *campaign)
{
	return office_campaign_of_procedure(site_of(request)->office, campaign->procedure->name) == campaign;
}

static enum guichet_status
reports_of(struct request *request, struct html *html, const struct office_campaign *campaign, bool *any,
	struct guichet_error *error)
{
	const struct procedure *procedure = campaign->procedure;
	for (size_t i = 0; i < procedure->report_count; i++) {
		struct office_reach reach;
		const enum guichet_status status = office_report_reach(request->arena, &visitor_of(request)->actor, procedure,
			&procedure->reports[i], &reach, error);
		if (status != GUICHET_OK)
			return status;
		if (reach.count == 0)
			continue;
		*any = true;
		HTML_IN(html, "li", { "class", TEXT("card") });
		{
			HTML_IN(html, "h2", { "class", TEXT("card-title") });
			html_link(html, report_path(request->arena, procedure, &procedure->reports[i]), procedure->reports[i].title);
		}
		HTML_LINE(html, "p", procedure->title, { "class", TEXT("muted") });
	}
	return GUICHET_OK;
}

enum guichet_status
page_reports(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, request->arena);
	enum guichet_status status = GUICHET_OK;
	bool any = false;
	PAGE_IN(request, html, TEXT("Rapports"), { TEXT("/"), TEXT("Accueil") });
	{
		HTML_IN(html, "ul", { "class", TEXT("cards") });
		for (size_t i = 0; status == GUICHET_OK && i < campaigns.count; i++)
			if (gives_reports(request, campaigns.at[i]))
				status = reports_of(request, html, campaigns.at[i], &any, error);
	}
	if (!any)
		HTML_SAY(html, "p", "Aucun rapport n’est prévu pour vos fonctions.", { "class", TEXT("empty") });
	return status;
}

/* ---- what is asked ---- */

static bool
add_choice(struct request *request, struct asked *asked, struct choice choice)
{
	if (asked->choice_count == MOST_YEARS)
		return true;
	asked->choices[asked->choice_count++] = choice;
	return choice.query.at && choice.label.at && request;
}

/* The years since the first campaign of the procedure, or its campaigns. */
static enum guichet_status
choices(struct request *request, struct asked *asked, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, arena);
	const struct date today = date_of_instant(clock_now(site_of(request)->clock), NULL);
	struct date first = today;
	bool well = true;
	asked->choices = arena_array_of(arena, struct choice, MOST_YEARS);
	if (!asked->choices)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = campaigns.count; well && i-- > 0;) {
		const struct office_campaign *campaign = campaigns.at[i];
		if (!text_equal(campaign->procedure->name, asked->campaign->procedure->name))
			continue;
		for (size_t k = 0; k < campaign->campaign->window_count; k++)
			if (date_compare(campaign->campaign->windows[k].first_day, first) < 0)
				first = campaign->campaign->windows[k].first_day;
		if (asked->report->period == PROCEDURE_CAMPAIGN
		    && procedure_report_find(campaign->procedure, asked->report->name) != PROCEDURE_NONE)
			well = add_choice(request, asked, (struct choice){ campaign, today.year,
				arena_format(arena, "?campagne=" TEXT_FORMAT, TEXT_ARGS(campaign->id)), campaign->campaign->title });
	}
	const int since = dossier_report_year(asked->report, first);
	for (int year = dossier_report_year(asked->report, today);
	     well && asked->report->period != PROCEDURE_CAMPAIGN && year >= since; year--)
		well = add_choice(request, asked, (struct choice){ asked->campaign, year, arena_format(arena, "?annee=%d", year),
			dossier_report_year_text(arena, asked->report, year) });
	return well ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

/* Which one, in the choices; the first when it is none of them. */
static size_t
choose(struct request *request, const struct asked *asked)
{
	const struct text campaign = request_query(request, "campagne");
	int64_t year;
	const bool dated = text_to_integer(request_query(request, "annee"), 1, 9999, &year);
	for (size_t i = 0; i < asked->choice_count; i++) {
		const struct choice *choice = &asked->choices[i];
		if (asked->report->period == PROCEDURE_CAMPAIGN ? text_equal(choice->campaign->id, campaign)
			: dated && choice->year == (int)year)
			return i;
	}
	return 0;
}

static enum guichet_status
ask(struct request *request, struct asked *ret_asked, struct guichet_error *error)
{
	struct asked asked = { .campaign = office_campaign_of_procedure(site_of(request)->office,
		request_parameter(request, "procedure")) };
	asked.index = asked.campaign
		? procedure_report_find(asked.campaign->procedure, request_parameter(request, "rapport")) : PROCEDURE_NONE;
	if (asked.index != PROCEDURE_NONE) {
		asked.report = &asked.campaign->procedure->reports[asked.index];
		const enum guichet_status status = office_report_reach(request->arena, &visitor_of(request)->actor,
			asked.campaign->procedure, asked.report, &asked.reach, error);
		if (status != GUICHET_OK)
			return status;
	}
	if (asked.reach.count == 0)
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce rapport n’existe pas, ou il n’est pas prévu pour vos fonctions.");
	const enum guichet_status status = choices(request, &asked, error);
	asked.chosen = status == GUICHET_OK ? choose(request, &asked) : 0;
	if (status == GUICHET_OK && asked.choice_count == 0)
		return guichet_fail(error, GUICHET_UNKNOWN, "Aucune campagne n’a encore ce rapport.");
	*ret_asked = asked;
	return status;
}

/* A report being counted: a hundred thousand dossiers take seconds, which is too long for an event thread. */
struct counting {
	struct request *request;
	struct asked asked;
	struct dossier_report report;
	enum guichet_status status;
	struct guichet_error error;
};

static void
count(void *context)
{
	struct counting *counting = context;
	struct request *request = counting->request;
	const struct choice *choice = &counting->asked.choices[counting->asked.chosen];
	counting->status = office_report(site_of(request)->office, request->arena, choice->campaign,
		procedure_report_find(choice->campaign->procedure, counting->asked.report->name), choice->year,
		&counting->asked.reach, clock_now(site_of(request)->clock), &counting->report, &counting->error);
	request_resume(request);
}

/* Both begin so: what is asked is counted on a thread of its own. */
static enum guichet_status
begin(struct request *request, struct guichet_error *error)
{
	struct counting *counting = arena_new_of(request->arena, struct counting);
	if (!counting)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*counting = (struct counting){ .request = request };
	const enum guichet_status status = ask(request, &counting->asked, error);
	if (status != GUICHET_OK)
		return status;
	request->state = counting;
	request_wait(request);
	if (!worker_submit(site_of(request)->reports, count, counting)) {
		counting->status = guichet_fail(&counting->error, GUICHET_RETRY, "Plusieurs rapports sont déjà en cours. Réessayez "
			"dans une minute.");
		request_resume(request);
	}
	return GUICHET_OK;
}

static enum guichet_status
counted(struct request *request, const struct asked **ret_asked, const struct dossier_report **ret_report,
	struct guichet_error *error)
{
	const struct counting *counting = request->state;
	*ret_asked = &counting->asked;
	*ret_report = &counting->report;
	if (counting->status != GUICHET_OK)
		*error = counting->error;
	return counting->status;
}

/* ---- GET /rapports/:procedure/:rapport ---- */

static void
years(struct request *request, struct html *html, const struct asked *asked)
{
	if (asked->choice_count < 2)
		return;
	HTML_IN(html, "nav", { "class", TEXT("pagination no-print") },
		{ "aria-label", asked->report->period == PROCEDURE_CAMPAIGN ? TEXT("Campagne") : TEXT("Année") });
	HTML_IN(html, "ul");
	for (size_t i = 0; i < asked->choice_count; i++) {
		HTML_IN(html, "li");
		HTML_LINE(html, "a", asked->choices[i].label,
			{ "href", arena_format(request->arena, TEXT_FORMAT TEXT_FORMAT, TEXT_ARGS(request->path),
				TEXT_ARGS(asked->choices[i].query)) },
			{ "aria-current", i == asked->chosen ? TEXT("true") : (struct text){ 0 } });
	}
}

/* "Du 1er janvier 2024 au 31 décembre 2024, pour Lycée Rosa-Parks : 12 demandes." */
static void
about(struct request *request, struct html *html, const struct asked *asked, const struct dossier_report *report)
{
	HTML_IN(html, "p", { "class", TEXT("lead") });
	html_say(html, "Du ");
	html_text(html, date_french(request->arena, report->days.low.date, false));
	html_say(html, " au ");
	html_text(html, date_french(request->arena, report->days.high.date, false));
	for (size_t i = 0; i < asked->reach.count && asked->reach.names[i].length; i++) {
		html_text(html, i ? TEXT(", ") : TEXT(", pour "));
		html_text(html, asked->reach.names[i]);
	}
	html_say(html, ".");
}

static void
totals(struct html *html, struct arena *arena, const struct dossier_report *report)
{
	HTML_IN(html, "ul", { "class", TEXT("figures") });
	for (size_t i = 0; i < report->definition->measure_count; i++) {
		const struct procedure_report_measure *measure = &report->definition->measures[i];
		const struct text value = dossier_report_cell_text(arena, measure, &report->total.cells[i]);
		HTML_IN(html, "li");
		HTML_IN(html, "span", { "class", TEXT("figure") });
		HTML_LINE(html, "span", value.length ? value : TEXT("–"), { "class", TEXT("figure-value") });
		HTML_LINE(html, "span", measure->label, { "class", TEXT("figure-label") });
	}
}

static void
cell(struct html *html, struct arena *arena, const struct dossier_report *report, const struct dossier_report_group *group,
	size_t measure, struct text label)
{
	const struct text value = dossier_report_cell_text(arena, &report->definition->measures[measure], &group->cells[measure]);
	HTML_LINE(html, "td", value.length ? value : TEXT("–"), { "class", TEXT("number") }, { "data-label", label });
}

static void
table_line(struct html *html, struct arena *arena, const struct dossier_report *report,
	const struct dossier_report_group *group)
{
	HTML_IN(html, "tr");
	HTML_LINE(html, "th", group->name, { "scope", TEXT("row") });
	for (size_t i = 0; i < report->definition->measure_count; i++)
		cell(html, arena, report, group, i, report->definition->measures[i].label);
}

/* Its groups side by side and a line for each measure: what has more measures than groups is read so without scrolling. */
static void
table_by_measure(struct html *html, struct arena *arena, const struct dossier_report *report,
	const struct dossier_report_table *shown)
{
	const size_t columns = shown->count + (shown->count > 1 ? 1 : 0); /* and the whole */
	{
		HTML_IN(html, "thead");
		HTML_IN(html, "tr");
		HTML_LINE(html, "th", shown->title, { "scope", TEXT("col") });
		for (size_t g = 0; g < columns; g++)
			HTML_LINE(html, "th", g < shown->count ? shown->groups[g].name : report->total.name, { "scope", TEXT("col") },
				{ "class", TEXT("number") });
	}
	HTML_IN(html, "tbody");
	for (size_t i = 0; i < report->definition->measure_count; i++) {
		HTML_IN(html, "tr");
		HTML_LINE(html, "th", report->definition->measures[i].label, { "scope", TEXT("row") });
		for (size_t g = 0; g < columns; g++) {
			const struct dossier_report_group *group = g < shown->count ? &shown->groups[g] : &report->total;
			cell(html, arena, report, group, i, group->name);
		}
	}
}

/* A table of the report, or one of its lists; what is too small to be shown is said. */
static void
table(struct html *html, struct arena *arena, const struct dossier_report *report,
	const struct dossier_report_table *shown, bool list)
{
	HTML_LINE(html, "h2", shown->title);
	if (shown->too_few || shown->count == 0) {
		HTML_LINE(html, "p", shown->too_few ? TEXT("Trop peu de dossiers pour les répartir sans dire ce qu’une personne a demandé.")
			: TEXT("Aucun dossier."), { "class", TEXT("muted") });
		return;
	}
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", shown->title });
	HTML_IN(html, "table", { "class", TEXT("table figures-table") });
	if (!list && report->definition->measure_count > MANY_MEASURES && shown->count < report->definition->measure_count) {
		table_by_measure(html, arena, report, shown);
		return;
	}
	{
		HTML_IN(html, "thead");
		HTML_IN(html, "tr");
		HTML_LINE(html, "th", shown->title, { "scope", TEXT("col") });
		if (list)
			HTML_SAY(html, "th", "Dossiers", { "scope", TEXT("col") }, { "class", TEXT("number") });
		for (size_t i = 0; !list && i < report->definition->measure_count; i++)
			HTML_LINE(html, "th", report->definition->measures[i].label, { "scope", TEXT("col") }, { "class", TEXT("number") });
	}
	HTML_IN(html, "tbody");
	for (size_t g = 0; g < shown->count; g++) {
		if (!list) {
			table_line(html, arena, report, &shown->groups[g]);
			continue;
		}
		HTML_IN(html, "tr");
		HTML_LINE(html, "th", shown->groups[g].name, { "scope", TEXT("row") });
		HTML_IN(html, "td", { "class", TEXT("number") }, { "data-label", TEXT("Dossiers") });
		html_integer(html, shown->groups[g].dossiers);
	}
	if (!list && shown->count > 1)
		table_line(html, arena, report, &report->total);
}

static void
csv_link(struct request *request, struct html *html, const struct asked *asked, struct text table, struct text label)
{
	HTML_IN(html, "li");
	html_link(html, arena_format(request->arena, TEXT_FORMAT "/csv" TEXT_FORMAT "&tableau=" TEXT_FORMAT,
		TEXT_ARGS(request->path), TEXT_ARGS(asked->choices[asked->chosen].query), TEXT_ARGS(table)), label);
}

static void
foot(struct request *request, struct html *html, const struct asked *asked, const struct dossier_report *report)
{
	bool merged = false, hidden = false;
	for (size_t i = 0; i < report->definition->by_count + report->definition->list_count; i++) {
		const struct dossier_report_table *table = i < report->definition->by_count ? &report->tables[i]
			: &report->lists[i - report->definition->by_count];
		merged |= table->merged > 0;
		hidden |= table->hidden;
	}
	{
		HTML_IN(html, "p", { "class", TEXT("muted") });
		html_format(html, "Compté le %.*s sur %lld dossier%s.",
			TEXT_ARGS(instant_french(request->arena, clock_now(site_of(request)->clock))), (long long)report->read,
			report->read > 1 ? "s" : "");
		if (merged)
			html_format(html, " Les groupes de moins de %lld dossiers sont réunis dans « Autres, regroupés », avec le plus petit "
				"des autres au besoin : seuls, ils diraient ce qu’une personne a demandé.",
				(long long)report->definition->secret);
		if (hidden)
			html_format(html, " « trop peu » : ce nombre parlerait de moins de %lld dossiers, ou donnerait celui d’un autre "
				"groupe.", (long long)report->definition->secret);
	}
	HTML_IN(html, "section", { "class", TEXT("no-print") });
	HTML_SAY(html, "h2", "Emporter ce rapport");
	{
		HTML_IN(html, "ul");
		csv_link(request, html, asked, TEXT("mesures"), TEXT("Les tableaux, pour un tableur (CSV)"));
		for (size_t i = 0; i < report->definition->list_count; i++)
			csv_link(request, html, asked, report->definition->lists[i].name, arena_format(request->arena,
				TEXT_FORMAT " (CSV)", TEXT_ARGS(report->definition->lists[i].title)));
	}
	HTML_IN(html, "p");
	html_markup(html, "<button class=\"button secondary\" type=\"button\" data-print hidden>Imprimer</button>");
}

enum guichet_status
page_report(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	return begin(request, error);
}

enum guichet_status
page_report_counted(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct asked *asked;
	const struct dossier_report *report;
	const enum guichet_status status = counted(request, &asked, &report, error);
	if (status != GUICHET_OK)
		return status;
	const struct choice *choice = &asked->choices[asked->chosen];
	const struct text title = arena_format(request->arena, TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(asked->report->title),
		TEXT_ARGS(choice->label));
	PAGE_IN(request, html, title, { TEXT("/"), TEXT("Accueil") }, { TEXT("/rapports"), TEXT("Rapports") });
	years(request, html, asked);
	about(request, html, asked, report);
	if (report->too_few || report->total.dossiers == 0) {
		page_notice(html, NOTICE_INFO, report->too_few ? TEXT("Trop peu de dossiers") : TEXT("Rien à compter"),
			report->too_few ? TEXT("Si peu de dossiers diraient ce qu’une personne a demandé : ce rapport n’est pas montré.")
			: TEXT("Aucun dossier n’entre dans ce rapport. Choisissez une autre période."));
		return GUICHET_OK;
	}
	totals(html, request->arena, report);
	for (size_t i = 0; i < report->definition->by_count; i++)
		table(html, request->arena, report, &report->tables[i], false);
	for (size_t i = 0; i < report->definition->list_count; i++)
		table(html, request->arena, report, &report->lists[i], true);
	foot(request, html, asked, report);
	return GUICHET_OK;
}

/* ---- GET /rapports/:procedure/:rapport/csv ---- */

static void
csv_measures(struct buffer *csv, struct arena *arena, const struct dossier_report *report)
{
	const struct procedure_report *definition = report->definition;
	page_csv_cell(csv, TEXT("Répartition"), false, true);
	page_csv_cell(csv, TEXT("Groupe"), false, false);
	for (size_t m = 0; m < definition->measure_count; m++)
		page_csv_cell(csv, definition->measures[m].label, false, false);
	buffer_add(csv, TEXT("\r\n"));
	for (size_t t = 0; !report->too_few && t <= definition->by_count; t++) {
		const struct dossier_report_table all = { .title = TEXT(""), .groups = (struct dossier_report_group *)&report->total,
			.count = 1 };
		const struct dossier_report_table *shown = t == 0 ? &all : &report->tables[t - 1];
		for (size_t g = 0; g < shown->count; g++) {
			page_csv_cell(csv, shown->title, false, true);
			page_csv_cell(csv, shown->groups[g].name, false, false);
			for (size_t m = 0; m < definition->measure_count; m++)
				page_csv_cell(csv, dossier_report_cell_text(arena, &definition->measures[m], &shown->groups[g].cells[m]), true,
					false);
			buffer_add(csv, TEXT("\r\n"));
		}
	}
}

static void
csv_list(struct buffer *csv, struct arena *arena, const struct dossier_report *report,
	const struct dossier_report_table *list)
{
	page_csv_cell(csv, list->title, false, true);
	page_csv_cell(csv, TEXT("Dossiers"), false, false);
	buffer_add(csv, TEXT("\r\n"));
	for (size_t g = 0; !report->too_few && g < list->count; g++) {
		page_csv_cell(csv, list->groups[g].name, false, true);
		page_csv_cell(csv, arena_format(arena, "%lld", (long long)list->groups[g].dossiers), true, false);
		buffer_add(csv, TEXT("\r\n"));
	}
}

static void
buffer_release_later(void *buffer)
{
	buffer_release(buffer);
	free(buffer);
}

enum guichet_status
page_report_csv(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	return begin(request, error);
}

enum guichet_status
page_report_csv_counted(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct asked *asked;
	const struct dossier_report *report;
	const enum guichet_status status = counted(request, &asked, &report, error);
	if (status != GUICHET_OK)
		return status;
	const struct text wanted = request_query(request, "tableau");
	const struct dossier_report_table *list = NULL;
	for (size_t i = 0; wanted.at && i < report->definition->list_count; i++)
		if (text_equal(report->definition->lists[i].name, wanted))
			list = &report->lists[i];
	if (!list && wanted.at && !text_equal(wanted, TEXT("mesures")))
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce tableau n’existe pas.");
	struct buffer *csv = malloc(sizeof *csv);
	if (!csv)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*csv = buffer_new(CSV_LIMIT);
	if (!arena_defer(request->arena, buffer_release_later, csv))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	buffer_add(csv, TEXT("\xEF\xBB\xBF")); /* spreadsheets read UTF-8 when it is there */
	if (list)
		csv_list(csv, request->arena, report, list);
	else
		csv_measures(csv, request->arena, report);
	if (csv->failed)
		return guichet_fail(error, GUICHET_REFUSED, "Ce rapport est trop volumineux pour un fichier.");
	const struct choice *choice = &asked->choices[asked->chosen];
	const struct text period = asked->report->period == PROCEDURE_CAMPAIGN ? choice->campaign->id : choice->label;
	return request_send(request, "text/csv; charset=utf-8", arena_format(request->arena, TEXT_FORMAT "-" TEXT_FORMAT "-"
		TEXT_FORMAT ".csv", TEXT_ARGS(asked->report->name), TEXT_ARGS(period), TEXT_ARGS(list ? wanted : TEXT("mesures"))),
		buffer_text(csv));
}
