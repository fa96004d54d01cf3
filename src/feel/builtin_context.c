/* Builtins on contexts (§10.3.4.10). */
#include "feel/builtin_all.h"

#include "base/banned.h"

static struct feel_value
full(struct evaluation *evaluation)
{
	return evaluation_stop(evaluation, FEEL_NO_MEMORY);
}

BUILTIN(get_value)
{
	return evaluate_entry(evaluation, arguments[0], arguments[1].string);
}

BUILTIN(get_value_path)
{
	struct feel_value value = arguments[0];
	for (size_t i = 0; i < arguments[1].list.count; i++) {
		if (arguments[1].list.at[i].kind != FEEL_STRING || value.kind != FEEL_CONTEXT)
			return feel_null(TEXT("chemin qui ne mène à rien"));
		value = evaluate_entry(evaluation, value, arguments[1].list.at[i].string);
	}
	return arguments[1].list.count ? value : feel_null(TEXT("chemin vide"));
}

static bool
add_pair(struct evaluation *evaluation, struct items *items, struct feel_entry entry)
{
	struct feel_entry *pair = arena_array_of(evaluation->arena, struct feel_entry, 2);
	if (!pair)
		return false;
	pair[0] = (struct feel_entry){ TEXT("key"), feel_string(entry.name) };
	pair[1] = (struct feel_entry){ TEXT("value"), entry.value };
	return items_add(evaluation, items, feel_context(pair, 2));
}

BUILTIN(get_entries)
{
	struct items items = { 0 };
	if (!evaluation_steps(evaluation, arguments[0].context.count))
		return full(evaluation);
	for (size_t i = 0; i < arguments[0].context.count; i++)
		if (!add_pair(evaluation, &items, arguments[0].context.at[i]))
			return full(evaluation);
	return items_list(&items);
}

/* Entries under construction: a name is written once. */
struct entries {
	struct feel_entry *at;
	size_t count, capacity;
};

static bool
put(struct evaluation *evaluation, struct entries *entries, struct text name, struct feel_value value)
{
	if (!evaluation_steps(evaluation, entries->count + 1))
		return false;
	for (size_t i = 0; i < entries->count; i++) {
		if (!text_equal(entries->at[i].name, name))
			continue;
		entries->at[i].value = value;
		return true;
	}
	if (entries->count == entries->capacity) {
		const size_t capacity = entries->capacity ? entries->capacity * 2 : 8;
		struct feel_entry *at = arena_array_of(evaluation->arena, struct feel_entry, capacity);
		if (!at)
			return false;
		if (entries->count)
			memcpy(at, entries->at, entries->count * sizeof *at);
		entries->at = at;
		entries->capacity = capacity;
	}
	entries->at[entries->count++] = (struct feel_entry){ name, value };
	return true;
}

static bool
put_all(struct evaluation *evaluation, struct entries *entries, struct feel_value context)
{
	for (size_t i = 0; i < context.context.count; i++)
		if (!put(evaluation, entries, context.context.at[i].name, context.context.at[i].value))
			return false;
	return true;
}

BUILTIN(context_of)
{
	struct entries entries = { 0 };
	for (size_t i = 0; i < arguments[0].list.count; i++) {
		const struct feel_value pair = arguments[0].list.at[i];
		const struct feel_entry *key = NULL, *value = NULL;
		for (size_t j = 0; pair.kind == FEEL_CONTEXT && j < pair.context.count; j++) {
			if (text_equal(pair.context.at[j].name, TEXT("key")))
				key = &pair.context.at[j];
			else if (text_equal(pair.context.at[j].name, TEXT("value")))
				value = &pair.context.at[j];
		}
		if (!key || !value || key->value.kind != FEEL_STRING)
			return feel_null(TEXT("chaque élément doit avoir un champ « key » et un champ « value »"));
		for (size_t j = 0; j < entries.count; j++)
			if (text_equal(entries.at[j].name, key->value.string))
				return feel_null(TEXT("un même champ y est deux fois"));
		if (!put(evaluation, &entries, key->value.string, value->value))
			return full(evaluation);
	}
	return feel_context(entries.at, entries.count);
}

BUILTIN(context_put)
{
	struct entries entries = { 0 };
	if (!put_all(evaluation, &entries, arguments[0])
		|| !put(evaluation, &entries, arguments[1].string, arguments[2]))
		return full(evaluation);
	return feel_context(entries.at, entries.count);
}

static struct feel_value
put_at(struct evaluation *evaluation, struct feel_value context, const struct feel_value *keys, size_t count,
	struct feel_value value)
{
	struct entries entries = { 0 };
	if (keys[0].kind != FEEL_STRING || context.kind != FEEL_CONTEXT)
		return feel_null(TEXT("chemin qui ne mène à rien"));
	struct feel_value inside = feel_null(TEXT("champ absent"));
	for (size_t i = 0; i < context.context.count; i++)
		if (text_equal(context.context.at[i].name, keys[0].string))
			inside = context.context.at[i].value;
	if (count > 1) {
		inside = put_at(evaluation, inside, keys + 1, count - 1, value);
		if (inside.kind != FEEL_CONTEXT) /* the path leads nowhere */
			return inside;
	} else {
		inside = value;
	}
	if (!put_all(evaluation, &entries, context) || !put(evaluation, &entries, keys[0].string, inside))
		return full(evaluation);
	return feel_context(entries.at, entries.count);
}

BUILTIN(context_put_path)
{
	if (arguments[1].list.count == 0 || arguments[1].list.count > 50)
		return feel_null(TEXT("chemin vide ou trop long"));
	return put_at(evaluation, arguments[0], arguments[1].list.at, arguments[1].list.count, arguments[2]);
}

BUILTIN(context_merge)
{
	struct entries entries = { 0 };
	for (size_t i = 0; i < arguments[0].list.count; i++) {
		if (arguments[0].list.at[i].kind != FEEL_CONTEXT)
			return feel_null(TEXT("la liste contient autre chose que des ensembles de champs"));
		if (!put_all(evaluation, &entries, arguments[0].list.at[i]))
			return full(evaluation);
	}
	return feel_context(entries.at, entries.count);
}
