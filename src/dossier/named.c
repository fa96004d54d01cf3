/* People and structures that an answer names: what to look for in the directory, and which one of those found is meant.
 * Whoever asks the question looks them up before; here nothing reads the directory. */
#include "dossier/named.h"

#include "base/buffer.h"
#include "base/fold.h"

#include "base/banned.h"

bool
dossier_names(enum procedure_field_type type)
{
	return type == PROCEDURE_FIELD_PERSON || type == PROCEDURE_FIELD_STRUCTURE;
}

const struct feel_type *
dossier_named_type(const struct procedure *procedure, enum procedure_field_type type)
{
	for (size_t i = 0; i < procedure->field_count; i++) {
		const struct procedure_field *field = &procedure->fields[i];
		if (field->type == type)
			return field->feel_type;
		for (size_t k = 0; k < field->part_count; k++)
			if (field->parts[k].type == type)
				return field->parts[k].feel_type;
	}
	return NULL;
}

/* ---- what to look for ---- */

static bool
is_wanted(const struct dossier_named *list, size_t count, enum procedure_field_type type, struct text raw)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].type == type && text_equal(list[i].raw, raw))
			return true;
	return false;
}

/* The field, or the cell of "champ.2.colonne", that a raw is for, when it names somebody; NULL for others. */
static const struct procedure_field *
named_field(const struct procedure *procedure, struct text raw)
{
	const int index = procedure_field_find(procedure, text_split(&raw, '.'));
	if (index < 0)
		return NULL;
	const struct procedure_field *field = &procedure->fields[index];
	if (!raw.at)
		return dossier_names(field->type) ? field : NULL;
	(void)text_split(&raw, '.');
	for (size_t k = 0; raw.at && field->type == PROCEDURE_FIELD_ROWS && k < field->part_count; k++)
		if (dossier_names(field->parts[k].type) && text_equal(field->parts[k].name, raw))
			return &field->parts[k];
	return NULL;
}

bool
dossier_named_wanted(struct arena *arena, const struct procedure *procedure, struct dossier_raws raws,
	struct dossier_named **ret_named, size_t *ret_count)
{
	struct dossier_named *list = NULL;
	*ret_count = 0;
	*ret_named = NULL;
	for (size_t r = 0; r < raws.count && *ret_count < DOSSIER_NAMED_MOST; r++) {
		const struct procedure_field *field = named_field(procedure, raws.at[r].field);
		const struct text raw = raws.at[r].value;
		if (!field || raw.length == 0 || raw.length > DOSSIER_NAMED_LONGEST || !text_is_utf8(raw)
			|| is_wanted(list, *ret_count, field->type, raw))
			continue;
		if (!list && !(list = arena_array_of(arena, struct dossier_named, DOSSIER_NAMED_MOST)))
			return false;
		list[(*ret_count)++] = (struct dossier_named){ .type = field->type, .raw = raw };
	}
	*ret_named = list;
	return true;
}

/* "Mme Ana Lestrade" is looked for without "Mme". */
static struct text
without_civility(struct text name)
{
	static const struct text civilities[] = { TEXT("Mme "), TEXT("Mme. "), TEXT("Mlle "), TEXT("M. "), TEXT("M ") };
	for (size_t i = 0; i < sizeof civilities / sizeof *civilities; i++)
		if (text_starts(name, civilities[i]))
			return text_trim(text_part(name, civilities[i].length, SIZE_MAX));
	return name;
}

struct dossier_named_query
dossier_named_query(struct text raw)
{
	const struct text whole = text_trim(raw);
	struct dossier_named_query query = { .whole = whole, .key = whole, .name = without_civility(whole) };
	size_t open = whole.length, close;
	while (open > 0 && whole.at[open - 1] != '(')
		open--;
	const struct text inside = text_part(whole, open, SIZE_MAX);
	if (open == 0 || (close = text_find(inside, TEXT(")"))) == SIZE_MAX)
		return query;
	query.key = text_trim(text_part(inside, 0, close));
	query.name = without_civility(text_trim(text_part(whole, 0, open - 1)));
	return query;
}

/* ---- which one is meant ---- */

struct text
dossier_named_key(enum procedure_field_type type, struct feel_value value)
{
	return feel_entry_text(value, type == PROCEDURE_FIELD_PERSON ? TEXT("matricule") : TEXT("code"));
}

static bool
folds_to(struct arena *arena, struct text name, struct text folded)
{
	return text_equal(text_fold(arena, name), folded);
}

bool
dossier_named_is_whole(struct arena *arena, enum procedure_field_type type, struct text name, struct feel_value value)
{
	const struct text folded = text_fold(arena, name), last = feel_entry_text(value, TEXT("nom")),
		first = feel_entry_text(value, TEXT("prénom"));
	if (folded.length == 0)
		return false;
	if (type == PROCEDURE_FIELD_STRUCTURE)
		return folds_to(arena, last, folded);
	return first.length && last.length
		&& (folds_to(arena, arena_format(arena, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(last), TEXT_ARGS(first)), folded)
			|| folds_to(arena, arena_format(arena, TEXT_FORMAT " " TEXT_FORMAT, TEXT_ARGS(first), TEXT_ARGS(last)), folded));
}

/* The one that its key names, else the only one that bears that very name; NULL when nothing says which. */
static const struct feel_value *
meant(struct arena *arena, const struct dossier_named *named)
{
	const struct dossier_named_query query = dossier_named_query(named->raw);
	const struct feel_value *only = NULL;
	size_t bear = 0;
	for (size_t i = 0; i < named->count; i++) {
		const struct text key = dossier_named_key(named->type, named->found[i]);
		if (key.length && (text_equal(key, query.key) || text_equal(key, query.whole)))
			return &named->found[i];
		if (!dossier_named_is_whole(arena, named->type, query.name, named->found[i])
			&& !dossier_named_is_whole(arena, named->type, query.whole, named->found[i]))
			continue;
		only = &named->found[i];
		bear++;
	}
	return bear == 1 ? only : NULL;
}

struct text
dossier_named_raw(struct arena *arena, enum procedure_field_type type, struct feel_value value)
{
	const struct text last = feel_entry_text(value, TEXT("nom")), first = feel_entry_text(value, TEXT("prénom")),
		key = dossier_named_key(type, value);
	return arena_format(arena, TEXT_FORMAT "%s" TEXT_FORMAT " (" TEXT_FORMAT ")", TEXT_ARGS(first), first.length ? " " : "",
		TEXT_ARGS(last), TEXT_ARGS(key));
}

/* "Ana Lestrade (F1), Atelier ; Anne Lestrade (F9), Port" */
static struct text
choices(struct arena *arena, const struct dossier_named *named)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(64 << 10);
	for (size_t i = 0; i < named->count && i < DOSSIER_NAMED_LIMIT; i++) {
		const struct text raw = dossier_named_raw(arena, named->type, named->found[i]),
			place = feel_entry_text(feel_entry_of(named->found[i], TEXT("structure")), TEXT("nom"));
		buffer_format(&out, "%s" TEXT_FORMAT "%s" TEXT_FORMAT, i ? " ; " : "", TEXT_ARGS(raw), place.length ? ", " : "",
			TEXT_ARGS(place));
	}
	return out.failed ? (struct text){ NULL, 0 } : arena_text(arena, buffer_text(&out));
}

static struct text
refusal(struct arena *arena, const struct dossier_named *named)
{
	const bool person = named->type == PROCEDURE_FIELD_PERSON;
	if (named->count == 0)
		return arena_format(arena, person
			? "L’annuaire ne connaît pas « " TEXT_FORMAT " » : écrivez le matricule de la personne, ou son nom et son prénom."
			: "L’annuaire ne connaît pas « " TEXT_FORMAT " » : écrivez le code de la structure, ou son nom.",
			TEXT_ARGS(text_trim(named->raw)));
	const struct text list = choices(arena, named);
	if (!list.at)
		return list;
	if (named->count == 1 && !named->more)
		return arena_format(arena, "« " TEXT_FORMAT " » ne suffit pas à être sûr. Si c’est bien ce que vous vouliez dire, "
			"recopiez : " TEXT_FORMAT ".", TEXT_ARGS(text_trim(named->raw)), TEXT_ARGS(list));
	return arena_format(arena, "%s répondent à « " TEXT_FORMAT " ». Recopiez celle que vous vouliez dire : " TEXT_FORMAT ".%s",
		person ? "Plusieurs personnes" : "Plusieurs structures", TEXT_ARGS(text_trim(named->raw)), TEXT_ARGS(list),
		!named->more ? "" : person ? " Il y en a d’autres : écrivez plutôt le matricule, ou le nom entier et le prénom."
			: " Il y en a d’autres : écrivez plutôt le code, ou le nom entier.");
}

struct feel_value
dossier_named_value(struct arena *arena, enum procedure_field_type type, const struct dossier_named *named, size_t count,
	struct text raw, struct text *ret_mistake)
{
	struct dossier_named none = { .type = type, .raw = raw };
	const struct dossier_named *own = &none;
	*ret_mistake = TEXT("");
	for (size_t i = 0; i < count; i++)
		if (named[i].type == type && text_equal(text_trim(named[i].raw), text_trim(raw)))
			own = &named[i];
	const struct feel_value *value = meant(arena, own);
	if (value)
		return *value;
	*ret_mistake = refusal(arena, own);
	return feel_null(TEXT(""));
}

/* ---- the facts of an event ---- */

/* Only what was meant: whoever else answered to the same name is none of the dossier's business. */
bool
named_put(struct arena *arena, json_t *object, const struct dossier_facts *facts)
{
	json_t *array = NULL;
	for (size_t i = 0; i < facts->named_count; i++) {
		const struct dossier_named *named = &facts->named[i];
		const struct feel_value *value = meant(arena, named);
		if (!value)
			continue;
		if (!array && !(array = json_put_array(object, "named")))
			return false;
		json_t *item = json_object();
		if (!json_push(array, item)
			|| !json_put(item, "structure", named->type == PROCEDURE_FIELD_STRUCTURE ? json_true() : json_false())
			|| !json_put(item, "raw", json_of_text(named->raw)) || !json_put(item, "found", feel_value_to_json(*value)))
			return false;
	}
	return true;
}

void
named_read(struct json_reader *reader, const json_t *object, struct dossier_facts *facts)
{
	const json_t *array = json_object_get(object, "named");
	struct dossier_named *list = json_items(reader, array, sizeof *list, DOSSIER_NAMED_MOST, &facts->named_count);
	for (size_t i = 0; i < facts->named_count; i++) {
		const json_t *item = json_array_get(array, i);
		const enum procedure_field_type type = json_boolean_at(reader, item, "structure") ? PROCEDURE_FIELD_STRUCTURE
			: PROCEDURE_FIELD_PERSON;
		const struct feel_type *feel_type = dossier_named_type(reader->procedure, type);
		struct feel_value *found = arena_new_of(reader->arena, struct feel_value);
		list[i] = (struct dossier_named){ .type = type, .raw = json_text_at(reader, item, "raw"), .found = found, .count = 1 };
		reader->failed |= !feel_type || !found;
		if (feel_type && found)
			*found = json_value(reader, feel_type, json_object_get(item, "found"));
	}
	facts->named = list;
}
