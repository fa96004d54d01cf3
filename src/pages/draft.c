/* A request being prepared: the form in steps, saved as it is typed.
 *
 * GET /campagnes/:campagne/demande?etape=N · POST the same · POST …/brouillon (autosave) · …/abandonner
 *
 * Whatever is typed is saved, even mistaken: mistakes are told beside the fields, they never cost the words. */
#include "pages/draft.h"
#include "pages/kin.h"

#include <stdio.h>

#include "base/banned.h"

/* ---- the draft, read ---- */

/* The sections that show a field, in order. */
static bool
list_sections(struct arena *arena, struct draft *draft)
{
	const struct procedure *procedure = draft->facts.procedure;
	int *sections = arena_array_of(arena, int, procedure->section_count + 2);
	for (size_t i = 0; sections && i < procedure->section_count; i++)
		if (draft_section(arena, draft, (int)i, false).count)
			sections[draft->section_count++] = (int)i;
	/* What the action that files asks by itself comes last. */
	if (sections && draft_section(arena, draft, PROCEDURE_NONE, false).count)
		sections[draft->section_count++] = PROCEDURE_NONE;
	draft->sections = sections;
	return sections;
}

static enum guichet_status
list_pieces(struct arena *arena, struct draft *draft, struct guichet_error *error)
{
	const struct procedure *procedure = draft->facts.procedure;
	int *pieces = arena_array_of(arena, int, procedure->piece_count + 1);
	struct text *mistakes = arena_array_of(arena, struct text, procedure->piece_count + 1);
	if (!pieces || !mistakes)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < procedure->piece_count; i++) {
		bool asked;
		enum guichet_status status = dossier_piece_asked(arena, &draft->facts, (int)i, draft->saved.raws, &asked, error);
		if (status == GUICHET_OK && asked)
			status = dossier_piece_mistake(arena, &draft->facts, (int)i,
				draft_piece_find(draft, procedure->pieces[i].name), draft->saved.raws, &mistakes[i], error);
		if (status != GUICHET_OK)
			return status;
		if (asked)
			pieces[draft->piece_count++] = (int)i;
	}
	draft->pieces = pieces;
	draft->piece_mistakes = mistakes;
	return GUICHET_OK;
}

/* The id behind the number in facts.other. */
static enum guichet_status
find_other(struct request *request, struct store_tx *tx, struct draft *draft, struct guichet_error *error)
{
	struct office_rows rows;
	if (draft->facts.other.length == 0 || draft->nature)
		return GUICHET_OK;
	const enum guichet_status status = draft->asking
		? office_list_of_structures(site_of(request)->office, tx, request->arena, draft->asking, &rows, error)
		: office_list_of_subject(site_of(request)->office, tx, request->arena, draft->facts.subject, &rows, error);
	for (size_t i = 0; status == GUICHET_OK && i < rows.count; i++)
		if (text_equal(rows.at[i].number, draft->facts.other))
			draft->other = rows.at[i].id;
	return status;
}

enum guichet_status
draft_load_with(struct request *request, struct store_tx *tx, const struct office_draft_change *typed,
	struct draft *draft, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct office_actor *actor = &visitor_of(request)->actor;
	enum guichet_status status = draft_open(request, tx, draft, error);
	draft->tx = tx;
	if (status == GUICHET_OK)
		status = draft_judge(request, tx, draft, error);
	if (status == GUICHET_OK)
		status = office_draft_about(tx, arena, draft->campaign->id, actor->person, draft->about, &draft->saved, error);
	if (status == GUICHET_OK && typed)
		status = office_draft_merge(arena, typed, &draft->saved.raws, error);
	if (status == GUICHET_OK)
		status = draft_ways(request, draft, error);
	const struct procedure_action *filing = status == GUICHET_OK && !draft->several ? draft_filing(draft) : NULL;
	if (status == GUICHET_OK)
		status = office_named_load(tx, arena, actor->facts.structure.path, draft->saved.raws, &draft->facts, error);
	if (status == GUICHET_OK)
		status = dossier_form_read(arena, &draft->facts, DOSSIER_FORM_FILING,
			filing ? (int)(filing - draft->facts.procedure->actions) : PROCEDURE_NONE, draft->saved.raws, false,
			&draft->form, error);
	if (status == GUICHET_OK && !list_sections(arena, draft))
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (status == GUICHET_OK)
		status = list_pieces(arena, draft, error);
	return status != GUICHET_OK ? status : find_other(request, tx, draft, error);
}

enum guichet_status
draft_check(const struct draft *draft, struct guichet_error *error)
{
	return draft_may_prepare(draft) ? GUICHET_OK
		: guichet_fail(error, GUICHET_REFUSED, TEXT_FORMAT, TEXT_ARGS(draft->can.message));
}

const struct dossier_piece *
draft_piece_find(const struct draft *draft, struct text name)
{
	for (size_t i = 0; i < draft->saved.piece_count; i++)
		if (text_equal(draft->saved.pieces[i].name, name))
			return &draft->saved.pieces[i];
	return NULL;
}

size_t
draft_mistakes(const struct draft *draft)
{
	size_t count = draft->form.mistakes;
	for (size_t i = 0; i < draft->piece_count; i++)
		count += draft->piece_mistakes[draft->pieces[i]].length > 0;
	return count;
}

/* Without its mistakes, nor those of its rows; what it is copied from keeps them. */
static void
forgive(struct arena *arena, struct dossier_answer *answer)
{
	struct dossier_form *rows = arena_array_of(arena, struct dossier_form, answer->row_count + 1);
	answer->mistake = (struct text){ 0 };
	for (size_t i = 0; rows && i < answer->row_count; i++) {
		rows[i] = answer->rows[i];
		rows[i].mistakes = 0;
		rows[i].answers = arena_array_of(arena, struct dossier_answer, rows[i].count + 1);
		for (size_t k = 0; rows[i].answers && k < rows[i].count; k++) {
			rows[i].answers[k] = answer->rows[i].answers[k];
			rows[i].answers[k].mistake = (struct text){ 0 };
		}
		if (!rows[i].answers)
			return;
	}
	if (rows && answer->row_count)
		answer->rows = rows;
}

struct dossier_form
draft_section(struct arena *arena, const struct draft *draft, int section, bool verify)
{
	struct dossier_form part = { .answers = arena_array_of(arena, struct dossier_answer, draft->form.count + 1) };
	for (size_t i = 0; part.answers && i < draft->form.count; i++) {
		const struct dossier_answer *answer = &draft->form.answers[i];
		if (answer->field->section != section || !answer->visible)
			continue;
		part.answers[part.count] = *answer;
		if (!verify)
			forgive(arena, &part.answers[part.count]);
		part.mistakes += part.answers[part.count++].mistake.length > 0;
	}
	return part;
}

struct text
draft_section_title(const struct draft *draft, int section)
{
	if (section >= 0)
		return draft->facts.procedure->sections[section].title;
	const struct procedure_action *filing = draft_filing(draft);
	return filing ? filing->label : TEXT("");
}

/* ---- steps ---- */

size_t
draft_step_count(const struct draft *draft)
{
	return draft->section_count + (draft->piece_count > 0) + 1;
}

size_t
draft_step_of_pieces(const struct draft *draft)
{
	return draft->piece_count ? draft->section_count + 1 : 0;
}

size_t
draft_step_of_section(const struct draft *draft, int section)
{
	for (size_t i = 0; i < draft->section_count; i++)
		if (draft->sections[i] == section)
			return i + 1;
	return 0;
}

struct text
draft_path(struct arena *arena, const struct draft *draft, const char *rest)
{
	return arena_format(arena, TEXT_FORMAT "%s", TEXT_ARGS(draft->path), rest);
}

struct text
draft_step_path(struct arena *arena, const struct draft *draft, size_t step, bool verify)
{
	const struct text path = draft_path(arena, draft, "");
	if (step == draft_step_count(draft))
		return draft_summary_path(arena, draft, (struct text){ 0 });
	return arena_format(arena, TEXT_FORMAT "?etape=%zu%s", TEXT_ARGS(path), step, verify ? "&verifier=oui" : "");
}

struct text
draft_summary_path(struct arena *arena, const struct draft *draft, struct text way)
{
	return arena_format(arena, TEXT_FORMAT "/recapitulatif%s" TEXT_FORMAT, TEXT_ARGS(draft_path(arena, draft, "")),
		way.length ? "?facon=" : "", TEXT_ARGS(way));
}

/* Nothing of it remains to be done. A section nobody has opened yet is not done, even without a mistake. */
static bool
step_is_done(struct arena *arena, const struct draft *draft, size_t step)
{
	if (step > draft->section_count) {
		for (size_t i = 0; i < draft->piece_count; i++)
			if (draft->piece_mistakes[draft->pieces[i]].length)
				return false;
		return step == draft_step_of_pieces(draft) && draft->saved.piece_count;
	}
	const struct dossier_form part = draft_section(arena, draft, draft->sections[step - 1], true);
	bool given = false;
	for (size_t i = 0; i < part.count; i++)
		given |= part.answers[i].given;
	return given && part.mistakes == 0;
}

static struct text
step_title(const struct draft *draft, size_t step)
{
	if (step <= draft->section_count)
		return draft_section_title(draft, draft->sections[step - 1]);
	return step == draft_step_of_pieces(draft) ? TEXT("Pièces à joindre") : TEXT("Vérifier et déposer");
}

struct text
page_filing_deadline(struct arena *arena, const struct dossier_facts *facts)
{
	const struct procedure *procedure = facts->procedure;
	const int nature = procedure_nature_find(procedure, facts->nature);
	const struct procedure_list actions = procedure->steps[nature < 0 ? 0 : procedure->natures[nature].start].actions;
	const struct procedure_action *filing = actions.count ? &procedure->actions[actions.at[0]] : NULL;
	instant opens, closes;
	if (!filing || filing->during == PROCEDURE_NONE)
		return TEXT("");
	dossier_window(facts, filing->during, &opens, &closes);
	if (facts->at < opens)
		return arena_format(arena, "Le dépôt ouvre le " TEXT_FORMAT ". Vous pouvez préparer votre demande dès maintenant.",
			TEXT_ARGS(date_french(arena, date_of_instant(opens, NULL), true)));
	if (facts->at >= closes)
		return TEXT("Le dépôt est clos : ce brouillon n’a pas été déposé.");
	if (closes == INSTANT_NEVER)
		return TEXT("Vous pouvez déposer quand vous voulez.");
	return arena_format(arena, "Dépôt possible jusqu’au " TEXT_FORMAT " inclus.",
		TEXT_ARGS(date_french(arena, date_of_instant(closes - 1, NULL), true)));
}

/* ---- parts of pages ---- */

void
draft_stepper(struct request *request, struct html *html, const struct draft *draft, size_t current)
{
	struct arena *arena = request->arena;
	const size_t count = draft_step_count(draft);
	{
		HTML_IN(html, "p", { "class", TEXT("row") });
		HTML_SAY(html, "span", "Brouillon, pas encore déposé", { "class", TEXT("badge warning") });
		HTML_LINE(html, "span", page_filing_deadline(arena, &draft->facts));
	}
	HTML_IN(html, "nav", { "aria-label", TEXT("Étapes de la demande") });
	HTML_IN(html, "ol", { "class", TEXT("stepper") });
	for (size_t step = 1; step <= count; step++) {
		const bool done = step != current && step_is_done(arena, draft, step);
		HTML_IN(html, "li", { "class", done ? TEXT("done") : (struct text){ 0 } },
			{ "aria-current", step == current ? TEXT("step") : (struct text){ 0 } });
		if (step == current)
			HTML_LINE(html, "span", step_title(draft, step));
		else
			html_link(html, draft_step_path(arena, draft, step, false), step_title(draft, step));
	}
}

static void
data_line(struct html *html, struct text label, struct text value)
{
	if (value.length == 0)
		return;
	HTML_LINE(html, "dt", label);
	HTML_LINE(html, "dd", value);
}

void
draft_identity(struct request *request, struct html *html, const struct draft *draft, bool open)
{
	const struct directory_facts *facts = draft->asking ? &draft->asking->facts : &visitor_of(request)->actor.facts;
	if (draft->subject) {
		HTML_IN(html, "p", { "class", TEXT("lead") });
		html_text(html, directory_person_name(request->arena, &draft->subject->facts.person));
		html_say(html, ", ");
		html_text(html, draft->subject->facts.structure.name);
		return;
	}
	if (draft->parent && !text_equal(draft->facts.subject, facts->person.id)) {
		HTML_IN(html, "p", { "class", TEXT("lead") });
		html_text(html, draft->parent->subject_name);
		html_say(html, ", ");
		html_text(html, draft->parent->structure_name);
		return;
	}
	HTML_IN(html, "details", { "open", HTML_WHEN(open) });
	{
		HTML_IN(html, "summary");
		html_text(html, directory_person_name(request->arena, &facts->person));
		html_say(html, ", ");
		html_text(html, facts->structure.name.length ? facts->structure.name : TEXT("sans affectation connue"));
	}
	{
		HTML_IN(html, "dl", { "class", TEXT("data compact") });
		data_line(html, TEXT("Matricule"), facts->person.external_id);
		data_line(html, TEXT("Corps"), facts->person.corps);
		data_line(html, TEXT("Grade"), facts->person.grade);
		data_line(html, TEXT("Filière"), facts->person.filiere);
		data_line(html, TEXT("Statut"), facts->person.status);
		data_line(html, TEXT("Affectation"), facts->structure.name);
		data_line(html, TEXT("Type de structure"), facts->structure.kind);
		data_line(html, TEXT("Adresse professionnelle"), facts->person.mail);
	}
	HTML_SAY(html, "p", "Ces renseignements viennent de l’annuaire. S’ils sont faux, faites-les corriger par votre bureau de "
		"gestion avant de déposer.", { "class", TEXT("muted") });
}

void
draft_help(struct html *html, const struct office_campaign *campaign)
{
	if (campaign->campaign->contact_count == 0)
		return;
	HTML_IN(html, "section", { "class", TEXT("card no-print") });
	HTML_SAY(html, "h2", "Besoin d’aide ?", { "class", TEXT("card-title") });
	page_contacts(html, campaign->campaign);
}

/* Why each question is asked, and how long the answer is kept. */
static void
reasons(struct request *request, struct html *html, const struct draft *draft, int section)
{
	const struct procedure *procedure = draft->facts.procedure;
	const struct dossier_form part = draft_section(request->arena, draft, section, false);
	HTML_IN(html, "details");
	HTML_SAY(html, "summary", "Pourquoi ces questions ?");
	{
		HTML_IN(html, "dl", { "class", TEXT("stacked") });
		for (size_t i = 0; i < part.count; i++)
			data_line(html, part.answers[i].field->label, part.answers[i].field->why);
	}
	HTML_IN(html, "p", { "class", TEXT("muted") });
	html_say(html, "Vos réponses sont gardées ");
	html_text(html, page_duration(request->arena, procedure->keep));
	html_say(html, ", et lues par les seules personnes qui traitent votre demande.");
}

/* What the reader is invited to do before the form (TTA-18). */
static void
before_form(struct html *html, const struct procedure *procedure)
{
	bool any = false;
	for (size_t i = 0; i < procedure->document_count; i++)
		any |= procedure->documents[i].before_form;
	if (!any)
		return;
	HTML_IN(html, "div", { "class", TEXT("notice info") });
	HTML_SAY(html, "p", "Avant de remplir ce formulaire", { "class", TEXT("notice-title") });
	HTML_IN(html, "ul");
	for (size_t i = 0; i < procedure->document_count; i++) {
		if (!procedure->documents[i].before_form)
			continue;
		HTML_IN(html, "li");
		html_link(html, procedure->documents[i].address, procedure->documents[i].title);
	}
}

/* ---- GET /campagnes/:campagne/demande ---- */

static void
form_buttons(struct html *html, struct text previous)
{
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_SAY(html, "button", "Enregistrer et continuer", { "class", TEXT("button") }, { "type", TEXT("submit") },
		{ "name", TEXT("suite") }, { "value", TEXT("continuer") });
	if (previous.length)
		HTML_SAY(html, "button", "Étape précédente", { "class", TEXT("button secondary") }, { "type", TEXT("submit") },
			{ "name", TEXT("suite") }, { "value", TEXT("precedente") });
	HTML_SAY(html, "button", "Enregistrer et revenir plus tard", { "class", TEXT("button quiet") },
		{ "type", TEXT("submit") }, { "name", TEXT("suite") }, { "value", TEXT("plus-tard") });
}

static void
save_status(struct request *request, struct html *html, const struct draft *draft)
{
	HTML_IN(html, "p", { "class", TEXT("save-status") }, { "data-save-status", TEXT("") }, { "aria-live", TEXT("polite") });
	if (!draft->saved.updated_at)
		return;
	html_say(html, "Brouillon enregistré le ");
	html_text(html, instant_french(request->arena, draft->saved.updated_at));
}

static void
section_step(struct request *request, struct html *html, const struct draft *draft, size_t step, bool verify)
{
	struct arena *arena = request->arena;
	const int section = draft->sections[step - 1];
	const struct procedure *procedure = draft->facts.procedure;
	const struct dossier_form part = draft_section(arena, draft, section, verify);
	if (step == 1)
		before_form(html, procedure);
	if (section >= 0 && procedure->sections[section].help.length)
		HTML_LINE(html, "p", procedure->sections[section].help, { "class", TEXT("lead") });
	page_mistakes(html, &part);
	{
		FORM_IN(request, html, draft_path(arena, draft, ""), { "class", TEXT("form") },
			{ "novalidate", TEXT("") }, { "data-autosave", arena_format(arena, TEXT_FORMAT "?etape=%zu",
				TEXT_ARGS(draft_path(arena, draft, "/brouillon")), step) });
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("etape") },
			{ "value", arena_format(arena, "%zu", step) });
		/* A box that is not ticked and a field that is not there look alike: tell what was shown. */
		page_questions(html, &part);
		page_answers(html, arena, &part);
		save_status(request, html, draft);
		form_buttons(html, step > 1 ? TEXT("oui") : TEXT(""));
	}
}

enum guichet_status
draft_step_page(struct request *request, struct html *html, const struct draft *draft, size_t step, bool verify,
	int wrong, struct text mistake)
{
	const struct text title = arena_format(request->arena, TEXT_FORMAT ", étape %zu sur %zu",
		TEXT_ARGS(step_title(draft, step)), step, draft_step_count(draft));
	PAGE_IN(request, html, draft_heading(request->arena, draft, title), { TEXT("/"), TEXT("Accueil") },
		{ draft->back, draft->title });
	if (draft->trouble.length)
		page_notice(html, NOTICE_ERROR, TEXT("Votre saisie n’est pas encore enregistrée"), draft->trouble);
	draft_stepper(request, html, draft, step);
	HTML_IN(html, "div", { "class", TEXT("columns aside") });
	{
		HTML_IN(html, "div");
		draft_identity(request, html, draft, false);
		if (step == draft_step_of_pieces(draft))
			draft_pieces_step(request, html, draft, verify, wrong, mistake);
		else
			section_step(request, html, draft, step, verify);
	}
	HTML_IN(html, "div");
	if (step != draft_step_of_pieces(draft))
		reasons(request, html, draft, draft->sections[step - 1]);
	draft_help(html, draft->campaign);
	HTML_IN(html, "p");
	html_link(html, draft_path(request->arena, draft, "/abandonner"), TEXT("Abandonner ce brouillon"));
	return GUICHET_OK;
}

/* The step asked for, within those there are before the check. */
static size_t
step_asked(const struct draft *draft, struct text number)
{
	int64_t step;
	const size_t last = draft_step_count(draft) - 1;
	return text_to_integer(number, 1, (int64_t)last, &step) ? (size_t)step : 1;
}

enum guichet_status
page_draft(struct request *request, struct html *html, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct draft draft;
	const enum guichet_status status = draft_load(request, tx, &draft, error);
	if (status != GUICHET_OK)
		return status;
	if (!draft_may_prepare(&draft) && draft.nature)
		return page_birth_refused(request, tx, html, draft.parent, draft.nature, draft.can.message, error);
	if (!draft_may_prepare(&draft) && draft.subject)
		return draft_check(&draft, error);
	if (!draft_may_prepare(&draft)) /* that page says why not, and what to do */
		return request_redirect(request, 303, draft.back);
	if (draft_step_count(&draft) == 1)
		return request_redirect(request, 303, draft_path(request->arena, &draft, "/recapitulatif"));
	return draft_step_page(request, html, &draft, step_asked(&draft, request_query(request, "etape")),
		text_equal(request_query(request, "verifier"), TEXT("oui")), PROCEDURE_NONE, (struct text){ 0 });
}

/* ---- saving ---- */

/* Does one of the ways to file it ask for that field? */
static bool
is_of_a_way(const struct draft *draft, struct text field)
{
	const int index = procedure_field_find(draft->facts.procedure, field);
	for (size_t i = 0; index != PROCEDURE_NONE && i < draft->way_count; i++)
		if (procedure_list_has(draft->ways[i].definition->enters, index))
			return true;
	return false;
}

/* What the form carries: its answers, and the fields it showed. */
static enum guichet_status
read_change(struct request *request, const struct draft *draft, struct office_draft_change *change,
	struct guichet_error *error)
{
	const struct procedure *procedure = draft->facts.procedure;
	const struct text *shown;
	const size_t shown_count = form_values(request, "montre", &shown);
	const struct dossier_raws typed = page_raws(request, procedure);
	struct dossier_raw *raws = arena_array_of(request->arena, struct dossier_raw, typed.count + 1);
	struct text *fields = arena_array_of(request->arena, struct text, typed.count + shown_count + 1);
	if (!raws || !fields)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t raw_count = 0, field_count = 0;
	for (size_t i = 0; i < typed.count; i++) {
		const struct text field = dossier_raw_field(typed.at[i].field);
		if (!dossier_answer_find(&draft->form, field) && !is_of_a_way(draft, field))
			continue; /* of another action: not of the form */
		raws[raw_count++] = typed.at[i];
		fields[field_count++] = field;
	}
	for (size_t i = 0; i < shown_count; i++)
		fields[field_count++] = dossier_raw_field(shown[i]);
	*change = (struct office_draft_change){ .arena = request->arena, .campaign = draft->campaign->id, .about = draft->about,
		.person = visitor_of(request)->actor.person, .raws = { raws, raw_count }, .fields = fields,
		.field_count = field_count, .at = request->received_at };
	return GUICHET_OK;
}

/* Both ways of saving begin alike. */
enum guichet_status
page_draft_save(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct office_draft_change *change = arena_new_of(request->arena, struct office_draft_change);
	if (!change)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		struct draft draft;
		enum guichet_status status = draft_load(request, tx, &draft, error);
		if (status == GUICHET_OK)
			status = draft_check(&draft, error);
		if (status == GUICHET_OK)
			status = read_change(request, &draft, change, error);
		if (status != GUICHET_OK)
			return status;
	}
	request->state = change;
	return page_write(request, office_draft_save, change, &change->status, &change->error, error);
}

/* Does the step show a question that the form just sent did not, or no longer one that it did? */
static bool
has_other_questions(struct request *request, const struct dossier_form *part)
{
	const struct text *shown;
	return page_has_new_question(request, part) || form_values(request, "montre", &shown) != page_question_count(part);
}

enum guichet_status
page_draft_autosaved(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct office_draft_change *change = request->state;
	if (change->status != GUICHET_OK) {
		*error = change->error;
		return change->status;
	}
	request_status(request, 204);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	struct draft draft;
	if (!tx || draft_load(request, tx, &draft, error) != GUICHET_OK)
		return GUICHET_OK; /* it is saved: that is what was asked */
	if (form_value(request, "action").length > 0) {
		struct dossier_form form;
		if (draft_way_form(request, &draft, form_value(request, "action"), &form, error) == GUICHET_OK
			&& has_other_questions(request, &form))
			request_add_header(request, "X-Form", draft_summary_path(request->arena, &draft, form_value(request, "action")));
		return GUICHET_OK;
	}
	const size_t step = step_asked(&draft, form_value(request, "etape"));
	if (step <= draft.section_count) {
		const struct dossier_form part = draft_section(request->arena, &draft, draft.sections[step - 1], false);
		if (has_other_questions(request, &part))
			request_add_header(request, "X-Form", draft_step_path(request->arena, &draft, step, false));
	}
	return GUICHET_OK;
}

/* It is not on disk: the step is shown again with what was typed, and the reason above; when even reading fails,
 * a bare form that sends it again. */
static enum guichet_status
not_saved(struct request *request, struct html *html, const struct office_draft_change *change)
{
	const bool theirs = change->status == GUICHET_REFUSED;
	struct guichet_error error = { 0 };
	struct draft draft;
	const struct text trouble = theirs ? text_of_string(change->error.message)
		: arena_format(request->arena, "%s Rien de ce que vous avez tapé n’est perdu : laissez cette page ouverte et renvoyez-la "
			"dans quelques instants.", change->status == GUICHET_RETRY ? change->error.message
			: "L’enregistrement n’a pas abouti.");
	request_status(request, theirs ? 422 : 503);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, &error);
	if (tx && draft_load_with(request, tx, change, &draft, &error) == GUICHET_OK && draft_may_prepare(&draft)
		&& form_value(request, "action").length > 0)
		return draft_summary(request, html, &draft, NULL, trouble, &error);
	if (tx && error.status == GUICHET_OK && draft_may_prepare(&draft) && draft.section_count) {
		size_t step = step_asked(&draft, form_value(request, "etape"));
		draft.trouble = trouble;
		return draft_step_page(request, html, &draft, step <= draft.section_count ? step : 1, false, PROCEDURE_NONE,
			(struct text){ 0 });
	}
	PAGE_IN(request, html, TEXT("Votre saisie n’est pas encore enregistrée"), { TEXT("/"), TEXT("Accueil") });
	page_notice(html, NOTICE_ERROR, (struct text){ 0 }, trouble);
	form_retype(request, html);
	return GUICHET_OK;
}

enum guichet_status
page_draft_saved(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_draft_change *change = request->state;
	const struct text next = form_value(request, "suite");
	if (change->status != GUICHET_OK)
		return not_saved(request, html, change);
	if (text_equal(next, TEXT("plus-tard")))
		return request_redirect(request, 303, TEXT("/?fait=brouillon"));
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct draft draft;
	const enum guichet_status status = draft_load(request, tx, &draft, error);
	if (status != GUICHET_OK)
		return status;
	if (form_value(request, "action").length > 0) {
		const struct text other = form_value(request, "facon"), way = other.length ? other : form_value(request, "action");
		/* Why it is filed for somebody is kept in the page alone. */
		return form_value(request, "motif").length ? draft_summary(request, html, &draft, NULL, (struct text){ 0 }, error)
			: request_redirect(request, 303, draft_summary_path(request->arena, &draft, way));
	}
	const size_t step = step_asked(&draft, form_value(request, "etape"));
	if (page_changes_rows(request))
		return request_redirect(request, 303, draft_step_path(request->arena, &draft, step, false));
	if (text_equal(next, TEXT("precedente")))
		return request_redirect(request, 303, draft_step_path(request->arena, &draft, step > 1 ? step - 1 : 1, false));
	if (step <= draft.section_count) {
		const struct dossier_form part = draft_section(request->arena, &draft, draft.sections[step - 1], true);
		if (part.mistakes || page_has_new_question(request, &part)) {
			request_status(request, 422);
			return draft_step_page(request, html, &draft, step, true, PROCEDURE_NONE, (struct text){ 0 });
		}
	}
	return request_redirect(request, 303, draft_step_path(request->arena, &draft, step + 1, false));
}

/* ---- /campagnes/:campagne/demande/abandonner ---- */

static enum guichet_status
open_now(struct request *request, struct draft *draft, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	return tx ? draft_open(request, tx, draft, error) : error->status;
}

enum guichet_status
page_draft_discard(struct request *request, struct html *html, struct guichet_error *error)
{
	struct draft draft;
	const enum guichet_status status = open_now(request, &draft, error);
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, TEXT("Abandonner ce brouillon ?"), { TEXT("/"), TEXT("Accueil") },
		{ draft.back, draft.title });
	page_notice(html, NOTICE_WARNING, (struct text){ 0 },
		TEXT("Vos réponses et vos pièces seront effacées tout de suite, sans retour possible. "
		"Rien n’a été déposé : une demande déjà déposée, elle, se retire depuis sa page."));
	FORM_IN(request, html, request->path);
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_SAY(html, "button", "Effacer le brouillon", { "class", TEXT("button danger") }, { "type", TEXT("submit") });
	HTML_SAY(html, "a", "Garder le brouillon", { "class", TEXT("button secondary") },
		{ "href", draft_path(request->arena, &draft, "") });
	return GUICHET_OK;
}

enum guichet_status
page_draft_discard_do(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct draft draft;
	const enum guichet_status status = open_now(request, &draft, error);
	struct office_draft_change *change = arena_new_of(request->arena, struct office_draft_change);
	if (status != GUICHET_OK)
		return status;
	if (!change)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*change = (struct office_draft_change){ .arena = request->arena, .campaign = draft.campaign->id, .about = draft.about,
		.person = visitor_of(request)->actor.person, .discard = true, .at = request->received_at };
	request->state = change;
	return page_write(request, office_draft_save, change, &change->status, &change->error, error);
}

enum guichet_status
page_draft_discarded(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct office_draft_change *change = request->state;
	if (change->status != GUICHET_OK) {
		*error = change->error;
		return change->status;
	}
	return request_redirect(request, 303, TEXT("/?fait=abandon"));
}
