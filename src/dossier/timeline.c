/* The timeline of a dossier: its past as its events tell it, where it stands, what is to come. */
#include "base/buffer.h"
#include "dossier/decide.h"
#include "dossier/event.h"
#include "dossier/view.h"

#include "base/banned.h"

struct telling {
	const struct dossier_facts *facts;
	const struct dossier_viewer *viewer;
	bool applicant;
	struct arena *arena;
	const struct dossier_moment *moments;
	size_t count;
};

static bool
tell(struct telling *telling, const struct dossier_moment *moment)
{
	return ITEMS_ADD(telling->arena, &telling->moments, &telling->count, moment);
}

/* The label of a step: of a suivi, with what it follows. `at` is NULL when the arena is full. */
static struct text
step_title(const struct dossier_facts *facts, struct arena *arena, int step, bool applicant)
{
	const struct text label = view_label(facts, step, applicant);
	const int track = facts->procedure->steps[step].track;
	return track == 0 ? label : arena_format(arena, "%.*s : %.*s", TEXT_ARGS(facts->procedure->tracks[track].label),
		TEXT_ARGS(label));
}

/* ---- past ---- */

/* How an effect is told: as it says itself, or by where it led. */
static struct text
effect_title(const struct dossier_facts *facts, struct arena *arena, int move, int from, int to, bool applicant)
{
	const struct procedure *procedure = facts->procedure;
	const int effect = from < 0 ? PROCEDURE_NONE : procedure_deadline_find(procedure, from, procedure->moves[move].name);
	if (effect >= 0 && procedure->deadlines[effect].done.length > 0)
		return procedure->deadlines[effect].done;
	return to >= 0 ? step_title(facts, arena, to, applicant) : procedure->moves[move].done;
}

/* The action of an event that led to a veiled step, told by its name and where it led: an event does not say where
 * it stood. */
static const struct procedure_action *
veiling_of(const struct procedure *procedure, int move, int to)
{
	const struct procedure_list actions = procedure->moves[move].actions;
	for (size_t i = 0; view_step_is_veiled(&procedure->steps[to]) && i < actions.count; i++) {
		const struct procedure_action *action = &procedure->actions[actions.at[i]];
		if (action->to == to && action->step != to)
			return action;
	}
	return NULL;
}

/* What the actor gave, in the order of the procedure. */
static bool
tell_values(struct json_reader *reader, const json_t *values, unsigned version, struct dossier_moment *moment)
{
	const struct procedure *procedure = reader->procedure;
	for (size_t i = 0; i < procedure->field_count; i++) {
		const struct procedure_field *field = &procedure->fields[i];
		const json_t *json = field->section < 0 ? json_object_getn(values, field->name.at, field->name.length) : NULL;
		if (!json || json_is_null(json))
			continue;
		const struct dossier_value value = { field->name, json_value(reader, field->feel_type, json), version, NULL };
		if (!ITEMS_ADD(reader->arena, &moment->values, &moment->value_count, &value))
			return false;
	}
	return true;
}

static bool
tell_changes(struct json_reader *reader, const json_t *result, const struct dossier_event *event, struct text by,
	struct dossier_moment *moment)
{
	const json_t *changes = json_object_get(result, "changes");
	for (size_t i = 0; i < json_array_size(changes) && !reader->failed; i++) {
		const json_t *item = json_array_get(changes, i);
		struct dossier_change change = { .field = json_text_at(reader, item, "field"), .version = event->number,
			.by = by, .reason = json_text_at(reader, result, "reason"), .at = event->at };
		const struct feel_type *type = value_type_find(reader->procedure, change.field);
		reader->failed |= !type;
		change.before = type ? json_value(reader, type, json_object_get(item, "before")) : change.before;
		change.after = type ? json_value(reader, type, json_object_get(item, "after")) : change.after;
		if (!ITEMS_ADD(reader->arena, &moment->changes, &moment->change_count, &change))
			return false;
	}
	return true;
}

/* "Attestation : attestation.pdf ; Plan : renvoyée, il est illisible". Of a piece that only some may open, not more than
 * what was done of it. False when the arena is full. */
static bool
tell_pieces(struct json_reader *reader, const json_t *command, const json_t *result, struct dossier_moment *moment)
{
	const struct procedure *procedure = reader->procedure;
	const json_t *given = json_object_get(command, "pieces"), *examined = json_object_get(result, "examined");
	CLEANUP(buffer_release) struct buffer out = buffer_new(16 << 10);
	for (size_t i = 0; i < json_array_size(given); i++) {
		const struct dossier_piece piece = json_piece(reader, json_array_get(given, i));
		const int index = procedure_piece_find(procedure, piece.name);
		if (index < 0)
			continue;
		const bool reserved = procedure->pieces[index].readers.count > 0;
		buffer_format(&out, "%s%.*s : %.*s", out.length ? " ; " : "", TEXT_ARGS(procedure->pieces[index].label),
			TEXT_ARGS(reserved ? TEXT("jointe") : piece.file));
	}
	for (size_t i = 0; i < procedure->piece_count && json_object_size(examined) > 0; i++) {
		const struct text name = procedure->pieces[i].name;
		const json_t *verdict = json_object_getn(examined, name.at, name.length);
		if (!verdict)
			continue;
		const struct text state = procedure_piece_states[json_piece_state(reader, json_object_get(verdict, "state"))],
			ground = procedure->pieces[i].readers.count > 0 ? TEXT("") : json_text_at(reader, verdict, "ground");
		buffer_format(&out, "%s%.*s : %.*s%s%.*s", out.length ? " ; " : "", TEXT_ARGS(procedure->pieces[i].label),
			TEXT_ARGS(state), ground.length ? ", " : "", TEXT_ARGS(ground));
	}
	if (out.length > 0)
		moment->detail = out.failed ? (struct text){ NULL, 0 } : arena_text(reader->arena, buffer_text(&out));
	return moment->detail.at != NULL;
}

static bool
is_read(const struct dossier_facts *facts, const struct dossier_viewer *viewer, struct text name)
{
	const int field = procedure_field_find(facts->procedure, name);
	return field < 0 || facts->procedure->fields[field].readers.count == 0
		|| facts_has_role(facts->procedure->fields[field].readers, facts_roles(facts, viewer->person, viewer->roles));
}

/* What somebody else typed in fields that the viewer may not read. */
static void
leave_out_unread(const struct dossier_facts *facts, const struct dossier_viewer *viewer, struct dossier_moment *moment)
{
	struct dossier_value *values = (struct dossier_value *)moment->values; /* made for this moment alone */
	struct dossier_change *changes = (struct dossier_change *)moment->changes;
	size_t value_count = 0, change_count = 0;
	for (size_t i = 0; i < moment->value_count; i++)
		if (is_read(facts, viewer, values[i].name))
			values[value_count++] = values[i];
	for (size_t i = 0; i < moment->change_count; i++)
		if (is_read(facts, viewer, changes[i].field))
			changes[change_count++] = changes[i];
	moment->value_count = value_count;
	moment->change_count = change_count;
}

/* Fills the moment of an event whose payload is there. */
static enum guichet_status
tell_payload(const struct dossier_facts *facts, const struct dossier_viewer *viewer, const struct dossier_event *event,
	const json_t *payload, struct arena *arena, struct dossier_moment *moment, bool *told, struct guichet_error *error)
{
	const bool applicant = view_as_applicant(facts, viewer);
	const struct procedure *procedure = facts->procedure;
	struct json_reader reader = { .arena = arena, .procedure = procedure };
	const json_t *child = event->type == DOSSIER_RECEIVED
		? json_object_get(json_object_get(payload, "facts"), "child") : NULL;
	const bool effect = event->type == DOSSIER_ELAPSED || (child && json_object_get(payload, "effect"));
	const json_t *command = json_object_get(payload, "command"),
		*undone = event->type == DOSSIER_UNDONE ? json_object_get(payload, "undoes") : NULL,
		*result = undone ? undone : json_object_get(payload, "result");
	const struct text name = undone ? json_text_at(&reader, undone, "action") : effect ? json_text_at(&reader, payload, "effect")
			: child ? json_text_at(&reader, child, "move") : json_text_at(&reader, command, "action"),
		to_name = json_text_at(&reader, result, "to");
	const int move = procedure_move_find(procedure, name),
		to = to_name.length > 0 ? procedure_step_find(procedure, to_name) : PROCEDURE_NONE;
	const struct dossier_person person = json_person(&reader,
		json_object_get(json_object_get(payload, "actor"), "person"));
	const struct text by = dossier_person_name(arena, &person);
	const struct dossier_done *last = dossier_last(facts->dossier);
	if (reader.failed || !by.at || move < 0 || (to_name.length > 0 && to < 0))
		return reader.full || !by.at ? OUT_OF_MEMORY(error)
			: guichet_fail(error, GUICHET_REFUSED, "L’événement %u du dossier ne se lit pas.", event->number);
	const int from = effect ? procedure_step_find(procedure, json_text_at(&reader, payload, "step")) : PROCEDURE_NONE;
	const int told_by = from < 0 ? PROCEDURE_NONE : procedure_deadline_find(procedure, from, name);
	/* What happened by itself and led where it stands now is told by what it is now. */
	const bool is_now = effect && !child && to == facts->dossier->step && last && last->version == event->number
		&& (told_by < 0 || procedure->deadlines[told_by].done.length == 0);
	if (json_is_true(json_object_get(result, "skipped")) || is_now)
		return GUICHET_OK;
	if (applicant && view_hides(facts, to < 0 || effect ? NULL : veiling_of(procedure, move, to), event->number))
		return GUICHET_OK;
	moment->child = json_text_at(&reader, child, "id");
	moment->child_number = json_text_at(&reader, child, "number");
	moment->title = effect && !child ? effect_title(facts, arena, move, from, to, applicant) : procedure->moves[move].done;
	if (undone)
		moment->title = arena_format(arena, "Annulé : %.*s", TEXT_ARGS(moment->title));
	if (!moment->title.at)
		return OUT_OF_MEMORY(error);
	moment->by = event_by(arena, &person, facts->dossier->subject);
	const bool well = moment->by.at && moment->title.at && tell_changes(&reader, result, event, by, moment)
		&& (event->number == 1 || (tell_values(&reader, json_object_get(result, "values"), event->number, moment)
			&& tell_pieces(&reader, command, result, moment)));
	if (!well || reader.full)
		return OUT_OF_MEMORY(error);
	if (reader.failed)
		return guichet_fail(error, GUICHET_REFUSED, "L’événement %u du dossier ne se lit pas.", event->number);
	if (viewer->person.length == 0 || !text_equal(person.id, viewer->person))
		leave_out_unread(facts, viewer, moment);
	*told = true;
	return GUICHET_OK;
}

static enum guichet_status
tell_event(const struct dossier_facts *facts, const struct dossier_viewer *viewer, const struct dossier_event *event, struct arena *arena,
	struct dossier_moment *ret_moment, bool *ret_told, struct guichet_error *error)
{
	*ret_told = false;
	*ret_moment = (struct dossier_moment){ .kind = DOSSIER_PAST, .at = event->at, .title = TEXT("Contenu effacé"),
		.by = TEXT(""), .detail = TEXT("") };
	if (event->type == DOSSIER_COMPOSED_EVENT)
		return GUICHET_OK;
	if (event->payload.length == 0) {
		*ret_told = !view_as_applicant(facts, viewer) || !view_hides(facts, NULL, event->number);
		return GUICHET_OK;
	}
	/* All that tell_payload() reads: most of an event is what was read outside and typed. */
	static const char *const others[] = { "actor", "person", "command", "action", "pieces", "result", "to", "changes",
		"reason", "skipped", "values", "examined", "undoes", "effect", "step", "facts", "child", NULL };
	/* What was filed is told elsewhere. */
	static const char *const filed[] = { "actor", "person", "command", "action", "result", "to", "changes", "reason", NULL };
	CLEANUP(json_decref) json_t *payload = json_parse_only(arena, event->payload, event->number == 1 ? filed : others,
		"Un événement du dossier", error);
	return payload ? tell_payload(facts, viewer, event, payload, arena, ret_moment, ret_told, error) : error->status;
}

enum guichet_status
dossier_tell_event(const struct dossier_facts *facts, const struct dossier_viewer *viewer,
	const struct dossier_event *event, struct arena *arena, struct dossier_moment *ret_moment, bool *ret_told,
	struct guichet_error *error)
{
	return tell_event(facts, viewer, event, arena, ret_moment, ret_told, error);
}

static enum guichet_status
tell_past(struct telling *telling, const struct dossier_event *events, size_t count, struct guichet_error *error)
{
	for (size_t i = 0; i < count; i++) {
		struct dossier_moment moment;
		bool told;
		const enum guichet_status status = tell_event(telling->facts, telling->viewer, &events[i], telling->arena,
			&moment, &told, error);
		if (status != GUICHET_OK)
			return status;
		if (told && !tell(telling, &moment))
			return OUT_OF_MEMORY(error);
	}
	return GUICHET_OK;
}

/* ---- now and next ---- */

/* What it means that nobody answered until then; empty when it is not said. */
static struct text
silence_text(enum procedure_silence silence)
{
	switch (silence) {
	case PROCEDURE_SILENCE_ACCEPTS:
		return TEXT("Sans réponse d’ici là, c’est accepté.");
	case PROCEDURE_SILENCE_REFUSES:
		return TEXT("Sans réponse d’ici là, c’est refusé.");
	case PROCEDURE_SILENCE_NOTHING:
		return TEXT("Sans réponse d’ici là, rien n’est décidé.");
	case PROCEDURE_SILENCE_UNSAID:
		break;
	}
	return TEXT("");
}

/* What happens if nobody does anything: as the step says it, or as the silence of one of its échéances does. */
static struct text
if_nothing_text(const struct procedure *procedure, const struct procedure_step *step)
{
	for (size_t i = 0; step->if_nothing.length == 0 && i < step->deadlines.count; i++) {
		const enum procedure_silence silence = procedure->deadlines[step->deadlines.at[i]].silence;
		if (silence == PROCEDURE_SILENCE_ACCEPTS || silence == PROCEDURE_SILENCE_REFUSES)
			return silence == PROCEDURE_SILENCE_ACCEPTS ? TEXT("Le silence vaut acceptation.")
				: TEXT("Le silence vaut refus.");
	}
	return step->if_nothing;
}

/* "Ont répondu : … ; attendus : …" where all are awaited; else empty. */
static struct text
tell_answers(const struct telling *telling, const struct dossier_stand *stand)
{
	const struct procedure *procedure = telling->facts->procedure;
	const struct procedure_step *step = &procedure->steps[stand->step];
	CLEANUP(buffer_release) struct buffer out = buffer_new(4096);
	for (int answered = 1; step->awaits_all && answered >= 0; answered--) {
		size_t count = 0;
		for (size_t i = 0; i < step->awaits.count; i++) {
			if (!(stand->answered & DOSSIER_ROLE(step->awaits.at[i])) == (answered == 1))
				continue;
			buffer_format(&out, "%s%.*s", count++ ? ", " : answered ? "Réponse donnée : " : out.length ? " ; attendue : "
				: "Réponse attendue : ", TEXT_ARGS(procedure->roles[step->awaits.at[i]].label));
		}
	}
	if (out.length > 0)
		buffer_format(&out, ".");
	return out.failed ? (struct text){ NULL, 0 } : arena_text(telling->arena, buffer_text(&out));
}

/* Where it stands in one circuit; a suivi that has not begun and awaits nobody is left untold. */
static bool
tell_stand(struct telling *telling, int track)
{
	const struct dossier *dossier = telling->facts->dossier;
	const struct procedure *procedure = telling->facts->procedure;
	const struct dossier_stand stand = dossier_stand_in(procedure, dossier, track);
	if (stand.step < 0 || (track > 0 && stand.step == procedure->tracks[track].steps.at[0]
		&& stand.entered_at == dossier->filed_at && !stand_awaited(procedure, &stand)))
		return true;
	const struct procedure_step *step = &procedure->steps[stand.step];
	const struct text answers = tell_answers(telling, &stand),
		told = telling->applicant ? step->explain : if_nothing_text(procedure, step),
		title = step_title(telling->facts, telling->arena, stand.step, telling->applicant), detail = answers.length == 0 ? told
			: told.length == 0 ? answers : arena_format(telling->arena, "%.*s %.*s", TEXT_ARGS(told), TEXT_ARGS(answers));
	return answers.at && title.at && (detail.at || detail.length == 0) && tell(telling, &(struct dossier_moment){
		.kind = DOSSIER_NOW,
		.at = stand.entered_at,
		.title = title,
		.by = TEXT(""),
		.detail = detail,
	});
}

static bool
tell_now(struct telling *telling)
{
	bool well = true;
	for (size_t track = 0; well && track < telling->facts->procedure->track_count; track++)
		well = tell_stand(telling, (int)track);
	return well;
}

/* The steps where the dossier may still come, its own included. NULL without memory. */
static bool *
steps_ahead(struct arena *arena, const struct procedure *procedure, const struct dossier *dossier)
{
	bool *ahead = arena_array_of(arena, bool, procedure->step_count);
	int *waiting = arena_array_of(arena, int, procedure->step_count);
	size_t count = 0;
	if (!ahead || !waiting)
		return NULL;
	for (size_t track = 0; track < procedure->track_count; track++) {
		const int from = dossier_stand_in(procedure, dossier, (int)track).step;
		if (from < 0)
			continue;
		ahead[from] = true;
		waiting[count++] = from;
	}
	while (count > 0) {
		const struct procedure_step *step = &procedure->steps[waiting[--count]];
		for (size_t i = 0; i < step->actions.count + step->deadlines.count; i++) {
			const int to = i < step->actions.count ? procedure->actions[step->actions.at[i]].to
				: procedure->deadlines[step->deadlines.at[i - step->actions.count]].to;
			if (to < 0 || ahead[to])
				continue;
			ahead[to] = true;
			waiting[count++] = to;
		}
	}
	return ahead;
}

/* Does something that may still happen wait for this window? */
static bool
window_matters(const struct procedure *procedure, const bool *ahead, int window)
{
	for (size_t i = 0; i < procedure->action_count; i++)
		if (procedure->actions[i].during == window && ahead[procedure->actions[i].step])
			return true;
	return false;
}

static bool
tell_windows(struct telling *telling)
{
	const struct dossier_facts *facts = telling->facts;
	const bool *ahead = steps_ahead(telling->arena, facts->procedure, facts->dossier);
	if (!ahead)
		return false;
	for (size_t i = 0; i < facts->procedure->window_count; i++) {
		instant opens, closes;
		dossier_window(facts, (int)i, &opens, &closes);
		if (closes <= facts->at || (closes == INSTANT_NEVER && opens <= facts->at)
			|| !window_matters(facts->procedure, ahead, (int)i))
			continue;
		const bool opened = opens <= facts->at;
		const instant at = opened ? closes - 1 : opens;
		const struct text title = arena_format(telling->arena, "%.*s : %s",
			TEXT_ARGS(facts->procedure->windows[i].label), opened ? "dernier jour" : "premier jour");
		if (!title.at || !tell(telling, &(struct dossier_moment){
			.kind = DOSSIER_NEXT, .at = at, .whole_day = true, .title = title,
			.by = TEXT(""), .detail = TEXT("") }))
			return false;
	}
	return true;
}

static bool
tell_dues(struct telling *telling, const struct dossier_due *dues, size_t count)
{
	const struct procedure *procedure = telling->facts->procedure;
	for (size_t i = 0; i < count; i++) {
		const int index = procedure_deadline_find(procedure, dues[i].step, dues[i].effect);
		const struct procedure_deadline *deadline = index >= 0 ? &procedure->deadlines[index] : NULL;
		if (!deadline || dues[i].at_once || (deadline->to < 0 && telling->applicant))
			continue;
		struct clock_time time;
		(void)date_of_instant(dues[i].at, &time);
		if (!tell(telling, &(struct dossier_moment){
			.kind = DOSSIER_NEXT,
			.at = dues[i].at,
			.whole_day = time.hour == 0 && time.minute == 0,
			.title = deadline->to >= 0 ? step_title(telling->facts, telling->arena, deadline->to, telling->applicant)
				: deadline->label,
			.by = TEXT(""),
			.detail = silence_text(deadline->silence),
			.deadline = deadline,
		}))
			return false;
	}
	return true;
}

/* The lines after `from`, by time; few. */
static void
sort_next(struct telling *telling, size_t from)
{
	struct dossier_moment *moments = (struct dossier_moment *)telling->moments;
	for (size_t i = from + 1; i < telling->count; i++) {
		const struct dossier_moment moment = moments[i];
		size_t place = i;
		for (; place > from && moments[place - 1].at > moment.at; place--)
			moments[place] = moments[place - 1];
		moments[place] = moment;
	}
}

enum guichet_status
dossier_timeline(struct dossier_present *present, const struct dossier_viewer *viewer, const struct dossier_event *events,
	size_t event_count, const struct dossier_moment **ret_moments, size_t *ret_count, struct guichet_error *error)
{
	const struct dossier_facts *facts = present->facts;
	const struct dossier_due *dues = NULL;
	size_t due_count = 0;
	enum guichet_status status = present_dues(present, &dues, &due_count, error);
	if (status != GUICHET_OK)
		return status;
	struct telling telling = {
		.facts = facts,
		.viewer = viewer,
		.applicant = view_as_applicant(facts, viewer),
		.arena = present->arena,
	};
	const struct procedure_step *step = &facts->procedure->steps[facts->dossier->step];
	status = tell_past(&telling, events, event_count, error);
	if (status != GUICHET_OK)
		return status;
	bool well = tell_now(&telling);
	const size_t next = telling.count;
	if (well && !step->final)
		well = tell_windows(&telling);
	/* Where a veiled step leads would tell what it is. */
	if (well && !(telling.applicant && view_step_is_veiled(step)))
		well = tell_dues(&telling, dues, due_count);
	if (!well)
		return OUT_OF_MEMORY(error);
	sort_next(&telling, next);
	*ret_moments = telling.moments;
	*ret_count = telling.count;
	return GUICHET_OK;
}
