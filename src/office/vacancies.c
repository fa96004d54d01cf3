/* Roles that nobody holds: where a dossier of an open campaign would stop. Told when a campaign opens, on the desk and to the
 * operator, until somebody holds them. */
#include "office/inside.h"

#include "base/log.h"

#include "base/banned.h"

enum { MOST_PLACES = 20000, PLACES_NAMED = 3 };

/* ---- which roles are needed ---- */

static bool
is_needed_everywhere(const struct procedure *procedure, int role)
{
	bool needed = procedure->office == role;
	for (size_t i = 0; i < procedure->step_count; i++)
		needed |= procedure_list_has(procedure->steps[i].awaits, role);
	for (size_t i = 0; i < procedure->action_count; i++)
		needed |= procedure_list_has(procedure->actions[i].who, role);
	for (size_t i = 0; i < procedure->letter_count; i++)
		needed |= procedure_list_has(procedure->letters[i].signers, role);
	return needed;
}

/* Does some step wait for it, and for nobody else who could answer? */
static bool
is_needed_in_each_place(const struct procedure *procedure, int role)
{
	bool needed = false;
	for (size_t i = 0; i < procedure->step_count; i++) {
		const struct procedure_step *step = &procedure->steps[i];
		needed |= procedure_list_has(step->awaits, role) && (step->awaits.count == 1 || step->awaits_all);
	}
	return needed;
}

/* Is it still open, or does one of its dossiers still wait for somebody? */
static enum guichet_status
is_alive(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign, struct date day, bool *ret_alive,
	struct guichet_error *error)
{
	*ret_alive = false;
	for (size_t i = 0; i < campaign->campaign->window_count; i++)
		*ret_alive |= campaign->campaign->windows[i].closes > instant_of_day(day);
	const int64_t *counts;
	const enum guichet_status status = *ret_alive ? GUICHET_OK : office_counts(tx, arena, campaign, &counts, error);
	for (size_t i = 0; status == GUICHET_OK && !*ret_alive && i < campaign->procedure->step_count; i++)
		*ret_alive = counts[i] > 0 && campaign->procedure->steps[i].awaits.count > 0;
	return status;
}

/* ---- who holds them ---- */

/* What is looked for. */
struct looking {
	struct store_tx *tx;
	struct arena *arena;
	struct date day;
	struct office_vacancy *list;
	size_t count;
	/* Structures where somebody works, read once. */
	const struct text *places, *names;
	size_t place_count;
	bool places_read;
};

static enum guichet_status
add(struct looking *looking, const struct office_campaign *campaign, int role, int64_t places, struct text where,
	struct guichet_error *error)
{
	if (looking->count == OFFICE_MOST_VACANCIES)
		return GUICHET_OK;
	looking->list[looking->count++] = (struct office_vacancy){ campaign, role, places, where };
	return where.at ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

static enum guichet_status
look_everywhere(struct looking *looking, const struct office_campaign *campaign, int index, struct guichet_error *error)
{
	const struct procedure_role *role = &campaign->procedure->roles[index];
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	struct directory_holders holders;
	const enum guichet_status status = directory_holders_within(looking->tx, looking->arena, role->functions,
		role->function_count, &everywhere, looking->day, 1, &holders, error);
	return status != GUICHET_OK || holders.count ? status : add(looking, campaign, index, 0, TEXT(""), error);
}

static enum guichet_status
read_places(struct looking *looking, struct guichet_error *error)
{
	struct text *places = arena_array_of(looking->arena, struct text, MOST_PLACES),
		*names = arena_array_of(looking->arena, struct text, MOST_PLACES);
	if (!places || !names)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(looking->tx, looking->arena, STORE_DIRECTORY_STAFFED,
		STORE_VALUES(date_day_number(looking->day), (int64_t)MOST_PLACES), error);
	while (store_next(&rows) && looking->place_count < MOST_PLACES) {
		places[looking->place_count] = store_text(&rows, 0);
		names[looking->place_count++] = store_text(&rows, 1);
	}
	looking->places = places;
	looking->names = names;
	looking->places_read = true;
	return store_finish(&rows);
}

static enum guichet_status
look_in_each_place(struct looking *looking, const struct office_campaign *campaign, int index, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(16 << 20);
	if (!scratch)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = looking->places_read ? GUICHET_OK : read_places(looking, error);
	struct text where = TEXT("");
	int64_t empty = 0;
	for (size_t i = 0; status == GUICHET_OK && i < looking->place_count; i++) {
		struct directory_holders holders;
		arena_clear(scratch);
		status = office_role_seek(looking->tx, scratch, campaign->procedure, &campaign->procedure->roles[index], TEXT(""),
			looking->places[i], looking->day, &holders, error);
		if (status == GUICHET_UNKNOWN)
			status = GUICHET_OK;
		else if (status == GUICHET_OK && holders.count == 0 && ++empty <= PLACES_NAMED)
			where = arena_format(looking->arena, TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(where), where.length ? ", " : "",
				TEXT_ARGS(looking->names[i]));
	}
	return status != GUICHET_OK || empty == 0 ? status : add(looking, campaign, index, empty, where, error);
}

static enum guichet_status
look_at(struct looking *looking, const struct office_campaign *campaign, struct guichet_error *error)
{
	const struct procedure *procedure = campaign->procedure;
	bool alive = false;
	enum guichet_status status = is_alive(looking->tx, looking->arena, campaign, looking->day, &alive, error);
	for (size_t i = 0; alive && status == GUICHET_OK && i < procedure->role_count; i++) {
		const enum procedure_reach reach = procedure->roles[i].reach;
		if (reach == PROCEDURE_EVERYWHERE && is_needed_everywhere(procedure, (int)i))
			status = look_everywhere(looking, campaign, (int)i, error);
		else if ((reach == PROCEDURE_STRUCTURE || reach == PROCEDURE_DISTRICT) && is_needed_in_each_place(procedure, (int)i))
			status = look_in_each_place(looking, campaign, (int)i, error);
	}
	return status;
}

enum guichet_status
office_vacancies(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *only,
	struct date day, const struct office_vacancy **ret_vacancies, size_t *ret_count, struct guichet_error *error)
{
	struct looking looking = { .tx = tx, .arena = arena, .day = day,
		.list = arena_array_of(arena, struct office_vacancy, OFFICE_MOST_VACANCIES) };
	if (!looking.list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct office_campaigns campaigns = office_campaigns(office, arena);
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < campaigns.count; i++)
		if (!only || only == campaigns.at[i])
			status = look_at(&looking, campaigns.at[i], error);
	*ret_vacancies = looking.list;
	*ret_count = looking.count;
	return status;
}

struct text
office_vacancy_text(struct arena *arena, const struct office_vacancy *vacancy)
{
	const struct procedure_role *role = &vacancy->campaign->procedure->roles[vacancy->role];
	struct text functions = TEXT("");
	for (size_t i = 0; functions.at && i < role->function_count; i++)
		functions = arena_format(arena, TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(functions), i ? ", " : "",
			TEXT_ARGS(role->functions[i]));
	return vacancy->places == 0
		? arena_format(arena, "Personne ne tient le rôle « " TEXT_FORMAT " » (" TEXT_FORMAT "). Ce qui l’attend n’avance plus : "
			"complétez l’annuaire ou désignez un intérim.", TEXT_ARGS(role->label), TEXT_ARGS(functions))
		: arena_format(arena, "Personne ne tient le rôle « " TEXT_FORMAT " » (" TEXT_FORMAT ") pour %lld structure%s, ni "
			"au-dessus : " TEXT_FORMAT "%s Une demande venue de là s’arrêterait : complétez l’annuaire ou désignez un intérim.",
			TEXT_ARGS(role->label), TEXT_ARGS(functions), (long long)vacancy->places, vacancy->places > 1 ? "s" : "",
			TEXT_ARGS(vacancy->where), vacancy->places > PLACES_NAMED ? "…" : ".");
}

/* ---- told until somebody holds them ---- */

struct telling {
	struct office *office;
	struct arena *arena;
	struct date today;
	const struct office_vacancy *vacancies;
	size_t count;
};

static struct text
alert_id(struct arena *arena, const struct office_campaign *campaign, size_t role)
{
	return arena_format(arena, OFFICE_VACANCY TEXT_FORMAT ":" TEXT_FORMAT, TEXT_ARGS(campaign->id),
		TEXT_ARGS(campaign->procedure->roles[role].name));
}

/* The role that runs the campaign; the operator (nobody) when it is that one which is empty. */
static struct text
told_to(const struct procedure *procedure, int vacant)
{
	return procedure->office == PROCEDURE_NONE || procedure->office == vacant ? TEXT("")
		: procedure->roles[procedure->office].name;
}

static enum guichet_status
tell_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct telling *telling = context;
	struct arena *arena = telling->arena;
	const struct office_campaigns campaigns = office_campaigns(telling->office, arena);
	const instant now = clock_now(telling->office->options.clock);
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < campaigns.count; i++) {
		const struct office_campaign *campaign = campaigns.at[i];
		for (size_t role = 0; status == GUICHET_OK && role < campaign->procedure->role_count; role++) {
			const struct office_vacancy *vacancy = NULL;
			for (size_t k = 0; k < telling->count; k++)
				if (telling->vacancies[k].campaign == campaign && telling->vacancies[k].role == (int)role)
					vacancy = &telling->vacancies[k];
			const struct text id = alert_id(arena, campaign, role), after = arena_format(arena, TEXT_FORMAT " ", TEXT_ARGS(id)),
				message = vacancy ? office_vacancy_text(arena, vacancy) : TEXT("");
			if (!id.at || !after.at || !message.at)
				return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
			/* Seen yesterday and still so: it comes back. */
			status = !vacancy ? store_run(tx, STORE_ALERT_OVER, STORE_VALUES(id, after), NULL, error)
				: store_run(tx, STORE_ALERT_RAISE, STORE_VALUES(id, campaign->id, STORE_NULL,
					told_to(campaign->procedure, (int)role), message, now, instant_of_day(telling->today)), NULL, error);
		}
	}
	return status;
}

enum guichet_status
office_watch_roles(struct office *office, struct date today, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct telling telling = { .office = office, .arena = arena, .today = today };
	enum guichet_status status;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		status = tx ? office_vacancies(office, tx, arena, NULL, today, &telling.vacancies, &telling.count, error)
			: error->status;
	}
	for (size_t i = 0; status == GUICHET_OK && i < telling.count; i++)
		log_line(LOG_WARNING, "vacancy", "campaign=" TEXT_FORMAT " role=" TEXT_FORMAT, TEXT_ARGS(telling.vacancies[i].campaign->id),
			TEXT_ARGS(telling.vacancies[i].campaign->procedure->roles[telling.vacancies[i].role].name));
	return status == GUICHET_OK ? store_transact(office->options.store, tell_write, &telling, error) : status;
}

enum guichet_status
office_vacancies_told(struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	const struct text **ret_messages, size_t *ret_count, struct guichet_error *error)
{
	struct text *messages = arena_array_of(arena, struct text, OFFICE_MOST_VACANCIES);
	const struct text from = arena_format(arena, OFFICE_VACANCY TEXT_FORMAT ":", TEXT_ARGS(campaign->id)),
		until = arena_format(arena, OFFICE_VACANCY TEXT_FORMAT ";", TEXT_ARGS(campaign->id));
	*ret_messages = messages;
	*ret_count = 0;
	if (!messages || !from.at || !until.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct store_rows rows = store_query(tx, arena, STORE_ALERT_MESSAGES,
		STORE_VALUES(from, until, (int64_t)OFFICE_MOST_VACANCIES), error);
	while (store_next(&rows) && *ret_count < OFFICE_MOST_VACANCIES)
		messages[(*ret_count)++] = store_text(&rows, 0);
	return store_finish(&rows);
}
