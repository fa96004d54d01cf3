/* The walk that finds what is certain of an expression (doubt.c), what each condition makes certain
 * after it (doubt_narrow.c), and how it is told (doubt_tell.c). Inside of feel/. */
#pragma once

#include "feel/known.h"
#include "feel/reader.h"

enum { MOST_DOUBT_STEPS = 100000 };

/* What is certain of a path ("agent.grade", a variable), here. */
struct fact {
	const struct fact *next;
	const struct node *path;
	struct known known;
};

/* Everything that is certain, here: the last fact about a path is the one that holds. */
struct facts {
	const struct fact *last;
	bool dead; /* nobody comes here: what leads here is never true */
};

struct doubt {
	struct arena *arena;   /* of facts */
	struct reader *reader; /* of findings */
	const struct feel_given *given;
	struct facts base;     /* what is given */
	unsigned steps;
	unsigned quiet;        /* nothing is told */
	unsigned conditions;   /* of presence, under way */
	bool needed, broken;
	size_t told;
};

/* ---- paths ---- */

bool doubt_same_path(const struct node *a, const struct node *b);
/* A node for the local of a test, to be a path like others. NULL when too much was done. */
const struct node *doubt_local(struct doubt *doubt, unsigned place, const struct feel_type *type);
/* The facts and one more. */
struct facts doubt_learn(struct doubt *doubt, struct facts facts, const struct node *path,
	struct known known);

/* ---- what a node gives ---- */

/* The same, and nothing is told. */
struct known doubt_know_quietly(struct doubt *doubt, struct facts facts, const struct node *node);
struct known doubt_know_path(struct doubt *doubt, struct facts facts, const struct node *path);
/* True for a builtin that takes a null there and gives a value. */
bool doubt_bears_null(struct text builtin, uint32_t argument);

/* ---- what a condition makes certain ---- */

enum when { WHEN_TRUE, WHEN_FALSE, WHEN_NOT_TRUE /* false or null */ };

struct facts doubt_narrow(struct doubt *doubt, struct facts facts, const struct node *node, enum when when);

/* ---- telling ---- */

bool doubt_is_silent(const struct doubt *doubt, struct facts facts);
/* "cette comparaison n’est jamais vraie : …"; `what` is the feminine subject, a and b the operands to
 * speak of (or NULL). */
void doubt_tell_certain(struct doubt *doubt, struct facts facts, const struct node *node, const char *what,
	bool truth, bool may_be_null, const struct node *a, const struct node *b);
/* A test that the value never passes. */
void doubt_tell_never(struct doubt *doubt, struct facts facts, const struct node *test, struct known tested);
/* Bounds that hold nothing between them. */
void doubt_tell_inverted(struct doubt *doubt, struct facts facts, const struct node *low,
	const struct node *high);
/* What is null, where a value (a condition) is needed. */
void doubt_tell_missing(struct doubt *doubt, const struct node *missing, bool condition);
