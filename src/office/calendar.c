/* What happens by itself: due effects of dossiers (timers.c) and the dated mails of campaigns, in the order of time. */
#include "office/inside.h"

#include <stdlib.h>

#include "base/log.h"

#include "base/banned.h"

enum { EFFECTS_AT_ONCE = 256, PAGE = 200, MOST_RECIPIENTS = 20000 };

/* A due moment of a campaign. */
struct effect {
	struct office *office;
	instant at;
	struct text id, campaign, name;
};

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
		struct office_id ids[PAGE], after = { TEXT(""), { "", 0 } };
		for (size_t count = PAGE; count == PAGE;) {
			arena_clear(page);
			CLEANUP(store_read_end) struct store_tx *tx = store_read(all->office->options.store, error);
			if (!tx)
				return error->status;
			enum guichet_status status = office_ids_at_step(tx, page, all->campaign, mail->steps.at[s],
				PROCEDURE_NONE, &after, PAGE, ids, &count, error);
			for (size_t i = 0; status == GUICHET_OK && i < count; i++)
				status = gather_row(all, tx, page, ids[i].id, error);
			if (status != GUICHET_OK)
				return status;
			if (count) {
				const struct office_id last = ids[count - 1];
				const struct text key = arena_text(all->arena, (struct text){ last.sort_key.at, last.sort_key.length });
				after = (struct office_id){ arena_text(all->arena, last.id), { key.at, key.length } };
			}
			if (!after.id.at || !after.sort_key.at)
				return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
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
	flight_wait(&flight, 0);
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
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct effect effect = { .office = office };
	bool of_dossier = false;
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		if (!tx)
			return error->status;
		struct store_rows rows = store_query(tx, arena, STORE_DUE_NEXT, STORE_VALUES(clock_now(office->options.clock)), error);
		*ret_more = store_next(&rows);
		if (*ret_more) {
			effect.at = store_integer(&rows, 0);
			effect.id = store_text(&rows, 1);
			effect.campaign = store_text(&rows, 2);
			of_dossier = !store_is_null(&rows, 3);
			effect.name = store_text(&rows, 4);
		}
		const enum guichet_status status = store_finish(&rows);
		if (status != GUICHET_OK || !*ret_more)
			return status;
	}
	/* Effects of different instants are not fired together: one may cause another in between. */
	return of_dossier ? office_fire_effects(office, effect.at, ret_more, error) : fire_moment(office, &effect, error);
}
