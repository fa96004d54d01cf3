/* All that concerns the visitor, over all campaigns and procedures: what is expected of them, what runs, what will come by
 * itself, what happened. Read only: links lead to the dossiers.   GET /mes-demarches?avant=<instant> */
#include "pages/drafts.h"
#include "pages/kin.h"

#include "base/banned.h"

enum {
	PAST_SHOWN = 150,
	OPEN_MOST = 25,   /* dossiers that are judged: each takes memory, and few people have three of them */
	COMING_MOST = 30,
};

/* One dossier, with what is known of it now. The last four are empty for an ended one. */
struct line {
	const struct office_life_dossier *one;
	struct text path, label;
	const struct dossier_moment *moments; size_t moment_count; /* now and next */
	const struct dossier_option *options; size_t option_count;
	const struct dossier_expected *expected; size_t expected_count;
	const struct text *warnings; size_t warning_count;
	bool ended;
	bool runs; /* it does, or one born of it */
	struct dossier_viewer viewer; /* as the applicant, and as nobody else */
};

struct life {
	struct request *request;
	struct office_life all;
	struct line *lines;
	bool more; /* some were not judged */
};

/* Something that will happen. */
struct coming {
	instant at;
	bool whole_day;
	struct text title, detail;
	const struct line *line;
};

/* ---- reading ---- */

static enum guichet_status
judge(struct life *life, struct line *line, struct guichet_error *error)
{
	struct arena *arena = life->request->arena;
	const struct dossier_facts *facts = &line->one->facts;
	struct dossier_present present = { .facts = facts, .arena = arena };
	enum guichet_status status = dossier_timeline(&present, &line->viewer, NULL, 0, &line->moments, &line->moment_count, error);
	if (status == GUICHET_OK)
		status = dossier_options(&present, &line->viewer, &line->options, &line->option_count, error);
	if (status == GUICHET_OK)
		status = dossier_expected(facts, &line->viewer, line->options, line->option_count, arena, &line->expected,
			&line->expected_count, error);
	if (status == GUICHET_OK)
		status = dossier_warnings(&present, &line->viewer, &line->warnings, &line->warning_count, error);
	return status;
}

static enum guichet_status
life_load(struct request *request, struct store_tx *tx, struct life *life, struct guichet_error *error)
{
	struct arena *arena = request->arena;
	const struct office_actor *actor = &visitor_of(request)->actor;
	size_t open = 0;
	*life = (struct life){ .request = request };
	enum guichet_status status = office_life(site_of(request)->office, tx, arena, actor, request->received_at, &life->all,
		error);
	life->lines = status == GUICHET_OK ? arena_array_of(arena, struct line, life->all.count + 1) : NULL;
	if (!life->lines)
		return status != GUICHET_OK ? status : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	life->more = life->all.more;
	for (size_t i = 0; status == GUICHET_OK && i < life->all.count; i++) {
		const struct office_life_dossier *one = &life->all.dossiers[i];
		struct line *line = &life->lines[i];
		line->one = one;
		line->viewer = page_own_viewer(one->row, actor->person);
		line->path = page_dossier_path(arena, one->row->id);
		line->label = dossier_label(&one->facts, &line->viewer);
		line->ended = dossier_is_ended(one->row->procedure, &one->state);
		line->runs |= !line->ended;
		if (line->ended)
			continue;
		if (one->parent >= 0)
			life->lines[one->parent].runs = true;
		life->more |= open == OPEN_MOST;
		if (open < OPEN_MOST)
			status = judge(life, line, error);
		open += open < OPEN_MOST;
	}
	return status;
}

/* ---- words ---- */

/* "Un logement, n° …", "Une enquête, École du Bourg : Avenant, n° …". */
static struct text
name_of(struct arena *arena, const struct line *line)
{
	const struct procedure *procedure = line->one->row->procedure;
	const struct procedure_nature *nature = page_nature(procedure, line->one->state.nature);
	const struct text title = page_dossier_title(arena, line->one->row, nature);
	return arena_format(arena, TEXT_FORMAT ", n° " TEXT_FORMAT, TEXT_ARGS(title), TEXT_ARGS(line->one->row->number));
}

static struct text
day_of(struct arena *arena, instant at)
{
	return date_french(arena, date_of_instant(at, NULL), true);
}

/* "jusqu’au vendredi 16 juin 2023 inclus", or to the minute. */
static struct text
until_text(struct arena *arena, instant until)
{
	struct clock_time time;
	(void)date_of_instant(until, &time);
	return time.hour == 0 && time.minute == 0
		? arena_format(arena, "jusqu’au " TEXT_FORMAT " inclus", TEXT_ARGS(day_of(arena, until - 1)))
		: arena_format(arena, "avant le " TEXT_FORMAT, TEXT_ARGS(instant_french(arena, until)));
}

static const struct procedure_step *
step_of(const struct line *line)
{
	return &line->one->row->procedure->steps[line->one->state.step];
}

static void
badge(struct html *html, const struct line *line)
{
	HTML_LINE(html, "span", line->label, { "class", page_step_class(step_of(line)) });
}

/* ---- what is expected ---- */

static void
action_link(struct life *life, struct html *html, const struct line *line, const struct procedure_action *action,
	struct text class, struct text of_what)
{
	HTML_IN(html, "a", { "class", class }, { "href", arena_format(life->request->arena, TEXT_FORMAT "/actions/" TEXT_FORMAT,
		TEXT_ARGS(line->path), TEXT_ARGS(action->name)) });
	html_text(html, action->label);
	HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
	html_say(html, " : ");
	html_text(html, of_what);
}

/* What comes of it when nobody acts where they are awaited. */
static void
otherwise(struct life *life, struct html *html, const struct line *line, int step)
{
	for (size_t i = 0; i < line->moment_count; i++) {
		const struct dossier_moment *moment = &line->moments[i];
		if (!moment->deadline || moment->deadline->step != step)
			continue;
		HTML_IN(html, "p");
		html_say(html, "Sans action de votre part, le ");
		html_text(html, moment->whole_day ? day_of(life->request->arena, moment->at)
			: instant_french(life->request->arena, moment->at));
		html_say(html, " : ");
		html_text(html, moment->title);
		if (moment->detail.length) {
			html_say(html, ". ");
			html_text(html, moment->detail);
		}
		return;
	}
}

static void
expected_answer(struct life *life, struct html *html, const struct line *line, const struct dossier_expected *expected)
{
	const struct procedure_step *step = &line->one->row->procedure->steps[expected->step];
	struct text said = step->agent_label.length ? step->agent_label : step->label;
	if (step->track)
		said = arena_format(life->request->arena, TEXT_FORMAT " : " TEXT_FORMAT,
			TEXT_ARGS(line->one->row->procedure->tracks[step->track].label), TEXT_ARGS(said));
	HTML_LINE(html, "p", said, { "class", TEXT("timeline-title") });
	if (step->explain.length)
		HTML_LINE(html, "p", step->explain);
	if (expected->until != INSTANT_NEVER) {
		HTML_IN(html, "p");
		html_say(html, "À faire ");
		HTML_LINE(html, "strong", until_text(life->request->arena, expected->until));
	}
	otherwise(life, html, line, expected->step);
}

static void
expected_piece(struct life *life, struct html *html, const struct line *line, const struct dossier_expected *expected)
{
	static const struct text words[DOSSIER_PIECE_TASK_END] = {
#define WORDS(sentence) { sentence, sizeof sentence - 1 }
		[DOSSIER_PIECE_TO_REPLACE] = WORDS("renvoyée, à remplacer"),
		[DOSSIER_PIECE_AWAITED] = WORDS("à joindre"),
		[DOSSIER_PIECE_TO_RENEW] = WORDS("à renouveler"),
#undef WORDS
	};
	const struct procedure *procedure = line->one->row->procedure;
	const struct procedure_piece *piece = &procedure->pieces[expected->piece];
	const struct dossier_piece *kept = dossier_piece_find(&line->one->state, piece->name);
	struct arena *arena = life->request->arena;
	{
		HTML_IN(html, "p", { "class", TEXT("timeline-title") });
		html_text(html, piece->label);
		html_say(html, " : ");
		html_text(html, words[expected->task]);
	}
	if (expected->task == DOSSIER_PIECE_TO_REPLACE && kept && kept->ground.length
		&& dossier_may_read_piece(&line->one->facts, &line->viewer, expected->piece))
		HTML_LINE(html, "blockquote", kept->ground, { "class", TEXT("quote") });
	if (expected->until != INSTANT_NEVER) {
		HTML_IN(html, "p");
		if (expected->task != DOSSIER_PIECE_TO_RENEW)
			html_text(html, expected->until <= line->one->facts.at ? TEXT("Le délai est passé ; elle était attendue ")
				: TEXT("À donner "));
		else
			html_text(html, expected->until <= line->one->facts.at ? TEXT("Elle n’est plus valable ; elle l’était ")
				: TEXT("Elle est valable "));
		HTML_LINE(html, "strong", until_text(arena, expected->until));
	}
}

/* Is this what they are expected to do, there or by handing something in? */
static bool
is_asked(const struct line *line, const struct dossier_option *option)
{
	for (size_t i = 0; i < line->expected_count; i++)
		if (line->expected[i].action == option->action || line->expected[i].step == option->definition->step)
			return true;
	return false;
}

/* By what it is done: each action once, whatever it is asked for. */
static void
buttons(struct life *life, struct html *html, const struct line *line)
{
	const struct text name = name_of(life->request->arena, line);
	size_t told = 0;
	for (size_t i = 0; i < line->option_count; i++)
		told += is_asked(line, &line->options[i]);
	if (told == 0) {
		HTML_IN(html, "p");
		html_link(html, line->path, arena_format(life->request->arena, "Ouvrir le dossier n° " TEXT_FORMAT,
			TEXT_ARGS(line->one->row->number)));
		return;
	}
	HTML_IN(html, "ul", { "class", TEXT("buttons") }, { "aria-label", arena_format(life->request->arena,
		"Ce que vous pouvez faire : " TEXT_FORMAT, TEXT_ARGS(name)) });
	for (size_t i = 0; i < line->option_count; i++) {
		const struct dossier_option *option = &line->options[i];
		if (!is_asked(line, option))
			continue;
		HTML_IN(html, "li");
		if (option->allowed) {
			action_link(life, html, line, option->definition, option->definition->confirm.length ? TEXT("button secondary")
				: TEXT("button"), name);
			continue;
		}
		HTML_LINE(html, "span", option->definition->label, { "class", TEXT("muted") });
		html_say(html, " : ");
		html_text(html, option->reason);
	}
}

/* The clocks of the dossier: those that run are the agent's business as much as the office's. */
static enum guichet_status
clocks(struct life *life, struct html *html, const struct line *line, struct guichet_error *error)
{
	struct arena *arena = life->request->arena;
	const struct dossier_clock_view *views;
	size_t count;
	const enum guichet_status status = dossier_clocks(DOSSIER_PRESENT(&line->one->facts, arena), &views, &count, error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		HTML_IN(html, "p");
		html_text(html, views[i].definition->label);
		html_say(html, " : ");
		if (views[i].end.year && !views[i].suspended_on.year)
			html_text(html, arena_format(arena, "jusqu’au " TEXT_FORMAT " inclus, ",
				TEXT_ARGS(date_french(arena, views[i].end, true))));
		html_text(html, page_clock_text(arena, &views[i]));
	}
	return status;
}

static enum guichet_status
expected_card(struct life *life, struct html *html, const struct line *line, struct guichet_error *error)
{
	HTML_IN(html, "li", { "class", TEXT("card todo") });
	{
		HTML_IN(html, "h3", { "class", TEXT("card-title") });
		html_link(html, line->path, name_of(life->request->arena, line));
	}
	bool answers = false;
	for (size_t i = 0; i < line->expected_count; i++) {
		answers |= line->expected[i].piece < 0;
		if (line->expected[i].piece < 0)
			expected_answer(life, html, line, &line->expected[i]);
		else
			expected_piece(life, html, line, &line->expected[i]);
	}
	for (size_t i = 0; i < line->warning_count; i++)
		page_notice(html, NOTICE_WARNING, (struct text){ 0 }, line->warnings[i]);
	const enum guichet_status status = answers ? clocks(life, html, line, error) : GUICHET_OK;
	if (status == GUICHET_OK)
		buttons(life, html, line);
	return status;
}

static enum guichet_status
expected_section(struct life *life, struct store_tx *tx, struct html *html, const struct page_drafts *drafts,
	struct guichet_error *error)
{
	size_t count = drafts->count;
	for (size_t i = 0; i < life->all.count; i++)
		count += life->lines[i].expected_count + life->lines[i].warning_count > 0;
	HTML_SAY(html, "h2", "Ce qui est attendu de vous");
	if (count == 0) {
		HTML_SAY(html, "p", "Rien n’est attendu de vous aujourd’hui.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	HTML_IN(html, "ul", { "class", TEXT("cards") });
	enum guichet_status status = page_draft_cards(life->request, tx, html, drafts, error);
	for (size_t i = 0; status == GUICHET_OK && i < life->all.count; i++)
		if (life->lines[i].expected_count + life->lines[i].warning_count > 0)
			status = expected_card(life, html, &life->lines[i], error);
	return status;
}

/* ---- what runs ---- */

static void
since(struct life *life, struct html *html, const struct line *line)
{
	html_text(html, line->ended ? TEXT(" le ") : TEXT(" depuis le "));
	html_text(html, day_of(life->request->arena, line->one->state.entered_at));
}

/* Its letters that hold. */
static void
letters(struct life *life, struct html *html, const struct line *line)
{
	struct arena *arena = life->request->arena;
	const struct dossier *state = &line->one->state;
	size_t count = 0;
	for (size_t i = 0; i < state->act_count; i++)
		count += state->acts[i].status == DOSSIER_COMPOSED && state->acts[i].replaced_by.length == 0;
	if (count == 0)
		return;
	HTML_IN(html, "ul");
	for (size_t i = 0; i < state->act_count; i++) {
		const struct dossier_act *act = &state->acts[i];
		if (act->status != DOSSIER_COMPOSED || act->replaced_by.length)
			continue;
		HTML_IN(html, "li");
		html_link(html, arena_format(arena, TEXT_FORMAT "/documents/%u", TEXT_ARGS(line->path), dossier_act_rank(act)),
			line->one->row->procedure->letters[act->letter].title);
		html_say(html, ", du ");
		html_text(html, date_french(arena, date_of_instant(act->decided_at, NULL), false));
	}
}

/* Those born of this one, the oldest first, each with those born of it. */
static void
children(struct life *life, struct html *html, int parent)
{
	size_t count = 0;
	for (size_t i = 0; i < life->all.count; i++)
		count += life->lines[i].one->parent == parent;
	if (count == 0)
		return;
	HTML_IN(html, "ul");
	for (size_t i = life->all.count; i > 0; i--) {
		const struct line *line = &life->lines[i - 1];
		const struct office_row *row = line->one->row;
		const struct procedure_nature *nature = page_nature(row->procedure, line->one->state.nature);
		if (line->one->parent != parent)
			continue;
		HTML_IN(html, "li");
		html_link(html, line->path, arena_format(life->request->arena, TEXT_FORMAT " n° " TEXT_FORMAT,
			TEXT_ARGS(nature ? nature->label : line->one->state.nature), TEXT_ARGS(row->number)));
		html_markup(html, " ");
		badge(html, line);
		since(life, html, line);
		children(life, html, (int)i - 1);
	}
}

static bool
has_children(const struct life *life, int parent)
{
	for (size_t i = 0; i < life->all.count; i++)
		if (life->lines[i].one->parent == parent)
			return true;
	return false;
}

static void
running_card(struct life *life, struct html *html, int index)
{
	const struct line *line = &life->lines[index];
	struct arena *arena = life->request->arena;
	HTML_IN(html, "li", { "class", step_of(line)->sense == PROCEDURE_FAVOURABLE ? TEXT("card done") : TEXT("card") });
	{
		HTML_IN(html, "h3", { "class", TEXT("card-title") });
		html_link(html, line->path, name_of(arena, line));
	}
	{
		HTML_IN(html, "p");
		badge(html, line);
		since(life, html, line);
	}
	for (size_t i = 0; i < line->moment_count; i++) {
		const struct dossier_moment *moment = &line->moments[i];
		/* The suivis: where the main circuit stands is said above. */
		if (moment->kind == DOSSIER_NOW && i > 0)
			HTML_LINE(html, "p", moment->title);
		if (moment->kind != DOSSIER_NEXT || !moment->at)
			continue;
		HTML_IN(html, "p");
		html_say(html, "Ensuite, le ");
		html_text(html, moment->whole_day ? day_of(arena, moment->at) : instant_french(arena, moment->at));
		html_say(html, " : ");
		html_text(html, moment->title);
		break;
	}
	letters(life, html, line);
	if (!has_children(life, index))
		return;
	children(life, html, index);
	HTML_IN(html, "p");
	HTML_IN(html, "a", { "href", arena_format(arena, TEXT_FORMAT "/versions", TEXT_ARGS(line->path)) });
	html_say(html, "Voir les versions");
	HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
	html_say(html, " : ");
	html_text(html, name_of(arena, line));
}

/* A dossier whose parent is not among the lines stands by itself. */
static size_t
count_roots(const struct life *life, bool runs)
{
	size_t count = 0;
	for (size_t i = 0; i < life->all.count; i++)
		count += life->lines[i].one->parent < 0 && life->lines[i].runs == runs;
	return count;
}

static void
running_section(struct life *life, struct html *html)
{
	const size_t ended = count_roots(life, false);
	HTML_SAY(html, "h2", "Ce qui court");
	if (count_roots(life, true) == 0)
		HTML_SAY(html, "p", "Vous n’avez ni demande en cours ni autorisation en vigueur.", { "class", TEXT("empty") });
	else {
		HTML_IN(html, "ul", { "class", TEXT("cards") });
		for (size_t i = 0; i < life->all.count; i++)
			if (life->lines[i].one->parent < 0 && life->lines[i].runs)
				running_card(life, html, (int)i);
	}
	if (ended == 0)
		return;
	HTML_IN(html, "details", { "data-printed", TEXT("") });
	HTML_LINE(html, "summary", arena_format(life->request->arena, ended > 1 ? "%zu demandes terminées"
		: "%zu demande terminée", ended));
	HTML_IN(html, "ul");
	for (size_t i = 0; i < life->all.count; i++) {
		const struct line *line = &life->lines[i];
		if (line->one->parent >= 0 || line->runs)
			continue;
		HTML_IN(html, "li");
		html_link(html, line->path, name_of(life->request->arena, line));
		html_markup(html, " ");
		badge(html, line);
		since(life, html, line);
		children(life, html, (int)i);
	}
}

/* ---- what will come ---- */

/* Which dossier a line is about. Of a person's only one nothing need be said. */
static void
line_link(struct life *life, struct html *html, const struct line *line, const char *anchor)
{
	HTML_IN(html, "p");
	html_link(html, arena_format(life->request->arena, TEXT_FORMAT "%s", TEXT_ARGS(line->path), anchor),
		name_of(life->request->arena, line));
}

static void
insert(struct coming *list, size_t *count, const struct coming *one)
{
	size_t place = *count < COMING_MOST ? (*count)++ : COMING_MOST;
	for (; place > 0 && list[place - 1].at > one->at; place--)
		if (place < COMING_MOST)
			list[place] = list[place - 1];
	if (place < COMING_MOST)
		list[place] = *one;
}

/* The pieces that are no longer good after a day. */
static void
add_pieces(struct life *life, struct coming *list, size_t *count, const struct line *line)
{
	const struct procedure *procedure = line->one->row->procedure;
	for (size_t i = 0; i < procedure->piece_count; i++) {
		const struct dossier_piece *kept = dossier_piece_find(&line->one->state, procedure->pieces[i].name);
		if (!kept || !kept->valid_until.year || dossier_piece_expired(kept, line->one->facts.at))
			continue;
		insert(list, count, &(struct coming){ .at = instant_of_day(kept->valid_until), .whole_day = true, .line = line,
			.detail = TEXT(""), .title = arena_format(life->request->arena, TEXT_FORMAT " : dernier jour de validité",
				TEXT_ARGS(procedure->pieces[i].label)) });
	}
}

static enum guichet_status
coming_section(struct life *life, struct html *html, struct guichet_error *error)
{
	struct arena *arena = life->request->arena;
	struct coming *list = arena_array_of(arena, struct coming, COMING_MOST);
	size_t count = 0;
	if (!list)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < life->all.count; i++) {
		const struct line *line = &life->lines[i];
		for (size_t m = 0; m < line->moment_count; m++)
			if (line->moments[m].deadline)
				insert(list, &count, &(struct coming){ line->moments[m].at, line->moments[m].whole_day,
					line->moments[m].title, line->moments[m].detail, line });
		if (!line->ended)
			add_pieces(life, list, &count, line);
	}
	HTML_SAY(html, "h2", "Ce qui viendra de soi-même");
	if (count == 0) {
		HTML_SAY(html, "p", "Aucune date n’est connue à ce jour.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	HTML_IN(html, "ol", { "class", TEXT("timeline") });
	for (size_t i = 0; i < count; i++) {
		HTML_IN(html, "li", { "class", TEXT("future") });
		HTML_LINE(html, "p", list[i].whole_day ? day_of(arena, list[i].at) : instant_french(arena, list[i].at),
			{ "class", TEXT("timeline-date") });
		HTML_LINE(html, "p", list[i].title, { "class", TEXT("timeline-title") });
		HTML_IN(html, "div", { "class", TEXT("timeline-text") });
		if (list[i].detail.length)
			HTML_LINE(html, "p", list[i].detail);
		if (life->all.count > 1)
			line_link(life, html, list[i].line, "");
	}
	return GUICHET_OK;
}

/* ---- what happened ---- */

struct happened {
	struct dossier_moment moment;
	const struct line *line;
	bool twice; /* what a child did to its parent: told by the child */
};

/* What happened by itself and led where a dossier stands now: its timeline tells it as now, and ours by that. */
static bool
is_now(const struct line *line, const struct dossier_event *event)
{
	const struct dossier *state = &line->one->state;
	const struct dossier_done *last = dossier_last(state);
	return event->type == DOSSIER_ELAPSED && last && last->effect && last->version == event->number
		&& last->from != last->to && last->to == state->step;
}

static enum guichet_status
past_load(struct life *life, const struct office_life_event *events, size_t count, struct happened *list,
	size_t *ret_count, struct guichet_error *error)
{
	size_t told = 0;
	for (size_t i = 0; i < count; i++) {
		const struct line *line = &life->lines[events[i].dossier];
		bool is_told;
		const enum guichet_status status = dossier_tell_event(&line->one->facts, &line->viewer, &events[i].event,
			life->request->arena, &list[told].moment, &is_told, error);
		if (status != GUICHET_OK)
			return status;
		list[told].line = line;
		if (!is_told && is_now(line, &events[i].event)) {
			list[told].moment = (struct dossier_moment){ .kind = DOSSIER_PAST, .at = events[i].event.at, .title = line->label,
				.by = TEXT(""), .detail = TEXT("") };
			is_told = true;
		}
		told += is_told;
	}
	for (size_t i = 0; i < told; i++) {
		const struct dossier_moment *received = &list[i].moment;
		for (size_t j = 0; received->child.length && j < told; j++)
			list[i].twice |= text_equal(list[j].line->one->row->id, received->child) && list[j].moment.at == received->at
				&& text_equal(list[j].moment.title, received->title);
	}
	*ret_count = told;
	return GUICHET_OK;
}

static void
happened_line(struct life *life, struct html *html, const struct happened *one)
{
	HTML_IN(html, "li", { "class", TEXT("done") });
	HTML_LINE(html, "p", instant_french(life->request->arena, one->moment.at), { "class", TEXT("timeline-date") });
	HTML_LINE(html, "p", one->moment.title, { "class", TEXT("timeline-title") });
	HTML_IN(html, "div", { "class", TEXT("timeline-text") });
	if (one->moment.by.length)
		HTML_LINE(html, "p", one->moment.by, { "class", TEXT("muted") });
	if (one->moment.detail.length)
		HTML_LINE(html, "p", one->moment.detail);
	if (life->all.count > 1)
		line_link(life, html, one->line, "#parcours");
}

static int
year_of(const struct happened *one)
{
	return date_of_instant(one->moment.at, NULL).year;
}

/* The lines of one year, which begin with the first; how many they are. */
static size_t
year_part(struct life *life, struct html *html, const struct happened *list, size_t count, bool open)
{
	size_t end = 0, told = 0;
	for (; end < count && year_of(&list[end]) == year_of(&list[0]); end++)
		told += !list[end].twice;
	HTML_IN(html, "details", { "data-printed", TEXT("") }, { "open", HTML_WHEN(open) });
	HTML_LINE(html, "summary", arena_format(life->request->arena, told > 1 ? "%d, %zu événements" : "%d, %zu événement",
		year_of(&list[0]), told));
	HTML_IN(html, "ol", { "class", TEXT("timeline") });
	for (size_t i = 0; i < end; i++)
		if (!list[i].twice)
			happened_line(life, html, &list[i]);
	return end;
}

static enum guichet_status
past_section(struct life *life, struct store_tx *tx, struct html *html, instant before, struct guichet_error *error)
{
	struct request *request = life->request;
	const struct office_life_event *events;
	size_t event_count, count = 0;
	instant older;
	enum guichet_status status = office_life_past(tx, request->arena, &life->all, &visitor_of(request)->actor, before,
		PAST_SHOWN, &events, &event_count, &older, error);
	struct happened *list = status == GUICHET_OK ? arena_array_of(request->arena, struct happened, event_count + 1) : NULL;
	if (!list)
		return status != GUICHET_OK ? status : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	status = past_load(life, events, event_count, list, &count, error);
	if (status != GUICHET_OK)
		return status;
	HTML_SAY(html, "h2", "Ce qui s’est passé", { "id", TEXT("passe") });
	if (before != INSTANT_NEVER) {
		HTML_IN(html, "p");
		html_link(html, TEXT("/mes-demarches#passe"), TEXT("Revenir au plus récent"));
	}
	if (count == 0)
		HTML_SAY(html, "p", "Rien encore.", { "class", TEXT("empty") });
	for (size_t i = 0; i < count;)
		i += year_part(life, html, &list[i], count - i, i == 0);
	if (older == 0)
		return GUICHET_OK;
	HTML_IN(html, "p");
	html_link(html, arena_format(request->arena, "/mes-demarches?avant=%lld#passe", (long long)older), TEXT("Voir plus ancien"));
	return GUICHET_OK;
}

/* ---- GET /mes-demarches ---- */

enum guichet_status
page_life(struct request *request, struct html *html, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	struct life life;
	struct page_drafts drafts;
	int64_t before;
	enum guichet_status status = life_load(request, tx, &life, error);
	if (status == GUICHET_OK)
		status = page_drafts_load(request, tx, &drafts, error);
	if (status != GUICHET_OK)
		return status;
	if (!text_to_integer(request_query(request, "avant"), 1, INT64_MAX, &before))
		before = INSTANT_NEVER;
	PAGE_IN(request, html, TEXT("Mes démarches"), { TEXT("/"), TEXT("Accueil") });
	if (life.all.count + drafts.count == 0) {
		HTML_IN(html, "div", { "class", TEXT("empty") });
		HTML_SAY(html, "p", "Vous n’avez encore fait aucune demande. Tout ce qui vous concernera se lira ici : ce qui est "
			"attendu de vous, ce qui court, ce qui viendra, ce qui s’est passé.");
		HTML_IN(html, "p");
		html_link(html, TEXT("/"), TEXT("Choisir une campagne et faire une demande"));
		return GUICHET_OK;
	}
	HTML_SAY(html, "p", "Toutes vos demandes réunies. Cette page se lit ; ses liens mènent aux dossiers, où l’on agit.",
		{ "class", TEXT("lead") });
	html_markup(html, "<button class=\"button secondary\" type=\"button\" data-print hidden>Imprimer</button>");
	if (life.more)
		page_notice(html, NOTICE_INFO, (struct text){ 0 }, TEXT("Vous avez beaucoup de demandes : seules les plus récentes "
			"sont montrées en entier. Les autres se lisent depuis l’accueil."));
	{
		HTML_IN(html, "div", { "class", TEXT("columns") });
		{
			HTML_IN(html, "div");
			status = expected_section(&life, tx, html, &drafts, error);
			if (status == GUICHET_OK)
				running_section(&life, html);
		}
		HTML_IN(html, "div");
		if (status == GUICHET_OK)
			status = coming_section(&life, html, error);
	}
	return status == GUICHET_OK ? past_section(&life, tx, html, before, error) : status;
}
