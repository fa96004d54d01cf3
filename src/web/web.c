/* The server: connections come in through libmicrohttpd, become requests, meet the table of routes, wait if
 * they must, and leave answered. The order of a request: path, origin, session, right, body, token, page. */
#include "web/inside.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#include "base/banned.h"

enum {
	CONNECTIONS = 2000,
	IDLE_SECONDS = 30,
	REQUEST_SECONDS = 300,
	THREADS_MOST = 8,
	CONNECTION_MEMORY = 32 << 10, /* headers and the pieces of bodies */
	BACKLOG = 1024,
	PAGE_START = 16 << 10,
	PAGE_KEPT = 64 << 10, /* of a request that waits for its next use */
};

/* -- Requests, used again to spare memory calls ----------------------------------------------------- */

static void
request_free(struct request_inside *inside)
{
	arena_free(inside->page.arena);
	buffer_release(&inside->buffer);
	free(inside);
}

static struct request_inside *
request_take(struct web *web)
{
	pthread_mutex_lock(&web->idle_lock);
	struct request_inside *inside = web->idle;
	if (inside) {
		web->idle = inside->next_idle;
		web->idle_count--;
	}
	pthread_mutex_unlock(&web->idle_lock);
	if (inside)
		return inside;
	inside = calloc(1, sizeof *inside);
	if (!inside)
		return NULL;
	inside->page.arena = arena_new(WEB_LIMIT_ARENA);
	inside->buffer = buffer_new(BUFFER_LIMIT_PAGE);
	if (!inside->page.arena) {
		free(inside);
		return NULL;
	}
	return inside;
}

static void
request_give_back(struct web *web, struct request_inside *inside)
{
	struct arena *arena = inside->page.arena;
	arena_clear(arena);
	struct buffer buffer = inside->buffer;
	if (buffer.capacity > PAGE_KEPT)
		buffer_release(&buffer);
	buffer_clear(&buffer);
	*inside = (struct request_inside){ .page = { .arena = arena }, .buffer = buffer };
	pthread_mutex_lock(&web->idle_lock);
	const bool keep = web->idle_count < IDLE_REQUESTS;
	if (keep) {
		inside->next_idle = web->idle;
		web->idle = inside;
		web->idle_count++;
	}
	pthread_mutex_unlock(&web->idle_lock);
	if (!keep)
		request_free(inside);
}

/* Who asks, for throttling: the peer, or what our own front server says of it. */
static void
read_remote(struct request_inside *inside)
{
	struct request *request = &inside->page;
	if (inside->web->options.trust_forwarded) {
		struct text list = request_header(request, "X-Forwarded-For"), last = { 0 };
		while (list.at) /* the last one is the one that our front server saw */
			last = text_trim(text_split(&list, ','));
		if (last.length && last.length < sizeof inside->remote) {
			memcpy(inside->remote, last.at, last.length);
			request->remote = (struct text){ inside->remote, last.length };
			return;
		}
	}
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(inside->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *peer = info ? info->client_addr : NULL;
	if (!peer)
		return;
	const void *address = peer->sa_family == AF_INET6
		? (const void *)&((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr
		: (const void *)&((const struct sockaddr_in *)(const void *)peer)->sin_addr;
	if (inet_ntop(peer->sa_family, address, inside->remote, sizeof inside->remote))
		request->remote = text_of_string(inside->remote);
}

/* A fresh request for a target, before its headers are known. NULL: the connection will be closed. */
static void *
on_target(void *context, const char *target, struct MHD_Connection *connection)
{
	static const char digits[] = "0123456789abcdefghjkmnpqrstvwxyz";
	struct web *web = context;
	struct request_inside *inside = request_take(web);
	if (!inside)
		return NULL;
	inside->web = web;
	inside->connection = connection;
	inside->file = -1;
	inside->started = clock_steady();
	memcpy(inside->id, web->id_prefix, 6);
	uint32_t number = atomic_fetch_add(&web->id_next, 1);
	for (size_t i = REQUEST_ID_LENGTH; i-- > 6; number >>= 5)
		inside->id[i] = digits[number & 31];
	struct request *request = &inside->page;
	request->id = (struct text){ inside->id, REQUEST_ID_LENGTH };
	request->context = web->options.context;
	request->target = arena_text(request->arena, text_of_string(target));
	request->path = TEXT("/");
	atomic_init(&inside->wait, WAIT_NONE);
	return inside;
}

static void
on_completed(void *context, struct MHD_Connection *connection, void **place,
	enum MHD_RequestTerminationCode code)
{
	(void)connection;
	struct web *web = context;
	struct request_inside *inside = *place;
	if (!inside)
		return;
	*place = NULL;
	if (!web->options.quiet)
		log_line(LOG_INFO, "request", "request=%s method=%s route=%s status=%d bytes=%lld us=%lld%s", inside->id,
			inside->method ? inside->method : "-", inside->page.route ? inside->page.route->path
			: inside->is_static ? "/statique" : "-", inside->sent_status, (long long)inside->sent_bytes,
			(long long)(clock_steady() - inside->started),
			code == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "" : " cut=1");
	if (inside->file >= 0)
		close(inside->file);
	const bool counted = inside->counted, busy = inside->busy;
	request_give_back(web, inside);
	if (busy)
		atomic_fetch_sub(&web->busy, 1);
	if (counted)
		atomic_fetch_sub(&web->active, 1);
}

/* -- The steps of a request --------------------------------------------------------------------------- */

/* "/dossiers/12?etat=depose" into path and query. */
static bool
read_target(struct request_inside *inside)
{
	struct request *request = &inside->page;
	if (!request->target.at || request->target.length > LONGEST_TARGET
		|| !text_starts(request->target, TEXT("/"))) {
		set_problem(inside, PROBLEM_BAD_REQUEST, 400, "Cette adresse ne peut pas être lue : vérifiez le lien "
			"que vous avez suivi.");
		return false;
	}
	const struct text copy = arena_text(request->arena, request->target);
	struct text query = copy;
	const struct text path = text_split(&query, '?');
	/* The copy is ours to change. */
	const size_t length = copy.at ? percent_decode((char *)(uintptr_t)path.at, path.length, false) : SIZE_MAX;
	if (length == SIZE_MAX || (query.at && form_read_urlencoded(request->arena, (char *)(uintptr_t)query.at,
		query.length, &inside->query) != FORM_GOOD)) {
		set_problem(inside, PROBLEM_BAD_REQUEST, 400, "Cette adresse ne peut pas être lue : vérifiez le lien "
			"que vous avez suivi.");
		return false;
	}
	request->path = (struct text){ path.at, length };
	return true;
}

static bool
read_method(struct request_inside *inside, const char *method)
{
	static const struct { const char *name; enum method method; } methods[] = {
		{ "GET", METHOD_GET }, { "HEAD", METHOD_GET }, { "POST", METHOD_POST },
	};
	inside->method = "other";
	for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
		if (strcmp(methods[i].name, method) == 0) {
			inside->method = methods[i].name;
			inside->page.method = methods[i].method;
			inside->page.is_head = i == 1;
			return true;
		}
	inside->allow = "GET, HEAD, POST";
	set_problem(inside, PROBLEM_NO_METHOD, 405, "Cette page ne répond pas à ce genre de demande.");
	return false;
}

static bool
find_route(struct request_inside *inside)
{
	struct request *request = &inside->page;
	request->route = router_find(inside->web, request->method, request->path, inside->parameters, &inside->allow);
	if (request->route)
		return true;
	if (inside->allow)
		set_problem(inside, PROBLEM_NO_METHOD, 405, "Cette page ne répond pas à ce genre de demande : revenez à "
			"l’accueil et recommencez.");
	else
		set_problem(inside, PROBLEM_NO_PAGE, 404, "Cette page n’existe pas : vérifiez l’adresse ou revenez à "
			"l’accueil.");
	return false;
}

/* What a failure before the page becomes; REFUSED stands for "not your right". */
static void
problem_of_failure(struct request_inside *inside, enum guichet_status status, const struct guichet_error *error)
{
	const struct text said = arena_text(inside->page.arena, text_of_string(error->message));
	switch (status) {
	case GUICHET_OK:
		return;
	case GUICHET_UNKNOWN:
		set_problem(inside, PROBLEM_NO_PAGE, 404, "Cette page n’existe pas ou ne vous est pas destinée.");
		return;
	case GUICHET_REFUSED:
		if (inside->page.session)
			set_problem(inside, PROBLEM_NOT_ALLOWED, 403, said.length ? said.at
				: "Cette page est réservée à d’autres fonctions que les vôtres.");
		else
			set_problem(inside, PROBLEM_LOGGED_OUT, 403, "Votre connexion a expiré : rien n’a encore été "
				"enregistré. Connectez-vous dans un autre onglet, puis revenez ici et envoyez de nouveau.");
		return;
	case GUICHET_RETRY:
		set_problem(inside, PROBLEM_FAILED, 503, "Le service est très demandé. Réessayez dans quelques secondes.");
		return;
	case GUICHET_BROKEN:
		break;
	}
	log_line(LOG_FAILURE, "request", "request=%s where=%s:%d message=\"%s\"", inside->id,
		error->file ? error->file : "?", error->line, error->message);
	set_problem(inside, PROBLEM_FAILED, 500, "Une erreur est survenue de notre côté. Réessayez, et si l’erreur "
		"revient, prévenez l’assistance.");
}

static bool
find_session(struct request_inside *inside)
{
	struct request *request = &inside->page;
	struct web *web = inside->web;
	const struct text token = request_cookie(request, cookie_session(web));
	if (web->options.sessions && token.length) {
		struct guichet_error error = { 0 };
		const enum guichet_status status = sessions_find(web->options.sessions, request->arena, token,
			clock_now(web->options.clock), &inside->session, &error);
		if (status != GUICHET_OK) {
			problem_of_failure(inside, status, &error);
			return false;
		}
		if (inside->session.person.at)
			request->session = &inside->session;
	}
	if (!request->session)
		token_read_presession(inside);
	return true;
}

/* Zero admits nobody, before anybody is asked. */
static bool
check_right(struct request_inside *inside)
{
	struct request *request = &inside->page;
	struct guichet_error error = { 0 };
	enum guichet_status status;
	if (request->route->right == 0 || !inside->web->options.authorise)
		status = guichet_fail(&error, GUICHET_REFUSED, "Cette page n’est ouverte à personne.");
	else
		status = inside->web->options.authorise(request, request->route->right, &error);
	if (status == GUICHET_OK)
		return true;
	problem_of_failure(inside, status, &error);
	return false;
}

static enum form_outcome
begin_body(struct request_inside *inside)
{
	struct request *request = &inside->page;
	const struct text length = request_header(request, "Content-Length");
	const bool uploads = request->route->flags & ROUTE_UPLOADS;
	int64_t size = 0;
	if (length.at && !text_to_integer(length, 0, INT64_MAX, &size))
		return FORM_BAD;
	if (length.at && size == 0)
		return FORM_GOOD; /* a form without any field: refused later for want of a token, or X-Jeton has it */
	if (size > WEB_LIMIT_DRAIN || (!uploads && size > 2 * WEB_LIMIT_FORM))
		return FORM_TOO_LARGE;
	enum form_outcome outcome;
	const enum form_files files = !uploads ? FORM_FILES_REFUSED
		: inside->problem.status ? FORM_FILES_DROPPED : FORM_FILES_KEPT;
	inside->reader = form_reader_new(request->arena, request_header(request, "Content-Type"), files,
		inside->web->options.upload_directory, &outcome);
	return outcome;
}

static void
problem_of_form(struct request_inside *inside, enum form_outcome outcome)
{
	inside->reader = NULL;
	switch (outcome) {
	case FORM_GOOD:
		return;
	case FORM_BAD:
		set_problem(inside, PROBLEM_BAD_REQUEST, 400, "Ce formulaire n’a pas pu être lu : rien n’a été enregistré. "
			"Revenez à la page précédente et recommencez.");
		return;
	case FORM_TOO_LARGE:
		set_problem(inside, PROBLEM_TOO_LARGE, 413, "L’envoi est trop lourd : 10 Mo au plus par fichier. Rien n’a été "
			"enregistré ; réduisez le fichier puis recommencez.");
		return;
	case FORM_NO_ROOM:
		log_line(LOG_FAILURE, "form", "request=%s message=\"no room for an upload\" errno=%d", inside->id, errno);
		set_problem(inside, PROBLEM_FAILED, 503, "La place manque pour recevoir votre envoi : rien n’a été "
			"enregistré. Réessayez dans quelques minutes.");
		return;
	}
}

/* The headers are known: everything that can be decided without the body. */
static enum MHD_Result
start(struct request_inside *inside, const char *method)
{
	struct web *web = inside->web;
	struct request *request = &inside->page;
	atomic_fetch_add(&web->active, 1);
	inside->counted = true;
	read_remote(inside);
	inside->stage = STAGE_DRAIN;
	if (atomic_load(&web->stopping)) {
		set_problem(inside, PROBLEM_STOPPING, 503, "Le service redémarre. Réessayez dans quelques secondes.");
		return MHD_YES;
	}
	if (!read_method(inside, method) || !read_target(inside))
		return MHD_YES;
	if (text_starts(request->path, TEXT("/statique/")) && request->method == METHOD_GET)
		return MHD_YES;
	if (!find_route(inside))
		return MHD_YES;
	if (request->method == METHOD_POST && !token_check_origin(inside))
		return MHD_YES;
	if (!find_session(inside))
		return MHD_YES;
	const bool allowed = check_right(inside);
	if (request->method != METHOD_POST)
		return MHD_YES;
	if (!allowed && inside->problem.reason != PROBLEM_LOGGED_OUT)
		return MHD_YES;
	const enum form_outcome outcome = begin_body(inside);
	if (outcome != FORM_GOOD)
		problem_of_form(inside, outcome);
	if (outcome == FORM_TOO_LARGE && request_header(request, "Expect").at)
		return answer_problem(inside); /* nothing was sent yet */
	if (inside->reader)
		inside->stage = STAGE_BODY;
	return MHD_YES;
}

static enum MHD_Result
take_body(struct request_inside *inside, struct text bytes)
{
	const struct web *web = inside->web;
	if (clock_steady() - inside->started > web->options.request_seconds * INSTANT_SECOND)
		return MHD_NO;
	inside->drained += (int64_t)bytes.length;
	if (inside->drained > WEB_LIMIT_DRAIN)
		return MHD_NO;
	if (inside->stage == STAGE_BODY) {
		const enum form_outcome outcome = form_reader_feed(inside->reader, bytes);
		if (outcome != FORM_GOOD) {
			problem_of_form(inside, outcome);
			inside->stage = STAGE_DRAIN;
		}
	}
	return MHD_YES;
}

static enum MHD_Result
call(struct request_inside *inside, web_page *function)
{
	struct request *request = &inside->page;
	struct html html = { &inside->buffer, request->language };
	struct guichet_error error = { 0 };
	if (!inside->buffer.at) {
		inside->buffer.at = malloc(PAGE_START); /* without it the buffer grows on its own */
		inside->buffer.capacity = inside->buffer.at ? PAGE_START : 0;
	}
	buffer_clear(&inside->buffer);
	enum guichet_status status = function(request, &html, &error);
	if (atomic_load(&inside->wait) == WAIT_NONE || (status != GUICHET_OK && function == request->route->begin))
		return answer_outcome(inside, status, &html, &error);
	if (function != request->route->begin)
		return answer_outcome(inside, status, &html, &error);

	/* It waits. Resumed already? Then there is nothing to wait for. */
	assert(request->route->finish);
	inside->stage = STAGE_WAITING;
	if (atomic_load(&inside->wait) == WAIT_RESUMED)
		return call(inside, request->route->finish);
	struct MHD_Connection *connection = inside->connection;
	MHD_suspend_connection(connection);
	enum wait asked = WAIT_ASKED;
	if (!atomic_compare_exchange_strong(&inside->wait, &asked, WAIT_SUSPENDED))
		MHD_resume_connection(connection);
	return MHD_YES;
}

/* Counts the requests that are with a page, waiting or not: the server stops when there are none. */
static bool
busy_begin(struct request_inside *inside)
{
	inside->busy = true;
	atomic_fetch_add(&inside->web->busy, 1);
	return !atomic_load(&inside->web->closing);
}

/* Sends nobody to the login page, with the way back. */
static enum MHD_Result
send_to_login(struct request_inside *inside)
{
	struct request *request = &inside->page;
	struct guichet_error error = { 0 };
	struct html html = { &inside->buffer, request->language };
	const char *login = inside->web->options.login_path ? inside->web->options.login_path : "/connexion";
	CLEANUP(buffer_release) struct buffer path = buffer_new(3 * LONGEST_TARGET + 100);
	buffer_format(&path, "%s?vers=", login);
	for (size_t i = 0; i < request->target.length; i++) {
		const unsigned char character = (unsigned char)request->target.at[i];
		if ((character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')
			|| (character >= '0' && character <= '9') || strchr("/-._~", character))
			buffer_format(&path, "%c", character);
		else
			buffer_format(&path, "%%%02X", character);
	}
	inside->problem.status = 0;
	(void)!request_redirect(request, 303, buffer_text(&path));
	return answer_outcome(inside, GUICHET_OK, &html, &error);
}

/* The request is complete. */
static enum MHD_Result
answer(struct request_inside *inside)
{
	struct request *request = &inside->page;
	request->received_at = clock_now(inside->web->options.clock);
	if (inside->stage == STAGE_BODY) {
		const enum form_outcome outcome = form_reader_end(inside->reader, &inside->form);
		if (outcome != FORM_GOOD)
			problem_of_form(inside, outcome);
	}
	if (!inside->problem.status && !request->route) {
		const struct static_answer *file = answer_static_find(inside->web, request->path);
		if (file)
			return answer_static(inside, file);
		set_problem(inside, PROBLEM_NO_PAGE, 404, "Ce fichier n’existe pas.");
	}
	if (!inside->problem.status && request->method == METHOD_POST)
		(void)token_check_form(inside);
	if (inside->problem.reason == PROBLEM_LOGGED_OUT && inside->problem.status && request->method == METHOD_GET
		&& !(request->route->flags & ROUTE_BACKGROUND))
		return send_to_login(inside);
	if (!inside->problem.status && !busy_begin(inside))
		set_problem(inside, PROBLEM_STOPPING, 503, "Le service redémarre. Réessayez dans quelques secondes.");
	return inside->problem.status ? answer_problem(inside) : call(inside, request->route->begin);
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
	const char *version, const char *bytes, size_t *length, void **place)
{
	(void)context, (void)connection, (void)url, (void)version;
	struct request_inside *inside = *place;
	if (!inside)
		return MHD_NO;
	switch (inside->stage) {
	case STAGE_NEW:
		return start(inside, method);
	case STAGE_BODY:
	case STAGE_DRAIN:
		if (*length == 0)
			return answer(inside);
		const struct text piece = { bytes, *length };
		*length = 0;
		return take_body(inside, piece);
	case STAGE_WAITING:
		return call(inside, inside->page.route->finish);
	case STAGE_ANSWERED:
		return MHD_NO;
	}
	return MHD_NO;
}

/* -- The server ------------------------------------------------------------------------------------- */

/* Only the library's own words: what fills them may be an address with a personal link's token. */
static void
on_library_log(void *context, const char *format, va_list arguments)
{
	(void)context, (void)arguments;
	char line[256];
	snprintf(line, sizeof line, "%s", format);
	for (char *at = line; *at; at++)
		if (*at == '"' || (unsigned char)*at < ' ')
			*at = ' ';
	log_line(LOG_WARNING, "http", "message=\"%s\"", line);
}

/* A socket that listens, or -1 after filling *error. */
static int
listen_on(const char *address, uint16_t port, uint16_t *ret_port, struct guichet_error *error)
{
	char service[8];
	snprintf(service, sizeof service, "%u", port);
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	};
	struct addrinfo *found = NULL;
	if (getaddrinfo(address, service, &hints, &found) != 0) {
		(void)!guichet_fail(error, GUICHET_REFUSED, "« %s » n’est pas une adresse où écouter : donnez une adresse "
			"IP, par exemple 127.0.0.1.", address);
		return -1;
	}
	const int on = 1;
	const int listener = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_storage bound;
	socklen_t size = sizeof bound;
	const bool ready = listener >= 0 && setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0
		&& bind(listener, found->ai_addr, found->ai_addrlen) == 0 && listen(listener, BACKLOG) == 0
		&& getsockname(listener, (struct sockaddr *)&bound, &size) == 0;
	const int why = errno;
	freeaddrinfo(found);
	if (!ready) {
		if (listener >= 0)
			close(listener);
		(void)!guichet_fail(error, GUICHET_REFUSED, why == EADDRINUSE
			? "Le port %s de %s est déjà pris : arrêtez l’autre programme ou choisissez un autre port (%s)."
			: "Impossible d’écouter sur le port %s de %s (%s).", service, address, strerror(why));
		return -1;
	}
	*ret_port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)(void *)&bound)->sin6_port
		: ((struct sockaddr_in *)(void *)&bound)->sin_port);
	return listener;
}

static void
web_free(struct web *web)
{
	answer_static_release(web);
	while (web->idle) {
		struct request_inside *next = web->idle->next_idle;
		request_free(web->idle);
		web->idle = next;
	}
	if (web->listener >= 0)
		close(web->listener);
	pthread_mutex_destroy(&web->idle_lock);
	free(web);
}

static void
fill_defaults(struct web_options *options)
{
	if (!options->address)
		options->address = "127.0.0.1";
	if (!options->threads) {
		const long processors = sysconf(_SC_NPROCESSORS_ONLN);
		options->threads = processors < 1 ? 1 : processors > THREADS_MOST ? THREADS_MOST : (unsigned)processors;
	}
	if (!options->connections)
		options->connections = CONNECTIONS;
	if (!options->idle_seconds)
		options->idle_seconds = IDLE_SECONDS;
	if (!options->request_seconds)
		options->request_seconds = REQUEST_SECONDS;
	if (!options->upload_directory)
		options->upload_directory = "/tmp";
}

struct web *
web_start(const struct web_options *options, struct guichet_error *error)
{
	struct web *web = calloc(1, sizeof *web);
	if (!web)
		return guichet_fail_null(error, GUICHET_BROKEN, "Mémoire épuisée.");
	web->options = *options;
	fill_defaults(&web->options);
	pthread_mutex_init(&web->idle_lock, NULL);
	for (size_t i = 0; i < 6; i++)
		web->id_prefix[i] = "0123456789abcdefghjkmnpqrstvwxyz"[randombytes_uniform(32)];
	if (options->sessions)
		web->key = sessions_key(options->sessions);
	else
		randombytes_buf(web->key.bytes, sizeof web->key.bytes);
	web->listener = listen_on(web->options.address, web->options.port, &web->port, error);
	if (web->listener < 0 || !answer_static_prepare(web)) {
		if (web->listener >= 0)
			(void)!guichet_fail(error, GUICHET_BROKEN, "Mémoire épuisée.");
		web_free(web);
		return NULL;
	}
	const struct MHD_OptionItem items[] = {
		{ MHD_OPTION_LISTEN_SOCKET, web->listener, NULL },
		{ MHD_OPTION_CONNECTION_LIMIT, (intptr_t)web->options.connections, NULL },
		{ MHD_OPTION_PER_IP_CONNECTION_LIMIT, (intptr_t)web->options.connections_per_address, NULL },
		{ MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)web->options.idle_seconds, NULL },
		{ MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL },
		{ MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL },
		/* a pool of one is not a pool */
		{ web->options.threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END,
			(intptr_t)web->options.threads, NULL },
		{ MHD_OPTION_END, 0, NULL },
	};
	web->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_INTERNAL_POLLING_THREAD
		| MHD_USE_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, web,
		MHD_OPTION_EXTERNAL_LOGGER, on_library_log, NULL,
		MHD_OPTION_URI_LOG_CALLBACK, on_target, web,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, web,
		MHD_OPTION_ARRAY, items, MHD_OPTION_END);
	if (!web->daemon) {
		web_free(web);
		return guichet_fail_null(error, GUICHET_BROKEN, "Le serveur HTTP ne démarre pas.");
	}
	return web;
}

uint16_t
web_port(const struct web *web)
{
	return web->port;
}

/* True once `count` is zero; false after `seconds`. */
static bool
wait_for_none(const _Atomic int *count, unsigned seconds)
{
	const struct timespec pause = { 0, 2 * 1000 * 1000 };
	const int64_t until = clock_steady() + seconds * INSTANT_SECOND;
	while (atomic_load(count) > 0) {
		if (clock_steady() > until)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

bool
web_stop(struct web *web, unsigned seconds)
{
	enum { LAST_UPLOADS = 2 }; /* seconds left to those who are still sending */
	if (!web)
		return true;
	atomic_store(&web->stopping, true);
	(void)MHD_quiesce_daemon(web->daemon);
	close(web->listener);
	web->listener = -1;
	(void)wait_for_none(&web->active, LAST_UPLOADS < seconds ? LAST_UPLOADS : seconds);
	atomic_store(&web->closing, true);
	/* Stopping with a suspended connection would abort: each must be resumed by who works for it. */
	if (!wait_for_none(&web->busy, seconds)) {
		log_line(LOG_FAILURE, "stop", "busy=%d message=\"requests were never resumed\"", atomic_load(&web->busy));
		return false;
	}
	MHD_stop_daemon(web->daemon);
	web_free(web);
	return true;
}
