/* The life of a person here: all their dossiers, over all campaigns and procedures, and what happened in them. One query
 * per kind of thing; what rules read beside a dossier is asked once per campaign or procedure. */
#include "office/inside.h"

#include "base/banned.h"

/* What rules read outside is the same for all the dossiers of a procedure; exceptions, of a campaign. */
static enum guichet_status
outside(struct store_tx *tx, struct arena *arena, const struct office_actor *actor, struct office_life *life, size_t index,
	struct guichet_error *error)
{
	struct office_life_dossier *one = &life->dossiers[index];
	const struct office_life_dossier *procedure = NULL, *campaign = NULL;
	for (size_t i = 0; i < index; i++) {
		const struct office_row *row = life->dossiers[i].row;
		if (row->procedure == one->row->procedure)
			procedure = &life->dossiers[i];
		if (row->campaign == one->row->campaign)
			campaign = &life->dossiers[i];
	}
	enum guichet_status status = GUICHET_OK;
	if (campaign) {
		one->facts.exceptions = campaign->facts.exceptions;
		one->facts.exception_count = campaign->facts.exception_count;
	} else {
		status = office_exceptions(tx, arena, one->row->campaign, actor->person, &one->facts, error);
	}
	if (status != GUICHET_OK || !procedure)
		return status != GUICHET_OK ? status : office_outside_load(tx, arena, &actor->facts, &one->facts, error);
	one->facts.posting = procedure->facts.posting;
	one->facts.locals = procedure->facts.locals;
	one->facts.counters = procedure->facts.counters;
	one->facts.closed = procedure->facts.closed;
	one->facts.closed_count = procedure->facts.closed_count;
	return GUICHET_OK;
}

static int
line_of(const struct office_life *life, struct text id)
{
	for (size_t i = 0; i < life->count; i++)
		if (text_equal(life->dossiers[i].row->id, id))
			return (int)i;
	return PROCEDURE_NONE;
}

enum guichet_status
office_life(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_actor *actor, instant at,
	struct office_life *ret_life, struct guichet_error *error)
{
	struct office_rows rows;
	enum guichet_status status = office_list_of_subject(office, tx, arena, actor->person, &rows, error);
	if (status != GUICHET_OK)
		return status;
	struct office_life life = { .dossiers = arena_array_of(arena, struct office_life_dossier, rows.count + 1),
		.count = rows.count, .more = rows.more };
	const struct feel_value agent = office_agent_feel(arena, &actor->facts);
	if (!life.dossiers || agent.kind != FEEL_CONTEXT)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; status == GUICHET_OK && i < life.count; i++) {
		struct office_life_dossier *one = &life.dossiers[i];
		one->row = &rows.at[i];
		one->parent = PROCEDURE_NONE;
		status = office_row_facts(arena, one->row, at, &one->state, &one->facts, error);
		one->facts.agent = agent;
		if (status == GUICHET_OK)
			status = outside(tx, arena, actor, &life, i, error);
	}
	for (size_t i = 0; status == GUICHET_OK && i < life.count; i++) {
		struct office_life_dossier *one = &life.dossiers[i];
		if (one->state.parent.length == 0)
			continue;
		one->parent = line_of(&life, one->state.parent);
		if (one->parent >= 0)
			one->facts.parent = &life.dossiers[one->parent].state;
		else /* too old for the list, or of somebody else */
			status = office_parent_load(office, tx, arena, one->row->procedure, &one->state, &one->facts.parent, error);
	}
	if (status == GUICHET_OK)
		*ret_life = life;
	return status;
}

/* What happened together is told together: without the beginning of what does not fit. */
static size_t
whole_instants(const struct office_life_event *events, size_t count, instant cut, instant *ret_older)
{
	size_t kept = count;
	while (kept > 0 && events[kept - 1].event.at == cut)
		kept--;
	*ret_older = kept ? cut + 1 : cut;
	return kept ? kept : count;
}

enum guichet_status
office_life_past(struct store_tx *tx, struct arena *arena, const struct office_life *life,
	const struct office_actor *actor, instant before, size_t limit, const struct office_life_event **ret_events,
	size_t *ret_count, instant *ret_older, struct guichet_error *error)
{
	struct office_life_event *events = arena_array_of(arena, struct office_life_event, limit + 1);
	if (!events)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_EVENT_OF_SUBJECT,
		STORE_VALUES(actor->person, before, (int64_t)limit + 1), error);
	size_t read = 0, count = 0;
	*ret_older = 0;
	while (store_next(&rows)) {
		const struct text id = store_text(&rows, 0);
		const struct store_blob payload = store_blob(&rows, 6);
		struct office_life_event *one = &events[count];
		if (read++ == limit) {
			count = whole_instants(events, count, store_integer(&rows, 4), ret_older);
			break;
		}
		*one = (struct office_life_event){ .dossier = line_of(life, id), .event = { .dossier = id,
			.number = (unsigned)store_integer(&rows, 1), .version = (unsigned)store_integer(&rows, 3),
			.at = store_integer(&rows, 4), .decided_at = store_integer(&rows, 5),
			.payload = { payload.at, payload.length }, .salt = store_text(&rows, 7) } };
		(void)!dossier_event_type_read(store_text(&rows, 2), &one->event.type); /* an unknown type is not told */
		count += one->dossier >= 0;
	}
	*ret_events = events;
	*ret_count = count;
	return store_finish(&rows);
}
