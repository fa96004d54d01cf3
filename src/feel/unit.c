/* See unit.h. */
#include "feel/unit.h"

#include "feel/number.h"

#include "base/banned.h"

/* ---- names ---- */

/* The spellings of a unit, the usual one first, and how one speaks of it. */
static const struct {
	const char *spellings[5];
	struct text french;
} units[] = {
	{ { "%", "pourcent", "pour cent", "pourcentage" }, TEXT("des pourcentages") },
	{ { "€", "euro", "euros", "EUR" }, TEXT("des euros") },
	{ { "k€", "kilo-euros" }, TEXT("des milliers d’euros") },
	{ { "h", "heure", "heures" }, TEXT("des heures") },
	{ { "min", "minute", "minutes" }, TEXT("des minutes") },
	{ { "s", "seconde", "secondes" }, TEXT("des secondes") },
	{ { "jour", "jours", "j" }, TEXT("des jours") },
	{ { "semaine", "semaines" }, TEXT("des semaines") },
	{ { "mois" }, TEXT("des mois") },
	{ { "an", "ans", "année", "années" }, TEXT("des années") },
	{ { "km", "kilomètre", "kilomètres" }, TEXT("des kilomètres") },
	{ { "m", "mètre", "mètres" }, TEXT("des mètres") },
	{ { "point", "points", "pt", "pts" }, TEXT("des points") },
	{ { "enfant", "enfants" }, TEXT("des enfants") },
	{ { "ETP" }, TEXT("des équivalents temps plein") },
};
enum { UNIT_COUNT = sizeof units / sizeof *units };

static size_t
unit_find(struct text unit)
{
	for (size_t i = 0; i < UNIT_COUNT; i++)
		for (size_t k = 0; k < 5 && units[i].spellings[k]; k++)
			if (text_equal(unit, text_of_string(units[i].spellings[k])))
				return i;
	return UNIT_COUNT;
}

static struct text
singular(struct text unit)
{
	return text_part(unit, 0, unit.length > 2 && text_ends(unit, TEXT("s")) ? unit.length - 1 : unit.length);
}

bool
unit_meets(struct text a, struct text b)
{
	if (a.length == 0 || b.length == 0 || text_equal(a, b))
		return true;
	const size_t known = unit_find(a);
	if (known < UNIT_COUNT || unit_find(b) < UNIT_COUNT)
		return known == unit_find(b);
	return text_equal(singular(a), singular(b));
}

/* "des heures", "des pourcentages", "des « points »". */
static struct text
unit_french(struct arena *arena, struct text unit)
{
	const size_t known = unit_find(unit);
	return known < UNIT_COUNT ? units[known].french
		: arena_format(arena, "des « " TEXT_FORMAT " »", TEXT_ARGS(unit));
}

/* ---- algebra ---- */

struct text
unit_of(const struct feel_type *type)
{
	while ((type->kind == FEEL_LIST || type->kind == FEEL_RANGE) && type->of)
		type = type->of;
	return type->kind == FEEL_NUMBER ? type->unit : TEXT("");
}

static bool
is_percentage(struct text unit)
{
	return unit.length && unit_meets(unit, TEXT("%"));
}

static bool
is_hundred(const struct node *node)
{
	return node->kind == NODE_CONSTANT && node->constant.kind == FEEL_NUMBER
		&& number_equal(node->constant.number, number_of_integer(100));
}

/* "€/h" and "h" give "€". */
static struct text
paid(struct text rate, struct text unit)
{
	const size_t slash = text_find(rate, TEXT("/"));
	if (slash == SIZE_MAX || unit.length == 0)
		return TEXT("");
	return unit_meets(text_trim(text_part(rate, slash + 1, rate.length)), unit)
		? text_trim(text_part(rate, 0, slash)) : TEXT("");
}

/* "€" divided by "€/h" gives "h". */
static struct text
bought(struct text unit, struct text rate)
{
	const size_t slash = text_find(rate, TEXT("/"));
	if (slash == SIZE_MAX || unit.length == 0)
		return TEXT("");
	return unit_meets(text_trim(text_part(rate, 0, slash)), unit)
		? text_trim(text_part(rate, slash + 1, rate.length)) : TEXT("");
}

/* A part of something: hours by a percentage are hours. A constant may convert (24 hours a day), so
 * that what it gives is not known; but a hundred, which percentages are out of. */
static struct text
multiplied(struct text left, struct text right, const struct node *by)
{
	if (is_percentage(right) || (is_hundred(by) && left.length))
		return is_percentage(left) ? TEXT("") : left;
	return paid(left, right);
}

struct text
unit_of_arithmetic(enum node_kind kind, const struct node *left, const struct node *right)
{
	const struct text a = unit_of(left->type), b = unit_of(right->type);
	switch (kind) {
	case NODE_ADD:
	case NODE_SUBTRACT:
		return a.length ? a : b;
	case NODE_MULTIPLY: {
		const struct text product = multiplied(a, b, right);
		return product.length ? product : multiplied(b, a, left);
	}
	case NODE_DIVIDE:
		if (is_percentage(b) || is_hundred(right))
			return is_percentage(a) ? TEXT("") : a;
		return bought(a, b);
	default:
		return TEXT("");
	}
}

/* ---- telling ---- */

void
unit_check(struct reader *reader, size_t offset, size_t length, struct text left, struct text right,
	const char *verb)
{
	if (unit_meets(left, right))
		return;
	const struct text a = unit_french(reader->arena, left), b = unit_french(reader->arena, right);
	if (!a.at || !b.at) {
		reader_broken(reader);
		return;
	}
	reader->about = FEEL_ABOUT_UNITS;
	reader_mistake(reader, offset, length, is_percentage(left) || is_percentage(right)
		? TEXT("un pourcentage se prend de quelque chose : multipliez par lui, puis divisez par 100")
		: TEXT("ramenez-les d’abord à la même unité, en multipliant ou en divisant"),
		TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(a), verb, TEXT_ARGS(b));
	reader->about = FEEL_ABOUT_MEANING;
}
