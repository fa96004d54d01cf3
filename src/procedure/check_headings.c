/* The headings of letters, which are the outline of their PDF: a level is not skipped, whichever parts are written. */
#include "procedure/check.h"

#include "base/banned.h"

enum { NO_HEADING = 1 }; /* bits of the levels that may come before: 1 << level, and bit 0 for none */

/* The level of a line of Markdown, 0 when it is no heading. */
static int
heading_level(struct text line)
{
	size_t at = 0, level = 0;
	while (at < line.length && at < 4 && line.at[at] == ' ')
		at++;
	while (at + level < line.length && line.at[at + level] == '#')
		level++;
	const bool ends = at + level == line.length || line.at[at + level] == ' ';
	return at < 4 && level > 0 && level <= 6 && ends ? (int)level : 0;
}

static void
tell_jump(struct check *check, const struct procedure_template *template, const struct procedure_part *part, unsigned lines,
	int level, unsigned before)
{
	const struct procedure_origin origin = { .file = template->file, .line = part->line + lines, .column = 1 };
	int above = level - 2;
	while (above > 0 && !(before >> above & 1))
		above--;
	const struct text remedy = above == 0
		? arena_format(check->reader->arena, "commencez par « # », le titre de la lettre")
		: arena_format(check->reader->arena, "écrivez « %.*s », ou ajoutez le titre qui manque", above + 1, "######");
	if (!remedy.at) {
		check->reader->findings->broken = true;
		return;
	}
	if (above == 0)
		finding_add(check->reader->findings, 413, check_place(check, &origin), remedy,
			"ce titre de niveau %d est le premier de la lettre : l’ordre des titres, que suivent les lecteurs d’écran, saute un "
			"niveau", level);
	else
		finding_add(check->reader->findings, 413, check_place(check, &origin), remedy,
			"ce titre de niveau %d suit un titre de niveau %d : l’ordre des titres, que suivent les lecteurs d’écran, saute un "
			"niveau", level, above);
}

/* The levels that may stand before what follows this text. */
static unsigned
after_text(struct check *check, const struct procedure_template *template, const struct procedure_part *part, unsigned before)
{
	struct text rest = part->text;
	for (unsigned lines = 0; rest.at && rest.length; lines++) {
		const struct text line = text_split(&rest, '\n');
		const int level = lines > 0 || part->column == 1 ? heading_level(line) : 0;
		if (level == 0)
			continue;
		/* All but the level above, its own and those below it skip one. */
		if (level > 1 && before & ((1u << (level - 1)) - 1))
			tell_jump(check, template, part, lines, level, before);
		before = 1u << level;
	}
	return before;
}

void
check_headings(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->letter_count; i++) {
		const struct procedure_template *template = &procedure->letters[i].template;
		/* By part: the levels of the last heading before it. Parts only lead forward. */
		unsigned *before = READER_ARRAY(check->reader, unsigned, template->count + 1);
		if (!before)
			return;
		before[0] = NO_HEADING;
		for (size_t k = 0; k < template->count; k++) {
			const struct procedure_part *part = &template->parts[k];
			const unsigned after = part->kind == PROCEDURE_TEXT && before[k] ? after_text(check, template, part, before[k])
				: before[k];
			if (part->kind == PROCEDURE_UNLESS || part->kind == PROCEDURE_JUMP)
				before[part->to] |= after;
			if (part->kind != PROCEDURE_JUMP)
				before[k + 1] |= after;
		}
	}
}
