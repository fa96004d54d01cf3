/* The events of a dossier, page by page: no command reads them all. */
#include "office/inside.h"

#include "base/banned.h"

enum guichet_status
office_events(struct store_tx *tx, struct arena *arena, struct text id, unsigned after, size_t limit,
	const struct dossier_event **ret_events, size_t *ret_count, struct guichet_error *error)
{
	struct dossier_event *events = arena_array_of(arena, struct dossier_event, limit + 1);
	if (!events)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_EVENT_LIST,
		STORE_VALUES(id, (int64_t)after, (int64_t)limit), error);
	while (count < limit && store_next(&rows)) {
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

enum guichet_status
office_past_new(struct office_past *past, struct guichet_error *error)
{
	*past = (struct office_past){ .page = arena_new(OFFICE_PAST_ARENA), .next = arena_new(OFFICE_PAST_ARENA) };
	return past->page && past->next ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

void
office_past_end(struct office_past *past)
{
	arena_free(past->page);
	arena_free(past->next);
	*past = (struct office_past){ 0 };
}

enum guichet_status
office_past_read(struct office_past *past, struct store_tx *tx, struct text id, const struct procedure *procedure,
	struct guichet_error *error)
{
	/* What was folded goes to the other arena, and the page that it came from is forgotten. */
	struct dossier state = { 0 };
	const unsigned after = past->folded.version;
	if (after > 0) {
		const struct text json = dossier_to_json(past->page, procedure, &past->folded);
		const enum guichet_status status = json.at ? dossier_of_json(past->next, procedure, json, &state, error)
			: guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		if (status != GUICHET_OK)
			return status;
	}
	past->folded = state;
	arena_clear(past->page);
	struct arena *page = past->page;
	past->page = past->next;
	past->next = page;
	const unsigned read = past->read;
	const enum guichet_status status = office_events(tx, past->page, id, read, OFFICE_EVENTS_PAGE, &past->events,
		&past->count, error);
	if (status == GUICHET_OK && past->count)
		past->read = past->events[past->count - 1].number;
	return status;
}
