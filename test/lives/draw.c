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

/* ---- answers ---- */

enum { MOST_ANSWERS = 400 };

struct answers {
	struct life *life;
	struct dossier_raw at[MOST_ANSWERS];
	size_t count;
};

static void
add(struct answers *answers, struct text field, struct text value)
{
	if (answers->count < MOST_ANSWERS)
		answers->at[answers->count++] = (struct dossier_raw){ field, value };
}

static void
take_away(struct answers *answers, struct text field)
{
	size_t kept = 0;
	for (size_t i = 0; i < answers->count; i++) {
		if (!text_equal(answers->at[i].field, field) && !(text_starts(answers->at[i].field, field)
			&& answers->at[i].field.length > field.length && answers->at[i].field.at[field.length] == '.'))
			answers->at[kept++] = answers->at[i];
	}
	answers->count = kept;
}

static struct text
draw_date(struct life *life)
{
	const struct date today = date_of_instant(life->world->now, NULL);
	const int64_t days = chance_of(&life->chance, 50) ? (int64_t)chance_below(&life->chance, 90)
		: (int64_t)chance_below(&life->chance, 800) - 400;
	return date_short(life->arena, date_add_days(today, days));
}

static void draw_value(struct answers *answers, const struct procedure_field *field, struct text name);

/* A week: some half-days; rows: a few; a period, a duration: their parts. */
static void
draw_parts(struct answers *answers, const struct procedure_field *field, struct text name)
{
	static const char *const halves[] = { "matin", "après_midi" };
	struct life *life = answers->life;
	struct chance *chance = &life->chance;
	for (size_t day = 0; day < field->day_count; day++) {
		for (size_t half = 0; half < 2; half++) {
			if (chance_of(chance, 25))
				add(answers, name, arena_format(life->arena, TEXT_FORMAT ".%s", TEXT_ARGS(field->days[day]), halves[half]));
		}
	}
	const size_t rows = field->type == PROCEDURE_FIELD_ROWS ? 1 + chance_below(chance, 3) : 1;
	for (size_t row = 1; row <= rows; row++) {
		for (size_t part = 0; part < field->part_count; part++) {
			const struct procedure_field *of = &field->parts[part];
			const struct text whole = field->type == PROCEDURE_FIELD_ROWS
				? arena_format(life->arena, TEXT_FORMAT ".%zu." TEXT_FORMAT, TEXT_ARGS(name), row, TEXT_ARGS(of->name))
				: arena_format(life->arena, TEXT_FORMAT "." TEXT_FORMAT, TEXT_ARGS(name), TEXT_ARGS(of->name));
			draw_value(answers, of, whole);
		}
	}
}

/* A value of the field's type, likely to be accepted, or now and then not. */
static void
draw_value(struct answers *answers, const struct procedure_field *field, struct text name)
{
	static const char *const reasons[] = { "Nécessité de service", "Les activités du poste ne s’y prêtent pas.",
		"Accord des deux parties", "« Motif » : 3 < 4 & 5 > 2", "é" };
	struct life *life = answers->life;
	struct chance *chance = &life->chance;
	if (chance_of(chance, 4)) {
		add(answers, name, chance_of(chance, 50) ? TEXT("") : TEXT("   "));
		return;
	}
	switch (field->type) {
	case PROCEDURE_FIELD_TEXT:
	case PROCEDURE_FIELD_LONG_TEXT:
	case PROCEDURE_FIELD_ADDRESS:
		add(answers, name, text_of_string(reasons[chance_below(chance, sizeof reasons / sizeof *reasons)]));
		break;
	case PROCEDURE_FIELD_INTEGER:
	case PROCEDURE_FIELD_NUMBER:
	case PROCEDURE_FIELD_MONEY:
	case PROCEDURE_FIELD_PERCENTAGE:
		add(answers, name, arena_format(life->arena, "%zu",
			chance_below(chance, chance_of(chance, 70) ? 5 : 120)));
		break;
	case PROCEDURE_FIELD_DATE:
		add(answers, name, draw_date(life));
		break;
	case PROCEDURE_FIELD_YES_NO:
		add(answers, name, chance_of(chance, 50) ? TEXT("oui") : TEXT("non"));
		break;
	case PROCEDURE_FIELD_DECLARATION:
		add(answers, name, TEXT("oui"));
		break;
	case PROCEDURE_FIELD_CHOICE:
		add(answers, name, field->options[chance_below(chance, field->option_count)].name);
		break;
	case PROCEDURE_FIELD_CHOICES:
		for (size_t i = 0; i < field->option_count; i++) {
			if (chance_of(chance, 40))
				add(answers, name, field->options[i].name);
		}
		break;
	case PROCEDURE_FIELD_TIME:
		add(answers, name, arena_format(life->arena, "%02zu:%02zu", 6 + chance_below(chance, 14), 15 * chance_below(chance, 4)));
		break;
	case PROCEDURE_FIELD_WEEK:
	case PROCEDURE_FIELD_ROWS:
	case PROCEDURE_FIELD_PERIOD:
	case PROCEDURE_FIELD_DURATION:
		draw_parts(answers, field, name);
		break;
	case PROCEDURE_FIELD_PERSON:
	case PROCEDURE_FIELD_STRUCTURE: {
		const struct yaml_node *known = yaml_get(life->ground->directory, field->type == PROCEDURE_FIELD_PERSON
			? "personnes" : "structures");
		const struct yaml_node *one = known ? known->items[chance_below(chance, known->count)].value : NULL;
		add(answers, name, yaml_scalar(yaml_get(one, field->type == PROCEDURE_FIELD_PERSON ? "matricule" : "code")));
		break;
	}
	case PROCEDURE_FIELD_TYPE_COUNT:
		break;
	}
}

struct dossier_raws
draw_answers(struct life *life, const struct dossier_facts *facts, enum dossier_form_kind kind, int action)
{
	struct answers answers = { .life = life };
	struct dossier_form form;
	struct guichet_error error = { 0 };
	const struct yaml_node *models = life->ground->models;
	const struct yaml_node *model = models && models->count ? models->items[chance_below(&life->chance,
		models->count)].value : NULL;
	for (size_t i = 0; model && i < model->count; i++) {
		essai_type(life->arena, model->items[i].key->scalar, model->items[i].value, answers.at, &answers.count,
			MOST_ANSWERS);
	}
	/* Each round answers what is shown and still wrong; a condition may show more. */
	for (size_t round = 0; round < 8; round++) {
		const struct dossier_raws raws = { answers.at, answers.count };
		if (dossier_form_read(life->arena, facts, kind, action, raws, false, &form, &error) != GUICHET_OK
			|| (form.mistakes == 0 && round > 0))
			break;
		for (size_t i = 0; i < form.count; i++) {
			const struct dossier_answer *answer = &form.answers[i];
			const bool wrong = answer->visible && answer->mistake.length > 0,
				again = answer->visible && round == 0 && chance_of(&life->chance, 10);
			if (!wrong && !again)
				continue;
			take_away(&answers, answer->name);
			draw_value(&answers, answer->field, answer->name);
		}
	}
	struct dossier_raw *at = arena_array_of(life->arena, struct dossier_raw, answers.count + 1);
	for (size_t i = 0; at && i < answers.count; i++)
		at[i] = answers.at[i];
	return (struct dossier_raws){ at, at ? answers.count : 0 };
}
