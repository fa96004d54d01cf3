/* A procedure without one of its rules, for "guichet test --mutate". */
#include "procedure/reader.h"

#include "base/banned.h"

bool
mutant_leave_out(struct arena *arena, struct yaml_node *root, int number)
{
	(void)arena, (void)root, (void)number;
	return false;
}
