/* What each structure sets for itself: which structures are the visitor's to set, one structure's settings with those
 * to come, and the open dossiers that they go against. */
#include "pages/families.h"

#include "base/banned.h"

enum { MOST_STRUCTURES = 200, MOST_BREACHES = 100, MOST_PROCEDURES = 50 };

/* The procedure of the page, as its last campaign has it, and the structure. */
struct place {
	const struct office_campaign *campaign;
	struct directory_structure structure;
	dossier_roles roles;
};

static bool
may_set(const struct procedure_local *local, dossier_roles roles)
{
	for (size_t i = 0; i < local->who.count; i++)
		if (roles & DOSSIER_ROLE(local->who.at[i]))
			return true;
	return false;
}

static bool
may_set_some(const struct procedure *procedure, dossier_roles roles)
{
	for (size_t i = 0; i < procedure->local_count; i++)
		if (may_set(&procedure->locals[i], roles))
			return true;
	return false;
}

static struct text
address_of(struct arena *arena, const struct office_campaign *campaign, const struct directory_structure *structure)
{
	return arena_format(arena, "/reglages/" TEXT_FORMAT "/" TEXT_FORMAT, TEXT_ARGS(campaign->id), TEXT_ARGS(structure->code));
}

/* ---- GET /reglages ---- */

/* The last campaign of each procedure that has something to set. */
static size_t
list_campaigns(struct request *request, const struct office_campaign *ret_campaigns[static MOST_PROCEDURES])
{
	const struct office_campaigns all = office_campaigns(site_of(request)->office, request->arena);
	size_t count = 0;
	for (size_t i = 0; i < all.count; i++) {
		size_t at = 0;
		if (all.at[i]->procedure->local_count == 0)
			continue;
		while (at < count && !text_equal(ret_campaigns[at]->procedure->name, all.at[i]->procedure->name))
			at++;
		if (at < MOST_PROCEDURES)
			ret_campaigns[at] = all.at[i];
		if (at == count && count < MOST_PROCEDURES)
			count++;
	}
	return count;
}

static enum guichet_status
structures_show(struct request *request, struct store_tx *tx, struct html *html, const struct office_campaign *campaign,
	size_t *shown, struct guichet_error *error)
{
	const struct office_actor *actor = &visitor_of(request)->actor;
	const struct date today = date_of_instant(clock_now(site_of(request)->clock), NULL);
	struct text told[MOST_STRUCTURES];
	size_t count = 0;
	for (size_t i = 0; i < actor->functions.count; i++) {
		const struct directory_range range = directory_subtree(request->arena, actor->functions.at[i].path);
		struct directory_structures structures;
		const enum guichet_status status = directory_structures(tx, request->arena, &range, TEXT(""), today, MOST_STRUCTURES,
			&structures, error);
		if (status != GUICHET_OK)
			return status;
		for (size_t k = 0; k < structures.count && count < MOST_STRUCTURES; k++) {
			const struct directory_structure *structure = &structures.at[k];
			bool again = !may_set_some(campaign->procedure, office_roles_at(actor, campaign->procedure, structure->path));
			for (size_t t = 0; t < count; t++)
				again |= text_equal(told[t], structure->id);
			if (again)
				continue;
			if (count == 0) {
				HTML_LINE(html, "h2", campaign->procedure->title);
				html_markup(html, "<ul class=\"files\">");
			}
			told[count++] = structure->id;
			HTML_IN(html, "li");
			html_link(html, address_of(request->arena, campaign, structure), structure->name);
		}
	}
	if (count)
		html_markup(html, "</ul>");
	*shown += count;
	return GUICHET_OK;
}

enum guichet_status
page_settings(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_campaign *campaigns[MOST_PROCEDURES];
	const size_t count = list_campaigns(request, campaigns);
	size_t shown = 0;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	PAGE_IN(request, html, TEXT("Réglages du service"), { TEXT("/"), TEXT("Accueil") });
	HTML_SAY(html, "p", "Ce que chaque structure règle pour elle, à partir d’un jour. Celles du dessous en héritent, jusqu’à "
		"ce qu’elles règlent elles-mêmes.", { "class", TEXT("lead") });
	for (size_t i = 0; i < count; i++) {
		const enum guichet_status status = structures_show(request, tx, html, campaigns[i], &shown, error);
		if (status != GUICHET_OK)
			return status;
	}
	if (shown == 0)
		HTML_SAY(html, "p", "Aucun réglage ne vous revient.", { "class", TEXT("empty") });
	return GUICHET_OK;
}

/* ---- one structure ---- */

/* UNKNOWN when it is not theirs to set. */
static enum guichet_status
place_load(struct request *request, struct store_tx *tx, struct place *ret_place, struct guichet_error *error)
{
	enum guichet_status status = page_campaign(request, &ret_place->campaign, error);
	if (status == GUICHET_OK)
		status = directory_structure_by_code(tx, request->arena, request_parameter(request, "structure"),
			date_of_instant(clock_now(site_of(request)->clock), NULL), &ret_place->structure, error);
	if (status != GUICHET_OK)
		return status;
	ret_place->roles = office_roles_at(&visitor_of(request)->actor, ret_place->campaign->procedure, ret_place->structure.path);
	return may_set_some(ret_place->campaign->procedure, ret_place->roles) ? GUICHET_OK
		: guichet_fail(error, GUICHET_UNKNOWN, "Les réglages de cette structure ne vous reviennent pas.");
}

/* What was typed for one setting, and what is wrong with it. */
struct typed {
	int local; /* NONE: nothing was typed */
	struct dossier_raws raws;
	struct text from, mistake;
	struct date day;
	bool clear;
};

static struct typed
typed_read(struct request *request, const struct procedure *procedure)
{
	const struct form_field *fields;
	const size_t count = form_fields(request, &fields);
	struct dossier_raw *raws = arena_array_of(request->arena, struct dossier_raw, count + 1);
	struct typed typed = { .local = procedure_local_find(procedure, form_value(request, "reglage")),
		.from = form_value(request, "a_partir_du"), .clear = form_value(request, "oter").length > 0 };
	size_t kept = 0;
	for (size_t i = 0; raws && typed.local >= 0 && i < count; i++)
		if (text_equal(dossier_raw_field(fields[i].name), procedure->locals[typed.local].field.name))
			raws[kept++] = (struct dossier_raw){ fields[i].name, fields[i].value };
	typed.raws = (struct dossier_raws){ raws, raws ? kept : 0 };
	if (!date_read_french(typed.from, &typed.day))
		typed.mistake = TEXT("Donnez le premier jour, par exemple 01/09/2025.");
	return typed;
}

static void
breaches_show(struct request *request, struct html *html, const struct office_breach *list, size_t count)
{
	HTML_IN(html, "ul", { "class", TEXT("files") });
	for (size_t i = 0; i < count; i++) {
		HTML_IN(html, "li");
		HTML_IN(html, "span");
		html_link(html, page_dossier_path(request->arena, list[i].dossier), list[i].number);
		html_format(html, ", " TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(list[i].name), TEXT_ARGS(list[i].structure));
		html_markup(html, "<br>");
		html_text(html, list[i].message);
	}
}

/* The dossiers that a setting just typed would go against. */
static enum guichet_status
effect_show(struct request *request, struct store_tx *tx, struct html *html, const struct place *place,
	const struct typed *typed, struct guichet_error *error)
{
	const struct procedure *procedure = place->campaign->procedure;
	struct dossier_answer answer = { 0 };
	struct office_setting_try try = { .path = place->structure.path, .local = typed->local };
	const struct office_breach *list;
	size_t count;
	enum guichet_status status = GUICHET_OK;
	if (!typed->clear)
		status = dossier_answer_typed(request->arena, &procedure->locals[typed->local].field, typed->raws, &answer, error);
	if (status != GUICHET_OK || answer.mistake.length)
		return status;
	try.value = answer.value;
	status = office_breaches(site_of(request)->office, tx, request->arena, procedure, place->structure.path, typed->day, &try,
		MOST_BREACHES, &list, &count, error);
	if (status != GUICHET_OK)
		return status;
	HTML_IN(html, "section", { "class", TEXT("notice warning") }, { "aria-labelledby", TEXT("effet") });
	HTML_LINE(html, "h2", count ? TEXT("Ce que ce réglage contredirait") : TEXT("Ce réglage ne contredit aucun dossier"),
		{ "id", TEXT("effet") });
	if (count)
		breaches_show(request, html, list, count);
	HTML_SAY(html, "p", "Rien n’est encore enregistré.");
	return GUICHET_OK;
}

/* Who set what, from when. */
static enum guichet_status
history_show(struct request *request, struct store_tx *tx, struct html *html, const struct place *place, int local,
	struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct procedure *procedure = place->campaign->procedure;
	const struct procedure_field *field = &procedure->locals[local].field;
	enum guichet_status status = GUICHET_OK;
	size_t count = 0;
	struct store_rows rows = store_query(tx, arena, STORE_SETTING_HISTORY, STORE_VALUES(procedure->name, place->structure.id,
		field->name, date_day_number(date_of_instant(clock_now(site_of(request)->clock), NULL))), error);
	while (status == GUICHET_OK && store_next(&rows)) {
		struct feel_value value;
		struct guichet_error unread = { 0 };
		if (dossier_setting_of_json(arena, procedure, local, store_text(&rows, 1), &value, &unread) == GUICHET_BROKEN)
			status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		const struct text shown = unread.status == GUICHET_REFUSED ? TEXT("une valeur qui n’existe plus")
			: value.kind == FEEL_NULL ? TEXT("réglage ôté") : procedure_field_text(arena, field, value);
		if (count++ == 0) {
			HTML_SAY(html, "p", "Réglé ici :", { "class", TEXT("muted") });
			html_markup(html, "<ul>");
		}
		HTML_IN(html, "li");
		html_format(html, "à partir du " TEXT_FORMAT " : " TEXT_FORMAT ", par " TEXT_FORMAT " " TEXT_FORMAT " " TEXT_FORMAT,
			TEXT_ARGS(date_french(arena, date_of_day_number(store_integer(&rows, 0)), false)), TEXT_ARGS(shown),
			TEXT_ARGS(store_text(&rows, 3)), TEXT_ARGS(store_text(&rows, 4)), TEXT_ARGS(store_text(&rows, 5)));
	}
	const enum guichet_status ended = store_finish(&rows);
	if (count)
		html_markup(html, "</ul>");
	return status != GUICHET_OK ? status : ended;
}

static void
buttons(struct html *html, struct text path, bool clears)
{
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_SAY(html, "button", "Enregistrer", { "class", TEXT("button") }, { "type", TEXT("submit") });
	html_markup(html, " ");
	HTML_SAY(html, "button", "Voir ce que cela changerait", { "class", TEXT("button secondary") }, { "type", TEXT("submit") },
		{ "formaction", path });
	if (!clears)
		return;
	html_markup(html, " ");
	HTML_SAY(html, "button", "Ôter ce réglage", { "class", TEXT("button quiet") }, { "type", TEXT("submit") },
		{ "name", TEXT("oter") }, { "value", TEXT("oui") }, { "formnovalidate", TEXT("") });
}

static enum guichet_status
local_show(struct request *request, struct store_tx *tx, struct html *html, const struct place *place, int local,
	struct feel_value value, const struct typed *typed, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct procedure_field *field = &place->campaign->procedure->locals[local].field;
	const struct text path = address_of(arena, place->campaign, &place->structure);
	struct dossier_answer answer;
	enum guichet_status status = dossier_answer_typed(arena, field, typed->local == local ? typed->raws
		: (struct dossier_raws){ 0 }, &answer, error);
	if (status != GUICHET_OK)
		return status;
	const struct text shown = value.kind == FEEL_NULL ? TEXT("rien n’est réglé") : procedure_field_text(arena, field, value);
	HTML_IN(html, "section", { "class", TEXT("card") },
		{ "aria-labelledby", arena_format(arena, "titre-" TEXT_FORMAT, TEXT_ARGS(field->name)) });
	HTML_LINE(html, "h2", field->label, { "id", arena_format(arena, "titre-" TEXT_FORMAT, TEXT_ARGS(field->name)) });
	{
		HTML_IN(html, "p");
		html_say(html, "Aujourd’hui : ");
		HTML_LINE(html, "strong", shown);
	}
	status = history_show(request, tx, html, place, local, error);
	if (status != GUICHET_OK)
		return status;
	FORM_IN(request, html, path, { "class", TEXT("form") });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("reglage") }, { "value", field->name });
	/* The title above says what it is. */
	struct procedure_field value_field = *field;
	value_field.label = TEXT("Nouvelle valeur");
	value_field.compulsory = true;
	answer.field = &value_field;
	const struct dossier_form form = { .answers = &answer, .count = 1, .mistakes = answer.mistake.length > 0 };
	page_answers(html, arena, &form);
	const struct date today = date_of_instant(clock_now(site_of(request)->clock), NULL);
	const struct text own = arena_format(arena, "du-" TEXT_FORMAT, TEXT_ARGS(field->name));
	const bool mistaken = typed->local == local && typed->mistake.length > 0;
	{
		HTML_IN(html, "div", { "class", mistaken ? TEXT("field has-error") : TEXT("field") });
		HTML_SAY(html, "label", "À partir du", { "for", own });
		const struct text mistake = arena_format(arena, "erreur-" TEXT_FORMAT, TEXT_ARGS(own));
		if (mistaken)
			HTML_LINE(html, "p", typed->mistake, { "class", TEXT("error-message") }, { "id", mistake });
		HTML_VOID(html, "input", { "type", TEXT("date") }, { "id", own }, { "name", TEXT("a_partir_du") },
			{ "value", typed->local == local && typed->from.length ? typed->from : date_iso(arena, today) },
			{ "aria-invalid", mistaken ? TEXT("true") : (struct text){ 0 } },
			{ "aria-describedby", mistaken ? mistake : (struct text){ 0 } }, { "required", TEXT("") });
	}
	buttons(html, arena_format(arena, TEXT_FORMAT "/essai", TEXT_ARGS(path)), value.kind != FEEL_NULL);
	return GUICHET_OK;
}

static enum guichet_status
settings_page(struct request *request, struct html *html, const struct typed *typed, bool effect,
	struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct date today = date_of_instant(clock_now(site_of(request)->clock), NULL);
	struct place place;
	struct feel_value values;
	const struct office_breach *list;
	size_t count;
	struct date day = today;
	if (!date_read_french(request_query(request, "le"), &day) || date_compare(day, today) < 0)
		day = today;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	enum guichet_status status = place_load(request, tx, &place, error);
	if (status == GUICHET_OK)
		status = office_settings_at(tx, arena, place.campaign->procedure, place.structure.path, today, &values, error);
	if (status == GUICHET_OK)
		status = office_breaches(site_of(request)->office, tx, arena, place.campaign->procedure, place.structure.path, day, NULL,
			MOST_BREACHES, &list, &count, error);
	if (status != GUICHET_OK)
		return status;
	const struct procedure *procedure = place.campaign->procedure;
	PAGE_IN(request, html, place.structure.name, { TEXT("/"), TEXT("Accueil") },
		{ TEXT("/reglages"), TEXT("Réglages du service") });
	HTML_LINE(html, "p", procedure->title, { "class", TEXT("lead") });
	if (typed->mistake.length)
		page_notice(html, NOTICE_ERROR, TEXT("Ce réglage n’est pas enregistré"), typed->mistake);
	if (effect && typed->local >= 0 && !typed->mistake.length)
		status = effect_show(request, tx, html, &place, typed, error);
	for (size_t i = 0; status == GUICHET_OK && i < procedure->local_count; i++)
		if (may_set(&procedure->locals[i], place.roles))
			status = local_show(request, tx, html, &place, (int)i,
				feel_entry_of(values, procedure->locals[i].field.name), typed, error);
	if (status != GUICHET_OK)
		return status;
	HTML_LINE(html, "h2", date_compare(day, today) == 0 ? TEXT("Dossiers que les règles contredisent aujourd’hui")
		: arena_format(arena, "Dossiers que les règles contrediront le " TEXT_FORMAT, TEXT_ARGS(date_french(arena, day, false))));
	if (count)
		breaches_show(request, html, list, count);
	else
		HTML_SAY(html, "p", "Aucun.", { "class", TEXT("empty") });
	return GUICHET_OK;
}

enum guichet_status
page_settings_of(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct typed nothing = { .local = PROCEDURE_NONE };
	return settings_page(request, html, &nothing, false, error);
}

/* ---- POST: saved, or only tried ---- */

struct setting_work {
	struct office_setting setting;
	struct typed typed;
	enum guichet_status status;
	struct guichet_error error;
};

static enum guichet_status
work_read(struct request *request, struct setting_work *work, struct guichet_error *error)
{
	struct place place;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	const enum guichet_status status = place_load(request, tx, &place, error);
	if (status != GUICHET_OK)
		return status;
	work->typed = typed_read(request, place.campaign->procedure);
	if (work->typed.local < 0 || !may_set(&place.campaign->procedure->locals[work->typed.local], place.roles))
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce réglage ne vous revient pas.");
	work->setting = (struct office_setting){ .office = site_of(request)->office, .arena = request->arena,
		.campaign = place.campaign, .person = visitor_of(request)->actor.person, .structure = place.structure.id,
		.local = work->typed.local, .raws = work->typed.raws, .clear = work->typed.clear, .from = work->typed.day };
	return GUICHET_OK;
}

enum guichet_status
page_settings_try(struct request *request, struct html *html, struct guichet_error *error)
{
	struct setting_work work = { 0 };
	const enum guichet_status status = work_read(request, &work, error);
	return status != GUICHET_OK ? status : settings_page(request, html, &work.typed, true, error);
}

enum guichet_status
page_settings_set(struct request *request, struct html *html, struct guichet_error *error)
{
	struct setting_work *work = arena_new_of(request->arena, struct setting_work);
	if (!work)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	request->state = work;
	const enum guichet_status status = work_read(request, work, error);
	if (status != GUICHET_OK)
		return status;
	if (work->typed.mistake.length) {
		request_status(request, 422);
		return settings_page(request, html, &work->typed, false, error);
	}
	return page_write(request, office_setting_set, &work->setting, &work->status, &work->error, error);
}

enum guichet_status
page_settings_done(struct request *request, struct html *html, struct guichet_error *error)
{
	struct setting_work *work = request->state;
	if (work->status == GUICHET_REFUSED) {
		request_status(request, 422);
		work->typed.mistake = text_of_string(work->error.message);
		return settings_page(request, html, &work->typed, false, error);
	}
	if (work->status != GUICHET_OK) {
		*error = work->error;
		return work->status;
	}
	office_wake(site_of(request)->office);
	return request_redirect(request, 303, arena_format(request->arena, "/reglages/" TEXT_FORMAT "/" TEXT_FORMAT
		"?fait=reglage&le=" TEXT_FORMAT, TEXT_ARGS(work->setting.campaign->id),
		TEXT_ARGS(request_parameter(request, "structure")), TEXT_ARGS(date_iso(request->arena, work->setting.from))));
}
