/* See confine.h. */
#include "confine.h"

#include "base/sanitized.h"

#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/banned.h"

#ifdef SANITIZED
#define IS_COMPLETE false
#else
#define IS_COMPLETE true
#endif

enum {
	NOBODY = 65534,
	MEMORY_LIMIT = 768 << 20,
	/* Over the whole life of the process: a new one takes its place, see processes.h. */
	PROCESSOR_SECONDS = 3600,
};

/* What computing, allocating, clocks, logs on stderr and messages on a socket that is open already
 * need. */
static const int allowed[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close), SCMP_SYS(sendto), SCMP_SYS(recvfrom),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(shutdown), SCMP_SYS(brk), SCMP_SYS(munmap),
	SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday),
	SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(tgkill),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall),
	SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(rseq), SCMP_SYS(set_robust_list), SCMP_SYS(membarrier),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* Memory, but none that could be run; threads (Pango starts one for each kind of font it meets),
 * but no process; a thread's name. */
static const struct {
	int call;
	struct scmp_arg_cmp test;
} allowed_when[] = {
	{ SCMP_SYS(mmap), { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } },
	{ SCMP_SYS(mprotect), { 2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0 } },
	{ SCMP_SYS(clone), { 0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD } },
	{ SCMP_SYS(prctl), { 0, SCMP_CMP_EQ, PR_SET_NAME, 0 } },
};

/* Calls answered without being made. The arguments of clone3() are out of a filter's sight: the C
 * library then takes clone(). Cairo asks whether a font that it holds may be read: yes. */
static const struct {
	int call;
	uint16_t errno_value;
} answered[] = {
	{ SCMP_SYS(clone3), ENOSYS },
	{ SCMP_SYS(access), 0 },
};

bool
confine_is_complete(void)
{
	return IS_COMPLETE;
}

void
confine_descriptors(int last)
{
	(void)close_range((unsigned)last + 1, UINT32_MAX, 0);
}

enum guichet_status
confine_to_parent(struct guichet_error *error)
{
	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 ? GUICHET_OK
		: guichet_fail(error, GUICHET_BROKEN, "Le noyau ne permet pas de finir avec son parent.");
}

enum guichet_status
confine_user(struct guichet_error *error)
{
	if (geteuid() == 0
		&& (setgroups(0, NULL) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0
			|| setresuid(NOBODY, NOBODY, NOBODY) != 0))
		return guichet_fail(error, GUICHET_BROKEN,
			"Les droits du super-utilisateur n’ont pas pu être quittés : %s.",
			strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return guichet_fail(error, GUICHET_BROKEN, "Le noyau ne permet pas de renoncer à ses droits.");
	return GUICHET_OK;
}

static enum guichet_status
set_limit(int resource, rlim_t value, struct guichet_error *error)
{
	const struct rlimit limit = { value, value };
	return setrlimit(resource, &limit) == 0 ? GUICHET_OK
		: guichet_fail(error, GUICHET_BROKEN, "Une limite du processus n’a pas pu être posée : %s.",
			strerror(errno));
}

static enum guichet_status
allow_calls(struct guichet_error *error)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	if (!filter)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	int failure = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
	for (size_t i = 0; failure == 0 && i < sizeof allowed / sizeof *allowed; i++)
		failure = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	for (size_t i = 0; failure == 0 && i < sizeof allowed_when / sizeof *allowed_when; i++)
		failure = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, allowed_when[i].call, 1,
			&allowed_when[i].test);
	for (size_t i = 0; failure == 0 && i < sizeof answered / sizeof *answered; i++)
		failure = seccomp_rule_add(filter, SCMP_ACT_ERRNO(answered[i].errno_value), answered[i].call, 0);
	if (failure == 0)
		failure = seccomp_load(filter);
	seccomp_release(filter);
	return failure == 0 ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN,
		"Le noyau refuse le filtre des appels système : %s.", strerror(-failure));
}

enum guichet_status
confine_to_computing(struct guichet_error *error)
{
	if (!IS_COMPLETE)
		return GUICHET_OK;
	static const struct {
		int resource;
		rlim_t value;
	} limits[] = {
		{ RLIMIT_AS, MEMORY_LIMIT }, { RLIMIT_CPU, PROCESSOR_SECONDS }, { RLIMIT_CORE, 0 },
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		const enum guichet_status status = set_limit(limits[i].resource, limits[i].value, error);
		if (status != GUICHET_OK)
			return status;
	}
	return allow_calls(error);
}
