/* See impossible.h: an action that is not, or no longer, to be done. */
#include "pages/impossible.h"

#include "base/banned.h"

enum { SINCE_SHOWN = 3 };

/* What happened since the visitor opened the form, as they may be told it; else what happened last. */
static enum guichet_status
since(struct request *request, struct store_tx *tx, struct html *html, const struct page_possible *possible,
	struct guichet_error *error)
{
	const struct office_dossier *dossier = possible->dossier;
	const unsigned last = dossier->state.version;
	const struct dossier_event *events;
	size_t count, told = 0;
	int64_t seen;
	if (!text_to_integer(form_value(request, "version"), 1, last, &seen) || seen + SINCE_SHOWN < last)
		seen = last > SINCE_SHOWN ? last - SINCE_SHOWN : 0;
	enum guichet_status status = office_events(tx, request->arena, dossier->id, (unsigned)seen, SINCE_SHOWN, &events, &count,
		error);
	struct dossier_moment *moments = arena_array_of(request->arena, struct dossier_moment, SINCE_SHOWN + 1);
	if (status == GUICHET_OK && !moments)
		status = guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	for (size_t i = 0; status == GUICHET_OK && i < count; i++) {
		bool is_told;
		status = dossier_tell_event(&dossier->facts, &possible->viewer, &events[i], request->arena, &moments[told], &is_told, error);
		told += is_told;
	}
	if (status != GUICHET_OK || told == 0)
		return status;
	HTML_SAY(html, "h2", "Ce qui s’est passé en dernier");
	HTML_IN(html, "ul");
	for (size_t i = told; i-- > 0;) {
		HTML_IN(html, "li");
		HTML_LINE(html, "strong", moments[i].title);
		html_say(html, ", le ");
		html_text(html, instant_french(request->arena, moments[i].at));
		if (moments[i].by.length) {
			html_say(html, ", par ");
			html_text(html, moments[i].by);
		}
	}
	return GUICHET_OK;
}

/* What they may do there now. */
static void
instead(struct request *request, struct html *html, const struct page_possible *possible)
{
	struct arena *arena = request->arena;
	const struct text dossier = page_dossier_path(arena, possible->dossier->id);
	const struct text path = possible->link ? arena_format(arena, TEXT_FORMAT TEXT_FORMAT, TEXT_ARGS(possible->path),
		TEXT_ARGS(dossier)) : dossier;
	const size_t count = possible->option_count;
	if (count)
		HTML_SAY(html, "h2", "Ce que vous pouvez faire");
	else
		HTML_SAY(html, "p", "Vous n’avez rien d’autre à faire sur cette demande pour l’instant.");
	HTML_IN(html, "div", { "class", TEXT("buttons") });
	for (size_t i = 0; i < count; i++)
		HTML_LINE(html, "a", possible->options[i].definition->label, { "class", TEXT("button secondary") },
			{ "href", arena_format(arena, TEXT_FORMAT "/actions/" TEXT_FORMAT, TEXT_ARGS(path),
				TEXT_ARGS(possible->options[i].definition->name)) });
	HTML_LINE(html, "a", possible->link ? TEXT("Voir ce qui vous attend encore") : TEXT("Revenir à la demande"),
		{ "class", count ? TEXT("button quiet") : TEXT("button") }, { "href", possible->link ? possible->path : dossier });
}

/* The action of that name, when the dossier never came to a step where it is done; NULL: it is past, or there is none. */
static const struct procedure_action *
never_reached(const struct office_dossier *dossier, struct text name)
{
	const struct procedure *procedure = dossier->procedure;
	const struct procedure_action *found = NULL;
	for (size_t i = 0; i < procedure->action_count; i++) {
		const struct procedure_action *action = &procedure->actions[i];
		if (!text_equal(action->name, name))
			continue;
		for (size_t j = 0; j < dossier->state.done_count; j++)
			if (dossier->state.done[j].from == action->step || dossier->state.done[j].to == action->step)
				return NULL;
		found = action;
	}
	return found;
}

static struct text
reason_of(const struct page_possible *possible, const struct dossier_option *options, size_t count, struct arena *arena)
{
	if (possible->action == PROCEDURE_NONE)
		return TEXT("Ce n’est plus possible : le dossier a avancé entre-temps.");
	const struct procedure *procedure = possible->dossier->procedure;
	if (possible->link && !office_link_allows(possible->link, procedure->actions[possible->action].name))
		return TEXT("Ce lien ne permet pas cela : connectez-vous pour le faire, si cela vous revient.");
	for (size_t i = 0; i < count; i++)
		if (options[i].action == possible->action)
			return options[i].reason;
	const struct procedure_list who = procedure->actions[possible->action].who;
	struct text labels = TEXT("");
	for (size_t i = 0; i < who.count; i++)
		labels = arena_format(arena, TEXT_FORMAT "%s" TEXT_FORMAT, TEXT_ARGS(labels), i == 0 ? "" : " ou ",
			TEXT_ARGS(procedure->roles[who.at[i]].label));
	return labels.length ? arena_format(arena, "Cette action revient à quelqu’un d’autre : " TEXT_FORMAT ".",
		TEXT_ARGS(labels)) : TEXT("Cette action revient à quelqu’un d’autre.");
}

enum guichet_status
page_possible_load(struct request *request, struct page_possible *possible, struct guichet_error *error)
{
	const struct dossier_option *all;
	size_t count;
	const enum guichet_status status = dossier_options(DOSSIER_PRESENT(&possible->dossier->facts, request->arena),
		&possible->viewer, &all, &count, error);
	struct dossier_option *options = status == GUICHET_OK ? arena_array_of(request->arena, struct dossier_option, count + 1)
		: NULL;
	if (!options)
		return status != GUICHET_OK ? status : guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	possible->options = options;
	for (size_t i = 0; i < count; i++) {
		if (!all[i].allowed || (possible->link && !office_link_allows(possible->link, all[i].definition->name)))
			continue;
		possible->allowed |= all[i].action == possible->action;
		options[possible->option_count++] = all[i];
	}
	const struct procedure_action *action = possible->action == PROCEDURE_NONE
		? never_reached(possible->dossier, request_parameter(request, "action")) : NULL;
	possible->ahead = action;
	if (action)
		possible->reason = arena_format(request->arena, "« " TEXT_FORMAT " » ne se fait pas à cette étape : le dossier en est à "
			"« " TEXT_FORMAT " ».", TEXT_ARGS(action->label),
			TEXT_ARGS(possible->dossier->procedure->steps[possible->dossier->state.step].label));
	else if (!possible->allowed)
		possible->reason = reason_of(possible, all, count, request->arena);
	return GUICHET_OK;
}

struct text
page_impossible_title(const struct page_possible *possible)
{
	return possible->action == PROCEDURE_NONE && !possible->ahead ? TEXT("Ce n’est plus possible") : TEXT("Ce n’est pas possible");
}

enum guichet_status
page_impossible(struct request *request, struct store_tx *tx, struct html *html, const struct page_possible *possible,
	struct text refusal, struct guichet_error *error)
{
	page_notice(html, NOTICE_WARNING, possible->action == PROCEDURE_NONE ? (struct text){ 0 }
		: possible->dossier->procedure->actions[possible->action].label, refusal.length ? refusal : possible->reason);
	const enum guichet_status status = since(request, tx, html, possible, error);
	if (status == GUICHET_OK)
		instead(request, html, possible);
	return status;
}
