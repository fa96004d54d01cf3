/* Checks of letters and mails: remedies, what nothing produces, links, grouped mails. */
#include "procedure/check.h"

#include "base/fold.h"

#include "base/banned.h"

#define TELL(check, number, origin, remedy, ...) \
	finding_add((check)->reader->findings, (number), check_place((check), &(origin)), TEXT(remedy), __VA_ARGS__)

static void
check_letters(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->letter_count; i++) {
		const struct procedure_letter *letter = &procedure->letters[i];
		bool produced = false;
		for (size_t k = 0; k < check->way_count; k++) {
			const struct way *way = &check->ways[k];
			const struct procedure_list list = way->action ? way->action->produces : way->deadline->produces;
			produced |= procedure_list_has(list, (int)i);
		}
		if (!produced)
			TELL(check, 407, letter->origin, "citez-la par « produit: », ou ôtez-la", "rien ne produit la lettre « %.*s »",
				TEXT_ARGS(letter->name));
		const struct text folded = text_fold(check->reader->arena, letter->template.source);
		if (!folded.at)
			check->reader->findings->broken = true;
		else if (letter->sense == PROCEDURE_UNFAVOURABLE && text_find(folded, TEXT("recours")) == SIZE_MAX)
			TELL(check, 404, letter->origin, "ajoutez-y les voies et délais de recours",
				"la lettre « %.*s » est défavorable et ne dit pas les recours", TEXT_ARGS(letter->name));
	}
}

/* ---- mails ---- */

static size_t
place_of_part(const struct source *source, const struct procedure_part *part)
{
	size_t at = 0;
	for (unsigned line = 1; line < part->line && at < source->bytes.length; at++)
		line += source->bytes.at[at] == '\n';
	for (unsigned column = 1; column < part->column && at < source->bytes.length; column++)
		(void)text_next(source->bytes, &at);
	return at;
}

static struct span
span_of_part(const struct check *check, const struct procedure_template *template, const struct procedure_part *part)
{
	const struct reader *reader = check->reader;
	for (size_t i = 0; i < reader->source_count; i++)
		if (text_equal(reader->sources[i].name, template->file)) {
			const size_t at = place_of_part(&reader->sources[i], part);
			return (struct span){ &reader->sources[i], at, at + (part->text.length ? part->text.length : 1) };
		}
	return (struct span){ reader->root->at.source, 0, 1 };
}

/* The first use, in a template, of a path or of what stands under it. */
static const struct procedure_part *
part_reading(const struct procedure_template *template, struct text path, const struct procedure_part *after)
{
	const struct procedure_part *part = after ? after + 1 : template->parts;
	for (; part && part < template->parts + template->count; part++) {
		size_t count = 0;
		const struct feel_use *uses = part->feel ? feel_reads(part->feel, &count) : NULL;
		for (size_t i = 0; i < count; i++)
			if (text_equal(uses[i].path, path))
				return part;
	}
	return NULL;
}

/* A grouped mail speaks of several dossiers: of none in particular. */
static void
check_grouped(struct check *check, const struct procedure_template *template)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < template->count; i++) {
		const struct procedure_part *part = &template->parts[i];
		size_t count = 0;
		const struct feel_use *uses = part->feel ? feel_reads(part->feel, &count) : NULL;
		for (size_t k = 0; k < count; k++) {
			const enum procedure_slot_kind kind = procedure->slots[uses[k].slot].kind;
			const bool shared = kind == PROCEDURE_SLOT_PARAMETER || kind == PROCEDURE_SLOT_CAMPAIGN
				|| kind == PROCEDURE_SLOT_WINDOWS || kind == PROCEDURE_SLOT_TODAY || kind == PROCEDURE_SLOT_ROLE
				|| kind == PROCEDURE_SLOT_RECIPIENT || kind == PROCEDURE_SLOT_GROUP || kind == PROCEDURE_SLOT_LINK;
			if (shared && !text_equal(uses[k].path, TEXT("lien.dossier")))
				continue;
			finding_add(check->reader->findings, 410, span_of_part(check, template, part),
				TEXT("employez groupe.nombre, groupe.liste et lien.accueil, ou ôtez « groupé: »"),
				"« %.*s » est d’un seul dossier, et ce courrier en groupe plusieurs", TEXT_ARGS(uses[k].path));
		}
	}
}

static void
check_not_grouped(struct check *check, const struct procedure_template *template)
{
	for (size_t i = 0; i < template->count; i++) {
		const struct procedure_part *part = &template->parts[i];
		size_t count = 0;
		const struct feel_use *uses = part->feel ? feel_reads(part->feel, &count) : NULL;
		for (size_t k = 0; k < count; k++)
			if (check->procedure->slots[uses[k].slot].kind == PROCEDURE_SLOT_GROUP)
				finding_add(check->reader->findings, 410, span_of_part(check, template, part),
					TEXT("ajoutez « groupé: oui » au courrier, ou parlez de « dossier »"),
					"« %.*s » n’existe que dans un courrier groupé", TEXT_ARGS(uses[k].path));
	}
}

static bool
shared_role(struct procedure_list a, struct procedure_list b)
{
	for (size_t i = 0; i < a.count; i++)
		if (procedure_list_has(b, a.at[i]))
			return true;
	return false;
}

static void
check_links(struct check *check, const struct procedure_mail *mail)
{
	const struct procedure *procedure = check->procedure;
	const struct procedure_part *answer = part_reading(&mail->body, TEXT("lien.réponse"), NULL);
	if (mail->links.count && !answer)
		TELL(check, 408, mail->origin, "écrivez {{lien.réponse}} dans le modèle, ou ôtez « lien: »",
			"le courrier « %.*s » prépare un lien de réponse et ne le donne pas", TEXT_ARGS(mail->name));
	if (!mail->links.count && answer)
		finding_add(check->reader->findings, 408, span_of_part(check, &mail->body, answer),
			TEXT("ajoutez au courrier « lien: » et « lien_jusquau: »"), "ce courrier n’a pas de lien de réponse");
	for (size_t i = 0; i < mail->links.count; i++) {
		const struct procedure_move *move = &procedure->moves[mail->links.at[i]];
		bool may = false;
		for (size_t k = 0; k < move->actions.count; k++)
			may |= shared_role(procedure->actions[move->actions.at[k]].who, mail->to);
		if (!may)
			TELL(check, 408, mail->origin, "mettez sous « lien: » des actions du destinataire",
				"le destinataire du courrier « %.*s » ne peut pas faire « %.*s »", TEXT_ARGS(mail->name),
				TEXT_ARGS(move->name));
	}
}

static void
check_mails(struct check *check)
{
	const struct procedure *procedure = check->procedure;
	for (size_t i = 0; i < procedure->mail_count; i++) {
		const struct procedure_mail *mail = &procedure->mails[i];
		const struct procedure_template *const templates[] = { &mail->subject, &mail->body };
		for (size_t k = 0; k < 2; k++) {
			if (mail->grouped)
				check_grouped(check, templates[k]);
			else
				check_not_grouped(check, templates[k]);
		}
		check_links(check, mail);
		size_t count = 0;
		const struct feel_use *uses = mail->moment ? feel_reads(mail->moment, &count) : NULL;
		for (size_t k = 0; k < count; k++)
			if (procedure->slots[uses[k].slot].kind == PROCEDURE_SLOT_AGENT)
				TELL(check, 406, mail->origin, "ne lisez que « campagne » et « fenêtre » dans « moment: »",
					"le moment du courrier « %.*s » est le même pour tous : il ne dépend pas de l’agent",
					TEXT_ARGS(mail->name));
	}
}

void
check_words(struct check *check)
{
	check_letters(check);
	check_mails(check);
}
