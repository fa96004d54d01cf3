/* HTML: data cannot become markup, elements close themselves. */
#include "test.h"
#include "web/html.h"

#include "base/banned.h"

#define WITH_PAGE(name)                                                                 \
	CLEANUP(buffer_release) struct buffer name##_buffer = buffer_new(BUFFER_LIMIT_PAGE); \
	struct html name##_html = { &name##_buffer, LANGUAGE_FRENCH };                   \
	struct html *name = &name##_html

TEST(web_html_data_cannot_become_markup)
{
	WITH_PAGE(html);
	{
		HTML_IN(html, "ul");
		{
			HTML_IN(html, "li", { "title", TEXT("a \"quoted\" 'title'") });
			html_text(html, TEXT("<script> & co"));
		}
	}
	CHECK_TEXT(buffer_text(html->out), TEXT(
		"<ul><li title=\"a &quot;quoted&quot; &#39;title&#39;\">&lt;script&gt; &amp; co</li></ul>"));
}

static void
leaves_early(struct html *html)
{
	HTML_IN(html, "p");
	if (html->out->length)
		return;
	html_text(html, TEXT("jamais"));
}

TEST(web_html_elements_close_on_return)
{
	WITH_PAGE(html);
	leaves_early(html);
	CHECK_TEXT(buffer_text(html->out), TEXT("<p></p>"));
}

TEST(web_html_boolean_and_absent_attributes)
{
	WITH_PAGE(html);
	HTML_VOID(html, "input", { "checked", HTML_WHEN(true) }, { "disabled", HTML_WHEN(false) },
		{ "value", TEXT("é") });
	CHECK_TEXT(buffer_text(html->out), TEXT("<input checked=\"\" value=\"é\">"));
}

TEST(web_html_a_hostile_address_is_not_linked)
{
	static const struct { struct text address; bool linked; } cases[] = {
		{ TEXT("/dossiers/1?x=1#haut"), true },
		{ TEXT("https://exemple.example/"), true },
		{ TEXT("mailto:a@b.example"), true },
		{ TEXT("tel:+33100000000"), true },
		{ TEXT("#contenu"), true },
		{ TEXT("?page=2"), true },
		{ TEXT("javascript:alert(1)"), false },
		{ TEXT("JavaScript:alert(1)"), false },
		{ TEXT(" javascript:alert(1)"), false },
		{ TEXT("java\tscript:alert(1)"), false },
		{ TEXT("data:text/html,x"), false },
		{ TEXT("//ailleurs.example/"), false },
		{ TEXT("/\\ailleurs.example/"), false },
		{ TEXT("dossiers"), false },
		{ TEXT(""), false },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		WITH_PAGE(html);
		html_link(html, cases[i].address, TEXT("x"));
		test_case((buffer_text(html->out).length > 1) == cases[i].linked, __FILE__, __LINE__,
			"%.*s", TEXT_ARGS(cases[i].address));
	}
	WITH_PAGE(html);
	HTML_IN(html, "form", { "action", TEXT("javascript:x") });
	CHECK_TEXT(buffer_text(html->out), TEXT("<form action=\"#\">"));
}

TEST(web_html_says_lines_and_paragraphs)
{
	WITH_PAGE(html);
	HTML_SAY(html, "h1", "L’accueil");
	html_format(html, "%d < %s", 3, "<b>");
	html_integer(html, -12);
	html_paragraphs(html, TEXT("un\r\ndeux <i>\r\n\r\ntrois\n"));
	CHECK_TEXT(buffer_text(html->out), TEXT(
		"<h1>L’accueil</h1>3 &lt; &lt;b&gt;-12<p>un<br>deux &lt;i&gt;</p><p>trois</p>"));
}

TEST(web_html_a_page_past_its_ceiling_is_a_failure)
{
	CLEANUP(buffer_release) struct buffer page = buffer_new(8);
	struct html html = { &page, LANGUAGE_FRENCH };
	HTML_LINE(&html, "p", TEXT("trop long"));
	CHECK(page.failed);
}

/* Written by words where there is room, piece by piece where the buffer grows: the same bytes. */
TEST(web_html_is_the_same_bytes_however_it_grows)
{
	const struct text pieces[] = {
		TEXT(""), TEXT("<"), TEXT("a'b"), TEXT("sept ca"), TEXT("huit car"), TEXT("L’été & <b>"),
		TEXT("un texte sans rien de spécial, assez long pour plusieurs mots"), TEXT("\"\"\"\"\"\"\"\"\""),
	};
	WITH_PAGE(roomy);
	WITH_PAGE(tight);
	CLEANUP(buffer_release) struct buffer one = buffer_new(BUFFER_LIMIT_PAGE);
	for (int i = 0; i < 20000; i++)
		buffer_add(roomy->out, TEXT("x"));
	buffer_clear(roomy->out);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
		for (size_t length = 0; length <= pieces[i].length; length++) {
			const struct text text = { pieces[i].at, length };
			struct html html = { &one, LANGUAGE_FRENCH };
			HTML_LINE(roomy, "p", text, { "title", text }, { "data-x", text });
			buffer_release(&one); /* always without room */
			HTML_LINE(&html, "p", text, { "title", text }, { "data-x", text });
			buffer_add(tight->out, buffer_text(&one));
		}
	CHECK_TEXT(buffer_text(roomy->out), buffer_text(tight->out));
}
