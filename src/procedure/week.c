/* Weeks by half-days. A day that is not asked is not in the context: reading it is a mistake of the rule. */
#include "procedure/week.h"

#include "base/buffer.h"
#include "base/banned.h"

static const struct {
	struct text name;  /* of the entry, and in what forms send */
	struct text label; /* after the day */
} halves[] = {
	{ TEXT("matin"), TEXT("matin") },
	{ TEXT("après_midi"), TEXT("après-midi") },
};

/* What is counted; a whole week has so many of them per day, so many of which are half-days. */
enum count { HALF_DAYS, DAYS, WHOLE_DAYS, LONE_HALVES, COUNT_COUNT };

static const struct {
	struct text name, unit;
	int64_t most; /* per day */
} counts[COUNT_COUNT] = {
	[HALF_DAYS] = { TEXT("demi_journées"), TEXT(""), 2 },
	[DAYS] = { TEXT("jours"), TEXT("jour"), 1 },
	[WHOLE_DAYS] = { TEXT("journées"), TEXT("jour"), 1 },
	[LONE_HALVES] = { TEXT("isolées"), TEXT(""), 1 },
};

static struct text
half_label(struct arena *arena, struct text day, size_t half)
{
	return arena_format(arena, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(day), TEXT_ARGS(halves[half].label));
}

/* ---- the type ---- */

static const struct feel_type *
count_type(struct arena *arena, enum count count, size_t days)
{
	struct feel_range *bounds = arena_new_of(arena, struct feel_range);
	if (!bounds)
		return NULL;
	*bounds = (struct feel_range){ .low = feel_integer(0), .high = feel_integer(counts[count].most * (int64_t)days) };
	return feel_type_number_of(arena, counts[count].unit, count != DAYS, bounds);
}

static const struct feel_type *
list_type(struct arena *arena, const struct text *days, size_t count)
{
	struct text *words = arena_array_of(arena, struct text, 3 * count + 1);
	if (!words)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		words[3 * i] = days[i];
		for (size_t half = 0; half < 2; half++)
			if (!(words[3 * i + 1 + half] = half_label(arena, days[i], half)).at)
				return NULL;
	}
	const struct feel_type *word = feel_type_words_of(arena, words, 3 * count);
	return word ? feel_type_list_of(arena, word) : NULL;
}

const struct feel_type *
week_type(struct arena *arena, const struct text *days, size_t count)
{
	struct feel_field *parts = arena_array_of(arena, struct feel_field, 2),
		*fields = arena_array_of(arena, struct feel_field, count + COUNT_COUNT + 1);
	const struct feel_type *day = NULL;
	if (parts && fields) {
		parts[0] = (struct feel_field){ halves[0].name, &feel_type_boolean };
		parts[1] = (struct feel_field){ halves[1].name, &feel_type_boolean };
		day = feel_type_context_of(arena, parts, 2);
	}
	if (!day)
		return NULL;
	for (size_t i = 0; i < count; i++)
		fields[i] = (struct feel_field){ days[i], day };
	for (size_t i = 0; i < COUNT_COUNT; i++)
		if (!(fields[count + i] = (struct feel_field){ counts[i].name, count_type(arena, i, count) }).type)
			return NULL;
	fields[count + COUNT_COUNT] = (struct feel_field){ TEXT("liste"), list_type(arena, days, count) };
	return fields[count + COUNT_COUNT].type ? feel_type_context_of(arena, fields, count + COUNT_COUNT + 1) : NULL;
}

/* ---- values ---- */

bool
procedure_half_days(struct arena *arena, const struct procedure_field *field, struct procedure_half_day *half_days)
{
	for (size_t i = 0; i < 2 * field->day_count; i++) {
		const struct text day = field->days[i / 2];
		half_days[i].raw = arena_format(arena, TEXT_FORMAT "." TEXT_FORMAT, TEXT_ARGS(day), TEXT_ARGS(halves[i % 2].name));
		half_days[i].label = half_label(arena, day, i % 2);
		if (!half_days[i].raw.at || !half_days[i].label.at)
			return false;
	}
	return true;
}

/* Whole days by their name, others by their half. */
static struct text
name_of(struct arena *arena, struct text day, const bool *chosen)
{
	return chosen[0] && chosen[1] ? day : half_label(arena, day, chosen[0] ? 0 : 1);
}

bool
procedure_week_value(struct arena *arena, const struct procedure_field *field, const bool *chosen,
	struct feel_value *ret_value)
{
	const size_t days = field->day_count;
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, days + COUNT_COUNT + 1),
		*parts = arena_array_of(arena, struct feel_entry, 2 * days + 1);
	struct feel_value *list = arena_array_of(arena, struct feel_value, days + 1);
	int64_t whole = 0, lone = 0;
	size_t listed = 0;
	*ret_value = feel_null(TEXT(""));
	if (!entries || !parts || !list)
		return false;
	for (size_t i = 0; i < days; i++) {
		const bool *day = &chosen[2 * i];
		for (size_t half = 0; half < 2; half++)
			parts[2 * i + half] = (struct feel_entry){ halves[half].name, feel_boolean(day[half]) };
		entries[i] = (struct feel_entry){ field->days[i], feel_context(&parts[2 * i], 2) };
		whole += day[0] && day[1];
		lone += day[0] != day[1];
		if (!day[0] && !day[1])
			continue;
		list[listed++] = feel_string(name_of(arena, field->days[i], day));
		if (!list[listed - 1].string.at)
			return false;
	}
	if (listed == 0)
		return true;
	struct feel_value numbers[COUNT_COUNT] = { [HALF_DAYS] = feel_integer(2 * whole + lone),
		[WHOLE_DAYS] = feel_integer(whole), [LONE_HALVES] = feel_integer(lone) };
	const struct text half = arena_format(arena, "%lld%s", (long long)whole + lone / 2, lone % 2 ? ".5" : "");
	if (!half.at || !feel_number_read(half, &numbers[DAYS]))
		return false;
	for (size_t i = 0; i < COUNT_COUNT; i++)
		entries[days + i] = (struct feel_entry){ counts[i].name, numbers[i] };
	entries[days + COUNT_COUNT] = (struct feel_entry){ TEXT("liste"), feel_list(list, listed) };
	*ret_value = feel_context(entries, days + COUNT_COUNT + 1);
	return true;
}

struct text
week_text(struct arena *arena, struct feel_value week)
{
	const struct feel_value list = feel_entry_of(week, TEXT("liste"));
	CLEANUP(buffer_release) struct buffer out = buffer_new(1000);
	for (size_t i = 0; list.kind == FEEL_LIST && i < list.list.count; i++) {
		buffer_add(&out, i ? TEXT(", ") : TEXT(""));
		buffer_add(&out, list.list.at[i].kind == FEEL_STRING ? list.list.at[i].string : TEXT(""));
	}
	return out.failed ? (struct text){ 0 } : arena_text(arena, buffer_text(&out));
}
