/* Undoing: never too late, by who did it or the office, when nothing followed; and then all is as it was: the state, the
 * acts, what is due. See judges.h. */
#include "lives/judges.h"

#include "dossier/json.h"

#include "base/banned.h"

void
rules_note_before(struct life *life, const struct world_dossier *dossier)
{
	struct kept *kept = &life->kept[dossier - life->world->dossiers];
	kept->coming = dossier_to_json(life->arena, life->ground->procedure, &dossier->state);
	kept->coming_dues = dossier->dues;
	kept->coming_due_count = dossier->due_count;
}

void
judge_keep(struct life *life, size_t index, const struct procedure_action *action, const struct dossier_event *event,
	struct text author)
{
	struct kept *kept = &life->kept[index];
	kept->before = life->shadows[index];
	kept->version = event->number;
	kept->until = event->at + action->undo_for;
	kept->author = arena_text(life->arena, author);
	kept->state = kept->coming;
	kept->dues = kept->coming_dues;
	kept->due_count = kept->coming_due_count;
	kept->changes = life->changes;
}

/* The state but for what goes on: how many events, the chain, the numbers of acts and what was composed of them. */
static json_t *
essence(struct text state)
{
	static const char *const goes_on[] = { "version", "changed", "head", "last_at", "acts_made", "acts" };
	struct guichet_error error = { 0 };
	json_t *object = json_parse(state, "L’état", &error);
	for (size_t i = 0; object && i < sizeof goes_on / sizeof *goes_on; i++)
		(void)json_object_del(object, goes_on[i]);
	return object;
}

static bool
same_dues(const struct kept *kept, const struct world_dossier *dossier)
{
	if (kept->due_count != dossier->due_count)
		return false;
	for (size_t i = 0; i < kept->due_count; i++) {
		if (!text_equal(kept->dues[i].effect, dossier->dues[i].effect) || kept->dues[i].at != dossier->dues[i].at)
			return false;
	}
	return true;
}

void
judge_undone(struct life *life, size_t index, const struct dossier_event *event, const json_t *payload)
{
	const struct world_dossier *dossier = &life->world->dossiers[index];
	const struct procedure *procedure = life->ground->procedure;
	struct kept *kept = &life->kept[index];
	struct shadow *shadow = &life->shadows[index];
	const json_t *undoes = json_object_get(payload, "undoes");
	const struct text person = judge_text(json_object_get(json_object_get(payload, "actor"), "person"), "id");
	if (kept->version == 0 || json_integer_value(json_object_get(undoes, "version")) != (json_int_t)kept->version) {
		life_breaks(life, "on revient sur un événement qui ne le permet pas");
		return;
	}
	if (event->at >= kept->until)
		life_breaks(life, "on revient trop tard sur « %.*s »", TEXT_ARGS(judge_text(undoes, "action")));
	if (!text_equal(person, kept->author) && (procedure->office < 0
		|| !judge_may_hold(life, &procedure->roles[procedure->office], person, dossier->person)))
		life_breaks(life, "%.*s revient sur ce que %.*s a fait", TEXT_ARGS(person), TEXT_ARGS(kept->author));
	if (shadow->followed)
		life_breaks(life, "on revient sur « %.*s » alors qu’autre chose a suivi", TEXT_ARGS(judge_text(undoes, "action")));

	/* What was made keeps its number, and no longer holds; what was ended holds again. */
	struct shadow now = *shadow;
	*shadow = kept->before;
	shadow->event_count = now.event_count;
	shadow->last_at = now.last_at;
	for (size_t i = 0; i < shadow->act_count; i++)
		now.acts[i].holds = shadow->acts[i].holds;
	for (size_t i = shadow->act_count; i < now.act_count; i++)
		now.acts[i].holds = false;
	memcpy(shadow->acts, now.acts, sizeof now.acts);
	shadow->act_count = now.act_count;
	shadow->fresh_acts = 0;

	if (event->number == dossier->event_count) {
		CLEANUP(json_decref) json_t *before = essence(kept->state);
		CLEANUP(json_decref) json_t *after = essence(dossier_to_json(life->arena, procedure, &dossier->state));
		if (!before || !json_equal(before, after))
			life_breaks(life, "on est revenu sur « %.*s », et le dossier n’est pas ce qu’il était",
				TEXT_ARGS(judge_text(undoes, "action")));
		if (kept->changes == life->changes && !same_dues(kept, dossier))
			life_breaks(life, "on est revenu sur « %.*s », et ce qui devait arriver n’est plus le même",
				TEXT_ARGS(judge_text(undoes, "action")));
	}
	kept->version = 0;
}
