/* One dossier: where it stands, what comes next, what may be done; its documents and pieces.
 *
 * The same pages serve the applicant, the superior, the support and the office: the core says what each sees and may do. */
#include "pages/kin.h"

#include "pages/action.h"

#include "document/document.h"
#include "dossier/explanation.h"
#include "pages/undo.h"

#include "base/banned.h"

enum { EVENTS_SHOWN = 200, REASONS_ARENA = 8 << 20 };

struct text
page_dossier_path(struct arena *arena, struct text id)
{
	return arena_format(arena, "/dossiers/" TEXT_FORMAT, TEXT_ARGS(id));
}

static struct dossier_viewer
viewer_of(struct request *request, const struct office_dossier *dossier)
{
	return (struct dossier_viewer){ visitor_of(request)->actor.person, dossier->roles, dossier->signs };
}

/* Is it the visitor's, or that of a structure that they ask for? */
static bool
is_own(struct request *request, const struct office_dossier *dossier)
{
	return dossier->procedure->of_structures
		? dossier->roles & DOSSIER_ROLE(procedure_applicant(dossier->procedure))
		: text_equal(visitor_of(request)->actor.person, dossier->state.subject);
}

/* Lists put the family name first; to oneself, one is not a line of a list. */
static struct text
subject_name(struct request *request, const struct office_dossier *dossier)
{
	const struct office_actor *actor = &visitor_of(request)->actor;
	return !dossier->procedure->of_structures && is_own(request, dossier)
		? directory_person_name(request->arena, &actor->facts.person) : dossier->subject_name;
}

/* ---- parts of GET /dossiers/:id ---- */

/* « Pourquoi ? »: the rule of a value or of a date, and what it read. Nothing for who may not learn it, nor when it
 * would not fit: the value itself is there. */
static void
why(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_explanation *explanation, enum procedure_place_kind kind, int index, struct text of_what)
{
	const struct dossier_viewer viewer = viewer_of(request, dossier);
	const struct dossier_judged *judged = dossier_judged_find(explanation, kind, index);
	const struct text *lines;
	size_t count;
	if (!judged || !dossier_may_explain(&dossier->facts, &viewer, judged->feel)
		|| !dossier_judged_lines(explanation, judged, &lines, &count))
		return;
	HTML_IN(html, "details", { "class", TEXT("quiet") });
	{
		HTML_IN(html, "summary");
		html_say(html, "Pourquoi\u00a0?");
		HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
		html_markup(html, " ");
		html_text(html, of_what);
	}
	HTML_IN(html, "ul");
	for (size_t i = 0; i < count; i++)
		HTML_LINE(html, "li", lines[i]);
}

static enum guichet_status
options(struct request *request, struct html *html, const struct office_dossier *dossier, struct guichet_error *error)
{
	const struct dossier_viewer viewer = viewer_of(request, dossier);
	const struct dossier_option *list;
	size_t count;
	const enum guichet_status status = dossier_options(&dossier->facts, &viewer, request->arena, &list, &count, error);
	if (status != GUICHET_OK || count == 0)
		return status;
	HTML_IN(html, "ul", { "class", TEXT("buttons") }, { "aria-label", TEXT("Ce que vous pouvez faire") });
	for (size_t i = 0; i < count; i++) {
		const struct procedure_action *action = list[i].definition;
		HTML_IN(html, "li");
		if (!list[i].allowed) {
			HTML_LINE(html, "span", action->label, { "class", TEXT("muted") });
			html_say(html, " : ");
			html_text(html, list[i].reason);
			continue;
		}
		/* What takes something back is not the main thing to do. */
		HTML_LINE(html, "a", action->label,
			{ "class", action->confirm.length ? TEXT("button secondary") : TEXT("button") },
			{ "href", arena_format(request->arena, "/dossiers/" TEXT_FORMAT "/actions/" TEXT_FORMAT,
				TEXT_ARGS(dossier->id), TEXT_ARGS(action->name)) });
	}
	return GUICHET_OK;
}

void
page_changes(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_change *changes, size_t count)
{
	if (count == 0)
		return;
	HTML_IN(html, "ul", { "class", TEXT("changed") });
	for (size_t i = 0; i < count; i++) {
		const int index = procedure_field_find(dossier->procedure, changes[i].field);
		if (index == PROCEDURE_NONE)
			continue;
		const struct procedure_field *field = &dossier->procedure->fields[index];
		HTML_IN(html, "li");
		html_text(html, field->label);
		html_say(html, " : ");
		HTML_LINE(html, "del", procedure_field_text(request->arena, field, changes[i].before));
		html_markup(html, " ");
		HTML_LINE(html, "ins", procedure_field_text(request->arena, field, changes[i].after));
	}
}

static void
given_list(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_value *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const int index = procedure_field_find(dossier->procedure, values[i].name);
		if (index == PROCEDURE_NONE)
			continue;
		const struct procedure_field *field = &dossier->procedure->fields[index];
		HTML_IN(html, "blockquote", { "class", TEXT("quote") });
		HTML_LINE(html, "strong", field->label);
		html_say(html, " : ");
		html_text(html, procedure_field_text(request->arena, field, values[i].value));
	}
}

static struct text
moment_date(struct arena *arena, const struct dossier_moment *moment)
{
	return moment->whole_day ? date_french(arena, date_of_instant(moment->at, NULL), true)
		: instant_french(arena, moment->at);
}

/* Which events the timeline tells: the latest, or those before one that was asked for. */
struct past {
	const struct dossier_event *events;
	size_t count;
	unsigned after;  /* the event before the first told; 0: there is none */
	unsigned before; /* the event after the last told; 0: none, up to now */
};

static enum guichet_status
past_load(struct request *request, struct store_tx *tx, const struct office_dossier *dossier, struct past *ret_past,
	struct guichet_error *error)
{
	const unsigned version = dossier->state.version;
	struct past past = { 0 };
	int64_t before;
	if (text_to_integer(request_query(request, "avant"), 2, version, &before))
		past.before = (unsigned)before;
	const unsigned last = past.before ? past.before - 1 : version;
	past.after = last > EVENTS_SHOWN ? last - EVENTS_SHOWN : 0;
	const enum guichet_status status = office_events(tx, request->arena, dossier->id, past.after, last - past.after,
		&past.events, &past.count, error);
	*ret_past = past;
	return status;
}

static void
past_link(struct request *request, struct html *html, const struct office_dossier *dossier, unsigned before,
	const char *label)
{
	const struct text path = page_dossier_path(request->arena, dossier->id);
	HTML_IN(html, "p");
	html_link(html, before > dossier->state.version ? path : arena_format(request->arena, TEXT_FORMAT "?avant=%u#parcours",
		TEXT_ARGS(path), before), text_of_string(label));
}

static void
timeline(struct request *request, struct html *html, const struct office_dossier *dossier, const struct past *past,
	const struct dossier_explanation *explanation, const struct dossier_moment *moments, size_t count)
{
	static const struct text classes[] = {
		[DOSSIER_PAST] = { "done", 4 }, [DOSSIER_NOW] = { "current", 7 }, [DOSSIER_NEXT] = { "future", 6 },
	};
	HTML_SAY(html, "h2", "Le parcours de la demande", { "id", TEXT("parcours") });
	if (past->after)
		past_link(request, html, dossier, past->after + 1, "Voir ce qui précède");
	if (past->before)
		past_link(request, html, dossier, past->before + EVENTS_SHOWN, "Voir la suite");
	HTML_IN(html, "ol", { "class", TEXT("timeline") });
	for (size_t i = 0; i < count; i++) {
		const struct dossier_moment *moment = &moments[i];
		if (past->before && moment->kind != DOSSIER_PAST)
			break;
		HTML_IN(html, "li", { "class", classes[moment->kind] },
			{ "aria-current", moment->kind == DOSSIER_NOW ? TEXT("step") : (struct text){ 0 } });
		if (moment->at)
			HTML_LINE(html, "p", moment->kind == DOSSIER_NOW ? arena_format(request->arena, "depuis le " TEXT_FORMAT,
				TEXT_ARGS(moment_date(request->arena, moment))) : moment_date(request->arena, moment),
				{ "class", TEXT("timeline-date") });
		HTML_LINE(html, "p", moment->title, { "class", TEXT("timeline-title") });
		HTML_IN(html, "div", { "class", TEXT("timeline-text") });
		if (moment->by.length)
			HTML_LINE(html, "p", moment->by, { "class", TEXT("muted") });
		if (moment->detail.length)
			HTML_LINE(html, "p", moment->detail);
		given_list(request, html, dossier, moment->values, moment->value_count);
		page_changes(request, html, dossier, moment->changes, moment->change_count);
		if (moment->child.length) {
			HTML_IN(html, "p");
			html_link(html, page_dossier_path(request->arena, moment->child), arena_format(request->arena,
				"Dossier n° " TEXT_FORMAT, TEXT_ARGS(moment->child_number)));
		}
		if (moment->deadline)
			why(request, html, dossier, explanation, PROCEDURE_AT_DEADLINE,
				(int)(moment->deadline - dossier->procedure->deadlines), moment->title);
	}
}

/* Whose turn it is, in the words of who looks: those awaited by every circuit. */
static void
whose_turn(struct html *html, const struct office_dossier *dossier, bool own)
{
	const struct procedure *procedure = dossier->procedure;
	const struct procedure_step *step = &procedure->steps[dossier->state.step];
	dossier_roles awaited = dossier_awaited(procedure, &dossier->state), mine = dossier->roles & awaited;
	/* Decided: theirs to enjoy, not to answer. */
	for (size_t i = 0; own && step->sense && i < procedure->role_count; i++)
		if (procedure->roles[i].reach == PROCEDURE_APPLICANT && procedure_list_has(step->awaits, (int)i))
			awaited &= ~DOSSIER_ROLE(i);
	mine &= awaited;
	if (!awaited || dossier_is_ended(procedure, &dossier->state))
		return;
	HTML_IN(html, "p");
	if (mine && own)
		HTML_SAY(html, "strong", "C’est à vous.");
	else if (mine)
		HTML_SAY(html, "strong", "Votre réponse est attendue.");
	size_t others = 0;
	for (size_t i = 0; i < procedure->role_count; i++) {
		if (!(awaited & ~mine & DOSSIER_ROLE(i)))
			continue;
		html_text(html, others++ ? TEXT(", ") : mine ? TEXT(" Attendu aussi de : ") : TEXT("Attendu de : "));
		html_text(html, procedure->roles[i].label);
	}
}

/* What this viewer is warned of. */
static enum guichet_status
warnings(struct request *request, struct html *html, const struct office_dossier *dossier, struct guichet_error *error)
{
	const struct dossier_viewer viewer = viewer_of(request, dossier);
	const struct text *messages = NULL;
	size_t count = 0;
	const enum guichet_status status = dossier_warnings(&dossier->facts, &viewer, request->arena, &messages, &count, error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		page_notice(html, NOTICE_WARNING, (struct text){ 0 }, messages[i]);
	return status;
}

/* Where it stands, what comes next and when, what may be done: before all the rest. */
static enum guichet_status
standing(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_moment *moments, size_t count, struct guichet_error *error)
{
	const struct dossier_viewer viewer = viewer_of(request, dossier);
	const struct procedure_step *step = &dossier->procedure->steps[dossier->state.step];
	const bool own = is_own(request, dossier);
	const bool veiled = own && !text_equal(dossier_label(&dossier->facts, &viewer), step->label);
	HTML_IN(html, "section", { "class", TEXT("card") }, { "aria-labelledby", TEXT("situation") });
	{
		HTML_IN(html, "h2", { "class", TEXT("card-title row") }, { "id", TEXT("situation") });
		html_say(html, "Où en est la demande : ");
		HTML_LINE(html, "span", dossier_label(&dossier->facts, &viewer), { "class", page_step_class(step) });
	}
	size_t told = 0;
	for (size_t i = 0; i < count; i++)
		if (moments[i].kind == DOSSIER_NOW && moments[i].detail.length)
			HTML_LINE(html, "p", moments[i].detail);
	if (!veiled)
		whose_turn(html, dossier, own);
	enum guichet_status status = warnings(request, html, dossier, error);
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < count && told < 2; i++) {
		if (moments[i].kind != DOSSIER_NEXT || !moments[i].at)
			continue;
		HTML_IN(html, "p");
		html_text(html, told++ ? TEXT("Puis, le ") : TEXT("Ensuite, le "));
		HTML_LINE(html, "strong", moment_date(request->arena, &moments[i]));
		html_say(html, " : ");
		html_text(html, moments[i].title);
	}
	if (!veiled)
		status = page_clocks(request, html, dossier, error);
	return status == GUICHET_OK ? options(request, html, dossier, error) : status;
}

static enum guichet_status
answers(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_explanation *explanation, struct guichet_error *error)
{
	const struct dossier_viewer viewer = viewer_of(request, dossier);
	const struct dossier_line *lines;
	size_t count;
	const enum guichet_status status = dossier_lines(&dossier->facts, &viewer, request->arena, &lines, &count, error);
	if (status != GUICHET_OK || count == 0)
		return status;
	HTML_SAY(html, "h2", "La demande");
	for (size_t i = 0; i < count;) {
		const struct text section = lines[i].section;
		if (section.length)
			HTML_LINE(html, "h3", section);
		HTML_IN(html, "dl", { "class", TEXT("data") });
		for (; i < count && text_equal(lines[i].section, section); i++) {
			HTML_LINE(html, "dt", lines[i].label);
			HTML_IN(html, "dd");
			if (lines[i].field && lines[i].field->type == PROCEDURE_FIELD_ROWS)
				page_rows_table(html, request->arena, lines[i].field,
					dossier_value_of(&dossier->state, lines[i].field->name));
			else
				html_text(html, lines[i].value);
			if (lines[i].changed)
				html_markup(html, " ");
			if (lines[i].changed)
				HTML_SAY(html, "span", "modifié depuis le dépôt", { "class", TEXT("badge warning") });
			if (lines[i].computed)
				why(request, html, dossier, explanation, PROCEDURE_AT_COMPUTED,
					(int)(lines[i].computed - dossier->procedure->computed), lines[i].label);
		}
	}
	return GUICHET_OK;
}

static void
documents(struct request *request, struct html *html, const struct office_dossier *dossier)
{
	bool waits = false;
	if (dossier->state.act_count == 0)
		return;
	for (size_t i = 0; i < dossier->state.act_count; i++)
		waits |= dossier->state.acts[i].status == DOSSIER_TO_COMPOSE;
	HTML_IN(html, "section", { "class", TEXT("card") }, { "id", TEXT("documents") },
		{ "data-poll", waits ? page_dossier_path(request->arena, dossier->id) : (struct text){ 0 } });
	HTML_SAY(html, "h2", "Documents", { "class", TEXT("card-title") });
	HTML_IN(html, "ul", { "class", TEXT("files") });
	for (size_t i = 0; i < dossier->state.act_count; i++) {
		const struct dossier_act *act = &dossier->state.acts[i];
		const struct text title = dossier->procedure->letters[act->letter].title;
		const struct text path = arena_format(request->arena, "/dossiers/" TEXT_FORMAT "/documents/%u",
			TEXT_ARGS(dossier->id), dossier_act_rank(act));
		HTML_IN(html, "li");
		if (act->status == DOSSIER_CANCELLED) {
			HTML_LINE(html, "del", title);
			HTML_SAY(html, "span", " annulé", { "class", TEXT("badge closed") });
			continue;
		}
		if (act->replaced_by.length) {
			HTML_IN(html, "span");
			HTML_LINE(html, "span", TEXT("remplacé"), { "class", TEXT("badge closed") });
			html_markup(html, " ");
			html_link(html, path, title);
			html_format(html, ", remplacé par le document n° " TEXT_FORMAT " le " TEXT_FORMAT, TEXT_ARGS(act->replaced_by),
				TEXT_ARGS(instant_french(request->arena, act->replaced_at)));
			continue;
		}
		if (act->status == DOSSIER_TO_COMPOSE) {
			html_text(html, title);
			html_say(html, " : se prépare, revenez dans un instant.");
			continue;
		}
		html_link(html, path, title);
		html_markup(html, " ");
		HTML_IN(html, "a", { "href", arena_format(request->arena, TEXT_FORMAT "/pdf", TEXT_ARGS(path)) });
		html_say(html, "PDF");
		HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
		html_markup(html, " : ");
		html_text(html, title);
		html_say(html, " n° ");
		html_text(html, act->number);
	}
}

/* What the procedure gives to read, once there is something to apply it to (TTA-75). */
static void
references(struct html *html, const struct procedure *procedure)
{
	size_t count = 0;
	for (size_t i = 0; i < procedure->document_count; i++)
		count += !procedure->documents[i].before_form;
	if (count == 0)
		return;
	HTML_IN(html, "section", { "class", TEXT("card") });
	HTML_SAY(html, "h2", "À lire", { "class", TEXT("card-title") });
	HTML_IN(html, "ul");
	for (size_t i = 0; i < procedure->document_count; i++) {
		if (procedure->documents[i].before_form)
			continue;
		HTML_IN(html, "li");
		html_link(html, procedure->documents[i].address, procedure->documents[i].title);
	}
}

/* ---- GET /dossiers/:id ---- */

/* The acknowledgement of receipt, at once: number and instant; the document and the mail follow. */
static void
receipt(struct request *request, struct html *html, const struct office_dossier *dossier)
{
	const struct text mail = visitor_of(request)->actor.facts.person.mail;
	if (!text_equal(request_query(request, "fait"), TEXT("depot")))
		return;
	if (!is_own(request, dossier)) {
		page_notice(html, NOTICE_SUCCESS, TEXT("La demande est déposée"), arena_format(request->arena,
			"Elle porte le numéro " TEXT_FORMAT ". La personne est prévenue.", TEXT_ARGS(dossier->state.number)));
		return;
	}
	page_notice(html, NOTICE_SUCCESS, TEXT("Votre demande est déposée"), arena_format(request->arena,
		"Elle porte le numéro " TEXT_FORMAT " et a été reçue le " TEXT_FORMAT ". L’accusé de réception vous est envoyé"
		"%s" TEXT_FORMAT ", et se télécharge sur cette page.", TEXT_ARGS(dossier->state.number),
		TEXT_ARGS(instant_french(request->arena, dossier->state.filed_at)), mail.length ? " à l’adresse " : "",
		TEXT_ARGS(mail)));
}

enum guichet_status
page_dossier_show(struct request *request, struct html *html, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct office_dossier dossier;
	enum guichet_status status = page_dossier(request, tx, &dossier, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_viewer viewer = viewer_of(request, &dossier);
	const struct dossier_moment *moments;
	size_t count;
	CLEANUP(arena_free) struct arena *reasons = arena_new(REASONS_ARENA);
	struct dossier_explanation explanation = { 0 };
	struct guichet_error unexplained;
	struct past past = { 0 };
	status = past_load(request, tx, &dossier, &past, error);
	if (status == GUICHET_OK)
		status = dossier_timeline(&dossier.facts, &viewer, past.events, past.count, request->arena, &moments, &count, error);
	if (reasons && status == GUICHET_OK
		&& dossier_explain_now(&dossier.facts, reasons, &explanation, &unexplained) != GUICHET_OK)
		explanation.count = 0;
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, arena_format(request->arena, TEXT_FORMAT ", n° " TEXT_FORMAT,
		TEXT_ARGS(dossier.procedure->title), TEXT_ARGS(dossier.state.number)), { TEXT("/"), TEXT("Accueil") });
	receipt(request, html, &dossier);
	{
		HTML_IN(html, "p", { "class", TEXT("lead") });
		html_text(html, subject_name(request, &dossier));
		html_say(html, ", ");
		html_text(html, dossier.structure_name);
	}
	page_undo_offer(request, tx, html, &dossier);
	page_born_of(request, html, &dossier);
	page_filed_for(request, html, &dossier);
	{
		HTML_IN(html, "p", { "class", TEXT("muted") });
		html_say(html, "Déposée le ");
		html_text(html, instant_french(request->arena, dossier.state.filed_at));
	}
	HTML_IN(html, "div", { "class", TEXT("columns aside") });
	{
		HTML_IN(html, "div");
		status = standing(request, html, &dossier, moments, count, error);
		if (status == GUICHET_OK)
			status = page_children(request, tx, html, &dossier, error);
		documents(request, html, &dossier);
		timeline(request, html, &dossier, &past, &explanation, moments, count);
		if (status == GUICHET_OK)
			status = answers(request, html, &dossier, &explanation, error);
		if (status == GUICHET_OK)
			status = page_registers(request, html, &dossier.facts, &viewer, error);
	}
	HTML_IN(html, "div");
	if (status == GUICHET_OK)
		status = page_pieces(request, html, &dossier, error);
	references(html, dossier.procedure);
	HTML_IN(html, "section", { "class", TEXT("card") });
	HTML_SAY(html, "h2", "Une question ?", { "class", TEXT("card-title") });
	page_contacts(html, dossier.campaign->campaign);
	return status;
}

/* ---- /dossiers/:id/actions/:action ---- */

/* The text that an action signs, as composed; its hash goes with the form. */
static enum guichet_status
letter_to_sign(struct request *request, struct store_tx *tx, struct html *html, const struct office_dossier *dossier,
	const struct procedure_action *action, struct guichet_error *error)
{
	const struct dossier_act *act = dossier_act_find(&dossier->state, action->signs);
	if (!act || act->status != DOSSIER_COMPOSED) {
		page_notice(html, NOTICE_INFO, TEXT("Le document se prépare"), TEXT("Rechargez cette page dans un instant."));
		return GUICHET_OK;
	}
	struct office_act_file file;
	struct document_request letter;
	enum guichet_status status = office_act_load(tx, request->arena, act->number, &file, error);
	if (status == GUICHET_OK)
		status = office_letter_read(request->arena, file.request, &letter, error);
	if (status != GUICHET_OK)
		return status;
	HTML_SAY(html, "p", "Lisez le document, puis signez en bas de page. "
		"Votre nom, la date et l’empreinte du texte ci-dessous seront imprimés sur la page des signatures.");
	{
		HTML_IN(html, "div", { "class", TEXT("letter") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
			{ "aria-label", letter.title });
		status = document_to_html(html->out, &letter, error);
	}
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("empreinte") }, { "value", act->text_hash });
	return status;
}

void
page_last_words(struct html *html, struct arena *arena, const struct dossier_facts *facts,
	const struct dossier_viewer *viewer)
{
	const struct procedure *procedure = facts->procedure;
	const struct dossier *dossier = facts->dossier;
	const struct dossier_done *last = dossier_last(dossier);
	if (!last || last->effect || last->version <= 1)
		return;
	{
		HTML_IN(html, "p");
		HTML_LINE(html, "strong", procedure->moves[last->move].done);
		html_say(html, ", le ");
		html_text(html, instant_french(arena, last->last_at));
		html_say(html, ", par ");
		html_text(html, last->by);
	}
	for (size_t i = 0; i < dossier->value_count; i++) {
		const int field = procedure_field_find(procedure, dossier->values[i].name);
		if (dossier->values[i].version != last->version || field == PROCEDURE_NONE
			|| procedure->fields[field].section != PROCEDURE_NONE
			|| !dossier_may_read_field(facts, viewer, &procedure->fields[field], last->version))
			continue;
		HTML_IN(html, "blockquote", { "class", TEXT("quote") });
		HTML_LINE(html, "strong", procedure->fields[field].label);
		html_say(html, " : ");
		html_text(html, procedure_field_text(arena, &procedure->fields[field], dossier->values[i].value));
	}
}

/* The form of somebody who changes the answers of somebody else: beside each, what it says today. */
static enum guichet_status
with_current_values(struct arena *arena, const struct office_dossier *dossier, const struct procedure_action *action,
	const struct dossier_form *form, struct dossier_form *ret_form, struct guichet_error *error)
{
	struct dossier_form told = *form;
	struct procedure_field *fields = arena_array_of(arena, struct procedure_field, form->count + 1);
	told.answers = arena_array_of(arena, struct dossier_answer, form->count + 1);
	if (!fields || !told.answers)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < form->count; i++) {
		told.answers[i] = form->answers[i];
		for (size_t c = 0; c < action->changes.count; c++) {
			const struct procedure_field *field = &dossier->procedure->fields[action->changes.at[c]];
			if (!text_equal(field->name, form->answers[i].name))
				continue;
			const struct text now = procedure_field_text(arena, field, dossier_value_of(&dossier->state, field->name));
			fields[i] = *field;
			fields[i].help = arena_format(arena, TEXT_FORMAT "%sValeur actuelle : " TEXT_FORMAT, TEXT_ARGS(field->help),
				field->help.length ? " " : "", TEXT_ARGS(now.length ? now : TEXT("rien")));
			told.answers[i].field = &fields[i];
		}
	}
	*ret_form = told;
	return GUICHET_OK;
}

enum guichet_status
page_action_form(struct request *request, struct store_tx *tx, struct html *html, const struct office_dossier *dossier,
	int index, const struct dossier_form *form, const struct text *piece_mistakes, struct text refusal, struct text address,
	struct guichet_error *error)
{
	const struct procedure_action *action = &dossier->procedure->actions[index];
	struct action_pieces pieces = { .dossier = dossier, .action = action, .address = address, .mistakes = piece_mistakes };
	struct dossier_form fresh;
	enum guichet_status status = GUICHET_OK;
	if (action->joins.count)
		status = office_handed_load(tx, request->arena, dossier->id, visitor_of(request)->actor.person, &pieces.waiting,
			&pieces.waiting_count, error);
	if (status != GUICHET_OK)
		return status;
	if (refusal.length)
		page_notice(html, NOTICE_ERROR, TEXT("Ce n’est pas fait"), refusal);
	if (!form || form->count == 0) {
		status = dossier_form_read(request->arena, &dossier->facts, DOSSIER_FORM_ACTION, index, (struct dossier_raws){ 0 },
			true, &fresh, error);
		if (status != GUICHET_OK)
			return status;
		form = &fresh;
	}
	struct dossier_form told;
	if (action->changes.count) {
		const struct dossier_viewer viewer = viewer_of(request, dossier);
		page_last_words(html, request->arena, &dossier->facts, &viewer);
		HTML_SAY(html, "p", "Corrigez ce qui doit l’être. Le demandeur verra chaque réponse changée, l’ancienne et la nouvelle, "
			"avec votre nom et votre motif.");
		status = with_current_values(request->arena, dossier, action, form, &told, error);
		if (status != GUICHET_OK)
			return status;
		form = &told;
	}
	page_mistakes(html, form);
	action_pieces_mistakes(html, request->arena, &pieces);
	const struct text files = action->joins.count ? TEXT("multipart/form-data") : (struct text){ 0 };
	FORM_IN(request, html, address, { "class", TEXT("form") }, { "data-unsaved", TEXT("") }, { "enctype", files },
		{ "data-upload", HTML_WHEN(files.at) });
	/* What the key Enter presses: not the button that takes a file out. */
	if (files.at)
		HTML_LINE(html, "button", action->label, { "type", TEXT("submit") }, { "class", TEXT("visually-hidden") },
			{ "tabindex", TEXT("-1") }, { "aria-hidden", TEXT("true") });
	form_once_field(request, html);
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("version") },
		{ "value", arena_format(request->arena, "%u", dossier->state.changed) });
	if (action->confirm.length) {
		page_notice(html, NOTICE_WARNING, (struct text){ 0 }, action->confirm);
		html_markup(html, "<input type=\"hidden\" name=\"confirme\" value=\"oui\">");
	}
	if (action->signs != PROCEDURE_NONE)
		status = letter_to_sign(request, tx, html, dossier, action, error);
	if (status == GUICHET_OK)
		status = action_pieces_form(request, html, &pieces, error);
	page_answers(html, request->arena, form);
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_LINE(html, "button", action->label, { "type", TEXT("submit") },
		{ "class", action->sense == PROCEDURE_UNFAVOURABLE || action->confirm.length ? TEXT("button danger") : TEXT("button") });
	return status;
}

void
page_command_read(struct request *request, const struct procedure *procedure, struct office_command *command)
{
	int64_t version = 0;
	if (!text_to_integer(form_value(request, "version"), 0, UINT32_MAX, &version))
		version = 0;
	command->command.raws = page_raws(request, procedure);
	command->command.expected = (unsigned)version;
	command->command.confirmed = text_equal(form_value(request, "confirme"), TEXT("oui"));
	command->command.text_hash = form_value(request, "empreinte");
	command->once = form_value(request, "unefois");
}

static struct text
action_address(struct request *request)
{
	return arena_format(request->arena, "/dossiers/" TEXT_FORMAT "/actions/" TEXT_FORMAT,
		TEXT_ARGS(request_parameter(request, "id")), TEXT_ARGS(request_parameter(request, "action")));
}

static enum guichet_status
action_page(struct request *request, struct html *html, const struct dossier_form *form, const struct text *piece_mistakes,
	const struct dossier_raws *raws, struct text refusal, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct office_dossier dossier;
	enum guichet_status status = page_dossier(request, tx, &dossier, error);
	if (status != GUICHET_OK)
		return status;
	struct dossier_form typed;
	const int index = dossier_action_find(dossier.procedure, &dossier.state, request_parameter(request, "action"));
	if (index == PROCEDURE_NONE)
		return guichet_fail(error, GUICHET_REFUSED, "%s", refusal.length ? request->arena ? arena_text(request->arena,
			refusal).at : "" : "Ce n’est plus possible : le dossier a avancé entre-temps. Ouvrez-le pour voir où il en est.");
	if (raws) {
		status = office_named_load(tx, request->arena, visitor_of(request)->actor.facts.structure.path, *raws, &dossier.facts,
			error);
		if (status == GUICHET_OK)
			status = dossier_form_read(request->arena, &dossier.facts, DOSSIER_FORM_ACTION, index, *raws, false, &typed, error);
		if (status != GUICHET_OK)
			return status;
		form = &typed;
	}
	PAGE_IN(request, html, dossier.procedure->actions[index].label, { TEXT("/"), TEXT("Accueil") },
		{ page_dossier_path(request->arena, dossier.id), dossier.state.number });
	{
		HTML_IN(html, "p", { "class", TEXT("lead") });
		html_text(html, subject_name(request, &dossier));
		html_say(html, ", ");
		html_text(html, dossier.structure_name);
	}
	const enum guichet_status written = page_action_form(request, tx, html, &dossier, index, form, piece_mistakes, refusal,
		action_address(request), error);
	HTML_IN(html, "p");
	html_link(html, page_dossier_path(request->arena, dossier.id), TEXT("Revenir à la demande sans rien faire"));
	return written;
}

enum guichet_status
page_action(struct request *request, struct html *html, struct guichet_error *error)
{
	return action_page(request, html, NULL, NULL, NULL, (struct text){ 0 }, error);
}

enum guichet_status
page_action_too_large(struct request *request, struct html *html, struct guichet_error *error)
{
	request_status(request, 413);
	return action_page(request, html, NULL, NULL, NULL, TEXT("Un fichier est trop lourd : 10 Mo au plus. Réduisez-le (une "
		"photographie moins grande, moins de pages), puis remplissez et envoyez de nouveau ce formulaire. Les fichiers "
		"déjà prêts le restent."), error);
}

/* The form again, with a row more or less: nothing is done yet. */
static enum guichet_status
rows_page(struct request *request, struct html *html, const struct dossier_raws *raws, struct guichet_error *error)
{
	struct dossier_form form = { 0 };
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		struct office_dossier dossier;
		enum guichet_status status = page_dossier(request, tx, &dossier, error);
		const int index = status != GUICHET_OK ? PROCEDURE_NONE
			: dossier_action_find(dossier.procedure, &dossier.state, request_parameter(request, "action"));
		if (index != PROCEDURE_NONE)
			status = office_named_load(tx, request->arena, visitor_of(request)->actor.facts.structure.path, *raws, &dossier.facts,
				error);
		if (status == GUICHET_OK && index != PROCEDURE_NONE)
			status = dossier_form_read(request->arena, &dossier.facts, DOSSIER_FORM_ACTION, index, *raws, true, &form, error);
		if (status != GUICHET_OK)
			return status;
	}
	return action_page(request, html, &form, NULL, NULL, (struct text){ 0 }, error);
}

enum guichet_status
page_action_do(struct request *request, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	struct office_command *command = office_command_new(site->office, request->arena, visitor_of(request)->actor.person,
		request->received_at);
	if (!command)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct action_sending *sending = arena_new_of(request->arena, struct action_sending);
	if (!sending)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*sending = (struct action_sending){ .request = request, .command = command };
	request->state = sending;
	command->dossier = request_parameter(request, "id");
	command->command.action = request_parameter(request, "action");
	const struct procedure_action *action = NULL;
	struct office_dossier dossier;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site->store, error);
		if (!tx)
			return error->status;
		const enum guichet_status status = page_dossier(request, tx, &dossier, error);
		if (status != GUICHET_OK)
			return status;
		page_command_read(request, dossier.procedure, command);
		const int index = dossier_action_find(dossier.procedure, &dossier.state, command->command.action);
		if (index >= 0)
			action = &dossier.procedure->actions[index];
	}
	if (action)
		command->command.raws = action_verdicts_read(request, dossier.procedure, action, command->command.raws);
	sending->rows = page_changes_rows(request);
	if (action && action->joins.count)
		return action_pieces_send(request, &dossier, action, sending, error);
	if (sending->rows)
		return rows_page(request, html, &command->command.raws, error);
	return page_write(request, office_act, command, &command->status, &command->error, error);
}

struct text
page_refusal(struct arena *arena, const struct office_command *command)
{
	const struct text message = text_of_string(command->error.message), because = command->outcome.because;
	return because.length == 0 ? message
		: arena_format(arena, TEXT_FORMAT " Pourquoi\u00a0: " TEXT_FORMAT ".", TEXT_ARGS(message), TEXT_ARGS(because));
}

enum guichet_status
page_action_done(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct action_sending *sending = request->state;
	const struct office_command *command = sending->command;
	if (sending->stopped && sending->rows && sending->wrong == 0 && command->status == GUICHET_OK)
		return rows_page(request, html, &command->command.raws, error);
	if (sending->stopped && (command->status == GUICHET_OK || command->status == GUICHET_RETRY)) {
		request_status(request, command->status == GUICHET_OK ? 422 : 503);
		return action_page(request, html, NULL, sending->wrong ? sending->mistakes : NULL, &command->command.raws,
			command->status == GUICHET_RETRY ? text_of_string(command->error.message) : TEXT(""), error);
	}
	if (command->status == GUICHET_REFUSED) {
		request_status(request, 422);
		return action_page(request, html, &command->outcome.form, command->outcome.piece_mistakes, NULL,
			page_refusal(request->arena, command), error);
	}
	if (command->status != GUICHET_OK) {
		*error = command->error;
		return command->status;
	}
	office_wake(site_of(request)->office);
	return request_redirect(request, 303, arena_format(request->arena, "/dossiers/" TEXT_FORMAT "?fait=action",
		TEXT_ARGS(command->dossier)));
}

/* ---- files ---- */

enum guichet_status
page_piece(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct office_dossier dossier;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		const enum guichet_status status = page_dossier(request, tx, &dossier, error);
		if (status != GUICHET_OK)
			return status;
	}
	const struct dossier_viewer viewer = viewer_of(request, &dossier);
	const int index = procedure_piece_find(dossier.procedure, request_parameter(request, "piece"));
	const struct dossier_piece *piece = index < 0 ? NULL
		: dossier_piece_find(&dossier.state, dossier.procedure->pieces[index].name);
	/* The same answer for one that is not theirs to open. */
	if (!piece || !dossier_may_read_piece(&dossier.facts, &viewer, index))
		return guichet_fail(error, GUICHET_UNKNOWN, "Cette pièce n’existe pas.");
	struct text bytes;
	const enum guichet_status status = office_file_read(site_of(request)->office, request->arena, piece->digest, &bytes, error);
	return status != GUICHET_OK ? status : request_send(request, page_file_type(piece->kind), piece->file, bytes);
}

const char *
page_file_type(struct text kind)
{
	if (text_equal(kind, TEXT("PDF")))
		return "application/pdf";
	if (text_equal(kind, TEXT("JPEG")))
		return "image/jpeg";
	return text_equal(kind, TEXT("PNG")) ? "image/png" : "application/octet-stream";
}

/* The act of the path's ":rang". */
static enum guichet_status
act_of_path(struct request *request, struct store_tx *tx, struct office_dossier *dossier, struct office_act_file *ret_file,
	struct guichet_error *error)
{
	int64_t rank;
	const enum guichet_status status = page_dossier(request, tx, dossier, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_act *act = text_to_integer(request_parameter(request, "rang"), 1, UINT32_MAX, &rank)
		? dossier_act_at(&dossier->state, (unsigned)rank) : NULL;
	if (!act)
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce document n’existe pas.");
	return office_act_load(tx, request->arena, act->number, ret_file, error);
}

enum guichet_status
page_document(struct request *request, struct html *html, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct office_dossier dossier;
	struct office_act_file file;
	struct document_request letter;
	enum guichet_status status = act_of_path(request, tx, &dossier, &file, error);
	if (status == GUICHET_OK)
		status = office_letter_read(request->arena, file.request, &letter, error);
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, letter.title, { TEXT("/"), TEXT("Accueil") },
		{ page_dossier_path(request->arena, dossier.id), dossier.state.number });
	{
		HTML_IN(html, "p");
		html_link(html, arena_format(request->arena, TEXT_FORMAT "/pdf", TEXT_ARGS(request->path)),
			TEXT("Télécharger en PDF"));
	}
	HTML_IN(html, "div", { "class", TEXT("letter") });
	return document_to_html(html->out, &letter, error);
}

enum guichet_status
page_send_act(struct request *request, const struct office_act_file *file, struct guichet_error *error)
{
	const struct text digest = file->signed_digest.length ? file->signed_digest : file->digest;
	struct text bytes;
	if (digest.length == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Ce document se prépare. Revenez dans un instant.");
	const enum guichet_status status = office_file_read(site_of(request)->office, request->arena, digest, &bytes, error);
	if (status != GUICHET_OK)
		return status;
	return request_send(request, "application/pdf", arena_format(request->arena, TEXT_FORMAT "-" TEXT_FORMAT ".pdf",
		TEXT_ARGS(file->letter), TEXT_ARGS(file->number)), bytes);
}

enum guichet_status
page_document_pdf(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct office_dossier dossier;
	struct office_act_file file;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		const enum guichet_status status = act_of_path(request, tx, &dossier, &file, error);
		if (status != GUICHET_OK)
			return status;
	}
	return page_send_act(request, &file, error);
}
