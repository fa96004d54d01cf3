/* The pieces of an action's form: files to hand in, files to accept or send back. A file sent is kept even when the form is
 * refused: it waits, and is not asked again.
 *
 * POST /dossiers/:id/actions/:action · GET …/pieces/:piece (one that waits) */
#include "pages/action.h"

#include "pages/families.h"

#include "base/banned.h"

/* ---- the form ---- */

static const struct dossier_piece *
piece_find(const struct dossier_piece *pieces, size_t count, struct text name)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(pieces[i].name, name))
			return &pieces[i];
	return NULL;
}

/* "fichier.assurance": the field of its file. */
static struct text
file_field(struct arena *arena, const struct procedure_piece *piece)
{
	return arena_format(arena, "fichier." TEXT_FORMAT, TEXT_ARGS(piece->name));
}

static struct text
piece_id(struct arena *arena, const char *what, const struct procedure_piece *piece)
{
	return arena_format(arena, "%s-" TEXT_FORMAT, what, TEXT_ARGS(piece->name));
}

void
page_piece_state(struct html *html, struct arena *arena, const struct procedure_piece *definition,
	const struct dossier_piece *piece, instant at)
{
	if (dossier_piece_expired(piece, at))
		HTML_SAY(html, "span", "ne vaut plus", { "class", TEXT("badge error") });
	else if (piece->state == PROCEDURE_PIECE_SENT_BACK)
		HTML_SAY(html, "span", "renvoyée", { "class", TEXT("badge error") });
	else if (piece->state == PROCEDURE_PIECE_ACCEPTED)
		HTML_SAY(html, "span", "acceptée", { "class", TEXT("badge success") });
	else if (definition->examined)
		HTML_SAY(html, "span", "à examiner", { "class", TEXT("badge progress") });
	if (piece->valid_until.year) {
		html_markup(html, " ");
		HTML_LINE(html, "span", arena_format(arena, "%s " TEXT_FORMAT, dossier_piece_expired(piece, at)
			? "valable jusqu’au" : "vaut jusqu’au", TEXT_ARGS(date_french(arena, piece->valid_until, false))),
			{ "class", TEXT("size") });
	}
}

/* A file sent for this form, and not yet handed in. */
static void
waiting_file(struct request *request, struct html *html, const struct procedure_piece *piece,
	const struct dossier_piece *waiting, struct text address)
{
	HTML_IN(html, "ul", { "class", TEXT("files") });
	HTML_IN(html, "li");
	{
		HTML_IN(html, "span");
		html_say(html, "Fichier prêt : ");
		html_link(html, arena_format(request->arena, TEXT_FORMAT "/pieces/" TEXT_FORMAT, TEXT_ARGS(address),
			TEXT_ARGS(piece->name)), waiting->file);
		html_markup(html, " ");
		HTML_LINE(html, "span", arena_format(request->arena, TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(waiting->kind),
			TEXT_ARGS(page_size_text(request->arena, waiting->size))), { "class", TEXT("size") });
	}
	HTML_IN(html, "button", { "class", TEXT("button secondary danger") }, { "type", TEXT("submit") },
		{ "name", TEXT("retirer") }, { "value", piece->name }, { "formnovalidate", TEXT("") });
	html_say(html, "Retirer");
	HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
	html_say(html, " le fichier ");
	html_text(html, waiting->file);
}

/* What the dossier has already of it. */
static void
kept_file(struct html *html, struct arena *arena, const struct dossier_piece *kept, instant at)
{
	HTML_IN(html, "p");
	if (kept->state == PROCEDURE_PIECE_SENT_BACK) {
		HTML_SAY(html, "strong", "Renvoyée : ");
		html_text(html, kept->ground);
		html_say(html, " Joignez-en une autre.");
	} else if (dossier_piece_expired(kept, at)) {
		html_text(html, arena_format(arena, "Celle que vous aviez jointe (" TEXT_FORMAT ") valait jusqu’au " TEXT_FORMAT
			". Joignez-en une nouvelle.", TEXT_ARGS(kept->file), TEXT_ARGS(date_french(arena, kept->valid_until, false))));
	} else {
		html_text(html, arena_format(arena, "Déjà jointe : " TEXT_FORMAT ". Un nouveau fichier la remplacera.",
			TEXT_ARGS(kept->file)));
	}
}

static void
file_to_join(struct request *request, struct html *html, const struct action_pieces *pieces, int index)
{
	struct arena *arena = request->arena;
	const struct procedure_piece *piece = &pieces->dossier->procedure->pieces[index];
	const struct dossier_piece *kept = dossier_piece_find(&pieces->dossier->state, piece->name),
		*waiting = piece_find(pieces->waiting, pieces->waiting_count, piece->name);
	const struct text mistake = pieces->mistakes ? pieces->mistakes[index] : TEXT(""), field = file_field(arena, piece),
		id = piece_id(arena, "fichier", piece), hint = piece_id(arena, "aide", piece), wrong = piece_id(arena, "erreur", piece);
	HTML_IN(html, "div", { "class", mistake.length ? TEXT("field has-error") : TEXT("field") });
	{
		HTML_IN(html, "p");
		HTML_LINE(html, "strong", piece->label);
		if (piece->compulsory)
			HTML_SAY(html, "span", " (obligatoire)", { "class", TEXT("required") });
		else
			HTML_SAY(html, "span", " (facultatif)", { "class", TEXT("optional") });
	}
	{
		HTML_IN(html, "p", { "class", TEXT("hint") }, { "id", hint });
		if (piece->help.length) {
			html_text(html, piece->help);
			html_markup(html, " ");
		}
		html_text(html, piece->why);
		html_say(html, " Formats acceptés : ");
		html_text(html, dossier_formats_text(arena, piece->formats));
		html_say(html, ", 10 Mo au plus.");
	}
	if (kept && !waiting && mistake.length == 0)
		kept_file(html, arena, kept, pieces->dossier->facts.at);
	if (waiting)
		waiting_file(request, html, piece, waiting, pieces->address);
	if (mistake.length)
		HTML_LINE(html, "p", mistake, { "class", TEXT("error-message") }, { "id", wrong });
	HTML_IN(html, "label", { "class", TEXT("file-drop") }, { "for", id });
	html_text(html, arena_format(arena, "%s : " TEXT_FORMAT, waiting ? "Remplacer ce fichier" : "Choisissez le fichier",
		TEXT_ARGS(piece->label)));
	HTML_VOID(html, "input", { "type", TEXT("file") }, { "id", id }, { "name", field },
		{ "accept", page_file_accept(piece->formats) }, { "data-most-bytes", arena_format(arena, "%d", WEB_LIMIT_UPLOAD) },
		{ "aria-describedby", mistake.length ? arena_format(arena, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(wrong),
			TEXT_ARGS(hint)) : hint },
		{ "aria-invalid", mistake.length ? TEXT("true") : (struct text){ 0 } });
}

static void
verdict(struct html *html, struct arena *arena, struct text field, struct text typed, struct text value,
	struct text label)
{
	const struct text id = arena_format(arena, TEXT_FORMAT "-" TEXT_FORMAT, TEXT_ARGS(field),
		TEXT_ARGS(value.length ? value : TEXT("rien")));
	HTML_IN(html, "div", { "class", TEXT("choice") });
	HTML_VOID(html, "input", { "type", TEXT("radio") }, { "id", id }, { "name", field }, { "value", value },
		{ "checked", HTML_WHEN(text_equal(typed, value)) });
	HTML_LINE(html, "label", label, { "for", id });
}

static void
piece_to_examine(struct request *request, struct html *html, const struct action_pieces *pieces, int index)
{
	struct arena *arena = request->arena;
	const struct procedure_piece *piece = &pieces->dossier->procedure->pieces[index];
	const struct dossier_piece *kept = dossier_piece_find(&pieces->dossier->state, piece->name);
	const struct text mistake = pieces->mistakes ? pieces->mistakes[index] : TEXT(""),
		field = arena_format(arena, "pièce." TEXT_FORMAT, TEXT_ARGS(piece->name)),
		ground = arena_format(arena, TEXT_FORMAT ".motif", TEXT_ARGS(field)), wrong = piece_id(arena, "erreur", piece),
		typed = form_value(request, field.at), why = form_value(request, ground.at);
	if (!kept)
		return;
	HTML_IN(html, "fieldset", { "class", mistake.length ? TEXT("field has-error") : TEXT("field") },
		{ "id", piece_id(arena, "piece", piece) }, { "tabindex", TEXT("-1") },
		{ "aria-describedby", mistake.length ? wrong : (struct text){ 0 } });
	HTML_LINE(html, "legend", piece->label);
	{
		HTML_IN(html, "p");
		html_link(html, arena_format(arena, TEXT_FORMAT "/pieces/" TEXT_FORMAT,
			TEXT_ARGS(page_dossier_path(arena, pieces->dossier->id)), TEXT_ARGS(piece->name)), kept->file);
		html_markup(html, " ");
		page_piece_state(html, arena, piece, kept, pieces->dossier->facts.at);
	}
	if (kept->state == PROCEDURE_PIECE_SENT_BACK)
		HTML_LINE(html, "p", arena_format(arena, "Renvoyée : " TEXT_FORMAT, TEXT_ARGS(kept->ground)), { "class", TEXT("hint") });
	if (mistake.length)
		HTML_LINE(html, "p", mistake, { "class", TEXT("error-message") }, { "id", wrong });
	{
		HTML_IN(html, "div", { "class", TEXT("choices") });
		verdict(html, arena, field, typed, procedure_piece_states[PROCEDURE_PIECE_ACCEPTED], TEXT("Je l’accepte"));
		verdict(html, arena, field, typed, procedure_piece_states[PROCEDURE_PIECE_SENT_BACK], TEXT("Je la renvoie"));
		verdict(html, arena, field, typed.at ? typed : TEXT(""), TEXT(""), kept->state == PROCEDURE_PIECE_HANDED_IN
			? TEXT("Je l’examinerai plus tard") : TEXT("Je la laisse ainsi"));
	}
	page_field(html, &(struct page_field){ .name = ground, .label = TEXT("Motif du renvoi"), .type = "textarea", .rows = 3,
		.help = TEXT("À remplir si vous la renvoyez. La personne le lira : dites ce qu’elle doit corriger."),
		.value = why.at ? why : TEXT(""), .longest = 1000 });
}

/* Those of the action that are asked here: a condition may set one aside. */
static enum guichet_status
is_asked(const struct action_pieces *pieces, struct arena *arena, int index, bool *ret_asked, struct guichet_error *error)
{
	const struct feel *condition = pieces->dossier->procedure->pieces[index].condition;
	struct feel_value value = feel_boolean(true);
	const enum guichet_status status = condition
		? dossier_evaluate(&pieces->dossier->facts, condition, arena, &value, error) : GUICHET_OK;
	*ret_asked = feel_is_true(value);
	return status;
}

enum guichet_status
action_pieces_form(struct request *request, struct html *html, const struct action_pieces *pieces,
	struct guichet_error *error)
{
	const struct procedure_action *action = pieces->action;
	for (size_t i = 0; i < action->joins.count; i++) {
		bool asked;
		const enum guichet_status status = is_asked(pieces, request->arena, action->joins.at[i], &asked, error);
		if (status != GUICHET_OK)
			return status;
		if (asked)
			file_to_join(request, html, pieces, action->joins.at[i]);
	}
	for (size_t i = 0; i < action->examines.count; i++)
		piece_to_examine(request, html, pieces, action->examines.at[i]);
	return GUICHET_OK;
}

void
action_pieces_mistakes(struct html *html, struct arena *arena, const struct action_pieces *pieces)
{
	const struct procedure *procedure = pieces->dossier->procedure;
	size_t count = 0;
	for (size_t i = 0; pieces->mistakes && i < procedure->piece_count; i++)
		count += pieces->mistakes[i].length > 0;
	if (count == 0)
		return;
	HTML_IN(html, "div", { "class", TEXT("error-summary") }, { "role", TEXT("alert") }, { "tabindex", TEXT("-1") });
	HTML_SAY(html, "h2", "Des pièces sont à corriger");
	HTML_IN(html, "ul");
	for (size_t i = 0; i < procedure->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[i];
		if (pieces->mistakes[i].length == 0)
			continue;
		HTML_IN(html, "li");
		HTML_IN(html, "a", { "href", arena_format(arena, "#" TEXT_FORMAT,
			TEXT_ARGS(piece_id(arena, procedure_list_has(pieces->action->joins, (int)i) ? "fichier" : "piece", piece))) });
		html_text(html, piece->label);
		html_say(html, " : ");
		html_text(html, pieces->mistakes[i]);
	}
}

/* ---- what the form sends ---- */

struct dossier_raws
action_verdicts_read(struct request *request, const struct procedure *procedure, const struct procedure_action *action,
	struct dossier_raws raws)
{
	struct arena *arena = request->arena;
	struct dossier_raw *all = arena_array_of(arena, struct dossier_raw, raws.count + 2 * action->examines.count + 1);
	size_t count = raws.count;
	if (!all)
		return raws;
	if (raws.count)
		memcpy(all, raws.at, raws.count * sizeof *all);
	for (size_t i = 0; i < 2 * action->examines.count; i++) {
		const struct text name = procedure->pieces[action->examines.at[i / 2]].name, field = arena_format(arena,
			"pièce." TEXT_FORMAT "%s", TEXT_ARGS(name), i % 2 ? ".motif" : "");
		const struct text value = field.at ? form_value(request, field.at) : (struct text){ 0 };
		if (value.at)
			all[count++] = (struct dossier_raw){ field, value };
	}
	return (struct dossier_raws){ all, count };
}

/* May the visitor do it now? Nobody else leaves files here. */
static enum guichet_status
check_allowed(struct request *request, const struct office_dossier *dossier, const struct procedure_action *action,
	struct guichet_error *error)
{
	const struct dossier_viewer viewer = page_viewer(request, dossier);
	const struct dossier_option *options;
	size_t count;
	const enum guichet_status status = dossier_options(DOSSIER_PRESENT(&dossier->facts, request->arena), &viewer, &options,
		&count, error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		if (options[i].definition == action && options[i].allowed)
			return GUICHET_OK;
	return status != GUICHET_OK ? status : guichet_fail(error, GUICHET_REFUSED,
		"Ce n’est pas possible pour le moment. Ouvrez le dossier pour voir où il en est.");
}

/* On the writer's thread. */
static void
acted(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct action_sending *sending = context;
	sending->command->status = status;
	if (status != GUICHET_OK)
		sending->command->error = *error;
	request_resume(sending->request);
}

static void
stop(struct action_sending *sending, enum guichet_status status, const struct guichet_error *error)
{
	sending->stopped = true;
	sending->command->status = status;
	if (error)
		sending->command->error = *error;
	request_resume(sending->request);
}

/* The files are kept: the action may be judged, unless one of them did not do. */
static void
kept(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct action_sending *sending = context;
	struct guichet_error busy;
	if (status != GUICHET_OK || sending->wrong > 0 || sending->change.without.length || sending->again) {
		stop(sending, status, status != GUICHET_OK ? error : NULL);
		return;
	}
	status = store_submit(site_of(sending->request)->store, STORE_NORMAL, office_act, sending->command, acted, sending, &busy);
	if (status != GUICHET_OK)
		stop(sending, status, &busy);
}

/* Those that do are kept for the action; each of the others has its sentence. */
static void
arrived(void *context)
{
	struct action_sending *sending = context;
	struct dossier_piece *pieces = (struct dossier_piece *)sending->change.pieces;
	struct guichet_error busy;
	for (size_t i = 0; i < sending->arrival_count; i++) {
		struct page_arrival *arrival = &sending->arrivals[i];
		if (arrival->status == GUICHET_OK) {
			pieces[sending->change.piece_count++] = arrival->piece;
			continue;
		}
		const struct text sentence = arena_text(sending->request->arena, text_of_string(arrival->error.message));
		sending->mistakes[arrival->definition - sending->procedure->pieces] = sentence.at && arrival->status != GUICHET_BROKEN
			? sentence : TEXT("Le fichier n’a pas été enregistré : envoyez-le de nouveau.");
		sending->wrong++;
	}
	const enum guichet_status status = store_submit(site_of(sending->request)->store, STORE_NORMAL, office_handed_save,
		&sending->change, kept, sending, &busy);
	if (status != GUICHET_OK)
		stop(sending, status, &busy);
}

enum guichet_status
action_pieces_send(struct request *request, const struct office_dossier *dossier, const struct procedure_action *action,
	struct action_sending *sending, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct procedure *procedure = dossier->procedure;
	const struct text without = form_value(request, "retirer");
	struct dossier_piece *pieces = arena_array_of(arena, struct dossier_piece, action->joins.count + 1);
	sending->arrivals = arena_array_of(arena, struct page_arrival, action->joins.count + 1);
	sending->mistakes = arena_array_of(arena, struct text, procedure->piece_count + 1);
	if (!pieces || !sending->arrivals || !sending->mistakes)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = check_allowed(request, dossier, action, error);
	for (size_t i = 0; status == GUICHET_OK && i < action->joins.count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[action->joins.at[i]];
		const struct text field = file_field(arena, piece);
		const struct form_file *file = field.at && !without.length ? form_file(request, field.at) : NULL;
		if (file)
			status = page_arrival_read(request, file, piece, &sending->arrivals[sending->arrival_count++], error);
	}
	if (status != GUICHET_OK)
		return status;
	sending->procedure = procedure;
	sending->change = (struct office_handed_change){ .dossier = dossier->id, .person = visitor_of(request)->actor.person,
		.pieces = pieces, .without = without, .at = request->received_at };
	return page_arrivals(request, sending->arrivals, sending->arrival_count, arrived, sending, error);
}

/* ---- GET /dossiers/:id/actions/:action/pieces/:piece: one that waits ---- */

enum guichet_status
page_action_piece(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct dossier_piece *pieces, *found;
	size_t count;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		struct office_dossier dossier;
		enum guichet_status status = page_dossier(request, tx, &dossier, error);
		if (status == GUICHET_OK)
			status = office_handed_load(tx, request->arena, dossier.id, visitor_of(request)->actor.person, &pieces, &count,
				error);
		if (status != GUICHET_OK)
			return status;
	}
	struct text bytes;
	found = piece_find(pieces, count, request_parameter(request, "piece"));
	if (!found)
		return guichet_fail(error, GUICHET_UNKNOWN, "Aucun fichier n’attend ici.");
	const enum guichet_status status = office_file_read(site_of(request)->office, request->arena, found->digest, &bytes, error);
	return status != GUICHET_OK ? status : request_send(request, page_file_type(found->kind), found->file, bytes);
}
