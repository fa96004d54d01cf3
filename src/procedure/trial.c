/* Expressions tried with values: see trial.h. */
#include "procedure/trial.h"

#include "base/banned.h"

/* ---- samples ---- */

/* Two, unless it is out of the bounds declared of the numbers. */
static struct feel_value
sample_number(const struct feel_range *bounds)
{
	const struct feel_value two = feel_integer(2);
	int order;
	if (bounds && bounds->low.kind == FEEL_NUMBER && feel_order(two, bounds->low, &order) && order < 0)
		return bounds->low;
	if (bounds && bounds->high.kind == FEEL_NUMBER && feel_order(two, bounds->high, &order) && order > 0)
		return bounds->high;
	return two;
}

/* Sparse: without what may be missing. Without memory *broken becomes true. */
static struct feel_value
sample_of(struct arena *arena, const struct feel_type *type, int depth, bool sparse, bool *broken)
{
	if (!type || depth > 6)
		return feel_string(TEXT("x"));
	if (sparse && type->optional)
		return feel_null(TEXT(""));
	switch (type->kind) {
	case FEEL_BOOLEAN:
		return feel_boolean(true);
	case FEEL_NUMBER:
		return sample_number(type->bounds);
	case FEEL_DATE:
		return feel_date((struct date){ 2024, 3, 15 });
	case FEEL_DATE_TIME:
		return feel_instant(instant_of_day((struct date){ 2024, 3, 15 }));
	case FEEL_LIST: {
		struct feel_value *item = arena_new_of(arena, struct feel_value);
		*broken |= !item;
		if (item)
			*item = sample_of(arena, type->of, depth + 1, sparse, broken);
		return feel_list(item, item ? 1 : 0);
	}
	case FEEL_CONTEXT: {
		struct feel_entry *entries = arena_array_of(arena, struct feel_entry, type->field_count);
		*broken |= !entries;
		for (size_t i = 0; entries && i < type->field_count; i++)
			entries[i] = (struct feel_entry){ type->fields[i].name,
				sample_of(arena, type->fields[i].type, depth + 1, sparse, broken) };
		return feel_context(entries, entries ? type->field_count : 0);
	}
	default:
		return feel_string(type->word_count ? type->words[0] : TEXT("x"));
	}
}

/* A piece that was handed in, in that state. */
static struct feel_value
piece_sample(struct trial *trial, const struct procedure_piece *piece, enum procedure_piece_state state)
{
	const struct feel_value day = feel_date((struct date){ 2024, 3, 15 }), none = feel_null(TEXT(""));
	const struct feel_entry entries[] = {
		{ TEXT("fichier"), feel_string(TEXT("x.pdf")) },
		{ TEXT("état"), feel_string(procedure_piece_states[state]) },
		{ TEXT("le"), day },
		{ TEXT("motif"), state == PROCEDURE_PIECE_SENT_BACK ? feel_string(TEXT("x")) : none },
		{ TEXT("valable_jusquau"), piece->valid_until ? day : none },
	};
	struct feel_value sample;
	if (!feel_value_copy(trial->check->reader->arena, feel_context(entries, sizeof entries / sizeof *entries), &sample)) {
		trial->check->reader->findings->broken = true;
		return none;
	}
	return sample;
}

bool
trial_prepare(struct trial *trial, struct check *check, struct arena *scratch)
{
	const struct procedure *procedure = check->procedure;
	*trial = (struct trial){ .check = check, .arena = scratch };
	struct arena *arena = trial->check->reader->arena;
	trial->samples = arena_array_of(arena, struct feel_value, procedure->slot_count);
	trial->inputs = arena_array_of(arena, struct feel_value, procedure->slot_count);
	trial->wanted = arena_array_of(arena, bool, procedure->slot_count + 1);
	trial->wanted_pieces = arena_array_of(arena, bool, procedure->piece_count + 1);
	trial->piece_entries = arena_array_of(arena, struct feel_entry, procedure->piece_count);
	trial->piece_samples = arena_array_of(arena, struct feel_value, procedure->piece_count);
	if (!trial->samples || !trial->inputs || !trial->wanted || !trial->wanted_pieces || !trial->piece_entries
	    || !trial->piece_samples)
		return false;
	for (size_t i = 0; i < procedure->piece_count; i++)
		trial->piece_samples[i] = piece_sample(trial, &procedure->pieces[i], PROCEDURE_PIECE_HANDED_IN);
	for (size_t i = 0; i < procedure->slot_count; i++) {
		const struct procedure_slot *slot = &procedure->slots[i];
		trial->samples[i] = sample_of(arena, slot->type, 0, false, &trial->check->reader->findings->broken);
		/* A parameter has its own values; the last is today's. */
		if (slot->kind == PROCEDURE_SLOT_PARAMETER && procedure->parameters[slot->index].value_count)
			trial->samples[i] = procedure->parameters[slot->index]
						    .values[procedure->parameters[slot->index].value_count - 1].value;
	}
	return true;
}

/* ---- what an expression depends on ---- */

static struct text
second_name(struct text path)
{
	(void)text_split(&path, '.');
	struct text rest = path;
	return rest.at ? text_split(&rest, '.') : (struct text){ 0 };
}

static const struct feel *
section_condition(const struct procedure *procedure, const struct procedure_field *field)
{
	return field->section != PROCEDURE_NONE ? procedure->sections[field->section].condition : NULL;
}

/* A name and its entries that an expression reads. */
static void
note_path(struct trial *trial, const struct feel_use *use)
{
	for (size_t i = 0; i < trial->path_count; i++)
		if (trial->paths[i].slot == use->slot && text_equal(trial->paths[i].path, use->path))
			return;
	if (trial->path_count < TRIAL_MOST_PATHS)
		trial->paths[trial->path_count++] = *use;
	else
		trial->full = true;
}

void
trial_forget(struct trial *trial)
{
	const struct procedure *procedure = trial->check->procedure;
	memset(trial->wanted, 0, procedure->slot_count);
	memset(trial->wanted_pieces, 0, procedure->piece_count);
	trial->path_count = trial->varied_count = 0;
	trial->full = false;
}

void
trial_want(struct trial *trial, const struct feel *feel)
{
	const struct procedure *procedure = trial->check->procedure;
	size_t count = 0;
	const struct feel_use *uses = feel ? feel_reads(feel, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const unsigned slot = uses[i].slot;
		const struct text second = second_name(uses[i].path);
		note_path(trial, &uses[i]);
		for (size_t k = 0; (int)slot == procedure->pieces_slot && k < procedure->piece_count; k++) {
			if (trial->wanted_pieces[k] || (second.at && !text_equal(second, procedure->pieces[k].name)))
				continue;
			trial->wanted_pieces[k] = true;
			trial_want(trial, procedure->pieces[k].condition);
		}
		if (trial->wanted[slot])
			continue;
		trial->wanted[slot] = true;
		if (procedure->slots[slot].kind == PROCEDURE_SLOT_COMPUTED)
			trial_want(trial, procedure->computed[procedure->slots[slot].index].feel);
		if (procedure->slots[slot].kind == PROCEDURE_SLOT_FIELD) {
			const struct procedure_field *field = &procedure->fields[procedure->slots[slot].index];
			trial_want(trial, field->condition);
			trial_want(trial, section_condition(procedure, field));
		}
	}
}

static struct varied *
vary(struct trial *trial, unsigned slot, int piece, struct text name)
{
	if (trial->varied_count == TRIAL_MOST_VARIED) {
		trial->full = true;
		return NULL;
	}
	struct varied *varied = &trial->varied[trial->varied_count++];
	*varied = (struct varied){ .slot = slot, .piece = piece, .name = name };
	return varied;
}

static void
add_value(struct varied *varied, struct feel_value value)
{
	if (varied->count < sizeof varied->values / sizeof *varied->values)
		varied->values[varied->count++] = value;
}

/* With a value, both ways when it is a truth, every word when there are few, the bounds of a number;
 * and without one unless it is sure. */
static void
vary_slot(struct trial *trial, unsigned slot, bool sure)
{
	const struct feel_type *type = trial->check->procedure->slots[slot].type;
	const bool bounded = type->kind == FEEL_NUMBER && type->bounds;
	const bool several = type->kind == FEEL_BOOLEAN || bounded || (type->kind == FEEL_STRING && type->word_count > 1);
	if (sure && !several)
		return;
	struct varied *varied = vary(trial, slot, PROCEDURE_NONE, trial->check->procedure->slots[slot].name);
	if (!varied)
		return;
	if (!sure)
		add_value(varied, feel_null(TEXT("")));
	add_value(varied, trial->samples[slot]);
	if (type->kind == FEEL_BOOLEAN)
		add_value(varied, feel_boolean(!feel_is_true(trial->samples[slot])));
	for (size_t i = 0; type->kind == FEEL_STRING && i < type->word_count; i++)
		add_value(varied, feel_string(type->words[i]));
	if (bounded && type->bounds->low.kind == FEEL_NUMBER)
		add_value(varied, type->bounds->low);
	if (bounded && type->bounds->high.kind == FEEL_NUMBER)
		add_value(varied, type->bounds->high);
}

/* ---- entries ---- */

struct feel_value
trial_with(struct trial *trial, struct feel_value context, struct text path, struct feel_value value)
{
	struct text rest = path;
	const struct text name = text_split(&rest, '.');
	if (context.kind != FEEL_CONTEXT)
		return context;
	struct feel_entry *entries = arena_array_of(trial->arena, struct feel_entry, context.context.count + 1);
	if (!entries) {
		trial->check->reader->findings->broken = true;
		return context;
	}
	for (size_t i = 0; i < context.context.count; i++) {
		entries[i] = context.context.at[i];
		if (text_equal(entries[i].name, name))
			entries[i].value = rest.at && rest.length ? trial_with(trial, entries[i].value, rest, value) : value;
	}
	return feel_context(entries, context.context.count);
}

/* A part of a context that is varied on its own. */
struct part {
	unsigned slot;
	struct text path, name;       /* "fait.déposer" is at "déposer" of its slot */
	const struct feel_type *type;
	bool found;
};

/* The entries of a path from the slot on: "structure.nom". */
static struct text
entries_of(struct text path)
{
	(void)text_split(&path, '.');
	return path.at ? path : TEXT("");
}

static const struct feel_type *
entry_type(const struct feel_type *type, struct text name)
{
	for (size_t i = 0; type && type->kind == FEEL_CONTEXT && i < type->field_count; i++)
		if (text_equal(type->fields[i].name, name))
			return type->fields[i].type;
	return NULL;
}

/* So many entries of what is read; not found when it does not go so far. */
static struct part
part_of(const struct trial *trial, const struct feel_use *use, size_t depth)
{
	const struct text entries = entries_of(use->path);
	struct part part = { .slot = use->slot, .type = trial->check->procedure->slots[use->slot].type };
	struct text rest = entries;
	for (size_t i = 0; i < depth; i++) {
		const struct text name = rest.at && rest.length ? text_split(&rest, '.') : TEXT("");
		part.type = name.length ? entry_type(part.type, name) : NULL;
		if (!part.type)
			return part;
		part.path = text_part(entries, 0, (size_t)(name.at + name.length - entries.at));
	}
	part.name = text_part(use->path, 0, use->path.length - entries.length + part.path.length);
	part.found = depth > 0;
	return part;
}

/* The shortest part that may be missing, or else the whole of what is read. */
static struct part
part_that_may_miss(const struct trial *trial, const struct feel_use *use)
{
	struct part last = { 0 };
	for (size_t depth = 1;; depth++) {
		const struct part part = part_of(trial, use, depth);
		if (!part.found)
			return last;
		last = part;
		if (part.type->optional)
			return part;
	}
}

/* NULL when it is varied already, or there is no room. */
static struct varied *
vary_part(struct trial *trial, const struct part *part)
{
	for (size_t i = 0; i < trial->varied_count; i++)
		if (trial->varied[i].slot == part->slot && trial->varied[i].piece == PROCEDURE_NONE
			&& text_equal(trial->varied[i].path, part->path))
			return NULL;
	struct varied *varied = vary(trial, part->slot, PROCEDURE_NONE, part->name);
	if (varied)
		varied->path = part->path;
	return varied;
}

static struct feel_value
kept_sample(struct trial *trial, const struct feel_type *type, bool sparse)
{
	struct reader *reader = trial->check->reader;
	return sample_of(reader->arena, type, 0, sparse, &reader->findings->broken);
}

/* The same kind of context, where every entry is null but numbers and truths: what was never done, a clock that stands. */
static struct feel_value
blank(struct trial *trial, const struct feel_type *type)
{
	struct feel_entry *entries = READER_ARRAY(trial->check->reader, struct feel_entry, type->field_count);
	for (size_t i = 0; entries && i < type->field_count; i++) {
		const struct feel_type *of = type->fields[i].type;
		entries[i] = (struct feel_entry){ type->fields[i].name, of->optional ? feel_null(TEXT(""))
			: of->kind == FEEL_NUMBER ? feel_integer(0) : of->kind == FEEL_BOOLEAN ? feel_boolean(false)
			: feel_null(TEXT("")) };
	}
	return feel_context(entries, entries ? type->field_count : 0);
}

/* fait.NAME: a sample, without anybody when it may happen by itself, and never when that is not sure. */
static void
vary_done(struct trial *trial, const struct part *part, struct text move, const uint64_t *known)
{
	const struct procedure *procedure = trial->check->procedure;
	const int index = procedure_move_find(procedure, move);
	const bool alone = index >= 0 && procedure->moves[index].deadlines.count > 0,
		sure = index >= 0 && flow_has(known, flow_move(trial->check, index));
	struct varied *varied = sure && !alone ? NULL : vary_part(trial, part);
	if (!varied)
		return;
	const struct feel_value sample = kept_sample(trial, part->type, false);
	if (!sure)
		add_value(varied, blank(trial, part->type));
	if (alone) {
		struct feel_value by_itself;
		if (feel_value_copy(trial->check->reader->arena, trial_with(trial, sample, TEXT("par"), feel_null(TEXT(""))), &by_itself))
			add_value(varied, by_itself);
		else
			trial->check->reader->findings->broken = true;
	}
	add_value(varied, sample);
}

static void
vary_clock(struct trial *trial, const struct part *part, const uint64_t *known)
{
	const int index = procedure_clock_find(trial->check->procedure, part->path);
	const bool sure = index >= 0 && flow_has(known, flow_clock(trial->check, index));
	struct varied *varied = sure ? NULL : vary_part(trial, part);
	if (!varied)
		return;
	add_value(varied, blank(trial, part->type));
	add_value(varied, kept_sample(trial, part->type, false));
}

/* A list of rows: none, one that is full, one that has but what is compulsory. */
static void
vary_rows(struct trial *trial, const struct part *part, bool sure)
{
	struct varied *varied = vary_part(trial, part);
	if (!varied)
		return;
	if (!sure)
		add_value(varied, feel_list(NULL, 0));
	add_value(varied, kept_sample(trial, part->type, true));
	add_value(varied, kept_sample(trial, part->type, false));
}

/* A value, each of them when there are few; and none, when it may be missing. */
static void
vary_entry(struct trial *trial, const struct part *part, bool sure)
{
	const struct feel_type *type = part->type;
	const bool misses = type->optional && !sure,
		several = type->kind == FEEL_BOOLEAN || (type->kind == FEEL_STRING && type->word_count > 1);
	struct varied *varied = misses || several ? vary_part(trial, part) : NULL;
	if (!varied)
		return;
	if (misses)
		add_value(varied, feel_null(TEXT("")));
	const struct feel_value sample = kept_sample(trial, type, false);
	add_value(varied, sample);
	if (type->kind == FEEL_BOOLEAN)
		add_value(varied, feel_boolean(!feel_is_true(sample)));
	for (size_t i = 1; type->kind == FEEL_STRING && i < type->word_count; i++)
		add_value(varied, feel_string(type->words[i]));
}

/* Whoever files is of the population: what its rules would refuse without is there. */
static bool
population_has(struct trial *trial, const struct part *part)
{
	const struct procedure *procedure = trial->check->procedure;
	struct feel_findings *findings = arena_new_of(trial->arena, struct feel_findings);
	const struct feel **holds = arena_array_of(trial->arena, const struct feel *, procedure->population_count + 1);
	bool may = true;
	if (!findings || !holds) {
		trial->check->reader->findings->broken = true;
		return true;
	}
	for (size_t i = 0; i < procedure->population_count; i++)
		holds[i] = procedure->population[i].rule;
	/* The directory knows all of these of a structure, or none. */
	static const struct text together[] = { TEXT("agent.structure.code"), TEXT("agent.structure.nom"),
		TEXT("agent.structure.type") };
	enum { TOGETHER = sizeof together / sizeof *together };
	bool one_of_them = false;
	for (size_t i = 0; i < TOGETHER; i++)
		one_of_them |= text_equal(part->name, together[i]);
	for (size_t i = 0; may && i < (one_of_them ? TOGETHER : 1); i++) {
		const struct feel *entry = feel_read(trial->arena, procedure->opening_scope, one_of_them ? together[i] : part->name,
			findings);
		const struct feel_given given = { .holds = holds, .hold_count = procedure->population_count };
		if (findings->broken || (entry && !feel_may_be_null(entry, &given, &may)))
			trial->check->reader->findings->broken = true;
	}
	return !may;
}

/* What is known of the dossier from which one of these natures is born. */
static uint64_t *
known_of_parent(struct trial *trial, const struct occasion *occasion)
{
	const struct check *check = trial->check;
	const struct procedure *procedure = check->procedure;
	uint64_t *set = arena_array_of(trial->arena, uint64_t, check->flow.words);
	if (set)
		memset(set, 0xff, check->flow.words * sizeof *set);
	for (size_t i = 0; set && i < procedure->nature_count; i++) {
		const struct procedure_nature *nature = &procedure->natures[i];
		for (size_t k = 0; k < nature->from.count; k++)
			if ((!occasion->way || flow_may_be(check, (int)i, occasion->way->step)) && check->flow.reached[nature->from.at[k]])
				for (size_t word = 0; word < check->flow.words; word++)
					set[word] &= check->flow.at_step[check->flow.words * (size_t)nature->from.at[k] + word];
	}
	return set;
}

/* What is known of the dossier to which one of the happenings of this way has just come. */
static uint64_t *
known_of_child(struct trial *trial, const struct occasion *occasion)
{
	const struct check *check = trial->check;
	const struct procedure_deadline *deadline = occasion->way ? occasion->way->deadline : NULL;
	uint64_t *set = arena_array_of(trial->arena, uint64_t, check->flow.words),
		*after = arena_array_of(trial->arena, uint64_t, check->flow.words);
	if (!set || !after)
		return NULL;
	memset(set, deadline ? 0xff : 0, check->flow.words * sizeof *set);
	for (size_t i = 0; deadline && i < deadline->upon_count; i++)
		for (size_t k = 0; k < check->way_count; k++) {
			const struct way *way = &check->ways[k];
			if ((way->action ? way->action->move : way->deadline->move) != deadline->upon[i].move
				|| !flow_may_be(check, deadline->upon[i].nature, way->step) || !check->flow.reached[way->step])
				continue;
			flow_before(check, way, after);
			flow_after(check, way, after);
			for (size_t word = 0; word < check->flow.words; word++)
				set[word] &= after[word];
		}
	return set;
}

/* An entry of the dossier around. */
static void
vary_relative(struct trial *trial, const struct feel_use *use, const uint64_t *known)
{
	const struct procedure *procedure = trial->check->procedure;
	const struct part first = part_of(trial, use, 1), second = part_of(trial, use, 2);
	if (!first.found || !known)
		return;
	if (text_equal(first.path, TEXT("fait"))) {
		if (second.found)
			vary_done(trial, &second, entries_of(second.path), known);
		return;
	}
	const int field = procedure_field_find(procedure, first.path), posed = procedure_posed_find(procedure, first.path);
	vary_entry(trial, &first, (field >= 0 && flow_has(known, flow_field(trial->check, field)))
		|| (posed >= 0 && flow_has(known, flow_posed(trial->check, posed))));
}

/* The entries that are read of a context which others fill. */
static void
vary_use(struct trial *trial, const struct occasion *occasion, const struct feel_use *use)
{
	const struct procedure *procedure = trial->check->procedure;
	const struct part first = part_of(trial, use, 1), part = part_that_may_miss(trial, use);
	if (!first.found)
		return;
	switch (procedure->slots[use->slot].kind) {
	case PROCEDURE_SLOT_DONE:
		vary_done(trial, &first, first.path, occasion->known);
		break;
	case PROCEDURE_SLOT_CLOCKS:
		vary_clock(trial, &first, occasion->known);
		break;
	case PROCEDURE_SLOT_REGISTERS: {
		const int index = procedure_register_find(procedure, first.path);
		vary_rows(trial, &first, index >= 0 && flow_has(occasion->known, flow_register(trial->check, index)));
		break;
	}
	case PROCEDURE_SLOT_COUNTERS:
		vary_rows(trial, &first, false);
		break;
	case PROCEDURE_SLOT_PARENT:
		vary_relative(trial, use, known_of_parent(trial, occasion));
		break;
	case PROCEDURE_SLOT_CHILD:
		vary_relative(trial, use, known_of_child(trial, occasion));
		break;
	case PROCEDURE_SLOT_AGENT:
		vary_entry(trial, &part, population_has(trial, &part));
		break;
	case PROCEDURE_SLOT_POSTING:
	case PROCEDURE_SLOT_LOCALS:
	case PROCEDURE_SLOT_WINDOWS:
	case PROCEDURE_SLOT_PERSON:
	case PROCEDURE_SLOT_RECIPIENT:
		vary_entry(trial, &part, false);
		break;
	default:
		break;
	}
}

/* The dossier with another nature. */
static struct feel_value
of_nature(struct trial *trial, struct text nature)
{
	const struct feel_value sample = trial->samples[trial->check->procedure->dossier_slot];
	struct feel_entry *entries = READER_ARRAY(trial->check->reader, struct feel_entry, sample.context.count);
	for (size_t i = 0; entries && i < sample.context.count; i++) {
		entries[i] = sample.context.at[i];
		if (text_equal(entries[i].name, TEXT("nature")))
			entries[i].value = feel_string(nature);
	}
	return feel_context(entries, entries ? sample.context.count : 0);
}

/* Every nature that may be there; set_inputs() takes the parent away from one born of none. */
static void
vary_nature(struct trial *trial, const struct occasion *occasion)
{
	const struct procedure *procedure = trial->check->procedure;
	const bool wanted = procedure->nature_count > 0 && (trial->wanted[procedure->dossier_slot]
		|| (procedure->parent_slot >= 0 && trial->wanted[procedure->parent_slot]));
	struct varied *varied = wanted ? vary(trial, (unsigned)procedure->dossier_slot, PROCEDURE_NONE, TEXT("nature")) : NULL;
	for (int i = PROCEDURE_NONE; varied && i < (int)procedure->nature_count; i++)
		if (!occasion->way || flow_may_be(trial->check, i, occasion->way->step))
			add_value(varied, of_nature(trial, i < 0 ? TEXT("demande") : procedure->natures[i].name));
}

void
trial_vary(struct trial *trial, const struct occasion *occasion)
{
	const struct check *check = trial->check;
	const struct procedure *procedure = check->procedure;
	trial->varied_count = 0;
	for (unsigned i = 0; i < procedure->slot_count; i++) {
		const struct procedure_slot *slot = &procedure->slots[i];
		if (!trial->wanted[i])
			continue;
		if (slot->kind == PROCEDURE_SLOT_FIELD)
			vary_slot(trial, i, flow_has(occasion->known, flow_field(check, slot->index)));
		else if (slot->kind == PROCEDURE_SLOT_POSED)
			vary_slot(trial, i, flow_has(occasion->known, flow_posed(check, slot->index)));
		else if (slot->kind == PROCEDURE_SLOT_PARAMETER)
			vary_slot(trial, i, true);
		else if (slot->kind == PROCEDURE_SLOT_PERSON)
			vary_slot(trial, i, procedure->roles[slot->index].reach == PROCEDURE_APPLICANT
				|| procedure_list_has(occasion->signers, slot->index) || procedure_list_has(occasion->to, slot->index));
	}
	vary_nature(trial, occasion);
	for (size_t i = 0; i < trial->path_count; i++)
		vary_use(trial, occasion, &trial->paths[i]);
	for (size_t i = 0; i < procedure->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[i];
		const bool may_miss = !piece->compulsory || piece->condition || piece->later;
		struct varied *varied = trial->wanted_pieces[i] && (may_miss || piece->examined)
			? vary(trial, 0, (int)i, piece->name) : NULL;
		for (int state = 0; varied && state < PROCEDURE_PIECE_STATE_COUNT; state++)
			if (state == PROCEDURE_PIECE_HANDED_IN || piece->examined)
				add_value(varied, piece_sample(trial, piece, state));
		if (varied && may_miss)
			add_value(varied, feel_null(TEXT("")));
	}
}

/* ---- the values that an expression names ---- */

static bool
is_within(const struct feel_type *type, struct feel_value value)
{
	int order;
	return !type->bounds
		|| ((type->bounds->low.kind == FEEL_NULL || (feel_order(value, type->bounds->low, &order) && order >= 0))
			&& (type->bounds->high.kind == FEEL_NULL || (feel_order(value, type->bounds->high, &order) && order <= 0)));
}

/* A literal of the kind of this type, and what stands beside it. */
static void
add_named(struct trial *trial, struct varied *varied, const struct feel_type *type, struct text word, bool quoted)
{
	const struct text from = arena_text(trial->check->reader->arena, word);
	struct feel_value value;
	if (!from.at) {
		trial->check->reader->findings->broken = true;
		return;
	}
	if (type->kind == FEEL_STRING && quoted && type->word_count == 0)
		add_value(varied, feel_string(from));
	struct date day;
	if (type->kind == FEEL_DATE && quoted && date_read(from, &day))
		for (int beside = -1; beside <= 1; beside++)
			add_value(varied, feel_date(date_add_days(day, beside)));
	int64_t number;
	if (type->kind == FEEL_NUMBER && !quoted && text_to_integer(from, INT32_MIN, INT32_MAX, &number))
		for (int beside = 0; beside <= 2; beside++) {
			value = feel_integer(number + (beside == 2 ? -1 : beside));
			if (is_within(type, value))
				add_value(varied, value);
		}
}

static bool
goes_on(char c)
{
	return (unsigned char)c >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void
add_all_named(struct trial *trial, struct varied *varied, const struct feel_type *type, struct text source)
{
	for (size_t i = 0; i < source.length;) {
		size_t end = i + 1;
		const bool quoted = source.at[i] == '"';
		while (end < source.length && (quoted ? source.at[end] != '"' : goes_on(source.at[i]) && goes_on(source.at[end])))
			end++;
		add_named(trial, varied, type, quoted ? text_part(source, i + 1, end - i - 1) : text_part(source, i, end - i), quoted);
		i = end + (quoted ? 1 : 0);
	}
}

/* What rules may be given any value of: answers, what the directory, the campaign and the structures say. */
static bool
is_given(enum procedure_slot_kind kind)
{
	switch (kind) {
	case PROCEDURE_SLOT_FIELD:
	case PROCEDURE_SLOT_POSED:
	case PROCEDURE_SLOT_AGENT:
	case PROCEDURE_SLOT_POSTING:
	case PROCEDURE_SLOT_LOCALS:
	case PROCEDURE_SLOT_CAMPAIGN:
	case PROCEDURE_SLOT_TODAY:
		return true;
	default:
		return false;
	}
}

void
trial_vary_named(struct trial *trial, const struct feel *feel)
{
	const struct procedure *procedure = trial->check->procedure;
	for (size_t i = 0; feel && i < trial->path_count; i++) {
		const struct feel_use *use = &trial->paths[i];
		struct part part = { .slot = use->slot, .path = entries_of(use->path), .name = use->path,
			.type = procedure->slots[use->slot].type };
		for (size_t depth = 1; part.path.length && part_of(trial, use, depth).found; depth++)
			part.type = part_of(trial, use, depth).type;
		const enum feel_kind kind = part.type->kind;
		if (!is_given(procedure->slots[use->slot].kind) || (kind != FEEL_NUMBER && kind != FEEL_STRING && kind != FEEL_DATE))
			continue;
		struct varied *varied = vary_part(trial, &part);
		if (varied)
			add_value(varied, kept_sample(trial, part.type, false));
		for (size_t k = 0; !varied && k < trial->varied_count; k++)
			if (trial->varied[k].slot == part.slot && trial->varied[k].piece == PROCEDURE_NONE
				&& text_equal(trial->varied[k].path, part.path))
				varied = &trial->varied[k];
		if (varied)
			add_all_named(trial, varied, part.type, feel_source_of(feel));
	}
}

/* ---- trying ---- */

static void
set_inputs(struct trial *trial)
{
	const struct procedure *procedure = trial->check->procedure;
	for (size_t i = 0; i < procedure->slot_count; i++)
		trial->inputs[i] = trial->samples[i];
	for (size_t i = 0; i < procedure->piece_count; i++)
		trial->piece_entries[i] = (struct feel_entry){ procedure->pieces[i].name, trial->piece_samples[i] };
	for (size_t i = 0; i < trial->varied_count; i++) {
		const struct varied *varied = &trial->varied[i];
		const struct feel_value value = varied->values[varied->now];
		if (varied->piece != PROCEDURE_NONE)
			trial->piece_entries[varied->piece].value = value;
		else
			trial->inputs[varied->slot] = varied->path.length
				? trial_with(trial, trial->inputs[varied->slot], varied->path, value) : value;
	}
	const struct feel_value nature = procedure->parent_slot >= 0
		? feel_entry_of(trial->inputs[procedure->dossier_slot], TEXT("nature")) : feel_null(TEXT(""));
	if (nature.kind == FEEL_STRING && text_equal(nature.string, TEXT("demande")))
		trial->inputs[procedure->parent_slot] = feel_null(TEXT(""));
	if (procedure->pieces_slot != PROCEDURE_NONE)
		trial->inputs[procedure->pieces_slot] = feel_context(trial->piece_entries, procedure->piece_count);
}

bool
trial_next(struct trial *trial)
{
	for (size_t i = 0; i < trial->varied_count; i++) {
		if (++trial->varied[i].now < trial->varied[i].count)
			return true;
		trial->varied[i].now = 0;
	}
	return false;
}

struct feel_value
trial_evaluate(struct trial *trial, const struct feel *feel, struct feel_run *run)
{
	const struct feel_value value = feel_evaluate(feel, run);
	if (run->stop == FEEL_NO_MEMORY)
		trial->check->reader->findings->broken = true;
	return value;
}

/* What was filed obeys the form: hidden, a field has no value; shown and compulsory, it has one. */
static bool
obeys(bool shown, bool compulsory, struct feel_value value)
{
	return value.kind == FEEL_NULL ? !(shown && compulsory) : shown;
}

static bool
is_possible(struct trial *trial, struct feel_run *run)
{
	const struct procedure *procedure = trial->check->procedure;
	for (size_t i = 0; i < trial->varied_count; i++) {
		const struct varied *varied = &trial->varied[i];
		const struct feel_value value = varied->values[varied->now];
		if (varied->piece != PROCEDURE_NONE) {
			const struct procedure_piece *piece = &procedure->pieces[varied->piece];
			const bool shown = !piece->condition || feel_is_true(trial_evaluate(trial, piece->condition, run));
			if (!obeys(shown, piece->compulsory && !piece->later, value))
				return false;
			continue;
		}
		const struct procedure_slot *slot = &procedure->slots[varied->slot];
		if (varied->path.length || slot->kind != PROCEDURE_SLOT_FIELD || slot->index >= (int)procedure->form_field_count)
			continue;
		const struct procedure_field *field = &procedure->fields[slot->index];
		const struct feel *outer = section_condition(procedure, field);
		const bool shown = (!field->condition || feel_is_true(trial_evaluate(trial, field->condition, run)))
			&& (!outer || feel_is_true(trial_evaluate(trial, outer, run)));
		if (!obeys(shown, field->compulsory, value))
			return false;
	}
	return true;
}

void
trial_compute(struct trial *trial, struct feel_run *run)
{
	const struct procedure *procedure = trial->check->procedure;
	for (size_t i = 0; i < procedure->computed_count; i++)
		if (trial->wanted[procedure->computed[i].slot])
			trial->inputs[procedure->computed[i].slot] = trial_evaluate(trial, procedure->computed[i].feel, run);
}

bool
trial_ready(struct trial *trial, struct feel_run *ret_run)
{
	arena_clear(trial->arena);
	set_inputs(trial);
	*ret_run = (struct feel_run){ .arena = trial->arena, .inputs = trial->inputs };
	trial_compute(trial, ret_run);
	return is_possible(trial, ret_run);
}
