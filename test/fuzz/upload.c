/* Uploaded files of any content and name. */
#include <stdlib.h>

#include "document/document.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct document_press *press;
	struct guichet_error error = { 0 };
	if (!press && !(press = document_press_new(&error)))
		abort();

	const struct text bytes = { (const char *)data, size };
	struct document_facts facts = { 0 };
	const enum guichet_status status = document_inspect(press, bytes, text_part(bytes, size / 2, 300),
		&facts, &error);
	if (status != GUICHET_OK && !error.message[0])
		abort(); /* a refusal must say why */
	if (status == GUICHET_OK && (facts.kind == DOCUMENT_UNKNOWN || facts.pages < 1))
		abort();

	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	if (!arena)
		return 0;
	const struct text name = document_name(arena, bytes);
	if (name.length == 0 || !text_is_utf8(name) || text_characters(name) > 100
		|| memchr(name.at, '/', name.length)
		|| memchr(name.at, '\n', name.length))
		abort();
	return 0;
}
