/* What rules read from outside a dossier: loaded with it, written when a dossier counts, when a structure sets
 * something, when a day is closed. */
#include "office/inside.h"

#include "base/calendar.h"

#include "base/banned.h"

bool
office_more(struct arena *arena, void **at, size_t size, size_t count, size_t *room)
{
	const size_t wanted = *room ? 2 * *room : 16;
	void *more = arena_alloc(arena, wanted * size);
	if (!more)
		return false;
	if (count)
		memcpy(more, *at, count * size);
	*at = more;
	*room = wanted;
	return true;
}

/* ---- the facts of a dossier ---- */

/* The context `affectation`: what the directory says of them that day; who left is not active. */
enum guichet_status
office_posting_of(struct arena *arena, const struct directory_facts *subject, const struct dossier_facts *facts,
	struct feel_value *ret_posting, struct guichet_error *error)
{
	const struct feel_value agent = subject ? office_agent_feel(arena, subject) : facts->agent;
	if (agent.kind != FEEL_CONTEXT)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, agent.context.count + 2);
	if (!entries)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const bool active = subject && subject->appointment.id.length > 0;
	size_t count = 0;
	for (; count < agent.context.count; count++) {
		entries[count] = agent.context.at[count];
		if (!active && text_equal(entries[count].name, TEXT("structure")))
			entries[count].value = feel_null(TEXT("l’annuaire n’en donne plus"));
	}
	entries[count++] = (struct feel_entry){ TEXT("depuis"), active ? feel_date(subject->appointment.from)
		: feel_null(TEXT("l’annuaire n’en donne plus")) };
	entries[count++] = (struct feel_entry){ TEXT("actif"), feel_boolean(active) };
	*ret_posting = feel_context(entries, count);
	return GUICHET_OK;
}

enum guichet_status
office_settings_at(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, struct text path,
	struct date day, struct feel_value *ret_values, struct guichet_error *error)
{
	return office_settings_if(tx, arena, procedure, path, day, NULL, ret_values, error);
}

enum guichet_status
office_settings_fold(struct arena *arena, const struct procedure *procedure, const struct office_said *said, size_t said_count,
	struct text path, const struct office_setting_try *try, struct feel_value *ret_values, struct guichet_error *error)
{
	const size_t count = procedure->local_count;
	struct feel_entry *entries = arena_array_of(arena, struct feel_entry, count + 1);
	/* What the structures above give, for when one takes its own word back. */
	struct feel_value *above = arena_array_of(arena, struct feel_value, count + 1);
	struct text *owner = arena_array_of(arena, struct text, count + 1);
	size_t *depth = arena_array_of(arena, size_t, count + 1); /* length of the path of who gives the value */
	if (!entries || !above || !owner || !depth)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < count; i++)
		entries[i].name = procedure->locals[i].field.name;
	for (size_t i = 0; i < said_count; i++) {
		const int local = procedure_local_find(procedure, said[i].name);
		struct guichet_error unread = { 0 };
		struct feel_value value;
		if (local < 0 || !text_starts(path, said[i].path))
			continue; /* of another version of the procedure; of a structure that is not above */
		if (!text_equal(owner[local], said[i].structure)) {
			above[local] = entries[local].value;
			owner[local] = said[i].structure;
		}
		const enum guichet_status status = dossier_setting_of_json(arena, procedure, local, said[i].value, &value, &unread);
		if (status == GUICHET_REFUSED) /* an option that this version has no more */
			value = feel_null(TEXT(""));
		else if (status != GUICHET_OK) {
			*error = unread;
			return status;
		}
		entries[local].value = value.kind == FEEL_NULL ? above[local] : value;
		depth[local] = value.kind == FEEL_NULL ? 0 : said[i].path.length;
	}
	/* Paths are of ASCII codes: characters are bytes. */
	if (try && text_starts(path, try->path) && depth[try->local] <= try->path.length) {
		if (try->value.kind != FEEL_NULL)
			entries[try->local].value = try->value;
		else if (depth[try->local] == try->path.length)
			entries[try->local].value = above[try->local];
	}
	*ret_values = feel_context(entries, count);
	return GUICHET_OK;
}

enum guichet_status
office_settings_if(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, struct text path,
	struct date day, const struct office_setting_try *try, struct feel_value *ret_values, struct guichet_error *error)
{
	struct office_said *said = NULL;
	size_t count = 0, room = 0;
	enum guichet_status status = GUICHET_OK;
	struct store_rows rows = store_query(tx, arena, STORE_SETTING_OF_PATH,
		STORE_VALUES(procedure->name, path, date_day_number(day)), error);
	while (status == GUICHET_OK && store_next(&rows)) {
		if (count == room && !office_more(arena, (void **)&said, sizeof *said, count, &room))
			status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		else
			said[count++] = (struct office_said){ store_text(&rows, 0), store_text(&rows, 1), store_text(&rows, 2),
				text_part(path, 0, (size_t)store_integer(&rows, 3)), TEXT("") };
	}
	const enum guichet_status ended = store_finish(&rows);
	if (status == GUICHET_OK)
		status = ended;
	return status != GUICHET_OK ? status
		: office_settings_fold(arena, procedure, said, count, path, try, ret_values, error);
}

enum guichet_status
office_counted_read(struct store_rows *rows, struct arena *arena, struct text whose, struct office_counted *ret_counted,
	struct guichet_error *error)
{
	struct dossier_entry entry = { .from = date_of_day_number(store_integer(rows, 2)),
		.to = date_of_day_number(store_integer(rows, 3)) };
	*ret_counted = (struct office_counted){ .whose = whose, .name = store_text(rows, 0) };
	return feel_number_read(store_text(rows, 1), &entry.quantity)
		&& dossier_entry_feel(arena, &entry, store_text(rows, 4), store_text(rows, 5), &ret_counted->entry) ? GUICHET_OK
		: guichet_fail(error, GUICHET_BROKEN, "Un compteur ne se lit pas.");
}

enum guichet_status
office_counters_fold(struct arena *arena, const struct procedure *procedure, const struct office_counted *counted,
	size_t counted_count, struct text whose, struct feel_value *ret_counters, struct guichet_error *error)
{
	const size_t count = procedure->counter_count;
	size_t theirs = 0, kept = 0;
	for (size_t i = 0; i < counted_count; i++)
		theirs += text_equal(counted[i].whose, whose);
	struct feel_entry *counters = arena_array_of(arena, struct feel_entry, count + 1);
	struct feel_value *values = arena_array_of(arena, struct feel_value, theirs + 1);
	if (!counters || !values)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < count; i++)
		counters[i] = (struct feel_entry){ procedure->counters[i].name, feel_list(NULL, 0) };
	/* By name, then by day: each counter's entries stand together. */
	for (size_t i = 0; i < counted_count && kept < OFFICE_MOST_ENTRIES; i++) {
		const int counter = text_equal(counted[i].whose, whose) ? procedure_counter_find(procedure, counted[i].name) : -1;
		if (counter < 0)
			continue;
		struct feel_value *list = &counters[counter].value;
		values[kept] = counted[i].entry;
		*list = feel_list(list->list.count ? list->list.at : &values[kept], list->list.count + 1);
		kept++;
	}
	*ret_counters = feel_context(counters, count);
	return GUICHET_OK;
}

enum guichet_status
office_counters_of(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, struct text whose,
	struct feel_value *ret_counters, struct guichet_error *error)
{
	struct office_counted *counted = NULL;
	size_t count = 0, room = 0;
	enum guichet_status status = GUICHET_OK;
	struct store_rows rows = store_query(tx, arena, procedure->of_structures ? STORE_COUNTER_ENTRIES_OF_STRUCTURE
		: STORE_COUNTER_ENTRIES, STORE_VALUES(whose, (int64_t)OFFICE_MOST_ENTRIES), error);
	while (status == GUICHET_OK && store_next(&rows)) {
		if (procedure_counter_find(procedure, store_text(&rows, 0)) < 0)
			continue;
		if (count == room && !office_more(arena, (void **)&counted, sizeof *counted, count, &room))
			status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		else
			status = office_counted_read(&rows, arena, whose, &counted[count++], error);
	}
	const enum guichet_status ended = store_finish(&rows);
	if (status == GUICHET_OK)
		status = ended;
	return status != GUICHET_OK ? status
		: office_counters_fold(arena, procedure, counted, count, whose, ret_counters, error);
}

enum guichet_status
office_closed_days(struct store_tx *tx, struct arena *arena, const struct office_closed_day **ret_days, size_t *ret_count,
	struct guichet_error *error)
{
	struct office_closed_day *days = arena_array_of(arena, struct office_closed_day, CALENDAR_MOST_PERIODS);
	size_t count = 0;
	if (!days)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(tx, arena, STORE_CLOSED_DAY_LIST, STORE_VALUES(), error);
	while (count < CALENDAR_MOST_PERIODS && store_next(&rows))
		days[count++] = (struct office_closed_day){ .id = store_text(&rows, 0),
			.first = date_of_day_number(store_integer(&rows, 1)), .last = date_of_day_number(store_integer(&rows, 2)),
			.holiday = store_integer(&rows, 3) != 0, .label = store_text(&rows, 4) };
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK) {
		*ret_days = days;
		*ret_count = count;
	}
	return status;
}

enum guichet_status
office_closed_of(struct store_tx *tx, struct arena *arena, struct dossier_facts *facts, struct guichet_error *error)
{
	const struct office_closed_day *days;
	size_t count;
	const enum guichet_status status = office_closed_days(tx, arena, &days, &count, error);
	struct calendar_period *periods = status == GUICHET_OK ? arena_array_of(arena, struct calendar_period, count + 1) : NULL;
	if (!periods)
		return status != GUICHET_OK ? status : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < count; i++)
		periods[i] = (struct calendar_period){ .kind = days[i].holiday ? CALENDAR_HOLIDAY : CALENDAR_CLOSED,
			.first = date_day_number(days[i].first), .last = date_day_number(days[i].last), .name = days[i].label };
	facts->closed = periods;
	facts->closed_count = count;
	return GUICHET_OK;
}

enum guichet_status
office_outside_load(struct store_tx *tx, struct arena *arena, const struct directory_facts *subject,
	struct dossier_facts *facts, struct guichet_error *error)
{
	const struct dossier_outside reads = dossier_reads_outside(facts->procedure);
	enum guichet_status status = GUICHET_OK;
	if (reads.posting)
		status = office_posting_of(arena, subject, facts, &facts->posting, error);
	if (status == GUICHET_OK && reads.locals)
		status = office_settings_at(tx, arena, facts->procedure, subject ? subject->structure.path : TEXT(""),
			date_of_instant(facts->at, NULL), &facts->locals, error);
	if (status == GUICHET_OK && reads.counters)
		status = office_counters_of(tx, arena, facts->procedure,
			facts->procedure->of_structures ? subject ? subject->structure.id : TEXT("")
			: facts->dossier ? facts->dossier->subject : facts->subject, &facts->counters, error);
	if (status == GUICHET_OK && reads.days)
		status = office_closed_of(tx, arena, facts, error);
	return status;
}

/* The subject of a row on a day; of a structure, itself. UNKNOWN when the directory has it no more. */
static enum guichet_status
subject_of(struct store_tx *tx, struct arena *arena, const struct office_row *row, struct text person, struct date day,
	struct directory_facts *ret_subject, struct guichet_error *error)
{
	if (!row->procedure->of_structures)
		return directory_facts(tx, arena, person, day, ret_subject, error);
	*ret_subject = (struct directory_facts){ 0 };
	return directory_structure_load(tx, arena, row->structure, day, &ret_subject->structure, error);
}

/* ---- counting ---- */

/* What somebody's other dossiers wait for may hang on their counters. */
static enum guichet_status
recompute_others(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_place *place,
	const struct dossier *state, struct guichet_error *error)
{
	struct text *ids = NULL;
	size_t count = 0, room = 0;
	struct store_rows rows = place->procedure->of_structures
		? store_query(tx, arena, STORE_DOSSIER_IDS_OF_STRUCTURE, STORE_VALUES(place->structure), error)
		: store_query(tx, arena, STORE_DOSSIER_IDS_OF_SUBJECT, STORE_VALUES(state->subject), error);
	while (store_next(&rows)) {
		const struct office_campaign *campaign = office_campaign_find(office, store_text(&rows, 1));
		const struct text id = store_text(&rows, 0);
		if (!campaign || !dossier_reads_outside(campaign->procedure).counters || text_equal(id, state->id))
			continue;
		if (count == room) {
			room = room ? 2 * room : 16;
			struct text *more = arena_array_of(arena, struct text, room);
			if (!more) {
				(void)store_finish(&rows);
				return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
			}
			for (size_t i = 0; i < count; i++)
				more[i] = ids[i];
			ids = more;
		}
		ids[count++] = id;
	}
	enum guichet_status status = store_finish(&rows);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		status = office_recompute_dossier(office, tx, arena, ids[i], error);
	return status;
}

enum guichet_status
office_count(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_place *place,
	const struct dossier_outcome *outcome, instant now, struct guichet_error *error)
{
	const struct dossier *state = &outcome->state;
	const int64_t version = outcome->event.number;
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < outcome->uncounted_count; i++)
		status = store_run(tx, STORE_COUNTER_ENTRY_CANCEL, STORE_VALUES(place->id, outcome->uncounted[i], version, now),
			NULL, error);
	for (size_t i = 0; status == GUICHET_OK && i < outcome->entry_count; i++) {
		const struct dossier_entry *entry = &outcome->entries[i];
		const struct text id = arena_format(arena, TEXT_FORMAT ":%lld:%zu", TEXT_ARGS(place->id), (long long)version, i + 1),
			quantity = feel_value_to_literal(arena, entry->quantity);
		if (!id.at || !quantity.at)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		status = store_run(tx, STORE_COUNTER_ENTRY_INSERT, STORE_VALUES(id, state->subject, entry->counter, place->id,
			state->number, version, date_day_number(entry->from), date_day_number(entry->to), quantity,
			outcome->entry_origin, now, STORE_NULL, place->procedure->of_structures ? place->structure : TEXT("")), NULL,
			error);
	}
	if (status == GUICHET_OK && (outcome->entry_count || outcome->uncounted_count))
		status = recompute_others(office, tx, arena, place, state, error);
	return status;
}

/* ---- settings ---- */

enum guichet_status
office_setting_set(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct office_setting *setting = context;
	struct arena *arena = setting->arena;
	const struct procedure *procedure = setting->campaign->procedure;
	const instant now = clock_now(setting->office->options.clock);
	const struct date today = date_of_instant(now, NULL);
	struct office_actor actor;
	struct directory_structure structure;
	struct feel_value value;
	enum guichet_status status = office_actor_load(tx, arena, setting->person, now, &actor, error);
	if (status == GUICHET_OK)
		status = directory_structure_load(tx, arena, setting->structure, today, &structure, error);
	if (status != GUICHET_OK)
		return status;
	const dossier_roles roles = office_roles_at(&actor, procedure, structure.path);
	if (setting->clear) {
		/* Who may set it may take it back. */
		const struct dossier_raws nothing = { 0 };
		status = dossier_setting_check(arena, procedure, setting->local, roles, nothing, setting->from, today, &value, error);
		value = feel_null(TEXT(""));
	} else {
		status = dossier_setting_check(arena, procedure, setting->local, roles, setting->raws, setting->from, today, &value,
			error);
		if (status == GUICHET_OK && value.kind == FEEL_NULL)
			status = guichet_fail(error, GUICHET_REFUSED, "Choisissez une valeur, ou ôtez ce réglage.");
	}
	const struct text json = status == GUICHET_OK ? dossier_setting_to_json(arena, value) : (struct text){ 0 };
	if (status == GUICHET_OK && !json.at)
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_SETTING_INSERT, STORE_VALUES(procedure->name, setting->structure,
			procedure->locals[setting->local].field.name, date_day_number(setting->from), now, json, setting->person), NULL, error);
	return status == GUICHET_OK ? store_run(tx, STORE_SERIAL_BUMP, STORE_VALUES("outside"), NULL, error) : status;
}

dossier_roles
office_roles_at(const struct office_actor *actor, const struct procedure *procedure, struct text path)
{
	dossier_roles roles = 0;
	/* In a procedure of structures who asks for one answers nothing there. */
	bool asks = false;
	for (size_t k = 0; procedure->of_structures && k < actor->functions.count; k++)
		asks |= text_equal(actor->functions.at[k].path, path) && procedure_asks(procedure, actor->functions.at[k].function);
	for (size_t i = 0; i < procedure->role_count; i++) {
		const struct procedure_role *role = &procedure->roles[i];
		if (role->reach == PROCEDURE_APPLICANT || (asks && role->reach != PROCEDURE_EVERYWHERE)) {
			roles |= asks && role->reach == PROCEDURE_APPLICANT ? DOSSIER_ROLE(i) : 0;
			continue;
		}
		for (size_t k = 0; k < actor->functions.count; k++) {
			const struct directory_function *held = &actor->functions.at[k];
			const struct directory_functions one = { held, 1 };
			bool named = false;
			for (size_t f = 0; f < role->function_count; f++)
				named |= directory_has_function(&one, role->functions[f], TEXT(""));
			const bool here = role->reach == PROCEDURE_EVERYWHERE || text_equal(held->path, path)
				|| (role->reach == PROCEDURE_DISTRICT && text_starts(path, held->path));
			if (named && here)
				roles |= DOSSIER_ROLE(i);
		}
	}
	return roles;
}

/* ---- closed days ---- */

enum guichet_status
office_closed_day_add(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct office_closed_change *change = context;
	const struct office_closed_day *day = &change->day;
	if (text_trim(day->label).length == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Dites pourquoi ce jour est fermé : --label \"Pont de l’Ascension\".");
	if (text_characters(day->label) > 200)
		return guichet_fail(error, GUICHET_REFUSED, "Le libellé tient en 200 caractères au plus : raccourcissez-le.");
	if (date_compare(day->last, day->first) < 0 || date_day_number(day->last) - date_day_number(day->first) > 366)
		return guichet_fail(error, GUICHET_REFUSED, "Le dernier jour suit le premier, d’un an au plus.");
	if (date_compare(day->first, date_of_instant(change->now, NULL)) <= 0)
		return guichet_fail(error, GUICHET_REFUSED,
			"On ferme un jour à venir : les délais déjà échus ne se comptent pas de nouveau.");
	const enum guichet_status status = store_run(tx, STORE_CLOSED_DAY_INSERT, STORE_VALUES(day->id,
		date_day_number(day->first), date_day_number(day->last), day->holiday ? 1 : 0, text_trim(day->label), change->now),
		NULL, error);
	return status == GUICHET_OK ? store_run(tx, STORE_SERIAL_BUMP, STORE_VALUES("outside"), NULL, error) : status;
}

enum guichet_status
office_closed_day_remove(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct office_closed_change *change = context;
	const int64_t today = date_day_number(date_of_instant(change->now, NULL)),
		first = date_day_number(change->day.first);
	int64_t removed = 0, changed = 0;
	CLEANUP(arena_free) struct arena *arena = arena_new(8 << 20);
	const struct office_closed_day *days = NULL;
	size_t count = 0;
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (first <= today)
		return guichet_fail(error, GUICHET_REFUSED, "Ce jour est passé ou commence aujourd’hui : il reste fermé.");
	enum guichet_status status = office_closed_days(tx, arena, &days, &count, error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		if (date_compare(days[i].first, change->day.first) != 0)
			continue;
		status = store_run(tx, STORE_CLOSED_DAY_REMOVE, STORE_VALUES(days[i].id, change->now, today), &changed, error);
		removed += changed;
	}
	if (status == GUICHET_OK && removed == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Aucune fermeture ajoutée ne commence ce jour-là.");
	return status == GUICHET_OK ? store_run(tx, STORE_SERIAL_BUMP, STORE_VALUES("outside"), NULL, error) : status;
}

/* ---- what settings go against ---- */

static bool
is_told(const struct text *messages, size_t count, struct text message)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(messages[i], message))
			return true;
	return false;
}

/* The breaches of one open dossier, into the list. */
static enum guichet_status
breaches_of(struct store_tx *tx, struct arena *arena, const struct office_row *row, struct date day,
	const struct office_setting_try *try, struct office_breach *list, size_t limit, size_t *count,
	struct guichet_error *error)
{
	struct dossier state;
	struct dossier_facts facts;
	struct directory_facts subject;
	const struct text *now = NULL, *before = NULL;
	size_t now_count = 0, before_count = 0;
	enum guichet_status status = office_row_facts(arena, row, instant_of_day(day) + 12 * INSTANT_HOUR, &state, &facts, error);
	if (status != GUICHET_OK || row->procedure->steps[state.step].final)
		return status;
	status = subject_of(tx, arena, row, state.subject, day, &subject, error);
	if (status != GUICHET_OK)
		return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
	status = office_outside_load(tx, arena, &subject, &facts, error);
	if (status == GUICHET_OK && try)
		status = dossier_breaches(&facts, arena, &before, &before_count, error);
	if (status == GUICHET_OK && try)
		status = office_settings_if(tx, arena, row->procedure, subject.structure.path, day, try, &facts.locals, error);
	if (status == GUICHET_OK)
		status = dossier_breaches(&facts, arena, &now, &now_count, error);
	for (size_t i = 0; status == GUICHET_OK && i < now_count && *count < limit; i++)
		if (!is_told(before, before_count, now[i]))
			list[(*count)++] = (struct office_breach){ row->id, row->number, row->subject_name, row->structure_name, now[i] };
	return status;
}

enum guichet_status
office_breaches(struct office *office, struct store_tx *tx, struct arena *arena, const struct procedure *procedure,
	struct text path, struct date day, const struct office_setting_try *try, size_t limit,
	const struct office_breach **ret_breaches, size_t *ret_count, struct guichet_error *error)
{
	enum { MOST_ROWS = 1000 };
	const struct office_campaigns campaigns = office_campaigns(office, arena);
	const struct directory_range range = directory_subtree(arena, path);
	struct office_breach *list = arena_array_of(arena, struct office_breach, limit + 1);
	size_t count = 0;
	enum guichet_status status = list ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; status == GUICHET_OK && i < campaigns.count; i++) {
		struct office_rows rows;
		if (!text_equal(campaigns.at[i]->procedure->name, procedure->name))
			continue;
		status = office_list_within(office, tx, arena, campaigns.at[i], &range, MOST_ROWS, &rows, error);
		for (size_t k = 0; status == GUICHET_OK && k < rows.count && count < limit; k++) {
			/* A local of that name, in the version of each dossier. */
			struct office_setting_try one = try ? *try : (struct office_setting_try){ 0 };
			if (try)
				one.local = procedure_local_find(rows.at[k].procedure, procedure->locals[try->local].field.name);
			if (!try || one.local >= 0)
				status = breaches_of(tx, arena, &rows.at[k], day, try ? &one : NULL, list, limit, &count, error);
		}
	}
	if (status == GUICHET_OK) {
		*ret_breaches = list;
		*ret_count = count;
	}
	return status;
}
