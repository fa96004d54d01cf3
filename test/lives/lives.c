/* The command: reads procedures with what their tests lend, plays lives in as many processes as there are
 * processors, tells the first ones that broke a rule with what plays them again. See lives.h. */
#include "lives/lives.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/banned.h"

struct lot {
	uint64_t seed, lives, only;
	bool one;
	size_t job, jobs;
	bool first;            /* one broken rule is enough */
	struct text unreached; /* what lives need not come to, as a file tells it; `at` NULL: nothing is asked */
};

struct tally {
	uint64_t passed, failed, commands, accepted, effects, mails, undone;
	bool whole; /* its process came to its end */
	struct reach reach;
};

enum { MOST_TOLD = 5 };

static bool
play(const struct ground *ground, const char *folder, uint64_t seed, uint64_t rank, struct world *world,
	struct shadow *shadows, struct kept *kept, struct arena *arena, struct tally *tally, bool told)
{
	struct guichet_error error = { 0 };
	arena_clear(arena);
	memset(world, 0, sizeof *world);
	memset(shadows, 0, MOST_LIFE_DOSSIERS * sizeof *shadows);
	for (size_t i = 0; i < MOST_LIFE_DOSSIERS; i++)
		kept[i].version = 0;
	struct life life = { .seed = seed, .rank = rank, .chance = { seed * UINT64_C(0x9E3779B97F4A7C15) + rank },
		.ground = ground, .world = world, .arena = arena,
		.shadows = shadows, .kept = kept, .reach = &tally->reach, .told = told };
	const enum guichet_status status = life_run(&life, &error);
	if (status != GUICHET_OK)
		life_breaks(&life, "le moteur s’est arrêté : %s", error.message);
	tally->commands += life.commands;
	tally->accepted += life.accepted;
	tally->effects += life.effects;
	tally->mails += life.mails;
	tally->undone += life.undone;
	if (life.broken.length == 0) {
		tally->passed++;
		return true;
	}
	if (tally->failed++ < MOST_TOLD)
		fprintf(stderr, "%s --seed %llu --only %llu : %.*s\n", folder, (unsigned long long)seed,
			(unsigned long long)rank, TEXT_ARGS(life.broken));
	return false;
}

static bool
has_failed(const struct lot *lot, const struct tally *tallies)
{
	bool failed = false;
	for (size_t job = 0; job < lot->jobs; job++)
		failed |= tallies[job].failed > 0;
	return failed;
}

static void
play_lot(const struct ground *ground, const char *folder, const struct lot *lot, struct tally *tallies)
{
	struct tally *tally = &tallies[lot->job];
	struct world *world = calloc(1, sizeof *world);
	struct shadow *shadows = calloc(MOST_LIFE_DOSSIERS, sizeof *shadows);
	struct kept *kept = calloc(MOST_LIFE_DOSSIERS, sizeof *kept);
	struct arena *arena = arena_new(LIFE_ARENA);
	tally->whole = world && shadows && kept && arena;
	for (uint64_t rank = lot->job; tally->whole && !lot->one && rank < lot->lives; rank += lot->jobs) {
		if (lot->first && has_failed(lot, tallies))
			break;
		(void)play(ground, folder, lot->seed, rank, world, shadows, kept, arena, tally, false);
	}
	if (tally->whole && lot->one && lot->job == 0)
		(void)play(ground, folder, lot->seed, lot->only, world, shadows, kept, arena, tally, true);
	arena_free(arena);
	free(kept);
	free(shadows);
	free(world);
}

/* ---- where they have been ---- */

/* "package: kind name", a line of the file, whose reason stands under it. */
static bool
is_excused(struct text unreached, const char *line)
{
	struct text left = unreached, here;
	while (left.at) {
		here = text_split(&left, '\n');
		if (text_equal(here, text_of_string(line)))
			return true;
	}
	return false;
}

/* One thing that lives should come to, unless the file says why they need not. */
static bool
judge_reach(const struct ground *ground, const char *kind, struct text step, struct text name, uint32_t times,
	struct text unreached)
{
	char line[400];
	snprintf(line, sizeof line, "%.*s: %s %.*s%s%.*s", TEXT_ARGS(ground->procedure->name), kind, TEXT_ARGS(step),
		step.length > 0 ? "." : "", TEXT_ARGS(name));
	if (times > 0 || is_excused(unreached, line))
		return true;
	fprintf(stderr, "never: %s\n", line);
	return false;
}

static bool
judge_reaches(const struct ground *ground, const struct reach *reach, struct text unreached)
{
	const struct procedure *procedure = ground->procedure;
	bool well = true;
	for (size_t i = 0; i < procedure->step_count; i++) {
		bool first = false;
		for (size_t track = 0; track < procedure->track_count; track++)
			first |= procedure->tracks[track].steps.at[0] == (int)i;
		if (!first && !procedure_is_draft(procedure, (int)i))
			well &= judge_reach(ground, "step", TEXT(""), procedure->steps[i].name, reach->steps[i], unreached);
	}
	for (size_t i = 0; i < procedure->action_count; i++)
		well &= judge_reach(ground, "action", procedure->steps[procedure->actions[i].step].name, procedure->actions[i].name,
			reach->actions[i], unreached);
	for (size_t i = 0; i < procedure->deadline_count; i++)
		well &= judge_reach(ground, "effect", procedure->steps[procedure->deadlines[i].step].name,
			procedure->deadlines[i].name, reach->deadlines[i], unreached);
	return well;
}

static void
add_tally(struct tally *sum, const struct tally *tally)
{
	sum->whole = tally->whole;
	sum->passed += tally->passed;
	sum->failed += tally->failed;
	sum->commands += tally->commands;
	sum->accepted += tally->accepted;
	sum->effects += tally->effects;
	sum->mails += tally->mails;
	sum->undone += tally->undone;
	for (size_t i = 0; i < MOST_MOVES; i++) {
		sum->reach.steps[i] += tally->reach.steps[i];
		sum->reach.actions[i] += tally->reach.actions[i];
		sum->reach.deadlines[i] += tally->reach.deadlines[i];
	}
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
		if (essais.roots[i])
			ground_see(&ground, essais.roots[i]);
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
	struct tally *here = calloc(1, sizeof *here);
	struct tally *tallies = mmap(NULL, whole->jobs * sizeof *tallies, PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!here || tallies == MAP_FAILED)
		return false;
	fflush(NULL);
	for (size_t job = 0; job < whole->jobs; job++) {
		struct lot lot = *whole;
		lot.job = job;
		const pid_t child = fork();
		if (child < 0)
			return false;
		if (child == 0) {
			play_lot(&ground, folder, &lot, tallies);
			fflush(NULL);
			_exit(0);
		}
	}
	for (size_t job = 0; job < whole->jobs; job++) {
		int end = 0;
		well &= wait(&end) > 0 && WIFEXITED(end) && WEXITSTATUS(end) == 0;
	}
	for (size_t job = 0; job < whole->jobs; job++)
		add_tally(here, &tallies[job]);
	well &= here->whole;
	if (!well)
		fprintf(stderr, "%s : un processus s’est arrêté en chemin\n", folder);
	printf("%s: %llu lives, %llu commands (%llu accepted), %llu due effects, %llu mails, %llu undone\n", folder,
		(unsigned long long)(here->passed + here->failed), (unsigned long long)here->commands,
		(unsigned long long)here->accepted,
		(unsigned long long)here->effects, (unsigned long long)here->mails, (unsigned long long)here->undone);
	if (well && whole->unreached.at && !whole->one)
		well = judge_reaches(&ground, &here->reach, whole->unreached);
	total->passed += here->passed;
	total->failed += here->failed + !well;
	munmap(tallies, whole->jobs * sizeof *tallies);
	free(here);
	return well;
}

int
main(int argc, char **argv)
{
	const long processors = sysconf(_SC_NPROCESSORS_ONLN);
	struct lot lot = { .seed = 1, .lives = 1000, .jobs = processors < 1 ? 1 : processors > 16 ? 16 : (size_t)processors };
	struct tally *total = calloc(1, sizeof *total);
	static char unreached[1 << 16];
	if (!total)
		return 1;
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
		} else if (!strcmp(argv[i], "--first")) {
			lot.first = true;
		} else if (i + 1 < argc && !strcmp(argv[i], "--reach")) {
			FILE *file = fopen(argv[++i], "r");
			if (!file)
				return 1;
			lot.unreached = (struct text){ unreached, fread(unreached, 1, sizeof unreached, file) };
			fclose(file);
		} else if (!(lot.first && total->failed > 0) && !play_folder(argv[i], &lot, total)) {
			total->failed += total->failed == 0;
		}
	}
	const bool well = total->failed == 0 && total->passed > 0;
	printf("%llu passed, %llu failed\n", (unsigned long long)total->passed, (unsigned long long)total->failed);
	free(total);
	return well ? 0 : 1;
}
