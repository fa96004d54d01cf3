/* The whole site on one screen: what is at each address, and for whom. Kept in alphabetical order of the addresses within
 * each part. */
#include "pages/families.h"

#include "base/banned.h"

static const struct route routes[] = {
	/* everybody */
	{ METHOD_GET,  "/",                      RIGHT_PUBLIC,  page_home, NULL, 0 },
	{ METHOD_GET,  "/accessibilite",         RIGHT_PUBLIC,  page_accessibility, NULL, 0 },
	{ METHOD_GET,  "/activation",            RIGHT_PUBLIC,  page_activation, NULL, 0 },
	{ METHOD_POST, "/activation",            RIGHT_PUBLIC,  page_activate, page_activated, 0 },
	{ METHOD_GET,  "/aide",                  RIGHT_PUBLIC,  page_help, NULL, 0 },
	{ METHOD_GET,  "/campagnes/:campagne",   RIGHT_PUBLIC,  page_campaign_show, NULL, 0 },
	{ METHOD_GET,  "/connexion",             RIGHT_PUBLIC,  page_login, NULL, 0 },
	{ METHOD_POST, "/connexion",             RIGHT_PUBLIC,  page_login_try, page_login_done, 0 },
	{ METHOD_GET,  "/donnees-personnelles",  RIGHT_PUBLIC,  page_privacy, NULL, 0 },
	{ METHOD_GET,  "/mot-de-passe",          RIGHT_PUBLIC,  page_password_ask, NULL, 0 },
	{ METHOD_POST, "/mot-de-passe",          RIGHT_PUBLIC,  page_password_send, page_password_sent, 0 },

	/* who is logged in */
	{ METHOD_POST, "/deconnexion",           RIGHT_PERSON,  page_logout, page_logout_done, 0 },
	{ METHOD_GET,  "/mes-demarches",         RIGHT_PERSON,  page_life, NULL, 0 },
	{ METHOD_GET,  "/mon-compte",            RIGHT_PERSON,  page_my_account, NULL, 0 },
	{ METHOD_GET,  "/mon-compte/absences",   RIGHT_PERSON,  page_absences, NULL, 0 },
	{ METHOD_POST, "/mon-compte/absences",   RIGHT_PERSON,  page_absence_declare, page_absence_done, 0 },
	{ METHOD_POST, "/mon-compte/absences/fin", RIGHT_PERSON, page_absence_end, page_absence_done, 0 },
	{ METHOD_POST, "/mon-compte/sessions",   RIGHT_PERSON,  page_sessions_end, page_sessions_ended, 0 },

	/* the visitor's own request, until it is filed */
	{ METHOD_GET,  "/campagnes/:campagne/demande",                        RIGHT_PERSON, page_draft, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/demande",                        RIGHT_PERSON, page_draft_save, page_draft_saved, 0 },
	{ METHOD_GET,  "/campagnes/:campagne/demande/abandonner",             RIGHT_PERSON, page_draft_discard, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/demande/abandonner",             RIGHT_PERSON, page_draft_discard_do,
		page_draft_discarded, 0 },
	{ METHOD_POST, "/campagnes/:campagne/demande/brouillon",              RIGHT_PERSON, page_draft_save, page_draft_autosaved,
		ROUTE_BACKGROUND },
	{ METHOD_POST, "/campagnes/:campagne/demande/deposer",                RIGHT_PERSON, page_draft_file, page_draft_filed, 0 },
	{ METHOD_GET,  "/campagnes/:campagne/demande/pieces/:piece",          RIGHT_PERSON, page_draft_piece, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/demande/pieces/:piece",          RIGHT_PERSON, page_draft_piece_send,
		page_draft_piece_sent, ROUTE_UPLOADS },
	{ METHOD_POST, "/campagnes/:campagne/demande/pieces/:piece/retirer",  RIGHT_PERSON, page_draft_piece_remove,
		page_draft_piece_removed, 0 },
	{ METHOD_GET,  "/campagnes/:campagne/demande/recapitulatif",          RIGHT_PERSON, page_draft_summary, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/demande/recapitulatif",          RIGHT_PERSON, page_draft_save, page_draft_saved, 0 },

	/* one dossier, for whoever has a part in it */
	{ METHOD_GET,  "/dossiers/:id",                      RIGHT_PERSON, page_dossier_show, NULL, 0 },
	{ METHOD_GET,  "/dossiers/:id/actions/:action",      RIGHT_PERSON, page_action, NULL, 0 },
	{ METHOD_POST, "/dossiers/:id/actions/:action",      RIGHT_PERSON, page_action_do, page_action_done,
		ROUTE_UPLOADS },
	{ METHOD_GET,  "/dossiers/:id/actions/:action/pieces/:piece", RIGHT_PERSON, page_action_piece, NULL, 0 },
	{ METHOD_GET,  "/dossiers/:id/annuler",              RIGHT_PERSON, page_undo, NULL, 0 },
	{ METHOD_POST, "/dossiers/:id/annuler",              RIGHT_PERSON, page_undo_do, page_undo_done, 0 },
	{ METHOD_GET,  "/dossiers/:id/documents/:rang",      RIGHT_PERSON, page_document, NULL, 0 },
	{ METHOD_GET,  "/dossiers/:id/documents/:rang/pdf",  RIGHT_PERSON, page_document_pdf, NULL, 0 },
	{ METHOD_GET,  "/dossiers/:id/pieces/:piece",        RIGHT_PERSON, page_piece, NULL, 0 },
	{ METHOD_GET,  "/dossiers/:id/pieces/:piece/versions/:empreinte", RIGHT_PERSON, page_piece_version, NULL, 0 },
	{ METHOD_GET,  "/dossiers/:id/versions",             RIGHT_PERSON, page_versions, NULL, 0 },

	/* a request for an agent, until it is filed: the pages of drafts */
	{ METHOD_GET,  "/campagnes/:campagne/pour",                           RIGHT_HANDLER, page_behalf, NULL, 0 },
	{ METHOD_GET,  "/campagnes/:campagne/pour/:personne", RIGHT_HANDLER,
		page_draft, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/pour/:personne", RIGHT_HANDLER,
		page_draft_save, page_draft_saved, 0 },
	{ METHOD_GET,  "/campagnes/:campagne/pour/:personne/abandonner", RIGHT_HANDLER,
		page_draft_discard, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/pour/:personne/abandonner", RIGHT_HANDLER,
		page_draft_discard_do, page_draft_discarded, 0 },
	{ METHOD_POST, "/campagnes/:campagne/pour/:personne/brouillon", RIGHT_HANDLER,
		page_draft_save, page_draft_autosaved, ROUTE_BACKGROUND },
	{ METHOD_POST, "/campagnes/:campagne/pour/:personne/deposer", RIGHT_HANDLER,
		page_draft_file, page_draft_filed, 0 },
	{ METHOD_GET,  "/campagnes/:campagne/pour/:personne/pieces/:piece", RIGHT_HANDLER,
		page_draft_piece, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/pour/:personne/pieces/:piece", RIGHT_HANDLER,
		page_draft_piece_send, page_draft_piece_sent, ROUTE_UPLOADS },
	{ METHOD_POST, "/campagnes/:campagne/pour/:personne/pieces/:piece/retirer", RIGHT_HANDLER,
		page_draft_piece_remove, page_draft_piece_removed, 0 },
	{ METHOD_GET,  "/campagnes/:campagne/pour/:personne/recapitulatif", RIGHT_HANDLER,
		page_draft_summary, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/pour/:personne/recapitulatif", RIGHT_HANDLER,
		page_draft_save, page_draft_saved, 0 },

	/* a request of a structure, until it is filed: the pages of drafts */
	{ METHOD_GET,  "/campagnes/:campagne/structures/:structure", RIGHT_PERSON,
		page_draft, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/structures/:structure", RIGHT_PERSON,
		page_draft_save, page_draft_saved, 0 },
	{ METHOD_GET,  "/campagnes/:campagne/structures/:structure/abandonner", RIGHT_PERSON,
		page_draft_discard, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/structures/:structure/abandonner", RIGHT_PERSON,
		page_draft_discard_do, page_draft_discarded, 0 },
	{ METHOD_POST, "/campagnes/:campagne/structures/:structure/brouillon", RIGHT_PERSON,
		page_draft_save, page_draft_autosaved, ROUTE_BACKGROUND },
	{ METHOD_POST, "/campagnes/:campagne/structures/:structure/deposer", RIGHT_PERSON,
		page_draft_file, page_draft_filed, 0 },
	{ METHOD_GET,  "/campagnes/:campagne/structures/:structure/pieces/:piece", RIGHT_PERSON,
		page_draft_piece, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/structures/:structure/pieces/:piece", RIGHT_PERSON,
		page_draft_piece_send, page_draft_piece_sent, ROUTE_UPLOADS },
	{ METHOD_POST, "/campagnes/:campagne/structures/:structure/pieces/:piece/retirer", RIGHT_PERSON,
		page_draft_piece_remove, page_draft_piece_removed, 0 },
	{ METHOD_GET,  "/campagnes/:campagne/structures/:structure/recapitulatif", RIGHT_PERSON,
		page_draft_summary, NULL, 0 },
	{ METHOD_POST, "/campagnes/:campagne/structures/:structure/recapitulatif", RIGHT_PERSON,
		page_draft_save, page_draft_saved, 0 },

	/* a dossier born of another, until it is filed: the pages of drafts */
	{ METHOD_GET,  "/dossiers/:id/natures/:nature",                       RIGHT_PERSON, page_draft, NULL, 0 },
	{ METHOD_POST, "/dossiers/:id/natures/:nature",                       RIGHT_PERSON, page_draft_save, page_draft_saved, 0 },
	{ METHOD_GET,  "/dossiers/:id/natures/:nature/abandonner",            RIGHT_PERSON, page_draft_discard, NULL, 0 },
	{ METHOD_POST, "/dossiers/:id/natures/:nature/abandonner",            RIGHT_PERSON, page_draft_discard_do,
		page_draft_discarded, 0 },
	{ METHOD_POST, "/dossiers/:id/natures/:nature/brouillon",             RIGHT_PERSON, page_draft_save, page_draft_autosaved,
		ROUTE_BACKGROUND },
	{ METHOD_POST, "/dossiers/:id/natures/:nature/deposer",               RIGHT_PERSON, page_draft_file, page_draft_filed, 0 },
	{ METHOD_GET,  "/dossiers/:id/natures/:nature/pieces/:piece",         RIGHT_PERSON, page_draft_piece, NULL, 0 },
	{ METHOD_POST, "/dossiers/:id/natures/:nature/pieces/:piece",         RIGHT_PERSON, page_draft_piece_send,
		page_draft_piece_sent, ROUTE_UPLOADS },
	{ METHOD_POST, "/dossiers/:id/natures/:nature/pieces/:piece/retirer", RIGHT_PERSON, page_draft_piece_remove,
		page_draft_piece_removed, 0 },
	{ METHOD_GET,  "/dossiers/:id/natures/:nature/recapitulatif",         RIGHT_PERSON, page_draft_summary, NULL, 0 },
	{ METHOD_POST, "/dossiers/:id/natures/:nature/recapitulatif",         RIGHT_PERSON, page_draft_save, page_draft_saved, 0 },

	/* who runs a campaign */
	{ METHOD_GET,  "/agenda",                            RIGHT_OFFICE, page_agenda, NULL, 0 },
	{ METHOD_GET,  "/gestion",                           RIGHT_OFFICE, page_desk, NULL, 0 },
	{ METHOD_GET,  "/gestion/:campagne",                 RIGHT_OFFICE, page_desk_campaign, NULL, 0 },
	{ METHOD_GET,  "/gestion/:campagne/calendrier",      RIGHT_OFFICE, page_calendar, NULL, 0 },
	{ METHOD_POST, "/gestion/:campagne/calendrier",      RIGHT_OFFICE, page_alert_see, page_alert_seen, 0 },
	{ METHOD_GET,  "/gestion/:campagne/derogations",     RIGHT_OFFICE, page_exemptions, NULL, 0 },
	{ METHOD_POST, "/gestion/:campagne/derogations",     RIGHT_OFFICE, page_exempt, page_exempted, 0 },
	{ METHOD_GET,  "/gestion/:campagne/exports/:export", RIGHT_OFFICE, page_export, NULL, 0 },
	{ METHOD_GET,  "/gestion/:campagne/indicateurs",     RIGHT_OFFICE, page_figures, NULL, 0 },
	{ METHOD_POST, "/gestion/:campagne/lots",            RIGHT_OFFICE, page_batch_start, page_batch_started, 0 },
	{ METHOD_POST, "/gestion/:campagne/lots/preparer",   RIGHT_OFFICE, page_batch_prepare, NULL, 0 },
	{ METHOD_GET,  "/gestion/:campagne/lots/:lot",       RIGHT_OFFICE, page_batch, NULL, 0 },
	{ METHOD_GET,  "/gestion/:campagne/lots/:lot/annuler", RIGHT_OFFICE, page_batch_undo, NULL, 0 },
	{ METHOD_POST, "/gestion/:campagne/lots/:lot/annuler", RIGHT_OFFICE, page_batch_undo_do, page_batch_undo_done, 0 },
	{ METHOD_GET,  "/gestion/:campagne/pieces",          RIGHT_OFFICE, page_completeness, NULL, 0 },

	/* superiors and whoever handles requests */
	{ METHOD_GET,  "/a-traiter",             RIGHT_HANDLER,  page_waiting, NULL, 0 },
	{ METHOD_POST, "/a-traiter",             RIGHT_HANDLER,  page_waiting_send, page_waiting_sent, 0 },
	{ METHOD_GET,  "/rapports",              RIGHT_HANDLER,  page_reports, NULL, 0 },
	{ METHOD_GET,  "/rapports/:procedure/:rapport",     RIGHT_HANDLER, page_report, page_report_counted, 0 },
	{ METHOD_GET,  "/rapports/:procedure/:rapport/csv", RIGHT_HANDLER, page_report_csv,
		page_report_csv_counted, 0 },
	{ METHOD_GET,  "/reglages",              RIGHT_HANDLER,  page_settings, NULL, 0 },
	{ METHOD_GET,  "/reglages/:campagne/:structure",       RIGHT_HANDLER, page_settings_of, NULL, 0 },
	{ METHOD_POST, "/reglages/:campagne/:structure",       RIGHT_HANDLER, page_settings_set, page_settings_done, 0 },
	{ METHOD_POST, "/reglages/:campagne/:structure/essai", RIGHT_HANDLER, page_settings_try, NULL, 0 },
	{ METHOD_GET,  "/service",               RIGHT_SUPERIOR, page_service, NULL, 0 },
	{ METHOD_GET,  "/a-venir",               RIGHT_SUPERIOR, page_coming, NULL, 0 },

	/* who holds the link of a mail */
	{ METHOD_GET,  "/lien/:jeton",           RIGHT_LINK,     page_link, NULL, 0 },
	{ METHOD_POST, "/lien/:jeton",           RIGHT_LINK,     page_link_send, page_link_sent, 0 },
	{ METHOD_GET,  "/lien/:jeton/dossiers/:id/actions/:action",     RIGHT_LINK, page_link_action, NULL, 0 },
	{ METHOD_POST, "/lien/:jeton/dossiers/:id/actions/:action",     RIGHT_LINK, page_link_action_do,
		page_link_action_done, 0 },
	{ METHOD_GET,  "/lien/:jeton/dossiers/:id/documents/:rang/pdf", RIGHT_LINK, page_link_pdf, NULL, 0 },

	/* the demonstration only */
	{ METHOD_GET,  "/demo",                  RIGHT_DEMO,    page_demo, NULL, 0 },
	{ METHOD_POST, "/demo",                  RIGHT_DEMO,    page_demo_login, page_demo_login_done, 0 },
	{ METHOD_GET,  "/demo/courriels",        RIGHT_DEMO,    page_demo_mails, NULL, 0 },
	{ METHOD_GET,  "/demo/courriels/:id",    RIGHT_DEMO,    page_demo_mail, NULL, 0 },
	{ METHOD_GET,  "/demo/horloge",          RIGHT_DEMO,    page_demo_clock, NULL, 0 },
	{ METHOD_POST, "/demo/horloge",          RIGHT_DEMO,    page_demo_clock_move, page_demo_clock_moved, 0 },
};

const struct route *
site_routes(size_t *ret_count)
{
	*ret_count = sizeof routes / sizeof *routes;
	return routes;
}
