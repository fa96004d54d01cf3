/* Nodes of the constructs that texts and boxes both have, typed from their parts: see parser.h. */
#include "feel/parser.h"

#include "base/banned.h"

const struct node *
node_context(struct reader *reader, size_t offset, const struct nodes *entries, unsigned local,
	const struct node *result)
{
	struct feel_field *fields = arena_array_of(reader->arena, struct feel_field, entries->count);
	if (!fields)
		return reader_broken(reader);
	for (size_t i = 0; i < entries->count; i++)
		fields[i] = (struct feel_field){ entries->names[i], entries->at[i]->type };
	const struct feel_type *type = result ? result->type
		: feel_type_context_of(reader->arena, fields, entries->count);
	if (!type)
		return reader_broken(reader);
	struct node *node = node_of_parts(reader, NODE_CONTEXT, offset, entries, type);
	if (!node)
		return NULL;
	node->local = local;
	node->left = result;
	if (result && result->height >= node->height)
		node->height = (uint16_t)(result->height + 1);
	return node_finish(reader, node);
}

const struct node *
node_iteration(struct reader *reader, enum node_kind kind, size_t offset, const struct nodes *parts,
	unsigned local)
{
	const struct node *body = parts->at[parts->count - 1];
	const struct feel_type *type = kind == NODE_FOR ? feel_type_list_of(reader->arena, body->type)
		: &feel_type_boolean;
	if (!type)
		return reader_broken(reader);
	if (kind != NODE_FOR)
		check_boolean(reader, body, "après « satisfies »");
	struct node *node = node_of_parts(reader, kind, offset, parts, type);
	if (node)
		node->local = local;
	return node;
}

const struct feel_type *
node_function_type(struct reader *reader, const struct feel_field *fields, size_t count, struct local *self)
{
	struct feel_type *type = arena_new_of(reader->arena, struct feel_type);
	struct feel_field *kept = arena_array_of(reader->arena, struct feel_field, count);
	if (!type || !kept)
		return reader_broken(reader), NULL;
	for (size_t i = 0; i < count; i++)
		kept[i] = (struct feel_field){ fields[i].name, fields[i].type ? fields[i].type : &feel_type_any };
	*type = (struct feel_type){ .kind = FEEL_FUNCTION, .of = &feel_type_any, .fields = kept,
		.field_count = count };
	if (self)
		self->type = type;
	return type;
}

const struct node *
node_function(struct reader *reader, size_t offset, const struct feel_type *type, const struct node *body,
	unsigned local, const struct local *self)
{
	struct feel_type *whole = arena_new_of(reader->arena, struct feel_type);
	struct node *node = whole ? node_new(reader, NODE_FUNCTION, offset, whole) : reader_broken(reader);
	if (!node)
		return NULL;
	*whole = *type;
	whole->of = body->type;
	node->left = body;
	node->local = local;
	node->locals = reader->most_locals; /* no fewer than the body needs */
	node->count = (uint32_t)type->field_count;
	node->self = self ? self->place + 1 : 0;
	node->height = (uint16_t)(body->height + 1);
	return node_finish(reader, node);
}

const struct node *
node_filter(struct reader *reader, const struct node *list, const struct node *inside, unsigned place)
{
	const enum feel_kind kind = inside->type->kind;
	const bool is_list = list->type->kind == FEEL_LIST;
	if (kind != FEEL_BOOLEAN && kind != FEEL_NUMBER && kind != FEEL_ANY && kind != FEEL_NULL)
		reader_mistake(reader, inside->offset, inside->length, TEXT("mettez une condition ou un rang"),
			"entre crochets, une condition ou un nombre est attendu, et non " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(reader->arena, inside->type)));
	const struct feel_type *type = kind == FEEL_NUMBER ? (is_list ? item_type(list->type) : list->type)
		: kind != FEEL_BOOLEAN ? &feel_type_any
		: is_list ? list->type : feel_type_list_of(reader->arena, list->type);
	struct node *node = type ? node_new(reader, NODE_FILTER, list->offset, type) : reader_broken(reader);
	if (!node)
		return NULL;
	node->left = list;
	node->right = inside;
	node->local = place;
	node->height = (uint16_t)((list->height > inside->height ? list->height : inside->height) + 1);
	return node_finish(reader, node);
}
