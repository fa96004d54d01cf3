/* One life: who does what, when, drawn at random among what could be done, and a little of what could not. */
#include "lives/lives.h"

#include <stdarg.h>

#include "base/banned.h"

void
life_breaks(struct life *life, const char *format, ...)
{
	if (life->broken.length > 0)
		return;
	char message[600];
	va_list arguments;
	va_start(arguments, format);
	const int length = vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	life->broken = arena_text(life->arena, (struct text){ message,
		length < 0 ? 0 : (size_t)length < sizeof message ? (size_t)length : sizeof message - 1 });
}

/* ---- time ---- */

/* A while, or the very edge of something: the next due effect, the opening or closing of a window. */
static instant
draw_instant(struct life *life)
{
	struct world *world = life->world;
	struct chance *chance = &life->chance;
	instant at = world->now;
	if (chance_of(chance, 45)) {
		instant edges[400];
		size_t count = 0;
		for (size_t i = 0; i < world->campaign->window_count; i++) {
			const struct campaign_window *window = &world->campaign->windows[i];
			if (window->opens > at)
				edges[count++] = window->opens;
			if (window->closes > at && window->closes != INSTANT_NEVER)
				edges[count++] = window->closes;
		}
		for (size_t i = 0; i < world->dossier_count; i++) {
			if (world->dossiers[i].undo.undo.until > at && count < 400)
				edges[count++] = world->dossiers[i].undo.undo.until;
			for (size_t j = 0; j < world->dossiers[i].due_count && count < 400; j++) {
				if (world->dossiers[i].dues[j].at > at && world->dossiers[i].dues[j].at < at + 1200 * INSTANT_DAY)
					edges[count++] = world->dossiers[i].dues[j].at;
			}
		}
		static const instant around[] = { 0, -1, 1, -INSTANT_HOUR, INSTANT_DAY };
		if (count > 0)
			at = edges[chance_below(chance, count)] + around[chance_below(chance, 5)];
	} else {
		static const instant spans[] = { INSTANT_MINUTE, 20 * INSTANT_MINUTE, 7 * INSTANT_HOUR, 3 * INSTANT_DAY,
			20 * INSTANT_DAY, 90 * INSTANT_DAY, 400 * INSTANT_DAY };
		const instant span = spans[chance_below(chance, sizeof spans / sizeof *spans)];
		at += (instant)(chance_next(chance) % (uint64_t)span);
	}
	return at > world->now ? at : world->now;
}

static enum guichet_status
move_time(struct life *life, instant to, struct guichet_error *error)
{
	struct world *world = life->world;
	const enum guichet_status status = world_advance(world, to, error);
	if (status != GUICHET_OK)
		return status;
	rules_judge_events(life);
	rules_judge_time(life);
	rules_judge_mails(life);
	return GUICHET_OK;
}

/* ---- persons ---- */

static struct text
draw_person(struct life *life)
{
	const struct yaml_node *persons = yaml_get(life->ground->directory, "personnes");
	return persons->items[chance_below(&life->chance, persons->count)].key->scalar;
}

/* ---- choices ---- */

enum { MOST_CHOICES = 200, MOST_ACTORS = 24 };

/* What somebody is offered. */
struct choice {
	struct text person;
	int action;
	bool allowed;
	unsigned weight;
};

/* Its subject and the holders of its roles, each once, mostly; at times one more, who may be anybody. */
static size_t
draw_actors(struct life *life, const struct world_dossier *dossier, const struct dossier_facts *facts, struct text *actors)
{
	size_t count = 0;
	actors[count++] = dossier->person;
	for (size_t i = 0; i < facts->holder_count && count < MOST_ACTORS - 1; i++) {
		bool known = false;
		for (size_t j = 0; j < count; j++)
			known |= text_equal(actors[j], facts->holders[i].person.id);
		if (!known)
			actors[count++] = facts->holders[i].person.id;
	}
	const struct yaml_node *delegations = yaml_get(life->world->directory, "délégations");
	if (delegations && delegations->count > 0 && count < MOST_ACTORS - 1)
		actors[count++] = yaml_scalar(yaml_get(delegations->items[chance_below(&life->chance,
			delegations->count)].value, "à"));
	if (chance_of(&life->chance, 20))
		actors[count++] = draw_person(life);
	return count;
}

static void
draw_near(struct life *life, int from, int to, bool *changed)
{
	if (to >= 0 && life->far[to] < FAR && life->far[from] > life->far[to] + 1) {
		life->far[from] = life->far[to] + 1;
		*changed = true;
	}
}

/* A life would like to come to a step of each circuit. */
static void
draw_goals(struct life *life)
{
	const struct procedure *procedure = life->ground->procedure;
	bool changed = true;
	for (size_t i = 0; i < procedure->step_count; i++)
		life->far[i] = FAR;
	for (size_t track = 0; track < procedure->track_count; track++) {
		const struct procedure_list steps = procedure->tracks[track].steps;
		life->far[steps.at[chance_below(&life->chance, steps.count)]] = 0;
	}
	while (changed) {
		changed = false;
		for (size_t i = 0; i < procedure->action_count; i++)
			draw_near(life, procedure->actions[i].step, procedure->actions[i].to, &changed);
		for (size_t i = 0; i < procedure->deadline_count; i++)
			draw_near(life, procedure->deadlines[i].step, procedure->deadlines[i].to, &changed);
		for (size_t i = 0; i < procedure->nature_count; i++) {
			for (size_t j = 0; j < procedure->natures[i].from.count; j++)
				draw_near(life, procedure->natures[i].from.at[j], procedure->natures[i].start, &changed);
		}
	}
}

/* Each life likes some actions more than others, what was not done yet more than what was, and ends less than the rest:
 * lives that end at once teach little. */
static unsigned
weigh(const struct life *life, const struct world_dossier *dossier, const struct procedure_action *action)
{
	static const unsigned liked[] = { 1, 6, 40 };
	const struct procedure *procedure = life->ground->procedure;
	struct chance taste = { life->taste + (uint64_t)(action - procedure->actions) * UINT64_C(0x2545F4914F6CDD1D) };
	unsigned weight = 4 * liked[chance_below(&taste, 3)];
	const struct dossier_done done = dossier_done_of(&dossier->state, action->move);
	if (done.count == 0)
		weight *= 6;
	else if (done.count > 2)
		weight /= 2;
	if (action->to >= 0 && life->far[action->to] < life->far[action->step])
		weight *= 8;
	else if (action->to >= 0 && life->far[action->to] == FAR && life->far[action->step] < FAR)
		weight = (weight + 7) / 8;
	if (action->to >= 0 && procedure->steps[action->to].final && !dossier->parent)
		weight = (weight + 19) / 20;
	return weight;
}

/* All that could be done with the dossier, allowed or not. */
static enum guichet_status
find_choices(struct life *life, const struct world_dossier *dossier, const struct dossier_facts *facts,
	struct choice *choices, size_t *ret_count, struct guichet_error *error)
{
	struct text actors[MOST_ACTORS];
	const size_t actor_count = draw_actors(life, dossier, facts, actors);
	*ret_count = 0;
	for (size_t i = 0; i < actor_count; i++) {
		struct dossier_actor actor = { .person = world_person_of(life->world, actors[i]),
			.roles = world_roles(facts, actors[i]) };
		const struct procedure_list actions = facts->procedure->steps[dossier->state.step].actions;
		for (size_t j = 0; j < actions.count; j++) {
			if (facts->procedure->actions[actions.at[j]].signs >= 0)
				world_acting(life->world, facts, facts->procedure->actions[actions.at[j]].name, &actor);
		}
		const struct dossier_viewer viewer = { .person = actors[i], .roles = actor.roles, .signs = actor.signs };
		const struct dossier_option *options;
		size_t count;
		const enum guichet_status status = dossier_options(DOSSIER_PRESENT(facts, life->arena), &viewer, &options, &count,
			error);
		if (status != GUICHET_OK)
			return status;
		for (size_t j = 0; j < count && *ret_count < MOST_CHOICES; j++)
			choices[(*ret_count)++] = (struct choice){ actors[i], options[j].action, options[j].allowed,
				weigh(life, dossier, options[j].definition) };
	}
	return GUICHET_OK;
}

/* One of those that are allowed, or of all; NULL when there is none. */
static const struct choice *
draw_choice(struct life *life, const struct choice *choices, size_t count, bool allowed)
{
	size_t total = 0;
	for (size_t i = 0; i < count; i++)
		total += allowed && !choices[i].allowed ? 0 : choices[i].weight;
	size_t left = chance_below(&life->chance, total);
	for (size_t i = 0; i < count; i++) {
		const size_t weight = allowed && !choices[i].allowed ? 0 : choices[i].weight;
		if (left < weight)
			return &choices[i];
		left -= weight;
	}
	return NULL;
}

/* ---- commands ---- */

/* The files of the pieces that the action hands in; well: all of them. */
static size_t
draw_pieces(struct life *life, const struct procedure_action *action, struct dossier_piece *pieces, bool well)
{
	const struct procedure *procedure = life->ground->procedure;
	size_t count = 0;
	for (size_t i = 0; i < procedure->piece_count && count < DOSSIER_PIECES_LIMIT; i++) {
		if (!dossier_piece_is_joined(procedure, action, (int)i) || (!well && chance_of(&life->chance, 40)))
			continue;
		const struct text file = arena_format(life->arena, "piece-%zu-%zu.pdf", i, chance_below(&life->chance, 1000));
		const struct digest digest = digest_of(file);
		const bool odd = !well && chance_of(&life->chance, 20);
		pieces[count++] = (struct dossier_piece){ .name = procedure->pieces[i].name, .file = file,
			.digest = digest_hex(life->arena, &digest), .kind = odd ? TEXT("DOCX") : TEXT("PDF"), .size = 1000 };
	}
	return count;
}

static void
tell(const struct life *life, struct text person, const struct dossier_command *command, const struct dossier_outcome *outcome)
{
	struct clock_time time;
	const struct date day = date_of_instant(life->world->now, &time);
	printf("%04d-%02d-%02d %02d:%02d  %.*s : %.*s  %s%.*s\n", day.year, day.month, day.day, time.hour, time.minute,
		TEXT_ARGS(person), TEXT_ARGS(command->action), outcome->kind == DOSSIER_HAPPENED ? "→ " : "refusé : ",
		TEXT_ARGS(outcome->kind == DOSSIER_HAPPENED
			? life->ground->procedure->steps[outcome->state.step].name : outcome->message));
	for (size_t i = 0; outcome->kind != DOSSIER_HAPPENED && i < outcome->form.count; i++) {
		if (outcome->form.answers[i].mistake.length > 0)
			printf("    %.*s : %.*s\n", TEXT_ARGS(outcome->form.answers[i].name), TEXT_ARGS(outcome->form.answers[i].mistake));
	}
}

static enum guichet_status
give(struct life *life, struct world_dossier *dossier, const struct world_birth *birth, struct text person,
	struct dossier_command *command, bool *ret_happened, struct guichet_error *error)
{
	struct world *world = life->world;
	struct dossier_outcome outcome = { 0 };
	const struct text before = dossier ? dossier_to_json(life->arena, world->procedure, &dossier->state) : TEXT("");
	const size_t index = dossier ? (size_t)(dossier - world->dossiers) : world->dossier_count;
	const struct text key = dossier ? dossier->key
		: arena_format(life->arena, "%.*s-%zu", TEXT_ARGS(person), world->dossier_count);
	if (dossier)
		rules_note_before(life, dossier);
	const enum guichet_status status = world_act_or_bear(world, dossier, birth, key, person, command, &outcome, error);
	if (status != GUICHET_OK)
		return status;
	*ret_happened = outcome.kind == DOSSIER_HAPPENED;
	life->commands++;
	life->accepted += outcome.kind == DOSSIER_HAPPENED;
	if (life->told)
		tell(life, person, command, &outcome);
	rules_judge_command(life, index < world->dossier_count ? &world->dossiers[index] : NULL, before, person, command,
		&outcome);
	rules_judge_events(life);
	return move_time(life, world->now, error);
}

/* A command is wrong on purpose a third of the time. */
enum { WRONG = 30 };

static enum guichet_status
file_with(struct life *life, struct dossier_facts *facts, const struct world_birth *birth, struct text person,
	struct procedure_list offered, bool well, struct guichet_error *error)
{
	struct dossier_piece pieces[DOSSIER_PIECES_LIMIT];
	bool happened = false;
	enum guichet_status status = GUICHET_OK;
	for (size_t attempt = 0; attempt < (well ? 3 : 1) && !happened && status == GUICHET_OK; attempt++) {
		const int action = offered.at[chance_below(&life->chance, offered.count)];
		const struct procedure_action *definition = &life->ground->procedure->actions[action];
		struct dossier_command command = {
			.action = definition->name,
			.raws = draw_answers(life, facts, DOSSIER_FORM_FILING, action, well),
			.pieces = pieces,
			.piece_count = draw_pieces(life, definition, pieces, well),
			.confirmed = well || chance_of(&life->chance, 80),
			.channel = TEXT("application"),
			.ground = well ? TEXT("À sa demande.") : TEXT(" "),
		};
		status = give(life, NULL, birth, person, &command, &happened, error);
	}
	return status;
}

/* Somebody else files for them: who holds one of the action's roles. */
static struct text
draw_filer(struct life *life, const struct dossier_facts *facts, const struct procedure_action *action, struct text subject)
{
	struct text filer = subject;
	size_t seen = 0;
	for (size_t i = 0; i < facts->holder_count; i++) {
		const int role = facts->holders[i].role;
		if ((procedure_list_has(action->who, role) || procedure_list_has(facts->procedure->behalf, role))
			&& chance_below(&life->chance, ++seen) == 0)
			filer = facts->holders[i].person.id;
	}
	return filer;
}

static enum guichet_status
file_one(struct life *life, struct guichet_error *error)
{
	struct world *world = life->world;
	struct text person = TEXT("");
	struct dossier_facts facts;
	struct dossier_can can = { 0 };
	const struct procedure_list actions = world->procedure->steps[0].actions;
	bool well = !chance_of(&life->chance, WRONG);
	enum guichet_status status = GUICHET_OK;
	/* Mostly somebody who may. */
	for (size_t attempt = 0; attempt < 8 && !can.may && status == GUICHET_OK; attempt++) {
		person = draw_person(life);
		status = world_facts(world, person, NULL, world->now, &facts, error);
		if (status == GUICHET_OK)
			status = dossier_can(&facts, life->arena, &can, error);
	}
	if (status != GUICHET_OK || actions.count == 0)
		return status;
	bool edge = false; /* a window closes, or opens, now */
	for (size_t i = 0; i < world->campaign->window_count; i++)
		edge |= world->campaign->windows[i].closes == world->now || world->campaign->windows[i].opens == world->now;
	if (!can.may && chance_of(&life->chance, edge ? 70 : 95))
		return move_time(life, draw_instant(life), error);
	well &= can.may;
	/* Some are filed for somebody else. */
	const int one = actions.at[chance_below(&life->chance, actions.count)];
	const struct procedure_action *definition = &world->procedure->actions[one];
	const bool others = !procedure_list_has(definition->who, procedure_applicant(world->procedure))
		|| (world->procedure->behalf.count > 0 && chance_of(&life->chance, 20));
	const struct text filer = others ? draw_filer(life, &facts, definition, person) : person;
	const struct world_birth birth = { .subject = person };
	if (others && !text_equal(filer, person))
		return file_with(life, &facts, &birth, filer, (struct procedure_list){ &one, 1 }, well, error);
	return file_with(life, &facts, NULL, person, well && can.filings.count > 0 ? can.filings : actions, well, error);
}

/* A dossier born of one that may have one, mostly. */
static enum guichet_status
bear_one(struct life *life, struct world_dossier *parent, struct guichet_error *error)
{
	struct world *world = life->world;
	const struct procedure *procedure = world->procedure;
	const bool well = !chance_of(&life->chance, WRONG);
	const struct dossier_birth *births;
	struct dossier_kin children[WORLD_MOST_DOSSIERS];
	struct dossier_facts facts;
	size_t count;
	enum guichet_status status = world_facts(world, parent->person, &parent->state, world->now, &facts, error);
	const struct text person = chance_of(&life->chance, 90) ? parent->person : draw_person(life);
	const struct dossier_viewer viewer = { .person = person, .roles = world_roles(&facts, person) };
	if (status == GUICHET_OK)
		status = dossier_births(&facts, &viewer, children, world_children(world, parent, children), life->arena, &births,
			&count, error);
	if (status != GUICHET_OK || (count == 0 && well))
		return status;
	size_t allowed = 0;
	for (size_t i = 0; i < count; i++)
		allowed += births[i].allowed;
	if (allowed == 0 && chance_of(&life->chance, 90))
		return status;
	const struct dossier_birth *birth = count > 0 ? &births[chance_below(&life->chance, count)] : NULL;
	if (birth && !birth->allowed && well)
		return status;
	const struct procedure_nature *nature = birth && (well || chance_of(&life->chance, 50)) ? birth->nature
		: &procedure->natures[chance_below(&life->chance, procedure->nature_count)];
	const struct procedure_list actions = procedure->steps[nature->start].actions;
	if (actions.count == 0)
		return status;
	facts.dossier = NULL;
	facts.parent = &parent->state;
	facts.nature = nature->name;
	const struct world_birth born = { .parent = parent, .nature = nature->name };
	return file_with(life, &facts, &born, person, actions, well, error);
}

/* They come back on what they did, or somebody else tries to, or too late. */
static enum guichet_status
undo_one(struct life *life, struct world_dossier *dossier, struct guichet_error *error)
{
	struct dossier_outcome outcome = { 0 };
	const struct world_undo kept = dossier->undo;
	const struct text before = dossier_to_json(life->arena, life->world->procedure, &dossier->state),
		person = chance_of(&life->chance, 75) ? kept.undo.author : draw_person(life);
	const struct dossier_command command = { .action = kept.undo.action };
	const enum guichet_status status = world_undo(life->world, dossier, person, kept.undo.action, &outcome, error);
	if (status != GUICHET_OK)
		return status;
	life->commands++;
	life->accepted += outcome.kind == DOSSIER_HAPPENED;
	life->undone += outcome.kind == DOSSIER_HAPPENED;
	if (life->told) {
		printf("revenir sur : ");
		tell(life, person, &command, &outcome);
	}
	rules_judge_command(life, dossier, before, person, &command, &outcome);
	rules_judge_events(life);
	return move_time(life, life->world->now, error);
}

/* Who, and what: mostly something that they are offered and may do now; else anything, by anybody. False: nothing. */
static enum guichet_status
draw_action(struct life *life, const struct world_dossier *dossier, const struct dossier_facts *facts, bool well,
	struct text *ret_person, int *ret_action, struct guichet_error *error)
{
	struct choice choices[MOST_CHOICES];
	struct chance *chance = &life->chance;
	size_t count;
	const enum guichet_status status = find_choices(life, dossier, facts, choices, &count, error);
	if (status != GUICHET_OK)
		return status;
	const struct choice *choice = draw_choice(life, choices, count, well);
	*ret_action = choice ? choice->action : PROCEDURE_NONE;
	if (choice)
		*ret_person = choice->person;
	if (well)
		return GUICHET_OK;
	if (!draw_choice(life, choices, count, true) && chance_of(chance, 80)) {
		*ret_action = PROCEDURE_NONE; /* nothing can be done here: time goes by */
		return GUICHET_OK;
	}
	if (*ret_action < 0 || chance_of(chance, 25))
		*ret_action = (int)chance_below(chance, facts->procedure->action_count);
	if (!choice || chance_of(chance, 30))
		*ret_person = draw_person(life);
	return GUICHET_OK;
}

static enum guichet_status
act_once(struct life *life, struct world_dossier *dossier, struct guichet_error *error)
{
	struct world *world = life->world;
	const struct procedure *procedure = world->procedure;
	struct chance *chance = &life->chance;
	const bool well = !chance_of(chance, WRONG);
	struct dossier_facts facts;
	struct text person = dossier->person;
	int action;
	bool happened = false;
	enum guichet_status status = world_facts(world, dossier->person, &dossier->state, world->now, &facts, error);
	if (status == GUICHET_OK)
		status = draw_action(life, dossier, &facts, well, &person, &action, error);
	if (status != GUICHET_OK || action < 0)
		return status == GUICHET_OK ? move_time(life, draw_instant(life), error) : status;
	const struct procedure_action *definition = &procedure->actions[action];
	const struct dossier_act *act = definition->signs >= 0 ? dossier_act_find(&dossier->state, definition->signs) : NULL;
	struct dossier_piece pieces[DOSSIER_PIECES_LIMIT];
	for (size_t attempt = 0; attempt < (well ? 3 : 1) && !happened && status == GUICHET_OK; attempt++) {
		const bool sound = well || chance_of(chance, 60);
		struct dossier_command command = {
			.action = definition->name,
			.raws = draw_answers(life, &facts, DOSSIER_FORM_ACTION, action, sound),
			.pieces = pieces,
			.expected = chance_of(chance, 60) ? dossier->state.version : 0,
			.confirmed = well || chance_of(chance, 80),
			.piece_count = draw_pieces(life, definition, pieces, sound),
			.text_hash = act && (well || chance_of(chance, 80)) ? act->text_hash : TEXT("0000"),
			.channel = TEXT("application"),
		};
		if (!well && chance_of(chance, 40))
			command.expected = (unsigned)chance_below(chance, dossier->state.version);
		status = give(life, dossier, NULL, person, &command, &happened, error);
	}
	return status;
}

enum guichet_status
life_run(struct life *life, struct guichet_error *error)
{
	struct world *world = life->world;
	struct chance *chance = &life->chance;
	const struct ground *ground = life->ground;
	world->arena = life->arena;
	world->procedure = ground->procedure;
	world->directory = ground->directory;
	world->compose = !chance_of(chance, 10);
	world->campaign = draw_campaign(life, ground->campaigns[chance_below(chance, ground->campaign_count)]);
	instant first = INSTANT_NEVER;
	for (size_t i = 0; i < world->campaign->window_count; i++)
		first = world->campaign->windows[i].opens < first ? world->campaign->windows[i].opens : first;
	world->now = (first == INSTANT_NEVER ? instant_of_day((struct date){ 2023, 9, 1 }) : first)
		+ (instant)chance_below(chance, 30) * INSTANT_HOUR - 6 * INSTANT_HOUR;
	enum guichet_status status = campaign_moments(world->procedure, world->campaign, life->arena, &world->moments,
		&world->moment_count, error);
	const size_t turns = 10 + chance_below(chance, 70), most = 1 + chance_below(chance, 3);
	static const unsigned paces[] = { 60, 85, 92 };
	const unsigned pace = paces[chance_below(chance, 3)];
	life->taste = chance_next(chance);
	draw_goals(life);
	for (size_t turn = 0; status == GUICHET_OK && turn < turns && life->broken.length == 0; turn++) {
		size_t open = 0;
		for (size_t i = 0; i < world->dossier_count; i++)
			open += !world->dossiers[i].columns.ended;
		world->compose |= chance_of(chance, 50);
		size_t one = chance_below(chance, world->dossier_count);
		for (size_t attempt = 0; attempt < 4 && open > 0 && world->dossiers[one].columns.ended; attempt++)
			one = chance_below(chance, world->dossier_count);
		if (world->dossier_count > 0 && world->dossier_count < MOST_LIFE_DOSSIERS - 1 && world->procedure->nature_count > 0
			&& chance_of(chance, 20))
			status = bear_one(life, &world->dossiers[one], error);
		else if (chance_of(chance, 5))
			status = change_around(life, error);
		else if (open == 0 ? world->dossier_count < MOST_LIFE_DOSSIERS - 1
			: world->dossier_count < most && chance_of(chance, 25))
			status = file_one(life, error);
		else if (world->dossier_count > 0 && world->dossiers[one].undo.undo.version > 0 && chance_of(chance, 25))
			status = undo_one(life, &world->dossiers[one], error);
		else if (chance_of(chance, pace) && world->dossier_count > 0)
			status = act_once(life, &world->dossiers[one], error);
		else
			status = move_time(life, draw_instant(life), error);
	}
	/* And then nobody does anything any more. */
	if (status == GUICHET_OK && life->broken.length == 0)
		status = move_time(life, world->now + (instant)chance_below(chance, 900) * INSTANT_DAY, error);
	if (status == GUICHET_OK)
		rules_judge_record(life);
	return status;
}
