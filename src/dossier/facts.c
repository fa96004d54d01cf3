/* See facts.h. */
#include "dossier/facts.h"

#include "base/buffer.h"
#include "dossier/clocks.h"
#include "dossier/judged.h"
#include "dossier/named.h"
#include "dossier/outside.h"
#include "dossier/registers.h"

#include "base/banned.h"

/* ---- windows ---- */

static struct campaign_window
window_of(const struct dossier_facts *facts, int window)
{
	struct campaign_window found = facts->campaign->windows[window];
	instant closes = found.closes;
	for (size_t i = 0; facts->dossier && i < facts->dossier->opening_count; i++) {
		if (facts->dossier->openings[i].window == window && facts->dossier->openings[i].until > closes)
			closes = facts->dossier->openings[i].until;
	}
	for (size_t i = 0; i < facts->exception_count; i++) {
		if (facts->exceptions[i].window == window && facts->exceptions[i].until > closes)
			closes = facts->exceptions[i].until;
	}
	if (closes > found.closes && closes != INSTANT_NEVER) {
		found.closes = closes;
		found.last_day = date_of_instant(closes - 1, NULL);
	}
	return found;
}

void
dossier_window(const struct dossier_facts *facts, int window, instant *ret_opening, instant *ret_closing)
{
	const struct campaign_window found = window_of(facts, window);
	*ret_opening = found.opens;
	*ret_closing = found.closes;
}

/* ---- who ---- */

const struct procedure_nature *
facts_nature(const struct dossier_facts *facts)
{
	const struct text name = facts->dossier ? facts->dossier->nature : facts->nature;
	const int nature = name.length > 0 ? procedure_nature_find(facts->procedure, name) : PROCEDURE_NONE;
	return nature >= 0 ? &facts->procedure->natures[nature] : NULL;
}

int
facts_step(const struct dossier_facts *facts)
{
	const struct procedure_nature *nature = facts->dossier ? NULL : facts_nature(facts);
	return facts->dossier ? facts->dossier->step : nature ? nature->start : 0;
}

struct feel_value
facts_agent(const struct dossier_facts *facts)
{
	return facts->dossier ? facts->dossier->agent : facts->agent;
}

struct dossier_person
facts_subject(const struct dossier_facts *facts)
{
	/* The mail is today's when it is known: a letter must reach them. */
	const struct feel_value agent = facts_agent(facts);
	const struct text mail = feel_entry_text(facts->agent, TEXT("mail"));
	return (struct dossier_person){
		.id = facts->dossier ? facts->dossier->subject : facts->subject,
		.civility = feel_entry_text(agent, TEXT("civilité")),
		.first_name = feel_entry_text(agent, TEXT("prénom")),
		.last_name = feel_entry_text(agent, TEXT("nom")),
		.mail = mail.length > 0 ? mail : feel_entry_text(agent, TEXT("mail")),
		.quality = TEXT(""),
		.structure = feel_entry_text(feel_entry_of(agent, TEXT("structure")), TEXT("nom")),
	};
}

dossier_roles
facts_roles(const struct dossier_facts *facts, struct text person, dossier_roles held)
{
	const struct text subject = facts->dossier ? facts->dossier->subject : facts->subject;
	bool is_subject = person.length > 0 && text_equal(person, subject);
	dossier_roles roles = 0;
	/* A structure's is held like any other role, in turn by those whom the directory knows. */
	for (size_t i = 0; facts->procedure->of_structures && i < facts->procedure->role_count; i++)
		if (facts->procedure->roles[i].reach == PROCEDURE_APPLICANT)
			is_subject = held & DOSSIER_ROLE(i);
	for (size_t i = 0; i < facts->procedure->role_count; i++) {
		const bool applicant = facts->procedure->roles[i].reach == PROCEDURE_APPLICANT;
		/* Nobody judges their own request. */
		if (applicant ? is_subject : !is_subject && (held & DOSSIER_ROLE(i)))
			roles |= DOSSIER_ROLE(i);
	}
	return roles;
}

bool
facts_has_role(struct procedure_list who, dossier_roles roles)
{
	for (size_t i = 0; i < who.count; i++) {
		if (roles & DOSSIER_ROLE(who.at[i]))
			return true;
	}
	return false;
}

/* ---- inputs ---- */

struct feel_run
inputs_run(const struct inputs *inputs)
{
	return (struct feel_run){ .arena = inputs->arena, .inputs = inputs->values, .now = inputs->facts->at,
		.calendar = inputs->calendar };
}

enum guichet_status
inputs_evaluate(const struct inputs *inputs, const struct feel *feel, struct feel_value *ret_value,
	struct guichet_error *error)
{
	const enum guichet_status status = inputs_ready(inputs, feel, error);
	if (status != GUICHET_OK)
		return status;
	struct feel_run run = inputs_run(inputs);
	struct dossier_explanation *explanation = inputs->facts->explanation;
	struct procedure_place place;
	if (explanation)
		run.trace = judged_begin(explanation, feel, &place);
	const struct feel_value value = feel_evaluate(feel, &run);
	if (run.trace)
		judged_end(explanation, &place, feel, run.trace, value);
	if (run.stop != FEEL_COMPLETE)
		return guichet_fail(error, GUICHET_BROKEN, "L’expression « %.*s » n’a pas pu être évaluée jusqu’au bout.",
			TEXT_ARGS(text_part(feel_source_of(feel), 0, 200)));
	*ret_value = value;
	return GUICHET_OK;
}

enum guichet_status
inputs_condition(const struct inputs *inputs, const struct feel *feel, bool *ret_true, struct guichet_error *error)
{
	struct feel_value value = feel_boolean(true);
	const enum guichet_status status = feel ? inputs_evaluate(inputs, feel, &value, error) : GUICHET_OK;
	*ret_true = feel_is_true(value);
	return status;
}

enum guichet_status
inputs_instant(const struct inputs *inputs, const struct feel *feel, bool whole_day, instant *ret_at,
	struct guichet_error *error)
{
	struct feel_value value;
	const enum guichet_status status = inputs_evaluate(inputs, feel, &value, error);
	if (status != GUICHET_OK)
		return status;
	instant at = INSTANT_NEVER;
	if (value.kind == FEEL_DATE)
		at = instant_of_day(whole_day ? date_add_days(value.date, 1) : value.date);
	else if (value.kind != FEEL_NULL && !feel_to_instant(value, &at))
		return guichet_fail(error, GUICHET_BROKEN, "L’expression « %.*s » ne donne pas une date.",
			TEXT_ARGS(text_part(feel_source_of(feel), 0, 200)));
	*ret_at = at;
	return GUICHET_OK;
}

enum guichet_status
inputs_set_context(struct inputs *inputs, int slot, const struct feel_entry *entries, size_t count,
	struct guichet_error *error)
{
	const struct feel_value given = feel_context(entries, count);
	if (!value_shape(inputs->arena, inputs->facts->procedure->slots[slot].type, given, &inputs->values[slot]))
		return OUT_OF_MEMORY(error);
	/* An open or unknown type keeps the entries: they must outlive the caller. */
	if (inputs->values[slot].context.at == entries
	    && !feel_value_copy(inputs->arena, given, &inputs->values[slot]))
		return OUT_OF_MEMORY(error);
	return GUICHET_OK;
}

enum guichet_status
inputs_compute(struct inputs *inputs, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	for (size_t i = 0; i < procedure->computed_count; i++) {
		const enum guichet_status status = inputs_evaluate(inputs, procedure->computed[i].feel,
			&inputs->values[procedure->computed[i].slot], error);
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}

/* "- Nombre de jours : 2 → 1", one line per change of the last event that changed something. */
static struct text
changes_text(const struct inputs *inputs)
{
	const struct dossier *dossier = inputs->facts->dossier;
	const struct procedure *procedure = inputs->facts->procedure;
	if (!dossier || dossier->change_count == 0)
		return TEXT("Aucune réponse n’a changé.");
	const struct dossier_change *last = &dossier->changes[dossier->change_count - 1];
	CLEANUP(buffer_release) struct buffer out = buffer_new(64 << 10);
	for (size_t i = 0; i < dossier->change_count; i++) {
		const struct dossier_change *change = &dossier->changes[i];
		const int index = procedure_field_find(procedure, change->field);
		if (change->version != last->version || index < 0)
			continue;
		const struct procedure_field *field = &procedure->fields[index];
		if (field->readers.count > 0) { /* mails and letters are read by others */
			buffer_format(&out, "- %.*s : modifié\n", TEXT_ARGS(field->label));
			continue;
		}
		const struct text before = procedure_field_text(inputs->arena, field, change->before),
			after = procedure_field_text(inputs->arena, field, change->after);
		if (!before.at || !after.at)
			return (struct text){ NULL, 0 };
		buffer_format(&out, "- %.*s : %.*s → %.*s\n", TEXT_ARGS(field->label), TEXT_ARGS(before),
			TEXT_ARGS(after));
	}
	if (last->reason.length > 0)
		buffer_format(&out, "Motif : %.*s\n", TEXT_ARGS(last->reason));
	return out.failed ? (struct text){ NULL, 0 } : arena_text(inputs->arena, text_trim(buffer_text(&out)));
}

/* Does that move stand among the first `count` of what was done? */
static bool
was_done(const struct dossier *dossier, size_t count, int move)
{
	for (size_t i = 0; i < count; i++)
		if (dossier->done[i].move == move)
			return true;
	return false;
}

bool
inputs_feel_of_done(struct arena *arena, const struct procedure *procedure, const struct dossier *dossier,
	struct feel_value *ret_value)
{
	enum { ENTRIES = 5 };
	struct feel_entry *moves = arena_array_of(arena, struct feel_entry, procedure->move_count + 1);
	struct feel_entry *all = arena_array_of(arena, struct feel_entry, ENTRIES * procedure->move_count + 1);
	if (!moves || !all)
		return false;
	for (size_t i = 0; i < procedure->move_count; i++) {
		const struct dossier_done done = dossier ? dossier_done_of(dossier, (int)i) : (struct dossier_done){ 0 };
		struct feel_entry *entries = all + ENTRIES * i;
		const bool ever = done.count > 0;
		const struct feel_value never = feel_null(TEXT(""));
		entries[0] = (struct feel_entry){ TEXT("le"), ever ? feel_date(date_of_instant(done.last_at, NULL)) : never };
		entries[1] = (struct feel_entry){ TEXT("à"), ever ? feel_instant(done.last_at) : never };
		entries[2] = (struct feel_entry){ TEXT("premier_le"),
			ever ? feel_date(date_of_instant(done.first_at, NULL)) : never };
		entries[3] = (struct feel_entry){ TEXT("fois"), feel_integer(done.count) };
		entries[4] = (struct feel_entry){ TEXT("par"), ever && done.by.length > 0 ? feel_string(done.by) : never };
		moves[i] = (struct feel_entry){ procedure->moves[i].name, feel_context(entries, ENTRIES) };
	}
	*ret_value = feel_context(moves, procedure->move_count);
	return true;
}

enum guichet_status
inputs_ready(const struct inputs *inputs, const struct feel *feel, struct guichet_error *error)
{
	const int slot = inputs->facts->procedure->done_slot;
	size_t count = 0;
	const struct feel_use *uses = feel ? feel_reads(feel, &count) : NULL;
	bool wanted = !feel;
	for (size_t i = 0; i < count; i++)
		wanted |= (int)uses[i].slot == slot;
	if (slot < 0 || !wanted || inputs->values[slot].kind == FEEL_CONTEXT)
		return GUICHET_OK;
	return inputs_feel_of_done(inputs->arena, inputs->facts->procedure, inputs->facts->dossier, &inputs->values[slot])
		? GUICHET_OK : OUT_OF_MEMORY(error);
}

static enum guichet_status
set_dossier(struct inputs *inputs, struct guichet_error *error)
{
	const struct dossier *dossier = inputs->facts->dossier;
	const struct procedure *procedure = inputs->facts->procedure;
	const struct procedure_step *step = &procedure->steps[facts_step(inputs->facts)];
	const struct procedure_nature *nature = facts_nature(inputs->facts);
	struct feel_entry entries[] = {
		{ TEXT("état"), feel_string(step->name) },
		{ TEXT("état_libellé"), feel_string(step->label) },
		{ TEXT("actions"), feel_list(NULL, 0) },
		{ TEXT("numéro"), feel_null(TEXT("")) },
		{ TEXT("déposé_le"), feel_null(TEXT("")) },
		{ TEXT("déposé_à"), feel_null(TEXT("")) },
		{ TEXT("dernière_action"), feel_null(TEXT("")) },
		{ TEXT("changements"), feel_null(TEXT("")) },
		{ TEXT("nature"), feel_string(nature ? nature->name : TEXT("demande")) },
	};
	const size_t count = sizeof entries / sizeof *entries;
	if (!dossier)
		return inputs_set_context(inputs, procedure->dossier_slot, entries, count, error);
	struct feel_value *moves = arena_array_of(inputs->arena, struct feel_value, dossier->done_count + 1);
	const struct text changes = changes_text(inputs);
	size_t move_count = 0;
	if (!moves || !changes.at)
		return OUT_OF_MEMORY(error);
	for (size_t i = 0; i < dossier->done_count; i++)
		if (!was_done(dossier, i, dossier->done[i].move))
			moves[move_count++] = feel_string(procedure->moves[dossier->done[i].move].name);
	entries[2].value = feel_list(moves, move_count);
	entries[3].value = feel_string(dossier->number);
	entries[4].value = feel_date(date_of_instant(dossier->filed_at, NULL));
	entries[5].value = feel_instant(dossier->filed_at);
	const struct dossier_done *last = dossier_last(dossier);
	if (last)
		entries[6].value = feel_string(procedure->moves[last->move].done);
	if (changes.length > 0)
		entries[7].value = feel_string(changes);
	return inputs_set_context(inputs, procedure->dossier_slot, entries, count, error);
}

static enum guichet_status
set_tracks(struct inputs *inputs, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	if (procedure->tracks_slot < 0)
		return GUICHET_OK;
	struct feel_entry *entries = arena_array_of(inputs->arena, struct feel_entry, procedure->track_count);
	for (size_t track = 1; entries && track < procedure->track_count; track++) {
		const struct dossier_stand stand = dossier_stand_in(procedure, inputs->facts->dossier, (int)track);
		struct feel_entry *stands = arena_array_of(inputs->arena, struct feel_entry, 2);
		entries[track - 1] = (struct feel_entry){ procedure->tracks[track].name, feel_null(TEXT("")) };
		if (!stands)
			return OUT_OF_MEMORY(error);
		if (stand.step < 0)
			continue;
		stands[0] = (struct feel_entry){ TEXT("étape"), feel_string(procedure->steps[stand.step].name) };
		stands[1] = (struct feel_entry){ TEXT("depuis"), feel_date(date_of_instant(stand.entered_at, NULL)) };
		entries[track - 1].value = feel_context(stands, 2);
	}
	return entries ? inputs_set_context(inputs, procedure->tracks_slot, entries, procedure->track_count - 1, error)
		: OUT_OF_MEMORY(error);
}

/* What expressions read of a piece; one filed before its day was kept came with the dossier. */
static bool
feel_of_piece(struct arena *arena, const struct dossier_piece *piece, instant filed_at, struct feel_value *ret_value)
{
	const struct feel_entry entries[] = {
		{ TEXT("fichier"), feel_string(piece->file) },
		{ TEXT("état"), feel_string(procedure_piece_states[piece->state]) },
		{ TEXT("le"), feel_date(date_of_instant(piece->at ? piece->at : filed_at, NULL)) },
		{ TEXT("motif"), piece->ground.length > 0 ? feel_string(piece->ground) : feel_null(TEXT("")) },
		{ TEXT("valable_jusquau"), piece->valid_until.year ? feel_date(piece->valid_until) : feel_null(TEXT("")) },
	};
	return feel_value_copy(arena, feel_context(entries, sizeof entries / sizeof *entries), ret_value);
}

enum guichet_status
inputs_set_pieces(struct inputs *inputs, const struct dossier_piece *pieces, size_t count, instant filed_at,
	struct guichet_error *error)
{
	struct feel_entry entries[DOSSIER_PIECES_LIMIT];
	for (size_t i = 0; i < count && i < DOSSIER_PIECES_LIMIT; i++) {
		entries[i].name = pieces[i].name;
		if (!feel_of_piece(inputs->arena, &pieces[i], filed_at, &entries[i].value))
			return OUT_OF_MEMORY(error);
	}
	return inputs_set_context(inputs, inputs->facts->procedure->pieces_slot, entries,
		count < DOSSIER_PIECES_LIMIT ? count : DOSSIER_PIECES_LIMIT, error);
}

static enum guichet_status
set_windows(struct inputs *inputs, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	struct campaign_window *windows = arena_array_of(inputs->arena, struct campaign_window,
		procedure->window_count + 1);
	if (!windows)
		return OUT_OF_MEMORY(error);
	for (size_t i = 0; i < procedure->window_count; i++)
		windows[i] = window_of(inputs->facts, (int)i);
	inputs->values[procedure->windows_slot] = campaign_windows_feel(inputs->arena, procedure, windows);
	return inputs->values[procedure->windows_slot].kind == FEEL_NULL ? OUT_OF_MEMORY(error) : GUICHET_OK;
}

enum guichet_status
inputs_new(struct arena *arena, const struct dossier_facts *facts, struct inputs *ret_inputs,
	struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	const struct dossier *dossier = facts->dossier;
	struct inputs inputs = {
		.facts = facts,
		.arena = arena,
		.values = arena_array_of(arena, struct feel_value, procedure->slot_count + 1),
		.count = procedure->slot_count,
	};
	if (!inputs.values)
		return OUT_OF_MEMORY(error);
	if (!outside_calendar(arena, facts, &inputs.calendar))
		return OUT_OF_MEMORY(error);
	const struct date today = date_of_instant(facts->at, NULL),
		filed = dossier ? date_of_instant(dossier->filed_at, NULL) : today;
	for (size_t i = 0; i < procedure->slot_count; i++) {
		const struct procedure_slot *slot = &procedure->slots[i];
		struct feel_value *value = &inputs.values[i];
		switch (slot->kind) {
		case PROCEDURE_SLOT_PARAMETER:
			*value = procedure_parameter_at(procedure, (size_t)slot->index, filed);
			break;
		case PROCEDURE_SLOT_AGENT:
			if (!value_shape(arena, slot->type, facts_agent(facts), value))
				return OUT_OF_MEMORY(error);
			break;
		case PROCEDURE_SLOT_POSTING:
			if (!value_shape(arena, slot->type, facts->posting, value))
				return OUT_OF_MEMORY(error);
			break;
		case PROCEDURE_SLOT_LOCALS:
			if (!value_shape(arena, slot->type, facts->locals, value))
				return OUT_OF_MEMORY(error);
			break;
		case PROCEDURE_SLOT_COUNTERS:
			if (!outside_counters(arena, facts, value))
				return OUT_OF_MEMORY(error);
			break;
		case PROCEDURE_SLOT_CAMPAIGN:
			*value = campaign_feel(arena, procedure, facts->campaign);
			if (value->kind == FEEL_NULL)
				return OUT_OF_MEMORY(error);
			break;
		case PROCEDURE_SLOT_TODAY:
			*value = feel_date(today);
			break;
		case PROCEDURE_SLOT_FIELD:
		case PROCEDURE_SLOT_POSED:
			/* A child begins with what its parent answered. */
			if (dossier)
				*value = dossier_value_of(dossier, slot->name);
			else if (facts->parent && slot->kind == PROCEDURE_SLOT_FIELD
				&& slot->index < (int)procedure->form_field_count)
				*value = dossier_value_of(facts->parent, slot->name);
			break;
		default:
			break; /* filled below, or null */
		}
	}
	enum guichet_status status = set_windows(&inputs, error);
	if (status == GUICHET_OK)
		status = inputs_set_pieces(&inputs, dossier ? dossier->pieces : NULL, dossier ? dossier->piece_count : 0,
			dossier ? dossier->filed_at : facts->at, error);
	if (status == GUICHET_OK)
		status = set_dossier(&inputs, error);
	if (status == GUICHET_OK)
		status = set_tracks(&inputs, error);
	if (status == GUICHET_OK)
		status = clocks_set(&inputs, error);
	if (status == GUICHET_OK)
		status = inputs_set_kin(&inputs, error);
	if (status == GUICHET_OK)
		status = registers_set(&inputs, error);
	if (status == GUICHET_OK)
		status = inputs_compute(&inputs, error);
	if (status == GUICHET_OK)
		*ret_inputs = inputs;
	return status;
}

static struct feel_value
string_or_null(struct text text)
{
	return text.length > 0 ? feel_string(text) : feel_null(TEXT(""));
}

static enum guichet_status
set_person(struct inputs *inputs, int slot, const struct dossier_person *person, struct guichet_error *error)
{
	const struct feel_entry entries[] = {
		{ TEXT("civilité"), string_or_null(person->civility) },
		{ TEXT("prénom"), string_or_null(person->first_name) },
		{ TEXT("nom"), string_or_null(person->last_name) },
		{ TEXT("fonction"), string_or_null(person->quality) },
		{ TEXT("mail"), string_or_null(person->mail) },
	};
	return inputs_set_context(inputs, slot, entries, sizeof entries / sizeof *entries, error);
}

enum guichet_status
inputs_persons(struct inputs *inputs, struct guichet_error *error)
{
	const struct dossier_facts *facts = inputs->facts;
	enum guichet_status status = GUICHET_OK;
	for (size_t role = 0; role < facts->procedure->role_count && status == GUICHET_OK; role++) {
		const int slot = facts->procedure->person_slots[role];
		if (slot < 0 || slot == facts->procedure->agent_slot)
			continue;
		if (facts->procedure->roles[role].reach == PROCEDURE_APPLICANT) {
			const struct dossier_person subject = facts_subject(facts);
			status = set_person(inputs, slot, &subject, error);
			continue;
		}
		for (size_t i = 0; i < facts->holder_count; i++) {
			if (facts->holders[i].role == (int)role) {
				status = set_person(inputs, slot, &facts->holders[i].person, error);
				break;
			}
		}
	}
	return status;
}

enum guichet_status
inputs_recipient(struct inputs *inputs, int role, const struct dossier_person *to, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	struct feel_value channel = feel_string(TEXT("application"));
	enum guichet_status status = GUICHET_OK;
	if (procedure->roles[role].channel)
		status = inputs_evaluate(inputs, procedure->roles[role].channel, &channel, error);
	const struct feel_entry entries[] = {
		{ TEXT("nom"), feel_string(procedure->roles[role].name) },
		{ TEXT("canal"), channel },
	};
	if (status == GUICHET_OK)
		status = inputs_set_context(inputs, procedure->role_slot, entries, 2, error);
	if (status == GUICHET_OK)
		status = set_person(inputs, procedure->recipient_slot, to, error);
	return status;
}

enum guichet_status
dossier_evaluate(const struct dossier_facts *facts, const struct feel *expression, struct arena *arena,
	struct feel_value *ret_value, struct guichet_error *error)
{
	struct inputs inputs;
	const enum guichet_status status = inputs_new(arena, facts, &inputs, error);
	return status != GUICHET_OK ? status : inputs_evaluate(&inputs, expression, ret_value, error);
}

enum guichet_status
dossier_column(const struct dossier_facts *facts, const struct procedure_column *column, struct arena *arena,
	struct text *ret_text, struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	struct feel_value value;
	enum guichet_status status = GUICHET_OK;
	if (column->field >= 0 && facts->dossier) /* needs none of the other inputs */
		value = dossier_value_of(facts->dossier, procedure->fields[column->field].name);
	else
		status = dossier_evaluate(facts, column->value, arena, &value, error);
	if (status == GUICHET_OK)
		*ret_text = procedure_column_text(arena, procedure, column, value);
	return status;
}

/* ---- facts as events store them ---- */

/* Events of before these were kept have neither: what is not there is not written again. */
static bool
put_campaign_words(json_t *object, const struct campaign *campaign)
{
	bool well = campaign->title.length == 0 || json_put(object, "title", json_of_text(campaign->title));
	json_t *contacts = well && campaign->contact_count > 0 ? json_put_array(object, "contacts") : NULL;
	well = well && (contacts || campaign->contact_count == 0);
	for (size_t i = 0; well && i < campaign->contact_count; i++) {
		const struct campaign_contact *contact = &campaign->contacts[i];
		json_t *item = json_object();
		well = json_push(contacts, item) && json_put(item, "label", json_of_text(contact->label))
			&& json_put(item, "address", json_of_text(contact->address))
			&& json_put(item, "phone", json_of_text(contact->phone))
			&& json_put(item, "mail", json_of_text(contact->mail))
			&& json_put(item, "hours", json_of_text(contact->hours));
	}
	return well;
}

static const struct campaign_contact *
json_contacts(struct json_reader *reader, const json_t *array, size_t *ret_count)
{
	struct campaign_contact *contacts = json_items(reader, array, sizeof *contacts, PROCEDURE_MOST_ITEMS, ret_count);
	for (size_t i = 0; i < *ret_count; i++) {
		const json_t *item = json_array_get(array, i);
		contacts[i] = (struct campaign_contact){
			.label = json_text_at(reader, item, "label"),
			.address = json_text_at(reader, item, "address"),
			.phone = json_text_at(reader, item, "phone"),
			.mail = json_text_at(reader, item, "mail"),
			.hours = json_text_at(reader, item, "hours"),
		};
	}
	return contacts;
}

static json_t *
json_of_campaign(const struct dossier_facts *facts)
{
	const struct procedure *procedure = facts->procedure;
	const struct campaign *campaign = facts->campaign;
	json_t *object = json_object(), *windows = json_put_object(object, "windows"),
		*data = json_put_object(object, "data");
	bool well = windows && data && json_put(object, "name", json_of_text(campaign->name))
		&& put_campaign_words(object, campaign);
	for (size_t i = 0; well && i < campaign->window_count; i++) {
		json_t *pair = json_array();
		well = json_put_named(windows, procedure->windows[i].name, pair)
			&& json_push(pair, json_integer(campaign->windows[i].opens))
			&& json_push(pair, campaign->windows[i].closes == INSTANT_NEVER ? json_null()
				: json_integer(campaign->windows[i].closes));
	}
	for (size_t i = 0; well && i < campaign->data_count; i++)
		well = json_put_named(data, procedure->campaign_data[i].name, feel_value_to_json(campaign->data[i]));
	if (well)
		return object;
	json_decref(object);
	return NULL;
}

static const struct campaign *
json_campaign(struct json_reader *reader, const json_t *json)
{
	const struct procedure *procedure = reader->procedure;
	struct campaign *campaign = arena_new_of(reader->arena, struct campaign);
	struct campaign_window *windows = arena_array_of(reader->arena, struct campaign_window,
		procedure->window_count + 1);
	struct feel_value *data = arena_array_of(reader->arena, struct feel_value,
		procedure->campaign_data_count + 1);
	if (!campaign || !windows || !data) {
		reader->failed = reader->full = true;
		return NULL;
	}
	for (size_t i = 0; i < procedure->window_count; i++) {
		const struct text name = procedure->windows[i].name;
		const json_t *pair = json_object_getn(json_object_get(json, "windows"), name.at, name.length);
		windows[i].opens = json_instant(reader, json_array_get(pair, 0));
		const json_t *closes = json_array_get(pair, 1);
		windows[i].closes = json_is_null(closes) ? INSTANT_NEVER : json_instant(reader, closes);
		windows[i].first_day = date_of_instant(windows[i].opens, NULL);
		if (windows[i].closes != INSTANT_NEVER)
			windows[i].last_day = date_of_instant(windows[i].closes - 1, NULL);
	}
	for (size_t i = 0; i < procedure->campaign_data_count; i++) {
		const struct procedure_field *field = &procedure->campaign_data[i];
		data[i] = json_value(reader, field->feel_type,
			json_object_getn(json_object_get(json, "data"), field->name.at, field->name.length));
	}
	*campaign = (struct campaign){
		.name = json_text_at(reader, json, "name"),
		.title = json_text_at(reader, json, "title"),
		.procedure = procedure->name,
		.windows = windows,
		.window_count = procedure->window_count,
		.data = data,
		.data_count = procedure->campaign_data_count,
	};
	campaign->contacts = json_contacts(reader, json_object_get(json, "contacts"), &campaign->contact_count);
	return campaign;
}

static bool
put_holders(json_t *object, const struct dossier_facts *facts)
{
	json_t *holders = json_put_array(object, "holders"), *exceptions = json_put_array(object, "exceptions");
	bool well = holders && exceptions;
	for (size_t i = 0; well && i < facts->holder_count; i++) {
		json_t *item = json_object();
		const struct dossier_holder *holder = &facts->holders[i];
		well = json_push(holders, item)
			&& json_put(item, "role", json_of_text(facts->procedure->roles[holder->role].name))
			&& json_put(item, "person", json_of_person(&holder->person));
	}
	for (size_t i = 0; well && i < facts->exception_count; i++) {
		json_t *item = json_object();
		const struct dossier_exception *exception = &facts->exceptions[i];
		well = json_push(exceptions, item)
			&& json_put(item, "window", json_of_text(facts->procedure->windows[exception->window].name))
			&& json_put(item, "until", json_integer(exception->until))
			&& json_put(item, "by", json_of_text(exception->by))
			&& json_put(item, "reason", json_of_text(exception->reason))
			&& json_put(item, "at", json_integer(exception->at));
	}
	return well;
}

/* The values of the parameters that day: the procedure's hash says them too, but people read events. */
static bool
put_parameters(json_t *object, const struct dossier_facts *facts)
{
	json_t *parameters = json_put_object(object, "parameters");
	const instant at = facts->dossier ? facts->dossier->filed_at : facts->at;
	bool well = parameters != NULL;
	for (size_t i = 0; well && i < facts->procedure->parameter_count; i++)
		well = json_put_named(parameters, facts->procedure->parameters[i].name,
			feel_value_to_json(procedure_parameter_at(facts->procedure, i, date_of_instant(at, NULL))));
	return well;
}

json_t *
json_of_facts(struct arena *arena, const struct dossier_facts *facts)
{
	json_t *object = json_object();
	struct feel_value agent;
	if (value_shape(arena, facts->procedure->slots[facts->procedure->agent_slot].type, facts->agent, &agent)
	    && object && json_put(object, "procedure", json_of_digest(&facts->procedure->hash))
	    && json_put(object, "campaign", json_of_campaign(facts))
	    && json_put(object, "agent", json_of_agent(agent))
	    && json_put(object, "subject", json_of_text(facts->subject))
	    && json_put(object, "other", json_of_text(facts->other))
	    && put_holders(object, facts) && put_parameters(object, facts) && outside_put(arena, object, facts)
	    && json_put_kin(arena, object, facts) && named_put(arena, object, facts))
		return object;
	json_decref(object);
	return NULL;
}

struct dossier_facts
json_facts(struct json_reader *reader, const json_t *json)
{
	const struct procedure *procedure = reader->procedure;
	struct dossier_facts facts = {
		.procedure = procedure,
		.campaign = json_campaign(reader, json_object_get(json, "campaign")),
		.agent = json_value(reader, procedure->slots[procedure->agent_slot].type,
			json_object_get(json, "agent")),
		.subject = json_text_at(reader, json, "subject"),
		.other = json_text_at(reader, json, "other"),
	};
	const json_t *array = json_object_get(json, "holders");
	struct dossier_holder *holders = json_items(reader, array, sizeof *holders, PROCEDURE_MOST_ITEMS,
		&facts.holder_count);
	for (size_t i = 0; i < facts.holder_count; i++) {
		const json_t *item = json_array_get(array, i);
		holders[i].role = procedure_role_find(procedure, json_text_at(reader, item, "role"));
		holders[i].person = json_person(reader, json_object_get(item, "person"));
		reader->failed |= holders[i].role < 0;
	}
	facts.holders = holders;

	array = json_object_get(json, "exceptions");
	struct dossier_exception *exceptions = json_items(reader, array, sizeof *exceptions,
		PROCEDURE_MOST_ITEMS, &facts.exception_count);
	for (size_t i = 0; i < facts.exception_count; i++) {
		const json_t *item = json_array_get(array, i);
		exceptions[i] = (struct dossier_exception){
			.window = procedure_window_find(procedure, json_text_at(reader, item, "window")),
			.until = json_instant(reader, json_object_get(item, "until")),
			.by = json_text_at(reader, item, "by"),
			.reason = json_text_at(reader, item, "reason"),
			.at = json_instant(reader, json_object_get(item, "at")),
		};
		reader->failed |= exceptions[i].window < 0;
	}
	facts.exceptions = exceptions;
	outside_read(reader, json, &facts);
	json_kin(reader, json, &facts);
	named_read(reader, json, &facts);
	return facts;
}
