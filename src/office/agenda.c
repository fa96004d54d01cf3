/* What will happen by itself on one day: effects of dossiers, mails and windows of campaigns, absences,
 * settings, days closed. */
#include "office/inside.h"

#include "base/banned.h"

/* The agenda being made. */
struct making {
	struct office *office;
	struct store_tx *tx;
	struct arena *arena;
	struct date day;
	instant begins, ends;
	const struct office_campaign *only;
	struct office_agenda agenda;
};

static bool
add(struct making *making, struct office_agenda_line line)
{
	struct office_agenda *agenda = &making->agenda;
	if (agenda->count == OFFICE_AGENDA_LINES) {
		agenda->more = true;
		return true;
	}
	agenda->lines[agenda->count++] = line;
	return line.what.at != NULL;
}

static bool
wanted(const struct making *making, const struct office_campaign *campaign)
{
	return campaign && (!making->only || making->only == campaign);
}

static enum guichet_status
no_memory(struct guichet_error *error)
{
	return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
}

/* ---- windows ---- */

static bool
windows_of(struct making *making, const struct office_campaign *campaign)
{
	bool well = true;
	for (size_t i = 0; well && i < campaign->campaign->window_count; i++) {
		const struct campaign_window *window = &campaign->campaign->windows[i];
		const struct text label = campaign->procedure->windows[i].label;
		/* A window that closes at midnight is over with the day before. */
		if (window->opens >= making->begins && window->opens < making->ends)
			well = add(making, (struct office_agenda_line){ .at = window->opens, .kind = OFFICE_AGENDA_WINDOW,
				.campaign = campaign, .what = arena_format(making->arena, TEXT_FORMAT " : ouverture", TEXT_ARGS(label)) });
		if (well && window->closes > making->begins && window->closes <= making->ends)
			well = add(making, (struct office_agenda_line){ .at = window->closes, .kind = OFFICE_AGENDA_WINDOW,
				.campaign = campaign, .what = arena_format(making->arena, TEXT_FORMAT " : fermeture", TEXT_ARGS(label)) });
	}
	return well;
}

/* ---- due effects and mails ---- */

/* How people call a row of the table due. */
static struct text
due_label(const struct office_campaign *campaign, struct text name, bool of_dossier)
{
	const struct procedure *procedure = campaign->procedure;
	if (text_equal(name, OFFICE_ANNOUNCEMENT))
		return TEXT("Annonce de la campagne");
	if (!of_dossier)
		return name;
	const int move = procedure_move_find(procedure, name);
	return move >= 0 ? procedure->moves[move].label : name;
}

static enum guichet_status
dues_of(struct making *making, struct guichet_error *error)
{
	enum guichet_status status = GUICHET_OK;
	struct store_rows rows = store_query(making->tx, making->arena, STORE_DUE_OF_DAY,
		STORE_VALUES(making->begins, making->ends, making->only ? making->only->id : TEXT(""),
			(int64_t)OFFICE_AGENDA_LINES + 1), error);
	while (status == GUICHET_OK && store_next(&rows)) {
		const struct office_campaign *campaign = office_campaign_find(making->office, store_text(&rows, 1));
		const struct text dossier = store_text(&rows, 2), name = store_text(&rows, 3);
		if (!wanted(making, campaign))
			continue;
		const struct text label = due_label(campaign, name, dossier.length > 0);
		const bool mail = !dossier.length && !text_equal(name, OFFICE_ANNOUNCEMENT);
		if (!add(making, (struct office_agenda_line){ .at = store_integer(&rows, 0),
			.kind = dossier.length ? OFFICE_AGENDA_EFFECT : OFFICE_AGENDA_MAIL, .campaign = campaign, .dossier = dossier,
			.number = store_text(&rows, 4), .who = store_text(&rows, 5),
			.what = mail ? arena_format(making->arena, "Courriel « " TEXT_FORMAT " »", TEXT_ARGS(label)) : label }))
			status = no_memory(error);
	}
	const enum guichet_status ended = store_finish(&rows);
	return status != GUICHET_OK ? status : ended;
}

/* ---- changes of post ---- */

/* Of those who have a running dossier in a campaign that reads `affectation`: what hangs on it happens that day. */
static enum guichet_status
posts_of(struct making *making, const struct office_campaign *campaign, struct guichet_error *error)
{
	const int64_t day = date_day_number(making->day);
	enum guichet_status status = GUICHET_OK;
	if (!dossier_reads_outside(campaign->procedure).posting)
		return GUICHET_OK;
	struct store_rows rows = store_query(making->tx, making->arena, STORE_POSTS_OF_DAY,
		STORE_VALUES(campaign->id, day, (int64_t)OFFICE_AGENDA_LINES), error);
	while (status == GUICHET_OK && store_next(&rows)) {
		const int step = procedure_step_find(campaign->procedure, store_text(&rows, 3));
		if (step >= 0 && campaign->procedure->steps[step].final)
			continue;
		const char *what = store_integer(&rows, 4) == day ? "Prise de poste" : "Fin de poste";
		if (!add(making, (struct office_agenda_line){ .at = making->begins, .kind = OFFICE_AGENDA_POST,
			.campaign = campaign, .dossier = store_text(&rows, 0), .number = store_text(&rows, 1),
			.who = store_text(&rows, 2), .what = arena_format(making->arena, "%s : " TEXT_FORMAT " (" TEXT_FORMAT ")",
				what, TEXT_ARGS(store_text(&rows, 6)), TEXT_ARGS(store_text(&rows, 5))) }))
			status = no_memory(error);
	}
	const enum guichet_status ended = store_finish(&rows);
	return status != GUICHET_OK ? status : ended;
}

/* ---- absences, settings, closed days ---- */

static enum guichet_status
absences_of(struct making *making, struct guichet_error *error)
{
	const int64_t day = date_day_number(making->day);
	enum guichet_status status = GUICHET_OK;
	struct store_rows rows = store_query(making->tx, making->arena, STORE_ABSENCES_OF_DAY,
		STORE_VALUES(day, (int64_t)OFFICE_AGENDA_LINES), error);
	while (status == GUICHET_OK && store_next(&rows)) {
		const bool begins = store_integer(&rows, 0) == day, signing = store_integer(&rows, 1) != 0;
		const struct text replacement = text_trim(arena_format(making->arena, TEXT_FORMAT " " TEXT_FORMAT " " TEXT_FORMAT,
			TEXT_ARGS(store_text(&rows, 5)), TEXT_ARGS(store_text(&rows, 6)), TEXT_ARGS(store_text(&rows, 7))));
		const struct text who = text_trim(arena_format(making->arena, TEXT_FORMAT " " TEXT_FORMAT " " TEXT_FORMAT,
			TEXT_ARGS(store_text(&rows, 2)), TEXT_ARGS(store_text(&rows, 3)), TEXT_ARGS(store_text(&rows, 4))));
		const char *what = signing ? begins ? "Délégation de signature" : "Fin de la délégation de signature"
			: begins ? "Absence" : "Fin d’absence";
		const struct text told = replacement.length
			? arena_format(making->arena, signing ? "%s, à " TEXT_FORMAT : "%s, intérim de " TEXT_FORMAT, what,
				TEXT_ARGS(replacement))
			: text_of_string(what);
		if (!add(making, (struct office_agenda_line){ .at = making->begins, .kind = OFFICE_AGENDA_ABSENCE, .who = who,
			.what = told }))
			status = no_memory(error);
	}
	const enum guichet_status ended = store_finish(&rows);
	return status != GUICHET_OK ? status : ended;
}

static enum guichet_status
settings_of(struct making *making, struct guichet_error *error)
{
	const int64_t day = date_day_number(making->day);
	enum guichet_status status = GUICHET_OK;
	struct store_rows rows = store_query(making->tx, making->arena, STORE_SETTINGS_OF_DAY,
		STORE_VALUES(day, (int64_t)OFFICE_AGENDA_LINES), error);
	while (status == GUICHET_OK && store_next(&rows)) {
		const struct office_campaigns campaigns = office_campaigns(making->office, making->arena);
		const struct text procedure = store_text(&rows, 0), name = store_text(&rows, 1);
		/* The last version that knows it says how it is called. */
		struct text label = name;
		bool shown = !making->only;
		for (size_t i = 0; i < campaigns.count; i++) {
			const struct procedure *one = campaigns.at[i]->procedure;
			const int local = text_equal(one->name, procedure) ? procedure_local_find(one, name) : PROCEDURE_NONE;
			if (local >= 0)
				label = one->locals[local].field.label;
			shown |= local >= 0 && campaigns.at[i] == making->only;
		}
		if (shown && !add(making, (struct office_agenda_line){ .at = making->begins, .kind = OFFICE_AGENDA_SETTING,
			.who = store_text(&rows, 2), .what = arena_format(making->arena, "Nouveau réglage : " TEXT_FORMAT, TEXT_ARGS(label)) }))
			status = no_memory(error);
	}
	const enum guichet_status ended = store_finish(&rows);
	return status != GUICHET_OK ? status : ended;
}

static enum guichet_status
closed_of(struct making *making, struct guichet_error *error)
{
	const struct office_closed_day *days;
	size_t count;
	const enum guichet_status status = office_closed_days(making->tx, making->arena, &days, &count, error);
	for (size_t i = 0; status == GUICHET_OK && i < count; i++)
		if (date_compare(days[i].first, making->day) <= 0 && date_compare(making->day, days[i].last) <= 0
			&& !add(making, (struct office_agenda_line){ .at = making->begins, .kind = OFFICE_AGENDA_CLOSED,
				.what = arena_format(making->arena, "%s : " TEXT_FORMAT, days[i].holiday ? "Jour férié ajouté" : "Jour fermé",
					TEXT_ARGS(days[i].label)) }))
			return no_memory(error);
	return status;
}

/* By time, then as they came; few thousands at most. */
static void
sort(struct office_agenda *agenda, struct office_agenda_line *scratch)
{
	for (size_t width = 1; width < agenda->count; width *= 2) {
		for (size_t from = 0; from < agenda->count; from += 2 * width) {
			size_t middle = from + width < agenda->count ? from + width : agenda->count,
				end = from + 2 * width < agenda->count ? from + 2 * width : agenda->count, a = from, b = middle;
			for (size_t i = from; i < end; i++)
				scratch[i] = b >= end || (a < middle && agenda->lines[a].at <= agenda->lines[b].at) ? agenda->lines[a++]
					: agenda->lines[b++];
		}
		for (size_t i = 0; i < agenda->count; i++)
			agenda->lines[i] = scratch[i];
	}
}

enum guichet_status
office_agenda_of(struct office *office, struct store_tx *tx, struct arena *arena, struct date day,
	const struct office_campaign *only, struct office_agenda *ret_agenda, struct guichet_error *error)
{
	struct making making = { .office = office, .tx = tx, .arena = arena, .day = day, .begins = instant_of_day(day),
		.ends = instant_of_day(date_add_days(day, 1)), .only = only,
		.agenda = { .lines = arena_array_of(arena, struct office_agenda_line, OFFICE_AGENDA_LINES) } };
	struct office_agenda_line *scratch = arena_array_of(arena, struct office_agenda_line, OFFICE_AGENDA_LINES);
	if (!making.agenda.lines || !scratch)
		return no_memory(error);
	enum guichet_status status = closed_of(&making, error);
	if (status == GUICHET_OK)
		status = settings_of(&making, error);
	if (status == GUICHET_OK)
		status = absences_of(&making, error);
	const struct office_campaigns campaigns = office_campaigns(office, arena);
	for (size_t i = 0; status == GUICHET_OK && i < campaigns.count; i++)
		if (wanted(&making, campaigns.at[i]))
			status = windows_of(&making, campaigns.at[i]) ? posts_of(&making, campaigns.at[i], error) : no_memory(error);
	if (status == GUICHET_OK)
		status = dues_of(&making, error);
	if (status == GUICHET_OK) {
		sort(&making.agenda, scratch);
		*ret_agenda = making.agenda;
	}
	return status;
}

struct text
office_agenda_kind_text(enum office_agenda_kind kind)
{
	static const struct text words[] = {
		[OFFICE_AGENDA_EFFECT] = TEXT("Dossiers"),
		[OFFICE_AGENDA_MAIL] = TEXT("Courriels"),
		[OFFICE_AGENDA_WINDOW] = TEXT("Périodes"),
		[OFFICE_AGENDA_POST] = TEXT("Changements de poste"),
		[OFFICE_AGENDA_ABSENCE] = TEXT("Absences et délégations"),
		[OFFICE_AGENDA_SETTING] = TEXT("Réglages"),
		[OFFICE_AGENDA_CLOSED] = TEXT("Jours fermés"),
	};
	return words[kind];
}
