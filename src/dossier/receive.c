/* What a child brings to its parent: the values that it reports, the acts that its own replace, and the effect of the
 * parent's step that waited for it. One event holds them all. */
#include "dossier/deciding.h"

#include "base/banned.h"

bool
dossier_child_of(const struct dossier_outcome *outcome, struct dossier_child *ret_child)
{
	if (outcome->kind != DOSSIER_HAPPENED || outcome->happened.length == 0 || outcome->state.nature.length == 0)
		return false;
	*ret_child = (struct dossier_child){ .dossier = &outcome->state, .move = outcome->happened,
		.effect = outcome->by_itself, .from = outcome->from, .acts = outcome->composed,
		.act_count = outcome->composed_count };
	return true;
}

/* What the child's action or effect copies. */
static void
find_reports(const struct procedure *procedure, const struct dossier_child *child, const struct text **ret_names,
	size_t *ret_count)
{
	const int index = child->effect ? procedure_deadline_find(procedure, child->from, child->move)
		: procedure_action_find(procedure, child->from, child->move);
	if (index < 0)
		*ret_count = 0;
	else if (child->effect) {
		*ret_names = procedure->deadlines[index].reports;
		*ret_count = procedure->deadlines[index].report_count;
	} else {
		*ret_names = procedure->actions[index].reports;
		*ret_count = procedure->actions[index].report_count;
	}
}

/* Copies the values that differ, and lays them over the inputs: what follows reads them. */
static enum guichet_status
put_reports(struct deciding *deciding, json_t *result, bool *ret_any)
{
	const struct procedure *procedure = deciding->procedure;
	const struct dossier_child *child = deciding->facts.child;
	const struct text *names = NULL;
	size_t count = 0;
	json_t *changes = json_put_array(result, "changes");
	bool well = changes != NULL;
	find_reports(procedure, child, &names, &count);
	for (size_t i = 0; well && i < count; i++) {
		const struct feel_value before = dossier_value_of(deciding->facts.dossier, names[i]),
			after = dossier_value_of(child->dossier, names[i]);
		const int field = procedure_field_find(procedure, names[i]), posed = procedure_posed_find(procedure, names[i]);
		if (feel_is_true(feel_equal(before, after)) || (field < 0 && posed < 0))
			continue;
		json_t *change = json_object();
		well = json_push(changes, change) && json_put(change, "field", json_of_text(names[i]))
			&& json_put(change, "before", feel_value_to_json(before))
			&& json_put(change, "after", feel_value_to_json(after));
		deciding->inputs.values[field >= 0 ? procedure->fields[field].slot : procedure->posed[posed].slot] = after;
		*ret_any = true;
	}
	if (!well)
		return OUT_OF_MEMORY(deciding->error);
	return *ret_any ? inputs_compute(&deciding->inputs, deciding->error) : GUICHET_OK;
}

/* The living acts of this dossier that those just made for the child replace. */
static bool
put_replaced(const struct deciding *deciding, json_t *result, bool *ret_any)
{
	const struct dossier *dossier = deciding->facts.dossier;
	const struct dossier_child *child = deciding->facts.child;
	json_t *replaced = json_put_object(result, "replaced");
	bool well = replaced != NULL;
	for (size_t i = 0; well && i < child->act_count; i++) {
		const struct procedure_list letters = deciding->procedure->letters[child->acts[i].letter].replaces;
		for (size_t j = 0; well && j < dossier->act_count; j++) {
			const struct dossier_act *act = &dossier->acts[j];
			if (act->status == DOSSIER_CANCELLED || act->replaced_by.length > 0
			    || !procedure_list_has(letters, act->letter))
				continue;
			well = json_put_named(replaced, act->number, json_of_text(child->acts[i].number));
			*ret_any = true;
		}
	}
	return well;
}

/* The first effect of a step that waited for this and whose condition is true; NULL when there is none. */
static enum guichet_status
find_in_step(struct deciding *deciding, int step, const struct procedure_deadline **ret_deadline)
{
	const struct procedure *procedure = deciding->procedure;
	const struct dossier_child *child = deciding->facts.child;
	const int nature = procedure_nature_find(procedure, child->dossier->nature),
		move = procedure_move_find(procedure, child->move);
	const struct procedure_list deadlines = procedure->steps[step].deadlines;
	*ret_deadline = NULL;
	for (size_t i = 0; i < deadlines.count && !*ret_deadline; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[deadlines.at[i]];
		bool waits = false, happens;
		for (size_t j = 0; j < deadline->upon_count; j++)
			waits |= deadline->upon[j].nature == nature && deadline->upon[j].move == move;
		if (!waits)
			continue;
		const enum guichet_status status = inputs_condition(&deciding->inputs, deadline->condition, &happens,
			deciding->error);
		if (status != GUICHET_OK)
			return status;
		if (happens)
			*ret_deadline = deadline;
	}
	return GUICHET_OK;
}

/* The main circuit first, then those beside it. */
static enum guichet_status
find_reaction(struct deciding *deciding, const struct procedure_deadline **ret_deadline)
{
	const int tracks = (int)deciding->procedure->track_count;
	enum guichet_status status = GUICHET_OK;
	*ret_deadline = NULL;
	for (int track = 0; status == GUICHET_OK && !*ret_deadline && track < tracks; track++) {
		const int step = stand_in(&deciding->facts, track).step;
		if (step >= 0) /* what is born of another has no suivi */
			status = find_in_step(deciding, step, ret_deadline);
	}
	return status;
}

/* "Avenant 2024-P-00001-K-A1". */
static struct text
reason_of(const struct deciding *deciding)
{
	const struct dossier *child = deciding->facts.child->dossier;
	const int nature = procedure_nature_find(deciding->procedure, child->nature);
	return arena_format(deciding->arena, "%.*s %.*s", TEXT_ARGS(nature >= 0 ? deciding->procedure->natures[nature].label
		: child->nature), TEXT_ARGS(child->number));
}

static enum guichet_status
react(struct deciding *deciding, const struct procedure_deadline *deadline, json_t *payload, json_t *result,
	json_t *values)
{
	const struct consequences consequences = deciding_effect(deadline, true);
	if (!json_put(payload, "effect", json_of_text(deadline->name))
	    || !json_put(payload, "step", json_of_text(deciding->procedure->steps[deadline->step].name))
	    || !deciding_put_acts(deciding, &consequences, result) || !deciding_put_step(deciding, &consequences, result))
		return OUT_OF_MEMORY(deciding->error);
	deciding->outcome->alerts = deadline->alerts;
	deciding->outcome->alert = deadline->label;
	deciding->outcome->from = deadline->step;
	enum guichet_status status = deciding_put_settings(deciding, &consequences, values);
	if (status == GUICHET_OK)
		status = deciding_put_entries(deciding, &consequences, result);
	return status != GUICHET_OK ? status : deciding_put_rows(deciding, &consequences, result);
}

/* Nothing to write; the rest as it stands. */
static enum guichet_status
leave(struct deciding *deciding)
{
	struct dossier_outcome *outcome = deciding->outcome;
	outcome->kind = DOSSIER_STALE;
	outcome->state = *deciding->facts.dossier;
	const enum guichet_status status = decide_dues(&deciding->inputs, &outcome->dues, &outcome->due_count,
		deciding->error);
	return status != GUICHET_OK ? status : deciding_columns(&deciding->inputs, &outcome->columns, deciding->error);
}

/* What is due of right is not refused by what happens to a child either: that does not happen. */
static enum guichet_status
check_entitled(struct deciding *deciding, const struct procedure_deadline *reaction)
{
	bool entitled = false;
	struct text message;
	enum guichet_status status = GUICHET_OK;
	if (reaction && decide_is_against(deciding->procedure, PROCEDURE_NO_SENSE, reaction->step, reaction->to))
		status = decide_entitled(&deciding->inputs, &entitled, &message, deciding->error);
	return status == GUICHET_OK && entitled
		? guichet_fail(deciding->error, GUICHET_REFUSED, "La demande d’origine serait refusée. %.*s", TEXT_ARGS(message))
		: status;
}

enum guichet_status
dossier_receive(const struct dossier_input *input, struct arena *arena, struct dossier_outcome *ret_outcome,
	struct guichet_error *error)
{
	struct deciding deciding;
	const struct procedure_deadline *reaction = NULL;
	bool any = false;
	enum guichet_status status = deciding_begin(&deciding, input, input->facts.at, arena, ret_outcome, error);
	if (status != GUICHET_OK)
		return status;
	CLEANUP(json_decref) json_t *payload = json_object();
	json_t *result = json_put_object(payload, "result"), *values = json_put_object(result, "values");
	const struct text reason = reason_of(&deciding);
	if (!values || !reason.at || !json_put(payload, "facts", json_of_facts(arena, &deciding.facts))
	    || !json_put(result, "reason", json_of_text(reason)))
		return OUT_OF_MEMORY(error);
	status = put_reports(&deciding, result, &any);
	if (status == GUICHET_OK && !put_replaced(&deciding, result, &any))
		status = OUT_OF_MEMORY(error);
	if (status == GUICHET_OK)
		status = find_reaction(&deciding, &reaction);
	if (status == GUICHET_OK)
		status = check_entitled(&deciding, reaction);
	if (status != GUICHET_OK)
		return status;
	if (!any && !reaction)
		return leave(&deciding);
	if (reaction)
		status = react(&deciding, reaction, payload, result, values);
	return status != GUICHET_OK ? status
		: deciding_conclude(&deciding, DOSSIER_RECEIVED, payload, reaction ? reaction->move : PROCEDURE_NONE);
}
