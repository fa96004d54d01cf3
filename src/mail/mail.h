/* The outbox: what is to be told to people, written in the transaction that gave the
 * reason to tell it, and read back by the mailbox page and the dossier's page. Sending
 * is mailer.h's work.
 *
 * A mail leaves at least once: a repeat is possible only when the server is killed
 * between the relay's 250 and our record, and it carries the same Message-ID. */
#pragma once

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/text.h"
#include "store/store.h"

enum {
	MAIL_ADDRESS_LIMIT = 254,   /* bytes, RFC 5321 §4.5.3.1.3 */
	MAIL_SUBJECT_LIMIT = 300,   /* bytes; a longer one is cut at a character */
	MAIL_BODY_LIMIT = 128 << 10, /* bytes */
	MAIL_KEY_LIMIT = 200,       /* bytes of occasion, dossier, campaign, person, key, each */
	MAIL_PAGE_LIMIT = 200,      /* mails in one list */
};

/* The life of a mail. Adding a state is adding a line. */
#define MAIL_STATES(X)                                          \
	/* name     stored     as people read it */             \
	X(WAITING, "waiting", "en attente")                     \
	X(SENT,    "sent",    "remis au serveur de messagerie") \
	X(KEPT,    "kept",    "gardé ici, faute de serveur")    \
	X(FAILED,  "failed",  "non remis")

enum mail_state {
#define X(name, stored, french) MAIL_##name,
	MAIL_STATES(X)
#undef X
	MAIL_STATE_COUNT
};

struct text mail_state_text(enum mail_state state);   /* as stored */
struct text mail_state_french(enum mail_state state); /* as people read it */

/* One mail to queue. Texts are UTF-8 and borrowed for the call; any may be empty but
 * address, subject, body and occasion. */
struct mail_message {
	struct text address;  /* of the one recipient: jean.exemple@academie.example */
	struct text person;   /* their id in the directory, for their own list; empty for outsiders */
	struct text subject;  /* control characters become spaces */
	struct text body;     /* plain text, lines ended by '\n' */
	struct text occasion; /* which news: "accusé", "rappel-1"… */
	struct text dossier, campaign; /* ids of what it is about */
	struct text key;      /* tells apart two mails of one occasion to one person: an act's id, a day… */
	instant not_before;   /* it waits until then; 0: it does not */
	bool urgent;          /* caused by the recipient's own act: leaves during quiet hours too */
	bool secret;          /* carries a link that opens something by itself: the body is erased once sent */
};

/* Puts a mail in the outbox, in the caller's transaction. The same news (occasion, dossier,
 * campaign, recipient and key all equal) is queued once: a second time changes nothing and
 * is no error. `now` is legal time, made before the transaction. An address that cannot
 * exist does not undo what it was to announce: the mail is recorded as failed, for the
 * operator. BROKEN when a text passes its ceiling or is not UTF-8. */
enum guichet_status mail_queue(struct store_tx *tx, const struct mail_message *message, instant now,
	struct guichet_error *error);

/* Takes back those of a dossier that still wait and were queued at or after `since`, as if they had never been: what they
 * tell was undone. */
enum guichet_status mail_drop(struct store_tx *tx, struct text dossier, instant since, struct guichet_error *error);

/* The first instant at or after `at` when a mail nobody asked for may leave: not between
 * 19:00 and 07:00 in Paris. */
instant mail_next_allowed(instant at);

/* Could this be a mail address? ASCII, one "@", a dotted domain, no quotes: what a
 * directory of staff holds. Nothing it accepts can break out of a command or header. */
bool mail_address_is_valid(struct text address);

/* --- Reading back ------------------------------------------------------------------ */

struct mail {
	struct text id;
	struct text address, person, subject;
	struct text body; /* only from mail_load(); empty once a secret one was sent */
	struct text occasion, dossier, campaign;
	enum mail_state state;
	bool urgent, secret;
	instant created_at;
	instant not_before; /* quiet hours */
	instant sent_at;    /* or kept, or given up; INSTANT_NEVER while waiting */
	int64_t attempts;
	struct text answer; /* last answer of the relay: "250", "451", "550"; "" before the first */
};

/* Whose mails: the first member that is not empty counts; all empty means everybody's. */
struct mail_filter {
	struct text address, person, dossier;
	bool failed;  /* everybody's, those given up: for the operator */
	bool waiting; /* everybody's, those that wait, the first to leave first; `after` is not used */
};

struct mail_list {
	struct mail *at;
	size_t count;
	bool more; /* ask again with the last one as `after` */
};

/* At most `limit` mails, newest first, after the mail `after` (NULL: from the newest), whose
 * created_at and id are used. Bodies are not loaded. Texts live in `arena`. */
enum guichet_status mail_list_for(struct store_tx *tx, struct arena *arena, const struct mail_filter *filter,
	const struct mail *after, size_t limit, struct mail_list *ret_list, struct guichet_error *error);

/* One mail with its body. UNKNOWN when there is none. */
enum guichet_status mail_load(struct store_tx *tx, struct arena *arena, struct text id, struct mail *ret_mail,
	struct guichet_error *error);

/* Tries a mail that was given up once more, from its first attempt on: the relay was put right, or
 * the person's address was (`address`, when not empty, replaces it). UNKNOWN when no such mail was
 * given up, REFUSED when the address cannot exist. */
enum guichet_status mail_send_again(struct store_tx *tx, struct text id, struct text address, instant now,
	struct guichet_error *error);

/* For the status page: how many wait, how many were given up, since when the oldest due one
 * waits (INSTANT_NEVER when none does). */
struct mail_counts {
	int64_t waiting, failed;
	instant oldest_due;
};
enum guichet_status mail_count(struct store_tx *tx, instant now, struct mail_counts *ret_counts,
	struct guichet_error *error);
