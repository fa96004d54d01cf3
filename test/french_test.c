/* French typography: where spaces do not break, and texts compared without regard to it. */
#include "base/french.h"

#include "test.h"

#include "base/banned.h"

#define _ FRENCH_SPACE

TEST(spaces_that_french_does_not_break)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	const struct {
		const char *plain, *set;
	} cases[] = {
		{ "Répondre : ici", "Répondre" _ ": ici" }, { "Qui ?", "Qui" _ "?" }, { "Quoi ?!", "Quoi" _ "?!" },
		{ "Reste ; puis", "Reste" _ "; puis" }, { "« Oui »", "«" _ "Oui" _ "»" }, { "« Oui » ?", "«" _ "Oui" _ "»" _ "?" },
		{ "n° 12", "n°" _ "12" }, { "à 9 h 30 précises", "à 9" _ "h" _ "30 précises" }, { "1 ko", "1" _ "ko" },
		{ "80 % et 3 €", "80" _ "% et 3" _ "€" }, { "**Motif :**", "**Motif" _ ":**" }, { "(fait !)", "(fait" _ "!)" },
		/* what is no punctuation, and what is right already */
		{ "| --- | :-- | --: |", "| --- | :-- | --: |" }, { "3 hommes", "3 hommes" }, { "9 minutes", "9 minutes" },
		{ "https://a.example/?b", "https://a.example/?b" }, { "x :y", "x :y" }, { "", "" }, { " ", " " }, { "h", "h" },
		{ "\n : seul", "\n : seul" },
		/* around a value */
		{ " : ", _ ": " }, { "« ", "«" _ }, { " »", _ "»" }, { " %", _ "%" }, { " €,", _ "€," }, { " h", " h" }, { "n° ", "n°" _ },
	 { "Qui" _ "?", "Qui" _ "?" }, { "ETP h 3", "ETP h 3" }, { " h 3", " h 3" }, { _ "h 3", _ "h 3" }, { "9" _ "h 3", "9" _ "h" _ "3" },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		CHECK_TEXT(french_spaces(arena, text_of_string(cases[i].plain)), text_of_string(cases[i].set));
}

TEST(texts_are_the_same_be_their_spaces_breaking_or_not)
{
	CHECK(french_equal(TEXT("1 jour"), TEXT("1" _ "jour")));
	CHECK(french_equal(TEXT("1\xE2\x80\xAF" "000"), TEXT("1 000")));
	CHECK(!french_equal(TEXT("1 jour"), TEXT("1 jours")));
	CHECK(!french_equal(TEXT("1 jours"), TEXT("1 jour")));
	CHECK(french_equal(TEXT(""), TEXT("")));
	CHECK(french_contains(TEXT("Motif" _ ": rien"), TEXT("Motif : r")));
	CHECK(french_contains(TEXT("abc"), TEXT("")) && french_contains(TEXT(""), TEXT("")));
	CHECK(!french_contains(TEXT("abc"), TEXT("abcd")));
}
