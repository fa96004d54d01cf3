/* See report.h. */
#include "dossier/report.h"

#include <stdlib.h>

#include "base/fold.h"
#include "dossier/facts.h"

#include "base/banned.h"

enum { BUCKETS = 1024, MOST_VERSIONS = 1000, MEAN_DECIMALS = 2 };

/* A line being counted. */
struct line {
	struct dossier_report_group group;
	struct feel_value key; /* for their order: numbers by value */
	struct text sort;
	bool unknown;          /* the value is not there: the last line */
	struct line *next;     /* of its bucket */
};

struct lines {
	struct line *buckets[BUCKETS];
	size_t count;
};

/* The same report in a version of the procedure: what stands there for each item of the definition. */
struct version {
	const struct procedure *procedure;
	const struct procedure_report *report;          /* NULL: it has none of that name */
	const struct procedure_column **by;             /* NULL where there is none */
	const struct procedure_report_measure **measures;
	const struct procedure_report_list **lists;
	struct version *next;
};

struct dossier_report_work {
	struct arena *arena;
	struct feel_range *days; /* where inputs point to it */
	struct version *versions;
	size_t version_count;
	struct lines *tables, *lists;
};

/* ---- days ---- */

enum { SCHOOL_MONTH = 9 };

struct feel_range
dossier_report_days(const struct procedure_report *report, const struct campaign *campaign, int year, struct date today)
{
	struct date from = { year, 1, 1 }, to = { year, 12, 31 };
	if (report->period == PROCEDURE_SCHOOL_YEAR) {
		from = (struct date){ year, SCHOOL_MONTH, 1 };
		to = (struct date){ year + 1, SCHOOL_MONTH - 1, 31 };
	} else if (report->period == PROCEDURE_CAMPAIGN) {
		from = to = today;
		for (size_t i = 0; i < campaign->window_count; i++)
			if (date_compare(campaign->windows[i].first_day, from) < 0)
				from = campaign->windows[i].first_day;
	}
	return (struct feel_range){ .low = feel_date(from), .high = feel_date(to) };
}

int
dossier_report_year(const struct procedure_report *report, struct date day)
{
	return report->period == PROCEDURE_SCHOOL_YEAR && day.month < SCHOOL_MONTH ? day.year - 1 : day.year;
}

struct text
dossier_report_year_text(struct arena *arena, const struct procedure_report *report, int year)
{
	return report->period == PROCEDURE_CAMPAIGN    ? TEXT("")
	     : report->period == PROCEDURE_SCHOOL_YEAR ? arena_format(arena, "%d-%d", year, year + 1)
						       : arena_format(arena, "%d", year);
}

/* ---- counting ---- */

static struct dossier_report_cell *
cells_new(struct arena *arena, size_t count)
{
	struct dossier_report_cell *cells = arena_array_of(arena, struct dossier_report_cell, count + 1);
	for (size_t i = 0; cells && i < count; i++)
		cells[i].sum = feel_integer(0);
	return cells;
}

enum guichet_status
dossier_report_begin(struct arena *arena, const struct procedure *procedure, int index, struct feel_range days,
	struct dossier_report *ret_report, struct guichet_error *error)
{
	const struct procedure_report *definition = &procedure->reports[index];
	struct dossier_report_work *work = arena_new_of(arena, struct dossier_report_work);
	struct dossier_report report = {
		.definition = definition,
		.days = days,
		.tables = arena_array_of(arena, struct dossier_report_table, definition->by_count + 1),
		.lists = arena_array_of(arena, struct dossier_report_table, definition->list_count + 1),
		.total = { .name = TEXT("Ensemble"), .cells = cells_new(arena, definition->measure_count) },
		.work = work,
	};
	if (!work || !report.tables || !report.lists || !report.total.cells)
		return OUT_OF_MEMORY(error);
	*work = (struct dossier_report_work){
		.arena = arena,
		.days = arena_new_of(arena, struct feel_range),
		.tables = arena_array_of(arena, struct lines, definition->by_count + 1),
		.lists = arena_array_of(arena, struct lines, definition->list_count + 1),
	};
	if (!work->days || !work->tables || !work->lists)
		return OUT_OF_MEMORY(error);
	*work->days = days;
	for (size_t i = 0; i < definition->by_count; i++)
		report.tables[i].title = definition->by[i].title;
	for (size_t i = 0; i < definition->list_count; i++)
		report.lists[i].title = definition->lists[i].title;
	*ret_report = report;
	return GUICHET_OK;
}

/* What stands in that version of the procedure; NULL without memory. */
static const struct version *
version_of(struct dossier_report *report, const struct procedure *procedure)
{
	struct dossier_report_work *work = report->work;
	const struct procedure_report *definition = report->definition;
	for (const struct version *known = work->versions; known; known = known->next)
		if (known->procedure == procedure)
			return known;
	struct version *version = arena_new_of(work->arena, struct version);
	if (!version || work->version_count++ == MOST_VERSIONS)
		return NULL;
	*version = (struct version){
		.procedure = procedure,
		.by = arena_array_of(work->arena, const struct procedure_column *, definition->by_count + 1),
		.measures = arena_array_of(work->arena, const struct procedure_report_measure *, definition->measure_count + 1),
		.lists = arena_array_of(work->arena, const struct procedure_report_list *, definition->list_count + 1),
		.next = work->versions,
	};
	if (!version->by || !version->measures || !version->lists)
		return NULL;
	work->versions = version;
	const int index = procedure_report_find(procedure, definition->name);
	if (index == PROCEDURE_NONE)
		return version;
	const struct procedure_report *own = version->report = &procedure->reports[index];
	for (size_t i = 0; i < definition->by_count; i++)
		for (size_t k = 0; k < own->by_count; k++)
			if (text_equal(own->by[k].title, definition->by[i].title))
				version->by[i] = &own->by[k];
	for (size_t i = 0; i < definition->measure_count; i++)
		for (size_t k = 0; k < own->measure_count; k++)
			if (text_equal(own->measures[k].name, definition->measures[i].name))
				version->measures[i] = &own->measures[k];
	for (size_t i = 0; i < definition->list_count; i++)
		for (size_t k = 0; k < own->list_count; k++)
			if (text_equal(own->lists[k].name, definition->lists[i].name))
				version->lists[i] = &own->lists[k];
	return version;
}

static enum guichet_status
line_of(struct dossier_report *report, struct lines *lines, struct text name, struct feel_value key, bool list,
	struct line **ret_line, struct guichet_error *error)
{
	struct arena *arena = report->work->arena;
	const bool unknown = name.length == 0;
	if (unknown)
		name = TEXT("(non renseigné)");
	struct line **bucket = &lines->buckets[text_hash(name) % BUCKETS];
	for (struct line *line = *bucket; line; line = line->next) {
		if (text_equal(line->group.name, name)) {
			*ret_line = line;
			return GUICHET_OK;
		}
	}
	if (lines->count == DOSSIER_REPORT_MOST_GROUPS)
		return guichet_fail(error, GUICHET_REFUSED, "Ce rapport a trop de lignes : plus de %d dans un tableau.",
			DOSSIER_REPORT_MOST_GROUPS);
	struct line *line = arena_new_of(arena, struct line);
	if (!line)
		return OUT_OF_MEMORY(error);
	*line = (struct line){
		.group = { .name = arena_text(arena, name),
			.cells = list ? NULL : cells_new(arena, report->definition->measure_count) },
		.key = key.kind == FEEL_NUMBER ? key : feel_null(TEXT("")),
		.sort = text_fold(arena, name),
		.unknown = unknown,
		.next = *bucket,
	};
	if (!line->group.name.at || !line->sort.at || (!list && !line->group.cells))
		return OUT_OF_MEMORY(error);
	*bucket = line;
	lines->count++;
	*ret_line = line;
	return GUICHET_OK;
}

/* What the dossier adds to each measure; *ret_counts when it adds to one at least. */
static enum guichet_status
measure(const struct dossier_report *report, const struct version *version, const struct inputs *inputs,
	struct dossier_report_cell *cells, bool *ret_counts, struct guichet_error *error)
{
	*ret_counts = false;
	for (size_t i = 0; i < report->definition->measure_count; i++) {
		const struct procedure_report_measure *one = version->measures[i];
		bool counts = one != NULL;
		enum guichet_status status = counts ? inputs_condition(inputs, one->condition, &counts, error) : GUICHET_OK;
		const struct feel *number = one ? one->sum ? one->sum : one->mean : NULL;
		struct feel_value value = feel_integer(0);
		if (status == GUICHET_OK && counts && number)
			status = inputs_evaluate(inputs, number, &value, error);
		if (status != GUICHET_OK)
			return status;
		/* A number that is not there adds nothing, and is not part of a mean. */
		counts = counts && value.kind == FEEL_NUMBER;
		cells[i] = (struct dossier_report_cell){ .count = counts, .sum = counts ? value : feel_integer(0) };
		*ret_counts |= counts;
	}
	return GUICHET_OK;
}

static bool
cells_add(struct dossier_report_cell *cells, const struct dossier_report_cell *more, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		cells[i].count += more[i].count;
		if (!feel_number_add(cells[i].sum, more[i].sum, &cells[i].sum))
			return false;
	}
	return true;
}

static enum guichet_status
add_cells(const struct dossier_report *report, struct dossier_report_group *group, const struct dossier_report_cell *cells,
	struct guichet_error *error)
{
	group->dossiers++;
	return cells_add(group->cells, cells, report->definition->measure_count) ? GUICHET_OK
		: guichet_fail(error, GUICHET_REFUSED, "Une somme de ce rapport est trop grande.");
}

static enum guichet_status
share_out(struct dossier_report *report, const struct version *version, const struct inputs *inputs,
	const struct dossier_report_cell *cells, struct guichet_error *error)
{
	enum guichet_status status = add_cells(report, &report->total, cells, error);
	for (size_t i = 0; status == GUICHET_OK && i < report->definition->by_count; i++) {
		struct feel_value value = feel_null(TEXT(""));
		struct text name = TEXT("");
		struct line *line;
		if (version->by[i]) {
			status = inputs_evaluate(inputs, version->by[i]->value, &value, error);
			if (status == GUICHET_OK)
				name = procedure_column_text(inputs->arena, version->procedure, version->by[i], value);
		}
		if (status == GUICHET_OK && !name.at)
			status = OUT_OF_MEMORY(error);
		if (status == GUICHET_OK)
			status = line_of(report, &report->work->tables[i], name, value, false, &line, error);
		if (status == GUICHET_OK)
			status = add_cells(report, &line->group, cells, error);
	}
	return status;
}

/* One value of a list, as people read it. */
static struct text
item_text(struct arena *arena, const struct procedure *procedure, const struct procedure_report_list *list,
	struct feel_value item)
{
	if (list->field == PROCEDURE_NONE)
		return procedure_value_text(arena, procedure, feel_source_of(list->value), item);
	const struct procedure_field *field = &procedure->fields[list->field];
	return procedure_field_text(arena, field, field->type == PROCEDURE_FIELD_CHOICES ? feel_list(&item, 1) : item);
}

static enum guichet_status
list_values(struct dossier_report *report, const struct version *version, const struct inputs *inputs,
	struct guichet_error *error)
{
	for (size_t i = 0; i < report->definition->list_count; i++) {
		const struct procedure_report_list *list = version->lists[i];
		bool counts = list != NULL;
		struct feel_value value = feel_null(TEXT(""));
		enum guichet_status status = counts ? inputs_condition(inputs, list->condition, &counts, error) : GUICHET_OK;
		if (status == GUICHET_OK && counts)
			status = inputs_evaluate(inputs, list->value, &value, error);
		const struct feel_value *items = value.kind == FEEL_LIST && value.list.count ? value.list.at : &value;
		const size_t count = !counts ? 0 : value.kind == FEEL_LIST && value.list.count ? value.list.count : 1;
		if (value.kind == FEEL_LIST && value.list.count == 0)
			value = feel_null(TEXT(""));
		for (size_t k = 0; status == GUICHET_OK && k < count; k++) {
			struct line *line;
			const struct text name = item_text(inputs->arena, version->procedure, list, items[k]);
			status = !name.at ? OUT_OF_MEMORY(error)
				: line_of(report, &report->work->lists[i], name, items[k], true, &line, error);
			if (status == GUICHET_OK)
				line->group.dossiers++;
		}
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}

/* Does the report count dossiers of that nature (compte)? */
static bool
is_of(const struct procedure_report *report, const struct dossier *dossier)
{
	const struct text nature = dossier->nature.length ? dossier->nature : TEXT("demande");
	bool of = report->nature_count == 0;
	for (size_t i = 0; i < report->nature_count; i++)
		of |= text_equal(report->natures[i], nature);
	return of;
}

enum guichet_status
dossier_report_add(struct dossier_report *report, const struct dossier_facts *facts, struct arena *scratch,
	struct guichet_error *error)
{
	const struct version *version = version_of(report, facts->procedure);
	if (!version)
		return OUT_OF_MEMORY(error);
	if (!version->report || date_compare(date_of_instant(facts->dossier->filed_at, NULL), report->days.high.date) > 0)
		return GUICHET_OK;
	if (!is_of(version->report, facts->dossier))
		return GUICHET_OK;
	struct inputs inputs;
	struct dossier_report_cell *cells = cells_new(scratch, report->definition->measure_count);
	enum guichet_status status = cells ? inputs_new(scratch, facts, &inputs, error) : OUT_OF_MEMORY(error);
	if (status != GUICHET_OK)
		return status;
	inputs.values[facts->procedure->period_slot] = (struct feel_value){ .kind = FEEL_RANGE, .range = report->work->days };
	report->read++;
	bool counts;
	status = measure(report, version, &inputs, cells, &counts, error);
	if (status == GUICHET_OK && counts)
		status = share_out(report, version, &inputs, cells, error);
	return status == GUICHET_OK ? list_values(report, version, &inputs, error) : status;
}

/* ---- putting in order ---- */

/* The smallest first. */
static int
by_size(const void *a, const void *b)
{
	const struct line *left = *(struct line *const *)a, *right = *(struct line *const *)b;
	return left->group.dossiers != right->group.dossiers ? left->group.dossiers < right->group.dossiers ? -1 : 1
		: text_compare(left->sort, right->sort);
}

static int
by_value(const void *a, const void *b)
{
	const struct line *left = *(struct line *const *)a, *right = *(struct line *const *)b;
	int order;
	if (left->unknown != right->unknown)
		return left->unknown ? 1 : -1;
	return feel_order(left->key, right->key, &order) ? order : text_compare(left->sort, right->sort);
}

static int
by_size_down(const void *a, const void *b)
{
	const struct line *left = *(struct line *const *)a, *right = *(struct line *const *)b;
	return left->group.dossiers != right->group.dossiers ? left->group.dossiers > right->group.dossiers ? -1 : 1
		: by_value(a, b);
}

static bool
is_few(const struct dossier_report *report, int64_t count)
{
	return count > 0 && count < report->definition->secret;
}

/* The cell that a column hides next, for the ones hidden not to be told by the total: the smallest that counts some. */
static struct dossier_report_cell *
next_to_hide(const struct dossier_report_table *table, size_t measure)
{
	struct dossier_report_cell *best = NULL;
	for (size_t i = 0; i < table->count; i++) {
		struct dossier_report_cell *cell = &table->groups[i].cells[measure];
		if (!cell->hidden && (!best || (cell->count && (!best->count || cell->count < best->count))))
			best = cell;
	}
	return best;
}

/* Hides the cells of a column that would tell of few dossiers, and as many others as it takes for the total, which is
 * shown, not to give them away. */
static void
hide_cells(const struct dossier_report *report, struct dossier_report_table *table, size_t measure)
{
	size_t hidden = 0;
	int64_t held = 0;
	for (size_t i = 0; i < table->count; i++) {
		struct dossier_report_cell *cell = &table->groups[i].cells[measure];
		cell->hidden = is_few(report, cell->count);
		hidden += cell->hidden;
		held += cell->hidden ? cell->count : 0;
	}
	table->hidden |= hidden > 0;
	while (hidden && (hidden == 1 || held < report->definition->secret)) {
		struct dossier_report_cell *cell = next_to_hide(table, measure);
		if (!cell)
			return;
		cell->hidden = true;
		hidden++;
		held += cell->count;
	}
}

static void
group_add(const struct dossier_report *report, struct dossier_report_group *group, const struct dossier_report_group *more)
{
	const size_t measures = report->definition->measure_count;
	group->dossiers += more->dossiers;
	if (group->cells)
		(void)!cells_add(group->cells, more->cells, measures);
}

/* Holds together the groups that are too small to be shown, with the next smallest when together they still are: else the
 * total would give them away. They become the last one; how many others are left. */
static size_t
hold_together(const struct dossier_report *report, struct line **lines, size_t count, struct dossier_report_table *table)
{
	size_t small = 0;
	qsort(lines, count, sizeof *lines, by_size);
	struct line *rest = lines[0];
	while (small < count && (is_few(report, lines[small]->group.dossiers) || (small && is_few(report, rest->group.dossiers)))) {
		if (small)
			group_add(report, &rest->group, &lines[small]->group);
		small++;
	}
	table->too_few = small && (small == count || is_few(report, rest->group.dossiers));
	if (table->too_few || small == 0)
		return count;
	rest->group.name = TEXT("Autres, regroupés");
	table->merged = small;
	memmove(lines, lines + small, (count - small) * sizeof *lines);
	lines[count - small] = rest;
	return count - small;
}

static enum guichet_status
put_in_order(struct dossier_report *report, const struct lines *counted, bool list, struct dossier_report_table *table,
	struct guichet_error *error)
{
	struct arena *arena = report->work->arena;
	struct line **lines = arena_array_of(arena, struct line *, counted->count + 1);
	table->groups = arena_array_of(arena, struct dossier_report_group, counted->count + 1);
	if (!lines || !table->groups)
		return OUT_OF_MEMORY(error);
	size_t count = 0;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct line *line = counted->buckets[i]; line; line = line->next)
			lines[count++] = line;
	size_t shown = count;
	if (count && report->definition->secret)
		shown = hold_together(report, lines, count, table);
	if (shown)
		qsort(lines, shown, sizeof *lines, list ? by_size_down : by_value);
	table->count = table->too_few ? 0 : shown + (table->merged ? 1 : 0);
	for (size_t i = 0; i < table->count; i++)
		table->groups[i] = lines[i]->group;
	for (size_t m = 0; !list && report->definition->secret && m < report->definition->measure_count; m++)
		hide_cells(report, table, m);
	return GUICHET_OK;
}

enum guichet_status
dossier_report_end(struct dossier_report *report, struct guichet_error *error)
{
	const struct procedure_report *definition = report->definition;
	enum guichet_status status = GUICHET_OK;
	report->too_few = report->total.dossiers && report->total.dossiers < definition->secret;
	for (size_t i = 0; status == GUICHET_OK && i < definition->by_count; i++)
		status = put_in_order(report, &report->work->tables[i], false, &report->tables[i], error);
	for (size_t i = 0; status == GUICHET_OK && i < definition->list_count; i++)
		status = put_in_order(report, &report->work->lists[i], true, &report->lists[i], error);
	return status;
}

struct text
dossier_report_cell_text(struct arena *arena, const struct procedure_report_measure *measure,
	const struct dossier_report_cell *cell)
{
	struct feel_value mean;
	if (cell->hidden)
		return TEXT("trop peu");
	if (measure->mean)
		return feel_number_divide(cell->sum, feel_integer(cell->count), &mean)
			? feel_number_to_french(arena, mean, MEAN_DECIMALS) : TEXT("");
	return feel_value_to_french(arena, measure->sum ? cell->sum : feel_integer(cell->count));
}
