/* Which dossiers may be born of this one, now, and by whom. */
#include "dossier/deciding.h"
#include "dossier/event.h"

#include "base/banned.h"

static struct text
steps_text(struct arena *arena, const struct procedure *procedure, struct procedure_list steps)
{
	struct text text = TEXT("");
	for (size_t i = 0; i < steps.count; i++)
		text = arena_format(arena, "%.*s%s« %.*s »", TEXT_ARGS(text), i == 0 ? "" : i + 1 < steps.count ? ", " : " ou ",
			TEXT_ARGS(procedure->steps[steps.at[i]].label));
	return text;
}

enum guichet_status
decide_birth(const struct dossier_facts *facts, const struct procedure_nature *nature, struct text rival,
	struct arena *arena, bool *ret_allowed, struct text *ret_reason, struct guichet_error *error)
{
	struct text reason = TEXT("");
	bool holds = true;
	if (!procedure_list_has(nature->from, facts->dossier->step)) {
		reason = arena_format(arena, "%.*s : ce n’est possible que lorsque la demande est à l’étape %.*s.",
			TEXT_ARGS(nature->label), TEXT_ARGS(steps_text(arena, facts->procedure, nature->from)));
	} else if (nature->alone && rival.length > 0) {
		reason = arena_format(arena, "%.*s : le dossier %.*s est déjà en cours. Suivez-le, ou attendez qu’il se termine.",
			TEXT_ARGS(nature->label), TEXT_ARGS(rival));
	} else if (nature->condition) {
		struct inputs inputs;
		enum guichet_status status = inputs_new(arena, facts, &inputs, error);
		if (status == GUICHET_OK)
			status = inputs_condition(&inputs, nature->condition, &holds, error);
		if (status != GUICHET_OK)
			return status;
		if (!holds)
			reason = nature->message.length > 0 ? nature->message
				: arena_format(arena, "%.*s : cela ne convient pas à cette demande.", TEXT_ARGS(nature->label));
	}
	if (!reason.at)
		return OUT_OF_MEMORY(error);
	*ret_allowed = reason.length == 0;
	*ret_reason = reason;
	return GUICHET_OK;
}

/* The number of a child of this nature that goes on. */
static struct text
rival_of(const struct procedure *procedure, const struct procedure_nature *nature, const struct dossier_kin *children,
	size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(children[i].nature, nature->name) && !procedure->steps[children[i].step].final)
			return children[i].number;
	return TEXT("");
}

enum guichet_status
dossier_births(const struct dossier_facts *facts, const struct dossier_viewer *viewer, const struct dossier_kin *children,
	size_t child_count, struct arena *arena, const struct dossier_birth **ret_births, size_t *ret_count,
	struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	const dossier_roles roles = facts_roles(facts, viewer->person, viewer->roles & ~viewer->signs);
	const struct dossier_birth *births = NULL;
	size_t count = 0;
	for (size_t i = 0; i < procedure->nature_count; i++) {
		struct dossier_birth birth = { .nature = &procedure->natures[i] };
		if (!facts_has_role(birth.nature->who, roles) || !procedure_list_has(birth.nature->from, facts->dossier->step))
			continue;
		const enum guichet_status status = decide_birth(facts, birth.nature,
			rival_of(procedure, birth.nature, children, child_count), arena, &birth.allowed, &birth.reason, error);
		if (status != GUICHET_OK)
			return status;
		if (!ITEMS_ADD(arena, &births, &count, &birth))
			return OUT_OF_MEMORY(error);
	}
	*ret_births = births;
	*ret_count = count;
	return GUICHET_OK;
}
