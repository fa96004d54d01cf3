/* The import: compares what the files say with what the directory holds, and writes the
 * difference in one transaction.
 *
 * Everything is decided in memory first: the directory is read once per kind, each row is found
 * by its key, and only then does the guard of 5 % speak and anything get written. A refused line
 * leaves what the directory says of its key as it was. */
#include "directory/import.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/fold.h"

#include "base/banned.h"

enum { ENDED_PERCENT_LIMIT = 5 };

/* What the directory holds under one key: its last version. */
struct held {
	struct text id, key;
	int64_t version, valid_from, valid_to;
	bool open;  /* holds today or later */
	bool kept;  /* still holds after the import: the file has it, or its refused line protects it */
	union {
		struct directory_structure structure; /* parent: an id */
		struct directory_person person;
		struct {
			struct text external_id, code, function;
			int64_t share;
		} appointment;
		struct {
			struct text external_id, replacement, code, reference;
		} interim;
	};
	struct held *next;
};

struct holding {
	struct map *by_key;
	struct held *first, **last;
	size_t open;
};

/* One run of the work; the writer may run it again from the start. */
struct run {
	struct store_tx *tx;
	struct arena *work; /* of this run */
	const struct directory_import *import;
	struct import_file *files;
	struct holding held[DIRECTORY_KIND_COUNT];
	struct collation *collation;
	int64_t today;
	struct arena *arena;
	struct import_refusals refusals;
	struct directory_report report;
	struct guichet_error *error;
};

struct job {
	const struct directory_import *import;
	struct arena *arena;
	struct import_file files[DIRECTORY_KIND_COUNT];
	struct import_refusals read_refusals; /* of the reading */
	struct directory_report read_report;
	struct directory_refusal *room;       /* for those of a run */
	struct directory_report report;       /* of the last run */
	bool told;                            /* `report` is filled */
};

static enum guichet_status
no_memory(struct run *run)
{
	return guichet_fail(run->error, GUICHET_BROKEN, "Mémoire insuffisante.");
}

static void
refuse_row(struct run *run, enum directory_kind kind, struct import_row *row, const char *message, struct text about)
{
	row->fate = IMPORT_REFUSED;
	import_refuse(run->arena, &run->refusals, &run->report, kind, row->line, 0, message, TEXT_ARGS(about));
}

/* --- What the directory holds ------------------------------------------------------------------- */

static enum guichet_status
held_add(struct run *run, enum directory_kind kind, const struct held *one)
{
	struct holding *holding = &run->held[kind];
	struct held *held = map_find(holding->by_key, one->key);
	if (held) {
		holding->open -= held->open;
		struct held *next = held->next;
		*held = *one;
		held->next = next;
	} else {
		held = arena_new_of(run->work, struct held);
		if (!held)
			return no_memory(run);
		*held = *one;
		if (!map_put(holding->by_key, held->key, held))
			return no_memory(run);
		*holding->last = held;
		holding->last = &held->next;
	}
	held->open = held->valid_to > run->today;
	holding->open += held->open;
	return GUICHET_OK;
}

static enum guichet_status
structures_load(struct run *run)
{
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(run->tx, run->work, STORE_DIRECTORY_STRUCTURES_ALL, STORE_VALUES(), run->error);
	while (store_next(&rows)) {
		struct held held = { .version = store_integer(&rows, 11), .valid_from = store_integer(&rows, 12),
			.valid_to = store_integer(&rows, 13) };
		held.structure = (struct directory_structure){ store_text(&rows, 0), store_text(&rows, 1), store_text(&rows, 2),
			store_text(&rows, 3), store_text(&rows, 4), store_text(&rows, 5), store_text(&rows, 6),
			store_text(&rows, 7), store_text(&rows, 8), store_text(&rows, 9), store_text(&rows, 10) };
		held.id = held.structure.id;
		held.key = held.structure.code;
		const enum guichet_status status = held_add(run, DIRECTORY_STRUCTURES, &held);
		if (status != GUICHET_OK)
			return status;
	}
	return store_finish(&rows);
}

static enum guichet_status
persons_load(struct run *run)
{
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(run->tx, run->work, STORE_DIRECTORY_PERSONS_ALL, STORE_VALUES(), run->error);
	while (store_next(&rows)) {
		struct held held = { .version = store_integer(&rows, 11), .valid_from = store_integer(&rows, 12),
			.valid_to = store_integer(&rows, 13) };
		held.person = (struct directory_person){ store_text(&rows, 0), store_text(&rows, 1), store_text(&rows, 2),
			store_text(&rows, 3), store_text(&rows, 4), store_text(&rows, 5), store_text(&rows, 6),
			store_text(&rows, 7), store_text(&rows, 8), store_text(&rows, 9), store_text(&rows, 10) };
		held.id = held.person.id;
		held.key = held.person.external_id;
		const enum guichet_status status = held_add(run, DIRECTORY_PERSONS, &held);
		if (status != GUICHET_OK)
			return status;
	}
	return store_finish(&rows);
}

static enum guichet_status
appointments_load(struct run *run)
{
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(run->tx, run->work, STORE_DIRECTORY_APPOINTMENTS_ALL, STORE_VALUES(), run->error);
	while (store_next(&rows)) {
		struct held held = { .id = store_text(&rows, 0), .valid_from = store_integer(&rows, 5),
			.valid_to = store_integer(&rows, 6) };
		held.appointment.external_id = store_text(&rows, 1);
		held.appointment.code = store_text(&rows, 2);
		held.appointment.function = store_text(&rows, 3);
		held.appointment.share = store_integer(&rows, 4);
		held.key = arena_format(run->work, TEXT_FORMAT "/" TEXT_FORMAT "/" TEXT_FORMAT,
			TEXT_ARGS(held.appointment.external_id), TEXT_ARGS(held.appointment.code),
			TEXT_ARGS(held.appointment.function));
		if (!held.key.at)
			return no_memory(run);
		const enum guichet_status status = held_add(run, DIRECTORY_APPOINTMENTS, &held);
		if (status != GUICHET_OK)
			return status;
	}
	return store_finish(&rows);
}

static enum guichet_status
interims_load(struct run *run)
{
	CLEANUP(store_rows_end) struct store_rows rows =
		store_query(run->tx, run->work, STORE_DIRECTORY_INTERIMS_ALL, STORE_VALUES(), run->error);
	while (store_next(&rows)) {
		struct held held = { .id = store_text(&rows, 0), .valid_from = store_integer(&rows, 7),
			.valid_to = store_integer(&rows, 8) };
		held.interim.external_id = store_text(&rows, 1);
		held.interim.replacement = store_text(&rows, 2);
		held.interim.code = store_text(&rows, 3);
		held.interim.reference = store_text(&rows, 5);
		held.key = import_interim_key(run->work, held.interim.external_id, held.interim.code, store_text(&rows, 4),
			store_integer(&rows, 6), store_integer(&rows, 9) ? held.interim.replacement : TEXT(""), store_text(&rows, 10));
		if (!held.key.at)
			return no_memory(run);
		const enum guichet_status status = held_add(run, DIRECTORY_INTERIMS, &held);
		if (status != GUICHET_OK)
			return status;
	}
	return store_finish(&rows);
}

/* --- Structures: who is above whom ----------------------------------------------------------------- */

/* The row of a file under this code that still stands, or NULL. */
static struct import_row *
row_of(const struct run *run, enum directory_kind kind, struct text key)
{
	if (!run->files[kind].given)
		return NULL;
	struct import_row *row = map_find(run->files[kind].by_key, key);
	return row && row->fate != IMPORT_REFUSED ? row : NULL;
}

/* What the directory holds and will still hold under a key, though no row says so. */
static struct held *
kept_of(const struct run *run, enum directory_kind kind, struct text key)
{
	struct held *held = map_find(run->held[kind].by_key, key);
	return held && held->open && (held->kept || !run->files[kind].given) ? held : NULL;
}

/* The path of a structure of the file and its employer, from those above it. Leaves the path NULL after a refusal. */
static enum guichet_status
path_make(struct run *run, struct import_row *row)
{
	struct text codes[DIRECTORY_DEPTH_LIMIT];
	size_t depth = 0;
	struct text top = TEXT("/");
	struct text above = row->structure.parent;
	codes[depth++] = row->structure.code;
	while (above.length) {
		const struct import_row *parent = row_of(run, DIRECTORY_STRUCTURES, above);
		const struct held *kept = parent ? NULL : kept_of(run, DIRECTORY_STRUCTURES, above);
		if (row->structure.employer.length == 0 && (parent || kept))
			row->structure.employer = parent ? parent->structure.employer : kept->structure.employer;
		if (text_equal(above, row->structure.code)) {
			refuse_row(run, DIRECTORY_STRUCTURES, row, "La structure « " TEXT_FORMAT " » est au-dessus d’elle-même : "
				"corrigez la colonne « parent » d’une des lignes de cette boucle.", above);
			return GUICHET_OK;
		}
		if (kept) {
			top = kept->structure.path;
			break;
		}
		if (!parent) {
			refuse_row(run, DIRECTORY_STRUCTURES, row, text_equal(above, row->structure.parent)
				? "La structure parente « " TEXT_FORMAT " » n’existe pas ou sa ligne est refusée ; ajoutez-la ou corrigez "
				"ce code." : "Plus haut, la structure « " TEXT_FORMAT " » n’existe pas ou sa ligne est refusée ; "
				"ajoutez-la ou corrigez ce code.", above);
			return GUICHET_OK;
		}
		if (depth == DIRECTORY_DEPTH_LIMIT)
			break;
		codes[depth++] = above;
		above = parent->structure.parent;
	}
	size_t levels = depth;
	for (size_t i = 1; i < top.length; i++)
		levels += top.at[i] == '/';
	if (levels > DIRECTORY_DEPTH_LIMIT || (depth == DIRECTORY_DEPTH_LIMIT && above.length)) {
		refuse_row(run, DIRECTORY_STRUCTURES, row, "La structure « " TEXT_FORMAT " » a plus de 7 structures au-dessus "
			"d’elle, ou est sous une boucle ; corrigez la colonne « parent ».", row->structure.code);
		return GUICHET_OK;
	}
	struct text path = top;
	for (size_t i = depth; i-- > 0; )
		path = arena_format(run->work, TEXT_FORMAT TEXT_FORMAT "/", TEXT_ARGS(path), TEXT_ARGS(codes[i]));
	row->structure.path = path;
	return path.at ? GUICHET_OK : no_memory(run);
}

/* Refusing a row refuses those below it, so paths are made again until none is refused. */
static enum guichet_status
paths_make(struct run *run)
{
	struct import_file *file = &run->files[DIRECTORY_STRUCTURES];
	for (size_t before = SIZE_MAX; before != run->report.counts[DIRECTORY_STRUCTURES].refused; ) {
		before = run->report.counts[DIRECTORY_STRUCTURES].refused;
		for (size_t i = 0; i < file->count; i++) {
			if (file->rows[i].fate == IMPORT_REFUSED)
				continue;
			const enum guichet_status status = path_make(run, &file->rows[i]);
			if (status != GUICHET_OK)
				return status;
			struct held *held = map_find(run->held[DIRECTORY_STRUCTURES].by_key, file->rows[i].key);
			if (file->rows[i].fate == IMPORT_REFUSED && held)
				held->kept = true;
		}
	}
	return GUICHET_OK;
}

/* The id of a structure or a person that stands after the import, or an empty text. */
static struct text
id_after(const struct run *run, enum directory_kind kind, struct text key)
{
	const struct held *held = map_find(run->held[kind].by_key, key);
	const struct import_row *row = row_of(run, kind, key);
	if (row)
		return held ? held->id : row->id;
	return held && kept_of(run, kind, key) ? held->id : TEXT("");
}

/* --- Decisions --------------------------------------------------------------------------------------- */

static bool
texts_equal(const struct text *const a[], const struct text *const b[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!text_equal(*a[i], *b[i]))
			return false;
	return true;
}

static bool
structure_same(const struct run *run, const struct import_row *row, const struct held *held)
{
	const struct directory_structure *a = &row->structure, *b = &held->structure;
	const struct text parent = a->parent.length ? id_after(run, DIRECTORY_STRUCTURES, a->parent) : TEXT("");
	return texts_equal(
		(const struct text *const[]){ &a->kind, &a->name, &parent, &a->department, &a->address, &a->mail, &a->regime,
			&a->path, &a->employer },
		(const struct text *const[]){ &b->kind, &b->name, &b->parent, &b->department, &b->address, &b->mail, &b->regime,
			&b->path, &b->employer }, 9);
}

static bool
person_same(const struct import_row *row, const struct held *held)
{
	const struct directory_person *a = &row->person, *b = &held->person;
	return texts_equal(
		(const struct text *const[]){ &a->civility, &a->first_name, &a->last_name, &a->mail, &a->corps, &a->grade,
			&a->category, &a->filiere, &a->status },
		(const struct text *const[]){ &b->civility, &b->first_name, &b->last_name, &b->mail, &b->corps, &b->grade,
			&b->category, &b->filiere, &b->status }, 9);
}

/* Whether what a row names stands after the import; otherwise refuses the row. Empty names nothing. */
static bool
named_stands(struct run *run, enum directory_kind kind, struct import_row *row, enum directory_kind of, struct text key)
{
	if (key.length == 0 || id_after(run, of, key).length)
		return true;
	refuse_row(run, kind, row, of == DIRECTORY_PERSONS
		? "Le matricule « " TEXT_FORMAT " » n’est pas dans l’annuaire, ou sa ligne est refusée ; ajoutez la personne ou "
		"retirez cette ligne."
		: "La structure « " TEXT_FORMAT " » n’est pas dans l’annuaire, ou sa ligne est refusée ; ajoutez-la ou corrigez ce "
		"code.", key);
	return false;
}

static bool
names_stand(struct run *run, enum directory_kind kind, struct import_row *row)
{
	switch (kind) {
	case DIRECTORY_APPOINTMENTS:
		return named_stands(run, kind, row, DIRECTORY_PERSONS, row->appointment.external_id)
			&& named_stands(run, kind, row, DIRECTORY_STRUCTURES, row->appointment.code);
	case DIRECTORY_INTERIMS:
		return named_stands(run, kind, row, DIRECTORY_PERSONS, row->interim.external_id)
			&& named_stands(run, kind, row, DIRECTORY_PERSONS, row->interim.replacement)
			&& named_stands(run, kind, row, DIRECTORY_STRUCTURES, row->interim.code);
	default:
		return true;
	}
}

static enum import_fate
appointment_decide(const struct run *run, const struct import_row *row, struct held *held)
{
	if (!held || !held->open)
		return row->appointment.to <= run->today ? IMPORT_UNCHANGED : IMPORT_ADDED; /* what is past is not history to add */
	held->kept = row->appointment.to > run->today; /* else it ends, with those that are missing */
	if (!held->kept)
		return IMPORT_UNCHANGED;
	return row->appointment.share == held->appointment.share && row->appointment.to == held->valid_to ? IMPORT_UNCHANGED
		: IMPORT_CHANGED;
}

static enum import_fate
interim_decide(const struct run *run, const struct import_row *row, struct held *held)
{
	if (!held || !held->open)
		return row->interim.to <= run->today ? IMPORT_UNCHANGED : IMPORT_ADDED;
	held->kept = row->interim.to > run->today;
	if (!held->kept)
		return IMPORT_UNCHANGED;
	return row->interim.to == held->valid_to && text_equal(row->interim.replacement, held->interim.replacement)
		&& text_equal(row->interim.reference, held->interim.reference) ? IMPORT_UNCHANGED : IMPORT_CHANGED;
}

static void
row_decide(struct run *run, enum directory_kind kind, struct import_row *row)
{
	struct held *held = map_find(run->held[kind].by_key, row->key);
	if (!names_stand(run, kind, row))
		return;
	if (kind == DIRECTORY_APPOINTMENTS) {
		row->fate = appointment_decide(run, row, held);
	} else if (kind == DIRECTORY_INTERIMS) {
		row->fate = interim_decide(run, row, held);
	} else if (!held || !held->open) {
		row->fate = IMPORT_ADDED;
	} else {
		held->kept = true;
		row->fate = (kind == DIRECTORY_STRUCTURES ? structure_same(run, row, held) : person_same(row, held))
			? IMPORT_UNCHANGED : IMPORT_CHANGED;
	}
	run->report.counts[kind].added += row->fate == IMPORT_ADDED;
	run->report.counts[kind].changed += row->fate == IMPORT_CHANGED;
	run->report.counts[kind].unchanged += row->fate == IMPORT_UNCHANGED;
}

/* What a refused line is about stays as it was. */
static void
refused_protect(struct run *run, enum directory_kind kind)
{
	for (size_t i = 0; i < run->files[kind].count; i++) {
		const struct import_row *row = &run->files[kind].rows[i];
		struct held *held = row->fate == IMPORT_REFUSED && row->key.length
			? map_find(run->held[kind].by_key, row->key) : NULL;
		if (held)
			held->kept = true;
	}
}

static enum guichet_status
decide(struct run *run)
{
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++)
		refused_protect(run, kind);
	const enum guichet_status status = paths_make(run);
	if (status != GUICHET_OK)
		return status;
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++)
		for (size_t i = 0; i < run->files[kind].count; i++)
			if (run->files[kind].rows[i].fate != IMPORT_REFUSED)
				row_decide(run, kind, &run->files[kind].rows[i]);
	refused_protect(run, DIRECTORY_APPOINTMENTS);
	refused_protect(run, DIRECTORY_INTERIMS);

	/* Who is no longer there, and what falls with them. */
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		for (struct held *held = run->held[kind].first; held; held = held->next) {
			if (!run->files[kind].given)
				held->kept = true;
			if (kind == DIRECTORY_APPOINTMENTS
				&& (id_after(run, DIRECTORY_PERSONS, held->appointment.external_id).length == 0
					|| id_after(run, DIRECTORY_STRUCTURES, held->appointment.code).length == 0))
				held->kept = false;
			if (kind == DIRECTORY_INTERIMS && (id_after(run, DIRECTORY_PERSONS, held->interim.external_id).length == 0
					|| (held->interim.code.length
						&& id_after(run, DIRECTORY_STRUCTURES, held->interim.code).length == 0)))
				held->kept = false;
			run->report.counts[kind].ended += held->open && !held->kept;
		}
	}
	return GUICHET_OK;
}

/* --- Writing ------------------------------------------------------------------------------------------ */

static enum guichet_status
end(struct run *run, enum directory_kind kind, const struct held *held)
{
	const int64_t last = held->valid_from > run->today ? held->valid_from : run->today;
	if (kind == DIRECTORY_APPOINTMENTS)
		return store_run(run->tx, STORE_DIRECTORY_APPOINTMENT_END, STORE_VALUES(held->id, last, run->import->at), NULL,
			run->error);
	if (kind == DIRECTORY_INTERIMS)
		return store_run(run->tx, STORE_DIRECTORY_INTERIM_END, STORE_VALUES(held->id, last, run->import->at), NULL,
			run->error);
	return store_run(run->tx, kind == DIRECTORY_STRUCTURES ? STORE_DIRECTORY_STRUCTURE_END : STORE_DIRECTORY_PERSON_END,
		STORE_VALUES(held->id, held->version, last, run->import->at), NULL, run->error);
}

static struct store_blob
blob_of(struct text text)
{
	return (struct store_blob){ text.at, text.length };
}

static enum guichet_status
structure_write(struct run *run, const struct import_row *row, const struct held *held, int64_t from)
{
	const struct directory_structure *s = &row->structure;
	const struct text key = collation_key(run->collation, run->work, s->name);
	const struct text parent = s->parent.length ? id_after(run, DIRECTORY_STRUCTURES, s->parent) : (struct text){ 0 };
	if (!key.at)
		return no_memory(run);
	return store_run(run->tx, STORE_DIRECTORY_STRUCTURE_VERSION_INSERT,
		STORE_VALUES(held ? held->id : row->id, held ? held->version + 1 : 1, s->kind, s->name, parent, s->department,
			s->address, s->mail, s->regime, s->path, s->employer, blob_of(key), from, DIRECTORY_NO_END, run->import->at),
		NULL, run->error);
}

static enum guichet_status
person_write(struct run *run, const struct import_row *row, const struct held *held, int64_t from)
{
	const struct directory_person *p = &row->person;
	struct arena *work = run->work;
	const struct text first = text_fold(work, p->first_name), last = text_fold(work, p->last_name);
	if (!first.at || !last.at)
		return no_memory(run);
	const struct text search = arena_format(work, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(last), TEXT_ARGS(first));
	const struct text search_first = arena_format(work, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(first), TEXT_ARGS(last));
	const struct text name = arena_format(work, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(p->last_name),
		TEXT_ARGS(p->first_name));
	if (!search.at || !search_first.at || !name.at)
		return no_memory(run);
	const struct text key = collation_key(run->collation, work, name);
	if (!key.at)
		return no_memory(run);
	const struct text id = held ? held->id : row->id;
	if (held && p->mail.length && !text_equal(p->mail, held->person.mail)) {
		const enum guichet_status status = store_run(run->tx, STORE_ACCOUNT_FOLLOW_MAIL, STORE_VALUES(id, p->mail), NULL,
			run->error);
		if (status != GUICHET_OK)
			return status;
	}
	return store_run(run->tx, STORE_DIRECTORY_PERSON_VERSION_INSERT,
		STORE_VALUES(id, held ? held->version + 1 : 1, p->civility, p->first_name, p->last_name, p->mail, p->corps, p->grade,
			p->category, p->filiere, p->status, search, search_first, blob_of(key), from, DIRECTORY_NO_END, run->import->at),
		NULL, run->error);
}

static enum guichet_status
appointment_write(struct run *run, const struct import_row *row, const struct held *held)
{
	/* The stated first day counts when the appointment appears; a change holds from today;
	 * what came back does not cover the days of its absence. */
	int64_t from = row->appointment.from != INT64_MIN ? row->appointment.from : run->today;
	if (held && row->fate == IMPORT_CHANGED)
		from = held->valid_from > run->today ? held->valid_from : run->today;
	else if (held && from < held->valid_to)
		from = run->today;
	return store_run(run->tx, STORE_DIRECTORY_APPOINTMENT_INSERT,
		STORE_VALUES(row->id, id_after(run, DIRECTORY_PERSONS, row->appointment.external_id),
			id_after(run, DIRECTORY_STRUCTURES, row->appointment.code), row->appointment.share, from, row->appointment.to,
			run->import->at, row->appointment.function), NULL, run->error);
}

static enum guichet_status
interim_write(struct run *run, const struct import_row *row, const struct held *held)
{
	/* The days before a change stay as they were told; so do those between an end and a return. */
	int64_t from = row->interim.from;
	if (held && row->fate == IMPORT_CHANGED)
		from = held->valid_from > run->today ? held->valid_from : run->today;
	else if (held && from < held->valid_to)
		from = run->today;
	const struct text replacement = row->interim.replacement.length
		? id_after(run, DIRECTORY_PERSONS, row->interim.replacement) : (struct text){ 0 };
	const struct text structure = row->interim.code.length ? id_after(run, DIRECTORY_STRUCTURES, row->interim.code)
		: (struct text){ 0 };
	return store_run(run->tx, STORE_DIRECTORY_INTERIM_INSERT,
		STORE_VALUES(row->id, id_after(run, DIRECTORY_PERSONS, row->interim.external_id), replacement, structure,
			row->interim.function, row->interim.reference, row->interim.from, from, row->interim.to, run->import->at,
			row->interim.signing ? 1 : 0, row->interim.letters),
		NULL, run->error);
}

static enum guichet_status
row_write(struct run *run, enum directory_kind kind, const struct import_row *row)
{
	const struct held *held = map_find(run->held[kind].by_key, row->key);
	if (row->fate == IMPORT_CHANGED) {
		const enum guichet_status status = end(run, kind, held);
		if (status != GUICHET_OK)
			return status;
	}
	int64_t from = run->today;
	if (held && row->fate == IMPORT_CHANGED && held->valid_from > from)
		from = held->valid_from;
	else if (held && row->fate == IMPORT_ADDED && held->valid_to > from)
		from = held->valid_to;
	switch (kind) {
	case DIRECTORY_STRUCTURES:
		return structure_write(run, row, held, from);
	case DIRECTORY_PERSONS:
		return person_write(run, row, held, from);
	case DIRECTORY_INTERIMS:
		return interim_write(run, row, held);
	default:
		return appointment_write(run, row, held);
	}
}

/* Ids come before the versions and appointments that cite them. */
static enum guichet_status
identity_write(struct run *run, enum directory_kind kind, const struct import_row *row)
{
	if (kind > DIRECTORY_PERSONS || row->fate != IMPORT_ADDED || map_find(run->held[kind].by_key, row->key))
		return GUICHET_OK;
	return store_run(run->tx, kind == DIRECTORY_STRUCTURES ? STORE_DIRECTORY_STRUCTURE_INSERT : STORE_DIRECTORY_PERSON_INSERT,
		STORE_VALUES(row->id, row->key), NULL, run->error);
}

static enum guichet_status
write_all(struct run *run)
{
	enum guichet_status status = GUICHET_OK;
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++)
		for (const struct held *held = run->held[kind].first; held && status == GUICHET_OK; held = held->next)
			if (held->open && !held->kept)
				status = end(run, kind, held);
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		const struct import_file *file = &run->files[kind];
		for (size_t i = 0; i < file->count && status == GUICHET_OK; i++)
			status = identity_write(run, kind, &file->rows[i]);
		for (size_t i = 0; i < file->count && status == GUICHET_OK; i++)
			if (file->rows[i].fate == IMPORT_ADDED || file->rows[i].fate == IMPORT_CHANGED)
				status = row_write(run, kind, &file->rows[i]);
	}
	return status;
}

/* --- One run ------------------------------------------------------------------------------------------- */

static enum guichet_status
guard(const struct run *run)
{
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		const size_t ended = run->report.counts[kind].ended, open = run->held[kind].open;
		/* An absence may be called off: interims are few and end freely. */
		if (!run->import->force && kind != DIRECTORY_INTERIMS && ended * 100 > open * ENDED_PERCENT_LIMIT)
			return guichet_fail(run->error, GUICHET_REFUSED, "Cet import terminerait %zu %s sur %zu, soit plus de %d %% : "
				"rien n’a été changé. Vérifiez que le fichier est complet, ou relancez avec --force.", ended,
				directory_kind_text(kind).at, open, ENDED_PERCENT_LIMIT);
		if (run->import->strict && run->report.counts[kind].refused)
			return guichet_fail(run->error, GUICHET_REFUSED, "Des lignes sont refusées et --strict est demandé : rien n’a "
				"été changé. Corrigez-les et relancez.");
	}
	return GUICHET_OK;
}

static enum guichet_status
run_import(struct run *run)
{
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		run->held[kind].by_key = map_new(run->work);
		run->held[kind].last = &run->held[kind].first;
		if (!run->held[kind].by_key)
			return no_memory(run);
	}
	enum guichet_status status = structures_load(run);
	if (status == GUICHET_OK)
		status = persons_load(run);
	if (status == GUICHET_OK)
		status = appointments_load(run);
	if (status == GUICHET_OK)
		status = interims_load(run);
	if (status == GUICHET_OK)
		status = decide(run);
	return status;
}

static enum guichet_status
generation_next(struct store_tx *tx, struct guichet_error *error)
{
	struct store_rows rows = store_query(tx, NULL, STORE_SERIAL_TAKE, STORE_VALUES("directory"), error);
	(void)!store_next(&rows);
	return store_finish(&rows);
}

static enum guichet_status
import_work(struct store_tx *tx, void *context, struct guichet_error *error)
{
	struct job *job = context;
	CLEANUP(arena_free) struct arena *work = arena_new((size_t)2 << 30);
	CLEANUP(collation_free) struct collation *collation = collation_new();
	if (!work || !collation)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	struct import_file files[DIRECTORY_KIND_COUNT];
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		/* Fates decided by an earlier run are forgotten: its transaction was undone. */
		files[kind] = job->files[kind];
		files[kind].rows = arena_array_of(work, struct import_row, files[kind].count + 1);
		files[kind].by_key = map_new(work);
		if (!files[kind].rows || !files[kind].by_key)
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
		for (size_t i = 0; i < files[kind].count; i++) {
			files[kind].rows[i] = job->files[kind].rows[i];
			if (files[kind].rows[i].fate != IMPORT_REFUSED
				&& !map_put(files[kind].by_key, files[kind].rows[i].key, &files[kind].rows[i]))
				return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
		}
	}
	memcpy(job->room, job->read_refusals.at, job->read_refusals.count * sizeof *job->room);
	struct run run = { .tx = tx, .work = work, .import = job->import, .files = files, .collation = collation,
		.arena = job->arena, .today = date_day_number(date_of_instant(job->import->at, NULL)),
		.refusals = { job->room, job->read_refusals.count }, .report = job->read_report, .error = error };

	enum guichet_status status = run_import(&run);
	if (status != GUICHET_OK)
		return status;
	job->report = run.report;
	job->report.refusals = run.refusals.at;
	job->report.refusal_count = run.refusals.count;
	job->told = true;
	status = guard(&run);
	if (status == GUICHET_OK && !job->import->dry)
		status = write_all(&run);
	if (status == GUICHET_OK && !job->import->dry)
		status = generation_next(tx, error);
	return status;
}

static int
by_file_and_line(const void *a, const void *b)
{
	const struct directory_refusal *x = a, *y = b;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

enum guichet_status
directory_import(struct store *store, struct arena *arena, const struct directory_import *import,
	struct directory_report *ret_report, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *work = arena_new((size_t)2 << 30);
	struct job job = { .import = import, .arena = arena };
	job.read_refusals.at = work ? arena_array_of(work, struct directory_refusal, IMPORT_REFUSALS_KEPT) : NULL;
	job.room = arena_array_of(arena, struct directory_refusal, IMPORT_REFUSALS_KEPT);
	if (!job.read_refusals.at || !job.room)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		if (!import->paths[kind])
			continue;
		const enum guichet_status status = import_read(work, arena, kind, import->paths[kind], import->at,
			&job.read_refusals, &job.read_report, &job.files[kind], error);
		if (status != GUICHET_OK)
			return status;
	}
	const enum guichet_status status = store_transact(store, import_work, &job, error);
	if (job.told && job.report.refusal_count)
		qsort(job.room, job.report.refusal_count, sizeof *job.room, by_file_and_line);
	if (job.told)
		*ret_report = job.report;
	return status;
}

/* --- The report ------------------------------------------------------------------------------------------ */

static void
count_write(struct buffer *out, size_t count, const char *what)
{
	buffer_format(out, ", %zu %s%s", count, what, count > 1 ? "s" : "");
}

void
directory_report_write(const struct directory_report *report, const struct directory_import *import, struct buffer *out)
{
	size_t refused = 0;
	for (enum directory_kind kind = 0; kind < DIRECTORY_KIND_COUNT; kind++) {
		const struct directory_count *count = &report->counts[kind];
		refused += count->refused;
		if (!import->paths[kind] && count->ended == 0)
			continue;
		buffer_format(out, "%-12s : %zu ligne%s", directory_kind_text(kind).at, count->lines, count->lines > 1 ? "s" : "");
		count_write(out, count->added, "ajoutée");
		count_write(out, count->changed, "modifiée");
		count_write(out, count->ended, "terminée");
		count_write(out, count->unchanged, "inchangée");
		count_write(out, count->refused, "refusée");
		buffer_format(out, "\n");
	}
	if (report->ignored.length)
		buffer_format(out, "Colonnes ignorées : " TEXT_FORMAT "\n", TEXT_ARGS(report->ignored));
	for (size_t i = 0; i < report->refusal_count; i++) {
		const struct directory_refusal *refusal = &report->refusals[i];
		const char *path = import->paths[refusal->kind];
		buffer_format(out, "%s, ligne %zu", path ? path : directory_kind_text(refusal->kind).at, refusal->line);
		if (refusal->column)
			buffer_format(out, ", colonne %zu", refusal->column);
		buffer_format(out, " : " TEXT_FORMAT "\n", TEXT_ARGS(refusal->message));
	}
	if (refused > report->refusal_count)
		buffer_format(out, "… et %zu autres lignes refusées.\n", refused - report->refusal_count);
}
