/* One dossier: where it stands, what comes next, what may be done; its answers, its documents and its pieces.
 *
 * The same page serves the applicant, the superior, the support and the office: the core says what each sees and may do.
 *
 * GET /dossiers/:id */
#include "dossier/explanation.h"
#include "pages/kin.h"
#include "pages/undo.h"

#include "base/banned.h"

enum { EVENTS_SHOWN = 200, REASONS_ARENA = 8 << 20, FEW_OPTIONS = 4, TOLD_UNFOLDED = 14, TOLD_LAST = 6,
	COMPUTED_UNFOLDED = 10 };

struct text
page_dossier_path(struct arena *arena, struct text id)
{
	return arena_format(arena, "/dossiers/" TEXT_FORMAT, TEXT_ARGS(id));
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

void
page_subject(struct request *request, struct html *html, const struct office_dossier *dossier)
{
	HTML_IN(html, "p", { "class", TEXT("lead") });
	html_text(html, subject_name(request, dossier));
	html_say(html, ", ");
	html_text(html, dossier->structure_name);
}

/* ---- the parts of the page ---- */

/* « Pourquoi ? »: the rule of a value or of a date, and what it read. Nothing for who may not learn it, nor when it
 * would not fit: the value itself is there. */
static void
why(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_explanation *explanation, enum procedure_place_kind kind, int index, struct text of_what)
{
	const struct dossier_viewer viewer = page_viewer(request, dossier);
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

/* Is it a step that waits for this viewer? One that is decided is theirs to enjoy, not to answer. */
static bool
is_awaited(const struct office_dossier *dossier, const struct procedure_action *action)
{
	const struct procedure_step *step = &dossier->procedure->steps[action->step];
	for (size_t i = 0; i < step->awaits.count; i++)
		if (!step->sense && dossier->roles & DOSSIER_ROLE(step->awaits.at[i]))
			return true;
	return false;
}

static void
option_line(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_option *option, bool main)
{
	const struct procedure_action *action = option->definition;
	HTML_IN(html, "li");
	if (!option->allowed) {
		HTML_LINE(html, "span", action->label, { "class", TEXT("muted") });
		html_say(html, " : ");
		html_text(html, option->reason);
		return;
	}
	/* What takes something back is not the main thing to do. */
	HTML_LINE(html, "a", action->label, { "class", action->confirm.length || !main ? TEXT("button secondary") : TEXT("button") },
		{ "href", arena_format(request->arena, "/dossiers/" TEXT_FORMAT "/actions/" TEXT_FORMAT, TEXT_ARGS(dossier->id),
			TEXT_ARGS(action->name)) });
}

static void
options(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_option *list, size_t count)
{
	if (count == 0)
		return;
	/* Where much can be done, what is awaited stands first and stands out. */
	const bool many = count > FEW_OPTIONS;
	HTML_IN(html, "ul", { "class", TEXT("buttons") }, { "aria-label", TEXT("Ce que vous pouvez faire") });
	for (size_t turn = many ? 0 : 1; turn < 2; turn++)
		for (size_t i = 0; i < count; i++)
			if (!many || is_awaited(dossier, list[i].definition) == (turn == 0))
				option_line(request, html, dossier, &list[i], !many || turn == 0);
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
timeline_line(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_explanation *explanation, const struct dossier_moment *moment)
{
	static const struct text classes[] = {
		[DOSSIER_PAST] = { "done", 4 }, [DOSSIER_NOW] = { "current", 7 }, [DOSSIER_NEXT] = { "future", 6 },
	};
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

static void
timeline(struct request *request, struct html *html, const struct office_dossier *dossier, const struct past *past,
	const struct dossier_explanation *explanation, const struct dossier_moment *moments, size_t count)
{
	HTML_SAY(html, "h2", "Le parcours de la demande", { "id", TEXT("parcours") });
	if (past->after)
		past_link(request, html, dossier, past->after + 1, "Voir ce qui précède");
	if (past->before)
		past_link(request, html, dossier, past->before + EVENTS_SHOWN, "Voir la suite");
	size_t done = 0, told = 0;
	while (done < count && moments[done].kind == DOSSIER_PAST)
		done++;
	/* A long past is folded but for its end. */
	const size_t folded = !past->before && done > TOLD_UNFOLDED ? done - TOLD_LAST : 0;
	if (folded) {
		HTML_IN(html, "details", { "data-printed", TEXT("") });
		HTML_LINE(html, "summary", arena_format(request->arena, "Depuis le " TEXT_FORMAT " : %zu étapes plus anciennes",
			TEXT_ARGS(moment_date(request->arena, &moments[0])), folded));
		HTML_IN(html, "ol", { "class", TEXT("timeline") });
		for (; told < folded; told++)
			timeline_line(request, html, dossier, explanation, &moments[told]);
	}
	HTML_IN(html, "ol", { "class", TEXT("timeline") });
	for (; told < count && !(past->before && moments[told].kind != DOSSIER_PAST); told++)
		timeline_line(request, html, dossier, explanation, &moments[told]);
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
warnings(struct html *html, struct dossier_present *present, const struct dossier_viewer *viewer, struct guichet_error *error)
{
	const struct text *messages = NULL;
	size_t count = 0;
	const enum guichet_status status = dossier_warnings(present, viewer, &messages, &count, error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		page_notice(html, NOTICE_WARNING, (struct text){ 0 }, messages[i]);
	return status;
}

/* What the page tells, judged once. */
struct judged {
	struct dossier_present present;
	const struct dossier_moment *moments; size_t moment_count;
	const struct dossier_option *options; size_t option_count;
};

/* Where it stands, what comes next and when, what may be done: before all the rest. */
static enum guichet_status
standing(struct request *request, struct html *html, const struct office_dossier *dossier, struct judged *judged,
	struct guichet_error *error)
{
	const struct dossier_moment *moments = judged->moments;
	const size_t count = judged->moment_count;
	const struct dossier_viewer viewer = page_viewer(request, dossier);
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
	enum guichet_status status = warnings(html, &judged->present, &viewer, error);
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
		status = page_clocks(html, &judged->present, error);
	if (status == GUICHET_OK)
		options(request, html, dossier, judged->options, judged->option_count);
	return status;
}

static void
answer_lines(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_explanation *explanation, const struct dossier_line *lines, size_t count)
{
	HTML_IN(html, "dl", { "class", TEXT("data") });
	for (size_t i = 0; i < count; i++) {
		HTML_LINE(html, "dt", lines[i].label);
		HTML_IN(html, "dd");
		if (lines[i].field && lines[i].field->type == PROCEDURE_FIELD_ROWS)
			page_rows_table(html, request->arena, lines[i].field, dossier_value_of(&dossier->state, lines[i].field->name));
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

static enum guichet_status
answers(struct request *request, struct html *html, const struct office_dossier *dossier, struct dossier_present *present,
	const struct dossier_explanation *explanation, struct guichet_error *error)
{
	const struct dossier_viewer viewer = page_viewer(request, dossier);
	const struct dossier_line *lines;
	size_t count;
	const enum guichet_status status = dossier_lines(present, &viewer, &lines, &count, error);
	if (status != GUICHET_OK || count == 0)
		return status;
	HTML_SAY(html, "h2", "La demande");
	for (size_t i = 0, end; i < count; i = end) {
		const struct text section = lines[i].section;
		for (end = i; end < count && text_equal(lines[end].section, section);)
			end++;
		/* Many computed values are for who looks for one. */
		if (lines[i].computed && end - i > COMPUTED_UNFOLDED) {
			HTML_IN(html, "details", { "data-printed", TEXT("") });
			HTML_LINE(html, "summary", arena_format(request->arena, TEXT_FORMAT " : %zu valeurs, chacune avec ses raisons",
				TEXT_ARGS(section), end - i));
			answer_lines(request, html, dossier, explanation, &lines[i], end - i);
			continue;
		}
		if (section.length)
			HTML_LINE(html, "h3", section);
		answer_lines(request, html, dossier, explanation, &lines[i], end - i);
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

/* ---- the page ---- */

/* By which way it was filed, when there were several: " Façon de déposer : Déposer en urgence." */
static struct text
way_text(struct arena *arena, const struct office_dossier *dossier)
{
	const struct procedure *procedure = dossier->procedure;
	const int nature = procedure_nature_find(procedure, dossier->state.nature);
	const int start = nature < 0 ? 0 : procedure->natures[nature].start;
	for (size_t i = 0; procedure->steps[start].actions.count > 1 && i < dossier->state.done_count; i++) {
		const struct dossier_done *done = &dossier->state.done[i];
		if (done->effect || done->from != start || done->first_at != dossier->state.filed_at)
			continue;
		const int action = procedure_action_find(procedure, start, procedure->moves[done->move].name);
		if (action >= 0)
			return arena_format(arena, " Façon de déposer : « " TEXT_FORMAT " ».", TEXT_ARGS(procedure->actions[action].label));
	}
	return TEXT("");
}

/* The acknowledgement of receipt, at once: number and instant; the document and the mail follow. */
static void
receipt(struct request *request, struct html *html, const struct office_dossier *dossier)
{
	const struct text mail = visitor_of(request)->actor.facts.person.mail;
	if (!text_equal(request_query(request, "fait"), TEXT("depot")))
		return;
	const struct text way = way_text(request->arena, dossier);
	if (!is_own(request, dossier)) {
		page_notice(html, NOTICE_SUCCESS, TEXT("La demande est déposée"), arena_format(request->arena,
			"Elle porte le numéro " TEXT_FORMAT ". La personne est prévenue." TEXT_FORMAT, TEXT_ARGS(dossier->state.number),
			TEXT_ARGS(way)));
		return;
	}
	const struct procedure *procedure = dossier->procedure;
	const bool mails = procedure_acknowledges_by_mail(procedure) && mail.length > 0,
		letters = procedure_acknowledges_by_letter(procedure);
	struct text follows = TEXT("");
	if (mails)
		follows = arena_format(request->arena, " L’accusé de réception vous est envoyé à l’adresse " TEXT_FORMAT "%s.",
			TEXT_ARGS(mail), letters ? ", et se télécharge sur cette page" : "");
	else if (letters)
		follows = TEXT(" L’accusé de réception se télécharge sur cette page.");
	page_notice(html, NOTICE_SUCCESS, TEXT("Votre demande est déposée"), arena_format(request->arena,
		"Elle porte le numéro " TEXT_FORMAT " et a été reçue le " TEXT_FORMAT "." TEXT_FORMAT TEXT_FORMAT,
		TEXT_ARGS(dossier->state.number), TEXT_ARGS(instant_french(request->arena, dossier->state.filed_at)),
		TEXT_ARGS(follows), TEXT_ARGS(way)));
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
	const struct dossier_viewer viewer = page_viewer(request, &dossier);
	struct judged judged = { .present = { .facts = &dossier.facts, .arena = request->arena } };
	CLEANUP(arena_free) struct arena *reasons = arena_new(REASONS_ARENA);
	struct dossier_explanation explanation = { 0 };
	struct guichet_error unexplained;
	struct past past = { 0 };
	const struct dossier_piece_version *versions = NULL;
	size_t version_count = 0;
	if (reasons && dossier_explain_now(&judged.present, reasons, &explanation, &unexplained) != GUICHET_OK)
		explanation.count = 0;
	status = past_load(request, tx, &dossier, &past, error);
	if (status == GUICHET_OK)
		status = dossier_timeline(&judged.present, &viewer, past.events, past.count, &judged.moments,
			&judged.moment_count, error);
	if (status == GUICHET_OK)
		status = dossier_options(&judged.present, &viewer, &judged.options, &judged.option_count, error);
	/* The whole past is at hand, but of a very long life. */
	if (status == GUICHET_OK && dossier.state.piece_count > 0
		&& (past.count < dossier.state.version || dossier_pieces_may_differ(past.events, past.count)))
		status = office_piece_versions(tx, request->arena, &dossier, past.events, past.after ? 0 : past.count, &versions,
			&version_count, error);
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, arena_format(request->arena, TEXT_FORMAT ", n° " TEXT_FORMAT,
		TEXT_ARGS(dossier.procedure->title), TEXT_ARGS(dossier.state.number)), { TEXT("/"), TEXT("Accueil") });
	receipt(request, html, &dossier);
	page_subject(request, html, &dossier);
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
		status = standing(request, html, &dossier, &judged, error);
		if (status == GUICHET_OK)
			status = page_children(request, tx, html, &dossier, error);
		documents(request, html, &dossier);
		timeline(request, html, &dossier, &past, &explanation, judged.moments, judged.moment_count);
		if (status == GUICHET_OK)
			status = answers(request, html, &dossier, &judged.present, &explanation, error);
		if (status == GUICHET_OK)
			status = page_registers(request, html, &dossier.facts, &viewer, error);
	}
	HTML_IN(html, "div");
	page_pieces(request, html, &dossier, judged.options, judged.option_count, versions, version_count);
	references(html, dossier.procedure);
	if (dossier.campaign->campaign->contact_count == 0)
		return status;
	HTML_IN(html, "section", { "class", TEXT("card") });
	HTML_SAY(html, "h2", "Une question ?", { "class", TEXT("card-title") });
	page_contacts(html, dossier.campaign->campaign);
	return status;
}
