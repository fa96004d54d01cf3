/* One action of a dossier: its form, the text that it signs, and sending it.
 *
 * GET, POST /dossiers/:id/actions/:action */
#include "pages/action.h"
#include "pages/impossible.h"

#include "document/document.h"
#include "pages/families.h"

#include "base/banned.h"

/* ---- the form ---- */

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
		const struct dossier_viewer viewer = page_viewer(request, dossier);
		page_last_words(html, request->arena, &dossier->facts, &viewer);
		HTML_SAY(html, "p", "Corrigez ce qui doit l’être. Le demandeur verra chaque réponse changée, l’ancienne et la nouvelle, "
			"avec votre nom et votre motif.");
		status = with_current_values(request->arena, dossier, action, form, &told, error);
		if (status != GUICHET_OK)
			return status;
		form = &told;
	}
	if (page_has_new_question(request, form))
		page_notice(html, NOTICE_INFO, TEXT("Il reste une question"), TEXT("Vos réponses en font apparaître d’autres. "
			"Répondez-y, puis validez de nouveau : rien n’est encore fait."));
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
	page_questions(html, form);
	page_answers(html, request->arena, form);
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_LINE(html, "button", action->label, { "type", TEXT("submit") },
		{ "class", action->sense == PROCEDURE_UNFAVOURABLE || action->confirm.length ? TEXT("button danger") : TEXT("button") });
	return status;
}

/* ---- the page ---- */

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
	struct page_possible possible = { .dossier = &dossier, .viewer = page_viewer(request, &dossier), .action = index };
	status = page_possible_load(request, &possible, error);
	if (status != GUICHET_OK)
		return status;
	if (!possible.allowed) {
		const struct text path = page_dossier_path(request->arena, dossier.id);
		request_status(request, 422);
		PAGE_IN(request, html, page_impossible_title(&possible), { TEXT("/"), TEXT("Accueil") }, { path, dossier.state.number });
		page_subject(request, html, &dossier);
		return page_impossible(request, tx, html, &possible, refusal, error);
	}
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
	page_subject(request, html, &dossier);
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
		if (index >= 0) {
			action = &dossier.procedure->actions[index];
			const enum guichet_status read = page_form_again(request, tx, visitor_of(request)->actor.facts.structure.path, index,
				command->command.raws, &dossier.facts, &sending->again, &sending->form, error);
			if (read != GUICHET_OK)
				return read;
		}
	}
	if (action)
		command->command.raws = action_verdicts_read(request, dossier.procedure, action, command->command.raws);
	if (action && action->joins.count)
		return action_pieces_send(request, &dossier, action, sending, error);
	if (sending->again)
		return action_page(request, html, &sending->form, NULL, NULL, (struct text){ 0 }, error);
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
	if (sending->stopped && sending->again && sending->wrong == 0 && command->status == GUICHET_OK)
		return action_page(request, html, &sending->form, NULL, NULL, (struct text){ 0 }, error);
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
