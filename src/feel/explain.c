/* What an evaluation saw, told in French: see feel.h. A sentence gives only what decided; the steps are those
 * that a person would write down; everything is everything. */
#include "base/buffer.h"
#include "feel/number.h"
#include "feel/table.h"
#include "feel/trace.h"

#include "base/banned.h"

#define SPACE "\u00a0" /* that does not break */

enum {
	MOST_LINES = 200,
	MOST_INDENTATION = 60,
	MOST_REASONS = 12,
	MOST_NAMES = 60,
	MOST_EXCERPT = 160, /* characters */
	MOST_VALUE = 200,   /* of a value inside a sentence */
	MOST_WHOLE = 2000,  /* of a value told whole */
	MOST_OUTPUT = 1 << 20,
	SHOWN_DECIMALS = 2, KEPT_DECIMALS = 4, CITED_DECIMALS = 6,
};

struct telling {
	struct arena *arena;
	const struct feel_trace *trace;
	const struct feel_words *words; /* may be NULL */
	bool exact;                     /* values are not cut */
	struct buffer out;
	size_t lines;
	struct text reasons[MOST_REASONS], names[MOST_NAMES];
	size_t heads[MOST_REASONS]; /* of each reason, how much tells the subject and its value; 0: all of it */
	size_t reason_count, name_count;
};

/* ---- values ---- */

/* A value as people read it; without memory for it, the whole text fails. */
static struct text
french_of(struct buffer *out, struct arena *arena, struct feel_value value)
{
	const struct text french = feel_value_to_french(arena, value);
	out->failed |= !french.at;
	return french;
}

/* On one line, cut after `most` characters. */
static void
add_cut(struct buffer *out, struct text text, size_t most)
{
	size_t shown = 0;
	for (size_t count = 0; shown < text.length && count < most; count++) {
		const size_t first = shown;
		text_next(text, &shown);
		const char c = text.at[first];
		if (c == '\n' || c == '\t' || c == '\r')
			buffer_add(out, TEXT(" "));
		else
			buffer_add(out, text_part(text, first, shown - first));
	}
	if (shown < text.length)
		buffer_add(out, TEXT("…"));
}

static void
add_quoted(struct buffer *out, struct text text, size_t most)
{
	buffer_add(out, TEXT("«" SPACE));
	add_cut(out, text, most);
	buffer_add(out, TEXT(SPACE "»"));
}

/* "87,62 (exactement 87,617142…)": what has more decimals than people read. */
static void
add_number(struct buffer *out, struct arena *arena, struct feel_value value, bool exact)
{
	const struct text whole = french_of(out, arena, value);
	struct text decimals = whole;
	text_split(&decimals, ',');
	struct feel_value shown = value;
	if (!decimals.at || decimals.length <= KEPT_DECIMALS
		|| !number_round(value.number, SHOWN_DECIMALS, ROUND_HALF_UP, &shown.number)
		|| number_is_zero(shown.number)) {
		buffer_add(out, whole);
		return;
	}
	const size_t cut = exact || decimals.length <= CITED_DECIMALS ? 0 : decimals.length - CITED_DECIMALS;
	buffer_add(out, french_of(out, arena, shown));
	buffer_add(out, TEXT(" (exactement "));
	buffer_add(out, text_part(whole, 0, whole.length - cut));
	buffer_add(out, cut ? TEXT("…)") : TEXT(")"));
}

static void
add_value(struct buffer *out, struct arena *arena, struct feel_value value, bool exact)
{
	const size_t most = exact ? MOST_WHOLE : MOST_VALUE;
	if (value.kind == FEEL_NULL)
		buffer_add(out, TEXT("aucune valeur"));
	else if (value.kind == FEEL_NUMBER)
		add_number(out, arena, value, exact);
	else if (value.kind == FEEL_STRING)
		add_quoted(out, value.string, most);
	else if (value.kind == FEEL_LIST && value.list.count == 0)
		buffer_add(out, TEXT("une liste vide"));
	else
		add_cut(out, french_of(out, arena, value), most);
}

struct text
feel_value_told(struct arena *arena, struct feel_value value)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(MOST_OUTPUT);
	add_value(&out, arena, value, false);
	return out.failed ? TEXT("") : arena_text(arena, buffer_text(&out));
}

/* "est faux", "vaut 3", "est le 16 juin 2023", "n’a pas de valeur (division par zéro)". */
static void
tell_value(struct telling *telling, struct feel_value value)
{
	struct buffer *out = &telling->out;
	if (value.kind == FEEL_BOOLEAN) {
		buffer_add(out, value.boolean ? TEXT("est vrai") : TEXT("est faux"));
	} else if (value.kind == FEEL_NULL) {
		buffer_add(out, TEXT("n’a pas de valeur"));
		if (value.reason.length)
			buffer_format(out, " (" TEXT_FORMAT ")", TEXT_ARGS(value.reason));
	} else {
		const bool date = value.kind == FEEL_DATE || value.kind == FEEL_DATE_TIME;
		const bool is = (value.kind == FEEL_LIST && value.list.count == 0) || value.kind == FEEL_FUNCTION;
		buffer_add(out, date ? TEXT("est le ") : is ? TEXT("est ") : TEXT("vaut "));
		add_value(out, telling->arena, value, telling->exact);
	}
}

/* The value of a name, in people's words where there are some. */
static void
tell_value_of(struct telling *telling, const struct trace_entry *entry)
{
	struct text words;
	const struct node *node = entry->node;
	if (telling->words && telling->words->value && node && node_is_path_of_input(node)
		&& entry->value.kind != FEEL_NULL) {
		while (node->kind == NODE_ENTRY)
			node = node->left;
		if (telling->words->value(telling->words->data, telling->arena, node->local, trace_excerpt(entry),
			entry->value, &words)) {
			buffer_add(&telling->out, TEXT("vaut "));
			add_cut(&telling->out, words, telling->exact ? MOST_WHOLE : MOST_VALUE);
			return;
		}
	}
	tell_value(telling, entry->value);
}

/* ---- the tree ---- */

static const struct trace_entry *
entry_at(const struct telling *telling, uint32_t index)
{
	return &telling->trace->entries[index];
}

/* The entry after all that stands under this one. */
static uint32_t
after(const struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = entry_at(telling, index);
	while (entry->children) {
		index = entry->last_child;
		entry = entry_at(telling, index);
	}
	return index + 1;
}

/* The first child, then the next ones; TRACE_NONE after the last. */
static uint32_t
first_child(const struct telling *telling, uint32_t index)
{
	return entry_at(telling, index)->children ? index + 1 : TRACE_NONE;
}

static uint32_t
next_child(const struct telling *telling, uint32_t index)
{
	const uint32_t parent = entry_at(telling, index)->parent, next = after(telling, index);
	if (parent != TRACE_NONE)
		return index == entry_at(telling, parent)->last_child ? TRACE_NONE : next;
	return next < telling->trace->count ? next : TRACE_NONE;
}

/* The child that is this node's evaluation; TRACE_NONE for a constant. */
static uint32_t
child_of(const struct telling *telling, uint32_t index, const struct node *node)
{
	for (uint32_t i = first_child(telling, index); i != TRACE_NONE; i = next_child(telling, i))
		if (entry_at(telling, i)->node == node)
			return i;
	return TRACE_NONE;
}

/* The whole expression: the last one, should several have been traced one after another. */
static uint32_t
root_of(const struct telling *telling)
{
	uint32_t root = 0;
	for (uint32_t i = 0; i != TRACE_NONE && telling->trace->count; i = next_child(telling, i))
		root = i;
	return root;
}

static bool
is_name(const struct node *node)
{
	return node->length && node_is_path(node);
}

static struct text
name_of(const struct telling *telling, const struct trace_entry *entry)
{
	const struct node *node = entry->node;
	struct text name;
	if (telling->words && telling->words->name && node_is_path_of_input(node)) {
		while (node->kind == NODE_ENTRY)
			node = node->left;
		if (telling->words->name(telling->words->data, node->local, trace_excerpt(entry), &name))
			return name;
	}
	return trace_excerpt(entry);
}

/* A name as it is, anything else between quotes. */
static void
tell_subject(struct telling *telling, const struct trace_entry *entry)
{
	const struct text excerpt = trace_excerpt(entry);
	if (entry->node->kind == NODE_TABLE && entry->node->table->name.length)
		buffer_format(&telling->out, "la table «" SPACE TEXT_FORMAT SPACE "»", TEXT_ARGS(entry->node->table->name));
	else if (entry->node->kind == NODE_TABLE)
		buffer_add(&telling->out, TEXT("la table"));
	else if (trace_is_boxed_context(entry))
		buffer_add(&telling->out, TEXT("la décision"));
	else if (is_name(entry->node))
		add_cut(&telling->out, name_of(telling, entry), MOST_EXCERPT);
	else
		add_quoted(&telling->out, excerpt, MOST_EXCERPT);
}

/* ---- reasons ---- */

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
	if (!given && !join_last_reason(telling, reason, head) && telling->reason_count < MOST_REASONS) {
		const struct text kept = arena_text(telling->arena, reason);
		telling->out.failed |= !kept.at;
		if (kept.at) {
			telling->heads[telling->reason_count] = head;
			telling->reasons[telling->reason_count++] = kept;
		}
	}
	telling->out.length = from;
}

/* A name is told once, with what is most worth telling of it. */
static bool
take_name(struct telling *telling, struct text name)
{
	for (size_t i = 0; i < telling->name_count; i++)
		if (text_equal(telling->names[i], name))
			return false;
	if (telling->name_count < MOST_NAMES)
		telling->names[telling->name_count++] = name;
	return true;
}

static void
give_name(struct telling *telling, const struct trace_entry *entry)
{
	const size_t from = telling->out.length;
	const bool contexts = entry->value.kind == FEEL_LIST && entry->value.list.count > 0
		&& entry->value.list.at[0].kind == FEEL_CONTEXT;
	if (entry->value.kind == FEEL_CONTEXT || entry->value.kind == FEEL_FUNCTION || contexts
		|| !take_name(telling, trace_excerpt(entry)))
		return;
	tell_subject(telling, entry);
	buffer_add(&telling->out, TEXT(" "));
	tell_value_of(telling, entry);
	keep_reason(telling, from, 0);
}

/* One side of a comparison. */
struct side {
	const struct trace_entry *entry; /* NULL for a constant */
	struct feel_value value;
	bool plain; /* reads nothing: its value says it all */
};

static bool
reads_something(const struct telling *telling, uint32_t index)
{
	for (uint32_t i = index; i < after(telling, index); i++)
		if (entry_at(telling, i)->node && is_name(entry_at(telling, i)->node))
			return true;
	return false;
}

static struct side
side_of(const struct telling *telling, uint32_t comparison, const struct node *node)
{
	const uint32_t index = child_of(telling, comparison, node);
	if (index == TRACE_NONE)
		return (struct side){ .value = node->kind == NODE_CONSTANT ? node->constant : (struct feel_value){ 0 },
			.plain = true };
	return (struct side){ entry_at(telling, index), entry_at(telling, index)->value,
		!reads_something(telling, index) };
}

static void
tell_side(struct telling *telling, const struct side *side)
{
	struct buffer *out = &telling->out;
	const bool date = side->value.kind == FEEL_DATE || side->value.kind == FEEL_DATE_TIME;
	if (side->plain) {
		buffer_add(out, date ? TEXT("le ") : TEXT(""));
		add_value(out, telling->arena, side->value, telling->exact);
		return;
	}
	tell_subject(telling, side->entry);
	buffer_add(out, TEXT(" ("));
	add_value(out, telling->arena, side->value, telling->exact);
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

static void give_reasons(struct telling *telling, uint32_t index);

static void
give_reasons_under(struct telling *telling, uint32_t index)
{
	for (uint32_t i = first_child(telling, index); i != TRACE_NONE; i = next_child(telling, i))
		give_reasons(telling, i);
}

/* "jours vaut 3, plus de 2". */
static void
give_comparison(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = entry_at(telling, index);
	const size_t from = telling->out.length;
	enum node_kind kind = entry->node->kind;
	struct side left = side_of(telling, index, entry->node->left),
		right = side_of(telling, index, entry->node->right);
	if (left.plain || (right.entry && is_name(right.entry->node) && !is_name(left.entry->node))) {
		const struct side other = left;
		left = right;
		right = other;
		kind = node_mirror(kind);
	}
	if (left.plain || entry->value.kind != FEEL_BOOLEAN) {
		give_reasons_under(telling, index);
		return;
	}
	if (!is_name(left.entry->node))
		give_reasons_under(telling, index);
	take_name(telling, trace_excerpt(left.entry));
	tell_subject(telling, left.entry);
	buffer_add(&telling->out, TEXT(" "));
	tell_value_of(telling, left.entry);
	const size_t head = telling->out.length - from;
	const bool dates = left.value.kind == FEEL_DATE || left.value.kind == FEEL_DATE_TIME
		|| left.value.kind == FEEL_TIME;
	const struct text words = relation(kind, entry->value.boolean, dates);
	const bool told = right.plain && (right.value.kind == FEEL_BOOLEAN || right.value.kind == FEEL_NULL);
	if (words.length && !told) {
		buffer_add(&telling->out, TEXT(", "));
		buffer_add(&telling->out, words);
		tell_side(telling, &right);
		if (right.entry && is_name(right.entry->node))
			take_name(telling, trace_excerpt(right.entry));
	}
	keep_reason(telling, from, words.length && !told ? head : 0);
	if (!words.length && !right.plain)
		give_reasons(telling, (uint32_t)(right.entry - telling->trace->entries));
}

/* What stands after the value of what is tested: ", plus de 2", ", hors
 * de l’intervalle de 1 à 2"; or nothing. */
static void
tell_test(struct telling *telling, uint32_t index, struct feel_value tested)
{
	const struct trace_entry *entry = entry_at(telling, index);
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
		if (right.entry && is_name(right.entry->node))
			take_name(telling, trace_excerpt(right.entry));
	} else if (entry->node->kind == NODE_TEST) {
		const struct side range = side_of(telling, index, entry->node->left);
		if (range.value.kind != FEEL_RANGE)
			return;
		buffer_add(&telling->out, entry->value.boolean ? TEXT(", dans l’intervalle ")
			: TEXT(", hors de l’intervalle "));
		add_value(&telling->out, telling->arena, range.value, telling->exact);
	}
}

/* "jours vaut 3, hors de l’intervalle de 1 à 2". */
static void
give_in(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = entry_at(telling, index);
	const struct side tested = side_of(telling, index, entry->node->left);
	const uint32_t test = child_of(telling, index, entry->node->right);
	const size_t from = telling->out.length;
	if (tested.plain || !is_name(tested.entry->node) || test == TRACE_NONE) {
		give_reasons_under(telling, index);
		return;
	}
	take_name(telling, trace_excerpt(tested.entry));
	tell_subject(telling, tested.entry);
	buffer_add(&telling->out, TEXT(" "));
	tell_value_of(telling, tested.entry);
	const size_t head = telling->out.length - from;
	tell_test(telling, test, tested.value);
	keep_reason(telling, from, telling->out.length - from > head ? head : 0);
	give_reasons_under(telling, test);
}

/* "jours vaut 3, et non entre 1 et 2". */
static void
give_between(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = entry_at(telling, index);
	const struct side value = side_of(telling, index, entry->node->parts[0]),
		low = side_of(telling, index, entry->node->parts[1]), high = side_of(telling, index, entry->node->parts[2]);
	const size_t from = telling->out.length;
	if (value.plain || entry->value.kind != FEEL_BOOLEAN || !is_name(value.entry->node)) {
		give_reasons_under(telling, index);
		return;
	}
	take_name(telling, trace_excerpt(value.entry));
	tell_subject(telling, value.entry);
	buffer_add(&telling->out, TEXT(" "));
	tell_value_of(telling, value.entry);
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
	const struct trace_entry *entry = entry_at(telling, index);
	const bool winner = entry->node->kind == NODE_OR;
	const bool won = entry->value.kind == FEEL_BOOLEAN && entry->value.boolean == winner;
	for (uint32_t i = first_child(telling, index); i != TRACE_NONE; i = next_child(telling, i)) {
		const struct feel_value value = entry_at(telling, i)->value;
		const bool is_winner = value.kind == FEEL_BOOLEAN && value.boolean == winner;
		const bool unknown = entry->value.kind == FEEL_NULL && value.kind == FEEL_BOOLEAN;
		if (won ? is_winner : !unknown)
			give_reasons(telling, i);
	}
}

/* The item that decided, when one did; else what the items come from. */
static void
give_quantified(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = entry_at(telling, index);
	const bool decided = entry->value.kind == FEEL_BOOLEAN
		&& entry->value.boolean == (entry->node->kind == NODE_SOME);
	for (uint32_t i = first_child(telling, index); i != TRACE_NONE; i = next_child(telling, i)) {
		const bool item = entry_at(telling, i)->group == TRACE_ITEM;
		if (item ? decided && i == entry->last_child : true)
			give_reasons(telling, i);
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
		entry = entry_at(telling, entry->parent);
		if (!entry->node)
			return entry->group == TRACE_ITEM;
	}
	return false;
}

/* What a list was made from: the names of the scope that were read, not each item. */
static void
give_sources(struct telling *telling, uint32_t index)
{
	const uint32_t end = after(telling, index);
	for (uint32_t i = index; i < end; i++) {
		const struct trace_entry *entry = entry_at(telling, i);
		if (entry->node && node_is_path_of_input(entry->node) && !trace_is_hidden(telling->trace, i))
			give_name(telling, entry);
	}
}

static void
give_reasons(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = entry_at(telling, index);
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
	if (is_name(entry->node)) {
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

static void
tell_reasons(struct telling *telling)
{
	for (size_t i = 0; i < telling->reason_count; i++) {
		buffer_add(&telling->out, i == 0 ? TEXT("") : telling->reason_count == 2 ? TEXT(" et ")
			: TEXT(SPACE "; "));
		buffer_add(&telling->out, telling->reasons[i]);
	}
}

static void
tell_sentence(struct telling *telling, bool whole)
{
	const uint32_t root = root_of(telling);
	const struct trace_entry *entry = entry_at(telling, root);
	/* A name alone needs no reason, but it is one for who asks. */
	if (!whole || !is_name(entry->node))
		give_reasons(telling, root);
	if (whole) {
		tell_subject(telling, entry);
		buffer_add(&telling->out, TEXT(" "));
		tell_value_of(telling, entry);
		if (telling->reason_count)
			buffer_add(&telling->out, TEXT(", car "));
	}
	tell_reasons(telling);
	if (whole)
		buffer_add(&telling->out, TEXT("."));
}

/* ---- lines ---- */

/* Begins a line; false when there are too many. */
static bool
line(struct telling *telling, size_t indentation)
{
	if (telling->lines > MOST_LINES && !telling->exact)
		return false;
	if (telling->lines)
		buffer_add(&telling->out, TEXT("\n"));
	if (telling->lines++ == MOST_LINES && !telling->exact) {
		buffer_add(&telling->out, TEXT("…"));
		return false;
	}
	for (size_t i = 0; i < indentation && i < MOST_INDENTATION; i++)
		buffer_add(&telling->out, TEXT("  "));
	return true;
}

static bool
is_arithmetic(const struct node *node)
{
	return node && node->kind >= NODE_NEGATE && node->kind <= NODE_POWER;
}

/* Steps worth telling: what is read, conditions, calls, whole calculations; not their parts. */
static bool
is_step(const struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = entry_at(telling, index);
	const struct node *parent = entry->parent == TRACE_NONE ? NULL : entry_at(telling, entry->parent)->node;
	if (entry->group == TRACE_RULE)
		return true;
	if (!entry->node || trace_is_hidden(telling->trace, index))
		return false;
	/* The tests and the results of a rule say no more than it does, unless they read something. */
	if (!parent && entry->parent != TRACE_NONE && entry_at(telling, entry->parent)->group == TRACE_RULE)
		return reads_something(telling, index);
	if (!parent) /* whole expressions and bodies of functions */
		return true;
	switch ((enum node_kind)entry->node->kind) {
	case NODE_LOCAL:
	case NODE_LIST:
	case NODE_RANGE:
	case NODE_CONTEXT:
	case NODE_TEST:
	case NODE_NOT:
		return false;
	case NODE_ENTRY:
		return node_is_path_of_input(entry->node);
	default:
		return !(is_arithmetic(entry->node) && is_arithmetic(parent));
	}
}

/* The name that a context gives to what was evaluated; empty when nothing does, or when it is told anyway. */
static struct text
entry_name(const struct telling *telling, const struct trace_entry *entry)
{
	const struct node *context = entry->parent == TRACE_NONE ? NULL : entry_at(telling, entry->parent)->node;
	/* A value that was coerced stands one lower. */
	const struct node *node = entry->node;
	if (context && context->kind == NODE_COERCE) {
		const struct trace_entry *above = entry_at(telling, entry->parent);
		node = context;
		context = above->parent == TRACE_NONE ? NULL : entry_at(telling, above->parent)->node;
	}
	for (uint32_t i = 0; context && context->kind == NODE_CONTEXT && i < context->count; i++)
		if (context->parts[i] == node && !text_equal(context->names[i], trace_excerpt(entry)))
			return context->names[i];
	return TEXT("");
}

static void tell_line(struct telling *telling, const struct trace_entry *entry);

/* Each thing after those it needs. Items of iterations are told by what they
 * give together, but the one that decides. */
static void
tell_steps(struct telling *telling, uint32_t index)
{
	const struct trace_entry *entry = entry_at(telling, index);
	const bool quantified = entry->node && (entry->node->kind == NODE_SOME || entry->node->kind == NODE_EVERY);
	const bool decided = quantified && entry->value.kind == FEEL_BOOLEAN
		&& entry->value.boolean == (entry->node->kind == NODE_SOME);
	for (uint32_t i = first_child(telling, index); i != TRACE_NONE; i = next_child(telling, i)) {
		if (telling->lines > MOST_LINES)
			return;
		const struct trace_entry *child = entry_at(telling, i);
		if (child->group == TRACE_ITEM && !(decided && i == entry->last_child))
			continue;
		if (child->group == TRACE_ITEM && line(telling, 0))
			tell_line(telling, child);
		tell_steps(telling, i);
	}
	if (!is_step(telling, index))
		return;
	/* A name is told once. */
	if (entry->node && telling->words && telling->words->told && node_is_path_of_input(entry->node))
		return;
	if (entry->node && is_name(entry->node) && !take_name(telling, trace_excerpt(entry)))
		return;
	if (line(telling, 0))
		tell_line(telling, entry);
}

static void
tell_line(struct telling *telling, const struct trace_entry *entry)
{
	struct buffer *out = &telling->out;
	switch ((enum trace_group)entry->group) {
	case TRACE_NODE:
		if (entry_name(telling, entry).length)
			buffer_format(out, TEXT_FORMAT ", soit ", TEXT_ARGS(entry_name(telling, entry)));
		tell_subject(telling, entry);
		buffer_add(out, entry_name(telling, entry).length ? TEXT(", ") : TEXT(" "));
		tell_value_of(telling, entry);
		return;
	case TRACE_ITEM:
		buffer_format(out, TEXT_FORMAT " n°" SPACE "%zu ", TEXT_ARGS(entry->name), entry->rank);
		tell_value(telling, entry->value);
		return;
	case TRACE_CALL:
		buffer_add(out, TEXT("dans la fonction" SPACE ":"));
		return;
	case TRACE_PARAMETER:
		buffer_format(out, TEXT_FORMAT " ", TEXT_ARGS(entry->name));
		tell_value(telling, entry->value);
		return;
	case TRACE_RULE:
		buffer_format(out, "la règle %zu s’applique", entry->rank);
		if (entry->name.length)
			buffer_format(out, " (" TEXT_FORMAT ")", TEXT_ARGS(entry->name));
		return;
	}
}

static void
tell_tree(struct telling *telling, uint32_t index, size_t depth)
{
	const struct trace_entry *entry = entry_at(telling, index);
	const bool hidden = trace_is_hidden(telling->trace, index);
	if (!hidden && line(telling, depth))
		tell_line(telling, entry);
	for (uint32_t i = first_child(telling, index); i != TRACE_NONE; i = next_child(telling, i)) {
		if (entry->left_out && i == entry->last_child && line(telling, depth + !hidden))
			buffer_format(&telling->out, "… et %u autres", (unsigned)entry->left_out);
		tell_tree(telling, i, depth + !hidden);
	}
}

bool
feel_depth_read(struct text text, enum feel_depth *ret_depth)
{
	static const struct { struct text name; enum feel_depth depth; } depths[] = {
		{ { "phrase", 6 }, FEEL_SENTENCE }, { { "étapes", 7 }, FEEL_STEPS }, { { "etapes", 6 }, FEEL_STEPS },
		{ { "tout", 4 }, FEEL_EVERYTHING },
	};
	for (size_t i = 0; i < sizeof depths / sizeof *depths; i++) {
		if (text_equal(depths[i].name, text)) {
			*ret_depth = depths[i].depth;
			return true;
		}
	}
	return false;
}

struct text
feel_explain_french(struct arena *arena, const struct feel_trace *trace, enum feel_depth depth,
	const struct feel_words *words)
{
	struct telling telling = { .arena = arena, .trace = trace, .words = words, .exact = depth == FEEL_EVERYTHING,
		.out = buffer_new(MOST_OUTPUT) };
	if (trace->count && depth <= FEEL_SENTENCE)
		tell_sentence(&telling, depth == FEEL_SENTENCE);
	else if (trace->count && depth == FEEL_STEPS)
		tell_steps(&telling, root_of(&telling));
	else if (trace->count)
		tell_tree(&telling, root_of(&telling), 0);
	if (trace->cut && depth >= FEEL_STEPS)
		buffer_add(&telling.out, TEXT("\n… (la suite n’est pas gardée)"));
	const struct text told = telling.out.failed ? TEXT("") : arena_text(arena, buffer_text(&telling.out));
	buffer_release(&telling.out);
	return told;
}
