/* Second stroke, what is written to people and what is kept: letters, mails, the week, lists,
 * exports, measures, reports. */
#include "procedure/reader.h"

#include "base/banned.h"

static void
read_letters(struct reader *reader)
{
	const struct names *names = &reader->names[NAME_LETTER];
	struct procedure_letter *letters = READER_ARRAY(reader, struct procedure_letter, names->count);
	for (size_t i = 0; letters && i < names->count; i++) {
		const struct map map = map_open(reader, names->at[i].value, names->at[i].key->at, &shape_letter);
		letters[i] = (struct procedure_letter){
			.origin = map_origin(map),
			.name = names->at[i].name,
			.title = map_text(map, "titre", TEXT_LABEL),
			.signers = map_names(map, "signent", NAME_ROLE),
			.sense = map_sense(map, "sens"),
			.replaces = map_names(map, "remplace", NAME_LETTER),
		};
		map_model(map, "lettres", SCOPE_LETTER, &letters[i].template);
	}
	reader->procedure->letters = letters;
	reader->procedure->letter_count = letters ? names->count : 0;
}

static void
read_mail(struct reader *reader, const struct yaml_item *item, struct procedure_mail *mail)
{
	const struct map map = map_open(reader, item->value, item->key->at, &shape_mail);
	*mail = (struct procedure_mail){
		.origin = map_origin(map),
		.name = item->key->scalar,
		.to = map_names(map, "à", NAME_ROLE),
		.after = map_names(map, "après", NAME_MOVE),
		.steps = map_names(map, "étapes", NAME_STEP),
		.grouped = map_flag(map, "groupé"),
		.links = map_names(map, "lien", NAME_MOVE),
	};
	map_feel(map, "moment", SCOPE_OPENING, WANT_MOMENT, &mail->moment);
	map_feel(map, "si", SCOPE_MAIL, WANT_TRUTH, &mail->condition);
	map_feel(map, "lien_jusquau", SCOPE_CASE, WANT_MOMENT, &mail->link_until);
	map_line(map, "objet", SCOPE_MAIL, &mail->subject);
	map_model(map, "courriers", SCOPE_MAIL, &mail->body);
	if (!map.node || reader->mutant)
		return;
	if (!mail->to.count && !map_get(map, "à"))
		finding_add(reader->findings, 405, map.at, TEXT("ajoutez « à: » et un rôle"), "ce courrier n’a pas de destinataire");
	const bool after = map_get(map, "après"), dated = map_get(map, "moment");
	if (after == dated)
		finding_add(reader->findings, 406, map.at, TEXT("gardez « après: » (une action) ou « moment: » (une date)"),
			after ? "ce courrier a deux moments d’envoi" : "on ne sait pas quand ce courrier part");
	if (map_get(map, "étapes") && !dated)
		finding_add(reader->findings, 406, map_key_place(map, "étapes"), TEXT("ôtez « étapes: »"),
			"seul un courrier daté choisit les étapes");
	if (mail->grouped && !dated)
		finding_add(reader->findings, 410, map_key_place(map, "groupé"), TEXT("ôtez « groupé: »"),
			"un courrier qui suit une action parle d’un seul dossier");
	if ((map_get(map, "lien") != NULL) != (map_get(map, "lien_jusquau") != NULL))
		finding_add(reader->findings, 408, map.at, TEXT("un lien de réponse dit ce qu’il permet et jusqu’à quand"),
			"« lien: » et « lien_jusquau: » vont ensemble");
}

static void
read_mails(struct reader *reader, const struct yaml_node *section)
{
	section = mapping_of(reader, section, "les courriers");
	if (!section)
		return;
	struct procedure_mail *mails = READER_ARRAY(reader, struct procedure_mail, section->count);
	size_t kept = 0;
	for (size_t i = 0; mails && i < section->count; i++)
		if (!section->items[i].left_out && name_check(reader, section->items[i].key))
			read_mail(reader, &section->items[i], &mails[kept++]);
	reader->procedure->mails = mails;
	reader->procedure->mail_count = kept;
}

static void
read_columns(struct map map, const char *key, enum scope_kind scope, const struct procedure_column **ret_columns,
	size_t *ret_count)
{
	struct reader *reader = map.reader;
	const struct yaml_node *list = map_get(map, key);
	if (!list)
		return;
	if (list->kind != YAML_SEQUENCE) {
		finding_add(reader->findings, 106, list->at, TEXT("écrivez « - {titre: …, valeur: …} »"),
			"« %s » est une liste de colonnes", key);
		return;
	}
	struct procedure_column *columns = READER_ARRAY(reader, struct procedure_column, list->count);
	for (size_t i = 0; columns && i < list->count; i++) {
		const struct yaml_node *item = list->items[i].value;
		const struct map column = map_open(reader, item, item->at, &shape_column);
		columns[i].origin = map_origin(column);
		columns[i].title = map_text(column, "titre", TEXT_LABEL);
		columns[i].field = PROCEDURE_NONE;
		const struct yaml_node *value = map_get(column, "valeur");
		if (!value)
			continue;
		want_feel(reader, value, scope, WANT_ANY, NULL, &columns[i].value);
		if (value->kind == YAML_SCALAR)
			columns[i].field = name_find(reader, NAME_FIELD, text_trim(value->scalar));
	}
	*ret_columns = columns;
	*ret_count = columns ? list->count : 0;
}

static void
read_week(struct reader *reader, struct map top)
{
	struct procedure *procedure = reader->procedure;
	const struct yaml_node *node = map_get(top, "semaine");
	if (!node)
		return;
	const struct map map = map_open(reader, node, map_key_place(top, "semaine"), &shape_week);
	procedure->week.origin = map_origin(map);
	map_feel(map, "jours", SCOPE_CASE, WANT_LIST, &procedure->week.days);
	map_feel(map, "du", SCOPE_CASE, WANT_DAY, &procedure->week.from);
	map_feel(map, "au", SCOPE_CASE, WANT_DAY, &procedure->week.to);
	map_feel(map, "présence", SCOPE_CASE, WANT_ANY, &procedure->week.presence);
	map_feel(map, "écarts", SCOPE_CASE, WANT_LIST, &procedure->week.exceptions);
	procedure->week.steps = map_names(map, "étapes", NAME_STEP);
	procedure->week.asked = map_names(map, "demandées", NAME_STEP);
}

static void
read_exports(struct reader *reader, const struct yaml_node *section)
{
	section = mapping_of(reader, section, "les exports");
	if (!section)
		return;
	struct procedure_export *exports = READER_ARRAY(reader, struct procedure_export, section->count);
	for (size_t i = 0; exports && i < section->count; i++) {
		const struct map map = map_open(reader, section->items[i].value, section->items[i].key->at, &shape_export);
		(void)name_check(reader, section->items[i].key);
		exports[i].origin = map_origin(map);
		exports[i].name = section->items[i].key->scalar;
		exports[i].title = map_text(map, "titre", TEXT_LABEL);
		exports[i].steps = map_names(map, "étapes", NAME_STEP);
		read_columns(map, "colonnes", SCOPE_CASE, &exports[i].columns, &exports[i].column_count);
	}
	reader->procedure->exports = exports;
	reader->procedure->export_count = exports ? section->count : 0;
}

static void
read_measures(struct reader *reader, struct map top)
{
	struct procedure *procedure = reader->procedure;
	const struct yaml_node *node = map_get(top, "indicateurs");
	if (!node)
		return;
	const struct map map = map_open(reader, node, map_key_place(top, "indicateurs"), &shape_measures);
	read_columns(map, "par", SCOPE_CASE, &procedure->measure_by, &procedure->measure_by_count);
	const struct yaml_node *list = mapping_of(reader, map_get(map, "mesures"), "les mesures");
	if (!list)
		return;
	struct procedure_measure *measures = READER_ARRAY(reader, struct procedure_measure, list->count);
	for (size_t i = 0; measures && i < list->count; i++) {
		const struct map one = map_open(reader, list->items[i].value, list->items[i].key->at, &shape_measure);
		(void)name_check(reader, list->items[i].key);
		measures[i].origin = map_origin(one);
		measures[i].name = list->items[i].key->scalar;
		measures[i].label = map_text(one, "libellé", TEXT_LABEL);
		const struct yaml_node *condition = map_get(one, "si");
		if (condition)
			want_feel(reader, condition, SCOPE_CASE, WANT_TRUTH, NULL, &measures[i].condition);
	}
	procedure->measures = measures;
	procedure->measure_count = measures ? list->count : 0;
}

/* ---- reports ---- */

static void
read_report_measures(struct reader *reader, const struct yaml_node *section, struct procedure_report *report)
{
	section = mapping_of(reader, section, "les mesures");
	if (!section)
		return;
	struct procedure_report_measure *measures = READER_ARRAY(reader, struct procedure_report_measure, section->count);
	size_t kept = 0;
	for (size_t i = 0; measures && i < section->count; i++) {
		const struct yaml_item *item = &section->items[i];
		if (item->left_out || !name_check(reader, item->key))
			continue;
		const struct map map = map_open(reader, item->value, item->key->at, &shape_report_measure);
		struct procedure_report_measure *measure = &measures[kept++];
		*measure = (struct procedure_report_measure){ .origin = map_origin(map), .name = item->key->scalar,
			.label = map_text(map, "libellé", TEXT_LABEL) };
		map_feel(map, "si", SCOPE_REPORT, WANT_TRUTH, &measure->condition);
		map_feel(map, "somme", SCOPE_REPORT, WANT_NUMBER, &measure->sum);
		map_feel(map, "moyenne", SCOPE_REPORT, WANT_NUMBER, &measure->mean);
		if (map.node && map_get(map, "somme") && map_get(map, "moyenne"))
			finding_add(reader->findings, 451, map_key_place(map, "moyenne"), TEXT("écrivez deux mesures"),
				"la mesure « %.*s » ne peut pas donner une somme et une moyenne", TEXT_ARGS(measure->name));
	}
	report->measures = measures;
	report->measure_count = kept;
}

static void
read_report_lists(struct reader *reader, const struct yaml_node *section, struct procedure_report *report)
{
	section = mapping_of(reader, section, "les listes");
	if (!section)
		return;
	struct procedure_report_list *lists = READER_ARRAY(reader, struct procedure_report_list, section->count);
	size_t kept = 0;
	for (size_t i = 0; lists && i < section->count; i++) {
		const struct yaml_item *item = &section->items[i];
		if (item->left_out || !name_check(reader, item->key))
			continue;
		const struct map map = map_open(reader, item->value, item->key->at, &shape_report_list);
		struct procedure_report_list *list = &lists[kept];
		*list = (struct procedure_report_list){ .origin = map_origin(map), .name = item->key->scalar,
			.title = map_text(map, "titre", TEXT_LABEL), .field = PROCEDURE_NONE };
		map_feel(map, "si", SCOPE_REPORT, WANT_TRUTH, &list->condition);
		const struct yaml_node *value = map_get(map, "valeur");
		if (!value)
			continue;
		want_feel(reader, value, SCOPE_REPORT, WANT_ANY, NULL, &list->value);
		if (value->kind == YAML_SCALAR)
			list->field = name_find(reader, NAME_FIELD, text_trim(value->scalar));
		kept++;
	}
	report->lists = lists;
	report->list_count = kept;
}

static enum procedure_period
period_of(struct map map)
{
#define PERIOD(word, period) { TEXT(word), period },
	static const struct {
		struct text word;
		enum procedure_period period;
	} periods[] = {
#include "procedure/words.def"
	};
#undef PERIOD
	const struct yaml_node *node = map_get(map, "période");
	struct text known[sizeof periods / sizeof *periods];
	for (size_t i = 0; i < sizeof periods / sizeof *periods; i++) {
		known[i] = periods[i].word;
		if (node && node->kind == YAML_SCALAR && text_equal(node->scalar, periods[i].word))
			return periods[i].period;
	}
	if (node)
		finding_add(map.reader->findings, 451, node->at,
			node->kind == YAML_SCALAR && nearest(map.reader, node->scalar, known, sizeof known / sizeof *known).length
				? nearest_remedy(map.reader, node->scalar, known, sizeof known / sizeof *known)
				: TEXT("écrivez année civile, année scolaire ou campagne"),
			"on ne sait pas de quels jours parle ce rapport");
	return PROCEDURE_CIVIL_YEAR;
}

static void
read_report(struct reader *reader, const struct yaml_item *item, struct procedure_report *report)
{
	const struct map map = map_open(reader, item->value, item->key->at, &shape_report);
	*report = (struct procedure_report){
		.origin = map_origin(map),
		.name = item->key->scalar,
		.title = map_text(map, "titre", TEXT_LABEL),
		.period = period_of(map),
		.who = map_names(map, "qui", NAME_ROLE),
		.secret = map_integer(map, "secret", 2, 1000, 0),
	};
	map_texts(map, "compte", &report->natures, &report->nature_count);
	for (size_t i = 0; i < report->nature_count; i++)
		if (!text_equal(report->natures[i], TEXT("demande")) && name_find(reader, NAME_NATURE, report->natures[i]) < 0)
			finding_add(reader->findings, 451, map_key_place(map, "compte"),
				TEXT("écrivez « demande » (celles qui ne sont nées d’aucune autre), ou le nom d’une nature"),
				"aucune nature de dossier ne s’appelle « %.*s »", TEXT_ARGS(report->natures[i]));
	read_columns(map, "par", SCOPE_REPORT, &report->by, &report->by_count);
	read_report_measures(reader, map_get(map, "mesures"), report);
	read_report_lists(reader, map_get(map, "listes"), report);
	if (!map.node || reader->mutant)
		return;
	if (!map_get(map, "qui"))
		finding_add(reader->findings, 451, map.at, TEXT("ajoutez « qui: » et un rôle"), "personne ne peut lire ce rapport");
	for (size_t i = 0; i < report->who.count; i++)
		if (reader->procedure->roles[report->who.at[i]].reach == PROCEDURE_APPLICANT)
			finding_add(reader->findings, 451, map_key_place(map, "qui"), TEXT("citez un rôle tenu dans l’annuaire"),
				"le demandeur ne lit pas un rapport sur les demandes des autres");
}

static void
read_reports(struct reader *reader, const struct yaml_node *section)
{
	section = mapping_of(reader, section, "les rapports");
	if (!section)
		return;
	struct procedure_report *reports = READER_ARRAY(reader, struct procedure_report, section->count);
	size_t kept = 0;
	for (size_t i = 0; reports && i < section->count; i++)
		if (!section->items[i].left_out && name_check(reader, section->items[i].key))
			read_report(reader, &section->items[i], &reports[kept++]);
	reader->procedure->reports = reports;
	reader->procedure->report_count = kept;
}

void
read_words(struct reader *reader, struct map top)
{
	read_letters(reader);
	read_mails(reader, map_get(top, "courriers"));
	read_week(reader, top);
	const struct yaml_node *list = map_get(top, "liste");
	if (list) {
		const struct map map = map_open(reader, list, map_key_place(top, "liste"), &shape_list);
		(void)map_origin(map);
		read_columns(map, "colonnes", SCOPE_CASE, &reader->procedure->columns, &reader->procedure->column_count);
	}
	read_exports(reader, map_get(top, "exports"));
	read_measures(reader, top);
	read_reports(reader, map_get(top, "rapports"));
}
