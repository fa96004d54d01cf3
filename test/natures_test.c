/* Dossiers born of another: the procedure of test/natures/ lives in its own tests; here what they cannot say. */
#include "package.h"

#include "base/banned.h"

static const char folder[] = "test/natures/atelier";

TEST(amendments_and_appeals_live_as_their_procedure_says)
{
	CHECK(package_plays(folder) > 100);
}

TEST(no_rule_of_amendments_is_left_untested)
{
	CHECK(package_misses(folder, package_cited_rule) > 0);
}

TEST(what_is_due_of_right_is_not_refused_by_a_child_and_reactions_keep_their_order)
{
	CHECK(package_plays("test/natures/droit") > 50);
	CHECK(package_misses("test/natures/droit", package_cited_rule) > 0);
}

TEST(the_number_of_a_child_is_checked_like_its_parent_s)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(1 << 16);
	const struct text parent = TEXT("2024-A-00001-K");
	CHECK(dossier_number_is_valid(parent));
	const struct text child = dossier_child_number(arena, parent, TEXT("avenant"), 12),
		grandchild = dossier_child_number(arena, child, TEXT("échange"), 1);
	CHECK_TEXT(child, TEXT("2024-A-00001-K-A12"));
	CHECK_TEXT(grandchild, TEXT("2024-A-00001-K-A12-E1"));
	CHECK(dossier_number_is_valid(child) && dossier_number_is_valid(grandchild));
	CHECK(!dossier_number_is_valid(TEXT("2024-A-00001-M-A12")));
	CHECK(!dossier_number_is_valid(TEXT("2024-A-00001-K-12")));
	CHECK(!dossier_number_is_valid(TEXT("A1")));
}
