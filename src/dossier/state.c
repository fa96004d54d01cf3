/* The state of a dossier: looking at it, and what it keeps as events follow one another (state.h). */
#include "dossier/state.h"

#include "base/banned.h"

/* ---- looking ---- */

struct text
dossier_person_name(struct arena *arena, const struct dossier_person *person)
{
	const struct text parts[] = { person->civility, person->first_name, person->last_name };
	size_t size = 0;
	for (size_t i = 0; i < 3; i++)
		size += parts[i].length + 1;
	char *at = arena_alloc(arena, size + 1);
	if (!at)
		return (struct text){ NULL, 0 };
	size_t length = 0;
	for (size_t i = 0; i < 3; i++) {
		if (parts[i].length == 0)
			continue;
		if (length > 0)
			at[length++] = ' ';
		memcpy(at + length, parts[i].at, parts[i].length);
		length += parts[i].length;
	}
	return (struct text){ at, length };
}

struct text
dossier_delegation_quality(struct arena *arena, const struct dossier_delegation *delegation)
{
	const struct text since = delegation->from.year
		? arena_format(arena, "à compter du " TEXT_FORMAT, TEXT_ARGS(date_french(arena, delegation->from, false))) : TEXT("");
	const bool dated = since.length > 0, named = delegation->reference.length > 0;
	return arena_format(arena, TEXT_FORMAT "%spour " TEXT_FORMAT "%s" TEXT_FORMAT ", et par délégation%s" TEXT_FORMAT "%s"
		TEXT_FORMAT "%s", TEXT_ARGS(delegation->own), delegation->own.length ? ", " : "", TEXT_ARGS(delegation->giver),
		delegation->function.length ? ", " : "", TEXT_ARGS(delegation->function), dated || named ? " (" : "",
		TEXT_ARGS(delegation->reference), dated && named ? ", " : "", TEXT_ARGS(since), dated || named ? ")" : "");
}

struct feel_value
dossier_value_of(const struct dossier *dossier, struct text name)
{
	for (size_t i = 0; i < dossier->value_count; i++) {
		if (text_equal(dossier->values[i].name, name))
			return dossier->values[i].value;
	}
	return feel_null(TEXT(""));
}

const struct dossier_piece *
dossier_piece_find(const struct dossier *dossier, struct text name)
{
	for (size_t i = 0; i < dossier->piece_count; i++) {
		if (text_equal(dossier->pieces[i].name, name))
			return &dossier->pieces[i];
	}
	return NULL;
}

bool
dossier_piece_expired(const struct dossier_piece *piece, instant at)
{
	return piece->valid_until.year && date_compare(piece->valid_until, date_of_instant(at, NULL)) < 0;
}

const struct dossier_act *
dossier_act_find(const struct dossier *dossier, int letter)
{
	for (size_t i = dossier->act_count; i > 0; i--) {
		const struct dossier_act *act = &dossier->acts[i - 1];
		if (act->letter == letter && act->status != DOSSIER_CANCELLED && act->replaced_by.length == 0)
			return act;
	}
	return NULL;
}

/* "2023-TA-00042-K/2": the second. Digits by their own: a number may be read with others before the stroke. */
unsigned
dossier_act_rank(const struct dossier_act *act)
{
	size_t at = act->number.length;
	while (at > 0 && act->number.at[at - 1] != '/')
		at--;
	int64_t rank = 0;
	return text_to_integer(text_part(act->number, at, SIZE_MAX), 1, UINT32_MAX, &rank) ? (unsigned)rank : 0;
}

const struct dossier_act *
dossier_act_at(const struct dossier *dossier, unsigned rank)
{
	for (size_t i = 0; i < dossier->act_count; i++)
		if (dossier_act_rank(&dossier->acts[i]) == rank)
			return &dossier->acts[i];
	return NULL;
}

const struct dossier_done *
dossier_last(const struct dossier *dossier)
{
	const struct dossier_done *last = NULL;
	for (size_t i = 0; i < dossier->done_count; i++)
		if (!last || dossier->done[i].version > last->version)
			last = &dossier->done[i];
	return last;
}

struct dossier_done
dossier_done_of(const struct dossier *dossier, int move)
{
	struct dossier_done all = { .move = move };
	for (size_t i = 0; i < dossier->done_count; i++) {
		const struct dossier_done *done = &dossier->done[i];
		if (done->move != move)
			continue;
		const unsigned count = all.count + done->count;
		const instant first = all.count && all.first_at < done->first_at ? all.first_at : done->first_at;
		if (done->version > all.version)
			all = *done;
		all.count = count;
		all.first_at = first;
	}
	return all;
}

/* ---- keeping ---- */

/* Is it the same action, or the same effect, of the same step? */
static bool
same_move(const struct dossier_done *a, const struct dossier_done *b)
{
	return a->move == b->move && a->effect == b->effect && a->from == b->from;
}

bool
state_done_add(struct arena *arena, struct dossier *dossier, const struct dossier_done *one)
{
	struct dossier_done *all = arena_array_of(arena, struct dossier_done, dossier->done_count + 1);
	if (!all)
		return false;
	if (dossier->done_count > 0)
		memcpy(all, dossier->done, dossier->done_count * sizeof *all);
	size_t at = 0;
	while (at < dossier->done_count && !same_move(&all[at], one))
		at++;
	const bool again = at < dossier->done_count;
	const struct dossier_done before = again ? all[at] : (struct dossier_done){ .first_at = one->first_at };
	all[at] = *one;
	all[at].count = before.count + one->count;
	all[at].first_at = before.first_at;
	dossier->done = all;
	dossier->done_count += !again;
	return true;
}

const struct procedure_action *
state_veiling(const struct procedure *procedure, const struct dossier_done *done)
{
	const int action = done->effect || done->from == done->to ? PROCEDURE_NONE
		: procedure_action_find(procedure, done->from, procedure->moves[done->move].name);
	const struct procedure_step *to = &procedure->steps[done->to];
	return action >= 0 && to->agent_label.length > 0 && !text_equal(to->agent_label, to->label)
		? &procedure->actions[action] : NULL;
}

/* Cancelled or replaced, and its letter was made again since. */
static bool
act_is_past(const struct dossier *dossier, size_t index)
{
	const bool over = dossier->acts[index].status == DOSSIER_CANCELLED || dossier->acts[index].replaced_by.length > 0;
	bool past = false;
	for (size_t i = index + 1; over && i < dossier->act_count; i++)
		past |= dossier->acts[i].letter == dossier->acts[index].letter;
	return past;
}

bool
state_acts_keep(struct arena *arena, struct dossier *dossier)
{
	size_t count = 0;
	for (size_t i = 0; i < dossier->act_count; i++)
		count += !act_is_past(dossier, i);
	if (count == dossier->act_count)
		return true;
	struct dossier_act *acts = arena_array_of(arena, struct dossier_act, count);
	if (!acts)
		return false;
	count = 0;
	for (size_t i = 0; i < dossier->act_count; i++)
		if (!act_is_past(dossier, i))
			acts[count++] = dossier->acts[i];
	dossier->acts = acts;
	dossier->act_count = count;
	return true;
}

void
state_changes_keep(struct dossier *dossier)
{
	const size_t count = dossier->change_count;
	size_t first = count;
	while (first > 0 && dossier->changes[first - 1].version == dossier->changes[count - 1].version)
		first--;
	dossier->changes = count > 0 ? dossier->changes + first : NULL;
	dossier->change_count = count - first;
}
