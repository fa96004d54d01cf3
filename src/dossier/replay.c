/* An event judged again on the facts that it kept: it must give the same result, and can be explained. */
#include "dossier/event.h"
#include "dossier/explanation.h"
#include "dossier/form.h"
#include "dossier/json.h"

#include "base/banned.h"

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
	struct dossier_input input = { .decided_at = event->decided_at, .salt = event->salt, .id = event->dossier,
		.replayed = true };
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
	case DOSSIER_RECEIVED:
		if (!input.facts.dossier || !input.facts.child)
			return guichet_fail(error, GUICHET_REFUSED, "L’événement %u ne se lit pas.", event->number);
		status = dossier_receive(&input, arena, &outcome, error);
		break;
	case DOSSIER_UNDONE: {
		const json_t *undone = json_object_get(payload, "undoes");
		const struct dossier_undo undo = { .action = json_text_at(&reader, undone, "action"),
			.version = (unsigned)json_integer_at(&reader, undone, "version", 1, UINT32_MAX),
			.changed = (unsigned)json_integer_at(&reader, undone, "changed", 1, UINT32_MAX),
			.until = json_instant(&reader, json_object_get(undone, "until")),
			.author = json_text_at(&reader, undone, "author"), .to = json_text_at(&reader, undone, "to"),
			.state = json_canonical(arena, json_object_get(payload, "state")) };
		input.actor = json_actor(&reader, json_object_get(payload, "actor"));
		if (!input.facts.dossier || reader.failed || !undo.state.at)
			return guichet_fail(error, GUICHET_REFUSED, "L’événement %u ne se lit pas.", event->number);
		status = dossier_undo(&input, &undo, arena, &outcome, error);
		break;
	}
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
	if (event->type == DOSSIER_UNDONE)
		return TEXT("Action annulée");
	const struct dossier_done *last = dossier_last(after);
	if (!last)
		return TEXT("");
	return last->effect && last->to != last->from ? procedure->steps[last->to].label : procedure->moves[last->move].done;
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
