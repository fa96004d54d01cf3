/* Units of numbers: which meet, and what arithmetic makes of them. An empty unit is one that is
 * not known: it meets any other and nothing is said of it. Inside of feel/. */
#pragma once

#include "feel/reader.h"

/* True when the two are the same ("h", "heures") or one is not known. */
bool unit_meets(struct text a, struct text b);

/* That of a number, of the items of a list, of the bounds of a range; empty when not known. */
struct text unit_of(const struct feel_type *type);
/* What an operation on two numbers gives; empty when it cannot be known. */
struct text unit_of_arithmetic(enum node_kind kind, const struct node *left, const struct node *right);

/* Records a mistake (about units) when the two do not meet: `verb`, with its spaces, goes between
 * their names: "des heures ne se comparent pas à des pourcentages". */
void unit_check(struct reader *reader, size_t offset, size_t length, struct text left, struct text right,
	const char *verb);
