/* The site: what pages share, who visits, the frame around each page. One file per family of
 * pages; the table of routes, each with its right, stands in routes.c. */
#pragma once

#include "base/clock.h"
#include "directory/directory.h"
#include "office/office.h"
#include "web/throttle.h"
#include "web/web.h"
#include "web/worker.h"

struct mailer;
struct typesetter;

/* Everything a page may need; request->context. Lives as long as the server. */
struct site {
	struct store *store;
	struct clock *clock;
	struct office *office;
	struct sessions *sessions;
	struct throttle *throttle;
	struct worker *passwords;       /* argon2id takes 22 ms: never on an event thread */
	struct worker *files;           /* writes attachments, which waits for the disk */
	struct worker *reports;         /* counts reports: seconds when there are many dossiers */
	struct typesetter *typesetter;
	struct mailer *mailer;
	struct text organisation;       /* "Académie de Valmont" */
	struct text public_address;     /* for links in mails, without "/" at the end; never the Host header */
	struct text demo_about;         /* one sentence for visitors of the demonstration */
	const struct demo_sight *demo_sights; /* what there is to see there: sight.h */
	size_t demo_sight_count;
	instant demo_start;             /* what was filed before belongs to its history */
	bool demo;                      /* a demonstration: anybody may log in as anybody and move the clock */
	_Atomic bool ready;             /* the office is open: pages may be served */
};

static inline struct site *
site_of(const struct request *request)
{
	return request->context;
}

/* What a route asks of its visitor. Zero admits nobody. Which dossier, which campaign: the page asks. */
enum right {
	RIGHT_NOBODY,
	RIGHT_PUBLIC,   /* everybody */
	RIGHT_LINK,     /* who holds the personal link in the address: the page reads it */
	RIGHT_PERSON,   /* who is logged in */
	RIGHT_SUPERIOR, /* who holds, somewhere, a role that a procedure looks for in a structure */
	RIGHT_HANDLER,  /* who holds any role but the applicant's */
	RIGHT_OFFICE,   /* who holds the role that runs a campaign (« service ») */
	RIGHT_DEMO,     /* everybody, in a demonstration only */
	RIGHT_COUNT
};

/* Who visits; request->visitor when somebody is logged in, else NULL. In the request's arena. */
struct visitor {
	struct office_actor actor; /* the person, their facts and functions today */
	bool superior, handles, office; /* see enum right */
	bool reports; /* some report is for them */
	bool sets;    /* they set something for a structure */
};

static inline const struct visitor *
visitor_of(const struct request *request)
{
	return request->visitor;
}

/* web_options.authorise and error_page. */
enum guichet_status site_authorise(struct request *request, unsigned right, struct guichet_error *error);
void site_error_page(struct request *request, struct html *html, const struct problem *problem);

/* The table of routes; `ret_count` its length. */
const struct route *site_routes(size_t *ret_count);

/* --- the frame of a page (layout.c) ---------------------------------------------------- */

/* A step of the path that leads to a page: "Accueil › Mes demandes › 2023-00042". */
struct crumb {
	struct text path, label;
};

/* Opened by page_open(), ended by page_close(). */
struct page_frame {
	struct html *html;
	struct request *request;
};

/* Writes everything before <main>'s content, with the title as <h1>; closed by the block:
 *     PAGE_IN(request, html, TEXT("Mes demandes"), { TEXT("/"), TEXT("Accueil") });
 * The crumbs lead to the page, which is not among them. */
#define PAGE_IN(request, html, title, ...)                                                             \
	[[maybe_unused]] __attribute__((cleanup(page_close)))                                          \
	const struct page_frame HTML_UNIQUE(__LINE__) = page_open((request), (html), (title),          \
		(const struct crumb[]){ __VA_ARGS__ __VA_OPT__(,) { { 0 }, { 0 } } })
struct page_frame page_open(struct request *request, struct html *html, struct text title,
	const struct crumb *crumbs);
void page_close(const struct page_frame *frame);

/* A message that stands out. The title or the sentence may be empty. */
enum notice { NOTICE_INFO, NOTICE_SUCCESS, NOTICE_WARNING, NOTICE_ERROR };
void page_notice(struct html *html, enum notice kind, struct text title, struct text sentence);

/* The class of the badge that shows a step: its words tell, its colour helps. */
struct text page_step_class(const struct procedure_step *step);

/* The one-line success told on the page a POST redirects to: ?fait=<key>; nothing for an unknown key. */
void page_done_notice(struct request *request, struct html *html);

/* --- fields (fields.c) ------------------------------------------------------------------ */

/* One line of a form: label, help, mistake and input tied together for assistive tools. */
struct page_field {
	struct text name, label, help, value;
	struct text mistake;      /* shown beside the field; empty: none */
	const char *type;         /* of the input: "text", "email", "password", "date"…, or "textarea" */
	struct text autocomplete; /* WCAG 1.3.5; empty: none */
	struct text width, mode;  /* "short", "medium"; the keyboard of a phone: "numeric", "decimal"; `at` NULL: neither */
	int rows;                 /* of a textarea: 3, or 5 */
	int64_t longest;          /* characters; 0: no limit told */
	bool required;
};
void page_field(struct html *html, const struct page_field *field);

/* The main button of a form. */
void page_submit(struct html *html, struct text label);

/* The fields of a procedure's form or action as dossier_form_read() gave them, mistakes beside each. */
void page_answers(struct html *html, struct arena *arena, const struct dossier_form *form);
/* The form of an action, to be shown again before anything is done: a row is added or taken away, or what was typed calls
 * for other questions. *ret_again says whether; *ret_form is without mistakes. `facts` learn whom the answers name. */
enum guichet_status page_form_again(struct request *request, struct store_tx *tx, struct text path, int action,
	struct dossier_raws raws, struct dossier_facts *facts, bool *ret_again, struct dossier_form *ret_form,
	struct guichet_error *error);
/* Was a row added or taken away, instead of sending the form? It is then shown again; page_raws() has the change. */
bool page_changes_rows(struct request *request);
/* What was typed, with the row that a button added or without the one it took away. */
struct dossier_raws page_rows_changed(struct request *request, const struct procedure *procedure, struct dossier_raws raws);
/* Said at the top when there are mistakes, with a link to each field. Nothing without. */
void page_mistakes(struct html *html, const struct dossier_form *form);
/* Hidden, with page_answers(): which questions the page shows, cells of rows included. An answer may call for others. */
void page_questions(struct html *html, const struct dossier_form *form);
/* How many page_questions() tells. */
size_t page_question_count(const struct dossier_form *form);
/* Does the form show a question that the page just sent did not? Never when the page told none. */
bool page_has_new_question(struct request *request, const struct dossier_form *form);
/* All that the form of a page carries for these fields, as typed. */
struct dossier_raws page_raws(struct request *request, const struct procedure *procedure);

/* --- tables of a dossier (registers.c) ---------------------------------------------------- */

/* The rows of a field of that type. */
void page_rows_table(struct html *html, struct arena *arena, const struct procedure_field *field, struct feel_value rows);
/* Its registers, as the viewer may read them; nothing when they are empty. */
enum guichet_status page_registers(struct request *request, struct html *html, const struct dossier_facts *facts,
	const struct dossier_viewer *viewer, struct guichet_error *error);

/* --- waiting for the writer (writing.c) --------------------------------------------------- */

/* Hands a store_work to the writer; the page's finish runs once it is on disk, or refused: *ret_status and *ret_error are
 * filled by then. Returns what begin must return. */
enum guichet_status page_write(struct request *request, store_work *work, void *context,
	enum guichet_status *ret_status, struct guichet_error *ret_error, struct guichet_error *error);

/* --- who may see what (shared by families of pages) -------------------------------------- */

/* Loads a dossier that the visitor may see, with the roles they hold for it; UNKNOWN otherwise: a dossier that is not
 * theirs does not exist. */
enum guichet_status page_dossier(struct request *request, struct store_tx *tx, struct office_dossier *ret_dossier,
	struct guichet_error *error);
/* The visitor, as they look at this dossier. */
struct dossier_viewer page_viewer(struct request *request, const struct office_dossier *dossier);
/* The campaign in the path's ":campagne"; UNKNOWN when there is none. */
enum guichet_status page_campaign(struct request *request, const struct office_campaign **ret_campaign,
	struct guichet_error *error);

/* --- pieces of pages shared by families --------------------------------------------------- */

/* Whom to ask for help in a campaign. */
void page_contacts(struct html *html, const struct campaign *campaign);
/* "P5Y" as "5 ans"; the text itself when it is no duration. */
struct text page_duration(struct arena *arena, struct text iso);
/* Its windows and key dates, in order, with what is past and what is now. */
void page_key_dates(struct request *request, struct html *html, const struct office_campaign *campaign);
/* "Dépôt possible jusqu’au vendredi 16 juin 2023 inclus." or when it opens, or that it is over; empty without a window. */
struct text page_filing_deadline(struct arena *arena, const struct dossier_facts *facts);
/* The form that finds an agent by name or number: ?nom=. */
void page_agent_search(struct request *request, struct html *html, struct text query);
/* A cell that a spreadsheet will show and never run: quoted, formulas disarmed. A number may begin with its sign. */
void page_csv_cell(struct buffer *csv, struct text value, bool number, bool first);
/* A file that arrives in a form, for a piece. */
struct page_arrival {
	const struct procedure_piece *definition;
	struct text bytes;
	struct dossier_piece piece;
	enum guichet_status status; /* REFUSED: the sentence stands beside the field; RETRY: it was not kept, for now */
	struct guichet_error error;
};
enum guichet_status page_arrival_read(struct request *request, const struct form_file *file,
	const struct procedure_piece *definition, struct page_arrival *ret_arrival, struct guichet_error *error);
/* Judges each by its content and writes those that do, as the request waits; then `then` runs, on another thread, and
 * resumes the request sooner or later. Returns what begin must return. */
enum guichet_status page_arrivals(struct request *request, struct page_arrival *arrivals, size_t count,
	void (*then)(void *context), void *context, struct guichet_error *error);
/* ".pdf,.jpg,.jpeg": what the browser's chooser proposes first. */
struct text page_file_accept(unsigned formats);
/* dossier_pieces.c: the clocks of a dossier, a line each; "il reste 12 jours"; the card of its pieces. */
enum guichet_status page_clocks(struct html *html, struct dossier_present *present, struct guichet_error *error);
struct text page_clock_text(struct arena *arena, const struct dossier_clock_view *clock);
/* `options`: the viewer's; `versions`: of all its pieces, as office_piece_versions() gives them. */
void page_pieces(struct request *request, struct html *html, const struct office_dossier *dossier,
	const struct dossier_option *options, size_t count, const struct dossier_piece_version *versions, size_t version_count);
/* Where a piece stands, as a badge, and until when it is good. */
void page_piece_state(struct html *html, struct arena *arena, const struct procedure_piece *definition,
	const struct dossier_piece *piece, instant at);
/* "128 ko", "1,2 Mo". */
struct text page_size_text(struct arena *arena, int64_t bytes);
/* "/campagnes/<id>". */
struct text page_campaign_path(struct arena *arena, const struct office_campaign *campaign);
/* "/dossiers/<id>". */
struct text page_dossier_path(struct arena *arena, struct text id);
/* Whose dossier it is, and of which structure, at the top of a page (dossier.c). */
void page_subject(struct request *request, struct html *html, const struct office_dossier *dossier);
/* What was said by whoever handed the dossier over, for who must act now: nothing when it came by itself or by
 * the filing. */
void page_last_words(struct html *html, struct arena *arena, const struct dossier_facts *facts,
	const struct dossier_viewer *viewer);
/* What a form of page_action_form() carries, into a command. */
void page_command_read(struct request *request, const struct procedure *procedure, struct office_command *command);
/* Why a command was refused: the sentence, and what the rule that refused had read. */
struct text page_refusal(struct arena *arena, const struct office_command *command);
/* The form of an action (its index) of a dossier: what it asks, what it changes, the letter it signs; sent to
 * `address`. With `form` (may be NULL: nothing typed yet), mistakes by piece of the procedure (may be NULL) and `refusal`
 * (may be empty), as it was refused. */
enum guichet_status page_action_form(struct request *request, struct store_tx *tx, struct html *html,
	const struct office_dossier *dossier, int action, const struct dossier_form *form, const struct text *piece_mistakes,
	struct text refusal, struct text address, struct guichet_error *error);
/* Sends the PDF of an act: the signed copy when there is one. */
enum guichet_status page_send_act(struct request *request, const struct office_act_file *file,
	struct guichet_error *error);
/* "PDF" -> "application/pdf"… */
const char *page_file_type(struct text kind);
