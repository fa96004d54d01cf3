/* A command of a person, run in the writer's transaction. */
#include "office/inside.h"

#include "base/banned.h"

struct office_command *
office_command_new(struct office *office, struct arena *arena, struct text person, instant received_at)
{
	struct office_command *command = arena_new_of(arena, struct office_command);
	if (!command)
		return NULL;
	*command = (struct office_command){ .office = office, .arena = arena, .person = arena_text(arena, person),
		.received_at = received_at, .id = id_new(arena, received_at),
		.salt = token_hash(arena, token_new(arena)), .seed = token_new(arena) };
	command->command.channel = TEXT("application");
	return command->person.at && command->id.at && command->salt.at && command->seed.at ? command : NULL;
}

/* The same form sent twice: its receipt again. */
static enum guichet_status
find_repeat(struct store_tx *tx, struct office_command *command, struct text hash, bool *ret_found,
	struct guichet_error *error)
{
	*ret_found = false;
	if (command->once.length == 0)
		return GUICHET_OK;
	struct store_rows rows = store_query(tx, command->arena, STORE_ONCE_LOAD, STORE_VALUES(hash), error);
	if (store_next(&rows)) {
		*ret_found = true;
		command->dossier = store_text(&rows, 0);
	}
	return store_finish(&rows);
}

static enum guichet_status
remember(struct store_tx *tx, const struct office_command *command, struct text hash, struct guichet_error *error)
{
	return command->once.length == 0 ? GUICHET_OK
		: store_run(tx, STORE_ONCE_INSERT, STORE_VALUES(hash, command->dossier, command->received_at), NULL, error);
}

enum guichet_status
office_number_take(struct store_tx *tx, struct office_command *command, struct guichet_error *error)
{
	struct store_rows rows = store_query(tx, command->arena, STORE_SERIAL_TAKE, STORE_VALUES("dossier"), error);
	const bool there = store_next(&rows);
	const int64_t serial = there ? store_integer(&rows, 0) : 0;
	const enum guichet_status status = store_finish(&rows);
	if (status != GUICHET_OK)
		return status;
	command->number = dossier_number(command->arena, command->campaign->procedure, command->campaign->campaign, serial);
	return there && command->number.at ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Le numéro n’a pu être donné.");
}

/* Which draft is filed: see office_draft_about(). `at` is NULL without memory. */
static struct text
draft_of(const struct office_command *command)
{
	return command->campaign->procedure->of_structures ? office_structure_draft(command->arena, command->structure) : TEXT("");
}

/* What the directory says of who files, once for all that follows. */
static enum guichet_status
foresee(struct store_tx *tx, const struct office_command *command, struct office_foreseen *foreseen,
	struct guichet_error *error)
{
	enum guichet_status status = directory_generation(tx, &foreseen->generation, error);
	if (status == GUICHET_OK)
		status = office_actor(command->office, tx, command->arena, command->person, command->received_at, &foreseen->actor,
			error);
	if (status == GUICHET_OK && command->campaign->procedure->of_structures)
		status = office_actor_for(tx, command->arena, command->campaign->procedure, command->structure,
			command->received_at, &foreseen->actor, error);
	return status != GUICHET_OK ? status : office_foresee_holders(command->office, tx, command->arena, command->campaign,
		office_roles_told(command->campaign->procedure, command->command.action), command->received_at, foreseen, error);
}

struct office_place
office_place_at_filing(const struct office_command *command, const struct office_foreseen *foreseen)
{
	const struct office_actor *actor = &foreseen->actor;
	return (struct office_place){ .campaign = command->campaign, .procedure = command->campaign->procedure,
		.id = command->id, .structure = actor->facts.structure.id, .structure_path = actor->facts.structure.path,
		.structure_name = actor->facts.structure.name, .subject = &actor->facts,
		.subject_name = command->campaign->procedure->of_structures ? actor->facts.structure.name : TEXT(""), .from = PROCEDURE_NONE,
		.seats = foreseen->seats };
}

/* What is judged: the draft, by who files. False when the arena is full. */
[[nodiscard]] static bool
input_of(const struct office_command *command, const struct office_foreseen *foreseen, const struct office_draft *draft,
	const struct dossier_facts *facts, instant now, struct dossier_input *ret_input)
{
	const struct directory_facts *actor = &foreseen->actor.facts;
	*ret_input = (struct dossier_input){ .facts = *facts, .command = command->command, .decided_at = now,
		.salt = command->salt, .id = command->id,
		.actor = { .person = office_person_of(&actor->person, actor->appointment.function, actor->structure.name) } };
	if (facts->procedure->of_structures) /* foresee() has seen that they do */
		ret_input->actor.roles = DOSSIER_ROLE(procedure_applicant(facts->procedure));
	return office_draft_input(command->arena, draft, &ret_input->command);
}

/* Nobody reopened a window for them, they have no other dossier here, nothing that another may have changed meanwhile
 * is read: what is foreseen nearly always, and looked at again in the writer's turn. */
static bool
is_plain(const struct dossier_facts *facts)
{
	const struct dossier_outside reads = dossier_reads_outside(facts->procedure);
	return facts->exception_count == 0 && facts->other.length == 0 && !reads.locals && !reads.counters
		&& facts->closed_count == 0;
}

/* Judges what was foreseen, when a number is in hand. A refusal is left to the writer's turn. */
static void
judge_ahead(struct store_tx *tx, const struct office_command *command, struct office_foreseen *foreseen)
{
	struct guichet_error ignored;
	struct office_judged *judged = arena_new_of(command->arena, struct office_judged);
	struct dossier_facts facts;
	int64_t serial;
	if (!judged || !foreseen->draft.version
		|| office_facts_at_filing(tx, command->arena, command->campaign, foreseen, &facts, &ignored) != GUICHET_OK
		|| !is_plain(&facts) || !office_serial_take(command->office, &serial))
		return;
	const instant now = clock_now(command->office->options.clock);
	const struct office_place place = office_place_at_filing(command, foreseen);
	struct dossier_input input;
	if (!input_of(command, foreseen, &foreseen->draft, &facts, now, &input)
		|| office_named_load(tx, command->arena, foreseen->actor.facts.structure.path, input.command.raws, &input.facts,
			&ignored) != GUICHET_OK)
		return;
	input.number = judged->number = dossier_number(command->arena, place.procedure, facts.campaign, serial);
	if (input.number.at && dossier_decide(&input, command->arena, &judged->outcome, &ignored) == GUICHET_OK
		&& office_texts_make(command->office, command->arena, &place, &facts, &judged->outcome, now, command->seed,
			&judged->texts, &ignored) == GUICHET_OK)
		foreseen->judged = judged;
}

void
office_foresee(struct store_tx *tx, struct office_command *command)
{
	struct guichet_error ignored;
	struct office_foreseen *foreseen = arena_new_of(command->arena, struct office_foreseen);
	if (!foreseen || !command->campaign || foresee(tx, command, foreseen, &ignored) != GUICHET_OK
		|| office_draft_about(tx, command->arena, command->campaign->id, command->person, draft_of(command),
			&foreseen->draft, &ignored)
			!= GUICHET_OK)
		return;
	judge_ahead(tx, command, foreseen);
	command->foreseen = foreseen;
}

/* The draft as it was foreseen if nothing was saved since, pieces included; else as it is. */
static enum guichet_status
look_at_draft(struct store_tx *tx, const struct office_command *command, struct office_draft *ret_draft, bool *ret_same,
	struct guichet_error *error)
{
	const struct text campaign = command->campaign->id;
	const struct office_draft *draft = command->foreseen ? &command->foreseen->draft : NULL;
	if (draft && draft->version) {
		struct store_rows rows = store_query(tx, NULL, STORE_DRAFT_VERSION, STORE_VALUES(campaign, command->person,
			draft_of(command)), error);
		const bool same = store_next(&rows) && store_integer(&rows, 0) == draft->version
			&& store_integer(&rows, 1) == draft->updated_at;
		const enum guichet_status status = store_finish(&rows);
		*ret_draft = *draft;
		*ret_same = same;
		if (status != GUICHET_OK || same)
			return status;
	}
	*ret_same = false;
	return office_draft_about(tx, command->arena, campaign, command->person, draft_of(command), ret_draft, error);
}

/* What was foreseen if it is still true, else what is true now. */
static enum guichet_status
look(struct store_tx *tx, const struct office_command *command, struct office_foreseen *ret_foreseen,
	struct guichet_error *error)
{
	int64_t generation;
	if (!command->foreseen)
		return foresee(tx, command, ret_foreseen, error);
	const enum guichet_status status = directory_generation(tx, &generation, error);
	if (status != GUICHET_OK || generation != command->foreseen->generation)
		return status != GUICHET_OK ? status : foresee(tx, command, ret_foreseen, error);
	*ret_foreseen = *command->foreseen;
	return GUICHET_OK;
}

/* Judges the filing and writes it: as it was judged ahead, when all that was read then is still so. */
static enum guichet_status
decide(struct store_tx *tx, struct office_command *command, const struct office_foreseen *foreseen,
	const struct office_draft *draft, const struct dossier_facts *facts, bool same, struct guichet_error *error)
{
	const instant now = clock_now(command->office->options.clock);
	const struct office_place place = office_place_at_filing(command, foreseen);
	struct dossier_input input;
	if (!input_of(command, foreseen, draft, facts, now, &input))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct office_judged *judged = same && is_plain(facts) ? foreseen->judged : NULL;
	enum guichet_status status = judged ? GUICHET_OK : office_named_load(tx, command->arena,
		foreseen->actor.facts.structure.path, input.command.raws, &input.facts, error);
	if (status != GUICHET_OK)
		return status;
	if (judged) {
		dossier_stamp(&judged->outcome, judged->texts.state, now);
		command->outcome = judged->outcome;
		command->number = judged->number;
	} else {
		status = office_number_take(tx, command, error);
		input.number = command->number;
		if (status == GUICHET_OK)
			status = dossier_decide(&input, command->arena, &command->outcome, error);
	}
	return status != GUICHET_OK ? status : office_record(command->office, tx, command->arena, &place, facts,
		&command->outcome, judged ? &judged->texts : NULL, now, command->seed, error);
}

enum guichet_status
office_attach(struct store_tx *tx, const struct office_command *command, const struct office_draft *draft,
	struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < draft->piece_count; i++) {
		const struct dossier_piece *piece = &draft->pieces[i];
		status = store_run(tx, STORE_ATTACHMENT_INSERT, STORE_VALUES(command->id, piece->name, piece->digest,
			piece->file, piece->kind, piece->size, clock_now(command->office->options.clock)), NULL, error);
	}
	return status;
}

/* Files what is in the person's draft. */
static enum guichet_status
file(struct store_tx *tx, struct office_command *command, struct guichet_error *error)
{
	struct arena *arena = command->arena;
	const struct office_campaign *campaign = command->campaign;
	struct office_draft draft = { 0 };
	struct office_foreseen foreseen = { 0 };
	struct dossier_facts facts;
	bool same = false;
	enum guichet_status status = look(tx, command, &foreseen, error);
	if (status == GUICHET_OK)
		status = look_at_draft(tx, command, &draft, &same, error);
	if (status == GUICHET_OK)
		status = office_facts_at_filing(tx, arena, campaign, &foreseen, &facts, error);
	if (status == GUICHET_OK)
		status = decide(tx, command, &foreseen, &draft, &facts, same, error);
	if (status == GUICHET_OK)
		status = office_attach(tx, command, &draft, error);
	if (status == GUICHET_OK)
		status = office_draft_discard(tx, campaign->id, command->person, draft_of(command), error);
	if (status == GUICHET_OK)
		command->dossier = command->id;
	return status;
}

static enum guichet_status
act_on(struct store_tx *tx, struct office_command *command, const struct office_actor *actor, struct guichet_error *error)
{
	struct arena *arena = command->arena;
	const instant now = clock_now(command->office->options.clock);
	struct office_dossier dossier;
	struct office_place place;
	enum guichet_status status = office_load(command->office, tx, arena, command->dossier, command->received_at, 0,
		&dossier, &place, error);
	if (status != GUICHET_OK)
		return status;
	office_roles_find(&dossier, place.seats, actor);
	if (command->only) {
		dossier.roles &= command->only;
		dossier.signs &= command->only;
	}
	if (!office_may_see(&dossier)) /* the same answer as for a dossier that does not exist */
		return guichet_fail(error, GUICHET_UNKNOWN, "Ce dossier n’existe pas, ou il n’est pas à vous.");
	const dossier_roles told = office_roles_told(dossier.procedure, command->command.action);
	status = office_holders(command->office, tx, arena, dossier.procedure, dossier.state.subject, dossier.structure, told,
		command->received_at, &dossier.facts, &place.seats, error);
	if (status != GUICHET_OK)
		return status;
	struct dossier_person acting;
	status = office_person_acting(arena, &dossier, place.seats, actor, command->command.action, &acting, error);
	if (status != GUICHET_OK)
		return status;
	struct dossier_input input = { .facts = dossier.facts, .command = command->command,
		.actor = { acting, dossier.roles, dossier.signs }, .decided_at = now, .salt = command->salt };
	status = handed_take(tx, command, dossier.procedure, &input.command, error);
	if (status == GUICHET_OK)
		status = office_named_load(tx, arena, actor->facts.structure.path, input.command.raws, &input.facts, error);
	if (status == GUICHET_OK)
		status = dossier_decide(&input, arena, &command->outcome, error);
	if (status == GUICHET_OK && command->outcome.held_until) {
		place.before = dossier_to_json(arena, dossier.procedure, &dossier.state);
		place.author = actor->person;
		if (!place.before.at)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	}
	if (status == GUICHET_OK)
		status = office_record(command->office, tx, arena, &place, &dossier.facts, &command->outcome, NULL, now,
			command->seed, error);
	if (status == GUICHET_OK)
		status = handed_done(tx, command, &input.command, error);
	if (status == GUICHET_OK)
		command->number = dossier.state.number;
	return status;
}

enum guichet_status
office_act(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct office_command *command = context;
	const struct text hash = command->once.length ? token_hash(command->arena, command->once) : (struct text){ 0 };
	command->outcome = (struct dossier_outcome){ 0 };
	enum guichet_status status = find_repeat(tx, command, hash, &command->repeated, error);
	if (status != GUICHET_OK || command->repeated)
		return status;
	if (command->parent.length) {
		status = office_bear(tx, command, error);
	} else if (command->campaign && command->subject.length) {
		status = office_file_on_behalf(tx, command, error);
	} else if (command->campaign) {
		status = file(tx, command, error);
	} else {
		struct office_actor actor;
		status = office_actor_load(tx, command->arena, command->person, command->received_at, &actor, error);
		if (status == GUICHET_OK)
			status = command->undo ? office_undo_act(tx, command, &actor, error) : act_on(tx, command, &actor, error);
	}
	return status == GUICHET_OK ? remember(tx, command, hash, error) : status;
}
