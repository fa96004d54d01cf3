/* Accounts: how a person of the directory proves who they are. A person has at most one;
 * it exists once activated, by a mailed link or a code that HR hands over. Tokens are
 * stored hashed, expire and serve once; looking at one does not use it.
 *
 * Hashing a password takes about 22 ms and 19 MiB: do it on the password worker, never on
 * an event thread nor inside a transaction; then give the hash to account_activate(). */
#pragma once

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/text.h"
#include "store/store.h"

/* --- Passwords: pure functions, safe from any thread ---------------------------------- */

enum { PASSWORD_LENGTH_MIN = 12, PASSWORD_LENGTH_MAX = 200 /* characters, bytes */, PASSWORD_HASH_SIZE = 128 };

/* REFUSED, with a sentence for the person, for a password that is too short, too long, not
 * UTF-8, one character repeated, or that contains the mail's name. */
enum guichet_status password_check(struct text password, struct text mail, struct guichet_error *error);

/* Argon2id, m = 19 MiB, t = 2, in the usual "$argon2id$…" text with its NUL. BROKEN without memory. */
enum guichet_status password_hash(struct text password, char ret_hash[static PASSWORD_HASH_SIZE],
	struct guichet_error *error);

/* True when the password gave this hash. An empty hash (no such account) takes as long and is false. */
bool password_verify(struct text hash, struct text password);

/* --- Accounts ------------------------------------------------------------------------- */

struct account {
	struct text person; /* an id */
	struct text login;  /* the professional mail, lowercase */
	struct text password_hash;
	instant activated_at;
	instant password_at; /* sessions opened before it are void */
	instant disabled_at; /* 0: not disabled */
};

/* UNKNOWN when there is none. A disabled account is given: look at disabled_at. */
enum guichet_status account_by_login(struct store_tx *tx, struct arena *arena, struct text login,
	struct account *ret_account, struct guichet_error *error);
enum guichet_status account_of_person(struct store_tx *tx, struct arena *arena, struct text person,
	struct account *ret_account, struct guichet_error *error);

/* What a token is for; it sets the password in every case. */
enum account_purpose {
	ACCOUNT_ACTIVATION, /* a mailed link, first time: 7 days */
	ACCOUNT_RESET,      /* a mailed link, forgotten password: 2 hours */
	ACCOUNT_CODE,       /* handed over by HR on paper: 30 days */
	ACCOUNT_PURPOSE_COUNT
};

/* A fresh token to mail, or a code to hand over ("k3f8-…", 16 letters and digits by fours).
 * Made before the transaction. `at` is NULL when the arena is full. */
struct text account_token_new(struct arena *arena, enum account_purpose purpose);

/* Records it for a person; the person's earlier tokens of the same purpose are void. In a writer's work. */
enum guichet_status account_token_insert(struct store_tx *tx, struct text token, enum account_purpose purpose,
	struct text person, instant now, struct guichet_error *error);

/* Whose it is. REFUSED with what to do next when it is unknown, used or expired: the same
 * sentence for the three. Codes are read in any case, with or without hyphens. */
enum guichet_status account_token_load(struct store_tx *tx, struct arena *arena, struct text token, instant now,
	struct text *ret_person, enum account_purpose *ret_purpose, struct guichet_error *error);

/* Uses the token: sets the password, creates the account if there was none (its login is the
 * person's mail today), voids the person's other tokens. In a writer's work.
 * REFUSED: a bad token, a disabled account, a person without mail or gone. */
enum guichet_status account_activate(struct store_tx *tx, struct text token, struct text password_hash, instant now,
	struct text *ret_person, struct arena *arena, struct guichet_error *error);

/* Changes the password of who is logged in. In a writer's work. */
enum guichet_status account_set_password(struct store_tx *tx, struct text person, struct text password_hash, instant now,
	struct guichet_error *error);

/* Creates or replaces an account without a token: the operator's and the demonstration's way. */
enum guichet_status account_create(struct store_tx *tx, struct text person, struct text login, struct text password_hash,
	instant now, struct guichet_error *error);

/* Closes or reopens an account; closing ends its sessions. UNKNOWN when there is none. */
enum guichet_status account_disable(struct store_tx *tx, struct text person, bool disabled, instant now,
	struct guichet_error *error);
