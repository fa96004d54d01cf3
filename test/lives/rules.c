/* The rules that every life keeps, judged from the bytes of its events and the directory of the tests, never by
 * asking the engine what it thinks of itself. See lives.h. */
#include "lives/judges.h"

#include "dossier/json.h"
#include "mail/mail.h"

#include "base/banned.h"

/* ---- reading an event ---- */

struct text
judge_text(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	return json_is_string(value) ? (struct text){ json_string_value(value), json_string_length(value) } : TEXT("");
}

/* The current step among those of the shadow that has this action or deadline; NONE when none. */
static int
current_with(const struct shadow *shadow, const struct procedure *procedure, struct text name, bool effect)
{
	for (size_t track = 0; track < MOST_TRACKS; track++) {
		const int step = shadow->steps[track];
		if (step < 0)
			continue;
		const int found = effect ? procedure_deadline_find(procedure, step, name)
			: procedure_action_find(procedure, step, name);
		if (found >= 0)
			return found;
	}
	return PROCEDURE_NONE;
}

static bool
window_is_open(const struct life *life, const struct shadow *shadow, int window, instant at)
{
	const struct campaign_window *planned = &life->world->campaign->windows[window];
	if (at >= planned->opens && at < planned->closes)
		return true;
	for (size_t i = 0; i < shadow->opening_count; i++) {
		if (shadow->openings[i].window == window && at < shadow->openings[i].until)
			return true;
	}
	return false;
}

/* ---- one event ---- */

/* The awaited roles of the action's step in which the person may have answered. */
static dossier_roles
roles_answering(const struct life *life, const struct procedure_action *action, struct text person, struct text subject)
{
	const struct procedure *procedure = life->ground->procedure;
	const struct procedure_step *step = &procedure->steps[action->step];
	dossier_roles roles = 0;
	for (size_t i = 0; i < step->awaits.count; i++) {
		if (procedure_list_has(action->who, step->awaits.at[i])
			&& judge_may_hold(life, &procedure->roles[step->awaits.at[i]], person, subject))
			roles |= DOSSIER_ROLE(step->awaits.at[i]);
	}
	return roles;
}

/* Where all of them answer, each does once. */
static void
judge_answer(struct life *life, struct shadow *shadow, const struct procedure_action *action, struct text person,
	struct text subject)
{
	const struct procedure_step *step = &life->ground->procedure->steps[action->step];
	const dossier_roles roles = roles_answering(life, action, person, subject);
	if (!step->awaits_all || !action->answers || !roles)
		return;
	if ((shadow->answered[step->track] & roles) == roles)
		life_breaks(life, "« %.*s » : ce rôle avait déjà répondu", TEXT_ARGS(action->name));
	shadow->answered[step->track] |= roles;
}

/* What is of right is not refused: the last event was unfavourable. */
static void
judge_right(struct life *life, const struct world_dossier *dossier)
{
	const struct procedure *procedure = life->ground->procedure;
	struct guichet_error error = { 0 };
	struct dossier_facts facts;
	struct feel_value of_right;
	if (procedure->entitled && world_facts(life->world, dossier->person, &dossier->state, life->world->now, &facts, &error)
		== GUICHET_OK && dossier_evaluate(&facts, procedure->entitled->rule, life->arena, &of_right, &error) == GUICHET_OK
		&& feel_is_true(of_right))
		life_breaks(life, "le dossier de %.*s est refusé alors qu’il est de droit", TEXT_ARGS(dossier->person));
}

/* What the event gave is what the dossier has. */
static void
judge_values(struct life *life, const struct world_dossier *dossier, const json_t *result)
{
	const json_t *values = json_object_get(result, "values"), *changes = json_object_get(result, "changes");
	const char *key;
	json_t *value;
	json_object_foreach((json_t *)values, key, value) {
		CLEANUP(json_decref) json_t *kept = feel_value_to_json(dossier_value_of(&dossier->state, text_of_string(key)));
		if (!json_equal(kept, value))
			life_breaks(life, "« %s » a été dit et n’est pas gardé", key);
	}
	for (size_t i = 0; i < json_array_size(changes); i++) {
		const json_t *change = json_array_get(changes, i);
		CLEANUP(json_decref) json_t *kept = feel_value_to_json(dossier_value_of(&dossier->state, judge_text(change, "field")));
		if (!json_equal(kept, json_object_get(change, "after")))
			life_breaks(life, "« %.*s » a changé et n’est pas gardé", TEXT_ARGS(judge_text(change, "field")));
	}
}

/* Some may file for somebody else, when they say why. */
static bool
files_for(const struct life *life, const struct world_dossier *dossier, struct text person, struct text ground)
{
	const struct procedure *procedure = life->ground->procedure;
	bool may = false;
	for (size_t i = 0; i < procedure->behalf.count && !dossier->parent; i++)
		may |= judge_may_hold(life, &procedure->roles[procedure->behalf.at[i]], person, dossier->person);
	return may && text_trim(ground).length > 0;
}

static void
judge_acted(struct life *life, struct shadow *shadow, const struct world_dossier *dossier, const struct dossier_event *event,
	const json_t *payload)
{
	const struct procedure *procedure = life->ground->procedure;
	const json_t *command = json_object_get(payload, "command"), *result = json_object_get(payload, "result"),
		*actor = json_object_get(json_object_get(payload, "actor"), "person");
	const struct text name = judge_text(command, "action"), person = judge_text(actor, "id");
	const int start = dossier->parent ? procedure_nature_find(procedure, dossier->state.nature) : PROCEDURE_NONE;
	const int index = event->type == DOSSIER_FILED
		? procedure_action_find(procedure, start < 0 ? 0 : procedure->natures[start].start, name)
		: current_with(shadow, procedure, name, false);
	if (index < 0) {
		life_breaks(life, "« %.*s » a été fait à une étape qui ne l’a pas", TEXT_ARGS(name));
		return;
	}
	const struct procedure_action *action = &procedure->actions[index];
	life->reach->actions[index]++;
	if (!judge_may_do(life, action, person, dossier->person)
		&& !(event->type == DOSSIER_FILED && files_for(life, dossier, person, judge_text(command, "ground"))))
		life_breaks(life, "%.*s a fait « %.*s » du dossier de %.*s sans en avoir le droit", TEXT_ARGS(person),
			TEXT_ARGS(name), TEXT_ARGS(dossier->person));
	if (action->during >= 0 && !window_is_open(life, shadow, action->during, event->at))
		life_breaks(life, "« %.*s » a été fait hors de la fenêtre « %.*s »", TEXT_ARGS(name),
			TEXT_ARGS(procedure->windows[action->during].name));
	if (procedure->steps[shadow->steps[0]].final && event->type == DOSSIER_ACTED
		&& action->step == shadow->steps[0])
		life_breaks(life, "« %.*s » a été fait après la fin", TEXT_ARGS(name));

	judge_answer(life, shadow, action, person, dossier->person);

	/* Why it is refused: a text of somebody, in this act or an unfavourable one before it. */
	const json_t *values = json_object_get(result, "values");
	const char *key;
	json_t *value;
	shadow->refused = action->sense == PROCEDURE_UNFAVOURABLE;
	if (shadow->refused) {
		json_object_foreach((json_t *)values, key, value) {
			const bool said = (json_is_string(value) && text_trim((struct text){ json_string_value(value),
				json_string_length(value) }).length > 0) || (json_is_array(value) && json_array_size(value) > 0);
			const struct text field = text_of_string(key);
			bool entered = false;
			for (size_t i = 0; i < action->enters.count && !entered; i++)
				entered |= text_equal(procedure->fields[action->enters.at[i]].name, field);
			shadow->grounds |= said && entered;
		}
		if (!shadow->grounds)
			life_breaks(life, "« %.*s » est défavorable et personne n’a dit pourquoi", TEXT_ARGS(name));
	}

	const json_t *opened = json_object_get(result, "opened");
	json_object_foreach((json_t *)opened, key, value) {
		const int window = procedure_window_find(procedure, text_of_string(key));
		if (window >= 0 && shadow->opening_count < sizeof shadow->openings / sizeof *shadow->openings) {
			shadow->openings[shadow->opening_count].window = window;
			shadow->openings[shadow->opening_count++].until = json_integer_value(value);
		}
	}

	const json_t *signature = json_object_get(result, "signed");
	for (size_t i = 0; signature && i < shadow->act_count; i++) {
		if (!text_equal(shadow->acts[i].act, judge_text(signature, "act")))
			continue;
		const struct procedure_list signers = procedure->letters[shadow->acts[i].letter].signers;
		const int role = procedure_role_find(procedure, judge_text(signature, "role")), rank = shadow->acts[i].signers++;
		if (rank >= (int)signers.count || signers.at[rank] != role)
			life_breaks(life, "« %.*s » a été signé hors de son tour", TEXT_ARGS(judge_text(signature, "role")));
		if (!judge_may_hold(life, &procedure->roles[role], person, dossier->person)
			&& !judge_signs_for(life, action, person, dossier->person))
			life_breaks(life, "%.*s a signé au nom d’un rôle qui n’est pas le sien", TEXT_ARGS(person));
	}
}

static void
judge_elapsed(struct life *life, struct shadow *shadow, const struct dossier_event *event, const json_t *payload)
{
	const struct procedure *procedure = life->ground->procedure;
	const struct text name = judge_text(payload, "effect");
	const instant due = json_integer_value(json_object_get(payload, "due"));
	const int index = current_with(shadow, procedure, name, true);
	life->effects++;
	if (index < 0) {
		life_breaks(life, "l’échéance « %.*s » a eu lieu à une étape qui ne l’a pas", TEXT_ARGS(name));
		return;
	}
	life->reach->deadlines[index]++;
	const instant expected = due > shadow->last_at ? due : shadow->last_at;
	if (event->at != expected)
		life_breaks(life, "l’échéance « %.*s » n’a pas eu lieu à son instant", TEXT_ARGS(name));
	const struct procedure_step *step = &procedure->steps[procedure->deadlines[index].step];
	const unsigned stay = shadow->stays[step->track];
	for (size_t i = 0; procedure->deadlines[index].passage && step->awaits_all && i < step->awaits.count; i++) {
		if (!(shadow->answered[step->track] & DOSSIER_ROLE(step->awaits.at[i])))
			life_breaks(life, "« %.*s » est passé sans la réponse de tous", TEXT_ARGS(name));
	}
	for (size_t i = 0; i < shadow->fired_count; i++) {
		if (shadow->fired[i].deadline == index && shadow->fired[i].stay == stay && shadow->fired[i].due == due)
			life_breaks(life, "l’échéance « %.*s » a eu lieu deux fois", TEXT_ARGS(name));
	}
	int times = 1;
	for (size_t i = 0; i < shadow->fired_count; i++)
		times += procedure->deadlines[shadow->fired[i].deadline].move == procedure->deadlines[index].move;
	if (procedure->deadlines[index].most > 0 && times > procedure->deadlines[index].most)
		life_breaks(life, "l’échéance « %.*s » a eu lieu %d fois", TEXT_ARGS(name), times);
	if (shadow->fired_count < MOST_STAYS) {
		shadow->fired[shadow->fired_count].deadline = index;
		shadow->fired[shadow->fired_count].due = due;
		shadow->fired[shadow->fired_count++].stay = stay;
	}
}

/* A child brings with it only an effect of where its parent stands. */
static void
judge_received(struct life *life, const struct shadow *shadow, const json_t *payload)
{
	const struct text name = judge_text(payload, "effect");
	const int index = name.length > 0 ? current_with(shadow, life->ground->procedure, name, true) : PROCEDURE_NONE;
	if (index >= 0)
		life->reach->deadlines[index]++;
	else if (name.length > 0)
		life_breaks(life, "« %.*s » arrive d’un autre dossier à une étape qui ne l’attend pas", TEXT_ARGS(name));
}

static void
come_to(struct shadow *shadow, int track, int step, instant at)
{
	shadow->steps[track] = step;
	shadow->stays[track]++;
	shadow->answered[track] = 0;
	if (shadow->move_count < MOST_STAYS) {
		shadow->moves[shadow->move_count].at = at;
		shadow->moves[shadow->move_count].track = track;
		shadow->moves[shadow->move_count++].step = step;
	}
}

static void
follow(struct life *life, struct shadow *shadow, const struct dossier_event *event, const json_t *payload)
{
	const struct procedure *procedure = life->ground->procedure;
	const json_t *result = json_object_get(payload, "result");
	const struct text to = judge_text(result, "to");
	const int step = to.length > 0 ? procedure_step_find(procedure, to) : PROCEDURE_NONE;
	if (event->at < shadow->last_at)
		life_breaks(life, "un événement précède celui d’avant");
	shadow->last_at = event->at;
	if (step >= 0)
		life->reach->steps[step]++;
	if (step >= 0)
		come_to(shadow, procedure->steps[step].track, step, event->at);
	const struct text moved = event->type == DOSSIER_ELAPSED ? judge_text(payload, "effect")
		: judge_text(json_object_get(payload, "command"), "action");
	const int move = procedure_move_find(procedure, moved);
	for (size_t i = 0; move >= 0 && i < procedure->clock_count && i < MOST_RUNNING; i++) {
		if (procedure_list_has(procedure->clocks[i].starts, move))
			shadow->started[i] = date_of_instant(event->at, NULL);
		else if (procedure_list_has(procedure->clocks[i].stops, move))
			shadow->started[i] = (struct date){ 0 };
	}
}

/* The action of that event when it may be undone; else what follows one. */
static void
keep_before(struct life *life, size_t index, const struct dossier_event *event, const json_t *payload)
{
	const struct procedure *procedure = life->ground->procedure;
	struct shadow *shadow = &life->shadows[index];
	const int action = event->type != DOSSIER_ACTED ? PROCEDURE_NONE : current_with(shadow, procedure,
		judge_text(json_object_get(payload, "command"), "action"), false);
	const int effect = event->type != DOSSIER_ELAPSED ? PROCEDURE_NONE : current_with(shadow, procedure,
		judge_text(payload, "effect"), true);
	if (action >= 0 && procedure->actions[action].undo_for > 0) {
		judge_keep(life, index, &procedure->actions[action], event,
			judge_text(json_object_get(json_object_get(payload, "actor"), "person"), "id"));
		shadow->followed = false;
	} else if (event->type != DOSSIER_COMPOSED_EVENT && !(effect >= 0 && procedure->deadlines[effect].passage)) {
		shadow->followed = true;
	}
}

/* A dossier stays on the version of the procedure under which it was filed. */
static void
judge_version(struct life *life, struct shadow *shadow, const json_t *payload)
{
	const struct text version = judge_text(json_object_get(payload, "facts"), "procedure");
	if (shadow->event_count == 0)
		shadow->version = arena_text(life->arena, version);
	else if (version.length > 0 && !text_equal(version, shadow->version))
		life_breaks(life, "le dossier a changé de version de sa procédure");
}

static void
judge_event(struct life *life, size_t index, const struct dossier_event *event)
{
	struct guichet_error error = { 0 };
	struct shadow *shadow = &life->shadows[index];
	const struct world_dossier *dossier = &life->world->dossiers[index];
	CLEANUP(json_decref) json_t *payload = json_parse(event->payload, "L’événement", &error);
	if (!payload) {
		life_breaks(life, "un événement ne se lit pas : %s", error.message);
		return;
	}
	if (event->number != shadow->event_count + 1)
		life_breaks(life, "l’événement %u suit l’événement %zu", event->number, shadow->event_count);
	shadow->refused = false;
	judge_version(life, shadow, payload);
	if (event->type == DOSSIER_UNDONE) {
		if (event->at < shadow->last_at)
			life_breaks(life, "un événement précède celui d’avant");
		shadow->last_at = event->at;
		judge_undone(life, index, event, payload);
	} else {
		keep_before(life, index, event, payload);
		if (event->type == DOSSIER_FILED || event->type == DOSSIER_ACTED)
			judge_acted(life, shadow, dossier, event, payload);
		else if (event->type == DOSSIER_ELAPSED)
			judge_elapsed(life, shadow, event, payload);
		else if (event->type == DOSSIER_RECEIVED)
			judge_received(life, shadow, payload);
		judge_invented(life, shadow, dossier, event, payload);
		follow(life, shadow, event, payload);
		judge_note_acts(life, shadow, event, payload);
		judge_note_accounts(life, shadow, dossier, event, payload);
	}
	shadow->event_count++;
	if (event->type != DOSSIER_COMPOSED_EVENT && event->type != DOSSIER_RECEIVED)
		shadow->changed = event->number;
	if (shadow->event_count < dossier->event_count)
		return;
	/* The engine and the reading of its events must agree on what is said, and on where the dossier is. */
	if (shadow->refused)
		judge_right(life, dossier);
	if (event->type != DOSSIER_UNDONE)
		judge_values(life, dossier, json_object_get(payload, "result"));
	if (dossier->state.step != shadow->steps[0])
		life_breaks(life, "le dossier est à l’étape « %.*s », ses événements disent autre chose",
			TEXT_ARGS(life->ground->procedure->steps[dossier->state.step].name));
}

void
rules_judge_events(struct life *life)
{
	for (size_t i = 0; i < life->world->dossier_count && i < MOST_LIFE_DOSSIERS; i++) {
		struct shadow *shadow = &life->shadows[i];
		const struct world_dossier *dossier = &life->world->dossiers[i];
		const struct procedure *procedure = life->ground->procedure;
		for (size_t track = 1; shadow->event_count == 0 && track < MOST_TRACKS; track++)
			shadow->steps[track] = track < procedure->track_count ? procedure->tracks[track].steps.at[0] : PROCEDURE_NONE;
		while (shadow->event_count < dossier->event_count && life->broken.length == 0)
			judge_event(life, i, &dossier->events[shadow->event_count]);
	}
	for (size_t i = 0; i < life->world->dossier_count && i < MOST_LIFE_DOSSIERS && life->broken.length == 0; i++)
		judge_acts(life, i);
}

/* ---- time ---- */

void
rules_judge_time(struct life *life)
{
	struct world *world = life->world;
	if (world->trouble.length > 0 && judge_nobody(life))
		world->trouble = TEXT("");
	if (world->trouble.length > 0)
		life_breaks(life, "%.*s", TEXT_ARGS(world->trouble));
	judge_holders(life);
	for (size_t i = 0; i < world->dossier_count; i++) {
		for (size_t j = 0; j < world->dossiers[i].due_count; j++) {
			if (world->dossiers[i].dues[j].at <= world->now)
				life_breaks(life, "l’échéance « %.*s » est passée et n’a pas eu lieu",
					TEXT_ARGS(world->dossiers[i].dues[j].effect));
		}
	}
	if (!world->procedure->once)
		return;
	for (size_t i = 0; i < world->dossier_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (!world->dossiers[i].parent && !world->dossiers[j].parent
				&& text_equal(world->dossiers[i].person, world->dossiers[j].person)
				&& !world->procedure->steps[world->dossiers[i].state.step].frees
				&& !world->procedure->steps[world->dossiers[j].state.step].frees)
				life_breaks(life, "%.*s a deux demandes dans la campagne", TEXT_ARGS(world->dossiers[i].person));
		}
	}
}

/* ---- commands ---- */

void
rules_judge_command(struct life *life, const struct world_dossier *dossier, struct text state_before, struct text person,
	const struct dossier_command *command, const struct dossier_outcome *outcome)
{
	if (outcome->kind != DOSSIER_HAPPENED) {
		if (outcome->message.length == 0)
			life_breaks(life, "« %.*s » est refusé à %.*s sans un mot", TEXT_ARGS(command->action), TEXT_ARGS(person));
		if (dossier && state_before.length > 0
			&& !text_equal(state_before, dossier_to_json(life->arena, life->ground->procedure, &dossier->state)))
			life_breaks(life, "« %.*s » est refusé et a changé le dossier", TEXT_ARGS(command->action));
		return;
	}
	const struct shadow *shadow = dossier ? &life->shadows[dossier - life->world->dossiers] : NULL;
	if (shadow && shadow->event_count > 0 && command->expected > 0 && command->expected < shadow->changed)
		life_breaks(life, "« %.*s » est accepté d’une personne qui n’avait pas vu le dernier changement",
			TEXT_ARGS(command->action));
}

void
rules_judge_mails(struct life *life)
{
	struct world *world = life->world;
	life->mails += world->mail_count;
	for (size_t i = 0; i < world->mail_count; i++) {
		struct clock_time time;
		const instant leaves = mail_next_allowed(world->now);
		(void)date_of_instant(leaves, &time);
		if (time.hour < 7 || time.hour >= 19 || leaves < world->now)
			life_breaks(life, "un courrier partirait à %d h %02d", time.hour, time.minute);
		if (world->mails[i].to.length == 0)
			life_breaks(life, "un courrier n’a pas de destinataire");
	}
	world->mail_count = 0;
}

/* ---- clocks ---- */

/* Was the dossier in one of these steps at the end of that day? */
static bool
was_in(const struct shadow *shadow, struct procedure_list steps, struct date day)
{
	int where[MOST_TRACKS];
	const instant end = instant_of_day(date_add_days(day, 1));
	for (size_t track = 0; track < MOST_TRACKS; track++)
		where[track] = PROCEDURE_NONE;
	for (size_t i = 0; i < shadow->move_count && shadow->moves[i].at < end; i++)
		where[shadow->moves[i].track] = shadow->moves[i].step;
	for (size_t track = 0; track < MOST_TRACKS; track++) {
		if (where[track] >= 0 && procedure_list_has(steps, where[track]))
			return true;
	}
	return false;
}

int64_t
judge_days_in(const struct shadow *shadow, int step, instant at)
{
	int64_t days = 0;
	const struct date last = date_of_instant(at, NULL);
	for (struct date day = date_of_instant(shadow->moves[0].at, NULL); shadow->move_count > 0 && date_compare(day, last) < 0;
		day = date_add_days(day, 1))
		days += was_in(shadow, (struct procedure_list){ &step, 1 }, day);
	return days;
}

/* The days that a clock stood still, one by one. */
static void
judge_clocks(struct life *life, const struct shadow *shadow, const struct world_dossier *dossier)
{
	const struct procedure *procedure = life->ground->procedure;
	const struct date today = date_of_instant(life->world->now, NULL);
	for (size_t i = 0; i < procedure->clock_count && i < MOST_RUNNING; i++) {
		const struct procedure_clock *clock = &procedure->clocks[i];
		struct feel_findings findings = { 0 };
		struct guichet_error error = { 0 };
		struct dossier_facts facts;
		struct feel_value told = { 0 };
		int64_t days = 0;
		if (shadow->started[i].year == 0 || clock->suspends.count == 0)
			continue;
		for (struct date day = shadow->started[i]; date_compare(day, today) < 0; day = date_add_days(day, 1))
			days += was_in(shadow, clock->suspends, day);
		const struct feel *feel = feel_read(life->arena, procedure->case_scope, arena_format(life->arena,
			"délai." TEXT_FORMAT ".jours_suspendus", TEXT_ARGS(clock->name)), &findings);
		if (!feel || world_facts(life->world, dossier->person, &dossier->state, life->world->now, &facts, &error) != GUICHET_OK
			|| dossier_evaluate(&facts, feel, life->arena, &told, &error) != GUICHET_OK)
			life_breaks(life, "le délai « %.*s » ne se lit pas", TEXT_ARGS(clock->name));
		else if (!feel_is_true(feel_equal(told, feel_integer(days))))
			life_breaks(life, "le délai « %.*s » s’est arrêté %lld jours, et dit autre chose", TEXT_ARGS(clock->name),
				(long long)days);
	}
}

/* ---- the record ---- */

void
rules_judge_record(struct life *life)
{
	if (life->broken.length == 0)
		judge_accounts(life);
	for (size_t i = 0; i < life->world->dossier_count && life->broken.length == 0; i++) {
		const struct world_dossier *dossier = &life->world->dossiers[i];
		const struct procedure *procedure = life->ground->procedure;
		if (i < MOST_LIFE_DOSSIERS)
			judge_clocks(life, &life->shadows[i], dossier);
		struct guichet_error error = { 0 };
		struct dossier state = { 0 };
		enum guichet_status status = dossier_chain_verify(dossier->events, dossier->event_count, &dossier->state.head,
			&error);
		for (size_t j = 0; j < dossier->event_count && status == GUICHET_OK; j++) {
			status = dossier_replay(life->arena, procedure, &state, &dossier->events[j], &error);
			if (status == GUICHET_OK)
				status = dossier_fold(life->arena, procedure, &state, &dossier->events[j], &error);
		}
		if (status != GUICHET_OK)
			life_breaks(life, "rejoué depuis le début : %s", error.message);
		else if (!text_equal(dossier_to_json(life->arena, procedure, &state),
			dossier_to_json(life->arena, procedure, &dossier->state)))
			life_breaks(life, "rejoués depuis le début, les événements ne redonnent pas le même état");
	}
}
