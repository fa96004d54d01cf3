/* Who may do what, by the directory of the tests as it stands that day: functions, structures, absences, delegations. See
 * judges.h. */
#include "lives/judges.h"

#include "base/banned.h"

static const struct yaml_node *
directory_of(const struct life *life, const char *section)
{
	return yaml_get(life->world->directory, section);
}

static bool
lists(const struct yaml_node *node, struct text wanted)
{
	if (node && node->kind == YAML_SCALAR)
		return text_equal(node->scalar, wanted);
	for (size_t i = 0; node && i < node->count; i++) {
		if (text_equal(yaml_scalar(node->items[i].value), wanted))
			return true;
	}
	return false;
}

static bool
has_function(const struct yaml_node *person, const struct procedure_role *role)
{
	for (size_t i = 0; i < role->function_count; i++) {
		if (lists(yaml_get(person, "fonction"), role->functions[i]))
			return true;
	}
	return false;
}

/* Does the person stand in that structure, or one above it? */
static bool
stands_above(const struct life *life, const struct yaml_node *person, struct text structure)
{
	const struct text own = yaml_scalar(yaml_get(person, "structure"));
	for (size_t depth = 0; depth < 20 && structure.length > 0; depth++) {
		if (text_equal(own, structure))
			return true;
		structure = yaml_scalar(yaml_get(yaml_get_named(directory_of(life, "structures"), structure), "dans"));
	}
	return false;
}

/* Is today within its dates, written "2024-05-31"? Texts in that form go in the order of days. */
static bool
covers_today(const struct life *life, const struct yaml_node *dated)
{
	const struct text today = date_iso(life->arena, date_of_instant(life->world->now, NULL)),
		from = yaml_scalar(yaml_get(dated, "du")), to = yaml_scalar(yaml_get(dated, "au"));
	return (from.length == 0 || memcmp(from.at, today.at, 10) <= 0) && (to.length == 0 || memcmp(today.at, to.at, 10) <= 0);
}

static bool
is_away(const struct life *life, struct text person)
{
	const struct yaml_node *absences = directory_of(life, "absences");
	for (size_t i = 0; absences && i < absences->count; i++) {
		const struct yaml_node *one = absences->items[i].value;
		if (text_equal(yaml_scalar(yaml_get(one, "absent")), person) && covers_today(life, one))
			return true;
	}
	return false;
}

/* Has this person the role for that subject, there or not? */
static bool
holds(const struct life *life, const struct procedure_role *role, struct text person, struct text subject)
{
	const struct yaml_node *node = world_person(life->world, person);
	if (text_equal(person, subject) || !has_function(node, role))
		return false;
	return role->reach == PROCEDURE_EVERYWHERE
		|| stands_above(life, node, yaml_scalar(yaml_get(world_person(life->world, subject), "structure")));
}

bool
judge_may_hold(const struct life *life, const struct procedure_role *role, struct text person, struct text subject)
{
	const struct yaml_node *absences = directory_of(life, "absences");
	if (role->reach == PROCEDURE_APPLICANT)
		return text_equal(person, subject);
	if (text_equal(person, subject) || is_away(life, person))
		return false;
	if (holds(life, role, person, subject))
		return true;
	for (size_t i = 0; absences && i < absences->count; i++) {
		const struct yaml_node *one = absences->items[i].value;
		if (text_equal(yaml_scalar(yaml_get(one, "remplaçant")), person) && covers_today(life, one)
			&& holds(life, role, yaml_scalar(yaml_get(one, "absent")), subject))
			return true;
	}
	return false;
}

/* By a delegation in force, for a letter that it covers. */
bool
judge_signs_for(const struct life *life, const struct procedure_action *action, struct text person, struct text subject)
{
	const struct procedure *procedure = life->ground->procedure;
	const struct yaml_node *delegations = directory_of(life, "délégations");
	for (size_t i = 0; action->signs >= 0 && !text_equal(person, subject) && delegations && i < delegations->count; i++) {
		const struct yaml_node *one = delegations->items[i].value, *letters = yaml_get(one, "lettres");
		if (!text_equal(yaml_scalar(yaml_get(one, "à")), person) || !covers_today(life, one)
			|| (letters && !lists(letters, procedure->letters[action->signs].name)))
			continue;
		for (size_t k = 0; k < action->who.count; k++) {
			if (holds(life, &procedure->roles[action->who.at[k]], yaml_scalar(yaml_get(one, "de")), subject))
				return true;
		}
	}
	return false;
}

bool
judge_may_do(const struct life *life, const struct procedure_action *action, struct text person, struct text subject)
{
	for (size_t i = 0; i < action->who.count; i++) {
		if (judge_may_hold(life, &life->ground->procedure->roles[action->who.at[i]], person, subject))
			return true;
	}
	return judge_signs_for(life, action, person, subject);
}

/* Is there anybody, wherever, who may hold it today? */
static bool
somebody_may(const struct life *life, const struct procedure_role *role, struct text subject)
{
	const struct yaml_node *persons = directory_of(life, "personnes");
	for (size_t i = 0; i < persons->count; i++) {
		if (judge_may_hold(life, role, persons->items[i].key->scalar, subject))
			return true;
	}
	return false;
}

static bool
is_told(const struct dossier_facts *facts, int role)
{
	for (size_t i = 0; i < facts->holder_count; i++) {
		if (facts->holders[i].role == role)
			return true;
	}
	return false;
}

bool
judge_nobody(const struct life *life)
{
	const struct procedure *procedure = life->ground->procedure;
	for (size_t i = 0; i < life->world->dossier_count && life->changes > 0; i++) {
		for (size_t role = 0; role < procedure->role_count; role++) {
			if (procedure->roles[role].reach != PROCEDURE_APPLICANT
				&& !somebody_may(life, &procedure->roles[role], life->world->dossiers[i].person))
				return true;
		}
	}
	return false;
}

void
judge_holders(struct life *life)
{
	const struct procedure *procedure = life->ground->procedure;
	for (size_t i = 0; i < life->world->dossier_count && life->changes > 0; i++) {
		const struct world_dossier *dossier = &life->world->dossiers[i];
		const struct procedure_list awaited = procedure->steps[life->shadows[i].steps[0]].awaits;
		struct guichet_error error = { 0 };
		struct dossier_facts facts;
		if (dossier->columns.ended || world_facts(life->world, dossier->person, &dossier->state, life->world->now, &facts,
			&error) != GUICHET_OK)
			continue;
		for (size_t j = 0; j < facts.holder_count; j++) {
			if (is_away(life, facts.holders[j].person.id))
				life_breaks(life, "le dossier de %.*s attend %.*s, qui n’est pas là", TEXT_ARGS(dossier->person),
					TEXT_ARGS(facts.holders[j].person.id));
		}
		for (size_t j = 0; j < awaited.count; j++) {
			const struct procedure_role *role = &procedure->roles[awaited.at[j]];
			if (role->reach != PROCEDURE_APPLICANT && !is_told(&facts, awaited.at[j])
				&& somebody_may(life, role, dossier->person))
				life_breaks(life, "le dossier de %.*s n’attend personne alors que quelqu’un peut répondre pour %.*s",
					TEXT_ARGS(dossier->person), TEXT_ARGS(role->label));
		}
	}
}
