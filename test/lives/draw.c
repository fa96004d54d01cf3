/* Draws calendars and answers. See lives.h. */
#include "lives/lives.h"

#include "essais/play.h"

#include "base/banned.h"

uint64_t
chance_next(struct chance *chance)
{
	/* splitmix64: every seed is a good one. */
	uint64_t z = chance->state += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

size_t
chance_below(struct chance *chance, size_t below)
{
	return below ? (size_t)(chance_next(chance) % below) : 0;
}

bool
chance_of(struct chance *chance, unsigned percent)
{
	return chance_below(chance, 100) < percent;
}

/* ---- calendars ---- */

const struct campaign *
draw_campaign(struct life *life, const struct campaign *campaign)
{
	struct campaign *drawn = arena_new_of(life->arena, struct campaign);
	struct campaign_window *windows = arena_array_of(life->arena, struct campaign_window, campaign->window_count + 1);
	struct feel_value *data = arena_array_of(life->arena, struct feel_value, campaign->data_count + 1);
	if (!drawn || !windows || !data)
		return campaign;
	*drawn = *campaign;
	/* Four years around, so that lives cross 29 February, changes of hour, Easters of all months. */
	const int64_t shift = (int64_t)chance_below(&life->chance, 4 * 366);
	int64_t spread = 0;
	for (size_t i = 0; i < campaign->window_count; i++) {
		const struct campaign_window *from = &campaign->windows[i];
		if (from->closes == INSTANT_NEVER) {
			windows[i] = *from;
			continue;
		}
		const int64_t days = date_day_number(from->last_day) - date_day_number(from->first_day),
			longer = (int64_t)chance_below(&life->chance, 6);
		windows[i].first_day = date_add_days(from->first_day, shift + spread);
		windows[i].last_day = date_add_days(windows[i].first_day, days + longer);
		windows[i].opens = instant_of_day(windows[i].first_day);
		windows[i].closes = instant_of_day(date_add_days(windows[i].last_day, 1));
		spread += longer;
	}
	for (size_t i = 0; i < campaign->data_count; i++) {
		data[i] = campaign->data[i];
		if (data[i].kind == FEEL_DATE)
			data[i].date = date_add_days(data[i].date, shift + spread);
	}
	drawn->windows = windows;
	drawn->data = data;
	return drawn;
}
