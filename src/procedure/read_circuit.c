/* Second stroke, what happens: the computed values, then steps, actions and deadlines. */
#include "procedure/table.h"

#include "base/banned.h"

/* The name among the derived ones, added unless it is there; NULL when it is taken, which is told. */
static struct derived *
derived_of(struct reader *reader, const struct yaml_node *key, bool computed)
{
	struct derived *derived = NULL;
	for (size_t i = 0; i < reader->derived_count && !derived; i++)
		if (text_equal(reader->derived[i].name, key->scalar))
			derived = &reader->derived[i];
	if (derived && (computed || derived->computed != PROCEDURE_NONE)) {
		unsigned line, column;
		source_locate(key->at.source, derived->key->at.start, &line, &column);
		finding_add(reader->findings, 202, key->at, TEXT("donnez-lui un autre nom"),
			"« %.*s » est déjà déclaré à la ligne %u", TEXT_ARGS(key->scalar), line);
		return NULL;
	}
	if (!derived) {
		if (reader->derived_count == reader->derived_capacity)
			return NULL; /* cannot be: the capacity counts every one that is written */
		derived = &reader->derived[reader->derived_count++];
		*derived = (struct derived){ .name = key->scalar, .key = key, .computed = PROCEDURE_NONE, .posed = PROCEDURE_NONE };
		derived->computed = computed ? (int)reader->procedure->computed_count++ : PROCEDURE_NONE;
	}
	return derived;
}

/* One more expression that gives `name` its value; NULL for a table, which has its own. */
static struct derived *
derive(struct reader *reader, const struct yaml_node *key, const struct yaml_node *value, bool computed,
	const struct feel **ret_feel)
{
	struct derived *derived = derived_of(reader, key, computed);
	if (!derived)
		return NULL;
	const struct yaml_node **values = READER_ARRAY(reader, const struct yaml_node *, derived->count + 1);
	const struct feel ***feels = READER_ARRAY(reader, const struct feel **, derived->count + 1);
	if (!values || !feels)
		return NULL;
	for (size_t i = 0; i < derived->count; i++) {
		values[i] = derived->values[i];
		feels[i] = derived->ret_feels[i];
	}
	values[derived->count] = value;
	feels[derived->count] = ret_feel;
	derived->values = values;
	derived->ret_feels = feels;
	derived->count++;
	return derived;
}

static int
posed_of(struct reader *reader, struct text name)
{
	for (size_t i = 0; i < reader->derived_count; i++)
		if (text_equal(reader->derived[i].name, name) && reader->derived[i].computed == PROCEDURE_NONE)
			return (int)i;
	return PROCEDURE_NONE;
}

/* `pose: {name: FEEL}`. What a mutant leaves out is still declared, and never set. */
static void
read_settings(struct map map, const struct procedure_setting **ret_settings, size_t *ret_count)
{
	struct reader *reader = map.reader;
	const struct yaml_node *node = NULL;
	for (size_t i = 0; map.node && i < map.node->count; i++)
		if (text_equal(map.node->items[i].key->scalar, TEXT("pose")))
			node = map.node->items[i].value;
	if (!node || !(node = mapping_of(reader, node, "les valeurs posées")))
		return;
	const bool left_out = map_has_left_out(map, "pose");
	struct procedure_setting *settings = READER_ARRAY(reader, struct procedure_setting, node->count);
	size_t kept = 0;
	for (size_t i = 0; settings && i < node->count; i++) {
		if (!name_check(reader, node->items[i].key) || !is_expression(reader, node->items[i].value))
			continue;
		derive(reader, node->items[i].key, node->items[i].value, false, &settings[kept].value);
		/* The place among derived names for now; read_scopes() makes it one among the posed. */
		settings[kept].posed = posed_of(reader, node->items[i].key->scalar);
		kept += settings[kept].posed != PROCEDURE_NONE;
	}
	*ret_settings = settings;
	*ret_count = left_out ? 0 : kept;
}

/* The fields of the sections that an action asks for. */
static struct procedure_list
read_entered_sections(struct map map)
{
	const struct procedure *procedure = map.reader->procedure;
	const struct procedure_list sections = map_names(map, "saisit", NAME_SECTION);
	int *items = READER_ARRAY(map.reader, int, procedure->form_field_count);
	size_t kept = 0;
	for (size_t i = 0; items && i < sections.count && (size_t)sections.at[i] < procedure->section_count; i++) {
		const struct procedure_list fields = procedure->sections[sections.at[i]].fields;
		for (size_t k = 0; k < fields.count; k++)
			items[kept++] = fields.at[k];
	}
	return (struct procedure_list){ items, kept };
}

/* The fields an action asks for, as indexes: written there, or those of sections. */
static struct procedure_list
read_entered(struct map map)
{
	const struct yaml_node *node = map_get(map, "saisit");
	if (!node)
		return (struct procedure_list){ 0 };
	if (node->kind != YAML_MAPPING)
		return read_entered_sections(map);
	int *items = READER_ARRAY(map.reader, int, node->count);
	size_t kept = 0;
	for (size_t i = 0; items && i < node->count; i++) {
		const int index = name_find(map.reader, NAME_FIELD, node->items[i].key->scalar);
		if (index != PROCEDURE_NONE)
			items[kept++] = index;
	}
	return (struct procedure_list){ items, kept };
}

static void
read_opens(struct map map, struct procedure_action *action)
{
	const struct yaml_node *node = map_get(map, "ouvre");
	if (!node)
		return;
	const struct map opens = map_open(map.reader, node, map_key_place(map, "ouvre"), &shape_opens);
	action->opens = map_name(opens, "fenêtre", NAME_WINDOW);
	map_feel(opens, "jusquau", SCOPE_CASE, WANT_MOMENT, &action->opens_until);
}

/* The fields that may be changed after the filing are those of the form. */
static struct procedure_list
read_changes(struct map map)
{
	const struct procedure_list changes = map_names(map, "modifie", NAME_FIELD);
	for (size_t i = 0; i < changes.count; i++)
		if ((size_t)changes.at[i] >= map.reader->procedure->form_field_count)
			finding_add(map.reader->findings, 201, map_get(map, "modifie")->at, TEXT("n’y mettez que des champs du formulaire"),
				"« %.*s » n’est pas un champ du formulaire",
				TEXT_ARGS(map.reader->names[NAME_FIELD].at[changes.at[i]].name));
	return changes;
}

/* `annulable: PT30M`, in microseconds; 0 without. */
static int64_t
read_undo(struct map map)
{
	const struct yaml_node *node = map_get(map, "annulable");
	const struct text text = node ? scalar_text(map.reader, node, 20) : TEXT("");
	if (text.length == 0)
		return 0;
	const bool time = text_starts(text, TEXT("PT"));
	const size_t start = time ? 2 : 1;
	const char unit = text.at[text.length - 1];
	int64_t number = 0;
	const int64_t one = time && unit == 'M' ? INSTANT_HOUR / 60 : time && unit == 'H' ? INSTANT_HOUR
		: !time && unit == 'D' ? INSTANT_DAY : 0;
	if (text.at[0] == 'P' && one && text.length > start + 1
		&& text_to_integer(text_part(text, start, text.length - 1 - start), 1, 366 * 24, &number)
		&& number * one <= 31 * INSTANT_DAY)
		return number * one;
	finding_add(map.reader->findings, 107, node->at,
		TEXT("écrivez PT30M pour trente minutes, PT2H pour deux heures, P1D pour un jour, un mois au plus"),
		"ce n’est pas le temps de défaire une action");
	return 0;
}

static enum procedure_silence
read_silence(struct map map)
{
	static const struct text words[] = {
		[PROCEDURE_SILENCE_UNSAID] = { "", 0 },
#define SILENCE(word, silence) [silence] = { word, sizeof(word) - 1 },
#include "procedure/words.def"
#undef SILENCE
	};
	const struct yaml_node *node = map_get(map, "silence");
	const struct text text = node ? scalar_text(map.reader, node, TEXT_NAME) : TEXT("");
	for (size_t i = 1; text.length && i < sizeof words / sizeof *words; i++)
		if (text_equal(words[i], text))
			return (enum procedure_silence)i;
	if (text.length)
		finding_add(map.reader->findings, 107, node->at, TEXT("choisissez entre acceptation, refus et rien"),
			"on ne sait pas ce que vaut ce silence");
	return PROCEDURE_SILENCE_UNSAID;
}

/* `avertit: [{si: …, message: …, à: …}]` */
static void
read_warnings(struct map map, struct procedure_step *step)
{
	const struct yaml_node *node = map_get(map, "avertit");
	if (!node)
		return;
	if (node->kind != YAML_SEQUENCE) {
		finding_add(map.reader->findings, 106, node->at, TEXT("écrivez « - si: … », « message: … » et « à: … »"),
			"« avertit » est une liste");
		return;
	}
	struct procedure_warning *warnings = READER_ARRAY(map.reader, struct procedure_warning, node->count);
	size_t kept = 0;
	for (size_t i = 0; warnings && i < node->count; i++) {
		const struct yaml_node *item = node->items[i].value;
		if (node->items[i].left_out)
			continue;
		const struct map warning = map_open(map.reader, item, item->at, &shape_warning);
		warnings[kept] = (struct procedure_warning){ .origin = map_origin(warning),
			.message = map_text(warning, "message", TEXT_SENTENCE), .to = map_names(warning, "à", NAME_ROLE) };
		map_feel(warning, "si", SCOPE_CASE, WANT_TRUTH, &warnings[kept].condition);
		kept += warning.node != NULL;
	}
	step->warnings = warnings;
	step->warning_count = warnings ? kept : 0;
}

/* `de_droit: {si: …, message: …}` */
static void
read_entitled(struct reader *reader, struct map top)
{
	const struct yaml_node *node = map_get(top, "de_droit");
	struct procedure_rule *rule = node ? READER_ARRAY(reader, struct procedure_rule, 1) : NULL;
	if (!rule)
		return;
	const struct map map = map_open(reader, node, map_key_place(top, "de_droit"), &shape_entitled);
	*rule = (struct procedure_rule){ .origin = map_origin(map), .message = map_text(map, "message", TEXT_SENTENCE) };
	map_feel(map, "si", SCOPE_CASE, WANT_TRUTH, &rule->rule);
	reader->procedure->entitled = map.node && map_get(map, "si") ? rule : NULL;
}

static bool
lists_meet(struct procedure_list one, struct procedure_list other)
{
	for (size_t i = 0; i < one.count; i++)
		if (procedure_list_has(other, one.at[i]))
			return true;
	return false;
}

static void
read_action(struct reader *reader, const struct yaml_item *item, const struct procedure_step *at, int step,
	struct procedure_list usual_who, struct procedure_action *action)
{
	const struct map map = map_open(reader, item->value, item->key->at, &shape_action);
	*action = (struct procedure_action){
		.origin = map_origin(map),
		.name = item->key->scalar,
		.label = map_text(map, "libellé", TEXT_LABEL),
		.done = map_text(map, "fait", TEXT_LABEL),
		.confirm = map_text(map, "confirme", TEXT_SENTENCE),
		.move = name_find(reader, NAME_MOVE, item->key->scalar),
		.step = step,
		.to = map_name(map, "vers", NAME_STEP),
		.sense = map_sense(map, "sens"),
		.who = map_get(map, "qui") ? map_names(map, "qui", NAME_ROLE) : usual_who,
		.during = map_name(map, "pendant", NAME_WINDOW),
		.beyond = map_name(map, "hors", NAME_WINDOW),
		.enters = read_entered(map),
		.changes = read_changes(map),
		.joins = map_names(map, "joint", NAME_PIECE),
		.examines = map_names(map, "examine", NAME_PIECE),
		.produces = map_names(map, "produit", NAME_LETTER),
		.cancels = map_names(map, "annule", NAME_LETTER),
		.signs = map_name(map, "signe", NAME_LETTER),
		.opens = PROCEDURE_NONE,
		.batch = map_flag(map, "par_lot"),
		.undo_for = read_undo(map),
	};
	map_feel(map, "si", SCOPE_CASE, WANT_TRUTH, &action->condition);
	read_reported(map, &action->reports, &action->report_count);
	map_rules(map, "exige", SCOPE_CASE, &action->requires, &action->require_count);
	read_inscriptions(map, &action->inscriptions, &action->inscription_count);
	read_settings(map, &action->settings, &action->setting_count);
	read_countings(map, &action->countings, &action->counting_count, &action->uncounts);
	read_opens(map, action);
	if (map_get(map, "pendant") && map_get(map, "hors"))
		finding_add(reader->findings, 107, map_get(map, "hors")->at, TEXT("gardez l’un des deux"),
			"une action se fait « pendant » une fenêtre, ou « hors » d’une fenêtre");
	action->answers = at->awaits_all && !map_get(map, "vers") && lists_meet(action->who, at->awaits);
	if (map.node && action->to == PROCEDURE_NONE && !map_get(map, "vers") && !reader->mutant && !action->answers)
		finding_add(reader->findings, 306, map.at, TEXT("écrivez « vers: » et l’étape où elle mène, ou celle-ci même"),
			"l’action « %.*s » ne mène nulle part", TEXT_ARGS(action->name));
	if (action->to == PROCEDURE_NONE)
		action->to = step;
	if (map.node && action->who.count == 0 && !map_get(map, "qui") && !reader->mutant)
		finding_add(reader->findings, 307, map.at, TEXT("ajoutez « qui: » et un rôle"),
			"personne ne peut faire l’action « %.*s »", TEXT_ARGS(action->name));
	if (item->left_out)
		action->who = (struct procedure_list){ 0 };
}

static void
read_deadline(struct reader *reader, const struct yaml_item *item, int step, bool passage,
	struct procedure_deadline *deadline)
{
	const struct map map = map_open(reader, item->value, item->key->at, passage ? &shape_passage : &shape_deadline);
	*deadline = (struct procedure_deadline){
		.origin = map_origin(map),
		.name = item->key->scalar,
		.label = map_text(map, "libellé", TEXT_LABEL),
		.done = map_text(map, "fait", TEXT_LABEL),
		.move = name_find(reader, NAME_MOVE, item->key->scalar),
		.step = step,
		.passage = passage,
		.to = map_name(map, "vers", NAME_STEP),
		.produces = map_names(map, "produit", NAME_LETTER),
		.cancels = map_names(map, "annule", NAME_LETTER),
		.alerts = map_names(map, "alerte", NAME_ROLE),
		.repeats = !passage && map_flag(map, "répète"),
		.most = passage ? 0 : (int)map_integer(map, "au_plus", 1, 1000, 0),
		.silence = passage ? PROCEDURE_SILENCE_UNSAID : read_silence(map),
	};
	const struct yaml_node *when = passage ? NULL : map_get(map, "quand");
	if (when)
		want_feel(reader, when, SCOPE_CASE, WANT_MOMENT, NULL, &deadline->when);
	map_feel(map, "si", SCOPE_CASE, WANT_TRUTH, &deadline->condition);
	if (!passage)
		read_upon(map, &deadline->upon, &deadline->upon_count);
	read_reported(map, &deadline->reports, &deadline->report_count);
	if (map.node && !passage && !when == !map_get(map, "sur") && !reader->mutant)
		finding_add(reader->findings, 313, map.at, TEXT("gardez « quand: » (une date) ou « sur: » (ce qui arrive à un avenant…)"),
			when ? "l’échéance « %.*s » a deux moments" : "on ne sait pas quand arrive l’échéance « %.*s »",
			TEXT_ARGS(deadline->name));
	read_inscriptions(map, &deadline->inscriptions, &deadline->inscription_count);
	read_settings(map, &deadline->settings, &deadline->setting_count);
	read_countings(map, &deadline->countings, &deadline->counting_count, &deadline->uncounts);
	if (map.node && deadline->to == PROCEDURE_NONE && !deadline->alerts.count && !deadline->produces.count
		&& !deadline->setting_count && !deadline->counting_count && !deadline->uncounts.count && !deadline->cancels.count
		&& !deadline->report_count && !deadline->inscription_count && !reader->mutant && !map_get(map, "vers"))
		finding_add(reader->findings, 312, map.at, TEXT("ajoutez « vers: », « alerte: » ou « produit: »"),
			passage ? "le passage « %.*s » ne fait rien" : "l’échéance « %.*s » ne fait rien", TEXT_ARGS(deadline->name));
}

struct circuit {
	struct procedure_step *steps;
	struct procedure_action *actions;
	size_t action_count;
	struct procedure_deadline *deadlines;
	size_t deadline_count;
};

static void
read_step(struct reader *reader, const struct name *name, int nth, struct circuit *circuit)
{
	const struct map map = map_open(reader, name->value, name->key->at, &shape_step);
	struct procedure_step *step = &circuit->steps[nth];
	*step = (struct procedure_step){
		.origin = map_origin(map),
		.name = name->name,
		.label = map_text(map, "libellé", TEXT_LABEL),
		.agent_label = map_text(map, "libellé_agent", TEXT_LABEL),
		.explain = map_text(map, "explique", TEXT_SENTENCE),
		.if_nothing = map_text(map, "si_rien", TEXT_SENTENCE),
		.sense = map_sense(map, "sens"),
		.awaits = map_names(map, "attend", NAME_ROLE),
		.awaits_all = map_flag(map, "attend_tous"),
		.final = map_flag(map, "fin"),
		.frees = map_flag(map, "libère"),
	};
	read_warnings(map, step);
	if (!step->agent_label.length)
		step->agent_label = step->label;
	const struct procedure_list who = map_names(map, "qui", NAME_ROLE);

	const struct yaml_node *actions = mapping_of(reader, map_get(map, "actions"), "les actions");
	const size_t first_action = circuit->action_count;
	for (size_t i = 0; actions && i < actions->count; i++)
		read_action(reader, &actions->items[i], step, nth, who, &circuit->actions[circuit->action_count++]);
	const struct yaml_node *const happens[] = { mapping_of(reader, map_get(map, "passages"), "les passages"),
		mapping_of(reader, map_get(map, "échéances"), "les échéances") };
	const size_t first_deadline = circuit->deadline_count;
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; happens[k] && i < happens[k]->count; i++)
			if (!happens[k]->items[i].left_out)
				read_deadline(reader, &happens[k]->items[i], nth, k == 0, &circuit->deadlines[circuit->deadline_count++]);
	int *items = READER_ARRAY(reader, int, circuit->action_count - first_action + circuit->deadline_count - first_deadline);
	if (!items)
		return;
	step->actions = (struct procedure_list){ items, circuit->action_count - first_action };
	for (size_t i = 0; i < step->actions.count; i++)
		items[i] = (int)(first_action + i);
	items += step->actions.count;
	step->deadlines = (struct procedure_list){ items, circuit->deadline_count - first_deadline };
	for (size_t i = 0; i < step->deadlines.count; i++)
		items[i] = (int)(first_deadline + i);
}

/* The circuits: the steps of the main one come first, then those of each suivi. */
static void
read_tracks(struct reader *reader, struct map top, struct procedure_step *steps)
{
	const struct names *names = &reader->names[NAME_STEP];
	const struct yaml_node *nodes = mapping_of(reader, map_get(top, "suivis"), "les suivis");
	const size_t count = 1 + (nodes ? nodes->count : 0);
	struct procedure_track *tracks = READER_ARRAY(reader, struct procedure_track, count);
	int *scratch = READER_ARRAY(reader, int, names->count + 1);
	if (!tracks || !scratch)
		return;
	for (size_t track = 0; track < count; track++) {
		const struct yaml_item *item = track ? &nodes->items[track - 1] : NULL;
		const struct map map = item ? map_open(reader, item->value, item->key->at, &shape_track) : top;
		size_t kept = 0;
		if (item && name_check(reader, item->key)) {
			tracks[track] = (struct procedure_track){ .origin = map_origin(map), .name = item->key->scalar,
				.label = map_text(map, "libellé", TEXT_LABEL) };
		}
		const struct yaml_node *mine = map_get(map, item ? "étapes" : "circuit");
		for (size_t i = 0; mine && mine->kind == YAML_MAPPING && i < mine->count; i++) {
			const int step = name_find(reader, NAME_STEP, mine->items[i].key->scalar);
			if (step == PROCEDURE_NONE || names->at[step].key != mine->items[i].key)
				continue;
			steps[step].track = (int)track;
			scratch[kept++] = step;
		}
		tracks[track].steps = list_of(reader, scratch, kept);
		if (item && mine && kept == 0)
			finding_add(reader->findings, 314, item->key->at, TEXT("écrivez sous « étapes: » où il en est d’abord"),
				"le suivi « %.*s » n’a pas d’étape", TEXT_ARGS(item->key->scalar));
	}
	reader->procedure->tracks = tracks;
	reader->procedure->track_count = count;
}

static size_t
count_under(const struct yaml_node *step, const char *key)
{
	for (size_t i = 0; step->kind == YAML_MAPPING && i < step->count; i++)
		if (text_equal(step->items[i].key->scalar, text_of_string(key)))
			return step->items[i].value->count;
	return 0;
}

/* Every pose written, alias by alias: an upper bound of what derive() is called for. */
static size_t
count_settings(const struct yaml_node *step)
{
	static const char *const keys[] = { "actions", "passages", "échéances" };
	size_t count = 0;
	for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
		for (size_t i = 0; step->kind == YAML_MAPPING && i < step->count; i++) {
			const struct yaml_node *items = step->items[i].value;
			if (!text_equal(step->items[i].key->scalar, text_of_string(keys[k])) || items->kind != YAML_MAPPING)
				continue;
			for (size_t m = 0; m < items->count; m++)
				count += count_under(items->items[m].value, "pose");
		}
	return count;
}

static void
read_moves(struct reader *reader, const struct circuit *circuit)
{
	const struct names *names = &reader->names[NAME_MOVE];
	struct procedure_move *moves = READER_ARRAY(reader, struct procedure_move, names->count);
	int *scratch = READER_ARRAY(reader, int, circuit->action_count + circuit->deadline_count);
	for (size_t i = 0; moves && scratch && i < names->count; i++) {
		moves[i].name = names->at[i].name;
		size_t count = 0;
		for (size_t k = 0; k < circuit->action_count; k++) {
			if (circuit->actions[k].move != (int)i)
				continue;
			scratch[count++] = (int)k;
			if (!moves[i].label.length)
				moves[i].label = circuit->actions[k].label;
			if (!moves[i].done.length)
				moves[i].done = circuit->actions[k].done;
		}
		moves[i].actions = list_of(reader, scratch, count);
		count = 0;
		for (size_t k = 0; k < circuit->deadline_count; k++) {
			if (circuit->deadlines[k].move != (int)i)
				continue;
			scratch[count++] = (int)k;
			if (!moves[i].label.length)
				moves[i].label = circuit->deadlines[k].label;
			if (!moves[i].done.length)
				moves[i].done = circuit->deadlines[k].done;
		}
		moves[i].deadlines = list_of(reader, scratch, count);
		if (!moves[i].label.length)
			moves[i].label = moves[i].name;
		if (!moves[i].done.length)
			moves[i].done = moves[i].label;
	}
	reader->procedure->moves = moves;
	reader->procedure->move_count = moves ? names->count : 0;
}

static void
read_computed(struct reader *reader, const struct yaml_item *item, struct procedure_computed *one)
{
	if (!name_check(reader, item->key))
		return;
	const struct map map = map_open(reader, item->value, item->key->at, &shape_computed);
	*one = (struct procedure_computed){
		.origin = map_origin(map),
		.name = item->key->scalar,
		.label = map_text(map, "libellé", TEXT_LABEL),
		.shown = PROCEDURE_FIELD_NUMBER,
		.decimals = (int)map_integer(map, "décimales", 0, 20, PROCEDURE_NONE),
	};
	const struct text unit = map_text(map, "unité", TEXT_NAME);
	if (text_equal(unit, TEXT("%")))
		one->shown = PROCEDURE_FIELD_PERCENTAGE;
	else if (text_equal(unit, TEXT("€")))
		one->shown = PROCEDURE_FIELD_MONEY;
	else
		one->unit = unit;
	const struct yaml_node *value = map_get(map, "valeur");
	struct derived *derived = value && is_expression(reader, value) ? derive(reader, item->key, value, true, &one->feel) : NULL;
	if (derived && unit.length) {
		derived->unit = unit;
		derived->unit_at = map_key_place(map, "unité");
	}
}

static void
read_computed_by_table(struct reader *reader, const struct yaml_item *item, struct procedure_computed *one)
{
	if (!name_check(reader, item->key))
		return;
	struct table *table = read_table(reader, item, one);
	struct derived *derived = table ? derive(reader, item->key, NULL, true, &one->feel) : NULL;
	if (derived)
		derived->table = table;
}

void
read_circuit(struct reader *reader, struct map top)
{
	struct procedure *procedure = reader->procedure;
	const struct names *names = &reader->names[NAME_STEP];
	const struct yaml_node *values = mapping_of(reader, map_get(top, "calculs"), "les calculs");
	const struct yaml_node *tables = mapping_of(reader, map_get(top, "tables"), "les tables");
	const size_t computed_count = (values ? values->count : 0) + (tables ? tables->count : 0);
	size_t actions = 0, deadlines = 0;
	reader->derived_capacity = computed_count;
	for (size_t i = 0; i < names->count; i++) {
		actions += count_under(names->at[i].value, "actions");
		deadlines += count_under(names->at[i].value, "passages") + count_under(names->at[i].value, "échéances");
		reader->derived_capacity += count_settings(names->at[i].value);
	}
	if (actions > PROCEDURE_MOST_ITEMS || deadlines > PROCEDURE_MOST_ITEMS
		|| reader->derived_capacity > PROCEDURE_MOST_DERIVED) {
		finding_add(reader->findings, 109, map_key_place(top, "circuit"), TEXT("simplifiez-le"),
			"ce circuit a trop d’actions, d’échéances ou de valeurs");
		return;
	}
	reader->derived = READER_ARRAY(reader, struct derived, reader->derived_capacity);
	struct procedure_computed *computed = READER_ARRAY(reader, struct procedure_computed, computed_count);
	struct circuit circuit = {
		.steps = READER_ARRAY(reader, struct procedure_step, names->count),
		.actions = READER_ARRAY(reader, struct procedure_action, actions),
		.deadlines = READER_ARRAY(reader, struct procedure_deadline, deadlines),
	};
	if (!reader->derived || !computed || !circuit.steps || !circuit.actions || !circuit.deadlines)
		return;
	for (size_t i = 0; values && i < values->count; i++)
		read_computed(reader, &values->items[i], &computed[procedure->computed_count]);
	for (size_t i = 0; tables && i < tables->count; i++)
		read_computed_by_table(reader, &tables->items[i], &computed[procedure->computed_count]);
	procedure->computed = computed;
	for (size_t i = 0; i < names->count; i++)
		read_step(reader, &names->at[i], (int)i, &circuit);
	read_tracks(reader, top, circuit.steps);
	read_entitled(reader, top);
	procedure->steps = circuit.steps;
	procedure->step_count = names->count;
	procedure->actions = circuit.actions;
	procedure->action_count = circuit.action_count;
	procedure->deadlines = circuit.deadlines;
	procedure->deadline_count = circuit.deadline_count;
	read_moves(reader, &circuit);
}
