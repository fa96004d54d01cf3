/* See kit.h. */
#include "dmn/kit.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "dmn/inside.h"

#include "base/banned.h"

enum { MOST_DEPTH = 20, MOST_MEMORY = 512 << 20, MOST_MEMORY_OF_A_CASE = 256 << 20, MOST_INPUTS = 1000 };

static const char instance_space[] = "http://www.w3.org/2001/XMLSchema-instance";

/* The run of a folder. */
struct kit {
	instant now;
	kit_report *report;
	void *context;
	struct guichet_error *error;
	const struct feel *close; /* "abs(a - b) <= 0.00000001" */
	size_t files;
};

/* One file of cases under way. */
struct cases {
	const struct kit *kit;
	struct arena *arena;      /* of the file */
	struct arena *scratch;    /* of a case */
	struct text file;
	const struct dmn_model *model; /* NULL: it cannot be read */
	struct text refusal;           /* why not */
};

/* ---- values ---- */

/* An attribute of XML Schema's instances: xsi:type, xsi:nil. */
static struct text
instance_attribute(const struct xml *xml, const char *name)
{
	for (size_t i = 0; i < xml->attribute_count; i++)
		if (text_equal(xml->attributes[i].space, text_of_string(instance_space))
			&& text_equal(xml->attributes[i].name, text_of_string(name)))
			return text_trim(xml->attributes[i].value);
	return (struct text){ 0 };
}

static const struct {
	const char *name;
	enum feel_kind kind;
} simple_types[] = {
	{ "string", FEEL_STRING }, { "anyURI", FEEL_STRING }, { "token", FEEL_STRING }, { "boolean", FEEL_BOOLEAN },
	{ "decimal", FEEL_NUMBER }, { "double", FEEL_NUMBER }, { "float", FEEL_NUMBER }, { "integer", FEEL_NUMBER },
	{ "int", FEEL_NUMBER }, { "long", FEEL_NUMBER }, { "short", FEEL_NUMBER }, { "date", FEEL_DATE },
	{ "time", FEEL_TIME }, { "dateTime", FEEL_DATE_TIME }, { "duration", FEEL_DAYS_TIME },
	{ "dayTimeDuration", FEEL_DAYS_TIME }, { "yearMonthDuration", FEEL_YEARS_MONTHS },
};

/* A text as a value of that kind; false when it is none. */
static bool
read_simple(struct arena *arena, enum feel_kind kind, struct text text, struct feel_value *ret_value)
{
	const struct text trimmed = text_trim(text);
	struct guichet_error error;
	if (kind == FEEL_STRING) {
		*ret_value = feel_string(text.at ? text : TEXT(""));
		return true;
	}
	if (kind == FEEL_BOOLEAN) {
		const bool yes = text_equal(trimmed, TEXT("true")) || text_equal(trimmed, TEXT("1"));
		*ret_value = feel_boolean(yes);
		return yes || text_equal(trimmed, TEXT("false")) || text_equal(trimmed, TEXT("0"));
	}
	if (kind == FEEL_NUMBER)
		return feel_number_read(trimmed, ret_value);
	json_t *json = json_stringn(trimmed.at ? trimmed.at : "", trimmed.length);
	enum guichet_status status = GUICHET_REFUSED;
	if (json) {
		status = feel_value_of_json(arena, feel_type_find(feel_kind_text(kind)), json, ret_value, &error);
		if (status != GUICHET_OK && kind == FEEL_DAYS_TIME)
			status = feel_value_of_json(arena, &feel_type_years_months, json, ret_value, &error);
	}
	json_decref(json);
	return status == GUICHET_OK;
}

static bool read_value(struct arena *arena, const struct xml *xml, struct feel_value *ret_value);

static bool
read_list(struct arena *arena, const struct xml *xml, struct feel_value *ret_value)
{
	struct feel_value *items = arena_array_of(arena, struct feel_value, xml_count(xml, "item"));
	size_t count = 0;
	if (!items)
		return false;
	XML_EACH(xml, item)
		if (xml_is(item, xml, "item") && !read_value(arena, item, &items[count++]))
			return false;
	*ret_value = feel_list(items, count);
	return true;
}

static bool
read_components(struct arena *arena, const struct xml *xml, struct feel_value *ret_value)
{
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, xml_count(xml, "component"));
	size_t count = 0;
	if (!entries)
		return false;
	XML_EACH(xml, component) {
		if (!xml_is(component, xml, "component"))
			continue;
		entries[count].name = name_normalised(arena, xml_attribute(component, "name"));
		if (!entries[count].name.at || !read_value(arena, component, &entries[count++].value))
			return false;
	}
	*ret_value = feel_context(entries, count);
	return true;
}

/* What stands in an element: a list, components, a value, or nothing. */
static bool
read_value(struct arena *arena, const struct xml *xml, struct feel_value *ret_value)
{
	const struct xml *list = xml_inside(xml, "list"), *value = xml_inside(xml, "value");
	*ret_value = feel_null(TEXT(""));
	if (text_equal(instance_attribute(xml, "nil"), TEXT("true")))
		return true;
	if (list)
		return text_equal(instance_attribute(list, "nil"), TEXT("true")) || read_list(arena, list, ret_value);
	if (xml_inside(xml, "component"))
		return read_components(arena, xml, ret_value);
	if (!value || text_equal(instance_attribute(value, "nil"), TEXT("true")))
		return true;
	struct text type = instance_attribute(value, "type");
	const size_t colon = text_find(type, TEXT(":"));
	if (colon != SIZE_MAX)
		type = text_part(type, colon + 1, SIZE_MAX);
	for (size_t i = 0; i < sizeof simple_types / sizeof *simple_types; i++)
		if (text_equal(type, text_of_string(simple_types[i].name)))
			return read_simple(arena, simple_types[i].kind, value->text, ret_value);
	return type.length == 0 && read_simple(arena, FEEL_STRING, value->text, ret_value);
}

/* ---- comparison ---- */

static bool
same_number(const struct cases *cases, struct feel_value expected, struct feel_value got)
{
	const struct feel_value inputs[] = { expected, got };
	struct feel_run run = { .arena = cases->scratch, .inputs = inputs };
	return feel_is_true(feel_evaluate(cases->kit->close, &run));
}

static bool
same_value(const struct cases *cases, struct feel_value expected, struct feel_value got, unsigned depth)
{
	if (expected.kind != got.kind || depth > XML_MOST_DEPTH)
		return false;
	if (expected.kind == FEEL_NUMBER)
		return same_number(cases, expected, got);
	if (expected.kind == FEEL_LIST) {
		for (size_t i = 0; expected.list.count == got.list.count && i < got.list.count; i++)
			if (!same_value(cases, expected.list.at[i], got.list.at[i], depth + 1))
				return false;
		return expected.list.count == got.list.count;
	}
	if (expected.kind == FEEL_CONTEXT) {
		for (size_t i = 0; i < expected.context.count; i++) {
			const struct feel_entry *entry = &expected.context.at[i];
			size_t j = 0;
			while (j < got.context.count && !text_equal(got.context.at[j].name, entry->name))
				j++;
			if (j == got.context.count || !same_value(cases, entry->value, got.context.at[j].value, depth + 1))
				return false;
		}
		return expected.context.count == got.context.count;
	}
	return feel_is_true(feel_equal(expected, got));
}

/* ---- cases ---- */

static void
tell(const struct cases *cases, const struct xml *test, const struct xml *node, enum kit_outcome outcome,
	struct text expected, struct text got, struct text reason)
{
	struct kit_result result = {
		.outcome = outcome, .file = cases->file, .test = test ? xml_attribute(test, "id") : TEXT(""),
		.node = node ? xml_attribute(node, "name") : TEXT(""), .expected = expected, .got = got,
		.reason = reason,
	};
	if (result.test.length == 0)
		result.test = TEXT("?");
	cases->kit->report(cases->kit->context, &result);
}

static struct text
literal_of(struct arena *arena, struct feel_value value)
{
	const struct text literal = feel_value_to_bare_literal(arena, value);
	return literal.at ? literal : TEXT("…");
}

/* The value that a case asks of its model. */
static struct feel_value
evaluate(const struct cases *cases, const struct xml *test, struct text node, struct dmn_run *run)
{
	const struct text invoked = name_normalised(cases->scratch, xml_attribute(test, "invocableName"));
	if (invoked.length == 0) {
		const struct dmn_item *item = dmn_find(cases->model, node, DMN_DECISION);
		return item || !dmn_find(cases->model, node, DMN_SERVICE) ? dmn_evaluate(cases->model, node, run)
			: dmn_invoke(cases->model, node, run);
	}
	const struct feel_value value = dmn_invoke(cases->model, invoked, run);
	/* of a service with several results, the one that is named */
	for (size_t i = 0; dmn_outputs(cases->model, invoked) > 1 && value.kind == FEEL_CONTEXT
		&& i < value.context.count; i++)
		if (text_equal(value.context.at[i].name, node))
			return value.context.at[i].value;
	return value;
}

static void
run_node(const struct cases *cases, const struct xml *test, const struct xml *node,
	const struct dmn_input *inputs, size_t input_count)
{
	const struct xml *holder = xml_inside(node, "expected");
	const bool fails = text_equal(text_trim(xml_attribute(node, "errorResult")), TEXT("true"));
	struct feel_value expected = { 0 };
	if (!cases->model)
		return tell(cases, test, node, KIT_FAILED, TEXT("…"), TEXT("rien"), cases->refusal);
	if (!fails && holder && !read_value(cases->arena, holder, &expected))
		return tell(cases, test, node, KIT_FAILED, TEXT("…"), TEXT("rien"),
			TEXT("la valeur attendue est illisible"));
	struct dmn_run run = { .arena = cases->scratch, .inputs = inputs, .input_count = input_count,
		.now = cases->kit->now };
	const struct feel_value got = evaluate(cases, test,
		name_normalised(cases->scratch, xml_attribute(node, "name")), &run);
	/* what was given up is no null of the standard */
	const enum kit_outcome outcome = run.external ? KIT_SKIPPED
		: run.stop == FEEL_COMPLETE && same_value(cases, expected, got, 0) ? KIT_PASSED : KIT_FAILED;
	tell(cases, test, node, outcome, literal_of(cases->scratch, expected), literal_of(cases->scratch, got),
		run.external ? TEXT("dépend d’une fonction d’un autre langage")
		: got.kind == FEEL_NULL ? got.reason : TEXT(""));
}

static void
run_case(const struct cases *cases, const struct xml *test)
{
	struct dmn_input *inputs = arena_array_of(cases->scratch, struct dmn_input, MOST_INPUTS);
	size_t count = 0;
	bool readable = inputs;
	XML_EACH(test, input) {
		if (!xml_is(input, test, "inputNode") || !inputs || count == MOST_INPUTS)
			continue;
		inputs[count] = (struct dmn_input){ .space = text_trim(xml_attribute(input, "namespace")),
			.name = name_normalised(cases->scratch, xml_attribute(input, "name")) };
		readable &= inputs[count].name.at && read_value(cases->scratch, input, &inputs[count++].value);
	}
	XML_EACH(test, node) {
		if (!xml_is(node, test, "resultNode"))
			continue;
		if (readable)
			run_node(cases, test, node, inputs, count);
		else
			tell(cases, test, node, KIT_FAILED, TEXT("…"), TEXT("rien"),
				TEXT("une donnée d’entrée est illisible"));
	}
	arena_clear(cases->scratch);
}

/* Reads the model that stands beside the cases. */
static void
read_model(struct cases *cases, const char *path, const struct xml *root)
{
	const struct xml *named = xml_inside(root, "modelName");
	const struct text name = named ? text_trim(named->text) : TEXT("");
	const char *slash = strrchr(path, '/');
	struct dmn_findings *findings = arena_new_of(cases->arena, struct dmn_findings);
	if (name.length == 0 || !slash) {
		cases->refusal = TEXT("« modelName » manque");
		return;
	}
	const struct text model = arena_format(cases->arena, "%.*s/" TEXT_FORMAT, (int)(slash - path), path,
		TEXT_ARGS(name));
	if (findings && model.at) {
		findings->lenient = true;
		cases->model = dmn_read_file(cases->arena, model.at, findings);
	}
	if (!cases->model)
		cases->refusal = findings && findings->count ? dmn_finding_text(cases->arena, &findings->at[0])
			: TEXT("mémoire insuffisante");
}

static struct text
read_bytes(struct arena *arena, const char *path)
{
	CLEANUP(buffer_release) struct buffer bytes = buffer_new(XML_MOST_BYTES);
	FILE *file = fopen(path, "rbe");
	char part[16384];
	size_t length;
	while (file && (length = fread(part, 1, sizeof part, file)) > 0 && !bytes.failed)
		buffer_add(&bytes, (struct text){ part, length });
	if (file)
		fclose(file);
	return bytes.failed ? (struct text){ 0 } : arena_text(arena, buffer_text(&bytes));
}

static void
run_file(struct kit *kit, const char *path, const char *name)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(MOST_MEMORY);
	CLEANUP(arena_free) struct arena *scratch = arena_new(MOST_MEMORY_OF_A_CASE);
	struct cases cases = { .kit = kit, .arena = arena, .scratch = scratch, .file = text_of_string(name) };
	struct xml_mistake mistake = { .message = TEXT("mémoire insuffisante") };
	kit->files++;
	const struct text bytes = arena && scratch ? read_bytes(arena, path) : (struct text){ 0 };
	const struct xml *root = bytes.at ? xml_read(arena, bytes, &mistake) : NULL;
	if (!root || !text_equal(root->name, TEXT("testCases")))
		return tell(&cases, NULL, NULL, KIT_FAILED, TEXT("…"), TEXT("rien"),
			root ? TEXT("ce n’est pas un fichier de cas") : mistake.message);
	read_model(&cases, path, root);
	XML_EACH(root, test)
		if (xml_is(test, root, "testCase"))
			run_case(&cases, test);
}

/* ---- folders ---- */

static bool
is_file_of_cases(struct text name)
{
	return text_ends(name, TEXT(".xml")) && text_find(name, TEXT("-test")) != SIZE_MAX;
}

static enum guichet_status
run_folder(struct kit *kit, const char *folder, unsigned depth)
{
	struct dirent **entries = NULL;
	const int count = scandir(folder, &entries, NULL, alphasort);
	if (count < 0)
		return guichet_fail(kit->error, GUICHET_REFUSED, "%s : dossier illisible (%s).", folder,
			strerror(errno));
	enum guichet_status status = GUICHET_OK;
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		char path[4096];
		struct stat stat_of;
		const int length = snprintf(path, sizeof path, "%s/%s", folder, name);
		if (status == GUICHET_OK && name[0] != '.' && length < (int)sizeof path && lstat(path, &stat_of) == 0) {
			if (S_ISDIR(stat_of.st_mode) && depth < MOST_DEPTH)
				status = run_folder(kit, path, depth + 1);
			else if (S_ISREG(stat_of.st_mode) && is_file_of_cases(text_of_string(name)))
				run_file(kit, path, name);
		}
		free(entries[i]);
	}
	free(entries);
	return status;
}

enum guichet_status
kit_run(const char *folder, instant now, kit_report *report, void *context, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct feel_scope *scope = arena ? feel_scope_new(arena, NULL) : NULL;
	struct feel_findings *findings = arena ? arena_new_of(arena, struct feel_findings) : NULL;
	struct kit kit = { .now = now, .report = report, .context = context, .error = error };
	unsigned slot;
	if (!scope || !findings || feel_scope_add(scope, TEXT("a"), &feel_type_number, &slot, error) != GUICHET_OK
		|| feel_scope_add(scope, TEXT("b"), &feel_type_number, &slot, error) != GUICHET_OK
		|| !(kit.close = feel_read(arena, scope, TEXT("abs(a - b) <= 0.00000001"), findings)))
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	const enum guichet_status status = run_folder(&kit, folder, 0);
	if (status == GUICHET_OK && kit.files == 0)
		return guichet_fail(error, GUICHET_REFUSED, "%s : aucun fichier de cas (*-test*.xml).", folder);
	return status;
}
