/* The command: reads procedures with what their tests lend, plays lives in as many processes as there are
 * processors, tells the first ones that broke a rule with what plays them again. See lives.h. */
#include "lives/lives.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"

struct lot {
	uint64_t seed, lives, only;
	bool one;
	size_t job, jobs;
};

struct tally {
	uint64_t passed, failed, commands, accepted, effects, mails;
};

enum { MOST_TOLD = 5 };

static bool
play(const struct ground *ground, const char *folder, uint64_t seed, uint64_t rank, struct world *world,
	struct shadow *shadows, struct arena *arena, struct tally *tally)
{
	struct guichet_error error = { 0 };
	arena_clear(arena);
	memset(world, 0, sizeof *world);
	memset(shadows, 0, MOST_LIFE_DOSSIERS * sizeof *shadows);
	struct life life = { .seed = seed, .rank = rank, .chance = { seed * UINT64_C(0x9E3779B97F4A7C15) + rank },
		.ground = ground, .world = world, .arena = arena, .shadows = shadows };
	const enum guichet_status status = life_run(&life, &error);
	if (status != GUICHET_OK)
		life_breaks(&life, "le moteur s’est arrêté : %s", error.message);
	tally->commands += life.commands;
	tally->accepted += life.accepted;
	tally->effects += life.effects;
	tally->mails += life.mails;
	if (life.broken.length == 0) {
		tally->passed++;
		return true;
	}
	if (tally->failed++ < MOST_TOLD)
		fprintf(stderr, "%s --seed %llu --only %llu : %.*s\n", folder, (unsigned long long)seed,
			(unsigned long long)rank, TEXT_ARGS(life.broken));
	return false;
}

static int
play_lot(const struct ground *ground, const char *folder, const struct lot *lot, int out)
{
	struct tally tally = { 0 };
	struct world *world = calloc(1, sizeof *world);
	struct shadow *shadows = calloc(MOST_LIFE_DOSSIERS, sizeof *shadows);
	struct arena *arena = arena_new(LIFE_ARENA);
	bool well = world && shadows && arena;
	for (uint64_t rank = lot->job; well && !lot->one && rank < lot->lives; rank += lot->jobs)
		(void)play(ground, folder, lot->seed, rank, world, shadows, arena, &tally);
	if (well && lot->one && lot->job == 0)
		(void)play(ground, folder, lot->seed, lot->only, world, shadows, arena, &tally);
	arena_free(arena);
	free(shadows);
	free(world);
	well = well && write(out, &tally, sizeof tally) == (ssize_t)sizeof tally;
	return well ? 0 : 1;
}

static bool
play_folder(const char *folder, const struct lot *whole, struct tally *total)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new(LIFE_ARENA);
	struct guichet_error error = { 0 };
	struct essais essais;
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	if (!arena || !procedure || findings.errors > 0
		|| essais_load(arena, folder, &essais, &findings, &error) != GUICHET_OK) {
		fprintf(stderr, "%s : %s\n", folder, error.message);
		return false;
	}
	struct ground ground = { .procedure = procedure };
	for (size_t i = 0; i < essais.count; i++) {
		if (!text_equal(essais.sources[i].name, TEXT("essais/annuaire.yaml")))
			continue;
		ground.directory = yaml_get(essais.roots[i], "annuaire");
		ground.models = yaml_get(essais.roots[i], "modèles");
	}
	for (size_t i = 0; i < essais.campaign_count && ground.campaign_count < 8; i++)
		ground.campaigns[ground.campaign_count++] = campaign_read(arena, procedure, essais.campaigns[i].name,
			essais.campaigns[i].bytes, &findings, &error);
	if (!ground.directory || ground.campaign_count == 0 || !ground.campaigns[0]) {
		fprintf(stderr, "%s : il faut essais/annuaire.yaml et une campagne\n", folder);
		return false;
	}
	bool well = true;
	int pipes[64][2];
	struct tally here = { 0 };
	for (size_t job = 0; job < whole->jobs; job++) {
		struct lot lot = *whole;
		lot.job = job;
		if (pipe(pipes[job]) != 0)
			return false;
		fflush(stderr);
		const pid_t child = fork();
		if (child < 0)
			return false;
		if (child == 0)
			_exit(play_lot(&ground, folder, &lot, pipes[job][1]));
		close(pipes[job][1]);
	}
	for (size_t job = 0; job < whole->jobs; job++) {
		struct tally tally = { 0 };
		well &= read(pipes[job][0], &tally, sizeof tally) == (ssize_t)sizeof tally;
		close(pipes[job][0]);
		here.passed += tally.passed;
		here.failed += tally.failed;
		here.commands += tally.commands;
		here.accepted += tally.accepted;
		here.effects += tally.effects;
		here.mails += tally.mails;
	}
	for (size_t job = 0; job < whole->jobs; job++) {
		int end = 0;
		well &= wait(&end) > 0 && WIFEXITED(end) && WEXITSTATUS(end) == 0;
	}
	if (!well)
		fprintf(stderr, "%s : un processus s’est arrêté en chemin\n", folder);
	printf("%s: %llu lives, %llu commands (%llu accepted), %llu due effects, %llu mails\n", folder,
		(unsigned long long)(here.passed + here.failed), (unsigned long long)here.commands,
		(unsigned long long)here.accepted, (unsigned long long)here.effects, (unsigned long long)here.mails);
	total->passed += here.passed;
	total->failed += here.failed + !well;
	return well;
}

int
main(int argc, char **argv)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct lot lot = { .seed = 1, .lives = 1000, .jobs = processors < 1 ? 1 : processors > 16 ? 16 : (size_t)processors };
	struct tally total = { 0 };
	for (int i = 1; i < argc; i++) {
		int64_t number = 0;
		const bool has = i + 1 < argc && text_to_integer(text_of_string(argv[i + 1]), 0, INT64_MAX, &number);
		if (has && !strcmp(argv[i], "--seed")) {
			lot.seed = (uint64_t)number;
			i++;
		} else if (has && !strcmp(argv[i], "--lives")) {
			lot.lives = (uint64_t)number;
			i++;
		} else if (has && !strcmp(argv[i], "--only")) {
			lot.only = (uint64_t)number;
			lot.one = true;
			lot.jobs = 1;
			i++;
		} else if (!play_folder(argv[i], &lot, &total)) {
			total.failed += total.failed == 0;
		}
	}
	printf("%llu passed, %llu failed\n", (unsigned long long)total.passed, (unsigned long long)total.failed);
	return total.failed == 0 && total.passed > 0 ? 0 : 1;
}
