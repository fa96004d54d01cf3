/* What comes from outside a dossier: the procedures of test/outside/ and their essais. */
#include "package.h"

#include "base/banned.h"

TEST(what_comes_from_outside_is_read_kept_and_replayed)
{
	CHECK(package_plays("test/outside/permanence") >= 30);
}
