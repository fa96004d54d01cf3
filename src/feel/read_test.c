/* Unary tests, and the doors by which a source is read. DMN 1.5, §10.3.1.3. */
#include "feel/parser.h"
#include "feel/unit.h"

#include "base/banned.h"

/* ---- tests ---- */

/* One test of the value in `place`; `alone` when it stands after `in` without parentheses: it then ends where
 * the operand of a comparison would, before `and`. */
static const struct node *
read_test(struct reader *reader, unsigned place, const struct feel_type *tested, bool alone,
	bool *may_be_range)
{
	const size_t offset = reader->at;
	const enum node_kind comparison = read_comparison(reader);
	const bool outer = reader->uses_tested;
	reader->uses_tested = false;
	const struct node *operand = alone ? read_compared(reader) : read_expression(reader);
	const bool is_condition = reader->uses_tested;
	reader->uses_tested = outer || is_condition;
	/* the parenthesis was that of an open range: "(1..5)" */
	const bool is_range = operand && *may_be_range && comparison == NODE_CONSTANT
		&& lex_take(reader, TEXT(".."));
	if (is_range)
		operand = read_range_end(reader, offset, operand, true);
	*may_be_range = is_range;
	if (!operand)
		return NULL;
	return node_finish(reader, check_test(reader, offset, place, tested, comparison, operand, is_condition));
}

static const struct node *
read_more_tests(struct reader *reader, unsigned place, const struct feel_type *tested,
	const struct node *tests)
{
	while (tests && lex_take(reader, TEXT(","))) {
		bool may_be_range = false;
		const struct node *next = read_test(reader, place, tested, false, &may_be_range);
		tests = next ? node_finish(reader, check_binary(reader, NODE_OR, tests, next)) : NULL;
	}
	return tests;
}

/* Tests of the value in `place`, separated by commas: any of them. */
static const struct node *
read_tests(struct reader *reader, unsigned place, const struct feel_type *tested)
{
	bool may_be_range = false;
	const struct node *tests = read_test(reader, place, tested, false, &may_be_range);
	return read_more_tests(reader, place, tested, tests);
}

/* `not(…)`, from the parenthesis on: the negation of tests. */
static const struct node *
read_negated(struct reader *reader, size_t offset, unsigned place, const struct feel_type *tested)
{
	if (!lex_expect(reader, TEXT("("), "« ( »"))
		return NULL;
	const struct node *tests = read_tests(reader, place, tested);
	struct node *not = tests && lex_expect(reader, TEXT(")"), "« ) »")
		? node_new(reader, NODE_NOT, offset, &feel_type_boolean) : NULL;
	if (!not)
		return NULL;
	not->left = tests;
	not->height = (uint16_t)(tests->height + 1);
	return node_finish(reader, not);
}

const struct node *
read_test_cell(struct reader *reader, unsigned place, const struct feel_type *tested)
{
	const size_t offset = reader->at;
	if (lex_sees(reader, TEXT("-"))
		&& text_trim(text_part(reader->source, offset, reader->source.length)).length == 1) {
		lex_advance(reader, offset + 1);
		return node_finish(reader, node_constant(reader, offset, feel_boolean(true), &feel_type_boolean));
	}
	if (!lex_sees_word(reader, TEXT("not")))
		return read_tests(reader, place, tested);
	/* `not(…)` up to the end negates tests; `not(a) or b` is a test that is an expression. A
	 * mistake of both is told as one of the first. */
	const struct reader before = *reader;
	const size_t findings = reader->findings->count;
	for (int attempt = 0; attempt < 3; attempt++) {
		const bool negated = attempt != 1;
		*reader = before;
		reader->findings->count = findings;
		if (negated)
			lex_advance(reader, offset + 3);
		const struct node *read = negated ? read_negated(reader, offset, place, tested)
			: read_tests(reader, place, tested);
		if (reader->findings->broken || attempt == 2
			|| (read && !reader->stopped && reader->at >= reader->source.length))
			return read;
	}
	return NULL;
}

const struct node *
read_in(struct reader *reader, const struct node *value)
{
	const struct mark mark = reader_mark_locals(reader);
	const struct node *tests = NULL;
	unsigned place;
	if (!reader_push_local(reader, TEXT("?"), value->type, false, &place))
		return NULL;
	/* "(1..5)" and "(a + b)" are one test; "(1, 2)" and "(< 5, > 9)" are several; "(a)[1]" is a value. */
	const struct reader before = *reader;
	const size_t findings = reader->findings->count;
	bool is_range = lex_take(reader, TEXT("("));
	bool parenthesis = is_range;
	tests = read_test(reader, place, value->type, !parenthesis, &is_range);
	if (parenthesis && !is_range) {
		tests = read_more_tests(reader, place, value->type, tests);
		if (!tests || !lex_expect(reader, TEXT(")"), "« ) »"))
			return NULL;
		if (reader->at < reader->source.length && strchr("([.*/+-", reader->source.at[reader->at])
			&& !lex_sees(reader, TEXT(".."))) {
			*reader = before;
			reader->findings->count = findings;
			is_range = false;
			tests = read_test(reader, place, value->type, true, &is_range);
		}
	}
	reader_drop_locals(reader, mark);
	if (tests && tests->kind == NODE_TEST) /* "lundi" in jours */
		check_among_words(reader, tests->left->type, value);
	struct node *node = tests ? node_new(reader, NODE_IN, value->offset, &feel_type_boolean) : NULL;
	if (!node)
		return NULL;
	node->left = value;
	node->right = tests;
	node->local = place;
	node->height = (uint16_t)((value->height > tests->height ? value->height : tests->height) + 1);
	return node_finish(reader, node);
}

/* ---- the doors ---- */

/* What follows is perhaps the rest of a name that begins as a known one. */
void
reader_end(struct reader *reader)
{
	if (reader->stopped || reader->at >= reader->source.length)
		return;
	const size_t word = lex_word_end(reader->source, reader->at);
	if (word > reader->at && reader->name_end == reader->end && lex_hint(reader).length == 0) {
		struct closest closest = { .distance = SIZE_MAX };
		closest.wrong = text_part(reader->source, reader->name_start, word - reader->name_start);
		lex_try_known_names(reader, &closest);
		if (closest.best.length) {
			reader_stop(reader, reader->name_start, closest.wrong.length,
				closest_remedy(reader->arena, &closest),
				"nom inconnu « " TEXT_FORMAT " »", TEXT_ARGS(closest.wrong));
			return;
		}
	}
	lex_expected(reader, "un opérateur ou la fin de l’expression");
}

/* The expression whose tree was read; NULL when something was found. */
static struct feel *
reader_finish(struct reader *reader, const struct node *root, bool unary)
{
	if (root)
		reader_end(reader);
	if (!root || reader->stopped || (reader->mistaken && !reader->findings->lenient))
		return NULL;
	struct feel *feel = arena_new_of(reader->arena, struct feel);
	if (!feel) {
		reader->findings->broken = true;
		return NULL;
	}
	*feel = (struct feel){ root, reader->source, reader->most_locals, unary, reader->counts_days, reader->uses,
		reader->use_count };
	return feel;
}

/* Refuses what no expression may be; otherwise stands on the first token. */
static bool
reader_begin(struct reader *reader)
{
	if (reader->source.length > FEEL_MOST_SOURCE) {
		reader_stop(reader, 0, 0, TEXT("découpez-la en plusieurs"), "expression trop longue");
		return false;
	}
	if (!text_is_utf8(reader->source)) {
		reader_stop(reader, 0, 0, TEXT("enregistrez le fichier en UTF-8"), "le texte n’est pas en UTF-8");
		return false;
	}
	lex_skip_spaces(reader);
	return !reader->stopped;
}

struct feel *
feel_read_as(struct arena *arena, const struct feel_scope *scope, const struct feel_type *wanted,
	struct text source,
	struct feel_findings *findings)
{
	struct reader reader = { .arena = arena, .scope = scope, .source = source, .findings = findings };
	if (!reader_begin(&reader))
		return NULL;
	const struct node *root = read_expression(&reader);
	if (root && !reader.stopped && !feel_type_conforms(root->type, wanted))
		reader_mistake(&reader, root->offset, root->length, TEXT(""),
			TEXT_FORMAT " est attendu ici, et non " TEXT_FORMAT,
			TEXT_ARGS(feel_type_french(arena, wanted)), TEXT_ARGS(feel_type_french(arena, root->type)));
	else if (root && !reader.stopped)
		unit_check(&reader, root->offset, root->length, unit_of(root->type), unit_of(wanted),
			" ne vont pas là où l’on attend ");
	return reader_finish(&reader, root, false);
}

struct feel *
feel_read(struct arena *arena, const struct feel_scope *scope, struct text source,
	struct feel_findings *findings)
{
	return feel_read_as(arena, scope, &feel_type_any, source, findings);
}

struct feel *
feel_read_unary(struct arena *arena, const struct feel_scope *scope, const struct feel_type *tested,
	struct text source,
	struct feel_findings *findings)
{
	struct reader reader = { .arena = arena, .scope = scope, .source = source, .findings = findings };
	unsigned place;
	if (!reader_begin(&reader) || !reader_push_local(&reader, TEXT("?"), tested, false, &place))
		return NULL;
	return reader_finish(&reader, read_test_cell(&reader, place, tested), true);
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

bool
feel_counts_days(const struct feel *feel)
{
	return feel->counts_days;
}
