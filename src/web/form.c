/* See form.h. */
#include "web/form.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/banned.h"

enum {
	LONGEST_BOUNDARY = 70, /* RFC 2046, 5.1.1 */
	PART_HEADERS = 4096,   /* bytes of the headers of one part */
	WORK = 16384,
};

enum state { PREAMBLE, AFTER_DELIMITER, HEADERS, BODY, EPILOGUE };

/* A field while its bytes may still move: places in `values`. */
struct place {
	struct text name;
	size_t start, length;
};

struct form_reader {
	struct arena *arena;
	enum form_outcome outcome;
	struct buffer values;     /* the bytes of all the values of fields; an urlencoded body whole */
	bool is_multipart;

	enum form_files files;
	const char *upload_directory;
	char delimiter[LONGEST_BOUNDARY + 4]; /* CR LF - - boundary */
	size_t delimiter_length;
	enum state state;
	struct place *places;
	size_t count, capacity;
	struct form_file uploads[WEB_LIMIT_UPLOADS];
	size_t upload_count;
	/* the part being read */
	bool in_file, file_chosen;
	struct form_file file;
	crypto_hash_sha256_state hash;

	size_t held;              /* bytes of `work` not yet understood */
	char *work;               /* WORK bytes */
};

static int
hexadecimal(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

static bool
is_clean(struct text text)
{
	return (text.length == 0 || !memchr(text.at, '\0', text.length)) && text_is_utf8(text);
}

size_t
percent_decode(char *bytes, size_t length, bool plus_is_space)
{
	size_t to = 0;
	for (size_t from = 0; from < length; from++) {
		char character = bytes[from];
		if (character == '%') {
			if (length - from < 3)
				return SIZE_MAX;
			const int high = hexadecimal(bytes[from + 1]), low = hexadecimal(bytes[from + 2]);
			if (high < 0 || low < 0)
				return SIZE_MAX;
			character = (char)(high << 4 | low);
			from += 2;
		} else if (character == '+' && plus_is_space) {
			character = ' ';
		}
		bytes[to++] = character;
	}
	return is_clean((struct text){ bytes, to }) ? to : SIZE_MAX;
}

/* Line ends of a text area become "\n", in place. */
static size_t
unify_lines(char *bytes, size_t length)
{
	if (length == 0 || !memchr(bytes, '\r', length))
		return length;
	size_t to = 0;
	for (size_t from = 0; from < length; from++) {
		if (bytes[from] == '\r') {
			bytes[to++] = '\n';
			if (from + 1 < length && bytes[from + 1] == '\n')
				from++;
		} else {
			bytes[to++] = bytes[from];
		}
	}
	return to;
}

enum form_outcome
form_read_urlencoded(struct arena *arena, char *bytes, size_t length, struct form *ret_form)
{
	size_t count = length > 0;
	for (size_t i = 0; i < length; i++)
		count += bytes[i] == '&';
	if (count > WEB_LIMIT_FIELDS)
		return FORM_BAD;
	struct form form = { .fields = arena_array_of(arena, struct form_field, count) };
	if (!form.fields)
		return FORM_NO_ROOM;
	for (size_t at = 0; at < length; ) {
		char *pair = bytes + at;
		char *ampersand = memchr(pair, '&', length - at);
		const size_t pair_length = ampersand ? (size_t)(ampersand - pair) : length - at;
		at += pair_length + 1;
		if (pair_length == 0)
			continue;
		char *equals = memchr(pair, '=', pair_length);
		const size_t name_length = percent_decode(pair, equals ? (size_t)(equals - pair) : pair_length, true);
		char *value = equals ? equals + 1 : pair + pair_length;
		size_t value_length = percent_decode(value, pair_length - (size_t)(value - pair), true);
		if (name_length > WEB_LIMIT_NAME || value_length == SIZE_MAX)
			return FORM_BAD;
		value_length = unify_lines(value, value_length);
		form.fields[form.count++] = (struct form_field){ { pair, name_length }, { value, value_length } };
	}
	*ret_form = form;
	return FORM_GOOD;
}

/* The value of a parameter of a header: name="…" or name=…, in the arena; `at` is NULL when absent. The
 * browser writes a quote as %22, other programs as \". */
static struct text
header_parameter(struct arena *arena, struct text header, const char *name, bool *ret_broken)
{
	const size_t name_length = strlen(name);
	size_t i = 0;
	while (i < header.length && header.at[i] != ';')
		i++;
	while (i < header.length) {
		i++; /* the ";" */
		while (i < header.length && (header.at[i] == ' ' || header.at[i] == '\t'))
			i++;
		const size_t start = i;
		while (i < header.length && header.at[i] != '=' && header.at[i] != ';')
			i++;
		if (i == header.length || header.at[i] == ';')
			continue;
		const bool wanted = i - start == name_length && strncasecmp(header.at + start, name, name_length) == 0;
		i++; /* the "=" */
		char *value = arena_alloc(arena, header.length - i + 1);
		size_t length = 0;
		if (!value) {
			*ret_broken = true;
			return (struct text){ 0 };
		}
		if (i < header.length && header.at[i] == '"') {
			for (i++; i < header.length && header.at[i] != '"'; i++) {
				if (header.at[i] == '\\' && i + 1 < header.length
					&& (header.at[i + 1] == '"' || header.at[i + 1] == '\\'))
					i++;
				value[length++] = header.at[i];
			}
			if (i == header.length) {
				*ret_broken = true;
				return (struct text){ 0 };
			}
			while (i < header.length && header.at[i] != ';')
				i++;
		} else {
			while (i < header.length && header.at[i] != ';')
				value[length++] = header.at[i++];
		}
		if (wanted)
			return text_trim((struct text){ value, length });
	}
	return (struct text){ 0 };
}

/* The browsers' three escapes in names: %22, %0D, %0A. */
static struct text
unescape_name(struct arena *arena, struct text name)
{
	char *at = arena_alloc(arena, name.length + 1);
	if (!at)
		return (struct text){ 0 };
	size_t length = 0;
	for (size_t i = 0; i < name.length; i++) {
		const struct text three = text_part(name, i, 3);
		if (text_equal(three, TEXT("%22"))) {
			at[length++] = '"';
			i += 2;
		} else if (text_equal(three, TEXT("%0D")) || text_equal(three, TEXT("%0A"))) {
			at[length++] = '\n';
			i += 2;
		} else {
			at[length++] = name.at[i];
		}
	}
	return (struct text){ at, length };
}

static struct text
without_folders(struct text name)
{
	size_t start = 0;
	for (size_t i = 0; i < name.length; i++)
		if (name.at[i] == '/' || name.at[i] == '\\')
			start = i + 1;
	return text_part(name, start, SIZE_MAX);
}

static void
close_file(void *thing)
{
	close(*(int *)thing);
}

/* An unnamed file: it may be given a name later by linkat(), and is gone if nobody does. */
static int
open_unnamed(const char *directory)
{
	const int file = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
		return file;
	char path[4096];
	if (snprintf(path, sizeof path, "%s/.envoi-XXXXXX", directory) >= (int)sizeof path)
		return -1;
	const int named = mkostemp(path, O_CLOEXEC);
	if (named >= 0)
		unlink(path);
	return named;
}

static enum form_outcome
file_begin(struct form_reader *reader)
{
	if (reader->files == FORM_FILES_REFUSED && reader->file_chosen)
		return FORM_BAD;
	if (reader->files != FORM_FILES_KEPT || !reader->file_chosen)
		return FORM_GOOD;
	if (reader->upload_count == WEB_LIMIT_UPLOADS)
		return FORM_BAD;
	int *file = arena_new_of(reader->arena, int);
	if (!file)
		return FORM_NO_ROOM;
	*file = open_unnamed(reader->upload_directory);
	if (*file < 0 || !arena_defer(reader->arena, close_file, file))
		return FORM_NO_ROOM;
	reader->file.file = *file;
	crypto_hash_sha256_init(&reader->hash);
	return FORM_GOOD;
}

static enum form_outcome
part_begin(struct form_reader *reader, struct text headers)
{
	struct text disposition = { 0 }, type = { 0 }, rest = headers;
	while (rest.at && rest.length) {
		const struct text line = text_trim(text_split(&rest, '\n'));
		static const struct text d = { "content-disposition:", 20 }, t = { "content-type:", 13 };
		if (line.length >= d.length && strncasecmp(line.at, d.at, d.length) == 0)
			disposition = text_trim(text_part(line, d.length, SIZE_MAX));
		else if (line.length >= t.length && strncasecmp(line.at, t.at, t.length) == 0)
			type = text_trim(text_part(line, t.length, SIZE_MAX));
	}
	if (disposition.length < 9 || strncasecmp(disposition.at, "form-data", 9) != 0 || !is_clean(disposition))
		return FORM_BAD;
	bool broken = false;
	struct text name = header_parameter(reader->arena, disposition, "name", &broken);
	struct text file_name = header_parameter(reader->arena, disposition, "filename", &broken);
	if (broken || !name.at || name.length > WEB_LIMIT_NAME)
		return FORM_BAD;
	name = unescape_name(reader->arena, name);
	if (!name.at)
		return FORM_NO_ROOM;
	reader->in_file = file_name.at != NULL;
	if (reader->in_file) {
		file_name = unescape_name(reader->arena, file_name);
		type = is_clean(type) ? arena_text(reader->arena, type) : TEXT("");
		if (!file_name.at || !type.at)
			return FORM_NO_ROOM;
		reader->file_chosen = file_name.length > 0;
		reader->file = (struct form_file){ .field = name, .file_name = without_folders(file_name),
			.content_type = type, .file = -1 };
		return file_begin(reader);
	}
	if (reader->count == WEB_LIMIT_FIELDS)
		return FORM_BAD;
	if (reader->count == reader->capacity) {
		const size_t capacity = reader->capacity ? 2 * reader->capacity : 32;
		struct place *grown = arena_array_of(reader->arena, struct place, capacity);
		if (!grown)
			return FORM_NO_ROOM;
		if (reader->count)
			memcpy(grown, reader->places, reader->count * sizeof *grown);
		reader->places = grown;
		reader->capacity = capacity;
	}
	reader->places[reader->count++] = (struct place){ name, reader->values.length, 0 };
	return FORM_GOOD;
}

static enum form_outcome
file_bytes(struct form_reader *reader, struct text bytes)
{
	if (!reader->file_chosen)
		return bytes.length ? FORM_BAD : FORM_GOOD; /* bytes without a name: not what a browser sends */
	if (__builtin_add_overflow(reader->file.size, (int64_t)bytes.length, &reader->file.size)
		|| reader->file.size > WEB_LIMIT_UPLOAD)
		return FORM_TOO_LARGE;
	if (reader->files != FORM_FILES_KEPT)
		return FORM_GOOD;
	crypto_hash_sha256_update(&reader->hash, (const unsigned char *)bytes.at, bytes.length);
	while (bytes.length) {
		const ssize_t written = write(reader->file.file, bytes.at, bytes.length);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return FORM_NO_ROOM;
		bytes = text_part(bytes, (size_t)written, SIZE_MAX);
	}
	return FORM_GOOD;
}

static enum form_outcome
part_bytes(struct form_reader *reader, struct text bytes)
{
	if (bytes.length == 0)
		return FORM_GOOD;
	if (reader->in_file)
		return file_bytes(reader, bytes);
	if (bytes.length > reader->values.limit - reader->values.length)
		return FORM_TOO_LARGE;
	buffer_add(&reader->values, bytes);
	return reader->values.failed ? FORM_NO_ROOM : FORM_GOOD;
}

static enum form_outcome
part_end(struct form_reader *reader)
{
	if (!reader->in_file) {
		struct place *place = &reader->places[reader->count - 1];
		place->length = reader->values.length - place->start;
		return FORM_GOOD;
	}
	if (reader->files == FORM_FILES_KEPT && reader->file_chosen) {
		crypto_hash_sha256_final(&reader->hash, reader->file.digest.bytes);
		reader->uploads[reader->upload_count++] = reader->file;
	}
	return FORM_GOOD;
}

/* Understands what it can of `work`; returns how many bytes it is done with, 0 when it needs more. */
static size_t
understand(struct form_reader *reader, struct text work)
{
	const struct text delimiter = { reader->delimiter, reader->delimiter_length };
	switch (reader->state) {
	case PREAMBLE:
	case BODY: {
		const size_t found = text_find(work, delimiter);
		const size_t sure = found != SIZE_MAX ? found
			: work.length >= delimiter.length ? work.length - delimiter.length + 1 : 0;
		if (reader->state == BODY)
			reader->outcome = part_bytes(reader, text_part(work, 0, sure));
		if (found == SIZE_MAX)
			return sure;
		if (reader->state == BODY && reader->outcome == FORM_GOOD)
			reader->outcome = part_end(reader);
		reader->state = AFTER_DELIMITER;
		return found + delimiter.length;
	}
	case AFTER_DELIMITER: {
		if (work.length < 2)
			return 0;
		if (text_starts(work, TEXT("--"))) {
			reader->state = EPILOGUE;
			return 2;
		}
		if (text_starts(work, TEXT("\r\n"))) {
			reader->state = HEADERS;
			return 2;
		}
		if (work.at[0] == ' ' || work.at[0] == '\t')
			return 1;
		reader->outcome = FORM_BAD;
		return 0;
	}
	case HEADERS: {
		const size_t end = text_find(text_part(work, 0, PART_HEADERS), TEXT("\r\n\r\n"));
		if (end == SIZE_MAX) {
			if (work.length >= PART_HEADERS)
				reader->outcome = FORM_BAD;
			return 0;
		}
		reader->outcome = part_begin(reader, text_part(work, 0, end));
		reader->state = BODY;
		return end + 4;
	}
	case EPILOGUE:
		return work.length;
	}
	return 0;
}

static enum form_outcome
feed_multipart(struct form_reader *reader, struct text bytes)
{
	while (bytes.length && reader->outcome == FORM_GOOD) {
		const struct text some = text_part(bytes, 0, WORK - reader->held);
		memcpy(reader->work + reader->held, some.at, some.length);
		reader->held += some.length;
		bytes = text_part(bytes, some.length, SIZE_MAX);
		struct text work = { reader->work, reader->held };
		while (work.length && reader->outcome == FORM_GOOD) {
			const size_t done = understand(reader, work);
			if (done == 0)
				break;
			work = text_part(work, done, SIZE_MAX);
		}
		memmove(reader->work, work.at, work.length);
		reader->held = work.length;
	}
	return reader->outcome;
}

static void
release_values(void *thing)
{
	buffer_release(thing);
}

/* "multipart/form-data; boundary=…" into the delimiter. */
static bool
read_boundary(struct form_reader *reader, struct text content_type)
{
	bool broken = false;
	const struct text boundary = header_parameter(reader->arena, content_type, "boundary", &broken);
	if (broken || boundary.length == 0 || boundary.length > LONGEST_BOUNDARY)
		return false;
	for (size_t i = 0; i < boundary.length; i++)
		if (boundary.at[i] < ' ' || boundary.at[i] > '~')
			return false;
	memcpy(reader->delimiter, "\r\n--", 4);
	memcpy(reader->delimiter + 4, boundary.at, boundary.length);
	reader->delimiter_length = boundary.length + 4;
	memcpy(reader->work, "\r\n", 2); /* the first delimiter stands at the start of a line like the others */
	reader->held = 2;
	return true;
}

struct form_reader *
form_reader_new(struct arena *arena, struct text content_type, enum form_files files,
	const char *upload_directory, enum form_outcome *ret_outcome)
{
	struct text parameters = content_type;
	const struct text type = text_trim(text_split(&parameters, ';'));
	static const struct text urlencoded = { "application/x-www-form-urlencoded", 33 },
		multipart = { "multipart/form-data", 19 };
	const bool is_multipart = type.length == multipart.length
		&& strncasecmp(type.at, multipart.at, type.length) == 0;
	if (!is_multipart && (type.length != urlencoded.length
		|| strncasecmp(type.at, urlencoded.at, type.length) != 0)) {
		*ret_outcome = FORM_BAD;
		return NULL;
	}
	struct form_reader *reader = arena_new_of(arena, struct form_reader);
	if (!reader || (is_multipart && !(reader->work = arena_alloc(arena, WORK)))) {
		*ret_outcome = FORM_NO_ROOM;
		return NULL;
	}
	reader->arena = arena;
	reader->is_multipart = is_multipart;
	reader->values = buffer_new(WEB_LIMIT_FORM);
	if (!arena_defer(arena, release_values, &reader->values)) {
		*ret_outcome = FORM_NO_ROOM;
		return NULL;
	}
	if (is_multipart) {
		reader->files = files;
		reader->upload_directory = upload_directory;
		if (!read_boundary(reader, content_type)) {
			*ret_outcome = FORM_BAD;
			return NULL;
		}
	}
	*ret_outcome = FORM_GOOD;
	return reader;
}

enum form_outcome
form_reader_feed(struct form_reader *reader, struct text bytes)
{
	if (reader->outcome != FORM_GOOD)
		return reader->outcome;
	if (reader->is_multipart)
		return feed_multipart(reader, bytes);
	if (bytes.length > reader->values.limit - reader->values.length)
		return reader->outcome = FORM_TOO_LARGE;
	buffer_add(&reader->values, bytes);
	return reader->outcome = reader->values.failed ? FORM_NO_ROOM : FORM_GOOD;
}

static enum form_outcome
end_multipart(struct form_reader *reader, struct form *ret_form)
{
	if (reader->state != EPILOGUE)
		return FORM_BAD;
	struct form form = {
		.count = reader->count, .uploads = reader->uploads, .upload_count = reader->upload_count,
	};
	form.fields = arena_array_of(reader->arena, struct form_field, reader->count);
	if (!form.fields)
		return FORM_NO_ROOM;
	for (size_t i = 0; i < reader->count; i++) {
		const struct place *place = &reader->places[i];
		char *value = reader->values.at ? reader->values.at + place->start : NULL;
		if (!is_clean(place->name) || !is_clean((struct text){ value, place->length }))
			return FORM_BAD;
		form.fields[i].name = place->name;
		form.fields[i].value = place->length ? (struct text){ value, unify_lines(value, place->length) } : TEXT("");
	}
	for (size_t i = 0; i < form.upload_count; i++)
		if (!is_clean(form.uploads[i].field) || !is_clean(form.uploads[i].file_name))
			return FORM_BAD;
	*ret_form = form;
	return FORM_GOOD;
}

enum form_outcome
form_reader_end(struct form_reader *reader, struct form *ret_form)
{
	if (reader->outcome != FORM_GOOD)
		return reader->outcome;
	return reader->is_multipart ? end_multipart(reader, ret_form)
		: form_read_urlencoded(reader->arena, reader->values.at, reader->values.length, ret_form);
}
