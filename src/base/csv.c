/* See csv.h. One pass, character by character: decode, then cut. */
#include "base/csv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buffer.h"

#include "base/banned.h"

enum { INPUT_SIZE = 1 << 16, ROW_LIMIT = 1 << 20 };

enum encoding { ENCODING_UNKNOWN, ENCODING_UTF8, ENCODING_WINDOWS };

/* What next_character() gives beside characters. */
enum { AT_END = -1, AT_FAILURE = -2 };

struct csv {
	FILE *file;          /* NULL: reads from `source` */
	struct text source;
	struct csv_limits limits;
	char input[INPUT_SIZE];
	size_t at, end, total;
	bool exhausted;      /* nothing more behind the input */
	bool failed;         /* CSV_BAD_FILE was given */
	bool started;
	enum encoding encoding;
	char separator;
	size_t line, column; /* of the next character, from 1 */
	struct buffer row;   /* the fields of the row, one after the other */
	size_t *ends;        /* where each ends in `row` */
	size_t *columns;     /* where each began on its line */
	size_t *offsets;     /* and in the source */
	struct text *fields;
};

/* Windows-1252, 0x80 to 0x9f; 0 where it has no character. */
static const uint16_t windows[32] = {
	0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
	0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
};

[[gnu::format(printf, 4, 5)]] static void
complain(struct csv_error *error, size_t line, size_t column, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	*error = (struct csv_error){ .line = line, .column = column };
	vsnprintf(error->message, sizeof error->message, format, arguments);
	va_end(arguments);
}

/* Makes at least `wanted` bytes available unless the source ends before. */
static bool
fill(struct csv *csv, size_t wanted, struct csv_error *error)
{
	while (!csv->exhausted && csv->end - csv->at < wanted) {
		memmove(csv->input, csv->input + csv->at, csv->end - csv->at);
		csv->end -= csv->at;
		csv->at = 0;
		const size_t room = sizeof csv->input - csv->end;
		size_t got;
		if (csv->file) {
			got = fread(csv->input + csv->end, 1, room, csv->file);
			if (ferror(csv->file)) {
				complain(error, csv->line, 0, "Le fichier ne peut plus être lu ; vérifiez le disque et recommencez.");
				return false;
			}
		} else {
			got = csv->source.length < room ? csv->source.length : room;
			if (got)
				memcpy(csv->input + csv->end, csv->source.at, got);
			csv->source = text_part(csv->source, got, csv->source.length);
		}
		csv->exhausted = got == 0;
		csv->end += got;
		if (__builtin_add_overflow(csv->total, got, &csv->total) || csv->total > csv->limits.file) {
			complain(error, csv->line, 0, "Le fichier dépasse %zu Mio ; partagez-le en plusieurs fichiers.",
				csv->limits.file >> 20);
			return false;
		}
	}
	return true;
}

/* The length of the well-formed UTF-8 sequence at the input, or 0. */
static size_t
utf8_length(const struct csv *csv)
{
	const unsigned char first = (unsigned char)csv->input[csv->at];
	const size_t length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
	if (length == 0 || csv->end - csv->at < length)
		return 0;
	return text_is_utf8((struct text){ csv->input + csv->at, length }) ? length : 0;
}

/* A character above 127: decides the encoding on the first one. */
static int32_t
decode(struct csv *csv, size_t *ret_size, struct csv_error *error)
{
	const size_t length = utf8_length(csv);
	if (csv->encoding == ENCODING_UNKNOWN)
		csv->encoding = length ? ENCODING_UTF8 : ENCODING_WINDOWS;
	if (csv->encoding == ENCODING_UTF8) {
		if (length == 0) {
			complain(error, csv->line, csv->column, "Ce caractère n’est pas de l’UTF-8 comme ce qui précède ; "
				"enregistrez tout le fichier en UTF-8.");
			return AT_FAILURE;
		}
		size_t at = 0;
		*ret_size = length;
		return (int32_t)text_next((struct text){ csv->input + csv->at, length }, &at);
	}
	const unsigned char byte = (unsigned char)csv->input[csv->at];
	const int32_t point = byte < 0xa0 ? windows[byte - 0x80] : byte;
	if (point == 0) {
		complain(error, csv->line, csv->column, "Ce caractère n’est ni de l’UTF-8 ni du Windows-1252 ; "
			"enregistrez le fichier en UTF-8.");
		return AT_FAILURE;
	}
	*ret_size = 1;
	return point;
}

/* The next character without moving, and its size in bytes. Line ends read as '\n'. */
static int32_t
peek_character(struct csv *csv, size_t *ret_size, struct csv_error *error)
{
	if (!fill(csv, 4, error))
		return AT_FAILURE;
	if (csv->at == csv->end)
		return AT_END;
	const unsigned char byte = (unsigned char)csv->input[csv->at];
	*ret_size = 1;
	if (byte >= 0x80)
		return decode(csv, ret_size, error);
	if (byte == '\0') {
		complain(error, csv->line, csv->column, "Le fichier contient un octet nul : ce n’est pas un CSV, ou il est en "
			"UTF-16 ; enregistrez-le au format « CSV UTF-8 ».");
		return AT_FAILURE;
	}
	if (byte != '\r')
		return byte;
	*ret_size = csv->end - csv->at > 1 && csv->input[csv->at + 1] == '\n' ? 2 : 1;
	return '\n';
}

static void
move_past(struct csv *csv, int32_t character, size_t size)
{
	csv->at += size;
	csv->column++;
	if (character == '\n')
		csv->line++, csv->column = 1;
}

static int32_t
next_character(struct csv *csv, struct csv_error *error)
{
	size_t size = 0;
	const int32_t character = peek_character(csv, &size, error);
	if (character >= 0)
		move_past(csv, character, size);
	return character;
}

/* Skips the byte order mark and chooses the separator by the first line. */
static bool
start(struct csv *csv, struct csv_error *error)
{
	csv->started = true;
	if (!fill(csv, INPUT_SIZE, error))
		return false;
	if (csv->end - csv->at >= 3 && memcmp(csv->input, "\xef\xbb\xbf", 3) == 0) {
		csv->at = 3;
		csv->encoding = ENCODING_UTF8;
	}
	size_t semicolons = 0, commas = 0;
	bool quoted = false;
	for (size_t i = csv->at; i < csv->end; i++) {
		const char c = csv->input[i];
		if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '\n' || c == '\r'))
			break;
		semicolons += !quoted && c == ';';
		commas += !quoted && c == ',';
	}
	csv->separator = commas > semicolons ? ',' : ';';
	return true;
}

/* One row under way: where it began and the first thing that is wrong with it. */
struct reading {
	size_t line;
	size_t count;
	bool bad;
	struct csv_error *error;
};

#define complain_once(reading, ...) \
	((reading)->bad ? (void)0 : complain((reading)->error, __VA_ARGS__), (void)((reading)->bad = true))

/* Adds a character to the field under way. False when the field is full. */
static bool
take(struct csv *csv, struct reading *reading, int32_t character, size_t field_start)
{
	if (character < 0x20 && character != '\t' && character != '\n') {
		complain_once(reading, csv->line, csv->column - 1, "Un caractère de contrôle ne peut pas être lu ; effacez-le.");
		return true;
	}
	if (character >= 0x7f && character < 0xa0) {
		complain_once(reading, csv->line, csv->column - 1, "Un caractère de contrôle ne peut pas être lu ; effacez-le.");
		return true;
	}
	if (reading->bad)
		return true;
	buffer_add_character(&csv->row, (uint32_t)character);
	return !csv->row.failed && csv->row.length - field_start <= csv->limits.field;
}

/* Whether a character was not taken for want of memory, and not of room; told then. */
static bool
is_out_of_memory(const struct csv *csv, struct csv_error *error)
{
	enum { LONGEST_CHARACTER = 4 };
	if (!csv->row.failed || csv->row.length + LONGEST_CHARACTER > csv->row.limit)
		return false;
	complain(error, csv->line, 0, "Mémoire insuffisante pour lire ce fichier.");
	error->no_memory = true;
	return true;
}

static enum csv_event
fail_file(struct csv *csv)
{
	csv->failed = true;
	return CSV_BAD_FILE;
}

/* A field from after its opening quote to after its closing one. */
static int32_t
read_quoted(struct csv *csv, struct reading *reading, struct csv_error *error)
{
	const size_t line = csv->line, column = csv->column - 1, field_start = csv->row.length;
	for (;;) {
		const int32_t character = next_character(csv, error);
		if (character == AT_FAILURE)
			return AT_FAILURE;
		if (character == AT_END) {
			complain(error, line, column, "Ce guillemet ouvrant n’est jamais refermé ; ajoutez le guillemet "
				"fermant, ou doublez-le s’il fait partie du texte.");
			return AT_FAILURE;
		}
		if (character == '"') {
			size_t size = 0;
			const int32_t after = peek_character(csv, &size, error);
			if (after != '"')
				return after == AT_FAILURE ? AT_FAILURE : 0;
			move_past(csv, after, size);
		}
		if (!take(csv, reading, character, field_start)) {
			if (is_out_of_memory(csv, error))
				return AT_FAILURE;
			complain(error, line, column, "Le champ qui s’ouvre ici dépasse %zu octets ; son guillemet fermant "
				"manque peut-être.", csv->limits.field);
			return AT_FAILURE;
		}
	}
}

/* The rest of a field, to its separator or the end of its line, which is returned. */
static int32_t
read_bare(struct csv *csv, struct reading *reading, bool after_quoted, struct csv_error *error)
{
	const size_t column = csv->column, field_start = csv->row.length;
	for (;;) {
		const size_t line = csv->line;
		const int32_t character = next_character(csv, error);
		if (character < 0 || character == '\n' || character == csv->separator)
			return character;
		if (after_quoted) {
			if (character != ' ' && character != '\t')
				complain_once(reading, line, csv->column - 1, "Du texte suit un guillemet fermant ; doublez les "
					"guillemets qui font partie du texte.");
			continue;
		}
		if (take(csv, reading, character, field_start))
			continue;
		if (is_out_of_memory(csv, error))
			return AT_FAILURE;
		complain_once(reading, line, column, "Ce champ dépasse %zu octets ; raccourcissez-le.", csv->limits.field);
	}
}

enum csv_event
csv_next(struct csv *csv, struct csv_row *ret_row, struct csv_error *ret_error)
{
	if (csv->failed) {
		complain(ret_error, csv->line, 0, "Le fichier ne peut pas être lu plus loin.");
		return CSV_BAD_FILE;
	}
	if (!csv->started && !start(csv, ret_error))
		return fail_file(csv);

	/* Empty lines are not rows. */
	size_t size = 0;
	int32_t character;
	while ((character = peek_character(csv, &size, ret_error)) == '\n')
		move_past(csv, character, size);
	if (character == AT_FAILURE)
		return fail_file(csv);
	if (character == AT_END)
		return CSV_END;

	struct csv_error wrong;
	struct reading reading = { .line = csv->line, .error = &wrong };
	buffer_clear(&csv->row);
	do {
		if (reading.count == csv->limits.columns)
			complain_once(&reading, csv->line, csv->column, "Cette ligne a plus de %zu colonnes ; retirez celles qui "
				"sont en trop.", csv->limits.columns);
		const size_t column = csv->column, offset = csv->total - (csv->end - csv->at);
		const bool quoted = peek_character(csv, &size, ret_error) == '"';
		if (quoted) {
			move_past(csv, '"', size);
			if (read_quoted(csv, &reading, ret_error) == AT_FAILURE)
				return fail_file(csv);
		}
		character = read_bare(csv, &reading, quoted, ret_error);
		if (character == AT_FAILURE)
			return fail_file(csv);
		if (!reading.bad) {
			csv->columns[reading.count] = column;
			csv->offsets[reading.count] = offset;
			csv->ends[reading.count++] = csv->row.length;
		}
	} while (character == csv->separator);

	if (reading.bad) {
		*ret_error = wrong;
		return CSV_BAD_ROW;
	}
	size_t from = 0;
	for (size_t i = 0; i < reading.count; i++) {
		csv->fields[i] = (struct text){ csv->row.at ? csv->row.at + from : "", csv->ends[i] - from };
		from = csv->ends[i];
	}
	*ret_row = (struct csv_row){ reading.line, reading.count, csv->fields, csv->columns, csv->offsets };
	return CSV_ROW;
}

static struct csv *
csv_new(FILE *file, struct text source, struct csv_limits limits)
{
	struct csv *csv = calloc(1, sizeof *csv);
	if (!csv)
		return NULL;
	csv->limits.file = limits.file ? limits.file : (size_t)256 << 20;
	csv->limits.field = limits.field ? limits.field : 4096;
	csv->limits.columns = limits.columns ? limits.columns : 100;
	csv->source = source;
	csv->line = csv->column = 1;
	csv->row = buffer_new(ROW_LIMIT);
	csv->ends = calloc(csv->limits.columns, sizeof *csv->ends);
	csv->fields = calloc(csv->limits.columns, sizeof *csv->fields);
	csv->columns = calloc(csv->limits.columns, sizeof *csv->columns);
	csv->offsets = calloc(csv->limits.columns, sizeof *csv->offsets);
	if (!csv->ends || !csv->fields || !csv->columns || !csv->offsets) {
		csv_free(csv);
		return NULL;
	}
	csv->file = file;
	return csv;
}

/* The first byte above 127 decides. */
static bool
is_windows(struct text source)
{
	size_t at = 0;
	while (at < source.length && (unsigned char)source.at[at] < 0x80)
		at++;
	if (at == source.length)
		return false;
	const unsigned char first = (unsigned char)source.at[at];
	const size_t length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
	return !text_is_utf8(text_part(source, at, length)) || source.length - at < length;
}

struct text
csv_utf8(struct arena *arena, struct text source)
{
	if (text_starts(source, TEXT("\xef\xbb\xbf")))
		source = text_part(source, 3, source.length);
	if (source.length == 0)
		return TEXT("");
	if (text_is_utf8(source))
		return source;
	const bool from_windows = is_windows(source);
	CLEANUP(buffer_release) struct buffer out = buffer_new(source.length * 3);
	for (size_t at = 0; at < source.length;) {
		const unsigned char byte = (unsigned char)source.at[at];
		if (byte < 0x80 || !from_windows) {
			buffer_add_character(&out, text_next(source, &at));
			continue;
		}
		const uint32_t point = byte < 0xa0 ? windows[byte - 0x80] : byte;
		buffer_add_character(&out, point ? point : 0xfffd);
		at++;
	}
	return out.failed ? (struct text){ 0 } : arena_text(arena, buffer_text(&out));
}

struct csv *
csv_of_text(struct text source, struct csv_limits limits)
{
	return csv_new(NULL, source, limits);
}

struct csv *
csv_open(const char *path, struct csv_limits limits, struct guichet_error *error)
{
	FILE *file = fopen(path, "rbe");
	struct stat stat;
	if (file && fstat(fileno(file), &stat) == 0 && S_ISDIR(stat.st_mode)) {
		fclose(file);
		file = NULL, errno = EISDIR;
	}
	if (!file) {
		const char *why = errno == ENOENT ? "il n’existe pas" : errno == EACCES ? "la lecture en est interdite"
			: errno == EISDIR ? "c’est un dossier" : "erreur du système";
		return guichet_fail_null(error, GUICHET_REFUSED, "Le fichier %s ne peut pas être ouvert : %s.", path, why);
	}
	struct csv *csv = csv_new(file, (struct text){ 0 }, limits);
	if (!csv) {
		fclose(file);
		return guichet_fail_null(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	}
	return csv;
}

void
csv_free(struct csv *csv)
{
	if (!csv)
		return;
	if (csv->file)
		fclose(csv->file);
	buffer_release(&csv->row);
	free(csv->ends);
	free(csv->columns);
	free(csv->offsets);
	free(csv->fields);
	free(csv);
}
