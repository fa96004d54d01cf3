/* What an evaluation saw, and its telling in French: see feel.h. */
#include "base/buffer.h"
#include "feel/evaluation.h"

#include "base/banned.h"

enum { MOST_ENTRIES = 2000, MOST_LINES = 200, MOST_EXCERPT = 160 };

struct trace_entry {
	const struct node *node;
	struct feel_value value;
};

struct feel_trace {
	struct arena *arena;
	struct trace_entry *entries;
	size_t count, capacity;
	bool cut; /* more was evaluated than is kept */
};

struct feel_trace *
feel_trace_new(struct arena *arena)
{
	struct feel_trace *trace = arena_new_of(arena, struct feel_trace);
	if (trace)
		trace->arena = arena;
	return trace;
}

void
trace_record(struct feel_trace *trace, const struct node *node, struct feel_value value)
{
	if (node->kind == NODE_CONSTANT)
		return;
	if (trace->count == trace->capacity) {
		const size_t capacity = trace->capacity ? trace->capacity * 2 : 32;
		struct trace_entry *entries = trace->count >= MOST_ENTRIES ? NULL
			: arena_array_of(trace->arena, struct trace_entry, capacity);
		if (!entries) {
			trace->cut = true;
			return;
		}
		if (trace->count)
			memcpy(entries, trace->entries, trace->count * sizeof *entries);
		trace->entries = entries;
		trace->capacity = capacity;
	}
	trace->entries[trace->count++] = (struct trace_entry){ node, value };
}

void
trace_rule(struct feel_trace *trace, const struct node *node, uint32_t rule)
{
	(void)trace, (void)node, (void)rule; /* not told yet */
}

/* ---- telling ---- */

static void
tell_excerpt(struct buffer *out, const struct feel *feel, const struct node *node)
{
	struct text excerpt = text_part(feel->source, node->offset, node->length);
	size_t shown = 0;
	buffer_add(out, TEXT("« "));
	for (size_t count = 0; shown < excerpt.length && count < MOST_EXCERPT; count++) {
		const size_t first = shown;
		text_next(excerpt, &shown);
		const char c = excerpt.at[first];
		if (c == '\n' || c == '\t' || c == '\r')
			buffer_add(out, TEXT(" "));
		else
			buffer_add(out, text_part(excerpt, first, shown - first));
	}
	buffer_add(out, shown < excerpt.length ? TEXT("… »") : TEXT(" »"));
}

static void
tell_value(struct buffer *out, struct arena *arena, struct feel_value value)
{
	if (value.kind == FEEL_BOOLEAN) {
		buffer_add(out, value.boolean ? TEXT("est vrai") : TEXT("est faux"));
	} else if (value.kind == FEEL_NULL) {
		buffer_add(out, TEXT("n’a pas de valeur"));
		if (value.reason.length)
			buffer_format(out, " (" TEXT_FORMAT ")", TEXT_ARGS(value.reason));
	} else if (value.kind == FEEL_LIST && value.list.count == 0) {
		buffer_add(out, TEXT("est une liste vide"));
	} else {
		const struct text french = feel_value_to_french(arena, value);
		buffer_add(out, TEXT("vaut "));
		buffer_add(out, value.kind == FEEL_STRING ? TEXT("« ") : TEXT(""));
		buffer_add(out, french);
		buffer_add(out, value.kind == FEEL_STRING ? TEXT(" »") : TEXT(""));
	}
}

/* True for a name of the scope, followed or not by entries. */
static bool
is_input_path(const struct node *node)
{
	while (node->kind == NODE_ENTRY)
		node = node->left;
	return node->kind == NODE_INPUT;
}

/* What a node reads is told with the longest path: "agent.grade", not "agent". */
static bool
is_followed(const struct feel_trace *trace, const struct node *node)
{
	for (size_t i = 0; i < trace->count; i++)
		if (trace->entries[i].node->kind == NODE_ENTRY && trace->entries[i].node->left == node)
			return true;
	return false;
}

static bool
told_before(const struct feel *feel, const struct feel_trace *trace, size_t index)
{
	const struct node *node = trace->entries[index].node;
	for (size_t i = 0; i < index; i++) {
		const struct node *other = trace->entries[i].node;
		if (is_input_path(other) && text_equal(text_part(feel->source, other->offset, other->length),
				text_part(feel->source, node->offset, node->length)))
			return true;
	}
	return false;
}

static void
tell_sentence(struct buffer *out, struct arena *arena, const struct feel *feel,
	const struct feel_trace *trace)
{
	struct feel_value result = { 0 };
	for (size_t i = trace->count; i-- > 0;) {
		if (trace->entries[i].node != feel->root)
			continue;
		result = trace->entries[i].value;
		break;
	}
	if (feel->root->kind == NODE_CONSTANT)
		result = feel->root->constant;
	tell_excerpt(out, feel, feel->root);
	buffer_add(out, TEXT(" "));
	tell_value(out, arena, result);
	if (is_input_path(feel->root)) {
		buffer_add(out, TEXT("."));
		return;
	}
	size_t told = 0;
	for (size_t i = 0; i < trace->count && told < 12; i++) {
		const struct node *node = trace->entries[i].node;
		if (!is_input_path(node) || is_followed(trace, node) || told_before(feel, trace, i)
			|| node->type->kind == FEEL_CONTEXT || trace->entries[i].value.kind == FEEL_CONTEXT)
			continue;
		buffer_add(out, told++ ? TEXT(", ") : TEXT(", car "));
		buffer_add(out, text_part(feel->source, node->offset, node->length));
		buffer_add(out, TEXT(" "));
		tell_value(out, arena, trace->entries[i].value);
	}
	buffer_add(out, TEXT("."));
}

static bool
is_arithmetic(const struct node *node)
{
	return node->kind >= NODE_NEGATE && node->kind <= NODE_POWER;
}

/* Steps worth telling: conditions, calls, whole calculations; not their parts. */
static bool
is_step(const struct feel_trace *trace, const struct node *node)
{
	switch ((enum node_kind)node->kind) {
	case NODE_CONSTANT:
	case NODE_INPUT:
	case NODE_LOCAL:
	case NODE_ENTRY:
	case NODE_LIST:
	case NODE_RANGE:
	case NODE_CONTEXT:
	case NODE_FUNCTION:
	case NODE_TEST:
	case NODE_NOT:
		return false;
	default:
		break;
	}
	for (size_t i = 0; is_arithmetic(node) && i < trace->count; i++) {
		const struct node *other = trace->entries[i].node;
		if (is_arithmetic(other) && (other->left == node || other->right == node))
			return false;
	}
	return true;
}

static void
tell_lines(struct buffer *out, struct arena *arena, const struct feel *feel, const struct feel_trace *trace,
	bool all)
{
	size_t lines = 0;
	for (size_t i = 0; i < trace->count; i++) {
		const struct node *node = trace->entries[i].node;
		if (node->length == 0 || (all ? node->kind == NODE_LOCAL && node->length == 0
			: !is_step(trace, node)))
			continue;
		if (lines++)
			buffer_add(out, TEXT("\n"));
		if (lines > MOST_LINES) {
			buffer_add(out, TEXT("…"));
			return;
		}
		tell_excerpt(out, feel, node);
		buffer_add(out, TEXT(" "));
		tell_value(out, arena, trace->entries[i].value);
	}
	if (trace->cut)
		buffer_add(out, TEXT("\n…"));
}

struct text
feel_explain_french(struct arena *arena, const struct feel *feel, const struct feel_trace *trace,
	enum feel_depth depth)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(1 << 16);
	if (depth == FEEL_SENTENCE)
		tell_sentence(&out, arena, feel, trace);
	else
		tell_lines(&out, arena, feel, trace, depth == FEEL_EVERYTHING);
	return out.failed ? TEXT("") : arena_text(arena, buffer_text(&out));
}
