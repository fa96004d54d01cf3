/* Any bytes as a multipart body, boundary "b": refused, or fields and files within their ceilings, the
 * same ones however the bytes are cut. */
#include <stdlib.h>

#include "web/form.h"

#include "base/banned.h"

static enum form_outcome
read_in_pieces(struct arena *arena, struct text bytes, size_t piece, enum form_files files, struct form *ret_form)
{
	enum form_outcome outcome;
	struct form_reader *reader = form_reader_new(arena, TEXT("multipart/form-data; boundary=b"), files, "/tmp", &outcome);
	if (!reader)
		return outcome;
	while (bytes.length && outcome == FORM_GOOD) {
		outcome = form_reader_feed(reader, text_part(bytes, 0, piece));
		bytes = text_part(bytes, piece, SIZE_MAX);
	}
	return outcome == FORM_GOOD ? form_reader_end(reader, ret_form) : outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(WEB_LIMIT_ARENA);
	if (!arena || size == 0)
		return 0;
	/* The first byte says how to cut and whether files are stored: rarely, to be quick. */
	const enum form_files files = data[0] % 16 == 0 ? FORM_FILES_KEPT : FORM_FILES_DROPPED;
	const struct text bytes = { (const char *)data + 1, size - 1 };
	struct form whole = { 0 }, cut = { 0 };
	const enum form_outcome outcome = read_in_pieces(arena, bytes, SIZE_MAX, files, &whole);
	if (outcome != read_in_pieces(arena, bytes, 1 + data[0] % 13, files, &cut) || whole.count != cut.count
		|| whole.upload_count != cut.upload_count)
		abort();
	for (size_t i = 0; i < whole.count; i++)
		if (!text_equal(whole.fields[i].name, cut.fields[i].name)
			|| !text_equal(whole.fields[i].value, cut.fields[i].value) || !text_is_utf8(whole.fields[i].value))
			abort();
	for (size_t i = 0; i < whole.upload_count; i++) {
		const struct form_file *a = &whole.uploads[i], *b = &cut.uploads[i];
		if (a->size != b->size || !digest_equal(&a->digest, &b->digest) || !text_equal(a->file_name, b->file_name)
			|| text_find(a->file_name, TEXT("/")) != SIZE_MAX || a->size > WEB_LIMIT_UPLOAD)
			abort();
	}
	return 0;
}
