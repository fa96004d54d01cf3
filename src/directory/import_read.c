/* See import.h: from the lines of a CSV to rows whose fields are each right by themselves. */
#include "directory/import.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/csv.h"
#include "base/digest.h"
#include "base/fold.h"

#include "base/banned.h"

/* --- The columns ------------------------------------------------------------------------------ */

enum content { CONTENT_TEXT, CONTENT_CODE, CONTENT_MAIL, CONTENT_REGIME, CONTENT_SHARE, CONTENT_DAY };

struct column {
	const char *name;    /* as the manual writes it; accents and case do not matter */
	size_t offset;       /* of its struct text in struct import_row */
	enum content content;
	bool required;       /* the column must be there and its fields filled */
	size_t limit;        /* characters */
};

#define COLUMN(name, member, ...) { name, offsetof(struct import_row, member), __VA_ARGS__ }

static const struct column structure_columns[] = {
	COLUMN("code", structure.code, CONTENT_CODE, true, 20),
	COLUMN("type", structure.kind, CONTENT_TEXT, true, 60),
	COLUMN("nom", structure.name, CONTENT_TEXT, true, 200),
	COLUMN("parent", structure.parent, CONTENT_CODE, false, 20),
	COLUMN("département", structure.department, CONTENT_TEXT, false, 100),
	COLUMN("adresse", structure.address, CONTENT_TEXT, false, 300),
	COLUMN("courriel", structure.mail, CONTENT_MAIL, false, 254),
	COLUMN("régime", structure.regime, CONTENT_REGIME, false, 20),
	COLUMN("employeur", structure.employer, CONTENT_TEXT, false, 200),
};
static const struct column person_columns[] = {
	COLUMN("matricule", person.external_id, CONTENT_CODE, true, 20),
	COLUMN("civilité", person.civility, CONTENT_TEXT, false, 20),
	COLUMN("prénom", person.first_name, CONTENT_TEXT, true, 100),
	COLUMN("nom", person.last_name, CONTENT_TEXT, true, 100),
	COLUMN("courriel", person.mail, CONTENT_MAIL, false, 254),
	COLUMN("corps", person.corps, CONTENT_TEXT, false, 150),
	COLUMN("grade", person.grade, CONTENT_TEXT, false, 150),
	COLUMN("catégorie", person.category, CONTENT_TEXT, false, 10),
	COLUMN("filière", person.filiere, CONTENT_TEXT, false, 60),
	COLUMN("statut", person.status, CONTENT_TEXT, false, 60),
};
static const struct column appointment_columns[] = {
	COLUMN("matricule", appointment.external_id, CONTENT_CODE, true, 20),
	COLUMN("structure", appointment.code, CONTENT_CODE, true, 20),
	COLUMN("fonction", appointment.function, CONTENT_TEXT, true, 100),
	COLUMN("quotité", appointment.share_text, CONTENT_SHARE, false, 10),
	COLUMN("début", appointment.from_text, CONTENT_DAY, false, 10),
	COLUMN("fin", appointment.to_text, CONTENT_DAY, false, 10),
};

static const struct column interim_columns[] = {
	COLUMN("absent", interim.external_id, CONTENT_CODE, true, 20),
	COLUMN("remplaçant", interim.replacement, CONTENT_CODE, false, 20),
	COLUMN("structure", interim.code, CONTENT_CODE, false, 20),
	COLUMN("fonction", interim.function, CONTENT_TEXT, false, 100),
	COLUMN("début", interim.from_text, CONTENT_DAY, true, 10),
	COLUMN("fin", interim.to_text, CONTENT_DAY, false, 10),
	COLUMN("référence", interim.reference, CONTENT_TEXT, true, 150),
	COLUMN("nature", interim.nature, CONTENT_TEXT, false, 20),
	COLUMN("lettres", interim.letters, CONTENT_TEXT, false, 300),
};

enum { COLUMNS_LIMIT = 16 };

static const struct {
	const struct column *columns;
	size_t count;
} layouts[] = {
	[DIRECTORY_STRUCTURES] = { structure_columns, sizeof structure_columns / sizeof *structure_columns },
	[DIRECTORY_PERSONS] = { person_columns, sizeof person_columns / sizeof *person_columns },
	[DIRECTORY_APPOINTMENTS] = { appointment_columns, sizeof appointment_columns / sizeof *appointment_columns },
	[DIRECTORY_INTERIMS] = { interim_columns, sizeof interim_columns / sizeof *interim_columns },
};

/* --- Refusals ---------------------------------------------------------------------------------- */

void
import_refuse(struct arena *arena, struct import_refusals *refusals, struct directory_report *report,
	enum directory_kind kind, size_t line, size_t column, const char *format, ...)
{
	report->counts[kind].refused++;
	if (refusals->count == IMPORT_REFUSALS_KEPT)
		return;
	char message[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	const struct text kept = arena_text(arena, text_of_string(message));
	refusals->at[refusals->count++] = (struct directory_refusal){ kind, line, column, kept.at ? kept : TEXT("") };
}

/* A line under way: its first mistake refuses it. */
struct reading {
	struct arena *work, *arena;
	enum directory_kind kind;
	struct import_refusals *refusals;
	struct directory_report *report;
	struct import_row *row;
	bool out_of_memory;
};

#define refuse(reading, column, ...)                                                                          \
	((reading)->row->fate == IMPORT_REFUSED ? (void)0                                                      \
		: import_refuse((reading)->arena, (reading)->refusals, (reading)->report, (reading)->kind,    \
			(reading)->row->line, (column), __VA_ARGS__),                                          \
		(void)((reading)->row->fate = IMPORT_REFUSED))

/* --- Fields ------------------------------------------------------------------------------------ */

static bool
is_code(struct text text)
{
	for (size_t i = 0; i < text.length; i++) {
		const char c = text.at[i];
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_'
			|| c == '.'))
			return false;
	}
	return true;
}

static bool
is_mail(struct text text)
{
	const size_t at = text_find(text, TEXT("@"));
	if (at == SIZE_MAX || at == 0 || at + 1 >= text.length)
		return false;
	for (size_t i = 0; i < text.length; i++) {
		const unsigned char c = (unsigned char)text.at[i];
		if (c <= ' ' || c >= 0x7f || strchr("<>()[],;:\\\"", c) || (c == '@' && i != at))
			return false;
	}
	return true;
}

/* One line of text only: what is printed on letters and in headers of mails. */
static struct text
single_line(struct arena *arena, struct text text)
{
	const struct text copy = arena_text(arena, text_trim(text));
	for (size_t i = 0; copy.at && i < copy.length; i++)
		if (copy.at[i] == '\n' || copy.at[i] == '\t')
			((char *)(uintptr_t)copy.at)[i] = ' ';
	return copy;
}

static void
field_read(struct reading *reading, const struct column *column, struct text field, size_t place)
{
	field = text_trim(field);
	struct text *member = (struct text *)(void *)((char *)reading->row + column->offset);
	if (field.length == 0) {
		*member = TEXT("");
		if (column->required)
			refuse(reading, place, "La colonne « %s » est vide ; remplissez-la.", column->name);
		return;
	}
	if (text_characters(field) > column->limit) {
		refuse(reading, place, "La colonne « %s » dépasse %zu caractères ; raccourcissez-la.", column->name, column->limit);
		*member = TEXT("");
		return;
	}
	*member = column->content == CONTENT_MAIL ? directory_mail_of(reading->work, field) : single_line(reading->work, field);
	if (!member->at) {
		reading->out_of_memory = true;
		return;
	}
	switch (column->content) {
	case CONTENT_TEXT:
	case CONTENT_SHARE:
	case CONTENT_DAY:
		return;
	case CONTENT_CODE:
		if (!is_code(field)) {
			refuse(reading, place, "« " TEXT_FORMAT " » n’est pas un code : lettres sans accent, chiffres, « - », « _ » "
				"et « . » seulement.", TEXT_ARGS(field));
			*member = TEXT("");
		}
		return;
	case CONTENT_MAIL:
		if (!is_mail(*member))
			refuse(reading, place, "« " TEXT_FORMAT " » n’est pas une adresse de courriel ; corrigez-la ou laissez la "
				"colonne vide.", TEXT_ARGS(field));
		return;
	case CONTENT_REGIME:
		if (!text_equal(*member, TEXT("application")) && !text_equal(*member, TEXT("lien")))
			refuse(reading, place, "Le régime « " TEXT_FORMAT " » n’est pas connu ; écrivez « application » ou "
				"« lien ».", TEXT_ARGS(field));
		return;
	}
}

/* --- Rows -------------------------------------------------------------------------------------- */

static size_t
place_of(const struct csv_row *row, const int *places, int index)
{
	return places[index] >= 0 && (size_t)places[index] < row->count ? row->columns[places[index]] : 0;
}

/* A day of the file; `otherwise` when it is empty. */
static int64_t
day_read(struct reading *reading, struct text text, size_t place, const char *example, int64_t otherwise)
{
	struct date date;
	if (text.length == 0)
		return otherwise;
	if (date_read_french(text, &date) && date_day_number(date) + 1 < DIRECTORY_NO_END)
		return date_day_number(date);
	refuse(reading, place, "« " TEXT_FORMAT " » n’est pas une date ; écrivez-la comme %s.", TEXT_ARGS(text), example);
	return otherwise;
}

/* What the fields of an interim say together. */
static void
interim_read(struct reading *reading, const struct csv_row *source, const int *places)
{
	typeof(reading->row->interim) *interim = &reading->row->interim;
	interim->function = directory_function_of(reading->work, interim->function);
	reading->out_of_memory |= !interim->function.at;
	interim->from = day_read(reading, interim->from_text, place_of(source, places, 4), "01/09/2023 ou 2023-09-01", 0);
	interim->to = day_read(reading, interim->to_text, place_of(source, places, 5), "31/08/2024 ou 2024-08-31",
		DIRECTORY_NO_END - 1) + 1; /* the file gives the last day, included */
	if (interim->to <= interim->from)
		refuse(reading, place_of(source, places, 5), "L’intérim finit avant de commencer ; corrigez l’une des deux dates.");
	interim->signing = text_equal(interim->nature, TEXT("délégation"));
	if (!interim->signing && interim->nature.length && !text_equal(interim->nature, TEXT("intérim")))
		refuse(reading, place_of(source, places, 7), "La nature « " TEXT_FORMAT " » n’est pas connue ; écrivez « intérim » ou "
			"« délégation ».", TEXT_ARGS(interim->nature));
	if (interim->letters.length && !interim->signing)
		refuse(reading, place_of(source, places, 8), "Seule une délégation nomme des lettres ; videz cette colonne, ou écrivez "
			"« délégation » dans la colonne « nature ».");
	if (interim->signing && interim->replacement.length == 0)
		refuse(reading, place_of(source, places, 1), "Une délégation dit qui signe ; donnez son matricule dans la colonne "
			"« remplaçant ».");
	if (interim->external_id.length && text_equal(interim->external_id, interim->replacement))
		refuse(reading, place_of(source, places, 1), "Personne ne se remplace soi-même ; donnez un autre matricule, ou laissez "
			"la colonne vide pour que les demandes montent au responsable du dessus.");
}

/* What the fields of an appointment say together. */
static void
appointment_read(struct reading *reading, const struct csv_row *source, const int *places)
{
	typeof(reading->row->appointment) *a = &reading->row->appointment;
	a->function = directory_function_of(reading->work, a->function);
	reading->out_of_memory |= !a->function.at;
	a->share = 100;
	if (a->share_text.length) {
		struct text digits = a->share_text;
		if (text_ends(digits, TEXT("%")))
			digits = text_trim(text_part(digits, 0, digits.length - 1));
		if (!text_to_integer(digits, 0, 100, &a->share))
			refuse(reading, place_of(source, places, 3), "La quotité « " TEXT_FORMAT " » n’est pas un nombre entier de 0 à "
				"100.", TEXT_ARGS(a->share_text));
	}
	struct date date;
	a->from = INT64_MIN;
	if (a->from_text.length && date_read_french(a->from_text, &date))
		a->from = date_day_number(date);
	else if (a->from_text.length)
		refuse(reading, place_of(source, places, 4), "« " TEXT_FORMAT " » n’est pas une date ; écrivez-la comme "
			"01/09/2023 ou 2023-09-01.", TEXT_ARGS(a->from_text));
	a->to = DIRECTORY_NO_END;
	if (a->to_text.length && date_read_french(a->to_text, &date) && date_day_number(date) + 1 < DIRECTORY_NO_END)
		a->to = date_day_number(date) + 1; /* the file gives the last day, included */
	else if (a->to_text.length)
		refuse(reading, place_of(source, places, 5), "« " TEXT_FORMAT " » n’est pas une date ; écrivez-la comme "
			"31/08/2024 ou 2024-08-31.", TEXT_ARGS(a->to_text));
	if (a->from != INT64_MIN && a->to <= a->from)
		refuse(reading, place_of(source, places, 5), "L’affectation finit avant de commencer ; corrigez l’une des deux "
			"dates.");
}

struct text
import_interim_key(struct arena *arena, struct text external_id, struct text code, struct text function, int64_t from,
	struct text delegate, struct text letters)
{
	return arena_format(arena, TEXT_FORMAT "/" TEXT_FORMAT "/" TEXT_FORMAT "/%lld/" TEXT_FORMAT "/" TEXT_FORMAT,
		TEXT_ARGS(external_id), TEXT_ARGS(code), TEXT_ARGS(function), (long long)from, TEXT_ARGS(delegate),
		TEXT_ARGS(letters));
}

/* The key under which the row is known, empty when it cannot be told. */
static struct text
key_of(struct reading *reading)
{
	const struct import_row *row = reading->row;
	switch (reading->kind) {
	case DIRECTORY_STRUCTURES:
		return row->structure.code;
	case DIRECTORY_PERSONS:
		return row->person.external_id;
	case DIRECTORY_INTERIMS:
		if (row->interim.external_id.length == 0 || row->interim.from == 0)
			return TEXT("");
		const struct text period = import_interim_key(reading->work, row->interim.external_id, row->interim.code,
			row->interim.function, row->interim.from, row->interim.signing ? row->interim.replacement : TEXT(""),
			row->interim.letters);
		reading->out_of_memory |= !period.at;
		return period;
	default:
		if (row->appointment.external_id.length == 0 || row->appointment.code.length == 0
			|| row->appointment.function.length == 0)
			return TEXT("");
		const struct text key = arena_format(reading->work, TEXT_FORMAT "/" TEXT_FORMAT "/" TEXT_FORMAT,
			TEXT_ARGS(row->appointment.external_id), TEXT_ARGS(row->appointment.code),
			TEXT_ARGS(row->appointment.function));
		reading->out_of_memory |= !key.at;
		return key;
	}
}

static void
row_read(struct reading *reading, const struct csv_row *source, const int *places, size_t header_count)
{
	const enum directory_kind kind = reading->kind;
	for (size_t i = header_count; i < source->count; i++)
		if (text_trim(source->fields[i]).length)
			refuse(reading, source->columns[i], "Cette ligne a plus de champs que la première ; un « ; » ou un guillemet "
				"est de trop.");
	for (size_t i = 0; i < layouts[kind].count; i++) {
		const bool there = places[i] >= 0 && (size_t)places[i] < source->count;
		field_read(reading, &layouts[kind].columns[i], there ? source->fields[places[i]] : TEXT(""),
			place_of(source, places, (int)i));
	}
	if (kind == DIRECTORY_APPOINTMENTS)
		appointment_read(reading, source, places);
	if (kind == DIRECTORY_INTERIMS)
		interim_read(reading, source, places);
	if (kind == DIRECTORY_STRUCTURES && reading->row->structure.regime.length == 0)
		reading->row->structure.regime = TEXT("application");
	reading->row->key = key_of(reading);
}

/* Which field of a line each column is; -1: the file has not got it. */
static enum guichet_status
header_read(struct arena *work, struct arena *arena, enum directory_kind kind, const char *path,
	const struct csv_row *header, int places[COLUMNS_LIMIT], struct directory_report *report, struct guichet_error *error)
{
	for (size_t i = 0; i < layouts[kind].count; i++)
		places[i] = -1;
	for (size_t field = 0; field < header->count; field++) {
		const struct text name = text_fold(work, header->fields[field]);
		bool known = false;
		if (!name.at)
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
		for (size_t i = 0; i < layouts[kind].count; i++) {
			const struct text column = text_fold(work, text_of_string(layouts[kind].columns[i].name));
			if (!column.at)
				return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
			if (!text_equal(name, column))
				continue;
			if (places[i] >= 0)
				return guichet_fail(error, GUICHET_REFUSED, "%s, ligne 1 : la colonne « %s » est donnée deux fois.", path,
					layouts[kind].columns[i].name);
			places[i] = (int)field;
			known = true;
		}
		if (!known && name.length)
			report->ignored = arena_format(arena, TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(report->ignored),
				report->ignored.length ? ", " : "", TEXT_ARGS(text_part(header->fields[field], 0, 60)));
	}
	for (size_t i = 0; i < layouts[kind].count; i++)
		if (layouts[kind].columns[i].required && places[i] < 0)
			return guichet_fail(error, GUICHET_REFUSED, "%s, ligne 1 : il manque la colonne « %s » ; la première ligne donne "
				"les noms des colonnes.", path, layouts[kind].columns[i].name);
	return GUICHET_OK;
}

/* Two rows for the same thing, or two persons for the same mail: the later one is refused. */
static bool
row_index(struct reading *reading, struct import_file *file, struct map *mails)
{
	struct import_row *row = reading->row;
	const struct import_row *first = row->key.length ? map_find(file->by_key, row->key) : NULL;
	static const char *const already[] = {
		[DIRECTORY_STRUCTURES] = "Ce code est déjà celui de",
		[DIRECTORY_PERSONS] = "Ce matricule est déjà celui de",
		[DIRECTORY_APPOINTMENTS] = "Cette affectation (même personne, même structure, même fonction) est déjà à",
		[DIRECTORY_INTERIMS] = "Cet intérim (même personne, même structure, même fonction, même début) est déjà à",
	};
	if (first)
		refuse(reading, 0, "%s la ligne %zu ; gardez une seule des deux lignes.", already[reading->kind], first->line);
	if (reading->kind == DIRECTORY_PERSONS && row->fate != IMPORT_REFUSED && row->person.mail.length) {
		const struct import_row *same = map_find(mails, row->person.mail);
		if (same)
			refuse(reading, 0, "Ce courriel est déjà celui de la ligne %zu ; il sert à se connecter et doit être propre à "
				"chacun.", same->line);
		else if (!map_put(mails, row->person.mail, row))
			return false;
	}
	return row->fate == IMPORT_REFUSED || map_put(file->by_key, row->key, row);
}

enum guichet_status
import_read(struct arena *work, struct arena *arena, enum directory_kind kind, const char *path, instant at,
	struct import_refusals *refusals, struct directory_report *report, struct import_file *ret_file,
	struct guichet_error *error)
{
	CLEANUP(csv_free) struct csv *csv = csv_open(path, (struct csv_limits){ 0 }, error);
	if (!csv)
		return error->status;
	struct import_file file = { .given = true, .by_key = map_new(work) };
	struct map *mails = map_new(work);
	struct reading reading = { .work = work, .arena = arena, .kind = kind, .refusals = refusals, .report = report };
	int places[COLUMNS_LIMIT];
	size_t header_count = 0, capacity = 0;
	if (!file.by_key || !mails)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");

	for (;;) {
		struct csv_row source;
		struct csv_error wrong;
		const enum csv_event event = csv_next(csv, &source, &wrong);
		if (event == CSV_END)
			break;
		if (event == CSV_BAD_FILE || (event == CSV_BAD_ROW && header_count == 0)) {
			char place[64] = "";
			if (wrong.column)
				snprintf(place, sizeof place, ", colonne %zu", wrong.column);
			return guichet_fail(error, GUICHET_REFUSED, "%s, ligne %zu%s : %s", path, wrong.line, place, wrong.message);
		}
		if (event == CSV_ROW && header_count == 0) {
			const enum guichet_status status = header_read(work, arena, kind, path, &source, places, report, error);
			if (status != GUICHET_OK)
				return status;
			header_count = source.count;
			continue;
		}
		if (file.count == IMPORT_LINES_LIMIT)
			return guichet_fail(error, GUICHET_REFUSED, "%s a plus de %d lignes.", path, IMPORT_LINES_LIMIT);
		if (file.count == capacity) {
			const size_t larger = capacity ? 2 * capacity : 1024;
			struct import_row *rows = arena_array_of(work, struct import_row, larger);
			if (!rows)
				return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
			if (file.count)
				memcpy(rows, file.rows, file.count * sizeof *rows);
			file.rows = rows, capacity = larger;
		}
		struct import_row *row = reading.row = &file.rows[file.count++];
		report->counts[kind].lines++;
		row->line = event == CSV_ROW ? source.line : wrong.line;
		row->key = TEXT("");
		if (event == CSV_BAD_ROW) {
			refuse(&reading, wrong.column, "%s", wrong.message);
			continue;
		}
		row_read(&reading, &source, places, header_count);
		row->id = id_new(work, at);
		if (reading.out_of_memory || !row->id.at)
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	}
	if (header_count == 0)
		return guichet_fail(error, GUICHET_REFUSED, "%s est vide ; sa première ligne donne les noms des colonnes.", path);

	/* Once all are read, for the rows no longer move. */
	for (size_t i = 0; i < file.count; i++) {
		reading.row = &file.rows[i];
		if (!row_index(&reading, &file, mails))
			return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	}
	*ret_file = file;
	return GUICHET_OK;
}
