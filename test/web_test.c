/* The server, from the outside: raw sockets against a table of routes made for the test. */
#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/digest.h"
#include "store/store.h"
#include "web/web.h"
#include "web/worker.h"

#include "base/banned.h"

enum { RIGHT_NOBODY, RIGHT_EVERYONE, RIGHT_LOGGED_IN, RIGHT_CHIEF };
enum { ANSWER_MOST = 1 << 20, WAIT_MOST = 10000 /* ms */ };

/* Pages of the test; what they leave for it. */
struct site {
	struct worker *worker;
	struct sessions *sessions;
	struct store *store;
	struct request *parked;      /* a request that waits for the test to resume it */
	_Atomic int park_count, finished;
	struct arena *arena;
	struct text user_token;      /* of a session of "agent-1" */
};

static enum guichet_status
page_hello(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	HTML_IN(html, "p");
	html_text(html, TEXT("Bonjour "));
	html_text(html, request_parameter(request, "nom"));
	html_text(html, request_query(request, "q"));
	return GUICHET_OK;
}

static enum guichet_status
page_new(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)request, (void)error;
	html_text(html, TEXT("nouveau"));
	return GUICHET_OK;
}

static enum guichet_status
page_form(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	FORM_IN(request, html, TEXT("/envoi"));
	form_once_field(request, html);
	return GUICHET_OK;
}

static enum guichet_status
page_sent(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	const struct text *days = NULL;
	const size_t count = form_values(request, "jour", &days);
	HTML_LINE(html, "p", form_value(request, "nom"));
	for (size_t i = 0; i < count; i++)
		HTML_LINE(html, "li", days[i]);
	return GUICHET_OK;
}

static enum guichet_status
page_upload(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct form_file *upload = form_file(request, "fichier");
	if (!upload)
		return guichet_fail(error, GUICHET_REFUSED, "Choisissez un fichier.");
	struct text bytes;
	const enum guichet_status status = form_file_text(request, upload, &bytes, error);
	if (status != GUICHET_OK)
		return status;
	const struct digest digest = digest_of(bytes);
	html_format(html, "%.*s %lld %s %.*s", TEXT_ARGS(upload->file_name), (long long)upload->size,
		digest_equal(&digest, &upload->digest) ? "juste" : "faux", TEXT_ARGS(form_value(request, "titre")));
	return GUICHET_OK;
}

static enum guichet_status
page_failing(struct request *request, struct html *html, struct guichet_error *error)
{
	static const enum guichet_status statuses[] = { GUICHET_OK, GUICHET_UNKNOWN, GUICHET_REFUSED, GUICHET_RETRY,
		GUICHET_BROKEN };
	int64_t which = 0;
	html_text(html, TEXT("début d’une page"));
	if (!text_to_integer(request_parameter(request, "statut"), 1, 4, &which))
		return GUICHET_OK;
	return guichet_fail(error, statuses[which], "Une phrase <b>secrète</b>.");
}

static void
resume_later(void *context)
{
	request_resume(context);
}

static enum guichet_status
page_wait(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct site *site = request->context;
	int *kept = arena_new_of(request->arena, int);
	CHECK(kept);
	*kept = 42;
	request->state = kept;
	request_wait(request);
	if (!worker_submit(site->worker, resume_later, request))
		return guichet_fail(error, GUICHET_RETRY, "La file est pleine.");
	return GUICHET_OK;
}

static enum guichet_status
page_waited(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	struct site *site = request->context;
	html_format(html, "attendu %d", *(int *)request->state);
	atomic_fetch_add(&site->finished, 1);
	return GUICHET_OK;
}

static enum guichet_status
page_wait_refused(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	request_wait(request);
	return guichet_fail(error, GUICHET_RETRY, "La file est pleine.");
}

static enum guichet_status
page_park(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html, (void)error;
	struct site *site = request->context;
	request->state = arena_new_of(request->arena, int);
	request_wait(request);
	site->parked = request;
	atomic_fetch_add(&site->park_count, 1);
	return GUICHET_OK;
}

static enum guichet_status
page_redirect(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html, (void)error;
	return request_redirect(request, 303, request_query(request, "vers"));
}

static enum guichet_status
page_file(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html, (void)error;
	request_add_header(request, "X-Sain", TEXT("oui"));
	request_add_header(request, "X-Coupe", TEXT("a\r\nX-Injecte: b"));
	if (request_etag(request, TEXT("v1")))
		return GUICHET_OK;
	return request_send(request, "application/pdf", TEXT("Reçu n° 12 \"été\".pdf"), TEXT("%PDF-"));
}

static enum guichet_status
page_long(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)request, (void)error;
	for (int i = 0; i < 100000; i++)
		html_markup(html, "<p>............................................................</p>");
	return GUICHET_OK;
}

static enum guichet_status
page_422(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	request_status(request, 422);
	html_text(html, TEXT("corrigez"));
	return GUICHET_OK;
}

static enum guichet_status
page_login_failing(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	request_login(request, TEXT("un-jeton"));
	return guichet_fail(error, GUICHET_REFUSED, "Le mot de passe n’est pas le bon.");
}

static enum guichet_status
page_address(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	HTML_LINE(html, "p", request_static(request, request_parameter(request, "nom").at));
	return GUICHET_OK;
}

static const struct route routes[] = {
	{ METHOD_GET,  "/",                 RIGHT_EVERYONE,  page_hello,        NULL,        0 },
	{ METHOD_GET,  "/adresse/:nom",     RIGHT_EVERYONE,  page_address,      NULL,        0 },
	{ METHOD_GET,  "/attente",          RIGHT_EVERYONE,  page_wait,         page_waited, 0 },
	{ METHOD_GET,  "/attente-pleine",   RIGHT_EVERYONE,  page_wait_refused, page_waited, 0 },
	{ METHOD_POST, "/autosauvegarde",   RIGHT_LOGGED_IN, page_sent,         NULL,        ROUTE_BACKGROUND },
	{ METHOD_GET,  "/bonjour/:nom",     RIGHT_EVERYONE,  page_hello,        NULL,        0 },
	{ METHOD_GET,  "/bonjour/nouveau",  RIGHT_EVERYONE,  page_new,          NULL,        0 },
	{ METHOD_GET,  "/chef",             RIGHT_CHIEF,     page_hello,        NULL,        0 },
	{ METHOD_GET,  "/connexion-ratee",  RIGHT_EVERYONE,  page_login_failing, NULL,       0 },
	{ METHOD_GET,  "/corriger",         RIGHT_EVERYONE,  page_422,          NULL,        0 },
	{ METHOD_POST, "/envoi",            RIGHT_EVERYONE,  page_sent,         NULL,        0 },
	{ METHOD_GET,  "/erreur/:statut",   RIGHT_EVERYONE,  page_failing,      NULL,        0 },
	{ METHOD_GET,  "/fichier",          RIGHT_EVERYONE,  page_file,         NULL,        0 },
	{ METHOD_GET,  "/formulaire",       RIGHT_EVERYONE,  page_form,         NULL,        0 },
	{ METHOD_GET,  "/garage",           RIGHT_EVERYONE,  page_park,         page_waited, 0 },
	{ METHOD_GET,  "/long",             RIGHT_EVERYONE,  page_long,         NULL,        0 },
	{ METHOD_GET,  "/moi",              RIGHT_LOGGED_IN, page_form,         NULL,        0 },
	{ METHOD_POST, "/moi",              RIGHT_LOGGED_IN, page_sent,         NULL,        0 },
	{ METHOD_GET,  "/personne",         RIGHT_NOBODY,    page_hello,        NULL,        0 },
	{ METHOD_POST, "/piece",            RIGHT_EVERYONE,  page_upload,       NULL,        ROUTE_UPLOADS },
	{ METHOD_GET,  "/redirection",      RIGHT_EVERYONE,  page_redirect,     NULL,        0 },
};

static enum guichet_status
authorise(struct request *request, unsigned right, struct guichet_error *error)
{
	if (right == RIGHT_EVERYONE || (right == RIGHT_LOGGED_IN && request->session))
		return GUICHET_OK;
	return guichet_fail(error, GUICHET_REFUSED, "Cette page est pour les chefs.");
}

static void
error_page(struct request *request, struct html *html, const struct problem *problem)
{
	html_format(html, "problème %d raison %d ", problem->status, (int)problem->reason);
	html_text(html, problem->sentence);
	if (problem->reason == PROBLEM_STALE_FORM || problem->reason == PROBLEM_LOGGED_OUT)
		form_retype(request, html);
}

struct fixture {
	struct site site;
	struct clock *clock;
	struct web *web;
	bool stopped;
};

static enum guichet_status
open_session(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct fixture *fixture = context;
	return session_begin(tx, fixture->site.user_token, TEXT("agent-1"), false, TEXT(""),
		clock_now(fixture->clock), error);
}

static void
fixture_release_at(struct fixture *fixture)
{
	if (!fixture->stopped)
		web_stop(fixture->web, 5);
	worker_free(fixture->site.worker);
	sessions_free(fixture->site.sessions);
	store_close(fixture->site.store);
	clock_free(fixture->clock);
	arena_free(fixture->site.arena);
}

static void
fixture_start(struct fixture *fixture, bool with_database)
{
	struct guichet_error error = { 0 };
	fixture->clock = clock_new(INSTANT_NEVER);
	fixture->site.arena = arena_new(1 << 16);
	fixture->site.worker = worker_new(16);
	CHECK(fixture->clock && fixture->site.arena && fixture->site.worker);
	if (with_database) {
		struct web_key key;
		CHECK(store_open(test_directory(), NULL, &fixture->site.store, &error) == GUICHET_OK);
		CHECK(web_key_load(test_directory(), &key, &error) == GUICHET_OK);
		fixture->site.sessions = sessions_new(fixture->site.store, &key);
		CHECK(fixture->site.sessions);
		fixture->site.user_token = token_new(fixture->site.arena);
		CHECK(store_transact(fixture->site.store, open_session, fixture, &error) == GUICHET_OK);
	}
	const struct web_options options = {
		.threads = 2, .clock = fixture->clock, .routes = routes, .route_count = sizeof routes / sizeof *routes,
		.context = &fixture->site, .authorise = authorise, .error_page = error_page, .quiet = true,
		.upload_directory = test_directory(), .sessions = fixture->site.sessions,
	};
	fixture->web = web_start(&options, &error);
	if (!fixture->web)
		test_fail(__FILE__, __LINE__, "%s", error.message);
}

#define WITH_SITE(fixture, with_database)                                          \
	__attribute__((cleanup(fixture_release_at))) struct fixture fixture = { 0 }; \
	fixture_start(&fixture, with_database)

static int
connect_to(const struct fixture *fixture)
{
	const struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(web_port(fixture->web)),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	const int peer = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CHECK(peer >= 0);
	if (connect(peer, (const struct sockaddr *)&address, sizeof address) != 0) {
		close(peer);
		return -1;
	}
	return peer;
}

static bool
send_all(int peer, struct text bytes)
{
	while (bytes.length) {
		const ssize_t sent = send(peer, bytes.at, bytes.length, MSG_NOSIGNAL);
		if (sent <= 0)
			return false;
		bytes = text_part(bytes, (size_t)sent, SIZE_MAX);
	}
	return true;
}

/* All that comes until the other side closes. */
static struct text
receive_all(const struct fixture *fixture, int peer)
{
	static char bytes[ANSWER_MOST];
	(void)fixture;
	size_t length = 0;
	struct pollfd wait = { .fd = peer, .events = POLLIN };
	while (length < sizeof bytes && poll(&wait, 1, WAIT_MOST) > 0) {
		const ssize_t got = recv(peer, bytes + length, sizeof bytes - length, 0);
		if (got <= 0)
			break;
		length += (size_t)got;
	}
	return (struct text){ bytes, length };
}

/* One exchange. The text stands until the next. */
static struct text
ask(const struct fixture *fixture, struct text request)
{
	const int peer = connect_to(fixture);
	CHECK(peer >= 0);
	send_all(peer, request);
	const struct text answer = receive_all(fixture, peer);
	close(peer);
	return answer;
}

static struct text
get(const struct fixture *fixture, const char *target, const char *headers)
{
	return ask(fixture, arena_format(fixture->site.arena, "GET %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n",
		target, headers));
}

static struct text
post(const struct fixture *fixture, const char *target, const char *headers, const char *body)
{
	return ask(fixture, arena_format(fixture->site.arena, "POST %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n%s\r\n%s",
		target, strlen(body), headers, body));
}

static int64_t
status_of(struct text answer)
{
	int64_t status = 0;
	(void)!text_to_integer(text_part(answer, 9, 3), 100, 599, &status);
	return status;
}

static bool
has(struct text answer, const char *part)
{
	return text_find(answer, text_of_string(part)) != SIZE_MAX;
}

/* What stands between two marks, copied; empty when it is not there. */
static struct text
between(const struct fixture *fixture, struct text answer, const char *before, const char *after)
{
	const size_t start = text_find(answer, text_of_string(before));
	if (start == SIZE_MAX)
		return TEXT("");
	struct text rest = text_part(answer, start + strlen(before), SIZE_MAX);
	rest.length = text_find(rest, text_of_string(after)) == SIZE_MAX ? 0 : text_find(rest, text_of_string(after));
	return arena_text(fixture->site.arena, rest);
}

TEST(web_routes_lead_to_their_pages)
{
	static const struct { const char *target; int status; const char *contains; } cases[] = {
		{ "/", 200, "Bonjour" },
		{ "/?q=%C3%A9t%C3%A9+!", 200, "Bonjour été !" },
		{ "/bonjour/Zo%C3%A9", 200, "Bonjour Zoé" },
		{ "/bonjour/nouveau", 200, "nouveau" },
		{ "/bonjour/%3Cscript%3E", 200, "&lt;script&gt;" },
		{ "/bonjour/", 404, "problème 404" },
		{ "/bonjour/a/b", 404, "problème 404" },
		{ "/bonjour/a%2Fb", 404, "problème 404" },
		{ "/bonjour", 404, "problème 404" },
		{ "/rien", 404, "problème 404" },
		{ "//", 404, "problème 404" },
		{ "/envoi", 405, "Allow: POST\r\n" },
		{ "/corriger", 422, "corrigez" },
		{ "/personne", 303, "Location: /connexion?vers=/personne\r\n" },
		{ "/moi?a=b%20c&d", 303, "Location: /connexion?vers=/moi%3Fa%3Db%2520c%26d\r\n" },
		{ "/bonjour/%FF", 400, "problème 400" },
		{ "/bonjour/%00", 400, "problème 400" },
		{ "/bonjour/%4", 400, "problème 400" },
		{ "/?q=%zz", 400, "problème 400" },
		{ "/long", 500, "problème 500" },
		{ "/statique/0000/guichet.css", 404, "problème 404" },
	};
	WITH_SITE(fixture, false);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct text answer = get(&fixture, cases[i].target, "");
		test_case(status_of(answer) == cases[i].status && has(answer, cases[i].contains), __FILE__, __LINE__,
			"%s: %.*s", cases[i].target, TEXT_ARGS(answer));
	}
}

TEST(web_failures_become_statuses_and_say_nothing_secret)
{
	WITH_SITE(fixture, false);
	struct text answer = get(&fixture, "/erreur/1", "");
	CHECK_INTEGER(status_of(answer), 404);
	CHECK(has(answer, "Une phrase &lt;b&gt;secrète&lt;/b&gt;.") && !has(answer, "début"));
	answer = get(&fixture, "/erreur/2", "");
	CHECK_INTEGER(status_of(answer), 422);
	CHECK(has(answer, "Une phrase"));
	answer = get(&fixture, "/erreur/3", "");
	CHECK_INTEGER(status_of(answer), 503);
	CHECK(has(answer, "Retry-After: 5\r\n"));
	answer = get(&fixture, "/erreur/4", "");
	CHECK_INTEGER(status_of(answer), 500);
	CHECK(!has(answer, "secrète") && !has(answer, "début"));
}

TEST(web_a_login_that_failed_gives_no_cookie)
{
	WITH_SITE(fixture, false);
	const struct text answer = get(&fixture, "/connexion-ratee", "");
	CHECK_INTEGER(status_of(answer), 422);
	CHECK(!has(answer, "un-jeton"));
}

TEST(web_every_page_carries_its_security_headers)
{
	static const char *const headers[] = {
		"Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; ",
		"X-Content-Type-Options: nosniff\r\n", "Referrer-Policy: same-origin\r\n", "Cache-Control: no-store\r\n",
		"Permissions-Policy: ", "Cross-Origin-Opener-Policy: same-origin\r\n",
		"Content-Type: text/html; charset=utf-8\r\n",
	};
	static const char *const targets[] = { "/", "/rien", "/erreur/4", "/erreur/2" };
	WITH_SITE(fixture, false);
	for (size_t t = 0; t < sizeof targets / sizeof *targets; t++) {
		const struct text answer = get(&fixture, targets[t], "");
		for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
			test_case(has(answer, headers[i]), __FILE__, __LINE__, "%s on %s", headers[i], targets[t]);
	}
}

TEST(web_head_and_other_methods)
{
	WITH_SITE(fixture, false);
	struct text answer = ask(&fixture, TEXT("HEAD /bonjour/x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
	CHECK_INTEGER(status_of(answer), 200);
	CHECK(has(answer, "Content-Length: 16\r\n") && !has(answer, "Bonjour"));
	answer = ask(&fixture, TEXT("DELETE / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
	CHECK_INTEGER(status_of(answer), 405);
	CHECK(has(answer, "Allow: GET, HEAD, POST\r\n"));
	answer = post(&fixture, "/moi", "", "");
	CHECK_INTEGER(status_of(answer), 403);
	answer = post(&fixture, "/bonjour/x", "", "a=b");
	CHECK_INTEGER(status_of(answer), 405);
	CHECK(has(answer, "Allow: GET, HEAD\r\n"));
}

TEST(web_files_have_names_and_versions)
{
	WITH_SITE(fixture, false);
	struct text answer = get(&fixture, "/fichier", "");
	CHECK_INTEGER(status_of(answer), 200);
	CHECK(has(answer, "Content-Disposition: attachment; filename=\"Re_u n_ 12 __t__.pdf\"; "
		"filename*=UTF-8''Re%C3%A7u%20n%C2%B0%2012%20%22%C3%A9t%C3%A9%22.pdf\r\n"));
	CHECK(has(answer, "X-Sain: oui\r\n") && !has(answer, "X-Injecte") && has(answer, "%PDF-"));
	answer = get(&fixture, "/fichier", "If-None-Match: \"v1\"\r\n");
	CHECK_INTEGER(status_of(answer), 304);
}

TEST(web_redirects_stay_on_the_site)
{
	WITH_SITE(fixture, false);
	CHECK(has(get(&fixture, "/redirection?vers=/dossiers/1", ""), "Location: /dossiers/1\r\n"));
	CHECK(has(get(&fixture, "/redirection?vers=//ailleurs.example", ""), "Location: /\r\n"));
	CHECK(has(get(&fixture, "/redirection?vers=https://ailleurs.example", ""), "Location: /\r\n"));
	CHECK(has(get(&fixture, "/redirection?vers=/%5Cailleurs.example", ""), "Location: /\r\n"));
	CHECK(has(get(&fixture, "/redirection?vers=/a%0D%0AX:%20y", ""), "Location: /\r\n"));
}

TEST(web_static_files_are_immutable)
{
	static const char *const names[] = { "guichet.css", "guichet.js", "guichet.svg" };
	WITH_SITE(fixture, false);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct text page = get(&fixture, arena_format(fixture.site.arena, "/adresse/%s", names[i]).at, "");
		const struct text path = between(&fixture, page, "<p>", "</p>");
		CHECK(text_starts(path, TEXT("/statique/")));
		struct text answer = get(&fixture, path.at, "");
		CHECK_INTEGER(status_of(answer), 200);
		CHECK(has(answer, "Cache-Control: public, max-age=31536000, immutable\r\n"));
		CHECK(has(answer, "X-Content-Type-Options: nosniff\r\n"));
		const struct text tag = between(&fixture, answer, "ETag: ", "\r\n");
		answer = get(&fixture, path.at, arena_format(fixture.site.arena, "If-None-Match: %.*s\r\n", TEXT_ARGS(tag)).at);
		CHECK_INTEGER(status_of(answer), 304);
	}
}

TEST(web_a_form_needs_its_token)
{
	WITH_SITE(fixture, false);
	struct text answer = get(&fixture, "/formulaire", "");
	const struct text token = between(&fixture, answer, "name=\"jeton\" value=\"", "\"");
	const struct text cookie = between(&fixture, answer, "Set-Cookie: ", ";");
	CHECK_INTEGER(token.length, 43);
	CHECK(has(answer, "; HttpOnly; SameSite=Lax\r\n"));
	CHECK(text_starts(cookie, TEXT("guichet-avant=")));
	const struct text with_cookie = arena_format(fixture.site.arena, "Cookie: %.*s\r\n", TEXT_ARGS(cookie));
	const struct text good = arena_format(fixture.site.arena, "jeton=%.*s&nom=Zo%%C3%%A9&jour=lundi&jour=mardi",
		TEXT_ARGS(token));

	answer = post(&fixture, "/envoi", with_cookie.at, good.at);
	CHECK_INTEGER(status_of(answer), 200);
	CHECK(has(answer, "<p>Zoé</p><li>lundi</li><li>mardi</li>"));

	const struct text as_header = arena_format(fixture.site.arena, "Cookie: %.*s\r\nX-Jeton: %.*s\r\n",
		TEXT_ARGS(cookie), TEXT_ARGS(token));
	CHECK_INTEGER(status_of(post(&fixture, "/envoi", as_header.at, "nom=x")), 200);

	answer = post(&fixture, "/envoi", with_cookie.at, "nom=Zo%C3%A9&mot_de_passe=secret");
	CHECK_INTEGER(status_of(answer), 403);
	CHECK(has(answer, "<dd>Zoé</dd>") && has(answer, "name=\"nom\" value=\"Zoé\"") && !has(answer, "secret"));
	CHECK_INTEGER(status_of(post(&fixture, "/envoi", "", good.at)), 403);
	CHECK_INTEGER(status_of(post(&fixture, "/envoi", "Cookie: guichet-avant=AAAAAAAAAAAAAAAAAAAAAAAA."
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n", good.at)), 403);
	CHECK_INTEGER(status_of(post(&fixture, "/envoi", with_cookie.at, "jeton=&nom=x")), 403);

	static const struct { const char *header; int status; } sites[] = {
		{ "Sec-Fetch-Site: cross-site\r\n", 403 }, { "Sec-Fetch-Site: same-site\r\n", 403 },
		{ "Origin: https://ailleurs.example\r\n", 403 }, { "Origin: null\r\n", 403 },
		{ "Sec-Fetch-Site: same-origin\r\nOrigin: http://h\r\n", 200 },
	};
	for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
		const struct text headers = arena_format(fixture.site.arena, "%s%s", with_cookie.at, sites[i].header);
		answer = post(&fixture, "/envoi", headers.at, good.at);
		test_case(status_of(answer) == sites[i].status && (sites[i].status == 200 || !has(answer, "<form")),
			__FILE__, __LINE__, "%s", sites[i].header);
	}
}

TEST(web_sessions_open_pages_and_bind_tokens)
{
	WITH_SITE(fixture, true);
	const struct text cookie = arena_format(fixture.site.arena, "Cookie: guichet=%.*s\r\n",
		TEXT_ARGS(fixture.site.user_token));
	struct text answer = get(&fixture, "/moi", cookie.at);
	CHECK_INTEGER(status_of(answer), 200);
	const struct text token = between(&fixture, answer, "name=\"jeton\" value=\"", "\"");
	CHECK(token.length && !has(answer, "Set-Cookie"));
	const struct text body = arena_format(fixture.site.arena, "jeton=%.*s&nom=a", TEXT_ARGS(token));
	CHECK_INTEGER(status_of(post(&fixture, "/moi", cookie.at, body.at)), 200);
	answer = get(&fixture, "/chef", cookie.at);
	CHECK_INTEGER(status_of(answer), 403);
	CHECK(has(answer, "Cette page est pour les chefs."));
	CHECK_INTEGER(status_of(get(&fixture, "/personne", cookie.at)), 403);

	/* The token of a visitor is not that of a session, nor the other way round. */
	answer = get(&fixture, "/formulaire", "");
	const struct text other = between(&fixture, answer, "name=\"jeton\" value=\"", "\"");
	const struct text forged = arena_format(fixture.site.arena, "jeton=%.*s&nom=a", TEXT_ARGS(other));
	CHECK_INTEGER(status_of(post(&fixture, "/moi", cookie.at, forged.at)), 403);

	/* Logged out while typing: nothing typed is lost, and the script gets a sentence. */
	answer = post(&fixture, "/moi", "", "nom=un+long+texte");
	CHECK_INTEGER(status_of(answer), 403);
	CHECK(has(answer, "name=\"nom\" value=\"un long texte\""));
	answer = post(&fixture, "/autosauvegarde", "", "nom=a");
	CHECK_INTEGER(status_of(answer), 403);
	CHECK(has(answer, "text/plain") && !has(answer, "<form"));

	/* Ended elsewhere: known at once. */
	const struct text hash = token_hash(fixture.site.arena, fixture.site.user_token);
	sessions_forget(fixture.site.sessions, hash, TEXT(""));
	CHECK_INTEGER(status_of(get(&fixture, "/moi", cookie.at)), 200);
	CHECK_INTEGER(status_of(get(&fixture, "/moi", "Cookie: guichet=faux\r\n")), 303);
}

static enum guichet_status
end_session(struct store_tx *tx, void *context, struct guichet_error *error)
{
	(void)context;
	return session_end_all(tx, TEXT("agent-1"), TEXT(""), error);
}

TEST(web_a_session_ended_is_ended_everywhere)
{
	WITH_SITE(fixture, true);
	struct guichet_error error = { 0 };
	const struct text cookie = arena_format(fixture.site.arena, "Cookie: guichet=%.*s\r\n",
		TEXT_ARGS(fixture.site.user_token));
	CHECK_INTEGER(status_of(get(&fixture, "/moi", cookie.at)), 200);
	CHECK(store_transact(fixture.site.store, end_session, NULL, &error) == GUICHET_OK);
	sessions_forget(fixture.site.sessions, TEXT(""), TEXT("agent-1"));
	CHECK_INTEGER(status_of(get(&fixture, "/moi", cookie.at)), 303);
}

TEST(web_waiting_requests_are_finished)
{
	WITH_SITE(fixture, false);
	for (int i = 0; i < 200; i++) {
		const struct text answer = get(&fixture, "/attente", "");
		CHECK_INTEGER(status_of(answer), 200);
		CHECK(has(answer, "attendu 42"));
	}
	CHECK_INTEGER(atomic_load(&fixture.site.finished), 200);
	CHECK_INTEGER(status_of(get(&fixture, "/attente-pleine", "")), 503);
}

static void *
ask_often(void *context)
{
	const struct fixture *fixture = context;
	const struct text request = TEXT("GET /attente HTTP/1.1\r\nHost: h\r\n\r\n");
	const int peer = connect_to(fixture);
	intptr_t good = 0;
	for (int i = 0; i < 50 && peer >= 0 && send_all(peer, request); i++) {
		char bytes[4096];
		size_t length = 0;
		while (text_find((struct text){ bytes, length }, TEXT("attendu 42")) == SIZE_MAX
			&& text_find((struct text){ bytes, length }, TEXT("Retry-After")) == SIZE_MAX) {
			const ssize_t got = recv(peer, bytes + length, sizeof bytes - length, 0);
			if (got <= 0)
				break;
			length += (size_t)got;
		}
		good += status_of((struct text){ bytes, length }) == 200 || status_of((struct text){ bytes, length }) == 503;
	}
	close(peer);
	return (void *)good;
}

TEST(web_many_wait_at_once)
{
	enum { VISITORS = 24 };
	WITH_SITE(fixture, false);
	pthread_t threads[VISITORS];
	intptr_t good = 0;
	for (int i = 0; i < VISITORS; i++)
		CHECK(pthread_create(&threads[i], NULL, ask_often, &fixture) == 0);
	for (int i = 0; i < VISITORS; i++) {
		void *some;
		pthread_join(threads[i], &some);
		good += (intptr_t)some;
	}
	CHECK_INTEGER(good, 50 * VISITORS);
}

TEST(web_pipelined_requests_are_answered_in_order)
{
	WITH_SITE(fixture, false);
	const struct text answer = ask(&fixture, TEXT(
		"GET /bonjour/un HTTP/1.1\r\nHost: h\r\n\r\n"
		"GET /attente HTTP/1.1\r\nHost: h\r\n\r\n"
		"GET /bonjour/trois HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
	const size_t one = text_find(answer, TEXT("Bonjour un")), two = text_find(answer, TEXT("attendu 42")),
		three = text_find(answer, TEXT("Bonjour trois"));
	CHECK(one < two && two < three && three != SIZE_MAX);
}

static void *
resume_parked(void *context)
{
	struct site *site = context;
	usleep(100 * 1000);
	request_resume(site->parked);
	return NULL;
}

static void
wait_parked(const struct fixture *fixture)
{
	for (int i = 0; i < 1000 && atomic_load(&fixture->site.park_count) == 0; i++)
		usleep(1000);
	CHECK_INTEGER(atomic_load(&fixture->site.park_count), 1);
}

TEST(web_a_suspended_request_is_answered_before_the_server_stops)
{
	WITH_SITE(fixture, false);
	const int peer = connect_to(&fixture);
	CHECK(send_all(peer, TEXT("GET /garage HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")));
	wait_parked(&fixture);
	pthread_t thread;
	CHECK(pthread_create(&thread, NULL, resume_parked, &fixture.site) == 0);
	fixture.stopped = web_stop(fixture.web, 10);
	pthread_join(thread, NULL);
	const struct text answer = receive_all(&fixture, peer);
	close(peer);
	CHECK(fixture.stopped);
	CHECK_INTEGER(status_of(answer), 200);
	CHECK(has(answer, "attendu 0"));
}

TEST(web_a_visitor_may_leave_while_waiting)
{
	WITH_SITE(fixture, false);
	const int peer = connect_to(&fixture);
	CHECK(send_all(peer, TEXT("GET /garage HTTP/1.1\r\nHost: h\r\n\r\n")));
	wait_parked(&fixture);
	const struct linger hard = { 1, 0 };
	setsockopt(peer, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
	close(peer);
	request_resume(fixture.site.parked);
	CHECK_INTEGER(status_of(get(&fixture, "/", "")), 200);
	fixture.stopped = web_stop(fixture.web, 10);
	CHECK(fixture.stopped);
}

/* -- Bodies ------------------------------------------------------------------------------------- */

/* The cookie and token headers of a visitor. */
static const char *
visitor(const struct fixture *fixture)
{
	const struct text answer = get(fixture, "/formulaire", "");
	const struct text token = between(fixture, answer, "name=\"jeton\" value=\"", "\"");
	const struct text cookie = between(fixture, answer, "Set-Cookie: ", ";");
	return arena_format(fixture->site.arena, "Cookie: %.*s\r\nX-Jeton: %.*s\r\n", TEXT_ARGS(cookie),
		TEXT_ARGS(token)).at;
}

/* A multipart body with one file of `size` bytes, sent in one go. */
static struct text
upload(const struct fixture *fixture, const char *target, const char *headers, size_t size, size_t *ret_sent)
{
	static const char head[] = "--b\r\nContent-Disposition: form-data; name=\"titre\"\r\n\r\nUn titre\r\n--b\r\n"
		"Content-Disposition: form-data; name=\"fichier\"; filename=\"C:\\photos\\été.png\"\r\n"
		"Content-Type: image/png\r\n\r\n";
	static const char tail[] = "\r\n--b--\r\n";
	static char block[1 << 16];
	for (size_t i = 0; i < sizeof block; i++)
		block[i] = (char)(i * 7);
	const int peer = connect_to(fixture);
	const struct text start = arena_format(fixture->site.arena, "POST %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
		"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %zu\r\n%s\r\n%s", target,
		sizeof head - 1 + size + sizeof tail - 1, headers, head);
	bool going = send_all(peer, start);
	size_t sent = 0;
	while (going && sent < size) {
		const size_t some = size - sent < sizeof block ? size - sent : sizeof block;
		going = send_all(peer, (struct text){ block, some });
		sent += some;
	}
	if (going)
		send_all(peer, TEXT("\r\n--b--\r\n"));
	*ret_sent = sent;
	const struct text answer = receive_all(fixture, peer);
	close(peer);
	return answer;
}

TEST(web_uploads_arrive_whole_or_are_refused)
{
	WITH_SITE(fixture, false);
	const char *headers = visitor(&fixture);
	size_t sent;
	struct text answer = upload(&fixture, "/piece", headers, 3 << 20, &sent);
	CHECK_INTEGER(status_of(answer), 200);
	CHECK(has(answer, "été.png 3145728 juste Un titre"));
	answer = upload(&fixture, "/piece", headers, 10 << 20, &sent);
	CHECK_INTEGER(status_of(answer), 200);
	answer = upload(&fixture, "/piece", headers, 1, &sent);
	CHECK(has(answer, "été.png 1 juste"));

	answer = upload(&fixture, "/piece", headers, (10 << 20) + 1, &sent);
	CHECK_INTEGER(status_of(answer), 413);
	CHECK(has(answer, "10 Mo au plus"));
	answer = upload(&fixture, "/piece", "", 1 << 20, &sent);
	CHECK_INTEGER(status_of(answer), 403);
	answer = upload(&fixture, "/envoi", headers, 100, &sent);
	CHECK_INTEGER(status_of(answer), 400);
	answer = upload(&fixture, "/piece", headers, 80 << 20, &sent);
	CHECK(sent < 80 << 20 || answer.length == 0);
}

TEST(web_bodies_that_are_not_forms_are_refused)
{
	WITH_SITE(fixture, false);
	const char *headers = visitor(&fixture);
	static const struct { const char *type, *body; int status; } cases[] = {
		{ "application/x-www-form-urlencoded", "nom=a", 200 },
		{ "application/x-www-form-urlencoded;charset=UTF-8", "nom=a", 200 },
		{ "application/json", "{}", 400 },
		{ "", "nom=a", 400 },
		{ "application/x-www-form-urlencoded", "nom=%", 400 },
		{ "application/x-www-form-urlencoded", "nom=%00", 400 },
		{ "application/x-www-form-urlencoded", "nom=\xff", 400 },
		{ "multipart/form-data", "x", 400 },
		{ "multipart/form-data; boundary=b", "x", 400 },
		{ "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"nom\"\r\n\r\na", 400 },
		{ "multipart/form-data; boundary=b",
			"--b\r\nContent-Disposition: form-data; name=\"nom\"\r\n\r\na\r\n--b--", 200 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct text answer = ask(&fixture, arena_format(fixture.site.arena,
			"POST /envoi HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
			"%s\r\n%s", cases[i].type, strlen(cases[i].body), headers, cases[i].body));
		test_case(status_of(answer) == cases[i].status, __FILE__, __LINE__, "%s %s: %.*s", cases[i].type,
			cases[i].body, TEXT_ARGS(answer));
	}
	/* in pieces, and chunked */
	struct text answer = ask(&fixture, arena_format(fixture.site.arena,
		"POST /envoi HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
		"Transfer-Encoding: chunked\r\n%s\r\n3\r\nnom\r\n4\r\n=%%C3\r\n3\r\n%%A9\r\n0\r\n\r\n", headers));
	CHECK_INTEGER(status_of(answer), 200);
	CHECK(has(answer, "<p>é</p>"));
}

TEST(web_oversized_requests_are_refused)
{
	WITH_SITE(fixture, false);
	static char large[600 << 10];
	memset(large, 'a', sizeof large - 1);
	const int peer = connect_to(&fixture);
	send_all(peer, arena_format(fixture.site.arena, "POST /envoi HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n", sizeof large - 1));
	send_all(peer, (struct text){ large, sizeof large - 1 });
	struct text answer = receive_all(&fixture, peer);
	close(peer);
	CHECK_INTEGER(status_of(answer), 413);

	large[40 << 10] = '\0';
	const int other = connect_to(&fixture);
	send_all(other, TEXT("GET / HTTP/1.1\r\nHost: h\r\nX-Grand: "));
	send_all(other, text_of_string(large));
	send_all(other, TEXT("\r\n\r\n"));
	answer = receive_all(&fixture, other);
	close(other);
	CHECK(answer.length == 0 || status_of(answer) == 431 || status_of(answer) == 400 || status_of(answer) == 413);

	large[5000] = '\0';
	answer = ask(&fixture, arena_format(fixture.site.arena, "GET /%s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
		large));
	CHECK(status_of(answer) == 400 || status_of(answer) == 414);
	CHECK_INTEGER(status_of(get(&fixture, "/", "")), 200);
}

TEST(web_a_get_with_a_body_does_not_become_two_requests)
{
	WITH_SITE(fixture, false);
	const struct text answer = ask(&fixture, TEXT("GET /bonjour/un HTTP/1.1\r\nHost: h\r\nContent-Length: 43\r\n\r\n"
		"GET /bonjour/deux HTTP/1.1\r\nHost: hhhhh\r\n\r\n"
		"GET /bonjour/trois HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
	CHECK(has(answer, "Bonjour un") && !has(answer, "deux") && has(answer, "trois"));
}

TEST(web_a_body_may_come_slowly)
{
	WITH_SITE(fixture, false);
	const char *headers = visitor(&fixture);
	const int peer = connect_to(&fixture);
	static const char body[] = "--b\r\nContent-Disposition: form-data; name=nom\r\n\r\nabcde\r\n--b--";
	const struct text bytes = arena_format(fixture.site.arena, "POST /envoi HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
		"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %zu\r\n%s\r\n%s", sizeof body - 1,
		headers, body);
	for (size_t i = 0; i < bytes.length; i++)
		CHECK(send_all(peer, text_part(bytes, i, 1)));
	const struct text answer = receive_all(&fixture, peer);
	close(peer);
	CHECK_INTEGER(status_of(answer), 200);
	CHECK(has(answer, "<p>abcde</p>"));
}

TEST(web_the_options_that_cannot_be_are_refused)
{
	WITH_SITE(fixture, false);
	struct guichet_error error = { 0 };
	struct web_options options = { .port = web_port(fixture.web), .clock = fixture.clock };
	CHECK(!web_start(&options, &error) && error.status == GUICHET_REFUSED);
	options = (struct web_options){ .address = "nulle part", .clock = fixture.clock };
	CHECK(!web_start(&options, &error) && error.status == GUICHET_REFUSED);
	CHECK(web_stop(NULL, 1));
}
