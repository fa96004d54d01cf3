/* First stroke: every declared name, so that a reference may stand before what it refers to.
 * Positions in these lists are the indexes of the model. */
#include "procedure/reader.h"

#include "base/banned.h"

static void
declare_all(struct reader *reader, enum name_kind kind, const struct yaml_node *section, const char *what, bool again)
{
	section = mapping_of(reader, section, what);
	for (size_t i = 0; section && i < section->count; i++)
		if (name_check(reader, section->items[i].key))
			(void)name_declare(reader, kind, section->items[i].key, section->items[i].value, again);
}

/* An alias may give the same field to several actions. Names of sections declare nothing. */
static void
declare_entered(struct reader *reader, const struct yaml_node *fields)
{
	if (fields && fields->kind != YAML_MAPPING)
		return;
	fields = mapping_of(reader, fields, "les champs d’une action");
	for (size_t i = 0; fields && i < fields->count; i++) {
		const struct yaml_item *item = &fields->items[i];
		if (!name_check(reader, item->key))
			continue;
		const int found = name_find(reader, NAME_FIELD, item->key->scalar);
		const bool same = found != PROCEDURE_NONE && reader->names[NAME_FIELD].at[found].value == item->value;
		(void)name_declare(reader, NAME_FIELD, item->key, item->value, same);
	}
}

static const struct yaml_node *
child(const struct yaml_node *node, const char *key)
{
	for (size_t i = 0; node && node->kind == YAML_MAPPING && i < node->count; i++)
		if (node->items[i].key->kind == YAML_SCALAR
			&& text_equal(node->items[i].key->scalar, text_of_string(key)))
			return node->items[i].value;
	return NULL;
}

/* What happens at the steps of a circuit, and what is entered then. */
static void
declare_moves(struct reader *reader, const struct yaml_node *circuit)
{
	for (size_t i = 0; circuit && circuit->kind == YAML_MAPPING && i < circuit->count; i++) {
		const struct yaml_node *step = circuit->items[i].value;
		const struct yaml_node *actions = child(step, "actions");
		declare_all(reader, NAME_MOVE, actions, "les actions", true);
		declare_all(reader, NAME_MOVE, child(step, "passages"), "les passages", true);
		declare_all(reader, NAME_MOVE, child(step, "échéances"), "les échéances", true);
		for (size_t k = 0; actions && actions->kind == YAML_MAPPING && k < actions->count; k++)
			declare_entered(reader, child(actions->items[k].value, "saisit"));
	}
}

void
read_names(struct reader *reader, struct map top)
{
	declare_all(reader, NAME_WINDOW, child(top.node, "fenêtres"), "les fenêtres", false);
	declare_all(reader, NAME_COUNTER, child(top.node, "compteurs"), "les compteurs", false);
	declare_all(reader, NAME_ROLE, child(top.node, "rôles"), "les rôles", false);
	declare_all(reader, NAME_LETTER, child(top.node, "lettres"), "les lettres", false);
	declare_all(reader, NAME_PIECE, child(top.node, "pièces"), "les pièces", false);
	declare_all(reader, NAME_STEP, child(top.node, "circuit"), "les étapes", false);
	reader->main_steps = reader->names[NAME_STEP].count;
	const struct yaml_node *tracks = mapping_of(reader, child(top.node, "suivis"), "les suivis");
	for (size_t i = 0; tracks && i < tracks->count; i++)
		declare_all(reader, NAME_STEP, child(tracks->items[i].value, "étapes"), "les étapes d’un suivi", false);
	declare_all(reader, NAME_NATURE, child(top.node, "natures"), "les natures", false);
	const struct yaml_node *form = mapping_of(reader, child(top.node, "formulaire"), "les parties du formulaire");
	for (size_t i = 0; form && i < form->count; i++)
		(void)name_declare(reader, NAME_SECTION, form->items[i].key, form->items[i].value, false);
	for (size_t i = 0; form && i < form->count; i++)
		declare_all(reader, NAME_FIELD, child(form->items[i].value, "champs"), "les champs", false);
	reader->procedure->form_field_count = reader->names[NAME_FIELD].count;

	declare_moves(reader, child(top.node, "circuit"));
	for (size_t i = 0; tracks && i < tracks->count; i++)
		declare_moves(reader, child(tracks->items[i].value, "étapes"));
}
