/* Where an expression stands in its procedure, found by its address: what explanations call it. */
#include "procedure/procedure.h"

#include "base/banned.h"

static bool
among(const struct procedure_rule *rules, size_t count, const struct feel *feel, const struct procedure_rule **ret_rule)
{
	for (size_t i = 0; i < count; i++) {
		if (rules[i].rule == feel) {
			*ret_rule = &rules[i];
			return true;
		}
	}
	return false;
}

/* The rules of the cells of a field of rows. */
static bool
in_cells(const struct procedure_field *field, int index, const struct feel *feel, struct procedure_place *ret_place)
{
	const struct procedure_rule *rule;
	for (size_t k = 0; field->row_rules && k < field->part_count; k++) {
		const struct procedure_field *cell = &field->parts[k];
		*ret_place = (struct procedure_place){ PROCEDURE_AT_CELL_SHOWN, index, cell->name, cell->label, TEXT(""),
			&cell->origin };
		if (cell->condition == feel)
			return true;
		if (among(cell->checks, cell->check_count, feel, &rule)) {
			ret_place->kind = PROCEDURE_AT_CELL_CHECK;
			ret_place->message = rule->message;
			ret_place->origin = &rule->origin;
			return true;
		}
	}
	return false;
}

static bool
in_form(const struct procedure *procedure, const struct feel *feel, struct procedure_place *ret_place)
{
	const struct procedure_rule *rule;
	for (size_t i = 0; i < procedure->field_count; i++) {
		const struct procedure_field *field = &procedure->fields[i];
		*ret_place = (struct procedure_place){ PROCEDURE_AT_FIELD_SHOWN, (int)i, field->name, field->label, TEXT(""),
			&field->origin };
		if (field->condition == feel)
			return true;
		if (field->prefill == feel) {
			ret_place->kind = PROCEDURE_AT_FIELD_PROPOSAL;
			return true;
		}
		if (among(field->checks, field->check_count, feel, &rule)) {
			ret_place->kind = PROCEDURE_AT_FIELD_CHECK;
			ret_place->message = rule->message;
			ret_place->origin = &rule->origin;
			return true;
		}
		if (in_cells(field, (int)i, feel, ret_place))
			return true;
	}
	for (size_t i = 0; i < procedure->section_count; i++) {
		const struct procedure_section *section = &procedure->sections[i];
		*ret_place = (struct procedure_place){ PROCEDURE_AT_SECTION_SHOWN, (int)i, section->name, section->title,
			TEXT(""), &section->origin };
		if (section->condition == feel)
			return true;
	}
	for (size_t i = 0; i < procedure->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[i];
		*ret_place = (struct procedure_place){ PROCEDURE_AT_PIECE_ASKED, (int)i, piece->name, piece->label,
			piece->missing, &piece->origin };
		if (piece->condition == feel)
			return true;
		if (piece->valid_until == feel) {
			ret_place->kind = PROCEDURE_AT_PIECE_VALID;
			return true;
		}
	}
	return false;
}

static bool
in_clocks(const struct procedure *procedure, const struct feel *feel, struct procedure_place *ret_place)
{
	for (size_t i = 0; i < procedure->clock_count; i++) {
		const struct procedure_clock *clock = &procedure->clocks[i];
		*ret_place = (struct procedure_place){ PROCEDURE_AT_CLOCK, (int)i, clock->name, clock->label, TEXT(""),
			&clock->origin };
		if (clock->count == feel)
			return true;
	}
	return false;
}

static bool
among_settings(const struct procedure *procedure, const struct procedure_setting *settings, size_t count,
	const struct feel *feel, struct procedure_place *place)
{
	for (size_t i = 0; i < count; i++) {
		if (settings[i].value != feel)
			continue;
		place->kind = PROCEDURE_AT_SETTING;
		place->index = settings[i].posed;
		place->name = place->label = procedure->posed[settings[i].posed].name;
		return true;
	}
	return false;
}

static bool
among_countings(const struct procedure *procedure, const struct procedure_counting *countings, size_t count,
	const struct feel *feel, struct procedure_place *place)
{
	for (size_t i = 0; i < count; i++) {
		const struct procedure_counting *one = &countings[i];
		if (one->quantity != feel && one->from != feel && one->to != feel)
			continue;
		const struct procedure_counter *counter = &procedure->counters[one->counter];
		*place = (struct procedure_place){ PROCEDURE_AT_COUNTING, one->counter, counter->name, counter->label, TEXT(""),
			&counter->origin };
		return true;
	}
	return false;
}

static bool
among_inscriptions(const struct procedure *procedure, const struct procedure_inscription *rows, size_t count,
	const struct feel *feel, struct procedure_place *place)
{
	for (size_t i = 0; i < count; i++) {
		const struct procedure_register *one = &procedure->registers[rows[i].register_index];
		for (size_t k = 0; k < one->column_count; k++) {
			if (rows[i].values[k] != feel)
				continue;
			place->kind = PROCEDURE_AT_INSCRIPTION;
			place->index = rows[i].register_index;
			place->name = one->columns[k].name;
			place->label = one->columns[k].label;
			return true;
		}
	}
	return false;
}

static bool
in_actions(const struct procedure *procedure, const struct feel *feel, struct procedure_place *ret_place)
{
	const struct procedure_rule *rule;
	for (size_t i = 0; i < procedure->action_count; i++) {
		const struct procedure_action *action = &procedure->actions[i];
		*ret_place = (struct procedure_place){ PROCEDURE_AT_ACTION_OFFERED, (int)i, action->name, action->label,
			TEXT(""), &action->origin };
		if (action->condition == feel
			|| among_settings(procedure, action->settings, action->setting_count, feel, ret_place)
			|| among_countings(procedure, action->countings, action->counting_count, feel, ret_place)
			|| among_inscriptions(procedure, action->inscriptions, action->inscription_count, feel, ret_place))
			return true;
		if (among(action->requires, action->require_count, feel, &rule)) {
			ret_place->kind = PROCEDURE_AT_ACTION_REQUIRES;
			ret_place->message = rule->message;
			ret_place->origin = &rule->origin;
			return true;
		}
		if (action->opens_until == feel) {
			ret_place->kind = PROCEDURE_AT_OPENING;
			ret_place->label = procedure->windows[action->opens].label;
			return true;
		}
	}
	return false;
}

static bool
in_deadlines(const struct procedure *procedure, const struct feel *feel, struct procedure_place *ret_place)
{
	for (size_t i = 0; i < procedure->deadline_count; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[i];
		*ret_place = (struct procedure_place){ PROCEDURE_AT_DEADLINE, (int)i, deadline->name, deadline->label, TEXT(""),
			&deadline->origin };
		if (deadline->when == feel
			|| among_settings(procedure, deadline->settings, deadline->setting_count, feel, ret_place)
			|| among_countings(procedure, deadline->countings, deadline->counting_count, feel, ret_place)
			|| among_inscriptions(procedure, deadline->inscriptions, deadline->inscription_count, feel, ret_place))
			return true;
		if (deadline->condition == feel) {
			ret_place->kind = deadline->passage ? PROCEDURE_AT_PASSAGE : PROCEDURE_AT_DEADLINE_HAPPENS;
			return true;
		}
	}
	return false;
}

static bool
in_natures(const struct procedure *procedure, const struct feel *feel, struct procedure_place *ret_place)
{
	for (size_t i = 0; i < procedure->nature_count; i++) {
		const struct procedure_nature *nature = &procedure->natures[i];
		*ret_place = (struct procedure_place){ PROCEDURE_AT_NATURE, (int)i, nature->name, nature->label, nature->message,
			&nature->origin };
		if (nature->condition == feel)
			return true;
	}
	return false;
}

static bool
in_steps(const struct procedure *procedure, const struct feel *feel, struct procedure_place *ret_place)
{
	for (size_t i = 0; i < procedure->step_count; i++)
		for (size_t k = 0; k < procedure->steps[i].warning_count; k++) {
			const struct procedure_warning *warning = &procedure->steps[i].warnings[k];
			*ret_place = (struct procedure_place){ PROCEDURE_AT_WARNING, (int)i, procedure->steps[i].name,
				procedure->steps[i].label, warning->message, &warning->origin };
			if (warning->condition == feel)
				return true;
		}
	*ret_place = (struct procedure_place){ PROCEDURE_AT_ENTITLED, 0, TEXT(""), TEXT(""),
		procedure->entitled ? procedure->entitled->message : TEXT(""), procedure->entitled ? &procedure->entitled->origin
			: NULL };
	return procedure->entitled && procedure->entitled->rule == feel;
}

bool
procedure_place_of(const struct procedure *procedure, const struct feel *feel, struct procedure_place *ret_place)
{
	struct procedure_place place;
	const struct procedure_rule *rule;
	bool found = false;
	if (!feel)
		return false;
	for (size_t i = 0; i < procedure->computed_count && !found; i++) {
		const struct procedure_computed *computed = &procedure->computed[i];
		place = (struct procedure_place){ PROCEDURE_AT_COMPUTED, (int)i, computed->name, computed->label, TEXT(""),
			&computed->origin };
		found = computed->feel == feel;
	}
	if (!found && among(procedure->population, procedure->population_count, feel, &rule)) {
		place = (struct procedure_place){ PROCEDURE_AT_POPULATION, (int)(rule - procedure->population), TEXT(""),
			TEXT(""), rule->message, &rule->origin };
		found = true;
	}
	found = found || in_form(procedure, feel, &place) || in_clocks(procedure, feel, &place) || in_actions(procedure, feel, &place)
		|| in_deadlines(procedure, feel, &place) || in_steps(procedure, feel, &place) || in_natures(procedure, feel, &place);
	if (found)
		*ret_place = place;
	return found;
}
