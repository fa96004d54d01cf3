/* Filing for an agent (`pour_autrui`): the request is theirs and judged as theirs; who files it and why are recorded, and
 * they are told. */
#include "office/inside.h"

#include "mail/mail.h"

#include "base/banned.h"

struct text
office_behalf_draft(struct arena *arena, struct text subject)
{
	return arena_format(arena, "@" TEXT_FORMAT, TEXT_ARGS(subject));
}

bool
office_behalf_draft_read(struct text about, struct text *ret_subject)
{
	*ret_subject = text_part(about, 1, SIZE_MAX);
	return about.length > 1 && about.at[0] == '@';
}

/* The roles that who files holds for the subject, as if the request were there: at its first step. */
static void
stand_there(const struct office_campaign *campaign, const struct office_foreseen *foreseen, const struct office_actor *filer,
	struct office_dossier *ret_there)
{
	const struct directory_facts *facts = &foreseen->actor.facts;
	*ret_there = (struct office_dossier){ .campaign = campaign, .procedure = campaign->procedure,
		.structure = facts->structure.id, .structure_path = facts->structure.path, .structure_name = facts->structure.name,
		.state = { .subject = foreseen->actor.person }, .facts = foreseen->facts };
	office_roles_find(ret_there, foreseen->seats, filer);
}

/* Loads the subject, and who holds which role for them; UNKNOWN when the filer may not file for them. */
static enum guichet_status
foresee(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	const struct office_actor *filer, struct text subject, dossier_roles wide, instant at, struct office_foreseen *foreseen,
	struct office_dossier *ret_there, struct guichet_error *error)
{
	const struct procedure *procedure = campaign->procedure;
	*foreseen = (struct office_foreseen){ 0 };
	enum guichet_status status = office_actor_load(tx, arena, subject, at, &foreseen->actor, error);
	if (status == GUICHET_OK)
		status = office_foresee_holders(office, tx, arena, campaign, wide, at, foreseen, error);
	if (status != GUICHET_OK)
		return status;
	stand_there(campaign, foreseen, filer, ret_there);
	for (size_t i = 0; i < procedure->behalf.count; i++)
		if (ret_there->roles & ~ret_there->signs & DOSSIER_ROLE(procedure->behalf.at[i]))
			return GUICHET_OK;
	return guichet_fail(error, GUICHET_UNKNOWN, "Vous ne pouvez pas déposer pour cette personne.");
}

bool
office_files_for_others(const struct office_actor *actor, const struct procedure *procedure)
{
	for (size_t i = 0; i < procedure->behalf.count; i++)
		if (office_holds_somewhere(actor, &procedure->roles[procedure->behalf.at[i]]))
			return true;
	return false;
}

enum guichet_status
office_facts_on_behalf(struct office *office, struct store_tx *tx, struct arena *arena,
	const struct office_campaign *campaign, const struct office_actor *filer, struct text subject, instant at,
	struct office_actor *ret_subject, struct dossier_facts *ret_facts, struct guichet_error *error)
{
	struct office_foreseen foreseen;
	struct office_dossier there;
	enum guichet_status status = foresee(office, tx, arena, campaign, filer, subject, 0, at, &foreseen, &there, error);
	if (status == GUICHET_OK)
		status = office_facts_at_filing(tx, arena, campaign, &foreseen, ret_facts, error);
	if (status == GUICHET_OK)
		*ret_subject = foreseen.actor;
	return status;
}

/* What the agent reads, whatever the procedure writes them. */
static enum guichet_status
tell_subject(struct store_tx *tx, const struct office_command *command, const struct office_foreseen *foreseen,
	const struct office_actor *filer, instant now, struct guichet_error *error)
{
	struct arena *arena = command->arena;
	const struct directory_person *person = &foreseen->actor.facts.person;
	const struct text title = command->campaign->procedure->title;
	const struct mail_message message = { .address = person->mail, .person = foreseen->actor.person,
		.occasion = TEXT(":pour_autrui"),
		.subject = arena_format(arena, "Une demande a été déposée pour vous : n° " TEXT_FORMAT, TEXT_ARGS(command->number)),
		.body = arena_format(arena, "Bonjour " TEXT_FORMAT ",\n\n" TEXT_FORMAT " a déposé pour vous une demande (" TEXT_FORMAT
			"), qui porte le numéro " TEXT_FORMAT ".\n\nMotif : " TEXT_FORMAT "\n\nElle est à vous : vous la suivez ici, comme si "
			"vous l’aviez déposée.\n" TEXT_FORMAT "/dossiers/" TEXT_FORMAT "\n", TEXT_ARGS(person->first_name),
			TEXT_ARGS(directory_person_name(arena, &filer->facts.person)), TEXT_ARGS(title), TEXT_ARGS(command->number),
			TEXT_ARGS(command->outcome.state.ground), TEXT_ARGS(command->office->options.public_address),
			TEXT_ARGS(command->id)),
		.dossier = command->id, .campaign = command->campaign->id, .key = TEXT("1") };
	if (!message.subject.at || !message.body.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	return person->mail.length ? mail_queue(tx, &message, now, error) : GUICHET_OK;
}

/* Who files, by the function that lets them. */
static struct dossier_person
filer_of(const struct office_actor *filer, const struct office_dossier *there)
{
	const struct procedure *procedure = there->procedure;
	for (size_t i = 0; i < procedure->behalf.count; i++) {
		const struct procedure_role *role = &procedure->roles[procedure->behalf.at[i]];
		for (size_t f = 0; (there->roles & DOSSIER_ROLE(procedure->behalf.at[i])) && f < filer->functions.count; f++)
			for (size_t k = 0; k < role->function_count; k++)
				if (text_equal(role->functions[k], filer->functions.at[f].function))
					return office_person_of(&filer->facts.person, filer->functions.at[f].function,
						filer->functions.at[f].structure_name);
	}
	return office_person_of(&filer->facts.person, filer->facts.appointment.function, filer->facts.structure.name);
}

static enum guichet_status
decide(struct store_tx *tx, struct office_command *command, const struct office_actor *filer,
	const struct office_foreseen *foreseen, const struct office_dossier *there, const struct office_draft *draft,
	struct guichet_error *error)
{
	struct arena *arena = command->arena;
	const instant now = clock_now(command->office->options.clock);
	const struct office_place place = office_place_at_filing(command, foreseen);
	struct dossier_input input = { .command = command->command, .decided_at = now, .salt = command->salt,
		.id = command->id, .actor = { .roles = there->roles, .signs = there->signs,
		.person = filer_of(filer, there) } };
	if (!office_draft_input(arena, draft, &input.command))
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = office_facts_at_filing(tx, arena, command->campaign, foreseen, &input.facts, error);
	if (status == GUICHET_OK)
		status = office_named_load(tx, arena, filer->facts.structure.path, input.command.raws, &input.facts, error);
	if (status == GUICHET_OK)
		status = office_number_take(tx, command, error);
	input.number = command->number;
	if (status == GUICHET_OK)
		status = dossier_decide(&input, arena, &command->outcome, error);
	return status != GUICHET_OK ? status : office_record(command->office, tx, arena, &place, &input.facts,
		&command->outcome, NULL, now, command->seed, error);
}

enum guichet_status
office_file_on_behalf(struct store_tx *tx, struct office_command *command, struct guichet_error *error)
{
	struct arena *arena = command->arena;
	struct office_actor filer;
	struct office_foreseen foreseen;
	struct office_dossier there;
	struct office_draft draft;
	const struct text about = office_behalf_draft(arena, command->subject), campaign = command->campaign->id;
	enum guichet_status status = about.at ? office_actor_load(tx, arena, command->person, command->received_at, &filer, error)
		: guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (status == GUICHET_OK)
		status = foresee(command->office, tx, arena, command->campaign, &filer, command->subject,
			office_roles_told(command->campaign->procedure, command->command.action), command->received_at, &foreseen, &there,
			error);
	if (status == GUICHET_OK)
		status = office_draft_about(tx, arena, campaign, command->person, about, &draft, error);
	if (status == GUICHET_OK)
		status = decide(tx, command, &filer, &foreseen, &there, &draft, error);
	if (status == GUICHET_OK)
		status = tell_subject(tx, command, &foreseen, &filer, clock_now(command->office->options.clock), error);
	if (status == GUICHET_OK)
		status = office_attach(tx, command, &draft, error);
	if (status == GUICHET_OK)
		status = office_draft_discard(tx, campaign, command->person, about, error);
	if (status == GUICHET_OK)
		command->dossier = command->id;
	return status;
}
