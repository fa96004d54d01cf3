/* What stands between operators: literals, names, parentheses, ranges, lists, contexts, if, for, functions.
 * DMN 1.5, §10.3.1.2. */
#include "feel/parser.h"

#include "base/banned.h"

const struct node *
read_range_end(struct reader *reader, size_t offset, const struct node *low, bool low_open)
{
	const struct node *high = read_expression(reader);
	if (!high)
		return NULL;
	const bool high_open = lex_sees(reader, TEXT(")")) || lex_sees(reader, TEXT("["));
	if (!lex_take(reader, TEXT("]")) && !lex_take(reader, TEXT(")")) && !lex_take(reader, TEXT("[")))
		return lex_expected(reader, "la fin de l’intervalle, « ] » ou « ) »");
	struct node *range = check_binary(reader, NODE_RANGE, low, high);
	if (!range)
		return NULL;
	range->offset = (uint32_t)offset;
	range->low_open = low_open;
	range->high_open = high_open;
	return node_finish(reader, range);
}

enum node_kind
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
		if (lex_take(reader, comparisons[i].sign))
			return comparisons[i].kind;
	return NODE_CONSTANT;
}

static const struct node *
read_parenthesis(struct reader *reader)
{
	const size_t offset = reader->at;
	lex_advance(reader, reader->at + 1);
	const struct node *inside = read_expression(reader);
	if (!inside)
		return NULL;
	if (lex_take(reader, TEXT("..")))
		return read_range_end(reader, offset, inside, true);
	return lex_expect(reader, TEXT(")"), "« ) »") ? inside : NULL;
}

static const struct node *
read_bracket(struct reader *reader)
{
	const size_t offset = reader->at;
	const bool open = lex_sees(reader, TEXT("]"));
	struct nodes items = { 0 };
	const struct feel_type *item = NULL;
	lex_advance(reader, reader->at + 1);
	if (!open && lex_take(reader, TEXT("]")))
		return node_of_parts(reader, NODE_LIST, offset, &items,
			feel_type_list_of(reader->arena, &feel_type_null));
	do {
		const struct node *node = read_expression(reader);
		if (!nodes_add(reader, &items, node, TEXT("")))
			return NULL;
		if (items.count == 1 && lex_take(reader, TEXT("..")))
			return read_range_end(reader, offset, node, open);
		item = item ? feel_type_join(reader->arena, item, node->type) : node->type;
		if (!item)
			return reader_broken(reader);
	} while (!open && lex_take(reader, TEXT(",")));
	if (open)
		return lex_expected(reader, "« .. »");
	if (!lex_expect(reader, TEXT("]"), "« ] »"))
		return NULL;
	const struct feel_type *type = feel_type_list_of(reader->arena, item);
	return type ? node_of_parts(reader, NODE_LIST, offset, &items, type) : reader_broken(reader);
}

static const struct node *
read_context(struct reader *reader)
{
	const size_t offset = reader->at;
	const struct mark mark = reader_mark_locals(reader);
	struct nodes entries = { 0 };
	bool twice = false;
	lex_advance(reader, reader->at + 1);
	if (!lex_sees(reader, TEXT("}"))) {
		do {
			const size_t key = reader->at;
			const struct text name = lex_sees(reader, TEXT("\"")) ? read_characters(reader)
				: lex_new_name(reader, TEXT(":"));
			unsigned place;
			if (!name.at)
				return reader->stopped ? NULL : lex_expected(reader, "un nom suivi de « : »");
			if (!lex_expect(reader, TEXT(":"), "« : »"))
				return NULL;
			for (size_t i = 0; i < entries.count; i++) {
				if (!text_equal(entries.names[i], name))
					continue;
				reader_mistake(reader, key, name.length, TEXT("donnez-leur deux noms"),
					"le nom « " TEXT_FORMAT " » sert deux fois", TEXT_ARGS(name));
				twice = true;
			}
			if (!lex_sees_word(reader, TEXT("function"))) {
				const struct node *value = read_expression(reader);
				if (!nodes_add(reader, &entries, value, name)
					|| !reader_push_local(reader, name, value->type, false, &place))
					return NULL;
			} else if (!reader_push_self(reader, name)
				|| !nodes_add(reader, &entries, read_expression(reader), name)
				|| !reader_settle_self(reader, name, entries.at[entries.count - 1]->type)) {
				return NULL;
			}
		} while (lex_take(reader, TEXT(",")));
	}
	if (!lex_expect(reader, TEXT("}"), "« } »"))
		return NULL;
	reader_drop_locals(reader, mark);
	if (twice)
		return node_finish(reader, node_constant(reader, offset, feel_null(TEXT("un nom sert deux fois")),
			&feel_type_any));
	return node_context(reader, offset, &entries, mark.count, NULL);
}

static const struct node *
read_if(struct reader *reader)
{
	const size_t offset = reader->at;
	lex_advance(reader, reader->at + 2);
	const struct node *condition = read_expression(reader);
	if (!condition || !lex_expect_word(reader, TEXT("then"), "« then »"))
		return NULL;
	const struct node *then = read_expression(reader);
	if (!then || !lex_expect_word(reader, TEXT("else"), "« else »"))
		return NULL;
	const struct node *otherwise = read_expression(reader);
	return otherwise ? node_finish(reader, check_if(reader, offset, condition, then, otherwise)) : NULL;
}

/* for, some and every: iterators, then a body. */
static const struct node *
read_iteration(struct reader *reader, enum node_kind kind, size_t word_length)
{
	const size_t offset = reader->at;
	const struct mark mark = reader_mark_locals(reader);
	struct nodes parts = { 0 };
	unsigned place;
	lex_advance(reader, reader->at + word_length);
	do {
		const struct text name = lex_variable(reader);
		if (!name.at || !lex_expect_word(reader, TEXT("in"), "« in »"))
			return NULL;
		const struct node *list = read_expression(reader);
		if (list && lex_take(reader, TEXT(".."))) {
			const struct node *last = read_expression(reader);
			struct node *range = last ? check_binary(reader, NODE_RANGE, list, last) : NULL;
			if (range)
				range->may_descend = true;
			list = node_finish(reader, range);
		}
		if (!nodes_add(reader, &parts, list, name))
			return NULL;
		if (!reader_push_local(reader, name, check_iterated(reader, list), false, &place))
			return NULL;
		if (parts.count > 16)
			return reader_stop(reader, offset, word_length, TEXT(""), "trop de variables dans une itération");
	} while (lex_take(reader, TEXT(",")));
	if (kind == NODE_FOR) {
		if (!lex_expect_word(reader, TEXT("return"), "« return »")
			|| !reader_push_local(reader, TEXT("partial"), &feel_type_list, false, &place))
			return NULL;
	} else if (!lex_expect_word(reader, TEXT("satisfies"), "« satisfies »")) {
		return NULL;
	}
	const struct node *body = read_expression(reader);
	reader_drop_locals(reader, mark);
	if (!nodes_add(reader, &parts, body, TEXT("")))
		return NULL;
	return node_iteration(reader, kind, offset, &parts, mark.count);
}

/* What follows "external": where the function is found, which is not our concern. */
static const struct node *
read_external(struct reader *reader)
{
	const size_t offset = reader->at;
	reader_mistake(reader, offset, sizeof "external" - 1, TEXT("écrivez-la en FEEL"),
		"les fonctions externes ne sont pas admises");
	lex_advance(reader, offset + sizeof "external" - 1);
	if (!read_expression(reader))
		return NULL;
	return node_finish(reader, node_new(reader, NODE_EXTERNAL, offset, &feel_type_any));
}

static const struct node *
read_function(struct reader *reader)
{
	const size_t offset = reader->at;
	const struct mark mark = reader_mark_locals(reader);
	struct local *const self = reader_take_self(reader);
	struct feel_field fields[16];
	size_t count = 0;
	unsigned place;
	lex_advance(reader, reader->at + sizeof "function" - 1);
	if (!lex_expect(reader, TEXT("("), "« ( »"))
		return NULL;
	while (!lex_sees(reader, TEXT(")"))) {
		if (count == 16)
			return reader_stop(reader, reader->at, 0, TEXT(""), "trop de paramètres");
		fields[count].name = lex_new_name(reader, TEXT(":,)"));
		if (!fields[count].name.at)
			return reader->stopped ? NULL : lex_expected(reader, "le nom d’un paramètre");
		fields[count].type = lex_take(reader, TEXT(":")) ? read_type(reader) : &feel_type_any;
		if (!fields[count].type
			|| !reader_push_local(reader, fields[count].name, fields[count].type, false, &place))
			return NULL;
		count++;
		if (!lex_take(reader, TEXT(",")))
			break;
	}
	if (!lex_expect(reader, TEXT(")"), "« ) »"))
		return NULL;
	const struct feel_type *type = node_function_type(reader, fields, count, self);
	if (!type)
		return NULL;
	const struct node *body = lex_sees_word(reader, TEXT("external")) ? read_external(reader)
		: read_expression(reader);
	reader_drop_locals(reader, mark);
	return body ? node_function(reader, offset, type, body, mark.count, self) : NULL;
}

const struct node *
read_operand(struct reader *reader)
{
	if (reader->stopped)
		return NULL;
	if (reader->at >= reader->source.length)
		return lex_expected(reader, "une valeur");
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
	const struct found found = lex_find_name(reader);
	const size_t word = lex_word_end(reader->source, offset);
	if (found.end <= word) {
		for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
			if (lex_take_word(reader, constants[i].word))
				return node_finish(reader, constants[i].value < 0
					? node_constant(reader, offset, feel_null(TEXT("")), &feel_type_null)
					: node_constant(reader, offset, feel_boolean(constants[i].value), &feel_type_boolean));
		if (lex_sees_word(reader, TEXT("if")))
			return read_if(reader);
		if (lex_sees_word(reader, TEXT("for")))
			return read_iteration(reader, NODE_FOR, 3);
		if (lex_sees_word(reader, TEXT("some")))
			return read_iteration(reader, NODE_SOME, 4);
		if (lex_sees_word(reader, TEXT("every")))
			return read_iteration(reader, NODE_EVERY, 5);
		if (lex_sees_word(reader, TEXT("function")))
			return read_function(reader);
	}
	return read_name(reader);
}
