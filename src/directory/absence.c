/* Absences that people declare themselves: whom they may name, and what the directory keeps of it. */
#include "directory/directory.h"

#include "base/banned.h"

enum { FUNCTION_COLUMN = 11 }; /* after those of a person */

static enum guichet_status
colleagues(struct store_tx *tx, struct arena *arena, const struct directory_facts *facts, struct text only, struct date at,
	struct directory_search *ret_found, struct guichet_error *error)
{
	const struct directory_range below = directory_subtree(arena, facts->structure.path);
	struct directory_found *found = arena_array_of(arena, struct directory_found, DIRECTORY_COLLEAGUES_LIMIT + 1);
	struct text c[DIRECTORY_DEPTH_LIMIT], codes = text_part(facts->structure.path, 1, facts->structure.path.length);
	*ret_found = (struct directory_search){ 0 };
	if (!found || !below.to.at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	if (facts->structure.id.length == 0)
		return GUICHET_OK;
	for (size_t i = 0; i < DIRECTORY_DEPTH_LIMIT; i++)
		c[i] = codes.length ? text_split(&codes, '/') : TEXT("");
	struct store_rows rows = store_query(tx, arena, STORE_DIRECTORY_COLLEAGUES, STORE_VALUES(facts->person.id, below.from,
		below.to, c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7], date_day_number(at), only,
		(int64_t)DIRECTORY_COLLEAGUES_LIMIT + 1), error);
	size_t count = 0;
	while (store_next(&rows) && count <= DIRECTORY_COLLEAGUES_LIMIT) {
		const struct text id = store_text(&rows, 0);
		if (count && text_equal(found[count - 1].person.id, id))
			continue; /* another appointment of theirs */
		found[count++] = (struct directory_found){ .person = { .id = id, .external_id = store_text(&rows, 1),
				.civility = store_text(&rows, 2), .first_name = store_text(&rows, 3), .last_name = store_text(&rows, 4) },
			.function = store_text(&rows, FUNCTION_COLUMN), .structure = store_text(&rows, FUNCTION_COLUMN + 1),
			.structure_code = store_text(&rows, FUNCTION_COLUMN + 2),
			.structure_name = store_text(&rows, FUNCTION_COLUMN + 3) };
	}
	const enum guichet_status status = store_finish(&rows);
	const bool more = count > DIRECTORY_COLLEAGUES_LIMIT;
	if (status == GUICHET_OK)
		*ret_found = (struct directory_search){ found, more ? DIRECTORY_COLLEAGUES_LIMIT : count, more };
	return status;
}

enum guichet_status
directory_colleagues(struct store_tx *tx, struct arena *arena, const struct directory_facts *facts, struct date at,
	struct directory_search *ret_found, struct guichet_error *error)
{
	return colleagues(tx, arena, facts, TEXT(""), at, ret_found, error);
}

static enum guichet_status
is_absent(struct store_tx *tx, struct text person, struct date from, struct date to, bool *ret_absent,
	struct guichet_error *error)
{
	struct store_rows rows = store_query(tx, NULL, STORE_DIRECTORY_ABSENT_BETWEEN,
		STORE_VALUES(person, date_day_number(from), date_day_number(to) + 1), error);
	*ret_absent = store_next(&rows);
	return store_finish(&rows);
}

/* What was read of the directory is read again. */
static enum guichet_status
changed(struct store_tx *tx, struct guichet_error *error)
{
	struct store_rows rows = store_query(tx, NULL, STORE_SERIAL_TAKE, STORE_VALUES("directory"), error);
	(void)!store_next(&rows);
	return store_finish(&rows);
}

/* The days, and that they are not away already. */
static enum guichet_status
check_days(struct store_tx *tx, const struct directory_absence *absence, struct guichet_error *error)
{
	const struct date today = date_of_instant(absence->at, NULL);
	if (!date_is_valid(absence->from) || !date_is_valid(absence->to))
		return guichet_fail(error, GUICHET_REFUSED, "Donnez le premier et le dernier jour de votre absence.");
	if (date_compare(absence->to, absence->from) < 0)
		return guichet_fail(error, GUICHET_REFUSED, "Le dernier jour vient avant le premier. Corrigez l’un des deux.");
	if (date_compare(absence->from, today) < 0)
		return guichet_fail(error, GUICHET_REFUSED, "Une absence ne se déclare pas pour des jours passés : elle commence au plus "
			"tôt aujourd’hui.");
	if (date_day_number(absence->to) - date_day_number(absence->from) >= DIRECTORY_ABSENCE_DAYS
	    || date_day_number(absence->from) - date_day_number(today) >= DIRECTORY_ABSENCE_DAYS)
		return guichet_fail(error, GUICHET_REFUSED, "Une absence se déclare pour un an au plus. Au-delà, votre bureau de gestion "
			"change l’annuaire.");
	bool absent;
	const enum guichet_status status = is_absent(tx, absence->absent, absence->from, absence->to, &absent, error);
	return status == GUICHET_OK && absent ? guichet_fail(error, GUICHET_REFUSED, "Une absence est déjà enregistrée sur ces jours. "
		"Terminez-la d’abord, ou choisissez d’autres jours.") : status;
}

enum guichet_status
directory_absence_declare(struct store_tx *tx, struct arena *arena, const struct directory_absence *absence,
	struct guichet_error *error)
{
	const struct date today = date_of_instant(absence->at, NULL);
	struct directory_facts facts;
	struct directory_search found;
	bool absent = false;
	enum guichet_status status = check_days(tx, absence, error);
	if (status == GUICHET_OK)
		status = directory_facts(tx, arena, absence->absent, today, &facts, error);
	if (status == GUICHET_OK && absence->replacement.length) {
		status = colleagues(tx, arena, &facts, absence->replacement, today, &found, error);
		if (status == GUICHET_OK && found.count == 0)
			return guichet_fail(error, GUICHET_REFUSED, "Cette personne ne peut pas vous remplacer : choisissez quelqu’un de "
				"votre structure, de celles d’en dessous ou d’au-dessus.");
		if (status == GUICHET_OK)
			status = is_absent(tx, absence->replacement, absence->from, absence->to, &absent, error);
		if (status == GUICHET_OK && absent)
			return guichet_fail(error, GUICHET_REFUSED, "Cette personne est elle-même absente pendant ces jours. Choisissez "
				"quelqu’un d’autre.");
	}
	if (status != GUICHET_OK)
		return status;
	const struct text reference = arena_format(arena, "absence déclarée le %.*s", TEXT_ARGS(date_short(arena, today)));
	if (!reference.at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	status = store_run(tx, STORE_DIRECTORY_ABSENCE_INSERT, STORE_VALUES(absence->id, absence->absent,
		absence->replacement.length ? STORE_VALUE(absence->replacement) : STORE_NULL, reference,
		date_day_number(absence->from), date_day_number(absence->to) + 1, absence->at), NULL, error);
	return status == GUICHET_OK ? changed(tx, error) : status;
}

enum guichet_status
directory_absence_end(struct store_tx *tx, struct text id, struct text absent, instant at, struct guichet_error *error)
{
	int64_t ended = 0;
	const enum guichet_status status = store_run(tx, STORE_DIRECTORY_ABSENCE_END, STORE_VALUES(id, absent,
		date_day_number(date_of_instant(at, NULL)), at), &ended, error);
	if (status == GUICHET_OK && ended == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Cette absence est déjà finie, ou ce n’est pas vous qui l’avez déclarée : "
			"votre bureau de gestion la corrige.");
	return status == GUICHET_OK ? changed(tx, error) : status;
}

enum guichet_status
directory_absences_declared(struct store_tx *tx, struct arena *arena, struct text person, struct date at,
	const struct directory_declared **ret_absences, size_t *ret_count, struct guichet_error *error)
{
	enum { MOST = 50 };
	struct directory_declared *absences = arena_array_of(arena, struct directory_declared, MOST);
	if (!absences)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	size_t count = 0;
	struct store_rows rows = store_query(tx, arena, STORE_DIRECTORY_ABSENCES_DECLARED, STORE_VALUES(person,
		date_day_number(at)), error);
	while (store_next(&rows) && count < MOST) {
		const struct directory_person other = { .civility = store_text(&rows, 3), .first_name = store_text(&rows, 4),
			.last_name = store_text(&rows, 5) };
		absences[count++] = (struct directory_declared){ .id = store_text(&rows, 0),
			.replacement_name = other.last_name.length ? directory_person_name(arena, &other) : TEXT(""),
			.from = date_of_day_number(store_integer(&rows, 1)), .to = date_of_day_number(store_integer(&rows, 2) - 1) };
	}
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK) {
		*ret_absences = absences;
		*ret_count = count;
	}
	return status;
}
