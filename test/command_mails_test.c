/* guichet mails: what the operator sees of the outbox, and one more try. */
#include "test.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/french.h"
#include "commands.h"
#include "mail/mail.h"

#include "base/banned.h"

enum { MOST_OUTPUT = 1 << 16 };

static enum guichet_status
queue_two(struct store_tx *tx, void *context, struct guichet_error *error)
{
	(void)context;
	instant at = 0;
	const struct mail_message good = { .address = TEXT("jean.exemple@academie.example"), .subject = TEXT("Déposé"),
		.body = TEXT("Secret de Jean"), .occasion = TEXT("accusé") };
	const struct mail_message bad = { .address = TEXT("lea@"), .subject = TEXT("Refusé"), .body = TEXT("Secret de Léa"),
		.occasion = TEXT("refus") };
	CHECK(instant_read(TEXT("2023-06-08T10:00"), &at));
	const enum guichet_status status = mail_queue(tx, &good, at, error);
	return status == GUICHET_OK ? mail_queue(tx, &bad, at, error) : status;
}

/* Runs guichet mails with these arguments; its status, and all it said. */
static int
run_mails(struct arena *arena, char **argv, struct text *ret_said)
{
	int argc = 0, status = 0;
	while (argv[argc])
		argc++;
	const struct text path = arena_format(arena, "%s/said", test_directory());
	fflush(NULL);
	const pid_t child = fork();
	CHECK(child >= 0);
	if (child == 0) {
		const bool sent = freopen(path.at, "wb", stdout) && dup2(STDOUT_FILENO, STDERR_FILENO) >= 0;
		const int ended = sent ? command_mails(argc, argv) : 99;
		fflush(NULL);
		_exit(ended);
	}
	CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status));
	FILE *file = fopen(path.at, "rb");
	char *at = arena_alloc(arena, MOST_OUTPUT);
	CHECK(file && at);
	*ret_said = (struct text){ at, fread(at, 1, MOST_OUTPUT, file) };
	fclose(file);
	return WEXITSTATUS(status);
}

#define RUN(...) run_mails(arena, (char *[]){ (char []){ "mails" }, __VA_ARGS__ __VA_OPT__(,) NULL }, &said)

TEST(an_operator_sees_waiting_and_failed_mails_and_tries_again)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct guichet_error error;
	char data[200], id[40];
	struct text said;
	snprintf(data, sizeof data, "%s/data", test_directory());
	{
		CLEANUP(store_close) struct store *store = NULL;
		CHECK(store_open(data, NULL, &store, &error) == GUICHET_OK);
		CHECK(store_transact(store, queue_two, NULL, &error) == GUICHET_OK);
	}
	CHECK_INTEGER(RUN(data), EXIT_DONE);
	CHECK(french_contains(said, TEXT("1 courriel en attente, 1 non remis.")));
	CHECK(french_contains(said, TEXT("jean.exemple@academie.example")) && french_contains(said, TEXT("--failed")));
	CHECK(!french_contains(said, TEXT("lea@")) && !french_contains(said, TEXT("Secret")));

	CHECK_INTEGER(RUN(data, (char []){ "--failed" }), EXIT_DONE);
	CHECK(french_contains(said, TEXT("lea@")) && french_contains(said, TEXT("cette adresse ne peut pas exister")));
	CHECK(!french_contains(said, TEXT("jean")) && french_contains(said, TEXT("--retry")));
	const size_t line = text_find(said, TEXT("  lea@"));
	CHECK(line != SIZE_MAX && line >= 32);
	snprintf(id, sizeof id, "%.32s", said.at + line - 32);

	CHECK_INTEGER(RUN(data, (char []){ "--retry" }, id), EXIT_REFUSED);
	CHECK(french_contains(said, TEXT("corrigez-la")));
	CHECK_INTEGER(RUN(data, (char []){ "--retry" }, (char []){ "rien" }), EXIT_REFUSED);
	CHECK_INTEGER(RUN(data, (char []){ "--retry" }, id, (char []){ "--to" }, (char []){ "lea@academie.example" }), EXIT_DONE);
	CHECK_INTEGER(RUN(data), EXIT_DONE);
	CHECK(french_contains(said, TEXT("2 courriels en attente, 0 non remis.")));
	CHECK(french_contains(said, TEXT("lea@academie.example")));
	CHECK_INTEGER(RUN(data, (char []){ "--retry" }, id), EXIT_REFUSED);

	CHECK_INTEGER(RUN(data, (char []){ "--retry" }), EXIT_USAGE);
	CHECK_INTEGER(RUN(data, (char []){ "--failed" }, (char []){ "--retry" }, id), EXIT_USAGE);
	CHECK_INTEGER(RUN(data, (char []){ "--to" }, (char []){ "a@b.example" }), EXIT_USAGE);
	CHECK_INTEGER(RUN(data, data), EXIT_USAGE);
	CHECK_INTEGER(run_mails(arena, (char *[]){ (char []){ "mails" }, NULL }, &said), EXIT_USAGE);
	CHECK_INTEGER(RUN((char []){ "/nulle/part" }), EXIT_REFUSED);
}
