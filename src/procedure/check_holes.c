/* Can a hole stay empty? Each hole is tried: for every occasion on which its text is written,
 * what the circuit guarantees by then is given a sample value, and what it does not is tried
 * both with a value and without, the conditions around the hole being evaluated for good. A hole
 * found empty comes with its witness. */
#include "procedure/check.h"

#include "base/banned.h"

enum { MOST_VARIED = 10, MOST_TRIALS = 4096, MOST_GUARDS = 20, SCRATCH = 1 << 20 };

/* A slot (or one piece) that is tried with several values. */
struct varied {
	unsigned slot;
	int piece; /* index into the pieces, or NONE */
	struct text name;
	struct feel_value values[6];
	size_t count, now;
};

/* When a text is written: what is known then, and how to say it. */
struct occasion {
	const uint64_t *known;
	struct procedure_list signers, to;
	const struct way *way; /* NULL: at a date */
};

struct trial {
	struct check *check;
	struct arena *arena; /* of one evaluation */
	struct feel_value *samples, *inputs;
	struct feel_entry *piece_entries;
	struct feel_value *piece_samples;
	struct varied varied[MOST_VARIED];
	size_t varied_count;
	bool *wanted; /* by slot: read by the hole or its guards, computed values followed */
	bool *wanted_pieces;
};

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

/* Without memory *broken becomes true. */
static struct feel_value
sample_of(struct arena *arena, const struct feel_type *type, int depth, bool *broken)
{
	if (!type || depth > 6)
		return feel_string(TEXT("x"));
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
			*item = sample_of(arena, type->of, depth + 1, broken);
		return feel_list(item, item ? 1 : 0);
	}
	case FEEL_CONTEXT: {
		struct feel_entry *entries = arena_array_of(arena, struct feel_entry, type->field_count);
		*broken |= !entries;
		for (size_t i = 0; entries && i < type->field_count; i++)
			entries[i] = (struct feel_entry){ type->fields[i].name,
				sample_of(arena, type->fields[i].type, depth + 1, broken) };
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

static bool
prepare(struct trial *trial)
{
	const struct procedure *procedure = trial->check->procedure;
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
		trial->samples[i] = sample_of(arena, slot->type, 0, &trial->check->reader->findings->broken);
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

/* Notes everything an expression depends on: computed values followed, and the conditions of
 * the fields and pieces it reads, which say when these are there. */
static void
want(struct trial *trial, const struct feel *feel)
{
	const struct procedure *procedure = trial->check->procedure;
	size_t count = 0;
	const struct feel_use *uses = feel ? feel_reads(feel, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const unsigned slot = uses[i].slot;
		const struct text second = second_name(uses[i].path);
		for (size_t k = 0; (int)slot == procedure->pieces_slot && k < procedure->piece_count; k++) {
			if (trial->wanted_pieces[k] || (second.at && !text_equal(second, procedure->pieces[k].name)))
				continue;
			trial->wanted_pieces[k] = true;
			want(trial, procedure->pieces[k].condition);
		}
		if (trial->wanted[slot])
			continue;
		trial->wanted[slot] = true;
		if (procedure->slots[slot].kind == PROCEDURE_SLOT_COMPUTED)
			want(trial, procedure->computed[procedure->slots[slot].index].feel);
		if (procedure->slots[slot].kind == PROCEDURE_SLOT_FIELD) {
			const struct procedure_field *field = &procedure->fields[procedure->slots[slot].index];
			want(trial, field->condition);
			want(trial, section_condition(procedure, field));
		}
	}
}

static struct varied *
vary(struct trial *trial, unsigned slot, int piece, struct text name)
{
	if (trial->varied_count == MOST_VARIED)
		return NULL;
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

static void
choose_varied(struct trial *trial, const struct occasion *occasion)
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
		if (varied->piece != PROCEDURE_NONE)
			trial->piece_entries[varied->piece].value = varied->values[varied->now];
		else
			trial->inputs[varied->slot] = varied->values[varied->now];
	}
	const struct feel_value nature = procedure->parent_slot >= 0
		? feel_entry_of(trial->inputs[procedure->dossier_slot], TEXT("nature")) : feel_null(TEXT(""));
	if (nature.kind == FEEL_STRING && text_equal(nature.string, TEXT("demande")))
		trial->inputs[procedure->parent_slot] = feel_null(TEXT(""));
	if (procedure->pieces_slot != PROCEDURE_NONE)
		trial->inputs[procedure->pieces_slot] = feel_context(trial->piece_entries, procedure->piece_count);
}

static bool
next_values(struct trial *trial)
{
	for (size_t i = 0; i < trial->varied_count; i++) {
		if (++trial->varied[i].now < trial->varied[i].count)
			return true;
		trial->varied[i].now = 0;
	}
	return false;
}

static struct feel_value
evaluate(struct trial *trial, const struct feel *feel, struct feel_run *run)
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
			const bool shown = !piece->condition || feel_is_true(evaluate(trial, piece->condition, run));
			if (!obeys(shown, piece->compulsory && !piece->later, value))
				return false;
			continue;
		}
		const struct procedure_slot *slot = &procedure->slots[varied->slot];
		if (slot->kind != PROCEDURE_SLOT_FIELD || slot->index >= (int)procedure->form_field_count)
			continue;
		const struct procedure_field *field = &procedure->fields[slot->index];
		const struct feel *outer = section_condition(procedure, field);
		const bool shown = (!field->condition || feel_is_true(evaluate(trial, field->condition, run)))
			&& (!outer || feel_is_true(evaluate(trial, outer, run)));
		if (!obeys(shown, field->compulsory, value))
			return false;
	}
	return true;
}

struct guard {
	const struct feel *feel;
	bool holds; /* the hole is written when it is true, or when it is not */
};

/* Whether the hole is written and empty with the present values. */
static bool
is_empty(struct trial *trial, const struct guard *guards, size_t guard_count, const struct feel *hole)
{
	const struct procedure *procedure = trial->check->procedure;
	arena_clear(trial->arena);
	set_inputs(trial);
	struct feel_run run = { .arena = trial->arena, .inputs = trial->inputs };
	for (size_t i = 0; i < procedure->computed_count; i++)
		if (trial->wanted[procedure->computed[i].slot])
			trial->inputs[procedure->computed[i].slot] = evaluate(trial, procedure->computed[i].feel, &run);
	if (!is_possible(trial, &run))
		return false;
	for (size_t i = 0; i < guard_count; i++)
		if (feel_is_true(evaluate(trial, guards[i].feel, &run)) != guards[i].holds)
			return false;
	const struct feel_value value = evaluate(trial, hole, &run);
	return value.kind == FEEL_NULL && run.stop == FEEL_COMPLETE;
}

/* The blocks around a part. */
static size_t
guards_of(const struct procedure_template *template, size_t nth, struct guard *guards)
{
	size_t count = 0;
	for (size_t i = 0; i < nth && count < MOST_GUARDS; i++) {
		const struct procedure_part *part = &template->parts[i];
		if (part->kind != PROCEDURE_UNLESS)
			continue;
		const size_t otherwise = (size_t)part->to;
		if (nth < otherwise) {
			guards[count++] = (struct guard){ part->feel, true };
		} else if (otherwise > 0 && template->parts[otherwise - 1].kind == PROCEDURE_JUMP
			&& otherwise - 1 > i && (size_t)template->parts[otherwise - 1].to > nth) {
			guards[count++] = (struct guard){ part->feel, false };
		}
	}
	return count;
}

static void
tell_empty(struct trial *trial, const struct procedure_template *template, const struct procedure_part *part,
	const struct occasion *occasion)
{
	struct reader *reader = trial->check->reader;
	const struct source *source = NULL;
	for (size_t i = 0; i < reader->source_count; i++)
		if (text_equal(reader->sources[i].name, template->file))
			source = &reader->sources[i];
	if (!source)
		return;
	const size_t at = source_offset(source, part->line, part->column);
	CLEANUP(buffer_release) struct buffer when = buffer_new(400);
	if (occasion->way)
		buffer_format(&when, " après « %.*s »", TEXT_ARGS(way_name(occasion->way)));
	for (size_t i = 0; i < trial->varied_count; i++) {
		const struct varied *varied = &trial->varied[i];
		const struct feel_value value = varied->values[varied->now];
		if (value.kind == FEEL_NULL)
			buffer_format(&when, ", sans « %.*s »", TEXT_ARGS(varied->name));
	}
	const struct text words = when.failed ? TEXT("") : buffer_text(&when);
	finding_add(reader->findings, 403, (struct span){ source, at, at + part->text.length },
		TEXT("rendez-le obligatoire avant, ou écrivez {{si … != null}} … {{fin}} autour"),
		"« %.*s » peut rester vide%.*s", TEXT_ARGS(part->text), TEXT_ARGS(words));
}

/* True when the hole was told empty: one witness is enough. */
static bool
try_hole(struct trial *trial, const struct procedure_template *template, size_t nth, const struct occasion *occasion)
{
	const struct procedure *procedure = trial->check->procedure;
	const struct procedure_part *part = &template->parts[nth];
	struct guard guards[MOST_GUARDS];
	const size_t guard_count = guards_of(template, nth, guards);
	memset(trial->wanted, 0, procedure->slot_count);
	memset(trial->wanted_pieces, 0, procedure->piece_count);
	want(trial, part->feel);
	for (size_t i = 0; i < guard_count; i++)
		want(trial, guards[i].feel);
	choose_varied(trial, occasion);
	for (int trials = 0; trials < MOST_TRIALS; trials++) {
		if (is_empty(trial, guards, guard_count, part->feel)) {
			tell_empty(trial, template, part, occasion);
			return true;
		}
		if (!next_values(trial))
			break;
	}
	return false;
}

static void
try_template(struct trial *trial, const struct procedure_template *template, const struct occasion *occasions, size_t count)
{
	for (size_t i = 0; i < template->count; i++)
		for (size_t k = 0; template->parts[i].kind == PROCEDURE_HOLE && k < count; k++)
			if (try_hole(trial, template, i, &occasions[k]))
				break;
}

/* ---- occasions ---- */

static uint64_t *
known_after(struct check *check, const struct way *way)
{
	uint64_t *set = READER_ARRAY(check->reader, uint64_t, check->flow.words);
	if (set) {
		flow_before(check, way, set);
		flow_after(check, way, set);
	}
	return set;
}

/* What is known at all of these steps (all but the draft when there is none). */
static uint64_t *
known_at(struct check *check, struct procedure_list steps)
{
	uint64_t *set = READER_ARRAY(check->reader, uint64_t, check->flow.words);
	if (!set)
		return NULL;
	memset(set, 0xff, check->flow.words * sizeof *set);
	for (int step = 1; step < (int)check->procedure->step_count; step++)
		if (check->flow.reached[step] && (steps.count == 0 || procedure_list_has(steps, step)))
			for (size_t word = 0; word < check->flow.words; word++)
				set[word] &= check->flow.at_step[check->flow.words * (size_t)step + word];
	return set;
}

static size_t
occasions_of(struct check *check, int letter, const struct procedure_mail *mail, struct occasion *occasions)
{
	const struct procedure *procedure = check->procedure;
	size_t count = 0;
	if (mail && mail->moment) {
		occasions[0] = (struct occasion){ .known = known_at(check, mail->steps), .to = mail->to };
		return occasions[0].known ? 1 : 0;
	}
	for (size_t i = 0; i < check->way_count; i++) {
		const struct way *way = &check->ways[i];
		const struct procedure_list produces = way->action ? way->action->produces : way->deadline->produces;
		const int move = way->action ? way->action->move : way->deadline->move;
		if (!check->flow.reached[way->step]
			|| !(mail ? procedure_list_has(mail->after, move) : procedure_list_has(produces, letter)))
			continue;
		occasions[count] = (struct occasion){ .known = known_after(check, way), .way = way };
		if (mail)
			occasions[count].to = mail->to;
		else
			occasions[count].signers = procedure->letters[letter].signers;
		count += occasions[count].known != NULL;
	}
	return count;
}

void
check_holes(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	CLEANUP(arena_free) struct arena *scratch = arena_new(SCRATCH);
	struct trial trial = { .check = check, .arena = scratch };
	struct occasion *occasions = READER_ARRAY(check->reader, struct occasion, check->way_count + 1);
	if (!scratch || !occasions || !prepare(&trial)) {
		check->reader->findings->broken = true;
		return;
	}
	for (size_t i = 0; i < procedure->letter_count; i++)
		try_template(&trial, &procedure->letters[i].template, occasions, occasions_of(check, (int)i, NULL, occasions));
	for (size_t i = 0; i < procedure->mail_count; i++) {
		const struct procedure_mail *mail = &procedure->mails[i];
		const size_t count = occasions_of(check, PROCEDURE_NONE, mail, occasions);
		try_template(&trial, &mail->subject, occasions, count);
		try_template(&trial, &mail->body, occasions, count);
	}
}
