/* guichet deliver: the process that hands mails to the relay. Started by the server. */
#include "commands.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/log.h"
#include "mail/deliver.h"
#include "processes.h"

#include "base/banned.h"

int
command_deliver(int argc, char **argv)
{
	(void)argv;
	int kind = 0;
	if (argc != 1 || getsockopt(PROCESS_SOCKET, SOL_SOCKET, SO_TYPE, &kind, &(socklen_t){ sizeof kind }) != 0) {
		fprintf(stderr, "guichet deliver : cette commande est lancée par « guichet serve », qui lui parle.\n");
		return EXIT_USAGE;
	}
	/* It holds mails and the relay's password: no core file, no other program, no more rights. */
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	prctl(PR_SET_DUMPABLE, 0);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	struct guichet_error error = { 0 };
	if (deliver_run(PROCESS_SOCKET, &error) == GUICHET_OK)
		return EXIT_DONE;
	log_error("deliver", &error);
	return EXIT_REFUSED;
}
