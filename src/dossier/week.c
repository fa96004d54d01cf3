/* The week of a service: which half-days a person is away, as their dossier says. */
#include "dossier/facts.h"

#include "base/calendar.h"

#include "base/banned.h"

static const struct text day_names[DOSSIER_WEEK_DAYS] = {
#define DAY(name) { name, sizeof name - 1 }
	DAY("lundi"), DAY("mardi"), DAY("mercredi"), DAY("jeudi"), DAY("vendredi"),
#undef DAY
};

/* "mardi" is both halves, "mardi matin" and "mardi après-midi" one; false for anything else. */
static bool
names_half(struct text text, size_t day, size_t half)
{
	if (!text_starts(text, day_names[day]))
		return false;
	const struct text rest = text_trim(text_part(text, day_names[day].length, SIZE_MAX));
	return rest.length == 0 || text_equal(rest, half == 0 ? TEXT("matin") : TEXT("après-midi"));
}

/* Is that half-day in a list of names, or is it the one name? */
static bool
has_half(struct feel_value days, size_t day, size_t half)
{
	if (days.kind == FEEL_STRING)
		return names_half(days.string, day, half);
	for (size_t i = 0; days.kind == FEEL_LIST && i < days.list.count; i++) {
		if (days.list.at[i].kind == FEEL_STRING && names_half(days.list.at[i].string, day, half))
			return true;
	}
	return false;
}

/* A day of the usual week: no date to look at. */
static void
set_usual(struct dossier_week_day *day, size_t rank, enum dossier_half away, struct feel_value days,
	struct feel_value presence)
{
	for (size_t half = 0; half < 2; half++)
		day->halves[half] = has_half(days, rank, half) ? away : DOSSIER_HERE;
	day->presence = has_half(presence, rank, 0) || has_half(presence, rank, 1);
}

/* What its date changes: outside the bounds nobody is away, an exception says who is. */
static void
set_dated(struct dossier_week_day *day, struct date date, const struct calendar *calendar, struct feel_value from,
	struct feel_value to, struct feel_value exceptions)
{
	const bool before = from.kind == FEEL_DATE && date_compare(date, from.date) < 0,
		after = to.kind == FEEL_DATE && date_compare(date, to.date) > 0;
	if (before || after)
		day->halves[0] = day->halves[1] = DOSSIER_HERE;
	for (size_t i = 0; exceptions.kind == FEEL_LIST && i < exceptions.list.count; i++) {
		const struct feel_value exception = exceptions.list.at[i], when = feel_entry_of(exception, TEXT("jour")),
			label = feel_entry_of(exception, TEXT("libellé"));
		if (when.kind != FEEL_DATE || date_compare(when.date, date) != 0)
			continue;
		const bool away = feel_is_true(feel_entry_of(exception, TEXT("absent")));
		day->halves[0] = day->halves[1] = away ? DOSSIER_AWAY : DOSSIER_HERE;
		day->note = feel_text_of(label);
	}
	if (!calendar_is_ouvre(calendar, date)) {
		const struct text holiday = date_holiday_name(date);
		day->halves[0] = day->halves[1] = DOSSIER_HERE;
		day->presence = false;
		day->note = holiday.length > 0 ? holiday : TEXT("jour fermé");
	}
}

enum guichet_status
dossier_week(const struct dossier_facts *facts, struct date monday, struct arena *arena, struct dossier_week *ret_week,
	struct guichet_error *error)
{
	const struct procedure_week *week = &facts->procedure->week;
	const int step = facts_step(facts);
	const bool granted = procedure_list_has(week->steps, step);
	struct inputs inputs;
	struct feel_value days, from = { 0 }, to = { 0 }, presence = { 0 }, exceptions = { 0 };
	const struct { const struct feel *feel; struct feel_value *value; bool dated; } reads[] = {
		{ week->days, &days, false }, { week->presence, &presence, false }, { week->from, &from, true },
		{ week->to, &to, true }, { week->exceptions, &exceptions, true },
	};
	*ret_week = (struct dossier_week){ 0 };
	if (!week->days || (!granted && !procedure_list_has(week->asked, step)))
		return GUICHET_OK;
	enum guichet_status status = inputs_new(arena, facts, &inputs, error);
	for (size_t i = 0; status == GUICHET_OK && i < sizeof reads / sizeof *reads; i++) {
		if (reads[i].feel && (monday.year != 0 || !reads[i].dated))
			status = inputs_evaluate(&inputs, reads[i].feel, reads[i].value, error);
	}
	if (status != GUICHET_OK)
		return status;
	ret_week->counts = true;
	for (size_t rank = 0; rank < DOSSIER_WEEK_DAYS; rank++) {
		struct dossier_week_day *day = &ret_week->days[rank];
		set_usual(day, rank, granted ? DOSSIER_AWAY : DOSSIER_ASKED, days, presence);
		if (monday.year != 0)
			set_dated(day, date_add_days(monday, (int64_t)rank), inputs.calendar ? inputs.calendar
				: facts->procedure->calendar, from, to, exceptions);
		day->broken = day->presence && (day->halves[0] != DOSSIER_HERE || day->halves[1] != DOSSIER_HERE);
		ret_week->broken += day->broken;
	}
	return GUICHET_OK;
}
