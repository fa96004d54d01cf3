/* Checks of dossiers born of another: that each nature can be filed, and that what it brings to the dossier it comes
 * from comes from such a dossier. */
#include "procedure/check.h"

#include "base/banned.h"

#define TELL(check, number, origin, remedy, ...) \
	finding_add((check)->reader->findings, (number), check_place((check), &(origin)), TEXT(remedy), __VA_ARGS__)

static void
check_filing(struct check *check, const struct procedure_nature *nature)
{
	const struct procedure *procedure = check->procedure;
	const struct procedure_step *start = &procedure->steps[nature->start];
	for (size_t i = 0; i < nature->who.count; i++) {
		bool files = false;
		for (size_t k = 0; k < start->actions.count; k++)
			files |= procedure_list_has(procedure->actions[start->actions.at[k]].who, nature->who.at[i]);
		if (!files)
			TELL(check, 321, nature->origin, "donnez-lui une action à cette étape, ou ôtez-le de « qui: »",
				"« %.*s » peut ouvrir la nature « %.*s », mais n’a pas d’action à l’étape « %.*s » pour la déposer",
				TEXT_ARGS(procedure->roles[nature->who.at[i]].name), TEXT_ARGS(nature->name), TEXT_ARGS(start->name));
	}
	for (size_t i = 0; i < nature->from.count; i++)
		if (procedure_is_draft(procedure, nature->from.at[i]))
			TELL(check, 321, nature->origin, "donnez une étape d’un dossier déposé",
				"la nature « %.*s » s’ouvre depuis un brouillon", TEXT_ARGS(nature->name));
}

/* Every name that is copied exists, in a step where some nature may come. */
static void
check_reports(struct check *check, const struct way *way, const struct text *names, size_t count)
{
	const struct procedure *procedure = check->procedure;
	const struct procedure_origin origin = way_origin(way);
	bool born = false;
	for (size_t i = 0; i < procedure->nature_count; i++)
		born |= flow_may_be(check, (int)i, way->step);
	if (count > 0 && !born)
		TELL(check, 322, origin, "ôtez « reporte: », ou menez-y un avenant",
			"« %.*s » reporte des valeurs, et aucun dossier né d’un autre n’arrive à cette étape", TEXT_ARGS(way_name(way)));
	for (size_t i = 0; i < count; i++) {
		const int field = procedure_field_find(procedure, names[i]);
		if ((field < 0 || (size_t)field >= procedure->form_field_count) && procedure_posed_find(procedure, names[i]) < 0
			&& names[i].length)
			TELL(check, 201, origin, "reportez un champ du formulaire ou une valeur posée",
				"aucun champ du formulaire ni valeur posée ne s’appelle « %.*s »", TEXT_ARGS(names[i]));
	}
}

/* What is waited for may happen to a dossier of that nature. */
static void
check_upon(struct check *check, const struct procedure_deadline *deadline)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < deadline->upon_count; i++) {
		const struct procedure_happening upon = deadline->upon[i];
		bool happens = false;
		for (size_t k = 0; k < check->way_count; k++) {
			const struct way *way = &check->ways[k];
			happens |= flow_may_be(check, upon.nature, way->step)
				&& (way->action ? way->action->move : way->deadline->move) == upon.move;
		}
		if (!happens)
			TELL(check, 322, deadline->origin, "attendez une action ou une échéance de ses étapes",
				"« %.*s » n’arrive jamais à un dossier de nature « %.*s »", TEXT_ARGS(procedure->moves[upon.move].name),
				TEXT_ARGS(procedure->natures[upon.nature].name));
	}
}

static bool
awaits(const struct procedure_deadline *deadline, struct procedure_happening upon)
{
	bool waits = false;
	for (size_t i = 0; i < deadline->upon_count; i++)
		waits |= deadline->upon[i].nature == upon.nature && deadline->upon[i].move == upon.move;
	return waits;
}

/* Does one written before it, at the same step, always take what this one waits for? */
static const struct procedure_deadline *
taken_by(const struct procedure *procedure, const struct procedure_deadline *deadline, struct procedure_happening upon)
{
	const struct procedure_list list = procedure->steps[deadline->step].deadlines;
	for (size_t i = 0; i < list.count && &procedure->deadlines[list.at[i]] != deadline; i++) {
		const struct procedure_deadline *before = &procedure->deadlines[list.at[i]];
		const bool same = !before->condition || (deadline->condition
			&& text_equal(feel_source_of(before->condition), feel_source_of(deadline->condition)));
		if (same && awaits(before, upon))
			return before;
	}
	return NULL;
}

/* Of several that wait for the same thing, the first whose condition holds happens: one after it may never. */
static void
check_order(struct check *check, const struct procedure_deadline *deadline)
{
	const struct procedure_deadline *before = NULL;
	for (size_t i = 0; i < deadline->upon_count; i++) {
		before = taken_by(check->procedure, deadline, deadline->upon[i]);
		if (!before)
			return;
	}
	if (before)
		TELL(check, 326, deadline->origin, "écrivez-la avant, ou donnez à l’autre un « si: »",
			"« %.*s » n’arrive jamais : « %.*s », écrite avant elle, arrive toujours à sa place", TEXT_ARGS(deadline->name),
			TEXT_ARGS(before->name));
}

static void
check_replaces(struct check *check, size_t letter)
{
	const struct procedure *procedure = check->procedure;
	bool produced = procedure->letters[letter].replaces.count == 0;
	for (size_t i = 0; !produced && i < check->way_count; i++) {
		const struct way *way = &check->ways[i];
		const struct procedure_list produces = way->action ? way->action->produces : way->deadline->produces;
		for (size_t k = 0; k < procedure->nature_count; k++)
			produced |= flow_may_be(check, (int)k, way->step) && procedure_list_has(produces, (int)letter);
	}
	if (!produced)
		TELL(check, 322, procedure->letters[letter].origin, "ôtez « remplace: », ou produisez-la dans un avenant",
			"la lettre « %.*s » en remplace une autre, et aucun dossier né d’un autre ne la produit",
			TEXT_ARGS(procedure->letters[letter].name));
}

/* What a child brings to its parent cannot be taken back: the parent has gone on. */
static void
check_undoing(struct check *check, const struct procedure_action *action)
{
	const struct procedure *procedure = check->procedure;
	bool brings = action->report_count > 0, born = false;
	for (size_t i = 0; i < procedure->nature_count; i++)
		born |= flow_may_be(check, (int)i, action->step);
	for (size_t i = 0; i < action->produces.count; i++)
		brings |= procedure->letters[action->produces.at[i]].replaces.count > 0;
	for (size_t i = 0; i < procedure->deadline_count; i++)
		for (size_t k = 0; k < procedure->deadlines[i].upon_count; k++)
			brings |= procedure->deadlines[i].upon[k].move == action->move;
	if (action->undo_for > 0 && born && brings)
		TELL(check, 323, action->origin, "ôtez « annulable: »",
			"« %.*s » change le dossier d’origine : cela ne s’annule pas", TEXT_ARGS(action->name));
}

void
check_natures(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->nature_count; i++)
		check_filing(check, &procedure->natures[i]);
	for (size_t i = 0; i < check->way_count; i++) {
		const struct way *way = &check->ways[i];
		check_reports(check, way, way->action ? way->action->reports : way->deadline->reports,
			way->action ? way->action->report_count : way->deadline->report_count);
		if (way->deadline) {
			check_upon(check, way->deadline);
			check_order(check, way->deadline);
		} else
			check_undoing(check, way->action);
	}
	for (size_t i = 0; i < procedure->letter_count; i++)
		check_replaces(check, i);
}
