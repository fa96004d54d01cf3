/* Who acts, who holds which role for a dossier, and what expressions may know of an agent. */
#include "office/inside.h"

#include "base/banned.h"

enum { MOST_HOLDERS = 50 }; /* of one role held everywhere */

enum guichet_status
office_actor_load(struct store_tx *tx, struct arena *arena, struct text person, instant at,
	struct office_actor *ret_actor, struct guichet_error *error)
{
	const struct date day = date_of_instant(at, NULL);
	struct office_actor actor = { .person = arena_text(arena, person) };
	enum guichet_status status = directory_facts(tx, arena, person, day, &actor.facts, error);
	if (status == GUICHET_OK)
		status = directory_functions_of(tx, arena, person, day, &actor.functions, error);
	if (status == GUICHET_OK)
		status = directory_delegations_of(tx, arena, person, day, &actor.delegations, error);
	if (status == GUICHET_OK && !actor.person.at)
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (status == GUICHET_OK)
		*ret_actor = actor;
	return status;
}

/* What proves that something read of the directory still holds. Empty in the writer's transaction: what it reads may be
 * undone. */
static enum guichet_status
proof_of(struct store_tx *tx, struct arena *arena, struct text *ret_proof, struct guichet_error *error)
{
	int64_t generation;
	*ret_proof = TEXT("");
	if (store_tx_writes(tx))
		return GUICHET_OK;
	const enum guichet_status status = directory_generation(tx, &generation, error);
	if (status == GUICHET_OK)
		*ret_proof = arena_format(arena, "%lld", (long long)generation);
	return status;
}

static struct text
actor_key(struct arena *arena, struct text person, instant at)
{
	return arena_format(arena, "actor %lld " TEXT_FORMAT, (long long)date_day_number(date_of_instant(at, NULL)),
		TEXT_ARGS(person));
}

enum guichet_status
office_actor(struct office *office, struct store_tx *tx, struct arena *arena, struct text person, instant at,
	struct office_actor *ret_actor, struct guichet_error *error)
{
	struct text proof;
	enum guichet_status status = proof_of(tx, arena, &proof, error);
	if (status != GUICHET_OK)
		return status;
	if (proof.length == 0)
		return office_actor_load(tx, arena, person, at, ret_actor, error);
	const struct text key = actor_key(arena, person, at);
	struct office_actor *actor = office_kept_find(office, arena, NULL, key, proof);
	if (!actor) {
		CLEANUP(arena_free) struct arena *made = arena_new(OFFICE_WORK_ARENA);
		actor = made ? arena_new_of(made, struct office_actor) : NULL;
		if (!actor || !key.at)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		status = office_actor_load(tx, made, person, at, actor, error);
		if (status == GUICHET_OK)
			status = office_keep(office, arena, TAKE(made), NULL, key, proof, actor, error);
		if (status != GUICHET_OK)
			return status;
	}
	*ret_actor = *actor;
	return GUICHET_OK;
}

enum guichet_status
office_known_facts(struct office *office, struct store_tx *tx, struct arena *arena, struct text person, instant at,
	const struct directory_facts **ret_facts, struct guichet_error *error)
{
	struct text proof;
	*ret_facts = NULL;
	const enum guichet_status status = proof_of(tx, arena, &proof, error);
	if (status != GUICHET_OK || proof.length == 0)
		return status;
	const struct office_actor *actor = office_kept_find(office, arena, NULL, actor_key(arena, person, at), proof);
	if (actor)
		*ret_facts = &actor->facts;
	return GUICHET_OK;
}

bool
office_holds_somewhere(const struct office_actor *actor, const struct procedure_role *role)
{
	for (size_t i = 0; i < role->function_count; i++)
		if (directory_has_function(&actor->functions, role->functions[i], (struct text){ 0 }))
			return true;
	return false;
}

static bool
names(const struct procedure_role *role, const struct directory_function *held)
{
	const struct directory_functions one = { held, 1 };
	for (size_t i = 0; i < role->function_count; i++)
		if (directory_has_function(&one, role->functions[i], (struct text){ 0 }))
			return true;
	return false;
}

bool
office_signs_somewhere(const struct office_actor *actor, const struct procedure_role *role)
{
	for (size_t i = 0; i < actor->delegations.count; i++)
		if (names(role, &actor->delegations.at[i]))
			return true;
	return false;
}

bool
office_gives_place(const struct directory_functions *functions, size_t function, const struct procedure_role *role)
{
	const struct directory_function *held = &functions->at[function];
	for (size_t i = 0; i < function; i++)
		if (text_equal(functions->at[i].structure, held->structure) && names(role, &functions->at[i]))
			return false;
	return names(role, held);
}

bool
office_runs(const struct office_actor *actor, const struct procedure *procedure)
{
	return procedure->office != PROCEDURE_NONE
		&& office_holds_somewhere(actor, &procedure->roles[procedure->office]);
}

struct feel_value
office_agent_feel(struct arena *arena, const struct directory_facts *facts)
{
	/* The order of PROCEDURE_SLOT_AGENT. */
	const struct directory_person *person = &facts->person;
	const struct directory_structure *structure = &facts->structure;
	const struct { struct text name, value; } place[] = {
		{ TEXT("code"), structure->code }, { TEXT("nom"), structure->name }, { TEXT("type"), structure->kind },
		{ TEXT("département"), structure->department }, { TEXT("adresse"), structure->address },
		{ TEXT("régime"), structure->regime }, { TEXT("employeur"), structure->employer },
	}, about[] = {
		{ TEXT("matricule"), person->external_id }, { TEXT("civilité"), person->civility },
		{ TEXT("nom"), person->last_name }, { TEXT("prénom"), person->first_name },
		{ TEXT("mail"), person->mail }, { TEXT("corps"), person->corps }, { TEXT("grade"), person->grade },
		{ TEXT("catégorie"), person->category }, { TEXT("filière"), person->filiere }, { TEXT("statut"), person->status },
	};
	enum { PLACES = sizeof place / sizeof *place, ABOUTS = sizeof about / sizeof *about };
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, PLACES + ABOUTS + 1);
	if (!entries)
		return feel_null(TEXT("plus de mémoire"));
	struct feel_entry *of_structure = entries + ABOUTS + 1;
	for (size_t i = 0; i < PLACES; i++)
		of_structure[i] = (struct feel_entry){ place[i].name,
			place[i].value.length ? feel_string(place[i].value) : feel_null(TEXT("l’annuaire ne le dit pas")) };
	for (size_t i = 0; i < ABOUTS; i++)
		entries[i] = (struct feel_entry){ about[i].name,
			about[i].value.length ? feel_string(about[i].value) : feel_null(TEXT("l’annuaire ne le dit pas")) };
	entries[ABOUTS] = (struct feel_entry){ TEXT("structure"), feel_context(of_structure, PLACES) };
	return feel_context(entries, ABOUTS + 1);
}

struct dossier_person
office_person_of(const struct directory_person *person, struct text function, struct text structure)
{
	return (struct dossier_person){ .id = person->id, .civility = person->civility, .first_name = person->first_name,
		.last_name = person->last_name, .mail = person->mail, .quality = function, .structure = structure };
}

dossier_roles
office_roles_told(const struct procedure *procedure, struct text move)
{
	const int index = procedure_move_find(procedure, move);
	dossier_roles told = 0;
	for (size_t i = 0; i < procedure->mail_count; i++) {
		const struct procedure_mail *mail = &procedure->mails[i];
		if (index == PROCEDURE_NONE || !procedure_list_has(mail->after, index))
			continue;
		for (size_t role = 0; role < mail->to.count; role++)
			told |= DOSSIER_ROLE(mail->to.at[role]);
	}
	return told;
}

/* The same in the place of somebody absent: what they act as says so, and the decision goes with it. */
static enum guichet_status
replacing(struct arena *arena, struct text instead_of, struct text reference, struct dossier_person *person,
	struct guichet_error *error)
{
	if (instead_of.length == 0)
		return GUICHET_OK;
	person->quality = arena_format(arena, TEXT_FORMAT " par intérim de " TEXT_FORMAT, TEXT_ARGS(person->quality),
		TEXT_ARGS(instead_of));
	person->authority = reference;
	return person->quality.at ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

static bool
is_there(const struct dossier_holder *list, size_t count, int role, struct text person)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].role == role && text_equal(list[i].person.id, person))
			return true;
	return false;
}

/* Those who ask for a structure, today; who replaces somebody absent does. */
static enum guichet_status
askers_of(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, struct text structure,
	struct date day, struct directory_holders *ret_askers, struct guichet_error *error)
{
	const enum guichet_status status = directory_holders(tx, arena, procedure->askers, procedure->asker_count, structure,
		TEXT(""), day, ret_askers, error);
	if (status == GUICHET_OK && ret_askers->count && !text_equal(ret_askers->at[0].structure, structure))
		ret_askers->count = 0; /* nobody there: those above do not ask for it */
	return status;
}

/* The first structure at or above `structure` where somebody who does not ask for the structure holds the role. */
static enum guichet_status
answerers_of(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, const struct procedure_role *role,
	struct text structure, struct date day, struct directory_holders *ret_holders, struct guichet_error *error)
{
	enum { MOST_LEVELS = 50 };
	struct directory_structure place;
	struct directory_holders askers, found = { 0 };
	bool above = procedure_role_asks(procedure, role);
	enum guichet_status status = askers_of(tx, arena, procedure, structure, day, &askers, error);
	for (size_t level = 0; status == GUICHET_OK && structure.length && level < MOST_LEVELS; level++) {
		if (above) {
			status = directory_structure_load(tx, arena, structure, day, &place, error);
			if (status != GUICHET_OK || place.parent.length == 0)
				break;
			structure = place.parent;
		}
		status = directory_holders(tx, arena, role->functions, role->function_count, structure, TEXT(""), day, &found,
			error);
		struct directory_holder *kept = arena_array_of(arena, struct directory_holder, found.count + 1);
		if (status == GUICHET_OK && !kept)
			status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		size_t count = 0;
		for (size_t i = 0; status == GUICHET_OK && i < found.count; i++) {
			bool asks = false;
			for (size_t k = 0; k < askers.count; k++)
				asks |= text_equal(askers.at[k].person.id, found.at[i].person.id);
			if (!asks)
				kept[count++] = found.at[i];
		}
		const bool over = status != GUICHET_OK || count || found.count == 0;
		if (!over)
			structure = found.at[0].structure;
		found.at = kept;
		found.count = count;
		if (over)
			break;
		above = true;
	}
	*ret_holders = found;
	return status;
}

enum guichet_status
office_role_seek(struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	const struct procedure_role *role, struct text subject, struct text structure, struct date day,
	struct directory_holders *ret_holders, struct guichet_error *error)
{
	*ret_holders = (struct directory_holders){ 0 };
	return !procedure->of_structures ? directory_holders(tx, arena, role->functions, role->function_count, structure, subject,
			day, ret_holders, error)
		: role->reach == PROCEDURE_APPLICANT ? askers_of(tx, arena, procedure, structure, day, ret_holders, error)
		: answerers_of(tx, arena, procedure, role, structure, day, ret_holders, error);
}

bool
office_asks_for(const struct office_actor *actor, const struct procedure *procedure, struct text structure)
{
	for (size_t i = 0; procedure->of_structures && i < actor->functions.count; i++)
		if (text_equal(actor->functions.at[i].structure, structure)
			&& procedure_asks(procedure, actor->functions.at[i].function))
			return true;
	return false;
}

enum guichet_status
office_actor_for(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, struct text structure,
	instant at, struct office_actor *actor, struct guichet_error *error)
{
	struct directory_structure place;
	if (structure.length == 0 || !office_asks_for(actor, procedure, structure))
		return guichet_fail(error, GUICHET_UNKNOWN, "Vous ne pouvez pas déposer pour cette structure.");
	const enum guichet_status status = directory_structure_load(tx, arena, structure, date_of_instant(at, NULL), &place,
		error);
	if (status != GUICHET_OK)
		return status;
	actor->facts.structure = place;
	for (size_t i = actor->functions.count; i > 0; i--) {
		const struct directory_function *held = &actor->functions.at[i - 1];
		if (text_equal(held->structure, structure) && procedure_asks(procedure, held->function))
			actor->facts.appointment.function = held->function;
	}
	return GUICHET_OK;
}

struct text
office_structure_draft(struct arena *arena, struct text structure)
{
	return arena_format(arena, "#" TEXT_FORMAT, TEXT_ARGS(structure));
}

bool
office_structure_draft_read(struct text about, struct text *ret_structure)
{
	*ret_structure = text_part(about, 1, SIZE_MAX);
	return about.length > 1 && about.at[0] == '#';
}

/* Who holds the roles of a procedure for a subject, and in which structures. */
struct held {
	struct dossier_holder *list;
	size_t count;
	struct office_seat *seats; /* by role */
	const struct text *met;    /* persons without whom it might be otherwise: a request of theirs goes to somebody else */
	size_t met_count;
};

static bool
has_met(const struct held *held, struct text person)
{
	for (size_t i = 0; i < held->met_count; i++)
		if (text_equal(held->met[i], person))
			return true;
	return false;
}

static bool
meet(struct arena *arena, struct held *held, const struct directory_holders *holders)
{
	struct text *met = arena_array_of(arena, struct text, held->met_count + holders->met_count + holders->count + 1);
	if (!met)
		return false;
	if (held->met_count)
		memcpy(met, held->met, held->met_count * sizeof *met);
	for (size_t i = 0; i < holders->met_count; i++)
		met[held->met_count++] = holders->met[i];
	for (size_t i = 0; i < holders->count; i++)
		met[held->met_count++] = holders->at[i].person.id;
	held->met = met;
	return true;
}

/* Adds the holders of one role, up to `most` in all; one who holds it twice, once. */
static enum guichet_status
holders_of_role(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, int index, struct text subject,
	struct text structure, instant at, size_t most, struct held *held, struct guichet_error *error)
{
	const struct procedure_role *role = &procedure->roles[index];
	struct office_seat *seat = &held->seats[index];
	const struct date day = date_of_instant(at, NULL);
	struct directory_holders holders = { 0 };
	enum guichet_status status;
	if (role->reach == PROCEDURE_EVERYWHERE) {
		const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
		status = directory_holders_within(tx, arena, role->functions, role->function_count, &everywhere, day,
			MOST_HOLDERS, &holders, error);
	} else {
		status = office_role_seek(tx, arena, procedure, role, subject, structure, day, &holders, error);
	}
	if (status == GUICHET_OK && !meet(arena, held, &holders))
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (status != GUICHET_OK)
		return status;
	if (role->reach != PROCEDURE_EVERYWHERE && role->reach != PROCEDURE_APPLICANT) {
		/* Nobody at all: it waits where the applicant works, for somebody to be appointed. */
		seat->home = holders.home.length ? holders.home : structure;
		seat->held = holders.count ? holders.at[0].structure : TEXT("");
	}
	struct dossier_holder *list = arena_array_of(arena, struct dossier_holder, held->count + holders.count + 1);
	if (!list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (held->count)
		memcpy(list, held->list, held->count * sizeof *list);
	held->list = list;
	for (size_t i = 0; status == GUICHET_OK && i < holders.count && held->count < most; i++) {
		const struct directory_holder *holder = &holders.at[i];
		if (text_equal(holder->person.id, subject) || is_there(list, held->count, index, holder->person.id))
			continue; /* nobody acts on their own request */
		struct dossier_person person = office_person_of(&holder->person, holder->function, holder->structure_name);
		status = replacing(arena, holder->instead_of, holder->reference, &person, error);
		list[held->count++] = (struct dossier_holder){ index, person };
	}
	return status;
}

static enum guichet_status
held_load(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, struct text subject,
	struct text structure, dossier_roles wide, instant at, struct held *held, struct guichet_error *error)
{
	held->seats = arena_array_of(arena, struct office_seat, procedure->role_count);
	if (!held->seats)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < procedure->role_count; i++) {
		const struct procedure_role *role = &procedure->roles[i];
		if ((role->reach == PROCEDURE_APPLICANT && !procedure->of_structures)
			|| (role->reach == PROCEDURE_EVERYWHERE && !(wide & DOSSIER_ROLE(i))))
			continue;
		const enum guichet_status status = holders_of_role(tx, arena, procedure, (int)i, subject, structure, at,
			procedure->role_count * MOST_HOLDERS, held, error);
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}

/* held_load(), kept while the directory does not change. `subject` is empty for those who hold none of the roles. */
static enum guichet_status
held_kept(struct office *office, struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text subject, struct text structure, dossier_roles wide, instant at, struct text proof, struct held *ret_held,
	struct guichet_error *error)
{
	const struct text key = arena_format(arena, "held %lld %llx " TEXT_FORMAT " " TEXT_FORMAT,
		(long long)date_day_number(date_of_instant(at, NULL)), (unsigned long long)wide, TEXT_ARGS(structure),
		TEXT_ARGS(subject));
	const struct held *held = office_kept_find(office, arena, procedure, key, proof);
	if (!held) {
		CLEANUP(arena_free) struct arena *made = arena_new(OFFICE_WORK_ARENA);
		struct held *fresh = made ? arena_new_of(made, struct held) : NULL;
		const struct text where = fresh ? arena_text(made, structure) : (struct text){ 0 };
		if (!where.at || !key.at)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		enum guichet_status status = held_load(tx, made, procedure, subject, where, wide, at, fresh, error);
		if (status == GUICHET_OK)
			status = office_keep(office, arena, TAKE(made), procedure, key, proof, fresh, error);
		if (status != GUICHET_OK)
			return status;
		held = fresh;
	}
	*ret_held = *held;
	return GUICHET_OK;
}

/* A service's answer serves all those who work there but those who hold something. */
static enum guichet_status
held_find(struct office *office, struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text subject, struct text structure, dossier_roles wide, instant at, struct held *ret_held,
	struct guichet_error *error)
{
	struct text proof;
	enum guichet_status status = proof_of(tx, arena, &proof, error);
	if (status != GUICHET_OK)
		return status;
	if (proof.length == 0)
		return held_load(tx, arena, procedure, subject, structure, wide, at, ret_held, error);
	status = held_kept(office, tx, arena, procedure, TEXT(""), structure, wide, at, proof, ret_held, error);
	if (status == GUICHET_OK && has_met(ret_held, subject))
		status = held_kept(office, tx, arena, procedure, subject, structure, wide, at, proof, ret_held, error);
	return status;
}

enum guichet_status
office_holders(struct office *office, struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text subject, struct text structure, dossier_roles wide, instant at, struct dossier_facts *facts,
	const struct office_seat **ret_seats, struct guichet_error *error)
{
	struct held held = { 0 };
	const enum guichet_status status = held_find(office, tx, arena, procedure, procedure->of_structures ? TEXT("") : subject,
		structure, wide, at, &held, error);
	if (status != GUICHET_OK)
		return status;
	facts->holders = held.list;
	facts->holder_count = held.count;
	*ret_seats = held.seats;
	return GUICHET_OK;
}

/* Does this function give the role of index `index` for the dossier? Never the applicant's. */
static bool
gives(const struct office_dossier *dossier, const struct office_seat *seats, size_t index,
	const struct directory_function *held)
{
	const struct procedure_role *role = &dossier->procedure->roles[index];
	switch (names(role, held) ? role->reach : PROCEDURE_APPLICANT) {
	case PROCEDURE_EVERYWHERE:
		return true;
	case PROCEDURE_STRUCTURE:
		return text_equal(held->structure, seats[index].held);
	case PROCEDURE_DISTRICT:
		return text_starts(dossier->structure_path, held->path);
	case PROCEDURE_APPLICANT:
		break;
	}
	return false;
}

bool
office_delegation_covers(const struct directory_function *delegation, const struct procedure *procedure,
	const struct procedure_action *action)
{
	if (action->signs < 0)
		return false;
	struct text rest = delegation->letters;
	bool covers = rest.length == 0;
	while (!covers && rest.length)
		covers = text_equal(text_split(&rest, ' '), procedure->letters[action->signs].name);
	return covers;
}

/* Does this delegation let its holder sign by this action in the place of that role? Absence does not end it: it holds
 * where the role would be held. Who asks may have nobody sign their own request for them. */
static bool
signs_for(const struct office_dossier *dossier, const struct office_seat *seats, int role,
	const struct procedure_action *action, const struct directory_function *delegation)
{
	const struct procedure *procedure = dossier->procedure;
	return procedure_list_has(action->who, role) && office_delegation_covers(delegation, procedure, action)
		&& !text_equal(delegation->giver, dossier->state.subject)
		&& (gives(dossier, seats, (size_t)role, delegation)
			|| (procedure->roles[role].reach == PROCEDURE_STRUCTURE && names(&procedure->roles[role], delegation)
				&& text_equal(delegation->structure, seats[role].home)));
}

/* The roles in whose place the actor may sign where the dossier stands. */
static dossier_roles
roles_signed_for(const struct office_dossier *dossier, const struct office_seat *seats, const struct office_actor *actor)
{
	const struct procedure *procedure = dossier->procedure;
	dossier_roles roles = 0;
	for (size_t f = 0; f < actor->delegations.count; f++)
		for (size_t a = 0; a < procedure->action_count; a++)
			for (size_t i = 0; i < procedure->role_count && dossier_stands_at(procedure, &dossier->state,
				procedure->actions[a].step); i++)
				if (signs_for(dossier, seats, (int)i, &procedure->actions[a], &actor->delegations.at[f]))
					roles |= DOSSIER_ROLE(i);
	return roles;
}

void
office_roles_find(struct office_dossier *dossier, const struct office_seat *seats, const struct office_actor *actor)
{
	dossier_roles roles = 0;
	const bool own = dossier->procedure->of_structures ? office_asks_for(actor, dossier->procedure, dossier->structure)
		: text_equal(actor->person, dossier->state.subject);
	for (size_t i = 0; i < dossier->procedure->role_count; i++) {
		if (dossier->procedure->roles[i].reach == PROCEDURE_APPLICANT)
			roles |= own ? DOSSIER_ROLE(i) : 0;
		for (size_t f = 0; !own && f < actor->functions.count; f++)
			if (gives(dossier, seats, i, &actor->functions.at[f]))
				roles |= DOSSIER_ROLE(i);
	}
	dossier->signs = own ? 0 : roles_signed_for(dossier, seats, actor) & ~roles;
	dossier->roles = roles | dossier->signs;
}

/* What is printed under the name of who signs by delegation: in whose place, by which decision. */
static enum guichet_status
signing(struct arena *arena, const struct office_actor *actor, const struct directory_function *delegation,
	struct dossier_person *ret_person, struct guichet_error *error)
{
	const struct text quality = dossier_delegation_quality(arena, &(struct dossier_delegation){
		.giver = delegation->instead_of, .function = delegation->function, .own = actor->facts.appointment.function,
		.reference = delegation->reference, .from = delegation->from });
	if (!quality.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*ret_person = office_person_of(&actor->facts.person, quality, delegation->structure_name);
	ret_person->authority = delegation->reference;
	return GUICHET_OK;
}

enum guichet_status
office_person_acting(struct arena *arena, const struct office_dossier *dossier, const struct office_seat *seats,
	const struct office_actor *actor, struct text name, struct dossier_person *ret_person, struct guichet_error *error)
{
	const struct procedure *procedure = dossier->procedure;
	const int index = dossier_action_find(procedure, &dossier->state, name);
	const struct procedure_action *action = index == PROCEDURE_NONE ? NULL : &procedure->actions[index];
	for (size_t w = 0; action && w < action->who.count; w++) {
		const int role = action->who.at[w];
		for (size_t f = 0; (dossier->roles & DOSSIER_ROLE(role)) && f < actor->functions.count; f++) {
			const struct directory_function *held = &actor->functions.at[f];
			if (!gives(dossier, seats, (size_t)role, held))
				continue;
			*ret_person = office_person_of(&actor->facts.person, held->function, held->structure_name);
			return replacing(arena, held->instead_of, held->reference, ret_person, error);
		}
		for (size_t f = 0; (dossier->signs & DOSSIER_ROLE(role)) && f < actor->delegations.count; f++)
			if (signs_for(dossier, seats, role, action, &actor->delegations.at[f]))
				return signing(arena, actor, &actor->delegations.at[f], ret_person, error);
		if (action->signs >= 0 && (dossier->signs & DOSSIER_ROLE(role)))
			return guichet_fail(error, GUICHET_REFUSED, "Votre délégation ne porte pas sur « " TEXT_FORMAT " » : qui vous l’a "
				"donnée signe, ou une autre personne qu’il en a chargée.", TEXT_ARGS(procedure->letters[action->signs].title));
	}
	*ret_person = office_person_of(&actor->facts.person, actor->facts.appointment.function, actor->facts.structure.name);
	return GUICHET_OK;
}

enum guichet_status
office_exceptions(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign, struct text person,
	struct text structure, struct dossier_facts *facts, struct guichet_error *error)
{
	enum { MOST = 100 };
	struct dossier_exception *list = arena_array_of(arena, struct dossier_exception, MOST);
	if (!list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	struct store_rows rows = campaign->procedure->of_structures
		? store_query(tx, arena, STORE_EXEMPTION_OF_STRUCTURE, STORE_VALUES(campaign->id, structure), error)
		: store_query(tx, arena, STORE_EXEMPTION_OF_PERSON, STORE_VALUES(campaign->id, person), error);
	while (store_next(&rows)) {
		const int window = procedure_window_find(campaign->procedure, store_text(&rows, 0));
		if (window == PROCEDURE_NONE || count == MOST)
			continue;
		list[count++] = (struct dossier_exception){ .window = window, .until = store_integer(&rows, 1),
			.by = store_text(&rows, 2), .reason = store_text(&rows, 3), .at = store_integer(&rows, 4) };
	}
	facts->exceptions = list;
	facts->exception_count = count;
	return store_finish(&rows);
}
