/* A window reopened for one person, or one structure that asks, with a recorded reason. */
#include "office/inside.h"

#include "base/banned.h"

/* Whom it is for, as if they filed; of a structure: itself, and nobody of those who ask for it may give it. */
static enum guichet_status
subject_load(struct store_tx *tx, const struct office_exemption *exemption, const struct office_actor *giver,
	struct office_actor *ret_subject, struct guichet_error *error)
{
	const struct procedure *procedure = exemption->campaign->procedure;
	if (!procedure->of_structures)
		return office_actor_load(tx, exemption->arena, exemption->person, exemption->at, ret_subject, error);
	*ret_subject = *giver;
	if (office_asks_for(giver, procedure, exemption->structure))
		return guichet_fail(error, GUICHET_REFUSED, "Vous demandez pour cette structure : quelqu’un d’autre rouvre la période.");
	return directory_structure_load(tx, exemption->arena, exemption->structure, date_of_instant(exemption->at, NULL),
		&ret_subject->facts.structure, error);
}

enum guichet_status
office_exempt(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct office_exemption *exemption = context;
	struct arena *arena = exemption->arena;
	struct office_actor giver, subject;
	struct dossier_facts facts;
	enum guichet_status status = office_actor_load(tx, arena, exemption->by, exemption->at, &giver, error);
	if (status == GUICHET_OK)
		status = subject_load(tx, exemption, &giver, &subject, error);
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
			subject.person, procedure->windows[exemption->window].name, until, exemption->reason, exemption->by,
			exemption->at, procedure->of_structures ? exemption->structure : TEXT("")), NULL, error);
	return status;
}
