/* Inside document/: a letter once read, its holes filled. The three outputs (PDF, HTML,
 * plain text) walk this tree, so that they say the same thing. */
#pragma once

#include "document/document.h"

enum letter_kind {
	LETTER_HEADING,   /* level, runs */
	LETTER_PARAGRAPH, /* runs */
	LETTER_LIST,      /* ordered, tight; children are items */
	LETTER_ITEM,      /* number; children */
	LETTER_QUOTE,     /* children */
	LETTER_RULE,
	LETTER_TABLE,     /* columns; children are rows */
	LETTER_ROW,       /* header; children are cells, as many as columns */
	LETTER_CELL,      /* align, header (of its column, or of its row when the row is none); runs */
};

enum letter_style { LETTER_EMPHASIS = 1 << 0, LETTER_STRONG = 1 << 1, LETTER_FIXED = 1 << 2 };
enum letter_align { LETTER_LEFT, LETTER_CENTRE, LETTER_RIGHT };

/* Text of one style, never empty; '\n' in it is a line break. */
struct letter_run {
	struct text text, link; /* link: the address, empty without one */
	unsigned style;
	struct letter_run *next;
};

struct letter_block {
	enum letter_kind kind;
	int level, number, columns;
	bool ordered, tight, header;
	enum letter_align align;
	struct letter_run *runs;
	struct letter_block *children, *next;
};

/* The short texts of the request, cleaned, and the blocks. */
struct letter {
	struct text language, title, author, organisation, office, contact, recipient, place_date,
		reference, footer;
	instant at;
	struct letter_block *blocks;
	struct letter_block *signatures; /* the added page, NULL without signature */
};

/* Reads and fills the letter; everything lives in `arena`. Paragraphs, headings and items that
 * their empty values leave empty are left out. REFUSED with a sentence that names the line. */
enum guichet_status letter_read(struct arena *arena, const struct document_request *request,
	struct letter *ret_letter, struct guichet_error *error);
