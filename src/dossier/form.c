/* Forms: what people typed becomes typed values, or mistakes beside their fields. Nothing typed
 * is ever lost: the texts come back as they came. */
#include "dossier/form.h"
#include "dossier/answer.h"

#include "base/buffer.h"

#include "base/banned.h"

/* ---- drafts ---- */

struct text
dossier_raws_to_json(struct arena *arena, struct dossier_raws raws)
{
	CLEANUP(json_decref) json_t *object = json_object();
	for (size_t i = 0; i < raws.count; i++) {
		json_t *array = json_object_getn(object, raws.at[i].field.at, raws.at[i].field.length);
		if (!array) {
			array = json_array();
			if (!json_put_named(object, raws.at[i].field, array))
				return (struct text){ NULL, 0 };
		}
		if (!json_push(array, json_of_text(raws.at[i].value)))
			return (struct text){ NULL, 0 };
	}
	return json_canonical(arena, object);
}

enum guichet_status
dossier_raws_of_json(struct arena *arena, struct text json, struct dossier_raws *ret_raws, struct guichet_error *error)
{
	CLEANUP(json_decref) json_t *object = json_parse(json, "Le brouillon", error);
	if (!object)
		return error->status;
	struct json_reader reader = { .arena = arena };
	const char *key;
	json_t *array;
	size_t count = 0;
	json_object_foreach(object, key, array)
		count += json_array_size(array);
	struct dossier_raw *raws = count <= FORM_MOST_RAWS ? arena_array_of(arena, struct dossier_raw, count + 1) : NULL;
	if (!raws)
		return guichet_fail(error, GUICHET_REFUSED, "Le brouillon dépasse la taille permise.");
	count = 0;
	json_object_foreach(object, key, array) {
		const struct text field = arena_text(arena, text_of_string(key));
		reader.failed |= !field.at || !json_is_array(array);
		for (size_t i = 0; i < json_array_size(array); i++)
			raws[count++] = (struct dossier_raw){ field, json_text(&reader, json_array_get(array, i)) };
	}
	if (reader.failed)
		return guichet_fail(error, GUICHET_REFUSED, "Le brouillon ne se lit pas.");
	*ret_raws = (struct dossier_raws){ raws, count };
	return GUICHET_OK;
}

/* ---- the whole form ---- */

static struct text
clip(struct text text)
{
	return text_part(text, 0, 300);
}

static bool
is_listed(const struct dossier_form *form, const struct procedure_field *field)
{
	for (size_t i = 0; i < form->count; i++)
		if (form->answers[i].field == field)
			return true;
	return false;
}

/* Which fields: those of the form and of the action that files, or those an action changes and enters. */
static enum guichet_status
list_fields(const struct inputs *inputs, enum dossier_form_kind kind, int action, struct dossier_form *form,
	size_t *ret_changed_from, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	const struct procedure_nature *nature = kind == DOSSIER_FORM_FILING ? facts_nature(inputs->facts) : NULL;
	const struct procedure_action *act = action >= 0 ? &procedure->actions[action] : NULL;
	const bool filing = kind == DOSSIER_FORM_FILING;
	const size_t first = filing ? procedure->form_field_count : act->changes.count,
		most = first + (act ? act->enters.count : 0);
	form->answers = arena_array_of(inputs->arena, struct dossier_answer, most + 1);
	if (!form->answers)
		return OUT_OF_MEMORY(error);
	*ret_changed_from = filing ? 0 : first; /* fields before it are those of `modifie` */
	for (size_t i = 0; i < most; i++) {
		const int index = i >= first ? act->enters.at[i - first] : filing ? (int)i : act->changes.at[i];
		const struct procedure_field *field = &procedure->fields[index];
		const bool left = nature ? !procedure_list_has(nature->sections, field->section) : field->later;
		if ((filing && i < first && left) || (i >= first && is_listed(form, field)))
			continue;
		form->answers[form->count++] = (struct dossier_answer){ .field = field, .name = field->name, .visible = true };
	}
	return GUICHET_OK;
}

/* Lays the cells of a row over the inputs; NULL: of none. */
static void
lay_cells(struct inputs *inputs, const struct procedure_field *field, const struct dossier_form *row)
{
	for (size_t k = 0; k < field->part_count; k++)
		inputs->values[field->parts[k].slot] = row && row->answers[k].visible ? row->answers[k].value : feel_null(TEXT(""));
}

/* Hides the cells that their conditions hide, each row by itself. */
static enum guichet_status
show_cells(struct inputs *inputs, struct answering *reading, struct dossier_answer *answer, bool *ret_changed,
	struct guichet_error *error)
{
	const struct procedure_field *field = answer->field;
	bool changed = false;
	for (size_t i = 0; field->row_rules && i < answer->row_count; i++) {
		lay_cells(inputs, field, &answer->rows[i]);
		for (size_t k = 0; k < field->part_count; k++) {
			struct dossier_answer *cell = &answer->rows[i].answers[k];
			bool visible;
			const enum guichet_status status = inputs_condition(inputs, cell->field->condition, &visible, error);
			if (status != GUICHET_OK)
				return status;
			changed |= visible != cell->visible;
			cell->visible = visible;
			if (!visible)
				inputs->values[cell->field->slot] = feel_null(TEXT(""));
		}
		lay_cells(inputs, field, NULL);
	}
	if (!changed)
		return GUICHET_OK;
	reading->proposed = answer->prefilled ? inputs->values[field->slot] : feel_null(TEXT(""));
	answer_read_again(reading, answer);
	reading->proposed = feel_null(TEXT(""));
	inputs->values[field->slot] = answer->value;
	*ret_changed = true;
	return GUICHET_OK;
}

/* Each pass that changes something settles one condition at least. */
static size_t
most_passes(const struct dossier_form *form)
{
	size_t count = form->count;
	for (size_t i = 0; i < form->count; i++)
		count += form->answers[i].field->row_rules ? form->answers[i].field->part_count : 0;
	return count;
}

/* Hides what its conditions hide, until nothing changes: conditions may follow one another, and read
 * computed values that read the answers. */
static enum guichet_status
apply_conditions(struct inputs *inputs, struct answering *reading, struct dossier_form *form, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	const size_t most = most_passes(form);
	bool changed = true;
	for (size_t pass = 0; changed && pass <= most; pass++) {
		changed = false;
		enum guichet_status status = inputs_compute(inputs, error);
		if (status != GUICHET_OK)
			return status;
		for (size_t i = 0; i < form->count; i++) {
			struct dossier_answer *answer = &form->answers[i];
			const int section = answer->field->section;
			bool visible = true, section_visible = true;
			status = inputs_condition(inputs, answer->field->condition, &visible, error);
			if (status == GUICHET_OK && section >= 0)
				status = inputs_condition(inputs, procedure->sections[section].condition,
					&section_visible, error);
			if (status != GUICHET_OK)
				return status;
			visible = visible && section_visible;
			if (visible)
				status = show_cells(inputs, reading, answer, &changed, error);
			if (status != GUICHET_OK)
				return status;
			if (visible == answer->visible)
				continue;
			answer->visible = visible;
			inputs->values[answer->field->slot] = visible ? answer->value : feel_null(TEXT(""));
			changed = true;
		}
	}
	return GUICHET_OK;
}

/* True when the rule reads another field of the form that has no good value: the person is told of
 * that one first. */
static bool
reads_a_mistake(const struct dossier_form *form, const struct dossier_answer *own, const struct feel *rule)
{
	size_t count;
	const struct feel_use *uses = feel_reads(rule, &count);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < form->count; j++) {
			const struct dossier_answer *answer = &form->answers[j];
			if (answer != own && answer->field->slot == uses[i].slot && answer->mistake.length > 0)
				return true;
		}
	}
	return false;
}

/* True when the rule of a cell reads another one of its row that has no good value. */
static bool
reads_a_wrong_cell(const struct dossier_form *row, const struct feel *rule)
{
	size_t count;
	const struct feel_use *uses = feel_reads(rule, &count);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < row->count; k++)
			if (row->answers[k].field->slot == uses[i].slot && row->answers[k].mistake.length > 0)
				return true;
	return false;
}

/* Those of one cell, whose row is laid over the inputs. */
static enum guichet_status
run_cell_checks(struct inputs *inputs, struct answering *reading, const struct dossier_form *form,
	struct dossier_answer *answer, size_t row, struct dossier_answer *cell, struct guichet_error *error)
{
	for (size_t j = 0; j < cell->field->check_count; j++) {
		const struct procedure_rule *check = &cell->field->checks[j];
		bool holds;
		if (reads_a_mistake(form, NULL, check->rule) || reads_a_wrong_cell(&answer->rows[row], check->rule))
			continue;
		const enum guichet_status status = inputs_condition(inputs, check->rule, &holds, error);
		if (status != GUICHET_OK)
			return status;
		if (!holds) {
			answer_refuse_cell(reading, answer, row, cell, check->message.length > 0 ? check->message
				: TEXT("Corrigez cette réponse."));
			return GUICHET_OK;
		}
	}
	return GUICHET_OK;
}

/* Those of every row: a mistake in one hides none of another. */
static enum guichet_status
run_row_checks(struct inputs *inputs, struct answering *reading, const struct dossier_form *form,
	struct dossier_answer *answer, struct guichet_error *error)
{
	for (size_t i = 0; i < answer->row_count; i++) {
		lay_cells(inputs, answer->field, &answer->rows[i]);
		for (size_t k = 0; k < answer->rows[i].count; k++) {
			struct dossier_answer *cell = &answer->rows[i].answers[k];
			if (!cell->visible || cell->mistake.length > 0 || cell->value.kind == FEEL_NULL)
				continue;
			const enum guichet_status status = run_cell_checks(inputs, reading, form, answer, i, cell, error);
			if (status != GUICHET_OK)
				return status;
		}
	}
	lay_cells(inputs, answer->field, NULL);
	return GUICHET_OK;
}

static enum guichet_status
run_checks(struct inputs *inputs, struct answering *reading, struct dossier_form *form, struct guichet_error *error)
{
	for (size_t i = 0; i < form->count; i++) {
		struct dossier_answer *answer = &form->answers[i];
		if (answer->visible && answer->field->row_rules) {
			const enum guichet_status status = run_row_checks(inputs, reading, form, answer, error);
			if (status != GUICHET_OK)
				return status;
		}
		if (!answer->visible || answer->mistake.length > 0 || answer->value.kind == FEEL_NULL)
			continue;
		for (size_t j = 0; j < answer->field->check_count; j++) {
			const struct procedure_rule *check = &answer->field->checks[j];
			bool holds;
			if (reads_a_mistake(form, answer, check->rule))
				continue;
			const enum guichet_status status = inputs_condition(inputs, check->rule, &holds, error);
			if (status != GUICHET_OK)
				return status;
			if (!holds) {
				answer->mistake = check->message.length > 0 ? check->message
					: TEXT("Corrigez cette réponse.");
				break;
			}
		}
	}
	return GUICHET_OK;
}

/* Reads every answer, typed or proposed, and lays it over the inputs. */
static enum guichet_status
read_answers(struct inputs *inputs, struct answering *reading, struct dossier_raws raws, size_t changed_count,
	struct dossier_form *form, struct guichet_error *error)
{
	for (size_t i = 0; i < form->count; i++) {
		struct dossier_answer *answer = &form->answers[i];
		struct feel_value proposed = feel_null(TEXT(""));
		answer_collect(reading, raws, answer);
		if (answer->given) {
			answer_read(reading, answer);
		} else {
			/* A field to change, or asked again, shows what the dossier holds; others, what the procedure proposes. */
			enum guichet_status status = GUICHET_OK;
			if (i < changed_count || (answer->field->section >= 0 && inputs->facts->dossier))
				proposed = dossier_value_of(inputs->facts->dossier, answer->name);
			else if (!inputs->facts->dossier && inputs->facts->parent)
				proposed = dossier_value_of(inputs->facts->parent, answer->name);
			if (proposed.kind == FEEL_NULL && i >= changed_count && answer->field->prefill)
				status = inputs_evaluate(inputs, answer->field->prefill, &proposed, error);
			if (status != GUICHET_OK)
				return status;
			/* `agent`, proposed for a person, knows more than the answer keeps. */
			if ((dossier_names(answer->field->type) || answer->field->type == PROCEDURE_FIELD_ROWS)
				&& !value_shape(inputs->arena, answer->field->feel_type, proposed, &proposed))
				return OUT_OF_MEMORY(error);
			answer->prefilled = proposed.kind != FEEL_NULL;
			answer->value = proposed;
			answer_show(reading, answer, proposed);
			/* A week or rows proposed may hold more than this field asks. */
			reading->proposed = proposed;
			if (proposed.kind != FEEL_NULL && (answer->field->day_count || answer->field->part_count))
				answer_read(reading, answer);
			reading->proposed = feel_null(TEXT(""));
		}
		inputs->values[answer->field->slot] = answer->value;
	}
	return GUICHET_OK;
}

enum guichet_status
form_read(struct inputs *inputs, enum dossier_form_kind kind, int action, struct dossier_raws raws, bool fresh,
	struct dossier_form *ret_form, struct guichet_error *error)
{
	struct dossier_form form = { 0 };
	struct answering reading = { .arena = inputs->arena, .facts = inputs->facts };
	size_t changed_count = 0;
	enum guichet_status status = list_fields(inputs, kind, action, &form, &changed_count, error);
	if (status == GUICHET_OK)
		status = read_answers(inputs, &reading, raws, changed_count, &form, error);
	if (status == GUICHET_OK)
		status = apply_conditions(inputs, &reading, &form, error);
	for (size_t i = 0; status == GUICHET_OK && i < form.count; i++) {
		struct dossier_answer *answer = &form.answers[i];
		if (!answer->visible) {
			answer->value = feel_null(TEXT(""));
			answer_forgive(answer);
		} else {
			answer_oblige(&reading, answer);
		}
	}
	if (status == GUICHET_OK)
		status = inputs_compute(inputs, error);
	if (status == GUICHET_OK)
		status = run_checks(inputs, &reading, &form, error);
	if (status == GUICHET_OK && reading.full)
		status = OUT_OF_MEMORY(error);
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < form.count; i++) {
		if (fresh)
			answer_forgive(&form.answers[i]);
		form.mistakes += form.answers[i].mistake.length > 0;
	}
	*ret_form = form;
	return GUICHET_OK;
}

enum guichet_status
dossier_form_read(struct arena *arena, const struct dossier_facts *facts, enum dossier_form_kind kind, int action,
	struct dossier_raws raws, bool fresh, struct dossier_form *ret_form, struct guichet_error *error)
{
	struct inputs inputs;
	const enum guichet_status status = inputs_new(arena, facts, &inputs, error);
	return status != GUICHET_OK ? status : form_read(&inputs, kind, action, raws, fresh, ret_form, error);
}

struct dossier_answer *
dossier_answer_find(const struct dossier_form *form, struct text field)
{
	for (size_t i = 0; i < form->count; i++) {
		if (text_equal(form->answers[i].name, field))
			return &form->answers[i];
	}
	return NULL;
}

/* ---- pieces ---- */

static const struct {
	unsigned format;
	struct text name;
} formats[] = {
	{ PROCEDURE_PDF, { "PDF", 3 } },
	{ PROCEDURE_JPEG, { "JPEG", 4 } },
	{ PROCEDURE_PNG, { "PNG", 3 } },
};

struct text
dossier_formats_text(struct arena *arena, unsigned allowed)
{
	struct text text = TEXT("");
	size_t left = (size_t)__builtin_popcount(allowed);
	for (size_t i = 0; i < 3; i++) {
		if (!(allowed & formats[i].format))
			continue;
		text = arena_format(arena, "%.*s%s%.*s", TEXT_ARGS(text),
			text.length == 0 ? "" : left == 1 ? " ou " : ", ", TEXT_ARGS(formats[i].name));
		left--;
	}
	return text;
}

struct text
dossier_piece_unfit(struct arena *arena, const struct procedure_piece *wanted, struct text kind)
{
	bool known = wanted->formats == 0;
	for (size_t i = 0; i < 3; i++)
		known |= (wanted->formats & formats[i].format) && text_equal(kind, formats[i].name);
	return known ? TEXT("") : arena_format(arena, "La pièce « %.*s » doit être un fichier %.*s : joignez-en un autre.",
		TEXT_ARGS(clip(wanted->label)), TEXT_ARGS(dossier_formats_text(arena, wanted->formats)));
}

enum guichet_status
form_piece_mistake(struct inputs *inputs, int index, const struct dossier_piece *piece, struct text *ret_mistake,
	struct guichet_error *error)
{
	const struct procedure_piece *wanted = &inputs->facts->procedure->pieces[index];
	bool asked;
	const enum guichet_status status = inputs_condition(inputs, wanted->condition, &asked, error);
	if (status != GUICHET_OK)
		return status;
	*ret_mistake = TEXT("");
	const struct text allowed = dossier_formats_text(inputs->arena, wanted->formats);
	if (!piece) {
		if (!wanted->compulsory || !asked)
			return GUICHET_OK;
		*ret_mistake = wanted->missing.length > 0 ? wanted->missing
			: arena_format(inputs->arena, "Joignez la pièce « %.*s » (%.*s).",
				TEXT_ARGS(clip(wanted->label)), TEXT_ARGS(allowed));
	} else {
		*ret_mistake = dossier_piece_unfit(inputs->arena, wanted, piece->kind);
	}
	return ret_mistake->at ? GUICHET_OK : OUT_OF_MEMORY(error);
}

/* Whether some action that files the dossier hands it in. */
static bool
is_filed(const struct procedure *procedure, int piece)
{
	for (size_t i = 0; i < procedure->action_count; i++) {
		if (procedure_is_draft(procedure, procedure->actions[i].step)
		    && dossier_piece_is_joined(procedure, &procedure->actions[i], piece))
			return true;
	}
	return false;
}

/* The inputs of a filing, once what was typed has been read into them. */
static enum guichet_status
filing_read(struct arena *arena, const struct dossier_facts *facts, struct dossier_raws raws, struct inputs *ret_inputs,
	struct guichet_error *error)
{
	struct dossier_form form;
	const enum guichet_status status = inputs_new(arena, facts, ret_inputs, error);
	return status != GUICHET_OK ? status
		: form_read(ret_inputs, DOSSIER_FORM_FILING, PROCEDURE_NONE, raws, true, &form, error);
}

enum guichet_status
dossier_piece_mistake(struct arena *arena, const struct dossier_facts *facts, int index,
	const struct dossier_piece *piece, struct dossier_raws raws, struct text *ret_mistake, struct guichet_error *error)
{
	struct inputs inputs;
	*ret_mistake = TEXT("");
	if (!is_filed(facts->procedure, index))
		return GUICHET_OK;
	const enum guichet_status status = filing_read(arena, facts, raws, &inputs, error);
	return status != GUICHET_OK ? status : form_piece_mistake(&inputs, index, piece, ret_mistake, error);
}

enum guichet_status
dossier_piece_asked(struct arena *arena, const struct dossier_facts *facts, int index, struct dossier_raws raws,
	bool *ret_asked, struct guichet_error *error)
{
	struct inputs inputs;
	*ret_asked = false;
	if (!is_filed(facts->procedure, index))
		return GUICHET_OK;
	const enum guichet_status status = filing_read(arena, facts, raws, &inputs, error);
	return status != GUICHET_OK ? status
		: inputs_condition(&inputs, facts->procedure->pieces[index].condition, ret_asked, error);
}
