/* Any bytes as a decision model, with a second one to import after a line « %% »: refused with a reason,
 * or every decision, service and function of it evaluated within bounds. */
#include <stdlib.h>

#include "dmn/dmn.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
evaluate(const struct dmn_model *model)
{
	const struct dmn_input inputs[] = {
		{ .name = TEXT("x"), .value = feel_integer(4) },
		{ .name = TEXT("texte"), .value = feel_string(TEXT("a")) },
		{ .space = TEXT("urn:b"), .name = TEXT("y"), .value = feel_integer(5) },
	};
	size_t count;
	const struct dmn_item *const *items = dmn_items(model, &count);
	for (size_t i = 0; i < count && i < 50; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
		struct dmn_run run = { .arena = arena, .inputs = inputs, .input_count = 3, .most_steps = 20000 };
		struct guichet_error error;
		if (!arena)
			return;
		const bool called = items[i]->kind == DMN_SERVICE || items[i]->kind == DMN_KNOWLEDGE;
		const struct feel_value value = called ? dmn_invoke(model, items[i]->name, &run)
			: dmn_evaluate(model, items[i]->name, &run);
		if (run.stop != FEEL_COMPLETE && value.kind != FEEL_NULL)
			abort();
		feel_value_to_literal(arena, value);
		const struct feel_box *box = dmn_box(arena, model, items[i]->name, &error);
		struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
		if (box && findings)
			feel_read_box(arena, NULL, box, findings);
		for (size_t j = 0; findings && j < findings->count; j++)
			dmn_locate(model, &findings->at[j]);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct text whole = { (const char *)data, size }, mark = TEXT("\n%%\n");
	const size_t cut = text_find(whole, mark);
	const struct dmn_source sources[] = {
		{ TEXT("a.dmn"), text_part(whole, 0, cut) },
		{ TEXT("b.dmn"), text_part(whole, cut == SIZE_MAX ? size : cut + mark.length, SIZE_MAX) },
	};
	for (int lenient = 0; lenient < 2; lenient++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(16 << 20);
		struct dmn_findings *findings = arena ? arena_new_of(arena, struct dmn_findings) : NULL;
		if (!findings)
			return 0;
		findings->lenient = lenient;
		const struct dmn_model *model = dmn_read(arena, sources, cut == SIZE_MAX ? 1 : 2, findings);
		if (!model && findings->count == 0 && !findings->broken)
			abort(); /* a refusal must say why */
		for (size_t i = 0; i < findings->count; i++)
			dmn_finding_text(arena, &findings->at[i]);
		if (model)
			evaluate(model);
	}
	return 0;
}
