/* See value.h: names of kinds, looking at values, equality and order. */
#include "feel/value.h"

#include "feel/evaluation.h"
#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

#define TEXT_OF(literal) { literal, sizeof literal - 1 }

static const struct {
	struct text feel, french;
} kinds[FEEL_KIND_COUNT] = {
	[FEEL_NULL] = { TEXT_OF("Null"), TEXT_OF("rien") },
	[FEEL_BOOLEAN] = { TEXT_OF("boolean"), TEXT_OF("un oui/non") },
	[FEEL_NUMBER] = { TEXT_OF("number"), TEXT_OF("un nombre") },
	[FEEL_STRING] = { TEXT_OF("string"), TEXT_OF("un texte") },
	[FEEL_DATE] = { TEXT_OF("date"), TEXT_OF("une date") },
	[FEEL_TIME] = { TEXT_OF("time"), TEXT_OF("une heure") },
	[FEEL_DATE_TIME] = { TEXT_OF("date and time"), TEXT_OF("une date avec heure") },
	[FEEL_YEARS_MONTHS] = { TEXT_OF("years and months duration"), TEXT_OF("une durée en mois ou années") },
	[FEEL_DAYS_TIME] = { TEXT_OF("days and time duration"), TEXT_OF("une durée en jours ou heures") },
	[FEEL_LIST] = { TEXT_OF("list"), TEXT_OF("une liste") },
	[FEEL_CONTEXT] = { TEXT_OF("context"), TEXT_OF("un ensemble de champs") },
	[FEEL_RANGE] = { TEXT_OF("range"), TEXT_OF("un intervalle") },
	[FEEL_FUNCTION] = { TEXT_OF("function"), TEXT_OF("une fonction") },
	[FEEL_ANY] = { TEXT_OF("Any"), TEXT_OF("une valeur") },
};

struct text
feel_kind_text(enum feel_kind kind)
{
	return kinds[kind].feel;
}

struct text
feel_kind_french(enum feel_kind kind)
{
	return kinds[kind].french;
}

struct feel_value
feel_integer(int64_t integer)
{
	return feel_of_number(number_of_integer(integer));
}

bool
feel_number_add(struct feel_value a, struct feel_value b, struct feel_value *ret_sum)
{
	struct feel_number sum;
	if (a.kind != FEEL_NUMBER || b.kind != FEEL_NUMBER || !number_add(a.number, b.number, &sum))
		return false;
	*ret_sum = feel_of_number(sum);
	return true;
}

bool
feel_number_divide(struct feel_value a, struct feel_value b, struct feel_value *ret_quotient)
{
	struct feel_number quotient;
	if (a.kind != FEEL_NUMBER || b.kind != FEEL_NUMBER || !number_divide(a.number, b.number, &quotient))
		return false;
	*ret_quotient = feel_of_number(quotient);
	return true;
}

bool
feel_to_integer(struct feel_value value, int64_t *ret_integer)
{
	return value.kind == FEEL_NUMBER && number_to_integer(value.number, ret_integer);
}

struct feel_value
feel_entry_of(struct feel_value context, struct text name)
{
	if (context.kind != FEEL_CONTEXT)
		return feel_null(context.kind == FEEL_NULL ? context.reason
			: TEXT("champ demandé à une valeur qui n’en a pas"));
	for (size_t i = 0; i < context.context.count; i++)
		if (text_equal(context.context.at[i].name, name))
			return context.context.at[i].value;
	return feel_null(TEXT("champ absent"));
}

struct text
feel_text_of(struct feel_value value)
{
	return value.kind == FEEL_STRING ? value.string : TEXT("");
}

struct text
feel_entry_text(struct feel_value context, struct text name)
{
	return feel_text_of(feel_entry_of(context, name));
}

bool
feel_number_read(struct text text, struct feel_value *ret_number)
{
	struct feel_number number;
	if (!number_read(text, &number))
		return false;
	*ret_number = feel_of_number(number);
	return true;
}

bool
feel_number_read_french(struct text text, struct feel_value *ret_number)
{
	static const struct text spaces[] = { TEXT_OF(" "), TEXT_OF("\u00a0"), TEXT_OF("\u202f") };
	char copy[128];
	size_t length = 0;
	text = text_trim(text);
	for (size_t i = 0; i < text.length;) {
		size_t skipped = 0;
		for (size_t s = 0; s < sizeof spaces / sizeof *spaces && length > 0; s++)
			if (text_starts(text_part(text, i, text.length), spaces[s]))
				skipped = spaces[s].length;
		if (skipped == 0) {
			if (length == sizeof copy)
				return false;
			copy[length++] = text.at[i] == ',' ? '.' : text.at[i];
			skipped = 1;
		}
		i += skipped;
	}
	return feel_number_read((struct text){ copy, length }, ret_number);
}

/* ---- equality and order ---- */

static struct feel_value
different_kinds(void)
{
	return feel_null(TEXT("comparaison de valeurs de nature différente"));
}

/* A value may hold the same part many times: what a comparison may cost is bounded. */
struct budget {
	unsigned depth, steps;
};

static struct feel_value equal_within(struct feel_value a, struct feel_value b, struct budget *budget);

static void
spend(struct budget *budget, size_t steps)
{
	budget->steps = steps < budget->steps ? budget->steps - (unsigned)steps : 0;
}

/* All equal, with `false` stronger than null. */
static bool
goes_on_equal(struct feel_value same, struct feel_value *all)
{
	if (same.kind == FEEL_NULL)
		*all = same;
	else if (!same.boolean)
		*all = same;
	return same.kind == FEEL_NULL || same.boolean;
}

static struct feel_value
equal_lists(struct feel_value a, struct feel_value b, struct budget *budget)
{
	if (a.list.count != b.list.count)
		return feel_boolean(false);
	struct feel_value all = feel_boolean(true);
	for (size_t i = 0; i < a.list.count && budget->steps; i++)
		if (!goes_on_equal(equal_within(a.list.at[i], b.list.at[i], budget), &all))
			break;
	return all;
}

static struct feel_value
equal_contexts(struct feel_value a, struct feel_value b, struct budget *budget)
{
	if (a.context.count != b.context.count)
		return feel_boolean(false);
	struct feel_value all = feel_boolean(true);
	for (size_t i = 0; i < a.context.count && budget->steps; i++) {
		const struct feel_entry *other = NULL;
		spend(budget, b.context.count / FEEL_NAMES_A_STEP);
		for (size_t j = 0; j < b.context.count && !other; j++)
			if (text_equal(a.context.at[i].name, b.context.at[j].name))
				other = &b.context.at[j];
		if (!other)
			return feel_boolean(false);
		if (!goes_on_equal(equal_within(a.context.at[i].value, other->value, budget), &all))
			break;
	}
	return all;
}

static struct feel_value
equal_ranges(const struct feel_range *a, const struct feel_range *b, struct budget *budget)
{
	if (a->low_open != b->low_open || a->high_open != b->high_open)
		return feel_boolean(false);
	const struct feel_value low = equal_within(a->low, b->low, budget);
	const struct feel_value high = equal_within(a->high, b->high, budget);
	return feel_boolean(feel_is_true(low) && feel_is_true(high));
}

static struct feel_value
equal_kinds(struct feel_value a, struct feel_value b, struct budget *budget)
{
	if (a.kind == FEEL_NULL || b.kind == FEEL_NULL)
		return feel_boolean(a.kind == b.kind);
	if (a.kind != b.kind) {
		/* Durations of the two sorts are equal only when both are nothing. */
		if (a.kind == FEEL_YEARS_MONTHS && b.kind == FEEL_DAYS_TIME)
			return feel_boolean(a.months == 0 && b.nanoseconds == 0);
		if (a.kind == FEEL_DAYS_TIME && b.kind == FEEL_YEARS_MONTHS)
			return feel_boolean(a.nanoseconds == 0 && b.months == 0);
		return different_kinds();
	}
	switch ((enum feel_kind)a.kind) {
	case FEEL_NULL:
	case FEEL_ANY:
	case FEEL_KIND_COUNT:
		break;
	case FEEL_BOOLEAN:
		return feel_boolean(a.boolean == b.boolean);
	case FEEL_NUMBER:
		return feel_boolean(number_equal(a.number, b.number));
	case FEEL_STRING:
		spend(budget, a.string.length == b.string.length ? a.string.length / FEEL_BYTES_A_STEP : 0);
		return feel_boolean(text_equal(a.string, b.string));
	case FEEL_DATE:
		return feel_boolean(date_compare(a.date, b.date) == 0);
	case FEEL_TIME:
	case FEEL_DATE_TIME:
		return feel_boolean(temporal_equal(a, b));
	case FEEL_YEARS_MONTHS:
		return feel_boolean(a.months == b.months);
	case FEEL_DAYS_TIME:
		return feel_boolean(a.nanoseconds == b.nanoseconds);
	case FEEL_LIST:
		return equal_lists(a, b, budget);
	case FEEL_CONTEXT:
		return equal_contexts(a, b, budget);
	case FEEL_RANGE:
		return equal_ranges(a.range, b.range, budget);
	case FEEL_FUNCTION:
		return feel_boolean(a.function == b.function);
	}
	return different_kinds();
}

static struct feel_value
equal_within(struct feel_value a, struct feel_value b, struct budget *budget)
{
	if (budget->depth == 0 || budget->steps == 0) {
		budget->steps = 0;
		return feel_null(TEXT("valeurs trop grandes pour être comparées"));
	}
	budget->steps--;
	budget->depth--;
	const struct feel_value same = equal_kinds(a, b, budget);
	budget->depth++;
	return same;
}

enum { MOST_EQUAL_STEPS = 1000000 };

struct feel_value
feel_equal_counting(struct feel_value a, struct feel_value b, unsigned long *steps)
{
	struct budget budget = { .depth = 200, .steps = MOST_EQUAL_STEPS };
	const struct feel_value same = equal_within(a, b, &budget);
	*steps += MOST_EQUAL_STEPS - budget.steps;
	return same;
}

struct feel_value
feel_equal(struct feel_value a, struct feel_value b)
{
	unsigned long steps = 0;
	return feel_equal_counting(a, b, &steps);
}

#define ORDER_OF(a, b) (((a) > (b)) - ((a) < (b)))

bool
feel_order(struct feel_value a, struct feel_value b, int *ret_order)
{
	if (a.kind != b.kind)
		return false;
	switch ((enum feel_kind)a.kind) {
	case FEEL_NUMBER:
		*ret_order = number_compare(a.number, b.number);
		return true;
	case FEEL_STRING: {
		const int order = text_compare(a.string, b.string); /* bytes of UTF-8: order of code points */
		*ret_order = ORDER_OF(order, 0);
		return true;
	}
	case FEEL_DATE:
		*ret_order = date_compare(a.date, b.date);
		return true;
	case FEEL_TIME:
	case FEEL_DATE_TIME:
		return temporal_order(a, b, ret_order);
	case FEEL_YEARS_MONTHS:
		*ret_order = ORDER_OF(a.months, b.months);
		return true;
	case FEEL_DAYS_TIME:
		*ret_order = ORDER_OF(a.nanoseconds, b.nanoseconds);
		return true;
	case FEEL_NULL:
	case FEEL_BOOLEAN:
	case FEEL_LIST:
	case FEEL_CONTEXT:
	case FEEL_RANGE:
	case FEEL_FUNCTION:
	case FEEL_ANY:
	case FEEL_KIND_COUNT:
		break;
	}
	return false;
}

/* ---- copies ---- */

static bool
copy_at(struct arena *arena, struct feel_value value, int depth, struct feel_value *ret_copy)
{
	struct feel_value copy = value;
	if (depth > 200)
		return false;
	if (value.zone_name) {
		struct text *name = arena_new_of(arena, struct text);
		if (!name || !(*name = arena_text(arena, *value.zone_name)).at)
			return false;
		copy.zone_name = name;
	}
	switch ((enum feel_kind)value.kind) {
	case FEEL_NULL:
		copy.reason = arena_text(arena, value.reason);
		if (!copy.reason.at)
			return false;
		break;
	case FEEL_STRING:
		copy.string = arena_text(arena, value.string);
		if (!copy.string.at)
			return false;
		break;
	case FEEL_LIST: {
		struct feel_value *items = arena_array_of(arena, struct feel_value, value.list.count);
		for (size_t i = 0; items && i < value.list.count; i++)
			if (!copy_at(arena, value.list.at[i], depth + 1, &items[i]))
				return false;
		if (!items)
			return false;
		copy.list.at = items;
		break;
	}
	case FEEL_CONTEXT: {
		struct feel_entry *entries = arena_array_of(arena, struct feel_entry, value.context.count);
		for (size_t i = 0; entries && i < value.context.count; i++) {
			entries[i].name = arena_text(arena, value.context.at[i].name);
			if (!entries[i].name.at
				|| !copy_at(arena, value.context.at[i].value, depth + 1, &entries[i].value))
				return false;
		}
		if (!entries)
			return false;
		copy.context.at = entries;
		break;
	}
	case FEEL_RANGE: {
		struct feel_range *range = arena_new_of(arena, struct feel_range);
		if (!range)
			return false;
		*range = *value.range;
		if (!copy_at(arena, value.range->low, depth + 1, &range->low)
			|| !copy_at(arena, value.range->high, depth + 1, &range->high))
			return false;
		copy.range = range;
		break;
	}
	default:
		break;
	}
	*ret_copy = copy;
	return true;
}

bool
feel_value_copy(struct arena *arena, struct feel_value value, struct feel_value *ret_copy)
{
	return copy_at(arena, value, 0, ret_copy);
}
