/* guichet: the counter where public staff and their administration meet. */
#include "commands.h"

#include "base/banned.h"

int
main(int argc, char **argv)
{
	return command_run(argc, argv);
}
