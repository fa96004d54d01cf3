/* See processes.h. One thread starts and waits for all children: the kernel's parent-death
 * signal follows the thread that started a child, so that thread must be one that stays. */
#include "processes.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#include "base/banned.h"

#define LIVED_WELL    (5 * INSTANT_SECOND) /* a child that lived so long starts again at once */
#define FIRST_DELAY   (INSTANT_SECOND / 10)
#define LONGEST_DELAY (5 * INSTANT_SECOND) /* under a job's patience: a file that kills it stops nobody else's */
#define TERM_PATIENCE (2 * INSTANT_SECOND)

static const char *const commands[] = {
#define X(name, command) [PROCESS_##name] = command,
	PROCESSES(X)
#undef X
};

struct child {
	bool wanted, tried; /* tried: the first start took place, well or not */
	void (*started)(void *context, int descriptor);
	void *context;
	pid_t id;       /* 0 when none runs */
	int descriptor; /* its pidfd */
	int64_t started_at, start_at;
	unsigned failures; /* in a row */
};

struct processes {
	const char *program;
	pthread_t thread;
	bool joined;
	int wake; /* eventfd: something to look at */

	pthread_mutex_t lock; /* of all that follows */
	pthread_cond_t changed;
	struct child children[PROCESS_COUNT];
	bool stopping;
};

static void
wake(struct processes *processes)
{
	const uint64_t one = 1;
	(void)!write(processes->wake, &one, sizeof one);
}

/* Only what a debugging build reads: secrets of the environment stay here. */
static void
choose_environment(char *chosen[], size_t room)
{
	static const char *const starts[] = { "ASAN_OPTIONS=", "LSAN_OPTIONS=", "UBSAN_OPTIONS=",
		"LD_LIBRARY_PATH=" };
	size_t count = 0;
	for (char **entry = environ; entry && *entry; entry++)
		for (size_t i = 0; i < sizeof starts / sizeof *starts && count + 1 < room; i++)
			if (strncmp(*entry, starts[i], strlen(starts[i])) == 0)
				chosen[count++] = *entry;
	chosen[count] = NULL;
}

/* Runs `command` with `socket` as PROCESS_SOCKET, nothing as input, our own output and errors. */
static int
spawn(const char *program, const char *command, int socket, pid_t *ret_id)
{
	char *environment[8];
	char *const arguments[] = { (char *)"guichet", (char *)command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	sigemptyset(&none);
	sigfillset(&all);
	choose_environment(environment, sizeof environment / sizeof *environment);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	int failure = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
	if (failure == 0)
		failure = posix_spawn_file_actions_adddup2(&actions, socket, PROCESS_SOCKET);
	if (failure == 0)
		failure = posix_spawnattr_setsigmask(&attributes, &none);
	if (failure == 0)
		failure = posix_spawnattr_setsigdefault(&attributes, &all);
	if (failure == 0)
		failure = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (failure == 0)
		failure = posix_spawn(ret_id, program, &actions, &attributes, arguments, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return failure;
}

/* When to start again a child that ended or could not start. */
static void
plan_start(struct child *child, bool lived_well)
{
	child->failures = lived_well ? 0 : child->failures + 1;
	int64_t delay = child->failures > 1 ? FIRST_DELAY : 0;
	for (unsigned i = 2; i < child->failures && delay < LONGEST_DELAY; i++)
		delay *= 2;
	child->start_at = clock_steady() + (delay < LONGEST_DELAY ? delay : LONGEST_DELAY);
}

/* With the lock held, released while the owner of the socket is told. */
static void
start(struct processes *processes, enum process which)
{
	struct child *const child = &processes->children[which];
	int sockets[2];
	pid_t id = 0;
	child->started_at = clock_steady();
	int failure = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0 ? errno : 0;
	if (failure == 0) {
		failure = spawn(processes->program, commands[which], sockets[1], &id);
		close(sockets[1]);
		const int descriptor = failure == 0 ? pidfd_open(id, 0) : -1;
		if (failure == 0 && descriptor < 0) {
			failure = errno;
			kill(id, SIGKILL);
			waitpid(id, NULL, 0);
		}
		if (failure != 0)
			close(sockets[0]);
		child->descriptor = descriptor;
	}
	child->tried = true;
	if (failure != 0) {
		log_line(LOG_FAILURE, "process", "name=%s start=failed errno=%d", commands[which], failure);
		plan_start(child, false);
		pthread_cond_broadcast(&processes->changed);
		return;
	}
	child->id = id;
	log_line(LOG_INFO, "process", "name=%s start=done pid=%d", commands[which], (int)id);
	pthread_mutex_unlock(&processes->lock);
	child->started(child->context, sockets[0]);
	pthread_mutex_lock(&processes->lock);
	pthread_cond_broadcast(&processes->changed);
}

/* With the lock held: forgets a child that has ended. */
static void
bury(struct processes *processes, enum process which)
{
	struct child *const child = &processes->children[which];
	int status = 0;
	if (waitpid(child->id, &status, WNOHANG) != child->id)
		return;
	log_line(processes->stopping ? LOG_INFO : LOG_WARNING, "process", "name=%s end=%s code=%d pid=%d",
		commands[which], WIFSIGNALED(status) ? "signal" : "exit",
		WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), (int)child->id);
	close(child->descriptor);
	child->id = 0;
	plan_start(child, clock_steady() - child->started_at > LIVED_WELL);
	pthread_cond_broadcast(&processes->changed);
}

/* With the lock held: SIGTERM, patience, SIGKILL. */
static void
end(struct processes *processes, enum process which)
{
	struct child *const child = &processes->children[which];
	if (child->id == 0)
		return;
	kill(child->id, SIGTERM);
	struct pollfd ended = { .fd = child->descriptor, .events = POLLIN };
	if (poll(&ended, 1, TERM_PATIENCE / 1000) != 1) {
		kill(child->id, SIGKILL);
		(void)poll(&ended, 1, -1);
	}
	bury(processes, which);
}

/* Until when nothing happens by itself, as poll() wants it. */
static int
patience(const struct processes *processes)
{
	int64_t next = INT64_MAX;
	for (int i = 0; i < PROCESS_COUNT; i++) {
		const struct child *const child = &processes->children[i];
		if (child->wanted && child->id == 0 && child->start_at < next)
			next = child->start_at;
	}
	if (next == INT64_MAX)
		return -1;
	const int64_t left = (next - clock_steady() + 999) / 1000;
	return left < 0 ? 0 : (int)left;
}

static void *
supervise(void *context)
{
	struct processes *const processes = context;
	pthread_mutex_lock(&processes->lock);
	while (!processes->stopping) {
		for (int i = 0; i < PROCESS_COUNT; i++) {
			struct child *const child = &processes->children[i];
			if (child->wanted && child->id == 0 && child->start_at <= clock_steady())
				start(processes, (enum process)i);
		}
		struct pollfd waited[1 + PROCESS_COUNT] = { { .fd = processes->wake, .events = POLLIN } };
		for (int i = 0; i < PROCESS_COUNT; i++)
			waited[1 + i] = (struct pollfd){
				.fd = processes->children[i].id ? processes->children[i].descriptor : -1, .events = POLLIN };
		const int timeout = processes->stopping ? 0 : patience(processes);
		pthread_mutex_unlock(&processes->lock);
		(void)poll(waited, 1 + PROCESS_COUNT, timeout);
		uint64_t count;
		if (waited[0].revents)
			(void)!read(processes->wake, &count, sizeof count);
		pthread_mutex_lock(&processes->lock);
		for (int i = 0; i < PROCESS_COUNT; i++)
			if (waited[1 + i].revents && processes->children[i].id)
				bury(processes, (enum process)i);
	}
	for (int i = PROCESS_COUNT - 1; i >= 0; i--)
		end(processes, (enum process)i);
	pthread_cond_broadcast(&processes->changed);
	pthread_mutex_unlock(&processes->lock);
	return NULL;
}

struct processes *
processes_new(const char *program, struct guichet_error *error)
{
	struct processes *const processes = calloc(1, sizeof *processes);
	if (!processes)
		return guichet_fail_null(error, GUICHET_BROKEN, "La mémoire manque.");
	processes->program = program ? program : "/proc/self/exe";
	processes->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&processes->lock, NULL);
	pthread_cond_init(&processes->changed, NULL);
	if (processes->wake < 0 || pthread_create(&processes->thread, NULL, supervise, processes) != 0) {
		if (processes->wake >= 0)
			close(processes->wake);
		free(processes);
		return guichet_fail_null(error, GUICHET_BROKEN,
			"La surveillance des processus n’a pas pu commencer.");
	}
	return processes;
}

void
processes_stop(struct processes *processes)
{
	if (!processes || processes->joined)
		return;
	pthread_mutex_lock(&processes->lock);
	processes->stopping = true;
	pthread_mutex_unlock(&processes->lock);
	wake(processes);
	pthread_join(processes->thread, NULL);
	processes->joined = true;
}

void
processes_free(struct processes *processes)
{
	if (!processes)
		return;
	processes_stop(processes);
	close(processes->wake);
	pthread_cond_destroy(&processes->changed);
	pthread_mutex_destroy(&processes->lock);
	free(processes);
}

enum guichet_status
processes_start(struct processes *processes, enum process process,
	void (*started)(void *context, int descriptor), void *context, struct guichet_error *error)
{
	struct child *const child = &processes->children[process];
	pthread_mutex_lock(&processes->lock);
	child->started = started;
	child->context = context;
	child->wanted = true;
	wake(processes);
	while (!child->tried && !processes->stopping)
		pthread_cond_wait(&processes->changed, &processes->lock);
	const bool runs = child->id != 0 || (child->tried && child->failures == 0);
	pthread_mutex_unlock(&processes->lock);
	return runs ? GUICHET_OK
		: guichet_fail(error, GUICHET_BROKEN, "Le processus « %s » n’a pas pu commencer.", commands[process]);
}

void
processes_restart(struct processes *processes, enum process process)
{
	pthread_mutex_lock(&processes->lock);
	if (processes->children[process].id)
		kill(processes->children[process].id, SIGKILL);
	pthread_mutex_unlock(&processes->lock);
}

int
processes_id(struct processes *processes, enum process process)
{
	pthread_mutex_lock(&processes->lock);
	const pid_t id = processes->children[process].id;
	pthread_mutex_unlock(&processes->lock);
	return id;
}
