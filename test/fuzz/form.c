/* Any bytes as an urlencoded form: refused, or fields that are UTF-8 without NUL, the same ones however
 * the bytes are cut. */
#include "pieces.h"

#include <stdlib.h>

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(WEB_LIMIT_ARENA);
	const struct text type = TEXT("application/x-www-form-urlencoded");
	const struct text bytes = { (const char *)data, size };
	struct form whole = { 0 }, cut = { 0 };
	if (!arena)
		return 0;
	const enum form_outcome outcome = read_in_pieces(arena, type, FORM_FILES_REFUSED, bytes, SIZE_MAX, &whole);
	if (outcome != read_in_pieces(arena, type, FORM_FILES_REFUSED, bytes, 1 + size / 7, &cut)
		|| whole.count != cut.count)
		abort();
	for (size_t i = 0; i < whole.count; i++) {
		const struct form_field *field = &whole.fields[i];
		if (!text_equal(field->name, cut.fields[i].name) || !text_equal(field->value, cut.fields[i].value))
			abort();
		if (!text_is_utf8(field->name) || !text_is_utf8(field->value)
			|| text_find(field->value, (struct text){ "\0", 1 }) != SIZE_MAX
			|| text_find(field->value, TEXT("\r")) != SIZE_MAX || field->name.length > WEB_LIMIT_NAME)
			abort();
	}
	return 0;
}
