/* What is proved of the whole. */
#include "procedure/reader.h"

#include "base/banned.h"

void
check_procedure(struct reader *reader)
{
	(void)reader;
}
