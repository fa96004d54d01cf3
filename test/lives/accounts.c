/* What adds up: entries of counters, rows of registers, pieces, how often and when each thing was done; then the reports,
 * counted by hand. See judges.h. */
#include "lives/judges.h"

#include "dossier/report.h"

#include "base/banned.h"

/* ---- events ---- */

static struct date
day_in(const json_t *object, const char *key)
{
	struct date day;
	return date_read(judge_text(object, key), &day) ? day : (struct date){ 0 };
}

static void
note_entries(struct life *life, struct shadow *shadow, const json_t *result)
{
	const struct procedure *procedure = life->ground->procedure;
	const json_t *uncounted = json_object_get(result, "uncounted"), *counted = json_object_get(result, "counted");
	for (size_t i = 0; i < json_array_size(uncounted); i++) {
		const int counter = procedure_counter_find(procedure, text_of_string(json_string_value(json_array_get(uncounted, i))));
		size_t kept = 0;
		for (size_t k = 0; k < shadow->entry_count; k++) {
			if (shadow->entries[k].counter != counter)
				shadow->entries[kept++] = shadow->entries[k];
		}
		shadow->entry_count = kept;
	}
	for (size_t i = 0; i < json_array_size(counted); i++) {
		const json_t *one = json_array_get(counted, i);
		int64_t quantity;
		if (shadow->entry_count == sizeof shadow->entries / sizeof *shadow->entries
			|| !text_to_integer(judge_text(one, "quantity"), -1000000, 1000000, &quantity))
			continue;
		shadow->entries[shadow->entry_count].counter = procedure_counter_find(procedure, judge_text(one, "counter"));
		shadow->entries[shadow->entry_count].quantity = quantity;
		shadow->entries[shadow->entry_count].from = day_in(one, "from");
		shadow->entries[shadow->entry_count++].to = day_in(one, "to");
	}
}

static void
note_rows(struct life *life, struct shadow *shadow, const struct dossier_event *event, const json_t *result)
{
	const json_t *rows = json_object_get(result, "registered");
	for (size_t i = 0; i < json_array_size(rows) && shadow->row_count < sizeof shadow->rows / sizeof *shadow->rows; i++) {
		shadow->rows[shadow->row_count].of = procedure_register_find(life->ground->procedure,
			judge_text(json_array_get(rows, i), "register"));
		shadow->rows[shadow->row_count].version = event->number;
		shadow->rows[shadow->row_count++].day = date_of_instant(event->at, NULL);
	}
}

/* Files come with the day until which they are good; none is accepted after it. */
static void
note_pieces(struct life *life, struct shadow *shadow, const struct dossier_event *event, const json_t *payload)
{
	const struct procedure *procedure = life->ground->procedure;
	const json_t *result = json_object_get(payload, "result"),
		*given = json_object_get(json_object_get(payload, "command"), "pieces");
	const char *name;
	json_t *verdict;
	for (size_t i = 0; i < json_array_size(given); i++) {
		const struct text piece = judge_text(json_array_get(given, i), "name");
		const int index = procedure_piece_find(procedure, piece);
		if (index >= 0 && index < DOSSIER_PIECES_LIMIT)
			shadow->valid_until[index] = day_in(json_object_get(result, "valid_until"), piece.at);
	}
	json_object_foreach((json_t *)json_object_get(result, "examined"), name, verdict) {
		const int index = procedure_piece_find(procedure, text_of_string(name));
		if (index < 0 || index >= DOSSIER_PIECES_LIMIT || !text_equal(judge_text(verdict, "state"), TEXT("acceptée")))
			continue;
		if (shadow->valid_until[index].year != 0
			&& date_compare(shadow->valid_until[index], date_of_instant(event->at, NULL)) < 0)
			life_breaks(life, "la pièce « %s » est acceptée alors qu’elle n’est plus valable", name);
	}
}

void
judge_note_accounts(struct life *life, struct shadow *shadow, const struct world_dossier *dossier,
	const struct dossier_event *event, const json_t *payload)
{
	const json_t *result = json_object_get(payload, "result");
	const bool by_itself = event->type == DOSSIER_ELAPSED || event->type == DOSSIER_RECEIVED;
	const int move = procedure_move_find(life->ground->procedure, by_itself ? judge_text(payload, "effect")
		: judge_text(json_object_get(payload, "command"), "action"));
	(void)dossier;
	note_entries(life, shadow, result);
	note_rows(life, shadow, event, result);
	note_pieces(life, shadow, event, payload);
	if (move >= 0 && move < MOST_DONE && !json_is_true(json_object_get(result, "skipped"))) {
		shadow->done[move].times++;
		shadow->done[move].last = date_of_instant(event->at, NULL);
	}
}

/* ---- at the end ---- */

/* What the engine makes of an expression about a dossier. */
static bool
evaluate(struct life *life, const struct world_dossier *dossier, struct text source, struct feel_value *ret_value)
{
	struct feel_findings findings = { 0 };
	struct guichet_error error = { 0 };
	struct dossier_facts facts;
	const struct feel *feel = feel_read(life->arena, life->ground->procedure->case_scope, source, &findings);
	const bool well = feel && world_facts(life->world, dossier->person, &dossier->state, life->world->now, &facts, &error)
		== GUICHET_OK && dossier_evaluate(&facts, feel, life->arena, ret_value, &error) == GUICHET_OK;
	if (!well)
		life_breaks(life, "« %.*s » ne se lit pas", TEXT_ARGS(source));
	return well;
}

/* The person's entries of that year, over all of their dossiers, day by day. False: they do not share out evenly. */
static bool
sum_year(const struct life *life, struct text person, int counter, int year, int64_t *ret_sum)
{
	int64_t sum = 0;
	for (size_t i = 0; i < life->world->dossier_count; i++) {
		const struct shadow *shadow = &life->shadows[i];
		for (size_t k = 0; text_equal(life->world->dossiers[i].person, person) && k < shadow->entry_count; k++) {
			int64_t days = 0, inside = 0;
			if (shadow->entries[k].counter != counter)
				continue;
			for (struct date day = shadow->entries[k].from; date_compare(day, shadow->entries[k].to) <= 0;
				day = date_add_days(day, 1)) {
				days++;
				inside += day.year == year;
			}
			if (days == 0 || shadow->entries[k].quantity * inside % days != 0)
				return false;
			sum += shadow->entries[k].quantity * inside / days;
		}
	}
	*ret_sum = sum;
	return true;
}

static void
judge_counters(struct life *life, const struct world_dossier *dossier, const struct shadow *shadow)
{
	const struct procedure *procedure = life->ground->procedure;
	for (size_t k = 0; k < shadow->entry_count; k++) {
		const int counter = shadow->entries[k].counter;
		for (int year = shadow->entries[k].from.year; year <= shadow->entries[k].to.year; year++) {
			struct feel_value told;
			int64_t sum;
			if (k > 0 && counter == shadow->entries[k - 1].counter && year <= shadow->entries[k - 1].to.year)
				continue;
			if (sum_year(life, dossier->person, counter, year, &sum) && evaluate(life, dossier, arena_format(life->arena,
				"cumul(compteur." TEXT_FORMAT ", année de(@\"%04d-06-15\"))",
				TEXT_ARGS(procedure->counters[counter].name), year), &told) && !feel_is_true(feel_equal(told, feel_integer(sum))))
				life_breaks(life, "le compteur « %.*s » de %.*s vaut %lld en %d, et dit autre chose",
					TEXT_ARGS(procedure->counters[counter].name), TEXT_ARGS(dossier->person), (long long)sum, year);
		}
	}
}

static void
judge_registers(struct life *life, const struct world_dossier *dossier, const struct shadow *shadow)
{
	const struct procedure *procedure = life->ground->procedure;
	const struct date today = date_of_instant(life->world->now, NULL);
	for (size_t i = 0; i < procedure->register_count && shadow->row_count > 0; i++) {
		const struct procedure_register *one = &procedure->registers[i];
		struct feel_value told;
		int64_t rows = 0;
		for (size_t k = 0; k < shadow->row_count; k++) {
			const struct date until = date_add_days(date_add_months(shadow->rows[k].day, one->keep_months), one->keep_days);
			rows += shadow->rows[k].of == (int)i
				&& ((one->keep_months == 0 && one->keep_days == 0) || date_compare(today, until) <= 0);
		}
		if (evaluate(life, dossier, arena_format(life->arena, "count(registre." TEXT_FORMAT ")", TEXT_ARGS(one->name)), &told)
			&& !feel_is_true(feel_equal(told, feel_integer(rows))))
			life_breaks(life, "le registre « %.*s » a %lld lignes, et dit autre chose", TEXT_ARGS(one->name), (long long)rows);
	}
	for (size_t i = 0; i < dossier->state.row_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (dossier->state.rows[i].version == dossier->state.rows[j].version
				&& dossier->state.rows[i].register_index == dossier->state.rows[j].register_index)
				life_breaks(life, "un événement est deux fois au registre « %.*s »",
					TEXT_ARGS(procedure->registers[dossier->state.rows[i].register_index].name));
		}
	}
}

/* How many dossiers last did that in that year; of a field: its sum over those that were then granted. */
static bool
count_naively(const struct life *life, const struct procedure_report_measure *measure, int year, int64_t *ret_count)
{
	const struct procedure *procedure = life->ground->procedure;
	const bool sums = measure->sum != NULL;
	const int move = procedure_move_find(procedure, sums ? TEXT("accorder") : measure->name);
	if (move < 0 || move >= MOST_DONE || (sums && procedure_field_find(procedure, measure->name) < 0))
		return false;
	*ret_count = 0;
	for (size_t i = 0; i < life->world->dossier_count; i++) {
		const struct world_dossier *dossier = &life->world->dossiers[i];
		if (life->shadows[i].done[move].times == 0 || life->shadows[i].done[move].last.year != year)
			continue;
		int64_t value = 1;
		for (int64_t n = 0; sums && n < 10000; n++) {
			if (feel_is_true(feel_equal(dossier_value_of(&dossier->state, measure->name), feel_integer(n))))
				value = n;
		}
		*ret_count += value;
	}
	return true;
}

static void
judge_report(struct life *life, int index, int year)
{
	const struct procedure *procedure = life->ground->procedure;
	const struct procedure_report *definition = &procedure->reports[index];
	const struct date today = date_of_instant(life->world->now, NULL);
	struct guichet_error error = { 0 };
	struct dossier_report report;
	enum guichet_status status = dossier_report_begin(life->arena, procedure, index,
		dossier_report_days(definition, life->world->campaign, year, today), &report, &error);
	for (size_t i = 0; i < life->world->dossier_count && status == GUICHET_OK; i++) {
		const struct world_dossier *dossier = &life->world->dossiers[i];
		struct dossier_facts facts;
		status = world_facts(life->world, dossier->person, &dossier->state, life->world->now, &facts, &error);
		if (status == GUICHET_OK)
			status = dossier_report_add(&report, &facts, life->arena, &error);
	}
	if (status == GUICHET_OK)
		status = dossier_report_end(&report, &error);
	if (status != GUICHET_OK) {
		life_breaks(life, "le rapport « %.*s » : %s", TEXT_ARGS(definition->name), error.message);
		return;
	}
	for (size_t i = 0; i < definition->measure_count; i++) {
		const struct dossier_report_cell *total = &report.total.cells[i];
		int64_t count;
		if (definition->period == PROCEDURE_CIVIL_YEAR && count_naively(life, &definition->measures[i], year, &count)
			&& (definition->measures[i].sum ? !feel_is_true(feel_equal(total->sum, feel_integer(count)))
				: total->count != count))
			life_breaks(life, "le rapport compte %lld « %.*s » en %d : il y en a %lld", (long long)total->count,
				TEXT_ARGS(definition->measures[i].name), year, (long long)count);
		for (size_t k = 0; k < definition->by_count; k++) {
			int64_t shared = 0;
			for (size_t g = 0; g < report.tables[k].count; g++)
				shared += report.tables[k].groups[g].cells[i].count;
			if (!report.tables[k].too_few && shared != total->count)
				life_breaks(life, "le rapport compte %lld « %.*s », et %lld selon « %.*s »", (long long)total->count,
					TEXT_ARGS(definition->measures[i].name), (long long)shared, TEXT_ARGS(report.tables[k].title));
		}
	}
}

void
judge_accounts(struct life *life)
{
	const struct procedure *procedure = life->ground->procedure;
	int first = 9999;
	for (size_t i = 0; i < life->world->dossier_count && life->broken.length == 0; i++) {
		const struct world_dossier *dossier = &life->world->dossiers[i];
		const int year = date_of_instant(dossier->state.filed_at, NULL).year;
		first = year < first ? year : first;
		judge_counters(life, dossier, &life->shadows[i]);
		judge_registers(life, dossier, &life->shadows[i]);
	}
	/* One year of each, not the same from a life to the next. */
	const int span = date_of_instant(life->world->now, NULL).year - first + 1;
	for (size_t i = 0; i < procedure->report_count && first < 9999; i++)
		judge_report(life, (int)i, first + (int)(life->rank % (uint64_t)(span < 1 ? 1 : span)));
}
