/* What a campaign amounts to: exports for spreadsheets, indicators on screen and for print.
 *
 * Expressions of the procedure over all its dossiers, read page by page so that memory stays small. */
#include "pages/desk.h"

#include <stdlib.h>

#include "pages/families.h"

#include "base/banned.h"

enum { PAGE_OF_ROWS = 500, PAGE_ARENA = 256 << 20, CSV_LIMIT = 256 << 20, MOST_GROUPS = 2000 };

/* A group of fewer dossiers would tell what an agent asked or got: it is merged with the other small ones. */
enum { SMALL_GROUP = 3 };

/* Calls `each` for every dossier of a campaign (at one step, or all). */
typedef enum guichet_status each_dossier(void *context, struct arena *arena, const struct office_row *row,
	const struct dossier_facts *facts, struct guichet_error *error);

static enum guichet_status
for_each_dossier(struct request *request, const struct office_campaign *campaign, each_dossier *each, void *context,
	struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *page = arena_new(PAGE_ARENA);
	if (!page)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const instant now = clock_now(site_of(request)->clock);
	struct text after = TEXT("");
	for (bool more = true; more;) {
		arena_clear(page);
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		struct office_rows rows;
		enum guichet_status status = office_list_all(site_of(request)->office, tx, page, campaign, after,
			PAGE_OF_ROWS, &rows, error);
		struct office_row_list list;
		if (status == GUICHET_OK)
			status = office_row_list(tx, page, &rows, now, true, &list, error);
		for (size_t i = 0; status == GUICHET_OK && i < rows.count; i++)
			status = each(context, page, &rows.at[i], &list.facts[i], error);
		if (status != GUICHET_OK)
			return status;
		more = rows.more;
		if (rows.count)
			after = arena_text(request->arena, rows.at[rows.count - 1].id);
	}
	return GUICHET_OK;
}

/* ---- GET /gestion/:campagne/exports/:export ---- */

void
page_csv_cell(struct buffer *csv, struct text value, bool number, bool first)
{
	if (!first)
		buffer_add(csv, TEXT(";"));
	buffer_add(csv, TEXT("\""));
	if (value.length && !number && memchr("=+-@\t\r", value.at[0], 6))
		buffer_add(csv, TEXT("'"));
	for (struct text rest = value; rest.at;) {
		buffer_add(csv, text_split(&rest, '"'));
		if (rest.at)
			buffer_add(csv, TEXT("\"\""));
	}
	buffer_add(csv, TEXT("\""));
}

struct export {
	const struct procedure_export *definition;
	struct buffer *csv;
};

/* In each circuit of which it names steps, the dossier stands at one of them. */
static bool
exported(const struct procedure_export *export, const struct dossier_facts *facts)
{
	const struct procedure *procedure = facts->procedure;
	for (size_t track = 0; track < procedure->track_count; track++) {
		bool named = false, there = false;
		for (size_t i = 0; i < export->steps.count; i++) {
			if (procedure->steps[export->steps.at[i]].track != (int)track)
				continue;
			named = true;
			there |= dossier_stands_at(procedure, facts->dossier, export->steps.at[i]);
		}
		if (named && !there)
			return false;
	}
	return true;
}

static enum guichet_status
export_row(void *context, struct arena *arena, const struct office_row *row, const struct dossier_facts *facts,
	struct guichet_error *error)
{
	const struct export *export = context;
	(void)row;
	if (!exported(export->definition, facts))
		return GUICHET_OK;
	for (size_t i = 0; i < export->definition->column_count; i++) {
		struct feel_value value;
		const struct procedure_column *column = &export->definition->columns[i];
		const enum guichet_status status = dossier_evaluate(facts, column->value, arena, &value, error);
		if (status != GUICHET_OK)
			return status;
		/* A spreadsheet counts numbers: their unit stands in the title of the column. */
		const bool counted = value.kind == FEEL_NUMBER && column->field != PROCEDURE_NONE
			&& facts->procedure->fields[column->field].unit.length > 0;
		const struct text shown = value.kind == FEEL_DATE ? date_short(arena, value.date)
			: counted ? feel_value_to_french(arena, value)
			: procedure_column_text(arena, facts->procedure, column, value);
		page_csv_cell(export->csv, shown, value.kind == FEEL_NUMBER, i == 0);
	}
	buffer_add(export->csv, TEXT("\r\n"));
	return export->csv->failed ? guichet_fail(error, GUICHET_REFUSED, "L’export est trop volumineux.") : GUICHET_OK;
}

static void
buffer_release_later(void *buffer)
{
	buffer_release(buffer);
	free(buffer);
}

enum guichet_status
page_export(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct office_campaign *campaign;
	enum guichet_status status = desk_campaign(request, &campaign, error);
	if (status != GUICHET_OK)
		return status;
	struct export export = { 0 };
	for (size_t i = 0; i < campaign->procedure->export_count; i++)
		if (text_equal(campaign->procedure->exports[i].name, request_parameter(request, "export")))
			export.definition = &campaign->procedure->exports[i];
	if (!export.definition)
		return guichet_fail(error, GUICHET_UNKNOWN, "Cet export n’existe pas.");
	export.csv = malloc(sizeof *export.csv);
	if (!export.csv)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*export.csv = buffer_new(CSV_LIMIT);
	if (!arena_defer(request->arena, buffer_release_later, export.csv))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	buffer_add(export.csv, TEXT("\xEF\xBB\xBF")); /* spreadsheets read UTF-8 when it is there */
	for (size_t i = 0; i < export.definition->column_count; i++)
		page_csv_cell(export.csv, export.definition->columns[i].title, false, i == 0);
	buffer_add(export.csv, TEXT("\r\n"));
	status = for_each_dossier(request, campaign, export_row, &export, error);
	if (status != GUICHET_OK)
		return status;
	return request_send(request, "text/csv; charset=utf-8", arena_format(request->arena, TEXT_FORMAT "-" TEXT_FORMAT ".csv",
		TEXT_ARGS(campaign->id), TEXT_ARGS(export.definition->name)), buffer_text(export.csv));
}

/* ---- GET /gestion/:campagne/indicateurs ---- */

struct group {
	struct text name;
	int64_t dossiers;
	int64_t *counts; /* by measure */
};

struct figures {
	struct arena *arena;
	const struct procedure *procedure;
	int by; /* index of measure_by; PROCEDURE_NONE: the campaign as a whole */
	struct group *groups;
	size_t count;
};

static struct group *
group_of(struct figures *figures, struct text name)
{
	for (size_t i = 0; i < figures->count; i++)
		if (text_equal(figures->groups[i].name, name))
			return &figures->groups[i];
	if (figures->count == MOST_GROUPS)
		return NULL;
	struct group *group = &figures->groups[figures->count];
	*group = (struct group){ arena_text(figures->arena, name), 0,
		arena_array_of(figures->arena, int64_t, figures->procedure->measure_count + 1) };
	if (!group->name.at || !group->counts)
		return NULL;
	figures->count++;
	return group;
}

static enum guichet_status
measure(void *context, struct arena *arena, const struct office_row *row, const struct dossier_facts *facts,
	struct guichet_error *error)
{
	struct figures *figures = context;
	(void)row;
	struct text name = TEXT("Toute la campagne");
	struct feel_value value;
	enum guichet_status status;
	if (figures->by != PROCEDURE_NONE) {
		status = dossier_evaluate(facts, figures->procedure->measure_by[figures->by].value, arena, &value, error);
		if (status != GUICHET_OK)
			return status;
		name = feel_value_to_french(arena, value);
		if (name.length == 0)
			name = TEXT("(non renseigné)");
	}
	struct group *group = group_of(figures, name);
	if (!group)
		return guichet_fail(error, GUICHET_REFUSED, "Trop de lignes : choisissez un autre regroupement.");
	group->dossiers++;
	for (size_t i = 0; i < figures->procedure->measure_count; i++) {
		status = dossier_evaluate(facts, figures->procedure->measures[i].condition, arena, &value, error);
		if (status != GUICHET_OK)
			return status;
		group->counts[i] += feel_is_true(value);
	}
	return GUICHET_OK;
}

static int
by_size(const void *a, const void *b)
{
	const int64_t left = ((const struct group *)a)->dossiers, right = ((const struct group *)b)->dossiers;
	return left < right ? -1 : left > right;
}

/* Merges groups of fewer than SMALL_GROUP dossiers; when together they are still few, with the next smallest too, lest the
 * total give them away. How many were merged; *ret_all when that leaves nothing to compare. */
static size_t
merge_small(struct figures *figures, bool *ret_all)
{
	size_t small = 0;
	int64_t together = 0;
	if (figures->count)
		qsort(figures->groups, figures->count, sizeof *figures->groups, by_size);
	while (small < figures->count && (figures->groups[small].dossiers < SMALL_GROUP || (small && together < SMALL_GROUP)))
		together += figures->groups[small++].dossiers;
	*ret_all = small && small == figures->count;
	if (small < 2 || *ret_all)
		return 0;
	struct group *rest = &figures->groups[small - 1];
	for (size_t g = 0; g + 1 < small; g++)
		for (size_t i = 0; i < figures->procedure->measure_count; i++)
			rest->counts[i] += figures->groups[g].counts[i];
	*rest = (struct group){ TEXT("Autres, regroupés"), together, rest->counts };
	memmove(figures->groups, rest, (figures->count - small + 1) * sizeof *rest);
	figures->count -= small - 1;
	return small;
}

static int
by_name(const void *a, const void *b)
{
	return text_compare(((const struct group *)a)->name, ((const struct group *)b)->name);
}

static void
figures_line(struct html *html, const struct figures *figures, const struct group *group)
{
	HTML_IN(html, "tr");
	HTML_LINE(html, "th", group->name, { "scope", TEXT("row") });
	for (size_t i = 0; i < figures->procedure->measure_count; i++) {
		HTML_IN(html, "td", { "class", TEXT("number") }, { "data-label", figures->procedure->measures[i].label });
		html_integer(html, group->counts[i]);
	}
}

static void
figures_table(struct html *html, const struct figures *figures, const struct group *all, struct text title)
{
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", title });
	HTML_IN(html, "table", { "class", TEXT("table figures-table") });
	HTML_LINE(html, "caption", title);
	{
		HTML_IN(html, "thead");
		HTML_IN(html, "tr");
		HTML_LINE(html, "th", title, { "scope", TEXT("col") });
		for (size_t i = 0; i < figures->procedure->measure_count; i++)
			HTML_LINE(html, "th", figures->procedure->measures[i].label, { "scope", TEXT("col") });
	}
	HTML_IN(html, "tbody");
	for (size_t g = 0; g < figures->count; g++)
		figures_line(html, figures, &figures->groups[g]);
	if (figures->count > 1)
		figures_line(html, figures, all);
}

/* All of them together, in a group. */
static struct group
total(const struct figures *figures)
{
	struct group all = { TEXT("Ensemble"), 0, arena_array_of(figures->arena, int64_t, figures->procedure->measure_count + 1) };
	for (size_t g = 0; all.counts && g < figures->count; g++) {
		all.dossiers += figures->groups[g].dossiers;
		for (size_t i = 0; i < figures->procedure->measure_count; i++)
			all.counts[i] += figures->groups[g].counts[i];
	}
	return all;
}

static void
groupings(struct request *request, struct html *html, const struct procedure *procedure, int by)
{
	HTML_IN(html, "nav", { "class", TEXT("pagination no-print") }, { "aria-label", TEXT("Regrouper par") });
	HTML_IN(html, "ul");
	for (int i = -1; i < (int)procedure->measure_by_count; i++) {
		HTML_IN(html, "li");
		HTML_LINE(html, "a", i < 0 ? TEXT("Ensemble") : procedure->measure_by[i].title,
			{ "href", i < 0 ? request->path : arena_format(request->arena, TEXT_FORMAT "?par=%d", TEXT_ARGS(request->path), i) },
			{ "aria-current", i == by ? TEXT("true") : (struct text){ 0 } });
	}
}

enum guichet_status
page_figures(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_campaign *campaign;
	enum guichet_status status = desk_campaign(request, &campaign, error);
	if (status != GUICHET_OK)
		return status;
	const struct procedure *procedure = campaign->procedure;
	int64_t by;
	if (!text_to_integer(request_query(request, "par"), 0, (int64_t)procedure->measure_by_count - 1, &by))
		by = PROCEDURE_NONE;
	struct figures figures = { .arena = request->arena, .procedure = procedure, .by = (int)by,
		.groups = arena_array_of(request->arena, struct group, MOST_GROUPS) };
	if (!figures.groups)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	status = for_each_dossier(request, campaign, measure, &figures, error);
	if (status != GUICHET_OK)
		return status;
	const struct group all = total(&figures);
	if (!all.counts)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	bool too_few = false;
	const size_t merged = figures.by == PROCEDURE_NONE ? 0 : merge_small(&figures, &too_few);
	if (figures.count && !too_few)
		qsort(figures.groups + (merged ? 1 : 0), figures.count - (merged ? 1 : 0), sizeof *figures.groups, by_name);
	if (merged) { /* the others come last */
		const struct group rest = figures.groups[0];
		memmove(figures.groups, figures.groups + 1, (figures.count - 1) * sizeof rest);
		figures.groups[figures.count - 1] = rest;
	}
	PAGE_IN(request, html, TEXT("Indicateurs"), { TEXT("/"), TEXT("Accueil") }, { TEXT("/gestion"), TEXT("Gestion") },
		{ desk_path(request->arena, campaign, ""), campaign->campaign->title });
	desk_tabs(request, html, campaign);
	groupings(request, html, procedure, figures.by);
	if (figures.count == 0) {
		HTML_SAY(html, "p", "Aucun dossier n’est encore déposé.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	if (too_few) {
		page_notice(html, NOTICE_INFO, TEXT("Trop peu de dossiers pour les répartir"),
			TEXT("Un groupe de moins de trois dossiers n’est pas montré : il dirait ce qu’une personne a demandé."));
		return GUICHET_OK;
	}
	figures_table(html, &figures, &all, figures.by == PROCEDURE_NONE ? campaign->campaign->title
		: procedure->measure_by[figures.by].title);
	{
		HTML_IN(html, "p", { "class", TEXT("muted") });
		html_say(html, "Au ");
		html_text(html, instant_french(request->arena, clock_now(site_of(request)->clock)));
		html_say(html, ".");
		if (merged)
			html_format(html, " Les groupes de moins de trois dossiers sont réunis dans "
				"« Autres, regroupés », avec le plus petit des autres au "
				"besoin (%zu groupes) : seuls, ils diraient ce qu’une personne a demandé.", merged);
	}
	HTML_IN(html, "p", { "class", TEXT("no-print") });
	html_markup(html, "<button class=\"button secondary\" type=\"button\" data-print hidden>Imprimer</button>");
	return GUICHET_OK;
}
