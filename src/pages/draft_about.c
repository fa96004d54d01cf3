/* What a draft is about: one's own request in a campaign, somebody else's, or a dossier born of another. The pages of drafts are the same:
 * the address tells which, and everything else follows from here.
 *
 * /campagnes/:campagne/demande · /campagnes/:campagne/pour/:personne · /dossiers/:id/natures/:nature */
#include "pages/draft.h"

#include "base/banned.h"

/* The action of a first step that the visitor may do; the first there is when none is theirs. */
static const struct procedure_action *
filing_of(const struct procedure *procedure, int step, dossier_roles roles)
{
	const struct procedure_list actions = procedure->steps[step].actions;
	for (size_t i = 0; i < actions.count; i++) {
		const struct procedure_action *action = &procedure->actions[actions.at[i]];
		for (size_t k = 0; k < action->who.count; k++)
			if (roles & DOSSIER_ROLE(action->who.at[k]))
				return action;
	}
	return actions.count ? &procedure->actions[actions.at[0]] : NULL;
}

const struct procedure_action *
draft_filing(const struct draft *draft)
{
	const struct procedure *procedure = draft->facts.procedure;
	if (draft->way_count)
		return draft->ways[0].definition;
	if (!draft->nature && draft->can.filings.count)
		return &procedure->actions[draft->can.filings.at[0]];
	return draft->nature ? filing_of(procedure, draft->nature->start, draft->parent->roles) : filing_of(procedure, 0, 0);
}

struct text
draft_child_path(struct arena *arena, struct text parent, struct text nature)
{
	return arena_format(arena, TEXT_FORMAT "/natures/" TEXT_FORMAT, TEXT_ARGS(page_dossier_path(arena, parent)),
		TEXT_ARGS(nature));
}

/* A child: the parent must be theirs to see. */
static enum guichet_status
open_child(struct request *request, struct store_tx *tx, struct draft *draft, struct guichet_error *error)
{
	struct office_dossier *parent = arena_new_of(request->arena, struct office_dossier);
	if (!parent)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = page_dossier(request, tx, parent, error);
	if (status != GUICHET_OK)
		return status;
	const int nature = procedure_nature_find(parent->procedure, request_parameter(request, "nature"));
	if (nature < 0)
		return guichet_fail(error, GUICHET_UNKNOWN, "Cette page n’existe pas.");
	draft->parent = parent;
	draft->nature = &parent->procedure->natures[nature];
	draft->campaign = parent->campaign;
	draft->facts.procedure = parent->procedure;
	draft->path = draft_child_path(request->arena, parent->id, draft->nature->name);
	draft->about = office_child_draft(request->arena, parent->id, draft->nature->name);
	draft->back = page_dossier_path(request->arena, parent->id);
	draft->title = arena_format(request->arena, "Demande n° " TEXT_FORMAT, TEXT_ARGS(parent->state.number));
	return draft->path.at && draft->about.at && draft->title.at ? GUICHET_OK
		: guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

/* A request for an agent: the visitor may file for them. */
static enum guichet_status
open_behalf(struct request *request, struct store_tx *tx, struct draft *draft, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	struct office_actor *subject = arena_new_of(arena, struct office_actor);
	struct directory_person person;
	if (!subject)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = directory_person_by_external_id(tx, arena, request_parameter(request, "personne"),
		date_of_instant(request->received_at, NULL), &person, error);
	if (status == GUICHET_OK)
		status = office_facts_on_behalf(site_of(request)->office, tx, arena, draft->campaign, &visitor_of(request)->actor,
			person.id, request->received_at, subject, &draft->facts, error);
	if (status == GUICHET_UNKNOWN)
		return guichet_fail(error, GUICHET_UNKNOWN, "Cette page n’existe pas, ou elle n’est pas à vous.");
	if (status != GUICHET_OK)
		return status;
	draft->subject = subject;
	draft->path = behalf_path(arena, draft->campaign, person.external_id);
	draft->about = office_behalf_draft(arena, person.id);
	draft->back = behalf_path(arena, draft->campaign, (struct text){ 0 });
	draft->title = TEXT("Déposer pour quelqu’un");
	return draft->path.at && draft->about.at && draft->back.at ? GUICHET_OK
		: guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

struct text
structure_path(struct arena *arena, const struct office_campaign *campaign, struct text code)
{
	return arena_format(arena, TEXT_FORMAT "/structures/" TEXT_FORMAT, TEXT_ARGS(page_campaign_path(arena, campaign)),
		TEXT_ARGS(code));
}

/* The structures that the visitor may ask for. */
static enum guichet_status
list_choices(struct request *request, struct store_tx *tx, struct draft *draft, struct guichet_error *error)
{
	const struct office_actor *actor = &visitor_of(request)->actor;
	const struct procedure *procedure = draft->campaign->procedure;
	struct directory_structure *list = arena_array_of(request->arena, struct directory_structure,
		actor->functions.count + 1);
	if (!list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < actor->functions.count; i++) {
		const struct text id = actor->functions.at[i].structure;
		bool there = !office_asks_for(actor, procedure, id);
		for (size_t k = 0; k < draft->choice_count; k++)
			there |= text_equal(list[k].id, id);
		if (there)
			continue;
		const enum guichet_status status = directory_structure_load(tx, request->arena, id,
			date_of_instant(request->received_at, NULL), &list[draft->choice_count], error);
		if (status != GUICHET_OK)
			return status;
		draft->choice_count++;
	}
	draft->choices = list;
	return GUICHET_OK;
}

/* A request of a structure: the one of the address, or the only one that they may ask for. */
static enum guichet_status
open_structure(struct request *request, struct store_tx *tx, struct draft *draft, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct text code = request_parameter(request, "structure");
	const struct directory_structure *chosen = NULL;
	enum guichet_status status = list_choices(request, tx, draft, error);
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < draft->choice_count; i++)
		if (code.length ? text_equal(draft->choices[i].code, code) : draft->choice_count == 1)
			chosen = &draft->choices[i];
	if (!chosen)
		return code.length ? guichet_fail(error, GUICHET_UNKNOWN, "Cette page n’existe pas, ou elle n’est pas à vous.")
			: GUICHET_OK;
	struct office_actor *asking = arena_new_of(arena, struct office_actor);
	if (!asking)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*asking = visitor_of(request)->actor;
	status = office_actor_for(tx, arena, draft->campaign->procedure, chosen->id, request->received_at, asking, error);
	if (status != GUICHET_OK)
		return status;
	draft->asking = asking;
	draft->choice_count = 0;
	draft->path = structure_path(arena, draft->campaign, chosen->code);
	draft->about = office_structure_draft(arena, chosen->id);
	return draft->path.at && draft->about.at ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

enum guichet_status
draft_open(struct request *request, struct store_tx *tx, struct draft *draft, struct guichet_error *error)
{
	*draft = (struct draft){ 0 };
	if (request_parameter(request, "nature").length > 0)
		return open_child(request, tx, draft, error);
	const enum guichet_status status = page_campaign(request, &draft->campaign, error);
	if (status != GUICHET_OK)
		return status;
	if (request_parameter(request, "personne").length > 0)
		return open_behalf(request, tx, draft, error);
	draft->back = page_campaign_path(request->arena, draft->campaign);
	draft->path = arena_format(request->arena, TEXT_FORMAT "/demande", TEXT_ARGS(draft->back));
	draft->about = TEXT("");
	draft->facts.procedure = draft->campaign->procedure;
	draft->title = draft->campaign->campaign->title;
	if (!draft->path.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	if (draft->facts.procedure->of_structures)
		return open_structure(request, tx, draft, error);
	return request_parameter(request, "structure").length == 0 ? GUICHET_OK
		: guichet_fail(error, GUICHET_UNKNOWN, "Cette page n’existe pas.");
}

struct text
draft_heading(struct arena *arena, const struct draft *draft, struct text title)
{
	const struct text before = draft->asking ? draft->asking->facts.structure.name : draft->nature ? draft->nature->label : !draft->subject ? TEXT("")
		: arena_format(arena, "Pour " TEXT_FORMAT, TEXT_ARGS(directory_person_name(arena, &draft->subject->facts.person)));
	return before.length ? arena_format(arena, TEXT_FORMAT " : " TEXT_FORMAT, TEXT_ARGS(before), TEXT_ARGS(title)) : title;
}

/* ---- may it be filed ---- */

/* The window of its filing, and where it leads. */
static enum guichet_status
can_file_child(struct request *request, struct draft *draft, struct guichet_error *error)
{
	const struct procedure_action *filing = draft_filing(draft);
	struct dossier_can *can = &draft->can;
	instant opens, closes;
	can->may = can->eligible;
	can->after = TEXT("");
	if (!filing)
		return GUICHET_OK;
	const struct procedure_list actions = draft->facts.procedure->steps[draft->nature->start].actions;
	int *filings = arena_array_of(request->arena, int, actions.count + 1);
	if (!filings)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	can->filings.at = filings;
	for (size_t i = 0; i < actions.count; i++)
		for (size_t k = 0; k < draft->facts.procedure->actions[actions.at[i]].who.count; k++)
			if (draft->parent->roles & DOSSIER_ROLE(draft->facts.procedure->actions[actions.at[i]].who.at[k])) {
				filings[can->filings.count++] = actions.at[i];
				break;
			}
	if (can->eligible && filing->during >= 0) {
		dossier_window(&draft->facts, filing->during, &opens, &closes);
		can->may = draft->facts.at >= opens && draft->facts.at < closes;
		can->opens_at = draft->facts.at < opens ? opens : 0;
		if (!can->may)
			can->message = page_filing_deadline(request->arena, &draft->facts);
	}
	can->after = arena_format(request->arena, "Après le dépôt : « " TEXT_FORMAT " ».",
		TEXT_ARGS(draft->facts.procedure->steps[filing->to].label));
	return can->after.at && can->message.at ? GUICHET_OK : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

static enum guichet_status
judge_child(struct request *request, struct store_tx *tx, struct draft *draft, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct dossier_viewer viewer = { visitor_of(request)->actor.person, draft->parent->roles, draft->parent->signs };
	const struct dossier_kin *children;
	const struct dossier_birth *births;
	size_t child_count, count;
	enum guichet_status status = office_facts_before_birth(tx, arena, draft->parent, draft->nature, &draft->facts, error);
	if (status == GUICHET_OK)
		status = office_children(tx, arena, draft->parent, &children, &child_count, error);
	if (status == GUICHET_OK)
		status = dossier_births(&draft->parent->facts, &viewer, children, child_count, arena, &births, &count, error);
	if (status != GUICHET_OK)
		return status;
	draft->can.message = arena_format(arena, TEXT_FORMAT " : ce n’est pas possible où en est la demande, ou cela revient à "
		"quelqu’un d’autre.", TEXT_ARGS(draft->nature->label));
	for (size_t i = 0; i < count; i++) {
		if (births[i].nature != draft->nature)
			continue;
		draft->can.eligible = births[i].allowed;
		draft->can.message = births[i].reason;
	}
	return can_file_child(request, draft, error);
}

enum guichet_status
draft_judge(struct request *request, struct store_tx *tx, struct draft *draft, struct guichet_error *error)
{
	if (draft->nature)
		return judge_child(request, tx, draft, error);
	const enum guichet_status status = draft->subject ? GUICHET_OK : office_facts_before_filing(site_of(request)->office, tx, request->arena,
		draft->campaign, draft->asking ? draft->asking : &visitor_of(request)->actor, request->received_at, &draft->facts,
		error);
	const enum guichet_status judged = status == GUICHET_OK
		? dossier_can(&draft->facts, request->arena, &draft->can, error) : status;
	if (judged == GUICHET_OK && draft->facts.procedure->of_structures && !draft->asking) {
		draft->can = (struct dossier_can){ .after = TEXT(""), .message = draft->choice_count
			? TEXT("Choisissez d’abord la structure pour laquelle vous demandez.")
			: TEXT("Ces demandes sont celles de structures : qui y tient la fonction voulue les dépose.") };
		draft->facts.other = TEXT("");
	}
	return judged;
}

enum guichet_status
draft_ways(struct request *request, struct draft *draft, struct guichet_error *error)
{
	/* What is filed for somebody is what they could file. */
	const struct dossier_viewer viewer = draft->subject ? (struct dossier_viewer){ .person = draft->subject->person }
		: draft->nature ? (struct dossier_viewer){ visitor_of(request)->actor.person, draft->parent->roles, draft->parent->signs }
		: (struct dossier_viewer){ .person = visitor_of(request)->actor.person,
			.roles = draft->asking ? DOSSIER_ROLE(procedure_applicant(draft->facts.procedure)) : 0 };
	const struct dossier_option *options;
	size_t count, allowed = 0;
	const enum guichet_status status = dossier_options(DOSSIER_PRESENT(&draft->facts, request->arena), &viewer, &options, &count,
		error);
	struct dossier_option *ways = status == GUICHET_OK ? arena_array_of(request->arena, struct dossier_option, count + 1) : NULL;
	if (!ways)
		return status != GUICHET_OK ? status : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < count; i++)
		if (options[i].allowed)
			ways[allowed++] = options[i];
	draft->ways = ways;
	draft->way_count = allowed;
	draft->several = allowed > 1 || (allowed == 0 && count > 1);
	return GUICHET_OK;
}

bool
draft_may_prepare(const struct draft *draft)
{
	const bool taken = !draft->nature && draft->facts.other.length > 0;
	return draft->can.eligible && !taken && (draft->can.may || draft->can.opens_at || draft->saved.updated_at);
}
