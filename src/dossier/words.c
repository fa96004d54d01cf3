/* Words to people: mails, letters, and the moments of a campaign at which grouped mails leave. */
#include "base/buffer.h"
#include "dossier/facts.h"

#include "base/banned.h"

enum { LETTER_LIMIT = 1 << 20, GROUP_LIMIT = 512 << 10 };

enum guichet_status
dossier_mail_wanted(const struct dossier_facts *facts, int mail, int role, const struct dossier_person *to,
	struct arena *arena, bool *ret_wanted, struct guichet_error *error)
{
	const struct procedure_mail *definition = &facts->procedure->mails[mail];
	struct inputs inputs;
	*ret_wanted = false;
	if (!procedure_list_has(definition->to, role)
	    || (definition->steps.count > 0 && !dossier_stands_in(facts->procedure, facts->dossier, definition->steps)))
		return GUICHET_OK;
	enum guichet_status status = inputs_new(arena, facts, &inputs, error);
	if (status == GUICHET_OK)
		status = inputs_recipient(&inputs, role, to, error);
	return status != GUICHET_OK ? status : inputs_condition(&inputs, definition->condition, ret_wanted, error);
}

/* "- 2023-TA-00042-K : Mme Léa Martin", one line per dossier of the group. */
static struct text
group_list(const struct dossier_mail_request *request, struct arena *arena)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(GROUP_LIMIT);
	for (size_t i = 0; i < request->group_count; i++) {
		const struct dossier_facts *facts = &request->group[i];
		const struct dossier_person subject = facts_subject(facts);
		const struct text name = dossier_person_name(arena, &subject);
		buffer_format(&out, "%s- %.*s : %.*s", i > 0 ? "\n" : "",
			TEXT_ARGS(facts->dossier ? facts->dossier->number : TEXT("")), TEXT_ARGS(name));
		if (subject.structure.length > 0)
			buffer_format(&out, " (%.*s)", TEXT_ARGS(subject.structure));
	}
	return out.failed ? (struct text){ NULL, 0 } : arena_text(arena, buffer_text(&out));
}

static struct feel_value
address(struct text text)
{
	return text.length > 0 ? feel_string(text) : feel_null(TEXT(""));
}

enum guichet_status
dossier_mail_write(const struct dossier_mail_request *request, struct arena *arena, struct text *ret_subject,
	struct text *ret_body, struct guichet_error *error)
{
	struct dossier_facts facts = request->group[0];
	facts.at = request->at;
	const struct procedure *procedure = facts.procedure;
	const struct procedure_mail *mail = &procedure->mails[request->mail];
	struct inputs inputs;
	enum guichet_status status = inputs_new(arena, &facts, &inputs, error);
	if (status == GUICHET_OK)
		status = inputs_persons(&inputs, error);
	if (status == GUICHET_OK)
		status = inputs_recipient(&inputs, request->role, &request->to, error);
	const struct text list = group_list(request, arena);
	if (status == GUICHET_OK && !list.at)
		status = OUT_OF_MEMORY(error);
	const struct feel_entry group[] = {
		{ TEXT("nombre"), feel_integer((int64_t)request->group_count) },
		{ TEXT("liste"), feel_string(list) },
	};
	const struct feel_entry links[] = {
		{ TEXT("dossier"), address(request->links.dossier) },
		{ TEXT("accueil"), address(request->links.home) },
		{ TEXT("réponse"), address(request->links.answer) },
	};
	if (status == GUICHET_OK)
		status = inputs_set_context(&inputs, procedure->group_slot, group, 2, error);
	if (status == GUICHET_OK)
		status = inputs_set_context(&inputs, procedure->link_slot, links, 3, error);
	if (status != GUICHET_OK)
		return status;

	CLEANUP(buffer_release) struct buffer subject = buffer_new(4096);
	CLEANUP(buffer_release) struct buffer body = buffer_new(BUFFER_LIMIT_MAIL);
	status = inputs_ready(&inputs, NULL, error);
	if (status != GUICHET_OK)
		return status;
	struct feel_run run = inputs_run(&inputs);
	status = procedure_fill_text(procedure, &mail->subject, &run, &subject, error);
	if (status == GUICHET_OK)
		status = procedure_fill_text(procedure, &mail->body, &run, &body, error);
	if (status != GUICHET_OK)
		return status;
	if (subject.failed || body.failed)
		return guichet_fail(error, GUICHET_REFUSED, "Le courrier « %.*s » dépasse la taille permise.",
			TEXT_ARGS(mail->name));
	const struct text subject_text = arena_text(arena, text_trim(buffer_text(&subject))),
		body_text = arena_text(arena, buffer_text(&body));
	if (!subject_text.at || !body_text.at)
		return OUT_OF_MEMORY(error);
	*ret_subject = subject_text;
	*ret_body = body_text;
	return GUICHET_OK;
}

enum guichet_status
dossier_letter_write(const struct dossier_facts *facts, const struct dossier_act *act, struct arena *arena,
	struct dossier_letter *ret_letter, struct guichet_error *error)
{
	struct dossier_facts then = *facts;
	const struct procedure_letter *letter = &facts->procedure->letters[act->letter];
	struct inputs inputs;
	then.at = act->decided_at; /* the letter speaks of the day it was decided */
	enum guichet_status status = inputs_new(arena, &then, &inputs, error);
	if (status == GUICHET_OK)
		status = inputs_persons(&inputs, error);
	if (status != GUICHET_OK)
		return status;
	const struct dossier_person subject = facts_subject(&then);
	const struct text name = dossier_person_name(arena, &subject);
	struct dossier_letter made = {
		.title = letter->title,
		.number = act->number,
		.recipient = subject.structure.length > 0
			? arena_format(arena, "%.*s\n%.*s", TEXT_ARGS(name), TEXT_ARGS(subject.structure)) : name,
		.at = act->decided_at,
		.signatures = act->signatures,
		.signature_count = act->signature_count,
	};
	CLEANUP(buffer_release) struct buffer markdown = buffer_new(LETTER_LIMIT);
	status = inputs_ready(&inputs, NULL, error);
	if (status != GUICHET_OK)
		return status;
	struct feel_run run = inputs_run(&inputs);
	status = procedure_fill_letter(facts->procedure, &letter->template, &run, &markdown, &made.holes,
		&made.hole_count, error);
	if (status != GUICHET_OK)
		return status;
	if (markdown.failed)
		return guichet_fail(error, GUICHET_REFUSED, "La lettre « %.*s » dépasse la taille permise.",
			TEXT_ARGS(letter->name));
	made.markdown = arena_text(arena, buffer_text(&markdown));
	if (!made.markdown.at || !made.recipient.at)
		return OUT_OF_MEMORY(error);
	*ret_letter = made;
	return GUICHET_OK;
}

/* ---- moments ---- */

enum guichet_status
campaign_moments(const struct procedure *procedure, const struct campaign *campaign, struct arena *arena,
	const struct campaign_moment **ret_moments, size_t *ret_count, struct guichet_error *error)
{
	const struct dossier_facts facts = { .procedure = procedure, .campaign = campaign };
	struct inputs inputs;
	struct campaign_moment *moments = arena_array_of(arena, struct campaign_moment, procedure->mail_count + 1);
	size_t count = 0;
	if (!moments)
		return OUT_OF_MEMORY(error);
	enum guichet_status status = inputs_new(arena, &facts, &inputs, error);
	for (size_t i = 0; status == GUICHET_OK && i < procedure->mail_count; i++) {
		const struct procedure_mail *mail = &procedure->mails[i];
		instant at;
		if (!mail->moment)
			continue;
		status = inputs_instant(&inputs, mail->moment, false, &at, error);
		if (status != GUICHET_OK || at == INSTANT_NEVER)
			continue;
		size_t place = count++;
		for (; place > 0 && moments[place - 1].at > at; place--)
			moments[place] = moments[place - 1];
		moments[place] = (struct campaign_moment){ (int)i, at, mail->steps.at, mail->steps.count };
	}
	if (status != GUICHET_OK)
		return status;
	*ret_moments = moments;
	*ret_count = count;
	return GUICHET_OK;
}
