/* The builtin functions: one table, builtins.def, read here. Inside of feel/. */
#pragma once

#include "feel/feel.h"

struct evaluation;

/* Arguments have been coerced to the kinds of the parameters; those left out are `absent`. */
typedef struct feel_value builtin_run(struct evaluation *evaluation, const struct feel_value *arguments);

enum { MOST_PARAMETERS = 8 };

/* One way to call a builtin. */
struct builtin {
	struct text name;
	const char *signature; /* "string: string, start position: number, length?: number" */
	const char *result;    /* a type, "=1" for that of the first argument, "item 1" for its items */
	builtin_run *run;
	const char *does;      /* one French sentence for the manual */
	bool reads_constants;  /* a constant text is read, and refused, with the expression */
	bool ours;             /* not of the standard */
};

extern const struct builtin builtins[];
extern const size_t builtin_count;

struct parameter {
	struct text name;
	const struct feel_type *type;
	bool optional, nullable, variadic;
};

/* Cuts a signature; returns the number of parameters. Allocates nothing. */
size_t builtin_parameters(const struct builtin *builtin, struct parameter parameters[MOST_PARAMETERS]);
/* The type that a word of the table means. */
const struct feel_type *builtin_type(struct text name);

/* What stands for an argument that was left out. */
static inline struct feel_value
absent(void)
{
	return (struct feel_value){ .kind = FEEL_NULL, .offset = -1 };
}

static inline bool
is_absent(struct feel_value value)
{
	return value.kind == FEEL_NULL && value.offset == -1;
}

/* Evaluates one of the choices that accepts these arguments; null with a reason when none does. */
struct feel_value builtin_call(struct evaluation *evaluation, const struct builtin *const *choices,
	size_t choice_count,
	const struct feel_value *arguments, const struct text *names, size_t count);
