/* See postgresql.h. PostgreSQL refuses root: root's tests run it as its packaged user. */
#include "postgresql.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

#include "base/banned.h"

#define PROGRAMS "/usr/lib/postgresql/15/bin"

static pid_t server;
static char url[256];

/* In the child: becomes the user of `home`, quiet, ends with the tests. Never returns. */
__attribute__((noreturn)) static void
become(const struct passwd *user, const char *home, const char *const *arguments)
{
	if (user && (initgroups(user->pw_name, user->pw_gid) < 0 || setgid(user->pw_gid) < 0 || setuid(user->pw_uid) < 0))
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGQUIT);
	const int quiet = open("/dev/null", O_RDWR);
	char log[256];
	snprintf(log, sizeof log, "%s/log", home);
	const int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(quiet, 0);
	dup2(out, 1);
	dup2(out, 2);
	if (chdir(home) < 0)
		_exit(126);
	execv(arguments[0], (char *const *)arguments);
	_exit(127);
}

static pid_t
start(const struct passwd *user, const char *home, const char *const *arguments)
{
	const pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0)
		become(user, home, arguments);
	return child;
}

void
postgresql_stop(void)
{
	if (!server)
		return;
	kill(server, SIGINT);
	waitpid(server, NULL, 0);
	server = 0;
}

static const struct passwd *
other_user(void)
{
	if (geteuid() != 0)
		return NULL;
	const struct passwd *user = getpwnam("postgres");
	if (!user)
		user = getpwnam("nobody");
	if (!user)
		test_fail(__FILE__, __LINE__, "no user to run PostgreSQL as");
	return user;
}

const char *
postgresql_start(void)
{
	postgresql_stop();
	if (access(PROGRAMS "/initdb", X_OK) != 0)
		test_fail(__FILE__, __LINE__, "PostgreSQL 15 is not installed (" PROGRAMS "): run ./dev test");
	const struct passwd *user = other_user();
	char home[128], data[160];
	snprintf(home, sizeof home, "%s/postgresql", test_directory());
	snprintf(data, sizeof data, "%s/data", home);
	CHECK(chmod(test_directory(), 0711) == 0 && mkdir(home, 0700) == 0);
	if (user)
		CHECK(chown(home, user->pw_uid, user->pw_gid) == 0);

	int status = 0;
	const pid_t making = start(user, home, (const char *const[]){ PROGRAMS "/initdb", "-D", data, "-U", "guichet",
		"-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions", NULL });
	while (waitpid(making, &status, 0) < 0 && errno == EINTR)
		continue;
	if (status != 0)
		test_fail(__FILE__, __LINE__, "initdb ended with %d", status);
	server = start(user, home, (const char *const[]){ PROGRAMS "/postgres", "-D", data, "-k", home, "-h", "",
		"-F", "-c", "max_connections=20", "-c", "shared_buffers=16MB", NULL });
	snprintf(url, sizeof url, "postgresql:///postgres?host=%s&user=guichet", home);
	for (int i = 0; i < 600 && PQping(url) != PQPING_OK; i++)
		usleep(50000);
	if (PQping(url) != PQPING_OK)
		test_fail(__FILE__, __LINE__, "PostgreSQL does not answer");
	return url;
}
