/* See letter.h. Markdown is parsed by cmark-gfm before any value is known; what this file
 * does not list is refused, so a letter cannot hold what one of the outputs would lose. */
#include "document/letter.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/banned.h"

enum { BLOCK_DEPTH_LIMIT = 8, INLINE_DEPTH_LIMIT = 16 };

struct reading {
	struct arena *arena;
	const struct text *holes;
	size_t hole_count, filled;
	struct guichet_error *error;
};

/* Where runs are appended. */
struct runs {
	struct letter_run *first, **next;
};

DEFINE_CLEANUP(cmark_parser, cmark_parser_free)
DEFINE_CLEANUP(cmark_node, cmark_node_free)

static enum guichet_status
no_memory(struct guichet_error *error)
{
	return guichet_fail(error, GUICHET_BROKEN, "La lettre demande trop de mémoire.");
}

/* A refusal that names the line of the template where `node` stands. */
static enum guichet_status
refuse(const struct reading *reading, cmark_node *node, const char *what)
{
	int line = 0;
	for (; node && line == 0; node = cmark_node_parent(node))
		line = cmark_node_get_start_line(node);
	return guichet_fail(reading->error, GUICHET_REFUSED, "Modèle de lettre, ligne %d : %s", line, what);
}

/* Characters that would not show, or that make text show in another order than it is read. */
static bool
is_hidden(uint32_t c)
{
	return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E)
		|| (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFC)
		|| (c & 0xFFFE) == 0xFFFE
		|| c >= 0xE0000;
}

/* Private-use characters are our own marks in templates, so data may not bring any. */
static bool
is_private(uint32_t c)
{
	return c >= 0xE000 && c <= 0xF8FF;
}

/* Data as it is printed: hidden characters left out, line ends made '\n' (a space when only one
 * line is wanted), the blanks around it removed. */
static enum guichet_status
clean(struct arena *arena, struct text data, bool several_lines, struct text *ret_clean,
	struct guichet_error *error)
{
	if (!text_is_utf8(data))
		return guichet_fail(error, GUICHET_REFUSED, "Un texte de la lettre n’est pas en UTF-8.");
	/* Nothing grows: U+FFFD has the three bytes of the private characters it replaces. */
	char *const at = arena_alloc(arena, data.length + 1);
	if (!at)
		return no_memory(error);
	size_t length = 0;
	for (size_t from = 0, next = 0; from < data.length; from = next) {
		const uint32_t c = text_next(data, &next);
		if (c == '\r' && next < data.length && data.at[next] == '\n')
			continue;
		const bool line_end = c == '\n' || c == '\r' || c == 0x0B || c == 0x0C || c == 0x85 || c == 0x2028
			|| c == 0x2029;
		if (line_end || c == '\t')
			at[length++] = line_end && several_lines ? '\n' : ' ';
		else if (is_private(c))
			memcpy(at + length, "\xEF\xBF\xBD", 3), length += 3;
		else if (!is_hidden(c))
			memcpy(at + length, data.at + from, next - from), length += next - from;
	}
	*ret_clean = text_trim((struct text){ at, length });
	return GUICHET_OK;
}

static enum guichet_status
add_run(struct reading *reading, struct runs *runs, struct text text, unsigned style, struct text link)
{
	if (text.length == 0)
		return GUICHET_OK;
	reading->filled += text.length;
	if (reading->filled > DOCUMENT_FILLED_LIMIT)
		return guichet_fail(reading->error, GUICHET_REFUSED,
			"La lettre est trop longue : %d Ko au plus, valeurs comprises.", DOCUMENT_FILLED_LIMIT >> 10);
	struct letter_run *const run = arena_new_of(reading->arena, struct letter_run);
	if (!run)
		return no_memory(reading->error);
	*run = (struct letter_run){ .text = text, .style = style, .link = link };
	*runs->next = run;
	runs->next = &run->next;
	return GUICHET_OK;
}

static bool
has_mark(struct text text)
{
	return text_find(text, TEXT(HOLE_OPEN)) != SIZE_MAX || text_find(text, TEXT(HOLE_CLOSE)) != SIZE_MAX;
}

/* A text node: what is written, and the value of each hole in it. */
static enum guichet_status
fill_text(struct reading *reading, cmark_node *node, struct runs *runs, unsigned style, struct text link)
{
	/* cmark frees its literals with the tree: the letter keeps a copy. */
	struct text rest = arena_text(reading->arena, text_of_string(cmark_node_get_literal(node)));
	if (!rest.at)
		return no_memory(reading->error);
	enum guichet_status status = GUICHET_OK;
	for (size_t open; status == GUICHET_OK && (open = text_find(rest, TEXT(HOLE_OPEN))) != SIZE_MAX;) {
		const struct text before = text_part(rest, 0, open);
		rest = text_part(rest, open + strlen(HOLE_OPEN), SIZE_MAX);
		const size_t close = text_find(rest, TEXT(HOLE_CLOSE));
		int64_t index;
		if (has_mark(before) || close == SIZE_MAX
			|| !text_to_integer(text_part(rest, 0, close), 0, (int64_t)reading->hole_count - 1, &index))
			return refuse(reading, node, "un emplacement ne renvoie à aucune valeur.");
		rest = text_part(rest, close + strlen(HOLE_CLOSE), SIZE_MAX);
		status = add_run(reading, runs, before, style, link);
		if (status == GUICHET_OK)
			status = add_run(reading, runs, reading->holes[index], style, link);
	}
	if (status != GUICHET_OK)
		return status;
	if (has_mark(rest))
		return refuse(reading, node, "un emplacement est mal fermé.");
	return add_run(reading, runs, rest, style, link);
}

static enum guichet_status
read_link(const struct reading *reading, cmark_node *node, struct text *ret_link)
{
	const struct text address = text_of_string(cmark_node_get_url(node));
	if (has_mark(address))
		return refuse(reading, node, "l’adresse d’un lien ne peut pas dépendre d’une valeur.");
	if (!text_starts(address, TEXT("https://")) && !text_starts(address, TEXT("http://"))
		&& !text_starts(address, TEXT("mailto:")))
		return refuse(reading, node, "un lien commence par https:// ou mailto:.");
	*ret_link = arena_text(reading->arena, address);
	return ret_link->at ? GUICHET_OK : no_memory(reading->error);
}

static enum guichet_status
read_inlines(struct reading *reading, cmark_node *parent, struct runs *runs, unsigned style, struct text link,
	int depth)
{
	if (depth > INLINE_DEPTH_LIMIT)
		return refuse(reading, parent, "trop de mises en valeur imbriquées.");
	enum guichet_status status = GUICHET_OK;
	for (cmark_node *node = cmark_node_first_child(parent); node && status == GUICHET_OK;
		node = cmark_node_next(node)) {
		struct text inner = link;
		switch (cmark_node_get_type(node)) {
		case CMARK_NODE_TEXT:
			status = fill_text(reading, node, runs, style, link);
			break;
		case CMARK_NODE_SOFTBREAK:
			status = add_run(reading, runs, TEXT(" "), style, link);
			break;
		case CMARK_NODE_LINEBREAK:
			status = add_run(reading, runs, TEXT("\n"), style, link);
			break;
		case CMARK_NODE_EMPH:
			status = read_inlines(reading, node, runs, style | LETTER_EMPHASIS, link, depth + 1);
			break;
		case CMARK_NODE_STRONG:
			status = read_inlines(reading, node, runs, style | LETTER_STRONG, link, depth + 1);
			break;
		case CMARK_NODE_CODE:
			status = fill_text(reading, node, runs, style | LETTER_FIXED, link);
			break;
		case CMARK_NODE_LINK:
			status = read_link(reading, node, &inner);
			if (status == GUICHET_OK)
				status = read_inlines(reading, node, runs, style, inner, depth + 1);
			break;
		default:
			if (cmark_node_get_type(node) == CMARK_NODE_IMAGE)
				return refuse(reading, node, "une lettre ne contient pas d’image.");
			return refuse(reading, node, "une balise HTML n’est pas admise : employez la syntaxe Markdown.");
		}
	}
	return status;
}

static bool
is_blank(const struct letter_run *run)
{
	for (; run; run = run->next)
		if (text_trim(run->text).length > 0)
			return false;
	return true;
}

static enum guichet_status read_blocks(struct reading *reading, cmark_node *parent, int depth,
	struct letter_block **ret_first);

static enum guichet_status
read_runs(struct reading *reading, cmark_node *node, struct letter_block *block)
{
	struct runs runs = { NULL, NULL };
	runs.next = &runs.first;
	const size_t filled = reading->filled;
	const enum guichet_status status = read_inlines(reading, node, &runs, 0, TEXT(""), 0);
	/* Setting a paragraph takes more than twice the time for twice its length. */
	if (status == GUICHET_OK && reading->filled - filled > DOCUMENT_PARAGRAPH_LIMIT)
		return refuse(reading, node, "ce paragraphe, une fois rempli, dépasse 16 Ko : coupez-le.");
	block->runs = runs.first;
	return status;
}

static bool
is_blank_row(const struct letter_block *row)
{
	for (const struct letter_block *cell = row->children; cell; cell = cell->next)
		if (!is_blank(cell->runs))
			return false;
	return true;
}

/* Markdown wants a first row in each table. Left empty, the table has no heading of columns: the
 * first cell of each row names what follows it. */
static enum guichet_status
read_table(struct reading *reading, cmark_node *node, struct letter_block *table)
{
	const uint8_t *const alignments = cmark_gfm_extensions_get_table_alignments(node);
	table->columns = cmark_gfm_extensions_get_table_columns(node);
	if (table->columns < 1 || table->columns > 12)
		return refuse(reading, node, "un tableau a de 1 à 12 colonnes.");
	struct letter_block **next_row = &table->children;
	bool names_rows = false;
	for (cmark_node *row_node = cmark_node_first_child(node); row_node;
		row_node = cmark_node_next(row_node)) {
		struct letter_block *const row = arena_new_of(reading->arena, struct letter_block);
		if (!row)
			return no_memory(reading->error);
		row->kind = LETTER_ROW;
		row->header = cmark_gfm_extensions_get_table_row_is_header(row_node);
		names_rows |= !row->header && !table->children && table->columns > 1;
		struct letter_block **next_cell = &row->children;
		cmark_node *cell_node = cmark_node_first_child(row_node);
		for (int column = 0; column < table->columns; column++) {
			struct letter_block *const cell = arena_new_of(reading->arena, struct letter_block);
			if (!cell)
				return no_memory(reading->error);
			cell->kind = LETTER_CELL;
			cell->header = row->header || (names_rows && column == 0);
			cell->align = alignments[column] == 'c' ? LETTER_CENTRE
				: alignments[column] == 'r' ? LETTER_RIGHT : LETTER_LEFT;
			if (cell_node) {
				const enum guichet_status status = read_runs(reading, cell_node, cell);
				if (status != GUICHET_OK)
					return status;
				cell_node = cmark_node_next(cell_node);
			}
			*next_cell = cell;
			next_cell = &cell->next;
		}
		if (row->header && is_blank_row(row))
			continue;
		*next_row = row;
		next_row = &row->next;
	}
	return GUICHET_OK;
}

/* Fills *block from a block node; *ret_shown is false when its values left it empty. */
static enum guichet_status
read_block(struct reading *reading, cmark_node *node, int depth, struct letter_block *block, bool *ret_shown)
{
	enum guichet_status status;
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		block->kind = LETTER_HEADING;
		block->level = cmark_node_get_heading_level(node);
		if (block->level > 3)
			return refuse(reading, node, "une lettre a trois niveaux de titres au plus.");
		status = read_runs(reading, node, block);
		*ret_shown = !is_blank(block->runs);
		return status;
	case CMARK_NODE_PARAGRAPH:
		block->kind = LETTER_PARAGRAPH;
		status = read_runs(reading, node, block);
		*ret_shown = !is_blank(block->runs);
		return status;
	case CMARK_NODE_LIST:
		block->kind = LETTER_LIST;
		block->ordered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST;
		block->tight = cmark_node_get_list_tight(node);
		status = read_blocks(reading, node, depth + 1, &block->children);
		int number = block->ordered ? cmark_node_get_list_start(node) : 0;
		for (struct letter_block *item = block->children; item; item = item->next)
			item->number = number++;
		*ret_shown = block->children;
		return status;
	case CMARK_NODE_ITEM:
	case CMARK_NODE_BLOCK_QUOTE:
		block->kind = cmark_node_get_type(node) == CMARK_NODE_ITEM ? LETTER_ITEM : LETTER_QUOTE;
		status = read_blocks(reading, node, depth + 1, &block->children);
		*ret_shown = block->children;
		return status;
	case CMARK_NODE_THEMATIC_BREAK:
		block->kind = LETTER_RULE;
		*ret_shown = true;
		return GUICHET_OK;
	case CMARK_NODE_CODE_BLOCK:
		return refuse(reading, node,
			"ce paragraphe est décalé de quatre espaces ou entre ``` : ramenez-le contre la marge.");
	case CMARK_NODE_HTML_BLOCK:
		return refuse(reading, node, "une balise HTML n’est pas admise : employez la syntaxe Markdown.");
	default:
		if (strcmp(cmark_node_get_type_string(node), "table") != 0)
			return refuse(reading, node, "cette mise en forme n’est pas admise dans une lettre.");
		block->kind = LETTER_TABLE;
		status = read_table(reading, node, block);
		*ret_shown = block->children;
		return status;
	}
}

static enum guichet_status
read_blocks(struct reading *reading, cmark_node *parent, int depth, struct letter_block **ret_first)
{
	if (depth > BLOCK_DEPTH_LIMIT)
		return refuse(reading, parent, "trop de listes ou de citations imbriquées.");
	struct letter_block *first = NULL, **next = &first;
	for (cmark_node *node = cmark_node_first_child(parent); node; node = cmark_node_next(node)) {
		struct letter_block *const block = arena_new_of(reading->arena, struct letter_block);
		if (!block)
			return no_memory(reading->error);
		bool shown = false;
		const enum guichet_status status = read_block(reading, node, depth, block, &shown);
		if (status != GUICHET_OK)
			return status;
		if (!shown)
			continue;
		*next = block;
		next = &block->next;
	}
	*ret_first = first;
	return GUICHET_OK;
}

static enum guichet_status
read_markdown(struct reading *reading, struct text markdown, struct letter_block **ret_blocks)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, cmark_gfm_core_extensions_ensure_registered);

	CLEANUP(cmark_parser_free) cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
	cmark_syntax_extension *const tables = cmark_find_syntax_extension("table");
	if (!parser || !tables || !cmark_parser_attach_syntax_extension(parser, tables))
		return guichet_fail(reading->error, GUICHET_BROKEN,
			"La bibliothèque cmark-gfm ne connaît pas les tableaux.");
	cmark_parser_feed(parser, markdown.at, markdown.length);
	CLEANUP(cmark_node_free) cmark_node *root = cmark_parser_finish(parser);
	if (!root)
		return no_memory(reading->error);
	return read_blocks(reading, root, 0, ret_blocks);
}

static struct letter_block *
add_block(struct arena *arena, struct letter_block ***next, enum letter_kind kind)
{
	struct letter_block *const block = arena_new_of(arena, struct letter_block);
	if (!block)
		return NULL;
	block->kind = kind;
	**next = block;
	*next = &block->next;
	return block;
}

/* A row of the table whose last row is at *next: a name, and what it names, in `style`. */
static enum guichet_status
add_row(struct reading *reading, struct letter_block ***next, struct text name, struct text value,
	unsigned style)
{
	struct letter_block *const row = add_block(reading->arena, next, LETTER_ROW);
	struct letter_block **next_cell = row ? &row->children : NULL;
	struct letter_block *const first = row ? add_block(reading->arena, &next_cell, LETTER_CELL) : NULL;
	struct letter_block *const second = first ? add_block(reading->arena, &next_cell, LETTER_CELL) : NULL;
	if (!second || !value.at)
		return no_memory(reading->error);
	first->header = true;
	struct runs runs = { .next = &first->runs };
	const enum guichet_status status = add_run(reading, &runs, name, 0, TEXT(""));
	runs.next = &second->runs;
	return status == GUICHET_OK ? add_run(reading, &runs, value, style, TEXT("")) : status;
}

/* The table of what was presented. */
static enum guichet_status
add_presented(struct reading *reading, const struct document_request *request, const struct letter *letter,
	struct letter_block ***next)
{
	struct letter_block *const table = add_block(reading->arena, next, LETTER_TABLE);
	if (!table)
		return no_memory(reading->error);
	table->columns = 2;
	struct letter_block **row = &table->children;
	enum guichet_status status = add_row(reading, &row, TEXT("Document"), letter->title, 0);
	if (status == GUICHET_OK && letter->reference.length)
		status = add_row(reading, &row, TEXT("Référence"), letter->reference, 0);
	if (status == GUICHET_OK && request->has_original)
		status = add_row(reading, &row, TEXT("Empreinte du fichier présenté"),
			digest_hex(reading->arena, &request->original), LETTER_FIXED);
	return status;
}

/* The table of one signature. */
static enum guichet_status
add_signature(struct reading *reading, const struct document_signature *signature,
	struct letter_block ***next)
{
	struct arena *const arena = reading->arena;
	struct text who, quality;
	enum guichet_status status = clean(arena, signature->who, false, &who, reading->error);
	if (status == GUICHET_OK)
		status = clean(arena, signature->quality, false, &quality, reading->error);
	if (status != GUICHET_OK)
		return status;
	if (who.length == 0)
		return guichet_fail(reading->error, GUICHET_REFUSED, "Une signature ne porte pas de nom.");

	struct letter_block *const table = add_block(arena, next, LETTER_TABLE);
	const struct text when = instant_french(arena, signature->when);
	if (!table || !when.at)
		return no_memory(reading->error);
	table->columns = 2;
	struct letter_block **row = &table->children;
	status = add_row(reading, &row, TEXT("Signataire"), arena_format(arena,
		TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(who),
		quality.length ? ", " : "", TEXT_ARGS(quality)), LETTER_STRONG);
	if (status == GUICHET_OK)
		status = add_row(reading, &row, TEXT("A signé le"), arena_format(arena,
			TEXT_FORMAT " (heure de Paris)",
			TEXT_ARGS(when)), 0);
	if (status == GUICHET_OK)
		status = add_row(reading, &row, TEXT("Empreinte du texte lu"), digest_hex(arena, &signature->text),
			LETTER_FIXED);
	return status;
}

/* The added page: what was signed, then who, in which quality, when, over which text. */
static enum guichet_status
make_signatures(struct reading *reading, const struct document_request *request, struct letter *letter)
{
	struct letter_block **next = &letter->signatures;
	struct letter_block *const heading = add_block(reading->arena, &next, LETTER_HEADING);
	struct letter_block *const words = heading ? add_block(reading->arena, &next, LETTER_PARAGRAPH) : NULL;
	if (!words)
		return no_memory(reading->error);
	heading->level = 1;
	struct runs runs = { .next = &heading->runs };
	enum guichet_status status = add_run(reading, &runs,
		request->signature_count > 1 ? TEXT("Signatures") : TEXT("Signature"), 0, TEXT(""));
	runs.next = &words->runs;
	if (status == GUICHET_OK)
		status = add_run(reading, &runs, TEXT("Ce document a été présenté sous forme électronique, puis "
			"signé par chaque personne nommée plus bas après qu’elle s’est authentifiée. Les empreintes (SHA-256) "
			"permettent de vérifier que rien n’a changé depuis."), 0, TEXT(""));
	if (status == GUICHET_OK)
		status = add_presented(reading, request, letter, &next);
	for (size_t i = 0; i < request->signature_count && status == GUICHET_OK; i++)
		status = add_signature(reading, &request->signatures[i], &next);
	return status;
}

/* A language tag as BCP 47 writes the common ones: letters and hyphens. */
static bool
is_language(struct text language)
{
	for (size_t i = 0; i < language.length; i++)
		if (!((language.at[i] | 0x20) >= 'a' && (language.at[i] | 0x20) <= 'z') && language.at[i] != '-')
			return false;
	return language.length >= 2 && language.length <= 12;
}

static enum guichet_status
check_ceilings(const struct document_request *request, struct guichet_error *error)
{
	if (request->markdown.length > DOCUMENT_MARKDOWN_LIMIT)
		return guichet_fail(error, GUICHET_REFUSED, "Le modèle de lettre dépasse %d Ko.",
			DOCUMENT_MARKDOWN_LIMIT >> 10);
	if (request->hole_count > DOCUMENT_HOLES_LIMIT)
		return guichet_fail(error, GUICHET_REFUSED, "La lettre a plus de %d emplacements.",
			DOCUMENT_HOLES_LIMIT);
	if (request->signature_count > DOCUMENT_SIGNATURES_LIMIT)
		return guichet_fail(error, GUICHET_REFUSED, "La lettre a plus de %d signatures.",
			DOCUMENT_SIGNATURES_LIMIT);
	size_t total = 0;
	for (size_t i = 0; i < request->hole_count; i++)
		if (request->holes[i].length > DOCUMENT_FILLED_LIMIT
			|| (total += request->holes[i].length) > DOCUMENT_FILLED_LIMIT)
			return guichet_fail(error, GUICHET_REFUSED, "Les valeurs de la lettre dépassent %d Ko.",
				DOCUMENT_FILLED_LIMIT >> 10);
	if (!text_is_utf8(request->markdown) || memchr(request->markdown.at ? request->markdown.at : "", '\0',
		request->markdown.length))
		return guichet_fail(error, GUICHET_REFUSED, "Le modèle de lettre n’est pas un texte en UTF-8.");
	return GUICHET_OK;
}

enum guichet_status
letter_read(struct arena *arena, const struct document_request *request, struct letter *ret_letter,
	struct guichet_error *error)
{
	enum guichet_status status = check_ceilings(request, error);
	if (status != GUICHET_OK)
		return status;

	struct letter letter = { .at = request->at };
	const struct {
		struct text from, *to;
		bool several_lines;
	} texts[] = {
		{ request->language, &letter.language, false },
		{ request->title, &letter.title, false },
		{ request->author, &letter.author, false },
		{ request->organisation, &letter.organisation, true },
		{ request->office, &letter.office, true },
		{ request->contact, &letter.contact, true },
		{ request->recipient, &letter.recipient, true },
		{ request->place_date, &letter.place_date, false },
		{ request->reference, &letter.reference, false },
		{ request->footer, &letter.footer, false },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (texts[i].from.length > DOCUMENT_LINE_LIMIT)
			return guichet_fail(error, GUICHET_REFUSED,
				"Un texte de l’en-tête ou du pied de la lettre dépasse %d "
				"octets.", DOCUMENT_LINE_LIMIT);
		status = clean(arena, texts[i].from, texts[i].several_lines, texts[i].to, error);
		if (status != GUICHET_OK)
			return status;
	}
	if (letter.title.length == 0)
		return guichet_fail(error, GUICHET_REFUSED, "La lettre n’a pas de titre.");
	if (letter.language.length == 0)
		letter.language = TEXT("fr");
	if (!is_language(letter.language))
		return guichet_fail(error, GUICHET_REFUSED, "La langue de la lettre se note « fr » ou « en ».");

	struct text *const holes = arena_array_of(arena, struct text, request->hole_count + 1);
	if (!holes)
		return no_memory(error);
	for (size_t i = 0; i < request->hole_count; i++) {
		status = clean(arena, request->holes[i], true, &holes[i], error);
		if (status != GUICHET_OK)
			return status;
	}
	struct reading reading = { arena, holes, request->hole_count, 0, error };
	status = read_markdown(&reading, request->markdown, &letter.blocks);
	if (status != GUICHET_OK)
		return status;
	if (!letter.blocks)
		return guichet_fail(error, GUICHET_REFUSED, "La lettre est vide.");
	if (request->signature_count > 0)
		status = make_signatures(&reading, request, &letter);
	if (status == GUICHET_OK)
		*ret_letter = letter;
	return status;
}
