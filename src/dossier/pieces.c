/* The pieces of a decision: files handed in with an action, files accepted or sent back by it. What they become is laid
 * over the inputs, so that the rules of the same action read it. */
#include "dossier/deciding.h"
#include "dossier/form.h"

#include "base/banned.h"

enum { LONGEST_GROUND = 1000 };

static const struct text raw_prefix = TEXT("pièce."), ground_suffix = TEXT(".motif");

bool
dossier_piece_is_joined(const struct procedure *procedure, const struct procedure_action *action, int piece)
{
	bool asked = action->step == 0 && !procedure->pieces[piece].later;
	for (size_t i = 0; action->step != 0 && i < procedure->nature_count; i++)
		asked |= procedure->natures[i].start == action->step && procedure_list_has(procedure->natures[i].pieces, piece);
	return asked || procedure_list_has(action->joins, piece);
}

/* The file given for a piece of the procedure; NULL without. */
static const struct dossier_piece *
given_find(const struct deciding *deciding, int piece)
{
	const struct dossier_command *command = &deciding->input->command;
	for (size_t i = 0; i < command->piece_count; i++) {
		if (text_equal(command->pieces[i].name, deciding->procedure->pieces[piece].name))
			return &command->pieces[i];
	}
	return NULL;
}

static struct dossier_piece *
kept_find(const struct deciding *deciding, int piece)
{
	for (size_t i = 0; i < deciding->piece_count; i++) {
		if (text_equal(deciding->pieces[i].name, deciding->procedure->pieces[piece].name))
			return &deciding->pieces[i];
	}
	return NULL;
}

/* ---- handed in ---- */

/* A piece that the dossier has is not asked again, unless it was sent back or is no longer good. */
static enum guichet_status
check_joined(struct deciding *deciding, int piece, struct text *ret_mistake)
{
	const struct dossier_piece *given = given_find(deciding, piece), *kept = kept_find(deciding, piece);
	*ret_mistake = TEXT("");
	if (!given && kept && kept->state != PROCEDURE_PIECE_SENT_BACK && !dossier_piece_expired(kept, deciding->facts.at))
		return GUICHET_OK;
	return form_piece_mistake(&deciding->inputs, piece, given, ret_mistake, deciding->error);
}

static void
hand_in(struct deciding *deciding, int piece)
{
	const struct dossier_piece *given = given_find(deciding, piece);
	struct dossier_piece *kept = kept_find(deciding, piece);
	if (!given)
		return;
	if (!kept)
		kept = &deciding->pieces[deciding->piece_count++];
	*kept = *given;
	kept->at = deciding->facts.at;
	kept->by = deciding->input->actor.person.id;
}

/* ---- examined ---- */

static struct text
raw_of(const struct deciding *deciding, int piece, struct text suffix)
{
	const struct dossier_raws raws = deciding->input->command.raws;
	const struct text name = deciding->procedure->pieces[piece].name;
	for (size_t i = 0; i < raws.count; i++) {
		const struct text field = raws.at[i].field;
		if (field.length == raw_prefix.length + name.length + suffix.length && text_starts(field, raw_prefix)
		    && text_equal(text_part(field, raw_prefix.length, name.length), name) && text_ends(field, suffix))
			return raws.at[i].value;
	}
	return TEXT("");
}

/* What was chosen of a piece; `judged` stays false when nothing was. */
static enum guichet_status
examine(struct deciding *deciding, int piece, struct text *ret_mistake, bool *judged)
{
	const struct text word = text_trim(raw_of(deciding, piece, TEXT("")));
	struct dossier_piece *kept = kept_find(deciding, piece);
	*ret_mistake = TEXT("");
	if (word.length == 0)
		return GUICHET_OK;
	const bool back = text_equal(word, procedure_piece_states[PROCEDURE_PIECE_SENT_BACK]);
	if (!kept || (!back && !text_equal(word, procedure_piece_states[PROCEDURE_PIECE_ACCEPTED]))) {
		*ret_mistake = kept ? TEXT("Choisissez : acceptée ou renvoyée.")
			: TEXT("Cette pièce n’a pas encore été jointe : il n’y a rien à examiner.");
		return GUICHET_OK;
	}
	/* Events of before accepted them: they are still what happened. */
	if (!back && dossier_piece_expired(kept, deciding->facts.at) && !deciding->input->replayed) {
		*ret_mistake = arena_format(deciding->arena, "Cette pièce était valable jusqu’au %.*s : renvoyez-la.",
			TEXT_ARGS(date_french(deciding->arena, kept->valid_until, false)));
		return ret_mistake->at ? GUICHET_OK : OUT_OF_MEMORY(deciding->error);
	}
	const struct text ground = back ? form_clean(deciding->arena, raw_of(deciding, piece, ground_suffix), true) : TEXT("");
	if (!ground.at)
		return OUT_OF_MEMORY(deciding->error);
	if (back && ground.length == 0)
		*ret_mistake = TEXT("Dites pourquoi vous la renvoyez : la personne le lira.");
	else if (!text_is_utf8(ground))
		*ret_mistake = TEXT("Ce texte contient des caractères illisibles : saisissez-le de nouveau.");
	else if (text_characters(ground) > LONGEST_GROUND)
		*ret_mistake = arena_format(deciding->arena, "%d caractères au plus : vous en avez écrit %zu.", LONGEST_GROUND,
			text_characters(ground));
	if (!ret_mistake->at)
		return OUT_OF_MEMORY(deciding->error);
	if (ret_mistake->length > 0)
		return GUICHET_OK;
	kept->state = back ? PROCEDURE_PIECE_SENT_BACK : PROCEDURE_PIECE_ACCEPTED;
	kept->ground = ground;
	*judged = true;
	return GUICHET_OK;
}

/* ---- both ---- */

/* How long each file handed in is good for, once the form and the pieces are laid over the inputs. */
static enum guichet_status
date_validities(struct deciding *deciding)
{
	for (size_t i = 0; i < deciding->procedure->piece_count; i++) {
		const struct procedure_piece *piece = &deciding->procedure->pieces[i];
		struct dossier_piece *kept = kept_find(deciding, (int)i);
		struct feel_value until;
		if (!piece->valid_until || !dossier_piece_is_joined(deciding->procedure, deciding->action, (int)i)
		    || !given_find(deciding, (int)i) || !kept)
			continue;
		const enum guichet_status status = inputs_evaluate(&deciding->inputs, piece->valid_until, &until,
			deciding->error);
		if (status != GUICHET_OK)
			return status;
		if (until.kind == FEEL_DATE)
			kept->valid_until = until.date;
	}
	return GUICHET_OK;
}

static enum guichet_status
lay_pieces(struct deciding *deciding)
{
	const instant filed = deciding->facts.dossier ? deciding->facts.dossier->filed_at : deciding->facts.at;
	const enum guichet_status status = inputs_set_pieces(&deciding->inputs, deciding->pieces, deciding->piece_count,
		filed, deciding->error);
	return status == GUICHET_OK ? inputs_compute(&deciding->inputs, deciding->error) : status;
}

/* An action that does nothing but hand in or examine is refused when nothing was. */
static enum guichet_status
refuse_nothing(struct deciding *deciding, bool joined, bool judged)
{
	const struct procedure_action *action = deciding->action;
	bool waiting = false;
	if (!deciding->facts.dossier || joined || judged)
		return GUICHET_OK;
	for (size_t i = 0; i < action->examines.count; i++) {
		const struct dossier_piece *kept = kept_find(deciding, action->examines.at[i]);
		waiting |= kept && kept->state == PROCEDURE_PIECE_HANDED_IN;
	}
	if (waiting)
		return deciding_refuse(deciding, DOSSIER_INCOMPLETE,
			"Acceptez ou renvoyez au moins une des pièces à examiner.");
	if (action->joins.count > 0 && action->enters.count + action->changes.count + action->examines.count == 0)
		return deciding_refuse(deciding, DOSSIER_INCOMPLETE,
			"Joignez au moins un fichier : cette action n’a pas d’autre objet.");
	return GUICHET_OK;
}

enum guichet_status
deciding_check_pieces(struct deciding *deciding, size_t *ret_mistakes)
{
	const struct procedure *procedure = deciding->procedure;
	const struct dossier *dossier = deciding->facts.dossier;
	const size_t count = procedure->piece_count, before = dossier ? dossier->piece_count : 0;
	struct text *mistakes = arena_array_of(deciding->arena, struct text, count + 1);
	bool joined = false, judged = false;
	*ret_mistakes = 0;
	if (count == 0)
		return GUICHET_OK;
	deciding->pieces = arena_array_of(deciding->arena, struct dossier_piece, before + count);
	if (!mistakes || !deciding->pieces)
		return OUT_OF_MEMORY(deciding->error);
	if (before > 0)
		memcpy(deciding->pieces, dossier->pieces, before * sizeof *deciding->pieces);
	deciding->piece_count = before;
	for (size_t i = 0; i < count; i++) {
		enum guichet_status status = GUICHET_OK;
		if (dossier_piece_is_joined(procedure, deciding->action, (int)i)) {
			status = check_joined(deciding, (int)i, &mistakes[i]);
			hand_in(deciding, (int)i);
			joined |= given_find(deciding, (int)i) != NULL;
		}
		if (status == GUICHET_OK && mistakes[i].length == 0 && procedure_list_has(deciding->action->examines, (int)i))
			status = examine(deciding, (int)i, &mistakes[i], &judged);
		if (status != GUICHET_OK)
			return status;
		*ret_mistakes += mistakes[i].length > 0;
	}
	if (*ret_mistakes > 0) {
		deciding->outcome->piece_mistakes = mistakes;
		return GUICHET_OK;
	}
	enum guichet_status status = refuse_nothing(deciding, joined, judged);
	if (status == GUICHET_OK && (joined || judged))
		status = lay_pieces(deciding);
	if (status == GUICHET_OK && joined)
		status = date_validities(deciding);
	return status == GUICHET_OK && joined ? lay_pieces(deciding) : status;
}

bool
deciding_put_given(const struct deciding *deciding, json_t *pieces, json_t *raws)
{
	const struct dossier_command *command = &deciding->input->command;
	bool well = pieces && raws;
	for (size_t i = 0; well && i < command->piece_count; i++) {
		const int piece = procedure_piece_find(deciding->procedure, command->pieces[i].name);
		if (piece >= 0 && dossier_piece_is_joined(deciding->procedure, deciding->action, piece))
			well = json_push(pieces, json_of_piece(&command->pieces[i]));
	}
	for (size_t i = 0; well && i < 2 * deciding->action->examines.count; i++) {
		const int piece = deciding->action->examines.at[i / 2];
		const struct text suffix = i % 2 ? ground_suffix : TEXT(""), raw = raw_of(deciding, piece, suffix);
		const struct text name = deciding->procedure->pieces[piece].name, key = arena_format(deciding->arena,
			"%.*s%.*s%.*s", TEXT_ARGS(raw_prefix), TEXT_ARGS(name), TEXT_ARGS(suffix));
		if (raw.length == 0)
			continue;
		json_t *array = json_array();
		well = key.at && json_put_named(raws, key, array)
			&& json_push(array, json_of_text(text_is_utf8(raw) ? raw : TEXT("")));
	}
	return well;
}

bool
deciding_put_pieces(const struct deciding *deciding, json_t *result)
{
	json_t *until = NULL, *examined = NULL;
	bool well = true;
	for (size_t i = 0; well && i < deciding->procedure->piece_count; i++) {
		const struct dossier_piece *kept = kept_find(deciding, (int)i);
		if (!kept)
			continue;
		if (given_find(deciding, (int)i) && kept->valid_until.year
		    && dossier_piece_is_joined(deciding->procedure, deciding->action, (int)i)) {
			until = until ? until : json_put_object(result, "valid_until");
			well = until && json_put_named(until, kept->name, feel_value_to_json(feel_date(kept->valid_until)));
		}
		if (!procedure_list_has(deciding->action->examines, (int)i)
		    || text_trim(raw_of(deciding, (int)i, TEXT(""))).length == 0)
			continue;
		json_t *verdict = json_object();
		examined = examined ? examined : json_put_object(result, "examined");
		well = well && examined && json_put_named(examined, kept->name, verdict)
			&& json_put(verdict, "state", json_of_text(procedure_piece_states[kept->state]))
			&& json_put(verdict, "ground", json_of_text(kept->ground));
	}
	return well;
}
