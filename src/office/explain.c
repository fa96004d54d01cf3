/* The events of a dossier, and why each gave what it gave: read from what they stored and from the archived procedure,
 * never from today's directory. */
#include "office/inside.h"

#include "dossier/explanation.h"

#include "base/banned.h"

enum { EVENTS_LIMIT = 10000, EXPLANATION_ARENA = 128 << 20 };

enum guichet_status
office_events(struct store_tx *tx, struct arena *arena, struct text id, struct dossier_event **ret_events,
	size_t *ret_count, struct guichet_error *error)
{
	size_t count = 0, room = 0;
	struct dossier_event *events = NULL;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_EVENT_LIST, STORE_VALUES(id), error);
	while (count < EVENTS_LIMIT && store_next(&rows)) {
		if (count == room) {
			struct dossier_event *larger = arena_array_of(arena, struct dossier_event, room = room ? 2 * room : 16);
			if (!larger)
				return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
			if (count)
				memcpy(larger, events, count * sizeof *events);
			events = larger;
		}
		const struct store_blob payload = store_blob(&rows, 5);
		struct dossier_event *event = &events[count++];
		*event = (struct dossier_event){ .dossier = id, .number = (unsigned)store_integer(&rows, 0),
			.version = (unsigned)store_integer(&rows, 2), .at = store_integer(&rows, 3),
			.decided_at = store_integer(&rows, 4), .payload = { payload.at, payload.length },
			.salt = store_text(&rows, 6) };
		/* What cannot be read stays zero, and the chain says so. */
		(void)!dossier_event_type_read(store_text(&rows, 1), &event->type);
		(void)!digest_read(store_text(&rows, 7), &event->commitment);
		(void)!digest_read(store_text(&rows, 8), &event->previous);
		(void)!digest_read(store_text(&rows, 9), &event->hash);
	}
	*ret_events = events;
	*ret_count = count;
	return store_finish(&rows);
}

/* The version of the procedure that judged an event; the dossier's when the event reads none. */
static enum guichet_status
procedure_of(struct office *office, struct arena *arena, const struct dossier_event *event, struct text own,
	const struct procedure **ret_procedure, struct guichet_error *error)
{
	struct text hash;
	const enum guichet_status status = dossier_event_procedure(arena, event, &hash, error);
	return status != GUICHET_OK ? status : office_procedure(office, hash.length > 0 ? hash : own, ret_procedure, error);
}

static enum guichet_status
explain_one(struct office *office, const struct dossier_event *event, const struct dossier *before, struct text own,
	office_explained *tell, void *context, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(EXPLANATION_ARENA);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct procedure *procedure;
	struct dossier_explanation explanation;
	enum guichet_status status = procedure_of(office, arena, event, own, &procedure, error);
	if (status == GUICHET_OK)
		status = dossier_explain_event(arena, procedure, before, event, &explanation, error);
	return status == GUICHET_OK ? tell(context, &explanation, error) : status;
}

enum guichet_status
office_explain(struct office *office, struct text number, unsigned only, office_explained *tell, void *context,
	struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(EXPLANATION_ARENA);
	CLEANUP(store_read_end) struct store_tx *tx = arena ? store_read(office->options.store, error) : NULL;
	if (!tx)
		return arena ? error->status : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_BY_NUMBER, STORE_VALUES(number), error);
	const bool known = store_next(&rows);
	const struct text id = known ? store_text(&rows, 0) : TEXT("");
	enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK && !known)
		return guichet_fail(error, GUICHET_UNKNOWN, "Aucun dossier ne porte le numéro « " TEXT_FORMAT " ». %s",
			TEXT_ARGS(text_part(number, 0, 60)), dossier_number_is_valid(number) ? "Est-ce le bon dossier de données ?"
			: "Sa dernière lettre ne convient pas à ce numéro : relisez-le.");
	struct dossier_event *events = NULL;
	size_t count = 0;
	struct text own = TEXT("");
	if (status == GUICHET_OK) {
		rows = store_query(tx, arena, STORE_DOSSIER_LOAD, STORE_VALUES(id), error);
		if (store_next(&rows))
			own = store_text(&rows, 2);
		status = store_finish(&rows);
	}
	if (status == GUICHET_OK)
		status = office_events(tx, arena, id, &events, &count, error);
	if (status == GUICHET_OK && only > count)
		return guichet_fail(error, GUICHET_REFUSED, "Ce dossier a %zu événement%s : demandez-en un de 1 à %zu.", count,
			count == 1 ? "" : "s", count);
	struct dossier before = { 0 };
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		const struct procedure *procedure;
		if (only == 0 || events[i].number == only)
			status = explain_one(office, &events[i], &before, own, tell, context, error);
		if (status == GUICHET_OK && events[i].number == only)
			break;
		if (status == GUICHET_OK)
			status = procedure_of(office, arena, &events[i], own, &procedure, error);
		if (status == GUICHET_OK)
			status = dossier_fold(arena, procedure, &before, &events[i], error);
	}
	return status;
}
