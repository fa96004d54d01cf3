/* Types of FEEL and the names an expression may use. */
#pragma once

#include "feel/value.h"

struct feel;
struct feel_run;

/* A type; immutable, shared by pointer, in the arena of whoever made it. */
struct feel_type {
	enum feel_kind kind;          /* FEEL_ANY: any value */
	const struct feel_type *of;   /* of list items, range bounds, a function's result; NULL: Any */
	const struct feel_field *fields; /* entries of a context; parameters of a function */
	size_t field_count;
	bool open;                    /* a context that may hold entries not named here */
	const struct text *words;     /* the only strings allowed; NULL: any */
	size_t word_count;
	const struct feel *allowed;   /* unary tests, read in an empty scope, that a value passes: else
	                                 it is coerced to null. NULL: any value */
	/* What the author declared of the values, for the checker alone: neither conformance nor
	 * evaluation looks at it. Zero: nothing is known. */
	struct text unit;             /* of numbers: "h", "%", "€", "jours" */
	bool whole;                   /* of numbers: integers only */
	bool optional;                /* a null may come, and expressions must think of it */
	const struct feel_range *bounds; /* of numbers, dates…: every value is inside; NULL: any */
};

struct feel_field {
	struct text name; /* may hold spaces and accents */
	const struct feel_type *type;
};

/* The types that need no making. */
extern const struct feel_type feel_type_any, feel_type_null, feel_type_boolean, feel_type_number,
	feel_type_string, feel_type_date, feel_type_time, feel_type_date_time, feel_type_years_months,
	feel_type_days_time, feel_type_context, feel_type_list;

/* These return NULL when the arena is full. */
const struct feel_type *feel_type_list_of(struct arena *arena, const struct feel_type *item);
const struct feel_type *feel_type_range_of(struct arena *arena, const struct feel_type *bound);
/* A closed context; `fields` is not copied. */
const struct feel_type *feel_type_context_of(struct arena *arena, const struct feel_field *fields,
	size_t count);
/* Strings among `words`, which is not copied. */
const struct feel_type *feel_type_words_of(struct arena *arena, const struct text *words, size_t count);

/* The same numbers with what was declared of them; `unit` and `bounds` are not copied. */
const struct feel_type *feel_type_number_of(struct arena *arena, struct text unit, bool whole,
	const struct feel_range *bounds);
/* The same type, where a null may come, or may not. */
const struct feel_type *feel_type_optional_of(struct arena *arena, const struct feel_type *type,
	bool optional);

/* "number", "list<string>", "context<a: number>", as DMN 1.5 writes types. */
struct text feel_type_text(struct arena *arena, const struct feel_type *type);
/* "un nombre", "une liste de textes": for messages. */
struct text feel_type_french(struct arena *arena, const struct feel_type *type);
/* The type of that FEEL name ("number", "days and time duration", "Any"…), or NULL. */
const struct feel_type *feel_type_find(struct text name);

/* True when a value of type `from` may stand where `to` is expected. A value of type Any
 * may stand anywhere: it is judged when evaluated. */
bool feel_type_conforms(const struct feel_type *from, const struct feel_type *to);
/* The same as the standard has it (§10.3.2.9.2), with no benefit of the doubt: Any conforms to Any alone. */
bool feel_type_is(const struct feel_type *from, const struct feel_type *to);
/* The closest type that both conform to. */
const struct feel_type *feel_type_join(struct arena *arena, const struct feel_type *a,
	const struct feel_type *b);
/* True when the value is of the type: a null is of every type. */
bool feel_value_is(struct feel_value value, const struct feel_type *type);

/* The type that a value shows: Any for a null; NULL when the arena is full. */
const struct feel_type *feel_type_of_value(struct arena *arena, struct feel_value value);
/* The value where `type` is expected (§10.3.2.9.4): itself, a list of it, the one item it holds,
 * a date as midnight UTC; a null with a reason when it does not conform, or when the type or a part of
 * it does not allow it. What is allowed is judged in the arena, with the instant and what is left of the
 * budget of `run`: its steps grow, its stop is set when that is not enough (start from steps 0). */
struct feel_value feel_coerce(struct feel_run *run, struct feel_value value, const struct feel_type *type);

/* ---- scope: the names an expression may use, each with its type and its slot ---- */

struct feel_scope;
struct calendar;

/* An empty scope that sees `parent` (NULL: none) through it. Its slots follow those of the
 * parent, which must not grow any more. NULL when the arena is full. */
struct feel_scope *feel_scope_new(struct arena *arena, const struct feel_scope *parent);
/* The same, whose slots begin at `first_slot`, past those of the parent: for scopes beside others that see the same one. */
struct feel_scope *feel_scope_new_at(struct arena *arena, const struct feel_scope *parent, unsigned first_slot);
/* Declares a name; *ret_slot is its place among the inputs of feel_evaluate(). REFUSED: not a
 * name of FEEL, already declared here. The text and the type are not copied. */
enum guichet_status feel_scope_add(struct feel_scope *scope, struct text name, const struct feel_type *type,
	unsigned *ret_slot, struct guichet_error *error);
/* Declares the name of a type, for "instance of" and the parameters of functions. */
enum guichet_status feel_scope_add_type(struct feel_scope *scope, struct text name,
	const struct feel_type *type,
	struct guichet_error *error);
/* Finds a declared name, here or in the parents. */
[[nodiscard]] bool feel_scope_find(const struct feel_scope *scope, struct text name, unsigned *ret_slot,
	const struct feel_type **ret_type);
/* The calendar that working days, delays and school are counted by, in what is read in this scope from now
 * on, and in scopes that see it; not copied, constant from now on. Without it: the national one. */
void feel_scope_set_calendar(struct feel_scope *scope, const struct calendar *calendar);
/* Number of inputs that an expression read in this scope is evaluated with. */
unsigned feel_scope_size(const struct feel_scope *scope);
