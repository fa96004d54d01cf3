/* What test/lives/procedures/tout says, once more, in C: its delays, its numbers, what its refusals need. The calendar is
 * this file's own. See judges.h. */
#include "lives/judges.h"

#include "base/banned.h"

/* ---- a calendar ---- */

/* Meeus, Jones, Butcher. */
static struct date
easter_of(int year)
{
	const int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3,
		h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7,
		m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
	return (struct date){ year, n / 31, n % 31 + 1 };
}

static bool
is_worked(const struct world *world, struct date day)
{
	static const struct { int month, day; } fixed[] = { { 1, 1 }, { 5, 1 }, { 5, 8 }, { 7, 14 }, { 8, 15 }, { 11, 1 },
		{ 11, 11 }, { 12, 25 } };
	const int64_t number = date_day_number(day), after = number - date_day_number(easter_of(day.year));
	const int64_t monday = number - date_day_number((struct date){ 2024, 1, 1 });
	if ((monday % 7 + 7) % 7 >= 5 || after == 1 || after == 39 || after == 50)
		return false;
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
		if (fixed[i].month == day.month && fixed[i].day == day.day)
			return false;
	}
	for (size_t i = 0; i < world->closed_count; i++) {
		if (world->closed[i].first <= number && number <= world->closed[i].last)
			return false;
	}
	return true;
}

static struct date
months_later(struct date day, int months)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	const int month = day.month - 1 + months;
	struct date later = { day.year + month / 12, month % 12 + 1, day.day };
	const bool leap = (later.year % 4 == 0 && later.year % 100 != 0) || later.year % 400 == 0;
	const int most = lengths[later.month - 1] + (later.month == 2 && leap);
	later.day = later.day > most ? most : later.day;
	return later;
}

/* ---- its rules ---- */

static void
judge_due(struct life *life, struct text effect, instant due, struct date last_day)
{
	if (due != instant_of_day(date_add_days(last_day, 1)))
		life_breaks(life, "« %.*s » n’arrive pas au lendemain du %04d-%02d-%02d", TEXT_ARGS(effect), last_day.year,
			last_day.month, last_day.day);
}

static struct date
last_done(const struct life *life, const struct shadow *shadow, struct text name)
{
	const int move = procedure_move_find(life->ground->procedure, name);
	return move >= 0 && move < MOST_DONE && shadow->done[move].times > 0 ? shadow->done[move].last : (struct date){ 0 };
}

void
judge_invented(struct life *life, const struct shadow *shadow, const struct world_dossier *dossier,
	const struct dossier_event *event, const json_t *payload)
{
	const struct text effect = judge_text(payload, "effect"),
		action = judge_text(json_object_get(payload, "command"), "action");
	const instant due = json_integer_value(json_object_get(payload, "due"));
	if (!text_equal(life->ground->procedure->name, TEXT("tout")))
		return;
	/* Fifteen worked days from the day after it is asked. */
	if (text_equal(effect, TEXT("hors_délai"))) {
		struct date day = last_done(life, shadow, TEXT("demander_une_pièce"));
		for (int left = 15; left > 0 && day.year > 0;) {
			day = date_add_days(day, 1);
			left -= is_worked(life->world, day);
		}
		judge_due(life, effect, due, day);
	}
	/* Two months from the filing, and as many days as it stood still. */
	if (text_equal(effect, TEXT("accord_tacite")))
		judge_due(life, effect, due, months_later(date_add_days(last_done(life, shadow, TEXT("déposer")),
			judge_days_in(shadow, procedure_step_find(life->ground->procedure, TEXT("incomplète")), event->at)), 2));
	if (text_equal(effect, TEXT("reprise"))
		&& due != instant_of_day(months_later(last_done(life, shadow, TEXT("suspendre")), 1)))
		life_breaks(life, "la mission ne reprend pas un mois après sa suspension");
	/* An interview before a refusal: without its date the rule is neither true nor false, and refuses. */
	const int met = procedure_move_find(life->ground->procedure, TEXT("noter_l_entretien"));
	if (text_equal(action, TEXT("refuser")) && (met < 0 || shadow->done[met].times == 0))
		life_breaks(life, "la demande de %.*s est refusée sans entretien", TEXT_ARGS(dossier->person));
}
