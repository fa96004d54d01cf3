/* The pages, by family; each is begun, and finished when it waits. routes.c says at which address and for whom. */
#pragma once

#include "pages/pages.h"

#define PAGE(name) enum guichet_status name(struct request *request, struct html *html, struct guichet_error *error)

/* account.c */
PAGE(page_login);
PAGE(page_login_try);
PAGE(page_login_done);
PAGE(page_logout);
PAGE(page_logout_done);
PAGE(page_password_ask);
PAGE(page_password_send);
PAGE(page_password_sent);
PAGE(page_activation);
PAGE(page_activate);
PAGE(page_activated);
/* about.c: help, personal data, accessibility */
PAGE(page_help);
PAGE(page_privacy);
PAGE(page_accessibility);
PAGE(page_my_account);
PAGE(page_sessions_end);
PAGE(page_sessions_ended);
/* demo.c */
PAGE(page_demo);
PAGE(page_demo_login);
PAGE(page_demo_login_done);
PAGE(page_demo_clock);
PAGE(page_demo_clock_move);
PAGE(page_demo_clock_moved);
PAGE(page_demo_mails);
PAGE(page_demo_mail);
/* home.c */
PAGE(page_home);
/* life.c */
PAGE(page_life);
/* campaign.c */
PAGE(page_campaign_show);
/* draft.c */
PAGE(page_draft);
PAGE(page_draft_save);
PAGE(page_draft_saved);
PAGE(page_draft_autosaved);
PAGE(page_draft_discard);
PAGE(page_draft_discard_do);
PAGE(page_draft_discarded);
/* draft_pieces.c; the last is shown when the file never came to the page */
PAGE(page_draft_piece);
PAGE(page_draft_piece_send);
PAGE(page_draft_piece_sent);
PAGE(page_draft_piece_remove);
PAGE(page_draft_piece_removed);
PAGE(page_draft_piece_too_large);
/* filing.c */
PAGE(page_draft_summary);
PAGE(page_draft_file);
PAGE(page_draft_filed);
/* dossier.c */
PAGE(page_dossier_show);
/* kin.c */
PAGE(page_versions);
/* behalf.c */
PAGE(page_behalf);
/* action.c; the last is shown when the files never came to the page */
PAGE(page_action);
PAGE(page_action_do);
PAGE(page_action_done);
PAGE(page_action_too_large);
/* action_pieces.c */
PAGE(page_action_piece);
/* documents.c */
PAGE(page_piece);
PAGE(page_piece_version);
PAGE(page_document);
PAGE(page_document_pdf);
/* desk.c, completeness.c, batch.c, figures.c, calendar.c: who runs a campaign */
PAGE(page_desk);
PAGE(page_desk_campaign);
PAGE(page_completeness);
PAGE(page_batch_prepare);
PAGE(page_batch_start);
PAGE(page_batch_started);
PAGE(page_batch);
PAGE(page_export);
PAGE(page_figures);
/* absence.c */
PAGE(page_absences);
PAGE(page_absence_declare);
PAGE(page_absence_end);
PAGE(page_absence_done);
/* undo.c */
PAGE(page_undo);
PAGE(page_undo_do);
PAGE(page_undo_done);
PAGE(page_batch_undo);
PAGE(page_batch_undo_do);
PAGE(page_batch_undo_done);
/* reports.c */
PAGE(page_reports);
PAGE(page_report);
PAGE(page_report_counted);
PAGE(page_report_csv);
PAGE(page_report_csv_counted);
PAGE(page_calendar);
PAGE(page_alert_see);
PAGE(page_alert_seen);
PAGE(page_exemptions);
PAGE(page_exempt);
PAGE(page_exempted);
/* agenda.c */
PAGE(page_agenda);
/* settings.c */
PAGE(page_settings);
PAGE(page_settings_of);
PAGE(page_settings_try);
PAGE(page_settings_set);
PAGE(page_settings_done);
/* waiting.c */
PAGE(page_waiting);
PAGE(page_waiting_send);
PAGE(page_waiting_sent);
/* week.c */
PAGE(page_service);
PAGE(page_coming);
/* link.c */
PAGE(page_link);
PAGE(page_link_send);
PAGE(page_link_sent);
PAGE(page_link_action);
PAGE(page_link_action_do);
PAGE(page_link_action_done);
PAGE(page_link_pdf);
