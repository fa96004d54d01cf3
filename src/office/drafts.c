/* Drafts: what somebody has typed and not filed yet. */
#include "office/inside.h"

#include "base/banned.h"

/* An empty text, never an absent one. */
static struct text
about_of(struct text about)
{
	return about.length > 0 ? about : TEXT("");
}

enum guichet_status
office_draft_load(struct store_tx *tx, struct arena *arena, struct text campaign, struct text person,
	struct office_draft *ret_draft, struct guichet_error *error)
{
	return office_draft_about(tx, arena, campaign, person, TEXT(""), ret_draft, error);
}

enum guichet_status
office_draft_about(struct store_tx *tx, struct arena *arena, struct text campaign, struct text person, struct text about,
	struct office_draft *ret_draft, struct guichet_error *error)
{
	struct office_draft draft = { 0 };
	about = about_of(about);
	struct store_rows rows = store_query(tx, arena, STORE_DRAFT_LOAD, STORE_VALUES(campaign, person, about), error);
	enum guichet_status status = GUICHET_OK;
	if (store_next(&rows)) {
		draft.version = store_integer(&rows, 1);
		draft.updated_at = store_integer(&rows, 2);
		status = dossier_raws_of_json(arena, store_text(&rows, 0), &draft.raws, error);
	}
	const enum guichet_status read = store_finish(&rows);
	if (status != GUICHET_OK || read != GUICHET_OK)
		return status != GUICHET_OK ? status : read;
	struct dossier_piece *pieces = arena_array_of(arena, struct dossier_piece, DOSSIER_PIECES_LIMIT);
	if (!pieces)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	rows = store_query(tx, arena, STORE_DRAFT_PIECE_LIST, STORE_VALUES(campaign, person, about), error);
	while (draft.piece_count < DOSSIER_PIECES_LIMIT && store_next(&rows))
		pieces[draft.piece_count++] = (struct dossier_piece){ .name = store_text(&rows, 0),
			.digest = store_text(&rows, 1), .file = store_text(&rows, 2), .kind = store_text(&rows, 3),
			.size = store_integer(&rows, 4) };
	draft.pieces = pieces;
	status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_draft = draft;
	return status;
}

enum guichet_status
office_draft_exceptions(struct store_tx *tx, struct arena *arena, struct text person,
	const struct office_draft_exception **ret_exceptions, size_t *ret_count, struct guichet_error *error)
{
	enum { MOST = 200 };
	struct office_draft_exception *list = arena_array_of(arena, struct office_draft_exception, MOST);
	if (!list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_EXEMPTION_OF_DRAFTS, STORE_VALUES(person),
		error);
	while (count < MOST && store_next(&rows))
		list[count++] = (struct office_draft_exception){ .campaign = store_text(&rows, 0), .window = store_text(&rows, 1),
			.until = store_integer(&rows, 2) };
	*ret_exceptions = list;
	*ret_count = count;
	return store_finish(&rows);
}

static bool
was_shown(const struct office_draft_change *change, struct text field)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (text_equal(change->fields[i], field))
			return true;
	return false;
}

enum guichet_status
office_draft_merge(struct arena *arena, const struct office_draft_change *change, struct dossier_raws *raws,
	struct guichet_error *error)
{
	struct dossier_raw *merged = arena_array_of(arena, struct dossier_raw, raws->count + change->raws.count);
	if (!merged && raws->count + change->raws.count)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	for (size_t i = 0; i < raws->count; i++)
		if (!was_shown(change, dossier_raw_field(raws->at[i].field)))
			merged[count++] = raws->at[i];
	for (size_t i = 0; i < change->raws.count; i++)
		merged[count++] = change->raws.at[i];
	*raws = (struct dossier_raws){ merged, count };
	return GUICHET_OK;
}

static bool
is_typed(struct dossier_raws typed, struct text field)
{
	for (size_t i = 0; i < typed.count; i++)
		if (text_equal(dossier_raw_field(typed.at[i].field), field))
			return true;
	return false;
}

bool
office_raws_join(struct arena *arena, struct dossier_raws draft, struct dossier_raws typed, struct dossier_raws *ret_raws)
{
	if (typed.count == 0) {
		*ret_raws = draft;
		return true;
	}
	struct dossier_raw *raws = arena_array_of(arena, struct dossier_raw, draft.count + typed.count);
	size_t count = 0;
	if (!raws)
		return false;
	for (size_t i = 0; i < draft.count; i++)
		if (!is_typed(typed, dossier_raw_field(draft.at[i].field)))
			raws[count++] = draft.at[i];
	for (size_t i = 0; i < typed.count; i++)
		raws[count++] = typed.at[i];
	*ret_raws = (struct dossier_raws){ raws, count };
	return true;
}

bool
office_draft_input(struct arena *arena, const struct office_draft *draft, struct dossier_command *command)
{
	command->pieces = draft->pieces;
	command->piece_count = draft->piece_count;
	return office_raws_join(arena, draft->raws, command->raws, &command->raws);
}

static enum guichet_status
save_fields(struct store_tx *tx, struct office_draft_change *change, struct guichet_error *error)
{
	struct office_draft before;
	enum guichet_status status = office_draft_about(tx, change->arena, change->campaign, change->person, change->about,
		&before, error);
	if (status == GUICHET_OK)
		status = office_draft_merge(change->arena, change, &before.raws, error);
	if (status != GUICHET_OK)
		return status;
	const struct text content = dossier_raws_to_json(change->arena, before.raws);
	if (!content.at)
		return guichet_fail(error, GUICHET_REFUSED, "Le brouillon est trop long : raccourcissez vos réponses.");
	change->version = before.version + 1;
	return store_run(tx, STORE_DRAFT_SAVE,
		STORE_VALUES(change->campaign, change->person, about_of(change->about), content, change->version, change->at), NULL,
		error);
}

enum guichet_status
office_draft_discard(struct store_tx *tx, struct text campaign, struct text person, struct text about,
	struct guichet_error *error)
{
	const enum guichet_status status = store_run(tx, STORE_DRAFT_DELETE, STORE_VALUES(campaign, person, about_of(about)),
		NULL, error);
	return status != GUICHET_OK ? status : store_run(tx, STORE_DRAFT_PIECE_DELETE_ALL,
		STORE_VALUES(campaign, person, about_of(about)), NULL, error);
}

enum guichet_status
office_draft_save(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct office_draft_change *change = context;
	if (change->discard)
		return office_draft_discard(tx, change->campaign, change->person, change->about, error);
	enum guichet_status status = save_fields(tx, change, error);
	const struct dossier_piece *piece = change->piece;
	if (status == GUICHET_OK && piece)
		status = store_run(tx, STORE_DRAFT_PIECE_SAVE, STORE_VALUES(change->campaign, change->person,
			about_of(change->about), piece->name, piece->digest, piece->file, piece->kind, piece->size, change->at), NULL, error);
	if (status == GUICHET_OK && change->without.length)
		status = store_run(tx, STORE_DRAFT_PIECE_DELETE,
			STORE_VALUES(change->campaign, change->person, about_of(change->about), change->without), NULL, error);
	return status;
}
