/* guichet typeset: the process that renders documents and inspects uploads, started by the one
 * that serves (see processes.h). It loads what it needs, gives up everything else, then answers
 * jobs until its socket closes. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/log.h"
#include "commands.h"
#include "confine.h"
#include "document/typesetter.h"
#include "processes.h"

#include "base/banned.h"

static enum guichet_status
confine(struct guichet_error *error)
{
	enum guichet_status status = confine_user(error);
	if (status == GUICHET_OK)
		status = confine_to_parent(error);
	if (status == GUICHET_OK)
		status = confine_to_computing(error);
	return status;
}

int
command_typeset(int argc, char **argv)
{
	(void)argc, (void)argv;
	int type;
	if (getsockopt(PROCESS_SOCKET, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){ sizeof type }) != 0) {
		fprintf(stderr, "« guichet typeset » est lancé par « guichet serve », jamais à la main.\n");
		return EXIT_USAGE;
	}
	confine_descriptors(PROCESS_SOCKET);
	/* Keeps the C library from looking at /etc/localtime for cairo, whose dates we give. */
	setenv("TZ", "UTC0", 1);

	struct guichet_error error = { 0 };
	CLEANUP(document_press_free) struct document_press *press = document_press_new(&error);
	if (press && confine(&error) == GUICHET_OK && typeset_work(press, PROCESS_SOCKET, &error) == GUICHET_OK)
		return EXIT_DONE;
	log_error("typeset", &error);
	return EXIT_REFUSED;
}
