/* Sets a letter on A4 pages with Pango and Cairo, as tagged PDF.
 *
 * First the letter becomes pieces, strips of the page's width that are never cut: a line of a
 * paragraph, a row of a table, the letterhead. A piece that says `keep` stays on the page of the
 * next one, which gives widow control and headings that follow their text. Then pieces go to
 * pages; last, pages are drawn, since "page 2 sur 3" needs to know the 3. */
#include <cairo-pdf.h>
#include <glib-object.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <pango/pangofc-font.h>

#include "document/press.h"

#include "base/banned.h"

/* Lengths are in points. */
#define PAGE_WIDTH  595.276
#define PAGE_HEIGHT 841.890
#define MARGIN_SIDE 70.9 /* 25 mm */
#define MARGIN_TOP  56.7 /* 20 mm */
#define BODY_BOTTOM (PAGE_HEIGHT - 73.7)
#define BODY_WIDTH  (PAGE_WIDTH - 2 * MARGIN_SIDE)
#define ADDRESS_X   311.8 /* 110 mm, the window of an envelope */
#define ADDRESS_Y   130.0
#define CELL_PAD_X  5.0
#define CELL_PAD_Y  3.5
#define INDENT      14.0

/* How lines and paragraphs follow each other: as they should, then closer, to spare a last page that
 * would hold a few lines only. */
static const struct density {
	double leading; /* of Carlito's own height, which is tight */
	double spacing; /* of the space above paragraphs */
} densities[] = { { 1.25, 1 }, { 1.17, 0.8 }, { 1.1, 0.65 } };

#define FEW_LINES 0.2 /* of a page */

enum { PIECES_LIMIT = DOCUMENT_PAGES_LIMIT * 60, BOXES_LIMIT = 40000, FEW_PAGES = 10 };

/* How a kind of text looks. */
struct look {
	double size;
	bool bold, italic;
	double grey; /* 0 black */
	double before; /* least space above */
	enum letter_align align;
};

static const struct look look_heading[] = {
	{ 16, true, false, 0, 20, LETTER_CENTRE },
	{ 12.5, true, false, 0, 14, LETTER_LEFT },
	{ 11, true, true, 0, 10, LETTER_LEFT },
};
/* A heading of level 2 right under the one of level 1. */
static const struct look look_subtitle = { 12.5, false, false, 0, 2, LETTER_CENTRE };
static const struct look look_body = { 11, false, false, 0, 7, LETTER_LEFT };
static const struct look look_cell = { 10, false, false, 0, 0, LETTER_LEFT };
static const struct look look_cell_header = { 10, true, false, 0, 0, LETTER_LEFT };
static const struct look look_organisation = { 15, true, false, 0, 0, LETTER_LEFT };
static const struct look look_office = { 10, false, false, 0, 0, LETTER_LEFT };
static const struct look look_contact = { 8.5, false, false, 0.3, 0, LETTER_LEFT };
static const struct look look_foot = { 8.5, false, false, 0.3, 0, LETTER_LEFT };

/* An element of the document's logical structure, known by its address. */
struct element {
	const char *tag;
	struct element *parent;
	int first_page, last_page; /* of its text; it is cut when they differ */
	struct element *part;      /* the Span of a cut element on the page being drawn */
	int part_page;
};

/* Some lines of a layout, at a place within their piece. */
struct box {
	PangoLayout *layout;
	int from, count; /* lines */
	double x, y, width, height, grey;
	enum letter_align align;
	struct element *element; /* NULL: decoration, read by nobody */
};

struct piece {
	double before, height;
	bool keep, page_break, rule;
	bool added; /* the first of the signatures */
	bool row, first_row, shaded; /* a line under it; one above; a grey ground */
	struct piece *header; /* the row to repeat above when this one begins a page */
	double x, width;
	struct box *boxes;
	int box_count;
	int page;
	double y;
	struct piece *next;
};

struct setting {
	struct document_press *press;
	struct arena *arena;
	const struct letter *letter;
	struct guichet_error *error;
	struct density density;
	struct piece *first, **last;
	int piece_count, box_count, page_count;
	int body_pages;   /* without the signatures */
	double body_ends; /* how far down the last of them goes */
	double after; /* space the last piece wants below */
	bool full;    /* memory is short or a ceiling was passed */

	cairo_t *cairo;
	struct element *open; /* the innermost open element while drawing */
};

/* Where blocks stand. */
struct place {
	double x, width;
	struct element *element;
	bool tight;         /* the next block follows closely */
	bool in_tight_list;
	bool after_title;   /* the last block was a heading of level 1 */
	struct box *label; /* of a list's item, waits for the first line */
	int depth;
};

static void *
set_alloc(struct setting *setting, size_t size)
{
	void *const at = arena_alloc(setting->arena, size);
	if (!at)
		setting->full = true;
	return at;
}

static struct element *
element_new(struct setting *setting, const char *tag, struct element *parent)
{
	struct element *const element = set_alloc(setting, sizeof *element);
	if (element)
		*element = (struct element){ .tag = tag, .parent = parent };
	return element;
}

static struct piece *
piece_new(struct setting *setting, double before, int box_count)
{
	setting->piece_count++;
	setting->box_count += box_count;
	if (setting->piece_count > PIECES_LIMIT || setting->box_count > BOXES_LIMIT)
		setting->full = true;
	struct piece *const piece = setting->full ? NULL : set_alloc(setting, sizeof *piece);
	struct box *const boxes = piece ? set_alloc(setting, sizeof *boxes * (size_t)(box_count + 1)) : NULL;
	if (!boxes)
		return NULL;
	*piece = (struct piece){ .before = fmax(before * setting->density.spacing, setting->after),
		.boxes = boxes, .box_count = box_count };
	setting->after = 0;
	*setting->last = piece;
	setting->last = &piece->next;
	return piece;
}

static void
unref_layout(void *layout)
{
	g_object_unref(layout);
}

static void
add_attribute(PangoAttrList *list, PangoAttribute *attribute, size_t from, size_t to)
{
	attribute->start_index = (guint)from;
	attribute->end_index = (guint)to;
	pango_attr_list_insert(list, attribute);
}

/* French sets a space before : ; ! ? » and after «; a line does not end there. The text keeps
 * its ordinary space, so that it is found and copied as written. */
static void
keep_french_spaces(PangoAttrList *list, struct text text)
{
	static const struct text closing[] = {
		{ " :", 2 }, { " ;", 2 }, { " !", 2 }, { " ?", 2 }, { " »", 3 }, { " %", 2 }, { " €", 4 }, /* plain spaces */
	};
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] != ' ')
			continue;
		const struct text rest = text_part(text, i, SIZE_MAX);
		for (size_t j = 0; j < sizeof closing / sizeof *closing; j++)
			if (text_starts(rest, closing[j]))
				add_attribute(list, pango_attr_allow_breaks_new(FALSE), i, i + closing[j].length);
		if (i >= 2 && memcmp(text.at + i - 2, "«", 2) == 0 && rest.length > 1)
			add_attribute(list, pango_attr_allow_breaks_new(FALSE), i - 2, i + 2);
	}
}

/* A layout of `text`, `width` points wide (negative: one line), that the arena releases. */
static PangoLayout *
layout_new(struct setting *setting, struct text text, const struct look *look, double width,
	PangoAttrList *styles)
{
	PangoLayout *const layout = pango_layout_new(setting->press->context);
	if (!arena_defer(setting->arena, unref_layout, layout)) {
		setting->full = true;
		return NULL;
	}
	PangoFontDescription *const font = pango_font_description_new();
	pango_font_description_set_family_static(font, PRESS_FAMILY);
	pango_font_description_set_size(font, (gint)lround(look->size * PANGO_SCALE));
	pango_font_description_set_weight(font, look->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_font_description_set_style(font, look->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);

	PangoAttrList *const list = styles ? pango_attr_list_ref(styles) : pango_attr_list_new();
	/* Without ligatures the letters of the PDF are those of the text. */
	add_attribute(list, pango_attr_font_features_new("liga=0, clig=0, dlig=0"), 0, text.length);
	if (text_starts(setting->letter->language, TEXT("fr")))
		keep_french_spaces(list, text);
	pango_layout_set_attributes(layout, list);
	pango_attr_list_unref(list);
	pango_layout_set_text(layout, text.length ? text.at : "", (int)text.length);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	if (width >= 0)
		pango_layout_set_width(layout, (int)lround(width * PANGO_SCALE));
	return layout;
}

/* A space before each line end, see keep_last_space(). */
static void
add_lines(struct buffer *lines, struct text text)
{
	for (struct text rest = text, line; rest.at;) {
		line = text_split(&rest, '\n');
		buffer_add(lines, line);
		if (rest.at)
			buffer_add(lines, TEXT(" \n"));
	}
}

/* The layout of runs: their text with its styles. */
static PangoLayout *
layout_runs(struct setting *setting, const struct letter_run *runs, const struct look *look, double width)
{
	CLEANUP(buffer_release) struct buffer text = buffer_new(4 * DOCUMENT_FILLED_LIMIT);
	PangoAttrList *const list = pango_attr_list_new();
	for (const struct letter_run *run = runs; run; run = run->next) {
		const size_t from = text.length;
		add_lines(&text, run->text);
		if (run->style & LETTER_STRONG)
			add_attribute(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), from, text.length);
		if (run->style & LETTER_EMPHASIS)
			add_attribute(list, pango_attr_style_new(look->italic ? PANGO_STYLE_NORMAL : PANGO_STYLE_ITALIC),
				from, text.length);
		if (run->style & LETTER_FIXED) {
			add_attribute(list, pango_attr_family_new(PRESS_FIXED), from, text.length);
			add_attribute(list, pango_attr_size_new((int)lround(look->size * 0.8 * PANGO_SCALE)), from,
				text.length);
		}
		const bool last_of_link = !run->next || !text_equal(run->next->link, run->link);
		if (run->link.length && last_of_link && !text_equal(run->link, run->text))
			buffer_format(&text, " (" TEXT_FORMAT ")", TEXT_ARGS(run->link));
	}
	PangoLayout *layout = NULL;
	if (text.failed)
		setting->full = true;
	else
		layout = layout_new(setting, buffer_text(&text), look, width, list);
	pango_attr_list_unref(list);
	return layout;
}

static double
line_height(const struct setting *setting, PangoLayoutLine *line)
{
	PangoRectangle logical;
	pango_layout_line_get_extents(line, NULL, &logical);
	return (double)logical.height / PANGO_SCALE * setting->density.leading;
}

static double
lines_height(const struct setting *setting, PangoLayout *layout, int from, int count)
{
	double height = 0;
	for (int i = from; i < from + count; i++)
		height += line_height(setting, pango_layout_get_line_readonly(layout, i));
	return height;
}

/* A box for a whole layout. */
static struct box
box_of(const struct setting *setting, PangoLayout *layout, const struct look *look, double x, double y,
	double width, struct element *element)
{
	const int count = pango_layout_get_line_count(layout);
	return (struct box){ .layout = layout, .count = count, .x = x, .y = y, .width = width,
		.height = lines_height(setting, layout, 0, count), .grey = look->grey, .align = look->align,
		.element = element };
}

static bool
ends_with_colon(const struct letter_run *run)
{
	while (run && run->next)
		run = run->next;
	return run && text_ends(text_trim(run->text), TEXT(":"));
}

/* A paragraph or heading: one piece per line. */
static void
set_lines(struct setting *setting, const struct letter_block *block, struct place *place)
{
	static const char *const tags[] = { "H1", "H2", "H3" };
	const bool heading = block->kind == LETTER_HEADING;
	const struct look *const look = !heading ? &look_body
		: block->level == 2 && place->after_title ? &look_subtitle : &look_heading[block->level - 1];
	PangoLayout *const layout = layout_runs(setting, block->runs, look, place->width);
	struct element *const element = element_new(setting, heading ? tags[block->level - 1] : "P",
		place->element);
	if (!layout || !element)
		return;
	const int count = pango_layout_get_line_count(layout);
	const bool keep_last = heading || ends_with_colon(block->runs);
	for (int i = 0; i < count; i++) {
		const double before = i > 0 ? 0 : place->tight ? 2.5 : look->before;
		struct piece *const piece = piece_new(setting, before, i == 0 && place->label ? 2 : 1);
		if (!piece)
			return;
		piece->height = lines_height(setting, layout, i, 1);
		piece->keep = i == count - 1 ? keep_last : heading || i == 0 || i == count - 2;
		int boxes = 0;
		if (i == 0 && place->label) {
			piece->boxes[boxes++] = *place->label;
			place->label = NULL;
		}
		piece->boxes[boxes] = (struct box){ .layout = layout, .from = i, .count = 1, .x = place->x,
			.width = place->width, .height = piece->height, .align = look->align, .element = element };
	}
	if (heading)
		setting->after = 4;
}

/* Widths of the columns: what each would like, shrunk towards its longest word when short of
 * room, widened when there is some left. */
static bool
set_columns(struct setting *setting, const struct letter_block *table, double width, double *widths)
{
	enum { MOST = 12 };
	double natural[MOST] = { 0 }, least[MOST] = { 0 }, all_natural = 0, all_least = 0;
	for (const struct letter_block *row = table->children; row; row = row->next) {
		int column = 0;
		for (const struct letter_block *cell = row->children; cell; cell = cell->next, column++) {
			PangoLayout *const layout = layout_runs(setting, cell->runs,
				cell->header ? &look_cell_header : &look_cell, -1);
			if (!layout || ++setting->box_count > BOXES_LIMIT)
				return setting->full = true, false;
			int size;
			pango_layout_get_size(layout, &size, NULL);
			natural[column] = fmax(natural[column], ceil((double)size / PANGO_SCALE) + 2 * CELL_PAD_X + 1);
			pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
			pango_layout_set_width(layout, 0);
			pango_layout_get_size(layout, &size, NULL);
			least[column] = fmax(least[column], ceil((double)size / PANGO_SCALE) + 2 * CELL_PAD_X + 1);
		}
	}
	for (int i = 0; i < table->columns; i++)
		all_natural += natural[i], all_least += least[i];
	for (int i = 0; i < table->columns; i++) {
		if (all_natural <= width)
			widths[i] = natural[i] + (width - all_natural) / table->columns;
		else if (all_least < width)
			widths[i] = least[i] + (natural[i] - least[i]) * (width - all_least) / (all_natural - all_least);
		else
			widths[i] = width * least[i] / all_least;
	}
	return true;
}

/* The row's piece, with lines [from, from + count) of each cell. */
static struct piece *
set_row(struct setting *setting, const struct letter_block *row, PangoLayout *const *layouts,
	const double *widths, struct place *place, struct element *parent, int from, int count)
{
	int columns = 0;
	for (const struct letter_block *cell = row->children; cell; cell = cell->next)
		columns++;
	struct piece *const piece = piece_new(setting, 0, columns);
	struct element *const element = element_new(setting, "TR", parent);
	if (!piece || !element)
		return NULL;
	double x = place->x;
	int column = 0;
	for (const struct letter_block *cell = row->children; cell; cell = cell->next, column++) {
		const int lines = pango_layout_get_line_count(layouts[column]);
		const int first = from < lines ? from : lines, taken = count < lines - first ? count : lines - first;
		struct element *const cell_element = element_new(setting, cell->header ? "TH" : "TD", element);
		if (!cell_element)
			return NULL;
		piece->boxes[column] = (struct box){ .layout = layouts[column], .from = first, .count = taken,
			.x = x + CELL_PAD_X, .y = CELL_PAD_Y, .width = widths[column] - 2 * CELL_PAD_X,
			.height = lines_height(setting, layouts[column], first, taken), .align = cell->align,
			.element = cell_element };
		piece->height = fmax(piece->height, piece->boxes[column].height + 2 * CELL_PAD_Y);
		x += widths[column];
	}
	piece->row = true;
	piece->shaded = row->header;
	piece->x = place->x;
	piece->width = x - place->x;
	return piece;
}

static void
set_table(struct setting *setting, const struct letter_block *table, struct place *place)
{
	enum { MOST = 12 };
	double widths[MOST];
	struct element *const element = element_new(setting, "Table", place->element);
	if (!element || !set_columns(setting, table, place->width, widths))
		return;
	setting->after = fmax(setting->after, 10);
	struct piece *header = NULL;
	for (const struct letter_block *row = table->children; row; row = row->next) {
		PangoLayout *layouts[MOST];
		int column = 0, lines = 1;
		for (const struct letter_block *cell = row->children; cell; cell = cell->next, column++) {
			layouts[column] = layout_runs(setting, cell->runs, cell->header ? &look_cell_header : &look_cell,
				widths[column] - 2 * CELL_PAD_X);
			if (!layouts[column])
				return;
			const int count = pango_layout_get_line_count(layouts[column]);
			lines = count > lines ? count : lines;
		}
		/* A row is not cut, unless it would not fit on a page of its own. */
		const double room = BODY_BOTTOM - MARGIN_TOP - 2 * CELL_PAD_Y - (header ? header->height : 0);
		double height = 0;
		for (int i = 0; i < column; i++)
			height = fmax(height, lines_height(setting, layouts[i], 0,
				pango_layout_get_line_count(layouts[i])));
		const int step = height <= room ? lines : 1;
		for (int from = 0; from < lines; from += step) {
			struct piece *const piece = set_row(setting, row, layouts, widths, place, element, from, step);
			if (!piece)
				return;
			piece->first_row = row == table->children && from == 0;
			piece->keep = row->header && row->next;
			piece->header = row->header ? NULL : header;
			if (row->header && step == lines && piece->height < room / 3)
				header = piece;
		}
	}
	setting->after = 10;
}

static void set_blocks(struct setting *setting, const struct letter_block *block, struct place *place);

static void
set_list(struct setting *setting, const struct letter_block *list, struct place *place)
{
	struct element *const element = element_new(setting, "L", place->element);
	for (const struct letter_block *item = list->children; item && !setting->full; item = item->next) {
		struct element *const item_element = element_new(setting, "LI", element);
		struct element *const label_element = element_new(setting, "Lbl", item_element);
		struct element *const body_element = element_new(setting, "LBody", item_element);
		const struct text label = !list->ordered ? (place->depth > 0 ? TEXT("•") : TEXT("–"))
			: arena_format(setting->arena, "%d.", item->number);
		PangoLayout *const layout = label.at ? layout_new(setting, label, &look_body, -1, NULL) : NULL;
		if (!body_element || !layout) {
			setting->full = true;
			return;
		}
		struct box box = box_of(setting, layout, &look_body, place->x, 0, INDENT, label_element);
		const double indent = item->number > 99 ? INDENT + 8 : INDENT;
		struct place inner = { .x = place->x + indent, .width = place->width - indent,
			.element = body_element,
			.tight = list->tight && (item != list->children || place->in_tight_list),
			.in_tight_list = list->tight,
			.label = &box, .depth = place->depth + 1 };
		set_blocks(setting, item->children, &inner);
	}
}

static void
set_block(struct setting *setting, const struct letter_block *block, struct place *place)
{
	switch (block->kind) {
	case LETTER_HEADING:
	case LETTER_PARAGRAPH:
		set_lines(setting, block, place);
		return;
	case LETTER_LIST:
		set_list(setting, block, place);
		return;
	case LETTER_QUOTE: {
		struct place inner = { .x = place->x + INDENT, .width = place->width - 2 * INDENT,
			.element = element_new(setting, "BlockQuote", place->element), .depth = place->depth };
		if (inner.element)
			set_blocks(setting, block->children, &inner);
		return;
	}
	case LETTER_RULE: {
		struct piece *const piece = piece_new(setting, 10, 0);
		if (piece) {
			*piece = (struct piece){ .before = piece->before, .height = 1, .keep = true, .rule = true,
				.x = place->x,
				.width = place->width };
			setting->after = 10;
		}
		return;
	}
	case LETTER_TABLE:
		set_table(setting, block, place);
		return;
	case LETTER_ITEM: /* within their list and table, above */
	case LETTER_ROW:
	case LETTER_CELL:
		return;
	}
}

static void
set_blocks(struct setting *setting, const struct letter_block *block, struct place *place)
{
	for (; block && !setting->full; block = block->next) {
		set_block(setting, block, place);
		place->tight = false;
		place->after_title = block->kind == LETTER_HEADING && block->level == 1;
	}
}

/* Sender at the left, recipient where the window of an envelope is, place and date under it,
 * the reference at the left of the date. */
static void
set_letterhead(struct setting *setting, struct element *document)
{
	const struct letter *const letter = setting->letter;
	const struct text reference = letter->reference.length
		? arena_format(setting->arena, "Réf. : " TEXT_FORMAT, TEXT_ARGS(letter->reference)) : TEXT("");
	const double left_width = ADDRESS_X - MARGIN_SIDE - 12,
		right_width = PAGE_WIDTH - MARGIN_SIDE - ADDRESS_X;
	const struct {
		struct text text;
		const struct look *look;
		bool right;
		double gap; /* above it, in its column */
	} parts[] = {
		{ letter->organisation, &look_organisation, false, 0 },
		{ letter->office, &look_office, false, 3 },
		{ letter->contact, &look_contact, false, 4 },
		{ letter->recipient, &look_body, true, 0 },
		{ reference, &look_office, false, 22 },
		{ letter->place_date, &look_body, true, 22 },
	};
	enum { PARTS = sizeof parts / sizeof *parts };
	struct piece *const piece = piece_new(setting, 0, PARTS);
	if (!piece || !reference.at) {
		setting->full = true;
		return;
	}
	int count = 0;
	double left = 0, right = letter->recipient.length ? ADDRESS_Y - MARGIN_TOP : 0;
	for (int i = 0; i < PARTS; i++) {
		if (parts[i].text.length == 0)
			continue;
		/* Reference and date stand on one line, under both columns. */
		if (i >= 4)
			left = right = fmax(left, right);
		const double y = (parts[i].right ? right : left) + (count > 0 ? parts[i].gap : 0);
		const double width = parts[i].right ? right_width : left_width;
		const struct letter_run run = { .text = parts[i].text };
		PangoLayout *const layout = layout_runs(setting, &run, parts[i].look, width);
		struct element *const element = element_new(setting, "P", document);
		if (!layout || !element)
			return;
		struct box *const box = &piece->boxes[count++];
		*box = box_of(setting, layout, parts[i].look, parts[i].right ? ADDRESS_X : MARGIN_SIDE, y, width,
			element);
		if (i == 5 && reference.length) /* level with the reference */
			box->y = piece->boxes[count - 2].y - 1;
		if (parts[i].right)
			right = box->y + box->height;
		else
			left = y + box->height;
		piece->height = fmax(piece->height, box->y + box->height);
	}
	piece->box_count = count;
	setting->after = count > 0 ? 18 : 0;
	if (piece->height > BODY_BOTTOM - MARGIN_TOP)
		setting->full = true;
}

/* Gives each piece its page and its place on it. */
static enum guichet_status
break_pages(struct setting *setting)
{
	double y = MARGIN_TOP;
	int page = 1;
	bool at_top = true, in_body = true;
	for (struct piece *piece = setting->first; piece;) {
		/* The pieces up to the first that lets go of the next. */
		struct piece *end = piece;
		double height = 0;
		for (;; end = end->next) {
			height += (end == piece && at_top ? 0 : end->before) + end->height;
			if (!end->keep || !end->next || end->next->page_break)
				break;
		}
		const double above = at_top && piece->header ? piece->header->height : 0;
		const bool fits = y + above + height <= BODY_BOTTOM + 0.01;
		if (!at_top && (!fits || piece->page_break)) {
			page++;
			y = MARGIN_TOP;
			at_top = true;
			if (page > DOCUMENT_PAGES_LIMIT)
				return guichet_fail(setting->error, GUICHET_REFUSED, "La lettre dépasse %d pages.",
					DOCUMENT_PAGES_LIMIT);
			piece->page_break = false;
			continue;
		}
		if (!fits) /* more than a page that wants to stay together: it cannot */
			for (struct piece *one = piece; one != end; one = one->next)
				one->keep = false;
		y += above + (at_top ? 0 : piece->before);
		piece->page = page;
		piece->y = y;
		y += piece->height;
		in_body &= !piece->added;
		if (in_body) {
			setting->body_pages = page;
			setting->body_ends = y;
		}
		at_top = false;
		for (int i = 0; i < piece->box_count; i++) {
			struct element *const element = piece->boxes[i].element;
			if (!element)
				continue;
			element->first_page = element->first_page ? element->first_page : page;
			element->last_page = page;
		}
		piece = piece->next;
	}
	setting->page_count = page;
	return GUICHET_OK;
}

static bool
is_within(const struct element *element, const struct element *ancestor)
{
	for (; element; element = element->parent)
		if (element == ancestor)
			return true;
	return ancestor == NULL;
}

static void
open_down_to(struct setting *setting, struct element *element)
{
	if (element == setting->open)
		return;
	open_down_to(setting, element->parent);
	cairo_tag_begin(setting->cairo, element->tag, "");
	setting->open = element;
}

/* Closes and opens what it takes to be inside `element` (NULL: outside of all). */
static void
go_to_element(struct setting *setting, struct element *element)
{
	while (setting->open && !is_within(element, setting->open)) {
		cairo_tag_end(setting->cairo, setting->open->tag);
		setting->open = setting->open->parent;
	}
	if (element)
		open_down_to(setting, element);
}

/* An element cut by a page break has one Span per page, for cairo marks content page by page. */
static struct element *
element_on_page(struct setting *setting, struct element *element, int page)
{
	if (element->first_page == element->last_page)
		return element;
	if (element->part_page != page) {
		element->part = element_new(setting, "Span", element);
		element->part_page = page;
	}
	return element->part;
}

/* The space at the end of a line, which Pango takes away, is put back without width: in the PDF it
 * parts the words of two lines. */
static void
keep_last_space(PangoLayoutLine *line)
{
	const GSList *const last = g_slist_last(line->runs);
	const PangoGlyphItem *const run = last ? last->data : NULL;
	const int count = run ? run->glyphs->num_glyphs : 0;
	if (count == 0 || run->item->analysis.level % 2 != 0)
		return;
	const char *const text = pango_layout_get_text(line->layout);
	if (text[run->item->offset + run->glyphs->log_clusters[count - 1]] != ' ')
		return;
	run->glyphs->glyphs[count - 1].glyph = pango_fc_font_get_glyph(PANGO_FC_FONT(run->item->analysis.font),
		' ');
	run->glyphs->glyphs[count - 1].geometry.width = 0;
}

static void
draw_box(struct setting *setting, const struct box *box, double y)
{
	y += box->y;
	for (int i = box->from; i < box->from + box->count; i++) {
		PangoLayoutLine *const line = pango_layout_get_line(box->layout, i);
		keep_last_space(line);
		PangoRectangle logical;
		pango_layout_line_get_extents(line, NULL, &logical);
		const double height = line_height(setting, line),
			slack = box->width - (double)logical.width / PANGO_SCALE;
		const double x = box->x
			+ (box->align == LETTER_CENTRE ? slack / 2 : box->align == LETTER_RIGHT ? slack : 0);
		cairo_set_source_rgb(setting->cairo, box->grey, box->grey, box->grey);
		/* logical.y is above the baseline, thus negative. */
		const double baseline = (height - (double)(logical.height + 2 * logical.y) / PANGO_SCALE) / 2;
		cairo_move_to(setting->cairo, x, y + baseline);
		pango_cairo_show_layout_line(setting->cairo, line);
		y += height;
	}
}

static void
draw_line(cairo_t *cairo, double x, double y, double width, double grey)
{
	cairo_set_source_rgb(cairo, grey, grey, grey);
	cairo_set_line_width(cairo, 0.6);
	cairo_move_to(cairo, x, y);
	cairo_line_to(cairo, x + width, y);
	cairo_stroke(cairo);
}

static void
draw_piece(struct setting *setting, const struct piece *piece, double y, bool repeated)
{
	if (piece->shaded) {
		cairo_set_source_rgb(setting->cairo, 0.93, 0.93, 0.93);
		cairo_rectangle(setting->cairo, piece->x, y, piece->width, piece->height);
		cairo_fill(setting->cairo);
	}
	if (piece->first_row || repeated)
		draw_line(setting->cairo, piece->x, y, piece->width, 0.6);
	if (piece->row || piece->rule)
		draw_line(setting->cairo, piece->x, y + piece->height, piece->width, 0.6);
	for (int i = 0; i < piece->box_count && !setting->full; i++) {
		const struct box *const box = &piece->boxes[i];
		if (!repeated && box->element)
			go_to_element(setting, element_on_page(setting, box->element, piece->page));
		if (!setting->full)
			draw_box(setting, box, y);
	}
}

/* Reference, footer and number of the page: decoration, outside of the logical structure. */
static void
draw_foot(struct setting *setting, int page)
{
	const struct letter *const letter = setting->letter;
	const double y = PAGE_HEIGHT - 51;
	const struct text number = arena_format(setting->arena, text_starts(letter->language, TEXT("fr"))
		? "page %d sur %d" : "%d / %d", page, setting->page_count);
	const struct {
		struct text text;
		enum letter_align align;
	} parts[] = {
		{ letter->reference, LETTER_LEFT }, { letter->footer, LETTER_CENTRE }, { number, LETTER_RIGHT },
	};
	const double widths[] = { 0.27 * BODY_WIDTH, 0.56 * BODY_WIDTH, 0.17 * BODY_WIDTH };
	draw_line(setting->cairo, MARGIN_SIDE, y - 5, BODY_WIDTH, 0.6);
	double x = MARGIN_SIDE;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; x += widths[i++]) {
		PangoLayout *const layout = parts[i].text.at
			? layout_new(setting, parts[i].text, &look_foot, widths[i], NULL) : NULL;
		if (!layout) {
			setting->full = true;
			return;
		}
		pango_layout_set_height(layout, -2);
		pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
		struct box box = box_of(setting, layout, &look_foot, x, 0, widths[i], NULL);
		box.align = parts[i].align;
		draw_box(setting, &box, y);
	}
}

static void
draw_pages(struct setting *setting)
{
	const struct piece *piece = setting->first;
	for (int page = 1; page <= setting->page_count && !setting->full; page++) {
		if (piece && piece->header && page > 1)
			draw_piece(setting, piece->header, MARGIN_TOP, true);
		for (; piece && piece->page == page; piece = piece->next)
			draw_piece(setting, piece, piece->y, false);
		/* Only containers may stay open from page to page. */
		if (setting->open && piece)
			go_to_element(setting, setting->open->parent);
		if (!piece)
			go_to_element(setting, NULL);
		draw_foot(setting, page);
		cairo_show_page(setting->cairo);
	}
}

static cairo_status_t
take_bytes(void *pdf, const unsigned char *bytes, unsigned length)
{
	buffer_add(pdf, (struct text){ (const char *)bytes, length });
	return ((struct buffer *)pdf)->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void
set_metadata(struct setting *setting, cairo_surface_t *surface)
{
	struct arena *const arena = setting->arena;
	const struct letter *const letter = setting->letter;
	const struct text date = instant_iso(arena, letter->at);
	/* cairo reads no fraction of a second. */
	const struct text seconds = date.length > 19
		? arena_format(arena, TEXT_FORMAT "Z", TEXT_ARGS(text_part(date, 0, 19))) : TEXT("");
	const struct {
		cairo_pdf_metadata_t what;
		struct text value;
	} all[] = {
		{ CAIRO_PDF_METADATA_TITLE, letter->title }, { CAIRO_PDF_METADATA_AUTHOR, letter->author },
		{ CAIRO_PDF_METADATA_SUBJECT, letter->reference }, { CAIRO_PDF_METADATA_CREATOR, TEXT("Guichet") },
		{ CAIRO_PDF_METADATA_CREATE_DATE, seconds }, { CAIRO_PDF_METADATA_MOD_DATE, seconds },
	};
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const struct text value = arena_text(arena, all[i].value); /* with its NUL */
		if (value.length)
			cairo_pdf_surface_set_metadata(surface, all[i].what, value.at);
		setting->full |= !value.at;
	}
	setting->full |= seconds.length == 0;
}

static enum guichet_status
set_pieces(struct setting *setting)
{
	struct element *const document = element_new(setting, "Document", NULL);
	if (!document)
		return guichet_fail(setting->error, GUICHET_BROKEN, "La lettre demande trop de mémoire.");
	struct place place = { .x = MARGIN_SIDE, .width = BODY_WIDTH, .element = document };
	set_letterhead(setting, document);
	set_blocks(setting, setting->letter->blocks, &place);
	struct piece **const added = setting->last;
	set_blocks(setting, setting->letter->signatures, &place);
	if (*added)
		(*added)->page_break = (*added)->added = true;
	return setting->full
		? guichet_fail(setting->error, GUICHET_REFUSED, "La lettre est trop longue : %d pages au plus.",
			DOCUMENT_PAGES_LIMIT)
		: GUICHET_OK;
}

static enum guichet_status
set_pages(struct document_press *press, struct arena *arena, const struct letter *letter,
	const struct density *density, struct setting *setting, struct guichet_error *error)
{
	*setting = (struct setting){ .press = press, .arena = arena, .letter = letter, .error = error,
		.density = *density };
	setting->last = &setting->first;
	const enum guichet_status status = set_pieces(setting);
	return status == GUICHET_OK ? break_pages(setting) : status;
}

enum guichet_status
setting_write(struct document_press *press, struct arena *arena, const struct letter *letter,
	struct buffer *pdf, struct guichet_error *error)
{
	struct setting setting, first;
	enum guichet_status status = set_pages(press, arena, letter, &densities[0], &setting, error);
	if (status != GUICHET_OK)
		return status;
	const bool ends_short = setting.body_pages > 1 && setting.body_pages <= FEW_PAGES
		&& setting.body_ends - MARGIN_TOP < FEW_LINES * (BODY_BOTTOM - MARGIN_TOP);
	first = setting;
	for (size_t i = 1; ends_short && i < sizeof densities / sizeof *densities; i++) {
		status = set_pages(press, arena, letter, &densities[i], &setting, error);
		if (status != GUICHET_OK)
			return status;
		if (setting.body_pages < first.body_pages)
			break;
		setting = first;
	}

	cairo_surface_t *const surface = cairo_pdf_surface_create_for_stream(take_bytes, pdf, PAGE_WIDTH,
		PAGE_HEIGHT);
	set_metadata(&setting, surface);
	setting.cairo = cairo_create(surface);
	draw_pages(&setting);
	const cairo_status_t drawn = cairo_status(setting.cairo);
	cairo_destroy(setting.cairo);
	cairo_surface_finish(surface);
	const cairo_status_t finished = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (pdf->failed || setting.full)
		return guichet_fail(error, GUICHET_REFUSED, "La lettre est trop volumineuse.");
	if (drawn != CAIRO_STATUS_SUCCESS || finished != CAIRO_STATUS_SUCCESS)
		return guichet_fail(error, GUICHET_BROKEN, "Le PDF n’a pas pu être composé : %s.",
			cairo_status_to_string(drawn != CAIRO_STATUS_SUCCESS ? drawn : finished));
	return GUICHET_OK;
}
