/* See digest.h. */
#include "base/digest.h"

#include <assert.h>
#include <sodium.h>

#include "base/banned.h"

static_assert(DIGEST_SIZE == crypto_hash_sha256_BYTES, "SHA-256");

bool
digest_start(void)
{
	return sodium_init() >= 0;
}

struct digest
digest_of(struct text text)
{
	struct digest digest;
	crypto_hash_sha256(digest.bytes, (const unsigned char *)(text.length ? text.at : ""), text.length);
	return digest;
}

struct digest
digest_of_list(const struct text *texts, size_t count)
{
	crypto_hash_sha256_state state;
	struct digest digest;
	crypto_hash_sha256_init(&state);
	for (size_t i = 0; i < count; i++) {
		uint8_t length[8];
		for (size_t byte = 0; byte < sizeof length; byte++)
			length[byte] = (uint8_t)((uint64_t)texts[i].length >> (8 * byte));
		crypto_hash_sha256_update(&state, length, sizeof length);
		if (texts[i].length)
			crypto_hash_sha256_update(&state, (const unsigned char *)texts[i].at, texts[i].length);
	}
	crypto_hash_sha256_final(&state, digest.bytes);
	return digest;
}

bool
digest_equal(const struct digest *a, const struct digest *b)
{
	return sodium_memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

struct text
digest_hex(struct arena *arena, const struct digest *digest)
{
	char *hex = arena_alloc(arena, 2 * DIGEST_SIZE + 1);
	if (!hex)
		return (struct text){ 0 };
	sodium_bin2hex(hex, 2 * DIGEST_SIZE + 1, digest->bytes, DIGEST_SIZE);
	return (struct text){ hex, 2 * DIGEST_SIZE };
}

void
digest_write(const struct digest *digest, char hex[2 * DIGEST_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		hex[2 * i] = digits[digest->bytes[i] >> 4];
		hex[2 * i + 1] = digits[digest->bytes[i] & 15];
	}
}

bool
digest_read(struct text hex, struct digest *ret_digest)
{
	struct digest digest;
	size_t length;
	if (hex.length != 2 * DIGEST_SIZE
		|| sodium_hex2bin(digest.bytes, DIGEST_SIZE, hex.at, hex.length, NULL, &length, NULL) != 0
		|| length != DIGEST_SIZE)
		return false;
	*ret_digest = digest;
	return true;
}

struct text
token_new(struct arena *arena)
{
	uint8_t bytes[TOKEN_SIZE];
	enum { LENGTH = sodium_base64_ENCODED_LEN(TOKEN_SIZE, sodium_base64_VARIANT_URLSAFE_NO_PADDING) };
	char *token = arena_alloc(arena, LENGTH);
	if (!token)
		return (struct text){ 0 };
	randombytes_buf(bytes, sizeof bytes);
	sodium_bin2base64(token, LENGTH, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	return (struct text){ token, LENGTH - 1 };
}

struct text
id_new(struct arena *arena, int64_t at)
{
	static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";
	enum { LENGTH = 26 };
	uint8_t bytes[16];
	randombytes_buf(bytes, sizeof bytes);
	const uint64_t milliseconds = (uint64_t)(at / 1000);
	for (int i = 0; i < 6; i++)
		bytes[i] = (uint8_t)(milliseconds >> (8 * (5 - i)));
	char *id = arena_alloc(arena, LENGTH + 1);
	if (!id)
		return (struct text){ 0 };
	for (int i = 0; i < LENGTH; i++) {
		unsigned digit = 0; /* five bits, the first digit padded with two zeros on the left */
		for (int bit = 5 * i - 2; bit < 5 * i + 3; bit++)
			digit = digit << 1 | (bit < 0 ? 0u : bytes[bit / 8] >> (7 - bit % 8) & 1u);
		id[i] = alphabet[digit];
	}
	return (struct text){ id, LENGTH };
}

struct text
token_hash(struct arena *arena, struct text token)
{
	const struct digest digest = digest_of(token);
	return digest_hex(arena, &digest);
}
