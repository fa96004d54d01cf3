/* The lexer: characters, names and what people write out of habit. A name may hold spaces and
 * operators, so what the next token is depends on the names known at that place. DMN 1.5, §10.3.1.2. */
#include "feel/parser.h"

#include "base/banned.h"

/* ---- characters ---- */

void
lex_skip_spaces(struct reader *reader)
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

void
lex_advance(struct reader *reader, size_t end)
{
	reader->end = reader->at = end;
	lex_skip_spaces(reader);
}

bool
lex_goes_on(struct text source, size_t at)
{
	if (at >= source.length)
		return false;
	return name_goes_on_with(text_next(source, &at));
}

bool
lex_sees(const struct reader *reader, struct text sign)
{
	return text_starts(text_part(reader->source, reader->at, sign.length), sign);
}

bool
lex_take(struct reader *reader, struct text sign)
{
	if (reader->stopped || !lex_sees(reader, sign))
		return false;
	lex_advance(reader, reader->at + sign.length);
	return true;
}

bool
lex_sees_word(const struct reader *reader, struct text word)
{
	return lex_sees(reader, word) && !lex_goes_on(reader->source, reader->at + word.length);
}

bool
lex_take_word(struct reader *reader, struct text word)
{
	if (reader->stopped || !lex_sees_word(reader, word))
		return false;
	lex_advance(reader, reader->at + word.length);
	return true;
}

/* What people write out of habit, and how FEEL writes it. */
struct text
lex_hint(const struct reader *reader)
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
		if (habits[i].word ? lex_sees_word(reader, habits[i].written) : lex_sees(reader, habits[i].written))
			return habits[i].remedy;
	if (reader->at && reader->at + 1 < source.length && source.at[reader->at] == ','
		&& source.at[reader->at - 1] >= '0' && source.at[reader->at - 1] <= '9'
		&& source.at[reader->at + 1] >= '0' && source.at[reader->at + 1] <= '9')
		return TEXT("dans un nombre, la virgule s’écrit comme un point");
	if (reader->at && lex_sees(reader, TEXT("=")) && source.at[reader->at - 1] == '=')
		return TEXT("l’égalité s’écrit =");
	return TEXT("");
}

const struct node *
lex_expected(struct reader *reader, const char *what)
{
	if (reader->at >= reader->source.length)
		return reader_stop(reader, reader->at, 0, TEXT(""), "l’expression s’arrête ici, il manque %s", what);
	return reader_stop(reader, reader->at, 0, lex_hint(reader), "il faut %s ici", what);
}

bool
lex_expect(struct reader *reader, struct text sign, const char *what)
{
	if (lex_take(reader, sign))
		return true;
	lex_expected(reader, what);
	return false;
}

bool
lex_expect_word(struct reader *reader, struct text word, const char *what)
{
	if (lex_take_word(reader, word))
		return true;
	lex_expected(reader, what);
	return false;
}

/* ---- names ---- */

/* Most names tried differ at their first byte, which is a letter's; a letter with an accent may be
 * written in two ways. */
static inline bool
begins_otherwise(struct text source, size_t at, struct text name)
{
	return name.length == 0 || (name.at[0] != source.at[at] && !((unsigned char)source.at[at] >= 0x80
		? name_has_accent(name, 1) : (unsigned char)name.at[0] >= 0x80 && name_has_accent(source, at + 1)));
}

size_t
lex_name_end(struct text source, size_t at, struct text name)
{
	if (at >= source.length || begins_otherwise(source, at, name))
		return 0;
	size_t i = 0;
	while (i < name.length) {
		if (at < source.length && name.at[i] == source.at[at] && name.at[i] > ' ' && name.at[i] < 0x7f) {
			i++;
			at++;
			continue;
		}
		const uint32_t wanted = name_next(name, &i);
		if (at >= source.length)
			return 0;
		const uint32_t got = name_next(source, &at);
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
	return lex_goes_on(source, at) ? 0 : at;
}

/* True when `name` stands here and is longer than what was found: of equals, the first
 * tried is kept, which is the innermost. */
[[gnu::always_inline]] static inline bool
is_longer(const struct reader *reader, const struct found *found, struct text name, size_t *ret_end)
{
	if (begins_otherwise(reader->source, reader->at, name)) /* soon said for most */
		return false;
	const size_t end = lex_name_end(reader->source, reader->at, name);
	if (end <= found->end)
		return false;
	*ret_end = end;
	return true;
}

/* True when what ends at `at` is followed by a parenthesis. */
static bool
is_called(struct text source, size_t at)
{
	while (at < source.length && (source.at[at] == ' ' || source.at[at] == '\n' || source.at[at] == '\t'))
		at++;
	return at < source.length && source.at[at] == '(';
}

struct found
lex_find_name(struct reader *reader)
{
	struct found found = { 0 };
	size_t end;
	if (reader->at >= reader->source.length)
		return found;
	for (const struct local *local = reader->locals; local; local = local->next) {
		for (size_t i = 0; local->entries && i < local->type->field_count; i++)
			if (is_longer(reader, &found, local->type->fields[i].name, &end))
				found = (struct found){ .what = FOUND_ENTRY, .name = local->type->fields[i].name, .end = end,
					.local = local };
		if (is_longer(reader, &found, local->name, &end))
			found = (struct found){ .what = FOUND_LOCAL, .name = local->name, .end = end, .local = local,
				.type = local->type };
	}
	for (const struct feel_scope *scope = reader->scope; scope; scope = scope->parent)
		for (unsigned i = 0; i < scope->count; i++)
			if (is_longer(reader, &found, scope->names[i].name, &end))
				found = (struct found){ .what = FOUND_INPUT, .name = scope->names[i].name, .end = end,
					.type = scope->names[i].type, .slot = scope->first_slot + i };
	/* A field may be called "date": it hides the function, except where it is called. */
	if (found.what != FOUND_NOTHING && (found.what == FOUND_ENTRY || (found.type->kind != FEEL_FUNCTION
		&& found.type->kind != FEEL_ANY)) && is_called(reader->source, found.end))
		found.end--;
	for (size_t i = 0; i < builtin_count; i++)
		if (is_longer(reader, &found, builtins[i].name, &end))
			found = (struct found){ .what = FOUND_BUILTIN, .name = builtins[i].name, .end = end };
	if (found.what != FOUND_NOTHING && found.what != FOUND_BUILTIN)
		found.end = lex_name_end(reader->source, reader->at, found.name);
	return found;
}

size_t
lex_word_end(struct text source, size_t at)
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

struct text
lex_new_name(struct reader *reader, struct text ends)
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
	lex_advance(reader, last);
	const struct text composed = name_composed(reader->arena, (struct text){ name, length });
	if (!composed.at)
		reader_broken(reader);
	return composed;
}

struct text
lex_variable(struct reader *reader)
{
	const size_t start = reader->at;
	size_t at = start;
	while (at < reader->source.length) {
		const size_t word = lex_word_end(reader->source, at);
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
			&& !lex_goes_on(reader->source, next + 2)) {
			const struct text name = arena_text(reader->arena,
				text_part(reader->source, start, word - start));
			const struct text composed = name.at ? name_composed(reader->arena, name) : name;
			if (!composed.at)
				reader_broken(reader);
			lex_advance(reader, word);
			return composed;
		}
		at = next;
	}
	lex_expected(reader, "un nom suivi de « in »");
	return (struct text){ 0 };
}

void
reader_note_use(struct reader *reader, unsigned slot, struct text path, size_t offset)
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

bool
reader_push_local(struct reader *reader, struct text name, const struct feel_type *type, bool entries,
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

bool
reader_push_self(struct reader *reader, struct text name)
{
	static const struct feel_type unknown = { .kind = FEEL_FUNCTION };
	struct local *local = arena_new_of(reader->arena, struct local);
	unsigned place;
	if (!local || !reader_push_local(reader, name, &unknown, false, &place))
		return reader_broken(reader), false;
	*local = *reader->locals; /* one that may still change */
	reader->self = local;
	reader->locals = local;
	return true;
}

struct local *
reader_take_self(struct reader *reader)
{
	struct local *const self = reader->self;
	reader->self = NULL;
	return self;
}

bool
reader_settle_self(struct reader *reader, struct text name, const struct feel_type *type)
{
	struct local *local = arena_new_of(reader->arena, struct local);
	if (!local)
		return reader_broken(reader), false;
	*local = *reader->locals; /* the name, on top again once the function is read */
	local->name = name;
	local->type = type;
	reader->locals = local;
	reader->self = NULL;
	return true;
}

struct mark
reader_mark_locals(const struct reader *reader)
{
	return (struct mark){ reader->locals, reader->local_count };
}

void
reader_drop_locals(struct reader *reader, struct mark mark)
{
	reader->locals = mark.locals;
	reader->local_count = mark.count;
}

void
lex_try_known_names(const struct reader *reader, struct closest *closest)
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

bool
lex_is_operator_word(struct text source, size_t at)
{
	static const struct text words[] = { TEXT("and"), TEXT("or"), TEXT("in"), TEXT("between"), TEXT("instance"),
		TEXT("then"), TEXT("else"), TEXT("return"), TEXT("satisfies") };
	const size_t end = lex_word_end(source, at);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_equal(text_part(source, at, end - at), words[i]))
			return true;
	return false;
}

size_t
lex_guess_end(struct reader *reader, struct closest *closest)
{
	const struct text source = reader->source;
	size_t best_end = lex_word_end(source, reader->at), at = best_end, end = at;
	struct text best = { 0 };
	size_t distance = SIZE_MAX;
	for (int words = 0; words < 6; words++) {
		struct closest attempt = { .wrong = text_part(source, reader->at, end - reader->at),
			.distance = SIZE_MAX };
		lex_try_known_names(reader, &attempt);
		if (attempt.best.length && attempt.distance <= distance) /* of equals, the longest */
			best = attempt.best, distance = attempt.distance, best_end = end;
		for (at = end; at < source.length;) {
			size_t next = at;
			const uint32_t point = text_next(source, &next);
			if (!is_white(point) && !name_may_hold(point))
				break;
			at = next;
		}
		const size_t next_end = lex_word_end(source, at);
		if (next_end == at || lex_is_operator_word(source, at))
			break;
		end = next_end;
	}
	closest->best = best;
	closest->distance = distance;
	return best_end;
}
