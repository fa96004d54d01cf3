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
			20 * INSTANT_DAY, 90 * INSTANT_DAY };
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

/* Mostly somebody who counts for this dossier: its subject, a holder of a role. */
static struct text
draw_actor(struct life *life, const struct world_dossier *dossier, const struct dossier_facts *facts)
{
	if (chance_of(&life->chance, 8))
		return draw_person(life);
	if (facts->holder_count == 0 || chance_of(&life->chance, 35))
		return dossier->person;
	return facts->holders[chance_below(&life->chance, facts->holder_count)].person.id;
}

/* ---- commands ---- */

static size_t
draw_pieces(struct life *life, struct dossier_piece *pieces)
{
	const struct procedure *procedure = life->ground->procedure;
	size_t count = 0;
	for (size_t i = 0; i < procedure->piece_count && count < DOSSIER_PIECES_LIMIT; i++) {
		if (chance_of(&life->chance, 5))
			continue;
		const struct text file = arena_format(life->arena, "piece-%zu-%zu.pdf", i, chance_below(&life->chance, 1000));
		const struct digest digest = digest_of(file);
		pieces[count++] = (struct dossier_piece){ .name = procedure->pieces[i].name, .file = file,
			.digest = digest_hex(life->arena, &digest), .kind = TEXT("PDF"), .size = 1000 };
	}
	return count;
}

static enum guichet_status
give(struct life *life, struct world_dossier *dossier, const struct world_birth *birth, struct text person,
	struct dossier_command *command, struct guichet_error *error)
{
	struct world *world = life->world;
	struct dossier_outcome outcome = { 0 };
	const struct text before = dossier ? dossier_to_json(life->arena, world->procedure, &dossier->state) : TEXT("");
	const size_t index = dossier ? (size_t)(dossier - world->dossiers) : world->dossier_count;
	const struct text key = dossier ? dossier->key
		: arena_format(life->arena, "%.*s-%zu", TEXT_ARGS(person), world->dossier_count);
	const enum guichet_status status = world_act_or_bear(world, dossier, birth, key, person, command, &outcome, error);
	if (status != GUICHET_OK)
		return status;
	life->commands++;
	life->accepted += outcome.kind == DOSSIER_HAPPENED;
	rules_judge_command(life, index < world->dossier_count ? &world->dossiers[index] : NULL, before, person, command,
		&outcome);
	rules_judge_events(life);
	return move_time(life, world->now, error);
}

static enum guichet_status
file_one(struct life *life, struct guichet_error *error)
{
	struct world *world = life->world;
	const struct procedure *procedure = world->procedure;
	struct text person = TEXT("");
	struct dossier_facts facts;
	struct dossier_piece pieces[DOSSIER_PIECES_LIMIT];
	struct dossier_can can = { 0 };
	const struct procedure_list actions = procedure->steps[0].actions;
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
	if (!can.may && chance_of(&life->chance, 80))
		return move_time(life, draw_instant(life), error);
	const int action = actions.at[chance_below(&life->chance, actions.count)];
	struct dossier_command command = {
		.action = procedure->actions[action].name,
		.raws = draw_answers(life, &facts, DOSSIER_FORM_FILING, action),
		.pieces = pieces,
		.piece_count = draw_pieces(life, pieces),
		.confirmed = !chance_of(&life->chance, 3),
		.channel = TEXT("application"),
	};
	return give(life, NULL, NULL, person, &command, error);
}

/* A dossier born of that one. */
static enum guichet_status
bear_one(struct life *life, struct world_dossier *parent, struct guichet_error *error)
{
	struct world *world = life->world;
	const struct procedure *procedure = world->procedure;
	const struct procedure_nature *nature = &procedure->natures[chance_below(&life->chance, procedure->nature_count)];
	const struct procedure_list actions = procedure->steps[nature->start].actions;
	struct dossier_facts facts;
	struct dossier_piece pieces[DOSSIER_PIECES_LIMIT];
	enum guichet_status status = world_facts(world, parent->person, &parent->state, world->now, &facts, error);
	if (status != GUICHET_OK || actions.count == 0)
		return status;
	const struct text person = draw_actor(life, parent, &facts);
	facts.dossier = NULL;
	const int action = actions.at[chance_below(&life->chance, actions.count)];
	struct dossier_command command = {
		.action = procedure->actions[action].name,
		.raws = draw_answers(life, &facts, DOSSIER_FORM_FILING, action),
		.pieces = pieces,
		.piece_count = draw_pieces(life, pieces),
		.confirmed = true,
		.channel = TEXT("application"),
	};
	const struct world_birth birth = { .parent = parent, .nature = nature->name };
	return give(life, NULL, &birth, person, &command, error);
}

/* A bridge, a holiday by decree: what was due is due again. */
static enum guichet_status
close_a_day(struct life *life, struct guichet_error *error)
{
	struct world *world = life->world;
	if (world->closed_count >= 20)
		return GUICHET_OK;
	const int64_t day = date_day_number(date_of_instant(world->now, NULL)) + 1 + (int64_t)chance_below(&life->chance, 60);
	world->closed[world->closed_count++] = (struct calendar_period){ .kind = CALENDAR_HOLIDAY, .first = day, .last = day,
		.name = TEXT("jour chômé") };
	const enum guichet_status status = world_recompute(world, error);
	return status == GUICHET_OK ? move_time(life, world->now, error) : status;
}

/* Who, and what: mostly something that this person is offered and may do now, now and then anything else. */
static enum guichet_status
draw_action(struct life *life, const struct world_dossier *dossier, const struct dossier_facts *facts,
	struct text *ret_person, int *ret_action, struct guichet_error *error)
{
	struct chance *chance = &life->chance;
	const bool strange = chance_of(chance, 8);
	*ret_action = PROCEDURE_NONE;
	for (size_t attempt = 0; attempt < 6 && *ret_action < 0; attempt++) {
		*ret_person = draw_actor(life, dossier, facts);
		const struct dossier_viewer viewer = { .person = *ret_person, .roles = world_roles(facts, *ret_person) };
		const struct dossier_option *options;
		size_t count;
		const enum guichet_status status = dossier_options(facts, &viewer, life->arena, &options, &count, error);
		if (status != GUICHET_OK)
			return status;
		if (count == 0)
			continue;
		const struct dossier_option *option = &options[chance_below(chance, count)];
		/* Lives that end at once teach little. */
		const bool ends = option->definition->to >= 0 && facts->procedure->steps[option->definition->to].final;
		if (strange || (option->allowed && (!ends || chance_of(chance, 12))))
			*ret_action = option->action;
	}
	if (strange && chance_of(chance, 50))
		*ret_action = (int)chance_below(chance, facts->procedure->action_count);
	return GUICHET_OK;
}

static enum guichet_status
act_once(struct life *life, struct world_dossier *dossier, struct guichet_error *error)
{
	struct world *world = life->world;
	const struct procedure *procedure = world->procedure;
	struct chance *chance = &life->chance;
	struct dossier_facts facts;
	struct text person;
	int action;
	enum guichet_status status = world_facts(world, dossier->person, &dossier->state, world->now, &facts, error);
	if (status == GUICHET_OK)
		status = draw_action(life, dossier, &facts, &person, &action, error);
	if (status != GUICHET_OK || action < 0)
		return status;
	const struct procedure_action *definition = &procedure->actions[action];
	const struct dossier_act *act = definition->signs >= 0 ? dossier_act_find(&dossier->state, definition->signs) : NULL;
	struct dossier_piece pieces[DOSSIER_PIECES_LIMIT];
	struct dossier_command command = {
		.action = definition->name,
		.raws = draw_answers(life, &facts, DOSSIER_FORM_ACTION, action),
		.pieces = pieces,
		.expected = chance_of(chance, 60) ? dossier->state.version
			: chance_of(chance, 15) ? (unsigned)chance_below(chance, dossier->state.version) : 0,
		.confirmed = !chance_of(chance, 3),
		.piece_count = definition->joins.count > 0 ? draw_pieces(life, pieces) : 0,
		.text_hash = act && !chance_of(chance, 4) ? act->text_hash : TEXT("0000"),
		.channel = TEXT("application"),
	};
	return give(life, dossier, NULL, person, &command, error);
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
	const size_t turns = 8 + chance_below(chance, 40), most = 1 + chance_below(chance, 3);
	for (size_t turn = 0; status == GUICHET_OK && turn < turns && life->broken.length == 0; turn++) {
		world->compose |= chance_of(chance, 50);
		const size_t one = chance_below(chance, world->dossier_count);
		if (world->dossier_count > 0 && world->dossier_count < MOST_LIFE_DOSSIERS - 1 && world->procedure->nature_count > 0
			&& chance_of(chance, 10))
			status = bear_one(life, &world->dossiers[one], error);
		else if (chance_of(chance, 3))
			status = close_a_day(life, error);
		else if (world->dossier_count < most && (world->dossier_count == 0 || chance_of(chance, 25)))
			status = file_one(life, error);
		else if (chance_of(chance, 65) && world->dossier_count > 0)
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
