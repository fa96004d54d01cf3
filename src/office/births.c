/* Dossiers born of another: filing one, and what happens to one told to the dossier it comes from, in one transaction. */
#include "office/inside.h"

#include "base/banned.h"

/* ---- drafts ---- */

struct text
office_child_draft(struct arena *arena, struct text parent, struct text nature)
{
	return arena_format(arena, TEXT_FORMAT ":" TEXT_FORMAT, TEXT_ARGS(parent), TEXT_ARGS(nature));
}

bool
office_child_draft_read(struct text about, struct text *ret_parent, struct text *ret_nature)
{
	struct text rest = about;
	const struct text parent = text_split(&rest, ':');
	if (parent.length == 0 || !rest.at || rest.length == 0 || text_starts(about, TEXT("@")))
		return false;
	*ret_parent = parent;
	*ret_nature = rest;
	return true;
}

/* ---- parents and children ---- */

enum guichet_status
office_children(struct store_tx *tx, struct arena *arena, const struct office_dossier *dossier,
	const struct dossier_kin **ret_children, size_t *ret_count, struct guichet_error *error)
{
	enum { MOST = 500 };
	struct dossier_kin *children = dossier->procedure->nature_count > 0 ? arena_array_of(arena, struct dossier_kin, MOST)
		: NULL;
	size_t count = 0;
	*ret_children = children;
	*ret_count = 0;
	if (dossier->procedure->nature_count == 0)
		return GUICHET_OK;
	if (!children)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_CHILDREN, STORE_VALUES(dossier->id), error);
	while (count < MOST && store_next(&rows)) {
		const int step = procedure_step_find(dossier->procedure, store_text(&rows, 3));
		children[count++] = (struct dossier_kin){ .id = store_text(&rows, 0), .number = store_text(&rows, 1),
			.nature = store_text(&rows, 2), .step = step < 0 ? 0 : step };
	}
	*ret_count = count;
	return store_finish(&rows);
}

enum guichet_status
office_parent_load(struct office *office, struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	const struct dossier *dossier, const struct dossier **ret_parent, struct guichet_error *error)
{
	*ret_parent = NULL;
	if (dossier->parent.length == 0)
		return GUICHET_OK;
	struct dossier *parent = arena_new_of(arena, struct dossier);
	if (!parent)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_STATE,
		STORE_VALUES(dossier->parent), error);
	if (!store_next(&rows))
		return store_absent(&rows, "Le dossier d’origine n’existe plus.");
	const struct text state = store_text(&rows, 0);
	enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		status = office_state(office, arena, procedure, dossier->parent, state, parent, error);
	if (status == GUICHET_OK)
		*ret_parent = parent;
	return status;
}

/* Those of the same nature that go on, and the next number. */
static enum guichet_status
look_at_siblings(struct store_tx *tx, struct arena *arena, const struct office_dossier *parent,
	const struct procedure_nature *nature, struct text *ret_rival, struct text *ret_number, struct guichet_error *error)
{
	const struct dossier_kin *children;
	size_t count, rank = 1;
	const enum guichet_status status = office_children(tx, arena, parent, &children, &count, error);
	if (status != GUICHET_OK)
		return status;
	*ret_rival = TEXT("");
	for (size_t i = 0; i < count; i++) {
		rank += dossier_nature_letter(children[i].nature) == dossier_nature_letter(nature->name);
		if (text_equal(children[i].nature, nature->name) && !parent->procedure->steps[children[i].step].final)
			*ret_rival = children[i].number;
	}
	*ret_number = dossier_child_number(arena, parent->state.number, nature->name, rank);
	return ret_number->at ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

static struct dossier_facts
facts_of(const struct office_dossier *parent, const struct procedure_nature *nature, struct text rival)
{
	struct dossier_facts facts = parent->facts;
	facts.dossier = NULL;
	facts.parent = &parent->state;
	facts.nature = nature->name;
	facts.other = rival;
	return facts;
}

enum guichet_status
office_facts_before_birth(struct store_tx *tx, struct arena *arena, const struct office_dossier *parent,
	const struct procedure_nature *nature, struct dossier_facts *ret_facts, struct guichet_error *error)
{
	struct text rival, number;
	const enum guichet_status status = look_at_siblings(tx, arena, parent, nature, &rival, &number, error);
	if (status == GUICHET_OK)
		*ret_facts = facts_of(parent, nature, rival);
	return status;
}

/* ---- filing ---- */

/* The actor by the function that gives them the action, which stands at the first step of the child. */
static enum guichet_status
acting_of(struct arena *arena, const struct office_dossier *parent, const struct office_seat *seats,
	const struct office_actor *actor, const struct procedure_nature *nature, struct text action,
	struct dossier_person *ret_person, struct guichet_error *error)
{
	struct office_dossier there = *parent;
	there.state.step = nature->start;
	there.facts.dossier = &there.state;
	return office_person_acting(arena, &there, seats, actor, action, ret_person, error);
}

/* What is judged, and where it is written. */
static enum guichet_status
decide(struct store_tx *tx, struct office_command *command, const struct office_actor *actor,
	const struct office_dossier *parent, const struct office_place *around, const struct procedure_nature *nature,
	const struct office_draft *draft, struct guichet_error *error)
{
	struct arena *arena = command->arena;
	const instant now = clock_now(command->office->options.clock);
	struct text rival;
	enum guichet_status status = look_at_siblings(tx, arena, parent, nature, &rival, &command->number, error);
	if (status != GUICHET_OK)
		return status;
	struct dossier_input input = { .facts = facts_of(parent, nature, rival), .command = command->command,
		.decided_at = now, .salt = command->salt, .id = command->id, .number = command->number };
	input.actor.roles = parent->roles;
	input.actor.signs = parent->signs;
	if (!office_draft_input(arena, draft, &input.command))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	status = acting_of(arena, parent, around->seats, actor, nature, command->command.action, &input.actor.person, error);
	if (status == GUICHET_OK)
		status = office_named_load(tx, arena, actor->facts.structure.path, input.command.raws, &input.facts, error);
	if (status == GUICHET_OK)
		status = dossier_decide(&input, arena, &command->outcome, error);
	struct office_place place = *around;
	place.id = command->id;
	place.from = PROCEDURE_NONE;
	place.version = 0;
	place.subject_name = parent->subject_name;
	return status != GUICHET_OK ? status : office_record(command->office, tx, arena, &place, &input.facts,
		&command->outcome, NULL, now, command->seed, error);
}

enum guichet_status
office_bear(struct store_tx *tx, struct office_command *command, struct guichet_error *error)
{
	struct arena *arena = command->arena;
	struct office_actor actor;
	struct office_dossier parent;
	struct office_place around;
	struct office_draft draft;
	enum guichet_status status = office_actor_load(tx, arena, command->person, command->received_at, &actor, error);
	if (status == GUICHET_OK)
		status = office_load(command->office, tx, arena, command->parent, command->received_at, 0, &parent, &around, error);
	if (status != GUICHET_OK)
		return status;
	office_roles_find(&parent, around.seats, &actor);
	const int nature = procedure_nature_find(parent.procedure, command->nature);
	if (!office_may_see(&parent) || nature < 0)
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce dossier n’existe pas, ou il n’est pas à vous.");
	status = office_holders(command->office, tx, arena, parent.procedure, parent.state.subject, parent.structure,
		office_roles_told(parent.procedure, command->command.action), command->received_at, &parent.facts, &around.seats,
		error);
	const struct text about = office_child_draft(arena, parent.id, command->nature), campaign = parent.campaign->id;
	if (status == GUICHET_OK && !about.at)
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (status == GUICHET_OK)
		status = office_draft_about(tx, arena, campaign, command->person, about, &draft, error);
	if (status == GUICHET_OK)
		status = decide(tx, command, &actor, &parent, &around, &parent.procedure->natures[nature], &draft, error);
	if (status == GUICHET_OK)
		status = office_attach(tx, command, &draft, error);
	if (status == GUICHET_OK)
		status = office_draft_discard(tx, campaign, command->person, about, error);
	if (status == GUICHET_OK)
		command->dossier = command->id;
	return status;
}

/* ---- the parent is told ---- */

/* The roles held everywhere to whom a mail goes after an effect that waits for children. */
static dossier_roles
roles_told(const struct procedure *procedure)
{
	dossier_roles roles = 0;
	for (size_t i = 0; i < procedure->deadline_count; i++)
		if (procedure->deadlines[i].upon_count > 0)
			roles |= office_roles_told(procedure, procedure->deadlines[i].name);
	return roles;
}

enum guichet_status
office_tell_parent(struct office *office, struct store_tx *tx, struct arena *arena, const struct dossier_outcome *outcome,
	instant now, struct text seed, struct guichet_error *error)
{
	struct dossier_child child;
	struct office_dossier parent;
	struct office_place place;
	struct dossier_outcome received;
	if (!dossier_child_of(outcome, &child))
		return GUICHET_OK;
	enum guichet_status status = office_load(office, tx, arena, outcome->state.parent, outcome->event.at, 0, &parent,
		&place, error);
	if (status == GUICHET_OK)
		status = office_holders(office, tx, arena, parent.procedure, parent.state.subject, parent.structure,
			roles_told(parent.procedure), outcome->event.at, &parent.facts, &place.seats, error);
	if (status != GUICHET_OK)
		return status;
	parent.facts.child = &child;
	const struct dossier_input input = { .facts = parent.facts, .decided_at = clock_now(office->options.clock),
		.salt = office_token(arena, seed, 0) };
	status = dossier_receive(&input, arena, &received, error);
	if (status != GUICHET_OK || received.kind != DOSSIER_HAPPENED)
		return status;
	return office_record(office, tx, arena, &place, &parent.facts, &received, NULL, now, office_token(arena, seed, 1),
		error);
}

/* ---- as it was ---- */

enum guichet_status
office_dossier_at(struct store_tx *tx, struct arena *arena, const struct office_dossier *dossier, instant before,
	struct dossier *ret_state, bool *ret_there, struct guichet_error *error)
{
	CLEANUP(office_past_end) struct office_past past = { 0 };
	bool over = false;
	enum guichet_status status = office_past_new(&past, error);
	while (status == GUICHET_OK && !over) {
		status = office_past_read(&past, tx, dossier->id, dossier->procedure, error);
		over = past.count == 0;
		for (size_t i = 0; status == GUICHET_OK && !over && i < past.count; i++) {
			over = past.events[i].at >= before;
			if (!over)
				status = dossier_fold(past.page, dossier->procedure, &past.folded, &past.events[i], error);
		}
	}
	*ret_there = past.folded.version > 0;
	if (status != GUICHET_OK || !*ret_there)
		return status;
	const struct text json = dossier_to_json(arena, dossier->procedure, &past.folded);
	return json.at ? dossier_of_json(arena, dossier->procedure, json, ret_state, error)
		: guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}
