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

/* Two namesakes and somebody else: only a key, or a whole name that one bears, means somebody. */
static void
judge_named(struct arena *arena, const struct procedure_field *field, struct text raw)
{
	const struct feel_entry people[][3] = {
		{ { TEXT("matricule"), feel_string(TEXT("F1")) }, { TEXT("nom"), feel_string(TEXT("Morvan")) },
			{ TEXT("prénom"), feel_string(TEXT("Jean")) } },
		{ { TEXT("matricule"), feel_string(TEXT("F2")) }, { TEXT("nom"), feel_string(TEXT("Morvan")) },
			{ TEXT("prénom"), feel_string(TEXT("Jean")) } },
		{ { TEXT("matricule"), feel_string(TEXT("F3")) }, { TEXT("nom"), feel_string(TEXT("Le (Guen")) },
			{ TEXT("prénom"), feel_string(TEXT("Ana")) } },
	};
	const struct feel_value found[] = { feel_context(people[0], 3), feel_context(people[1], 3), feel_context(people[2], 3) };
	const struct dossier_named named = { .type = field->type, .raw = raw, .found = found, .count = 3 };
	struct text mistake;
	const struct feel_value value = dossier_named_value(arena, field->type, &named, 1, raw, &mistake);
	if (mistake.at && (mistake.length == 0) != (value.kind == FEEL_CONTEXT))
		abort();
	(void)procedure_field_text(arena, field, value);
	(void)dossier_named_raw(arena, field->type, value);
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
	for (size_t i = 0; dossier_names(field->type) && i < raws.count; i++)
		if (text_equal(raws.at[i].field, field->name) && text_is_utf8(raws.at[i].value))
			judge_named(arena, field, raws.at[i].value);
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
