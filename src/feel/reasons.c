/* What decided the value of an expression: the reasons that a sentence gives. See telling.h. */
#include "feel/telling.h"

#include "base/banned.h"

/* "jours vaut 3, au moins 1" and "jours vaut 3, au plus 5" are one reason:
 * "jours vaut 3, au moins 1 et au plus 5". */
static bool
join_last_reason(struct telling *telling, struct text reason, size_t head)
{
	const size_t last = telling->reason_count - 1;
	const size_t comma = sizeof ", " - 1;
	if (telling->reason_count == 0 || head == 0 || telling->heads[last] != head
		|| !text_equal(text_part(telling->reasons[last], 0, head), text_part(reason, 0, head)))
		return false;
	const struct text more = text_part(reason, head + comma, SIZE_MAX);
	const struct text joined = arena_format(telling->arena, TEXT_FORMAT " et " TEXT_FORMAT,
		TEXT_ARGS(telling->reasons[last]), TEXT_ARGS(more));
	if (joined.at)
		telling->reasons[last] = joined;
	telling->out.failed |= !joined.at;
	return joined.at;
}

/* What was written since `from` becomes a reason, unless it was given before. */
static void
keep_reason(struct telling *telling, size_t from, size_t head)
{
	const struct text reason = text_part(buffer_text(&telling->out), from, SIZE_MAX);
	bool given = false;
	for (size_t i = 0; i < telling->reason_count; i++)
		given |= text_equal(telling->reasons[i], reason);
	if (!given && !join_last_reason(telling, reason, head) && telling->reason_count < TELLING_MOST_REASONS) {
		const struct text kept = arena_text(telling->arena, reason);
		telling->out.failed |= !kept.at;
		if (kept.at) {
			telling->heads[telling->reason_count] = head;
			telling->reasons[telling->reason_count++] = kept;
		}
	}
	telling->out.length = from;
}

static void
give_name(struct telling *telling, const struct trace_entry *entry)
{
	const size_t from = telling->out.length;
	const bool contexts = entry->value.kind == FEEL_LIST && entry->value.list.count > 0
		&& entry->value.list.at[0].kind == FEEL_CONTEXT;
	if (entry->value.kind == FEEL_CONTEXT || entry->value.kind == FEEL_FUNCTION || contexts
		|| !telling_take_name(telling, trace_excerpt(entry)))
		return;
	telling_subject(telling, entry);
	buffer_add(&telling->out, TEXT(" "));
	telling_value_of(telling, entry);
	keep_reason(telling, from, 0);
}

/* One side of a comparison. */
struct side {
	const struct trace_entry *entry; /* NULL for a constant */
	struct feel_value value;
	bool plain; /* reads nothing: its value says it all */
};

static struct side
side_of(const struct telling *telling, uint32_t comparison, const struct node *node)
{
	const uint32_t index = trace_child_of(telling->trace, comparison, node);
	if (index == TRACE_NONE)
		return (struct side){ .value = node->kind == NODE_CONSTANT ? node->constant : (struct feel_value){ 0 },
			.plain = true };
	return (struct side){ trace_at(telling->trace, index), trace_at(telling->trace, index)->value,
		!trace_reads_something(telling->trace, index) };
}

static void
tell_side(struct telling *telling, const struct side *side)
{
	struct buffer *out = &telling->out;
	const bool date = side->value.kind == FEEL_DATE || side->value.kind == FEEL_DATE_TIME;
	if (side->plain) {
		buffer_add(out, date ? TEXT("le ") : TEXT(""));
		telling_add_value(out, telling->arena, side->value, telling->exact);
		return;
	}
	telling_subject(telling, side->entry);
	buffer_add(out, TEXT(" ("));
	telling_add_value(out, telling->arena, side->value, telling->exact);
	buffer_add(out, TEXT(")"));
}

/* "plus de", "pas avant": what holds between the two sides; empty when their values say it. */
static struct text
relation(enum node_kind kind, bool holds, bool dates)
{
	static const struct text words[2][4] = {
		{ { "moins de ", 9 }, { "au plus ", 8 }, { "plus de ", 8 }, { "au moins ", 9 } },
		{ { "avant ", 6 }, { "pas après ", 11 }, { "après ", 7 }, { "pas avant ", 10 } },
	};
	static const uint8_t opposite[] = { 3, 2, 1, 0 };
	unsigned rank;
	switch (kind) {
	case NODE_LESS: rank = 0; break;
	case NODE_LESS_EQUAL: rank = 1; break;
	case NODE_GREATER: rank = 2; break;
	case NODE_GREATER_EQUAL: rank = 3; break;
	default: return holds == (kind == NODE_DIFFERENT) ? TEXT("et non ") : TEXT("");
	}
	return words[dates][holds ? rank : opposite[rank]];
}

static void
give_reasons_under(struct telling *telling, uint32_t index)
{
	for (uint32_t i = trace_first_child(telling->trace, index); i != TRACE_NONE; i = trace_next_child(telling->trace, i))
		telling_reasons(telling, i);
}

/* "jours vaut 3, plus de 2". */
static void
give_comparison(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = trace_at(telling->trace, index);
	const size_t from = telling->out.length;
	enum node_kind kind = entry->node->kind;
	struct side left = side_of(telling, index, entry->node->left),
		right = side_of(telling, index, entry->node->right);
	if (left.plain || (right.entry && node_is_name(right.entry->node) && !node_is_name(left.entry->node))) {
		const struct side other = left;
		left = right;
		right = other;
		kind = node_mirror(kind);
	}
	if (left.plain || entry->value.kind != FEEL_BOOLEAN) {
		give_reasons_under(telling, index);
		return;
	}
	if (!node_is_name(left.entry->node))
		give_reasons_under(telling, index);
	telling_take_name(telling, trace_excerpt(left.entry));
	telling_subject(telling, left.entry);
	buffer_add(&telling->out, TEXT(" "));
	telling_value_of(telling, left.entry);
	const size_t head = telling->out.length - from;
	const bool dates = left.value.kind == FEEL_DATE || left.value.kind == FEEL_DATE_TIME
		|| left.value.kind == FEEL_TIME;
	const struct text words = relation(kind, entry->value.boolean, dates);
	const bool told = right.plain && (right.value.kind == FEEL_BOOLEAN || right.value.kind == FEEL_NULL);
	if (words.length && !told) {
		buffer_add(&telling->out, TEXT(", "));
		buffer_add(&telling->out, words);
		tell_side(telling, &right);
		if (right.entry && node_is_name(right.entry->node))
			telling_take_name(telling, trace_excerpt(right.entry));
	}
	keep_reason(telling, from, words.length && !told ? head : 0);
	if (!words.length && !right.plain)
		telling_reasons(telling, (uint32_t)(right.entry - telling->trace->entries));
}

/* What stands after the value of what is tested: ", plus de 2", ", hors
 * de l’intervalle de 1 à 2"; or nothing. */
static void
tell_test(struct telling *telling, uint32_t index, struct feel_value tested)
{
	const struct trace_entry *entry = trace_at(telling->trace, index);
	const bool dates = tested.kind == FEEL_DATE || tested.kind == FEEL_DATE_TIME || tested.kind == FEEL_TIME;
	if (!entry->node || entry->value.kind != FEEL_BOOLEAN)
		return;
	if (entry->node->kind >= NODE_EQUAL && entry->node->kind <= NODE_GREATER_EQUAL) {
		const struct side right = side_of(telling, index, entry->node->right);
		const struct text words = relation(entry->node->kind, entry->value.boolean, dates);
		if (words.length == 0)
			return;
		buffer_add(&telling->out, TEXT(", "));
		buffer_add(&telling->out, words);
		tell_side(telling, &right);
		if (right.entry && node_is_name(right.entry->node))
			telling_take_name(telling, trace_excerpt(right.entry));
	} else if (entry->node->kind == NODE_TEST) {
		const struct side range = side_of(telling, index, entry->node->left);
		if (range.value.kind != FEEL_RANGE)
			return;
		buffer_add(&telling->out, entry->value.boolean ? TEXT(", dans l’intervalle ")
			: TEXT(", hors de l’intervalle "));
		telling_add_value(&telling->out, telling->arena, range.value, telling->exact);
	}
}

/* "jours vaut 3, hors de l’intervalle de 1 à 2". */
static void
give_in(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = trace_at(telling->trace, index);
	const struct side tested = side_of(telling, index, entry->node->left);
	const uint32_t test = trace_child_of(telling->trace, index, entry->node->right);
	const size_t from = telling->out.length;
	if (tested.plain || !node_is_name(tested.entry->node) || test == TRACE_NONE) {
		give_reasons_under(telling, index);
		return;
	}
	telling_take_name(telling, trace_excerpt(tested.entry));
	telling_subject(telling, tested.entry);
	buffer_add(&telling->out, TEXT(" "));
	telling_value_of(telling, tested.entry);
	const size_t head = telling->out.length - from;
	tell_test(telling, test, tested.value);
	keep_reason(telling, from, telling->out.length - from > head ? head : 0);
	give_reasons_under(telling, test);
}

/* "jours vaut 3, et non entre 1 et 2". */
static void
give_between(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = trace_at(telling->trace, index);
	const struct side value = side_of(telling, index, entry->node->parts[0]),
		low = side_of(telling, index, entry->node->parts[1]), high = side_of(telling, index, entry->node->parts[2]);
	const size_t from = telling->out.length;
	if (value.plain || entry->value.kind != FEEL_BOOLEAN || !node_is_name(value.entry->node)) {
		give_reasons_under(telling, index);
		return;
	}
	telling_take_name(telling, trace_excerpt(value.entry));
	telling_subject(telling, value.entry);
	buffer_add(&telling->out, TEXT(" "));
	telling_value_of(telling, value.entry);
	buffer_add(&telling->out, entry->value.boolean ? TEXT(", entre ") : TEXT(", et non entre "));
	tell_side(telling, &low);
	buffer_add(&telling->out, TEXT(" et "));
	tell_side(telling, &high);
	keep_reason(telling, from, 0);
}

/* Only what decided: a false part of a conjunction, a true one of a disjunction; else all the parts. */
static void
give_logic(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = trace_at(telling->trace, index);
	const bool winner = entry->node->kind == NODE_OR;
	const bool won = entry->value.kind == FEEL_BOOLEAN && entry->value.boolean == winner;
	for (uint32_t i = trace_first_child(telling->trace, index); i != TRACE_NONE; i = trace_next_child(telling->trace, i)) {
		const struct feel_value value = trace_at(telling->trace, i)->value;
		const bool is_winner = value.kind == FEEL_BOOLEAN && value.boolean == winner;
		const bool unknown = entry->value.kind == FEEL_NULL && value.kind == FEEL_BOOLEAN;
		if (won ? is_winner : !unknown)
			telling_reasons(telling, i);
	}
}

/* The item that decided, when one did; else what the items come from. */
static void
give_quantified(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = trace_at(telling->trace, index);
	const bool decided = entry->value.kind == FEEL_BOOLEAN
		&& entry->value.boolean == (entry->node->kind == NODE_SOME);
	for (uint32_t i = trace_first_child(telling->trace, index); i != TRACE_NONE; i = trace_next_child(telling->trace, i)) {
		const bool item = trace_at(telling->trace, i)->group == TRACE_ITEM;
		if (item ? decided && i == entry->last_child : true)
			telling_reasons(telling, i);
	}
}

static void
give_rule(struct telling *telling, const struct trace_entry *entry)
{
	const size_t from = telling->out.length;
	buffer_format(&telling->out, "la règle %zu s’applique", entry->rank);
	if (entry->name.length)
		buffer_format(&telling->out, " (" TEXT_FORMAT ")", TEXT_ARGS(entry->name));
	keep_reason(telling, from, 0);
}

/* A variable of an iteration is worth a reason; what a function or a
 * context names repeats what it was given. */
static bool
is_item(const struct telling *telling, const struct trace_entry *entry)
{
	while (entry->parent != TRACE_NONE) {
		entry = trace_at(telling->trace, entry->parent);
		if (!entry->node)
			return entry->group == TRACE_ITEM;
	}
	return false;
}

/* What a list was made from: the names of the scope that were read, not each item. */
static void
give_sources(struct telling *telling, uint32_t index)
{
	const uint32_t end = trace_after(telling->trace, index);
	for (uint32_t i = index; i < end; i++) {
		const struct trace_entry *entry = trace_at(telling->trace, i);
		if (entry->node && node_is_path_of_input(entry->node) && !trace_is_hidden(telling->trace, i))
			give_name(telling, entry);
	}
}

void
telling_reasons(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = trace_at(telling->trace, index);
	if (entry->group == TRACE_PARAMETER)
		return;
	if (entry->group == TRACE_RULE) {
		give_rule(telling, entry);
		return;
	}
	if (!entry->node) {
		give_reasons_under(telling, index);
		return;
	}
	if (node_is_name(entry->node)) {
		if (node_is_path_of_input(entry->node) || is_item(telling, entry))
			give_name(telling, entry);
		return;
	}
	switch ((enum node_kind)entry->node->kind) {
	case NODE_AND:
	case NODE_OR:
		give_logic(telling, index);
		return;
	case NODE_COMPARISONS:
		give_comparison(telling, index);
		return;
	case NODE_BETWEEN:
		give_between(telling, index);
		return;
	case NODE_IN:
		give_in(telling, index);
		return;
	case NODE_SOME:
	case NODE_EVERY:
		give_quantified(telling, index);
		return;
	case NODE_FOR:
	case NODE_FILTER:
		give_sources(telling, index);
		return;
	default:
		give_reasons_under(telling, index);
	}
}
