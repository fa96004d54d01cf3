/* See account.h: what a password must be, and its hash. */
#include <assert.h>
#include <sodium.h>

#include "base/fold.h"
#include "directory/account.h"

#include "base/banned.h"

/* RFC 9106 and OWASP's first choice for a server: 19 MiB, two passes. */
static const unsigned long long PASSES = 2;
static const size_t MEMORY = (size_t)19 << 20;

static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_argon2id_STRBYTES, "as libsodium writes it");

/* What nobody's password gives: a hash as dear as the others, for logins that do not exist. */
static const char NOBODY[PASSWORD_HASH_SIZE] =
	"$argon2id$v=19$m=19456,t=2,p=1$1DUCEUhMFUeLU73j1DZpag$1+xxd/7TlW8cghBzbophPwinPZYlYUm4NWqmaQ2I70g";

enum guichet_status
password_check(struct text password, struct text mail, struct guichet_error *error)
{
	if (!text_is_utf8(password))
		return guichet_fail(error, GUICHET_REFUSED, "Ce mot de passe contient un caractère illisible ; tapez-le à nouveau.");
	if (password.length > PASSWORD_LENGTH_MAX)
		return guichet_fail(error, GUICHET_REFUSED, "Ce mot de passe est trop long ; %d caractères suffisent largement.",
			PASSWORD_LENGTH_MAX);
	if (text_characters(password) < PASSWORD_LENGTH_MIN)
		return guichet_fail(error, GUICHET_REFUSED, "Ce mot de passe est trop court ; prenez au moins %d caractères, par "
			"exemple une suite de mots.", PASSWORD_LENGTH_MIN);
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	const struct text name = text_part(mail, 0, text_find(mail, TEXT("@")));
	const struct text folded = arena ? text_fold(arena, password) : (struct text){ 0 };
	const struct text folded_name = arena ? text_fold(arena, name) : (struct text){ 0 };
	if (!folded.at || !folded_name.at)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	if (folded_name.length > 3 && text_find(folded, folded_name) != SIZE_MAX)
		return guichet_fail(error, GUICHET_REFUSED, "Ce mot de passe contient votre adresse de courriel ; choisissez autre "
			"chose.");
	size_t same = 1;
	while (same < password.length && password.at[same] == password.at[same - 1])
		same++;
	if (same == password.length)
		return guichet_fail(error, GUICHET_REFUSED, "Ce mot de passe répète un seul caractère ; choisissez autre chose.");
	return GUICHET_OK;
}

enum guichet_status
password_hash(struct text password, char ret_hash[static PASSWORD_HASH_SIZE], struct guichet_error *error)
{
	char hash[PASSWORD_HASH_SIZE];
	if (crypto_pwhash_str_alg(hash, password.at, password.length, PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return guichet_fail(error, GUICHET_BROKEN, "Mémoire insuffisante.");
	memcpy(ret_hash, hash, sizeof hash);
	return GUICHET_OK;
}

bool
password_verify(struct text hash, struct text password)
{
	char stored[PASSWORD_HASH_SIZE] = { 0 };
	const bool known = hash.length > 0 && hash.length < sizeof stored;
	if (known)
		memcpy(stored, hash.at, hash.length);
	const bool right = crypto_pwhash_str_verify(known ? stored : NOBODY, password.at ? password.at : "",
		password.length) == 0;
	return known && right;
}
