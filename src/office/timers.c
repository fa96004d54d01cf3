/* The due effects of dossiers, those of one instant at a time, in order.
 *
 * Each is its own transaction, many of which share one commit. It is judged here, ahead of the writer's turn, who then
 * only looks whether nothing that was read has changed since, and writes. Filings go first: effects wait in the low lane.
 * An effect that cannot happen tells somebody and comes back an hour later: it never disappears. */
#include "office/inside.h"

#include <stdlib.h>

#include "base/log.h"

#include "base/banned.h"

enum { IN_FLIGHT = 256, AT_ONCE = 32, IN_A_PASS = 4096 };

/* What was read of things that change, to see whether they have. */
struct stand {
	int64_t version, exceptions, outside, directory;
};

/* An effect judged, and all that it needs to be written. */
struct judged {
	struct office_dossier dossier;
	struct office_place place;
	struct dossier_outcome outcome;
	struct office_texts texts;
};

struct effect {
	struct office *office;
	struct flight *flight;
	struct arena *arena;
	instant at;
	struct text id, campaign, dossier, name, salt, seed;
	struct stand stand;
	struct judged *ahead; /* NULL: it is judged in the writer's turn */
	_Atomic bool flying;
	enum guichet_status status;
	struct guichet_error error;
};

/* ---- judging ---- */

/* False when the effect is due no more: it happened, or its dossier has gone on. */
static enum guichet_status
stand_load(struct store_tx *tx, const struct effect *effect, struct stand *ret_stand, bool *ret_due,
	struct guichet_error *error)
{
	struct store_rows rows = store_query(tx, NULL, STORE_DUE_STAND, STORE_VALUES(effect->at, effect->id), error);
	*ret_due = store_next(&rows);
	if (*ret_due)
		*ret_stand = (struct stand){ .version = store_integer(&rows, 0), .exceptions = store_integer(&rows, 1),
			.outside = store_integer(&rows, 2) };
	const enum guichet_status status = store_finish(&rows);
	return status != GUICHET_OK || !*ret_due ? status : directory_generation(tx, &ret_stand->directory, error);
}

static bool
stand_same(const struct stand *a, const struct stand *b)
{
	return a->version == b->version && a->exceptions == b->exceptions && a->outside == b->outside
		&& a->directory == b->directory;
}

static enum guichet_status
judge(struct store_tx *tx, const struct effect *effect, struct judged *judged, struct guichet_error *error)
{
	struct office_dossier *dossier = &judged->dossier;
	struct office_place *place = &judged->place;
	enum guichet_status status = office_load(effect->office, tx, effect->arena, effect->dossier, effect->at, 0, dossier,
		place, error);
	if (status != GUICHET_OK)
		return status;
	const dossier_roles told = office_roles_told(dossier->procedure, effect->name);
	if (told)
		status = office_holders(effect->office, tx, effect->arena, dossier->procedure, dossier->state.subject,
			dossier->structure, told, dossier->facts.at, &dossier->facts, &place->seats, error);
	if (status != GUICHET_OK)
		return status;
	dossier->facts.dossier = &dossier->state; /* where it is now */
	const struct dossier_input input = { .facts = dossier->facts, .decided_at = clock_now(effect->office->options.clock),
		.salt = effect->salt };
	const int index = dossier_deadline_find(dossier->procedure, &dossier->state, effect->name);
	return dossier_elapse(&input, effect->name,
		index == PROCEDURE_NONE ? dossier->state.step : dossier->procedure->deadlines[index].step, effect->at,
		effect->arena, &judged->outcome, error);
}

/* Counters and parents change without a word to this dossier: what reads them is judged in the writer's turn. */
static bool
may_be_ahead(const struct judged *judged)
{
	return !dossier_reads_outside(judged->dossier.procedure).counters && !judged->dossier.facts.parent;
}

static void
judge_ahead(struct store_tx *tx, struct effect *effect)
{
	struct guichet_error ignored;
	bool due;
	struct judged *judged = arena_new_of(effect->arena, struct judged);
	if (!judged || stand_load(tx, effect, &effect->stand, &due, &ignored) != GUICHET_OK || !due
		|| judge(tx, effect, judged, &ignored) != GUICHET_OK || !may_be_ahead(judged))
		return;
	if (judged->outcome.kind == DOSSIER_HAPPENED && office_texts_make(effect->office, effect->arena, &judged->place,
		&judged->dossier.facts, &judged->outcome, effect->at, effect->seed, &judged->texts, &ignored) != GUICHET_OK)
		return;
	effect->ahead = judged;
}

/* ---- in the writer's turn ---- */

static struct text
office_role(const struct effect *effect)
{
	const struct office_campaign *campaign = office_campaign_find(effect->office, effect->campaign);
	return campaign && campaign->procedure->office != PROCEDURE_NONE
		? campaign->procedure->roles[campaign->procedure->office].name : TEXT("");
}

/* It could not happen: the office is told why, and it comes back in an hour. */
static enum guichet_status
postpone(struct store_tx *tx, const struct effect *effect, struct text message, struct guichet_error *error)
{
	const instant now = clock_now(effect->office->options.clock);
	enum guichet_status status = store_run(tx, STORE_DUE_DELETE, STORE_VALUES(effect->at, effect->id), NULL, error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_DUE_INSERT, STORE_VALUES(now + INSTANT_HOUR, effect->id, effect->campaign,
			effect->dossier, effect->name), NULL, error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_ALERT_RAISE, STORE_VALUES(effect->id, effect->campaign, effect->dossier,
			office_role(effect), message, now, now - INSTANT_DAY), NULL, error);
	return status;
}

/* The transaction that puts off an effect whose own has failed. */
static enum guichet_status
postpone_failed(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct effect *effect = context;
	struct stand stand;
	bool due;
	const enum guichet_status status = stand_load(tx, effect, &stand, &due, error);
	return status != GUICHET_OK || !due ? status : postpone(tx, effect, text_of_string(effect->error.message), error);
}

static enum guichet_status
write(struct store_tx *tx, struct effect *effect, struct judged *judged, struct guichet_error *error)
{
	struct dossier_outcome *outcome = &judged->outcome;
	const bool ahead = judged == effect->ahead;
	switch (outcome->kind) {
	case DOSSIER_HAPPENED:
		if (ahead)
			dossier_stamp(outcome, judged->texts.state, clock_now(effect->office->options.clock));
		return office_record(effect->office, tx, effect->arena, &judged->place, &judged->dossier.facts, outcome,
			ahead ? &judged->texts : NULL, effect->at, effect->seed, error);
	case DOSSIER_STALE: /* what it waits for now takes its place */
		return office_dues_write(tx, effect->arena, &judged->place, outcome, error);
	case DOSSIER_ALERT:
	case DOSSIER_REFUSED_OUTCOME:
		break;
	}
	return postpone(tx, effect, outcome->message, error);
}

static enum guichet_status
fire(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct effect *effect = context;
	struct stand stand;
	bool due;
	enum guichet_status status = stand_load(tx, effect, &stand, &due, error);
	if (status != GUICHET_OK || !due)
		return status;
	if (effect->ahead && stand_same(&stand, &effect->stand))
		return write(tx, effect, effect->ahead, error);
	struct judged *judged = arena_new_of(effect->arena, struct judged);
	if (!judged)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	status = judge(tx, effect, judged, error);
	return status == GUICHET_OK ? write(tx, effect, judged, error) : status;
}

static void
fired(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct effect *effect = context;
	effect->status = status;
	if (status != GUICHET_OK)
		effect->error = *error;
	struct flight *flight = effect->flight;
	effect->flying = false;
	flight_done(flight);
}

/* ---- a pass ---- */

struct pass {
	struct office *office;
	struct flight flight;
	struct effect *effects; /* IN_FLIGHT of them */
	size_t next;            /* the one to take over */
	size_t done, put_off;
	instant at;
	struct text after; /* the last id that was taken, in `last` */
	char last[512];
};

/* What became of an effect that has landed. */
static enum guichet_status
land(struct pass *pass, struct effect *effect, struct guichet_error *error)
{
	if (!effect->id.at)
		return GUICHET_OK;
	const enum guichet_status status = effect->status;
	enum guichet_status result = GUICHET_OK;
	if (status == GUICHET_OK)
		pass->done++;
	else if (status == GUICHET_RETRY)
		pass->put_off++; /* nothing was written: at the next pass */
	else {
		log_error("due", &effect->error);
		result = store_transact(pass->office->options.store, postpone_failed, effect, error);
		pass->done += result == GUICHET_OK;
	}
	effect->id = (struct text){ 0 };
	return result;
}

/* The next effect to fill, landed; few fly longer than those that left after them. */
static enum guichet_status
take_over(struct pass *pass, struct effect **ret_effect, struct guichet_error *error)
{
	struct effect *effect = &pass->effects[pass->next];
	pass->next = (pass->next + 1) % IN_FLIGHT;
	for (size_t flying = IN_FLIGHT; effect->flying; )
		flight_wait(&pass->flight, --flying);
	const enum guichet_status status = land(pass, effect, error);
	if (status != GUICHET_OK)
		return status;
	if (!effect->arena)
		effect->arena = arena_new(OFFICE_WORK_ARENA);
	else
		arena_clear(effect->arena);
	*ret_effect = effect;
	return effect->arena ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

/* Reads the next ones and judges them. */
static enum guichet_status
read_some(struct pass *pass, struct effect **list, size_t *ret_count, struct guichet_error *error)
{
	struct effect *room[AT_ONCE];
	enum guichet_status status = GUICHET_OK;
	size_t count = 0;
	for (size_t i = 0; status == GUICHET_OK && i < AT_ONCE; i++)
		status = take_over(pass, &room[i], error);
	if (status != GUICHET_OK)
		return status;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(pass->office->options.store, error);
	if (!tx)
		return error->status;
	struct store_rows rows = store_query(tx, NULL, STORE_DUE_AT, STORE_VALUES(pass->at, pass->after, (int64_t)AT_ONCE), error);
	while (count < AT_ONCE && store_next(&rows)) {
		struct effect *effect = list[count] = room[count];
		struct arena *arena = effect->arena;
		count++;
		*effect = (struct effect){ .office = pass->office, .flight = &pass->flight, .arena = arena, .at = pass->at,
			.id = arena_text(arena, store_text(&rows, 0)), .campaign = arena_text(arena, store_text(&rows, 1)),
			.dossier = arena_text(arena, store_text(&rows, 2)), .name = arena_text(arena, store_text(&rows, 3)),
			.salt = token_hash(arena, token_new(arena)), .seed = token_new(arena), .status = GUICHET_RETRY };
	}
	status = store_finish(&rows);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		if (!list[i]->id.at || !list[i]->seed.at || list[i]->id.length > sizeof pass->last)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		judge_ahead(tx, list[i]);
	}
	if (count) {
		memcpy(pass->last, list[count - 1]->id.at, list[count - 1]->id.length);
		pass->after = (struct text){ pass->last, list[count - 1]->id.length };
	}
	*ret_count = count;
	return status;
}

/* Those of the instant, as many as a pass has; false when no more are to be read. */
static enum guichet_status
fly(struct pass *pass, struct guichet_error *error)
{
	for (size_t taken = 0; taken < IN_A_PASS; ) {
		struct effect *list[AT_ONCE];
		size_t count = 0;
		enum guichet_status status = read_some(pass, list, &count, error);
		for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
			list[i]->flying = true;
			flight_take(&pass->flight);
			if (store_submit(pass->office->options.store, STORE_LOW, fire, list[i], fired, list[i], &list[i]->error)
				== GUICHET_OK)
				continue;
			list[i]->flying = false; /* the queue is full: at the next pass */
			flight_done(&pass->flight);
		}
		if (status != GUICHET_OK || count < AT_ONCE)
			return status;
		taken += count;
	}
	return GUICHET_OK;
}

enum guichet_status
office_fire_effects(struct office *office, instant at, bool *ret_more, struct guichet_error *error)
{
	struct pass pass = { .office = office, .flight = FLIGHT, .effects = calloc(IN_FLIGHT, sizeof *pass.effects), .at = at,
		.after = TEXT("") };
	if (!pass.effects)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = fly(&pass, error);
	flight_wait(&pass.flight, 0);
	for (size_t i = 0; i < IN_FLIGHT; i++) {
		const enum guichet_status landed = status == GUICHET_OK ? land(&pass, &pass.effects[i], error) : GUICHET_OK;
		if (status == GUICHET_OK)
			status = landed;
		arena_free(pass.effects[i].arena);
	}
	free(pass.effects);
	/* When nothing could be written the loop rests before it tries again. */
	*ret_more = pass.done > 0 || pass.put_off == 0;
	return status;
}
