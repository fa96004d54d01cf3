/* Second stroke, what comes from outside the dossier: what each structure sets for itself, what is
 * counted for each person. */
#include "procedure/reader.h"

#include "base/banned.h"

static void
read_locals(struct reader *reader, const struct yaml_node *section)
{
	section = mapping_of(reader, section, "les réglages");
	if (!section)
		return;
	struct procedure_local *locals = READER_ARRAY(reader, struct procedure_local, section->count);
	size_t kept = 0;
	for (size_t i = 0; locals && i < section->count; i++) {
		const struct yaml_item *item = &section->items[i];
		if (!name_check(reader, item->key))
			continue;
		const struct map map = map_open(reader, item->value, item->key->at, &shape_local);
		struct procedure_local *local = &locals[kept++];
		read_entry(map, item->key->scalar, &local->field);
		local->who = map_names(map, "qui", NAME_ROLE);
		for (size_t k = 0; k < local->who.count; k++)
			if (!reader->procedure->of_structures
				&& reader->procedure->roles[local->who.at[k]].reach == PROCEDURE_APPLICANT)
				finding_add(reader->findings, 107, map_key_place(map, "qui"), TEXT("nommez un rôle tenu par une fonction"),
					"le demandeur ne règle rien pour sa structure");
		if (local->field.type == PROCEDURE_FIELD_DECLARATION)
			finding_add(reader->findings, 505, map_key_place(map, "type"), TEXT("écrivez « type: oui/non »"),
				"une structure ne fait pas de déclaration");
	}
	reader->procedure->locals = locals;
	reader->procedure->local_count = kept;
}

static void
read_counters(struct reader *reader)
{
	const struct names *names = &reader->names[NAME_COUNTER];
	struct procedure_counter *counters = READER_ARRAY(reader, struct procedure_counter, names->count);
	for (size_t i = 0; counters && i < names->count; i++) {
		const struct map map = map_open(reader, names->at[i].value, names->at[i].key->at, &shape_counter);
		counters[i] = (struct procedure_counter){
			.origin = map_origin(map),
			.name = names->at[i].name,
			.label = map_text(map, "libellé", TEXT_LABEL),
			.unit = map_text(map, "unité", TEXT_NAME),
		};
	}
	reader->procedure->counters = counters;
	reader->procedure->counter_count = counters ? names->count : 0;
}

void
read_countings(struct map map, const struct procedure_counting **ret_countings, size_t *ret_count,
	struct procedure_list *ret_uncounts)
{
	struct reader *reader = map.reader;
	*ret_uncounts = map_names(map, "décompte", NAME_COUNTER);
	const struct yaml_node *section = mapping_of(reader, map_get(map, "compte"), "ce que l’on compte");
	if (!section)
		return;
	struct procedure_counting *countings = READER_ARRAY(reader, struct procedure_counting, section->count);
	size_t kept = 0;
	for (size_t i = 0; countings && i < section->count; i++) {
		const struct yaml_item *item = &section->items[i];
		const struct map one = map_open(reader, item->value, item->key->at, &shape_counting);
		const int counter = name_find(reader, NAME_COUNTER, item->key->scalar);
		if (counter == PROCEDURE_NONE) {
			finding_add(reader->findings, 201, item->key->at, TEXT("déclarez-le sous « compteurs: »"),
				"aucun compteur ne s’appelle « %.*s »", TEXT_ARGS(item->key->scalar));
			continue;
		}
		struct procedure_counting *counting = &countings[kept++];
		counting->counter = counter;
		map_feel(one, "quantité", SCOPE_CASE, WANT_NUMBER, &counting->quantity);
		map_feel(one, "du", SCOPE_CASE, WANT_DAY, &counting->from);
		map_feel(one, "au", SCOPE_CASE, WANT_DAY, &counting->to);
	}
	*ret_countings = countings;
	*ret_count = kept;
}

void
read_outside(struct reader *reader, struct map top)
{
	read_locals(reader, map_get(top, "réglages"));
	read_counters(reader);
}
