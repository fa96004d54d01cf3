/* What absences and changes of the directory ask of the office by themselves: who replaces somebody is told on the first
 * day; what waits where nobody holds its role any more moves up, or is told to who runs the campaign. */
#include "office/inside.h"

#include "mail/mail.h"

#include "base/banned.h"

enum { MOST_AT_ONCE = 50, PLACES_AT_ONCE = 100, PLACES_ARENA = 16 << 20 };

/* ---- the first day of an interim ---- */

struct beginning {
	struct office *office;
	struct text id, person, mail, absent, reference;
	struct date from, to; /* to: excluded; year 9999: no end */
	bool signing;
	struct arena *arena;
};

static enum guichet_status
beginning_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct beginning *beginning = context;
	struct arena *arena = beginning->arena;
	const instant now = clock_now(beginning->office->options.clock);
	const struct text until = beginning->to.year >= 9999 ? TEXT("")
		: arena_format(arena, " jusqu’au " TEXT_FORMAT " compris", TEXT_ARGS(date_french(arena,
			date_add_days(beginning->to, -1), false)));
	const struct text about = beginning->reference.length
		? arena_format(arena, " (" TEXT_FORMAT ")", TEXT_ARGS(beginning->reference)) : TEXT("");
	const struct text body = beginning->signing
		? arena_format(arena, "Bonjour,\n\nÀ partir d’aujourd’hui" TEXT_FORMAT ", vous signez par délégation de " TEXT_FORMAT
			TEXT_FORMAT ".\n\nCe qui attend votre signature : " TEXT_FORMAT "/a-traiter\n", TEXT_ARGS(until),
			TEXT_ARGS(beginning->absent), TEXT_ARGS(about), TEXT_ARGS(beginning->office->options.public_address))
		: arena_format(arena, "Bonjour,\n\nÀ partir d’aujourd’hui" TEXT_FORMAT ", vous remplacez " TEXT_FORMAT TEXT_FORMAT
			". Ce qui attend sa réponse attend la vôtre, et vous répondez par intérim.\n\nÀ traiter : " TEXT_FORMAT
			"/a-traiter\n", TEXT_ARGS(until), TEXT_ARGS(beginning->absent), TEXT_ARGS(about),
			TEXT_ARGS(beginning->office->options.public_address));
	const struct text subject = arena_format(arena, beginning->signing ? "Vous signez par délégation de " TEXT_FORMAT
		: "Vous remplacez " TEXT_FORMAT, TEXT_ARGS(beginning->absent));
	if (!body.at || !subject.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct mail_message message = { .address = beginning->mail, .person = beginning->person,
		.occasion = TEXT("intérim"), .subject = subject, .body = body, .key = beginning->id };
	enum guichet_status status = beginning->mail.length ? mail_queue(tx, &message, now, error) : GUICHET_OK;
	if (status == GUICHET_OK)
		status = store_run(tx, STORE_DIRECTORY_INTERIM_TOLD, STORE_VALUES(beginning->id, now), NULL, error);
	return status;
}

static enum guichet_status
tell_beginnings(struct office *office, struct arena *arena, struct date today, bool *ret_more, struct guichet_error *error)
{
	struct beginning *list = arena_array_of(arena, struct beginning, MOST_AT_ONCE);
	if (!list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	size_t count = 0;
	enum guichet_status status;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		if (!tx)
			return error->status;
		struct store_rows rows = store_query(tx, arena, STORE_DIRECTORY_INTERIMS_TO_TELL,
			STORE_VALUES(date_day_number(today), (int64_t)MOST_AT_ONCE), error);
		while (store_next(&rows) && count < MOST_AT_ONCE) {
			const struct directory_person absent = { .civility = store_text(&rows, 6), .first_name = store_text(&rows, 7),
				.last_name = store_text(&rows, 8) };
			list[count++] = (struct beginning){ .office = office, .arena = arena, .id = store_text(&rows, 0),
				.person = store_text(&rows, 1), .mail = store_text(&rows, 2),
				.from = date_of_day_number(store_integer(&rows, 3)), .to = date_of_day_number(store_integer(&rows, 4)),
				.signing = store_integer(&rows, 5) != 0, .absent = directory_person_name(arena, &absent),
				.reference = store_text(&rows, 9) };
		}
		status = store_finish(&rows);
	}
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		status = store_transact(office->options.store, beginning_write, &list[i], error);
	*ret_more |= count == MOST_AT_ONCE;
	return status;
}

/* ---- where things wait, when the directory has changed ---- */

/* What waits in a structure for a role, of those who belong to another one. */
struct place {
	struct text structure, role, from;
};

/* One dossier that waits where it should not. */
struct stray {
	struct office *office;
	const struct office_campaign *campaign;
	const struct procedure_role *role;
	struct arena *arena;
	struct text dossier, home; /* where its role is held; empty: nowhere */
};

/* It moves to where its role is held; when nobody holds it any more, whoever runs the campaign is told. */
static enum guichet_status
stray_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct stray *stray = context;
	const struct procedure *procedure = stray->campaign->procedure;
	if (stray->home.length)
		return store_run(tx, STORE_DOSSIER_ROLE_SET, STORE_VALUES(stray->dossier, stray->role->name, stray->home, 1), NULL,
			error);
	const struct text message = arena_format(stray->arena, "Plus personne ne tient le rôle que cette demande attend : " TEXT_FORMAT
		". Complétez l’annuaire ou désignez un intérim, puis prévenez cette personne.", TEXT_ARGS(stray->role->label));
	const struct text id = arena_format(stray->arena, "vide:" TEXT_FORMAT ":" TEXT_FORMAT, TEXT_ARGS(stray->dossier),
		TEXT_ARGS(stray->role->name));
	return !message.at || !id.at ? guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.")
		: store_run(tx, STORE_ALERT_INSERT, STORE_VALUES(id, stray->campaign->id, stray->dossier,
			procedure->office == PROCEDURE_NONE ? TEXT("") : procedure->roles[procedure->office].name, message,
			clock_now(stray->office->options.clock)), NULL, error);
}

/* Who holds a role for what comes from a structure; nobody when the structure itself is gone. */
static enum guichet_status
holders_of(struct store_tx *tx, struct arena *arena, const struct procedure *procedure, const struct procedure_role *role,
	struct text from, struct text except, struct date today, struct directory_holders *ret_holders, struct guichet_error *error)
{
	const enum guichet_status status = office_role_seek(tx, arena, procedure, role, except, from, today, ret_holders, error);
	if (status == GUICHET_UNKNOWN)
		*ret_holders = (struct directory_holders){ 0 };
	return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
}

/* The dossiers of a place, one by one: nobody answers their own request, so that each has its own place. */
static enum guichet_status
move_all(struct office *office, const struct place *place, const struct office_campaign *campaign,
	const struct procedure_role *role, struct date today, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(PLACES_ARENA);
	CLEANUP(arena_free) struct arena *names = arena_new(1 << 16);
	if (!arena || !names)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct text after = TEXT("");
	for (size_t count = PLACES_AT_ONCE; count == PLACES_AT_ONCE;) {
		struct stray strays[PLACES_AT_ONCE];
		size_t stray_count = 0;
		enum guichet_status status;
		count = 0;
		{
			CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
			if (!tx)
				return error->status;
			arena_clear(arena);
			struct text ids[PLACES_AT_ONCE], subjects[PLACES_AT_ONCE];
			struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_ROLE_WAITING_AT, STORE_VALUES(place->structure,
				place->role, campaign->id, place->from, after, (int64_t)PLACES_AT_ONCE), error);
			while (store_next(&rows) && count < PLACES_AT_ONCE) {
				ids[count] = store_text(&rows, 0);
				subjects[count++] = store_text(&rows, 1);
			}
			status = store_finish(&rows);
			for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
				struct directory_holders holders;
				status = holders_of(tx, arena, campaign->procedure, role, place->from, subjects[i], today, &holders, error);
				if (status == GUICHET_OK && (holders.count == 0 || !text_equal(holders.home, place->structure)))
					strays[stray_count++] = (struct stray){ office, campaign, role, arena, ids[i],
						holders.count ? holders.home : TEXT("") };
			}
			if (status == GUICHET_OK && count) {
				arena_clear(names);
				after = arena_text(names, ids[count - 1]);
			}
		}
		for (size_t i = 0; status == GUICHET_OK && i < stray_count; i++)
			status = store_transact(office->options.store, stray_write, &strays[i], error);
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}

static enum guichet_status
look_at(struct office *office, struct arena *arena, const struct place *place, struct date today, struct guichet_error *error)
{
	const struct office_campaigns campaigns = office_campaigns(office, arena);
	for (size_t i = 0; i < campaigns.count; i++) {
		const int index = procedure_role_find(campaigns.at[i]->procedure, place->role);
		const struct procedure_role *role = index == PROCEDURE_NONE ? NULL : &campaigns.at[i]->procedure->roles[index];
		if (!role || (role->reach != PROCEDURE_STRUCTURE && role->reach != PROCEDURE_DISTRICT))
			continue;
		struct directory_holders holders;
		enum guichet_status status;
		{
			CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
			status = tx ? holders_of(tx, arena, campaigns.at[i]->procedure, role, place->from, TEXT(""), today, &holders, error) : error->status;
		}
		if (status == GUICHET_OK && (holders.count == 0 || !text_equal(holders.home, place->structure)))
			status = move_all(office, place, campaigns.at[i], role, today, error);
		if (status != GUICHET_OK)
			return status;
	}
	return GUICHET_OK;
}

/* Every place where something waits, once for each change of the directory and each day. */
static enum guichet_status
look_around(struct office *office, struct date today, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(PLACES_ARENA);
	CLEANUP(arena_free) struct arena *names = arena_new(1 << 16);
	if (!arena || !names)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	struct place last = { TEXT(""), TEXT(""), TEXT("") };
	for (size_t count = PLACES_AT_ONCE; count == PLACES_AT_ONCE;) {
		struct place places[PLACES_AT_ONCE];
		enum guichet_status status;
		count = 0;
		arena_clear(arena);
		{
			CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
			if (!tx)
				return error->status;
			struct store_rows rows = store_query(tx, arena, STORE_DOSSIER_ROLE_WAITING, STORE_VALUES(last.structure, last.role,
				last.from, (int64_t)PLACES_AT_ONCE), error);
			while (store_next(&rows) && count < PLACES_AT_ONCE)
				places[count++] = (struct place){ store_text(&rows, 0), store_text(&rows, 1), store_text(&rows, 2) };
			status = store_finish(&rows);
		}
		for (size_t i = 0; status == GUICHET_OK && i < count; i++)
			status = look_at(office, arena, &places[i], today, error);
		if (status != GUICHET_OK)
			return status;
		if (count) {
			const struct place end = places[count - 1];
			arena_clear(names);
			last = (struct place){ arena_text(names, end.structure), arena_text(names, end.role), arena_text(names, end.from) };
		}
		if (!last.structure.at || !last.role.at || !last.from.at)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	}
	return GUICHET_OK;
}

enum guichet_status
office_watch_directory(struct office *office, bool *ret_more, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	if (!arena)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct date today = date_of_instant(clock_now(office->options.clock), NULL);
	int64_t generation = 0;
	*ret_more = false;
	enum guichet_status status = tell_beginnings(office, arena, today, ret_more, error);
	if (status == GUICHET_OK) {
		CLEANUP(store_read_end) struct store_tx *tx = store_read(office->options.store, error);
		status = tx ? directory_generation(tx, &generation, error) : error->status;
	}
	const int64_t campaigns = (int64_t)office_campaigns(office, arena).count;
	if (status != GUICHET_OK || (office->watched_generation == generation + 1
		&& office->watched_day == date_day_number(today) && office->watched_campaigns == campaigns))
		return status;
	status = look_around(office, today, error);
	if (status == GUICHET_OK)
		status = office_watch_roles(office, today, error);
	if (status == GUICHET_OK) {
		office->watched_generation = generation + 1; /* 0: never */
		office->watched_day = date_day_number(today);
		office->watched_campaigns = campaigns;
	}
	return status;
}
