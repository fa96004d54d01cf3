/* See yaml.h: the events of libfyaml become a tree of ours, with ceilings. The stack of open
 * nodes is ours too, so that depth is bounded whatever the text. */
#include "procedure/yaml.h"

#include <libfyaml.h>
#include <string.h>

#include "base/banned.h"

struct child {
	struct child *next;
	struct yaml_node *node;
};

struct open_node {
	struct yaml_node *node;
	struct child *first, **last;
	size_t count;
};

struct anchor {
	struct anchor *next;
	struct text name;
	struct yaml_node *node; /* NULL until it is whole: an alias inside itself is refused */
};

struct reading {
	struct arena *arena;
	const struct source *source;
	struct procedure_findings *findings;
	struct open_node open[PROCEDURE_MOST_DEPTH + 2];
	struct anchor *open_anchor[PROCEDURE_MOST_DEPTH + 2];
	size_t depth;
	struct anchor *anchors;
	struct yaml_node *root;
	bool stopped; /* a finding that makes going on useless, or no memory */
};

static void
free_parser(struct fy_parser *parser)
{
	if (parser)
		fy_parser_destroy(parser);
}
DEFINE_CLEANUP(struct fy_parser, free_parser)

static void
free_diagnostics(struct fy_diag *diagnostics)
{
	if (diagnostics)
		fy_diag_unref(diagnostics);
}
DEFINE_CLEANUP(struct fy_diag, free_diagnostics)

static void
out_of_memory(struct reading *reading)
{
	reading->findings->broken = true;
	reading->stopped = true;
}

static void
stop(struct reading *reading, size_t at, int number, struct text remedy, const char *sentence)
{
	finding_add(reading->findings, number, (struct span){ reading->source, at, at + 1 }, remedy, "%s", sentence);
	reading->stopped = true;
}

/* Gives a finished node to the one that is open, or makes it the root. */
static void
attach(struct reading *reading, struct yaml_node *node)
{
	if (reading->depth == 0) {
		reading->root = node;
		return;
	}
	struct open_node *parent = &reading->open[reading->depth - 1];
	struct child *child = arena_new_of(reading->arena, struct child);
	if (!child) {
		out_of_memory(reading);
		return;
	}
	child->node = node;
	*parent->last = child;
	parent->last = &child->next;
	parent->count++;
	if (node->depth + 1 > parent->node->depth)
		parent->node->depth = node->depth + 1;
	parent->node->weight += node->weight;
	if (parent->node->weight > PROCEDURE_MOST_NODES)
		stop(reading, node->at.start, 109, TEXT("découpez-le, ou employez moins d’alias"),
			"ce fichier déplie trop d’éléments");
	else if (reading->depth + node->depth > PROCEDURE_MOST_DEPTH)
		stop(reading, node->at.start, 109, TEXT("rangez ce texte sur moins de niveaux"),
			"trop de niveaux les uns dans les autres");
}

static struct anchor *
anchor_new(struct reading *reading, struct fy_token *token, struct yaml_node *node)
{
	if (!token)
		return NULL;
	size_t length = 0;
	const char *name = fy_token_get_text(token, &length);
	struct anchor *anchor = arena_new_of(reading->arena, struct anchor);
	struct text copy = anchor && name ? arena_text(reading->arena, (struct text){ name, length }) : (struct text){ 0 };
	if (!copy.at) {
		out_of_memory(reading);
		return NULL;
	}
	*anchor = (struct anchor){ reading->anchors, copy, node };
	reading->anchors = anchor;
	return anchor;
}

static struct yaml_node *
node_new(struct reading *reading, enum yaml_kind kind, struct fy_event *event)
{
	struct yaml_node *node = arena_new_of(reading->arena, struct yaml_node);
	const struct fy_mark *start = fy_event_start_mark(event), *end = fy_event_end_mark(event);
	if (!node) {
		out_of_memory(reading);
		return NULL;
	}
	const size_t length = reading->source->bytes.length;
	size_t from = start ? start->input_pos : 0, to = end ? end->input_pos : from;
	from = from > length ? length : from;
	to = to > length ? length : to < from ? from : to;
	*node = (struct yaml_node){ .kind = kind, .at = { reading->source, from, to }, .weight = 1, .depth = 1 };
	return node;
}

static void
open_node(struct reading *reading, struct yaml_node *node, struct anchor *anchor)
{
	if (!node)
		return;
	if (reading->depth > PROCEDURE_MOST_DEPTH) {
		stop(reading, node->at.start, 109, TEXT("rangez ce texte sur moins de niveaux"),
			"trop de niveaux les uns dans les autres");
		return;
	}
	if (anchor)
		anchor->node = NULL;
	reading->open_anchor[reading->depth] = anchor;
	struct open_node *open = &reading->open[reading->depth++];
	*open = (struct open_node){ .node = node };
	open->last = &open->first;
}

static void
tell_twice(struct reading *reading, const struct yaml_node *node, size_t nth)
{
	const struct yaml_node *key = node->items[nth].key;
	for (size_t i = 0; i < nth; i++) {
		const struct yaml_node *other = node->items[i].key;
		if (other->kind != YAML_SCALAR || key->kind != YAML_SCALAR || !text_equal(other->scalar, key->scalar))
			continue;
		unsigned line, column;
		source_locate(reading->source, other->at.start, &line, &column);
		finding_add(reading->findings, 103, key->at, TEXT("gardez-en une, ou donnez un autre nom"),
			"« %.*s » est déjà écrit à la ligne %u", TEXT_ARGS(key->scalar), line);
		return;
	}
}

static void
close_node(struct reading *reading)
{
	struct open_node *open = &reading->open[--reading->depth];
	struct yaml_node *node = open->node;
	const size_t step = node->kind == YAML_MAPPING ? 2 : 1;
	node->count = open->count / step;
	if (node->count > PROCEDURE_MOST_ITEMS) {
		stop(reading, node->at.start, 109, TEXT("découpez-le"), "trop d’éléments dans une même liste");
		return;
	}
	node->items = arena_array_of(reading->arena, struct yaml_item, node->count);
	if (!node->items) {
		out_of_memory(reading);
		return;
	}
	struct child *child = open->first;
	for (size_t i = 0; i < node->count; i++) {
		if (step == 2) {
			node->items[i].key = child->node;
			child = child->next;
		}
		node->items[i].value = child->node;
		child = child->next;
		if (step == 2)
			tell_twice(reading, node, i);
	}
	if (reading->open_anchor[reading->depth])
		reading->open_anchor[reading->depth]->node = node;
	attach(reading, node);
}

static void
read_scalar(struct reading *reading, struct fy_event *event)
{
	struct fy_token *token = event->scalar.value;
	struct yaml_node *node = node_new(reading, YAML_SCALAR, event);
	if (!node)
		return;
	size_t length = 0;
	const char *text = token ? fy_token_get_text(token, &length) : "";
	node->scalar = arena_text(reading->arena, (struct text){ text ? text : "", text ? length : 0 });
	node->plain = !token || fy_token_scalar_style(token) == FYSS_PLAIN;
	if (!node->scalar.at) {
		out_of_memory(reading);
		return;
	}
	(void)anchor_new(reading, event->scalar.anchor, node);
	attach(reading, node);
}

static void
read_alias(struct reading *reading, struct fy_event *event)
{
	size_t length = 0;
	const char *name = event->alias.anchor ? fy_token_get_text(event->alias.anchor, &length) : NULL;
	const struct text wanted = { name, name ? length : 0 };
	for (struct anchor *anchor = reading->anchors; anchor; anchor = anchor->next)
		if (text_equal(anchor->name, wanted) && anchor->node) {
			attach(reading, anchor->node);
			return;
		}
	struct yaml_node *node = node_new(reading, YAML_SCALAR, event);
	if (!node)
		return;
	finding_add(reading->findings, 108, node->at, TEXT("écrivez d’abord le texte, avec son nom après &"),
		"aucun texte avant celui-ci ne s’appelle « &%.*s »", TEXT_ARGS(wanted));
	node->scalar = TEXT("");
	attach(reading, node);
}

static void
read_event(struct reading *reading, struct fy_event *event)
{
	switch (event->type) {
	case FYET_DOCUMENT_START:
		if (reading->root) {
			const struct fy_mark *mark = fy_event_start_mark(event);
			stop(reading, mark ? mark->input_pos : 0, 101, TEXT("ôtez cette ligne et ce qui suit"),
				"un deuxième document commence ici");
		}
		return;
	case FYET_SCALAR:
		read_scalar(reading, event);
		return;
	case FYET_ALIAS:
		read_alias(reading, event);
		return;
	case FYET_MAPPING_START:
	case FYET_SEQUENCE_START: {
		const bool mapping = event->type == FYET_MAPPING_START;
		struct yaml_node *node = node_new(reading, mapping ? YAML_MAPPING : YAML_SEQUENCE, event);
		open_node(reading, node,
			anchor_new(reading, mapping ? event->mapping_start.anchor : event->sequence_start.anchor, node));
		return;
	}
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END: {
		struct open_node *open = &reading->open[reading->depth - 1];
		const struct fy_mark *end = fy_event_end_mark(event);
		if (end && end->input_pos > open->node->at.end && end->input_pos <= reading->source->bytes.length)
			open->node->at.end = end->input_pos;
		close_node(reading);
		return;
	}
	default:
		return;
	}
}

/* The first tab that stands among the spaces at the beginning of a line, which YAML forbids. */
static size_t
indenting_tab(struct text bytes, size_t from, size_t to)
{
	bool indent = true;
	for (size_t i = from; i <= to && i < bytes.length; i++) {
		if (indent && bytes.at[i] == '\t')
			return i;
		indent = bytes.at[i] == '\n' || (indent && bytes.at[i] == ' ');
	}
	return SIZE_MAX;
}

/* Where the first mistake of syntax stands, from 1 in the part being read; 0: none yet. */
struct syntax {
	int64_t line, column;
};

/* libfyaml leaks the errors it collects, so its words are read as they come:
 * "<memory-…>:2:13: error: missing comma in flow sequence". */
static void
hear(struct fy_diag *diagnostics, void *user, const char *words, size_t length)
{
	(void)diagnostics;
	struct syntax *syntax = user;
	struct text rest = { words, length };
	const size_t name = text_find(rest, TEXT(">:"));
	if (syntax->line || name == SIZE_MAX)
		return;
	rest = text_part(rest, name + 2, SIZE_MAX);
	const struct text line = text_split(&rest, ':'), column = rest.at ? text_split(&rest, ':') : TEXT("");
	int64_t at_line, at_column;
	if (text_to_integer(line, 1, INT32_MAX, &at_line) && text_to_integer(column, 1, INT32_MAX, &at_column))
		*syntax = (struct syntax){ at_line, at_column };
}

/* Between braces a value without quotes ends at its first comma, and holds neither bracket nor colon: an expression or a
 * sentence that has one is the usual cause of what cannot be read further on. Looks at one line, from `at`. False when
 * there is none; else where that value begins, and its key. */
static bool
unquoted_value(struct text bytes, size_t at, struct text *ret_key, size_t *ret_at)
{
	size_t braces = 0, key = at;
	for (; at < bytes.length && bytes.at[at] != '\n'; at++) {
		const char one = bytes.at[at];
		if (one == '{' || one == '[' || one == ',') {
			braces += one != ',';
			key = at + 1;
		} else if (one == '"' || one == '\'') {
			for (at++; at < bytes.length && bytes.at[at] != one && bytes.at[at] != '\n'; at++)
				continue;
			at -= at < bytes.length && bytes.at[at] == '\n';
		} else if (one == ':' && braces > 0 && at + 2 < bytes.length && bytes.at[at + 1] == ' ') {
			const size_t value = at + 2;
			int parentheses = 0;
			if (strchr("'\"{[|>&*", bytes.at[value]))
				continue;
			for (at = value; at + 1 < bytes.length && bytes.at[at] != '\n' && bytes.at[at] != '}'; at++) {
				const char inside = bytes.at[at];
				parentheses += (inside == '(') - (inside == ')');
				if (inside == '[' || inside == '{' || (inside == ',' && parentheses > 0)
					|| (inside == ':' && bytes.at[at + 1] == ' ')) {
					*ret_key = text_trim(text_part(bytes, key, value - 2 - key));
					*ret_at = value;
					return true;
				}
				if (inside == ',' && parentheses <= 0)
					break;
			}
			at--;
		}
	}
	return false;
}

/* What libfyaml says is English and terse: the place is right, and these are the usual causes. */
static void
tell_syntax(struct reading *reading, const struct syntax *syntax, size_t offset)
{
	const struct text bytes = reading->source->bytes;
	size_t at = offset;
	for (int64_t line = 1; at < bytes.length && line < syntax->line; at++)
		line += bytes.at[at] == '\n';
	for (int64_t column = 1; column < syntax->column && at < bytes.length && bytes.at[at] != '\n'; column++)
		(void)text_next(bytes, &at);
	at = at < bytes.length ? at : bytes.length;
	const size_t tab = indenting_tab(bytes, offset, at);
	size_t line = at, value = at;
	for (; line > 0 && bytes.at[line - 1] != '\n'; line--)
		continue;
	struct text key;
	if (tab != SIZE_MAX)
		finding_add(reading->findings, 101, (struct span){ reading->source, tab, tab + 1 },
			TEXT("remplacez la tabulation par des espaces"), "cette ligne commence par une tabulation");
	else if (unquoted_value(bytes, line, &key, &value))
		finding_add(reading->findings, 101, (struct span){ reading->source, value, value + 1 },
			arena_format(reading->arena, "mettez toute la valeur de « %.*s » entre guillemets simples, ou écrivez-la sur "
				"une ligne à elle", TEXT_ARGS(key)),
			"entre accolades, ce texte ne se lit pas jusqu’au bout");
	else
		finding_add(reading->findings, 101, (struct span){ reading->source, at, at + 1 },
			TEXT("vérifiez les espaces du début de la ligne, les deux-points et les crochets ; si c’est "
			     "une expression ou une phrase, mettez-la entre guillemets ou après |"),
			"YAML ne peut pas lire ce texte à partir d’ici");
	reading->stopped = true;
}

/* Reads bytes [from, to) of the source; positions are those of the whole file. */
static void
read_part(struct reading *reading, size_t from, size_t to)
{
	struct syntax syntax = { 0 };
	const struct fy_diag_cfg heard = { .level = FYET_ERROR, .module_mask = ~0u, .output_fn = hear, .user = &syntax };
	CLEANUP(free_diagnostics) struct fy_diag *diagnostics = fy_diag_create(&heard);
	if (!diagnostics) {
		out_of_memory(reading);
		return;
	}
	const struct fy_parse_cfg configuration = {
		.flags = FYPCF_JSON_NONE | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_DISABLE_MMAP_OPT,
		.diag = diagnostics,
	};
	CLEANUP(free_parser) struct fy_parser *parser = fy_parser_create(&configuration);
	const struct text part = text_part(reading->source->bytes, from, to - from);
	if (!parser || fy_parser_set_string(parser, part.length ? part.at : "", part.length) != 0) {
		out_of_memory(reading);
		return;
	}
	while (!reading->stopped) {
		struct fy_event *event = fy_parser_parse(parser);
		if (!event)
			break;
		read_event(reading, event);
		fy_parser_event_free(parser, event);
	}
	if (!reading->stopped && fy_diag_got_error(diagnostics))
		tell_syntax(reading, &syntax, from);
}

/* After a mistake of syntax, the other top-level parts are read for theirs alone. */
static void
tell_other_parts(struct arena *arena, const struct source *source, struct procedure_findings *findings)
{
	const struct text bytes = source->bytes;
	for (size_t start = 0; start < bytes.length;) {
		size_t end = start;
		do {
			while (end < bytes.length && bytes.at[end] != '\n')
				end++;
			end += end < bytes.length;
		} while (end < bytes.length && strchr(" \t\r\n#-]}", bytes.at[end]));
		struct procedure_findings unused = { 0 };
		struct reading part = { .arena = arena, .source = source, .findings = &unused };
		read_part(&part, start, end);
		for (size_t i = 0; i < unused.count; i++)
			if (unused.at[i].number == 101) {
				/* Told again in the caller's list, at the same place. */
				struct reading again = { .arena = arena, .source = source, .findings = findings };
				read_part(&again, start, end);
				break;
			}
		procedure_findings_release(&unused);
		start = end;
	}
}

struct yaml_node *
yaml_read(struct arena *arena, const struct source *source, struct procedure_findings *findings)
{
	const struct span whole = { source, SIZE_MAX, 0 };
	if (source->bytes.length > PROCEDURE_FILE_LIMIT) {
		finding_add(findings, 109, whole, TEXT("découpez-le"), "ce fichier dépasse %d Kio", PROCEDURE_FILE_LIMIT >> 10);
		return NULL;
	}
	if (!text_is_utf8(source->bytes) || (source->bytes.length && memchr(source->bytes.at, 0, source->bytes.length))) {
		finding_add(findings, 110, whole, TEXT("enregistrez-le en UTF-8"), "ce fichier n’est pas un texte en UTF-8");
		return NULL;
	}
	const size_t before = findings->errors;
	struct reading reading = { .arena = arena, .source = source, .findings = findings };
	read_part(&reading, 0, source->bytes.length);
	bool syntax = false;
	for (size_t i = 0; i < findings->count; i++)
		syntax |= findings->at[i].number == 101 && text_equal(findings->at[i].file, source->name);
	if (syntax)
		tell_other_parts(arena, source, findings);
	if (findings->broken || reading.stopped)
		return NULL;
	if (!reading.root) {
		if (findings->errors == before)
			finding_add(findings, 101, (struct span){ source, 0, 1 }, TEXT("écrivez-y au moins « guichet: 1 »"),
				"ce fichier est vide");
		return NULL;
	}
	return reading.root;
}

size_t
yaml_place(const struct yaml_node *scalar, size_t offset)
{
	const struct text from = scalar->at.source->bytes, to = scalar->scalar;
	size_t at = scalar->at.start, done = 0;
	const size_t end = scalar->at.end;
	while (at < end && done < offset && done < to.length) {
		const char here = from.at[at], wanted = to.at[done];
		const bool space = here == ' ' || here == '\t' || here == '\n' || here == '\r';
		if (here == wanted)
			at++, done++;
		else if (space)
			at++;
		else if (wanted == ' ' || wanted == '\n')
			done++;
		else
			at++;
	}
	/* Not on what only YAML sees: indentation, quotes, the bar. */
	while (at < end && done < to.length && from.at[at] != to.at[done])
		at++;
	return at < end ? at : scalar->at.start;
}
