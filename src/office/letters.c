/* Letters: from a decision to a file. The text is written once, kept whole with the act, and typeset at low
 * priority; each signature makes the signed copy again, which cites the text as presented. */
#include "office/inside.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/log.h"
#include "document/typesetter.h"
#include "store/attachment.h"

#include "base/banned.h"

enum { JOBS_AT_ONCE = 20, MOST_ATTEMPTS = 8, LETTER_ARENA = DOCUMENT_ARENA_LIMIT + (8 << 20) };

struct job {
	struct office *office;
	struct arena *arena;
	struct text act, kind, dossier, salt, seed;
	int64_t attempts;
	/* Told by the composing, written by the work. */
	struct text request, text_hash, digest;
	int64_t size;
	struct text failure;
};

/* ---- files ---- */

enum guichet_status
office_file_write(struct office *office, struct arena *arena, struct text bytes, struct text *ret_digest,
	struct guichet_error *error)
{
	struct digest digest;
	const enum guichet_status status = attachment_write(office->options.store, bytes, &digest, error);
	if (status == GUICHET_OK)
		*ret_digest = digest_hex(arena, &digest);
	return status;
}

enum guichet_status
office_file_read(struct office *office, struct arena *arena, struct text hex, struct text *ret_bytes,
	struct guichet_error *error)
{
	struct digest digest;
	if (!digest_read(hex, &digest))
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce fichier n’existe pas.");
	return attachment_read(office->options.store, arena, &digest, ret_bytes, error);
}

enum guichet_status
office_act_load(struct store_tx *tx, struct arena *arena, struct text number, struct office_act_file *ret_act,
	struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_ACT_LOAD, STORE_VALUES(number), error);
	if (!store_next(&rows))
		return store_absent(&rows, "Ce document n’existe pas, ou il n’est pas à vous.");
	const struct store_blob request = store_blob(&rows, 3);
	*ret_act = (struct office_act_file){ .number = arena_text(arena, number), .dossier = store_text(&rows, 0),
		.letter = store_text(&rows, 1), .created_at = store_integer(&rows, 2), .request = { request.at, request.length },
		.digest = store_text(&rows, 4), .signed_digest = store_text(&rows, 5), .cancelled = !store_is_null(&rows, 6),
		.replaced_by = store_text(&rows, 7), .replaced_at = store_is_null(&rows, 8) ? 0 : store_integer(&rows, 8) };
	return store_finish(&rows);
}

/* ---- a letter as JSON, kept with its act ---- */

/* The texts of a document_request that are kept. */
#define LETTER_TEXTS(X) X(markdown) X(title) X(author) X(organisation) X(office) X(contact) X(recipient) \
	X(place_date) X(reference) X(footer)

static struct text
letter_write(struct arena *arena, const struct document_request *request)
{
	json_t *json = json_object(), *holes = json_array();
#define X(member) json_object_set_new(json, #member, json_stringn(request->member.at ? request->member.at : "", \
		request->member.length));
	LETTER_TEXTS(X)
#undef X
	for (size_t i = 0; i < request->hole_count; i++)
		json_array_append_new(holes, json_stringn(request->holes[i].at ? request->holes[i].at : "",
			request->holes[i].length));
	json_object_set_new(json, "holes", holes);
	json_object_set_new(json, "at", json_integer(request->at));
	char *bytes = json ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
	const struct text copy = bytes ? arena_text(arena, text_of_string(bytes)) : (struct text){ 0 };
	free(bytes);
	json_decref(json);
	return copy;
}

static struct text
json_text(struct arena *arena, const json_t *json)
{
	return arena_text(arena, (struct text){ json_string_value(json), json_string_length(json) });
}

enum guichet_status
office_letter_read(struct arena *arena, struct text bytes, struct document_request *ret_request,
	struct guichet_error *error)
{
	json_t *json = bytes.length ? json_loadb(bytes.at, bytes.length, 0, NULL) : NULL;
	if (!json)
		return guichet_fail(error, GUICHET_REFUSED, "Ce document se prépare. Revenez dans un instant.");
	struct document_request request = { .language = TEXT("fr") };
	const json_t *holes = json_object_get(json, "holes");
	struct text *values = arena_array_of(arena, struct text, json_array_size(holes));
	bool whole = values || json_array_size(holes) == 0;
#define X(member) \
	request.member = json_text(arena, json_object_get(json, #member)); \
	whole = whole && request.member.at;
	LETTER_TEXTS(X)
#undef X
	for (size_t i = 0; whole && i < json_array_size(holes); i++) {
		values[i] = json_text(arena, json_array_get(holes, i));
		whole = values[i].at;
	}
	request.holes = values;
	request.hole_count = json_array_size(holes);
	request.at = json_integer_value(json_object_get(json, "at"));
	json_decref(json);
	if (!whole)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*ret_request = request;
	return GUICHET_OK;
}

/* ---- composing ---- */

static struct text
contact_lines(struct arena *arena, const struct campaign *campaign)
{
	struct buffer lines = buffer_new(DOCUMENT_LINE_LIMIT);
	for (size_t i = 0; i < campaign->contact_count; i++) {
		const struct campaign_contact *contact = &campaign->contacts[i];
		const struct text value = contact->phone.length ? contact->phone : contact->mail;
		if (value.length == 0)
			continue;
		if (lines.length)
			buffer_add(&lines, TEXT("\n"));
		buffer_add(&lines, value);
	}
	const struct text copy = arena_text(arena, buffer_text(&lines));
	buffer_release(&lines);
	return copy;
}

/* The request of a letter that is written for the first time. */
static enum guichet_status
first_writing(struct job *job, const struct office_dossier *dossier, const struct dossier_act *act,
	struct document_request *ret_request, struct guichet_error *error)
{
	struct arena *arena = job->arena;
	const struct office_options *options = &job->office->options;
	struct dossier_letter letter;
	const enum guichet_status status = dossier_letter_write(&dossier->facts, act, arena, &letter, error);
	if (status != GUICHET_OK)
		return status;
	const struct procedure *procedure = dossier->procedure;
	const struct text date = date_french(arena, date_of_instant(letter.at, NULL), false);
	*ret_request = (struct document_request){ .markdown = letter.markdown, .holes = letter.holes,
		.hole_count = letter.hole_count, .language = TEXT("fr"),
		.title = arena_format(arena, TEXT_FORMAT " n° " TEXT_FORMAT, TEXT_ARGS(letter.title), TEXT_ARGS(letter.number)),
		.author = options->organisation, .organisation = options->organisation,
		.office = procedure->office == PROCEDURE_NONE ? (struct text){ 0 } : procedure->roles[procedure->office].label,
		.contact = contact_lines(arena, dossier->campaign->campaign), .recipient = letter.recipient,
		.place_date = arena_format(arena, "Le " TEXT_FORMAT, TEXT_ARGS(date)), .reference = letter.number,
		.footer = arena_format(arena, TEXT_FORMAT " – " TEXT_FORMAT, TEXT_ARGS(options->organisation),
			TEXT_ARGS(procedure->title)), .at = letter.at };
	return GUICHET_OK;
}

static const struct dossier_act *
act_of_number(const struct dossier *dossier, struct text number)
{
	for (size_t i = 0; i < dossier->act_count; i++)
		if (text_equal(dossier->acts[i].number, number))
			return &dossier->acts[i];
	return NULL;
}

static enum guichet_status
sign_page(struct job *job, const struct dossier_act *act, struct text original, struct document_request *request,
	struct guichet_error *error)
{
	struct document_signature *list = arena_array_of(job->arena, struct document_signature, act->signature_count);
	if (!list && act->signature_count)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < act->signature_count; i++) {
		const struct dossier_signature *signature = &act->signatures[i];
		list[i] = (struct document_signature){ .who = signature->name, .quality = signature->quality,
			.when = signature->at };
		if (!digest_read(signature->text_hash, &list[i].text))
			return guichet_fail(error, GUICHET_BROKEN, "L’empreinte d’une signature est illisible.");
	}
	request->signatures = list;
	request->signature_count = act->signature_count;
	request->has_original = digest_read(original, &request->original);
	return GUICHET_OK;
}

/* The letter of a child speaks of its parent as it was when the letter was decided. */
static enum guichet_status
go_back(struct store_tx *tx, struct job *job, struct office_dossier *dossier, const struct dossier_act *act,
	struct guichet_error *error)
{
	const struct dossier *parent = NULL;
	unsigned after = 0;
	enum guichet_status status = GUICHET_OK;
	for (size_t count = OFFICE_EVENTS_PAGE; dossier->state.parent.length && status == GUICHET_OK && !parent
		&& count == OFFICE_EVENTS_PAGE; after += (unsigned)count) {
		const struct dossier_event *events;
		status = office_events(tx, job->arena, dossier->id, after, OFFICE_EVENTS_PAGE, &events, &count, error);
		if (status == GUICHET_OK)
			status = dossier_parent_of_act(job->arena, dossier->procedure, events, count, act, &parent, error);
	}
	if (parent)
		dossier->facts.parent = parent;
	return status;
}

/* Reads, writes and typesets; *ret_needed is false when nothing is to be made any more. */
static enum guichet_status
compose(struct job *job, bool *ret_needed, struct guichet_error *error)
{
	struct arena *arena = job->arena;
	struct document_request request;
	enum guichet_status status;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(job->office->options.store, error);
		if (!tx)
			return error->status;
		struct office_dossier dossier;
		struct office_place place;
		status = office_load(job->office, tx, arena, job->dossier, clock_now(job->office->options.clock), ~(dossier_roles)0,
			&dossier, &place, error);
		if (status != GUICHET_OK)
			return status;
		const struct dossier_act *act = act_of_number(&dossier.state, job->act);
		*ret_needed = act && act->status != DOSSIER_CANCELLED;
		if (!*ret_needed)
			return GUICHET_OK;
		if (text_equal(job->kind, TEXT("signed"))) {
			struct office_act_file file;
			status = office_act_load(tx, arena, job->act, &file, error);
			if (status == GUICHET_OK)
				status = office_letter_read(arena, file.request, &request, error);
			if (status == GUICHET_OK)
				status = sign_page(job, act, file.digest, &request, error);
		} else {
			status = go_back(tx, job, &dossier, act, error);
			if (status == GUICHET_OK)
				status = first_writing(job, &dossier, act, &request, error);
		}
	}
	struct text pdf;
	struct digest hash;
	if (status == GUICHET_OK)
		status = document_text_hash(&request, &hash, error);
	if (status == GUICHET_OK)
		status = typesetter_render_wait(job->office->options.typesetter, arena, &request, &pdf, error);
	if (status == GUICHET_OK)
		status = office_file_write(job->office, arena, pdf, &job->digest, error);
	if (status != GUICHET_OK)
		return status;
	job->size = (int64_t)pdf.length;
	job->request = letter_write(arena, &request);
	job->text_hash = digest_hex(arena, &hash);
	return job->request.at && job->text_hash.at && job->digest.at ? GUICHET_OK
		: guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

static enum guichet_status
forget(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct job *job = context;
	return store_run(tx, STORE_JOB_DELETE, STORE_VALUES(job->act, job->kind), NULL, error);
}

static enum guichet_status
write_composed(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct job *job = context;
	const instant now = clock_now(job->office->options.clock);
	enum guichet_status status;
	if (text_equal(job->kind, TEXT("signed"))) {
		status = store_run(tx, STORE_ACT_SIGNED, STORE_VALUES(job->act, job->digest), NULL, error);
		return status == GUICHET_OK ? forget(tx, job, error) : status;
	}
	struct office_dossier dossier;
	struct office_place place;
	struct dossier_outcome outcome;
	status = office_load(job->office, tx, job->arena, job->dossier, now, 0, &dossier, &place, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_input input = { .facts = dossier.facts, .decided_at = now, .salt = job->salt };
	status = dossier_compose(&input, job->act, job->text_hash, job->digest, job->size, job->arena, &outcome, error);
	if (status == GUICHET_REFUSED)
		return forget(tx, job, error); /* cancelled meanwhile */
	if (status == GUICHET_OK)
		status = office_record(job->office, tx, job->arena, &place, &dossier.facts, &outcome, NULL, now, job->seed, error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_ACT_COMPOSED, STORE_VALUES(job->act,
			((struct store_blob){ job->request.at, job->request.length }), job->digest), NULL, error);
	return status == GUICHET_OK ? forget(tx, job, error) : status;
}

static enum guichet_status
put_off(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct job *job = context;
	const instant now = clock_now(job->office->options.clock);
	const int64_t attempts = job->attempts < MOST_ATTEMPTS ? job->attempts : MOST_ATTEMPTS;
	enum guichet_status status = store_run(tx, STORE_JOB_RETRY,
		STORE_VALUES(job->act, job->kind, now + (INSTANT_MINUTE << attempts), job->failure), NULL, error);
	if (status == GUICHET_OK && job->attempts + 1 == MOST_ATTEMPTS)
		status = store_run(tx, STORE_ALERT_INSERT, STORE_VALUES(job->act, STORE_NULL, job->dossier, "", job->failure,
			now), NULL, error);
	return status;
}

static enum guichet_status
job_run(struct job *job, struct guichet_error *error)
{
	bool needed = true;
	struct store *store = job->office->options.store;
	job->salt = token_hash(job->arena, token_new(job->arena));
	job->seed = token_new(job->arena);
	enum guichet_status status = compose(job, &needed, error);
	if (status == GUICHET_OK)
		status = store_transact(store, needed ? write_composed : forget, job, error);
	if (status == GUICHET_OK || status == GUICHET_RETRY)
		return status;
	log_error("letter", error);
	job->failure = arena_text(job->arena, text_of_string(error->message));
	return store_transact(store, put_off, job, error);
}

enum guichet_status
office_compose_letters(struct office *office, bool *ret_more, struct guichet_error *error)
{
	*ret_more = false;
	if (!office->options.typesetter)
		return GUICHET_OK;
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct job *jobs = arena ? arena_array_of(arena, struct job, JOBS_AT_ONCE) : NULL;
	if (!jobs)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	enum guichet_status status;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		if (!tx)
			return error->status;
		struct store_rows rows = store_query(tx, arena, STORE_JOB_NEXT,
			STORE_VALUES(clock_now(office->options.clock), (int64_t)JOBS_AT_ONCE), error);
		while (count < JOBS_AT_ONCE && store_next(&rows))
			jobs[count++] = (struct job){ .office = office, .act = store_text(&rows, 0), .kind = store_text(&rows, 1),
				.dossier = store_text(&rows, 2), .attempts = store_integer(&rows, 3) };
		status = store_finish(&rows);
	}
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		CLEANUP(arena_free) struct arena *work = arena_new(LETTER_ARENA);
		if (!work)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		jobs[i].arena = work;
		status = job_run(&jobs[i], error);
		jobs[i].arena = NULL;
	}
	*ret_more = count > 0;
	return status;
}
