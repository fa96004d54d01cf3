/* What is known at each step whatever the path taken: a greatest fixed point over the circuit. */
#include "procedure/check.h"

#include "base/banned.h"

size_t
flow_field(const struct check *check, int field)
{
	(void)check;
	return (size_t)field;
}

size_t
flow_posed(const struct check *check, int posed)
{
	return check->procedure->field_count + (size_t)posed;
}

size_t
flow_letter(const struct check *check, int letter)
{
	return check->procedure->field_count + check->procedure->posed_count + (size_t)letter;
}

bool
flow_may_be(const struct check *check, int nature, int step)
{
	return check->flow.natures[(size_t)(nature + 1) * check->procedure->step_count + (size_t)step];
}

/* The steps where a dossier of each nature may come, those of PROCEDURE_NONE first. */
static bool
find_natures(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	check->flow.natures = READER_ARRAY(check->reader, bool, procedure->step_count * (procedure->nature_count + 1));
	for (int nature = PROCEDURE_NONE; check->flow.natures && nature < (int)procedure->nature_count; nature++) {
		bool *steps = check->flow.natures + (size_t)(nature + 1) * procedure->step_count;
		steps[nature < 0 ? 0 : procedure->natures[nature].start] = true;
		for (bool changed = true; changed;) {
			changed = false;
			for (size_t i = 0; i < check->way_count; i++) {
				const struct way *way = &check->ways[i];
				if (way->to == PROCEDURE_NONE || !steps[way->step] || steps[way->to])
					continue;
				steps[way->to] = changed = true;
			}
		}
	}
	return check->flow.natures != NULL;
}

bool
flow_has(const uint64_t *set, size_t bit)
{
	return set[bit / 64] >> (bit % 64) & 1;
}

static void
put(uint64_t *set, size_t bit)
{
	set[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static void
drop(uint64_t *set, size_t bit)
{
	set[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
}

static bool
is_always_filled(const struct procedure_field *field)
{
	return field->compulsory && !field->conditional;
}

void
flow_after(const struct check *check, const struct way *way, uint64_t *set)
{
	const struct procedure *procedure = check->procedure;
	const struct procedure_action *action = way->action;
	const struct procedure_deadline *deadline = way->deadline;
	const struct procedure_list cancels = action ? action->cancels : deadline->cancels;
	const struct procedure_list produces = action ? action->produces : deadline->produces;
	const struct procedure_setting *settings = action ? action->settings : deadline->settings;
	const size_t setting_count = action ? action->setting_count : deadline->setting_count;
	/* Leaving the draft is filing: the whole form has been judged. */
	const bool files = procedure_is_draft(procedure, way->step);
	for (size_t i = 0; files && i < procedure->form_field_count; i++)
		if (is_always_filled(&procedure->fields[i]) && !procedure->fields[i].later)
			put(set, flow_field(check, (int)i));
	for (size_t i = 0; action && i < action->enters.count; i++) {
		const int field = action->enters.at[i];
		/* Entered again and left empty, an optional field is emptied. */
		if (is_always_filled(&procedure->fields[field]))
			put(set, flow_field(check, field));
		else
			drop(set, flow_field(check, field));
	}
	for (size_t i = 0; i < setting_count; i++)
		put(set, flow_posed(check, settings[i].posed));
	for (size_t i = 0; i < cancels.count; i++)
		drop(set, flow_letter(check, cancels.at[i]));
	for (size_t i = 0; i < produces.count; i++)
		put(set, flow_letter(check, produces.at[i]));
}

bool
flow_compute(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	struct flow *flow = &check->flow;
	flow->bits = procedure->field_count + procedure->posed_count + procedure->letter_count;
	flow->words = flow->bits / 64 + 1;
	flow->at_step = READER_ARRAY(check->reader, uint64_t, flow->words * procedure->step_count);
	flow->reached = READER_ARRAY(check->reader, bool, procedure->step_count);
	flow->reached_by = READER_ARRAY(check->reader, int, procedure->step_count);
	uint64_t *set = READER_ARRAY(check->reader, uint64_t, flow->words);
	if (!find_natures(check) || !flow->at_step || !flow->reached || !flow->reached_by || !set)
		return false;
	/* A step not reached yet has no set: the first way that comes gives it one. */
	flow->reached[0] = true;
	for (size_t i = 0; i < procedure->nature_count; i++)
		flow->reached[procedure->natures[i].start] = true;
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < check->way_count; i++) {
			const struct way *way = &check->ways[i];
			if (!flow->reached[way->step] || (way->action && way->action->who.count == 0))
				continue;
			/* What only alerts or poses changes what is known at its own step. */
			const int to = way->to == PROCEDURE_NONE ? way->step : way->to;
			memcpy(set, flow->at_step + flow->words * (size_t)way->step, flow->words * sizeof *set);
			flow_after(check, way, set);
			uint64_t *known = flow->at_step + flow->words * (size_t)to;
			if (!flow->reached[to]) {
				flow->reached[to] = true;
				memcpy(known, set, flow->words * sizeof *set);
				changed = true;
				continue;
			}
			for (size_t word = 0; word < flow->words; word++)
				if (known[word] & ~set[word]) {
					known[word] &= set[word];
					changed = true;
				}
		}
	}
	return true;
}
