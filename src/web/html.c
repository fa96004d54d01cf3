/* See html.h. */
#include "web/html.h"

#include <stdarg.h>

#include "base/format.h"

#include "base/banned.h"

enum { LONGEST_FORMAT = 4096 };

/* What a character becomes, in text and in attributes alike; 0: itself. */
static const uint8_t escape_of[256] = { ['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5 };
static const struct text escapes[] = {
	{ 0 }, { "&amp;", 5 }, { "&lt;", 4 }, { "&gt;", 4 }, { "&quot;", 6 }, { "&#39;", 5 },
};

/* A page is thousands of small pieces: where the buffer has room, they are written without a call each. */
static inline bool
has_room(const struct buffer *out, size_t more)
{
	return !out->failed && more <= out->capacity - out->length && more <= out->limit - out->length;
}

enum { LONGEST_ESCAPE = 6, WORD = sizeof(uint64_t) };

/* Copies a short piece, as names of elements are, by overlapping words. */
static inline char *
write_piece(char *to, const char *from, size_t length)
{
	if (length > 2 * WORD) {
		memcpy(to, from, length);
	} else if (length >= WORD) {
		memcpy(to, from, WORD);
		memcpy(to + length - WORD, from + length - WORD, WORD);
	} else if (length >= 4) {
		memcpy(to, from, 4);
		memcpy(to + length - 4, from + length - 4, 4);
	} else {
		for (size_t i = 0; i < length; i++)
			to[i] = from[i];
	}
	return to + length;
}

/* Whether one of the eight bytes of `word` is `byte`. */
static inline uint64_t
word_has(uint64_t word, uint8_t byte)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), zero_where_equal = word ^ (ones * byte);
	return (zero_where_equal - ones) & ~zero_where_equal & (ones << 7);
}

static inline char *
write_escaped_byte(char *to, char byte)
{
	const uint8_t escape = escape_of[(unsigned char)byte];
	if (escape)
		return write_piece(to, escapes[escape].at, escapes[escape].length);
	*to = byte;
	return to + 1;
}

/* Needs room for LONGEST_ESCAPE bytes each, and a WORD. */
static char *
write_escaped(char *to, struct text text)
{
	size_t i = 0;
	for (; text.length - i >= WORD; i += WORD) {
		uint64_t word;
		memcpy(&word, text.at + i, WORD);
		if (!(word_has(word, '&') | word_has(word, '<') | word_has(word, '>') | word_has(word, '"')
			| word_has(word, '\''))) {
			memcpy(to, &word, WORD);
			to += WORD;
			continue;
		}
		for (size_t byte = 0; byte < WORD; byte++)
			to = write_escaped_byte(to, text.at[i + byte]);
	}
	for (; i < text.length; i++)
		to = write_escaped_byte(to, text.at[i]);
	return to;
}

/* The same when the buffer has to grow. */
static void
add_escaped(struct buffer *out, struct text text)
{
	size_t start = 0;
	for (size_t i = 0; i < text.length; i++) {
		const uint8_t escape = escape_of[(unsigned char)text.at[i]];
		if (escape == 0)
			continue;
		buffer_add(out, (struct text){ text.at + start, i - start });
		buffer_add(out, escapes[escape]);
		start = i + 1;
	}
	if (start < text.length)
		buffer_add(out, (struct text){ text.at + start, text.length - start });
}

void
html_text(struct html *html, struct text text)
{
	struct buffer *out = html->out;
	size_t needed;
	if (__builtin_mul_overflow(text.length, (size_t)LONGEST_ESCAPE, &needed) || !has_room(out, needed + WORD))
		add_escaped(out, text);
	else
		out->length = (size_t)(write_escaped(out->at + out->length, text) - out->at);
}

void
html_format(struct html *html, const char *format, ...)
{
	char bytes[LONGEST_FORMAT];
	va_list arguments;
	va_start(arguments, format);
	const int written = format_write(bytes, sizeof bytes, format, arguments);
	va_end(arguments);
	if (written < 0) {
		html->out->failed = true;
		return;
	}
	size_t length = (size_t)written;
	if (length >= sizeof bytes) {
		length = sizeof bytes - 1;
		while (length > 0 && ((unsigned char)bytes[length] & 0xc0) == 0x80)
			length--; /* not in the middle of a character */
	}
	html_text(html, (struct text){ bytes, length });
}

void
html_integer(struct html *html, int64_t value)
{
	char digits[20];
	size_t start = sizeof digits;
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do
		digits[--start] = (char)('0' + left % 10);
	while (left /= 10);
	if (value < 0)
		digits[--start] = '-';
	buffer_add(html->out, (struct text){ digits + start, sizeof digits - start });
}

void
html_paragraphs(struct html *html, struct text text)
{
	bool open = false;
	struct text rest = text_trim(text);
	while (rest.at && rest.length) {
		const struct text line = text_trim(text_split(&rest, '\n'));
		if (line.length == 0) {
			if (open)
				html_markup(html, "</p>");
			open = false;
			continue;
		}
		if (open)
			html_markup(html, "<br>");
		else
			html_markup(html, "<p>");
		open = true;
		html_text(html, line);
	}
	if (open)
		html_markup(html, "</p>");
}

struct text
html_address(struct text address)
{
	static const struct text schemes[] = {
		{ "https:", 6 }, { "http:", 5 }, { "mailto:", 7 }, { "tel:", 4 },
	};
	unsigned hostile = 0; /* browsers skip or turn these, and read another address */
	for (size_t i = 0; i < address.length; i++)
		hostile |= (unsigned)((unsigned char)address.at[i] <= ' ') | (unsigned)(address.at[i] == '\\');
	if (hostile || address.length == 0)
		return TEXT("#");
	if (address.at[0] == '/')
		return address.length > 1 && address.at[1] == '/' ? TEXT("#") : address;
	if (address.at[0] == '#' || address.at[0] == '?')
		return address;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (text_starts(address, schemes[i]))
			return address;
	return TEXT("#");
}

static bool
is_address(struct text name)
{
	switch (name.length) {
	case 3:
		return memcmp(name.at, "src", 3) == 0;
	case 4:
		return memcmp(name.at, "href", 4) == 0;
	case 6:
		return memcmp(name.at, "action", 6) == 0;
	case 10:
		return memcmp(name.at, "formaction", 10) == 0;
	default:
		return false;
	}
}

/* The element when the buffer has to grow. */
static void
add_opening(struct html *html, struct text tag, const struct html_attribute *attributes)
{
	struct buffer *out = html->out;
	buffer_add(out, TEXT("<"));
	buffer_add(out, tag);
	for (; attributes->name; attributes++) {
		const struct text name = text_of_string(attributes->name), value = attributes->value;
		if (!value.at)
			continue;
		buffer_add(out, TEXT(" "));
		buffer_add(out, name);
		buffer_add(out, TEXT("=\""));
		add_escaped(out, is_address(name) ? html_address(value) : value);
		buffer_add(out, TEXT("\""));
	}
	buffer_add(out, TEXT(">"));
}

/* The same where there is room; false, and nothing written, when there is not. */
static bool
write_opening(struct buffer *out, struct text tag, const struct html_attribute *attributes)
{
	if (!has_room(out, tag.length + 2))
		return false;
	const size_t top = out->capacity < out->limit ? out->capacity : out->limit;
	const char *end = out->at + top;
	char *to = out->at + out->length;
	*to++ = '<';
	to = write_piece(to, tag.at, tag.length);
	for (; attributes->name; attributes++) {
		struct text value = attributes->value;
		if (!value.at)
			continue;
		const struct text name = text_of_string(attributes->name);
		if (is_address(name))
			value = html_address(value);
		if (value.length > top || (size_t)(end - to) < name.length + LONGEST_ESCAPE * value.length + WORD + 5)
			return false;
		*to++ = ' ';
		to = write_piece(to, name.at, name.length);
		*to++ = '=';
		*to++ = '"';
		to = write_escaped(to, value);
		*to++ = '"';
	}
	*to++ = '>';
	out->length = (size_t)(to - out->at);
	return true;
}

struct html_scope
html_open_scope(struct html *html, struct text tag, const struct html_attribute *attributes)
{
	if (!write_opening(html->out, tag, attributes))
		add_opening(html, tag, attributes);
	return (struct html_scope){ html, tag };
}

void
html_close_scope(const struct html_scope *scope)
{
	struct buffer *out = scope->html->out;
	if (!has_room(out, scope->tag.length + 3)) {
		buffer_add(out, TEXT("</"));
		buffer_add(out, scope->tag);
		buffer_add(out, TEXT(">"));
		return;
	}
	char *to = out->at + out->length;
	*to++ = '<';
	*to++ = '/';
	to = write_piece(to, scope->tag.at, scope->tag.length);
	*to++ = '>';
	out->length = (size_t)(to - out->at);
}

void
html_line(struct html *html, struct text tag, struct text text, const struct html_attribute *attributes)
{
	const struct html_scope scope = html_open_scope(html, tag, attributes);
	html_text(html, text);
	html_close_scope(&scope);
}

void
html_link(struct html *html, struct text address, struct text label)
{
	if (text_equal(html_address(address), address))
		HTML_LINE(html, "a", label, { "href", address });
	else
		html_text(html, label);
}
