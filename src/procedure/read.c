/* Reading a procedure: its files, its tree, the three strokes, the checks. See reader.h. */
#include "procedure/reader.h"

#include "base/csv.h"
#include "procedure/files.h"

#include "base/banned.h"

struct source *
sources_of_files(struct reader *reader, const struct files *files)
{
	struct source *sources = READER_ARRAY(reader, struct source, files->count);
	for (size_t i = 0; sources && i < files->count; i++) {
		sources[i] = (struct source){ files->at[i].name, files->at[i].bytes };
		/* A spreadsheet writes as it likes: places are those of the same text in UTF-8. */
		if (!text_ends(sources[i].name, TEXT(".csv")))
			continue;
		sources[i].bytes = csv_utf8(reader->arena, files->at[i].bytes);
		reader->findings->broken |= !sources[i].bytes.at;
	}
	return sources;
}

static void
interpret(struct reader *reader)
{
	const struct span whole = { reader->root->at.source, 0, 1 };
	const struct map top = map_open(reader, reader->root, whole, &shape_procedure);
	if (!top.node)
		return;
	read_calendar(reader, top);
	/* Values of parameters are read as they come. */
	reader->scopes[SCOPE_CONSTANT] = feel_scope_new(reader->arena, NULL);
	if (!reader->scopes[SCOPE_CONSTANT]) {
		reader->findings->broken = true;
		return;
	}
	feel_scope_set_calendar(reader->scopes[SCOPE_CONSTANT], reader->procedure->calendar);
	void (*const strokes[])(struct reader *, struct map) = { read_names, read_opening, read_outside, read_form,
		read_registers, read_circuit, read_clocks, read_natures, read_words };
	for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++) {
		strokes[i](reader, top);
		if (reader->findings->broken)
			return;
	}
	read_scopes(reader);
	if (!reader->findings->broken)
		read_rules(reader);
}

static void
tell_unused_files(struct reader *reader)
{
	for (size_t i = 0; i < reader->source_count; i++)
		if (!reader->used[i])
			finding_add(reader->findings, 409, (struct span){ &reader->sources[i], SIZE_MAX, 0 },
				text_starts(reader->sources[i].name, TEXT("tables/"))
					|| text_starts(reader->sources[i].name, TEXT("calendriers/")) ? TEXT("citez-le par « fichier: », ou ôtez-le")
					: TEXT("citez-le par « modèle: », ou ôtez-le"),
				"rien ne lit ce fichier");
}

static bool
read_model(struct reader *reader, const struct files *files, const struct procedure_options *options)
{
	struct source *sources = sources_of_files(reader, files);
	const struct source *main_source = NULL;
	reader->sources = sources;
	reader->source_count = sources ? files->count : 0;
	reader->used = READER_ARRAY(reader, bool, files->count);
	for (size_t i = 0; reader->used && i < reader->source_count; i++)
		if (text_equal(sources[i].name, TEXT("procedure.yaml"))) {
			main_source = &sources[i];
			reader->used[i] = true;
		}
	if (!main_source) {
		const struct source absent = { TEXT("procedure.yaml"), TEXT("") };
		if (!reader->findings->count && !reader->findings->broken)
			finding_add(reader->findings, 102, (struct span){ &absent, SIZE_MAX, 0 },
				TEXT("le dossier d’une procédure contient ce fichier"), "ce fichier est absent ou ne peut pas être lu");
		return false;
	}
	reader->root = yaml_read(reader->arena, main_source, reader->findings);
	if (!reader->root)
		return false;
	if (options && options->without > 0) {
		reader->mutant = true;
		if (!mutant_leave_out(reader, options->without)) {
			finding_add(reader->findings, 107, (struct span){ main_source, SIZE_MAX, 0 }, TEXT(""),
				"aucune règle ne porte le numéro %d", options->without);
			return false;
		}
	}
	interpret(reader);
	if (!reader->findings->broken && !reader->mutant) {
		/* What is told of an incomplete procedure would be noise. */
		if (reader->findings->errors == 0) {
			tell_unused_files(reader);
			check_procedure(reader);
		}
	}
	return !reader->findings->broken && reader->procedure->step_count > 0;
}

static struct procedure *
read_files(struct arena *owned, const struct files *files, const struct procedure_options *options,
	struct procedure_findings *findings, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = owned;
	struct procedure *procedure = arena_new_of(arena, struct procedure);
	if (!procedure || files_archive(arena, files, &procedure->archive, error) != GUICHET_OK)
		return guichet_fail_null(error, GUICHET_BROKEN, "Mémoire insuffisante pour lire la procédure.");
	procedure->arena = arena;
	procedure->hash = digest_of(procedure->archive);
	procedure->office = PROCEDURE_NONE;
	struct reader reader = { .arena = arena, .procedure = procedure, .findings = findings };
	reader.last_pending = &reader.pending;
	reader.last_template = &reader.templates;
	const bool read = read_model(&reader, files, options);
	findings_sort(findings);
	if (!read) {
		(void)!findings_fail(findings, error);
		return NULL;
	}
	(void)TAKE(arena);
	return procedure;
}

static struct arena *
new_arena(struct guichet_error *error)
{
	struct arena *arena = arena_new(PROCEDURE_ARENA_LIMIT);
	return arena ? arena : guichet_fail_null(error, GUICHET_BROKEN, "Mémoire insuffisante pour lire la procédure.");
}

struct procedure *
procedure_read(const char *folder, const struct procedure_options *options, struct procedure_findings *findings,
	struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = new_arena(error);
	struct files files;
	if (!arena || files_of_folder(arena, folder, &files, findings, error) != GUICHET_OK)
		return NULL;
	return read_files(TAKE(arena), &files, options, findings, error);
}

struct procedure *
procedure_read_files(const struct procedure_file *list, size_t count, const struct procedure_options *options,
	struct procedure_findings *findings, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = new_arena(error);
	struct files files;
	if (!arena || files_of_list(arena, list, count, &files, error) != GUICHET_OK)
		return NULL;
	for (size_t i = 0; i < files.count; i++) {
		files.at[i].name = arena_text(arena, files.at[i].name);
		files.at[i].bytes = arena_text(arena, files.at[i].bytes);
		if (!files.at[i].name.at || !files.at[i].bytes.at)
			return guichet_fail_null(error, GUICHET_BROKEN, "Mémoire insuffisante pour lire la procédure.");
	}
	return read_files(TAKE(arena), &files, options, findings, error);
}

struct procedure *
procedure_read_archive(struct text archive, const struct procedure_options *options, struct procedure_findings *findings,
	struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = new_arena(error);
	struct files files;
	const struct text copy = arena ? arena_text(arena, archive) : (struct text){ 0 };
	if (!arena)
		return NULL;
	if (!copy.at)
		return guichet_fail_null(error, GUICHET_BROKEN, "Mémoire insuffisante pour lire la procédure.");
	if (files_of_archive(arena, copy, &files, error) != GUICHET_OK)
		return NULL;
	return read_files(TAKE(arena), &files, options, findings, error);
}

void
procedure_free(struct procedure *procedure)
{
	if (procedure)
		arena_free(procedure->arena);
}
