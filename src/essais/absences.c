/* Absences and delegations of signature that the directory of a test states, each under a name so that a step may add one
 * or call it off:
 *
 *     absences:    {été: {absent: zoé, remplaçant: luc, du: 2024-07-15, au: 2024-07-31, référence: Décision 3}}
 *     délégations: {lettres: {de: zoé, à: luc, du: 2024-01-01, au: 2024-12-31, lettres: [accord], référence: Arrêté 7}} */
#include "essais/world.h"

#include "base/banned.h"

/* Does it hold today? Days are included, and either may be missing. */
static bool
holds_today(const struct world *world, const struct yaml_node *stated)
{
	const struct date today = date_of_instant(world->now, NULL);
	struct date from, to;
	if (date_read(yaml_scalar(yaml_get(stated, "du")), &from) && date_compare(today, from) < 0)
		return false;
	return !date_read(yaml_scalar(yaml_get(stated, "au")), &to) || date_compare(today, to) <= 0;
}

static const struct yaml_node *
absence_of(const struct world *world, struct text person)
{
	const struct yaml_node *absences = yaml_get(world->directory, "absences");
	for (size_t i = 0; absences && i < absences->count; i++) {
		const struct yaml_node *one = absences->items[i].value;
		if (text_equal(yaml_scalar(yaml_get(one, "absent")), person) && holds_today(world, one))
			return one;
	}
	return NULL;
}

bool
world_stand_in(const struct world *world, struct text person, struct text agent, struct dossier_person *ret_person)
{
	const struct yaml_node *absence = absence_of(world, person);
	const struct dossier_person own = world_person_of(world, person);
	*ret_person = own;
	if (!absence)
		return true;
	const struct text other = yaml_scalar(yaml_get(absence, "remplaçant"));
	if (other.length == 0 || text_equal(other, agent) || absence_of(world, other) || !world_person(world, other))
		return false; /* it goes up */
	*ret_person = world_person_of(world, other);
	ret_person->quality = arena_format(world->arena, "%.*s par intérim de %.*s", TEXT_ARGS(own.quality),
		TEXT_ARGS(dossier_person_name(world->arena, &own)));
	ret_person->authority = yaml_scalar(yaml_get(absence, "référence"));
	return ret_person->quality.at != NULL;
}

static bool
covers(const struct yaml_node *delegation, struct text letter)
{
	const struct yaml_node *letters = yaml_get(delegation, "lettres");
	if (!letters)
		return true;
	for (size_t i = 0; letters->kind == YAML_SEQUENCE && i < letters->count; i++)
		if (text_equal(yaml_scalar(letters->items[i].value), letter))
			return true;
	return text_equal(yaml_scalar(letters), letter);
}

/* Would this person, there or away, hold the role for a dossier of that agent? Never for their own. */
static bool
would_hold(const struct world *world, struct text person, int role, struct text agent)
{
	const enum procedure_reach reach = world->procedure->roles[role].reach;
	const struct text own = yaml_scalar(yaml_get(world_person(world, person), "structure"));
	struct text structure = yaml_scalar(yaml_get(world_person(world, agent), "structure"));
	if (text_equal(person, agent) || !world_holds(world, person, role))
		return false;
	if (reach == PROCEDURE_EVERYWHERE)
		return true;
	for (size_t depth = 0; depth < 10 && structure.length > 0; depth++) {
		if (text_equal(own, structure))
			return true;
		if (reach != PROCEDURE_DISTRICT)
			return false;
		structure = yaml_scalar(yaml_get(world_structure(world, structure), "dans"));
	}
	return false;
}

/* Signs in the place of who gives the delegation, for the roles of an action that they hold here. */
static void
sign_for(struct world *world, const struct dossier_facts *facts, const struct procedure_action *action,
	const struct yaml_node *delegation, struct dossier_actor *actor)
{
	const struct text giver = yaml_scalar(yaml_get(delegation, "de"));
	const struct text agent = facts->dossier ? facts->dossier->subject : facts->subject;
	const dossier_roles held = world_roles(facts, giver);
	for (size_t i = 0; i < action->who.count; i++) {
		const int role = action->who.at[i];
		if ((actor->roles & DOSSIER_ROLE(role)) || (!(held & DOSSIER_ROLE(role)) && !would_hold(world, giver, role, agent)))
			continue;
		const struct dossier_person from = world_person_of(world, giver);
		actor->roles |= DOSSIER_ROLE(role);
		actor->signs |= DOSSIER_ROLE(role);
		struct dossier_delegation given = { .giver = dossier_person_name(world->arena, &from), .function = from.quality,
			.own = actor->person.quality, .reference = yaml_scalar(yaml_get(delegation, "référence")) };
		if (!date_read(yaml_scalar(yaml_get(delegation, "du")), &given.from))
			given.from.year = 0;
		actor->person.quality = dossier_delegation_quality(world->arena, &given);
		actor->person.authority = given.reference;
	}
}

void
world_acting(struct world *world, const struct dossier_facts *facts, struct text name, struct dossier_actor *actor)
{
	const struct text person = actor->person.id;
	for (size_t i = 0; i < facts->holder_count; i++)
		if (text_equal(facts->holders[i].person.id, person) && !world_holds(world, person, facts->holders[i].role))
			actor->person = facts->holders[i].person; /* by interim */
	const struct procedure *procedure = facts->procedure;
	const int move = procedure_move_find(procedure, name);
	const struct yaml_node *delegations = yaml_get(world->directory, "délégations");
	const struct text subject = facts->dossier ? facts->dossier->subject : facts->subject;
	for (size_t i = 0; delegations && move >= 0 && !text_equal(subject, person) && i < delegations->count; i++) {
		const struct yaml_node *one = delegations->items[i].value;
		if (!text_equal(yaml_scalar(yaml_get(one, "à")), person) || !holds_today(world, one))
			continue;
		for (size_t k = 0; k < procedure->moves[move].actions.count; k++) {
			const struct procedure_action *action = &procedure->actions[procedure->moves[move].actions.at[k]];
			if (action->signs >= 0 && covers(one, procedure->letters[action->signs].name))
				sign_for(world, facts, action, one, actor);
		}
	}
}
