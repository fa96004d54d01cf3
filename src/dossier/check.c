/* The checks of a command, in the order one would tell them: the action, who may do it, its moment, its
 * condition, its form, its requirements, its signature. */
#include "dossier/deciding.h"
#include "dossier/form.h"

#include "base/banned.h"

/* The role under which the actor acts: the first of the action's that they hold. */
int
deciding_role(const struct deciding *deciding)
{
	const dossier_roles roles = stand_doers(&deciding->facts, deciding->action, deciding->roles);
	for (size_t i = 0; i < deciding->action->who.count; i++) {
		if (roles & DOSSIER_ROLE(deciding->action->who.at[i]))
			return deciding->action->who.at[i];
	}
	return PROCEDURE_NONE;
}

/* Somebody files for an agent: they do what the applicant would. */
static bool
files_for_another(const struct deciding *deciding)
{
	return !deciding->facts.dossier && !facts_nature(&deciding->facts)
		&& !text_equal(deciding->input->actor.person.id, deciding->facts.subject)
		&& facts_has_role(deciding->procedure->behalf, deciding->roles & ~deciding->input->actor.signs);
}

static enum guichet_status
check_ground(struct deciding *deciding)
{
	const struct text ground = text_trim(deciding->input->command.ground);
	if (ground.length == 0)
		return deciding_refuse(deciding, DOSSIER_INCOMPLETE, "Répondez à « %.*s » : la personne le lira.",
			TEXT_ARGS(deciding->procedure->behalf_ground));
	if (!text_is_utf8(ground) || text_characters(ground) > DOSSIER_GROUND_LIMIT)
		return deciding_refuse(deciding, DOSSIER_INCOMPLETE, "Le motif tient en %d caractères au plus : raccourcissez-le.",
			DOSSIER_GROUND_LIMIT);
	for (size_t i = 0; i < deciding->procedure->role_count; i++)
		if (deciding->procedure->roles[i].reach == PROCEDURE_APPLICANT)
			deciding->roles |= DOSSIER_ROLE(i);
	return GUICHET_OK;
}

static enum guichet_status
find_action(struct deciding *deciding)
{
	const struct procedure *procedure = deciding->procedure;
	const struct text name = deciding->input->command.action;
	const int move = procedure_move_find(procedure, name),
		action = stand_action_find(&deciding->facts, name);
	if (move < 0 || procedure->moves[move].actions.count == 0)
		return deciding_refuse(deciding, DOSSIER_NOT_HERE,
			"Cette action n’existe pas. Rouvrez la demande pour voir ce que vous pouvez faire.");
	if (action >= 0) {
		deciding->action = &procedure->actions[action];
		if (deciding->action->signs < 0)
			deciding->roles &= ~deciding->input->actor.signs; /* who signs by delegation decides nothing */
		if (!facts_has_role(deciding->action->who, deciding->roles))
			return deciding_refuse_role(deciding, deciding->action->who);
		return stand_doers(&deciding->facts, deciding->action, deciding->roles) ? GUICHET_OK
			: deciding_refuse(deciding, DOSSIER_ALREADY, "Votre réponse est déjà donnée : on attend maintenant les autres.");
	}
	/* Only those who could have done it learn why it cannot be done. */
	for (size_t i = 0; i < procedure->moves[move].actions.count; i++) {
		if (facts_has_role(procedure->actions[procedure->moves[move].actions.at[i]].who, deciding->roles))
			return deciding_refuse_elsewhere(deciding, move);
	}
	return deciding_refuse_role(deciding, procedure->actions[procedure->moves[move].actions.at[0]].who);
}

/* The first rule that does not hold refuses, and tells what it read. */
static enum guichet_status
check_rules(struct deciding *deciding, const struct procedure_rule *rules, size_t count, enum dossier_refusal refusal)
{
	for (size_t i = 0; i < count; i++) {
		bool holds;
		const enum guichet_status status = inputs_condition(&deciding->inputs, rules[i].rule, &holds, deciding->error);
		if (status != GUICHET_OK)
			return status;
		if (holds)
			continue;
		deciding_tell_because(deciding, rules[i].rule);
		return deciding_refuse(deciding, refusal, "%.*s", TEXT_ARGS(rules[i].message));
	}
	return GUICHET_OK;
}

static enum guichet_status
check_population(struct deciding *deciding)
{
	const enum guichet_status status = check_rules(deciding, deciding->procedure->population,
		deciding->procedure->population_count, DOSSIER_NOT_ELIGIBLE);
	if (status != GUICHET_OK)
		return status;
	if (deciding->procedure->once && deciding->facts.other.length > 0)
		return deciding_refuse(deciding, DOSSIER_DUPLICATE, "%.*s",
			TEXT_ARGS(deciding->procedure->once_message.length > 0 ? deciding->procedure->once_message
				: TEXT("Vous avez déjà une demande dans cette campagne : suivez-la, ou retirez-la.")));
	return GUICHET_OK;
}

/* May a child of this nature be filed: its parent is where it should be, by who may, one at a time? */
static enum guichet_status
check_nature(struct deciding *deciding)
{
	const struct procedure_nature *nature = facts_nature(&deciding->facts);
	const struct dossier *parent = deciding->facts.parent;
	if (!parent || !facts_has_role(nature->who, deciding->roles))
		return deciding_refuse_role(deciding, nature->who);
	struct dossier_facts around = deciding->facts;
	struct text reason;
	bool allowed;
	around.dossier = parent;
	around.parent = NULL;
	const enum guichet_status status = decide_birth(&around, nature, deciding->facts.other, deciding->arena, &allowed,
		&reason, deciding->error);
	if (status != GUICHET_OK || allowed)
		return status;
	return deciding_refuse(deciding, deciding->facts.other.length > 0 && nature->alone ? DOSSIER_DUPLICATE
		: DOSSIER_NOT_HERE, "%.*s", TEXT_ARGS(reason));
}

static enum guichet_status
check_version(struct deciding *deciding)
{
	const struct dossier *dossier = deciding->facts.dossier;
	const unsigned expected = deciding->input->command.expected;
	if (dossier && expected > 0 && expected < dossier->changed)
		return deciding_refuse(deciding, DOSSIER_CONFLICT,
			"Ce dossier a changé depuis que vous l’avez ouvert. Relisez-le, puis recommencez : votre saisie est gardée.");
	return GUICHET_OK;
}

static enum guichet_status
check_condition(struct deciding *deciding)
{
	bool offered;
	const enum guichet_status status = inputs_condition(&deciding->inputs, deciding->action->condition, &offered,
		deciding->error);
	if (status != GUICHET_OK || offered)
		return status;
	deciding_tell_because(deciding, deciding->action->condition);
	return deciding_refuse(deciding, DOSSIER_NOT_HERE, "« %.*s » ne convient pas à cette demande.",
		TEXT_ARGS(deciding->action->label));
}

static enum guichet_status
check_form(struct deciding *deciding)
{
	const bool filing = !deciding->facts.dossier;
	const struct procedure_action *action = deciding->action;
	struct dossier_form *form = &deciding->outcome->form;
	size_t mistakes = 0;
	enum guichet_status status = GUICHET_OK;
	if (filing)
		status = form_read(&deciding->inputs, DOSSIER_FORM_FILING, (int)(action - deciding->procedure->actions),
			deciding->input->command.raws, false, form, deciding->error);
	else if (action->enters.count + action->changes.count > 0)
		status = form_read(&deciding->inputs, DOSSIER_FORM_ACTION, (int)(action - deciding->procedure->actions),
			deciding->input->command.raws, false, form, deciding->error);
	if (status == GUICHET_OK)
		status = deciding_check_pieces(deciding, &mistakes);
	if (status != GUICHET_OK)
		return status;
	mistakes += form->mistakes;
	if (mistakes == 1)
		return deciding_refuse(deciding, DOSSIER_INCOMPLETE,
			"Une réponse est à corriger : elle est signalée à sa place. Le reste de votre saisie est gardé.");
	if (mistakes > 1)
		return deciding_refuse(deciding, DOSSIER_INCOMPLETE,
			"%zu réponses sont à corriger : elles sont signalées à leur place. Le reste de votre saisie est gardé.",
			mistakes);
	return GUICHET_OK;
}

static enum guichet_status
check_requirements(struct deciding *deciding)
{
	const enum guichet_status status = check_rules(deciding, deciding->action->requires, deciding->action->require_count,
		DOSSIER_INCOMPLETE);
	if (status != GUICHET_OK)
		return status;
	if (deciding->action->confirm.length > 0 && !deciding->input->command.confirmed)
		return deciding_refuse(deciding, DOSSIER_NOT_CONFIRMED, "%.*s Confirmez pour continuer.",
			TEXT_ARGS(deciding->action->confirm));
	return GUICHET_OK;
}

static bool
has_signed(const struct dossier_act *act, int role)
{
	for (size_t i = 0; i < act->signature_count; i++) {
		if (act->signatures[i].role == role)
			return true;
	}
	return false;
}

/* Only the roles that the letter names sign it, once each, in its order. */
static enum guichet_status
check_signer(struct deciding *deciding, const struct dossier_act *act)
{
	const struct procedure_letter *letter = &deciding->procedure->letters[act->letter];
	const int role = deciding_role(deciding);
	for (size_t i = 0; i < letter->signers.count; i++) {
		const int signer = letter->signers.at[i];
		if (signer == role && has_signed(act, role))
			return deciding_refuse(deciding, DOSSIER_ALREADY, "« %.*s » porte déjà votre signature.", TEXT_ARGS(letter->title));
		if (signer == role)
			return GUICHET_OK;
		if (!has_signed(act, signer))
			return deciding_refuse(deciding, DOSSIER_NOT_HERE,
				"« %.*s » attend d’abord une autre signature : %.*s. Vous signerez ensuite.",
				TEXT_ARGS(letter->title), TEXT_ARGS(deciding->procedure->roles[signer].label));
	}
	return deciding_refuse(deciding, DOSSIER_NOT_THEIRS, "« %.*s » n’attend pas votre signature.", TEXT_ARGS(letter->title));
}

static enum guichet_status
check_signature(struct deciding *deciding)
{
	if (deciding->action->signs < 0)
		return GUICHET_OK;
	const struct dossier_act *act = dossier_act_find(deciding->facts.dossier, deciding->action->signs);
	if (!act || act->status != DOSSIER_COMPOSED)
		return deciding_refuse(deciding, DOSSIER_TEXT_NOT_READY,
			"Le texte à signer n’est pas encore prêt. Revenez dans quelques minutes.");
	if (!text_equal(act->text_hash, deciding->input->command.text_hash))
		return deciding_refuse(deciding, DOSSIER_TEXT_NOT_READY,
			"Le texte à signer a changé depuis que vous l’avez ouvert. Relisez-le, puis signez.");
	return check_signer(deciding, act);
}

/* What is due of right is not refused, whoever would. */
static enum guichet_status
check_entitled(struct deciding *deciding)
{
	const struct procedure_action *action = deciding->action;
	bool entitled = false;
	struct text message;
	if (!decide_is_against(deciding->procedure, action->sense, action->step, action->to))
		return GUICHET_OK;
	const enum guichet_status status = decide_entitled(&deciding->inputs, &entitled, &message, deciding->error);
	return status == GUICHET_OK && entitled ? deciding_refuse(deciding, DOSSIER_NOT_HERE, "%.*s", TEXT_ARGS(message))
		: status;
}

/* The late path begins when the window is over. */
static enum guichet_status
check_beyond(struct deciding *deciding)
{
	const struct text message = decide_beyond_text(deciding->arena, &deciding->facts, deciding->action->beyond,
		&deciding->outcome->opens_at);
	if (!message.at)
		return OUT_OF_MEMORY(deciding->error);
	return message.length == 0 ? GUICHET_OK : deciding_refuse(deciding, DOSSIER_NOT_YET, "%.*s", TEXT_ARGS(message));
}

enum guichet_status
deciding_check(struct deciding *deciding)
{
	enum guichet_status status = files_for_another(deciding) ? check_ground(deciding) : GUICHET_OK;
	if (status == GUICHET_OK)
		status = find_action(deciding);
	if (status == GUICHET_OK && !deciding->facts.dossier)
		status = facts_nature(&deciding->facts) ? check_nature(deciding) : check_population(deciding);
	if (status == GUICHET_OK && deciding->action->during >= 0)
		status = deciding_refuse_window(deciding, deciding->action->during);
	if (status == GUICHET_OK && deciding->action->beyond >= 0)
		status = check_beyond(deciding);
	if (status == GUICHET_OK)
		status = check_version(deciding);
	if (status == GUICHET_OK)
		status = check_condition(deciding);
	if (status == GUICHET_OK)
		status = check_entitled(deciding);
	if (status == GUICHET_OK)
		status = check_form(deciding);
	if (status == GUICHET_OK)
		status = check_requirements(deciding);
	if (status == GUICHET_OK)
		status = check_signature(deciding);
	return status;
}
