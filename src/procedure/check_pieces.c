/* Checks of pieces: who hands them in, who examines them, and that nobody reads in a mail, a letter or a list what
 * they may not open. */
#include "procedure/check.h"

#include "base/banned.h"

#define TELL(check, number, origin, remedy, ...) \
	finding_add((check)->reader->findings, (number), check_place((check), &(origin)), TEXT(remedy), __VA_ARGS__)

static void
check_hands(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[i];
		bool joined = !piece->later, examined = false;
		for (size_t k = 0; k < procedure->action_count; k++) {
			const struct procedure_action *action = &procedure->actions[k];
			joined |= procedure_list_has(action->joins, (int)i) && check->flow.reached[action->step];
			examined |= procedure_list_has(action->examines, (int)i) && check->flow.reached[action->step];
		}
		for (size_t k = 0; k < procedure->nature_count; k++)
			joined |= procedure_list_has(procedure->natures[k].pieces, (int)i);
		if (!joined)
			TELL(check, 801, piece->origin, "ajoutez-la à « joint: » d’une action, ou ôtez « attendue: plus tard »",
				"aucune action ne joint la pièce « %.*s »", TEXT_ARGS(piece->name));
		if (piece->examined && !examined)
			TELL(check, 802, piece->origin, "ajoutez-la à « examine: » d’une action, ou ôtez « examen: oui »",
				"personne n’accepte ni ne renvoie la pièce « %.*s »", TEXT_ARGS(piece->name));
	}
	for (size_t k = 0; k < procedure->action_count; k++) {
		const struct procedure_action *action = &procedure->actions[k];
		for (size_t i = 0; i < action->examines.count; i++) {
			const struct procedure_piece *piece = &procedure->pieces[action->examines.at[i]];
			if (!piece->examined)
				TELL(check, 802, action->origin, "écrivez « examen: oui » à cette pièce, ou ne l’examinez pas ici",
					"l’action « %.*s » examine « %.*s », qui ne s’examine pas", TEXT_ARGS(action->name),
					TEXT_ARGS(piece->name));
		}
	}
}

/* Files and verdicts are given one dossier at a time, by somebody who is logged in. */
static void
check_channels(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t k = 0; k < procedure->action_count; k++) {
		const struct procedure_action *action = &procedure->actions[k];
		if (action->batch && action->joins.count + action->examines.count)
			TELL(check, 804, action->origin, "ôtez « par_lot: oui »",
				"l’action « %.*s » joint ou examine des pièces : elle se fait dossier par dossier", TEXT_ARGS(action->name));
		for (size_t i = 0; i < procedure->mail_count && action->joins.count; i++)
			if (procedure_list_has(procedure->mails[i].links, action->move))
				TELL(check, 804, procedure->mails[i].origin, "ôtez-la de « lien: » : la personne se connectera",
					"par un lien de courrier on ne peut pas joindre de pièce, et « %.*s » en joint", TEXT_ARGS(action->name));
	}
}

/* ---- who may read ---- */

/* Whoever hands it in may read it too. */
static bool
may_read(const struct procedure *procedure, size_t index, int role)
{
	const struct procedure_piece *piece = &procedure->pieces[index];
	if (piece->readers.count == 0 || procedure_list_has(piece->readers, role))
		return true;
	for (size_t k = 0; k < procedure->action_count; k++) {
		const struct procedure_action *action = &procedure->actions[k];
		if ((procedure_list_has(action->joins, (int)index) || (action->step == 0 && !piece->later))
		    && procedure_list_has(action->who, role))
			return true;
	}
	for (size_t k = 0; k < procedure->nature_count; k++)
		if (procedure_list_has(procedure->natures[k].pieces, (int)index) && procedure_list_has(procedure->natures[k].who, role))
			return true;
	return false;
}

/* Whoever types it may read it too. */
static bool
may_read_field(const struct procedure *procedure, int index, int role)
{
	const struct procedure_field *field = &procedure->fields[index];
	if (field->readers.count == 0 || procedure_list_has(field->readers, role))
		return true;
	for (size_t k = 0; k < procedure->action_count; k++) {
		const struct procedure_action *action = &procedure->actions[k];
		const bool typed = procedure_list_has(action->enters, index) || procedure_list_has(action->changes, index)
			|| (action->step == 0 && field->section >= 0 && !field->later);
		if (typed && procedure_list_has(action->who, role))
			return true;
	}
	return false;
}

/* What a role would read and may not. */
struct unfit {
	int role;
	const char *what; /* "la pièce", "le champ" */
	struct text name;
};

static bool
unfit_use(const struct procedure *procedure, const struct feel_use *use, int role, struct unfit *ret_unfit)
{
	const struct procedure_slot *slot = use->slot < procedure->slot_count ? &procedure->slots[use->slot] : NULL;
	struct text path = use->path;
	if (slot && slot->kind == PROCEDURE_SLOT_FIELD) {
		*ret_unfit = (struct unfit){ role, "le champ", slot->name };
		return !may_read_field(procedure, slot->index, role);
	}
	if ((int)use->slot != procedure->pieces_slot)
		return false;
	(void)text_split(&path, '.');
	const int piece = path.at ? procedure_piece_find(procedure, text_split(&path, '.')) : PROCEDURE_NONE;
	if (piece >= 0)
		*ret_unfit = (struct unfit){ role, "la pièce", procedure->pieces[piece].name };
	return piece >= 0 && !may_read(procedure, (size_t)piece, role);
}

/* The first of `roles` that may not read what the expression shows, computed values followed. */
static bool
first_unfit(const struct procedure *procedure, const struct feel *feel, struct procedure_list roles,
	struct unfit *ret_unfit)
{
	size_t count = 0;
	const struct feel_use *uses = feel ? feel_reads(feel, &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		const struct procedure_slot *slot = uses[i].slot < procedure->slot_count ? &procedure->slots[uses[i].slot] : NULL;
		for (size_t k = 0; k < roles.count; k++)
			if (unfit_use(procedure, &uses[i], roles.at[k], ret_unfit))
				return true;
		/* Each computed value reads only those before it. */
		if (slot && slot->kind == PROCEDURE_SLOT_COMPUTED
			&& first_unfit(procedure, procedure->computed[slot->index].feel, roles, ret_unfit))
			return true;
	}
	return false;
}

static void
tell_unfit(struct check *check, const struct procedure_origin *origin, const struct feel *feel, struct procedure_list roles)
{
	struct unfit unfit;
	if (first_unfit(check->procedure, feel, roles, &unfit))
		finding_add(check->reader->findings, 803, check_place(check, origin), TEXT("ôtez-le, ou ajoutez ce rôle à « lisible_par: »"),
			"« %.*s » lirait ici %s « %.*s », qui ne lui est pas lisible",
			TEXT_ARGS(check->procedure->roles[unfit.role].name), unfit.what, TEXT_ARGS(unfit.name));
}

static void
check_template_readers(struct check *check, const struct procedure_template *template, struct procedure_list roles)
{
	for (size_t i = 0; i < template->count; i++) {
		const struct procedure_part *part = &template->parts[i];
		const struct procedure_origin origin = { .file = template->file, .line = part->line, .column = part->column };
		if (part->kind == PROCEDURE_HOLE)
			tell_unfit(check, &origin, part->feel, roles);
	}
}

static void
check_columns(struct check *check, const struct procedure_column *columns, size_t count)
{
	const struct procedure_list office = { &check->procedure->office, check->procedure->office >= 0 };
	for (size_t i = 0; i < count; i++)
		tell_unfit(check, &columns[i].origin, columns[i].value, office);
}

static void
check_readers(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	int applicant = PROCEDURE_NONE;
	for (size_t i = 0; i < procedure->role_count; i++)
		applicant = procedure->roles[i].reach == PROCEDURE_APPLICANT ? (int)i : applicant;
	for (size_t i = 0; i < procedure->mail_count; i++) {
		check_template_readers(check, &procedure->mails[i].subject, procedure->mails[i].to);
		check_template_readers(check, &procedure->mails[i].body, procedure->mails[i].to);
	}
	const struct procedure_list reader = { &applicant, applicant >= 0 };
	for (size_t i = 0; i < procedure->letter_count; i++)
		check_template_readers(check, &procedure->letters[i].template, reader);
	check_columns(check, procedure->columns, procedure->column_count);
	for (size_t i = 0; i < procedure->export_count; i++)
		check_columns(check, procedure->exports[i].columns, procedure->exports[i].column_count);
}

/* A register and a report are read by all who may open them. */
static void
check_registers_readers(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	int *all = READER_ARRAY(check->reader, int, procedure->role_count);
	for (size_t i = 0; all && i < procedure->role_count; i++)
		all[i] = (int)i;
	const struct procedure_list everybody = { all, all ? procedure->role_count : 0 };
	for (size_t i = 0; i < procedure->action_count + procedure->deadline_count; i++) {
		const struct procedure_action *action = i < procedure->action_count ? &procedure->actions[i] : NULL;
		const struct procedure_deadline *deadline = action ? NULL : &procedure->deadlines[i - procedure->action_count];
		const struct procedure_inscription *rows = action ? action->inscriptions : deadline->inscriptions;
		const size_t count = action ? action->inscription_count : deadline->inscription_count;
		for (size_t k = 0; k < count; k++)
			for (size_t c = 0; c < procedure->registers[rows[k].register_index].column_count; c++)
				tell_unfit(check, action ? &action->origin : &deadline->origin, rows[k].values[c], everybody);
	}
	for (size_t i = 0; i < procedure->report_count; i++)
		for (size_t k = 0; k < procedure->reports[i].list_count; k++)
			tell_unfit(check, &procedure->reports[i].lists[k].origin, procedure->reports[i].lists[k].value,
				procedure->reports[i].who);
}

void
check_pieces(struct check *check)
{
	check_hands(check);
	check_channels(check);
	check_readers(check);
	check_registers_readers(check);
}
