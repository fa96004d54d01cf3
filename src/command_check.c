/* guichet check: every mistake of a procedure and of its campaigns, before it opens. */
#include "commands.h"

#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hole.h"
#include "document/document.h"
#include "procedure/procedure.h"

#include "base/banned.h"

enum { MOST_CAMPAIGNS = 100, OUTPUT_LIMIT = 8 << 20 };

struct check {
	bool json;
	const char *const *campaigns; /* asked for by --campagne */
	size_t campaign_count;
	json_t *list;                 /* with --json: every finding */
	size_t errors, warnings;
};

static void
close_folder(DIR *folder)
{
	if (folder)
		closedir(folder);
}
DEFINE_CLEANUP(DIR, close_folder)

static void
close_file(FILE *file)
{
	if (file)
		fclose(file);
}
DEFINE_CLEANUP(FILE, close_file)

static json_t *
json_of_text(struct text text)
{
	return json_stringn_nocheck(text.length ? text.at : "", text.length);
}

static void
tell_json(struct check *check, const char *folder, const struct procedure_finding *finding)
{
	json_t *one = json_object();
	json_object_set_new(one, "folder", json_string(folder));
	json_object_set_new(one, "file", json_of_text(finding->file));
	json_object_set_new(one, "line", json_integer(finding->line));
	json_object_set_new(one, "column", json_integer(finding->column));
	json_object_set_new(one, "width", json_integer(finding->width));
	json_object_set_new(one, "number", json_integer(finding->number));
	json_object_set_new(one, "severity", json_string(finding->severity == PROCEDURE_ERROR ? "error" : "warning"));
	json_object_set_new(one, "message", json_of_text(finding->sentence));
	json_object_set_new(one, "remedy", json_of_text(finding->remedy));
	json_array_append_new(check->list, one);
}

static void
tell_all(struct check *check, const char *folder, const struct procedure_findings *findings)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(OUTPUT_LIMIT);
	for (size_t i = 0; i < findings->count; i++) {
		check->warnings += findings->at[i].severity == PROCEDURE_WARNING;
		if (check->json) {
			tell_json(check, folder, &findings->at[i]);
			continue;
		}
		buffer_format(&out, "%s/", folder);
		procedure_finding_write(&findings->at[i], &out);
		buffer_add(&out, TEXT("\n"));
	}
	check->errors += findings->errors;
	if (out.length)
		fwrite(out.at, 1, out.length, stderr);
	if (findings->more && !check->json)
		fprintf(stderr, "%s : il y a d’autres remarques ; corrigez d’abord celles-ci.\n", folder);
}

/* What the typesetter would refuse of a letter. */
static void
check_letters(struct check *check, const char *folder, const struct procedure *procedure)
{
	for (size_t i = 0; i < procedure->letter_count; i++) {
		const struct procedure_template *template = &procedure->letters[i].template;
		CLEANUP(buffer_release) struct buffer markdown = buffer_new(DOCUMENT_FILLED_LIMIT);
		size_t holes = 0;
		for (size_t k = 0; k < template->count; k++) {
			if (template->parts[k].kind == PROCEDURE_TEXT)
				buffer_add(&markdown, template->parts[k].text);
			else if (template->parts[k].kind == PROCEDURE_HOLE)
				buffer_format(&markdown, HOLE_OPEN "%zu" HOLE_CLOSE, holes++);
		}
		struct guichet_error error = { 0 };
		if (document_check(buffer_text(&markdown), holes, &error) == GUICHET_OK)
			continue;
		check->errors++;
		if (!check->json) {
			fprintf(stderr, "%s/%.*s : erreur 412 : %s\n\n", folder, TEXT_ARGS(template->file), error.message);
			continue;
		}
		const struct procedure_finding finding = { .number = 412, .severity = PROCEDURE_ERROR, .file = template->file,
			.sentence = text_of_string(error.message) };
		tell_json(check, folder, &finding);
	}
}

/* False when the file cannot be read. */
static bool
check_campaign(struct check *check, const char *folder, const struct procedure *procedure, const char *path,
	const char *shown)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(PROCEDURE_ARENA_LIMIT);
	CLEANUP(close_file) FILE *file = fopen(path, "rb");
	char *bytes = arena ? arena_alloc(arena, PROCEDURE_FILE_LIMIT + 1) : NULL;
	if (!file || !bytes) {
		fprintf(stderr, "%s : ce fichier ne peut pas être lu.\n", path);
		return false;
	}
	const size_t length = fread(bytes, 1, PROCEDURE_FILE_LIMIT + 1, file);
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	(void)campaign_read(arena, procedure, text_of_string(shown), (struct text){ bytes, length }, &findings, &error);
	tell_all(check, folder, &findings);
	if (error.status == GUICHET_BROKEN)
		fprintf(stderr, "%s : %s\n", path, error.message);
	return error.status != GUICHET_BROKEN;
}

/* The campaigns that stand in the folder. */
static bool
check_own_campaigns(struct check *check, const char *folder, const struct procedure *procedure)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	const struct text path = arena ? arena_format(arena, "%s/campagnes", folder) : (struct text){ 0 };
	CLEANUP(close_folder) DIR *listing = path.at ? opendir(path.at) : NULL;
	if (!listing)
		return true;
	bool good = true;
	int count = 0;
	for (struct dirent *entry; (entry = readdir(listing)) && count < MOST_CAMPAIGNS;) {
		const struct text name = text_of_string(entry->d_name);
		if (name.at[0] == '.' || !text_ends(name, TEXT(".yaml")))
			continue;
		count++;
		const struct text file = arena_format(arena, "%s/%s", path.at, entry->d_name);
		const struct text shown = arena_format(arena, "campagnes/%s", entry->d_name);
		good &= file.at && shown.at && check_campaign(check, folder, procedure, file.at, shown.at);
	}
	return good;
}

/* False when the folder cannot be read at all. */
static bool
check_folder(struct check *check, const char *folder)
{
	CLEANUP(procedure_findings_release) struct procedure_findings findings = { 0 };
	struct guichet_error error = { 0 };
	CLEANUP(procedure_free) struct procedure *procedure = procedure_read(folder, NULL, &findings, &error);
	tell_all(check, folder, &findings);
	if (!procedure && findings.count == 0) {
		fprintf(stderr, "%s\n", error.message);
		return false;
	}
	if (!procedure || findings.errors)
		return true;
	check_letters(check, folder, procedure);
	bool good = true;
	for (size_t i = 0; i < check->campaign_count; i++)
		good &= check_campaign(check, folder, procedure, check->campaigns[i], check->campaigns[i]);
	return good && (check->campaign_count || check_own_campaigns(check, folder, procedure));
}

static int
tell_sum(const struct check *check, int folders)
{
	if (check->json) {
		json_t *sum = json_pack("{s:O, s:i, s:i}", "findings", check->list, "errors", (int)check->errors, "warnings",
			(int)check->warnings);
		if (!sum)
			return EXIT_REFUSED;
		json_dumpf(sum, stdout, JSON_INDENT(1));
		puts("");
		json_decref(sum);
	} else {
		printf("%d procédure%s : %zu erreur%s, %zu avertissement%s\n", folders, folders > 1 ? "s" : "", check->errors,
			check->errors > 1 ? "s" : "", check->warnings, check->warnings > 1 ? "s" : "");
	}
	return check->errors ? EXIT_REFUSED : EXIT_DONE;
}

int
command_check(int argc, char **argv)
{
	const char *folders[MOST_CAMPAIGNS], *campaigns[MOST_CAMPAIGNS];
	struct check check = { .campaigns = campaigns };
	int folder_count = 0;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			check.json = true;
		else if (strcmp(argv[i], "--campagne") == 0 && i + 1 < argc && check.campaign_count < MOST_CAMPAIGNS)
			campaigns[check.campaign_count++] = argv[++i];
		else if (argv[i][0] != '-' && folder_count < MOST_CAMPAIGNS)
			folders[folder_count++] = argv[i];
		else
			folder_count = -MOST_CAMPAIGNS;
	}
	if (folder_count < 1) {
		fprintf(stderr, "Usage : guichet check %s\n", COMMAND_CHECK_USAGE);
		return EXIT_USAGE;
	}
	check.list = check.json ? json_array() : NULL;
	if (check.json && !check.list)
		return EXIT_REFUSED;
	bool good = true;
	for (int i = 0; i < folder_count; i++)
		good &= check_folder(&check, folders[i]);
	const int status = tell_sum(&check, folder_count);
	json_decref(check.list);
	return good ? status : EXIT_USAGE;
}
