/* The one place where what a page did becomes an answer: its bytes, its headers, its status, and a line
 * in the log for what is our fault. */
#include "web/inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"

#include "base/banned.h"

enum { LONGEST_FILE_NAME = 150 };

struct header {
	const char *name, *value;
};

/* On everything. */
static const struct header always[] = {
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "same-origin" },
	{ "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
};

static const char policy_of_pages[] = "default-src 'none'; script-src 'self'; style-src 'self'; "
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
	"base-uri 'none'";
/* The browser's own viewer of a PDF brings its styles. */
static const char policy_of_files[] = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
	"object-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

void
set_problem(struct request_inside *inside, enum problem_reason reason, int status, const char *sentence)
{
	inside->problem = (struct problem){ reason, status, text_of_string(sentence) };
}

static void
add(struct MHD_Response *response, const char *name, const char *value)
{
	(void)MHD_add_response_header(response, name, value); /* fails without memory or on our own mistake only */
}

static struct MHD_Response *
empty_response(void)
{
	return MHD_create_response_from_buffer(0, (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
}

/* What follows the type in Content-Disposition: an ASCII name for all, and the exact one (RFC 6266, RFC
 * 5987). */
static struct text
disposition(struct arena *arena, struct text name)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(4096);
	name = text_part(name, 0, LONGEST_FILE_NAME);
	buffer_add(&out, TEXT("attachment; filename=\""));
	for (size_t at = 0; at < name.length; ) {
		const uint32_t point = text_next(name, &at);
		const bool plain = point >= ' ' && point < 0x7f && point != '"' && point != '\\' && point != '/'
			&& point != '%';
		buffer_add_character(&out, plain ? point : '_');
	}
	buffer_add(&out, TEXT("\"; filename*=UTF-8''"));
	for (size_t at = 0; at < name.length; ) {
		const size_t start = at;
		const uint32_t point = text_next(name, &at);
		if ((point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || (point >= '0' && point <= '9')
			|| point == '.' || point == '-' || point == '_')
			buffer_add_character(&out, point);
		else if (point < ' ' || point == 0x7f || point == '/' || point == '\\' || point == 0xfffd)
			buffer_add_character(&out, '_');
		else
			for (size_t i = start; i < at; i++)
				buffer_format(&out, "%%%02X", (unsigned char)name.at[i]);
	}
	return out.failed ? TEXT("attachment") : arena_text(arena, buffer_text(&out));
}

static enum MHD_Result
queue(struct request_inside *inside, unsigned status, struct MHD_Response *response, int64_t bytes)
{
	const enum MHD_Result result = MHD_queue_response(inside->connection, status, response);
	MHD_destroy_response(response);
	inside->stage = STAGE_ANSWERED;
	inside->sent_status = (int)status;
	inside->sent_bytes = bytes;
	return result;
}

static void
add_common(struct request_inside *inside, struct MHD_Response *response, bool is_page)
{
	const struct web *web = inside->web;
	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		add(response, always[i].name, always[i].value);
	add(response, "Content-Security-Policy", is_page ? policy_of_pages : policy_of_files);
	const bool shared = inside->page.route && inside->page.route->flags & ROUTE_PUBLIC_CACHE;
	add(response, "Cache-Control", shared ? "private, no-cache" : "no-store");
	if (web->options.secure)
		add(response, "Strict-Transport-Security", "max-age=31536000");
	if (atomic_load(&web->stopping))
		add(response, "Connection", "close");
	for (size_t i = 0; i < inside->header_count; i++)
		add(response, inside->headers[i].name, inside->headers[i].value.at);
}

static const char *
page_type(const struct request_inside *inside)
{
	return inside->page.route && inside->page.route->flags & ROUTE_BACKGROUND && inside->problem.status
		? "text/plain; charset=utf-8" : "text/html; charset=utf-8";
}

static enum MHD_Result
send_page(struct request_inside *inside, int status)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(inside->buffer.length,
		inside->buffer.length ? inside->buffer.at : "", MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	add(response, "Content-Type", inside->content_type ? inside->content_type : page_type(inside));
	add_common(inside, response, true);
	if (inside->problem.status == 405 && inside->allow)
		add(response, "Allow", inside->allow);
	if (status == 503)
		add(response, "Retry-After", "5");
	return queue(inside, (unsigned)status, response, (int64_t)inside->buffer.length);
}

/* When nobody gave us an error page, or it failed itself. */
static void
bare_error_page(struct request_inside *inside, struct html *html)
{
	html_markup(html, "<!doctype html>");
	HTML_IN(html, "html", { "lang", TEXT("fr") });
	{
		HTML_IN(html, "head");
		HTML_VOID(html, "meta", { "charset", TEXT("utf-8") });
		HTML_VOID(html, "meta", { "name", TEXT("viewport") },
			{ "content", TEXT("width=device-width, initial-scale=1") });
		HTML_SAY(html, "title", "Un souci");
	}
	HTML_IN(html, "body");
	HTML_IN(html, "main");
	HTML_SAY(html, "h1", "La page demandée n’a pas pu être affichée");
	HTML_LINE(html, "p", inside->problem.sentence);
	if (inside->problem.reason == PROBLEM_LOGGED_OUT || inside->problem.reason == PROBLEM_STALE_FORM)
		form_retype(&inside->page, html);
	HTML_IN(html, "p");
	html_link(html, TEXT("/"), text_of(html->language, TEXT("Revenir à l’accueil")));
}

enum MHD_Result
answer_problem(struct request_inside *inside)
{
	const struct web *web = inside->web;
	struct html html = { &inside->buffer, inside->page.language };
	buffer_clear(&inside->buffer);
	inside->content_type = NULL;
	if (inside->page.route && inside->page.route->flags & ROUTE_BACKGROUND) {
		buffer_add(&inside->buffer, inside->problem.sentence);
	} else {
		if (web->options.error_page)
			web->options.error_page(&inside->page, &html, &inside->problem);
		if (!web->options.error_page || inside->buffer.failed) {
			buffer_clear(&inside->buffer);
			bare_error_page(inside, &html);
		}
	}
	if (inside->buffer.failed)
		return MHD_NO; /* not even memory to say so */
	return send_page(inside, inside->problem.status);
}

static enum MHD_Result
send_redirect(struct request_inside *inside)
{
	struct MHD_Response *response = empty_response();
	if (!response)
		return MHD_NO;
	add(response, "Location", inside->location.at);
	add_common(inside, response, true);
	return queue(inside, (unsigned)inside->status, response, 0);
}

static enum MHD_Result
send_bytes(struct request_inside *inside)
{
	const bool is_file = inside->kind == ANSWER_FILE;
	const int64_t size = is_file ? inside->file_size : (int64_t)inside->bytes.length;
	struct MHD_Response *response = is_file
		? MHD_create_response_from_fd64((uint64_t)size, inside->file)
		: MHD_create_response_from_buffer(inside->bytes.length,
			inside->bytes.length ? (void *)(uintptr_t)inside->bytes.at : (void *)(uintptr_t)"", MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	inside->file = -1; /* the response closes it */
	add(response, "Content-Type", inside->content_type);
	if (inside->download_name.length) {
		const struct text value = disposition(inside->page.arena, inside->download_name);
		add(response, "Content-Disposition", value.at ? value.at : "attachment");
	}
	add_common(inside, response, false);
	return queue(inside, (unsigned)(inside->status ? inside->status : 200), response, size);
}

static enum MHD_Result
send_not_modified(struct request_inside *inside)
{
	struct MHD_Response *response = empty_response();
	if (!response)
		return MHD_NO;
	add_common(inside, response, true);
	return queue(inside, 304, response, 0);
}

static enum MHD_Result
answer_failure(struct request_inside *inside, enum guichet_status status, const struct guichet_error *error)
{
	static const char busy[] = "Beaucoup de personnes se connectent en ce moment. Rien n’est perdu : "
		"réessayez dans quelques secondes.";
	/* What the page wanted to say with its answer is not said; above all not "logged in". */
	inside->header_count = 0;
	inside->headers_full = false;
	if (inside->presession_is_new)
		inside->presession = (struct text){ 0 };
	const struct text sentence = arena_text(inside->page.arena, text_of_string(error->message));
	const char *said = sentence.length ? sentence.at : NULL;
	switch (status) {
	case GUICHET_OK:
		break;
	case GUICHET_UNKNOWN:
		set_problem(inside, PROBLEM_FAILED, 404, said ? said
			: "Cette page n’existe pas ou ne vous est pas destinée.");
		return answer_problem(inside);
	case GUICHET_REFUSED:
		set_problem(inside, PROBLEM_FAILED, 422, said ? said : "Cette demande ne peut pas être acceptée.");
		return answer_problem(inside);
	case GUICHET_RETRY:
		log_line(LOG_WARNING, "busy", "request=%s where=%s:%d", inside->id, error->file ? error->file : "?",
			error->line);
		set_problem(inside, PROBLEM_FAILED, 503, said ? said : busy);
		return answer_problem(inside);
	case GUICHET_BROKEN:
		break;
	}
	log_line(LOG_FAILURE, "request", "request=%s route=%s where=%s:%d message=\"%s\"", inside->id,
		inside->page.route ? inside->page.route->path : "-", error->file ? error->file : "?", error->line,
		error->message);
	set_problem(inside, PROBLEM_FAILED, 500, "Une erreur est survenue de notre côté. Ce qui avait été "
		"enregistré l’est toujours : réessayez, et si l’erreur revient, prévenez l’assistance.");
	return answer_problem(inside);
}

enum MHD_Result
answer_outcome(struct request_inside *inside, enum guichet_status status, struct html *html,
	struct guichet_error *error)
{
	if (status == GUICHET_OK && inside->headers_full)
		status = guichet_fail(error, GUICHET_BROKEN, "La page ajoute trop d’en-têtes.");
	if (status == GUICHET_OK && inside->kind == ANSWER_PAGE && html->out->failed)
		status = guichet_fail(error, GUICHET_BROKEN, "La page a dépassé sa taille ou la mémoire.");
	if (status != GUICHET_OK)
		return answer_failure(inside, status, error);
	switch (inside->kind) {
	case ANSWER_PAGE:
		return send_page(inside, inside->status ? inside->status : 200);
	case ANSWER_REDIRECT:
		return send_redirect(inside);
	case ANSWER_NOT_MODIFIED:
		return send_not_modified(inside);
	case ANSWER_BYTES:
	case ANSWER_FILE:
		return send_bytes(inside);
	}
	return MHD_NO;
}

bool
answer_static_prepare(struct web *web)
{
	for (size_t i = 0; i < static_file_count; i++) {
		const struct static_file *file = &static_files[i];
		struct static_answer *answer = &web->statics[i];
		const struct text bytes = { file->at, (size_t)(file->end - file->at) };
		const struct digest digest = digest_of(bytes);
		char hash[17];
		for (size_t byte = 0; byte < 8; byte++)
			snprintf(hash + 2 * byte, 3, "%02x", digest.bytes[byte]);
		snprintf(answer->path, sizeof answer->path, "/statique/%s/%s", hash, file->name);
		snprintf(answer->etag, sizeof answer->etag, "\"%s\"", hash);
		struct MHD_Response *response = MHD_create_response_from_buffer(bytes.length,
			(void *)(uintptr_t)bytes.at, MHD_RESPMEM_PERSISTENT);
		if (!response)
			return false;
		answer->response = response;
		answer->size = (int64_t)bytes.length;
		add(response, "Content-Type", file->content_type);
		add(response, "Cache-Control", "public, max-age=31536000, immutable");
		add(response, "ETag", answer->etag);
		for (size_t header = 0; header < sizeof always / sizeof *always; header++)
			add(response, always[header].name, always[header].value);
	}
	return true;
}

void
answer_static_release(struct web *web)
{
	for (size_t i = 0; i < static_file_count; i++)
		if (web->statics[i].response)
			MHD_destroy_response(web->statics[i].response);
}

const struct static_answer *
answer_static_find(const struct web *web, struct text path)
{
	for (size_t i = 0; i < static_file_count; i++)
		if (text_equal(path, text_of_string(web->statics[i].path)))
			return &web->statics[i];
	return NULL;
}

enum MHD_Result
answer_static(struct request_inside *inside, const struct static_answer *file)
{
	inside->stage = STAGE_ANSWERED;
	inside->is_static = true;
	if (text_equal(request_header(&inside->page, "If-None-Match"), text_of_string(file->etag))) {
		struct MHD_Response *response = empty_response();
		if (!response)
			return MHD_NO;
		add(response, "ETag", file->etag);
		return queue(inside, 304, response, 0);
	}
	inside->sent_status = 200;
	inside->sent_bytes = file->size;
	return MHD_queue_response(inside->connection, 200, file->response);
}
