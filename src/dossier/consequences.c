/* What an event writes: the command and its actor, then what they change. */
#include "dossier/deciding.h"
#include "dossier/form.h"

#include "base/banned.h"

/* What was typed for the answers of a form, and of the parts of them. */
static bool
put_raws(json_t *raws, const struct dossier_form *form)
{
	bool well = true;
	for (size_t i = 0; well && i < form->count; i++) {
		const struct dossier_answer *answer = &form->answers[i];
		for (size_t j = 0; well && j < answer->row_count; j++)
			well = put_raws(raws, &answer->rows[j]);
		if (!answer->given || answer->row_count)
			continue;
		json_t *array = json_array();
		well = well && json_put_named(raws, answer->name, array);
		for (size_t j = 0; well && j < answer->raw_count; j++) {
			const struct text raw = text_is_utf8(answer->raws[j]) ? answer->raws[j] : TEXT("");
			well = json_push(array, json_of_text(raw));
		}
	}
	return well;
}

bool
deciding_put_command(const struct deciding *deciding, json_t *payload)
{
	const struct dossier_command *command = &deciding->input->command;
	const struct dossier_form *form = &deciding->outcome->form;
	json_t *object = json_put_object(payload, "command"), *raws = json_put_object(object, "raws"),
		*pieces = json_put_array(object, "pieces");
	bool well = raws && pieces && json_put(object, "action", json_of_text(command->action))
		&& json_put(object, "expected", json_integer(command->expected))
		&& json_put(object, "confirmed", json_boolean(command->confirmed))
		&& json_put(object, "text_hash", json_of_text(command->text_hash))
		&& json_put(object, "channel", json_of_text(command->channel))
		&& json_put(object, "ground", json_of_text(command->ground));
	/* Only what belongs to the form is kept. */
	if (!well || !put_raws(raws, form))
		return false;
	return deciding_put_given(deciding, pieces, raws);
}

bool
deciding_put_actor(const struct deciding *deciding, json_t *payload)
{
	json_t *actor = json_put_object(payload, "actor"), *roles = json_put_array(actor, "roles");
	bool well = roles && json_put(actor, "person", json_of_person(&deciding->input->actor.person));
	for (size_t i = 0; well && i < deciding->procedure->role_count; i++) {
		if (deciding->input->actor.roles & DOSSIER_ROLE(i))
			well = json_push(roles, json_of_text(deciding->procedure->roles[i].name));
	}
	/* Most events have no delegation, and those of before have not the word. */
	json_t *signs = well && deciding->input->actor.signs ? json_put_array(actor, "signs") : NULL;
	for (size_t i = 0; well && signs && i < deciding->procedure->role_count; i++) {
		if (deciding->input->actor.signs & DOSSIER_ROLE(i))
			well = json_push(signs, json_of_text(deciding->procedure->roles[i].name));
	}
	well = well && (signs || !deciding->input->actor.signs);
	return well;
}

/* The values of an accepted form: those changed by `modifie` apart, with what they were. */
bool
deciding_put_answers(const struct deciding *deciding, json_t *result, json_t *values)
{
	const struct dossier_form *form = &deciding->outcome->form;
	const size_t changed_count = deciding->facts.dossier ? deciding->action->changes.count : 0;
	json_t *changes = json_put_array(result, "changes");
	bool well = changes != NULL;
	struct text reason = TEXT("");
	for (size_t i = 0; well && i < form->count; i++) {
		const struct dossier_answer *answer = &form->answers[i];
		const struct feel_value before = deciding->facts.dossier
			? dossier_value_of(deciding->facts.dossier, answer->name) : feel_null(TEXT(""));
		const bool again = answer->field->section >= 0 && before.kind != FEEL_NULL; /* a part asked once more */
		if (i >= changed_count && !again) {
			well = json_put_named(values, answer->name, feel_value_to_json(answer->value));
			if (reason.length == 0 && deciding->facts.dossier && answer->value.kind == FEEL_STRING
			    && answer->field->type <= PROCEDURE_FIELD_LONG_TEXT && answer->field->readers.count == 0)
				reason = answer->value.string;
			continue;
		}
		if (feel_is_true(feel_equal(before, answer->value)))
			continue;
		json_t *change = json_object();
		well = json_push(changes, change) && json_put(change, "field", json_of_text(answer->name))
			&& json_put(change, "before", feel_value_to_json(before))
			&& json_put(change, "after", feel_value_to_json(answer->value));
	}
	/* What a child is not asked keeps its parent's answers. */
	const struct dossier *parent = deciding->facts.dossier ? NULL : deciding->facts.parent;
	for (size_t i = 0; well && parent && i < deciding->procedure->form_field_count; i++) {
		const struct text name = deciding->procedure->fields[i].name;
		const struct feel_value value = dossier_value_of(parent, name);
		if (value.kind != FEEL_NULL && !dossier_answer_find(form, name))
			well = json_put_named(values, name, feel_value_to_json(value));
	}
	return well && (reason.length == 0 || json_put(result, "reason", json_of_text(reason)));
}

bool
deciding_put_acts(const struct deciding *deciding, const struct consequences *consequences, json_t *result)
{
	const struct dossier *dossier = deciding->facts.dossier;
	const struct text number = dossier ? dossier->number : deciding->input->number;
	json_t *cancelled = json_put_array(result, "cancelled"), *acts = json_put_array(result, "acts");
	bool well = cancelled && acts;
	for (size_t i = 0; well && dossier && i < dossier->act_count; i++) {
		for (size_t j = 0; well && j < consequences->cancels.count; j++) {
			if (dossier->acts[i].letter == consequences->cancels.at[j]
			    && dossier->acts[i].status != DOSSIER_CANCELLED)
				well = json_push(cancelled, json_of_text(dossier->acts[i].number));
		}
	}
	for (size_t i = 0; well && i < consequences->produces.count; i++) {
		json_t *act = json_object();
		const struct text act_number = arena_format(deciding->arena, "%.*s/%zu", TEXT_ARGS(number),
			(dossier ? dossier->acts_made : 0) + i + 1);
		well = json_push(acts, act) && act_number.at
			&& json_put(act, "number", json_of_text(act_number))
			&& json_put(act, "letter",
				json_of_text(deciding->procedure->letters[consequences->produces.at[i]].name));
	}
	return well;
}

bool
deciding_put_signature(const struct deciding *deciding, json_t *result)
{
	if (deciding->action->signs < 0)
		return true;
	json_t *signature = json_put_object(result, "signed");
	const struct dossier_act *act = dossier_act_find(deciding->facts.dossier, deciding->action->signs);
	return signature && json_put(signature, "act", json_of_text(act->number))
		&& json_put(signature, "role", json_of_text(deciding->procedure->roles[deciding_role(deciding)].name))
		&& json_put(signature, "text_hash", json_of_text(deciding->input->command.text_hash));
}

bool
deciding_put_step(const struct deciding *deciding, const struct consequences *consequences, json_t *result)
{
	const struct procedure_step *from = &deciding->procedure->steps[consequences->from];
	/* Where it comes from is said only of a suivi: events of before had none. */
	return (from->track == 0 || json_put(result, "from", json_of_text(from->name)))
		&& (consequences->to < 0 || consequences->to == consequences->from
			|| json_put(result, "to", json_of_text(deciding->procedure->steps[consequences->to].name)));
}

bool
deciding_put_answer(const struct deciding *deciding, json_t *result)
{
	const struct procedure_action *action = deciding->action;
	const int role = deciding_role(deciding);
	return !action->answers || !procedure_list_has(deciding->procedure->steps[action->step].awaits, role)
		|| json_put(result, "answers", json_of_text(deciding->procedure->roles[role].name));
}

enum guichet_status
deciding_put_settings(struct deciding *deciding, const struct consequences *consequences, json_t *values)
{
	for (size_t i = 0; i < consequences->setting_count; i++) {
		const struct procedure_setting *setting = &consequences->settings[i];
		struct feel_value value;
		const enum guichet_status status = inputs_evaluate(&deciding->inputs, setting->value, &value,
			deciding->error);
		if (status != GUICHET_OK)
			return status;
		if (!json_put_named(values, deciding->procedure->posed[setting->posed].name, feel_value_to_json(value)))
			return OUT_OF_MEMORY(deciding->error);
	}
	return GUICHET_OK;
}

enum guichet_status
deciding_put_opening(struct deciding *deciding, json_t *result)
{
	const struct procedure_action *action = deciding->action;
	if (action->opens < 0)
		return GUICHET_OK;
	instant until;
	const enum guichet_status status = inputs_instant(&deciding->inputs, action->opens_until, true, &until,
		deciding->error);
	if (status != GUICHET_OK)
		return status;
	if (until == INSTANT_NEVER || until <= deciding->facts.at)
		return deciding_refuse(deciding, DOSSIER_INCOMPLETE, "%.*s : donnez une date à venir.",
			TEXT_ARGS(deciding->procedure->windows[action->opens].label));
	json_t *opened = json_put_object(result, "opened");
	return json_put_named(opened, deciding->procedure->windows[action->opens].name, json_integer(until))
		? GUICHET_OK : OUT_OF_MEMORY(deciding->error);
}
