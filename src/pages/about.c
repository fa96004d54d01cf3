/* What is not about a dossier: help, personal data, accessibility, my account. */
#include <jansson.h>

#include "mail/mail.h"
#include "pages/families.h"

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
	HTML_IN(html, "ul");
	for (size_t i = 0; i < campaign->contact_count; i++) {
		const struct campaign_contact *contact = &campaign->contacts[i];
		HTML_IN(html, "li");
		if (contact->address.length) {
			html_link(html, contact->address, contact->label);
			continue;
		}
		html_text(html, contact->label);
		html_say(html, " : ");
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
		{ "Mon brouillon est-il déposé ?", "Non. Enregistrer n’est pas déposer : une demande est déposée quand vous avez reçu "
			"un numéro et un accusé de réception." },
		{ "Comment me connecter la première fois ?", "Depuis la page de connexion, demandez un lien avec votre adresse "
			"professionnelle. Sans messagerie, votre bureau de gestion vous remet un code." },
		{ "Ma demande est déposée, puis-je la changer ?", "Retirez-la, puis déposez-en une autre tant que le dépôt est "
			"ouvert. Après, adressez-vous à la personne support par les contacts ci-dessous." },
		{ "Que se passe-t-il si personne ne répond ?", "Votre dossier dit ce qui est attendu, de qui, jusqu’à quand, et ce qui "
			"arrive sans réponse." },
	};
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
		HTML_IN(html, "details");
		HTML_LINE(html, "summary", text_of_string(questions[i].question));
		HTML_LINE(html, "p", text_of_string(questions[i].answer));
	}
	for (size_t i = 0; i < campaigns.count; i++) {
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
		"téléphone. Elles sont vérifiées automatiquement à chaque version ; aucun audit RGAA complet n’a encore été "
		"fait.");
	HTML_SAY(html, "p", "Une page vous résiste ? Dites-le par les contacts de la page d’aide : votre demande sera traitée par un autre "
		"moyen en attendant.");
	return GUICHET_OK;
}

enum guichet_status
page_privacy(struct request *request, struct html *html, struct guichet_error *error)
{
	(void)error;
	const struct office_campaigns campaigns = office_campaigns(site_of(request)->office, request->arena);
	PAGE_IN(request, html, TEXT("Données personnelles"), { TEXT("/"), TEXT("Accueil") });
	HTML_SAY(html, "p", "Guichet garde de vous ce que dit l’annuaire de votre employeur, ce que vous écrivez dans vos demandes, les "
		"pièces que vous y joignez, ce que d’autres y ont répondu, et les courriels qui vous ont été envoyés. Rien n’est mesuré ni "
		"transmis ailleurs.", { "class", TEXT("lead") });
	for (size_t c = 0; c < campaigns.count; c++) {
		const struct procedure *procedure = campaigns.at[c]->procedure;
		HTML_LINE(html, "h2", procedure->title);
		{
			HTML_IN(html, "p");
			html_say(html, "Durée de conservation : ");
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
		html_say(html, " : ");
		html_text(html, mails.at[i].subject);
		html_say(html, " (");
		html_text(html, mail_state_french(mails.at[i].state));
		html_say(html, ")");
	}
	return GUICHET_OK;
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
		for (size_t i = 0; i < actor->functions.count; i++)
			line(html, actor->functions.at[i].function, actor->functions.at[i].structure_name);
	}
	HTML_SAY(html, "p", "Une erreur ? Votre bureau de gestion corrige l’annuaire ; Guichet le relit chaque jour.");
	{
		HTML_IN(html, "p");
		html_link(html, TEXT("/"), TEXT("Mes demandes et leurs pièces"));
		html_say(html, " – ");
		html_link(html, TEXT("/mot-de-passe"), TEXT("Changer mon mot de passe"));
		html_say(html, " – ");
		html_link(html, TEXT("/donnees-personnelles"), TEXT("Pourquoi ces données"));
	}
	return my_mails(request, tx, html, error);
}
