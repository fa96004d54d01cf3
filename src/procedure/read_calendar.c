/* calendrier: what counts as a holiday, a working day, a school week in the rules of this procedure. It is one
 * of its files, so that a version of the procedure counts days the same way for ever. */
#include "procedure/grid.h"
#include "procedure/reader.h"

#include "base/calendar.h"

#include "base/banned.h"

static bool
is_header(const struct row *row)
{
	for (size_t i = 0; i < CALENDAR_COLUMNS; i++)
		if (row->count != CALENDAR_COLUMNS || !text_equal(row->cells[i].text, calendar_columns[i]))
			return false;
	return true;
}

static void
read_periods(struct reader *reader, const struct grid *grid, struct calendar *calendar)
{
	if (grid->count > CALENDAR_MOST_PERIODS) {
		finding_add(reader->findings, 109, grid->rows[CALENDAR_MOST_PERIODS].at, TEXT("ôtez les années révolues"),
			"un calendrier a %d lignes au plus", CALENDAR_MOST_PERIODS);
		return;
	}
	if (!is_header(&grid->rows[0])) {
		finding_add(reader->findings, 731, grid->rows[0].at, TEXT("écrivez nature;début;fin;zone;nom"),
			"la première ligne d’un calendrier nomme ses cinq colonnes");
		return;
	}
	struct calendar_period *periods = READER_ARRAY(reader, struct calendar_period, grid->count);
	if (!periods)
		return;
	for (size_t i = 1; i < grid->count; i++) {
		const struct row *row = &grid->rows[i];
		struct text fields[CALENDAR_COLUMNS];
		const char *sentence, *remedy;
		size_t wrong;
		if (row->count != CALENDAR_COLUMNS) {
			finding_add(reader->findings, 731, row->at, TEXT("gardez les points-virgules des cases vides"),
				"cette ligne a %zu case%s au lieu de 5", row->count, row->count > 1 ? "s" : "");
			continue;
		}
		for (size_t k = 0; k < CALENDAR_COLUMNS; k++)
			fields[k] = row->cells[k].text;
		if (calendar_read_period(fields, &periods[calendar->count], &wrong, &sentence, &remedy))
			calendar->count++;
		else
			finding_add(reader->findings, 731,
				fields[wrong].length ? cell_span(&row->cells[wrong], 0, fields[wrong].length) : row->at,
				text_of_string(remedy), "%s", sentence);
	}
	calendar->periods = periods;
}

static bool
has_zone(const struct calendar *calendar, struct text zone)
{
	for (size_t i = 0; i < calendar->count; i++)
		if (text_equal(calendar->periods[i].zone, zone))
			return true;
	return false;
}

void
read_calendar(struct reader *reader, struct map top)
{
	const struct yaml_node *node = map_get(top, "calendrier");
	if (!node)
		return;
	const struct map map = map_open(reader, node, map_key_place(top, "calendrier"), &shape_calendar);
	struct calendar *calendar = arena_new_of(reader->arena, struct calendar);
	if (!calendar) {
		reader->findings->broken = true;
		return;
	}
	*calendar = (struct calendar){ .zone = map_text(map, "zone", TEXT_NAME) };
	const struct text territory = map_text(map, "territoire", TEXT_NAME);
	size_t count;
	const struct text *names = territory_names(&count);
	if (territory.length && !(calendar->territory = territory_find(territory)))
		finding_add(reader->findings, 731, map_get(map, "territoire")->at,
			nearest_remedy(reader, territory, names, count), "« %.*s » n’a pas de jours fériés à lui",
			TEXT_ARGS(territory));
	const struct source *source = !map_get(map, "fichier") ? NULL : map_file(map, TEXT("calendriers/"), 731,
		TEXT("écrivez ce fichier dans le sous-dossier calendriers/, en CSV"));
	struct grid grid = { 0 };
	if (source && grid_of_csv(reader->arena, source, &grid, reader->findings)) {
		if (grid.count == 0)
			finding_add(reader->findings, 731, (struct span){ source, SIZE_MAX, 0 },
				TEXT("écrivez nature;début;fin;zone;nom, puis une ligne par période"), "ce calendrier est vide");
		else
			read_periods(reader, &grid, calendar);
	}
	if (calendar->zone.length && !has_zone(calendar, calendar->zone) && reader->findings->errors == 0)
		finding_add(reader->findings, 731, map_get(map, "zone")->at, TEXT("vérifiez la colonne « zone » du fichier"),
			"aucune ligne du calendrier n’est de la zone « %.*s »", TEXT_ARGS(calendar->zone));
	reader->procedure->calendar = calendar;
}
