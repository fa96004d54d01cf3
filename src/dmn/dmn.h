/* Decision models (OMG DMN 1.1 to 1.5, XML): read once, evaluated often.
 *
 *     struct dmn_model *model = dmn_read_file(arena, "prime.dmn", &findings);
 *     struct dmn_input inputs[] = { { .name = TEXT("Ancienneté"), .value = feel_integer(12) } };
 *     struct dmn_run run = { .arena = request_arena, .inputs = inputs, .input_count = 1, .now = now };
 *     struct feel_value prime = dmn_evaluate(model, TEXT("Prime"), &run);
 *
 * A decision sees exactly what it requires: input data, decisions, business knowledge models and
 * services, by their names; those of an imported model behind the import's name (« Grilles.Prime »),
 * or directly when the import has no name. */
#pragma once

#include "feel/box.h"
#include "feel/feel.h"

/* A model with those it imports. Immutable; shared by threads. */
struct dmn_model;

enum {
	DMN_MOST_FINDINGS = 50,
	DMN_MOST_NAMES = 5000,  /* elements of a model and its imports */
	DMN_MOST_IMPORTS = 50,
};

/* ---- reading ---- */

struct dmn_finding {
	struct text file;    /* as given with the bytes; empty when unknown */
	unsigned line;       /* from 1 */
	struct text message; /* a French sentence without the final point */
	struct text remedy;  /* what to do, or empty */
};

/* Everything found in a model, by file and line. Start from zero. In the arena given to the reader. */
struct dmn_findings {
	struct dmn_finding at[DMN_MOST_FINDINGS];
	size_t count;
	bool broken;  /* the arena is full: the list may be incomplete */
	bool lenient; /* in: mistakes in expressions are listed and the model is given all the same, as the
	                 standard has it: what cannot be read is null. For conformance suites. */
};

/* The bytes of a file and the name by which findings tell it. */
struct dmn_source {
	struct text name, bytes;
};

/* Reads sources[0]; the models that it imports, and those that these import, are found by their
 * namespace among the others. NULL when there is a finding (unless lenient and the XML is that of a
 * decision model) or no memory. The model lives in `arena`, on its own. */
struct dmn_model *dmn_read(struct arena *arena, const struct dmn_source *sources, size_t count,
	struct dmn_findings *findings);
/* Reads a file, with the other *.dmn of its folder when it imports. A file that cannot be opened is
 * a finding. */
struct dmn_model *dmn_read_file(struct arena *arena, const char *path, struct dmn_findings *findings);
/* "prime.dmn, ligne 12 : nom inconnu « jour » : vouliez-vous « jours » ?" */
struct text dmn_finding_text(struct arena *arena, const struct dmn_finding *finding);

/* ---- what a model holds ---- */

enum dmn_kind { DMN_INPUT, DMN_DECISION, DMN_KNOWLEDGE, DMN_SERVICE };

/* An input data, a decision, a business knowledge model or a decision service. */
struct dmn_item {
	enum dmn_kind kind;
	struct text name;             /* with single spaces, as FEEL reads it */
	struct text space;            /* the namespace of its model */
	const struct feel_type *type; /* declared, of the value or of the function; Any when it is not */
	unsigned line;
};

/* The items of the model itself, in the order of writing. */
const struct dmn_item *const *dmn_items(const struct dmn_model *model, size_t *ret_count);
/* The item of that name, or whose variable has it, in the model itself, or NULL; a kind of -1 is any. */
const struct dmn_item *dmn_find(const struct dmn_model *model, struct text name, int kind);
/* How many decisions the service of that name gives; 0 when there is no such service. */
size_t dmn_outputs(const struct dmn_model *model, struct text name);
/* The type of that name (« tPrime », « Grilles.tPrime »), or NULL. */
const struct feel_type *dmn_type_find(const struct dmn_model *model, struct text name);

/* The logic of a decision or of a business knowledge model as one box, for an expression that is read
 * where its input data are declared as names: feel_read_box(arena, scope, box, &findings). Alone it is
 * the box as written (a table stays a table, and can be checked as one); when the decision requires
 * others, it is a context of what it requires, most remote first, whose result is the decision. A
 * business knowledge model gives a function. Values are coerced to the types of the model. The places of its
 * cells are for dmn_locate(). NULL after filling *error (REFUSED): no such item, no logic, an item of
 * another model or a service required, a function of another language. The box lives in `arena`
 * and points into the model. */
const struct feel_box *dmn_box(struct arena *arena, const struct dmn_model *model, struct text name,
	struct guichet_error *error);
/* The input data that the box of that decision reads. In `arena`; NULL when it is full. */
const struct dmn_item **dmn_box_inputs(struct arena *arena, const struct dmn_model *model, struct text name,
	size_t *ret_count);
/* The finding of the file's place that a finding of feel_read_box() tells. */
struct dmn_finding dmn_locate(const struct dmn_model *model, const struct feel_finding *finding);

/* ---- evaluation ---- */

/* A value given to an input data, or instead of a decision; to a parameter, in an invocation. */
struct dmn_input {
	struct text space; /* of an imported item; empty: the model itself, else any of that name */
	struct text name;
	struct feel_value value;
};

struct dmn_run {
	struct arena *arena;      /* where the values are made */
	const struct dmn_input *inputs; /* coerced to their types; those not given are null */
	size_t input_count;
	instant now;              /* what now() and today() answer */
	unsigned long most_steps; /* of the whole evaluation; 0: FEEL_MOST_STEPS */
	enum feel_stop stop;      /* out: other than COMPLETE, the value is a null */
	unsigned long steps;      /* out: how many were taken */
	bool external;            /* out: a function of another language was called, null in its place */
};

/* The value of a decision or of an input data of the model; each decision that it requires is
 * evaluated once. A service or a business knowledge model gives a function value. Null with a reason for a
 * name that the model does not have. */
struct feel_value dmn_evaluate(const struct dmn_model *model, struct text name, struct dmn_run *run);
/* The result of a service or of a business knowledge model; the inputs are its arguments, by name, and those
 * not given are null. A service with one output decision gives its value, with several a context. */
struct feel_value dmn_invoke(const struct dmn_model *model, struct text name, struct dmn_run *run);
