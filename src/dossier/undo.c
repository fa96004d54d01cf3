/* An action undone, while it may be and nothing has followed it: the state is again what it was before. */
#include "dossier/deciding.h"

#include "base/banned.h"

enum guichet_status
dossier_undo_check(const struct dossier_facts *facts, const struct dossier_undo *undo, const struct dossier_actor *actor,
	struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	const dossier_roles roles = facts_roles(facts, actor->person.id, actor->roles & ~actor->signs);
	const bool runs = procedure->office >= 0 && (roles & DOSSIER_ROLE(procedure->office));
	if (!text_equal(actor->person.id, undo->author) && !runs)
		return guichet_fail(error, GUICHET_REFUSED, "Seuls la personne qui l’a fait et le bureau qui gère la demande peuvent "
			"revenir dessus.");
	if (facts->at >= undo->until) {
		struct clock_time time;
		const struct date day = date_of_instant(undo->until, &time);
		return guichet_fail(error, GUICHET_REFUSED, "Il est trop tard pour revenir dessus : c’était possible jusqu’au "
			"%02d/%02d/%d à %d h %02d.", day.day, day.month, day.year, time.hour, time.minute);
	}
	if (facts->dossier->changed != undo->changed)
		return guichet_fail(error, GUICHET_REFUSED, "Quelque chose a suivi : on ne peut plus revenir dessus. Relisez le "
			"dossier.");
	return GUICHET_OK;
}

static bool
put_undone(const struct dossier_undo *undo, json_t *payload)
{
	json_t *object = json_put_object(payload, "undoes");
	return object && json_put(object, "action", json_of_text(undo->action))
		&& json_put(object, "version", json_integer(undo->version))
		&& json_put(object, "changed", json_integer(undo->changed))
		&& json_put(object, "until", json_integer(undo->until))
		&& json_put(object, "author", json_of_text(undo->author)) && json_put(object, "to", json_of_text(undo->to));
}

enum guichet_status
dossier_undo(const struct dossier_input *input, const struct dossier_undo *undo, struct arena *arena,
	struct dossier_outcome *ret_outcome, struct guichet_error *error)
{
	struct deciding deciding;
	enum guichet_status status = deciding_begin(&deciding, input, input->facts.at, arena, ret_outcome, error);
	if (status == GUICHET_OK)
		status = dossier_undo_check(&deciding.facts, undo, &input->actor, error);
	if (status == GUICHET_REFUSED) {
		ret_outcome->kind = DOSSIER_REFUSED_OUTCOME;
		ret_outcome->refusal = DOSSIER_CONFLICT;
		ret_outcome->message = arena_text(arena, text_of_string(error->message));
	}
	if (status != GUICHET_OK)
		return status;
	CLEANUP(json_decref) json_t *payload = json_object();
	json_t *state = json_parse(undo->state, "L’état d’avant", error);
	if (!json_put(payload, "state", state) || !json_put(payload, "facts", json_of_facts(arena, &deciding.facts))
	    || !put_undone(undo, payload) || !deciding_put_actor(&deciding, payload))
		return state ? OUT_OF_MEMORY(error) : error->status;
	return deciding_conclude(&deciding, DOSSIER_UNDONE, payload, PROCEDURE_NONE);
}
