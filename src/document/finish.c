/* What cairo 1.16 leaves out of a tagged PDF, added with qpdf: the language, the title shown by
 * readers, XMP metadata, the scope of table headings, artifacts (what is drawn but not read: feet
 * of pages, lines, repeated rows), and an identifier that depends on the content only. */
#include <qpdf/qpdf-c.h>
#include <stdlib.h>

#include "document/press.h"

#include "base/banned.h"

enum { TREE_LIMIT = 500000 };

static void
cleanup_qpdf_at(qpdf_data *qpdf)
{
	if (*qpdf)
		qpdf_cleanup(qpdf);
}

static void
free_bytes_at(unsigned char **bytes)
{
	free(*bytes);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

static bool
is_delimiter(char c)
{
	return c != '\0' && strchr("()<>[]{}/%", c);
}

/* Where the token of a content stream that begins at `at` ends (ISO 32000-1, 7.2 and 7.3). */
static size_t
token_end(struct text content, size_t at)
{
	const char *const c = content.at;
	if (c[at] == '(') {
		int depth = 0;
		for (; at < content.length; at++) {
			if (c[at] == '\\')
				at++;
			else if (c[at] == '(')
				depth++;
			else if (c[at] == ')' && --depth == 0)
				return at + 1;
		}
		return content.length;
	}
	if ((c[at] == '<' || c[at] == '>') && at + 1 < content.length && c[at + 1] == c[at])
		return at + 2;
	if (c[at] == '<') {
		while (at < content.length && c[at] != '>')
			at++;
		return at < content.length ? at + 1 : at;
	}
	const bool is_name = c[at] == '/';
	if (!is_name && is_delimiter(c[at]))
		return at + 1;
	for (at++; at < content.length && !is_blank(c[at]) && !is_delimiter(c[at]);)
		at++;
	return at;
}

static bool
is_operator(struct text token)
{
	const char c = token.at[0];
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '\'' || c == '"' || c == '*';
}

static bool
paints(struct text operator)
{
	static const struct text painting[] = {
		{ "Tj", 2 }, { "TJ", 2 }, { "S", 1 }, { "f", 1 }, { "f*", 2 }, { "B", 1 }, { "Do", 2 }, { "sh", 2 },
	};
	for (size_t i = 0; i < sizeof painting / sizeof *painting; i++)
		if (text_equal(operator, painting[i]))
			return true;
	return false;
}

static void
add_gap(struct buffer *marked, struct text gap, bool painted)
{
	if (painted)
		buffer_add(marked, TEXT("/Artifact BMC\n"));
	buffer_add(marked, gap);
	if (painted)
		buffer_add(marked, TEXT("\nEMC\n"));
}

/* Copies a page's content, marking as artifact what cairo painted outside of any element: its
 * elements are those with an /MCID, and it never opens one within a text object. */
static void
mark_artifacts(struct text content, struct buffer *marked)
{
	size_t gap = 0, operands = SIZE_MAX;
	int depth = 0; /* of marked content inside the gap or the element */
	bool in_element = false, painted = false, names_element = false;
	for (size_t at = 0; at < content.length;) {
		if (is_blank(content.at[at])) {
			at++;
			continue;
		}
		const size_t end = token_end(content, at);
		const struct text token = text_part(content, at, end - at);
		operands = operands == SIZE_MAX ? at : operands;
		names_element |= text_equal(token, TEXT("/MCID"));
		at = end;
		if (!is_operator(token))
			continue;
		const bool begins = text_equal(token, TEXT("BDC")) || text_equal(token, TEXT("BMC"));
		if (begins && !in_element && depth == 0 && names_element) {
			add_gap(marked, text_part(content, gap, operands - gap), painted);
			gap = operands;
			in_element = true;
		} else if (begins) {
			depth++;
		} else if (text_equal(token, TEXT("EMC")) && depth > 0) {
			depth--;
		} else if (text_equal(token, TEXT("EMC")) && in_element) {
			buffer_add(marked, text_part(content, gap, end - gap));
			buffer_add(marked, TEXT("\n"));
			gap = end;
			in_element = painted = false;
		} else if (!in_element && paints(token)) {
			painted = true;
		}
		operands = SIZE_MAX;
		names_element = false;
	}
	add_gap(marked, text_part(content, gap, SIZE_MAX), painted && !in_element);
}

static bool
mark_pages(qpdf_data qpdf)
{
	const int count = qpdf_get_num_pages(qpdf);
	for (int i = 0; i < count; i++) {
		CLEANUP(buffer_release) struct buffer marked = buffer_new(4 * DOCUMENT_FILE_LIMIT);
		CLEANUP(free_bytes) unsigned char *bytes = NULL;
		size_t length = 0;
		const qpdf_oh page = qpdf_get_page_n(qpdf, (size_t)i);
		if (qpdf_oh_get_page_content_data(qpdf, page, &bytes, &length) & QPDF_ERRORS)
			return false;
		mark_artifacts((struct text){ (const char *)bytes, length }, &marked);
		if (marked.failed)
			return false;
		const qpdf_oh stream = qpdf_oh_new_stream(qpdf), nothing = qpdf_oh_new_null(qpdf);
		qpdf_oh_replace_stream_data(qpdf, stream, (const unsigned char *)marked.at, marked.length, nothing,
			nothing);
		qpdf_oh_replace_key(qpdf, page, "/Contents", stream);
		qpdf_oh_replace_key(qpdf, page, "/Tabs", qpdf_oh_new_name(qpdf, "/S"));
	}
	return true;
}

/* Headings in a row of headings are those of their columns; another one is that of its row. */
static void
set_row_scopes(qpdf_data qpdf, qpdf_oh cells)
{
	const int count = qpdf_oh_get_array_n_items(qpdf, cells);
	bool has_data = false;
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < count; i++) {
			const qpdf_oh cell = qpdf_oh_get_array_item(qpdf, cells, i),
				kind = qpdf_oh_get_key(qpdf, cell, "/S");
			if (pass == 0)
				has_data |= qpdf_oh_is_name_and_equals(qpdf, kind, "/TD");
			else if (qpdf_oh_is_name_and_equals(qpdf, kind, "/TH"))
				qpdf_oh_replace_key(qpdf, cell, "/A", qpdf_oh_parse(qpdf,
					has_data ? "<< /O /Table /Scope /Row >>" : "<< /O /Table /Scope /Column >>"));
		}
}

/* Walks the structure down to the rows of its tables. */
static bool
set_scopes(qpdf_data qpdf, qpdf_oh element, int depth, int *left)
{
	if (depth > 40 || --*left < 0)
		return false;
	const qpdf_oh children = qpdf_oh_get_key(qpdf, element, "/K");
	if (qpdf_oh_is_dictionary(qpdf, children))
		return set_scopes(qpdf, children, depth + 1, left);
	if (!qpdf_oh_is_array(qpdf, children))
		return true;
	if (qpdf_oh_is_name_and_equals(qpdf, qpdf_oh_get_key(qpdf, element, "/S"), "/TR")) {
		set_row_scopes(qpdf, children);
		return true;
	}
	const int count = qpdf_oh_get_array_n_items(qpdf, children);
	for (int i = 0; i < count; i++) {
		const qpdf_oh child = qpdf_oh_get_array_item(qpdf, children, i);
		if (qpdf_oh_is_dictionary(qpdf, child) && !set_scopes(qpdf, child, depth + 1, left))
			return false;
		qpdf_oh_release(qpdf, child);
	}
	return true;
}

static void
xml_add(struct buffer *xml, const char *before, struct text value, const char *after)
{
	if (value.length == 0)
		return;
	buffer_format(xml, "%s", before);
	for (size_t i = 0; i < value.length; i++)
		switch (value.at[i]) {
		case '&': buffer_add(xml, TEXT("&amp;")); break;
		case '<': buffer_add(xml, TEXT("&lt;")); break;
		case '>': buffer_add(xml, TEXT("&gt;")); break;
		default: buffer_add(xml, text_part(value, i, 1));
		}
	buffer_format(xml, "%s\n", after);
}

static bool
add_metadata(qpdf_data qpdf, qpdf_oh root, const struct letter *letter)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CLEANUP(buffer_release) struct buffer xml = buffer_new(1 << 16);
	if (!arena)
		return false;
	const struct text date = instant_iso(arena, letter->at);
	if (!date.at)
		return false;
	buffer_add(&xml, TEXT("<?xpacket begin=\"\xEF\xBB\xBF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
		"<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
		"<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
		"<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"\n"
		" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n<dc:format>application/pdf</dc:format>\n"));
	xml_add(&xml, "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">", letter->title,
		"</rdf:li></rdf:Alt></dc:title>");
	xml_add(&xml, "<dc:creator><rdf:Seq><rdf:li>", letter->author, "</rdf:li></rdf:Seq></dc:creator>");
	xml_add(&xml, "<dc:identifier>", letter->reference, "</dc:identifier>");
	xml_add(&xml, "<dc:language><rdf:Bag><rdf:li>", letter->language, "</rdf:li></rdf:Bag></dc:language>");
	xml_add(&xml, "<xmp:CreateDate>", date, "</xmp:CreateDate>");
	xml_add(&xml, "<xmp:ModifyDate>", date, "</xmp:ModifyDate>");
	xml_add(&xml, "<xmp:CreatorTool>", TEXT("Guichet"), "</xmp:CreatorTool>");
	buffer_add(&xml, TEXT("</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"r\"?>\n"));
	if (xml.failed)
		return false;
	const qpdf_oh stream = qpdf_oh_new_stream(qpdf), nothing = qpdf_oh_new_null(qpdf);
	qpdf_oh_replace_stream_data(qpdf, stream, (const unsigned char *)xml.at, xml.length, nothing, nothing);
	const qpdf_oh dictionary = qpdf_oh_get_dict(qpdf, stream);
	qpdf_oh_replace_key(qpdf, dictionary, "/Type", qpdf_oh_new_name(qpdf, "/Metadata"));
	qpdf_oh_replace_key(qpdf, dictionary, "/Subtype", qpdf_oh_new_name(qpdf, "/XML"));
	qpdf_oh_replace_key(qpdf, root, "/Metadata", stream);
	return true;
}

enum guichet_status
finish_write(struct text pdf, const struct letter *letter, struct buffer *finished,
	struct guichet_error *error)
{
	CLEANUP(cleanup_qpdf) qpdf_data qpdf = qpdf_init();
	qpdf_silence_errors(qpdf);
	if (qpdf_read_memory(qpdf, "letter", pdf.at, pdf.length, NULL) & QPDF_ERRORS)
		return guichet_fail(error, GUICHET_BROKEN, "Le PDF composé est illisible.");

	const qpdf_oh root = qpdf_get_root(qpdf);
	qpdf_oh_replace_key(qpdf, root, "/Lang",
		qpdf_oh_new_binary_unicode_string(qpdf, letter->language.at, letter->language.length));
	qpdf_oh_replace_key(qpdf, root, "/ViewerPreferences", qpdf_oh_parse(qpdf, "<< /DisplayDocTitle true >>"));
	int left = TREE_LIMIT;
	if (!add_metadata(qpdf, root, letter) || !mark_pages(qpdf)
		|| !set_scopes(qpdf, qpdf_oh_get_key(qpdf, root, "/StructTreeRoot"), 0, &left))
		return guichet_fail(error, GUICHET_BROKEN, "Le PDF composé n’a pas pu être achevé.");

	qpdf_init_write_memory(qpdf);
	qpdf_set_minimum_pdf_version(qpdf, "1.7");
	qpdf_set_object_stream_mode(qpdf, qpdf_o_generate);
	qpdf_set_deterministic_ID(qpdf, QPDF_TRUE);
	if ((qpdf_write(qpdf) & QPDF_ERRORS) || qpdf_has_error(qpdf))
		return guichet_fail(error, GUICHET_BROKEN, "Le PDF composé n’a pas pu être écrit.");
	buffer_add(finished, (struct text){ (const char *)qpdf_get_buffer(qpdf), qpdf_get_buffer_length(qpdf) });
	return finished->failed ? guichet_fail(error, GUICHET_BROKEN, "Le PDF est trop volumineux.") : GUICHET_OK;
}
