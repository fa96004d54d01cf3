/* Where a dossier stands: in its main circuit, and in each of the suivis that live beside it. */
#include "dossier/decide.h"

#include "base/banned.h"

struct dossier_stand
dossier_stand_in(const struct procedure *procedure, const struct dossier *dossier, int track)
{
	if (track == 0)
		return dossier ? (struct dossier_stand){ dossier->step, dossier->entered_at, dossier->fired, dossier->fired_count,
			dossier->answered } : (struct dossier_stand){ 0 };
	if (!dossier || dossier->nature.length > 0 || procedure->tracks[track].steps.count == 0)
		return (struct dossier_stand){ .step = PROCEDURE_NONE };
	if ((size_t)track <= dossier->stand_count)
		return dossier->stands[track - 1];
	return (struct dossier_stand){ .step = procedure->tracks[track].steps.at[0], .entered_at = dossier->filed_at };
}

bool
dossier_stands_at(const struct procedure *procedure, const struct dossier *dossier, int step)
{
	return step >= 0 && dossier_stand_in(procedure, dossier, procedure->steps[step].track).step == step;
}

bool
dossier_stands_in(const struct procedure *procedure, const struct dossier *dossier, struct procedure_list steps)
{
	for (size_t i = 0; i < steps.count; i++)
		if (dossier_stands_at(procedure, dossier, steps.at[i]))
			return true;
	return false;
}

int
dossier_action_find(const struct procedure *procedure, const struct dossier *dossier, struct text name)
{
	for (size_t track = 0; track < procedure->track_count; track++) {
		const int step = dossier_stand_in(procedure, dossier, (int)track).step;
		const int found = step < 0 ? PROCEDURE_NONE : procedure_action_find(procedure, step, name);
		if (found >= 0)
			return found;
	}
	return PROCEDURE_NONE;
}

int
dossier_deadline_find(const struct procedure *procedure, const struct dossier *dossier, struct text name)
{
	for (size_t track = 0; track < procedure->track_count; track++) {
		const int step = dossier_stand_in(procedure, dossier, (int)track).step;
		const int found = step < 0 ? PROCEDURE_NONE : procedure_deadline_find(procedure, step, name);
		if (found >= 0)
			return found;
	}
	return PROCEDURE_NONE;
}

static dossier_roles
roles_of(struct procedure_list list)
{
	dossier_roles roles = 0;
	for (size_t i = 0; i < list.count; i++)
		roles |= DOSSIER_ROLE(list.at[i]);
	return roles;
}

dossier_roles
stand_awaited(const struct procedure *procedure, const struct dossier_stand *stand)
{
	if (stand->step < 0)
		return 0;
	const struct procedure_step *step = &procedure->steps[stand->step];
	return roles_of(step->awaits) & ~(step->awaits_all ? stand->answered : 0);
}

dossier_roles
dossier_awaited(const struct procedure *procedure, const struct dossier *dossier)
{
	dossier_roles roles = 0;
	for (size_t track = 0; track < procedure->track_count; track++) {
		const struct dossier_stand stand = dossier_stand_in(procedure, dossier, (int)track);
		roles |= stand_awaited(procedure, &stand);
	}
	return roles;
}

bool
dossier_awaits_action(const struct procedure *procedure, const struct dossier *dossier, int action)
{
	for (size_t track = 0; track < procedure->track_count; track++) {
		const struct dossier_stand stand = dossier_stand_in(procedure, dossier, (int)track);
		if (stand.step == procedure->actions[action].step)
			return stand_awaited(procedure, &stand) != 0;
	}
	return false;
}

bool
dossier_is_ended(const struct procedure *procedure, const struct dossier *dossier)
{
	bool waits = false;
	for (size_t track = 1; track < procedure->track_count; track++) {
		const struct dossier_stand stand = dossier_stand_in(procedure, dossier, (int)track);
		waits |= stand_awaited(procedure, &stand) != 0;
	}
	return !waits && procedure->steps[dossier_stand_in(procedure, dossier, 0).step].final;
}

struct dossier_stand
stand_in(const struct dossier_facts *facts, int track)
{
	/* What is born of another dossier has a draft of its own. */
	if (!facts->dossier && track == 0)
		return (struct dossier_stand){ .step = facts_step(facts) };
	return dossier_stand_in(facts->procedure, facts->dossier, track);
}

int
stand_action_find(const struct dossier_facts *facts, struct text name)
{
	return facts->dossier ? dossier_action_find(facts->procedure, facts->dossier, name)
		: procedure_action_find(facts->procedure, facts_step(facts), name);
}

dossier_roles
stand_doers(const struct dossier_facts *facts, const struct procedure_action *action, dossier_roles roles)
{
	const struct procedure_step *step = &facts->procedure->steps[action->step];
	const struct dossier_stand stand = stand_in(facts, step->track);
	return roles & roles_of(action->who) & ~(action->answers ? stand.answered & roles_of(step->awaits) : 0);
}

bool
stand_has_fired(const struct dossier_stand *stand, struct text effect)
{
	for (size_t i = 0; i < stand->fired_count; i++)
		if (text_equal(stand->fired[i], effect))
			return true;
	return false;
}

bool
stand_may_fire(const struct dossier *dossier, const struct dossier_stand *stand,
	const struct procedure_deadline *deadline, instant *ret_after)
{
	*ret_after = INSTANT_LEAST;
	for (size_t i = 0; deadline->repeats && i < dossier->repeat_count; i++)
		if (dossier->repeats[i].move == deadline->move)
			*ret_after = dossier->repeats[i].when;
	return (deadline->repeats || !stand_has_fired(stand, deadline->name))
		&& (deadline->most == 0 || dossier_done_of(dossier, deadline->move).count < (unsigned)deadline->most);
}
