/* The file of a campaign: dates, data, contacts, read against its procedure. */
#include "procedure/reader.h"

#include "base/banned.h"

struct campaign_reading {
	struct reader reader;
	const struct procedure *procedure;
	struct campaign *campaign;
};

static bool
read_bound(struct reader *reader, struct map map, const char *key, bool last, instant *ret_at)
{
	const struct yaml_node *node = map_get(map, key);
	const struct text text = node ? scalar_text(reader, node, 40) : TEXT("");
	struct date day;
	if (text.length == 0)
		return false;
	if (date_read(text, &day)) {
		*ret_at = instant_of_day(last ? date_add_days(day, 1) : day);
		return true;
	}
	if (text_find(text, TEXT("T")) != SIZE_MAX && instant_read(text, ret_at))
		return true;
	finding_add(reader->findings, 602, node->at, TEXT("écrivez 2023-06-16, ou 2023-06-16T17:00 pour fermer à 17 h"),
		"ce n’est pas une date, ni une date et une heure");
	return false;
}

static struct text *
window_names(struct reader *reader, const struct procedure *procedure)
{
	struct text *names = READER_ARRAY(reader, struct text, procedure->window_count);
	for (size_t i = 0; names && i < procedure->window_count; i++)
		names[i] = procedure->windows[i].name;
	return names;
}

/* `au:`, or `fermeture: jamais` where the procedure says that this may be. */
static bool
read_end(struct campaign_reading *reading, struct map map, int window, instant *ret_at)
{
	struct reader *reader = &reading->reader;
	const struct procedure_window *definition = &reading->procedure->windows[window];
	if (!map_get(map, "fermeture")) {
		if (!map_get(map, "au") && map.node)
			finding_add(reader->findings, 105, map.at, TEXT(""), "il manque « au: »");
		return read_bound(reader, map, "au", true, ret_at);
	}
	if (map_get(map, "au"))
		finding_add(reader->findings, 602, map_key_place(map, "fermeture"), TEXT("gardez « au: » ou « fermeture: jamais »"),
			"cette fenêtre a une fin et n’en a pas");
	if (!map_never(map, "fermeture"))
		return false;
	if (!definition->endless)
		finding_add(reader->findings, 602, map_key_place(map, "fermeture"),
			TEXT("écrivez « fermeture: jamais » à cette fenêtre dans la procédure, ou donnez « au: »"),
			"la procédure ne dit pas que la fenêtre « %.*s » peut rester ouverte", TEXT_ARGS(definition->name));
	*ret_at = INSTANT_NEVER;
	return true;
}

static void
read_campaign_windows(struct campaign_reading *reading, struct map top)
{
	struct reader *reader = &reading->reader;
	const struct procedure *procedure = reading->procedure;
	struct campaign_window *windows = READER_ARRAY(reader, struct campaign_window, procedure->window_count);
	const struct text *names = window_names(reader, procedure);
	bool *seen = READER_ARRAY(reader, bool, procedure->window_count);
	const struct yaml_node *section = map_get(top, "fenêtres");
	section = mapping_of(reader, section, "les fenêtres");
	if (!windows || !names || !seen)
		return;
	for (size_t i = 0; section && i < section->count; i++) {
		const struct yaml_node *key = section->items[i].key;
		const int window = procedure_window_find(procedure, key->scalar);
		if (window == PROCEDURE_NONE) {
			finding_add(reader->findings, 601, key->at, nearest_remedy(reader, key->scalar, names, procedure->window_count),
				"la procédure n’a pas de fenêtre « %.*s »", TEXT_ARGS(key->scalar));
			continue;
		}
		seen[window] = true;
		const struct map map = map_open(reader, section->items[i].value, key->at, &shape_campaign_window);
		struct campaign_window *one = &windows[window];
		const bool opens = read_bound(reader, map, "du", false, &one->opens);
		const bool closes = read_end(reading, map, window, &one->closes);
		if (!opens || !closes)
			continue;
		one->first_day = date_of_instant(one->opens, NULL);
		if (one->closes == INSTANT_NEVER)
			continue;
		one->last_day = date_of_instant(one->closes - 1, NULL);
		if (one->opens >= one->closes)
			finding_add(reader->findings, 602, map_get(map, "au")->at, TEXT("vérifiez les deux dates"),
				"la fenêtre « %.*s » se ferme avant de s’ouvrir", TEXT_ARGS(key->scalar));
	}
	for (size_t i = 0; i < procedure->window_count; i++)
		if (!seen[i])
			finding_add(reader->findings, 601, map_key_place(top, "fenêtres"),
				arena_format(reader->arena, "ajoutez « %.*s: {du: …, au: …} »", TEXT_ARGS(names[i])),
				"il manque la fenêtre « %.*s »", TEXT_ARGS(names[i]));
	reading->campaign->windows = windows;
	reading->campaign->window_count = procedure->window_count;
}

/* One option's name, as a text of FEEL. */
static bool
read_option(const struct procedure_field *field, struct text text, struct feel_value *ret_value)
{
	for (size_t i = 0; i < field->option_count; i++)
		if (text_equal(field->options[i].name, text)) {
			*ret_value = feel_string(field->options[i].name);
			return true;
		}
	return false;
}

static bool
read_options_value(struct reader *reader, const struct procedure_field *field, const struct yaml_node *node,
	struct feel_value *ret_value)
{
	if (node->kind != YAML_SEQUENCE)
		return false;
	struct feel_value *items = READER_ARRAY(reader, struct feel_value, node->count);
	for (size_t i = 0; items && i < node->count; i++)
		if (!read_option(field, node->items[i].value->scalar, &items[i]))
			return false;
	*ret_value = feel_list(items, items ? node->count : 0);
	return true;
}

/* A value written plainly (no expression), by the type of its field. */
static bool
read_plain(struct reader *reader, const struct procedure_field *field, const struct yaml_node *node,
	struct feel_value *ret_value)
{
	if (field->type == PROCEDURE_FIELD_CHOICES)
		return read_options_value(reader, field, node, ret_value);
	const struct text text = scalar_text(reader, node, TEXT_SENTENCE);
	struct date day;
	int64_t integer;
	switch (field->type) {
	case PROCEDURE_FIELD_INTEGER:
		if (!text_to_integer(text, INT64_MIN / 2, INT64_MAX / 2, &integer))
			return false;
		*ret_value = feel_integer(integer);
		return true;
	case PROCEDURE_FIELD_NUMBER:
	case PROCEDURE_FIELD_MONEY:
	case PROCEDURE_FIELD_PERCENTAGE:
		return feel_number_read_french(text, ret_value);
	case PROCEDURE_FIELD_DATE:
		if (!date_read(text, &day))
			return false;
		*ret_value = feel_date(day);
		return true;
	case PROCEDURE_FIELD_YES_NO:
	case PROCEDURE_FIELD_DECLARATION:
		*ret_value = feel_boolean(text_equal(text, TEXT("oui")));
		return text_equal(text, TEXT("oui")) || text_equal(text, TEXT("non"));
	case PROCEDURE_FIELD_CHOICE:
		return read_option(field, text, ret_value);
	case PROCEDURE_FIELD_TIME:
		return procedure_time_read(text, ret_value);
	default:
		*ret_value = feel_string(text);
		return text_characters(text) <= (size_t)field->length;
	}
}

static void
check_data(struct campaign_reading *reading, const struct feel_value *values, const struct yaml_node **nodes)
{
	struct reader *reader = &reading->reader;
	for (size_t i = 0; i < reading->procedure->campaign_data_count; i++) {
		const struct procedure_field *field = &reading->procedure->campaign_data[i];
		for (size_t k = 0; nodes[i] && k < field->check_count; k++) {
			struct feel_run run = { .arena = reader->arena, .inputs = values };
			if (!field->checks[k].rule || feel_is_true(feel_evaluate(field->checks[k].rule, &run)))
				continue;
			finding_add(reader->findings, 604, nodes[i]->at, field->checks[k].message,
				"« %.*s » ne passe pas son contrôle", TEXT_ARGS(field->name));
		}
	}
}

static void
read_data(struct campaign_reading *reading, struct map top)
{
	struct reader *reader = &reading->reader;
	const struct procedure *procedure = reading->procedure;
	const size_t count = procedure->campaign_data_count;
	struct feel_value *values = READER_ARRAY(reader, struct feel_value, count);
	const struct yaml_node **nodes = READER_ARRAY(reader, const struct yaml_node *, count);
	struct text *names = READER_ARRAY(reader, struct text, count);
	const struct yaml_node *section = mapping_of(reader, map_get(top, "données"), "les données");
	if (!values || !nodes || !names)
		return;
	for (size_t i = 0; i < count; i++)
		names[i] = procedure->campaign_data[i].name;
	for (size_t i = 0; section && i < section->count; i++) {
		const struct yaml_node *key = section->items[i].key;
		size_t index = 0;
		while (index < count && !text_equal(names[index], key->scalar))
			index++;
		if (index == count)
			finding_add(reader->findings, 603, key->at, nearest_remedy(reader, key->scalar, names, count),
				"la procédure ne demande pas « %.*s »", TEXT_ARGS(key->scalar));
		else
			nodes[index] = section->items[i].value;
	}
	for (size_t i = 0; i < count; i++) {
		const struct procedure_field *field = &procedure->campaign_data[i];
		if (!nodes[i])
			finding_add(reader->findings, 603, map_key_place(top, "données"),
				arena_format(reader->arena, "ajoutez « %.*s: … »", TEXT_ARGS(field->name)), "il manque « %.*s » (%.*s)",
				TEXT_ARGS(field->name), TEXT_ARGS(field->label));
		else if (read_plain(reader, field, nodes[i], &values[i])) {
			const struct text refusal = procedure_field_refusal(reader->arena, field, values[i]);
			if (refusal.length)
				finding_add(reader->findings, 604, nodes[i]->at, refusal, "« %.*s » n’admet pas cette valeur",
					TEXT_ARGS(field->name));
		} else
			finding_add(reader->findings, 107, nodes[i]->at, TEXT(""), "cette valeur n’est pas de la sorte que demande « %.*s »",
				TEXT_ARGS(field->label));
	}
	check_data(reading, values, nodes);
	reading->campaign->data = values;
	reading->campaign->data_count = count;
}

static void
read_contacts(struct campaign_reading *reading, struct map top)
{
	struct reader *reader = &reading->reader;
	const struct yaml_node *list = map_get(top, "contacts");
	if (!list)
		return;
	if (list->kind != YAML_SEQUENCE) {
		finding_add(reader->findings, 106, list->at, TEXT("écrivez « - {libellé: …, mail: …} »"), "les contacts sont une liste");
		return;
	}
	struct campaign_contact *contacts = READER_ARRAY(reader, struct campaign_contact, list->count);
	for (size_t i = 0; contacts && i < list->count; i++) {
		const struct yaml_node *item = list->items[i].value;
		const struct map map = map_open(reader, item, item->at, &shape_contact);
		contacts[i] = (struct campaign_contact){
			.label = map_text(map, "libellé", TEXT_LABEL),
			.address = map_text(map, "adresse", TEXT_SENTENCE),
			.phone = map_text(map, "téléphone", TEXT_LABEL),
			.mail = map_text(map, "mail", TEXT_LABEL),
			.hours = map_text(map, "horaires", TEXT_LABEL),
		};
		const struct text address = contacts[i].address;
		if (address.length && !text_starts(address, TEXT("https://")) && !text_starts(address, TEXT("http://")))
			finding_add(reader->findings, 107, map_get(map, "adresse")->at, TEXT(""), "une adresse commence par https://");
	}
	reading->campaign->contacts = contacts;
	reading->campaign->contact_count = contacts ? list->count : 0;
}

static void
read_key_dates(struct campaign_reading *reading, struct map top)
{
	struct reader *reader = &reading->reader;
	const struct yaml_node *list = map_get(top, "dates_clés");
	if (!list)
		return;
	if (list->kind != YAML_SEQUENCE) {
		finding_add(reader->findings, 106, list->at, TEXT("écrivez « - {date: …, libellé: …} »"),
			"les dates clés sont une liste");
		return;
	}
	struct campaign_key_date *dates = READER_ARRAY(reader, struct campaign_key_date, list->count);
	for (size_t i = 0; dates && i < list->count; i++) {
		const struct yaml_node *item = list->items[i].value;
		const struct map map = map_open(reader, item, item->at, &shape_key_date);
		if (!map_date(map, "date", &dates[i].from))
			dates[i].from = (struct date){ 1970, 1, 1 };
		dates[i].to = dates[i].from;
		if (map_date(map, "jusquau", &dates[i].to) && date_compare(dates[i].to, dates[i].from) < 0)
			finding_add(reader->findings, 107, map_get(map, "jusquau")->at, TEXT("vérifiez les deux dates"),
				"cette date est avant la première");
		dates[i].label = map_text(map, "libellé", TEXT_LABEL);
	}
	reading->campaign->key_dates = dates;
	reading->campaign->key_date_count = dates ? list->count : 0;
}

/* Parameters must have a value from the first day that something is open. */
static void
check_parameters(struct campaign_reading *reading, struct map top)
{
	const struct campaign *campaign = reading->campaign;
	if (campaign->window_count == 0 || !campaign->windows || reading->reader.findings->errors)
		return;
	struct date first = campaign->windows[0].first_day;
	for (size_t i = 1; i < campaign->window_count; i++)
		if (date_compare(campaign->windows[i].first_day, first) < 0)
			first = campaign->windows[i].first_day;
	for (size_t i = 0; i < reading->procedure->parameter_count; i++) {
		const struct procedure_parameter *parameter = &reading->procedure->parameters[i];
		if (parameter->value_count && date_compare(parameter->values[0].from, first) > 0) {
			const struct text day = date_french(reading->reader.arena, first, false);
			finding_add(reading->reader.findings, 605, map_key_place(top, "fenêtres"),
				TEXT("ajoutez-lui une valeur plus ancienne dans la procédure, ou corrigez les dates de la campagne"),
				"le paramètre « %.*s » n’a pas encore de valeur le %.*s", TEXT_ARGS(parameter->name), TEXT_ARGS(day));
		}
	}
}

static void
read_top(struct campaign_reading *reading)
{
	struct reader *reader = &reading->reader;
	struct campaign *campaign = reading->campaign;
	const struct map top = map_open(reader, reader->root, (struct span){ reader->root->at.source, 0, 1 },
		&shape_campaign);
	if (!top.node)
		return;
	campaign->name = map_text(top, "campagne", TEXT_NAME);
	for (size_t i = 0; i < campaign->name.length; i++) {
		const char c = campaign->name.at[i];
		if (c == '-' || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			continue;
		finding_add(reader->findings, 112, map_get(top, "campagne")->at, TEXT("par exemple « 2023-2024 »"),
			"le nom de la campagne s’écrit en minuscules sans accent, chiffres et tirets");
		break;
	}
	campaign->procedure = map_text(top, "procédure", TEXT_NAME);
	if (campaign->procedure.length && !text_equal(campaign->procedure, reading->procedure->name))
		finding_add(reader->findings, 606, map_get(top, "procédure")->at,
			arena_format(reader->arena, "la procédure lue est « %.*s »", TEXT_ARGS(reading->procedure->name)),
			"cette campagne est celle d’une autre procédure");
	campaign->title = map_text(top, "titre", TEXT_LABEL);
	(void)map_date(top, "annonce", &campaign->announced);
	map_texts(top, "diffusion", &campaign->functions, &campaign->function_count);
	read_campaign_windows(reading, top);
	read_data(reading, top);
	read_contacts(reading, top);
	read_key_dates(reading, top);
	(void)map_origin(top);
	check_parameters(reading, top);
	check_campaign_dates(reader, reading->procedure, campaign, map_key_place(top, "fenêtres"));
}

struct campaign *
campaign_read(struct arena *arena, const struct procedure *procedure, struct text name, struct text bytes,
	struct procedure_findings *findings, struct guichet_error *error)
{
	struct campaign *campaign = arena_new_of(arena, struct campaign);
	struct source *source = arena_new_of(arena, struct source);
	const struct text copy = arena_text(arena, bytes), name_copy = arena_text(arena, name);
	if (!campaign || !source || !copy.at || !name_copy.at)
		return guichet_fail_null(error, GUICHET_BROKEN, "Mémoire insuffisante pour lire la campagne.");
	*source = (struct source){ name_copy, copy };
	campaign->source = copy;
	/* The list may hold findings of other files. */
	const size_t before = findings->errors;
	struct campaign_reading reading = { .reader = { .arena = arena, .findings = findings }, .procedure = procedure,
		.campaign = campaign };
	findings->errors = 0;
	reading.reader.root = yaml_read(arena, source, findings);
	if (reading.reader.root)
		read_top(&reading);
	const bool good = findings->errors == 0 && !findings->broken;
	findings->errors += before;
	findings_sort(findings);
	if (good)
		return campaign;
	(void)!findings_fail(findings, error);
	return NULL;
}

/* ---- for expressions ---- */

static struct text
contacts_text(struct arena *arena, const struct campaign *campaign)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(BUFFER_LIMIT_MAIL);
	for (size_t i = 0; i < campaign->contact_count; i++) {
		const struct campaign_contact *contact = &campaign->contacts[i];
		const struct text details[] = { contact->address, contact->phone, contact->mail };
		buffer_add(&out, i ? TEXT("\n") : TEXT(""));
		buffer_add(&out, contact->label);
		bool first = true;
		for (size_t k = 0; k < 3; k++) {
			if (!details[k].length)
				continue;
			buffer_add(&out, first ? TEXT(" : ") : TEXT(", "));
			buffer_add(&out, details[k]);
			first = false;
		}
		if (contact->hours.length)
			buffer_format(&out, " (%.*s)", TEXT_ARGS(contact->hours));
	}
	return out.failed ? (struct text){ 0 } : arena_text(arena, buffer_text(&out));
}

struct feel_value
campaign_feel(struct arena *arena, const struct procedure *procedure, const struct campaign *campaign)
{
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, campaign->data_count + 3);
	const struct text contacts = contacts_text(arena, campaign);
	if (!entries || !contacts.at)
		return feel_null(TEXT("mémoire insuffisante"));
	entries[0] = (struct feel_entry){ TEXT("nom"), feel_string(campaign->name) };
	entries[1] = (struct feel_entry){ TEXT("titre"), feel_string(campaign->title) };
	entries[2] = (struct feel_entry){ TEXT("contacts"), feel_string(contacts) };
	for (size_t i = 0; i < campaign->data_count; i++)
		entries[3 + i] = (struct feel_entry){ procedure->campaign_data[i].name, campaign->data[i] };
	return feel_context(entries, campaign->data_count + 3);
}

struct feel_value
campaign_windows_feel(struct arena *arena, const struct procedure *procedure, const struct campaign_window *windows)
{
	const size_t count = procedure->window_count;
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, count);
	struct feel_entry *inside = arena_array_of(arena, struct feel_entry, 4 * count);
	if (!entries || !inside)
		return feel_null(TEXT("mémoire insuffisante"));
	for (size_t i = 0; i < count; i++) {
		struct feel_entry *one = &inside[4 * i];
		one[0] = (struct feel_entry){ TEXT("ouverture"), feel_instant(windows[i].opens) };
		const bool ends = windows[i].closes != INSTANT_NEVER;
		one[1] = (struct feel_entry){ TEXT("fermeture"), ends ? feel_instant(windows[i].closes)
			: feel_null(TEXT("cette fenêtre reste ouverte")) };
		one[2] = (struct feel_entry){ TEXT("premier_jour"), feel_date(windows[i].first_day) };
		one[3] = (struct feel_entry){ TEXT("dernier_jour"), ends ? feel_date(windows[i].last_day)
			: feel_null(TEXT("cette fenêtre reste ouverte")) };
		entries[i] = (struct feel_entry){ procedure->windows[i].name, feel_context(one, 4) };
	}
	return feel_context(entries, count);
}
