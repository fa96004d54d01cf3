/* Texts with holes: {{ expression }}, and {{si condition}} … {{sinon}} … {{fin}}, which choose
 * among parts of the text. A line that holds nothing but such a word disappears with it. */
#include "procedure/reader.h"

#include "base/french.h"
#include "base/hole.h"

#include "base/banned.h"

enum { MOST_BLOCKS = 20, MOST_PARTS = 2000 };

struct block {
	size_t unless, jump; /* parts whose target is not known yet; jump SIZE_MAX without {{sinon}} */
	size_t at;           /* of its {{si}} in the text, for messages */
};

struct scan {
	struct reader *reader;
	const struct pending_template *pending;
	struct text text;
	struct procedure_part *parts;
	size_t count;
	struct block blocks[MOST_BLOCKS];
	size_t depth;
	size_t hole; /* where the expression being read begins */
};

static size_t
place_in_text(const struct scan *scan, size_t offset)
{
	return scan->pending->scalar ? yaml_place(scan->pending->scalar, offset) : offset;
}

static size_t
place_in_hole(const void *context, size_t offset)
{
	const struct scan *scan = context;
	return place_in_text(scan, scan->hole + offset);
}

static void
tell(struct scan *scan, size_t start, size_t end, struct text remedy, const char *sentence)
{
	const struct span at = { scan->pending->source, place_in_text(scan, start), place_in_text(scan, end - 1) + 1 };
	finding_add(scan->reader->findings, 402, at, remedy, "%s", sentence);
}

static struct procedure_part *
add_part(struct scan *scan, enum procedure_part_kind kind, struct text text, size_t at)
{
	if (scan->count == MOST_PARTS)
		return NULL;
	/* A letter keeps its spaces, which its typesetter does not break: its text is copied as it was written. */
	if (kind == PROCEDURE_TEXT && scan->pending->scope == SCOPE_MAIL) {
		text = french_spaces(scan->reader->arena, text);
		scan->reader->findings->broken |= !text.at;
	}
	struct procedure_part *part = &scan->parts[scan->count++];
	*part = (struct procedure_part){ .kind = kind, .text = text, .field = PROCEDURE_NONE, .to = PROCEDURE_NONE };
	source_locate(scan->pending->source, place_in_text(scan, at), &part->line, &part->column);
	return part;
}

/* The end of a hole's expression: the first "}}" out of a string. */
static size_t
find_close(struct text text, size_t from)
{
	bool quoted = false;
	for (size_t i = from; i + 1 < text.length; i++) {
		if (text.at[i] == '"' && !(quoted && text.at[i - 1] == '\\'))
			quoted = !quoted;
		if (text.at[i] == '\n' || (!quoted && text.at[i] == '{' && text.at[i + 1] == '{'))
			return SIZE_MAX;
		if (!quoted && text.at[i] == '}' && text.at[i + 1] == '}')
			return i;
	}
	return SIZE_MAX;
}

/* A piece alone is told by the name of its file. */
static struct text
hole_source(struct scan *scan, struct text source)
{
	static const struct text before = TEXT("pièces.");
	const struct text name = text_part(source, before.length, SIZE_MAX);
	if (!text_starts(source, before) || name_find(scan->reader, NAME_PIECE, name) == PROCEDURE_NONE)
		return source;
	const struct text file = arena_format(scan->reader->arena, "%.*s.fichier", TEXT_ARGS(source));
	scan->reader->findings->broken |= !file.at;
	return file.at ? file : source;
}

static void
read_expression(struct scan *scan, enum procedure_part_kind kind, size_t from, size_t to)
{
	const struct text source = text_trim(text_part(scan->text, from, to - from));
	const size_t start = source.length ? (size_t)(source.at - scan->text.at) : from;
	struct procedure_part *part = add_part(scan, kind, source, start);
	if (!part)
		return;
	scan->hole = start;
	part->feel = read_hole(scan->reader, kind == PROCEDURE_HOLE ? hole_source(scan, source) : source, scan->pending->scope, kind == PROCEDURE_UNLESS ? WANT_TRUTH : WANT_ANY,
		place_in_hole, scan, scan->pending->source);
	if (kind == PROCEDURE_HOLE)
		part->field = name_find(scan->reader, NAME_FIELD, source);
}

/* {{si …}}, {{sinon}}, {{fin}}; false when it is none of them. */
static bool
read_word(struct scan *scan, size_t open, size_t from, size_t to)
{
	const struct text word = text_trim(text_part(scan->text, from, to - from));
	const size_t end = to + 2;
	if (text_starts(word, TEXT("si ")) || text_equal(word, TEXT("si"))) {
		if (scan->depth == MOST_BLOCKS) {
			tell(scan, open, end, TEXT("séparez-les"), "trop de blocs « si » les uns dans les autres");
			return true;
		}
		scan->blocks[scan->depth++] = (struct block){ scan->count, SIZE_MAX, open };
		read_expression(scan, PROCEDURE_UNLESS, (size_t)(word.at - scan->text.at) + 2, to);
		return true;
	}
	const bool otherwise = text_equal(word, TEXT("sinon"));
	if (!otherwise && !text_equal(word, TEXT("fin")))
		return false;
	if (scan->depth == 0) {
		tell(scan, open, end, TEXT("écrivez {{si condition}} avant"), "aucun bloc « si » n’est ouvert ici");
		return true;
	}
	struct block *block = &scan->blocks[scan->depth - 1];
	if (otherwise && block->jump != SIZE_MAX) {
		tell(scan, open, end, TEXT("ôtez-en un"), "ce bloc a déjà un {{sinon}}");
	} else if (otherwise) {
		block->jump = scan->count;
		(void)add_part(scan, PROCEDURE_JUMP, TEXT(""), open);
		if (block->unless < scan->count)
			scan->parts[block->unless].to = (int)scan->count;
	} else {
		const size_t target = block->jump != SIZE_MAX ? block->jump : block->unless;
		if (target < scan->count)
			scan->parts[target].to = (int)scan->count;
		scan->depth--;
	}
	return true;
}

/* Whether only blanks stand on the line before and after; then *from..*to becomes the line. */
static bool
alone_on_line(struct text text, size_t *from, size_t *to)
{
	size_t start = *from, end = *to;
	while (start > 0 && (text.at[start - 1] == ' ' || text.at[start - 1] == '\t'))
		start--;
	while (end < text.length && (text.at[end] == ' ' || text.at[end] == '\t'))
		end++;
	if ((start > 0 && text.at[start - 1] != '\n') || (end < text.length && text.at[end] != '\n'))
		return false;
	*from = start;
	*to = end < text.length ? end + 1 : end;
	return true;
}

static void
scan_text(struct scan *scan)
{
	const struct text text = scan->text;
	size_t done = 0;
	for (size_t i = 0; i + 1 < text.length; i++) {
		if (text.at[i] == '}' && text.at[i + 1] == '}') {
			tell(scan, i, i + 2, TEXT("ôtez-le, ou ouvrez un trou avec {{"), "ce « }} » ne ferme rien");
			i++;
			continue;
		}
		if (text.at[i] != '{' || text.at[i + 1] != '{')
			continue;
		const size_t close = find_close(text, i + 2);
		if (close == SIZE_MAX) {
			tell(scan, i, i + 2, TEXT("fermez-le avec }} sur la même ligne"), "ce trou n’est pas fermé");
			i++;
			continue;
		}
		size_t from = i, to = close + 2;
		const struct text inside = text_trim(text_part(text, i + 2, close - i - 2));
		const bool word = text_starts(inside, TEXT("si ")) || text_equal(inside, TEXT("si"))
			|| text_equal(inside, TEXT("sinon")) || text_equal(inside, TEXT("fin"));
		if (word)
			(void)alone_on_line(text, &from, &to);
		if (from > done)
			(void)add_part(scan, PROCEDURE_TEXT, text_part(text, done, from - done), done);
		if (inside.length == 0)
			tell(scan, i, close + 2, TEXT("écrivez une expression entre {{ et }}"), "ce trou est vide");
		else if (!read_word(scan, i, i + 2, close))
			read_expression(scan, PROCEDURE_HOLE, i + 2, close);
		done = to;
		i = close + 1;
	}
	if (done < text.length)
		(void)add_part(scan, PROCEDURE_TEXT, text_part(text, done, text.length - done), done);
	while (scan->depth > 0) {
		const size_t open = scan->blocks[--scan->depth].at;
		tell(scan, open, open + 2, TEXT("écrivez {{fin}} après"), "ce bloc « si » n’est pas fermé");
	}
	/* What could not be closed ends with the text: nothing points outside. */
	for (size_t i = 0; i < scan->count; i++)
		if ((scan->parts[i].kind == PROCEDURE_JUMP || scan->parts[i].kind == PROCEDURE_UNLESS)
			&& scan->parts[i].to == PROCEDURE_NONE)
			scan->parts[i].to = (int)scan->count;
}

void
read_template(struct reader *reader, struct pending_template *pending)
{
	const struct text text = pending->scalar ? pending->scalar->scalar : pending->source->bytes;
	struct procedure_template *template = pending->ret_template;
	const struct span whole = { pending->source, SIZE_MAX, 0 };
	if (!text_is_utf8(text) || (text.length && memchr(text.at, 0, text.length))) {
		finding_add(reader->findings, 110, whole, TEXT("enregistrez-le en UTF-8"), "ce fichier n’est pas un texte en UTF-8");
		return;
	}
	if (text_trim(text).length == 0) {
		finding_add(reader->findings, 401, whole, TEXT("écrivez-y le texte"), "ce modèle est vide");
		return;
	}
	if (text_find(text, TEXT(HOLE_OPEN)) != SIZE_MAX || text_find(text, TEXT(HOLE_CLOSE)) != SIZE_MAX) {
		finding_add(reader->findings, 402, whole, TEXT("ôtez-le"), "ce texte contient un caractère réservé (U+E000 ou U+E001)");
		return;
	}
	struct scan scan = { .reader = reader, .pending = pending, .text = text };
	size_t most = 2;
	for (size_t i = 0; i + 1 < text.length; i++)
		most += text.at[i] == '{' && text.at[i + 1] == '{' ? 2 : 0;
	if (most > MOST_PARTS) {
		finding_add(reader->findings, 109, whole, TEXT("découpez-le"), "ce modèle a trop de trous");
		return;
	}
	scan.parts = READER_ARRAY(reader, struct procedure_part, most);
	if (!scan.parts)
		return;
	scan_text(&scan);
	*template = (struct procedure_template){ pending->source->name, text, scan.parts, scan.count };
}
