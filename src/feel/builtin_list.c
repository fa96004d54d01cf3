/* Builtins on lists (§10.3.4.4) and sort. */
#include "feel/builtin_all.h"

#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

static struct feel_value
full(struct evaluation *evaluation)
{
	return evaluation_stop(evaluation, FEEL_NO_MEMORY);
}

BUILTIN(list_contains)
{
	const struct feel_value list = arguments[0];
	if (!evaluation_steps(evaluation, list.list.count))
		return full(evaluation);
	for (size_t i = 0; i < list.list.count; i++)
		if (feel_is_true(evaluate_equal(evaluation, list.list.at[i], arguments[1])))
			return feel_boolean(true);
	return feel_boolean(false);
}

BUILTIN(count_items)
{
	(void)evaluation;
	return feel_integer((int64_t)arguments[0].list.count);
}

static struct feel_value
extreme(struct evaluation *evaluation, struct feel_value list, int sign)
{
	if (list.list.count == 0)
		return feel_null(TEXT("liste vide"));
	if (!evaluation_steps(evaluation, list.list.count))
		return full(evaluation);
	struct feel_value best = list.list.at[0];
	int order;
	for (size_t i = 0; i < list.list.count; i++) {
		if (!evaluate_order(evaluation, list.list.at[i], best, &order))
			return feel_null(TEXT("la liste contient des valeurs qui n’ont pas d’ordre commun"));
		if (order * sign > 0)
			best = list.list.at[i];
	}
	return best;
}

BUILTIN(minimum) { return extreme(evaluation, arguments[0], -1); }
BUILTIN(maximum) { return extreme(evaluation, arguments[0], 1); }

static const struct text not_numbers = TEXT("la liste contient autre chose que des nombres");

BUILTIN(sum)
{
	const struct feel_value list = arguments[0];
	if (list.list.count == 0)
		return feel_null(TEXT("liste vide"));
	if (!evaluation_steps(evaluation, list.list.count))
		return full(evaluation);
	struct feel_value total = list.list.at[0];
	const bool duration = total.kind == FEEL_YEARS_MONTHS || total.kind == FEEL_DAYS_TIME;
	if (total.kind != FEEL_NUMBER && !duration)
		return feel_null(not_numbers);
	for (size_t i = 1; i < list.list.count; i++) {
		const struct feel_value item = list.list.at[i];
		if (item.kind != total.kind)
			return feel_null(not_numbers);
		if (duration ? !temporal_add(total, item, &total)
			: !number_add(total.number, item.number, &total.number))
			return feel_null(TEXT("somme trop grande"));
	}
	return total;
}

BUILTIN(mean)
{
	struct feel_value total = builtin_sum(evaluation, arguments);
	if (total.kind == FEEL_NUMBER
		&& !number_divide(total.number, number_of_integer((int64_t)arguments[0].list.count), &total.number))
		return feel_null(TEXT(""));
	if (total.kind == FEEL_YEARS_MONTHS)
		total.months /= (int64_t)arguments[0].list.count;
	else if (total.kind == FEEL_DAYS_TIME)
		total.nanoseconds /= (feel_nanoseconds)arguments[0].list.count;
	return total;
}

static bool
all_numbers(struct evaluation *evaluation, struct feel_value list)
{
	if (!evaluation_steps(evaluation, list.list.count))
		return false;
	for (size_t i = 0; i < list.list.count; i++)
		if (list.list.at[i].kind != FEEL_NUMBER)
			return false;
	return true;
}

BUILTIN(product)
{
	const struct feel_value list = arguments[0];
	if (list.list.count == 0 || !all_numbers(evaluation, list))
		return feel_null(list.list.count ? not_numbers : TEXT("liste vide"));
	struct feel_value total = feel_integer(1);
	for (size_t i = 0; i < list.list.count; i++)
		if (!number_multiply(total.number, list.list.at[i].number, &total.number))
			return feel_null(TEXT("produit trop grand"));
	return total;
}

BUILTIN(stddev)
{
	const struct feel_value list = arguments[0];
	if (list.list.count < 2 || !all_numbers(evaluation, list))
		return feel_null(list.list.count < 2 ? TEXT("il faut au moins deux nombres") : not_numbers);
	const struct feel_value average = builtin_mean(evaluation, arguments);
	struct feel_value total = feel_integer(0);
	for (size_t i = 0; i < list.list.count; i++) {
		struct feel_number gap;
		if (!number_subtract(list.list.at[i].number, average.number, &gap) || !number_multiply(gap, gap, &gap)
			|| !number_add(total.number, gap, &total.number))
			return feel_null(TEXT("nombres trop grands"));
	}
	if (!number_divide(total.number, number_of_integer((int64_t)list.list.count - 1), &total.number)
		|| !number_root(total.number, &total.number))
		return feel_null(TEXT(""));
	return total;
}

static struct feel_value
truth(struct evaluation *evaluation, struct feel_value list, bool winner)
{
	struct feel_value found = feel_boolean(!winner);
	if (!evaluation_steps(evaluation, list.list.count))
		return full(evaluation);
	for (size_t i = 0; i < list.list.count; i++) {
		const struct feel_value item = list.list.at[i];
		if (item.kind != FEEL_BOOLEAN)
			found = feel_null(TEXT("la liste contient une valeur ni vraie ni fausse"));
		else if (item.boolean == winner)
			return item;
	}
	return found;
}

BUILTIN(all_true) { return truth(evaluation, arguments[0], false); }
BUILTIN(any_true) { return truth(evaluation, arguments[0], true); }

/* A rank from 1, or from the end when negative, as an index; false outside of 0..count - 1. */
static bool
index_of_rank(struct feel_value rank, size_t count, size_t *ret_index)
{
	int64_t index;
	if (!feel_to_integer(rank, &index))
		return false;
	if (index < 0)
		index += (int64_t)count + 1;
	if (index < 1 || index > (int64_t)count)
		return false;
	*ret_index = (size_t)index - 1;
	return true;
}

static const struct text bad_rank = TEXT("rang en dehors de la liste");

BUILTIN(sublist)
{
	const struct feel_value list = arguments[0];
	size_t first;
	int64_t length;
	(void)evaluation;
	if (!index_of_rank(arguments[1], list.list.count, &first))
		return feel_null(bad_rank);
	if (is_absent(arguments[2]))
		return feel_list(list.list.at + first, list.list.count - first);
	if (!feel_to_integer(arguments[2], &length) || length < 1 || length > (int64_t)(list.list.count - first))
		return feel_null(bad_rank);
	return feel_list(list.list.at + first, (size_t)length);
}

static bool
add_all(struct evaluation *evaluation, struct items *items, struct feel_value list)
{
	if (list.kind != FEEL_LIST)
		return items_add(evaluation, items, list);
	if (!evaluation_steps(evaluation, list.list.count))
		return false;
	for (size_t i = 0; i < list.list.count; i++)
		if (!items_add(evaluation, items, list.list.at[i]))
			return false;
	return true;
}

BUILTIN(append)
{
	struct items items = { 0 };
	return add_all(evaluation, &items, arguments[0]) && add_all(evaluation, &items, arguments[1])
		? items_list(&items)
		: full(evaluation);
}

BUILTIN(concatenate)
{
	struct items items = { 0 };
	for (size_t i = 0; i < arguments[0].list.count; i++) {
		const struct feel_value list = arguments[0].list.at[i];
		if (list.kind == FEEL_NULL)
			return list.reason.length ? list : feel_null(TEXT("l’une des listes est absente"));
		if (!add_all(evaluation, &items, list))
			return full(evaluation);
	}
	return items_list(&items);
}

static struct feel_value
copy_changing(struct evaluation *evaluation, struct feel_value list, size_t at, bool removes,
	const struct feel_value *put)
{
	struct items items = { 0 };
	if (!evaluation_steps(evaluation, list.list.count))
		return full(evaluation);
	for (size_t i = 0; i < list.list.count; i++) {
		if (i == at && put && !items_add(evaluation, &items, *put))
			return full(evaluation);
		if (!(i == at && removes) && !items_add(evaluation, &items, list.list.at[i]))
			return full(evaluation);
	}
	return items_list(&items);
}

BUILTIN(insert_before)
{
	size_t at;
	if (!index_of_rank(arguments[1], arguments[0].list.count, &at))
		return feel_null(bad_rank);
	return copy_changing(evaluation, arguments[0], at, false, &arguments[2]);
}

BUILTIN(remove_at)
{
	size_t at;
	if (!index_of_rank(arguments[1], arguments[0].list.count, &at))
		return feel_null(bad_rank);
	return copy_changing(evaluation, arguments[0], at, true, NULL);
}

BUILTIN(list_replace_at)
{
	size_t at;
	if (!index_of_rank(arguments[1], arguments[0].list.count, &at))
		return feel_null(bad_rank);
	return copy_changing(evaluation, arguments[0], at, true, &arguments[2]);
}

BUILTIN(list_replace_by)
{
	struct items items = { 0 };
	for (size_t i = 0; i < arguments[0].list.count; i++) {
		const struct feel_value pair[] = { arguments[0].list.at[i], arguments[2] };
		const struct feel_value matches = evaluate_function(evaluation, arguments[1], pair, NULL, 2);
		if (matches.kind != FEEL_BOOLEAN)
			return matches.kind == FEEL_NULL ? matches
				: feel_null(TEXT("une condition n’est ni vraie ni fausse"));
		if (!items_add(evaluation, &items, matches.boolean ? arguments[2] : arguments[0].list.at[i]))
			return full(evaluation);
	}
	return items_list(&items);
}

BUILTIN(reverse)
{
	struct items items = { 0 };
	if (!evaluation_steps(evaluation, arguments[0].list.count))
		return full(evaluation);
	for (size_t i = arguments[0].list.count; i-- > 0;)
		if (!items_add(evaluation, &items, arguments[0].list.at[i]))
			return full(evaluation);
	return items_list(&items);
}

BUILTIN(index_of)
{
	struct items items = { 0 };
	if (!evaluation_steps(evaluation, arguments[0].list.count))
		return full(evaluation);
	for (size_t i = 0; i < arguments[0].list.count; i++)
		if (feel_is_true(evaluate_equal(evaluation, arguments[0].list.at[i], arguments[1]))
			&& !items_add(evaluation, &items, feel_integer((int64_t)i + 1)))
			return full(evaluation);
	return items_list(&items);
}

static struct feel_value
distinct(struct evaluation *evaluation, struct feel_value list)
{
	struct items items = { 0 };
	for (size_t i = 0; i < list.list.count; i++) {
		bool seen = false;
		if (!evaluation_steps(evaluation, items.count + 1))
			return full(evaluation);
		for (size_t j = 0; j < items.count && !seen; j++)
			seen = feel_is_true(evaluate_equal(evaluation, items.at[j], list.list.at[i]));
		if (!seen && !items_add(evaluation, &items, list.list.at[i]))
			return full(evaluation);
	}
	return items_list(&items);
}

BUILTIN(distinct_values) { return distinct(evaluation, arguments[0]); }

BUILTIN(list_union)
{
	const struct feel_value all = builtin_concatenate(evaluation, arguments);
	return all.kind == FEEL_LIST ? distinct(evaluation, all) : all;
}

static bool
flatten_into(struct evaluation *evaluation, struct items *items, struct feel_value value, int depth)
{
	if (value.kind != FEEL_LIST)
		return items_add(evaluation, items, value);
	if (depth > 200 || !evaluation_steps(evaluation, value.list.count + 1))
		return false;
	for (size_t i = 0; i < value.list.count; i++)
		if (!flatten_into(evaluation, items, value.list.at[i], depth + 1))
			return false;
	return true;
}

BUILTIN(flatten)
{
	struct items items = { 0 };
	return flatten_into(evaluation, &items, arguments[0], 0) ? items_list(&items)
		: evaluation_stop(evaluation, FEEL_TOO_DEEP);
}

/* ---- sorting: by merging, which keeps the order of equals ---- */

/* -1 when the function fails to say. */
static int
comes_first(struct evaluation *evaluation, struct feel_value precedes, struct feel_value a,
	struct feel_value b)
{
	int order;
	if (precedes.kind != FEEL_FUNCTION) {
		if (!evaluate_order(evaluation, a, b, &order))
			return -1;
		return order < 0;
	}
	const struct feel_value pair[] = { a, b };
	const struct feel_value first = evaluate_function(evaluation, precedes, pair, NULL, 2);
	return first.kind == FEEL_BOOLEAN ? first.boolean : -1;
}

static bool
merge_sort(struct evaluation *evaluation, struct feel_value precedes, struct feel_value *items,
	struct feel_value *spare,
	size_t count)
{
	if (count < 2)
		return true;
	const size_t half = count / 2;
	if (!evaluation_steps(evaluation, count) || !merge_sort(evaluation, precedes, items, spare, half)
		|| !merge_sort(evaluation, precedes, items + half, spare + half, count - half))
		return false;
	size_t left = 0, right = half;
	for (size_t i = 0; i < count; i++) {
		int later = 0;
		if (left < half && right < count
			&& (later = comes_first(evaluation, precedes, items[right], items[left])) < 0)
			return false;
		spare[i] = right == count || (left < half && !later) ? items[left++] : items[right++];
	}
	memcpy(items, spare, count * sizeof *items);
	return true;
}

BUILTIN(sort)
{
	const size_t count = arguments[0].list.count;
	struct feel_value *items = arena_array_of(evaluation->arena, struct feel_value, count);
	struct feel_value *spare = arena_array_of(evaluation->arena, struct feel_value, count);
	if (!items || !spare)
		return full(evaluation);
	if (count)
		memcpy(items, arguments[0].list.at, count * sizeof *items);
	if (!merge_sort(evaluation, arguments[1], items, spare, count))
		return feel_null(TEXT("la liste contient des valeurs qui n’ont pas d’ordre commun"));
	return feel_list(items, count);
}

static bool
sorted_numbers(struct evaluation *evaluation, struct feel_value list, struct feel_value *ret_sorted)
{
	const struct feel_value both[] = { list, absent() };
	if (!all_numbers(evaluation, list))
		return false;
	*ret_sorted = builtin_sort(evaluation, both);
	return ret_sorted->kind == FEEL_LIST;
}

BUILTIN(median)
{
	struct feel_value sorted, middle;
	const size_t count = arguments[0].list.count;
	if (count == 0 || !sorted_numbers(evaluation, arguments[0], &sorted))
		return feel_null(count ? not_numbers : TEXT("liste vide"));
	middle = sorted.list.at[count / 2];
	if (count % 2 == 0 && (!number_add(middle.number, sorted.list.at[count / 2 - 1].number, &middle.number)
		|| !number_divide(middle.number, number_of_integer(2), &middle.number)))
		return feel_null(TEXT("nombres trop grands"));
	return middle;
}

BUILTIN(mode)
{
	struct feel_value sorted;
	struct items best = { 0 };
	size_t most = 0, run = 0;
	if (!sorted_numbers(evaluation, arguments[0], &sorted))
		return feel_null(not_numbers);
	for (size_t i = 0; i < sorted.list.count; i++) {
		const bool same = i && number_equal(sorted.list.at[i].number, sorted.list.at[i - 1].number);
		run = same ? run + 1 : 1;
		if (run < most)
			continue;
		if (run > most)
			best.count = 0;
		most = run;
		if (!items_add(evaluation, &best, sorted.list.at[i]))
			return full(evaluation);
	}
	return items_list(&best);
}
