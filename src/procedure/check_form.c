/* Checks of what is asked: conditions that hide their own field, data that nothing reads,
 * conditions that decide nothing. */
#include "procedure/check.h"
#include "procedure/table.h"

#include "base/banned.h"

#define TELL(check, number, origin, remedy, ...) \
	finding_add((check)->reader->findings, (number), check_place((check), &(origin)), TEXT(remedy), __VA_ARGS__)

/* Marks in `slots` everything that an expression reads, computed values followed. */
static void
mark_reads(const struct procedure *procedure, const struct feel *feel, bool *slots)
{
	size_t count = 0;
	const struct feel_use *uses = feel ? feel_reads(feel, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const unsigned slot = uses[i].slot;
		if (slot >= procedure->slot_count || slots[slot])
			continue;
		slots[slot] = true;
		if (procedure->slots[slot].kind == PROCEDURE_SLOT_COMPUTED)
			mark_reads(procedure, procedure->computed[procedure->slots[slot].index].feel, slots);
	}
}

static void
check_condition(struct check *check, int index, const struct feel *condition, bool *slots)
{
	const struct procedure *procedure = check->procedure;
	const struct procedure_field *field = &procedure->fields[index];
	memset(slots, 0, procedure->slot_count);
	mark_reads(procedure, condition, slots);
	if (slots[field->slot])
		TELL(check, 501, field->origin, "faites-la dépendre d’un champ rempli avant lui",
			"le champ « %.*s » est caché tant qu’il n’est pas rempli : sa condition le lit", TEXT_ARGS(field->name));
	for (size_t i = 0; i < procedure->slot_count; i++) {
		const struct procedure_slot *slot = &procedure->slots[i];
		if (!slots[i] || slot->kind != PROCEDURE_SLOT_FIELD || slot->index <= index || index >= (int)procedure->form_field_count)
			continue;
		TELL(check, 504, field->origin, "mettez-le après, ou changez sa condition",
			"le champ « %.*s » dépend de « %.*s », qui vient après lui", TEXT_ARGS(field->name), TEXT_ARGS(slot->name));
	}
}

/* What shows a cell is known before it: the fields before its own, the cells before it. */
static void
check_cell(struct check *check, int index, const struct procedure_field *cell, bool *slots)
{
	const struct procedure *procedure = check->procedure;
	const struct procedure_field *field = &procedure->fields[index];
	memset(slots, 0, procedure->slot_count);
	mark_reads(procedure, cell->condition, slots);
	if (slots[cell->slot] || slots[field->slot])
		TELL(check, 501, cell->origin, "faites-la dépendre d’un champ rempli avant lui",
			"le champ « %.*s » est caché tant qu’il n’est pas rempli : sa condition le lit", TEXT_ARGS(cell->name));
	for (const struct procedure_field *later = cell + 1; later < field->parts + field->part_count; later++)
		if (slots[later->slot])
			TELL(check, 504, cell->origin, "mettez-le après, ou changez sa condition",
				"le champ « %.*s » dépend de « %.*s », qui vient après lui", TEXT_ARGS(cell->name), TEXT_ARGS(later->name));
	for (size_t i = 0; i < procedure->slot_count; i++) {
		const struct procedure_slot *slot = &procedure->slots[i];
		if (slots[i] && slot->kind == PROCEDURE_SLOT_FIELD && slot->index > index && index < (int)procedure->form_field_count)
			TELL(check, 504, cell->origin, "mettez-le après, ou changez sa condition",
				"le champ « %.*s » dépend de « %.*s », qui vient après lui", TEXT_ARGS(cell->name), TEXT_ARGS(slot->name));
	}
}

static void
check_conditions(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	bool *slots = READER_ARRAY(check->reader, bool, procedure->slot_count + 1);
	for (size_t i = 0; slots && i < procedure->field_count; i++) {
		const struct procedure_field *field = &procedure->fields[i];
		if (field->condition)
			check_condition(check, (int)i, field->condition, slots);
		if (field->section != PROCEDURE_NONE && procedure->sections[field->section].condition)
			check_condition(check, (int)i, procedure->sections[field->section].condition, slots);
		for (size_t k = 0; field->row_rules && k < field->part_count; k++)
			if (field->parts[k].condition)
				check_cell(check, (int)i, &field->parts[k], slots);
	}
}

/* What files the request is chosen before its form is filled in: its condition knows no answer. */
static void
check_filing(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	bool *slots = READER_ARRAY(check->reader, bool, procedure->slot_count + 1);
	const struct procedure_list ways = procedure->step_count ? procedure->steps[0].actions : (struct procedure_list){ 0 };
	for (size_t i = 0; slots && i < ways.count; i++) {
		const struct procedure_action *action = &procedure->actions[ways.at[i]];
		memset(slots, 0, procedure->slot_count);
		mark_reads(procedure, action->condition, slots);
		for (size_t k = 0; k < procedure->slot_count; k++) {
			const struct procedure_slot *slot = &procedure->slots[k];
			if (!slots[k] || slot->kind != PROCEDURE_SLOT_FIELD)
				continue;
			TELL(check, 504, action->origin, "mettez cette condition sous « exige: », avec un message",
				"« %.*s » n’est pas encore rempli quand on choisit « %.*s »", TEXT_ARGS(slot->name), TEXT_ARGS(action->name));
			break;
		}
	}
}

/* A condition that reads nothing is decided once and for all. */
static void
check_constants(struct check *check)
{
	for (const struct pending *pending = check->reader->pending; pending; pending = pending->next) {
		const struct feel *feel = *pending->ret_feel;
		size_t count = 0;
		if (pending->wanted != WANT_TRUTH || !feel)
			continue;
		(void)feel_reads(feel, &count);
		if (count)
			continue;
		struct feel_run run = { .arena = check->reader->arena };
		const bool truth = feel_is_true(feel_evaluate(feel, &run));
		finding_add(check->reader->findings, 207, pending->node->at, TEXT("ôtez-la, ou faites-la dépendre de la demande"),
			"cette condition est toujours %s", truth ? "vraie" : "fausse");
	}
}

/* What every expression reads: slots, and the paths into campaign, windows and pieces. */
struct reads {
	bool *slots;
	bool *data, *windows;
};

static struct text
second_name(struct text path)
{
	(void)text_split(&path, '.');
	struct text rest = path;
	return rest.at ? text_split(&rest, '.') : (struct text){ 0 };
}

static void
note_reads(const struct check *check, struct reads *reads, const struct feel *feel)
{
	const struct procedure *procedure = check->procedure;
	size_t count = 0;
	const struct feel_use *uses = feel ? feel_reads(feel, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const unsigned slot = uses[i].slot;
		if (slot >= procedure->slot_count)
			continue;
		reads->slots[slot] = true;
		const struct text second = second_name(uses[i].path);
		/* Through the dossier around it is the same field. */
		if ((int)slot == procedure->parent_slot || (int)slot == procedure->child_slot) {
			const int field = second.at ? procedure_field_find(procedure, second) : PROCEDURE_NONE;
			if (field >= 0)
				reads->slots[procedure->fields[field].slot] = true;
		}
		for (size_t k = 0; (int)slot == procedure->campaign_slot && k < procedure->campaign_data_count; k++)
			reads->data[k] |= !second.at || text_equal(second, procedure->campaign_data[k].name);
		for (size_t k = 0; (int)slot == procedure->windows_slot && k < procedure->window_count; k++)
			reads->windows[k] |= !second.at || text_equal(second, procedure->windows[k].name);
	}
}

static void
note_template(const struct check *check, struct reads *reads, const struct procedure_template *template)
{
	for (size_t i = 0; i < template->count; i++)
		note_reads(check, reads, template->parts[i].feel);
}

static void
tell_unread(struct check *check, const struct reads *reads)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->slot_count; i++) {
		const struct procedure_slot *slot = &procedure->slots[i];
		if (reads->slots[i])
			continue;
		if (slot->kind == PROCEDURE_SLOT_PARAMETER)
			TELL(check, 206, procedure->parameters[slot->index].origin, "ôtez-le, ou lisez-le dans une règle",
				"rien ne lit le paramètre « %.*s »", TEXT_ARGS(slot->name));
		else if (slot->kind == PROCEDURE_SLOT_COMPUTED && procedure->computed[slot->index].table)
			TELL(check, 206, procedure->computed[slot->index].origin, "ôtez-la, ou lisez-la quelque part",
				"rien ne lit la table « %.*s »", TEXT_ARGS(slot->name));
		else if (slot->kind == PROCEDURE_SLOT_COMPUTED)
			TELL(check, 206, procedure->computed[slot->index].origin, "ôtez-le, ou lisez-le quelque part",
				"rien ne lit le calcul « %.*s »", TEXT_ARGS(slot->name));
		else if (slot->kind == PROCEDURE_SLOT_FIELD && slot->index < (int)procedure->form_field_count) {
			const struct procedure_field *field = &procedure->fields[slot->index];
			/* A compulsory declaration is its own rule. */
			if (field->type != PROCEDURE_FIELD_DECLARATION || !field->compulsory)
				TELL(check, 502, field->origin, "ne le demandez pas, ou montrez-le dans une liste, un export, une lettre",
					"on demande « %.*s » et rien ne le lit", TEXT_ARGS(field->name));
		}
	}
	for (size_t i = 0; i < procedure->campaign_data_count; i++)
		if (!reads->data[i])
			TELL(check, 502, procedure->campaign_data[i].origin, "ôtez-la, ou lisez « campagne.… » quelque part",
				"chaque campagne doit fixer « %.*s » et rien ne le lit", TEXT_ARGS(procedure->campaign_data[i].name));
	for (size_t i = 0; i < procedure->window_count; i++)
		if (!reads->windows[i])
			TELL(check, 206, procedure->windows[i].origin, "ôtez-la, ou employez-la : « pendant: » d’une action",
				"rien n’emploie la fenêtre « %.*s »", TEXT_ARGS(procedure->windows[i].name));
}

static void
check_unread(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	struct reads reads = {
		.slots = READER_ARRAY(check->reader, bool, procedure->slot_count + 1),
		.data = READER_ARRAY(check->reader, bool, procedure->campaign_data_count + 1),
		.windows = READER_ARRAY(check->reader, bool, procedure->window_count + 1),
	};
	if (!reads.slots || !reads.data || !reads.windows)
		return;
	for (const struct pending *pending = check->reader->pending; pending; pending = pending->next)
		if (pending->scope != SCOPE_DATA)
			note_reads(check, &reads, *pending->ret_feel);
	for (size_t i = 0; i < check->reader->derived_count; i++)
		for (size_t k = 0; k < check->reader->derived[i].count; k++)
			note_reads(check, &reads, *check->reader->derived[i].ret_feels[k]);
	for (size_t i = 0; i < check->reader->derived_count; i++) {
		const struct table *table = check->reader->derived[i].table;
		for (size_t k = 0; table && k < table->output_count; k++)
			note_reads(check, &reads, table->outputs[k].formula_feel);
	}
	for (const struct pending_template *template = check->reader->templates; template; template = template->next)
		note_template(check, &reads, template->ret_template);
	for (size_t i = 0; i < procedure->action_count; i++)
		if (procedure->actions[i].during != PROCEDURE_NONE)
			reads.windows[procedure->actions[i].during] = true;
	tell_unread(check, &reads);
}

/* A section left for later is asked by an action that somebody can do. */
static void
check_later(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->section_count; i++) {
		const struct procedure_section *section = &procedure->sections[i];
		bool asked = !section->later || section->fields.count == 0;
		for (size_t k = 0; k < check->way_count; k++)
			asked |= check->ways[k].action && procedure_list_has(check->ways[k].action->enters, section->fields.at[0]);
		if (!asked)
			TELL(check, 506, section->origin, "nommez-la sous « saisit: » d’une action, ou ôtez « plus_tard: »",
				"aucune action ne fait remplir la partie « %.*s »", TEXT_ARGS(section->name));
	}
}

static bool
fills(const struct procedure_inscription *rows, size_t count, size_t index)
{
	for (size_t i = 0; i < count; i++)
		if ((size_t)rows[i].register_index == index)
			return true;
	return false;
}

/* A register in which something is written. */
static void
check_registers(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->register_count; i++) {
		bool filled = false;
		for (size_t k = 0; k < procedure->action_count; k++)
			filled |= fills(procedure->actions[k].inscriptions, procedure->actions[k].inscription_count, i);
		for (size_t k = 0; k < procedure->deadline_count; k++)
			filled |= fills(procedure->deadlines[k].inscriptions, procedure->deadlines[k].inscription_count, i);
		if (!filled)
			TELL(check, 507, procedure->registers[i].origin, "nommez-le sous « inscrit: » d’une action, ou ôtez-le",
				"rien ne remplit le registre « %.*s »", TEXT_ARGS(procedure->registers[i].name));
	}
}

void
check_form(struct check *check)
{
	check_registers(check);
	check_later(check);
	check_conditions(check);
	check_filing(check);
	check_constants(check);
	check_unread(check);
}
