/* The week of a service: who is away which day. Read only.   GET /service */
#include "pages/inbox.h"
#include "pages/families.h"

#include "base/banned.h"

enum { MOST = 400, SCRATCH = 4 << 20 };

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

void
inbox_days_read(struct feel_value days, bool ret_days[static INBOX_DAYS])
{
	for (size_t day = 0; day < INBOX_DAYS; day++) {
		ret_days[day] = false;
		for (size_t i = 0; days.kind == FEEL_LIST && i < days.list.count; i++)
			ret_days[day] |= days.list.at[i].kind == FEEL_STRING
				&& text_equal(days.list.at[i].string, inbox_day(day, false));
	}
}

/* Adds the rows that count in the week. Each is judged in a memory of its own: there may be hundreds. */
static enum guichet_status
add_rows(struct request *request, const struct office_rows *rows, struct inbox_line *lines, struct inbox_week *week,
	struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(SCRATCH);
	if (!scratch)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; i < rows->count && week->count < MOST; i++) {
		const struct office_row *row = &rows->at[i];
		const bool granted = procedure_list_has(row->procedure->week_steps, row->step);
		if (!granted && !procedure_list_has(row->procedure->week_asked, row->step))
			continue;
		arena_clear(scratch);
		struct dossier state;
		struct dossier_facts facts;
		struct feel_value days;
		bool away[INBOX_DAYS];
		enum guichet_status status = office_row_facts(scratch, row, clock_now(site_of(request)->clock), &state, &facts,
			error);
		if (status == GUICHET_OK)
			status = dossier_evaluate(&facts, row->procedure->week_days, scratch, &days, error);
		if (status != GUICHET_OK)
			return status;
		inbox_days_read(days, away);
		struct inbox_line *line = &lines[week->count++];
		*line = (struct inbox_line){ .dossier = row->id, .name = row->subject_name, .structure = row->structure_name,
			.step = row->procedure->steps[row->step].label };
		for (size_t day = 0; day < INBOX_DAYS; day++) {
			line->days[day] = !away[day] ? INBOX_PRESENT : granted ? INBOX_GRANTED : INBOX_ASKED;
			week->granted[day] += away[day] && granted;
			week->asked[day] += away[day] && !granted;
		}
	}
	return GUICHET_OK;
}

/* Does this function make its holder a superior in the procedure? */
static bool
leads(const struct procedure *procedure, const struct directory_function *held)
{
	const struct directory_functions one = { held, 1 };
	for (size_t i = 0; i < procedure->role_count; i++) {
		const struct procedure_role *role = &procedure->roles[i];
		if (role->reach != PROCEDURE_STRUCTURE && role->reach != PROCEDURE_DISTRICT)
			continue;
		for (size_t n = 0; n < role->function_count; n++)
			if (directory_has_function(&one, role->functions[n], (struct text){ 0 }))
				return true;
	}
	return false;
}

/* Stands one of the functions before this one at or above its structure? Its dossiers are there already. */
static bool
covered(const struct procedure *procedure, const struct directory_functions *functions, size_t index)
{
	for (size_t i = 0; i < functions->count; i++) {
		const struct text above = functions->at[i].path, path = functions->at[index].path;
		const bool before = i < index || above.length < path.length;
		if (i != index && before && text_starts(path, above) && leads(procedure, &functions->at[i]))
			return true;
	}
	return false;
}

enum guichet_status
inbox_week_load(struct request *request, struct store_tx *tx, const struct office_campaign *campaign,
	const struct office_actor *actor, struct inbox_week *ret_week, struct guichet_error *error)
{
	const struct procedure *procedure = campaign->procedure;
	struct inbox_week week = { 0 };
	*ret_week = week;
	if (!procedure->week_days)
		return GUICHET_OK;
	struct inbox_line *lines = arena_array_of(request->arena, struct inbox_line, MOST);
	if (!lines)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	week.lines = lines;
	for (size_t f = 0; f < actor->functions.count; f++) {
		const struct directory_function *held = &actor->functions.at[f];
		if (!leads(procedure, held) || covered(procedure, &actor->functions, f))
			continue;
		const struct directory_range range = directory_subtree(request->arena, held->path);
		struct office_rows rows;
		enum guichet_status status = office_list_within(site_of(request)->office, tx, request->arena, campaign, &range,
			MOST, &rows, error);
		if (status == GUICHET_OK)
			status = add_rows(request, &rows, lines, &week, error);
		if (status != GUICHET_OK)
			return status;
		week.more |= rows.more;
	}
	*ret_week = week;
	return GUICHET_OK;
}

/* ---- GET /service ---- */

static void
show_mark(struct html *html, enum inbox_mark mark)
{
	static const struct { struct text class, words; } marks[] = {
#define MARK(class, words) { { class, sizeof class - 1 }, { words, sizeof words - 1 } }
		[INBOX_PRESENT] = MARK("muted", "présent"),
		[INBOX_ASKED] = MARK("badge warning", "demandé"),
		[INBOX_GRANTED] = MARK("badge success", "accordé"),
#undef MARK
	};
	HTML_LINE(html, "span", marks[mark].words, { "class", marks[mark].class });
}

static void
legend(struct html *html, enum inbox_mark mark, const char *meaning)
{
	HTML_IN(html, "li");
	show_mark(html, mark);
	html_markup(html, " ");
	html_text(html, text_of_string(meaning));
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

static void
table(struct request *request, struct html *html, const struct office_campaign *campaign, const struct inbox_week *week)
{
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", TEXT("Semaine") });
	HTML_IN(html, "table", { "class", TEXT("table") });
	const bool one = one_structure(week);
	HTML_LINE(html, "caption", arena_format(request->arena, "Semaine type\u00a0: " TEXT_FORMAT,
		TEXT_ARGS(one ? week->lines[0].structure : campaign->campaign->title)));
	{
		HTML_IN(html, "thead");
		HTML_IN(html, "tr");
		HTML_SAY(html, "th", "Agent", { "scope", TEXT("col") });
		for (size_t day = 0; day < INBOX_DAYS; day++)
			HTML_LINE(html, "th", inbox_day(day, true), { "scope", TEXT("col") });
	}
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
			for (size_t day = 0; day < INBOX_DAYS; day++)
			{
				HTML_IN(html, "td", { "data-label", inbox_day(day, true) });
				show_mark(html, line->days[day]);
			}
		}
	}
	totals(html, week);
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
	bool shown = false;
	for (size_t i = campaigns.count; i > 0; i--) {
		const struct office_campaign *campaign = campaigns.at[i - 1];
		struct inbox_week week;
		const enum guichet_status status = inbox_week_load(request, tx, campaign, &visitor_of(request)->actor, &week, error);
		if (status != GUICHET_OK)
			return status;
		if (week.count == 0)
			continue;
		shown = true;
		HTML_LINE(html, "h2", campaign->campaign->title);
		{
			HTML_IN(html, "ul", { "class", TEXT("legend") });
			legend(html, INBOX_GRANTED, "la demande est acceptée");
			legend(html, INBOX_ASKED, "la demande attend encore une réponse");
			legend(html, INBOX_PRESENT, "ni accordé ni demandé ce jour-là");
		}
		table(request, html, campaign, &week);
		if (week.more)
			HTML_SAY(html, "p", "Il y en a d’autres : seules les premières demandes, par nom, sont montrées et comptées.");
	}
	if (!shown) {
		HTML_IN(html, "div", { "class", TEXT("empty") });
		HTML_SAY(html, "p", "Personne de votre service n’a de demande en attente d’avis ou acceptée. "
			"La semaine se remplit dès que des avis sont attendus.");
	}
	return GUICHET_OK;
}
