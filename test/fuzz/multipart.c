/* Any bytes as a multipart body, boundary "b": refused, or fields and files within their ceilings, the
 * same ones however the bytes are cut. */
#include "pieces.h"

#include <stdlib.h>

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(WEB_LIMIT_ARENA);
	if (!arena || size == 0)
		return 0;
	/* The first byte says how to cut and whether files are stored: rarely, to be quick. */
	const enum form_files files = data[0] % 16 == 0 ? FORM_FILES_KEPT : FORM_FILES_DROPPED;
	const struct text type = TEXT("multipart/form-data; boundary=b");
	const struct text bytes = { (const char *)data + 1, size - 1 };
	struct form whole = { 0 }, cut = { 0 };
	const enum form_outcome outcome = read_in_pieces(arena, type, files, bytes, SIZE_MAX, &whole);
	if (outcome != read_in_pieces(arena, type, files, bytes, 1 + data[0] % 13, &cut)
		|| whole.count != cut.count || whole.upload_count != cut.upload_count)
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
