/* Loading a dossier with what judging or showing it needs. */
#include "office/inside.h"

#include "base/banned.h"

/* The structure that asks, as it is today, and who filed for it, if they are still there; else what was said then. */
static enum guichet_status
structure_load(struct store_tx *tx, struct arena *arena, const struct office_dossier *dossier, instant at,
	struct feel_value *ret_agent, const struct directory_facts **ret_subject, struct guichet_error *error)
{
	const struct date day = date_of_instant(at, NULL);
	struct directory_structure structure;
	struct directory_facts *facts = arena_new_of(arena, struct directory_facts);
	if (!facts)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = directory_structure_load(tx, arena, dossier->structure, day, &structure, error);
	if (status == GUICHET_UNKNOWN)
		structure = (struct directory_structure){ .id = dossier->structure, .path = dossier->structure_path,
			.name = dossier->structure_name };
	else if (status != GUICHET_OK)
		return status;
	status = directory_facts(tx, arena, dossier->state.subject, day, facts, error);
	if (status != GUICHET_OK && status != GUICHET_UNKNOWN)
		return status;
	if (status == GUICHET_UNKNOWN)
		*facts = (struct directory_facts){ 0 };
	facts->structure = structure;
	*ret_agent = status == GUICHET_OK ? office_agent_feel(arena, facts) : dossier->state.agent;
	*ret_subject = facts;
	return GUICHET_OK;
}

/* What the directory says of the subject today; once they left, what it said at the filing. */
static enum guichet_status
subject_load(struct office *office, struct store_tx *tx, struct arena *arena, const struct dossier *state, instant at,
	struct feel_value *ret_agent, const struct directory_facts **ret_subject, struct guichet_error *error)
{
	const struct directory_facts *facts;
	enum guichet_status status = office_known_facts(office, tx, arena, state->subject, at, &facts, error);
	if (status == GUICHET_OK && !facts) {
		struct directory_facts *read = arena_new_of(arena, struct directory_facts);
		if (!read)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		status = directory_facts(tx, arena, state->subject, date_of_instant(at, NULL), read, error);
		facts = read;
	}
	if (status == GUICHET_UNKNOWN) {
		*ret_agent = state->agent;
		*ret_subject = NULL;
		return GUICHET_OK;
	}
	if (status == GUICHET_OK) {
		*ret_agent = office_agent_feel(arena, facts);
		*ret_subject = facts;
	}
	return status;
}

enum guichet_status
office_load(struct office *office, struct store_tx *tx, struct arena *arena, struct text id, instant at,
	dossier_roles wide, struct office_dossier *ret_dossier, struct office_place *ret_place, struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_LOAD, STORE_VALUES(id), error);
	if (!store_next(&rows))
		return store_absent(&rows, "Ce dossier n’existe pas, ou il n’est pas à vous.");
	struct office_dossier *dossier = ret_dossier;
	*dossier = (struct office_dossier){ .id = arena_text(arena, id), .structure = store_text(&rows, 7),
		.structure_path = store_text(&rows, 8), .structure_name = store_text(&rows, 9),
		.subject_name = store_text(&rows, 10) };
	const struct text hash = store_text(&rows, 2), state = store_text(&rows, 11);
	const int64_t version = store_integer(&rows, 6);
	dossier->campaign = office_campaign_find(office, store_text(&rows, 1));
	if (!dossier->campaign)
		return guichet_fail(error, GUICHET_BROKEN, "La campagne du dossier n’est pas chargée.");
	enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		status = office_procedure(office, hash, &dossier->procedure, error);
	if (status == GUICHET_OK)
		status = office_state(office, arena, dossier->procedure, dossier->id, state, &dossier->state, error);
	if (status != GUICHET_OK)
		return status;
	/* Nothing is known of a dossier before its filing: what was due before (a decision taken over) is judged as of it. */
	if (at < dossier->state.filed_at)
		at = dossier->state.filed_at;
	dossier->facts = (struct dossier_facts){ .procedure = dossier->procedure, .campaign = dossier->campaign->campaign,
		.dossier = &dossier->state, .subject = dossier->state.subject, .at = at };
	struct office_place place = { .campaign = dossier->campaign, .procedure = dossier->procedure, .id = dossier->id,
		.structure = dossier->structure, .structure_path = dossier->structure_path,
		.structure_name = dossier->structure_name, .from = dossier->state.step, .version = version };
	status = dossier->procedure->of_structures
		? structure_load(tx, arena, dossier, at, &dossier->facts.agent, &place.subject, error)
		: subject_load(office, tx, arena, &dossier->state, at, &dossier->facts.agent, &place.subject, error);
	if (status == GUICHET_OK)
		status = office_holders(office, tx, arena, dossier->procedure, dossier->state.subject, dossier->structure, wide, at,
			&dossier->facts, &place.seats, error);
	if (status == GUICHET_OK)
		status = office_exceptions(tx, arena, dossier->campaign, dossier->state.subject, dossier->structure,
			&dossier->facts, error);
	if (status == GUICHET_OK)
		status = office_outside_load(tx, arena, place.subject, &dossier->facts, error);
	if (status == GUICHET_OK)
		status = office_parent_load(office, tx, arena, dossier->procedure, &dossier->state, &dossier->facts.parent, error);
	if (status == GUICHET_OK)
		*ret_place = place;
	return status;
}

enum guichet_status
office_dossier_load(struct office *office, struct store_tx *tx, struct arena *arena, struct text id,
	const struct office_actor *actor, instant at, struct office_dossier *ret_dossier, struct guichet_error *error)
{
	struct office_place place;
	const enum guichet_status status = office_load(office, tx, arena, id, at, 0, ret_dossier, &place, error);
	if (status == GUICHET_OK && actor)
		office_roles_find(ret_dossier, place.seats, actor);
	return status;
}

bool
office_may_see(const struct office_dossier *dossier)
{
	return dossier->roles != 0;
}

enum guichet_status
office_foresee_holders(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	dossier_roles wide, instant at, struct office_foreseen *foreseen, struct guichet_error *error)
{
	const struct office_actor *actor = &foreseen->actor;
	foreseen->facts = (struct dossier_facts){ .procedure = campaign->procedure, .campaign = campaign->campaign,
		.subject = actor->person, .agent = office_agent_feel(arena, &actor->facts), .at = at };
	return office_holders(office, tx, arena, campaign->procedure, actor->person, actor->facts.structure.id, wide, at,
		&foreseen->facts, &foreseen->seats, error);
}

enum guichet_status
office_facts_at_filing(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	const struct office_foreseen *foreseen, struct dossier_facts *ret_facts, struct guichet_error *error)
{
	struct dossier_facts facts = foreseen->facts;
	enum guichet_status status = office_exceptions(tx, arena, campaign, facts.subject,
		foreseen->actor.facts.structure.id, &facts, error);
	if (status == GUICHET_OK)
		status = office_outside_load(tx, arena, &foreseen->actor.facts, &facts, error);
	if (status != GUICHET_OK)
		return status;
	struct store_rows rows = campaign->procedure->of_structures
		? store_query(tx, arena, STORE_DOSSIER_HOLDING_PLACE_OF_STRUCTURE,
			STORE_VALUES(campaign->id, foreseen->actor.facts.structure.id), error)
		: store_query(tx, arena, STORE_DOSSIER_HOLDING_PLACE, STORE_VALUES(campaign->id, facts.subject), error);
	if (store_next(&rows))
		facts.other = store_text(&rows, 1);
	status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_facts = facts;
	return status;
}

enum guichet_status
office_facts_before_filing(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, const struct office_actor *actor, instant at,
	struct dossier_facts *ret_facts, struct guichet_error *error)
{
	struct office_foreseen foreseen = { .actor = *actor };
	const enum guichet_status status = office_foresee_holders(office, tx, arena, campaign, 0, at, &foreseen, error);
	return status != GUICHET_OK ? status : office_facts_at_filing(tx, arena, campaign, &foreseen, ret_facts, error);
}

static enum guichet_status
row_state(struct arena *arena, const struct office_row *row, struct text id, struct text json, struct dossier *ret_state,
	struct guichet_error *error)
{
	return row->office ? office_state(row->office, arena, row->procedure, id, json, ret_state, error)
		: dossier_of_json(arena, row->procedure, json, ret_state, error);
}

enum guichet_status
office_row_facts(struct arena *arena, const struct office_row *row, instant at, struct dossier *ret_state,
	struct dossier_facts *ret_facts, struct guichet_error *error)
{
	struct dossier *parent = row->parent_state.length ? arena_new_of(arena, struct dossier) : NULL;
	enum guichet_status status = row_state(arena, row, row->id, row->state, ret_state, error);
	if (status == GUICHET_OK && row->parent_state.length)
		status = !parent ? guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.")
			: row_state(arena, row, ret_state->parent, row->parent_state, parent, error);
	if (status == GUICHET_OK)
		*ret_facts = (struct dossier_facts){ .procedure = row->procedure, .campaign = row->campaign->campaign,
			.dossier = ret_state, .subject = ret_state->subject, .agent = ret_state->agent, .parent = parent, .at = at };
	return status;
}
