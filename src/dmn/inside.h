/* What the files of this folder share: a model while it is read, and as evaluation walks it.
 * Inside of dmn/. */
#pragma once

#include "dmn/dmn.h"
#include "dmn/xml.h"

/* A type that a model declares; resolved when first asked for, for they come in any order. */
struct item_definition {
	struct text name;
	const struct xml *xml;
	const struct feel_type *type;
	unsigned parts; /* of it, written out in full */
	enum { TYPE_UNREAD, TYPE_UNDER_WAY, TYPE_READ } state;
};

struct import {
	struct text name; /* empty: its names are those of the model */
	struct text space, location;
	const struct definitions *of; /* NULL: not a decision model, or not found */
};

/* One file. */
struct definitions {
	struct text file, space;
	const struct xml *root;
	struct import *imports;
	size_t import_count;
	struct item_definition *types;
	size_t type_count;
	struct element **elements; /* in the order of writing */
	struct element **by_id;    /* sorted */
	size_t count;
	struct feel_scope *scope;  /* the names of types, parent of all others */
};

/* A name that an element sees, and what stands behind it. */
struct binding {
	struct text name;
	const struct element *element; /* NULL: an import, the names inside it being `inner` */
	const struct feel_type *type;
	struct binding *inner;
	size_t inner_count, inner_capacity;
};

struct element {
	struct dmn_item item; /* first: this is what others see of it */
	struct text id;
	struct text called; /* by expressions: the name of its variable */
	const struct dmn_model *model;
	const struct definitions *of;
	const struct xml *xml;
	const struct feel_type *shown; /* to those that require it: what is declared, else what its logic gives */
	unsigned rank; /* its place among the values of an evaluation */

	const struct element **needs; /* what it requires, each once, in the order of writing */
	size_t need_count;
	struct binding names;       /* what it sees: the inner names are its inputs, in order */
	const struct feel_box *box; /* its logic; NULL: none */
	const struct feel *feel;    /* NULL: no logic that can be read */
	struct text reason;         /* of its null, then */

	/* of a business knowledge model or a service */
	struct feel_value function;
	const struct feel_type *result; /* NULL: any */
	const struct feel_field *fields; /* the parameters of a business knowledge model */
	size_t field_count;
	const struct element **parameters; /* of a service: input data, then decisions */
	const struct element **outputs;
	size_t parameter_count, output_count;
	const struct element **plan; /* of a service: the decisions to evaluate, in their order */
	size_t plan_count;
	const uint16_t *places;      /* of a service, by rank: among the values of a call; 0: not one of them */
	size_t place_count;
	bool external; /* written in another language */
	bool begun;    /* its logic is read, or under way */
};

struct dmn_model {
	struct definitions **definitions; /* the model itself first */
	size_t definitions_count;
	struct element **elements; /* of all definitions, by rank */
	size_t count;
	const struct element **order; /* the decisions, each after those it requires */
	size_t order_count;
	size_t type_count; /* of all definitions */
};

/* A model under way. */
struct reading {
	struct arena *arena;
	struct dmn_findings *findings;
	struct feel_findings *feel; /* of one expression, used again for each */
	struct dmn_model *model;
	unsigned depth; /* of types in types */
	unsigned parts; /* of the type under way */
	bool waits;     /* the tests of a component read its neighbours */
	unsigned long looks; /* at names, while looking for some: bounded */
	bool given_up;       /* there were too many */
};

enum { MOST_LOOKS = 100000000 };

/* Counts looks at names; false, with a finding, once a model is too entangled to be read. */
bool reading_looks(struct reading *reading, unsigned long looks);

[[gnu::format(printf, 5, 6)]] void reading_mistake(struct reading *reading, const struct definitions *of,
	unsigned line, struct text remedy, const char *format, ...);
/* Records the findings of an expression; returns the first as a reason, or an empty text. */
struct text reading_mistakes_of_feel(struct reading *reading, const struct definitions *of,
	const struct xml *place, const char *what, struct text name);
/* Records that memory is short; false, for callers that return it. */
bool reading_broken(struct reading *reading);

/* The name as FEEL reads it: trimmed, single spaces; at == NULL without memory. */
struct text name_normalised(struct arena *arena, struct text name);

/* ---- types.c ---- */

/* Finds the type of that name; a finding and Any when there is none. NULL without memory. */
const struct feel_type *type_referred(struct reading *reading, const struct definitions *of,
	const struct xml *place, struct text name);
/* The same for what may stand in an attribute "typeRef"; `otherwise` when it is absent. */
const struct feel_type *type_of_attribute(struct reading *reading, const struct definitions *of,
	const struct xml *xml, const struct feel_type *otherwise);
/* Reads all types of a file and declares their names in of->scope. */
bool types_read(struct reading *reading, struct definitions *of);
/* The texts of the values that a type allows, or empty. */
struct text type_allowed_text(const struct definitions *of, struct text name);

/* ---- boxes.c ---- */

/* The logic inside `xml` as a box; false without memory. *ret_box is NULL when there is none. */
bool boxes_read(struct reading *reading, const struct definitions *of, const struct xml *xml,
	const struct feel_box **ret_box);
/* The parameters of a function definition; false without memory. */
bool boxes_parameters(struct reading *reading, const struct definitions *of, const struct xml *xml,
	struct feel_field **ret_fields, size_t *ret_count);
/* True when a function definition is written in another language than FEEL. */
bool boxes_external(const struct xml *function);
/* The box, coerced to `type` besides the type it has. NULL without memory. */
const struct feel_box *boxes_typed(struct arena *arena, const struct feel_box *box,
	const struct feel_type *type);

/* ---- compile.c, in this order ---- */

/* Types input data, decisions, and the parameters of business knowledge models. */
bool items_read(struct reading *reading);
/* Finds what each element requires, refuses cycles of decisions, orders them, and plans the services. */
bool requirements_read(struct reading *reading);
/* Makes functions of business knowledge models and services, names
 * what each element sees, reads its logic. */
bool logic_read(struct reading *reading);

/* ---- evaluate.c ---- */

feel_native evaluate_knowledge, evaluate_service;
