/* What awaits a person, as cards with one form for all of them; each answer is its own command.
 *
 * The fields of a dossier's card are named "<id>.choix", "<id>.version", "<id>.unefois" and, for what an action asks,
 * "<id>.<action>.<field>": only those of the chosen action are read. */
#include "pages/inbox.h"

#include "base/log.h"

#include "base/banned.h"

enum { COMMAND_ARENA = 8 << 20, ID_LIMIT = 40 };

/* ---- loading ---- */

/* Rows are added on a page of their own. */
static bool
asks_rows(const struct procedure *procedure, const struct procedure_action *action)
{
	for (size_t i = 0; i < action->enters.count; i++)
		if (procedure->fields[action->enters.at[i]].type == PROCEDURE_FIELD_ROWS)
			return true;
	return false;
}

/* Opinions are given from the list when choosing and explaining is all there is to do. */
static bool
is_opinion(const struct inbox_item *item)
{
	for (size_t i = 0; i < item->option_count; i++) {
		const struct procedure_action *action = item->options[i].definition;
		if (action->sense == PROCEDURE_NO_SENSE || action->changes.count || action->joins.count || action->examines.count || action->signs != PROCEDURE_NONE
			|| action->confirm.length || asks_rows(item->row->procedure, action))
			return false;
	}
	return item->option_count > 1;
}

static struct inbox_item *
item_find(const struct inbox *inbox, struct text dossier)
{
	for (size_t i = 0; i < inbox->count; i++)
		if (text_equal(inbox->items[i].row->id, dossier))
			return &inbox->items[i];
	return NULL;
}

/* The first of its circuits that waits for the actor; the main one when none does any more. */
static void
find_step(struct inbox_item *item)
{
	const struct procedure *procedure = item->row->procedure;
	item->step = item->row->step;
	item->since = item->row->stepped_at;
	for (size_t track = 0; track < procedure->track_count; track++) {
		const struct dossier_stand stand = dossier_stand_in(procedure, &item->state, (int)track);
		for (size_t i = 0; stand.step >= 0 && i < procedure->steps[stand.step].awaits.count; i++) {
			const dossier_roles role = DOSSIER_ROLE(procedure->steps[stand.step].awaits.at[i]);
			if (!(role & item->roles & ~stand.answered))
				continue;
			item->step = stand.step;
			item->since = stand.entered_at;
			return;
		}
	}
}

static enum guichet_status
item_options(const struct inbox *inbox, struct inbox_item *item, struct guichet_error *error)
{
	const struct dossier_viewer viewer = { inbox->actor->person, item->roles, item->signs };
	const struct dossier_option *all;
	size_t count, kept = 0;
	const enum guichet_status status = dossier_options(DOSSIER_PRESENT(&item->facts, inbox->request->arena), &viewer,
		&all, &count, error);
	if (status != GUICHET_OK)
		return status;
	struct dossier_option *options = arena_array_of(inbox->request->arena, struct dossier_option, count + 1);
	if (!options)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < count; i++)
		if (!inbox->link || office_link_allows(inbox->link, all[i].definition->name))
			options[kept++] = all[i];
	item->options = options;
	item->option_count = kept;
	item->opinion = is_opinion(item);
	find_step(item);
	return GUICHET_OK;
}

enum guichet_status
inbox_load(struct inbox *inbox, struct store_tx *tx, const struct office_rows *rows, struct guichet_error *error)
{
	struct arena *arena = inbox->request->arena;
	const instant now = clock_now(site_of(inbox->request)->clock);
	inbox->tx = tx;
	inbox->items = arena_array_of(arena, struct inbox_item, rows->count + 1);
	inbox->count = 0;
	inbox->more = rows->more;
	if (!inbox->items)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < rows->count; i++) {
		struct inbox_item *item = item_find(inbox, rows->at[i].id);
		if (!item) {
			item = &inbox->items[inbox->count++];
			item->row = &rows->at[i];
		}
		const dossier_roles role = DOSSIER_ROLE(rows->at[i].role);
		item->signs = rows->at[i].delegated ? item->signs | (role & ~item->roles) : item->signs & ~role;
		item->roles |= role;
	}
	size_t kept = 0, opinions = 0;
	const struct office_row **at = arena_array_of(arena, const struct office_row *, inbox->count + 1);
	struct dossier_facts **facts = arena_array_of(arena, struct dossier_facts *, inbox->count + 1);
	enum guichet_status status = at && facts ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; status == GUICHET_OK && i < inbox->count; i++) {
		at[i] = inbox->items[i].row;
		facts[i] = &inbox->items[i].facts;
		status = office_row_facts(arena, at[i], now, &inbox->items[i].state, facts[i], error);
	}
	if (status == GUICHET_OK)
		status = office_rows_outside(tx, arena, at, facts, inbox->count, error);
	for (size_t i = 0; status == GUICHET_OK && i < inbox->count; i++) {
		struct inbox_item *item = &inbox->items[kept];
		if (kept != i) {
			*item = inbox->items[i];
			item->facts.dossier = &item->state;
		}
		status = item_options(inbox, item, error);
		opinions += item->opinion;
		if (item->opinion && opinions > INBOX_CARDS)
			inbox->more = true; /* after those of this page */
		else
			kept++;
	}
	inbox->count = status == GUICHET_OK ? kept : 0;
	return status;
}

/* ---- names of fields ---- */

static struct text
field_name(struct arena *arena, struct text dossier, const char *what)
{
	return arena_format(arena, TEXT_FORMAT ".%s", TEXT_ARGS(dossier), what);
}

static struct text
asked_prefix(struct arena *arena, struct text dossier, struct text action)
{
	return arena_format(arena, TEXT_FORMAT "." TEXT_FORMAT ".", TEXT_ARGS(dossier), TEXT_ARGS(action));
}

/* The value of a field whose name is data. */
static struct text
sent(struct request *request, struct text name)
{
	const struct form_field *fields;
	const size_t count = form_fields(request, &fields);
	for (size_t i = 0; i < count; i++)
		if (text_equal(fields[i].name, name))
			return fields[i].value;
	return (struct text){ 0 };
}

/* What was typed in the fields that an action asks for a dossier. */
static struct dossier_raws
sent_raws(struct request *request, struct text dossier, struct text action)
{
	const struct form_field *fields;
	const size_t count = form_fields(request, &fields);
	const struct text prefix = asked_prefix(request->arena, dossier, action);
	struct dossier_raw *raws = arena_array_of(request->arena, struct dossier_raw, count + 1);
	size_t kept = 0;
	for (size_t i = 0; raws && prefix.at && i < count; i++)
		if (text_starts(fields[i].name, prefix))
			raws[kept++] = (struct dossier_raw){ text_part(fields[i].name, prefix.length, fields[i].name.length),
				fields[i].value };
	return (struct dossier_raws){ raws, kept };
}

/* ---- one card ---- */

static void
columns(const struct inbox *inbox, struct html *html, const struct inbox_item *item)
{
	struct arena *arena = inbox->request->arena;
	const struct procedure *procedure = item->row->procedure;
	const struct dossier_viewer viewer = { inbox->actor->person, item->roles, item->signs };
	if (procedure->column_count == 0)
		return;
	HTML_IN(html, "dl", { "class", TEXT("data compact in-row") });
	for (size_t i = 0; i < procedure->column_count; i++) {
		struct feel_value value;
		struct guichet_error error;
		if (!dossier_may_read_what(&item->facts, &viewer, procedure->columns[i].value)
			|| dossier_evaluate(&item->facts, procedure->columns[i].value, arena, &value, &error) != GUICHET_OK)
			continue; /* a cell that cannot be computed is left out: the whole request is below */
		const struct text words = procedure_column_text(arena, procedure, &procedure->columns[i], value);
		HTML_IN(html, "div");
		HTML_LINE(html, "dt", procedure->columns[i].title);
		HTML_LINE(html, "dd", words.length ? words : TEXT("–"));
	}
}

/* The whole request, folded. Pieces are not there: whoever may read them opens the dossier. */
static enum guichet_status
whole(const struct inbox *inbox, struct html *html, const struct inbox_item *item, struct guichet_error *error)
{
	const struct dossier_viewer viewer = { inbox->actor->person, item->roles, item->signs };
	const struct dossier_line *lines;
	size_t count;
	const enum guichet_status status = dossier_lines(DOSSIER_PRESENT(&item->facts, inbox->request->arena), &viewer,
		&lines, &count, error);
	if (status != GUICHET_OK)
		return status;
	HTML_IN(html, "details");
	{
		HTML_IN(html, "summary");
		html_say(html, "Lire toute la demande");
		HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
		html_say(html, " de ");
		html_text(html, item->row->subject_name);
	}
	for (size_t i = 0; i < count;) {
		const struct text section = lines[i].section;
		if (section.length)
			HTML_LINE(html, "p", section, { "class", TEXT("over") });
		HTML_IN(html, "dl", { "class", TEXT("data compact") });
		for (; i < count && text_equal(lines[i].section, section); i++) {
			HTML_LINE(html, "dt", lines[i].label);
			HTML_LINE(html, "dd", lines[i].value);
		}
	}
	return GUICHET_OK;
}

/* What the days asked for do to the service: who else is away then. */
static enum guichet_status
effect(const struct inbox *inbox, struct html *html, const struct inbox_item *item, const struct inbox_week *week,
	struct guichet_error *error)
{
	const struct procedure *procedure = item->row->procedure;
	struct dossier_week own;
	if (!procedure->week.days)
		return GUICHET_OK;
	const enum guichet_status status = dossier_week(&item->facts, (struct date){ 0 }, inbox->request->arena, &own, error);
	if (status != GUICHET_OK || !own.counts)
		return status;
	const bool counted = procedure_list_has(procedure->week.asked, item->row->step);
	bool first = true;
	HTML_IN(html, "p", { "class", TEXT("effect") });
	HTML_SAY(html, "strong", "Dans votre service ces jours-là. ");
	for (size_t day = 0; day < INBOX_DAYS; day++) {
		if (own.days[day].halves[0] == DOSSIER_HERE && own.days[day].halves[1] == DOSSIER_HERE)
			continue;
		const int granted = week->granted[day], asked = week->asked[day] - (counted && week->asked[day] > 0);
		html_format(html, "%s" TEXT_FORMAT "\u00a0: ", first ? "" : "\u00a0; ", TEXT_ARGS(inbox_day(day, false)));
		first = false;
		if (granted == 0 && asked == 0)
			html_say(html, "personne d’autre");
		if (granted)
			html_format(html, "%d accordé%s", granted, granted > 1 ? "s" : "");
		if (asked)
			html_format(html, "%s%d autre%s demande%s en attente", granted ? ", " : "", asked, asked > 1 ? "s" : "",
				asked > 1 ? "s" : "");
	}
	html_text(html, first ? TEXT("aucun jour demandé.") : TEXT("."));
	return GUICHET_OK;
}

static const struct inbox_answer *
answer_of(const struct inbox *inbox, const struct inbox_item *item)
{
	for (size_t i = 0; inbox->sending && i < inbox->sending->count; i++)
		if (text_equal(inbox->sending->answers[i].dossier, item->row->id))
			return &inbox->sending->answers[i];
	return NULL;
}

/* Names the answers, and the parts of them, for this dossier. */
static void
put_prefix(struct arena *arena, struct text prefix, struct dossier_form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		struct dossier_answer *answer = &form->answers[i];
		answer->name = arena_format(arena, TEXT_FORMAT TEXT_FORMAT, TEXT_ARGS(prefix), TEXT_ARGS(answer->name));
		for (size_t k = 0; k < answer->row_count; k++)
			put_prefix(arena, prefix, &answer->rows[k]);
	}
}

/* The fields that an action asks, named for this dossier, with what was typed. */
static enum guichet_status
asked_fields(const struct inbox *inbox, struct html *html, const struct inbox_item *item,
	const struct dossier_option *option, bool chosen, struct guichet_error *error)
{
	struct arena *arena = inbox->request->arena;
	struct dossier_form form;
	struct dossier_raws raws = { 0 };
	if (inbox->sending)
		raws = sent_raws(inbox->request, item->row->id, option->definition->name);
	struct dossier_facts facts = item->facts;
	enum guichet_status status = office_named_load(inbox->tx, arena, inbox->actor->facts.structure.path, raws, &facts, error);
	if (status == GUICHET_OK)
		status = dossier_form_read(arena, &facts, DOSSIER_FORM_ACTION, option->action, raws, !chosen, &form, error);
	if (status != GUICHET_OK || form.count == 0)
		return status;
	const struct text prefix = asked_prefix(arena, item->row->id, option->definition->name);
	put_prefix(arena, prefix, &form);
	HTML_IN(html, "div", { "class", TEXT("choice-more") });
	{
		HTML_IN(html, "p", { "class", TEXT("muted small if-chosen") });
		html_say(html, "Si vous choisissez «\u00a0");
		html_text(html, option->definition->label);
		html_say(html, "\u00a0»\u00a0:");
	}
	page_answers(html, arena, &form);
	return GUICHET_OK;
}

static enum guichet_status
choices(const struct inbox *inbox, struct html *html, const struct inbox_item *item, struct guichet_error *error)
{
	struct arena *arena = inbox->request->arena;
	const struct text id = item->row->id, name = field_name(arena, id, "choix");
	const struct text chosen = inbox->sending ? sent(inbox->request, name) : (struct text){ 0 };
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", field_name(arena, id, "version") },
		{ "value", arena_format(arena, "%u", item->state.changed) });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", field_name(arena, id, "unefois") },
		{ "value", request_once(inbox->request) });
	HTML_IN(html, "fieldset", { "class", TEXT("field") });
	{
		HTML_IN(html, "legend");
		html_say(html, "Votre réponse");
		HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
		html_say(html, " à la demande de ");
		html_text(html, item->row->subject_name);
	}
	HTML_IN(html, "div", { "class", TEXT("choice-cards with-more") });
	for (size_t i = 0; i < item->option_count; i++) {
		const struct dossier_option *option = &item->options[i];
		const struct procedure_action *action = option->definition;
		const struct text radio = arena_format(arena, TEXT_FORMAT ".choix." TEXT_FORMAT, TEXT_ARGS(id),
			TEXT_ARGS(action->name));
		const bool this = text_equal(chosen, action->name);
		if (!option->allowed)
			continue;
		{
			HTML_IN(html, "div", { "class", TEXT("choice") });
			HTML_VOID(html, "input", { "type", TEXT("radio") }, { "id", radio }, { "name", name },
				{ "value", action->name }, { "checked", HTML_WHEN(this) });
			HTML_LINE(html, "label", action->label, { "for", radio });
		}
		const enum guichet_status status = asked_fields(inbox, html, item, option, this, error);
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}

/* Why nothing can be chosen now; empty when something can. */
static struct text
closed_reason(const struct inbox_item *item)
{
	for (size_t i = 0; i < item->option_count; i++)
		if (item->options[i].allowed)
			return (struct text){ 0 };
	return item->option_count ? item->options[0].reason : TEXT("Rien n’est attendu de vous à cette étape.");
}

/* Who asks, where, the number, and since when: "… · déposée le 8 juin 2023". */
static void
item_head(const struct inbox *inbox, struct html *html, const struct office_row *row, struct text title, struct text since,
	instant at)
{
	struct arena *arena = inbox->request->arena;
	HTML_LINE(html, "h3", row->subject_name, { "class", TEXT("card-title") }, { "id", title });
	HTML_IN(html, "p", { "class", TEXT("card-about") });
	html_text(html, row->structure_name);
	html_say(html, " · n° ");
	if (inbox->link)
		html_text(html, row->number);
	else
		html_link(html, page_dossier_path(arena, row->id), row->number);
	html_say(html, " · ");
	html_text(html, since);
	html_text(html, date_french(arena, date_of_instant(at, NULL), false));
}

static enum guichet_status
card(const struct inbox *inbox, struct html *html, const struct inbox_item *item, const struct inbox_week *week,
	struct guichet_error *error)
{
	struct arena *arena = inbox->request->arena;
	const struct office_row *row = item->row;
	const struct inbox_answer *answer = answer_of(inbox, item);
	const bool refused = answer && answer->status != GUICHET_OK;
	const struct text title = field_name(arena, row->id, "titre");
	HTML_IN(html, "article", { "class", refused ? TEXT("card urgent") : TEXT("card todo") }, { "id", row->id },
		{ "aria-labelledby", title });
	item_head(inbox, html, row, title, TEXT("déposée le "), row->filed_at);
	if (refused)
		page_notice(html, NOTICE_ERROR, TEXT("Cette réponse n’est pas enregistrée"), text_of_string(answer->error.message));
	columns(inbox, html, item);
	enum guichet_status status = effect(inbox, html, item, week, error);
	if (status == GUICHET_OK)
		status = whole(inbox, html, item, error);
	if (status != GUICHET_OK)
		return status;
	const struct text closed = closed_reason(item);
	if (closed.length) {
		page_notice(html, NOTICE_WARNING, (struct text){ 0 }, closed);
		return GUICHET_OK;
	}
	return choices(inbox, html, item, error);
}

/* ---- one line, where the answer is given on a page of its own ---- */

/* Where the inbox shows a dossier: the dossier itself, or what the link opens of it. */
static struct text
dossier_path(const struct inbox *inbox, struct text id)
{
	struct arena *arena = inbox->request->arena;
	return inbox->link ? arena_format(arena, "/lien/" TEXT_FORMAT "/dossiers/" TEXT_FORMAT,
		TEXT_ARGS(request_parameter(inbox->request, "jeton")), TEXT_ARGS(id)) : page_dossier_path(arena, id);
}

static void
line(const struct inbox *inbox, struct html *html, const struct inbox_item *item)
{
	const struct dossier_viewer viewer = { inbox->actor->person, item->roles, item->signs };
	struct arena *arena = inbox->request->arena;
	const struct office_row *row = item->row;
	const struct text title = field_name(arena, row->id, "titre");
	HTML_IN(html, "article", { "class", TEXT("card todo") }, { "id", row->id }, { "aria-labelledby", title });
	item_head(inbox, html, row, title, TEXT("attend depuis le "), item->since);
	page_last_words(html, inbox->request->arena, &item->facts, &viewer);
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	for (size_t i = 0; i < item->option_count; i++) {
		const struct dossier_option *option = &item->options[i];
		const struct procedure_action *action = option->definition;
		if (!option->allowed) {
			HTML_IN(html, "p", { "class", TEXT("muted") });
			html_text(html, action->label);
			html_say(html, "\u00a0: ");
			html_text(html, option->reason);
			continue;
		}
		const struct text path = arena_format(arena, TEXT_FORMAT "/actions/" TEXT_FORMAT,
			TEXT_ARGS(dossier_path(inbox, row->id)), TEXT_ARGS(action->name));
		HTML_IN(html, "a", { "href", path }, { "class", action->sense == PROCEDURE_UNFAVOURABLE || action->confirm.length
			? TEXT("button secondary") : TEXT("button") });
		html_text(html, action->label);
		HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
		html_say(html, "\u00a0: ");
		html_text(html, row->subject_name);
	}
}

/* ---- groups ---- */

static bool
same_group(const struct inbox_item *a, const struct inbox_item *b)
{
	return a->row->campaign == b->row->campaign && a->row->procedure == b->row->procedure && a->step == b->step
		&& a->opinion == b->opinion;
}

/* Until when a group may be answered; INSTANT_NEVER: no end. */
static instant
group_end(const struct inbox *inbox, const struct inbox_item *first)
{
	instant end = INSTANT_NEVER;
	for (size_t i = 0; i < inbox->count; i++)
		for (size_t o = 0; same_group(first, &inbox->items[i]) && o < inbox->items[i].option_count; o++) {
			const struct dossier_option *option = &inbox->items[i].options[o];
			if (option->allowed && option->closes_at < end)
				end = option->closes_at;
		}
	return end;
}

static void
group_head(const struct inbox *inbox, struct html *html, const struct inbox_item *first)
{
	struct arena *arena = inbox->request->arena;
	const struct procedure_step *step = &first->row->procedure->steps[first->step];
	const instant end = group_end(inbox, first);
	size_t count = 0;
	for (size_t i = 0; i < inbox->count; i++)
		count += same_group(first, &inbox->items[i]);
	{
		HTML_IN(html, "h2");
		if (step->track) {
			html_text(html, first->row->procedure->tracks[step->track].label);
			html_say(html, "\u00a0: ");
		}
		html_text(html, step->label);
		html_markup(html, " ");
		HTML_IN(html, "span", { "class", TEXT("count") });
		html_format(html, "%zu", count);
		HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
		html_text(html, count > 1 ? TEXT(" demandes") : TEXT(" demande"));
	}
	HTML_LINE(html, "p", first->row->campaign->campaign->title, { "class", TEXT("muted") });
	if (end != INSTANT_NEVER) {
		struct clock_time time;
		const struct date last = date_of_instant(end - 1, &time);
		HTML_IN(html, "p");
		html_say(html, "Réponse possible jusqu’au ");
		HTML_LINE(html, "strong", arena_format(arena, TEXT_FORMAT " inclus", TEXT_ARGS(date_french(arena, last, true))));
		html_say(html, ".");
	}
	if (step->if_nothing.length)
		page_notice(html, NOTICE_INFO, TEXT("Si vous ne faites rien"), step->if_nothing);
}

/* The office has lists, filters and batches of its own for long groups. */
static bool
belongs_to_desk(const struct inbox *inbox, const struct inbox_item *first)
{
	const int office = first->row->procedure->office;
	size_t count = 0;
	for (size_t i = 0; i < inbox->count; i++)
		count += same_group(first, &inbox->items[i]);
	return !inbox->link && !first->opinion && office != PROCEDURE_NONE && (first->roles & DOSSIER_ROLE(office))
		&& count > INBOX_FEW;
}

static void
to_desk(const struct inbox *inbox, struct html *html, const struct inbox_item *first)
{
	const struct procedure_step *step = &first->row->procedure->steps[first->row->step];
	HTML_IN(html, "p", { "class", TEXT("buttons") });
	HTML_SAY(html, "a", "Les traiter depuis la gestion", { "class", TEXT("button") },
		{ "href", arena_format(inbox->request->arena, "/gestion/" TEXT_FORMAT "?etape=" TEXT_FORMAT,
			TEXT_ARGS(first->row->campaign->id), TEXT_ARGS(step->name)) });
}

static enum guichet_status
group(const struct inbox *inbox, struct store_tx *tx, struct html *html, const struct inbox_item *first,
	struct guichet_error *error)
{
	struct inbox_week week = { 0 };
	group_head(inbox, html, first);
	if (belongs_to_desk(inbox, first)) {
		to_desk(inbox, html, first);
		return GUICHET_OK;
	}
	enum guichet_status status = first->opinion
		? inbox_week_load(inbox->request, tx, first->row->campaign, inbox->actor, (struct date){ 0 }, &week,
			error) : GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < inbox->count; i++) {
		const struct inbox_item *item = &inbox->items[i];
		if (!same_group(first, item))
			continue;
		if (item->opinion)
			status = card(inbox, html, item, &week, error);
		else
			line(inbox, html, item);
	}
	return status;
}

/* The groups of one kind, in the order of their first dossier. */
static enum guichet_status
groups(const struct inbox *inbox, struct store_tx *tx, struct html *html, bool opinion, struct guichet_error *error)
{
	for (size_t i = 0; i < inbox->count; i++) {
		const struct inbox_item *item = &inbox->items[i];
		bool told = item->opinion != opinion;
		for (size_t j = 0; j < i; j++)
			told |= same_group(&inbox->items[j], item);
		const enum guichet_status status = told ? GUICHET_OK : group(inbox, tx, html, item, error);
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}

enum guichet_status
inbox_write(const struct inbox *inbox, struct store_tx *tx, struct html *html, struct text address,
	struct guichet_error *error)
{
	size_t opinions = 0;
	bool answerable = false;
	for (size_t i = 0; i < inbox->count; i++) {
		opinions += inbox->items[i].opinion;
		answerable |= inbox->items[i].opinion && closed_reason(&inbox->items[i]).length == 0;
	}
	enum guichet_status status = GUICHET_OK;
	if (opinions) {
		/* The browser must not ask for the fields of choices that were not made: the server knows which count. */
		FORM_IN(inbox->request, html, address, { "data-unsaved", TEXT("") }, { "data-enter-chooses", TEXT("") },
			{ "novalidate", TEXT("") });
		status = groups(inbox, tx, html, true, error);
		if (answerable) {
			HTML_SAY(html, "p",
				"Seules les demandes auxquelles vous avez répondu sont enregistrées ; les autres restent en attente.",
				{ "class", TEXT("muted") });
			page_submit(html, opinions > 1 ? TEXT("Enregistrer mes réponses") : TEXT("Enregistrer ma réponse"));
		}
	}
	if (status == GUICHET_OK)
		status = groups(inbox, tx, html, false, error);
	if (inbox->more)
		page_notice(html, NOTICE_INFO, TEXT("Il y en a d’autres"),
			TEXT("Les suivantes apparaîtront ici une fois celles-ci traitées."));
	return status;
}

/* ---- what happened ---- */

void
inbox_results(const struct inbox *inbox, struct html *html)
{
	const struct inbox_sending *sending = inbox->sending;
	if (!sending)
		return;
	if (sending->count == 0) {
		page_notice(html, NOTICE_ERROR, TEXT("Rien n’est enregistré"),
			TEXT("Vous n’avez encore répondu à aucune demande : choisissez une réponse pour une demande au moins."));
		return;
	}
	if (sending->done) {
		HTML_IN(html, "div", { "class", TEXT("notice success") }, { "role", TEXT("status") });
		HTML_SAY(html, "p", "Enregistré", { "class", TEXT("notice-title") });
		HTML_IN(html, "ul");
		for (size_t i = 0; i < sending->count; i++) {
			const struct inbox_answer *answer = &sending->answers[i];
			if (answer->status != GUICHET_OK)
				continue;
			HTML_IN(html, "li");
			html_text(html, answer->subject_name);
			html_say(html, "\u00a0: ");
			html_text(html, answer->label);
		}
	}
	if (sending->done == sending->count)
		return;
	HTML_IN(html, "div", { "class", TEXT("error-summary") }, { "role", TEXT("alert") }, { "tabindex", TEXT("-1") });
	HTML_SAY(html, "h2", "Pas enregistré");
	HTML_IN(html, "ul");
	for (size_t i = 0; i < sending->count; i++) {
		const struct inbox_answer *answer = &sending->answers[i];
		if (answer->status == GUICHET_OK)
			continue;
		HTML_IN(html, "li");
		if (item_find(inbox, answer->dossier))
			html_link(html, arena_format(inbox->request->arena, "#" TEXT_FORMAT, TEXT_ARGS(answer->dossier)),
				answer->subject_name);
		else
			html_text(html, answer->subject_name);
		html_say(html, "\u00a0: ");
		html_text(html, text_of_string(answer->error.message));
	}
}

/* The documents that the role of a row signs. */
static void
signed_documents(const struct inbox *inbox, struct html *html, const struct office_row *row, const struct dossier *state)
{
	struct arena *arena = inbox->request->arena;
	for (size_t i = 0; i < state->act_count; i++) {
		const struct dossier_act *act = &state->acts[i];
		const struct procedure_letter *letter = &row->procedure->letters[act->letter];
		if (act->status != DOSSIER_COMPOSED || !procedure_list_has(letter->signers, row->role))
			continue;
		html_say(html, " · ");
		HTML_IN(html, "a", { "href", arena_format(arena, TEXT_FORMAT "/documents/%u/pdf",
			TEXT_ARGS(dossier_path(inbox, row->id)), dossier_act_rank(act)) });
		html_text(html, letter->title);
		html_say(html, " (PDF)");
		HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
		html_say(html, " de ");
		html_text(html, row->subject_name);
	}
}

/* The last answer that one of these roles gave, or NULL. */
static const struct dossier_done *
last_answer(const struct office_row *row, const struct dossier *state)
{
	const struct dossier_done *last = NULL;
	for (size_t i = 0; i < state->done_count; i++) {
		const struct dossier_done *done = &state->done[i];
		const int action = done->effect || (last && last->version > done->version) ? PROCEDURE_NONE
			: procedure_action_find(row->procedure, done->from, row->procedure->moves[done->move].name);
		if (action != PROCEDURE_NONE && procedure_list_has(row->procedure->actions[action].who, row->role))
			last = done;
	}
	return last;
}

enum guichet_status
inbox_answered(const struct inbox *inbox, struct store_tx *tx, struct html *html, size_t most, struct guichet_error *error)
{
	struct arena *arena = inbox->request->arena;
	struct office_rows rows;
	enum guichet_status status = office_list_answered(site_of(inbox->request)->office, tx, arena, inbox->actor, most, &rows,
		error);
	if (status != GUICHET_OK)
		return status;
	CLEANUP(buffer_release) struct buffer out = buffer_new(1 << 20);
	struct html body = { &out, html->language };
	size_t shown = 0;
	for (size_t i = 0; i < rows.count; i++) {
		const struct office_row *row = &rows.at[i];
		struct dossier state;
		struct dossier_facts facts;
		if (inbox->link && (row->campaign != inbox->link->campaign
			|| !text_equal(row->procedure->roles[row->role].name, inbox->link->role)
			|| (inbox->link->dossier.length && !text_equal(inbox->link->dossier, row->id))))
			continue;
		status = office_row_facts(arena, row, clock_now(site_of(inbox->request)->clock), &state, &facts, error);
		if (status != GUICHET_OK)
			return status;
		const struct dossier_done *answer = last_answer(row, &state);
		if (!answer)
			continue;
		const bool own = text_equal(answer->person, inbox->actor->person);
		shown++;
		HTML_IN(&body, "li");
		if (inbox->link)
			html_text(&body, row->subject_name);
		else
			html_link(&body, page_dossier_path(arena, row->id), row->subject_name);
		html_say(&body, "\u00a0: ");
		HTML_LINE(&body, "strong", row->procedure->moves[answer->move].done);
		html_say(&body, ", le ");
		html_text(&body, instant_french(arena, answer->last_at));
		html_text(&body, own ? TEXT(", par vous") : TEXT(", par "));
		if (!own)
			html_text(&body, answer->by);
		if (text_equal(answer->channel, TEXT("lien")))
			html_say(&body, ", depuis le lien d’un courriel");
		signed_documents(inbox, &body, row, &state);
	}
	if (shown == 0)
		return GUICHET_OK;
	HTML_SAY(html, "h2", "Réponses déjà enregistrées");
	HTML_IN(html, "ul");
	buffer_add(html->out, buffer_text(&out));
	return GUICHET_OK;
}

/* ---- sending ---- */

static void
answer_done(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct inbox_answer *answer = context;
	struct inbox_sending *sending = answer->sending;
	answer->status = status;
	if (status != GUICHET_OK)
		answer->error = *error;
	if (atomic_fetch_sub(&sending->left, 1) == 1)
		request_resume(sending->request);
}

/* Is this dossier one that the link opens? */
static bool
link_opens(const struct office_link *link, const struct office_dossier *dossier, struct text action)
{
	return dossier->campaign == link->campaign && office_link_allows(link, action)
		&& (link->dossier.length == 0 || text_equal(link->dossier, dossier->id))
		&& procedure_role_find(dossier->procedure, link->role) != PROCEDURE_NONE;
}

/* Prepares one answer; what is not theirs is refused here as the writer would. */
static enum guichet_status
prepare(struct request *request, struct store_tx *tx, const struct office_actor *actor, const struct office_link *link,
	struct text id, struct text action, struct inbox_answer *answer, struct guichet_error *error)
{
	struct site *site = site_of(request);
	struct office_dossier dossier;
	*answer = (struct inbox_answer){ .dossier = id, .sending = answer->sending, .status = GUICHET_UNKNOWN };
	enum guichet_status status = office_dossier_load(site->office, tx, request->arena, id, actor, request->received_at,
		&dossier, error);
	if (status == GUICHET_OK && (!office_may_see(&dossier) || (link && !link_opens(link, &dossier, action))))
		status = guichet_fail(error, GUICHET_UNKNOWN, "Ce dossier n’existe pas, ou il n’est pas à vous.");
	if (status == GUICHET_UNKNOWN) {
		answer->subject_name = TEXT("Un dossier");
		answer->error = *error;
		return GUICHET_OK;
	}
	if (status != GUICHET_OK)
		return status;
	/* Each has a memory of its own: several may be run at once, and none reads another's. */
	struct arena *arena = arena_new(COMMAND_ARENA);
	if (!arena || !arena_defer(request->arena, (void (*)(void *))arena_free, arena))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct office_command *command = office_command_new(site->office, arena, actor->person, request->received_at);
	if (!command)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const int move = procedure_move_find(dossier.procedure, action);
	int64_t version = 0;
	if (!text_to_integer(sent(request, field_name(request->arena, id, "version")), 0, UINT32_MAX, &version))
		version = 0;
	command->dossier = dossier.id;
	command->command.action = action;
	command->command.raws = sent_raws(request, id, action);
	command->command.expected = (unsigned)version;
	command->once = sent(request, field_name(request->arena, id, "unefois"));
	if (link) {
		command->command.channel = TEXT("lien");
		command->only = DOSSIER_ROLE(procedure_role_find(dossier.procedure, link->role));
	}
	answer->subject_name = dossier.subject_name;
	answer->label = move == PROCEDURE_NONE ? action : dossier.procedure->moves[move].label;
	answer->command = command;
	return GUICHET_OK;
}

enum guichet_status
inbox_send(struct request *request, const struct office_actor *actor, const struct office_link *link, bool *ret_waits,
	struct guichet_error *error)
{
	const struct form_field *fields;
	const size_t count = form_fields(request, &fields);
	struct inbox_sending *sending = arena_new_of(request->arena, struct inbox_sending);
	struct inbox_answer *answers = arena_array_of(request->arena, struct inbox_answer, INBOX_CARDS);
	if (!sending || !answers)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	sending->request = request;
	sending->answers = answers;
	request->state = sending;
	*ret_waits = false;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		for (size_t i = 0; i < count && sending->count < INBOX_CARDS; i++) {
			struct text action = fields[i].name;
			const struct text id = text_split(&action, '.');
			if (!text_equal(action, TEXT("choix")) || id.length > ID_LIMIT || fields[i].value.length == 0)
				continue;
			answers[sending->count].sending = sending;
			const enum guichet_status status = prepare(request, tx, actor, link, id, fields[i].value,
				&answers[sending->count], error);
			if (status != GUICHET_OK)
				return status;
			sending->count++;
		}
	}
	size_t tried = 0;
	for (size_t i = 0; i < sending->count; i++)
		tried += answers[i].command != NULL;
	if (tried == 0)
		return GUICHET_OK;
	*ret_waits = true;
	/* One more than there are, until all are handed over: the last to end resumes. */
	atomic_store(&sending->left, tried + 1);
	request_wait(request);
	for (size_t i = 0; i < sending->count; i++) {
		struct inbox_answer *answer = &answers[i];
		if (answer->command && store_submit(site_of(request)->store, STORE_NORMAL, office_act, answer->command,
			answer_done, answer, &answer->error) != GUICHET_OK) {
			answer->status = answer->error.status;
			atomic_fetch_sub(&sending->left, 1);
		}
	}
	if (atomic_fetch_sub(&sending->left, 1) == 1)
		request_resume(request);
	return GUICHET_OK;
}

bool
inbox_ended(struct inbox_sending *sending)
{
	bool retry = sending->count > 0;
	sending->done = 0;
	for (size_t i = 0; i < sending->count; i++) {
		struct inbox_answer *answer = &sending->answers[i];
		sending->done += answer->status == GUICHET_OK;
		retry &= answer->status == GUICHET_RETRY;
		if (answer->status == GUICHET_BROKEN) {
			log_error("answer", &answer->error);
			(void)guichet_fail(&answer->error, GUICHET_BROKEN, "Une erreur de notre côté : rien n’est perdu, réessayez.");
		}
	}
	if (sending->done)
		office_wake(site_of(sending->request)->office);
	else
		request_status(sending->request, retry ? 503 : 422);
	return sending->count > 0 && sending->done == sending->count;
}
