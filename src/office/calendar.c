/* What happens by itself: due effects of dossiers and the dated mails of campaigns, in the order of time.
 *
 * Each effect is its own transaction, many of which share one commit. An effect that cannot happen raises an alert
 * and comes back an hour later: it never disappears. */
#include "office/inside.h"

#include <stdlib.h>

#include "base/log.h"

#include "base/banned.h"

enum { EFFECTS_AT_ONCE = 256, PAGE = 200, MOST_RECIPIENTS = 20000 };

/* ---- several works at once, waited for together ---- */

struct flight {
	pthread_mutex_t lock;
	pthread_cond_t landed;
	size_t waiting;
};

static void
flight_done(struct flight *flight)
{
	pthread_mutex_lock(&flight->lock);
	if (--flight->waiting == 0)
		pthread_cond_signal(&flight->landed);
	pthread_mutex_unlock(&flight->lock);
}

static void
flight_take(struct flight *flight)
{
	pthread_mutex_lock(&flight->lock);
	flight->waiting++;
	pthread_mutex_unlock(&flight->lock);
}

static void
flight_wait(struct flight *flight)
{
	pthread_mutex_lock(&flight->lock);
	while (flight->waiting)
		pthread_cond_wait(&flight->landed, &flight->lock);
	pthread_mutex_unlock(&flight->lock);
}

#define FLIGHT ((struct flight){ PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 })

/* ---- effects of dossiers ---- */

struct effect {
	struct office *office;
	struct flight *flight;
	struct arena *arena;
	instant at;
	struct text id, campaign, dossier, name, salt, seed;
	enum guichet_status status;
	struct guichet_error error;
};

static enum guichet_status
postpone(struct store_tx *tx, struct effect *effect, struct text message, struct guichet_error *error)
{
	const instant now = clock_now(effect->office->options.clock);
	enum guichet_status status = store_run(tx, STORE_DUE_DELETE, STORE_VALUES(effect->at, effect->id), NULL, error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_DUE_INSERT, STORE_VALUES(now + INSTANT_HOUR, effect->id, effect->campaign,
			effect->dossier.length ? STORE_VALUE(effect->dossier) : STORE_NULL, effect->name), NULL, error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_ALERT_INSERT, STORE_VALUES(effect->id, effect->campaign,
			effect->dossier.length ? STORE_VALUE(effect->dossier) : STORE_NULL, "", message, now), NULL, error);
	return status;
}

/* The transaction that puts off an effect whose own has failed. */
static enum guichet_status
postpone_failed(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct effect *effect = context;
	return postpone(tx, effect, text_of_string(effect->error.message), error);
}

static enum guichet_status
effect_fire(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct effect *effect = context;
	struct arena *arena = effect->arena;
	struct office_dossier dossier;
	struct office_place place;
	struct dossier_outcome outcome;
	const instant now = clock_now(effect->office->options.clock);
	enum guichet_status status = office_load(effect->office, tx, arena, effect->dossier, effect->at, 0, &dossier, &place,
		error);
	if (status == GUICHET_OK)
		status = office_holders(effect->office, tx, arena, dossier.procedure, dossier.state.subject, dossier.structure,
			office_roles_told(dossier.procedure, effect->name), effect->at, &dossier.facts, &place.seats, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_input input = { .facts = dossier.facts, .decided_at = now, .salt = effect->salt };
	const int index = dossier_deadline_find(dossier.procedure, &dossier.state, effect->name);
	status = dossier_elapse(&input, effect->name,
		index == PROCEDURE_NONE ? dossier.state.step : dossier.procedure->deadlines[index].step, effect->at, arena, &outcome,
		error);
	if (status != GUICHET_OK)
		return status;
	switch (outcome.kind) {
	case DOSSIER_HAPPENED:
		return office_record(effect->office, tx, arena, &place, &dossier.facts, &outcome, NULL, effect->at, effect->seed,
			error);
	case DOSSIER_STALE:
		return store_run(tx, STORE_DUE_DELETE, STORE_VALUES(effect->at, effect->id), NULL, error);
	case DOSSIER_ALERT:
	case DOSSIER_REFUSED_OUTCOME:
		break;
	}
	return postpone(tx, effect, outcome.message, error);
}

static void
effect_done(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct effect *effect = context;
	effect->status = status;
	if (status != GUICHET_OK)
		effect->error = *error;
	flight_done(effect->flight);
}

static enum guichet_status
fire_effects(struct office *office, struct effect *effects, size_t count, struct guichet_error *error)
{
	struct flight flight = FLIGHT;
	for (size_t i = 0; i < count; i++) {
		struct effect *effect = &effects[i];
		effect->flight = &flight;
		effect->status = GUICHET_RETRY;
		effect->arena = arena_new(OFFICE_WORK_ARENA);
		if (!effect->arena)
			continue;
		effect->salt = token_hash(effect->arena, token_new(effect->arena));
		effect->seed = token_new(effect->arena);
		flight_take(&flight);
		if (store_submit(office->options.store, STORE_NORMAL, effect_fire, effect, effect_done, effect, &effect->error)
			!= GUICHET_OK)
			flight_done(&flight); /* the queue is full: at the next pass */
	}
	flight_wait(&flight);
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; i < count; i++) {
		struct effect *effect = &effects[i];
		if (effect->status != GUICHET_OK && effect->status != GUICHET_RETRY && status == GUICHET_OK) {
			log_error("due", &effect->error);
			status = store_transact(office->options.store, postpone_failed, effect, error);
		}
		arena_free(effect->arena);
	}
	return status;
}

/* ---- the dated mails of a campaign ---- */

struct addressee {
	struct dossier_person person;
	int role;
	struct text dossier;
};

static int
by_person(const void *a, const void *b)
{
	const struct addressee *x = a, *y = b;
	const int order = text_compare(x->person.id, y->person.id);
	return order ? order : x->role != y->role ? x->role - y->role : text_compare(x->dossier, y->dossier);
}

static struct dossier_person
person_copy(struct arena *arena, const struct dossier_person *person)
{
	return (struct dossier_person){ arena_text(arena, person->id), arena_text(arena, person->civility),
		arena_text(arena, person->first_name), arena_text(arena, person->last_name), arena_text(arena, person->mail),
		arena_text(arena, person->quality), arena_text(arena, person->structure), arena_text(arena, person->authority) };
}

struct gathering {
	struct office *office;
	const struct office_campaign *campaign;
	int mail;
	instant at;
	struct arena *arena; /* of the list */
	struct addressee *list;
	size_t count;
};

/* Adds whoever is to be told of one dossier. */
static enum guichet_status
gather_row(struct gathering *all, struct store_tx *tx, struct arena *arena, struct text id, struct guichet_error *error)
{
	struct office_dossier dossier;
	struct office_place place;
	const struct procedure_mail *mail = &all->campaign->procedure->mails[all->mail];
	dossier_roles wide = 0;
	for (size_t i = 0; i < mail->to.count; i++)
		wide |= DOSSIER_ROLE(mail->to.at[i]);
	enum guichet_status status = office_load(all->office, tx, arena, id, all->at, wide, &dossier, &place, error);
	for (size_t i = 0; status == GUICHET_OK && i < dossier.facts.holder_count; i++) {
		const struct dossier_holder *holder = &dossier.facts.holders[i];
		bool wanted = false;
		if (!procedure_list_has(mail->to, holder->role))
			continue;
		status = dossier_mail_wanted(&dossier.facts, all->mail, holder->role, &holder->person, arena, &wanted, error);
		if (wanted && all->count < MOST_RECIPIENTS)
			all->list[all->count++] = (struct addressee){ person_copy(all->arena, &holder->person), holder->role,
				arena_text(all->arena, id) };
	}
	return status;
}

static enum guichet_status
gather(struct gathering *all, struct guichet_error *error)
{
	const struct procedure_mail *mail = &all->campaign->procedure->mails[all->mail];
	CLEANUP(arena_free) struct arena *page = arena_new(64 << 20);
	if (!page)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t s = 0; s < mail->steps.count; s++) {
		struct text after = TEXT("");
		for (bool more = true; more;) {
			arena_clear(page);
			CLEANUP(store_read_end) struct store_tx *tx = store_read(all->office->options.store, error);
			if (!tx)
				return error->status;
			struct office_rows rows;
			enum guichet_status status = office_list_all(all->office, tx, page, all->campaign, mail->steps.at[s], after,
				PAGE, &rows, error);
			for (size_t i = 0; status == GUICHET_OK && i < rows.count; i++)
				status = gather_row(all, tx, page, rows.at[i].id, error);
			if (status != GUICHET_OK)
				return status;
			more = rows.more;
			if (rows.count)
				after = arena_text(all->arena, rows.at[rows.count - 1].id);
		}
	}
	if (all->count)
		qsort(all->list, all->count, sizeof *all->list, by_person);
	return GUICHET_OK;
}

struct sending {
	const struct gathering *all;
	struct flight *flight;
	struct arena *arena;
	size_t first, count; /* of the list: one person, one role */
	struct text seed;
	enum guichet_status status;
	struct guichet_error error;
};

static enum guichet_status
send(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct sending *sending = context;
	const struct gathering *all = sending->all;
	struct arena *arena = sending->arena;
	const struct procedure_mail *mail = &all->campaign->procedure->mails[all->mail];
	const struct addressee *to = &all->list[sending->first];
	struct office_dossier *dossiers = arena_array_of(arena, struct office_dossier, sending->count);
	struct dossier_facts *group = arena_array_of(arena, struct dossier_facts, sending->count);
	struct office_place place;
	if (!dossiers || !group)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = GUICHET_OK;
	size_t count = 0;
	for (size_t i = 0; status == GUICHET_OK && i < sending->count; i++) {
		bool wanted = false;
		status = office_load(all->office, tx, arena, to[i].dossier, all->at, 0, &dossiers[count], &place, error);
		if (status == GUICHET_OK)
			status = dossier_mail_wanted(&dossiers[count].facts, all->mail, to->role, &to->person, arena, &wanted, error);
		if (status == GUICHET_OK && wanted) {
			group[count] = dossiers[count].facts;
			count++;
		}
	}
	instant until = INSTANT_NEVER;
	if (status == GUICHET_OK && count && mail->links.count) {
		struct feel_value value;
		status = dossier_evaluate(&group[0], mail->link_until, arena, &value, error);
		if (status == GUICHET_OK && (!feel_to_instant(value, &until)))
			until = all->at + 30 * INSTANT_DAY;
		if (value.kind == FEEL_DATE)
			until = instant_of_day(date_add_days(value.date, 1)); /* that day included */
	}
	const size_t at_a_time = mail->grouped ? count : 1;
	for (size_t i = 0; status == GUICHET_OK && i < count; i += at_a_time) {
		const struct office_letter_to letter = { .mail = all->mail, .role = to->role, .campaign = all->campaign,
			.group = &group[i], .group_count = at_a_time, .to = &to->person,
			.dossier = mail->grouped ? (struct text){ "", 0 } : group[i].dossier->id, .link = mail->links.count > 0,
			.link_until = until, .key = arena_format(arena, "%lld", (long long)all->at),
			.token = office_token(arena, sending->seed, i) };
		status = office_mail(all->office, tx, arena, &letter, all->at, error);
	}
	return status;
}

static void
sending_done(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct sending *sending = context;
	sending->status = status;
	if (status != GUICHET_OK)
		sending->error = *error;
	flight_done(sending->flight);
}

/* Sends to the persons from `first` of the list on, at most EFFECTS_AT_ONCE of them; the next index. */
static enum guichet_status
send_some(const struct gathering *all, size_t *first, struct guichet_error *error)
{
	struct flight flight = FLIGHT;
	struct sending *sendings = calloc(EFFECTS_AT_ONCE, sizeof *sendings);
	if (!sendings)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	while (*first < all->count && count < EFFECTS_AT_ONCE) {
		size_t next = *first + 1;
		while (next < all->count && all->list[next].role == all->list[*first].role
			&& text_equal(all->list[next].person.id, all->list[*first].person.id))
			next++;
		struct sending *sending = &sendings[count++];
		*sending = (struct sending){ .all = all, .flight = &flight, .first = *first, .count = next - *first,
			.arena = arena_new(64 << 20), .status = GUICHET_RETRY };
		*first = next;
		if (!sending->arena)
			continue;
		sending->seed = token_new(sending->arena);
		flight_take(&flight);
		if (store_submit(all->office->options.store, STORE_NORMAL, send, sending, sending_done, sending, &sending->error)
			!= GUICHET_OK)
			flight_done(&flight);
	}
	flight_wait(&flight);
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; i < count; i++) {
		if (sendings[i].status == GUICHET_RETRY)
			status = guichet_fail(error, GUICHET_RETRY, "Le moment sera repris."); /* all of it: mails are sent once */
		else if (sendings[i].status != GUICHET_OK)
			log_error("moment", &sendings[i].error);
		arena_free(sendings[i].arena);
	}
	free(sendings);
	return status;
}

static enum guichet_status
moment_over(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct effect *effect = context;
	return store_run(tx, STORE_DUE_DELETE, STORE_VALUES(effect->at, effect->id), NULL, error);
}

static enum guichet_status
announce(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct effect *effect = context;
	const struct office_campaign *campaign = office_campaign_find(effect->office, effect->campaign);
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const enum guichet_status status = campaign
		? office_announce(effect->office, tx, arena, campaign, effect->at, error) : GUICHET_OK;
	return status != GUICHET_OK ? status : moment_over(tx, context, error);
}

static enum guichet_status
fire_moment(struct office *office, struct effect *effect, struct guichet_error *error)
{
	if (text_equal(effect->name, OFFICE_ANNOUNCEMENT))
		return store_transact(office->options.store, announce, effect, error);
	struct gathering all = { .office = office, .campaign = office_campaign_find(office, effect->campaign),
		.at = effect->at };
	all.mail = all.campaign ? procedure_mail_find(all.campaign->procedure, effect->name) : PROCEDURE_NONE;
	if (all.mail != PROCEDURE_NONE) {
		CLEANUP(arena_free) struct arena *arena = arena_new(256 << 20);
		if (!arena)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		all.arena = arena;
		all.list = arena_array_of(arena, struct addressee, MOST_RECIPIENTS);
		if (!all.list)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		enum guichet_status status = gather(&all, error);
		for (size_t first = 0; status == GUICHET_OK && first < all.count;)
			status = send_some(&all, &first, error);
		if (status != GUICHET_OK)
			return status;
	}
	return store_transact(office->options.store, moment_over, effect, error);
}

/* ---- the loop ---- */

enum guichet_status
office_fire_due(struct office *office, bool *ret_more, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	struct effect *effects = arena ? arena_array_of(arena, struct effect, EFFECTS_AT_ONCE) : NULL;
	if (!effects)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	bool moment = false;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		if (!tx)
			return error->status;
		CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DUE_NEXT,
			STORE_VALUES(clock_now(office->options.clock), (int64_t)EFFECTS_AT_ONCE), error);
		while (!moment && count < EFFECTS_AT_ONCE && store_next(&rows)) {
			struct effect *effect = &effects[count];
			*effect = (struct effect){ .office = office, .at = store_integer(&rows, 0), .id = store_text(&rows, 1),
				.campaign = store_text(&rows, 2), .dossier = store_text(&rows, 3), .name = store_text(&rows, 4) };
			moment = effect->dossier.length == 0;
			/* Effects of different instants are not fired together: one may cause another in between. */
			if (count && effect->at != effects[0].at)
				break;
			if (!moment || count == 0)
				count++;
		}
		const enum guichet_status status = store_finish(&rows);
		if (status != GUICHET_OK)
			return status;
	}
	*ret_more = count > 0;
	if (count == 0)
		return GUICHET_OK;
	return effects[0].dossier.length == 0 ? fire_moment(office, &effects[0], error)
		: fire_effects(office, effects, count, error);
}
