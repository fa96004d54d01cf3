/* What rules read from outside the dossiers of a list: asked once for all its rows, never row by row. */
#include "office/inside.h"

#include <stdlib.h>

#include "base/banned.h"

struct outside_row {
	const struct office_row *row;
	struct dossier_facts *facts;
	struct dossier_outside reads;
	struct directory_facts subject; /* person or structure empty: the directory has it no more */
	struct text whose;              /* of which person, or structure, the counters are */
};

struct outside_list {
	struct store_tx *tx;
	struct arena *arena;
	struct date day;
	struct outside_row *rows;
	size_t count;
	struct office_said *said;
	size_t said_count, said_room;
	struct office_counted *counted;
	size_t counted_count, counted_room;
};

/* Texts, each once. */
struct texts {
	struct text *at;
	size_t count, room;
};

static bool
texts_add(struct arena *arena, struct texts *texts, struct text text)
{
	for (size_t i = texts->count; i-- > 0;)
		if (text_equal(texts->at[i], text))
			return true;
	if (texts->count == texts->room && !office_more(arena, (void **)&texts->at, sizeof *texts->at, texts->count, &texts->room))
		return false;
	texts->at[texts->count++] = text;
	return true;
}

static size_t
text_rank(const struct texts *texts, struct text text)
{
	size_t i = 0;
	while (i < texts->count && !text_equal(texts->at[i], text))
		i++;
	return i;
}

static bool
needs_subject(const struct outside_row *row)
{
	return row->reads.posting || row->reads.locals || (row->row->procedure->of_structures && row->reads.counters);
}

/* ---- who they are about ---- */

static enum guichet_status
persons_load(struct outside_list *list, struct guichet_error *error)
{
	struct texts ids = { 0 };
	for (size_t i = 0; i < list->count; i++)
		if (needs_subject(&list->rows[i]) && !list->rows[i].row->procedure->of_structures
			&& !texts_add(list->arena, &ids, list->rows[i].row->subject))
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct directory_facts *found = arena_array_of(list->arena, struct directory_facts, ids.count + 1);
	const enum guichet_status status = !found ? guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.")
		: directory_facts_listed(list->tx, list->arena, ids.at, ids.count, list->day, found, error);
	for (size_t i = 0; status == GUICHET_OK && i < list->count; i++)
		if (needs_subject(&list->rows[i]) && !list->rows[i].row->procedure->of_structures)
			list->rows[i].subject = found[text_rank(&ids, list->rows[i].row->subject)];
	return status;
}

static enum guichet_status
structures_load(struct outside_list *list, struct guichet_error *error)
{
	struct texts ids = { 0 };
	for (size_t i = 0; i < list->count; i++)
		if (needs_subject(&list->rows[i]) && list->rows[i].row->procedure->of_structures
			&& !texts_add(list->arena, &ids, list->rows[i].row->structure))
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct directory_structure *found = arena_array_of(list->arena, struct directory_structure, ids.count + 1);
	const enum guichet_status status = !found ? guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.")
		: directory_structures_listed(list->tx, list->arena, ids.at, ids.count, list->day, found, error);
	for (size_t i = 0; status == GUICHET_OK && i < list->count; i++)
		if (needs_subject(&list->rows[i]) && list->rows[i].row->procedure->of_structures) {
			list->rows[i].subject.structure = found[text_rank(&ids, list->rows[i].row->structure)];
			list->rows[i].whose = list->rows[i].subject.structure.id;
		}
	return status;
}

static bool
is_known(const struct outside_row *row)
{
	return row->row->procedure->of_structures ? row->subject.structure.id.length > 0 : row->subject.person.id.length > 0;
}

/* ---- what structures set ---- */

static int
by_length(const void *a, const void *b)
{
	const struct text *one = a, *other = b;
	return (one->length > other->length) - (one->length < other->length);
}

/* The path of a structure, and of all those above: each ends with "/". */
static bool
paths_add(struct arena *arena, struct texts *paths, struct text path)
{
	for (size_t end = 2; end <= path.length; end++)
		if (path.at[end - 1] == '/' && !texts_add(arena, paths, text_part(path, 0, end)))
			return false;
	return true;
}

static enum guichet_status
said_load(struct outside_list *list, const struct procedure *procedure, struct guichet_error *error)
{
	struct texts paths = { 0 };
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; i < list->count; i++)
		if (list->rows[i].reads.locals && text_equal(list->rows[i].row->procedure->name, procedure->name)
			&& !paths_add(list->arena, &paths, list->rows[i].subject.structure.path))
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (paths.count) /* what stands higher comes first, part after part */
		qsort(paths.at, paths.count, sizeof *paths.at, by_length);
	for (size_t from = 0; status == GUICHET_OK && from < paths.count; from += STORE_LISTED) {
		struct store_listed values;
		store_listed_fill(&values, date_day_number(list->day), paths.at + from, paths.count - from);
		values.at[STORE_LISTED + 1] = store_value_of_text(procedure->name);
		struct store_rows rows = store_query(list->tx, list->arena, STORE_SETTING_LISTED,
			(struct store_values){ values.at, STORE_LISTED + 2 }, error);
		while (status == GUICHET_OK && store_next(&rows)) {
			if (list->said_count == list->said_room && !office_more(list->arena, (void **)&list->said, sizeof *list->said,
				list->said_count, &list->said_room))
				status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
			else
				list->said[list->said_count++] = (struct office_said){ store_text(&rows, 0), store_text(&rows, 1),
					store_text(&rows, 2), store_text(&rows, 3), procedure->name };
		}
		const enum guichet_status ended = store_finish(&rows);
		status = status == GUICHET_OK ? ended : status;
	}
	return status;
}

/* The same answer for the same path: an earlier row has it. */
static bool
locals_again(struct outside_list *list, size_t index)
{
	struct outside_row *row = &list->rows[index];
	for (size_t i = 0; i < index; i++)
		if (list->rows[i].reads.locals && list->rows[i].row->procedure == row->row->procedure
			&& text_equal(list->rows[i].subject.structure.path, row->subject.structure.path)) {
			row->facts->locals = list->rows[i].facts->locals;
			return true;
		}
	return false;
}

static enum guichet_status
locals_set(struct outside_list *list, struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < list->count; i++) {
		const struct procedure *procedure = list->rows[i].row->procedure;
		if (!list->rows[i].reads.locals)
			continue;
		bool asked = false; /* for an earlier row of the same procedure */
		for (size_t k = 0; k < i; k++)
			asked |= list->rows[k].reads.locals && text_equal(list->rows[k].row->procedure->name, procedure->name);
		if (!asked)
			status = said_load(list, procedure, error);
	}
	for (size_t i = 0; status == GUICHET_OK && i < list->count; i++) {
		struct outside_row *row = &list->rows[i];
		if (!row->reads.locals || locals_again(list, i))
			continue;
		struct office_said *theirs = arena_array_of(list->arena, struct office_said, list->said_count + 1);
		size_t count = 0;
		if (!theirs)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		for (size_t k = 0; k < list->said_count; k++)
			if (text_equal(list->said[k].procedure, row->row->procedure->name)
				&& text_starts(row->subject.structure.path, list->said[k].path))
				theirs[count++] = list->said[k];
		status = office_settings_fold(list->arena, row->row->procedure, theirs, count, row->subject.structure.path, NULL,
			&row->facts->locals, error);
	}
	return status;
}

/* ---- counters ---- */

static enum guichet_status
counted_load(struct outside_list *list, bool of_structures, struct guichet_error *error)
{
	struct texts whose = { 0 };
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; i < list->count; i++)
		if (list->rows[i].reads.counters && list->rows[i].row->procedure->of_structures == of_structures
			&& !texts_add(list->arena, &whose, list->rows[i].whose))
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t from = 0; status == GUICHET_OK && from < whose.count; from += STORE_LISTED) {
		struct store_listed values;
		store_listed_fill(&values, (int64_t)STORE_LISTED * OFFICE_MOST_ENTRIES, whose.at + from, whose.count - from);
		struct store_rows rows = store_query(list->tx, list->arena,
			of_structures ? STORE_COUNTER_ENTRIES_OF_STRUCTURES : STORE_COUNTER_ENTRIES_LISTED,
			(struct store_values){ values.at, STORE_LISTED + 1 }, error);
		while (status == GUICHET_OK && store_next(&rows)) {
			if (list->counted_count == list->counted_room && !office_more(list->arena, (void **)&list->counted,
				sizeof *list->counted, list->counted_count, &list->counted_room))
				status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
			else
				status = office_counted_read(&rows, list->arena, store_text(&rows, 6), &list->counted[list->counted_count++],
					error);
		}
		const enum guichet_status ended = store_finish(&rows);
		status = status == GUICHET_OK ? ended : status;
	}
	return status;
}

static enum guichet_status
counters_set(struct outside_list *list, struct guichet_error *error)
{
	enum guichet_status status = counted_load(list, false, error);
	if (status == GUICHET_OK)
		status = counted_load(list, true, error);
	/* Those of each stand together: where they begin. */
	struct texts whose = { 0 };
	size_t *from = arena_array_of(list->arena, size_t, list->counted_count + 1);
	if (status == GUICHET_OK && !from)
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; status == GUICHET_OK && i < list->counted_count; i++) {
		const size_t before = whose.count;
		if (i > 0 && text_equal(list->counted[i].whose, list->counted[i - 1].whose))
			continue;
		if (!texts_add(list->arena, &whose, list->counted[i].whose))
			status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		else if (whose.count > before)
			from[before] = i;
	}
	for (size_t i = 0; status == GUICHET_OK && i < list->count; i++) {
		struct outside_row *row = &list->rows[i];
		if (!row->reads.counters)
			continue;
		const size_t rank = text_rank(&whose, row->whose), first = rank < whose.count ? from[rank] : list->counted_count,
			end = rank + 1 < whose.count ? from[rank + 1] : list->counted_count;
		status = office_counters_fold(list->arena, row->row->procedure, list->counted + first, end - first, row->whose,
			&row->facts->counters, error);
	}
	return status;
}

/* ---- all of it ---- */

enum guichet_status
office_rows_outside(struct store_tx *tx, struct arena *arena, const struct office_row *const *rows,
	struct dossier_facts *const *facts, size_t count, struct guichet_error *error)
{
	struct outside_list list = { .tx = tx, .arena = arena, .rows = arena_array_of(arena, struct outside_row, count + 1) };
	struct dossier_outside reads = { 0 };
	if (!list.rows)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < count; i++) {
		const struct dossier_outside one = dossier_reads_outside(facts[i]->procedure);
		if (!one.posting && !one.locals && !one.counters && !one.days)
			continue;
		list.rows[list.count++] = (struct outside_row){ .row = rows[i], .facts = facts[i], .reads = one,
			.whose = rows[i]->procedure->of_structures ? rows[i]->structure : rows[i]->subject };
		reads = (struct dossier_outside){ reads.posting || one.posting, reads.locals || one.locals,
			reads.counters || one.counters, reads.days || one.days };
	}
	if (list.count == 0)
		return GUICHET_OK;
	list.day = date_of_instant(list.rows[0].facts->at, NULL);
	enum guichet_status status = persons_load(&list, error);
	if (status == GUICHET_OK)
		status = structures_load(&list, error);
	for (size_t i = 0; status == GUICHET_OK && i < list.count; i++)
		if (list.rows[i].reads.posting)
			status = office_posting_of(arena, is_known(&list.rows[i]) ? &list.rows[i].subject : NULL, list.rows[i].facts,
				&list.rows[i].facts->posting, error);
	if (status == GUICHET_OK && reads.locals)
		status = locals_set(&list, error);
	if (status == GUICHET_OK && reads.counters)
		status = counters_set(&list, error);
	struct dossier_facts days = { 0 };
	if (status == GUICHET_OK && reads.days)
		status = office_closed_of(tx, arena, &days, error);
	for (size_t i = 0; status == GUICHET_OK && i < list.count; i++)
		if (list.rows[i].reads.days) {
			list.rows[i].facts->closed = days.closed;
			list.rows[i].facts->closed_count = days.closed_count;
		}
	return status;
}

enum guichet_status
office_row_list(struct store_tx *tx, struct arena *arena, const struct office_rows *rows, instant at, bool outside,
	struct office_row_list *ret_list, struct guichet_error *error)
{
	struct office_row_list list = { arena_array_of(arena, struct dossier, rows->count + 1),
		arena_array_of(arena, struct dossier_facts, rows->count + 1) };
	const struct office_row **each = arena_array_of(arena, const struct office_row *, rows->count + 1);
	struct dossier_facts **facts = arena_array_of(arena, struct dossier_facts *, rows->count + 1);
	enum guichet_status status = list.states && list.facts && each && facts ? GUICHET_OK
		: guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; status == GUICHET_OK && i < rows->count; i++) {
		each[i] = &rows->at[i];
		facts[i] = &list.facts[i];
		status = office_row_facts(arena, each[i], at, &list.states[i], facts[i], error);
	}
	if (status == GUICHET_OK && outside)
		status = office_rows_outside(tx, arena, each, facts, rows->count, error);
	if (status == GUICHET_OK)
		*ret_list = list;
	return status;
}
