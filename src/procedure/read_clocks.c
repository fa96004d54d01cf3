/* Second stroke, the clocks of a dossier (délais): what starts and stops each, how long it runs, where it does not. */
#include "procedure/reader.h"

#include "base/banned.h"

static struct text
read_unit(struct map map)
{
	static const struct text known[] = {
#define DELAY(word) { word, sizeof(word) - 1 },
#include "procedure/words.def"
#undef DELAY
	};
	enum { COUNT = sizeof known / sizeof *known };
	const struct text word = map_text(map, "unité", TEXT_NAME);
	for (size_t i = 0; i < COUNT; i++)
		if (text_equal(word, known[i]))
			return known[i];
	if (word.length)
		finding_add(map.reader->findings, 107, map_get(map, "unité")->at, nearest_remedy(map.reader, word, known, COUNT),
			"« %.*s » n’est pas une unité de délai", TEXT_ARGS(word));
	return TEXT("jours");
}

/* The last day of the delay, from its first and how many units: in a scope of its own. */
static const struct feel *
read_end(struct reader *reader, struct text unit, bool extended)
{
	struct feel_findings *found = arena_new_of(reader->arena, struct feel_findings);
	struct feel_scope *scope = feel_scope_new(reader->arena, NULL);
	struct guichet_error error;
	unsigned slot;
	const struct text source = arena_format(reader->arena, extended ? "prorogée(échéance(départ, nombre, \"%.*s\"))"
		: "échéance(départ, nombre, \"%.*s\")", TEXT_ARGS(unit));
	const struct feel *end = NULL;
	if (found && scope && source.at) {
		feel_scope_set_calendar(scope, reader->procedure->calendar);
		if (feel_scope_add(scope, TEXT("départ"), &feel_type_date, &slot, &error) == GUICHET_OK
		    && feel_scope_add(scope, TEXT("nombre"), &feel_type_number, &slot, &error) == GUICHET_OK)
			end = feel_read(reader->arena, scope, source, found);
	}
	reader->findings->broken |= !end;
	reader->procedure->counts_days |= end && feel_counts_days(end);
	return end;
}

void
read_clocks(struct reader *reader, struct map top)
{
	const struct yaml_node *section = mapping_of(reader, map_get(top, "délais"), "les délais");
	struct procedure_clock *clocks = section ? READER_ARRAY(reader, struct procedure_clock, section->count) : NULL;
	size_t kept = 0;
	for (size_t i = 0; clocks && i < section->count; i++) {
		if (!name_check(reader, section->items[i].key))
			continue;
		const struct map map = map_open(reader, section->items[i].value, section->items[i].key->at, &shape_clock);
		struct procedure_clock *clock = &clocks[kept++];
		*clock = (struct procedure_clock){
			.origin = map_origin(map),
			.name = section->items[i].key->scalar,
			.label = map_text(map, "libellé", TEXT_LABEL),
			.starts = map_names(map, "depuis", NAME_MOVE),
			.stops = map_names(map, "arrêt", NAME_MOVE),
			.unit = read_unit(map),
			.extended = map_flag(map, "prorogé"),
			.suspends = map_names(map, "suspendu", NAME_STEP),
		};
		const struct yaml_node *count = map_get(map, "nombre");
		if (count)
			want_feel(reader, count, SCOPE_OPENING, WANT_ANY, &feel_type_number, &clock->count);
		clock->end = read_end(reader, clock->unit, clock->extended);
	}
	reader->procedure->clocks = clocks;
	reader->procedure->clock_count = clocks ? kept : 0;
}
