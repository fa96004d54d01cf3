/* See directory.h: what is read of the directory. The import is in import.c. */
#include "directory/directory.h"

#include "base/fold.h"

#include "base/banned.h"

static const char UNKNOWN_PERSON[] = "Cette personne n’est pas dans l’annuaire à cette date.";
static const char UNKNOWN_STRUCTURE[] = "Cette structure n’est pas dans l’annuaire à cette date.";

/* The columns of PERSON_COLUMNS, from `column` on. */
enum { PERSON_COLUMN_COUNT = 11, STRUCTURE_COLUMN_COUNT = 11 };

static void
person_fill(struct store_rows *rows, int column, struct directory_person *person)
{
	struct text *const members[] = { &person->id, &person->external_id, &person->civility, &person->first_name,
		&person->last_name, &person->mail, &person->corps, &person->grade, &person->category, &person->filiere,
		&person->status };
	for (int i = 0; i < PERSON_COLUMN_COUNT; i++)
		*members[i] = store_text(rows, column + i);
}

static void
structure_fill(struct store_rows *rows, int column, struct directory_structure *structure)
{
	struct text *const members[] = { &structure->id, &structure->code, &structure->kind, &structure->name,
		&structure->parent, &structure->department, &structure->address, &structure->mail, &structure->regime,
		&structure->path, &structure->employer };
	for (int i = 0; i < STRUCTURE_COLUMN_COUNT; i++)
		*members[i] = store_text(rows, column + i);
}

static enum guichet_status
person_query(struct store_tx *tx, struct arena *arena, enum store_statement statement, struct text key, struct date at,
	struct directory_person *ret_person, struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, statement, STORE_VALUES(key, date_day_number(at)), error);
	if (!store_next(&rows))
		return store_absent(&rows, UNKNOWN_PERSON);
	struct directory_person person = { 0 };
	person_fill(&rows, 0, &person);
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_person = person;
	return status;
}

enum guichet_status
directory_person_load(struct store_tx *tx, struct arena *arena, struct text person, struct date at,
	struct directory_person *ret_person, struct guichet_error *error)
{
	return person_query(tx, arena, STORE_DIRECTORY_PERSON, person, at, ret_person, error);
}

enum guichet_status
directory_person_by_external_id(struct store_tx *tx, struct arena *arena, struct text external_id, struct date at,
	struct directory_person *ret_person, struct guichet_error *error)
{
	return person_query(tx, arena, STORE_DIRECTORY_PERSON_BY_EXTERNAL_ID, external_id, at, ret_person, error);
}

enum guichet_status
directory_person_by_mail(struct store_tx *tx, struct arena *arena, struct text mail, struct date at,
	struct directory_person *ret_person, struct guichet_error *error)
{
	const struct text lower = directory_mail_of(arena, mail);
	if (!lower.at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	return person_query(tx, arena, STORE_DIRECTORY_PERSON_BY_MAIL, lower, at, ret_person, error);
}

static enum guichet_status
structure_query(struct store_tx *tx, struct arena *arena, enum store_statement statement, struct text key, struct date at,
	struct directory_structure *ret_structure, struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, statement, STORE_VALUES(key, date_day_number(at)), error);
	if (!store_next(&rows))
		return store_absent(&rows, UNKNOWN_STRUCTURE);
	struct directory_structure structure = { 0 };
	structure_fill(&rows, 0, &structure);
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_structure = structure;
	return status;
}

enum guichet_status
directory_structure_load(struct store_tx *tx, struct arena *arena, struct text structure, struct date at,
	struct directory_structure *ret_structure, struct guichet_error *error)
{
	return structure_query(tx, arena, STORE_DIRECTORY_STRUCTURE, structure, at, ret_structure, error);
}

enum guichet_status
directory_structure_by_code(struct store_tx *tx, struct arena *arena, struct text code, struct date at,
	struct directory_structure *ret_structure, struct guichet_error *error)
{
	return structure_query(tx, arena, STORE_DIRECTORY_STRUCTURE_BY_CODE, code, at, ret_structure, error);
}

static void
facts_fill(struct store_rows *rows, struct directory_facts *facts)
{
	const int column = PERSON_COLUMN_COUNT, after = column + 6;
	*facts = (struct directory_facts){ 0 };
	person_fill(rows, 0, &facts->person);
	if (store_is_null(rows, column))
		return;
	facts->appointment = (struct directory_appointment){
		.id = store_text(rows, column), .person = facts->person.id, .structure = store_text(rows, column + 1),
		.function = store_text(rows, column + 2), .share = store_integer(rows, column + 3),
		.from = date_of_day_number(store_integer(rows, column + 4)),
		.to = date_of_day_number(store_integer(rows, column + 5)),
	};
	structure_fill(rows, after, &facts->structure);
	facts->structure_parent_name = store_text(rows, after + STRUCTURE_COLUMN_COUNT);
}

enum guichet_status
directory_facts(struct store_tx *tx, struct arena *arena, struct text person, struct date at,
	struct directory_facts *ret_facts, struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, STORE_DIRECTORY_FACTS, STORE_VALUES(person, date_day_number(at)), error);
	if (!store_next(&rows))
		return store_absent(&rows, UNKNOWN_PERSON);
	struct directory_facts facts;
	facts_fill(&rows, &facts);
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_facts = facts;
	return status;
}

enum guichet_status
directory_facts_listed(struct store_tx *tx, struct arena *arena, const struct text *persons, size_t count, struct date at,
	struct directory_facts *ret_facts, struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; i < count; i++)
		ret_facts[i] = (struct directory_facts){ 0 };
	for (size_t from = 0; status == GUICHET_OK && from < count; from += STORE_LISTED) {
		const size_t part = count - from < STORE_LISTED ? count - from : STORE_LISTED;
		struct store_listed values;
		store_listed_fill(&values, date_day_number(at), persons + from, part);
		struct store_rows rows = store_query(tx, arena, STORE_DIRECTORY_FACTS_LISTED,
			(struct store_values){ values.at, STORE_LISTED + 1 }, error);
		while (store_next(&rows)) {
			const struct text id = store_text(&rows, 0);
			for (size_t i = from; i < from + part; i++)
				if (text_equal(persons[i], id) && ret_facts[i].person.id.length == 0)
					facts_fill(&rows, &ret_facts[i]);
		}
		status = store_finish(&rows);
	}
	return status;
}

enum guichet_status
directory_structures_listed(struct store_tx *tx, struct arena *arena, const struct text *structures, size_t count,
	struct date at, struct directory_structure *ret_structures, struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; i < count; i++)
		ret_structures[i] = (struct directory_structure){ 0 };
	for (size_t from = 0; status == GUICHET_OK && from < count; from += STORE_LISTED) {
		const size_t part = count - from < STORE_LISTED ? count - from : STORE_LISTED;
		struct store_listed values;
		store_listed_fill(&values, date_day_number(at), structures + from, part);
		struct store_rows rows = store_query(tx, arena, STORE_DIRECTORY_STRUCTURE_LISTED,
			(struct store_values){ values.at, STORE_LISTED + 1 }, error);
		while (store_next(&rows)) {
			const struct text id = store_text(&rows, 0);
			for (size_t i = from; i < from + part; i++)
				if (text_equal(structures[i], id))
					structure_fill(&rows, 0, &ret_structures[i]);
		}
		status = store_finish(&rows);
	}
	return status;
}

struct text
directory_person_name(struct arena *arena, const struct directory_person *person)
{
	return arena_format(arena, TEXT_FORMAT "%s" TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(person->civility),
		person->civility.length ? " " : "", TEXT_ARGS(person->first_name), TEXT_ARGS(person->last_name));
}

struct text
directory_mail_of(struct arena *arena, struct text mail)
{
	const struct text lower = arena_text(arena, text_trim(mail));
	char *at = (char *)(uintptr_t)lower.at;
	for (size_t i = 0; at && i < lower.length; i++)
		if (at[i] >= 'A' && at[i] <= 'Z')
			at[i] = (char)(at[i] - 'A' + 'a');
	return lower;
}

struct text
directory_function_of(struct arena *arena, struct text function)
{
	function = text_trim(function);
	char *stored = arena_alloc(arena, 3 * function.length + 1);
	if (!stored)
		return (struct text){ 0 };
	size_t length = 0;
	for (size_t i = 0; i < function.length; i++) {
		const char c = function.at[i];
		if (c == '\'') {
			memcpy(stored + length, "’", sizeof "’" - 1);
			length += sizeof "’" - 1;
		} else if (c != ' ' && c != '\t' && c != '\n') {
			stored[length++] = c;
		} else if (length && stored[length - 1] != ' ') {
			stored[length++] = ' ';
		}
	}
	return (struct text){ stored, length };
}

/* --- Who holds a function ------------------------------------------------------------------- */

/* The functions as stored; those that are not given match nothing, for none is empty. */
static enum guichet_status
functions_read(struct arena *arena, const struct text *functions, size_t count,
	struct text ret_functions[DIRECTORY_FUNCTIONS_LIMIT], struct guichet_error *error)
{
	if (count > DIRECTORY_FUNCTIONS_LIMIT)
		return guichet_fail(error, GUICHET_REFUSED, "Un rôle ne peut nommer que %d fonctions au plus.",
			DIRECTORY_FUNCTIONS_LIMIT);
	for (size_t i = 0; i < DIRECTORY_FUNCTIONS_LIMIT; i++) {
		ret_functions[i] = i < count ? directory_function_of(arena, functions[i]) : TEXT("");
		if (!ret_functions[i].at)
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	}
	return GUICHET_OK;
}

struct growing {
	struct directory_holder *at;
	size_t count, capacity;
};

/* The name made of three columns, empty when they are. */
static struct text
name_of(struct store_rows *rows, struct arena *arena, int column)
{
	const struct directory_person person = { .civility = store_text(rows, column),
		.first_name = store_text(rows, column + 1), .last_name = store_text(rows, column + 2) };
	return person.last_name.length ? directory_person_name(arena, &person) : TEXT("");
}

static bool
holder_add(struct arena *arena, struct growing *holders, struct store_rows *rows)
{
	if (holders->count == holders->capacity) {
		const size_t capacity = holders->capacity ? 2 * holders->capacity : 8;
		struct directory_holder *larger = arena_array_of(arena, struct directory_holder, capacity);
		if (!larger)
			return false;
		if (holders->count)
			memcpy(larger, holders->at, holders->count * sizeof *larger);
		holders->at = larger;
		holders->capacity = capacity;
	}
	struct directory_holder *holder = &holders->at[holders->count++];
	person_fill(rows, 0, &holder->person);
	holder->function = store_text(rows, PERSON_COLUMN_COUNT);
	holder->structure = store_text(rows, PERSON_COLUMN_COUNT + 1);
	holder->structure_code = store_text(rows, PERSON_COLUMN_COUNT + 2);
	holder->structure_name = store_text(rows, PERSON_COLUMN_COUNT + 3);
	holder->regime = store_text(rows, PERSON_COLUMN_COUNT + 4);
	holder->instead_of = name_of(rows, arena, PERSON_COLUMN_COUNT + 5);
	holder->reference = store_text(rows, PERSON_COLUMN_COUNT + 8);
	return holder->instead_of.at != NULL;
}

/* Room doubles: it is full at each power of two. */
static bool
met_add(struct arena *arena, struct text **met, size_t *count, struct text person)
{
	if ((*count & (*count - 1)) == 0) {
		struct text *larger = arena_array_of(arena, struct text, *count ? 2 * *count : 1);
		if (!larger)
			return false;
		if (*count)
			memcpy(larger, *met, *count * sizeof *larger);
		*met = larger;
	}
	(*met)[(*count)++] = person;
	return true;
}

enum guichet_status
directory_holders(struct store_tx *tx, struct arena *arena, const struct text *functions, size_t function_count,
	struct text structure, struct text except, struct date at, struct directory_holders *ret_holders,
	struct guichet_error *error)
{
	struct text f[DIRECTORY_FUNCTIONS_LIMIT], c[DIRECTORY_DEPTH_LIMIT];
	struct directory_structure start;
	enum guichet_status status = functions_read(arena, functions, function_count, f, error);
	if (status == GUICHET_OK)
		status = directory_structure_load(tx, arena, structure, at, &start, error);
	if (status != GUICHET_OK)
		return status;
	struct text codes = text_part(start.path, 1, start.path.length);
	for (size_t i = 0; i < DIRECTORY_DEPTH_LIMIT; i++)
		c[i] = codes.length ? text_split(&codes, '/') : TEXT("");

	/* The nearest first: those of the first structure where somebody is there are the answer. */
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DIRECTORY_HOLDERS,
		STORE_VALUES(f[0], f[1], f[2], f[3], f[4], f[5], c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7],
			date_day_number(at), except), error);
	struct growing holders = { 0 };
	struct text home = TEXT("");
	struct text *met = NULL;
	size_t met_count = 0;
	while (store_next(&rows)) {
		if (home.length == 0)
			home = store_text(&rows, PERSON_COLUMN_COUNT + 1);
		if (!met_add(arena, &met, &met_count, store_text(&rows, 0)))
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
		if (store_integer(&rows, PERSON_COLUMN_COUNT + 9))
			continue; /* away */
		if (holders.count && !text_equal(store_text(&rows, PERSON_COLUMN_COUNT + 1), holders.at[0].structure))
			break;
		if (!holder_add(arena, &holders, &rows))
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	}
	status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_holders = (struct directory_holders){ holders.at, holders.count, home, met, met_count };
	return status;
}

enum guichet_status
directory_holders_within(struct store_tx *tx, struct arena *arena, const struct text *functions, size_t function_count,
	const struct directory_range *range, struct date at, size_t limit, struct directory_holders *ret_holders,
	struct guichet_error *error)
{
	struct text f[DIRECTORY_FUNCTIONS_LIMIT];
	enum guichet_status status = functions_read(arena, functions, function_count, f, error);
	if (status != GUICHET_OK)
		return status;
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DIRECTORY_HOLDERS_WITHIN,
		STORE_VALUES(f[0], f[1], f[2], f[3], f[4], f[5], range->from, range->to, date_day_number(at),
			(int64_t)limit), error);
	struct growing holders = { 0 };
	while (store_next(&rows))
		if (!holder_add(arena, &holders, &rows))
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_holders = (struct directory_holders){ .at = holders.at, .count = holders.count };
	return status;
}

static enum guichet_status
functions_query(struct store_tx *tx, struct arena *arena, enum store_statement statement, struct text person, struct date at,
	struct directory_functions *ret_functions, struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, statement, STORE_VALUES(person, date_day_number(at)), error);
	struct directory_function *functions = NULL;
	size_t count = 0, capacity = 0;
	while (store_next(&rows)) {
		if (count == capacity) {
			const size_t more = capacity ? 2 * capacity : 8;
			struct directory_function *larger = arena_array_of(arena, struct directory_function, more);
			if (!larger)
				return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
			if (count)
				memcpy(larger, functions, count * sizeof *larger);
			functions = larger, capacity = more;
		}
		functions[count++] = (struct directory_function){ store_text(&rows, 0), store_integer(&rows, 1),
			store_text(&rows, 2), store_text(&rows, 3), store_text(&rows, 4), store_text(&rows, 5),
			store_text(&rows, 6), name_of(&rows, arena, 7), store_text(&rows, 10), store_text(&rows, 11),
			date_of_day_number(store_integer(&rows, 12)), store_text(&rows, 13) };
		if (!functions[count - 1].instead_of.at)
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	}
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_functions = (struct directory_functions){ functions, count };
	return status;
}

enum guichet_status
directory_functions_of(struct store_tx *tx, struct arena *arena, struct text person, struct date at,
	struct directory_functions *ret_functions, struct guichet_error *error)
{
	return functions_query(tx, arena, STORE_DIRECTORY_FUNCTIONS, person, at, ret_functions, error);
}

enum guichet_status
directory_delegations_of(struct store_tx *tx, struct arena *arena, struct text person, struct date at,
	struct directory_functions *ret_functions, struct guichet_error *error)
{
	return functions_query(tx, arena, STORE_DIRECTORY_DELEGATIONS, person, at, ret_functions, error);
}

bool
directory_has_function(const struct directory_functions *functions, struct text function, struct text path)
{
	char room[1024];
	size_t length = 0;
	function = text_trim(function);
	for (size_t i = 0; i < function.length && length + 4 < sizeof room; i++) {
		const bool apostrophe = function.at[i] == '\'';
		memcpy(room + length, apostrophe ? "’" : &function.at[i], apostrophe ? sizeof "’" - 1 : 1);
		length += apostrophe ? sizeof "’" - 1 : 1;
	}
	for (size_t i = 0; i < functions->count; i++)
		if (text_equal(functions->at[i].function, (struct text){ room, length })
			&& (path.length == 0 || text_starts(path, functions->at[i].path)))
			return true;
	return false;
}

/* --- Absences --------------------------------------------------------------------------------- */

enum { INTERIMS_LIMIT = 100 }; /* of one person */

enum guichet_status
directory_interims_of(struct store_tx *tx, struct arena *arena, struct text person, struct date at,
	const struct directory_interim **ret_interims, size_t *ret_count, struct guichet_error *error)
{
	struct directory_interim *interims = arena_array_of(arena, struct directory_interim, INTERIMS_LIMIT);
	if (!interims)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(tx, arena, STORE_DIRECTORY_INTERIMS_OF, STORE_VALUES(person, date_day_number(at)), error);
	size_t count = 0;
	while (count < INTERIMS_LIMIT && store_next(&rows)) {
		struct directory_interim *interim = &interims[count++];
		*interim = (struct directory_interim){ .absent = store_text(&rows, 0), .absent_name = name_of(&rows, arena, 1),
			.replacement = store_text(&rows, 4), .replacement_name = name_of(&rows, arena, 5),
			.structure_name = store_text(&rows, 8), .function = store_text(&rows, 9),
			.reference = store_text(&rows, 10), .from = date_of_day_number(store_integer(&rows, 11)),
			.to = date_of_day_number(store_integer(&rows, 12)),
			.signing = store_integer(&rows, 13) != 0, .letters = store_text(&rows, 14) };
		if (!interim->absent_name.at || !interim->replacement_name.at)
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	}
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK) {
		*ret_interims = interims;
		*ret_count = count;
	}
	return status;
}

struct text
directory_interim_french(struct arena *arena, const struct directory_interim *interim, struct text person)
{
	const bool given = text_equal(interim->absent, person);
	const struct text from = date_french(arena, interim->from, false),
		to = date_french(arena, date_add_days(interim->to, -1), false);
	const bool endless = date_day_number(interim->to) >= DIRECTORY_NO_END, alone = interim->replacement.length == 0;
	const struct text whom = given ? interim->replacement_name : interim->absent_name;
	const char *what = alone ? "absence sans intérim" : interim->signing
		? given ? "délégation de signature donnée à " : "délégation de signature de "
		: given ? "absence, intérim assuré par " : "intérim de ";
	const struct text *const scope[] = { &interim->function, &interim->structure_name, &interim->letters };
	const char *before = " : ";
	struct text words = endless ? arena_format(arena, "À partir du " TEXT_FORMAT, TEXT_ARGS(from))
		: arena_format(arena, "Du " TEXT_FORMAT " au " TEXT_FORMAT, TEXT_ARGS(from), TEXT_ARGS(to));
	words = arena_format(arena, TEXT_FORMAT ", %s" TEXT_FORMAT, TEXT_ARGS(words), what, TEXT_ARGS(alone ? TEXT("") : whom));
	for (size_t i = 0; i < sizeof scope / sizeof *scope; i++) {
		if (scope[i]->length == 0)
			continue;
		words = arena_format(arena, TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(words), before, TEXT_ARGS(*scope[i]));
		before = ", ";
	}
	return arena_format(arena, TEXT_FORMAT " (" TEXT_FORMAT ")", TEXT_ARGS(words), TEXT_ARGS(interim->reference));
}

/* --- Lists ------------------------------------------------------------------------------------ */

struct directory_range
directory_subtree(struct arena *arena, struct text path)
{
	return (struct directory_range){ path, text_after(arena, path) };
}

enum { SEARCH_LIMIT = 100 };

enum guichet_status
directory_search(struct store_tx *tx, struct arena *arena, struct text query, const struct directory_range *range,
	struct date at, size_t limit, struct directory_search *ret_found, struct guichet_error *error)
{
	const struct text prefix = text_fold(arena, query), after = text_after(arena, prefix);
	if (limit > SEARCH_LIMIT)
		limit = SEARCH_LIMIT;
	struct directory_found *found = arena_array_of(arena, struct directory_found, limit + 1);
	if (!prefix.at || !after.at || !found)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	if (prefix.length == 0) {
		*ret_found = (struct directory_search){ 0 };
		return GUICHET_OK;
	}
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DIRECTORY_SEARCH,
		STORE_VALUES(prefix, after, text_trim(query), range->from, range->to, date_day_number(at),
			(int64_t)limit + 1), error);
	size_t count = 0;
	while (count <= limit && store_next(&rows)) {
		person_fill(&rows, 0, &found[count].person);
		found[count].function = store_text(&rows, PERSON_COLUMN_COUNT);
		found[count].structure = store_text(&rows, PERSON_COLUMN_COUNT + 1);
		found[count].structure_code = store_text(&rows, PERSON_COLUMN_COUNT + 2);
		found[count].structure_name = store_text(&rows, PERSON_COLUMN_COUNT + 3);
		count++;
	}
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_found = (struct directory_search){ found, count > limit ? limit : count, count > limit };
	return status;
}

enum guichet_status
directory_structures(struct store_tx *tx, struct arena *arena, const struct directory_range *range, struct text kind,
	struct date at, size_t limit, struct directory_structures *ret_structures, struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_DIRECTORY_STRUCTURE_LIST,
		STORE_VALUES(range->from, range->to, kind, date_day_number(at), (int64_t)limit), error);
	struct directory_structure *structures = NULL;
	size_t count = 0, capacity = 0;
	while (store_next(&rows)) {
		if (count == capacity) {
			const size_t more = capacity ? 2 * capacity : 16;
			struct directory_structure *larger = arena_array_of(arena, struct directory_structure, more);
			if (!larger)
				return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
			if (count)
				memcpy(larger, structures, count * sizeof *larger);
			structures = larger, capacity = more;
		}
		structure_fill(&rows, 0, &structures[count++]);
	}
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_structures = (struct directory_structures){ structures, count };
	return status;
}

struct text
directory_kind_text(enum directory_kind kind)
{
	static const struct text texts[] = {
		[DIRECTORY_STRUCTURES] = { "structures", sizeof "structures" - 1 },
		[DIRECTORY_PERSONS] = { "personnes", sizeof "personnes" - 1 },
		[DIRECTORY_APPOINTMENTS] = { "affectations", sizeof "affectations" - 1 },
		[DIRECTORY_INTERIMS] = { "intérims", sizeof "intérims" - 1 },
	};
	return texts[kind];
}

enum guichet_status
directory_generation(struct store_tx *tx, int64_t *ret_generation, struct guichet_error *error)
{
	struct store_rows rows = store_query(tx, NULL, STORE_SERIAL_LOAD, STORE_VALUES("directory"), error);
	*ret_generation = store_next(&rows) ? store_integer(&rows, 0) : 0;
	return store_finish(&rows);
}
