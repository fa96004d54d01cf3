/* Can a hole stay empty? Each hole is tried: for every occasion on which its text is written,
 * what the circuit guarantees by then is given a sample value, and what it does not is tried
 * both with a value and without, the conditions around the hole being evaluated for good. A hole
 * found empty comes with its witness. */
#include "procedure/trial.h"

#include "base/banned.h"

enum { MOST_GUARDS = 20, SCRATCH = 1 << 20 };

struct guard {
	const struct feel *feel;
	bool holds; /* the hole is written when it is true, or when it is not */
};

/* Whether the hole is written and empty with the present values. */
static bool
is_empty(struct trial *trial, const struct guard *guards, size_t guard_count, const struct feel *hole)
{
	struct feel_run run;
	if (!trial_ready(trial, &run))
		return false;
	for (size_t i = 0; i < guard_count; i++)
		if (feel_is_true(trial_evaluate(trial, guards[i].feel, &run)) != guards[i].holds)
			return false;
	const struct feel_value value = trial_evaluate(trial, hole, &run);
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

/* Nothing, an empty list, what never happened, a clock that does not run: their first entry is null. */
static bool
says_nothing(struct feel_value value)
{
	return value.kind == FEEL_NULL || (value.kind == FEEL_LIST && value.list.count == 0)
		|| (value.kind == FEEL_CONTEXT && value.context.count > 0 && value.context.at[0].value.kind == FEEL_NULL);
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
		if (says_nothing(value))
			buffer_format(&when, ", sans « %.*s »", TEXT_ARGS(varied->name));
	}
	const struct text words = when.failed ? TEXT("") : buffer_text(&when);
	/* What the directory does not know cannot be made compulsory. */
	finding_add(reader->findings, 403, (struct span){ source, at, at + part->text.length },
		text_starts(part->text, TEXT("agent."))
			? arena_format(reader->arena, "l’annuaire peut ne pas le savoir : écrivez {{si %.*s != null}}{{%.*s}}{{fin}}",
				TEXT_ARGS(part->text), TEXT_ARGS(part->text))
			: TEXT("rendez-le obligatoire avant, ou écrivez {{si … != null}} … {{fin}} autour"),
		"« %.*s » peut rester vide%.*s", TEXT_ARGS(part->text), TEXT_ARGS(words));
}

/* True when the hole was told empty: one witness is enough. */
static bool
try_hole(struct trial *trial, const struct procedure_template *template, size_t nth, const struct occasion *occasion)
{
	const struct procedure_part *part = &template->parts[nth];
	struct guard guards[MOST_GUARDS];
	const size_t guard_count = guards_of(template, nth, guards);
	trial_forget(trial);
	trial_want(trial, part->feel);
	for (size_t i = 0; i < guard_count; i++)
		trial_want(trial, guards[i].feel);
	trial_vary(trial, occasion);
	for (int trials = 0; trials < TRIAL_MOST_TRIALS; trials++) {
		if (is_empty(trial, guards, guard_count, part->feel)) {
			tell_empty(trial, template, part, occasion);
			return true;
		}
		if (!trial_next(trial))
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
	struct trial trial;
	struct occasion *occasions = READER_ARRAY(check->reader, struct occasion, check->way_count + 1);
	if (!scratch || !occasions || !trial_prepare(&trial, check, scratch)) {
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
