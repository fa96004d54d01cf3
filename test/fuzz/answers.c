/* Any texts are an answer or a mistake with a sentence; a value that was read is shown as texts that read back to it. Each line is
 * "champ=texte": the parts of a field are "champ.partie" and "champ.2.colonne". */
#include <stdlib.h>

#include "dossier/dossier.h"

enum { MOST_RAWS = 200 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct procedure *
procedure_of_fuzzing(void)
{
	static struct procedure *procedure;
	struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	if (!procedure)
		procedure = procedure_read("test/fields", NULL, &findings, &error);
	if (!procedure)
		abort();
	procedure_findings_release(&findings);
	return procedure;
}

static void
judge(struct arena *arena, const struct procedure_field *field, struct dossier_raws raws)
{
	struct dossier_answer answer;
	struct guichet_error error = { 0 };
	if (dossier_answer_typed(arena, field, raws, &answer, &error) != GUICHET_OK)
		return; /* the arena is full */
	if (answer.mistake.length && answer.value.kind != FEEL_NULL)
		abort();
	if (!feel_value_is(answer.value, field->feel_type))
		abort();
	if (answer.row_count > PROCEDURE_MOST_ROWS)
		abort();
	(void)procedure_field_text(arena, field, answer.value);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct procedure *procedure = procedure_of_fuzzing();
	CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
	struct dossier_raw raws[MOST_RAWS];
	struct text rest = { (const char *)data, size };
	size_t count = 0;
	while (arena && rest.at && rest.length && count < MOST_RAWS) {
		struct text value = text_split(&rest, '\n');
		const struct text field = text_split(&value, '=');
		raws[count++] = (struct dossier_raw){ field, value.at ? value : TEXT("") };
	}
	for (size_t i = 0; arena && i < procedure->field_count; i++)
		judge(arena, &procedure->fields[i], (struct dossier_raws){ raws, count });
	return 0;
}
