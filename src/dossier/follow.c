/* What follows from an event: it is sealed and folded, then the new state tells the letters, the mails, the due
 * effects and the columns. */
#include "dossier/deciding.h"
#include "dossier/event.h"
#include "dossier/explanation.h"
#include "dossier/outside.h"

#include "base/banned.h"

/* In the order of writing, the main circuit first. */
static int
first_awaited(const struct dossier_facts *facts, dossier_roles awaited)
{
	const struct procedure *procedure = facts->procedure;
	for (size_t track = 0; track < procedure->track_count; track++) {
		const int step = dossier_stand_in(procedure, facts->dossier, (int)track).step;
		const struct procedure_list awaits = step < 0 ? (struct procedure_list){ 0 } : procedure->steps[step].awaits;
		for (size_t i = 0; i < awaits.count; i++)
			if (awaited & DOSSIER_ROLE(awaits.at[i]))
				return awaits.at[i];
	}
	return PROCEDURE_NONE;
}

enum guichet_status
deciding_columns(const struct inputs *inputs, struct dossier_columns *ret_columns, struct guichet_error *error)
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
	const dossier_roles awaited = dossier_awaited(procedure, inputs->facts->dossier);
	*ret_columns = (struct dossier_columns){
		.step = step->name,
		.waiting = first_awaited(inputs->facts, awaited),
		.awaited = awaited,
		.ended = dossier_is_ended(procedure, inputs->facts->dossier),
		.counts = procedure->once && !step->frees && !facts_nature(inputs->facts),
		.cells = cells,
		.cell_count = procedure->column_count,
	};
	return GUICHET_OK;
}

const struct dossier_due *
dossier_due_at_once(const struct dossier_due *dues, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (dues[i].at_once)
			return &dues[i];
	return NULL;
}

/* Those of one circuit, after those of the circuits before it. */
static enum guichet_status
add_dues(const struct inputs *inputs, const struct dossier_stand *stand, struct dossier_due *dues, size_t *count,
	bool *passes, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	const struct procedure_step *step = &procedure->steps[stand->step];
	const bool awaited = step->awaits_all && stand_awaited(procedure, stand) != 0;
	for (size_t i = 0; i < step->deadlines.count; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[step->deadlines.at[i]];
		enum guichet_status status;
		instant at, after;
		if (!stand_may_fire(inputs->facts->dossier, stand, deadline, &after)
			|| (deadline->passage && (*passes || awaited)))
			continue;
		if (deadline->passage) {
			status = inputs_condition(inputs, deadline->condition, passes, error);
			if (status != GUICHET_OK)
				return status;
			if (*passes)
				dues[(*count)++] = (struct dossier_due){ deadline->name, stand->step, inputs->facts->dossier->last_at, true };
			continue;
		}
		if (!deadline->when)
			continue; /* it waits for what happens to a child */
		status = inputs_instant(inputs, deadline->when, false, &at, error);
		if (status != GUICHET_OK)
			return status;
		if (at != INSTANT_NEVER && at > after)
			dues[(*count)++] = (struct dossier_due){ deadline->name, stand->step, at, false };
	}
	return GUICHET_OK;
}

enum guichet_status
decide_dues(const struct inputs *inputs, const struct dossier_due **ret_dues, size_t *ret_count,
	struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	const struct dossier *dossier = inputs->facts->dossier;
	size_t most = 1, count = 0;
	for (size_t track = 0; track < procedure->track_count; track++) {
		const int step = dossier_stand_in(procedure, dossier, (int)track).step;
		most += step < 0 ? 0 : procedure->steps[step].deadlines.count;
	}
	struct dossier_due *dues = arena_array_of(inputs->arena, struct dossier_due, most);
	bool passes = false;
	if (!dues)
		return OUT_OF_MEMORY(error);
	for (size_t track = 0; track < procedure->track_count; track++) {
		const struct dossier_stand stand = dossier_stand_in(procedure, dossier, (int)track);
		const enum guichet_status status = stand.step < 0 ? GUICHET_OK
			: add_dues(inputs, &stand, dues, &count, &passes, error);
		if (status != GUICHET_OK)
			return status;
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

/* To whoever holds the role; when the one who acts holds it, to them alone: it is their own act. What becomes of the
 * request of a structure is told to all those who ask for it. */
static enum guichet_status
add_mails(struct deciding *deciding, int mail, bool *ret_added)
{
	const struct procedure_list to = deciding->procedure->mails[mail].to;
	*ret_added = false;
	for (size_t i = 0; i < to.count; i++) {
		const int role = to.at[i];
		enum guichet_status status = GUICHET_OK;
		bool added = false;
		const bool applicant = deciding->procedure->roles[role].reach == PROCEDURE_APPLICANT;
		if (applicant && !deciding->procedure->of_structures) {
			const struct dossier_person subject = facts_subject(&deciding->facts);
			status = add_mail(deciding, mail, role, &subject, &added);
			*ret_added |= added;
			if (status != GUICHET_OK)
				return status;
			continue;
		}
		const bool own = !applicant && deciding->action && deciding_role(deciding) == role;
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
		    || (mail->steps.count > 0
			&& !dossier_stands_in(deciding->procedure, deciding->facts.dossier, mail->steps)))
			continue;
		const enum guichet_status status = add_mails(deciding, (int)i, &added);
		if (status != GUICHET_OK)
			return status;
		for (size_t j = 0; added && j < mail->to.count; j++)
			written_to |= DOSSIER_ROLE(mail->to.at[j]);
	}
	return entered ? add_late_mails(deciding, written_to) : GUICHET_OK;
}

static const struct dossier_act *
act_by_number(const struct dossier *dossier, struct text number)
{
	for (size_t i = 0; dossier && i < dossier->act_count; i++)
		if (text_equal(dossier->acts[i].number, number))
			return &dossier->acts[i];
	return NULL;
}

/* Which acts the event made and ended; undoing makes none, but some hold again. */
static enum guichet_status
acts_of(struct deciding *deciding, const struct dossier *before)
{
	struct dossier_outcome *outcome = deciding->outcome;
	const bool undone = outcome->event.type == DOSSIER_UNDONE;
	for (size_t i = 0; i < outcome->state.act_count; i++) {
		const struct dossier_act *act = &outcome->state.acts[i], *was = act_by_number(before, act->number);
		if (undone && act->status != DOSSIER_CANCELLED && (!was || was->status == DOSSIER_CANCELLED)
		    && !ITEMS_ADD(deciding->arena, &outcome->revived, &outcome->revived_count, act))
			return OUT_OF_MEMORY(deciding->error);
		if (!undone && act->status == DOSSIER_TO_COMPOSE && !was
		    && !ITEMS_ADD(deciding->arena, &outcome->composed, &outcome->composed_count, act))
			return OUT_OF_MEMORY(deciding->error);
	}
	for (size_t i = 0; before && i < before->act_count; i++) {
		const struct dossier_act *now = act_by_number(&outcome->state, before->acts[i].number);
		struct dossier_act act = before->acts[i];
		if (act.status == DOSSIER_CANCELLED || (now && now->status != DOSSIER_CANCELLED))
			continue;
		act.status = DOSSIER_CANCELLED;
		if (!ITEMS_ADD(deciding->arena, &outcome->cancelled, &outcome->cancelled_count, &act))
			return OUT_OF_MEMORY(deciding->error);
	}
	return GUICHET_OK;
}

/* Does somebody named by the directory hold one of these roles, or all of them? Roles held everywhere are not looked for
 * in every decision: they are taken as held. */
static bool
is_held(const struct deciding *deciding, const struct procedure_step *step)
{
	size_t held = 0;
	for (size_t i = 0; i < step->awaits.count; i++) {
		const enum procedure_reach reach = deciding->procedure->roles[step->awaits.at[i]].reach;
		bool found = reach != PROCEDURE_STRUCTURE && reach != PROCEDURE_DISTRICT;
		for (size_t j = 0; j < deciding->facts.holder_count; j++)
			found |= deciding->facts.holders[j].role == step->awaits.at[i];
		held += found;
	}
	return step->final || step->awaits.count == 0 || (step->awaits_all ? held == step->awaits.count : held > 0);
}

/* A step just entered must not wait for nobody: one's own request goes up, and at the top there is no one left. */
static enum guichet_status
tell_unheld(struct deciding *deciding, const struct dossier *before)
{
	const struct procedure *procedure = deciding->procedure;
	for (size_t track = 0; track < procedure->track_count; track++) {
		const struct dossier_stand stand = dossier_stand_in(procedure, deciding->facts.dossier, (int)track);
		if (stand.step < 0 || is_held(deciding, &procedure->steps[stand.step])
			|| (before && dossier_stands_at(procedure, before, stand.step)))
			continue;
		const struct text roles = decide_roles_text(deciding->arena, procedure, procedure->steps[stand.step].awaits);
		deciding->outcome->unheld = arena_format(deciding->arena, "Cette demande attend quelqu’un que l’annuaire ne nomme "
			"pas : %.*s. Complétez l’annuaire ou désignez un intérim, puis prévenez cette personne.", TEXT_ARGS(roles));
		if (!roles.at || !deciding->outcome->unheld.at)
			return OUT_OF_MEMORY(deciding->error);
	}
	return GUICHET_OK;
}

/* Seals the event, folds it, and finds what follows in the new state. `move` may be NONE. */
enum guichet_status
deciding_conclude(struct deciding *deciding, enum dossier_event_type type, json_t *payload, int move)
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
	if (outcome->entry_count || outcome->uncounted_count) {
		outcome->entry_origin = move < 0 ? TEXT("") : deciding->procedure->moves[move].done;
		if (!outside_count(deciding->arena, deciding->procedure, deciding->facts.counters, outcome, &deciding->facts.counters))
			return OUT_OF_MEMORY(deciding->error);
	}
	outcome->counters = deciding->facts.counters;
	if (deciding->facts.explanation)
		deciding->facts.explanation->after = true;
	status = inputs_new(deciding->arena, &deciding->facts, &deciding->inputs, deciding->error);
	if (status == GUICHET_OK)
		status = acts_of(deciding, before);
	if (status == GUICHET_OK && move >= 0)
		status = mails_of(deciding, move, !before || outcome->state.step != step_before);
	if (status == GUICHET_OK)
		status = tell_unheld(deciding, before);
	if (status == GUICHET_OK)
		status = decide_dues(&deciding->inputs, &outcome->dues, &outcome->due_count, deciding->error);
	if (status == GUICHET_OK)
		status = deciding_columns(&deciding->inputs, &outcome->columns, deciding->error);
	if (status == GUICHET_OK && move >= 0) {
		outcome->happened = deciding->procedure->moves[move].name;
		outcome->by_itself = type == DOSSIER_ELAPSED || type == DOSSIER_RECEIVED;
	}
	if (status == GUICHET_OK)
		outcome->kind = DOSSIER_HAPPENED;
	return status;
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
		status = deciding_columns(&inputs, ret_columns, error);
	return status;
}
