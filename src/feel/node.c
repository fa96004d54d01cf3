/* Making nodes: see reader.h and parser.h. */
#include "feel/parser.h"

#include "base/banned.h"

struct node *
node_new(struct reader *reader, enum node_kind kind, size_t offset, const struct feel_type *type)
{
	if (reader->stopped || !type)
		return reader->stopped ? NULL : reader_broken(reader);
	struct node *node = arena_new_of(reader->arena, struct node);
	if (!node)
		return reader_broken(reader);
	node->kind = (uint8_t)kind;
	node->offset = (uint32_t)offset;
	node->type = type;
	node->height = 1;
	return node;
}

struct node *
node_constant(struct reader *reader, size_t offset, struct feel_value value, const struct feel_type *type)
{
	struct node *node = node_new(reader, NODE_CONSTANT, offset, type);
	if (node)
		node->constant = value;
	return node;
}

struct node *
node_over(struct reader *reader, enum node_kind kind, size_t offset, const struct feel_type *type,
	const struct node *left, const struct node *right)
{
	struct node *node = node_new(reader, kind, offset, type);
	if (!node)
		return NULL;
	const bool chained = (node_is_arithmetic(node) && node_is_arithmetic(left))
		|| (node_is_logic(node) && node_is_logic(left));
	node->links = chained && left->links < MOST_LINKS ? left->links + 1 : 0;
	/* what stands on the left of a chain is as high as the chain itself */
	const unsigned left_height = left->height - (node->links ? 1 : 0);
	const unsigned height = right && right->height > left_height ? right->height : left_height;
	if (height >= MOST_HEIGHT)
		return reader_stop(reader, offset, 0, TEXT("découpez-la en plusieurs"), "expression trop longue");
	node->left = left;
	node->right = right;
	node->height = (uint16_t)(height + 1);
	return node;
}

struct node *
node_of(struct reader *reader, enum node_kind kind, size_t offset, const struct feel_type *type,
	const struct node *const *parts, size_t count)
{
	struct node *node = node_new(reader, kind, offset, type);
	const struct node **kept = node ? arena_array_of(reader->arena, const struct node *, count) : NULL;
	if (!node || !kept)
		return node ? reader_broken(reader) : NULL;
	unsigned height = 0;
	for (size_t i = 0; i < count; i++) {
		kept[i] = parts[i];
		height = parts[i]->height > height ? parts[i]->height : height;
	}
	if (height >= MOST_HEIGHT)
		return reader_stop(reader, offset, 0, TEXT("découpez-la en plusieurs"), "expression trop longue");
	node->parts = kept;
	node->count = (uint32_t)count;
	node->height = (uint16_t)(height + 1);
	return node;
}

/* ---- growing lists of nodes ---- */

bool
nodes_add(struct reader *reader, struct nodes *nodes, const struct node *node, struct text name)
{
	if (!node)
		return false;
	if (nodes->count == nodes->capacity) {
		const size_t capacity = nodes->capacity ? nodes->capacity * 2 : 4;
		const struct node **at = arena_array_of(reader->arena, const struct node *, capacity);
		struct text *names = arena_array_of(reader->arena, struct text, capacity);
		if (!at || !names) {
			reader_broken(reader);
			return false;
		}
		if (nodes->count) {
			memcpy(at, nodes->at, nodes->count * sizeof *at);
			memcpy(names, nodes->names, nodes->count * sizeof *names);
		}
		nodes->at = at;
		nodes->names = names;
		nodes->capacity = capacity;
	}
	nodes->at[nodes->count] = node;
	nodes->names[nodes->count++] = name;
	return true;
}

struct node *
node_finish(struct reader *reader, struct node *node)
{
	if (!node)
		return NULL;
	if (node->height > MOST_HEIGHT)
		return reader_stop(reader, node->offset, 0, TEXT("découpez-la en plusieurs"),
			"expression trop longue");
	node->length = reader->end > node->offset ? (uint32_t)(reader->end - node->offset) : 0;
	return node;
}

struct node *
node_of_parts(struct reader *reader, enum node_kind kind, size_t offset, const struct nodes *parts,
	const struct feel_type *type)
{
	struct node *node = node_new(reader, kind, offset, type);
	if (!node)
		return NULL;
	node->parts = parts->at;
	node->names = parts->names;
	node->count = (uint32_t)parts->count;
	unsigned height = 0;
	for (size_t i = 0; i < parts->count; i++)
		height = parts->at[i]->height > height ? parts->at[i]->height : height;
	node->height = (uint16_t)(height + 1);
	return node_finish(reader, node);
}

