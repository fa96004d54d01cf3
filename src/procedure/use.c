/* Using a model: names that come from outside, values as people read them, filled texts. */
#include "procedure/week.h"

#include "base/hole.h"

#include "base/banned.h"

#define FIND(thing, items)                                                          \
	int procedure_##thing##_find(const struct procedure *procedure, struct text name) \
	{                                                                             \
		for (size_t i = 0; i < procedure->thing##_count; i++)                       \
			if (text_equal(procedure->items[i].name, name))                     \
				return (int)i;                                              \
		return PROCEDURE_NONE;                                                      \
	}

FIND(step, steps)
FIND(track, tracks)
FIND(move, moves)
FIND(field, fields)
FIND(piece, pieces)
FIND(clock, clocks)
FIND(register, registers)
FIND(role, roles)
FIND(letter, letters)
FIND(mail, mails)
FIND(window, windows)
FIND(counter, counters)
FIND(posed, posed)
FIND(computed, computed)
FIND(report, reports)
FIND(nature, natures)

bool
procedure_is_draft(const struct procedure *procedure, int step)
{
	bool starts = step == 0;
	for (size_t i = 0; i < procedure->nature_count; i++)
		starts |= procedure->natures[i].start == step;
	return starts;
}

/* ---- what is promised to who files ---- */

bool
procedure_acknowledges_by_mail(const struct procedure *procedure)
{
	const struct procedure_list ways = procedure->steps[0].actions;
	const int applicant = procedure_applicant(procedure);
	for (size_t m = 0; m < procedure->mail_count; m++)
		for (size_t i = 0; procedure_list_has(procedure->mails[m].to, applicant) && i < ways.count; i++)
			if (procedure_list_has(procedure->mails[m].after, procedure->actions[ways.at[i]].move))
				return true;
	return false;
}

bool
procedure_acknowledges_by_letter(const struct procedure *procedure)
{
	const struct procedure_list ways = procedure->steps[0].actions;
	for (size_t i = 0; i < ways.count; i++)
		if (procedure->actions[ways.at[i]].produces.count > 0)
			return true;
	return false;
}

bool
procedure_may_be_withdrawn(const struct procedure *procedure)
{
	const int applicant = procedure_applicant(procedure);
	for (size_t i = 0; i < procedure->action_count; i++) {
		const struct procedure_action *action = &procedure->actions[i];
		if (!procedure_is_draft(procedure, action->step) && action->to >= 0 && action->sense == PROCEDURE_NO_SENSE
			&& procedure_list_has(action->who, applicant) && procedure->steps[action->to].final
			&& procedure->steps[action->to].frees)
			return true;
	}
	return false;
}

bool
procedure_piece_is_theirs(const struct procedure *procedure, size_t piece)
{
	const int applicant = procedure_applicant(procedure);
	bool theirs = !procedure->pieces[piece].later;
	for (size_t i = 0; !theirs && i < procedure->action_count; i++)
		theirs = procedure_list_has(procedure->actions[i].joins, (int)piece)
			&& procedure_list_has(procedure->actions[i].who, applicant);
	return theirs;
}

const struct text procedure_piece_states[PROCEDURE_PIECE_STATE_COUNT] = {
	[PROCEDURE_PIECE_HANDED_IN] = TEXT("déposée"),
	[PROCEDURE_PIECE_ACCEPTED] = TEXT("acceptée"),
	[PROCEDURE_PIECE_SENT_BACK] = TEXT("renvoyée"),
};

int
procedure_local_find(const struct procedure *procedure, struct text name)
{
	for (size_t i = 0; i < procedure->local_count; i++)
		if (text_equal(procedure->locals[i].field.name, name))
			return (int)i;
	return PROCEDURE_NONE;
}

int
procedure_action_find(const struct procedure *procedure, int step, struct text name)
{
	const struct procedure_list actions = procedure->steps[step].actions;
	for (size_t i = 0; i < actions.count; i++)
		if (text_equal(procedure->actions[actions.at[i]].name, name))
			return actions.at[i];
	return PROCEDURE_NONE;
}

int
procedure_deadline_find(const struct procedure *procedure, int step, struct text name)
{
	const struct procedure_list deadlines = procedure->steps[step].deadlines;
	for (size_t i = 0; i < deadlines.count; i++)
		if (text_equal(procedure->deadlines[deadlines.at[i]].name, name))
			return deadlines.at[i];
	return PROCEDURE_NONE;
}

int
procedure_applicant(const struct procedure *procedure)
{
	int found = PROCEDURE_NONE;
	for (size_t i = 0; i < procedure->role_count; i++)
		if (procedure->roles[i].reach == PROCEDURE_APPLICANT)
			found = (int)i;
	return found;
}

bool
procedure_asks(const struct procedure *procedure, struct text function)
{
	for (size_t i = 0; i < procedure->asker_count; i++)
		if (text_equal(procedure->askers[i], function))
			return true;
	return false;
}

bool
procedure_role_asks(const struct procedure *procedure, const struct procedure_role *role)
{
	for (size_t i = 0; i < role->function_count; i++)
		if (procedure_asks(procedure, role->functions[i]))
			return true;
	return false;
}

bool
procedure_list_has(struct procedure_list list, int index)
{
	for (size_t i = 0; i < list.count; i++)
		if (list.at[i] == index)
			return true;
	return false;
}

struct feel_value
procedure_parameter_at(const struct procedure *procedure, size_t parameter, struct date day)
{
	const struct procedure_parameter *one = &procedure->parameters[parameter];
	for (size_t i = one->value_count; i-- > 0;)
		if (date_compare(one->values[i].from, day) <= 0)
			return one->values[i].value;
	return feel_null(TEXT("ce paramètre n’a pas encore de valeur à cette date"));
}

/* One or two digits at the head of *rest, which goes on after them; -1 when there are none, or more. */
static int
small_number(struct text *rest)
{
	size_t count = 0;
	int number = 0;
	while (count < rest->length && rest->at[count] >= '0' && rest->at[count] <= '9' && count < 3)
		number = 10 * number + rest->at[count++] - '0';
	*rest = text_trim(text_part(*rest, count, SIZE_MAX));
	return count == 1 || count == 2 ? number : -1;
}

bool
procedure_time_read(struct text text, struct feel_value *ret_time)
{
	struct text rest = text_trim(text);
	const int hour = small_number(&rest);
	const bool letter = text_starts(rest, TEXT("h")) || text_starts(rest, TEXT("H"));
	if (!letter && !text_starts(rest, TEXT(":")))
		return false;
	rest = text_trim(text_part(rest, 1, SIZE_MAX));
	const int minute = rest.length == 0 && letter ? 0 : small_number(&rest);
	if (text_equal(rest, TEXT(":00")) || text_equal(rest, TEXT("min"))) /* of some browsers; of some people */
		rest.length = 0;
	if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || rest.length)
		return false;
	*ret_time = (struct feel_value){ .kind = FEEL_TIME };
	ret_time->at.time = (struct feel_time){ .hour = (int8_t)hour, .minute = (int8_t)minute };
	return true;
}

/* ---- values as people read them ---- */

static struct text
option_label(const struct procedure_field *field, struct text name)
{
	for (size_t i = 0; i < field->option_count; i++)
		if (text_equal(field->options[i].name, name))
			return field->options[i].label;
	return name;
}

static struct text
choices_text(struct arena *arena, const struct procedure_field *field, struct feel_value value)
{
	struct feel_value *labels = arena_array_of(arena, struct feel_value, value.list.count);
	if (!labels)
		return (struct text){ 0 };
	for (size_t i = 0; i < value.list.count; i++)
		labels[i] = value.list.at[i].kind == FEEL_STRING ? feel_string(option_label(field, value.list.at[i].string))
								: value.list.at[i];
	return feel_value_to_french(arena, feel_list(labels, value.list.count));
}

/* "12 €", "80 %". Without memory as it came. */
static struct text
with_sign(struct arena *arena, enum procedure_field_type type, struct text text)
{
	if (!text.at)
		return text;
	return type == PROCEDURE_FIELD_MONEY        ? arena_format(arena, "%.*s €", TEXT_ARGS(text))
	       : type == PROCEDURE_FIELD_PERCENTAGE ? arena_format(arena, "%.*s %%", TEXT_ARGS(text))
						     : text;
}

/* Units that never take the mark of the plural: symbols, not words. */
static bool
is_symbol(struct text unit)
{
	static const char *const symbols[] = { "h", "min", "s", "j", "m", "cm", "mm", "km", "g", "kg", "t", "l", "o", "ko", "pt" };
	for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++)
		if (text_equal(unit, text_of_string(symbols[i])))
			return true;
	for (size_t i = 0; i < unit.length; i++) /* a word is of small letters: not ETP, km/h or h par semaine */
		if ((unsigned char)unit.at[i] < 0x80 && (unit.at[i] < 'a' || unit.at[i] > 'z') && unit.at[i] != '-')
			return true;
	return false;
}

/* "jour" is "jours" from two on; mois, prix and symbols stay. */
static struct text
unit_for(struct arena *arena, struct text unit, struct feel_value value)
{
	int above, below;
	const bool plural = (feel_order(value, feel_integer(2), &above) && above >= 0)
		|| (feel_order(value, feel_integer(-2), &below) && below <= 0);
	if (!plural || is_symbol(unit) || text_ends(unit, TEXT("s")) || text_ends(unit, TEXT("x")) || text_ends(unit, TEXT("z")))
		return unit;
	if (text_ends(unit, TEXT("eau")) || text_ends(unit, TEXT("eu")))
		return arena_format(arena, "%.*sx", TEXT_ARGS(unit));
	return text_ends(unit, TEXT("al")) ? arena_format(arena, "%.*saux", (int)unit.length - 2, unit.at)
		: arena_format(arena, "%.*ss", TEXT_ARGS(unit));
}

/* "1 jour", "2 jours": the unit that a field of numbers declares. Without memory as it came. */
static struct text
with_unit(struct arena *arena, enum procedure_field_type type, struct text declared, struct feel_value value, struct text text)
{
	const bool counts = type == PROCEDURE_FIELD_INTEGER || type == PROCEDURE_FIELD_NUMBER;
	if (!text.at || !counts || declared.length == 0)
		return text;
	const struct text unit = unit_for(arena, declared, value);
	return arena_format(arena, "%.*s %.*s", TEXT_ARGS(text), TEXT_ARGS(unit));
}

/* "du 1er mars 2024 au 5 mars 2024" */
static struct text
period_text(struct arena *arena, struct feel_value period)
{
	const struct feel_value from = feel_entry_of(period, TEXT("début")), to = feel_entry_of(period, TEXT("fin"));
	if (from.kind != FEEL_DATE || to.kind != FEEL_DATE)
		return feel_value_to_french(arena, period);
	const struct text first = date_french(arena, from.date, false), last = date_french(arena, to.date, false);
	return date_compare(from.date, to.date) == 0 ? arena_format(arena, "le %.*s", TEXT_ARGS(first))
		: arena_format(arena, "du %.*s au %.*s", TEXT_ARGS(first), TEXT_ARGS(last));
}

/* "2 mois", "1 jour": the units are written in the plural. */
static struct text
duration_text(struct arena *arena, struct feel_value duration)
{
	const struct feel_value number = feel_entry_of(duration, TEXT("nombre")), unit = feel_entry_of(duration, TEXT("unité"));
	int64_t count;
	if (unit.kind != FEEL_STRING || !feel_to_integer(number, &count))
		return feel_value_to_french(arena, duration);
	const bool one = count == 1 && !text_equal(unit.string, TEXT("mois")) && text_ends(unit.string, TEXT("s"));
	return arena_format(arena, "%lld %.*s", (long long)count, (int)unit.string.length - one, unit.string.at);
}

/* "Mme Ana Lestrade (Atelier)" */
static struct text
person_text(struct arena *arena, struct feel_value person)
{
	const struct text civility = feel_entry_text(person, TEXT("civilité")),
		place = feel_entry_text(feel_entry_of(person, TEXT("structure")), TEXT("nom"));
	return arena_format(arena, "%.*s%s%.*s %.*s%s%.*s%s", TEXT_ARGS(civility), civility.length ? " " : "",
		TEXT_ARGS(feel_entry_text(person, TEXT("prénom"))), TEXT_ARGS(feel_entry_text(person, TEXT("nom"))), place.length ? " (" : "",
		TEXT_ARGS(place), place.length ? ")" : "");
}

const struct procedure_field *
procedure_slot_field(const struct procedure *procedure, const struct procedure_slot *slot)
{
	if (slot->kind == PROCEDURE_SLOT_FIELD)
		return &procedure->fields[slot->index];
	if (slot->kind != PROCEDURE_SLOT_CELL || slot->index < 0)
		return NULL;
	const struct procedure_field *field = &procedure->fields[slot->index];
	for (size_t k = 0; k < field->part_count; k++)
		if (text_equal(field->parts[k].name, slot->name))
			return &field->parts[k];
	return NULL;
}

/* "Nature : loyer, Montant : 12 € ; Nature : …": what is empty is left out. */
static struct text
rows_text(struct arena *arena, const struct procedure_field *field, struct feel_value rows)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	for (size_t i = 0; i < rows.list.count; i++) {
		bool first = true;
		for (size_t k = 0; k < field->part_count; k++) {
			const struct procedure_field *part = &field->parts[k];
			const struct feel_value value = feel_entry_of(rows.list.at[i], part->name);
			const struct text text = procedure_field_text(arena, part, value);
			if (!text.at)
				return text;
			if (value.kind == FEEL_NULL || text.length == 0)
				continue;
			buffer_format(&out, "%s%.*s : %.*s", !first ? ", " : i ? " ; " : "", TEXT_ARGS(part->label), TEXT_ARGS(text));
			first = false;
		}
	}
	return out.failed ? (struct text){ 0 } : arena_text(arena, buffer_text(&out));
}

struct text
procedure_field_text(struct arena *arena, const struct procedure_field *field, struct feel_value value)
{
	if (field->type == PROCEDURE_FIELD_WEEK && value.kind == FEEL_CONTEXT)
		return week_text(arena, value);
	if (field->type == PROCEDURE_FIELD_PERIOD && value.kind == FEEL_CONTEXT)
		return period_text(arena, value);
	if (field->type == PROCEDURE_FIELD_DURATION && value.kind == FEEL_CONTEXT)
		return duration_text(arena, value);
	if (field->type == PROCEDURE_FIELD_PERSON && value.kind == FEEL_CONTEXT)
		return person_text(arena, value);
	if (field->type == PROCEDURE_FIELD_STRUCTURE && value.kind == FEEL_CONTEXT)
		return arena_text(arena, feel_entry_text(value, TEXT("nom")));
	if (field->type == PROCEDURE_FIELD_ROWS && value.kind == FEEL_LIST)
		return rows_text(arena, field, value);
	if (field->type == PROCEDURE_FIELD_CHOICE && value.kind == FEEL_STRING)
		return option_label(field, value.string);
	if (field->type == PROCEDURE_FIELD_CHOICES && value.kind == FEEL_LIST)
		return choices_text(arena, field, value);
	const struct text text = feel_value_to_french(arena, value);
	return value.kind == FEEL_NUMBER ? with_unit(arena, field->type, field->unit, value, with_sign(arena, field->type, text)) : text;
}

static struct text
number_text(struct arena *arena, enum procedure_field_type type, int decimals, struct feel_value value)
{
	if (value.kind != FEEL_NUMBER)
		return feel_value_to_french(arena, value);
	return with_sign(arena, type, decimals == PROCEDURE_NONE ? feel_value_to_french(arena, value)
		: feel_number_to_french(arena, value, decimals));
}

struct text
procedure_computed_text(struct arena *arena, const struct procedure_computed *computed, struct feel_value value)
{
	if (value.kind != FEEL_CONTEXT || computed->output_count == 0) {
		const struct text number = number_text(arena, computed->shown, computed->decimals, value);
		return value.kind == FEEL_NUMBER ? with_unit(arena, computed->shown, computed->unit, value, number) : number;
	}
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_PAGE);
	for (size_t i = 0; i < computed->output_count; i++) {
		const struct procedure_output *output = &computed->outputs[i];
		const struct feel_value one = feel_entry_of(value, output->name);
		const struct text text = number_text(arena, output->shown, output->decimals, one);
		if (!text.at)
			return text;
		if (one.kind != FEEL_NULL)
			buffer_format(&out, "%s%.*s : %.*s", out.length ? ", " : "", TEXT_ARGS(output->label), TEXT_ARGS(text));
	}
	return out.failed ? (struct text){ 0 } : arena_text(arena, buffer_text(&out));
}

struct text
procedure_value_text(struct arena *arena, const struct procedure *procedure, struct text source, struct feel_value value)
{
	struct text rest = text_trim(source);
	const int whole = procedure_computed_find(procedure, rest), field = procedure_field_find(procedure, rest);
	if (field != PROCEDURE_NONE)
		return procedure_field_text(arena, &procedure->fields[field], value);
	if (whole != PROCEDURE_NONE)
		return procedure_computed_text(arena, &procedure->computed[whole], value);
	const struct text first = text_split(&rest, '.');
	const int table = procedure_computed_find(procedure, first);
	/* A piece alone is told by the name of its file. */
	if (value.kind == FEEL_CONTEXT && rest.at && text_equal(first, TEXT("pièces"))
		&& procedure_piece_find(procedure, rest) != PROCEDURE_NONE)
		return feel_value_to_french(arena, feel_entry_of(value, TEXT("fichier")));
	for (size_t i = 0; table != PROCEDURE_NONE && rest.at && i < procedure->computed[table].output_count; i++) {
		const struct procedure_output *output = &procedure->computed[table].outputs[i];
		if (text_equal(output->name, rest))
			return number_text(arena, output->shown, output->decimals, value);
	}
	return feel_value_to_french(arena, value);
}

struct text
procedure_field_refusal(struct arena *arena, const struct procedure_field *field, struct feel_value value)
{
	const struct feel_range *bounds = field->feel_type ? field->feel_type->bounds : NULL;
	int order;
	if (!bounds || value.kind != FEEL_NUMBER)
		return TEXT("");
	const bool low = bounds->low.kind != FEEL_NULL, high = bounds->high.kind != FEEL_NULL;
	const bool fits = (!low || !feel_order(value, bounds->low, &order) || order >= 0)
		&& (!high || !feel_order(value, bounds->high, &order) || order <= 0);
	if (fits)
		return TEXT("");
	const struct text least = low && high ? feel_value_to_french(arena, bounds->low)
		: low ? procedure_field_text(arena, field, bounds->low) : TEXT("");
	const struct text most = high ? procedure_field_text(arena, field, bounds->high) : TEXT("");
	return low && high ? arena_format(arena, "Écrivez un nombre entre %.*s et %.*s.", TEXT_ARGS(least), TEXT_ARGS(most))
	       : low       ? arena_format(arena, "Écrivez un nombre qui ne soit pas inférieur à %.*s.", TEXT_ARGS(least))
			   : arena_format(arena, "Écrivez un nombre qui ne dépasse pas %.*s.", TEXT_ARGS(most));
}

struct text
procedure_field_bounds(struct arena *arena, const struct procedure_field *field)
{
	const struct feel_range *bounds = field->feel_type ? field->feel_type->bounds : NULL;
	int64_t least, most;
	if (!bounds || (field->type == PROCEDURE_FIELD_PERCENTAGE && feel_to_integer(bounds->low, &least) && least == 0
		&& feel_to_integer(bounds->high, &most) && most == 100))
		return TEXT("");
	const bool both = bounds->low.kind != FEEL_NULL && bounds->high.kind != FEEL_NULL;
	const struct text low = both ? feel_value_to_french(arena, bounds->low) : procedure_field_text(arena, field, bounds->low);
	const struct text high = procedure_field_text(arena, field, bounds->high);
	return low.length && high.length ? arena_format(arena, "De %.*s à %.*s.", TEXT_ARGS(low), TEXT_ARGS(high))
	       : low.length              ? arena_format(arena, "Au moins %.*s.", TEXT_ARGS(low))
					 : arena_format(arena, "Au plus %.*s.", TEXT_ARGS(high));
}

struct text
procedure_column_text(struct arena *arena, const struct procedure *procedure, const struct procedure_column *column,
	struct feel_value value)
{
	return column->field != PROCEDURE_NONE ? procedure_field_text(arena, &procedure->fields[column->field], value)
		: procedure_value_text(arena, procedure, column->value ? feel_source_of(column->value) : TEXT(""), value);
}

/* ---- filled texts ---- */

/* Data without what is not a character of text: controls, and the marks of holes. */
static struct text
clean(struct arena *arena, struct text text)
{
	char *copy = arena_alloc(arena, text.length);
	if (!copy)
		return (struct text){ 0 };
	size_t length = 0;
	for (size_t at = 0; at < text.length;) {
		const size_t start = at;
		const uint32_t c = text_next(text, &at);
		const bool control = (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || c == 0xe000 || c == 0xe001;
		for (size_t i = start; i < at && !control; i++)
			copy[length++] = text.at[i];
	}
	return (struct text){ copy, length };
}

static enum guichet_status
hole_text(const struct procedure *procedure, const struct procedure_template *template, const struct procedure_part *part,
	struct feel_run *run, struct text *ret_text, struct guichet_error *error)
{
	const struct feel_value value = feel_evaluate(part->feel, run);
	if (value.kind == FEEL_NULL)
		return guichet_fail(error, GUICHET_REFUSED, "%.*s, ligne %u : « %.*s » n’a pas de valeur%s%.*s.",
			TEXT_ARGS(template->file), part->line, TEXT_ARGS(part->text), value.reason.length ? " : " : "",
			TEXT_ARGS(value.reason));
	const struct text text = part->field != PROCEDURE_NONE
		? procedure_field_text(run->arena, &procedure->fields[part->field], value)
		: procedure_value_text(run->arena, procedure, part->text, value);
	*ret_text = text.at ? clean(run->arena, text) : text;
	if (text.length && !ret_text->at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante pour remplir « %.*s ».", TEXT_ARGS(template->file));
	return GUICHET_OK;
}

/* Where to go on after a part; never backwards, so that filling ends. */
static size_t
next_part(const struct procedure_part *part, size_t at, struct feel_run *run)
{
	const bool jumps = part->kind == PROCEDURE_JUMP
		|| (part->kind == PROCEDURE_UNLESS && !feel_is_true(feel_evaluate(part->feel, run)));
	return jumps && part->to > (int)at ? (size_t)part->to : at + 1;
}

/* `holes` NULL: values go into the text; else markers do, and the values go there. */
static enum guichet_status
fill(const struct procedure *procedure, const struct procedure_template *template, struct feel_run *run, struct buffer *out,
	struct text *holes, size_t *ret_count, struct guichet_error *error)
{
	size_t count = 0;
	for (size_t i = 0; i < template->count; i = next_part(&template->parts[i], i, run)) {
		const struct procedure_part *part = &template->parts[i];
		struct text value = part->text;
		if (part->kind != PROCEDURE_TEXT && part->kind != PROCEDURE_HOLE)
			continue;
		if (part->kind == PROCEDURE_HOLE) {
			const enum guichet_status status = hole_text(procedure, template, part, run, &value, error);
			if (status != GUICHET_OK)
				return status;
		}
		if (part->kind == PROCEDURE_HOLE && holes) {
			buffer_format(out, HOLE_OPEN "%zu" HOLE_CLOSE, count);
			holes[count++] = value;
		} else {
			buffer_add(out, value);
		}
	}
	if (out->failed)
		return guichet_fail(error, GUICHET_BROKEN, "« %.*s », rempli, est trop long.", TEXT_ARGS(template->file));
	if (ret_count)
		*ret_count = count;
	return GUICHET_OK;
}

enum guichet_status
procedure_fill_text(const struct procedure *procedure, const struct procedure_template *template, struct feel_run *run,
	struct buffer *out, struct guichet_error *error)
{
	return fill(procedure, template, run, out, NULL, NULL, error);
}

enum guichet_status
procedure_fill_letter(const struct procedure *procedure, const struct procedure_template *template, struct feel_run *run,
	struct buffer *markdown, const struct text **ret_holes, size_t *ret_count, struct guichet_error *error)
{
	struct text *holes = arena_array_of(run->arena, struct text, template->count);
	if (!holes)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante pour remplir « %.*s ».", TEXT_ARGS(template->file));
	size_t count = 0;
	const enum guichet_status status = fill(procedure, template, run, markdown, holes, &count, error);
	if (status != GUICHET_OK)
		return status;
	*ret_holes = holes;
	*ret_count = count;
	return GUICHET_OK;
}
