/* The parser of expressions, in one pass with the lexer and the checker. DMN 1.5, §10.3.1.2. */
#include "feel/parser.h"

#include "feel/evaluation.h"

#include "base/banned.h"

/* ---- operands ---- */

/* ---- names of entries that no type says ---- */

/* The longest entry of that type, or of a type inside it, that stands at this place. */
static void
try_entries(const struct reader *reader, const struct feel_type *type, unsigned depth, unsigned *looks,
	size_t *best, struct text *ret_name)
{
	for (; type && (type->kind == FEEL_LIST || type->kind == FEEL_RANGE); depth++)
		type = depth < 4 ? type->of : NULL;
	if (!type || type->kind != FEEL_CONTEXT)
		return;
	for (size_t i = 0; i < type->field_count && *looks; i++) {
		const struct text name = type->fields[i].name;
		const size_t end = lex_name_end(reader->source, reader->at, name);
		--*looks;
		if (end > *best)
			*best = end, *ret_name = name;
		if (depth < 4)
			try_entries(reader, type->fields[i].type, depth + 1, looks, best, ret_name);
	}
}

/* Where the entry of a value of unknown shape ends: its name may be of several words when something
 * declared has an entry of that name; else it is one word. */
static size_t
unshaped_entry_end(struct reader *reader, struct text *ret_name)
{
	size_t best = lex_word_end(reader->source, reader->at);
	unsigned looks = 5000;
	*ret_name = name_composed(reader->arena, text_part(reader->source, reader->at, best - reader->at));
	if (best == reader->at)
		return best;
	for (const struct feel_scope *scope = reader->scope; scope; scope = scope->parent) {
		for (unsigned i = 0; i < scope->count; i++)
			try_entries(reader, scope->names[i].type, 0, &looks, &best, ret_name);
		for (unsigned i = 0; i < scope->type_count; i++)
			try_entries(reader, scope->types[i].type, 0, &looks, &best, ret_name);
	}
	return best;
}

/* An unknown name: in a filter over items of unknown shape it may be one of their entries. */
static const struct node *
read_unknown_name(struct reader *reader)
{
	const size_t offset = reader->at;
	const size_t word = lex_word_end(reader->source, offset);
	if (word == offset)
		return lex_expected(reader, "une valeur");
	for (const struct local *local = reader->locals; local; local = local->next) {
		if (!local->entries || (local->type->kind != FEEL_ANY && !local->type->open))
			continue;
		struct node *item = node_new(reader, NODE_LOCAL, offset, local->type);
		struct text name;
		const size_t name_end = unshaped_entry_end(reader, &name);
		lex_advance(reader, name_end);
		if (!item || !name.at)
			return item ? reader_broken(reader) : NULL;
		item->local = local->place;
		return node_finish(reader, check_entry(reader, item, name, offset));
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
	struct text remedy = lex_hint(reader);
	for (size_t i = 0; remedy.length == 0 && i < sizeof constants / sizeof *constants; i++)
		if (lex_name_end(reader->source, offset, constants[i].written))
			remedy = constants[i].remedy;
	if (remedy.length == 0) {
		end = lex_guess_end(reader, &closest);
		remedy = closest_remedy(reader->arena, &closest);
	}
	if (remedy.length == 0) /* in a test, perhaps one of the texts that are tested */
		for (const struct local *local = reader->locals; local && remedy.length == 0; local = local->next)
			if (text_equal(local->name, TEXT("?")))
				remedy = check_words_remedy(reader, local->type);
	reader_mistake(reader, offset, end - offset, remedy,
		"nom inconnu « " TEXT_FORMAT " »", (int)(end - offset), reader->source.at + offset);
	lex_advance(reader, end);
	return node_finish(reader, node_constant(reader, offset, feel_null(TEXT("nom inconnu")), &feel_type_any));
}

static bool
read_arguments(struct reader *reader, struct nodes *arguments)
{
	if (lex_take(reader, TEXT(")")))
		return true;
	do {
		const size_t before = reader->at, before_end = reader->end;
		struct text name = lex_new_name(reader, TEXT(":,)"));
		if (name.at && !lex_take(reader, TEXT(":"))) {
			reader->at = before;
			reader->end = before_end;
			name = (struct text){ 0 };
		}
		if (reader->stopped || !nodes_add(reader, arguments, read_expression(reader), name))
			return false;
		if (arguments->count > 1000)
			return reader_stop(reader, before, 0, TEXT(""), "trop d’arguments"), false;
	} while (lex_take(reader, TEXT(",")));
	return lex_expect(reader, TEXT(")"), "« ) »");
}

static const struct node *
read_name(struct reader *reader)
{
	const size_t offset = reader->at;
	const struct found found = lex_find_name(reader);
	if (found.what == FOUND_NOTHING)
		return read_unknown_name(reader);
	const size_t name_length = found.end - offset;
	reader->name_start = offset;
	reader->name_end = found.end;
	lex_advance(reader, found.end);
	struct node *node = NULL;
	switch (found.what) {
	case FOUND_BUILTIN: {
		struct nodes arguments = { 0 };
		if (!lex_sees(reader, TEXT("("))) {
			struct feel_function *function = arena_new_of(reader->arena, struct feel_function);
			static const struct feel_type type = { .kind = FEEL_FUNCTION };
			if (!function)
				return reader_broken(reader);
			function->builtin = found.name;
			return node_finish(reader, node_constant(reader, offset,
				(struct feel_value){ .kind = FEEL_FUNCTION, .function = function }, &type));
		}
		lex_advance(reader, reader->at + 1);
		if (!read_arguments(reader, &arguments))
			return NULL;
		return node_finish(reader, check_builtin(reader, offset, name_length, found.name, arguments.at,
			arguments.names, arguments.count));
	}
	case FOUND_INPUT:
		node = node_new(reader, NODE_INPUT, offset, found.type);
		if (node)
			node->local = found.slot;
		reader_note_use(reader, found.slot, found.name, offset);
		return node_finish(reader, node);
	case FOUND_ENTRY:
	case FOUND_LOCAL:
		if (text_equal(found.name, TEXT("?")))
			reader->uses_tested = true;
		node = node_new(reader, NODE_LOCAL, offset, found.local->type);
		if (node)
			node->local = found.local->place;
		node_finish(reader, node);
		return found.what == FOUND_ENTRY && node
			? node_finish(reader, check_entry(reader, node, found.name, offset)) : node;
	case FOUND_NOTHING:
		break;
	}
	return NULL;
}

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

/* ---- postfix and operators ---- */

static const struct node *
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
		const size_t end = lex_name_end(reader->source, reader->at, type->fields[i].name);
		if (end > best)
			best = end, *ret_name = type->fields[i].name;
	}
	for (size_t i = 0; best == 0 && type->kind != FEEL_CONTEXT
		&& i < sizeof properties / sizeof *properties; i++) {
		const size_t end = lex_name_end(reader->source, reader->at, properties[i]);
		if (end > lex_word_end(reader->source, reader->at))
			best = end, *ret_name = properties[i];
	}
	if (best == 0 && (type->kind == FEEL_ANY || type->open))
		return unshaped_entry_end(reader, ret_name);
	if (best == 0) {
		best = lex_word_end(reader->source, reader->at);
		*ret_name = name_composed(reader->arena, text_part(reader->source, reader->at, best - reader->at));
	}
	return best;
}

static const struct node *
read_entry(struct reader *reader, const struct node *of, struct text *path)
{
	lex_advance(reader, reader->at + 1);
	struct text name = { 0 };
	const size_t offset = reader->at, end = entry_end(reader, of->type, &name);
	if (end == offset)
		return lex_expected(reader, "un nom");
	if (!name.at)
		return reader_broken(reader);
	lex_advance(reader, end);
	if (path->length && of->type->kind == FEEL_CONTEXT) {
		*path = arena_format(reader->arena, TEXT_FORMAT "." TEXT_FORMAT, TEXT_ARGS(*path), TEXT_ARGS(name));
		if (!path->at)
			return reader_broken(reader);
	}
	return node_finish(reader, check_entry(reader, of, name, offset));
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
			node = read_entry(reader, node, &path);
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
