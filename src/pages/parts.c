/* Fields written in several boxes: weeks, rows, periods, durations. Rows are added and taken away by buttons that send
 * the form: nothing typed is lost, with or without JavaScript. */
#include "pages/fields.h"

#include <stdio.h>

#include "base/banned.h"

/* The name of the buttons of rows: "ajouter.champ", "retirer.champ.2". */
static const struct text rows_button = { "lignes", 6 };

static struct text
classes(const struct dossier_answer *answer)
{
	return answer->mistake.length ? TEXT("field has-error") : TEXT("field");
}

/* ---- weeks ---- */

/* "lundi" is "Lun." where room is short. */
static void
day_head(struct html *html, struct arena *arena, struct text day)
{
	const struct text first = text_part(day, 1, 2);
	HTML_IN(html, "th", { "scope", TEXT("col") });
	HTML_LINE(html, "abbr", arena_format(arena, "%c" TEXT_FORMAT ".", day.at[0] - 'a' + 'A', TEXT_ARGS(first)),
		{ "title", day });
}

static bool
is_ticked(const struct dossier_answer *answer, const struct procedure_half_day *half)
{
	for (size_t i = 0; i < answer->raw_count; i++)
		if (text_equal(answer->raws[i], half->raw) || text_equal(answer->raws[i], half->label))
			return true;
	return false;
}

void
field_week(struct html *html, struct arena *arena, const struct dossier_answer *answer)
{
	static const struct text halves[] = { { "Matin", 5 }, { "Après-midi", sizeof "Après-midi" - 1 } };
	const struct procedure_field *field = answer->field;
	struct procedure_half_day half_days[PROCEDURE_MOST_HALF_DAYS];
	char room[600];
	const struct text about = field_described(answer->name, field->help, answer->mistake, room, sizeof room);
	if (!procedure_half_days(arena, field, half_days))
		return;
	HTML_IN(html, "fieldset", { "class", classes(answer) }, { "id", answer->name }, { "aria-describedby", about },
		{ "tabindex", TEXT("-1") });
	{
		HTML_IN(html, "legend");
		field_label(html, field->label, field->compulsory);
	}
	field_help_and_mistake(html, answer->name, field->help, answer->mistake);
	field_unticked(html, answer->name);
	HTML_IN(html, "table", { "class", TEXT("week") });
	{
		HTML_IN(html, "thead");
		HTML_IN(html, "tr");
		HTML_LINE(html, "td", TEXT(""));
		for (size_t i = 0; i < field->day_count; i++)
			day_head(html, arena, field->days[i]);
	}
	HTML_IN(html, "tbody");
	for (size_t half = 0; half < 2; half++) {
		HTML_IN(html, "tr");
		HTML_LINE(html, "th", halves[half], { "scope", TEXT("row") });
		for (size_t i = 0; i < field->day_count; i++) {
			const struct procedure_half_day *one = &half_days[2 * i + half];
			HTML_IN(html, "td");
			HTML_IN(html, "label");
			HTML_VOID(html, "input", { "type", TEXT("checkbox") }, { "name", answer->name }, { "value", one->raw },
				{ "checked", HTML_WHEN(is_ticked(answer, one)) });
			HTML_LINE(html, "span", one->label, { "class", TEXT("visually-hidden") });
		}
	}
}

/* ---- the parts of a field ---- */

/* One of several answers, in little room. */
static void
select_part(struct html *html, const struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	const struct text chosen = answer->raw_count ? answer->raws[0] : (struct text){ 0 };
	char room[600];
	const struct text about = field_described(answer->name, field->help, answer->mistake, room, sizeof room);
	HTML_IN(html, "div", { "class", classes(answer) });
	{
		HTML_IN(html, "label", { "for", answer->name });
		field_label(html, field->label, field->compulsory);
	}
	field_help_and_mistake(html, answer->name, field->help, answer->mistake);
	HTML_IN(html, "select", { "id", answer->name }, { "name", answer->name }, { "aria-describedby", about },
		{ "aria-invalid", answer->mistake.length ? TEXT("true") : (struct text){ 0 } });
	HTML_LINE(html, "option", TEXT("Choisissez"), { "value", TEXT("") });
	for (size_t i = 0; i < field->option_count; i++)
		HTML_LINE(html, "option", field->options[i].label, { "value", field->options[i].name },
			{ "selected", HTML_WHEN(text_equal(chosen, field->options[i].name)) });
}

/* Side by side. */
static void
parts_in_line(struct html *html, struct arena *arena, const struct dossier_form *row)
{
	HTML_IN(html, "div", { "class", TEXT("inline-fields") });
	for (size_t k = 0; k < row->count; k++) {
		const struct dossier_form one = { .answers = &row->answers[k], .count = 1 };
		if (!row->answers[k].visible)
			continue;
		if (row->answers[k].field->type == PROCEDURE_FIELD_CHOICE)
			select_part(html, &row->answers[k]);
		else
			page_answers(html, arena, &one);
	}
}

/* ---- rows ---- */

/* Its own rows may be added to: not where a field goes by another name, in a form that asks for several dossiers. */
static bool
may_grow(const struct dossier_answer *answer)
{
	return text_equal(answer->name, answer->field->name);
}

static void
row_button(struct html *html, struct text value, struct text anchor, struct text label)
{
	HTML_LINE(html, "button", label, { "type", TEXT("submit") }, { "class", TEXT("button secondary small") },
		{ "name", rows_button }, { "value", value }, { "formaction", anchor }, { "formnovalidate", TEXT("") });
}

static struct text
row_anchor(struct arena *arena, const struct dossier_answer *answer, size_t row)
{
	return arena_format(arena, "#" TEXT_FORMAT ".%zu", TEXT_ARGS(answer->name), row);
}

static void
one_row(struct html *html, struct arena *arena, const struct dossier_answer *answer, size_t index)
{
	const struct text anchor = row_anchor(arena, answer, index + 1);
	HTML_IN(html, "fieldset", { "class", TEXT("row-fields") }, { "id", text_part(anchor, 1, SIZE_MAX) },
		{ "tabindex", TEXT("-1") });
	HTML_LINE(html, "legend", arena_format(arena, "Ligne %zu", index + 1));
	parts_in_line(html, arena, &answer->rows[index]);
	if (may_grow(answer) && answer->row_count > 1)
		row_button(html, arena_format(arena, "retirer." TEXT_FORMAT ".%zu", TEXT_ARGS(answer->name), index + 1),
			arena_format(arena, "#" TEXT_FORMAT, TEXT_ARGS(answer->name)), arena_format(arena, "Retirer la ligne %zu", index + 1));
}

static bool
has_cell_mistake(const struct dossier_answer *answer)
{
	for (size_t i = 0; i < answer->row_count; i++)
		if (answer->rows[i].mistakes)
			return true;
	return false;
}

void
field_rows(struct html *html, struct arena *arena, const struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	const struct text mistake = has_cell_mistake(answer) ? (struct text){ 0 } : answer->mistake;
	char room[600];
	const struct text about = field_described(answer->name, field->help, mistake, room, sizeof room);
	HTML_IN(html, "fieldset", { "class", mistake.length ? TEXT("field rows has-error") : TEXT("field rows") },
		{ "id", answer->name }, { "aria-describedby", about }, { "tabindex", TEXT("-1") });
	{
		HTML_IN(html, "legend");
		field_label(html, field->label, field->compulsory);
	}
	field_help_and_mistake(html, answer->name, field->help, mistake);
	/* Enter in a box sends the form: by this button, and not by the first that takes a row away. */
	if (may_grow(answer))
		HTML_SAY(html, "button", "Continuer", { "type", TEXT("submit") }, { "hidden", TEXT("") });
	for (size_t i = 0; i < answer->row_count; i++)
		one_row(html, arena, answer, i);
	if (may_grow(answer) && answer->row_count < field->rows_most)
		row_button(html, arena_format(arena, "ajouter." TEXT_FORMAT ".%zu", TEXT_ARGS(answer->name), answer->row_count + 1),
			row_anchor(arena, answer, answer->row_count + 1), TEXT("Ajouter une ligne"));
}

/* ---- periods and durations ---- */

void
field_parts(struct html *html, struct arena *arena, const struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	const struct text mistake = has_cell_mistake(answer) ? (struct text){ 0 } : answer->mistake;
	char room[600];
	const struct text about = field_described(answer->name, field->help, mistake, room, sizeof room);
	HTML_IN(html, "fieldset", { "class", mistake.length ? TEXT("field has-error") : TEXT("field") },
		{ "id", answer->name }, { "aria-describedby", about }, { "tabindex", TEXT("-1") });
	{
		HTML_IN(html, "legend");
		field_label(html, field->label, field->compulsory);
	}
	field_help_and_mistake(html, answer->name, field->help, mistake);
	if (answer->row_count)
		parts_in_line(html, arena, &answer->rows[0]);
}

/* ---- what the buttons of rows ask ---- */

bool
page_changes_rows(struct request *request)
{
	return form_value(request, "lignes").length > 0;
}

/* "champ.3.colonne" read as 3 for that field; 0 when it is another's. */
static size_t
row_of(struct text raw, struct text field, struct text *ret_rest)
{
	int64_t row;
	if (!text_equal(text_split(&raw, '.'), field) || !text_to_integer(text_split(&raw, '.'), 1, PROCEDURE_MOST_ROWS, &row))
		return 0;
	*ret_rest = raw;
	return (size_t)row;
}

struct dossier_raws
page_rows_changed(struct request *request, const struct procedure *procedure, struct dossier_raws raws)
{
	struct text button = form_value(request, "lignes");
	const struct text verb = text_split(&button, '.'), name = text_split(&button, '.');
	const int index = procedure_field_find(procedure, name);
	int64_t row;
	if (index == PROCEDURE_NONE || procedure->fields[index].part_count == 0
		|| !text_to_integer(button, 1, PROCEDURE_MOST_ROWS, &row))
		return raws;
	struct dossier_raw *changed = arena_array_of(request->arena, struct dossier_raw, raws.count + 1);
	size_t count = 0;
	const bool removes = text_equal(verb, TEXT("retirer"));
	for (size_t i = 0; changed && i < raws.count; i++) {
		struct text part = { 0 };
		const size_t at = removes ? row_of(raws.at[i].field, name, &part) : 0;
		struct dossier_raw raw = raws.at[i];
		if (at == (size_t)row && removes)
			continue;
		if (at > (size_t)row)
			raw.field = arena_format(request->arena, TEXT_FORMAT ".%zu." TEXT_FORMAT, TEXT_ARGS(name), at - 1, TEXT_ARGS(part));
		changed[count++] = raw;
	}
	/* A row is there as soon as one of its boxes is, even empty. */
	if (changed && text_equal(verb, TEXT("ajouter")))
		changed[count++] = (struct dossier_raw){ arena_format(request->arena, TEXT_FORMAT ".%lld." TEXT_FORMAT,
			TEXT_ARGS(name), (long long)row, TEXT_ARGS(procedure->fields[index].parts[0].name)), TEXT("") };
	return (struct dossier_raws){ changed, changed ? count : 0 };
}

void
page_agent_search(struct request *request, struct html *html, struct text query)
{
	HTML_IN(html, "form", { "class", TEXT("filters") }, { "method", TEXT("get") }, { "action", request->path },
		{ "role", TEXT("search") });
	{
		HTML_IN(html, "div", { "class", TEXT("field grow") });
		HTML_SAY(html, "label", "Nom ou matricule de l’agent", { "for", TEXT("nom") });
		HTML_VOID(html, "input", { "type", TEXT("search") }, { "id", TEXT("nom") }, { "name", TEXT("nom") },
			{ "value", query }, { "required", TEXT("") }, { "autocomplete", TEXT("off") });
	}
	HTML_SAY(html, "button", "Chercher l’agent", { "class", TEXT("button") }, { "type", TEXT("submit") });
}
