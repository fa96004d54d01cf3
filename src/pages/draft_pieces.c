/* The pieces of a request being prepared: sent, judged by their content, seen, replaced, taken out.
 *
 * GET, POST /campagnes/:campagne/demande/pieces/:piece · POST …/retirer
 *
 * An upload passes three threads before it is answered: the typesetter has it judged, the worker of files writes it and
 * waits for the disk, the writer then names it in the draft. */
#include "pages/draft.h"

#include "base/banned.h"

/* ---- the step ---- */

static struct text
piece_path(struct arena *arena, const struct draft *draft, struct text piece, const char *rest)
{
	return arena_format(arena, TEXT_FORMAT "/pieces/" TEXT_FORMAT "%s", TEXT_ARGS(draft_path(arena, draft, "")),
		TEXT_ARGS(piece), rest);
}

static void
handed_in(struct request *request, struct html *html, const struct draft *draft, const struct dossier_piece *piece)
{
	struct arena *arena = request->arena;
	HTML_IN(html, "ul", { "class", TEXT("files") });
	HTML_IN(html, "li");
	{
		HTML_IN(html, "span");
		html_link(html, piece_path(arena, draft, piece->name, ""), piece->file);
		html_markup(html, " ");
		HTML_LINE(html, "span", arena_format(arena, TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(piece->kind),
			TEXT_ARGS(page_size_text(arena, piece->size))), { "class", TEXT("size") });
	}
	FORM_IN(request, html, piece_path(arena, draft, piece->name, "/retirer"));
	HTML_IN(html, "button", { "class", TEXT("button secondary danger") }, { "type", TEXT("submit") });
	html_say(html, "Retirer");
	HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
	html_say(html, " le fichier ");
	html_text(html, piece->file);
}

static void
upload_form(struct request *request, struct html *html, const struct draft *draft, const struct procedure_piece *piece,
	bool there, struct text mistake)
{
	struct arena *arena = request->arena;
	const struct text id = arena_format(arena, "fichier-" TEXT_FORMAT, TEXT_ARGS(piece->name));
	const struct text hint = arena_format(arena, "aide-" TEXT_FORMAT, TEXT_ARGS(piece->name));
	const struct text wrong = arena_format(arena, "erreur-" TEXT_FORMAT, TEXT_ARGS(piece->name));
	FORM_IN(request, html, piece_path(arena, draft, piece->name, ""), { "class", TEXT("form") },
		{ "enctype", TEXT("multipart/form-data") }, { "data-upload", TEXT("") });
	{
		HTML_IN(html, "div", { "class", mistake.length ? TEXT("field has-error") : TEXT("field") });
		if (mistake.length)
			HTML_LINE(html, "p", mistake, { "class", TEXT("error-message") }, { "id", wrong });
		HTML_IN(html, "label", { "class", TEXT("file-drop") }, { "for", id });
		html_text(html, there ? TEXT("Remplacer ce fichier par un autre") : TEXT("Choisissez le fichier"));
		HTML_VOID(html, "input", { "type", TEXT("file") }, { "id", id }, { "name", TEXT("fichier") },
			{ "accept", page_file_accept(piece->formats) },
			{ "data-most-bytes", arena_format(arena, "%d", WEB_LIMIT_UPLOAD) },
			{ "aria-describedby", mistake.length ? arena_format(arena, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(wrong),
				TEXT_ARGS(hint)) : hint },
			{ "aria-invalid", mistake.length ? TEXT("true") : (struct text){ 0 } });
	}
	HTML_LINE(html, "button", there ? TEXT("Envoyer le nouveau fichier") : TEXT("Envoyer le fichier"),
		{ "class", there ? TEXT("button secondary") : TEXT("button") }, { "type", TEXT("submit") });
}

void
draft_pieces_step(struct request *request, struct html *html, const struct draft *draft, bool verify, int wrong,
	struct text mistake)
{
	struct arena *arena = request->arena;
	const struct procedure *procedure = draft->facts.procedure;
	const size_t step = draft_step_of_pieces(draft);
	bool missing = false;
	for (size_t i = 0; i < draft->piece_count; i++) {
		const int index = draft->pieces[i];
		const struct procedure_piece *piece = &procedure->pieces[index];
		const struct dossier_piece *there = draft_piece_find(draft, piece->name);
		const struct text own = index == wrong ? mistake : verify || there ? draft->piece_mistakes[index] : TEXT("");
		missing |= draft->piece_mistakes[index].length > 0;
		HTML_IN(html, "section", { "class", TEXT("card") }, { "id", piece->name });
		{
			HTML_IN(html, "h2", { "class", TEXT("card-title") });
			html_text(html, piece->label);
			if (!piece->compulsory)
				HTML_SAY(html, "span", " (facultatif)", { "class", TEXT("optional") });
		}
		{
			HTML_IN(html, "p", { "class", TEXT("hint") },
				{ "id", arena_format(arena, "aide-" TEXT_FORMAT, TEXT_ARGS(piece->name)) });
			html_text(html, piece->help);
		}
		{
			HTML_IN(html, "p", { "class", TEXT("hint") });
			html_say(html, "Formats acceptés : ");
			html_text(html, dossier_formats_text(arena, piece->formats));
			html_say(html, ", 10 Mo au plus.");
		}
		if (there)
			handed_in(request, html, draft, there);
		upload_form(request, html, draft, piece, there, own);
	}
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_LINE(html, "a", missing ? TEXT("Continuer sans toutes les pièces") : TEXT("Continuer"),
		{ "class", missing ? TEXT("button secondary") : TEXT("button") },
		{ "href", draft_step_path(arena, draft, step + 1, false) });
	if (step > 1)
		HTML_SAY(html, "a", "Étape précédente", { "class", TEXT("button secondary") },
			{ "href", draft_step_path(arena, draft, step - 1, false) });
	HTML_SAY(html, "a", "Revenir plus tard", { "class", TEXT("button quiet") }, { "href", TEXT("/?fait=brouillon") });
}

/* ---- POST …/pieces/:piece ---- */

struct upload {
	struct request *request;
	struct draft draft;
	int index;
	struct page_arrival arrival;
	struct office_draft_change change;
	enum guichet_status status; /* REFUSED: error.message stands beside the field */
	struct guichet_error error;
};

static void
upload_end(struct upload *upload, enum guichet_status status)
{
	upload->status = status;
	request_resume(upload->request);
}

/* On the writer's thread. */
static void
upload_named(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct upload *upload = context;
	if (status != GUICHET_OK)
		upload->error = *error;
	upload_end(upload, status);
}

/* The bytes are on the disk, or the file does not do: what is written is named in the draft. */
static void
upload_arrived(void *context)
{
	struct upload *upload = context;
	enum guichet_status status = upload->arrival.status;
	if (status != GUICHET_OK)
		upload->error = upload->arrival.error;
	else
		status = store_submit(site_of(upload->request)->store, STORE_NORMAL, office_draft_save, &upload->change,
			upload_named, upload, &upload->error);
	if (status != GUICHET_OK)
		upload_end(upload, status);
}

static enum guichet_status
upload_page(struct request *request, struct html *html, int status, int wrong, struct text mistake,
	struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct draft draft;
	enum guichet_status loaded = draft_load(request, tx, &draft, error);
	if (loaded == GUICHET_OK)
		loaded = draft_check(&draft, error);
	if (loaded != GUICHET_OK)
		return loaded;
	if (!draft_step_of_pieces(&draft))
		return guichet_fail(error, GUICHET_UNKNOWN, "Cette pièce n’est pas demandée.");
	request_status(request, status);
	return draft_step_page(request, html, &draft, draft_step_of_pieces(&draft), false, wrong, mistake);
}

/* The piece of the path among those asked. */
static enum guichet_status
piece_of_path(struct request *request, const struct draft *draft, int *ret_index, struct guichet_error *error)
{
	const int index = procedure_piece_find(draft->facts.procedure, request_parameter(request, "piece"));
	for (size_t i = 0; i < draft->piece_count; i++)
		if (draft->pieces[i] == index) {
			*ret_index = index;
			return GUICHET_OK;
		}
	return guichet_fail(error, GUICHET_UNKNOWN, "Cette pièce n’est pas demandée.");
}

enum guichet_status
page_draft_piece_send(struct request *request, struct html *html, struct guichet_error *error)
{
	struct upload *upload = arena_new_of(request->arena, struct upload);
	if (!upload)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	upload->request = request;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		enum guichet_status status = draft_load(request, tx, &upload->draft, error);
		if (status == GUICHET_OK)
			status = draft_check(&upload->draft, error);
		if (status == GUICHET_OK)
			status = piece_of_path(request, &upload->draft, &upload->index, error);
		if (status != GUICHET_OK)
			return status;
	}
	const struct form_file *file = form_file(request, "fichier");
	if (!file)
		return upload_page(request, html, 422, upload->index,
			TEXT("Choisissez un fichier, puis envoyez-le. Un fichier vide ne convient pas."), error);
	const enum guichet_status status = page_arrival_read(request, file,
		&upload->draft.facts.procedure->pieces[upload->index], &upload->arrival, error);
	if (status != GUICHET_OK)
		return status;
	upload->change = (struct office_draft_change){ .arena = request->arena, .campaign = upload->draft.campaign->id,
		.about = upload->draft.about, .person = visitor_of(request)->actor.person, .piece = &upload->arrival.piece,
		.at = request->received_at };
	request->state = upload;
	return page_arrivals(request, &upload->arrival, 1, upload_arrived, upload, error);
}

enum guichet_status
page_draft_piece_sent(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct upload *upload = request->state;
	switch (upload->status) {
	case GUICHET_OK:
		return request_redirect(request, 303, arena_format(request->arena, TEXT_FORMAT "&fait=piece",
			TEXT_ARGS(draft_step_path(request->arena, &upload->draft, draft_step_of_pieces(&upload->draft), false))));
	case GUICHET_REFUSED:
		return upload_page(request, html, 422, upload->index, text_of_string(upload->error.message), error);
	case GUICHET_RETRY:
		return upload_page(request, html, 503, upload->index, arena_format(request->arena,
			"Le fichier n’a pas été enregistré. %s Votre brouillon est intact.", upload->error.message), error);
	default:
		*error = upload->error;
		return upload->status;
	}
}

enum guichet_status
page_draft_piece_too_large(struct request *request, struct html *html, struct guichet_error *error)
{
	struct draft draft;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		const enum guichet_status status = tx ? draft_open(request, tx, &draft, error) : error->status;
		if (status != GUICHET_OK)
			return status;
	}
	return upload_page(request, html, 413, procedure_piece_find(draft.facts.procedure, request_parameter(request, "piece")),
		TEXT("Ce fichier est trop lourd : 10 Mo au plus. Réduisez-le (une photographie moins grande, moins de pages) puis "
			"envoyez-le de nouveau. Votre brouillon est intact."), error);
}

/* ---- seeing and taking out ---- */

enum guichet_status
page_draft_piece(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct draft draft;
	struct office_draft saved;
	enum guichet_status status;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		status = draft_open(request, tx, &draft, error);
		if (status == GUICHET_OK)
			status = office_draft_about(tx, request->arena, draft.campaign->id, visitor_of(request)->actor.person, draft.about,
				&saved, error);
	}
	for (size_t i = 0; status == GUICHET_OK && i < saved.piece_count; i++) {
		const struct dossier_piece *piece = &saved.pieces[i];
		struct text bytes;
		if (!text_equal(piece->name, request_parameter(request, "piece")))
			continue;
		status = office_file_read(site_of(request)->office, request->arena, piece->digest, &bytes, error);
		return status != GUICHET_OK ? status
			: request_send(request, page_file_type(piece->kind), piece->file, bytes);
	}
	return status != GUICHET_OK ? status : guichet_fail(error, GUICHET_UNKNOWN, "Aucun fichier n’est joint ici.");
}

enum guichet_status
page_draft_piece_remove(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct office_draft_change *change = arena_new_of(request->arena, struct office_draft_change);
	struct draft draft;
	if (!change)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		enum guichet_status status = draft_load(request, tx, &draft, error);
		if (status == GUICHET_OK)
			status = draft_check(&draft, error);
		if (status != GUICHET_OK)
			return status;
	}
	*change = (struct office_draft_change){ .arena = request->arena, .campaign = draft.campaign->id, .about = draft.about,
		.person = visitor_of(request)->actor.person, .without = request_parameter(request, "piece"),
		.at = request->received_at };
	request->state = change;
	return page_write(request, office_draft_save, change, &change->status, &change->error, error);
}

enum guichet_status
page_draft_piece_removed(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct office_draft_change *change = request->state;
	if (change->status != GUICHET_OK) {
		*error = change->error;
		return change->status;
	}
	struct draft draft;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	const enum guichet_status status = draft_load(request, tx, &draft, error);
	return status != GUICHET_OK ? status : request_redirect(request, 303, arena_format(request->arena,
		TEXT_FORMAT "&fait=piece-retiree", TEXT_ARGS(draft_step_path(request->arena, &draft,
			draft_step_of_pieces(&draft), false))));
}
