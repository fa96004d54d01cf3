/* Third stroke, second half: every noted expression is read in its scope, and what FEEL says of
 * it is told at its place in the file. */
#include "procedure/table.h"

#include "base/banned.h"

static const char *const wanted_french[] = {
	[WANT_ANY] = "une valeur",
	[WANT_TRUTH] = "une condition, vraie ou fausse",
	[WANT_MOMENT] = "une date, ou une date et une heure",
	[WANT_DAY] = "une date",
	[WANT_TEXT] = "un texte",
	[WANT_LIST] = "une liste",
	[WANT_NUMBER] = "un nombre",
};

static bool
gives(const struct feel *feel, enum wanted wanted)
{
	const enum feel_kind kind = feel_type_of(feel)->kind;
	if (wanted == WANT_ANY || kind == FEEL_ANY || kind == FEEL_NULL)
		return true;
	return wanted == WANT_TRUTH    ? kind == FEEL_BOOLEAN
	       : wanted == WANT_MOMENT ? kind == FEEL_DATE || kind == FEEL_DATE_TIME
	       : wanted == WANT_DAY   ? kind == FEEL_DATE
	       : wanted == WANT_TEXT   ? kind == FEEL_STRING
	       : wanted == WANT_NUMBER ? kind == FEEL_NUMBER
				       : kind == FEEL_LIST;
}

/* Where an offset of the expression stands in its file. */
typedef size_t place_of(const void *context, size_t offset);

static size_t
place_in_scalar(const void *context, size_t offset)
{
	const struct yaml_node *node = context;
	return yaml_place(node, offset);
}

static size_t
place_in_cell(const void *context, size_t offset)
{
	const struct cell *cell = context;
	return cell_span(cell, offset, 1).start;
}

/* Something harmless in the place of what could not be read: it is never true. */
const struct feel *
read_nothing(struct reader *reader)
{
	struct feel_findings unused = { 0 };
	const struct feel *feel = feel_read(reader->arena, reader->scopes[SCOPE_CONSTANT], TEXT("null"), &unused);
	if (!feel)
		reader->findings->broken = true;
	return feel;
}

void
note_outside(struct reader *reader, const struct feel *feel)
{
	struct procedure *procedure = reader->procedure;
	size_t count = 0;
	const struct feel_use *uses = feel_reads(feel, &count);
	if (!procedure)
		return;
	procedure->counts_days |= feel_counts_days(feel);
	for (size_t i = 0; i < count; i++)
		procedure->reads_posting |= uses[i].slot < procedure->slot_count
			&& procedure->slots[uses[i].slot].kind == PROCEDURE_SLOT_POSTING;
}

/* What to do about a mistake: a name that others have is missing for a reason. */
static struct text
remedy_of(const struct reader *reader, const struct feel_finding *finding)
{
	const bool posting = text_starts(finding->message, TEXT("nom inconnu"))
		&& text_find(finding->message, TEXT("affectation")) != SIZE_MAX;
	return posting && reader->procedure->of_structures
		? TEXT("une structure n’a pas d’affectation : lisez « agent.structure », ou un réglage") : finding->remedy;
}

static const struct feel *
read_in(struct reader *reader, struct text text, enum scope_kind scope, enum wanted wanted,
	const struct feel_type *expected,
	place_of *place, const void *context, const struct source *source)
{
	const struct feel_scope *names = scope_of(reader, scope);
	CLEANUP(arena_free) struct arena *scratch = arena_new(1 << 16);
	struct feel_findings *found = scratch ? arena_new_of(scratch, struct feel_findings) : NULL;
	if (!names || !found) {
		reader->findings->broken = true;
		return NULL;
	}
	const struct feel *feel = expected ? feel_read_as(reader->arena, names, expected, text, found)
					   : feel_read(reader->arena, names, text, found);
	reader->findings->broken |= found->broken;
	for (size_t i = 0; i < found->count; i++) {
		const struct feel_finding *finding = &found->at[i];
		const size_t start = place(context, finding->offset);
		const size_t end = finding->length ? place(context, finding->offset + finding->length - 1) + 1 : start + 1;
		finding_add(reader->findings, finding->about == FEEL_ABOUT_UNITS ? 208 : 203,
			(struct span){ source, start, end > start ? end : start + 1 }, remedy_of(reader, finding), "%.*s",
			TEXT_ARGS(finding->message));
	}
	if (feel)
		note_outside(reader, feel);
	if (feel && !gives(feel, wanted)) {
		const struct text type = feel_type_french(reader->arena, feel_type_of(feel));
		finding_add(reader->findings, 203,
			(struct span){ source, place(context, 0), place(context, text.length ? text.length - 1 : 0) + 1 }, TEXT(""),
			"on attend ici %s, et cette expression donne %.*s", wanted_french[wanted], TEXT_ARGS(type));
		feel = NULL;
	}
	return feel ? feel : reader->findings->broken ? NULL : read_nothing(reader);
}

const struct feel *
read_feel(struct reader *reader, const struct yaml_node *node, enum scope_kind scope, enum wanted wanted,
	const struct feel_type *expected)
{
	if (!is_expression(reader, node))
		return read_nothing(reader);
	return read_in(reader, node->scalar, scope, wanted, expected, place_in_scalar, node, node->at.source);
}

const struct feel *
read_cell(struct reader *reader, const struct cell *cell, enum scope_kind scope, enum wanted wanted)
{
	return read_in(reader, cell->feel, scope, wanted, NULL, place_in_cell, cell, cell->source);
}

const struct feel *
read_hole(struct reader *reader, struct text text, enum scope_kind scope, enum wanted wanted,
	size_t (*place)(const void *context, size_t offset), const void *context, const struct source *source)
{
	return read_in(reader, text, scope, wanted, NULL, place, context, source);
}

void
read_rules(struct reader *reader)
{
	for (struct pending *pending = reader->pending; pending; pending = pending->next) {
		*pending->ret_feel = read_feel(reader, pending->node, pending->scope, pending->wanted, pending->expected);
		if (reader->findings->broken)
			return;
	}
	for (struct pending_template *template = reader->templates; template; template = template->next) {
		read_template(reader, template);
		if (reader->findings->broken)
			return;
	}
}
