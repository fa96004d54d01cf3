/* Files sent in the form of an action, kept until it is done. */
#include "office/inside.h"

#include "base/banned.h"

enum guichet_status
office_handed_load(struct store_tx *tx, struct arena *arena, struct text dossier, struct text person,
	const struct dossier_piece **ret_pieces, size_t *ret_count, struct guichet_error *error)
{
	struct dossier_piece *pieces = arena_array_of(arena, struct dossier_piece, DOSSIER_PIECES_LIMIT);
	size_t count = 0;
	if (!pieces)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(tx, arena, STORE_HANDED_PIECE_LIST, STORE_VALUES(dossier, person), error);
	while (count < DOSSIER_PIECES_LIMIT && store_next(&rows))
		pieces[count++] = (struct dossier_piece){ .name = store_text(&rows, 0), .digest = store_text(&rows, 1),
			.file = store_text(&rows, 2), .kind = store_text(&rows, 3), .size = store_integer(&rows, 4) };
	const enum guichet_status status = store_finish(&rows);
	*ret_pieces = pieces;
	*ret_count = count;
	return status;
}

enum guichet_status
office_handed_save(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct office_handed_change *change = context;
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < change->piece_count; i++) {
		const struct dossier_piece *piece = &change->pieces[i];
		status = store_run(tx, STORE_HANDED_PIECE_SAVE, STORE_VALUES(change->dossier, change->person, piece->name,
			piece->digest, piece->file, piece->kind, piece->size, change->at), NULL, error);
	}
	if (status == GUICHET_OK && change->without.length)
		status = store_run(tx, STORE_HANDED_PIECE_DELETE,
			STORE_VALUES(change->dossier, change->person, change->without), NULL, error);
	return status;
}

enum guichet_status
handed_take(struct store_tx *tx, const struct office_command *command, const struct procedure *procedure,
	struct dossier_command *taking, struct guichet_error *error)
{
	const int move = procedure_move_find(procedure, taking->action);
	bool joins = false;
	for (size_t i = 0; move >= 0 && i < procedure->moves[move].actions.count; i++)
		joins |= procedure->actions[procedure->moves[move].actions.at[i]].joins.count > 0;
	return !joins ? GUICHET_OK : office_handed_load(tx, command->arena, command->dossier, command->person,
		&taking->pieces, &taking->piece_count, error);
}

enum guichet_status
handed_done(struct store_tx *tx, const struct office_command *command, const struct dossier_command *taken,
	struct guichet_error *error)
{
	const instant now = clock_now(command->office->options.clock);
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < taken->piece_count; i++) {
		const struct dossier_piece *piece = &taken->pieces[i], *kept = dossier_piece_find(&command->outcome.state, piece->name);
		/* Another one may wait for another action. */
		if (!kept || !text_equal(kept->digest, piece->digest))
			continue;
		status = store_run(tx, STORE_ATTACHMENT_INSERT, STORE_VALUES(command->dossier, piece->name, piece->digest,
			piece->file, piece->kind, piece->size, now), NULL, error);
		if (status == GUICHET_OK)
			status = store_run(tx, STORE_HANDED_PIECE_DELETE, STORE_VALUES(command->dossier, command->person, piece->name),
				NULL, error);
	}
	return status;
}
