/* Rows whose cells have rules and name somebody: the procedure of test/rows/ says by its own tests what they are worth, and
 * each of its rules is missed by one of them. */
#include "package.h"

#include "base/banned.h"

TEST(the_tests_of_rows_pass)
{
	CHECK(package_plays("test/rows") > 80);
}

TEST(no_rule_of_rows_goes_untested)
{
	CHECK(package_misses("test/rows", package_any_rule) >= 30);
}
