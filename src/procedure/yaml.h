/* A YAML file as a tree with places: scalars, sequences, mappings, aliases followed. A small door of this folder,
 * beside procedure.h: whoever reads a text of a procedure by a grammar of its own (essais/) finds the same tree and
 * the same findings. */
#pragma once

#include "procedure/finding.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_item {
	struct yaml_node *key;   /* NULL in a sequence */
	struct yaml_node *value;
	bool left_out;           /* by a mutant: as if it were not written */
};

struct yaml_node {
	enum yaml_kind kind;
	struct span at;
	struct text scalar;
	bool plain;              /* a scalar without quotes or bar */
	struct yaml_item *items;
	size_t count;
	size_t weight, depth;    /* nodes in it, itself included; levels; aliases expanded */
};

/* Reads a whole file; the tree lives in `arena` and points into the source. NULL after at least
 * one finding, or without memory (findings->broken). Every top-level part with a mistake of
 * syntax is told, and every key written twice. */
struct yaml_node *yaml_read(struct arena *arena, const struct source *source, struct procedure_findings *findings);

/* Where a byte of a scalar's value stands in its file: quotes, escapes and folded lines undone. */
size_t yaml_place(const struct yaml_node *scalar, size_t offset);
