/* The lexer and the parser in one pass: a name may hold spaces and operators, so what the
 * next token is depends on the names known at that place. DMN 1.5, §10.3.1.2. */
#include "feel/reader.h"

#include "base/buffer.h"
#include "feel/evaluation.h"
#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

static const struct node *read_expression(struct reader *reader);

/* ---- characters ---- */

static void
skip_spaces(struct reader *reader)
{
	const struct text source = reader->source;
	while (reader->at < source.length) {
		size_t next = reader->at;
		const uint32_t point = text_next(source, &next);
		if (is_white(point)) {
			reader->at = next;
		} else if (text_starts(text_part(source, reader->at, 2), TEXT("//"))) {
			const char *line = memchr(source.at + reader->at, '\n', source.length - reader->at);
			reader->at = line ? (size_t)(line - source.at) : source.length;
		} else if (text_starts(text_part(source, reader->at, 2), TEXT("/*"))) {
			const size_t close = text_find(text_part(source, reader->at + 2, source.length), TEXT("*/"));
			if (close == SIZE_MAX) {
				reader_stop(reader, reader->at, 2, TEXT("fermez-le par */"), "commentaire sans fin");
				reader->at = source.length;
				return;
			}
			reader->at += close + 4;
		} else {
			return;
		}
	}
}

/* Moves past a token that ends at `end`. */
static void
advance(struct reader *reader, size_t end)
{
	reader->end = reader->at = end;
	skip_spaces(reader);
}

static bool
goes_on(struct text source, size_t at)
{
	if (at >= source.length)
		return false;
	return name_goes_on_with(text_next(source, &at));
}

static bool
sees(const struct reader *reader, struct text sign)
{
	return text_starts(text_part(reader->source, reader->at, sign.length), sign);
}

static bool
take(struct reader *reader, struct text sign)
{
	if (reader->stopped || !sees(reader, sign))
		return false;
	advance(reader, reader->at + sign.length);
	return true;
}

/* A keyword, which ends where a name would. */
static bool
sees_word(const struct reader *reader, struct text word)
{
	return sees(reader, word) && !goes_on(reader->source, reader->at + word.length);
}

static bool
take_word(struct reader *reader, struct text word)
{
	if (reader->stopped || !sees_word(reader, word))
		return false;
	advance(reader, reader->at + word.length);
	return true;
}

/* What people write out of habit, and how FEEL writes it. */
static struct text
hint(const struct reader *reader)
{
	static const struct {
		struct text written, remedy;
		bool word;
	} habits[] = {
		{ TEXT("et"), TEXT("« et » s’écrit and"), true },
		{ TEXT("ou"), TEXT("« ou » s’écrit or"), true },
		{ TEXT("si"), TEXT("« si » s’écrit if … then … else …"), true },
		{ TEXT("alors"), TEXT("« alors » s’écrit then"), true },
		{ TEXT("sinon"), TEXT("« sinon » s’écrit else"), true },
		{ TEXT("dans"), TEXT("« dans » s’écrit in"), true },
		{ TEXT("entre"), TEXT("« entre » s’écrit between … and …"), true },
		{ TEXT("<>"), TEXT("« différent » s’écrit !="), false },
		{ TEXT("&&"), TEXT("« et » s’écrit and"), false },
		{ TEXT("||"), TEXT("« ou » s’écrit or"), false },
		{ TEXT("≠"), TEXT("« différent » s’écrit !="), false },
		{ TEXT("≤"), TEXT("écrivez <="), false },
		{ TEXT("≥"), TEXT("écrivez >="), false },
		{ TEXT("×"), TEXT("la multiplication s’écrit *"), false },
		{ TEXT("«"), TEXT("un texte s’écrit entre guillemets droits : \"…\""), false },
		{ TEXT("“"), TEXT("un texte s’écrit entre guillemets droits : \"…\""), false },
		{ TEXT("”"), TEXT("un texte s’écrit entre guillemets droits : \"…\""), false },
		{ TEXT("'"), TEXT("un texte s’écrit entre guillemets droits : \"…\""), false },
		{ TEXT("%"), TEXT("un pourcentage s’écrit comme un nombre : 80 ou 0.8"), false },
		{ TEXT("€"), TEXT("un montant s’écrit comme un nombre, sans unité"), false },
	};
	const struct text source = reader->source;
	for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
		if (habits[i].word ? sees_word(reader, habits[i].written) : sees(reader, habits[i].written))
			return habits[i].remedy;
	if (reader->at && reader->at + 1 < source.length && source.at[reader->at] == ','
		&& source.at[reader->at - 1] >= '0' && source.at[reader->at - 1] <= '9'
		&& source.at[reader->at + 1] >= '0' && source.at[reader->at + 1] <= '9')
		return TEXT("dans un nombre, la virgule s’écrit comme un point");
	if (reader->at && sees(reader, TEXT("=")) && source.at[reader->at - 1] == '=')
		return TEXT("l’égalité s’écrit =");
	return TEXT("");
}

static const struct node *
expected(struct reader *reader, const char *what)
{
	if (reader->at >= reader->source.length)
		return reader_stop(reader, reader->at, 0, TEXT(""), "l’expression s’arrête ici, il manque %s", what);
	return reader_stop(reader, reader->at, 0, hint(reader), "il faut %s ici", what);
}

static bool
expect(struct reader *reader, struct text sign, const char *what)
{
	if (take(reader, sign))
		return true;
	expected(reader, what);
	return false;
}

static bool
expect_word(struct reader *reader, struct text word, const char *what)
{
	if (take_word(reader, word))
		return true;
	expected(reader, what);
	return false;
}

/* ---- names ---- */

/* Where `name` ends when it stands at `at`; 0 when it does not. One space of the name matches
 * any; ' matches ’. */
static size_t
name_end(struct text source, size_t at, struct text name)
{
	size_t i = 0;
	while (i < name.length) {
		const uint32_t wanted = text_next(name, &i);
		if (at >= source.length)
			return 0;
		uint32_t got = text_next(source, &at);
		if (is_white(wanted)) {
			if (!is_white(got))
				return 0;
			for (size_t next = at; next < source.length && is_white(text_next(source, &next));)
				at = next;
			continue;
		}
		if (got != wanted && !((got == '\'' || got == 0x2019) && (wanted == '\'' || wanted == 0x2019)))
			return 0;
	}
	return goes_on(source, at) ? 0 : at;
}

/* What a name was found to be. */
struct found {
	enum { FOUND_NOTHING, FOUND_LOCAL, FOUND_ENTRY, FOUND_INPUT, FOUND_BUILTIN } what;
	struct text name;
	size_t end;
	const struct local *local;
	const struct feel_type *type;
	unsigned slot;
};

/* Keeps the longest; of equals, the first tried, which is the innermost. */
static void
try_name(struct reader *reader, struct found *found, struct found candidate)
{
	candidate.end = name_end(reader->source, reader->at, candidate.name);
	if (candidate.end > found->end)
		*found = candidate;
}

/* True when what ends at `at` is followed by a parenthesis. */
static bool
is_called(struct text source, size_t at)
{
	while (at < source.length && (source.at[at] == ' ' || source.at[at] == '\n' || source.at[at] == '\t'))
		at++;
	return at < source.length && source.at[at] == '(';
}

static struct found
find_name(struct reader *reader)
{
	struct found found = { 0 };
	for (const struct local *local = reader->locals; local; local = local->next) {
		for (size_t i = 0; local->entries && i < local->type->field_count; i++)
			try_name(reader, &found, (struct found){ .what = FOUND_ENTRY, .name = local->type->fields[i].name,
				.local = local });
		try_name(reader, &found, (struct found){ .what = FOUND_LOCAL, .name = local->name, .local = local,
			.type = local->type });
	}
	for (const struct feel_scope *scope = reader->scope; scope; scope = scope->parent)
		for (unsigned i = 0; i < scope->count; i++)
			try_name(reader, &found, (struct found){ .what = FOUND_INPUT, .name = scope->names[i].name,
				.type = scope->names[i].type, .slot = scope->first_slot + i });
	/* A field may be called "date": it hides the function, except where it is called. */
	if (found.what != FOUND_NOTHING && (found.what == FOUND_ENTRY || (found.type->kind != FEEL_FUNCTION
		&& found.type->kind != FEEL_ANY)) && is_called(reader->source, found.end))
		found.end--;
	for (size_t i = 0; i < builtin_count; i++)
		try_name(reader, &found, (struct found){ .what = FOUND_BUILTIN, .name = builtins[i].name });
	if (found.what != FOUND_NOTHING && found.what != FOUND_BUILTIN)
		found.end = name_end(reader->source, reader->at, found.name);
	return found;
}

/* A name of one word at `at`: where it ends, or `at`. */
static size_t
word_end(struct text source, size_t at)
{
	size_t next = at;
	if (at >= source.length || !name_starts_with(text_next(source, &next)))
		return at;
	while (next < source.length) {
		size_t after = next;
		if (!name_goes_on_with(text_next(source, &after)))
			break;
		next = after;
	}
	return next;
}

/* A new name up to one of `ends`, its words joined by one space; empty when there is none. */
static struct text
read_new_name(struct reader *reader, struct text ends)
{
	const struct text source = reader->source;
	size_t at = reader->at, last = at;
	uint32_t point = 0;
	while (at < source.length) {
		size_t next = at;
		point = text_next(source, &next);
		if (point < 0x80 && memchr(ends.at, (int)point, ends.length))
			break;
		if (at == reader->at ? !name_starts_with(point)
				: !name_goes_on_with(point) && !name_may_hold(point) && !is_white(point))
			return (struct text){ 0 };
		at = next;
		if (!is_white(point))
			last = at;
	}
	if (last == reader->at || at >= source.length)
		return (struct text){ 0 };
	char *name = arena_alloc(reader->arena, last - reader->at + 1);
	if (!name) {
		reader_broken(reader);
		return (struct text){ 0 };
	}
	size_t length = 0;
	for (size_t i = reader->at; i < last;) {
		const size_t first = i;
		if (is_white(text_next(source, &i))) {
			if (name[length - 1] != ' ')
				name[length++] = ' ';
			continue;
		}
		memcpy(name + length, source.at + first, i - first);
		length += i - first;
	}
	advance(reader, last);
	return (struct text){ name, length };
}

/* A variable of an iteration: up to the word "in". */
static struct text
read_variable(struct reader *reader)
{
	const size_t start = reader->at;
	size_t at = start;
	while (at < reader->source.length) {
		const size_t word = word_end(reader->source, at);
		if (word == at)
			break;
		size_t next = word;
		while (next < reader->source.length) {
			size_t after = next;
			const uint32_t point = text_next(reader->source, &after);
			if (!is_white(point) && point != '\'' && point != 0x2019)
				break;
			next = after;
		}
		if (text_starts(text_part(reader->source, next, 3), TEXT("in"))
			&& !goes_on(reader->source, next + 2)) {
			const struct text name = arena_text(reader->arena,
				text_part(reader->source, start, word - start));
			if (!name.at)
				reader_broken(reader);
			advance(reader, word);
			return name;
		}
		at = next;
	}
	expected(reader, "un nom suivi de « in »");
	return (struct text){ 0 };
}

/* Records that a path of the scope is read. */
static void
note_use(struct reader *reader, unsigned slot, struct text path, size_t offset)
{
	for (size_t i = 0; i < reader->use_count; i++)
		if (reader->uses[i].slot == slot && text_equal(reader->uses[i].path, path))
			return;
	if (reader->use_count == reader->use_capacity) {
		const size_t capacity = reader->use_capacity ? reader->use_capacity * 2 : 8;
		struct feel_use *uses = arena_array_of(reader->arena, struct feel_use, capacity);
		if (!uses) {
			reader_broken(reader);
			return;
		}
		if (reader->use_count)
			memcpy(uses, reader->uses, reader->use_count * sizeof *uses);
		reader->uses = uses;
		reader->use_capacity = capacity;
	}
	reader->uses[reader->use_count++] = (struct feel_use){ slot, path, offset };
}

static bool
push_local(struct reader *reader, struct text name, const struct feel_type *type, bool entries,
	unsigned *ret_place)
{
	struct local *local = arena_new_of(reader->arena, struct local);
	if (!local) {
		reader_broken(reader);
		return false;
	}
	*local = (struct local){ reader->locals, name, type, reader->local_count, entries };
	*ret_place = reader->local_count++;
	if (reader->local_count > reader->most_locals)
		reader->most_locals = reader->local_count;
	reader->locals = local;
	return true;
}

/* Locals last as long as the construct that makes them. */
struct mark {
	const struct local *locals;
	unsigned count;
};

static struct mark
mark_locals(const struct reader *reader)
{
	return (struct mark){ reader->locals, reader->local_count };
}

static void
drop_locals(struct reader *reader, struct mark mark)
{
	reader->locals = mark.locals;
	reader->local_count = mark.count;
}

/* ---- growing lists of nodes ---- */

struct nodes {
	const struct node **at;
	struct text *names;
	size_t count, capacity;
};

static bool
add_node(struct reader *reader, struct nodes *nodes, const struct node *node, struct text name)
{
	if (!node)
		return false;
	if (nodes->count == nodes->capacity) {
		const size_t capacity = nodes->capacity ? nodes->capacity * 2 : 4;
		const struct node **at = arena_array_of(reader->arena, const struct node *, capacity);
		struct text *names = arena_array_of(reader->arena, struct text, capacity);
		if (!at || !names) {
			reader_broken(reader);
			return false;
		}
		if (nodes->count) {
			memcpy(at, nodes->at, nodes->count * sizeof *at);
			memcpy(names, nodes->names, nodes->count * sizeof *names);
		}
		nodes->at = at;
		nodes->names = names;
		nodes->capacity = capacity;
	}
	nodes->at[nodes->count] = node;
	nodes->names[nodes->count++] = name;
	return true;
}

static struct node *
finish(struct reader *reader, struct node *node)
{
	if (!node)
		return NULL;
	if (node->height > MOST_HEIGHT)
		return reader_stop(reader, node->offset, 0, TEXT("découpez-la en plusieurs"),
			"expression trop longue");
	node->length = (uint32_t)(reader->end - node->offset);
	return node;
}

static struct node *
node_of_parts(struct reader *reader, enum node_kind kind, size_t offset, const struct nodes *parts,
	const struct feel_type *type)
{
	struct node *node = node_new(reader, kind, offset, type);
	if (!node)
		return NULL;
	node->parts = parts->at;
	node->names = parts->names;
	node->count = (uint32_t)parts->count;
	unsigned height = 0;
	for (size_t i = 0; i < parts->count; i++)
		height = parts->at[i]->height > height ? parts->at[i]->height : height;
	node->height = (uint16_t)(height + 1);
	return finish(reader, node);
}

/* ---- literals ---- */

static bool
read_hexadecimal(struct text source, size_t *at, size_t digits, uint32_t *ret_point)
{
	static const char hexadecimal[] = "0123456789abcdef";
	uint32_t point = 0;
	if (*at + digits > source.length)
		return false;
	for (size_t i = 0; i < digits; i++) {
		const char c = source.at[*at + i];
		const char *place = c ? strchr(hexadecimal, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
		if (!place)
			return false;
		point = point * 16 + (uint32_t)(place - hexadecimal);
	}
	*at += digits;
	*ret_point = point;
	return true;
}

/* The characters between two quotes; at == NULL when the reader stopped. */
static struct text
read_characters(struct reader *reader)
{
	static const char escapes[] = "\"\"''\\\\n\nr\rt\t";
	const struct text source = reader->source;
	const size_t start = reader->at;
	CLEANUP(buffer_release) struct buffer out = buffer_new(FEEL_MOST_SOURCE);
	size_t at = start + 1;
	for (;;) {
		if (at >= source.length) {
			reader_stop(reader, start, 1, TEXT("fermez-le par un guillemet \""), "texte sans fin");
			return (struct text){ 0 };
		}
		if (source.at[at] == '"')
			break;
		if (source.at[at] != '\\') {
			const size_t first = at;
			text_next(source, &at);
			buffer_add(&out, text_part(source, first, at - first));
			continue;
		}
		const size_t first = at++;
		const char letter = at < source.length ? source.at[at++] : '\0';
		const bool coded = letter == 'u' || letter == 'U';
		uint32_t point = 0, low;
		if (coded && !read_hexadecimal(source, &at, letter == 'u' ? 4 : 6, &point))
			point = UINT32_MAX;
		if (letter == 'u' && point >= 0xd800 && point < 0xdc00
			&& text_starts(text_part(source, at, 2), TEXT("\\u"))) {
			at += 2;
			if (read_hexadecimal(source, &at, 4, &low) && low >= 0xdc00 && low < 0xe000)
				point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
		}
		if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
			reader_stop(reader, first, at - first, TEXT("écrivez \\\\ pour une barre oblique inverse"),
				"caractère mal codé dans un texte");
			return (struct text){ 0 };
		}
		for (size_t i = 0; !coded && letter && i + 1 < sizeof escapes; i += 2)
			if (escapes[i] == letter)
				point = (unsigned char)escapes[i + 1];
		if (!coded && point == 0) { /* "\d" of a pattern: kept as it is written */
			at = first + 1;
			buffer_add(&out, TEXT("\\"));
			continue;
		}
		buffer_add_character(&out, point);
	}
	advance(reader, at + 1);
	const struct text kept = out.failed ? (struct text){ 0 } : arena_text(reader->arena, buffer_text(&out));
	if (!kept.at)
		reader_broken(reader);
	return kept;
}

static const struct node *
read_string(struct reader *reader)
{
	const size_t offset = reader->at;
	const struct text characters = read_characters(reader);
	if (!characters.at)
		return NULL;
	return finish(reader, node_constant(reader, offset, feel_string(characters), &feel_type_string));
}

static const struct node *
read_number(struct reader *reader)
{
	const struct text source = reader->source;
	const size_t offset = reader->at;
	size_t at = offset;
	while (at < source.length && source.at[at] >= '0' && source.at[at] <= '9')
		at++;
	if (at + 1 < source.length && source.at[at] == '.' && source.at[at + 1] >= '0'
		&& source.at[at + 1] <= '9')
		for (at++; at < source.length && source.at[at] >= '0' && source.at[at] <= '9';)
			at++;
	if (at < source.length && (source.at[at] == 'e' || source.at[at] == 'E')) {
		size_t exponent = at + 1;
		if (exponent < source.length && (source.at[exponent] == '+' || source.at[exponent] == '-'))
			exponent++;
		if (exponent < source.length && source.at[exponent] >= '0' && source.at[exponent] <= '9')
			for (at = exponent; at < source.length && source.at[at] >= '0' && source.at[at] <= '9';)
				at++;
	}
	struct feel_value value;
	if (!feel_number_read(text_part(source, offset, at - offset), &value))
		return reader_stop(reader, offset, at - offset, TEXT(""), "nombre trop grand ou trop long");
	if (goes_on(source, at) || (at < source.length && source.at[at] == '.' && goes_on(source, at + 1)))
		return reader_stop(reader, offset, at - offset + 1, TEXT("séparez-le de ce qui suit"),
			"nombre mal écrit");
	advance(reader, at);
	return finish(reader, node_constant(reader, offset, value, &feel_type_number));
}

/* @"2023-06-16" */
static const struct node *
read_at_literal(struct reader *reader)
{
	const size_t offset = reader->at++;
	if (!sees(reader, TEXT("\"")))
		return expected(reader, "une date ou une durée entre guillemets");
	const struct text characters = read_characters(reader);
	if (!characters.at)
		return NULL;
	struct feel_value value;
	const enum temporal_read read = temporal_read(reader->arena, characters, &value);
	if (read == TEMPORAL_FULL)
		return reader_broken(reader);
	if (read == TEMPORAL_WRONG) {
		reader_mistake(reader, offset, reader->end - offset, TEXT("par exemple @\"2023-06-16\" ou @\"P2M\""),
			"« " TEXT_FORMAT " » n’est ni une date, ni une heure, ni une durée", TEXT_ARGS(characters));
		return finish(reader, node_constant(reader, offset, feel_null(TEXT("date illisible")),
			&feel_type_any));
	}
	return finish(reader, node_constant(reader, offset, value, feel_type_find(feel_kind_text(value.kind))));
}

/* ---- types, as "instance of" and parameters write them ---- */

static const struct feel_type *
read_type(struct reader *reader)
{
	static const struct text names[] = {
		/* the longest first */
		TEXT("years and months duration"), TEXT("days and time duration"), TEXT("yearMonthDuration"),
		TEXT("dayTimeDuration"), TEXT("date and time"), TEXT("dateTime"), TEXT("boolean"), TEXT("number"),
		TEXT("string"), TEXT("date"), TEXT("time"), TEXT("Null"), TEXT("Any"),
	};
	if (reader->stopped)
		return NULL;
	if (++reader->nesting > MOST_NESTING)
		return reader_stop(reader, reader->at, 0, TEXT(""), "type trop imbriqué"), NULL;
	const struct feel_type *type = NULL;
	size_t declared_end = 0;
	for (const struct feel_scope *scope = reader->scope; scope; scope = scope->parent) {
		for (unsigned i = 0; i < scope->type_count; i++) {
			const size_t end = name_end(reader->source, reader->at, scope->types[i].name);
			if (end > declared_end)
				declared_end = end, type = scope->types[i].type;
		}
	}
	if (type)
		advance(reader, declared_end);
	for (size_t i = 0; !type && i < sizeof names / sizeof *names; i++) {
		const size_t end = name_end(reader->source, reader->at, names[i]);
		if (end) {
			advance(reader, end);
			type = feel_type_find(names[i]);
		}
	}
	if (type) {
		/* done */
	} else if (take_word(reader, TEXT("list")) || sees_word(reader, TEXT("range"))) {
		const bool range = take_word(reader, TEXT("range"));
		const struct feel_type *of = NULL;
		if (take(reader, TEXT("<")) && (!(of = read_type(reader)) || !expect(reader, TEXT(">"), "« > »")))
			return NULL;
		type = range ? feel_type_range_of(reader->arena, of) : feel_type_list_of(reader->arena, of);
	} else if (take_word(reader, TEXT("context"))) {
		struct feel_field fields[64];
		size_t count = 0;
		if (take(reader, TEXT("<"))) {
			do {
				fields[count].name = read_new_name(reader, TEXT(":"));
				if (!fields[count].name.at || !expect(reader, TEXT(":"), "« : »")
					|| !(fields[count].type = read_type(reader)))
					return reader->stopped ? NULL : (expected(reader, "un nom"), NULL);
			} while (++count < 64 && take(reader, TEXT(",")));
			if (!expect(reader, TEXT(">"), "« > »"))
				return NULL;
		}
		struct feel_field *kept = arena_array_of(reader->arena, struct feel_field, count);
		if (kept && count)
			memcpy(kept, fields, count * sizeof *kept);
		type = !kept ? NULL : count ? feel_type_context_of(reader->arena, kept, count) : &feel_type_context;
	} else if (take_word(reader, TEXT("function"))) {
		struct feel_type made = { .kind = FEEL_FUNCTION };
		struct feel_field *fields = arena_array_of(reader->arena, struct feel_field, 16);
		if (!fields)
			return reader_broken(reader), NULL;
		if (take(reader, TEXT("<"))) {
			while (!sees(reader, TEXT(">")) && made.field_count < 16) {
				if (!(fields[made.field_count++].type = read_type(reader)))
					return NULL;
				if (!take(reader, TEXT(",")))
					break;
			}
			if (!expect(reader, TEXT(">"), "« > »") || !expect(reader, TEXT("->"), "« -> »")
				|| !(made.of = read_type(reader)))
				return NULL;
			made.fields = fields;
		}
		struct feel_type *kept = arena_new_of(reader->arena, struct feel_type);
		if (kept)
			*kept = made;
		type = kept;
	} else {
		return reader_stop(reader, reader->at, word_end(reader->source, reader->at) - reader->at,
			TEXT("par exemple number, string, boolean, date, list<number>"), "type inconnu"), NULL;
	}
	reader->nesting--;
	return type ? type : (reader_broken(reader), NULL);
}

/* ---- operands ---- */

static void
try_known_names(const struct reader *reader, struct closest *closest)
{
	for (const struct local *local = reader->locals; local; local = local->next) {
		closest_try(closest, local->name);
		for (size_t i = 0; local->entries && i < local->type->field_count; i++)
			closest_try(closest, local->type->fields[i].name);
	}
	for (const struct feel_scope *scope = reader->scope; scope; scope = scope->parent)
		for (unsigned i = 0; i < scope->count; i++)
			closest_try(closest, scope->names[i].name);
	for (size_t i = 0; i < builtin_count; i++)
		closest_try(closest, builtins[i].name);
}

/* The most words that could be one name: what was meant, for a message. */
static size_t
guess_end(struct reader *reader, struct closest *closest)
{
	const struct text source = reader->source;
	size_t best_end = word_end(source, reader->at), at = best_end, end = at;
	struct text best = { 0 };
	size_t distance = SIZE_MAX;
	for (int words = 0; words < 6; words++) {
		struct closest attempt = { .wrong = text_part(source, reader->at, end - reader->at),
			.distance = SIZE_MAX };
		try_known_names(reader, &attempt);
		if (attempt.best.length && attempt.distance < distance)
			best = attempt.best, distance = attempt.distance, best_end = end;
		for (at = end; at < source.length;) {
			size_t next = at;
			const uint32_t point = text_next(source, &next);
			if (!is_white(point) && !name_may_hold(point))
				break;
			at = next;
		}
		const size_t next_end = word_end(source, at);
		if (next_end == at)
			break;
		end = next_end;
	}
	closest->best = best;
	closest->distance = distance;
	return best_end;
}

/* An unknown name: in a filter over items of unknown shape it may be one of their entries. */
static const struct node *
read_unknown_name(struct reader *reader)
{
	const size_t offset = reader->at;
	const size_t word = word_end(reader->source, offset);
	if (word == offset)
		return expected(reader, "une valeur");
	for (const struct local *local = reader->locals; local; local = local->next) {
		if (!local->entries || (local->type->kind != FEEL_ANY && !local->type->open))
			continue;
		struct node *item = node_new(reader, NODE_LOCAL, offset, local->type);
		const struct text name = text_part(reader->source, offset, word - offset);
		advance(reader, word);
		if (!item)
			return NULL;
		item->local = local->place;
		return finish(reader, check_entry(reader, item, name, offset));
	}
	static const struct {
		struct text written, remedy;
	} constants[] = {
		{ TEXT("vrai"), TEXT("écrivez true") }, { TEXT("oui"), TEXT("écrivez true") },
		{ TEXT("faux"), TEXT("écrivez false") },
		{ TEXT("non"), TEXT("écrivez false, ou not(…) pour le contraire") },
		{ TEXT("rien"), TEXT("écrivez null") }, { TEXT("aujourd’hui"), TEXT("écrivez today()") },
	};
	struct closest closest = { .distance = SIZE_MAX };
	size_t end = word;
	struct text remedy = hint(reader);
	for (size_t i = 0; remedy.length == 0 && i < sizeof constants / sizeof *constants; i++)
		if (name_end(reader->source, offset, constants[i].written))
			remedy = constants[i].remedy;
	if (remedy.length == 0) {
		end = guess_end(reader, &closest);
		remedy = closest_remedy(reader->arena, &closest);
	}
	reader_mistake(reader, offset, end - offset, remedy,
		"nom inconnu « " TEXT_FORMAT " »", (int)(end - offset), reader->source.at + offset);
	advance(reader, end);
	return finish(reader, node_constant(reader, offset, feel_null(TEXT("nom inconnu")), &feel_type_any));
}

static bool
read_arguments(struct reader *reader, struct nodes *arguments)
{
	if (take(reader, TEXT(")")))
		return true;
	do {
		const size_t before = reader->at, before_end = reader->end;
		struct text name = read_new_name(reader, TEXT(":,)"));
		if (name.at && !take(reader, TEXT(":"))) {
			reader->at = before;
			reader->end = before_end;
			name = (struct text){ 0 };
		}
		if (reader->stopped || !add_node(reader, arguments, read_expression(reader), name))
			return false;
		if (arguments->count > 1000)
			return reader_stop(reader, before, 0, TEXT(""), "trop d’arguments"), false;
	} while (take(reader, TEXT(",")));
	return expect(reader, TEXT(")"), "« ) »");
}

static const struct node *
read_name(struct reader *reader)
{
	const size_t offset = reader->at;
	const struct found found = find_name(reader);
	if (found.what == FOUND_NOTHING)
		return read_unknown_name(reader);
	const size_t name_length = found.end - offset;
	reader->name_start = offset;
	reader->name_end = found.end;
	advance(reader, found.end);
	struct node *node = NULL;
	switch (found.what) {
	case FOUND_BUILTIN: {
		struct nodes arguments = { 0 };
		if (!sees(reader, TEXT("("))) {
			struct feel_function *function = arena_new_of(reader->arena, struct feel_function);
			static const struct feel_type type = { .kind = FEEL_FUNCTION };
			if (!function)
				return reader_broken(reader);
			function->builtin = found.name;
			return finish(reader, node_constant(reader, offset,
				(struct feel_value){ .kind = FEEL_FUNCTION, .function = function }, &type));
		}
		advance(reader, reader->at + 1);
		if (!read_arguments(reader, &arguments))
			return NULL;
		return finish(reader, check_builtin(reader, offset, name_length, found.name, arguments.at,
			arguments.names, arguments.count));
	}
	case FOUND_INPUT:
		node = node_new(reader, NODE_INPUT, offset, found.type);
		if (node)
			node->local = found.slot;
		note_use(reader, found.slot, found.name, offset);
		return finish(reader, node);
	case FOUND_ENTRY:
	case FOUND_LOCAL:
		if (text_equal(found.name, TEXT("?")))
			reader->uses_tested = true;
		node = node_new(reader, NODE_LOCAL, offset, found.local->type);
		if (node)
			node->local = found.local->place;
		finish(reader, node);
		return found.what == FOUND_ENTRY && node
			? finish(reader, check_entry(reader, node, found.name, offset)) : node;
	case FOUND_NOTHING:
		break;
	}
	return NULL;
}

/* The end of a range whose start was read: `..high]`. */
static const struct node *
read_range_end(struct reader *reader, size_t offset, const struct node *low, bool low_open)
{
	const struct node *high = read_expression(reader);
	if (!high)
		return NULL;
	const bool high_open = sees(reader, TEXT(")")) || sees(reader, TEXT("["));
	if (!take(reader, TEXT("]")) && !take(reader, TEXT(")")) && !take(reader, TEXT("[")))
		return expected(reader, "la fin de l’intervalle, « ] » ou « ) »");
	struct node *range = check_binary(reader, NODE_RANGE, low, high);
	if (!range)
		return NULL;
	range->offset = (uint32_t)offset;
	range->low_open = low_open;
	range->high_open = high_open;
	return finish(reader, range);
}

static enum node_kind
read_comparison(struct reader *reader)
{
	static const struct {
		struct text sign;
		enum node_kind kind;
	} comparisons[] = {
		{ TEXT("<="), NODE_LESS_EQUAL }, { TEXT(">="), NODE_GREATER_EQUAL }, { TEXT("!="), NODE_DIFFERENT },
		{ TEXT("<"), NODE_LESS }, { TEXT(">"), NODE_GREATER }, { TEXT("="), NODE_EQUAL },
	};
	for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
		if (take(reader, comparisons[i].sign))
			return comparisons[i].kind;
	return NODE_CONSTANT;
}

/* `(< 5)` as a range. */
static const struct node *
read_half_range(struct reader *reader, size_t offset, enum node_kind comparison)
{
	const struct node *bound = read_expression(reader);
	if (!bound)
		return NULL;
	if (comparison == NODE_DIFFERENT)
		return reader_stop(reader, offset, 0, TEXT(""), "« != » ne fait pas un intervalle");
	const bool low = comparison == NODE_GREATER || comparison == NODE_GREATER_EQUAL
		|| comparison == NODE_EQUAL;
	const bool high = comparison == NODE_LESS || comparison == NODE_LESS_EQUAL || comparison == NODE_EQUAL;
	struct node *range = node_new(reader, NODE_RANGE, offset, feel_type_range_of(reader->arena, bound->type));
	if (!range || !range->type)
		return reader_broken(reader);
	range->height = (uint16_t)(bound->height + 1);
	range->left = low ? bound : NULL;
	range->right = high ? bound : NULL;
	range->low_open = comparison == NODE_GREATER || !low;
	range->high_open = comparison == NODE_LESS || !high;
	return expect(reader, TEXT(")"), "« ) »") ? finish(reader, range) : NULL;
}

static const struct node *
read_parenthesis(struct reader *reader)
{
	const size_t offset = reader->at;
	advance(reader, reader->at + 1);
	const enum node_kind comparison = read_comparison(reader);
	if (comparison != NODE_CONSTANT)
		return read_half_range(reader, offset, comparison);
	const struct node *inside = read_expression(reader);
	if (!inside)
		return NULL;
	if (take(reader, TEXT("..")))
		return read_range_end(reader, offset, inside, true);
	return expect(reader, TEXT(")"), "« ) »") ? inside : NULL;
}

static const struct node *
read_bracket(struct reader *reader)
{
	const size_t offset = reader->at;
	const bool open = sees(reader, TEXT("]"));
	struct nodes items = { 0 };
	const struct feel_type *item = NULL;
	advance(reader, reader->at + 1);
	if (!open && take(reader, TEXT("]")))
		return node_of_parts(reader, NODE_LIST, offset, &items,
			feel_type_list_of(reader->arena, &feel_type_null));
	do {
		const struct node *node = read_expression(reader);
		if (!add_node(reader, &items, node, TEXT("")))
			return NULL;
		if (items.count == 1 && take(reader, TEXT("..")))
			return read_range_end(reader, offset, node, open);
		item = item ? feel_type_join(reader->arena, item, node->type) : node->type;
		if (!item)
			return reader_broken(reader);
	} while (!open && take(reader, TEXT(",")));
	if (open)
		return expected(reader, "« .. »");
	if (!expect(reader, TEXT("]"), "« ] »"))
		return NULL;
	const struct feel_type *type = feel_type_list_of(reader->arena, item);
	return type ? node_of_parts(reader, NODE_LIST, offset, &items, type) : reader_broken(reader);
}

static const struct node *
read_context(struct reader *reader)
{
	const size_t offset = reader->at;
	const struct mark mark = mark_locals(reader);
	struct nodes entries = { 0 };
	bool twice = false;
	advance(reader, reader->at + 1);
	if (!sees(reader, TEXT("}"))) {
		do {
			const size_t key = reader->at;
			const struct text name = sees(reader, TEXT("\"")) ? read_characters(reader)
				: read_new_name(reader, TEXT(":"));
			unsigned place;
			if (!name.at)
				return reader->stopped ? NULL : expected(reader, "un nom suivi de « : »");
			if (!expect(reader, TEXT(":"), "« : »"))
				return NULL;
			for (size_t i = 0; i < entries.count; i++) {
				if (!text_equal(entries.names[i], name))
					continue;
				reader_mistake(reader, key, name.length, TEXT("donnez-leur deux noms"),
					"le nom « " TEXT_FORMAT " » sert deux fois", TEXT_ARGS(name));
				twice = true;
			}
			const struct node *value = read_expression(reader);
			if (!add_node(reader, &entries, value, name)
				|| !push_local(reader, name, value->type, false, &place))
				return NULL;
		} while (take(reader, TEXT(",")));
	}
	if (!expect(reader, TEXT("}"), "« } »"))
		return NULL;
	drop_locals(reader, mark);
	if (twice)
		return finish(reader, node_constant(reader, offset, feel_null(TEXT("un nom sert deux fois")),
			&feel_type_any));
	struct feel_field *fields = arena_array_of(reader->arena, struct feel_field, entries.count);
	if (!fields)
		return reader_broken(reader);
	for (size_t i = 0; i < entries.count; i++)
		fields[i] = (struct feel_field){ entries.names[i], entries.at[i]->type };
	const struct feel_type *type = feel_type_context_of(reader->arena, fields, entries.count);
	if (!type)
		return reader_broken(reader);
	struct node *node = node_of_parts(reader, NODE_CONTEXT, offset, &entries, type);
	if (node)
		node->local = mark.count;
	return node;
}

static const struct node *
read_if(struct reader *reader)
{
	const size_t offset = reader->at;
	advance(reader, reader->at + 2);
	const struct node *condition = read_expression(reader);
	if (!condition || !expect_word(reader, TEXT("then"), "« then »"))
		return NULL;
	const struct node *then = read_expression(reader);
	if (!then || !expect_word(reader, TEXT("else"), "« else »"))
		return NULL;
	const struct node *otherwise = read_expression(reader);
	return otherwise ? finish(reader, check_if(reader, offset, condition, then, otherwise)) : NULL;
}

/* for, some and every: iterators, then a body. */
static const struct node *
read_iteration(struct reader *reader, enum node_kind kind, size_t word_length)
{
	const size_t offset = reader->at;
	const struct mark mark = mark_locals(reader);
	struct nodes parts = { 0 };
	unsigned place;
	advance(reader, reader->at + word_length);
	do {
		const struct text name = read_variable(reader);
		if (!name.at || !take_word(reader, TEXT("in")))
			return NULL;
		const struct node *list = read_expression(reader);
		if (list && take(reader, TEXT(".."))) {
			const struct node *last = read_expression(reader);
			struct node *range = last ? check_binary(reader, NODE_RANGE, list, last) : NULL;
			if (range)
				range->may_descend = true;
			list = finish(reader, range);
		}
		if (!add_node(reader, &parts, list, name))
			return NULL;
		if (!push_local(reader, name, check_iterated(reader, list), false, &place))
			return NULL;
		if (parts.count > 16)
			return reader_stop(reader, offset, word_length, TEXT(""), "trop de variables dans une itération");
	} while (take(reader, TEXT(",")));
	if (kind == NODE_FOR) {
		if (!expect_word(reader, TEXT("return"), "« return »")
			|| !push_local(reader, TEXT("partial"), &feel_type_list, false, &place))
			return NULL;
	} else if (!expect_word(reader, TEXT("satisfies"), "« satisfies »")) {
		return NULL;
	}
	const struct node *body = read_expression(reader);
	drop_locals(reader, mark);
	if (!add_node(reader, &parts, body, TEXT("")))
		return NULL;
	const struct feel_type *type = kind == NODE_FOR ? feel_type_list_of(reader->arena, body->type)
		: &feel_type_boolean;
	if (!type)
		return reader_broken(reader);
	if (kind != NODE_FOR)
		check_boolean(reader, body, "après « satisfies »");
	struct node *node = node_of_parts(reader, kind, offset, &parts, type);
	if (node)
		node->local = mark.count;
	return node;
}

static const struct node *
read_function(struct reader *reader)
{
	const size_t offset = reader->at;
	const struct mark mark = mark_locals(reader);
	struct feel_field fields[16];
	size_t count = 0;
	unsigned place;
	advance(reader, reader->at + sizeof "function" - 1);
	if (!expect(reader, TEXT("("), "« ( »"))
		return NULL;
	while (!sees(reader, TEXT(")"))) {
		if (count == 16)
			return reader_stop(reader, reader->at, 0, TEXT(""), "trop de paramètres");
		fields[count].name = read_new_name(reader, TEXT(":,)"));
		if (!fields[count].name.at)
			return reader->stopped ? NULL : expected(reader, "le nom d’un paramètre");
		fields[count].type = take(reader, TEXT(":")) ? read_type(reader) : &feel_type_any;
		if (!fields[count].type || !push_local(reader, fields[count].name, fields[count].type, false, &place))
			return NULL;
		count++;
		if (!take(reader, TEXT(",")))
			break;
	}
	if (!expect(reader, TEXT(")"), "« ) »"))
		return NULL;
	if (sees_word(reader, TEXT("external")))
		return reader_stop(reader, reader->at, 8, TEXT("écrivez-la en FEEL"),
			"les fonctions externes ne sont pas admises");
	const struct node *body = read_expression(reader);
	drop_locals(reader, mark);
	if (!body)
		return NULL;
	struct feel_type *type = arena_new_of(reader->arena, struct feel_type);
	struct feel_field *kept = arena_array_of(reader->arena, struct feel_field, count);
	struct node *node = type && kept ? node_new(reader, NODE_FUNCTION, offset, type) : reader_broken(reader);
	if (!node)
		return NULL;
	if (count)
		memcpy(kept, fields, count * sizeof *kept);
	*type = (struct feel_type){ .kind = FEEL_FUNCTION, .of = body->type, .fields = kept, .field_count = count };
	node->left = body;
	node->local = mark.count;
	node->locals = reader->most_locals; /* no fewer than the body needs */
	node->count = (uint32_t)count;
	node->height = (uint16_t)(body->height + 1);
	return finish(reader, node);
}

/* ---- tests ---- */

/* One test of the value in `place`. */
static const struct node *
read_test(struct reader *reader, unsigned place, const struct feel_type *tested, bool *may_be_range)
{
	const size_t offset = reader->at;
	const enum node_kind comparison = read_comparison(reader);
	const bool outer = reader->uses_tested;
	reader->uses_tested = false;
	const struct node *operand = read_expression(reader);
	const bool is_condition = reader->uses_tested;
	reader->uses_tested = outer || is_condition;
	/* the parenthesis was that of an open range: "(1..5)" */
	const bool is_range = operand && *may_be_range && comparison == NODE_CONSTANT && take(reader, TEXT(".."));
	if (is_range)
		operand = read_range_end(reader, offset, operand, true);
	*may_be_range = is_range;
	if (!operand)
		return NULL;
	return finish(reader, check_test(reader, offset, place, tested, comparison, operand, is_condition));
}

static const struct node *
read_more_tests(struct reader *reader, unsigned place, const struct feel_type *tested,
	const struct node *tests)
{
	while (tests && take(reader, TEXT(","))) {
		bool may_be_range = false;
		const struct node *next = read_test(reader, place, tested, &may_be_range);
		tests = next ? finish(reader, check_binary(reader, NODE_OR, tests, next)) : NULL;
	}
	return tests;
}

/* Tests separated by commas: any of them. */
static const struct node *
read_tests(struct reader *reader, unsigned place, const struct feel_type *tested)
{
	bool may_be_range = false;
	const struct node *tests = read_test(reader, place, tested, &may_be_range);
	return read_more_tests(reader, place, tested, tests);
}

/* What follows `in`. */
static const struct node *
read_in(struct reader *reader, const struct node *value)
{
	const struct mark mark = mark_locals(reader);
	const struct node *tests = NULL;
	unsigned place;
	if (!push_local(reader, TEXT("?"), value->type, false, &place))
		return NULL;
	/* "(1..5)" and "(a + b)" are one test; "(1, 2)" and "(< 5, > 9)" are several. */
	bool is_range = take(reader, TEXT("("));
	const bool parenthesis = is_range;
	tests = read_test(reader, place, value->type, &is_range);
	if (parenthesis && !is_range) {
		tests = read_more_tests(reader, place, value->type, tests);
		if (!tests || !expect(reader, TEXT(")"), "« ) »"))
			return NULL;
	}
	drop_locals(reader, mark);
	struct node *node = tests ? node_new(reader, NODE_IN, value->offset, &feel_type_boolean) : NULL;
	if (!node)
		return NULL;
	node->left = value;
	node->right = tests;
	node->local = place;
	node->height = (uint16_t)((value->height > tests->height ? value->height : tests->height) + 1);
	return finish(reader, node);
}

/* ---- postfix and operators ---- */

static const struct node *
read_operand(struct reader *reader)
{
	if (reader->stopped)
		return NULL;
	if (reader->at >= reader->source.length)
		return expected(reader, "une valeur");
	const size_t offset = reader->at;
	const char c = reader->source.at[offset];
	if (c >= '0' && c <= '9')
		return read_number(reader);
	if (c == '.' && offset + 1 < reader->source.length && reader->source.at[offset + 1] >= '0'
		&& reader->source.at[offset + 1] <= '9')
		return read_number(reader);
	switch (c) {
	case '"': return read_string(reader);
	case '@': return read_at_literal(reader);
	case '(': return read_parenthesis(reader);
	case '[':
	case ']': return read_bracket(reader);
	case '{': return read_context(reader);
	default: break;
	}
	static const struct {
		struct text word;
		int value;
	} constants[] = { { TEXT("true"), 1 }, { TEXT("false"), 0 }, { TEXT("null"), -1 } };
	/* A longer name known at this place comes before any keyword. */
	const struct found found = find_name(reader);
	const size_t word = word_end(reader->source, offset);
	if (found.end <= word) {
		for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
			if (take_word(reader, constants[i].word))
				return finish(reader, constants[i].value < 0
					? node_constant(reader, offset, feel_null(TEXT("")), &feel_type_null)
					: node_constant(reader, offset, feel_boolean(constants[i].value), &feel_type_boolean));
		if (sees_word(reader, TEXT("if")))
			return read_if(reader);
		if (sees_word(reader, TEXT("for")))
			return read_iteration(reader, NODE_FOR, 3);
		if (sees_word(reader, TEXT("some")))
			return read_iteration(reader, NODE_SOME, 4);
		if (sees_word(reader, TEXT("every")))
			return read_iteration(reader, NODE_EVERY, 5);
		if (sees_word(reader, TEXT("function")))
			return read_function(reader);
	}
	return read_name(reader);
}

static const struct node *
read_filter(struct reader *reader, const struct node *list)
{
	const struct mark mark = mark_locals(reader);
	unsigned place;
	advance(reader, reader->at + 1);
	if (!push_local(reader, TEXT("item"), list->type->kind == FEEL_LIST ? item_type(list->type)
		: list->type, true, &place))
		return NULL;
	const struct node *inside = read_expression(reader);
	drop_locals(reader, mark);
	if (!inside || !expect(reader, TEXT("]"), "« ] »"))
		return NULL;
	const enum feel_kind kind = inside->type->kind;
	if (kind != FEEL_BOOLEAN && kind != FEEL_NUMBER && kind != FEEL_ANY && kind != FEEL_NULL)
		reader_mistake(reader, inside->offset, inside->length, TEXT("mettez une condition ou un rang"),
			"entre crochets, une condition ou un nombre est attendu, et non " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(reader->arena, inside->type)));
	const struct feel_type *type = kind == FEEL_NUMBER
		? (list->type->kind == FEEL_LIST ? item_type(list->type) : list->type)
		: kind != FEEL_BOOLEAN ? &feel_type_any
		: list->type->kind == FEEL_LIST ? list->type
		: feel_type_list_of(reader->arena, list->type);
	struct node *node = type ? node_new(reader, NODE_FILTER, list->offset, type) : reader_broken(reader);
	if (!node)
		return NULL;
	node->left = list;
	node->right = inside;
	node->local = place;
	node->height = (uint16_t)((list->height > inside->height ? list->height : inside->height) + 1);
	return finish(reader, node);
}

/* The longest entry name known to the type at this place; else one word. */
static size_t
entry_end(struct reader *reader, const struct feel_type *type, struct text *ret_name)
{
	static const struct text properties[] = {
		TEXT("year"), TEXT("month"), TEXT("day"), TEXT("weekday"), TEXT("hour"), TEXT("minute"),
			TEXT("second"),
		TEXT("time offset"), TEXT("timezone"), TEXT("years"), TEXT("months"), TEXT("days"), TEXT("hours"),
		TEXT("minutes"), TEXT("seconds"), TEXT("start"), TEXT("end"), TEXT("start included"),
		TEXT("end included"),
	};
	size_t best = 0;
	if (type->kind == FEEL_LIST)
		type = item_type(type);
	for (size_t i = 0; i < type->field_count && type->kind == FEEL_CONTEXT; i++) {
		const size_t end = name_end(reader->source, reader->at, type->fields[i].name);
		if (end > best)
			best = end, *ret_name = type->fields[i].name;
	}
	for (size_t i = 0; best == 0 && type->kind != FEEL_CONTEXT
		&& i < sizeof properties / sizeof *properties; i++) {
		const size_t end = name_end(reader->source, reader->at, properties[i]);
		if (end > word_end(reader->source, reader->at))
			best = end, *ret_name = properties[i];
	}
	if (best == 0) {
		best = word_end(reader->source, reader->at);
		*ret_name = text_part(reader->source, reader->at, best - reader->at);
	}
	return best;
}

static const struct node *
read_entry(struct reader *reader, const struct node *of, struct text *path)
{
	advance(reader, reader->at + 1);
	struct text name = { 0 };
	const size_t offset = reader->at, end = entry_end(reader, of->type, &name);
	if (end == offset)
		return expected(reader, "un nom");
	advance(reader, end);
	if (path->length && of->type->kind == FEEL_CONTEXT) {
		*path = arena_format(reader->arena, TEXT_FORMAT "." TEXT_FORMAT, TEXT_ARGS(*path), TEXT_ARGS(name));
		if (!path->at)
			return reader_broken(reader);
	}
	return finish(reader, check_entry(reader, of, name, offset));
}

static struct text
name_of_slot(const struct feel_scope *scope, unsigned slot)
{
	while (scope && slot < scope->first_slot)
		scope = scope->parent;
	return scope ? scope->names[slot - scope->first_slot].name : TEXT("");
}

static const struct node *
read_postfix(struct reader *reader)
{
	const size_t uses = reader->use_count;
	const struct node *node = read_operand(reader);
	/* A use that was just noted is made longer by the entries that follow. */
	const bool noted = node && node->kind == NODE_INPUT;
	const unsigned slot = noted ? node->local : 0;
	const size_t offset = noted ? node->offset : 0;
	struct text path = noted ? name_of_slot(reader->scope, slot) : TEXT("");
	const struct text root = path;
	while (node && !reader->stopped) {
		if (sees(reader, TEXT(".")) && !sees(reader, TEXT(".."))) {
			node = read_entry(reader, node, &path);
		} else if (sees(reader, TEXT("["))) {
			/* "]1..5[" ends a range: what follows an end cannot begin a filter here */
			const size_t at = reader->at, end = reader->end;
			size_t next = at + 1;
			while (next < reader->source.length
				&& (reader->source.at[next] == ' ' || reader->source.at[next] == '\n'))
				next++;
			if (next >= reader->source.length || strchr("),]}", reader->source.at[next])) {
				reader->at = at;
				reader->end = end;
				break;
			}
			node = read_filter(reader, node);
		} else if (sees(reader, TEXT("("))
			&& (node->type->kind == FEEL_FUNCTION || node->type->kind == FEEL_ANY)) {
			struct nodes arguments = { 0 };
			advance(reader, reader->at + 1);
			node = read_arguments(reader, &arguments)
				? finish(reader, check_call(reader, node, arguments.at, arguments.names, arguments.count))
				: NULL;
		} else {
			break;
		}
	}
	if (noted && node && !text_equal(path, root)) {
		if (uses < reader->use_count && text_equal(reader->uses[uses].path, root)) {
			reader->use_count--; /* only its entry is read */
			memmove(&reader->uses[uses], &reader->uses[uses + 1],
				(reader->use_count - uses) * sizeof *reader->uses);
		}
		note_use(reader, slot, path, offset);
	}
	return node;
}

static const struct node *
read_unary(struct reader *reader)
{
	const size_t offset = reader->at;
	unsigned negations = 0;
	while (sees(reader, TEXT("-")) && negations < 50) {
		advance(reader, reader->at + 1);
		negations++;
	}
	const struct node *node = read_postfix(reader);
	for (; node && negations; negations--)
		node = finish(reader, check_negate(reader, offset, node));
	while (node && sees_word(reader, TEXT("instance"))) {
		advance(reader, reader->at + 8);
		if (!expect_word(reader, TEXT("of"), "« of »"))
			return NULL;
		const struct feel_type *type = read_type(reader);
		struct node *instance = type ? node_new(reader, NODE_INSTANCE, node->offset, &feel_type_boolean)
			: NULL;
		if (!instance)
			return NULL;
		instance->left = node;
		instance->tested_type = type;
		instance->height = (uint16_t)(node->height + 1);
		node = finish(reader, instance);
	}
	return node;
}

/* Binary operators, which all associate to the left, "**" too as the conformance suite has it
 * (0075). `and` and `or` bind loosest. */
static const struct operator {
	struct text sign;
	enum node_kind kind;
	uint8_t binds;
	bool word;
} operators[] = {
	{ TEXT("or"), NODE_OR, 1, true },
	{ TEXT("and"), NODE_AND, 2, true },
	{ TEXT("<="), NODE_LESS_EQUAL, 3, false },
	{ TEXT(">="), NODE_GREATER_EQUAL, 3, false },
	{ TEXT("!="), NODE_DIFFERENT, 3, false },
	{ TEXT("<"), NODE_LESS, 3, false },
	{ TEXT(">"), NODE_GREATER, 3, false },
	{ TEXT("="), NODE_EQUAL, 3, false },
	{ TEXT("between"), NODE_BETWEEN, 3, true },
	{ TEXT("in"), NODE_IN, 3, true },
	{ TEXT("+"), NODE_ADD, 4, false },
	{ TEXT("-"), NODE_SUBTRACT, 4, false },
	{ TEXT("**"), NODE_POWER, 6, false },
	{ TEXT("*"), NODE_MULTIPLY, 5, false },
	{ TEXT("/"), NODE_DIVIDE, 5, false },
};

static const struct operator *
peek_operator(const struct reader *reader)
{
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (operators[i].word ? sees_word(reader, operators[i].sign) : sees(reader, operators[i].sign))
			return &operators[i];
	return NULL;
}

/* expression := operand { operator expression }, as tightly as `least` or more */
static const struct node *
read_binary(struct reader *reader, int least)
{
	const struct node *left = read_unary(reader);
	for (const struct operator *op; left && !reader->stopped && (op = peek_operator(reader))
		&& op->binds >= least;) {
		advance(reader, reader->at + op->sign.length);
		if (op->kind == NODE_IN) {
			left = read_in(reader, left);
			continue;
		}
		if (op->kind == NODE_BETWEEN) {
			const struct node *low = read_binary(reader, op->binds + 1);
			if (!low || !expect_word(reader, TEXT("and"), "« and »"))
				return NULL;
			const struct node *high = read_binary(reader, op->binds + 1);
			left = high ? finish(reader, check_between(reader, left, low, high)) : NULL;
			continue;
		}
		const struct node *right = read_binary(reader, op->binds + 1);
		left = right ? finish(reader, check_binary(reader, op->kind, left, right)) : NULL;
	}
	return left;
}

static const struct node *
read_expression(struct reader *reader)
{
	if (reader->stopped)
		return NULL;
	if (++reader->nesting > MOST_NESTING)
		return reader_stop(reader, reader->at, 0, TEXT("découpez-la en plusieurs"),
			"expression trop imbriquée");
	const struct node *node = read_binary(reader, 1);
	reader->nesting--;
	return node;
}

/* ---- the doors ---- */

/* Something follows the expression: perhaps the rest of a name that begins as a known one. */
static void
unexpected(struct reader *reader)
{
	const size_t word = word_end(reader->source, reader->at);
	if (word > reader->at && reader->name_end == reader->end && hint(reader).length == 0) {
		struct closest closest = { .distance = SIZE_MAX };
		closest.wrong = text_part(reader->source, reader->name_start, word - reader->name_start);
		try_known_names(reader, &closest);
		if (closest.best.length) {
			reader_stop(reader, reader->name_start, closest.wrong.length,
				closest_remedy(reader->arena, &closest),
				"nom inconnu « " TEXT_FORMAT " »", TEXT_ARGS(closest.wrong));
			return;
		}
	}
	expected(reader, "un opérateur ou la fin de l’expression");
}

static struct feel *
finish_reading(struct reader *reader, const struct node *root, bool unary)
{
	if (root && !reader->stopped && reader->at < reader->source.length)
		unexpected(reader);
	if (!root || reader->stopped || (reader->mistaken && !reader->findings->lenient))
		return NULL;
	struct feel *feel = arena_new_of(reader->arena, struct feel);
	if (!feel) {
		reader->findings->broken = true;
		return NULL;
	}
	*feel = (struct feel){ root, reader->source, reader->most_locals, unary, reader->uses, reader->use_count };
	return feel;
}

/* Refuses what no expression may be; otherwise stands on the first token. */
static bool
begin(struct reader *reader)
{
	if (reader->source.length > FEEL_MOST_SOURCE) {
		reader_stop(reader, 0, 0, TEXT("découpez-la en plusieurs"), "expression trop longue");
		return false;
	}
	if (!text_is_utf8(reader->source)) {
		reader_stop(reader, 0, 0, TEXT("enregistrez le fichier en UTF-8"), "le texte n’est pas en UTF-8");
		return false;
	}
	skip_spaces(reader);
	return !reader->stopped;
}

struct feel *
feel_read_as(struct arena *arena, const struct feel_scope *scope, const struct feel_type *wanted,
	struct text source,
	struct feel_findings *findings)
{
	struct reader reader = { .arena = arena, .scope = scope, .source = source, .findings = findings };
	if (!begin(&reader))
		return NULL;
	const struct node *root = read_expression(&reader);
	if (root && !reader.stopped && !feel_type_conforms(root->type, wanted))
		reader_mistake(&reader, root->offset, root->length, TEXT(""),
			TEXT_FORMAT " est attendu ici, et non " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(arena, wanted)), TEXT_ARGS(feel_type_french(arena, root->type)));
	return finish_reading(&reader, root, false);
}

struct feel *
feel_read(struct arena *arena, const struct feel_scope *scope, struct text source,
	struct feel_findings *findings)
{
	return feel_read_as(arena, scope, &feel_type_any, source, findings);
}

/* `not(…)` up to the end of the source negates tests; `not(a) or b` is an expression. */
static bool
is_negated_whole(const struct reader *reader)
{
	const struct text source = reader->source;
	size_t depth = 0;
	bool quoted = false;
	for (size_t at = reader->at + 3; at < source.length; at++) {
		const char c = source.at[at];
		if (c == '"' && source.at[at - 1] != '\\')
			quoted = !quoted;
		else if (!quoted && c == '(')
			depth++;
		else if (!quoted && c == ')' && depth && --depth == 0)
			return text_trim(text_part(source, at + 1, source.length)).length == 0;
	}
	return true;
}

struct feel *
feel_read_unary(struct arena *arena, const struct feel_scope *scope, const struct feel_type *tested,
	struct text source,
	struct feel_findings *findings)
{
	struct reader reader = { .arena = arena, .scope = scope, .source = source, .findings = findings };
	unsigned place;
	if (!begin(&reader) || !push_local(&reader, TEXT("?"), tested, false, &place))
		return NULL;
	const size_t offset = reader.at;
	const struct node *root = NULL;
	if (sees(&reader, TEXT("-")) && text_trim(text_part(source, reader.at, source.length)).length == 1) {
		advance(&reader, reader.at + 1);
		root = finish(&reader, node_constant(&reader, offset, feel_boolean(true), &feel_type_boolean));
	} else if (sees_word(&reader, TEXT("not")) && is_negated_whole(&reader)) {
		advance(&reader, reader.at + 3);
		if (expect(&reader, TEXT("("), "« ( »")) {
			const struct node *tests = read_tests(&reader, place, tested);
			struct node *not = tests && expect(&reader, TEXT(")"), "« ) »")
				? node_new(&reader, NODE_NOT, offset, &feel_type_boolean) : NULL;
			if (not) {
				not->left = tests;
				not->height = (uint16_t)(tests->height + 1);
			}
			root = finish(&reader, not);
		}
	} else {
		root = read_tests(&reader, place, tested);
	}
	return finish_reading(&reader, root, true);
}

const struct feel_type *
feel_type_of(const struct feel *feel)
{
	return feel->root->type;
}

struct text
feel_source_of(const struct feel *feel)
{
	return feel->source;
}

const struct feel_use *
feel_reads(const struct feel *feel, size_t *ret_count)
{
	*ret_count = feel->use_count;
	return feel->uses;
}
