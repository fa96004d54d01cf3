/* See essais.h: the tests without each cited rule in turn, in as many processes as there are processors. */
#include "essais/essais.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"

enum { MUTANT_ARENA_LIMIT = 64 << 20, MOST_WORKERS = 16 };

struct worker {
	pid_t pid;
	int verdicts; /* one byte per mutant that is its own, an enum essai_verdict */
};

/* A model that cannot be read without the rule misses it too. */
static enum essai_verdict
judge(const struct essais *essais, const struct procedure_mutant *mutants, size_t mutant)
{
	const struct procedure_options options = { .without = (int)mutant + 1 };
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(essais->folder, &options, &findings, &error);
	CLEANUP(arena_free) struct arena *arena = arena_new(MUTANT_ARENA_LIMIT);
	/* Who serves the same requirement is the likeliest to miss the rule. */
	struct essai_report report = { .arena = arena, .first_only = true, .cites = mutants[mutant].cites };
	const bool survives = procedure && arena && essais_run(essais, procedure, &report, &error) == GUICHET_OK
		&& report.failed == 0;
	return survives ? ESSAI_SURVIVES : ESSAI_NOTICED;
}

/* Each worker takes every nth mutant, from `first`. */
static enum guichet_status
worker_start(const struct essais *essais, const struct essai_mutants *all, size_t first, size_t step,
	struct worker *ret_worker, struct guichet_error *error)
{
	int ends[2];
	if (pipe(ends) != 0)
		goto failed;
	const pid_t pid = fork();
	if (pid < 0) {
		close(ends[0]);
		close(ends[1]);
		goto failed;
	}
	if (pid == 0) {
		close(ends[0]);
		for (size_t i = first; i < all->count; i += step) {
			const char verdict = (char)judge(essais, all->mutants, i);
			if (write(ends[1], &verdict, 1) != 1)
				break;
		}
		_exit(0);
	}
	close(ends[1]);
	*ret_worker = (struct worker){ pid, ends[0] };
	return GUICHET_OK;
failed:
	return guichet_fail(error, GUICHET_BROKEN, "Les essais ne peuvent pas être lancés : la machine manque de ressources.");
}

enum guichet_status
essais_mutate(const struct essais *essais, const struct procedure *procedure, struct essai_mutants *ret_mutants,
	struct guichet_error *error)
{
	struct essai_mutants all = { 0 };
	struct worker workers[MOST_WORKERS];
	const long online = sysconf(_SC_NPROCESSORS_ONLN);
	const size_t wanted = online < 1 ? 1 : online > MOST_WORKERS ? MOST_WORKERS : (size_t)online;
	size_t started = 0;
	enum guichet_status status = procedure_mutants(essais->arena, procedure, &all.mutants, &all.count, error);
	if (status != GUICHET_OK)
		return status;
	all.verdicts = arena_array_of(essais->arena, enum essai_verdict, all.count + 1);
	if (!all.verdicts)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	(void)fflush(NULL); /* or each child would write it again */
	for (; status == GUICHET_OK && started < wanted; started += status == GUICHET_OK)
		status = worker_start(essais, &all, started, wanted, &workers[started], error);
	for (size_t i = 0; status == GUICHET_OK && i < all.count; i++) {
		char verdict;
		const bool told = read(workers[i % wanted].verdicts, &verdict, 1) == 1;
		all.verdicts[i] = told ? (enum essai_verdict)verdict : ESSAI_BROKE_OFF;
	}
	for (size_t i = 0; i < started; i++) {
		close(workers[i].verdicts);
		(void)waitpid(workers[i].pid, NULL, 0);
	}
	if (status == GUICHET_OK)
		*ret_mutants = all;
	return status;
}
