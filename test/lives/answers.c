/* Answers to a form: as the tests of the procedure give them where they do, else drawn from what the field says of
 * itself, again and again while the form finds a mistake; wrong on purpose when asked. See lives.h. */
#include "lives/lives.h"

#include "essais/play.h"

#include "base/banned.h"

enum { MOST_ANSWERS = 600, MOST_ROUNDS = 40 };

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
	static const int64_t spans[] = { 1, 3, 31, 120, 400, 1200 };
	const struct date today = date_of_instant(life->world->now, NULL);
	const int64_t days = (int64_t)chance_below(&life->chance, (size_t)spans[chance_below(&life->chance, 6)]);
	return date_short(life->arena, date_add_days(today, chance_of(&life->chance, 60) ? days : -days));
}

static void draw_value(struct answers *answers, const struct procedure_field *field, struct text name);

/* A week: some half-days; rows: a few; a period, a duration: their parts. */
static void
draw_parts(struct answers *answers, const struct procedure_field *field, struct text name)
{
	static const char *const halves[] = { "matin", "après_midi" };
	struct life *life = answers->life;
	struct chance *chance = &life->chance;
	const unsigned often = chance_of(chance, 70) ? 20 : 90;
	for (size_t day = 0; day < field->day_count; day++) {
		for (size_t half = 0; half < 2; half++) {
			if (chance_of(chance, often))
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

/* A value of the field's type, likely to be accepted. */
static void
draw_value(struct answers *answers, const struct procedure_field *field, struct text name)
{
	static const char *const reasons[] = { "Nécessité de service", "Les activités du poste ne s’y prêtent pas.",
		"Accord des deux parties", "« Motif » : 3 < 4 & 5 > 2", "é" };
	struct life *life = answers->life;
	struct chance *chance = &life->chance;
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

/* What cannot be: nothing, blanks, another type, beyond every bound. */
static struct text
draw_nonsense(struct life *life)
{
	static const char *const nonsense[] = { "", "   ", "-1", "999999", "31/02/2024", "25:61",
		"peut-être", "1e9", "01/01/0001", "\xc2\xa0" };
	return text_of_string(nonsense[chance_below(&life->chance, sizeof nonsense / sizeof *nonsense)]);
}

/* As a test of the procedure answers, mostly where one does; else drawn. */
static void
answer_field(struct answers *answers, const struct procedure_field *field, struct text name)
{
	struct life *life = answers->life;
	const struct ground *ground = life->ground;
	const size_t index = (size_t)(field - ground->procedure->fields);
	take_away(answers, name);
	if (index < ground->procedure->field_count && index < MOST_FIELDS && ground->seen_count[index] > 0
		&& chance_of(&life->chance, 45))
		essai_type(life->arena, name, ground->seen[index][chance_below(&life->chance, ground->seen_count[index])],
			answers->at, &answers->count, MOST_ANSWERS);
	else
		draw_value(answers, field, name);
}

/* Each piece that the action examines is accepted, or sent back with a ground. */
static void
examine(struct answers *answers, const struct procedure_action *action)
{
	struct life *life = answers->life;
	for (size_t i = 0; i < action->examines.count; i++) {
		const struct text piece = arena_format(life->arena, "pièce." TEXT_FORMAT,
			TEXT_ARGS(life->ground->procedure->pieces[action->examines.at[i]].name));
		const bool accepted = chance_of(&life->chance, 65);
		add(answers, piece, accepted ? TEXT("acceptée") : TEXT("renvoyée"));
		if (!accepted)
			add(answers, arena_format(life->arena, TEXT_FORMAT ".motif", TEXT_ARGS(piece)), TEXT("Le nom manque."));
	}
}

struct dossier_raws
draw_answers(struct life *life, const struct dossier_facts *facts, enum dossier_form_kind kind, int action, bool well)
{
	const struct procedure *procedure = life->ground->procedure;
	struct chance *chance = &life->chance;
	struct answers answers = { .life = life };
	struct dossier_form form = { 0 };
	struct guichet_error error = { 0 };
	struct dossier_facts named = *facts;
	const struct yaml_node *models = life->ground->models;
	const struct yaml_node *model = models && models->count
		? models->items[chance_below(chance, models->count)].value : NULL;
	for (size_t i = 0; kind == DOSSIER_FORM_FILING && model && i < model->count; i++) {
		if (procedure_field_find(procedure, model->items[i].key->scalar) >= 0)
			essai_type(life->arena, model->items[i].key->scalar, model->items[i].value, answers.at, &answers.count,
				MOST_ANSWERS);
	}
	/* Each round answers what is shown and still wrong; a condition may show more. What goes on being wrong may be so
	 * because of an answer that stands before it. */
	for (size_t round = 0; round < MOST_ROUNDS; round++) {
		const struct dossier_raws raws = { answers.at, answers.count };
		if (world_named(life->world, raws, &named, &error) != GUICHET_OK
			|| dossier_form_read(life->arena, &named, kind, action, raws, false, &form, &error) != GUICHET_OK
			|| (form.mistakes == 0 && round > 0))
			break;
		for (size_t i = 0; i < form.count; i++) {
			const struct dossier_answer *answer = &form.answers[i];
			const bool wrong = answer->visible && answer->mistake.length > 0,
				again = answer->visible && round == 0 && chance_of(chance, 12);
			if (wrong || again)
				answer_field(&answers, answer->field, answer->name);
			for (size_t before = 1; wrong && round % 3 == 2 && before <= 2 && before <= i; before++) {
				if (answer[-(ptrdiff_t)before].visible && chance_of(chance, 40))
					answer_field(&answers, answer[-(ptrdiff_t)before].field, answer[-(ptrdiff_t)before].name);
			}
		}
	}
	for (size_t i = 0; !well && form.count > 0 && i < 1 + chance_below(chance, 2); i++) {
		const struct dossier_answer *answer = &form.answers[chance_below(chance, form.count)];
		take_away(&answers, answer->name);
		if (chance_of(chance, 70))
			add(&answers, answer->name, draw_nonsense(life));
	}
	if (action >= 0)
		examine(&answers, &procedure->actions[action]);
	struct dossier_raw *at = arena_array_of(life->arena, struct dossier_raw, answers.count + 1);
	for (size_t i = 0; at && i < answers.count; i++)
		at[i] = answers.at[i];
	return (struct dossier_raws){ at, at ? answers.count : 0 };
}

/* ---- what tests answer ---- */

/* Every mapping of a test whose key is a field says how that field may be answered. */
void
ground_see(struct ground *ground, const struct yaml_node *node)
{
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *value = node->items[i].value;
		const int field = node->kind == YAML_MAPPING && node->items[i].key
			? procedure_field_find(ground->procedure, node->items[i].key->scalar) : PROCEDURE_NONE;
		if (field >= 0 && field < MOST_FIELDS && ground->seen_count[field] < MOST_SEEN)
			ground->seen[field][ground->seen_count[field]++] = value;
		ground_see(ground, value);
	}
}
