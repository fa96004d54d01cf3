/* Dossiers around one: the one it was born of, those born of it, what may be opened; and its versions, that is what its
 * answers were on any day.
 *
 * GET /dossiers/:id/versions?le=2024-03-06 */
#include "pages/kin.h"

#include "pages/draft.h"

#include "base/banned.h"

struct dossier_viewer
page_own_viewer(const struct office_row *row, struct text person)
{
	return (struct dossier_viewer){ .person = person,
		.roles = row->procedure->of_structures ? DOSSIER_ROLE(procedure_applicant(row->procedure)) : 0 };
}

struct text
page_dossier_title(struct arena *arena, const struct office_row *row, const struct procedure_nature *nature)
{
	const struct text title = row->procedure->title, whole = row->procedure->of_structures
		? arena_format(arena, TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(title), TEXT_ARGS(row->structure_name)) : title;
	return !nature ? whole : arena_format(arena, TEXT_FORMAT " : " TEXT_FORMAT, TEXT_ARGS(whole), TEXT_ARGS(nature->label));
}

const struct procedure_nature *
page_nature(const struct procedure *procedure, struct text name)
{
	const int nature = name.length ? procedure_nature_find(procedure, name) : PROCEDURE_NONE;
	return nature < 0 ? NULL : &procedure->natures[nature];
}

void
page_born_of(struct request *request, struct html *html, const struct office_dossier *dossier)
{
	const struct procedure_nature *nature = page_nature(dossier->procedure, dossier->state.nature);
	if (!nature)
		return;
	HTML_IN(html, "p");
	HTML_LINE(html, "strong", nature->label);
	html_say(html, " de la demande ");
	html_link(html, page_dossier_path(request->arena, dossier->state.parent), arena_format(request->arena,
		"n° " TEXT_FORMAT, TEXT_ARGS(dossier->state.parent_number)));
}

void
page_filed_for(struct request *request, struct html *html, const struct office_dossier *dossier)
{
	const struct dossier *state = &dossier->state;
	struct text by = TEXT("");
	if (state->author.length == 0 || text_equal(state->author, state->subject))
		return;
	for (size_t i = 0; i < state->done_count; i++)
		if (!state->done[i].effect && state->done[i].first_at == state->filed_at
			&& text_equal(state->done[i].person, state->author))
			by = state->done[i].by;
	HTML_IN(html, "p");
	html_text(html, text_equal(state->subject, visitor_of(request)->actor.person) ? TEXT("Déposée pour vous")
		: TEXT("Déposée pour cette personne"));
	if (by.length) {
		html_say(html, " par ");
		html_text(html, by);
	}
	if (state->ground.length) {
		html_say(html, " : « ");
		html_text(html, text_trim(state->ground));
		html_say(html, " »");
	}
}

/* ---- on the page of the parent ---- */

static size_t
allowed_of(const struct dossier_birth *list, size_t count)
{
	size_t allowed = 0;
	for (size_t i = 0; i < count; i++)
		allowed += list[i].allowed;
	return allowed;
}

static void
birth_buttons(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_birth *list, size_t count)
{
	HTML_IN(html, "ul", { "class", TEXT("buttons") }, { "aria-label", TEXT("Ce que vous pouvez ouvrir") });
	for (size_t i = 0; i < count; i++)
		if (list[i].allowed) {
			HTML_IN(html, "li");
			HTML_LINE(html, "a", list[i].nature->label, { "class", TEXT("button secondary") },
				{ "href", draft_child_path(request->arena, dossier->id, list[i].nature->name) });
		}
}

/* What may be opened, as buttons; then, in words, what may not and why. */
static void
births(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_birth *list, size_t count)
{
	if (allowed_of(list, count)) {
		HTML_SAY(html, "p", "À partir de cette demande, vous pouvez ouvrir :");
		birth_buttons(request, html, dossier, list, count);
	}
	for (size_t i = 0; i < count; i++)
		if (!list[i].allowed)
			HTML_LINE(html, "p", text_starts(list[i].reason, list[i].nature->label) ? list[i].reason
				: arena_format(request->arena, TEXT_FORMAT " : " TEXT_FORMAT, TEXT_ARGS(list[i].nature->label),
					TEXT_ARGS(list[i].reason)), { "class", TEXT("muted") });
}

static void
child_line(struct request *request, struct html *html, const struct office_dossier *dossier, const struct dossier_kin *child)
{
	const struct procedure_nature *nature = page_nature(dossier->procedure, child->nature);
	const struct procedure_step *step = &dossier->procedure->steps[child->step];
	const bool own = text_equal(visitor_of(request)->actor.person, dossier->state.subject);
	HTML_IN(html, "li");
	html_link(html, page_dossier_path(request->arena, child->id), arena_format(request->arena,
		TEXT_FORMAT " n° " TEXT_FORMAT, TEXT_ARGS(nature ? nature->label : child->nature), TEXT_ARGS(child->number)));
	html_markup(html, " ");
	HTML_LINE(html, "span", own ? step->agent_label : step->label, { "class", page_step_class(step) });
}

static enum guichet_status
births_load(struct request *request, struct store_tx *tx, const struct office_dossier *dossier,
	const struct dossier_kin **ret_children, size_t *ret_child_count, const struct dossier_birth **ret_births,
	size_t *ret_count, struct guichet_error *error)
{
	const struct dossier_viewer viewer = page_viewer(request, dossier);
	const enum guichet_status status = office_children(tx, request->arena, dossier, ret_children, ret_child_count, error);
	return status != GUICHET_OK ? status : dossier_births(&dossier->facts, &viewer, *ret_children, *ret_child_count,
		request->arena, ret_births, ret_count, error);
}

enum guichet_status
page_birth_refused(struct request *request, struct store_tx *tx, struct html *html, const struct office_dossier *dossier,
	const struct procedure_nature *nature, struct text reason, struct guichet_error *error)
{
	const struct text path = page_dossier_path(request->arena, dossier->id);
	const struct dossier_kin *children;
	const struct dossier_birth *list;
	size_t child_count, count;
	const enum guichet_status status = births_load(request, tx, dossier, &children, &child_count, &list, &count, error);
	if (status != GUICHET_OK)
		return status;
	request_status(request, 422);
	PAGE_IN(request, html, TEXT("Ce n’est pas possible"), { TEXT("/"), TEXT("Accueil") }, { path, dossier->state.number });
	page_notice(html, NOTICE_WARNING, nature->label, reason);
	if (allowed_of(list, count)) {
		HTML_SAY(html, "p", "À partir de cette demande, vous pouvez encore ouvrir :");
		birth_buttons(request, html, dossier, list, count);
	}
	HTML_IN(html, "p");
	HTML_SAY(html, "a", "Revenir à la demande", { "class", TEXT("button") }, { "href", path });
	return GUICHET_OK;
}

enum guichet_status
page_children(struct request *request, struct store_tx *tx, struct html *html, const struct office_dossier *dossier,
	struct guichet_error *error)
{
	const struct dossier_kin *children;
	const struct dossier_birth *list;
	size_t child_count, count;
	const enum guichet_status status = births_load(request, tx, dossier, &children, &child_count, &list, &count, error);
	if (status != GUICHET_OK || child_count + count == 0)
		return status;
	HTML_IN(html, "section", { "class", TEXT("card") }, { "aria-labelledby", TEXT("suites") });
	HTML_SAY(html, "h2", "Modifier, contester, renouveler", { "class", TEXT("card-title") }, { "id", TEXT("suites") });
	if (child_count) {
		HTML_IN(html, "ul");
		for (size_t i = 0; i < child_count; i++)
			child_line(request, html, dossier, &children[i]);
	}
	births(request, html, dossier, list, count);
	if (child_count) {
		HTML_IN(html, "p");
		html_link(html, arena_format(request->arena, TEXT_FORMAT "/versions",
			TEXT_ARGS(page_dossier_path(request->arena, dossier->id))), TEXT("Voir les versions de la demande"));
	}
	return GUICHET_OK;
}

/* ---- versions ---- */

/* One that changed something, and what it changed. */
static void
version_line(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_moment *moment)
{
	HTML_IN(html, "li");
	{
		HTML_IN(html, "p");
		HTML_LINE(html, "strong", moment->title);
		html_say(html, ", le ");
		html_text(html, instant_french(request->arena, moment->at));
		if (moment->child.length) {
			html_say(html, ", ");
			html_link(html, page_dossier_path(request->arena, moment->child), arena_format(request->arena,
				"dossier n° " TEXT_FORMAT, TEXT_ARGS(moment->child_number)));
		}
	}
	page_changes(request, html, dossier, moment->changes, moment->change_count);
}

static void
versions_list(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_moment *moments, size_t count)
{
	size_t told = 0;
	HTML_SAY(html, "h2", "Ce qui a changé");
	for (size_t i = 0; i < count; i++)
		told += moments[i].change_count > 0;
	if (told == 0) {
		HTML_SAY(html, "p", "Rien n’a changé depuis le dépôt.", { "class", TEXT("empty") });
		return;
	}
	HTML_IN(html, "ol");
	for (size_t i = 0; i < count; i++)
		if (moments[i].change_count > 0)
			version_line(request, html, dossier, &moments[i]);
}

static void
day_form(struct request *request, struct html *html, const struct office_dossier *dossier, struct text typed,
	struct text mistake)
{
	HTML_IN(html, "form", { "class", TEXT("form") }, { "method", TEXT("get") }, { "action", arena_format(request->arena,
		TEXT_FORMAT "/versions", TEXT_ARGS(page_dossier_path(request->arena, dossier->id))) });
	page_field(html, &(struct page_field){ .name = TEXT("le"), .label = TEXT("Voir la version en vigueur le"),
		.type = "date", .width = TEXT("medium"), .value = typed, .mistake = mistake });
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_SAY(html, "button", "Voir cette version", { "class", TEXT("button secondary") }, { "type", TEXT("submit") });
}

static enum guichet_status
version_on(struct request *request, struct store_tx *tx, struct html *html, const struct office_dossier *dossier,
	struct date day, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	struct office_dossier then = *dossier;
	const struct dossier_viewer viewer = page_viewer(request, dossier);
	const struct dossier_line *lines;
	size_t count;
	bool there;
	const instant until = instant_of_day(date_add_days(day, 1));
	enum guichet_status status = office_dossier_at(tx, arena, dossier, until, &then.state, &there, error);
	if (status != GUICHET_OK)
		return status;
	HTML_LINE(html, "h2", arena_format(arena, "En vigueur le " TEXT_FORMAT, TEXT_ARGS(date_french(arena, day, true))));
	if (!there) {
		HTML_SAY(html, "p", "La demande n’était pas encore déposée ce jour-là.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	then.facts.dossier = &then.state;
	then.facts.at = until - 1 < dossier->facts.at ? until - 1 : dossier->facts.at;
	status = dossier_lines(DOSSIER_PRESENT(&then.facts, arena), &viewer, &lines, &count, error);
	if (status != GUICHET_OK)
		return status;
	{
		HTML_IN(html, "p");
		HTML_LINE(html, "span", dossier_label(&then.facts, &viewer),
			{ "class", page_step_class(&then.procedure->steps[then.state.step]) });
	}
	HTML_IN(html, "dl", { "class", TEXT("data") });
	for (size_t i = 0; i < count; i++) {
		HTML_LINE(html, "dt", lines[i].label);
		HTML_LINE(html, "dd", lines[i].value);
	}
	return GUICHET_OK;
}

enum guichet_status
page_versions(struct request *request, struct html *html, struct guichet_error *error)
{
	enum { MOST_EVENTS = 200 };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct office_dossier dossier;
	const struct dossier_event *events;
	const struct dossier_moment *moments;
	size_t event_count, count;
	enum guichet_status status = page_dossier(request, tx, &dossier, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_viewer viewer = page_viewer(request, &dossier);
	const unsigned after = dossier.state.version > MOST_EVENTS ? dossier.state.version - MOST_EVENTS : 0;
	status = office_events(tx, request->arena, dossier.id, after, MOST_EVENTS, &events, &event_count, error);
	if (status == GUICHET_OK)
		status = dossier_timeline(DOSSIER_PRESENT(&dossier.facts, request->arena), &viewer, events, event_count, &moments,
			&count, error);
	if (status != GUICHET_OK)
		return status;
	const struct text typed = request_query(request, "le");
	struct date day = date_of_instant(dossier.facts.at, NULL);
	const bool readable = typed.length == 0 || date_read(typed, &day) || date_read_french(typed, &day);
	if (!readable)
		request_status(request, 422);
	PAGE_IN(request, html, TEXT("Versions de la demande"), { TEXT("/"), TEXT("Accueil") },
		{ page_dossier_path(request->arena, dossier.id), dossier.state.number });
	versions_list(request, html, &dossier, moments, count);
	day_form(request, html, &dossier, readable ? date_iso(request->arena, day) : typed, readable ? TEXT("")
		: TEXT("Écrivez une date qui existe, par exemple 16/06/2023."));
	return readable ? version_on(request, tx, html, &dossier, day, error) : GUICHET_OK;
}
