/* What will happen by itself on one day: effects of dossiers, mails and windows of campaigns, absences,
 * settings, days closed; and what a change of post that is known by now will bring. */
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

/* ---- changes of post, and what they bring ---- */

static bool
is_written(struct store_tx *tx, struct arena *arena, struct text dossier, const struct dossier_due *due,
	enum guichet_status *ret_status, struct guichet_error *error)
{
	bool written = false;
	struct store_rows rows = store_query(tx, arena, STORE_DUE_ALL_OF_DOSSIER, STORE_VALUES(dossier), error);
	while (store_next(&rows))
		written |= text_equal(store_text(&rows, 1), due->effect) && store_integer(&rows, 0) == due->at;
	*ret_status = store_finish(&rows);
	return written;
}

/* What will then be due that is not yet: the effects of that dossier, with the directory as it will be that day. */
static enum guichet_status
caused_of(struct making *making, struct text id, struct text cause, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(64 << 20);
	struct office_dossier dossier;
	struct dossier_columns columns;
	const struct dossier_due *dues;
	size_t count = 0;
	if (!scratch)
		return no_memory(error);
	enum guichet_status status = office_dossier_load(making->office, making->tx, scratch, id, NULL, making->begins, &dossier,
		error);
	if (status == GUICHET_OK)
		status = dossier_project(&dossier.facts, scratch, &dues, &count, &columns, error);
	if (status == GUICHET_REFUSED || status == GUICHET_UNKNOWN)
		return GUICHET_OK; /* it cannot be judged before its day */
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		if ((!dues[i].at_once && dues[i].at >= making->ends)
			|| is_written(making->tx, scratch, id, &dues[i], &status, error) || status != GUICHET_OK)
			continue;
		const struct text label = due_label(dossier.campaign, dues[i].effect, true);
		if (!add(making, (struct office_agenda_line){ .at = !dues[i].at_once && dues[i].at > making->begins ? dues[i].at
			: making->begins, .kind = OFFICE_AGENDA_EFFECT, .campaign = dossier.campaign,
			.dossier = arena_text(making->arena, id), .number = arena_text(making->arena, dossier.state.number),
			.who = arena_text(making->arena, dossier.subject_name),
			.what = arena_format(making->arena, TEXT_FORMAT ", par suite de « " TEXT_FORMAT " »", TEXT_ARGS(label),
				TEXT_ARGS(cause)) }))
			status = no_memory(error);
	}
	return status;
}

/* Of those who have a running dossier in a campaign that reads `affectation`: what hangs on it happens that day. */
static enum guichet_status
posts_of(struct making *making, const struct office_campaign *campaign, struct guichet_error *error)
{
	const int64_t day = date_day_number(making->day);
	enum guichet_status status = GUICHET_OK;
	const size_t first = making->agenda.count;
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
	const size_t last = making->agenda.count;
	/* A dossier has its lines one after the other. */
	for (size_t i = first; status == GUICHET_OK && ended == GUICHET_OK && i < last; i++)
		if (i == first || !text_equal(making->agenda.lines[i].dossier, making->agenda.lines[i - 1].dossier))
			status = caused_of(making, making->agenda.lines[i].dossier, making->agenda.lines[i].what, error);
	return status != GUICHET_OK ? status : ended;
}

/* ---- roles that their last holder leaves ---- */

enum { MOST_LEAVERS = 1000 };

/* Somebody who holds a function the day before and no more on that day. */
struct leaver {
	struct text function, who, where;
	bool absent;
};

static enum guichet_status
leavers_of(struct making *making, struct leaver *list, size_t *ret_count, struct guichet_error *error)
{
	size_t count = 0;
	struct store_rows rows = store_query(making->tx, making->arena, STORE_LEAVERS_OF_DAY,
		STORE_VALUES(date_day_number(making->day), (int64_t)MOST_LEAVERS), error);
	while (store_next(&rows) && count < MOST_LEAVERS) {
		const struct text who = arena_format(making->arena, TEXT_FORMAT " " TEXT_FORMAT " " TEXT_FORMAT,
			TEXT_ARGS(store_text(&rows, 1)), TEXT_ARGS(store_text(&rows, 2)), TEXT_ARGS(store_text(&rows, 3)));
		list[count++] = (struct leaver){ store_text(&rows, 0), text_trim(who), store_text(&rows, 4),
			store_integer(&rows, 5) != 0 };
	}
	*ret_count = count;
	return store_finish(&rows);
}

/* "fin de poste de M. Paul Merlival (Secrétariat général), absence de …": three of them at most. */
static struct text
causes_of(struct making *making, const struct procedure_role *role, const struct leaver *list, size_t count)
{
	struct text causes = TEXT("");
	size_t told = 0;
	for (size_t i = 0; causes.at && i < count && told < 3; i++) {
		bool held = false;
		for (size_t k = 0; k < role->function_count; k++)
			held |= text_equal(role->functions[k], list[i].function);
		if (!held)
			continue;
		causes = arena_format(making->arena, TEXT_FORMAT "%s%s de " TEXT_FORMAT " (" TEXT_FORMAT ")", TEXT_ARGS(causes),
			told++ ? ", " : " : ", list[i].absent ? "absence" : "fin de poste", TEXT_ARGS(list[i].who), TEXT_ARGS(list[i].where));
	}
	return causes;
}

/* Roles of its campaigns that somebody still holds the day before. */
static enum guichet_status
roles_of(struct making *making, struct guichet_error *error)
{
	struct leaver *leavers = arena_array_of(making->arena, struct leaver, MOST_LEAVERS);
	const struct office_vacancy *before, *then;
	size_t count = 0, before_count = 0, then_count = 0;
	if (!leavers)
		return no_memory(error);
	enum guichet_status status = leavers_of(making, leavers, &count, error);
	if (status != GUICHET_OK || count == 0)
		return status;
	status = office_vacancies(making->office, making->tx, making->arena, making->only, date_add_days(making->day, -1), &before,
		&before_count, error);
	if (status == GUICHET_OK)
		status = office_vacancies(making->office, making->tx, making->arena, making->only, making->day, &then, &then_count,
			error);
	for (size_t i = 0; status == GUICHET_OK && i < then_count; i++) {
		bool known = false;
		for (size_t k = 0; k < before_count; k++)
			known |= before[k].campaign == then[i].campaign && before[k].role == then[i].role
				&& before[k].places >= then[i].places;
		const struct procedure_role *role = &then[i].campaign->procedure->roles[then[i].role];
		const struct text causes = causes_of(making, role, leavers, count),
			where = then[i].places ? arena_format(making->arena, " pour " TEXT_FORMAT "%s", TEXT_ARGS(then[i].where),
				then[i].places > 3 ? "…" : "") : TEXT("");
		if (!known && !add(making, (struct office_agenda_line){ .at = making->begins, .kind = OFFICE_AGENDA_ROLE,
			.campaign = then[i].campaign, .what = !causes.at || !where.at ? (struct text){ 0 }
				: arena_format(making->arena, "Plus personne ne tiendra le rôle « " TEXT_FORMAT " »" TEXT_FORMAT TEXT_FORMAT,
					TEXT_ARGS(role->label), TEXT_ARGS(where), TEXT_ARGS(causes)) }))
			status = no_memory(error);
	}
	return status;
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
	if (status == GUICHET_OK)
		status = roles_of(&making, error);
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
		[OFFICE_AGENDA_ROLE] = TEXT("Rôles sans personne"),
		[OFFICE_AGENDA_ABSENCE] = TEXT("Absences et délégations"),
		[OFFICE_AGENDA_SETTING] = TEXT("Réglages"),
		[OFFICE_AGENDA_CLOSED] = TEXT("Jours fermés"),
	};
	return words[kind];
}
