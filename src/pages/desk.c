/* The desk of who runs a campaign: its dossiers by step, found by name or number, instructed one by one. */
#include "pages/desk.h"

#include <stdio.h>

#include "pages/families.h"

#include "base/banned.h"

enum { PAGE_ROWS = 50, SEARCH_ROWS = 50 };

enum guichet_status
desk_campaign(struct request *request, const struct office_campaign **ret_campaign, struct guichet_error *error)
{
	const enum guichet_status status = page_campaign(request, ret_campaign, error);
	if (status == GUICHET_OK && !office_runs(&visitor_of(request)->actor, (*ret_campaign)->procedure))
		return guichet_fail(error, GUICHET_UNKNOWN, "Cette campagne n’existe pas, ou elle n’est pas gérée par vous.");
	return status;
}

struct text
desk_path(struct arena *arena, const struct office_campaign *campaign, const char *part)
{
	return arena_format(arena, "/gestion/" TEXT_FORMAT "%s", TEXT_ARGS(campaign->id), part);
}

void
desk_tabs(struct request *request, struct html *html, const struct office_campaign *campaign)
{
	static const struct { const char *part, *label; } tabs[] = {
		{ "", "Dossiers" }, { "/calendrier", "Calendrier et alertes" }, { "/indicateurs", "Indicateurs" },
		{ "/derogations", "Dérogations" },
	};
	HTML_IN(html, "nav", { "class", TEXT("tabs") }, { "aria-label", TEXT("Gestion de la campagne") });
	HTML_IN(html, "ul");
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
		const struct text path = desk_path(request->arena, campaign, tabs[i].part);
		HTML_IN(html, "li");
		HTML_LINE(html, "a", text_of_string(tabs[i].label), { "href", path },
			{ "aria-current", text_equal(path, request->path) ? TEXT("page") : (struct text){ 0 } });
	}
}

/* ---- GET /gestion: the campaigns I run ---- */

static enum guichet_status
campaign_card(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	struct guichet_error *error)
{
	const int64_t *counts;
	const enum guichet_status status = office_counts(tx, request->arena, campaign, &counts, error);
	if (status != GUICHET_OK)
		return status;
	const struct procedure *procedure = campaign->procedure;
	int64_t mine = 0, all = 0;
	for (size_t i = 0; i < procedure->step_count; i++) {
		all += counts[i];
		for (size_t role = 0; role < procedure->steps[i].awaits.count; role++)
			mine += procedure->steps[i].awaits.at[role] == procedure->office ? counts[i] : 0;
	}
	HTML_IN(html, "li", { "class", mine ? TEXT("card todo") : TEXT("card") });
	{
		HTML_IN(html, "h2", { "class", TEXT("card-title") });
		html_link(html, desk_path(request->arena, campaign, ""), campaign->campaign->title);
	}
	HTML_IN(html, "p");
	html_format(html, "%lld dossier%s, dont %lld à traiter par vous.", (long long)all, all > 1 ? "s" : "", (long long)mine);
	return GUICHET_OK;
}

enum guichet_status
page_desk(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, request->arena);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	PAGE_IN(request, html, TEXT("Gestion"), { TEXT("/"), TEXT("Accueil") });
	HTML_IN(html, "ul", { "class", TEXT("cards") });
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < campaigns.count; i++)
		if (office_runs(&visitor_of(request)->actor, campaigns.at[i]->procedure))
			status = campaign_card(request, tx, html, campaigns.at[i], error);
	return status;
}

/* ---- GET /gestion/:campagne: the list ---- */

struct listing {
	const struct office_campaign *campaign;
	struct office_filter filter;
	struct text structure; /* code asked for; empty: all */
	const int64_t *counts;
	struct office_rows rows;
};

static struct store_blob
blob_of_hex(struct arena *arena, struct text hex)
{
	uint8_t *bytes = arena_alloc(arena, hex.length / 2 + 1);
	if (!bytes || hex.length == 0 || hex.length % 2)
		return (struct store_blob){ 0 };
	for (size_t i = 0; i < hex.length; i++) {
		const char c = hex.at[i];
		const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
		if (digit < 0)
			return (struct store_blob){ 0 };
		bytes[i / 2] = (uint8_t)(bytes[i / 2] << 4 | digit);
	}
	return (struct store_blob){ bytes, hex.length / 2 };
}

static struct text
hex_of_blob(struct arena *arena, struct store_blob blob)
{
	char *hex = arena_alloc(arena, blob.length * 2 + 1);
	for (size_t i = 0; hex && i < blob.length; i++)
		snprintf(hex + 2 * i, 3, "%02x", ((const uint8_t *)blob.at)[i]);
	return (struct text){ hex, hex ? blob.length * 2 : 0 };
}

static enum guichet_status
listing_load(struct request *request, struct store_tx *tx, struct listing *listing, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	enum guichet_status status = desk_campaign(request, &listing->campaign, error);
	if (status != GUICHET_OK)
		return status;
	listing->filter = (struct office_filter){ .range = DIRECTORY_EVERYWHERE,
		.step = procedure_step_find(listing->campaign->procedure, request_query(request, "etape")),
		.search = request_query(request, "recherche"),
		.after_key = blob_of_hex(arena, request_query(request, "apres")),
		.after_id = request_query(request, "apres-id").at ? request_query(request, "apres-id") : TEXT("") };
	listing->structure = text_trim(request_query(request, "structure"));
	if (listing->structure.length) {
		struct directory_structure structure;
		status = directory_structure_by_code(tx, arena, listing->structure,
			date_of_instant(clock_now(site_of(request)->clock), NULL), &structure, error);
		if (status == GUICHET_OK)
			listing->filter.range = directory_subtree(arena, structure.path);
		else if (status != GUICHET_UNKNOWN)
			return status;
	}
	status = office_counts(tx, arena, listing->campaign, &listing->counts, error);
	if (status == GUICHET_OK)
		status = office_list(site_of(request)->office, tx, arena, listing->campaign, &listing->filter, PAGE_ROWS,
			&listing->rows, error);
	return status;
}

static void
steps_filter(struct request *request, struct html *html, const struct listing *listing)
{
	const struct procedure *procedure = listing->campaign->procedure;
	int64_t all = 0;
	for (size_t i = 0; i < procedure->step_count; i++)
		all += listing->counts[i];
	const struct text here = desk_path(request->arena, listing->campaign, "");
	HTML_IN(html, "nav", { "class", TEXT("figures") }, { "aria-label", TEXT("Dossiers par étape") });
	for (int i = -1; i < (int)procedure->step_count; i++) {
		const int64_t count = i < 0 ? all : listing->counts[i];
		if (i >= 0 && count == 0 && listing->filter.step != i)
			continue;
		HTML_IN(html, "a", { "class", TEXT("figure") },
			{ "href", i < 0 ? here : arena_format(request->arena, TEXT_FORMAT "?etape=" TEXT_FORMAT, TEXT_ARGS(here),
				TEXT_ARGS(procedure->steps[i].name)) },
			{ "aria-current", listing->filter.step == i ? TEXT("true") : (struct text){ 0 } });
		{
			HTML_IN(html, "span", { "class", TEXT("figure-value") });
			html_integer(html, count);
		}
		html_markup(html, " ");
		HTML_LINE(html, "span", i < 0 ? TEXT("Tous les dossiers") : procedure->steps[i].label,
			{ "class", TEXT("figure-label") });
	}
}

static void
search_form(struct request *request, struct html *html, const struct listing *listing)
{
	HTML_IN(html, "form", { "class", TEXT("filters") }, { "method", TEXT("get") }, { "role", TEXT("search") },
		{ "action", desk_path(request->arena, listing->campaign, "") });
	if (listing->filter.step != PROCEDURE_NONE)
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("etape") },
			{ "value", listing->campaign->procedure->steps[listing->filter.step].name });
	page_field(html, &(struct page_field){ .name = TEXT("recherche"), .label = TEXT("Nom de l’agent ou numéro"),
		.type = "search", .value = listing->filter.search, .required = true });
	page_field(html, &(struct page_field){ .name = TEXT("structure"), .label = TEXT("Code de structure (avec ce qui en dépend)"),
		.type = "text", .value = listing->structure, .required = true });
	page_submit(html, TEXT("Chercher"));
}

static void
row_line(struct request *request, struct html *html, const struct listing *listing, const struct office_row *row,
	bool choosing)
{
	struct dossier state;
	struct dossier_facts facts;
	struct guichet_error error;
	const bool whole = office_row_facts(request->arena, row, clock_now(site_of(request)->clock), &state, &facts, &error)
		== GUICHET_OK;
	const struct procedure *procedure = row->procedure;
	HTML_IN(html, "tr");
	if (choosing) {
		HTML_IN(html, "td", { "data-label", TEXT("Choisir") });
		const struct text id = arena_format(request->arena, "choix-" TEXT_FORMAT, TEXT_ARGS(row->id));
		HTML_VOID(html, "input", { "type", TEXT("checkbox") }, { "name", TEXT("dossier") }, { "id", id },
			{ "value", arena_format(request->arena, TEXT_FORMAT ":%u", TEXT_ARGS(row->id), whole ? state.changed : 0) });
		HTML_IN(html, "label", { "for", id }, { "class", TEXT("visually-hidden") });
		html_say(html, "Choisir le dossier de ");
		html_text(html, row->subject_name);
	}
	{
		HTML_IN(html, "td", { "data-label", TEXT("Numéro") }, { "class", TEXT("nowrap") });
		html_link(html, page_dossier_path(request->arena, row->id), row->number);
	}
	HTML_LINE(html, "td", row->subject_name, { "data-label", TEXT("Agent") });
	HTML_LINE(html, "td", row->structure_name, { "data-label", TEXT("Structure") });
	{
		HTML_IN(html, "td", { "data-label", TEXT("État") });
		HTML_LINE(html, "span", procedure->steps[row->step].label, { "class", page_step_class(&procedure->steps[row->step]) });
	}
	HTML_LINE(html, "td", date_short(request->arena, date_of_instant(row->filed_at, NULL)), { "data-label", TEXT("Déposé le") });
	for (size_t i = 0; i < listing->campaign->procedure->column_count; i++) {
		struct feel_value value;
		struct text shown = { 0 };
		if (whole && procedure == listing->campaign->procedure
			&& dossier_evaluate(&facts, procedure->columns[i].value, request->arena, &value, &error) == GUICHET_OK)
			shown = procedure_column_text(request->arena, procedure, &procedure->columns[i], value);
		HTML_LINE(html, "td", shown, { "data-label", listing->campaign->procedure->columns[i].title });
	}
}

static void
head_line(struct html *html, const struct listing *listing, bool choosing)
{
	HTML_IN(html, "thead");
	HTML_IN(html, "tr");
	if (choosing) {
		HTML_IN(html, "th", { "scope", TEXT("col") });
		HTML_IN(html, "label");
		html_markup(html, "<input type=\"checkbox\" data-check-all=\"dossier\" hidden>");
		HTML_SAY(html, "span", "Choisir", { "class", TEXT("visually-hidden") });
	}
	static const char *const titles[] = { "Numéro", "Agent", "Structure", "État", "Déposé le" };
	for (size_t i = 0; i < sizeof titles / sizeof *titles; i++)
		HTML_LINE(html, "th", text_of_string(titles[i]), { "scope", TEXT("col") });
	for (size_t i = 0; i < listing->campaign->procedure->column_count; i++)
		HTML_LINE(html, "th", listing->campaign->procedure->columns[i].title, { "scope", TEXT("col") });
}

/* The actions that may be done to many at the step that is shown. */
static size_t
batch_actions(const struct listing *listing, const struct procedure_action **ret_actions, size_t room)
{
	const struct procedure *procedure = listing->campaign->procedure;
	size_t count = 0;
	if (listing->filter.step == PROCEDURE_NONE)
		return 0;
	const struct procedure_list *actions = &procedure->steps[listing->filter.step].actions;
	for (size_t i = 0; i < actions->count && count < room; i++)
		if (procedure->actions[actions->at[i]].batch)
			ret_actions[count++] = &procedure->actions[actions->at[i]];
	return count;
}

static void
batch_buttons(struct html *html, const struct listing *listing, const struct procedure_action *const *actions, size_t count)
{
	HTML_IN(html, "fieldset", { "class", TEXT("field") });
	HTML_SAY(html, "legend", "Traiter plusieurs dossiers à la fois");
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("etape") },
		{ "value", listing->campaign->procedure->steps[listing->filter.step].name });
	{
		HTML_IN(html, "div", { "class", TEXT("choice") });
		html_markup(html, "<input type=\"checkbox\" id=\"tous\" name=\"tous\" value=\"oui\">");
		HTML_IN(html, "label", { "for", TEXT("tous") });
		html_format(html, "Tous les dossiers de cette étape (%lld), au lieu de ceux que je coche",
			(long long)listing->counts[listing->filter.step]);
	}
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	for (size_t i = 0; i < count; i++)
		HTML_LINE(html, "button", actions[i]->label, { "type", TEXT("submit") }, { "name", TEXT("action") },
			{ "value", actions[i]->name },
			{ "class", actions[i]->confirm.length ? TEXT("button secondary") : TEXT("button") });
}

static void
pagination(struct request *request, struct html *html, const struct listing *listing)
{
	if (!listing->rows.more)
		return;
	const struct office_row *last = &listing->rows.at[listing->rows.count - 1];
	const struct text step = listing->filter.step == PROCEDURE_NONE ? (struct text){ "", 0 }
		: listing->campaign->procedure->steps[listing->filter.step].name;
	HTML_IN(html, "nav", { "class", TEXT("pagination") }, { "aria-label", TEXT("Pages de la liste") });
	HTML_IN(html, "ul");
	HTML_IN(html, "li");
	html_link(html, arena_format(request->arena, TEXT_FORMAT "?etape=" TEXT_FORMAT "&structure=" TEXT_FORMAT "&apres="
		TEXT_FORMAT "&apres-id=" TEXT_FORMAT, TEXT_ARGS(request->path), TEXT_ARGS(step), TEXT_ARGS(listing->structure),
		TEXT_ARGS(hex_of_blob(request->arena, last->sort_key)), TEXT_ARGS(last->id)), TEXT("Suivants"));
}

static void
exports(struct request *request, struct html *html, const struct office_campaign *campaign)
{
	if (campaign->procedure->export_count == 0)
		return;
	HTML_SAY(html, "h2", "Exports pour tableur");
	HTML_IN(html, "ul");
	for (size_t i = 0; i < campaign->procedure->export_count; i++) {
		const struct procedure_export *export = &campaign->procedure->exports[i];
		HTML_IN(html, "li");
		html_link(html, arena_format(request->arena, "/gestion/" TEXT_FORMAT "/exports/" TEXT_FORMAT,
			TEXT_ARGS(campaign->id), TEXT_ARGS(export->name)), export->title);
	}
}

static void
rows_table(struct request *request, struct html *html, const struct listing *listing, bool choosing)
{
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", TEXT("Dossiers") });
	HTML_IN(html, "table", { "class", TEXT("table") });
	{
		HTML_IN(html, "caption");
		html_format(html, listing->rows.more ? "Les %zu premiers dossiers, par nom" : "%zu dossier(s), par nom",
			listing->rows.count);
	}
	head_line(html, listing, choosing);
	HTML_IN(html, "tbody");
	for (size_t i = 0; i < listing->rows.count; i++)
		row_line(request, html, listing, &listing->rows.at[i], choosing);
}

enum guichet_status
page_desk_campaign(struct request *request, struct html *html, struct guichet_error *error)
{
	enum { MOST_ACTIONS = 8 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct listing listing;
	const enum guichet_status status = listing_load(request, tx, &listing, error);
	if (status != GUICHET_OK)
		return status;
	const struct procedure_action *actions[MOST_ACTIONS];
	const size_t action_count = batch_actions(&listing, actions, MOST_ACTIONS);
	PAGE_IN(request, html, listing.campaign->campaign->title, { TEXT("/"), TEXT("Accueil") },
		{ TEXT("/gestion"), TEXT("Gestion") });
	desk_tabs(request, html, listing.campaign);
	steps_filter(request, html, &listing);
	search_form(request, html, &listing);
	if (listing.rows.count == 0) {
		HTML_SAY(html, "p", "Aucun dossier ici. Changez d’étape ou de recherche.", { "class", TEXT("empty") });
	} else if (action_count == 0) {
		rows_table(request, html, &listing, false);
	} else {
		FORM_IN(request, html, desk_path(request->arena, listing.campaign, "/lots/preparer"));
		rows_table(request, html, &listing, true);
		batch_buttons(html, &listing, actions, action_count);
	}
	pagination(request, html, &listing);
	exports(request, html, listing.campaign);
	return GUICHET_OK;
}
