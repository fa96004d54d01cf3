/* guichet deliver: the process that hands mails to the relay, started by the one that serves
 * (see processes.h). It keeps the network and nothing else. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/log.h"
#include "commands.h"
#include "confine.h"
#include "mail/deliver.h"
#include "processes.h"

#include "base/banned.h"

int
command_deliver(int argc, char **argv)
{
	(void)argc, (void)argv;
	int type;
	if (getsockopt(PROCESS_SOCKET, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){ sizeof type }) != 0) {
		fprintf(stderr, "« guichet deliver » est lancé par « guichet serve », jamais à la main.\n");
		return EXIT_USAGE;
	}
	confine_descriptors(PROCESS_SOCKET);
	/* It holds people's mails and the relay's password: no core file. */
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });

	struct guichet_error error = { 0 };
	if (confine_user(&error) == GUICHET_OK && confine_to_parent(&error) == GUICHET_OK
		&& deliver_run(PROCESS_SOCKET, &error) == GUICHET_OK)
		return EXIT_DONE;
	log_error("deliver", &error);
	return EXIT_REFUSED;
}
