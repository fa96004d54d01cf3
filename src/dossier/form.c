/* Forms: what people typed becomes typed values, or mistakes beside their fields. Nothing typed
 * is ever lost: the texts come back as they came. */
#include "dossier/form.h"

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

/* ---- texts ---- */

/* A form being read; remembers that memory was short. */
struct reading {
	struct arena *arena;
	bool full;
};

/* Without control characters; CR LF and CR are line ends, kept when `lines`, else spaces. */
static struct text
clean(struct reading *reading, struct text raw, bool lines)
{
	char *at = arena_alloc(reading->arena, raw.length + 1);
	size_t length = 0;
	if (!at) {
		reading->full = true;
		return TEXT("");
	}
	for (size_t i = 0; i < raw.length; i++) {
		char character = raw.at[i];
		if (character == '\r') {
			if (i + 1 < raw.length && raw.at[i + 1] == '\n')
				continue;
			character = '\n';
		}
		if (character == '\n' && !lines)
			character = ' ';
		if (character == '\t')
			character = ' ';
		if ((unsigned char)character >= 32 ? character != 127 : character == '\n')
			at[length++] = character;
	}
	return text_trim((struct text){ at, length });
}

struct text
form_clean(struct arena *arena, struct text raw, bool lines)
{
	struct reading reading = { .arena = arena };
	const struct text text = clean(&reading, raw, lines);
	return reading.full ? (struct text){ NULL, 0 } : text;
}

static struct text
clip(struct text text)
{
	return text_part(text, 0, 300);
}

/* ---- one field ---- */

/* The first raw of a field, cleaned; empty without. */
static struct text
only(struct reading *reading, const struct dossier_answer *answer, bool lines)
{
	return answer->raw_count > 0 ? clean(reading, answer->raws[0], lines) : TEXT("");
}

static void
mistake(struct reading *reading, struct dossier_answer *answer, struct text message)
{
	reading->full |= !message.at;
	answer->mistake = message.at ? message : TEXT("");
	answer->value = feel_null(TEXT(""));
}

static struct feel_value
read_text(struct reading *reading, struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	const struct text text = only(reading, answer, field->type != PROCEDURE_FIELD_TEXT);
	if (text.length == 0)
		return feel_null(TEXT(""));
	if (!text_is_utf8(text)) {
		mistake(reading, answer, TEXT("Ce texte contient des caractères illisibles : saisissez-le de nouveau."));
		return feel_null(TEXT(""));
	}
	const size_t characters = text_characters(text);
	if (field->length > 0 && characters > (size_t)field->length) {
		mistake(reading, answer, arena_format(reading->arena, "%lld caractères au plus : vous en avez écrit %zu.",
			(long long)field->length, characters));
		return feel_null(TEXT(""));
	}
	return feel_string(text);
}

static struct feel_value
read_number(struct reading *reading, struct dossier_answer *answer)
{
	struct text text = only(reading, answer, false);
	struct feel_value value;
	int64_t integer;
	const enum procedure_field_type type = answer->field->type;
	if (type == PROCEDURE_FIELD_MONEY && text_ends(text, TEXT("€")))
		text = text_trim(text_part(text, 0, text.length - sizeof "€" + 1));
	if (type == PROCEDURE_FIELD_PERCENTAGE && text_ends(text, TEXT("%")))
		text = text_trim(text_part(text, 0, text.length - 1));
	if (text.length == 0)
		return feel_null(TEXT(""));
	if (!feel_number_read_french(text, &value)) {
		mistake(reading, answer, type == PROCEDURE_FIELD_INTEGER
			? TEXT("Écrivez un nombre entier en chiffres, par exemple 2.")
			: TEXT("Écrivez un nombre en chiffres, par exemple 12,5."));
		return feel_null(TEXT(""));
	}
	if (type == PROCEDURE_FIELD_INTEGER && !feel_to_integer(value, &integer)) {
		mistake(reading, answer, TEXT("Écrivez un nombre entier, sans virgule, par exemple 2."));
		return feel_null(TEXT(""));
	}
	const struct text refusal = procedure_field_refusal(reading->arena, answer->field, value);
	if (refusal.length) {
		mistake(reading, answer, refusal);
		return feel_null(TEXT(""));
	}
	return value;
}

static struct feel_value
read_date(struct reading *reading, struct dossier_answer *answer)
{
	const struct text text = only(reading, answer, false);
	struct date date;
	if (text.length == 0)
		return feel_null(TEXT(""));
	if (!date_read_french(text, &date) || date.year < 1900 || date.year > 2199) {
		mistake(reading, answer, TEXT("Écrivez une date qui existe, au format jour/mois/année, par exemple 16/06/2023."));
		return feel_null(TEXT(""));
	}
	return feel_date(date);
}

/* A box sends an empty text before it, so that unticking is heard: the last text counts. */
static struct feel_value
read_yes_no(struct reading *reading, struct dossier_answer *answer)
{
	const struct text text = answer->raw_count == 0 ? TEXT("")
		: clean(reading, answer->raws[answer->raw_count - 1], false);
	if (text.length == 0)
		return answer->field->type == PROCEDURE_FIELD_DECLARATION && answer->given
			? feel_boolean(false) : feel_null(TEXT(""));
	if (text_equal(text, TEXT("oui")))
		return feel_boolean(true);
	if (text_equal(text, TEXT("non")))
		return feel_boolean(false);
	mistake(reading, answer, TEXT("Répondez par oui ou par non."));
	return feel_null(TEXT(""));
}

static int
option_find(const struct procedure_field *field, struct text name)
{
	for (size_t i = 0; i < field->option_count; i++) {
		if (text_equal(field->options[i].name, name))
			return (int)i;
	}
	return PROCEDURE_NONE;
}

static struct feel_value
read_choices(struct reading *reading, struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	bool *chosen = arena_array_of(reading->arena, bool, field->option_count + 1);
	struct feel_value *items = arena_array_of(reading->arena, struct feel_value, field->option_count + 1);
	size_t count = 0;
	if (!chosen || !items) {
		reading->full = true;
		return feel_null(TEXT(""));
	}
	for (size_t i = 0; i < answer->raw_count; i++) {
		const struct text name = clean(reading, answer->raws[i], false);
		const int option = option_find(field, name);
		if (name.length == 0)
			continue;
		if (option < 0) {
			mistake(reading, answer, TEXT("Choisissez parmi les réponses proposées."));
			return feel_null(TEXT(""));
		}
		chosen[option] = true;
	}
	for (size_t i = 0; i < field->option_count; i++) {
		if (chosen[i])
			items[count++] = feel_string(field->options[i].name);
	}
	if (count == 0)
		return feel_null(TEXT(""));
	if (field->type == PROCEDURE_FIELD_CHOICES)
		return feel_list(items, count);
	if (count > 1) {
		mistake(reading, answer, TEXT("Choisissez une seule réponse."));
		return feel_null(TEXT(""));
	}
	return items[0];
}

static struct feel_value (*const readers[PROCEDURE_FIELD_TYPE_COUNT])(struct reading *, struct dossier_answer *) = {
	[PROCEDURE_FIELD_TEXT] = read_text,
	[PROCEDURE_FIELD_LONG_TEXT] = read_text,
	[PROCEDURE_FIELD_ADDRESS] = read_text,
	[PROCEDURE_FIELD_INTEGER] = read_number,
	[PROCEDURE_FIELD_NUMBER] = read_number,
	[PROCEDURE_FIELD_MONEY] = read_number,
	[PROCEDURE_FIELD_PERCENTAGE] = read_number,
	[PROCEDURE_FIELD_DATE] = read_date,
	[PROCEDURE_FIELD_YES_NO] = read_yes_no,
	[PROCEDURE_FIELD_DECLARATION] = read_yes_no,
	[PROCEDURE_FIELD_CHOICE] = read_choices,
	[PROCEDURE_FIELD_CHOICES] = read_choices,
};

/* The texts that a form shows for a value: what reads back to it. */
static bool
raws_of_value(struct arena *arena, struct dossier_answer *answer, struct feel_value value)
{
	answer->raws = NULL;
	answer->raw_count = 0;
	if (value.kind == FEEL_NULL)
		return true;
	const size_t count = value.kind == FEEL_LIST ? value.list.count : 1;
	struct text *raws = arena_array_of(arena, struct text, count + 1);
	if (!raws)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct feel_value item = value.kind == FEEL_LIST ? value.list.at[i] : value;
		raws[i] = item.kind == FEEL_STRING ? item.string
			: item.kind == FEEL_DATE ? date_short(arena, item.date)
			: feel_value_to_french(arena, item);
		if (!raws[i].at)
			return false;
	}
	answer->raws = raws;
	answer->raw_count = count;
	return true;
}

static bool
collect_raws(struct arena *arena, struct dossier_raws raws, struct dossier_answer *answer)
{
	size_t count = 0;
	for (size_t i = 0; i < raws.count; i++)
		count += text_equal(raws.at[i].field, answer->name);
	answer->given = count > 0;
	answer->raw_count = count;
	if (count == 0)
		return true;
	struct text *texts = arena_array_of(arena, struct text, count);
	answer->raws = texts;
	count = 0;
	for (size_t i = 0; texts && i < raws.count; i++) {
		if (text_equal(raws.at[i].field, answer->name))
			texts[count++] = raws.at[i].value;
	}
	return texts != NULL;
}

/* ---- the whole form ---- */

/* Which fields: those of the form, or those an action changes and enters. */
static enum guichet_status
list_fields(struct arena *arena, const struct procedure *procedure, enum dossier_form_kind kind, int action,
	struct dossier_form *form, size_t *ret_changed_from, struct guichet_error *error)
{
	const struct procedure_action *act = kind == DOSSIER_FORM_ACTION ? &procedure->actions[action] : NULL;
	const size_t count = act ? act->changes.count + act->enters.count : procedure->form_field_count;
	form->answers = arena_array_of(arena, struct dossier_answer, count + 1);
	if (!form->answers)
		return OUT_OF_MEMORY(error);
	form->count = count;
	*ret_changed_from = act ? act->changes.count : 0; /* fields before it are those of `modifie` */
	for (size_t i = 0; i < count; i++) {
		const int index = !act ? (int)i
			: i < act->changes.count ? act->changes.at[i] : act->enters.at[i - act->changes.count];
		form->answers[i].field = &procedure->fields[index];
		form->answers[i].name = procedure->fields[index].name;
		form->answers[i].visible = true;
	}
	return GUICHET_OK;
}

/* Hides what its conditions hide, until nothing changes: conditions may follow one another. */
static enum guichet_status
apply_conditions(struct inputs *inputs, struct dossier_form *form, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	bool changed = true;
	for (size_t pass = 0; changed && pass <= form->count; pass++) {
		changed = false;
		for (size_t i = 0; i < form->count; i++) {
			struct dossier_answer *answer = &form->answers[i];
			const int section = answer->field->section;
			bool visible = true, section_visible = true;
			enum guichet_status status = inputs_condition(inputs, answer->field->condition, &visible, error);
			if (status == GUICHET_OK && section >= 0)
				status = inputs_condition(inputs, procedure->sections[section].condition,
					&section_visible, error);
			if (status != GUICHET_OK)
				return status;
			visible = visible && section_visible;
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

static void
check_obligation(struct reading *reading, struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	const bool absent = answer->value.kind == FEEL_NULL
		|| (field->type == PROCEDURE_FIELD_DECLARATION && !feel_is_true(answer->value));
	if (!field->compulsory || !absent || answer->mistake.length > 0)
		return;
	if (field->missing.length > 0)
		mistake(reading, answer, field->missing);
	else if (field->type == PROCEDURE_FIELD_CHOICE || field->type == PROCEDURE_FIELD_CHOICES)
		mistake(reading, answer, TEXT("Choisissez une réponse : elle est obligatoire."));
	else if (field->type == PROCEDURE_FIELD_YES_NO)
		mistake(reading, answer, TEXT("Répondez par oui ou par non : la réponse est obligatoire."));
	else if (field->type == PROCEDURE_FIELD_DECLARATION)
		mistake(reading, answer, TEXT("Cochez cette déclaration : elle est obligatoire."));
	else
		mistake(reading, answer, TEXT("Remplissez ce champ : il est obligatoire."));
}

static enum guichet_status
run_checks(struct inputs *inputs, struct dossier_form *form, struct guichet_error *error)
{
	for (size_t i = 0; i < form->count; i++) {
		struct dossier_answer *answer = &form->answers[i];
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
read_answers(struct inputs *inputs, struct reading *reading, struct dossier_raws raws, size_t changed_count,
	struct dossier_form *form, struct guichet_error *error)
{
	for (size_t i = 0; i < form->count; i++) {
		struct dossier_answer *answer = &form->answers[i];
		struct feel_value proposed = feel_null(TEXT(""));
		if (!collect_raws(inputs->arena, raws, answer))
			return OUT_OF_MEMORY(error);
		if (answer->given) {
			answer->value = readers[answer->field->type](reading, answer);
		} else {
			/* A field to change shows what the dossier holds; others, what the procedure proposes. */
			enum guichet_status status = GUICHET_OK;
			if (i < changed_count)
				proposed = dossier_value_of(inputs->facts->dossier, answer->name);
			else if (answer->field->prefill)
				status = inputs_evaluate(inputs, answer->field->prefill, &proposed, error);
			if (status != GUICHET_OK)
				return status;
			answer->prefilled = proposed.kind != FEEL_NULL;
			answer->value = proposed;
			if (!raws_of_value(inputs->arena, answer, proposed))
				return OUT_OF_MEMORY(error);
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
	struct reading reading = { .arena = inputs->arena };
	size_t changed_count;
	enum guichet_status status = list_fields(inputs->arena, inputs->facts->procedure, kind, action, &form,
		&changed_count, error);
	if (status == GUICHET_OK)
		status = read_answers(inputs, &reading, raws, changed_count, &form, error);
	if (status == GUICHET_OK)
		status = apply_conditions(inputs, &form, error);
	for (size_t i = 0; status == GUICHET_OK && i < form.count; i++) {
		struct dossier_answer *answer = &form.answers[i];
		if (!answer->visible) {
			answer->value = feel_null(TEXT(""));
			answer->mistake = TEXT("");
		} else {
			check_obligation(&reading, answer);
		}
	}
	if (status == GUICHET_OK && reading.full)
		status = OUT_OF_MEMORY(error);
	if (status == GUICHET_OK)
		status = inputs_compute(inputs, error);
	if (status == GUICHET_OK)
		status = run_checks(inputs, &form, error);
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < form.count; i++) {
		if (fresh)
			form.answers[i].mistake = TEXT("");
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
		bool known = wanted->formats == 0;
		for (size_t i = 0; i < 3; i++)
			known |= (wanted->formats & formats[i].format) && text_equal(piece->kind, formats[i].name);
		if (!known)
			*ret_mistake = arena_format(inputs->arena,
				"La pièce « %.*s » doit être un fichier %.*s : joignez-en un autre.",
				TEXT_ARGS(clip(wanted->label)), TEXT_ARGS(allowed));
	}
	return ret_mistake->at ? GUICHET_OK : OUT_OF_MEMORY(error);
}

/* Whether some action that files the dossier hands it in. */
static bool
is_filed(const struct procedure *procedure, int piece)
{
	const struct procedure_list filing = procedure->steps[0].actions;
	for (size_t i = 0; i < filing.count; i++) {
		if (dossier_piece_is_joined(procedure, &procedure->actions[filing.at[i]], piece))
			return true;
	}
	return false;
}

enum guichet_status
dossier_piece_mistake(struct arena *arena, const struct dossier_facts *facts, int index,
	const struct dossier_piece *piece, struct dossier_raws raws, struct text *ret_mistake, struct guichet_error *error)
{
	struct inputs inputs;
	struct dossier_form form;
	*ret_mistake = TEXT("");
	if (!is_filed(facts->procedure, index))
		return GUICHET_OK;
	enum guichet_status status = inputs_new(arena, facts, &inputs, error);
	if (status == GUICHET_OK)
		status = form_read(&inputs, DOSSIER_FORM_FILING, PROCEDURE_NONE, raws, true, &form, error);
	return status != GUICHET_OK ? status : form_piece_mistake(&inputs, index, piece, ret_mistake, error);
}

enum guichet_status
dossier_piece_asked(struct arena *arena, const struct dossier_facts *facts, int index, struct dossier_raws raws,
	bool *ret_asked, struct guichet_error *error)
{
	struct inputs inputs;
	struct dossier_form form;
	*ret_asked = false;
	if (!is_filed(facts->procedure, index))
		return GUICHET_OK;
	enum guichet_status status = inputs_new(arena, facts, &inputs, error);
	if (status == GUICHET_OK)
		status = form_read(&inputs, DOSSIER_FORM_FILING, PROCEDURE_NONE, raws, true, &form, error);
	return status != GUICHET_OK ? status
		: inputs_condition(&inputs, facts->procedure->pieces[index].condition, ret_asked, error);
}
