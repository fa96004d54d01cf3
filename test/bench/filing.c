/* What a filing costs: drafts saved then filed by the same functions as pages, from 64 requests in flight, against bare
 * SQLite given the very statements and values that these filings wrote, in commits of the same size.
 *
 *     build/release-gcc/bench-filing PRISTINE FOLDER [FILINGS]
 *
 *   PRISTINE  a filled directory: any `guichet demo BASE` leaves one in BASE
 *   FOLDER    where the three copies go; must not exist
 *   FILINGS   how many distinct agents file (2000)
 *
 * The three passes: one records what is written, one is timed, one gives the record to SQLite alone. Prints a line per
 * phase: name, works per second, rows written per work, works per commit, bare works per second, percent. */
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/clock.h"
#include "base/digest.h"
#include "office/office.h"
#include "store/attachment.h"
#include "store/inside.h"

#include "bench/replay.h"

#include "base/banned.h"

enum { IN_FLIGHT = 64, FRONT_THREADS = 2, REQUEST_ARENA = 8 << 20, MOST_AGENTS = 40000 };

/* ---- the office's side ---- */

struct side {
	struct store *store;
	struct clock *clock;
	struct office *office;
	const struct office_campaign *campaign;
};

static enum guichet_status
side_open(struct side *side, const char *pristine, const char *data, struct guichet_error *error)
{
	instant start;
	if (!instant_read(TEXT("2023-06-08T10:00"), &start) || !(side->clock = clock_new(start)))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = store_backup(pristine, data, STORE_ATTACHMENT_NAMED, error);
	if (status == GUICHET_OK)
		status = store_open(data, NULL, &side->store, error);
	const struct office_options options = { .store = side->store, .clock = side->clock,
		.organisation = TEXT("Académie de Valmont"), .public_address = TEXT("http://127.0.0.1:8080") };
	if (status == GUICHET_OK)
		status = office_open(&options, &side->office, error);
	if (status == GUICHET_OK && !(side->campaign = office_campaign_find(side->office, TEXT("teletravail-academie-2023-2024"))))
		status = guichet_fail(error, GUICHET_REFUSED, "La campagne de la démonstration n’est pas dans %s.", pristine);
	return status;
}

static void
side_close(struct side *side)
{
	office_close(side->office);
	store_close(side->store);
	clock_free(side->clock);
}

static int
by_text(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* `wanted` distinct people who may file, spread over the directory. */
static struct text *
choose_agents(struct side *side, struct arena *arena, size_t wanted, struct guichet_error *error)
{
	static const char *const open[] = { "administrative", "technique", "sociale", "santé" };
	const struct text function = TEXT("agent");
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	struct directory_holders all;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(side->store, error);
	if (!tx || directory_holders_within(tx, arena, &function, 1, &everywhere,
			date_of_instant(clock_now(side->clock), NULL), MOST_AGENTS, &all, error) != GUICHET_OK)
		return NULL;
	struct text *people = arena_array_of(arena, struct text, all.count + 1);
	size_t eligible = 0, distinct = 0;
	for (size_t i = 0; people && i < all.count; i++)
		for (size_t f = 0; f < sizeof open / sizeof *open; f++)
			if (text_equal(all.at[i].person.filiere, text_of_string(open[f])) && all.at[i].person.mail.length)
				people[eligible++] = all.at[i].person.id;
	if (eligible)
		qsort(people, eligible, sizeof *people, by_text);
	for (size_t i = 0; i < eligible; i++)
		if (i == 0 || !text_equal(people[i], people[i - 1]))
			people[distinct++] = people[i];
	if (distinct < wanted)
		return guichet_fail_null(error, GUICHET_REFUSED, "%zu agents seulement peuvent déposer.", distinct);
	for (size_t i = 0; i < wanted; i++)
		people[i] = people[i * distinct / wanted];
	return people;
}

/* ---- requests in flight ---- */

struct request {
	struct phase *phase;
	struct request *next;
	struct arena *arena;
	size_t agent;
	int64_t submitted_at;
	struct office_draft_change draft;
	struct office_command *filing;
	struct dossier_piece piece;
	struct guichet_error error;
};

/* One kind of work for every agent: `submit` prepares and submits it. */
struct phase {
	struct side *side;
	const struct text *people;
	size_t total;
	enum guichet_status (*submit)(struct request *request);

	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct request *free; /* answered, ready for another agent */
	size_t started, answered, refused;
	int64_t *waited; /* microseconds, by order of answer */
	int64_t writer_from, writer_to; /* processor time of the writer's thread, nanoseconds */
	struct guichet_error first_error;
};

static int64_t
thread_time(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void
answered(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct request *request = context;
	struct phase *phase = request->phase;
	const int64_t now = thread_time();
	pthread_mutex_lock(&phase->lock);
	if (phase->answered == 0)
		phase->writer_from = now;
	phase->writer_to = now;
	phase->waited[phase->answered++] = clock_steady() - request->submitted_at;
	if (status != GUICHET_OK && phase->refused++ == 0) {
		phase->first_error = *error;
		for (size_t i = 0; request->filing && i < request->filing->outcome.form.count; i++)
			if (request->filing->outcome.form.answers[i].mistake.length)
				fprintf(stderr, "bench-filing: " TEXT_FORMAT "\n", TEXT_ARGS(request->filing->outcome.form.answers[i].mistake));
	}
	request->next = phase->free;
	phase->free = request;
	pthread_cond_broadcast(&phase->changed);
	pthread_mutex_unlock(&phase->lock);
}

/* What an event thread does: takes an answered request, begins the next one in its place. */
static void *
front_run(void *context)
{
	struct phase *phase = context;
	pthread_mutex_lock(&phase->lock);
	for (;;) {
		while (!phase->free && phase->started < phase->total)
			pthread_cond_wait(&phase->changed, &phase->lock);
		if (phase->started == phase->total)
			break;
		struct request *request = phase->free;
		phase->free = request->next;
		request->agent = phase->started++;
		pthread_mutex_unlock(&phase->lock);
		arena_free(request->arena);
		request->arena = arena_new(REQUEST_ARENA);
		request->submitted_at = clock_steady();
		const enum guichet_status status = request->arena ? phase->submit(request) : GUICHET_BROKEN;
		if (status != GUICHET_OK)
			answered(request, status, &request->error);
		pthread_mutex_lock(&phase->lock);
	}
	pthread_mutex_unlock(&phase->lock);
	return NULL;
}

static enum guichet_status
submit_draft(struct request *request)
{
	static const char *const days[] = { "lundi", "mardi", "mercredi", "jeudi", "vendredi" };
	const struct phase *phase = request->phase;
	struct arena *arena = request->arena;
	const size_t i = request->agent;
	const struct dossier_raw raws[] = {
		{ TEXT("date_échange"), TEXT("2023-06-02") },
		{ TEXT("supérieur"), TEXT("Mme Claude Tressange") },
		{ TEXT("accord"), TEXT("oui") },
		{ TEXT("nombre_jours"), TEXT("1") },
		{ TEXT("modalités"), TEXT("Dossiers et appels, aux heures du service.") },
		{ TEXT("autorisation_précédente"), i % 4 ? TEXT("aucune") : TEXT("un_jour") },
		{ TEXT("date_souhaitée"), TEXT("2023-09-01") },
		{ TEXT("adresse"), arena_format(arena, "%zu rue des Tilleuls\n99100 Valmont-la-Ville", i + 1) },
		{ TEXT("jours_souhaités"), text_of_string(days[i % 5]) },
	};
	enum { COUNT = sizeof raws / sizeof *raws };
	struct dossier_raw *copy = arena_array_of(arena, struct dossier_raw, COUNT);
	const struct digest digest = digest_of(phase->people[i]);
	request->piece = (struct dossier_piece){ .name = TEXT("assurance"), .file = TEXT("attestation.pdf"),
		.kind = TEXT("PDF"), .size = 12345, .digest = digest_hex(arena, &digest) };
	if (!copy || !request->piece.digest.at)
		return guichet_fail(&request->error, GUICHET_BROKEN, "Plus de mémoire.");
	memcpy(copy, raws, sizeof raws);
	request->draft = (struct office_draft_change){ .arena = arena, .campaign = phase->side->campaign->id,
		.person = phase->people[i], .raws = { copy, COUNT }, .piece = &request->piece, .at = clock_now(phase->side->clock) };
	return store_submit(phase->side->store, STORE_NORMAL, office_draft_save, &request->draft, answered, request,
		&request->error);
}

static enum guichet_status
submit_filing(struct request *request)
{
	const struct phase *phase = request->phase;
	struct office_command *command = office_command_new(phase->side->office, request->arena, phase->people[request->agent],
		clock_now(phase->side->clock));
	if (!command)
		return guichet_fail(&request->error, GUICHET_BROKEN, "Plus de mémoire.");
	command->campaign = phase->side->campaign;
	command->command.action = TEXT("déposer");
	command->once = token_new(request->arena);
	request->filing = command;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(phase->side->store, &request->error);
		if (tx)
			office_foresee(tx, command);
	}
	return store_submit(phase->side->store, STORE_NORMAL, office_act, command, answered, request, &request->error);
}

static const struct {
	const char *name;
	enum guichet_status (*submit)(struct request *request);
} phases[] = { { "draft", submit_draft }, { "filing", submit_filing } };
enum { PHASES = sizeof phases / sizeof *phases };

struct measure {
	double per_second, per_commit, writer_microseconds, p50, p99;
};

static int
by_value(const void *a, const void *b)
{
	const int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
	return (left > right) - (left < right);
}

static enum guichet_status
phase_run(struct side *side, int which, const struct text *people, size_t total, struct measure *ret_measure,
	struct guichet_error *error)
{
	struct phase phase = { .side = side, .people = people, .total = total, .submit = phases[which].submit,
		.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .waited = calloc(total, sizeof(int64_t)) };
	struct request *requests = calloc(IN_FLIGHT, sizeof *requests);
	if (!phase.waited || !requests)
		abort();
	for (size_t i = 0; i < IN_FLIGHT; i++) {
		requests[i] = (struct request){ .phase = &phase, .next = phase.free };
		phase.free = &requests[i];
	}
	const struct store_counts before = store_counts(side->store);
	const int64_t start = clock_steady();
	pthread_t fronts[FRONT_THREADS];
	for (int i = 0; i < FRONT_THREADS; i++)
		pthread_create(&fronts[i], NULL, front_run, &phase);
	for (int i = 0; i < FRONT_THREADS; i++)
		pthread_join(fronts[i], NULL);
	pthread_mutex_lock(&phase.lock);
	while (phase.answered < total)
		pthread_cond_wait(&phase.changed, &phase.lock);
	pthread_mutex_unlock(&phase.lock);
	const double seconds = (double)(clock_steady() - start) / 1e6;
	const struct store_counts after = store_counts(side->store);
	qsort(phase.waited, total, sizeof *phase.waited, by_value);
	*ret_measure = (struct measure){ .per_second = (double)total / seconds,
		.per_commit = (double)(after.works - before.works) / (double)(after.commits - before.commits),
		.writer_microseconds = (double)(phase.writer_to - phase.writer_from) / 1e3 / (double)total,
		.p50 = (double)phase.waited[total / 2] / 1e3, .p99 = (double)phase.waited[total * 99 / 100] / 1e3 };
	for (size_t i = 0; i < IN_FLIGHT; i++)
		arena_free(requests[i].arena);
	free(requests);
	free(phase.waited);
	if (phase.refused)
		*error = phase.first_error;
	return phase.refused ? error->status : GUICHET_OK;
}

/* ---- bare SQLite ---- */

/* The works [from, to] of the record, `batch` in a commit; how many a second, and the microseconds of processor each. */
static double
bare_phase(struct bare *bare, const struct record *record, unsigned from, unsigned to, double batch, int64_t *ret_rows,
	double *ret_microseconds)
{
	const int64_t start = clock_steady(), processor = thread_time(), changes = sqlite3_total_changes64(bare->database);
	size_t at = 0;
	while (at < record->count && record->at[at].work < from)
		at++;
	unsigned commits = 0;
	for (unsigned work = from; work <= to; ) {
		const unsigned last = from - 1 + (unsigned)((double)++commits * batch);
		bare_script(bare, "BEGIN IMMEDIATE");
		for (; at < record->count && record->at[at].work <= (last < to ? last : to); at++)
			bare_run(bare, &record->at[at]);
		bare_script(bare, "COMMIT");
		work = last + 1;
	}
	*ret_rows = sqlite3_total_changes64(bare->database) - changes;
	*ret_microseconds = (double)(thread_time() - processor) / 1e3 / (to - from + 1);
	return (to - from + 1) / ((double)(clock_steady() - start) / 1e6);
}

int
main(int argc, char **argv)
{
	int64_t wanted = 2000;
	if (argc < 3 || (argc > 3 && !text_to_integer(text_of_string(argv[3]), IN_FLIGHT, 5000, &wanted)) || !digest_start()
		|| mkdir(argv[2], 0700) != 0) {
		fprintf(stderr, "Usage: bench-filing PRISTINE FOLDER [FILINGS]\n");
		return 2;
	}
	const size_t total = (size_t)wanted;
	struct guichet_error error = { 0 };
	struct measure measures[PHASES], ignored;
	struct record record = { .arena = arena_new((size_t)1 << 30) };
	CLEANUP(arena_free) struct arena *arena = arena_new(512 << 20);
	char data[3][600];
	for (int i = 0; i < 3; i++)
		snprintf(data[i], sizeof data[i], "%.500s/%d", argv[2], i);

	enum guichet_status status = GUICHET_OK;
	for (int pass = 0; pass < 2 && status == GUICHET_OK; pass++) {
		struct side side = { 0 };
		const struct text *people = NULL;
		status = side_open(&side, argv[1], data[pass], &error);
		if (status == GUICHET_OK && !(people = choose_agents(&side, arena, total, &error)))
			status = error.status;
		static struct store_backend recorder;
		if (status == GUICHET_OK && pass == 0) {
			recorder = record_backend();
			recording = &record;
			side.store->backend = &recorder;
		}
		for (int phase = 0; phase < PHASES && status == GUICHET_OK; phase++)
			status = phase_run(&side, phase, people, total, pass ? &measures[phase] : &ignored, &error);
		if (side.store)
			side.store->backend = &store_sqlite;
		side_close(&side);
	}
	struct bare bare = { 0 };
	char path[700];
	snprintf(path, sizeof path, "%.600s/guichet.db", data[2]);
	if (status == GUICHET_OK)
		status = store_backup(argv[1], data[2], STORE_ATTACHMENT_NAMED, &error);
	if (status != GUICHET_OK) {
		fprintf(stderr, "bench-filing: %s\n", error.message);
		return 1;
	}
	bare_must(&bare, sqlite3_open(path, &bare.database) == SQLITE_OK);
	bare_script(&bare, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
		"PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000");
	for (int phase = 0; phase < PHASES; phase++) {
		const struct measure *measure = &measures[phase];
		int64_t rows;
		double processor;
		const double alone = bare_phase(&bare, &record, (unsigned)(phase * total) + 1, (unsigned)((phase + 1) * total),
			measure->per_commit, &rows, &processor);
		printf("%s per_second=%.0f rows=%.1f per_commit=%.1f p50_ms=%.1f p99_ms=%.1f writer_us=%.0f bare_per_second=%.0f"
			" bare_us=%.0f percent=%.0f processor_percent=%.0f\n", phases[phase].name, measure->per_second,
			(double)rows / (double)total, measure->per_commit, measure->p50, measure->p99, measure->writer_microseconds, alone,
			processor, 100 * measure->per_second / alone, 100 * processor / measure->writer_microseconds);
	}
	arena_free(record.arena);
	free(record.at);
	return 0;
}
