/* Personal links of mails: who holds one sees what waits for its person, and acts in their name by a confirming POST. */
#include "office/inside.h"

#include "base/banned.h"

enum guichet_status
office_link_load(struct office *office, struct store_tx *tx, struct arena *arena, struct text token, instant now,
	struct office_link *ret_link, struct guichet_error *error)
{
	struct store_rows rows = store_query(tx, arena, STORE_LINK_LOAD, STORE_VALUES(token_hash(arena, token)), error);
	struct office_link link = { 0 };
	const bool there = store_next(&rows);
	if (there)
		link = (struct office_link){ .person = store_text(&rows, 0), .role = store_text(&rows, 1),
			.campaign = office_campaign_find(office, store_text(&rows, 2)), .dossier = store_text(&rows, 3),
			.actions = store_text(&rows, 4), .expires_at = store_integer(&rows, 5) };
	const enum guichet_status status = store_finish(&rows);
	if (status != GUICHET_OK)
		return status;
	/* Only its holder knows an expired one: telling when it ended tells nothing to who guesses. */
	if (there && link.campaign && now >= link.expires_at)
		return guichet_fail(error, GUICHET_REFUSED, "Ce lien ne sert plus depuis le " TEXT_FORMAT ", fin de la période pour "
			"répondre. Ce qui attendait encore une réponse est suivi par le service qui vous a écrit : demandez-lui un nouveau "
			"lien si votre réponse est encore possible.", TEXT_ARGS(instant_french(arena, link.expires_at)));
	if (!there || !link.campaign)
		return guichet_fail(error, GUICHET_REFUSED, "Ce lien n’est pas valable. Vérifiez que l’adresse a été copiée en entier, "
			"connectez-vous pour répondre, ou demandez un nouveau lien au service qui vous a écrit.");
	*ret_link = link;
	return GUICHET_OK;
}

bool
office_link_allows(const struct office_link *link, struct text action)
{
	for (struct text rest = link->actions; rest.at;)
		if (text_equal(text_split(&rest, ' '), action))
			return true;
	return false;
}

enum guichet_status
office_list_of_link(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_link *link,
	size_t limit, struct office_rows *ret_rows, struct guichet_error *error)
{
	struct office_actor actor;
	struct office_rows waiting;
	enum guichet_status status = office_actor_load(tx, arena, link->person, clock_now(office->options.clock), &actor,
		error);
	if (status == GUICHET_OK)
		status = office_list_waiting(office, tx, arena, &actor, limit, &waiting, error);
	if (status != GUICHET_OK)
		return status;
	size_t kept = 0;
	for (size_t i = 0; i < waiting.count; i++) {
		const struct office_row *row = &waiting.at[i];
		if (row->campaign == link->campaign && text_equal(row->procedure->roles[row->role].name, link->role)
			&& (link->dossier.length == 0 || text_equal(link->dossier, row->id)))
			waiting.at[kept++] = *row;
	}
	waiting.count = kept;
	*ret_rows = waiting;
	return GUICHET_OK;
}
