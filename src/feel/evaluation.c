/* An evaluation under way: how it ends, what it counts, what it lends, the lists it makes. */
#include "feel/evaluation.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

struct feel_value
evaluation_stop(struct evaluation *evaluation, enum feel_stop stop)
{
	static const struct text reasons[] = {
		[FEEL_COMPLETE] = TEXT(""),
		[FEEL_TOO_LONG] = TEXT("calcul trop long, abandonné"),
		[FEEL_TOO_DEEP] = TEXT("appels de fonctions trop imbriqués, calcul abandonné"),
		[FEEL_NO_MEMORY] = TEXT("résultat trop grand, calcul abandonné"),
	};
	if (evaluation->run->stop == FEEL_COMPLETE)
		evaluation->run->stop = stop;
	evaluation->steps_left = 0;
	return feel_null(reasons[evaluation->run->stop]);
}

bool
evaluation_steps(struct evaluation *evaluation, unsigned long steps)
{
	if (evaluation->steps_left <= steps) {
		evaluation_stop(evaluation, FEEL_TOO_LONG);
		return false;
	}
	evaluation->steps_left -= steps;
	return true;
}

struct feel_value
evaluation_null(struct evaluation *evaluation, const char *format, ...)
{
	char reason[300];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(reason, sizeof reason, format, arguments);
	va_end(arguments);
	const struct text kept = arena_text(evaluation->arena, text_whole(text_of_string(reason)));
	return kept.at ? feel_null(kept) : evaluation_stop(evaluation, FEEL_NO_MEMORY);
}

struct feel_run
evaluation_lend(const struct evaluation *evaluation)
{
	return (struct feel_run){ .arena = evaluation->arena, .now = evaluation->run->now,
		.calendar = evaluation->run->calendar,
		.most_steps = evaluation->steps_left ? evaluation->steps_left : 1, .depth = evaluation->depth };
}

bool
evaluation_settle(struct evaluation *evaluation, const struct feel_run *lent)
{
	evaluation->run->external |= lent->external;
	if (lent->stop != FEEL_COMPLETE) {
		evaluation_stop(evaluation, lent->stop);
		return false;
	}
	return evaluation_steps(evaluation, lent->steps);
}

bool
items_add(struct evaluation *evaluation, struct items *items, struct feel_value value)
{
	if (items->count == items->capacity) {
		const size_t capacity = items->capacity ? items->capacity * 2 : 8;
		struct feel_value *at = arena_array_of(evaluation->arena, struct feel_value, capacity);
		if (!at) {
			evaluation_stop(evaluation, FEEL_NO_MEMORY);
			return false;
		}
		if (items->count)
			memcpy(at, items->at, items->count * sizeof *at);
		items->at = at;
		items->capacity = capacity;
	}
	items->at[items->count++] = value;
	return true;
}
