/* The completeness desk: what remains to do about the pieces of a campaign's dossiers, on one page. What is overdue comes
 * first, then what is due soonest, then what waits the longest.
 *
 * GET /gestion/:campagne/pieces?quoi=…&piece=…&structure=…&page=… */
#include "pages/desk.h"

#include "pages/families.h"

#include "base/banned.h"

enum { PAGE_ROWS = 50, HORIZON_DAYS = 60, MOST_PAGES = 1000 };

static const struct {
	const char *query;           /* ?quoi= */
	struct text label, what;     /* of the filter; of a row */
	struct text badge;
} kinds[DOSSIER_PIECE_TASK_END] = {
	[0] = { "", TEXT("Tout"), TEXT(""), TEXT("") },
	[DOSSIER_PIECE_TO_EXAMINE] = { "examiner", TEXT("À examiner"), TEXT("à examiner"), TEXT("badge progress") },
	[DOSSIER_PIECE_TO_REPLACE] = { "renvoyees", TEXT("Renvoyées"), TEXT("renvoyée"), TEXT("badge error") },
	[DOSSIER_PIECE_AWAITED] = { "attendues", TEXT("Attendues"), TEXT("attendue"), TEXT("badge warning") },
	[DOSSIER_PIECE_TO_RENEW] = { "renouveler", TEXT("À renouveler"), TEXT("à renouveler"), TEXT("badge warning") },
};

struct desk {
	const struct office_campaign *campaign;
	struct office_piece_filter filter;
	struct text structure, structure_name; /* the code asked for; the name, empty when there is none of that code */
	int64_t page, counts[DOSSIER_PIECE_TASK_END];
	const struct office_piece_task *tasks;
	size_t count;
	bool more;
};

/* The structure asked for, with what depends on it. */
static enum guichet_status
structure_load(struct request *request, struct store_tx *tx, struct desk *desk, struct guichet_error *error)
{
	struct directory_structure structure;
	desk->filter.range = DIRECTORY_EVERYWHERE;
	desk->structure = text_trim(request_query(request, "structure"));
	if (desk->structure.length == 0)
		return GUICHET_OK;
	const enum guichet_status status = directory_structure_by_code(tx, request->arena, desk->structure,
		date_of_instant(clock_now(site_of(request)->clock), NULL), &structure, error);
	if (status != GUICHET_OK)
		return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
	desk->filter.range = directory_subtree(request->arena, structure.path);
	desk->filter.within = true;
	desk->structure_name = structure.name;
	return GUICHET_OK;
}

static enum guichet_status
desk_load(struct request *request, struct store_tx *tx, struct desk *desk, struct guichet_error *error)
{
	const struct text what = request_query(request, "quoi"), piece = request_query(request, "piece");
	struct office *office = site_of(request)->office;
	enum guichet_status status = desk_campaign(request, &desk->campaign, error);
	if (status != GUICHET_OK)
		return status;
	desk->filter = (struct office_piece_filter){ .person = visitor_of(request)->actor.person,
		.horizon = clock_now(site_of(request)->clock) + HORIZON_DAYS * INSTANT_DAY };
	status = structure_load(request, tx, desk, error);
	if (status != GUICHET_OK)
		return status;
	for (int kind = 1; kind < DOSSIER_PIECE_TASK_END; kind++)
		if (text_equal(what, text_of_string(kinds[kind].query)))
			desk->filter.kind = kind;
	if (procedure_piece_find(desk->campaign->procedure, piece) >= 0)
		desk->filter.piece = piece;
	if (!text_to_integer(request_query(request, "page"), 1, MOST_PAGES, &desk->page))
		desk->page = 1;
	status = office_piece_task_counts(tx, desk->campaign, &desk->filter, desk->counts, error);
	return status != GUICHET_OK ? status : office_piece_tasks(office, tx, request->arena, desk->campaign, &desk->filter,
		PAGE_ROWS, (size_t)(desk->page - 1) * PAGE_ROWS, &desk->tasks, &desk->count, &desk->more, error);
}

/* This page with another kind, another page. */
static struct text
address(struct request *request, const struct desk *desk, int kind, int64_t page)
{
	return arena_format(request->arena, TEXT_FORMAT "?quoi=%s&piece=" TEXT_FORMAT "&structure=" TEXT_FORMAT "&page=%lld",
		TEXT_ARGS(desk_path(request->arena, desk->campaign, "/pieces")), kinds[kind].query, TEXT_ARGS(desk->filter.piece),
		TEXT_ARGS(desk->filter.within ? desk->structure : TEXT("")), (long long)page);
}

static void
kind_filter(struct request *request, struct html *html, const struct desk *desk)
{
	int64_t all = 0;
	for (int kind = 1; kind < DOSSIER_PIECE_TASK_END; kind++)
		all += desk->counts[kind];
	HTML_IN(html, "nav", { "class", TEXT("figures") }, { "aria-label", TEXT("Ce qui reste à faire") });
	for (int kind = 0; kind < DOSSIER_PIECE_TASK_END; kind++) {
		HTML_IN(html, "a", { "class", TEXT("figure") }, { "href", address(request, desk, kind, 1) },
			{ "aria-current", (int)desk->filter.kind == kind ? TEXT("true") : (struct text){ 0 } });
		{
			HTML_IN(html, "span", { "class", TEXT("figure-value") });
			html_integer(html, kind ? desk->counts[kind] : all);
		}
		html_markup(html, " ");
		HTML_LINE(html, "span", kinds[kind].label, { "class", TEXT("figure-label") });
	}
}

static void
piece_filter(struct request *request, struct html *html, const struct desk *desk)
{
	const struct procedure *procedure = desk->campaign->procedure;
	HTML_IN(html, "form", { "class", TEXT("filters") }, { "method", TEXT("get") }, { "role", TEXT("search") },
		{ "action", desk_path(request->arena, desk->campaign, "/pieces") });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("quoi") },
		{ "value", text_of_string(kinds[desk->filter.kind].query) });
	{
		HTML_IN(html, "div", { "class", TEXT("field grow") });
		HTML_SAY(html, "label", "Pièce", { "for", TEXT("piece") });
		HTML_IN(html, "select", { "id", TEXT("piece") }, { "name", TEXT("piece") });
		HTML_SAY(html, "option", "Toutes les pièces", { "value", TEXT("") });
		for (size_t i = 0; i < procedure->piece_count; i++)
			HTML_LINE(html, "option", procedure->pieces[i].label, { "value", procedure->pieces[i].name },
				{ "selected", HTML_WHEN(text_equal(desk->filter.piece, procedure->pieces[i].name)) });
	}
	{
		HTML_IN(html, "div", { "class", TEXT("field grow") });
		HTML_SAY(html, "label", "Code de structure, avec ce qui en dépend", { "for", TEXT("structure") });
		HTML_VOID(html, "input", { "type", TEXT("search") }, { "id", TEXT("structure") }, { "name", TEXT("structure") },
			{ "value", desk->structure }, { "autocomplete", TEXT("off") });
	}
	HTML_SAY(html, "button", "Filtrer", { "class", TEXT("button") }, { "type", TEXT("submit") });
	if (desk->filter.piece.length || desk->structure.length)
		html_link(html, desk_path(request->arena, desk->campaign, "/pieces"), TEXT("Tout afficher"));
}

/* "dans 3 jours, le 8 juillet 2023"; what is past is told first. */
static void
due_cell(struct html *html, struct arena *arena, const struct office_piece_task *task, instant now)
{
	HTML_IN(html, "td", { "data-label", TEXT("Jusqu’au") });
	if (task->due == INSTANT_NEVER) {
		html_say(html, "Sans échéance");
		return;
	}
	const struct date last = date_of_instant(task->due - 1, NULL);
	const int64_t days = date_day_number(last) - date_day_number(date_of_instant(now, NULL));
	html_text(html, date_french(arena, last, false));
	html_markup(html, " ");
	if (days < 0)
		HTML_LINE(html, "span", arena_format(arena, "dépassé de %lld jour%s", (long long)-days, days < -1 ? "s" : ""),
			{ "class", TEXT("badge error") });
	else if (days <= 7)
		HTML_LINE(html, "span", days == 0 ? TEXT("dernier jour") : arena_format(arena, "reste %lld jour%s", (long long)days,
			days > 1 ? "s" : ""), { "class", TEXT("badge warning") });
}

static void
task_line(struct request *request, struct html *html, const struct office_piece_task *task)
{
	struct arena *arena = request->arena;
	const struct text dossier = page_dossier_path(arena, task->dossier);
	const bool examines = task->kind == DOSSIER_PIECE_TO_EXAMINE && task->action.length;
	HTML_IN(html, "tr");
	{
		HTML_IN(html, "td", { "data-label", TEXT("Pièce") });
		HTML_LINE(html, "strong", task->piece);
		html_markup(html, " ");
		HTML_LINE(html, "span", kinds[task->kind].what, { "class", kinds[task->kind].badge });
	}
	due_cell(html, arena, task, clock_now(site_of(request)->clock));
	HTML_LINE(html, "td", date_short(arena, date_of_instant(task->since, NULL)), { "data-label", TEXT("Depuis le") });
	HTML_LINE(html, "td", task->subject_name, { "data-label", TEXT("Agent") });
	HTML_LINE(html, "td", task->structure_name, { "data-label", TEXT("Structure") });
	HTML_IN(html, "td", { "data-label", TEXT("Dossier") });
	{
		HTML_IN(html, "span", { "class", TEXT("nowrap") });
		html_link(html, dossier, task->number);
	}
	if (!examines)
		return;
	html_markup(html, " ");
	HTML_IN(html, "a", { "class", TEXT("button secondary") }, { "href", arena_format(arena, TEXT_FORMAT "/actions/" TEXT_FORMAT,
		TEXT_ARGS(dossier), TEXT_ARGS(task->action)) });
	html_say(html, "Examiner");
	HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
	html_markup(html, " ");
	html_text(html, task->piece);
	html_say(html, " de ");
	html_text(html, task->subject_name);
}

static void
task_table(struct request *request, struct html *html, const struct desk *desk)
{
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", TEXT("Pièces") });
	HTML_IN(html, "table", { "class", TEXT("table") });
	{
		HTML_IN(html, "caption");
		html_format(html, "%zu ligne%s, ce qui est dépassé d’abord", desk->count, desk->count > 1 ? "s" : "");
	}
	html_markup(html, "<thead><tr><th scope=\"col\">Pièce</th><th scope=\"col\">Jusqu’au</th><th scope=\"col\">Depuis le</th>"
		"<th scope=\"col\">Agent</th><th scope=\"col\">Structure</th><th scope=\"col\">Dossier</th></tr></thead>");
	HTML_IN(html, "tbody");
	for (size_t i = 0; i < desk->count; i++)
		task_line(request, html, &desk->tasks[i]);
}

static void
pages(struct request *request, struct html *html, const struct desk *desk)
{
	if (desk->page == 1 && !desk->more)
		return;
	HTML_IN(html, "nav", { "class", TEXT("pagination") }, { "aria-label", TEXT("Pages de la liste") });
	HTML_IN(html, "ul");
	if (desk->page > 1) {
		HTML_IN(html, "li");
		html_link(html, address(request, desk, (int)desk->filter.kind, desk->page - 1), TEXT("Les précédents"));
	}
	if (desk->more) {
		HTML_IN(html, "li");
		html_link(html, address(request, desk, (int)desk->filter.kind, desk->page + 1), TEXT("Les suivants"));
	}
}

enum guichet_status
page_completeness(struct request *request, struct html *html, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct desk desk = { 0 };
	const enum guichet_status status = desk_load(request, tx, &desk, error);
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, arena_format(request->arena, "Pièces : " TEXT_FORMAT, TEXT_ARGS(desk.campaign->campaign->title)),
		{ TEXT("/"), TEXT("Accueil") }, { TEXT("/gestion"), TEXT("Gestion") },
		{ desk_path(request->arena, desk.campaign, ""), desk.campaign->campaign->title });
	desk_tabs(request, html, desk.campaign);
	if (!dossier_has_piece_tasks(desk.campaign->procedure)) {
		HTML_SAY(html, "p", "Les pièces de cette procédure sont jointes au dépôt, et personne ne les examine : il n’y a rien à "
			"suivre ici.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	kind_filter(request, html, &desk);
	piece_filter(request, html, &desk);
	HTML_SAY(html, "p", "Une pièce à renouveler paraît ici soixante jours avant la fin de sa validité.", { "class", TEXT("muted") });
	if (desk.filter.within) {
		HTML_IN(html, "p", { "class", TEXT("muted") });
		html_say(html, "Pièces des dossiers de ");
		html_text(html, desk.structure_name);
		html_say(html, " et de ce qui en dépend.");
	} else if (desk.structure.length) {
		page_notice(html, NOTICE_WARNING, TEXT("Ce code de structure n’existe pas"),
			TEXT("Toutes les pièces sont montrées. Le code d’un établissement est son numéro UAI, par exemple 9910001A."));
	}
	if (desk.count == 0)
		HTML_SAY(html, "p", "Rien à faire ici : aucune pièce n’attend.", { "class", TEXT("empty") });
	else
		task_table(request, html, &desk);
	pages(request, html, &desk);
	return GUICHET_OK;
}
