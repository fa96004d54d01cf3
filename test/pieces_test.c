/* Pieces in phases and the clocks of dossiers: the procedures of test/pieces/ are without a remark, their essais pass,
 * and none of their rules can be left out unnoticed. */
#include "package.h"

#include "base/banned.h"

static const char *const folders[] = { "test/pieces/logement", "test/pieces/formation" };
enum { FOLDER_COUNT = sizeof folders / sizeof *folders };

TEST(pieces_and_clocks_live_as_their_essais_tell)
{
	for (size_t i = 0; i < FOLDER_COUNT; i++)
		CHECK(package_plays(folders[i]) >= 10);
}

TEST(no_rule_of_pieces_and_clocks_goes_untested)
{
	for (size_t i = 0; i < FOLDER_COUNT; i++)
		CHECK(package_misses(folders[i], package_any_rule) > 10);
}
