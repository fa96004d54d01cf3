/* Checks of what comes from outside the dossiers: what nothing reads, what is read where it is not known. */
#include "procedure/check.h"

#include "base/banned.h"

#define TELL(check, number, origin, remedy, ...) \
	finding_add((check)->reader->findings, (number), check_place((check), &(origin)), TEXT(remedy), __VA_ARGS__)

/* Which locals and counters something reads. */
struct reads {
	bool *locals, *counters;
};

static struct text
entry_of(struct text path)
{
	(void)text_split(&path, '.');
	struct text rest = path;
	return rest.at ? text_split(&rest, '.') : (struct text){ 0 };
}

static void
note(const struct procedure *procedure, struct reads *reads, const struct feel *feel)
{
	size_t count = 0;
	const struct feel_use *uses = feel ? feel_reads(feel, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const struct text entry = entry_of(uses[i].path);
		for (size_t k = 0; (int)uses[i].slot == procedure->locals_slot && k < procedure->local_count; k++)
			reads->locals[k] |= !entry.at || text_equal(entry, procedure->locals[k].field.name);
		for (size_t k = 0; (int)uses[i].slot == procedure->counters_slot && k < procedure->counter_count; k++)
			reads->counters[k] |= !entry.at || text_equal(entry, procedure->counters[k].name);
	}
}

/* A counter that is fed here may be read by another procedure. */
static void
note_counted(const struct procedure *procedure, struct reads *reads)
{
	for (size_t i = 0; i < procedure->action_count; i++)
		for (size_t k = 0; k < procedure->actions[i].counting_count; k++)
			reads->counters[procedure->actions[i].countings[k].counter] = true;
	for (size_t i = 0; i < procedure->deadline_count; i++)
		for (size_t k = 0; k < procedure->deadlines[i].counting_count; k++)
			reads->counters[procedure->deadlines[i].countings[k].counter] = true;
}

static void
check_unread(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	struct reads reads = {
		.locals = READER_ARRAY(check->reader, bool, procedure->local_count + 1),
		.counters = READER_ARRAY(check->reader, bool, procedure->counter_count + 1),
	};
	if (!reads.locals || !reads.counters)
		return;
	for (const struct pending *pending = check->reader->pending; pending; pending = pending->next)
		note(procedure, &reads, *pending->ret_feel);
	for (size_t i = 0; i < check->reader->derived_count; i++)
		for (size_t k = 0; k < check->reader->derived[i].count; k++)
			note(procedure, &reads, *check->reader->derived[i].ret_feels[k]);
	for (size_t i = 0; i < procedure->computed_count; i++)
		note(procedure, &reads, procedure->computed[i].feel);
	for (const struct pending_template *template = check->reader->templates; template; template = template->next)
		for (size_t i = 0; i < template->ret_template->count; i++)
			note(procedure, &reads, template->ret_template->parts[i].feel);
	note_counted(procedure, &reads);
	for (size_t i = 0; i < procedure->local_count; i++)
		if (!reads.locals[i])
			TELL(check, 206, procedure->locals[i].field.origin, "ôtez-le, ou lisez « réglage.… » dans une règle",
				"chaque structure peut régler « %.*s » et rien ne le lit", TEXT_ARGS(procedure->locals[i].field.name));
	for (size_t i = 0; i < procedure->counter_count; i++)
		if (!reads.counters[i])
			TELL(check, 206, procedure->counters[i].origin, "ôtez-le, ou employez-le : « compte: », « compteur.… »",
				"rien n’emploie le compteur « %.*s »", TEXT_ARGS(procedure->counters[i].name));
}

/* Reports and indicators are counted in one pass over what dossiers keep. */
static void
check_pass(struct check *check, const struct feel *feel, const struct procedure_origin *origin)
{
	const struct procedure *procedure = check->procedure;
	size_t count = 0;
	const struct feel_use *uses = feel ? feel_reads(feel, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const struct procedure_slot *slot = &procedure->slots[uses[i].slot];
		if (slot->kind == PROCEDURE_SLOT_POSTING || slot->kind == PROCEDURE_SLOT_LOCALS
			|| slot->kind == PROCEDURE_SLOT_COUNTERS)
			TELL(check, 214, *origin, "notez-la au passage par « pose: », et lisez ce qui est noté",
				"« %.*s » n’est pas connu quand on compte tous les dossiers d’un coup", TEXT_ARGS(uses[i].path));
		else if (slot->kind == PROCEDURE_SLOT_COMPUTED)
			check_pass(check, procedure->computed[slot->index].feel, origin);
	}
}

static void
check_passes(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->measure_count; i++)
		check_pass(check, procedure->measures[i].condition, &procedure->measures[i].origin);
	for (size_t i = 0; i < procedure->measure_by_count; i++)
		check_pass(check, procedure->measure_by[i].value, &procedure->measure_by[i].origin);
	for (size_t i = 0; i < procedure->report_count; i++) {
		const struct procedure_report *report = &procedure->reports[i];
		for (size_t k = 0; k < report->by_count; k++)
			check_pass(check, report->by[k].value, &report->by[k].origin);
		for (size_t k = 0; k < report->measure_count; k++) {
			check_pass(check, report->measures[k].condition, &report->measures[k].origin);
			check_pass(check, report->measures[k].sum, &report->measures[k].origin);
			check_pass(check, report->measures[k].mean, &report->measures[k].origin);
		}
		for (size_t k = 0; k < report->list_count; k++) {
			check_pass(check, report->lists[k].condition, &report->lists[k].origin);
			check_pass(check, report->lists[k].value, &report->lists[k].origin);
		}
	}
}

void
check_outside(struct check *check)
{
	check_unread(check);
	check_passes(check);
}
