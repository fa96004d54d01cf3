/* What a dossier gives to open: the pieces handed in, the documents composed and signed.
 *
 * GET /dossiers/:id/pieces/:piece, its /versions/:empreinte, /dossiers/:id/documents/:rang and its /pdf */
#include "pages/families.h"

#include "document/document.h"

#include "base/banned.h"

/* ---- pieces ---- */

static enum guichet_status
send_piece(struct request *request, const struct dossier_piece *piece, struct guichet_error *error)
{
	struct text bytes;
	const enum guichet_status status = office_file_read(site_of(request)->office, request->arena, piece->digest, &bytes, error);
	return status != GUICHET_OK ? status : request_send(request, page_file_type(piece->kind), piece->file, bytes);
}

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
	const struct dossier_viewer viewer = page_viewer(request, &dossier);
	const int index = procedure_piece_find(dossier.procedure, request_parameter(request, "piece"));
	const struct dossier_piece *piece = index < 0 ? NULL
		: dossier_piece_find(&dossier.state, dossier.procedure->pieces[index].name);
	/* The same answer for one that is not theirs to open. */
	if (!piece || !dossier_may_read_piece(&dossier.facts, &viewer, index))
		return guichet_fail(error, GUICHET_UNKNOWN, "Cette pièce n’existe pas.");
	return send_piece(request, piece, error);
}

/* A file that the piece had before: one of the fold « Versions précédentes ». */
enum guichet_status
page_piece_version(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct dossier_piece piece;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
		if (!tx)
			return error->status;
		struct office_dossier dossier;
		enum guichet_status status = page_dossier(request, tx, &dossier, error);
		if (status != GUICHET_OK)
			return status;
		const struct dossier_viewer viewer = page_viewer(request, &dossier);
		status = office_piece_version(tx, request->arena, &dossier, &viewer, request_parameter(request, "piece"),
			request_parameter(request, "empreinte"), &piece, error);
		if (status != GUICHET_OK)
			return status;
	}
	return send_piece(request, &piece, error);
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

/* ---- documents ---- */

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
