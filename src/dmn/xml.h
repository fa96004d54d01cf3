/* An XML document of strangers, as a tree of elements in an arena. Nothing is fetched, no document
 * type is admitted (so no entity but the five of XML), and everything has a ceiling. Inside of dmn/. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

enum {
	XML_MOST_BYTES = 16 << 20,
	XML_MOST_ELEMENTS = 400000,
	XML_MOST_DEPTH = 100,
	XML_MOST_ATTRIBUTES = 100, /* of one element */
};

struct xml_attribute {
	struct text space, name, value;
};

/* An element. What its own characters say is one text, without those of the elements inside. */
struct xml {
	struct text space, name; /* the namespace's address and the local name */
	struct text text;
	const struct xml_attribute *attributes;
	size_t attribute_count;
	const struct xml *first, *next; /* the first inside, the one after */
	struct xml *last;               /* the last inside, while reading */
	unsigned line;                  /* where its text begins, from 1 */
};

struct xml_mistake {
	unsigned line;
	struct text message; /* a French sentence without the final point */
	bool broken;         /* no memory */
};

/* The root element, or NULL after filling *mistake. Everything lives in `arena`. */
const struct xml *xml_read(struct arena *arena, struct text bytes, struct xml_mistake *mistake);

/* The value of an attribute that has no namespace; at == NULL when there is none. */
struct text xml_attribute(const struct xml *xml, const char *name);
/* The first element inside of that name and of the same namespace, or NULL. */
const struct xml *xml_inside(const struct xml *xml, const char *name);
/* True when the element is of that name and of the namespace of `like`. */
bool xml_is(const struct xml *xml, const struct xml *like, const char *name);

/* How many elements inside are of that name and of the same namespace. */
size_t xml_count(const struct xml *xml, const char *name);

/* The elements inside `xml` that are of its namespace, one after the other. */
#define XML_EACH(outer, each) \
	for (const struct xml *each = xml_first(outer); each; each = xml_next(each))
const struct xml *xml_first(const struct xml *xml);
const struct xml *xml_next(const struct xml *xml);
