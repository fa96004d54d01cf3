/* Mail to a real SMTP server that behaves, refuses, dawdles, hangs up or says nothing, by a
 * real deliver process that gets killed. The server is test/mail/smtp_server.py; a child is
 * this program again, called as the server calls it. */
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "commands.h"
#include "mail/deliver.h"
#include "mail/mail.h"
#include "mail/mailer.h"
#include "processes.h"
#include "store/store.h"

#include "base/banned.h"

extern char **environ;

enum { PATIENT_TURNS = 3000 /* of 10 ms */ };

/* "guichet deliver", started with a socket: this program is the child. */
__attribute__((constructor)) static void
deliver_when_asked(int argc, char **argv)
{
	int type;
	if (argc == 2 && strcmp(argv[1], "deliver") == 0
		&& getsockopt(PROCESS_SOCKET, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){ sizeof type }) == 0)
		_exit(command_deliver(1, argv + 1));
}

/* --- The parts ------------------------------------------------------------------------ */

static pid_t started[64];
static size_t started_count;

static pid_t
remember(pid_t pid)
{
	if (started_count == sizeof started / sizeof *started)
		abort();
	return started[started_count++] = pid;
}

/* Ends what an earlier failed test may have left. */
static void
end_processes(void)
{
	for (size_t i = 0; i < started_count; i++) {
		kill(started[i], SIGKILL);
		waitpid(started[i], NULL, 0);
	}
	started_count = 0;
}

static void
nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
}

struct post {
	struct store *store;
	struct clock *clock;
	struct mailer *mailer;
	pid_t child;
	char folder[100], data[120], url[60];
};

/* Starts the server; returns its port. */
static int
start_relay(const char *folder, const char *const *options)
{
	char *arguments[16] = { "python3", "test/mail/smtp_server.py", "--folder", (char *)folder };
	for (size_t i = 4; options && *options && i < 15; i++)
		arguments[i] = (char *)*options++;
	int out[2];
	char complaints[120];
	snprintf(complaints, sizeof complaints, "%s/complaints", folder);
	CHECK(pipe2(out, O_CLOEXEC) == 0);
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, complaints, O_CREAT | O_APPEND | O_WRONLY, 0600);
	pid_t pid;
	CHECK(posix_spawn(&pid, "/usr/bin/python3", &actions, NULL, arguments, environ) == 0);
	remember(pid);
	posix_spawn_file_actions_destroy(&actions);
	close(out[1]);
	char line[64] = "";
	FILE *said = fdopen(out[0], "r");
	const bool heard = said && fgets(line, sizeof line, said);
	if (said)
		fclose(said);
	int64_t port = 0;
	if (!heard || !text_to_integer(text_trim(text_part(text_of_string(line), 5, sizeof line)), 1, 65535, &port)) {
		char command[200];
		snprintf(command, sizeof command, "cat %s >&2", complaints);
		(void)!system(command);
		test_fail(__FILE__, __LINE__, "the SMTP server did not start");
	}
	return (int)port;
}

static void
start_child(struct post *post)
{
	int ends[2];
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], PROCESS_SOCKET);
	pid_t pid;
	CHECK(posix_spawn(&pid, "/proc/self/exe", &actions, NULL, (char *[]){ "guichet", "deliver", NULL }, environ) == 0);
	posix_spawn_file_actions_destroy(&actions);
	post->child = remember(pid);
	close(ends[1]);
	mailer_attach(post->mailer, ends[0]);
}

static void
kill_child(struct post *post)
{
	kill(post->child, SIGKILL);
	waitpid(post->child, NULL, 0);
	started_count--;
}

static void
start_mailer(struct post *post, struct mail_settings settings)
{
	struct guichet_error error = { 0 };
	settings.url = settings.url ? settings.url : post->url;
	settings.from = "guichet@academie.example";
	settings.from_name = "Académie de Valmont";
	settings.patience = settings.patience ? settings.patience : 5 * INSTANT_SECOND;
	settings.minute = settings.minute ? settings.minute : 20000;
	if (mailer_new(post->store, post->clock, &settings, NULL, NULL, &post->mailer, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
}

/* A store, a clock, a relay with these options; the mailer and its child come after. */
static struct post
open_post(const char *now, const char *const *relay)
{
	end_processes();
	struct post post = { 0 };
	struct guichet_error error = { 0 };
	instant start = 0;
	snprintf(post.folder, sizeof post.folder, "%s", test_directory());
	snprintf(post.data, sizeof post.data, "%s/data", post.folder);
	if (store_open(post.data, NULL, &post.store, &error) != GUICHET_OK)
		test_fail(__FILE__, __LINE__, "%s", error.message);
	CHECK(instant_read(text_of_string(now), &start));
	post.clock = clock_new(start);
	snprintf(post.url, sizeof post.url, "smtp://127.0.0.1:%d", start_relay(post.folder, relay));
	return post;
}

static void
close_post(struct post *post)
{
	mailer_free(post->mailer);
	store_close(post->store);
	clock_free(post->clock);
	end_processes();
}

struct queueing {
	struct mail_message message;
	instant now;
};

static enum guichet_status
queue(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct queueing *queueing = context;
	return mail_queue(tx, &queueing->message, queueing->now, error);
}

/* A mail to <who>@personnel.example; with a secret when it is to "secret…". */
static void
write_to(struct post *post, const char *who, bool urgent)
{
	struct guichet_error error;
	char address[100];
	snprintf(address, sizeof address, "%s@personnel.example", who);
	struct queueing queueing = { { .address = text_of_string(address), .subject = TEXT("Déposé"),
		.body = TEXT("Votre demande est déposée.\n.\nhttps://guichet.example/lien\n"),
		.occasion = TEXT("accusé"), .urgent = urgent,
		.secret = text_starts(text_of_string(who), TEXT("secret")) }, clock_now(post->clock) };
	CHECK(store_transact(post->store, queue, &queueing, &error) == GUICHET_OK);
	if (post->mailer)
		mailer_wake(post->mailer);
}

/* --- What one looks at ------------------------------------------------------------------ */

static struct mail
mail_of(struct post *post, struct arena *arena, const char *who)
{
	struct guichet_error error;
	char address[100];
	snprintf(address, sizeof address, "%s@personnel.example", who);
	struct store_tx *tx = store_read(post->store, &error);
	CHECK(tx);
	struct mail_list list = { 0 };
	const enum guichet_status status = mail_list_for(tx, arena,
		&(struct mail_filter){ .address = text_of_string(address) }, NULL, 1, &list, &error);
	store_read_end(tx);
	CHECK(status == GUICHET_OK && list.count == 1);
	return list.at[0];
}

static int64_t
count_waiting(struct post *post)
{
	struct guichet_error error;
	struct mail_counts counts = { 0 };
	struct store_tx *tx = store_read(post->store, &error);
	CHECK(tx);
	const enum guichet_status status = mail_count(tx, clock_now(post->clock), &counts, &error);
	store_read_end(tx);
	CHECK(status == GUICHET_OK);
	return counts.waiting;
}

static void
wait_until_none_waits(struct post *post)
{
	for (int turn = 0; turn < PATIENT_TURNS; turn++, nap())
		if (count_waiting(post) == 0)
			return;
	test_fail(__FILE__, __LINE__, "%lld mails still wait", (long long)count_waiting(post));
}

/* The server's log: how often an event happened to a recipient (NULL: to all), and how many
 * different Message-IDs there were. */
struct tally {
	size_t events, distinct;
	bool all_tls;
};

static struct tally
tally_of(const struct post *post, const char *event, const char *who)
{
	struct tally tally = { .all_tls = true };
	static char seen[300][120];
	char path[120], line[400];
	snprintf(path, sizeof path, "%s/log", post->folder);
	FILE *log = fopen(path, "r");
	while (log && fgets(line, sizeof line, log)) {
		struct text rest = text_trim(text_of_string(line));
		const struct text what = text_split(&rest, '\t'), id = text_split(&rest, '\t'), to = text_split(&rest, '\t');
		if (!text_equal(what, text_of_string(event))
			|| (who && (!text_starts(to, text_of_string(who)) || to.at[strlen(who)] != '@')))
			continue;
		tally.events++;
		tally.all_tls &= text_equal(rest, TEXT("tls"));
		size_t i = 0;
		while (i < tally.distinct && !text_equal(text_of_string(seen[i]), id))
			i++;
		if (i == tally.distinct && i < sizeof seen / sizeof *seen)
			snprintf(seen[tally.distinct++], sizeof *seen, TEXT_FORMAT, TEXT_ARGS(id));
	}
	if (log)
		fclose(log);
	return tally;
}

/* Waits a little, then checks that the relay was given nothing and no mail lost patience. */
static void
check_nothing_left(struct post *post, const char *who)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	for (int turn = 0; turn < 60; turn++)
		nap();
	const struct mail mail = mail_of(post, arena, who);
	CHECK(mail.state == MAIL_WAITING);
	CHECK_INTEGER(mail.attempts, 0);
	CHECK_INTEGER((long long)tally_of(post, "taken", NULL).events, 0);
}

static void
make_certificate(const struct post *post, char certificate[static 120], char key[static 120])
{
	char command[600];
	snprintf(certificate, 120, "%s/certificate.pem", post->folder);
	snprintf(key, 120, "%s/key.pem", post->folder);
	snprintf(command, sizeof command, "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout %s -out %s "
		"-subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2>/dev/null", key, certificate);
	CHECK(system(command) == 0);
	CHECK(chmod(post->folder, 0755) == 0); /* deliver reads it as nobody */
}

/* --- The stories ------------------------------------------------------------------------ */

TEST(mails_reach_the_relay_once_each)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct post post = open_post("2023-06-08T10:00", NULL);
	write_to(&post, "ana", true);
	start_mailer(&post, (struct mail_settings){ 0 });
	start_child(&post);
	write_to(&post, "bruno", false);
	write_to(&post, "slow-chloe", true);
	wait_until_none_waits(&post);
	const struct tally tally = tally_of(&post, "taken", NULL);
	CHECK_INTEGER((long long)tally.events, 3);
	CHECK_INTEGER((long long)tally.distinct, 3);
	const struct mail mail = mail_of(&post, arena, "ana");
	CHECK(mail.state == MAIL_SENT && mail.attempts == 1 && mail.sent_at != INSTANT_NEVER);
	CHECK_TEXT(mail.answer, TEXT("250"));
	close_post(&post);
}

static size_t
body_length(struct post *post, struct arena *arena, struct text id)
{
	struct guichet_error error;
	struct store_tx *tx = store_read(post->store, &error);
	CHECK(tx);
	struct mail mail = { 0 };
	const enum guichet_status status = mail_load(tx, arena, id, &mail, &error);
	store_read_end(tx);
	CHECK(status == GUICHET_OK);
	return mail.body.length;
}

TEST(a_thousand_mails_leave_once_each)
{
	enum { MAILS = 1000 };
	struct post post = open_post("2023-06-08T10:00", NULL);
	for (int i = 0; i < MAILS; i++) {
		char who[20];
		snprintf(who, sizeof who, "agent-%d", i);
		write_to(&post, who, true);
	}
	start_mailer(&post, (struct mail_settings){ .minute = INSTANT_MINUTE });
	start_child(&post);
	wait_until_none_waits(&post);
	CHECK_INTEGER((long long)tally_of(&post, "taken", NULL).events, MAILS);
	close_post(&post);
}

TEST(a_link_that_opens_by_itself_is_not_kept_once_sent)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct post post = open_post("2023-06-08T10:00", NULL);
	write_to(&post, "secret-ana", true);
	write_to(&post, "bruno", true);
	const struct mail secret = mail_of(&post, arena, "secret-ana");
	CHECK(secret.secret && body_length(&post, arena, secret.id) > 0);
	start_mailer(&post, (struct mail_settings){ 0 });
	start_child(&post);
	wait_until_none_waits(&post);
	CHECK_INTEGER((long long)body_length(&post, arena, secret.id), 0);
	CHECK(body_length(&post, arena, mail_of(&post, arena, "bruno").id) > 0);
	close_post(&post);
}

TEST(a_refusal_for_now_is_tried_again_and_one_for_good_is_not)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct post post = open_post("2023-06-08T10:00", NULL);
	static const struct { const char *who; enum mail_state state; int64_t attempts; const char *answer; } cases[] = {
		{ "later2", MAIL_SENT, 3, "250" },
		{ "laterrcpt1", MAIL_SENT, 2, "250" },
		{ "never", MAIL_FAILED, 1, "550" },
		{ "neverdata", MAIL_FAILED, 1, "554" },
		{ "ana", MAIL_SENT, 1, "250" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		write_to(&post, cases[i].who, true);
	start_mailer(&post, (struct mail_settings){ 0 });
	start_child(&post);
	wait_until_none_waits(&post);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct mail mail = mail_of(&post, arena, cases[i].who);
		test_case(mail.state == cases[i].state && mail.attempts == cases[i].attempts
			&& text_equal(mail.answer, text_of_string(cases[i].answer)), __FILE__, __LINE__,
			"%s: " TEXT_FORMAT " after %lld attempts: " TEXT_FORMAT, cases[i].who,
			TEXT_ARGS(mail_state_text(mail.state)), (long long)mail.attempts, TEXT_ARGS(mail.answer));
	}
	CHECK_INTEGER((long long)tally_of(&post, "later", "later2").events, 2);
	CHECK_INTEGER((long long)tally_of(&post, "later", "later2").distinct, 1);
	close_post(&post);
}

TEST(a_relay_that_hangs_up_or_falls_silent_gets_the_same_message_id_again)
{
	struct post post = open_post("2023-06-08T10:00", NULL);
	write_to(&post, "cut1", true);
	write_to(&post, "mute1", true);
	start_mailer(&post, (struct mail_settings){ .patience = INSTANT_SECOND });
	start_child(&post);
	wait_until_none_waits(&post);
	CHECK_INTEGER((long long)tally_of(&post, "cut", "cut1").events, 1);
	CHECK_INTEGER((long long)tally_of(&post, "mute", "mute1").events, 1);
	const struct tally tally = tally_of(&post, "taken", NULL);
	CHECK_INTEGER((long long)tally.events, 2);
	CHECK_INTEGER((long long)tally.distinct, 2);
	char line[200];
	snprintf(line, sizeof line, "test $(cut -f2 %s/log | sort -u | wc -l) = 2", post.folder);
	CHECK(system(line) == 0);
	close_post(&post);
}

TEST(after_two_days_of_refusals_a_mail_is_given_up)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct post post = open_post("2023-06-08T10:00", NULL);
	write_to(&post, "later99", true);
	start_mailer(&post, (struct mail_settings){ .minute = 200 });
	start_child(&post);
	wait_until_none_waits(&post);
	const struct mail mail = mail_of(&post, arena, "later99");
	CHECK(mail.state == MAIL_FAILED);
	CHECK_INTEGER(mail.attempts, 11);
	CHECK_TEXT(mail.answer, TEXT("451"));
	close_post(&post);
}

TEST(a_relay_that_offers_tls_is_spoken_to_in_tls)
{
	struct post post = open_post("2023-06-08T10:00", NULL);
	char certificate[120], key[120];
	make_certificate(&post, certificate, key);
	snprintf(post.url, sizeof post.url, "smtp://127.0.0.1:%d", start_relay(post.folder,
		(const char *[]){ "--certificate", certificate, "--key", key, NULL }));
	write_to(&post, "ana", true);
	start_mailer(&post, (struct mail_settings){ .authorities = certificate });
	start_child(&post);
	wait_until_none_waits(&post);
	const struct tally tally = tally_of(&post, "taken", NULL);
	CHECK_INTEGER((long long)tally.events, 1);
	CHECK(tally.all_tls);
	close_post(&post);
}

TEST(a_relay_with_a_stranger_s_certificate_is_given_nothing)
{
	struct post post = open_post("2023-06-08T10:00", NULL);
	char certificate[120], key[120];
	make_certificate(&post, certificate, key);
	snprintf(post.url, sizeof post.url, "smtp://127.0.0.1:%d", start_relay(post.folder,
		(const char *[]){ "--certificate", certificate, "--key", key, NULL }));
	write_to(&post, "ana", true);
	start_mailer(&post, (struct mail_settings){ 0 });
	start_child(&post);
	check_nothing_left(&post, "ana");
	close_post(&post);
}

TEST(a_password_travels_under_tls_or_not_at_all)
{
	struct post post = open_post("2023-06-08T10:00", NULL); /* a relay without STARTTLS */
	char certificate[120], key[120];
	make_certificate(&post, certificate, key);
	write_to(&post, "ana", true);
	start_mailer(&post, (struct mail_settings){ .user = "guichet", .password = "s3cret", .authorities = certificate });
	start_child(&post);
	check_nothing_left(&post, "ana");
	mailer_free(TAKE(post.mailer));

	snprintf(post.url, sizeof post.url, "smtp://127.0.0.1:%d", start_relay(post.folder,
		(const char *[]){ "--certificate", certificate, "--key", key, "--user", "guichet", "--password", "s3cret", NULL }));
	start_mailer(&post, (struct mail_settings){ .user = "guichet", .password = "wrong", .authorities = certificate });
	start_child(&post);
	check_nothing_left(&post, "ana");
	mailer_free(TAKE(post.mailer));

	start_mailer(&post, (struct mail_settings){ .user = "guichet", .password = "s3cret", .authorities = certificate });
	start_child(&post);
	wait_until_none_waits(&post);
	const struct tally tally = tally_of(&post, "taken", NULL);
	CHECK_INTEGER((long long)tally.events, 1);
	CHECK(tally.all_tls);
	close_post(&post);
}

TEST(a_relay_that_says_nothing_costs_no_mail_its_patience)
{
	struct post post = open_post("2023-06-08T10:00", (const char *[]){ "--dumb", NULL });
	write_to(&post, "ana", true);
	start_mailer(&post, (struct mail_settings){ .patience = 200000 });
	start_child(&post);
	check_nothing_left(&post, "ana");
	mailer_free(TAKE(post.mailer));
	/* Nobody listens there; then the relay is back. */
	start_mailer(&post, (struct mail_settings){ .url = "smtp://127.0.0.1:1" });
	start_child(&post);
	check_nothing_left(&post, "ana");
	mailer_free(TAKE(post.mailer));
	snprintf(post.url, sizeof post.url, "smtp://127.0.0.1:%d", start_relay(post.folder, NULL));
	start_mailer(&post, (struct mail_settings){ 0 });
	start_child(&post);
	wait_until_none_waits(&post);
	CHECK_INTEGER((long long)tally_of(&post, "taken", NULL).events, 1);
	close_post(&post);
}

TEST(a_killed_deliver_loses_no_mail_and_changes_no_message_id)
{
	enum { MAILS = 30 };
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	struct post post = open_post("2023-06-08T10:00", NULL);
	for (int i = 0; i < MAILS; i++) {
		char who[20];
		snprintf(who, sizeof who, "%sagent-%d", i % 3 ? "" : "slow-", i);
		write_to(&post, who, true);
	}
	start_mailer(&post, (struct mail_settings){ .minute = 2000 });
	for (int kills = 0; kills < 5; kills++) {
		start_child(&post);
		const size_t before = tally_of(&post, "taken", NULL).events;
		for (int turn = 0; turn < 1000 && count_waiting(&post) && tally_of(&post, "taken", NULL).events < before + 3; turn++)
			nap();
		kill_child(&post);
	}
	start_child(&post);
	wait_until_none_waits(&post);
	const struct tally tally = tally_of(&post, "taken", NULL);
	CHECK_INTEGER((long long)tally.distinct, MAILS);
	CHECK(tally.events >= MAILS && tally.events <= MAILS + 5 * DELIVER_AT_ONCE);
	struct guichet_error error;
	struct store_tx *tx = store_read(post.store, &error);
	struct mail_list list;
	CHECK(mail_list_for(tx, arena, &(struct mail_filter){ .failed = false }, NULL, 100, &list, &error) == GUICHET_OK);
	store_read_end(tx);
	CHECK_INTEGER((long long)list.count, MAILS);
	for (size_t i = 0; i < list.count; i++)
		CHECK(list.at[i].state == MAIL_SENT);
	close_post(&post);
}

static void
restart_deliver(void *context)
{
	processes_restart(context, PROCESS_DELIVER);
}

TEST(the_supervisor_replaces_a_deliver_that_died_or_froze)
{
	enum { MAILS = 24 };
	struct post post = open_post("2023-06-08T10:00", NULL);
	struct guichet_error error = { 0 };
	for (int i = 0; i < MAILS; i++) {
		char who[20];
		snprintf(who, sizeof who, "slow-agent-%d", i);
		write_to(&post, who, true);
	}
	struct processes *processes = processes_new(NULL, &error);
	CHECK(processes);
	CHECK(mailer_new(post.store, post.clock, &(struct mail_settings){ .url = post.url,
		.from = "guichet@academie.example", .patience = INSTANT_SECOND, .minute = 2000 }, restart_deliver, processes,
		&post.mailer, &error) == GUICHET_OK);
	CHECK(processes_start(processes, PROCESS_DELIVER, mailer_attach, post.mailer, &error) == GUICHET_OK);
	static const int signals[] = { SIGKILL, SIGSTOP, SIGKILL };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		const size_t before = tally_of(&post, "taken", NULL).events;
		for (int turn = 0; turn < 1000 && tally_of(&post, "taken", NULL).events < before + 3; turn++)
			nap();
		const int id = processes_id(processes, PROCESS_DELIVER);
		if (id)
			kill(id, signals[i]);
	}
	wait_until_none_waits(&post);
	const struct tally tally = tally_of(&post, "taken", NULL);
	mailer_free(TAKE(post.mailer));
	processes_free(processes);
	CHECK_INTEGER((long long)tally.distinct, MAILS);
	close_post(&post);
}

TEST(a_server_that_stops_and_starts_again_sends_the_rest)
{
	enum { MAILS = 12 };
	struct post post = open_post("2023-06-08T10:00", NULL);
	for (int i = 0; i < MAILS; i++) {
		char who[20];
		snprintf(who, sizeof who, "slow-agent-%d", i);
		write_to(&post, who, true);
	}
	start_mailer(&post, (struct mail_settings){ 0 });
	start_child(&post);
	for (int turn = 0; turn < 1000 && tally_of(&post, "taken", NULL).events == 0; turn++)
		nap();
	mailer_free(TAKE(post.mailer));
	const size_t sent = tally_of(&post, "taken", NULL).events;
	CHECK_INTEGER(count_waiting(&post), MAILS - (long long)sent);
	CHECK(sent < MAILS);
	start_mailer(&post, (struct mail_settings){ 0 });
	start_child(&post);
	wait_until_none_waits(&post);
	const struct tally tally = tally_of(&post, "taken", NULL);
	CHECK_INTEGER((long long)tally.events, MAILS); /* what was at the relay had time to be recorded */
	CHECK_INTEGER((long long)tally.distinct, MAILS);
	close_post(&post);
}

TEST(during_quiet_hours_only_what_one_has_just_caused_leaves)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct post post = open_post("2023-06-08T21:00", NULL);
	write_to(&post, "reminded", false);
	write_to(&post, "filing", true);
	start_mailer(&post, (struct mail_settings){ 0 });
	start_child(&post);
	for (int turn = 0; turn < PATIENT_TURNS && count_waiting(&post) > 1; turn++)
		nap();
	CHECK(mail_of(&post, arena, "filing").state == MAIL_SENT);
	for (int turn = 0; turn < 20; turn++)
		nap();
	CHECK(mail_of(&post, arena, "reminded").state == MAIL_WAITING);
	struct guichet_error error;
	instant morning = 0;
	CHECK(instant_read(TEXT("2023-06-09T07:00"), &morning) && clock_advance(post.clock, morning, &error) == GUICHET_OK);
	mailer_wake(post.mailer);
	wait_until_none_waits(&post);
	CHECK_INTEGER((long long)tally_of(&post, "taken", NULL).distinct, 2);
	close_post(&post);
}
