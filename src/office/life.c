/* The life of a person here: all their dossiers, over all campaigns and procedures, with those of the structures for which
 * they ask, and what happened in them. One query per kind of thing and structure; what rules read beside a dossier is asked
 * once per campaign or procedure, and structure. */
#include "office/inside.h"

#include <stdlib.h>

#include "base/banned.h"

static bool
of_same(const struct office_row *a, const struct office_row *b)
{
	return !a->procedure->of_structures || text_equal(a->structure, b->structure);
}

/* What rules read outside is the same for all the dossiers of a procedure; exceptions, of a campaign. For structures, of
 * the same one. */
static enum guichet_status
outside(struct store_tx *tx, struct arena *arena, const struct office_actor *actor, struct office_life *life, size_t index,
	struct guichet_error *error)
{
	struct office_life_dossier *one = &life->dossiers[index];
	const struct office_life_dossier *procedure = NULL, *campaign = NULL;
	for (size_t i = 0; i < index; i++) {
		const struct office_row *row = life->dossiers[i].row;
		if (row->procedure == one->row->procedure && of_same(row, one->row))
			procedure = &life->dossiers[i];
		if (row->campaign == one->row->campaign && of_same(row, one->row))
			campaign = &life->dossiers[i];
	}
	enum guichet_status status = GUICHET_OK;
	if (campaign) {
		one->facts.exceptions = campaign->facts.exceptions;
		one->facts.exception_count = campaign->facts.exception_count;
	} else {
		status = office_exceptions(tx, arena, one->row->campaign, actor->person, one->row->structure,
			&one->facts, error);
	}
	if (status != GUICHET_OK || !procedure)
		return status != GUICHET_OK ? status : one->row->procedure->of_structures
			? office_row_outside(tx, arena, one->row, &one->facts, error)
			: office_outside_load(tx, arena, &actor->facts, &one->facts, error);
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

static int
newest_first(const void *a, const void *b)
{
	const struct office_row *one = a, *other = b;
	return one->filed_at != other->filed_at ? (one->filed_at < other->filed_at) - (one->filed_at > other->filed_at)
		: text_compare(other->id, one->id);
}

/* Their own, and those of the structures for which they ask. */
static enum guichet_status
rows_load(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_actor *actor,
	struct office_rows *ret_rows, struct guichet_error *error)
{
	struct office_rows own = { 0 }, theirs = { 0 };
	enum guichet_status status = office_list_of_subject(office, tx, arena, actor->person, &own, error);
	if (status == GUICHET_OK)
		status = office_list_of_structures(office, tx, arena, actor, &theirs, error);
	if (status != GUICHET_OK)
		return status;
	struct office_rows all = { arena_array_of(arena, struct office_row, own.count + theirs.count + 1),
		own.count + theirs.count, own.more || theirs.more };
	if (!all.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (own.count)
		memcpy(all.at, own.at, own.count * sizeof *all.at);
	if (theirs.count)
		memcpy(all.at + own.count, theirs.at, theirs.count * sizeof *all.at);
	if (all.count)
		qsort(all.at, all.count, sizeof *all.at, newest_first);
	*ret_rows = all;
	return GUICHET_OK;
}

enum guichet_status
office_life(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_actor *actor, instant at,
	struct office_life *ret_life, struct guichet_error *error)
{
	struct office_rows rows = { 0 };
	enum guichet_status status = rows_load(office, tx, arena, actor, &rows, error);
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
		if (!one->row->procedure->of_structures) /* as of who filed, when they did */
			one->facts.agent = agent;
		if (status == GUICHET_OK)
			status = outside(tx, arena, actor, &life, i, error);
	}
	for (size_t i = 0; status == GUICHET_OK && i < life.count; i++) {
		struct office_life_dossier *one = &life.dossiers[i];
		if (one->state.parent.length == 0)
			continue;
		one->parent = line_of(&life, one->state.parent);
		if (one->parent >= 0) /* not too old for the list */
			one->facts.parent = &life.dossiers[one->parent].state;
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

/* Events of the dossiers that a statement finds by a key, added to those there are. */
struct past {
	const struct office_life *life;
	struct office_life_event *events;
	size_t count;
};

static enum guichet_status
past_add(struct store_tx *tx, struct arena *arena, enum store_statement statement, struct text key, instant before,
	size_t limit, struct past *past, struct guichet_error *error)
{
	struct office_life_event *events = arena_array_of(arena, struct office_life_event, past->count + limit + 1);
	if (!events)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (past->count)
		memcpy(events, past->events, past->count * sizeof *events);
	past->events = events;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, statement,
		STORE_VALUES(key, before, (int64_t)limit + 1), error);
	for (size_t read = 0; read <= limit && store_next(&rows); read++) {
		const struct text id = store_text(&rows, 0);
		const struct store_blob payload = store_blob(&rows, 6);
		struct office_life_event *one = &events[past->count++];
		*one = (struct office_life_event){ .dossier = line_of(past->life, id), .event = { .dossier = id,
			.number = (unsigned)store_integer(&rows, 1), .version = (unsigned)store_integer(&rows, 3),
			.at = store_integer(&rows, 4), .decided_at = store_integer(&rows, 5),
			.payload = { payload.at, payload.length }, .salt = store_text(&rows, 7) } };
		(void)!dossier_event_type_read(store_text(&rows, 2), &one->event.type); /* an unknown type is not told */
	}
	return store_finish(&rows);
}

static int
last_first(const void *a, const void *b)
{
	const struct dossier_event *one = &((const struct office_life_event *)a)->event,
		*other = &((const struct office_life_event *)b)->event;
	const int dossiers = text_compare(other->dossier, one->dossier);
	return one->at != other->at ? (one->at < other->at) - (one->at > other->at)
		: dossiers != 0 ? dossiers : (one->number < other->number) - (one->number > other->number);
}

/* Is it the first of the dossiers of its structure? */
static bool
is_first_of_structure(const struct office_life *life, size_t index)
{
	const struct office_row *row = life->dossiers[index].row;
	for (size_t i = 0; i < index; i++)
		if (life->dossiers[i].row->procedure->of_structures && text_equal(life->dossiers[i].row->structure, row->structure))
			return false;
	return row->procedure->of_structures;
}

enum guichet_status
office_life_past(struct store_tx *tx, struct arena *arena, const struct office_life *life,
	const struct office_actor *actor, instant before, size_t limit, const struct office_life_event **ret_events,
	size_t *ret_count, instant *ret_older, struct guichet_error *error)
{
	struct past past = { .life = life };
	enum guichet_status status = past_add(tx, arena, STORE_EVENT_OF_SUBJECT, actor->person, before, limit, &past, error);
	for (size_t i = 0; status == GUICHET_OK && i < life->count; i++)
		if (is_first_of_structure(life, i))
			status = past_add(tx, arena, STORE_EVENT_OF_STRUCTURE, life->dossiers[i].row->structure, before, limit, &past,
				error);
	if (status != GUICHET_OK)
		return status;
	if (past.count)
		qsort(past.events, past.count, sizeof *past.events, last_first);
	*ret_older = 0;
	if (past.count > limit)
		past.count = whole_instants(past.events, limit, past.events[limit].event.at, ret_older);
	size_t kept = 0; /* what is not among the dossiers is not told */
	for (size_t i = 0; i < past.count; i++)
		if (past.events[i].dossier >= 0)
			past.events[kept++] = past.events[i];
	*ret_events = past.events;
	*ret_count = kept;
	return GUICHET_OK;
}
