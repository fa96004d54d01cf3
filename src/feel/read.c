/* The parser of expressions, in one pass with the lexer and the checker: operators, and what follows an
 * operand (filters, entries, calls). Operands are in read_operand.c, names in read_name.c. DMN 1.5,
 * §10.3.1.2. */
#include "feel/parser.h"

#include "base/banned.h"

static const struct node *
read_filter(struct reader *reader, const struct node *list)
{
	const struct mark mark = reader_mark_locals(reader);
	unsigned place;
	lex_advance(reader, reader->at + 1);
	if (!reader_push_local(reader, TEXT("item"), list->type->kind == FEEL_LIST ? item_type(list->type)
		: list->type, true, &place))
		return NULL;
	const struct node *inside = read_expression(reader);
	reader_drop_locals(reader, mark);
	if (!inside || !lex_expect(reader, TEXT("]"), "« ] »"))
		return NULL;
	return node_filter(reader, list, inside, place);
}

static struct text
name_of_slot(const struct feel_scope *scope, unsigned slot)
{
	while (scope && slot < scope->first_slot)
		scope = scope->parent;
	return scope ? scope->names[slot - scope->first_slot].name : TEXT("");
}

/* "]1..5[" ends a range: what follows such an end cannot begin a filter. */
static bool
ends_range(const struct reader *reader)
{
	const struct text source = reader->source;
	size_t next = reader->at + 1;
	for (size_t after = next; after < source.length && is_white(text_next(source, &after));)
		next = after;
	if (next >= source.length || strchr("),]}=<>!+*/", source.at[next]))
		return true;
	if (source.at[next] == '.') /* an entry of the range, and not ".5" */
		return next + 1 >= source.length || source.at[next + 1] < '0' || source.at[next + 1] > '9';
	return lex_is_operator_word(source, next);
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
		if (lex_sees(reader, TEXT(".")) && !lex_sees(reader, TEXT(".."))) {
			node = read_entry_of(reader, node, &path);
		} else if (lex_sees(reader, TEXT("["))) {
			if (ends_range(reader))
				break;
			node = read_filter(reader, node);
		} else if (lex_sees(reader, TEXT("("))
			&& (node->type->kind == FEEL_FUNCTION || node->type->kind == FEEL_ANY
			|| node->type->kind == FEEL_NULL)) {
			struct nodes arguments = { 0 };
			lex_advance(reader, reader->at + 1);
			node = read_arguments(reader, &arguments)
				? node_finish(reader, check_call(reader, node, arguments.at, arguments.names, arguments.count))
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
		reader_note_use(reader, slot, path, offset);
	}
	return node;
}

static const struct node *
read_unary(struct reader *reader)
{
	const size_t offset = reader->at;
	unsigned negations = 0;
	while (lex_sees(reader, TEXT("-")) && negations < 50) {
		lex_advance(reader, reader->at + 1);
		negations++;
	}
	const struct node *node = read_postfix(reader);
	for (; node && negations; negations--)
		node = node_finish(reader, check_negate(reader, offset, node));
	while (node && lex_sees_word(reader, TEXT("instance"))) {
		lex_advance(reader, reader->at + 8);
		if (!lex_expect_word(reader, TEXT("of"), "« of »"))
			return NULL;
		const struct feel_type *type = read_type(reader);
		struct node *instance = type ? node_new(reader, NODE_INSTANCE, node->offset, &feel_type_boolean)
			: NULL;
		if (!instance)
			return NULL;
		instance->left = node;
		instance->tested_type = type;
		instance->height = (uint16_t)(node->height + 1);
		node = node_finish(reader, instance);
	}
	return node;
}

enum { BINDS_OR = 1, BINDS_AND, BINDS_COMPARISON, BINDS_ADD, BINDS_MULTIPLY, BINDS_POWER };

/* Binary operators, which all associate to the left, "**" too. `and` and `or` bind loosest. */
static const struct operator {
	struct text sign;
	enum node_kind kind;
	uint8_t binds;
	bool word;
} operators[] = {
	{ TEXT("or"), NODE_OR, BINDS_OR, true },
	{ TEXT("and"), NODE_AND, BINDS_AND, true },
	{ TEXT("<="), NODE_LESS_EQUAL, BINDS_COMPARISON, false },
	{ TEXT(">="), NODE_GREATER_EQUAL, BINDS_COMPARISON, false },
	{ TEXT("!="), NODE_DIFFERENT, BINDS_COMPARISON, false },
	{ TEXT("<"), NODE_LESS, BINDS_COMPARISON, false },
	{ TEXT(">"), NODE_GREATER, BINDS_COMPARISON, false },
	{ TEXT("="), NODE_EQUAL, BINDS_COMPARISON, false },
	{ TEXT("between"), NODE_BETWEEN, BINDS_COMPARISON, true },
	{ TEXT("in"), NODE_IN, BINDS_COMPARISON, true },
	{ TEXT("+"), NODE_ADD, BINDS_ADD, false },
	{ TEXT("-"), NODE_SUBTRACT, BINDS_ADD, false },
	{ TEXT("**"), NODE_POWER, BINDS_POWER, false },
	{ TEXT("*"), NODE_MULTIPLY, BINDS_MULTIPLY, false },
	{ TEXT("/"), NODE_DIVIDE, BINDS_MULTIPLY, false },
};

static const struct operator *
peek_operator(const struct reader *reader)
{
	for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
		if (operators[i].word ? lex_sees_word(reader, operators[i].sign) : lex_sees(reader, operators[i].sign))
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
		lex_advance(reader, reader->at + op->sign.length);
		if (op->kind == NODE_IN) {
			left = read_in(reader, left);
			continue;
		}
		if (op->kind == NODE_BETWEEN) {
			const struct node *low = read_binary(reader, op->binds + 1);
			if (!low || !lex_expect_word(reader, TEXT("and"), "« and »"))
				return NULL;
			const struct node *high = read_binary(reader, op->binds + 1);
			left = high ? node_finish(reader, check_between(reader, left, low, high)) : NULL;
			continue;
		}
		const struct node *right = read_binary(reader, op->binds + 1);
		left = right ? node_finish(reader, check_binary(reader, op->kind, left, right)) : NULL;
	}
	return left;
}

/* `< 5` as a value, which is a range (rule 7). */
static const struct node *
read_half_range(struct reader *reader, size_t offset, enum node_kind comparison)
{
	const struct node *bound = read_binary(reader, BINDS_ADD);
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
	return node_finish(reader, range);
}

const struct node *
read_compared(struct reader *reader)
{
	return read_binary(reader, BINDS_ADD);
}

const struct node *
read_expression(struct reader *reader)
{
	const size_t offset = reader->at;
	if (reader->stopped)
		return NULL;
	if (++reader->nesting > MOST_NESTING)
		return reader_stop(reader, reader->at, 0, TEXT("découpez-la en plusieurs"),
			"expression trop imbriquée");
	const char first = offset < reader->source.length ? reader->source.at[offset] : '\0';
	const bool may_compare = (first >= '<' && first <= '>') || first == '!';
	const enum node_kind comparison = may_compare ? read_comparison(reader) : NODE_CONSTANT;
	const struct node *node = comparison == NODE_CONSTANT ? read_binary(reader, BINDS_OR)
		: read_half_range(reader, offset, comparison);
	reader->nesting--;
	return node;
}
