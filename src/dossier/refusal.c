/* How a refusal is told: which kind it is, and the sentence that says what to do next. */
#include "dossier/deciding.h"
#include "dossier/judged.h"

#include "base/banned.h"

/* "le vendredi 16 juin 2023", with its hour unless it is midnight. */
struct text
decide_moment_text(struct arena *arena, instant at)
{
	struct clock_time time;
	const struct date date = date_of_instant(at, &time);
	const struct text day = date_french(arena, date, true);
	if (time.hour == 0 && time.minute == 0)
		return day;
	return arena_format(arena, "%.*s à %d h %02d", TEXT_ARGS(day), time.hour, time.minute);
}

/* "le chef de service ou d’établissement, ou la personne support". */
struct text
decide_roles_text(struct arena *arena, const struct procedure *procedure, struct procedure_list roles)
{
	struct text text = TEXT("");
	for (size_t i = 0; i < roles.count; i++)
		text = arena_format(arena, "%.*s%s%.*s", TEXT_ARGS(text), i > 0 ? ", ou " : "",
			TEXT_ARGS(procedure->roles[roles.at[i]].label));
	return text;
}

/* The office's label after "à": "au " then "bureau", "à " then "la division", "aux " then "gestionnaires". */
const char *
decide_to_office(const struct procedure *procedure, struct text *ret_rest)
{
	const struct text label = procedure->office >= 0 ? procedure->roles[procedure->office].label
		: TEXT("votre service gestionnaire");
	const bool one = text_starts(label, TEXT("le ")), many = text_starts(label, TEXT("les "));
	*ret_rest = text_part(label, one ? 3 : many ? 4 : 0, SIZE_MAX);
	return one ? "au " : many ? "aux " : "à ";
}

struct text
decide_window_text(struct arena *arena, const struct dossier_facts *facts, int window, bool *ret_open,
	enum dossier_refusal *ret_refusal, instant *ret_opens)
{
	instant opens, closes;
	dossier_window(facts, window, &opens, &closes);
	const struct text label = facts->procedure->windows[window].label;
	*ret_open = facts->at >= opens && facts->at < closes;
	*ret_refusal = DOSSIER_NOT_REFUSED;
	*ret_opens = 0;
	if (*ret_open)
		return TEXT("");
	if (facts->at < opens) {
		*ret_refusal = DOSSIER_NOT_YET;
		*ret_opens = opens;
		return arena_format(arena, "%.*s : ce sera possible à partir du %.*s. Revenez à partir de ce jour.",
			TEXT_ARGS(label), TEXT_ARGS(decide_moment_text(arena, opens)));
	}
	*ret_refusal = DOSSIER_OVER;
	struct text office;
	const char *to = decide_to_office(facts->procedure, &office);
	struct clock_time time;
	(void)date_of_instant(closes, &time);
	const bool midnight = time.hour == 0 && time.minute == 0;
	const struct text last = decide_moment_text(arena, midnight ? closes - INSTANT_DAY / 2 : closes);
	/* Half a day before midnight is noon of the last day: only the day is told. */
	return arena_format(arena, "%.*s : c’était possible jusqu’au %.*s%s. Adressez-vous %s%.*s.",
		TEXT_ARGS(label),
		TEXT_ARGS(midnight ? date_french(arena, date_of_instant(closes - 1, NULL), true) : last),
		midnight ? " inclus" : "", to, TEXT_ARGS(office));
}

enum guichet_status
deciding_refuse(struct deciding *deciding, enum dossier_refusal refusal, const char *format, ...)
{
	char message[sizeof deciding->error->message];
	va_list arguments;
	va_start(arguments, format);
	const int length = vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	const size_t whole = length < 0 ? 0 : (size_t)length;
	size_t kept = whole < sizeof message ? whole : sizeof message - 1;
	/* A cut sentence still ends with a whole character: the last one goes, when it has several bytes. */
	if (kept < whole) {
		while (kept > 0 && ((unsigned char)message[kept - 1] & 0xC0) == 0x80)
			kept--;
		if (kept > 0 && ((unsigned char)message[kept - 1] & 0x80) != 0)
			kept--;
	}
	deciding->outcome->kind = DOSSIER_REFUSED_OUTCOME;
	deciding->outcome->refusal = refusal;
	deciding->outcome->message = arena_text(deciding->arena, (struct text){ message, kept });
	return guichet_fail(deciding->error, GUICHET_REFUSED, "%.*s", (int)kept, message);
}

struct text
decide_beyond_text(struct arena *arena, const struct dossier_facts *facts, int window, instant *ret_closes)
{
	instant opens, closes;
	dossier_window(facts, window, &opens, &closes);
	*ret_closes = 0;
	if (facts->at >= closes)
		return TEXT("");
	*ret_closes = closes;
	const struct text label = facts->procedure->windows[window].label;
	if (closes == INSTANT_NEVER)
		return arena_format(arena, "%.*s : cette période ne se ferme pas, faites-le comme les autres.", TEXT_ARGS(label));
	return arena_format(arena, "%.*s : la période n’est pas passée. Cela ne sera possible qu’à partir du %.*s.",
		TEXT_ARGS(label), TEXT_ARGS(decide_moment_text(arena, closes)));
}

enum guichet_status
deciding_refuse_window(struct deciding *deciding, int window)
{
	bool open;
	enum dossier_refusal refusal;
	const struct text message = decide_window_text(deciding->arena, &deciding->facts, window, &open, &refusal,
		&deciding->outcome->opens_at);
	if (open && deciding->facts.explanation) {
		instant opens, closes;
		dossier_window(&deciding->facts, window, &opens, &closes);
		judged_window(deciding->facts.explanation, window, opens, closes);
	}
	if (open)
		return GUICHET_OK;
	return deciding_refuse(deciding, refusal, "%.*s", TEXT_ARGS(message));
}

/* The action is not of this step: was it done, is it too late, or too early? */
enum guichet_status
deciding_refuse_elsewhere(struct deciding *deciding, int move)
{
	const struct procedure *procedure = deciding->procedure;
	const struct dossier *dossier = deciding->facts.dossier;
	const struct procedure_list actions = procedure->moves[move].actions;
	const struct dossier_done *answer = NULL; /* the last one that left a step where this could be done */
	for (size_t i = 0; dossier && i < dossier->done_count; i++) {
		const struct dossier_done *done = &dossier->done[i];
		if (!done->effect && done->from != done->to && (!answer || done->version > answer->version)
		    && procedure_action_find(procedure, done->from, procedure->moves[move].name) >= 0)
			answer = done;
	}
	if (answer) {
		const struct text label = procedure->moves[answer->move].done;
		const struct text when = instant_french(deciding->arena, answer->last_at);
		if (text_equal(answer->person, deciding->input->actor.person.id))
			return deciding_refuse(deciding, DOSSIER_ALREADY,
				"Vous avez déjà répondu à cette demande le %.*s : « %.*s ». Rien d’autre n’est attendu de vous à cette étape.",
				TEXT_ARGS(when), TEXT_ARGS(label));
		return deciding_refuse(deciding, DOSSIER_ALREADY,
			"Cette demande a déjà reçu une réponse le %.*s, de %.*s : « %.*s ». La première réponse est la seule retenue.",
			TEXT_ARGS(when), TEXT_ARGS(answer->by), TEXT_ARGS(label));
	}
	for (size_t i = 0; i < actions.count; i++) {
		const struct procedure_action *action = &procedure->actions[actions.at[i]];
		const enum guichet_status status = action->during >= 0 ? deciding_refuse_window(deciding, action->during)
			: GUICHET_OK;
		if (status != GUICHET_OK)
			return status;
	}
	const struct dossier_viewer viewer = { .person = deciding->input->actor.person.id, .roles = deciding->roles };
	const struct text label = dossier_label(&deciding->facts, &viewer);
	return deciding_refuse(deciding, DOSSIER_NOT_HERE,
		"« %.*s » n’est pas possible à l’étape où en est la demande : « %.*s ». "
		"Rouvrez la demande pour voir ce que vous pouvez faire.",
		TEXT_ARGS(procedure->moves[move].label), TEXT_ARGS(label));
}

enum guichet_status
deciding_refuse_role(struct deciding *deciding, struct procedure_list who)
{
	if (facts_has_role(who, deciding->input->actor.roles))
		return deciding_refuse(deciding, DOSSIER_NOT_THEIRS,
			"C’est votre propre demande : quelqu’un d’autre que vous doit répondre ici.");
	struct text office;
	const char *to = decide_to_office(deciding->procedure, &office);
	return deciding_refuse(deciding, DOSSIER_NOT_THEIRS,
		"Cette action revient à quelqu’un d’autre : %.*s. Si c’est une erreur, adressez-vous %s%.*s.",
		TEXT_ARGS(decide_roles_text(deciding->arena, deciding->procedure, who)),
		to, TEXT_ARGS(office));
}

/* What the rule that refuses read: judged once more, traced. Left out when the actor must not learn it. */
void
deciding_tell_because(struct deciding *deciding, const struct feel *rule)
{
	const struct dossier_viewer viewer = { .person = deciding->input->actor.person.id, .roles = deciding->roles };
	const struct dossier_explanation named = { .arena = deciding->arena, .procedure = deciding->procedure };
	const struct feel_words words = dossier_explanation_words(&named);
	struct feel_run run = inputs_run(&deciding->inputs);
	run.trace = feel_trace_new(deciding->arena);
	if (!run.trace || !dossier_may_explain(&deciding->facts, &viewer, rule))
		return;
	(void)feel_evaluate(rule, &run);
	deciding->outcome->because = feel_explain_french(deciding->arena, run.trace, FEEL_REASON, &words);
}
