/* The shapes of the language as a JSON Schema, for editors. What a schema can know is there: keys,
 * forms, words, bounds. That a name is declared or an expression right, only `guichet check` says. */
#include "procedure/shape.h"

#include "base/banned.h"

enum { MOST_SHAPES = 100 };

struct writing {
	struct buffer *out;
	const struct shape *shapes[MOST_SHAPES]; /* each once, in the order they are met */
	size_t count;
};

static void
collect(struct writing *writing, const struct shape *shape)
{
	if (!shape)
		return;
	for (size_t i = 0; i < writing->count; i++)
		if (writing->shapes[i] == shape)
			return;
	if (writing->count == MOST_SHAPES) {
		writing->out->failed = true;
		return;
	}
	writing->shapes[writing->count++] = shape;
	for (const struct key *key = shape->keys; key->name; key++) {
		collect(writing, key->of);
		collect(writing, key->or_of);
	}
}

/* One form, without its braces. A text or an expression may look like a number or a truth to YAML. */
static void
write_form(struct buffer *out, const struct key *key, enum form form)
{
	switch (form) {
	case FORM_TEXT:
		buffer_add(out, TEXT("\"type\":[\"string\",\"number\",\"boolean\"]"));
		if (key->most) /* what has a ceiling is never empty */
			buffer_format(out, ",\"minLength\":1,\"maxLength\":%lld", (long long)key->most);
		break;
	case FORM_WORD:
		buffer_add(out, TEXT("\"enum\":["));
		for (size_t i = 0; i < key->words->count; i++) {
			buffer_add(out, i ? TEXT(",") : TEXT(""));
			buffer_add_quoted(out, key->words->at[i]);
		}
		buffer_add(out, TEXT("]"));
		break;
	case FORM_FLAG:
		buffer_add(out, TEXT("\"enum\":[\"oui\",\"non\"]"));
		break;
	case FORM_INTEGER:
		buffer_add(out, TEXT("\"type\":[\"integer\",\"string\"],\"pattern\":\"^[+-]?[0-9]+$\""));
		buffer_format(out, ",\"minimum\":%lld,\"maximum\":%lld", (long long)key->least, (long long)key->most);
		break;
	case FORM_NUMBER:
		buffer_add(out, TEXT("\"type\":[\"number\",\"string\"],\"minLength\":1"));
		break;
	case FORM_DATE:
		buffer_add(out, TEXT("\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\""));
		break;
	case FORM_INSTANT:
		buffer_add(out, TEXT("\"type\":\"string\",\"pattern\":\"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:\""));
		break;
	case FORM_DURATION:
		buffer_add(out, TEXT("\"type\":\"string\",\"pattern\":\"^P[0-9]+[YMD]$\""));
		break;
	case FORM_FEEL: /* `null` is one */
		buffer_add(out, TEXT("\"type\":[\"string\",\"number\",\"boolean\",\"null\"],\"minLength\":1"));
		break;
	case FORM_MAPPING:
		buffer_format(out, "\"$ref\":\"#/definitions/%s\"", key->of->name);
		break;
	case FORM_EMPTY:
		buffer_add(out, TEXT("\"type\":\"null\""));
		break;
	case FORM_ANYTHING:
		break;
	}
}

static size_t
alternatives_of(const struct key *key)
{
	return (size_t)__builtin_popcount(key->forms) + (key->or_of != NULL);
}

/* The value alone, in its braces or without them. */
static void
write_value(struct buffer *out, const struct key *key)
{
	if (alternatives_of(key) == 1) {
		write_form(out, key, key->forms);
		return;
	}
	bool first = true;
	buffer_add(out, TEXT("\"anyOf\":["));
	for (unsigned form = 1; form <= FORM_ANYTHING; form <<= 1) {
		if (!(key->forms & form))
			continue;
		buffer_add(out, first ? TEXT("{") : TEXT(",{"));
		write_form(out, key, form);
		buffer_add(out, TEXT("}"));
		first = false;
	}
	if (key->or_of) {
		const struct key other = { .of = key->or_of };
		buffer_add(out, TEXT(",{"));
		write_form(out, &other, FORM_MAPPING);
		buffer_add(out, TEXT("}"));
	}
	buffer_add(out, TEXT("]"));
}

static void
write_held(struct buffer *out, const struct key *key, unsigned holder)
{
	if (holder & HOLD_OR_NAMES) {
		buffer_add(out, TEXT("\"anyOf\":[{"));
		write_held(out, key, holder & ~(unsigned)HOLD_OR_NAMES);
		buffer_add(out, TEXT("},{\"type\":\"string\"},{\"type\":\"array\",\"items\":{\"type\":\"string\"}}]"));
	} else if (holder & (HOLD_NAMED | HOLD_NAMED_FREELY)) {
		buffer_add(out, TEXT("\"type\":\"object\","));
		if (holder & HOLD_NAMED)
			buffer_add(out, TEXT("\"propertyNames\":{\"maxLength\":60,"
				"\"pattern\":\"^[A-Za-z_\\u0080-\\uffff][0-9A-Za-z_\\u0080-\\uffff]*$\"},"));
		buffer_add(out, TEXT("\"additionalProperties\":{"));
		write_held(out, key, holder & ~(unsigned)(HOLD_NAMED | HOLD_NAMED_FREELY));
		buffer_add(out, TEXT("}"));
	} else if (holder & HOLD_ONE_OR_LIST) {
		buffer_add(out, TEXT("\"anyOf\":[{"));
		write_value(out, key);
		buffer_add(out, TEXT("},{\"type\":\"array\",\"items\":{"));
		write_value(out, key);
		buffer_add(out, TEXT("}}]"));
	} else if (holder & HOLD_LIST) {
		buffer_add(out, TEXT("\"type\":\"array\",\"items\":{"));
		write_value(out, key);
		buffer_add(out, TEXT("}"));
	} else {
		write_value(out, key);
	}
}

static void
write_key(struct buffer *out, const struct key *key)
{
	/* Draft 7 reads nothing beside a $ref. */
	const bool referred = key->holder == HOLD_ONE && key->forms == FORM_MAPPING && !key->or_of;
	buffer_add_quoted(out, text_of_string(key->name));
	buffer_add(out, TEXT(":{\"description\":"));
	buffer_add_quoted(out, text_of_string(key->about));
	buffer_add(out, key->forms == FORM_ANYTHING && key->holder == HOLD_ONE ? TEXT("")
		: referred ? TEXT(",\"allOf\":[{") : TEXT(","));
	write_held(out, key, key->holder);
	buffer_add(out, referred ? TEXT("}]}") : TEXT("}"));
}

static void
write_shape(struct buffer *out, const struct shape *shape)
{
	bool first = true;
	buffer_add(out, TEXT("\"type\":\"object\",\"additionalProperties\":false"));
	for (const struct key *key = shape->keys; key->name; key++) {
		if (key->needed == OPTIONAL || key->instead)
			continue;
		buffer_add(out, first ? TEXT(",\"required\":[") : TEXT(","));
		buffer_add_quoted(out, text_of_string(key->name));
		first = false;
	}
	buffer_add(out, first ? TEXT("") : TEXT("]"));
	for (const struct key *key = shape->keys; key->name; key++) /* one of two, once in a mapping at most */
		if (key->instead)
			buffer_format(out, ",\"anyOf\":[{\"required\":[\"%s\"]},{\"required\":[\"%s\"]}]", key->name,
				key->instead);
	buffer_add(out, TEXT(",\"properties\":{"));
	for (const struct key *key = shape->keys; key->name; key++) {
		buffer_add(out, key == shape->keys ? TEXT("\n  ") : TEXT(",\n  "));
		write_key(out, key);
	}
	buffer_add(out, TEXT("}"));
}

void
schema_write(const struct shape *shape, const char *title, struct buffer *out)
{
	struct writing writing = { .out = out };
	collect(&writing, shape);
	buffer_add(out, TEXT("{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\n\"title\":"));
	buffer_add_quoted(out, text_of_string(title));
	buffer_add(out, TEXT(",\n"));
	write_shape(out, shape);
	buffer_add(out, TEXT(",\n\"definitions\":{"));
	for (size_t i = 1; i < writing.count; i++) {
		buffer_add(out, i > 1 ? TEXT(",\n") : TEXT("\n"));
		buffer_add_quoted(out, text_of_string(writing.shapes[i]->name));
		buffer_add(out, TEXT(":{\"title\":"));
		buffer_add_quoted(out, text_of_string(writing.shapes[i]->what));
		buffer_add(out, TEXT(","));
		write_shape(out, writing.shapes[i]);
		buffer_add(out, TEXT("}"));
	}
	buffer_add(out, TEXT("}}\n"));
}
