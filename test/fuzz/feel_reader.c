/* Any bytes as an expression, in scopes of all kinds: refused with reasons that stand in the source, or read; twice,
 * the same is said. Nothing is evaluated, so that many texts are tried. */
#include <stdlib.h>

#include "feel/feel.h"

#include "base/banned.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Names as people choose them, some the beginning of others, some like words of the language. */
static const struct text names[] = { TEXT("n"), TEXT("nombre de jours"), TEXT("nombre"), TEXT("jour de l’an"), TEXT("a-b"),
	TEXT("a"), TEXT("b"), TEXT("date"), TEXT("quotité %"), TEXT("iffy"), TEXT("in-out"), TEXT("é"), TEXT("liste"),
	TEXT("agent"), TEXT("f"), TEXT("x1.y2") };

static struct feel_scope *
make_scope(struct arena *arena)
{
	static const struct feel_field structure[] = { { TEXT("type"), &feel_type_string },
		{ TEXT("le code"), &feel_type_number } };
	const struct feel_type *inner = feel_type_context_of(arena, structure, 2);
	struct feel_field *agent = arena_array_of(arena, struct feel_field, 2);
	struct feel_scope *outer = feel_scope_new(arena, NULL), *scope = NULL;
	static const struct text words[] = { TEXT("un"), TEXT("deux") };
	struct guichet_error error;
	unsigned slot;
	if (!outer || !agent || !inner)
		return NULL;
	agent[0] = (struct feel_field){ TEXT("structure"), inner };
	agent[1] = (struct feel_field){ TEXT("date d’entrée"), &feel_type_date };
	const struct feel_type *const types[] = { &feel_type_number, &feel_type_string, &feel_type_any, &feel_type_date,
		&feel_type_boolean, feel_type_list_of(arena, inner), feel_type_context_of(arena, agent, 2),
		feel_type_words_of(arena, words, 2), feel_type_number_of(arena, TEXT("h"), true, NULL),
		feel_type_number_of(arena, TEXT("%"), false, NULL), feel_type_optional_of(arena, &feel_type_date_time, true) };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		if (i == 8)
			outer = scope = feel_scope_new(arena, outer);
		if (!outer || !types[i % (sizeof types / sizeof *types)])
			return NULL;
		(void)!feel_scope_add(outer, names[i], types[i % (sizeof types / sizeof *types)], &slot, &error);
	}
	return scope;
}

static void
check_findings(struct arena *arena, const struct feel_findings *findings, struct text source)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct feel_finding *finding = &findings->at[i];
		if (finding->offset > source.length || finding->length > source.length - finding->offset
			|| finding->line == 0 || finding->column == 0 || finding->message.length == 0)
			abort();
		const struct text shown = feel_finding_text(arena, finding, source);
		if (text_is_utf8(source) && (!text_is_utf8(finding->message) || !text_is_utf8(finding->remedy)
			|| !text_is_utf8(shown)))
			abort();
	}
}

static const struct feel *
read_one(struct arena *arena, const struct feel_scope *scope, struct text source, unsigned way,
	struct feel_findings *findings)
{
	findings->lenient = way & 1;
	return way & 2 ? feel_read_unary(arena, scope, way & 4 ? &feel_type_date : &feel_type_number, source, findings)
		: way & 4 ? feel_read_as(arena, scope, &feel_type_boolean, source, findings)
		: feel_read(arena, scope, source, findings);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct text source = { (const char *)data, size };
	for (unsigned way = 0; way < 8; way++) {
		/* A small arena: what does not fit is refused as such. */
		CLEANUP(arena_free) struct arena *arena = arena_new(way == 5 ? 1 << 17 : 1 << 23);
		struct feel_scope *scope = arena ? make_scope(arena) : NULL;
		struct feel_findings *first = arena_new_of(arena, struct feel_findings);
		struct feel_findings *second = arena_new_of(arena, struct feel_findings);
		if (!scope || !first || !second)
			continue;
		const struct feel *feel = read_one(arena, scope, source, way, first);
		const struct feel *again = read_one(arena, scope, source, way, second);
		if (!feel && first->count == 0 && !first->broken)
			abort(); /* a refusal must say why */
		check_findings(arena, first, source);
		if (first->broken || second->broken)
			continue;
		if (!feel != !again || first->count != second->count)
			abort();
		for (size_t i = 0; i < first->count; i++)
			if (!text_equal(first->at[i].message, second->at[i].message) || first->at[i].offset != second->at[i].offset)
				abort();
		if (!feel)
			continue;
		const struct text type = feel_type_text(arena, feel_type_of(feel));
		if (!text_equal(type, feel_type_text(arena, feel_type_of(again))))
			abort();
		size_t count;
		const struct feel_use *uses = feel_reads(feel, &count);
		for (size_t i = 0; i < count; i++)
			if (uses[i].offset >= size || uses[i].path.length == 0 || uses[i].slot >= feel_scope_size(scope))
				abort();
		feel_doubt(arena, feel, NULL, true, second);
	}
	return 0;
}
