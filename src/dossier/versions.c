/* The files that the pieces of a dossier had in its life, as its events tell them: a state keeps only those of today. */
#include "dossier/event.h"

#include "base/banned.h"

/* What no event of pieces lacks, in canonical JSON: most events are left unread. */
static bool
may_tell(const struct dossier_event *event)
{
	return event->type != DOSSIER_COMPOSED_EVENT && (text_find(event->payload, TEXT("\"pieces\":[{")) != SIZE_MAX
		|| text_find(event->payload, TEXT("\"examined\":{")) != SIZE_MAX
		|| text_find(event->payload, TEXT("\"valid_until\":{")) != SIZE_MAX || event->type == DOSSIER_UNDONE);
}

bool
dossier_pieces_may_differ(const struct dossier_event *events, size_t count)
{
	for (size_t i = 0; i < count; i++) /* a filing replaces nothing */
		if (events[i].number > 1 && may_tell(&events[i]))
			return true;
	return false;
}

static bool
is_standing(const struct dossier_piece_version *version)
{
	return version->replaced_at == 0 && version->undone_at == 0;
}

/* The one that stands under that name; NULL without. */
static struct dossier_piece_version *
standing_find(struct dossier_piece_versions *versions, struct text name)
{
	for (size_t i = versions->count; i > 0; i--)
		if (is_standing(&versions->at[i - 1]) && text_equal(versions->at[i - 1].piece.name, name))
			return &versions->at[i - 1];
	return NULL;
}

/* False when the arena is full. */
static bool
add(struct arena *arena, struct dossier_piece_versions *versions, const struct dossier_piece_version *version)
{
	if (versions->count == versions->room) {
		const size_t room = versions->room ? 2 * versions->room : 8;
		struct dossier_piece_version *at = arena_array_of(arena, struct dossier_piece_version, room);
		if (!at)
			return false;
		if (versions->count > 0)
			memcpy(at, versions->at, versions->count * sizeof *at);
		versions->at = at;
		versions->room = room;
	}
	versions->at[versions->count++] = *version;
	return true;
}

/* Is it the version that this piece of a state tells? One filed before its day was kept came with the dossier. */
static bool
is_told_by(const struct dossier_piece_version *version, const struct dossier_piece *piece)
{
	return text_equal(version->piece.name, piece->name) && text_equal(version->piece.digest, piece->digest)
		&& (piece->at == 0 || piece->at == version->piece.at);
}

/* The pieces are again as in that state: what it does not have was joined by what is undone. */
static void
take_back(struct json_reader *reader, struct dossier_piece_versions *versions, const json_t *state, instant at)
{
	const json_t *pieces = json_object_get(state, "pieces");
	for (size_t i = 0; i < versions->count; i++)
		if (is_standing(&versions->at[i]))
			versions->at[i].undone_at = at;
	for (size_t i = 0; i < json_array_size(pieces); i++) {
		const struct dossier_piece piece = json_piece(reader, json_array_get(pieces, i));
		size_t k = versions->count;
		while (k > 0 && !is_told_by(&versions->at[k - 1], &piece))
			k--;
		if (k == 0)
			continue;
		struct dossier_piece_version *version = &versions->at[k - 1];
		version->replaced_at = version->undone_at = 0;
		/* The day of a verdict given before the one that is taken back is not kept. */
		if (version->piece.state != piece.state)
			version->examined_at = 0;
		version->piece.state = piece.state;
		version->piece.ground = piece.ground;
		version->piece.valid_until = piece.valid_until;
	}
}

enum guichet_status
dossier_piece_versions_add(struct arena *arena, const struct procedure *procedure, struct text subject,
	const struct dossier_event *event, struct dossier_piece_versions *versions, struct guichet_error *error)
{
	static const char *const read[] = { "actor", "person", "command", "pieces", "result", "valid_until", "examined", "state",
		NULL };
	if (event->payload.length == 0 || !may_tell(event))
		return GUICHET_OK;
	CLEANUP(json_decref) json_t *payload = json_parse_only(arena, event->payload, read, "Un événement du dossier", error);
	if (!payload)
		return error->status;
	struct json_reader reader = { .arena = arena, .procedure = procedure };
	const json_t *given = json_object_get(json_object_get(payload, "command"), "pieces"),
		*result = json_object_get(payload, "result");
	json_t *until = json_object_get(result, "valid_until"), *examined = json_object_get(result, "examined"), *item;
	const struct dossier_person person = json_person(&reader,
		json_object_get(json_object_get(payload, "actor"), "person"));
	const struct text by = json_array_size(given) > 0 ? event_by(arena, &person, subject) : TEXT("");
	bool well = by.at;
	const char *key;
	if (event->type == DOSSIER_UNDONE)
		take_back(&reader, versions, json_object_get(payload, "state"), event->at);
	for (size_t i = 0; well && i < json_array_size(given); i++) {
		struct dossier_piece_version version = { .piece = json_piece(&reader, json_array_get(given, i)), .by = by };
		struct dossier_piece_version *before = standing_find(versions, version.piece.name);
		version.piece.at = event->at;
		version.piece.by = person.id;
		if (before)
			before->replaced_at = event->at;
		well = add(arena, versions, &version);
	}
	json_object_foreach(until, key, item) {
		struct dossier_piece_version *version = standing_find(versions, text_of_string(key));
		const struct feel_value day = json_value(&reader, &feel_type_date, item);
		if (version && day.kind == FEEL_DATE)
			version->piece.valid_until = day.date;
	}
	json_object_foreach(examined, key, item) {
		struct dossier_piece_version *version = standing_find(versions, text_of_string(key));
		if (!version)
			continue;
		version->piece.state = json_piece_state(&reader, json_object_get(item, "state"));
		version->piece.ground = json_text_at(&reader, item, "ground");
		version->examined_at = event->at;
	}
	if (!well || reader.full)
		return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque pour lire le dossier.");
	return reader.failed ? guichet_fail(error, GUICHET_REFUSED, "L’événement %u du dossier ne se lit pas.", event->number)
		: GUICHET_OK;
}
