/* Second stroke, dossiers born of another: their natures, and what they bring to the one they come from. */
#include "procedure/reader.h"

#include "base/banned.h"

/* One name or a list of names, looked for among `count` items of `size` bytes whose name stands at `offset`. */
struct among {
	const void *items;
	size_t count, size, offset;
	const char *none; /* "aucune partie du formulaire" */
};

static struct text
name_at(const struct among *among, size_t index)
{
	const char *item = (const char *)among->items + index * among->size + among->offset;
	return *(const struct text *)(const void *)item;
}

static struct procedure_list
names_among(struct map map, const char *key, const struct among *among)
{
	const struct yaml_node *node = map_get(map, key);
	const size_t count = !node ? 0 : node->kind == YAML_SEQUENCE ? node->count : 1;
	int *indexes = READER_ARRAY(map.reader, int, count);
	struct text *known = READER_ARRAY(map.reader, struct text, among->count);
	size_t kept = 0;
	for (size_t i = 0; known && i < among->count; i++)
		known[i] = name_at(among, i);
	for (size_t i = 0; indexes && known && i < count; i++) {
		const struct yaml_node *one = node->kind == YAML_SEQUENCE ? node->items[i].value : node;
		const struct text name = scalar_text(map.reader, one, TEXT_NAME);
		size_t found = 0;
		while (found < among->count && !text_equal(known[found], name))
			found++;
		if (found < among->count)
			indexes[kept++] = (int)found;
		else if (name.length && !map.reader->mutant)
			finding_add(map.reader->findings, 201, one->at, nearest_remedy(map.reader, name, known, among->count),
				"%s ne s’appelle « %.*s »", among->none, TEXT_ARGS(name));
	}
	return (struct procedure_list){ indexes, kept };
}

#define AMONG(items, count, type, none) \
	(&(const struct among){ (items), (count), sizeof(struct type), offsetof(struct type, name), (none) })

static void
read_nature(struct reader *reader, const struct name *name, struct procedure_nature *nature)
{
	const struct procedure *procedure = reader->procedure;
	const struct map map = map_open(reader, name->value, name->key->at, &shape_nature);
	*nature = (struct procedure_nature){
		.origin = map_origin(map),
		.name = name->name,
		.label = map_text(map, "libellé", TEXT_LABEL),
		.start = map_name(map, "départ", NAME_STEP),
		.from = map_names(map, "depuis", NAME_STEP),
		.message = map_text(map, "message", TEXT_SENTENCE),
		.who = map_names(map, "qui", NAME_ROLE),
		.sections = names_among(map, "formulaire", AMONG(procedure->sections, procedure->section_count,
			procedure_section, "aucune partie du formulaire")),
		.pieces = names_among(map, "pièces", AMONG(procedure->pieces, procedure->piece_count, procedure_piece,
			"aucune pièce")),
		.alone = map_flag(map, "un_seul"),
	};
	map_feel(map, "si", SCOPE_CASE, WANT_TRUTH, &nature->condition);
	if (map_get(map, "si") && !nature->message.length && !reader->mutant)
		finding_add(reader->findings, 321, map_key_place(map, "si"), TEXT("ajoutez « message: », que la personne lira"),
			"on ne dit pas pourquoi la nature « %.*s » est refusée", TEXT_ARGS(nature->name));
	if (text_equal(nature->name, TEXT("demande")))
		finding_add(reader->findings, 321, name->key->at, TEXT("donnez-lui un autre nom"),
			"« demande » est la nature du dossier d’origine");
	if (nature->start == PROCEDURE_NONE)
		nature->start = 0;
}

void
read_natures(struct reader *reader, struct map top)
{
	(void)top;
	const struct names *names = &reader->names[NAME_NATURE];
	struct procedure_nature *natures = READER_ARRAY(reader, struct procedure_nature, names->count);
	for (size_t i = 0; natures && i < names->count; i++)
		read_nature(reader, &names->at[i], &natures[i]);
	reader->procedure->natures = natures;
	reader->procedure->nature_count = natures ? names->count : 0;
}

/* "avenant.accorder". */
static bool
read_happening(struct reader *reader, const struct yaml_node *node, struct procedure_happening *ret_happening)
{
	struct text rest = scalar_text(reader, node, 2 * TEXT_NAME + 1);
	const struct text whole = rest, first = text_split(&rest, '.');
	const int nature = name_find(reader, NAME_NATURE, first), move = rest.at ? name_find(reader, NAME_MOVE, rest)
		: PROCEDURE_NONE;
	*ret_happening = (struct procedure_happening){ nature, move };
	if (nature != PROCEDURE_NONE && move != PROCEDURE_NONE)
		return true;
	const bool named = nature != PROCEDURE_NONE;
	const struct names *names = &reader->names[named ? NAME_MOVE : NAME_NATURE];
	struct text *known = READER_ARRAY(reader, struct text, names->count);
	for (size_t i = 0; known && i < names->count; i++)
		known[i] = names->at[i].name;
	if (whole.length && !reader->mutant && known)
		finding_add(reader->findings, 201, node->at, rest.at ? nearest_remedy(reader, named ? rest : first, known, names->count)
			: TEXT("écrivez la nature, un point et l’action : « avenant.accorder »"),
			named ? "aucune action ni échéance ne s’appelle « %.*s »" : "aucune nature ne s’appelle « %.*s »",
			TEXT_ARGS(named ? rest.at ? rest : TEXT("") : first));
	return false;
}

void
read_upon(struct map map, const struct procedure_happening **ret_upon, size_t *ret_count)
{
	const struct yaml_node *node = map_get(map, "sur");
	const size_t count = !node ? 0 : node->kind == YAML_SEQUENCE ? node->count : 1;
	struct procedure_happening *upon = READER_ARRAY(map.reader, struct procedure_happening, count);
	size_t kept = 0;
	for (size_t i = 0; upon && i < count; i++)
		kept += read_happening(map.reader, node->kind == YAML_SEQUENCE ? node->items[i].value : node, &upon[kept]);
	*ret_upon = upon;
	*ret_count = kept;
}

void
read_reported(struct map map, const struct text **ret_names, size_t *ret_count)
{
	/* Posed values have no type before every expression is read: names, which check_natures() looks at. */
	map_texts(map, "reporte", ret_names, ret_count);
}
