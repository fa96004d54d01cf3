/* The pieces of a dossier as its page shows them: those handed in, where each stands and what to do; those still to come;
 * and the clocks that run. */
#include "pages/families.h"

#include "base/banned.h"

/* ---- clocks ---- */

/* "il reste 12 jours", "c’est le dernier jour", "dépassé de 3 jours". */
struct text
page_clock_text(struct arena *arena, const struct dossier_clock_view *clock)
{
	const int days = clock->remaining < 0 ? -clock->remaining : clock->remaining;
	const char *plural = days > 1 ? "s" : "";
	if (clock->end.year == 0)
		return TEXT("");
	if (clock->suspended_on.year)
		return arena_format(arena, "suspendu depuis le " TEXT_FORMAT ", il restait %d jour%s",
			TEXT_ARGS(date_french(arena, clock->suspended_on, false)), clock->remaining, plural);
	if (clock->remaining == 0)
		return TEXT("c’est le dernier jour");
	return arena_format(arena, clock->remaining < 0 ? "dépassé de %d jour%s" : "il reste %d jour%s", days, plural);
}

enum guichet_status
page_clocks(struct request *request, struct html *html, const struct office_dossier *dossier, struct guichet_error *error)
{
	const struct dossier_clock_view *clocks;
	size_t count;
	const enum guichet_status status = dossier_clocks(&dossier->facts, request->arena, &clocks, &count, error);
	/* One that ran to its end and was left there tells nothing once the dossier is over. */
	if (status != GUICHET_OK || dossier_is_ended(dossier->procedure, &dossier->state))
		return status;
	for (size_t i = 0; i < count; i++) {
		HTML_IN(html, "p");
		html_text(html, clocks[i].definition->label);
		html_say(html, " : ");
		if (clocks[i].end.year && !clocks[i].suspended_on.year) {
			html_say(html, "jusqu’au ");
			HTML_LINE(html, "strong", date_french(request->arena, clocks[i].end, true));
			html_say(html, " inclus, ");
		}
		html_text(html, page_clock_text(request->arena, &clocks[i]));
	}
	return GUICHET_OK;
}

/* ---- pieces ---- */

/* The action by which this viewer hands that piece in now; NULL when there is none. */
static const struct procedure_action *
joining(const struct dossier_option *options, size_t count, int piece)
{
	for (size_t i = 0; i < count; i++)
		if (options[i].allowed && procedure_list_has(options[i].definition->joins, piece))
			return options[i].definition;
	return NULL;
}

static void
join_link(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct procedure_action *action, const struct procedure_piece *piece, const char *words)
{
	if (!action)
		return;
	HTML_IN(html, "p");
	HTML_IN(html, "a", { "href", arena_format(request->arena, TEXT_FORMAT "/actions/" TEXT_FORMAT,
		TEXT_ARGS(page_dossier_path(request->arena, dossier->id)), TEXT_ARGS(action->name)) });
	html_text(html, text_of_string(words));
	HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
	html_say(html, " : ");
	html_text(html, piece->label);
}

static void
one_piece(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_piece *kept, int index, bool readable, const struct procedure_action *join)
{
	const struct procedure_piece *piece = &dossier->procedure->pieces[index];
	const instant at = dossier->facts.at;
	const bool wanted = kept->state == PROCEDURE_PIECE_SENT_BACK || dossier_piece_expired(kept, at);
	HTML_IN(html, "li");
	{
		HTML_IN(html, "span");
		if (readable)
			html_link(html, arena_format(request->arena, TEXT_FORMAT "/pieces/" TEXT_FORMAT,
				TEXT_ARGS(page_dossier_path(request->arena, dossier->id)), TEXT_ARGS(kept->name)), piece->label);
		else
			html_text(html, piece->label);
		html_markup(html, " ");
		if (readable)
			HTML_LINE(html, "span", arena_format(request->arena, TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(kept->file),
				TEXT_ARGS(page_size_text(request->arena, kept->size))), { "class", TEXT("size") });
		else
			HTML_SAY(html, "span", "jointe, réservée à d’autres", { "class", TEXT("size") });
	}
	if (piece->examined || kept->valid_until.year) {
		HTML_IN(html, "p");
		page_piece_state(html, request->arena, piece, kept, at);
	}
	if (readable && kept->state == PROCEDURE_PIECE_SENT_BACK) {
		HTML_IN(html, "blockquote", { "class", TEXT("quote") });
		html_text(html, kept->ground);
	}
	if (wanted)
		join_link(request, html, dossier, join, piece, "En joindre une autre");
}

/* A piece that is not there yet is shown when it may be joined: a compulsory one, where somebody is awaited; elsewhere the action
 * itself, offered above, is where it is asked for. */
static bool
wanted_by(const struct office_dossier *dossier, const struct procedure_action *join, const struct procedure_piece *piece)
{
	return join && (!piece->compulsory
		|| dossier_awaits_action(dossier->procedure, &dossier->state, (int)(join - dossier->procedure->actions)));
}

enum guichet_status
page_pieces(struct request *request, struct html *html, const struct office_dossier *dossier, struct guichet_error *error)
{
	const struct procedure *procedure = dossier->procedure;
	const struct dossier_viewer viewer = page_viewer(request, dossier);
	const struct dossier_option *options;
	size_t count, awaited = 0;
	const enum guichet_status status = dossier_options(&dossier->facts, &viewer, request->arena, &options, &count, error);
	if (status != GUICHET_OK)
		return status;
	for (size_t i = 0; i < procedure->piece_count; i++)
		awaited += !dossier_piece_find(&dossier->state, procedure->pieces[i].name)
			&& wanted_by(dossier, joining(options, count, (int)i), &procedure->pieces[i]);
	if (dossier->state.piece_count + awaited == 0)
		return GUICHET_OK;
	HTML_IN(html, "section", { "class", TEXT("card") }, { "id", TEXT("pieces") });
	HTML_SAY(html, "h2", "Pièces jointes", { "class", TEXT("card-title") });
	HTML_IN(html, "ul", { "class", TEXT("files") });
	for (size_t i = 0; i < procedure->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[i];
		const struct dossier_piece *kept = dossier_piece_find(&dossier->state, piece->name);
		const struct procedure_action *join = joining(options, count, (int)i);
		if (kept)
			one_piece(request, html, dossier, kept, (int)i, dossier_may_read_piece(&dossier->facts, &viewer, (int)i), join);
		if (kept || !wanted_by(dossier, join, piece))
			continue;
		HTML_IN(html, "li");
		{
			HTML_IN(html, "span");
			html_text(html, piece->label);
			html_markup(html, " ");
			if (piece->compulsory)
				HTML_SAY(html, "span", "pas encore jointe", { "class", TEXT("badge warning") });
			else
				HTML_SAY(html, "span", "pas encore jointe (facultatif)", { "class", TEXT("size") });
		}
		join_link(request, html, dossier, join, piece, "La joindre");
	}
	return GUICHET_OK;
}
