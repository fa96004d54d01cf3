/* A letter as plain text, as HTML for the screen, and the hash of what it says. */
#include "document/letter.h"

#include "base/banned.h"

/* `text`, each '\n' followed by `depth` blanks so that lists stay readable. */
static void
plain_lines(struct buffer *plain, struct text text, int depth)
{
	for (size_t i = 0; i < text.length; i++) {
		buffer_add(plain, text_part(text, i, 1));
		if (text.at[i] == '\n')
			buffer_format(plain, "%*s", depth, "");
	}
}

static void
plain_runs(struct buffer *plain, const struct letter_block *block, int depth)
{
	for (const struct letter_run *run = block->runs; run; run = run->next) {
		plain_lines(plain, run->text, depth);
		const bool last_of_link = !run->next || !text_equal(run->next->link, run->link);
		if (run->link.length && last_of_link && !text_equal(run->link, run->text))
			buffer_format(plain, " (" TEXT_FORMAT ")", TEXT_ARGS(run->link));
	}
}

static void
plain_blocks(struct buffer *plain, const struct letter_block *block, int depth, bool tight)
{
	for (bool first = true; block; block = block->next, first = false) {
		if (!first)
			buffer_format(plain, tight ? "\n%*s" : "\n\n%*s", depth, "");
		switch (block->kind) {
		case LETTER_HEADING:
		case LETTER_PARAGRAPH:
			plain_runs(plain, block, depth);
			break;
		case LETTER_LIST:
			for (const struct letter_block *item = block->children; item; item = item->next) {
				if (item != block->children)
					buffer_format(plain, "\n%*s", depth, "");
				if (block->ordered)
					buffer_format(plain, "%d. ", item->number);
				else
					buffer_add(plain, TEXT("- "));
				plain_blocks(plain, item->children, depth + 2, block->tight);
			}
			break;
		case LETTER_QUOTE:
			buffer_add(plain, TEXT("> "));
			plain_blocks(plain, block->children, depth + 2, false);
			break;
		case LETTER_RULE:
			buffer_add(plain, TEXT("* * *"));
			break;
		case LETTER_TABLE:
			for (const struct letter_block *row = block->children; row; row = row->next) {
				for (const struct letter_block *cell = row->children; cell; cell = cell->next) {
					plain_runs(plain, cell, depth + 2);
					if (cell->next)
						buffer_add(plain, TEXT(" | "));
				}
				if (row->next)
					buffer_format(plain, "\n%*s", depth, "");
			}
			break;
		case LETTER_ITEM: /* within their list and table, above */
		case LETTER_ROW:
		case LETTER_CELL:
			break;
		}
	}
}

static void
html_escaped(struct buffer *html, struct text text)
{
	for (size_t i = 0; i < text.length; i++) {
		switch (text.at[i]) {
		case '&': buffer_add(html, TEXT("&amp;")); break;
		case '<': buffer_add(html, TEXT("&lt;")); break;
		case '>': buffer_add(html, TEXT("&gt;")); break;
		case '"': buffer_add(html, TEXT("&quot;")); break;
		case '\'': buffer_add(html, TEXT("&#39;")); break;
		case '\n': buffer_add(html, TEXT("<br>\n")); break;
		default: buffer_add(html, text_part(text, i, 1));
		}
	}
}

static void
html_runs(struct buffer *html, const struct letter_block *block)
{
	static const struct {
		unsigned style;
		const char *tag;
	} styles[] = { { LETTER_STRONG, "strong" }, { LETTER_EMPHASIS, "em" }, { LETTER_FIXED, "code" } };
	enum { STYLES = sizeof styles / sizeof *styles };

	for (const struct letter_run *run = block->runs; run; run = run->next) {
		if (run->link.length) {
			buffer_add(html, TEXT("<a href=\""));
			html_escaped(html, run->link);
			buffer_add(html, TEXT("\">"));
		}
		for (int i = 0; i < STYLES; i++)
			if (run->style & styles[i].style)
				buffer_format(html, "<%s>", styles[i].tag);
		html_escaped(html, run->text);
		for (int i = STYLES - 1; i >= 0; i--)
			if (run->style & styles[i].style)
				buffer_format(html, "</%s>", styles[i].tag);
		if (run->link.length)
			buffer_add(html, TEXT("</a>"));
	}
}

static void html_blocks(struct buffer *html, const struct letter_block *block, bool tight);

static void
html_rows(struct buffer *html, const struct letter_block *row)
{
	static const char *const classes[] = {
		[LETTER_LEFT] = "", [LETTER_CENTRE] = " class=\"align-center\"",
		[LETTER_RIGHT] = " class=\"align-right\"",
	};
	for (bool in_head = false, in_body = false; row; row = row->next) {
		if (row->header)
			buffer_add(html, TEXT("<thead>\n")), in_head = true;
		else if (!in_body)
			buffer_add(html, TEXT("<tbody>\n")), in_body = true;
		buffer_add(html, TEXT("<tr>"));
		for (const struct letter_block *cell = row->children; cell; cell = cell->next) {
			if (cell->header)
				buffer_format(html, "<th scope=\"%s\"%s>", row->header ? "col" : "row", classes[cell->align]);
			else
				buffer_format(html, "<td%s>", classes[cell->align]);
			html_runs(html, cell);
			buffer_add(html, cell->header ? TEXT("</th>") : TEXT("</td>"));
		}
		buffer_add(html, TEXT("</tr>\n"));
		if (in_head)
			buffer_add(html, TEXT("</thead>\n")), in_head = false;
		if (in_body && !row->next)
			buffer_add(html, TEXT("</tbody>\n"));
	}
}

static void
html_block(struct buffer *html, const struct letter_block *block, bool tight)
{
	switch (block->kind) {
	case LETTER_HEADING:
		buffer_format(html, "<h%d>", block->level + 1);
		html_runs(html, block);
		buffer_format(html, "</h%d>\n", block->level + 1);
		return;
	case LETTER_PARAGRAPH:
		buffer_add(html, tight ? TEXT("") : TEXT("<p>"));
		html_runs(html, block);
		buffer_add(html, tight ? TEXT("\n") : TEXT("</p>\n"));
		return;
	case LETTER_LIST:
		if (block->ordered && block->children->number != 1)
			buffer_format(html, "<ol start=\"%d\">\n", block->children->number);
		else
			buffer_add(html, block->ordered ? TEXT("<ol>\n") : TEXT("<ul>\n"));
		html_blocks(html, block->children, block->tight);
		buffer_add(html, block->ordered ? TEXT("</ol>\n") : TEXT("</ul>\n"));
		return;
	case LETTER_ITEM:
		buffer_add(html, TEXT("<li>"));
		html_blocks(html, block->children, tight);
		buffer_add(html, TEXT("</li>\n"));
		return;
	case LETTER_QUOTE:
		buffer_add(html, TEXT("<blockquote>\n"));
		html_blocks(html, block->children, false);
		buffer_add(html, TEXT("</blockquote>\n"));
		return;
	case LETTER_RULE:
		buffer_add(html, TEXT("<hr>\n"));
		return;
	case LETTER_TABLE:
		buffer_add(html, TEXT("<table>\n"));
		html_rows(html, block->children);
		buffer_add(html, TEXT("</table>\n"));
		return;
	case LETTER_ROW: /* within their table, above */
	case LETTER_CELL:
		return;
	}
}

static void
html_blocks(struct buffer *html, const struct letter_block *block, bool tight)
{
	for (; block; block = block->next)
		html_block(html, block, tight);
}

static void
html_line(struct buffer *html, const char *class_name, const char *before, struct text text)
{
	if (text.length == 0)
		return;
	buffer_format(html, "<p class=\"letter-%s\">%s", class_name, before);
	html_escaped(html, text);
	buffer_add(html, TEXT("</p>\n"));
}

/* Runs `write` over the letter that `request` makes; nothing is added on failure. */
static enum guichet_status
write_letter(struct buffer *out, const struct document_request *request,
	void (*write)(struct buffer *out, const struct letter *letter), struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(DOCUMENT_ARENA_LIMIT);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "La lettre demande trop de mémoire.");
	struct letter letter;
	const enum guichet_status status = letter_read(arena, request, &letter, error);
	if (status != GUICHET_OK)
		return status;
	const size_t length = out->length;
	const bool failed = out->failed;
	write(out, &letter);
	if (!out->failed || failed)
		return GUICHET_OK;
	out->length = length;
	out->failed = false;
	return guichet_fail(error, GUICHET_BROKEN, "La lettre est trop longue pour cette page.");
}

static void
write_html(struct buffer *html, const struct letter *letter)
{
	html_line(html, "organisation", "", letter->organisation);
	html_line(html, "office", "", letter->office);
	html_line(html, "contact", "", letter->contact);
	html_line(html, "recipient", "", letter->recipient);
	html_line(html, "date", "", letter->place_date);
	html_line(html, "reference", "Réf. : ", letter->reference);
	html_blocks(html, letter->blocks, false);
	html_blocks(html, letter->signatures, false);
	html_line(html, "footer", "", letter->footer);
}

static void
write_plain(struct buffer *plain, const struct letter *letter)
{
	plain_blocks(plain, letter->blocks, 0, false);
}

enum guichet_status
document_to_html(struct buffer *html, const struct document_request *request, struct guichet_error *error)
{
	return write_letter(html, request, write_html, error);
}

enum guichet_status
document_to_text(struct buffer *plain, const struct document_request *request, struct guichet_error *error)
{
	return write_letter(plain, request, write_plain, error);
}

enum guichet_status
document_text_hash(const struct document_request *request, struct digest *ret_digest,
	struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(DOCUMENT_ARENA_LIMIT);
	CLEANUP(buffer_release) struct buffer plain = buffer_new(2 * DOCUMENT_FILLED_LIMIT);
	struct letter letter;
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "La lettre demande trop de mémoire.");
	const enum guichet_status status = letter_read(arena, request, &letter, error);
	if (status != GUICHET_OK)
		return status;
	write_plain(&plain, &letter);
	if (plain.failed)
		return guichet_fail(error, GUICHET_BROKEN, "La lettre est trop longue.");
	const struct text said[] = { letter.language, letter.title, letter.organisation, letter.office,
		letter.contact,
		letter.recipient, letter.place_date, letter.reference, letter.footer, buffer_text(&plain) };
	*ret_digest = digest_of_list(said, sizeof said / sizeof *said);
	return GUICHET_OK;
}

static void
write_nothing(struct buffer *out, const struct letter *letter)
{
	(void)out, (void)letter;
}

enum guichet_status
document_check(struct text markdown, size_t hole_count, struct guichet_error *error)
{
	/* Not empty, for empty values may leave the letter empty. */
	static const struct text values[DOCUMENT_HOLES_LIMIT] = { [0 ... DOCUMENT_HOLES_LIMIT - 1] = { "x", 1 } };
	static const size_t most = DOCUMENT_HOLES_LIMIT;
	const struct document_request request = { .markdown = markdown, .title = TEXT("x"), .holes = values,
		.hole_count = hole_count <= most ? hole_count : most + 1 };
	struct buffer nothing = buffer_new(0);
	return write_letter(&nothing, &request, write_nothing, error);
}
