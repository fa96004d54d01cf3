/* See outside.h. */
#include "dossier/outside.h"

#include "base/calendar.h"
#include "dossier/deciding.h"
#include "dossier/event.h"
#include "dossier/explanation.h"

#include "base/banned.h"

struct dossier_outside
dossier_reads_outside(const struct procedure *procedure)
{
	return (struct dossier_outside){ .posting = procedure->posting_slot >= 0 && procedure->reads_posting,
		.locals = procedure->locals_slot >= 0, .counters = procedure->counters_slot >= 0,
		.days = procedure->counts_days };
}

/* ---- the facts of an event ---- */

static bool
put_value(struct arena *arena, json_t *object, const char *key, const struct procedure *procedure, int slot,
	struct feel_value value)
{
	struct feel_value shaped;
	return value.kind == FEEL_NULL || (value_shape(arena, procedure->slots[slot].type, value, &shaped)
		&& json_put(object, key, feel_value_to_json(shaped)));
}

static bool
put_closed(json_t *object, const struct dossier_facts *facts)
{
	json_t *array = json_put_array(object, "closed");
	bool well = array != NULL;
	for (size_t i = 0; well && i < facts->closed_count; i++) {
		const struct calendar_period *period = &facts->closed[i];
		json_t *item = json_object();
		well = json_push(array, item) && json_put(item, "first", json_integer(period->first))
			&& json_put(item, "last", json_integer(period->last)) && json_put(item, "name", json_of_text(period->name))
			&& (period->kind == CALENDAR_CLOSED || json_put(item, "holiday", json_true()));
	}
	return well;
}

bool
outside_put(struct arena *arena, json_t *object, const struct dossier_facts *facts)
{
	const struct procedure *procedure = facts->procedure;
	const struct dossier_outside reads = dossier_reads_outside(procedure);
	return (!reads.posting || put_value(arena, object, "posting", procedure, procedure->posting_slot, facts->posting))
		&& (!reads.locals || put_value(arena, object, "settings", procedure, procedure->locals_slot, facts->locals))
		&& (!reads.counters
			|| put_value(arena, object, "counters", procedure, procedure->counters_slot, facts->counters))
		&& (!reads.days || facts->closed_count == 0 || put_closed(object, facts));
}

static const struct calendar_period *
read_closed(struct json_reader *reader, const json_t *array, size_t *ret_count)
{
	enum { FIRST_DAY = -1000000, LAST_DAY = 4000000 };
	struct calendar_period *periods = json_items(reader, array, sizeof *periods, CALENDAR_MOST_PERIODS, ret_count);
	for (size_t i = 0; i < *ret_count; i++) {
		const json_t *item = json_array_get(array, i);
		periods[i] = (struct calendar_period){
			.kind = json_boolean_at(reader, item, "holiday") ? CALENDAR_HOLIDAY : CALENDAR_CLOSED,
			.first = json_integer_at(reader, item, "first", FIRST_DAY, LAST_DAY),
			.last = json_integer_at(reader, item, "last", FIRST_DAY, LAST_DAY),
			.name = json_text_at(reader, item, "name"),
		};
	}
	return periods;
}

static struct feel_value
read_value(struct json_reader *reader, int slot, const json_t *json)
{
	return slot < 0 ? feel_null(TEXT("")) : json_value(reader, reader->procedure->slots[slot].type, json);
}

void
outside_read(struct json_reader *reader, const json_t *object, struct dossier_facts *facts)
{
	const struct procedure *procedure = reader->procedure;
	facts->posting = read_value(reader, procedure->posting_slot, json_object_get(object, "posting"));
	facts->locals = read_value(reader, procedure->locals_slot, json_object_get(object, "settings"));
	facts->counters = read_value(reader, procedure->counters_slot, json_object_get(object, "counters"));
	facts->closed = read_closed(reader, json_object_get(object, "closed"), &facts->closed_count);
}

/* ---- the calendar ---- */

bool
outside_calendar(struct arena *arena, const struct dossier_facts *facts, const struct calendar **ret_calendar)
{
	const struct calendar *of_procedure = facts->procedure->calendar;
	const size_t own = of_procedure ? of_procedure->count : 0;
	*ret_calendar = NULL;
	if (facts->closed_count == 0 || !facts->procedure->counts_days)
		return true;
	struct calendar *calendar = arena_new_of(arena, struct calendar);
	struct calendar_period *periods = arena_array_of(arena, struct calendar_period, own + facts->closed_count);
	if (!calendar || !periods)
		return false;
	if (of_procedure)
		*calendar = *of_procedure;
	if (own)
		memcpy(periods, of_procedure->periods, own * sizeof *periods);
	memcpy(periods + own, facts->closed, facts->closed_count * sizeof *periods);
	calendar->periods = periods;
	calendar->count = own + facts->closed_count;
	*ret_calendar = calendar;
	return true;
}

/* ---- counters ---- */

enum { ENTRY_QUANTITY, ENTRY_FROM, ENTRY_TO, ENTRY_DOSSIER, ENTRY_ORIGIN, ENTRY_COUNT };

bool
outside_counters(struct arena *arena, const struct dossier_facts *facts, struct feel_value *ret_value)
{
	const struct procedure *procedure = facts->procedure;
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, procedure->counter_count + 1);
	if (!entries)
		return false;
	for (size_t i = 0; i < procedure->counter_count; i++) {
		const struct text name = procedure->counters[i].name;
		const struct feel_value list = feel_entry_of(facts->counters, name);
		entries[i] = (struct feel_entry){ name, list.kind == FEEL_LIST ? list : feel_list(NULL, 0) };
	}
	return value_shape(arena, procedure->slots[procedure->counters_slot].type,
		feel_context(entries, procedure->counter_count), ret_value);
}

static bool
entry_of(struct arena *arena, const struct dossier_entry *entry, struct text number, struct text origin,
	struct feel_value *ret_value)
{
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, ENTRY_COUNT);
	if (!entries)
		return false;
	entries[ENTRY_QUANTITY] = (struct feel_entry){ TEXT("quantité"), entry->quantity };
	entries[ENTRY_FROM] = (struct feel_entry){ TEXT("du"), feel_date(entry->from) };
	entries[ENTRY_TO] = (struct feel_entry){ TEXT("au"), feel_date(entry->to) };
	entries[ENTRY_DOSSIER] = (struct feel_entry){ TEXT("dossier"), number.length ? feel_string(number)
		: feel_null(TEXT("")) };
	entries[ENTRY_ORIGIN] = (struct feel_entry){ TEXT("origine"), feel_string(origin) };
	*ret_value = feel_context(entries, ENTRY_COUNT);
	return true;
}

bool
dossier_entry_feel(struct arena *arena, const struct dossier_entry *entry, struct text number, struct text origin,
	struct feel_value *ret_value)
{
	return entry_of(arena, entry, number, origin, ret_value);
}

static bool
is_uncounted(const struct dossier_outcome *outcome, struct text counter)
{
	for (size_t i = 0; i < outcome->uncounted_count; i++)
		if (text_equal(outcome->uncounted[i], counter))
			return true;
	return false;
}

bool
outside_count(struct arena *arena, const struct procedure *procedure, struct feel_value before,
	const struct dossier_outcome *outcome, struct feel_value *ret_after)
{
	const struct text number = outcome->state.number, origin = outcome->entry_origin;
	struct feel_entry *counters = arena_array_of(arena, struct feel_entry, procedure->counter_count + 1);
	if (!counters)
		return false;
	for (size_t i = 0; i < procedure->counter_count; i++) {
		const struct text name = procedure->counters[i].name;
		const struct feel_value list = feel_entry_of(before, name);
		const size_t known = list.kind == FEEL_LIST ? list.list.count : 0;
		struct feel_value *items = arena_array_of(arena, struct feel_value, known + outcome->entry_count + 1);
		size_t count = 0;
		if (!items)
			return false;
		for (size_t k = 0; k < known; k++) {
			const struct feel_value dossier = feel_entry_of(list.list.at[k], TEXT("dossier"));
			if (!is_uncounted(outcome, name) || dossier.kind != FEEL_STRING || !text_equal(dossier.string, number))
				items[count++] = list.list.at[k];
		}
		for (size_t k = 0; k < outcome->entry_count; k++)
			if (text_equal(outcome->entries[k].counter, name)
				&& !entry_of(arena, &outcome->entries[k], number, origin, &items[count++]))
				return false;
		counters[i] = (struct feel_entry){ name, feel_list(items, count) };
	}
	*ret_after = feel_context(counters, procedure->counter_count);
	return true;
}

static enum guichet_status
evaluate_day(struct deciding *deciding, const struct feel *feel, struct date *ret_day, bool *ret_known)
{
	struct feel_value value;
	const enum guichet_status status = inputs_evaluate(&deciding->inputs, feel, &value, deciding->error);
	*ret_known = status == GUICHET_OK && value.kind == FEEL_DATE;
	if (*ret_known)
		*ret_day = value.date;
	return status;
}

static enum guichet_status
entry_make(struct deciding *deciding, const struct procedure_counting *counting, struct dossier_entry *ret_entry)
{
	const struct procedure_counter *counter = &deciding->procedure->counters[counting->counter];
	struct dossier_entry entry = { .counter = counter->name };
	bool begins = false, ends = true;
	enum guichet_status status = inputs_evaluate(&deciding->inputs, counting->quantity, &entry.quantity, deciding->error);
	if (status == GUICHET_OK)
		status = evaluate_day(deciding, counting->from, &entry.from, &begins);
	entry.to = entry.from;
	if (status == GUICHET_OK && counting->to)
		status = evaluate_day(deciding, counting->to, &entry.to, &ends);
	if (status != GUICHET_OK)
		return status;
	if (entry.quantity.kind != FEEL_NUMBER || !begins || !ends || date_compare(entry.to, entry.from) < 0)
		return deciding_refuse(deciding, DOSSIER_INCOMPLETE,
			"« %.*s » : on ne sait pas combien compter, ou de quel jour à quel jour. Vérifiez les dates et le nombre.",
			TEXT_ARGS(counter->label));
	*ret_entry = entry;
	return GUICHET_OK;
}

enum guichet_status
deciding_put_entries(struct deciding *deciding, const struct consequences *consequences, json_t *result)
{
	struct dossier_outcome *outcome = deciding->outcome;
	json_t *uncounted = consequences->uncounts.count ? json_put_array(result, "uncounted") : NULL,
		*counted = consequences->counting_count ? json_put_array(result, "counted") : NULL;
	for (size_t i = 0; i < consequences->uncounts.count; i++) {
		const struct text name = deciding->procedure->counters[consequences->uncounts.at[i]].name;
		if (!json_push(uncounted, json_of_text(name))
		    || !ITEMS_ADD(deciding->arena, &outcome->uncounted, &outcome->uncounted_count, &name))
			return OUT_OF_MEMORY(deciding->error);
	}
	for (size_t i = 0; i < consequences->counting_count; i++) {
		struct dossier_entry entry;
		const enum guichet_status status = entry_make(deciding, &consequences->countings[i], &entry);
		if (status != GUICHET_OK)
			return status;
		json_t *item = json_object();
		const struct text from = date_iso(deciding->arena, entry.from), to = date_iso(deciding->arena, entry.to);
		if (!json_push(counted, item) || !json_put(item, "counter", json_of_text(entry.counter))
		    || !json_put(item, "quantity", feel_value_to_json(entry.quantity)) || !from.at || !to.at
		    || !json_put(item, "from", json_of_text(from)) || !json_put(item, "to", json_of_text(to))
		    || !ITEMS_ADD(deciding->arena, &outcome->entries, &outcome->entry_count, &entry))
			return OUT_OF_MEMORY(deciding->error);
	}
	return GUICHET_OK;
}

/* ---- settings of a structure ---- */

enum guichet_status
dossier_setting_check(struct arena *arena, const struct procedure *procedure, int local, dossier_roles roles,
	struct dossier_raws raws, struct date from, struct date today, struct feel_value *ret_value,
	struct guichet_error *error)
{
	const struct procedure_local *definition = &procedure->locals[local];
	struct dossier_answer answer;
	if (!facts_has_role(definition->who, roles)) {
		const struct text who = decide_roles_text(arena, procedure, definition->who);
		return guichet_fail(error, GUICHET_REFUSED, "Ce réglage revient à quelqu’un d’autre : %.*s.", TEXT_ARGS(who));
	}
	const enum guichet_status status = dossier_answer_typed(arena, &definition->field, raws, &answer, error);
	if (status != GUICHET_OK)
		return status;
	if (answer.mistake.length)
		return guichet_fail(error, GUICHET_REFUSED, "%.*s", TEXT_ARGS(answer.mistake));
	if (date_compare(from, today) < 0)
		return guichet_fail(error, GUICHET_REFUSED,
			"Un réglage vaut à partir d’aujourd’hui ou d’un jour à venir : ce qui est passé ne change plus.");
	*ret_value = answer.value;
	return GUICHET_OK;
}

/* The value stands in an object: a value alone is no document for all readers of JSON. */
struct text
dossier_setting_to_json(struct arena *arena, struct feel_value value)
{
	CLEANUP(json_decref) json_t *object = json_object();
	return json_put(object, "value", feel_value_to_json(value)) ? json_canonical(arena, object)
		: (struct text){ NULL, 0 };
}

enum guichet_status
dossier_setting_of_json(struct arena *arena, const struct procedure *procedure, int local, struct text json,
	struct feel_value *ret_value, struct guichet_error *error)
{
	CLEANUP(json_decref) json_t *object = json_parse(json, "Le réglage", error);
	if (!object)
		return error->status;
	struct json_reader reader = { .arena = arena, .procedure = procedure };
	*ret_value = json_value(&reader, procedure->locals[local].field.feel_type, json_object_get(object, "value"));
	if (reader.full)
		return OUT_OF_MEMORY(error);
	return reader.failed ? guichet_fail(error, GUICHET_REFUSED, "Cette valeur n’est pas de celles que la procédure connaît.")
		: GUICHET_OK;
}

enum guichet_status
dossier_breaches(const struct dossier_facts *facts, struct arena *arena, const struct text **ret_messages,
	size_t *ret_count, struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	const struct dossier_viewer everybody = { .roles = ~(dossier_roles)0 };
	const struct text *messages = NULL;
	size_t count = 0;
	struct dossier_present present = { .facts = facts, .arena = arena };
	struct inputs *inputs;
	enum guichet_status status = dossier_warnings(&present, &everybody, &messages, &count, error);
	if (status == GUICHET_OK)
		status = present_inputs(&present, &inputs, error);
	for (size_t i = 0; status == GUICHET_OK && i < procedure->form_field_count; i++) {
		const struct procedure_field *field = &procedure->fields[i];
		bool holds = true;
		for (size_t k = 0; status == GUICHET_OK && k < field->check_count; k++) {
			if (dossier_value_of(facts->dossier, field->name).kind == FEEL_NULL
			    || !dossier_expression_reads(procedure, field->checks[k].rule, PROCEDURE_SLOT_LOCALS, TEXT("")))
				continue;
			status = inputs_condition(inputs, field->checks[k].rule, &holds, error);
			if (status == GUICHET_OK && !holds && !ITEMS_ADD(arena, &messages, &count, &field->checks[k].message))
				status = OUT_OF_MEMORY(error);
		}
	}
	if (status == GUICHET_OK) {
		*ret_messages = messages;
		*ret_count = count;
	}
	return status;
}
