/* Letters and acts: Markdown with filled holes becomes a tagged PDF, an HTML fragment and
 * a hash, all three from the same reading, so that what is signed is what was shown. And
 * the inspection of the files people hand in, by their content.
 *
 * A hole stands in the Markdown as base/hole.h says: U+E000 "12" U+E001. The Markdown is
 * parsed first; values fill text nodes after, so data never becomes markup. A line end inside
 * a value is a line break of the same paragraph.
 *
 * The Markdown of a letter: headings of level 1 to 3, paragraphs, emphasis and strong, lists,
 * tables, quotes, thematic breaks, hard breaks, links (their text, then their address
 * between parentheses). HTML, images and code blocks are refused, so are holes elsewhere
 * than in text. */
#pragma once

#include "base/arena.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/hole.h"

enum {
	DOCUMENT_MARKDOWN_LIMIT = 256 << 10, /* bytes of a template */
	DOCUMENT_FILLED_LIMIT = 1 << 20,     /* bytes of template and values together */
	DOCUMENT_PARAGRAPH_LIMIT = 16 << 10, /* bytes of a filled paragraph, heading or cell */
	DOCUMENT_LINE_LIMIT = 2000,          /* bytes of each short text (title, footer…) */
	DOCUMENT_HOLES_LIMIT = 1000,
	DOCUMENT_SIGNATURES_LIMIT = 20,
	DOCUMENT_PAGES_LIMIT = 200,
	DOCUMENT_FILE_LIMIT = 10 << 20,      /* bytes of a PDF we make, of a file we inspect */
	DOCUMENT_ARENA_LIMIT = 24 << 20,     /* enough for one rendering or one inspection */
};

/* Who signed the text as presented, in the order of their signing. */
struct document_signature {
	struct text who;     /* "Claire MARTIN" */
	struct text quality; /* "Proviseure" */
	instant when;
	struct digest text;  /* document_text_hash() of what was shown */
};

/* One letter. Texts are UTF-8; those of several lines carry '\n'; any may be empty but
 * markdown and title. Everything is borrowed for the time of the call. */
struct document_request {
	struct text markdown;
	const struct text *holes; /* the value of hole 0, 1, … */
	size_t hole_count;
	struct text language; /* "fr" when empty */
	struct text title;    /* the PDF's title; not printed */
	struct text author;   /* the organisation */

	/* The letterhead, on the first page. */
	struct text organisation; /* "Académie de Valmont" */
	struct text office;       /* lines, under the organisation */
	struct text contact;      /* lines, smaller */
	struct text recipient;    /* lines, at the right */
	struct text place_date;   /* "Valmont, le 3 juillet 2023" */
	struct text reference;    /* "2023-TT-00042-7", printed after "Réf." and in each footer */
	struct text footer;       /* one line at the foot of each page */
	instant at;               /* the dates inside the PDF come from here */

	/* The signed copy: with one signature or more, a page is added that names them. */
	const struct document_signature *signatures;
	size_t signature_count;
	struct digest original; /* SHA-256 of the PDF as presented, cited on that page */
	bool has_original;
};

/* SHA-256 of the text as presented: title, letterhead, reference and filled text, block by
 * block. Signatures, dates of the file and typography do not count. REFUSED when the
 * letter cannot be read. */
enum guichet_status document_text_hash(const struct document_request *request,
	struct digest *ret_digest, struct guichet_error *error);

/* The same letter for the screen: a fragment of <h2>…<h4>, <p>, <ul>, <table>… whose every
 * text is escaped. On failure nothing is added to `html`. */
enum guichet_status document_to_html(struct buffer *html, const struct document_request *request,
	struct guichet_error *error);

/* The filled text alone, blocks separated by an empty line, for mails and tests. */
enum guichet_status document_to_text(struct buffer *plain, const struct document_request *request,
	struct guichet_error *error);

/* Would document_to_html() read this template with `hole_count` values? For the check of a
 * procedure: the message says what a letter may not contain and on which line. */
enum guichet_status document_check(struct text markdown, size_t hole_count, struct guichet_error *error);

/* Fonts and file signatures, loaded once (about 300 ms); afterwards rendering and inspecting
 * open no file. For one thread at a time. In the server it lives in the typeset process
 * only: others go through document/typesetter.h. */
struct document_press;
struct document_press *document_press_new(struct guichet_error *error);
void document_press_free(struct document_press *press);
DEFINE_CLEANUP(struct document_press, document_press_free)

/* The letter as a tagged PDF, A4, in `arena`. Same request, same bytes. REFUSED when the
 * letter cannot be read or passes a ceiling. */
enum guichet_status document_render(struct document_press *press, struct arena *arena,
	const struct document_request *request, struct text *ret_pdf, struct guichet_error *error);

enum document_kind { DOCUMENT_UNKNOWN, DOCUMENT_PDF, DOCUMENT_JPEG, DOCUMENT_PNG };

/* What an uploaded file is, by its content. */
struct document_facts {
	enum document_kind kind;
	int pages;         /* of a PDF; 1 otherwise */
	int width, height; /* of an image, in pixels; of a PDF's first page, in points */
	struct digest digest; /* SHA-256 of the bytes */
};

/* Judges an uploaded file. REFUSED with a sentence for the one who sent it: empty, too
 * large, neither PDF nor JPEG nor PNG, damaged, protected by a password, or carrying
 * scripts, launched programs or other files. `name` serves in messages only. */
enum guichet_status document_inspect(struct document_press *press, struct text bytes,
	struct text name, struct document_facts *ret_facts, struct guichet_error *error);

/* "application/pdf", "image/jpeg", "image/png"; "application/octet-stream" for UNKNOWN. */
struct text document_kind_type(enum document_kind kind);

/* A file name fit to be shown and offered for download: no folder, no control or direction
 * character, 100 characters at most with its extension kept; "document" when nothing is left. */
struct text document_name(struct arena *arena, struct text name);
