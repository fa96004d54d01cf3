/* The processes besides the one that serves: which there are, starting them, replacing those
 * that die, ending them in order. A child is this same program run again, with one end of a
 * socket pair as PROCESS_SOCKET; it ends when its socket closes or its parent dies. */
#pragma once

#include "base/error.h"
#include "base/cleanup.h"

enum { PROCESS_SOCKET = 3 };

/* One line per process: its kind, the command the child runs. */
#define PROCESSES(X)               \
	X(TYPESET, "typeset")      \
	X(DELIVER, "deliver")

enum process {
#define X(name, command) PROCESS_##name,
	PROCESSES(X)
#undef X
	PROCESS_COUNT
};

struct processes;

/* Starts the supervising thread. `program` is what children run: NULL for this very program
 * (/proc/self/exe). NULL after filling *error. */
struct processes *processes_new(const char *program, struct guichet_error *error);

/* Ends the children, last of the list first: SIGTERM, then SIGKILL after two seconds. Afterwards
 * no `started` is called and processes_restart() does nothing: so first this, then free what the
 * sockets were given to, then processes_free(). Accepts NULL; a second call does nothing. */
void processes_stop(struct processes *processes);

/* Stops if need be, then frees. Accepts NULL. */
void processes_free(struct processes *processes);
DEFINE_CLEANUP(struct processes, processes_free)

/* Starts a child and keeps one running: when it ends it is started again, at once, then after
 * a delay that doubles up to 5 seconds while it keeps failing soon. `started` is called each
 * time, from the supervising thread, with our end of the socket, which it owns and must close
 * when it sees its end. Returns once the first child runs. A child sees nothing of our
 * environment: what it must know comes by its socket. */
enum guichet_status processes_start(struct processes *processes, enum process process,
	void (*started)(void *context, int descriptor), void *context, struct guichet_error *error);

/* Kills a child that no longer answers; it is then started again as above. From any thread. */
void processes_restart(struct processes *processes, enum process process);

/* The child's process id, 0 while there is none. For tests and the status page. */
int processes_id(struct processes *processes, enum process process);
