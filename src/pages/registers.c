/* Tables of a dossier: its registers, and the rows that somebody typed in its form. */
#include "pages/pages.h"

#include "base/banned.h"

static void
head_cell(struct html *html, struct text label)
{
	HTML_LINE(html, "th", label, { "scope", TEXT("col") });
}

/* A cell, told by its column where the table becomes cards. */
static void
cell(struct html *html, struct text label, struct text value)
{
	HTML_IN(html, "td", { "data-label", label });
	html_text(html, value);
}

void
page_rows_table(struct html *html, struct arena *arena, const struct procedure_field *field, struct feel_value rows)
{
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", field->label });
	HTML_IN(html, "table", { "class", TEXT("table") });
	{
		HTML_IN(html, "thead");
		HTML_IN(html, "tr");
		for (size_t k = 0; k < field->part_count; k++)
			head_cell(html, field->parts[k].label);
	}
	HTML_IN(html, "tbody");
	for (size_t i = 0; rows.kind == FEEL_LIST && i < rows.list.count; i++) {
		HTML_IN(html, "tr");
		for (size_t k = 0; k < field->part_count; k++) {
			const struct procedure_field *part = &field->parts[k];
			cell(html, part->label, procedure_field_text(arena, part, feel_entry_of(rows.list.at[i], part->name)));
		}
	}
}

static void
one_register(struct html *html, const struct dossier_register_view *view)
{
	const struct procedure_register *one = view->definition;
	const size_t width = one->column_count + 2;
	HTML_LINE(html, "h3", one->label);
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", one->label });
	HTML_IN(html, "table", { "class", TEXT("table") });
	{
		HTML_IN(html, "thead");
		HTML_IN(html, "tr");
		head_cell(html, TEXT("Inscrit le"));
		head_cell(html, TEXT("Par"));
		for (size_t k = 0; k < one->column_count; k++)
			head_cell(html, one->columns[k].label);
	}
	HTML_IN(html, "tbody");
	/* The last one first: it is what one looks for. */
	for (size_t i = view->row_count; i-- > 0;) {
		const struct text *cells = view->cells + width * i;
		HTML_IN(html, "tr");
		cell(html, TEXT("Inscrit le"), cells[0]);
		cell(html, TEXT("Par"), cells[1]);
		for (size_t k = 0; k < one->column_count; k++)
			cell(html, one->columns[k].label, cells[k + 2]);
	}
}

enum guichet_status
page_registers(struct request *request, struct html *html, const struct dossier_facts *facts,
	const struct dossier_viewer *viewer, struct guichet_error *error)
{
	const struct dossier_register_view *views;
	size_t count;
	const enum guichet_status status = dossier_registers(facts, viewer, request->arena, &views, &count, error);
	if (status != GUICHET_OK || count == 0)
		return status;
	HTML_SAY(html, "h2", "Registres");
	for (size_t i = 0; i < count; i++)
		one_register(html, &views[i]);
	return GUICHET_OK;
}
