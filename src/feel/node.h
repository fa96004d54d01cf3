/* The typed tree that reading gives and evaluation walks. Inside of feel/. */
#pragma once

#include "feel/feel.h"

enum node_kind {
	NODE_CONSTANT,
	NODE_INPUT, /* of the scope, by slot */
	NODE_LOCAL, /* of an iteration, a function, a filter or a context, by place */
	NODE_NEGATE,
	NODE_ADD,
	NODE_SUBTRACT,
	NODE_MULTIPLY,
	NODE_DIVIDE,
	NODE_POWER,
	NODE_EQUAL,
	NODE_DIFFERENT,
	NODE_LESS,
	NODE_LESS_EQUAL,
	NODE_GREATER,
	NODE_GREATER_EQUAL,
	NODE_AND,
	NODE_OR,
	NODE_BETWEEN,  /* parts: value, low, high */
	NODE_IF,       /* parts: condition, then, else */
	NODE_ENTRY,    /* left.name */
	NODE_FILTER,   /* left[right], the item in `local` */
	NODE_LIST,     /* parts */
	NODE_RANGE,    /* left..right, either may be NULL */
	NODE_CONTEXT,  /* names and parts, entry i in local + i; left: its value, NULL: the entries */
	NODE_FOR,      /* parts: the lists, then the body; variables from local, `partial` after them */
	NODE_SOME,
	NODE_EVERY,
	NODE_FUNCTION, /* left: the body; parameters from local */
	NODE_CALL,     /* left(parts), names when named */
	NODE_BUILTIN,  /* one of the builtins, chosen by its arguments */
	NODE_INSTANCE, /* left instance of tested_type */
	NODE_IN,       /* right is a test on local, which holds left */
	NODE_TEST,     /* local in left */
	NODE_NOT,      /* of a test */
	NODE_COERCE,   /* left, as tested_type */
	NODE_EXTERNAL, /* the body of a function of another language: null */
	NODE_TABLE,    /* a decision table (table.h) */
};

/* As labels, in the order above: `case NODE_COMPARISONS:`. */
#define NODE_CALCULATIONS NODE_ADD ... NODE_POWER
#define NODE_COMPARISONS  NODE_EQUAL ... NODE_GREATER_EQUAL

struct table;

struct node {
	uint8_t kind;
	bool may_descend; /* a range of an iteration, without brackets: 3..1 */
	bool low_open, high_open;
	uint16_t height; /* 1 for a leaf; bounds the recursion: a chain of MOST_LINKS + 1 operators counts for one */
	uint8_t links;   /* how many operators of the chain below on the left are evaluated with this one */
	uint32_t offset, length;
	uint32_t local; /* place of a local, slot of an input */
	uint32_t count; /* of parts */
	uint32_t locals; /* of a function: places its body needs */
	const struct feel_type *type;
	const struct node *left, *right;
	const struct node **parts;
	const struct text *names;
	union {
		struct feel_value constant;
		struct text name;
		const struct feel_type *tested_type;
		const struct table *table;
		uint32_t self; /* of a function that may call itself: 1 + the place it is known at; else 0 */
		struct {
			const struct builtin **choices;
			uint32_t choice_count;
			const struct calendar *calendar; /* of the scope it was read in */
		} builtin;
	};
};

/* Whoever walks a tree may nest MOST_HEIGHT * (MOST_LINKS + 1) calls,
 * unless it walks chains by their links. */
enum { MOST_HEIGHT = 250, MOST_NESTING = 120, MOST_LINKS = 15 };

/* "a + b - c", "a or b or c": such nodes on the left of each other are a chain. */
static inline bool
node_is_arithmetic(const struct node *node)
{
	return node->kind >= NODE_ADD && node->kind <= NODE_POWER;
}

static inline bool
node_is_logic(const struct node *node)
{
	return node->kind == NODE_AND || node->kind == NODE_OR;
}

/* a op b is b (mirrored) a. */
static inline enum node_kind
node_mirror(enum node_kind comparison)
{
	switch (comparison) {
	case NODE_LESS: return NODE_GREATER;
	case NODE_LESS_EQUAL: return NODE_GREATER_EQUAL;
	case NODE_GREATER: return NODE_LESS;
	case NODE_GREATER_EQUAL: return NODE_LESS_EQUAL;
	default: return comparison;
	}
}

/* What entries are followed from: `a` of a.b.c. */
static inline const struct node *
node_path_start(const struct node *node)
{
	while (node->kind == NODE_ENTRY)
		node = node->left;
	return node;
}

/* A name of the scope, followed or not by entries. */
static inline bool
node_is_path_of_input(const struct node *node)
{
	return node_path_start(node)->kind == NODE_INPUT;
}

/* The same, or that of a local. */
static inline bool
node_is_path(const struct node *node)
{
	const struct node *start = node_path_start(node);
	return start->kind == NODE_INPUT || start->kind == NODE_LOCAL;
}

/* The same, as somebody wrote it. */
static inline bool
node_is_name(const struct node *node)
{
	return node->length && node_is_path(node);
}

struct feel {
	const struct node *root;
	struct text source;
	uint32_t locals;
	bool unary; /* local 0 holds the tested value */
	bool counts_days; /* see feel_counts_days() */
	const struct feel_use *uses;
	size_t use_count;
};
