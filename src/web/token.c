/* Forms that come from us. A form carries a token bound by HMAC to the visitor's session, or, before
 * there is one, to a random nonce in a cookie that we signed. Browsers also say where a form comes from:
 * we listen. */
#include "web/inside.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>

#include "base/banned.h"

enum {
	NONCE_BYTES = 18,
	NONCE_LENGTH = 24, /* base64url */
	MARK_BYTES = 32,
	MARK_LENGTH = 43,
};
static_assert(crypto_auth_hmacsha256_BYTES == MARK_BYTES
	&& crypto_auth_hmacsha256_KEYBYTES == sizeof(struct web_key), "HMAC-SHA-256");

/* HMAC of a purpose and a text, as 43 characters of base64url. */
static struct text
mark(struct arena *arena, const struct web_key *key, struct text purpose, struct text text)
{
	uint8_t bytes[MARK_BYTES];
	crypto_auth_hmacsha256_state state;
	crypto_auth_hmacsha256_init(&state, key->bytes, sizeof key->bytes);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)purpose.at, purpose.length);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)":", 1);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)text.at, text.length);
	crypto_auth_hmacsha256_final(&state, bytes);
	char *at = arena_alloc(arena, MARK_LENGTH + 1);
	if (!at)
		return (struct text){ 0 };
	sodium_bin2base64(at, MARK_LENGTH + 1, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return (struct text){ at, MARK_LENGTH };
}

static bool
equal_secret(struct text a, struct text b)
{
	return a.length > 0 && a.length == b.length && sodium_memcmp(a.at, b.at, a.length) == 0;
}

void
token_read_presession(struct request_inside *inside)
{
	struct text rest = request_cookie(&inside->page, cookie_presession(inside->web));
	const struct text nonce = text_split(&rest, '.');
	if (nonce.length == NONCE_LENGTH
		&& equal_secret(rest, mark(inside->page.arena, &inside->web->key, TEXT("avant"), nonce)))
		inside->presession = nonce;
}

/* Gives a visitor without session a nonce, by cookie. */
static bool
presession_begin(struct request_inside *inside)
{
	struct arena *arena = inside->page.arena;
	uint8_t bytes[NONCE_BYTES];
	char *at = arena_alloc(arena, NONCE_LENGTH + 1);
	if (!at)
		return false;
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(at, NONCE_LENGTH + 1, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	const struct text nonce = { at, NONCE_LENGTH };
	const struct text signature = mark(arena, &inside->web->key, TEXT("avant"), nonce);
	if (!signature.at)
		return false;
	request_add_header(&inside->page, "Set-Cookie", arena_format(arena,
		"%s=%s.%s; Path=/; HttpOnly; SameSite=Lax%s", cookie_presession(inside->web), nonce.at, signature.at,
		inside->web->options.secure ? "; Secure" : ""));
	inside->presession = nonce;
	inside->presession_is_new = true;
	return true;
}

/* What the form's token must be; empty when the visitor has neither session nor nonce. */
static struct text
expected(struct request_inside *inside)
{
	const struct web_key *key = &inside->web->key;
	if (inside->page.session)
		return mark(inside->page.arena, key, TEXT("jeton"), inside->page.session->hash);
	if (inside->presession.length)
		return mark(inside->page.arena, key, TEXT("jeton-avant"), inside->presession);
	return (struct text){ 0 };
}

struct text
request_form_token(struct request *request)
{
	struct request_inside *inside = inside_of(request);
	if (!request->session && !inside->presession.length && !presession_begin(inside))
		return (struct text){ 0 };
	return expected(inside);
}

void
form_token_field(struct request *request, struct html *html)
{
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("jeton") },
		{ "value", request_form_token(request) });
}

struct text
request_once(struct request *request)
{
	return token_new(request->arena);
}

void
form_once_field(struct request *request, struct html *html)
{
	HTML_VOID(html, "input", { "type", TEXT("hidden") }, { "name", TEXT("unefois") },
		{ "value", request_once(request) });
}

/* "https://host:port" names the host that the browser asked for. */
static bool
agrees_with_host(struct text origin, struct text host)
{
	const size_t scheme = text_find(origin, TEXT("://"));
	return scheme != SIZE_MAX && host.length > 0 && text_equal(text_part(origin, scheme + 3, SIZE_MAX), host);
}

bool
token_check_origin(struct request_inside *inside)
{
	const struct request *request = &inside->page;
	const struct text site = request_header(request, "Sec-Fetch-Site");
	const struct text origin = request_header(request, "Origin");
	bool ours = true;
	if (site.at)
		ours = text_equal(site, TEXT("same-origin")) || text_equal(site, TEXT("none"));
	const struct text address = text_of_string(inside->web->options.public_address);
	if (ours && origin.at)
		ours = (address.length && text_equal(origin, address))
			|| agrees_with_host(origin, request_header(request, "Host"));
	if (!ours)
		set_problem(inside, PROBLEM_FORGED, 403, "Ce formulaire vient d’un autre site : rien n’a été "
			"enregistré. Revenez à l’accueil et recommencez depuis nos pages.");
	return ours;
}

bool
token_check_form(struct request_inside *inside)
{
	struct text got = request_header(&inside->page, "X-Jeton");
	if (!got.at)
		got = form_value(&inside->page, "jeton");
	if (equal_secret(got, expected(inside)))
		return true;
	set_problem(inside, PROBLEM_STALE_FORM, 403, "Cette page était ouverte depuis longtemps ou sous une autre "
		"connexion : rien n’a encore été enregistré. Vérifiez votre saisie ci-dessous, puis envoyez-la de nouveau.");
	return false;
}
