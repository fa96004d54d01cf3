/* The clocks of a dossier (délais): started and stopped by what happens, standing still in some steps. A day is suspended
 * when the dossier is in such a step at its end; the day from which the delay is counted moves by as many. */
#include "dossier/clocks.h"

#include "dossier/facts.h"

#include "base/banned.h"

/* ---- what events do ---- */

static bool
is_suspended(const struct procedure *procedure, const struct procedure_clock *clock, const struct dossier *dossier)
{
	return dossier_stands_in(procedure, dossier, clock->suspends);
}

static int64_t
days_between(struct date first, struct date last)
{
	return date_day_number(last) - date_day_number(first);
}

bool
clocks_fold(struct arena *arena, const struct procedure *procedure, struct dossier *dossier, int move, instant at)
{
	if (procedure->clock_count == 0)
		return true;
	struct dossier_clock *clocks = arena_array_of(arena, struct dossier_clock, procedure->clock_count);
	const struct date today = date_of_instant(at, NULL);
	size_t count = 0;
	if (!clocks)
		return false;
	for (size_t i = 0; i < procedure->clock_count; i++) {
		const struct procedure_clock *definition = &procedure->clocks[i];
		const struct dossier_clock *known = dossier_clock_find(dossier, (int)i);
		const bool suspended = is_suspended(procedure, definition, dossier);
		const bool starts = procedure_list_has(definition->starts, move),
			stops = procedure_list_has(definition->stops, move);
		if (!starts && (stops || !known))
			continue;
		struct dossier_clock clock = starts ? (struct dossier_clock){ .clock = (int)i, .since = today } : *known;
		if (clock.suspended_on.year && !suspended) {
			clock.suspended_days += (int)days_between(clock.suspended_on, today);
			clock.suspended_on = (struct date){ 0 };
		} else if (!clock.suspended_on.year && suspended) {
			clock.suspended_on = today;
		}
		clocks[count++] = clock;
	}
	dossier->clocks = clocks;
	dossier->clock_count = count;
	return true;
}

const struct dossier_clock *
dossier_clock_find(const struct dossier *dossier, int clock)
{
	for (size_t i = 0; i < dossier->clock_count; i++) {
		if (dossier->clocks[i].clock == clock)
			return &dossier->clocks[i];
	}
	return NULL;
}

/* ---- what is read of them ---- */

/* The last day, counted from the first one moved by the days suspended so far; year 0: unknown. */
static enum guichet_status
end_of(struct inputs *inputs, const struct procedure_clock *clock, struct date start, struct date *ret_end,
	struct guichet_error *error)
{
	struct feel_value count;
	const enum guichet_status status = inputs_evaluate(inputs, clock->count, &count, error);
	if (status != GUICHET_OK)
		return status;
	const struct feel_value values[] = { feel_date(start), count };
	struct feel_run run = { .arena = inputs->arena, .inputs = values, .now = inputs->facts->at,
		.calendar = inputs->calendar };
	const struct feel_value end = feel_evaluate(clock->end, &run);
	if (run.stop != FEEL_COMPLETE)
		return guichet_fail(error, GUICHET_BROKEN, "Le délai « %.*s » n’a pas pu être calculé.", TEXT_ARGS(clock->label));
	*ret_end = end.kind == FEEL_DATE ? end.date : (struct date){ 0 };
	return GUICHET_OK;
}

enum guichet_status
clocks_view(struct inputs *inputs, int clock, struct dossier_clock_view *ret_view, struct guichet_error *error)
{
	const struct dossier *dossier = inputs->facts->dossier;
	const struct procedure_clock *definition = &inputs->facts->procedure->clocks[clock];
	const struct dossier_clock *known = dossier ? dossier_clock_find(dossier, clock) : NULL;
	const struct date today = date_of_instant(inputs->facts->at, NULL);
	*ret_view = (struct dossier_clock_view){ .definition = definition, .running = known != NULL };
	if (!known)
		return GUICHET_OK;
	const bool suspended = known->suspended_on.year != 0;
	/* Standing still, it counts as if it went on today: what remains does not change. */
	const int64_t days = known->suspended_days + (suspended ? days_between(known->suspended_on, today) : 0);
	struct date end;
	const enum guichet_status status = end_of(inputs, definition, date_add_days(known->since, known->suspended_days), &end,
		error);
	if (status != GUICHET_OK)
		return status;
	ret_view->since = known->since;
	ret_view->suspended_on = known->suspended_on;
	ret_view->suspended_days = (int)days;
	ret_view->end = end;
	if (end.year)
		ret_view->remaining = (int)days_between(suspended ? known->suspended_on : today, end);
	return GUICHET_OK;
}

enum guichet_status
clocks_set(struct inputs *inputs, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	if (procedure->clock_count == 0)
		return GUICHET_OK;
	struct feel_entry *entries = arena_array_of(inputs->arena, struct feel_entry, procedure->clock_count);
	if (!entries)
		return OUT_OF_MEMORY(error);
	for (size_t i = 0; i < procedure->clock_count; i++) {
		struct dossier_clock_view view;
		const enum guichet_status status = clocks_view(inputs, (int)i, &view, error);
		if (status != GUICHET_OK)
			return status;
		const struct feel_value none = feel_null(TEXT(""));
		const bool suspended = view.suspended_on.year != 0, ends = view.running && view.end.year;
		const struct feel_entry inside[] = {
			{ TEXT("depuis"), view.running ? feel_date(view.since) : none },
			{ TEXT("échéance"), ends && !suspended ? feel_date(view.end) : none },
			{ TEXT("fin"), ends && !suspended ? feel_instant(instant_of_day(date_add_days(view.end, 1))) : none },
			{ TEXT("suspendu"), feel_boolean(suspended) },
			{ TEXT("jours_suspendus"), feel_integer(view.suspended_days) },
			{ TEXT("restant"), ends ? feel_integer(view.remaining) : none },
		};
		entries[i].name = view.definition->name;
		if (!feel_value_copy(inputs->arena, feel_context(inside, sizeof inside / sizeof *inside), &entries[i].value))
			return OUT_OF_MEMORY(error);
	}
	return inputs_set_context(inputs, procedure->clocks_slot, entries, procedure->clock_count, error);
}

enum guichet_status
dossier_clocks(struct dossier_present *present, const struct dossier_clock_view **ret_views, size_t *ret_count,
	struct guichet_error *error)
{
	const struct dossier_facts *facts = present->facts;
	struct inputs *inputs;
	size_t count = 0;
	struct dossier_clock_view *views = arena_array_of(present->arena, struct dossier_clock_view, facts->procedure->clock_count + 1);
	if (!views)
		return OUT_OF_MEMORY(error);
	enum guichet_status status = facts->dossier && facts->dossier->clock_count > 0 ? present_inputs(present, &inputs, error)
		: GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && facts->dossier && i < facts->dossier->clock_count; i++)
		status = clocks_view(inputs, facts->dossier->clocks[i].clock, &views[count++], error);
	if (status != GUICHET_OK)
		return status;
	*ret_views = views;
	*ret_count = count;
	return GUICHET_OK;
}
