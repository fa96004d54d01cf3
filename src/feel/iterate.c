/* What runs over values: for, some, every, and the filters of lists. DMN 1.5, §10.3.2. */
#include "feel/evaluation.h"

#include "feel/number.h"

#include "base/banned.h"

/* ---- iteration ---- */

/* Number of values from first to last, both included: numbers and dates. */
static bool
range_steps(struct feel_value first, struct feel_value last, int64_t *ret_count)
{
	int64_t from, to, count;
	if (first.kind == FEEL_DATE && last.kind == FEEL_DATE) {
		from = date_day_number(first.date);
		to = date_day_number(last.date);
	} else if (!feel_to_integer(first, &from) || !feel_to_integer(last, &to)) {
		return false;
	}
	if (__builtin_sub_overflow(to, from, &count) || count > INT64_MAX / 2 || count < -(INT64_MAX / 2))
		return false;
	*ret_count = (count < 0 ? -count : count) + 1;
	return true;
}

/* The one of that index, from 0. */
static struct feel_value
range_step(struct feel_value first, struct feel_value last, int64_t index)
{
	if (first.kind == FEEL_DATE) {
		const bool down = date_compare(first.date, last.date) > 0;
		return feel_date(date_add_days(first.date, down ? -index : index));
	}
	const bool down = number_compare(first.number, last.number) > 0;
	struct feel_number stepped = first.number;
	if (!number_add(first.number, number_of_integer(down ? -index : index), &stepped))
		return feel_null(TEXT(""));
	return feel_of_number(stepped);
}

/* What an iterator runs over. */
struct run {
	struct feel_value list, first, last;
	bool by_steps;
	int64_t count;
};

static struct feel_value
run_of(struct evaluation *evaluation, const struct node *node, struct run *ret_run)
{
	const struct feel_value list = evaluate_node(evaluation, node);
	struct run run = { .list = list };
	if (list.kind == FEEL_RANGE) {
		run.first = list.range->low;
		run.last = list.range->high;
		run.by_steps = true;
		if (!range_steps(run.first, run.last, &run.count))
			return feel_null(TEXT("intervalle qu’on ne peut pas parcourir"));
		/* A range written with brackets never goes down, and leaves out its open bounds. */
		int order = 0;
		if (!(node->kind == NODE_RANGE && node->may_descend)) {
			if (feel_order(run.first, run.last, &order) && order > 0)
				run.count = 0;
			if (run.count && list.range->low_open) {
				run.first = range_step(run.first, run.last, 1);
				run.count--;
			}
			if (run.count && list.range->high_open)
				run.count--;
		}
	} else if (list.kind == FEEL_LIST) {
		run.count = (int64_t)list.list.count;
	} else if (list.kind == FEEL_NULL) {
		return list;
	} else {
		struct items one = { 0 };
		if (!items_add(evaluation, &one, list))
			return evaluation_stop(evaluation, FEEL_NO_MEMORY);
		run.list = items_list(&one);
		run.count = 1;
	}
	*ret_run = run;
	return feel_boolean(true);
}

struct iteration {
	const struct node *node;
	struct items results;
	struct feel_value found; /* of some and every */
	bool ended;
};

/* Gives each value to variable `depth`, then to the next ones, then evaluates the body. */
static void
iterate(struct evaluation *evaluation, struct iteration *iteration, uint32_t depth)
{
	const struct node *node = iteration->node;
	if (depth + 1 == node->count) {
		const struct node *body = node->parts[depth];
		if (node->kind == NODE_FOR)
			evaluation->locals[node->local + depth] = items_list(&iteration->results);
		const struct feel_value value = evaluate_node(evaluation, body);
		if (node->kind == NODE_FOR) {
			if (!items_add(evaluation, &iteration->results, value))
				iteration->ended = true;
			return;
		}
		const bool decides = node->kind == NODE_SOME;
		if (value.kind == FEEL_BOOLEAN && value.boolean == decides) {
			iteration->found = value;
			iteration->ended = true;
		} else if (value.kind != FEEL_BOOLEAN) {
			iteration->found = evaluation_not_a_condition(value);
		}
		return;
	}
	struct run run = { 0 };
	const struct feel_value possible = run_of(evaluation, node->parts[depth], &run);
	if (possible.kind == FEEL_NULL) {
		iteration->found = possible;
		iteration->ended = true;
		return;
	}
	for (int64_t i = 0; i < run.count && !iteration->ended; i++) {
		if (!evaluation_steps(evaluation, 1)) {
			iteration->ended = true;
			return;
		}
		const struct feel_value item = run.by_steps ? range_step(run.first, run.last, i) : run.list.list.at[i];
		evaluation->locals[node->local + depth] = item;
		if (evaluation->trace)
			trace_open(evaluation, TRACE_ITEM, node->names[depth], (size_t)i + 1, item);
		iterate(evaluation, iteration, depth + 1);
		if (evaluation->trace)
			trace_close(evaluation);
	}
}

struct feel_value
evaluate_iteration(struct evaluation *evaluation, const struct node *node)
{
	struct iteration iteration = { .node = node, .found = feel_boolean(node->kind == NODE_EVERY) };
	iterate(evaluation, &iteration, 0);
	if (evaluation_is_stopped(evaluation))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	if (node->kind == NODE_FOR)
		return iteration.found.kind == FEEL_NULL ? iteration.found : items_list(&iteration.results);
	return iteration.found;
}

/* ---- filters ---- */

static struct feel_value
item_at(struct feel_value list, struct feel_value rank)
{
	int64_t index;
	struct feel_number whole;
	if (!number_round(rank.number, 0, ROUND_DOWN, &whole) || !number_to_integer(whole, &index))
		return feel_null(TEXT("rang trop grand"));
	const int64_t count = (int64_t)list.list.count;
	if (index < 0)
		index += count + 1;
	if (index < 1 || index > count)
		return feel_null(TEXT("rang en dehors de la liste"));
	return list.list.at[index - 1];
}

struct feel_value
evaluate_filter(struct evaluation *evaluation, const struct node *node)
{
	struct feel_value list = evaluate_node(evaluation, node->left);
	const bool nothing = list.kind == FEEL_NULL;
	if (list.kind != FEEL_LIST) {
		struct items one = { 0 };
		if (!nothing && !items_add(evaluation, &one, list))
			return evaluation_stop(evaluation, FEEL_NO_MEMORY);
		list = items_list(&one);
	}
	if (node->right->type->kind == FEEL_NUMBER) {
		/* a rank may be computed from an item: from the first, as where its kind is not known before */
		evaluation->locals[node->local] = list.list.count ? list.list.at[0] : feel_null(TEXT("liste vide"));
		const struct feel_value rank = evaluate_node(evaluation, node->right);
		return rank.kind == FEEL_NUMBER ? item_at(list, rank) : rank;
	}
	if (nothing)
		return feel_list(NULL, 0);
	struct items kept = { 0 };
	for (size_t i = 0; i < list.list.count; i++) {
		evaluation->locals[node->local] = list.list.at[i];
		if (evaluation->trace)
			trace_open(evaluation, TRACE_ITEM, TEXT("item"), i + 1, list.list.at[i]);
		const struct feel_value keeps = evaluate_node(evaluation, node->right);
		if (evaluation->trace)
			trace_close(evaluation);
		if (keeps.kind == FEEL_NUMBER)
			return item_at(list, keeps);
		if (keeps.kind != FEEL_BOOLEAN && keeps.kind != FEEL_NULL)
			return feel_null(TEXT("un filtre n’est ni une condition ni un rang"));
		if (evaluation_is_stopped(evaluation)
			|| (feel_is_true(keeps) && !items_add(evaluation, &kept, list.list.at[i])))
			return evaluation_stop(evaluation, FEEL_TOO_LONG);
	}
	return items_list(&kept);
}
