/* What a step may expect of what the service has before it: counts, exports, reports, the columns of its list, whose turn
 * it is, and weeks. */
#include "essais/expect.h"

#include "dossier/report.h"

#include "base/banned.h"

void
expect_measures(struct happening *happening, const struct yaml_node *node)
{
	const struct procedure *procedure = happening->playing->procedure;
	struct essai_names names = { 0 };
	for (size_t i = 0; happening->dossier && i < procedure->measure_count; i++) {
		struct feel_value value;
		struct guichet_error error = { 0 };
		if (dossier_evaluate(&happening->facts, procedure->measures[i].condition, happening->playing->arena, &value,
			&error) == GUICHET_OK && feel_is_true(value))
			essai_names_add(&names, procedure->measures[i].name);
	}
	essai_check_names(happening->playing, node, "indicateurs", &names);
}

static void
columns_text(struct happening *happening, const struct procedure_column *columns, size_t count, struct essai_names *names)
{
	for (size_t i = 0; i < count; i++) {
		struct feel_value value;
		struct guichet_error error = { 0 };
		if (dossier_evaluate(&happening->facts, columns[i].value, happening->playing->arena, &value, &error) == GUICHET_OK)
			essai_names_add(names, procedure_column_text(happening->playing->arena, happening->playing->procedure,
				&columns[i], value));
	}
}

/* The row of an export, "Titre : valeur"; "rien" when the dossier is not in it. */
void
expect_exports(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	const struct procedure *procedure = playing->procedure;
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *expected = node->items[i].value;
		const struct procedure_export *found = NULL;
		for (size_t j = 0; j < procedure->export_count; j++) {
			if (text_equal(procedure->exports[j].name, node->items[i].key->scalar))
				found = &procedure->exports[j];
		}
		bool within = found && happening->dossier && found->steps.count == 0;
		for (size_t j = 0; found && happening->dossier && j < found->steps.count; j++)
			within |= dossier_stands_at(procedure, &happening->dossier->state, found->steps.at[j]);
		struct text text = TEXT("");
		struct essai_names cells = { 0 };
		if (within)
			columns_text(happening, found->columns, found->column_count, &cells);
		for (size_t j = 0; j < cells.count; j++)
			text = arena_format(playing->arena, "%.*s%.*s : %.*s\n", TEXT_ARGS(text), TEXT_ARGS(found->columns[j].title),
				TEXT_ARGS(cells.at[j]));
		if (text_equal(yaml_scalar(expected), TEXT("rien")))
			essai_check(playing, expected, found && !within, "l’export contient ce dossier");
		else
			essai_check_parts(playing, expected, "l’export", text, expected, true);
	}
}

/* All the dossiers of the scenario, counted by the report "nom", or "nom 2024". False without memory. */
static bool
count_report(struct playing *playing, struct text key, struct dossier_report *ret_report, struct guichet_error *error)
{
	struct world *world = playing->world;
	struct text rest = key;
	const int index = procedure_report_find(playing->procedure, text_split(&rest, ' '));
	int64_t year;
	if (index == PROCEDURE_NONE) {
		(void)guichet_fail(error, GUICHET_REFUSED, "ce rapport n’existe pas");
		return false;
	}
	const struct procedure_report *definition = &playing->procedure->reports[index];
	const struct date today = date_of_instant(world->now, NULL);
	if (!rest.at || !text_to_integer(rest, 1900, 9999, &year))
		year = dossier_report_year(definition, today);
	const struct feel_range days = dossier_report_days(definition, world->campaign, (int)year, today);
	enum guichet_status status = dossier_report_begin(playing->arena, playing->procedure, index, days, ret_report, error);
	for (size_t i = 0; status == GUICHET_OK && i < world->dossier_count; i++) {
		struct dossier_facts facts;
		const struct world_dossier *dossier = &world->dossiers[i];
		status = world_facts(world, dossier->person, &dossier->state, world->now, &facts, error);
		if (status == GUICHET_OK)
			status = dossier_report_add(ret_report, &facts, playing->arena, error);
	}
	return status == GUICHET_OK && dossier_report_end(ret_report, error) == GUICHET_OK;
}

/* "Demandes : 3", "Employeur = Ville, Demandes : 2", "Motifs = Autre : 1". */
static struct text
report_text(struct playing *playing, const struct dossier_report *report)
{
	struct arena *arena = playing->arena;
	const struct procedure_report *definition = report->definition;
	struct text text = report->too_few ? TEXT("trop peu\n") : TEXT("");
	for (size_t m = 0; !report->too_few && m < definition->measure_count; m++)
		text = arena_format(arena, "%.*s%.*s : %.*s\n", TEXT_ARGS(text), TEXT_ARGS(definition->measures[m].label),
			TEXT_ARGS(dossier_report_cell_text(arena, &definition->measures[m], &report->total.cells[m])));
	for (size_t t = 0; !report->too_few && t < definition->by_count + definition->list_count; t++) {
		const bool list = t >= definition->by_count;
		const struct dossier_report_table *table = list ? &report->lists[t - definition->by_count] : &report->tables[t];
		if (table->too_few)
			text = arena_format(arena, "%.*s%.*s : trop peu\n", TEXT_ARGS(text), TEXT_ARGS(table->title));
		for (size_t g = 0; g < table->count; g++) {
			const struct dossier_report_group *group = &table->groups[g];
			if (list)
				text = arena_format(arena, "%.*s%.*s = %.*s : %lld\n", TEXT_ARGS(text), TEXT_ARGS(table->title),
					TEXT_ARGS(group->name), (long long)group->dossiers);
			for (size_t m = 0; !list && m < definition->measure_count; m++)
				text = arena_format(arena, "%.*s%.*s = %.*s, %.*s : %.*s\n", TEXT_ARGS(text), TEXT_ARGS(table->title),
					TEXT_ARGS(group->name), TEXT_ARGS(definition->measures[m].label),
					TEXT_ARGS(dossier_report_cell_text(arena, &definition->measures[m], &group->cells[m])));
		}
	}
	return text;
}

void
expect_reports(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct yaml_node *expected = node->items[i].value;
		struct dossier_report report;
		struct guichet_error error = { 0 };
		if (!count_report(playing, node->items[i].key->scalar, &report, &error)) {
			essai_check(playing, node->items[i].key, false, "le rapport « %.*s » : %s",
				TEXT_ARGS(node->items[i].key->scalar), error.message);
			continue;
		}
		const struct text text = report_text(playing, &report);
		const bool both = expected->kind == YAML_MAPPING;
		essai_check_parts(playing, expected, "le rapport", text, both ? yaml_get(expected, "contient") : expected, true);
		if (both)
			essai_check_parts(playing, expected, "le rapport", text, yaml_get(expected, "sans"), false);
	}
}

void
expect_list(struct happening *happening, const struct yaml_node *node)
{
	struct essai_names names = { 0 };
	const struct world_dossier *dossier = happening->dossier;
	for (size_t i = 0; dossier && i < dossier->columns.cell_count; i++)
		essai_names_add(&names, dossier->columns.cells[i]);
	essai_check_names(happening->playing, node, "colonnes de la liste", &names);
}

void
expect_waiting(struct happening *happening, const struct yaml_node *node)
{
	const struct world_dossier *dossier = happening->dossier;
	const struct procedure *procedure = happening->playing->procedure;
	const int role = dossier ? dossier->columns.waiting : PROCEDURE_NONE;
	const struct text name = role >= 0 ? procedure->roles[role].name : TEXT("rien");
	if (node->kind != YAML_SEQUENCE) {
		essai_check(happening->playing, node, text_equal(name, yaml_scalar(node)), "attend : %.*s", TEXT_ARGS(name));
		return;
	}
	struct essai_names names = { 0 };
	for (size_t i = 0; dossier && i < procedure->role_count; i++)
		if (dossier->columns.awaited & DOSSIER_ROLE(i))
			essai_names_add(&names, procedure->roles[i].name);
	essai_check_names(happening->playing, node, "attend", &names);
}

/* A day of a week: "mardi", "mardi matin"; then why it is not as usual, or that everybody should be there. */
static void
add_week_day(struct happening *happening, struct essai_names *names, size_t rank, const struct dossier_week_day *day)
{
	static const char *const names_of[DOSSIER_WEEK_DAYS] = { "lundi", "mardi", "mercredi", "jeudi", "vendredi" };
	struct arena *arena = happening->playing->arena;
	const bool morning = day->halves[0] != DOSSIER_HERE, afternoon = day->halves[1] != DOSSIER_HERE;
	if (morning || afternoon)
		essai_names_add(names, arena_format(arena, "%s%s", names_of[rank], morning && afternoon ? "" : morning ? " matin"
			: " après-midi"));
	if (day->broken)
		essai_names_add(names, arena_format(arena, "présence le %s", names_of[rank]));
	if (day->note.length > 0)
		essai_names_add(names, arena_format(arena, "%s : " TEXT_FORMAT, names_of[rank], TEXT_ARGS(day->note)));
}

/* Days in the service's week: granted ("autorisés"), only asked for ("demandés"), or none. */
static void
expect_week_of(struct happening *happening, const struct yaml_node *node, struct date monday)
{
	struct essai_names names = { 0 };
	struct dossier_week week;
	struct guichet_error error = { 0 };
	if (!happening->dossier || dossier_week(&happening->facts, monday, happening->playing->arena, &week, &error) != GUICHET_OK)
		week = (struct dossier_week){ 0 };
	if (week.counts)
		essai_names_add(&names, procedure_list_has(happening->playing->procedure->week.steps, happening->dossier->state.step)
			? TEXT("autorisés") : TEXT("demandés"));
	for (size_t rank = 0; week.counts && rank < DOSSIER_WEEK_DAYS; rank++)
		add_week_day(happening, &names, rank, &week.days[rank]);
	essai_check_names(happening->playing, node, "semaine", &names);
}

void
expect_week(struct happening *happening, const struct yaml_node *node)
{
	expect_week_of(happening, node, (struct date){ 0 });
}

/* `semaines: {2023-07-03: [autorisés, lundi]}`: weeks by their Monday. */
void
expect_weeks(struct happening *happening, const struct yaml_node *node)
{
	for (size_t i = 0; node->kind == YAML_MAPPING && i < node->count; i++) {
		struct date monday;
		if (!date_read(node->items[i].key->scalar, &monday) || date_weekday(monday) != 1)
			essai_check(happening->playing, node, false, "une semaine commence un lundi : « %.*s »",
				TEXT_ARGS(node->items[i].key->scalar));
		else
			expect_week_of(happening, node->items[i].value, monday);
	}
}
