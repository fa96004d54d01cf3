/* The desk of who runs a campaign: its dossiers by step, found by name or number, instructed one by one. */
#include "pages/desk.h"

#include <stdio.h>

#include "dossier/explanation.h"
#include "pages/families.h"

#include "base/banned.h"

enum { PAGE_ROWS = 50 };

enum guichet_status
desk_campaign(struct request *request, const struct office_campaign **ret_campaign, struct guichet_error *error)
{
	const enum guichet_status status = page_campaign(request, ret_campaign, error);
	if (status == GUICHET_OK && !office_runs(&visitor_of(request)->actor, (*ret_campaign)->procedure))
		return guichet_fail(error, GUICHET_UNKNOWN, "Cette campagne n’existe pas, ou elle n’est pas gérée par vous.");
	return status;
}

enum guichet_status
desk_batch(struct request *request, struct store_tx *tx, const struct office_campaign **ret_campaign,
	struct office_batch_progress *ret_progress, struct guichet_error *error)
{
	enum guichet_status status = desk_campaign(request, ret_campaign, error);
	if (status == GUICHET_OK)
		status = office_batch_load(tx, request->arena, request_parameter(request, "lot"), ret_progress, error);
	if (status == GUICHET_OK && !text_equal(ret_progress->campaign, (*ret_campaign)->id))
		status = guichet_fail(error, GUICHET_UNKNOWN, "Ce lot n’existe pas.");
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
	static const struct { const char *part, *label; bool pieces; } tabs[] = {
		{ "", "Dossiers", false }, { "/pieces", "Pièces", true }, { "/calendrier", "Calendrier et alertes", false },
		{ "/indicateurs", "Indicateurs", false }, { "/derogations", "Dérogations", false },
	};
	HTML_IN(html, "nav", { "class", TEXT("tabs") }, { "aria-label", TEXT("Gestion de la campagne") });
	HTML_IN(html, "ul");
	for (size_t i = 0; i < sizeof tabs / sizeof *tabs; i++) {
		if (tabs[i].pieces && !dossier_has_piece_tasks(campaign->procedure))
			continue;
		const struct text path = desk_path(request->arena, campaign, tabs[i].part);
		HTML_IN(html, "li");
		HTML_LINE(html, "a", text_of_string(tabs[i].label), { "href", path },
			{ "aria-current", text_equal(path, request->path) ? TEXT("page") : (struct text){ 0 } });
	}
}

enum guichet_status
desk_vacancies(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	struct guichet_error *error)
{
	const struct text *messages;
	size_t count;
	const enum guichet_status status = office_vacancies_told(tx, request->arena, campaign, &messages, &count, error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		page_notice(html, NOTICE_WARNING, TEXT("Un rôle n’est tenu par personne"), messages[i]);
	return status;
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
		all += procedure->steps[i].track == 0 ? counts[i] : 0;
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
	return desk_vacancies(request, tx, html, campaign, error);
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
	struct text structure_name;
	bool structure_known;
	const int64_t *counts;
	struct office_rows rows;
	bool columns_read_outside;
	struct store_tx *tx;
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

int
desk_step(const struct procedure *procedure, struct text name, bool beside)
{
	const int step = procedure_step_find(procedure, name);
	return step != PROCEDURE_NONE && (procedure->steps[step].track != 0) == beside ? step : PROCEDURE_NONE;
}

void
desk_step_fields(struct html *html, const struct procedure *procedure, int step, int beside)
{
	if (step != PROCEDURE_NONE)
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("etape") },
			{ "value", procedure->steps[step].name });
	if (beside != PROCEDURE_NONE)
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("suivi") },
			{ "value", procedure->steps[beside].name });
}

struct text
desk_list_path(struct arena *arena, const struct office_campaign *campaign, int step, int beside)
{
	const struct procedure *procedure = campaign->procedure;
	const struct text none = TEXT("");
	return arena_format(arena, TEXT_FORMAT "?etape=" TEXT_FORMAT "&suivi=" TEXT_FORMAT,
		TEXT_ARGS(desk_path(arena, campaign, "")), TEXT_ARGS(step == PROCEDURE_NONE ? none : procedure->steps[step].name),
		TEXT_ARGS(beside == PROCEDURE_NONE ? none : procedure->steps[beside].name));
}

/* Does a column show what is read outside of the dossiers? */
static bool
columns_read_outside(const struct procedure *procedure)
{
	static const enum procedure_slot_kind outside[] = { PROCEDURE_SLOT_POSTING, PROCEDURE_SLOT_LOCALS, PROCEDURE_SLOT_COUNTERS };
	for (size_t i = 0; i < procedure->column_count; i++) {
		if (procedure->columns[i].field >= 0)
			continue;
		if (procedure->counts_days)
			return true;
		for (size_t k = 0; k < sizeof outside / sizeof *outside; k++)
			if (dossier_expression_reads(procedure, procedure->columns[i].value, outside[k], (struct text){ 0 }))
				return true;
	}
	return false;
}

static enum guichet_status
listing_load(struct request *request, struct store_tx *tx, struct listing *listing, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	enum guichet_status status = desk_campaign(request, &listing->campaign, error);
	if (status != GUICHET_OK)
		return status;
	listing->filter = (struct office_filter){ .range = DIRECTORY_EVERYWHERE,
		.step = desk_step(listing->campaign->procedure, request_query(request, "etape"), false),
		.beside = desk_step(listing->campaign->procedure, request_query(request, "suivi"), true),
		.search = text_trim(request_query(request, "recherche")),
		.after_key = blob_of_hex(arena, request_query(request, "apres")),
		.after_id = request_query(request, "apres-id").at ? request_query(request, "apres-id") : TEXT("") };
	listing->structure_known = false;
	listing->structure_name = (struct text){ 0 };
	listing->structure = text_trim(request_query(request, "structure"));
	if (listing->structure.length) {
		struct directory_structure structure;
		status = directory_structure_by_code(tx, arena, listing->structure,
			date_of_instant(clock_now(site_of(request)->clock), NULL), &structure, error);
		if (status == GUICHET_OK) {
			listing->filter.range = directory_subtree(arena, structure.path);
			listing->structure_name = structure.name;
			listing->structure_known = true;
		} else if (status != GUICHET_UNKNOWN)
			return status;
	}
	listing->columns_read_outside = columns_read_outside(listing->campaign->procedure);
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
		all += procedure->steps[i].track == 0 ? listing->counts[i] : 0;
	const struct text here = desk_path(request->arena, listing->campaign, "");
	HTML_IN(html, "nav", { "class", TEXT("figures") }, { "aria-label", TEXT("Dossiers par étape") });
	for (int i = -1; i < (int)procedure->step_count; i++) {
		const int64_t count = i < 0 ? all : listing->counts[i];
		if (i >= 0 && (procedure->steps[i].track != 0 || (count == 0 && listing->filter.step != i)))
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
search_input(struct html *html, struct text name, struct text label, struct text help, struct text value)
{
	HTML_IN(html, "div", { "class", TEXT("field grow") });
	{
		HTML_IN(html, "label", { "for", name });
		html_text(html, label);
	}
	HTML_VOID(html, "input", { "type", TEXT("search") }, { "id", name }, { "name", name }, { "value", value },
		{ "placeholder", help }, { "autocomplete", TEXT("off") });
}

/* Where things stand in the suivis, with how many. */
static void
tracks_filter(struct request *request, struct html *html, const struct listing *listing)
{
	const struct procedure *procedure = listing->campaign->procedure;
	if (procedure->track_count < 2)
		return;
	HTML_IN(html, "div", { "class", TEXT("field") });
	HTML_SAY(html, "label", "Suivi", { "for", TEXT("suivi") });
	HTML_IN(html, "select", { "id", TEXT("suivi") }, { "name", TEXT("suivi") });
	HTML_SAY(html, "option", "Peu importe", { "value", TEXT("") });
	for (size_t track = 1; track < procedure->track_count; track++) {
		HTML_IN(html, "optgroup", { "label", procedure->tracks[track].label });
		const struct procedure_list *steps = &procedure->tracks[track].steps;
		for (size_t i = 0; i < steps->count; i++) {
			const struct procedure_step *step = &procedure->steps[steps->at[i]];
			HTML_LINE(html, "option", arena_format(request->arena, TEXT_FORMAT " (%lld)", TEXT_ARGS(step->label),
				(long long)listing->counts[steps->at[i]]), { "value", step->name },
				{ "selected", listing->filter.beside == steps->at[i] ? TEXT("selected") : (struct text){ 0 } });
		}
	}
}

static void
search_form(struct request *request, struct html *html, const struct listing *listing)
{
	const struct text here = desk_path(request->arena, listing->campaign, "");
	HTML_IN(html, "form", { "class", TEXT("filters") }, { "method", TEXT("get") }, { "role", TEXT("search") },
		{ "action", here });
	desk_step_fields(html, listing->campaign->procedure, listing->filter.step, PROCEDURE_NONE);
	search_input(html, TEXT("recherche"), TEXT("Nom de l’agent ou numéro du dossier"), (struct text){ 0 },
		listing->filter.search);
	search_input(html, TEXT("structure"), TEXT("Code de structure, avec ce qui en dépend"), (struct text){ 0 },
		listing->structure);
	tracks_filter(request, html, listing);
	HTML_SAY(html, "button", "Chercher", { "class", TEXT("button") }, { "type", TEXT("submit") });
	if (listing->filter.search.length || listing->structure.length || listing->filter.beside != PROCEDURE_NONE)
		html_link(html, here, TEXT("Tout afficher"));
}

/* What the filters left, in words. */
static void
told_search(struct html *html, const struct listing *listing)
{
	if (listing->structure.length && !listing->structure_known) {
		page_notice(html, NOTICE_WARNING, TEXT("Ce code de structure n’existe pas"),
			TEXT("Tous les dossiers sont montrés. Le code d’un établissement est son numéro UAI, par exemple 9910001A."));
	} else if (listing->filter.search.length) {
		HTML_SAY(html, "p", "La recherche porte sur toute la campagne, quels que soient l’étape et les suivis.", { "class", TEXT("muted") });
	} else if (listing->structure.length) {
		HTML_IN(html, "p", { "class", TEXT("muted") });
		html_say(html, "Dossiers de ");
		html_text(html, listing->structure_name);
		html_say(html, " et de ce qui en dépend.");
	}
}

/* At one step all rows have the same state, unless a search shows those of others. */
static bool
shows_state(const struct listing *listing)
{
	return listing->filter.step == PROCEDURE_NONE || listing->filter.search.length;
}

static struct dossier_viewer
row_viewer(struct request *request, const struct procedure *procedure)
{
	return (struct dossier_viewer){ visitor_of(request)->actor.person,
		procedure->office < 0 ? 0 : DOSSIER_ROLE(procedure->office), 0 };
}

/* What is to be seen to: the warnings of the office's role, and the suivis that await somebody. */
static void
row_signs(struct request *request, struct html *html, const struct dossier_facts *facts)
{
	const struct procedure *procedure = facts->procedure;
	const struct dossier_viewer viewer = row_viewer(request, procedure);
	const struct text *messages = NULL;
	size_t count = 0;
	struct guichet_error error;
	if (dossier_warnings(DOSSIER_PRESENT(facts, request->arena), &viewer, &messages, &count, &error) != GUICHET_OK)
		count = 0;
	for (size_t i = 0; i < count; i++) {
		HTML_IN(html, "p");
		HTML_LINE(html, "span", messages[i], { "class", TEXT("badge warning") });
	}
	for (size_t track = 1; track < procedure->track_count; track++) {
		const struct dossier_stand stand = dossier_stand_in(procedure, facts->dossier, (int)track);
		if (stand.step < 0 || procedure->steps[stand.step].awaits.count == 0)
			continue;
		HTML_IN(html, "p", { "class", TEXT("muted") });
		html_text(html, procedure->tracks[track].label);
		html_say(html, " : ");
		html_text(html, procedure->steps[stand.step].label);
	}
}

/* What rules read outside is read for who needs it: most lines only show answers. */
static bool
needs_outside(struct request *request, const struct listing *listing, const struct dossier_facts *facts)
{
	const struct dossier_viewer viewer = row_viewer(request, facts->procedure);
	return listing->columns_read_outside || dossier_may_warn(facts, &viewer);
}

/* A row that is shown: one whose dossier cannot be read still has its line. */
struct desk_row {
	struct dossier state;
	struct dossier_facts facts;
	bool whole;
};

/* NULL when the arena is full. */
static struct desk_row *
desk_rows(struct request *request, const struct listing *listing)
{
	const size_t count = listing->rows.count;
	struct guichet_error error;
	struct desk_row *rows = arena_array_of(request->arena, struct desk_row, count + 1);
	const struct office_row **at = arena_array_of(request->arena, const struct office_row *, count + 1);
	struct dossier_facts **facts = arena_array_of(request->arena, struct dossier_facts *, count + 1);
	size_t needed = 0;
	if (!rows || !at || !facts)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		rows[i].whole = office_row_facts(request->arena, &listing->rows.at[i], clock_now(site_of(request)->clock),
			&rows[i].state, &rows[i].facts, &error) == GUICHET_OK;
		if (!rows[i].whole || !needs_outside(request, listing, &rows[i].facts))
			continue;
		at[needed] = &listing->rows.at[i];
		facts[needed++] = &rows[i].facts;
	}
	if (office_rows_outside(listing->tx, request->arena, at, facts, needed, &error) != GUICHET_OK)
		for (size_t i = 0; i < count; i++)
			rows[i].whole = rows[i].whole && !needs_outside(request, listing, &rows[i].facts);
	return rows;
}

static void
row_line(struct request *request, struct html *html, const struct listing *listing, const struct office_row *row,
	const struct desk_row *of, bool choosing)
{
	const struct procedure *procedure = row->procedure;
	const bool whole = of->whole;
	struct guichet_error error;
	HTML_IN(html, "tr");
	if (choosing) {
		HTML_IN(html, "td", { "data-label", TEXT("Choisir") });
		const struct text id = arena_format(request->arena, "choix-" TEXT_FORMAT, TEXT_ARGS(row->id));
		HTML_VOID(html, "input", { "type", TEXT("checkbox") }, { "name", TEXT("dossier") }, { "id", id },
			{ "value", arena_format(request->arena, TEXT_FORMAT ":%u", TEXT_ARGS(row->id), whole ? of->state.changed : 0) });
		HTML_IN(html, "label", { "for", id }, { "class", TEXT("visually-hidden") });
		html_say(html, "Choisir le dossier de ");
		html_text(html, row->subject_name);
	}
	{
		HTML_IN(html, "td", { "data-label", TEXT("Numéro") });
		{
			HTML_IN(html, "span", { "class", TEXT("nowrap") });
			html_link(html, page_dossier_path(request->arena, row->id), row->number);
		}
		if (whole)
			row_signs(request, html, &of->facts);
	}
	HTML_LINE(html, "td", row->subject_name, { "data-label", TEXT("Agent") });
	HTML_LINE(html, "td", row->structure_name, { "data-label", TEXT("Structure") });
	if (shows_state(listing)) {
		HTML_IN(html, "td", { "data-label", TEXT("État") });
		HTML_LINE(html, "span", procedure->steps[row->step].label, { "class", page_step_class(&procedure->steps[row->step]) });
	}
	HTML_LINE(html, "td", date_short(request->arena, date_of_instant(row->filed_at, NULL)),
		{ "data-label", TEXT("Déposé le") });
	for (size_t i = 0; i < listing->campaign->procedure->column_count; i++) {
		struct text shown = { 0 };
		if (whole && procedure == listing->campaign->procedure
			&& dossier_column(&of->facts, &procedure->columns[i], request->arena, &shown, &error) != GUICHET_OK)
			shown = (struct text){ 0 };
		HTML_LINE(html, "td", shown, { "data-label", listing->campaign->procedure->columns[i].title });
	}
}

static void
head_line(struct html *html, const struct listing *listing, bool choosing)
{
	enum { STATE_TITLE = 3 };
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
		if (i != STATE_TITLE || shows_state(listing))
			HTML_LINE(html, "th", text_of_string(titles[i]), { "scope", TEXT("col") });
	for (size_t i = 0; i < listing->campaign->procedure->column_count; i++)
		HTML_LINE(html, "th", listing->campaign->procedure->columns[i].title, { "scope", TEXT("col") });
}

/* The actions that may be done to many at the steps that are shown, of the circuit and of a suivi. */
static size_t
batch_actions(const struct listing *listing, const struct procedure_action **ret_actions, size_t room)
{
	const struct procedure *procedure = listing->campaign->procedure;
	const int steps[] = { listing->filter.step, listing->filter.beside };
	size_t count = 0;
	for (size_t s = 0; s < sizeof steps / sizeof *steps; s++) {
		const struct procedure_list none = { 0 }, *actions = steps[s] == PROCEDURE_NONE ? &none
			: &procedure->steps[steps[s]].actions;
		for (size_t i = 0; i < actions->count && count < room; i++)
			if (procedure->actions[actions->at[i]].batch)
				ret_actions[count++] = &procedure->actions[actions->at[i]];
	}
	return count;
}

static void
batch_buttons(struct html *html, const struct listing *listing, const struct procedure_action *const *actions, size_t count)
{
	HTML_IN(html, "fieldset", { "class", TEXT("field") });
	HTML_SAY(html, "legend", "Traiter plusieurs dossiers à la fois");
	HTML_SAY(html, "p", "Cochez des dossiers de la liste, ou prenez-les tous. Rien n’est fait avant une page de confirmation.",
		{ "class", TEXT("hint") });
	const int step = listing->filter.step, beside = listing->filter.beside;
	desk_step_fields(html, listing->campaign->procedure, step, beside);
	{
		HTML_IN(html, "div", { "class", TEXT("choice") });
		html_markup(html, "<input type=\"checkbox\" id=\"tous\" name=\"tous\" value=\"oui\">");
		HTML_IN(html, "label", { "for", TEXT("tous") });
		if (step != PROCEDURE_NONE && beside != PROCEDURE_NONE)
			html_say(html, "Tous les dossiers de cette étape et de ce suivi, de toutes les structures, "
				"au lieu de ceux que je coche");
		else
			html_format(html, "Tous les dossiers de cette étape (%lld), de toutes les structures, "
				"au lieu de ceux que je coche", (long long)listing->counts[step != PROCEDURE_NONE ? step : beside]);
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
	const bool first = !listing->filter.after_key.at;
	if (listing->filter.search.length) {
		if (listing->rows.more)
			HTML_SAY(html, "p", "D’autres dossiers répondent à cette recherche : précisez-la.", { "class", TEXT("muted") });
		return;
	}
	if (!listing->rows.more && first)
		return;
	const struct text here = arena_format(request->arena, TEXT_FORMAT "&structure=" TEXT_FORMAT,
		TEXT_ARGS(desk_list_path(request->arena, listing->campaign, listing->filter.step, listing->filter.beside)),
		TEXT_ARGS(listing->structure));
	HTML_IN(html, "nav", { "class", TEXT("pagination") }, { "aria-label", TEXT("Pages de la liste") });
	HTML_IN(html, "ul");
	if (!first) {
		HTML_IN(html, "li");
		html_link(html, here, TEXT("Revenir aux premiers"));
	}
	if (listing->rows.more) {
		const struct office_row *last = &listing->rows.at[listing->rows.count - 1];
		HTML_IN(html, "li");
		html_link(html, arena_format(request->arena, TEXT_FORMAT "&apres=" TEXT_FORMAT "&apres-id=" TEXT_FORMAT,
			TEXT_ARGS(here), TEXT_ARGS(hex_of_blob(request->arena, last->sort_key)), TEXT_ARGS(last->id)),
			arena_format(request->arena, "Les %d suivants", PAGE_ROWS));
	}
}

/* The last batches of the campaign, with a link to what each gave. */
static enum guichet_status
batches(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	struct guichet_error *error)
{
	enum { MOST = 5 };
	struct store_rows rows = store_query(tx, request->arena, STORE_BATCH_OF_CAMPAIGN,
		STORE_VALUES(campaign->id, (int64_t)MOST), error);
	bool any = false;
	while (store_next(&rows)) {
		const int move = procedure_move_find(campaign->procedure, store_text(&rows, 1));
		if (!any) {
			HTML_SAY(html, "h2", "Derniers lots");
			html_markup(html, "<ul>");
		}
		any = true;
		HTML_IN(html, "li");
		html_link(html, arena_format(request->arena, "/gestion/" TEXT_FORMAT "/lots/" TEXT_FORMAT, TEXT_ARGS(campaign->id),
			TEXT_ARGS(store_text(&rows, 0))),
			move == PROCEDURE_NONE ? store_text(&rows, 1) : campaign->procedure->moves[move].label);
		html_say(html, ", lancé le ");
		html_text(html, instant_french(request->arena, store_integer(&rows, 2)));
		html_text(html, store_integer(&rows, 3) ? TEXT(" : terminé") : TEXT(" : en cours"));
	}
	if (any)
		html_markup(html, "</ul>");
	return store_finish(&rows);
}

static void
exports(struct request *request, struct html *html, const struct office_campaign *campaign)
{
	if (campaign->procedure->export_count == 0)
		return;
	HTML_SAY(html, "h2", "Exports pour tableur");
	HTML_SAY(html, "p", "Fichiers CSV, qui s’ouvrent dans un tableur.", { "class", TEXT("muted") });
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
		const bool first = !listing->filter.after_key.at;
		html_format(html, "%zu dossier%s, par nom", listing->rows.count, listing->rows.count > 1 ? "s" : "");
		html_text(html, first && listing->rows.more ? TEXT(" : les premiers") : !first && listing->rows.more ? TEXT(" : la suite")
			: !first ? TEXT(" : les derniers") : TEXT(""));
	}
	head_line(html, listing, choosing);
	HTML_IN(html, "tbody");
	const struct desk_row *rows = desk_rows(request, listing);
	for (size_t i = 0; rows && i < listing->rows.count; i++)
		row_line(request, html, listing, &listing->rows.at[i], &rows[i], choosing);
}

enum guichet_status
page_desk_campaign(struct request *request, struct html *html, struct guichet_error *error)
{
	enum { MOST_ACTIONS = 8 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct listing listing;
	enum guichet_status status = listing_load(request, tx, &listing, error);
	if (status != GUICHET_OK)
		return status;
	listing.tx = tx;
	const struct procedure_action *actions[MOST_ACTIONS];
	const size_t action_count = listing.filter.search.length ? 0 : batch_actions(&listing, actions, MOST_ACTIONS);
	PAGE_IN(request, html, listing.campaign->campaign->title, { TEXT("/"), TEXT("Accueil") },
		{ TEXT("/gestion"), TEXT("Gestion") });
	desk_tabs(request, html, listing.campaign);
	status = desk_vacancies(request, tx, html, listing.campaign, error);
	if (status != GUICHET_OK)
		return status;
	steps_filter(request, html, &listing);
	search_form(request, html, &listing);
	told_search(html, &listing);
	if (listing.rows.count == 0) {
		HTML_LINE(html, "p", listing.filter.search.length
			? TEXT("Aucun dossier ne répond à cette recherche. Tapez le début du nom ou le numéro, avec ou sans accents.")
			: listing.filter.step != PROCEDURE_NONE || listing.filter.beside != PROCEDURE_NONE || listing.structure.length
				? TEXT("Aucun dossier ici. Choisissez une autre étape, un autre suivi ou une autre structure.")
				: TEXT("Aucun dossier n’est encore déposé dans cette campagne."), { "class", TEXT("empty") });
	} else if (action_count == 0) {
		rows_table(request, html, &listing, false);
	} else {
		FORM_IN(request, html, desk_path(request->arena, listing.campaign, "/lots/preparer"));
		rows_table(request, html, &listing, true);
		batch_buttons(html, &listing, actions, action_count);
	}
	pagination(request, html, &listing);
	exports(request, html, listing.campaign);
	return batches(request, tx, html, listing.campaign, error);
}
