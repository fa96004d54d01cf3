/* What an evaluation saw: recorded while it goes on, walked after. See trace.h and feel.h. */
#include "feel/trace.h"

#include "feel/table.h"

#include "base/banned.h"

/* Of a long iteration the first items are kept, and the last one: the one that decided. */
enum { MOST_ENTRIES = 2000, MOST_CHILDREN = 60 };

struct feel_trace *
feel_trace_new(struct arena *arena)
{
	struct feel_trace *trace = arena_new_of(arena, struct feel_trace);
	if (trace) {
		trace->arena = arena;
		trace->open = TRACE_NONE;
	}
	return trace;
}

/* ---- recording ---- */

static bool
has_room(struct feel_trace *trace)
{
	if (trace->count < trace->capacity)
		return true;
	const uint32_t capacity = trace->capacity ? trace->capacity * 2 : 8;
	struct trace_entry *entries = trace->count >= MOST_ENTRIES ? NULL
		: arena_array_of(trace->arena, struct trace_entry, capacity);
	if (!entries)
		return false;
	if (trace->count)
		memcpy(entries, trace->entries, trace->count * sizeof *entries);
	trace->entries = entries;
	trace->capacity = capacity;
	return true;
}

/* Begins an entry; false when there is no room: its end must be told all the same. */
static bool
begin(struct feel_trace *trace, const struct trace_entry *entry)
{
	struct trace_entry *parent = trace->open == TRACE_NONE ? NULL : &trace->entries[trace->open];
	if (!trace->skipped && parent && parent->children == MOST_CHILDREN) {
		trace->count = parent->last_child;
		parent->children--;
		parent->left_out++;
	}
	if (trace->skipped || !has_room(trace)) {
		trace->skipped++;
		trace->cut = true;
		return false;
	}
	const uint32_t index = trace->count++;
	trace->entries[index] = *entry;
	trace->entries[index].parent = trace->open;
	if (trace->open != TRACE_NONE) {
		parent = &trace->entries[trace->open]; /* may have moved */
		parent->children++;
		parent->last_child = index;
	}
	trace->open = index;
	return true;
}

/* Ends the entry begun last: NULL when it was not kept. */
static struct trace_entry *
end(struct feel_trace *trace)
{
	if (trace->skipped) {
		trace->skipped--;
		return NULL;
	}
	struct trace_entry *entry = &trace->entries[trace->open];
	trace->open = entry->parent;
	return entry;
}

struct feel_value
trace_node(struct evaluation *evaluation, const struct node *node)
{
	struct feel_trace *trace = evaluation->trace;
	/* A constant says nothing, unless it is the whole expression. */
	if (node->kind == NODE_CONSTANT && trace->open != TRACE_NONE)
		return node->constant;
	begin(trace, &(struct trace_entry){ .node = node, .source = evaluation->source });
	const struct feel_value value = evaluate_walk(evaluation, node);
	struct trace_entry *entry = end(trace);
	if (entry)
		entry->value = value;
	return value;
}

void
trace_open(struct evaluation *evaluation, enum trace_group group, struct text name, size_t rank,
	struct feel_value value)
{
	begin(evaluation->trace, &(struct trace_entry){ .group = (uint8_t)group, .name = name, .rank = rank,
		.value = value });
}

void
trace_close(struct evaluation *evaluation)
{
	end(evaluation->trace);
}

void
trace_call(struct evaluation *evaluation, const struct feel_type *function, const struct feel_value *values)
{
	trace_open(evaluation, TRACE_CALL, TEXT(""), 0, (struct feel_value){ 0 });
	for (size_t i = 0; i < function->field_count; i++) {
		trace_open(evaluation, TRACE_PARAMETER, function->fields[i].name, i + 1, values[i]);
		trace_close(evaluation);
	}
}

/* ---- walking ---- */

/* A list of tests after `in`: what is tested and the whole say it all. */
static bool
is_test_after_in(const struct feel_trace *trace, const struct trace_entry *entry)
{
	while (entry->node && (entry->node->kind == NODE_TEST || entry->node->kind == NODE_OR
		|| entry->node->kind == NODE_NOT) && entry->parent != TRACE_NONE) {
		const struct node *node = entry->node;
		entry = &trace->entries[entry->parent];
		if (entry->node && entry->node->kind == NODE_IN && entry->node->right == node)
			return true;
	}
	return false;
}

bool
trace_is_boxed_context(const struct trace_entry *entry)
{
	return entry->node && entry->node->kind == NODE_CONTEXT && !text_starts(trace_excerpt(entry), TEXT("{"));
}

bool
trace_is_hidden(const struct feel_trace *trace, uint32_t index)
{
	const struct trace_entry *entry = &trace->entries[index];
	if (!entry->node || entry->parent == TRACE_NONE)
		return false;
	const struct node *node = entry->node, *parent = trace->entries[entry->parent].node;
	if (node->kind == NODE_TABLE)
		return false;
	if (node->length == 0 || node->kind == NODE_CONSTANT || node->kind == NODE_FUNCTION
		|| (node->kind == NODE_COERCE && entry->value.kind != FEEL_NULL) || trace_is_boxed_context(entry))
		return true;
	if (parent && parent->kind == NODE_ENTRY && node_is_path(node))
		return true;
	if (parent && node->kind == NODE_TEST && (parent->kind == NODE_OR || parent->kind == NODE_NOT))
		return true; /* one of a list of tests */
	if (parent && parent->kind == node->kind && parent->left == node
		&& (node->kind == NODE_AND || node->kind == NODE_OR || node->kind == NODE_ADD
			|| node->kind == NODE_MULTIPLY))
		return true;
	return is_test_after_in(trace, entry);
}

/* How many parentheses are closed that were not opened: "a + b) * c" begins within its first operand. */
static size_t
unmatched(struct text text)
{
	size_t open = 0, more = 0;
	bool quoted = false;
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] == '"' && !(quoted && text.at[i - 1] == '\\'))
			quoted = !quoted;
		if (quoted)
			continue;
		open += text.at[i] == '(';
		if (text.at[i] == ')' && open)
			open--;
		else
			more += text.at[i] == ')';
	}
	return more;
}

/* The length of what stands before `offset` and opens that many parentheses, and nothing else. */
static size_t
opening_before(struct text source, size_t offset, size_t wanted)
{
	size_t at = offset, found = offset;
	while (wanted && at) {
		const char c = source.at[--at];
		if (c == '(') {
			found = at;
			wanted--;
		} else if (c != ' ' && c != '\n' && c != '\t' && c != '\r') {
			break;
		}
	}
	return offset - found;
}

struct text
trace_excerpt(const struct trace_entry *entry)
{
	const struct node *node = entry->node;
	if (!node)
		return TEXT("");
	const struct text excerpt = text_part(entry->source, node->offset, node->length);
	if (node->kind == NODE_INPUT || node->kind == NODE_LOCAL)
		return excerpt;
	const size_t before = opening_before(entry->source, node->offset, unmatched(excerpt));
	return text_part(entry->source, node->offset - before, node->length + before);
}

/* ---- the tree ---- */

const struct trace_entry *
trace_at(const struct feel_trace *trace, uint32_t index)
{
	return &trace->entries[index];
}

uint32_t
trace_after(const struct feel_trace *trace, uint32_t index)
{
	const struct trace_entry *entry = trace_at(trace, index);
	while (entry->children) {
		index = entry->last_child;
		entry = trace_at(trace, index);
	}
	return index + 1;
}

uint32_t
trace_first_child(const struct feel_trace *trace, uint32_t index)
{
	return trace_at(trace, index)->children ? index + 1 : TRACE_NONE;
}

uint32_t
trace_next_child(const struct feel_trace *trace, uint32_t index)
{
	const uint32_t parent = trace_at(trace, index)->parent, next = trace_after(trace, index);
	if (parent != TRACE_NONE)
		return index == trace_at(trace, parent)->last_child ? TRACE_NONE : next;
	return next < trace->count ? next : TRACE_NONE;
}

uint32_t
trace_child_of(const struct feel_trace *trace, uint32_t index, const struct node *node)
{
	for (uint32_t i = trace_first_child(trace, index); i != TRACE_NONE; i = trace_next_child(trace, i))
		if (trace_at(trace, i)->node == node)
			return i;
	return TRACE_NONE;
}

uint32_t
trace_root(const struct feel_trace *trace)
{
	uint32_t root = 0;
	for (uint32_t i = 0; i != TRACE_NONE && trace->count; i = trace_next_child(trace, i))
		root = i;
	return root;
}

bool
trace_reads_something(const struct feel_trace *trace, uint32_t index)
{
	for (uint32_t i = index; i < trace_after(trace, index); i++)
		if (trace_at(trace, i)->node && node_is_name(trace_at(trace, i)->node))
			return true;
	return false;
}

/* ---- from the outside ---- */

static enum feel_told_kind
kind_of(const struct trace_entry *entry)
{
	static const enum feel_told_kind groups[] = {
		[TRACE_ITEM] = FEEL_TOLD_ITEM, [TRACE_CALL] = FEEL_TOLD_CALL,
		[TRACE_PARAMETER] = FEEL_TOLD_PARAMETER, [TRACE_RULE] = FEEL_TOLD_RULE,
	};
	if (!entry->node)
		return groups[entry->group];
	if (node_is_path_of_input(entry->node))
		return FEEL_TOLD_READ;
	if (node_is_path(entry->node))
		return FEEL_TOLD_LOCAL;
	switch ((enum node_kind)entry->node->kind) {
	case NODE_COMPARISONS:
	case NODE_AND:
	case NODE_OR:
	case NODE_BETWEEN:
	case NODE_SOME:
	case NODE_EVERY:
	case NODE_INSTANCE:
	case NODE_IN:
	case NODE_TEST:
	case NODE_NOT:
		return FEEL_TOLD_CONDITION;
	case NODE_IF:
		return FEEL_TOLD_CHOICE;
	case NODE_TABLE:
		return FEEL_TOLD_TABLE;
	default:
		return FEEL_TOLD_VALUE;
	}
}

bool
feel_trace_next(const struct feel_trace *trace, size_t *position, struct feel_told *ret_told)
{
	uint32_t index = *position < trace->count ? (uint32_t)*position : trace->count;
	while (index < trace->count && trace_is_hidden(trace, index))
		index++;
	*position = (size_t)index + 1;
	if (index >= trace->count)
		return false;
	const struct trace_entry *entry = &trace->entries[index];
	unsigned depth = 0;
	for (uint32_t above = entry->parent; above != TRACE_NONE; above = trace->entries[above].parent)
		depth += !trace_is_hidden(trace, above);
	*ret_told = (struct feel_told){
		.kind = kind_of(entry),
		.depth = depth,
		.excerpt = trace_excerpt(entry),
		.value = entry->value,
		.name = entry->node && entry->node->kind == NODE_TABLE ? entry->node->table->name : entry->name,
		.rank = entry->rank,
		.left_out = entry->left_out,
	};
	if (ret_told->kind == FEEL_TOLD_READ)
		ret_told->slot = node_path_start(entry->node)->local;
	return true;
}

bool
feel_trace_is_cut(const struct feel_trace *trace)
{
	return trace->cut;
}
