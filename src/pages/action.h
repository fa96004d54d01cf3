/* The pieces of an action's form, between the page of the action and what it sends. */
#pragma once

#include "pages/pages.h"

/* What the form of an action shows of its pieces. */
struct action_pieces {
	const struct office_dossier *dossier;
	const struct procedure_action *action;
	struct text address;                 /* of the form */
	const struct dossier_piece *waiting; /* files sent before, for this visitor */
	size_t waiting_count;
	const struct text *mistakes;         /* by piece of the procedure; NULL: none */
};

/* Inside the form: its files, its verdicts as they were typed. */
enum guichet_status action_pieces_form(struct request *request, struct html *html, const struct action_pieces *pieces,
	struct guichet_error *error);
/* At the top, with a link to each; nothing without. */
void action_pieces_mistakes(struct html *html, struct arena *arena, const struct action_pieces *pieces);

/* An action being sent: first its files, then itself. request->state of its page. */
struct action_sending {
	struct request *request;
	const struct procedure *procedure;
	struct office_command *command;
	struct page_arrival *arrivals;
	size_t arrival_count;
	struct office_handed_change change;
	struct text *mistakes; /* by piece of the procedure; NULL before files */
	size_t wrong;
	bool again;            /* its form is shown again with `form`: a row more or less, other questions */
	struct dossier_form form;
	bool stopped;          /* the action was not judged: files were wrong, or one was taken out */
};

/* What was typed of the pieces to examine, after the rest. */
struct dossier_raws action_verdicts_read(struct request *request, const struct procedure *procedure,
	const struct procedure_action *action, struct dossier_raws raws);
/* Takes the files of the form, then judges the command. Returns what begin must return. */
enum guichet_status action_pieces_send(struct request *request, const struct office_dossier *dossier,
	const struct procedure_action *action, struct action_sending *sending, struct guichet_error *error);
