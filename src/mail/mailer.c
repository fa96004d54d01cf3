/* See mailer.h. One thread, which waits for the child's answers, for a wake-up or for the
 * next look at the outbox. A mail under way is a parcel: being sent, then to be recorded,
 * then being recorded by the store's writer; it stays "waiting" in the table until then, so
 * that whatever dies, it is found again. */
#include "mail/mailer.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/log.h"
#include "mail/compose.h"
#include "mail/deliver.h"
#include "mail/mail.h"

#include "base/banned.h"

enum {
	PARCELS = 64,      /* under way at once, being recorded included */
	KEPT_AT_ONCE = 500,
	FREE_RETRIES = 5,  /* after the child died under a mail, which may not be the mail’s fault */
	ID_LIMIT = 64,
	TURN_ARENA = 16 << 20,
};

/* Minutes before each new try of a mail the relay refused for now: 48 hours in all. */
static const int64_t delays[] = { 1, 5, 15, 60, 120, 240, 480, 720, 720, 539 };

enum stage { FREE, SENDING, TO_RECORD, RECORDING };

struct parcel {
	struct mailer *mailer;
	enum stage stage;
	uint64_t frame;      /* the question's number */
	char id[ID_LIMIT];
	int64_t attempts;    /* before this one */
	int64_t begun;       /* monotonic */
	/* What to record. */
	enum mail_state state;
	char answer[16];
	instant ended_at;
	int64_t retry_at, record_at; /* monotonic */
};

struct mailer {
	struct store *store;
	const struct clock *clock;
	struct arena *arena; /* of the settings */
	struct text url, user, password, authorities, from, from_name, reply_to, domain;
	int64_t patience, minute;
	void (*restart)(void *context);
	void *restart_context;
	pthread_t thread;
	int wake;            /* eventfd */

	pthread_mutex_t lock; /* guards what follows, down to the empty line */
	int attached;         /* the socket of a new child, or -1 */
	bool stopping, looking;
	bool full;            /* every parcel was taken at the last look: look again when one comes free */
	struct parcel parcels[PARCELS]; /* a stage changes under the lock, the rest belongs to the stage's owner */

	/* The thread's own. */
	int socket;
	uint64_t frames;
	int64_t heard;        /* when the child last answered, or was last idle */
	int64_t pause_until;
	unsigned pauses;      /* in a row */
	int64_t look_at;
	bool started;
};

void
mailer_wake(struct mailer *mailer)
{
	pthread_mutex_lock(&mailer->lock);
	mailer->looking = true;
	pthread_mutex_unlock(&mailer->lock);
	(void)!write(mailer->wake, &(uint64_t){ 1 }, sizeof(uint64_t));
}

void
mailer_attach(void *context, int descriptor)
{
	struct mailer *mailer = context;
	pthread_mutex_lock(&mailer->lock);
	const int unused = mailer->stopping || !mailer->url.length ? descriptor : mailer->attached;
	if (unused != descriptor)
		mailer->attached = descriptor;
	pthread_mutex_unlock(&mailer->lock);
	if (unused >= 0)
		close(unused);
	mailer_wake(mailer);
}

bool
mailer_sends(const struct mailer *mailer)
{
	return mailer->url.length > 0;
}

static size_t
count_parcels(struct mailer *mailer, enum stage stage)
{
	size_t count = 0;
	pthread_mutex_lock(&mailer->lock);
	for (size_t i = 0; i < PARCELS; i++)
		count += mailer->parcels[i].stage == stage;
	pthread_mutex_unlock(&mailer->lock);
	return count;
}

static void
set_stage(struct parcel *parcel, enum stage stage)
{
	pthread_mutex_lock(&parcel->mailer->lock);
	parcel->stage = stage;
	pthread_mutex_unlock(&parcel->mailer->lock);
}

/* --- Recording --------------------------------------------------------------------- */

static enum guichet_status
record(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct parcel *parcel = context;
	return store_run(tx, STORE_MAIL_RECORD, STORE_VALUES((const char *)parcel->id, mail_state_text(parcel->state),
		(const char *)parcel->answer, parcel->state == MAIL_WAITING ? STORE_NULL : STORE_VALUE(parcel->ended_at),
		parcel->retry_at), NULL, error);
}

/* From the writer's thread. An outcome that could not be written is kept and tried again. */
static void
recorded(void *context, enum guichet_status status, const struct guichet_error *error)
{
	struct parcel *parcel = context;
	struct mailer *mailer = parcel->mailer;
	if (status != GUICHET_OK && status != GUICHET_RETRY)
		log_error("mail", error);
	if (status != GUICHET_OK)
		parcel->record_at = clock_steady() + INSTANT_SECOND;
	pthread_mutex_lock(&mailer->lock);
	parcel->stage = status == GUICHET_OK ? FREE : TO_RECORD;
	mailer->looking |= mailer->full && status == GUICHET_OK;
	pthread_mutex_unlock(&mailer->lock);
	(void)!write(mailer->wake, &(uint64_t){ 1 }, sizeof(uint64_t));
}

static void
record_all(struct mailer *mailer)
{
	for (size_t i = 0; i < PARCELS; i++) {
		struct parcel *parcel = &mailer->parcels[i];
		pthread_mutex_lock(&mailer->lock);
		const bool due = parcel->stage == TO_RECORD && parcel->record_at <= clock_steady();
		if (due)
			parcel->stage = RECORDING;
		pthread_mutex_unlock(&mailer->lock);
		if (!due)
			continue;
		struct guichet_error error;
		if (store_submit(mailer->store, STORE_LOW, record, parcel, recorded, parcel, &error) != GUICHET_OK)
			recorded(parcel, GUICHET_RETRY, &error);
	}
}

/* --- Outcomes ---------------------------------------------------------------------- */

/* The mail waits for its next try, or is given up after the last one. */
static void
try_later(struct parcel *parcel, bool at_once)
{
	const size_t last = sizeof delays / sizeof *delays;
	const int64_t minutes = at_once ? 0 : (size_t)parcel->attempts < last ? delays[parcel->attempts] : 0;
	parcel->state = at_once || (size_t)parcel->attempts < last ? MAIL_WAITING : MAIL_FAILED;
	parcel->retry_at = clock_steady() + minutes * parcel->mailer->minute;
}

static void
end_parcel(struct parcel *parcel)
{
	struct mailer *mailer = parcel->mailer;
	parcel->ended_at = clock_now(mailer->clock);
	parcel->record_at = 0;
	log_line(parcel->state == MAIL_SENT ? LOG_INFO : LOG_WARNING, "mail", "id=%s state=" TEXT_FORMAT
		" answer=\"%s\" attempt=%lld ms=%lld", parcel->id, TEXT_ARGS(mail_state_text(parcel->state)), parcel->answer,
		(long long)parcel->attempts + 1, (long long)(clock_steady() - parcel->begun) / 1000);
	set_stage(parcel, TO_RECORD);
}

/* Nobody could be spoken to: the mails go back, all wait 5, 10, 20… seconds, five minutes at most. */
static void
pause_sending(struct mailer *mailer, struct parcel *parcel)
{
	set_stage(parcel, FREE);
	if (mailer->pause_until > clock_steady())
		return; /* its companions have said so already */
	int64_t delay = (mailer->minute / 12) << (mailer->pauses < 6 ? mailer->pauses : 6);
	if (delay > 5 * mailer->minute)
		delay = 5 * mailer->minute;
	mailer->pauses++;
	mailer->pause_until = clock_steady() + delay;
	mailer->look_at = mailer->pause_until;
	log_line(LOG_WARNING, "relay", "state=unreachable times=%u again_in_ms=%lld", mailer->pauses, (long long)delay / 1000);
}

static void
take_outcome(struct mailer *mailer, struct parcel *parcel, int64_t outcome, int64_t code)
{
	if (outcome == DELIVER_UNREACHABLE) {
		pause_sending(mailer, parcel);
		return;
	}
	mailer->pauses = 0;
	snprintf(parcel->answer, sizeof parcel->answer, "%lld", (long long)code);
	if (outcome == DELIVER_TEMPORARY)
		try_later(parcel, false);
	else
		parcel->state = outcome == DELIVER_SENT ? MAIL_SENT : MAIL_FAILED;
	end_parcel(parcel);
}

/* The child is gone, with what it held: nobody knows what became of it, so it goes again. */
static void
lose_child(struct mailer *mailer)
{
	if (mailer->socket >= 0)
		close(mailer->socket);
	mailer->socket = -1;
	for (size_t i = 0; i < PARCELS; i++) {
		struct parcel *parcel = &mailer->parcels[i];
		if (parcel->stage != SENDING)
			continue;
		snprintf(parcel->answer, sizeof parcel->answer, "interrompu");
		try_later(parcel, parcel->attempts < FREE_RETRIES);
		end_parcel(parcel);
	}
}

static void
receive_outcome(struct mailer *mailer, struct arena *arena)
{
	struct frame frame;
	struct guichet_error error;
	const enum guichet_status status =
		frame_receive(mailer->socket, 1024, clock_steady() + mailer->patience, arena, &frame, &error);
	struct frame_reader reader = { frame.body, false };
	const int64_t outcome = status == GUICHET_OK ? frame_next_integer(&reader) : 0;
	const int64_t code = status == GUICHET_OK ? frame_next_integer(&reader) : 0;
	if (status != GUICHET_OK || frame.kind != DELIVER_OUTCOME || !frame_is_read(&reader)
		|| outcome < 0 || outcome >= DELIVER_OUTCOME_COUNT) {
		log_line(LOG_WARNING, "deliver", "state=gone");
		lose_child(mailer);
		return;
	}
	mailer->heard = clock_steady();
	for (size_t i = 0; i < PARCELS; i++)
		if (mailer->parcels[i].stage == SENDING && mailer->parcels[i].frame == frame.id)
			take_outcome(mailer, &mailer->parcels[i], outcome, code);
}

/* --- Sending ----------------------------------------------------------------------- */

/* The child that has just started is told how mail leaves. */
static void
greet_child(struct mailer *mailer, int socket)
{
	lose_child(mailer);
	struct buffer body = buffer_new(64 << 10);
	frame_add_text(&body, mailer->url);
	frame_add_text(&body, mailer->user);
	frame_add_text(&body, mailer->password);
	frame_add_text(&body, mailer->authorities);
	frame_add_text(&body, mailer->domain);
	frame_add_integer(&body, mailer->patience);
	struct guichet_error error;
	mailer->socket = socket;
	mailer->heard = clock_steady();
	if (body.failed || frame_send(socket, &(struct frame){ .kind = DELIVER_SETTINGS, .body = buffer_text(&body) },
		clock_steady() + mailer->patience, &error) != GUICHET_OK)
		lose_child(mailer);
	buffer_release(&body);
}

/* A row of MAIL_DUE, read before anything is sent: a read transaction is short. */
struct due {
	struct text id, message_id, address, subject, body;
	instant created_at;
	int64_t attempts;
	struct parcel *parcel;
};

static void
send_mail(struct mailer *mailer, const struct due *due, struct arena *arena)
{
	struct parcel *parcel = due->parcel;
	*parcel = (struct parcel){ .mailer = mailer, .frame = ++mailer->frames, .attempts = due->attempts,
		.begun = clock_steady() };
	snprintf(parcel->id, sizeof parcel->id, TEXT_FORMAT, TEXT_ARGS(due->id));
	const struct mail_letter letter = {
		.from = mailer->from, .from_name = mailer->from_name, .reply_to = mailer->reply_to,
		.to = due->address, .subject = due->subject, .body = due->body, .date = due->created_at,
		.message_id = arena_format(arena, TEXT_FORMAT "@" TEXT_FORMAT, TEXT_ARGS(due->message_id),
			TEXT_ARGS(mailer->domain)),
	};
	struct buffer composed = buffer_new(BUFFER_LIMIT_MAIL - 4096), body = buffer_new(DELIVER_FRAME_LIMIT);
	mail_compose(&composed, &letter);
	frame_add_text(&body, letter.from);
	frame_add_text(&body, letter.to);
	frame_add_text(&body, buffer_text(&composed));
	if (composed.failed || body.failed || !letter.message_id.at) {
		snprintf(parcel->answer, sizeof parcel->answer, "taille");
		parcel->state = MAIL_FAILED;
		end_parcel(parcel);
	} else {
		if (count_parcels(mailer, SENDING) == 0)
			mailer->heard = clock_steady();
		set_stage(parcel, SENDING);
		struct guichet_error error;
		if (frame_send(mailer->socket, &(struct frame){ .kind = DELIVER_MAIL, .id = parcel->frame,
			.body = buffer_text(&body) }, clock_steady() + mailer->patience, &error) != GUICHET_OK)
			lose_child(mailer);
	}
	buffer_release(&composed);
	buffer_release(&body);
}

/* Which parcels hold a mail. To be asked before the table is read: a parcel that was free by
 * then had its outcome on disk, so what the table says of its mail is the truth; asked after,
 * a mail recorded meanwhile would still be read as waiting and leave twice. */
static void
mark_under_way(struct mailer *mailer, bool under_way[static PARCELS])
{
	pthread_mutex_lock(&mailer->lock);
	mailer->full = true;
	for (size_t i = 0; i < PARCELS; i++) {
		under_way[i] = mailer->parcels[i].stage != FREE;
		mailer->full &= under_way[i];
	}
	pthread_mutex_unlock(&mailer->lock);
}

static bool
is_under_way(const struct mailer *mailer, const bool under_way[static PARCELS], struct text id)
{
	for (size_t i = 0; i < PARCELS; i++)
		if (under_way[i] && text_equal(text_of_string(mailer->parcels[i].id), id))
			return true;
	return false;
}

/* The mails due now that are not under way, at most `room`, each with a parcel to put it in. */
static enum guichet_status
read_due(struct mailer *mailer, struct arena *arena, instant now, struct due *due, size_t room, size_t *ret_count,
	struct guichet_error *error)
{
	const bool quiet = mail_next_allowed(now) != now;
	bool under_way[PARCELS];
	size_t parcel = 0;
	mark_under_way(mailer, under_way);
	CLEANUP(store_read_end) struct store_tx *tx = store_read(mailer->store, error);
	if (!tx)
		return error->status;
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, quiet ? STORE_MAIL_DUE_URGENT : STORE_MAIL_DUE,
			STORE_VALUES(now, clock_steady(), PARCELS + DELIVER_AT_ONCE), error);
	size_t count = 0;
	while (count < room && store_next(&rows)) {
		if (is_under_way(mailer, under_way, store_text(&rows, 0)))
			continue;
		while (parcel < PARCELS && under_way[parcel])
			parcel++;
		if (parcel == PARCELS)
			break;
		due[count++] = (struct due){ .id = store_text(&rows, 0), .message_id = store_text(&rows, 1),
			.address = store_text(&rows, 2), .subject = store_text(&rows, 3), .body = store_text(&rows, 4),
			.created_at = store_integer(&rows, 5), .attempts = store_integer(&rows, 6),
			.parcel = &mailer->parcels[parcel++] };
	}
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_count = count;
	return status;
}

static enum guichet_status
keep_some(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const instant now = *(const instant *)context;
	return store_run(tx, STORE_MAIL_KEEP, STORE_VALUES(now, mail_next_allowed(now) != now, KEPT_AT_ONCE), NULL, error);
}

static enum guichet_status
start_afresh(struct store_tx *tx, void *context, struct guichet_error *error)
{
	(void)context;
	return store_run(tx, STORE_MAIL_START, STORE_VALUES(), NULL, error);
}

/* Sends what is due, as far as the child can hold, or keeps it. Says whether there may be more. */
static enum guichet_status
look(struct mailer *mailer, struct arena *arena, bool *ret_more, struct guichet_error *error)
{
	instant now = clock_now(mailer->clock);
	struct due due[DELIVER_AT_ONCE];
	const size_t room = mailer_sends(mailer) ? DELIVER_AT_ONCE - count_parcels(mailer, SENDING) : 1;
	size_t count = 0;
	const enum guichet_status status = read_due(mailer, arena, now, due, room, &count, error);
	if (status != GUICHET_OK)
		return status;
	*ret_more = count == room;
	if (!mailer_sends(mailer))
		return count ? store_transact(mailer->store, keep_some, &now, error) : GUICHET_OK;
	for (size_t i = 0; i < count && mailer->socket >= 0; i++)
		send_mail(mailer, &due[i], arena);
	return GUICHET_OK;
}

/* --- The thread -------------------------------------------------------------------- */

/* One look at the outbox when it is time for one, or when `asked`. */
static void
look_when_due(struct mailer *mailer, struct arena *arena, bool asked)
{
	const int64_t steady = clock_steady();
	const bool able = mailer_sends(mailer) ? mailer->socket >= 0 && steady >= mailer->pause_until
		&& count_parcels(mailer, SENDING) < DELIVER_AT_ONCE : true;
	if (asked && steady >= mailer->pause_until)
		mailer->look_at = steady;
	if (!able || steady < mailer->look_at)
		return;
	struct guichet_error error;
	enum guichet_status status = GUICHET_OK;
	bool more = false;
	if (!mailer->started)
		status = store_transact(mailer->store, start_afresh, NULL, &error);
	mailer->started |= status == GUICHET_OK;
	if (status == GUICHET_OK)
		status = look(mailer, arena, &more, &error);
	if (status != GUICHET_OK && status != GUICHET_RETRY)
		log_error("mail", &error);
	const int64_t idle = mailer->minute / 4 < INSTANT_SECOND ? mailer->minute / 4 : INSTANT_SECOND;
	if (mailer->look_at < clock_steady() + idle || more)
		mailer->look_at = clock_steady() + (more ? 0 : idle);
}

/* Takes what other threads left. False once the thread must end. */
static bool
take_orders(struct mailer *mailer, int64_t *end_at, bool *ret_asked)
{
	pthread_mutex_lock(&mailer->lock);
	const int attached = mailer->attached;
	const bool stopping = mailer->stopping;
	*ret_asked = mailer->looking && !stopping;
	mailer->attached = -1;
	mailer->looking = false;
	pthread_mutex_unlock(&mailer->lock);
	if (attached >= 0)
		greet_child(mailer, attached);
	if (!stopping)
		return true;
	/* What is at the relay has a moment to be answered; what is being written must end. */
	if (*end_at == INT64_MAX)
		*end_at = clock_steady() + 2 * INSTANT_SECOND;
	const size_t sending = mailer->socket >= 0 ? count_parcels(mailer, SENDING) : 0;
	return count_parcels(mailer, RECORDING) > 0
		|| (sending + count_parcels(mailer, TO_RECORD) > 0 && clock_steady() < *end_at);
}

/* The child holds mails and has said nothing for longer than any conversation may last. */
static void
judge_silence(struct mailer *mailer)
{
	if (mailer->socket < 0 || count_parcels(mailer, SENDING) == 0
		|| clock_steady() < mailer->heard + 6 * mailer->patience)
		return;
	log_line(LOG_WARNING, "deliver", "state=silent");
	lose_child(mailer);
	if (mailer->restart)
		mailer->restart(mailer->restart_context);
}

static void *
run(void *context)
{
	struct mailer *mailer = context;
	CLEANUP(arena_free) struct arena *arena = arena_new(TURN_ARENA);
	int64_t end_at = INT64_MAX;
	bool asked;
	while (arena && take_orders(mailer, &end_at, &asked)) {
		arena_clear(arena);
		record_all(mailer);
		if (end_at == INT64_MAX)
			look_when_due(mailer, arena, asked);
		judge_silence(mailer);

		const bool full = mailer_sends(mailer)
			&& (mailer->socket < 0 || count_parcels(mailer, SENDING) == DELIVER_AT_ONCE);
		const int64_t next = mailer->look_at > mailer->pause_until ? mailer->look_at : mailer->pause_until;
		int64_t wait = full ? INSTANT_SECOND : next - clock_steady();
		wait = end_at != INT64_MAX ? 20000 : wait < 0 ? 0 : wait > INSTANT_SECOND ? INSTANT_SECOND : wait;
		struct pollfd events[] = { { .fd = mailer->wake, .events = POLLIN },
			{ .fd = mailer->socket, .events = POLLIN } };
		if (poll(events, 2, (int)((wait + 999) / 1000)) <= 0)
			continue;
		if (events[0].revents)
			(void)!read(mailer->wake, &(uint64_t){ 0 }, sizeof(uint64_t));
		if (events[1].revents)
			receive_outcome(mailer, arena);
	}
	if (mailer->socket >= 0)
		close(mailer->socket);
	mailer->socket = -1;
	return NULL;
}

/* --- Starting and ending ------------------------------------------------------------ */

/* "smtp://host", with a port or not, without anything else. */
static bool
is_relay(struct text url)
{
	const size_t scheme = text_starts(url, TEXT("smtp://")) ? 7 : text_starts(url, TEXT("smtps://")) ? 8 : 0;
	const struct text host = text_part(url, scheme, url.length);
	if (scheme == 0 || host.length == 0)
		return false;
	for (size_t i = 0; i < host.length; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]", host.at[i]))
			return false;
	return true;
}

static enum guichet_status
read_settings(struct mailer *mailer, const struct mail_settings *settings, struct guichet_error *error)
{
	const struct { const char *from; struct text *to; } copies[] = {
		{ settings->url, &mailer->url }, { settings->user, &mailer->user },
		{ settings->password, &mailer->password }, { settings->authorities, &mailer->authorities },
		{ settings->from, &mailer->from }, { settings->from_name, &mailer->from_name },
		{ settings->reply_to, &mailer->reply_to },
	};
	for (size_t i = 0; i < sizeof copies / sizeof *copies; i++) {
		*copies[i].to = arena_text(mailer->arena, copies[i].from ? text_of_string(copies[i].from) : TEXT(""));
		if (!copies[i].to->at)
			return guichet_fail(error, GUICHET_REFUSED, "Les réglages de la messagerie sont trop longs.");
	}
	mailer->patience = settings->patience ? settings->patience : INSTANT_MINUTE;
	mailer->minute = settings->minute ? settings->minute : INSTANT_MINUTE;
	if (mailer->url.length && !is_relay(mailer->url))
		return guichet_fail(error, GUICHET_REFUSED, "L’adresse du serveur de messagerie s’écrit "
			"« smtp://serveur:port » ou « smtps://serveur:port ».");
	if (mailer->url.length && !mail_address_is_valid(mailer->from))
		return guichet_fail(error, GUICHET_REFUSED, "L’adresse de l’expéditeur des courriels manque ou n’est pas "
			"une adresse.");
	if (mailer->reply_to.length && !mail_address_is_valid(mailer->reply_to))
		return guichet_fail(error, GUICHET_REFUSED, "L’adresse de réponse des courriels n’est pas une adresse.");
	mailer->domain = mailer->from;
	text_split(&mailer->domain, '@');
	return GUICHET_OK;
}

static void
release(struct mailer *mailer)
{
	if (mailer->attached >= 0)
		close(mailer->attached);
	if (mailer->wake >= 0)
		close(mailer->wake);
	pthread_mutex_destroy(&mailer->lock);
	arena_free(mailer->arena);
	free(mailer);
}

enum guichet_status
mailer_new(struct store *store, const struct clock *clock, const struct mail_settings *settings,
	void (*restart)(void *context), void *context, struct mailer **ret_mailer, struct guichet_error *error)
{
	struct mailer *mailer = calloc(1, sizeof *mailer);
	if (!mailer)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	*mailer = (struct mailer){ .store = store, .clock = clock, .restart = restart, .restart_context = context,
		.lock = PTHREAD_MUTEX_INITIALIZER, .attached = -1, .socket = -1, .arena = arena_new(16 << 10),
		.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK) };
	for (size_t i = 0; i < PARCELS; i++)
		mailer->parcels[i].mailer = mailer;
	enum guichet_status status = mailer->arena && mailer->wake >= 0 ? read_settings(mailer, settings, error)
		: guichet_fail(error, GUICHET_BROKEN, "La messagerie ne peut pas démarrer.");
	if (status == GUICHET_OK && pthread_create(&mailer->thread, NULL, run, mailer) != 0)
		status = guichet_fail(error, GUICHET_BROKEN, "La messagerie ne peut pas démarrer.");
	if (status != GUICHET_OK) {
		release(mailer);
		return status;
	}
	*ret_mailer = mailer;
	return GUICHET_OK;
}

void
mailer_free(struct mailer *mailer)
{
	if (!mailer)
		return;
	pthread_mutex_lock(&mailer->lock);
	mailer->stopping = true;
	pthread_mutex_unlock(&mailer->lock);
	mailer_wake(mailer);
	pthread_join(mailer->thread, NULL);
	release(mailer);
}
