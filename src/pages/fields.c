/* Fields of forms: label, help, mistake and input tied together for assistive tools. */
#include "pages/fields.h"

#include <stdio.h>

#include "base/banned.h"

struct text
field_described(struct text name, struct text help, struct text mistake, char *room, size_t size)
{
	int length = 0;
	if (help.length)
		length += snprintf(room, size, "aide-" TEXT_FORMAT, TEXT_ARGS(name));
	if (mistake.length)
		length += snprintf(room + length, size - (size_t)length, "%serreur-" TEXT_FORMAT, length ? " " : "",
			TEXT_ARGS(name));
	return length ? (struct text){ room, (size_t)length < size ? (size_t)length : size - 1 } : (struct text){ 0 };
}

void
field_label(struct html *html, struct text label, bool required)
{
	html_text(html, label);
	if (!required)
		HTML_SAY(html, "span", " (facultatif)", { "class", TEXT("optional") });
}

void
field_help_and_mistake(struct html *html, struct text name, struct text help, struct text mistake)
{
	char room[300];
	if (help.length) {
		snprintf(room, sizeof room, "aide-" TEXT_FORMAT, TEXT_ARGS(name));
		HTML_LINE(html, "p", help, { "class", TEXT("hint") }, { "id", text_of_string(room) });
	}
	if (mistake.length) {
		snprintf(room, sizeof room, "erreur-" TEXT_FORMAT, TEXT_ARGS(name));
		HTML_LINE(html, "p", mistake, { "class", TEXT("error-message") }, { "id", text_of_string(room) });
	}
}

void
page_field(struct html *html, const struct page_field *field)
{
	char room[600], longest[24];
	const struct text about = field_described(field->name, field->help, field->mistake, room, sizeof room);
	const int digits = field->longest ? snprintf(longest, sizeof longest, "%lld", (long long)field->longest) : 0;
	const struct text limit = digits ? (struct text){ longest, (size_t)digits } : (struct text){ 0 };
	const struct text wrong = field->mistake.length ? TEXT("true") : (struct text){ 0 };
	const struct text completes = field->autocomplete.length ? field->autocomplete : (struct text){ 0 };
	HTML_IN(html, "div", { "class", field->mistake.length ? TEXT("field has-error") : TEXT("field") });
	{
		HTML_IN(html, "label", { "for", field->name });
		field_label(html, field->label, field->required);
	}
	field_help_and_mistake(html, field->name, field->help, field->mistake);
	if (strcmp(field->type, "textarea") == 0) {
		HTML_IN(html, "textarea", { "id", field->name }, { "name", field->name },
			{ "rows", field->rows == 3 ? TEXT("3") : TEXT("5") },
			{ "maxlength", limit }, { "data-count", HTML_WHEN(limit.at) }, { "aria-describedby", about },
			{ "aria-invalid", wrong }, { "required", HTML_WHEN(field->required) });
		html_text(html, field->value);
		return;
	}
	HTML_VOID(html, "input", { "type", text_of_string(field->type) }, { "id", field->name }, { "name", field->name },
		{ "class", field->width }, { "inputmode", field->mode }, { "value", field->value },
		{ "maxlength", limit }, { "autocomplete", completes },
		{ "aria-describedby", about }, { "aria-invalid", wrong }, { "required", HTML_WHEN(field->required) });
}

void
page_submit(struct html *html, struct text label)
{
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	HTML_LINE(html, "button", label, { "class", TEXT("button") }, { "type", TEXT("submit") });
}

/* ---- the fields of procedures ---- */

static bool
chosen(const struct dossier_answer *answer, struct text option)
{
	for (size_t i = 0; i < answer->raw_count; i++)
		if (text_equal(answer->raws[i], option))
			return true;
	return false;
}

static void
choice(struct html *html, struct arena *arena, const struct dossier_answer *answer, const char *type, struct text value,
	struct text label)
{
	const struct text id = arena_format(arena, TEXT_FORMAT "-" TEXT_FORMAT, TEXT_ARGS(answer->name), TEXT_ARGS(value));
	HTML_IN(html, "div", { "class", TEXT("choice") });
	HTML_VOID(html, "input", { "type", text_of_string(type) }, { "id", id }, { "name", answer->name },
		{ "value", value }, { "checked", HTML_WHEN(chosen(answer, value)) });
	HTML_LINE(html, "label", label, { "for", id });
}

void
field_unticked(struct html *html, struct text name)
{
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", name }, { "value", TEXT("") });
}

/* Radios or checkboxes, under the field's label as their legend. */
static void
choices(struct html *html, struct arena *arena, const struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	char room[600];
	const struct text about = field_described(answer->name, field->help, answer->mistake, room, sizeof room);
	HTML_IN(html, "fieldset", { "class", answer->mistake.length ? TEXT("field has-error") : TEXT("field") },
		{ "id", answer->name }, { "aria-describedby", about }, { "tabindex", TEXT("-1") });
	{
		HTML_IN(html, "legend");
		field_label(html, field->label, field->compulsory);
	}
	field_help_and_mistake(html, answer->name, field->help, answer->mistake);
	HTML_IN(html, "div", { "class", TEXT("choices") });
	if (field->type == PROCEDURE_FIELD_YES_NO) {
		choice(html, arena, answer, "radio", TEXT("oui"), TEXT("Oui"));
		choice(html, arena, answer, "radio", TEXT("non"), TEXT("Non"));
		return;
	}
	const char *type = field->type == PROCEDURE_FIELD_CHOICES ? "checkbox" : "radio";
	if (field->type == PROCEDURE_FIELD_CHOICES)
		field_unticked(html, answer->name);
	for (size_t i = 0; i < field->option_count; i++)
		choice(html, arena, answer, type, field->options[i].name, field->options[i].label);
}

static void
declaration(struct html *html, const struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	char room[600];
	const struct text about = field_described(answer->name, field->help, answer->mistake, room, sizeof room);
	HTML_IN(html, "div", { "class", answer->mistake.length ? TEXT("field honour has-error") : TEXT("field honour") });
	field_help_and_mistake(html, answer->name, field->help, answer->mistake);
	field_unticked(html, answer->name);
	HTML_IN(html, "div", { "class", TEXT("choice") });
	HTML_VOID(html, "input", { "type", TEXT("checkbox") }, { "id", answer->name }, { "name", answer->name },
		{ "value", TEXT("oui") }, { "checked", HTML_WHEN(chosen(answer, TEXT("oui"))) }, { "aria-describedby", about },
		{ "aria-invalid", answer->mistake.length ? TEXT("true") : (struct text){ 0 } });
	HTML_IN(html, "label", { "for", answer->name });
	field_label(html, field->label, field->compulsory);
}

/* How to name somebody, or whom the directory understood. */
static struct text
named_help(struct arena *arena, const struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	const struct text how = field->type == PROCEDURE_FIELD_PERSON ? TEXT("Écrivez le matricule, ou le nom et le prénom.")
		: TEXT("Écrivez le code de la structure, ou son nom.");
	const struct text meant = answer->value.kind == FEEL_NULL ? how
		: arena_format(arena, "L’annuaire dit : " TEXT_FORMAT ".", TEXT_ARGS(procedure_field_text(arena, field, answer->value)));
	return field->help.length ? arena_format(arena, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(field->help), TEXT_ARGS(meant)) : meant;
}

/* Everything that is typed. A date goes to the browser's own field as it wants it; what is no date is shown as typed. */
static void
typed(struct html *html, struct arena *arena, const struct dossier_answer *answer)
{
	const struct procedure_field *field = answer->field;
	struct page_field line = { .name = answer->name, .label = field->label, .help = field->help,
		.value = answer->raw_count ? answer->raws[0] : (struct text){ 0 }, .mistake = answer->mistake, .type = "text",
		.longest = field->length, .required = field->compulsory };
	const struct text bounds = procedure_field_bounds(arena, field);
	if (bounds.length)
		line.help = line.help.length ? arena_format(arena, "%.*s %.*s", TEXT_ARGS(line.help), TEXT_ARGS(bounds)) : bounds;
	if (dossier_names(field->type))
		line.help = named_help(arena, answer);
	struct date date;
	struct feel_value time;
	switch (field->type) {
	case PROCEDURE_FIELD_LONG_TEXT:
		line.type = "textarea";
		break;
	case PROCEDURE_FIELD_ADDRESS:
		line.type = "textarea";
		line.rows = 3;
		break;
	case PROCEDURE_FIELD_DATE:
		line.width = TEXT("short");
		if (date_read_french(text_trim(line.value), &date))
			line.value = date_iso(arena, date);
		if (text_trim(line.value).length == 0 || date_read(line.value, &date))
			line.type = "date";
		break;
	case PROCEDURE_FIELD_TIME:
		line.width = TEXT("short");
		if (procedure_time_read(line.value, &time))
			line.value = arena_format(arena, "%02d:%02d", time.at.time.hour, time.at.time.minute);
		if (text_trim(line.value).length == 0 || procedure_time_read(line.value, &time))
			line.type = "time";
		break;
	case PROCEDURE_FIELD_INTEGER:
		line.width = TEXT("short");
		line.mode = TEXT("numeric");
		break;
	case PROCEDURE_FIELD_NUMBER:
	case PROCEDURE_FIELD_MONEY:
	case PROCEDURE_FIELD_PERCENTAGE:
		line.width = TEXT("short");
		line.mode = TEXT("decimal");
		break;
	default:
		break;
	}
	page_field(html, &line);
}

void
page_answers(struct html *html, struct arena *arena, const struct dossier_form *form)
{
	for (size_t i = 0; i < form->count; i++) {
		const struct dossier_answer *answer = &form->answers[i];
		const struct procedure_field *field = answer->field;
		if (!answer->visible)
			continue;
		switch (field->type) {
		case PROCEDURE_FIELD_CHOICE:
		case PROCEDURE_FIELD_CHOICES:
		case PROCEDURE_FIELD_YES_NO:
			choices(html, arena, answer);
			break;
		case PROCEDURE_FIELD_DECLARATION:
			declaration(html, answer);
			break;
		case PROCEDURE_FIELD_WEEK:
			field_week(html, arena, answer);
			break;
		case PROCEDURE_FIELD_ROWS:
			field_rows(html, arena, answer);
			break;
		case PROCEDURE_FIELD_PERIOD:
		case PROCEDURE_FIELD_DURATION:
			field_parts(html, arena, answer);
			break;
		default:
			typed(html, arena, answer);
		}
	}
}

/* A line of the summary, with the way to its field: "Trajets, ligne 2, Départ : …". */
static void
mistake_line(struct html *html, struct text label, const struct dossier_answer *answer)
{
	char room[300];
	snprintf(room, sizeof room, "#" TEXT_FORMAT, TEXT_ARGS(answer->name));
	HTML_IN(html, "li");
	HTML_IN(html, "a", { "href", text_of_string(room) });
	html_text(html, label);
	html_say(html, " : ");
	html_text(html, answer->mistake);
}

/* Those of its parts, when they are where the mistake is; false when there is none. */
static bool
part_mistakes(struct html *html, const struct dossier_answer *answer)
{
	bool any = false;
	for (size_t i = 0; i < answer->row_count; i++)
		for (size_t k = 0; k < answer->rows[i].count; k++) {
			const struct dossier_answer *part = &answer->rows[i].answers[k];
			char room[500];
			if (part->mistake.length == 0)
				continue;
			if (answer->field->type == PROCEDURE_FIELD_ROWS)
				snprintf(room, sizeof room, TEXT_FORMAT ", ligne %zu, " TEXT_FORMAT, TEXT_ARGS(answer->field->label), i + 1,
					TEXT_ARGS(part->field->label));
			else
				snprintf(room, sizeof room, TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(answer->field->label),
					TEXT_ARGS(part->field->label));
			mistake_line(html, text_of_string(room), part);
			any = true;
		}
	return any;
}

void
page_mistakes(struct html *html, const struct dossier_form *form)
{
	if (form->mistakes == 0)
		return;
	HTML_IN(html, "div", { "class", TEXT("error-summary") }, { "role", TEXT("alert") }, { "tabindex", TEXT("-1") });
	HTML_SAY(html, "h2", "Il reste des points à corriger");
	HTML_IN(html, "ul");
	for (size_t i = 0; i < form->count; i++) {
		const struct dossier_answer *answer = &form->answers[i];
		if (!answer->visible || answer->mistake.length == 0)
			continue;
		if (!part_mistakes(html, answer))
			mistake_line(html, answer->field->label, answer);
	}
}

/* ---- which questions are shown ---- */

typedef void question_told(struct text name, void *context);

/* Those of the answers, and of the cells that a condition may hide. */
static void
tell_questions(const struct dossier_form *form, question_told *tell, void *context)
{
	for (size_t i = 0; i < form->count; i++) {
		const struct dossier_answer *answer = &form->answers[i];
		if (!answer->visible)
			continue;
		tell(answer->name, context);
		for (size_t k = 0; answer->field->row_rules && k < answer->row_count; k++)
			tell_questions(&answer->rows[k], tell, context);
	}
}

static void
write_question(struct text name, void *context)
{
	struct html *html = context;
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("montre") }, { "value", name });
}

void
page_questions(struct html *html, const struct dossier_form *form)
{
	tell_questions(form, write_question, html);
}

static void
count_question(struct text name, void *context)
{
	(void)name;
	++*(size_t *)context;
}

size_t
page_question_count(const struct dossier_form *form)
{
	size_t count = 0;
	tell_questions(form, count_question, &count);
	return count;
}

struct questions_shown {
	const struct text *names;
	size_t count;
	bool other; /* one is not among them */
};

static void
look_for_question(struct text name, void *context)
{
	struct questions_shown *shown = context;
	for (size_t i = 0; i < shown->count; i++)
		if (text_equal(shown->names[i], name))
			return;
	shown->other = true;
}

bool
page_has_new_question(struct request *request, const struct dossier_form *form)
{
	struct questions_shown shown = { 0 };
	shown.count = form_values(request, "montre", &shown.names);
	if (shown.count)
		tell_questions(form, look_for_question, &shown);
	return shown.other;
}

enum guichet_status
page_form_again(struct request *request, struct store_tx *tx, struct text path, int action, struct dossier_raws raws,
	struct dossier_facts *facts, bool *ret_again, struct dossier_form *ret_form, struct guichet_error *error)
{
	const struct text *shown;
	*ret_again = false;
	if (!page_changes_rows(request) && form_values(request, "montre", &shown) == 0)
		return GUICHET_OK;
	enum guichet_status status = office_named_load(tx, request->arena, path, raws, facts, error);
	if (status == GUICHET_OK)
		status = dossier_form_read(request->arena, facts, DOSSIER_FORM_ACTION, action, raws, true, ret_form, error);
	if (status == GUICHET_OK)
		*ret_again = page_changes_rows(request) || page_has_new_question(request, ret_form);
	return status;
}

struct dossier_raws
page_raws(struct request *request, const struct procedure *procedure)
{
	const struct form_field *fields;
	const size_t count = form_fields(request, &fields);
	struct dossier_raw *raws = arena_array_of(request->arena, struct dossier_raw, count);
	size_t kept = 0;
	for (size_t i = 0; raws && i < count; i++)
		if (procedure_field_find(procedure, dossier_raw_field(fields[i].name)) != PROCEDURE_NONE)
			raws[kept++] = (struct dossier_raw){ fields[i].name, fields[i].value };
	return page_rows_changed(request, procedure, (struct dossier_raws){ raws, kept });
}
