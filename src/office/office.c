/* Opening the office, its procedures and campaigns, and its background threads. */
#include "office/inside.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/log.h"

#include "base/banned.h"

/* ---- procedures and campaigns ---- */

static const struct procedure *
published_find(struct office *office, struct text hash)
{
	const struct procedure *found = NULL;
	pthread_rwlock_rdlock(&office->lock);
	for (size_t i = 0; !found && i < office->procedure_count; i++)
		if (text_equal(office->procedures[i].hash, hash))
			found = office->procedures[i].procedure;
	pthread_rwlock_unlock(&office->lock);
	return found;
}

/* Keeps a procedure under its hash; when another thread was first, keeps that one. */
static const struct procedure *
published_keep(struct office *office, struct text hash, struct procedure *procedure)
{
	pthread_rwlock_wrlock(&office->lock);
	for (size_t i = 0; i < office->procedure_count; i++)
		if (text_equal(office->procedures[i].hash, hash)) {
			pthread_rwlock_unlock(&office->lock);
			procedure_free(procedure);
			return office->procedures[i].procedure;
		}
	struct office_published *grown = reallocarray(office->procedures, office->procedure_count + 1, sizeof *grown);
	if (grown) {
		office->procedures = grown;
		grown[office->procedure_count] = (struct office_published){ arena_text(office->arena, hash), procedure };
		if (grown[office->procedure_count].hash.at)
			office->procedure_count++;
		else
			grown = NULL;
	}
	pthread_rwlock_unlock(&office->lock);
	if (!grown)
		procedure_free(procedure);
	return grown ? procedure : NULL;
}

enum guichet_status
office_procedure(struct office *office, struct text hash, const struct procedure **ret_procedure,
	struct guichet_error *error)
{
	const struct procedure *found = published_find(office, hash);
	if (!found) {
		CLEANUP(arena_free) struct arena *arena = arena_new(PROCEDURE_ARCHIVE_LIMIT + OFFICE_WORK_ARENA);
		if (!arena)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		if (!tx)
			return error->status;
		CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_PROCEDURE_ARCHIVE,
			STORE_VALUES(hash), error);
		if (!store_next(&rows))
			return store_absent(&rows, "Cette version de la procédure n’est pas publiée ici.");
		const struct store_blob archive = store_blob(&rows, 0);
		CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
		struct procedure *procedure = procedure_read_archive((struct text){ archive.at, archive.length }, NULL,
			&findings, error);
		if (!procedure)
			return error->status;
		found = published_keep(office, hash, procedure);
		if (!found)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	}
	*ret_procedure = found;
	return GUICHET_OK;
}

static enum guichet_status
campaign_keep(struct office *office, struct text id, int64_t rank, struct text hash, struct text source,
	instant opened_at, struct guichet_error *error)
{
	const struct procedure *procedure;
	enum guichet_status status = office_procedure(office, hash, &procedure, error);
	if (status != GUICHET_OK)
		return status;
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	pthread_rwlock_wrlock(&office->lock);
	struct office_campaign *kept = arena_new_of(office->arena, struct office_campaign);
	const struct text bytes = arena_text(office->arena, source);
	if (kept)
		*kept = (struct office_campaign){ .id = arena_text(office->arena, id), .rank = rank,
			.procedure_hash = arena_text(office->arena, hash), .procedure = procedure, .opened_at = opened_at };
	if (!kept || !kept->id.at || !kept->procedure_hash.at || !bytes.at)
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	else if (!(kept->campaign = campaign_read(office->arena, procedure, kept->id, bytes, &findings, error)))
		status = error->status;
	const struct office_campaign **grown = status != GUICHET_OK ? NULL
		: reallocarray(office->campaigns, office->campaign_count + 1, sizeof *grown);
	if (grown) {
		office->campaigns = grown;
		grown[office->campaign_count++] = kept;
	} else if (status == GUICHET_OK) {
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	}
	pthread_rwlock_unlock(&office->lock);
	return status;
}

static enum guichet_status
campaigns_load(struct office *office, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
	if (!tx)
		return error->status;
	struct store_rows rows = store_query(tx, arena, STORE_CAMPAIGN_LIST, STORE_VALUES(), error);
	struct { struct text id, hash, source; int64_t rank; instant opened_at; } list[200];
	size_t count = 0;
	while (count < sizeof list / sizeof *list && store_next(&rows)) {
		const struct store_blob source = store_blob(&rows, 3);
		list[count].id = store_text(&rows, 0);
		list[count].hash = store_text(&rows, 1);
		list[count].rank = store_integer(&rows, 2);
		list[count].source = (struct text){ source.at, source.length };
		list[count++].opened_at = store_integer(&rows, 4);
	}
	enum guichet_status status = store_finish(&rows);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		if (!office_campaign_find(office, list[i].id))
			status = campaign_keep(office, list[i].id, list[i].rank, list[i].hash, list[i].source,
				list[i].opened_at, error);
	return status;
}

/* A campaign opened by « guichet campaign » while we serve. One that cannot be read is told once, not each second. */
static enum guichet_status
notice_campaigns(struct office *office, bool *ret_more, struct guichet_error *error)
{
	*ret_more = false;
	int64_t count = 0;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		if (!tx)
			return error->status;
		struct store_rows rows = store_query(tx, NULL, STORE_CAMPAIGN_COUNT, STORE_VALUES(), error);
		if (store_next(&rows))
			count = store_integer(&rows, 0);
		const enum guichet_status status = store_finish(&rows);
		if (status != GUICHET_OK)
			return status;
	}
	if (count == office->campaigns_seen)
		return GUICHET_OK;
	const enum guichet_status status = campaigns_load(office, error);
	if (status == GUICHET_OK)
		log_line(LOG_INFO, "campaigns", "count=%lld", (long long)count);
	if (status != GUICHET_RETRY)
		office->campaigns_seen = count;
	return status;
}

struct office_campaigns
office_campaigns(struct office *office, struct arena *arena)
{
	pthread_rwlock_rdlock(&office->lock);
	const size_t count = office->campaign_count;
	const struct office_campaign **copy = arena_array_of(arena, const struct office_campaign *, count);
	if (copy && count)
		memcpy(copy, office->campaigns, count * sizeof *copy);
	pthread_rwlock_unlock(&office->lock);
	return (struct office_campaigns){ copy, copy ? count : 0 };
}

const struct office_campaign *
office_campaign_find(struct office *office, struct text id)
{
	const struct office_campaign *found = NULL;
	pthread_rwlock_rdlock(&office->lock);
	for (size_t i = 0; !found && i < office->campaign_count; i++)
		if (text_equal(office->campaigns[i]->id, id))
			found = office->campaigns[i];
	pthread_rwlock_unlock(&office->lock);
	return found;
}

/* ---- opening a campaign ---- */

struct opening {
	struct text id, hash, name, archive, source;
	instant now;
	const struct procedure *procedure;
	const struct campaign *campaign;
	const struct campaign_moment *moments;
	size_t moment_count;
	struct arena *arena;
};

static enum guichet_status
opening_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct opening *opening = context;
	enum guichet_status status = store_run(tx, STORE_PROCEDURE_INSERT,
		STORE_VALUES(opening->hash, opening->name,
			((struct store_blob){ opening->archive.at, opening->archive.length }), opening->now), NULL, error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_CAMPAIGN_INSERT,
			STORE_VALUES(opening->id, opening->hash,
				((struct store_blob){ opening->source.at, opening->source.length }), opening->now), NULL, error);
	if (status == GUICHET_OK && opening->campaign->announced.year && opening->campaign->function_count)
		status = store_run(tx, STORE_DUE_INSERT, STORE_VALUES(instant_of_day(opening->campaign->announced),
			arena_format(opening->arena, "m:" TEXT_FORMAT ":annonce", TEXT_ARGS(opening->id)), opening->id, STORE_NULL,
			OFFICE_ANNOUNCEMENT), NULL, error);
	for (size_t i = 0; status == GUICHET_OK && i < opening->moment_count; i++) {
		const struct text mail = opening->procedure->mails[opening->moments[i].mail].name;
		/* "m": at the same instant the mails of a campaign come after the effects of dossiers, "d". */
		const struct text id = arena_format(opening->arena, "m:" TEXT_FORMAT ":" TEXT_FORMAT,
			TEXT_ARGS(opening->id), TEXT_ARGS(mail));
		status = store_run(tx, STORE_DUE_INSERT,
			STORE_VALUES(opening->moments[i].at, id, opening->id, STORE_NULL, mail), NULL, error);
	}
	return status;
}

/* The first error among the findings, as people read it. */
static enum guichet_status
refuse_with(const struct procedure_findings *findings, const char *what, struct guichet_error *error)
{
	struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	for (size_t i = 0; i < findings->count; i++)
		if (findings->at[i].severity == PROCEDURE_ERROR) {
			procedure_finding_write(&findings->at[i], &out);
			break;
		}
	const enum guichet_status status = guichet_fail(error, GUICHET_REFUSED, "%s n’est pas en état d’ouvrir : %.*s",
		what, (int)(out.length < 800 ? out.length : 800), out.at ? out.at : "");
	buffer_release(&out);
	return status;
}

enum guichet_status
office_campaign_open(struct office *office, const char *folder, const char *campaign, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(PROCEDURE_ARENA_LIMIT);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, error);
	if (!procedure)
		return error->status;
	if (findings.errors)
		return refuse_with(&findings, "La procédure", error);

	struct opening opening = { .name = procedure->name, .archive = procedure->archive, .arena = arena,
		.now = clock_now(office->options.clock), .hash = digest_hex(arena, &procedure->hash),
		.id = arena_format(arena, TEXT_FORMAT "-%s", TEXT_ARGS(procedure->name), campaign) };
	const struct text path = arena_format(arena, "%s/campagnes/%s.yaml", folder, campaign);
	if (!opening.hash.at || !opening.id.at || !path.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (office_campaign_find(office, opening.id))
		return GUICHET_OK;
	enum guichet_status status = file_read(arena, path.at, PROCEDURE_FILE_LIMIT, &opening.source, error);
	if (status != GUICHET_OK)
		return status;
	CLEANUP(procedure_findings_release) struct procedure_findings faults = { 0 };
	const struct campaign *read = campaign_read(arena, procedure, path, opening.source, &faults, error);
	if (!read)
		return faults.errors ? refuse_with(&faults, "La campagne", error) : error->status;
	opening.procedure = procedure;
	opening.campaign = read;
	status = campaign_moments(procedure, read, arena, &opening.moments, &opening.moment_count, error);
	if (status == GUICHET_OK)
		status = store_transact(office->options.store, opening_write, &opening, error);
	if (status == GUICHET_OK)
		status = campaigns_load(office, error);
	return status;
}

/* ---- the background ---- */

/* Waits for office_wake() or a second, unless a wake came since `seen`. */
static void
rest(struct office *office, unsigned long seen)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec++;
	pthread_mutex_lock(&office->sleep);
	while (!office->stopping && office->wakes == seen)
		if (pthread_cond_timedwait(&office->awake, &office->sleep, &until) == ETIMEDOUT)
			break;
	pthread_mutex_unlock(&office->sleep);
}

static void *
loop_run(void *context)
{
	struct office_loop *loop = context;
	struct office *office = loop->office;
	for (;;) {
		pthread_mutex_lock(&office->sleep);
		const unsigned long seen = office->wakes;
		const bool stopping = office->stopping;
		pthread_mutex_unlock(&office->sleep);
		if (stopping)
			return NULL;
		bool more = false;
		struct guichet_error error = { 0 };
		if (loop->work(office, &more, &error) != GUICHET_OK) {
			if (error.status != GUICHET_RETRY)
				log_error(loop->name, &error);
			more = false;
		}
		if (!more)
			rest(office, seen);
	}
}

enum guichet_status
office_start(struct office *office, struct guichet_error *error)
{
	for (int i = 0; i < OFFICE_LOOP_COUNT; i++) {
		struct office_loop *loop = &office->loops[i];
		if (!loop->running && pthread_create(&loop->thread, NULL, loop_run, loop) != 0)
			return guichet_fail(error, GUICHET_BROKEN, "Le système refuse un fil d’exécution.");
		loop->running = true;
	}
	return GUICHET_OK;
}

void
office_wake(struct office *office)
{
	pthread_mutex_lock(&office->sleep);
	office->wakes++;
	pthread_cond_broadcast(&office->awake);
	pthread_mutex_unlock(&office->sleep);
}

enum guichet_status
office_catch_up(struct office *office, struct guichet_error *error)
{
	for (int i = 0; i < OFFICE_LOOP_COUNT; i++)
		for (bool more = true; more;) {
			const enum guichet_status status = office->loops[i].work(office, &more, error);
			if (status != GUICHET_OK)
				return status;
		}
	return GUICHET_OK;
}

enum guichet_status
office_open(const struct office_options *options, struct office **ret_office, struct guichet_error *error)
{
	struct office *office = calloc(1, sizeof *office);
	if (!office)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	office->options = *options;
	office->arena = arena_new(256 << 20);
	office->collation = collation_new();
	office->memory = office_memory_new();
	pthread_rwlock_init(&office->lock, NULL);
	pthread_mutex_init(&office->sleep, NULL);
	office_serials_open(&office->serials);
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&office->awake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	office->loops[OFFICE_RECOMPUTE] = (struct office_loop){ office, "recompute", office_recompute, 0, false };
	office->loops[OFFICE_CALENDAR] = (struct office_loop){ office, "calendar", office_fire_due, 0, false };
	office->loops[OFFICE_LETTERS] = (struct office_loop){ office, "letters", office_compose_letters, 0, false };
	office->loops[OFFICE_DIRECTORY] = (struct office_loop){ office, "directory", office_watch_directory, 0, false };
	office->loops[OFFICE_CAMPAIGNS] = (struct office_loop){ office, "campaigns", notice_campaigns, 0, false };
	office->loops[OFFICE_BATCHES] = (struct office_loop){ office, "batches", office_run_batches, 0, false };
	const enum guichet_status status = !office->arena || !office->collation || !office->memory
		? guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.") : campaigns_load(office, error);
	if (status != GUICHET_OK) {
		office_close(office);
		return status;
	}
	*ret_office = office;
	return GUICHET_OK;
}

void
office_close(struct office *office)
{
	if (!office)
		return;
	pthread_mutex_lock(&office->sleep);
	office->stopping = true;
	pthread_cond_broadcast(&office->awake);
	pthread_mutex_unlock(&office->sleep);
	for (int i = 0; i < OFFICE_LOOP_COUNT; i++)
		if (office->loops[i].running)
			pthread_join(office->loops[i].thread, NULL);
	office_serials_close(&office->serials);
	for (size_t i = 0; i < office->procedure_count; i++)
		procedure_free(office->procedures[i].procedure);
	free(office->procedures);
	free(office->campaigns);
	pthread_rwlock_destroy(&office->lock);
	pthread_mutex_destroy(&office->sleep);
	pthread_cond_destroy(&office->awake);
	collation_free(office->collation);
	office_memory_free(office->memory);
	arena_free(office->arena);
	free(office);
}
