/* Decisions: a command, judged on the facts it is given, becomes an event and all that follows from it, or a
 * refusal that says what to do. */
#include "dossier/deciding.h"
#include "dossier/json.h"

#include "base/banned.h"

/* The beginning of each of the three. */
enum guichet_status
deciding_begin(struct deciding *deciding, const struct dossier_input *input, instant at, struct arena *arena,
	struct dossier_outcome *outcome, struct guichet_error *error)
{
	*outcome = (struct dossier_outcome){ 0 };
	*deciding = (struct deciding){
		.input = input,
		.procedure = input->facts.procedure,
		.arena = arena,
		.facts = input->facts,
		.outcome = outcome,
		.error = error,
	};
	deciding->facts.at = at;
	/* Never before what the dossier already lived. */
	if (deciding->facts.dossier && deciding->facts.dossier->last_at > at)
		deciding->facts.at = deciding->facts.dossier->last_at;
	return inputs_new(arena, &deciding->facts, &deciding->inputs, error);
}

enum guichet_status
dossier_decide(const struct dossier_input *input, struct arena *arena, struct dossier_outcome *ret_outcome,
	struct guichet_error *error)
{
	struct deciding deciding;
	enum guichet_status status = deciding_begin(&deciding, input, input->facts.at, arena, ret_outcome, error);
	if (status != GUICHET_OK)
		return status;
	deciding.roles = facts_roles(&deciding.facts, input->actor.person.id, input->actor.roles);
	status = deciding_check(&deciding);
	if (status != GUICHET_OK)
		return status;

	const struct procedure_action *action = deciding.action;
	const struct consequences consequences = {
		.produces = action->produces,
		.cancels = action->cancels,
		.settings = action->settings,
		.setting_count = action->setting_count,
		.inscriptions = action->inscriptions,
		.inscription_count = action->inscription_count,
		.countings = action->countings,
		.counting_count = action->counting_count,
		.uncounts = action->uncounts,
		.from = action->step,
		.to = action->to,
	};
	CLEANUP(json_decref) json_t *payload = json_object();
	json_t *result = json_put_object(payload, "result"), *values = json_put_object(result, "values");
	const bool well = values && json_put(payload, "facts", json_of_facts(arena, &deciding.facts))
		&& deciding_put_command(&deciding, payload) && deciding_put_actor(&deciding, payload)
		&& (deciding.facts.dossier || json_put(payload, "number", json_of_text(input->number)))
		&& deciding_put_answers(&deciding, result, values) && deciding_put_acts(&deciding, &consequences, result)
		&& deciding_put_pieces(&deciding, result) && deciding_put_signature(&deciding, result)
		&& deciding_put_answer(&deciding, result) && deciding_put_step(&deciding, &consequences, result);
	if (!well)
		return OUT_OF_MEMORY(error);
	status = deciding_put_settings(&deciding, &consequences, values);
	if (status == GUICHET_OK)
		status = deciding_put_entries(&deciding, &consequences, result);
	if (status == GUICHET_OK)
		status = deciding_put_rows(&deciding, &consequences, result);
	if (status == GUICHET_OK)
		status = deciding_put_opening(&deciding, result);
	if (status == GUICHET_OK)
		status = deciding_conclude(&deciding, deciding.facts.dossier ? DOSSIER_ACTED : DOSSIER_FILED, payload, action->move);
	ret_outcome->from = action->step;
	ret_outcome->held_until = action->undo_for && deciding.facts.dossier ? deciding.facts.at + action->undo_for : 0;
	return status;
}

enum guichet_status
dossier_compose(const struct dossier_input *input, struct text act_number, struct text text_hash,
	struct text digest, int64_t size, struct arena *arena, struct dossier_outcome *ret_outcome,
	struct guichet_error *error)
{
	struct deciding deciding;
	const enum guichet_status status = deciding_begin(&deciding, input, input->facts.at, arena, ret_outcome, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_act *act = NULL;
	for (size_t i = 0; i < input->facts.dossier->act_count; i++) {
		if (text_equal(input->facts.dossier->acts[i].number, act_number))
			act = &input->facts.dossier->acts[i];
	}
	if (!act || act->status == DOSSIER_CANCELLED)
		return guichet_fail(error, GUICHET_REFUSED, "Ce document n’est plus attendu : il a été annulé.");
	if (act->status == DOSSIER_COMPOSED)
		return guichet_fail(error, GUICHET_REFUSED, "Ce document est déjà composé.");
	CLEANUP(json_decref) json_t *payload = json_object();
	if (!json_put(payload, "act", json_of_text(act_number))
	    || !json_put(payload, "text_hash", json_of_text(text_hash))
	    || !json_put(payload, "digest", json_of_text(digest)) || !json_put(payload, "size", json_integer(size)))
		return OUT_OF_MEMORY(error);
	return deciding_conclude(&deciding, DOSSIER_COMPOSED_EVENT, payload, PROCEDURE_NONE);
}
