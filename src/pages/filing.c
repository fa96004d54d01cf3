/* Checking a request before filing it, and filing it.
 *
 * GET /campagnes/:campagne/demande/recapitulatif?facon=NOM · POST the same, which saves · POST …/deposer
 *
 * The instant of the filing is that of the last byte of this POST. Sent twice, the same form gives the same receipt. */
#include "pages/draft.h"

#include "base/banned.h"

/* ---- the summary ---- */

static struct text
anchored(struct arena *arena, struct text path, struct text anchor)
{
	return arena_format(arena, TEXT_FORMAT "#" TEXT_FORMAT, TEXT_ARGS(path), TEXT_ARGS(anchor));
}

/* What remains to be done, each with the way to it. */
static void
remaining(struct request *request, struct html *html, const struct draft *draft)
{
	struct arena *arena = request->arena;
	HTML_IN(html, "div", { "class", TEXT("error-summary") }, { "role", TEXT("alert") });
	HTML_SAY(html, "h2", "Avant de déposer, il reste à compléter");
	HTML_IN(html, "ul");
	for (size_t i = 0; i < draft->form.count; i++) {
		const struct dossier_answer *answer = &draft->form.answers[i];
		if (!answer->visible || answer->mistake.length == 0)
			continue;
		const size_t step = draft_step_of_section(draft, answer->field->section);
		HTML_IN(html, "li");
		{
			HTML_IN(html, "a", { "href", anchored(arena, draft_step_path(arena, draft, step, true), answer->name) });
			html_text(html, answer->field->label);
		}
		html_say(html, " : ");
		html_text(html, answer->mistake);
	}
	for (size_t i = 0; i < draft->piece_count; i++) {
		const struct procedure_piece *piece = &draft->facts.procedure->pieces[draft->pieces[i]];
		const struct text mistake = draft->piece_mistakes[draft->pieces[i]];
		if (mistake.length == 0)
			continue;
		HTML_IN(html, "li");
		{
			HTML_IN(html, "a", { "href", anchored(arena, draft_step_path(arena, draft, draft_step_of_pieces(draft), true),
				piece->name) });
			html_text(html, piece->label);
		}
		html_say(html, " : ");
		html_text(html, mistake);
	}
}

/* What was answered: as it was read, or as it was typed when it could not be. */
static struct text
answer_text(struct arena *arena, const struct dossier_answer *answer)
{
	if (answer->value.kind != FEEL_NULL)
		return procedure_field_text(arena, answer->field, answer->value);
	struct text all = TEXT("");
	for (size_t i = 0; i < answer->row_count; i++)
		for (size_t k = 0; k < answer->rows[i].count; k++) {
			const struct text part = answer_text(arena, &answer->rows[i].answers[k]);
			if (part.length)
				all = arena_format(arena, TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(all), all.length ? ", " : "",
					TEXT_ARGS(part));
		}
	for (size_t i = 0; i < answer->raw_count; i++)
		if (answer->raws[i].length)
			all = arena_format(arena, TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(all), all.length ? ", " : "",
				TEXT_ARGS(answer->raws[i]));
	return all;
}

static void
section_head(struct request *request, struct html *html, const struct draft *draft, struct text title, size_t step)
{
	HTML_IN(html, "div", { "class", TEXT("spread") });
	HTML_LINE(html, "h2", title, { "class", TEXT("card-title") });
	HTML_IN(html, "a", { "class", TEXT("no-print") }, { "href", draft_step_path(request->arena, draft, step, true) });
	html_say(html, "Modifier");
	HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
	html_say(html, " : ");
	html_text(html, title);
}

static void
section_summary(struct request *request, struct html *html, const struct draft *draft, size_t step)
{
	const int section = draft->sections[step - 1];
	const struct dossier_form part = draft_section(request->arena, draft, section, true);
	HTML_IN(html, "section", { "class", part.mistakes ? TEXT("card todo") : TEXT("card") });
	section_head(request, html, draft, draft_section_title(draft, section), step);
	HTML_IN(html, "dl", { "class", TEXT("data") });
	for (size_t i = 0; i < part.count; i++) {
		const struct dossier_answer *answer = &part.answers[i];
		const struct text value = answer_text(request->arena, answer);
		HTML_LINE(html, "dt", answer->field->label);
		HTML_IN(html, "dd");
		if (value.length)
			html_text(html, value);
		else
			HTML_SAY(html, "span", "Sans réponse", { "class", TEXT("muted") });
		if (answer->mistake.length)
			HTML_LINE(html, "span", answer->mistake, { "class", TEXT("error-message") });
	}
}

static void
pieces_summary(struct request *request, struct html *html, const struct draft *draft)
{
	const struct procedure *procedure = draft->facts.procedure;
	if (draft->piece_count == 0)
		return;
	HTML_IN(html, "section", { "class", TEXT("card") });
	section_head(request, html, draft, TEXT("Pièces à joindre"), draft_step_of_pieces(draft));
	HTML_IN(html, "dl", { "class", TEXT("data") });
	for (size_t i = 0; i < draft->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[draft->pieces[i]];
		const struct dossier_piece *there = draft_piece_find(draft, piece->name);
		HTML_LINE(html, "dt", piece->label);
		HTML_IN(html, "dd");
		if (there) {
			html_link(html, arena_format(request->arena, TEXT_FORMAT "/pieces/" TEXT_FORMAT,
				TEXT_ARGS(draft_path(request->arena, draft, "")), TEXT_ARGS(piece->name)), there->file);
			html_markup(html, " ");
			HTML_LINE(html, "span", arena_format(request->arena, "(" TEXT_FORMAT ", " TEXT_FORMAT ")",
				TEXT_ARGS(there->kind), TEXT_ARGS(page_size_text(request->arena, there->size))),
				{ "class", TEXT("muted") });
		} else {
			HTML_SAY(html, "span", "Aucun fichier", { "class", TEXT("muted") });
		}
		if (draft->piece_mistakes[draft->pieces[i]].length)
			HTML_LINE(html, "span", draft->piece_mistakes[draft->pieces[i]], { "class", TEXT("error-message") });
	}
}

void
draft_after(struct request *request, struct html *html, const struct dossier_can *can)
{
	if (can->opinion_count) {
		HTML_IN(html, "p");
		html_text(html, can->opinion_count == 1 ? TEXT("L’avis sera demandé à ")
			: TEXT("L’avis sera demandé à l’une de ces personnes : "));
		for (size_t i = 0; i < can->opinion_count; i++) {
			const struct dossier_person *person = &can->opinions[i].person;
			if (i)
				html_say(html, " ; ");
			HTML_LINE(html, "strong", dossier_person_name(request->arena, person));
			if (person->quality.length) {
				html_say(html, ", ");
				html_text(html, person->quality);
			}
			if (person->structure.length) {
				html_say(html, " (");
				html_text(html, person->structure);
				html_say(html, ")");
			}
		}
		html_say(html, ".");
	}
	if (can->after.length)
		HTML_LINE(html, "p", can->after);
}

/* What an action that files asks on its own: the answers that the form has not. */
static enum guichet_status
asked_by(struct request *request, const struct draft *draft, int action, const struct office_command *refused,
	struct dossier_form *ret_form, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct procedure_action *filing = &draft->facts.procedure->actions[action];
	const bool this = refused && text_equal(refused->command.action, filing->name);
	struct dossier_raws raws = draft->saved.raws;
	struct dossier_form form;
	*ret_form = (struct dossier_form){ 0 };
	if (filing->enters.count == 0)
		return GUICHET_OK;
	if (this && !office_raws_join(arena, draft->saved.raws, refused->command.raws, &raws))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct dossier_facts facts = draft->facts;
	enum guichet_status status = office_named_load(draft->tx, arena, visitor_of(request)->actor.facts.structure.path, raws,
		&facts, error);
	if (status == GUICHET_OK)
		status = dossier_form_read(arena, &facts, DOSSIER_FORM_FILING, action, raws, !this || refused->status == GUICHET_OK,
			&form, error);
	if (status != GUICHET_OK)
		return status;
	ret_form->answers = form.answers;
	for (size_t i = 0; i < form.count; i++) {
		if (dossier_answer_find(&draft->form, form.answers[i].name))
			continue;
		ret_form->mistakes += form.answers[i].mistake.length > 0;
		form.answers[ret_form->count++] = form.answers[i];
	}
	return GUICHET_OK;
}

enum guichet_status
draft_way_form(struct request *request, const struct draft *draft, struct text way, struct dossier_form *ret_form,
	struct guichet_error *error)
{
	*ret_form = (struct dossier_form){ 0 };
	for (size_t i = 0; i < draft->way_count; i++)
		if (text_equal(draft->ways[i].definition->name, way))
			return asked_by(request, draft, draft->ways[i].action, NULL, ret_form, error);
	return GUICHET_OK;
}

/* Is it a request to show the form again, with what was typed, before anything is filed: rows, or another question? */
static bool
is_again(struct request *request, const struct office_command *refused)
{
	return refused && refused->status == GUICHET_OK && form_value(request, "action").length > 0;
}

/* What is asked of who files for somebody else, and of each way: kept in the page until it is filed. */
static void
ground_field(struct request *request, struct html *html, const struct draft *draft)
{
	if (draft->subject)
		page_field(html, &(struct page_field){ .name = TEXT("motif"), .label = draft->facts.procedure->behalf_ground,
			.type = "textarea", .rows = 3, .help = TEXT("Votre réponse est enregistrée, et la personne la lit."),
			.longest = DOSSIER_GROUND_LIMIT, .value = form_value(request, "motif"), .required = true });
}

/* One way to file: what it asks on its own, and its button. */
static enum guichet_status
filing_way(struct request *request, struct html *html, const struct draft *draft, const struct dossier_option *option,
	const struct office_command *refused, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct procedure_action *filing = option->definition;
	struct dossier_form form;
	const enum guichet_status status = asked_by(request, draft, option->action, refused, &form, error);
	if (status != GUICHET_OK)
		return status;
	HTML_IN(html, "section", { "class", form.count ? TEXT("card") : (struct text){ 0 } });
	if (form.count)
		HTML_LINE(html, "h3", filing->label);
	if (is_again(request, refused) && !page_changes_rows(request))
		page_notice(html, NOTICE_INFO, TEXT("Il reste une question"), TEXT("Vos réponses en font apparaître d’autres. "
			"Répondez-y, puis validez de nouveau : rien n’est encore déposé."));
	page_mistakes(html, &form);
	const struct text autosave = form.count ? arena_format(arena, TEXT_FORMAT "?facon=" TEXT_FORMAT,
		TEXT_ARGS(draft_path(arena, draft, "/brouillon")), TEXT_ARGS(filing->name)) : (struct text){ 0 };
	FORM_IN(request, html, draft_path(arena, draft, "/deposer"), { "class", TEXT("form") }, { "id", TEXT("depot") },
		{ "novalidate", TEXT("") }, { "data-autosave", autosave });
	form_once_field(request, html);
	ground_field(request, html, draft);
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("action") }, { "value", filing->name });
	page_questions(html, &form);
	page_answers(html, arena, &form);
	if (form.count)
		HTML_SAY(html, "p", "", { "class", TEXT("save-status") }, { "data-save-status", TEXT("") }, { "aria-live", TEXT("polite") });
	if (filing->confirm.length) {
		page_notice(html, NOTICE_WARNING, (struct text){ 0 }, filing->confirm);
		html_markup(html, "<input type=\"hidden\" name=\"confirme\" value=\"oui\">");
	}
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_LINE(html, "button", filing->label, { "class", TEXT("button large") }, { "type", TEXT("submit") });
	HTML_SAY(html, "a", "Revenir plus tard", { "class", TEXT("button quiet") }, { "href", TEXT("/?fait=brouillon") });
	return GUICHET_OK;
}

/* The ways there are. While a form is shown, to change one's mind sends it: what was typed is kept, by any browser. */
static void
ways_list(struct request *request, struct html *html, const struct draft *draft, const struct dossier_option *const *ways,
	size_t count, const struct dossier_option *chosen)
{
	const struct text saves = draft_summary_path(request->arena, draft, (struct text){ 0 });
	HTML_IN(html, "section", { "class", TEXT("card no-print") }, { "aria-labelledby", TEXT("facons") });
	HTML_SAY(html, "h2", "Comment voulez-vous déposer ?", { "class", TEXT("card-title") }, { "id", TEXT("facons") });
	HTML_IN(html, "ul", { "class", TEXT("buttons") });
	for (size_t i = 0; i < count; i++) {
		const struct procedure_action *filing = ways[i]->definition;
		HTML_IN(html, "li");
		if (ways[i] == chosen)
			HTML_LINE(html, "strong", filing->label, { "aria-current", TEXT("true") });
		else if (chosen)
			HTML_LINE(html, "button", filing->label, { "class", TEXT("button secondary") }, { "type", TEXT("submit") },
				{ "form", TEXT("depot") }, { "formaction", saves }, { "name", TEXT("facon") }, { "value", filing->name },
				{ "formnovalidate", TEXT("") });
		else
			HTML_LINE(html, "a", filing->label, { "class", TEXT("button secondary") },
				{ "href", draft_summary_path(request->arena, draft, filing->name) });
	}
}

/* Nothing is left to correct but what another action that files asks by itself. */
static bool
is_ready(const struct draft *draft, const struct procedure_action *filing)
{
	size_t others = 0;
	for (size_t i = 0; i < draft->form.count; i++) {
		const struct procedure_field *field = draft->form.answers[i].field;
		const bool of_action = field->section < 0 || field->later;
		others += of_action && draft->form.answers[i].mistake.length > 0
			&& !procedure_list_has(filing->enters, (int)(field - draft->facts.procedure->fields));
	}
	return draft_mistakes(draft) == others;
}

/* The way that was asked for; the only one there is. NULL: none is chosen yet. */
static const struct dossier_option *
way_chosen(struct request *request, const struct dossier_option *const *ways, size_t count)
{
	const struct text asked = form_value(request, "facon").length ? form_value(request, "facon")
		: form_value(request, "action").length ? form_value(request, "action") : request_query(request, "facon");
	for (size_t i = 0; i < count; i++)
		if (count == 1 || text_equal(ways[i]->definition->name, asked))
			return ways[i];
	return NULL;
}

/* The way to file, chosen among them when there are several; or why there is none. */
static enum guichet_status
filing_forms(struct request *request, struct html *html, const struct draft *draft, const struct office_command *refused,
	struct guichet_error *error)
{
	const struct dossier_option **ways = arena_array_of(request->arena, const struct dossier_option *, draft->way_count + 1);
	size_t count = 0;
	if (!ways)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < draft->way_count; i++)
		if (is_ready(draft, draft->ways[i].definition))
			ways[count++] = &draft->ways[i];
	const struct dossier_option *chosen = way_chosen(request, ways, count);
	if (count > 1)
		ways_list(request, html, draft, ways, count, chosen);
	if (chosen)
		return filing_way(request, html, draft, chosen, refused, error);
	if (draft->way_count == 0)
		page_notice(html, NOTICE_WARNING, TEXT("Vous ne pouvez pas déposer pour l’instant"), draft->can.message);
	return GUICHET_OK;
}

enum guichet_status
draft_summary(struct request *request, struct html *html, const struct draft *draft, const struct office_command *refused,
	struct text refusal, struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	const size_t steps = draft_step_count(draft);
	PAGE_IN(request, html, draft_heading(request->arena, draft, arena_format(request->arena,
			"Vérifier et déposer, étape %zu sur %zu", steps, steps)),
		{ TEXT("/"), TEXT("Accueil") },
		{ draft->back, draft->title });
	if (refusal.length)
		page_notice(html, NOTICE_ERROR, TEXT("Votre demande n’est pas déposée"), refusal);
	draft_stepper(request, html, draft, steps);
	if (draft_mistakes(draft))
		remaining(request, html, draft);
	else if (draft->can.may && (draft->nature || draft->subject))
		HTML_SAY(html, "p", "Tout est complet. Relisez avant de déposer : ce qui est déposé ne se modifie plus.",
			{ "class", TEXT("lead") });
	else if (draft->can.may && procedure_may_be_withdrawn(draft->facts.procedure))
		HTML_SAY(html, "p", "Votre demande est complète. Relisez-la : une fois déposée, elle ne se modifie plus, mais vous pouvez "
			"la retirer.", { "class", TEXT("lead") });
	else if (draft->can.may)
		HTML_SAY(html, "p", "Votre demande est complète. Relisez-la : une fois déposée, elle ne se modifie plus.",
			{ "class", TEXT("lead") });
	draft_identity(request, html, draft, true);
	for (size_t step = 1; step <= draft->section_count; step++)
		section_summary(request, html, draft, step);
	pieces_summary(request, html, draft);
	if (draft->can.may || draft->can.opens_at) {
		HTML_IN(html, "section");
		HTML_SAY(html, "h2", "Ce qui va se passer ensuite");
		if (draft->subject)
			HTML_SAY(html, "p", "La personne est prévenue par courriel, et suit la demande comme si elle l’avait déposée.");
		else if (procedure_acknowledges_by_mail(draft->facts.procedure))
			HTML_SAY(html, "p", "Vous recevez aussitôt un numéro et un accusé de réception, à l’écran et par courriel.");
		else
			HTML_SAY(html, "p", "Vous recevez aussitôt un numéro, à l’écran.");
		draft_after(request, html, &draft->can);
	}
	if (refusal.length == 0 || draft->can.may) /* else the reason is at the top */
		status = filing_forms(request, html, draft, refused, error);
	draft_help(html, draft->campaign);
	return status;
}

enum guichet_status
page_draft_summary(struct request *request, struct html *html, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct draft draft;
	const enum guichet_status status = draft_load(request, tx, &draft, error);
	if (status != GUICHET_OK)
		return status;
	if (!draft_may_prepare(&draft))
		return request_redirect(request, 303, draft.back);
	return draft_summary(request, html, &draft, NULL, (struct text){ 0 }, error);
}

/* ---- filing ---- */

/* What was typed beside the button: only what the action itself asks. */
static struct dossier_raws
own_raws(struct request *request, const struct procedure *procedure, const struct procedure_action *filing)
{
	const struct dossier_raws typed = page_raws(request, procedure);
	struct dossier_raw *raws = arena_array_of(request->arena, struct dossier_raw, typed.count + 1);
	size_t count = 0;
	for (size_t i = 0; raws && i < typed.count; i++) {
		const int field = procedure_field_find(procedure, dossier_raw_field(typed.at[i].field));
		const bool drafted = field >= 0 && procedure->fields[field].section >= 0 && !procedure->fields[field].later;
		if (!drafted && procedure_list_has(filing->enters, field))
			raws[count++] = typed.at[i];
	}
	return (struct dossier_raws){ raws, count };
}

/* The form of the way that was sent is shown again: a row is added or taken away, or the answers call for other questions. */
static enum guichet_status
again_page(struct request *request, struct html *html, const struct office_command *command, bool *ret_again,
	struct guichet_error *error)
{
	const struct text *shown;
	struct draft draft;
	struct dossier_form form;
	*ret_again = false;
	if (!page_changes_rows(request) && form_values(request, "montre", &shown) == 0)
		return GUICHET_OK;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	enum guichet_status status = tx ? draft_load(request, tx, &draft, error) : error->status;
	const int action = status == GUICHET_OK ? procedure_action_find(draft.facts.procedure,
		draft.nature ? draft.nature->start : 0, command->command.action) : PROCEDURE_NONE;
	if (status != GUICHET_OK || action == PROCEDURE_NONE || draft.other.length)
		return status;
	status = asked_by(request, &draft, action, command, &form, error);
	if (status != GUICHET_OK || (!page_changes_rows(request) && !page_has_new_question(request, &form)))
		return status;
	*ret_again = true;
	return draft_summary(request, html, &draft, command, (struct text){ 0 }, error);
}

enum guichet_status
page_draft_file(struct request *request, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	struct draft draft;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site->store, error);
		const enum guichet_status status = tx ? draft_open(request, tx, &draft, error) : error->status;
		if (status != GUICHET_OK)
			return status;
	}
	const struct procedure *procedure = draft.facts.procedure;
	const int named = procedure_action_find(procedure, draft.nature ? draft.nature->start : 0, form_value(request, "action"));
	const struct procedure_action *filing = named >= 0 ? &procedure->actions[named] : draft_filing(&draft);
	struct office_command *command = office_command_new(site->office, request->arena, visitor_of(request)->actor.person,
		request->received_at);
	if (!command || !filing)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (draft.nature) {
		command->parent = draft.parent->id;
		command->nature = draft.nature->name;
	} else {
		command->campaign = draft.campaign;
	}
	if (draft.asking)
		command->structure = draft.asking->facts.structure.id;
	if (draft.subject) {
		command->subject = draft.subject->person;
		command->command.ground = form_value(request, "motif");
	}
	command->command.action = filing->name;
	command->command.raws = own_raws(request, procedure, filing);
	command->command.confirmed = text_equal(form_value(request, "confirme"), TEXT("oui"));
	command->once = form_value(request, "unefois");
	bool again;
	const enum guichet_status shown = again_page(request, html, command, &again, error);
	if (shown != GUICHET_OK || again)
		return shown;
	request->state = command;
	if (command->campaign && !command->subject.length) {
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site->store, error);
		if (!tx)
			return error->status;
		office_foresee(tx, command);
	}
	return page_write(request, office_act, command, &command->status, &command->error, error);
}

/* They already have one: nothing to correct, only to follow it. */
static enum guichet_status
already_filed(struct request *request, struct html *html, const struct draft *draft, struct text refusal)
{
	PAGE_IN(request, html, TEXT("Vous avez déjà une demande"), { TEXT("/"), TEXT("Accueil") },
		{ draft->back, draft->title });
	page_notice(html, NOTICE_WARNING, (struct text){ 0 }, refusal);
	HTML_IN(html, "p", { "class", TEXT("buttons") });
	HTML_LINE(html, "a", arena_format(request->arena, "Voir ma demande n° " TEXT_FORMAT, TEXT_ARGS(draft->facts.other)),
		{ "class", TEXT("button") }, { "href", page_dossier_path(request->arena, draft->other) });
	return GUICHET_OK;
}

enum guichet_status
page_draft_filed(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_command *command = request->state;
	if (command->status == GUICHET_OK) {
		office_wake(site_of(request)->office);
		return request_redirect(request, 303, arena_format(request->arena, TEXT_FORMAT "?fait=depot",
			TEXT_ARGS(page_dossier_path(request->arena, command->dossier))));
	}
	if (command->status != GUICHET_REFUSED && command->status != GUICHET_RETRY) {
		*error = command->error;
		return command->status;
	}
	/* The sentence of the store says what is the matter: many people, a full disk, a database held elsewhere. */
	const struct text refusal = command->status == GUICHET_REFUSED ? page_refusal(request->arena, command)
		: arena_format(request->arena, "%s Votre brouillon est intact : déposez-le de nouveau dans quelques instants.",
			command->error.message);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct draft draft;
	const enum guichet_status status = draft_load(request, tx, &draft, error);
	if (status != GUICHET_OK)
		return status;
	request_status(request, command->status == GUICHET_REFUSED ? 422 : 503);
	return draft.other.length ? already_filed(request, html, &draft, refusal) : draft_summary(request, html, &draft, command, refusal, error);
}
