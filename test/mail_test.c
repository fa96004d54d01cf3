/* Mail without a relay: quiet hours, addresses, what a letter looks like, the outbox. */
#include "test.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "mail/compose.h"
#include "mail/mail.h"
#include "mail/mailer.h"
#include "store/store.h"

#include "base/banned.h"

static instant
at(const char *when)
{
	instant read = 0;
	if (!instant_read(text_of_string(when), &read))
		abort();
	return read;
}

TEST(mail_leaves_between_seven_and_nineteen_in_paris)
{
	static const struct { const char *asked, *leaves; } cases[] = {
		{ "2023-06-08T10:00", "2023-06-08T10:00" },
		{ "2023-06-08T07:00", "2023-06-08T07:00" },
		{ "2023-06-08T06:59:59", "2023-06-08T07:00" },
		{ "2023-06-08T18:59:59", "2023-06-08T18:59:59" },
		{ "2023-06-08T19:00", "2023-06-09T07:00" },
		{ "2023-06-08T20:15", "2023-06-09T07:00" }, /* TTC-O26, TTC-100 */
		{ "2023-06-08T23:59:59", "2023-06-09T07:00" },
		{ "2023-06-09", "2023-06-09T07:00" },
		{ "2023-12-31T20:00", "2024-01-01T07:00" },
		/* The nights when summer time begins and ends: 7 o'clock stays 7 o'clock. */
		{ "2023-03-25T19:00", "2023-03-26T05:00Z" },
		{ "2023-03-26T03:30", "2023-03-26T05:00Z" },
		{ "2023-10-28T19:00", "2023-10-29T06:00Z" },
		{ "2023-10-29T01:00Z", "2023-10-29T06:00Z" }, /* the hour lived twice, second time */
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		test_case(mail_next_allowed(at(cases[i].asked)) == at(cases[i].leaves), __FILE__, __LINE__,
			"%s does not leave at %s", cases[i].asked, cases[i].leaves);
}

TEST(an_address_that_could_break_out_is_none)
{
	static const struct { struct text address; bool valid; } cases[] = {
		{ TEXT("jean.exemple@academie.example"), true }, { TEXT("a+b_c'd@x-y.z9.example"), true },
		{ TEXT("o@b.fr"), true },
		{ TEXT(""), false }, { TEXT("@a.example"), false }, { TEXT("a@"), false }, { TEXT("a@b"), false },
		{ TEXT("a@b..c"), false }, { TEXT("a@.b.c"), false }, { TEXT("a@b.c."), false }, { TEXT("a@-b.c"), false },
		{ TEXT(".a@b.c"), false }, { TEXT("a.@b.c"), false }, { TEXT("a..b@c.d"), false },
		{ TEXT("a@b@c.d"), false }, { TEXT("a b@c.d"), false }, { TEXT("a@b.c\r\nRCPT TO:<x@y.z>"), false },
		{ TEXT("a>@b.c"), false }, { TEXT("<a@b.c>"), false }, { TEXT("\"a\"@b.c"), false },
		{ TEXT("a\0b@c.d"), false }, { TEXT("é@b.c"), false }, { TEXT("a@é.fr"), false }, { TEXT("a@b.c,d@e.f"), false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		test_case(mail_address_is_valid(cases[i].address) == cases[i].valid, __FILE__, __LINE__,
			"« " TEXT_FORMAT " »", TEXT_ARGS(cases[i].address));
}

static const struct mail_letter plain = {
	.from = TEXT("guichet@academie.example"), .to = TEXT("jean.exemple@academie.example"),
	.subject = TEXT("Bonjour"), .body = TEXT("Tout va bien.\n"), .message_id = TEXT("1.2@academie.example"),
};

TEST(a_letter_is_the_same_bytes_each_time)
{
	struct mail_letter letter = plain;
	letter.from_name = TEXT("Académie de Valmont");
	letter.reply_to = TEXT("aide@academie.example");
	letter.subject = TEXT("Votre demande est déposée");
	letter.date = at("2023-06-08T10:00");
	letter.body = TEXT("Bonjour,\n\nC’est déposé : 50 % = moitié. \r\n.\nFin");
	struct buffer first = buffer_new(BUFFER_LIMIT_MAIL), second = buffer_new(BUFFER_LIMIT_MAIL);
	mail_compose(&first, &letter);
	mail_compose(&second, &letter);
	CHECK_TEXT(buffer_text(&first), buffer_text(&second));
	CHECK_TEXT(buffer_text(&first), TEXT(
		"From: =?UTF-8?Q?Acad=C3=A9mie_de_Valmont?=\r\n"
		" <guichet@academie.example>\r\n"
		"To: <jean.exemple@academie.example>\r\n"
		"Reply-To: <aide@academie.example>\r\n"
		"Subject: =?UTF-8?Q?Votre_demande_est_d=C3=A9pos=C3=A9e?=\r\n"
		"Date: Thu, 08 Jun 2023 10:00:00 +0200\r\n"
		"Message-ID: <1.2@academie.example>\r\n"
		"Auto-Submitted: auto-generated\r\n"
		"Content-Language: fr\r\n"
		"MIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\n"
		"Content-Transfer-Encoding: quoted-printable\r\n"
		"\r\n"
		"Bonjour,\r\n"
		"\r\n"
		"C=E2=80=99est d=C3=A9pos=C3=A9 : 50 % =3D moiti=C3=A9.=20\r\n"
		"=2E\r\n"
		"Fin\r\n"));
	buffer_release(&first);
	buffer_release(&second);
}

/* Every line of a composed letter within its limit; returns how many headers it has. */
static size_t
check_lines(struct text letter, size_t limit)
{
	size_t headers = 0;
	bool in_headers = true;
	while (letter.length) {
		struct text line = text_split(&letter, '\n');
		CHECK(text_ends(line, TEXT("\r")));
		line.length--;
		CHECK(!memchr(line.at, '\r', line.length));
		CHECK(line.length <= limit);
		for (size_t i = 0; i < line.length; i++)
			CHECK(line.at[i] == '\t' || (line.at[i] >= ' ' && line.at[i] <= '~'));
		in_headers &= line.length > 0;
		headers += in_headers && line.at[0] != ' ';
	}
	return headers;
}

TEST(a_text_cannot_add_a_header)
{
	struct mail_letter letter = plain;
	letter.from_name = TEXT("x\r\nBcc: <y@z.example>");
	letter.subject = TEXT("Bonjour\r\nBcc: <y@z.example>\n\nx\xff\0y");
	letter.body = TEXT("a\r\n.\r\nMAIL FROM:<x@y.z>\r\rb\0c\xfe\n");
	struct buffer out = buffer_new(BUFFER_LIMIT_MAIL);
	mail_compose(&out, &letter);
	CHECK_INTEGER((long long)check_lines(buffer_text(&out), 76), 10);
	CHECK(text_find(buffer_text(&out), TEXT("\nBcc")) == SIZE_MAX);
	CHECK(text_find(buffer_text(&out), TEXT("\r\n.\r\n")) == SIZE_MAX);
	buffer_release(&out);
}

TEST(long_texts_are_folded_between_characters)
{
	struct mail_letter letter = plain;
	static char subject[300], body[5000];
	for (size_t i = 0; i + 2 <= sizeof subject; i += 2)
		memcpy(subject + i, "é", 2);
	memset(body, '.', sizeof body);
	letter.subject = (struct text){ subject, sizeof subject };
	letter.body = (struct text){ body, sizeof body };
	struct buffer out = buffer_new(BUFFER_LIMIT_MAIL);
	mail_compose(&out, &letter);
	check_lines(buffer_text(&out), 76);
	CHECK(text_find(buffer_text(&out), TEXT("=C3?=")) == SIZE_MAX);
	CHECK(text_find(buffer_text(&out), TEXT("\r\n.")) == SIZE_MAX);
	buffer_release(&out);
}

/* --- The outbox -------------------------------------------------------------------- */

struct queueing {
	const struct mail_message *messages;
	size_t count;
	instant now;
};

static enum guichet_status
queue(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct queueing *queueing = context;
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; i < queueing->count && status == GUICHET_OK; i++)
		status = mail_queue(tx, &queueing->messages[i], queueing->now, error);
	return status;
}

static enum guichet_status
queue_one(struct store *store, const struct mail_message *message, const char *now, struct guichet_error *error)
{
	return store_transact(store, queue, &(struct queueing){ message, 1, at(now) }, error);
}

static struct mail_list
list_all(struct store *store, struct arena *arena, const struct mail_filter *filter)
{
	struct guichet_error error;
	struct mail_list list = { 0 };
	struct store_tx *tx = store_read(store, &error);
	CHECK(tx);
	const enum guichet_status status = mail_list_for(tx, arena, filter, NULL, 100, &list, &error);
	store_read_end(tx);
	CHECK(status == GUICHET_OK);
	return list;
}

static struct store *
fresh_store(void)
{
	struct guichet_error error = { 0 };
	struct store *store = NULL;
	char where[200];
	snprintf(where, sizeof where, "%s/data", test_directory());
	if (store_open(where, NULL, &store, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	return store;
}

static const struct mail_message receipt = {
	.address = TEXT("Jean.Exemple@Academie.example"), .person = TEXT("P1"), .subject = TEXT("Déposé"),
	.body = TEXT("C’est déposé.\n"), .occasion = TEXT("accusé"), .dossier = TEXT("D1"), .urgent = true,
};

TEST(the_same_news_is_queued_once)
{
	CLEANUP(store_close) struct store *store = fresh_store();
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct guichet_error error;
	struct mail_message reminder = receipt, other = receipt;
	reminder.occasion = TEXT("rappel");
	reminder.urgent = false;
	other.person = TEXT("P2");
	CHECK(queue_one(store, &receipt, "2023-06-08T21:00", &error) == GUICHET_OK);
	CHECK(queue_one(store, &receipt, "2023-06-08T21:05", &error) == GUICHET_OK);
	CHECK(queue_one(store, &reminder, "2023-06-08T21:06", &error) == GUICHET_OK);
	CHECK(queue_one(store, &other, "2023-06-08T21:07", &error) == GUICHET_OK);

	const struct mail_list list = list_all(store, arena, &(struct mail_filter){ 0 });
	CHECK_INTEGER((long long)list.count, 3);
	CHECK(!list.more);
	CHECK_TEXT(list.at[0].person, TEXT("P2"));
	CHECK_TEXT(list.at[1].occasion, TEXT("rappel"));
	CHECK(list.at[1].not_before == at("2023-06-09T07:00"));
	CHECK_TEXT(list.at[2].address, TEXT("jean.exemple@academie.example"));
	CHECK(list.at[2].not_before == at("2023-06-08T21:00"));
	CHECK(list.at[2].state == MAIL_WAITING && list.at[2].sent_at == INSTANT_NEVER);

	struct store_tx *tx = store_read(store, &error);
	struct mail mail;
	CHECK(mail_load(tx, arena, list.at[2].id, &mail, &error) == GUICHET_OK);
	CHECK(mail_load(tx, arena, TEXT("rien"), &mail, &error) == GUICHET_UNKNOWN);
	struct mail_counts counts;
	CHECK(mail_count(tx, at("2023-06-08T22:00"), &counts, &error) == GUICHET_OK);
	store_read_end(tx);
	CHECK_TEXT(mail.body, receipt.body);
	CHECK_INTEGER(counts.waiting, 3);
	CHECK(counts.oldest_due == at("2023-06-08T21:00"));
}

TEST(an_impossible_address_does_not_undo_the_filing)
{
	CLEANUP(store_close) struct store *store = fresh_store();
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct guichet_error error;
	struct mail_message message = receipt;
	message.address = TEXT("pas une adresse");
	CHECK(queue_one(store, &message, "2023-06-08T10:00", &error) == GUICHET_OK);
	const struct mail_list list = list_all(store, arena, &(struct mail_filter){ .failed = true });
	CHECK_INTEGER((long long)list.count, 1);
	CHECK(list.at[0].state == MAIL_FAILED);
	CHECK_TEXT(list.at[0].answer, TEXT("adresse"));
}

struct resending {
	struct text id, address;
};

static enum guichet_status
send_again(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct resending *resending = context;
	return mail_send_again(tx, resending->id, resending->address, at("2023-06-09T10:00"), error);
}

TEST(a_mail_given_up_can_be_sent_again_once_the_address_is_right)
{
	CLEANUP(store_close) struct store *store = fresh_store();
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct guichet_error error;
	struct mail_message message = receipt;
	message.address = TEXT("jean.exemple@");
	CHECK(queue_one(store, &message, "2023-06-08T10:00", &error) == GUICHET_OK);
	struct mail_list list = list_all(store, arena, &(struct mail_filter){ .failed = true });
	CHECK_INTEGER((long long)list.count, 1);
	struct resending resending = { list.at[0].id, TEXT("") };
	CHECK(store_transact(store, send_again, &resending, &error) == GUICHET_REFUSED);
	resending.address = TEXT("Jean.Exemple@academie.example");
	CHECK(store_transact(store, send_again, &resending, &error) == GUICHET_OK);
	CHECK(store_transact(store, send_again, &resending, &error) == GUICHET_UNKNOWN);
	resending.id = TEXT("rien");
	CHECK(store_transact(store, send_again, &resending, &error) == GUICHET_UNKNOWN);
	list = list_all(store, arena, &(struct mail_filter){ .person = TEXT("P1") });
	CHECK(list.at[0].state == MAIL_WAITING && list.at[0].attempts == 0);
	CHECK_TEXT(list.at[0].address, TEXT("jean.exemple@academie.example"));
}

TEST(a_mail_that_is_none_is_our_mistake)
{
	CLEANUP(store_close) struct store *store = fresh_store();
	struct guichet_error error;
	static char long_body[MAIL_BODY_LIMIT + 1];
	memset(long_body, 'a', sizeof long_body);
	struct mail_message messages[] = { receipt, receipt, receipt, receipt };
	messages[0].subject = TEXT("");
	messages[1].body = TEXT("\xff");
	messages[2].body = (struct text){ long_body, sizeof long_body };
	messages[3].occasion = TEXT("");
	for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
		CHECK(queue_one(store, &messages[i], "2023-06-08T10:00", &error) == GUICHET_BROKEN);
}

TEST(a_subject_is_cleaned_and_cut_at_a_character)
{
	CLEANUP(store_close) struct store *store = fresh_store();
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct guichet_error error;
	static char subject[401];
	for (size_t i = 1; i + 2 <= sizeof subject; i += 2)
		memcpy(subject + i, "é", 2);
	subject[0] = '\n';
	struct mail_message message = receipt;
	message.subject = (struct text){ subject, sizeof subject };
	CHECK(queue_one(store, &message, "2023-06-08T10:00", &error) == GUICHET_OK);
	const struct mail_list list = list_all(store, arena, &(struct mail_filter){ .dossier = TEXT("D1") });
	CHECK_INTEGER((long long)list.count, 1);
	CHECK_INTEGER((long long)list.at[0].subject.length, 299);
	CHECK(list.at[0].subject.at[0] == ' ' && text_is_utf8(list.at[0].subject));
}

TEST(lists_are_newest_first_and_go_on_where_they_stopped)
{
	CLEANUP(store_close) struct store *store = fresh_store();
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	struct guichet_error error;
	for (int i = 0; i < 25; i++) {
		char key[8];
		snprintf(key, sizeof key, "%02d", i);
		struct mail_message message = receipt;
		message.key = text_of_string(key);
		/* five at each instant: the id decides between them */
		CHECK(store_transact(store, queue, &(struct queueing){ &message, 1, at("2023-06-08T10:00") + i / 5 }, &error)
			== GUICHET_OK);
	}
	const struct mail_filter filters[] = { { .address = TEXT("jean.exemple@ACADEMIE.example") },
		{ .person = TEXT("P1") }, { .dossier = TEXT("D1") }, { .failed = false } };
	for (size_t f = 0; f < sizeof filters / sizeof *filters; f++) {
		struct store_tx *tx = store_read(store, &error);
		CHECK(tx);
		struct mail last = { 0 };
		size_t seen = 0;
		bool more = true, ordered = true;
		while (more) {
			struct mail_list list;
			if (mail_list_for(tx, arena, &filters[f], seen ? &last : NULL, 10, &list, &error) != GUICHET_OK)
				break;
			for (size_t i = 0; i < list.count; i++) {
				ordered &= seen == 0 || list.at[i].created_at < last.created_at
					|| (list.at[i].created_at == last.created_at && text_compare(list.at[i].id, last.id) < 0);
				last = list.at[i];
				seen++;
			}
			more = list.more;
		}
		store_read_end(tx);
		test_case(seen == 25 && ordered && !more, __FILE__, __LINE__, "filter %zu: %zu mails", f, seen);
	}
}

/* Fails each allocation of queueing in turn: nothing is queued, and it says so. */
static enum guichet_status
queue_without_memory(struct store_tx *tx, void *context, struct guichet_error *error)
{
	unsigned *turns = context;
	for (*turns = 1; ; ++*turns) {
		arena_fail_nth(*turns);
		const enum guichet_status status = mail_queue(tx, &receipt, at("2023-06-08T10:00"), error);
		const bool failed = arena_failed();
		arena_fail_nth(0);
		if (!failed)
			return status;
		if (status != GUICHET_BROKEN)
			return GUICHET_REFUSED;
	}
}

TEST(mail_survives_every_failed_allocation)
{
	CLEANUP(store_close) struct store *store = fresh_store();
	struct guichet_error error;
	unsigned turns = 0;
	CHECK(store_transact(store, queue_without_memory, &turns, &error) == GUICHET_OK);
	CHECK(turns > 4);
	for (unsigned nth = 1; ; nth++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
		struct store_tx *tx = store_read(store, &error);
		CHECK(tx);
		struct mail_list list;
		arena_fail_nth(nth);
		const enum guichet_status status =
			mail_list_for(tx, arena, &(struct mail_filter){ .person = TEXT("P1") }, NULL, 10, &list, &error);
		const bool failed = arena_failed();
		arena_fail_nth(0);
		store_read_end(tx);
		CHECK(failed ? status == GUICHET_BROKEN : status == GUICHET_OK && list.count == 1);
		if (!failed)
			return;
	}
}

TEST(without_a_relay_mails_are_kept_when_they_would_have_left)
{
	CLEANUP(store_close) struct store *store = fresh_store();
	CLEANUP(clock_free) struct clock *clock = clock_new(at("2023-06-08T21:00"));
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct guichet_error error;
	struct mail_message reminder = receipt;
	reminder.occasion = TEXT("rappel");
	reminder.urgent = false;
	CHECK(queue_one(store, &receipt, "2023-06-08T21:00", &error) == GUICHET_OK);
	CHECK(queue_one(store, &reminder, "2023-06-08T21:00", &error) == GUICHET_OK);

	struct mailer *mailer = NULL;
	CHECK(mailer_new(store, clock, &(struct mail_settings){ .minute = 40000 }, NULL, NULL, &mailer, &error)
		== GUICHET_OK);
	struct mail_list list = { 0 };
	for (int turn = 0; turn < 500; turn++) {
		list = list_all(store, arena, &(struct mail_filter){ .person = TEXT("P1") });
		if (list.count == 2 && (list.at[0].state == MAIL_KEPT || list.at[1].state == MAIL_KEPT))
			break;
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
		arena_clear(arena);
	}
	size_t kept = 0;
	for (size_t i = 0; i < list.count; i++) {
		kept += list.at[i].state == MAIL_KEPT;
		CHECK((list.at[i].state == MAIL_KEPT) == list.at[i].urgent);
	}
	CHECK_INTEGER((long long)kept, 1);

	CHECK(clock_advance(clock, at("2023-06-09T07:00"), &error) == GUICHET_OK);
	mailer_wake(mailer);
	for (int turn = 0; turn < 500 && kept != 2; turn++) {
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
		arena_clear(arena);
		list = list_all(store, arena, &(struct mail_filter){ .person = TEXT("P1") });
		kept = 0;
		for (size_t i = 0; i < list.count; i++)
			kept += list.at[i].state == MAIL_KEPT;
	}
	mailer_free(mailer);
	CHECK_INTEGER((long long)kept, 2);
}

TEST(settings_that_cannot_work_are_refused)
{
	CLEANUP(store_close) struct store *store = fresh_store();
	CLEANUP(clock_free) struct clock *clock = clock_new(INSTANT_NEVER);
	static const struct mail_settings bad[] = {
		{ .url = "relay.example", .from = "a@b.example" },
		{ .url = "http://relay.example", .from = "a@b.example" },
		{ .url = "smtp://user:secret@relay.example", .from = "a@b.example" },
		{ .url = "smtp://relay.example/x", .from = "a@b.example" },
		{ .url = "smtp://", .from = "a@b.example" },
		{ .url = "smtp://relay.example" },
		{ .url = "smtp://relay.example", .from = "not an address" },
		{ .url = "smtp://relay.example", .from = "a@b.example", .reply_to = "x" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct mailer *mailer = NULL;
		struct guichet_error error = { 0 };
		const enum guichet_status status = mailer_new(store, clock, &bad[i], NULL, NULL, &mailer, &error);
		mailer_free(mailer);
		test_case(status == GUICHET_REFUSED && error.message[0], __FILE__, __LINE__, "settings %zu", i);
	}
}
