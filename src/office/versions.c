/* The files that the pieces of a dossier had: told from its events, opened by the right of the piece of today. */
#include "office/inside.h"

#include "base/banned.h"

static enum guichet_status
add_all(struct arena *arena, const struct office_dossier *dossier, const struct dossier_event *events, size_t count,
	struct dossier_piece_versions *versions, struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		status = dossier_piece_versions_add(arena, dossier->procedure, dossier->state.subject, &events[i], versions, error);
	return status;
}

enum guichet_status
office_piece_versions(struct store_tx *tx, struct arena *arena, const struct office_dossier *dossier,
	const struct dossier_event *known, size_t known_count, const struct dossier_piece_version **ret_versions,
	size_t *ret_count, struct guichet_error *error)
{
	struct dossier_piece_versions versions = { 0 };
	enum guichet_status status = add_all(arena, dossier, known, known_count, &versions, error);
	if (status == GUICHET_OK && known_count < dossier->state.version) {
		CLEANUP(office_past_end) struct office_past past = { 0 };
		status = office_past_new(&past, error);
		past.read = (unsigned)known_count;
		while (status == GUICHET_OK) {
			status = office_past_read(&past, tx, dossier->id, dossier->procedure, error);
			if (status != GUICHET_OK || past.count == 0)
				break;
			status = add_all(arena, dossier, past.events, past.count, &versions, error);
		}
	}
	if (status != GUICHET_OK)
		return status;
	*ret_versions = versions.at;
	*ret_count = versions.count;
	return GUICHET_OK;
}

enum guichet_status
office_piece_version(struct store_tx *tx, struct arena *arena, const struct office_dossier *dossier,
	const struct dossier_viewer *viewer, struct text piece, struct text digest, struct dossier_piece *ret_piece,
	struct guichet_error *error)
{
	const struct dossier_piece_version *versions = NULL;
	size_t count = 0;
	const int index = procedure_piece_find(dossier->procedure, piece);
	const bool readable = index >= 0 && dossier_piece_find(&dossier->state, piece)
		&& dossier_may_read_piece(&dossier->facts, viewer, index);
	const enum guichet_status status = readable
		? office_piece_versions(tx, arena, dossier, NULL, 0, &versions, &count, error) : GUICHET_OK;
	if (status != GUICHET_OK)
		return status;
	for (size_t i = count; i > 0; i--) {
		if (!text_equal(versions[i - 1].piece.name, piece) || !text_equal(versions[i - 1].piece.digest, digest))
			continue;
		*ret_piece = versions[i - 1].piece;
		return GUICHET_OK;
	}
	/* The same answer for one that is not theirs to open. */
	return guichet_fail(error, GUICHET_UNKNOWN, "Cette pièce n’existe pas.");
}
