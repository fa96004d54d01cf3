/* What is certain of an expression before it is evaluated: see feel.h. */
#include "feel/node.h"

#include "base/banned.h"

void
feel_doubt(struct arena *arena, const struct feel *feel, const struct feel_given *given, bool needed,
	struct feel_findings *findings)
{
	(void)arena, (void)feel, (void)given, (void)needed, (void)findings;
}

bool
feel_may_be_null(struct arena *arena, const struct feel *feel, const struct feel_given *given)
{
	(void)arena, (void)given;
	return feel->root->type->optional;
}
