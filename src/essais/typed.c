/* What tests write as values, as a person types it: a text or several, rows, parts. */
#include "essais/play.h"

#include "base/banned.h"

struct text
essai_typed_text(struct arena *arena, const struct yaml_node *node)
{
	const struct text part = yaml_scalar(yaml_get(node, "répète"));
	int64_t times;
	if (node->kind != YAML_MAPPING || part.length == 0
	    || !text_to_integer(yaml_scalar(yaml_get(node, "fois")), 0, 100000, &times))
		return yaml_scalar(node);
	char *at = arena_alloc(arena, part.length * (size_t)times + 1);
	for (int64_t i = 0; at && i < times; i++)
		memcpy(at + (size_t)i * part.length, part.at, part.length);
	return at ? (struct text){ at, part.length * (size_t)times } : TEXT("");
}

/* `{début: …, fin: …}` is typed part by part. */
static void
type_parts(struct arena *arena, struct text field, const struct yaml_node *parts, struct dossier_raw *raws, size_t *count,
	size_t limit)
{
	for (size_t i = 0; i < parts->count; i++) {
		const struct text name = arena_format(arena, TEXT_FORMAT "." TEXT_FORMAT, TEXT_ARGS(field),
			TEXT_ARGS(parts->items[i].key->scalar));
		if (name.at)
			essai_type(arena, name, parts->items[i].value, raws, count, limit);
	}
}

void
essai_type(struct arena *arena, struct text field, const struct yaml_node *value, struct dossier_raw *raws, size_t *count,
	size_t limit)
{
	for (size_t i = 0; i < essai_item_count(value) && *count < limit; i++) {
		const struct yaml_node *item = essai_item_at(value, i);
		if (item->kind != YAML_MAPPING || yaml_get(item, "répète")) {
			raws[(*count)++] = (struct dossier_raw){ field, essai_typed_text(arena, item) };
			continue;
		}
		const struct text row = item == value ? field
			: arena_format(arena, TEXT_FORMAT ".%zu", TEXT_ARGS(field), i + 1);
		if (row.at)
			type_parts(arena, row, item, raws, count, limit);
	}
}
