/* The serving process's side of sending: one thread reads the outbox in order of due time,
 * hands mails to the deliver process a few at a time, records each outcome. A temporary
 * refusal is tried again after 1, 5, 15, 60 minutes… during two days, then given up for the
 * operator to see. A relay that cannot be reached is nobody's refusal: all sending pauses, and no
 * mail's patience is used up. A child that dies is replaced and what it held goes again, with
 * the same Message-ID.
 *
 * Retries wait in real time; quiet hours follow the legal clock. */
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "store/store.h"

struct mailer;

/* How mail leaves. Strings are copied. */
struct mail_settings {
	const char *url;       /* "smtp://relay.example:587" or "smtps://…"; NULL: mails are kept, not sent */
	const char *user;      /* NULL: no authentication; otherwise only ever sent under TLS */
	const char *password;
	const char *authorities; /* PEM file of the certificate authorities, which anybody may read (deliver
	                          * runs as nobody); NULL: the system’s */
	const char *from;      /* sender's address; its domain ends the Message-IDs */
	const char *from_name; /* may be NULL */
	const char *reply_to;  /* may be NULL */
	int64_t patience;      /* microseconds the relay may take for one step; 0: one minute */
	int64_t minute;        /* microseconds of a "minute" of the retries; 0: a real one. For tests */
};

/* Starts the thread. `clock` and `store` must outlive it. `restart` is called, from the
 * mailer's thread, when the child must be killed and started again (processes_restart()).
 * REFUSED when the settings cannot work (an address or URL that is none). */
enum guichet_status mailer_new(struct store *store, const struct clock *clock, const struct mail_settings *settings,
	void (*restart)(void *context), void *context, struct mailer **ret_mailer, struct guichet_error *error);

/* Stops sending, waits for what is being recorded, ends the thread. Call before
 * store_close(). Accepts NULL. */
void mailer_free(struct mailer *mailer);
DEFINE_CLEANUP(struct mailer, mailer_free)

/* Gives the socket of a deliver child that has just started, which the mailer now owns. Its
 * shape suits processes_start(): `mailer` is a struct mailer. From any thread. */
void mailer_attach(void *mailer, int descriptor);

/* False when mails are only kept: no deliver process is needed. */
bool mailer_sends(const struct mailer *mailer);

/* Says that a mail was queued or that legal time moved; without it they leave within a
 * second all the same. From any thread. */
void mailer_wake(struct mailer *mailer);
