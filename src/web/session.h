/* Who is logged in. A session is a random token in a cookie, whose hash stands in the table `session`; a
 * cache keeps those in use, so that a page under load does not read the database each time. Expiry
 * follows the monotonic clock while the machine runs: a clock shifted for a demonstration logs nobody
 * out. */
#pragma once

#include "base/arena.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

struct sessions;
struct store;
struct store_tx;

enum { SESSION_IDLE_MINUTES = 120, SESSION_LIFE_HOURS = 12 };

struct session {
	struct text hash;   /* of the token, hexadecimal: its id in the database */
	struct text person; /* the person's id */
	bool demo;          /* opened without a password, under `demo` only */
	instant created_at; /* legal */
};

/* The key with which forms and pre-sessions are signed: `directory`/cle-web, made at first start, mode
 * 0600. */
struct web_key { uint8_t bytes[32]; };
enum guichet_status web_key_load(const char *directory, struct web_key *ret_key, struct guichet_error *error);

/* Both must outlive it. NULL without memory. */
struct sessions *sessions_new(struct store *store, const struct web_key *key);
void sessions_free(struct sessions *sessions);
DEFINE_CLEANUP(struct sessions, sessions_free)

/* In a transaction of the writer: opens a session for `person` and ends `previous` (the hash of the one
 * the browser had, or empty): the token changes at each login. `token` is made before, by token_new(), as
 * the transaction may run twice; it goes to the browser by request_login() once committed. */
enum guichet_status session_begin(struct store_tx *tx, struct text token, struct text person, bool demo,
	struct text previous, instant now, struct guichet_error *error);
/* In a transaction: ends one session by its hash, or all those of a person but `except` (password
 * changed; empty: all). After the commit, sessions_forget() them. */
enum guichet_status session_end(struct store_tx *tx, struct text hash, struct guichet_error *error);
enum guichet_status session_end_all(struct store_tx *tx, struct text person, struct text except,
	struct guichet_error *error);
/* In a transaction: removes what has expired; for a daily task. */
enum guichet_status session_sweep(struct store_tx *tx, instant now, struct guichet_error *error);

/* Drops from the cache one session (by hash), or all those of a person; an empty text matches nothing. */
void sessions_forget(struct sessions *sessions, struct text hash, struct text person);
