/* Comparing what a test says with what is there: counting, and the values, names and texts that a test writes. */
#pragma once

#include "essais/world.h"
#include "procedure/shape.h"

struct playing;

/* Counts one check; the sentence tells what is there instead, when it fails. */
[[gnu::format(printf, 4, 5)]] void essai_check(struct playing *playing, const struct yaml_node *node, bool passed,
	const char *format, ...);
/* Mutants stop at the first failure. */
bool essai_must_stop(const struct playing *playing);
/* Tells each key that the shape has not. */
bool essai_keys_are_known(struct playing *playing, const struct yaml_node *node, const struct shape *shape);
/* Tells a text that is no instant. */
bool essai_read_instant(struct playing *playing, const struct yaml_node *node, instant *ret_at);

/* One node, or each item of a list. */
size_t essai_item_count(const struct yaml_node *node);
const struct yaml_node *essai_item_at(const struct yaml_node *node, size_t index);
bool essai_is_no(const struct yaml_node *node);

/* Is this value what the text says: as a literal, as people read it, or "rien" for null? */
bool essai_value_is(struct playing *playing, struct feel_value value, const struct yaml_node *expected);
/* Is it told so, to people? */
bool essai_is_shown_as(struct text shown, const struct yaml_node *expected);
struct text essai_value_text(struct playing *playing, struct feel_value value);
/* A mapping of expressions to values. */
void essai_check_values(struct playing *playing, const struct dossier_facts *facts, const struct yaml_node *node);

/* Names that a test compares, in whatever order; those past the last place are left out. */
struct essai_names {
	struct text at[200];
	size_t count;
};

void essai_names_add(struct essai_names *names, struct text name);
/* "léa, cheffe", or "rien". */
struct text essai_names_text(struct playing *playing, const struct essai_names *names);
/* The same names, in whatever order; "rien" or an empty list means none. `what` begins the sentence of a failure. */
void essai_check_names(struct playing *playing, const struct yaml_node *node, const char *what,
	const struct essai_names *got);

/* As people read it: an essai has no no-break spaces. */
bool essai_contains(struct text whole, struct text part);
/* Every part is in the text (`within`), or none is. `what` begins the sentence of a failure. */
void essai_check_parts(struct playing *playing, const struct yaml_node *node, const char *what, struct text whole,
	const struct yaml_node *parts, bool within);
