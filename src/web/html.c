/* See html.h. */
#include "web/html.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

enum { LONGEST_FORMAT = 4096 };

/* What a character becomes; NULL: itself. The same five in text and in attributes. */
static const struct text escapes[256] = {
	['&'] = { "&amp;", 5 },
	['<'] = { "&lt;", 4 },
	['>'] = { "&gt;", 4 },
	['"'] = { "&quot;", 6 },
	['\''] = { "&#39;", 5 },
};

void
html_text(struct html *html, struct text text)
{
	size_t start = 0;
	for (size_t i = 0; i < text.length; i++) {
		const struct text *escape = &escapes[(unsigned char)text.at[i]];
		if (!escape->at)
			continue;
		buffer_add(html->out, (struct text){ text.at + start, i - start });
		buffer_add(html->out, *escape);
		start = i + 1;
	}
	if (start < text.length)
		buffer_add(html->out, (struct text){ text.at + start, text.length - start });
}

void
html_format(struct html *html, const char *format, ...)
{
	char bytes[LONGEST_FORMAT];
	va_list arguments;
	va_start(arguments, format);
	const int written = vsnprintf(bytes, sizeof bytes, format, arguments);
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
	buffer_format(html->out, "%lld", (long long)value);
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
	for (size_t i = 0; i < address.length; i++)
		if ((unsigned char)address.at[i] <= ' ' || address.at[i] == '\\')
			return TEXT("#"); /* browsers skip or turn these, and read another address */
	if (text_starts(address, TEXT("/")))
		return text_starts(address, TEXT("//")) ? TEXT("#") : address;
	if (text_starts(address, TEXT("#")) || text_starts(address, TEXT("?")))
		return address;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		if (text_starts(address, schemes[i]))
			return address;
	return TEXT("#");
}

static bool
is_address(const char *name)
{
	static const char *const names[] = { "href", "src", "action", "formaction" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

struct html_scope
html_open_scope(struct html *html, const char *tag, const struct html_attribute *attributes)
{
	buffer_add(html->out, TEXT("<"));
	buffer_add(html->out, text_of_string(tag));
	for (; attributes->name; attributes++) {
		if (!attributes->value.at)
			continue;
		buffer_add(html->out, TEXT(" "));
		buffer_add(html->out, text_of_string(attributes->name));
		buffer_add(html->out, TEXT("=\""));
		html_text(html, is_address(attributes->name) ? html_address(attributes->value) : attributes->value);
		buffer_add(html->out, TEXT("\""));
	}
	buffer_add(html->out, TEXT(">"));
	return (struct html_scope){ html, tag };
}

void
html_close_scope(const struct html_scope *scope)
{
	buffer_add(scope->html->out, TEXT("</"));
	buffer_add(scope->html->out, text_of_string(scope->tag));
	buffer_add(scope->html->out, TEXT(">"));
}

void
html_line(struct html *html, const char *tag, struct text text, const struct html_attribute *attributes)
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
