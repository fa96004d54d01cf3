/* The boxed expressions of a model (DMN 1.5, §10.2.2) as boxes of feel/box.h. */
#include "dmn/inside.h"

#include "base/banned.h"

/* What boxes are made with. */
struct boxing {
	struct reading *reading;
	const struct definitions *of;
	struct text result; /* the type of a table whose one output has none; may be empty */
};

static bool read_expression(const struct boxing *boxing, const struct xml *xml, struct feel_box *box);
static int kind_of(const struct xml *xml);
static const struct xml *expression_in(const struct xml *xml);

/* ---- parts ---- */

static bool
broken(const struct boxing *boxing)
{
	return reading_broken(boxing->reading);
}

/* FEEL, by its name or one of its addresses; what is not stated is FEEL. */
static bool
is_feel(struct text language)
{
	static const char feel[] = "feel";
	language = text_trim(language);
	for (size_t i = 0; i + 4 <= language.length; i++) {
		size_t j = 0;
		while (j < 4 && (language.at[i + j] | 0x20) == feel[j])
			j++;
		if (j == 4)
			return true;
	}
	return language.length == 0;
}

/* The text inside an element, as a cell. */
static struct feel_cell
cell_of(const struct xml *xml)
{
	const struct xml *text = xml ? xml_inside(xml, "text") : NULL;
	if (!text)
		return (struct feel_cell){ TEXT(""), xml };
	const struct text trimmed = text_trim(text->text);
	return (struct feel_cell){ trimmed.length > 1 ? text->text : trimmed, text };
}

/* Room for parts with names; false without memory. */
static bool
make_parts(const struct boxing *boxing, size_t most, struct feel_box **ret_parts, struct text **ret_names)
{
	*ret_parts = arena_array_of(boxing->reading->arena, struct feel_box, most);
	*ret_names = arena_array_of(boxing->reading->arena, struct text, most);
	return (*ret_parts && *ret_names) || broken(boxing);
}

static size_t
count_inside(const struct xml *xml)
{
	size_t count = 0;
	XML_EACH(xml, inside)
		count++;
	return count;
}

static bool
read_name(const struct boxing *boxing, struct text written, struct text *ret_name)
{
	*ret_name = name_normalised(boxing->reading->arena, written);
	return ret_name->at || broken(boxing);
}

const struct feel_box *
boxes_typed(struct arena *arena, const struct feel_box *box, const struct feel_type *type)
{
	if (!type || type->kind == FEEL_ANY || box->type == type)
		return box;
	struct feel_box *typed = arena_new_of(arena, struct feel_box);
	struct text *name = arena_new_of(arena, struct text);
	if (!typed || !name)
		return NULL;
	if (!box->type) {
		*typed = *box;
		typed->type = type;
		return typed;
	}
	/* two types, one after the other: a context that is only its result */
	*name = TEXT("");
	*typed = (struct feel_box){ .kind = FEEL_BOX_CONTEXT, .type = type, .parts = box, .count = 1,
		.names = name, .name_count = 1 };
	return typed;
}

/* The expression inside `xml`; an empty box when there is none. */
static bool
read_inside(const struct boxing *boxing, const struct xml *xml, struct feel_box *box)
{
	const struct xml *expression = xml ? expression_in(xml) : NULL;
	if (expression)
		return read_expression(boxing, expression, box);
	*box = (struct feel_box){ .kind = FEEL_BOX_NOTHING };
	return true;
}

/* ---- each kind ---- */

static bool
read_literal(const struct boxing *boxing, const struct xml *xml, struct feel_box *box)
{
	box->cell = cell_of(xml);
	box->kind = text_trim(box->cell.text).length ? FEEL_BOX_EXPRESSION : FEEL_BOX_NOTHING;
	if (!is_feel(xml_attribute(xml, "expressionLanguage"))) {
		reading_mistake(boxing->reading, boxing->of, xml->line, TEXT("écrivez-la en FEEL"),
			"expression dans un autre langage que FEEL");
		box->kind = FEEL_BOX_NOTHING;
	}
	return true;
}

static bool
read_context(const struct boxing *boxing, const struct xml *xml, struct feel_box *box)
{
	struct feel_box *parts;
	struct text *names;
	if (!make_parts(boxing, count_inside(xml), &parts, &names))
		return false;
	XML_EACH(xml, entry) {
		if (!xml_is(entry, xml, "contextEntry"))
			continue;
		const struct xml *variable = xml_inside(entry, "variable");
		const struct text written = variable ? xml_attribute(variable, "name") : TEXT("");
		struct feel_box *part = &parts[box->count];
		if (!read_name(boxing, written, &names[box->count]) || !read_inside(boxing, entry, part))
			return false;
		const struct feel_type *type = type_of_attribute(boxing->reading, boxing->of, variable, &feel_type_any);
		struct feel_box *kept = arena_new_of(boxing->reading->arena, struct feel_box);
		if (!type || !kept)
			return broken(boxing);
		*kept = *part;
		const struct feel_box *typed = boxes_typed(boxing->reading->arena, kept, type);
		if (!typed)
			return broken(boxing);
		*part = *typed;
		box->count++;
	}
	box->kind = FEEL_BOX_CONTEXT;
	box->parts = parts;
	box->names = names;
	box->name_count = box->count;
	return true;
}

static bool
read_list(const struct boxing *boxing, const struct xml *xml, struct feel_box *box)
{
	struct feel_box *parts;
	struct text *names;
	if (!make_parts(boxing, count_inside(xml), &parts, &names))
		return false;
	XML_EACH(xml, inside) {
		if (kind_of(inside) < 0)
			continue;
		if (!read_expression(boxing, inside, &parts[box->count++]))
			return false;
	}
	box->kind = FEEL_BOX_LIST;
	box->parts = parts;
	return true;
}

static bool
read_relation(const struct boxing *boxing, const struct xml *xml, struct feel_box *box)
{
	const size_t columns = xml_count(xml, "column"), rows = xml_count(xml, "row");
	struct feel_box *parts;
	struct text *names, *unused;
	size_t cells;
	if (__builtin_mul_overflow(columns, rows, &cells) || cells > XML_MOST_ELEMENTS) {
		reading_mistake(boxing->reading, boxing->of, xml->line, TEXT(""), "relation trop grande");
		return true;
	}
	const struct feel_type **types = arena_array_of(boxing->reading->arena, const struct feel_type *, columns);
	names = arena_array_of(boxing->reading->arena, struct text, columns);
	if (!types || !names || !make_parts(boxing, cells, &parts, &unused))
		return broken(boxing);
	XML_EACH(xml, column) {
		if (!xml_is(column, xml, "column"))
			continue;
		if (!read_name(boxing, xml_attribute(column, "name"), &names[box->name_count]))
			return false;
		types[box->name_count] = type_of_attribute(boxing->reading, boxing->of, column, &feel_type_any);
		if (!types[box->name_count++])
			return false;
	}
	XML_EACH(xml, row) {
		if (!xml_is(row, xml, "row"))
			continue;
		size_t column = 0;
		XML_EACH(row, cell) {
			if (kind_of(cell) < 0 || column++ >= columns)
				continue;
			struct feel_box *part = arena_new_of(boxing->reading->arena, struct feel_box);
			if (!part)
				return broken(boxing);
			if (!read_expression(boxing, cell, part))
				return false;
			const struct feel_box *typed = boxes_typed(boxing->reading->arena, part, types[column - 1]);
			if (!typed)
				return broken(boxing);
			parts[box->count + column - 1] = *typed;
		}
		if (column != columns)
			reading_mistake(boxing->reading, boxing->of, row->line, TEXT(""),
				"cette ligne n’a pas les cases qu’il faut : %zu sur %zu", column, columns);
		box->count += columns; /* those that are missing are empty */
	}
	box->kind = FEEL_BOX_RELATION;
	box->parts = parts;
	box->names = names;
	return true;
}

bool
boxes_parameters(struct reading *reading, const struct definitions *of, const struct xml *xml,
	struct feel_field **ret_fields, size_t *ret_count)
{
	struct feel_field *fields = arena_array_of(reading->arena, struct feel_field, count_inside(xml));
	size_t count = 0;
	if (!fields)
		return reading_broken(reading);
	XML_EACH(xml, parameter) {
		if (!xml_is(parameter, xml, "formalParameter"))
			continue;
		fields[count].name = name_normalised(reading->arena, xml_attribute(parameter, "name"));
		fields[count].type = type_of_attribute(reading, of, parameter, &feel_type_any);
		if (!fields[count].name.at || !fields[count].type)
			return reading_broken(reading);
		count++;
	}
	*ret_fields = fields;
	*ret_count = count;
	return true;
}

bool
boxes_external(const struct xml *function)
{
	const struct text kind = text_trim(xml_attribute(function, "kind"));
	return kind.length && !is_feel(kind);
}

static bool
read_function(const struct boxing *boxing, const struct xml *xml, struct feel_box *box)
{
	struct feel_field *fields;
	struct feel_box *body = arena_new_of(boxing->reading->arena, struct feel_box);
	if (!body || !boxes_parameters(boxing->reading, boxing->of, xml, &fields, &box->parameter_count))
		return broken(boxing);
	box->parameters = fields;
	if (boxes_external(xml)) {
		box->kind = FEEL_BOX_EXTERNAL;
		box->cell = (struct feel_cell){ xml_attribute(xml, "kind"), xml };
		return true;
	}
	box->kind = FEEL_BOX_FUNCTION;
	box->parts = body;
	box->count = 1;
	return read_inside(boxing, xml, body);
}

static bool
read_invocation(const struct boxing *boxing, const struct xml *xml, struct feel_box *box)
{
	struct feel_box *parts;
	struct text *names;
	if (!make_parts(boxing, count_inside(xml) + 1, &parts, &names) || !read_inside(boxing, xml, &parts[0]))
		return false;
	names[0] = TEXT("");
	box->count = 1;
	XML_EACH(xml, binding) {
		if (!xml_is(binding, xml, "binding"))
			continue;
		const struct xml *parameter = xml_inside(binding, "parameter");
		struct feel_box *part = arena_new_of(boxing->reading->arena, struct feel_box);
		const struct feel_type *type = type_of_attribute(boxing->reading, boxing->of, parameter,
			&feel_type_any);
		if (!part || !type
			|| !read_name(boxing, parameter ? xml_attribute(parameter, "name") : TEXT(""), &names[box->count]))
			return broken(boxing);
		if (!read_inside(boxing, binding, part))
			return false;
		const struct feel_box *typed = boxes_typed(boxing->reading->arena, part, type);
		if (!typed)
			return broken(boxing);
		parts[box->count++] = *typed;
	}
	box->kind = FEEL_BOX_INVOCATION;
	box->parts = parts;
	box->names = names;
	box->name_count = box->count;
	return true;
}

/* The boxes whose parts are elements of fixed names. */
static const struct fixed {
	const char *name;
	enum feel_box_kind kind;
	const char *parts[3];
} fixed[] = {
	{ "conditional", FEEL_BOX_IF, { "if", "then", "else" } },
	{ "for", FEEL_BOX_FOR, { "in", "return" } },
	{ "some", FEEL_BOX_SOME, { "in", "satisfies" } },
	{ "every", FEEL_BOX_EVERY, { "in", "satisfies" } },
	{ "filter", FEEL_BOX_FILTER, { "in", "match" } },
};

static bool
read_fixed(const struct boxing *boxing, const struct xml *xml, struct feel_box *box)
{
	const struct fixed *shape = fixed;
	while (!text_equal(xml->name, text_of_string(shape->name)))
		shape++;
	struct feel_box *parts;
	struct text *names;
	if (!make_parts(boxing, 3, &parts, &names))
		return false;
	for (size_t i = 0; i < 3 && shape->parts[i]; i++) {
		const struct xml *part = xml_inside(xml, shape->parts[i]);
		if (!read_inside(boxing, part, &parts[i]))
			return false;
		if (!part || !expression_in(part))
			reading_mistake(boxing->reading, boxing->of, xml->line, TEXT(""),
				"il manque « %s » dans cet élément « %s »", shape->parts[i], shape->name);
		box->count++;
	}
	const struct text variable = xml_attribute(xml, "iteratorVariable");
	if (variable.at) {
		if (!read_name(boxing, variable, &names[0]))
			return false;
		box->names = names;
		box->name_count = 1;
	} else if (shape->kind != FEEL_BOX_IF && shape->kind != FEEL_BOX_FILTER) {
		reading_mistake(boxing->reading, boxing->of, xml->line, TEXT("ajoutez l’attribut iteratorVariable"),
			"cet élément « %s » n’a pas de variable", shape->name);
		box->count = 0;
		return true; /* an empty box */
	}
	box->kind = shape->kind;
	box->parts = parts;
	return true;
}

/* ---- decision tables ---- */

static const struct {
	const char *policy, *aggregation;
	enum feel_hit hit;
} policies[] = {
	{ "UNIQUE", "", FEEL_UNIQUE },
	{ "ANY", "", FEEL_ANY_RULE },
	{ "PRIORITY", "", FEEL_PRIORITY },
	{ "FIRST", "", FEEL_FIRST },
	{ "COLLECT", "", FEEL_COLLECT },
	{ "COLLECT", "SUM", FEEL_COLLECT_SUM },
	{ "COLLECT", "MIN", FEEL_COLLECT_MIN },
	{ "COLLECT", "MAX", FEEL_COLLECT_MAX },
	{ "COLLECT", "COUNT", FEEL_COLLECT_COUNT },
	{ "RULE ORDER", "", FEEL_RULE_ORDER },
	{ "OUTPUT ORDER", "", FEEL_OUTPUT_ORDER },
};

static enum feel_hit
read_policy(const struct boxing *boxing, const struct xml *xml)
{
	const struct text policy = text_trim(xml_attribute(xml, "hitPolicy"));
	const struct text aggregation = text_trim(xml_attribute(xml, "aggregation"));
	if (policy.length == 0)
		return FEEL_UNIQUE;
	for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
		const bool collects = text_equal(policy, TEXT("COLLECT"));
		if (text_equal(policy, text_of_string(policies[i].policy))
			&& (!collects || text_equal(aggregation, text_of_string(policies[i].aggregation))))
			return policies[i].hit;
	}
	reading_mistake(boxing->reading, boxing->of, xml->line,
		TEXT("UNIQUE, ANY, PRIORITY, FIRST, COLLECT, RULE ORDER ou OUTPUT ORDER"),
		"règle de choix inconnue « %.*s »", (int)(policy.length > 40 ? 40 : policy.length), policy.at);
	return FEEL_UNIQUE;
}

static struct feel_cell
cell_inside(const struct xml *xml, const char *name)
{
	const struct xml *inside = xml_inside(xml, name);
	return inside ? cell_of(inside) : (struct feel_cell){ TEXT(""), xml };
}

static bool
read_columns(const struct boxing *boxing, const struct xml *xml, struct feel_table *table)
{
	const size_t inputs = xml_count(xml, "input"), outputs = xml_count(xml, "output");
	struct feel_table_input *input = arena_array_of(boxing->reading->arena, struct feel_table_input, inputs);
	struct feel_table_output *output = arena_array_of(boxing->reading->arena, struct feel_table_output,
		outputs);
	if (!input || !output)
		return broken(boxing);
	const bool ordered = table->hit == FEEL_PRIORITY || table->hit == FEEL_OUTPUT_ORDER;
	XML_EACH(xml, inside) {
		if (xml_is(inside, xml, "input")) {
			const struct xml *expression = xml_inside(inside, "inputExpression");
			const struct text name = expression ? xml_attribute(expression, "typeRef") : (struct text){ 0 };
			struct feel_table_input *to = &input[table->input_count++];
			*to = (struct feel_table_input){ .expression = cell_inside(inside, "inputExpression"),
				.values = cell_inside(inside, "inputValues") };
			if (text_trim(name).length
				&& !(to->type = type_referred(boxing->reading, boxing->of, expression, name)))
				return false;
		} else if (xml_is(inside, xml, "output")) {
			const struct text name = xml_attribute(inside, "typeRef");
			struct feel_table_output *to = &output[table->output_count++];
			*to = (struct feel_table_output){ .values = cell_inside(inside, "outputValues"),
				.otherwise = cell_inside(inside, "defaultOutputEntry") };
			if (!read_name(boxing, xml_attribute(inside, "name"), &to->name))
				return false;
			if (text_trim(name).length
				&& !(to->type = type_referred(boxing->reading, boxing->of, inside, name)))
				return false;
			if (ordered && text_trim(to->values.text).length == 0)
				to->values.text = type_allowed_text(boxing->of, text_trim(name).length || outputs > 1 ? name
					: boxing->result);
		}
	}
	table->inputs = input;
	table->outputs = output;
	return true;
}

static bool
read_rule(const struct boxing *boxing, const struct xml *xml, const struct feel_table *table,
	struct feel_table_rule *rule)
{
	struct feel_cell *tests = arena_array_of(boxing->reading->arena, struct feel_cell, table->input_count);
	struct feel_cell *results = arena_array_of(boxing->reading->arena, struct feel_cell, table->output_count);
	size_t input = 0, output = 0;
	if (!tests || !results)
		return broken(boxing);
	for (size_t i = 0; i < table->input_count; i++)
		tests[i].place = xml;
	for (size_t i = 0; i < table->output_count; i++)
		results[i].place = xml;
	XML_EACH(xml, entry) {
		if (xml_is(entry, xml, "inputEntry")) {
			if (input < table->input_count)
				tests[input] = cell_of(entry);
			input++;
		} else if (xml_is(entry, xml, "outputEntry")) {
			if (output < table->output_count)
				results[output] = cell_of(entry);
			output++;
		} else if (xml_is(entry, xml, "annotationEntry") && rule->note.length == 0) {
			rule->note = text_trim(cell_of(entry).text);
		}
	}
	if (input != table->input_count || output != table->output_count)
		reading_mistake(boxing->reading, boxing->of, xml->line, TEXT(""),
			"cette règle n’a pas les cases qu’il faut : conditions %zu sur %zu, résultats %zu sur %zu",
			input, table->input_count, output, table->output_count);
	rule->tests = tests;
	rule->results = results;
	return true;
}

/* The columns may be given as inputs, the rules as rows or columns: the XML is the same. */
static bool
read_table(const struct boxing *boxing, const struct xml *xml, struct feel_box *box)
{
	struct feel_table *table = arena_new_of(boxing->reading->arena, struct feel_table);
	const size_t rules = xml_count(xml, "rule");
	struct feel_table_rule *rule = arena_array_of(boxing->reading->arena, struct feel_table_rule, rules);
	if (!table || !rule)
		return broken(boxing);
	table->hit = read_policy(boxing, xml);
	table->rules = rule;
	if (!read_columns(boxing, xml, table))
		return false;
	if (table->output_count == 0 || rules > FEEL_MOST_RULES) {
		reading_mistake(boxing->reading, boxing->of, xml->line, TEXT(""), table->output_count
			? "table de plus de %d règles" : "table sans résultat", FEEL_MOST_RULES);
		return true; /* an empty box */
	}
	if (!read_name(boxing, xml_attribute(xml, "outputLabel"), &table->name))
		return false;
	XML_EACH(xml, inside)
		if (xml_is(inside, xml, "rule") && !read_rule(boxing, inside, table, &rule[table->rule_count++]))
			return false;
	box->kind = FEEL_BOX_TABLE;
	box->table = table;
	return true;
}

/* ---- the kinds together ---- */

static const struct {
	const char *name;
	bool (*read)(const struct boxing *boxing, const struct xml *xml, struct feel_box *box);
} kinds[] = {
	{ "literalExpression", read_literal },
	{ "context", read_context },
	{ "list", read_list },
	{ "relation", read_relation },
	{ "functionDefinition", read_function },
	{ "invocation", read_invocation },
	{ "decisionTable", read_table },
	{ "conditional", read_fixed },
	{ "for", read_fixed },
	{ "some", read_fixed },
	{ "every", read_fixed },
	{ "filter", read_fixed },
};

static int
kind_of(const struct xml *xml)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (text_equal(xml->name, text_of_string(kinds[i].name)))
			return (int)i;
	return -1;
}

/* The expression inside `xml` (a decision, an entry…), or NULL. */
static const struct xml *
expression_in(const struct xml *xml)
{
	XML_EACH(xml, inside)
		if (kind_of(inside) >= 0)
			return inside;
	return NULL;
}

/* False without memory. */
static bool
read_expression(const struct boxing *boxing, const struct xml *xml, struct feel_box *box)
{
	const int kind = kind_of(xml);
	*box = (struct feel_box){ .kind = FEEL_BOX_NOTHING };
	const struct feel_type *type = type_of_attribute(boxing->reading, boxing->of, xml, &feel_type_any);
	if (!type || !kinds[kind].read(boxing, xml, box))
		return false;
	box->type = type->kind == FEEL_ANY ? NULL : type;
	if (!box->cell.place)
		box->cell.place = xml;
	return true;
}

bool
boxes_read(struct reading *reading, const struct definitions *of, const struct xml *xml,
	const struct feel_box **ret_box)
{
	const struct xml *expression = expression_in(xml), *variable = xml_inside(xml, "variable");
	*ret_box = NULL;
	if (!expression)
		return true;
	const bool is_table = text_equal(expression->name, TEXT("decisionTable"));
	const struct boxing boxing = { reading, of,
		is_table && variable ? xml_attribute(variable, "typeRef") : TEXT("") };
	struct feel_box *box = arena_new_of(reading->arena, struct feel_box);
	if (!box)
		return reading_broken(reading);
	if (!read_expression(&boxing, expression, box))
		return false;
	*ret_box = box;
	return true;
}
