/* Checks of the circuit: what cannot be reached, what never ends, who is waited for, who signs,
 * what an unfavourable decision must carry. */
#include "procedure/check.h"

#include "base/banned.h"

#define TELL(check, number, origin, remedy, ...) \
	finding_add((check)->reader->findings, (number), check_place((check), &(origin)), TEXT(remedy), __VA_ARGS__)

static bool
usable(const struct way *way)
{
	return !way->action || way->action->who.count > 0;
}

/* A step whose actions file a dossier: the draft, or where a nature begins. */
static void
check_draft(struct check *check, const struct procedure_step *draft, const char *what)
{
	const struct procedure *procedure = check->procedure;
	if (draft->actions.count == 0)
		TELL(check, 311, draft->origin, "ajoutez l’action qui dépose la demande",
			"%s n’a pas d’action", what);
	if (draft->deadlines.count)
		TELL(check, 311, procedure->deadlines[draft->deadlines.at[0]].origin, "mettez-la à l’étape suivante",
			"un brouillon n’a pas d’échéance : rien n’est encore déposé");
	if (draft->final)
		TELL(check, 311, draft->origin, "ôtez « fin: oui »", "%s ne peut pas être une fin", what);
}

static void
check_start(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	const struct procedure_step *draft = &procedure->steps[0];
	bool files = false;
	check_draft(check, draft, "la première étape, le brouillon,");
	for (size_t i = 0; i < procedure->nature_count; i++)
		if (procedure->natures[i].start != 0)
			check_draft(check, &procedure->steps[procedure->natures[i].start], "l’étape où commence une nature");
	for (size_t i = 0; i < draft->actions.count; i++) {
		const struct procedure_action *action = &procedure->actions[draft->actions.at[i]];
		size_t applicants = 0;
		for (size_t k = 0; k < action->who.count; k++)
			applicants += procedure->roles[action->who.at[k]].reach == PROCEDURE_APPLICANT;
		files |= applicants > 0;
		/* One that is nobody's but others': decisions are taken over by it, from a file. */
		if (applicants && applicants < action->who.count)
			TELL(check, 311, action->origin, "mettez le demandeur à « qui: »", "seul le demandeur dépose son brouillon");
	}
	if (draft->actions.count && !files)
		TELL(check, 311, procedure->actions[draft->actions.at[0]].origin, "mettez le demandeur à « qui: »",
			"seul le demandeur dépose son brouillon");
	for (size_t i = 0; i < check->way_count; i++) {
		const struct procedure_origin origin = way_origin(&check->ways[i]);
		const int to = check->ways[i].to;
		if (to != PROCEDURE_NONE && to != check->ways[i].step && procedure_is_draft(procedure, to))
			TELL(check, 311, origin, "menez à une autre étape, et laissez-y modifier la demande",
				"une demande déposée ne redevient pas un brouillon");
	}
}

/* Dated mails go by the step of the main circuit. */
static void
check_main_steps(struct check *check, struct procedure_list steps, const struct procedure_origin *origin)
{
	for (size_t i = 0; i < steps.count; i++)
		if (check->procedure->steps[steps.at[i]].track)
			TELL(check, 314, *origin, "n’y mettez que des étapes de « circuit » ; une condition peut lire « suivi »",
				"« %.*s » est une étape de suivi", TEXT_ARGS(check->procedure->steps[steps.at[i]].name));
}

/* Each circuit has its own way: one moves another by a passage whose condition reads where it stands. */
static void
check_tracks(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < check->way_count; i++) {
		const struct way *way = &check->ways[i];
		const struct procedure_origin origin = way_origin(way);
		const struct text name = way_name(way);
		if (way->to == PROCEDURE_NONE || procedure->steps[way->to].track == procedure->steps[way->step].track)
			continue;
		TELL(check, 314, origin, "menez à une étape du même circuit ; là-bas, un passage lira où en est celui-ci",
			"« %.*s » mène d’un circuit à l’étape « %.*s » d’un autre", TEXT_ARGS(name),
			TEXT_ARGS(procedure->steps[way->to].name));
	}
	for (size_t i = 0; i < procedure->mail_count; i++)
		if (procedure->mails[i].moment)
			check_main_steps(check, procedure->mails[i].steps, &procedure->mails[i].origin);
	for (size_t i = 0; i < procedure->move_count; i++) {
		const struct procedure_move *move = &procedure->moves[i];
		int track = PROCEDURE_NONE;
		for (size_t k = 0; k < move->actions.count + move->deadlines.count; k++) {
			const bool acts = k < move->actions.count;
			const struct procedure_action *action = acts ? &procedure->actions[move->actions.at[k]] : NULL;
			const struct procedure_deadline *deadline = acts ? NULL
				: &procedure->deadlines[move->deadlines.at[k - move->actions.count]];
			const int here = procedure->steps[acts ? action->step : deadline->step].track;
			if (track != PROCEDURE_NONE && track != here)
				TELL(check, 314, *(acts ? &action->origin : &deadline->origin), "donnez-lui un autre nom",
					"« %.*s » existe déjà dans un autre circuit, qui vit en même temps", TEXT_ARGS(move->name));
			track = here;
		}
	}
}

/* Which steps lead to a final one. */
static bool *
steps_that_end(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	bool *ends = READER_ARRAY(check->reader, bool, procedure->step_count);
	for (size_t i = 0; ends && i < procedure->step_count; i++)
		ends[i] = procedure->steps[i].final;
	for (bool changed = ends != NULL; changed;) {
		changed = false;
		for (size_t i = 0; i < check->way_count; i++) {
			const struct way *way = &check->ways[i];
			if (way->to == PROCEDURE_NONE || !usable(way) || ends[way->step] || !ends[way->to])
				continue;
			ends[way->step] = changed = true;
		}
	}
	return ends;
}

static void
check_steps(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	const bool *ends = steps_that_end(check);
	for (size_t i = 0; ends && i < procedure->step_count; i++) {
		const struct procedure_step *step = &procedure->steps[i];
		bool leaves = false;
		for (size_t k = 0; k < check->way_count; k++)
			leaves |= check->ways[k].step == (int)i && check->ways[k].to != PROCEDURE_NONE && check->ways[k].to != (int)i
				&& usable(&check->ways[k]);
		if (!check->flow.reached[i])
			TELL(check, 301, step->origin, "écrivez une action qui y mène, ou ôtez-la", "aucun chemin ne mène à l’étape « %.*s »",
				TEXT_ARGS(step->name));
		else if (step->track)
			; /* a suivi may stay where it is */
		else if (!step->final && !leaves)
			TELL(check, 302, step->origin, "ajoutez une action ou une échéance, ou « fin: oui »",
				"une demande entrée à l’étape « %.*s » n’en sort plus", TEXT_ARGS(step->name));
		else if (!step->final && !ends[i])
			TELL(check, 309, step->origin, "ajoutez un chemin vers une étape marquée « fin: oui »",
				"de l’étape « %.*s » on n’arrive jamais à une fin", TEXT_ARGS(step->name));
		if (step->final && leaves)
			TELL(check, 302, step->origin, "ôtez « fin: oui », ou ce qui en sort",
				"l’étape « %.*s » est une fin et pourtant on en sort",
				TEXT_ARGS(step->name));
	}
}

static void
check_waiting(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 1; i < procedure->step_count; i++) {
		const struct procedure_step *step = &procedure->steps[i];
		if (procedure_is_draft(procedure, (int)i))
			continue;
		bool moves = false;
		for (size_t k = 0; k < step->deadlines.count; k++)
			moves |= procedure->deadlines[step->deadlines.at[k]].to != PROCEDURE_NONE;
		if (step->final || !check->flow.reached[i])
			continue;
		if (!moves && step->awaits.count == 0 && !step->track)
			TELL(check, 303, step->origin, "ajoutez « attend: » et un rôle", "on ne dit pas qui doit agir à l’étape « %.*s »",
				TEXT_ARGS(step->name));
		if (step->awaits.count && step->deadlines.count == 0 && step->if_nothing.length == 0)
			TELL(check, 304, step->origin, "ajoutez « si_rien: », une phrase que la personne lira, ou une échéance",
				"à l’étape « %.*s », on ne dit pas ce qui arrive si personne n’agit", TEXT_ARGS(step->name));
		for (size_t k = 0; k < step->awaits.count; k++) {
			bool acts = false;
			for (size_t m = 0; m < step->actions.count; m++)
				acts |= procedure_list_has(procedure->actions[step->actions.at[m]].who, step->awaits.at[k]);
			if (!acts)
				TELL(check, 303, step->origin, "donnez-lui une action, ou attendez un autre rôle",
					"l’étape « %.*s » attend « %.*s », qui n’y peut rien faire", TEXT_ARGS(step->name),
					TEXT_ARGS(procedure->roles[step->awaits.at[k]].name));
		}
	}
}

/* Where all are awaited, each must be able to answer and to stay. */
static void
check_answers(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->step_count; i++) {
		const struct procedure_step *step = &procedure->steps[i];
		if (step->awaits_all && step->awaits.count < 2)
			TELL(check, 315, step->origin, "ôtez « attend_tous: », ou attendez plusieurs rôles",
				"l’étape « %.*s » n’attend pas plusieurs rôles", TEXT_ARGS(step->name));
		for (size_t k = 0; step->awaits_all && k < step->awaits.count; k++) {
			bool answers = false;
			for (size_t m = 0; m < step->actions.count; m++) {
				const struct procedure_action *action = &procedure->actions[step->actions.at[m]];
				answers |= action->answers && procedure_list_has(action->who, step->awaits.at[k]);
			}
			if (!answers)
				TELL(check, 315, step->origin, "donnez-lui une action sans « vers: » : ce sera sa réponse",
					"à l’étape « %.*s », « %.*s » ne peut pas donner sa réponse", TEXT_ARGS(step->name),
					TEXT_ARGS(procedure->roles[step->awaits.at[k]].name));
		}
	}
}

/* What happens without anybody. Passages have their own proof: check_passages.c. */
static bool
turns_alone(const struct procedure_deadline *deadline)
{
	return deadline->to != PROCEDURE_NONE && !deadline->passage && deadline->upon_count == 0;
}

/* What happens to a child may bring its parent to a refusal: not what is due of right. With a condition, it is refused then. */
static void
check_reactions_of_right(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->deadline_count && procedure->entitled; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[i];
		if (deadline->upon_count && !deadline->condition && deadline->to != PROCEDURE_NONE && deadline->to != deadline->step
			&& procedure->steps[deadline->to].sense == PROCEDURE_UNFAVOURABLE)
			TELL(check, 318, deadline->origin, "ajoutez « si: » : hors de ce que « de_droit » protège ; sinon "
				"l’action du dossier né d’elle est refusée à qui la fait",
				"« %.*s » refuserait aussi une demande de droit, par ce qui arrive à un dossier né d’elle",
				TEXT_ARGS(deadline->name));
	}
}

/* What silence means is said where it goes against the applicant, and a refusal by silence is written. */
static void
check_silence(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->deadline_count; i++) {
		const struct procedure_deadline *deadline = &procedure->deadlines[i];
		const struct procedure_step *to = deadline->to == PROCEDURE_NONE ? NULL : &procedure->steps[deadline->to];
		const bool against = to && deadline->to != deadline->step && to->sense == PROCEDURE_UNFAVOURABLE,
			awaits = procedure->steps[deadline->step].awaits.count > 0;
		bool written = false;
		if (deadline->passage || !deadline->when)
			continue;
		for (size_t k = 0; k < deadline->produces.count; k++)
			written |= procedure->letters[deadline->produces.at[k]].sense == PROCEDURE_UNFAVOURABLE;
		if (against && awaits && to->final && deadline->silence == PROCEDURE_SILENCE_UNSAID)
			TELL(check, 316, deadline->origin, "ajoutez « silence: refus » (ou acceptation, ou rien) : la personne le lira",
				"sans réponse, « %.*s » mène à l’étape défavorable « %.*s » sans dire ce que vaut ce silence",
				TEXT_ARGS(deadline->name), TEXT_ARGS(to->name));
		if (deadline->silence == PROCEDURE_SILENCE_REFUSES && !written)
			TELL(check, 317, deadline->origin, "ajoutez « produit: » et une lettre de « sens: défavorable », qui dit les recours",
				"le silence vaut refus, et aucune lettre défavorable ne le dit");
		if (deadline->silence == PROCEDURE_SILENCE_ACCEPTS && (against || written))
			TELL(check, 317, deadline->origin, "corrigez « silence: », ou l’étape où mène l’échéance",
				"le silence vaut acceptation, et l’échéance « %.*s » est défavorable", TEXT_ARGS(deadline->name));
		if (procedure->entitled && against && !deadline->condition)
			TELL(check, 318, deadline->origin, "ajoutez « si: » : hors de ce que « de_droit » protège",
				"l’échéance « %.*s » refuserait aussi une demande de droit", TEXT_ARGS(deadline->name));
	}
}

/* A circle made of deadlines alone would turn without anybody. */
static void
check_loops(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	bool *seen = READER_ARRAY(check->reader, bool, procedure->step_count);
	int *queue = READER_ARRAY(check->reader, int, procedure->step_count);
	for (size_t i = 0; seen && queue && i < procedure->deadline_count; i++) {
		const struct procedure_deadline *first = &procedure->deadlines[i];
		if (!turns_alone(first))
			continue;
		memset(seen, 0, procedure->step_count);
		size_t head = 0, tail = 0;
		queue[tail++] = first->to;
		seen[first->to] = true;
		while (head < tail && !seen[first->step]) {
			const struct procedure_list next = procedure->steps[queue[head++]].deadlines;
			for (size_t k = 0; k < next.count; k++) {
				const int to = procedure->deadlines[next.at[k]].to;
				if (turns_alone(&procedure->deadlines[next.at[k]]) && !seen[to]) {
					seen[to] = true;
					queue[tail++] = to;
				}
			}
		}
		if (seen[first->step])
			TELL(check, 305, first->origin, "faites agir quelqu’un quelque part sur ce chemin",
				"d’échéance en échéance, « %.*s » ramène à l’étape « %.*s » sans que personne n’agisse",
				TEXT_ARGS(first->name), TEXT_ARGS(procedure->steps[first->step].name));
	}
}

/* ---- unfavourable decisions ---- */

static enum procedure_sense
way_sense(const struct check *check, const struct way *way)
{
	if (way->action && way->action->sense != PROCEDURE_NO_SENSE)
		return way->action->sense;
	return way->to != PROCEDURE_NONE && way->to != way->step ? check->procedure->steps[way->to].sense : PROCEDURE_NO_SENSE;
}

/* A compulsory text or choice that an unfavourable action asks for. */
static bool
is_ground(const struct check *check, int index)
{
	const struct procedure *procedure = check->procedure;
	const struct procedure_field *field = &procedure->fields[index];
	static const bool grounds[PROCEDURE_FIELD_TYPE_COUNT] = { [PROCEDURE_FIELD_TEXT] = true,
		[PROCEDURE_FIELD_LONG_TEXT] = true, [PROCEDURE_FIELD_ADDRESS] = true, [PROCEDURE_FIELD_CHOICE] = true,
		[PROCEDURE_FIELD_CHOICES] = true };
	if (!field->compulsory || field->condition || !grounds[field->type])
		return false;
	for (size_t i = 0; i < check->way_count; i++) {
		const struct way *way = &check->ways[i];
		if (way->action && procedure_list_has(way->action->enters, index) && way_sense(check, way) == PROCEDURE_UNFAVOURABLE)
			return true;
	}
	return false;
}

static void
check_grounds(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	uint64_t *set = READER_ARRAY(check->reader, uint64_t, check->flow.words);
	for (size_t i = 0; set && i < check->way_count; i++) {
		const struct way *way = &check->ways[i];
		/* Silence has no ground to give: its letter says so. */
		if (way_sense(check, way) != PROCEDURE_UNFAVOURABLE || !check->flow.reached[way->step]
			|| (way->deadline && way->deadline->silence == PROCEDURE_SILENCE_REFUSES))
			continue;
		flow_before(check, way, set);
		flow_after(check, way, set);
		bool grounded = false;
		for (size_t k = procedure->form_field_count; k < procedure->field_count; k++)
			grounded |= flow_has(set, flow_field(check, (int)k)) && is_ground(check, (int)k);
		const struct procedure_origin origin = way_origin(way);
		const struct text name = way_name(way);
		if (!grounded)
			TELL(check, 308, origin, "ajoutez sous « saisit: » un motif « obligatoire: oui »",
				"« %.*s » est défavorable, et un chemin y mène sans motif obligatoire", TEXT_ARGS(name));
	}
}

static void
check_letter_senses(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < check->way_count; i++) {
		const struct way *way = &check->ways[i];
		const struct procedure_list produces = way->action ? way->action->produces : way->deadline->produces;
		const enum procedure_sense sense = way_sense(check, way);
		for (size_t k = 0; k < produces.count; k++) {
			const struct procedure_letter *letter = &procedure->letters[produces.at[k]];
			const struct procedure_origin origin = way_origin(way);
			if (sense == PROCEDURE_UNFAVOURABLE && letter->sense != PROCEDURE_UNFAVOURABLE)
				TELL(check, 411, letter->origin, "ajoutez « sens: défavorable » à la lettre : elle dira les recours",
					"la lettre « %.*s » sort d’une décision défavorable (ligne %u) sans le dire", TEXT_ARGS(letter->name),
					origin.line);
			else if (sense == PROCEDURE_FAVOURABLE && letter->sense == PROCEDURE_UNFAVOURABLE)
				TELL(check, 411, origin, "produisez une autre lettre, ou corrigez un des deux sens",
					"une décision favorable produit la lettre défavorable « %.*s »", TEXT_ARGS(letter->name));
		}
	}
}

static void
check_signatures(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->action_count; i++) {
		const struct procedure_action *action = &procedure->actions[i];
		if (action->signs == PROCEDURE_NONE || !check->flow.reached[action->step])
			continue;
		const struct procedure_letter *letter = &procedure->letters[action->signs];
		const uint64_t *known = check->flow.at_step + check->flow.words * (size_t)action->step;
		for (size_t k = 0; k < action->who.count; k++)
			if (!procedure_list_has(letter->signers, action->who.at[k]))
				TELL(check, 310, action->origin, "ajoutez-le à « signent: » de la lettre",
					"« %.*s » n’est pas parmi les signataires de la lettre « %.*s »",
					TEXT_ARGS(procedure->roles[action->who.at[k]].name), TEXT_ARGS(letter->name));
		if (!flow_has(known, flow_letter(check, action->signs)))
			TELL(check, 310, action->origin, "produisez-la avant, sur tous les chemins",
				"un chemin mène ici sans que la lettre « %.*s » existe", TEXT_ARGS(letter->name));
	}
	for (size_t i = 0; i < procedure->letter_count; i++) {
		const struct procedure_letter *letter = &procedure->letters[i];
		for (size_t k = 0; k < letter->signers.count; k++) {
			bool signs = false;
			for (size_t m = 0; m < procedure->action_count; m++)
				signs |= procedure->actions[m].signs == (int)i && procedure_list_has(procedure->actions[m].who, letter->signers.at[k]);
			if (!signs)
				TELL(check, 310, letter->origin, "écrivez une action avec « signe: », ou ôtez ce signataire",
					"aucune action ne fait signer la lettre « %.*s » par « %.*s »", TEXT_ARGS(letter->name),
					TEXT_ARGS(procedure->roles[letter->signers.at[k]].name));
		}
	}
}

static bool
is_filing(const struct procedure *procedure, const struct procedure_action *action)
{
	bool files = action->step == 0;
	for (size_t i = 0; i < procedure->nature_count; i++)
		files |= action->step == procedure->natures[i].start;
	return files;
}

/* Does what it does go to another dossier at once? */
static bool
reaches_parent(const struct procedure *procedure, const struct procedure_action *action)
{
	bool reaches = action->report_count > 0;
	for (size_t i = 0; i < procedure->deadline_count; i++)
		for (size_t k = 0; k < procedure->deadlines[i].upon_count; k++)
			reaches |= procedure->deadlines[i].upon[k].move == action->move;
	return reaches;
}

/* What cannot be undone: a filing, a signature, what was told to another dossier. */
static void
check_undone(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->action_count; i++) {
		const struct procedure_action *action = &procedure->actions[i];
		const char *why = !action->undo_for ? NULL
			: is_filing(procedure, action) ? "elle dépose la demande"
			: action->signs != PROCEDURE_NONE ? "elle signe une lettre"
			: reaches_parent(procedure, action) ? "elle change aussitôt un autre dossier" : NULL;
		if (why)
			TELL(check, 351, action->origin, "ôtez « annulable: »", "l’action « %.*s » ne peut pas être annulable : %s",
				TEXT_ARGS(action->name), why);
	}
}

void
check_circuit(struct check *check)
{
	check_tracks(check);
	check_undone(check);
	check_start(check);
	check_steps(check);
	check_waiting(check);
	check_answers(check);
	check_loops(check);
	check_silence(check);
	check_reactions_of_right(check);
	check_reactions_of_right(check);
	check_grounds(check);
	check_letter_senses(check);
	check_signatures(check);
}
