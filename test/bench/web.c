/* What a page costs: serves one page built by web/ with a session, and the same bytes from bare
 * libmicrohttpd with the same threads. Prints "guichet PORT COOKIE" and "bare PORT", then serves until its
 * input ends. For tools that count requests from the outside:
 *     build/release-gcc/bench-web DIRECTORY [ROWS]      wrk -c32 -H "Cookie: COOKIE" http://127.0.0.1:PORT/dossiers */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store/store.h"
#include "web/web.h"

#include "base/banned.h"

enum { ROWS = 100, ROWS_MOST = 1000, THREADS = 2 };

/* About 20 KB for 100 rows, as a list of dossiers is. */
static enum guichet_status
page(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	html_markup(html, "<!doctype html>");
	HTML_IN(html, "html", { "lang", TEXT("fr") });
	{
		HTML_IN(html, "head");
		HTML_VOID(html, "meta", { "charset", TEXT("utf-8") });
		HTML_VOID(html, "link", { "rel", TEXT("stylesheet") }, { "href", request_static(request, "guichet.css") });
		HTML_SAY(html, "title", "Mes dossiers");
	}
	HTML_IN(html, "body");
	HTML_SAY(html, "h1", "Mes dossiers");
	{
		FORM_IN(request, html, TEXT("/dossiers"), { "class", TEXT("filters") });
		HTML_VOID(html, "input", { "name", TEXT("q") }, { "value", TEXT("L’été & l’hiver") });
	}
	HTML_IN(html, "table", { "class", TEXT("table") });
	for (int i = 0; i < *(const int *)request->context; i++) {
		HTML_IN(html, "tr");
		{
			HTML_IN(html, "th", { "scope", TEXT("row") });
			HTML_IN(html, "a", { "href", TEXT("/dossiers/2023-0412-K") });
			html_integer(html, i);
		}
		HTML_LINE(html, "td", TEXT("Camille Roux-O’Neil"), { "data-label", TEXT("Agent") });
		HTML_LINE(html, "td", TEXT("Division des examens & concours"), { "data-label", TEXT("Service") });
		HTML_LINE(html, "span", TEXT("Acceptée"), { "class", TEXT("badge success") });
	}
	return GUICHET_OK;
}

static enum guichet_status
authorise(struct request *request, unsigned right, struct guichet_error *error)
{
	(void)right;
	return request->session ? GUICHET_OK : guichet_fail(error, GUICHET_REFUSED, "Connectez-vous.");
}

static enum guichet_status
open_session(struct store_tx *tx, void *context, struct guichet_error *error)
{
	return session_begin(tx, *(const struct text *)context, TEXT("agent-1"), false, TEXT(""), INSTANT_DAY, error);
}

static enum MHD_Result
bare(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
	const char *bytes, size_t *length, void **place)
{
	(void)url, (void)method, (void)version, (void)bytes, (void)length;
	static int known;
	if (!*place) { /* the first call is for the headers, as in the library's own examples */
		*place = &known;
		return MHD_YES;
	}
	const struct text *same = context;
	struct MHD_Response *response = MHD_create_response_from_buffer(same->length, (void *)(uintptr_t)same->at,
		MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
	const enum MHD_Result result = MHD_queue_response(connection, 200, response);
	MHD_destroy_response(response);
	return result;
}

/* The page as a browser gets it: the other server then serves these very bytes. */
static struct text
fetch(uint16_t port, struct text token, struct buffer *answer)
{
	const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	const int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char piece[4096];
	const int length = snprintf(piece, sizeof piece, "GET /dossiers HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
		"Cookie: guichet=%.*s\r\n\r\n", TEXT_ARGS(token));
	if (peer < 0 || connect(peer, (const struct sockaddr *)&address, sizeof address) != 0
		|| send(peer, piece, (size_t)length, MSG_NOSIGNAL) != length)
		return TEXT("");
	for (ssize_t got; (got = recv(peer, piece, sizeof piece, 0)) > 0; )
		buffer_add(answer, (struct text){ piece, (size_t)got });
	close(peer);
	const size_t body = text_find(buffer_text(answer), TEXT("\r\n\r\n"));
	return body == SIZE_MAX ? TEXT("") : text_part(buffer_text(answer), body + 4, SIZE_MAX);
}

int
main(int argc, char **argv)
{
	static const struct route routes[] = { { METHOD_GET, "/dossiers", 1, page, NULL, 0 } };
	struct guichet_error error = { 0 };
	struct store *store = NULL;
	struct web_key key;
	int64_t asked = ROWS;
	if (argc > 2)
		(void)!text_to_integer(text_of_string(argv[2]), 0, ROWS_MOST, &asked);
	int rows = (int)asked;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	CLEANUP(clock_free) struct clock *clock = clock_new(INSTANT_NEVER);
	if (argc < 2 || !arena || !clock || !digest_start() || store_open(argv[1], NULL, &store, &error) != GUICHET_OK
		|| web_key_load(argv[1], &key, &error) != GUICHET_OK) {
		fprintf(stderr, "usage: bench-web DIRECTORY [ROWS]\n%s\n", error.message);
		return 2;
	}
	struct text token = token_new(arena);
	CLEANUP(sessions_free) struct sessions *sessions = sessions_new(store, &key);
	if (!sessions || store_transact(store, open_session, &token, &error) != GUICHET_OK)
		return 2;
	const struct web_options options = { .threads = THREADS, .clock = clock, .sessions = sessions, .routes = routes,
		.route_count = 1, .authorise = authorise, .context = &rows };
	struct web *web = web_start(&options, &error);
	if (!web)
		return 2;
	CLEANUP(buffer_release) struct buffer answer = buffer_new(BUFFER_LIMIT_PAGE);
	struct text bytes = fetch(web_port(web), token, &answer);
	if (!bytes.length)
		return 2;
	struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_INTERNAL_POLLING_THREAD, 0,
		NULL, NULL, bare, &bytes, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_END);
	if (!daemon)
		return 2;
	printf("guichet %u guichet=%.*s\nbare %u\n", web_port(web), TEXT_ARGS(token),
		MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
	fflush(stdout);
	while (getchar() != EOF)
		;
	MHD_stop_daemon(daemon);
	web_stop(web, 5);
	store_close(store);
	return 0;
}
