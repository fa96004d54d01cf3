/* What comes from outside the dossiers of a scenario, and the steps that change it: the directory, what structures
 * set, counters, closed days. */
#include "essais/play.h"

#include "base/banned.h"

enum { MOST_DEPTH = 10 };

/* ---- the directory ---- */

/* The items of `over`, then those of `under` that it has not; mappings of both are laid over each other down to
 * `depth`. NULL without memory. */
static struct yaml_node *
overlay(struct arena *arena, const struct yaml_node *under, const struct yaml_node *over, unsigned depth)
{
	struct yaml_node *node = arena_new_of(arena, struct yaml_node);
	if (!node)
		return NULL;
	*node = *over;
	if (!under || under->kind != YAML_MAPPING || over->kind != YAML_MAPPING || depth == 0)
		return node;
	node->items = arena_array_of(arena, struct yaml_item, under->count + over->count);
	if (!node->items)
		return NULL;
	node->count = 0;
	for (size_t i = 0; i < under->count; i++)
		node->items[node->count++] = under->items[i];
	for (size_t i = 0; i < over->count; i++) {
		const struct text key = over->items[i].key->scalar;
		size_t at = 0;
		while (at < under->count && !text_equal(under->items[at].key->scalar, key))
			at++;
		struct yaml_item item = over->items[i];
		if (at < under->count)
			item.value = overlay(arena, under->items[at].value, item.value, depth - 1);
		if (!item.value)
			return NULL;
		node->items[at < under->count ? at : node->count++] = item;
	}
	return node;
}

bool
world_change_directory(struct world *world, const struct yaml_node *changes)
{
	/* personnes, claire, structure: three levels. */
	const struct yaml_node *changed = overlay(world->arena, world->directory, changes, 3);
	if (changed)
		world->directory = changed;
	return changed != NULL;
}

static enum guichet_status
full(struct guichet_error *error)
{
	return guichet_fail(error, GUICHET_BROKEN, "La mémoire manque.");
}

/* ---- facts ---- */

static struct text
structure_above(const struct world *world, struct text structure)
{
	return yaml_scalar(yaml_get(world_structure(world, structure), "dans"));
}

/* What somebody typed, one text or a list, as the value of a local; null when it cannot be read. */
static struct feel_value
local_value(struct world *world, const struct procedure_field *field, const struct yaml_node *node,
	struct text *ret_mistake)
{
	struct dossier_raw raws[50];
	struct dossier_answer answer = { 0 };
	struct guichet_error error = { 0 };
	size_t count = 0;
	for (; node && count < essai_item_count(node) && count < sizeof raws / sizeof *raws; count++)
		raws[count] = (struct dossier_raw){ field->name, yaml_scalar(essai_item_at(node, count)) };
	*ret_mistake = TEXT("La mémoire manque.");
	if (dossier_answer_typed(world->arena, field, (struct dossier_raws){ raws, count }, &answer, &error) != GUICHET_OK)
		return feel_null(TEXT(""));
	*ret_mistake = answer.mistake;
	return answer.value;
}

/* As the structure or the nearest one above has set it: in the scenario, else in the directory. */
static struct feel_value
local_at(struct world *world, int local, struct text structure, struct date day)
{
	const struct procedure_field *field = &world->procedure->locals[local].field;
	for (unsigned depth = 0; depth < MOST_DEPTH && structure.length; depth++) {
		for (size_t i = world->setting_count; i-- > 0;) {
			const struct world_setting *setting = &world->settings[i];
			if (setting->local == local && text_equal(setting->structure, structure)
			    && date_compare(setting->from, day) <= 0)
				return setting->value;
		}
		struct text mistake;
		const struct yaml_node *set = yaml_get_named(yaml_get(world_structure(world, structure), "réglages"), field->name);
		if (set)
			return local_value(world, field, set, &mistake);
		structure = structure_above(world, structure);
	}
	return feel_null(TEXT(""));
}

static struct feel_value
locals_of(struct world *world, struct text structure, struct date day)
{
	const struct procedure *procedure = world->procedure;
	struct feel_entry *entries = arena_array_of(world->arena, struct feel_entry, procedure->local_count + 1);
	for (size_t i = 0; entries && i < procedure->local_count; i++)
		entries[i] = (struct feel_entry){ procedure->locals[i].field.name, local_at(world, (int)i, structure, day) };
	return entries ? feel_context(entries, procedure->local_count) : feel_null(TEXT(""));
}

/* `compteurs: {jours: [{quantité: 1, du: 2024-01-15}]}` of a person of the directory: before the scenario. */
static size_t
entries_before(const struct world *world, const struct yaml_node *list, struct feel_value *values, size_t most)
{
	size_t count = 0;
	for (size_t i = 0; list && i < essai_item_count(list) && count < most; i++) {
		const struct yaml_node *node = essai_item_at(list, i);
		struct dossier_entry entry = { 0 };
		const struct yaml_node *to = yaml_get(node, "au");
		if (!feel_number_read_french(yaml_scalar(yaml_get(node, "quantité")), &entry.quantity)
		    || !date_read(yaml_scalar(yaml_get(node, "du")), &entry.from))
			continue;
		entry.to = entry.from;
		if (to && !date_read(yaml_scalar(to), &entry.to))
			continue;
		count += dossier_entry_feel(world->arena, &entry, TEXT(""), TEXT("import"), &values[count]);
	}
	return count;
}

static struct feel_value
counters_of(struct world *world, struct text whose)
{
	const struct procedure *procedure = world->procedure;
	const struct yaml_node *history = yaml_get(procedure->of_structures ? world_structure(world, whose)
		: world_person(world, whose), "compteurs");
	struct feel_entry *counters = arena_array_of(world->arena, struct feel_entry, procedure->counter_count + 1);
	for (size_t i = 0; counters && i < procedure->counter_count; i++) {
		const struct text name = procedure->counters[i].name;
		const struct yaml_node *list = yaml_get_named(history, name);
		const size_t most = (list ? essai_item_count(list) : 0) + world->entry_count + 1;
		struct feel_value *values = arena_array_of(world->arena, struct feel_value, most);
		if (!values)
			return feel_null(TEXT(""));
		size_t count = entries_before(world, list, values, most);
		for (size_t k = 0; k < world->entry_count; k++) {
			const struct world_entry *entry = &world->entries[k];
			if (text_equal(entry->whose, whose) && text_equal(entry->entry.counter, name))
				count += dossier_entry_feel(world->arena, &entry->entry, entry->number, entry->origin, &values[count]);
		}
		counters[i] = (struct feel_entry){ name, feel_list(values, count) };
	}
	return counters ? feel_context(counters, procedure->counter_count) : feel_null(TEXT(""));
}

enum guichet_status
world_outside(struct world *world, struct text person, struct text structure, struct dossier_facts *facts,
	struct guichet_error *error)
{
	const struct procedure *procedure = world->procedure;
	const struct dossier_outside reads = dossier_reads_outside(procedure);
	if (procedure->posting_slot >= 0 && !world_context(world, procedure->slots[procedure->posting_slot].type,
		world_person(world, person), &facts->posting))
		return full(error);
	if (reads.locals)
		facts->locals = locals_of(world, structure, date_of_instant(facts->at, NULL));
	if (reads.counters)
		facts->counters = counters_of(world, procedure->of_structures ? structure : person);
	if ((reads.locals && facts->locals.kind == FEEL_NULL) || (reads.counters && facts->counters.kind == FEEL_NULL))
		return full(error);
	facts->closed = world->closed;
	facts->closed_count = world->closed_count;
	return GUICHET_OK;
}

/* ---- what changes ---- */

void
world_count(struct world *world, struct text whose, const struct dossier_outcome *outcome)
{
	size_t kept = 0;
	for (size_t i = 0; i < world->entry_count; i++) {
		const struct world_entry *entry = &world->entries[i];
		bool goes = false;
		for (size_t k = 0; k < outcome->uncounted_count; k++)
			goes |= text_equal(entry->number, outcome->state.number)
				&& text_equal(entry->entry.counter, outcome->uncounted[k]);
		if (!goes)
			world->entries[kept++] = *entry;
	}
	world->entry_count = kept;
	for (size_t i = 0; i < outcome->entry_count && world->entry_count < WORLD_MOST_ENTRIES; i++)
		world->entries[world->entry_count++] = (struct world_entry){ whose, outcome->state.number,
			outcome->entry_origin, outcome->entries[i] };
}

void
world_replace_entries(struct world *world, struct text number, const struct world_entry *entries, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < world->entry_count; i++)
		if (!text_equal(world->entries[i].number, number))
			world->entries[kept++] = world->entries[i];
	world->entry_count = kept;
	for (size_t i = 0; i < count && world->entry_count < WORLD_MOST_ENTRIES; i++)
		world->entries[world->entry_count++] = entries[i];
}

static enum guichet_status
recompute(struct world *world, const struct text *whose, const struct world_dossier *but, struct guichet_error *error)
{
	for (size_t i = 0; i < world->dossier_count; i++) {
		struct world_dossier *dossier = &world->dossiers[i];
		struct dossier_facts facts;
		if (dossier == but || (whose && !text_equal(world_whose(world, dossier->person,
			&dossier->state), *whose)))
			continue;
		enum guichet_status status = world_facts(world, dossier->person, &dossier->state, world->now, &facts, error);
		if (status == GUICHET_OK)
			status = dossier_project(&facts, world->arena, &dossier->dues, &dossier->due_count, &dossier->columns, error);
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}

enum guichet_status
world_recompute(struct world *world, struct guichet_error *error)
{
	return recompute(world, NULL, NULL, error);
}

enum guichet_status
world_recompute_others(struct world *world, const struct world_dossier *dossier, struct guichet_error *error)
{
	const struct text whose = world_whose(world, dossier->person, &dossier->state);
	return recompute(world, &whose, dossier, error);
}

dossier_roles
world_roles_at(const struct world *world, struct text structure, struct text person)
{
	const struct text own = yaml_scalar(yaml_get(world_person(world, person), "structure"));
	dossier_roles roles = 0;
	for (size_t role = 0; role < world->procedure->role_count; role++) {
		const enum procedure_reach reach = world->procedure->roles[role].reach;
		/* In a procedure of structures who asks for one answers nothing there. */
		const bool asks = world->procedure->of_structures && text_equal(own, structure)
			&& world_holds(world, person, procedure_applicant(world->procedure));
		if (asks && reach != PROCEDURE_EVERYWHERE) {
			roles |= reach == PROCEDURE_APPLICANT ? DOSSIER_ROLE(role) : 0;
			continue;
		}
		bool here = reach == PROCEDURE_EVERYWHERE || (reach == PROCEDURE_STRUCTURE && text_equal(own, structure));
		struct text above = structure;
		for (unsigned depth = 0; reach == PROCEDURE_DISTRICT && depth < MOST_DEPTH && above.length && !here; depth++) {
			here = text_equal(own, above);
			above = structure_above(world, above);
		}
		if (here && world_holds(world, person, (int)role))
			roles |= DOSSIER_ROLE(role);
	}
	return roles;
}

/* ---- steps ---- */

static void
refuse(struct playing *playing, struct dossier_outcome *outcome, const char *message)
{
	outcome->kind = DOSSIER_REFUSED_OUTCOME;
	outcome->message = arena_text(playing->arena, text_of_string(message));
}

static void
set_local(struct playing *playing, const struct yaml_node *node, struct text person, struct dossier_outcome *outcome)
{
	struct world *world = playing->world;
	const struct yaml_node *value = yaml_get(node, "valeur"), *from = yaml_get(node, "du");
	const int local = procedure_local_find(playing->procedure, yaml_scalar(yaml_get(node, "nom")));
	struct world_setting setting = { .local = local, .structure = yaml_scalar(yaml_get(node, "structure")),
		.from = date_of_instant(world->now, NULL) };
	const struct date today = setting.from;
	struct dossier_raw raws[50];
	size_t count = 0;
	struct guichet_error error = { 0 };
	if (!essai_keys_are_known(playing, node, &shape_essai_setting))
		return;
	if (setting.structure.length == 0)
		setting.structure = yaml_scalar(yaml_get(world_person(world, person), "structure"));
	if (local < 0 || !world_structure(world, setting.structure) || !value
		|| (from && !date_read(yaml_scalar(from), &setting.from))
	    || world->setting_count == WORLD_MOST_SETTINGS) {
		essai_check(playing, node, false, "réglage illisible : donnez son nom, une structure de l’annuaire et une valeur");
		return;
	}
	for (; count < essai_item_count(value) && count < sizeof raws / sizeof *raws; count++)
		raws[count] = (struct dossier_raw){ playing->procedure->locals[local].field.name,
			yaml_scalar(essai_item_at(value, count)) };
	if (dossier_setting_check(playing->arena, playing->procedure, local, world_roles_at(world, setting.structure, person),
		(struct dossier_raws){ raws, count }, setting.from, today, &setting.value, &error) != GUICHET_OK)
		refuse(playing, outcome, error.message);
	else
		world->settings[world->setting_count++] = setting;
}

static void
close_day(struct playing *playing, const struct yaml_node *node)
{
	struct world *world = playing->world;
	const struct yaml_node *to = yaml_get(node, "au");
	struct date first, last;
	if (!essai_keys_are_known(playing, node, &shape_essai_closed))
		return;
	const bool read = date_read(yaml_scalar(yaml_get(node, "du")), &first) && (!to || date_read(yaml_scalar(to), &last));
	essai_check(playing, node, read && world->closed_count < WORLD_MOST_SETTINGS,
		"jour fermé illisible : écrivez {du: 2026-05-15}");
	if (!read || world->closed_count == WORLD_MOST_SETTINGS)
		return;
	world->closed[world->closed_count++] = (struct calendar_period){
		.kind = text_equal(yaml_scalar(yaml_get(node, "férié")), TEXT("oui")) ? CALENDAR_HOLIDAY : CALENDAR_CLOSED,
		.first = date_day_number(first), .last = date_day_number(to ? last : first),
		.name = yaml_scalar(yaml_get(node, "libellé")) };
}

enum guichet_status
essai_play_outside(struct playing *playing, const struct yaml_node *step, struct text person,
	struct dossier_outcome *outcome)
{
	const struct yaml_node *setting = yaml_get(step, "réglage"), *directory = yaml_get(step, "annuaire"),
		*closed = yaml_get(step, "ferme");
	if (setting)
		set_local(playing, setting, person, outcome);
	if (directory && essai_keys_are_known(playing, directory, &shape_essai_directory)
	    && !world_change_directory(playing->world, directory))
		return full(playing->error);
	if (closed)
		close_day(playing, closed);
	return world_recompute(playing->world, playing->error);
}

/* ---- expectations ---- */

static void
check_counter(struct playing *playing, const struct dossier_facts *facts, struct text person, const struct yaml_item *item)
{
	struct feel_findings findings = { 0 };
	struct guichet_error error = { 0 };
	const struct text counter = item->key->scalar,
		source = arena_format(playing->arena, "cumul(compteur.%.*s)", TEXT_ARGS(counter));
	const struct feel *feel = feel_read(playing->arena, playing->procedure->opening_scope, source, &findings);
	struct feel_value value;
	if (!feel || dossier_evaluate(facts, feel, playing->arena, &value, &error) != GUICHET_OK) {
		essai_check(playing, item->value, playing->report->first_only,
			"aucun compteur ne s’appelle « %.*s »", TEXT_ARGS(counter));
		return;
	}
	essai_check(playing, item->value, essai_value_is(playing, value, item->value), "« %.*s » de %.*s : %.*s",
		TEXT_ARGS(counter), TEXT_ARGS(person), TEXT_ARGS(essai_value_text(playing, value)));
}

void
essai_check_counters(struct happening *happening, const struct yaml_node *node)
{
	struct playing *playing = happening->playing;
	for (size_t i = 0; i < node->count; i++) {
		const struct text whose = node->items[i].key->scalar;
		const struct yaml_node *counters = node->items[i].value;
		const bool of_structures = playing->procedure->of_structures;
		struct dossier_facts facts;
		struct guichet_error error = { 0 };
		playing->world->asks_for = of_structures ? whose : TEXT("");
		if (!(of_structures ? world_structure(playing->world, whose) : world_person(playing->world, whose))
		    || world_facts(playing->world, whose, NULL, playing->world->now, &facts, &error) != GUICHET_OK) {
			essai_check(playing, node, false, "%s inconnue de l’annuaire : « %.*s »",
				of_structures ? "structure" : "personne", TEXT_ARGS(whose));
			continue;
		}
		for (size_t k = 0; counters->kind == YAML_MAPPING && k < counters->count; k++)
			check_counter(playing, &facts, whose, &counters->items[k]);
	}
}
