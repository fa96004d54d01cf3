/* See deliver.h. A few threads share the socket: each takes a mail, holds its conversation
 * with the relay, answers. libcurl keeps the connection for the next mail. */
#include "mail/deliver.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/frame.h"
#include "base/log.h"

#include "base/banned.h"

enum { ARENA_LIMIT = DELIVER_FRAME_LIMIT + (64 << 10) };

struct deliver {
	int socket;
	struct deliver_settings settings; /* texts end with NUL */
	const char *url;                  /* with the name we greet by as its path, as libcurl wants it */
	pthread_mutex_t receiving, sending;
	struct guichet_error error;       /* the first one; guarded by sending */
};

/* One conversation with the relay. */
struct conversation {
	struct text unread; /* of the letter */
	bool named;         /* the recipient was named: what comes next is about this mail */
};

static size_t
give_bytes(char *out, size_t size, size_t count, void *context)
{
	struct conversation *conversation = context;
	const struct text part = text_part(conversation->unread, 0, size * count);
	if (part.length)
		memcpy(out, part.at, part.length);
	conversation->unread = text_part(conversation->unread, part.length, conversation->unread.length);
	return part.length;
}

static int
overhear(CURL *curl, curl_infotype kind, char *bytes, size_t length, void *context)
{
	(void)curl;
	struct conversation *conversation = context;
	if (conversation && kind == CURLINFO_HEADER_OUT && text_starts((struct text){ bytes, length }, TEXT("RCPT")))
		conversation->named = true;
	return 0;
}

static size_t
drop_bytes(char *bytes, size_t size, size_t count, void *context)
{
	(void)bytes, (void)context;
	return size * count;
}

/* The options that stay from one mail to the next. NULL without memory. */
static CURL *
curl_of(const struct deliver *deliver)
{
	const struct deliver_settings *settings = &deliver->settings;
	const long milliseconds = (long)(settings->patience / 1000);
	CURL *curl = curl_easy_init();
	if (!curl)
		return NULL;
	bool set = !curl_easy_setopt(curl, CURLOPT_URL, deliver->url);
	set &= !curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	set &= !curl_easy_setopt(curl, CURLOPT_PROXY, "");
	set &= !curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	set &= !curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	set &= !curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
	set &= !curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop_bytes);
	set &= !curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, overhear);
	set &= !curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	set &= !curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds);
	set &= !curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (milliseconds + 999) / 1000);
	set &= !curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 4 * milliseconds);
	/* Without a secret to protect, TLS when offered; with one, TLS or nothing. */
	set &= !curl_easy_setopt(curl, CURLOPT_USE_SSL, settings->user.length ? CURLUSESSL_ALL : CURLUSESSL_TRY);
	set &= !curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	if (settings->authorities.length)
		set &= !curl_easy_setopt(curl, CURLOPT_CAINFO, settings->authorities.at);
	if (settings->user.length) {
		set &= !curl_easy_setopt(curl, CURLOPT_USERNAME, settings->user.at);
		set &= !curl_easy_setopt(curl, CURLOPT_PASSWORD, settings->password.at);
	}
	if (!set) {
		curl_easy_cleanup(curl);
		return NULL;
	}
	return curl;
}

/* What the end of a conversation means. Before the recipient is named the relay speaks of us
 * or of itself; afterwards a code of the 500s is its last word on this mail. */
static enum deliver_outcome
outcome_of(const struct conversation *conversation, CURLcode result, long code)
{
	if (result == CURLE_OK)
		return DELIVER_SENT;
	if (!conversation->named)
		return DELIVER_UNREACHABLE;
	return code >= 500 && code <= 599 ? DELIVER_PERMANENT : DELIVER_TEMPORARY;
}

static enum deliver_outcome
deliver_mail(CURL *curl, struct text from, struct text to, struct text letter, long *ret_code)
{
	struct conversation conversation = { letter, false };
	struct curl_slist *recipients = curl_slist_append(NULL, to.at);
	if (!recipients)
		return DELIVER_UNREACHABLE;
	enum deliver_outcome outcome = DELIVER_UNREACHABLE;
	if (!curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.at)
		&& !curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients)
		&& !curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)letter.length)
		&& !curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &conversation)
		&& !curl_easy_setopt(curl, CURLOPT_READDATA, &conversation)) {
		const CURLcode result = curl_easy_perform(curl);
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, ret_code);
		outcome = outcome_of(&conversation, result, *ret_code);
		if (result != CURLE_OK)
			log_line(LOG_WARNING, "mail", "outcome=%d code=%ld reason=\"%s\"", (int)outcome, *ret_code,
				curl_easy_strerror(result));
	}
	/* Nothing of this mail is left for the moment when the connection closes. */
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, NULL);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, NULL);
	curl_slist_free_all(recipients);
	return outcome;
}

/* Takes one mail and answers. UNKNOWN when the other end has closed. */
static enum guichet_status
serve_one(struct deliver *deliver, CURL *curl, struct arena *arena, struct guichet_error *error)
{
	struct frame frame;
	pthread_mutex_lock(&deliver->receiving);
	enum guichet_status status =
		frame_receive(deliver->socket, DELIVER_FRAME_LIMIT, INT64_MAX, arena, &frame, error);
	pthread_mutex_unlock(&deliver->receiving);
	if (status != GUICHET_OK)
		return status;

	struct frame_reader reader = { frame.body, false };
	const struct text from = arena_text(arena, frame_next_text(&reader));
	const struct text to = arena_text(arena, frame_next_text(&reader));
	const struct text letter = frame_next_text(&reader);
	if (frame.kind != DELIVER_MAIL || !frame_is_read(&reader) || !from.at || !to.at)
		return guichet_fail(error, GUICHET_BROKEN, "Ce qui est reçu n’est pas un courriel à remettre.");

	long code = 0;
	const enum deliver_outcome outcome = deliver_mail(curl, from, to, letter, &code);
	struct buffer body = buffer_new(64);
	frame_add_integer(&body, (int64_t)outcome);
	frame_add_integer(&body, code);
	pthread_mutex_lock(&deliver->sending);
	status = frame_send(deliver->socket,
		&(struct frame){ .kind = DELIVER_OUTCOME, .id = frame.id, .body = buffer_text(&body) }, INT64_MAX, error);
	pthread_mutex_unlock(&deliver->sending);
	buffer_release(&body);
	return status;
}

static void *
serve(void *context)
{
	struct deliver *deliver = context;
	struct guichet_error error = { 0 };
	struct arena *arena = arena_new(2 * ARENA_LIMIT);
	CURL *curl = curl_of(deliver);
	enum guichet_status status = GUICHET_OK;
	if (!arena || !curl)
		status = guichet_fail(&error, GUICHET_BROKEN, "La mémoire manque pour remettre les courriels.");
	while (status == GUICHET_OK) {
		arena_clear(arena);
		status = serve_one(deliver, curl, arena, &error);
	}
	if (curl)
		curl_easy_cleanup(curl);
	arena_free(arena);
	pthread_mutex_lock(&deliver->sending);
	if (status != GUICHET_UNKNOWN && deliver->error.status == GUICHET_OK)
		deliver->error = error;
	pthread_mutex_unlock(&deliver->sending);
	return NULL;
}

/* "smtp://relay:587" and the name we greet by: libcurl takes it from the path. */
static char *
url_of(const struct deliver_settings *settings)
{
	char *joined = NULL;
	CURLU *url = curl_url();
	CLEANUP(arena_free) struct arena *arena = arena_new(4096);
	const struct text path = arena ? arena_format(arena, "/" TEXT_FORMAT, TEXT_ARGS(settings->hello)) : (struct text){ 0 };
	if (url && path.at && !curl_url_set(url, CURLUPART_URL, settings->url.at, 0)
		&& !curl_url_set(url, CURLUPART_PATH, path.at, 0) && curl_url_get(url, CURLUPART_URL, &joined, 0))
		joined = NULL;
	curl_url_cleanup(url);
	return joined;
}

static enum guichet_status
receive_settings(int socket, struct arena *arena, struct deliver_settings *ret_settings, struct guichet_error *error)
{
	struct frame frame;
	const enum guichet_status status = frame_receive(socket, 64 << 10, INT64_MAX, arena, &frame, error);
	if (status != GUICHET_OK)
		return status;
	struct frame_reader reader = { frame.body, false };
	const struct deliver_settings settings = {
		.url = arena_text(arena, frame_next_text(&reader)),
		.user = arena_text(arena, frame_next_text(&reader)),
		.password = arena_text(arena, frame_next_text(&reader)),
		.authorities = arena_text(arena, frame_next_text(&reader)),
		.hello = arena_text(arena, frame_next_text(&reader)),
		.patience = frame_next_integer(&reader),
	};
	if (frame.kind != DELIVER_SETTINGS || !frame_is_read(&reader) || !settings.url.at || !settings.user.at
		|| !settings.password.at || !settings.authorities.at || !settings.hello.at
		|| settings.patience < 1000 || settings.patience > 3600 * INT64_C(1000000))
		return guichet_fail(error, GUICHET_BROKEN, "Ce qui est reçu n’est pas un réglage de la messagerie.");
	*ret_settings = settings;
	return GUICHET_OK;
}

enum guichet_status
deliver_run(int socket, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(256 << 10);
	struct deliver deliver = { .socket = socket, .receiving = PTHREAD_MUTEX_INITIALIZER,
		.sending = PTHREAD_MUTEX_INITIALIZER };
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	signal(SIGPIPE, SIG_IGN); /* OpenSSL writes to sockets that the relay has closed */
	enum guichet_status status = receive_settings(socket, arena, &deliver.settings, error);
	if (status != GUICHET_OK)
		return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return guichet_fail(error, GUICHET_BROKEN, "La bibliothèque de messagerie ne démarre pas.");
	char *url = url_of(&deliver.settings);
	if (!url) {
		curl_global_cleanup();
		return guichet_fail(error, GUICHET_BROKEN, "L’adresse du serveur de messagerie ne se lit pas.");
	}
	deliver.url = url;

	pthread_t threads[DELIVER_AT_ONCE];
	size_t started = 0;
	while (started < DELIVER_AT_ONCE && pthread_create(&threads[started], NULL, serve, &deliver) == 0)
		started++;
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	curl_free(url);
	curl_global_cleanup();
	if (started == 0)
		return guichet_fail(error, GUICHET_BROKEN, "Aucun fil d’exécution ne démarre.");
	if (deliver.error.status != GUICHET_OK)
		*error = deliver.error;
	return deliver.error.status;
}
