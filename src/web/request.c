/* What a page asks of its request and says for its answer: see web.h. */
#include "web/inside.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/banned.h"

struct text
request_parameter(const struct request *request, const char *name)
{
	const struct request_inside *inside = inside_of(request);
	struct text pattern = text_of_string(request->route ? request->route->path : "");
	for (size_t index = 0; pattern.at; ) {
		const struct text segment = text_split(&pattern, '/');
		if (!text_starts(segment, TEXT(":")))
			continue;
		if (text_equal(text_part(segment, 1, SIZE_MAX), text_of_string(name)))
			return inside->parameters[index];
		index++;
	}
	return TEXT("");
}

static struct text
first_value(const struct form *form, const char *name)
{
	const struct text wanted = text_of_string(name);
	for (size_t i = 0; i < form->count; i++)
		if (text_equal(form->fields[i].name, wanted))
			return form->fields[i].value;
	return (struct text){ 0 };
}

struct text
request_query(const struct request *request, const char *name)
{
	return first_value(&inside_of(request)->query, name);
}

struct text
form_value(const struct request *request, const char *name)
{
	return first_value(&inside_of(request)->form, name);
}

size_t
form_values(const struct request *request, const char *name, const struct text **ret_values)
{
	const struct form *form = &inside_of(request)->form;
	const struct text wanted = text_of_string(name);
	size_t count = 0;
	for (size_t i = 0; i < form->count; i++)
		count += text_equal(form->fields[i].name, wanted);
	struct text *values = count ? arena_array_of(request->arena, struct text, count) : NULL;
	if (!values)
		return 0;
	count = 0;
	for (size_t i = 0; i < form->count; i++)
		if (text_equal(form->fields[i].name, wanted))
			values[count++] = form->fields[i].value;
	*ret_values = values;
	return count;
}

size_t
form_fields(const struct request *request, const struct form_field **ret_fields)
{
	*ret_fields = inside_of(request)->form.fields;
	return inside_of(request)->form.count;
}

const struct form_file *
form_file(const struct request *request, const char *name)
{
	const struct form *form = &inside_of(request)->form;
	const struct text wanted = text_of_string(name);
	for (size_t i = 0; i < form->upload_count; i++)
		if (text_equal(form->uploads[i].field, wanted))
			return &form->uploads[i];
	return NULL;
}

struct mapping {
	void *at;
	size_t length;
};

static void
unmap(void *thing)
{
	const struct mapping *mapping = thing;
	munmap(mapping->at, mapping->length);
}

enum guichet_status
form_file_text(struct request *request, const struct form_file *upload, struct text *ret_bytes,
	struct guichet_error *error)
{
	if (upload->size == 0) {
		*ret_bytes = TEXT("");
		return GUICHET_OK;
	}
	struct mapping *mapping = arena_new_of(request->arena, struct mapping);
	if (!mapping)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire épuisée.");
	mapping->length = (size_t)upload->size;
	mapping->at = mmap(NULL, mapping->length, PROT_READ, MAP_PRIVATE, upload->file, 0);
	if (mapping->at == MAP_FAILED)
		return guichet_fail(error, GUICHET_BROKEN, "Le fichier reçu ne peut pas être relu.");
	if (!arena_defer(request->arena, unmap, mapping))
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire épuisée.");
	*ret_bytes = (struct text){ mapping->at, mapping->length };
	return GUICHET_OK;
}

struct text
request_cookie(const struct request *request, const char *name)
{
	return text_of_string(MHD_lookup_connection_value(inside_of(request)->connection, MHD_COOKIE_KIND, name));
}

struct text
request_header(const struct request *request, const char *name)
{
	return text_of_string(MHD_lookup_connection_value(inside_of(request)->connection, MHD_HEADER_KIND, name));
}

struct text
request_local_path(struct text path)
{
	if (!text_starts(path, TEXT("/")) || !text_equal(html_address(path), path))
		return TEXT("/");
	for (size_t i = 0; i < path.length; i++)
		if ((unsigned char)path.at[i] <= ' ' || path.at[i] == 0x7f)
			return TEXT("/");
	return path;
}

void
request_wait(struct request *request)
{
	atomic_store(&inside_of(request)->wait, WAIT_ASKED);
}

void
request_resume(struct request *request)
{
	struct request_inside *inside = inside_of(request);
	struct MHD_Connection *connection = inside->connection;
	/* Asked: begin has not returned yet, and the event thread will see that there is nothing to wait for. */
	if (atomic_exchange(&inside->wait, WAIT_RESUMED) == WAIT_SUSPENDED)
		MHD_resume_connection(connection);
}

void
request_status(struct request *request, int status)
{
	inside_of(request)->status = status;
}

enum guichet_status
request_redirect(struct request *request, int status, struct text path)
{
	struct request_inside *inside = inside_of(request);
	const struct text location = arena_text(request->arena, request_local_path(path));
	inside->kind = ANSWER_REDIRECT;
	inside->status = status;
	inside->location = location.at ? location : TEXT("/");
	return GUICHET_OK;
}

enum guichet_status
request_send(struct request *request, const char *content_type, struct text download_name, struct text bytes)
{
	struct request_inside *inside = inside_of(request);
	inside->kind = ANSWER_BYTES;
	inside->content_type = content_type;
	inside->download_name = download_name;
	inside->bytes = bytes;
	return GUICHET_OK;
}

enum guichet_status
request_send_file(struct request *request, const char *content_type, struct text download_name, int file,
	int64_t size)
{
	struct request_inside *inside = inside_of(request);
	if (inside->file >= 0)
		close(inside->file);
	inside->kind = ANSWER_FILE;
	inside->content_type = content_type;
	inside->download_name = download_name;
	inside->file = file;
	inside->file_size = size;
	return GUICHET_OK;
}

void
request_add_header(struct request *request, const char *name, struct text value)
{
	struct request_inside *inside = inside_of(request);
	for (size_t i = 0; i < value.length; i++)
		if ((unsigned char)value.at[i] < ' ' || value.at[i] == 0x7f)
			return;
	const struct text copy = arena_text(request->arena, value);
	if (!copy.at || inside->header_count == HEADERS_ADDED)
		inside->headers_full = true;
	else
		inside->headers[inside->header_count++] = (struct added_header){ name, copy };
}

bool
request_etag(struct request *request, struct text version)
{
	const struct text tag = arena_format(request->arena, "\"%.*s\"", TEXT_ARGS(version));
	if (!tag.at)
		return false;
	request_add_header(request, "ETag", tag);
	if (!text_equal(request_header(request, "If-None-Match"), tag))
		return false;
	inside_of(request)->kind = ANSWER_NOT_MODIFIED;
	return true;
}

void
request_login(struct request *request, struct text token)
{
	const struct web *web = inside_of(request)->web;
	request_add_header(request, "Set-Cookie", arena_format(request->arena, "%s=%.*s; Path=/; Max-Age=%d; HttpOnly; "
		"SameSite=Lax%s", cookie_session(web), TEXT_ARGS(token), SESSION_LIFE_HOURS * 3600,
		web->options.secure ? "; Secure" : ""));
}

void
request_logout(struct request *request)
{
	const struct web *web = inside_of(request)->web;
	request_add_header(request, "Set-Cookie", arena_format(request->arena, "%s=; Path=/; Max-Age=0; HttpOnly; "
		"SameSite=Lax%s", cookie_session(web), web->options.secure ? "; Secure" : ""));
}

void
request_disown_session(struct request *request)
{
	request->session = NULL;
	token_read_presession(inside_of(request));
}

static bool
is_among(struct text name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(name, text_of_string(names[i])))
			return true;
	return false;
}

static bool
is_secret(struct text name)
{
	return text_find(name, TEXT("passe")) != SIZE_MAX; /* mot_de_passe, … */
}

/* Fields that a form sent again writes itself, or that must not be shown. */
static bool
is_kept(struct text name)
{
	static const char *const left_out[] = { "jeton", "unefois" };
	return !is_among(name, left_out, sizeof left_out / sizeof *left_out) && !is_secret(name);
}

/* What the page itself put into its form, and nobody typed. */
static bool
is_of_the_page(struct text name)
{
	static const char *const names[] = { "version", "etape", "suite", "montre", "confirme" };
	return is_among(name, names, sizeof names / sizeof *names);
}

bool
form_may_retype(const struct request *request)
{
	const struct form *form = &((const struct request_inside *)request)->form;
	bool may = request->method == METHOD_POST && form->count && request->route
		&& !(request->route->flags & (ROUTE_UPLOADS | ROUTE_BACKGROUND));
	for (size_t i = 0; may && i < form->count; i++)
		may = !is_secret(form->fields[i].name);
	return may;
}

void
form_retype(struct request *request, struct html *html)
{
	const struct form *form = &inside_of(request)->form;
	const struct text once = form_value(request, "unefois");
	FORM_IN(request, html, request->path, { "class", TEXT("form card") });
	if (once.length) /* the same token: sent twice, it still acts once */
		HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("unefois") }, { "value", once });
	HTML_SAY(html, "h2", "Ce que vous aviez saisi");
	{
		HTML_IN(html, "dl", { "class", TEXT("data") });
		for (size_t i = 0; i < form->count; i++) {
			const struct form_field *field = &form->fields[i];
			if (!is_kept(field->name) || field->value.length == 0 || is_of_the_page(field->name))
				continue;
			HTML_LINE(html, "dt", field->name);
			HTML_LINE(html, "dd", field->value);
		}
	}
	for (size_t i = 0; i < form->count; i++)
		if (is_kept(form->fields[i].name))
			HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", form->fields[i].name },
				{ "value", form->fields[i].value });
	if (request->route && request->route->flags & ROUTE_UPLOADS)
		HTML_SAY(html, "p", "Les fichiers joints, eux, sont à choisir de nouveau.");
	HTML_SAY(html, "button", "Envoyer de nouveau", { "type", TEXT("submit") }, { "class", TEXT("button") });
}

struct text
request_static(const struct request *request, const char *name)
{
	const struct web *web = inside_of(request)->web;
	for (size_t i = 0; i < static_file_count; i++)
		if (strcmp(static_files[i].name, name) == 0)
			return text_of_string(web->statics[i].path);
	return (struct text){ 0 };
}
