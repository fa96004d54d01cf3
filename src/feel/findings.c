/* Mistakes of a source, found and shown: feel.h and reader.h. */
#include "feel/reader.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/banned.h"

static void
locate(struct text source, struct feel_finding *finding)
{
	size_t line = 1, start = 0;
	for (size_t i = 0; i < finding->offset && i < source.length; i++)
		if (source.at[i] == '\n')
			line++, start = i + 1;
	finding->line = line;
	finding->column = text_characters(text_part(source, start, finding->offset - start)) + 1;
}

/* The part of the source that holds the offset: the whole of it when it is one. */
static struct source_part
part_at(const struct reader *reader, size_t offset)
{
	size_t low = 0, high = reader->part_count;
	while (low + 1 < high) {
		const size_t middle = low + (high - low) / 2;
		if (reader->parts[middle].start <= offset)
			low = middle;
		else
			high = middle;
	}
	return high ? reader->parts[low] : (struct source_part){ 0, reader->source.length, NULL };
}

/* Keeps the first mistake at each place: the next ones often follow from it. */
[[gnu::format(printf, 5, 0)]] static void
record(struct reader *reader, size_t offset, size_t length, struct text remedy, const char *format,
	va_list arguments)
{
	struct feel_findings *findings = reader->findings;
	const struct source_part part = part_at(reader, offset);
	offset = offset > part.start ? offset - part.start : 0;
	if (offset > part.length)
		offset = part.length;
	if (length > part.length - offset)
		length = part.length - offset;
	for (size_t i = 0; i < findings->count; i++)
		if (findings->at[i].offset == offset && findings->at[i].place == part.place)
			return;
	if (findings->count == FEEL_MOST_FINDINGS) {
		if (!findings->lenient)
			reader->stopped = true; /* enough has been said */
		return;
	}
	char message[600];
	vsnprintf(message, sizeof message, format, arguments);
	struct feel_finding finding = { .about = reader->about, .offset = offset, .length = length,
		.message = arena_text(reader->arena, text_whole(text_of_string(message))), .remedy = remedy,
		.place = part.place };
	if (!finding.message.at || !remedy.at) {
		findings->broken = true;
		return;
	}
	locate(text_part(reader->source, part.start, part.length), &finding);
	findings->at[findings->count++] = finding;
}

void
reader_mistake(struct reader *reader, size_t offset, size_t length, struct text remedy, const char *format,
	...)
{
	va_list arguments;
	va_start(arguments, format);
	record(reader, offset, length, remedy, format, arguments);
	va_end(arguments);
	reader->mistaken = true;
}

struct node *
reader_stop(struct reader *reader, size_t offset, size_t length, struct text remedy, const char *format, ...)
{
	if (!reader->stopped) {
		va_list arguments;
		va_start(arguments, format);
		record(reader, offset, length, remedy, format, arguments);
		va_end(arguments);
		reader->stopped = true;
	}
	return NULL;
}

struct node *
reader_broken(struct reader *reader)
{
	reader->findings->broken = true;
	reader->stopped = true;
	return NULL;
}

/* ---- what was meant ---- */

enum { MOST_WORD = 48 };

static size_t
points_of(struct text text, uint32_t points[MOST_WORD])
{
	size_t count = 0;
	for (size_t at = 0; at < text.length && count < MOST_WORD;) {
		const uint32_t letter = name_letter(text_next(text, &at));
		if (letter)
			points[count++] = letter;
	}
	return count;
}

/* The number of letters to add, remove, change or swap; case and accents are free. */
static size_t
edit_distance(struct text a, struct text b)
{
	uint32_t left[MOST_WORD], right[MOST_WORD];
	const size_t m = points_of(a, left), n = points_of(b, right);
	size_t rows[3][MOST_WORD + 1];
	for (size_t j = 0; j <= n; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t *row = rows[i % 3], *above = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t least = above[j - 1] + (left[i - 1] != right[j - 1]);
			if (above[j] + 1 < least)
				least = above[j] + 1;
			if (row[j - 1] + 1 < least)
				least = row[j - 1] + 1;
			if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]
				&& before[j - 2] + 1 < least)
				least = before[j - 2] + 1;
			row[j] = least;
		}
	}
	return rows[m % 3][n];
}

void
closest_try(struct closest *closest, struct text candidate)
{
	const size_t length = text_characters(closest->wrong);
	if (candidate.length == 0 || length < 2)
		return;
	const size_t distance = edit_distance(closest->wrong, candidate);
	const size_t most = length <= 3 ? 1 : length <= 6 ? 2 : 3;
	if (distance <= most && distance < length && distance < closest->distance) {
		closest->distance = distance;
		closest->best = candidate;
	}
}

struct text
closest_remedy(struct arena *arena, const struct closest *closest)
{
	if (closest->best.length == 0)
		return TEXT("");
	return arena_format(arena, "vouliez-vous « " TEXT_FORMAT " » ?", TEXT_ARGS(closest->best));
}

/* ---- showing ---- */

struct text
feel_finding_text(struct arena *arena, const struct feel_finding *finding, struct text source)
{
	size_t start = finding->offset < source.length ? finding->offset : source.length;
	while (start && source.at[start - 1] != '\n')
		start--;
	struct text rest = text_part(source, start, source.length);
	struct text excerpt = text_split(&rest, '\n');
	size_t column = finding->column;
	/* A long line is shown around the mistake. */
	if (column > 80) {
		size_t at = 0;
		for (size_t skipped = 0; skipped < column - 60 && at < excerpt.length; skipped++)
			text_next(excerpt, &at);
		excerpt = text_part(excerpt, at, excerpt.length);
		column = 61;
	}
	size_t shown = 0;
	for (size_t count = 0; count < 110 && shown < excerpt.length; count++)
		text_next(excerpt, &shown);
	excerpt = text_part(excerpt, 0, shown);
	const struct text under = text_part(source, finding->offset, finding->length);
	size_t carets = text_characters(under);
	if (carets == 0 || text_find(under, TEXT("\n")) != SIZE_MAX)
		carets = 1;
	if (column + carets > 111)
		carets = column > 110 ? 1 : 111 - column;
	char line[128];
	memset(line, '^', sizeof line);
	const bool remedy = finding->remedy.length > 0;
	return arena_format(arena,
		"ligne %zu, colonne %zu : " TEXT_FORMAT "%s" TEXT_FORMAT "\n    " TEXT_FORMAT "\n    %*s%.*s",
		finding->line, finding->column, TEXT_ARGS(finding->message), remedy ? " : " : "",
		TEXT_ARGS(finding->remedy), TEXT_ARGS(excerpt), (int)(column - 1), "", (int)carets, line);
}
