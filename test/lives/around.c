/* What changes around the dossiers of a life: who is away and who replaces them, who signs for whom, posts, what structures
 * set, closed days. What was due is due again. See lives.h. */
#include "lives/lives.h"

#include "essais/play.h"

#include "base/banned.h"

enum { MOST_KEYS = 8 };

static struct yaml_node *
scalar(struct arena *arena, struct text value)
{
	struct yaml_node *node = arena_new_of(arena, struct yaml_node);
	if (node)
		*node = (struct yaml_node){ .kind = YAML_SCALAR, .scalar = value };
	return node;
}

/* A mapping to which add() adds. NULL without memory. */
static struct yaml_node *
mapping(struct arena *arena)
{
	struct yaml_node *node = arena_new_of(arena, struct yaml_node);
	if (node)
		*node = (struct yaml_node){ .kind = YAML_MAPPING, .items = arena_array_of(arena, struct yaml_item, MOST_KEYS) };
	return node && node->items ? node : NULL;
}

static void
add(struct arena *arena, struct yaml_node *map, struct text key, struct yaml_node *value)
{
	struct yaml_node *name = scalar(arena, key);
	if (name && value && map->count < MOST_KEYS)
		map->items[map->count++] = (struct yaml_item){ .key = name, .value = value };
}

/* {section: {key: one}} over the directory. */
static bool
change(struct life *life, const char *section, struct text key, struct yaml_node *one)
{
	struct yaml_node *whole = mapping(life->arena), *part = mapping(life->arena);
	if (!whole || !part || !one)
		return false;
	add(life->arena, part, key, one);
	add(life->arena, whole, text_of_string(section), part);
	return world_change_directory(life->world, whole);
}

static struct text
draw_key(struct life *life, const char *section)
{
	const struct yaml_node *known = yaml_get(life->ground->directory, section);
	return known->items[chance_below(&life->chance, known->count)].key->scalar;
}

/* Somebody who holds a function, if it is quickly found. */
static struct text
draw_official(struct life *life)
{
	struct text person = draw_key(life, "personnes");
	for (size_t attempt = 0; attempt < 5 && !yaml_get(world_person(life->world, person), "fonction"); attempt++)
		person = draw_key(life, "personnes");
	return person;
}

/* From a few days ago or from now on, for a while. */
static void
add_dates(struct life *life, struct yaml_node *one, int64_t longest)
{
	const struct date today = date_of_instant(life->world->now, NULL),
		from = date_add_days(today, (int64_t)chance_below(&life->chance, 40) - 10),
		to = date_add_days(from, (int64_t)chance_below(&life->chance, (size_t)longest));
	add(life->arena, one, TEXT("du"), scalar(life->arena, date_iso(life->arena, from)));
	add(life->arena, one, TEXT("au"), scalar(life->arena, date_iso(life->arena, to)));
	add(life->arena, one, TEXT("référence"), scalar(life->arena, TEXT("Décision 7")));
}

static bool
go_away(struct life *life, struct text name)
{
	struct yaml_node *one = mapping(life->arena);
	if (!one)
		return false;
	add(life->arena, one, TEXT("absent"), scalar(life->arena, draw_official(life)));
	if (chance_of(&life->chance, 75))
		add(life->arena, one, TEXT("remplaçant"), scalar(life->arena, draw_key(life, "personnes")));
	add_dates(life, one, 60);
	return change(life, "absences", name, one);
}

static bool
delegate(struct life *life, struct text name)
{
	const struct procedure *procedure = life->ground->procedure;
	struct yaml_node *one = mapping(life->arena);
	if (!one)
		return false;
	add(life->arena, one, TEXT("de"), scalar(life->arena, draw_official(life)));
	add(life->arena, one, TEXT("à"), scalar(life->arena, draw_key(life, "personnes")));
	if (procedure->letter_count > 0 && chance_of(&life->chance, 50))
		add(life->arena, one, TEXT("lettres"), scalar(life->arena,
			procedure->letters[chance_below(&life->chance, procedure->letter_count)].name));
	add_dates(life, one, 120);
	return change(life, "délégations", name, one);
}

/* Mostly somebody who asked for something. */
static bool
change_post(struct life *life)
{
	const struct world *world = life->world;
	struct yaml_node *one = mapping(life->arena);
	const struct text person = world->dossier_count > 0 && chance_of(&life->chance, 70)
		? world->dossiers[chance_below(&life->chance, world->dossier_count)].person : draw_key(life, "personnes");
	if (!one)
		return false;
	add(life->arena, one, TEXT("structure"), scalar(life->arena, draw_key(life, "structures")));
	add(life->arena, one, TEXT("depuis"), scalar(life->arena, date_iso(life->arena, date_of_instant(world->now, NULL))));
	return change(life, "personnes", person, one);
}

/* Only values that a list gives, or numbers and booleans: a setting of a test. */
static bool
set_local(struct life *life)
{
	struct world *world = life->world;
	const struct procedure *procedure = life->ground->procedure;
	if (procedure->local_count == 0 || world->setting_count >= WORLD_MOST_SETTINGS)
		return true;
	const int local = (int)chance_below(&life->chance, procedure->local_count);
	const struct procedure_field *field = &procedure->locals[local].field;
	struct feel_value value;
	switch (field->type) {
	case PROCEDURE_FIELD_CHOICE:
		value = feel_string(field->options[chance_below(&life->chance, field->option_count)].name);
		break;
	case PROCEDURE_FIELD_YES_NO:
		value = feel_boolean(chance_of(&life->chance, 50));
		break;
	case PROCEDURE_FIELD_INTEGER:
	case PROCEDURE_FIELD_NUMBER:
		value = feel_integer(1 + (int64_t)chance_below(&life->chance, 2));
		break;
	default:
		return true;
	}
	world->settings[world->setting_count++] = (struct world_setting){ local, draw_key(life, "structures"),
		date_add_days(date_of_instant(world->now, NULL), (int64_t)chance_below(&life->chance, 20) - 5), value };
	return true;
}

/* A bridge, a holiday by decree. */
static void
close_a_day(struct life *life)
{
	struct world *world = life->world;
	const int64_t day = date_day_number(date_of_instant(world->now, NULL)) + 1 + (int64_t)chance_below(&life->chance, 60);
	if (world->closed_count < 20)
		world->closed[world->closed_count++] = (struct calendar_period){ .kind = CALENDAR_HOLIDAY, .first = day, .last = day,
			.name = TEXT("jour chômé") };
}

enum guichet_status
change_around(struct life *life, struct guichet_error *error)
{
	const struct text name = arena_format(life->arena, "tirée-%zu", life->changes);
	bool well = name.at != NULL;
	life->changes++;
	switch (chance_below(&life->chance, 6)) {
	case 0:
	case 1:
		well = well && go_away(life, name);
		break;
	case 2:
		well = well && delegate(life, name);
		break;
	case 3:
		well = well && change_post(life);
		break;
	case 4:
		well = well && set_local(life);
		break;
	default:
		close_a_day(life);
	}
	return well ? world_recompute(life->world, error) : guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
}
