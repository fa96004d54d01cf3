/* The state of a dossier as canonical JSON, for the database's row: written, then read again. What a state gains is
 * added to both halves; what states of before did not have stays absent. */
#include "dossier/event.h"
#include "dossier/facts.h"
#include "dossier/registers.h"
#include "dossier/state.h"

#include "base/banned.h"

/* ---- written ---- */

static const char *const act_statuses[] = {
	[DOSSIER_TO_COMPOSE] = "to_compose",
	[DOSSIER_COMPOSED] = "composed",
	[DOSSIER_CANCELLED] = "cancelled",
};

static json_t *
json_of_signature(const struct procedure *procedure, const struct dossier_signature *signature)
{
	json_t *object = json_object();
	if (object && json_put(object, "role", json_of_text(procedure->roles[signature->role].name))
	    && json_put(object, "person", json_of_text(signature->person))
	    && json_put(object, "name", json_of_text(signature->name))
	    && json_put(object, "quality", json_of_text(signature->quality))
	    && json_put(object, "at", json_integer(signature->at))
	    && json_put(object, "text_hash", json_of_text(signature->text_hash)))
		return object;
	json_decref(object);
	return NULL;
}

static json_t *
json_of_act(const struct procedure *procedure, const struct dossier_act *act)
{
	json_t *object = json_object(), *signatures = json_put_array(object, "signatures");
	bool well = signatures
		&& json_put(object, "letter", json_of_text(procedure->letters[act->letter].name))
		&& json_put(object, "number", json_of_text(act->number))
		&& json_put(object, "status", json_string(act_statuses[act->status]))
		&& json_put(object, "decided_at", json_integer(act->decided_at))
		&& json_put(object, "text_hash", json_of_text(act->text_hash))
		&& json_put(object, "digest", json_of_text(act->digest))
		&& json_put(object, "size", json_integer(act->size))
		&& (act->replaced_by.length == 0 || (json_put(object, "replaced_by", json_of_text(act->replaced_by))
			&& json_put(object, "replaced_at", json_integer(act->replaced_at))));
	for (size_t i = 0; well && i < act->signature_count; i++)
		well = json_push(signatures, json_of_signature(procedure, &act->signatures[i]));
	if (well)
		return object;
	json_decref(object);
	return NULL;
}

json_t *
json_of_done(const struct procedure *procedure, const struct dossier_done *done)
{
	json_t *object = json_object();
	if (object && json_put(object, "name", json_of_text(procedure->moves[done->move].name))
	    && json_put(object, "effect", json_boolean(done->effect))
	    && json_put(object, "count", json_integer(done->count))
	    && json_put(object, "first_at", json_integer(done->first_at))
	    && json_put(object, "last_at", json_integer(done->last_at))
	    && json_put(object, "version", json_integer(done->version))
	    && json_put(object, "from", json_of_text(procedure->steps[done->from].name))
	    && json_put(object, "to", json_of_text(procedure->steps[done->to].name))
	    && json_put(object, "person", json_of_text(done->person))
	    && json_put(object, "by", json_of_text(done->by))
	    && json_put(object, "channel", json_of_text(done->channel)))
		return object;
	json_decref(object);
	return NULL;
}

/* [value, version]; and by which action, "step/action", when the applicant is not to learn it. */
json_t *
state_json_of_veil(struct arena *arena, const struct procedure *procedure, const struct procedure_action *veil)
{
	const struct text action = arena_format(arena, TEXT_FORMAT "/" TEXT_FORMAT,
		TEXT_ARGS(procedure->steps[veil->step].name), TEXT_ARGS(veil->name));
	return action.at ? json_of_text(action) : NULL;
}

static json_t *
json_of_value(struct arena *arena, const struct procedure *procedure, const struct dossier_value *value)
{
	json_t *array = json_array();
	bool well = array && json_push(array, feel_value_to_json(value->value))
		&& json_push(array, json_integer(value->version));
	if (well && value->veiled_by)
		well = json_push(array, state_json_of_veil(arena, procedure, value->veiled_by));
	if (well)
		return array;
	json_decref(array);
	return NULL;
}

static json_t *
json_of_change(const struct dossier_change *change)
{
	json_t *object = json_object();
	if (object && json_put(object, "field", json_of_text(change->field))
	    && json_put(object, "before", feel_value_to_json(change->before))
	    && json_put(object, "after", feel_value_to_json(change->after))
	    && json_put(object, "version", json_integer(change->version))
	    && json_put(object, "by", json_of_text(change->by))
	    && json_put(object, "reason", json_of_text(change->reason))
	    && json_put(object, "at", json_integer(change->at)))
		return object;
	json_decref(object);
	return NULL;
}

static json_t *
json_of_clock(const struct dossier_clock *clock)
{
	json_t *object = json_object();
	if (object && json_put(object, "since", feel_value_to_json(feel_date(clock->since)))
	    && json_put(object, "suspended_days", json_integer(clock->suspended_days))
	    && (clock->suspended_on.year == 0
		|| json_put(object, "suspended_on", feel_value_to_json(feel_date(clock->suspended_on)))))
		return object;
	json_decref(object);
	return NULL;
}

static bool
put_lists(struct arena *arena, json_t *object, const struct procedure *procedure, const struct dossier *dossier)
{
	json_t *values = json_put_object(object, "values"), *pieces = json_put_array(object, "pieces"),
		*acts = json_put_array(object, "acts"), *openings = json_put_object(object, "openings"),
		*done = json_put_array(object, "done"), *changes = json_put_array(object, "changes"),
		*fired = json_put_array(object, "fired");
	bool well = values && pieces && acts && openings && done && changes && fired;
	for (size_t i = 0; well && i < dossier->value_count; i++)
		well = json_put_named(values, dossier->values[i].name, json_of_value(arena, procedure, &dossier->values[i]));
	for (size_t i = 0; well && i < dossier->piece_count; i++)
		well = json_push(pieces, json_of_piece(&dossier->pieces[i]));
	for (size_t i = 0; well && i < dossier->act_count; i++)
		well = json_push(acts, json_of_act(procedure, &dossier->acts[i]));
	for (size_t i = 0; well && i < dossier->opening_count; i++)
		well = json_put_named(openings, procedure->windows[dossier->openings[i].window].name,
			json_integer(dossier->openings[i].until));
	/* States of before have none. */
	json_t *clocks = well && dossier->clock_count > 0 ? json_put_object(object, "clocks") : NULL;
	for (size_t i = 0; well && i < dossier->clock_count; i++)
		well = json_put_named(clocks, procedure->clocks[dossier->clocks[i].clock].name, json_of_clock(&dossier->clocks[i]));
	well = well && registers_put(arena, object, procedure, dossier);
	for (size_t i = 0; well && i < dossier->done_count; i++)
		well = json_push(done, json_of_done(procedure, &dossier->done[i]));
	for (size_t i = 0; well && i < dossier->change_count; i++)
		well = json_push(changes, json_of_change(&dossier->changes[i]));
	for (size_t i = 0; well && i < dossier->fired_count; i++)
		well = json_push(fired, json_of_text(dossier->fired[i]));
	return well;
}

/* Roles by name, in the order of the procedure. */
static bool
put_roles(json_t *object, const char *key, const struct procedure *procedure, dossier_roles roles)
{
	json_t *names = json_put_array(object, key);
	bool well = names != NULL;
	for (size_t i = 0; well && i < procedure->role_count; i++)
		well = !(roles & DOSSIER_ROLE(i)) || json_push(names, json_of_text(procedure->roles[i].name));
	return well;
}

/* Where it stands beside its main circuit, and what repeats. States of procedures without them have none of it. */
static bool
put_stands(json_t *object, const struct procedure *procedure, const struct dossier *dossier)
{
	bool well = !dossier->answered || put_roles(object, "answered", procedure, dossier->answered);
	json_t *repeated = well && dossier->repeat_count > 0 ? json_put_object(object, "repeated") : NULL;
	well = well && (repeated || dossier->repeat_count == 0);
	for (size_t i = 0; well && i < dossier->repeat_count; i++)
		well = json_put_named(repeated, procedure->moves[dossier->repeats[i].move].name,
			json_integer(dossier->repeats[i].when));
	json_t *stands = well && dossier->stand_count > 0 ? json_put_object(object, "stands") : NULL;
	well = well && (stands || dossier->stand_count == 0);
	for (size_t i = 0; well && i < dossier->stand_count; i++) {
		const struct dossier_stand *stand = &dossier->stands[i];
		json_t *item = json_object();
		well = json_put_named(stands, procedure->tracks[i + 1].name, item);
		if (!well || stand->step < 0)
			continue;
		json_t *fired = json_put_array(item, "fired");
		well = fired && json_put(item, "step", json_of_text(procedure->steps[stand->step].name))
			&& json_put(item, "entered_at", json_integer(stand->entered_at))
			&& (!stand->answered || put_roles(item, "answered", procedure, stand->answered));
		for (size_t k = 0; well && k < stand->fired_count; k++)
			well = json_push(fired, json_of_text(stand->fired[k]));
	}
	return well;
}

static bool
put_kin(json_t *object, const struct dossier *dossier)
{
	return dossier->nature.length == 0 || (json_put(object, "nature", json_of_text(dossier->nature))
		&& json_put(object, "parent", json_of_text(dossier->parent))
		&& json_put(object, "parent_number", json_of_text(dossier->parent_number)));
}

json_t *
json_of_dossier(struct arena *arena, const struct procedure *procedure, const struct dossier *dossier)
{
	CLEANUP(json_decref) json_t *object = json_object();
	if (!object || !json_put(object, "id", json_of_text(dossier->id))
	    || !json_put(object, "number", json_of_text(dossier->number))
	    || !json_put(object, "campaign", json_of_text(dossier->campaign))
	    || !json_put(object, "procedure", json_of_text(dossier->procedure_hash))
	    || !json_put(object, "subject", json_of_text(dossier->subject))
	    || !json_put(object, "author", json_of_text(dossier->author))
	    || !json_put(object, "ground", json_of_text(dossier->ground))
	    || !json_put(object, "agent", json_of_agent(dossier->agent))
	    || !json_put(object, "step", json_of_text(procedure->steps[dossier->step].name))
	    || !json_put(object, "version", json_integer(dossier->version))
	    || !json_put(object, "changed", json_integer(dossier->changed))
	    || !json_put(object, "head", json_of_digest(&dossier->head))
	    || !json_put(object, "filed_at", json_integer(dossier->filed_at))
	    || !json_put(object, "entered_at", json_integer(dossier->entered_at))
	    || !json_put(object, "last_at", json_integer(dossier->last_at))
	    || !json_put(object, "acts_made", json_integer(dossier->acts_made))
	    || !put_kin(object, dossier) || !put_lists(arena, object, procedure, dossier)
	    || !put_stands(object, procedure, dossier))
		return NULL;
	return TAKE(object);
}

struct text
dossier_to_json(struct arena *arena, const struct procedure *procedure, const struct dossier *dossier)
{
	CLEANUP(json_decref) json_t *object = json_of_dossier(arena, procedure, dossier);
	return object ? json_canonical(arena, object) : (struct text){ NULL, 0 };
}

/* ---- read ---- */

static int
step_at(struct json_reader *reader, const json_t *object, const char *key)
{
	const int step = procedure_step_find(reader->procedure, json_text_at(reader, object, key));
	if (step < 0)
		reader->failed = true;
	return step < 0 ? 0 : step;
}

static struct dossier_act
act_of_json(struct json_reader *reader, const json_t *json)
{
	struct dossier_act act = {
		.letter = procedure_letter_find(reader->procedure, json_text_at(reader, json, "letter")),
		.number = json_text_at(reader, json, "number"),
		.decided_at = json_instant(reader, json_object_get(json, "decided_at")),
		.text_hash = json_text_at(reader, json, "text_hash"),
		.digest = json_text_at(reader, json, "digest"),
		.size = json_integer_at(reader, json, "size", 0, INT64_MAX),
		.replaced_by = json_text_at(reader, json, "replaced_by"),
	};
	if (act.replaced_by.length > 0)
		act.replaced_at = json_instant(reader, json_object_get(json, "replaced_at"));
	const struct text status = json_text_at(reader, json, "status");
	size_t known = 0;
	while (known < 3 && !text_equal(status, text_of_string(act_statuses[known])))
		known++;
	reader->failed |= known == 3 || act.letter < 0;
	act.status = (enum dossier_act_status)(known % 3);

	const json_t *signatures = json_object_get(json, "signatures");
	struct dossier_signature *items = json_items(reader, signatures, sizeof *items, DOSSIER_ACTS_LIMIT,
		&act.signature_count);
	for (size_t i = 0; i < act.signature_count; i++) {
		const json_t *item = json_array_get(signatures, i);
		items[i] = (struct dossier_signature){
			.role = procedure_role_find(reader->procedure, json_text_at(reader, item, "role")),
			.person = json_text_at(reader, item, "person"),
			.name = json_text_at(reader, item, "name"),
			.quality = json_text_at(reader, item, "quality"),
			.at = json_instant(reader, json_object_get(item, "at")),
			.text_hash = json_text_at(reader, item, "text_hash"),
		};
		reader->failed |= items[i].role < 0;
	}
	act.signatures = items;
	return act;
}

struct dossier_done
json_done(struct json_reader *reader, const json_t *json)
{
	const int move = procedure_move_find(reader->procedure, json_text_at(reader, json, "name"));
	reader->failed |= move < 0;
	return (struct dossier_done){
		.move = move < 0 ? 0 : move,
		.effect = json_boolean_at(reader, json, "effect"),
		.count = (unsigned)json_integer_at(reader, json, "count", 1, DOSSIER_EVENTS_LIMIT),
		.first_at = json_instant(reader, json_object_get(json, "first_at")),
		.last_at = json_instant(reader, json_object_get(json, "last_at")),
		.version = (unsigned)json_integer_at(reader, json, "version", 0, DOSSIER_EVENTS_LIMIT),
		.from = step_at(reader, json, "from"),
		.to = step_at(reader, json, "to"),
		.person = json_text_at(reader, json, "person"),
		.by = json_text_at(reader, json, "by"),
		.channel = json_text_at(reader, json, "channel"),
	};
}

/* What happened, one by one, as the states of before held it. */
static void
raise_known(struct json_reader *reader, const json_t *known, struct dossier *dossier)
{
	struct dossier_value *values = (struct dossier_value *)dossier->values;
	for (size_t i = 0; i < json_array_size(known) && !reader->failed; i++) {
		const json_t *one = json_array_get(known, i);
		struct dossier_done done = {
			.move = procedure_move_find(reader->procedure, json_text_at(reader, one, "name")),
			.effect = json_boolean_at(reader, one, "effect"),
			.count = 1,
			.first_at = json_instant(reader, json_object_get(one, "at")),
			.version = (unsigned)json_integer_at(reader, one, "version", 0, DOSSIER_EVENTS_LIMIT),
			.from = step_at(reader, one, "from"),
			.to = step_at(reader, one, "to"),
			.person = json_text_at(reader, one, "person"),
			.by = json_text_at(reader, one, "by"),
			.channel = json_text_at(reader, one, "channel"),
		};
		done.last_at = done.first_at;
		reader->failed |= done.move < 0;
		if (reader->failed)
			return;
		const struct procedure_action *veiling = state_veiling(reader->procedure, &done);
		for (size_t j = 0; veiling && j < dossier->value_count; j++)
			if (values[j].version == done.version)
				values[j].veiled_by = veiling;
		if (!state_done_add(reader->arena, dossier, &done))
			reader->failed = reader->full = true;
	}
}

static struct dossier_change
change_of_json(struct json_reader *reader, const json_t *json)
{
	struct dossier_change change = {
		.field = json_text_at(reader, json, "field"),
		.version = (unsigned)json_integer_at(reader, json, "version", 0, DOSSIER_EVENTS_LIMIT),
		.by = json_text_at(reader, json, "by"),
		.reason = json_text_at(reader, json, "reason"),
		.at = json_instant(reader, json_object_get(json, "at")),
	};
	const struct feel_type *type = value_type_find(reader->procedure, change.field);
	reader->failed |= !type;
	if (type) {
		change.before = json_value(reader, type, json_object_get(json, "before"));
		change.after = json_value(reader, type, json_object_get(json, "after"));
	}
	return change;
}

/* The action of "step/action"; NULL when there is none. */
const struct procedure_action *
state_veil_of_json(struct json_reader *reader, const json_t *json)
{
	struct text rest = json_text(reader, json);
	if (rest.length == 0)
		return NULL;
	const int step = procedure_step_find(reader->procedure, text_split(&rest, '/'));
	const int action = step < 0 ? PROCEDURE_NONE : procedure_action_find(reader->procedure, step, rest);
	reader->failed |= action < 0;
	return action < 0 ? NULL : &reader->procedure->actions[action];
}

static void
read_values(struct json_reader *reader, json_t *object, struct dossier *dossier)
{
	const size_t count = json_object_size(object);
	if (count == 0)
		return;
	struct dossier_value *values = count > PROCEDURE_MOST_ITEMS ? NULL
		: arena_array_of(reader->arena, struct dossier_value, count);
	if (!values) {
		reader->failed = true;
		return;
	}
	const char *key;
	json_t *pair;
	size_t i = 0;
	json_object_foreach(object, key, pair) {
		const struct text name = arena_text(reader->arena, text_of_string(key));
		const struct feel_type *type = name.at ? value_type_find(reader->procedure, name) : NULL;
		const json_t *version = json_array_get(pair, 1);
		if (!type || !json_is_integer(version)) {
			reader->failed = true;
			return;
		}
		values[i++] = (struct dossier_value){ name, json_value(reader, type, json_array_get(pair, 0)),
			(unsigned)json_integer_value(version), state_veil_of_json(reader, json_array_get(pair, 2)) };
	}
	dossier->values = values;
	dossier->value_count = i;
}

static void
read_openings(struct json_reader *reader, json_t *object, struct dossier *dossier)
{
	const size_t count = json_object_size(object);
	if (count == 0)
		return;
	struct dossier_opening *openings = count > PROCEDURE_MOST_ITEMS ? NULL
		: arena_array_of(reader->arena, struct dossier_opening, count);
	if (!openings) {
		reader->failed = true;
		return;
	}
	const char *key;
	json_t *until;
	size_t i = 0;
	json_object_foreach(object, key, until) {
		openings[i].window = procedure_window_find(reader->procedure, text_of_string(key));
		openings[i].until = json_instant(reader, until);
		reader->failed |= openings[i].window < 0;
		i++;
	}
	dossier->openings = openings;
	dossier->opening_count = reader->failed ? 0 : count;
}

static struct date
date_at(struct json_reader *reader, const json_t *object, const char *key)
{
	const struct feel_value value = json_value(reader, &feel_type_date, json_object_get(object, key));
	return value.kind == FEEL_DATE ? value.date : (struct date){ 0 };
}

static void
read_clocks(struct json_reader *reader, const json_t *object, struct dossier *dossier)
{
	const struct procedure *procedure = reader->procedure;
	const size_t count = json_object_size(object);
	struct dossier_clock *clocks = count > 0 ? arena_array_of(reader->arena, struct dossier_clock, count) : NULL;
	if (count == 0)
		return;
	if (!clocks) {
		reader->failed = reader->full = true;
		return;
	}
	/* In the order of the procedure; an unknown name leaves one out, which is counted. */
	for (size_t i = 0; i < procedure->clock_count; i++) {
		const struct text name = procedure->clocks[i].name;
		const json_t *item = json_object_getn(object, name.at, name.length);
		if (!item)
			continue;
		const struct dossier_clock clock = {
			.clock = (int)i,
			.since = date_at(reader, item, "since"),
			.suspended_on = date_at(reader, item, "suspended_on"),
			.suspended_days = (int)json_integer_at(reader, item, "suspended_days", 0, 1000000),
		};
		reader->failed |= clock.since.year == 0;
		clocks[dossier->clock_count++] = clock;
	}
	dossier->clocks = clocks;
	reader->failed |= dossier->clock_count != count;
}

#define READ_ITEMS(reader, object, key, type, limit, read, items, count)                          \
	do {                                                                                      \
		const json_t *array_ = json_object_get((object), (key));                          \
		type *items_ = json_items((reader), array_, sizeof *items_, (limit), (count));     \
		for (size_t i_ = 0; i_ < *(count); i_++)                                          \
			items_[i_] = read((reader), json_array_get(array_, i_));                  \
		*(items) = items_;                                                                \
	} while (0)

static dossier_roles
roles_at(struct json_reader *reader, const json_t *object, const char *key)
{
	const json_t *names = json_object_get(object, key);
	dossier_roles roles = 0;
	for (size_t i = 0; i < json_array_size(names); i++) {
		const int role = procedure_role_find(reader->procedure, json_text(reader, json_array_get(names, i)));
		reader->failed |= role < 0;
		roles |= role < 0 ? 0 : DOSSIER_ROLE(role);
	}
	return roles;
}

static void
read_repeats(struct json_reader *reader, json_t *object, struct dossier *dossier)
{
	const char *key;
	json_t *when;
	json_object_foreach(object, key, when) {
		const struct dossier_repeat item = { procedure_move_find(reader->procedure, text_of_string(key)),
			json_instant(reader, when) };
		reader->failed |= item.move < 0;
		if (!reader->failed && !ITEMS_ADD(reader->arena, &dossier->repeats, &dossier->repeat_count, &item))
			reader->failed = reader->full = true;
	}
}

static void
read_stands(struct json_reader *reader, const json_t *object, struct dossier *dossier)
{
	const struct procedure *procedure = reader->procedure;
	const json_t *all = json_object_get(object, "stands");
	dossier->answered = roles_at(reader, object, "answered");
	if (!all)
		return;
	struct dossier_stand *stands = arena_array_of(reader->arena, struct dossier_stand, procedure->track_count);
	if (!stands) {
		reader->failed = reader->full = true;
		return;
	}
	for (size_t i = 1; i < procedure->track_count; i++) {
		const json_t *item = json_object_getn(all, procedure->tracks[i].name.at, procedure->tracks[i].name.length);
		struct dossier_stand *stand = &stands[i - 1];
		if (!json_object_get(item, "step")) {
			stand->step = PROCEDURE_NONE;
			continue;
		}
		*stand = (struct dossier_stand){ .step = step_at(reader, item, "step"),
			.entered_at = json_instant(reader, json_object_get(item, "entered_at")),
			.answered = roles_at(reader, item, "answered") };
		READ_ITEMS(reader, item, "fired", struct text, PROCEDURE_MOST_ITEMS, json_text, &stand->fired, &stand->fired_count);
		reader->failed |= procedure->steps[stand->step].track != (int)i;
	}
	dossier->stands = stands;
	dossier->stand_count = procedure->track_count - 1;
}

struct dossier
json_dossier(struct json_reader *outer, const json_t *object)
{
	struct json_reader reader = *outer;
	const struct procedure *procedure = reader.procedure;
	struct dossier dossier = {
		.id = json_text_at(&reader, object, "id"),
		.number = json_text_at(&reader, object, "number"),
		.campaign = json_text_at(&reader, object, "campaign"),
		.procedure_hash = json_text_at(&reader, object, "procedure"),
		.subject = json_text_at(&reader, object, "subject"),
		.author = json_text_at(&reader, object, "author"),
		.ground = json_text_at(&reader, object, "ground"),
		.agent = json_value(&reader, procedure->slots[procedure->agent_slot].type,
			json_object_get(object, "agent")),
		.nature = json_text_at(&reader, object, "nature"),
		.parent = json_text_at(&reader, object, "parent"),
		.parent_number = json_text_at(&reader, object, "parent_number"),
		.step = step_at(&reader, object, "step"),
		.version = (unsigned)json_integer_at(&reader, object, "version", 0, DOSSIER_EVENTS_LIMIT),
		.changed = (unsigned)json_integer_at(&reader, object, "changed", 0, DOSSIER_EVENTS_LIMIT),
		.head = json_digest_at(&reader, object, "head"),
		.filed_at = json_instant(&reader, json_object_get(object, "filed_at")),
		.entered_at = json_instant(&reader, json_object_get(object, "entered_at")),
		.last_at = json_instant(&reader, json_object_get(object, "last_at")),
	};
	read_values(&reader, json_object_get(object, "values"), &dossier);
	read_openings(&reader, json_object_get(object, "openings"), &dossier);
	read_clocks(&reader, json_object_get(object, "clocks"), &dossier);
	registers_read(&reader, json_object_get(object, "rows"), &dossier);
	READ_ITEMS(&reader, object, "pieces", struct dossier_piece, DOSSIER_PIECES_LIMIT, json_piece,
		&dossier.pieces, &dossier.piece_count);
	READ_ITEMS(&reader, object, "acts", struct dossier_act, DOSSIER_ACTS_LIMIT, act_of_json,
		&dossier.acts, &dossier.act_count);
	READ_ITEMS(&reader, object, "done", struct dossier_done, 2 * PROCEDURE_MOST_ITEMS, json_done,
		&dossier.done, &dossier.done_count);
	READ_ITEMS(&reader, object, "changes", struct dossier_change, PROCEDURE_MOST_ITEMS, change_of_json,
		&dossier.changes, &dossier.change_count);
	READ_ITEMS(&reader, object, "fired", struct text, PROCEDURE_MOST_ITEMS, json_text,
		&dossier.fired, &dossier.fired_count);
	/* A state of before the summary: what it says is the same. */
	const json_t *known = json_object_get(object, "known");
	dossier.acts_made = known ? (unsigned)dossier.act_count
		: (unsigned)json_integer_at(&reader, object, "acts_made", 0, UINT32_MAX);
	if (known)
		raise_known(&reader, known, &dossier);
	state_changes_keep(&dossier);
	if (!reader.failed && !state_acts_keep(reader.arena, &dossier))
		reader.failed = reader.full = true;
	read_repeats(&reader, json_object_get(object, "repeated"), &dossier);
	read_stands(&reader, object, &dossier);
	reader.failed |= dossier.nature.length > 0 && procedure_nature_find(procedure, dossier.nature) < 0;
	outer->failed |= reader.failed;
	outer->full |= reader.full;
	return dossier;
}

enum guichet_status
dossier_of_json(struct arena *arena, const struct procedure *procedure, struct text json,
	struct dossier *ret_dossier, struct guichet_error *error)
{
	CLEANUP(json_decref) json_t *object = json_parse(json, "L’état du dossier", error);
	if (!object)
		return error->status;
	struct json_reader reader = { .arena = arena, .procedure = procedure };
	const struct dossier dossier = json_dossier(&reader, object);
	if (reader.full)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque pour lire le dossier.");
	if (reader.failed || dossier.id.length == 0)
		return guichet_fail(error, GUICHET_REFUSED, "L’état du dossier ne correspond pas à sa procédure.");
	*ret_dossier = dossier;
	return GUICHET_OK;
}
