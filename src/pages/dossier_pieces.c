/* The pieces of a dossier as its page shows them: those handed in, where each stands, what to do, and the
 * files it had before; those still to come; and the clocks that run. */
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
page_clocks(struct html *html, struct dossier_present *present, struct guichet_error *error)
{
	const struct dossier_clock_view *clocks;
	size_t count;
	const enum guichet_status status = dossier_clocks(present, &clocks, &count, error);
	/* One that ran to its end and was left there tells nothing once the dossier is over. */
	if (status != GUICHET_OK || dossier_is_ended(present->facts->procedure, present->facts->dossier))
		return status;
	for (size_t i = 0; i < count; i++) {
		HTML_IN(html, "p");
		html_text(html, clocks[i].definition->label);
		html_say(html, " : ");
		if (clocks[i].end.year && !clocks[i].suspended_on.year) {
			html_say(html, "jusqu’au ");
			HTML_LINE(html, "strong", date_french(present->arena, clocks[i].end, true));
			html_say(html, " inclus, ");
		}
		html_text(html, page_clock_text(present->arena, &clocks[i]));
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

/* ---- what a piece was before ---- */

/* "16 juin 2023": the timeline tells the hour. */
static struct text
day_of(struct request *request, instant at)
{
	return date_french(request->arena, date_of_instant(at, NULL), false);
}

/* "Renvoyée le 16 juin 2023", and the ground. */
static void
version_verdict(struct request *request, struct html *html, const struct dossier_piece_version *version)
{
	const bool back = version->piece.state == PROCEDURE_PIECE_SENT_BACK;
	if (version->piece.state == PROCEDURE_PIECE_HANDED_IN)
		return;
	{
		HTML_IN(html, "p");
		html_text(html, back ? TEXT("Renvoyée") : TEXT("Acceptée"));
		if (version->examined_at)
			html_format(html, " le " TEXT_FORMAT, TEXT_ARGS(day_of(request, version->examined_at)));
		html_text(html, back && version->piece.ground.length ? TEXT("\u00a0:") : TEXT("."));
	}
	if (back && version->piece.ground.length)
		HTML_LINE(html, "blockquote", version->piece.ground, { "class", TEXT("quote") });
}

static void
one_version(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_piece_version *version)
{
	const struct dossier_piece *file = &version->piece;
	const struct text joined = day_of(request, file->at);
	{
		HTML_IN(html, "p");
		{
			/* Versions often have the same name. */
			HTML_IN(html, "a", { "href", arena_format(request->arena,
				TEXT_FORMAT "/pieces/" TEXT_FORMAT "/versions/" TEXT_FORMAT, TEXT_ARGS(page_dossier_path(request->arena,
				dossier->id)), TEXT_ARGS(file->name), TEXT_ARGS(file->digest)) });
			html_text(html, file->file);
			HTML_LINE(html, "span", arena_format(request->arena, ", jointe le " TEXT_FORMAT, TEXT_ARGS(joined)),
				{ "class", TEXT("visually-hidden") });
		}
		html_markup(html, " ");
		HTML_LINE(html, "span", page_size_text(request->arena, file->size), { "class", TEXT("size") });
	}
	{
		HTML_IN(html, "p");
		html_format(html, "Jointe le " TEXT_FORMAT, TEXT_ARGS(joined));
		if (version->by.length)
			html_format(html, " par " TEXT_FORMAT, TEXT_ARGS(version->by));
		if (file->valid_until.year)
			html_format(html, ", pour valoir jusqu’au " TEXT_FORMAT, TEXT_ARGS(date_french(request->arena, file->valid_until,
				false)));
		html_markup(html, ".");
	}
	version_verdict(request, html, version);
	HTML_LINE(html, "p", arena_format(request->arena, "%s le " TEXT_FORMAT ".", version->undone_at ? "Envoi annulé"
		: "Remplacée", TEXT_ARGS(day_of(request, version->undone_at ? version->undone_at : version->replaced_at))));
}

/* Those of one piece but the one of today, the latest first; nothing without. */
static void
former_versions(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct procedure_piece *piece, const struct dossier_piece_version *versions, size_t count)
{
	size_t former = 0;
	for (size_t i = 0; i < count; i++)
		former += text_equal(versions[i].piece.name, piece->name) && (versions[i].replaced_at || versions[i].undone_at);
	if (former == 0)
		return;
	HTML_IN(html, "details", { "class", TEXT("quiet") });
	{
		HTML_IN(html, "summary");
		html_format(html, "Versions précédentes (%zu)", former);
		HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
		html_say(html, " : ");
		html_text(html, piece->label);
	}
	HTML_IN(html, "ol", { "class", TEXT("versions") });
	for (size_t i = count; i > 0; i--) {
		const struct dossier_piece_version *version = &versions[i - 1];
		if (!text_equal(version->piece.name, piece->name) || !(version->replaced_at || version->undone_at))
			continue;
		HTML_IN(html, "li");
		one_version(request, html, dossier, version);
	}
}

/* ---- the pieces of today ---- */

/* Of a piece that this viewer may not open: whom to ask. */
static void
reserved(struct html *html, const struct procedure *procedure, const struct procedure_piece *piece)
{
	HTML_IN(html, "span", { "class", TEXT("size") });
	html_say(html, "jointe. Peuvent l’ouvrir : ");
	for (size_t i = 0; i < piece->readers.count; i++) {
		html_text(html, procedure->roles[piece->readers.at[i]].label);
		html_say(html, ", ");
	}
	html_say(html, "et qui l’a jointe.");
}

static void
one_piece(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_piece *kept, int index, bool readable, const struct procedure_action *join,
	const struct dossier_piece_version *versions, size_t version_count)
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
			HTML_LINE(html, "span", arena_format(request->arena, TEXT_FORMAT ", " TEXT_FORMAT ", jointe le " TEXT_FORMAT,
				TEXT_ARGS(kept->file), TEXT_ARGS(page_size_text(request->arena, kept->size)),
				TEXT_ARGS(day_of(request, kept->at ? kept->at : dossier->state.filed_at))), { "class", TEXT("size") });
		else
			reserved(html, dossier->procedure, piece);
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
	/* Who may not open the one of today opens none. */
	if (readable)
		former_versions(request, html, dossier, piece, versions, version_count);
}

/* A piece that is not there yet is shown when it may be joined: a compulsory one, where somebody is awaited; elsewhere the action
 * itself, offered above, is where it is asked for. */
static bool
wanted_by(const struct office_dossier *dossier, const struct procedure_action *join, const struct procedure_piece *piece)
{
	return join && (!piece->compulsory
		|| dossier_awaits_action(dossier->procedure, &dossier->state, (int)(join - dossier->procedure->actions)));
}

void
page_pieces(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_option *options, size_t count, const struct dossier_piece_version *versions, size_t version_count)
{
	const struct procedure *procedure = dossier->procedure;
	const struct dossier_viewer viewer = page_viewer(request, dossier);
	size_t awaited = 0;
	for (size_t i = 0; i < procedure->piece_count; i++)
		awaited += !dossier_piece_find(&dossier->state, procedure->pieces[i].name)
			&& wanted_by(dossier, joining(options, count, (int)i), &procedure->pieces[i]);
	if (dossier->state.piece_count + awaited == 0)
		return;
	HTML_IN(html, "section", { "class", TEXT("card") }, { "id", TEXT("pieces") });
	HTML_SAY(html, "h2", "Pièces jointes", { "class", TEXT("card-title") });
	HTML_IN(html, "ul", { "class", TEXT("files") });
	for (size_t i = 0; i < procedure->piece_count; i++) {
		const struct procedure_piece *piece = &procedure->pieces[i];
		const struct dossier_piece *kept = dossier_piece_find(&dossier->state, piece->name);
		const struct procedure_action *join = joining(options, count, (int)i);
		if (kept)
			one_piece(request, html, dossier, kept, (int)i, dossier_may_read_piece(&dossier->facts, &viewer, (int)i), join,
				versions, version_count);
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
}
