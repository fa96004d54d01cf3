/* See account.h. */
#include "directory/account.h"

#include <assert.h>
#include <sodium.h>

#include "base/digest.h"
#include "directory/directory.h"

#include "base/banned.h"

static const char NO_ACCOUNT[] = "Ce compte n’existe pas ou n’est pas encore activé.";

static const instant lifetimes[] = {
	[ACCOUNT_ACTIVATION] = 7 * INSTANT_DAY,
	[ACCOUNT_RESET] = 2 * INSTANT_HOUR,
	[ACCOUNT_CODE] = 30 * INSTANT_DAY,
};
static_assert(sizeof lifetimes / sizeof *lifetimes == ACCOUNT_PURPOSE_COUNT, "one per purpose");

static enum guichet_status
account_query(struct store_tx *tx, struct arena *arena, enum store_statement statement, struct text key,
	struct account *ret_account, struct guichet_error *error)
{
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, statement, STORE_VALUES(key), error);
	if (!store_next(&rows))
		return store_absent(&rows, NO_ACCOUNT);
	const struct account account = { store_text(&rows, 0), store_text(&rows, 1), store_text(&rows, 2),
		store_integer(&rows, 3), store_integer(&rows, 4), store_integer(&rows, 5) };
	const enum guichet_status status = store_finish(&rows);
	if (status == GUICHET_OK)
		*ret_account = account;
	return status;
}

enum guichet_status
account_by_login(struct store_tx *tx, struct arena *arena, struct text login, struct account *ret_account,
	struct guichet_error *error)
{
	const struct text lower = directory_mail_of(arena, login);
	if (!lower.at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	return account_query(tx, arena, STORE_ACCOUNT_BY_LOGIN, lower, ret_account, error);
}

enum guichet_status
account_of_person(struct store_tx *tx, struct arena *arena, struct text person, struct account *ret_account,
	struct guichet_error *error)
{
	return account_query(tx, arena, STORE_ACCOUNT_OF_PERSON, person, ret_account, error);
}

/* --- Tokens ------------------------------------------------------------------------------- */

/* Crockford base32: what people copy from paper without mistaking a letter for a digit. */
static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
enum { CODE_LENGTH = 16, CODE_GROUP = 4 };

struct text
account_token_new(struct arena *arena, enum account_purpose purpose)
{
	if (purpose != ACCOUNT_CODE)
		return token_new(arena);
	uint8_t bytes[CODE_LENGTH];
	randombytes_buf(bytes, sizeof bytes);
	enum { LENGTH = CODE_LENGTH + CODE_LENGTH / CODE_GROUP - 1 };
	char *code = arena_alloc(arena, LENGTH + 1);
	if (!code)
		return (struct text){ 0 };
	size_t length = 0;
	for (size_t i = 0; i < CODE_LENGTH; i++) {
		if (i && i % CODE_GROUP == 0)
			code[length++] = '-';
		code[length++] = alphabet[bytes[i] % 32];
	}
	return (struct text){ code, length };
}

/* The hash under which a token is stored. One of the length of a code, once hyphens and spaces
 * are gone, is read as people type: any case, o for 0, i and l for 1. */
static struct text
hash_of(struct arena *arena, struct text token)
{
	token = text_trim(token);
	char code[CODE_LENGTH];
	size_t length = 0;
	for (size_t i = 0; i < token.length; i++) {
		char c = token.at[i];
		if (c == '-' || c == ' ')
			continue;
		if (length == CODE_LENGTH)
			return token_hash(arena, token); /* longer: a link's token, exact */
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		code[length++] = c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
	}
	return token_hash(arena, (struct text){ code, length });
}

enum guichet_status
account_token_insert(struct store_tx *tx, struct text token, enum account_purpose purpose, struct text person, instant now,
	struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 14);
	const struct text hash = arena ? hash_of(arena, token) : (struct text){ 0 };
	if (!hash.at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	const enum guichet_status status = store_run(tx, STORE_ACCOUNT_TOKENS_VOID, STORE_VALUES(person, (int64_t)purpose, now),
		NULL, error);
	if (status != GUICHET_OK)
		return status;
	return store_run(tx, STORE_ACCOUNT_TOKEN_INSERT,
		STORE_VALUES(hash, person, (int64_t)purpose, now, now + lifetimes[purpose]), NULL, error);
}

enum guichet_status
account_token_load(struct store_tx *tx, struct arena *arena, struct text token, instant now, struct text *ret_person,
	enum account_purpose *ret_purpose, struct guichet_error *error)
{
	static const char REFUSAL[] = "Ce lien ou ce code ne sert plus : il a déjà été employé, il est trop ancien ou il est "
		"incomplet. Demandez-en un nouveau.";
	const struct text hash = hash_of(arena, token);
	if (!hash.at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	CLEANUP(store_rows_end) struct store_rows rows = store_query(tx, arena, STORE_ACCOUNT_TOKEN, STORE_VALUES(hash), error);
	const bool found = store_next(&rows);
	const bool good = found && store_is_null(&rows, 3) && now < store_integer(&rows, 2);
	const struct text person = found ? store_text(&rows, 0) : TEXT("");
	const int64_t purpose = found ? store_integer(&rows, 1) : 0;
	const enum guichet_status status = store_finish(&rows);
	if (status != GUICHET_OK)
		return status;
	if (!good)
		return guichet_fail(error, GUICHET_REFUSED, "%s", REFUSAL);
	*ret_person = person;
	if (ret_purpose)
		*ret_purpose = (enum account_purpose)purpose;
	return GUICHET_OK;
}

/* --- Changes ------------------------------------------------------------------------------ */

enum guichet_status
account_create(struct store_tx *tx, struct text person, struct text login, struct text password_hash, instant now,
	struct guichet_error *error)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 14);
	const struct text lower = arena ? directory_mail_of(arena, login) : (struct text){ 0 };
	if (!lower.at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	if (lower.length == 0)
		return guichet_fail(error, GUICHET_REFUSED, "Cette personne n’a pas de courriel professionnel dans l’annuaire ; il "
			"sert à se connecter. Faites-le ajouter par le service qui gère l’annuaire.");
	struct account other;
	enum guichet_status status = account_by_login(tx, arena, lower, &other, error);
	if (status == GUICHET_OK && !text_equal(other.person, person))
		return guichet_fail(error, GUICHET_REFUSED, "Un autre compte emploie déjà ce courriel ; signalez-le au service qui "
			"gère l’annuaire.");
	if (status != GUICHET_OK && status != GUICHET_UNKNOWN)
		return status;
	status = store_run(tx, STORE_ACCOUNT_PUT, STORE_VALUES(person, lower, password_hash, now), NULL, error);
	if (status != GUICHET_OK)
		return status;
	return store_run(tx, STORE_ACCOUNT_TOKENS_VOID, STORE_VALUES(person, -1, now), NULL, error);
}

enum guichet_status
account_activate(struct store_tx *tx, struct text token, struct text password_hash, instant now, struct text *ret_person,
	struct arena *arena, struct guichet_error *error)
{
	struct text person;
	struct directory_person who;
	struct account account;
	enum guichet_status status = account_token_load(tx, arena, token, now, &person, NULL, error);
	if (status != GUICHET_OK)
		return status;
	status = account_of_person(tx, arena, person, &account, error);
	if (status == GUICHET_OK && account.disabled_at)
		return guichet_fail(error, GUICHET_REFUSED, "Ce compte est fermé ; adressez-vous à votre service gestionnaire.");
	if (status != GUICHET_OK && status != GUICHET_UNKNOWN)
		return status;
	status = directory_person_load(tx, arena, person, date_of_instant(now, NULL), &who, error);
	if (status == GUICHET_UNKNOWN)
		return guichet_fail(error, GUICHET_REFUSED, "L’annuaire ne vous connaît pas aujourd’hui : "
			"vous n’y êtes pas encore, ou n’y êtes plus. Adressez-vous à votre service gestionnaire.");
	if (status == GUICHET_OK)
		status = account_create(tx, person, who.mail, password_hash, now, error);
	if (status == GUICHET_OK)
		*ret_person = person;
	return status;
}

static enum guichet_status
change_one(struct store_tx *tx, enum store_statement statement, struct store_values values, struct guichet_error *error)
{
	int64_t changed = 0;
	const enum guichet_status status = store_run(tx, statement, values, &changed, error);
	if (status == GUICHET_OK && changed == 0)
		return guichet_fail(error, GUICHET_UNKNOWN, "%s", NO_ACCOUNT);
	return status;
}

enum guichet_status
account_set_password(struct store_tx *tx, struct text person, struct text password_hash, instant now,
	struct guichet_error *error)
{
	const enum guichet_status status = change_one(tx, STORE_ACCOUNT_SET_PASSWORD, STORE_VALUES(person, password_hash, now),
		error);
	if (status != GUICHET_OK)
		return status;
	return store_run(tx, STORE_ACCOUNT_TOKENS_VOID, STORE_VALUES(person, -1, now), NULL, error);
}

enum guichet_status
account_disable(struct store_tx *tx, struct text person, bool disabled, instant now, struct guichet_error *error)
{
	const enum guichet_status status = change_one(tx, STORE_ACCOUNT_DISABLE,
		STORE_VALUES(person, disabled ? store_value_of_integer(now) : STORE_NULL), error);
	/* Its sessions end too: reopening it does not bring them back. */
	return status == GUICHET_OK && disabled ? store_run(tx, STORE_SESSION_END_ALL, STORE_VALUES(person, ""), NULL, error)
		: status;
}
