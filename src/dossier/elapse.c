/* Due effects: what happens by itself when its instant has come, if it still holds. */
#include "dossier/deciding.h"

#include "base/banned.h"

/* Does it still hold? When it does, whether its condition lets it happen. */
static enum guichet_status
still_holds(struct deciding *deciding, const struct procedure_deadline *deadline, instant due, instant after,
	instant *ret_when, bool *ret_holds, bool *ret_happens)
{
	instant when;
	*ret_when = due;
	*ret_holds = *ret_happens = false;
	if (deadline->passage) {
		const enum guichet_status status = inputs_condition(&deciding->inputs, deadline->condition, ret_happens,
			deciding->error);
		*ret_holds = *ret_happens;
		return status;
	}
	enum guichet_status status = inputs_instant(&deciding->inputs, deadline->when, false, &when, deciding->error);
	if (status != GUICHET_OK)
		return status;
	if (when == INSTANT_NEVER)
		return guichet_fail(deciding->error, GUICHET_REFUSED, "« %.*s » devait arriver à cette date, qui ne se calcule plus : "
			"« %.*s » ne donne plus rien. Voyez ce qui manque au dossier ou à l’annuaire.", TEXT_ARGS(deadline->label),
			TEXT_ARGS(text_part(feel_source_of(deadline->when), 0, 200)));
	*ret_when = when;
	*ret_holds = when <= due && when <= deciding->facts.at && when > after;
	return inputs_condition(&deciding->inputs, deadline->condition, ret_happens, deciding->error);
}

struct consequences
deciding_effect(const struct procedure_deadline *deadline, bool happens)
{
	return (struct consequences){
		.produces = happens ? deadline->produces : (struct procedure_list){ 0 },
		.cancels = happens ? deadline->cancels : (struct procedure_list){ 0 },
		.settings = deadline->settings,
		.setting_count = happens ? deadline->setting_count : 0,
		.inscriptions = deadline->inscriptions,
		.inscription_count = happens ? deadline->inscription_count : 0,
		.countings = deadline->countings,
		.counting_count = happens ? deadline->counting_count : 0,
		.uncounts = happens ? deadline->uncounts : (struct procedure_list){ 0 },
		.from = deadline->step,
		.to = happens ? deadline->to : PROCEDURE_NONE,
	};
}

static enum guichet_status
elapse(struct deciding *deciding, const struct procedure_deadline *deadline, instant due, instant when, bool happens)
{
	const struct consequences consequences = deciding_effect(deadline, happens);
	CLEANUP(json_decref) json_t *payload = json_object();
	json_t *result = json_put_object(payload, "result"), *values = json_put_object(result, "values");
	const bool leaves = consequences.to >= 0 && consequences.to != consequences.from;
	const bool well = values && json_put(payload, "facts", json_of_facts(deciding->arena, &deciding->facts))
		&& json_put(payload, "effect", json_of_text(deadline->name))
		&& json_put(payload, "step", json_of_text(deciding->procedure->steps[deadline->step].name))
		&& json_put(payload, "due", json_integer(due))
		&& deciding_put_acts(deciding, &consequences, result) && deciding_put_step(deciding, &consequences, result)
		&& (leaves || deadline->repeats || json_put(result, "fired", json_of_text(deadline->name)))
		&& (!deadline->repeats || json_put(result, "repeated", json_integer(when)))
		&& (happens || json_put(result, "skipped", json_true()));
	if (!well)
		return OUT_OF_MEMORY(deciding->error);
	enum guichet_status status = deciding_put_settings(deciding, &consequences, values);
	if (status == GUICHET_OK)
		status = deciding_put_entries(deciding, &consequences, result);
	if (status == GUICHET_OK)
		status = deciding_put_rows(deciding, &consequences, result);
	if (status != GUICHET_OK)
		return status;
	deciding->outcome->from = deadline->step;
	if (happens) {
		deciding->outcome->alerts = deadline->alerts;
		deciding->outcome->alert = deadline->label;
	}
	return deciding_conclude(deciding, DOSSIER_ELAPSED, payload, happens ? deadline->move : PROCEDURE_NONE);
}

/* What is due of right is not refused by itself either. */
static enum guichet_status
check_entitled(struct deciding *deciding, const struct procedure_deadline *deadline)
{
	bool entitled = false;
	struct text message;
	enum guichet_status status = GUICHET_OK;
	if (decide_is_against(deciding->procedure, PROCEDURE_NO_SENSE, deadline->step, deadline->to))
		status = decide_entitled(&deciding->inputs, &entitled, &message, deciding->error);
	return status == GUICHET_OK && entitled ? guichet_fail(deciding->error, GUICHET_REFUSED, "%.*s", TEXT_ARGS(message))
		: status;
}

enum guichet_status
dossier_elapse(const struct dossier_input *input, struct text effect, int step, instant due, struct arena *arena,
	struct dossier_outcome *ret_outcome, struct guichet_error *error)
{
	struct deciding deciding;
	const struct procedure *procedure = input->facts.procedure;
	const struct dossier *dossier = input->facts.dossier;
	enum guichet_status status = deciding_begin(&deciding, input, due, arena, ret_outcome, error);
	if (status != GUICHET_OK)
		return status;
	const int index = step < 0 ? PROCEDURE_NONE : procedure_deadline_find(procedure, step, effect);
	bool holds = false, happens = false;
	instant after, when = due;
	const struct dossier_stand stand = dossier_stand_in(procedure, dossier, step < 0 ? 0 : procedure->steps[step].track);
	if (index >= 0 && procedure->deadlines[index].upon_count == 0 && stand.step == step
		&& stand_may_fire(dossier, &stand, &procedure->deadlines[index], &after))
		status = still_holds(&deciding, &procedure->deadlines[index], due, after, &when, &holds, &happens);
	if (status == GUICHET_OK && holds && happens)
		status = check_entitled(&deciding, &procedure->deadlines[index]);
	if (status == GUICHET_OK && holds)
		status = elapse(&deciding, &procedure->deadlines[index], due, when, happens);
	if (status == GUICHET_OK && holds)
		return GUICHET_OK;
	/* What is due is written with each event: it can be of no step but by another circuit. */
	if (status == GUICHET_OK && index < 0)
		status = guichet_fail(error, GUICHET_REFUSED, "« %.*s » devait arriver, mais le circuit de la procédure n’en dit rien "
			"à l’étape « %.*s ». Faites sur ce dossier ce qui devait se faire.", TEXT_ARGS(effect),
			TEXT_ARGS(procedure->steps[dossier->step].label));
	if (status == GUICHET_OK) {
		ret_outcome->kind = DOSSIER_STALE;
		ret_outcome->state = *dossier;
		status = decide_dues(&deciding.inputs, &ret_outcome->dues, &ret_outcome->due_count, error);
		if (status == GUICHET_OK)
			status = deciding_columns(&deciding.inputs, &ret_outcome->columns, error);
		return status;
	}
	/* It cannot happen: the office is told, and the row stays. */
	*ret_outcome = (struct dossier_outcome){
		.kind = DOSSIER_ALERT,
		.state = *dossier,
		.message = arena_text(arena, text_of_string(error->message)),
	};
	return ret_outcome->message.at ? GUICHET_OK : OUT_OF_MEMORY(error);
}
