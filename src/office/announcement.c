/* The announcement of a campaign: on its day, whoever heads a structure of its diffusion list is told of it by mail, once,
 * and asked to tell their staff. */
#include "office/inside.h"

#include "mail/mail.h"

#include "base/banned.h"

enum { MOST_TOLD = 20000, BODY_LIMIT = 32 << 10 };

static void
add_line(struct buffer *body, struct text line)
{
	buffer_add(body, line);
	buffer_add(body, TEXT("\n"));
}

/* A last day of year 0: none. */
static void
add_days(struct buffer *body, struct arena *arena, struct text label, struct date from, struct date to)
{
	const struct text first = date_french(arena, from, true);
	add_line(body, to.year == 0
		? arena_format(arena, "- à partir du " TEXT_FORMAT " : " TEXT_FORMAT, TEXT_ARGS(first), TEXT_ARGS(label))
		: date_compare(from, to) == 0
		? arena_format(arena, "- " TEXT_FORMAT " : " TEXT_FORMAT, TEXT_ARGS(first), TEXT_ARGS(label))
		: arena_format(arena, "- du " TEXT_FORMAT " au " TEXT_FORMAT " inclus : " TEXT_FORMAT, TEXT_ARGS(first),
			TEXT_ARGS(date_french(arena, to, true)), TEXT_ARGS(label)));
}

/* What everybody is told after the greeting. */
static void
add_news(struct buffer *body, struct arena *arena, const struct office_campaign *campaign, struct text address)
{
	const struct campaign *dates = campaign->campaign;
	add_line(body, arena_format(arena, TEXT_FORMAT " commence. " TEXT_FORMAT "\n", TEXT_ARGS(dates->title),
		TEXT_ARGS(campaign->procedure->summary)));
	add_line(body, TEXT("Les dates :"));
	for (size_t i = 0; i < dates->window_count; i++)
		add_days(body, arena, campaign->procedure->windows[i].label, dates->windows[i].first_day, dates->windows[i].last_day);
	for (size_t i = 0; i < dates->key_date_count; i++)
		if (date_compare(dates->key_dates[i].from, dates->announced) > 0)
			add_days(body, arena, dates->key_dates[i].label, dates->key_dates[i].from, dates->key_dates[i].to);
	add_line(body, arena_format(arena, "\nMerci d’en informer les personnels de votre structure : "
		"chacun peut lire les conditions, savoir s’il peut demander et préparer sa demande à cette adresse : "
		TEXT_FORMAT "/campagnes/" TEXT_FORMAT, TEXT_ARGS(address), TEXT_ARGS(campaign->id)));
}

enum guichet_status
office_announce(struct office *office, struct store_tx *tx, struct arena *arena, const struct office_campaign *campaign,
	instant at, struct guichet_error *error)
{
	const struct campaign *announced = campaign->campaign;
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	struct directory_holders holders;
	enum guichet_status status = directory_holders_within(tx, arena, announced->functions, announced->function_count,
		&everywhere, date_of_instant(at, NULL), MOST_TOLD, &holders, error);
	CLEANUP(buffer_release) struct buffer news = buffer_new(BODY_LIMIT);
	add_news(&news, arena, campaign, office->options.public_address);
	for (size_t i = 0; status == GUICHET_OK && i < holders.count; i++) {
		const struct directory_person *person = &holders.at[i].person;
		if (person->mail.length == 0)
			continue;
		status = mail_queue(tx, &(struct mail_message){ .address = person->mail, .person = person->id,
			.subject = arena_format(arena, TEXT_FORMAT " : à faire connaître dans votre structure", TEXT_ARGS(announced->title)),
			.body = arena_format(arena, "Bonjour " TEXT_FORMAT " " TEXT_FORMAT ",\n\n" TEXT_FORMAT, TEXT_ARGS(person->first_name),
				TEXT_ARGS(person->last_name), TEXT_ARGS(buffer_text(&news))),
			.occasion = OFFICE_ANNOUNCEMENT, .dossier = TEXT(""), .campaign = campaign->id, .key = TEXT("") }, at, error);
	}
	return status;
}
