/* The evaluator: one walk of the typed tree. Nothing here fails: what has no value is null
 * with a reason, and what costs too much ends the whole evaluation. DMN 1.5, §10.3.2. */
#include "feel/evaluation.h"

#include <stdarg.h>
#include <stdio.h>

#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

/* ---- ending and counting ---- */

struct feel_value
evaluation_stop(struct evaluation *evaluation, enum feel_stop stop)
{
	static const struct text reasons[] = {
		[FEEL_COMPLETE] = TEXT(""),
		[FEEL_TOO_LONG] = TEXT("calcul trop long, abandonné"),
		[FEEL_TOO_DEEP] = TEXT("appels de fonctions trop imbriqués, calcul abandonné"),
		[FEEL_NO_MEMORY] = TEXT("résultat trop grand, calcul abandonné"),
	};
	if (evaluation->run->stop == FEEL_COMPLETE)
		evaluation->run->stop = stop;
	evaluation->steps_left = 0;
	return feel_null(reasons[evaluation->run->stop]);
}

bool
evaluation_steps(struct evaluation *evaluation, unsigned long steps)
{
	if (evaluation->steps_left <= steps) {
		evaluation_stop(evaluation, FEEL_TOO_LONG);
		return false;
	}
	evaluation->steps_left -= steps;
	return true;
}

static bool
stopped(const struct evaluation *evaluation)
{
	return evaluation->steps_left == 0;
}

struct feel_value
evaluation_null(struct evaluation *evaluation, const char *format, ...)
{
	char reason[300];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(reason, sizeof reason, format, arguments);
	va_end(arguments);
	const struct text kept = arena_text(evaluation->arena, text_whole(text_of_string(reason)));
	return kept.at ? feel_null(kept) : evaluation_stop(evaluation, FEEL_NO_MEMORY);
}

struct feel_run
evaluation_lend(const struct evaluation *evaluation)
{
	return (struct feel_run){ .arena = evaluation->arena, .now = evaluation->run->now,
		.most_steps = evaluation->steps_left ? evaluation->steps_left : 1, .depth = evaluation->depth };
}

bool
evaluation_settle(struct evaluation *evaluation, const struct feel_run *lent)
{
	evaluation->run->external |= lent->external;
	if (lent->stop != FEEL_COMPLETE) {
		evaluation_stop(evaluation, lent->stop);
		return false;
	}
	return evaluation_steps(evaluation, lent->steps);
}

bool
items_add(struct evaluation *evaluation, struct items *items, struct feel_value value)
{
	if (items->count == items->capacity) {
		const size_t capacity = items->capacity ? items->capacity * 2 : 8;
		struct feel_value *at = arena_array_of(evaluation->arena, struct feel_value, capacity);
		if (!at) {
			evaluation_stop(evaluation, FEEL_NO_MEMORY);
			return false;
		}
		if (items->count)
			memcpy(at, items->at, items->count * sizeof *at);
		items->at = at;
		items->capacity = capacity;
	}
	items->at[items->count++] = value;
	return true;
}

/* ---- arithmetic ---- */

static const char *const signs[] = {
	[NODE_ADD] = "+", [NODE_SUBTRACT] = "-", [NODE_MULTIPLY] = "*", [NODE_DIVIDE] = "/", [NODE_POWER] = "**",
};

static struct feel_value
of_number(struct feel_number number)
{
	return (struct feel_value){ .kind = FEEL_NUMBER, .number = number };
}

static struct feel_value
numbers(enum node_kind kind, struct feel_number a, struct feel_number b)
{
	struct feel_value value = { .kind = FEEL_NUMBER };
	bool done = false;
	switch (kind) {
	case NODE_ADD: done = number_add(a, b, &value.number); break;
	case NODE_SUBTRACT: done = number_subtract(a, b, &value.number); break;
	case NODE_MULTIPLY: done = number_multiply(a, b, &value.number); break;
	case NODE_DIVIDE:
		if (number_is_zero(b))
			return feel_null(TEXT("division par zéro"));
		done = number_divide(a, b, &value.number);
		break;
	default: done = number_power(a, b, &value.number); break;
	}
	return done ? value : feel_null(TEXT("résultat trop grand ou sans valeur"));
}

/* A duration multiplied or divided by a number: months are cut towards zero. */
static bool
scale_duration(struct feel_value duration, struct feel_number by, bool divide, struct feel_value *ret_value)
{
	struct feel_number amount, result;
	if (duration.kind == FEEL_YEARS_MONTHS) {
		amount = number_of_integer(duration.months);
	} else {
		/* nanoseconds may pass 64 bits: seconds and the rest apart */
		struct feel_number rest, billion = number_of_integer(1000000000);
		const feel_nanoseconds seconds = duration.nanoseconds / TEMPORAL_SECOND;
		if (seconds > INT64_MAX || seconds < INT64_MIN)
			return false;
		rest = number_of_integer((int64_t)(duration.nanoseconds % TEMPORAL_SECOND));
		if (!number_multiply(number_of_integer((int64_t)seconds), billion, &amount)
			|| !number_add(amount, rest, &amount))
			return false;
	}
	if (divide ? number_is_zero(by) || !number_divide(amount, by, &result)
		: !number_multiply(amount, by, &result))
		return false;
	if (!number_round(result, 0, ROUND_DOWN, &result))
		return false;
	int64_t whole;
	if (duration.kind == FEEL_YEARS_MONTHS) {
		if (!number_to_integer(result, &whole) || whole == INT64_MIN)
			return false;
		duration.months = whole;
	} else {
		struct feel_number seconds, rest, billion = number_of_integer(1000000000);
		int64_t rest_whole;
		if (!number_divide(result, billion, &seconds) || !number_round(seconds, 0, ROUND_DOWN, &seconds)
			|| !number_to_integer(seconds, &whole) || !number_multiply(seconds, billion, &rest)
			|| !number_subtract(result, rest, &rest) || !number_to_integer(rest, &rest_whole))
			return false;
		duration.nanoseconds = (feel_nanoseconds)whole * TEMPORAL_SECOND + rest_whole;
	}
	*ret_value = duration;
	return true;
}

static bool
is_duration(struct feel_value value)
{
	return value.kind == FEEL_YEARS_MONTHS || value.kind == FEEL_DAYS_TIME;
}

static struct feel_number
number_of_nanoseconds(feel_nanoseconds nanoseconds)
{
	struct feel_number high = number_of_integer((int64_t)(nanoseconds / TEMPORAL_SECOND));
	const struct feel_number low = number_of_integer((int64_t)(nanoseconds % TEMPORAL_SECOND));
	if (!number_multiply(high, number_of_integer(1000000000), &high) || !number_add(high, low, &high))
		return low;
	return high;
}

static struct feel_value
arithmetic(struct evaluation *evaluation, enum node_kind kind, struct feel_value a, struct feel_value b)
{
	struct feel_value value;
	if (a.kind == FEEL_NUMBER && b.kind == FEEL_NUMBER)
		return numbers(kind, a.number, b.number);
	if (a.kind == FEEL_NULL)
		return a;
	if (b.kind == FEEL_NULL)
		return b;
	if (kind == NODE_ADD && a.kind == FEEL_STRING && b.kind == FEEL_STRING) {
		char *joined = arena_alloc(evaluation->arena, a.string.length + b.string.length + 1);
		if (!joined)
			return evaluation_stop(evaluation, FEEL_NO_MEMORY);
		if (a.string.length)
			memcpy(joined, a.string.at, a.string.length);
		if (b.string.length)
			memcpy(joined + a.string.length, b.string.at, b.string.length);
		return feel_string((struct text){ joined, a.string.length + b.string.length });
	}
	bool done = false;
	if (kind == NODE_ADD) {
		done = temporal_add(a, b, &value);
	} else if (kind == NODE_SUBTRACT) {
		done = temporal_subtract(a, b, &value);
	} else if (kind == NODE_MULTIPLY && is_duration(a) && b.kind == FEEL_NUMBER) {
		done = scale_duration(a, b.number, false, &value);
	} else if (kind == NODE_MULTIPLY && is_duration(b) && a.kind == FEEL_NUMBER) {
		done = scale_duration(b, a.number, false, &value);
	} else if (kind == NODE_DIVIDE && is_duration(a) && b.kind == FEEL_NUMBER) {
		done = scale_duration(a, b.number, true, &value);
	} else if (kind == NODE_DIVIDE && a.kind == FEEL_YEARS_MONTHS && b.kind == FEEL_YEARS_MONTHS) {
		return numbers(kind, number_of_integer(a.months), number_of_integer(b.months));
	} else if (kind == NODE_DIVIDE && a.kind == FEEL_DAYS_TIME && b.kind == FEEL_DAYS_TIME) {
		return numbers(kind, number_of_nanoseconds(a.nanoseconds), number_of_nanoseconds(b.nanoseconds));
	}
	if (done)
		return value;
	return evaluation_null(evaluation, "« %s » sans valeur entre " TEXT_FORMAT " et " TEXT_FORMAT,
		signs[kind],
		TEXT_ARGS(feel_kind_french(a.kind)), TEXT_ARGS(feel_kind_french(b.kind)));
}

static struct feel_value
negate(struct evaluation *evaluation, struct feel_value value)
{
	if (value.kind == FEEL_NUMBER)
		return of_number(number_negate(value.number));
	if (value.kind == FEEL_YEARS_MONTHS && value.months != INT64_MIN)
		value.months = -value.months;
	else if (value.kind == FEEL_DAYS_TIME)
		value.nanoseconds = (feel_nanoseconds)-(unsigned __int128)value.nanoseconds;
	else if (value.kind != FEEL_NULL)
		return evaluation_null(evaluation, "signe moins devant " TEXT_FORMAT,
			TEXT_ARGS(feel_kind_french(value.kind)));
	return value;
}

/* ---- comparison and logic ---- */

struct feel_value
evaluate_equal(struct evaluation *evaluation, struct feel_value a, struct feel_value b)
{
	unsigned long steps = 0;
	const struct feel_value same = feel_equal_counting(a, b, &steps);
	return evaluation_steps(evaluation, steps) ? same : evaluation_stop(evaluation, FEEL_TOO_LONG);
}

bool
evaluate_order(struct evaluation *evaluation, struct feel_value a, struct feel_value b, int *ret_order)
{
	if (a.kind == FEEL_STRING && b.kind == FEEL_STRING) {
		const size_t shared = a.string.length < b.string.length ? a.string.length : b.string.length;
		if (shared > FEEL_BYTES_A_STEP && !evaluation_steps(evaluation, shared / FEEL_BYTES_A_STEP))
			return false;
	}
	return feel_order(a, b, ret_order);
}

static struct feel_value
compare(struct evaluation *evaluation, enum node_kind kind, struct feel_value a, struct feel_value b)
{
	if (kind == NODE_EQUAL || kind == NODE_DIFFERENT) {
		struct feel_value same = evaluate_equal(evaluation, a, b);
		if (same.kind == FEEL_BOOLEAN && kind == NODE_DIFFERENT)
			same.boolean = !same.boolean;
		return same;
	}
	if (a.kind == FEEL_NULL || b.kind == FEEL_NULL)
		return feel_null(TEXT("comparaison avec une valeur absente"));
	int order;
	if (!evaluate_order(evaluation, a, b, &order))
		return feel_null(TEXT("comparaison de valeurs qui n’ont pas d’ordre commun"));
	switch (kind) {
	case NODE_LESS: return feel_boolean(order < 0);
	case NODE_LESS_EQUAL: return feel_boolean(order <= 0);
	case NODE_GREATER: return feel_boolean(order > 0);
	default: return feel_boolean(order >= 0);
	}
}

static struct feel_value
compare_numbers(enum node_kind kind, struct feel_number a, struct feel_number b)
{
	switch (kind) {
	case NODE_EQUAL: return feel_boolean(number_equal(a, b));
	case NODE_DIFFERENT: return feel_boolean(!number_equal(a, b));
	case NODE_LESS: return feel_boolean(number_compare(a, b) < 0);
	case NODE_LESS_EQUAL: return feel_boolean(number_compare(a, b) <= 0);
	case NODE_GREATER: return feel_boolean(number_compare(a, b) > 0);
	default: return feel_boolean(number_compare(a, b) >= 0);
	}
}

static struct feel_value
not_a_condition(struct feel_value value)
{
	return value.kind == FEEL_NULL ? value : feel_null(TEXT("une condition n’est ni vraie ni fausse"));
}

/* false wins over null in a conjunction, true in a disjunction. */
static struct feel_value
logic(struct evaluation *evaluation, const struct node *node, struct feel_value left)
{
	const bool winner = node->kind == NODE_OR;
	if (left.kind == FEEL_BOOLEAN && left.boolean == winner)
		return left;
	const struct feel_value right = evaluate_node(evaluation, node->right);
	if (right.kind == FEEL_BOOLEAN && right.boolean == winner)
		return right;
	if (left.kind == FEEL_BOOLEAN && right.kind == FEEL_BOOLEAN)
		return feel_boolean(!winner);
	return not_a_condition(left.kind == FEEL_BOOLEAN ? right : left);
}

/* ---- chains: walked, not nested ---- */

/* An explanation tells each step of a chain, when it is short and nesting the steps is safe. */
enum { MOST_TRACED_HEIGHT = 8, MOST_TRACED_DEPTH = 90 };

static bool
is_nested(const struct evaluation *evaluation, const struct node *node)
{
	return !node->links || (evaluation->trace && node->height <= MOST_TRACED_HEIGHT
		&& evaluation->depth <= MOST_TRACED_DEPTH);
}

/* The operators of a chain, the last to be evaluated first; what they begin with. */
static struct feel_value
begin_chain(struct evaluation *evaluation, const struct node *node, const struct node *chain[MOST_LINKS + 1])
{
	for (unsigned i = 0; i <= node->links; i++)
		chain[i] = i ? chain[i - 1]->left : node;
	evaluation_steps(evaluation, node->links);
	return evaluate_node(evaluation, chain[node->links]->left);
}

static struct feel_value
calculate(struct evaluation *evaluation, const struct node *node, struct feel_value left)
{
	const struct feel_value right = evaluate_node(evaluation, node->right);
	if (left.kind == FEEL_NUMBER && right.kind == FEEL_NUMBER)
		return numbers(node->kind, left.number, right.number);
	return arithmetic(evaluation, node->kind, left, right);
}

static struct feel_value
evaluate_chain(struct evaluation *evaluation, const struct node *node)
{
	const struct node *chain[MOST_LINKS + 1];
	struct feel_value value = begin_chain(evaluation, node, chain);
	const bool calculates = node_is_arithmetic(node);
	for (unsigned i = node->links + 1u; i-- > 0;)
		value = calculates ? calculate(evaluation, chain[i], value) : logic(evaluation, chain[i], value);
	return value;
}

static struct feel_value
both(struct feel_value a, struct feel_value b)
{
	if (a.kind == FEEL_BOOLEAN && !a.boolean)
		return a;
	if (b.kind == FEEL_BOOLEAN && !b.boolean)
		return b;
	return a.kind == FEEL_NULL ? a : b;
}

static struct feel_value
range_holds(struct evaluation *evaluation, struct feel_value range, struct feel_value value)
{
	const struct feel_range *bounds = range.range;
	struct feel_value above = feel_boolean(true), below = feel_boolean(true);
	if (bounds->low.kind == FEEL_NULL && bounds->high.kind == FEEL_NULL)
		return feel_null(TEXT("intervalle sans bornes"));
	if (bounds->low.kind != FEEL_NULL)
		above = compare(evaluation, bounds->low_open ? NODE_GREATER : NODE_GREATER_EQUAL, value, bounds->low);
	if (bounds->high.kind != FEEL_NULL)
		below = compare(evaluation, bounds->high_open ? NODE_LESS : NODE_LESS_EQUAL, value, bounds->high);
	return both(above, below);
}

struct feel_value
evaluate_in(struct evaluation *evaluation, struct feel_value tested, struct feel_value value)
{
	if (value.kind == FEEL_RANGE && tested.kind != FEEL_RANGE)
		return range_holds(evaluation, value, tested);
	if (value.kind != FEEL_LIST)
		return evaluate_equal(evaluation, tested, value);
	if (tested.kind == FEEL_LIST && feel_is_true(evaluate_equal(evaluation, tested, value)))
		return feel_boolean(true);
	if (!evaluation_steps(evaluation, value.list.count))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	for (size_t i = 0; i < value.list.count; i++) {
		const struct feel_value item = value.list.at[i];
		const struct feel_value found = item.kind == FEEL_RANGE && tested.kind != FEEL_RANGE
			? range_holds(evaluation, item, tested)
			: evaluate_equal(evaluation, tested, item);
		if (feel_is_true(found))
			return found;
	}
	return feel_boolean(false);
}

/* ---- entries ---- */

static struct feel_value
property(struct evaluation *evaluation, struct feel_value of, struct text name)
{
	const bool has_date = of.kind == FEEL_DATE || of.kind == FEEL_DATE_TIME;
	const bool has_time = of.kind == FEEL_TIME || of.kind == FEEL_DATE_TIME || of.kind == FEEL_DATE;
	const struct date date = of.kind == FEEL_DATE ? of.date : of.at.date;
	const struct feel_time time = of.kind == FEEL_DATE ? (struct feel_time){ 0 } : of.at.time;
	if (has_date) {
		if (text_equal(name, TEXT("year")))
			return feel_integer(date.year);
		if (text_equal(name, TEXT("month")))
			return feel_integer(date.month);
		if (text_equal(name, TEXT("day")))
			return feel_integer(date.day);
		if (text_equal(name, TEXT("weekday")))
			return feel_integer(date_weekday(date));
	}
	if (has_time) {
		int offset;
		if (text_equal(name, TEXT("hour")))
			return feel_integer(time.hour);
		if (text_equal(name, TEXT("minute")))
			return feel_integer(time.minute);
		if (text_equal(name, TEXT("second")))
			return feel_integer(time.second);
		if (text_equal(name, TEXT("time offset"))) {
			if (of.kind == FEEL_DATE) /* midnight UTC */
				return (struct feel_value){ .kind = FEEL_DAYS_TIME };
			if (!temporal_offset(of, &offset))
				return feel_null(TEXT("heure sans fuseau"));
			return (struct feel_value){ .kind = FEEL_DAYS_TIME, .nanoseconds = offset * TEMPORAL_SECOND };
		}
		if (text_equal(name, TEXT("timezone")))
			return of.zone == FEEL_NAMED_ZONE ? feel_string(*of.zone_name)
				: feel_null(TEXT("heure sans fuseau nommé"));
	}
	if (of.kind == FEEL_YEARS_MONTHS) {
		if (text_equal(name, TEXT("years")))
			return feel_integer(of.months / 12);
		if (text_equal(name, TEXT("months")))
			return feel_integer(of.months % 12);
	}
	if (of.kind == FEEL_DAYS_TIME) {
		const feel_nanoseconds seconds = of.nanoseconds / TEMPORAL_SECOND;
		if (text_equal(name, TEXT("days")))
			return feel_integer((int64_t)(seconds / 86400));
		if (text_equal(name, TEXT("hours")))
			return feel_integer((int64_t)(seconds / 3600 % 24));
		if (text_equal(name, TEXT("minutes")))
			return feel_integer((int64_t)(seconds / 60 % 60));
		if (text_equal(name, TEXT("seconds"))) {
			struct feel_number rest = number_of_nanoseconds(of.nanoseconds % (60 * TEMPORAL_SECOND));
			if (number_divide(rest, number_of_integer(1000000000), &rest))
				return of_number(rest);
		}
	}
	if (of.kind == FEEL_RANGE) {
		if (text_equal(name, TEXT("start")))
			return of.range->low.kind == FEEL_NULL ? feel_null(TEXT("intervalle sans début")) : of.range->low;
		if (text_equal(name, TEXT("end")))
			return of.range->high.kind == FEEL_NULL ? feel_null(TEXT("intervalle sans fin")) : of.range->high;
		if (text_equal(name, TEXT("start included")))
			return feel_boolean(!of.range->low_open);
		if (text_equal(name, TEXT("end included")))
			return feel_boolean(!of.range->high_open);
	}
	if (of.kind == FEEL_NULL)
		return of;
	return evaluation_null(evaluation, TEXT_FORMAT " n’a pas de « " TEXT_FORMAT " »",
		TEXT_ARGS(feel_kind_french(of.kind)),
		TEXT_ARGS(name));
}

struct feel_value
evaluate_entry(struct evaluation *evaluation, struct feel_value of, struct text name)
{
	if (of.kind == FEEL_CONTEXT) {
		if (of.context.count > FEEL_NAMES_A_STEP
			&& !evaluation_steps(evaluation, of.context.count / FEEL_NAMES_A_STEP))
			return evaluation_stop(evaluation, FEEL_TOO_LONG);
		for (size_t i = 0; i < of.context.count; i++)
			if (text_equal(of.context.at[i].name, name))
				return of.context.at[i].value;
		return evaluation_null(evaluation, "« " TEXT_FORMAT " » absent", TEXT_ARGS(name));
	}
	if (of.kind != FEEL_LIST)
		return property(evaluation, of, name);
	struct items items = { 0 };
	for (size_t i = 0; i < of.list.count; i++) {
		const struct feel_value item = of.list.at[i];
		if (!evaluation_steps(evaluation, 1)
			|| !items_add(evaluation, &items, item.kind == FEEL_LIST ? feel_null(TEXT("liste de listes"))
				: evaluate_entry(evaluation, item, name)))
			return evaluation_stop(evaluation, FEEL_TOO_LONG);
	}
	return items_list(&items);
}

/* ---- iteration ---- */

bool
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

struct feel_value
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
	return of_number(stepped);
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
			iteration->found = not_a_condition(value);
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

static struct feel_value
evaluate_iteration(struct evaluation *evaluation, const struct node *node)
{
	struct iteration iteration = { .node = node, .found = feel_boolean(node->kind == NODE_EVERY) };
	iterate(evaluation, &iteration, 0);
	if (stopped(evaluation))
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

static struct feel_value
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
		if (stopped(evaluation) || (feel_is_true(keeps) && !items_add(evaluation, &kept, list.list.at[i])))
			return evaluation_stop(evaluation, FEEL_TOO_LONG);
	}
	return items_list(&kept);
}

/* ---- lists, contexts, ranges, functions ---- */

static struct feel_value
evaluate_list(struct evaluation *evaluation, const struct node *node)
{
	struct feel_value *items = arena_array_of(evaluation->arena, struct feel_value, node->count);
	if (!items)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	for (uint32_t i = 0; i < node->count; i++)
		items[i] = evaluate_node(evaluation, node->parts[i]);
	return feel_list(items, node->count);
}

static struct feel_value
evaluate_context(struct evaluation *evaluation, const struct node *node)
{
	struct feel_entry *entries = arena_array_of(evaluation->arena, struct feel_entry, node->count);
	if (!entries)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	for (uint32_t i = 0; i < node->count; i++) {
		entries[i].name = node->names[i];
		entries[i].value = evaluate_node(evaluation, node->parts[i]);
		evaluation->locals[node->local + i] = entries[i].value;
	}
	if (node->left)
		return evaluate_node(evaluation, node->left);
	return feel_context(entries, node->count);
}

static struct feel_value
evaluate_range(struct evaluation *evaluation, const struct node *node)
{
	struct feel_range *range = arena_new_of(evaluation->arena, struct feel_range);
	if (!range)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	range->low_open = node->low_open;
	range->high_open = node->high_open;
	if (node->left)
		range->low = evaluate_node(evaluation, node->left);
	if (node->right)
		range->high = evaluate_node(evaluation, node->right);
	if ((node->left && range->low.kind == FEEL_NULL) || (node->right && range->high.kind == FEEL_NULL))
		return feel_null(TEXT("intervalle dont une borne est absente"));
	if (node->left && node->right && range->low.kind != range->high.kind)
		return feel_null(TEXT("intervalle entre valeurs de nature différente"));
	if (!feel_kind_has_order(node->left ? range->low.kind : range->high.kind))
		return feel_null(TEXT("intervalle entre valeurs qui n’ont pas d’ordre"));
	return (struct feel_value){ .kind = FEEL_RANGE, .range = range };
}

static struct feel_value
make_function(struct evaluation *evaluation, const struct node *node)
{
	struct feel_function *function = arena_new_of(evaluation->arena, struct feel_function);
	struct feel_value *captured = arena_array_of(evaluation->arena, struct feel_value, node->local);
	if (!function || !captured)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (node->local)
		memcpy(captured, evaluation->locals, node->local * sizeof *captured);
	function->node = node;
	function->captured = captured;
	function->inputs = evaluation->inputs;
	function->source = evaluation->source;
	const struct feel_value value = { .kind = FEEL_FUNCTION, .function = function };
	if (node->self)
		captured[node->self - 1] = value;
	return value;
}

struct feel_value
evaluate_builtin(struct evaluation *evaluation, struct text name, const struct feel_value *arguments,
	const struct text *names, size_t count)
{
	const struct builtin *choices[16];
	size_t choice_count = 0;
	for (size_t i = 0; i < builtin_count && choice_count < 16; i++)
		if (text_equal(builtins[i].name, name))
			choices[choice_count++] = &builtins[i];
	return builtin_call(evaluation, choices, choice_count, arguments, names, count);
}

static struct feel_value
coerce(struct evaluation *evaluation, struct feel_value value, const struct feel_type *type)
{
	if (value.kind == FEEL_NULL || (value.kind == type->kind && value.kind < FEEL_LIST && !type->words
		&& !type->allowed))
		return value; /* the most frequent, for free */
	struct feel_run lent = evaluation_lend(evaluation);
	const struct feel_value coerced = feel_coerce(&lent, value, type);
	return evaluation_settle(evaluation, &lent) ? coerced : evaluation_stop(evaluation, FEEL_TOO_LONG);
}

/* The place of each argument among the parameters of the function type; count when it has none. */
static size_t
parameter_place(const struct feel_type *type, size_t position, struct text name)
{
	if (name.length == 0)
		return position;
	size_t place = 0;
	while (place < type->field_count && !text_equal(type->fields[place].name, name))
		place++;
	return place;
}

/* Puts the arguments in the order of the parameters, each as its declared type; true, or false with
 * the null to give instead. */
static bool
order_arguments(struct evaluation *evaluation, const struct feel_type *type,
	const struct feel_value *arguments, const struct text *names, size_t count, struct feel_value *ret_ordered,
	struct feel_value *ret_null)
{
	if (count != type->field_count) {
		*ret_null = feel_null(TEXT("nombre d’arguments différent de celui des paramètres"));
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const size_t place = parameter_place(type, i, names ? names[i] : TEXT(""));
		if (place == count) {
			*ret_null = evaluation_null(evaluation, "paramètre inconnu « " TEXT_FORMAT " »", TEXT_ARGS(names[i]));
			return false;
		}
		const struct feel_field *field = &type->fields[place];
		ret_ordered[place] = coerce(evaluation, arguments[i], field->type);
		if (ret_ordered[place].kind == FEEL_NULL && arguments[i].kind != FEEL_NULL) {
			*ret_null = evaluation_null(evaluation, "« " TEXT_FORMAT " » n’est pas du type attendu",
				TEXT_ARGS(field->name));
			return false;
		}
	}
	return true;
}

static struct feel_value
call_function(struct evaluation *evaluation, const struct feel_function *function,
	const struct feel_value *arguments, const struct text *names, size_t count)
{
	const struct node *node = function->node;
	struct feel_value *locals = arena_array_of(evaluation->arena, struct feel_value, node->locals);
	struct feel_value refusal;
	if (!locals)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (node->local)
		memcpy(locals, function->captured, node->local * sizeof *locals);
	if (!order_arguments(evaluation, node->type, arguments, names, count, locals + node->local, &refusal))
		return refusal;
	const unsigned height = node->left->height;
	if (evaluation->depth + height > FEEL_MOST_DEPTH)
		return evaluation_stop(evaluation, FEEL_TOO_DEEP);
	struct feel_value *const outer = evaluation->locals;
	const struct feel_value *const inputs = evaluation->inputs;
	const struct text source = evaluation->source;
	evaluation->locals = locals;
	evaluation->inputs = function->inputs;
	evaluation->source = function->source;
	evaluation->depth += height;
	if (evaluation->trace)
		trace_call(evaluation, node->type, locals + node->local);
	const struct feel_value value = evaluate_node(evaluation, node->left);
	if (evaluation->trace)
		trace_close(evaluation);
	evaluation->depth -= height;
	evaluation->source = source;
	evaluation->inputs = inputs;
	evaluation->locals = outer;
	return value;
}

/* What a native may itself call is deeper by what its own frames may take. */
enum { NATIVE_DEPTH = 8 };

static struct feel_value
call_native(struct evaluation *evaluation, const struct feel_function *function,
	const struct feel_value *arguments, const struct text *names, size_t count)
{
	struct feel_value refusal;
	struct feel_value *ordered = arena_array_of(evaluation->arena, struct feel_value, count);
	if (!ordered)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	if (!order_arguments(evaluation, function->type, arguments, names, count, ordered, &refusal))
		return refusal;
	if (evaluation->depth + NATIVE_DEPTH > FEEL_MOST_DEPTH)
		return evaluation_stop(evaluation, FEEL_TOO_DEEP);
	struct feel_run lent = evaluation_lend(evaluation);
	lent.depth += NATIVE_DEPTH;
	lent.trace = evaluation->trace;
	const struct feel_value value = function->native(function->data, &lent, ordered);
	if (!evaluation_settle(evaluation, &lent))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	return function->type->of ? coerce(evaluation, value, function->type->of) : value;
}

bool
feel_native_new(struct arena *arena, const struct feel_type *type, feel_native *call, const void *data,
	struct feel_value *ret_function)
{
	struct feel_function *function = arena_new_of(arena, struct feel_function);
	if (!function)
		return false;
	*function = (struct feel_function){ .native = call, .data = data, .type = type };
	*ret_function = (struct feel_value){ .kind = FEEL_FUNCTION, .function = function };
	return true;
}

struct feel_value
evaluate_function(struct evaluation *evaluation, struct feel_value function,
	const struct feel_value *arguments,
	const struct text *names, size_t count)
{
	if (function.kind != FEEL_FUNCTION)
		return function.kind == FEEL_NULL ? function
			: feel_null(TEXT("appel d’une valeur qui n’est pas une fonction"));
	if (function.function->node)
		return call_function(evaluation, function.function, arguments, names, count);
	if (function.function->native)
		return call_native(evaluation, function.function, arguments, names, count);
	return evaluate_builtin(evaluation, function.function->builtin, arguments, names, count);
}

/* A call, of a function or of a builtin. */
static struct feel_value
evaluate_call(struct evaluation *evaluation, const struct node *node)
{
	struct feel_value few[6], *arguments = few;
	if (node->count > 6)
		arguments = arena_array_of(evaluation->arena, struct feel_value, node->count);
	if (!arguments)
		return evaluation_stop(evaluation, FEEL_NO_MEMORY);
	struct feel_value function = { 0 };
	if (node->kind == NODE_CALL)
		function = evaluate_node(evaluation, node->left);
	for (uint32_t i = 0; i < node->count; i++)
		arguments[i] = evaluate_node(evaluation, node->parts[i]);
	if (stopped(evaluation))
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	if (node->kind == NODE_CALL)
		return evaluate_function(evaluation, function, arguments, node->names, node->count);
	return builtin_call(evaluation, node->builtin.choices, node->builtin.choice_count, arguments, node->names,
		node->count);
}

static bool
is_instance(struct evaluation *evaluation, struct feel_value value, const struct feel_type *type)
{
	if (value.kind == FEEL_NULL)
		return type->kind == FEEL_NULL;
	if (type->kind == FEEL_ANY)
		return true;
	if (value.kind == FEEL_FUNCTION && type->kind == FEEL_FUNCTION && type->of) {
		const struct feel_function *function = value.function;
		if ((function->node || function->native) && evaluation_steps(evaluation, 20))
			return feel_type_is(function->node ? function->node->type : function->type, type);
	}
	const bool is = feel_value_is_within(value, type, &evaluation->steps_left);
	if (stopped(evaluation))
		evaluation_stop(evaluation, FEEL_TOO_LONG);
	return is;
}

/* ---- the walk ---- */

/* Within evaluate_node(): a call more for each node would cost a fifth. */
[[gnu::always_inline]] static inline struct feel_value
walk(struct evaluation *evaluation, const struct node *node)
{
	switch ((enum node_kind)node->kind) {
	case NODE_CONSTANT:
		return node->constant;
	case NODE_INPUT:
		return evaluation->inputs[node->local];
	case NODE_LOCAL:
		return evaluation->locals[node->local];
	case NODE_NEGATE:
		return negate(evaluation, evaluate_node(evaluation, node->left));
	case NODE_ADD:
	case NODE_SUBTRACT:
	case NODE_MULTIPLY:
	case NODE_DIVIDE:
	case NODE_POWER:
		return is_nested(evaluation, node) ? calculate(evaluation, node, evaluate_node(evaluation, node->left))
			: evaluate_chain(evaluation, node);
	case NODE_EQUAL:
	case NODE_DIFFERENT:
	case NODE_LESS:
	case NODE_LESS_EQUAL:
	case NODE_GREATER:
	case NODE_GREATER_EQUAL: {
		const struct feel_value left = evaluate_node(evaluation, node->left);
		const struct feel_value right = evaluate_node(evaluation, node->right);
		if (left.kind == FEEL_NUMBER && right.kind == FEEL_NUMBER)
			return compare_numbers(node->kind, left.number, right.number);
		return compare(evaluation, node->kind, left, right);
	}
	case NODE_AND:
	case NODE_OR:
		return is_nested(evaluation, node) ? logic(evaluation, node, evaluate_node(evaluation, node->left))
			: evaluate_chain(evaluation, node);
	case NODE_BETWEEN: {
		const struct feel_value value = evaluate_node(evaluation, node->parts[0]);
		const struct feel_value low = evaluate_node(evaluation, node->parts[1]);
		const struct feel_value high = evaluate_node(evaluation, node->parts[2]);
		return both(compare(evaluation, NODE_GREATER_EQUAL, value, low),
			compare(evaluation, NODE_LESS_EQUAL, value, high));
	}
	case NODE_IF:
		return evaluate_node(evaluation,
			node->parts[feel_is_true(evaluate_node(evaluation, node->parts[0])) ? 1 : 2]);
	case NODE_ENTRY:
		return evaluate_entry(evaluation, evaluate_node(evaluation, node->left), node->name);
	case NODE_FILTER:
		return evaluate_filter(evaluation, node);
	case NODE_LIST:
		return evaluate_list(evaluation, node);
	case NODE_RANGE:
		return evaluate_range(evaluation, node);
	case NODE_CONTEXT:
		return evaluate_context(evaluation, node);
	case NODE_FOR:
	case NODE_SOME:
	case NODE_EVERY:
		return evaluate_iteration(evaluation, node);
	case NODE_FUNCTION:
		return make_function(evaluation, node);
	case NODE_CALL:
	case NODE_BUILTIN:
		return evaluate_call(evaluation, node);
	case NODE_INSTANCE:
		return feel_boolean(is_instance(evaluation, evaluate_node(evaluation, node->left), node->tested_type));
	case NODE_IN:
		evaluation->locals[node->local] = evaluate_node(evaluation, node->left);
		return evaluate_node(evaluation, node->right);
	case NODE_TEST: {
		const struct feel_value value = evaluate_node(evaluation, node->left);
		if (value.kind == FEEL_NULL && node->left->kind == NODE_RANGE)
			return value;
		return evaluate_in(evaluation, evaluation->locals[node->local], value);
	}
	case NODE_NOT: {
		const struct feel_value value = evaluate_node(evaluation, node->left);
		return value.kind == FEEL_BOOLEAN ? feel_boolean(!value.boolean) : not_a_condition(value);
	}
	case NODE_COERCE:
		return coerce(evaluation, evaluate_node(evaluation, node->left), node->tested_type);
	case NODE_EXTERNAL:
		evaluation->run->external = true;
		return feel_null(TEXT("fonction écrite dans un autre langage, qui n’est pas exécutée"));
	case NODE_TABLE:
		return evaluate_table(evaluation, node);
	}
	return feel_null(TEXT(""));
}

struct feel_value
evaluate_walk(struct evaluation *evaluation, const struct node *node)
{
	return walk(evaluation, node);
}

struct feel_value
evaluate_node(struct evaluation *evaluation, const struct node *node)
{
	if (evaluation->steps_left <= 1)
		return evaluation_stop(evaluation, FEEL_TOO_LONG);
	evaluation->steps_left--;
	return evaluation->trace ? trace_node(evaluation, node) : walk(evaluation, node);
}

struct feel_value
feel_evaluate(const struct feel *feel, struct feel_run *run)
{
	struct feel_value few[8] = { 0 };
	const unsigned long most_steps = run->most_steps ? run->most_steps : FEEL_MOST_STEPS;
	struct evaluation evaluation = { .run = run, .arena = run->arena, .inputs = run->inputs, .locals = few,
		.steps_left = most_steps, .depth = run->depth + feel->root->height, .trace = run->trace,
		.source = feel->source };
	run->stop = FEEL_COMPLETE;
	if (evaluation.depth > FEEL_MOST_DEPTH)
		return evaluation_stop(&evaluation, FEEL_TOO_DEEP);
	if (feel->locals > 8)
		evaluation.locals = arena_array_of(run->arena, struct feel_value, feel->locals);
	if (!evaluation.locals)
		return evaluation_stop(&evaluation, FEEL_NO_MEMORY);
	if (feel->unary && run->tested)
		evaluation.locals[0] = *run->tested;
	const struct feel_value value = evaluate_node(&evaluation, feel->root);
	run->steps = most_steps - evaluation.steps_left;
	return run->stop == FEEL_COMPLETE ? value : evaluation_stop(&evaluation, run->stop);
}
