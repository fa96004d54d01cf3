/* HTML that escapes by construction and closes itself.
 *
 *     HTML_IN(html, "ul", { "class", TEXT("dossiers") });
 *     {
 *         HTML_IN(html, "li");
 *         html_text(html, dossier.title);              data, always escaped
 *         html_say(html, "Rien à faire pour l’instant.");     our own words
 *         html_link(html, dossier.path, dossier.number);
 *     }
 *     HTML_VOID(html, "input", { "name", TEXT("jours") }, { "required", HTML_WHEN(needed) });
 *
 * Nothing here fails: the buffer remembers its first failure and the server asks it once, when the
 * page is sent. Texts are copied, so they need only live during the call. */
#pragma once

#include "base/buffer.h"
#include "base/language.h"

struct html {
	struct buffer *out;
	enum language language;
};

/* A value whose `at` is NULL leaves the attribute out; an empty one writes name="". The addresses of
 * href, src, action and formaction go through html_address(). */
struct html_attribute {
	const char *name; /* ours, never data */
	struct text value;
};

/* The value of a boolean attribute: { "checked", HTML_WHEN(chosen) }. */
#define HTML_WHEN(condition) ((condition) ? TEXT("") : (struct text){ 0 })

/* Data: always escaped, in text and in attribute alike. There is no variant that is not. */
void html_text(struct html *html, struct text text);

/* Data from a format, escaped after formatting. At most 4 KiB, cut at a character beyond. */
[[gnu::format(printf, 2, 3)]] void html_format(struct html *html, const char *format, ...);

/* A decimal number. */
void html_integer(struct html *html, int64_t value);

/* Data of several lines: escaped, each line end becomes <br>, an empty line a new <p>. */
void html_paragraphs(struct html *html, struct text text);

/* Markup we wrote ourselves: takes a string literal and does not compile with anything else. */
#define html_markup(html, literal) buffer_add((html)->out, TEXT(literal))

/* Our own sentence, a French string literal, in the reader's language; escaped. */
#define html_say(html, literal) html_text((html), text_of((html)->language, TEXT(literal)))

/* Opens an element that the end of the enclosing block closes, even on return. */
#define HTML_IN(html, tag, ...)                                                                   \
	[[maybe_unused]] __attribute__((cleanup(html_close_scope)))                               \
	const struct html_scope HTML_UNIQUE(__COUNTER__) = html_open_scope((html), TEXT(tag),           \
		(const struct html_attribute[]){ __VA_ARGS__ __VA_OPT__(,) { 0 } })

/* An element without content: input, br, hr, img, meta, link. */
#define HTML_VOID(html, tag, ...)                                                                 \
	((void)html_open_scope((html), TEXT(tag), (const struct html_attribute[]){ __VA_ARGS__ __VA_OPT__(,) { 0 } }))

/* An element that holds a text and nothing else: HTML_LINE(html, "h1", dossier.title, { "id", … }). */
#define HTML_LINE(html, tag, text, ...)                                                           \
	html_line((html), TEXT(tag), (text), (const struct html_attribute[]){ __VA_ARGS__ __VA_OPT__(,) { 0 } })

/* The same with our own sentence: HTML_SAY(html, "h1", "Mes dossiers"). */
#define HTML_SAY(html, tag, literal, ...)                                                         \
	HTML_LINE(html, tag, text_of((html)->language, TEXT(literal)) __VA_OPT__(,) __VA_ARGS__)

/* <a href="address">label</a>. An address that html_address() does not accept gives the label alone. */
void html_link(struct html *html, struct text address, struct text label);

/* `address` when it is one that a page may link to: a path of ours ("/…" but not "//…"), "#…", "?…",
 * http:, https:, mailto: or tel:; otherwise "#". */
struct text html_address(struct text address);

struct html_scope {
	struct html *html;
	struct text tag;
};
struct html_scope html_open_scope(struct html *html, struct text tag, const struct html_attribute *attributes);
void html_close_scope(const struct html_scope *scope);
void html_line(struct html *html, struct text tag, struct text text, const struct html_attribute *attributes);
#define HTML_UNIQUE(number)  HTML_UNIQUE_(number)
#define HTML_UNIQUE_(number) html_scope_##number
