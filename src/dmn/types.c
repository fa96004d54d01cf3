/* The types that models declare (DMN 1.5, §7.3.3): references in any order and across imports become
 * types of FEEL; a type that is made of itself is refused. */
#include "base/buffer.h"
#include "dmn/inside.h"

#include "base/banned.h"

/* A type is compared part by part: written out in full, it holds no more parts than that. */
enum { MOST_TYPES_IN_TYPES = 60, MOST_IMPORTS_IN_A_NAME = 8, MOST_PARTS = 10000 };

static const struct feel_type *read_type(struct reading *reading, const struct definitions *of,
	const struct xml *xml);

/* ---- references ---- */

static const struct feel_type *
resolve(struct reading *reading, const struct definitions *of, struct item_definition *item)
{
	if (item->state == TYPE_READ) {
		reading->parts += item->parts;
		return item->type;
	}
	if (item->state == TYPE_UNDER_WAY || reading->depth == MOST_TYPES_IN_TYPES) {
		reading_mistake(reading, of, item->xml->line, TEXT(""), item->state == TYPE_UNDER_WAY
			? "le type « " TEXT_FORMAT " » est fait de lui-même"
			: "le type « " TEXT_FORMAT " » est trop imbriqué", TEXT_ARGS(item->name));
		return &feel_type_any;
	}
	const unsigned outside = reading->parts;
	item->state = TYPE_UNDER_WAY;
	reading->depth++;
	reading->parts = 1;
	item->type = read_type(reading, of, item->xml);
	item->parts = reading->parts;
	reading->parts += outside;
	reading->depth--;
	item->state = TYPE_READ;
	if (item->type && item->parts > MOST_PARTS) {
		reading_mistake(reading, of, item->xml->line, TEXT("découpez-le"), "le type « " TEXT_FORMAT
			" » a trop de parties", TEXT_ARGS(item->name));
		reading->parts = outside + 1;
		item->parts = 1;
		item->type = &feel_type_any;
	}
	return item->type;
}

/* True with the type, which is NULL without memory, when the name is that of one. */
static bool
find(struct reading *reading, const struct definitions *of, struct text name, unsigned depth,
	const struct feel_type **ret_type)
{
	if (!reading_looks(reading, of->type_count + of->import_count + 1))
		return false;
	for (size_t i = 0; i < of->type_count; i++) {
		if (!text_equal(of->types[i].name, name))
			continue;
		*ret_type = resolve(reading, of, &of->types[i]);
		return true;
	}
	for (size_t i = 0; i < of->import_count && depth < MOST_IMPORTS_IN_A_NAME; i++) {
		const struct import *import = &of->imports[i];
		if (!import->of || import->of == of || !text_starts(name, import->name))
			continue;
		struct text rest = text_part(name, import->name.length, SIZE_MAX);
		if (import->name.length) {
			if (!text_starts(rest, TEXT(".")))
				continue;
			rest = text_trim(text_part(rest, 1, SIZE_MAX));
		}
		if (find(reading, import->of, rest, depth + 1, ret_type))
			return true;
	}
	return false;
}

const struct feel_type *
type_referred(struct reading *reading, const struct definitions *of, const struct xml *place,
	struct text written)
{
	static const struct feel_type function = { .kind = FEEL_FUNCTION };
	const struct feel_type *type = NULL;
	struct text name = name_normalised(reading->arena, written);
	if (!name.at)
		return reading_broken(reading), NULL;
	/* "feel:number" of DMN 1.1 */
	const size_t colon = text_find(name, TEXT(":"));
	const struct text local = colon == SIZE_MAX ? name : text_part(name, colon + 1, SIZE_MAX);
	if (name.length == 0 || text_equal(name, TEXT("<Undefined>")))
		return &feel_type_any;
	if (find(reading, of, name, 0, &type) || (colon != SIZE_MAX && find(reading, of, local, 0, &type)))
		return type;
	if ((type = feel_type_find(local)))
		return type;
	if (text_equal(local, TEXT("function")))
		return &function;
	/* a prefix that stands for an imported namespace */
	for (size_t i = 0; colon != SIZE_MAX && i < of->import_count; i++)
		if (of->imports[i].of && find(reading, of->imports[i].of, local, 1, &type))
			return type;
	for (size_t i = 0; i < of->import_count; i++)
		if (!of->imports[i].of && text_starts(name, of->imports[i].name))
			return &feel_type_any; /* of another sort of import: any value */
	reading_mistake(reading, of, place->line, TEXT(""), "type inconnu « %.*s »",
		(int)(name.length > 100 ? 100 : name.length), name.at);
	return &feel_type_any;
}

const struct feel_type *
type_of_attribute(struct reading *reading, const struct definitions *of, const struct xml *xml,
	const struct feel_type *otherwise)
{
	const struct text name = xml ? xml_attribute(xml, "typeRef") : (struct text){ 0 };
	return text_trim(name).length ? type_referred(reading, of, xml, name) : otherwise;
}

const struct feel_type *
dmn_type_find(const struct dmn_model *model, struct text name)
{
	const struct definitions *of = model->definitions[0];
	const struct feel_type *type;
	struct dmn_findings none = { .count = DMN_MOST_FINDINGS };
	struct dmn_model *whole = &(struct dmn_model){ .definitions = model->definitions };
	struct reading reading = { .findings = &none, .model = whole };
	return find(&reading, of, name, 0, &type) ? type : NULL; /* all are resolved: nothing is read */
}

struct text
type_allowed_text(const struct definitions *of, struct text name)
{
	name = text_trim(name);
	for (size_t i = 0; i < of->type_count; i++) {
		const struct xml *allowed = text_equal(of->types[i].name, name)
			? xml_inside(of->types[i].xml, "allowedValues") : NULL;
		const struct xml *text = allowed ? xml_inside(allowed, "text") : NULL;
		if (text)
			return text->text;
	}
	return TEXT("");
}

/* ---- making ---- */

/* What the checkers of expressions and tables can know of tests: a list of texts, or one range. Nothing is
 * lost when the tests are something else; false without memory. */
static bool
tell_domain(struct reading *reading, struct feel_type *type, struct text tests)
{
	const struct text list = arena_format(reading->arena, "[" TEXT_FORMAT "]", TEXT_ARGS(tests));
	if (!list.at)
		return reading_broken(reading);
	const struct feel *feel = feel_read(reading->arena, NULL, list, reading->feel);
	const bool readable = feel && reading->feel->count == 0;
	reading->feel->count = 0;
	if (!readable)
		return !reading->feel->broken || reading_broken(reading);
	struct feel_run run = { .arena = reading->arena, .most_steps = 10000 };
	const struct feel_value values = feel_evaluate(feel, &run);
	if (run.stop == FEEL_NO_MEMORY)
		return reading_broken(reading);
	if (values.kind != FEEL_LIST || values.list.count == 0)
		return true;
	const bool ordered = type->kind == FEEL_NUMBER || (type->kind > FEEL_STRING && type->kind < FEEL_LIST);
	if (values.list.count == 1 && values.list.at[0].kind == FEEL_RANGE && ordered)
		type->bounds = values.list.at[0].range;
	for (size_t i = 0; i < values.list.count; i++)
		if (values.list.at[i].kind != FEEL_STRING || type->kind != FEEL_STRING)
			return true;
	struct text *words = arena_array_of(reading->arena, struct text, values.list.count);
	if (!words)
		return reading_broken(reading);
	for (size_t i = 0; i < values.list.count; i++)
		words[i] = values.list.at[i].string;
	type->words = words;
	type->word_count = values.list.count;
	return true;
}

/* The type whose values pass those tests; the type itself when they cannot be read. */
static const struct feel_type *
constrain_by(struct reading *reading, const struct feel_type *type, struct text tests, bool strict)
{
	struct feel_type *constrained = arena_new_of(reading->arena, struct feel_type);
	struct feel_type *bare = arena_new_of(reading->arena, struct feel_type);
	if (!constrained || !bare)
		return reading_broken(reading), NULL;
	*bare = *type;
	bare->allowed = NULL;
	*reading->feel = (struct feel_findings){ .lenient = reading->findings->lenient && !strict };
	*constrained = *type;
	constrained->allowed = feel_read_unary(reading->arena, NULL, bare, tests, reading->feel);
	if (reading->feel->broken)
		return reading_broken(reading), NULL;
	/* the standard's run judges when it evaluates, and not before */
	if (!reading->findings->lenient && constrained->allowed && reading->feel->count == 0
		&& !tell_domain(reading, constrained, tests))
		return NULL;
	return constrained->allowed ? constrained : type;
}

static bool
is_collection(const struct xml *xml)
{
	return text_equal(text_trim(xml_attribute(xml, "isCollection")), TEXT("true"));
}

/* The type with one more constraint on its values. */
static const struct feel_type *
constrain(struct reading *reading, const struct definitions *of, const struct feel_type *type,
	const struct xml *xml, const char *name)
{
	const struct xml *constraint = xml_inside(xml, name);
	const struct xml *text = constraint ? xml_inside(constraint, "text") : NULL;
	struct text tests = text ? text_trim(text->text) : TEXT("");
	if (tests.length == 0 || text_equal(tests, TEXT("-")))
		return type;
	if (type->allowed) {
		const struct text both = arena_format(reading->arena,
			"? in (" TEXT_FORMAT ") and ? in (" TEXT_FORMAT ")", TEXT_ARGS(feel_source_of(type->allowed)),
			TEXT_ARGS(tests));
		if (!both.at)
			return reading_broken(reading), NULL;
		tests = both;
	}
	/* what reads the other components of the same item is for whoever reads these */
	const struct text type_name = xml_attribute(xml, "name");
	const bool is_component = text_equal(xml->name, TEXT("itemComponent"));
	const struct feel_type *constrained = constrain_by(reading, type, tests, is_component);
	if (reading->feel->count == 0 || !is_component)
		reading_mistakes_of_feel(reading, of, text, "valeurs permises de", type_name);
	else
		reading->waits = true;
	return constrained;
}

/* The tests of a component that reads its neighbours, as a test of the whole item. */
static struct text
test_of_component(struct arena *arena, const struct feel_type *item, const struct xml *xml, const char *name)
{
	CLEANUP(buffer_release) struct buffer parameters = buffer_new(1 << 16), arguments = buffer_new(1 << 16);
	const struct xml *constraint = xml_inside(xml, name);
	const struct xml *text = constraint ? xml_inside(constraint, "text") : NULL;
	const struct text tests = text ? text_trim(text->text) : TEXT("");
	const struct text own = name_normalised(arena, xml_attribute(xml, "name"));
	const bool each = is_collection(xml) && strcmp(name, "allowedValues") == 0;
	if (tests.length == 0 || own.length == 0)
		return own.at ? TEXT("true") : own;
	for (size_t i = 0; i < item->field_count; i++) {
		const struct text field = item->fields[i].name;
		if (!text_equal(field, own) && text_find(tests, field) == SIZE_MAX)
			continue;
		const char *comma = parameters.length ? ", " : "";
		buffer_format(&parameters, "%s" TEXT_FORMAT, comma, TEXT_ARGS(field));
		buffer_format(&arguments, "%s?." TEXT_FORMAT, comma, TEXT_ARGS(field));
	}
	if (parameters.failed || arguments.failed)
		return (struct text){ 0 };
	return arena_format(arena, each
		? "(?." TEXT_FORMAT " = null or (function(" TEXT_FORMAT ") every each in " TEXT_FORMAT
			" satisfies each in (" TEXT_FORMAT "))(" TEXT_FORMAT "))"
		: "(?." TEXT_FORMAT " = null or (function(" TEXT_FORMAT ") " TEXT_FORMAT " in (" TEXT_FORMAT "))("
			TEXT_FORMAT "))",
		TEXT_ARGS(own), TEXT_ARGS(buffer_text(&parameters)), TEXT_ARGS(own), TEXT_ARGS(tests),
		TEXT_ARGS(buffer_text(&arguments)));
}

/* An item whose components wait for their neighbours (§7.3.3: their values are known to the tests). */
static const struct feel_type *
constrain_item(struct reading *reading, const struct definitions *of, const struct feel_type *item,
	const struct xml *xml)
{
	struct text all = TEXT("true");
	XML_EACH(xml, inside) {
		if (!xml_is(inside, xml, "itemComponent"))
			continue;
		const struct text allowed = test_of_component(reading->arena, item, inside, "allowedValues");
		const struct text constraint = test_of_component(reading->arena, item, inside, "typeConstraint");
		if (!allowed.at || !constraint.at)
			return reading_broken(reading), NULL;
		all = arena_format(reading->arena, TEXT_FORMAT " and " TEXT_FORMAT " and " TEXT_FORMAT, TEXT_ARGS(all),
			TEXT_ARGS(allowed), TEXT_ARGS(constraint));
		if (!all.at)
			return reading_broken(reading), NULL;
	}
	const struct feel_type *constrained = constrain_by(reading, item, all, false);
	reading_mistakes_of_feel(reading, of, xml, "valeurs permises de", xml_attribute(xml, "name"));
	return constrained;
}

static const struct feel_type *
read_components(struct reading *reading, const struct definitions *of, const struct xml *xml)
{
	struct feel_field *fields = arena_array_of(reading->arena, struct feel_field,
		xml_count(xml, "itemComponent"));
	struct feel_type *type = arena_new_of(reading->arena, struct feel_type);
	size_t count = 0;
	if (!fields || !type)
		return reading_broken(reading), NULL;
	bool waits = false;
	XML_EACH(xml, inside) {
		if (!xml_is(inside, xml, "itemComponent"))
			continue;
		reading->waits = false;
		fields[count].name = name_normalised(reading->arena, xml_attribute(inside, "name"));
		if (!fields[count].name.at)
			return reading_broken(reading), NULL;
		if (!(fields[count].type = read_type(reading, of, inside)))
			return NULL;
		count++;
		waits |= reading->waits;
	}
	reading->waits = false;
	reading->parts += (unsigned)count;
	/* A value may hold more than its type says (§10.3.2.9); only the standard's run lets it be read. */
	*type = (struct feel_type){ .kind = FEEL_CONTEXT, .fields = fields, .field_count = count,
		.open = reading->findings->lenient };
	return waits ? constrain_item(reading, of, type, xml) : type;
}

static const struct feel_type *
read_function(struct reading *reading, const struct definitions *of, const struct xml *xml)
{
	struct feel_field *fields = arena_array_of(reading->arena, struct feel_field, xml_count(xml, "parameters"));
	struct feel_type *type = arena_new_of(reading->arena, struct feel_type);
	size_t count = 0;
	if (!fields || !type)
		return reading_broken(reading), NULL;
	XML_EACH(xml, inside) {
		if (!xml_is(inside, xml, "parameters"))
			continue;
		fields[count].name = name_normalised(reading->arena, xml_attribute(inside, "name"));
		if (!fields[count].name.at)
			return reading_broken(reading), NULL;
		if (!(fields[count].type = type_of_attribute(reading, of, inside, &feel_type_any)))
			return NULL;
		count++;
	}
	const struct text output = xml_attribute(xml, "outputTypeRef");
	const struct feel_type *result = &feel_type_any;
	if (text_trim(output).length && !(result = type_referred(reading, of, xml, output)))
		return NULL;
	*type = (struct feel_type){ .kind = FEEL_FUNCTION, .of = result, .fields = fields, .field_count = count };
	return type;
}

/* An item definition or a component of one. */
static const struct feel_type *
read_type(struct reading *reading, const struct definitions *of, const struct xml *xml)
{
	const struct xml *reference = xml_inside(xml, "typeRef");
	const struct xml *function = xml_inside(xml, "functionItem");
	const struct feel_type *type = &feel_type_any;
	if (function)
		type = read_function(reading, of, function);
	else if (xml_inside(xml, "itemComponent"))
		type = read_components(reading, of, xml);
	else if (reference)
		type = type_referred(reading, of, reference, reference->text);
	if (type)
		type = constrain(reading, of, type, xml, "allowedValues");
	if (type && is_collection(xml)) {
		type = feel_type_list_of(reading->arena, type);
		if (!type)
			reading_broken(reading);
	}
	return type ? constrain(reading, of, type, xml, "typeConstraint") : NULL;
}

/* ---- names of types, for expressions ---- */

/* Declares the types of `from`, behind `prefix`, and of what it imports. */
static bool
declare(struct reading *reading, struct definitions *of, const struct definitions *from, struct text prefix,
	unsigned depth)
{
	struct guichet_error error;
	if (!reading_looks(reading, from->type_count * 1000 + 1))
		return false;
	for (size_t i = 0; i < from->type_count; i++) {
		struct item_definition *item = &from->types[i];
		const struct feel_type *type = resolve(reading, from, item);
		const struct text name = prefix.length
			? arena_format(reading->arena, TEXT_FORMAT "." TEXT_FORMAT, TEXT_ARGS(prefix),
				TEXT_ARGS(item->name))
			: item->name;
		if (!type || !name.at)
			return reading_broken(reading);
		switch (feel_scope_add_type(of->scope, name, type, &error)) {
		case GUICHET_OK:
			break;
		case GUICHET_REFUSED:
			if (from == of)
				reading_mistake(reading, of, item->xml->line, TEXT(""), "type : %s", error.message);
			break;
		default:
			return reading_broken(reading);
		}
	}
	for (size_t i = 0; i < from->import_count && depth < 3; i++) {
		const struct import *import = &from->imports[i];
		if (!import->of || import->of == from)
			continue;
		const struct text inner = prefix.length && import->name.length
			? arena_format(reading->arena, TEXT_FORMAT "." TEXT_FORMAT, TEXT_ARGS(prefix),
				TEXT_ARGS(import->name))
			: prefix.length ? prefix : import->name;
		if (!inner.at && import->name.length)
			return reading_broken(reading);
		if (!declare(reading, of, import->of, inner, depth + 1))
			return false;
	}
	return true;
}

bool
types_read(struct reading *reading, struct definitions *of)
{
	return declare(reading, of, of, TEXT(""), 0);
}
