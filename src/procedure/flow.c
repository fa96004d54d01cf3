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

size_t
flow_move(const struct check *check, int move)
{
	return flow_letter(check, (int)check->procedure->letter_count) + (size_t)move;
}

size_t
flow_clock(const struct check *check, int clock)
{
	return flow_move(check, (int)check->procedure->move_count) + (size_t)clock;
}

size_t
flow_register(const struct check *check, int index)
{
	return flow_clock(check, (int)check->procedure->clock_count) + (size_t)index;
}

bool
flow_may_be(const struct check *check, int nature, int step)
{
	return check->flow.natures[(size_t)(nature + 1) * check->procedure->step_count + (size_t)step];
}

/* The steps where a dossier of each nature may come, those of PROCEDURE_NONE first: all have every track. */
static bool
find_natures(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	check->flow.natures = READER_ARRAY(check->reader, bool, procedure->step_count * (procedure->nature_count + 1));
	for (int nature = PROCEDURE_NONE; check->flow.natures && nature < (int)procedure->nature_count; nature++) {
		bool *steps = check->flow.natures + (size_t)(nature + 1) * procedure->step_count;
		steps[nature < 0 ? 0 : procedure->natures[nature].start] = true;
		for (size_t track = 1; track < procedure->track_count; track++)
			if (procedure->tracks[track].steps.count)
				steps[procedure->tracks[track].steps.at[0]] = true;
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
	for (size_t i = 0; i < (action ? action->inscription_count : deadline->inscription_count); i++)
		put(set, flow_register(check, (action ? action->inscriptions : deadline->inscriptions)[i].register_index));
	const int move = action ? action->move : deadline->move;
	put(set, flow_move(check, move));
	for (size_t i = 0; i < procedure->clock_count; i++)
		if (procedure_list_has(procedure->clocks[i].starts, move))
			put(set, flow_clock(check, (int)i));
		else if (procedure_list_has(procedure->clocks[i].stops, move))
			drop(set, flow_clock(check, (int)i));
}

/* Adds what every answer of this role leaves known. */
static void
add_answers(const struct check *check, const struct procedure_step *step, int role, uint64_t *set)
{
	const struct procedure *procedure = check->procedure;
	const size_t words = check->flow.words;
	uint64_t *one = check->flow.scratch, *all = one + words;
	bool any = false;
	memset(all, 0xff, words * sizeof *all);
	for (size_t i = 0; i < step->actions.count; i++) {
		const struct procedure_action *action = &procedure->actions[step->actions.at[i]];
		if (!action->answers || !procedure_list_has(action->who, role))
			continue;
		const struct way way = { action->step, action->to, action, NULL };
		memset(one, 0, words * sizeof *one);
		flow_after(check, &way, one);
		for (size_t word = 0; word < words; word++)
			all[word] &= one[word];
		any = true;
	}
	for (size_t word = 0; any && word < words; word++)
		set[word] |= all[word];
}

/* The main step that a condition asks for: dossier.état = "x", alone or among others that are all needed. */
static int
step_asked(const struct check *check, const struct feel *condition)
{
	static const struct text reads = { "dossier.état = \"", sizeof "dossier.état = \"" - 1 };
	const struct text source = condition ? feel_source_of(condition) : TEXT("");
	const size_t at = text_find(source, reads);
	if (at == SIZE_MAX || text_find(source, TEXT(" or ")) != SIZE_MAX || text_find(source, TEXT("not(")) != SIZE_MAX
		|| text_find(source, TEXT("if ")) != SIZE_MAX)
		return PROCEDURE_NONE;
	struct text rest = text_part(source, at + reads.length, SIZE_MAX);
	return procedure_step_find(check->procedure, text_split(&rest, '"'));
}

void
flow_before(const struct check *check, const struct way *way, uint64_t *set)
{
	const struct procedure *procedure = check->procedure;
	const struct flow *flow = &check->flow;
	const struct procedure_step *step = &procedure->steps[way->step];
	memcpy(set, flow->at_step + flow->words * (size_t)way->step, flow->words * sizeof *set);
	/* A passage out of a step that awaits all of its roles comes after each has answered. */
	if (way->deadline && way->deadline->passage && step->awaits_all)
		for (size_t i = 0; i < step->awaits.count; i++)
			add_answers(check, step, step->awaits.at[i], set);
	const int asked = step->track ? step_asked(check, way->action ? way->action->condition : way->deadline->condition)
		: PROCEDURE_NONE;
	if (asked == PROCEDURE_NONE || !flow->reached[asked] || procedure->steps[asked].track)
		return;
	for (size_t word = 0; word < flow->words; word++)
		set[word] |= flow->at_step[flow->words * (size_t)asked + word] & ~flow->lost[flow->words * (size_t)step->track + word];
}

/* What the ways of each circuit take away from what the others know: they go on at the same time. */
static bool
find_lost(struct check *check, uint64_t *set)
{
	const struct procedure *procedure = check->procedure;
	struct flow *flow = &check->flow;
	flow->lost = READER_ARRAY(check->reader, uint64_t, flow->words * procedure->track_count);
	for (size_t i = 0; flow->lost && procedure->track_count > 1 && i < check->way_count; i++) {
		const struct way *way = &check->ways[i];
		if (way->step == 0)
			continue;
		memset(set, 0xff, flow->words * sizeof *set);
		flow_after(check, way, set);
		for (size_t track = 0; track < procedure->track_count; track++)
			for (size_t word = 0; (int)track != procedure->steps[way->step].track && word < flow->words; word++)
				flow->lost[flow->words * track + word] |= ~set[word];
	}
	return flow->lost != NULL;
}

/* A way leads to a step with this known: what is known there is what all of them bring. True when that changes it. */
static bool
arrive(struct check *check, int to, const uint64_t *set)
{
	struct flow *flow = &check->flow;
	uint64_t *known = flow->at_step + flow->words * (size_t)to;
	const uint64_t *lost = flow->lost + flow->words * (size_t)check->procedure->steps[to].track;
	bool changed = !flow->reached[to];
	for (size_t word = 0; word < flow->words; word++) {
		const uint64_t before = flow->reached[to] ? known[word] : UINT64_MAX, after = before & set[word] & ~lost[word];
		changed |= after != before;
		known[word] = after;
	}
	flow->reached[to] = true;
	return changed;
}

/* The greatest fixed point over the main circuit, or over the suivis. */
static void
flow_through(struct check *check, bool main, uint64_t *set)
{
	struct flow *flow = &check->flow;
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < check->way_count; i++) {
			const struct way *way = &check->ways[i];
			if (!flow->reached[way->step] || (way->action && way->action->who.count == 0)
				|| (check->procedure->steps[way->step].track == 0) != main)
				continue;
			flow_before(check, way, set);
			flow_after(check, way, set);
			/* What only alerts or poses changes what is known at its own step. */
			changed |= arrive(check, way->to == PROCEDURE_NONE ? way->step : way->to, set);
		}
	}
}

bool
flow_compute(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	struct flow *flow = &check->flow;
	flow->bits = flow_register(check, (int)procedure->register_count);
	flow->words = flow->bits / 64 + 1;
	flow->at_step = READER_ARRAY(check->reader, uint64_t, flow->words * procedure->step_count);
	flow->reached = READER_ARRAY(check->reader, bool, procedure->step_count);
	flow->reached_by = READER_ARRAY(check->reader, int, procedure->step_count);
	flow->scratch = READER_ARRAY(check->reader, uint64_t, 2 * flow->words);
	uint64_t *set = READER_ARRAY(check->reader, uint64_t, flow->words);
	if (!find_natures(check) || !flow->at_step || !flow->reached || !flow->reached_by || !flow->scratch || !set
		|| !find_lost(check, set))
		return false;
	/* A step not reached yet has no set: the first way that comes gives it one. */
	flow->reached[0] = true;
	for (size_t i = 0; i < procedure->nature_count; i++)
		flow->reached[procedure->natures[i].start] = true;
	flow_through(check, true, set);
	/* A suivi begins at the filing. */
	for (size_t i = 0; i < check->way_count; i++) {
		const struct way *way = &check->ways[i];
		if (way->step != 0 || !way->action || way->action->who.count == 0 || way->to == 0)
			continue;
		for (size_t track = 1; track < procedure->track_count; track++) {
			flow_before(check, way, set);
			flow_after(check, way, set);
			if (procedure->tracks[track].steps.count)
				(void)arrive(check, procedure->tracks[track].steps.at[0], set);
		}
	}
	flow_through(check, false, set);
	return true;
}
