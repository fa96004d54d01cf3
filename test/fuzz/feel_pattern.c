/* Any bytes as a regular expression, its flags and a text, a line each: matched, replaced and split within bounds, or null
 * with a reason. What splits a text joins back to what replacing gives. */
#include <stdlib.h>

#include "feel/feel.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct feel_value
evaluate(struct arena *arena, struct text source, const struct feel_value *inputs)
{
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct guichet_error error;
	static const struct text names[] = { TEXT("p"), TEXT("f"), TEXT("t") };
	for (unsigned i = 0; i < 3; i++) {
		unsigned slot;
		if (feel_scope_add(scope, names[i], &feel_type_string, &slot, &error) != GUICHET_OK)
			abort();
	}
	const struct feel *feel = feel_read(arena, scope, source, findings);
	if (!feel)
		abort();
	struct feel_run run = { .arena = arena, .inputs = inputs, .most_steps = 2000000 };
	const struct feel_value value = feel_evaluate(feel, &run);
	if (value.kind == FEEL_NULL && value.reason.length == 0)
		abort();
	return value;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 24);
	struct text rest = { (const char *)data, size };
	if (!arena || size > 4096 || !text_is_utf8(rest))
		return 0;
	struct feel_value inputs[3];
	for (unsigned i = 0; i < 3; i++)
		inputs[i] = feel_string(rest.at ? text_split(&rest, '\n') : TEXT(""));
	const struct feel_value matches = evaluate(arena, TEXT("matches(t, p, f)"), inputs);
	const struct feel_value replaced = evaluate(arena, TEXT("replace(t, p, \"|\", f)"), inputs);
	const struct feel_value parts = evaluate(arena, TEXT("split(t, p)"), inputs);
	/* What has nothing to replace is left as it is. */
	if (matches.kind == FEEL_BOOLEAN && !matches.boolean && replaced.kind == FEEL_STRING
		&& !text_equal(replaced.string, inputs[2].string))
		abort();
	if (parts.kind == FEEL_LIST && parts.list.count == 0)
		abort();
	return 0;
}
