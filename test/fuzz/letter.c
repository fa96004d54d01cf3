/* Letters from any Markdown and any values. The input: values separated by U+0001, the last part is
 * the Markdown, where U+0002 opens a hole and U+0003 closes it. */
#include <stdlib.h>

#include "document/document.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
has(const struct buffer *buffer, const char *part)
{
	return text_find(buffer_text(buffer), text_of_string(part)) != SIZE_MAX;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct document_press *press;
	struct guichet_error error = { 0 };
	if (!press && !(press = document_press_new(&error)))
		abort();

	struct text rest = { (const char *)data, size }, values[8];
	size_t count = 0;
	while (count < 8 && text_find(rest, TEXT("\1")) != SIZE_MAX)
		values[count++] = text_split(&rest, '\1');
	CLEANUP(buffer_release) struct buffer markdown = buffer_new(1 << 20), html = buffer_new(8 << 20),
		plain = buffer_new(8 << 20);
	for (size_t i = 0; i < rest.length; i++)
		buffer_add(&markdown, rest.at[i] == 2 ? TEXT(HOLE_OPEN) : rest.at[i] == 3 ? TEXT(HOLE_CLOSE)
			: text_part(rest, i, 1));

	const struct text someone = count > 0 ? values[0] : TEXT("x");
	const struct document_signature signature = { .who = someone, .quality = someone };
	const struct document_request request = { .markdown = buffer_text(&markdown), .holes = values,
		.hole_count = count, .title = TEXT("x"), .organisation = someone, .recipient = someone,
		.footer = someone,
		.signatures = &signature, .signature_count = size % 2 };
	const enum guichet_status status = document_to_html(&html, &request, &error);
	if (status != GUICHET_OK && !error.message[0])
		abort(); /* a refusal must say why */
	struct digest digest;
	if (document_to_text(&plain, &request, &error) != status || document_text_hash(&request, &digest,
		&error) != status)
		abort();
	if (has(&html, "<script") || has(&html, "<img") || has(&html, "javascript:\"") || has(&plain, HOLE_OPEN))
		abort();

	CLEANUP(arena_free) struct arena *arena = arena_new(16 << 20);
	struct text pdf;
	struct document_facts facts;
	if (arena && size % 8 < 2 && document_render(press, arena, &request, &pdf, &error) == GUICHET_OK) {
		if (status != GUICHET_OK || document_inspect(press, pdf, TEXT("x"), &facts, &error) != GUICHET_OK)
			abort();
	}
	return 0;
}
