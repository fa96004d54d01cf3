/* The places of the demonstration: what lieu.yaml says, and what is told when there is none. */
#include "demo_place.h"
#include "test.h"

#include <unistd.h>

#include "base/banned.h"

TEST(each_place_of_the_demonstration_names_campaigns_that_exist)
{
	static const char *const names[] = { "academie", "ville" };
	for (size_t i = 0; i < 2; i++) {
		CLEANUP(arena_free) struct arena *arena = arena_new(256 << 10);
		struct guichet_error error = { 0 };
		struct demo_place place;
		CHECK_INTEGER(demo_place_read(arena, names[i], &place, &error), GUICHET_OK);
		CHECK_INTEGER(place.has_files, i == 1);
		CHECK(place.filled < place.start);
		for (size_t c = 0; c < place.campaign_count; c++) {
			const struct text path = arena_format(arena, "procedures/%s/campagnes/%s.yaml", place.campaigns[c].procedure,
				place.campaigns[c].campaign);
			CHECK(access(path.at, R_OK) == 0);
		}
	}
}

TEST(an_unknown_place_is_refused_with_those_there_are)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(256 << 10);
	struct guichet_error error = { 0 };
	struct demo_place place;
	CHECK_INTEGER(demo_place_read(arena, "atlantide", &place, &error), GUICHET_REFUSED);
	CHECK(text_find(text_of_string(error.message), TEXT("academie")) != SIZE_MAX);
}

TEST(a_place_may_be_a_folder_of_ones_own_beside_its_procedures)
{
	CLEANUP(arena_free) struct arena *arena = arena_new(256 << 10);
	struct guichet_error error = { 0 };
	struct demo_place place;
	CHECK_INTEGER(demo_place_read(arena, "demonstration/ville/", &place, &error), GUICHET_OK);
	CHECK(place.own && place.has_files);
	CHECK_TEXT(text_of_string(place.folder), TEXT("demonstration/ville"));
	CHECK_TEXT(text_of_string(place.procedures), TEXT("demonstration/ville/.."));
	/* One's own place is never invented for one. */
	CHECK_INTEGER(demo_place_read(arena, "demonstration/academie", &place, &error), GUICHET_REFUSED);
	CHECK(text_find(text_of_string(error.message), TEXT("personnes.csv")) != SIZE_MAX);
	CHECK_INTEGER(demo_place_read(arena, "./nulle-part", &place, &error), GUICHET_REFUSED);
	CHECK(text_find(text_of_string(error.message), TEXT("./nulle-part/lieu.yaml")) != SIZE_MAX);
}
