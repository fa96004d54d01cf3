/* Names in an expression: of the scope, of builtins and their calls, of entries; and those that nobody knows. A
 * name may hold spaces, so where it ends depends on what is known there. DMN 1.5, §10.3.1.2. */
#include "feel/parser.h"

#include "feel/evaluation.h"

#include "base/banned.h"

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
	/* what people know from spreadsheets, before a parenthesis */
	static const struct {
		struct text written, remedy;
	} spreadsheet[] = {
		{ TEXT("year"), TEXT("écrivez la date, un point, puis year : début.year") },
		{ TEXT("année"), TEXT("écrivez la date, un point, puis year : début.year") },
		{ TEXT("month"), TEXT("écrivez la date, un point, puis month : début.month") },
		{ TEXT("mois"), TEXT("écrivez la date, un point, puis month : début.month") },
		{ TEXT("day"), TEXT("écrivez la date, un point, puis day : début.day") },
		{ TEXT("jour"), TEXT("écrivez la date, un point, puis day : début.day") },
		{ TEXT("si"), TEXT("écrivez if … then … else …") }, { TEXT("SI"), TEXT("écrivez if … then … else …") },
		{ TEXT("arrondi"), TEXT("écrivez round half up(nombre, décimales)") },
		{ TEXT("ARRONDI"), TEXT("écrivez round half up(nombre, décimales)") },
		{ TEXT("somme"), TEXT("écrivez sum(…)") }, { TEXT("SOMME"), TEXT("écrivez sum(…)") },
		{ TEXT("moyenne"), TEXT("écrivez mean(…)") }, { TEXT("MOYENNE"), TEXT("écrivez mean(…)") },
	};
	struct closest closest = { .distance = SIZE_MAX };
	size_t end = word, called = word;
	while (called < reader->source.length && reader->source.at[called] == ' ')
		called++;
	const bool calls = called < reader->source.length && reader->source.at[called] == '(';
	struct text remedy = lex_hint(reader);
	for (size_t i = 0; remedy.length == 0 && i < sizeof constants / sizeof *constants; i++)
		if (lex_name_end(reader->source, offset, constants[i].written))
			remedy = constants[i].remedy;
	for (size_t i = 0; calls && remedy.length == 0 && i < sizeof spreadsheet / sizeof *spreadsheet; i++)
		if (lex_name_end(reader->source, offset, spreadsheet[i].written) == word)
			remedy = spreadsheet[i].remedy;
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

bool
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

const struct node *
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

/* ---- what follows a dot ---- */

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

const struct node *
read_entry_of(struct reader *reader, const struct node *of, struct text *path)
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
