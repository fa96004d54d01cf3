/* Decisions: a command or a due effect, judged on the facts it is given, becomes an event and all
 * that follows from it, or a refusal that says what to do. */
#include "base/buffer.h"
#include "dossier/decide.h"
#include "dossier/event.h"
#include "dossier/form.h"
#include "dossier/judged.h"

#include "base/banned.h"

/* One decision being made. */
struct deciding {
	const struct dossier_input *input;
	const struct procedure *procedure;
	struct arena *arena;
	struct dossier_facts facts; /* those of the input, with the legal instant and then the new state */
	struct inputs inputs;
	dossier_roles roles;        /* of the actor, here */
	const struct procedure_action *action;
	struct dossier_outcome *outcome;
	struct guichet_error *error;
};

/* ---- refusals ---- */

[[gnu::format(printf, 3, 4)]] static enum guichet_status
refuse(struct deciding *deciding, enum dossier_refusal refusal, const char *format, ...)
{
	char message[sizeof deciding->error->message];
	va_list arguments;
	va_start(arguments, format);
	const int length = vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	const size_t whole = length < 0 ? 0 : (size_t)length;
	size_t kept = whole < sizeof message ? whole : sizeof message - 1;
	/* A cut sentence still ends with a whole character: the last one goes, when it has several bytes. */
	if (kept < whole) {
		while (kept > 0 && ((unsigned char)message[kept - 1] & 0xC0) == 0x80)
			kept--;
		if (kept > 0 && ((unsigned char)message[kept - 1] & 0x80) != 0)
			kept--;
	}
	deciding->outcome->kind = DOSSIER_REFUSED_OUTCOME;
	deciding->outcome->refusal = refusal;
	deciding->outcome->message = arena_text(deciding->arena, (struct text){ message, kept });
	return guichet_fail(deciding->error, GUICHET_REFUSED, "%.*s", (int)kept, message);
}

/* "le vendredi 16 juin 2023", with its hour unless it is midnight. */
struct text
decide_moment_text(struct arena *arena, instant at)
{
	struct clock_time time;
	const struct date date = date_of_instant(at, &time);
	const struct text day = date_french(arena, date, true);
	if (time.hour == 0 && time.minute == 0)
		return day;
	return arena_format(arena, "%.*s à %d h %02d", TEXT_ARGS(day), time.hour, time.minute);
}

/* "le chef de service ou d’établissement, ou la personne support". */
static struct text
roles_text(struct arena *arena, const struct procedure *procedure, struct procedure_list roles)
{
	struct text text = TEXT("");
	for (size_t i = 0; i < roles.count; i++)
		text = arena_format(arena, "%.*s%s%.*s", TEXT_ARGS(text), i > 0 ? ", ou " : "",
			TEXT_ARGS(procedure->roles[roles.at[i]].label));
	return text;
}

/* The office's label after "à": "au " then "bureau", "à " then "la division", "aux " then "gestionnaires". */
static const char *
to_office(const struct procedure *procedure, struct text *ret_rest)
{
	const struct text label = procedure->office >= 0 ? procedure->roles[procedure->office].label
		: TEXT("votre service gestionnaire");
	const bool one = text_starts(label, TEXT("le ")), many = text_starts(label, TEXT("les "));
	*ret_rest = text_part(label, one ? 3 : many ? 4 : 0, SIZE_MAX);
	return one ? "au " : many ? "aux " : "à ";
}

struct text
decide_window_text(struct arena *arena, const struct dossier_facts *facts, int window, bool *ret_open,
	enum dossier_refusal *ret_refusal, instant *ret_opens)
{
	instant opens, closes;
	dossier_window(facts, window, &opens, &closes);
	const struct text label = facts->procedure->windows[window].label;
	*ret_open = facts->at >= opens && facts->at < closes;
	*ret_refusal = DOSSIER_NOT_REFUSED;
	*ret_opens = 0;
	if (*ret_open)
		return TEXT("");
	if (facts->at < opens) {
		*ret_refusal = DOSSIER_NOT_YET;
		*ret_opens = opens;
		return arena_format(arena, "%.*s : ce sera possible à partir du %.*s. Revenez à partir de ce jour.",
			TEXT_ARGS(label), TEXT_ARGS(decide_moment_text(arena, opens)));
	}
	*ret_refusal = DOSSIER_OVER;
	struct text office;
	const char *to = to_office(facts->procedure, &office);
	struct clock_time time;
	(void)date_of_instant(closes, &time);
	const bool midnight = time.hour == 0 && time.minute == 0;
	const struct text last = decide_moment_text(arena, midnight ? closes - INSTANT_DAY / 2 : closes);
	/* Half a day before midnight is noon of the last day: only the day is told. */
	return arena_format(arena, "%.*s : c’était possible jusqu’au %.*s%s. Adressez-vous %s%.*s.",
		TEXT_ARGS(label),
		TEXT_ARGS(midnight ? date_french(arena, date_of_instant(closes - 1, NULL), true) : last),
		midnight ? " inclus" : "", to, TEXT_ARGS(office));
}

static enum guichet_status
refuse_window(struct deciding *deciding, int window)
{
	bool open;
	enum dossier_refusal refusal;
	const struct text message = decide_window_text(deciding->arena, &deciding->facts, window, &open, &refusal,
		&deciding->outcome->opens_at);
	if (open && deciding->facts.explanation) {
		instant opens, closes;
		dossier_window(&deciding->facts, window, &opens, &closes);
		judged_window(deciding->facts.explanation, window, opens, closes);
	}
	if (open)
		return GUICHET_OK;
	return refuse(deciding, refusal, "%.*s", TEXT_ARGS(message));
}

/* The action is not of this step: was it done, is it too late, or too early? */
static enum guichet_status
refuse_elsewhere(struct deciding *deciding, int move)
{
	const struct procedure *procedure = deciding->procedure;
	const struct dossier *dossier = deciding->facts.dossier;
	const struct procedure_list actions = procedure->moves[move].actions;
	for (size_t i = dossier ? dossier->known_count : 0; i > 0; i--) {
		const struct dossier_known *known = &dossier->known[i - 1];
		if (known->effect || known->from == known->to
		    || procedure_action_find(procedure, known->from, procedure->moves[move].name) < 0)
			continue;
		const int done = procedure_move_find(procedure, known->name);
		const struct text label = done >= 0 ? procedure->moves[done].done : known->name;
		const struct text when = instant_french(deciding->arena, known->at);
		if (text_equal(known->person, deciding->input->actor.person.id))
			return refuse(deciding, DOSSIER_ALREADY,
				"Vous avez déjà répondu à cette demande le %.*s : « %.*s ». Rien d’autre n’est attendu de vous à cette étape.",
				TEXT_ARGS(when), TEXT_ARGS(label));
		return refuse(deciding, DOSSIER_ALREADY,
			"Cette demande a déjà reçu une réponse le %.*s, de %.*s : « %.*s ». La première réponse est la seule retenue.",
			TEXT_ARGS(when), TEXT_ARGS(known->by), TEXT_ARGS(label));
	}
	for (size_t i = 0; i < actions.count; i++) {
		const struct procedure_action *action = &procedure->actions[actions.at[i]];
		const enum guichet_status status = action->during >= 0 ? refuse_window(deciding, action->during)
			: GUICHET_OK;
		if (status != GUICHET_OK)
			return status;
	}
	const struct dossier_viewer viewer = { .person = deciding->input->actor.person.id, .roles = deciding->roles };
	const struct text label = dossier_label(&deciding->facts, &viewer);
	return refuse(deciding, DOSSIER_NOT_HERE,
		"« %.*s » n’est pas possible à l’étape où en est la demande : « %.*s ». "
		"Rouvrez la demande pour voir ce que vous pouvez faire.",
		TEXT_ARGS(procedure->moves[move].label), TEXT_ARGS(label));
}

static enum guichet_status
refuse_role(struct deciding *deciding, struct procedure_list who)
{
	if (facts_has_role(who, deciding->input->actor.roles))
		return refuse(deciding, DOSSIER_NOT_THEIRS,
			"C’est votre propre demande : quelqu’un d’autre que vous doit répondre ici.");
	struct text office;
	const char *to = to_office(deciding->procedure, &office);
	return refuse(deciding, DOSSIER_NOT_THEIRS,
		"Cette action revient à quelqu’un d’autre : %.*s. Si c’est une erreur, adressez-vous %s%.*s.",
		TEXT_ARGS(roles_text(deciding->arena, deciding->procedure, who)),
		to, TEXT_ARGS(office));
}

/* What the rule that refuses read: judged once more, traced. Left out when the actor must not learn it. */
static void
tell_because(struct deciding *deciding, const struct feel *rule)
{
	const struct dossier_viewer viewer = { .person = deciding->input->actor.person.id, .roles = deciding->roles };
	const struct dossier_explanation named = { .arena = deciding->arena, .procedure = deciding->procedure };
	const struct feel_words words = dossier_explanation_words(&named);
	struct feel_run run = inputs_run(&deciding->inputs);
	run.trace = feel_trace_new(deciding->arena);
	if (!run.trace || !dossier_may_explain(&deciding->facts, &viewer, rule))
		return;
	(void)feel_evaluate(rule, &run);
	deciding->outcome->because = feel_explain_french(deciding->arena, run.trace, FEEL_REASON, &words);
}

/* ---- checks, in the order one would tell them ---- */

static enum guichet_status
find_action(struct deciding *deciding)
{
	const struct procedure *procedure = deciding->procedure;
	const struct text name = deciding->input->command.action;
	const int step = facts_step(&deciding->facts), move = procedure_move_find(procedure, name),
		action = procedure_action_find(procedure, step, name);
	if (move < 0 || procedure->moves[move].actions.count == 0)
		return refuse(deciding, DOSSIER_NOT_HERE,
			"Cette action n’existe pas. Rouvrez la demande pour voir ce que vous pouvez faire.");
	if (action >= 0) {
		deciding->action = &procedure->actions[action];
		if (deciding->action->signs < 0)
			deciding->roles &= ~deciding->input->actor.signs; /* who signs by delegation decides nothing */
		return facts_has_role(deciding->action->who, deciding->roles) ? GUICHET_OK
			: refuse_role(deciding, deciding->action->who);
	}
	/* Only those who could have done it learn why it cannot be done. */
	for (size_t i = 0; i < procedure->moves[move].actions.count; i++) {
		if (facts_has_role(procedure->actions[procedure->moves[move].actions.at[i]].who, deciding->roles))
			return refuse_elsewhere(deciding, move);
	}
	return refuse_role(deciding, procedure->actions[procedure->moves[move].actions.at[0]].who);
}

static enum guichet_status
check_population(struct deciding *deciding)
{
	for (size_t i = 0; i < deciding->procedure->population_count; i++) {
		const struct procedure_rule *rule = &deciding->procedure->population[i];
		bool holds;
		const enum guichet_status status = inputs_condition(&deciding->inputs, rule->rule, &holds, deciding->error);
		if (status != GUICHET_OK)
			return status;
		if (!holds)
			tell_because(deciding, rule->rule);
		if (!holds)
			return refuse(deciding, DOSSIER_NOT_ELIGIBLE, "%.*s", TEXT_ARGS(rule->message));
	}
	if (deciding->procedure->once && deciding->facts.other.length > 0)
		return refuse(deciding, DOSSIER_DUPLICATE, "%.*s", TEXT_ARGS(deciding->procedure->once_message.length > 0
			? deciding->procedure->once_message
			: TEXT("Vous avez déjà une demande dans cette campagne : suivez-la, ou retirez-la.")));
	return GUICHET_OK;
}

static enum guichet_status
check_version(struct deciding *deciding)
{
	const struct dossier *dossier = deciding->facts.dossier;
	const unsigned expected = deciding->input->command.expected;
	if (dossier && expected > 0 && expected < dossier->changed)
		return refuse(deciding, DOSSIER_CONFLICT,
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
	tell_because(deciding, deciding->action->condition);
	return refuse(deciding, DOSSIER_NOT_HERE, "« %.*s » ne convient pas à cette demande.",
		TEXT_ARGS(deciding->action->label));
}

static enum guichet_status
check_pieces(struct deciding *deciding, size_t *ret_mistakes)
{
	const struct dossier_command *command = &deciding->input->command;
	const size_t count = deciding->procedure->piece_count;
	struct text *mistakes = arena_array_of(deciding->arena, struct text, count + 1);
	if (!mistakes)
		return OUT_OF_MEMORY(deciding->error);
	*ret_mistakes = 0;
	for (size_t i = 0; i < count; i++) {
		const struct dossier_piece *piece = NULL;
		for (size_t j = 0; j < command->piece_count && !piece; j++) {
			if (text_equal(command->pieces[j].name, deciding->procedure->pieces[i].name))
				piece = &command->pieces[j];
		}
		const enum guichet_status status = form_piece_mistake(&deciding->inputs, (int)i, piece, &mistakes[i],
			deciding->error);
		if (status != GUICHET_OK)
			return status;
		*ret_mistakes += mistakes[i].length > 0;
	}
	if (*ret_mistakes > 0)
		deciding->outcome->piece_mistakes = mistakes;
	return GUICHET_OK;
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
		status = form_read(&deciding->inputs, DOSSIER_FORM_FILING, PROCEDURE_NONE,
			deciding->input->command.raws, false, form, deciding->error);
	else if (action->enters.count + action->changes.count > 0)
		status = form_read(&deciding->inputs, DOSSIER_FORM_ACTION, (int)(action - deciding->procedure->actions),
			deciding->input->command.raws, false, form, deciding->error);
	if (status == GUICHET_OK && filing)
		status = check_pieces(deciding, &mistakes);
	if (status != GUICHET_OK)
		return status;
	mistakes += form->mistakes;
	if (mistakes == 1)
		return refuse(deciding, DOSSIER_INCOMPLETE,
			"Une réponse est à corriger : elle est signalée à sa place. Le reste de votre saisie est gardé.");
	if (mistakes > 1)
		return refuse(deciding, DOSSIER_INCOMPLETE,
			"%zu réponses sont à corriger : elles sont signalées à leur place. Le reste de votre saisie est gardé.",
			mistakes);
	return GUICHET_OK;
}

static enum guichet_status
check_requirements(struct deciding *deciding)
{
	for (size_t i = 0; i < deciding->action->require_count; i++) {
		const struct procedure_rule *rule = &deciding->action->requires[i];
		bool holds;
		const enum guichet_status status = inputs_condition(&deciding->inputs, rule->rule, &holds, deciding->error);
		if (status != GUICHET_OK)
			return status;
		if (!holds)
			tell_because(deciding, rule->rule);
		if (!holds)
			return refuse(deciding, DOSSIER_INCOMPLETE, "%.*s", TEXT_ARGS(rule->message));
	}
	if (deciding->action->confirm.length > 0 && !deciding->input->command.confirmed)
		return refuse(deciding, DOSSIER_NOT_CONFIRMED, "%.*s Confirmez pour continuer.",
			TEXT_ARGS(deciding->action->confirm));
	return GUICHET_OK;
}

/* The role under which the actor acts: the first of the action's that they hold. */
static int
acting_role(const struct deciding *deciding)
{
	for (size_t i = 0; i < deciding->action->who.count; i++) {
		if (deciding->roles & DOSSIER_ROLE(deciding->action->who.at[i]))
			return deciding->action->who.at[i];
	}
	return PROCEDURE_NONE;
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
	const int role = acting_role(deciding);
	for (size_t i = 0; i < letter->signers.count; i++) {
		const int signer = letter->signers.at[i];
		if (signer == role && has_signed(act, role))
			return refuse(deciding, DOSSIER_ALREADY, "« %.*s » porte déjà votre signature.", TEXT_ARGS(letter->title));
		if (signer == role)
			return GUICHET_OK;
		if (!has_signed(act, signer))
			return refuse(deciding, DOSSIER_NOT_HERE,
				"« %.*s » attend d’abord une autre signature : %.*s. Vous signerez ensuite.",
				TEXT_ARGS(letter->title), TEXT_ARGS(deciding->procedure->roles[signer].label));
	}
	return refuse(deciding, DOSSIER_NOT_THEIRS, "« %.*s » n’attend pas votre signature.", TEXT_ARGS(letter->title));
}

static enum guichet_status
check_signature(struct deciding *deciding)
{
	if (deciding->action->signs < 0)
		return GUICHET_OK;
	const struct dossier_act *act = dossier_act_find(deciding->facts.dossier, deciding->action->signs);
	if (!act || act->status != DOSSIER_COMPOSED)
		return refuse(deciding, DOSSIER_TEXT_NOT_READY,
			"Le texte à signer n’est pas encore prêt. Revenez dans quelques minutes.");
	if (!text_equal(act->text_hash, deciding->input->command.text_hash))
		return refuse(deciding, DOSSIER_TEXT_NOT_READY,
			"Le texte à signer a changé depuis que vous l’avez ouvert. Relisez-le, puis signez.");
	return check_signer(deciding, act);
}

static enum guichet_status
check(struct deciding *deciding)
{
	enum guichet_status status = find_action(deciding);
	if (status == GUICHET_OK && !deciding->facts.dossier)
		status = check_population(deciding);
	if (status == GUICHET_OK && deciding->action->during >= 0)
		status = refuse_window(deciding, deciding->action->during);
	if (status == GUICHET_OK)
		status = check_version(deciding);
	if (status == GUICHET_OK)
		status = check_condition(deciding);
	if (status == GUICHET_OK)
		status = check_form(deciding);
	if (status == GUICHET_OK)
		status = check_requirements(deciding);
	if (status == GUICHET_OK)
		status = check_signature(deciding);
	return status;
}

/* ---- what is written ---- */

/* The values of an accepted form: those changed by `modifie` apart, with what they were. */
static bool
put_answers(const struct deciding *deciding, json_t *result, json_t *values)
{
	const struct dossier_form *form = &deciding->outcome->form;
	const size_t changed_count = deciding->facts.dossier ? deciding->action->changes.count : 0;
	json_t *changes = json_put_array(result, "changes");
	bool well = changes != NULL;
	struct text reason = TEXT("");
	for (size_t i = 0; well && i < form->count; i++) {
		const struct dossier_answer *answer = &form->answers[i];
		if (i >= changed_count) {
			well = json_put_named(values, answer->name, feel_value_to_json(answer->value));
			if (reason.length == 0 && deciding->facts.dossier && answer->value.kind == FEEL_STRING
			    && answer->field->type <= PROCEDURE_FIELD_LONG_TEXT)
				reason = answer->value.string;
			continue;
		}
		const struct feel_value before = dossier_value_of(deciding->facts.dossier, answer->name);
		if (feel_is_true(feel_equal(before, answer->value)))
			continue;
		json_t *change = json_object();
		well = json_push(changes, change) && json_put(change, "field", json_of_text(answer->name))
			&& json_put(change, "before", feel_value_to_json(before))
			&& json_put(change, "after", feel_value_to_json(answer->value));
	}
	return well && (reason.length == 0 || json_put(result, "reason", json_of_text(reason)));
}

/* What actions and effects have in common. */
struct consequences {
	struct procedure_list produces, cancels;
	const struct procedure_setting *settings;
	size_t setting_count;
	int from, to;
};

static enum guichet_status
put_settings(struct deciding *deciding, const struct consequences *consequences, json_t *values)
{
	for (size_t i = 0; i < consequences->setting_count; i++) {
		const struct procedure_setting *setting = &consequences->settings[i];
		struct feel_value value;
		const enum guichet_status status = inputs_evaluate(&deciding->inputs, setting->value, &value,
			deciding->error);
		if (status != GUICHET_OK)
			return status;
		if (!json_put_named(values, deciding->procedure->posed[setting->posed].name, feel_value_to_json(value)))
			return OUT_OF_MEMORY(deciding->error);
	}
	return GUICHET_OK;
}

static bool
put_acts(const struct deciding *deciding, const struct consequences *consequences, json_t *result)
{
	const struct dossier *dossier = deciding->facts.dossier;
	const struct text number = dossier ? dossier->number : deciding->input->number;
	json_t *cancelled = json_put_array(result, "cancelled"), *acts = json_put_array(result, "acts");
	bool well = cancelled && acts;
	for (size_t i = 0; well && dossier && i < dossier->act_count; i++) {
		for (size_t j = 0; well && j < consequences->cancels.count; j++) {
			if (dossier->acts[i].letter == consequences->cancels.at[j]
			    && dossier->acts[i].status != DOSSIER_CANCELLED)
				well = json_push(cancelled, json_of_text(dossier->acts[i].number));
		}
	}
	for (size_t i = 0; well && i < consequences->produces.count; i++) {
		json_t *act = json_object();
		const struct text act_number = arena_format(deciding->arena, "%.*s/%zu", TEXT_ARGS(number),
			(dossier ? dossier->act_count : 0) + i + 1);
		well = json_push(acts, act) && act_number.at
			&& json_put(act, "number", json_of_text(act_number))
			&& json_put(act, "letter",
				json_of_text(deciding->procedure->letters[consequences->produces.at[i]].name));
	}
	return well;
}

static bool
put_step(const struct deciding *deciding, const struct consequences *consequences, json_t *result)
{
	return consequences->to < 0 || consequences->to == consequences->from
		|| json_put(result, "to", json_of_text(deciding->procedure->steps[consequences->to].name));
}

static enum guichet_status
put_opening(struct deciding *deciding, json_t *result)
{
	const struct procedure_action *action = deciding->action;
	if (action->opens < 0)
		return GUICHET_OK;
	instant until;
	const enum guichet_status status = inputs_instant(&deciding->inputs, action->opens_until, true, &until,
		deciding->error);
	if (status != GUICHET_OK)
		return status;
	if (until == INSTANT_NEVER || until <= deciding->facts.at)
		return refuse(deciding, DOSSIER_INCOMPLETE, "%.*s : donnez une date à venir.",
			TEXT_ARGS(deciding->procedure->windows[action->opens].label));
	json_t *opened = json_put_object(result, "opened");
	return json_put_named(opened, deciding->procedure->windows[action->opens].name, json_integer(until))
		? GUICHET_OK : OUT_OF_MEMORY(deciding->error);
}

static bool
put_signature(const struct deciding *deciding, json_t *result)
{
	if (deciding->action->signs < 0)
		return true;
	json_t *signature = json_put_object(result, "signed");
	const struct dossier_act *act = dossier_act_find(deciding->facts.dossier, deciding->action->signs);
	return signature && json_put(signature, "act", json_of_text(act->number))
		&& json_put(signature, "role", json_of_text(deciding->procedure->roles[acting_role(deciding)].name))
		&& json_put(signature, "text_hash", json_of_text(deciding->input->command.text_hash));
}

static bool
put_command(const struct deciding *deciding, json_t *payload)
{
	const struct dossier_command *command = &deciding->input->command;
	const struct dossier_form *form = &deciding->outcome->form;
	json_t *object = json_put_object(payload, "command"), *raws = json_put_object(object, "raws"),
		*pieces = json_put_array(object, "pieces");
	bool well = raws && pieces && json_put(object, "action", json_of_text(command->action))
		&& json_put(object, "expected", json_integer(command->expected))
		&& json_put(object, "confirmed", json_boolean(command->confirmed))
		&& json_put(object, "text_hash", json_of_text(command->text_hash))
		&& json_put(object, "channel", json_of_text(command->channel))
		&& json_put(object, "ground", json_of_text(command->ground));
	/* Only what belongs to the form is kept. */
	for (size_t i = 0; well && i < form->count; i++) {
		const struct dossier_answer *answer = &form->answers[i];
		if (!answer->given)
			continue;
		json_t *array = json_array();
		well = json_put_named(raws, answer->name, array);
		for (size_t j = 0; well && j < answer->raw_count; j++) {
			const struct text raw = text_is_utf8(answer->raws[j]) ? answer->raws[j] : TEXT("");
			well = json_push(array, json_of_text(raw));
		}
	}
	for (size_t i = 0; well && !deciding->facts.dossier && i < command->piece_count; i++)
		well = json_push(pieces, json_of_piece(&command->pieces[i]));
	return well;
}

static bool
put_actor(const struct deciding *deciding, json_t *payload)
{
	json_t *actor = json_put_object(payload, "actor"), *roles = json_put_array(actor, "roles");
	bool well = roles && json_put(actor, "person", json_of_person(&deciding->input->actor.person));
	for (size_t i = 0; well && i < deciding->procedure->role_count; i++) {
		if (deciding->input->actor.roles & DOSSIER_ROLE(i))
			well = json_push(roles, json_of_text(deciding->procedure->roles[i].name));
	}
	/* Most events have no delegation, and those of before have not the word. */
	json_t *signs = well && deciding->input->actor.signs ? json_put_array(actor, "signs") : NULL;
	for (size_t i = 0; well && signs && i < deciding->procedure->role_count; i++) {
		if (deciding->input->actor.signs & DOSSIER_ROLE(i))
			well = json_push(signs, json_of_text(deciding->procedure->roles[i].name));
	}
	well = well && (signs || !deciding->input->actor.signs);
	return well;
}

/* ---- what follows ---- */

static enum guichet_status
columns_of(const struct inputs *inputs, struct dossier_columns *ret_columns, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	const struct procedure_step *step = &procedure->steps[facts_step(inputs->facts)];
	struct text *cells = arena_array_of(inputs->arena, struct text, procedure->column_count + 1);
	if (!cells)
		return OUT_OF_MEMORY(error);
	for (size_t i = 0; i < procedure->column_count; i++) {
		struct feel_value value;
		const enum guichet_status status = inputs_evaluate(inputs, procedure->columns[i].value, &value, error);
		if (status != GUICHET_OK)
			return status;
		cells[i] = procedure_column_text(inputs->arena, procedure, &procedure->columns[i], value);
		if (!cells[i].at)
			return OUT_OF_MEMORY(error);
	}
	*ret_columns = (struct dossier_columns){
		.step = step->name,
		.waiting = step->awaits.count > 0 ? step->awaits.at[0] : PROCEDURE_NONE,
		.ended = step->final,
		.counts = !step->frees,
		.cells = cells,
		.cell_count = procedure->column_count,
	};
	return GUICHET_OK;
}

static bool
has_fired(const struct dossier *dossier, struct text effect)
{
	for (size_t i = 0; i < dossier->fired_count; i++) {
		if (text_equal(dossier->fired[i], effect))
			return true;
	}
	return false;
}

enum guichet_status
decide_dues(const struct inputs *inputs, const struct dossier_due **ret_dues, size_t *ret_count,
	struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	const struct dossier *dossier = inputs->facts->dossier;
	const struct procedure_list deadlines = procedure->steps[dossier->step].deadlines;
	struct dossier_due *dues = arena_array_of(inputs->arena, struct dossier_due, deadlines.count + 1);
	size_t count = 0;
	if (!dues)
		return OUT_OF_MEMORY(error);
	for (size_t i = 0; i < deadlines.count; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[deadlines.at[i]];
		instant at;
		if (has_fired(dossier, deadline->name))
			continue;
		const enum guichet_status status = inputs_instant(inputs, deadline->when, false, &at, error);
		if (status != GUICHET_OK)
			return status;
		if (at != INSTANT_NEVER)
			dues[count++] = (struct dossier_due){ deadline->name, dossier->step, at };
	}
	*ret_dues = dues;
	*ret_count = count;
	return GUICHET_OK;
}

/* One mail to one person, if its condition wants it. */
static enum guichet_status
add_mail(struct deciding *deciding, int mail, int role, const struct dossier_person *to, bool *ret_added)
{
	const struct procedure_mail *definition = &deciding->procedure->mails[mail];
	struct dossier_outcome *outcome = deciding->outcome;
	struct dossier_mail_due due = { .mail = mail, .role = role, .to = *to, .link = definition->links.count > 0 };
	bool wanted;
	*ret_added = false;
	enum guichet_status status = inputs_recipient(&deciding->inputs, role, to, deciding->error);
	if (status == GUICHET_OK)
		status = inputs_condition(&deciding->inputs, definition->condition, &wanted, deciding->error);
	if (status != GUICHET_OK || !wanted)
		return status;
	due.link_until = INSTANT_NEVER;
	if (definition->link_until)
		status = inputs_instant(&deciding->inputs, definition->link_until, true, &due.link_until,
			deciding->error);
	if (status == GUICHET_OK && !ITEMS_ADD(deciding->arena, &outcome->mails, &outcome->mail_count, &due))
		status = OUT_OF_MEMORY(deciding->error);
	*ret_added = status == GUICHET_OK;
	return status;
}

/* To whoever holds the role; when the one who acts holds it, to them alone: it is their own act. */
static enum guichet_status
add_mails(struct deciding *deciding, int mail, bool *ret_added)
{
	const struct procedure_list to = deciding->procedure->mails[mail].to;
	*ret_added = false;
	for (size_t i = 0; i < to.count; i++) {
		const int role = to.at[i];
		enum guichet_status status = GUICHET_OK;
		bool added = false;
		if (deciding->procedure->roles[role].reach == PROCEDURE_APPLICANT) {
			const struct dossier_person subject = facts_subject(&deciding->facts);
			status = add_mail(deciding, mail, role, &subject, &added);
			*ret_added |= added;
			if (status != GUICHET_OK)
				return status;
			continue;
		}
		const bool own = deciding->action && acting_role(deciding) == role;
		for (size_t j = 0; j < deciding->facts.holder_count && status == GUICHET_OK; j++) {
			const struct dossier_holder *holder = &deciding->facts.holders[j];
			if (holder->role != role
			    || (own && !text_equal(holder->person.id, deciding->input->actor.person.id)))
				continue;
			status = add_mail(deciding, mail, role, &holder->person, &added);
			*ret_added |= added;
		}
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}

/* May the one awaited still answer? A step whose actions have no window always may. */
static bool
step_is_open(const struct deciding *deciding)
{
	const struct procedure_list actions = deciding->procedure->steps[deciding->facts.dossier->step].actions;
	bool windowed = false;
	for (size_t i = 0; i < actions.count; i++) {
		const int window = deciding->procedure->actions[actions.at[i]].during;
		instant opens, closes;
		if (window < 0)
			continue;
		windowed = true;
		dossier_window(&deciding->facts, window, &opens, &closes);
		if (deciding->facts.at >= opens && deciding->facts.at < closes)
			return true;
	}
	return !windowed;
}

/* A dossier that comes after the moment of a grouped mail gets it alone: the first of the mails to a
 * role, not the reminders, and not when the same act already writes to that role. */
static enum guichet_status
add_late_mails(struct deciding *deciding, uint64_t written_to)
{
	const struct campaign_moment *moments;
	size_t count;
	const struct dossier *dossier = deciding->facts.dossier;
	enum guichet_status status = campaign_moments(deciding->procedure, deciding->facts.campaign, deciding->arena,
		&moments, &count, deciding->error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		const struct procedure_mail *mail = &deciding->procedure->mails[moments[i].mail];
		uint64_t roles = 0;
		for (size_t j = 0; j < mail->to.count; j++)
			roles |= DOSSIER_ROLE(mail->to.at[j]);
		bool added;
		if (!procedure_list_has(mail->steps, dossier->step) || moments[i].at >= deciding->facts.at
		    || (roles & written_to) || !step_is_open(deciding))
			continue;
		status = add_mails(deciding, moments[i].mail, &added);
		if (added)
			written_to |= roles;
	}
	return status;
}

static enum guichet_status
mails_of(struct deciding *deciding, int move, bool entered)
{
	uint64_t written_to = 0;
	for (size_t i = 0; i < deciding->procedure->mail_count; i++) {
		const struct procedure_mail *mail = &deciding->procedure->mails[i];
		bool added;
		if (!procedure_list_has(mail->after, move)
		    || (mail->steps.count > 0 && !procedure_list_has(mail->steps, deciding->facts.dossier->step)))
			continue;
		const enum guichet_status status = add_mails(deciding, (int)i, &added);
		if (status != GUICHET_OK)
			return status;
		for (size_t j = 0; added && j < mail->to.count; j++)
			written_to |= DOSSIER_ROLE(mail->to.at[j]);
	}
	return entered ? add_late_mails(deciding, written_to) : GUICHET_OK;
}

/* Which acts the event made and ended. */
static enum guichet_status
acts_of(struct deciding *deciding, const struct dossier *before)
{
	struct dossier_outcome *outcome = deciding->outcome;
	for (size_t i = 0; i < outcome->state.act_count; i++) {
		const int index = (int)i;
		const bool existed = before && i < before->act_count;
		const enum dossier_act_status status = outcome->state.acts[i].status;
		bool well = true;
		if (!existed && status == DOSSIER_TO_COMPOSE)
			well = ITEMS_ADD(deciding->arena, &outcome->composed, &outcome->composed_count, &index);
		else if (existed && status == DOSSIER_CANCELLED && before->acts[i].status != DOSSIER_CANCELLED)
			well = ITEMS_ADD(deciding->arena, &outcome->cancelled, &outcome->cancelled_count, &index);
		if (!well)
			return OUT_OF_MEMORY(deciding->error);
	}
	return GUICHET_OK;
}

/* A step just entered must not wait for nobody: one's own request goes up, and at the top there is no one left. Roles
 * held everywhere are not looked for in every decision: they are taken as held. */
static enum guichet_status
tell_unheld(struct deciding *deciding)
{
	const struct procedure *procedure = deciding->procedure;
	const struct procedure_step *step = &procedure->steps[deciding->facts.dossier->step];
	if (step->final || step->awaits.count == 0)
		return GUICHET_OK;
	for (size_t i = 0; i < step->awaits.count; i++) {
		const enum procedure_reach reach = procedure->roles[step->awaits.at[i]].reach;
		if (reach != PROCEDURE_STRUCTURE && reach != PROCEDURE_DISTRICT)
			return GUICHET_OK;
		for (size_t j = 0; j < deciding->facts.holder_count; j++)
			if (deciding->facts.holders[j].role == step->awaits.at[i])
				return GUICHET_OK;
	}
	const struct text roles = roles_text(deciding->arena, procedure, step->awaits);
	deciding->outcome->unheld = arena_format(deciding->arena, "Cette demande attend quelqu’un que l’annuaire ne nomme "
		"pas : %.*s. Complétez l’annuaire ou désignez un intérim, puis prévenez cette personne.", TEXT_ARGS(roles));
	return roles.at && deciding->outcome->unheld.at ? GUICHET_OK : OUT_OF_MEMORY(deciding->error);
}

/* Seals the event, folds it, and finds what follows in the new state. `move` may be NONE. */
static enum guichet_status
conclude(struct deciding *deciding, enum dossier_event_type type, json_t *payload, int move)
{
	struct dossier_outcome *outcome = deciding->outcome;
	const struct dossier *before = deciding->facts.dossier;
	const int step_before = facts_step(&deciding->facts);
	struct dossier_event *event = &outcome->event;
	*event = (struct dossier_event){
		.dossier = before ? before->id : deciding->input->id,
		.number = before ? before->version + 1 : 1,
		.type = type,
		.version = 1,
		.at = deciding->facts.at,
		.decided_at = deciding->input->decided_at,
		.salt = deciding->input->salt,
		.payload = json_canonical(deciding->arena, payload),
	};
	if (!event->payload.at)
		return OUT_OF_MEMORY(deciding->error);
	if (event->payload.length > DOSSIER_PAYLOAD_LIMIT || event->number > DOSSIER_EVENTS_LIMIT)
		return guichet_fail(deciding->error, GUICHET_REFUSED, "Ce dossier est devenu trop gros pour être complété.");
	if (before)
		event->previous = before->head;
	event_seal(event);

	outcome->state = before ? *before : (struct dossier){ 0 };
	enum guichet_status status = event_fold(deciding->arena, deciding->procedure, &outcome->state, event, payload,
		deciding->error);
	if (status != GUICHET_OK)
		return status;
	deciding->facts.dossier = &outcome->state;
	if (deciding->facts.explanation)
		deciding->facts.explanation->after = true;
	status = inputs_new(deciding->arena, &deciding->facts, &deciding->inputs, deciding->error);
	if (status == GUICHET_OK)
		status = acts_of(deciding, before);
	if (status == GUICHET_OK && move >= 0)
		status = mails_of(deciding, move, !before || outcome->state.step != step_before);
	if (status == GUICHET_OK && (!before || outcome->state.step != step_before))
		status = tell_unheld(deciding);
	if (status == GUICHET_OK)
		status = decide_dues(&deciding->inputs, &outcome->dues, &outcome->due_count, deciding->error);
	if (status == GUICHET_OK)
		status = columns_of(&deciding->inputs, &outcome->columns, deciding->error);
	if (status == GUICHET_OK)
		outcome->kind = DOSSIER_HAPPENED;
	return status;
}

/* The beginning of each of the three. */
static enum guichet_status
begin(struct deciding *deciding, const struct dossier_input *input, instant at, struct arena *arena,
	struct dossier_outcome *outcome, struct guichet_error *error)
{
	*outcome = (struct dossier_outcome){ 0 };
	*deciding = (struct deciding){
		.input = input,
		.procedure = input->facts.procedure,
		.arena = arena,
		.facts = input->facts,
		.outcome = outcome,
		.error = error,
	};
	deciding->facts.at = at;
	/* Never before what the dossier already lived. */
	if (deciding->facts.dossier && deciding->facts.dossier->last_at > at)
		deciding->facts.at = deciding->facts.dossier->last_at;
	return inputs_new(arena, &deciding->facts, &deciding->inputs, error);
}

enum guichet_status
dossier_decide(const struct dossier_input *input, struct arena *arena, struct dossier_outcome *ret_outcome,
	struct guichet_error *error)
{
	struct deciding deciding;
	enum guichet_status status = begin(&deciding, input, input->facts.at, arena, ret_outcome, error);
	if (status != GUICHET_OK)
		return status;
	deciding.roles = facts_roles(&deciding.facts, input->actor.person.id, input->actor.roles);
	status = check(&deciding);
	if (status != GUICHET_OK)
		return status;

	const struct procedure_action *action = deciding.action;
	const struct consequences consequences = {
		.produces = action->produces,
		.cancels = action->cancels,
		.settings = action->settings,
		.setting_count = action->setting_count,
		.from = action->step,
		.to = action->to,
	};
	CLEANUP(json_decref) json_t *payload = json_object();
	json_t *result = json_put_object(payload, "result"), *values = json_put_object(result, "values");
	const bool well = values && json_put(payload, "facts", json_of_facts(arena, &deciding.facts))
		&& put_command(&deciding, payload) && put_actor(&deciding, payload)
		&& (deciding.facts.dossier || json_put(payload, "number", json_of_text(input->number)))
		&& put_answers(&deciding, result, values) && put_acts(&deciding, &consequences, result)
		&& put_signature(&deciding, result) && put_step(&deciding, &consequences, result);
	if (!well)
		return OUT_OF_MEMORY(error);
	status = put_settings(&deciding, &consequences, values);
	if (status == GUICHET_OK)
		status = put_opening(&deciding, result);
	if (status == GUICHET_OK)
		status = conclude(&deciding, deciding.facts.dossier ? DOSSIER_ACTED : DOSSIER_FILED, payload, action->move);
	return status;
}

/* ---- due effects ---- */

/* Does it still hold? When it does, whether its condition lets it happen. */
static enum guichet_status
still_holds(struct deciding *deciding, const struct procedure_deadline *deadline, instant due, bool *ret_holds,
	bool *ret_happens)
{
	instant when;
	*ret_holds = *ret_happens = false;
	enum guichet_status status = inputs_instant(&deciding->inputs, deadline->when, false, &when, deciding->error);
	if (status != GUICHET_OK)
		return status;
	*ret_holds = when <= due && when <= deciding->facts.at;
	return inputs_condition(&deciding->inputs, deadline->condition, ret_happens, deciding->error);
}

static enum guichet_status
elapse(struct deciding *deciding, const struct procedure_deadline *deadline, instant due, bool happens)
{
	const struct consequences consequences = {
		.produces = happens ? deadline->produces : (struct procedure_list){ 0 },
		.cancels = happens ? deadline->cancels : (struct procedure_list){ 0 },
		.settings = deadline->settings,
		.setting_count = happens ? deadline->setting_count : 0,
		.from = deadline->step,
		.to = happens ? deadline->to : PROCEDURE_NONE,
	};
	CLEANUP(json_decref) json_t *payload = json_object();
	json_t *result = json_put_object(payload, "result"), *values = json_put_object(result, "values");
	const bool leaves = consequences.to >= 0 && consequences.to != consequences.from;
	const bool well = values && json_put(payload, "facts", json_of_facts(deciding->arena, &deciding->facts))
		&& json_put(payload, "effect", json_of_text(deadline->name))
		&& json_put(payload, "step", json_of_text(deciding->procedure->steps[deadline->step].name))
		&& json_put(payload, "due", json_integer(due))
		&& put_acts(deciding, &consequences, result) && put_step(deciding, &consequences, result)
		&& (leaves || json_put(result, "fired", json_of_text(deadline->name)))
		&& (happens || json_put(result, "skipped", json_true()));
	if (!well)
		return OUT_OF_MEMORY(deciding->error);
	const enum guichet_status status = put_settings(deciding, &consequences, values);
	if (status != GUICHET_OK)
		return status;
	if (happens)
		deciding->outcome->alerts = deadline->alerts;
	return conclude(deciding, DOSSIER_ELAPSED, payload, happens ? deadline->move : PROCEDURE_NONE);
}

enum guichet_status
dossier_elapse(const struct dossier_input *input, struct text effect, int step, instant due, struct arena *arena,
	struct dossier_outcome *ret_outcome, struct guichet_error *error)
{
	struct deciding deciding;
	const struct procedure *procedure = input->facts.procedure;
	const struct dossier *dossier = input->facts.dossier;
	enum guichet_status status = begin(&deciding, input, due, arena, ret_outcome, error);
	if (status != GUICHET_OK)
		return status;
	const int index = step < 0 ? PROCEDURE_NONE : procedure_deadline_find(procedure, step, effect);
	bool holds = false, happens = false;
	if (index >= 0 && dossier->step == step && !has_fired(dossier, effect))
		status = still_holds(&deciding, &procedure->deadlines[index], due, &holds, &happens);
	if (status == GUICHET_OK && holds)
		status = elapse(&deciding, &procedure->deadlines[index], due, happens);
	if (status == GUICHET_OK && holds)
		return GUICHET_OK;
	if (status == GUICHET_OK) {
		ret_outcome->kind = DOSSIER_STALE;
		ret_outcome->state = *dossier;
		status = decide_dues(&deciding.inputs, &ret_outcome->dues, &ret_outcome->due_count, error);
		if (status == GUICHET_OK)
			status = columns_of(&deciding.inputs, &ret_outcome->columns, error);
		return status;
	}
	/* It cannot happen: the office is told, and the row stays. */
	*ret_outcome = (struct dossier_outcome){
		.kind = DOSSIER_ALERT,
		.state = *dossier,
		.message = arena_text(arena, text_of_string(error->message)),
	};
	return ret_outcome->message.at ? GUICHET_OK : OUT_OF_MEMORY(error);
}

/* ---- letters ---- */

enum guichet_status
dossier_compose(const struct dossier_input *input, struct text act_number, struct text text_hash,
	struct text digest, int64_t size, struct arena *arena, struct dossier_outcome *ret_outcome,
	struct guichet_error *error)
{
	struct deciding deciding;
	const enum guichet_status status = begin(&deciding, input, input->facts.at, arena, ret_outcome, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_act *act = NULL;
	for (size_t i = 0; i < input->facts.dossier->act_count; i++) {
		if (text_equal(input->facts.dossier->acts[i].number, act_number))
			act = &input->facts.dossier->acts[i];
	}
	if (!act || act->status == DOSSIER_CANCELLED)
		return guichet_fail(error, GUICHET_REFUSED, "Ce document n’est plus attendu : il a été annulé.");
	if (act->status == DOSSIER_COMPOSED)
		return guichet_fail(error, GUICHET_REFUSED, "Ce document est déjà composé.");
	CLEANUP(json_decref) json_t *payload = json_object();
	if (!json_put(payload, "act", json_of_text(act_number))
	    || !json_put(payload, "text_hash", json_of_text(text_hash))
	    || !json_put(payload, "digest", json_of_text(digest)) || !json_put(payload, "size", json_integer(size)))
		return OUT_OF_MEMORY(error);
	return conclude(&deciding, DOSSIER_COMPOSED_EVENT, payload, PROCEDURE_NONE);
}

/* ---- exceptions, projections ---- */

enum guichet_status
dossier_exception_check(const struct dossier_facts *facts, const struct dossier_actor *actor, int window,
	struct date last_day, struct text reason, instant *ret_until, struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	const struct procedure_exception *found = NULL;
	for (size_t i = 0; i < procedure->exception_count; i++) {
		if (procedure->exceptions[i].window == window)
			found = &procedure->exceptions[i];
	}
	const dossier_roles roles = facts_roles(facts, actor->person.id, actor->roles);
	struct text office;
	const char *to = to_office(procedure, &office);
	if (!found || !facts_has_role(found->who, roles))
		return guichet_fail(error, GUICHET_REFUSED, "Vous ne pouvez pas rouvrir cette période : cela revient %s%.*s.",
			to, TEXT_ARGS(office));
	if (text_trim(reason).length == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Indiquez le motif : toute exception au calendrier est motivée.");
	if (text_characters(reason) > 300)
		return guichet_fail(error, GUICHET_REFUSED, "Le motif tient en 300 caractères au plus : raccourcissez-le.");
	const instant until = instant_of_day(date_add_days(last_day, 1));
	if (until <= facts->at)
		return guichet_fail(error, GUICHET_REFUSED, "Donnez une date à venir.");
	*ret_until = until;
	return GUICHET_OK;
}

enum guichet_status
dossier_project(const struct dossier_facts *facts, struct arena *arena, const struct dossier_due **ret_dues,
	size_t *ret_due_count, struct dossier_columns *ret_columns, struct guichet_error *error)
{
	struct inputs inputs;
	enum guichet_status status = inputs_new(arena, facts, &inputs, error);
	if (status == GUICHET_OK)
		status = decide_dues(&inputs, ret_dues, ret_due_count, error);
	if (status == GUICHET_OK)
		status = columns_of(&inputs, ret_columns, error);
	return status;
}

/* ---- replay ---- */

static struct dossier_command
json_command(struct json_reader *reader, const json_t *json)
{
	struct dossier_command command = {
		.action = json_text_at(reader, json, "action"),
		.expected = (unsigned)json_integer_at(reader, json, "expected", 0, UINT32_MAX),
		.confirmed = json_boolean_at(reader, json, "confirmed"),
		.text_hash = json_text_at(reader, json, "text_hash"),
		.channel = json_text_at(reader, json, "channel"),
		.ground = json_text_at(reader, json, "ground"),
	};
	json_t *raws = json_object_get(json, "raws");
	const json_t *pieces = json_object_get(json, "pieces");
	const char *key;
	json_t *array;
	json_object_foreach(raws, key, array) {
		const struct text field = arena_text(reader->arena, text_of_string(key));
		for (size_t i = 0; field.at && i < json_array_size(array) && i < FORM_MOST_RAWS; i++) {
			const struct dossier_raw raw = { field, json_text(reader, json_array_get(array, i)) };
			if (!ITEMS_ADD(reader->arena, &command.raws.at, &command.raws.count, &raw))
				reader->failed = reader->full = true;
		}
	}
	struct dossier_piece *items = json_items(reader, pieces, sizeof *items, DOSSIER_PIECES_LIMIT,
		&command.piece_count);
	for (size_t i = 0; i < command.piece_count; i++)
		items[i] = json_piece(reader, json_array_get(pieces, i));
	command.pieces = items;
	return command;
}

static dossier_roles
json_roles(struct json_reader *reader, const json_t *names)
{
	dossier_roles roles = 0;
	for (size_t i = 0; i < json_array_size(names); i++) {
		const int role = procedure_role_find(reader->procedure, json_text(reader, json_array_get(names, i)));
		reader->failed |= role < 0;
		if (role >= 0)
			roles |= DOSSIER_ROLE(role);
	}
	return roles;
}

static struct dossier_actor
json_actor(struct json_reader *reader, const json_t *json)
{
	return (struct dossier_actor){ .person = json_person(reader, json_object_get(json, "person")),
		.roles = json_roles(reader, json_object_get(json, "roles")),
		.signs = json_roles(reader, json_object_get(json, "signs")) };
}

/* dossier_replay(); `explanation` may be NULL. */
static enum guichet_status
replay(struct arena *arena, const struct procedure *procedure, const struct dossier *before,
	const struct dossier_event *event, struct dossier_explanation *explanation, struct guichet_error *error)
{
	CLEANUP(json_decref) json_t *payload = json_parse(event->payload, "L’événement", error);
	if (!payload)
		return error->status;
	struct json_reader reader = { .arena = arena, .procedure = procedure };
	struct dossier_input input = { .decided_at = event->decided_at, .salt = event->salt, .id = event->dossier };
	if (event->type == DOSSIER_COMPOSED_EVENT)
		/* A composed letter reads nothing but what it says: fold checks it. */
		input.facts = (struct dossier_facts){ .procedure = procedure };
	else
		input.facts = json_facts(&reader, json_object_get(payload, "facts"));
	input.facts.dossier = before && before->version > 0 ? before : NULL;
	input.facts.at = event->at;
	input.facts.explanation = explanation;
	struct dossier_outcome outcome = { 0 };
	enum guichet_status status = GUICHET_OK;
	const struct text effect = json_text_at(&reader, payload, "effect"), step = json_text_at(&reader, payload, "step");
	instant due;
	if (event->type == DOSSIER_FILED || event->type == DOSSIER_ACTED) {
		input.command = json_command(&reader, json_object_get(payload, "command"));
		input.actor = json_actor(&reader, json_object_get(payload, "actor"));
		input.number = json_text_at(&reader, payload, "number");
	}
	if (reader.failed)
		return guichet_fail(error, GUICHET_REFUSED, "L’événement %u ne se lit pas.", event->number);
	switch (event->type) {
	case DOSSIER_FILED:
	case DOSSIER_ACTED:
		status = dossier_decide(&input, arena, &outcome, error);
		break;
	case DOSSIER_ELAPSED:
		due = json_instant(&reader, json_object_get(payload, "due"));
		if (!input.facts.dossier || reader.failed)
			return guichet_fail(error, GUICHET_REFUSED, "L’événement %u ne se lit pas.", event->number);
		status = dossier_elapse(&input, effect, procedure_step_find(procedure, step), due, arena, &outcome, error);
		break;
	case DOSSIER_COMPOSED_EVENT: {
		struct dossier state = before ? *before : (struct dossier){ 0 };
		return event_fold(arena, procedure, &state, event, payload, error);
	}
	}
	if (status != GUICHET_OK)
		return status;
	if (outcome.kind != DOSSIER_HAPPENED || !text_equal(outcome.event.payload, event->payload)
	    || !digest_equal(&outcome.event.hash, &event->hash))
		return guichet_fail(error, GUICHET_REFUSED, "Rejoué, l’événement %u ne donne pas le même résultat.",
			event->number);
	return GUICHET_OK;
}

enum guichet_status
dossier_replay(struct arena *arena, const struct procedure *procedure, const struct dossier *before,
	const struct dossier_event *event, struct guichet_error *error)
{
	return replay(arena, procedure, before, event, NULL, error);
}

/* How the event is told in the state that it made. */
static struct text
event_title(const struct procedure *procedure, const struct dossier *after, const struct dossier_event *event)
{
	if (event->type == DOSSIER_COMPOSED_EVENT)
		return TEXT("Document composé");
	if (after->known_count == 0)
		return TEXT("");
	const struct dossier_known *known = &after->known[after->known_count - 1];
	const struct text name = known->name;
	if (known->effect && known->to != known->from)
		return procedure->steps[known->to].label;
	const int move = procedure_move_find(procedure, name);
	return move >= 0 ? procedure->moves[move].done : name;
}

enum guichet_status
dossier_explain_event(struct arena *arena, const struct procedure *procedure, const struct dossier *before,
	const struct dossier_event *event, struct dossier_explanation *ret_explanation, struct guichet_error *error)
{
	const bool first = !before || before->version == 0;
	struct dossier_explanation explanation = { .arena = arena, .procedure = procedure, .event = event->number,
		.type = event->type, .at = event->at,
		.filed = date_of_instant(first ? event->at : before->filed_at, NULL) };
	struct dossier after = first ? (struct dossier){ 0 } : *before;
	enum guichet_status status = replay(arena, procedure, before, event, &explanation, error);
	if (status == GUICHET_OK)
		status = dossier_fold(arena, procedure, &after, event, error);
	if (status == GUICHET_OK && explanation.full)
		status = OUT_OF_MEMORY(error);
	if (status != GUICHET_OK)
		return status;
	explanation.title = event_title(procedure, &after, event);
	*ret_explanation = explanation;
	return GUICHET_OK;
}
