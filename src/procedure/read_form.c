/* Second stroke, what is asked: the form, its sections, the pieces. */
#include "procedure/reader.h"

#include "base/banned.h"

static void
read_sections(struct reader *reader, const struct yaml_node *form, struct procedure_field *fields)
{
	if (!form)
		return;
	struct procedure_section *sections = READER_ARRAY(reader, struct procedure_section, form->count);
	for (size_t i = 0; sections && i < form->count; i++) {
		const struct map map = map_open(reader, form->items[i].value, form->items[i].key->at, &shape_section);
		(void)name_check(reader, form->items[i].key);
		struct procedure_section *section = &sections[i];
		section->origin = map_origin(map);
		section->name = form->items[i].key->scalar;
		section->title = map_text(map, "titre", TEXT_LABEL);
		section->help = map_text(map, "aide", TEXT_SENTENCE);
		section->later = map_flag(map, "plus_tard");
		const struct procedure_list readers = map_names(map, "lisible_par", NAME_ROLE);
		map_feel(map, "si", SCOPE_CASE, WANT_TRUTH, &section->condition);
		const struct yaml_node *list = map_get(map, "champs");
		if (!list || list->kind != YAML_MAPPING)
			continue;
		int *indexes = READER_ARRAY(reader, int, list->count);
		size_t kept = 0;
		for (size_t k = 0; indexes && k < list->count; k++) {
			const int index = name_find(reader, NAME_FIELD, list->items[k].key->scalar);
			/* One written twice has been told, and the first stands. */
			if (index == PROCEDURE_NONE || reader->names[NAME_FIELD].at[index].key != list->items[k].key)
				continue;
			fields[index].section = (int)i;
			fields[index].conditional |= map_get(map, "si") != NULL;
			fields[index].later = section->later;
			if (fields[index].readers.count == 0)
				fields[index].readers = readers;
			indexes[kept++] = index;
		}
		section->fields = (struct procedure_list){ indexes, kept };
	}
	reader->procedure->sections = sections;
	reader->procedure->section_count = sections ? form->count : 0;
}

static unsigned
read_formats(struct map map)
{
	static const struct {
		struct text word;
		enum procedure_format format;
	} known[] = {
#define FORMAT(word, format) { { word, sizeof(word) - 1 }, format },
#include "procedure/words.def"
#undef FORMAT
	};
	const struct text *words = NULL;
	size_t count = 0;
	unsigned formats = 0;
	map_texts(map, "formats", &words, &count);
	for (size_t i = 0; i < count; i++) {
		unsigned found = 0;
		for (size_t k = 0; k < sizeof known / sizeof *known; k++)
			found |= text_equal(words[i], known[k].word) ? known[k].format : 0;
		if (!found && words[i].length)
			finding_add(map.reader->findings, 107, map_get(map, "formats")->at, TEXT("il y a : PDF, JPEG, PNG"),
				"« %.*s » n’est pas un format de pièce", TEXT_ARGS(words[i]));
		formats |= found;
	}
	return formats ? formats : PROCEDURE_PDF | PROCEDURE_JPEG | PROCEDURE_PNG;
}

/* Whether a piece is asked after the filing. */
static bool
read_phase(struct map map)
{
	static const struct {
		struct text word;
		bool later;
	} known[] = {
#define PHASE(word, later) { { word, sizeof(word) - 1 }, later },
#include "procedure/words.def"
#undef PHASE
	};
	const struct text word = map_text(map, "attendue", TEXT_NAME);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (text_equal(word, known[i].word))
			return known[i].later;
	if (word.length)
		finding_add(map.reader->findings, 107, map_get(map, "attendue")->at, TEXT("écrivez dépôt ou plus tard"),
			"« %.*s » n’est pas un moment où joindre une pièce", TEXT_ARGS(word));
	return false;
}

static void
read_pieces(struct reader *reader)
{
	const struct names *names = &reader->names[NAME_PIECE];
	struct procedure_piece *pieces = READER_ARRAY(reader, struct procedure_piece, names->count);
	for (size_t i = 0; pieces && i < names->count; i++) {
		const struct map map = map_open(reader, names->at[i].value, names->at[i].key->at, &shape_piece);
		struct procedure_piece *piece = &pieces[i];
		*piece = (struct procedure_piece){
			.origin = map_origin(map),
			.name = names->at[i].name,
			.label = map_text(map, "libellé", TEXT_LABEL),
			.help = map_text(map, "aide", TEXT_SENTENCE),
			.why = map_text(map, "pourquoi", TEXT_SENTENCE),
			.missing = map_text(map, "message", TEXT_SENTENCE),
			.keep = map_duration(map, "conservation"),
			.compulsory = map_flag(map, "obligatoire"),
			.formats = read_formats(map),
			.later = read_phase(map),
			.examined = map_flag(map, "examen"),
			.readers = map_names(map, "lisible_par", NAME_ROLE),
		};
		piece->conditional = map_get(map, "si") != NULL;
		map_feel(map, "si", SCOPE_CASE, WANT_TRUTH, &piece->condition);
		map_feel(map, "valable_jusquau", SCOPE_CASE, WANT_DAY, &piece->valid_until);
		if (map.node && !piece->why.length)
			finding_add(reader->findings, 503, map.at, TEXT("ajoutez « pourquoi: », que la personne lira sous la pièce"),
				"on demande « %.*s » sans dire pourquoi", TEXT_ARGS(piece->name));
	}
	reader->procedure->pieces = pieces;
	reader->procedure->piece_count = pieces ? names->count : 0;
}

void
read_form(struct reader *reader, struct map top)
{
	const struct names *names = &reader->names[NAME_FIELD];
	struct procedure_field *fields = READER_ARRAY(reader, struct procedure_field, names->count);
	if (!fields)
		return;
	for (size_t i = 0; i < names->count; i++) {
		const struct yaml_item item = { (struct yaml_node *)names->at[i].key, (struct yaml_node *)names->at[i].value, false };
		read_field(reader, &item, SCOPE_CASE, false, &fields[i]);
	}
	reader->procedure->fields = fields;
	reader->procedure->field_count = names->count;
	const struct yaml_node *form = map_get(top, "formulaire");
	if (form && form->kind == YAML_MAPPING)
		read_sections(reader, form, fields);
	read_pieces(reader);
}
