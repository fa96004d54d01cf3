/* What an evaluation saw, as a tree laid flat: each thing before what is under it. Inside of feel/. */
#pragma once

#include "feel/evaluation.h"

enum { TRACE_NONE = UINT32_MAX };

struct trace_entry {
	const struct node *node;  /* of TRACE_NODE; else NULL */
	struct text source;       /* that the node was read from */
	struct text name;         /* of groups */
	struct feel_value value;
	size_t rank;              /* of groups */
	uint32_t parent;          /* TRACE_NONE: a whole expression */
	uint32_t children, last_child;
	uint32_t left_out;        /* children that were forgotten before the last one */
	uint8_t group;            /* enum trace_group */
};

struct feel_trace {
	struct arena *arena;
	struct trace_entry *entries;
	uint32_t count, capacity;
	uint32_t open;     /* what is being evaluated */
	uint32_t skipped;  /* begun since there is no room */
	bool cut;
};

/* Does it say nothing by itself: a constant, a step of a path, a part of a chain of `and`? */
bool trace_is_hidden(const struct feel_trace *trace, uint32_t index);
/* A context laid out in boxes: its text is that of its cells, end to end. */
bool trace_is_boxed_context(const struct trace_entry *entry);
/* Its text, as written. */
struct text trace_excerpt(const struct trace_entry *entry);

const struct trace_entry *trace_at(const struct feel_trace *trace, uint32_t index);
/* The entry after all that stands under this one. */
uint32_t trace_after(const struct feel_trace *trace, uint32_t index);
/* The first child, then the next ones; TRACE_NONE after the last. */
uint32_t trace_first_child(const struct feel_trace *trace, uint32_t index);
uint32_t trace_next_child(const struct feel_trace *trace, uint32_t index);
/* The child that is this node's evaluation; TRACE_NONE for a constant. */
uint32_t trace_child_of(const struct feel_trace *trace, uint32_t index, const struct node *node);
/* The whole expression: the last one, should several have been traced one after another. */
uint32_t trace_root(const struct feel_trace *trace);
/* Does it, or something under it, read a name? */
bool trace_reads_something(const struct feel_trace *trace, uint32_t index);
