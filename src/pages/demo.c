/* The demonstration: visit as anybody, move the clock, read the mails. These pages exist only there. */
#include "pages/demo.h"
#include "pages/families.h"
#include "pages/sight.h"

#include <stdio.h>
#include <time.h>

#include "base/digest.h"
#include "mail/mail.h"
#include "mail/mailer.h"

#include "base/banned.h"

void
demo_enter(struct request *request, struct html *html, const struct directory_person *person, struct text function,
	struct text to)
{
	FORM_IN(request, html, TEXT("/demo"), { "class", TEXT("buttons") });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("personne") }, { "value", person->external_id });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("vers") }, { "value", to });
	HTML_LINE(html, "button", arena_format(request->arena, function.length ? "Entrer comme " TEXT_FORMAT ", " TEXT_FORMAT
		: "Entrer comme " TEXT_FORMAT "" TEXT_FORMAT, TEXT_ARGS(directory_person_name(request->arena, person)),
		TEXT_ARGS(function)), { "class", TEXT("button") }, { "type", TEXT("submit") });
}

void
demo_jump(struct request *request, struct html *html, instant to, struct text label, struct text back)
{
	char value[24];
	snprintf(value, sizeof value, "%lld", (long long)to);
	FORM_IN(request, html, TEXT("/demo/horloge"), { "class", TEXT("buttons") });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("instant") }, { "value", text_of_string(value) });
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("vers") }, { "value", back });
	HTML_IN(html, "button", { "class", TEXT("button secondary") }, { "type", TEXT("submit") });
	html_text(html, label);
	html_say(html, " : ");
	html_text(html, instant_french(request->arena, to));
}

/* ---- GET /demo: what to see ---- */

static enum guichet_status
sights(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	const struct site *site = site_of(request);
	struct arena *arena = request->arena;
	if (site->demo_sight_count == 0)
		return GUICHET_OK;
	HTML_SAY(html, "h2", "À voir");
	HTML_SAY(html, "p", "Un bouton, et vous y êtes : vous entrez comme la personne nommée, à la page décrite.");
	HTML_IN(html, "ul", { "class", TEXT("cards sights") });
	for (size_t i = 0; i < site->demo_sight_count; i++) {
		const struct demo_sight *sight = &site->demo_sights[i];
		struct directory_facts facts;
		struct directory_person person;
		const struct date day = date_of_instant(clock_now(site->clock), NULL);
		enum guichet_status status = directory_person_by_external_id(tx, arena, sight->person, day, &person, error);
		if (status == GUICHET_OK)
			status = directory_facts(tx, arena, person.id, day, &facts, error);
		if (status == GUICHET_UNKNOWN)
			continue; /* they left: time has gone on */
		if (status != GUICHET_OK)
			return status;
		HTML_IN(html, "li", { "class", TEXT("card") });
		HTML_LINE(html, "h3", sight->title);
		if (sight->about.length)
			HTML_LINE(html, "p", sight->about);
		demo_enter(request, html, &person, facts.appointment.function, sight->page);
	}
	return GUICHET_OK;
}

/* ---- GET /demo: whom to be ---- */

static void
person_choice(struct request *request, struct html *html, const struct directory_person *person, struct text function,
	struct text structure)
{
	HTML_IN(html, "tr");
	HTML_LINE(html, "td", directory_person_name(request->arena, person), { "data-label", TEXT("Personne") });
	HTML_LINE(html, "td", function, { "data-label", TEXT("Fonction") });
	HTML_LINE(html, "td", structure, { "data-label", TEXT("Structure") });
	HTML_IN(html, "td", { "class", TEXT("actions") });
	FORM_IN(request, html, TEXT("/demo"));
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("personne") }, { "value", person->external_id });
	HTML_IN(html, "button", { "class", TEXT("button secondary") }, { "type", TEXT("submit") });
	html_say(html, "Entrer");
	HTML_IN(html, "span", { "class", TEXT("visually-hidden") });
	html_say(html, " comme ");
	html_text(html, directory_person_name(request->arena, person));
}

static void
table_head(struct html *html)
{
	html_markup(html, "<thead><tr><th scope=\"col\">Personne</th><th scope=\"col\">Fonction</th>"
		"<th scope=\"col\">Structure</th><th scope=\"col\"><span class=\"visually-hidden\">Action</span></th></tr></thead>");
}

/* The first holders of the functions that the procedures name, and agents of a few structures. */
static enum guichet_status
suggestions(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	enum { EACH = 3, MOST = 12 };
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, request->arena);
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	const struct date day = date_of_instant(clock_now(site_of(request)->clock), NULL);
	struct text functions[MOST] = { TEXT("agent") };
	size_t count = 1;
	for (size_t c = 0; c < campaigns.count; c++)
		for (size_t r = 0; r < campaigns.at[c]->procedure->role_count; r++)
			for (size_t f = 0; f < campaigns.at[c]->procedure->roles[r].function_count && count < MOST; f++) {
				const struct text function = campaigns.at[c]->procedure->roles[r].functions[f];
				bool known = false;
				for (size_t i = 0; i < count; i++)
					known |= text_equal(functions[i], function);
				if (!known)
					functions[count++] = function;
			}
	for (size_t i = 0; i < count; i++) {
		struct directory_holders holders;
		const enum guichet_status status = directory_holders_within(tx, request->arena, &functions[i], 1, &everywhere, day,
			i == 0 ? 2 * EACH : EACH, &holders, error);
		if (status != GUICHET_OK)
			return status;
		for (size_t h = 0; h < holders.count; h++)
			person_choice(request, html, &holders.at[h].person, holders.at[h].function, holders.at[h].structure_name);
	}
	return GUICHET_OK;
}

enum guichet_status
page_demo(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct text query = text_trim(request_query(request, "nom"));
	const struct directory_range everywhere = DIRECTORY_EVERYWHERE;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	PAGE_IN(request, html, TEXT("La démonstration"), { TEXT("/"), TEXT("Accueil") });
	HTML_LINE(html, "p", arena_format(request->arena, TEXT_FORMAT " Suivez une demande d’un bout à l’autre en changeant de "
		"personne, ou entrez comme qui vous voulez.", TEXT_ARGS(site_of(request)->demo_about)), { "class", TEXT("lead") });
	if (query.length == 0) {
		enum guichet_status status = sights(request, tx, html, error);
		if (status == GUICHET_OK)
			status = demo_guide(request, tx, html, error);
		if (status != GUICHET_OK)
			return status;
	}
	HTML_SAY(html, "h2", "Entrer comme quelqu’un");
	{
		HTML_IN(html, "form", { "class", TEXT("filters") }, { "method", TEXT("get") }, { "action", TEXT("/demo") },
			{ "role", TEXT("search") });
		{
			HTML_IN(html, "div", { "class", TEXT("field grow") });
			HTML_SAY(html, "label", "Chercher par nom ou matricule", { "for", TEXT("nom") });
			HTML_VOID(html, "input", { "type", TEXT("search") }, { "id", TEXT("nom") }, { "name", TEXT("nom") },
				{ "value", query });
		}
		HTML_SAY(html, "button", "Chercher", { "class", TEXT("button") }, { "type", TEXT("submit") });
	}
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", TEXT("Personnes") });
	HTML_IN(html, "table", { "class", TEXT("table") });
	HTML_SAY(html, "caption", "Personnes inventées", { "class", TEXT("visually-hidden") });
	table_head(html);
	HTML_IN(html, "tbody");
	if (query.length == 0)
		return suggestions(request, tx, html, error);
	struct directory_search found;
	const enum guichet_status status = directory_search(tx, request->arena, query, &everywhere,
		date_of_instant(clock_now(site_of(request)->clock), NULL), 50, &found, error);
	for (size_t i = 0; status == GUICHET_OK && i < found.count; i++)
		person_choice(request, html, &found.at[i].person, found.at[i].function, found.at[i].structure_name);
	if (status == GUICHET_OK && found.count == 0)
		html_markup(html, "<tr><td colspan=\"4\">Personne ne porte ce nom.</td></tr>");
	return status;
}

struct entry {
	struct text person, token, previous;
	instant now;
	enum guichet_status status;
	struct guichet_error error;
};

static enum guichet_status
entry_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct entry *entry = context;
	return session_begin(tx, entry->token, entry->person, true, entry->previous, entry->now, error);
}

enum guichet_status
page_demo_login(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct entry *entry = arena_new_of(request->arena, struct entry);
	if (!entry)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	const struct site *site = site_of(request);
	struct directory_person person;
	*entry = (struct entry){ .token = token_new(request->arena), .now = clock_now(site->clock),
		.previous = request->session ? request->session->hash : (struct text){ "", 0 } };
	request->state = entry;
	{
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site->store, error);
		if (!tx)
			return error->status;
		const enum guichet_status status = directory_person_by_external_id(tx, request->arena,
			form_value(request, "personne"), date_of_instant(entry->now, NULL), &person, error);
		if (status == GUICHET_UNKNOWN)
			return guichet_fail(error, GUICHET_REFUSED, "Cette personne n’est pas dans l’annuaire à cette date.");
		if (status != GUICHET_OK)
			return status;
	}
	entry->person = person.id;
	return page_write(request, entry_write, entry, &entry->status, &entry->error, error);
}

enum guichet_status
page_demo_login_done(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct entry *entry = request->state;
	if (entry->status != GUICHET_OK) {
		*error = entry->error;
		return entry->status;
	}
	request_login(request, entry->token);
	return request_redirect(request, 303, request_local_path(form_value(request, "vers")));
}

/* ---- /demo/horloge: moving legal time, forward only ---- */

static void
jump(struct request *request, struct html *html, instant to, struct text label)
{
	HTML_IN(html, "li");
	demo_jump(request, html, to, label, TEXT("/demo/horloge"));
}

static void
campaign_jumps(struct request *request, struct html *html, const struct office_campaign *campaign, instant now)
{
	const struct procedure *procedure = campaign->procedure;
	for (size_t i = 0; i < procedure->window_count; i++) {
		const struct campaign_window *window = &campaign->campaign->windows[i];
		const instant morning = window->opens + 8 * INSTANT_HOUR, evening = window->closes - INSTANT_MINUTE;
		const struct text label = procedure->windows[i].label;
		if (morning > now)
			jump(request, html, morning, arena_format(request->arena, TEXT_FORMAT ", premier matin", TEXT_ARGS(label)));
		if (window->closes == INSTANT_NEVER)
			continue;
		if (evening > now)
			jump(request, html, evening, arena_format(request->arena, TEXT_FORMAT ", dernière minute", TEXT_ARGS(label)));
		if (window->closes > now)
			jump(request, html, window->closes, arena_format(request->arena, TEXT_FORMAT ", fermeture", TEXT_ARGS(label)));
	}
	for (size_t i = 0; i < campaign->campaign->key_date_count; i++) {
		const struct campaign_key_date *date = &campaign->campaign->key_dates[i];
		const instant morning = instant_of_day(date->from) + 9 * INSTANT_HOUR;
		if (morning > now)
			jump(request, html, morning, date->label);
	}
}

static void
clock_page(struct request *request, struct html *html, struct text mistake)
{
	const instant now = clock_now(site_of(request)->clock);
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, request->arena);
	PAGE_IN(request, html, TEXT("Avancer le temps"), { TEXT("/"), TEXT("Accueil") }, { TEXT("/demo"), TEXT("Démonstration") });
	HTML_SAY(html, "p", "Tout ce qui doit arriver entre maintenant et le moment choisi arrive : "
		"courriels, échéances, fermetures. Le temps "
		"ne recule pas ; relancez la démonstration pour recommencer.", { "class", TEXT("lead") });
	for (size_t i = 0; i < campaigns.count; i++) {
		HTML_LINE(html, "h2", campaigns.at[i]->campaign->title);
		HTML_IN(html, "ul", { "class", TEXT("plain") });
		campaign_jumps(request, html, campaigns.at[i], now);
	}
	HTML_SAY(html, "h2", "Un autre moment");
	FORM_IN(request, html, TEXT("/demo/horloge"), { "class", TEXT("form") });
	page_field(html, &(struct page_field){ .name = TEXT("moment"), .label = TEXT("Jour et heure"), .type = "datetime-local",
		.mistake = mistake, .value = form_value(request, "moment"), .required = true });
	page_submit(html, TEXT("Avancer"));
}

enum guichet_status
page_demo_clock(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	clock_page(request, html, (struct text){ 0 });
	return GUICHET_OK;
}

/* Waits until what is due by now has happened, or for a few seconds. */
static void
settle(void *context)
{
	enum { TRIES = 300, PAUSE = 20000000 };
	struct request *request = context;
	struct site *site = site_of(request);
	for (int i = 0; i < TRIES; i++) {
		struct guichet_error ignored;
		CLEANUP(store_read_end) struct store_tx *tx = store_read(site->store, &ignored);
		if (!tx)
			break;
		CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, NULL, STORE_DUE_FIRST, STORE_VALUES(), &ignored);
		if (!store_next(&rows) || store_is_null(&rows, 0) || store_integer(&rows, 0) > clock_now(site->clock))
			break;
		nanosleep(&(struct timespec){ .tv_nsec = PAUSE }, NULL);
	}
	request_resume(request);
}

enum guichet_status
page_demo_clock_move(struct request *request, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	int64_t given;
	instant to;
	struct guichet_error refused = { 0 };
	if (text_to_integer(form_value(request, "instant"), 0, INT64_MAX, &given))
		to = given;
	else if (!instant_read(form_value(request, "moment"), &to))
		refused.status = guichet_fail(&refused, GUICHET_REFUSED, "Choisissez un jour et une heure.");
	if (refused.status != GUICHET_OK || clock_advance(site->clock, to, &refused) != GUICHET_OK) {
		request_status(request, 422);
		clock_page(request, html, text_of_string(refused.message));
		return GUICHET_OK;
	}
	office_wake(site->office);
	mailer_wake(site->mailer);
	request_wait(request);
	if (!worker_submit(site->files, settle, request))
		request_resume(request);
	(void)error;
	return GUICHET_OK;
}

enum guichet_status
page_demo_clock_moved(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html, (void)error;
	mailer_wake(site_of(request)->mailer);
	return request_redirect(request, 303, arena_format(request->arena, TEXT_FORMAT "?fait=horloge",
		TEXT_ARGS(form_value(request, "vers").length ? request_local_path(form_value(request, "vers")) : TEXT("/demo/horloge"))));
}

/* ---- /demo/courriels ---- */

enum guichet_status
page_demo_mails(struct request *request, struct html *html, struct guichet_error *error)
{
	enum { MOST = 100 };
	struct mail_list mails;
	const struct mail_filter filter = { .address = text_trim(request_query(request, "adresse")) };
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	const enum guichet_status status = mail_list_for(tx, request->arena, &filter, NULL, MOST, &mails, error);
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, TEXT("Courriels envoyés"), { TEXT("/"), TEXT("Accueil") },
		{ TEXT("/demo"), TEXT("Démonstration") });
	{
		HTML_IN(html, "form", { "class", TEXT("filters") }, { "method", TEXT("get") }, { "action", TEXT("/demo/courriels") },
			{ "role", TEXT("search") });
		page_field(html, &(struct page_field){ .name = TEXT("adresse"), .label = TEXT("Adresse du destinataire"),
			.type = "email", .value = filter.address });
		page_submit(html, TEXT("Filtrer"));
	}
	if (mails.count == 0) {
		HTML_SAY(html, "p", "Aucun courriel n’est encore parti. Déposez une demande, ou avancez le temps.",
			{ "class", TEXT("empty") });
		return GUICHET_OK;
	}
	HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
		{ "aria-label", TEXT("Courriels") });
	HTML_IN(html, "table", { "class", TEXT("table") });
	HTML_SAY(html, "caption", "Du plus récent au plus ancien", { "class", TEXT("visually-hidden") });
	html_markup(html, "<thead><tr><th scope=\"col\">Écrit le</th><th scope=\"col\">À</th><th scope=\"col\">Objet</th>"
		"<th scope=\"col\">État</th></tr></thead>");
	HTML_IN(html, "tbody");
	for (size_t i = 0; i < mails.count; i++) {
		const struct mail *mail = &mails.at[i];
		HTML_IN(html, "tr");
		HTML_LINE(html, "td", instant_french(request->arena, mail->created_at), { "data-label", TEXT("Écrit le") });
		HTML_LINE(html, "td", mail->address, { "data-label", TEXT("À") });
		{
			HTML_IN(html, "td", { "data-label", TEXT("Objet") });
			html_link(html, arena_format(request->arena, "/demo/courriels/" TEXT_FORMAT, TEXT_ARGS(mail->id)), mail->subject);
		}
		HTML_LINE(html, "td", mail_state_french(mail->state), { "data-label", TEXT("État") });
	}
	return GUICHET_OK;
}

/* A line of a mail: an address of ours becomes a link. */
static void
body_line(struct html *html, struct text line)
{
	const size_t at = text_find(line, TEXT("http"));
	if (at == SIZE_MAX) {
		html_text(html, line);
		return;
	}
	struct text rest = text_part(line, at, line.length);
	const struct text address = text_split(&rest, ' ');
	html_text(html, text_part(line, 0, at));
	html_link(html, address, address);
	html_text(html, text_part(line, at + address.length, line.length));
}

enum guichet_status
page_demo_mail(struct request *request, struct html *html, struct guichet_error *error)
{
	struct mail mail;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	const enum guichet_status status = mail_load(tx, request->arena, request_parameter(request, "id"), &mail, error);
	if (status != GUICHET_OK)
		return status;
	PAGE_IN(request, html, mail.subject, { TEXT("/demo"), TEXT("Démonstration") },
		{ TEXT("/demo/courriels"), TEXT("Courriels envoyés") });
	{
		HTML_IN(html, "dl", { "class", TEXT("data") });
		HTML_SAY(html, "dt", "À");
		HTML_LINE(html, "dd", mail.address);
		HTML_SAY(html, "dt", "Écrit le");
		HTML_LINE(html, "dd", instant_french(request->arena, mail.created_at));
		HTML_SAY(html, "dt", "Part au plus tôt le");
		HTML_LINE(html, "dd", instant_french(request->arena, mail.not_before));
	}
	if (mail.secret && mail.body.length == 0) {
		page_notice(html, NOTICE_INFO, (struct text){ 0 }, TEXT("Ce courriel portait un lien "
			"personnel : son texte est effacé dès qu’il "
			"est remis au serveur de messagerie."));
		return GUICHET_OK;
	}
	HTML_IN(html, "div", { "class", TEXT("letter") });
	for (struct text rest = mail.body; rest.at;) {
		body_line(html, text_split(&rest, '\n'));
		HTML_VOID(html, "br");
	}
	return GUICHET_OK;
}
