/* See finding.h: the list of mistakes and how one is told. */
#include "procedure/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/banned.h"

enum { EXCERPT_LIMIT = 400, SENTENCE_LIMIT = 600, FINDINGS_ARENA = 2 << 20 };

static const struct kind {
	int number;
	enum procedure_severity severity;
	struct text subject;
} kinds[] = {
#define FINDING(number, severity, subject) { number, PROCEDURE_##severity, { subject, sizeof(subject) - 1 } },
#include "procedure/findings.def"
#undef FINDING
};

static const struct kind *
kind_find(int number)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].number == number)
			return &kinds[i];
	return NULL;
}

struct text
procedure_finding_subject(size_t nth, int *ret_number, enum procedure_severity *ret_severity)
{
	if (nth >= sizeof kinds / sizeof *kinds)
		return (struct text){ 0 };
	*ret_number = kinds[nth].number;
	*ret_severity = kinds[nth].severity;
	return kinds[nth].subject;
}

static struct text
line_of(const struct source *source, size_t at, size_t *ret_start)
{
	const struct text bytes = source->bytes;
	size_t start = at < bytes.length ? at : bytes.length, end = start;
	while (start > 0 && bytes.at[start - 1] != '\n')
		start--;
	while (end < bytes.length && bytes.at[end] != '\n' && bytes.at[end] != '\r')
		end++;
	*ret_start = start;
	return text_part(bytes, start, end - start);
}

void
source_locate(const struct source *source, size_t at, unsigned *ret_line, unsigned *ret_column)
{
	size_t start;
	(void)line_of(source, at, &start);
	*ret_line = 1;
	for (size_t i = 0; i < start; i++)
		*ret_line += source->bytes.at[i] == '\n';
	const size_t end = at < source->bytes.length ? at : source->bytes.length;
	*ret_column = (unsigned)text_characters(text_part(source->bytes, start, end - start)) + 1;
}

size_t
source_offset(const struct source *source, unsigned line, unsigned column)
{
	size_t at = 0;
	for (unsigned here = 1; here < line && at < source->bytes.length; at++)
		here += source->bytes.at[at] == '\n';
	for (unsigned here = 1; here < column && at < source->bytes.length; here++)
		(void)text_next(source->bytes, &at);
	return at;
}

/* Room for one more; false at the ceiling or without memory. */
static bool
make_room(struct procedure_findings *findings)
{
	if (findings->count == PROCEDURE_MOST_FINDINGS) {
		findings->more = true;
		return false;
	}
	if (!findings->arena) {
		findings->arena = arena_new(FINDINGS_ARENA);
		if (findings->arena)
			findings->at = arena_array_of(findings->arena, struct procedure_finding,
				PROCEDURE_MOST_FINDINGS);
	}
	if (!findings->at)
		findings->broken = true;
	return findings->at != NULL;
}

static bool
same(const struct procedure_finding *a, const struct procedure_finding *b)
{
	return a->number == b->number && a->line == b->line && a->column == b->column && text_equal(a->file, b->file)
	       && text_equal(a->sentence, b->sentence);
}

void
finding_add(struct procedure_findings *findings, int number, struct span at, struct text remedy, const char *format, ...)
{
	const struct kind *kind = kind_find(number);
	if (!kind)
		abort();
	if (!make_room(findings)) {
		findings->errors += kind->severity == PROCEDURE_ERROR;
		return;
	}
	char sentence[SENTENCE_LIMIT];
	va_list arguments;
	va_start(arguments, format);
	const int length = vsnprintf(sentence, sizeof sentence, format, arguments);
	va_end(arguments);

	struct procedure_finding *finding = &findings->at[findings->count];
	*finding = (struct procedure_finding){
		.number = number,
		.severity = kind->severity,
		.file = arena_text(findings->arena, at.source ? at.source->name : TEXT("")),
		.width = 1,
		.sentence = arena_text(findings->arena,
			(struct text){ sentence, length < 0 ? 0 : strnlen(sentence, sizeof sentence) }),
		.remedy = arena_text(findings->arena, remedy),
	};
	if (at.source && at.start != SIZE_MAX) {
		size_t start;
		const struct text line = line_of(at.source, at.start, &start);
		source_locate(at.source, at.start, &finding->line, &finding->column);
		if (line.length <= EXCERPT_LIMIT)
			finding->excerpt = arena_text(findings->arena, line);
		const size_t line_end = start + line.length;
		const size_t end = at.end < line_end ? at.end : line_end;
		if (end > at.start)
			finding->width = (unsigned)text_characters(
				text_part(at.source->bytes, at.start, end - at.start));
	}
	if (!finding->file.at || !finding->sentence.at || !finding->remedy.at)
		findings->broken = true;
	/* A text shared by an alias is read several times and tells its mistake once. */
	for (size_t i = 0; i < findings->count; i++)
		if (same(&findings->at[i], finding))
			return;
	findings->count++;
	findings->errors += kind->severity == PROCEDURE_ERROR;
}

static int
order(const void *left, const void *right)
{
	const struct procedure_finding *a = left, *b = right;
	const bool a_first = text_equal(a->file, TEXT("procedure.yaml"));
	const bool b_first = text_equal(b->file, TEXT("procedure.yaml"));
	if (a_first != b_first)
		return a_first ? -1 : 1;
	const int by_file = text_compare(a->file, b->file);
	if (by_file != 0)
		return by_file;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	if (a->column != b->column)
		return a->column < b->column ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return text_compare(a->sentence, b->sentence);
}

void
findings_sort(struct procedure_findings *findings)
{
	if (findings->count > 1)
		qsort(findings->at, findings->count, sizeof *findings->at, order);
}

enum guichet_status
findings_fail(const struct procedure_findings *findings, struct guichet_error *error)
{
	if (findings->broken)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante pour lire la procédure.");
	for (size_t i = 0; i < findings->count; i++) {
		const struct procedure_finding *finding = &findings->at[i];
		if (finding->severity == PROCEDURE_ERROR)
			return guichet_fail(error, GUICHET_REFUSED, "%.*s, ligne %u : %.*s.",
				TEXT_ARGS(finding->file), finding->line, TEXT_ARGS(finding->sentence));
	}
	return guichet_fail(error, GUICHET_REFUSED, "La procédure n’a pas pu être lue.");
}

void
procedure_finding_write(const struct procedure_finding *finding, struct buffer *out)
{
	buffer_add(out, finding->file);
	if (finding->line)
		buffer_format(out, ":%u:%u", finding->line, finding->column);
	buffer_format(out, " : %s %d : ", finding->severity == PROCEDURE_ERROR ? "erreur" : "attention", finding->number);
	buffer_add(out, finding->sentence);
	buffer_add(out, TEXT("\n"));
	if (finding->excerpt.length) {
		buffer_add(out, TEXT("    "));
		for (size_t at = 0; at < finding->excerpt.length;) {
			const uint32_t c = text_next(finding->excerpt, &at);
			buffer_add_character(out, c == '\t' ? ' ' : c);
		}
		buffer_add(out, TEXT("\n    "));
		for (unsigned i = 1; i < finding->column; i++)
			buffer_add(out, TEXT(" "));
		for (unsigned i = 0; i < finding->width; i++)
			buffer_add(out, TEXT("^"));
		buffer_add(out, TEXT("\n"));
	}
	if (finding->remedy.length) {
		buffer_add(out, TEXT("    → "));
		buffer_add(out, finding->remedy);
		buffer_add(out, TEXT("\n"));
	}
}

void
procedure_findings_release(struct procedure_findings *findings)
{
	arena_free(findings->arena);
	*findings = (struct procedure_findings){ 0 };
}
