/* The week of a service: who is away which day. Read only.   GET /service */
#include "pages/inbox.h"
#include "pages/families.h"

#include "base/banned.h"

enum { MOST = 400, SCRATCH = 4 << 20, LISTED = 256 << 20 };

struct text
inbox_day(size_t day, bool capital)
{
	static const struct { struct text name, title; } days[INBOX_DAYS] = {
#define DAY(name, title) { { name, sizeof name - 1 }, { title, sizeof title - 1 } },
		DAY("lundi", "Lundi") DAY("mardi", "Mardi") DAY("mercredi", "Mercredi") DAY("jeudi", "Jeudi")
		DAY("vendredi", "Vendredi")
#undef DAY
	};
	return capital ? days[day].title : days[day].name;
}

/* What each structure of the week sets for itself: asked once for all its people. */
struct settings {
	struct store_tx *tx;
	struct arena *arena;
	struct date day;
	struct text codes[MOST];
	struct feel_value values[MOST];
	size_t count;
};

static enum guichet_status
set_locals(struct settings *settings, struct dossier_facts *facts, struct guichet_error *error)
{
	const struct feel_value code = feel_entry_of(feel_entry_of(facts->agent, TEXT("structure")), TEXT("code"));
	struct directory_structure structure;
	if (code.kind != FEEL_STRING || !dossier_reads_outside(facts->procedure).locals)
		return GUICHET_OK;
	for (size_t i = 0; i < settings->count; i++) {
		if (text_equal(settings->codes[i], code.string)) {
			facts->locals = settings->values[i];
			return GUICHET_OK;
		}
	}
	enum guichet_status status = directory_structure_by_code(settings->tx, settings->arena, code.string, settings->day,
		&structure, error);
	if (status == GUICHET_UNKNOWN)
		return GUICHET_OK; /* closed since: nothing is set for it any more */
	if (status == GUICHET_OK)
		status = office_settings_at(settings->tx, settings->arena, facts->procedure, structure.path, settings->day,
			&facts->locals, error);
	if (status == GUICHET_OK && settings->count < MOST) {
		settings->codes[settings->count] = arena_text(settings->arena, code.string);
		settings->values[settings->count++] = facts->locals;
	}
	return status;
}

/* The rows that may count in the week: where they stand says so. */
static struct office_rows
rows_counted(struct arena *arena, const struct office_rows *rows)
{
	struct office_rows counted = { .at = arena_array_of(arena, struct office_row, rows->count + 1) };
	for (size_t i = 0; counted.at && i < rows->count && counted.count < MOST; i++) {
		const struct procedure_week *of = &rows->at[i].procedure->week;
		if (procedure_list_has(of->steps, rows->at[i].step) || procedure_list_has(of->asked, rows->at[i].step))
			counted.at[counted.count++] = rows->at[i];
	}
	return counted;
}

/* Adds the rows that count in the week. Each is judged in a memory of its own: there may be hundreds. */
static enum guichet_status
add_rows(struct request *request, const struct office_rows *rows, struct settings *settings, struct inbox_line *lines,
	struct inbox_week *week, struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(SCRATCH);
	CLEANUP(arena_free) struct arena *listed = arena_new(LISTED);
	const struct office_rows counted = listed ? rows_counted(listed, rows) : (struct office_rows){ 0 };
	struct office_row_list list;
	if (!scratch || !counted.at)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const enum guichet_status read = office_row_list(settings->tx, listed, &counted, clock_now(site_of(request)->clock), true,
		&list, error);
	if (read != GUICHET_OK)
		return read;
	for (size_t i = 0; i < counted.count && week->count < MOST; i++) {
		const struct office_row *row = &counted.at[i];
		struct dossier_facts *facts = &list.facts[i];
		arena_clear(scratch);
		struct inbox_line *line = &lines[week->count];
		*line = (struct inbox_line){ .dossier = row->id, .name = row->subject_name, .structure = row->structure_name };
		facts->locals = (struct feel_value){ 0 }; /* those of that week, not of today */
		enum guichet_status status = set_locals(settings, facts, error);
		if (status == GUICHET_OK)
			status = dossier_week(facts, week->monday, scratch, &line->week, error);
		if (status != GUICHET_OK)
			return status;
		week->count++;
		week->broken += line->week.broken;
		for (size_t rank = 0; rank < INBOX_DAYS; rank++) {
			struct dossier_week_day *day = &line->week.days[rank];
			const enum dossier_half most = day->halves[0] > day->halves[1] ? day->halves[0] : day->halves[1];
			week->granted[rank] += most == DOSSIER_AWAY;
			week->asked[rank] += most == DOSSIER_ASKED;
			day->note = arena_text(request->arena, day->note); /* it was the scratch's */
		}
	}
	return GUICHET_OK;
}

enum guichet_status
inbox_week_load(struct request *request, struct store_tx *tx, const struct office_campaign *campaign,
	const struct office_actor *actor, struct date monday, struct inbox_week *ret_week, struct guichet_error *error)
{
	const struct procedure *procedure = campaign->procedure;
	struct inbox_week week = { .monday = monday };
	*ret_week = week;
	if (!procedure->week.days)
		return GUICHET_OK;
	struct inbox_line *lines = arena_array_of(request->arena, struct inbox_line, MOST);
	struct settings *settings = arena_new_of(request->arena, struct settings);
	if (!lines || !settings)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	*settings = (struct settings){ .tx = tx, .arena = request->arena,
		.day = monday.year != 0 ? monday : date_of_instant(clock_now(site_of(request)->clock), NULL) };
	week.lines = lines;
	struct directory_range ranges[INBOX_RANGES];
	const size_t range_count = inbox_led(request->arena, procedure, actor, ranges);
	for (size_t r = 0; r < range_count; r++) {
		struct office_rows rows;
		enum guichet_status status = office_list_within(site_of(request)->office, tx, request->arena, campaign, &ranges[r],
			MOST, &rows, error);
		if (status == GUICHET_OK)
			status = add_rows(request, &rows, settings, lines, &week, error);
		if (status != GUICHET_OK)
			return status;
		week.more |= rows.more;
	}
	*ret_week = week;
	return GUICHET_OK;
}

/* ---- GET /service ---- */

static const struct { struct text class, words; } marks[] = {
#define MARK(class, words) { { class, sizeof class - 1 }, { words, sizeof words - 1 } }
	[DOSSIER_HERE] = MARK("muted", "présent"),
	[DOSSIER_ASKED] = MARK("badge warning", "demandé"),
	[DOSSIER_AWAY] = MARK("badge success", "accordé"),
#undef MARK
};

static void
show_mark(struct html *html, enum dossier_half mark)
{
	HTML_LINE(html, "span", marks[mark].words, { "class", marks[mark].class });
}

static void
legend(struct html *html, enum dossier_half mark, const char *meaning)
{
	HTML_IN(html, "li");
	show_mark(html, mark);
	html_markup(html, " ");
	html_text(html, text_of_string(meaning));
}

/* A day of a person: one mark, or two when the morning and the afternoon differ; then what is different that day. */
static void
show_day(struct request *request, struct html *html, const struct dossier_week_day *day)
{
	static const char *const halves[] = { "matin", "après-midi" };
	if (day->halves[0] == day->halves[1])
		show_mark(html, day->halves[0]);
	for (size_t half = 0; day->halves[0] != day->halves[1] && half < 2; half++) {
		if (day->halves[half] == DOSSIER_HERE)
			continue;
		HTML_LINE(html, "span", arena_format(request->arena, TEXT_FORMAT " le %s", TEXT_ARGS(marks[day->halves[half]].words),
			halves[half]), { "class", marks[day->halves[half]].class });
	}
	if (day->broken)
		HTML_SAY(html, "span", "présence obligatoire", { "class", TEXT("badge error") });
	if (day->note.length)
		HTML_LINE(html, "span", day->note, { "class", TEXT("muted") });
}

static void
totals(struct html *html, const struct inbox_week *week)
{
	HTML_IN(html, "tfoot");
	HTML_IN(html, "tr");
	HTML_SAY(html, "th", "Absents du bureau", { "scope", TEXT("row") });
	for (size_t day = 0; day < INBOX_DAYS; day++) {
		HTML_IN(html, "td", { "data-label", inbox_day(day, true) });
		if (week->granted[day])
			html_format(html, "%d accordé%s", week->granted[day], week->granted[day] > 1 ? "s" : "");
		if (week->asked[day])
			html_format(html, "%s%d demandé%s", week->granted[day] ? ", " : "", week->asked[day],
				week->asked[day] > 1 ? "s" : "");
		if (week->granted[day] == 0 && week->asked[day] == 0)
			html_say(html, "personne");
	}
}

/* Are they all of one structure? Then it is said once. */
static bool
one_structure(const struct inbox_week *week)
{
	for (size_t i = 1; i < week->count; i++)
		if (!text_equal(week->lines[i].structure, week->lines[0].structure))
			return false;
	return true;
}

/* Do all of them have to be there that day? */
static bool
all_present(const struct inbox_week *week, size_t day)
{
	for (size_t i = 0; i < week->count; i++)
		if (!week->lines[i].week.days[day].presence)
			return false;
	return week->count > 0;
}

static void
table_head(struct request *request, struct html *html, const struct inbox_week *week)
{
	HTML_IN(html, "thead");
	HTML_IN(html, "tr");
	HTML_SAY(html, "th", "Agent", { "scope", TEXT("col") });
	for (size_t day = 0; day < INBOX_DAYS; day++) {
		HTML_IN(html, "th", { "scope", TEXT("col") });
		html_text(html, inbox_day(day, true));
		if (week->monday.year != 0) {
			const struct date date = date_add_days(week->monday, (int64_t)day);
			html_text(html, arena_format(request->arena, " %02d/%02d", date.day, date.month));
		}
		if (all_present(week, day))
			HTML_SAY(html, "span", "tous présents", { "class", TEXT("over") });
	}
}

static void
table(struct request *request, struct html *html, const struct office_campaign *campaign, const struct inbox_week *week)
{
	const bool one = one_structure(week);
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", TEXT("Semaine") });
	HTML_IN(html, "table", { "class", TEXT("table") });
	const struct text where = one ? week->lines[0].structure : campaign->campaign->title;
	HTML_LINE(html, "caption", week->monday.year == 0
		? arena_format(request->arena, "Semaine type\u00a0: " TEXT_FORMAT, TEXT_ARGS(where))
		: arena_format(request->arena, "Semaine du " TEXT_FORMAT "\u00a0: " TEXT_FORMAT,
			TEXT_ARGS(date_french(request->arena, week->monday, false)), TEXT_ARGS(where)));
	table_head(request, html, week);
	{
		HTML_IN(html, "tbody");
		for (size_t i = 0; i < week->count; i++) {
			const struct inbox_line *line = &week->lines[i];
			HTML_IN(html, "tr");
			{
				HTML_IN(html, "th", { "scope", TEXT("row") });
				html_text(html, line->name);
				if (!one)
					HTML_LINE(html, "span", line->structure, { "class", TEXT("over") });
			}
			for (size_t day = 0; day < INBOX_DAYS; day++) {
				HTML_IN(html, "td", { "data-label", inbox_day(day, true) });
				show_day(request, html, &line->week.days[day]);
			}
		}
	}
	totals(html, week);
}

/* The week asked for: a Monday, or "type" for the usual week; this week otherwise. */
static struct date
asked_week(struct request *request)
{
	const struct text asked = request_query(request, "semaine");
	struct date date;
	if (text_equal(asked, TEXT("type")))
		return (struct date){ 0 };
	if (!date_read(asked, &date))
		date = date_of_instant(clock_now(site_of(request)->clock), NULL);
	return date_add_days(date, 1 - date_weekday(date));
}

/* One week per campaign. Is somebody away, or about to be? */
static enum guichet_status
load_weeks(struct request *request, struct store_tx *tx, const struct office_campaigns *campaigns, struct date monday,
	struct inbox_week *weeks, bool *ret_somebody, struct guichet_error *error)
{
	*ret_somebody = false;
	for (size_t i = 0; i < campaigns->count; i++) {
		const enum guichet_status status = inbox_week_load(request, tx, campaigns->at[i], &visitor_of(request)->actor, monday,
			&weeks[i], error);
		if (status != GUICHET_OK)
			return status;
		for (size_t day = 0; day < INBOX_DAYS; day++)
			*ret_somebody |= weeks[i].granted[day] + weeks[i].asked[day] > 0;
	}
	return GUICHET_OK;
}

static void
link_to_week(struct request *request, struct html *html, struct date monday, const char *label)
{
	HTML_LINE(html, "a", text_of_string(label), { "class", TEXT("button secondary") }, { "href",
		arena_format(request->arena, "/service?semaine=" TEXT_FORMAT, TEXT_ARGS(date_iso(request->arena, monday))) });
}

static void
other_weeks(struct request *request, struct html *html, struct date monday)
{
	HTML_IN(html, "nav", { "class", TEXT("buttons") }, { "aria-label", TEXT("Autres semaines") });
	if (monday.year != 0) {
		link_to_week(request, html, date_add_days(monday, -7), "Semaine précédente");
		link_to_week(request, html, date_add_days(monday, 7), "Semaine suivante");
		HTML_SAY(html, "a", "Semaine type", { "class", TEXT("button secondary") }, { "href", TEXT("/service?semaine=type") });
	} else {
		link_to_week(request, html, date_of_instant(clock_now(site_of(request)->clock), NULL), "Cette semaine");
	}
	HTML_SAY(html, "a", "Ce qui vient dans mon service", { "class", TEXT("button secondary") }, { "href", TEXT("/a-venir") });
}

static void
week_of_campaign(struct request *request, struct html *html, const struct office_campaign *campaign,
	const struct inbox_week *week)
{
	HTML_LINE(html, "h2", campaign->campaign->title);
	if (week->broken) {
		HTML_IN(html, "div", { "class", TEXT("notice warning") });
		HTML_LINE(html, "p", arena_format(request->arena, week->broken > 1 ? "%zu absences tombent un jour où tous doivent être "
			"là : elles sont marquées « présence obligatoire ». Voyez avec les agents concernés quel autre jour convient."
			: "%zu absence tombe un jour où tous doivent être là : elle est marquée « présence obligatoire ». Voyez avec "
			"l’agent concerné quel autre jour convient.", week->broken));
	}
	{
		HTML_IN(html, "ul", { "class", TEXT("legend") });
		legend(html, DOSSIER_AWAY, "la demande est acceptée");
		legend(html, DOSSIER_ASKED, "la demande attend encore une réponse");
		legend(html, DOSSIER_HERE, "ni accordé ni demandé ce jour-là");
	}
	table(request, html, campaign, week);
	if (week->more)
		HTML_SAY(html, "p", "Il y en a d’autres : seules les premières demandes, par nom, sont montrées et comptées.");
}

enum guichet_status
page_service(struct request *request, struct html *html, struct guichet_error *error)
{
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	PAGE_IN(request, html, TEXT("La semaine de mon service"), { TEXT("/"), TEXT("Accueil") });
	HTML_SAY(html, "p", "Qui ne sera pas au bureau, quel jour, parmi ceux qui ont fait une demande. "
		"Cette page se lit ; elle ne change rien.", { "class", TEXT("lead") });
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, request->arena);
	struct inbox_week *weeks = arena_array_of(request->arena, struct inbox_week, campaigns.count + 1);
	struct date monday = asked_week(request);
	bool somebody, shown = false;
	if (!weeks)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	enum guichet_status status = load_weeks(request, tx, &campaigns, monday, weeks, &somebody, error);
	/* Before the first effects every week of the calendar is the same: the usual one says more. */
	if (status == GUICHET_OK && !somebody && request_query(request, "semaine").length == 0) {
		monday = (struct date){ 0 };
		status = load_weeks(request, tx, &campaigns, monday, weeks, &somebody, error);
	}
	if (status != GUICHET_OK)
		return status;
	other_weeks(request, html, monday);
	for (size_t i = campaigns.count; i > 0; i--) {
		if (weeks[i - 1].count)
			week_of_campaign(request, html, campaigns.at[i - 1], &weeks[i - 1]);
		shown |= weeks[i - 1].count > 0;
	}
	if (!shown) {
		HTML_IN(html, "div", { "class", TEXT("empty") });
		HTML_SAY(html, "p", "Personne de votre service n’a de demande en attente d’avis ou acceptée. "
			"La semaine se remplit dès que des avis sont attendus.");
	}
	return GUICHET_OK;
}
