/* What is out of the rule: a window opened again for one dossier (who may do it, until when, and why), and a request that
 * may not be refused. */
#include "dossier/deciding.h"

#include "base/banned.h"

enum guichet_status
dossier_exception_check(const struct dossier_facts *facts, const struct dossier_actor *actor, int window,
	struct date last_day, struct text reason, instant *ret_until, struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	const struct procedure_exception *found = NULL;
	for (size_t i = 0; i < procedure->exception_count; i++) {
		if (procedure->exceptions[i].window == window)
			found = &procedure->exceptions[i];
	}
	const dossier_roles roles = facts_roles(facts, actor->person.id, actor->roles);
	struct text office;
	const char *to = decide_to_office(procedure, &office);
	if (!found || !facts_has_role(found->who, roles))
		return guichet_fail(error, GUICHET_REFUSED, "Vous ne pouvez pas rouvrir cette période : cela revient %s%.*s.",
			to, TEXT_ARGS(office));
	if (text_trim(reason).length == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Indiquez le motif : toute exception au calendrier est motivée.");
	if (text_characters(reason) > 300)
		return guichet_fail(error, GUICHET_REFUSED, "Le motif tient en 300 caractères au plus : raccourcissez-le.");
	const instant until = instant_of_day(date_add_days(last_day, 1));
	if (until <= facts->at)
		return guichet_fail(error, GUICHET_REFUSED, "Donnez une date à venir.");
	*ret_until = until;
	return GUICHET_OK;
}

enum guichet_status
decide_entitled(const struct inputs *inputs, bool *ret_entitled, struct text *ret_message, struct guichet_error *error)
{
	const struct procedure_rule *rule = inputs->facts->procedure->entitled;
	*ret_entitled = false;
	if (!rule || !inputs->facts->dossier)
		return GUICHET_OK;
	*ret_message = rule->message;
	return inputs_condition(inputs, rule->rule, ret_entitled, error);
}

bool
decide_is_against(const struct procedure *procedure, enum procedure_sense sense, int from, int to)
{
	return sense == PROCEDURE_UNFAVOURABLE
		|| (to >= 0 && to != from && procedure->steps[to].sense == PROCEDURE_UNFAVOURABLE);
}
