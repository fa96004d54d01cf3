/* What is not about a dossier: help, personal data, accessibility, my account. */
#include <jansson.h>

#include "mail/mail.h"
#include "pages/draft.h"
#include "web/session.h"

#include "base/banned.h"

static void
line(struct html *html, struct text label, struct text value)
{
	if (value.length == 0)
		return;
	HTML_LINE(html, "dt", label);
	HTML_LINE(html, "dd", value);
}

void
page_contacts(struct html *html, const struct campaign *campaign)
{
	if (campaign->contact_count == 0)
		return;
	HTML_IN(html, "ul");
	for (size_t i = 0; i < campaign->contact_count; i++) {
		const struct campaign_contact *contact = &campaign->contacts[i];
		HTML_IN(html, "li");
		if (contact->address.length) {
			html_link(html, contact->address, contact->label);
			continue;
		}
		html_text(html, contact->label);
		html_say(html, " : ");
		html_text(html, contact->phone.length ? contact->phone : contact->mail);
		if (contact->hours.length) {
			html_say(html, ", ");
			html_text(html, contact->hours);
		}
	}
}

enum guichet_status
page_help(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, request->arena);
	PAGE_IN(request, html, TEXT("Aide et contacts"), { TEXT("/"), TEXT("Accueil") });
	HTML_SAY(html, "h2", "Questions fréquentes");
	static const struct { const char *question, *answer; } questions[] = {
		{ "Mon brouillon est-il déposé ?", "Non. Enregistrer n’est pas déposer : une demande est déposée quand vous avez reçu "
			"un numéro et un accusé de réception." },
		{ "Comment me connecter la première fois ?", "Depuis la page de connexion, demandez un lien avec votre adresse "
			"professionnelle. Sans messagerie, votre bureau de gestion vous remet un code." },
		{ "Ma demande est déposée, puis-je la changer ?", "Retirez-la, puis déposez-en une autre tant que le dépôt est "
			"ouvert. Après, adressez-vous à la personne support par les contacts ci-dessous." },
		{ "Que se passe-t-il si personne ne répond ?", "Votre dossier dit ce qui est attendu, de qui, jusqu’à quand, et ce qui "
			"arrive sans réponse." },
	};
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		HTML_IN(html, "details");
		HTML_LINE(html, "summary", text_of_string(questions[i].question));
		HTML_LINE(html, "p", text_of_string(questions[i].answer));
	}
	for (size_t i = 0; i < campaigns.count; i++) {
		if (campaigns.at[i]->campaign->contact_count == 0)
			continue;
		HTML_LINE(html, "h2", campaigns.at[i]->campaign->title);
		page_contacts(html, campaigns.at[i]->campaign);
	}
	return GUICHET_OK;
}

enum guichet_status
page_accessibility(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	PAGE_IN(request, html, TEXT("Accessibilité"), { TEXT("/"), TEXT("Accueil") });
	HTML_SAY(html, "p", "Toutes les pages se lisent et s’emploient au clavier, sans JavaScript, agrandies à 200 % et sur un "
		"téléphone. Elles sont vérifiées automatiquement à chaque version ; aucun audit RGAA complet n’a encore été "
		"fait.");
	HTML_SAY(html, "p", "Une page vous résiste ? Dites-le par les contacts de la page d’aide : "
		"votre demande sera traitée par un autre "
		"moyen en attendant.");
	return GUICHET_OK;
}

enum guichet_status
page_privacy(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, request->arena);
	PAGE_IN(request, html, TEXT("Données personnelles"), { TEXT("/"), TEXT("Accueil") });
	HTML_SAY(html, "p", "Guichet garde de vous ce que dit l’annuaire de votre employeur, ce que "
		"vous écrivez dans vos demandes, les "
		"pièces que vous y joignez, ce que d’autres y ont répondu, et les courriels qui vous "
		"ont été envoyés. Rien n’est mesuré ni "
		"transmis ailleurs.", { "class", TEXT("lead") });
	for (size_t c = 0; c < campaigns.count; c++) {
		const struct procedure *procedure = campaigns.at[c]->procedure;
		HTML_LINE(html, "h2", procedure->title);
		{
			HTML_IN(html, "p");
			html_say(html, "Durée de conservation : ");
			html_text(html, page_duration(request->arena, procedure->keep));
		}
		HTML_IN(html, "div", { "class", TEXT("table-scroll") }, { "tabindex", TEXT("0") }, { "role", TEXT("region") },
			{ "aria-label", procedure->title });
		HTML_IN(html, "table", { "class", TEXT("table") });
		HTML_SAY(html, "caption", "Ce qui est demandé, et pourquoi");
		html_markup(html, "<thead><tr><th scope=\"col\">Information</th><th scope=\"col\">Pourquoi</th></tr></thead>");
		HTML_IN(html, "tbody");
		for (size_t i = 0; i < procedure->form_field_count; i++) {
			HTML_IN(html, "tr");
			HTML_LINE(html, "td", procedure->fields[i].label, { "data-label", TEXT("Information") });
			HTML_LINE(html, "td", procedure->fields[i].why, { "data-label", TEXT("Pourquoi") });
		}
		for (size_t i = 0; i < procedure->piece_count; i++) {
			HTML_IN(html, "tr");
			HTML_LINE(html, "td", procedure->pieces[i].label, { "data-label", TEXT("Information") });
			HTML_LINE(html, "td", procedure->pieces[i].why, { "data-label", TEXT("Pourquoi") });
		}
	}
	return GUICHET_OK;
}

struct text
page_duration(struct arena *arena, struct text iso)
{
	struct feel_value value;
	struct guichet_error ignored;
	json_t *json = json_stringn(iso.at, iso.length);
	const enum guichet_status status = json ? feel_value_of_json(arena, &feel_type_years_months, json, &value, &ignored)
		: GUICHET_BROKEN;
	json_decref(json);
	return status == GUICHET_OK ? feel_value_to_french(arena, value) : iso;
}

/* ---- GET /mon-compte: everything the system keeps about me ---- */

static enum guichet_status
my_mails(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	enum { MOST = 50 };
	struct mail_list mails;
	const struct mail_filter filter = { .person = visitor_of(request)->actor.person };
	const enum guichet_status status = mail_list_for(tx, request->arena, &filter, NULL, MOST, &mails, error);
	if (status != GUICHET_OK)
		return status;
	HTML_SAY(html, "h2", "Courriels qui vous ont été envoyés");
	if (mails.count == 0) {
		HTML_SAY(html, "p", "Aucun pour l’instant.", { "class", TEXT("empty") });
		return GUICHET_OK;
	}
	HTML_IN(html, "ul");
	for (size_t i = 0; i < mails.count; i++) {
		HTML_IN(html, "li");
		html_text(html, instant_french(request->arena, mails.at[i].created_at));
		html_say(html, " : ");
		html_text(html, mails.at[i].subject);
		html_say(html, " (");
		html_text(html, mail_state_french(mails.at[i].state));
		html_say(html, ")");
	}
	return GUICHET_OK;
}

/* Who replaces me, whom I replace, who signs for whom: now and to come. */
static enum guichet_status
my_interims(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	const struct text person = visitor_of(request)->actor.person;
	const struct directory_interim *interims;
	size_t count;
	const enum guichet_status status = directory_interims_of(tx, request->arena, person,
		date_of_instant(clock_now(site_of(request)->clock), NULL), &interims, &count, error);
	if (status != GUICHET_OK || count == 0)
		return status;
	HTML_SAY(html, "h2", "Vos absences, intérims et délégations de signature");
	HTML_IN(html, "ul");
	for (size_t i = 0; i < count; i++)
		HTML_LINE(html, "li", directory_interim_french(request->arena, &interims[i], person));
	return GUICHET_OK;
}

/* Drafts and requests. */
static enum guichet_status
my_dossiers(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	struct site *site = site_of(request);
	const struct text person = visitor_of(request)->actor.person;
	struct office_rows rows;
	enum guichet_status status = office_list_of_subject(site->office, tx, request->arena, person, &rows, error);
	if (status != GUICHET_OK)
		return status;
	size_t count = 0;
	HTML_SAY(html, "h2", "Vos demandes et brouillons");
	HTML_SAY(html, "p", "Avec tout ce que vous y avez écrit, les pièces jointes, ce que d’autres y "
		"ont répondu et les documents "
		"produits : chaque demande les montre.");
	html_markup(html, "<ul>");
	struct store_rows drafts = store_query(tx, request->arena, STORE_DRAFT_OF_PERSON, STORE_VALUES(person), error);
	while (store_next(&drafts)) {
		const struct office_campaign *campaign = office_campaign_find(site->office, store_text(&drafts, 0));
		if (!campaign)
			continue;
		count++;
		HTML_IN(html, "li");
		struct text parent, nature;
		const struct text path = office_child_draft_read(store_text(&drafts, 2), &parent, &nature)
			? draft_child_path(request->arena, parent, nature) : arena_format(request->arena, TEXT_FORMAT "/demande",
				TEXT_ARGS(page_campaign_path(request->arena, campaign)));
		html_link(html, path, campaign->campaign->title);
		html_say(html, " : brouillon enregistré le ");
		html_text(html, instant_french(request->arena, store_integer(&drafts, 1)));
	}
	status = store_finish(&drafts);
	for (size_t i = 0; status == GUICHET_OK && i < rows.count; i++, count++) {
		const struct office_row *row = &rows.at[i];
		struct dossier state;
		struct dossier_facts facts;
		const struct dossier_viewer viewer = { .person = person };
		status = office_row_facts(request->arena, row, clock_now(site->clock), &state, &facts, error);
		if (status != GUICHET_OK)
			break;
		HTML_IN(html, "li");
		html_link(html, page_dossier_path(request->arena, row->id), row->number);
		html_say(html, ", déposée le ");
		html_text(html, instant_french(request->arena, row->filed_at));
		html_say(html, " : ");
		html_text(html, dossier_label(&facts, &viewer));
		html_say(html, ". Conservée ");
		html_text(html, page_duration(request->arena, row->procedure->keep));
	}
	if (count == 0)
		HTML_SAY(html, "li", "Aucune pour l’instant.");
	html_markup(html, "</ul>");
	return status;
}

static enum guichet_status
my_sessions(struct request *request, struct store_tx *tx, struct html *html, struct guichet_error *error)
{
	HTML_SAY(html, "h2", "Connexions en cours");
	{
		HTML_IN(html, "ul");
		struct store_rows rows = store_query(tx, request->arena, STORE_SESSION_LIST,
			STORE_VALUES(visitor_of(request)->actor.person, clock_now(site_of(request)->clock)), error);
		while (store_next(&rows)) {
			HTML_IN(html, "li");
			html_say(html, "Ouverte le ");
			html_text(html, instant_french(request->arena, store_integer(&rows, 1)));
			if (text_equal(store_text(&rows, 0), request->session->hash))
				HTML_SAY(html, "strong", " (celle-ci)");
			if (store_integer(&rows, 3))
				html_say(html, ", sans mot de passe, pour la démonstration");
		}
		const enum guichet_status status = store_finish(&rows);
		if (status != GUICHET_OK)
			return status;
	}
	HTML_SAY(html, "p", "Une connexion se ferme après deux heures sans rien faire. Un appareil "
		"perdu ou prêté ? Fermez-les toutes.");
	FORM_IN(request, html, TEXT("/mon-compte/sessions"));
	HTML_IN(html, "p");
	HTML_SAY(html, "button", "Se déconnecter partout", { "class", TEXT("button secondary") }, { "type", TEXT("submit") });
	return GUICHET_OK;
}

struct ending {
	struct text person;
	enum guichet_status status;
	struct guichet_error error;
};

static enum guichet_status
ending_write(struct store_tx *tx, void *context, struct guichet_error *error)
{
	const struct ending *ending = context;
	return session_end_all(tx, ending->person, (struct text){ "", 0 }, error);
}

enum guichet_status
page_sessions_end(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	struct ending *ending = arena_new_of(request->arena, struct ending);
	if (!ending)
		return guichet_fail(error, GUICHET_BROKEN, "Plus de mémoire.");
	ending->person = visitor_of(request)->actor.person;
	request->state = ending;
	return page_write(request, ending_write, ending, &ending->status, &ending->error, error);
}

enum guichet_status
page_sessions_ended(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)html;
	const struct ending *ending = request->state;
	if (ending->status != GUICHET_OK) {
		*error = ending->error;
		return ending->status;
	}
	sessions_forget(site_of(request)->sessions, (struct text){ 0 }, ending->person);
	request_logout(request);
	return request_redirect(request, 303, TEXT("/?fait=deconnexions"));
}

enum guichet_status
page_my_account(struct request *request, struct html *html, struct guichet_error *error)
{
	const struct office_actor *actor = &visitor_of(request)->actor;
	const struct directory_facts *facts = &actor->facts;
	CLEANUP(store_read_end) struct store_tx *tx = store_read(site_of(request)->store, error);
	if (!tx)
		return error->status;
	PAGE_IN(request, html, TEXT("Ce que Guichet garde de moi"), { TEXT("/"), TEXT("Accueil") });
	HTML_SAY(html, "h2", "Selon l’annuaire de votre employeur");
	{
		HTML_IN(html, "dl", { "class", TEXT("data") });
		line(html, TEXT("Nom"), directory_person_name(request->arena, &facts->person));
		line(html, TEXT("Matricule"), facts->person.external_id);
		line(html, TEXT("Adresse professionnelle"), facts->person.mail);
		line(html, TEXT("Corps et grade"), arena_format(request->arena, TEXT_FORMAT ", " TEXT_FORMAT,
			TEXT_ARGS(facts->person.corps), TEXT_ARGS(facts->person.grade)));
		line(html, TEXT("Filière"), facts->person.filiere);
		line(html, TEXT("Statut"), facts->person.status);
		for (size_t i = 0; i < actor->functions.count; i++) {
			const struct directory_function *held = &actor->functions.at[i];
			if (held->instead_of.length)
				continue; /* told with the interims */
			line(html, i == 0 ? TEXT("Affectation") : TEXT("Autre fonction"),
				arena_format(request->arena, TEXT_FORMAT ", " TEXT_FORMAT, TEXT_ARGS(held->function),
				TEXT_ARGS(held->structure_name)));
		}
	}
	HTML_SAY(html, "p", "Une erreur ? Votre bureau de gestion corrige l’annuaire de votre employeur, que Guichet relit.");
	enum guichet_status status = my_interims(request, tx, html, error);
	{
		HTML_IN(html, "p");
		html_link(html, TEXT("/mon-compte/absences"), TEXT("Déclarer une absence et dire qui vous remplace"));
	}
	if (status == GUICHET_OK)
		status = my_dossiers(request, tx, html, error);
	if (status == GUICHET_OK)
		status = my_sessions(request, tx, html, error);
	HTML_SAY(html, "h2", "Votre mot de passe");
	{
		HTML_IN(html, "p");
		html_say(html, "Il n’est gardé que chiffré à sens unique. ");
		html_link(html, TEXT("/mot-de-passe"), TEXT("Le changer"));
		html_say(html, " ferme toutes vos connexions. ");
		html_link(html, TEXT("/donnees-personnelles"), TEXT("Pourquoi ces données, et combien de temps"));
	}
	if (status != GUICHET_OK)
		return status;
	return my_mails(request, tx, html, error);
}
