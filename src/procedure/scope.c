/* Third stroke, first half: the names that expressions see, each with its type and slot. The
 * scopes follow one another (opening, case, letter, mail), so that one array of inputs serves
 * them all. Computed and posed values are typed by their own expressions, in dependency order. */
#include "procedure/table.h"

#include "base/banned.h"

/* A text that the directory may not have. */
static const struct feel_type unsure = { .kind = FEEL_STRING, .optional = true };
/* agent, campagne, dossier…: more than there are. */
enum { MOST_USUAL_NAMES = 30 };

static const struct feel_type unsure_number = { .kind = FEEL_NUMBER, .optional = true };
static const struct feel_type unsure_moment = { .kind = FEEL_DATE_TIME, .optional = true };
static const struct feel_type unsure_date = { .kind = FEEL_DATE, .optional = true };
static const struct text channels[] = { { "lien", 4 }, { "application", 11 } };

static void *
memory(struct reader *reader, const void *thing)
{
	if (!thing)
		reader->findings->broken = true;
	return (void *)thing;
}

/* A context whose entries are all texts, but those given with a type. */
struct entry {
	const char *name;
	const struct feel_type *type; /* NULL: text */
};

static const struct feel_type *
context(struct reader *reader, const struct entry *entries, size_t count)
{
	struct feel_field *fields = READER_ARRAY(reader, struct feel_field, count);
	for (size_t i = 0; fields && i < count; i++)
		fields[i] = (struct feel_field){ text_of_string(entries[i].name),
			entries[i].type ? entries[i].type : &feel_type_string };
	return fields ? memory(reader, feel_type_context_of(reader->arena, fields, count)) : &feel_type_context;
}
#define CONTEXT(reader, ...)                                                        \
	context((reader), (const struct entry[]){ __VA_ARGS__ },                    \
		sizeof((const struct entry[]){ __VA_ARGS__ }) / sizeof(struct entry))

/* Strings among the names of a kind, from `first`. */
static const struct feel_type *
words_from(struct reader *reader, enum name_kind kind, size_t first, size_t count)
{
	struct text *at = READER_ARRAY(reader, struct text, count);
	if (!at || count == 0)
		return &feel_type_string;
	for (size_t i = 0; i < count; i++)
		at[i] = reader->names[kind].at[first + i].name;
	return memory(reader, feel_type_words_of(reader->arena, at, count));
}

static const struct feel_type *
words(struct reader *reader, enum name_kind kind)
{
	return words_from(reader, kind, 0, reader->names[kind].count);
}

/* "demande", or the name of a nature. */
static const struct feel_type *
nature_words(struct reader *reader)
{
	const struct names *names = &reader->names[NAME_NATURE];
	struct text *at = READER_ARRAY(reader, struct text, names->count + 1);
	if (!at)
		return &feel_type_string;
	at[0] = TEXT("demande");
	for (size_t i = 0; i < names->count; i++)
		at[i + 1] = names->at[i].name;
	return memory(reader, feel_type_words_of(reader->arena, at, names->count + 1));
}

static struct procedure_slot *
slots_of(struct reader *reader)
{
	return (struct procedure_slot *)reader->procedure->slots;
}

/* Declares a name; its slot. A clash is told at `key`, when it is the procedure's: with a name of `scope` itself, or of
 * those that it sees unless it hides them. */
static int
declare_in(struct reader *reader, struct feel_scope *scope, bool hides, struct text name, const struct feel_type *type,
	enum procedure_slot_kind kind, int index, const struct yaml_node *key)
{
	static const char *const reserved[] = { "si", "sinon", "fin" };
	struct procedure *procedure = reader->procedure;
	struct guichet_error error = { 0 };
	unsigned slot = 0;
	const struct feel_type *known;
	if (!type || !scope)
		return PROCEDURE_NONE;
	for (size_t i = 0; key && !hides && i < sizeof reserved / sizeof *reserved; i++)
		if (text_equal(name, text_of_string(reserved[i]))) {
			finding_add(reader->findings, 112, key->at, TEXT("choisissez un autre nom"),
				"« %.*s » est un mot de la langue des modèles", TEXT_ARGS(name));
			return PROCEDURE_NONE;
		}
	const bool taken = !hides && feel_scope_find(scope, name, &slot, &known);
	const enum guichet_status status = taken ? GUICHET_REFUSED : feel_scope_add(scope, name, type, &slot, &error);
	if (status == GUICHET_BROKEN) {
		reader->findings->broken = true;
		return PROCEDURE_NONE;
	}
	if (status != GUICHET_OK) {
		if (key)
			finding_add(reader->findings, taken ? 202 : 112, key->at, TEXT("choisissez un autre nom"),
				taken ? "« %.*s » est déjà le nom d’autre chose" : "« %.*s » ne peut pas être un nom dans les expressions",
				TEXT_ARGS(name));
		return PROCEDURE_NONE;
	}
	slots_of(reader)[slot] = (struct procedure_slot){ kind, index, name, type };
	procedure->slot_count = slot + 1;
	return (int)slot;
}

static int
declare(struct reader *reader, enum scope_kind scope, struct text name, const struct feel_type *type,
	enum procedure_slot_kind kind, int index, const struct yaml_node *key)
{
	return declare_in(reader, reader->scopes[scope], false, name, type, kind, index, key);
}

const struct feel_scope *
scope_of(const struct reader *reader, enum scope_kind kind)
{
	if (kind < SCOPE_COUNT)
		return reader->scopes[kind];
	const struct row_scope *row = reader->row_scopes;
	while (row && row->kind != kind)
		row = row->next;
	return row ? row->scope : NULL;
}

/* The same for a context of the language, whose entries are those of the procedure. */
static int
declare_context(struct reader *reader, enum scope_kind scope, struct text name, const struct feel_field *entries,
	size_t count, enum procedure_slot_kind kind)
{
	return declare(reader, scope, name, memory(reader, feel_type_context_of(reader->arena, entries, count)), kind,
		PROCEDURE_NONE, NULL);
}

static void
open_scope(struct reader *reader, enum scope_kind scope, const struct feel_scope *parent)
{
	reader->scopes[scope] = memory(reader, feel_scope_new(reader->arena, parent));
	if (reader->scopes[scope])
		feel_scope_set_calendar(reader->scopes[scope], reader->procedure->calendar);
}

/* Whether the procedure itself gives this name to a value. */
static bool
is_own_name(const struct reader *reader, struct text name)
{
	bool own = name_find(reader, NAME_FIELD, name) != PROCEDURE_NONE;
	for (size_t i = 0; i < reader->derived_count; i++)
		own |= text_equal(reader->derived[i].name, name);
	for (size_t i = 0; i < reader->procedure->parameter_count; i++)
		own |= text_equal(reader->procedure->parameters[i].name, name);
	return own;
}

/* `réglage` and `compteur`, for the procedures that declare some. */
static void
declare_outside(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	struct feel_field *locals = READER_ARRAY(reader, struct feel_field, procedure->local_count + 1);
	struct feel_field *counters = READER_ARRAY(reader, struct feel_field, procedure->counter_count + 1);
	procedure->locals_slot = procedure->counters_slot = PROCEDURE_NONE;
	if (!locals || !counters)
		return;
	for (size_t i = 0; i < procedure->local_count; i++)
		locals[i] = (struct feel_field){ procedure->locals[i].field.name,
			memory(reader, feel_type_optional_of(reader->arena, procedure->locals[i].field.feel_type, true)) };
	for (size_t i = 0; i < procedure->counter_count; i++) {
		const struct text unit = procedure->counters[i].unit;
		const struct feel_type *quantity = unit.length
			? memory(reader, feel_type_number_of(reader->arena, unit, false, NULL)) : &feel_type_number;
		counters[i] = (struct feel_field){ procedure->counters[i].name,
			memory(reader, feel_type_list_of(reader->arena, CONTEXT(reader, { "quantité", quantity },
				{ "du", &feel_type_date }, { "au", &feel_type_date }, { "dossier", &unsure }, { "origine", 0 }))) };
	}
	if (reader->findings->broken)
		return;
	if (procedure->local_count)
		procedure->locals_slot = declare_context(reader, SCOPE_OPENING, TEXT("réglage"), locals, procedure->local_count,
			PROCEDURE_SLOT_LOCALS);
	if (procedure->counter_count)
		procedure->counters_slot = declare_context(reader, SCOPE_OPENING, TEXT("compteur"), counters, procedure->counter_count,
			PROCEDURE_SLOT_COUNTERS);
}

static void
declare_opening(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	open_scope(reader, SCOPE_OPENING, NULL);
	const struct feel_type *structure = CONTEXT(reader, { "code", &unsure }, { "nom", &unsure }, { "type", &unsure },
		{ "département", &unsure }, { "adresse", &unsure }, { "régime", &unsure }, { "employeur", &unsure });
#define AGENT_ENTRIES { "matricule", 0 }, { "civilité", &unsure }, { "nom", 0 }, { "prénom", 0 }, { "mail", &unsure }, \
	{ "corps", &unsure }, { "grade", &unsure }, { "catégorie", &unsure }, { "filière", &unsure }, { "statut", &unsure }, \
	{ "structure", structure }
	procedure->agent_slot = declare(reader, SCOPE_OPENING, TEXT("agent"), CONTEXT(reader, AGENT_ENTRIES),
		PROCEDURE_SLOT_AGENT, PROCEDURE_NONE, NULL);
	/* A procedure of before it was known may have given the name to something of its own. */
	procedure->posting_slot = is_own_name(reader, TEXT("affectation")) || procedure->of_structures
		? PROCEDURE_NONE
		: declare(reader, SCOPE_OPENING, TEXT("affectation"), CONTEXT(reader, AGENT_ENTRIES,
			{ "depuis", &feel_type_date }, { "actif", &feel_type_boolean }), PROCEDURE_SLOT_POSTING, PROCEDURE_NONE, NULL);
#undef AGENT_ENTRIES
	declare_outside(reader);

	struct feel_field *campaign = READER_ARRAY(reader, struct feel_field, procedure->campaign_data_count + 3);
	if (!campaign)
		return;
	static const char *const usual[] = { "nom", "titre", "contacts" };
	for (size_t i = 0; i < 3; i++)
		campaign[i] = (struct feel_field){ text_of_string(usual[i]), &feel_type_string };
	for (size_t i = 0; i < procedure->campaign_data_count; i++)
		campaign[3 + i] = (struct feel_field){ procedure->campaign_data[i].name, procedure->campaign_data[i].feel_type };
	procedure->campaign_slot = declare_context(reader, SCOPE_OPENING, TEXT("campagne"), campaign, procedure->campaign_data_count + 3,
		PROCEDURE_SLOT_CAMPAIGN);

	const struct feel_type *window = CONTEXT(reader, { "ouverture", &feel_type_date_time },
		{ "fermeture", &feel_type_date_time }, { "premier_jour", &feel_type_date }, { "dernier_jour", &feel_type_date });
	const struct feel_type *endless = CONTEXT(reader, { "ouverture", &feel_type_date_time },
		{ "fermeture", &unsure_moment }, { "premier_jour", &feel_type_date }, { "dernier_jour", &unsure_date });
	struct feel_field *windows = READER_ARRAY(reader, struct feel_field, procedure->window_count);
	if (!windows)
		return;
	for (size_t i = 0; i < procedure->window_count; i++)
		windows[i] = (struct feel_field){ procedure->windows[i].name,
			procedure->windows[i].endless ? endless : window };
	procedure->windows_slot = declare_context(reader, SCOPE_OPENING, TEXT("fenêtre"), windows, procedure->window_count,
		PROCEDURE_SLOT_WINDOWS);
	procedure->today_slot = declare(reader, SCOPE_OPENING, TEXT("aujourdhui"), &feel_type_date, PROCEDURE_SLOT_TODAY,
		PROCEDURE_NONE, NULL);
	/* Their keys, for a clash, stand in the order of the model but for refused names: found again by name. */
	for (size_t i = 0; i < procedure->parameter_count; i++) {
		const struct procedure_parameter *parameter = &procedure->parameters[i];
		const struct yaml_node *key = NULL;
		for (size_t k = 0; k < reader->root->count; k++) {
			const struct yaml_item *section = &reader->root->items[k];
			for (size_t m = 0; text_equal(section->key->scalar, TEXT("paramètres")) && m < section->value->count; m++)
				if (text_equal(section->value->items[m].key->scalar, parameter->name))
					key = section->value->items[m].key;
		}
		(void)declare(reader, SCOPE_OPENING, parameter->name, parameter->type, PROCEDURE_SLOT_PARAMETER, (int)i, key);
	}
	procedure->opening_slots = procedure->slot_count;
}

/* ---- computed and posed values ---- */

static bool
is_word_byte(char c)
{
	return (unsigned char)c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether an expression seems to read a name: as a whole word, out of strings, not after a point. */
static bool
mentions(struct text source, struct text name)
{
	bool quoted = false;
	for (size_t i = 0; i < source.length; i++) {
		if (source.at[i] == '"' && !(quoted && i > 0 && source.at[i - 1] == '\\'))
			quoted = !quoted;
		if (quoted || source.length - i < name.length || memcmp(source.at + i, name.at, name.length) != 0)
			continue;
		const bool begins = i == 0 || (!is_word_byte(source.at[i - 1]) && source.at[i - 1] != '.');
		const bool ends = i + name.length == source.length || !is_word_byte(source.at[i + name.length]);
		if (begins && ends)
			return true;
	}
	return false;
}

/* Posed and computed values are readable from a child (`parent`) and from a parent (`enfant`), whose own may be set from
 * them. So: first what reads neither, which `parent` then has; then what reads `parent`, which `enfant` has as well;
 * then what reads `enfant`. A value posed in several places takes its type from those of its first stage; last comes
 * what reads the very value that it poses again (a term one year later), as it was before. */
enum stage { STAGE_ALONE, STAGE_PARENT, STAGE_CHILD, STAGE_ITSELF };

/* Does it read the value that it poses, which is posed elsewhere first? */
static bool
reads_itself(const struct derived *derived, size_t value)
{
	bool first = false;
	if (derived->computed != PROCEDURE_NONE || !mentions(derived->values[value]->scalar, derived->name))
		return false;
	for (size_t i = 0; i < derived->count; i++)
		first |= !mentions(derived->values[i]->scalar, derived->name);
	return first;
}

static enum stage
stage_of(const struct reader *reader, const struct derived *derived, size_t value)
{
	if (reads_itself(derived, value))
		return STAGE_ITSELF;
	const struct text source = derived->values[value]->scalar;
	enum stage stage = mentions(source, TEXT("enfant")) ? STAGE_CHILD : mentions(source, TEXT("parent")) ? STAGE_PARENT
		: STAGE_ALONE;
	for (size_t i = 0; i < reader->derived_count; i++) {
		const struct derived *other = &reader->derived[i];
		if (other != derived && other->stage > (int)stage && mentions(source, other->name))
			stage = (enum stage)other->stage;
	}
	return stage;
}

static void
find_stages(struct reader *reader)
{
	for (bool changed = reader->procedure->nature_count > 0; changed;) {
		changed = false;
		for (size_t i = 0; i < reader->derived_count; i++) {
			struct derived *derived = &reader->derived[i];
			enum stage least = derived->table ? STAGE_ALONE : STAGE_ITSELF;
			for (size_t k = 0; !derived->table && k < derived->count; k++) {
				const enum stage stage = stage_of(reader, derived, k);
				least = stage < least ? stage : least;
			}
			changed |= (int)least > derived->stage;
			derived->stage = (int)least > derived->stage ? (int)least : derived->stage;
		}
	}
}

static void settle(struct reader *reader, struct derived *derived);

static void
settle_others(struct reader *reader, struct derived *derived, struct text source)
{
	for (size_t i = 0; i < reader->derived_count; i++) {
		struct derived *other = &reader->derived[i];
		if (!mentions(source, other->name) || other->stage > derived->stage)
			continue;
		if (other->state == 1)
			finding_add(reader->findings, 204, derived->key->at,
				TEXT("coupez la boucle : un calcul ne lit que ce qui est connu avant lui"),
				"« %.*s » dépend de lui-même, en passant par « %.*s »", TEXT_ARGS(other->name), TEXT_ARGS(derived->name));
		else
			settle(reader, other);
	}
}

/* The same for a decision table: its inputs give the types by which its cells are read. */
static void
settle_table(struct reader *reader, struct derived *derived)
{
	const struct cell *cell;
	for (size_t i = 0; (cell = table_source(derived->table, 0, i)); i++)
		settle_others(reader, derived, cell->feel);
	type_table(reader, derived->table);
	for (size_t i = 0; (cell = table_source(derived->table, 1, i)); i++)
		settle_others(reader, derived, cell->feel);
	const struct feel *feel = make_table(reader, derived->table);
	*derived->ret_feels[0] = feel ? feel : read_nothing(reader);
	if (feel)
		note_outside(reader, feel);
	derived->type = feel ? feel_type_of(feel) : &feel_type_any;
}

/* The unit that a computed value declares: of a number, and not another than the one its expression gives. */
static bool
declare_unit(struct reader *reader, struct derived *derived)
{
	const struct feel_type *found = derived->type ? derived->type : &feel_type_any,
		*wanted = memory(reader, feel_type_number_of(reader->arena, derived->unit, found->whole, NULL));
	if (!wanted)
		return false;
	if (found->kind == FEEL_ANY)
		return true; /* its mistake is already told, or nothing is known of it */
	if (found->kind != FEEL_NUMBER) {
		finding_add(reader->findings, 208, derived->unit_at, TEXT("ôtez-la"), "seul un nombre a une unité");
		return true;
	}
	const struct feel_type *joined = memory(reader, feel_type_join(reader->arena, found, wanted));
	if (!joined)
		return false;
	if (found->unit.length && joined->unit.length == 0)
		finding_add(reader->findings, 208, derived->unit_at, arena_format(reader->arena, "écrivez « unité: %.*s », ou changez "
			"la valeur", TEXT_ARGS(found->unit)), "ce calcul donne une valeur dont l’unité est « %.*s »", TEXT_ARGS(found->unit));
	else
		derived->type = wanted;
	return true;
}

/* Reads the expressions of a name, after those of the names they read, and declares it. */
static void
settle(struct reader *reader, struct derived *derived)
{
	if (derived->state != 0)
		return;
	derived->state = 1;
	for (size_t i = 0; !derived->table && i < derived->count; i++)
		if ((int)stage_of(reader, derived, i) <= derived->stage)
			settle_others(reader, derived, derived->values[i]->scalar);
	derived->type = NULL;
	if (derived->table)
		settle_table(reader, derived);
	for (size_t i = 0; !derived->table && i < derived->count; i++) {
		if ((int)stage_of(reader, derived, i) > derived->stage)
			continue; /* settle_rest() */
		const struct feel *feel = read_feel(reader, derived->values[i], SCOPE_CASE, WANT_ANY, NULL);
		*derived->ret_feels[i] = feel;
		const struct feel_type *type = feel ? feel_type_of(feel) : &feel_type_any;
		derived->type = !derived->type ? type : memory(reader, feel_type_join(reader->arena, derived->type, type));
		if (!derived->type)
			return;
	}
	if (reader->findings->broken)
		return;
	if (derived->unit.length && !declare_unit(reader, derived))
		return;
	struct procedure *procedure = reader->procedure;
	const bool computed = derived->computed != PROCEDURE_NONE;
	/* What is posed is missing until it is; what is computed, when its expression says so. */
	bool unsure_value = true;
	if (computed && *derived->ret_feels[0] && !feel_may_be_null(*derived->ret_feels[0], NULL, &unsure_value))
		reader->findings->broken = true;
	derived->type = memory(reader, feel_type_optional_of(reader->arena, derived->type ? derived->type : &feel_type_any,
		unsure_value));
	if (!derived->type)
		return;
	/* The index is a rank of declaration: the model is put in this order below. */
	const int rank = (int)(computed ? procedure->computed_count : procedure->posed_count);
	const int slot = declare(reader, SCOPE_CASE, derived->name, derived->type,
		computed ? PROCEDURE_SLOT_COMPUTED : PROCEDURE_SLOT_POSED, rank, derived->key);
	derived->state = 2;
	derived->slot = slot == PROCEDURE_NONE ? 0 : (unsigned)slot;
	if (computed)
		derived->computed = rank, procedure->computed_count++;
	else
		derived->posed = rank, procedure->posed_count++;
}

/* Those of a later stage than the value they give, which has its type by now. */
static void
settle_rest(struct reader *reader)
{
	for (size_t i = 0; i < reader->derived_count; i++) {
		struct derived *derived = &reader->derived[i];
		for (size_t k = 0; !derived->table && k < derived->count; k++)
			if ((int)stage_of(reader, derived, k) > derived->stage)
				*derived->ret_feels[k] = read_feel(reader, derived->values[k], SCOPE_CASE, WANT_ANY, derived->type);
	}
}

/* What one reads of the dossier around: numéro, état, nature, fait, the fields of the form, the posed values known by now. */
static int
declare_relative(struct reader *reader, struct text name, enum procedure_slot_kind kind)
{
	const struct procedure *procedure = reader->procedure;
	struct feel_field *fields = READER_ARRAY(reader, struct feel_field, procedure->form_field_count
		+ reader->derived_count + 4);
	if (!fields)
		return PROCEDURE_NONE;
	size_t count = 0;
	fields[count++] = (struct feel_field){ TEXT("numéro"), &feel_type_string };
	fields[count++] = (struct feel_field){ TEXT("état"), words(reader, NAME_STEP) };
	fields[count++] = (struct feel_field){ TEXT("nature"), nature_words(reader) };
	if (procedure->done_slot != PROCEDURE_NONE)
		fields[count++] = (struct feel_field){ TEXT("fait"), procedure->slots[procedure->done_slot].type };
	for (size_t i = 0; i < procedure->form_field_count; i++)
		fields[count++] = (struct feel_field){ procedure->fields[i].name, procedure->fields[i].feel_type };
	for (size_t i = 0; i < reader->derived_count; i++) {
		const struct derived *derived = &reader->derived[i];
		if (derived->state == 2 && derived->computed == PROCEDURE_NONE)
			fields[count++] = (struct feel_field){ derived->name, derived->type };
	}
	const struct feel_type *type = memory(reader, feel_type_context_of(reader->arena, fields, count));
	type = type ? memory(reader, feel_type_optional_of(reader->arena, type, true)) : NULL;
	return declare(reader, SCOPE_CASE, name, type, kind, PROCEDURE_NONE, reader->names[NAME_NATURE].at[0].key);
}

static void
settle_stage(struct reader *reader, enum stage stage)
{
	for (size_t i = 0; i < reader->derived_count; i++)
		if (reader->derived[i].stage == (int)stage)
			settle(reader, &reader->derived[i]);
}

static void
settle_all(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	find_stages(reader);
	settle_stage(reader, STAGE_ALONE);
	if (procedure->nature_count == 0) {
		settle_rest(reader);
		return;
	}
	procedure->parent_slot = declare_relative(reader, TEXT("parent"), PROCEDURE_SLOT_PARENT);
	settle_stage(reader, STAGE_PARENT);
	procedure->child_slot = declare_relative(reader, TEXT("enfant"), PROCEDURE_SLOT_CHILD);
	settle_stage(reader, STAGE_CHILD);
	settle_rest(reader);
}

static void
declare_derived(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	struct procedure_computed *written = (struct procedure_computed *)procedure->computed;
	const size_t written_count = procedure->computed_count;
	int *order = READER_ARRAY(reader, int, written_count);
	if (!order)
		return;
	for (size_t i = 0; i < reader->derived_count; i++)
		if (reader->derived[i].computed != PROCEDURE_NONE)
			order[reader->derived[i].computed] = (int)i;
	procedure->computed_count = 0;
	settle_all(reader);

	struct procedure_computed *sorted = READER_ARRAY(reader, struct procedure_computed, written_count);
	struct procedure_posed *posed = READER_ARRAY(reader, struct procedure_posed, procedure->posed_count);
	if (!sorted || !posed || reader->findings->broken)
		return;
	for (size_t i = 0; i < written_count; i++) {
		const struct derived *derived = &reader->derived[order[i]];
		struct procedure_computed *one = &sorted[derived->computed];
		*one = written[i];
		one->type = derived->type;
		one->slot = derived->slot;
	}
	for (size_t i = 0; i < reader->derived_count; i++) {
		const struct derived *derived = &reader->derived[i];
		if (derived->posed == PROCEDURE_NONE)
			continue;
		struct procedure_posed *one = &posed[derived->posed];
		*one = (struct procedure_posed){ .name = derived->name, .type = derived->type, .slot = derived->slot };
		one->origin.file = derived->key->at.source->name;
		source_locate(derived->key->at.source, derived->key->at.start, &one->origin.line, &one->origin.column);
	}
	procedure->computed = sorted;
	procedure->posed = posed;
	/* Settings named their place among the derived names until now. */
	for (size_t i = 0; i < procedure->action_count; i++)
		for (size_t k = 0; k < procedure->actions[i].setting_count; k++) {
			struct procedure_setting *setting = (struct procedure_setting *)&procedure->actions[i].settings[k];
			setting->posed = reader->derived[setting->posed].posed;
		}
	for (size_t i = 0; i < procedure->deadline_count; i++)
		for (size_t k = 0; k < procedure->deadlines[i].setting_count; k++) {
			struct procedure_setting *setting = (struct procedure_setting *)&procedure->deadlines[i].settings[k];
			setting->posed = reader->derived[setting->posed].posed;
		}
}

/* What has happened, by the names of actions and of due effects. This name was free before: a field or a value of the
 * procedure may bear it, and is then what it says. */
static void
declare_done(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	procedure->done_slot = PROCEDURE_NONE;
	for (size_t i = 0; i < reader->derived_count; i++)
		if (text_equal(reader->derived[i].name, TEXT("fait")))
			return;
	static const struct feel_type count = { .kind = FEEL_NUMBER, .whole = true };
	const struct feel_type *once = CONTEXT(reader, { "le", &feel_type_date }, { "à", &feel_type_date_time },
		{ "premier_le", &feel_type_date }, { "fois", &count }, { "par", 0 });
	struct feel_field *moves = READER_ARRAY(reader, struct feel_field, procedure->move_count);
	if (!moves)
		return;
	for (size_t i = 0; i < procedure->move_count; i++)
		moves[i] = (struct feel_field){ procedure->moves[i].name, once };
	procedure->done_slot = declare_context(reader, SCOPE_CASE, TEXT("fait"), moves, procedure->move_count,
		PROCEDURE_SLOT_DONE);
}

static void
declare_pieces(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	struct feel_field *pieces = READER_ARRAY(reader, struct feel_field, procedure->piece_count);
	const struct feel_type *states = memory(reader, feel_type_words_of(reader->arena, procedure_piece_states,
		PROCEDURE_PIECE_STATE_COUNT));
	const struct feel_type *handed_in = CONTEXT(reader, { "fichier", 0 }, { "état", states }, { "le", &feel_type_date },
		{ "motif", &unsure }, { "valable_jusquau", &unsure_date });
	if (!pieces || reader->findings->broken)
		return;
	for (size_t i = 0; i < procedure->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[i];
		pieces[i] = (struct feel_field){ piece->name, memory(reader, feel_type_optional_of(reader->arena, handed_in,
			piece->later || !piece->compulsory || piece->conditional)) };
		if (!pieces[i].type)
			return;
	}
	procedure->pieces_slot = declare_context(reader, SCOPE_CASE, TEXT("pièces"), pieces, procedure->piece_count,
		PROCEDURE_SLOT_PIECES);
}

/* `suivi`, which procedures without one do not see: it may be the name of a field of theirs. */
static void
declare_tracks(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	procedure->tracks_slot = PROCEDURE_NONE;
	if (procedure->track_count < 2)
		return;
	struct feel_field *tracks = READER_ARRAY(reader, struct feel_field, procedure->track_count - 1);
	for (size_t i = 1; tracks && i < procedure->track_count; i++) {
		const struct procedure_list steps = procedure->tracks[i].steps;
		const struct feel_type *names = steps.count == 0 ? &feel_type_string
			: words_from(reader, NAME_STEP, (size_t)steps.at[0], steps.count);
		tracks[i - 1] = (struct feel_field){ procedure->tracks[i].name,
			CONTEXT(reader, { "étape", names }, { "depuis", &feel_type_date }) };
	}
	if (tracks)
		procedure->tracks_slot = declare_context(reader, SCOPE_CASE, TEXT("suivi"), tracks, procedure->track_count - 1,
			PROCEDURE_SLOT_TRACKS);
}

static void
declare_clocks(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	struct feel_field *clocks = READER_ARRAY(reader, struct feel_field, procedure->clock_count);
	const struct feel_type *clock = CONTEXT(reader, { "depuis", &unsure_date }, { "échéance", &unsure_date },
		{ "fin", &unsure_moment }, { "suspendu", &feel_type_boolean }, { "jours_suspendus", &feel_type_number },
		{ "restant", &unsure_number });
	procedure->clocks_slot = PROCEDURE_NONE;
	if (!clocks || procedure->clock_count == 0)
		return;
	for (size_t i = 0; i < procedure->clock_count; i++)
		clocks[i] = (struct feel_field){ procedure->clocks[i].name, clock };
	procedure->clocks_slot = declare_context(reader, SCOPE_CASE, TEXT("délai"), clocks, procedure->clock_count,
		PROCEDURE_SLOT_CLOCKS);
}

static void
declare_registers(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	struct feel_field *registers = READER_ARRAY(reader, struct feel_field, procedure->register_count);
	procedure->registers_slot = PROCEDURE_NONE;
	for (size_t i = 0; registers && i < procedure->register_count; i++) {
		const struct procedure_register *one = &procedure->registers[i];
		struct feel_field *fields = READER_ARRAY(reader, struct feel_field, one->column_count + 2);
		if (!fields)
			return;
		fields[0] = (struct feel_field){ TEXT("le"), &feel_type_date };
		fields[1] = (struct feel_field){ TEXT("par"), &unsure };
		for (size_t k = 0; k < one->column_count; k++) {
			const struct procedure_field *column = &one->columns[k];
			fields[k + 2] = (struct feel_field){ column->name,
				memory(reader, feel_type_optional_of(reader->arena, column->feel_type, !column->compulsory)) };
			if (!fields[k + 2].type)
				return;
		}
		const struct feel_type *row = memory(reader, feel_type_context_of(reader->arena, fields, one->column_count + 2));
		registers[i] = (struct feel_field){ one->name, row ? memory(reader, feel_type_list_of(reader->arena, row)) : NULL };
		if (!registers[i].type)
			return;
	}
	if (registers && procedure->register_count > 0)
		procedure->registers_slot = declare_context(reader, SCOPE_CASE, TEXT("registre"), registers, procedure->register_count,
			PROCEDURE_SLOT_REGISTERS);
}

static void
declare_case(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	open_scope(reader, SCOPE_CASE, reader->scopes[SCOPE_OPENING]);
	for (size_t i = 0; i < procedure->field_count; i++) {
		struct procedure_field *field = (struct procedure_field *)&procedure->fields[i];
		field->feel_type = memory(reader, feel_type_optional_of(reader->arena, field->feel_type,
			i >= procedure->form_field_count || !field->compulsory || field->conditional || field->later));
		if (!field->feel_type)
			return;
		const int slot = declare(reader, SCOPE_CASE, field->name, field->feel_type, PROCEDURE_SLOT_FIELD, (int)i,
			reader->names[NAME_FIELD].at[i].key);
		field->slot = slot == PROCEDURE_NONE ? 0 : (unsigned)slot;
	}
	declare_pieces(reader);
	declare_clocks(reader);
	declare_registers(reader);
	procedure->dossier_slot = declare(reader, SCOPE_CASE, TEXT("dossier"), CONTEXT(reader, { "numéro", 0 },
		{ "état", words_from(reader, NAME_STEP, 0, reader->main_steps) }, { "état_libellé", 0 }, { "déposé_le", &feel_type_date },
		{ "déposé_à", &feel_type_date_time }, { "dernière_action", 0 }, { "changements", 0 },
		{ "actions", memory(reader, feel_type_list_of(reader->arena, words(reader, NAME_MOVE))) },
		{ "nature", nature_words(reader) }),
		PROCEDURE_SLOT_DOSSIER, PROCEDURE_NONE, NULL);
	declare_done(reader);
	declare_tracks(reader);
	declare_derived(reader);
	procedure->case_slots = procedure->slot_count;
}

static void
declare_persons(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	const struct feel_type *person = CONTEXT(reader, { "civilité", &unsure }, { "prénom", 0 }, { "nom", 0 }, { "fonction", 0 },
		{ "mail", &unsure });
	int *slots = READER_ARRAY(reader, int, procedure->role_count);
	open_scope(reader, SCOPE_LETTER, reader->scopes[SCOPE_CASE]);
	for (size_t i = 0; slots && i < procedure->role_count; i++) {
		const struct procedure_role *role = &procedure->roles[i];
		slots[i] = role->reach == PROCEDURE_APPLICANT && text_equal(role->name, TEXT("agent")) ? procedure->agent_slot
			: declare(reader, SCOPE_LETTER, role->name, person, PROCEDURE_SLOT_PERSON, (int)i,
				reader->names[NAME_ROLE].at[i].key);
	}
	procedure->person_slots = slots;
	procedure->letter_slots = procedure->slot_count;
}

static void
declare_mail(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	open_scope(reader, SCOPE_MAIL, reader->scopes[SCOPE_LETTER]);
	const struct feel_type *channel = memory(reader, feel_type_words_of(reader->arena, channels, 2));
	procedure->role_slot = declare(reader, SCOPE_MAIL, TEXT("rôle"),
		CONTEXT(reader, { "nom", words(reader, NAME_ROLE) }, { "canal", channel }), PROCEDURE_SLOT_ROLE, PROCEDURE_NONE, NULL);
	procedure->recipient_slot = declare(reader, SCOPE_MAIL, TEXT("destinataire"),
		CONTEXT(reader, { "civilité", &unsure }, { "prénom", 0 }, { "nom", 0 }), PROCEDURE_SLOT_RECIPIENT, PROCEDURE_NONE, NULL);
	procedure->group_slot = declare(reader, SCOPE_MAIL, TEXT("groupe"),
		CONTEXT(reader, { "nombre", &feel_type_number }, { "liste", 0 }), PROCEDURE_SLOT_GROUP, PROCEDURE_NONE, NULL);
	procedure->link_slot = declare(reader, SCOPE_MAIL, TEXT("lien"),
		CONTEXT(reader, { "dossier", 0 }, { "accueil", 0 }, { "réponse", 0 }), PROCEDURE_SLOT_LINK, PROCEDURE_NONE, NULL);
}

/* Reports read no person: `période` takes the slot after those of a case, in inputs of their own. */
static void
declare_report(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	struct guichet_error error = { 0 };
	unsigned taken;
	const struct feel_type *known;
	const struct feel_type *days = memory(reader, feel_type_range_of(reader->arena, &feel_type_date));
	open_scope(reader, SCOPE_REPORT, reader->scopes[SCOPE_CASE]);
	if (!days || !reader->scopes[SCOPE_REPORT])
		return;
	for (size_t i = 0; i < reader->root->count; i++)
		if (text_equal(reader->root->items[i].key->scalar, TEXT("rapports"))
		    && feel_scope_find(reader->scopes[SCOPE_CASE], TEXT("période"), &taken, &known)) {
			finding_add(reader->findings, 202, reader->root->items[i].key->at, TEXT("choisissez un autre nom pour ce champ ou ce calcul"),
				"« période » est le nom des jours d’un rapport, et il est déjà pris");
			return;
		}
	if (feel_scope_add(reader->scopes[SCOPE_REPORT], TEXT("période"), days, &procedure->period_slot, &error) != GUICHET_OK)
		reader->findings->broken = true;
}

/* The cells of a row by their bare names, which hide those of the case: after all else, for one array of inputs. */
static void
declare_row(struct reader *reader, struct row_scope *row)
{
	const struct procedure *procedure = reader->procedure;
	int field = PROCEDURE_NONE;
	for (size_t i = 0; i < procedure->field_count; i++)
		if (procedure->fields[i].parts == row->cells)
			field = (int)i;
	row->scope = memory(reader, feel_scope_new_at(reader->arena, reader->scopes[SCOPE_CASE], (unsigned)procedure->slot_count));
	if (!row->scope)
		return;
	feel_scope_set_calendar(row->scope, procedure->calendar);
	for (size_t i = 0; i < row->count; i++) {
		struct procedure_field *cell = &row->cells[i];
		const struct feel_type *type = memory(reader, feel_type_optional_of(reader->arena, cell->feel_type,
			!cell->compulsory || cell->conditional));
		const int slot = declare_in(reader, row->scope, true, cell->name, type, PROCEDURE_SLOT_CELL, field, row->keys[i]);
		cell->slot = slot == PROCEDURE_NONE ? 0 : (unsigned)slot;
	}
}

/* The data of a campaign by their bare names, for their own checks. */
static void
declare_data(struct reader *reader)
{
	const struct procedure *procedure = reader->procedure;
	open_scope(reader, SCOPE_DATA, NULL);
	for (size_t i = 0; reader->scopes[SCOPE_DATA] && i < procedure->campaign_data_count; i++) {
		struct guichet_error error = { 0 };
		unsigned slot;
		const struct procedure_field *data = &procedure->campaign_data[i];
		if (feel_scope_add(reader->scopes[SCOPE_DATA], data->name, data->feel_type, &slot, &error) == GUICHET_BROKEN)
			reader->findings->broken = true;
	}
}

void
read_scopes(struct reader *reader)
{
	struct procedure *procedure = reader->procedure;
	procedure->slots = READER_ARRAY(reader, struct procedure_slot, procedure->parameter_count + procedure->field_count
		+ reader->derived_count + procedure->role_count + reader->row_cell_count + MOST_USUAL_NAMES);
	if (!procedure->slots)
		return;
	procedure->parent_slot = procedure->child_slot = PROCEDURE_NONE;
	declare_data(reader);
	declare_opening(reader);
	if (!reader->findings->broken)
		declare_case(reader);
	if (!reader->findings->broken)
		declare_persons(reader);
	if (!reader->findings->broken)
		declare_mail(reader);
	if (!reader->findings->broken)
		declare_report(reader);
	for (struct row_scope *row = reader->row_scopes; row && !reader->findings->broken; row = row->next)
		declare_row(reader, row);
	procedure->opening_scope = reader->scopes[SCOPE_OPENING];
	procedure->case_scope = reader->scopes[SCOPE_CASE];
	procedure->letter_scope = reader->scopes[SCOPE_LETTER];
	procedure->mail_scope = reader->scopes[SCOPE_MAIL];
	procedure->report_scope = reader->scopes[SCOPE_REPORT];
}
