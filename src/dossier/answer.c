/* One answer: what was typed becomes a typed value, or a mistake that says what to do. */
#include "dossier/answer.h"
#include "dossier/form.h"

#include "base/buffer.h"
#include "base/banned.h"

/* ---- texts ---- */

/* Without control characters; CR LF and CR are line ends, kept when `lines`, else spaces. */
static struct text
clean(struct answering *reading, struct text raw, bool lines)
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
	struct answering reading = { .arena = arena };
	const struct text text = clean(&reading, raw, lines);
	return reading.full ? (struct text){ NULL, 0 } : text;
}

/* ---- one field ---- */

/* The first raw of a field, cleaned; empty without. */
static struct text
only(struct answering *reading, const struct dossier_answer *answer, bool lines)
{
	return answer->raw_count > 0 ? clean(reading, answer->raws[0], lines) : TEXT("");
}

static void
mistake(struct answering *reading, struct dossier_answer *answer, struct text message)
{
	reading->full |= !message.at;
	answer->mistake = message.at ? message : TEXT("");
	answer->value = feel_null(TEXT(""));
}

static struct feel_value
read_text(struct answering *reading, struct dossier_answer *answer)
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
read_number(struct answering *reading, struct dossier_answer *answer)
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
read_date(struct answering *reading, struct dossier_answer *answer)
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
read_yes_no(struct answering *reading, struct dossier_answer *answer)
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
read_choices(struct answering *reading, struct dossier_answer *answer)
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

static struct feel_value
read_time(struct answering *reading, struct dossier_answer *answer)
{
	const struct text text = only(reading, answer, false);
	struct feel_value time;
	if (text.length == 0)
		return feel_null(TEXT(""));
	if (procedure_time_read(text, &time))
		return time;
	mistake(reading, answer, TEXT("Écrivez une heure qui existe, par exemple 8h30."));
	return feel_null(TEXT(""));
}

/* ---- weeks ---- */

/* Ticks "lundi.matin", "lundi matin", or both halves of "lundi"; false when it is none of them. */
static bool
tick(const struct procedure_field *field, const struct procedure_half_day *half_days, struct text typed, bool *chosen)
{
	bool known = false;
	for (size_t i = 0; i < 2 * field->day_count; i++) {
		if (!text_equal(typed, half_days[i].raw) && !text_equal(typed, half_days[i].label)
			&& !text_equal(typed, field->days[i / 2]))
			continue;
		chosen[i] = known = true;
	}
	return known;
}

static struct feel_value
read_week(struct answering *reading, struct dossier_answer *answer)
{
	struct procedure_half_day half_days[PROCEDURE_MOST_HALF_DAYS];
	bool chosen[PROCEDURE_MOST_HALF_DAYS] = { false };
	struct feel_value value = feel_null(TEXT(""));
	if (!procedure_half_days(reading->arena, answer->field, half_days)) {
		reading->full = true;
		return value;
	}
	for (size_t i = 0; i < answer->raw_count; i++) {
		struct text rest = clean(reading, answer->raws[i], false);
		while (rest.length) {
			const struct text one = text_trim(text_split(&rest, ','));
			if (one.length == 0 || tick(answer->field, half_days, one, chosen))
				continue;
			mistake(reading, answer, TEXT("Choisissez parmi les demi-journées proposées."));
			return value;
		}
	}
	reading->full |= !procedure_week_value(reading->arena, answer->field, chosen, &value);
	return value;
}

/* ---- answers made of several ---- */

static bool
is_single(const struct procedure_field *field)
{
	return field->type != PROCEDURE_FIELD_ROWS;
}

/* "champ.2.colonne", or "champ.partie". */
static struct text
part_name(struct arena *arena, const struct dossier_answer *answer, size_t row, const struct procedure_field *part)
{
	return is_single(answer->field)
		? arena_format(arena, TEXT_FORMAT "." TEXT_FORMAT, TEXT_ARGS(answer->name), TEXT_ARGS(part->name))
		: arena_format(arena, TEXT_FORMAT ".%zu." TEXT_FORMAT, TEXT_ARGS(answer->name), row + 1, TEXT_ARGS(part->name));
}

/* Rows without anything typed, with the names of their parts. False without memory. */
static bool
make_rows(struct arena *arena, struct dossier_answer *answer, size_t count)
{
	const struct procedure_field *field = answer->field;
	struct dossier_form *rows = arena_array_of(arena, struct dossier_form, count + 1);
	answer->rows = rows;
	answer->row_count = 0;
	for (size_t i = 0; rows && i < count; i++) {
		rows[i] = (struct dossier_form){ .answers = arena_array_of(arena, struct dossier_answer, field->part_count + 1),
			.count = field->part_count };
		for (size_t k = 0; rows[i].answers && k < field->part_count; k++) {
			rows[i].answers[k] = (struct dossier_answer){ .field = &field->parts[k],
				.name = part_name(arena, answer, i, &field->parts[k]), .visible = true };
			if (!rows[i].answers[k].name.at)
				return false;
		}
		if (!rows[i].answers)
			return false;
		answer->row_count++;
	}
	return rows;
}

/* Rows that stand there when nothing is typed. */
static size_t
blank_rows(const struct procedure_field *field)
{
	return field->rows_least > 1 ? field->rows_least : 1;
}

/* The row of "champ.2.colonne", from 1; 0 when it is not so written. */
static size_t
row_of(const struct dossier_answer *answer, struct text raw)
{
	if (!text_starts(raw, answer->name) || raw.length == answer->name.length || raw.at[answer->name.length] != '.')
		return 0;
	if (is_single(answer->field))
		return 1;
	struct text rest = text_part(raw, answer->name.length + 1, SIZE_MAX);
	const struct text number = text_split(&rest, '.');
	size_t row = 0;
	for (size_t i = 0; i < number.length; i++) {
		if (number.at[i] < '0' || number.at[i] > '9' || i > 3 || (i == 0 && number.at[i] == '0'))
			return 0;
		row = 10 * row + (size_t)(number.at[i] - '0');
	}
	return row <= PROCEDURE_MOST_ROWS ? row : 0;
}

static void
collect_rows(struct answering *reading, struct dossier_raws raws, struct dossier_answer *answer)
{
	struct dossier_raw *own = arena_array_of(reading->arena, struct dossier_raw, raws.count + 1);
	size_t own_count = 0, rows = blank_rows(answer->field);
	for (size_t i = 0; own && i < raws.count; i++) {
		const size_t row = row_of(answer, raws.at[i].field);
		rows = row > rows ? row : rows;
		if (row)
			own[own_count++] = raws.at[i];
	}
	if (!own || !make_rows(reading->arena, answer, rows)) {
		reading->full = true;
		return;
	}
	for (size_t i = 0; own_count && i < answer->row_count; i++)
		for (size_t k = 0; k < answer->rows[i].count; k++) {
			answer_collect(reading, (struct dossier_raws){ own, own_count }, &answer->rows[i].answers[k]);
			answer->given |= answer->rows[i].answers[k].given;
		}
}

/* The first mistake of a part is the answer's too. */
static void
tell_part(struct answering *reading, struct dossier_answer *answer, size_t index, const struct dossier_answer *part)
{
	if (answer->mistake.length)
		return;
	if (is_single(answer->field))
		mistake(reading, answer, arena_format(reading->arena, TEXT_FORMAT " : " TEXT_FORMAT,
			TEXT_ARGS(part->field->label), TEXT_ARGS(part->mistake)));
	else
		mistake(reading, answer, arena_format(reading->arena, "Ligne %zu, " TEXT_FORMAT " : " TEXT_FORMAT, index + 1,
			TEXT_ARGS(part->field->label), TEXT_ARGS(part->mistake)));
}

void
answer_refuse_cell(struct answering *reading, struct dossier_answer *answer, size_t row, struct dossier_answer *cell,
	struct text message)
{
	cell->mistake = message;
	answer->rows[row].mistakes++;
	tell_part(reading, answer, row, cell);
}

/* Reads the parts of a row: its context, or null when nothing is in it. A hidden part has neither value nor mistake. */
static struct feel_value
read_row(struct answering *reading, struct dossier_answer *answer, size_t index)
{
	struct dossier_form *row = &answer->rows[index];
	struct feel_entry *entries = arena_array_of(reading->arena, struct feel_entry, row->count + 2);
	bool empty = true;
	row->mistakes = 0;
	for (size_t k = 0; k < row->count; k++) {
		struct dossier_answer *part = &row->answers[k];
		part->mistake = TEXT("");
		part->value = feel_null(TEXT(""));
		if (part->visible)
			answer_read(reading, part);
		empty &= part->value.kind == FEEL_NULL && part->mistake.length == 0;
	}
	reading->full |= !entries;
	if (empty || !entries)
		return feel_null(TEXT(""));
	for (size_t k = 0; k < row->count; k++) {
		struct dossier_answer *part = &row->answers[k];
		if (part->visible)
			answer_oblige(reading, part);
		entries[k] = (struct feel_entry){ part->field->name, part->value };
		if (part->mistake.length == 0)
			continue;
		row->mistakes++;
		tell_part(reading, answer, index, part);
	}
	return feel_context(entries, row->count);
}

static struct feel_value
read_rows(struct answering *reading, struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	struct feel_value *items = arena_array_of(reading->arena, struct feel_value, answer->row_count + 1);
	size_t count = 0;
	for (size_t i = 0; items && i < answer->row_count; i++) {
		const struct feel_value row = read_row(reading, answer, i);
		if (row.kind != FEEL_NULL)
			items[count++] = row;
	}
	reading->full |= !items;
	if (answer->mistake.length || !items || count == 0)
		return feel_null(TEXT(""));
	if (count < field->rows_least)
		mistake(reading, answer, arena_format(reading->arena, "Remplissez au moins %zu lignes.", field->rows_least));
	else if (count > field->rows_most)
		mistake(reading, answer, field->rows_most == 1 ? TEXT("Remplissez une seule ligne.")
			: arena_format(reading->arena, "Remplissez %zu lignes au plus.", field->rows_most));
	return answer->mistake.length ? feel_null(TEXT("")) : feel_list(items, count);
}

/* The parts and the number of its days. */
static struct feel_value
read_period(struct answering *reading, struct dossier_answer *answer)
{
	const struct feel_value row = read_row(reading, answer, 0);
	if (row.kind == FEEL_NULL || answer->mistake.length)
		return feel_null(TEXT(""));
	const struct date from = row.context.at[0].value.date, to = row.context.at[1].value.date;
	if (date_compare(from, to) > 0) {
		mistake(reading, answer, TEXT("La fin précède le début : corrigez l’une des deux dates."));
		return feel_null(TEXT(""));
	}
	struct feel_entry *entries = (struct feel_entry *)row.context.at; /* made here, with room for it */
	entries[2] = (struct feel_entry){ TEXT("jours"),
		feel_integer(date_day_number(to) - date_day_number(from) + 1) };
	return feel_context(entries, 3);
}

enum { LONGEST_DURATION = 10000 }; /* what échéance() counts is far below */

static struct feel_value
read_duration(struct answering *reading, struct dossier_answer *answer)
{
	const struct feel_value row = read_row(reading, answer, 0);
	int64_t count;
	if (row.kind != FEEL_NULL && answer->mistake.length == 0
		&& (!feel_to_integer(row.context.at[0].value, &count) || count < 1 || count > LONGEST_DURATION))
		mistake(reading, answer, TEXT("Écrivez un nombre de 1 à 10 000."));
	return answer->mistake.length ? feel_null(TEXT("")) : row;
}

/* ---- people and structures ---- */

/* Is this whom the text names, as a form shows it? */
static bool
is_shown_as(struct answering *reading, const struct dossier_answer *answer, struct feel_value value, struct text text)
{
	if (value.kind != FEEL_CONTEXT)
		return false;
	const struct text shown = dossier_named_raw(reading->arena, answer->field->type, value);
	reading->full |= !shown.at;
	return text_equal(shown, text);
}

/* What is known of the whole answer already is not looked for again as long as nobody writes something else; in rows, as
 * long as one of them has it. */
static bool
is_unchanged(struct answering *reading, const struct dossier_answer *answer, struct feel_value known, struct text text,
	struct feel_value *ret_value)
{
	for (size_t i = 0; known.kind == FEEL_LIST && i < known.list.count; i++) {
		*ret_value = feel_entry_of(known.list.at[i], answer->field->name);
		if (is_shown_as(reading, answer, *ret_value, text))
			return true;
	}
	*ret_value = known;
	return is_shown_as(reading, answer, known, text);
}

static bool
is_known(struct answering *reading, const struct dossier_answer *answer, struct text text, struct feel_value *ret_value)
{
	const struct dossier_facts *facts = reading->facts;
	const struct text whole = dossier_raw_field(answer->name);
	return is_unchanged(reading, answer, reading->proposed, text, ret_value)
		|| (facts && facts->dossier && is_unchanged(reading, answer, dossier_value_of(facts->dossier, whole), text, ret_value))
		|| (facts && facts->parent && is_unchanged(reading, answer, dossier_value_of(facts->parent, whole), text, ret_value));
}

static struct feel_value
read_named(struct answering *reading, struct dossier_answer *answer)
{
	const struct dossier_facts *facts = reading->facts;
	const struct text text = only(reading, answer, false);
	struct feel_value value = feel_null(TEXT(""));
	struct text wrong;
	if (text.length == 0)
		return value;
	if (!text_is_utf8(text)) {
		mistake(reading, answer, TEXT("Ce texte contient des caractères illisibles : saisissez-le de nouveau."));
		return value;
	}
	if (answer->raws[0].length > DOSSIER_NAMED_LONGEST) {
		mistake(reading, answer, TEXT("C’est trop long : écrivez seulement le nom."));
		return value;
	}
	if (is_known(reading, answer, text, &value))
		return value;
	value = dossier_named_value(reading->arena, answer->field->type, facts ? facts->named : NULL,
		facts ? facts->named_count : 0, answer->raws[0], &wrong);
	if (!wrong.at || wrong.length)
		mistake(reading, answer, wrong);
	return value;
}

static struct feel_value (*const readers[PROCEDURE_FIELD_TYPE_COUNT])(struct answering *, struct dossier_answer *) = {
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
	[PROCEDURE_FIELD_TIME] = read_time,
	[PROCEDURE_FIELD_WEEK] = read_week,
	[PROCEDURE_FIELD_ROWS] = read_rows,
	[PROCEDURE_FIELD_PERIOD] = read_period,
	[PROCEDURE_FIELD_DURATION] = read_duration,
	[PROCEDURE_FIELD_PERSON] = read_named,
	[PROCEDURE_FIELD_STRUCTURE] = read_named,
};

/* ---- any answer ---- */

struct text
dossier_raw_field(struct text raw)
{
	return text_split(&raw, '.');
}

void
answer_collect(struct answering *reading, struct dossier_raws raws, struct dossier_answer *answer)
{
	size_t count = 0;
	if (answer->field->part_count) {
		collect_rows(reading, raws, answer);
		return;
	}
	for (size_t i = 0; i < raws.count; i++)
		count += text_equal(raws.at[i].field, answer->name);
	answer->given = count > 0;
	if (count == 0)
		return;
	struct text *texts = arena_array_of(reading->arena, struct text, count);
	answer->raws = texts;
	if (!texts) {
		reading->full = true;
		return;
	}
	for (size_t i = 0; i < raws.count; i++)
		if (text_equal(raws.at[i].field, answer->name))
			texts[answer->raw_count++] = raws.at[i].value;
}

void
answer_read(struct answering *reading, struct dossier_answer *answer)
{
	const struct feel_value value = readers[answer->field->type](reading, answer);
	answer->value = answer->mistake.length ? feel_null(TEXT("")) : value;
}

void
answer_read_again(struct answering *reading, struct dossier_answer *answer)
{
	answer->mistake = TEXT("");
	answer_read(reading, answer);
}

/* "lundi.matin", for each half-day that is chosen. */
static size_t
week_raws(struct answering *reading, const struct procedure_field *field, struct feel_value week, struct text *raws)
{
	struct procedure_half_day half_days[PROCEDURE_MOST_HALF_DAYS];
	size_t count = 0;
	if (!procedure_half_days(reading->arena, field, half_days)) {
		reading->full = true;
		return 0;
	}
	for (size_t i = 0; i < 2 * field->day_count; i++) {
		const struct text half = text_part(half_days[i].raw, field->days[i / 2].length + 1, SIZE_MAX);
		if (feel_is_true(feel_entry_of(feel_entry_of(week, field->days[i / 2]), half)))
			raws[count++] = half_days[i].raw;
	}
	return count;
}

static struct text
raw_of(struct arena *arena, struct feel_value value)
{
	switch (value.kind) {
	case FEEL_STRING: return value.string;
	case FEEL_DATE: return date_short(arena, value.date);
	case FEEL_TIME: return arena_format(arena, "%02d:%02d", value.at.time.hour, value.at.time.minute);
	default: return feel_value_to_french(arena, value);
	}
}

static void
show_rows(struct answering *reading, struct dossier_answer *answer, struct feel_value value)
{
	const struct feel_value *rows = value.kind == FEEL_LIST ? value.list.at : &value;
	const size_t count = value.kind == FEEL_LIST ? value.list.count : value.kind == FEEL_CONTEXT,
		shown = count > blank_rows(answer->field) ? count : blank_rows(answer->field);
	if (!make_rows(reading->arena, answer, shown)) {
		reading->full = true;
		return;
	}
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < answer->rows[i].count; k++) {
			struct dossier_answer *part = &answer->rows[i].answers[k];
			part->value = feel_entry_of(rows[i], part->field->name);
			answer_show(reading, part, part->value);
		}
}

void
answer_show(struct answering *reading, struct dossier_answer *answer, struct feel_value value)
{
	if (answer->field->part_count) {
		show_rows(reading, answer, value);
		return;
	}
	answer->raws = NULL;
	answer->raw_count = 0;
	if (value.kind == FEEL_NULL)
		return;
	const bool week = answer->field->type == PROCEDURE_FIELD_WEEK;
	const size_t count = value.kind == FEEL_LIST ? value.list.count : 1;
	struct text *raws = arena_array_of(reading->arena, struct text, week ? PROCEDURE_MOST_HALF_DAYS : count + 1);
	if (!raws) {
		reading->full = true;
		return;
	}
	answer->raws = raws;
	if (week) {
		answer->raw_count = week_raws(reading, answer->field, value, raws);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		raws[i] = dossier_names(answer->field->type) ? dossier_named_raw(reading->arena, answer->field->type, value)
			: raw_of(reading->arena, value.kind == FEEL_LIST ? value.list.at[i] : value);
		reading->full |= !raws[i].at;
	}
	answer->raw_count = count;
}

void
answer_oblige(struct answering *reading, struct dossier_answer *answer)
{
	static const struct text messages[PROCEDURE_FIELD_TYPE_COUNT] = {
		[PROCEDURE_FIELD_CHOICE] = TEXT("Choisissez une réponse : elle est obligatoire."),
		[PROCEDURE_FIELD_CHOICES] = TEXT("Choisissez une réponse : elle est obligatoire."),
		[PROCEDURE_FIELD_YES_NO] = TEXT("Répondez par oui ou par non : la réponse est obligatoire."),
		[PROCEDURE_FIELD_DECLARATION] = TEXT("Cochez cette déclaration : elle est obligatoire."),
		[PROCEDURE_FIELD_WEEK] = TEXT("Choisissez au moins une demi-journée : la réponse est obligatoire."),
		[PROCEDURE_FIELD_ROWS] = TEXT("Remplissez au moins une ligne : la réponse est obligatoire."),
		[PROCEDURE_FIELD_PERSON] = TEXT("Nommez une personne : la réponse est obligatoire."),
		[PROCEDURE_FIELD_STRUCTURE] = TEXT("Nommez une structure : la réponse est obligatoire."),
		[PROCEDURE_FIELD_PERIOD] = TEXT("Donnez les deux dates : elles sont obligatoires."),
	};
	const struct procedure_field *field = answer->field;
	const bool absent = answer->value.kind == FEEL_NULL
		|| (field->type == PROCEDURE_FIELD_DECLARATION && !feel_is_true(answer->value));
	if (!field->compulsory || !absent || answer->mistake.length > 0)
		return;
	if (field->missing.length > 0)
		mistake(reading, answer, field->missing);
	else if (messages[field->type].length)
		mistake(reading, answer, messages[field->type]);
	else
		mistake(reading, answer, TEXT("Remplissez ce champ : il est obligatoire."));
}

void
answer_forgive(struct dossier_answer *answer)
{
	answer->mistake = TEXT("");
	for (size_t i = 0; i < answer->row_count; i++) {
		answer->rows[i].mistakes = 0;
		for (size_t k = 0; k < answer->rows[i].count; k++)
			answer_forgive(&answer->rows[i].answers[k]);
	}
}

enum guichet_status
dossier_answer_typed(struct arena *arena, const struct procedure_field *field, struct dossier_raws raws,
	struct dossier_answer *ret_answer, struct guichet_error *error)
{
	struct answering reading = { .arena = arena };
	*ret_answer = (struct dossier_answer){ .field = field, .name = field->name, .visible = true };
	answer_collect(&reading, raws, ret_answer);
	answer_read(&reading, ret_answer);
	return reading.full ? guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.") : GUICHET_OK;
}
