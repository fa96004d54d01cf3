/* A request being prepared, as its pages share it: what the form asks, what is answered, what is missing. */
#pragma once

#include "pages/families.h"

/* The visitor's draft in the campaign of the path, judged as if it were filed now. In the request's arena. */
struct draft {
	const struct office_campaign *campaign;
	const struct procedure_nature *nature;   /* of a dossier born of another; NULL: the visitor's own request */
	const struct office_dossier *parent;     /* of it */
	const struct office_actor *subject;      /* of a request for an agent; NULL: the visitor */
	const struct office_actor *asking;       /* in a campaign of structures: the visitor, as who asks for one; else NULL */
	const struct directory_structure *choices; /* the structures that they may ask for, while none is chosen */
	size_t choice_count;
	struct text path, about;                 /* where it is prepared; as office_draft_about() knows it */
	struct text back, title;                 /* the page it is prepared from, and what that page is called */
	struct dossier_facts facts;
	struct dossier_can can;
	const struct dossier_option *ways; /* to file it now, in the order of writing */
	size_t way_count;
	bool several;                      /* more than one, or may be when it opens: each asks its own once chosen, on the summary */
	struct office_draft saved;
	struct dossier_form form;          /* mistakes included */
	const int *sections;               /* of the procedure, those that show a field, in order */
	size_t section_count;
	const int *pieces;                 /* of the procedure, those asked, in order */
	size_t piece_count;
	const struct text *piece_mistakes; /* by piece of the procedure; empty when it is well */
	struct text trouble;               /* why what was typed is not on disk, told above the form; empty: it is */
	struct store_tx *tx;               /* that it was loaded in */
	struct text other;                 /* id of the dossier that holds the person's place; empty: none */
};

/* Which draft the address names: campaign, nature, parent, path, about, back, title and facts.procedure. */
enum guichet_status draft_open(struct request *request, struct store_tx *tx, struct draft *draft,
	struct guichet_error *error);
/* Its facts, and whether it may be filed now. */
enum guichet_status draft_judge(struct request *request, struct store_tx *tx, struct draft *draft,
	struct guichet_error *error);

/* The ways to file it now, for whom it is filed by: ways, way_count, several. After draft_judge(). */
enum guichet_status draft_ways(struct request *request, struct draft *draft, struct guichet_error *error);

/* Loads it, with what `typed` would change when it is not NULL. UNKNOWN when there is no such campaign.
 * *ret_draft must outlive what points into it: do not copy. */
enum guichet_status draft_load_with(struct request *request, struct store_tx *tx,
	const struct office_draft_change *typed, struct draft *ret_draft, struct guichet_error *error);
static inline enum guichet_status draft_load(struct request *request, struct store_tx *tx, struct draft *ret_draft,
	struct guichet_error *error)
{
	return draft_load_with(request, tx, NULL, ret_draft, error);
}

/* May the visitor prepare a request: the population admits them, nothing is filed yet, and filing is open or to come, or
 * something is saved? */
bool draft_may_prepare(const struct draft *draft);
/* REFUSED with the sentence that says why not. */
enum guichet_status draft_check(const struct draft *draft, struct guichet_error *error);

/* Steps are numbered from 1: the sections, the pieces when there are any, the check before filing. */
size_t draft_step_count(const struct draft *draft);
/* That of the pieces; 0 when none is asked. */
size_t draft_step_of_pieces(const struct draft *draft);
/* That of a section of the procedure; 0 when it shows nothing. */
size_t draft_step_of_section(const struct draft *draft, int section);
/* "/campagnes/<id>/demande<rest>", "/dossiers/<id>/natures/<nature><rest>". */
struct text draft_path(struct arena *arena, const struct draft *draft, const char *rest);
/* "/campagnes/<id>/pour", and for one person "…/pour/<matricule>". */
struct text behalf_path(struct arena *arena, const struct office_campaign *campaign, struct text external_id);
/* "/campagnes/<id>/structures/<code>". */
struct text structure_path(struct arena *arena, const struct office_campaign *campaign, struct text code);
/* Where a child of a dossier is prepared. */
struct text draft_child_path(struct arena *arena, struct text parent, struct text nature);
/* Where a step is; with `verify` its mistakes are shown. */
struct text draft_step_path(struct arena *arena, const struct draft *draft, size_t step, bool verify);

/* The piece handed in; NULL when it is missing. */
const struct dossier_piece *draft_piece_find(const struct draft *draft, struct text name);
/* How many points remain to correct: answers and pieces. */
size_t draft_mistakes(const struct draft *draft);
/* The part of the form that a section shows; without its mistakes unless `verify`. */
struct dossier_form draft_section(struct arena *arena, const struct draft *draft, int section, bool verify);

/* The title of one of its pages: "Avenant : Vérifier et déposer". */
struct text draft_heading(struct arena *arena, const struct draft *draft, struct text title);
/* The title of a section of the procedure; NONE: what the action that files asks by itself. */
struct text draft_section_title(const struct draft *draft, int section);

/* The summary, with the form of a way of filing when it is named. */
struct text draft_summary_path(struct arena *arena, const struct draft *draft, struct text way);

/* The action that files it, the first by which it may be filed now; NULL when its first step has none. */
const struct procedure_action *draft_filing(const struct draft *draft);

/* ---- parts of pages ---- */

/* The steps, and what a draft is: nothing is filed yet. */
void draft_stepper(struct request *request, struct html *html, const struct draft *draft, size_t current);
/* What the directory knows of the visitor, which they cannot change here (TTA-35). */
void draft_identity(struct request *request, struct html *html, const struct draft *draft, bool open);
/* Contacts: on each page of the request (TTA-34). */
void draft_help(struct html *html, const struct office_campaign *campaign);
/* The page of a step before the check; `wrong` (a piece of the procedure, or NONE) has `mistake` beside it. */
enum guichet_status draft_step_page(struct request *request, struct html *html, const struct draft *draft, size_t step,
	bool verify, int wrong, struct text mistake);
/* What each piece is, what may be done with it. `wrong` (a piece of the procedure, or NONE) has
 * `mistake` beside it. */
void draft_pieces_step(struct request *request, struct html *html, const struct draft *draft, bool verify, int wrong,
	struct text mistake);
/* What was answered, what remains, and the form that files; `refused` was sent and is not filed, by a `refusal` if any, else it
 * is shown again with what was typed. */
enum guichet_status draft_summary(struct request *request, struct html *html, const struct draft *draft,
	const struct office_command *refused, struct text refusal, struct guichet_error *error);
/* What that way of filing asks by itself, as the draft answers it; nothing when there is no such way. */
enum guichet_status draft_way_form(struct request *request, const struct draft *draft, struct text way,
	struct dossier_form *ret_form, struct guichet_error *error);
/* Who will be asked for an opinion, then what comes after filing. */
void draft_after(struct request *request, struct html *html, const struct dossier_can *can);
