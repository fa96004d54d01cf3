/* A table that is a decision of a DMN model in tables/: `fichier: tables/x.dmn`, `décision: Nom`. Its
 * input data are the names it reads, or expressions given by `entrées:`. */
#include "procedure/table.h"

#include "base/banned.h"

/* ---- the file ---- */

/* The line of a finding in its file: from its first character. */
static struct span
line_of(struct reader *reader, struct text file, unsigned line, const struct table *table)
{
	for (size_t i = 0; i < reader->source_count; i++) {
		const struct source *source = &reader->sources[i];
		if (!text_equal(source->name, file) || line == 0)
			continue;
		size_t at = source_offset(source, line, 1), end = at;
		while (at < source->bytes.length && (source->bytes.at[at] == ' ' || source->bytes.at[at] == '\t'))
			at++;
		for (end = at; end < source->bytes.length && source->bytes.at[end] != '\n' && source->bytes.at[end] != '\r';)
			end++;
		return (struct span){ source, at, end > at ? end : at + 1 };
	}
	return table->key->at;
}

static void
tell(struct reader *reader, const struct table *table, int number, const struct dmn_finding *finding)
{
	finding_add(reader->findings, number, line_of(reader, finding->file, finding->line, table), finding->remedy, "%.*s",
		TEXT_ARGS(finding->message));
}

static struct dmn_model *
read_model(struct reader *reader, const struct table *table, const struct source *source)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(1 << 18);
	struct dmn_findings *found = scratch ? arena_new_of(scratch, struct dmn_findings) : NULL;
	struct dmn_source *sources = READER_ARRAY(reader, struct dmn_source, reader->source_count + 1);
	if (!found || !sources) {
		reader->findings->broken = true;
		return NULL;
	}
	size_t count = 0;
	sources[count++] = (struct dmn_source){ source->name, source->bytes };
	const bool imports = text_find(source->bytes, TEXT("import")) != SIZE_MAX;
	for (size_t i = 0; imports && i < reader->source_count; i++) {
		const struct source *other = &reader->sources[i];
		if (other == source || !text_ends(other->name, TEXT(".dmn")))
			continue;
		reader->used[i] = true;
		sources[count++] = (struct dmn_source){ other->name, other->bytes };
	}
	struct dmn_model *model = dmn_read(reader->arena, sources, count, found);
	reader->findings->broken |= found->broken;
	for (size_t i = 0; i < found->count; i++)
		tell(reader, table, 721, &found->at[i]);
	return model;
}

/* ---- its input data ---- */

static struct table_input *
input_of(struct table *table, struct text name)
{
	for (size_t i = 0; i < table->input_count; i++)
		if (text_equal(table->inputs[i].name, name))
			return &table->inputs[i];
	return NULL;
}

/* `entrées: {Ancienneté: expression}`: names of the model, which may hold spaces. */
static void
read_given(struct map map, struct table *table)
{
	struct reader *reader = map.reader;
	const struct yaml_node *section = mapping_of(reader, map_get(map, "entrées"), "les entrées");
	for (size_t i = 0; section && i < section->count; i++) {
		const struct yaml_item *item = &section->items[i];
		if (is_expression(reader, item->value))
			table->inputs[table->input_count++] = (struct table_input){ .name = item->key->scalar, .key = item->key,
				.expression = cell_of_node(item->value), .given = true };
	}
}

/* An input data that nothing gives is the value of its name. */
static void
link_inputs(struct map map, struct table *table, const struct dmn_item *const *items, size_t count)
{
	struct reader *reader = map.reader;
	struct text *known = READER_ARRAY(reader, struct text, count);
	for (size_t i = 0; known && i < count; i++)
		known[i] = items[i]->name;
	for (size_t i = 0; known && i < table->input_count; i++) {
		bool found = false;
		for (size_t k = 0; k < count && !found; k++)
			found = text_equal(known[k], table->inputs[i].name);
		if (!found)
			finding_add(reader->findings, 722, table->inputs[i].key->at,
				nearest_remedy(reader, table->inputs[i].name, known, count),
				"la décision ne lit aucune donnée « %.*s »", TEXT_ARGS(table->inputs[i].name));
	}
	const struct yaml_node *decision = map_get(map, "décision");
	for (size_t i = 0; i < count; i++) {
		struct table_input *input = input_of(table, items[i]->name);
		if (!input) {
			input = &table->inputs[table->input_count++];
			*input = (struct table_input){ .name = items[i]->name, .key = decision,
				.expression = { .text = items[i]->name, .feel = items[i]->name, .source = decision->at.source,
					.whole = true, .at = decision->at } };
		}
		input->declared = items[i]->type;
	}
}

/* Tells that there is no such decision, with the nearest one. */
static bool
is_decision(struct reader *reader, const struct dmn_model *model, const struct yaml_node *node, struct text name)
{
	size_t count, known_count = 0;
	const struct dmn_item *const *items = dmn_items(model, &count);
	struct text *known = READER_ARRAY(reader, struct text, count);
	for (size_t i = 0; known && i < count; i++) {
		if (items[i]->kind != DMN_DECISION)
			continue;
		if (text_equal(items[i]->name, name))
			return true;
		known[known_count++] = items[i]->name;
	}
	finding_add(reader->findings, 722, node->at, nearest_remedy(reader, name, known, known_count),
		"aucune décision du modèle ne s’appelle « %.*s »", TEXT_ARGS(name));
	return false;
}

void
read_decision(struct map map, struct table *table, const struct source *source)
{
	struct reader *reader = map.reader;
	const struct yaml_node *node = map_get(map, "décision"), *given = map_get(map, "entrées");
	struct guichet_error error = { 0 };
	const struct text name = scalar_text(reader, node, TEXT_LABEL);
	struct dmn_model *model = name.length ? read_model(reader, table, source) : NULL;
	if (!model || !is_decision(reader, model, node, name))
		return;
	size_t count = 0;
	const struct dmn_item **items = dmn_box_inputs(reader->arena, model, name, &count);
	table->inputs = READER_ARRAY(reader, struct table_input, count + (given ? given->count : 0));
	struct decision *decision = READER_ARRAY(reader, struct decision, 1);
	if (!items || !table->inputs || !decision) {
		reader->findings->broken = true;
		return;
	}
	*decision = (struct decision){ model, dmn_box(reader->arena, model, name, &error), node };
	if (!decision->box) {
		reader->findings->broken |= error.status == GUICHET_BROKEN;
		struct text message = text_of_string(error.message);
		if (text_ends(message, TEXT(".")))
			message.length--;
		finding_add(reader->findings, 722, node->at, TEXT("choisissez une décision qui se calcule dans ce modèle"),
			"cette décision ne peut pas être lue ici : %.*s", TEXT_ARGS(message));
		return;
	}
	table->decision = decision;
	read_given(map, table);
	link_inputs(map, table, items, count);
	table->good = true;
}

/* ---- the box ---- */

/* False when a name is not there, which is told. */
static bool
inputs_are_known(struct reader *reader, const struct table *table)
{
	bool all = true;
	unsigned slot;
	const struct feel_type *type;
	for (size_t i = 0; i < table->input_count; i++) {
		const struct table_input *input = &table->inputs[i];
		if (input->given || feel_scope_find(reader->scopes[SCOPE_CASE], input->name, &slot, &type))
			continue;
		finding_add(reader->findings, 722, table->decision->node->at,
			TEXT("ajoutez « entrées: » et ce nom, suivi d’une expression"),
			"la décision lit « %.*s », que rien ne donne", TEXT_ARGS(input->name));
		all = false;
	}
	return all;
}

/* The decision, in a context of what `entrées` gives when there is some; NULL without memory. */
static const struct feel_box *
box_with_inputs(struct reader *reader, const struct table *table)
{
	struct feel_box *parts = READER_ARRAY(reader, struct feel_box, table->input_count + 1);
	struct text *names = READER_ARRAY(reader, struct text, table->input_count + 1);
	struct feel_box *context = READER_ARRAY(reader, struct feel_box, 1);
	size_t count = 0;
	if (!parts || !names || !context)
		return NULL;
	for (size_t i = 0; i < table->input_count; i++) {
		const struct table_input *input = &table->inputs[i];
		if (!input->given)
			continue;
		parts[count] = (struct feel_box){ .kind = FEEL_BOX_EXPRESSION, .type = input->declared,
			.cell = { input->expression.feel, &input->expression } };
		names[count++] = input->name;
	}
	if (count == 0)
		return table->decision->box;
	parts[count++] = *table->decision->box; /* the last has no name: it is the result */
	*context = (struct feel_box){ .kind = FEEL_BOX_CONTEXT, .parts = parts, .count = count, .names = names,
		.name_count = count };
	return context;
}

/* The expression of `entrées` that a place is, or NULL: a place of the model. */
static const struct cell *
own_cell(const struct table *table, const void *place)
{
	for (size_t i = 0; i < table->input_count; i++)
		if (place == &table->inputs[i].expression)
			return &table->inputs[i].expression;
	return NULL;
}

const struct feel *
make_decision(struct reader *reader, struct table *table)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(1 << 16);
	struct feel_findings *found = scratch ? arena_new_of(scratch, struct feel_findings) : NULL;
	const struct feel_box *box = found && inputs_are_known(reader, table) ? box_with_inputs(reader, table) : NULL;
	if (!found)
		reader->findings->broken = true;
	if (!box)
		return NULL;
	const struct feel *feel = feel_read_box(reader->arena, reader->scopes[SCOPE_CASE], box, found);
	reader->findings->broken |= found->broken;
	for (size_t i = 0; i < found->count; i++) {
		const struct feel_finding *finding = &found->at[i];
		const struct cell *cell = own_cell(table, finding->place);
		if (cell) {
			finding_add(reader->findings, 203, cell_span(cell, finding->offset, finding->length), finding->remedy, "%.*s",
				TEXT_ARGS(finding->message));
			continue;
		}
		const struct dmn_finding located = dmn_locate(table->decision->model, finding);
		tell(reader, table, 203, &located);
	}
	return feel;
}

const struct feel *
decision_alone(struct reader *reader, const struct table *table, struct arena *arena)
{
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct feel_findings *found = arena_new_of(arena, struct feel_findings);
	struct guichet_error error;
	unsigned slot;
	if (!scope || !found) {
		reader->findings->broken = true;
		return NULL;
	}
	feel_scope_set_calendar(scope, reader->procedure->calendar);
	for (size_t i = 0; i < table->input_count; i++) {
		const struct table_input *input = &table->inputs[i];
		const bool any = !input->declared || input->declared->kind == FEEL_ANY;
		(void)!feel_scope_add(scope, input->name, any ? input->type : input->declared, &slot, &error);
	}
	return feel_read_box(arena, scope, table->decision->box, found);
}

struct span
decision_place(struct reader *reader, const struct table *table, const void *place)
{
	const struct feel_finding finding = { .place = place, .line = 1, .column = 1 };
	const struct dmn_finding located = dmn_locate(table->decision->model, &finding);
	return place ? line_of(reader, located.file, located.line, table) : table->key->at;
}
