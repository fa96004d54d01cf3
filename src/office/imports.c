/* Imports whose lines are each judged alone: counters from before the system, decisions that were running. */
#include "office/inside.h"
#include "office/lines.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

enum { MOST_REFERENCE = 150, COUNTERS_AT_ONCE = 500 };

/* ---- what is told ---- */

[[gnu::format(printf, 4, 5)]] static void
refuse(struct arena *arena, struct office_import_report *report, size_t line, const char *format, ...)
{
	char message[500];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	report->refused++;
	if (report->refusal_count < LINES_MOST_TOLD)
		report->refusals[report->refusal_count++] = (struct office_import_refusal){ line,
			arena_text(arena, text_of_string(message)) };
}

static bool
report_begin(struct arena *arena, const struct lines *lines, struct office_import_report *report)
{
	*report = (struct office_import_report){ .lines = lines->count + lines->refusal_count,
		.refusals = arena_array_of(arena, struct office_import_refusal, LINES_MOST_TOLD) };
	for (size_t i = 0; report->refusals && i < lines->refusal_count; i++)
		refuse(arena, report, lines->refusals[i].number, "%.*s", TEXT_ARGS(lines->refusals[i].message));
	return report->refusals != NULL;
}

/* The columns, all needed but those that begin with "?". */
static enum guichet_status
columns_find(struct arena *arena, const struct lines *lines, const char *const *names, size_t count, int *ret_columns,
	struct guichet_error *error)
{
	for (size_t i = 0; i < count; i++) {
		const bool optional = names[i][0] == '?';
		ret_columns[i] = lines_column(lines, arena, names[i] + optional);
		if (ret_columns[i] < 0 && !optional)
			return guichet_fail(error, GUICHET_REFUSED, "Il manque à ce fichier la colonne « %s ».", names[i]);
	}
	return GUICHET_OK;
}

/* ---- counters ---- */

enum { WHO, COUNTER, FROM, TO, QUANTITY, REFERENCE, COUNTER_COLUMNS };

struct counters {
	struct arena *arena;
	const struct lines *lines;
	const int *columns;
	size_t first, last; /* of the lines in this transaction */
	instant now;
	struct office_import_report report;
};

/* One line, right by itself. */
static bool
read_entry(struct counters *counters, const struct line *line, struct dossier_entry *ret_entry)
{
	struct arena *arena = counters->arena;
	struct office_import_report *report = &counters->report;
	const struct text from = lines_field(line, counters->columns[FROM]), to = lines_field(line, counters->columns[TO]),
		quantity = lines_field(line, counters->columns[QUANTITY]), name = lines_field(line, counters->columns[COUNTER]),
		reference = lines_field(line, counters->columns[REFERENCE]);
	struct dossier_entry entry = { .counter = name };
	if (reference.length == 0 || text_characters(reference) > MOST_REFERENCE)
		refuse(arena, report, line->number, "Donnez une référence, de %d caractères au plus : elle évite de compter deux fois.",
			MOST_REFERENCE);
	else if (name.length == 0 || text_characters(name) > 60)
		refuse(arena, report, line->number, "Donnez le nom du compteur, tel que la procédure l’écrit.");
	else if (!date_read_french(from, &entry.from) || (to.length && !date_read_french(to, &entry.to)))
		refuse(arena, report, line->number, "Écrivez les jours comme 16/06/2023.");
	else if (to.length && date_compare(entry.to, entry.from) < 0)
		refuse(arena, report, line->number, "Le dernier jour est avant le premier.");
	else if (!feel_number_read_french(quantity, &entry.quantity))
		refuse(arena, report, line->number, "La quantité est un nombre : 2, ou 1,5.");
	else {
		if (!to.length)
			entry.to = entry.from;
		*ret_entry = entry;
		return true;
	}
	return false;
}

static enum guichet_status
entry_write(struct store_tx *tx, struct counters *counters, const struct line *line, const struct dossier_entry *entry,
	struct text person, struct guichet_error *error)
{
	struct arena *arena = counters->arena;
	const struct text reference = lines_field(line, counters->columns[REFERENCE]),
		id = arena_format(arena, "import:" TEXT_FORMAT, TEXT_ARGS(reference)),
		quantity = feel_value_to_literal(arena, entry->quantity);
	const int64_t from = date_day_number(entry->from), to = date_day_number(entry->to);
	if (!id.at || !quantity.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	bool known = false, theirs = false, same = false;
	struct store_rows rows = store_query(tx, arena, STORE_COUNTER_ENTRY_LOAD, STORE_VALUES(id), error);
	if (store_next(&rows)) {
		known = true;
		theirs = text_equal(store_text(&rows, 0), person);
		same = text_equal(store_text(&rows, 1), entry->counter) && store_integer(&rows, 2) == from
			&& store_integer(&rows, 3) == to && text_equal(store_text(&rows, 4), quantity);
	}
	const enum guichet_status status = store_finish(&rows);
	if (status != GUICHET_OK)
		return status;
	if (known && !theirs) {
		refuse(arena, &counters->report, line->number, "Cette référence est déjà celle d’une autre personne.");
		return GUICHET_OK;
	}
	counters->report.unchanged += same;
	counters->report.changed += known && !same;
	counters->report.added += !known;
	if (same)
		return GUICHET_OK;
	return known ? store_run(tx, STORE_COUNTER_ENTRY_CHANGE, STORE_VALUES(id, entry->counter, from, to, quantity,
			counters->now), NULL, error)
		: store_run(tx, STORE_COUNTER_ENTRY_INSERT, STORE_VALUES(id, person, entry->counter, STORE_NULL, TEXT(""), (int64_t)0,
			from, to, quantity, reference, counters->now, STORE_NULL, TEXT("")), NULL, error);
}

static enum guichet_status
counters_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct counters *counters = context;
	const struct office_import_report before = counters->report;
	enum guichet_status status = GUICHET_OK;
	for (size_t i = counters->first; status == GUICHET_OK && i < counters->last; i++) {
		const struct line *line = &counters->lines->at[i];
		struct dossier_entry entry;
		struct directory_person person;
		struct guichet_error absent = { 0 };
		if (!read_entry(counters, line, &entry))
			continue;
		const struct text matricule = lines_field(line, counters->columns[WHO]);
		status = directory_person_by_external_id(tx, counters->arena, matricule, date_of_instant(counters->now, NULL), &person,
			&absent);
		if (status == GUICHET_UNKNOWN) {
			refuse(counters->arena, &counters->report, line->number, "L’annuaire ne connaît pas le matricule « %.*s ».",
				TEXT_ARGS(text_part(matricule, 0, 50)));
			status = GUICHET_OK;
			continue;
		}
		if (status == GUICHET_OK)
			status = entry_write(tx, counters, line, &entry, person.id, error);
		else
			*error = absent;
	}
	if (status == GUICHET_OK && counters->report.added + counters->report.changed > before.added + before.changed)
		status = store_run(tx, STORE_SERIAL_BUMP, STORE_VALUES("outside"), NULL, error);
	if (status != GUICHET_OK) /* it may run again */
		counters->report = before;
	return status;
}

enum guichet_status
office_import_counters(struct store *store, struct arena *arena, struct text source, instant now,
	struct office_import_report *ret_report, struct guichet_error *error)
{
	static const char *const names[COUNTER_COLUMNS] = { [WHO] = "matricule", [COUNTER] = "compteur", [FROM] = "du",
		[TO] = "?au", [QUANTITY] = "quantité", [REFERENCE] = "référence" };
	struct lines lines;
	int columns[COUNTER_COLUMNS];
	struct counters counters = { .arena = arena, .lines = &lines, .columns = columns, .now = now };
	enum guichet_status status = lines_read(arena, source, &lines, error);
	if (status == GUICHET_OK)
		status = columns_find(arena, &lines, names, COUNTER_COLUMNS, columns, error);
	if (status == GUICHET_OK && !report_begin(arena, &lines, &counters.report))
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	while (status == GUICHET_OK && counters.first < lines.count) {
		counters.last = counters.first + COUNTERS_AT_ONCE < lines.count ? counters.first + COUNTERS_AT_ONCE : lines.count;
		status = store_transact(store, counters_write, &counters, error);
		counters.first = counters.last;
	}
	if (status == GUICHET_OK)
		*ret_report = counters.report;
	return status;
}

/* ---- decisions taken over ---- */

struct takeover {
	struct office *office;
	struct arena *arena;
	const struct office_import_dossiers *import;
	const struct lines *lines;
	const struct line *line;
	struct text reference, subject; /* subject: an id */
	struct text id, salt, seed;
	const int *columns;
	bool known;
	struct dossier_outcome outcome;
};

/* A field for each column but the two that are ours; several choices stand between "|". */
static enum guichet_status
raws_of(const struct takeover *takeover, struct dossier_raws *ret_raws, struct guichet_error *error)
{
	enum { MOST_RAWS = 1000 };
	struct dossier_raw *raws = arena_array_of(takeover->arena, struct dossier_raw, MOST_RAWS);
	size_t count = 0;
	if (!raws)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < takeover->lines->column_count; i++) {
		struct text rest = takeover->line->fields[i];
		if ((int)i == takeover->columns[0] || (int)i == takeover->columns[1] || rest.length == 0)
			continue;
		while (rest.at && count < MOST_RAWS)
			raws[count++] = (struct dossier_raw){ takeover->lines->names[i], text_trim(text_split(&rest, '|')) };
	}
	*ret_raws = (struct dossier_raws){ raws, count };
	return GUICHET_OK;
}

/* The first mistakes of the form, for who holds the file. */
static void
tell_refusal(const struct takeover *takeover, struct office_import_report *report, const struct guichet_error *error)
{
	const struct dossier_form *form = &takeover->outcome.form;
	const struct text *pieces = takeover->outcome.piece_mistakes;
	for (size_t i = 0; takeover->outcome.refusal == DOSSIER_INCOMPLETE && i < form->count; i++)
		if (form->answers[i].mistake.length) {
			refuse(takeover->arena, report, takeover->line->number, "« %.*s » : %.*s", TEXT_ARGS(form->answers[i].name),
				TEXT_ARGS(form->answers[i].mistake));
			return;
		}
	for (size_t i = 0; pieces && i < takeover->import->campaign->procedure->piece_count; i++)
		if (pieces[i].length) {
			refuse(takeover->arena, report, takeover->line->number, "%.*s", TEXT_ARGS(pieces[i]));
			return;
		}
	refuse(takeover->arena, report, takeover->line->number, "%s", error->message);
}

static enum guichet_status
takeover_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct takeover *takeover = context;
	struct arena *arena = takeover->arena;
	const struct office_import_dossiers *import = takeover->import;
	const struct office_campaign *campaign = import->campaign;
	const instant now = clock_now(takeover->office->options.clock);
	struct store_rows rows = store_query(tx, arena, STORE_TAKEOVER_LOAD,
		STORE_VALUES(campaign->id, takeover->reference), error);
	takeover->known = store_next(&rows);
	enum guichet_status status = store_finish(&rows);
	if (status != GUICHET_OK || takeover->known)
		return status;
	struct office_foreseen foreseen = { 0 };
	struct office_actor author;
	struct dossier_facts facts;
	struct dossier_raws raws = { 0 };
	status = office_actor_load(tx, arena, import->author, now, &author, error);
	if (status == GUICHET_OK)
		status = office_actor_load(tx, arena, takeover->subject, now, &foreseen.actor, error);
	if (status == GUICHET_OK)
		status = office_foresee_holders(takeover->office, tx, arena, campaign,
			office_roles_told(campaign->procedure, import->action), now, &foreseen, error);
	if (status == GUICHET_OK)
		status = office_facts_at_filing(tx, arena, campaign, &foreseen, &facts, error);
	if (status == GUICHET_OK)
		status = raws_of(takeover, &raws, error);
	if (status != GUICHET_OK)
		return status;
	const struct directory_facts *subject = &foreseen.actor.facts;
	const struct office_place place = { .campaign = campaign, .procedure = campaign->procedure, .id = takeover->id,
		.structure = subject->structure.id, .structure_path = subject->structure.path,
		.structure_name = subject->structure.name, .subject = subject, .from = PROCEDURE_NONE, .seats = foreseen.seats };
	struct dossier_input input = { .facts = facts, .decided_at = now, .salt = takeover->salt, .id = takeover->id,
		.command = { .action = import->action, .raws = raws, .confirmed = true, .channel = TEXT("import"),
			.ground = arena_format(arena, "Reprise d’une décision en cours : " TEXT_FORMAT, TEXT_ARGS(takeover->reference)) },
		.actor = { .person = office_person_of(&author.facts.person, author.facts.appointment.function,
				author.facts.structure.name),
			.roles = office_roles_at(&author, campaign->procedure, subject->structure.path) } };
	rows = store_query(tx, arena, STORE_SERIAL_TAKE, STORE_VALUES("dossier"), error);
	if (store_next(&rows))
		input.number = dossier_number(arena, campaign->procedure, campaign->campaign, store_integer(&rows, 0));
	status = store_finish(&rows);
	if (status == GUICHET_OK && !input.number.at)
		status = guichet_fail(error, GUICHET_BROKEN, "Le numéro n’a pu être donné.");
	if (status == GUICHET_OK)
		status = office_named_load(tx, arena, author.facts.structure.path, raws, &input.facts, error);
	if (status == GUICHET_OK)
		status = dossier_decide(&input, arena, &takeover->outcome, error);
	if (status == GUICHET_OK)
		status = office_record(takeover->office, tx, arena, &place, &facts, &takeover->outcome, NULL, now, takeover->seed, error);
	return status == GUICHET_OK
		? store_run(tx, STORE_TAKEOVER_INSERT, STORE_VALUES(campaign->id, takeover->reference, takeover->id), NULL,
			error) : status;
}

/* The matricule's person today; empty when there is none. */
static enum guichet_status
person_find(struct store *store, struct arena *arena, struct text matricule, instant now, struct text *ret_id,
	struct guichet_error *error)
{
	struct directory_person person;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(store, error);
	*ret_id = TEXT("");
	if (!tx)
		return error->status;
	const enum guichet_status status = directory_person_by_external_id(tx, arena, matricule, date_of_instant(now, NULL),
		&person, error);
	if (status == GUICHET_OK)
		*ret_id = person.id;
	return status == GUICHET_UNKNOWN ? GUICHET_OK : status;
}

static enum guichet_status
take_one(struct office *office, struct arena *arena, const struct office_import_dossiers *import, const struct lines *lines,
	const int *columns, const struct line *line, struct office_import_report *report, struct guichet_error *error)
{
	const instant now = clock_now(office->options.clock);
	const struct text matricule = lines_field(line, columns[0]);
	struct takeover takeover = { .office = office, .arena = arena, .import = import, .lines = lines, .line = line,
		.columns = columns, .reference = lines_field(line, columns[1]), .id = id_new(arena, now),
		.salt = token_hash(arena, token_new(arena)), .seed = token_new(arena) };
	if (!takeover.id.at || !takeover.salt.at || !takeover.seed.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (takeover.reference.length == 0 || text_characters(takeover.reference) > MOST_REFERENCE) {
		refuse(arena, report, line->number, "Donnez une référence, de %d caractères au plus : elle évite de reprendre deux fois.",
			MOST_REFERENCE);
		return GUICHET_OK;
	}
	if (import->campaign->procedure->of_structures) {
		refuse(arena, report, line->number, "Les demandes de cette campagne sont celles de structures : elles se déposent.");
		return GUICHET_OK;
	}
	enum guichet_status status = person_find(office->options.store, arena, matricule, now, &takeover.subject, error);
	if (status != GUICHET_OK)
		return status;
	if (takeover.subject.length == 0) {
		refuse(arena, report, line->number, "L’annuaire ne connaît pas le matricule « %.*s ».",
			TEXT_ARGS(text_part(matricule, 0, 50)));
		return GUICHET_OK;
	}
	status = store_transact(office->options.store, takeover_write, &takeover, error);
	if (status == GUICHET_REFUSED || status == GUICHET_UNKNOWN) {
		tell_refusal(&takeover, report, error);
		return GUICHET_OK;
	}
	report->added += status == GUICHET_OK && !takeover.known;
	report->unchanged += status == GUICHET_OK && takeover.known;
	return status;
}

/* Columns that are neither ours nor a field of the form are a mistake in the file: nothing is done. */
static enum guichet_status
check_columns(const struct lines *lines, const int *columns, const struct procedure *procedure, struct guichet_error *error)
{
	for (size_t i = 0; i < lines->column_count; i++) {
		/* "lieu.jour": a part of a field. */
		struct text name = lines->names[i];
		if ((int)i == columns[0] || (int)i == columns[1] || procedure_field_find(procedure, name) >= 0)
			continue;
		if (procedure_field_find(procedure, text_split(&name, '.')) < 0)
			return guichet_fail(error, GUICHET_REFUSED, "La colonne « %.*s » n’est pas un champ de la procédure.",
				TEXT_ARGS(text_part(lines->names[i], 0, 100)));
	}
	return GUICHET_OK;
}

enum guichet_status
office_import_dossiers(struct office *office, struct arena *arena, const struct office_import_dossiers *import,
	struct text source, struct office_import_report *ret_report, struct guichet_error *error)
{
	static const char *const names[] = { "matricule", "référence" };
	const struct procedure *procedure = import->campaign->procedure;
	struct lines lines;
	struct office_import_report report;
	int columns[2];
	enum guichet_status status = lines_read(arena, source, &lines, error);
	if (status == GUICHET_OK)
		status = columns_find(arena, &lines, names, 2, columns, error);
	if (status == GUICHET_OK)
		status = check_columns(&lines, columns, procedure, error);
	if (status == GUICHET_OK && procedure_action_find(procedure, 0, import->action) < 0)
		status = guichet_fail(error, GUICHET_REFUSED, "« %.*s » n’est pas une action du brouillon de cette procédure.",
			TEXT_ARGS(text_part(import->action, 0, 100)));
	if (status == GUICHET_OK && !report_begin(arena, &lines, &report))
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; status == GUICHET_OK && i < lines.count; i++) {
		/* Each line its own memory: there may be many. What is told of it lives on. */
		CLEANUP(arena_free) struct arena *own = arena_new(OFFICE_WORK_ARENA);
		struct office_import_report one = { .refusals = own
			? arena_array_of(own, struct office_import_refusal, LINES_MOST_TOLD) : NULL };
		if (!one.refusals)
			return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
		status = take_one(office, own, import, &lines, columns, &lines.at[i], &one, error);
		report.added += one.added;
		report.unchanged += one.unchanged;
		report.refused += one.refused;
		for (size_t k = 0; k < one.refusal_count && report.refusal_count < LINES_MOST_TOLD; k++, report.refusal_count++)
			report.refusals[report.refusal_count] = (struct office_import_refusal){ one.refusals[k].line,
				arena_text(arena, one.refusals[k].message) };
	}
	if (status == GUICHET_OK)
		*ret_report = report;
	return status;
}
