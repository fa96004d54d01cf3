/* See wire.h. */
#include "document/wire.h"

#include "base/banned.h"

/* The texts of a request, in the order they travel. */
static const size_t request_texts[] = {
	offsetof(struct document_request, markdown), offsetof(struct document_request, language),
	offsetof(struct document_request, title), offsetof(struct document_request, author),
	offsetof(struct document_request, organisation), offsetof(struct document_request, office),
	offsetof(struct document_request, contact), offsetof(struct document_request, recipient),
	offsetof(struct document_request, place_date), offsetof(struct document_request, reference),
	offsetof(struct document_request, footer),
};

static void
add_digest(struct buffer *body, const struct digest *digest)
{
	buffer_add(body, (struct text){ (const char *)digest->bytes, DIGEST_SIZE });
}

static struct digest
next_digest(struct frame_reader *reader)
{
	struct digest digest = { 0 };
	if (reader->failed || reader->rest.length < DIGEST_SIZE) {
		reader->failed = true;
		return digest;
	}
	memcpy(digest.bytes, reader->rest.at, DIGEST_SIZE);
	reader->rest = text_part(reader->rest, DIGEST_SIZE, SIZE_MAX);
	return digest;
}

/* A count, at most `most`. */
static size_t
next_count(struct frame_reader *reader, int64_t most)
{
	const int64_t count = frame_next_integer(reader);
	if (count < 0 || count > most)
		reader->failed = true;
	return reader->failed ? 0 : (size_t)count;
}

void
wire_add_request(struct buffer *body, const struct document_request *request)
{
	for (size_t i = 0; i < sizeof request_texts / sizeof *request_texts; i++)
		frame_add_text(body, *(const struct text *)((const char *)request + request_texts[i]));
	frame_add_integer(body, request->at);
	frame_add_integer(body, request->has_original);
	add_digest(body, &request->original);
	frame_add_integer(body, (int64_t)request->hole_count);
	for (size_t i = 0; i < request->hole_count; i++)
		frame_add_text(body, request->holes[i]);
	frame_add_integer(body, (int64_t)request->signature_count);
	for (size_t i = 0; i < request->signature_count; i++) {
		const struct document_signature *const signature = &request->signatures[i];
		frame_add_text(body, signature->who);
		frame_add_text(body, signature->quality);
		frame_add_integer(body, signature->when);
		add_digest(body, &signature->text);
	}
}

enum guichet_status
wire_read_request(struct arena *arena, struct text body, struct document_request *ret_request,
	struct guichet_error *error)
{
	struct document_request request = { 0 };
	struct frame_reader reader = { .rest = body };
	for (size_t i = 0; i < sizeof request_texts / sizeof *request_texts; i++)
		*(struct text *)((char *)&request + request_texts[i]) = frame_next_text(&reader);
	request.at = frame_next_integer(&reader);
	request.has_original = frame_next_integer(&reader) != 0;
	request.original = next_digest(&reader);

	request.hole_count = next_count(&reader, DOCUMENT_HOLES_LIMIT);
	struct text *const holes = arena_array_of(arena, struct text, request.hole_count + 1);
	for (size_t i = 0; holes && i < request.hole_count; i++)
		holes[i] = frame_next_text(&reader);
	request.holes = holes;

	request.signature_count = next_count(&reader, DOCUMENT_SIGNATURES_LIMIT);
	struct document_signature *const signatures
		= arena_array_of(arena, struct document_signature, request.signature_count + 1);
	for (size_t i = 0; signatures && i < request.signature_count; i++) {
		signatures[i].who = frame_next_text(&reader);
		signatures[i].quality = frame_next_text(&reader);
		signatures[i].when = frame_next_integer(&reader);
		signatures[i].text = next_digest(&reader);
	}
	request.signatures = signatures;
	if (!holes || !signatures)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
	if (!frame_is_read(&reader))
		return guichet_fail(error, GUICHET_BROKEN, "La demande de mise en page est illisible.");
	*ret_request = request;
	return GUICHET_OK;
}

void
wire_add_answer(struct buffer *body, const struct typesetter_answer *answer)
{
	const struct document_facts *const facts = &answer->facts;
	frame_add_integer(body, answer->status);
	frame_add_text(body, text_of_string(answer->status != GUICHET_OK && answer->error
		? answer->error->message : ""));
	frame_add_text(body, answer->pdf);
	frame_add_integer(body, facts->kind);
	frame_add_integer(body, facts->pages);
	frame_add_integer(body, facts->width);
	frame_add_integer(body, facts->height);
	add_digest(body, &facts->digest);
}

enum guichet_status
wire_read_answer(struct text body, struct typesetter_answer *ret_answer, struct guichet_error *refusal,
	struct guichet_error *error)
{
	struct frame_reader reader = { .rest = body };
	struct typesetter_answer answer = { 0 };
	const int64_t status = frame_next_integer(&reader);
	const struct text message = frame_next_text(&reader);
	answer.pdf = frame_next_text(&reader);
	const int64_t kind = frame_next_integer(&reader), pages = frame_next_integer(&reader),
		width = frame_next_integer(&reader), height = frame_next_integer(&reader);
	answer.facts.digest = next_digest(&reader);
	if (!frame_is_read(&reader) || kind < DOCUMENT_UNKNOWN || kind > DOCUMENT_PNG || pages < 0
		|| pages > INT32_MAX
		|| width < 0 || width > INT32_MAX || height < 0 || height > INT32_MAX
		|| (status != GUICHET_OK && status != GUICHET_REFUSED && status != GUICHET_BROKEN))
		return guichet_fail(error, GUICHET_BROKEN, "La réponse de la mise en page est illisible.");
	answer.status = (enum guichet_status)status;
	answer.facts.kind = (enum document_kind)kind;
	answer.facts.pages = (int)pages;
	answer.facts.width = (int)width;
	answer.facts.height = (int)height;
	if (answer.status != GUICHET_OK) {
		(void)!guichet_fail(refusal, answer.status, TEXT_FORMAT, TEXT_ARGS(message));
		answer.error = refusal;
	}
	*ret_answer = answer;
	return GUICHET_OK;
}
