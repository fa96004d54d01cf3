/* What is told of a damaged procedure, to the letter: the cases are data (test/procedure/). And
 * the manual of the language, whose examples put together are a procedure without a finding. */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

#include "procedure/procedure.h"

#include "base/french.h"
#include "base/banned.h"

enum { FILE_COUNT = 20, CASE_LIMIT = 1 << 20 };

struct files {
	struct procedure_file at[FILE_COUNT];
	size_t count;
};

static struct procedure_file *
file_of(struct files *files, struct text name)
{
	for (size_t i = 0; i < files->count; i++)
		if (text_equal(files->at[i].name, name))
			return &files->at[i];
	CHECK(files->count < FILE_COUNT);
	files->at[files->count] = (struct procedure_file){ name, TEXT("") };
	return &files->at[files->count++];
}

static const struct text campaign_name = { "campagne.yaml", 13 };

/* Reads the files, then the campaign when there is one and the procedure is good. */
static void
read_all(struct files *files, struct procedure_findings *findings, struct arena *arena)
{
	struct guichet_error error = { 0 };
	struct procedure_file list[FILE_COUNT] = { 0 };
	const struct procedure_file *campaign = NULL;
	size_t count = 0;
	for (size_t i = 0; i < files->count; i++) {
		if (text_equal(files->at[i].name, campaign_name))
			campaign = &files->at[i];
		else
			list[count++] = files->at[i];
	}
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read_files(list, count, NULL, findings, &error);
	if (procedure && campaign && !findings->errors)
		(void)campaign_read(arena, procedure, campaign->name, campaign->bytes, findings, &error);
}

/* "procedure.yaml:3:5 201 phrase → remède", a line per finding. */
static struct text
told(struct arena *arena, const struct procedure_findings *findings)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(CASE_LIMIT);
	for (size_t i = 0; i < findings->count; i++) {
		const struct procedure_finding *finding = &findings->at[i];
		buffer_format(&out, "%.*s:%u:%u %d %.*s", TEXT_ARGS(finding->file), finding->line, finding->column,
			finding->number, TEXT_ARGS(finding->sentence));
		if (finding->remedy.length)
			buffer_format(&out, " → %.*s", TEXT_ARGS(finding->remedy));
		buffer_add(&out, TEXT("\n"));
	}
	CHECK(!out.failed);
	return arena_text(arena, buffer_text(&out));
}

/* ---- cases ---- */

struct one_case {
	struct text name;
	struct files files;
	struct procedure_file *file;
	struct buffer before, after, expected;
	bool whole; /* the lines of `*` replace the file */
};

static void
add_line(struct buffer *buffer, struct text line)
{
	buffer_add(buffer, line);
	buffer_add(buffer, TEXT("\n"));
}

static struct text
without_last_line_end(const struct buffer *buffer)
{
	return text_part(buffer_text(buffer), 0, buffer->length - 1);
}

/* Puts the lines of `+` in the place of those of `-`. */
static void
apply(struct one_case *one, struct arena *arena, size_t line_number)
{
	if (one->before.length == 0)
		return;
	const struct text bytes = one->file->bytes, before = without_last_line_end(&one->before);
	const struct text after = without_last_line_end(&one->after);
	const size_t at = text_find(bytes, before);
	if (at == SIZE_MAX)
		test_fail("test/procedure/findings.txt", (int)line_number, "nothing such to replace");
	one->file->bytes = arena_format(arena, "%.*s%.*s%.*s", (int)at, bytes.at, TEXT_ARGS(after),
		TEXT_ARGS(text_part(bytes, at + before.length, SIZE_MAX)));
	buffer_clear(&one->before);
	buffer_clear(&one->after);
}

static void
judge(struct one_case *one, struct arena *arena, size_t line_number)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	read_all(&one->files, &findings, arena);
	const struct text got = told(arena, &findings);
	test_case(french_equal(got, buffer_text(&one->expected)), "test/procedure/findings.txt", (int)line_number,
		"%.*s: got\n%.*s", TEXT_ARGS(one->name), TEXT_ARGS(got));
}

TEST(each_mistake_is_told_at_its_place)
{
	static const char *const names[] = { "procedure.yaml", "lettres/accord.md", "lettres/refus.md", "courriers/recu.txt",
		"courriers/invitation.txt" };
	CLEANUP(arena_free) struct arena *arena = arena_new(256 << 20);
	struct text rest = test_file(arena, "test/procedure/findings.txt");
	struct files base = { 0 };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct text path = arena_format(arena, "test/procedure/base/%s", names[i]);
		file_of(&base, text_of_string(names[i]))->bytes = test_file(arena, path.at);
	}
	struct one_case one = { .before = buffer_new(CASE_LIMIT), .after = buffer_new(CASE_LIMIT),
		.expected = buffer_new(CASE_LIMIT) };
	size_t line_number = 0, started = 0;
	char last = 0;
	while (rest.at) {
		struct text line = text_split(&rest, '\n');
		line_number++;
		const char mark = line.length ? line.at[0] : 0;
		const struct text content = text_part(line, 2, SIZE_MAX);
		if (started && ((mark == '-' && last == '+') || mark == '@' || mark == '>' || mark == '='))
			apply(&one, arena, line_number);
		if (mark == '=') {
			if (started)
				judge(&one, arena, started);
			one.name = text_part(line, 3, SIZE_MAX);
			one.files = base;
			buffer_clear(&one.expected);
			started = line_number;
		} else if (!started || !mark) {
			continue;
		} else if (mark == '@') {
			one.file = file_of(&one.files, content);
			one.whole = false;
		} else if (mark == '*') {
			one.file->bytes = arena_format(arena, "%.*s%.*s\n", TEXT_ARGS(one.whole ? one.file->bytes : TEXT("")),
				TEXT_ARGS(content));
			one.whole = true;
		} else if (mark == '-') {
			add_line(&one.before, content);
		} else if (mark == '+') {
			add_line(&one.after, content);
		} else if (mark == '>') {
			buffer_add(&one.expected, content);
			buffer_add(&one.expected, TEXT("\n"));
		}
		last = mark;
	}
	judge(&one, arena, started);
	buffer_release(&one.before);
	buffer_release(&one.after);
	buffer_release(&one.expected);
}

/* ---- the manual ---- */

/* Fenced blocks: ```yaml is the next part of procedure.yaml, ```yaml NAME, ```text NAME,
 * ```markdown NAME, ```csv NAME and ```xml NAME are other files. */
static void
take_blocks(struct arena *arena, struct text manual, struct files *files)
{
	struct procedure_file *file = NULL;
	while (manual.at) {
		const struct text line = text_split(&manual, '\n');
		if (text_starts(line, TEXT("```"))) {
			struct text info = text_part(line, 3, SIZE_MAX);
			const struct text language = text_split(&info, ' ');
			const bool ours = text_equal(language, TEXT("yaml")) || text_equal(language, TEXT("text"))
				|| text_equal(language, TEXT("markdown")) || text_equal(language, TEXT("csv"))
				|| text_equal(language, TEXT("xml"));
			file = file || !ours ? NULL : file_of(files, info.at ? info : TEXT("procedure.yaml"));
		} else if (file) {
			file->bytes = arena_format(arena, "%.*s%.*s\n", TEXT_ARGS(file->bytes), TEXT_ARGS(line));
		}
	}
}

TEST(the_examples_of_the_manual_are_a_procedure_without_a_finding)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(64 << 20);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct files files = { 0 };
	take_blocks(arena, test_file(arena, "doc/manual/langage.md"), &files);
	CHECK(files.count > 3);
	read_all(&files, &findings, arena);
	CHECK_TEXT(told(arena, &findings), TEXT(""));
}

TEST(the_manual_lists_every_finding)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(4 << 20);
	const struct text manual = test_file(arena, "doc/manual/langage.md");
	int number;
	enum procedure_severity severity;
	struct text subject;
	for (size_t i = 0; (subject = procedure_finding_subject(i, &number, &severity)).length; i++) {
		const struct text row = arena_format(arena, "| %d | %s | %.*s |", number,
			severity == PROCEDURE_ERROR ? "erreur" : "attention", TEXT_ARGS(subject));
		test_case(text_find(manual, row) != SIZE_MAX, "doc/manual/langage.md", 1, "%.*s", TEXT_ARGS(row));
	}
}

TEST(the_procedures_we_ship_have_no_finding)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure =
		procedure_read("procedures/teletravail-academie", NULL, &findings, &error);
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	CHECK(procedure);
	CHECK_TEXT(told(arena, &findings), TEXT(""));
}

/* ---- mutants ---- */

TEST(each_mutant_is_a_procedure_that_can_run)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(PROCEDURE_ARENA_LIMIT);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *whole = procedure_read("procedures/teletravail-academie", NULL,
		&findings, &error);
	const struct procedure_mutant *mutants;
	size_t count;
	CHECK(whole && procedure_mutants(arena, whole, &mutants, &count, &error) == GUICHET_OK);
	CHECK(count > 80);
	for (size_t i = 0; i < count; i++) {
		CLEANUP(procedure_findings_release) struct procedure_findings told_of = { 0 };
		const struct procedure_options options = { .without = (int)i + 1 };
		CLEANUP(procedure_free) struct procedure *mutant = procedure_read_archive(whole->archive, &options, &told_of, &error);
		const struct text what = told(arena, &told_of);
		test_case(mutant && told_of.count == 0, mutants[i].path.at, (int)mutants[i].line, "%.*s: %.*s",
			TEXT_ARGS(mutants[i].description), TEXT_ARGS(what));
	}
	const struct procedure_options past = { .without = (int)count + 1 };
	CHECK(!procedure_read_archive(whole->archive, &past, &findings, &error));
	CHECK_INTEGER(error.status, GUICHET_REFUSED);
}
