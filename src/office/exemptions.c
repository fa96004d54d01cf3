/* A window reopened for one person, with a recorded reason. */
#include "office/inside.h"

#include "base/banned.h"

enum guichet_status
office_exempt(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct office_exemption *exemption = context;
	struct arena *arena = exemption->arena;
	struct office_actor giver, subject;
	struct dossier_facts facts;
	enum guichet_status status = office_actor_load(tx, arena, exemption->by, exemption->at, &giver, error);
	if (status == GUICHET_OK)
		status = office_actor_load(tx, arena, exemption->person, exemption->at, &subject, error);
	if (status == GUICHET_OK)
		status = office_facts_before_filing(exemption->office, tx, arena, exemption->campaign, &subject, exemption->at,
			&facts, error);
	if (status != GUICHET_OK)
		return status;
	struct dossier_actor actor = { .person = office_person_of(&giver.facts.person, giver.facts.appointment.function,
		giver.facts.structure.name) };
	const struct procedure *procedure = exemption->campaign->procedure;
	for (size_t i = 0; i < procedure->role_count; i++)
		if (office_holds_somewhere(&giver, &procedure->roles[i]))
			actor.roles |= DOSSIER_ROLE(i);
	instant until;
	status = dossier_exception_check(&facts, &actor, exemption->window, exemption->last_day, exemption->reason, &until,
		error);
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_EXEMPTION_INSERT, STORE_VALUES(exemption->id, exemption->campaign->id,
			exemption->person, procedure->windows[exemption->window].name, until, exemption->reason, exemption->by,
			exemption->at), NULL, error);
	return status;
}
