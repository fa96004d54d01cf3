/* What is asked of a dossier as it stands: made once. See struct dossier_present. */
#include "dossier/decide.h"
#include "dossier/explanation.h"

#include "base/banned.h"

enum guichet_status
present_inputs(struct dossier_present *present, struct inputs **ret_inputs, struct guichet_error *error)
{
	if (!present->inputs) {
		struct inputs *inputs = arena_new_of(present->arena, struct inputs);
		const enum guichet_status status = inputs ? inputs_new(present->arena, present->facts, inputs, error)
			: OUT_OF_MEMORY(error);
		if (status != GUICHET_OK)
			return status;
		present->inputs = inputs;
	}
	*ret_inputs = present->inputs;
	return GUICHET_OK;
}

enum guichet_status
present_dues(struct dossier_present *present, const struct dossier_due **ret_dues, size_t *ret_count,
	struct guichet_error *error)
{
	struct inputs *inputs;
	enum guichet_status status = present_inputs(present, &inputs, error);
	if (status == GUICHET_OK && !present->dues)
		status = decide_dues(inputs, &present->dues, &present->due_count, error);
	if (status != GUICHET_OK)
		return status;
	*ret_dues = present->dues;
	*ret_count = present->due_count;
	return GUICHET_OK;
}

/* What the judgement keeps of itself is only for who asks why: later questions evaluate without it. */
enum guichet_status
dossier_explain_now(struct dossier_present *present, struct arena *arena, struct dossier_explanation *ret_explanation,
	struct guichet_error *error)
{
	const struct dossier_facts *facts = present->facts;
	struct dossier_explanation explanation = { .arena = arena, .procedure = facts->procedure, .at = facts->at,
		.after = true, .filed = date_of_instant(facts->dossier ? facts->dossier->filed_at : facts->at, NULL) };
	struct dossier_facts explained = *facts;
	explained.explanation = &explanation;
	struct dossier_present traced = { .facts = &explained, .arena = present->arena };
	struct inputs *inputs;
	const struct dossier_due *dues;
	size_t count;
	enum guichet_status status = facts->dossier ? present_dues(&traced, &dues, &count, error)
		: present_inputs(&traced, &inputs, error);
	if (status != GUICHET_OK)
		return status;
	traced.inputs->facts = facts;
	traced.facts = facts;
	*present = traced;
	if (explanation.full)
		return OUT_OF_MEMORY(error);
	*ret_explanation = explanation;
	return GUICHET_OK;
}
