/* The characters of names: see scope.h. DMN 1.5, §10.3.1.2, rules 27 to 30 and 61. */
#include "feel/scope.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>

#include "base/buffer.h"

#include "base/banned.h"

struct interval {
	uint32_t first, last;
};

static bool
is_among(uint32_t point, const struct interval *intervals, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (point >= intervals[i].first && point <= intervals[i].last)
			return true;
	return false;
}

bool
name_starts_with(uint32_t point)
{
	static const struct interval starts[] = {
		{ 0xc0, 0xd6 }, { 0xd8, 0xf6 }, { 0xf8, 0x2ff },
		{ 0x370, 0x37d }, { 0x37f, 0x1fff }, { 0x200c, 0x200d }, { 0x2070, 0x218f }, { 0x2c00, 0x2fef },
		{ 0x3001, 0xd7ff }, { 0xf900, 0xfdcf }, { 0xfdf0, 0xfffc }, { 0x10000, 0xeffff },
	};
	if (point < 0x80)
		return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z') || point == '_' || point == '?';
	return is_among(point, starts, sizeof starts / sizeof *starts) && !is_white(point);
}

bool
name_goes_on_with(uint32_t point)
{
	static const struct interval more[] = { { '0', '9' }, { 0xb7, 0xb7 }, { 0x300, 0x36f },
		{ 0x203f, 0x2040 } };
	return name_starts_with(point) || is_among(point, more, sizeof more / sizeof *more);
}

bool
name_may_hold(uint32_t point)
{
	return point == '.' || point == '/' || point == '-' || point == '\'' || point == 0x2019 || point == '+'
		|| point == '*';
}

bool
is_white(uint32_t point)
{
	static const struct interval white[] = {
		{ 0x85, 0x85 }, { 0xa0, 0xa0 }, { 0x1680, 0x1680 }, { 0x180e, 0x180e },
		{ 0x2000, 0x200b }, { 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 },
		{ 0xfeff, 0xfeff },
	};
	if (point < 0x80)
		return point == ' ' || (point >= 0x9 && point <= 0xd);
	return is_among(point, white, sizeof white / sizeof *white);
}

bool
name_is_valid(struct text name)
{
	if (name.length == 0 || name.length > 200 || !text_is_utf8(name))
		return false;
	size_t at = 0;
	if (!name_starts_with(text_next(name, &at)))
		return false;
	uint32_t point = 'a';
	while (at < name.length) {
		const uint32_t before = point;
		point = text_next(name, &at);
		if (!name_goes_on_with(point) && !name_may_hold(point) && point != ' ')
			return false;
		if (point == ' ' && before == ' ')
			return false;
	}
	return point != ' ';
}

/* ---- accents ---- */

uint32_t
name_next(struct text text, size_t *at)
{
	uint32_t point = text_next(text, at);
	while (name_has_accent(text, *at)) {
		UErrorCode code = U_ZERO_ERROR;
		const UNormalizer2 *composing = unorm2_getNFCInstance(&code);
		size_t next = *at;
		const uint32_t accent = text_next(text, &next);
		const UChar32 both = U_FAILURE(code) ? -1 : unorm2_composePair(composing, (UChar32)point, (UChar32)accent);
		if (both < 0)
			break;
		point = (uint32_t)both;
		*at = next;
	}
	return point;
}

struct text
name_composed(struct arena *arena, struct text text)
{
	size_t accent = 0;
	while (accent < text.length && !name_has_accent(text, accent))
		accent++;
	if (accent == text.length)
		return text;
	CLEANUP(buffer_release) struct buffer out = buffer_new(text.length + 1);
	for (size_t at = 0; at < text.length;)
		buffer_add_character(&out, name_next(text, &at));
	return out.failed ? (struct text){ 0 } : arena_text(arena, buffer_text(&out));
}

uint32_t
name_letter(uint32_t point)
{
	if (point < 0x80)
		return point >= 'A' && point <= 'Z' ? point + 32 : point;
	if (point >= 0x300 && point < 0x370)
		return 0;
	UErrorCode code = U_ZERO_ERROR;
	const UNormalizer2 *apart = unorm2_getNFDInstance(&code);
	UChar pieces[8];
	const int32_t count = U_FAILURE(code) ? -1
		: unorm2_getDecomposition(apart, (UChar32)point, pieces, 8, &code);
	if (count > 0 && U_SUCCESS(code) && !U16_IS_SURROGATE(pieces[0]))
		point = pieces[0];
	return point == 0x2019 ? '\'' : (uint32_t)u_foldCase((UChar32)point, U_FOLD_CASE_DEFAULT);
}
