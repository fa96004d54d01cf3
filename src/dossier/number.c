/* The numbers of dossiers: campaign, procedure, serial and a check character, "2025-MBP-00042-K"; those of the dossiers
 * born of another add a letter and a rank. */
#include "base/buffer.h"
#include "base/fold.h"
#include "dossier/dossier.h"

#include "base/banned.h"

/* Digits and letters without I, L and O, which people mistake for 1 and 0… and Q. */
static const char check_letters[] = "ABCDEFGHJKMNPRSTUVWXYZ2";
_Static_assert(sizeof check_letters - 1 == 23, "the modulus is prime");

/* The check character of what stands before it: each place has its own weight modulo a prime. */
static char
check_of(struct text text)
{
	unsigned sum = 0, weight = 2;
	for (size_t i = text.length; i > 0; i--, weight = weight % 22 + 1) {
		const char character = text.at[i - 1];
		const unsigned value = character >= '0' && character <= '9' ? (unsigned)(character - '0')
			: character >= 'A' && character <= 'Z' ? (unsigned)(character - 'A') + 10 : 0;
		sum += weight * value;
	}
	return check_letters[sum % 23];
}

/* The first letter of each word of "ma-belle_procedure": MBP. */
static void
initials(struct text name, struct buffer *out)
{
	bool start = true;
	for (size_t i = 0; i < name.length; i++) {
		const char character = name.at[i];
		if (start && character >= 'a' && character <= 'z')
			buffer_add_character(out, (uint32_t)(character - 'a' + 'A'));
		start = character == '-' || character == '_';
	}
}

struct text
dossier_number(struct arena *arena, const struct procedure *procedure, const struct campaign *campaign, int64_t serial)
{
	CLEANUP(buffer_release) struct buffer out = buffer_new(200);
	const struct text year = text_part(campaign->name, 0, 4);
	int64_t number;
	if (text_to_integer(year, 1900, 9999, &number))
		buffer_format(&out, "%d-", (int)number);
	initials(procedure->name, &out);
	buffer_format(&out, "-%05lld", (long long)serial);
	const char check = out.failed ? 'A' : check_of(buffer_text(&out));
	buffer_format(&out, "-%c", check);
	return out.failed ? (struct text){ NULL, 0 } : arena_text(arena, buffer_text(&out));
}

char
dossier_nature_letter(struct text nature)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new(4096);
	const struct text folded = scratch ? text_fold(scratch, text_part(nature, 0, 8)) : TEXT("");
	const char letter = folded.at && folded.length > 0 ? folded.at[0] : 'n';
	return letter >= 'a' && letter <= 'z' ? (char)(letter - 'a' + 'A') : 'N';
}

struct text
dossier_child_number(struct arena *arena, struct text parent, struct text nature, size_t rank)
{
	return arena_format(arena, "%.*s-%c%zu", TEXT_ARGS(parent), dossier_nature_letter(nature), rank);
}

/* The number without "-A1", "-A1-R2": that of the dossier born of none. */
static struct text
without_children(struct text number)
{
	for (size_t i = number.length; i > 0; i--) {
		if (number.at[i - 1] >= '0' && number.at[i - 1] <= '9')
			continue;
		if (i == number.length || i < 3 || number.at[i - 1] < 'A' || number.at[i - 1] > 'Z' || number.at[i - 2] != '-')
			break;
		number = text_part(number, 0, i - 2);
		i = number.length + 1;
	}
	return number;
}

bool
dossier_number_is_valid(struct text whole)
{
	const struct text number = without_children(whole);
	return number.length > 3 && number.at[number.length - 2] == '-'
		&& check_of(text_part(number, 0, number.length - 2)) == number.at[number.length - 1];
}
