/* guichet mails: what waits to leave, what could not be delivered, and one more try. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "commands.h"
#include "mail/mail.h"

#include "base/banned.h"

/* One call of the command. */
struct call {
	const char *data;
	bool failed;                /* those given up, instead of those that wait */
	struct text retry, address; /* one to try again, perhaps elsewhere */
	struct store *store;
	struct arena *arena;
	instant now;
};

/* "1 courriel", "3 courriels". */
static const char *
plural(int64_t count)
{
	return count >= 2 ? "s" : "";
}

/* What the relay answered, or why nothing was tried. */
static struct text
reason(struct arena *arena, const struct mail *mail)
{
	if (text_equal(mail->answer, TEXT("adresse")))
		return TEXT("cette adresse ne peut pas exister");
	return mail->answer.length ? arena_format(arena, "réponse du relais : " TEXT_FORMAT, TEXT_ARGS(mail->answer))
		: TEXT("pas encore essayé");
}

static void
tell(const struct call *call, const struct mail *mail)
{
	const bool gone = mail->state == MAIL_FAILED;
	printf(TEXT_FORMAT "  " TEXT_FORMAT "\n", TEXT_ARGS(mail->id), TEXT_ARGS(mail->address));
	printf("    " TEXT_FORMAT "\n", TEXT_ARGS(mail->subject));
	printf("    écrit le " TEXT_FORMAT ", %s " TEXT_FORMAT "\n", TEXT_ARGS(instant_french(call->arena, mail->created_at)),
		gone ? "abandonné le" : mail->not_before > call->now ? "partira après le" : "à envoyer depuis le",
		TEXT_ARGS(instant_french(call->arena, gone ? mail->sent_at : mail->not_before)));
	printf("    %lld essai%s, " TEXT_FORMAT "\n", (long long)mail->attempts, plural(mail->attempts),
		TEXT_ARGS(reason(call->arena, mail)));
}

static enum guichet_status
list(struct call *call, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(call->store, error);
	struct mail_counts counts;
	struct mail_list mails;
	if (!tx)
		return error->status;
	enum guichet_status status = mail_count(tx, call->now, &counts, error);
	if (status == GUICHET_OK)
		status = mail_list_for(tx, call->arena, &(struct mail_filter){ .failed = call->failed, .waiting = !call->failed },
			NULL, MAIL_PAGE_LIMIT, &mails, error);
	if (status != GUICHET_OK)
		return status;
	printf("%lld courriel%s en attente, %lld non remis.\n", (long long)counts.waiting, plural(counts.waiting),
		(long long)counts.failed);
	if (counts.oldest_due != INSTANT_NEVER)
		printf("Le plus ancien de ceux qui devraient être partis attend depuis le " TEXT_FORMAT ".\n",
			TEXT_ARGS(instant_french(call->arena, counts.oldest_due)));
	for (size_t i = 0; i < mails.count; i++) {
		printf("\n");
		tell(call, &mails.at[i]);
	}
	if (mails.more)
		printf("\nLes %zu premiers seulement sont montrés.\n", mails.count);
	if (call->failed && mails.count)
		printf("\nPour réessayer : guichet mails %s --retry IDENTIFIANT [--to ADRESSE]\n", call->data);
	else if (!call->failed && counts.failed)
		printf("\nCeux qui n’ont pas été remis : guichet mails %s --failed\n", call->data);
	return GUICHET_OK;
}

static enum guichet_status
retry_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct call *call = context;
	return mail_send_again(tx, call->retry, call->address, call->now, error);
}

static enum guichet_status
retry(struct call *call, struct guichet_error *error)
{
	const enum guichet_status status = store_transact(call->store, retry_work, call, error);
	if (status == GUICHET_OK)
		printf("Ce courriel attend de nouveau : il part au prochain envoi, hors des heures calmes.\n");
	return status;
}

/* DATA [--failed] | DATA --retry ID [--to ADDRESS]. */
static bool
read_arguments(int argc, char **argv, struct call *call)
{
	for (int i = 1; i < argc; i++) {
		struct text *value = strcmp(argv[i], "--retry") == 0 ? &call->retry
			: strcmp(argv[i], "--to") == 0 ? &call->address : NULL;
		if (value && (value->length || ++i == argc || argv[i][0] == '\0'))
			return false;
		if (value)
			*value = text_of_string(argv[i]);
		else if (strcmp(argv[i], "--failed") == 0)
			call->failed = true;
		else if (argv[i][0] == '-' || call->data)
			return false;
		else
			call->data = argv[i];
	}
	return call->data && !(call->failed && call->retry.length) && !(call->address.length && !call->retry.length);
}

int
command_mails(int argc, char **argv)
{
	struct call call = { 0 };
	if (!read_arguments(argc, argv, &call)) {
		fprintf(stderr, "Usage : guichet mails %s\n", COMMAND_MAILS_USAGE);
		return EXIT_USAGE;
	}
	struct guichet_error error;
	CLEANUP(clock_free) struct clock *clock = clock_new(INSTANT_NEVER);
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	const struct store_options existing = { .existing = true };
	CLEANUP(store_close) struct store *store = NULL;
	if (!clock || !arena)
		return EXIT_REFUSED;
	call.arena = arena;
	call.now = clock_now(clock);
	enum guichet_status status = store_open(call.data, &existing, &store, &error);
	call.store = store;
	if (status == GUICHET_OK)
		status = call.retry.length ? retry(&call, &error) : list(&call, &error);
	if (status == GUICHET_OK)
		return EXIT_DONE;
	if (status == GUICHET_BROKEN)
		log_error("mails", &error);
	fprintf(stderr, "%s\n", error.message);
	return EXIT_REFUSED;
}
