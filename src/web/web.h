/* The HTTP server: a table of routes, requests, forms, answers. Knows no dossier.
 *
 * A page is two functions. `begin` runs on an event thread and answers at once, or hands its work to
 * another thread and calls request_wait(); that thread calls request_resume() and `finish` then answers:
 *
 *     static enum guichet_status
 *     begin(struct request *request, struct html *html, struct guichet_error *error)
 *     {
 *         struct filing *filing = arena_new_of(request->arena, struct filing);
 *         …
 *         filing->draft = form_value(request, "brouillon");
 *         request->state = filing;
 *         request_wait(request);
 *         return store_submit(…, filing, error);   its `done` calls request_resume(request)
 *     }
 *
 *     static enum guichet_status
 *     finish(struct request *request, struct html *html, struct guichet_error *error)
 *     {
 *         struct filing *filing = request->state;
 *         if (filing->status != GUICHET_OK)
 *             return …;
 *         return request_redirect(request, 303, filing->receipt_path);
 *     }
 *
 * What a page returns becomes the answer: OK the page in `html` (or the redirect, or the attachment),
 * UNKNOWN 404, REFUSED 422, RETRY 503 with Retry-After, BROKEN 500 whose details go to the log only; for
 * these the caller's error page is shown with the error's sentence. */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/error.h"
#include "web/html.h"
#include "web/session.h"

struct web;

enum method { METHOD_GET = 1, METHOD_POST }; /* HEAD is answered by GET */

/* Ceilings. Beyond them: 413 (bodies), 431 (headers), 400 (too many fields). */
enum {
	WEB_LIMIT_FORM = 512 << 10,      /* bytes of a form without its files */
	WEB_LIMIT_FIELDS = 1000,         /* values in a form or a query */
	WEB_LIMIT_NAME = 200,            /* bytes of a field's name */
	WEB_LIMIT_UPLOAD = 10 << 20,     /* bytes of one file */
	WEB_LIMIT_UPLOADS = 16,          /* files in one form */
	WEB_LIMIT_DRAIN = 64 << 20,      /* bytes read and thrown away before the connection is cut */
	WEB_LIMIT_ARENA = 16 << 20,      /* memory of one request */
	WEB_LIMIT_PATH_PARAMETERS = 4,
};

/* One file of a form. Its bytes stand in an unnamed temporary file of the upload directory, closed with
 * the request. */
struct form_file {
	struct text field;        /* the field's name */
	struct text file_name;    /* as the browser says, without folders; may be empty; never a path */
	struct text content_type; /* as the browser says: do not believe it */
	int file;                 /* readable, at any offset: use pread() */
	int64_t size;             /* bytes */
	struct digest digest;     /* SHA-256 of the bytes */
};

/* What a page knows of its request. Everything here lives in the arena, as long as the request does, through
 * suspension. From request_wait() to request_resume() the request belongs to the thread that works for it. */
struct request {
	struct arena *arena;           /* WEB_LIMIT_ARENA */
	void *context;                 /* of web_options */
	void *state;                   /* the page's own, from begin to finish */
	const struct route *route;
	struct text id;                /* for logs and error pages: 12 characters */
	enum method method;
	bool is_head;
	struct text path;              /* decoded, starts with "/", without the query */
	struct text target;            /* as sent, with the query */
	struct text remote;            /* the visitor's address */
	instant received_at;           /* legal time at which the last byte of the request arrived */
	const struct session *session; /* NULL when nobody is logged in */
	void *visitor;                 /* for `authorise` to leave what it found (person, rights) to the page */
	enum language language;
};

/* Both return how it went; see the top of this file. A begin that fails must not have arranged a resume. */
typedef enum guichet_status web_page(struct request *request, struct html *html, struct guichet_error *error);

enum route_flag {
	ROUTE_UPLOADS = 1 << 0, /* accepts files (multipart/form-data) */
	ROUTE_PUBLIC_CACHE = 1 << 1, /* holds nothing personal: not marked no-store */
	ROUTE_BACKGROUND = 1 << 2, /* asked by a script (autosave): an error is one sentence of plain text */
};

/* One line of the site. "/dossiers/:id" binds one segment to "id". `right` means what the caller's
 * `authorise` says; zero admits nobody. `finish` may be NULL where begin never waits. */
struct route {
	enum method method;
	const char *path;
	unsigned right;
	web_page *begin;
	web_page *finish;
	unsigned flags;
};

/* What an error page has to say. */
enum problem_reason {
	PROBLEM_FAILED,      /* the page returned a failure: see status */
	PROBLEM_NO_PAGE,     /* 404: no such route */
	PROBLEM_NO_METHOD,   /* 405 */
	PROBLEM_NOT_ALLOWED, /* 403: logged in, without the right */
	PROBLEM_LOGGED_OUT,  /* 403: a form was posted by nobody; show web_retype() */
	PROBLEM_STALE_FORM,  /* 403: the form's token is missing or of another session; show web_retype() */
	PROBLEM_FORGED,      /* 403: the form comes from another site; do not offer to send it again */
	PROBLEM_TOO_LARGE,   /* 413 */
	PROBLEM_BAD_REQUEST, /* 400, 415: not a form we can read */
	PROBLEM_STOPPING,    /* 503: the server is stopping */
};
struct problem {
	enum problem_reason reason;
	int status;           /* the HTTP status that will be sent */
	struct text sentence; /* for the person, what to do next */
};

struct web_options {
	const char *address;          /* to bind; "127.0.0.1" when NULL */
	uint16_t port;                /* 0: any free one, see web_port() */
	unsigned threads;             /* event threads; 0: one per processor, 8 at most */
	unsigned connections;         /* at most, all together; 0: 2000 */
	unsigned connections_per_address; /* 0: no limit (behind a front server) */
	unsigned idle_seconds;        /* a silent connection is closed; 0: 30 */
	unsigned request_seconds;     /* a request that takes longer to arrive is cut; 0: 300 */
	bool secure;                  /* the front server speaks TLS: Secure cookies with the __Host- prefix, HSTS */
	bool trust_forwarded;         /* X-Forwarded-For is written by our own front server */
	const char *public_address;   /* "https://guichet.exemple.example" when known: a form's Origin must be it, or
	                               * agree with Host */
	const char *upload_directory; /* for temporary files, on the file system of the attachments */
	const struct clock *clock;
	struct sessions *sessions;    /* NULL: nobody can be logged in, POST is refused */
	const struct route *routes;
	size_t route_count;
	void *context;                /* given to each request */

	/* Whether request->session (NULL: nobody) may use a route of this right: OK; REFUSED (403, or the login page
	 * when nobody is logged in); UNKNOWN (404); RETRY or BROKEN. Runs on an event thread, before begin. May set
	 * request->visitor. The row-level question (this dossier?) is the page's. */
	enum guichet_status (*authorise)(struct request *request, unsigned right, struct guichet_error *error);
	/* Writes a whole page for a problem. Sentences of BROKEN have been replaced. */
	void (*error_page)(struct request *request, struct html *html, const struct problem *problem);
	const char *login_path;       /* where nobody is sent for a GET, with ?vers=<target>; "/connexion" when NULL */
	bool quiet;                   /* no log line per request (benches, tests) */
};

/* Listens and serves on its own threads. The options are copied, what they point at must outlive it. NULL
 * after filling *error. */
struct web *web_start(const struct web_options *options, struct guichet_error *error);
/* The port really bound. */
uint16_t web_port(const struct web *web);
/* Refuses new work, waits until each suspended connection is resumed and answered, then stops and frees.
 * The threads that resume must still be running. False when some were not resumed within `seconds`: the
 * server is then left as it is, for the process to exit. Accepts NULL. */
bool web_stop(struct web *web, unsigned seconds);

/* -- Reading the request (strings are field or parameter names, ours) ----------------------------- */

/* The segment bound to ":name" in the route's path, decoded; empty text when the route has none. */
struct text request_parameter(const struct request *request, const char *name);
/* The first value of a query parameter; `at` is NULL when absent. */
struct text request_query(const struct request *request, const char *name);
/* The first value of a form's field; `at` is NULL when absent, not when empty. Valid UTF-8 without NUL;
 * line ends are "\n". */
struct text form_value(const struct request *request, const char *name);
/* The values of a repeated field (checkboxes), in order, in the arena. */
size_t form_values(const struct request *request, const char *name, const struct text **ret_values);
/* All fields in order, for forms whose names are data. */
struct form_field { struct text name, value; };
size_t form_fields(const struct request *request, const struct form_field **ret_fields);
/* The first file of a field that is not empty, or NULL. */
const struct form_file *form_file(const struct request *request, const char *name);
/* The bytes of an upload, mapped until the request ends. BROKEN when they cannot be. */
enum guichet_status form_file_text(struct request *request, const struct form_file *upload, struct text *ret_bytes,
	struct guichet_error *error);
/* A cookie's value; `at` is NULL when absent. */
struct text request_cookie(const struct request *request, const char *name);
/* A header's value; `at` is NULL when absent. */
struct text request_header(const struct request *request, const char *name);
/* `path` when it is a path of this site that a redirect may follow ("/…", no "//", no "\"), else "/". */
struct text request_local_path(struct text path);

/* -- Waiting for another thread ------------------------------------------------------------------- */

/* begin says that it will not answer now. Must be called before the work is handed over. */
void request_wait(struct request *request);
/* From any thread, exactly once per request_wait(): finish will run. The request is not the caller's any
 * more. */
void request_resume(struct request *request);

/* -- Answering ------------------------------------------------------------------------------------ */

/* The status of a page that is not an error: 422 for a form shown again with its mistakes. 200 if not
 * called. */
void request_status(struct request *request, int status);
/* 303 (after a POST) or 302, to a path of ours. What is in html is dropped. Returns OK. */
enum guichet_status request_redirect(struct request *request, int status, struct text path);
/* Answers bytes instead of a page. `bytes` must live as long as the arena. `download_name` empty: shown
 * in the browser; otherwise saved under this name (RFC 6266). Returns OK. */
enum guichet_status request_send(struct request *request, const char *content_type, struct text download_name,
	struct text bytes);
/* The same from a file, which is then the server's to close. */
enum guichet_status request_send_file(struct request *request, const char *content_type, struct text download_name,
	int file, int64_t size);
/* Adds a header. Values with control characters are left out. */
void request_add_header(struct request *request, const char *name, struct text value);
/* Says that what follows has this version; true when the browser has it already (the answer is then 304). */
bool request_etag(struct request *request, struct text version);
/* Logs in: gives the browser the cookie of a session just begun (session_begin()), or takes it away. */
void request_login(struct request *request, struct text token);
void request_logout(struct request *request);
/* The session found is void: the request goes on as nobody's. For authorise(). */
void request_disown_session(struct request *request);

/* -- Forms ---------------------------------------------------------------------------------------- */

/* The anti-forgery token for scripts (header X-Jeton), bound to the session. Without one, a signed
 * pre-session cookie is sent along. */
struct text request_form_token(struct request *request);
/* Opens <form method="post" action="…"> with the hidden token; closed by the block:
 *     FORM_IN(request, html, path, { "class", TEXT("formulaire") }); */
#define FORM_IN(request, html, path, ...)                                                         \
	HTML_IN(html, "form", { "method", TEXT("post") }, { "action", (path) } __VA_OPT__(,) __VA_ARGS__); \
	form_token_field((request), (html))
void form_token_field(struct request *request, struct html *html);
/* A random token for forms that must act once: <input type="hidden" name="unefois">. The page that
 * receives it stores it with the receipt: the same token, the same receipt. */
struct text request_once(struct request *request);
void form_once_field(struct request *request, struct html *html);
/* Is there a form that could be shown again whole: no file, no password? */
bool form_may_retype(const struct request *request);
/* For PROBLEM_LOGGED_OUT and PROBLEM_STALE_FORM, and for our own failures: what was typed, readable, in a form
 * that sends it again. Files cannot be kept: says so. Passwords and tokens are left out. */
void form_retype(struct request *request, struct html *html);

/* The address of a file of src/web/static/: "/statique/<hash>/guichet.css". `at` is NULL when there is
 * none. */
struct text request_static(const struct request *request, const char *name);
