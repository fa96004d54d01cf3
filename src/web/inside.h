/* What the files of web/ share about the server and its requests. Private to web/. */
#pragma once

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "web/form.h"
#include "web/web.h"

enum {
	REQUEST_ID_LENGTH = 12,
	LONGEST_TARGET = 4096,
	HEADERS_ADDED = 8,
	IDLE_REQUESTS = 64, /* kept for their next use */
	MATCHED_SEGMENTS = 16,
};

enum stage {
	STAGE_NEW,
	STAGE_BODY,     /* reading the form */
	STAGE_DRAIN,    /* throwing a body away before the answer in `problem` */
	STAGE_WAITING,  /* another thread works for it */
	STAGE_ANSWERED,
};

/* Between the event thread and the one that resumes. */
enum wait { WAIT_NONE, WAIT_ASKED, WAIT_SUSPENDED, WAIT_RESUMED };

enum answer_kind { ANSWER_PAGE, ANSWER_REDIRECT, ANSWER_BYTES, ANSWER_FILE, ANSWER_NOT_MODIFIED };

struct added_header {
	const char *name;
	struct text value; /* followed by a NUL */
};

struct request_inside {
	struct request page; /* first: a struct request is one of these */
	struct web *web;
	struct request_inside *next_idle;
	struct MHD_Connection *connection;
	struct buffer buffer; /* the page */
	char id[REQUEST_ID_LENGTH + 1];
	char remote[64];
	int64_t started;      /* clock_steady() */
	enum stage stage;
	_Atomic enum wait wait;
	bool counted, busy;   /* among web->active, web->busy */
	bool is_static;
	const char *method;

	struct text parameters[WEB_LIMIT_PATH_PARAMETERS]; /* in the order of the route's path */
	struct form query, form;
	struct form_reader *reader;
	struct session session;
	struct text presession;    /* the nonce of a visitor without session; empty until needed */
	bool presession_is_new;    /* its cookie goes with this answer */
	int64_t drained;

	struct problem problem;    /* reason meaningful when status is not 0 */

	int status;
	enum answer_kind kind;
	const char *content_type;
	struct text download_name, location, bytes;
	int file;
	int64_t file_size;
	struct added_header headers[HEADERS_ADDED];
	size_t header_count;
	bool headers_full;
	const char *allow;         /* of a 405 */

	int sent_status;           /* for the log */
	int64_t sent_bytes;
};

struct static_file {
	const char *name, *content_type;
	const char *at, *end; /* the bytes */
};
enum { STATIC_FILES_MAX = 8 };
extern const struct static_file static_files[];
extern const size_t static_file_count;

struct web {
	struct web_options options;
	struct web_key key;
	struct MHD_Daemon *daemon;
	int listener;
	uint16_t port;
	char id_prefix[7];
	_Atomic uint32_t id_next;
	_Atomic int active;        /* requests under way */
	_Atomic int busy;          /* those of them that are with a page */
	_Atomic bool stopping;     /* new requests are refused */
	_Atomic bool closing;      /* no page begins any more */
	pthread_mutex_t idle_lock;
	struct request_inside *idle;
	size_t idle_count;
	struct static_answer {
		char path[80];
		char etag[40];
		struct MHD_Response *response;
		int64_t size;
	} statics[STATIC_FILES_MAX];
};

static inline struct request_inside *
inside_of(const struct request *request)
{
	return (struct request_inside *)request;
}

/* -- router.c */
/* The route for a path and method; NULL with *ret_allow ("GET, HEAD") when the path exists for others, NULL
 * otherwise. Fills the parameters. */
const struct route *router_find(const struct web *web, enum method method, struct text path,
	struct text *ret_parameters, const char **ret_allow);

/* -- answer.c */
/* Sends what begin or finish left, or the error page for its failure. */
enum MHD_Result answer_outcome(struct request_inside *inside, enum guichet_status status, struct html *html,
	struct guichet_error *error);
/* Sends the page of inside->problem. */
enum MHD_Result answer_problem(struct request_inside *inside);
bool answer_static_prepare(struct web *web);
void answer_static_release(struct web *web);
/* The answer for /statique/…, or NULL. */
const struct static_answer *answer_static_find(const struct web *web, struct text path);
enum MHD_Result answer_static(struct request_inside *inside, const struct static_answer *file);
void set_problem(struct request_inside *inside, enum problem_reason reason, int status, const char *sentence);

/* -- token.c */
/* Whether the form that was posted is one of ours, for this visitor. Sets the problem when not. */
bool token_check_origin(struct request_inside *inside);
bool token_check_form(struct request_inside *inside);
/* Reads the pre-session cookie, if it is one we signed. */
void token_read_presession(struct request_inside *inside);

/* -- session.c */
/* The session of a cookie's token: OK with ret_session->person.at NULL when there is none. Texts in
 * `arena`. */
enum guichet_status sessions_find(struct sessions *sessions, struct arena *arena, struct text token, instant now,
	struct session *ret_session, struct guichet_error *error);
struct web_key sessions_key(const struct sessions *sessions);
/* The cookies' names, by whether they are secure. */
const char *cookie_session(const struct web *web);
const char *cookie_presession(const struct web *web);
