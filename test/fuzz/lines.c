/* Any bytes are lines under names, or a refusal with a sentence; each field is UTF-8, each refusal has its line. */
#include <stdlib.h>

#include "office/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(32 << 20);
	struct guichet_error error = { 0 };
	struct lines lines;
	if (!arena || size > 1 << 16)
		return 0;
	if (lines_read(arena, (struct text){ (const char *)data, size }, &lines, &error) != GUICHET_OK) {
		if (!error.message[0])
			abort();
		return 0;
	}
	if (lines.column_count == 0 || lines.column_count > LINES_COLUMNS || lines.count > size + 1)
		abort();
	for (size_t i = 0; i < lines.count; i++)
		for (size_t k = 0; k < lines.column_count; k++)
			if (!text_is_utf8(lines_field(&lines.at[i], (int)k)))
				abort();
	for (size_t i = 0; i < lines.refusal_count; i++)
		if (lines.refusals[i].number == 0 || lines.refusals[i].message.length == 0)
			abort();
	if (lines_column(&lines, arena, "référence") >= (int)lines.column_count)
		abort();
	return 0;
}
