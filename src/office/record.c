/* Writing what an outcome of the core says, all in the transaction of its event. */
#include "office/inside.h"

#include "base/fold.h"
#include "mail/mail.h"

#include "base/banned.h"

struct text
office_token(struct arena *arena, struct text seed, size_t index)
{
	const struct text number = arena_format(arena, "%zu", index);
	const struct digest digest = digest_of_list((const struct text[]){ seed, number }, 2);
	return digest_hex(arena, &digest);
}

static struct text
role_name(const struct procedure *procedure, int role)
{
	return role == PROCEDURE_NONE ? (struct text){ "", 0 } : procedure->roles[role].name;
}

static enum guichet_status
write_event(struct store_tx *tx, struct arena *arena, const struct dossier_event *event, struct guichet_error *error)
{
	const struct store_blob payload = { event->payload.at, event->payload.length };
	return store_run(tx, STORE_EVENT_INSERT,
		STORE_VALUES(event->dossier, (int64_t)event->number, dossier_event_type_text(event->type),
			(int64_t)event->version, event->at, event->decided_at, payload, event->salt, digest_hex(arena, &event->commitment),
			digest_hex(arena, &event->previous), digest_hex(arena, &event->hash)),
		NULL, error);
}

static enum guichet_status
count(struct store_tx *tx, const struct office_place *place, int step, int64_t by, struct guichet_error *error)
{
	return store_run(tx, STORE_COUNTER_ADD, STORE_VALUES(place->campaign->id, place->procedure->steps[step].name, by),
		NULL, error);
}

/* The row of a new dossier. */
static enum guichet_status
insert(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_place *place,
	const struct dossier_outcome *outcome, struct text state, struct guichet_error *error)
{
	const struct directory_person *person = place->subject ? &place->subject->person : NULL;
	const struct text name = place->subject_name.length ? place->subject_name : arena_format(arena, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(person->last_name),
		TEXT_ARGS(person->first_name));
	const struct text search = text_fold(arena, name), key = collation_key(office->collation, arena, name);
	if (!name.at || !search.at || !key.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct dossier *dossier = &outcome->state;
	return store_run(tx, STORE_DOSSIER_INSERT,
		STORE_VALUES(place->id, dossier->number, place->campaign->id, dossier->procedure_hash, dossier->subject,
			outcome->columns.step, role_name(place->procedure, outcome->columns.waiting),
			(int64_t)dossier->version, outcome->columns.counts ? 1 : 0, place->structure, place->structure_path,
			place->structure_name, name, search, ((struct store_blob){ key.at, key.length }), dossier->filed_at,
			dossier->entered_at, state, dossier->parent.length ? STORE_VALUE(dossier->parent) : STORE_NULL,
			dossier->nature.length ? dossier->nature : TEXT(""),
			place->procedure->of_structures ? place->structure : TEXT("")),
		NULL, error);
}

/* May a dossier of this procedure wait for several roles? */
static bool
waits_for_several(const struct procedure *procedure)
{
	bool several = procedure->track_count > 1;
	for (size_t i = 0; i < procedure->step_count; i++)
		several |= procedure->steps[i].awaits.count > 1;
	return several;
}

/* The roles held everywhere that it waits for beside the first. */
static enum guichet_status
write_waits(struct store_tx *tx, const struct office_place *place, const struct dossier_outcome *outcome,
	struct guichet_error *error)
{
	const struct procedure *procedure = place->procedure;
	enum guichet_status status = GUICHET_OK;
	if (!waits_for_several(procedure))
		return GUICHET_OK;
	if (place->from != PROCEDURE_NONE)
		status = store_run(tx, STORE_DOSSIER_WAIT_CLEAR, STORE_VALUES(place->id), NULL, error);
	for (size_t i = 0; status == GUICHET_OK && i < procedure->role_count; i++)
		if ((outcome->columns.awaited & DOSSIER_ROLE(i)) && (int)i != outcome->columns.waiting
			&& procedure->roles[i].reach == PROCEDURE_EVERYWHERE)
			status = store_run(tx, STORE_DOSSIER_WAIT_ADD, STORE_VALUES(place->id, procedure->roles[i].name), NULL, error);
	return status;
}

/* The row, the counters, who is waited for. */
static enum guichet_status
write_projection(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_place *place,
	const struct dossier_outcome *outcome, struct text state, struct guichet_error *error)
{
	const struct dossier *dossier = &outcome->state;
	enum guichet_status status;
	int64_t changed = 1;
	if (place->from == PROCEDURE_NONE)
		status = insert(office, tx, arena, place, outcome, state, error);
	else
		status = store_run(tx, STORE_DOSSIER_MOVE,
			STORE_VALUES(place->id, place->version, outcome->columns.step,
				role_name(place->procedure, outcome->columns.waiting), (int64_t)dossier->version,
				outcome->columns.counts ? 1 : 0, dossier->entered_at, state),
			&changed, error);
	if (status == GUICHET_OK && changed == 0)
		status = guichet_fail(error, GUICHET_RETRY, "Ce dossier vient de changer. Rechargez la page et recommencez.");
	if (status == GUICHET_OK && place->from != dossier->step) {
		if (place->from != PROCEDURE_NONE)
			status = count(tx, place, place->from, -1, error);
		if (status == GUICHET_OK)
			status = count(tx, place, dossier->step, 1, error);
	}
	for (size_t i = 0; status == GUICHET_OK && i < place->procedure->role_count; i++)
		if (place->seats[i].home.length)
			status = store_run(tx, STORE_DOSSIER_ROLE_SET, STORE_VALUES(place->id, place->procedure->roles[i].name,
				place->seats[i].home, outcome->columns.awaited & DOSSIER_ROLE(i) ? 1 : 0), NULL, error);
	if (status == GUICHET_OK)
		status = stands_write(tx, arena, place->procedure, place->campaign->id, place->id, dossier, error);
	return status == GUICHET_OK ? write_waits(tx, place, outcome, error) : status;
}

/* What stood in the way of the effects that it had, and was told, is over with them. */
enum guichet_status
office_dues_write(struct store_tx *tx, struct arena *arena, const struct office_place *place,
	const struct dossier_outcome *outcome, struct guichet_error *error)
{
	enum guichet_status status = place->from == PROCEDURE_NONE ? GUICHET_OK
		: store_run(tx, STORE_DUE_DELETE_OF_DOSSIER, STORE_VALUES(place->id), NULL, error);
	if (status == GUICHET_OK && place->from != PROCEDURE_NONE)
		status = store_run(tx, STORE_ALERT_OVER, STORE_VALUES(arena_format(arena, "d:" TEXT_FORMAT ":", TEXT_ARGS(place->id)),
			arena_format(arena, "d:" TEXT_FORMAT ";", TEXT_ARGS(place->id))), NULL, error);
	for (size_t i = 0; status == GUICHET_OK && i < outcome->due_count; i++) {
		if (outcome->dues[i].at_once)
			continue;
		/* "d": at the same instant the effects of dossiers come before the mails of a campaign, "m". */
		const struct text id = arena_format(arena, "d:" TEXT_FORMAT ":" TEXT_FORMAT, TEXT_ARGS(place->id),
			TEXT_ARGS(outcome->dues[i].effect));
		status = store_run(tx, STORE_DUE_INSERT, STORE_VALUES(outcome->dues[i].at, id, place->campaign->id, place->id,
			outcome->dues[i].effect), NULL, error);
	}
	return status;
}

static enum guichet_status
write_acts(struct store_tx *tx, const struct office_place *place, const struct dossier_outcome *outcome, instant now,
	struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < outcome->composed_count; i++) {
		const struct dossier_act *act = &outcome->composed[i];
		status = store_run(tx, STORE_ACT_INSERT, STORE_VALUES(act->number, place->id,
			place->procedure->letters[act->letter].name, act->decided_at), NULL, error);
		if (status == GUICHET_OK)
			status = store_run(tx, STORE_JOB_INSERT, STORE_VALUES(act->number, "original", place->id, now), NULL, error);
	}
	for (size_t i = 0; status == GUICHET_OK && i < outcome->cancelled_count; i++) {
		const struct dossier_act *act = &outcome->cancelled[i];
		status = store_run(tx, STORE_ACT_CANCEL, STORE_VALUES(act->number, now), NULL, error);
	}
	for (size_t i = 0; status == GUICHET_OK && outcome->event.type == DOSSIER_RECEIVED && i < outcome->state.act_count;
		i++) {
		const struct dossier_act *act = &outcome->state.acts[i];
		if (act->replaced_by.length && act->replaced_at == outcome->event.at)
			status = store_run(tx, STORE_ACT_REPLACE, STORE_VALUES(act->number, act->replaced_by, act->replaced_at), NULL,
				error);
	}
	for (size_t i = 0; status == GUICHET_OK && i < outcome->revived_count; i++) {
		const struct dossier_act *act = &outcome->revived[i];
		status = store_run(tx, STORE_ACT_REVIVE, STORE_VALUES(act->number), NULL, error);
		if (status == GUICHET_OK && act->status == DOSSIER_TO_COMPOSE)
			status = store_run(tx, STORE_JOB_INSERT, STORE_VALUES(act->number, "original", place->id, now), NULL, error);
	}
	/* A signature just given: the copy with the page of signatures is made again. */
	for (size_t i = 0; status == GUICHET_OK && i < outcome->state.act_count; i++) {
		const struct dossier_act *act = &outcome->state.acts[i];
		if (act->signature_count && act->signatures[act->signature_count - 1].at == outcome->event.at
			&& act->status == DOSSIER_COMPOSED && outcome->event.type == DOSSIER_ACTED)
			status = store_run(tx, STORE_JOB_INSERT, STORE_VALUES(act->number, "signed", place->id, now), NULL, error);
	}
	return status;
}

/* The subject and the body of a mail. */
static enum guichet_status
write_words(struct office *office, struct arena *arena, const struct office_letter_to *letter, instant now,
	struct office_words *ret_words, struct guichet_error *error)
{
	const struct text base = office->options.public_address;
	struct dossier_mail_request request = { .mail = letter->mail, .group = letter->group,
		.group_count = letter->group_count, .to = *letter->to, .role = letter->role, .at = now,
		.links = { .home = arena_format(arena, TEXT_FORMAT "/", TEXT_ARGS(base)) } };
	if (letter->group_count == 1)
		request.links.dossier = arena_format(arena, TEXT_FORMAT "/dossiers/" TEXT_FORMAT, TEXT_ARGS(base),
			TEXT_ARGS(letter->group[0].dossier->id));
	if (letter->link)
		request.links.answer = arena_format(arena, TEXT_FORMAT "/lien/" TEXT_FORMAT, TEXT_ARGS(base),
			TEXT_ARGS(letter->token));
	return dossier_mail_write(&request, arena, &ret_words->subject, &ret_words->body, error);
}

enum guichet_status
office_mail(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_letter_to *letter,
	instant now, struct guichet_error *error)
{
	const struct procedure *procedure = letter->group[0].procedure;
	const struct procedure_mail *mail = &procedure->mails[letter->mail];
	enum guichet_status status = GUICHET_OK;
	if (letter->link) {
		struct buffer actions = buffer_new(4096);
		for (size_t i = 0; i < mail->links.count; i++) {
			if (i)
				buffer_add(&actions, TEXT(" "));
			buffer_add(&actions, procedure->moves[mail->links.at[i]].name);
		}
		status = store_run(tx, STORE_LINK_INSERT,
			STORE_VALUES(token_hash(arena, letter->token), letter->to->id, procedure->roles[letter->role].name,
				letter->campaign->id, letter->dossier.length ? STORE_VALUE(letter->dossier) : STORE_NULL,
				buffer_text(&actions), now, letter->link_until),
			NULL, error);
		buffer_release(&actions);
	}
	struct office_words words = { 0 };
	if (letter->words)
		words = *letter->words;
	else if (status == GUICHET_OK)
		status = write_words(office, arena, letter, now, &words, error);
	const struct mail_message message = { .address = letter->to->mail, .person = letter->to->id, .occasion = mail->name,
		.subject = words.subject, .body = words.body, .dossier = letter->dossier,
		.campaign = letter->campaign->id, .key = letter->key, .urgent = letter->urgent, .not_before = letter->held_until,
		.secret = letter->link };
	if (status == GUICHET_OK)
		status = mail_queue(tx, &message, now, error);
	return status;
}

/* The mail `i` of an outcome. `after`: the facts with the new state. */
static struct office_letter_to
letter_of(struct arena *arena, const struct office_place *place, const struct dossier_facts *after,
	const struct dossier_outcome *outcome, struct text seed, size_t i)
{
	const struct dossier_mail_due *due = &outcome->mails[i];
	struct text author = { 0 };
	const struct dossier_done *last = dossier_last(&outcome->state);
	if (last)
		author = last->person;
	return (struct office_letter_to){ .mail = due->mail, .role = due->role, .campaign = place->campaign,
		.group = after, .group_count = 1, .to = &due->to, .dossier = place->id, .link = due->link,
		.link_until = due->link_until, .key = arena_format(arena, "%u", outcome->event.number),
		.urgent = text_equal(due->to.id, author), .held_until = place->held_until, .token = office_token(arena, seed, i) };
}

static enum guichet_status
write_mails(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_place *place,
	const struct dossier_facts *after, const struct dossier_outcome *outcome, const struct office_texts *texts,
	instant now, struct text seed, struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < outcome->mail_count; i++) {
		struct office_letter_to letter = letter_of(arena, place, after, outcome, seed, i);
		letter.words = &texts->mails[i];
		status = office_mail(office, tx, arena, &letter, now, error);
	}
	return status;
}

enum guichet_status
office_texts_make(struct office *office, struct arena *arena, const struct office_place *place,
	const struct dossier_facts *facts, const struct dossier_outcome *outcome, instant now, struct text seed,
	struct office_texts *ret_texts, struct guichet_error *error)
{
	struct dossier_facts after = *facts;
	after.dossier = &outcome->state;
	after.counters = outcome->counters;
	struct office_texts texts = { .state = dossier_to_json(arena, place->procedure, &outcome->state),
		.mails = arena_array_of(arena, struct office_words, outcome->mail_count + 1) };
	if (!texts.state.at || !texts.mails)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < outcome->mail_count; i++) {
		const struct office_letter_to letter = letter_of(arena, place, &after, outcome, seed, i);
		const enum guichet_status status = write_words(office, arena, &letter, now, &texts.mails[i], error);
		if (status != GUICHET_OK)
			return status;
	}
	*ret_texts = texts;
	return GUICHET_OK;
}

/* A passage leaves the step of the main circuit in the same transaction: nobody will have been waited for there. */
static bool
leaves_at_once(const struct dossier_outcome *outcome)
{
	for (size_t i = 0; i < outcome->due_count; i++)
		if (outcome->dues[i].at_once && outcome->dues[i].step == outcome->state.step)
			return true;
	return false;
}

/* One event and all that it writes. */
static enum guichet_status
record(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_place *place,
	const struct dossier_facts *facts, const struct dossier_outcome *outcome, const struct office_texts *texts,
	instant now, struct text seed, struct guichet_error *error)
{
	struct dossier_facts after = *facts;
	after.dossier = &outcome->state;
	after.counters = outcome->counters;
	struct office_texts made;
	enum guichet_status status = GUICHET_OK;
	if (!texts) {
		status = office_texts_make(office, arena, place, facts, outcome, now, seed, &made, error);
		texts = &made;
	}
	if (status == GUICHET_OK)
		status = write_projection(office, tx, arena, place, outcome, texts->state, error);
	if (status == GUICHET_OK)
		status = write_event(tx, arena, &outcome->event, error);
	if (status == GUICHET_OK)
		status = office_dues_write(tx, arena, place, outcome, error);
	if (status == GUICHET_OK)
		status = tasks_write(tx, arena, place->campaign->id, place->id, &after, error);
	if (status == GUICHET_OK)
		status = write_acts(tx, place, outcome, now, error);
	if (status == GUICHET_OK)
		status = office_count(office, tx, arena, place, outcome, now, error);
	if (status == GUICHET_OK)
		status = write_mails(office, tx, arena, place, &after, outcome, texts, now, seed, error);
	if (status == GUICHET_OK && outcome->unheld.length && !leaves_at_once(outcome)) {
		const struct text id = arena_format(arena, TEXT_FORMAT ":%u:", TEXT_ARGS(place->id), outcome->event.number);
		status = store_run(tx, STORE_ALERT_INSERT, STORE_VALUES(id, place->campaign->id, place->id,
			role_name(place->procedure, place->procedure->office), outcome->unheld, outcome->event.at), NULL, error);
	}
	for (size_t i = 0; status == GUICHET_OK && i < outcome->alerts.count; i++) {
		const struct text role = role_name(place->procedure, outcome->alerts.at[i]);
		const struct text id = arena_format(arena, TEXT_FORMAT ":%u:" TEXT_FORMAT, TEXT_ARGS(place->id),
			outcome->event.number, TEXT_ARGS(role));
		const struct dossier_viewer nobody = { 0 };
		const struct text label = outcome->alert.length ? outcome->alert : dossier_label(&after, &nobody);
		status = store_run(tx, STORE_ALERT_INSERT, STORE_VALUES(id, place->campaign->id, place->id, role, label,
			outcome->event.at), NULL, error);
	}
	return status;
}

/* A passage that cannot be gone through: somebody is told. It is tried again in an hour, or when something happens; those
 * that go round in circles only then. */
static enum guichet_status
tell_stopped(struct store_tx *tx, struct arena *arena, const struct office_place *place, const struct dossier_due *due,
	struct text message, bool again, instant now, struct guichet_error *error)
{
	const struct text id = arena_format(arena, "d:" TEXT_FORMAT ":" TEXT_FORMAT, TEXT_ARGS(place->id),
		TEXT_ARGS(due->effect));
	enum guichet_status status = store_run(tx, STORE_ALERT_INSERT, STORE_VALUES(id, place->campaign->id, place->id,
		role_name(place->procedure, place->procedure->office), message, now), NULL, error);
	return status != GUICHET_OK || !again ? status : store_run(tx, STORE_DUE_INSERT, STORE_VALUES(now + INSTANT_HOUR, id,
		place->campaign->id, place->id, due->effect), NULL, error);
}

/* Goes through one passage: an event of its own. `last` is what was recorded before, then this. */
static enum guichet_status
pass(struct office *office, struct store_tx *tx, struct arena *arena, struct office_place *place,
	const struct dossier_facts *facts, const struct dossier_due *due, struct dossier_outcome *last, instant now,
	struct text seed, struct guichet_error *error)
{
	struct dossier *state = arena_new_of(arena, struct dossier);
	struct dossier_facts after = *facts;
	if (!state)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*state = last->state;
	after.dossier = state;
	after.counters = last->counters;
	place->from = state->step;
	place->version = state->version;
	after.child = NULL;
	enum guichet_status status = office_parent_load(office, tx, arena, place->procedure, state, &after.parent, error);
	if (status == GUICHET_OK)
		status = office_holders(office, tx, arena, place->procedure, state->subject, place->structure,
		office_roles_told(place->procedure, due->effect), facts->at, &after, &place->seats, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_input input = { .facts = after, .decided_at = clock_now(office->options.clock),
		.salt = office_token(arena, seed, 0) };
	status = dossier_elapse(&input, due->effect, due->step, due->at, arena, last, error);
	if (status == GUICHET_OK && last->kind == DOSSIER_HAPPENED)
		status = record(office, tx, arena, place, &after, last, NULL, now, office_token(arena, seed, 1), error);
	if (status == GUICHET_OK && last->kind == DOSSIER_HAPPENED)
		status = office_tell_parent(office, tx, arena, last, now, office_token(arena, seed, 2), error);
	else if (status == GUICHET_OK && last->kind == DOSSIER_ALERT)
		status = tell_stopped(tx, arena, place, due, last->message, true, now, error);
	if (status == GUICHET_OK && last->kind != DOSSIER_HAPPENED)
		last->due_count = 0;
	return status;
}

enum guichet_status
office_record(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_place *place,
	const struct dossier_facts *facts, const struct dossier_outcome *outcome, const struct office_texts *texts,
	instant now, struct text seed, struct guichet_error *error)
{
	struct office_place here = *place;
	here.held_until = outcome->held_until;
	struct dossier_outcome last = *outcome;
	const struct dossier_due *due;
	enum guichet_status status = record(office, tx, arena, &here, facts, outcome, texts, now, seed, error);
	if (status == GUICHET_OK)
		status = office_tell_parent(office, tx, arena, outcome, now, office_token(arena, seed, 999999), error);
	for (size_t i = 0; status == GUICHET_OK && (due = dossier_due_at_once(last.dues, last.due_count)); i++) {
		if (i == DOSSIER_MOST_PASSAGES)
			return tell_stopped(tx, arena, &here, due, DOSSIER_PASSAGES_LOOP, false, now, error);
		/* Tokens of the mails of the first event are numbered from 0: far from these. */
		status = pass(office, tx, arena, &here, facts, due, &last, now, office_token(arena, seed, 1000000 + i), error);
	}
	if (status == GUICHET_OK && outcome->held_until && place->before.length)
		status = store_run(tx, STORE_UNDO_SET, STORE_VALUES(place->id, outcome->happened, (int64_t)outcome->event.number,
			(int64_t)last.state.changed, outcome->held_until, place->author,
			place->procedure->steps[outcome->state.step].name, place->before, now), NULL, error);
	return status;
}
