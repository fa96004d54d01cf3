/* Events: their chain, and what each does to the state.
 *
 * hash = H(previous hash, header, commitment) and commitment = H(salt, payload): when the
 * personal payload and its salt are erased, the commitment stays and the chain still verifies. */
#include "dossier/event.h"

#include "dossier/clocks.h"
#include "dossier/registers.h"
#include "dossier/state.h"

#include "base/banned.h"

static const struct text type_texts[] = {
	[DOSSIER_FILED] = { "filed", 5 },
	[DOSSIER_ACTED] = { "acted", 5 },
	[DOSSIER_ELAPSED] = { "elapsed", 7 },
	[DOSSIER_COMPOSED_EVENT] = { "composed", 8 },
	[DOSSIER_UNDONE] = { "undone", 6 },
	[DOSSIER_RECEIVED] = { "received", 8 },
};
enum { TYPE_COUNT = sizeof type_texts / sizeof *type_texts };

struct text
dossier_event_type_text(enum dossier_event_type type)
{
	return type >= DOSSIER_FILED && (int)type < TYPE_COUNT ? type_texts[type] : TEXT("");
}

bool
dossier_event_type_read(struct text text, enum dossier_event_type *ret_type)
{
	for (int type = DOSSIER_FILED; type < TYPE_COUNT; type++) {
		if (text_equal(text, type_texts[type])) {
			*ret_type = (enum dossier_event_type)type;
			return true;
		}
	}
	return false;
}

/* ---- the chain ---- */

static struct digest
commitment_of(const struct dossier_event *event)
{
	const struct text texts[] = { event->salt, event->payload };
	return digest_of_list(texts, 2);
}

static struct digest
hash_of(const struct dossier_event *event)
{
	char numbers[160];
	const int length = snprintf(numbers, sizeof numbers, "%u %u %lld %lld", event->number, event->version,
		(long long)event->at, (long long)event->decided_at);
	const struct text texts[] = {
		TEXT("guichet event 1"),
		{ (const char *)event->previous.bytes, DIGEST_SIZE },
		event->dossier,
		dossier_event_type_text(event->type),
		{ numbers, (size_t)length },
		{ (const char *)event->commitment.bytes, DIGEST_SIZE },
	};
	return digest_of_list(texts, sizeof texts / sizeof *texts);
}

void
event_seal(struct dossier_event *event)
{
	event->commitment = commitment_of(event);
	event->hash = hash_of(event);
}

void
dossier_stamp(struct dossier_outcome *outcome, struct text state, instant decided_at)
{
	static const struct text key = { "\"head\":\"", 8 };
	char before[2 * DIGEST_SIZE], after[2 * DIGEST_SIZE];
	struct dossier_event *event = &outcome->event;
	digest_write(&event->hash, before);
	event->decided_at = decided_at;
	event->hash = hash_of(event);
	outcome->state.head = event->hash;
	digest_write(&event->hash, after);
	/* The hash before cannot be elsewhere: nobody knew it. */
	for (size_t at = 0; at + key.length + sizeof before <= state.length; at++)
		if (state.at[at] == '"' && memcmp(state.at + at, key.at, key.length) == 0
			&& memcmp(state.at + at + key.length, before, sizeof before) == 0) {
			memcpy((char *)state.at + at + key.length, after, sizeof after);
			return;
		}
}

enum guichet_status
dossier_chain_follow(struct dossier_chain *chain, const struct dossier_event *events, size_t count,
	struct guichet_error *error)
{
	for (size_t i = 0; i < count; i++) {
		const struct dossier_event *event = &events[i];
		if (event->number != chain->number + 1 || !digest_equal(&event->previous, &chain->hash))
			return guichet_fail(error, GUICHET_REFUSED,
				"La chaîne du dossier est rompue avant l’événement %u : un événement manque, a été ajouté ou déplacé.",
				event->number);
		if (chain->dossier.length > 0 && !text_equal(event->dossier, chain->dossier))
			return guichet_fail(error, GUICHET_REFUSED, "L’événement %u appartient à un autre dossier.",
				event->number);
		const struct digest commitment = commitment_of(event), hash = hash_of(event);
		const bool erased = event->payload.length == 0 && event->salt.length == 0;
		if ((!erased && !digest_equal(&commitment, &event->commitment)) || !digest_equal(&hash, &event->hash))
			return guichet_fail(error, GUICHET_REFUSED, "L’événement %u a été modifié après coup.",
				event->number);
		if (chain->number > 0 && event->at < chain->at)
			return guichet_fail(error, GUICHET_REFUSED, "L’événement %u est antérieur à celui qu’il suit.",
				event->number);
		*chain = (struct dossier_chain){ event->dossier, event->number, event->hash, event->at };
	}
	return GUICHET_OK;
}

enum guichet_status
dossier_chain_verify(const struct dossier_event *events, size_t count, const struct digest *head,
	struct guichet_error *error)
{
	struct dossier_chain chain = { 0 };
	const enum guichet_status status = dossier_chain_follow(&chain, events, count, error);
	if (status == GUICHET_OK && head && !digest_equal(&chain.hash, head))
		return guichet_fail(error, GUICHET_REFUSED,
			"La chaîne du dossier s’arrête trop tôt : ses derniers événements manquent.");
	return status;
}

/* ---- folding ---- */

bool
event_items_add(struct arena *arena, const void **items, size_t *count, size_t size, const void *item)
{
	char *all = arena_array(arena, size, *count + 1);
	if (!all)
		return false;
	if (*count > 0)
		memcpy(all, *items, *count * size);
	memcpy(all + *count * size, item, size);
	*items = all;
	++*count;
	return true;
}

/* What is being applied. */
struct folding {
	struct json_reader reader; /* first: `failed` and `full` are looked at once, at the end */
	struct dossier next;
	const struct dossier_event *event;
	struct dossier_person person; /* who acted; empty for an effect */
	struct text by, reason;
	struct dossier_done done;
	const struct procedure_action *veiling; /* when it leads where the applicant must not see it */
};

static bool
full(struct folding *folding)
{
	folding->reader.failed = folding->reader.full = true;
	return false;
}

static void
set_value(struct folding *folding, struct text name, struct feel_value value)
{
	struct dossier *next = &folding->next;
	const struct dossier_value item = { name, value, folding->event->number, folding->veiling };
	for (size_t i = 0; i < next->value_count; i++) {
		if (!text_equal(next->values[i].name, name))
			continue;
		struct dossier_value *values = arena_array_of(folding->reader.arena, struct dossier_value,
			next->value_count);
		if (!values) {
			full(folding);
			return;
		}
		memcpy(values, next->values, next->value_count * sizeof *values);
		values[i] = item;
		next->values = values;
		return;
	}
	if (!ITEMS_ADD(folding->reader.arena, &next->values, &next->value_count, &item))
		full(folding);
}

static void
fold_values(struct folding *folding, json_t *values)
{
	const char *key;
	json_t *value;
	json_object_foreach(values, key, value) {
		const struct text name = arena_text(folding->reader.arena, text_of_string(key));
		const struct feel_type *type = name.at ? value_type_find(folding->reader.procedure, name) : NULL;
		if (!name.at || folding->next.value_count >= PROCEDURE_MOST_ITEMS) {
			full(folding);
			return;
		}
		if (!type) {
			folding->reader.failed = true;
			return;
		}
		set_value(folding, name, json_value(&folding->reader, type, value));
	}
}

/* The acts with room to change one. */
static struct dossier_act *
acts_copy(struct folding *folding)
{
	struct dossier *next = &folding->next;
	struct dossier_act *acts = arena_array_of(folding->reader.arena, struct dossier_act,
		next->act_count + 1);
	if (!acts) {
		full(folding);
		return NULL;
	}
	if (next->act_count > 0)
		memcpy(acts, next->acts, next->act_count * sizeof *acts);
	next->acts = acts;
	return acts;
}

static struct dossier_act *
act_by_number(struct folding *folding, struct text number)
{
	struct dossier_act *acts = acts_copy(folding);
	for (size_t i = 0; acts && i < folding->next.act_count; i++) {
		if (text_equal(acts[i].number, number))
			return &acts[i];
	}
	folding->reader.failed = true;
	return NULL;
}

static void
fold_acts(struct folding *folding, const json_t *result)
{
	struct json_reader *reader = &folding->reader;
	const json_t *cancelled = json_object_get(result, "cancelled"), *produced = json_object_get(result, "acts"),
		*signature = json_object_get(result, "signed");
	for (size_t i = 0; i < json_array_size(cancelled) && !reader->failed; i++) {
		struct dossier_act *act = act_by_number(folding, json_text(reader, json_array_get(cancelled, i)));
		if (act)
			act->status = DOSSIER_CANCELLED;
	}
	for (size_t i = 0; i < json_array_size(produced) && !reader->failed; i++) {
		const json_t *item = json_array_get(produced, i);
		const struct dossier_act act = {
			.letter = procedure_letter_find(reader->procedure, json_text_at(reader, item, "letter")),
			.number = json_text_at(reader, item, "number"),
			.decided_at = folding->event->at,
		};
		struct dossier_act *acts = acts_copy(folding);
		reader->failed |= act.letter < 0 || folding->next.act_count >= DOSSIER_ACTS_LIMIT;
		if (acts && !reader->failed) {
			acts[folding->next.act_count++] = act;
			folding->next.acts_made++;
		}
	}
	if (signature && !reader->failed) {
		struct dossier_act *act = act_by_number(folding, json_text_at(reader, signature, "act"));
		const struct dossier_signature item = {
			.role = procedure_role_find(reader->procedure, json_text_at(reader, signature, "role")),
			.person = folding->person.id,
			.name = folding->by,
			.quality = folding->person.quality,
			.at = folding->event->at,
			.text_hash = json_text_at(reader, signature, "text_hash"),
		};
		reader->failed |= item.role < 0;
		if (act && !ITEMS_ADD(reader->arena, &act->signatures, &act->signature_count, &item))
			full(folding);
	}
	if (!reader->failed && !state_acts_keep(reader->arena, &folding->next))
		full(folding);
}

static void
fold_changes(struct folding *folding, const json_t *changes)
{
	struct json_reader *reader = &folding->reader;
	for (size_t i = 0; i < json_array_size(changes) && !reader->failed; i++) {
		const json_t *item = json_array_get(changes, i);
		const struct text field = json_text_at(reader, item, "field");
		const struct feel_type *type = value_type_find(reader->procedure, field);
		if (!type || folding->next.change_count >= PROCEDURE_MOST_ITEMS) {
			reader->failed = true;
			return;
		}
		const struct dossier_change change = {
			.field = field,
			.before = json_value(reader, type, json_object_get(item, "before")),
			.after = json_value(reader, type, json_object_get(item, "after")),
			.version = folding->event->number,
			.by = folding->by,
			.reason = folding->reason,
			.at = folding->event->at,
		};
		set_value(folding, field, change.after);
		if (!ITEMS_ADD(reader->arena, &folding->next.changes, &folding->next.change_count, &change))
			full(folding);
	}
	state_changes_keep(&folding->next);
}

static void
fold_openings(struct folding *folding, json_t *opened)
{
	struct dossier *next = &folding->next;
	const char *key;
	json_t *until;
	json_object_foreach(opened, key, until) {
		const struct dossier_opening item = {
			procedure_window_find(folding->reader.procedure, text_of_string(key)),
			json_instant(&folding->reader, until),
		};
		if (item.window < 0 || folding->reader.failed) {
			folding->reader.failed = true;
			return;
		}
		/* The last opening of a window is the one that holds. */
		struct dossier_opening *openings = arena_array_of(folding->reader.arena, struct dossier_opening,
			next->opening_count + 1);
		if (!openings) {
			full(folding);
			return;
		}
		size_t count = 0;
		for (size_t i = 0; i < next->opening_count; i++) {
			if (next->openings[i].window != item.window)
				openings[count++] = next->openings[i];
		}
		openings[count++] = item;
		next->openings = openings;
		next->opening_count = count;
	}
}

struct text
event_by(struct arena *arena, const struct dossier_person *person, struct text subject)
{
	const struct text name = dossier_person_name(arena, person);
	if (!name.at || person->quality.length == 0 || text_equal(person->id, subject))
		return name;
	return arena_format(arena, "%.*s, %.*s", TEXT_ARGS(name), TEXT_ARGS(person->quality));
}

static struct text
by_function(struct folding *folding)
{
	const struct text by = event_by(folding->reader.arena, &folding->person, folding->next.subject);
	if (!by.at)
		full(folding);
	return by;
}

/* Files handed in take the place of those of the same name; then what was judged of them. */
static void
fold_pieces(struct folding *folding, const json_t *payload)
{
	struct json_reader *reader = &folding->reader;
	struct dossier *next = &folding->next;
	const json_t *given = json_object_get(json_object_get(payload, "command"), "pieces"),
		*result = json_object_get(payload, "result");
	json_t *until = json_object_get(result, "valid_until"), *examined = json_object_get(result, "examined"), *item;
	const size_t given_count = json_array_size(given);
	const char *key;
	if (given_count == 0 && json_object_size(until) == 0 && json_object_size(examined) == 0)
		return;
	struct dossier_piece *pieces = given_count <= DOSSIER_PIECES_LIMIT
		? arena_array_of(reader->arena, struct dossier_piece, next->piece_count + given_count + 1) : NULL;
	if (!pieces) {
		full(folding);
		return;
	}
	if (next->piece_count > 0)
		memcpy(pieces, next->pieces, next->piece_count * sizeof *pieces);
	next->pieces = pieces;
	for (size_t i = 0; i < given_count; i++) {
		struct dossier_piece piece = json_piece(reader, json_array_get(given, i));
		piece.at = folding->event->at;
		piece.by = folding->person.id;
		struct dossier_piece *known = (struct dossier_piece *)dossier_piece_find(next, piece.name);
		if (known)
			*known = piece;
		else if (next->piece_count < DOSSIER_PIECES_LIMIT)
			pieces[next->piece_count++] = piece;
		else
			reader->failed = true;
	}
	json_object_foreach(until, key, item) {
		struct dossier_piece *piece = (struct dossier_piece *)dossier_piece_find(next, text_of_string(key));
		const struct feel_value day = json_value(reader, &feel_type_date, item);
		reader->failed |= !piece || day.kind != FEEL_DATE;
		if (!reader->failed)
			piece->valid_until = day.date;
	}
	json_object_foreach(examined, key, item) {
		struct dossier_piece *piece = (struct dossier_piece *)dossier_piece_find(next, text_of_string(key));
		reader->failed |= !piece;
		if (!piece)
			return;
		piece->state = json_piece_state(reader, json_object_get(item, "state"));
		piece->ground = json_text_at(reader, item, "ground");
	}
}

/* It stands elsewhere, or otherwise, in that circuit. */
static void
set_stand(struct folding *folding, int track, const struct dossier_stand *stand)
{
	struct dossier *next = &folding->next;
	if (track == 0) {
		next->step = stand->step;
		next->entered_at = stand->entered_at;
		next->fired = stand->fired;
		next->fired_count = stand->fired_count;
		next->answered = stand->answered;
		return;
	}
	const struct procedure *procedure = folding->reader.procedure;
	struct dossier_stand *stands = arena_array_of(folding->reader.arena, struct dossier_stand, procedure->track_count);
	if (!stands) {
		full(folding);
		return;
	}
	for (int i = 1; i < (int)procedure->track_count; i++)
		stands[i - 1] = i == track ? *stand : dossier_stand_in(procedure, next, i);
	next->stands = stands;
	next->stand_count = procedure->track_count - 1;
}

/* Where it stands after that event, in the circuit of the step `from`. */
static void
fold_stand(struct folding *folding, const json_t *result, int from, int to)
{
	struct json_reader *reader = &folding->reader;
	const struct text fired = json_text_at(reader, result, "fired"), answers = json_text_at(reader, result, "answers");
	const int track = reader->procedure->steps[from].track;
	struct dossier_stand stand = dossier_stand_in(reader->procedure, &folding->next, track);
	if (fired.length > 0 && !ITEMS_ADD(reader->arena, &stand.fired, &stand.fired_count, &fired))
		full(folding);
	if (answers.length > 0) {
		const int role = procedure_role_find(reader->procedure, answers);
		reader->failed |= role < 0;
		stand.answered |= role < 0 ? 0 : DOSSIER_ROLE(role);
	}
	if (json_object_get(result, "to"))
		stand = (struct dossier_stand){ .step = to, .entered_at = folding->event->at };
	set_stand(folding, track, &stand);
}

/* An effect that repeats keeps the instant at which it came. */
static void
fold_repeat(struct folding *folding, const json_t *result, int move)
{
	struct dossier *next = &folding->next;
	const json_t *when = json_object_get(result, "repeated");
	if (!when)
		return;
	const struct dossier_repeat item = { move, json_instant(&folding->reader, when) };
	struct dossier_repeat *repeats = arena_array_of(folding->reader.arena, struct dossier_repeat, next->repeat_count + 1);
	size_t count = 0;
	if (!repeats) {
		full(folding);
		return;
	}
	for (size_t i = 0; i < next->repeat_count; i++)
		if (next->repeats[i].move != move)
			repeats[count++] = next->repeats[i];
	repeats[count++] = item;
	next->repeats = repeats;
	next->repeat_count = count;
}

/* What an action or an effect did: the same for both. `name` is its own. */
static void
fold_result(struct folding *folding, const json_t *payload, struct text name, bool effect, int main)
{
	struct json_reader *reader = &folding->reader;
	struct dossier *next = &folding->next;
	const json_t *result = json_object_get(payload, "result");
	const json_t *actor = json_object_get(json_object_get(payload, "actor"), "person");
	const struct text to_name = json_text_at(reader, result, "to"), from_name = json_text_at(reader, result, "from");
	const int from = from_name.length > 0 ? procedure_step_find(reader->procedure, from_name) : main;
	const int to = to_name.length > 0 ? procedure_step_find(reader->procedure, to_name) : from;
	if (from < 0 || to < 0 || !json_is_object(result)
		|| reader->procedure->steps[from].track != reader->procedure->steps[to].track) {
		reader->failed = true;
		return;
	}
	folding->person = json_person(reader, actor);
	folding->by = dossier_person_name(reader->arena, &folding->person);
	folding->reason = json_text_at(reader, result, "reason");
	/* An effect whose condition was false leaves a trace in `fired` only. */
	const bool skipped = json_is_true(json_object_get(result, "skipped"))
		|| (folding->event->type == DOSSIER_RECEIVED && !effect); /* what it brought was done elsewhere */
	const int move = procedure_move_find(reader->procedure, name);
	reader->failed |= move < 0;
	if (reader->failed)
		return;
	folding->done = (struct dossier_done){
		.move = move,
		.effect = effect,
		.count = 1,
		.first_at = folding->event->at,
		.last_at = folding->event->at,
		.version = folding->event->number,
		.from = from,
		.to = to,
		.person = folding->person.id,
		.by = by_function(folding),
		.channel = json_text_at(reader, json_object_get(payload, "command"), "channel"),
	};
	folding->veiling = state_veiling(reader->procedure, &folding->done);

	fold_pieces(folding, payload);
	fold_changes(folding, json_object_get(result, "changes"));
	fold_values(folding, json_object_get(result, "values"));
	fold_acts(folding, result);
	if (!registers_fold(reader, next, json_object_get(result, "registered"), folding->event->at, folding->by,
			folding->veiling, folding->event->number))
		full(folding);
	fold_openings(folding, json_object_get(result, "opened"));
	fold_stand(folding, result, from, to);
	fold_repeat(folding, result, move);
	if (!clocks_fold(reader->arena, reader->procedure, next, skipped ? PROCEDURE_NONE : move,
			folding->event->at))
		full(folding);
	if (!skipped && !reader->failed && !state_done_add(reader->arena, next, &folding->done))
		full(folding);
	next->changed = folding->event->number;
}

static void
fold_filed(struct folding *folding, const json_t *payload)
{
	struct json_reader *reader = &folding->reader;
	struct dossier *next = &folding->next;
	const json_t *facts = json_object_get(payload, "facts"), *command = json_object_get(payload, "command"),
		*actor = json_object_get(json_object_get(payload, "actor"), "person");
	*next = (struct dossier){
		.id = arena_text(reader->arena, folding->event->dossier),
		.number = json_text_at(reader, payload, "number"),
		.campaign = json_text_at(reader, json_object_get(facts, "campaign"), "name"),
		.procedure_hash = json_text_at(reader, facts, "procedure"),
		.subject = json_text_at(reader, facts, "subject"),
		.author = json_text_at(reader, actor, "id"),
		.ground = json_text_at(reader, command, "ground"),
		.agent = json_value(reader, reader->procedure->slots[reader->procedure->agent_slot].type,
			json_object_get(facts, "agent")),
		.filed_at = folding->event->at,
		.entered_at = folding->event->at,
	};
	if (!next->id.at)
		full(folding);
	const json_t *parent = json_object_get(facts, "parent");
	int start = 0;
	if (parent) {
		next->nature = json_text_at(reader, facts, "nature");
		next->parent = json_text_at(reader, parent, "id");
		next->parent_number = json_text_at(reader, parent, "number");
		const int nature = procedure_nature_find(reader->procedure, next->nature);
		reader->failed |= nature < 0;
		start = nature >= 0 ? reader->procedure->natures[nature].start : 0;
	}
	fold_result(folding, payload, json_text_at(reader, command, "action"), false, start);
}

/* What a child brings: an effect of this step with it, or only what it copies and replaces. */
static void
fold_received(struct folding *folding, const json_t *payload)
{
	struct json_reader *reader = &folding->reader;
	const json_t *child = json_object_get(json_object_get(payload, "facts"), "child");
	const struct text effect = json_text_at(reader, payload, "effect"), move = json_text_at(reader, child, "move");
	json_t *replaced = json_object_get(json_object_get(payload, "result"), "replaced");
	const char *key;
	json_t *by;
	json_object_foreach(replaced, key, by) {
		struct dossier_act *act = act_by_number(folding, text_of_string(key));
		if (!act)
			return;
		act->replaced_by = json_text(reader, by);
		act->replaced_at = folding->event->at;
	}
	fold_result(folding, payload, effect.length > 0 ? effect : move, effect.length > 0, folding->next.step);
}

static void
fold_composed(struct folding *folding, const json_t *payload)
{
	struct json_reader *reader = &folding->reader;
	struct dossier_act *act = act_by_number(folding, json_text_at(reader, payload, "act"));
	if (!act)
		return;
	act->status = DOSSIER_COMPOSED;
	act->text_hash = json_text_at(reader, payload, "text_hash");
	act->digest = json_text_at(reader, payload, "digest");
	act->size = json_integer_at(reader, payload, "size", 0, INT64_MAX);
}

/* The state before what is undone. Letters composed since stay so; numbers of acts are not given twice. */
static void
fold_undone(struct folding *folding, const json_t *payload)
{
	struct json_reader *reader = &folding->reader;
	const struct dossier now = folding->next;
	struct guichet_error error = { 0 };
	const struct text state = json_canonical(reader->arena, json_object_get(payload, "state"));
	struct dossier before;
	const enum guichet_status status = state.at
		? dossier_of_json(reader->arena, reader->procedure, state, &before, &error) : GUICHET_BROKEN;
	if (status == GUICHET_BROKEN)
		full(folding);
	reader->failed |= status != GUICHET_OK || !text_equal(before.id, now.id) || before.version >= now.version;
	if (reader->failed)
		return;
	before.acts_made = now.acts_made;
	before.changed = folding->event->number;
	folding->next = before;
	struct dossier_act *acts = acts_copy(folding);
	for (size_t i = 0; acts && i < before.act_count; i++)
		for (size_t k = 0; k < now.act_count; k++)
			if (text_equal(now.acts[k].number, acts[i].number) && acts[i].status == DOSSIER_TO_COMPOSE
			    && now.acts[k].digest.length > 0) {
				acts[i].status = DOSSIER_COMPOSED;
				acts[i].text_hash = now.acts[k].text_hash;
				acts[i].digest = now.acts[k].digest;
				acts[i].size = now.acts[k].size;
			}
}

enum guichet_status
event_fold(struct arena *arena, const struct procedure *procedure, struct dossier *dossier,
	const struct dossier_event *event, const json_t *payload, struct guichet_error *error)
{
	struct folding folding = {
		.reader = { .arena = arena, .procedure = procedure },
		.next = *dossier,
		.event = event,
	};
	const json_t *command = json_object_get(payload, "command");
	const bool first = dossier->version == 0;
	if (event->number != dossier->version + 1 || event->number > DOSSIER_EVENTS_LIMIT
	    || first != (event->type == DOSSIER_FILED)
	    || (!first && !text_equal(event->dossier, dossier->id))
	    || (!first && !digest_equal(&event->previous, &dossier->head)))
		return guichet_fail(error, GUICHET_REFUSED, "L’événement %u n’est pas la suite du dossier.",
			event->number);
	if (event->version != 1)
		return guichet_fail(error, GUICHET_REFUSED,
			"L’événement %u est d’une version (%u) que ce programme ne connaît pas : mettez-le à jour.",
			event->number, event->version);
	switch (event->type) {
	case DOSSIER_FILED:
		fold_filed(&folding, payload);
		break;
	case DOSSIER_ACTED:
		fold_result(&folding, payload, json_text_at(&folding.reader, command, "action"), false,
			dossier->step);
		break;
	case DOSSIER_ELAPSED:
		fold_result(&folding, payload, json_text_at(&folding.reader, payload, "effect"), true,
			dossier->step);
		break;
	case DOSSIER_COMPOSED_EVENT:
		fold_composed(&folding, payload);
		break;
	case DOSSIER_RECEIVED:
		fold_received(&folding, payload);
		break;
	case DOSSIER_UNDONE:
		fold_undone(&folding, payload);
		break;
	default:
		folding.reader.failed = true;
	}
	if (folding.reader.full)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque pour lire le dossier.");
	if (folding.reader.failed)
		return guichet_fail(error, GUICHET_REFUSED, "L’événement %u du dossier ne se lit pas.", event->number);
	folding.next.version = event->number;
	folding.next.head = event->hash;
	folding.next.last_at = event->at;
	*dossier = folding.next;
	return GUICHET_OK;
}

enum guichet_status
dossier_fold(struct arena *arena, const struct procedure *procedure, struct dossier *dossier,
	const struct dossier_event *event, struct guichet_error *error)
{
	if (event->payload.length == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Le contenu de l’événement %u a été effacé.", event->number);
	CLEANUP(json_decref) json_t *payload = json_parse(event->payload, "Un événement du dossier", error);
	if (!payload)
		return error->status;
	return event_fold(arena, procedure, dossier, event, payload, error);
}
