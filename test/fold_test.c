/* What a person may type to find a name, and the order in which names stand. */
#include "base/fold.h"
#include "test.h"

#include "base/banned.h"

#define CHECK_FOLD(source, expected)                                           \
	do {                                                                   \
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);  \
		CHECK_TEXT(text_fold(arena, TEXT(source)), TEXT(expected));    \
	} while (0)

TEST(folding_forgets_case_accents_and_punctuation)
{
	CHECK_FOLD("Éloïse D’Œuvray-Noël", "eloise d oeuvray noel");
	CHECK_FOLD("  LE GUEN  ", "le guen");
	CHECK_FOLD("Ça, œuf & Æther ; Łódź ß", "ca oeuf aether lodz ss");
	CHECK_FOLD("e\xcc\x81t\xc3\xa9", "ete");
	CHECK_FOLD("\xff" "a", "a");
	CHECK_FOLD("", "");
	CHECK_FOLD("…", "");
}

TEST(a_prefix_is_a_range)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CHECK_TEXT(text_after(arena, TEXT("cor")), TEXT("cos"));
	CHECK_TEXT(text_after(arena, TEXT("/A/B/")), TEXT("/A/B0"));
	CHECK_TEXT(text_after(arena, TEXT("é\u00bf")), TEXT("éÀ"));
	CHECK_TEXT(text_after(arena, TEXT("a\U0010ffff")), TEXT("b"));
	CHECK_TEXT(text_after(arena, TEXT("")), TEXT(""));
}

TEST(names_stand_in_french_order)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	CLEANUP(collation_free) struct collation *collation = collation_new();
	CHECK(collation);
	static const char *const ordered[] = { "Abel", "cote", "coté", "côte", "côté", "Coter", "École", "Edmond", "Zoé" };
	for (size_t i = 1; i < sizeof ordered / sizeof *ordered; i++)
		CHECK(text_compare(collation_key(collation, arena, text_of_string(ordered[i - 1])),
			collation_key(collation, arena, text_of_string(ordered[i]))) < 0);
	CHECK(collation_key(collation, arena, TEXT("")).at);
}

TEST(folding_survives_every_failed_allocation)
{
	for (unsigned nth = 1; ; nth++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
		arena_fail_nth(nth);
		const struct text folded = text_fold(arena, TEXT("Élodie"));
		const bool failed = arena_failed();
		arena_fail_nth(0);
		if (!failed) {
			CHECK_TEXT(folded, TEXT("elodie"));
			return;
		}
		CHECK(!folded.at);
	}
}
