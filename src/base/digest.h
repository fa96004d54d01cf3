/* Hashes, random tokens and their text forms, on libsodium. */
#pragma once

#include "base/arena.h"
#include "base/text.h"

enum { DIGEST_SIZE = 32, TOKEN_SIZE = 32 };

/* SHA-256. */
struct digest {
	uint8_t bytes[DIGEST_SIZE];
};

struct digest digest_of(struct text text);
/* The digest of several texts one after the other, each preceded by its length as
 * 8 bytes little-endian, so that no two lists give the same input. */
struct digest digest_of_list(const struct text *texts, size_t count);
bool digest_equal(const struct digest *a, const struct digest *b); /* in constant time */

/* 64 lowercase hexadecimal digits. */
struct text digest_hex(struct arena *arena, const struct digest *digest);
/* The same, where the caller says; no NUL after. */
void digest_write(const struct digest *digest, char hex[2 * DIGEST_SIZE]);
[[nodiscard]] bool digest_read(struct text hex, struct digest *ret_digest);

/* A fresh unguessable token, as 43 characters of base64url. */
struct text token_new(struct arena *arena);
/* A fresh id: 26 characters of Crockford base32, time-ordered (48 bits of `at` in
 * milliseconds, then 80 random bits), so that new rows stand together in an index. */
struct text id_new(struct arena *arena, int64_t at);
/* What is stored of a token: the hex of its digest. */
struct text token_hash(struct arena *arena, struct text token);

/* Must be called once before the rest, from one thread; false when the system has no randomness. */
bool digest_start(void);
