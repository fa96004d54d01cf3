/* FEEL, the expression language of OMG DMN 1.5: read once against a scope, evaluated often.
 *
 *     struct feel_scope *scope = feel_scope_new(arena, NULL);
 *     feel_scope_add(scope, TEXT("jours"), &feel_type_number, &slot, error);
 *     struct feel *feel = feel_read(arena, scope, TEXT("jours <= 2"), &findings);
 *     struct feel_run run = { .arena = request_arena, .inputs = inputs, .now = now };
 *     struct feel_value value = feel_evaluate(feel, &run);
 */
#pragma once

#include "feel/type.h"
#include "feel/value.h"

/* An expression that has been read and type-checked. Immutable; shared by threads. */
struct feel;

enum { FEEL_MOST_FINDINGS = 50, FEEL_MOST_SOURCE = 1 << 16 };

/* What a finding is about. The last two are doubts, that feel_doubt() finds. */
enum feel_about {
	FEEL_ABOUT_MEANING,   /* writing, names, types */
	FEEL_ABOUT_UNITS,     /* hours against percentages */
	FEEL_ABOUT_CERTAINTY, /* a condition that is always true, or never */
	FEEL_ABOUT_NULL,      /* a value that may be missing where it is needed */
};

/* One mistake in a source text. */
struct feel_finding {
	enum feel_about about;
	size_t offset, length; /* in bytes of the source; length 0: a point */
	size_t line, column;   /* from 1; columns in characters */
	struct text message;   /* a French sentence without the final point: "nom inconnu « jour »" */
	struct text remedy;    /* "vouliez-vous « jours » ?", or empty */
	const void *place;     /* of the cell of a box (box.h); NULL: the one source */
};

/* Everything found in one source. Start from zero. In the arena given to the reader. */
struct feel_findings {
	struct feel_finding at[FEEL_MOST_FINDINGS];
	size_t count;
	bool broken;  /* the arena is full: the list may be incomplete */
	bool lenient; /* in: mistakes of meaning (types, unknown names) are listed, and the expression
	                 is given all the same; what they touch is null. For conformance suites. */
};

/* Reads an expression. NULL when there is a finding (or findings->broken). The result lives in
 * `arena` and points into `source`, `scope` and its types, which must live as long. */
struct feel *feel_read(struct arena *arena, const struct feel_scope *scope, struct text source,
	struct feel_findings *findings);
/* The same, and the result must conform to `expected`. */
struct feel *feel_read_as(struct arena *arena, const struct feel_scope *scope,
	const struct feel_type *expected,
	struct text source, struct feel_findings *findings);
/* Reads unary tests (`> 5, [1..3]`, `-`, `not("a")`, or any test on `?`) applied to a value of
 * type `tested`. Evaluated with run.tested; the result is a boolean or null. */
struct feel *feel_read_unary(struct arena *arena, const struct feel_scope *scope,
	const struct feel_type *tested,
	struct text source, struct feel_findings *findings);

/* "ligne 1, colonne 5 : nom inconnu « jour » : vouliez-vous « jours » ?", then the line of the
 * source and a caret under the mistake. */
struct text feel_finding_text(struct arena *arena, const struct feel_finding *finding, struct text source);

/* ---- doubts: what is certain of an expression before it is evaluated ---- */

/* What holds whenever the expression is evaluated, besides what its types say. Start from zero. */
struct feel_given {
	const bool *sure;                       /* by slot: never null here; NULL: none */
	const struct feel *const *present_when; /* by slot: not null when that is true, NULL where nothing is
	                                         * known; NULL: none */
	const struct feel *const *holds;        /* conditions that are true */
	size_t hold_count;
};

/* Adds what is always true or never true in the expression, as far as types and `given` make it
 * certain; and, when its value is `needed`, what may be missing without the expression having
 * thought of it. Every expression here was read in the same scope. */
void feel_doubt(struct arena *arena, const struct feel *feel, const struct feel_given *given, bool needed,
	struct feel_findings *findings);
/* Whether the value may be null because something declared optional is. False without memory;
 * `given` may be NULL. */
[[nodiscard]] bool feel_may_be_null(const struct feel *feel, const struct feel_given *given, bool *ret_may);

/* What is known of the result before evaluation. */
const struct feel_type *feel_type_of(const struct feel *feel);
struct text feel_source_of(const struct feel *feel);

/* A name of the scope that an expression reads. */
struct feel_use {
	unsigned slot;
	struct text path; /* "agent.structure.type": the name and the entries followed from it */
	size_t offset;    /* of its first occurrence in the source, in bytes */
};

/* Each path once, in the order of reading. */
const struct feel_use *feel_reads(const struct feel *feel, size_t *ret_count);

/* Whether it counts days by the calendar of its scope: what it gives changes with the days that are closed. */
bool feel_counts_days(const struct feel *feel);

enum feel_stop { FEEL_COMPLETE, FEEL_TOO_LONG, FEEL_TOO_DEEP, FEEL_NO_MEMORY };

enum { FEEL_MOST_STEPS = 10000000, FEEL_MOST_DEPTH = 1500 };

struct feel_trace;

/* One evaluation: what it is given, and how it ended. */
struct feel_run {
	struct arena *arena;              /* where the result is made */
	const struct feel_value *inputs;  /* feel_scope_size(scope) values, by slot */
	const struct feel_value *tested;  /* `?` of unary tests */
	const struct calendar *calendar;  /* in place of that of the scope it was read in; NULL: that one */
	instant now;                      /* what now() and today() answer, in Paris */
	struct feel_trace *trace;         /* NULL: no explanation wanted */
	unsigned long most_steps;         /* 0: FEEL_MOST_STEPS */
	unsigned depth;                   /* of the evaluations this one is part of; 0 */
	enum feel_stop stop;              /* out: other than COMPLETE, the value is a null */
	unsigned long steps;              /* out: how many were taken */
	bool external;                    /* out: a function of another language was called, null in its place */
};

/* The value; a null with a reason when the standard says null. Never fails otherwise. A function that is,
 * or is part of, the value reads the inputs it was made with when it is called: they live as long as it. */
struct feel_value feel_evaluate(const struct feel *feel, struct feel_run *run);

/* A function that is not written in FEEL, such as a decision service. `data` and `type` (a function
 * type: parameters, result) must live as long as the value. The callee evaluates with runs whose
 * most_steps and depth are those of `run`, adds their steps to run->steps, and passes on their stop. */
typedef struct feel_value feel_native(const void *data, struct feel_run *run,
	const struct feel_value *arguments);
/* False when the arena is full. */
[[nodiscard]] bool feel_native_new(struct arena *arena, const struct feel_type *type, feel_native *call,
	const void *data, struct feel_value *ret_function);

/* ---- explanation ---- */

/* What traced evaluations fill, one under another when they are nested. NULL when the arena is full. */
struct feel_trace *feel_trace_new(struct arena *arena);

enum feel_told_kind {
	FEEL_TOLD_READ,      /* a name of the scope and the entries followed from it: excerpt, slot */
	FEEL_TOLD_LOCAL,     /* a variable, a parameter, an entry written above */
	FEEL_TOLD_CONDITION, /* a comparison, a test, what joins them */
	FEEL_TOLD_CHOICE,    /* if */
	FEEL_TOLD_VALUE,     /* anything else that was calculated */
	FEEL_TOLD_TABLE,     /* a decision table, name; its inputs and the rules that apply are under it */
	FEEL_TOLD_RULE,      /* rank: its row, from 1; name: its annotation */
	FEEL_TOLD_ITEM,      /* name: the variable; rank, from 1; value: the item; under it the body */
	FEEL_TOLD_CALL,      /* the body of a function, after its parameters */
	FEEL_TOLD_PARAMETER, /* name and value */
};

/* One thing that was evaluated. */
struct feel_told {
	enum feel_told_kind kind;
	unsigned depth;          /* 0: a whole expression; those under it follow, each one deeper */
	struct text excerpt;     /* of its source, as written; empty for items, calls, parameters and rules */
	struct feel_value value; /* a null with its reason */
	struct text name;
	size_t rank;
	unsigned slot;           /* of a READ */
	size_t left_out;         /* how many more like those under it are not kept */
};

/* What was evaluated, from *position = 0 on, each thing before what is under it: false at the end. Parts that
 * say nothing by themselves (constants, the steps of a path) are passed over. */
[[nodiscard]] bool feel_trace_next(const struct feel_trace *trace, size_t *position,
	struct feel_told *ret_told);
/* True when more was evaluated than is kept. */
bool feel_trace_is_cut(const struct feel_trace *trace);

enum feel_depth {
	FEEL_REASON,     /* "jours vaut 3, plus de 2": for the end of another sentence; may be empty */
	FEEL_SENTENCE,   /* "« jours <= 2 » est faux, car jours vaut 3, plus de 2." */
	FEEL_STEPS,      /* one line per sub-expression worth telling, in the order of evaluation */
	FEEL_EVERYTHING, /* every sub-expression, indented under what it was evaluated for */
};

/* "phrase", "étapes" (or "etapes"), "tout": as people ask for a depth. */
[[nodiscard]] bool feel_depth_read(struct text text, enum feel_depth *ret_depth);

/* How people call a name of the scope; `path` is as written, "agent.grade". False: as it is written. */
typedef bool feel_naming(const void *data, unsigned slot, struct text path, struct text *ret_name);
/* What people call a value of it: the label of an option. False: as any value. */
typedef bool feel_wording(const void *data, struct arena *arena, unsigned slot, struct text path,
	struct feel_value value, struct text *ret_words);

struct feel_words {
	feel_naming *name;
	feel_wording *value; /* may be NULL */
	const void *data;
	bool told;           /* what is read was told before: the steps leave it out */
};

/* In French, lines ended by "\n" between them; empty when the arena is full. `words` may be NULL. */
struct text feel_explain_french(struct arena *arena, const struct feel_trace *trace, enum feel_depth depth,
	const struct feel_words *words);
/* "87,62 (exactement 87,617142…)", "« A »", "16 juin 2023": a value inside
 * a sentence. A null is "aucune valeur". */
struct text feel_value_told(struct arena *arena, struct feel_value value);
