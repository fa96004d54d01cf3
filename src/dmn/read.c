/* See dmn.h: from files to a model. Files first, then types, then who requires whom, then logic. */
#include "dmn/dmn.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "dmn/inside.h"

#include "base/banned.h"

/* ---- findings ---- */

bool
reading_broken(struct reading *reading)
{
	reading->findings->broken = true;
	return false;
}

static void
record(struct reading *reading, struct text file, unsigned line, struct text message, struct text remedy)
{
	struct dmn_findings *findings = reading->findings;
	if (!message.at || (remedy.length && !remedy.at))
		findings->broken = true;
	else if (findings->count < DMN_MOST_FINDINGS)
		findings->at[findings->count++] = (struct dmn_finding){ file, line, message, remedy };
}

void
reading_mistake(struct reading *reading, const struct definitions *of, unsigned line, struct text remedy,
	const char *format, ...)
{
	char message[400];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	/* a name cut in the middle of a character is cut before it */
	struct text kept = text_of_string(message);
	while (kept.length && !text_is_utf8(kept))
		kept.length--;
	record(reading, of->file, line, arena_text(reading->arena, kept), remedy);
}

bool
reading_looks(struct reading *reading, unsigned long looks)
{
	if (reading->looks + looks > MOST_LOOKS && !reading->given_up) {
		reading->given_up = true;
		reading_mistake(reading, reading->model->definitions[0], 1, TEXT("découpez-le en plusieurs"),
			"modèle trop enchevêtré pour être lu");
	}
	reading->looks += looks;
	return !reading->given_up;
}

struct dmn_finding
dmn_locate(const struct dmn_model *model, const struct feel_finding *finding)
{
	const struct xml *place = finding->place;
	return (struct dmn_finding){
		.file = model->definitions[0]->file,
		.line = (place ? place->line : 1) + (unsigned)finding->line - (finding->line > 0),
		.message = finding->message,
		.remedy = finding->remedy,
	};
}

struct text
reading_mistakes_of_feel(struct reading *reading, const struct definitions *of, const struct xml *place,
	const char *what, struct text name)
{
	const struct feel_findings *feel = reading->feel;
	if (feel->broken)
		reading->findings->broken = true;
	for (size_t i = 0; i < feel->count; i++) {
		const struct feel_finding *finding = &feel->at[i];
		const struct xml *at = finding->place ? finding->place : place;
		const unsigned line = at->line + (unsigned)finding->line - (finding->line > 0);
		record(reading, of->file, line, arena_format(reading->arena, "%s « %.*s » : " TEXT_FORMAT, what,
			(int)(name.length > 100 ? 100 : name.length), name.at, TEXT_ARGS(finding->message)),
			finding->remedy);
	}
	return feel->count ? feel->at[0].message : TEXT("");
}

struct text
dmn_finding_text(struct arena *arena, const struct dmn_finding *finding)
{
	return arena_format(arena, TEXT_FORMAT "%sligne %u : " TEXT_FORMAT "%s" TEXT_FORMAT,
		TEXT_ARGS(finding->file), finding->file.length ? ", " : "", finding->line,
		TEXT_ARGS(finding->message), finding->remedy.length ? " : " : "", TEXT_ARGS(finding->remedy));
}

/* ---- names ---- */

/* A white space of FEEL (rule 61). */
static bool
is_space(uint32_t point)
{
	return point <= ' ' || point == 0x85 || point == 0xa0 || point == 0x1680 || point == 0x180e
		|| (point >= 0x2000 && point <= 0x200b) || point == 0x2028 || point == 0x2029 || point == 0x202f
		|| point == 0x205f || point == 0x3000 || point == 0xfeff;
}

struct text
name_normalised(struct arena *arena, struct text name)
{
	name = text_trim(name);
	char *at = arena_alloc(arena, name.length + 1);
	size_t length = 0;
	if (!at)
		return (struct text){ 0 };
	for (size_t i = 0; i < name.length;) {
		const size_t first = i;
		const uint32_t point = text_next(name, &i);
		if (!is_space(point)) {
			memcpy(at + length, name.at + first, i - first);
			length += i - first;
		} else if (length && at[length - 1] != ' ') {
			at[length++] = ' ';
		}
	}
	while (length && at[length - 1] == ' ')
		length--;
	return (struct text){ at, length };
}

/* The name of an element and that of the variable inside it, which is what expressions call it. */
static bool
read_names(struct reading *reading, const struct xml *xml, struct element *element)
{
	const struct xml *variable = xml_inside(xml, "variable");
	element->item.name = name_normalised(reading->arena, xml_attribute(xml, "name"));
	element->called = variable ? name_normalised(reading->arena, xml_attribute(variable, "name"))
		: element->item.name;
	if (!element->item.name.at || !element->called.at)
		return reading_broken(reading);
	if (element->called.length == 0)
		element->called = element->item.name;
	if (element->item.name.length == 0)
		element->item.name = element->called;
	if (element->item.name.length == 0)
		reading_mistake(reading, element->of, xml->line, TEXT("donnez-lui un attribut « name »"),
			"élément « " TEXT_FORMAT " » sans nom", TEXT_ARGS(xml->name));
	return true;
}

/* ---- files ---- */

static bool
is_decision_model(struct text space)
{
	return (text_starts(space, TEXT("http://www.omg.org/spec/DMN/"))
			|| text_starts(space, TEXT("https://www.omg.org/spec/DMN/")))
		&& (text_ends(space, TEXT("/MODEL/")) || text_ends(space, TEXT("/MODEL"))
			|| text_ends(space, TEXT("/dmn.xsd")));
}

/* A source that was looked at: its namespace, to be found by imports. */
struct candidate {
	const struct xml *root; /* NULL: not a decision model */
	struct definitions *of; /* once it is read */
	bool looked;
};

struct files {
	const struct dmn_source *sources;
	struct candidate *candidates;
	size_t count;
};

/* Looks at a source; a finding about it only when it is the one to be read. */
static bool
look(struct reading *reading, struct files *files, size_t i, bool told)
{
	struct candidate *candidate = &files->candidates[i];
	struct xml_mistake mistake;
	if (candidate->looked)
		return candidate->root;
	candidate->looked = true;
	const struct xml *root = xml_read(reading->arena, files->sources[i].bytes, &mistake);
	if (!root && mistake.broken)
		return reading_broken(reading);
	if (root && text_equal(root->name, TEXT("definitions")) && is_decision_model(root->space))
		candidate->root = root;
	else if (told)
		record(reading, files->sources[i].name, root ? root->line : mistake.line,
			root ? TEXT("ce n’est pas un modèle de décision") : mistake.message,
			root ? TEXT("l’élément racine est « definitions », de DMN 1.1 à 1.5") : TEXT(""));
	return candidate->root;
}

static const struct {
	const char *name;
	enum dmn_kind kind;
} element_kinds[] = {
	{ "inputData", DMN_INPUT },
	{ "decision", DMN_DECISION },
	{ "businessKnowledgeModel", DMN_KNOWLEDGE },
	{ "decisionService", DMN_SERVICE },
};

static int
kind_of_element(const struct xml *xml)
{
	for (size_t i = 0; i < sizeof element_kinds / sizeof *element_kinds; i++)
		if (text_equal(xml->name, text_of_string(element_kinds[i].name)))
			return (int)element_kinds[i].kind;
	return -1;
}

static int
by_id(const void *a, const void *b)
{
	const struct element *const *one = a, *const *other = b;
	const int order = text_compare((*one)->id, (*other)->id);
	return order ? order : (*one)->rank < (*other)->rank ? -1 : 1;
}

/* Counts what a file holds and makes its elements and its types, named. */
static bool
read_file_parts(struct reading *reading, struct definitions *of)
{
	struct dmn_model *model = reading->model;
	size_t imports = 0, types = 0, elements = 0;
	XML_EACH(of->root, xml) {
		imports += xml_is(xml, of->root, "import");
		types += xml_is(xml, of->root, "itemDefinition");
		elements += kind_of_element(xml) >= 0;
	}
	model->type_count += types;
	if (model->type_count > DMN_MOST_NAMES || elements > DMN_MOST_NAMES - model->count
		|| imports > DMN_MOST_IMPORTS) {
		reading_mistake(reading, of, 1, TEXT("découpez-le en plusieurs"), "modèle trop grand");
		of->root = NULL;
		return true;
	}
	struct import *import = arena_array_of(reading->arena, struct import, imports);
	of->types = arena_array_of(reading->arena, struct item_definition, types);
	of->elements = arena_array_of(reading->arena, struct element *, elements);
	of->by_id = arena_array_of(reading->arena, struct element *, elements);
	of->scope = feel_scope_new(reading->arena, NULL);
	if (!import || !of->types || !of->elements || !of->by_id || !of->scope)
		return reading_broken(reading);
	of->imports = import;
	XML_EACH(of->root, xml) {
		const int kind = kind_of_element(xml);
		if (xml_is(xml, of->root, "import")) {
			const struct text name = name_normalised(reading->arena, xml_attribute(xml, "name"));
			if (!name.at)
				return reading_broken(reading);
			import[of->import_count++] = (struct import){ .name = name,
				.space = text_trim(xml_attribute(xml, "namespace")),
				.location = text_trim(xml_attribute(xml, "locationURI")) };
		} else if (xml_is(xml, of->root, "itemDefinition")) {
			const struct text name = name_normalised(reading->arena, xml_attribute(xml, "name"));
			if (!name.at)
				return reading_broken(reading);
			of->types[of->type_count++] = (struct item_definition){ .name = name, .xml = xml };
		} else if (kind >= 0) {
			struct element *element = arena_new_of(reading->arena, struct element);
			if (!element)
				return reading_broken(reading);
			*element = (struct element){ .item = { .kind = (enum dmn_kind)kind, .space = of->space,
				.type = &feel_type_any, .line = xml->line },
				.id = xml_attribute(xml, "id"), .model = model, .of = of, .xml = xml,
				.rank = (unsigned)model->count++ };
			if (!read_names(reading, xml, element))
				return false;
			of->elements[of->count] = of->by_id[of->count] = element;
			of->count++;
		}
	}
	if (of->count)
		qsort(of->by_id, of->count, sizeof *of->by_id, by_id);
	return true;
}

/* The file that an import means: of its namespace and, of several, the one at its location. */
static size_t
find_imported(struct reading *reading, struct files *files, const struct import *import)
{
	size_t found = files->count;
	for (size_t i = 0; i < files->count; i++) {
		if (!look(reading, files, i, false)
			|| !text_equal(text_trim(xml_attribute(files->candidates[i].root, "namespace")), import->space))
			continue;
		if (found == files->count || (import->location.length
			&& text_ends(import->location, files->sources[i].name)))
			found = i;
	}
	return found;
}

/* Makes the definitions of a candidate, once, and gives them to the import. */
static bool
read_imported(struct reading *reading, struct files *files, size_t i, struct import *import)
{
	struct candidate *candidate = &files->candidates[i];
	struct dmn_model *model = reading->model;
	if (!candidate->of) {
		candidate->of = arena_new_of(reading->arena, struct definitions);
		if (!candidate->of)
			return reading_broken(reading);
		*candidate->of = (struct definitions){ .file = files->sources[i].name, .root = candidate->root,
			.space = import->space };
		model->definitions[model->definitions_count++] = candidate->of;
	}
	import->of = candidate->of;
	return true;
}

/* Reads the file of a candidate, then, found by their namespaces, those it imports. */
static bool
read_with_imports(struct reading *reading, struct files *files)
{
	struct dmn_model *model = reading->model;
	model->definitions = arena_array_of(reading->arena, struct definitions *, files->count);
	if (!model->definitions)
		return reading_broken(reading);
	struct import *first = &(struct import){ .space = text_trim(xml_attribute(files->candidates[0].root,
		"namespace")) };
	if (!read_imported(reading, files, 0, first))
		return false;
	for (size_t done = 0; done < model->definitions_count; done++) {
		struct definitions *of = model->definitions[done];
		if (!read_file_parts(reading, of))
			return false;
		for (size_t i = 0; i < of->import_count; i++) {
			const size_t found = find_imported(reading, files, &of->imports[i]);
			if (found < files->count && !read_imported(reading, files, found, &of->imports[i]))
				return false;
		}
	}
	return !reading->findings->broken;
}

/* An import of a decision model that was not found; those of data types or PMML are nobody's loss
 * until something of them is asked for. */
static void
check_imports(struct reading *reading, const struct definitions *of)
{
	size_t i = 0;
	XML_EACH(of->root, xml) {
		if (!xml_is(xml, of->root, "import"))
			continue;
		const struct import *import = &of->imports[i++];
		if (!import->of && is_decision_model(text_trim(xml_attribute(xml, "importType"))))
			reading_mistake(reading, of, xml->line, TEXT("mettez son fichier .dmn dans le même dossier"),
				"modèle importé introuvable « " TEXT_FORMAT " »", TEXT_ARGS(import->space));
		if (import->of == of)
			reading_mistake(reading, of, xml->line, TEXT("retirez cet import"),
				"un modèle s’importe lui-même");
	}
}

static bool
gather_elements(struct reading *reading)
{
	struct dmn_model *model = reading->model;
	model->elements = arena_array_of(reading->arena, struct element *, model->count);
	if (!model->elements)
		return reading_broken(reading);
	for (size_t i = 0; i < model->definitions_count; i++)
		for (size_t j = 0; j < model->definitions[i]->count; j++)
			model->elements[model->definitions[i]->elements[j]->rank] = model->definitions[i]->elements[j];
	return true;
}

static bool
read_model(struct reading *reading, struct files *files)
{
	if (!look(reading, files, 0, true) || !read_with_imports(reading, files))
		return false;
	struct dmn_model *model = reading->model;
	for (size_t i = 0; i < model->definitions_count; i++)
		if (!model->definitions[i]->root)
			return false; /* too large */
	for (size_t i = 0; i < model->definitions_count; i++)
		check_imports(reading, model->definitions[i]);
	for (size_t i = 0; i < model->definitions_count; i++)
		if (!types_read(reading, model->definitions[i]))
			return false;
	return gather_elements(reading) && items_read(reading) && requirements_read(reading)
		&& logic_read(reading);
}

/* The model's own findings first, then by file and line. */
static bool
comes_before(const struct dmn_finding *a, const struct dmn_finding *b, struct text first)
{
	const bool own = text_equal(a->file, first), other_own = text_equal(b->file, first);
	const int order = text_compare(a->file, b->file);
	return own != other_own ? own : order ? order < 0 : a->line < b->line;
}

static void
sort_findings(struct dmn_findings *findings, struct text first)
{
	for (size_t i = 1; i < findings->count; i++) {
		const struct dmn_finding moved = findings->at[i];
		size_t j = i;
		for (; j && comes_before(&moved, &findings->at[j - 1], first); j--)
			findings->at[j] = findings->at[j - 1];
		findings->at[j] = moved;
	}
}

struct dmn_model *
dmn_read(struct arena *arena, const struct dmn_source *sources, size_t count, struct dmn_findings *findings)
{
	struct files files = { sources, arena_array_of(arena, struct candidate, count), count };
	struct reading reading = { .arena = arena, .findings = findings,
		.feel = arena_new_of(arena, struct feel_findings), .model = arena_new_of(arena, struct dmn_model) };
	if (count == 0 || !files.candidates || !reading.feel || !reading.model) {
		findings->broken = true;
		return NULL;
	}
	const bool read = read_model(&reading, &files);
	sort_findings(findings, sources[0].name);
	if (!read || reading.given_up || findings->broken || (findings->count && !findings->lenient))
		return NULL;
	return reading.model;
}

/* ---- the folder of a file ---- */

/* The bytes of a file; at == NULL and errno when it cannot be read. Without memory, ENOMEM. */
static struct text
read_bytes(struct arena *arena, const char *path)
{
	CLEANUP(buffer_release) struct buffer bytes = buffer_new(XML_MOST_BYTES + 1);
	FILE *file = fopen(path, "rbe");
	if (!file)
		return (struct text){ 0 };
	char part[16384];
	size_t length;
	errno = 0;
	while ((length = fread(part, 1, sizeof part, file)) > 0 && !bytes.failed)
		buffer_add(&bytes, (struct text){ part, length });
	const int error = ferror(file) ? errno : bytes.failed ? EFBIG : 0;
	fclose(file);
	const struct text kept = error ? (struct text){ 0 } : arena_text(arena, buffer_text(&bytes));
	if (!kept.at)
		errno = error ? error : ENOMEM;
	return kept;
}

static int
no_dots(const struct dirent *entry)
{
	const struct text name = text_of_string(entry->d_name);
	return name.at[0] != '.' && text_ends(name, TEXT(".dmn"));
}

/* Adds the other *.dmn of a folder, in the order of their names. */
static bool
read_neighbours(struct arena *arena, struct text folder, struct text own, struct dmn_source *sources,
	size_t *count, size_t most)
{
	struct dirent **entries = NULL;
	char path[4096];
	snprintf(path, sizeof path, TEXT_FORMAT, TEXT_ARGS(folder));
	const int found = scandir(path, &entries, no_dots, alphasort);
	bool kept = true;
	for (int i = 0; i < found; i++) {
		const struct text name = text_of_string(entries[i]->d_name);
		if (kept && *count < most && !text_equal(name, own)) {
			snprintf(path, sizeof path, TEXT_FORMAT "/" TEXT_FORMAT, TEXT_ARGS(folder), TEXT_ARGS(name));
			struct dmn_source source = { arena_text(arena, name), read_bytes(arena, path) };
			kept = source.name.at && (source.bytes.at || errno != ENOMEM);
			if (kept && source.bytes.at)
				sources[(*count)++] = source;
		}
		free(entries[i]);
	}
	free(entries);
	return kept;
}

struct dmn_model *
dmn_read_file(struct arena *arena, const char *path, struct dmn_findings *findings)
{
	enum { MOST_FILES = 200 };
	const char *slash = strrchr(path, '/');
	const struct text own = text_of_string(slash ? slash + 1 : path);
	const struct text folder = slash ? (struct text){ path, (size_t)(slash - path) + (slash == path) }
		: TEXT(".");
	struct dmn_source *sources = arena_array_of(arena, struct dmn_source, MOST_FILES);
	struct reading reading = { .arena = arena, .findings = findings };
	size_t count = 1;
	if (!sources || !(sources[0].name = arena_text(arena, own)).at) {
		findings->broken = true;
		return NULL;
	}
	sources[0].bytes = read_bytes(arena, path);
	if (!sources[0].bytes.at) {
		if (errno == ENOMEM)
			findings->broken = true;
		else
			record(&reading, sources[0].name, 1, errno == EFBIG ? TEXT("fichier trop grand")
				: arena_format(arena, "fichier illisible (%s)", strerror(errno)), TEXT(""));
		return NULL;
	}
	if (text_find(sources[0].bytes, TEXT("import")) != SIZE_MAX
		&& !read_neighbours(arena, folder, own, sources, &count, MOST_FILES)) {
		findings->broken = true;
		return NULL;
	}
	return dmn_read(arena, sources, count, findings);
}

/* ---- what a model holds ---- */

const struct dmn_item *const *
dmn_items(const struct dmn_model *model, size_t *ret_count)
{
	*ret_count = model->definitions[0]->count;
	return (const struct dmn_item *const *)model->definitions[0]->elements;
}

const struct dmn_item *
dmn_find(const struct dmn_model *model, struct text name, int kind)
{
	const struct definitions *of = model->definitions[0];
	const struct dmn_item *by_variable = NULL;
	for (size_t i = 0; i < of->count; i++) {
		const struct element *element = of->elements[i];
		if (kind >= 0 && kind != (int)element->item.kind)
			continue;
		if (text_equal(element->item.name, name))
			return &element->item;
		if (!by_variable && text_equal(element->called, name))
			by_variable = &element->item;
	}
	return by_variable;
}

size_t
dmn_outputs(const struct dmn_model *model, struct text name)
{
	const struct dmn_item *service = dmn_find(model, name, DMN_SERVICE);
	return service ? ((const struct element *)service)->output_count : 0;
}
