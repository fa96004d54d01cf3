/* Any bytes as an expression and as unary tests: refused with a reason, or evaluated within
 * bounds; its literal reads back. */
#include <stdlib.h>

#include "feel/feel.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every telling ends, and says something of what was evaluated; asking for it changes no result. */
static void
explain(struct arena *arena, const struct feel *feel, const struct feel_run *traced, struct text literal)
{
	struct feel_told told;
	size_t position = 0;
	unsigned depth = 0;
	while (feel_trace_next(traced->trace, &position, &told)) {
		if (told.depth > depth + 1)
			abort(); /* something stands under nothing */
		depth = told.depth;
	}
	for (enum feel_depth at = FEEL_REASON; at <= FEEL_EVERYTHING; at++)
		feel_explain_french(arena, traced->trace, at, NULL);
	struct feel_run plain = *traced;
	plain.trace = NULL;
	const struct text again = feel_value_to_literal(arena, feel_evaluate(feel, &plain));
	if (traced->stop == FEEL_COMPLETE && plain.stop == FEEL_COMPLETE && literal.at && again.at
		&& !text_equal(literal, again))
		abort();
}

static void
evaluate(struct arena *arena, const struct feel *feel, const struct feel_value *inputs)
{
	struct feel_value tested = feel_integer(5);
	struct feel_trace *trace = feel_trace_new(arena);
	struct feel_run run = { .arena = arena, .inputs = inputs, .tested = &tested, .trace = trace,
		.most_steps = 20000 };
	const struct feel_value value = feel_evaluate(feel, &run);
	if (run.stop != FEEL_COMPLETE && value.kind != FEEL_NULL)
		abort();
	const struct text literal = feel_value_to_literal(arena, value);
	feel_value_to_french(arena, value);
	feel_value_to_json_text(arena, value);
	if (trace)
		explain(arena, feel, &run, literal);
	if (!literal.at || value.kind == FEEL_FUNCTION || text_find(literal, TEXT("function")) != SIZE_MAX)
		return;
	/* A literal that is not too deep reads back to a value written the same. */
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	if (!findings || literal.length > 4096)
		return;
	const struct feel *again = feel_read(arena, NULL, literal, findings);
	if (!again)
		return;
	struct feel_run second = { .arena = arena };
	const struct text written = feel_value_to_literal(arena, feel_evaluate(again, &second));
	if (second.stop == FEEL_COMPLETE && written.at && !text_equal(written, literal))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct feel_scope *scope = arena ? feel_scope_new(arena, NULL) : NULL;
	struct guichet_error error;
	unsigned slot;
	const struct feel_range bounds = { .low = feel_integer(0), .high = feel_integer(5) };
	const struct feel_type days = { .kind = FEEL_NUMBER, .unit = TEXT("jours"), .whole = true, .optional = true,
		.bounds = &bounds };
	if (!scope || feel_scope_add(scope, TEXT("nombre de jours"), &days, &slot,
		&error) != GUICHET_OK
		|| feel_scope_add(scope, TEXT("a"), &feel_type_any, &slot, &error) != GUICHET_OK)
		return 0;
	const struct feel_value inputs[] = { feel_integer(2), feel_string(TEXT("texte")) };
	const struct text source = { (const char *)data, size };
	for (int unary = 0; unary < 2; unary++) {
		struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
		if (!findings)
			return 0;
		findings->lenient = size % 2;
		const struct feel *feel = unary ? feel_read_unary(arena, scope, &feel_type_number, source, findings)
			: feel_read(arena, scope, source, findings);
		if (!feel && findings->count == 0 && !findings->broken)
			abort(); /* a refusal must say why */
		for (size_t i = 0; i < findings->count; i++)
			feel_finding_text(arena, &findings->at[i], source);
		if (feel) {
			feel_doubt(arena, feel, NULL, true, findings);
			evaluate(arena, feel, inputs);
		}
	}
	return 0;
}
