/* What a person sees of a dossier: labels, actions, answers. What the applicant must not learn yet (a step that
 * shows them a gentler label) is in none of them, nor in the timeline. */
#include "base/buffer.h"
#include "dossier/decide.h"
#include "dossier/event.h"
#include "dossier/explanation.h"
#include "dossier/state.h"
#include "dossier/view.h"

#include "base/banned.h"

bool
view_as_applicant(const struct dossier_facts *facts, const struct dossier_viewer *viewer)
{
	const dossier_roles roles = facts_roles(facts, viewer->person, viewer->roles);
	for (size_t i = 0; i < facts->procedure->role_count; i++) {
		if ((roles & DOSSIER_ROLE(i)) && facts->procedure->roles[i].reach != PROCEDURE_APPLICANT)
			return false;
	}
	return true;
}

bool
view_step_is_veiled(const struct procedure_step *step)
{
	return step->agent_label.length > 0 && !text_equal(step->agent_label, step->label);
}

/* Has what led to a veiled step come true? A refusal to confirm is told once the dossier is refused, and
 * never when it was withdrawn or became something else. */
static bool
is_confirmed(const struct dossier_facts *facts, const struct procedure_action *veiling)
{
	const int step = facts->dossier->step;
	return veiling->sense != PROCEDURE_NO_SENSE && facts->procedure->steps[step].sense == veiling->sense
		&& step != veiling->to;
}

bool
view_hides(const struct dossier_facts *facts, const struct procedure_action *veiling, unsigned version)
{
	const struct dossier *dossier = facts->dossier;
	if (veiling && !is_confirmed(facts, veiling))
		return true;
	for (size_t i = 0; i < dossier->done_count; i++) {
		const struct dossier_done *done = &dossier->done[i];
		const struct dossier_stand stand = dossier_stand_in(facts->procedure, dossier,
			facts->procedure->steps[done->to].track);
		if (version > done->version && stand.step == done->to && stand.entered_at == done->last_at
		    && state_veiling(facts->procedure, done))
			return true;
	}
	return false;
}

struct text
view_label(const struct dossier_facts *facts, int step, bool applicant)
{
	const struct procedure_step *found = &facts->procedure->steps[step];
	return applicant && found->agent_label.length > 0 ? found->agent_label : found->label;
}

struct text
dossier_label(const struct dossier_facts *facts, const struct dossier_viewer *viewer)
{
	return view_label(facts, facts_step(facts), view_as_applicant(facts, viewer));
}

/* ---- actions ---- */

/* Why an action of the current step is not possible now; empty when it is. */
static enum guichet_status
judge_option(const struct inputs *inputs, struct dossier_option *option, struct guichet_error *error)
{
	const struct dossier_facts *facts = inputs->facts;
	const struct procedure_action *action = option->definition;
	enum dossier_refusal refusal;
	instant opens;
	option->allowed = true;
	option->reason = TEXT("");
	option->closes_at = INSTANT_NEVER;
	/* A child is of whom its parent is of. */
	const bool first = !facts->dossier && !facts_nature(facts);
	for (size_t i = 0; first && i < facts->procedure->population_count; i++) {
		const struct procedure_rule *rule = &facts->procedure->population[i];
		const enum guichet_status status = inputs_condition(inputs, rule->rule, &option->allowed, error);
		if (status != GUICHET_OK)
			return status;
		if (!option->allowed) {
			option->reason = rule->message;
			return GUICHET_OK;
		}
	}
	if (first && facts->procedure->once && facts->other.length > 0) {
		option->allowed = false;
		option->reason = facts->procedure->once_message;
		return GUICHET_OK;
	}
	if (action->during >= 0) {
		dossier_window(facts, action->during, &option->opens_at, &option->closes_at);
		option->reason = decide_window_text(inputs->arena, facts, action->during, &option->allowed, &refusal,
			&opens);
	}
	if (action->beyond >= 0) {
		option->reason = decide_beyond_text(inputs->arena, facts, action->beyond, &option->opens_at);
		option->allowed = option->reason.length == 0;
	}
	if (decide_is_against(facts->procedure, action->sense, action->step, action->to)) {
		bool entitled = false;
		struct text message;
		const enum guichet_status status = decide_entitled(inputs, &entitled, &message, error);
		if (status != GUICHET_OK)
			return status;
		if (entitled) {
			option->allowed = false;
			option->reason = message;
		}
	}
	if (option->allowed && action->signs >= 0) {
		const struct dossier_act *act = facts->dossier ? dossier_act_find(facts->dossier, action->signs) : NULL;
		option->allowed = act && act->status == DOSSIER_COMPOSED;
		if (!option->allowed)
			option->reason = TEXT("Le texte à signer se prépare. Revenez dans quelques minutes.");
	}
	return option->reason.at ? GUICHET_OK : OUT_OF_MEMORY(error);
}

bool
dossier_may_read_piece(const struct dossier_facts *facts, const struct dossier_viewer *viewer, int piece)
{
	const struct procedure_piece *definition = &facts->procedure->pieces[piece];
	const struct dossier_piece *kept = dossier_piece_find(facts->dossier, definition->name);
	/* What was filed before its author was kept with it came with the dossier. */
	const struct text by = kept && kept->by.length > 0 ? kept->by : facts->dossier->author;
	return definition->readers.count == 0 || (viewer->person.length > 0 && text_equal(by, viewer->person))
		|| facts_has_role(definition->readers, facts_roles(facts, viewer->person, viewer->roles));
}

/* Those that the roles have among the actions of one step. */
static enum guichet_status
add_options(const struct inputs *inputs, dossier_roles roles, dossier_roles signs, struct procedure_list actions,
	struct dossier_option *options, size_t *count, struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	for (size_t i = 0; status == GUICHET_OK && i < actions.count; i++) {
		const struct procedure_action *action = &inputs->facts->procedure->actions[actions.at[i]];
		bool offered;
		if (!stand_doers(inputs->facts, action, action->signs < 0 ? roles & ~signs : roles))
			continue;
		status = inputs_condition(inputs, action->condition, &offered, error);
		if (status != GUICHET_OK || !offered)
			continue;
		options[*count] = (struct dossier_option){ .action = actions.at[i], .definition = action };
		status = judge_option(inputs, &options[(*count)++], error);
	}
	return status;
}

enum guichet_status
dossier_options(struct dossier_present *present, const struct dossier_viewer *viewer,
	const struct dossier_option **ret_options, size_t *ret_count, struct guichet_error *error)
{
	const struct dossier_facts *facts = present->facts;
	const struct procedure *procedure = facts->procedure;
	const dossier_roles roles = facts_roles(facts, viewer->person, viewer->roles);
	struct inputs *inputs;
	size_t most = 1, count = 0;
	for (size_t track = 0; track < procedure->track_count; track++) {
		const int step = stand_in(facts, (int)track).step;
		most += step < 0 ? 0 : procedure->steps[step].actions.count;
	}
	struct dossier_option *options = arena_array_of(present->arena, struct dossier_option, most);
	if (!options)
		return OUT_OF_MEMORY(error);
	enum guichet_status status = present_inputs(present, &inputs, error);
	for (size_t track = 0; status == GUICHET_OK && track < procedure->track_count; track++) {
		const int step = stand_in(facts, (int)track).step;
		if (step >= 0)
			status = add_options(inputs, roles, viewer->signs, procedure->steps[step].actions, options, &count, error);
	}
	if (status != GUICHET_OK)
		return status;
	*ret_options = options;
	*ret_count = count;
	return GUICHET_OK;
}

/* ---- may I? ---- */

static enum guichet_status
judge_population(const struct inputs *inputs, struct dossier_can *can, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	const struct dossier_explanation named = { .arena = inputs->arena, .procedure = procedure };
	const struct feel_words words = dossier_explanation_words(&named);
	struct dossier_verdict *verdicts = arena_array_of(inputs->arena, struct dossier_verdict,
		procedure->population_count + 1);
	if (!verdicts)
		return OUT_OF_MEMORY(error);
	can->eligible = true;
	for (size_t i = 0; i < procedure->population_count; i++) {
		const struct procedure_rule *rule = &procedure->population[i];
		struct feel_run run = inputs_run(inputs);
		run.trace = feel_trace_new(inputs->arena);
		if (!run.trace)
			return OUT_OF_MEMORY(error);
		const struct feel_value value = feel_evaluate(rule->rule, &run);
		if (run.stop != FEEL_COMPLETE)
			return guichet_fail(error, GUICHET_BROKEN, "Une règle de la population n’a pas pu être évaluée.");
		verdicts[i] = (struct dossier_verdict){
			.passed = feel_is_true(value),
			.message = rule->message,
			.explanation = feel_explain_french(inputs->arena, run.trace, FEEL_SENTENCE, &words),
		};
		if (can->eligible && !verdicts[i].passed) {
			can->eligible = false;
			can->message = rule->message;
		}
	}
	can->verdicts = verdicts;
	can->verdict_count = procedure->population_count;
	return GUICHET_OK;
}

/* Who will be asked for an opinion: those who may answer in one sense or another and are found by the
 * agent's structure. */
static enum guichet_status
find_opinions(const struct dossier_facts *facts, struct arena *arena, struct dossier_can *can,
	struct guichet_error *error)
{
	const struct procedure *procedure = facts->procedure;
	dossier_roles asked = 0;
	for (size_t i = 0; i < procedure->action_count; i++) {
		const struct procedure_action *action = &procedure->actions[i];
		for (size_t j = 0; action->sense != PROCEDURE_NO_SENSE && j < action->who.count; j++) {
			const enum procedure_reach reach = procedure->roles[action->who.at[j]].reach;
			if (reach == PROCEDURE_STRUCTURE || reach == PROCEDURE_DISTRICT)
				asked |= DOSSIER_ROLE(action->who.at[j]);
		}
	}
	for (size_t i = 0; i < facts->holder_count; i++) {
		if ((asked & DOSSIER_ROLE(facts->holders[i].role))
		    && !ITEMS_ADD(arena, &can->opinions, &can->opinion_count, &facts->holders[i]))
			return OUT_OF_MEMORY(error);
	}
	return GUICHET_OK;
}

/* The actions that file, now: those whose condition holds, in their window or after it. */
static enum guichet_status
find_filings(const struct inputs *inputs, struct dossier_can *can, struct guichet_error *error)
{
	const struct procedure_list actions = inputs->facts->procedure->steps[0].actions;
	int *filings = arena_array_of(inputs->arena, int, actions.count + 1);
	if (!filings)
		return OUT_OF_MEMORY(error);
	can->filings.at = filings;
	for (size_t i = 0; i < actions.count; i++) {
		const struct procedure_action *action = &inputs->facts->procedure->actions[actions.at[i]];
		instant opens, closes, at = inputs->facts->at;
		bool offered;
		const enum guichet_status status = inputs_condition(inputs, action->condition, &offered, error);
		if (status != GUICHET_OK)
			return status;
		if (action->during >= 0) {
			dossier_window(inputs->facts, action->during, &opens, &closes);
			offered = offered && at >= opens && at < closes;
		}
		if (action->beyond >= 0) {
			dossier_window(inputs->facts, action->beyond, &opens, &closes);
			offered = offered && at >= closes;
		}
		if (offered)
			filings[can->filings.count++] = actions.at[i];
	}
	return GUICHET_OK;
}

/* The first that files now; else the first there is. */
static const struct procedure_action *
filing_action(const struct procedure *procedure, const struct dossier_can *can)
{
	const struct procedure_list actions = can->filings.count ? can->filings : procedure->steps[0].actions;
	return actions.count > 0 ? &procedure->actions[actions.at[0]] : NULL;
}

/* « Déposée », puis, le 19 juin 2023, « Avis attendu ». */
static enum guichet_status
tell_after(const struct inputs *inputs, struct dossier_can *can, struct guichet_error *error)
{
	const struct procedure *procedure = inputs->facts->procedure;
	const struct procedure_action *filing = filing_action(procedure, can);
	if (!filing)
		return GUICHET_OK;
	CLEANUP(buffer_release) struct buffer out = buffer_new(4096);
	const struct procedure_step *step = &procedure->steps[filing->to];
	buffer_format(&out, "Après le dépôt : « %.*s »", TEXT_ARGS(view_label(inputs->facts, filing->to, true)));
	for (size_t i = 0; i < step->deadlines.count; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[step->deadlines.at[i]];
		instant at;
		if (!deadline->when)
			continue;
		const enum guichet_status status = inputs_instant(inputs, deadline->when, false, &at, error);
		if (status != GUICHET_OK)
			return status;
		if (at == INSTANT_NEVER || deadline->to < 0)
			continue;
		buffer_format(&out, ", puis, le %.*s, « %.*s »", TEXT_ARGS(decide_moment_text(inputs->arena, at)),
			TEXT_ARGS(view_label(inputs->facts, deadline->to, true)));
	}
	buffer_format(&out, ".");
	can->after = out.failed ? TEXT("") : arena_text(inputs->arena, buffer_text(&out));
	return can->after.at ? GUICHET_OK : OUT_OF_MEMORY(error);
}

enum guichet_status
dossier_can(const struct dossier_facts *facts, struct arena *arena, struct dossier_can *ret_can,
	struct guichet_error *error)
{
	struct dossier_facts before = *facts;
	before.dossier = NULL;
	const struct procedure *procedure = facts->procedure;
	struct dossier_can can = { .message = TEXT(""), .after = TEXT("") };
	struct inputs inputs;
	struct dossier_window_view *windows = arena_array_of(arena, struct dossier_window_view,
		procedure->window_count + 1);
	enum guichet_status status = windows ? inputs_new(arena, &before, &inputs, error) : OUT_OF_MEMORY(error);
	if (status == GUICHET_OK)
		status = judge_population(&inputs, &can, error);
	if (status == GUICHET_OK)
		status = find_opinions(&before, arena, &can, error);
	if (status == GUICHET_OK)
		status = find_filings(&inputs, &can, error);
	if (status == GUICHET_OK)
		status = tell_after(&inputs, &can, error);
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < procedure->window_count; i++) {
		windows[i] = (struct dossier_window_view){ .window = (int)i, .label = procedure->windows[i].label };
		dossier_window(&before, (int)i, &windows[i].opening, &windows[i].closing);
		windows[i].open = facts->at >= windows[i].opening && facts->at < windows[i].closing;
	}
	can.windows = windows;
	can.window_count = procedure->window_count;

	const struct procedure_action *filing = filing_action(procedure, &can);
	bool open = true;
	if (can.eligible && procedure->once && facts->other.length > 0) {
		open = false;
		can.message = procedure->once_message;
	} else if (can.eligible && filing && can.filings.count == 0) {
		enum dossier_refusal refusal;
		open = false;
		if (filing->during >= 0)
			can.message = decide_window_text(arena, &before, filing->during, &open, &refusal, &can.opens_at);
		if (open || filing->during < 0) { /* a condition of its own */
			open = false;
			can.message = TEXT("Vous ne pouvez pas déposer de demande dans cette campagne.");
		}
	}
	can.may = can.eligible && open;
	if (can.may && filing && filing->beyond >= 0)
		can.message = arena_format(arena, "La période est passée. Vous pouvez encore déposer : « %.*s ».",
			TEXT_ARGS(filing->label));
	else if (can.may)
		can.message = TEXT("Vous pouvez déposer une demande dans cette campagne.");
	if (!can.message.at)
		return OUT_OF_MEMORY(error);
	*ret_can = can;
	return GUICHET_OK;
}

/* ---- who reads what ---- */

bool
dossier_may_read_field(const struct dossier_facts *facts, const struct dossier_viewer *viewer,
	const struct procedure_field *field, unsigned version)
{
	const struct dossier *dossier = facts->dossier;
	if (field->readers.count == 0 || facts_has_role(field->readers, facts_roles(facts, viewer->person, viewer->roles)))
		return true;
	if (!dossier || viewer->person.length == 0)
		return !dossier;
	if (version <= 1)
		return text_equal(dossier->author, viewer->person);
	for (size_t i = 0; i < dossier->done_count; i++)
		if (dossier->done[i].version == version && text_equal(dossier->done[i].person, viewer->person))
			return true;
	return false;
}

bool
dossier_may_read_what(const struct dossier_facts *facts, const struct dossier_viewer *viewer, const struct feel *feel)
{
	const struct procedure *procedure = facts->procedure;
	const struct dossier *dossier = facts->dossier;
	for (size_t i = 0; dossier && i < dossier->value_count; i++) {
		const struct dossier_value *value = &dossier->values[i];
		const int field = procedure_field_find(procedure, value->name);
		if (field >= 0 && procedure->fields[field].readers.count > 0
			&& !dossier_may_read_field(facts, viewer, &procedure->fields[field], value->version)
			&& dossier_expression_reads(procedure, feel, PROCEDURE_SLOT_FIELD, value->name))
			return false;
	}
	return true;
}

/* ---- answers ---- */

enum guichet_status
dossier_lines(struct dossier_present *present, const struct dossier_viewer *viewer,
	const struct dossier_line **ret_lines, size_t *ret_count, struct guichet_error *error)
{
	const struct dossier_facts *facts = present->facts;
	struct arena *arena = present->arena;
	const struct procedure *procedure = facts->procedure;
	const struct dossier *dossier = facts->dossier;
	const bool applicant = view_as_applicant(facts, viewer);
	struct inputs *inputs;
	enum guichet_status status = present_inputs(present, &inputs, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_line *lines = NULL;
	size_t count = 0;
	for (size_t i = 0; i < procedure->field_count; i++) {
		const struct procedure_field *field = &procedure->fields[i];
		const struct dossier_value *value = NULL;
		for (size_t j = 0; j < dossier->value_count; j++) {
			if (text_equal(dossier->values[j].name, field->name))
				value = &dossier->values[j];
		}
		if (!value || value->value.kind == FEEL_NULL || (applicant && view_hides(facts, value->veiled_by, value->version))
			|| !dossier_may_read_field(facts, viewer, field, value->version))
			continue;
		const struct dossier_line line = {
			.section = field->section >= 0 ? procedure->sections[field->section].title : TEXT("Suite donnée"),
			.label = field->label,
			.value = procedure_field_text(arena, field, value->value),
			.field = field,
			.changed = field->section >= 0 && !field->later && value->version > 1,
		};
		if (!line.value.at || !ITEMS_ADD(arena, &lines, &count, &line))
			return OUT_OF_MEMORY(error);
	}
	/* Nothing results from what was refused or taken back. */
	const struct procedure_step *step = &procedure->steps[dossier->step];
	const bool pointless = step->final && (step->sense == PROCEDURE_UNFAVOURABLE || step->frees);
	for (size_t i = 0; !pointless && i < procedure->computed_count; i++) {
		const struct procedure_computed *computed = &procedure->computed[i];
		const struct feel_value value = inputs->values[computed->slot];
		if (value.kind == FEEL_NULL || !dossier_may_read_what(facts, viewer, computed->feel))
			continue;
		const struct dossier_line line = {
			.section = TEXT("Ce qui en résulte"),
			.label = computed->label,
			.value = procedure_computed_text(arena, computed, value),
			.computed = computed,
		};
		if (line.value.at && line.value.length == 0)
			continue; /* a table that gives nothing in this case */
		if (!line.value.at || !ITEMS_ADD(arena, &lines, &count, &line))
			return OUT_OF_MEMORY(error);
	}
	*ret_lines = lines;
	*ret_count = count;
	return GUICHET_OK;
}

/* ---- why ---- */

/* Does the expression read this piece, by itself or through what is computed? */
static bool
reads_piece(const struct procedure *procedure, const struct feel *feel, struct text name)
{
	size_t count;
	const struct feel_use *uses = feel_reads(feel, &count);
	for (size_t i = 0; i < count; i++) {
		const struct procedure_slot *slot = &procedure->slots[uses[i].slot];
		struct text path = uses[i].path;
		if (slot->kind == PROCEDURE_SLOT_COMPUTED && reads_piece(procedure, procedure->computed[slot->index].feel, name))
			return true;
		if ((int)uses[i].slot != procedure->pieces_slot)
			continue;
		(void)text_split(&path, '.');
		if (!path.at || text_equal(text_split(&path, '.'), name))
			return true;
	}
	return false;
}

bool
dossier_may_explain(const struct dossier_facts *facts, const struct dossier_viewer *viewer, const struct feel *feel)
{
	const struct procedure *procedure = facts->procedure;
	const struct dossier *dossier = facts->dossier;
	for (size_t i = 0; dossier && i < procedure->piece_count; i++)
		if (procedure->pieces[i].readers.count > 0 && !dossier_may_read_piece(facts, viewer, (int)i)
			&& reads_piece(procedure, feel, procedure->pieces[i].name))
			return false;
	if (!dossier_may_read_what(facts, viewer, feel))
		return false;
	if (!dossier || !view_as_applicant(facts, viewer))
		return true;
	for (size_t i = 0; i < dossier->value_count; i++) {
		const struct dossier_value *value = &dossier->values[i];
		if (view_hides(facts, value->veiled_by, value->version)
			&& (dossier_expression_reads(procedure, feel, PROCEDURE_SLOT_FIELD, value->name)
				|| dossier_expression_reads(procedure, feel, PROCEDURE_SLOT_POSED, value->name)))
			return false;
	}
	/* Its step and what it has known tell what is veiled. */
	for (size_t i = 0; i < dossier->done_count; i++)
		if (view_hides(facts, state_veiling(procedure, &dossier->done[i]), dossier->done[i].version)
			&& (dossier_expression_reads(procedure, feel, PROCEDURE_SLOT_DOSSIER, TEXT(""))
				|| dossier_expression_reads(procedure, feel, PROCEDURE_SLOT_DONE, TEXT(""))))
			return false;
	return true;
}

/* ---- what is to be seen to ---- */

bool
dossier_may_warn(const struct dossier_facts *facts, const struct dossier_viewer *viewer)
{
	const struct procedure *procedure = facts->procedure;
	const dossier_roles roles = facts_roles(facts, viewer->person, viewer->roles);
	for (size_t i = 0; i < procedure->step_count; i++) {
		const struct procedure_step *step = &procedure->steps[i];
		for (size_t k = 0; k < step->warning_count; k++)
			if (facts_has_role(step->warnings[k].to, roles) && stand_in(facts, step->track).step == (int)i)
				return true;
	}
	return false;
}

enum guichet_status
dossier_warnings(struct dossier_present *present, const struct dossier_viewer *viewer,
	const struct text **ret_messages, size_t *ret_count, struct guichet_error *error)
{
	const struct dossier_facts *facts = present->facts;
	struct arena *arena = present->arena;
	const struct procedure *procedure = facts->procedure;
	const dossier_roles roles = facts_roles(facts, viewer->person, viewer->roles);
	const struct text *messages = NULL;
	struct inputs *inputs;
	size_t count = 0;
	for (size_t i = 0; i < procedure->step_count; i++) {
		const struct procedure_step *step = &procedure->steps[i];
		if (step->warning_count == 0 || stand_in(facts, step->track).step != (int)i)
			continue;
		enum guichet_status status = present_inputs(present, &inputs, error);
		for (size_t k = 0; status == GUICHET_OK && k < step->warning_count; k++) {
			bool warns = false;
			if (facts_has_role(step->warnings[k].to, roles))
				status = inputs_condition(inputs, step->warnings[k].condition, &warns, error);
			if (status == GUICHET_OK && warns && !ITEMS_ADD(arena, &messages, &count, &step->warnings[k].message))
				status = OUT_OF_MEMORY(error);
		}
		if (status != GUICHET_OK)
			return status;
	}
	*ret_messages = messages;
	*ret_count = count;
	return GUICHET_OK;
}
