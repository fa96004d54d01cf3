/* See fold.h. */
#include "base/fold.h"

#include <stdlib.h>
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#include "base/banned.h"

/* Letters that no decomposition takes apart and that people type otherwise. */
static const struct {
	UChar32 letter;
	const char *typed;
} letters[] = {
	{ 0x00e6, "ae" }, { 0x0153, "oe" }, { 0x00f8, "o" }, { 0x0142, "l" }, { 0x0111, "d" }, { 0x00f0, "d" },
	{ 0x00fe, "th" },
};

struct folded {
	char *at;
	size_t length, capacity;
	bool gap; /* a space is due before the next letter */
};

static void
add_byte(struct folded *folded, char byte)
{
	if (folded->length < folded->capacity)
		folded->at[folded->length++] = byte;
}

static void
add_letter(struct folded *folded, UChar32 letter)
{
	if (folded->gap && folded->length)
		add_byte(folded, ' ');
	folded->gap = false;
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
		if (letters[i].letter != letter)
			continue;
		for (const char *typed = letters[i].typed; *typed; typed++)
			add_byte(folded, *typed);
		return;
	}
	char bytes[U8_MAX_LENGTH];
	int32_t length = 0;
	U8_APPEND_UNSAFE(bytes, length, letter);
	for (int32_t i = 0; i < length; i++)
		add_byte(folded, bytes[i]);
}

/* Most names need no ICU: ASCII letters, digits and spaces. */
static bool
fold_ascii(struct folded *folded, struct text text)
{
	for (size_t i = 0; i < text.length; i++) {
		const char c = text.at[i];
		if ((unsigned char)c >= 0x80)
			return false;
		if (c >= 'A' && c <= 'Z')
			add_letter(folded, c - 'A' + 'a');
		else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			add_letter(folded, c);
		else
			folded->gap = true;
	}
	return true;
}

enum { FOLD_LIMIT = 1 << 16 };

struct text
text_fold(struct arena *arena, struct text text)
{
	if (text.length > FOLD_LIMIT)
		text.length = FOLD_LIMIT;
	/* Decomposition makes one UTF-16 unit at most 18 (U+FDFA), folding at most three;
	 * names grow little, so room is asked for as ICU says it is needed. */
	struct folded folded = { .capacity = 4 * text.length + 4 };
	folded.at = arena_alloc(arena, folded.capacity);
	if (!folded.at)
		return (struct text){ 0 };
	if (fold_ascii(&folded, text))
		return (struct text){ folded.at, folded.length };

	folded.length = 0, folded.gap = false;
	UErrorCode status = U_ZERO_ERROR;
	const UNormalizer2 *nfkd = unorm2_getNFKDInstance(&status);
	if (U_FAILURE(status))
		return (struct text){ 0 };
	int32_t units = 0;
	UChar *wide = arena_array_of(arena, UChar, text.length + 1);
	if (!wide)
		return (struct text){ 0 };
	u_strFromUTF8WithSub(wide, (int32_t)text.length + 1, &units, text.at, (int32_t)text.length, 0xfffd, NULL, &status);
	const int32_t room = 18 * units + 1;
	UChar *apart = arena_array_of(arena, UChar, (size_t)room);
	UChar *lower = arena_array_of(arena, UChar, 3 * (size_t)room);
	if (!apart || !lower)
		return (struct text){ 0 };
	units = unorm2_normalize(nfkd, wide, units, apart, room, &status);
	units = u_strFoldCase(lower, 3 * room, apart, units, U_FOLD_CASE_DEFAULT, &status);
	if (U_FAILURE(status))
		return (struct text){ 0 };
	if (3 * (size_t)units + 4 > folded.capacity) {
		folded.capacity = 3 * (size_t)units + 4;
		folded.at = arena_alloc(arena, folded.capacity);
		if (!folded.at)
			return (struct text){ 0 };
	}
	for (int32_t i = 0; i < units; ) {
		UChar32 point;
		U16_NEXT(lower, i, units, point);
		const int8_t type = u_charType(point);
		if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK)
			continue;
		if (u_isalnum(point) && !U_IS_SURROGATE(point))
			add_letter(&folded, point);
		else
			folded.gap = true;
	}
	return (struct text){ folded.at, folded.length };
}

struct text
text_after(struct arena *arena, struct text prefix)
{
	while (prefix.length) {
		size_t start = prefix.length - 1;
		while (start && ((unsigned char)prefix.at[start] & 0xc0) == 0x80)
			start--;
		size_t at = start;
		uint32_t point = text_next(prefix, &at) + 1;
		prefix.length = start;
		if (point > 0x10ffff)
			continue;
		if (point == 0xd800)
			point = 0xe000;
		char *after = arena_alloc(arena, start + U8_MAX_LENGTH);
		if (!after)
			return (struct text){ 0 };
		if (start)
			memcpy(after, prefix.at, start);
		size_t length = start;
		U8_APPEND_UNSAFE(after, length, point);
		return (struct text){ after, length };
	}
	return TEXT("");
}

struct collation {
	UCollator *collator;
};

struct collation *
collation_new(void)
{
	struct collation *collation = calloc(1, sizeof *collation);
	if (!collation)
		return NULL;
	UErrorCode status = U_ZERO_ERROR;
	collation->collator = ucol_open("fr", &status);
	if (U_FAILURE(status)) {
		collation_free(collation);
		return NULL;
	}
	return collation;
}

void
collation_free(struct collation *collation)
{
	if (!collation)
		return;
	if (collation->collator)
		ucol_close(collation->collator);
	free(collation);
}

struct text
collation_key(const struct collation *collation, struct arena *arena, struct text text)
{
	if (text.length > FOLD_LIMIT)
		text.length = FOLD_LIMIT;
	UErrorCode status = U_ZERO_ERROR;
	int32_t units = 0;
	UChar *wide = arena_array_of(arena, UChar, text.length + 1);
	if (!wide)
		return (struct text){ 0 };
	u_strFromUTF8WithSub(wide, (int32_t)text.length + 1, &units, text.length ? text.at : "", (int32_t)text.length,
		0xfffd, NULL, &status);
	if (U_FAILURE(status))
		return (struct text){ 0 };
	const int32_t size = ucol_getSortKey(collation->collator, wide, units, NULL, 0);
	uint8_t *key = arena_alloc(arena, (size_t)size + 1);
	if (!key)
		return (struct text){ 0 };
	ucol_getSortKey(collation->collator, wide, units, key, size);
	return (struct text){ (const char *)key, size > 0 ? (size_t)size - 1 : 0 }; /* without ICU's final zero */
}
