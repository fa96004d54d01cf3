/* Queueing mails and reading them back. See mail.h. */
#include "mail/mail.h"

#include <assert.h>

#include "base/digest.h"

#include "base/banned.h"

static const struct {
	struct text stored, french;
} states[] = {
#define X(name, stored_, french_) [MAIL_##name] = { { stored_, sizeof stored_ - 1 }, { french_, sizeof french_ - 1 } },
	MAIL_STATES(X)
#undef X
};
static_assert(sizeof states / sizeof *states == MAIL_STATE_COUNT, "one line per state");

struct text
mail_state_text(enum mail_state state)
{
	return states[state].stored;
}

struct text
mail_state_french(enum mail_state state)
{
	return states[state].french;
}

/* --- Queueing ---------------------------------------------------------------------- */

/* The texts of a message, with the ceiling of each. */
static bool
texts_are_fit(const struct mail_message *message)
{
	const struct { struct text text; size_t limit; } texts[] = {
		{ message->address, SIZE_MAX }, { message->subject, SIZE_MAX }, /* judged or cut by the caller */
		{ message->body, MAIL_BODY_LIMIT }, { message->person, MAIL_KEY_LIMIT },
		{ message->occasion, MAIL_KEY_LIMIT }, { message->dossier, MAIL_KEY_LIMIT },
		{ message->campaign, MAIL_KEY_LIMIT }, { message->key, MAIL_KEY_LIMIT },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (texts[i].text.length > texts[i].limit || !text_is_utf8(texts[i].text)
			|| (texts[i].text.length && memchr(texts[i].text.at, '\0', texts[i].text.length)))
			return false;
	return message->occasion.length > 0 && message->subject.length > 0 && message->body.length > 0;
}

/* A subject without control characters, cut between two characters at its ceiling. */
static struct text
subject_of(struct arena *arena, struct text subject)
{
	size_t length = subject.length;
	if (length > MAIL_SUBJECT_LIMIT)
		for (length = MAIL_SUBJECT_LIMIT; length > 0 && ((uint8_t)subject.at[length] & 0xC0) == 0x80; length--)
			;
	struct text copy = arena_text(arena, text_part(subject, 0, length));
	for (size_t i = 0; copy.at && i < copy.length; i++)
		if ((uint8_t)copy.at[i] < ' ' || copy.at[i] == 0x7F)
			((char *)copy.at)[i] = ' ';
	return copy;
}

/* Directories write addresses in any case; one person has one mailbox. */
static struct text
lower(struct arena *arena, struct text address)
{
	struct text copy = arena_text(arena, text_part(address, 0, MAIL_ADDRESS_LIMIT));
	for (size_t i = 0; copy.at && i < copy.length; i++)
		if (copy.at[i] >= 'A' && copy.at[i] <= 'Z')
			((char *)copy.at)[i] += 'a' - 'A';
	return copy;
}

enum guichet_status
mail_queue(struct store_tx *tx, const struct mail_message *message, instant now, struct guichet_error *error)
{
	if (!texts_are_fit(message))
		return guichet_fail(error, GUICHET_BROKEN, "Un courriel à envoyer est vide, trop long ou mal écrit.");
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 10);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");

	const struct text address = lower(arena, message->address);
	const struct text subject = subject_of(arena, message->subject);
	const struct text news[] = { message->occasion, message->dossier, message->campaign,
		message->person.length ? message->person : address, message->key };
	const struct digest digest = digest_of_list(news, sizeof news / sizeof *news);
	const struct text hex = digest_hex(arena, &digest);
	if (!address.at || !subject.at || !hex.at)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	const struct text id = text_part(hex, 0, 32);
	/* With the instant, so that a base put back to its beginning does not reuse a Message-ID. */
	const struct text message_id = arena_format(arena, TEXT_FORMAT ".%lld", TEXT_ARGS(id), (long long)now);
	if (!message_id.at)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");

	const bool deliverable = mail_address_is_valid(message->address);
	const instant earliest = message->not_before > now ? message->not_before : now;
	const instant not_before = message->urgent ? earliest : mail_next_allowed(earliest);
	return store_run(tx, STORE_MAIL_INSERT, STORE_VALUES(id, message_id, address, message->person, subject,
		message->body, message->occasion, message->dossier, message->campaign, (int64_t)message->urgent,
		(int64_t)message->secret, now, not_before, states[deliverable ? MAIL_WAITING : MAIL_FAILED].stored,
		deliverable ? TEXT("") : TEXT("adresse"), deliverable ? STORE_NULL : STORE_VALUE(now)), NULL, error);
}

enum guichet_status
mail_drop(struct store_tx *tx, struct text dossier, instant since, struct guichet_error *error)
{
	return store_run(tx, STORE_MAIL_DROP, STORE_VALUES(dossier, since), NULL, error);
}

/* --- Reading back ------------------------------------------------------------------ */

/* The columns that MAIL_LOAD and the lists share, in their order. */
static enum guichet_status
read_mail(struct store_rows *rows, struct mail *ret_mail, struct guichet_error *error)
{
	const struct text state = store_text(rows, 7);
	struct mail mail = {
		.id = store_text(rows, 0), .address = store_text(rows, 1), .person = store_text(rows, 2),
		.subject = store_text(rows, 3), .occasion = store_text(rows, 4), .dossier = store_text(rows, 5),
		.campaign = store_text(rows, 6), .state = MAIL_STATE_COUNT, .urgent = store_integer(rows, 8) != 0,
		.created_at = store_integer(rows, 9), .not_before = store_integer(rows, 10),
		.sent_at = store_is_null(rows, 11) ? INSTANT_NEVER : store_integer(rows, 11),
		.attempts = store_integer(rows, 12), .answer = store_text(rows, 13),
		.secret = store_integer(rows, 14) != 0,
	};
	for (size_t i = 0; i < MAIL_STATE_COUNT; i++)
		if (text_equal(state, states[i].stored))
			mail.state = (enum mail_state)i;
	if (mail.state == MAIL_STATE_COUNT)
		return guichet_fail(error, GUICHET_BROKEN, "Un courriel enregistré est dans un état inconnu.");
	*ret_mail = mail;
	return GUICHET_OK;
}

static struct store_rows
query_list(struct store_tx *tx, struct arena *arena, const struct mail_filter *filter, instant before,
	struct text before_id, int64_t limit, struct guichet_error *error)
{
	if (filter->address.length)
		return store_query(tx, arena, STORE_MAIL_LIST_ADDRESS,
			STORE_VALUES(lower(arena, filter->address), before, before_id, limit), error);
	if (filter->person.length)
		return store_query(tx, arena, STORE_MAIL_LIST_PERSON,
			STORE_VALUES(filter->person, before, before_id, limit), error);
	if (filter->dossier.length)
		return store_query(tx, arena, STORE_MAIL_LIST_DOSSIER,
			STORE_VALUES(filter->dossier, before, before_id, limit), error);
	if (filter->waiting) /* by place in the queue */
		return store_query(tx, arena, STORE_MAIL_LIST_WAITING, STORE_VALUES(limit), error);
	return store_query(tx, arena, filter->failed ? STORE_MAIL_LIST_FAILED : STORE_MAIL_LIST,
		STORE_VALUES(before, before_id, limit), error);
}

enum guichet_status
mail_list_for(struct store_tx *tx, struct arena *arena, const struct mail_filter *filter, const struct mail *after,
	size_t limit, struct mail_list *ret_list, struct guichet_error *error)
{
	if (limit > MAIL_PAGE_LIMIT)
		limit = MAIL_PAGE_LIMIT;
	struct mail_list list = { arena_array_of(arena, struct mail, limit + 1), 0, false };
	if (!list.at)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");

	CLEANUP(store_rows_end) struct store_rows rows = query_list(tx, arena, filter,
		after ? after->created_at : INSTANT_NEVER, after ? after->id : TEXT(""), (int64_t)limit + 1, error);
	while (store_next(&rows)) {
		if (list.count == limit) {
			list.more = true;
			break;
		}
		const enum guichet_status status = read_mail(&rows, &list.at[list.count], error);
		if (status != GUICHET_OK)
			return status;
		list.count++;
	}
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_list = list;
	return status;
}

enum guichet_status
mail_load(struct store_tx *tx, struct arena *arena, struct text id, struct mail *ret_mail,
	struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, STORE_MAIL_LOAD, STORE_VALUES(id), error);
	if (!store_next(&rows))
		return store_absent(&rows, "Ce courriel n’existe pas.");
	struct mail mail;
	enum guichet_status status = read_mail(&rows, &mail, error);
	if (status != GUICHET_OK)
		return status;
	mail.body = store_text(&rows, 15);
	status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_mail = mail;
	return status;
}

enum guichet_status
mail_send_again(struct store_tx *tx, struct text id, struct text address, instant now, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(256 << 10);
	struct mail mail;
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	enum guichet_status status = mail_load(tx, arena, id, &mail, error);
	if (status != GUICHET_OK)
		return status;
	const struct text to = lower(arena, address.length ? address : mail.address);
	if (!mail_address_is_valid(address.length ? address : mail.address) || !to.at)
		return guichet_fail(error, GUICHET_REFUSED, "Cette adresse de courriel n’en est pas une : corrigez-la.");
	int64_t changed = 0;
	status = store_run(tx, STORE_MAIL_AGAIN,
		STORE_VALUES(id, to, mail.urgent ? now : mail_next_allowed(now)), &changed, error);
	if (status == GUICHET_OK && changed == 0)
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce courriel n’attend pas d’être renvoyé.");
	return status;
}

/* The one integer that a statement gives; INSTANT_NEVER for NULL. */
static enum guichet_status
one_integer(struct store_tx *tx, enum store_statement statement, struct store_values values, int64_t *ret_value,
	struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, NULL, statement, values, error);
	if (!store_next(&rows))
		return store_absent(&rows, "Le compte des courriels manque.");
	const int64_t value = store_is_null(&rows, 0) ? INSTANT_NEVER : store_integer(&rows, 0);
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_value = value;
	return status;
}

enum guichet_status
mail_count(struct store_tx *tx, instant now, struct mail_counts *ret_counts, struct guichet_error *error)
{
	struct mail_counts counts;
	enum guichet_status status = one_integer(tx, STORE_MAIL_COUNT_WAITING, STORE_VALUES(), &counts.waiting, error);
	if (status == GUICHET_OK)
		status = one_integer(tx, STORE_MAIL_COUNT_FAILED, STORE_VALUES(), &counts.failed, error);
	if (status == GUICHET_OK)
		status = one_integer(tx, STORE_MAIL_OLDEST_DUE, STORE_VALUES(now), &counts.oldest_due, error);
	if (status == GUICHET_OK)
		*ret_counts = counts;
	return status;
}
