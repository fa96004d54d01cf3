/* What FEEL doubts of the expressions of a procedure, each with what is certain where it is
 * evaluated: what the circuit filled by then, what its field's condition says.
 *
 * Certain conditions are errors everywhere. What may be missing is told where a rule would refuse
 * somebody for want of it, or where a date is needed; not where nothing is a good answer (a hidden
 * field, an empty column, a mail that is not for this case). */
#include "procedure/check.h"

#include "base/banned.h"

enum want { WANT_NOTHING, WANT_VALUE, WANT_DATE };

/* What is certain at some place of the circuit. */
struct circumstance {
	bool *sure;
	const struct feel *holds[6];
	size_t hold_count;
};

struct doubting {
	struct check *check;
	const struct feel **present_when; /* by slot: the condition of compulsory fields that have one */
	bool *sure;                       /* by slot: scratch of the circumstances */
	bool *itself;                     /* by slot: scratch, false but for the value being posed again */
	const struct feel **of_nature;    /* by nature, none first; NULL without natures */
	struct arena *scratch;            /* of one expression */
};

/* Where an expression is written: NULL for those that are not written in YAML. */
static const struct yaml_node *
node_of_feel(const struct check *check, const struct feel *feel)
{
	for (const struct pending *pending = check->reader->pending; pending; pending = pending->next)
		if (*pending->ret_feel == feel)
			return pending->node;
	for (size_t i = 0; i < check->reader->derived_count; i++) {
		const struct derived *derived = &check->reader->derived[i];
		for (size_t k = 0; !derived->table && k < derived->count; k++)
			if (*derived->ret_feels[k] == feel)
				return derived->values[k];
	}
	return NULL;
}

/* Where the text of an expression stands: in a scalar of YAML, or in a file. */
struct written {
	const struct yaml_node *node;
	const struct source *source;
	size_t start;
};

static size_t
place_in(const struct written *written, size_t offset)
{
	return written->node ? yaml_place(written->node, offset) : written->start + offset;
}

/* ---- what is posed ---- */

static bool
may_miss(struct doubting *doubting, const struct feel *feel, bool *sure)
{
	const struct feel_given given = { .sure = sure, .present_when = doubting->present_when };
	bool may = false;
	if (feel && !feel_may_be_null(feel, &given, &may))
		doubting->check->reader->findings->broken = true;
	return may;
}

/* May one of these settings give nothing to that value? It may read what it poses again, where that is known. */
static bool
may_pose_nothing(struct doubting *doubting, const struct procedure_setting *settings, size_t count, int step, int posed)
{
	const struct check *check = doubting->check;
	const unsigned slot = check->procedure->posed[posed].slot;
	bool may = false;
	for (size_t i = 0; i < count && !may; i++) {
		doubting->itself[slot] = flow_has(check->flow.at_step + check->flow.words * (size_t)step, flow_posed(check, posed));
		may = settings[i].posed == posed && may_miss(doubting, settings[i].value, doubting->itself);
	}
	doubting->itself[slot] = false;
	return may;
}

/* Which action or deadline may pose nothing there; empty: none does. */
static struct text
poser_of(struct doubting *doubting, int posed)
{
	const struct procedure *procedure = doubting->check->procedure;
	for (size_t i = 0; i < procedure->action_count; i++) {
		const struct procedure_action *action = &procedure->actions[i];
		if (may_pose_nothing(doubting, action->settings, action->setting_count, action->step, posed))
			return action->name;
	}
	for (size_t i = 0; i < procedure->deadline_count; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[i];
		if (may_pose_nothing(doubting, deadline->settings, deadline->setting_count, deadline->step, posed))
			return deadline->name;
	}
	return TEXT("");
}

/* Whoever may leave empty the posed value that is told missing: it is there that the mistake is, most often. */
static struct text
poser_of_nothing(struct doubting *doubting, const struct feel *feel, const struct feel_finding *finding)
{
	const struct text source = feel_source_of(feel);
	if (finding->offset + finding->length > source.length)
		return TEXT("");
	const int posed = procedure_posed_find(doubting->check->procedure,
		(struct text){ source.at + finding->offset, finding->length });
	return posed >= 0 ? poser_of(doubting, posed) : TEXT("");
}

/* ---- what is told ---- */

static void
doubt_written(struct doubting *doubting, const struct feel *feel, const struct written *written,
	const struct circumstance *circumstance, enum want want)
{
	struct reader *reader = doubting->check->reader;
	size_t uses = 0;
	(void)feel_reads(feel, &uses);
	/* One that reads nothing is told as a whole (207), or is a value that was written out. */
	if (!uses || reader->findings->broken)
		return;
	arena_clear(doubting->scratch);
	struct feel_findings *found = arena_new_of(doubting->scratch, struct feel_findings);
	if (!found) {
		reader->findings->broken = true;
		return;
	}
	const struct feel_given given = {
		.sure = circumstance ? circumstance->sure : NULL,
		.present_when = doubting->present_when,
		.holds = circumstance ? circumstance->holds : NULL,
		.hold_count = circumstance ? circumstance->hold_count : 0,
	};
	feel_doubt(doubting->scratch, feel, &given, want != WANT_NOTHING, found);
	reader->findings->broken |= found->broken;
	for (size_t i = 0; i < found->count; i++) {
		const struct feel_finding *finding = &found->at[i];
		const size_t start = place_in(written, finding->offset);
		const size_t end = finding->length ? place_in(written, finding->offset + finding->length - 1) + 1 : start + 1;
		const struct text poser = finding->about == FEEL_ABOUT_CERTAINTY ? TEXT("") : poser_of_nothing(doubting, feel, finding);
		finding_add(reader->findings, finding->about == FEEL_ABOUT_CERTAINTY ? 207 : want == WANT_DATE ? 210 : 209,
			(struct span){ written->source, start, end > start ? end : start + 1 }, finding->remedy, "%.*s%s%.*s%s",
			TEXT_ARGS(finding->message), poser.length ? " ; « pose » de « " : "", TEXT_ARGS(poser),
			poser.length ? " » peut ne rien donner" : "");
	}
}

static void
doubt(struct doubting *doubting, const struct feel *feel, const struct circumstance *circumstance, enum want want)
{
	const struct yaml_node *node = feel ? node_of_feel(doubting->check, feel) : NULL;
	if (node)
		doubt_written(doubting, feel, &(struct written){ .node = node, .source = node->at.source }, circumstance, want);
}

/* The conditions and the holes of a text: what may be missing in holes has its own proof. */
static void
doubt_template(struct doubting *doubting, const struct procedure_template *template)
{
	for (size_t i = 0; i < template->count; i++) {
		const struct procedure_part *part = &template->parts[i];
		const struct procedure_origin origin = { .file = template->file, .line = part->line, .column = part->column };
		if (!part->feel)
			continue;
		const struct span at = check_place(doubting->check, &origin);
		doubt_written(doubting, part->feel, &(struct written){ .source = at.source, .start = at.start }, NULL,
			WANT_NOTHING);
	}
}

static void
doubt_rules(struct doubting *doubting, const struct procedure_rule *rules, size_t count,
	const struct circumstance *circumstance)
{
	for (size_t i = 0; i < count; i++)
		doubt(doubting, rules[i].rule, circumstance, WANT_VALUE);
}

/* ---- circumstances ---- */

/* What the circuit filled by then: fields, posed values, and what is computed from them. */
static struct circumstance
known_at(struct doubting *doubting, const uint64_t *known, int step, struct procedure_list entered)
{
	const struct check *check = doubting->check;
	const struct procedure *procedure = check->procedure;
	bool *sure = doubting->sure;
	memset(sure, 0, procedure->slot_count);
	for (size_t i = 0; i < procedure->slot_count; i++) {
		const struct procedure_slot *slot = &procedure->slots[i];
		if (slot->kind == PROCEDURE_SLOT_FIELD)
			sure[i] = flow_has(known, flow_field(check, slot->index))
				|| (procedure_list_has(entered, slot->index) && procedure->fields[slot->index].compulsory
					&& !procedure->fields[slot->index].conditional);
		else if (slot->kind == PROCEDURE_SLOT_POSED)
			sure[i] = flow_has(known, flow_posed(check, slot->index)) && poser_of(doubting, slot->index).length == 0;
		else if (slot->kind == PROCEDURE_SLOT_PARENT)
			sure[i] = step != PROCEDURE_NONE && !flow_may_be(check, PROCEDURE_NONE, step);
	}
	for (size_t i = 0; i < procedure->computed_count; i++)
		sure[procedure->computed[i].slot] = !may_miss(doubting, procedure->computed[i].feel, sure);
	struct circumstance circumstance = { .sure = sure };
	int nature = PROCEDURE_NONE, natures = 0;
	for (int i = PROCEDURE_NONE; step != PROCEDURE_NONE && i < (int)procedure->nature_count; i++)
		if (flow_may_be(check, i, step))
			nature = i, natures++;
	if (natures == 1 && doubting->of_nature[nature + 1])
		circumstance.holds[circumstance.hold_count++] = doubting->of_nature[nature + 1];
	return circumstance;
}

static const uint64_t *
step_set(const struct check *check, int step)
{
	return check->flow.at_step + check->flow.words * (size_t)step;
}

/* Was this value posed wherever a dossier of this nature is opened? */
static bool
posed_before(struct doubting *doubting, const struct procedure_nature *nature, int posed)
{
	const struct check *check = doubting->check;
	bool known = nature->from.count > 0 && poser_of(doubting, posed).length == 0;
	for (size_t i = 0; i < nature->from.count; i++)
		known &= flow_has(step_set(check, nature->from.at[i]), flow_posed(check, posed));
	return known;
}

/* `dossier.nature = "avenant" and parent.depuis != null`: what holds at the steps that one nature alone reaches. */
static void
read_natures_held(struct doubting *doubting)
{
	struct reader *reader = doubting->check->reader;
	const struct procedure *procedure = doubting->check->procedure;
	for (size_t i = 0; procedure->nature_count > 0 && i <= procedure->nature_count; i++) {
		CLEANUP(buffer_release) struct buffer source = buffer_new(16 << 10);
		struct feel_findings findings = { 0 };
		buffer_format(&source, "dossier.nature = \"%.*s\"",
			TEXT_ARGS(i == 0 ? TEXT("demande") : procedure->natures[i - 1].name));
		for (size_t k = 0; i > 0 && k < procedure->posed_count; k++) {
			const struct text name = procedure->posed[k].name;
			const struct feel_type *parent = procedure->parent_slot >= 0 ? procedure->slots[procedure->parent_slot].type : NULL;
			bool readable = false;
			for (size_t m = 0; parent && m < parent->field_count; m++)
				readable |= text_equal(parent->fields[m].name, name);
			if (readable && posed_before(doubting, &procedure->natures[i - 1], (int)k))
				buffer_format(&source, " and parent.%.*s != null", TEXT_ARGS(name));
		}
		const struct text whole = source.failed ? (struct text){ 0 } : arena_text(reader->arena, buffer_text(&source));
		doubting->of_nature[i] = whole.at ? feel_read(reader->arena, procedure->case_scope, whole, &findings) : NULL;
		reader->findings->broken |= !whole.at || findings.broken;
	}
}

/* The conditions of a field hold when it is shown. */
static void
hold_conditions(const struct check *check, const struct procedure_field *field, struct circumstance *circumstance)
{
	const struct feel *outer = field->section != PROCEDURE_NONE
		? check->procedure->sections[field->section].condition : NULL;
	if (outer)
		circumstance->holds[circumstance->hold_count++] = outer;
	if (field->condition)
		circumstance->holds[circumstance->hold_count++] = field->condition;
}

/* ---- what is written where ---- */

static void
doubt_field(struct doubting *doubting, const struct procedure_field *field, struct circumstance circumstance)
{
	const struct check *check = doubting->check;
	const struct feel *outer = field->section != PROCEDURE_NONE
		? check->procedure->sections[field->section].condition : NULL;
	const struct circumstance shown = { .sure = circumstance.sure, .holds = { outer }, .hold_count = outer ? 1 : 0 };
	doubt(doubting, field->condition, &shown, WANT_NOTHING);
	hold_conditions(check, field, &circumstance);
	doubt(doubting, field->prefill, &circumstance, WANT_NOTHING);
	/* a value that is absent is not checked */
	const bool before = circumstance.sure[field->slot];
	circumstance.sure[field->slot] = true;
	doubt_rules(doubting, field->checks, field->check_count, &circumstance);
	circumstance.sure[field->slot] = before;
	for (size_t k = 0; field->row_rules && k < field->part_count; k++) {
		const struct procedure_field *cell = &field->parts[k];
		struct circumstance filled = circumstance;
		doubt(doubting, cell->condition, &circumstance, WANT_NOTHING);
		if (cell->condition)
			filled.holds[filled.hold_count++] = cell->condition;
		circumstance.sure[cell->slot] = true;
		doubt_rules(doubting, cell->checks, cell->check_count, &filled);
		circumstance.sure[cell->slot] = false;
	}
}

static void
doubt_form(struct doubting *doubting)
{
	const struct procedure *procedure = doubting->check->procedure;
	memset(doubting->sure, 0, procedure->slot_count);
	const struct circumstance draft = { .sure = doubting->sure };
	for (size_t i = 0; i < procedure->section_count; i++)
		doubt(doubting, procedure->sections[i].condition, &draft, WANT_NOTHING);
	for (size_t i = 0; i < procedure->form_field_count; i++)
		doubt_field(doubting, &procedure->fields[i], draft);
	for (size_t i = 0; i < procedure->piece_count; i++) {
		doubt(doubting, procedure->pieces[i].condition, &draft, WANT_NOTHING);
		doubt(doubting, procedure->pieces[i].valid_until, &draft, WANT_NOTHING);
	}
	for (size_t i = 0; i < procedure->computed_count; i++)
		doubt(doubting, procedure->computed[i].feel, &draft, WANT_NOTHING);
}

/* Opened from each of its steps: what is certain is what is so at all of them. */
static void
doubt_natures(struct doubting *doubting)
{
	const struct check *check = doubting->check;
	for (size_t i = 0; i < check->procedure->nature_count; i++) {
		const struct procedure_nature *nature = &check->procedure->natures[i];
		uint64_t *known = READER_ARRAY(check->reader, uint64_t, check->flow.words);
		for (size_t k = 0; known && k < nature->from.count; k++)
			for (size_t word = 0; word < check->flow.words; word++)
				known[word] = (k > 0 ? known[word] : ~UINT64_C(0)) & step_set(check, nature->from.at[k])[word];
		if (!known || nature->from.count == 0)
			continue;
		const struct circumstance circumstance = known_at(doubting, known,
			nature->from.count == 1 ? nature->from.at[0] : PROCEDURE_NONE, (struct procedure_list){ 0 });
		doubt(doubting, nature->condition, &circumstance, WANT_VALUE);
	}
}

static void
doubt_actions(struct doubting *doubting)
{
	const struct check *check = doubting->check;
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->action_count; i++) {
		const struct procedure_action *action = &procedure->actions[i];
		if (!check->flow.reached[action->step])
			continue;
		const uint64_t *known = step_set(check, action->step);
		struct circumstance circumstance = known_at(doubting, known, action->step, (struct procedure_list){ 0 });
		doubt(doubting, action->condition, &circumstance, WANT_VALUE);
		if (action->condition)
			circumstance.holds[circumstance.hold_count++] = action->condition;
		const struct circumstance after = known_at(doubting, known, action->step, action->enters);
		circumstance.sure = after.sure;
		doubt_rules(doubting, action->requires, action->require_count, &circumstance);
		doubt(doubting, action->opens_until, &circumstance, WANT_DATE);
		for (size_t k = 0; k < action->setting_count; k++)
			doubt(doubting, action->settings[k].value, &circumstance, WANT_NOTHING);
		for (size_t k = 0; k < action->enters.count; k++)
			doubt_field(doubting, &procedure->fields[action->enters.at[k]], after);
	}
}

static bool
waits_for_something(const struct procedure *procedure, const struct feel *feel)
{
	size_t count = 0;
	const struct feel_use *uses = feel ? feel_reads(feel, &count) : NULL;
	for (size_t i = 0; i < count; i++)
		if ((int)uses[i].slot == procedure->pieces_slot || (int)uses[i].slot == procedure->clocks_slot)
			return true;
	return false;
}

static void
doubt_deadlines(struct doubting *doubting)
{
	const struct check *check = doubting->check;
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->deadline_count; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[i];
		if (!check->flow.reached[deadline->step])
			continue;
		const struct circumstance circumstance = known_at(doubting, step_set(check, deadline->step), deadline->step,
			(struct procedure_list){ 0 });
		if (deadline->upon_count > 0 && procedure->child_slot >= 0)
			circumstance.sure[procedure->child_slot] = true;
		/* a date that is not known yet may come: the dossier waits, which is worth a word, unless it waits for a piece
		 * or a clock, which come when they come */
		doubt(doubting, deadline->when, &circumstance, waits_for_something(procedure, deadline->when) ? WANT_NOTHING
			: WANT_VALUE);
		doubt(doubting, deadline->condition, &circumstance, WANT_VALUE);
		for (size_t k = 0; k < deadline->setting_count; k++)
			doubt(doubting, deadline->settings[k].value, &circumstance, WANT_NOTHING);
	}
}

static void
doubt_report(struct doubting *doubting, const struct procedure_report *report)
{
	for (size_t i = 0; i < report->by_count; i++)
		doubt(doubting, report->by[i].value, NULL, WANT_NOTHING);
	for (size_t i = 0; i < report->measure_count; i++) {
		doubt(doubting, report->measures[i].condition, NULL, WANT_NOTHING);
		doubt(doubting, report->measures[i].sum, NULL, WANT_NOTHING);
		doubt(doubting, report->measures[i].mean, NULL, WANT_NOTHING);
	}
	for (size_t i = 0; i < report->list_count; i++) {
		doubt(doubting, report->lists[i].condition, NULL, WANT_NOTHING);
		doubt(doubting, report->lists[i].value, NULL, WANT_NOTHING);
	}
}

static void
doubt_words(struct doubting *doubting)
{
	const struct procedure *procedure = doubting->check->procedure;
	for (size_t i = 0; i < procedure->mail_count; i++) {
		doubt(doubting, procedure->mails[i].moment, NULL, WANT_DATE);
		doubt(doubting, procedure->mails[i].condition, NULL, WANT_NOTHING);
		doubt(doubting, procedure->mails[i].link_until, NULL, WANT_NOTHING);
		doubt_template(doubting, &procedure->mails[i].subject);
		doubt_template(doubting, &procedure->mails[i].body);
	}
	for (size_t i = 0; i < procedure->letter_count; i++)
		doubt_template(doubting, &procedure->letters[i].template);
	for (size_t i = 0; i < procedure->column_count; i++)
		doubt(doubting, procedure->columns[i].value, NULL, WANT_NOTHING);
	for (size_t i = 0; i < procedure->export_count; i++)
		for (size_t k = 0; k < procedure->exports[i].column_count; k++)
			doubt(doubting, procedure->exports[i].columns[k].value, NULL, WANT_NOTHING);
	for (size_t i = 0; i < procedure->measure_count; i++)
		doubt(doubting, procedure->measures[i].condition, NULL, WANT_NOTHING);
	for (size_t i = 0; i < procedure->report_count; i++)
		doubt_report(doubting, &procedure->reports[i]);
}

void
check_doubts(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	CLEANUP(arena_free) struct arena *scratch = arena_new(1 << 18);
	struct doubting doubting = { .check = check, .scratch = scratch,
		.present_when = READER_ARRAY(check->reader, const struct feel *, procedure->slot_count + 1),
		.itself = READER_ARRAY(check->reader, bool, procedure->slot_count + 1),
		.sure = READER_ARRAY(check->reader, bool, procedure->slot_count + 1) };
	doubting.of_nature = READER_ARRAY(check->reader, const struct feel *, procedure->nature_count + 1);
	if (!scratch || !doubting.present_when || !doubting.sure || !doubting.itself || !doubting.of_nature) {
		check->reader->findings->broken = true;
		return;
	}
	read_natures_held(&doubting);
	for (size_t i = 0; i < procedure->form_field_count; i++) {
		const struct procedure_field *field = &procedure->fields[i];
		const struct feel *outer = field->section != PROCEDURE_NONE ? procedure->sections[field->section].condition : NULL;
		if (field->compulsory && !outer != !field->condition)
			doubting.present_when[field->slot] = outer ? outer : field->condition;
	}
	/* the opening knows no dossier */
	doubt_rules(&doubting, procedure->population, procedure->population_count, NULL);
	doubt_form(&doubting);
	doubt_natures(&doubting);
	doubt_actions(&doubting);
	doubt_deadlines(&doubting);
	doubt_words(&doubting);
}
