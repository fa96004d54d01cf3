/* What the checker says is certain is so: thousands of expressions, made from a seed, are evaluated
 * with values that their declarations admit, and none gives what was said to be impossible. */
#include <stdlib.h>

#include "allocation.h"
#include "base/buffer.h"
#include "feel/known.h"
#include "test.h"

#include "base/banned.h"

/* ---- expressions ---- */

struct maker {
	uint64_t state;
	struct buffer out;
};

static unsigned
pick(struct maker *maker, unsigned count)
{
	maker->state = maker->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(maker->state >> 33) % count;
}

static void
write_one(struct maker *maker, const char *const *choices, unsigned count)
{
	buffer_add(&maker->out, text_of_string(choices[pick(maker, count)]));
}
#define ONE(maker, ...)                                                      \
	write_one((maker), (const char *const[]){ __VA_ARGS__ },             \
		sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static void write_condition(struct maker *maker, unsigned depth);

static void
write_number(struct maker *maker, unsigned depth)
{
	switch (pick(maker, depth ? 9 : 2)) {
	case 0:
		ONE(maker, "taux", "jours", "n", "facultatif", "ens.a", "ens.b");
		return;
	case 1:
		ONE(maker, "0", "1", "2", "3", "5", "100", "101", "-1", "50.5");
		return;
	case 2:
	case 3:
	case 4:
		buffer_add(&maker->out, TEXT("("));
		write_number(maker, depth - 1);
		ONE(maker, " + ", " - ", " * ", " / ");
		write_number(maker, depth - 1);
		buffer_add(&maker->out, TEXT(")"));
		return;
	case 5:
		ONE(maker, "min(", "max(");
		write_number(maker, depth - 1);
		buffer_add(&maker->out, TEXT(", "));
		write_number(maker, depth - 1);
		buffer_add(&maker->out, TEXT(")"));
		return;
	case 6:
		buffer_add(&maker->out, TEXT("(-"));
		write_number(maker, depth - 1);
		buffer_add(&maker->out, TEXT(")"));
		return;
	default:
		buffer_add(&maker->out, TEXT("(if "));
		write_condition(maker, depth - 1);
		buffer_add(&maker->out, TEXT(" then "));
		write_number(maker, depth - 1);
		buffer_add(&maker->out, TEXT(" else "));
		write_number(maker, depth - 1);
		buffer_add(&maker->out, TEXT(")"));
		return;
	}
}

static void
write_word(struct maker *maker)
{
	ONE(maker, "corps", "corps", "grade", "\"a\"", "\"b\"", "\"c\"");
}

static void
write_condition(struct maker *maker, unsigned depth)
{
	switch (pick(maker, depth ? 12 : 4)) {
	case 0:
		write_number(maker, depth ? depth - 1 : 0);
		ONE(maker, " < ", " <= ", " > ", " >= ", " = ", " != ");
		write_number(maker, depth ? depth - 1 : 0);
		return;
	case 1:
		write_word(maker);
		ONE(maker, " = ", " != ", " < ");
		write_word(maker);
		return;
	case 2:
		ONE(maker, "accord", "avis", "accord = true", "avis = null", "grade = null", "facultatif != null",
			"ens.b = null");
		return;
	case 3:
		ONE(maker, "corps", "grade");
		ONE(maker, " in (\"a\", \"b\")", " in (\"c\")", " in (\"a\", \"b\", \"c\")", " in (not(\"a\"))");
		return;
	case 4:
	case 5:
	case 6:
		buffer_add(&maker->out, TEXT("("));
		write_condition(maker, depth - 1);
		ONE(maker, " and ", " or ");
		write_condition(maker, depth - 1);
		buffer_add(&maker->out, TEXT(")"));
		return;
	case 7:
		buffer_add(&maker->out, TEXT("not("));
		write_condition(maker, depth - 1);
		buffer_add(&maker->out, TEXT(")"));
		return;
	case 8:
		write_number(maker, depth - 1);
		ONE(maker, " in [0..3]", " in (1..5)", " in (1, 2, 3)", " in (< 2, > 50)", " in ([1..3], 7)",
			" in (null, 4)", " in [n..taux]", " in (? > 1, ? < -5)");
		return;
	case 9:
		write_number(maker, 0);
		buffer_add(&maker->out, TEXT(" between "));
		write_number(maker, 0);
		buffer_add(&maker->out, TEXT(" and "));
		write_number(maker, 0);
		return;
	case 10:
		buffer_add(&maker->out, TEXT("(if "));
		write_condition(maker, depth - 1);
		buffer_add(&maker->out, TEXT(" then "));
		write_condition(maker, depth - 1);
		buffer_add(&maker->out, TEXT(" else "));
		write_condition(maker, depth - 1);
		buffer_add(&maker->out, TEXT(")"));
		return;
	default:
		ONE(maker, "(some x in [1, 2, n] satisfies ", "(every x in [n, taux] satisfies ");
		ONE(maker, "x > jours", "x < 2 and accord", "x = facultatif", "x >= 0 or avis");
		buffer_add(&maker->out, TEXT(")"));
		return;
	}
}

/* ---- values ---- */

enum { NAMES = 8, MOST_VALUES = 5 };

static const struct {
	struct text name;
	const char *values[MOST_VALUES]; /* that the declaration admits */
} names[NAMES] = {
	{ TEXT("taux"), { "0", "33.5", "50", "99.99", "100" } },
	{ TEXT("jours"), { "0", "1", "2", "4", "5" } },
	{ TEXT("n"), { "-7", "0", "2", "50.5", "1000" } },
	{ TEXT("facultatif"), { "null", "0", "3", "10", "null" } },
	{ TEXT("corps"), { "\"a\"", "\"b\"", "\"c\"", "\"a\"", "\"b\"" } },
	{ TEXT("grade"), { "null", "\"a\"", "\"b\"", "\"c\"", "null" } },
	{ TEXT("accord"), { "true", "false", "true", "false", "true" } },
	{ TEXT("avis"), { "true", "false", "null", "null", "false" } },
};

static struct feel_value
value_of(struct arena *arena, const char *source)
{
	struct feel_findings *findings = arena_new_of(arena, struct feel_findings);
	const struct feel *feel = feel_read(arena, NULL, text_of_string(source), findings);
	struct feel_run run = { .arena = arena };
	CHECK(feel);
	return feel_evaluate(feel, &run);
}

static const struct feel_type *
type_of(struct arena *arena, size_t nth)
{
	static const struct text words[] = { TEXT("a"), TEXT("b"), TEXT("c") };
	struct feel_range *bounds = arena_new_of(arena, struct feel_range);
	const struct feel_type *word = feel_type_words_of(arena, words, 3);
	switch (nth) {
	case 0:
		*bounds = (struct feel_range){ .low = feel_integer(0), .high = feel_integer(100) };
		return feel_type_number_of(arena, TEXT(""), false, bounds);
	case 1:
		*bounds = (struct feel_range){ .low = feel_integer(0), .high = feel_integer(5) };
		return feel_type_number_of(arena, TEXT(""), true, bounds);
	case 2: return &feel_type_number;
	case 3:
		*bounds = (struct feel_range){ .high = feel_integer(10) };
		return feel_type_optional_of(arena, feel_type_number_of(arena, TEXT(""), true, bounds), true);
	case 4: return word;
	case 5: return feel_type_optional_of(arena, word, true);
	case 6: return &feel_type_boolean;
	default: return feel_type_optional_of(arena, &feel_type_boolean, true);
	}
}

TEST(what_is_certain_of_an_expression_is_so)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 22);
	struct feel_scope *scope = feel_scope_new(arena, NULL);
	struct feel_value values[NAMES][MOST_VALUES];
	struct guichet_error error;
	unsigned slot;
	for (size_t i = 0; i < NAMES; i++) {
		CHECK(feel_scope_add(scope, names[i].name, type_of(arena, i), &slot, &error) == GUICHET_OK);
		for (size_t k = 0; k < MOST_VALUES; k++)
			values[i][k] = value_of(arena, names[i].values[k]);
	}
	/* a context of two numbers, the second optional */
	struct feel_field *fields = arena_array_of(arena, struct feel_field, 2);
	fields[0] = (struct feel_field){ TEXT("a"), type_of(arena, 1) };
	fields[1] = (struct feel_field){ TEXT("b"), type_of(arena, 3) };
	const struct feel_type *both = feel_type_context_of(arena, fields, 2);
	CHECK(feel_scope_add(scope, TEXT("ens"), both, &slot, &error) == GUICHET_OK);

	struct maker maker = { .state = 20261122, .out = buffer_new(1 << 16) };
	unsigned decided = 0, read = 0;
	for (unsigned nth = 0; nth < 6000; nth++) {
		CLEANUP(arena_free) struct arena *scratch = arena_new(1 << 22);
		struct feel_findings *findings = arena_new_of(scratch, struct feel_findings);
		struct known known;
		buffer_clear(&maker.out);
		if (nth % 3)
			write_condition(&maker, 1 + nth % 4);
		else
			write_number(&maker, 1 + nth % 4);
		const struct feel *feel = feel_read(scratch, scope, buffer_text(&maker.out), findings);
		if (!feel)
			continue; /* bounds that cannot be compared… */
		read++;
		CHECK(known_of_feel(feel, NULL, &known));
		decided += known.may != MAY_BE_ANYTHING && (known.may & (known.may - 1)) == 0;
		for (unsigned trial = 0; trial < 40; trial++) {
			struct feel_value inputs[NAMES + 1];
			for (size_t i = 0; i < NAMES; i++)
				inputs[i] = values[i][pick(&maker, MOST_VALUES)];
			const struct feel_entry entries[] = { { TEXT("a"), values[1][pick(&maker, MOST_VALUES)] },
				{ TEXT("b"), values[3][pick(&maker, MOST_VALUES)] } };
			inputs[NAMES] = feel_context(entries, 2);
			struct feel_run run = { .arena = scratch, .inputs = inputs };
			const struct feel_value value = feel_evaluate(feel, &run);
			if (known_admits(known, value))
				continue;
			test_case(false, __FILE__, __LINE__, "« " TEXT_FORMAT " » gave " TEXT_FORMAT ", said to be impossible",
				TEXT_ARGS(buffer_text(&maker.out)), TEXT_ARGS(feel_value_to_literal(scratch, value)));
			break;
		}
		feel_doubt(scratch, feel, NULL, true, findings);
		CHECK(!findings->broken);
	}
	buffer_release(&maker.out);
	CHECK(read > 5000 && decided > 300);
}

/* Without memory something is said to be missing, or all the same is said. */
static const char *
doubt_once(void *context)
{
	const size_t *wanted = context;
	static const struct text words[] = { TEXT("a"), TEXT("b"), TEXT("c") };
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 20);
	struct feel_scope *scope = arena ? feel_scope_new(arena, NULL) : NULL;
	const struct feel_type *word = arena ? feel_type_words_of(arena, words, 3) : NULL;
	struct feel_findings *findings = arena ? arena_new_of(arena, struct feel_findings) : NULL;
	struct guichet_error error;
	unsigned slot;
	bool may;
	if (!scope || !word || !findings || !(word = feel_type_optional_of(arena, word, true))
		|| feel_scope_add(scope, TEXT("mot"), word, &slot, &error) != GUICHET_OK
		|| feel_scope_add(scope, TEXT("n"), &feel_type_number, &slot, &error) != GUICHET_OK)
		return allocation_failed() ? NULL : "no scope";
	const struct feel *feel = feel_read(arena, scope,
		TEXT("if n < 3 and n > 5 or mot in (\"a\", \"b\") and mot = \"c\" "
		"then n else if starts with(mot, \"a\") then n / 2 else max([n][item > n])"), findings);
	if (!feel)
		return findings->broken ? NULL : "refused";
	feel_doubt(arena, feel, NULL, true, findings);
	if (!feel_may_be_null(feel, NULL, &may))
		return allocation_failed() ? NULL : "no answer";
	if (!allocation_failed())
		*(size_t *)context = findings->count;
	else if (!findings->broken && findings->count != *wanted)
		return "something was left unsaid";
	return NULL;
}

TEST(doubts_survive_every_failed_allocation)
{
	size_t count = 0;
	CHECK(!doubt_once(&count));
	CHECK_INTEGER(count, 4);
	CHECK(allocation_fail_each(doubt_once, &count, "doubts") > 30);
}
