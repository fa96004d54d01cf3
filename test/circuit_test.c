/* What a circuit may say: each folder of test/circuit/ is a procedure with its own tests, which all pass and miss
 * none of its cited rules. */
#include <dirent.h>
#include <stdlib.h>

#include "package.h"

#include "base/banned.h"

static int
is_folder(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

TEST(circuits_do_what_they_say)
{
	struct dirent **entries = NULL;
	const int count = scandir("test/circuit", &entries, is_folder, alphasort);
	CHECK(count > 0);
	for (int i = 0; i < count; i++) {
		char folder[300];
		snprintf(folder, sizeof folder, "test/circuit/%s", entries[i]->d_name);
		free(entries[i]);
		CHECK(package_plays(folder) > 0);
		CHECK(package_misses(folder, package_cited_rule) > 0);
	}
	free(entries);
}
