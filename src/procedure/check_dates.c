/* Dates that cannot be met. Of a campaign, whose windows and data are known: the earliest instant at which a dossier can
 * come to each step, so which windows are closed by then, and which échéances are always past. Of a procedure: reminders
 * that come after what they remind of. */
#include "procedure/trial.h"

#include "base/banned.h"

enum { SCRATCH = 1 << 20, SAMPLE_DAYS = 5 };

/* ---- of a campaign ---- */

/* The earliest instant of a step to which no window leads. */
#define ALWAYS_THERE INT64_MIN

struct dates {
	struct reader *reader;
	const struct procedure *procedure;
	const struct campaign *campaign;
	struct span at;            /* where the windows of the campaign are written */
	struct feel_value *inputs; /* windows, data, parameters */
	instant *earliest;         /* by step; INSTANT_NEVER: not reached */
};

/* The instant of an expression that the campaign alone decides; false for the others, and for nulls. */
static bool
known_instant(const struct dates *dates, const struct feel *feel, instant *ret_at)
{
	const struct procedure *procedure = dates->procedure;
	size_t count = 0;
	const struct feel_use *uses = feel ? feel_reads(feel, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const enum procedure_slot_kind kind = procedure->slots[uses[i].slot].kind;
		if (kind != PROCEDURE_SLOT_WINDOWS && kind != PROCEDURE_SLOT_CAMPAIGN && kind != PROCEDURE_SLOT_PARAMETER)
			return false;
	}
	if (!feel)
		return false;
	struct feel_run run = { .arena = dates->reader->arena, .inputs = dates->inputs };
	const struct feel_value value = feel_evaluate(feel, &run);
	return run.stop == FEEL_COMPLETE && feel_to_instant(value, ret_at);
}

static bool
may_reopen(const struct procedure *procedure, int window)
{
	bool may = false;
	for (size_t i = 0; i < procedure->exception_count; i++)
		may |= procedure->exceptions[i].window == window;
	for (size_t i = 0; i < procedure->action_count; i++)
		may |= procedure->actions[i].opens == window;
	return may;
}

/* The first instant when a way may be taken by who is there from `here` on; INSTANT_NEVER when it is too late. */
static instant
taken_at(const struct dates *dates, const struct procedure_action *action, const struct procedure_deadline *deadline,
	instant here)
{
	const struct campaign_window *windows = dates->campaign->windows;
	instant bound = here, when;
	if (action && action->during != PROCEDURE_NONE) {
		const struct campaign_window *window = &windows[action->during];
		bound = window->opens > here ? window->opens : here;
		return bound < window->closes || may_reopen(dates->procedure, action->during) ? bound : INSTANT_NEVER;
	}
	if (action && action->beyond != PROCEDURE_NONE)
		return windows[action->beyond].closes > here ? windows[action->beyond].closes : here;
	if (deadline && known_instant(dates, deadline->when, &when) && when > bound)
		bound = when;
	return bound;
}

static bool
comes(const struct dates *dates, int from, int to, const struct procedure_action *action,
	const struct procedure_deadline *deadline)
{
	if (to == PROCEDURE_NONE || to == from || dates->earliest[from] == INSTANT_NEVER)
		return false;
	const instant at = taken_at(dates, action, deadline, dates->earliest[from]);
	if (at >= dates->earliest[to])
		return false;
	dates->earliest[to] = at;
	return true;
}

static void
find_earliest(const struct dates *dates)
{
	const struct procedure *procedure = dates->procedure;
	for (size_t i = 0; i < procedure->step_count; i++)
		dates->earliest[i] = procedure_is_draft(procedure, (int)i) ? ALWAYS_THERE : INSTANT_NEVER;
	for (size_t i = 1; i < procedure->track_count; i++)
		if (procedure->tracks[i].steps.count)
			dates->earliest[procedure->tracks[i].steps.at[0]] = ALWAYS_THERE;
	for (bool changed = true; changed;) {
		changed = false;
		for (size_t i = 0; i < procedure->action_count; i++)
			changed |= comes(dates, procedure->actions[i].step, procedure->actions[i].to, &procedure->actions[i], NULL);
		for (size_t i = 0; i < procedure->deadline_count; i++)
			changed |= comes(dates, procedure->deadlines[i].step, procedure->deadlines[i].to, NULL, &procedure->deadlines[i]);
	}
}

/* By the windows alone: a dossier is not there before. */
static bool
is_dated(instant at)
{
	return at != ALWAYS_THERE && at != INSTANT_NEVER;
}

static void
check_windows_met(const struct dates *dates)
{
	const struct procedure *procedure = dates->procedure;
	struct arena *arena = dates->reader->arena;
	for (size_t i = 0; i < procedure->action_count; i++) {
		const struct procedure_action *action = &procedure->actions[i];
		const instant here = dates->earliest[action->step];
		if (action->during == PROCEDURE_NONE || !is_dated(here) || may_reopen(procedure, action->during)
			|| here < dates->campaign->windows[action->during].closes)
			continue;
		const struct text closes = instant_french(arena, dates->campaign->windows[action->during].closes),
			comes_at = instant_french(arena, here);
		finding_add(dates->reader->findings, 608, dates->at, TEXT("vérifiez les dates des fenêtres"),
			"l’action « %.*s » ne pourra jamais se faire : la fenêtre « %.*s » ferme le %.*s, et l’on n’arrive à l’étape « %.*s » "
			"qu’à partir du %.*s", TEXT_ARGS(action->name), TEXT_ARGS(procedure->windows[action->during].name),
			TEXT_ARGS(closes), TEXT_ARGS(procedure->steps[action->step].name), TEXT_ARGS(comes_at));
	}
}

static void
check_deadlines_met(const struct dates *dates)
{
	const struct procedure *procedure = dates->procedure;
	struct arena *arena = dates->reader->arena;
	for (size_t i = 0; i < procedure->deadline_count; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[i];
		const instant here = dates->earliest[deadline->step];
		instant when;
		/* A step that nobody answers is a door: it may well be open already. */
		if (!is_dated(here) || procedure->steps[deadline->step].awaits.count == 0
			|| !known_instant(dates, deadline->when, &when) || when > here)
			continue;
		const struct text day = instant_french(arena, when), comes_at = instant_french(arena, here);
		finding_add(dates->reader->findings, 607, dates->at, TEXT("vérifiez les dates de la campagne"),
			"l’échéance « %.*s » est toujours passée quand on y arrive : elle tombe le %.*s, et l’on n’arrive à l’étape « %.*s » "
			"qu’à partir du %.*s", TEXT_ARGS(deadline->name), TEXT_ARGS(day),
			TEXT_ARGS(procedure->steps[deadline->step].name), TEXT_ARGS(comes_at));
	}
}

void
check_campaign_dates(struct reader *reader, const struct procedure *procedure, const struct campaign *campaign,
	struct span windows)
{
	struct dates dates = { .reader = reader, .procedure = procedure, .campaign = campaign, .at = windows,
		.inputs = arena_array_of(reader->arena, struct feel_value, procedure->slot_count + 1),
		.earliest = arena_array_of(reader->arena, instant, procedure->step_count + 1) };
	if (reader->findings->errors || procedure->step_count == 0 || !campaign->windows)
		return;
	if (!dates.inputs || !dates.earliest) {
		reader->findings->broken = true;
		return;
	}
	struct date first = campaign->window_count ? campaign->windows[0].first_day : (struct date){ 2000, 1, 1 };
	for (size_t i = 0; i < procedure->slot_count; i++) {
		const struct procedure_slot *slot = &procedure->slots[i];
		dates.inputs[i] = slot->kind == PROCEDURE_SLOT_WINDOWS
				? campaign_windows_feel(reader->arena, procedure, campaign->windows)
			: slot->kind == PROCEDURE_SLOT_CAMPAIGN ? campaign_feel(reader->arena, procedure, campaign)
			: slot->kind == PROCEDURE_SLOT_PARAMETER ? procedure_parameter_at(procedure, (size_t)slot->index, first)
			: feel_null(TEXT(""));
	}
	find_earliest(&dates);
	check_windows_met(&dates);
	check_deadlines_met(&dates);
}

/* ---- of a procedure: reminders ---- */

static bool
same_reads(const struct feel *a, const struct feel *b)
{
	size_t a_count = 0, b_count = 0, common = 0;
	const struct feel_use *x = feel_reads(a, &a_count), *y = feel_reads(b, &b_count);
	for (size_t i = 0; i < a_count; i++)
		for (size_t k = 0; k < b_count; k++)
			common += x[i].slot == y[k].slot && text_equal(x[i].path, y[k].path);
	return a_count > 0 && common == a_count && common == b_count;
}

/* The samples with every date moved by as many days: the order of two dates made of the same ones is seen on several. */
static struct feel_value
moved(struct trial *trial, struct feel_value value, int days)
{
	if (value.kind == FEEL_DATE)
		return feel_date(date_add_days(value.date, days));
	if (value.kind == FEEL_DATE_TIME) {
		instant at;
		return feel_to_instant(value, &at) ? feel_instant(at + days * INSTANT_DAY) : value;
	}
	if (value.kind != FEEL_CONTEXT)
		return value;
	struct feel_entry *entries = arena_array_of(trial->arena, struct feel_entry, value.context.count + 1);
	if (!entries) {
		trial->check->reader->findings->broken = true;
		return value;
	}
	for (size_t i = 0; i < value.context.count; i++)
		entries[i] = (struct feel_entry){ value.context.at[i].name, moved(trial, value.context.at[i].value, days) };
	return feel_context(entries, value.context.count);
}

/* On each sample that gives both, the first is later. */
static bool
always_later(struct trial *trial, const struct feel *first, const struct feel *second)
{
	static const int days[SAMPLE_DAYS] = { 0, 17, 165, 290, 1000 };
	const struct procedure *procedure = trial->check->procedure;
	size_t seen = 0;
	trial_forget(trial);
	trial_want(trial, first);
	trial_want(trial, second);
	for (size_t i = 0; i < SAMPLE_DAYS; i++) {
		struct feel_run run;
		instant a, b;
		(void)!trial_ready(trial, &run);
		for (size_t slot = 0; slot < procedure->slot_count; slot++)
			trial->inputs[slot] = moved(trial, trial->inputs[slot], days[i]);
		trial_compute(trial, &run);
		if (!feel_to_instant(trial_evaluate(trial, first, &run), &a) || !feel_to_instant(trial_evaluate(trial, second, &run), &b)
			|| run.stop != FEEL_COMPLETE)
			continue;
		if (a <= b)
			return false;
		seen++;
	}
	return seen >= 3;
}

/* It only tells: it moves nothing. */
static bool
reminds(const struct procedure_deadline *deadline)
{
	return deadline->when && deadline->to == PROCEDURE_NONE && deadline->alerts.count > 0;
}

/* At its instant the dossier leaves the step, whatever it holds. */
static bool
leaves(const struct procedure_deadline *deadline)
{
	return deadline->when && !deadline->condition && deadline->to != PROCEDURE_NONE && deadline->to != deadline->step;
}

void
check_reminders(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	CLEANUP(arena_free) struct arena *scratch = arena_new(SCRATCH);
	struct trial trial;
	if (!scratch || !trial_prepare(&trial, check, scratch)) {
		check->reader->findings->broken = true;
		return;
	}
	for (size_t i = 0; i < procedure->deadline_count; i++) {
		const struct procedure_deadline *reminder = &procedure->deadlines[i];
		const struct procedure_list beside = procedure->steps[reminder->step].deadlines;
		for (size_t k = 0; reminds(reminder) && k < beside.count; k++) {
			const struct procedure_deadline *effect = &procedure->deadlines[beside.at[k]];
			if (!leaves(effect) || !same_reads(reminder->when, effect->when)
				|| !always_later(&trial, reminder->when, effect->when))
				continue;
			finding_add(check->reader->findings, 320, check_place(check, &reminder->origin),
				TEXT("avancez-le, ou ôtez-le"), "le rappel « %.*s » n’aura jamais lieu : « %.*s » fait quitter l’étape « %.*s » avant",
				TEXT_ARGS(reminder->name), TEXT_ARGS(effect->name), TEXT_ARGS(procedure->steps[reminder->step].name));
			break;
		}
	}
}
