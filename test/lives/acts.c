/* Which acts hold: made, cancelled, replaced by that of a child. And a child brings each thing once. See judges.h. */
#include "lives/judges.h"

#include "dossier/json.h"

#include "base/banned.h"

static void
end_act(struct shadow *shadow, struct text number)
{
	for (size_t i = 0; i < shadow->act_count; i++) {
		if (text_equal(shadow->acts[i].act, number))
			shadow->acts[i].holds = false;
	}
}

static void
note_brought(struct life *life, struct shadow *shadow, const json_t *child)
{
	CLEANUP(json_decref) json_t *what = json_pack("{sO sO sO}", "number", json_object_get(child, "number"), "move",
		json_object_get(child, "move"), "done", json_object_get(child, "done"));
	const struct text told = json_canonical(life->arena, what);
	for (size_t i = 0; i < shadow->brought_count; i++) {
		if (text_equal(shadow->brought[i], told))
			life_breaks(life, "« %.*s » de %.*s arrive deux fois au dossier d’origine", TEXT_ARGS(judge_text(child, "move")),
				TEXT_ARGS(judge_text(child, "number")));
	}
	if (shadow->brought_count < sizeof shadow->brought / sizeof *shadow->brought)
		shadow->brought[shadow->brought_count++] = told;
}

void
judge_note_acts(struct life *life, struct shadow *shadow, const struct dossier_event *event, const json_t *payload)
{
	const json_t *result = json_object_get(payload, "result"), *cancelled = json_object_get(result, "cancelled"),
		*replaced = json_object_get(result, "replaced"), *acts = json_object_get(result, "acts");
	const char *number;
	json_t *by;
	for (size_t i = 0; i < json_array_size(cancelled); i++) {
		const json_t *one = json_array_get(cancelled, i);
		end_act(shadow, (struct text){ json_string_value(one), json_string_length(one) });
	}
	json_object_foreach((json_t *)replaced, number, by) {
		(void)by;
		end_act(shadow, text_of_string(number));
	}
	for (size_t i = 0; i < json_array_size(acts); i++) {
		const json_t *act = json_array_get(acts, i);
		const struct text name = judge_text(act, "number");
		for (size_t j = 0; j < shadow->act_count; j++) {
			if (text_equal(shadow->acts[j].act, name))
				life_breaks(life, "deux actes portent le numéro %.*s", TEXT_ARGS(name));
		}
		if (shadow->act_count == sizeof shadow->acts / sizeof *shadow->acts)
			continue;
		shadow->acts[shadow->act_count].act = arena_text(life->arena, name);
		shadow->acts[shadow->act_count].signers = 0;
		shadow->acts[shadow->act_count].holds = true;
		shadow->acts[shadow->act_count++].letter = procedure_letter_find(life->ground->procedure, judge_text(act, "letter"));
		shadow->fresh_acts++;
	}
	if (event->type == DOSSIER_RECEIVED)
		note_brought(life, shadow, json_object_get(json_object_get(payload, "facts"), "child"));
}

void
judge_acts(struct life *life, size_t index)
{
	struct shadow *shadow = &life->shadows[index];
	const struct world_dossier *dossier = &life->world->dossiers[index];
	const struct procedure *procedure = life->ground->procedure;
	for (size_t i = 0; i < dossier->state.act_count; i++) {
		const struct dossier_act *act = &dossier->state.acts[i];
		const bool told = act->status != DOSSIER_CANCELLED && act->replaced_by.length == 0;
		for (size_t j = 0; j < shadow->act_count; j++) {
			if (text_equal(shadow->acts[j].act, act->number) && shadow->acts[j].holds != told)
				life_breaks(life, "l’acte %.*s %s, ses événements disent autre chose", TEXT_ARGS(act->number),
					told ? "a cours" : "n’a plus cours");
		}
	}
	/* What has just been made for a child takes the place of what its parent had. */
	const size_t fresh = shadow->fresh_acts;
	shadow->fresh_acts = 0;
	if (!dossier->parent)
		return;
	const struct dossier *parent = &dossier->parent->state;
	for (size_t i = shadow->act_count - fresh; i < shadow->act_count; i++) {
		const struct procedure_list replaces = procedure->letters[shadow->acts[i].letter].replaces;
		for (size_t j = 0; shadow->acts[i].holds && j < parent->act_count; j++) {
			if (procedure_list_has(replaces, parent->acts[j].letter) && parent->acts[j].status != DOSSIER_CANCELLED
				&& parent->acts[j].replaced_by.length == 0)
				life_breaks(life, "l’acte %.*s a encore cours alors que %.*s le remplace", TEXT_ARGS(parent->acts[j].number),
					TEXT_ARGS(shadow->acts[i].act));
		}
	}
}
