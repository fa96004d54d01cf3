/* Literals (texts, numbers, @"…") and the names of types. DMN 1.5, §10.3.1.2. */
#include "feel/parser.h"

#include "base/buffer.h"
#include "feel/number.h"
#include "feel/temporal.h"

#include "base/banned.h"

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

struct text
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
	lex_advance(reader, at + 1);
	const struct text kept = out.failed ? (struct text){ 0 } : arena_text(reader->arena, buffer_text(&out));
	if (!kept.at)
		reader_broken(reader);
	return kept;
}

const struct node *
read_string(struct reader *reader)
{
	const size_t offset = reader->at;
	const struct text characters = read_characters(reader);
	if (!characters.at)
		return NULL;
	return node_finish(reader, node_constant(reader, offset, feel_string(characters), &feel_type_string));
}

const struct node *
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
	if (lex_goes_on(source, at) || (at < source.length && source.at[at] == '.' && lex_goes_on(source, at + 1)))
		return reader_stop(reader, offset, at - offset + 1, TEXT("séparez-le de ce qui suit"),
			"nombre mal écrit");
	lex_advance(reader, at);
	return node_finish(reader, node_constant(reader, offset, value, &feel_type_number));
}

const struct node *
read_at_literal(struct reader *reader)
{
	const size_t offset = reader->at++;
	if (!lex_sees(reader, TEXT("\"")))
		return lex_expected(reader, "une date ou une durée entre guillemets");
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
		return node_finish(reader, node_constant(reader, offset, feel_null(TEXT("date illisible")),
			&feel_type_any));
	}
	return node_finish(reader, node_constant(reader, offset, value, feel_type_find(feel_kind_text(value.kind))));
}

/* ---- types, as "instance of" and parameters write them ---- */

const struct feel_type *
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
			const size_t end = lex_name_end(reader->source, reader->at, scope->types[i].name);
			if (end > declared_end)
				declared_end = end, type = scope->types[i].type;
		}
	}
	if (type)
		lex_advance(reader, declared_end);
	for (size_t i = 0; !type && i < sizeof names / sizeof *names; i++) {
		const size_t end = lex_name_end(reader->source, reader->at, names[i]);
		if (end) {
			lex_advance(reader, end);
			type = feel_type_find(names[i]);
		}
	}
	if (type) {
		/* done */
	} else if (lex_take_word(reader, TEXT("list")) || lex_sees_word(reader, TEXT("range"))) {
		const bool range = lex_take_word(reader, TEXT("range"));
		const struct feel_type *of = NULL;
		if (lex_take(reader, TEXT("<")) && (!(of = read_type(reader)) || !lex_expect(reader, TEXT(">"), "« > »")))
			return NULL;
		type = range ? feel_type_range_of(reader->arena, of) : feel_type_list_of(reader->arena, of);
	} else if (lex_take_word(reader, TEXT("context"))) {
		struct feel_field fields[64];
		size_t count = 0;
		if (lex_take(reader, TEXT("<"))) {
			do {
				fields[count].name = lex_new_name(reader, TEXT(":"));
				if (!fields[count].name.at || !lex_expect(reader, TEXT(":"), "« : »")
					|| !(fields[count].type = read_type(reader)))
					return reader->stopped ? NULL : (lex_expected(reader, "un nom"), NULL);
			} while (++count < 64 && lex_take(reader, TEXT(",")));
			if (!lex_expect(reader, TEXT(">"), "« > »"))
				return NULL;
		}
		struct feel_field *kept = arena_array_of(reader->arena, struct feel_field, count);
		if (kept && count)
			memcpy(kept, fields, count * sizeof *kept);
		type = !kept ? NULL : count ? feel_type_context_of(reader->arena, kept, count) : &feel_type_context;
	} else if (lex_take_word(reader, TEXT("function"))) {
		struct feel_type made = { .kind = FEEL_FUNCTION };
		struct feel_field *fields = arena_array_of(reader->arena, struct feel_field, 16);
		if (!fields)
			return reader_broken(reader), NULL;
		if (lex_take(reader, TEXT("<"))) {
			while (!lex_sees(reader, TEXT(">")) && made.field_count < 16) {
				if (!(fields[made.field_count++].type = read_type(reader)))
					return NULL;
				if (!lex_take(reader, TEXT(",")))
					break;
			}
			if (!lex_expect(reader, TEXT(">"), "« > »") || !lex_expect(reader, TEXT("->"), "« -> »")
				|| !(made.of = read_type(reader)))
				return NULL;
			made.fields = fields;
		}
		struct feel_type *kept = arena_new_of(reader->arena, struct feel_type);
		if (kept)
			*kept = made;
		type = kept;
	} else {
		return reader_stop(reader, reader->at, lex_word_end(reader->source, reader->at) - reader->at,
			TEXT("par exemple number, string, boolean, date, list<number>"), "type inconnu"), NULL;
	}
	reader->nesting--;
	return type ? type : (reader_broken(reader), NULL);
}
