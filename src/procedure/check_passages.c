/* Passages that go round in circles. A passage changes where a dossier stands and what it poses, not the answers: whether
 * a circle turns by itself is found by letting passages go, from each place of it, with each value that their
 * conditions may see, exactly as they go when dossiers live. A circle that needs something from outside stops. */
#include "procedure/trial.h"

#include "base/banned.h"

enum {
	MOST_IN_A_ROW = 20,    /* as in dossier/: then somebody is told */
	MOST_PLACES = 300,     /* where one starts: a step per circuit */
	MOST_FEW = 1500,       /* values tried from each place */
	MOST_ROUNDS = 20000,   /* in all, for one procedure */
	SCRATCH = 8 << 20,
};

/* Where a dossier stands while its passages go. */
struct turn {
	struct trial *trial;
	int *at;             /* a step per circuit */
	bool *fired;         /* by deadline: in this stay */
	unsigned *times;     /* by move: since the start */
	bool *blocked;       /* by circuit: there, all are awaited again */
	const struct procedure_deadline *path[MOST_IN_A_ROW + 1];
	size_t count;
};

static bool
moves_alone(const struct procedure_deadline *deadline)
{
	return deadline->passage && deadline->to != PROCEDURE_NONE && deadline->to != deadline->step;
}

/* By deadline: the passages of which one may come back to where they start, by passages alone. */
static bool *
find_turning(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	bool *turning = READER_ARRAY(check->reader, bool, procedure->deadline_count + 1),
		*seen = READER_ARRAY(check->reader, bool, procedure->step_count);
	for (size_t i = 0; turning && seen && i < procedure->deadline_count; i++) {
		const struct procedure_deadline *first = &procedure->deadlines[i];
		if (!moves_alone(first) || !check->flow.reached[first->step])
			continue;
		memset(seen, 0, procedure->step_count);
		seen[first->to] = true;
		for (bool changed = true; changed;) {
			changed = false;
			for (size_t k = 0; k < procedure->deadline_count; k++) {
				const struct procedure_deadline *next = &procedure->deadlines[k];
				if (moves_alone(next) && seen[next->step] && !seen[next->to])
					seen[next->to] = changed = true;
			}
		}
		turning[i] = seen[first->step];
	}
	return turning && seen ? turning : NULL;
}

static bool
reads(const struct trial *trial, int slot)
{
	return slot >= 0 && trial->wanted[slot];
}

/* Does it write what the trial does not follow, and some condition reads? */
static bool
writes_more(const struct trial *trial, const struct procedure_deadline *deadline)
{
	const struct procedure *procedure = trial->check->procedure;
	bool clocks = false;
	for (size_t i = 0; i < procedure->clock_count; i++)
		clocks |= procedure_list_has(procedure->clocks[i].starts, deadline->move)
			|| procedure_list_has(procedure->clocks[i].stops, deadline->move)
			|| procedure_list_has(procedure->clocks[i].suspends, deadline->to)
			|| procedure_list_has(procedure->clocks[i].suspends, deadline->step);
	return (clocks && reads(trial, procedure->clocks_slot))
		|| (deadline->inscription_count && reads(trial, procedure->registers_slot))
		|| ((deadline->counting_count || deadline->uncounts.count) && reads(trial, procedure->counters_slot));
}

static void
put(struct trial *trial, int slot, struct text path, struct feel_value value)
{
	if (slot >= 0)
		trial->inputs[slot] = trial_with(trial, trial->inputs[slot], path, value);
}

/* Puts in the inputs where it stands. */
static void
put_places(struct turn *turn)
{
	struct trial *trial = turn->trial;
	const struct procedure *procedure = trial->check->procedure;
	const struct procedure_step *step = &procedure->steps[turn->at[0]];
	put(trial, procedure->dossier_slot, TEXT("état"), feel_string(step->name));
	put(trial, procedure->dossier_slot, TEXT("état_libellé"), feel_string(step->label));
	for (size_t i = 1; i < procedure->track_count && procedure->tracks_slot >= 0; i++) {
		const struct text path = arena_format(trial->arena, "%.*s.étape", TEXT_ARGS(procedure->tracks[i].name));
		if (turn->at[i] != PROCEDURE_NONE && path.at)
			put(trial, procedure->tracks_slot, path, feel_string(procedure->steps[turn->at[i]].name));
	}
}

/* What a move leaves behind, as `fait` and `dossier` tell it. */
static void
put_done(struct turn *turn, const struct procedure_deadline *passage)
{
	struct trial *trial = turn->trial;
	const struct procedure *procedure = trial->check->procedure;
	const struct procedure_move *move = &procedure->moves[passage->move];
	const struct feel_value day = procedure->today_slot >= 0 ? trial->inputs[procedure->today_slot] : feel_null(TEXT(""));
	turn->times[passage->move]++;
	put(trial, procedure->dossier_slot, TEXT("dernière_action"), feel_string(move->label));
	if (procedure->done_slot < 0)
		return;
	const struct feel_value before = feel_entry_of(trial->inputs[procedure->done_slot], move->name),
		times = feel_entry_of(before, TEXT("fois")), first = feel_entry_of(before, TEXT("premier_le"));
	struct feel_value sum;
	struct feel_value after = trial_with(trial, before, TEXT("le"), day);
	after = trial_with(trial, after, TEXT("par"), feel_null(TEXT("")));
	if (first.kind == FEEL_NULL)
		after = trial_with(trial, after, TEXT("premier_le"), day);
	if (feel_number_add(times, feel_integer(1), &sum))
		after = trial_with(trial, after, TEXT("fois"), sum);
	put(trial, procedure->done_slot, move->name, after);
}

/* The passage that goes now: the first whose condition holds. NULL when none does. */
static const struct procedure_deadline *
next_passage(struct turn *turn, struct feel_run *run)
{
	struct trial *trial = turn->trial;
	const struct procedure *procedure = trial->check->procedure;
	for (size_t track = 0; track < procedure->track_count; track++) {
		if (turn->at[track] == PROCEDURE_NONE || turn->blocked[track])
			continue;
		const struct procedure_list deadlines = procedure->steps[turn->at[track]].deadlines;
		for (size_t i = 0; i < deadlines.count; i++) {
			const struct procedure_deadline *deadline = &procedure->deadlines[deadlines.at[i]];
			if (deadline->passage && !turn->fired[deadlines.at[i]]
				&& (!deadline->most || turn->times[deadline->move] < (unsigned)deadline->most)
				&& feel_is_true(trial_evaluate(trial, deadline->condition, run)))
				return deadline;
		}
	}
	return NULL;
}

static void
go(struct turn *turn, const struct procedure_deadline *passage, struct feel_run *run)
{
	struct trial *trial = turn->trial;
	const struct procedure *procedure = trial->check->procedure;
	const int track = procedure->steps[passage->step].track;
	for (size_t i = 0; i < passage->setting_count; i++)
		trial->inputs[procedure->posed[passage->settings[i].posed].slot]
			= trial_evaluate(trial, passage->settings[i].value, run);
	if (moves_alone(passage)) {
		const struct procedure_list stay = procedure->steps[passage->step].deadlines;
		for (size_t i = 0; i < stay.count; i++)
			turn->fired[stay.at[i]] = false;
		turn->at[track] = passage->to;
		turn->blocked[track] = procedure->steps[passage->to].awaits_all;
	} else {
		turn->fired[passage - procedure->deadlines] = true;
	}
	put_done(turn, passage);
	put_places(turn);
	trial_compute(trial, run);
}

/* Lets passages go from these places with the present values: true when they do not stop. */
static bool
goes_round(struct turn *turn, const int *places)
{
	struct trial *trial = turn->trial;
	const struct procedure *procedure = trial->check->procedure;
	struct feel_run run;
	if (!trial_ready(trial, &run))
		return false;
	memcpy(turn->at, places, procedure->track_count * sizeof *turn->at);
	memset(turn->fired, 0, procedure->deadline_count + 1);
	memset(turn->times, 0, (procedure->move_count + 1) * sizeof *turn->times);
	memset(turn->blocked, 0, procedure->track_count);
	put_places(turn);
	trial_compute(trial, &run);
	for (turn->count = 0; turn->count <= MOST_IN_A_ROW;) {
		const struct procedure_deadline *passage = next_passage(turn, &run);
		if (!passage || run.stop != FEEL_COMPLETE || writes_more(trial, passage))
			return false;
		turn->path[turn->count++] = passage;
		go(turn, passage, &run);
	}
	return true;
}

/* ---- telling ---- */

static void
tell_values(const struct trial *trial, struct buffer *words)
{
	size_t told = 0;
	for (size_t i = 0; i < trial->varied_count && told < 4; i++) {
		const struct varied *varied = &trial->varied[i];
		const struct feel_value value = varied->values[varied->now];
		const struct text state = value.kind == FEEL_CONTEXT && varied->piece != PROCEDURE_NONE
			? feel_entry_of(value, TEXT("état")).string : feel_value_to_literal(trial->arena, value);
		if (value.kind == FEEL_CONTEXT && varied->piece == PROCEDURE_NONE)
			continue;
		if (value.kind == FEEL_NULL)
			buffer_format(words, "%s « %.*s »", told ? ", sans" : ", par exemple sans", TEXT_ARGS(varied->name));
		else
			buffer_format(words, "%s « %.*s » %s %.*s", told ? "," : ", par exemple avec", TEXT_ARGS(varied->name),
				varied->piece == PROCEDURE_NONE ? "=" : "", TEXT_ARGS(state));
		told++;
	}
}

/* The last round, from the passage that is written first. */
static void
tell(struct turn *turn, bool *told)
{
	struct check *check = turn->trial->check;
	const struct procedure *procedure = check->procedure;
	size_t period = 1, first = turn->count - 1;
	while (period < turn->count && turn->path[turn->count - 1 - period] != turn->path[turn->count - 1])
		period++;
	for (size_t i = turn->count - period; i < turn->count; i++)
		first = turn->path[i] < turn->path[first] ? i : first;
	if (told[turn->path[first] - procedure->deadlines])
		return;
	CLEANUP(buffer_release) struct buffer words = buffer_new(2000);
	for (size_t i = 0; i < period; i++) {
		const struct procedure_deadline *one = turn->path[turn->count - period + (first - (turn->count - period) + i) % period];
		told[one - procedure->deadlines] = true;
		buffer_format(&words, "%s« %.*s »", i == 0 ? "" : i + 1 < period ? ", " : " et ", TEXT_ARGS(one->name));
		if (moves_alone(one))
			buffer_format(&words, " (%.*s → %.*s)", TEXT_ARGS(procedure->steps[one->step].name),
				TEXT_ARGS(procedure->steps[one->to].name));
	}
	tell_values(turn->trial, &words);
	const struct text sentence = words.failed ? TEXT("") : buffer_text(&words);
	finding_add(check->reader->findings, 319, check_place(check, &turn->path[first]->origin),
		TEXT("faites dépendre un de ces passages d’une action, d’une date, ou d’une valeur que l’autre ne laisse pas vraie"),
		"ces passages tournent en rond sans que rien ne change : %.*s", TEXT_ARGS(sentence));
}

/* ---- from everywhere ---- */

/* Sets where a circuit stands to its first step, from `from` on, where a dossier may be; false when there is no such step. */
static bool
set_place(const struct check *check, size_t track, size_t from, size_t *nth, int *places)
{
	const struct procedure_list steps = check->procedure->tracks[track].steps;
	for (size_t i = from; i < steps.count; i++)
		if (check->flow.reached[steps.at[i]] && !procedure_is_draft(check->procedure, steps.at[i])) {
			nth[track] = i;
			places[track] = steps.at[i];
			return true;
		}
	return false;
}

static void
first_places(const struct check *check, const struct procedure_deadline *start, size_t *nth, int *places)
{
	for (size_t track = 0; track < check->procedure->track_count; track++) {
		places[track] = PROCEDURE_NONE;
		(void)set_place(check, track, 0, nth, places);
	}
	places[check->procedure->steps[start->step].track] = start->step;
}

/* The other circuits stand elsewhere, when some condition looks at them. False after the last. */
static bool
next_places(const struct trial *trial, const struct procedure_deadline *start, size_t *nth, int *places)
{
	const struct procedure *procedure = trial->check->procedure;
	for (size_t track = 0; track < procedure->track_count; track++) {
		if ((int)track == procedure->steps[start->step].track
			|| !reads(trial, track == 0 ? procedure->dossier_slot : procedure->tracks_slot))
			continue;
		if (set_place(trial->check, track, nth[track] + 1, nth, places))
			return true;
		(void)set_place(trial->check, track, 0, nth, places);
	}
	return false;
}

/* What is known there, in every circuit. */
static void
know(const struct check *check, const int *places, uint64_t *known)
{
	memset(known, 0, check->flow.words * sizeof *known);
	for (size_t track = 0; track < check->procedure->track_count; track++)
		for (size_t word = 0; places[track] != PROCEDURE_NONE && word < check->flow.words; word++)
			known[word] |= check->flow.at_step[check->flow.words * (size_t)places[track] + word];
}

/* All that passages read. */
static void
want_all(struct trial *trial)
{
	const struct procedure *procedure = trial->check->procedure;
	trial_forget(trial);
	for (size_t i = 0; i < procedure->deadline_count; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[i];
		if (!deadline->passage)
			continue;
		trial_want(trial, deadline->condition);
		for (size_t k = 0; k < deadline->setting_count; k++)
			trial_want(trial, deadline->settings[k].value);
	}
}

static void
vary_all(struct trial *trial, const uint64_t *known, const struct way *way)
{
	const struct procedure *procedure = trial->check->procedure;
	trial_vary(trial, &(struct occasion){ .known = known, .way = way });
	for (size_t i = 0; i < procedure->deadline_count; i++)
		if (procedure->deadlines[i].passage)
			trial_vary_named(trial, procedure->deadlines[i].condition);
	for (size_t i = 0; i < procedure->computed_count; i++)
		if (trial->wanted[procedure->computed[i].slot])
			trial_vary_named(trial, procedure->computed[i].feel);
}

void
check_passages(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	struct reader *reader = check->reader;
	const bool *turning = find_turning(check);
	bool any = false;
	for (size_t i = 0; turning && i < procedure->deadline_count; i++)
		any |= turning[i];
	if (!any)
		return;
	CLEANUP(arena_free) struct arena *scratch = arena_new(SCRATCH);
	struct trial trial;
	struct turn turn = { .trial = &trial, .at = READER_ARRAY(reader, int, procedure->track_count),
		.fired = READER_ARRAY(reader, bool, procedure->deadline_count + 1),
		.times = READER_ARRAY(reader, unsigned, procedure->move_count + 1),
		.blocked = READER_ARRAY(reader, bool, procedure->track_count) };
	bool *told = READER_ARRAY(reader, bool, procedure->deadline_count + 1);
	int *places = READER_ARRAY(reader, int, procedure->track_count);
	size_t *nth = READER_ARRAY(reader, size_t, procedure->track_count);
	uint64_t *known = READER_ARRAY(reader, uint64_t, check->flow.words);
	if (!scratch || !turn.at || !turn.fired || !turn.times || !turn.blocked || !told || !places || !nth || !known
		|| !trial_prepare(&trial, check, scratch)) {
		reader->findings->broken = true;
		return;
	}
	want_all(&trial);
	for (size_t i = 0, rounds = 0; i < procedure->deadline_count; i++) {
		const struct procedure_deadline *start = &procedure->deadlines[i];
		const struct way way = { start->step, start->to, NULL, start };
		if (!turning[i] || told[i])
			continue;
		first_places(check, start, nth, places);
		int from = 0;
		do {
			know(check, places, known);
			vary_all(&trial, known, &way);
			for (int few = 0; few < MOST_FEW && rounds < MOST_ROUNDS && !told[i]; few++, rounds++) {
				if (goes_round(&turn, places))
					tell(&turn, told);
				if (!trial_next(&trial))
					break;
			}
		} while (++from < MOST_PLACES && !told[i] && next_places(&trial, start, nth, places));
	}
}
