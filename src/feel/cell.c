/* Tests as sets of values: see cell.h. */
#include "feel/survey.h"

#include "base/banned.h"

/* ---- axes and cuts ---- */

bool
judge_axis(const struct feel_type *type, const struct feel_value *constants, size_t count,
	struct axis *ret_axis)
{
	const struct axis declared = axis_of_kind(type->kind);
	struct axis axis = declared;
	bool found = false, opaque = false;
	*ret_axis = axis_of_kind(FEEL_ANY);
	for (size_t i = 0; i < count; i++) {
		const struct axis of = axis_of(constants[i]);
		opaque = opaque || (of.form == AXIS_OPAQUE && constants[i].kind != FEEL_NULL);
		if (of.form == AXIS_OPAQUE || (declared.form != AXIS_OPAQUE && constants[i].kind != declared.kind))
			continue; /* never the same as a value of the axis, never in order */
		if (found && !axis_equal(axis, of))
			return false;
		axis = of;
		found = true;
	}
	if (axis.form == AXIS_OPAQUE && opaque)
		return false;
	*ret_axis = axis;
	return true;
}

/* Text that is none of the cuts. */
static bool
other_text(struct arena *arena, const struct point *cuts, uint32_t count, struct feel_value *ret_value)
{
	static const struct text other = { "autre", 5 };
	size_t longest = 0;
	bool taken = false;
	for (uint32_t i = 0; i < count; i++) {
		longest = cuts[i].text.length > longest ? cuts[i].text.length : longest;
		taken = taken || text_equal(cuts[i].text, other);
	}
	if (!taken) {
		*ret_value = feel_string(other);
		return true;
	}
	char *made = arena_alloc(arena, longest + 1);
	if (!made)
		return false;
	memset(made, 'x', longest + 1);
	*ret_value = feel_string((struct text){ made, longest + 1 });
	return true;
}

bool
region_sample(struct arena *arena, struct axis axis, const struct point *cuts, uint32_t count,
	uint32_t region, bool whole, struct feel_value *ret_value)
{
	struct point point;
	if (region & 1) {
		*ret_value = point_value(axis, cuts[region / 2]);
		return true;
	}
	if (axis.form == AXIS_TEXT)
		return region == 0 && other_text(arena, cuts, count, ret_value);
	if (!point_between(axis, region ? &cuts[region / 2 - 1] : NULL,
		region / 2 < count ? &cuts[region / 2] : NULL, whole, &point))
		return false;
	*ret_value = point_value(axis, point);
	return true;
}

/* Where a constant stands; nothing at all in months is also nothing in days (§10.3.2.3.8). */
static bool
cut_of(struct axis axis, struct feel_value constant, struct point *ret_cut)
{
	const bool nothing = (constant.kind == FEEL_YEARS_MONTHS && constant.months == 0)
		|| (constant.kind == FEEL_DAYS_TIME && constant.nanoseconds == 0);
	if (nothing && (axis.kind == FEEL_YEARS_MONTHS || axis.kind == FEEL_DAYS_TIME)) {
		ret_cut->line = 0;
		return true;
	}
	return point_of(axis, constant, ret_cut);
}

/* The constants that stand on the axis, in order, each once. */
static bool
cuts_of(struct judge *judge, struct axis axis, size_t first, const struct point **ret_cuts,
	uint32_t *ret_count)
{
	struct point *cuts = arena_array_of(judge->arena, struct point, judge->constant_count - first);
	size_t count = 0;
	if (!cuts)
		return false;
	for (size_t i = first; i < judge->constant_count; i++)
		count += cut_of(axis, judge->constants[i], &cuts[count]);
	count = points_sort(axis, cuts, count);
	for (size_t i = 0; i < count && axis.form == AXIS_TEXT && judge->passing != judge->arena; i++)
		if (!(cuts[i].text = arena_text(judge->arena, cuts[i].text)).at)
			return false;
	*ret_cuts = cuts;
	*ret_count = (uint32_t)count;
	return true;
}

/* ---- answers ---- */

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_NEITHER };

/* The answer of the test itself. */
static bool
ask(struct judge *judge, const struct node *test, uint32_t place, struct feel_value value,
	enum answer *ret_answer)
{
	struct feel_value answer;
	judge->evaluation->locals[place] = value;
	for (unsigned i = 0; i < judge->alias_count; i++)
		judge->evaluation->locals[judge->aliases[i]] = value;
	if (!judge_evaluate(judge, test, &answer))
		return false;
	*ret_answer = answer.kind != FEEL_BOOLEAN ? ANSWER_NEITHER : answer.boolean ? ANSWER_YES : ANSWER_NO;
	return true;
}

/* Answers of a test, by region of cuts of its own. */
struct answers {
	enum cell_obstacle obstacle;
	const struct point *cuts;
	uint32_t cut_count;
	uint8_t *at;      /* enum answer; an empty region may say anything */
	enum answer null;
};

static struct answers
unanswered(enum cell_obstacle why)
{
	return (struct answers){ .obstacle = why };
}

static struct answers
no_memory(struct judge *judge)
{
	judge->no_memory = true;
	return unanswered(CELL_TOO_LARGE);
}

/* The test is asked on each side of each constant. */
static struct answers
ask_everywhere(struct judge *judge, const struct node *test, uint32_t place, struct axis axis)
{
	struct answers answers = { 0 };
	const size_t before = judge->constant_count;
	const enum cell_obstacle why = survey(judge, test, place);
	if (why != CELL_CLEAR)
		return unanswered(why);
	const bool made = cuts_of(judge, axis, before, &answers.cuts, &answers.cut_count);
	judge->constant_count = before;
	if (made && answers.cut_count > CELL_MOST_CUTS)
		return unanswered(CELL_TOO_LARGE);
	const uint32_t regions = 2 * answers.cut_count + 1;
	uint8_t *at = answers.at = made ? arena_array_of(judge->arena, uint8_t, regions) : NULL;
	if (!at)
		return no_memory(judge);
	for (uint32_t i = 0; i < regions; i++) {
		struct feel_value sample;
		enum answer answer = axis.form == AXIS_TEXT ? at[0] : ANSWER_NO;
		if (axis.form == AXIS_TEXT && i && !(i & 1)) {
			; /* all other texts are one region */
		} else if (region_sample(judge->arena, axis, answers.cuts, answers.cut_count, i, false, &sample)) {
			if (!ask(judge, test, place, sample, &answer))
				return unanswered(CELL_TOO_LARGE);
		} else if (axis.form == AXIS_TEXT) {
			return no_memory(judge);
		}
		at[i] = answer;
	}
	return ask(judge, test, place, feel_null(TEXT("")), &answers.null) ? answers : unanswered(CELL_TOO_LARGE);
}

/* ---- tests joined by "or" and "and" ---- */

static struct answers answers_of(struct judge *judge, const struct node *test, uint32_t place,
	struct axis axis);

/* Counts a part's answers where they are among the cuts of the whole: changes, to be summed. */
static void
count_answers(struct axis axis, const struct answers *whole, const struct answers *part, int32_t *yes,
	int32_t *neither)
{
	uint32_t start = 0;
	for (uint32_t i = 0; i <= 2 * part->cut_count; i++) {
		/* a region of the part goes up to its next cut */
		const uint32_t next = i & 1 ? start + 1 : i / 2 == part->cut_count ? 2 * whole->cut_count + 1
			: points_search(axis, whole->cuts, whole->cut_count, &part->cuts[i / 2]);
		int32_t *of = part->at[i] == ANSWER_YES ? yes : part->at[i] == ANSWER_NEITHER ? neither : NULL;
		if (of) {
			of[start]++;
			of[next]--;
		}
		start = next;
	}
}

/* false wins over null in a conjunction, true in a disjunction. */
static enum answer
joined(bool conjunction, int32_t yes, int32_t neither, int32_t count)
{
	if (conjunction)
		return yes + neither < count ? ANSWER_NO : neither ? ANSWER_NEITHER : ANSWER_YES;
	return yes ? ANSWER_YES : neither ? ANSWER_NEITHER : ANSWER_NO;
}

static struct answers
join_answers(struct judge *judge, struct axis axis, bool conjunction, const struct answers *parts,
	uint32_t count)
{
	struct answers whole = { 0 };
	size_t all = 0;
	int32_t yes = 0, neither = 0;
	for (uint32_t i = 0; i < count; i++) {
		all += parts[i].cut_count;
		yes += parts[i].null == ANSWER_YES;
		neither += parts[i].null == ANSWER_NEITHER;
	}
	whole.null = joined(conjunction, yes, neither, (int32_t)count);
	struct point *cuts = arena_array_of(judge->arena, struct point, all);
	if (!cuts)
		return no_memory(judge);
	all = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (parts[i].cut_count)
			memcpy(cuts + all, parts[i].cuts, parts[i].cut_count * sizeof *cuts);
		all += parts[i].cut_count;
	}
	whole.cuts = cuts;
	whole.cut_count = (uint32_t)points_sort(axis, cuts, all);
	const uint32_t regions = 2 * whole.cut_count + 1;
	int32_t *yes_at = arena_array_of(judge->arena, int32_t, regions + 1);
	int32_t *neither_at = arena_array_of(judge->arena, int32_t, regions + 1);
	whole.at = arena_array_of(judge->arena, uint8_t, regions);
	if (!yes_at || !neither_at || !whole.at)
		return no_memory(judge);
	for (uint32_t i = 0; i < count; i++)
		count_answers(axis, &whole, &parts[i], yes_at, neither_at);
	yes = neither = 0;
	for (uint32_t i = 0; i < regions; i++) {
		yes += yes_at[i];
		neither += neither_at[i];
		whole.at[i] = joined(conjunction, yes, neither, (int32_t)count);
	}
	return whole;
}

/* Each part is asked on its own constants only. */
static struct answers
answers_of_parts(struct judge *judge, const struct node *test, uint32_t place, struct axis axis)
{
	const uint8_t kind = test->kind;
	uint32_t count = 1;
	for (const struct node *node = test; node->kind == kind; node = node->left)
		count++;
	struct answers *parts = arena_array_of(judge->arena, struct answers, count);
	if (!parts)
		return no_memory(judge);
	for (uint32_t i = count; i-- > 0;) {
		parts[i] = answers_of(judge, i ? test->right : test, place, axis);
		if (parts[i].obstacle != CELL_CLEAR)
			return parts[i];
		test = i ? test->left : test;
	}
	return join_answers(judge, axis, kind == NODE_AND, parts, count);
}

static struct answers
answers_of(struct judge *judge, const struct node *test, uint32_t place, struct axis axis)
{
	if (node_is_logic(test))
		return answers_of_parts(judge, test, place, axis);
	if (test->kind != NODE_NOT)
		return ask_everywhere(judge, test, place, axis);
	struct answers answers = answers_of(judge, test->left, place, axis);
	if (answers.obstacle != CELL_CLEAR)
		return answers;
	static const enum answer opposite[] = { [ANSWER_NO] = ANSWER_YES, [ANSWER_YES] = ANSWER_NO,
		[ANSWER_NEITHER] = ANSWER_NEITHER };
	for (uint32_t i = 0; i <= 2 * answers.cut_count; i++)
		answers.at[i] = opposite[answers.at[i]];
	answers.null = opposite[answers.null];
	return answers;
}

/* ---- the doors ---- */

static struct cell
unjudged(enum cell_obstacle why)
{
	return (struct cell){ .obstacle = why };
}

struct cell
judge_cell(struct judge *judge, const struct node *test, uint32_t place, struct axis axis)
{
	static const uint8_t passes_everything = 1;
	if (!test || (test->kind == NODE_CONSTANT && feel_is_true(test->constant)))
		return (struct cell){ .any = true, .null_passes = true, .passes = &passes_everything };
	const struct answers answers = answers_of(judge, test, place, axis);
	judge_clear(judge);
	if (answers.obstacle != CELL_CLEAR)
		return unjudged(answers.obstacle);
	for (uint32_t i = 0; i <= 2 * answers.cut_count; i++)
		answers.at[i] = answers.at[i] == ANSWER_YES;
	return (struct cell){ .null_passes = answers.null == ANSWER_YES, .cuts = answers.cuts,
		.cut_count = answers.cut_count, .passes = answers.at };
}

struct cell
judge_cell_on(struct judge *judge, const struct node *test, uint32_t place, struct axis axis,
	const struct point *points, uint32_t count)
{
	struct cell cell = { .cuts = points, .cut_count = count };
	uint8_t *passes = arena_array_of(judge->arena, uint8_t, 2 * (size_t)count + 1);
	enum answer answer;
	const enum cell_obstacle why = judge_reads_only(judge, test, place);
	if (!passes) {
		judge->no_memory = true;
		return unjudged(CELL_TOO_LARGE);
	}
	if (why != CELL_CLEAR)
		return unjudged(why);
	cell.passes = passes;
	for (uint32_t i = 0; i < count; i++) {
		if (!ask(judge, test, place, point_value(axis, points[i]), &answer))
			return unjudged(CELL_TOO_LARGE);
		passes[2 * i + 1] = answer == ANSWER_YES;
	}
	if (!ask(judge, test, place, feel_null(TEXT("")), &answer))
		return unjudged(CELL_TOO_LARGE);
	cell.null_passes = answer == ANSWER_YES;
	judge_clear(judge);
	return cell;
}
