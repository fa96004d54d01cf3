/* Second stroke, what stands before the form: who the procedure is, its sources, documents,
 * parameters, campaign data, windows, roles, population. */
#include "procedure/reader.h"

#include "base/banned.h"

/* Opens the nth item of a section; its place is its key. */
#define ITEM_OPEN(reader, section, nth, shape) \
	map_open((reader), (section)->items[nth].value, (section)->items[nth].key->at, (shape))

static void
read_sources(struct reader *reader, const struct yaml_node *section)
{
	section = mapping_of(reader, section, "les sources");
	if (!section)
		return;
	struct procedure_source *sources = READER_ARRAY(reader, struct procedure_source, section->count);
	for (size_t i = 0; sources && i < section->count; i++) {
		const struct map map = ITEM_OPEN(reader, section, i, &shape_source);
		sources[i] = (struct procedure_source){
			.origin = map_origin(map),
			.name = section->items[i].key->scalar,
			.title = map_text(map, "titre", TEXT_LABEL),
			.catalogue = map_text(map, "catalogue", TEXT_NAME),
			.address = map_text(map, "adresse", TEXT_SENTENCE),
		};
	}
	reader->procedure->sources = sources;
	reader->procedure->source_count = sources ? section->count : 0;
}

/* A link people follow: no other scheme than these two. */
static struct text
map_address(struct map map, const char *key)
{
	const struct text address = map_text(map, key, TEXT_SENTENCE);
	if (address.length && !text_starts(address, TEXT("https://")) && !text_starts(address, TEXT("http://")))
		finding_add(map.reader->findings, 107, map_get(map, key)->at, TEXT(""), "une adresse commence par https://");
	return address;
}

static void
read_documents(struct reader *reader, const struct yaml_node *section)
{
	section = mapping_of(reader, section, "les documents");
	if (!section)
		return;
	struct procedure_document *documents = READER_ARRAY(reader, struct procedure_document, section->count);
	for (size_t i = 0; documents && i < section->count; i++) {
		const struct map map = ITEM_OPEN(reader, section, i, &shape_document);
		const struct text before = map_text(map, "avant", TEXT_NAME);
		if (before.length && !text_equal(before, TEXT("formulaire")))
			finding_add(reader->findings, 107, map_get(map, "avant")->at, TEXT("écrivez « avant: formulaire »"),
				"un document se montre avant le formulaire");
		documents[i] = (struct procedure_document){
			.origin = map_origin(map),
			.name = section->items[i].key->scalar,
			.title = map_text(map, "titre", TEXT_LABEL),
			.address = map_address(map, "adresse"),
			.before_form = before.length > 0,
		};
	}
	reader->procedure->documents = documents;
	reader->procedure->document_count = documents ? section->count : 0;
}

static struct feel_value
constant_value(struct reader *reader, const struct yaml_node *node)
{
	const struct feel *feel = read_feel(reader, node, SCOPE_CONSTANT, WANT_ANY, NULL);
	struct feel_run run = { .arena = reader->arena };
	if (!feel)
		return feel_null(TEXT(""));
	const struct feel_value value = feel_evaluate(feel, &run);
	if (value.kind == FEEL_NULL)
		finding_add(reader->findings, 205, node->at, TEXT("écrivez un nombre, une date, un texte entre guillemets…"),
			"cette valeur n’en donne aucune");
	return value;
}

static void
read_values(struct reader *reader, struct map map, struct procedure_parameter *parameter)
{
	const struct yaml_node *list = map_get(map, "valeurs");
	if (!list)
		return;
	if (list->kind != YAML_SEQUENCE || list->count == 0) {
		finding_add(reader->findings, 106, list->at, TEXT("écrivez [{à partir du: 2023-01-01, valeur: 2}]"),
			"les valeurs d’un paramètre sont une liste datée");
		return;
	}
	struct procedure_parameter_value *values = READER_ARRAY(reader, struct procedure_parameter_value, list->count);
	if (!values)
		return;
	for (size_t i = 0; i < list->count; i++) {
		const struct yaml_node *item = list->items[i].value;
		const struct map one = map_open(reader, item, item->at, &shape_parameter_value);
		values[i].origin = map_origin(one);
		const bool dated = map_date(one, "à partir du", &values[i].from);
		if (dated && i > 0 && date_compare(values[i - 1].from, values[i].from) >= 0)
			finding_add(reader->findings, 205, map_get(one, "à partir du")->at,
				TEXT("écrivez les valeurs de la plus ancienne à la plus récente"),
				"cette date ne suit pas la précédente");
		const struct yaml_node *feel = map_get(one, "valeur");
		if (!feel || !is_expression(reader, feel))
			continue;
		values[i].value = constant_value(reader, feel);
		const struct feel *read = read_feel(reader, feel, SCOPE_CONSTANT, WANT_ANY, NULL);
		const struct feel_type *type = read ? feel_type_of(read) : &feel_type_any;
		if (!parameter->type)
			parameter->type = type;
		else if (!feel_type_conforms(type, parameter->type) && !feel_type_conforms(parameter->type, type))
			finding_add(reader->findings, 205, feel->at, TEXT("donnez la même sorte de valeur à chaque date"),
				"cette valeur n’est pas de la même sorte que la première");
	}
	parameter->values = values;
	parameter->value_count = list->count;
}

static void
read_parameters(struct reader *reader, const struct yaml_node *section)
{
	section = mapping_of(reader, section, "les paramètres");
	if (!section)
		return;
	struct procedure_parameter *parameters = READER_ARRAY(reader, struct procedure_parameter, section->count);
	size_t kept = 0;
	for (size_t i = 0; parameters && i < section->count; i++) {
		if (!name_check(reader, section->items[i].key))
			continue;
		const struct map map = ITEM_OPEN(reader, section, i, &shape_parameter);
		parameters[kept] = (struct procedure_parameter){
			.origin = map_origin(map),
			.name = section->items[i].key->scalar,
			.label = map_text(map, "libellé", TEXT_LABEL),
		};
		read_values(reader, map, &parameters[kept]);
		if (!parameters[kept].type)
			parameters[kept].type = &feel_type_any;
		const struct text unit = map_text(map, "unité", TEXT_NAME);
		if (unit.length && parameters[kept].type->kind == FEEL_NUMBER)
			parameters[kept].type = feel_type_number_of(reader->arena, unit, false, NULL);
		else if (unit.length && parameters[kept].type->kind != FEEL_ANY)
			finding_add(reader->findings, 205, map_key_place(map, "unité"), TEXT("ôtez-la"), "seul un nombre a une unité");
		if (!parameters[kept].type) {
			reader->findings->broken = true;
			return;
		}
		kept++;
	}
	reader->procedure->parameters = parameters;
	reader->procedure->parameter_count = kept;
}

static void
read_campaign_data(struct reader *reader, const struct yaml_node *section)
{
	section = mapping_of(reader, section, "les données de campagne");
	if (!section)
		return;
	struct procedure_field *data = READER_ARRAY(reader, struct procedure_field, section->count);
	size_t kept = 0;
	for (size_t i = 0; data && i < section->count; i++)
		if (name_check(reader, section->items[i].key))
			read_field(reader, &section->items[i], SCOPE_DATA, true, &data[kept++]);
	reader->procedure->campaign_data = data;
	reader->procedure->campaign_data_count = kept;
}

static void
read_windows(struct reader *reader)
{
	const struct names *names = &reader->names[NAME_WINDOW];
	struct procedure_window *windows = READER_ARRAY(reader, struct procedure_window, names->count);
	for (size_t i = 0; windows && i < names->count; i++) {
		const struct map map = map_open(reader, names->at[i].value, names->at[i].key->at, &shape_window);
		windows[i] = (struct procedure_window){
			.origin = map_origin(map),
			.name = names->at[i].name,
			.label = map_text(map, "libellé", TEXT_LABEL),
			.endless = map_never(map, "fermeture"),
		};
	}
	reader->procedure->windows = windows;
	reader->procedure->window_count = windows ? names->count : 0;
}

/* An agent needs no function to ask for themselves; who asks for a structure does, there. */
static void
read_applicant(struct reader *reader, struct map map)
{
	if (!reader->procedure->of_structures) {
		if (map_get(map, "fonction") || map_get(map, "de"))
			finding_add(reader->findings, 107, map.at, TEXT("gardez « est: » ou « fonction: » et « de: »"),
				"le demandeur n’a pas de fonction");
		return;
	}
	map_texts(map, "fonction", &reader->procedure->askers, &reader->procedure->asker_count);
	if (map_get(map, "de"))
		finding_add(reader->findings, 325, map_key_place(map, "de"), TEXT("ôtez « de: »"),
			"qui demande pour une structure y tient sa fonction");
	if (!map_get(map, "fonction"))
		finding_add(reader->findings, 325, map.at, TEXT("ajoutez « fonction: », qui dit qui demande pour la structure"),
			"la demande est celle d’une structure");
}

static void
read_role(struct reader *reader, const struct name *name, struct procedure_role *role)
{
	static const struct {
		struct text word;
		enum procedure_reach reach;
	} reaches[] = {
#define REACH(word, reach) { { word, sizeof(word) - 1 }, reach },
#include "procedure/words.def"
#undef REACH
	};
	const struct map map = map_open(reader, name->value, name->key->at, &shape_role);
	*role = (struct procedure_role){
		.origin = map_origin(map),
		.name = name->name,
		.label = map_text(map, "libellé", TEXT_LABEL),
	};
	map_feel(map, "canal", SCOPE_CASE, WANT_TEXT, &role->channel);
	if (map_get(map, "est")) {
		role->reach = PROCEDURE_APPLICANT;
		if (!text_equal(map_text(map, "est", TEXT_NAME), TEXT("demandeur")))
			finding_add(reader->findings, 107, map_get(map, "est")->at, TEXT("écrivez « est: demandeur »"),
				"un rôle est celui du demandeur, ou se trouve par sa fonction");
		read_applicant(reader, map);
		return;
	}
	role->reach = PROCEDURE_STRUCTURE;
	(void)map_need(map, "fonction");
	map_texts(map, "fonction", &role->functions, &role->function_count);
	const struct text reach = map_need_text(map, "de", TEXT_NAME);
	bool found = reach.length == 0;
	for (size_t i = 0; i < sizeof reaches / sizeof *reaches; i++)
		if (text_equal(reach, reaches[i].word)) {
			role->reach = reaches[i].reach;
			found = true;
		}
	if (!found)
		finding_add(reader->findings, 107, map_get(map, "de")->at, TEXT("écrivez structure, ressort ou partout"),
			"on ne sait pas où chercher cette fonction");
}

static void
read_roles(struct reader *reader)
{
	const struct names *names = &reader->names[NAME_ROLE];
	struct procedure_role *roles = READER_ARRAY(reader, struct procedure_role, names->count);
	size_t applicants = 0;
	for (size_t i = 0; roles && i < names->count; i++) {
		read_role(reader, &names->at[i], &roles[i]);
		if (roles[i].reach == PROCEDURE_APPLICANT && ++applicants == 2)
			finding_add(reader->findings, 202, names->at[i].key->at, TEXT("gardez-en un"),
				"un seul rôle est celui du demandeur");
	}
	reader->procedure->roles = roles;
	reader->procedure->role_count = roles ? names->count : 0;
	if (applicants == 0)
		finding_add(reader->findings, 105, (struct span){ reader->root->at.source, 0, 1 },
			TEXT("ajoutez dans « rôles: » : agent: {libellé: l’agent, est: demandeur}"),
			"aucun rôle n’est celui du demandeur");
}

static void
read_exceptions(struct reader *reader, const struct yaml_node *section)
{
	section = mapping_of(reader, section, "les dérogations");
	if (!section)
		return;
	struct procedure_exception *exceptions = READER_ARRAY(reader, struct procedure_exception, section->count);
	size_t kept = 0;
	for (size_t i = 0; exceptions && i < section->count; i++) {
		if (section->items[i].left_out)
			continue;
		const struct map map = ITEM_OPEN(reader, section, i, &shape_exception);
		const struct text window = section->items[i].key->scalar;
		exceptions[kept] = (struct procedure_exception){
			.origin = map_origin(map),
			.window = name_find(reader, NAME_WINDOW, window),
			.who = map_names(map, "qui", NAME_ROLE),
		};
		if (exceptions[kept].window == PROCEDURE_NONE)
			finding_add(reader->findings, 201, map.at, TEXT("une dérogation porte le nom de la fenêtre qu’elle rouvre"),
				"aucune fenêtre ne s’appelle « %.*s »", TEXT_ARGS(window));
		else
			kept++;
	}
	reader->procedure->exceptions = exceptions;
	reader->procedure->exception_count = kept;
}

static void
read_once(struct reader *reader, struct map top)
{
	struct procedure *procedure = reader->procedure;
	const struct yaml_node *node = map_get(top, "une_par_campagne");
	if (!node)
		return;
	const struct map map = map_open(reader, node, map_key_place(top, "une_par_campagne"), &shape_once);
	procedure->once = true;
	procedure->once_origin = map_origin(map);
	procedure->once_message = map_text(map, "message", TEXT_SENTENCE);
}

static void
read_behalf(struct reader *reader, struct map top)
{
	struct procedure *procedure = reader->procedure;
	const struct yaml_node *node = map_get(top, "pour_autrui");
	if (!node)
		return;
	const struct map map = map_open(reader, node, map_key_place(top, "pour_autrui"), &shape_behalf);
	procedure->behalf_origin = map_origin(map);
	procedure->behalf = map_names(map, "qui", NAME_ROLE);
	procedure->behalf_ground = map_text(map, "motif", TEXT_LABEL);
	for (size_t i = 0; i < procedure->behalf.count; i++)
		if (procedure->roles[procedure->behalf.at[i]].reach == PROCEDURE_APPLICANT)
			finding_add(reader->findings, 324, map_key_place(map, "qui"), TEXT("donnez un autre rôle que celui du demandeur"),
				"le demandeur dépose pour lui-même");
}

/* What is of a person has no sense for a structure. */
static void
read_subject(struct reader *reader, struct map top)
{
	if (!map_get(top, "sujet"))
		return;
	reader->procedure->of_structures = text_equal(map_text(top, "sujet", TEXT_NAME), TEXT("structure"));
	if (!reader->procedure->of_structures)
		finding_add(reader->findings, 107, map_get(top, "sujet")->at, TEXT("écrivez « sujet: structure », ou rien"),
			"une demande est celle d’un agent ou d’une structure");
	if (reader->procedure->of_structures && map_get(top, "pour_autrui"))
		finding_add(reader->findings, 325, map_key_place(top, "pour_autrui"),
			TEXT("ôtez cette partie, et ajoutez aux « fonction: » du demandeur celles de qui peut déposer pour la structure"),
			"une structure n’a pas de demande déposée pour autrui : qui y tient la fonction dépose pour elle");
}

void
read_opening(struct reader *reader, struct map top)
{
	struct procedure *procedure = reader->procedure;
	const struct yaml_node *version = map_get(top, "guichet");
	if (version && !(version->kind == YAML_SCALAR && text_equal(version->scalar, TEXT("1"))))
		finding_add(reader->findings, 111, version->at, TEXT("écrivez « guichet: 1 »"),
			"cette version de la langue est inconnue");
	procedure->name = map_text(top, "procédure", TEXT_NAME);
	for (size_t i = 0; i < procedure->name.length; i++) {
		const char c = procedure->name.at[i];
		if (c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			continue;
		finding_add(reader->findings, 112, map_get(top, "procédure")->at, TEXT("par exemple « temps-partiel »"),
			"le nom de la procédure s’écrit en minuscules sans accent, chiffres et tirets");
		break;
	}
	read_subject(reader, top);
	procedure->title = map_text(top, "titre", TEXT_LABEL);
	procedure->summary = map_text(top, "résumé", TEXT_SENTENCE);
	procedure->keep = map_duration(top, "conservation");
	procedure->office = map_name(top, "service", NAME_ROLE);
	read_sources(reader, map_get(top, "sources"));
	read_documents(reader, map_get(top, "documents"));
	read_parameters(reader, map_get(top, "paramètres"));
	read_campaign_data(reader, map_get(top, "campagne"));
	read_windows(reader);
	read_roles(reader);
	map_rules(top, "population", SCOPE_OPENING, &procedure->population, &procedure->population_count);
	read_once(reader, top);
	read_behalf(reader, top);
	read_exceptions(reader, map_get(top, "dérogations"));
}
