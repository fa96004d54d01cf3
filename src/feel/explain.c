/* What an evaluation saw, told in French: see feel.h. A sentence gives only what decided (reasons.c); the steps are
 * those that a person would write down; everything is everything. */
#include "feel/number.h"
#include "feel/table.h"
#include "feel/telling.h"

#include "base/banned.h"

#define SPACE "\u00a0" /* that does not break */

enum {
	MOST_LINES = 200,
	MOST_INDENTATION = 60,
	MOST_EXCERPT = 160, /* characters */
	MOST_VALUE = 200,   /* of a value inside a sentence */
	MOST_WHOLE = 2000,  /* of a value told whole */
	MOST_OUTPUT = 1 << 20,
	SHOWN_DECIMALS = 2, KEPT_DECIMALS = 4, CITED_DECIMALS = 6,
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
	size_t shown = 0, from = 0;
	for (size_t count = 0; shown < text.length && count < most; count++) {
		const size_t first = shown;
		(void)text_next(text, &shown);
		const char c = text.at[first];
		if (c == '\n' || c == '\t' || c == '\r') {
			buffer_add(out, text_part(text, from, first - from));
			buffer_add(out, TEXT(" "));
			from = shown;
		}
	}
	buffer_add(out, text_part(text, from, shown - from));
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

void
telling_add_value(struct buffer *out, struct arena *arena, struct feel_value value, bool exact)
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
	telling_add_value(&out, arena, value, false);
	return out.failed ? TEXT("") : arena_text(arena, buffer_text(&out));
}

void
telling_value(struct telling *telling, struct feel_value value)
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
		telling_add_value(out, telling->arena, value, telling->exact);
	}
}

void
telling_value_of(struct telling *telling, const struct trace_entry *entry)
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
	telling_value(telling, entry->value);
}

/* ---- names ---- */

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

void
telling_subject(struct telling *telling, const struct trace_entry *entry)
{
	const struct text excerpt = trace_excerpt(entry);
	if (entry->node->kind == NODE_TABLE && entry->node->table->name.length)
		buffer_format(&telling->out, "la table «" SPACE TEXT_FORMAT SPACE "»", TEXT_ARGS(entry->node->table->name));
	else if (entry->node->kind == NODE_TABLE)
		buffer_add(&telling->out, TEXT("la table"));
	else if (trace_is_boxed_context(entry))
		buffer_add(&telling->out, TEXT("la décision"));
	else if (node_is_name(entry->node))
		add_cut(&telling->out, name_of(telling, entry), MOST_EXCERPT);
	else
		add_quoted(&telling->out, excerpt, MOST_EXCERPT);
}

bool
telling_take_name(struct telling *telling, struct text name)
{
	for (size_t i = 0; i < telling->name_count; i++)
		if (text_equal(telling->names[i], name))
			return false;
	if (telling->name_count < TELLING_MOST_NAMES)
		telling->names[telling->name_count++] = name;
	return true;
}

/* ---- a sentence ---- */

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
	const uint32_t root = trace_root(telling->trace);
	const struct trace_entry *entry = trace_at(telling->trace, root);
	/* A name alone needs no reason, but it is one for who asks. */
	if (!whole || !node_is_name(entry->node))
		telling_reasons(telling, root);
	if (whole) {
		telling_subject(telling, entry);
		buffer_add(&telling->out, TEXT(" "));
		telling_value_of(telling, entry);
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
	const struct trace_entry *entry = trace_at(telling->trace, index);
	const struct node *parent = entry->parent == TRACE_NONE ? NULL : trace_at(telling->trace, entry->parent)->node;
	if (entry->group == TRACE_RULE)
		return true;
	if (!entry->node || trace_is_hidden(telling->trace, index))
		return false;
	/* The tests and the results of a rule say no more than it does, unless they read something. */
	if (!parent && entry->parent != TRACE_NONE && trace_at(telling->trace, entry->parent)->group == TRACE_RULE)
		return trace_reads_something(telling->trace, index);
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
	const struct node *context = entry->parent == TRACE_NONE ? NULL : trace_at(telling->trace, entry->parent)->node;
	/* A value that was coerced stands one lower. */
	const struct node *node = entry->node;
	if (context && context->kind == NODE_COERCE) {
		const struct trace_entry *above = trace_at(telling->trace, entry->parent);
		node = context;
		context = above->parent == TRACE_NONE ? NULL : trace_at(telling->trace, above->parent)->node;
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
	const struct trace_entry *entry = trace_at(telling->trace, index);
	const bool quantified = entry->node && (entry->node->kind == NODE_SOME || entry->node->kind == NODE_EVERY);
	const bool decided = quantified && entry->value.kind == FEEL_BOOLEAN
		&& entry->value.boolean == (entry->node->kind == NODE_SOME);
	for (uint32_t i = trace_first_child(telling->trace, index); i != TRACE_NONE; i = trace_next_child(telling->trace, i)) {
		if (telling->lines > MOST_LINES)
			return;
		const struct trace_entry *child = trace_at(telling->trace, i);
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
	if (entry->node && node_is_name(entry->node) && !telling_take_name(telling, trace_excerpt(entry)))
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
		telling_subject(telling, entry);
		buffer_add(out, entry_name(telling, entry).length ? TEXT(", ") : TEXT(" "));
		telling_value_of(telling, entry);
		return;
	case TRACE_ITEM:
		buffer_format(out, TEXT_FORMAT " n°" SPACE "%zu ", TEXT_ARGS(entry->name), entry->rank);
		telling_value(telling, entry->value);
		return;
	case TRACE_CALL:
		buffer_add(out, TEXT("dans la fonction" SPACE ":"));
		return;
	case TRACE_PARAMETER:
		buffer_format(out, TEXT_FORMAT " ", TEXT_ARGS(entry->name));
		telling_value(telling, entry->value);
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
	const struct trace_entry *entry = trace_at(telling->trace, index);
	const bool hidden = trace_is_hidden(telling->trace, index);
	if (!hidden && line(telling, depth))
		tell_line(telling, entry);
	for (uint32_t i = trace_first_child(telling->trace, index); i != TRACE_NONE; i = trace_next_child(telling->trace, i)) {
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
		tell_steps(&telling, trace_root(telling.trace));
	else if (trace->count)
		tell_tree(&telling, trace_root(telling.trace), 0);
	if (trace->cut && depth >= FEEL_STEPS)
		buffer_add(&telling.out, TEXT("\n… (la suite n’est pas gardée)"));
	const struct text told = telling.out.failed ? TEXT("") : arena_text(arena, buffer_text(&telling.out));
	buffer_release(&telling.out);
	return told;
}
