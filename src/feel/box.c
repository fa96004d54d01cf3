/* Boxed expressions, read into the nodes that their texts would give: see box.h. DMN 1.5, §10.2.2. */
#include "feel/boxes.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

/* Names that one expression may see at once, and columns of a relation. */
enum { MOST_VISIBLE = 2048 };

/* ---- measuring, before anything is laid out ---- */

static bool
refuse(struct boxes *boxes, const void *place, const char *what)
{
	const struct source_part part = { 0, 0, place };
	boxes->reader.parts = &part;
	boxes->reader.part_count = 1;
	reader_stop(&boxes->reader, 0, 0, TEXT("découpez-la en plusieurs"), "%s", what);
	boxes->reader.parts = NULL;
	boxes->reader.part_count = 0;
	return false;
}

static bool
measure_cell(struct boxes *boxes, const struct feel_cell *cell)
{
	boxes->count++;
	if (cell->text.length > FEEL_MOST_BOXED_SOURCE
		|| (boxes->length += cell->text.length + 1) > FEEL_MOST_BOXED_SOURCE)
		return refuse(boxes, cell->place, "décision trop longue");
	return true;
}

static bool
measure_table(struct boxes *boxes, const struct feel_table *table, const void *place)
{
	if (table->rule_count > FEEL_MOST_RULES)
		return refuse(boxes, place, "la table a trop de règles");
	if (table->input_count + table->output_count > MOST_VISIBLE / 2)
		return refuse(boxes, place, "la table a trop de colonnes");
	for (size_t i = 0; i < table->input_count; i++)
		if (!measure_cell(boxes, &table->inputs[i].expression)
			|| !measure_cell(boxes, &table->inputs[i].values))
			return false;
	for (size_t i = 0; i < table->output_count; i++)
		if (!measure_cell(boxes, &table->outputs[i].values)
			|| !measure_cell(boxes, &table->outputs[i].otherwise))
			return false;
	for (size_t i = 0; i < table->rule_count; i++) {
		for (size_t j = 0; j < table->input_count; j++)
			if (!measure_cell(boxes, &table->rules[i].tests[j]))
				return false;
		for (size_t j = 0; j < table->output_count; j++)
			if (!measure_cell(boxes, &table->rules[i].results[j]))
				return false;
	}
	return true;
}

static bool
measure(struct boxes *boxes, const struct feel_box *box, unsigned depth)
{
	if (depth > MOST_NESTING)
		return refuse(boxes, box->cell.place, "décision trop imbriquée");
	if (!measure_cell(boxes, &box->cell))
		return false;
	if (box->kind == FEEL_BOX_TABLE)
		return measure_table(boxes, box->table, box->cell.place);
	for (size_t i = 0; i < box->count; i++)
		if (!measure(boxes, &box->parts[i], depth + 1))
			return false;
	return true;
}

/* ---- cells ---- */

bool
box_cell_is_empty(const struct feel_cell *cell)
{
	return text_trim(cell->text).length == 0;
}

/* From now on, the source has a part that starts here. */
static void
open_part(struct boxes *boxes, struct text text, const void *place)
{
	struct reader *reader = &boxes->reader;
	if (reader->part_count && boxes->parts[reader->part_count - 1].start == boxes->cursor)
		reader->part_count--; /* the place of a mistake that was told before this cell */
	boxes->parts[reader->part_count++] = (struct source_part){ boxes->cursor, text.length, place };
	if (text.length)
		memcpy(boxes->source + boxes->cursor, text.at, text.length);
	reader->source = (struct text){ boxes->source, boxes->cursor + text.length };
	reader->at = reader->end = boxes->cursor;
}

void
box_mistake(struct boxes *boxes, const void *place, struct text remedy, const char *format, ...)
{
	char message[400];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	open_part(boxes, TEXT(""), place);
	reader_mistake(&boxes->reader, boxes->cursor, 0, remedy, "%s", message);
}

/* What a cell needs to be read apart from the others. */
struct opened {
	size_t offset, length;
	unsigned nesting;
	bool uses_tested;
	struct mark mark;
};

static struct opened
open_cell(struct boxes *boxes, const struct feel_cell *cell)
{
	struct reader *reader = &boxes->reader;
	const struct opened opened = { boxes->cursor, cell->text.length, reader->nesting, reader->uses_tested,
		reader_mark_locals(reader) };
	open_part(boxes, cell->text, cell->place);
	boxes->cursor += cell->text.length;
	boxes->source[boxes->cursor++] = '\n';
	reader->uses_tested = false;
	if (cell->text.length > FEEL_MOST_SOURCE)
		reader_stop(reader, opened.offset, 0, TEXT("découpez-la en plusieurs"), "expression trop longue");
	else if (!text_is_utf8(cell->text))
		reader_stop(reader, opened.offset, 0, TEXT("enregistrez le fichier en UTF-8"),
			"le texte n’est pas en UTF-8");
	else
		lex_skip_spaces(reader);
	return opened;
}

/* The node of a cell that was read to its end; a null in its place when it is no FEEL. */
static const struct node *
close_cell(struct boxes *boxes, struct opened opened, const struct node *node)
{
	struct reader *reader = &boxes->reader;
	if (node)
		reader_end(reader);
	reader->uses_tested = opened.uses_tested;
	if (!reader->stopped)
		return node;
	if (reader->findings->broken
		|| (reader->findings->count == FEEL_MOST_FINDINGS && !reader->findings->lenient))
		return NULL;
	reader->stopped = false;
	reader->mistaken = true;
	reader->nesting = opened.nesting;
	reader->self = NULL;
	reader_drop_locals(reader, opened.mark);
	reader->end = opened.offset + opened.length;
	return node_finish(reader, node_constant(reader, opened.offset, feel_null(TEXT("expression mal écrite")),
		&feel_type_any));
}

const struct node *
box_expression(struct boxes *boxes, const struct feel_cell *cell)
{
	const struct opened opened = open_cell(boxes, cell);
	return close_cell(boxes, opened, read_expression(&boxes->reader));
}

const struct node *
box_tests(struct boxes *boxes, const struct feel_cell *cell, const struct local *tested)
{
	struct reader *reader = &boxes->reader;
	struct local here = *tested;
	here.next = reader->locals;
	const struct opened opened = open_cell(boxes, cell);
	reader->locals = &here;
	const struct node *node = reader->stopped ? NULL : read_test_cell(reader, tested->place, tested->type);
	reader->locals = opened.mark.locals;
	return close_cell(boxes, opened, node);
}

unsigned
box_reserve(struct boxes *boxes, unsigned count)
{
	struct reader *reader = &boxes->reader;
	const unsigned first = reader->local_count;
	reader->local_count += count;
	if (reader->local_count > reader->most_locals)
		reader->most_locals = reader->local_count;
	return first;
}

/* ---- declared types ---- */

/* True when every value of the node is of the type and allowed by it, so that nothing is left to do. */
static bool
is_sure(const struct node *node, const struct feel_type *type)
{
	if (type->allowed || type->words)
		return false;
	return type->kind == FEEL_ANY || (type->kind == node->type->kind && type->kind < FEEL_LIST);
}

const struct node *
box_as(struct boxes *boxes, const struct node *node, const struct feel_type *type)
{
	struct reader *reader = &boxes->reader;
	if (!node || !type || is_sure(node, type))
		return node;
	if (!feel_type_conforms(node->type, type)) {
		reader_mistake(reader, node->offset, node->length, TEXT(""),
			TEXT_FORMAT " est attendu ici, et non " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(reader->arena, type)),
			TEXT_ARGS(feel_type_french(reader->arena, node->type)));
	} else if (node->kind == NODE_CONSTANT && node->constant.kind != FEEL_NULL) {
		struct feel_run run = { .arena = reader->arena };
		const struct feel_value coerced = feel_coerce(&run, node->constant, type);
		if (run.stop == FEEL_NO_MEMORY)
			return reader_broken(reader);
		if (type->words)
			check_among_words(reader, type, node);
		else if (coerced.kind == FEEL_NULL)
			reader_mistake(reader, node->offset, node->length, TEXT(""), "cette valeur n’est pas de celles "
				"que permet le type déclaré");
	}
	struct node *as = node_over(reader, NODE_COERCE, node->offset, type, node, NULL);
	if (as) {
		as->tested_type = type;
		as->length = node->length;
	}
	return as;
}

/* ---- boxes ---- */

static const struct node *read_box(struct boxes *boxes, const struct feel_box *box);

static struct text
name_at(const struct feel_box *box, size_t i)
{
	return i < box->name_count ? box->names[i] : TEXT("");
}

/* True when the box has the parts that its kind wants. */
static bool
has_parts(struct boxes *boxes, const struct feel_box *box, size_t count)
{
	if (box->count >= count)
		return true;
	box_mistake(boxes, box->cell.place, TEXT(""), "il manque une partie de cette expression");
	return false;
}

static const struct node *
null_at(struct boxes *boxes, size_t offset, struct text reason, const struct feel_type *type)
{
	return node_finish(&boxes->reader, node_constant(&boxes->reader, offset, feel_null(reason), type));
}

/* True when the value of an entry is a function, which may then call itself. */
static bool
is_function(const struct feel_box *box)
{
	const struct text word = TEXT("function"), text = text_trim(box->cell.text);
	return box->kind == FEEL_BOX_FUNCTION || box->kind == FEEL_BOX_EXTERNAL
		|| (box->kind == FEEL_BOX_EXPRESSION && text_starts(text, word) && !lex_goes_on(text, word.length));
}

static bool
read_entry(struct boxes *boxes, const struct feel_box *box, struct text name, struct nodes *entries)
{
	struct reader *reader = &boxes->reader;
	unsigned place;
	for (size_t i = 0; i < entries->count; i++)
		if (text_equal(entries->names[i], name))
			box_mistake(boxes, box->cell.place, TEXT("donnez-leur deux noms"),
				"le nom « " TEXT_FORMAT " » sert deux fois", TEXT_ARGS(name));
	if (reader->local_count >= MOST_VISIBLE)
		return reader_stop(reader, boxes->cursor, 0, TEXT("découpez-la en plusieurs"), "trop de noms"), false;
	if (is_function(box))
		return reader_push_self(reader, name) && nodes_add(reader, entries, read_box(boxes, box), name)
			&& reader_settle_self(reader, name, entries->at[entries->count - 1]->type);
	const struct node *value = read_box(boxes, box);
	return nodes_add(reader, entries, value, name)
		&& reader_push_local(reader, name, value->type, false, &place);
}

static const struct node *
read_context(struct boxes *boxes, const struct feel_box *box)
{
	struct reader *reader = &boxes->reader;
	const struct mark mark = reader_mark_locals(reader);
	const size_t offset = boxes->cursor;
	const bool has_result = box->count && name_at(box, box->count - 1).length == 0;
	struct nodes entries = { 0 };
	for (size_t i = 0; i + has_result < box->count; i++) {
		const struct text name = name_at(box, i);
		if (name.length == 0)
			box_mistake(boxes, box->parts[i].cell.place, TEXT(""), "il faut un nom ici");
		if (!read_entry(boxes, &box->parts[i], name, &entries))
			return NULL;
	}
	const struct node *result = has_result ? read_box(boxes, &box->parts[box->count - 1]) : NULL;
	reader_drop_locals(reader, mark);
	return has_result && !result ? NULL : node_context(reader, offset, &entries, mark.count, result);
}

/* A list of what the nodes give. */
static const struct node *
list_of(struct reader *reader, size_t offset, const struct nodes *items)
{
	const struct feel_type *item = items->count ? items->at[0]->type : &feel_type_null;
	for (size_t i = 1; item && i < items->count; i++)
		item = feel_type_join(reader->arena, item, items->at[i]->type);
	const struct feel_type *type = item ? feel_type_list_of(reader->arena, item) : NULL;
	return type ? node_of_parts(reader, NODE_LIST, offset, items, type) : reader_broken(reader);
}

static const struct node *
read_list(struct boxes *boxes, const struct feel_box *box)
{
	const size_t offset = boxes->cursor;
	struct nodes items = { 0 };
	for (size_t i = 0; i < box->count; i++)
		if (!nodes_add(&boxes->reader, &items, read_box(boxes, &box->parts[i]), TEXT("")))
			return NULL;
	return list_of(&boxes->reader, offset, &items);
}

/* A list of contexts, whose cells do not see each other. */
static const struct node *
read_relation(struct boxes *boxes, const struct feel_box *box)
{
	struct reader *reader = &boxes->reader;
	const size_t offset = boxes->cursor, columns = box->name_count;
	const struct mark mark = reader_mark_locals(reader);
	struct nodes rows = { 0 };
	if (columns == 0 || columns > MOST_VISIBLE / 2 || box->count % columns) {
		box_mistake(boxes, box->cell.place, TEXT(""),
			"une ligne n’a pas autant de cases qu’il y a de colonnes");
		return null_at(boxes, offset, TEXT("lignes incomplètes"), &feel_type_any);
	}
	for (size_t i = 0; i < columns; i++)
		for (size_t j = 0; j < i; j++)
			if (text_equal(box->names[i], box->names[j]))
				box_mistake(boxes, box->cell.place, TEXT("donnez-leur deux noms"),
					"le nom « " TEXT_FORMAT " » sert deux fois", TEXT_ARGS(box->names[i]));
	box_reserve(boxes, (unsigned)columns);
	for (size_t i = 0; i < box->count; i += columns) {
		const size_t start = boxes->cursor;
		struct nodes cells = { 0 };
		for (size_t j = 0; j < columns; j++)
			if (!nodes_add(reader, &cells, read_box(boxes, &box->parts[i + j]), box->names[j]))
				return NULL;
		if (!nodes_add(reader, &rows, node_context(reader, start, &cells, mark.count, NULL), TEXT("")))
			return NULL;
	}
	reader_drop_locals(reader, mark);
	return list_of(reader, offset, &rows);
}

/* The body of a function in another language: laid out, for explanations, and not read. */
static const struct node *
external_body(struct boxes *boxes, const struct feel_box *box)
{
	struct reader *reader = &boxes->reader;
	const size_t offset = boxes->cursor;
	open_part(boxes, box->cell.text, box->cell.place);
	boxes->cursor += box->cell.text.length;
	boxes->source[boxes->cursor++] = '\n';
	reader->end = reader->at = reader->source.length;
	reader_mistake(reader, offset, box->cell.text.length, TEXT("écrivez-la en FEEL"),
		"les fonctions externes ne sont pas admises");
	return node_finish(reader, node_new(reader, NODE_EXTERNAL, offset, &feel_type_any));
}

static const struct node *
read_function(struct boxes *boxes, const struct feel_box *box)
{
	struct reader *reader = &boxes->reader;
	const size_t offset = boxes->cursor;
	const struct mark mark = reader_mark_locals(reader);
	struct local *const self = reader_take_self(reader);
	unsigned place;
	if (box->parameter_count > MOST_VISIBLE / 2)
		return reader_stop(reader, offset, 0, TEXT(""), "trop de paramètres");
	const struct feel_type *type = node_function_type(reader, box->parameters, box->parameter_count, self);
	for (size_t i = 0; type && i < box->parameter_count; i++)
		if (!reader_push_local(reader, type->fields[i].name, type->fields[i].type, false, &place))
			return NULL;
	if (!type)
		return NULL;
	const struct node *body = box->kind == FEEL_BOX_EXTERNAL ? external_body(boxes, box)
		: box->count ? read_box(boxes, &box->parts[0])
		: null_at(boxes, offset, TEXT("fonction vide"), &feel_type_null);
	reader_drop_locals(reader, mark);
	return body ? node_function(reader, offset, type, body, mark.count, self) : NULL;
}

/* The name of a builtin that the cell is, whole; at == NULL when it is something else. */
static struct text
builtin_named(struct boxes *boxes, const struct feel_cell *cell)
{
	struct reader *reader = &boxes->reader;
	const struct opened opened = open_cell(boxes, cell);
	if (reader->stopped)
		return (void)close_cell(boxes, opened, NULL), (struct text){ 0 };
	const struct found found = lex_find_name(reader);
	reader->name_start = reader->at;
	lex_advance(reader, found.end > reader->at ? found.end : reader->at);
	const bool whole = found.what == FOUND_BUILTIN && reader->at >= reader->source.length;
	return whole ? found.name : (struct text){ 0 };
}

static const struct node *
read_invocation(struct boxes *boxes, const struct feel_box *box)
{
	struct reader *reader = &boxes->reader;
	const size_t offset = boxes->cursor, part_count = reader->part_count;
	struct nodes arguments = { 0 };
	struct text builtin = { 0 };
	const struct node *function = NULL;
	if (!has_parts(boxes, box, 1))
		return null_at(boxes, offset, TEXT("appel sans fonction"), &feel_type_any);
	if (box->parts[0].kind == FEEL_BOX_EXPRESSION
		&& !(builtin = builtin_named(boxes, &box->parts[0].cell)).at) {
		boxes->cursor = offset; /* read again, as what it is */
		reader->part_count = part_count;
	}
	const size_t name_start = reader->name_start, name_end = reader->end;
	if (!builtin.at && !(function = read_box(boxes, &box->parts[0])))
		return NULL;
	for (size_t i = 1; i < box->count; i++)
		if (!nodes_add(reader, &arguments, read_box(boxes, &box->parts[i]), name_at(box, i)))
			return NULL;
	if (builtin.at)
		return node_finish(reader, check_builtin(reader, name_start, name_end - name_start, builtin, arguments.at,
			arguments.names, arguments.count));
	if (function->type->kind != FEEL_FUNCTION && function->type->kind != FEEL_ANY)
		reader_mistake(reader, function->offset, function->length, TEXT(""),
			"une fonction est attendue ici, et non " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(reader->arena, function->type)));
	return node_finish(reader, check_call(reader, function, arguments.at, arguments.names, arguments.count));
}

static const struct node *
read_if(struct boxes *boxes, const struct feel_box *box)
{
	const size_t offset = boxes->cursor;
	const struct node *parts[3];
	if (!has_parts(boxes, box, 3))
		return null_at(boxes, offset, TEXT("condition incomplète"), &feel_type_any);
	for (size_t i = 0; i < 3; i++)
		if (!(parts[i] = read_box(boxes, &box->parts[i])))
			return NULL;
	return node_finish(&boxes->reader, check_if(&boxes->reader, offset, parts[0], parts[1], parts[2]));
}

static const struct node *
read_iteration(struct boxes *boxes, const struct feel_box *box)
{
	struct reader *reader = &boxes->reader;
	const enum node_kind kind = box->kind == FEEL_BOX_FOR ? NODE_FOR
		: box->kind == FEEL_BOX_SOME ? NODE_SOME : NODE_EVERY;
	const struct mark mark = reader_mark_locals(reader);
	const size_t offset = boxes->cursor;
	const struct text name = name_at(box, 0);
	struct nodes parts = { 0 };
	unsigned place;
	if (name.length == 0)
		box_mistake(boxes, box->cell.place, TEXT(""), "il faut un nom ici");
	if (!has_parts(boxes, box, 2) || name.length == 0)
		return null_at(boxes, offset, TEXT("itération incomplète"), &feel_type_any);
	const struct node *list = read_box(boxes, &box->parts[0]);
	if (!nodes_add(reader, &parts, list, name)
		|| !reader_push_local(reader, name, check_iterated(reader, list), false, &place)
		|| (kind == NODE_FOR && !reader_push_local(reader, TEXT("partial"), &feel_type_list, false, &place)))
		return NULL;
	const struct node *body = read_box(boxes, &box->parts[1]);
	reader_drop_locals(reader, mark);
	return nodes_add(reader, &parts, body, TEXT(""))
		? node_iteration(reader, kind, offset, &parts, mark.count) : NULL;
}

static const struct node *
read_filter(struct boxes *boxes, const struct feel_box *box)
{
	struct reader *reader = &boxes->reader;
	const size_t offset = boxes->cursor;
	unsigned place;
	if (!has_parts(boxes, box, 2))
		return null_at(boxes, offset, TEXT("filtre incomplet"), &feel_type_any);
	const struct node *list = read_box(boxes, &box->parts[0]);
	const struct mark mark = reader_mark_locals(reader);
	if (!list || !reader_push_local(reader, TEXT("item"), list->type->kind == FEEL_LIST
			? item_type(list->type) : list->type, true, &place))
		return NULL;
	const struct node *inside = read_box(boxes, &box->parts[1]);
	reader_drop_locals(reader, mark);
	return inside ? node_filter(reader, list, inside, place) : NULL;
}

static const struct node *
read_kind(struct boxes *boxes, const struct feel_box *box)
{
	switch (box->kind) {
	case FEEL_BOX_NOTHING: return null_at(boxes, boxes->cursor, TEXT("case vide"), &feel_type_null);
	case FEEL_BOX_EXPRESSION: return box_expression(boxes, &box->cell);
	case FEEL_BOX_CONTEXT: return read_context(boxes, box);
	case FEEL_BOX_LIST: return read_list(boxes, box);
	case FEEL_BOX_RELATION: return read_relation(boxes, box);
	case FEEL_BOX_FUNCTION:
	case FEEL_BOX_EXTERNAL: return read_function(boxes, box);
	case FEEL_BOX_INVOCATION: return read_invocation(boxes, box);
	case FEEL_BOX_IF: return read_if(boxes, box);
	case FEEL_BOX_FOR:
	case FEEL_BOX_SOME:
	case FEEL_BOX_EVERY: return read_iteration(boxes, box);
	case FEEL_BOX_FILTER: return read_filter(boxes, box);
	case FEEL_BOX_TABLE: return table_read(boxes, box->table, box->cell.place);
	}
	return NULL;
}

static const struct node *
read_box(struct boxes *boxes, const struct feel_box *box)
{
	if (boxes->reader.stopped)
		return NULL;
	return box_as(boxes, read_kind(boxes, box), box->type);
}

struct feel *
feel_read_box(struct arena *arena, const struct feel_scope *scope, const struct feel_box *box,
	struct feel_findings *findings)
{
	struct boxes boxes = { .reader = { .arena = arena, .scope = scope, .findings = findings } };
	struct reader *reader = &boxes.reader;
	if (!measure(&boxes, box, 1))
		return NULL;
	boxes.source = arena_alloc(arena, boxes.length + 1);
	reader->parts = boxes.parts = arena_array_of(arena, struct source_part, boxes.count + 1);
	struct feel *feel = arena_new_of(arena, struct feel);
	if (!boxes.source || !boxes.parts || !feel) {
		findings->broken = true;
		return NULL;
	}
	reader->source = (struct text){ boxes.source, 0 };
	const struct node *root = read_box(&boxes, box);
	if (!root || reader->stopped || findings->broken || (reader->mistaken && !findings->lenient))
		return NULL;
	*feel = (struct feel){ root, { boxes.source, boxes.cursor }, reader->most_locals, false,
		reader->counts_days, reader->uses, reader->use_count };
	return feel;
}
