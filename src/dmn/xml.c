/* See xml.h: libxml2's events become elements of ours, so that the arena bounds the memory. */
#include "dmn/xml.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include "base/buffer.h"

#include "base/banned.h"

/* An element that is not closed yet. */
struct open {
	struct xml *xml;
	size_t start; /* of its text, in the pending characters */
};

struct reading {
	struct arena *arena;
	xmlParserCtxt *parser;
	struct xml_mistake *mistake;
	struct xml *root;
	struct open open[XML_MOST_DEPTH];
	unsigned depth, elements;
	struct buffer pending; /* characters of the open elements, outermost first */
	bool stopped;
};

static void
stop(struct reading *reading, struct text message)
{
	if (reading->stopped)
		return;
	reading->stopped = true;
	reading->mistake->line = reading->parser->input ? (unsigned)reading->parser->input->line : 1;
	reading->mistake->message = message;
	xmlStopParser(reading->parser);
}

static void
stop_broken(struct reading *reading)
{
	reading->mistake->broken = true;
	stop(reading, TEXT("mémoire insuffisante"));
}

/* A copy; once the parser is stopped, what it lends is gone. */
static struct text
keep(struct reading *reading, const xmlChar *from, size_t length)
{
	if (reading->stopped)
		return (struct text){ 0 };
	const struct text kept = arena_text(reading->arena, (struct text){ (const char *)from, length });
	if (!kept.at)
		stop_broken(reading);
	return kept;
}

static struct text
keep_string(struct reading *reading, const xmlChar *string)
{
	return string && !reading->stopped ? keep(reading, string, strlen((const char *)string)) : TEXT("");
}

/* ---- events ---- */

static void
element_begins(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space,
	int space_count, const xmlChar **spaces, int attribute_count, int defaulted, const xmlChar **attributes)
{
	struct reading *reading = context;
	(void)prefix, (void)space_count, (void)spaces, (void)defaulted;
	if (reading->stopped)
		return;
	if (reading->depth == XML_MOST_DEPTH)
		return stop(reading, TEXT("éléments trop imbriqués"));
	if (reading->elements++ == XML_MOST_ELEMENTS)
		return stop(reading, TEXT("trop d’éléments dans ce fichier"));
	if (attribute_count > XML_MOST_ATTRIBUTES)
		return stop(reading, TEXT("trop d’attributs dans un élément"));
	struct xml *xml = arena_new_of(reading->arena, struct xml);
	struct xml_attribute *kept = arena_array_of(reading->arena, struct xml_attribute, (size_t)attribute_count);
	if (!xml || !kept)
		return stop_broken(reading);
	struct xml *outer = reading->depth ? reading->open[reading->depth - 1].xml : NULL;
	*xml = (struct xml){ .attributes = kept, .attribute_count = (size_t)attribute_count,
		.line = (unsigned)reading->parser->input->line };
	xml->name = keep_string(reading, name);
	/* the same address as outside is the same text */
	const bool same = outer && !reading->stopped
		&& text_equal(outer->space, text_of_string((const char *)space));
	xml->space = same ? outer->space : keep_string(reading, space);
	for (int i = 0; i < attribute_count && !reading->stopped; i++) {
		const xmlChar **of = attributes + i * 5; /* name, prefix, space, start and end of the value */
		kept[i] = (struct xml_attribute){ keep_string(reading, of[2]), keep_string(reading, of[0]),
			keep(reading, of[3], (size_t)(of[4] - of[3])) };
	}
	if (reading->stopped)
		return;
	if (!outer) {
		reading->root = xml;
	} else if (outer->last) {
		outer->last->next = xml;
		outer->last = xml;
	} else {
		outer->first = outer->last = xml;
	}
	reading->open[reading->depth++] = (struct open){ xml, reading->pending.length };
}

static void
element_ends(void *context, const xmlChar *name, const xmlChar *prefix, const xmlChar *space)
{
	struct reading *reading = context;
	(void)name, (void)prefix, (void)space;
	if (reading->stopped || reading->depth == 0)
		return;
	const struct open open = reading->open[--reading->depth];
	const struct text text = text_part(buffer_text(&reading->pending), open.start, SIZE_MAX);
	/* between elements, only what is not layout */
	if (!open.xml->first || text_trim(text).length) {
		open.xml->text = arena_text(reading->arena, text);
		if (!open.xml->text.at)
			return stop_broken(reading);
	}
	reading->pending.length = open.start;
}

static void
characters(void *context, const xmlChar *at, int length)
{
	struct reading *reading = context;
	if (reading->stopped || reading->depth == 0)
		return;
	buffer_add(&reading->pending, (struct text){ (const char *)at, (size_t)length });
	if (reading->pending.failed)
		stop_broken(reading);
}

static void
document_type(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
	(void)name, (void)external, (void)system;
	stop(context, TEXT("une déclaration DOCTYPE n’est pas admise : retirez-la"));
}

static void
error_of_library(void *context, xmlError *error)
{
	static const struct {
		int code;
		struct text message;
	} known[] = {
		{ XML_ERR_DOCUMENT_EMPTY, TEXT("ce n’est pas un document XML") },
		{ XML_ERR_TAG_NAME_MISMATCH, TEXT("une balise se ferme sous un autre nom que celui de son ouverture") },
		{ XML_ERR_TAG_NOT_FINISHED, TEXT("une balise n’est pas fermée") },
		{ XML_ERR_DOCUMENT_END, TEXT("du texte suit la fin du document") },
		{ XML_ERR_UNDECLARED_ENTITY, TEXT("une entité inconnue : écrivez le caractère lui-même") },
		{ XML_ERR_INVALID_CHAR, TEXT("un caractère interdit en XML") },
		{ XML_ERR_INVALID_ENCODING, TEXT("un caractère mal codé : enregistrez le fichier en UTF-8") },
		{ XML_ERR_UNSUPPORTED_ENCODING, TEXT("un codage inconnu : enregistrez le fichier en UTF-8") },
		{ XML_ERR_ATTRIBUTE_REDEFINED, TEXT("un attribut est écrit deux fois") },
		{ XML_ERR_LT_IN_ATTRIBUTE, TEXT("« < » s’écrit &lt; dans un attribut") },
		{ XML_ERR_NAME_REQUIRED, TEXT("« < » et « & » s’écrivent &lt; et &amp; dans un texte") },
	};
	struct reading *reading = context;
	if (error->level < XML_ERR_FATAL || error->domain == XML_FROM_NAMESPACE)
		return; /* an extension's undeclared prefix harms nobody */
	if (error->code == XML_ERR_NO_MEMORY)
		return stop_broken(reading);
	struct text message = TEXT("XML mal formé");
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].code == error->code)
			message = known[i].message;
	stop(reading, message);
}

static void
ignore(void *context, xmlError *error)
{
	(void)context, (void)error;
}

const struct xml *
xml_read(struct arena *arena, struct text bytes, struct xml_mistake *mistake)
{
	*mistake = (struct xml_mistake){ .line = 1 };
	if (bytes.length == 0 || bytes.length > XML_MOST_BYTES) {
		mistake->message = bytes.length ? TEXT("fichier trop grand") : TEXT("fichier vide");
		return NULL;
	}
	struct reading reading = { .arena = arena, .mistake = mistake, .pending = buffer_new(XML_MOST_BYTES) };
	xmlSetStructuredErrorFunc(NULL, ignore); /* of this thread: what no parser hears would go to stderr */
	reading.parser = xmlNewParserCtxt();
	if (!reading.parser) {
		*mistake = (struct xml_mistake){ 1, TEXT("mémoire insuffisante"), true };
		return NULL;
	}
	*reading.parser->sax = (xmlSAXHandler){
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = element_begins,
		.endElementNs = element_ends,
		.characters = characters,
		.ignorableWhitespace = characters,
		.cdataBlock = characters,
		.internalSubset = document_type,
		.serror = error_of_library,
	};
	reading.parser->userData = &reading;
	/* NOENT only has the five entities of XML replaced in attributes: there are no others. */
	xmlDoc *document = xmlCtxtReadMemory(reading.parser, bytes.at, (int)bytes.length, NULL, NULL,
		XML_PARSE_NONET | XML_PARSE_NOENT);
	if (!reading.stopped && (!reading.parser->wellFormed || !reading.root || reading.depth))
		stop_broken(&reading); /* every mistake has been heard: only memory is missing */
	xmlFreeDoc(document);
	xmlFreeParserCtxt(reading.parser);
	buffer_release(&reading.pending);
	return reading.stopped ? NULL : reading.root;
}

/* ---- looking ---- */

struct text
xml_attribute(const struct xml *xml, const char *name)
{
	for (size_t i = 0; i < xml->attribute_count; i++)
		if (xml->attributes[i].space.length == 0
			&& text_equal(xml->attributes[i].name, text_of_string(name)))
			return xml->attributes[i].value;
	return (struct text){ 0 };
}

bool
xml_is(const struct xml *xml, const struct xml *like, const char *name)
{
	return text_equal(xml->name, text_of_string(name)) && text_equal(xml->space, like->space);
}

const struct xml *
xml_inside(const struct xml *xml, const char *name)
{
	for (const struct xml *inside = xml->first; inside; inside = inside->next)
		if (xml_is(inside, xml, name))
			return inside;
	return NULL;
}

/* The first of the elements from `xml` on that is of that namespace. */
static const struct xml *
first_of_space(const struct xml *xml, struct text space)
{
	while (xml && !text_equal(xml->space, space))
		xml = xml->next;
	return xml;
}

const struct xml *
xml_first(const struct xml *xml)
{
	return first_of_space(xml->first, xml->space);
}

const struct xml *
xml_next(const struct xml *xml)
{
	return first_of_space(xml->next, xml->space);
}

size_t
xml_count(const struct xml *xml, const char *name)
{
	size_t count = 0;
	XML_EACH(xml, inside)
		count += xml_is(inside, xml, name);
	return count;
}
